//! What a person is told who has put his name under a run.

use crate::output::note;

/// How many reductions of a run are printed.
const FALLEN_SHOWN: usize = 20;

pub(crate) fn released(run: &str, released: &kasse::Released) {
    let kasse::Released { given, needed, fallen, cautions } = released;
    cautions.iter().for_each(|line| note(&format!("note: {line}")));
    match given < needed {
        true => note(&format!("run {run}: {given} of {needed} signatures, not released yet")),
        false => note(&format!("run {run}: {given} of {needed} signatures, released")),
    }
    fallen.iter().take(FALLEN_SHOWN).for_each(|line| note(&format!("fell since the notice: {line}")));
    let hidden = fallen.len().saturating_sub(FALLEN_SHOWN);
    if hidden > 0 {
        note(&format!("and {hidden} more: collect show {run}"));
    }
}
