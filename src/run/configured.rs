//! What configuration files say of the files of a run.
//!
//! Must not know the form of a configuration, nor what rules judge.

use std::path::Path;

use crate::Note;
use crate::config::{Mistake, Policies, Tree};
use crate::discover::Found;
use crate::finding::Finding;
use crate::source::SourceFile;

/// What holds in each of the files that were found. What is odd is told beside what was found.
///
/// # Errors
/// The mistakes of the configuration files that hold for them.
pub(super) fn policies(configs: &Tree, found: &mut Found) -> Result<Policies, Vec<Mistake>> {
    let paths: Vec<&Path> = found
        .files
        .iter()
        .map(|entry| entry.path.as_path())
        .collect();
    let policies = configs.policies(paths.iter().copied());
    let mistakes = configs.mistakes();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    let idle = configs.idle_overrides(&found.walked, &paths);
    found.notes.extend(idle);
    Ok(policies)
}

/// A note where whoever named files would wonder why nothing is found in them.
pub(super) fn all_off(files: &[SourceFile], policies: &Policies) -> Option<Note> {
    let mut asked = files.iter().filter(|file| file.is_asked).peekable();
    let first = asked.peek()?.shown.clone();
    let is_silent = asked.all(|file| policies.of(&file.path).is_silent());
    is_silent.then(|| Note {
        path: first,
        at: None,
        text:
            "all rules are off here; in tests, `__tests__` and `*.config.*` files they are unless \
               an override of the configuration turns them on"
                .to_owned(),
        fails: false,
    })
}

/// Those of the hidden findings that only the command line hides.
pub(super) fn hidden_by_command(
    mut hidden: Vec<Finding>,
    files: &[SourceFile],
    configs: &Tree,
) -> Vec<Finding> {
    hidden.retain(|finding| {
        let file = &files[finding.place.file.0 as usize];
        configs.shows_alone(&file.path, finding)
    });
    hidden
}

/// All mistakes as one message, each with its place.
pub(super) fn told(mistakes: &[Mistake]) -> String {
    let mistakes: Vec<String> = mistakes.iter().map(Mistake::to_string).collect();
    mistakes.join("\nerror: ")
}
