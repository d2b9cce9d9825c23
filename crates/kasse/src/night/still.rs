//! Whether a file is whole: its size and time have stood still.
//!
//! Pure: what was seen when is passed in. Invariant: a file that was still growing at its last look is never called whole; a time
//! in the future, from a machine whose clock is ahead, makes nobody wait for ever.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// What was seen of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) size: u64,
    pub(super) modified: Timestamp,
}

/// A file that is being watched.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watched {
    last: Look,
    /// For how long it has been seen to stand still.
    unchanged: Duration,
}

impl Watched {
    /// The first look, `now` by the clock on the wall: what was last changed long before is whole already, or was renamed here.
    pub(super) fn new(look: Look, now: Timestamp) -> Watched {
        let age = now.duration_since(look.modified);
        let unchanged = if age > SignedDuration::ZERO { age.unsigned_abs() } else { Duration::ZERO };
        Watched { last: look, unchanged }
    }

    /// Another look, so long after the last one.
    pub(super) fn again(&mut self, look: Look, after: Duration) {
        self.unchanged = if look == self.last { self.unchanged.saturating_add(after) } else { Duration::ZERO };
        self.last = look;
    }

    /// Whether it has stood still for so long.
    pub(super) fn is_whole(&self, still: Duration) -> bool {
        self.unchanged >= still
    }
}

/// Endings by which programs say that they are writing.
const BEING_WRITTEN: [&str; 6] = [".part", ".tmp", ".filepart", ".crdownload", ".partial", "~"];

/// Whether a name says that its file is being written.
pub(super) fn is_being_written(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    BEING_WRITTEN.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn whole_is_what_stands_still() {
        let now = at("2024-03-11T04:30:10Z");
        let still = Duration::from_secs(5);
        let look = |size, modified: &str| Look { size, modified: at(modified) };
        assert!(Watched::new(look(1, "2024-03-11T04:30:00Z"), now).is_whole(still));
        let mut young = Watched::new(look(1, "2024-03-11T04:30:08Z"), now);
        assert!(!young.is_whole(still));
        young.again(look(2, "2024-03-11T04:30:11Z"), Duration::from_secs(9));
        assert!(!young.is_whole(still));
        young.again(look(2, "2024-03-11T04:30:11Z"), Duration::from_secs(3));
        assert!(!young.is_whole(still));
        young.again(look(2, "2024-03-11T04:30:11Z"), Duration::from_secs(3));
        assert!(young.is_whole(still));
        // a clock that is a day ahead
        let mut ahead = Watched::new(look(1, "2024-03-12T04:30:00Z"), now);
        assert!(!ahead.is_whole(still));
        ahead.again(look(1, "2024-03-12T04:30:00Z"), still);
        assert!(ahead.is_whole(still));
    }

    #[test]
    fn a_name_says_that_it_is_being_written() {
        assert!(is_being_written("C53.zip.part") && is_being_written("a.TMP") && is_being_written("posten.csv~"));
        assert!(!is_being_written("C53.zip") && !is_being_written("part.csv"));
    }
}
