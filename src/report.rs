//! Findings as text: for people, for editors' error parsers, for programs.
//!
//! Knows formats and places in files. Must not know how a finding was judged; a format reads a [`Finding`] and adds
//! nothing to what it says.

mod agent;
mod compact;
mod github;
mod gitlab;
mod human;
mod json;
mod paths;
mod sarif;
pub mod snapshot;
mod xml;

use std::collections::BTreeMap;

pub use agent::{AGENT_VARIABLES, agent, is_agent};
pub use compact::compact;
pub use github::github;
pub use gitlab::gitlab;
pub use human::{Human, human};
pub use json::{Summary, json};
pub use paths::Paths;
pub use sarif::sarif;
pub use xml::{checkstyle, junit};

use crate::{
    finding::Finding,
    source::{Place, SourceFile},
};

/// An identity for each finding that survives edits elsewhere in its file: it depends on the rule, the path and the
/// binding, and on the finding's ordinal among those that share all three.
pub(crate) fn fingerprints(findings: &[Finding], files: &[SourceFile]) -> Vec<String> {
    fingerprints_by(findings, |finding| {
        file(files, finding.place).shown.as_str()
    })
}

/// The same where files are called otherwise.
fn fingerprints_by<'a>(findings: &'a [Finding], path: impl Fn(&Finding) -> &'a str) -> Vec<String> {
    let mut seen: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    findings
        .iter()
        .map(|finding| {
            let identity = (finding.rule, path(finding), finding.binding.as_str());
            let ordinal = seen.entry(identity).or_default();
            let (rule, path, binding) = identity;
            let hash = fnv1a(format!("{rule}\0{path}\0{binding}\0{ordinal}").as_bytes());
            *ordinal += 1;
            format!("{hash:016x}")
        })
        .collect()
}

/// The 64-bit FNV-1a hash (<http://www.isthe.com/chongo/tech/comp/fnv/>): the standard library promises no hash that
/// stays the same between releases, and a fingerprint is kept for months.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The file of a place. Every place was made from this list, so the index is in range.
fn file(files: &[SourceFile], place: Place) -> &SourceFile {
    &files[place.file.0 as usize]
}

/// The text with what would disturb a terminal made visible: a linted file (or its name) may hold escape sequences,
/// and characters that reverse the order of what follows.
fn visible(text: &str) -> String {
    text.chars().map(visible_char).collect()
}

