//! Reads an `:86:` with SWIFT's code words: `/EREF/E-1/NAME/Muster/REMI/Miete`.
//!
//! Knows nothing of German subfields. Invariants: each value has a field of its own or is kept among the others; no
//! party gets the name or account of another one.

use sepa::Iban;

use super::account::{is_named, leading_iban, old_account};
use crate::Sign;

/// Code words that SEPA banks use; any other word belongs to the value before it.
const WORDS: [&str; 25] = [
    "ADDR", "BENM", "BIC", "BUSP", "CDTRREF", "CHGS", "CNTP", "CSID", "EREF", "IBAN", "ID", "ISDT", "MARF", "NAME",
    "NRTX", "OCMT", "ORDP", "PREF", "PURP", "REMI", "RTRN", "SVCL", "TRTP", "ULTB", "ULTD",
];

/// Code words whose values have fields of their own, beside those of parties.
const READ: [&str; 7] = ["CSID", "EREF", "MARF", "PREF", "PURP", "REMI", "RTRN"];

/// Code words of parties: who is paid, who pays, and on whose behalf. What follows such a word describes that party.
const PARTIES: [&str; 4] = ["BENM", "ORDP", "ULTB", "ULTD"];

/// Code words that say more about the party before them.
const OF_PARTY: [&str; 5] = ["ADDR", "BIC", "IBAN", "ID", "NAME"];

/// The code words of a text and their values.
#[derive(Debug)]
pub(crate) struct CodeWords<'a> {
    values: Vec<Value<'a>>,
}

/// A code word, its value with the slashes and blanks around it, and the party that it describes.
#[derive(Clone, Copy, Debug)]
struct Value<'a> {
    word: &'static str,
    text: &'a str,
    party: Option<&'static str>,
}

/// One party of a booking, and the indices of the values that describe it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Party {
    pub(crate) name: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) bank: Option<String>,
    taken: Vec<usize>,
    /// What else is in these values.
    rest: Vec<String>,
}

impl Party {
    fn is_empty(&self) -> bool {
        self.name.is_none() && self.account.is_none()
    }

    fn is(&self, own: Option<&str>) -> bool {
        let iban = self.account.as_deref().and_then(|account| Iban::parse(account).ok());
        iban.zip(own).is_some_and(|(iban, own)| is_named(&iban, own))
    }
}

/// The code words, if the text begins with one.
pub(crate) fn read_code_words(text: &str) -> Option<CodeWords<'_>> {
    let mut values: Vec<Value<'_>> = Vec::new();
    let (mut from, mut current, mut party) = (0, None, None);
    for (at, _) in text.match_indices('/') {
        let Some((word, after)) = word_at(text, at).filter(|_| at >= from) else { continue };
        values.extend(current.map(|word| Value { word, text: text.get(from..at).unwrap_or_default(), party }));
        if at > 0 && current.is_none() {
            return None;
        }
        party = if PARTIES.contains(&word) { Some(word) } else { party.filter(|_| OF_PARTY.contains(&word)) };
        (current, from) = (Some(word), after);
    }
    values.push(Value { word: current?, text: text.get(from..).unwrap_or_default(), party });
    Some(CodeWords { values })
}

/// The code word that begins with the slash at `at`, and where its value begins.
fn word_at(text: &str, at: usize) -> Option<(&'static str, usize)> {
    let rest = text.get(at.saturating_add(1)..)?;
    let (name, _) = rest.split_once('/')?;
    let word = WORDS.into_iter().find(|word| *word == name)?;
    Some((word, at.saturating_add(name.len()).saturating_add(2)))
}

/// A value without the slashes around it; `None` if nothing is left.
fn filled(text: &str) -> Option<&str> {
    Some(text.trim_matches(['/', ' '])).filter(|text| !text.is_empty())
}

