//! What leaklint says of its own rules: their list and their pages.
//!
//! Knows pages as Markdown. Must not know what a rule judges.

use serde::Serialize;

use crate::finding::Severity;
use crate::rules::{self, Rule};

/// There is no rule of that name.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule `{name}`{}", suggestion(*.closest))]
pub struct UnknownRule {
    /// What was asked for.
    pub name: String,
    /// The rule that was most likely meant.
    pub closest: Option<&'static str>,
}

/// The page of a rule, Markdown.
///
/// # Errors
/// With the closest name where there is no such rule.
pub fn page(name: &str) -> Result<&'static str, UnknownRule> {
    rule(name).map(|rule| rule.page)
}

/// The id of a rule, by the name that someone gave.
///
/// # Errors
/// With the closest name where there is no such rule.
pub fn id(name: &str) -> Result<&'static str, UnknownRule> {
    rule(name).map(|rule| rule.id)
}

fn rule(name: &str) -> Result<&'static Rule, UnknownRule> {
    // Output and suppressions show a rule as `leaklint::id`; that gets copied.
    let id = name.strip_prefix("leaklint::").unwrap_or(name);
    rules::find(id).ok_or_else(|| {
        let ids = rules::all().iter().map(|rule| rule.id);
        UnknownRule {
            name: name.to_owned(),
            closest: closest(id, ids),
        }
    })
}

/// The rules as a table for people, a line each.
pub fn list() -> String {
    let rules = rules::all();
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let line = |rule: &&Rule| {
        let severity = match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let fixable = if rule.fixable { "fixable" } else { "" };
        format!(
            "{:width$}  {severity:7}  {fixable:7}  {}\n",
            rule.id,
            summary(rule.page)
        )
    };
    rules.iter().map(line).collect()
}

/// The rules as JSON: a list of `{ id, severity, fixable, summary }`.
///
/// # Errors
/// Never in practice: the list has nothing that JSON cannot say.
pub fn list_json() -> serde_json::Result<String> {
    #[derive(Serialize)]
    struct Row {
        id: &'static str,
        severity: Severity,
        fixable: bool,
        summary: String,
    }
    let row = |rule: &&Rule| Row {
        id: rule.id,
        severity: rule.severity,
        fixable: rule.fixable,
        summary: summary(rule.page),
    };
    let rows: Vec<Row> = rules::all().iter().map(row).collect();
    serde_json::to_string_pretty(&rows).map(|json| json + "\n")
}

/// The first paragraph after the title, on one line.
pub(crate) fn summary(page: &str) -> String {
    let body = page
        .lines()
        .skip_while(|line| line.starts_with("# ") || line.trim().is_empty());
    let paragraph: Vec<&str> = body
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    paragraph.join(" ")
}

fn suggestion(closest: Option<&'static str>) -> String {
    closest.map_or_else(
        || "; `leaklint rules` lists them".to_owned(),
        |id| format!("; did you mean `{id}`?"),
    )
}

/// The name that is a few typing mistakes, or the rest of its words, away.
pub(crate) fn closest<'a>(name: &str, ids: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase().replace('_', "-");
    let distance = |id: &str| {
        if !name.is_empty() && id.contains(&name) {
            1
        } else {
            edits(&name, id)
        }
    };
    ids.map(|id| (distance(id), id))
        .min()
        .filter(|&(distance, id)| distance <= id.len() / 3)
        .map(|(_, id)| id)
}

/// How many characters have to be inserted, removed or replaced (Levenshtein's distance).
fn edits(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (index, from) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], index + 1);
        for (at, to) in right.chars().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[right.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::{closest, edits, summary};

    #[test]
    fn edits_are_counted() {
        for (left, right, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ab", "ba", 2),
            ("é", "e", 1),
        ] {
            assert_eq!(edits(left, right), expected, "{left:?} {right:?}");
        }
    }

    #[test]
    fn a_slip_or_a_part_of_a_name_finds_it() {
        let ids = [
            "unbounded-collection",
            "write-only-collection",
            "growing-listener",
        ];
        let check = |name, expected| assert_eq!(closest(name, ids.into_iter()), expected, "{name}");
        check("unbounded-colection", Some("unbounded-collection"));
        check("Unbounded_Collection", Some("unbounded-collection"));
        check("listener", Some("growing-listener"));
        check("no-console", None);
        check("", None);
    }

    #[test]
    fn the_summary_is_the_first_paragraph() {
        assert_eq!(
            summary("# id\n\nOne line\nand more.\n\n## Next\n"),
            "One line and more."
        );
        assert_eq!(summary("# id\n"), "");
    }
}
