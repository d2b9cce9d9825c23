//! Divides the remittance of a German `:86:` by its tags (`EREF+`, `SVWZ+`, …).
//!
//! Does not know what a tag is good for. Invariants: a tag may begin in one subfield and end in the next; a value ends
//! with a subfield that had room for more; what belongs to no tag is text. Each character is in one value or in the
//! text, once.

use std::ops::Range;

use super::account::{is_named, leading_iban};

/// Tags of the DFÜ-Abkommen, Anlage 3 (until 2025).
const TAGS: [&str; 16] = [
    "EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC", "BREF", "RREF",
    "PURP", "ANAM",
];

/// Tags that a bank may write after the text without beginning a subfield. All other tags precede the text: after it
/// they are text of a payer who copied an earlier direct debit.
const BEHIND_TEXT: [&str; 4] = ["ABWA", "ABWE", "IBAN", "BIC"];

/// Labels that some banks (comdirect) write instead of tags, in capitals or not, with blanks or not. The value may be
/// in the next subfield.
const LABELS: [(&str, &str); 9] = [
    ("END-TO-END-REF.:", "EREF"),
    ("CORE/MANDATSREF.:", "MREF"),
    ("COR1/MANDATSREF.:", "MREF"),
    ("B2B/MANDATSREF.:", "MREF"),
    ("MANDATSREF.:", "MREF"),
    ("GLÄUBIGER-ID.:", "CRED"),
    ("GLÄUBIGER-ID:", "CRED"),
    ("GLAEUBIGER-ID.:", "CRED"),
    ("GLAEUBIGER-ID:", "CRED"),
];

/// A full subfield has this many characters; in a shorter one its value has ended.
const FULL: usize = 27;

/// Words for "no reference": what follows them in the same subfield is text.
const NONE: [&str; 2] = ["NOTPROVIDED", "NONREF"];

/// A remittance by its tags.
#[derive(Default, Debug)]
pub(crate) struct Remittance {
    /// The text that belongs to no tag, as the subfields cut it.
    pub(crate) text: Vec<String>,
    values: Vec<(&'static str, String)>,
}

impl Remittance {
    /// The value of a tag.
    pub(crate) fn value(&self, tag: &str) -> Option<&str> {
        let values = self.values.iter().filter(|(name, _)| *name == tag).map(|(_, value)| value.as_str());
        values.into_iter().find(|value| !value.trim().is_empty())
    }
}

/// What is known of the accounts of a booking beside its remittance.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Accounts<'a> {
    /// Whether the bank gives the other party's account in a subfield of its own.
    pub(crate) is_given: bool,
    /// The account of the statement, as `:25:` names it.
    pub(crate) own: Option<&'a str>,
}

/// Divides the subfields. They follow each other without a separator; the cuts fall inside words, numbers and tags.
pub(crate) fn read_remittance<'a>(pieces: impl Iterator<Item = &'a str>, accounts: Accounts<'_>) -> Remittance {
    let mut source = Source { whole: FULL, ..Source::default() };
    for piece in pieces {
        let width = piece.chars().count();
        source.cuts.push(source.text.len());
        source.widths.push(width);
        source.whole = source.whole.max(width);
        source.text.push_str(piece);
    }
    let tags = source.tags(accounts);
    let mut remittance = Remittance::default();
    let first = tags.first().map_or(source.text.len(), |tag| tag.begin);
    source.lines(0..first, &mut remittance.text);
    for (index, tag) in tags.iter().enumerate() {
        let end = tags.get(index.saturating_add(1)).map_or(source.text.len(), |next| next.begin);
        let value = source.value(tag, end);
        let rest = value.end..end;
        if tag.name == "SVWZ" {
            source.lines(value, &mut remittance.text);
        } else {
            remittance.values.push((tag.name, source.text.get(value).unwrap_or_default().to_owned()));
        }
        source.lines(rest, &mut remittance.text);
    }
    remittance
}

/// The subfields, joined.
#[derive(Debug, Default)]
struct Source {
    text: String,
    /// Where subfields begin in the text.
    cuts: Vec<usize>,
    /// How many characters each subfield has.
    widths: Vec<usize>,
    /// How many characters a full subfield has.
    whole: usize,
}

/// A tag, its place, and where its value begins.
#[derive(Clone, Copy, Debug)]
struct Tag {
    begin: usize,
    value: usize,
    name: &'static str,
    mark: Mark,
}

