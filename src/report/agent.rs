//! One line per finding with all that is needed to act on it: for programs that read text.
//!
//! Must not draw, color or shorten anything.

use std::io::{self, Write};

use super::{file, visible};
use crate::finding::{Finding, Severity};
use crate::source::SourceFile;

/// Variables that coding agents set for the commands that they run.
pub const AGENT_VARIABLES: [&str; 10] = [
    "AI_AGENT",
    "AUGMENT_AGENT",
    "CLAUDECODE",
    "CLAUDE_CODE",
    "CODEX_SANDBOX",
    "CODEX_THREAD_ID",
    "CURSOR_AGENT",
    "GEMINI_CLI",
    "OPENCODE",
    "OPENCODE_CLIENT",
];

/// Whether the environment says that a coding agent runs the command. An empty variable counts as not set.
pub fn is_agent(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
    AGENT_VARIABLES.iter().any(|name| is_set(name))
}

/// Writes `path:line:column severity rule: message; label at path:line; help: …` for each finding.
pub fn agent(findings: &[Finding], files: &[SourceFile], out: &mut dyn Write) -> io::Result<()> {
    for finding in findings {
        let source = file(files, finding.place);
        let (line, column) = source.position(finding.place.span.start);
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut parts = vec![format!(
            "{}:{line}:{column} {severity} {}: {}",
            source.shown, finding.rule, finding.message
        )];
        for label in &finding.labels {
            let source = file(files, label.place);
            let (line, _) = source.position(label.place.span.start);
            parts.push(format!("{} at {}:{line}", label.text, source.shown));
        }
        parts.push(format!("help: {}", finding.help));
        let mut text = parts.join("; ");
        match &finding.fix {
            Some(fix) if fix.safe => text += " (leaklint --fix does it)",
            Some(_) => text += " (leaklint --fix --unsafe-fixes does it)",
            None => {}
        }
        writeln!(out, "{}", visible(&text))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::*;
    use super::*;

    #[test]
    fn each_finding_is_one_line_with_its_help() {
        let files = [source("src/a.ts", RELAY)];
        let mut findings = [relay(&files[0])];
        findings[0].help.push_str("\nand more");
        let text = written(|out| agent(&findings, &files, out));
        assert_eq!(text.lines().count(), 1);
        assert!(text.starts_with("src/a.ts:3:7 error unbounded-collection: module-scope"));
        assert!(text.contains("nothing removes one at src/a.ts:9; help: use a `WeakMap`"));
        assert!(text.ends_with("and more (leaklint --fix does it)\n"));
    }

    #[test]
    fn an_agent_is_known_by_what_it_sets() {
        let set = |name: &'static str, value: &'static str| {
            move |asked: &str| (asked == name).then(|| value.to_owned())
        };
        assert!(is_agent(set("CLAUDECODE", "1")));
        assert!(is_agent(set("AI_AGENT", "x")));
        assert!(!is_agent(set("CLAUDECODE", "")));
        assert!(!is_agent(set("GEMINI_CLI", "0")));
        assert!(!is_agent(set("TERM", "xterm")));
    }
}
