//! A sheet as plain text, with the same facts as on paper.
//!
//! Invariant: every text of the sheet is in it; every line ends with a line feed.

use crate::model::{Block, Run, Sheet, Table};

/// The sheet as plain text.
pub fn text(sheet: &Sheet) -> String {
    let mut lines = vec![sheet.title.clone(), String::new()];
    let widest = sheet.blocks.iter().flat_map(facts).map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    sheet.blocks.iter().for_each(|block| lines.extend(block_lines(block, widest + 2)));
    lines.join("\n")
}

fn facts(block: &Block) -> &[(String, String)] {
    match block {
        Block::Facts(facts) => facts,
        Block::Payment(payment) => &payment.facts,
        _ => &[],
    }
}

fn block_lines(block: &Block, wide: usize) -> Vec<String> {
    let mut lines = match block {
        Block::Paragraph(runs) => vec![runs.iter().map(|Run { text, .. }| text.as_str()).collect()],
        Block::Heading(text) => vec![text.clone()],
        Block::Facts(_) | Block::Payment(_) => {
            facts(block).iter().map(|(name, value)| format!("{name:<wide$}{value}")).collect()
        }
        Block::Table(table) => table_lines(table),
        Block::Signatures(names) => names.iter().map(|name| format!("\n{}  {name}", "_".repeat(34))).collect(),
    };
    if !matches!(block, Block::Heading(_)) {
        lines.push(String::new());
    }
    lines
}

/// Each column as wide as its widest cell.
fn table_lines(table: &Table) -> Vec<String> {
    let heads: Vec<String> = table.columns.iter().map(|column| column.head.clone()).collect();
    let rows: Vec<&Vec<String>> = std::iter::once(&heads).chain(&table.rows).chain(&table.sum).collect();
    let wide = |place: usize| rows.iter().filter_map(|row| Some(row.get(place)?.chars().count())).max();
    let widths: Vec<usize> = (0..heads.len()).map(|place| wide(place).unwrap_or_default()).collect();
    let cell = |((text, column), wide): ((&String, &crate::Column), &usize)| match column.right {
        true => format!("{text:>wide$}"),
        false => format!("{text:<wide$}"),
    };
    rows.iter()
        .map(|row| row.iter().zip(&table.columns).zip(&widths).map(cell).collect::<Vec<_>>().join("  "))
        .map(|line| line.trim_end().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Column, plain, strong};

    #[test]
    fn a_sheet_reads_the_same_without_paper() {
        let column = |head: &str, right| Column { head: head.to_owned(), width: 0, right };
        let sheet = Sheet {
            title: "Begleitzettel".to_owned(),
            blocks: vec![
                Block::Facts(vec![("Datei".to_owned(), "a.xml".to_owned()), ("Fälligkeit".to_owned(), "1".to_owned())]),
                Block::Heading("Teile".to_owned()),
                Block::Table(Table {
                    columns: vec![column("Art", false), column("Summe", true)],
                    rows: vec![vec!["RCUR".to_owned(), "1,00".to_owned()]],
                    sum: Some(vec!["zusammen".to_owned(), "1,00".to_owned()]),
                }),
                Block::Paragraph(vec![plain("ganz "), strong("sicher")]),
                Block::Signatures(vec!["Ort".to_owned()]),
            ],
        };
        let expected = "Begleitzettel\n\nDatei       a.xml\nFälligkeit  1\n\nTeile\nArt       Summe\nRCUR       1,00\nzusammen   1,00\n\nganz sicher\n\n\n__________________________________  Ort\n";
        assert_eq!(text(&sheet), expected);
    }
}
