//! Texts in the manners in which people write references, and what is found in them.
//!
//! Knows nothing of how references are found. Keeps the invariant that each drawn text has one reference that was meant,
//! or none, and that everything else in it was drawn without looking at the references.

use std::fmt::Write as _;

use kassenzeichen::{CheckMethod, Directory, Message, RefId, Scheme, Spelling};

use crate::generate::Draw;

/// A town of consecutive numbers without a check digit, and one of consecutive numbers with one.
pub const TOWNS: [(&str, &str, CheckMethod); 2] =
    [("dense", "P######", CheckMethod::None), ("checked", "5.0100.######.C", CheckMethod::Luhn)];

/// Accounts of a town.
const ACCOUNTS: u64 = 40_000;

/// An IBAN of the town itself, and of others.
const IBANS: [&str; 3] = ["DE82416500010000000023", "DE93500501001234563000", "DE02120300000000202051"];

const WORDS: [&str; 10] = [
    "Grundbesitzabgaben",
    "Müller",
    "Hauptstr. 5",
    "4. Rate 2023",
    "Abgaben 2023-4",
    "Stadt Warstein",
    "Hundesteuer Waldi",
    "Grundsteuer B",
    "danke",
    "fuer Oma",
];

type Manner = fn(&mut Draw, &str) -> String;

/// Each manner with the reference it is given; `None` in the second place: nothing was meant.
const MANNERS: [(&str, bool, Manner); 19] = [
    ("as printed", true, |draw, printed| around(draw, printed)),
    ("without separators", true, |draw, printed| around(draw, &bare(printed))),
    ("in lower case", true, |draw, printed| around(draw, &printed.to_lowercase())),
    ("one blank or line break", true, |draw, printed| {
        let cut = draw.of(&[" ", "\n", " \n"]).to_owned();
        let text = cut_once(draw, &bare(printed), &cut);
        around(draw, &text)
    }),
    ("separators of one's own", true, |draw, printed| {
        let text = grouped(draw, &bare(printed));
        around(draw, &text)
    }),
    ("cut at 27", true, |draw, printed| cut_at(&around(draw, printed), 27)),
    ("cut at 35, blank lost", true, |draw, printed| cut_at(&around(draw, printed), 35).replace(" \n", "\n")),
    ("glued to words", true, |draw, printed| {
        let (before, after) = (draw.of(&["KZ", "Kassenzeichen", "Grundsteuer", "zu:"]), draw.of(&["Mueller", "Rate4", "Abgaben"]));
        format!("{before}{}{after}", bare(printed))
    }),
    ("glued to a date", true, |draw, printed| {
        let date = date(draw);
        format!("{}{date}", bare(printed))
    }),
    ("among dates and amounts", true, |draw, printed| {
        let (date, amount) = (date(draw), draw.below(900));
        let text = format!("{date} {printed} EUR {amount},{:02} {:05} Warstein", draw.below(100), draw.below(100_000));
        around(draw, &text)
    }),
    ("after telephone and invoice", true, |draw, printed| {
        let text = format!("Tel. 02902 {} Rechnung {} {printed}", draw.below(1_000_000), draw.below(1_000_000));
        around(draw, &text)
    }),
    ("with an IBAN", true, |draw, printed| {
        let iban = iban(draw);
        let text = if draw.below(2) == 0 { format!("{iban} {printed}") } else { format!("{printed} {iban}") };
        around(draw, &text)
    }),
    ("letters for digits", true, |draw, printed| {
        let letters = printed.replacen('0', "O", 1 + draw.below(2) as usize).replacen('1', "l", draw.below(2) as usize);
        around(draw, &letters)
    }),
    ("neighbour by a slip", true, |draw, printed| {
        let text = mistyped(draw, printed);
        around(draw, &text)
    }),
    ("other numbers alone", false, |draw, _| {
        let (date, number) = (date(draw), draw.below(10_u64.pow(4 + draw.0 as u32 % 9)));
        let text = format!("Rechnung {number} vom {date} {}", draw.below(1000));
        around(draw, &text)
    }),
    ("a bare number alone", false, |draw, _| {
        let number = draw.below(10_u64.pow(4 + draw.0 as u32 % 9)).to_string();
        around(draw, &number)
    }),
    ("an IBAN alone", false, |draw, _| {
        let iban = iban(draw);
        around(draw, &iban)
    }),
    ("inside a longer number", false, |draw, printed| {
        let text = format!("{}{}{}", 1 + draw.below(9), bare(printed), draw.below(10));
        around(draw, &text)
    }),
    ("tax office's file number", false, |draw, _| {
        let text = format!("{:03}/{:03}/{:04}/{:03}/{:03}/{}", draw.below(1000), draw.below(1000), draw.below(10_000), draw.below(1000), draw.below(1000), draw.below(10));
        around(draw, &text)
    }),
];

/// What came of the texts of one manner.
#[derive(Default)]
struct Count {
    texts: usize,
    exact: usize,
    clean: usize,
    weak: usize,
    missed: usize,
    wrong: usize,
}

