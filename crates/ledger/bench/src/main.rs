//! Full verdicts over a drawn city: `ledger-bench [--items N] [--each N] [--payments N] [--threads N] [--runs N]`.
//!
//! Prints one line: what was decided, its checksum, the seconds of the fastest run, and the bytes that the books take for
//! each open item. Keeps the invariant that only the matching is timed: the town is drawn and the books are built before.

mod draw;
mod memory;

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Instant;

use kassenzeichen::Message;
use ledger::books::Books;
use ledger::matching::{Manner, Verdict, match_in};
use ledger::payment::Payment;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Result<()> {
    let value = |name: &str, default: usize| -> Result<usize> {
        let place = words.iter().position(|word| word == name);
        Ok(place.map_or(Ok(default), |place| words.get(place + 1).map_or("", String::as_str).parse())?)
    };
    let items = value("--items", 1_000_000)?;
    let (each, payments) = (value("--each", 2)?, value("--payments", 1_000_000)?);
    let manner = Manner { threads: value("--threads", 2)?, ..Manner::default() };
    let town = draw::town(items, each.clamp(1, 3), payments);
    let start = Instant::now();
    let before = memory::held() - size_of_lists(&town);
    let books = Books::new(&town.schemes, town.items, &town.mandates, draw::TODAY.parse()?);
    drop(town.mandates);
    let built = start.elapsed();
    let bytes = memory::held().saturating_sub(before);
    println!(
        "items {items} accounts {} built in {:.2} s, {} bytes an item",
        books.len(),
        built.as_secs_f64(),
        bytes / items.max(1)
    );
    let (found, finding) = find(&books, &town.payments);
    println!("finding alone, one thread: {finding:.2} s, {found} references");
    let mut best = f64::MAX;
    let mut verdicts = Vec::new();
    for _ in 0..value("--runs", 3)?.max(1) {
        drop(std::mem::take(&mut verdicts));
        let start = Instant::now();
        verdicts = match_in(&books, &town.payments, &HashMap::new(), &manner);
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{}", said(&verdicts));
    println!("payments {payments} threads {}: {best:.2} s, {:.0} payments/s", manner.threads, payments as f64 / best);
    Ok(())
}

/// The anchor: the finder over the same texts, on one thread.
fn find(books: &Books, payments: &[Payment]) -> (usize, f64) {
    let start = Instant::now();
    let mut finder = books.directory.finder();
    let found = payments.iter().map(|payment| {
        let message = Message {
            remittance: &payment.remittance,
            counterparty: payment.counterparty.as_deref(),
            ..Message::default()
        };
        finder.find(&message).found.len()
    });
    (found.sum(), start.elapsed().as_secs_f64())
}

/// The heap that the lists take, which the books replace.
fn size_of_lists(town: &draw::Town) -> usize {
    let items = town.items.iter().map(|item| {
        let texts = [&item.kassenzeichen, &item.posten, &item.kind, &item.debtor];
        texts.iter().map(|text| text.capacity()).sum::<usize>() + item.address.as_ref().map_or(0, String::capacity)
    });
    let mandates = town.mandates.iter().map(|mandate| mandate.kassenzeichen.capacity() + mandate.holder.capacity());
    items.sum::<usize>()
        + mandates.sum::<usize>()
        + town.items.capacity() * size_of::<ledger::books::ListedItem>()
        + town.mandates.capacity() * size_of::<ledger::books::ListedMandate>()
}

/// How many verdicts of each kind, how many holds, and a checksum of all that was decided.
fn said(verdicts: &[Verdict]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    let (mut sum, mut holds, mut candidates) = (0_u64, 0, 0);
    let mut add = |number: u64| sum = (sum ^ number).wrapping_mul(0x0100_0000_01b3).rotate_left(7);
    for verdict in verdicts {
        let word = verdict.draft.decision.word();
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
        holds += verdict.holds.len();
        candidates += verdict.draft.candidates.len();
        add(word.len() as u64 + verdict.draft.ground as u64 * 16 + u64::from(verdict.hold_complete) * 1024);
        verdict.draft.parts.iter().for_each(|part| add(part.item as u64 * 1_000_003 + part.amount.get() as u64));
        verdict.holds.iter().for_each(|hold| add(hold.item as u64 * 7 + hold.reason as u64));
        verdict
            .draft
            .candidates
            .iter()
            .for_each(|candidate| add(u64::from(candidate.account) ^ candidate.score as u64));
    }
    counts.sort_unstable();
    let counts: Vec<String> = counts.iter().map(|(word, count)| format!("{word} {count}")).collect();
    format!("{}, holds {holds}, candidates {candidates}, checksum {sum:016x}", counts.join(", "))
}
