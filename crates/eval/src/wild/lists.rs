//! One payer for many: lists of references, whole, cut off by the width of a form, shortened to their ends, or as a
//! range.
//!
//! Must not know the matcher. Invariant: what a form cuts off is unknowable; everything else is in the text.

use super::{Teller, Told};
use crate::draw::Draw;
use crate::letter::digits_of;
use crate::names;

/// The widths of forms and of what banks pass on, in characters.
const WIDTHS: [usize; 4] = [27, 35, 70, 140];

fn payer(draw: &mut Draw) -> String {
    let family = names::family(draw);
    match draw.count(0, 4) {
        0 => format!("Hausverwaltung {family} GmbH"),
        1 => format!("Erbengemeinschaft {family}"),
        2 => format!("WEG-Verwalter {family} KG"),
        3 => format!("Kanzlei {family} Nachlasspflege"),
        _ => format!("{} {family}", names::given(draw)),
    }
}

fn lead(draw: &mut Draw) -> &'static str {
    draw.pick(&["", "", "Abgaben ", "Kassenzeichen ", "Grundbesitzabgaben ", "Objekte "])
}

fn between(draw: &mut Draw) -> &'static str {
    draw.pick(&[", ", " ", "; ", " + ", "/", " u. "])
}

/// The references one after the other.
fn listed(teller: &mut Teller<'_>, places: &[usize]) -> String {
    let (lead, between, bare) = (lead(teller.draw), between(teller.draw), teller.draw.chance(400));
    let write = |place: &usize| if bare { digits_of(&teller.printed(*place)) } else { teller.printed(*place) };
    // digits alone need a separator
    let between = if bare && between == "/" { " " } else { between };
    let all: Vec<String> = places.iter().map(write).collect();
    format!("{lead}{}", all.join(between))
}

pub(super) fn whole(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let count = teller.draw.count(2, 6);
    let places = teller.some(count)?;
    let text = listed(teller, &places);
    let name = payer(teller.draw);
    let mut letter = teller.stranger(name);
    letter.text = text;
    Some(vec![teller.told(letter, teller.next_due(&places))])
}

/// The list is longer than the form.
pub(super) fn cut_off(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let width = teller.draw.pick(&WIDTHS);
    let count = teller.draw.count(width / 20 + 1, width / 10 + 2).max(2);
    let places = teller.some(count)?;
    let written = listed(teller, &places);
    let text: String = written.chars().take(width).collect();
    if text == written {
        return teller.give_back(&places);
    }
    let name = payer(teller.draw);
    let mut letter = teller.stranger(name);
    let stands = digits_of(&text);
    letter.text = text;
    let mut told = teller.told(letter, teller.next_due(&places));
    told.truth.dark =
        places.iter().copied().filter(|place| !stands.contains(&digits_of(&teller.printed(*place)))).collect();
    // in a form so narrow that not a single reference is complete, nothing can be known
    told.truth.knowable = told.truth.dark.len() < places.len();
    Some(vec![told])
}

/// The shortest end of a number that tells it from the first: from the first differing letter, with one letter before
/// it.
fn end_of(first: &str, other: &str) -> String {
    let same = first.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let end: String = other.chars().skip(same.saturating_sub(2)).collect();
    end.trim_start_matches(|c: char| !c.is_ascii_digit()).to_owned()
}

/// The first reference whole, the ends of the others.
pub(super) fn ends(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let count = teller.draw.count(2, 6);
    let row = teller.row(count)?;
    // some are left out, so that the ends are not a range
    let kept: Vec<usize> = row
        .iter()
        .copied()
        .enumerate()
        .filter(|(at, _)| *at == 0 || teller.draw.chance(700))
        .map(|(_, place)| place)
        .collect();
    let [first, others @ ..] = &kept[..] else { return teller.give_back(&row) };
    if others.is_empty() {
        return teller.give_back(&row);
    }
    let printed = teller.printed(*first);
    let ends: Vec<String> = others.iter().map(|place| end_of(&printed, &teller.printed(*place))).collect();
    let between = teller.draw.pick(&[", ", " / ", " + ", " u. ", ","]);
    let name = payer(teller.draw);
    let mut letter = teller.stranger(name);
    letter.text = format!("{}{printed}{between}{}", lead(teller.draw), ends.join(between));
    Some(vec![teller.told(letter, teller.next_due(&kept))])
}

/// From one number to another, including all between.
pub(super) fn range(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let count = teller.draw.count(3, 7);
    let row = teller.row(count)?;
    let (first, last) = (teller.printed(*row.first()?), teller.printed(*row.last()?));
    let end = if teller.draw.chance(500) { last } else { end_of(&first, &last) };
    let to = teller.draw.pick(&[" bis ", " - ", " bis einschl. ", "-"]);
    let name = payer(teller.draw);
    let mut letter = teller.stranger(name);
    letter.text = format!("{}{first}{to}{end}", lead(teller.draw));
    Some(vec![teller.told(letter, teller.next_due(&row))])
}

/// In autumn with the list; in spring the next instalments from the same account, »as before«.
pub(super) fn again(teller: &mut Teller<'_>) -> Option<Vec<Told>> {
    let count = teller.draw.count(3, 6);
    let places = teller.some(count)?;
    let has_two = |place: &usize| teller.town.references.get(*place).is_some_and(|own| own.due().count() == 2);
    if !places.iter().all(has_two) {
        return teller.give_back(&places);
    }
    let name = payer(teller.draw);
    let mut letter = teller.stranger(name);
    letter.text = listed(teller, &places);
    let mut once_more = letter.clone();
    once_more.text = teller
        .draw
        .pick(&["Abgaben 1. Quartal wie gehabt", "laut Liste vom November", "Grundbesitzabgaben I/2026"])
        .to_owned();
    let autumn = teller.told(letter, teller.next_due(&places));
    let second = |meant: &crate::wish::Meant| {
        let (instalment, next) = teller.town.references.get(meant.reference)?.due().nth(1)?;
        Some(crate::wish::Meant { instalment, cents: next.open(), ..*meant })
    };
    let meant = autumn.truth.meant.iter().filter_map(second).collect();
    let mut spring = teller.told(once_more, meant);
    spring.late = true;
    Some(vec![autumn, spring])
}
