//! Draws open items and the texts of payments for them.
//!
//! Knows nothing of how they are found. Keeps the invariant that the same numbers of items and payments give the same
//! bytes on every machine: one generator with a fixed start, no clock.

use std::collections::HashSet;
use std::fmt::Write as _;

/// The scheme of the drawn references, with a Luhn digit: two separators more than a plain number has.
pub const MASK: &str = "5.####.######.C";

/// What separates the lines of a text in a file of one text a line.
pub const LINE: char = '\u{1e}';

/// Kinds of levy, the second part of a reference.
const KINDS: [u64; 8] = [100, 110, 120, 200, 210, 300, 2100, 8001];

const WORDS: [&str; 8] = [
    "Grundbesitzabgaben",
    "Grundsteuer B 4. Rate 2023",
    "Abgaben Hauptstr. 5",
    "Kassenzeichen",
    "Familie Müller",
    "Abwasser 2023-4",
    "Stadtkasse",
    "Hundesteuer fuer Waldi",
];

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
pub struct Draw(pub u64);

impl Draw {
    pub fn new(seed: u64) -> Draw {
        Draw(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn of<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len() as u64) as usize]
    }
}

/// `count` different references as printed.
pub fn references(count: usize) -> Vec<String> {
    let mut draw = Draw::new(1);
    let mut seen = HashSet::with_capacity(count);
    let mut references = Vec::with_capacity(count);
    while references.len() < count {
        let body = 5 * 10_u64.pow(10) + KINDS[draw.below(8) as usize] * 1_000_000 + draw.below(1_000_000);
        if seen.insert(body) {
            let bare = format!("{body}{}", luhn(body));
            references.push(format!("{}.{}.{}.{}", &bare[..1], &bare[1..5], &bare[5..11], &bare[11..]));
        }
    }
    references
}

fn luhn(mut body: u64) -> u64 {
    let (mut sum, mut weight) = (0, 2);
    while body > 0 {
        let product = body % 10 * weight;
        sum += product / 10 + product % 10;
        (body, weight) = (body / 10, 3 - weight);
    }
    (10 - sum % 10) % 10
}

/// `count` texts, each meant for one of the references or for none.
pub fn payments(references: &[String], count: usize) -> Vec<String> {
    let mut draw = Draw::new(2);
    (0..count)
        .map(|_| {
            let printed = &references[draw.below(references.len() as u64) as usize];
            text(&mut draw, printed)
        })
        .collect()
}

/// 62 in 100 clean, 18 with separators of their own, 6 among other numbers, 10 mistyped, 4 without a reference.
fn text(draw: &mut Draw, printed: &str) -> String {
    let bare: String = printed.chars().filter(char::is_ascii_digit).collect();
    let clean = if draw.below(2) == 0 { printed } else { &bare };
    let (before, after) = (draw.of(&WORDS), draw.of(&WORDS));
    match draw.below(100) {
        0..62 => format!("{before} {clean} {after}"),
        62..80 => format!("{before} {} {after}", separated(draw, &bare)),
        80..86 => among_others(draw, clean),
        86..96 => format!("{before} {} {after}", mistyped(draw, &bare)),
        _ => format!("{before} Rechnung {} {after}", draw.below(1_000_000)),
    }
}

/// In groups, or with one blank or line break anywhere.
fn separated(draw: &mut Draw, bare: &str) -> String {
    let separator = [" ", ".", "-", "/"][draw.below(4) as usize];
    let group = 2 + draw.below(4) as usize;
    if draw.below(3) == 0 {
        let at = 1 + draw.below(bare.len() as u64 - 1) as usize;
        return format!("{}{LINE}{}", &bare[..at], &bare[at..]);
    }
    let groups: Vec<String> = bare.as_bytes().chunks(group).map(|of| String::from_utf8_lossy(of).into_owned()).collect();
    groups.join(separator)
}

fn among_others(draw: &mut Draw, clean: &str) -> String {
    let mut text = String::new();
    let (day, month) = (1 + draw.below(28), 1 + draw.below(12));
    let _ = write!(text, "vom {day:02}.{month:02}.2023 Tel. 02902 {} ", draw.below(1_000_000));
    let _ = write!(text, "{clean} EUR {},{:02} {:05} Warstein", draw.below(900), draw.below(100), draw.below(100_000));
    text
}

/// One digit changed, two swapped, one lost or one doubled.
fn mistyped(draw: &mut Draw, bare: &str) -> String {
    let mut digits: Vec<u8> = bare.bytes().collect();
    let at = 1 + draw.below(digits.len() as u64 - 2) as usize;
    match draw.below(4) {
        0 => digits[at] = b'0' + (digits[at] - b'0' + 1 + draw.below(9) as u8) % 10,
        1 => digits.swap(at, at + 1),
        2 => drop(digits.remove(at)),
        _ => digits.insert(at, digits[at]),
    }
    digits.into_iter().map(char::from).collect()
}
