//! The printed forms of all references, one behind the other.
//!
//! Must not know keys or schemes. Invariant: the form of a reference is what was given at its position; there is no
//! more text than 4 GiB, which is 35 characters for each of 120 million references.

use crate::directory::RefId;

/// Printed forms by reference.
#[derive(Debug, Default)]
pub(crate) struct Printed {
    text: String,
    /// Where each ends in the text.
    ends: Vec<u32>,
}

impl<'a> FromIterator<&'a str> for Printed {
    fn from_iter<I: IntoIterator<Item = &'a str>>(references: I) -> Printed {
        let mut printed = Printed::default();
        for reference in references {
            printed.text.push_str(reference);
            // What does not fit is left out as a whole: an empty form is never found.
            let Ok(end) = u32::try_from(printed.text.len()) else { break };
            printed.ends.push(end);
        }
        printed.text.shrink_to_fit();
        printed.ends.shrink_to_fit();
        printed
    }
}

impl Printed {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The form of a reference; empty where there is no such.
    pub(crate) fn get(&self, reference: RefId) -> &str {
        let at = usize::try_from(reference).unwrap_or(usize::MAX);
        let place = |at: usize| self.ends.get(at).and_then(|end| usize::try_from(*end).ok());
        let start = at.checked_sub(1).and_then(place).unwrap_or(0);
        place(at).and_then(|end| self.text.get(start..end)).unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..RefId::MAX).take(self.len()).map(|id| self.get(id))
    }
}
