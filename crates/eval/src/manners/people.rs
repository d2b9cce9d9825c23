//! Transfers by other people, and transfers without a reference.
//!
//! Must not know amounts. Invariant: a letter records whose name and account it has, and how much of the debtor it
//! names.

use crate::letter::{Legible, Pen};
use crate::names::{self, Form};

pub(super) fn for_another(pen: &mut Pen<'_>) {
    let count = pen.town.people.len();
    let payer = pen.town.people.get(pen.draw.count(0, count.saturating_sub(1)));
    let Some(payer) = payer else { return };
    (pen.letter.name, pen.letter.form, pen.letter.iban) = (payer.name(), Form::Other, payer.iban);
    pen.letter.named = Form::Whole;
    pen.letter.text = format!("{} fuer {}", pen.plain(), pen.debtor.name());
}

pub(super) fn spouse(pen: &mut Pen<'_>) {
    let name = format!("{} {}", names::given(pen.draw), pen.debtor.family);
    (pen.letter.name, pen.letter.form) = (name, Form::Family);
    pen.letter.text = format!("{} {}", pen.plain(), pen.levy());
}

pub(super) fn tenant(pen: &mut Pen<'_>) {
    let name = format!("{} {}", names::given(pen.draw), names::family(pen.draw));
    pen.stranger_pays(name);
    (pen.letter.legible, pen.letter.named, pen.letter.address) = (Legible::Nothing, Form::Family, true);
    pen.letter.text = format!("{} {} fuer Vermieter {}", pen.levy(), pen.debtor.street, pen.debtor.family);
}

pub(super) fn heir(pen: &mut Pen<'_>) {
    let name = format!("{} {}", names::given(pen.draw), names::family(pen.draw));
    pen.stranger_pays(name);
    pen.letter.named = Form::Whole;
    pen.letter.text = if pen.draw.chance(600) {
        format!("Nachlass {} Kassenz. {}", pen.debtor.name(), pen.plain())
    } else {
        pen.letter.legible = Legible::Nothing;
        format!("Erben {} {} {}", pen.debtor.name(), pen.debtor.street, pen.levy())
    };
}

pub(super) fn manager_by_house(pen: &mut Pen<'_>) {
    manager_pays(pen);
    (pen.letter.legible, pen.letter.address) = (Legible::Nothing, true);
    pen.letter.text = format!("Objekt {} {} {}", pen.debtor.street, pen.levy(), pen.posten());
}

pub(super) fn manager_by_reference(pen: &mut Pen<'_>) {
    manager_pays(pen);
    pen.letter.text = format!("{} Objekt {}", pen.plain(), pen.debtor.street);
}

pub(super) fn manager_with_list(pen: &mut Pen<'_>) {
    manager_pays(pen);
    let between = pen.draw.pick(&[" ", ", ", "\n", " + "]);
    pen.letter.text = pen.each_with(between, |_, reference| reference.to_owned());
}

pub(super) fn manager_without_list(pen: &mut Pen<'_>) {
    manager_pays(pen);
    pen.letter.legible = Legible::Nothing;
    pen.letter.text = format!("{} diverse Objekte lt. Liste", pen.levy());
}

/// The debtor's property manager pays, or any one of the town's.
fn manager_pays(pen: &mut Pen<'_>) {
    let count = pen.town.managers.len();
    let place = pen.debtor.manager.unwrap_or_else(|| pen.draw.count(0, count.saturating_sub(1)));
    let Some((name, iban)) = pen.town.managers.get(place) else { return };
    (pen.letter.name, pen.letter.form, pen.letter.iban) = (name.clone(), Form::Other, Some(*iban));
}

pub(super) fn name_and_street(pen: &mut Pen<'_>) {
    pen.letter.text = format!("{} {} {}", pen.levy(), pen.debtor.family, pen.debtor.street);
    (pen.letter.legible, pen.letter.named, pen.letter.address) = (Legible::Nothing, Form::Family, true);
}

pub(super) fn street_only(pen: &mut Pen<'_>) {
    let street = pen.debtor.street.replace("straße", pen.draw.pick(&["straße", "str.", "strasse", "str"]));
    pen.letter.text = format!("{} {street}", pen.draw.pick(&["Abgaben", "Objekt", "Haus"]));
    (pen.letter.legible, pen.letter.address) = (Legible::Nothing, true);
}

pub(super) fn levy_words(pen: &mut Pen<'_>) {
    let rate =
        pen.draw.pick(&["4. Rate", "Abgaben", "Grundbesitzabgaben 2026", "Steuern 1. Quartal 2026", "Grundsteuer B"]);
    pen.letter.text = if pen.draw.chance(500) { pen.levy().to_owned() } else { rate.to_owned() };
    pen.letter.legible = Legible::Nothing;
}

pub(super) fn nothing(pen: &mut Pen<'_>) {
    pen.letter.text = pen.draw.pick(&["", "", "Rechnung", "Danke", "Ueberweisung"]).to_owned();
    pen.letter.legible = Legible::Nothing;
    pen.letter.silent =
        pen.letter.text == "Rechnung" || pen.letter.text == "Danke" || pen.letter.text == "Ueberweisung";
}

pub(super) fn stranger(pen: &mut Pen<'_>) {
    let name = format!("{} {}", names::given(pen.draw), names::family(pen.draw));
    pen.stranger_pays(name);
    nothing(pen);
}
