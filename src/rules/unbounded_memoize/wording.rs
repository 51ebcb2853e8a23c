//! What the rule says, apart from when it says it.

use super::Harmless;
use super::keys::{Call, Remembered};
use crate::finding::{KeyType, Scope};
use crate::program::{Compared, Domain, Given, Library, Memo, Program, Source};
use crate::rules::evidence::name_of;
use crate::summary::{OpIdx, OpKind};

pub(super) fn message(program: &Program, memo: &Memo, remembered: &Remembered) -> String {
    let name = name(program, memo);
    let what = if memo.is_method() {
        "method"
    } else {
        "function"
    };
    match remembered.key {
        key if matches!(key.domain, Domain::FreshObject(_)) && key.of == KeyType::Object => {
            format!("memoized {what} keeps a result per call and never finds one again: `{name}`")
        }
        key if key.of == KeyType::Object => {
            format!("memoized {what} keeps each object it was called with: `{name}`")
        }
        _ => format!("memoized {what} never forgets a result: `{name}`"),
    }
}

/// Why nothing is reported.
pub(super) fn harmless(harmless: &Harmless) -> String {
    match harmless {
        Harmless::Limited => "what it keeps has a limit or is emptied".to_owned(),
        Harmless::Still => "no call that was found brings it other keys again and again".to_owned(),
        Harmless::Bounded(reason) => format!("its keys are bounded ({reason})"),
    }
}

pub(super) fn note(memo: &Memo) -> String {
    match memo.scope {
        Scope::Closure => {
            "its results are kept by a closure for as long as the process lives".to_owned()
        }
        Scope::Field => {
            "its results live as long as its only instance: as long as the process".to_owned()
        }
        _ => "its results live as long as the process".to_owned(),
    }
}

pub(super) fn grows_here(program: &Program, call: &Call) -> String {
    let what = match call.arg.and_then(|arg| name_of(program, arg)) {
        Some(name) => format!("one result per `{name}`"),
        None => "one result per key".to_owned(),
    };
    match call.key.domain {
        Domain::Fresh(reason) | Domain::FreshObject(reason) => {
            format!("grows here: {what} ({reason}), and nothing removes one")
        }
        _ => format!("grows here: {what}, and nothing removes one"),
    }
}

/// Another function that the same helper made.
pub(super) fn so_does(name: &str) -> String {
    format!("so does `{name}`")
}

/// The name of the function that remembers; failing that, of what makes it.
pub(super) fn name(program: &Program, memo: &Memo) -> String {
    memo.binding
        .clone()
        .unwrap_or_else(|| helper(program, memo))
}

/// The name of what makes the function remember, as written.
pub(super) fn helper(program: &Program, memo: &Memo) -> String {
    fn called(program: &Program, op: OpIdx, depth: u32) -> Option<String> {
        match *program.code.kind(op) {
            OpKind::Call { callee, .. } if depth < 4 => called(program, callee, depth + 1),
            OpKind::Member { object, name } if program.text(name) == "default" => {
                name_of(program, object)
            }
            _ => name_of(program, op),
        }
    }
    called(program, memo.made, 0).unwrap_or_else(|| "memoize".to_owned())
}

pub(super) fn help(program: &Program, memo: &Memo, remembered: &Remembered) -> String {
    let helper = helper(program, memo);
    let is_fresh = matches!(remembered.key.domain, Domain::FreshObject(_))
        && remembered.key.of == KeyType::Object;
    let key = match memo.source {
        Source::Library(library) if is_fresh && !remembered.is_resolved => resolver(library),
        _ => None,
    };
    if let Some(key) = key {
        return format!(
            "{key} that makes the key from what the argument says, and {}",
            bound(memo, &helper)
        );
    }
    if is_fresh {
        return format!(
            "pass what stays the same between calls, or do not memoize; else {}",
            bound(memo, &helper)
        );
    }
    if remembered.key.of == KeyType::Object {
        return format!(
            "keep results in a `WeakMap` keyed by the object, or {}",
            bound(memo, &helper)
        );
    }
    bound(memo, &helper)
}

/// How to bound what is kept.
fn bound(memo: &Memo, helper: &str) -> String {
    let Source::Library(library) = memo.source else {
        return format!(
            "evict the oldest result in `{helper}` beyond a limit, or call `{helper}` where the request or instance is that needs the results"
        );
    };
    if let Some(option) = library.bounds.first() {
        return match *option {
            Given::Option(_, name) => match name {
                "cache" => format!("give `{helper}` a `cache` that evicts, such as an LRU cache"),
                "maxAge" | "expirationTimeMs" => {
                    format!("give `{helper}` an age limit: `{{ {name}: … }}`")
                }
                "tags" => format!(
                    "give `{helper}` `tags` and `clear` them, or keep results in a cache that evicts"
                ),
                _ => format!("give `{helper}` a limit: `{{ {name}: … }}`"),
            },
            Given::Argument(_) => format!("give `{helper}` a limit: `{helper}(100)`"),
        };
    }
    if library.has_cache {
        return format!(
            "`{helper}` has no limit: put a cache that evicts into the function's `cache`, or use a helper with a limit"
        );
    }
    format!("`{helper}` has no limit: use a helper that has one, or an LRU cache")
}

/// How to make keys.
fn resolver(library: &Library) -> Option<String> {
    // By text, another object with the same parts is found again.
    if library.compared != Compared::Itself {
        return None;
    }
    library.resolvers.first().map(|given| match *given {
        Given::Argument(position) => format!(
            "pass a resolver as {} argument",
            if position == 0 { "first" } else { "second" }
        ),
        Given::Option(_, name) => format!("pass `{name}`: a function"),
    })
}
