//! Commands by which a GitHub workflow annotates lines
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).
//!
//! Must not write what a workflow would take for another command.

use std::io::{self, Write};

use super::{Paths, file, visible};
use crate::finding::{Finding, Severity};
use crate::source::SourceFile;

/// Writes `::error file=…,line=…::message` for each finding.
pub fn github(
    findings: &[Finding],
    files: &[SourceFile],
    paths: &Paths,
    out: &mut dyn Write,
) -> io::Result<()> {
    for finding in findings {
        let source = file(files, finding.place);
        let (line, column) = source.position(finding.place.span.start);
        let (end_line, end_column) = source.position(finding.place.span.end);
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let path = property(paths.of(finding.place.file));
        let title = property(&format!("leaklint: {}", finding.rule));
        let message = data(&format!("{}\n{}", finding.message, finding.help));
        write!(
            out,
            "::{command} file={path},line={line},endLine={end_line},"
        )?;
        // Columns are only taken where a place is on one line.
        if line == end_line {
            write!(out, "col={column},endColumn={end_column},")?;
        }
        writeln!(out, "title={title}::{message}")?;
    }
    Ok(())
}

/// Line ends keep their meaning; the rest is shown in a log, which heeds escape sequences.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25");
    visible(&text.replace('\r', "%0D").replace('\n', "%0A"))
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::odd;
    use super::*;

    #[test]
    fn what_a_workflow_would_take_for_its_own_is_escaped() {
        let (files, findings, paths) = odd::run();
        let text = odd::written(|out| github(&findings, &files, &paths, out));
        insta::assert_snapshot!(text, @r#"
        ::error file=src/a b%2Cé%3A1%25.ts,line=3,endLine=3,col=16,endColumn=42,title=leaklint%3A unbounded-collection::module-scope `Map` keyed by objects never forgets a key: `requestCachesByEnvironment`%0Ause a `WeakMap`: keys are objects and the map is only read with get, has and set
        ::warning file=src/<b>&"c".js,line=1,endLine=1,col=8,endColumn=13,title=leaklint%3A unbounded-collection::module-scope `Map` only grows: `cache`%0Asecond line, 100 %25 <␛>%0Aremove entries, or bound the map
        "#);
    }
}
