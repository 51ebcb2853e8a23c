//! The rules, sorted by id: each judges the facts of a program.
//!
//! A rule does no IO, cannot fail, and knows neither syntax trees nor how its findings are rendered.

pub mod copies;
mod evidence;
mod invalid_suppression;
mod unbounded_collection;
mod unbounded_memoize;
mod unused_suppression;
mod words;
mod write_only_collection;

use crate::finding::{Finding, Severity, Silence};
use crate::program::{Collection, Memo, Program, Shape};

/// One judgment of collections.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case name of the bad pattern.
    pub id: &'static str,
    /// What a finding of high confidence does to the exit code by default.
    pub severity: Severity,
    /// Whether some findings carry a fix.
    pub fixable: bool,
    /// The manual page, Markdown.
    pub page: &'static str,
    /// Says what the rule finds.
    pub judge: fn(&Program) -> Vec<Finding>,
}

static RULES: &[&Rule] = &[
    &invalid_suppression::RULE,
    &unbounded_collection::RULE,
    &unbounded_memoize::RULE,
    &unused_suppression::RULE,
    &write_only_collection::RULE,
];

/// The rule on comments that suppress and are ill-formed.
pub(crate) const INVALID_SUPPRESSION: &str = "invalid-suppression";

/// The rule on memoized functions.
pub(crate) const UNBOUNDED_MEMOIZE: &str = "unbounded-memoize";

/// The rule on comments that suppress nothing.
pub(crate) const UNUSED_SUPPRESSION: &str = "unused-suppression";

/// For rules on comments, which [`crate::suppress`] judges when the findings of all others are known.
fn later(_: &Program) -> Vec<Finding> {
    Vec::new()
}

/// Whether the rule is about comments, not collections.
pub(crate) fn is_on_comments(id: &str) -> bool {
    [INVALID_SUPPRESSION, UNUSED_SUPPRESSION].contains(&id)
}

/// All rules, sorted by id.
pub fn all() -> &'static [&'static Rule] {
    RULES
}

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().iter().copied().find(|rule| rule.id == id)
}

/// Why no rule says anything of a collection; none if one does.
pub fn silent_reason(program: &Program, collection: &Collection) -> Option<Silence> {
    unbounded_collection::silence(program, collection)
}

/// Why no rule says anything of a memoized function; none if one does.
pub fn silent_memo(program: &Program, memo: &Memo) -> Option<Silence> {
    unbounded_memoize::silence(program, memo)
}

/// What a collection is called in messages.
pub(crate) fn shape(shape: Shape) -> &'static str {
    unbounded_collection::shape(shape)
}
