//! SARIF 2.1.0 (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>), as code scanning reads it.
//!
//! Must not name a file by anything but its path below the root of the repository.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Paths, file};
use crate::Note;
use crate::finding::{Confidence, Edit, Finding, Severity};
use crate::rules::{self, Rule};
use crate::source::{Place, SourceFile};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The base that paths are relative to.
const ROOT: &str = "SRCROOT";

/// Writes one run with all findings, and a line feed. `notes` tells which files could not be looked at.
pub fn sarif(
    findings: &[Finding],
    files: &[SourceFile],
    notes: &[Note],
    paths: &Paths,
    out: &mut dyn Write,
) -> io::Result<()> {
    let scribe = Scribe { files, paths };
    let prints = paths.fingerprints(findings);
    let results = findings.iter().zip(&prints);
    let results: Vec<Value> = results
        .map(|(finding, print)| scribe.result(finding, print))
        .collect();
    let rules: Vec<Value> = rules::all().iter().map(|rule| descriptor(rule)).collect();
    let failed: Vec<Value> = notes
        .iter()
        .filter(|note| note.fails)
        .map(|note| {
            let text = format!("{}: {}", note.path, note.text);
            json!({ "level": "error", "message": { "text": plain(&text) } })
        })
        .collect();
    let root = format!("file://{}/", uri(&rooted(paths.root.trim_end_matches('/'))));
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "leaklint",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { ROOT: { "uri": root } },
            "invocations": [{
                "executionSuccessful": failed.is_empty(),
                "toolExecutionNotifications": failed,
            }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn descriptor(rule: &Rule) -> Value {
    let body = rule.page.split_once("\n\n").map_or("", |(_, body)| body);
    let summary = body.lines().next().unwrap_or_default();
    json!({
        "id": rule.id,
        "name": rule.id,
        "shortDescription": { "text": plain(summary) },
        "fullDescription": { "text": plain(summary) },
        "help": { "text": plain(summary), "markdown": rule.page },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

/// A text that has neither placeholders nor links (SARIF 2.1.0, 3.11.5 and 3.11.6).
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '{' | '}' => plain.push(letter),
            '[' | ']' => plain.push('\\'),
            _ => {}
        }
        plain.push(letter);
    }
    plain
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// What is needed to say where something is.
struct Scribe<'a> {
    files: &'a [SourceFile],
    paths: &'a Paths,
}

impl Scribe<'_> {
    fn result(&self, finding: &Finding, print: &str) -> Value {
        let rule = rules::all().iter().position(|rule| rule.id == finding.rule);
        let related = (0..).zip(&finding.labels).map(|(id, label): (u32, _)| {
            let mut location = self.location(label.place);
            location["id"] = json!(id);
            location["message"] = json!({ "text": plain(&label.text) });
            location
        });
        let mut result = json!({
            "ruleId": finding.rule,
            "level": level(finding.severity),
            "message": { "text": plain(&format!("{}\n{}", finding.message, finding.help)) },
            "locations": [self.location(finding.place)],
            "relatedLocations": related.collect::<Vec<_>>(),
            "partialFingerprints": { "leaklint/v1": print },
            "rank": match finding.confidence {
                Confidence::High => 90.0,
                Confidence::Medium => 50.0,
                Confidence::Low => 10.0,
            },
        });
        if let Some(rule) = rule {
            result["ruleIndex"] = json!(rule);
        }
        if let Some(fix) = &finding.fix {
            let mut edits: Vec<&Edit> = fix.edits.iter().collect();
            edits.sort_by_key(|edit| edit.place);
            let changes = edits.chunk_by(|one, other| one.place.file == other.place.file);
            let changes: Vec<Value> = changes.map(|edits| self.change(edits)).collect();
            result["fixes"] = json!([{
                "description": { "text": plain(&finding.help) },
                "artifactChanges": changes,
            }]);
        }
        result
    }

    fn change(&self, edits: &[&Edit]) -> Value {
        let replacements: Vec<Value> = edits
            .iter()
            .map(|edit| {
                json!({
                    "deletedRegion": self.region(edit.place),
                    "insertedContent": { "text": edit.text },
                })
            })
            .collect();
        json!({ "artifactLocation": self.artifact(edits[0].place), "replacements": replacements })
    }

    fn location(&self, place: Place) -> Value {
        json!({ "physicalLocation": {
            "artifactLocation": self.artifact(place),
            "region": self.region(place),
        } })
    }

    fn artifact(&self, place: Place) -> Value {
        let path = self.paths.of(place.file);
        // What lies outside of the repository is no path below its root.
        if path.starts_with('/') || path.get(1..2) == Some(":") {
            return json!({ "uri": format!("file://{}", uri(&rooted(path))) });
        }
        json!({ "uri": uri(path), "uriBaseId": ROOT })
    }

    fn region(&self, place: Place) -> Value {
        let source = file(self.files, place);
        let (line, column) = source.position(place.span.start);
        let (end_line, end_column) = source.position(place.span.end);
        json!({
            "startLine": line,
            "startColumn": column,
            "endLine": end_line,
            "endColumn": end_column,
        })
    }
}

/// An absolute path with a slash first, as a drive of Windows has none.
fn rooted(path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    }
}

/// A path as part of a URI: all that has a meaning there, or is not ASCII, by its bytes (RFC 3986).
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'/'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'@'
            | b'+' => {
                uri.push(char::from(byte));
            }
            _ => {
                let digit = |nibble| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
                uri.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::super::odd;
    use super::*;

    fn log() -> Value {
        let (files, findings, paths) = odd::run();
        let text = odd::written(|out| sarif(&findings, &files, &[], &paths, out));
        serde_json::from_str(&text).expect("it is JSON")
    }

    #[test]
    fn rules_come_with_their_pages() {
        let run = &log()["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("a list");
        assert_eq!(rules.len(), rules::all().len());
        for (described, rule) in rules.iter().zip(rules::all()) {
            assert_eq!(described["help"]["markdown"], rule.page);
            assert_ne!(described["shortDescription"]["text"], "");
        }
        assert_eq!(run["originalUriBaseIds"][ROOT]["uri"], "file:///repo/");
    }

    #[test]
    fn a_text_is_neither_link_nor_placeholder() {
        for (text, expected) in [
            ("`a` grows", "`a` grows"),
            ("`a[{0}](1)`", r"`a\[{{0}}\](1)`"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn a_path_is_a_uri() {
        for (path, expected) in [
            ("src/a.ts", "src/a.ts"),
            ("a b%é:#?.ts", "a%20b%25%C3%A9%3A%23%3F.ts"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
