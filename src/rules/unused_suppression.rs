//! `rules/unused-suppression.md` says what this rule reports and why. The judgment is in `suppress`.

use super::{Rule, UNUSED_SUPPRESSION, later};
use crate::finding::Severity;

pub(super) static RULE: Rule = Rule {
    id: UNUSED_SUPPRESSION,
    severity: Severity::Warning,
    fixable: true,
    page: include_str!("../../rules/unused-suppression.md"),
    judge: later,
};
