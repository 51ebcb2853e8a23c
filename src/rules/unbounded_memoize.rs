//! `rules/unbounded-memoize.md` says what this rule reports and why.

mod bounds;
mod cure;
mod keys;
mod weigh;
mod wording;

use super::Rule;
use crate::finding::{Confidence, Finding, Label, Severity, Silence};
use crate::program::{Domain, Memo, Program, Source};
use crate::summary::FunctionIdx;

pub(super) static RULE: Rule = Rule {
    id: super::UNBOUNDED_MEMOIZE,
    severity: Severity::Error,
    fixable: false,
    page: include_str!("../../rules/unbounded-memoize.md"),
    judge,
};

fn judge(program: &Program) -> Vec<Finding> {
    let mut found: Vec<(Option<FunctionIdx>, Finding)> = Vec::new();
    for memo in program.memos() {
        let Ok(remembered) = growing(program, memo) else {
            continue;
        };
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

/// Why what a memoized function keeps is harmless.
enum Harmless {
    /// It has a limit, or is emptied.
    Limited,
    /// No calls bring keys that keep changing.
    Still,
    /// There are few keys.
    Bounded(&'static str),
}

/// What a memoized function keeps, if that may grow.
fn growing(program: &Program, memo: &Memo) -> Result<keys::Remembered, Harmless> {
    if bounds::is_bounded(program, memo) {
        return Err(Harmless::Limited);
    }
    let remembered = keys::remembered(program, memo).ok_or(Harmless::Still)?;
    match remembered.key.domain {
        Domain::Bounded(by) => Err(Harmless::Bounded(by)),
        _ => Ok(remembered),
    }
}

/// Why the rule says nothing of a memoized function; none if it reports it.
pub(super) fn silence(program: &Program, memo: &Memo) -> Option<Silence> {
    let harmless = growing(program, memo).err()?;
    Some(Silence {
        text: wording::harmless(&harmless),
        place: None,
    })
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
        fix: cure::fix(program, memo),
        heap: None,
        allocated: None,
    }
}
