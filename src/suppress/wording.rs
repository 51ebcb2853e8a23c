//! What is said of suppressions: messages, notes and help.
//!
//! Must not decide what is said.

use super::directive::{self, Directive, Kind, Misspelt, Named};
use crate::finding::{Confidence, Finding, Fix, KeyType, Scope, Severity};
use crate::rules;
use crate::source::{FileIdx, Place, Span};

/// It suppresses the rules at `unused` in vain.
pub(super) fn unused(file: FileIdx, directive: &Directive, unused: &[usize], fix: Fix) -> Finding {
    let named = unused.iter().filter_map(|at| directive.rules.get(*at));
    let ids: Vec<&str> = named.map(|named| named.id.as_str()).collect();
    let is_whole = ids.len() == directive.rules.len();
    let subject = if ids.is_empty() {
        "all rules".to_owned()
    } else {
        list(&ids)
    };
    Finding {
        message: format!("suppression that suppresses nothing: {subject}"),
        help: if is_whole {
            "remove the comment".to_owned()
        } else {
            format!("take {subject} out of the comment")
        },
        note: match directive.kind {
            Kind::NextLine => "there is no such finding on the next line",
            Kind::Line => "there is no such finding on this line",
            Kind::Begin => "there is no such finding from here on",
            Kind::File | Kind::End => "there is no such finding in this file",
        }
        .to_owned(),
        binding: ids.join(", "),
        fix: Some(fix),
        ..finding(rules::UNUSED_SUPPRESSION, file, directive.span)
    }
}

/// A `leaklint-enable` without a `leaklint-disable`.
pub(super) fn ends_nothing(end: Place, fix: Fix) -> Finding {
    Finding {
        message: "`leaklint-enable` that ends nothing".to_owned(),
        help: "remove the comment".to_owned(),
        note: "no `leaklint-disable` for it is open here".to_owned(),
        binding: Kind::End.word().to_owned(),
        fix: Some(fix),
        ..finding(rules::UNUSED_SUPPRESSION, end.file, end.span)
    }
}

/// It does not say why.
pub(super) fn without_reason(file: FileIdx, directive: &Directive) -> Finding {
    let ids: Vec<&str> = directive
        .rules
        .iter()
        .map(|named| named.id.as_str())
        .collect();
    let word = directive.kind.word();
    let example = match ids.join(", ") {
        ids if ids.is_empty() => word.to_owned(),
        ids => format!("{word} {ids}"),
    };
    let subject = if ids.is_empty() {
        "all rules".to_owned()
    } else {
        list(&ids)
    };
    Finding {
        message: format!("suppression without a reason: {subject}"),
        help: format!("say after two hyphens why this does no harm: `{example} -- …`"),
        note: if directive.has_stray_words {
            "names of rules are followed by a comma or by ` -- `"
        } else {
            "suppresses, and does not say why"
        }
        .to_owned(),
        binding: ids.join(", "),
        ..finding(rules::INVALID_SUPPRESSION, file, directive.span)
    }
}

/// It names what is no rule.
pub(super) fn unknown(file: FileIdx, named: &Named) -> Finding {
    Finding {
        message: format!("suppression of a rule that does not exist: `{}`", named.id),
        help: match directive::meant(&named.id) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`leaklint rules` lists those that there are".to_owned(),
        },
        note: "no rule has this name".to_owned(),
        binding: named.id.clone(),
        ..finding(rules::INVALID_SUPPRESSION, file, named.span)
    }
}

/// A comment that begins like one that suppresses.
pub(super) fn misspelt(file: FileIdx, wrong: &Misspelt) -> Finding {
    let Misspelt { word, span, meant } = wrong;
    Finding {
        message: format!("comment that suppresses nothing: `{word}`"),
        help: format!("did you mean `{meant}`?"),
        note: "no suppression begins like this".to_owned(),
        binding: word.clone(),
        ..finding(rules::INVALID_SUPPRESSION, file, *span)
    }
}

/// `a`, `b`
fn list(ids: &[&str]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    quoted.join(", ")
}

/// A finding on a comment, without words.
fn finding(rule: &'static str, file: FileIdx, span: Span) -> Finding {
    Finding {
        rule,
        severity: Severity::Warning,
        confidence: Confidence::Medium,
        message: String::new(),
        help: String::new(),
        place: Place { file, span },
        note: String::new(),
        binding: String::new(),
        collection: String::new(),
        scope: Scope::Module,
        key: KeyType::Unknown,
        evidence: Vec::new(),
        labels: Vec::new(),
        fix: None,
        heap: None,
        allocated: None,
    }
}