/// See [`visible`]. A tab stays.
fn visible_char(c: char) -> char {
    match c {
        '\t' => c,
        // The "control pictures" block mirrors the order of ASCII.
        '\0'..='\x1f' => {
            char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        '\x7f' => '␡',
        '\u{80}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::{fixture::*, *};

    #[test]
    fn the_hash_is_fnv_1a() {
        for (input, expected) in [
            ("", 0xcbf2_9ce4_8422_2325),
            ("a", 0xaf63_dc4c_8601_ec8c),
            ("foobar", 0x8594_4171_f739_67e8),
        ] {
            assert_eq!(fnv1a(input.as_bytes()), expected, "{input:?}");
        }
    }

    #[test]
    fn a_fingerprint_survives_line_moves() {
        let before = source("a.js", "const cache = new Map();");
        let after = source("a.js", "// a comment\n\nconst cache = new Map();");
        let one = fingerprints(&[finding(&[&before], 0, "cache")], &[before]);
        let other = fingerprints(&[finding(&[&after], 0, "cache")], &[after]);
        assert_eq!(one, other);
    }

    #[test]
    fn fingerprints_differ_by_rule_path_binding_and_ordinal() {
        let files = [source("a.js", "one two"), source("b.js", "one two")];
        let of = |file, name| finding(&[&files[0], &files[1]], file, name);
        let mut findings = vec![of(0, "one"), of(0, "one"), of(0, "two"), of(1, "one")];
        findings.push(Finding {
            rule: "other-rule",
            ..of(0, "one")
        });
        let mut prints = fingerprints(&findings, &files);
        prints.sort();
        prints.dedup();
        assert_eq!(prints.len(), findings.len());
        assert!(prints.iter().all(|print| print.len() == 16));
    }

    #[test]
    fn escape_sequences_and_direction_marks_are_made_visible() {
        assert_eq!(
            visible("a\x1b[31m\t\r\n\u{202e}é\u{9b}"),
            "a␛[31m\t␍␊\u{fffd}é\u{fffd}"
        );
    }
}

#[cfg(test)]
mod odd;

/// Findings to test formats with.
#[cfg(test)]
mod fixture {
    use super::*;
    use crate::{
        finding::{Confidence, Edit, Evidence, Fix, KeyType, Label, Scope, Severity},
        source::{FileIdx, Span},
    };

    /// The article's case.
    pub(super) const RELAY: &str = "import { RequestCache } from './types';

const requestCachesByEnvironment = new Map<Environment, RequestCache>();

export function getRequestCache(environment: Environment): RequestCache {
  let requestCache = requestCachesByEnvironment.get(environment);
  if (!requestCache) {
    requestCache = new Map();
    requestCachesByEnvironment.set(environment, requestCache);
  }
  return requestCache;
}
";

    pub(super) fn source(path: &str, text: &str) -> SourceFile {
        SourceFile::new(path.into(), path.into(), text.into())
    }

    /// The place of the first `needle` in a file.
    pub(super) fn place(files: &[&SourceFile], file: u32, needle: &str) -> Place {
        let start = files[file as usize]
            .text
            .find(needle)
            .expect("the needle is in the text") as u32;
        Place {
            file: FileIdx(file),
            span: Span {
                start,
                end: start + needle.len() as u32,
            },
        }
    }

    pub(super) fn label(place: Place, text: &str) -> Label {
        Label {
            place,
            text: text.into(),
        }
    }

    /// A bare finding at the first place of `name` in a file.
    pub(super) fn finding(files: &[&SourceFile], file: u32, name: &str) -> Finding {
        Finding {
            rule: "unbounded-collection",
            severity: Severity::Warning,
            confidence: Confidence::Medium,
            message: format!("module-scope `Map` only grows: `{name}`"),
            help: "remove entries, or bound the map".into(),
            place: place(files, file, name),
            note: "lives as long as the process".into(),
            binding: name.into(),
            collection: "Map".into(),
            scope: Scope::Module,
            key: KeyType::Unknown,
            evidence: Vec::new(),
            labels: Vec::new(),
            fix: None,
            heap: None,
            allocated: None,
        }
    }

    /// The finding of [`RELAY`].
    pub(super) fn relay(file: &SourceFile) -> Finding {
        let name = "requestCachesByEnvironment";
        Finding {
            severity: Severity::Error,
            confidence: Confidence::High,
            message: format!("module-scope `Map` keyed by objects never forgets a key: `{name}`"),
            help:
                "use a `WeakMap`: keys are objects and the map is only read with get, has and set"
                    .into(),
            key: KeyType::Object,
            evidence: vec![
                Evidence {
                    speaks_for: true,
                    text: "key is an object".into(),
                },
                Evidence {
                    speaks_for: true,
                    text: "`getRequestCache` is exported".into(),
                },
                Evidence {
                    speaks_for: false,
                    text: "the key may be a singleton".into(),
                },
            ],
            labels: vec![label(
                place(
                    &[file],
                    0,
                    "requestCachesByEnvironment.set(environment, requestCache)",
                ),
                "grows here: one entry per `environment`, and nothing removes one",
            )],
            fix: Some(Fix {
                safe: true,
                edits: vec![Edit {
                    place: place(&[file], 0, "Map<").shortened(1),
                    text: "WeakMap".into(),
                }],
            }),
            ..finding(&[file], 0, name)
        }
    }

    impl Place {
        /// The place without its last bytes.
        fn shortened(mut self, bytes: u32) -> Self {
            self.span.end -= bytes;
            self
        }
    }

    /// What a format writes.
    pub(super) fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("formats write UTF-8")
    }
}
