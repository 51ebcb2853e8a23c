//! GitLab's report of code quality (<https://docs.gitlab.com/ci/testing/code_quality/>).
//!
//! Must not leave a field out that GitLab asks for: it drops the whole report then.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Paths, file, visible};
use crate::finding::{Finding, Severity};
use crate::source::SourceFile;

/// Writes a list with an object for each finding, and a line feed.
pub fn gitlab(
    findings: &[Finding],
    files: &[SourceFile],
    paths: &Paths,
    out: &mut dyn Write,
) -> io::Result<()> {
    let issues = findings.iter().zip(paths.fingerprints(findings));
    let issues: Vec<Value> = issues
        .map(|(finding, fingerprint)| {
            let source = file(files, finding.place);
            let severity = match finding.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
            };
            json!({
                "type": "issue",
                "check_name": finding.rule,
                "description": visible(&format!("{} ({})", finding.message, finding.help)),
                "categories": ["Bug Risk"],
                "severity": severity,
                "fingerprint": fingerprint,
                "location": {
                    "path": paths.of(finding.place.file),
                    "lines": {
                        "begin": source.position(finding.place.span.start).0,
                        "end": source.position(finding.place.span.end).0,
                    },
                },
            })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::super::odd;
    use super::*;

    #[test]
    fn a_report_has_all_that_gitlab_asks_for() {
        let (files, findings, paths) = odd::run();
        let text = odd::written(|out| gitlab(&findings, &files, &paths, out));
        insta::assert_snapshot!(text, @r#"
        [
          {
            "type": "issue",
            "check_name": "unbounded-collection",
            "description": "module-scope `Map` keyed by objects never forgets a key: `requestCachesByEnvironment` (use a `WeakMap`: keys are objects and the map is only read with get, has and set)",
            "categories": [
              "Bug Risk"
            ],
            "severity": "major",
            "fingerprint": "f225e5ad6a9b110f",
            "location": {
              "path": "src/a b,é:1%.ts",
              "lines": {
                "begin": 3,
                "end": 3
              }
            }
          },
          {
            "type": "issue",
            "check_name": "unbounded-collection",
            "description": "module-scope `Map` only grows: `cache`␊second line, 100 % <␛> (remove entries, or bound the map)",
            "categories": [
              "Bug Risk"
            ],
            "severity": "minor",
            "fingerprint": "620b35b81c6f4c29",
            "location": {
              "path": "src/<b>&\"c\".js",
              "lines": {
                "begin": 1,
                "end": 1
              }
            }
          }
        ]
        "#);
    }
}
