//! The ways of finding that are compared.
//!
//! Knows nothing of files or arguments. Keeps the invariant that every side answers with the same checksum where it finds
//! the same references in the same texts.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::time::{Duration, Instant};

use kassenzeichen::{CheckMethod, Directory, Findings, Message, Scheme, Spelling};

use crate::generate::MASK;

/// Digits of a drawn reference.
const LENGTH: u32 = 12;

/// What a side found, and how long that took; loading and building apart.
pub struct Outcome {
    pub hits: u64,
    pub checksum: u64,
    pub time: Duration,
}

/// Counts what is found, whatever the order in one text.
#[derive(Default)]
struct Tally {
    hits: u64,
    checksum: u64,
}

impl Tally {
    fn add(&mut self, payment: usize, reference: u32) {
        self.hits += 1;
        let mixed = (payment as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ u64::from(reference);
        self.checksum = self.checksum.wrapping_add(mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9));
    }

    fn outcome(self, start: Instant) -> Outcome {
        Outcome { hits: self.hits, checksum: self.checksum, time: start.elapsed() }
    }
}

pub fn directory(references: &[String]) -> Directory {
    let scheme = Scheme::new("Abgaben", MASK, CheckMethod::Luhn).expect("the mask is one");
    Directory::new(&[scheme], references.iter().map(String::as_str))
}

pub fn map<S: BuildHasher + Default>(references: &[String]) -> HashMap<u64, u32, S> {
    let key = |text: &String| text.bytes().filter(u8::is_ascii_digit).fold(0, |key, d| key * 10 + u64::from(d - b'0'));
    references.iter().zip(0..).map(|(text, id)| (key(text), id)).collect()
}

/// Runs of digits, at most one separator apart.
fn runs(text: &[u8], runs: &mut Vec<(u64, u32, bool)>) {
    runs.clear();
    let (mut at, mut gap) = (0, usize::MAX);
    while at < text.len() {
        if !text[at].is_ascii_digit() {
            (at, gap) = (at + 1, gap.saturating_add(1));
            continue;
        }
        let (mut value, mut length) = (0_u64, 0);
        while at < text.len() && text[at].is_ascii_digit() {
            value = value.wrapping_mul(10).wrapping_add(u64::from(text[at] - b'0'));
            (at, length) = (at + 1, length + 1);
        }
        runs.push((value, length, gap <= 1));
        gap = 0;
    }
}

/// Visits the number that each sequence of whole runs gives, with its count of digits.
fn windows(runs: &[(u64, u32, bool)], mut visit: impl FnMut(u64, u32)) {
    for first in 0..runs.len() {
        let (mut value, mut length) = (0_u64, 0);
        for (at, run) in runs.iter().enumerate().skip(first) {
            if (at > first && !run.2) || length + run.1 > LENGTH + 1 {
                break;
            }
            value = value * 10_u64.pow(run.1) + run.0;
            length += run.1;
            visit(value, length);
        }
    }
}

/// The bare loop: runs of digits, looked up in a map of the standard library.
pub fn bare(map: &HashMap<u64, u32>, payments: &[String]) -> Outcome {
    let start = Instant::now();
    let mut tally = Tally::default();
    let mut list = Vec::new();
    for (payment, text) in payments.iter().enumerate() {
        runs(text.as_bytes(), &mut list);
        windows(&list, |value, length| {
            if length == LENGTH && let Some(id) = map.get(&value) {
                tally.add(payment, *id);
            }
        });
    }
    tally.outcome(start)
}

/// The crate, exact findings alone.
pub fn exact(directory: &Directory, payments: &[String]) -> Outcome {
    let start = Instant::now();
    let mut tally = Tally::default();
    let mut finder = directory.finder();
    for (payment, remittance) in payments.iter().enumerate() {
        let findings = finder.exact(&Message { remittance, ..Message::default() });
        findings.found.iter().for_each(|found| tally.add(payment, found.reference));
    }
    tally.outcome(start)
}

/// The crate, everything it can find.
pub fn find(directory: &Directory, payments: &[String]) -> Outcome {
    let start = Instant::now();
    let mut tally = Tally::default();
    let mut finder = directory.finder();
    for (payment, remittance) in payments.iter().enumerate() {
        let findings = finder.find(&Message { remittance, ..Message::default() });
        findings.found.iter().for_each(|found| tally.add(payment, found.reference));
    }
    tally.outcome(start)
}

/// Everything the crate finds where nothing is exact; only what is one slip away counts.
pub fn near(directory: &Directory, payments: &[String]) -> Outcome {
    let start = Instant::now();
    let mut tally = Tally::default();
    let mut finder = directory.finder();
    for (payment, remittance) in payments.iter().enumerate() {
        let findings: &Findings = finder.find(&Message { remittance, ..Message::default() });
        let slips = findings.found.iter().filter(|found| matches!(found.spelling, Spelling::Near(_)));
        slips.for_each(|found| tally.add(payment, found.reference));
    }
    tally.outcome(start)
}

/// The variants of every number, one slip away, looked up in a map of the standard library.
pub fn bare_near(map: &HashMap<u64, u32>, payments: &[String]) -> Outcome {
    let start = Instant::now();
    let mut tally = Tally::default();
    let (mut list, mut hits) = (Vec::new(), Vec::new());
    for (payment, text) in payments.iter().enumerate() {
        runs(text.as_bytes(), &mut list);
        hits.clear();
        windows(&list, |value, length| slips(value, length, |variant| hits.extend(map.get(&variant))));
        hits.sort_unstable();
        hits.dedup();
        hits.iter().for_each(|id| tally.add(payment, *id));
    }
    tally.outcome(start)
}

fn slips(value: u64, length: u32, mut visit: impl FnMut(u64)) {
    let digit = |place: u32| value / 10_u64.pow(place) % 10;
    if length == LENGTH {
        for place in 0..length {
            let power = 10_u64.pow(place);
            let without = value - digit(place) * power;
            (0..10).filter(|other| *other != digit(place)).for_each(|other| visit(without + other * power));
            if place + 1 < length && digit(place) != digit(place + 1) {
                visit(value - digit(place) * power - digit(place + 1) * power * 10
                    + digit(place) * power * 10
                    + digit(place + 1) * power);
            }
        }
    } else if length + 1 == LENGTH {
        for place in 0..=length {
            let power = 10_u64.pow(place);
            (0..10).for_each(|new| visit((value / power * 10 + new) * power + value % power));
        }
    } else if length == LENGTH + 1 {
        for place in 0..length {
            let power = 10_u64.pow(place);
            visit(value / power / 10 * power + value % power);
        }
    }
}
