//! The blocks of a document, one below the other, over as many pages as they need.
//!
//! Invariant: a table row, a code and the lines for signatures are never split between pages; a sum is never the first
//! row on a page.

use crate::Um;
use crate::flow::{Line, wrap};
use crate::layout::{BODY, HEAD, Kind, LEFT, Layout, Op, RIGHT, SMALL, TINY, TOP, leading};
use crate::model::{Block, Payment, Run, Table, plain, strong};

/// The space between two blocks, and above and below the text of a row.
const GAP: Um = 2_600;
const PAD: Um = 700;
/// Where the values of facts begin.
const VALUES: Um = 48_000;
/// A module of a code: 0.6 mm, so that a symbol of version 13 is 41 mm wide (ISO/IEC 18004 only asks that a reader can
/// tell the modules of a printed code apart; telephone cameras need about this).
const MODULE: Um = 600;

/// Where a text goes: its left edge and width.
struct Place {
    tag: Option<usize>,
    x: Um,
    width: Um,
    size: Um,
    right: bool,
}

/// Places a block below what is there.
pub(crate) fn block(layout: &mut Layout, parent: usize, block: &Block) {
    match block {
        Block::Paragraph(runs) => paragraph(layout, parent, runs),
        Block::Heading(text) => heading(layout, parent, 2, text),
        Block::Facts(facts) => self::facts(layout, parent, facts, LEFT, RIGHT - LEFT),
        Block::Table(table) => self::table(layout, parent, table),
        Block::Payment(payment) => self::payment(layout, parent, payment),
        Block::Signatures(names) => signatures(layout, parent, names),
    }
    layout.y += GAP;
}

/// A heading; it stays on one page with the beginning of what follows.
pub(crate) fn heading(layout: &mut Layout, parent: usize, level: u16, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let size = if level == 1 { HEAD } else { BODY };
    let tag = Some(layout.element(Some(parent), Kind::Heading(level, text.to_owned())));
    let lines = wrap(&mut layout.fonts, &[strong(text)], size, RIGHT - LEFT);
    layout.room(leading(size) * (count(&lines) + 2));
    below(layout, &lines, &Place { tag, x: LEFT, width: RIGHT - LEFT, size, right: false });
}

fn paragraph(layout: &mut Layout, parent: usize, runs: &[Run]) {
    let tag = Some(layout.element(Some(parent), Kind::Paragraph));
    let lines = wrap(&mut layout.fonts, runs, BODY, RIGHT - LEFT);
    // a short paragraph stays together; of a long one, two lines stay with its beginning
    layout.room(leading(BODY) * if lines.len() <= 4 { count(&lines) } else { 2 });
    let place = Place { tag, x: LEFT, width: RIGHT - LEFT, size: BODY, right: false };
    for line in &lines {
        layout.room(leading(BODY));
        below(layout, std::slice::from_ref(line), &place);
    }
}

fn count(lines: &[Line]) -> Um {
    Um::try_from(lines.len()).unwrap_or(Um::MAX / (1 << 20))
}

/// Places lines at the current height and moves below them.
fn below(layout: &mut Layout, lines: &[Line], place: &Place) {
    layout.y = put(layout, lines, place, layout.y);
}

/// Places lines from a height on; returns where they end.
fn put(layout: &mut Layout, lines: &[Line], place: &Place, top: Um) -> Um {
    let mut y = top;
    for line in lines {
        let x = if place.right { place.x + place.width - line.width } else { place.x };
        for piece in line.pieces.iter().filter(|piece| !piece.text.is_empty()) {
            let (text, size) = (piece.text.clone(), place.size);
            layout.draw(Op::Text { tag: place.tag, x: x + piece.x, y: y + size, size, strong: piece.strong, text });
        }
        y += leading(place.size);
    }
    y
}

/// Names and values; each pair is read aloud as one line. A table would need three structure elements for each, and a
/// run has thousands of letters.
fn facts(layout: &mut Layout, parent: usize, facts: &[(String, String)], left: Um, width: Um) {
    let values = VALUES.min(width / 3);
    for (name, value) in facts {
        let names = wrap(&mut layout.fonts, &[plain(format!("{name} "))], SMALL, values - PAD);
        let lines = wrap(&mut layout.fonts, &[plain(value)], BODY, width - values);
        let height = (leading(BODY) * count(&lines)).max(leading(SMALL) * count(&names));
        layout.room(height);
        let tag = Some(layout.element(Some(parent), Kind::Paragraph));
        let top = layout.y;
        put(layout, &names, &Place { tag, x: left, width: values, size: SMALL, right: false }, top + BODY - SMALL);
        put(layout, &lines, &Place { tag, x: left + values, width: width - values, size: BODY, right: false }, top);
        layout.y = top + height + PAD;
    }
}

/// Left edge and width of each column.
fn columns(table: &Table) -> Vec<(Um, Um, bool)> {
    let given: Um = table.columns.iter().map(|column| Um::from(column.width) * 1_000).sum();
    let rest = (RIGHT - LEFT - given).max(20_000);
    let mut x = LEFT;
    let place = |column: &crate::Column| {
        let width = if column.width == 0 { rest } else { Um::from(column.width) * 1_000 };
        let left = x;
        x += width;
        (left, width, column.right)
    };
    table.columns.iter().map(place).collect()
}

