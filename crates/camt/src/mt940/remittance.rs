//! The remittance of a German `:86:`, divided by its tags (`EREF+`, `SVWZ+`, …).
//!
//! Knows nothing of what a tag is good for. Keeps the invariants that a tag may begin in one subfield and end in the next,
//! and that what no tag claims is text.

/// Tags of the DFÜ-Abkommen, Anlage 3 (until 2025).
const TAGS: [&str; 16] = [
    "EREF", "KREF", "MREF", "CRED", "DEBT", "COAM", "OAMT", "SVWZ", "ABWA", "ABWE", "IBAN", "BIC", "BREF", "RREF",
    "PURP", "ANAM",
];

/// A remittance by its tags.
#[derive(Default, Debug)]
pub(crate) struct Remittance {
    /// Lines that precede the first tag or follow `SVWZ`, as the subfields cut them.
    pub(crate) text: Vec<String>,
    values: Vec<(&'static str, String)>,
}

impl Remittance {
    /// The value of a tag; of several with the same tag the first one that is not blank.
    pub(crate) fn value(&self, tag: &str) -> Option<&str> {
        let values = self.values.iter().filter(|(name, _)| *name == tag).map(|(_, value)| value.as_str());
        values.into_iter().find(|value| !value.trim().is_empty())
    }
}

/// Divides the subfields, which follow each other without a separator: the cut falls inside of words, numbers and tags.
pub(crate) fn read_remittance<'a>(pieces: impl Iterator<Item = &'a str>) -> Remittance {
    let (mut text, mut cuts) = (String::new(), Vec::new());
    for piece in pieces {
        cuts.push(text.len());
        text.push_str(piece);
    }
    let tags: Vec<(usize, usize, &'static str)> = tags(&text, &cuts);
    let mut remittance = Remittance::default();
    let first = tags.first().map_or(text.len(), |(begin, ..)| *begin);
    remittance.add("SVWZ", 0, first, &text, &cuts);
    for (index, (_, begin, tag)) in tags.iter().enumerate() {
        let end = tags.get(index.saturating_add(1)).map_or(text.len(), |(next, ..)| *next);
        remittance.add(tag, *begin, end, &text, &cuts);
    }
    remittance
}

impl Remittance {
    fn add(&mut self, tag: &'static str, begin: usize, end: usize, text: &str, cuts: &[usize]) {
        if tag != "SVWZ" {
            self.values.push((tag, text.get(begin..end).unwrap_or_default().to_owned()));
            return;
        }
        // A text may have as many tags as cuts: only those of this value are looked at.
        let inner = cuts.get(cuts.partition_point(|cut| *cut <= begin)..).unwrap_or_default();
        let inner = inner.iter().copied().take_while(|cut| *cut < end);
        let mut from = begin;
        for cut in inner.chain([end]) {
            let line = text.get(from..cut).unwrap_or_default();
            self.text.extend(Some(line.to_owned()).filter(|line| !line.trim().is_empty()));
            from = cut;
        }
    }
}

/// Where tags begin and where their values do. A tag stands at the beginning of a subfield or behind a blank; with a colon
/// instead of the plus only at the beginning, because people write `IBAN: …` into their texts.
fn tags(text: &str, cuts: &[usize]) -> Vec<(usize, usize, &'static str)> {
    let behind_blanks = text.match_indices(' ').map(|(at, _)| at.saturating_add(1));
    let mut begins: Vec<usize> = cuts.iter().copied().chain(behind_blanks).collect();
    begins.sort_unstable();
    begins.dedup();
    let tag = |begin: usize| {
        let rest = text.get(begin..)?;
        let name = TAGS.into_iter().find(|name| rest.starts_with(name))?;
        let mark = rest.as_bytes().get(name.len())?;
        let is_tag = *mark == b'+' || (*mark == b':' && cuts.binary_search(&begin).is_ok());
        is_tag.then_some((begin, begin.saturating_add(name.len()).saturating_add(1), name))
    };
    begins.into_iter().filter_map(tag).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn show<'a>(pieces: impl Iterator<Item = &'a str>) -> String {
        let remittance = read_remittance(pieces);
        let values = remittance.values.iter().map(|(tag, value)| format!("{tag}={}", value.trim()));
        let text = remittance.text.iter().map(|line| line.trim().to_owned());
        text.chain(values).collect::<Vec<_>>().join(";")
    }

    #[test]
    fn tags_and_texts() {
        let table = "
            Miete|Mai                          => Miete;Mai
            EREF+A-1|SVWZ+Miete|Mai            => Miete;Mai;EREF=A-1
            EREF+A-|1|MREF+M|KREF+K            => EREF=A-1;MREF=M;KREF=K
            EREF+A-1 MREF+M-1| KREF+K-1        => EREF=A-1;MREF=M-1;KREF=K-1
            EREF+A-1 SVW|Z+Miete               => Miete;EREF=A-1
            EREF:A-1|SVWZ:Miete IBAN: DE02     => Miete IBAN: DE02;EREF=A-1
            SVWZ+KZ 5.0100+EREF+x              => KZ 5.0100+EREF+x
            vorweg|SVWZ+Miete|ABWA+Max|Muster  => vorweg;Miete;ABWA=MaxMuster
            SVWZ+ORG BT 98,5 |PLUS|COAM+3,00   => ORG BT 98,5;PLUS;COAM=3,00
            SVWZ+                              =>
            EREF+|EREF+B                       => EREF=;EREF=B";
        for line in table.lines().skip(1) {
            let (pieces, expected) = line.split_once("=>").unwrap();
            assert_eq!(show(pieces.trim_start().trim_end().split('|')), expected.trim(), "{line}");
        }
        assert_eq!(
            read_remittance(["EREF+", "EREF+B"].into_iter()).value("EREF").map(str::to_owned),
            Some("B".to_owned())
        );
    }

    proptest! {
        #[test]
        fn where_subfields_are_cut_does_not_matter(size in 1_usize..60) {
            let whole = "EREF+E-2023-0815 MREF+M-77 CRED+DE98ZZZ09999999999 SVWZ+KZ 5.0100.123456.6 ABWA+Erika Muster";
            let pieces = whole.as_bytes().chunks(size).map(|piece| std::str::from_utf8(piece).unwrap());
            let remittance = read_remittance(pieces);
            let values: Vec<_> =
                ["EREF", "MREF", "CRED", "ABWA"].map(|tag| remittance.value(tag).unwrap().trim().to_owned()).to_vec();
            prop_assert_eq!(values, ["E-2023-0815", "M-77", "DE98ZZZ09999999999", "Erika Muster"]);
            let text = remittance.text.concat();
            prop_assert_eq!(text.split_whitespace().collect::<String>(), "KZ5.0100.123456.6");
        }
    }
}
