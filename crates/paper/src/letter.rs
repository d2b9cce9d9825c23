//! The two forms of a document: a letter for a window envelope, and a sheet.
//!
//! Invariant: the address is in the window (DIN 5008 form B: 20 mm from the left, 45 mm from the top, 85 by 45 mm),
//! however long it is; nothing else is.

use crate::Um;
use crate::blocks::{block, boxed, heading};
use crate::layout::{BODY, GREAT, HEAD, Kind, LEFT, Layout, Op, RIGHT, SMALL, TINY, leading};
use crate::model::{Letter, Sheet};

/// The window: left edge, top, width; the upper 17.7 mm hold the return address, the lower 27.3 mm the address.
const WINDOW: (Um, Um, Um) = (20_000, 45_000, 85_000);
const WAY_BACK: Um = 17_700;
const ADDRESS: Um = 27_300;
/// Inside the window the text begins at the letter's own left edge.
const INSIDE: Um = WINDOW.0 + WINDOW.2 - LEFT;
/// The block of references beside the window: 125 mm from the left, 75 mm wide, from 50 mm on.
const BESIDE: (Um, Um, Um) = (125_000, 50_000, 65_000);
/// The subject's line.
const SUBJECT: Um = 98_460;
/// Where the paper is folded, and where it is punched.
const FOLDS: [Um; 2] = [105_000, 210_000];
const PUNCH: Um = 148_500;

/// Places a letter on pages of its own.
pub(crate) fn letter(layout: &mut Layout, letter: &Letter) {
    let first = letter.reference.first().map(|(name, value)| format!(", {name} {value}")).unwrap_or_default();
    let section = layout.begin(&letter.entry, &format!("{}{first}", letter.subject));
    sender(layout, section, &letter.sender);
    for y in FOLDS {
        layout.draw(Op::Rule { x: 5_000, y, width: 4_000 });
    }
    layout.draw(Op::Rule { x: 5_000, y: PUNCH, width: 6_000 });
    window(layout, section, letter);
    references(layout, section, &letter.reference);
    layout.y = layout.y.max(SUBJECT);
    heading(layout, section, 1, &letter.subject);
    layout.y += leading(BODY);
    letter.blocks.iter().for_each(|each| block(layout, section, each));
    layout.end();
}

fn sender(layout: &mut Layout, section: usize, lines: &[String]) {
    let Some((name, rest)) = lines.split_first() else { return };
    let tag = layout.element(Some(section), Kind::Paragraph);
    boxed(layout, tag, std::slice::from_ref(name), (LEFT, 14_000, RIGHT - LEFT, 13_000), &[GREAT, HEAD, SMALL]);
    if !rest.is_empty() {
        let tag = layout.element(Some(section), Kind::Paragraph);
        let line = [rest.join(" · ")];
        let top = layout.y;
        boxed(layout, tag, &line, (LEFT, top, RIGHT - LEFT, 9_000), &[SMALL, TINY]);
    }
}

fn window(layout: &mut Layout, section: usize, letter: &Letter) {
    let tag = layout.element(Some(section), Kind::Paragraph);
    let line = leading(TINY);
    let back = [letter.return_to.clone()];
    boxed(layout, tag, &back, (LEFT, WINDOW.1 + WAY_BACK - line - 1_000, INSIDE, line), &[TINY, TINY * 3 / 4]);
    layout.draw(Op::Rule { x: LEFT, y: WINDOW.1 + WAY_BACK - 700, width: INSIDE });
    let tag = layout.element(Some(section), Kind::Paragraph);
    let area = (LEFT, WINDOW.1 + WAY_BACK, INSIDE, ADDRESS);
    boxed(layout, tag, &letter.address, area, &[BODY - 200, SMALL, TINY, TINY * 3 / 4]);
}

fn references(layout: &mut Layout, section: usize, reference: &[(String, String)]) {
    let (x, top, width) = BESIDE;
    let mut y = top;
    for (name, value) in reference {
        let tag = layout.element(Some(section), Kind::Paragraph);
        boxed(layout, tag, &[format!("{name} ")], (x, y, width, leading(TINY)), &[TINY]);
        let from = layout.y;
        boxed(layout, tag, std::slice::from_ref(value), (x, from, width, 3 * leading(BODY)), &[BODY]);
        y = layout.y + 1_200;
    }
    layout.y = y;
}

/// Places a sheet.
pub(crate) fn sheet(layout: &mut Layout, sheet: &Sheet) {
    let section = layout.begin(&sheet.title, &sheet.title);
    heading(layout, section, 1, &sheet.title);
    layout.y += leading(BODY) / 2;
    sheet.blocks.iter().for_each(|each| block(layout, section, each));
    layout.end();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layout::{BOTTOM, PAGE};
    use crate::model::{Block, Column, Payment, Table};

    /// A letter with the same text in every place that can have one.
    fn everywhere(text: &str, rows: usize) -> Letter {
        let column = |width, right| Column { head: text.to_owned(), width, right };
        let facts = vec![(text.to_owned(), text.to_owned())];
        let table = Table {
            columns: vec![column(24, false), column(0, false), column(30, true)],
            rows: vec![vec![text.to_owned(); 3]; rows],
            sum: Some(vec![text.to_owned(); 3]),
        };
        let code = crate::Code::new("BCD").unwrap();
        Letter {
            sender: vec![text.to_owned(); 3],
            return_to: text.to_owned(),
            address: vec![text.to_owned(); 3],
            reference: facts.clone(),
            subject: text.to_owned(),
            blocks: vec![
                Block::text(text),
                Block::Table(table),
                Block::Facts(facts.clone()),
                Block::Payment(Payment { code, facts }),
                Block::Signatures(vec![text.to_owned(); 2]),
            ],
            entry: text.to_owned(),
        }
    }

    proptest! {
        #[test]
        fn nothing_stands_beside_the_paper_or_in_its_margins(text in "[A-Za-zäöüß0-9 ]{0,120}", rows in 0_usize..40) {
            let mut layout = Layout::new().unwrap();
            letter(&mut layout, &everywhere(&text, rows));
            for op in layout.pages.iter().flatten() {
                let Op::Text { tag, x, y, size, strong, text } = op else { continue };
                let right = x + layout.fonts.width(text.trim_end(), *strong, *size);
                prop_assert!(*x >= LEFT && right <= RIGHT + 200, "{text:?} stands from {x} to {right}");
                let lowest = if tag.is_some() { BOTTOM } else { PAGE.1 - 10_000 };
                prop_assert!(*y <= lowest, "{text:?} stands at {y}");
            }
        }

        #[test]
        fn an_address_never_leaves_the_window(lines in proptest::collection::vec("[A-Za-zäöüß ]{0,90}", 0..8)) {
            let mut layout = Layout::new().unwrap();
            let own = Letter { address: lines, ..everywhere("Kasse", 0) };
            let section = layout.begin("", "");
            window(&mut layout, section, &own);
            for op in layout.pages.iter().flatten() {
                let Op::Text { x, y, size, strong, text, .. } = op else { continue };
                let right = x + layout.fonts.width(text.trim_end(), *strong, *size);
                prop_assert!(*x >= WINDOW.0 && right <= WINDOW.0 + WINDOW.2 + 200, "{text:?} ends at {right}");
                prop_assert!(y - size >= WINDOW.1 && *y <= WINDOW.1 + WAY_BACK + ADDRESS, "{text:?} stands at {y}");
            }
        }
    }
}