/// The notation of a tag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mark {
    /// `EREF+`.
    Plus,
    /// `EREF:`.
    Colon,
    /// `End-to-End-Ref.:`.
    Label,
}

impl Tag {
    fn is(&self, mark: Mark, name: &str) -> bool {
        self.mark == mark && self.name == name
    }
}

impl Source {
    /// The tags that the bank wrote. People write `IBAN: …` too, and copy `EREF+…` into their texts. So where the bank
    /// writes tags with a plus, a tag with a colon is text, and so is a repeated one, and one after the text in the
    /// middle of a subfield.
    fn tags(&self, accounts: Accounts<'_>) -> Vec<Tag> {
        let all = self.candidates();
        let begins = |mark: Mark| all.iter().filter(move |tag| tag.mark == mark && self.is_cut(tag.begin));
        let has_plus = begins(Mark::Plus).next().is_some();
        let has_colon = !has_plus && begins(Mark::Colon).any(|tag| tag.name == "SVWZ");
        let is_own = |tag: &Tag| tag.name == "IBAN" && self.is_own_account(tag, accounts);
        let has_account =
            accounts.is_given || has_plus && all.iter().any(|tag| tag.is(Mark::Plus, "IBAN") && !is_own(tag));
        let (mut tags, mut known, mut is_behind_text) = (Vec::new(), [None::<Tag>; TAGS.len()], false);
        for tag in &all {
            let is_cut = self.is_cut(tag.begin);
            let is_tag = match tag.mark {
                Mark::Plus if is_own(tag) => false,
                Mark::Plus => has_plus && (is_cut || !is_behind_text || BEHIND_TEXT.contains(&tag.name)),
                Mark::Colon if has_colon => is_cut,
                Mark::Colon => self.is_bank_of(tag, tags.last()) || !has_account && self.is_account(tag, accounts),
                Mark::Label => !has_plus && !has_colon && is_cut,
            };
            let place = TAGS.iter().position(|name| *name == tag.name).and_then(|place| known.get_mut(place));
            let Some(place) = place.filter(|other| is_tag && other.is_none_or(|other| self.is_blank(&other, tag)))
            else {
                continue;
            };
            *place = Some(*tag);
            is_behind_text |= tag.name == "SVWZ";
            tags.push(*tag);
        }
        tags
    }

    /// Everything that could be a tag: at the beginning of a subfield or after a blank, in the order of the text.
    fn candidates(&self) -> Vec<Tag> {
        let behind_blanks = self.text.match_indices(' ').map(|(at, _)| at.saturating_add(1));
        let mut begins: Vec<usize> = self.cuts.iter().copied().chain(behind_blanks).collect();
        begins.sort_unstable();
        begins.dedup();
        begins.into_iter().filter_map(|begin| self.candidate(begin)).collect()
    }

    fn candidate(&self, begin: usize) -> Option<Tag> {
        let rest = self.text.get(begin..)?;
        if let Some(name) = TAGS.into_iter().find(|name| rest.starts_with(name)) {
            let mark = match rest.as_bytes().get(name.len())? {
                b'+' => Mark::Plus,
                b':' => Mark::Colon,
                _ => return None,
            };
            return Some(Tag { begin, value: begin.saturating_add(name.len()).saturating_add(1), name, mark });
        }
        let label = LABELS.iter().find_map(|(label, name)| Some((name, length_of(rest, label)?)));
        label.map(|(name, length)| Tag { begin, value: begin.saturating_add(length), name, mark: Mark::Label })
    }

    /// Whether the account after a tag is the statement's own: payers copy it from their bills.
    fn is_own_account(&self, tag: &Tag, accounts: Accounts<'_>) -> bool {
        let named = self.text.get(tag.value..).and_then(leading_iban);
        named.zip(accounts.own).is_some_and(|((iban, _), own)| is_named(&iban, own))
    }

    /// Whether it is the account of the other party, as written by banks that have no subfield for it: `IBAN: …` at the
    /// beginning of a subfield, followed by the bank or by nothing. The own account there was written by a payer.
    fn is_account(&self, tag: &Tag, accounts: Accounts<'_>) -> bool {
        if tag.name != "IBAN" || !self.is_cut(tag.begin) {
            return false;
        }
        let value = self.text.get(tag.value..).unwrap_or_default();
        leading_iban(value).is_some_and(|(_, length)| {
            let behind = value.get(length..).unwrap_or_default().trim_start();
            !self.is_own_account(tag, accounts) && (behind.is_empty() || behind.starts_with("BIC:"))
        })
    }

