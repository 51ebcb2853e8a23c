//! How files are called where a run is read elsewhere: the same, whatever folder the run was started from.
//!
//! Must not know any format.

use std::path::Path;

use super::fingerprints_by;
use crate::discover::{Base, repository};
use crate::finding::Finding;
use crate::source::SourceFile;

/// The paths of all files below the root of their repository; without one as they are shown.
#[derive(Debug)]
pub struct Paths {
    /// The root: absolute.
    pub root: String,
    paths: Vec<String>,
}

impl Paths {
    /// For a run that was started in `folder`, which is absolute.
    pub fn new(folder: &Path, files: &[SourceFile]) -> Self {
        let root = repository(folder).unwrap_or(folder);
        let base = Base::new(root);
        let paths = files.iter().map(|file| {
            let real = file.path.canonicalize();
            base.show(&file.path, real.as_ref().unwrap_or(&file.path))
        });
        Self {
            root: root.to_string_lossy().replace('\\', "/"),
            paths: paths.collect(),
        }
    }

    /// The path of the file at an index.
    pub(super) fn of(&self, file: crate::source::FileIdx) -> &str {
        &self.paths[file.0 as usize]
    }

    /// The identity of each finding.
    pub(super) fn fingerprints(&self, findings: &[Finding]) -> Vec<String> {
        fingerprints_by(findings, |finding| self.of(finding.place.file))
    }
}
