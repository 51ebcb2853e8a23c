//! `rules/unbounded-memoize.md` says what this rule reports and why.

mod bounds;
mod keys;
mod weigh;
mod wording;

use super::Rule;
use crate::finding::{Confidence, Finding, Label, Severity};
use crate::program::{Domain, Memo, Program};

pub(super) static RULE: Rule = Rule {
    id: "unbounded-memoize",
    severity: Severity::Error,
    fixable: false,
    page: include_str!("../../rules/unbounded-memoize.md"),
    judge,
};

fn judge(program: &Program) -> Vec<Finding> {
    program
        .memos()
        .filter(|memo| !bounds::is_bounded(program, memo))
        .filter_map(|memo| {
            let remembered = keys::remembered(program, memo)?;
            let is_growing = !matches!(remembered.key.domain, Domain::Bounded(_));
            is_growing.then(|| report(program, memo, &remembered))
        })
        .collect()
}

fn report(program: &Program, memo: &Memo, remembered: &keys::Remembered) -> Finding {
    let (confidence, evidence) = weigh::weigh(program, memo, remembered);
    let mut labels: Vec<Label> = remembered
        .calls
        .iter()
        .map(|call| Label {
            place: program.place(call.op),
            text: wording::grows_here(program, call),
        })
        .collect();
    labels.sort();
    labels.dedup();
    Finding {
        rule: RULE.id,
        severity: if confidence == Confidence::High {
            Severity::Error
        } else {
            Severity::Warning
        },
        confidence,
        message: wording::message(program, memo, remembered),
        help: wording::help(program, memo, remembered),
        place: program.place(memo.made),
        note: wording::note(memo),
        binding: wording::name(program, memo),
        collection: wording::helper(program, memo),
        scope: memo.scope,
        key: remembered.key.of,
        evidence,
        labels,
        fix: None,
    }
}
