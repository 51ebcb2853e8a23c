//! Tests of the harness itself: a page that checks nothing must not pass.

use leaklint::finding::Confidence;
use libtest_mimic::{Failed, Trial};

use crate::expectation::{self, Reported};
use crate::page::Page;

/// The tests, by name.
pub(crate) fn trials() -> Vec<Trial> {
    type Test = fn() -> Result<(), Failed>;
    let tests: [(&str, Test); 6] = [
        ("annotations are read", annotations_are_read),
        (
            "an unknown word of an annotation is an error",
            unknown_words_are_errors,
        ),
        (
            "findings are compared with annotations",
            findings_are_compared,
        ),
        ("a page has the form of pages", pages_have_a_form),
        (
            "a fence that cannot be run is an error",
            unusable_fences_are_errors,
        ),
        ("fences become programs", fences_become_programs),
    ];
    tests
        .into_iter()
        .map(|(name, test)| Trial::test(format!("harness/{name}"), test))
        .collect()
}

fn equal<T: PartialEq + std::fmt::Debug>(
    input: &str,
    actual: &T,
    expected: &T,
) -> Result<(), Failed> {
    if actual == expected {
        return Ok(());
    }
    Err(format!("{input}\n  expected: {expected:?}\n  actual:   {actual:?}").into())
}

const KNOWN: [&str; 2] = ["one", "two"];

fn annotations_are_read() -> Result<(), Failed> {
    for (text, expected) in [
        ("let a = 1;", ""),
        ("let a = 1; //~", "1: one, medium or high"),
        ("let a = 1;\nlet b = 2; //~ two", "2: two, medium or high"),
        ("let a = 1; //~ high", "1: one, high"),
        ("let a = 1; //~ two low", "1: two, low"),
        ("let a = 1;\n//~^ medium", "1: one, medium"),
        ("let a = 1;\n\n//~^^", "1: one, medium or high"),
        ("let a = 1; //~ FN", "1: one, medium or high (FN)"),
        ("let a = 1; //~ FP two", "1: two, medium or high (FP)"),
        (
            "let a = 1; //~ //~ two high",
            "1: one, medium or high; 1: two, high",
        ),
    ] {
        let read = expectation::parse(text, "one", &KNOWN)?;
        let read: Vec<String> = read
            .iter()
            .map(|found| format!("{}: {}", found.line, found.describe()))
            .collect();
        equal(text, &read.join("; ").as_str(), &expected)?;
    }
    equal(
        "strip",
        &expectation::strip("a; //~ FN\n\n  b;\n//~^").as_str(),
        &"a;\n\n  b;\n\n",
    )
}

fn unknown_words_are_errors() -> Result<(), Failed> {
    for text in [
        "a //~ three",
        "a //~ High",
        "a //~~",
        "a //~ FN,",
        "a //~^",
        "a\n//~^^",
    ] {
        if expectation::parse(text, "one", &KNOWN).is_ok() {
            return Err(format!("accepted: {text}").into());
        }
    }
    Ok(())
}

fn findings_are_compared() -> Result<(), Failed> {
    use Confidence::{High, Low, Medium};
    for (text, confidence, expected) in [
        ("a", None, ""),
        ("a", Some(Low), ""),
        ("a", Some(Medium), "unexpected"),
        ("a", Some(High), "unexpected"),
        ("a //~", None, "not reported"),
        ("a //~", Some(Low), "not reported"),
        ("a //~", Some(Medium), ""),
        ("a //~", Some(High), ""),
        ("a //~ high", Some(Medium), "not reported, unexpected"),
        ("a //~ medium", Some(Medium), ""),
        ("a //~ low", Some(Low), ""),
        ("a //~ low", None, "not reported"),
        ("a //~ two", Some(High), "not reported, unexpected"),
        ("\na //~", Some(High), "unexpected, not reported"),
        ("a //~ FN", None, ""),
        ("a //~ FN", Some(Low), ""),
        ("a //~ FN", Some(Medium), "reported at last"),
        ("a //~ FP", Some(Medium), ""),
        ("a //~ FP", Some(Low), "no longer reported"),
        ("a //~ FP", None, "no longer reported"),
    ] {
        let reported: Vec<Reported> = confidence
            .into_iter()
            .map(|confidence| Reported {
                line: 1,
                rule: "one".into(),
                confidence,
                message: String::new(),
            })
            .collect();
        let problems = expectation::compare(&expectation::parse(text, "one", &KNOWN)?, &reported);
        let heads: Vec<&str> = problems
            .iter()
            .map(|(_, problem)| problem.split(':').next().unwrap_or_default())
            .collect();
        equal(
            &format!("{text} with {confidence:?}"),
            &heads.join(", ").as_str(),
            &expected,
        )?;
    }
    Ok(())
}

