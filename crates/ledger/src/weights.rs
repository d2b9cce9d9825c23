//! The weights of the witnesses, as data: `crates/ledger/data/weights.csv`, and how they are read and written.
//!
//! Knows no payment. Invariant: [`Weights::SHIPPED`] is the file as it was compiled in: a file that cannot be read does
//! not compile. A table has every witness exactly once.

/// Names a weight; [`Key::name`] is its stable name in the file.
macro_rules! keys {
    ($($key:ident $name:literal),* $(,)?) => {
        /// What a weight belongs to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key {
            $(#[doc = $name] $key),*
        }

        impl Key {
            /// Every key, in the order of the file.
            pub const ALL: &[Key] = &[$(Key::$key),*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Key::$key => $name),* }
            }
        }
    };
}

keys! {
    Exact "reference.exact",
    LookAlike "reference.look_alike",
    LostZeros "reference.lost_zeros",
    Partial "reference.partial",
    NearSwapped "reference.near.swapped",
    NearLost "reference.near.lost",
    NearAdded "reference.near.added",
    NearChanged "reference.near.changed",
    NoCheckDigit "reference.near.no_check_digit",
    OtherReference "reference.other",
    Neighbour "reference.neighbour",
    Mandate "iban.mandate.share",
    BeforeProgram "iban.before.program.share",
    BeforePerson "iban.before.person.share",
    HalfLife "iban.before.half_life_days",
    MandateNamed "mandate.named.share",
    OtherMandate "iban.other_mandate",
    UnknownIban "iban.unknown",
    SameName "name.same.share",
    BehalfName "name.behalf.share",
    CloseName "name.close.share",
    FamilyName "name.family.share",
    OtherName "name.other",
    FirmName "name.firm",
    TextName "text.name.share",
    TextFamily "text.family.share",
    Address "address.share",
    Due "amount.due.per_million",
    ByChance "amount.by_chance.per_million",
    OfOthers "amount.of_others.per_million",
    Later "amount.later",
    OtherAmount "amount.other",
    Kind "words.kind",
    OtherKind "words.other_kind",
    OtherMoney "words.other_money",
    Posten "words.posten",
}

/// How many weights there are.
const COUNT: usize = Key::ALL.len();

/// The first line of the file.
const HEAD: &str = "witness;weight;reason;estimated_from";

/// The weights in use. Their unit is the hundredth of a nat, unless the name says: a share is in hundredths, and what is
/// per million or in days says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights([i32; COUNT]);

/// Why a file of weights cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// The first line is another.
    #[error("the first line is \"{0}\", not \"witness;weight;reason;estimated_from\"")]
    Head(String),
    /// A line without four cells, or whose weight is no whole number.
    #[error("\"{0}\" is no line of four cells with a whole number in the second")]
    Line(String),
    /// A witness that nobody knows.
    #[error("\"{0}\" is no witness")]
    Unknown(String),
    /// A witness that stands twice.
    #[error("\"{0}\" stands twice")]
    Twice(String),
    /// A witness that is missing.
    #[error("\"{0}\" is missing")]
    Missing(&'static str),
}

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Whose weight.
    pub key: Key,
    /// The weight.
    pub weight: i32,
    /// Why, in words, without a semicolon.
    pub reason: String,
    /// What it was estimated from: `prior`, or seeds and counts.
    pub estimated_from: String,
}

impl Weights {
    /// The weights that the program carries.
    pub const SHIPPED: Weights = shipped(include_str!("../data/weights.csv").as_bytes());

    /// A weight.
    pub fn get(&self, key: Key) -> i32 {
        self.0.get(key as usize).copied().unwrap_or(0)
    }

    /// A weight that is a count or a share; nothing below zero.
    pub fn count(&self, key: Key) -> u64 {
        u64::try_from(self.get(key)).unwrap_or(0)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`WeightsError`] says which line cannot be used, or which witness is missing.
    pub fn parse(text: &str) -> Result<Weights, WeightsError> {
        Ok(Weights::of(&rows(text)?))
    }

    /// The weights of all rows.
    pub fn of(rows: &[Row]) -> Weights {
        let mut weights = Weights::SHIPPED;
        for row in rows {
            if let Some(weight) = weights.0.get_mut(row.key as usize) {
                *weight = row.weight;
            }
        }
        weights
    }
}

