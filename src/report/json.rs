//! Version 1 of the JSON output. Keys are only ever added to it; absent parts are `null`.
//!
//! Must not leave anything out that another format shows.

use std::io::{self, Write};

use serde::Serialize;

use super::snapshot::Told;
use super::{file, fingerprints};
use crate::{
    finding::{Confidence, Evidence, Finding, KeyType, Scope, Seen, Severity},
    source::{Place, SourceFile},
};

/// The numbers of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Files that were looked at.
    pub files: usize,
    /// Those of them that were parsed: the others cannot matter.
    pub parsed: usize,
    /// Files that were passed over, such as minified ones.
    pub skipped: usize,
    /// Findings that comments or the file of suppressions suppress.
    pub suppressed: usize,
    /// Findings at error level.
    pub errors: usize,
    /// Findings at warning level.
    pub warnings: usize,
    /// Findings with a safe fix.
    pub fixable: usize,
    /// Findings that fixes took away.
    pub fixed: usize,
    /// Wall-clock time of the run in milliseconds.
    pub duration_ms: u64,
}

/// Writes one object with all findings and, where there is one, the heap, and a line feed.
pub fn json(
    findings: &[Finding],
    files: &[SourceFile],
    summary: &Summary,
    heap: Option<Told>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let findings = findings
        .iter()
        .zip(fingerprints(findings, files))
        .map(|(finding, fingerprint)| Item::of(finding, fingerprint, files))
        .collect();
    serde_json::to_writer_pretty(
        &mut *out,
        &Document {
            version: 1,
            findings,
            summary,
            heap,
        },
    )?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    findings: Vec<Item<'a>>,
    summary: &'a Summary,
    #[serde(flatten)]
    heap: Option<Told<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item<'a> {
    rule: &'static str,
    severity: Severity,
    confidence: Confidence,
    message: &'a str,
    help: &'a str,
    #[serde(flatten)]
    region: Region<'a>,
    /// This and what follows is null where a finding is not about a collection.
    binding: Option<&'a str>,
    collection: Option<&'a str>,
    scope: Option<Scope>,
    key: Option<KeyType>,
    evidence: &'a [Evidence],
    related: Vec<Related<'a>>,
    fix: Option<Fix<'a>>,
    /// What a heap snapshot says; nothing does without one.
    heap: Option<&'a Seen>,
    /// The bytes that were allocated under the functions that add to it, with a profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    allocated_bytes: Option<u64>,
    fingerprint: String,
}

/// A place for people: 1-based, columns in code points, the end exclusive.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
struct Related<'a> {
    #[serde(flatten)]
    region: Region<'a>,
    message: &'a str,
}

#[derive(Serialize)]
struct Fix<'a> {
    safe: bool,
    edits: Vec<Edit<'a>>,
}

/// A replacement for programs: byte offsets in the file on disk, where a byte order mark counts.
#[derive(Serialize)]
struct Edit<'a> {
    path: &'a str,
    start: u32,
    end: u32,
    text: &'a str,
}

impl<'a> Item<'a> {
    fn of(finding: &'a Finding, fingerprint: String, files: &'a [SourceFile]) -> Self {
        let related = finding.labels.iter().map(|label| Related {
            region: Region::of(label.place, files),
            message: &label.text,
        });
        let fix = finding.fix.as_ref().map(|fix| Fix {
            safe: fix.safe,
            edits: fix
                .edits
                .iter()
                .map(|edit| Edit::of(edit.place, &edit.text, files))
                .collect(),
        });
        let is_on_collection = !finding.collection.is_empty();
        Self {
            rule: finding.rule,
            severity: finding.severity,
            confidence: finding.confidence,
            message: &finding.message,
            help: &finding.help,
            region: Region::of(finding.place, files),
            binding: is_on_collection.then_some(&finding.binding),
            collection: is_on_collection.then_some(&finding.collection),
            scope: is_on_collection.then_some(finding.scope),
            key: is_on_collection.then_some(finding.key),
            evidence: &finding.evidence,
            related: related.collect(),
            fix,
            heap: finding.heap.as_ref(),
            allocated_bytes: finding.allocated,
            fingerprint,
        }
    }
}

impl<'a> Region<'a> {
    fn of(place: Place, files: &'a [SourceFile]) -> Self {
        let file = file(files, place);
        let (line, column) = file.position(place.span.start);
        let (end_line, end_column) = file.position(place.span.end);
        Self {
            path: &file.shown,
            line,
            column,
            end_line,
            end_column,
        }
    }
}

