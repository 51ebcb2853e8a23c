//! Two old formats that many tools read: those of `JUnit` and Checkstyle.
//!
//! Must not write a character that XML 1.0 has no name for.

use std::io::{self, Write};

use crate::finding::{Finding, Severity};
use crate::source::{FileIdx, SourceFile};

/// Writes a test suite for each file with findings and a failed test for each of them; without any, a test that passed.
pub fn junit(findings: &[Finding], files: &[SourceFile], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{HEAD}")?;
    let (tests, failures) = (findings.len().max(1), findings.len());
    writeln!(
        out,
        r#"<testsuites name="leaklint" tests="{tests}" failures="{failures}" errors="0">"#
    )?;
    if findings.is_empty() {
        writeln!(
            out,
            r#"  <testsuite name="leaklint" tests="1" failures="0" errors="0"><testcase name="no findings" classname="leaklint"/></testsuite>"#
        )?;
    }
    for (FileIdx(index), findings) in by_file(findings) {
        let source = &files[index as usize];
        let (path, count) = (escaped(&source.shown), findings.len());
        writeln!(
            out,
            r#"  <testsuite name="{path}" tests="{count}" failures="{count}" errors="0">"#
        )?;
        for finding in findings {
            let (line, column) = source.position(finding.place.span.start);
            let (message, help) = (escaped(&finding.message), escaped(&finding.help));
            writeln!(
                out,
                r#"    <testcase name="{rule}: {binding}" classname="{path}" file="{path}" line="{line}">
      <failure message="{message}" type="{severity}">{path}:{line}:{column}: {message}&#10;help: {help}</failure>
    </testcase>"#,
                rule = finding.rule,
                binding = escaped(&finding.binding),
                severity = severity(finding),
            )?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

/// Writes each file with findings and its errors.
pub fn checkstyle(
    findings: &[Finding],
    files: &[SourceFile],
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{HEAD}")?;
    writeln!(out, r#"<checkstyle version="4.3">"#)?;
    for (FileIdx(index), findings) in by_file(findings) {
        let source = &files[index as usize];
        writeln!(out, r#"  <file name="{}">"#, escaped(&source.shown))?;
        for finding in findings {
            let (line, column) = source.position(finding.place.span.start);
            writeln!(
                out,
                r#"    <error line="{line}" column="{column}" severity="{}" message="{}" source="leaklint.{}"/>"#,
                severity(finding),
                escaped(&format!("{} ({})", finding.message, finding.help)),
                finding.rule
            )?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

fn severity(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The findings of each file, in the order of the files; a heap may have put them into another.
fn by_file(findings: &[Finding]) -> Vec<(FileIdx, Vec<&Finding>)> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.place.file);
    let groups = sorted.chunk_by(|one, other| one.place.file == other.place.file);
    groups
        .map(|group| (file_of(group), group.to_vec()))
        .collect()
}

fn file_of(group: &[&Finding]) -> FileIdx {
    group[0].place.file
}

/// The text as the value of an attribute or between tags. Line ends and tabs keep their meaning.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\t' => escaped += "&#9;",
            '\n' => escaped += "&#10;",
            '\r' => escaped += "&#13;",
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::odd;
    use super::*;

    #[test]
    fn a_failed_test_for_each_finding() {
        let (files, findings, _) = odd::run();
        let text = odd::written(|out| junit(&findings, &files, out));
        insta::assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="leaklint" tests="2" failures="2" errors="0">
          <testsuite name="/repo/src/a b,é:1%.ts" tests="1" failures="1" errors="0">
            <testcase name="unbounded-collection: requestCachesByEnvironment" classname="/repo/src/a b,é:1%.ts" file="/repo/src/a b,é:1%.ts" line="3">
              <failure message="module-scope `Map` keyed by objects never forgets a key: `requestCachesByEnvironment`" type="error">/repo/src/a b,é:1%.ts:3:16: module-scope `Map` keyed by objects never forgets a key: `requestCachesByEnvironment`&#10;help: use a `WeakMap`: keys are objects and the map is only read with get, has and set</failure>
            </testcase>
          </testsuite>
          <testsuite name="/repo/src/&lt;b&gt;&amp;&quot;c&quot;.js" tests="1" failures="1" errors="0">
            <testcase name="unbounded-collection: cache" classname="/repo/src/&lt;b&gt;&amp;&quot;c&quot;.js" file="/repo/src/&lt;b&gt;&amp;&quot;c&quot;.js" line="1">
              <failure message="module-scope `Map` only grows: `cache`&#10;second line, 100 % &lt;�&gt;" type="warning">/repo/src/&lt;b&gt;&amp;&quot;c&quot;.js:1:8: module-scope `Map` only grows: `cache`&#10;second line, 100 % &lt;�&gt;&#10;help: remove entries, or bound the map</failure>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn without_findings_a_test_has_passed() {
        let text = odd::written(|out| junit(&[], &[], out));
        assert!(text.contains(r#"tests="1" failures="0""#));
    }

    #[test]
    fn an_error_for_each_finding() {
        let (files, findings, _) = odd::run();
        let text = odd::written(|out| checkstyle(&findings, &files, out));
        insta::assert_snapshot!(text, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <checkstyle version="4.3">
          <file name="/repo/src/a b,é:1%.ts">
            <error line="3" column="16" severity="error" message="module-scope `Map` keyed by objects never forgets a key: `requestCachesByEnvironment` (use a `WeakMap`: keys are objects and the map is only read with get, has and set)" source="leaklint.unbounded-collection"/>
          </file>
          <file name="/repo/src/&lt;b&gt;&amp;&quot;c&quot;.js">
            <error line="1" column="8" severity="warning" message="module-scope `Map` only grows: `cache`&#10;second line, 100 % &lt;�&gt; (remove entries, or bound the map)" source="leaklint.unbounded-collection"/>
          </file>
        </checkstyle>
        "#);
    }
}
