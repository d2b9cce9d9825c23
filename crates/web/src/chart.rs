//! Charts: stacked columns, drawn on the server, coloured by the style sheet.
//!
//! Must not know what the figures mean. Invariants: coordinates are whole numbers; a chart never stands without the
//! table that says the same; the columns of a chart share one scale.

use sepa::Cents;

/// Size of a chart in the units of its view box.
const WIDTH: i64 = 640;
const HEIGHT: i64 = 200;
/// Space below for the names of the columns, and on the left for the scale.
const BELOW: i64 = 20;
const LEFT: i64 = 100;

/// A part of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) width: i64,
    pub(crate) height: i64,
    /// The index of its series, for which the style sheet has a colour and a pattern.
    pub(crate) series: usize,
}

/// A column's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) x: i64,
    pub(crate) text: String,
}

/// A chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chart {
    pub(crate) width: i64,
    pub(crate) height: i64,
    /// The height of the base line.
    pub(crate) ground: i64,
    pub(crate) left: i64,
    pub(crate) blocks: Vec<Block>,
    pub(crate) labels: Vec<Label>,
    /// The amount at the top of the chart.
    pub(crate) top: String,
}

/// A chart with a column for each name, its parts from the bottom up. Negative parts are drawn as zero.
pub(crate) fn stacked(columns: &[(String, Vec<Cents>)]) -> Chart {
    let height_of = |parts: &[Cents]| parts.iter().map(|part| i128::from(part.get().max(0))).sum::<i128>();
    let most = columns.iter().map(|(_, parts)| height_of(parts)).max().unwrap_or(0);
    let ground = HEIGHT - BELOW;
    let count = i64::try_from(columns.len()).unwrap_or(i64::MAX).max(1);
    let step = (WIDTH - LEFT) / count;
    let bar = (step * 3 / 4).clamp(1, 60);
    let scaled = |sum: i128| i64::try_from(sum * i128::from(ground) / most.max(1)).unwrap_or(0);
    let mut blocks = Vec::new();
    let mut labels = Vec::new();
    for ((name, parts), place) in columns.iter().zip(0..) {
        let x = LEFT + place * step + (step - bar) / 2;
        let mut sum = 0;
        for (part, series) in parts.iter().zip(0..) {
            let below = scaled(sum);
            sum += i128::from(part.get().max(0));
            let height = scaled(sum) - below;
            if height > 0 {
                blocks.push(Block { x, y: ground - below - height, width: bar, height, series });
            }
        }
        labels.push(Label { x: x + bar / 2, text: name.clone() });
    }
    let top = Cents::new(i64::try_from(most).unwrap_or(i64::MAX)).to_string();
    Chart { width: WIDTH, height: HEIGHT, ground, left: LEFT, blocks, labels, top }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(figures: &[&[i64]]) -> Vec<(String, Vec<Cents>)> {
        let column = |parts: &&[i64]| ("a".to_owned(), parts.iter().map(|part| Cents::new(*part)).collect());
        figures.iter().map(column).collect()
    }

    #[test]
    fn columns_stand_on_the_ground_and_share_a_scale() {
        let chart = stacked(&columns(&[&[50, 50], &[25, 0]]));
        let shown: Vec<(i64, i64, usize)> = chart.blocks.iter().map(|b| (b.y, b.height, b.series)).collect();
        assert_eq!(shown, [(90, 90, 0), (0, 90, 1), (135, 45, 0)]);
        assert_eq!(chart.top, "1.00");
    }

    #[test]
    fn nothing_and_the_largest_amounts_are_drawn_too() {
        for figures in [&[][..], &[&[0, 0][..]], &[&[i64::MAX, i64::MAX]], &[&[-5]]] {
            let chart = stacked(&columns(figures));
            assert!(chart.blocks.iter().all(|block| block.y >= 0 && block.y + block.height <= chart.ground));
        }
    }
}
