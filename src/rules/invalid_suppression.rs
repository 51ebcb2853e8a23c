//! `rules/invalid-suppression.md` says what this rule reports and why. The judgment is in `suppress`.

use super::{INVALID_SUPPRESSION, Rule, later};
use crate::finding::Severity;

pub(super) static RULE: Rule = Rule {
    id: INVALID_SUPPRESSION,
    severity: Severity::Warning,
    fixable: false,
    page: include_str!("../../rules/invalid-suppression.md"),
    judge: later,
};
