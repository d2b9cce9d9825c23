//! What an import may demand.
//!
//! Must not know what is imported. Invariant: what comes by the web may demand no more than what a person brings on the
//! machine itself.

/// How long an import may take, and what it may demand where it comes by the web.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportLimits {
    /// Seconds for reading and storing one file.
    pub seconds: u64,
    /// Unpacked bytes of a file that came by the web.
    pub web_unpacked_bytes: u64,
    /// Seconds for one that came by the web.
    pub web_seconds: u64,
}
