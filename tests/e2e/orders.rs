//! One account's statements in any order, cut, overlap, repetition and rendering: the same books.
//!
//! Draws accounts and deliveries from seeds. Invariant under test: whatever is delivered, each booking of the account is
//! there once, no twin is lost, and the chain is complete as soon as every booking has been delivered.

use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;

use crate::bank::{Layout, Statement};
use crate::town::Town;

/// A booking: day of March 2024, cents, bank reference where the bank gives one.
#[derive(Clone)]
struct Line {
    day: u32,
    cents: i64,
    reference: Option<u32>,
}

const OPENING: i64 = 500_000;
const LAST_DAY: u32 = 8;

/// What happens on the account: many equal amounts, some without a reference of the bank.
fn account(random: &mut StdRng) -> Vec<Line> {
    let with_references = random.random_bool(0.5);
    let mut lines: Vec<Line> = (0..random.random_range(3..14))
        .map(|number| Line {
            day: random.random_range(4..=LAST_DAY),
            cents: [1_000, 2_000, 2_000, 3_500, -700][random.random_range(0..5)],
            reference: with_references.then_some(number),
        })
        .collect();
    lines.sort_by_key(|line| line.day);
    lines
}

/// A stretch of the account's lines as the bank sends it.
fn slice(
    lines: &[Line],
    from: usize,
    to: usize,
    number: usize,
    random: &mut StdRng,
    day_cuts: bool,
) -> (String, String) {
    let opening = OPENING + lines[..from].iter().map(|line| line.cents).sum::<i64>();
    let part = &lines[from..to];
    let (first, last) = (part[0].day, part[part.len() - 1].day);
    // across formats texts differ, and only whole days can be recognised
    let format = if day_cuts { random.random_range(0..3) } else { random.random_range(0..2) };
    match format {
        0 | 1 => {
            let mut table = format!("{number} 2024-03-{first:02} 2024-03-{last:02} {}\n", eur(opening));
            for line in part {
                let reference = line.reference.map_or("NONREF".to_owned(), |number| format!("R-{number}"));
                let sign = if line.cents < 0 { "-" } else { "+" };
                table += &format!(
                    "2024-03-{:02} {sign}{} Kunde | Text | ref={reference}\n",
                    line.day,
                    eur(line.cents.abs())
                );
            }
            let (version, layout) = if format == 0 { ("02", Layout::Lines) } else { ("08", Layout::Dense) };
            (format!("{number}-{from}-{to}.xml"), Statement::new(&table).render(version, layout))
        }
        _ => (format!("{number}-{from}-{to}.sta"), old_format(part, opening, number)),
    }
}

fn old_format(part: &[Line], opening: i64, number: usize) -> String {
    let comma = |cents: i64| eur(cents.abs()).replace('.', ",");
    let (first, last) = (part[0].day, part[part.len() - 1].day);
    let mut text =
        format!(":20:STARTUMS\r\n:25:41650001/23\r\n:28C:{number}/1\r\n:60F:C2403{first:02}EUR{}\r\n", comma(opening));
    for line in part {
        let sign = if line.cents < 0 { "D" } else { "C" };
        let reference = line.reference.map_or(String::new(), |number| format!("//R-{number}"));
        text += &format!(":61:2403{0:02}03{0:02}{sign}{1}NTRFNONREF{reference}\r\n", line.day, comma(line.cents));
        text += ":86:166?00GUTSCHRIFT?20SVWZ+anderer Text?32Kunde\r\n";
    }
    let closing = opening + part.iter().map(|line| line.cents).sum::<i64>();
    text + &format!(":62F:C2403{last:02}EUR{}\r\n-\r\n", comma(closing))
}

fn eur(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Stretches that together tell every line, some of them twice, in any order.
fn deliveries(lines: &[Line], random: &mut StdRng) -> Vec<(String, String)> {
    let day_cuts = random.random_bool(0.5);
    let may_cut = |at: &usize| !day_cuts || *at == 0 || *at == lines.len() || lines[*at - 1].day != lines[*at].day;
    let cuts: Vec<usize> = (0..=lines.len()).filter(may_cut).collect();
    let mut parts = Vec::new();
    let mut at = 0;
    while at + 1 < cuts.len() {
        let next = random.random_range(at + 1..cuts.len());
        parts.push((cuts[at], cuts[next]));
        at = next;
    }
    for _ in 0..random.random_range(0..4) {
        let from = random.random_range(0..cuts.len() - 1);
        let to = random.random_range(from + 1..cuts.len());
        parts.push((cuts[from], cuts[to]));
    }
    parts.shuffle(random);
    let slices = parts.iter().enumerate();
    slices.map(|(number, (from, to))| slice(lines, *from, *to, number + 1, random, day_cuts)).collect()
}

/// What is wrong after the deliveries of a seed.
fn wrong(seed: u64) -> Option<String> {
    let mut random = StdRng::seed_from_u64(seed);
    let lines = account(&mut random);
    let files = deliveries(&lines, &mut random);
    let town = Town::new();
    for (name, content) in &files {
        town.write(name, content);
        town.run(&format!("import {name}")).ok();
    }
    let names: Vec<&String> = files.iter().map(|(name, _)| name).collect();
    let mut credits: Vec<String> = lines
        .iter()
        .filter(|line| line.cents > 0)
        .map(|line| format!("2024-03-{:02} {}", line.day, eur(line.cents)))
        .collect();
    credits.sort();
    let payments = town.json("report payments");
    let mut found: Vec<String> = payments
        .as_array()
        .unwrap()
        .iter()
        .map(|row| format!("{} {}", row["booked"].as_str().unwrap(), row["amount"].as_str().unwrap()))
        .collect();
    found.sort();
    let report = &town.json("report statements")[0];
    let closing = eur(OPENING + lines.iter().map(|line| line.cents).sum::<i64>());
    let chain = (&report["closing"], report["ranges"].as_array().unwrap().len(), &report["unproven"]);
    town.run("verify").ok();
    if found != credits {
        return Some(format!("seed {seed}: {names:?}: credits {found:?}, not {credits:?}"));
    }
    let whole = chain == (&Value::String(closing), 1, &Value::Array(Vec::new()));
    (!whole).then(|| format!("seed {seed}: {names:?}: {:?}", report["missing"]))
}

/// So many seeds; `EINMAL_ORDERS=1000` tries more.
#[test]
fn any_order_cut_overlap_and_rendering_leaves_the_same_books() {
    let seeds = std::env::var("EINMAL_ORDERS").map_or(40, |text| text.parse().unwrap());
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|worker| scope.spawn(move || (worker..seeds).step_by(2).filter_map(wrong).collect::<Vec<_>>()))
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} of {seeds}:\n{}", wrong.len(), wrong.join("\n"));
}
