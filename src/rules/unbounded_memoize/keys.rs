//! Under what keys a memoized function keeps results, and which calls bring them.

use super::bounds::{Said, said};
use crate::finding::KeyType;
use crate::program::{Compared, Domain, Key, KeyFrom, Memo, Program, Source};
use crate::summary::{BindingIdx, FunctionIdx, OpIdx, OpKind};

/// What a memoized function keeps.
pub(super) struct Remembered {
    /// What is known of its keys.
    pub(super) key: Key,
    /// The calls that bring keys which keep changing.
    pub(super) calls: Vec<Call>,
    /// The parameter that is the key, where the function and its key are known.
    pub(super) param: Option<BindingIdx>,
    /// Whether keys are made by a function that was given for it.
    pub(super) is_resolved: bool,
    /// Whether code that we do not see may call it.
    pub(super) is_exposed: bool,
}

/// A call that may bring another key.
pub(super) struct Call {
    pub(super) op: OpIdx,
    /// The argument that is the key, if it is one.
    pub(super) arg: Option<OpIdx>,
    pub(super) key: Key,
}

const UNKNOWN: Key = Key {
    domain: Domain::Open,
    of: KeyType::Unknown,
};

/// What a memoized function keeps; nothing if it has no parameters or nothing calls it again and again.
pub(super) fn remembered(program: &Program, memo: &Memo) -> Option<Remembered> {
    let takes_none = |&function: &FunctionIdx| program.takes_nothing(function);
    if !memo.wrapped.is_empty() && memo.wrapped.iter().all(takes_none) {
        return None;
    }
    let (from, compared) = match memo.source {
        Source::Library(library) => (library.key, library.compared),
        Source::Own(helper) => (helper.key, helper.compared),
    };
    let resolver = resolver(program, memo);
    let arity = memo
        .wrapped
        .iter()
        .map(|function| program.code.functions[function.at()].params.len())
        .max();
    let declared = declared(program, memo, from);
    let mut calls = changing_calls(program, memo, from, arity, declared);
    let is_exposed = memo.is_exported || memo.is_passed;
    if calls.is_empty() && !is_exposed {
        return None;
    }
    let param = match (from, &memo.wrapped[..]) {
        (KeyFrom::Argument(position), [function, ..]) => {
            parameter(program, *function, position as usize)
        }
        (KeyFrom::All, [function, ..]) if arity == Some(1) => parameter(program, *function, 0),
        _ => None,
    };
    let key = key_of(memo, &calls, &resolver, declared, is_exposed);
    let compared = match resolver {
        Resolver::Text => Compared::Text,
        _ => compared,
    };
    let key = compare(key, compared)?;
    for call in &mut calls {
        call.key = compare(call.key, compared).unwrap_or(UNKNOWN);
        if matches!(resolver, Resolver::Function(_)) {
            call.key = key;
        }
    }
    Some(Remembered {
        key,
        calls,
        param,
        is_resolved: !matches!(resolver, Resolver::None),
        is_exposed,
    })
}

/// The calls that run again and again and whose keys keep changing.
fn changing_calls(
    program: &Program,
    memo: &Memo,
    from: KeyFrom,
    arity: Option<usize>,
    declared: Option<Key>,
) -> Vec<Call> {
    let is_text = declared.is_some_and(|declared| declared.of == KeyType::String);
    let mut calls: Vec<Call> = Vec::new();
    for &op in &memo.calls {
        let file = program.file_of(program.function_of(op));
        if !program.recurs(op) || program.modules[file.0 as usize].is_development {
            continue;
        }
        let mut call = called(program, memo, op, from, arity);
        if is_text {
            // What only texts have is asked of it: the objects that some pass are made texts first, or are a mistake.
            call.key = as_text(call.key);
        }
        if !matches!(call.key.domain, Domain::Bounded(_)) {
            calls.push(call);
        }
    }
    calls
}

/// What is known of the keys, before they are told apart.
fn key_of(
    memo: &Memo,
    calls: &[Call],
    resolver: &Resolver,
    declared: Option<Key>,
    is_exposed: bool,
) -> Key {
    if let Some(declared) = declared
        && matches!(declared.domain, Domain::Bounded(_))
    {
        return declared;
    }
    let seen = calls.iter().map(|call| call.key).reduce(join);
    match (resolver, seen) {
        (Resolver::Function(key), _) => *key,
        (_, Some(seen)) if is_exposed => join(seen, declared.unwrap_or(UNKNOWN)),
        (_, Some(seen)) => match declared {
            Some(declared) if seen.of == KeyType::Unknown => Key {
                of: declared.of,
                ..seen
            },
            _ => seen,
        },
        (_, None) => {
            let key = declared.unwrap_or(UNKNOWN);
            let all_literal = !memo.calls.is_empty() && key.domain == Domain::Open;
            Key {
                domain: if all_literal {
                    Domain::Hinted
                } else {
                    key.domain
                },
                ..key
            }
        }
    }
}

/// What telling keys apart makes of them; none if nothing is kept for them.
fn compare(key: Key, compared: Compared) -> Option<Key> {
    match compared {
        Compared::Itself => Some(key),
        Compared::Text => Some(as_text(key)),
        Compared::Weak => matches!(key.of, KeyType::String | KeyType::Number).then_some(key),
    }
}

/// The text of a key: that of an object which is made anew is the same whenever its parts are.
fn as_text(key: Key) -> Key {
    Key {
        domain: match key.domain {
            Domain::FreshObject(_) => Domain::Open,
            domain => domain,
        },
        of: KeyType::String,
    }
}

fn join(one: Key, other: Key) -> Key {
    Key {
        domain: one.domain.max(other.domain),
        of: match (one.of, other.of) {
            (KeyType::Unknown, of) | (of, KeyType::Unknown) => of,
            (one, other) if one == other => one,
            _ => KeyType::Unknown,
        },
    }
}