/// Draws `count` texts of each manner in each town; a table, and one example of what was not found or wrongly so.
pub fn table(count: usize) -> String {
    let mut out = String::from("| town | manner | texts | exact | zeros, look-alike | weaker | missed | wrong exact |\n|---|---|---|---|---|---|---|---|\n");
    let mut examples = String::new();
    for (town, mask, check) in TOWNS {
        let scheme = Scheme::new(town, mask, check).expect("the mask is one");
        let references = references(&scheme);
        let directory = Directory::new(&[scheme], references.iter().map(String::as_str));
        for (manner, is_meant, write) in MANNERS {
            let mut draw = Draw::new(7);
            let mut counted = Count::default();
            let mut odd: Vec<String> = Vec::new();
            for _ in 0..count {
                let meant = draw.below(references.len() as u64) as RefId;
                let text = write(&mut draw, directory.printed(meant));
                let how = add(&mut counted, &directory, is_meant.then_some(meant), &text);
                if how && odd.len() < 3 {
                    let findings = directory.find(&Message { remittance: &text, ..Message::default() });
                    let found = findings.found.iter().map(|found| format!("{:?} {}", found.spelling, directory.printed(found.reference)));
                    let found: Vec<String> = found.take(5).collect();
                    odd.push(format!("{text:?} for {}: {}", directory.printed(meant), found.join(", ")));
                }
            }
            let Count { texts, exact, clean, weak, missed, wrong } = counted;
            let _ = writeln!(out, "| {town} | {manner} | {texts} | {exact} | {clean} | {weak} | {missed} | {wrong} |");
            odd.iter().for_each(|odd| {
                let _ = writeln!(examples, "{town}, {manner}: {odd}");
            });
        }
    }
    format!("{out}\n{examples}")
}

/// Counts what is found; whether that was wrong, or nothing although something was meant.
fn add(count: &mut Count, directory: &Directory, meant: Option<RefId>, text: &str) -> bool {
    let findings = directory.find(&Message { remittance: text, ..Message::default() });
    let best = findings.found.iter().filter(|found| Some(found.reference) == meant).map(|found| found.spelling).min();
    let is_wrong =
        findings.found.iter().any(|found| found.spelling < Spelling::Partial && Some(found.reference) != meant);
    count.texts += 1;
    count.wrong += usize::from(is_wrong);
    match best {
        Some(Spelling::Exact) => count.exact += 1,
        Some(spelling) if spelling < Spelling::Partial => count.clean += 1,
        Some(_) => count.weak += 1,
        None => count.missed += usize::from(meant.is_some()),
    }
    is_wrong || (best.is_none() && meant.is_some())
}

fn references(scheme: &Scheme) -> Vec<String> {
    let free = scheme.mask().matches('#').count();
    let first = 100_000;
    let printed = |number: u64| {
        let body = scheme.mask().replace(&"#".repeat(free), &format!("{number:06}"));
        (0..10).find_map(|digit| scheme.printed(&bare(&body.replace('C', &digit.to_string()))))
    };
    (first..first + ACCOUNTS).filter_map(printed).collect()
}

fn bare(printed: &str) -> String {
    printed.chars().filter(|c| c.is_ascii_alphanumeric()).collect()
}

fn around(draw: &mut Draw, text: &str) -> String {
    let (before, after) = (draw.of(&WORDS), draw.of(&WORDS));
    format!("{before} {text} {after}")
}

fn date(draw: &mut Draw) -> String {
    let (day, month) = (1 + draw.below(28), 1 + draw.below(12));
    match draw.below(4) {
        0 => format!("{day:02}.{month:02}.2023"),
        1 => format!("{day}.{month}.23"),
        2 => format!("2023-{month:02}-{day:02}"),
        _ => format!("{day:02}.{month:02}."),
    }
}

fn iban(draw: &mut Draw) -> String {
    let iban = draw.of(&IBANS).to_owned();
    let spaced = || iban.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
    match draw.below(4) {
        0 => iban,
        1 => spaced(),
        2 => format!("IBAN {}", spaced()),
        _ => cut_once(draw, &iban, "\n"),
    }
}

fn cut_once(draw: &mut Draw, text: &str, cut: &str) -> String {
    let at = 1 + draw.below(text.len() as u64 - 1) as usize;
    format!("{}{cut}{}", &text[..at], &text[at..])
}

/// Line breaks after so many characters, as banks write them.
fn cut_at(text: &str, width: usize) -> String {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(width).map(|line| line.iter().collect::<String>()).collect::<Vec<_>>().join("\n")
}

fn grouped(draw: &mut Draw, bare: &str) -> String {
    let (separator, group) = (draw.of(&[" ", ".", "-", "/", "_"]), 2 + draw.below(4) as usize);
    let (prefix, digits) = bare.split_at(bare.find(|c: char| c.is_ascii_digit()).unwrap_or(0));
    let groups: Vec<String> = digits.as_bytes().chunks(group).map(|of| String::from_utf8_lossy(of).into_owned()).collect();
    format!("{prefix}{}", groups.join(separator))
}

fn mistyped(draw: &mut Draw, printed: &str) -> String {
    let mut symbols: Vec<char> = printed.chars().collect();
    let digits: Vec<usize> = (0..symbols.len()).filter(|at| symbols[*at].is_ascii_digit()).collect();
    let place = draw.below(digits.len() as u64 - 1) as usize;
    let at = digits[place];
    match draw.below(4) {
        0 => symbols[at] = char::from(b'0' + draw.below(10) as u8),
        1 => symbols.swap(at, digits[place + 1]),
        2 => drop(symbols.remove(at)),
        _ => symbols.insert(at, symbols[at]),
    }
    symbols.into_iter().collect()
}
