//! What holds for every reader and any bytes: nothing comes after an error, and the result does not depend on how many
//! bytes are read at once.

use camt::{Part, ReadError};

type Next = Result<Option<Part>, ReadError>;

/// Reads everything twice, with blocks of two sizes; `reader` makes a reader with blocks of a given size.
pub fn check<Reader: FnMut() -> Next>(reader: impl Fn(usize) -> Reader) {
    let (parts, error) = read(reader(1 << 16));
    let (same, other) = read(reader(7));
    assert_eq!(parts, same);
    assert_eq!(error.map(|error| error.to_string()), other.map(|error| error.to_string()));
}

fn read(mut next: impl FnMut() -> Next) -> (Vec<Part>, Option<ReadError>) {
    let mut parts = Vec::new();
    loop {
        match next() {
            Ok(Some(part)) => parts.push(part),
            Ok(None) => return (parts, None),
            Err(error) => {
                assert!(matches!(next(), Ok(None)), "something after {error}");
                return (parts, Some(error));
            }
        }
    }
}