fn called(program: &Program, memo: &Memo, op: OpIdx, from: KeyFrom, arity: Option<usize>) -> Call {
    let unknown = Call {
        op,
        arg: None,
        key: UNKNOWN,
    };
    let Some(args) = program.passed_args(op) else {
        return unknown;
    };
    if args
        .iter()
        .any(|&arg| matches!(program.code.kind(arg), OpKind::Spread(_)))
    {
        return unknown;
    }
    let nothing = Key {
        domain: Domain::Bounded("left out"),
        of: KeyType::Unknown,
    };
    match from {
        KeyFrom::Argument(position) => match args.get(position as usize) {
            Some(&arg) => Call {
                op,
                arg: Some(arg),
                key: passed(program, memo, op, arg),
            },
            None => Call {
                key: nothing,
                ..unknown
            },
        },
        KeyFrom::All => {
            let count = arity.filter(|&arity| arity > 0).unwrap_or(usize::MAX);
            let parts: Vec<(OpIdx, Key)> = args
                .iter()
                .take(count)
                .map(|&arg| (arg, passed(program, memo, op, arg)))
                .collect();
            // The part that changes most names the key.
            let most = parts
                .iter()
                .rev()
                .max_by_key(|(_, key)| (key.domain, key.of == KeyType::Object));
            Call {
                op,
                arg: most.map(|&(arg, _)| arg),
                key: most.map_or(nothing, |&(_, key)| key),
            }
        }
    }
}

/// What is known of an argument of a call.
fn passed(program: &Program, memo: &Memo, op: OpIdx, arg: OpIdx) -> Key {
    let key = program.key(arg);
    match key.domain {
        // `isArray(value) ? value : parse(value)`
        Domain::Fresh(_) | Domain::FreshObject(_) if program.is_told_apart(op, arg) => UNKNOWN,
        // Only some callers make one.
        Domain::FreshObject(_) if key.of != KeyType::Object => UNKNOWN,
        // `make() ?? kept`
        Domain::Fresh(_) | Domain::FreshObject(_) if program.is_kept(arg, memo) => Key {
            domain: Domain::Open,
            ..key
        },
        _ => key,
    }
}

fn parameter(program: &Program, function: FunctionIdx, position: usize) -> Option<BindingIdx> {
    let data = &program.code.functions[function.at()];
    let is_rest = data.has_rest && position + 1 >= data.params.len();
    data.params.get(position).copied().filter(|_| !is_rest)
}

/// What the memoized function says of its key: by annotations, and by what it does with it.
fn declared(program: &Program, memo: &Memo, from: KeyFrom) -> Option<Key> {
    let mut joined: Option<Key> = None;
    for &function in &memo.wrapped {
        let data = &program.code.functions[function.at()];
        let positions = match from {
            KeyFrom::Argument(position) => position as usize..position as usize + 1,
            KeyFrom::All => 0..data.params.len(),
        };
        for position in positions {
            let key = parameter(program, function, position)
                .map_or(UNKNOWN, |param| program.key_of_parameter(param));
            joined = Some(joined.map_or(key, |before| {
                // Of several parameters, an object is what is kept.
                let of = if key.of == KeyType::Object || before.of == KeyType::Object {
                    KeyType::Object
                } else {
                    join(before, key).of
                };
                Key {
                    domain: before.domain.max(key.domain),
                    of,
                }
            }));
        }
    }
    joined
}

/// What makes the key from the arguments.
enum Resolver {
    /// Nothing was given.
    None,
    /// Their text.
    Text,
    /// A function, with what it returns.
    Function(Key),
}

fn resolver(program: &Program, memo: &Memo) -> Resolver {
    match memo.source {
        Source::Library(library) => {
            for &given in library.resolvers {
                match said(program, &memo.args, given) {
                    Said::Value(value) => match program.code.kind(value) {
                        OpKind::Nullish | OpKind::Bool(false) => {}
                        OpKind::Bool(true) => return Resolver::Text,
                        OpKind::Num(_) if memo.is_method() => {}
                        _ => return Resolver::Function(resolved(program, value)),
                    },
                    Said::Unknown => return Resolver::Function(UNKNOWN),
                    Said::Nothing => {}
                }
            }
            if library.compared == Compared::Itself && is_primitive_mode(program, memo) {
                return Resolver::Text;
            }
            Resolver::None
        }
        Source::Own(helper) => {
            let given = helper
                .resolver
                .and_then(|position| memo.args.get(position as usize));
            match given {
                Some(&given) if !matches!(program.code.kind(given), OpKind::Nullish) => {
                    Resolver::Function(resolved(program, given))
                }
                _ => Resolver::None,
            }
        }
    }
}

/// `memoizee(function, { primitive: true })`
fn is_primitive_mode(program: &Program, memo: &Memo) -> bool {
    memo.args.get(1).is_some_and(|&options| {
        matches!(program.property(options, "primitive"), Ok(Some(value)) if matches!(program.code.kind(value), OpKind::Bool(true)))
    })
}

/// What a resolver returns.
fn resolved(program: &Program, resolver: OpIdx) -> Key {
    if let OpKind::Member { name, .. } = *program.code.kind(resolver)
        && program.text(name) == "stringify"
    {
        return Key {
            domain: Domain::Open,
            of: KeyType::String,
        };
    }
    let returned = program.returned_by(resolver);
    let keys = returned.into_iter().map(|value| {
        if program.is_rest(value) {
            return Key {
                domain: Domain::FreshObject("an array that each call creates"),
                of: KeyType::Object,
            };
        }
        program.key(value)
    });
    keys.reduce(join).unwrap_or(UNKNOWN)
}
