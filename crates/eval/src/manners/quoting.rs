//! References that anybody can read: as printed, regrouped, cut by line ends, attached to words, among other numbers.
//!
//! Must not know amounts. Invariant: every letter and digit of the reference is in the text, in order.

use crate::draw::Draw;
use crate::letter::{Pen, digits_of, in_lines};

pub(super) fn as_printed(pen: &mut Pen<'_>) {
    pen.letter.text = format!("Kassenzeichen {} {} {}", pen.plain(), pen.levy(), pen.posten());
}

pub(super) fn bare(pen: &mut Pen<'_>) {
    pen.letter.text = pen.bare();
}

fn grouped(draw: &mut Draw, reference: &str, between: &str) -> String {
    let (digits, size) = (digits_of(reference), draw.count(2, 5));
    in_lines(&digits, size, between)
}

pub(super) fn in_groups(pen: &mut Pen<'_>) {
    let word = pen.draw.pick(&["KZ", "Kz.", "Kassenz.", "Kassen-Nr", "KassZ"]);
    pen.letter.text = format!("{word} {}", pen.each(|draw, reference| grouped(draw, reference, " ")));
}

pub(super) fn other_separators(pen: &mut Pen<'_>) {
    let between = pen.draw.pick(&[".", "-", "/", " - ", ". ", "_", " . "]);
    pen.letter.text = format!("{} {}", pen.levy(), pen.each(|draw, reference| grouped(draw, reference, between)));
}

pub(super) fn words_around(pen: &mut Pen<'_>) {
    let (plain, bare, levy) = (pen.plain(), pen.bare(), pen.levy());
    pen.letter.text = match pen.draw.count(0, 3) {
        0 => format!("{levy} {} Kassenz. {plain} besten Dank", pen.debtor.street),
        1 => format!("Ueberweisung {} {bare} statt Lastschrift", pen.debtor.family),
        2 => format!("SVWZ+KASSENZEICHEN: {plain}; {}", levy.to_uppercase()),
        _ => format!("wie besprochen {levy} fuer unser Haus, Az. {plain}, MfG {}", pen.debtor.name()),
    };
}

pub(super) fn by_another_word(pen: &mut Pen<'_>) {
    let word = pen.draw.pick(&[
        "Buchungszeichen",
        "Bu-Z.",
        "Vertragsgegenstand",
        "VG",
        "Personenkonto",
        "PK-Nr.",
        "FAD",
        "Debitor",
        "Kundennummer",
        "Kd.Nr.",
        "Steuernr.",
        "Aktenzeichen",
        "Bescheid-Nr.",
        "Mandatsref.",
        "Objekt-Nr.",
        "Rechnung Nr.",
    ]);
    pen.letter.text = format!("{word} {}", pen.plain());
}

fn long_text(pen: &mut Pen<'_>) -> String {
    let levy = pen.levy();
    let lead = pen.draw.pick(&[
        "Steuern und Abgaben",
        "Zahlung",
        "Grundsteuer, Abfall und Strassenreinigung laut Ihrem Bescheid vom Januar",
        "Abg.",
        "Ueberweisung der offenen Rate, da nicht abgebucht wurde,",
    ]);
    let name = pen.debtor.name();
    format!("{lead} {levy} Kassenz. {} {name}", pen.plain())
}

pub(super) fn cut_at_35(pen: &mut Pen<'_>) {
    pen.letter.text = in_lines(&long_text(pen), 35, "\n");
}

pub(super) fn cut_anywhere(pen: &mut Pen<'_>) {
    let width = match pen.draw.count(0, 4) {
        0 => 27,
        1 => 35,
        2 => 70,
        3 => 140,
        _ => pen.draw.count(11, 60),
    };
    let end = pen.draw.pick(&["\n", "\n", " ", "\n "]);
    pen.letter.text = in_lines(&long_text(pen), width, end);
}

pub(super) fn glued_to_words(pen: &mut Pen<'_>) {
    let (bare, plain, levy) = (pen.each_with("und", |_, r| digits_of(r)), pen.plain(), pen.levy());
    let family = pen.debtor.family.clone();
    pen.letter.text = match pen.draw.count(0, 4) {
        0 => format!("KZ{bare}{family}"),
        1 => format!("{levy}{bare}Rate"),
        2 => format!("Kassenzeichen:{plain}{family}"),
        3 => format!("{family}{bare}"),
        _ => format!("Abgaben{plain}bitteverbuchen"),
    };
}

pub(super) fn before_a_number(pen: &mut Pen<'_>) {
    let (bare, plain) = (pen.bare(), pen.plain());
    let day = format!("{:02}.{:02}.2026", pen.draw.between(1, 28), pen.draw.between(1, 3));
    pen.letter.text = match pen.draw.count(0, 3) {
        0 => format!("{bare} vom {day}"),
        1 => format!("{plain}, {day}"),
        2 => format!("{bare}/{}", pen.posten()),
        _ => format!("{plain} EUR {},{:02}", pen.wish.amount / 100, pen.wish.amount % 100),
    };
}