/// Reads the lines of a file.
///
/// # Errors
/// [`WeightsError`] says which line cannot be used, or which witness is missing.
pub fn rows(text: &str) -> Result<Vec<Row>, WeightsError> {
    let mut lines = text.lines();
    let head = lines.next().unwrap_or_default();
    if head != HEAD {
        return Err(WeightsError::Head(head.to_owned()));
    }
    let mut rows: Vec<Row> = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let row = row(line)?;
        if rows.iter().any(|known| known.key == row.key) {
            return Err(WeightsError::Twice(row.key.name().to_owned()));
        }
        rows.push(row);
    }
    match Key::ALL.iter().find(|key| !rows.iter().any(|row| row.key == **key)) {
        Some(missing) => Err(WeightsError::Missing(missing.name())),
        None => Ok(rows),
    }
}

fn row(line: &str) -> Result<Row, WeightsError> {
    let bad = || WeightsError::Line(line.to_owned());
    let (name, rest) = line.split_once(';').ok_or_else(bad)?;
    let (weight, rest) = rest.split_once(';').ok_or_else(bad)?;
    let (reason, estimated_from) = rest.split_once(';').ok_or_else(bad)?;
    let known = Key::ALL.iter().find(|key| key.name() == name);
    Ok(Row {
        key: *known.ok_or_else(|| WeightsError::Unknown(name.to_owned()))?,
        weight: weight.parse().map_err(|_| bad())?,
        reason: reason.to_owned(),
        estimated_from: estimated_from.to_owned(),
    })
}

/// The file of some rows; [`rows`] reads it back.
pub fn print(rows: &[Row]) -> String {
    let mut text = format!("{HEAD}\n");
    for row in rows {
        text += &format!("{};{};{};{}\n", row.key.name(), row.weight, row.reason, row.estimated_from);
    }
    text
}

/// Reads the file while compiling: the lines stand in the order of [`Key::ALL`].
const fn shipped(mut text: &[u8]) -> Weights {
    let mut weights = [0; COUNT];
    let mut left: &mut [i32] = &mut weights;
    let mut keys = Key::ALL;
    text = after(text, HEAD.as_bytes());
    while let ([key, others @ ..], [weight, more @ ..]) = (keys, left) {
        text = after(after(text, b"\n"), key.name().as_bytes());
        text = after(text, b";");
        (*weight, text) = number(text);
        while let [byte, rest @ ..] = text
            && *byte != b'\n'
        {
            text = rest;
        }
        (keys, left) = (others, more);
    }
    assert!(matches!(text, b"" | b"\n"), "weights.csv has more lines than there are witnesses");
    Weights(weights)
}

/// What stands after these bytes.
#[expect(clippy::panic, reason = "evaluated while compiling: a wrong file does not compile")]
const fn after<'t>(mut text: &'t [u8], mut start: &[u8]) -> &'t [u8] {
    while let [expected, more @ ..] = start {
        match text {
            [byte, rest @ ..] if *byte == *expected => (text, start) = (rest, more),
            _ => panic!("weights.csv does not have its witnesses in their order"),
        }
    }
    text
}

/// A whole number, and what stands after it and its semicolon.
const fn number(text: &[u8]) -> (i32, &[u8]) {
    let (sign, mut rest) = match text {
        [b'-', rest @ ..] => (-1, rest),
        _ => (1, text),
    };
    let mut value = 0;
    while let [digit @ b'0'..=b'9', more @ ..] = rest {
        value = value * 10 + (*digit - b'0') as i32;
        rest = more;
    }
    (sign * value, after(rest, b";"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = include_str!("../data/weights.csv");

    #[test]
    fn the_shipped_file_is_read_alike_while_compiling_and_running() {
        let rows = rows(FILE).unwrap();
        assert_eq!((Weights::of(&rows), print(&rows)), (Weights::SHIPPED, FILE.to_owned()));
        assert_eq!((Weights::SHIPPED.get(Key::OtherMoney), Weights::SHIPPED.get(Key::Exact)), (-600, 480));
    }

    #[test]
    fn a_file_that_cannot_be_used_is_refused_with_its_reason() {
        for (text, expected) in [
            (String::new(), "the first line is \"\", not \"witness;weight;reason;estimated_from\""),
            (format!("{HEAD}\n"), "\"reference.exact\" is missing"),
            (format!("{FILE}reference.exact;1;;\n"), "\"reference.exact\" stands twice"),
            (format!("{FILE}reference.exakt;1;;\n"), "\"reference.exakt\" is no witness"),
            (
                format!("{FILE}reference.exact;1.5;;\n"),
                "\"reference.exact;1.5;;\" is no line of four cells with a whole number in the second",
            ),
            (
                format!("{FILE}reference.exact\n"),
                "\"reference.exact\" is no line of four cells with a whole number in the second",
            ),
        ] {
            assert_eq!(Weights::parse(&text).unwrap_err().to_string(), expected);
        }
        let heavier = FILE.replace("words.posten;60", "words.posten;61");
        assert_eq!(Weights::parse(&heavier).unwrap().get(Key::Posten), 61);
    }
}
