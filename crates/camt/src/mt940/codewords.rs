//! An `:86:` of SWIFT's code words: `/EREF/E-1/NAME/Muster/REMI/Miete`.
//!
//! Knows nothing of German subfields. Keeps the invariant that each value has its field or is among the others.

/// Code words that banks of SEPA use; any other one belongs to the value before it.
const WORDS: [&str; 25] = [
    "ADDR", "BENM", "BIC", "BUSP", "CDTRREF", "CHGS", "CNTP", "CSID", "EREF", "IBAN", "ID", "ISDT", "MARF", "NAME",
    "NRTX", "OCMT", "ORDP", "PREF", "PURP", "REMI", "RTRN", "SVCL", "TRTP", "ULTB", "ULTD",
];

/// Those whose values have a field of their own.
const READ: [&str; 10] = ["BIC", "CSID", "EREF", "IBAN", "MARF", "NAME", "PREF", "PURP", "REMI", "RTRN"];

/// The words of a text and their values.
#[derive(Debug)]
pub(crate) struct CodeWords<'a> {
    values: Vec<(&'static str, &'a str)>,
}

/// The words, if the text begins with one.
pub(crate) fn read_code_words(text: &str) -> Option<CodeWords<'_>> {
    let mut values: Vec<(&'static str, &str)> = Vec::new();
    let (mut from, mut current) = (0, None);
    for (at, _) in text.match_indices('/') {
        let Some((word, after)) = word_at(text, at).filter(|_| at >= from) else { continue };
        values.extend(current.map(|word| (word, text.get(from..at).unwrap_or_default())));
        if at > 0 && current.is_none() {
            return None;
        }
        (current, from) = (Some(word), after);
    }
    values.push((current?, text.get(from..).unwrap_or_default()));
    Some(CodeWords { values })
}

/// The code word that begins with the slash at `at`, and where its value begins.
fn word_at(text: &str, at: usize) -> Option<(&'static str, usize)> {
    let rest = text.get(at.saturating_add(1)..)?;
    let (name, _) = rest.split_once('/')?;
    let word = WORDS.into_iter().find(|word| *word == name)?;
    Some((word, at.saturating_add(name.len()).saturating_add(2)))
}

impl CodeWords<'_> {
    /// The value of a word, without the slashes around it; of several the first one that is not blank.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let values = self.values.iter().filter(|(word, _)| *word == name);
        values.map(|(_, value)| value.trim_matches(['/', ' '])).find(|value| !value.is_empty())
    }

    /// `/NAME/`, else the third field of `/CNTP/account/bank/name/town`.
    pub(crate) fn counterparty(&self) -> Option<String> {
        self.value("NAME").or_else(|| self.field_of_counterparty(2)).map(str::to_owned)
    }

    /// `/IBAN/`, else the first field of `/CNTP/`.
    pub(crate) fn account(&self) -> Option<String> {
        self.value("IBAN").or_else(|| self.field_of_counterparty(0)).map(|account| account.replace(' ', ""))
    }

    fn field_of_counterparty(&self, index: usize) -> Option<&str> {
        let (_, fields) = self.values.iter().find(|(word, _)| *word == "CNTP")?;
        fields.split('/').nth(index).map(str::trim).filter(|field| !field.is_empty())
    }

    /// What stands in no field: other code words, one that comes again, and what `/CNTP/` tells besides name and account.
    pub(crate) fn others(&self) -> Vec<String> {
        let mut read: Vec<&str> = Vec::new();
        let mut others = Vec::new();
        for (word, value) in &self.values {
            let value = value.trim_matches(['/', ' ']);
            let is_read = READ.contains(word) && !read.contains(word);
            if value.is_empty() {
                continue;
            }
            if *word == "CNTP" {
                let taken = [self.value("IBAN").is_none().then_some(0), self.value("NAME").is_none().then_some(2)];
                let rest = value.split('/').enumerate().filter(|(at, _)| !taken.contains(&Some(*at)));
                others.extend(rest.map(|(_, field)| field.trim().to_owned()).filter(|field| !field.is_empty()));
            } else if is_read {
                read.push(word);
            } else {
                others.push(format!("/{word}/{value}"));
            }
        }
        others
    }

    /// `/REMI/`, its marks of structure left out.
    pub(crate) fn remittance(&self) -> Option<&str> {
        let text = self.value("REMI")?;
        Some(text.strip_prefix("USTD/").unwrap_or(text).trim_matches(['/', ' ']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let table = "
            /EREF/E-1/NAME/Max Muster/REMI/Miete 1/2       => E-1;Max Muster;-;Miete 1/2;
            /TRTP/SEPA OVERBOEKING/IBAN/NL30 ABNA 0000/BIC/RABONL2U/NAME/Muster/REMI/Order 1/EREF/t_1 => t_1;Muster;NL30ABNA0000;Order 1;/TRTP/SEPA OVERBOEKING
            /EREF/E//CNTP/DE02/GENODEF1/Max Muster/Ort//REMI/USTD//Text/ => E;Max Muster;DE02;Text;GENODEF1 Ort
            /BENM//NAME/JOHN DOE/REMI/Reference/ISDT/2013-01-02 => -;JOHN DOE;-;Reference;/ISDT/2013-01-02
            /EREF/E-1/EREF/E-2/ULTD/Kind                   => E-1;-;-;-;/EREF/E-2 /ULTD/Kind
            /EREF/E-1                                      => E-1;-;-;-;
            /REMI//EREF/                                   => -;-;-;-;
            Miete /EREF/E-1                                => none
            /XXXX/E-1                                      => none
            1/2                                            => none";
        for line in table.lines().skip(1) {
            let (text, expected) = line.split_once("=>").unwrap();
            let shown = read_code_words(text.trim()).map_or("none".to_owned(), |words| {
                let or_none = |text: Option<&str>| text.unwrap_or("-").to_owned();
                let (name, account) = (words.counterparty(), words.account());
                [
                    or_none(words.value("EREF")),
                    or_none(name.as_deref()),
                    or_none(account.as_deref()),
                    or_none(words.remittance()),
                    words.others().join(" "),
                ]
                .join(";")
            });
            assert_eq!(shown, expected.trim(), "{line}");
        }
    }
}