fn table(layout: &mut Layout, parent: usize, table: &Table) {
    let element = layout.element(Some(parent), Kind::Table);
    let columns = columns(table);
    let heads: Vec<String> = table.columns.iter().map(|column| column.head.clone()).collect();
    let head = Row::new(layout, &columns, &heads, true, TINY);
    let first = table.rows.first().map(|cells| Row::new(layout, &columns, cells, false, BODY).height);
    layout.room(head.height + first.unwrap_or_default());
    head.place(layout, &columns, Some(element), true);
    rule(layout);
    let sum = table.sum.as_ref().map(|cells| Row::new(layout, &columns, cells, true, BODY));
    for (number, cells) in (1..).zip(&table.rows) {
        let row = Row::new(layout, &columns, cells, false, BODY);
        let together = sum.as_ref().filter(|_| number == table.rows.len()).map_or(0, |sum| sum.height);
        if layout.room(row.height + together) {
            head.place(layout, &columns, None, true);
            rule(layout);
        }
        row.place(layout, &columns, Some(element), false);
    }
    if let Some(sum) = sum {
        rule(layout);
        sum.place(layout, &columns, Some(element), false);
    }
}

fn rule(layout: &mut Layout) {
    let y = layout.y;
    layout.draw(Op::Rule { x: LEFT, y, width: RIGHT - LEFT });
}

/// A table row, broken into lines.
struct Row {
    cells: Vec<Vec<Line>>,
    size: Um,
    height: Um,
}

impl Row {
    fn new(layout: &mut Layout, columns: &[(Um, Um, bool)], cells: &[String], bold: bool, size: Um) -> Row {
        let cells: Vec<Vec<Line>> = cells
            .iter()
            .zip(columns)
            .map(|(text, (_, width, _))| {
                let run = Run { text: text.clone(), strong: bold };
                wrap(&mut layout.fonts, &[run], size, width - 2 * PAD)
            })
            .collect();
        let lines = cells.iter().map(|lines| count(lines)).max().unwrap_or(1);
        // a row is never higher than a page: a cell in a list holds far less
        let height = (leading(size) * lines + 2 * PAD).min(crate::layout::BOTTOM - TOP - 4 * leading(BODY));
        Row { cells, size, height }
    }

    /// Draws the row; without a table it is a repeated header.
    fn place(&self, layout: &mut Layout, columns: &[(Um, Um, bool)], table: Option<usize>, is_head: bool) {
        let row = table.map(|table| layout.element(Some(table), Kind::Row));
        let top = layout.y + PAD;
        for (lines, (x, width, right)) in self.cells.iter().zip(columns) {
            let kind = if is_head { Kind::Head } else { Kind::Cell };
            let tag = row.map(|row| layout.element(Some(row), kind));
            put(layout, lines, &Place { tag, x: x + PAD, width: width - 2 * PAD, size: self.size, right: *right }, top);
        }
        layout.y += self.height;
    }
}

/// A code at the left, its content in words at its right.
fn payment(layout: &mut Layout, parent: usize, payment: &Payment) {
    let modules = Um::try_from(payment.code.side()).unwrap_or(69);
    // four modules around it stay white (ISO/IEC 18004, 5.3.8)
    let side = (modules + 8) * MODULE;
    let alt = payment.facts.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("; ");
    layout.room(side.max(leading(BODY) * 7));
    let tag = layout.element(Some(parent), Kind::Figure(format!("QR-Code für eine Überweisung. {alt}")));
    let (top, page) = (layout.y, layout.pages.len());
    let code = payment.code.clone();
    layout.draw(Op::Code { tag, x: LEFT + MODULE, y: top + 4 * MODULE, module: MODULE, code });
    layout.y = top + 4 * MODULE;
    let left = LEFT + side + 3_000;
    facts(layout, parent, &payment.facts, left, RIGHT - left);
    if layout.pages.len() == page {
        layout.y = layout.y.max(top + side);
    }
}

/// Lines for signatures, two side by side.
fn signatures(layout: &mut Layout, parent: usize, names: &[String]) {
    const HIGH: Um = 20_000;
    const WIDE: Um = 75_000;
    for pair in names.chunks(2) {
        let under: Vec<Vec<Line>> =
            pair.iter().map(|name| wrap(&mut layout.fonts, &[plain(name)], TINY, WIDE)).collect();
        let below = PAD + leading(TINY) * under.iter().map(|lines| count(lines)).max().unwrap_or_default();
        layout.room(HIGH + below);
        let y = layout.y + HIGH;
        for (lines, x) in under.iter().zip([LEFT, RIGHT - WIDE]) {
            layout.draw(Op::Rule { x, y, width: WIDE });
            let tag = Some(layout.element(Some(parent), Kind::Paragraph));
            put(layout, lines, &Place { tag, x, width: WIDE, size: TINY, right: false }, y + PAD);
        }
        layout.y = y + below;
    }
}

/// Sets text into a box from `top` on, in the largest size that fits; in the smallest, what does not fit is cut.
pub(crate) fn boxed(layout: &mut Layout, tag: usize, lines: &[String], area: (Um, Um, Um, Um), sizes: &[Um]) {
    let (x, top, width, height) = area;
    let mut y = top;
    for size in sizes {
        let set: Vec<Vec<Line>> =
            lines.iter().map(|line| wrap(&mut layout.fonts, &[plain(line)], *size, width)).collect();
        let fitting = usize::try_from(height / leading(*size)).unwrap_or_default();
        let all: usize = set.iter().map(Vec::len).sum();
        if all > fitting && Some(size) != sizes.last() {
            continue;
        }
        let set: Vec<Line> = set.into_iter().flatten().take(fitting).collect();
        y = put(layout, &set, &Place { tag: Some(tag), x, width, size: *size, right: false }, y);
        break;
    }
    layout.y = y;
}
