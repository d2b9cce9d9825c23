//! The code that a banking program scans to fill in a transfer (EPC069-12, version 2.1).
//!
//! Must not know items or pages. Invariant: the payload of a code keeps the guideline's limits; a line break inside a
//! value cannot shift the fields that follow.

use fast_qr::{ECL, Mode, QRBuilder};
use sepa::{Cents, Iban};

/// The most bytes that a payload may have (EPC069-12, 2.4).
pub const MAX_BYTES: usize = 331;
/// The most characters of a name, and of an unstructured text.
const MAX_NAME: usize = 70;
const MAX_TEXT: usize = 140;
/// The largest symbol is version 13, with sides of 69 modules.
const MAX_SIDE: usize = 13 * 4 + 17;

/// Why there is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The amount is not one that can be transferred.
    #[error("{0} EUR cannot be asked for by a code: 0.01 to 999999999.99 can")]
    Amount(Cents),
    /// The payload is too long.
    #[error("the code would have {0} bytes, {MAX_BYTES} are allowed")]
    Long(usize),
}

/// The payload of a SEPA credit transfer: service tag, version 002 (no BIC is needed within the EEA), UTF-8, then name,
/// account and amount, neither purpose nor structured reference, and the text. Names and texts beyond the guideline's
/// length are cut at the end.
///
/// # Errors
/// [`CodeError`] for an amount or a length that the guideline does not allow.
pub fn payload(name: &str, iban: &Iban, amount: Cents, text: &str) -> Result<String, CodeError> {
    if amount.get() < 1 || amount.get() > 99_999_999_999 {
        return Err(CodeError::Amount(amount));
    }
    let (name, text) = (one_line(name, MAX_NAME), one_line(text, MAX_TEXT));
    let payload = format!("BCD\n002\n1\nSCT\n\n{name}\n{}\nEUR{amount}\n\n\n{text}", iban.as_str());
    if payload.len() > MAX_BYTES { Err(CodeError::Long(payload.len())) } else { Ok(payload) }
}

fn one_line(text: &str, max: usize) -> String {
    let clean: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    clean.trim().chars().take(max).collect::<String>().trim_end().to_owned()
}

/// A code: a square of dark and light modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    side: usize,
    dark: Vec<bool>,
}

impl Code {
    /// The code for a payload, at error correction level M.
    ///
    /// # Errors
    /// [`CodeError::Long`] for a payload that needs a larger symbol than version 13.
    pub fn new(payload: &str) -> Result<Code, CodeError> {
        let long = CodeError::Long(payload.len());
        // byte mode, also if all are capitals and digits: the guideline defines a character set of bytes
        let built =
            QRBuilder::new(payload.as_bytes()).ecl(ECL::M).mode(Mode::Byte).build().map_err(|_| long.clone())?;
        if built.size > MAX_SIDE {
            return Err(long);
        }
        let dark = built.data.iter().take(built.size * built.size).map(|module| module.value()).collect();
        Ok(Code { side: built.size, dark })
    }

    /// How many modules a side has.
    pub fn side(&self) -> usize {
        self.side
    }

    /// The runs of dark modules in each line: (line, first, count).
    pub fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for (line, modules) in self.dark.chunks(self.side.max(1)).enumerate() {
            let mut first = 0;
            for same in modules.chunk_by(|one, next| one == next) {
                if same.first() == Some(&true) {
                    runs.push((line, first, same.len()));
                }
                first += same.len();
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KASSE: &str = "Stadtkasse Lindental";

    fn iban() -> Iban {
        Iban::parse("DE82416500010000000023").unwrap()
    }

    #[track_caller]
    fn check(name: &str, cents: i64, text: &str, expected: &str) {
        assert_eq!(payload(name, &iban(), Cents::new(cents), text).unwrap(), expected);
    }

    #[test]
    fn a_payload_is_word_for_word_that_of_the_guideline() {
        check(
            KASSE,
            21_130,
            "5.0100.118204.4",
            "BCD\n002\n1\nSCT\n\nStadtkasse Lindental\nDE82416500010000000023\nEUR211.30\n\n\n5.0100.118204.4",
        );
        check(
            "Stadt Münster",
            1,
            "07/12345-6",
            "BCD\n002\n1\nSCT\n\nStadt Münster\nDE82416500010000000023\nEUR0.01\n\n\n07/12345-6",
        );
        check(
            "Kasse\nEUR1.00",
            99_999_999_999,
            " KZ\r\n1 ",
            "BCD\n002\n1\nSCT\n\nKasse EUR1.00\nDE82416500010000000023\nEUR999999999.99\n\n\nKZ  1",
        );
    }

    #[test]
    fn what_the_guideline_forbids_is_refused() {
        for cents in [0, -100, 100_000_000_000] {
            assert_eq!(
                payload(KASSE, &iban(), Cents::new(cents), "KZ"),
                Err(CodeError::Amount(Cents::new(cents))),
                "{cents}"
            );
        }
        let long = payload(&"ß".repeat(80), &iban(), Cents::new(100), &"ü".repeat(200));
        assert_eq!(long, Err(CodeError::Long(469)));
        let (name, text) = ("N".repeat(80), "t".repeat(200));
        assert_eq!(payload(&name, &iban(), Cents::new(100), &text).unwrap().len(), 259);
    }

    /// Draws a code with its quiet zone, as a camera would see it, and decodes it.
    fn read(code: &Code) -> (rqrr::MetaData, String) {
        const MODULE: usize = 4;
        let side = (code.side() + 8) * MODULE;
        let mut dark = vec![false; side * side];
        for (line, first, count) in code.runs() {
            for y in (line + 4) * MODULE..(line + 5) * MODULE {
                let x = (first + 4) * MODULE;
                dark[y * side + x..y * side + x + count * MODULE].fill(true);
            }
        }
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| if dark[y * side + x] { 0 } else { 255 });
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        grids[0].decode().unwrap()
    }

    #[test]
    fn a_code_can_be_read_and_says_the_payload() {
        let longest = format!("{}{}", "ä".repeat(165), "x");
        for text in ["KZ", "5.0100.118204.4", longest.as_str()] {
            let payload = match text.len() {
                MAX_BYTES => text.to_owned(),
                _ => payload("Stadtkasse Müllrose", &iban(), Cents::new(123_456), text).unwrap(),
            };
            let (meta, said) = read(&Code::new(&payload).unwrap());
            assert_eq!(said, payload);
            assert_eq!(meta.ecc_level, 0, "0 is what the symbol says for level M");
            assert!(meta.version.0 <= 13, "{meta:?}");
        }
        assert_eq!(Code::new(&"x".repeat(332)), Err(CodeError::Long(332)));
    }
}
