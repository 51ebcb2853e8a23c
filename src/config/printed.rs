//! What holds for a file, for people who wonder: `--print-config`; and a configuration to begin with: `init`.
//!
//! Must not know how configurations are read.

use std::path::Path;

use serde::Serialize;

use super::{Mistake, Policy, Tree};
use crate::rules;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'a> {
    /// The configuration files that hold, as shown: one that is extended comes before the one that extends it.
    files: &'a [String],
    /// Whether a configuration leaves the file out.
    is_ignored: bool,
    #[serde(flatten)]
    policy: Policy,
}

/// What holds for a file, as JSON.
///
/// # Errors
/// The mistakes of the configuration files that hold for it.
pub fn print(tree: &Tree, path: &Path) -> Result<String, Vec<Mistake>> {
    let nearest = path.parent().and_then(|folder| tree.nearest(folder));
    let mut policy = tree.policy(path);
    for rule in rules::all() {
        policy.rules.entry(rule.id).or_default();
    }
    let printed = Printed {
        files: nearest.as_ref().map_or(&[], |loaded| &loaded.files),
        is_ignored: tree.ignores(path, false),
        policy,
    };
    let mistakes = tree.mistakes();
    if !mistakes.is_empty() {
        return Err(mistakes);
    }
    // Texts and lists: there is nothing that could fail.
    Ok(serde_json::to_string_pretty(&printed).unwrap_or_default() + "\n")
}

/// A configuration that says what holds without one.
pub const INITIAL: &str = r#"{
  "$schema": "./node_modules/leaklint/configuration_schema.json",
  // "off", "warn", "error", or "on": errors of high confidence, the others warnings.
  "rules": {
    "unbounded-collection": "on",
    "unbounded-memoize": "on",
    "write-only-collection": "on"
  },
  // "high", "medium" or "low".
  "minConfidence": "medium",
  // Modules and classes that bound what they keep, and functions that are called only while modules load.
  "boundedCaches": [],
  "registrars": [],
  "ignorePatterns": []
}
"#;

#[cfg(test)]
mod tests {
    use super::INITIAL;
    use crate::config::file;
    use crate::source::SourceFile;

    #[test]
    fn the_initial_configuration_has_no_mistake() {
        let path = "leaklint.jsonc";
        let source = SourceFile::new(path.into(), path.into(), INITIAL.into());
        let mut mistakes = Vec::new();
        assert!(file::parse(&source, false, &mut mistakes).is_some());
        assert_eq!(mistakes, []);
    }
}
