//! leaklint: finds collections that live as long as the process and only ever grow.

pub mod config;
pub mod discover;
pub mod explain;
pub mod finding;
pub mod program;
pub mod report;
pub mod rules;
pub mod run;
pub mod source;
pub mod summarize;
pub mod summary;

use rayon::prelude::*;

use finding::{Confidence, Finding};
use program::Program;
use program::resolve::Resolver;
use source::SourceFile;

/// What a caller may set about an analysis.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Findings below this are dropped.
    pub min_confidence: Confidence,
}

/// Something to tell about a file that is not a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The file, as shown.
    pub path: String,
    /// 1-based line and column (code points), where there is a place.
    pub at: Option<(u32, u32)>,
    /// What happened, lowercase, without a final stop.
    pub text: String,
    /// Whether the run must not be called clean: the file did not parse.
    pub fails: bool,
}

/// What an analysis found.
#[derive(Debug, Default)]
pub struct Analysis {
    /// Sorted by path, place and rule.
    pub findings: Vec<Finding>,
    /// Sorted by path.
    pub notes: Vec<Note>,
    /// How many files were parsed.
    pub parsed: usize,
}

/// Analyses the files as one program. `files` is sorted by path.
pub fn lint(files: &[SourceFile], settings: &Settings) -> Analysis {
    let (summaries, errors): (Vec<_>, Vec<_>) = files.par_iter().map(summarize::summarize).unzip();
    let mut notes: Vec<Note> = files
        .iter()
        .zip(errors)
        .flat_map(|(file, errors)| {
            errors.into_iter().map(|error| Note {
                path: file.shown.clone(),
                at: Some(file.position(error.offset)),
                text: error.text,
                fails: error.is_fatal,
            })
        })
        .collect();
    notes.sort();
    let paths: Vec<_> = files.iter().map(|file| file.path.clone()).collect();
    let resolver = Resolver::new(&paths);
    let program = Program::link(summaries, &paths, &resolver);
    let mut findings: Vec<Finding> = rules::all()
        .iter()
        .flat_map(|rule| (rule.judge)(&program))
        .collect();
    findings.retain(|finding| finding.confidence >= settings.min_confidence);
    findings.sort_by(|a, b| (a.place, a.rule, &a.binding).cmp(&(b.place, b.rule, &b.binding)));
    Analysis {
        findings,
        notes,
        parsed: files.len(),
    }
}