    /// Whether it is the bank (BIC) of the account that the last tag gave.
    fn is_bank_of(&self, tag: &Tag, last: Option<&Tag>) -> bool {
        let is_behind = |account: &Tag| {
            let value = self.value(account, tag.begin);
            self.text.get(value.end..tag.begin).is_some_and(is_blank)
        };
        tag.name == "BIC" && last.is_some_and(|last| last.is(Mark::Colon, "IBAN") && is_behind(last))
    }

    /// Whether a tag has no value before the next tag.
    fn is_blank(&self, tag: &Tag, next: &Tag) -> bool {
        self.text.get(tag.value..next.begin).is_some_and(is_blank)
    }

    fn is_cut(&self, at: usize) -> bool {
        self.cuts.binary_search(&at).is_ok()
    }

    /// The range of a tag's value, which ends before `end`.
    fn value(&self, tag: &Tag, end: usize) -> Range<usize> {
        let value = self.text.get(tag.value..end).unwrap_or_default();
        let length = match tag.name {
            "SVWZ" => value.len(),
            "IBAN" => leading_iban(value).map_or_else(|| self.until_ended(tag, end), |(_, length)| length),
            "BIC" | "OAMT" | "COAM" => word(value).min(self.until_ended(tag, end)),
            "EREF" | "KREF" => none(value).unwrap_or_else(|| self.until_ended(tag, end)),
            _ => self.until_ended(tag, end),
        };
        tag.value..tag.value.saturating_add(length)
    }

    /// The length in bytes of a value that ends with the first subfield that is not full.
    fn until_ended(&self, tag: &Tag, end: usize) -> usize {
        let first = self.cuts.partition_point(|cut| *cut <= tag.value);
        let cuts = self.cuts.get(first..).unwrap_or_default().iter().take_while(|cut| **cut < end);
        let widths = self.widths.get(first.saturating_sub(1)..).unwrap_or_default();
        for (cut, width) in cuts.zip(widths) {
            // a label may have its value in the next subfield
            let is_begun = self.text.get(tag.value..*cut).is_some_and(|value| !is_blank(value));
            if *width < self.whole && (is_begun || tag.mark != Mark::Label) {
                return cut.saturating_sub(tag.value);
            }
        }
        end.saturating_sub(tag.value)
    }

