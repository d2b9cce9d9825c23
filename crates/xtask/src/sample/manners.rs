//! How senders write a reference into a transfer: well, badly, or not at all.
//!
//! Knows nothing of days, amounts or statement formats.
//! Invariant: a manner changes only the text (and the sender, if somebody else pays), never what is owed.

use anyhow::Result;

use super::draw::Draw;
use super::town::{Payer, Reference, payer};

/// What the sender wants to pay.
pub(super) struct Wish<'a> {
    pub(super) references: &'a [Reference],
    pub(super) posten: &'a str,
    pub(super) debtor: &'a Payer,
    pub(super) levy: &'a str,
}

impl Wish<'_> {
    /// Every reference as `write` renders it, one after the other.
    fn each(&self, mut write: impl FnMut(&str) -> String) -> String {
        self.references.iter().map(|r| write(&r.text)).collect::<Vec<_>>().join(" ")
    }

    fn plain(&self) -> String {
        self.each(str::to_owned)
    }
}

/// What arrives.
pub(super) struct Quote {
    pub(super) lines: Vec<String>,
    pub(super) end_to_end: Option<String>,
    /// Who pays, if not the debtor.
    pub(super) sender: Option<Payer>,
}

impl Quote {
    fn line(text: String) -> Self {
        Self { lines: vec![text], end_to_end: None, sender: None }
    }
}

/// One manner of writing.
pub(super) struct Manner {
    /// Its name in the sample's README.
    pub(super) name: &'static str,
    pub(super) weight: u64,
    pub(super) write: fn(&mut Draw, &Wish) -> Result<Quote>,
}

/// Every manner, with its share of the town's transfers.
pub(super) const MANNERS: &[Manner] = &[
    Manner { name: "wie auf dem Bescheid", weight: 420, write: clean },
    Manner { name: "nur Ziffern", weight: 200, write: bare },
    Manner { name: "mit Leerzeichen", weight: 80, write: spaced },
    Manner { name: "Wörter darum", weight: 90, write: words_around },
    Manner { name: "am Zeilenende getrennt", weight: 30, write: cut_by_line_end },
    Manner { name: "am Zeilenende getrennt, mit Leerzeichen verbunden", weight: 20, write: cut_with_blank },
    Manner { name: "nur in der Ende-zu-Ende-Referenz", weight: 20, write: in_end_to_end_id },
    Manner { name: "ohne führende Nullen", weight: 15, write: lost_zeros },
    Manner { name: "Buchstaben statt Ziffern", weight: 10, write: look_alikes },
    Manner { name: "zwischen anderen Nummern", weight: 30, write: among_other_numbers },
    Manner { name: "Zahlendreher", weight: 10, write: transposed },
    Manner { name: "falsche Ziffer", weight: 10, write: wrong_digit },
    Manner { name: "Ziffer vergessen", weight: 8, write: digit_lost },
    Manner { name: "nur Name und Straße", weight: 20, write: name_only },
    Manner { name: "ohne Angabe", weight: 10, write: nothing },
    Manner { name: "jemand anderes zahlt", weight: 10, write: third_party },
];

/// As printed on the Bescheid: reference, levy, instalment.
pub(super) fn clean(_: &mut Draw, wish: &Wish) -> Result<Quote> {
    Ok(Quote::line(format!("Kassenzeichen {} {} {}", wish.plain(), wish.levy, wish.posten)))
}

pub(super) fn bare(_: &mut Draw, wish: &Wish) -> Result<Quote> {
    Ok(Quote::line(wish.each(|text| signs(text).collect())))
}

fn spaced(draw: &mut Draw, wish: &Wish) -> Result<Quote> {
    let size = *draw.pick(&[2, 3, 4])?;
    let grouped = wish.each(|text| {
        let all: Vec<char> = signs(text).collect();
        all.chunks(size).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    });
    Ok(Quote::line(format!("KZ {grouped}")))
}