pub(super) fn among_numbers(pen: &mut Pen<'_>) {
    let plain = if pen.draw.chance(500) { pen.plain() } else { pen.bare() };
    let noise = |draw: &mut Draw| match draw.count(0, 8) {
        0 => format!("Tel. 02933 {}", draw.digits(5)),
        1 => format!("vom {:02}.{:02}.2026", draw.between(1, 28), draw.between(1, 3)),
        2 => format!("Kd-Nr {}", draw.digits(8)),
        3 => format!("Bescheid {}", draw.digits(12)),
        4 => format!("Steuernummer {}/{}/{}", draw.digits(3), draw.digits(4), draw.digits(4)),
        5 => format!(
            "EW-Az {}/{}/{}/{}/{}/{}",
            draw.digits(3),
            draw.digits(3),
            draw.digits(4),
            draw.digits(3),
            draw.digits(3),
            draw.digits(1)
        ),
        6 => format!("0171/{}", draw.digits(7)),
        7 => format!("59846 {}", "Sundern"),
        _ => format!("Zaehler {}", draw.digits(10)),
    };
    let (one, two) = (noise(pen.draw), noise(pen.draw));
    pen.letter.text = match pen.draw.count(0, 2) {
        0 => format!("{one} {plain}"),
        1 => format!("{plain} {one}"),
        _ => format!("{one} {plain} {two}"),
    };
}

pub(super) fn with_ibans(pen: &mut Pen<'_>) {
    let plain = pen.plain();
    let own = pen.town.accounts.first().copied();
    let account = if pen.draw.chance(700) { own } else { pen.letter.iban };
    let account = account.map(|iban| iban.as_str().to_owned()).unwrap_or_default();
    let spaced = in_lines(&account, 4, " ");
    pen.letter.text = match pen.draw.count(0, 3) {
        0 => format!("IBAN {spaced} Stadtkasse {plain}"),
        1 => format!("{plain} {account} WELADED1ARN"),
        2 => in_lines(&format!("Kto. {spaced} Kassenz. {plain} {}", pen.levy()), pen.draw.pick(&[27, 35]), "\n"),
        _ => format!("auf {account} {plain}"),
    };
}

pub(super) fn copied_debit(pen: &mut Pen<'_>) {
    let plain = pen.plain();
    let mandate = pen.town.references.get(pen.wish.first()).and_then(|reference| reference.mandate.as_ref());
    let mandate = mandate.map_or("M0000000", |mandate| mandate.id.as_str()).to_owned();
    let text = format!(
        "EREF+{mandate}-{} MREF+{mandate} CRED+DE24ZZZ00000{} SVWZ+{} {plain} {}",
        pen.draw.digits(6),
        pen.draw.digits(6),
        pen.levy(),
        pen.posten(),
    );
    pen.letter.text = in_lines(&text, pen.draw.pick(&[27, 35, 200]), "\n");
}

pub(super) fn end_to_end(pen: &mut Pen<'_>) {
    pen.letter.end_to_end = Some(pen.bare().chars().take(35).collect());
    pen.letter.text = pen.levy().to_owned();
}

pub(super) fn structured(pen: &mut Pen<'_>) {
    pen.letter.structured = Some(pen.bare());
    pen.letter.text = if pen.draw.chance(500) { String::new() } else { pen.levy().to_owned() };
}

pub(super) fn in_mandate_field(pen: &mut Pen<'_>) {
    pen.letter.mandate = Some(pen.plain());
    pen.letter.text = pen.levy().to_owned();
}

pub(super) fn in_name(pen: &mut Pen<'_>) {
    let bare = pen.bare();
    pen.letter.name = format!("{} {bare}", pen.letter.name);
    pen.letter.text = pen.levy().to_owned();
}

pub(super) fn in_bank_text(pen: &mut Pen<'_>) {
    pen.letter.additional = Some(format!("GUTSCHRIFT {}", pen.plain()));
    pen.letter.text = pen.levy().to_owned();
}

pub(super) fn quoted_twice(pen: &mut Pen<'_>) {
    let (plain, bare) = (pen.plain(), pen.bare());
    pen.letter.end_to_end = pen.draw.chance(400).then(|| bare.clone());
    pen.letter.text = format!("Kassenzeichen {plain} ({bare})");
}

pub(super) fn lower_case(pen: &mut Pen<'_>) {
    pen.letter.text = format!("kassenzeichen {} {}", pen.plain(), pen.levy()).to_lowercase();
}

pub(super) fn joined_by_and(pen: &mut Pen<'_>) {
    let between = pen.draw.pick(&[" und ", " + ", ", ", " / ", "\n", " u. ", "; "]);
    let bare = pen.draw.chance(500);
    let all = pen.each_with(between, |_, r| if bare { digits_of(r) } else { r.to_owned() });
    pen.letter.text = format!("{all} {}", pen.posten());
}