impl<'a> Edit<'a> {
    fn of(place: Place, text: &'a str, files: &'a [SourceFile]) -> Self {
        let file = file(files, place);
        Self {
            path: &file.shown,
            start: file.disk_offset(place.span.start),
            end: file.disk_offset(place.span.end),
            text,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{super::fixture::*, *};

    const SUMMARY: Summary = Summary {
        files: 214,
        parsed: 31,
        skipped: 3,
        suppressed: 0,
        errors: 1,
        warnings: 0,
        fixable: 1,
        fixed: 0,
        duration_ms: 38,
    };

    /// What a program reads.
    fn parsed(findings: &[Finding], files: &[SourceFile]) -> Value {
        let text = written(|out| json(findings, files, &SUMMARY, None, out));
        serde_json::from_str(&text).expect("the output is JSON")
    }

    #[test]
    fn a_finding_with_a_fix_has_every_key_in_order() {
        let files = [source("src/runtime/request-cache.ts", RELAY)];
        let findings = [relay(&files[0])];
        insta::assert_snapshot!(written(|out| json(&findings, &files, &SUMMARY, None, out)), @r#"
        {
          "version": 1,
          "findings": [
            {
              "rule": "unbounded-collection",
              "severity": "error",
              "confidence": "high",
              "message": "module-scope `Map` keyed by objects never forgets a key: `requestCachesByEnvironment`",
              "help": "use a `WeakMap`: keys are objects and the map is only read with get, has and set",
              "path": "src/runtime/request-cache.ts",
              "line": 3,
              "column": 7,
              "endLine": 3,
              "endColumn": 33,
              "binding": "requestCachesByEnvironment",
              "collection": "Map",
              "scope": "module",
              "key": "object",
              "evidence": [
                {
                  "for": true,
                  "text": "key is an object"
                },
                {
                  "for": true,
                  "text": "`getRequestCache` is exported"
                },
                {
                  "for": false,
                  "text": "the key may be a singleton"
                }
              ],
              "related": [
                {
                  "path": "src/runtime/request-cache.ts",
                  "line": 9,
                  "column": 5,
                  "endLine": 9,
                  "endColumn": 62,
                  "message": "grows here: one entry per `environment`, and nothing removes one"
                }
              ],
              "fix": {
                "safe": true,
                "edits": [
                  {
                    "path": "src/runtime/request-cache.ts",
                    "start": 80,
                    "end": 83,
                    "text": "WeakMap"
                  }
                ]
              },
              "heap": null,
              "fingerprint": "3870cdcd0d0eb2e3"
            }
          ],
          "summary": {
            "files": 214,
            "parsed": 31,
            "skipped": 3,
            "suppressed": 0,
            "errors": 1,
            "warnings": 0,
            "fixable": 1,
            "fixed": 0,
            "durationMs": 38
          }
        }
        "#);
    }

    #[test]
    fn absent_parts_are_null() {
        let files = [source("a.js", "const cache = {};")];
        let value = parsed(&[finding(&[&files[0]], 0, "cache")], &files);
        assert_eq!(value["findings"][0]["fix"], Value::Null);
        assert_eq!(value["findings"][0]["heap"], Value::Null);
        assert_eq!(
            value["findings"][0].as_object().map(serde_json::Map::len),
            Some(19)
        );
    }

    #[test]
    fn edits_count_the_byte_order_mark_and_columns_count_code_points() {
        let disk = format!("\u{feff}{}", RELAY.replace("const", "/* 😀 */ const"));
        let files = [source("a.ts", &disk)];
        let value = parsed(&[relay(&files[0])], &files);
        let edit = &value["findings"][0]["fix"]["edits"][0];
        assert_eq!(
            edit["start"],
            serde_json::json!(disk.find("Map<Environment"))
        );
        assert_eq!(edit["end"], serde_json::json!(disk.find("<Environment")));
        assert_eq!(value["findings"][0]["line"], 3);
        assert_eq!(value["findings"][0]["column"], 15);
    }

    #[test]
    fn a_run_without_findings_is_an_object_too() {
        let value = parsed(&[], &[]);
        assert_eq!(value["version"], 1);
        assert_eq!(value["findings"], Value::Array(Vec::new()));
        assert_eq!(value["summary"]["durationMs"], 38);
    }
}