fn words_around(draw: &mut Draw, wish: &Wish) -> Result<Quote> {
    let (street, last, levy) = (&wish.debtor.street, &wish.debtor.last, wish.levy);
    Ok(Quote::line(match draw.between(0, 2) {
        0 => format!("{levy} {street} Kassenz. {} vielen Dank", wish.plain()),
        1 => format!("Zahlung {last} {} wegen Ausfall Lastschrift", wish.each(|text| signs(text).collect())),
        _ => format!("KASSENZEICHEN: {}; {}", wish.plain(), levy.to_uppercase()),
    }))
}

/// Paper forms and old programs break lines after 27 characters; here always within the reference.
fn cut_by_line_end(_: &mut Draw, wish: &Wish) -> Result<Quote> {
    let (before, after) = halves(&wish.plain());
    let (head, tail) = (format!("{} Kassenz. {before}", wish.levy), format!("{after} {}", wish.debtor.name));
    Ok(Quote { lines: vec![head, tail], end_to_end: None, sender: None })
}

/// The same, after a bank put a blank where the line ended.
fn cut_with_blank(_: &mut Draw, wish: &Wish) -> Result<Quote> {
    let (before, after) = halves(&wish.plain());
    Ok(Quote::line(format!("{} Kassenz. {before} {after} {}", wish.levy, wish.debtor.name)))
}

fn in_end_to_end_id(_: &mut Draw, wish: &Wish) -> Result<Quote> {
    let id: String = wish.each(|text| signs(text).collect()).chars().take(35).collect();
    Ok(Quote { lines: vec![wish.levy.to_owned()], end_to_end: Some(id), sender: None })
}

/// A spreadsheet turned the parts into numbers.
fn lost_zeros(_: &mut Draw, wish: &Wish) -> Result<Quote> {
    Ok(Quote::line(wish.each(|text| {
        let parts = text.split(['.', '/', '-']).map(|part| match part.trim_start_matches('0') {
            "" => "0",
            rest => rest,
        });
        parts.collect::<Vec<_>>().join(".")
    })))
}

fn look_alikes(_: &mut Draw, wish: &Wish) -> Result<Quote> {
    let changed = wish.each(|text| text.replacen('0', "O", 2).replacen('1', "l", 1));
    Ok(Quote::line(format!("Kassenzeichen {changed}")))
}

fn among_other_numbers(draw: &mut Draw, wish: &Wish) -> Result<Quote> {
    let noise = match draw.between(0, 3) {
        0 => format!("Tel. 02902 {}", draw.between(10_000, 99_999)),
        1 => format!("vom {:02}.11.2023", draw.between(1, 28)),
        2 => format!("Kd-Nr {}", draw.between(10_000_000, 99_999_999)),
        _ => format!("Bescheid {}", draw.between(100_000_000_000, 999_999_999_999)),
    };
    Ok(Quote::line(if draw.chance(50) {
        format!("{noise} {}", wish.plain())
    } else {
        format!("{} {noise}", wish.each(|text| signs(text).collect()))
    }))
}

fn transposed(draw: &mut Draw, wish: &Wish) -> Result<Quote> {
    damaged(draw, wish, |draw, digits| {
        let unlike: Vec<_> = (1..digits.len()).filter(|i| digits.get(i - 1) != digits.get(*i)).collect();
        let place = *draw.pick(&unlike)?;
        digits.swap(place - 1, place);
        Ok(())
    })
}

fn wrong_digit(draw: &mut Draw, wish: &Wish) -> Result<Quote> {
    damaged(draw, wish, |draw, digits| {
        let places: Vec<_> = (0..digits.len()).collect();
        let place = *draw.pick(&places)?;
        if let Some(digit) = digits.get_mut(place) {
            let others: Vec<String> = ('0'..='9').map(String::from).filter(|other| other != digit).collect();
            digit.clone_from(draw.pick(&others)?);
        }
        Ok(())
    })
}

fn digit_lost(draw: &mut Draw, wish: &Wish) -> Result<Quote> {
    damaged(draw, wish, |draw, digits| {
        let places: Vec<_> = (0..digits.len()).collect();
        let place = *draw.pick(&places)?;
        if let Some(digit) = digits.get_mut(place) {
            digit.clear();
        }
        Ok(())
    })
}