impl<'a> CodeWords<'a> {
    /// The value of a code word, without the slashes around it; of several the first that is not blank.
    pub(crate) fn value(&self, name: &str) -> Option<&'a str> {
        self.values.iter().filter(|value| value.word == name).find_map(|value| filled(value.text))
    }

    /// The other party of a booking: who pays a credit (`ORDP`), who is paid by a debit (`BENM`), else what stands
    /// before any party's word, else `/CNTP/`. A value that names the statement's own account (`own`) is text of the
    /// payer. The party of the opposite role is used last, and only if it has an account: returns may keep the roles of
    /// the original payment.
    pub(crate) fn counterparty(&self, sign: Option<Sign>, own: Option<&str>) -> Party {
        let (theirs, ours) = if sign == Some(Sign::Debit) { ("BENM", "ORDP") } else { ("ORDP", "BENM") };
        let (theirs, ours) = (self.party(Some(theirs)), self.party(Some(ours)));
        let plain = Some(self.party(None)).filter(|plain| !plain.is(own)).unwrap_or_else(|| self.named());
        if !theirs.is_empty() {
            return theirs.with(plain);
        }
        let of_bank = plain.with(self.of_counterparty());
        if of_bank.is_empty() && ours.account.is_some() && !ours.is(own) { ours } else { of_bank }
    }

    /// On whose behalf a party pays or is paid (`ULTD`, `ULTB`).
    pub(crate) fn ultimate(&self, word: &'static str) -> Party {
        let party = self.party(Some(word));
        Party { account: None, bank: None, ..party }
    }

    /// What follows a party's word: by code words or, without them, by position: `/ORDP/name/account/`. Without a word:
    /// what stands before any party's word.
    fn party(&self, word: Option<&'static str>) -> Party {
        let mut party = Party::default();
        for (at, value) in self.values.iter().enumerate().filter(|(_, value)| value.party == word) {
            let Some(text) = filled(value.text) else { continue };
            let slot = match value.word {
                "NAME" => &mut party.name,
                "IBAN" => &mut party.account,
                "BIC" => &mut party.bank,
                own if Some(own) == word => {
                    party.taken.push(at);
                    party.read(text);
                    continue;
                }
                _ => continue,
            };
            if slot.is_none() {
                *slot = Some(if value.word == "IBAN" { text.replace(' ', "") } else { text.to_owned() });
                party.taken.push(at);
            }
        }
        party
    }

    /// A name that stands before any party's word.
    fn named(&self) -> Party {
        let is_name = |(_, value): &(usize, &Value<'_>)| value.word == "NAME" && value.party.is_none();
        let mut names = self.values.iter().enumerate().filter(is_name);
        let found = names.find_map(|(at, value)| Some((at, filled(value.text)?)));
        found.map_or_else(Party::default, |(at, name)| Party {
            name: Some(name.to_owned()),
            taken: vec![at],
            ..Party::default()
        })
    }

    /// `/CNTP/account/bank/name/town`.
    fn of_counterparty(&self) -> Party {
        let Some(at) = self.values.iter().position(|value| value.word == "CNTP") else { return Party::default() };
        let text = self.values.get(at).map_or("", |value| value.text);
        let fields: Vec<&str> = text.split('/').map(str::trim).collect();
        let field = |index: usize| fields.get(index).copied().filter(|field| !field.is_empty());
        let account = field(0).map(|account| {
            let old = field(1).and_then(|bank| old_account(bank, account));
            old.map_or_else(|| account.replace(' ', ""), |iban| iban.to_string())
        });
        let rest = fields.iter().enumerate().filter(|(at, field)| !matches!(at, 0 | 2) && !field.is_empty());
        Party {
            name: field(2).map(str::to_owned),
            account,
            bank: None,
            taken: vec![at],
            rest: rest.map(|(_, field)| (*field).to_owned()).collect(),
        }
    }

    /// What has no field: other code words, repeated ones, and the rest of the parties' values.
    pub(crate) fn others(&self, parties: &[&Party]) -> Vec<String> {
        let mut read: Vec<&str> = Vec::new();
        let mut others: Vec<String> = parties.iter().flat_map(|party| party.rest.iter().cloned()).collect();
        for (at, value) in self.values.iter().enumerate() {
            let Some(text) = filled(value.text) else { continue };
            if parties.iter().any(|party| party.taken.contains(&at)) {
                continue;
            }
            let word = value.word;
            if READ.contains(&word) && !read.contains(&word) {
                read.push(word);
                continue;
            }
            let party = value.party.filter(|party| *party != word).map(|party| format!("/{party}"));
            others.push(format!("{}/{word}/{text}", party.unwrap_or_default()));
        }
        others
    }

    /// The value of `/REMI/`, without its marks of structure.
    pub(crate) fn remittance(&self) -> Option<&'a str> {
        let text = self.value("REMI")?;
        Some(text.strip_prefix("USTD/").unwrap_or(text).trim_matches(['/', ' ']))
    }
}

impl Party {
    /// Reads `name/account` or `account/name`; anything else goes to the rest.
    fn read(&mut self, text: &str) {
        for part in text.split('/').map(str::trim).filter(|part| !part.is_empty()) {
            let iban = leading_iban(part).filter(|(_, length)| *length == part.len());
            match iban {
                Some((iban, _)) if self.account.is_none() => self.account = Some(iban.to_string()),
                None if self.name.is_none() => self.name = Some(part.to_owned()),
                _ => self.rest.push(part.to_owned()),
            }
        }
    }

