//! How large a request may be.

/// The most bytes of a form; an upload has a limit of its own.
pub(crate) const FORM: usize = 256 * 1024;