/// A page that is well formed but for what `change` replaces.
fn page_with(change: (&str, &str)) -> String {
    let page = "# one\n\nSomething grows\n\n## Reported\n\nIt grows.\n\n```js\na; //~\n```\n\n\
                ## Not reported\n\n### When it shrinks\n\n```js\nb;\n```\n\n## Limits\n\n```js\nc; //~ FN\n```\n";
    page.replacen(change.0, change.1, 1)
}

fn pages_have_a_form() -> Result<(), Failed> {
    for (change, expected) in [
        (("", ""), None),
        (("It grows.", "It grows, see `a. B`."), None),
        (("# one", "# two"), Some("the title is not")),
        (("Something grows\n", ""), Some("no summary")),
        (
            ("Something grows", "Something grows."),
            Some("ends with a stop"),
        ),
        (
            ("Something grows", "Something\ngrows"),
            Some("more than one line"),
        ),
        (
            ("## Reported", "## Found"),
            Some("no example under `## Reported`"),
        ),
        (
            ("## Not reported", "## Silent"),
            Some("no example under `## Not reported`"),
        ),
        (
            ("```js\na; //~\n```", ""),
            Some("no example under `## Reported`"),
        ),
        (
            ("## Limits", "## Bounds"),
            Some("`Bounds` is not among the headings"),
        ),
        (
            ("## Limits", "## Why it leaks"),
            Some("do not stand in the order"),
        ),
        (
            ("## Limits", "### When it shrinks"),
            Some("the same heading"),
        ),
        (("It grows.", "It grows. It stays."), Some("two sentences")),
    ] {
        let problems = Page::parse("rules/one.md", &page_with(change))?.problems("one");
        let as_expected = match expected {
            Some(expected) => problems.iter().any(|problem| problem.contains(expected)),
            None => problems.is_empty(),
        };
        if !as_expected {
            return Err(
                format!("{change:?}\n  expected: {expected:?}\n  actual:   {problems:?}").into(),
            );
        }
    }
    Ok(())
}

fn unusable_fences_are_errors() -> Result<(), Failed> {
    for (change, expected) in [
        (("```js\na", "```js fix\na"), "`fix` is no attribute"),
        (("c; //~ FN\n```", "c; //~ FN"), "has no end"),
        (("```js\na", "```js fixed\na"), "nothing to fix"),
        (("```js\na", "```js unsafe\na"), "`unsafe` is no attribute"),
        (
            (
                "a; //~\n```\n",
                "a;\n```\n\n```js file=a.js\n```\n\n```js file=a.js\n```\n",
            ),
            "two fences",
        ),
    ] {
        match Page::parse("rules/one.md", &page_with(change)) {
            Err(problem) if problem.contains(expected) => {}
            other => {
                return Err(
                    format!("{change:?}\n  expected: {expected}\n  actual:   {other:?}").into(),
                );
            }
        }
    }
    Ok(())
}

fn fences_become_programs() -> Result<(), Failed> {
    for (fences, expected) in [
        ("```ts\n```", "one/reported/1: fence.ts"),
        (
            "```flow\n```\n```tsx\n```",
            "one/reported/1: fence.js; one/reported/2: fence.tsx",
        ),
        ("```console\n```\n```json\n```", ""),
        (
            "```ts file=a.ts\n```\n```json file=package.json\n```",
            "one/reported: a.ts package.json",
        ),
        (
            "### A, b\n```js\n```\n### C\n```js\n```",
            "one/reported/a-b/1: fence.js; one/reported/c/1: fence.js",
        ),
        ("### Output\n```js\n```", ""),
        (
            "```js\na\n```\n```js fixed\nb\n```",
            "one/reported/1: fence.js=b",
        ),
        (
            "```js\na\n```\n```js fixed unsafe\nb\n```",
            "one/reported/1: fence.js=unsafe b",
        ),
        (
            "```js file=b.js\n```\n```js file=b.js fixed\nc\n```",
            "one/reported: b.js=c",
        ),
    ] {
        let page = Page::parse("rules/one.md", &format!("## Reported\n{fences}\n"))?;
        let mut programs = Vec::new();
        for program in page.programs() {
            let files = program.files.iter().map(|file| match &file.fixed {
                Some(fixed) if fixed.is_unsafe => {
                    format!("{}=unsafe {}", file.path, fixed.text.trim_end())
                }
                Some(fixed) => format!("{}={}", file.path, fixed.text.trim_end()),
                None => file.path.clone(),
            });
            programs.push(format!(
                "{}: {}",
                program.name,
                files.collect::<Vec<_>>().join(" ")
            ));
        }
        equal(fences, &programs.join("; ").as_str(), &expected)?;
    }
    Ok(())
}
