//! What comments cover. Which findings that concerns is told by the pages of the rules.

use super::*;
use crate::finding::{Confidence, KeyType, Scope, Severity};
use crate::source::Span;
use crate::summarize::summarize;

const RULE: &str = "unbounded-collection";

/// The suppressions of a text.
fn read(text: &str) -> (SourceFile, Suppressions) {
    let file = SourceFile::new("a.jsx".into(), "a.jsx".into(), text.into());
    let (summary, errors) = summarize(&file);
    assert_eq!(errors, [], "{text}");
    let suppressions = Suppressions::read(std::slice::from_ref(&file), &[summary.comments]);
    (file, suppressions)
}

fn at(file: &SourceFile, name: &str, rule: &'static str) -> Finding {
    let start = file.text.find(name).expect("the name is in the text") as u32;
    Finding {
        rule,
        severity: Severity::Error,
        confidence: Confidence::High,
        message: String::new(),
        help: String::new(),
        place: Place {
            file: FileIdx(0),
            span: Span {
                start,
                end: start + name.len() as u32,
            },
        },
        note: String::new(),
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

/// Which of the findings at `one`, `two`, `three` are suppressed.
fn suppressed(text: &str) -> Vec<String> {
    let (file, suppressions) = read(text);
    let names = ["one", "two", "three"].into_iter();
    let findings = names
        .filter(|name| file.text.contains(name))
        .map(|name| at(&file, name, RULE))
        .collect();
    let (_, suppressed) = suppressions.split(findings);
    suppressed
        .into_iter()
        .map(|it| it.finding.binding)
        .collect()
}

#[test]
fn each_form_covers_its_lines() {
    for (text, expected) in [
        (
            "let one; // leaklint-disable-line unbounded-collection -- r\nlet two;",
            &["one"][..],
        ),
        (
            "let one;\n// leaklint-disable-next-line unbounded-collection -- r\nlet two;\nlet three;",
            &["two"],
        ),
        (
            "let one; /* leaklint-disable-next-line unbounded-collection -- r\n more */ let two;\r\nlet three;",
            &["three"],
        ),
        (
            "let one; /* leaklint-disable unbounded-collection -- r */ let two; /* leaklint-enable */ let three;",
            &["two"],
        ),
        ("let one; // leaklint-disable -- r\nlet two;", &["two"]),
        (
            "let one, two;\n/* leaklint-disable-file -- r */",
            &["one", "two"],
        ),
        ("// leaklint-disable-next-line other -- r\nlet one;", &[]),
        ("let one; // leaklint-disable-next-line -- r", &[]),
        (
            "// leaklint-disable-next-line -- r\n\nlet one; // leaklint-disable-line -- r\rlet two;",
            &["one"],
        ),
    ] {
        assert_eq!(suppressed(text), expected, "{text}");
    }
}

#[test]
fn an_end_ends_what_it_names() {
    for (end, expected) in [
        ("leaklint-enable", &["one"][..]),
        ("leaklint-enable unbounded-collection", &["one"]),
        ("leaklint-enable unbounded-memoize", &["one", "two"]),
        (
            "leaklint-enable unbounded-memoize, unbounded-collection",
            &["one"],
        ),
    ] {
        let text = format!("// leaklint-disable {RULE} -- r\nlet one;\n/* {end} */\nlet two;");
        assert_eq!(suppressed(&text), expected, "{end}");
    }
}

#[test]
fn the_narrowest_suppression_is_the_one_that_is_used() {
    let text = "// leaklint-disable-file -- r\nlet one; // leaklint-disable-line -- r\n";
    let (file, mut suppressions) = read(text);
    suppressions.use_for([at(&file, "one", RULE)].iter());
    let problems = suppressions.problems(&[file], |_, _| false);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].place.span.start, 0);
}

#[test]
fn what_is_wrong_with_comments_is_not_for_comments_to_suppress() {
    let (file, suppressions) = read("// leaklint-disable-file -- r\nlet one;");
    let problems = suppressions.problems(&[file], |_, _| false);
    let (kept, suppressed) = suppressions.split(problems);
    assert_eq!((kept.len(), suppressed.len()), (1, 0));
}

#[test]
fn comments_are_found_wherever_the_parser_sees_them() {
    let text = "\
#!/usr/bin/env node
/** leaklint-disable-line a */ x(/* leaklint-disable-line b */);
const page = <p title='// leaklint-disable-line no'>{/* leaklint-disable-line c */}// leaklint-disable-line no</p>;
const text = `/* leaklint-disable-line no */ ${/* leaklint-disable-line d */ x}`;
(a /* leaklint-disable-line e */) => {};
/[/* leaklint-disable-line no]/;
function f() { return /* leaklint-disable-line f */ }
// leaklint-disable-line g";
    let (_, suppressions) = read(text);
    let ids = suppressions
        .comments
        .iter()
        .flat_map(|it| &it.directive.rules);
    let ids: Vec<&str> = ids.map(|named| named.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c", "d", "e", "f", "g"]);
}
