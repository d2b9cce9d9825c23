//! Text that is nearly always a code of a few letters.
//!
//! Knows no codes. Invariant: a text of any length is kept unchanged; only a short one needs no allocation.

/// How many bytes are stored without an allocation.
const INLINE: usize = 14;

/// A text, stored without an allocation if it is short.
#[derive(Clone, Debug)]
pub(crate) enum Short {
    Inline { bytes: [u8; INLINE], length: u8 },
    Long(String),
}

impl Short {
    pub(crate) fn new(text: &str) -> Self {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(length)) => {
                place.copy_from_slice(text.as_bytes());
                Self::Inline { bytes, length }
            }
            _ => Self::Long(text.to_owned()),
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Inline { bytes, length } => {
                let text = bytes.get(..usize::from(*length)).unwrap_or_default();
                std::str::from_utf8(text).unwrap_or_default()
            }
            Self::Long(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_kept() {
        for text in ["", "EUR", "12345678901234", "123456789012345", "ünicode überlang, weit mehr"] {
            assert_eq!(Short::new(text).as_str(), text);
        }
    }
}
