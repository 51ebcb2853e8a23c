//! `rules/unbounded-memoize.md` says what this rule reports and why.

mod bounds;
mod keys;
mod weigh;
mod wording;

use super::Rule;
use crate::finding::{Confidence, Finding, Label, Severity};
use crate::program::{Domain, Memo, Program, Source};
use crate::summary::FunctionIdx;

pub(super) static RULE: Rule = Rule {
    id: "unbounded-memoize",
    severity: Severity::Error,
    fixable: false,
    page: include_str!("../../rules/unbounded-memoize.md"),
    judge,
};

fn judge(program: &Program) -> Vec<Finding> {
    let mut found: Vec<(Option<FunctionIdx>, Finding)> = Vec::new();
    for memo in program.memos() {
        if bounds::is_bounded(program, memo) {
            continue;
        }
        let Some(remembered) = keys::remembered(program, memo) else {
            continue;
        };
        if matches!(remembered.key.domain, Domain::Bounded(_)) {
            continue;
        }
        let finding = report(program, memo, &remembered);
        let helper = match memo.source {
            Source::Own(helper) => Some(helper.function),
            Source::Library(_) => None,
        };
        // A helper of the program is one cause, and is mended in one place.
        let first = found.iter_mut().find(|(other, first)| {
            helper.is_some()
                && *other == helper
                && first.confidence == finding.confidence
                && first.place.file == finding.place.file
        });
        if let Some((_, first)) = first {
            first.labels.push(Label {
                place: finding.place,
                text: wording::so_does(&finding.binding),
            });
            first.labels.sort();
        } else {
            found.push((helper, finding));
        }
    }
    found.into_iter().map(|(_, finding)| finding).collect()
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
        heap: None,
        allocated: None,
    }
}
