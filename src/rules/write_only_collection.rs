//! `rules/write-only-collection.md` says what this rule reports and why.

mod cure;

use super::unbounded_collection::{self, Growth};
use super::{Rule, evidence};
use crate::finding::{Confidence, Evidence, Finding, Severity};
use crate::program::{Collection, Program, Shape};

pub(super) static RULE: Rule = Rule {
    id: "write-only-collection",
    severity: Severity::Error,
    fixable: true,
    page: include_str!("../../rules/write-only-collection.md"),
    judge,
};

fn judge(program: &Program) -> Vec<Finding> {
    program
        .collections()
        .iter()
        .filter(|collection| collection.is_unread)
        .filter_map(|collection| {
            Growth::of(program, collection).map(|growth| Finding {
                fix: cure::fix(program, collection),
                ..report(program, collection, &growth)
            })
        })
        .collect()
}

/// What is never looked at is of no use, whatever its keys are.
fn weigh(
    program: &Program,
    collection: &Collection,
    growth: &Growth,
) -> (Confidence, Vec<Evidence>) {
    let mut scale = evidence::Scale::new();
    scale.say(40, "nothing ever reads it");
    if program.is_offered(collection) {
        scale.say(-55, "its file exports it, and importers may read it");
    }
    if program.is_made_per_call(collection) {
        let (weight, text) = evidence::MADE_PER_CALL;
        scale.say(weight, text);
    }
    if growth.is_development {
        let (weight, text) = evidence::IN_DEVELOPMENT;
        scale.say(weight, text);
    }
    if growth.has_few_keys(program) {
        scale.say(
            -60,
            "its keys are few, by their names or by what they are used for",
        );
    }
    scale.by_module(program, program.place(collection.allocation), false);
    scale.done()
}

fn report(program: &Program, collection: &Collection, growth: &Growth) -> Finding {
    let (confidence, evidence) = weigh(program, collection, growth);
    Finding {
        rule: RULE.id,
        severity: if confidence == Confidence::High {
            Severity::Error
        } else {
            Severity::Warning
        },
        confidence,
        message: message(collection),
        help: help(collection),
        evidence,
        ..unbounded_collection::report(program, collection, growth)
    }
}

fn message(collection: &Collection) -> String {
    let what = match collection.shape {
        Shape::Map => "`Map`",
        Shape::Set => "`Set`",
        Shape::Array => "array",
        Shape::Object => "object used as a dictionary",
    };
    format!(
        "{what} is only ever added to and never read: `{}`",
        collection.binding
    )
}

fn help(collection: &Collection) -> String {
    format!(
        "delete `{}` and what adds to it: nothing reads it",
        collection.binding
    )
}
