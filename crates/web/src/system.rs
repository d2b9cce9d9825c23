//! What the operating system allows this process.
//!
//! Must not know what for. Invariant: nothing is asked of a system that does not know it.

/// How many files may be open at once, after asking for as many as the system gives.
#[cfg(unix)]
pub(crate) fn files_that_may_be_open() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.map_or(ENOUGH, |maximum| maximum.min(ENOUGH));
    let now = limit.current?;
    if now < most && setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum }).is_ok() {
        return usize::try_from(most).ok();
    }
    usize::try_from(now).ok()
}

/// More files than the server ever opens.
#[cfg(unix)]
const ENOUGH: u64 = 4_096;

/// How many files may be open at once, where that can be asked.
#[cfg(not(unix))]
pub(crate) fn files_that_may_be_open() -> Option<usize> {
    None
}
