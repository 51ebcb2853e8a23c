//! Whether what a memoized function keeps is bounded: by an option, by the cache it is given, or because it is emptied.

use crate::program::{Given, Guard, Helper, Library, Memo, Program, Source};
use crate::rules::unbounded_collection;
use crate::summary::{FunctionIdx, OpIdx, OpKind, UnaryOp};

/// What an options object says under a name.
pub(super) enum Said {
    /// Nothing.
    Nothing,
    /// This.
    Value(OpIdx),
    /// The options come from elsewhere.
    Unknown,
}

pub(super) fn is_bounded(program: &Program, memo: &Memo) -> bool {
    program.is_told_bounded_memo(memo)
        || is_emptied(program, memo)
        || memo
            .caches
            .iter()
            .any(|&cache| !program.is_plain_cache(cache))
        || match memo.source {
            Source::Library(library) => {
                (library.has_cache && program.replaces_memo_caches())
                    || is_bounded_by_options(program, library, &memo.args)
            }
            Source::Own(helper) => is_bounded_by_code(program, &helper, &memo.args),
        }
        // A resolver that also looks after the cache.
        || memo
            .args
            .iter()
            .any(|&arg| Some(arg) != memo.function && program.empties_something(arg))
}

/// Whether code that runs takes results away.
fn is_emptied(program: &Program, memo: &Memo) -> bool {
    memo.removals
        .iter()
        .any(|&op| program.takes_away(op) && !is_lone(program, memo, program.function_of(op)))
}

/// A function that nothing calls and that does not call what it empties.
fn is_lone(program: &Program, memo: &Memo, function: FunctionIdx) -> bool {
    program.is_uncalled(function)
        && !memo
            .calls
            .iter()
            .any(|&call| program.function_of(call) == function)
}

fn is_bounded_by_options(program: &Program, library: &Library, args: &[OpIdx]) -> bool {
    let mut is_told_otherwise = false;
    for &bound in library.bounds {
        let value = match said(program, args, bound) {
            Said::Nothing => continue,
            Said::Unknown => return true,
            Said::Value(value) => value,
        };
        if is_limit(program, value) {
            return true;
        }
        is_told_otherwise |= is_infinite(program, value);
    }
    library.is_bounded && !is_told_otherwise
}

/// What is given there.
pub(super) fn said(program: &Program, args: &[OpIdx], given: Given) -> Said {
    match given {
        Given::Argument(position) => match args.get(position) {
            Some(&arg) if !matches!(program.code.kind(arg), OpKind::Object { .. }) => {
                Said::Value(arg)
            }
            _ => Said::Nothing,
        },
        Given::Option(position, name) => match args.get(position) {
            None => Said::Nothing,
            Some(&options) => match program.property(options, name) {
                Ok(None) => Said::Nothing,
                Ok(Some(value)) => Said::Value(value),
                Err(()) => Said::Unknown,
            },
        },
    }
}

fn is_infinite(program: &Program, value: OpIdx) -> bool {
    match *program.code.kind(value) {
        OpKind::Global(name) => program.text(name) == "Infinity",
        OpKind::Member { name, .. } => {
            matches!(
                program.text(name),
                "POSITIVE_INFINITY" | "MAX_SAFE_INTEGER" | "MAX_VALUE"
            )
        }
        OpKind::Num(number) => number.is_infinite(),
        OpKind::Cast { value, .. } => is_infinite(program, value),
        OpKind::Read(binding) => match program.assigned_values(binding)[..] {
            [value] => {
                !matches!(program.code.kind(value), OpKind::Read(_)) && is_infinite(program, value)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether what is given as a size, an age or a cache limits anything.
fn is_limit(program: &Program, value: OpIdx) -> bool {
    match program.code.kind(value) {
        // `memoizerific(-1)`
        OpKind::Nullish
        | OpKind::Function(_)
        | OpKind::Unary {
            op: UnaryOp::Number,
            ..
        } => false,
        // `cache: false` keeps nothing.
        OpKind::Bool(_) | OpKind::Str(_) => true,
        OpKind::Num(number) => *number > 0.0 && number.is_finite(),
        _ => !is_infinite(program, value) && !program.is_plain_cache(value),
    }
}

/// Whether a helper of the program bounds what it keeps, as far as its form did not tell.
fn is_bounded_by_code(program: &Program, helper: &Helper, args: &[OpIdx]) -> bool {
    if program.is_weak(helper.cache) || program.sets_and_evicts(helper.insertion) {
        return true;
    }
    let given = helper
        .given_cache
        .and_then(|position| args.get(position as usize));
    if let Some(&given) = given
        && !matches!(program.code.kind(given), OpKind::Nullish)
    {
        let is_plain = match program.code.kind(given) {
            OpKind::Object { properties } => *properties == 0,
            _ => program.is_plain_cache(given),
        };
        if !is_plain {
            return true;
        }
    }
    program.collections().iter().any(|collection| {
        collection
            .insertions
            .iter()
            .filter(|insertion| insertion.op == helper.insertion)
            .any(|insertion| {
                let guards = program.guards(collection, insertion);
                guards.contains(&Guard::Size)
                    || guards.contains(&Guard::Membership)
                    || unbounded_collection::shrinks(program, collection).is_some()
            })
    })
}
