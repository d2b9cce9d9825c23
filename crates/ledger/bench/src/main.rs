//! Full verdicts over a drawn city: `ledger-bench [--items N] [--each N] [--payments N] [--threads N] [--runs N]`.
//!
//! Prints what was decided with a digest of all of it, the seconds of the fastest run, by the clock and of the processors, and
//! the bytes that the books take for each open item. Keeps the invariant that only the matching is timed: the town is drawn and the books are built before.

mod digest;
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
    memory::stop();
    println!(
        "items {items} accounts {} built in {:.2} s, {} bytes an item",
        books.len(),
        built.as_secs_f64(),
        bytes / items.max(1)
    );
    let (found, finding) = find(&books, &town.payments);
    println!("finding alone, one thread: {finding:.2} s, {found} references");
    let (mut best, mut least) = (f64::MAX, f64::MAX);
    let mut verdicts = Vec::new();
    for _ in 0..value("--runs", 3)?.max(1) {
        drop(std::mem::take(&mut verdicts));
        let (start, worked) = (Instant::now(), processor_seconds());
        verdicts = match_in(&books, &town.payments, &HashMap::new(), &manner);
        best = best.min(start.elapsed().as_secs_f64());
        least = least.min(processor_seconds().zip(worked).map_or(f64::NAN, |(after, before)| after - before));
    }
    println!("{}", said(&verdicts));
    let (threads, rate) = (manner.threads, payments as f64 / best);
    println!("payments {payments} threads {threads}: {best:.2} s, {rate:.0} payments/s, {least:.2} s of processors");
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

/// How many verdicts of each kind, how many holds and candidates, and the digest of all that was decided.
fn said(verdicts: &[Verdict]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for verdict in verdicts {
        let word = verdict.draft.decision.word();
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.sort_unstable();
    let counts: Vec<String> = counts.iter().map(|(word, count)| format!("{word} {count}")).collect();
    let holds: usize = verdicts.iter().map(|verdict| verdict.holds.len()).sum();
    let candidates: usize = verdicts.iter().map(|verdict| verdict.draft.candidates.len()).sum();
    let digest = digest::of(verdicts);
    format!("{}, holds {holds}, candidates {candidates}, checksum {digest:016x}", counts.join(", "))
}

/// Processor time of this process so far, all threads together: on a busy machine it tells more than the clock.
/// `None` where the system does not say (Linux does, in hundredths of a second).
fn processor_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // behind the name in parentheses: the 12th and 13th, in the program and in the system
    let ticks = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
    let ticks: Option<u64> = ticks.map(|ticks| ticks.parse::<u64>().ok()).sum();
    Some(ticks? as f64 / 100.0)
}