    /// Adds the lines of a part of the text that are not blank.
    fn lines(&self, part: Range<usize>, lines: &mut Vec<String>) {
        // A text may have as many tags as cuts, so only the cuts in this part are looked at.
        let inner = self.cuts.get(self.cuts.partition_point(|cut| *cut <= part.start)..).unwrap_or_default();
        let inner = inner.iter().copied().take_while(|cut| *cut < part.end);
        let mut from = part.start;
        for cut in inner.chain([part.end]) {
            let line = self.text.get(from..cut).unwrap_or_default();
            lines.extend(Some(line.to_owned()).filter(|line| !line.trim().is_empty()));
            from = cut;
        }
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

/// How many bytes at the beginning of a text are this label, ignoring case and blanks.
fn length_of(text: &str, label: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    for (place, expected) in label.chars().enumerate() {
        let (_, letter) = letters.find(|(_, letter)| place == 0 || *letter != ' ')?;
        if !letter.to_uppercase().eq(expected.to_uppercase()) {
            return None;
        }
    }
    Some(letters.next().map_or(text.len(), |(at, _)| at))
}

/// The length in bytes of the first word, including blanks before it.
fn word(text: &str) -> usize {
    let begin = text.len().saturating_sub(text.trim_start().len());
    let word = text.get(begin..).unwrap_or_default();
    begin.saturating_add(word.find(' ').unwrap_or(word.len()))
}

/// The length in bytes of a word that means "no reference", if a blank follows it.
fn none(text: &str) -> Option<usize> {
    NONE.iter().find_map(|word| text.strip_prefix(word)?.starts_with(' ').then_some(word.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: &[&str]) -> Remittance {
        let own = Some("41650001/0000000023");
        read_remittance(pieces.iter().copied(), Accounts { is_given: false, own })
    }

    fn show(pieces: &[&str]) -> String {
        let remittance = read(pieces);
        let values = remittance.values.iter().map(|(tag, value)| format!("{tag}={}", value.trim()));
        let text = remittance.text.iter().map(|line| line.trim().to_owned());
        text.chain(values).collect::<Vec<_>>().join(";")
    }

    #[test]
    fn tags_and_texts() {
        let table = "
            Miete|Mai                          => Miete;Mai
            EREF+A-1|SVWZ+Miete|Mai            => Miete;Mai;EREF=A-1
            EREF+2023-0815-4711-0815-4|711|MREF+M|KREF+K => 711;EREF=2023-0815-4711-0815-4;MREF=M;KREF=K
            EREF+2023-0815-4711-0815-47|11|MREF+M => EREF=2023-0815-4711-0815-4711;MREF=M
            EREF+NOTPROVIDED|KZ 5.0100|Rate    => KZ 5.0100;Rate;EREF=NOTPROVIDED
            EREF+NOTPROVIDED KZ 5.0100|KREF+NONREF Rate => KZ 5.0100;Rate;EREF=NOTPROVIDED;KREF=NONREF
            EREF+A-1 MREF+M-1| KREF+K-1        => EREF=A-1;MREF=M-1;KREF=K-1
            EREF+A-1 SVW|Z+Miete               => Miete;EREF=A-1
            EREF:A-1|SVWZ:Miete IBAN: DE02     => Miete IBAN: DE02;EREF=A-1
            EREF: A-1|Miete                    => EREF: A-1;Miete
            SVWZ+KZ 5.0100+EREF+x              => KZ 5.0100+EREF+x
            SVWZ+Abgaben EREF+E MREF+M-7|CRED+DE98 => Abgaben EREF+E MREF+M-7;CRED=DE98
            EREF+E|SVWZ+Abgaben|EREF+F         => Abgaben;EREF+F;EREF=E
            SVWZ+Rechnung|EREF: 4711|KZ 5.0100 => Rechnung;EREF: 4711;KZ 5.0100
            vorweg|SVWZ+Miete|ABWA+Max|Muster  => vorweg;Miete;Muster;ABWA=Max
            SVWZ+Miete ABWA+Max Muster         => Miete;ABWA=Max Muster
            SVWZ+ORG BT 98,5 |PLUS|COAM+3,00   => ORG BT 98,5;PLUS;COAM=3,00
            SVWZ+                              =>
            EREF+|EREF+B                       => EREF=;EREF=B";
        for line in table.lines().skip(1) {
            let (pieces, expected) = line.split_once("=>").unwrap();
            let pieces: Vec<&str> = pieces.trim_start().trim_end().split('|').collect();
            assert_eq!(show(&pieces), expected.trim(), "{line}");
        }
        assert_eq!(read(&["EREF+", "EREF+B"]).value("EREF").map(str::to_owned), Some("B".to_owned()));
    }

    #[test]
    fn labels_stand_for_tags() {
        let table = "
            KZ 5|END-TO-END-REF.:|RE-4711|Ref. J/1 => KZ 5;Ref. J/1;EREF=RE-4711
            KZ 5|End-to-End-Ref.: RE-1|Core / Mandatsref.:|M-1|Gläubiger-ID:|DE98|Ref. J => KZ 5;Ref. J;EREF=RE-1;MREF=M-1;CRED=DE98
            EREF+E|SVWZ+KZ 5|END-TO-END-REF.:|4711 => KZ 5;END-TO-END-REF.:;4711;EREF=E
            KZ 5 END-TO-END-REF.: 1                => KZ 5 END-TO-END-REF.: 1";
        for line in table.lines().skip(1) {
            let (pieces, expected) = line.split_once("=>").unwrap();
            let pieces: Vec<&str> = pieces.trim_start().trim_end().split('|').collect();
            assert_eq!(show(&pieces), expected.trim(), "{line}");
        }
    }

    #[test]
    fn accounts_end_where_their_country_says() {
        let table = "
            IBAN+NL91ABNA0417164300 KZ 5|SVWZ+Text          => KZ 5;Text;IBAN=NL91ABNA0417164300
            SVWZ+KZ 5|IBAN+DE82416500010000000023           => KZ 5;IBAN+DE82416500010000000023
            SVWZ+KZ 5 |IBAN+DE82416500010000000023|IBAN+NL91ABNA0417164300 => KZ 5;IBAN+DE82416500010000000023;IBAN=NL91ABNA0417164300
            SVWZ+Text|IBAN: NL91ABNA041716|4300 BIC: ABNANL2A => Text;IBAN=NL91ABNA0417164300;BIC=ABNANL2A
            SVWZ+Text|IBAN: NL91ABNA0417164300|BIC: ABNANL2A|KZ 5 => Text;KZ 5;IBAN=NL91ABNA0417164300;BIC=ABNANL2A
            SVWZ+Text|IBAN: NL91ABNA0417164300               => Text;IBAN=NL91ABNA0417164300
            SVWZ+Text|IBAN: NL91ABNA0417164300|KZ 5          => Text;IBAN: NL91ABNA0417164300;KZ 5
            SVWZ+Text|IBAN: DE82416500010000000023           => Text;IBAN: DE82416500010000000023
            SVWZ+Text|IBAN: NL91ABNA0417164301 BIC: ABNANL2A => Text;IBAN: NL91ABNA0417164301 BIC: ABNANL2A
            BIC: ABNANL2A                                    => BIC: ABNANL2A";
        for line in table.lines().skip(1) {
            let (pieces, expected) = line.split_once("=>").unwrap();
            let pieces: Vec<&str> = pieces.trim_start().trim_end().split('|').collect();
            assert_eq!(show(&pieces), expected.trim(), "{line}");
        }
        let given = Accounts { is_given: true, own: None };
        let text = read_remittance(["SVWZ+Text", "IBAN: NL91ABNA0417164300"].into_iter(), given).text;
        assert_eq!(text, ["Text", "IBAN: NL91ABNA0417164300"]);
    }

    proptest! {
        #[test]
        fn where_full_subfields_are_cut_does_not_matter(size in 27_usize..60) {
            let whole = "EREF+E-2023-0815 MREF+M-77 CRED+DE98ZZZ09999999999 SVWZ+KZ 5.0100.123456.6 ABWA+Erika Muster";
            let pieces = whole.as_bytes().chunks(size).map(|piece| std::str::from_utf8(piece).unwrap());
            let remittance = read_remittance(pieces, Accounts::default());
            let values: Vec<_> =
                ["EREF", "MREF", "CRED", "ABWA"].map(|tag| remittance.value(tag).unwrap().trim().to_owned()).to_vec();
            prop_assert_eq!(values, ["E-2023-0815", "M-77", "DE98ZZZ09999999999", "Erika Muster"]);
            let text = remittance.text.concat();
            prop_assert_eq!(text.split_whitespace().collect::<String>(), "KZ5.0100.123456.6");
        }

        #[test]
        fn no_character_is_lost(pieces in prop::collection::vec(piece(), 0..9), is_given in any::<bool>()) {
            let given = Accounts { is_given, own: Some("41650001/0000000023") };
            let remittance = read_remittance(pieces.iter().map(String::as_str), given);
            let tags: usize = remittance.values.len();
            let kept: String = remittance.text.concat() + &remittance.values.iter().map(|(_, value)| value.as_str()).collect::<String>();
            let count = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
            let whole: String = pieces.concat();
            // only the names of the recognised tags are not kept, the longest of them a label
            let names = count(&whole) - count(&kept);
            prop_assert!(names <= (tags + 1) * 18, "{whole:?} {remittance:?}");
            for word in ["q01", "q02", "q03"] {
                prop_assert_eq!(kept.matches(word).count(), whole.matches(word).count(), "{:?} {:?}", whole, remittance);
            }
        }
    }

    /// A subfield with everything that people and banks write, and words that must come out again.
    fn piece() -> impl Strategy<Value = String> {
        let words = [
            "EREF+",
            "EREF: ",
            "KREF+NONREF",
            "MREF+",
            "SVWZ+",
            "SVWZ:",
            "ABWA+",
            "IBAN+",
            "IBAN: ",
            "BIC: ",
            "OAMT+",
            " ",
            "q01 ",
            "q02 ",
            " q03 ",
            "NL91ABNA0417164300",
            "NOTPROVIDED",
            "END-TO-END-REF.:",
            "MANDATSREF.:",
            "?",
            "+",
            "12,00",
        ];
        prop::collection::vec(prop::sample::select(words.to_vec()), 0..5).prop_map(|words| words.concat())
    }
}