pub(super) fn name_only(_: &mut Draw, wish: &Wish) -> Result<Quote> {
    Ok(Quote::line(format!("{} {} {}", wish.levy, wish.debtor.last, wish.debtor.street)))
}

fn nothing(draw: &mut Draw, _: &Wish) -> Result<Quote> {
    let text = *draw.pick(&["Abgaben", "Rechnung", ""])?;
    Ok(Quote::line(text.to_owned()))
}

fn third_party(draw: &mut Draw, wish: &Wish) -> Result<Quote> {
    let mut account = 7_000_000 + draw.between(0, 900_000);
    let sender = payer(draw, &mut account)?;
    let line = format!("{} fuer {}", wish.plain(), wish.debtor.name);
    Ok(Quote { lines: vec![line], end_to_end: None, sender: Some(sender) })
}

/// Changes the digits of each reference and keeps the separators where they are.
fn damaged(draw: &mut Draw, wish: &Wish, change: fn(&mut Draw, &mut Vec<String>) -> Result<()>) -> Result<Quote> {
    let mut written = Vec::new();
    for reference in wish.references {
        let mut digits: Vec<String> = reference.text.chars().filter(char::is_ascii_digit).map(String::from).collect();
        change(draw, &mut digits)?;
        let mut next = digits.into_iter();
        let put = |c: char| if c.is_ascii_digit() { next.next().unwrap_or_default() } else { c.to_string() };
        written.push(reference.text.chars().map(put).collect::<String>());
    }
    Ok(Quote::line(format!("Kassenzeichen {}", written.join(" "))))
}

fn signs(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(char::is_ascii_alphanumeric)
}

fn halves(text: &str) -> (String, String) {
    let middle = text.chars().count() * 2 / 3;
    (text.chars().take(middle).collect(), text.chars().skip(middle).collect())
}

#[cfg(test)]
mod tests {
    use super::super::town::references;
    use super::*;

    fn check(name: &str, holds: impl Fn(&str, &Quote) -> bool) {
        let manner = MANNERS.iter().find(|m| m.name == name).unwrap();
        for seed in 0..30 {
            let mut draw = Draw::from_seed(seed);
            let town = references(&mut draw).unwrap();
            let one = &town[..1];
            let wish = Wish { references: one, posten: "2023-4", debtor: &one[0].payer, levy: one[0].scheme.levy };
            let quote = (manner.write)(&mut draw, &wish).unwrap();
            assert!(holds(&one[0].text, &quote), "{name}: {} became {:?}", one[0].text, quote.lines);
        }
    }

    #[test]
    fn each_manner_writes_what_its_name_says() {
        let bare = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let tail = |quote: &Quote| bare(quote.lines.join("").trim_start_matches("Kassenzeichen"));
        check("wie auf dem Bescheid", |kz, quote| quote.lines[0].contains(kz));
        check("nur Ziffern", |kz, quote| quote.lines[0] == bare(kz));
        check("mit Leerzeichen", |kz, quote| !quote.lines[0].contains(kz) && bare(&quote.lines[0]) == bare(kz));
        check("am Zeilenende getrennt", |kz, quote| quote.lines.len() == 2 && quote.lines.concat().contains(kz));
        check("nur in der Ende-zu-Ende-Referenz", |kz, quote| quote.end_to_end.as_deref() == Some(&bare(kz)));
        check("ohne führende Nullen", |kz, quote| bare(&quote.lines[0]).len() < bare(kz).len());
        check("Buchstaben statt Ziffern", |kz, quote| !quote.lines[0].contains(kz) && quote.lines[0].contains('O'));
        check("Zahlendreher", |kz, quote| tail(quote) != bare(kz) && tail(quote).len() == bare(kz).len());
        check("falsche Ziffer", |kz, quote| tail(quote) != bare(kz) && tail(quote).len() == bare(kz).len());
        check("Ziffer vergessen", |kz, quote| tail(quote).len() == bare(kz).len() - 1);
        check("nur Name und Straße", |kz, quote| !quote.lines[0].contains(kz));
        check("jemand anderes zahlt", |kz, quote| quote.sender.is_some() && quote.lines[0].contains(kz));
    }
}
