//! One line per finding, in the form that editors and `grep` know from compilers.
//!
//! Must not say anything that does not fit on the line.

use std::io::{self, Write};

use super::{file, visible};
use crate::{
    finding::{Confidence, Finding, Severity},
    source::SourceFile,
};

/// Writes `path:line:column: severity[rule] message (confidence)` for each finding.
pub fn compact(findings: &[Finding], files: &[SourceFile], out: &mut dyn Write) -> io::Result<()> {
    for finding in findings {
        let file = file(files, finding.place);
        let (line, column) = file.position(finding.place.span.start);
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let confidence = match finding.confidence {
            Confidence::High => "high",
            Confidence::Medium => "medium",
            Confidence::Low => "low",
        };
        let (path, message) = (visible(&file.shown), visible(&finding.message));
        writeln!(
            out,
            "{path}:{line}:{column}: {severity}[{}] {message} ({confidence})",
            finding.rule
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{super::fixture::*, *};

    #[test]
    fn each_finding_is_one_line() {
        let files = [
            source("src/a.ts", RELAY),
            source("b.js", "let é, cache = {};"),
        ];
        let mut odd = finding(&[&files[0], &files[1]], 1, "cache");
        odd.message.push_str("\nsecond line");
        let findings = [relay(&files[0]), odd];
        insta::assert_snapshot!(written(|out| compact(&findings, &files, out)), @"
        src/a.ts:3:7: error[unbounded-collection] module-scope `Map` keyed by objects never forgets a key: `requestCachesByEnvironment` (high)
        b.js:1:8: warning[unbounded-collection] module-scope `Map` only grows: `cache`␊second line (medium)
        ");
    }

    #[test]
    fn nothing_is_written_without_findings() {
        assert_eq!(written(|out| compact(&[], &[], out)), "");
    }
}
