//! An `:86:` of SWIFT's code words: `/EREF/E-1/NAME/Muster/REMI/Miete`.
//!
//! Knows nothing of German subfields. Keeps the invariant that without a code word for the remittance the whole text is
//! the remittance.

/// Code words that banks of SEPA use; any other one belongs to the value before it.
const WORDS: [&str; 25] = [
    "ADDR", "BENM", "BIC", "BUSP", "CDTRREF", "CHGS", "CNTP", "CSID", "EREF", "IBAN", "ID", "ISDT", "MARF", "NAME",
    "NRTX", "OCMT", "ORDP", "PREF", "PURP", "REMI", "RTRN", "SVCL", "TRTP", "ULTB", "ULTD",
];

/// The words of a text and their values.
#[derive(Debug)]
pub(crate) struct CodeWords<'a> {
    text: &'a str,
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
    Some(CodeWords { text, values })
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

    /// `/REMI/`, its marks of structure left out, else the whole text.
    pub(crate) fn remittance(&self) -> String {
        let Some(text) = self.value("REMI") else { return self.text.trim().to_owned() };
        text.strip_prefix("USTD/").unwrap_or(text).trim_matches(['/', ' ']).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let table = "
            /EREF/E-1/NAME/Max Muster/REMI/Miete 1/2       => E-1;Max Muster;-;Miete 1/2
            /TRTP/SEPA OVERBOEKING/IBAN/NL30 ABNA 0000/BIC/RABONL2U/NAME/Muster/REMI/Order 1/EREF/t_1 => t_1;Muster;NL30ABNA0000;Order 1
            /EREF/E//CNTP/DE02/GENODEF1/Max Muster/Ort//REMI/USTD//Text/ => E;Max Muster;DE02;Text
            /BENM//NAME/JOHN DOE/REMI/Reference/ISDT/2013-01-02 => -;JOHN DOE;-;Reference
            /EREF/E-1                                      => E-1;-;-;/EREF/E-1
            /REMI//EREF/                                   => -;-;-;/REMI//EREF/
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
                    words.remittance(),
                ]
                .join(";")
            });
            assert_eq!(shown, expected.trim(), "{line}");
        }
    }
}
