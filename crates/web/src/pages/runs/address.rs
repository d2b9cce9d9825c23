//! Where a run is shown.

/// The address of a run; the name of a run that was taken over came from a file, so it is encoded.
pub(crate) fn href(name: &str) -> String {
    name.bytes().fold("/runs/".to_owned(), |mut path, byte| {
        use std::fmt::Write as _;
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            path.push(char::from(byte));
        } else {
            let _ = write!(path, "%{byte:02X}");
        }
        path
    })
}