    /// Fills what is missing in this party from another description of it.
    fn with(mut self, other: Party) -> Party {
        let is_used = self.name.is_none() && other.name.is_some() || self.account.is_none() && other.account.is_some();
        if !is_used {
            return self;
        }
        // a value of the other description that differs from this one has no field; it goes to the rest
        for (mine, its, word) in [(&mut self.name, other.name, "NAME"), (&mut self.account, other.account, "IBAN")] {
            match (mine.is_some(), its) {
                (false, its) => *mine = its,
                (true, Some(its)) => self.rest.push(format!("/{word}/{its}")),
                (true, None) => {}
            }
        }
        match (self.bank.is_some(), other.bank) {
            (false, bank) => self.bank = bank,
            (true, Some(bank)) => self.rest.push(format!("/BIC/{bank}")),
            (true, None) => {}
        }
        self.taken.extend(other.taken);
        self.rest.extend(other.rest);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "41650001/0000000023";

    fn show(text: &str, sign: Sign) -> String {
        let Some(words) = read_code_words(text) else { return "none".to_owned() };
        let or_none = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let party = words.counterparty(Some(sign), Some(OWN));
        let ultimate = words.ultimate("ULTD");
        let others = words.others(&[&party, &ultimate]).join(" ");
        [
            or_none(words.value("EREF")),
            or_none(party.name.as_deref()),
            or_none(party.account.as_deref()),
            or_none(words.remittance()),
            others,
        ]
        .join(";")
    }

    #[test]
    fn words() {
        let table = "
            /EREF/E-1/NAME/Max Muster/REMI/Miete 1/2       => E-1;Max Muster;-;Miete 1/2;
            /TRTP/SEPA OVERBOEKING/IBAN/NL30 ABNA 0000/BIC/RABONL2U/NAME/Muster/REMI/Order 1/EREF/t_1 => t_1;Muster;NL30ABNA0000;Order 1;/TRTP/SEPA OVERBOEKING
            /EREF/E//CNTP/DE02/GENODEF1/Max Muster/Ort//REMI/USTD//Text/ => E;Max Muster;DE02;Text;GENODEF1 Ort
            /EREF/E//CNTP/23/41650001/Max Muster/Ort//REMI/Text => E;Max Muster;DE82416500010000000023;Text;41650001 Ort
            /EREF/E-1/EREF/E-2/ULTD/Kind                   => E-1;-;-;-;/EREF/E-2
            /EREF/E-1/ULTD//NAME/Kind/ID/7                 => E-1;-;-;-;/ULTD/ID/7
            /EREF/E-1                                      => E-1;-;-;-;
            /REMI//EREF/                                   => -;-;-;-;
            Miete /EREF/E-1                                => none
            /XXXX/E-1                                      => none
            1/2                                            => none";
        for line in table.lines().skip(1) {
            let (text, expected) = line.split_once("=>").unwrap();
            assert_eq!(show(text.trim(), Sign::Credit), expected.trim(), "{line}");
        }
    }

    #[test]
    fn a_party_has_what_stands_behind_its_word() {
        let (own, payer) = ("DE82416500010000000023", "NL91ABNA0417164300");
        let table = "
            C /BENM//NAME/Stadt/IBAN/OWN//ORDP//NAME/Amsel/IBAN/PAYER//REMI/KZ => -;Amsel;PAYER;KZ;/BENM/NAME/Stadt /BENM/IBAN/OWN
            C /ORDP//NAME/Amsel/IBAN/PAYER//BENM//NAME/Stadt/IBAN/OWN//REMI/KZ => -;Amsel;PAYER;KZ;/BENM/NAME/Stadt /BENM/IBAN/OWN
            D /ORDP//NAME/Stadt/IBAN/OWN//BENM//NAME/Amsel/IBAN/PAYER//REMI/KZ => -;Amsel;PAYER;KZ;/ORDP/NAME/Stadt /ORDP/IBAN/OWN
            C /ORDP/Amsel//BENM//NAME/Stadt/IBAN/OWN//REMI/KZ => -;Amsel;-;KZ;/BENM/NAME/Stadt /BENM/IBAN/OWN
            C /ORDP/Amsel/PAYER/Ostheim/REMI/KZ => -;Amsel;PAYER;KZ;Ostheim
            C /ORDP/PAYER/Amsel//REMI/KZ => -;Amsel;PAYER;KZ;
            C /BENM//NAME/Stadt/IBAN/OWN//REMI/KZ => -;-;-;KZ;/BENM/NAME/Stadt /BENM/IBAN/OWN
            C /BENM//NAME/Stadt//REMI/KZ => -;-;-;KZ;/BENM/NAME/Stadt
            D /ORDP//NAME/Amsel/IBAN/PAYER//REMI/KZ => -;Amsel;PAYER;KZ;
            D /BENM//NAME/Amsel/REMI/KZ/ISDT/2013-01-02 => -;Amsel;-;KZ;/ISDT/2013-01-02
            C /ORDP//NAME/Amsel/REMI/KZ/IBAN/PAYER => -;Amsel;PAYER;KZ;
            C /NAME/Amsel/REMI/KZ/IBAN/OWN => -;Amsel;-;KZ;/IBAN/OWN
            C /ORDP//NAME/Stadt/IBAN/OWN//REMI/KZ => -;Stadt;OWN;KZ;";
        for line in table.lines().skip(1) {
            let line = line.replace("OWN", own).replace("PAYER", payer);
            let (text, expected) = line.split_once("=>").unwrap();
            let (sign, text) = text.trim().split_once(' ').unwrap();
            let sign = if sign == "D" { Sign::Debit } else { Sign::Credit };
            assert_eq!(show(text.trim(), sign), expected.trim(), "{line}");
        }
    }
}
