//! A run with all that formats stumble over, for their tests.

use super::Paths;
pub(super) use super::fixture::written;
use super::fixture::{finding, label, place, relay, source};
use crate::finding::{Finding, Severity};
use crate::source::SourceFile;

/// Two files with odd names and columns: a tab and a character beyond the basic plane before a declaration, CRLF.
pub(super) fn run() -> (Vec<SourceFile>, Vec<Finding>, Paths) {
    let text = super::fixture::RELAY.replace('\n', "\r\n");
    let text = text.replace("const requestCaches", "\t/* 😀 */ const requestCaches");
    let files = vec![
        source("/repo/src/a b,é:1%.ts", &format!("\u{feff}{text}")),
        source(
            "/repo/src/<b>&\"c\".js",
            "let é, cache = {};\r\ncache[x] = 1;\r\n",
        ),
    ];
    let mut odd = finding(&[&files[0], &files[1]], 1, "cache");
    odd.severity = Severity::Warning;
    odd.message.push_str("\nsecond line, 100 % <\u{1b}>");
    odd.labels = vec![label(
        place(&[&files[0], &files[1]], 1, "cache[x] = 1"),
        "grows here",
    )];
    let findings = vec![relay(&files[0]), odd];
    let paths = Paths::new("/repo".as_ref(), &files);
    (files, findings, paths)
}
