//! Insertions into a parameter, told apart by the calls that hand the collection over.
//!
//! Must not know what is inserted or whether it matters.

use super::{Insertion, Program};
use crate::program::flow::{SiteIdx, SiteKind};
use crate::summary::{BindingIdx, BindingKind, FunctionIdx, OpIdx, OpKind};

/// How deep helpers are looked through that get the collection as a parameter.
const MAX_HELPERS: u32 = 4;

/// How many calls that hand the collection over are looked at for one insertion.
const MAX_CALLS: u32 = 300;

/// How deep calls of a helper are looked through that pass the result of the same helper.
const MAX_NESTED: u32 = 8;

/// An insertion into a parameter counts once per call that hands over this collection: a helper such as
/// `put(target, key, value)` has other callers with other collections and other keys.
pub(super) fn through_calls(
    program: &Program,
    insertion: &Insertion,
    site: SiteIdx,
) -> Vec<Insertion> {
    let Some(object) = insertion.target else {
        return vec![*insertion];
    };
    let mut expansion = Expansion {
        program,
        site,
        visits: 0,
        found: Vec::new(),
    };
    expansion.expand(insertion, object, 0);
    expansion.found
}

struct Expansion<'a> {
    program: &'a Program,
    site: SiteIdx,
    visits: u32,
    found: Vec<Insertion>,
}

impl Expansion<'_> {
    fn expand(&mut self, insertion: &Insertion, object: OpIdx, depth: u32) {
        let (program, site) = (self.program, self.site);
        let Some((function, position)) = parameter(program, object, site) else {
            return self.found.push(*insertion);
        };
        let callers = &program.facts.callers[function.at()];
        if depth > MAX_HELPERS || self.visits > MAX_CALLS {
            return self.found.push(*insertion);
        }
        for &caller in callers {
            let Some(args) = arguments(program, caller) else {
                continue;
            };
            let Some(&arg) = args.get(position as usize) else {
                continue;
            };
            // A helper that hands on what it got adds nothing to what its other callers say.
            if program.function_of(caller) == function
                && parameter(program, arg, site) == Some((function, position))
            {
                continue;
            }
            if !program.sites_at(arg).contains(&site) || !passes(program, arg, function, site, 0) {
                continue;
            }
            self.visits += 1;
            let passed = |op: Option<OpIdx>| {
                op.map(|op| passed_as(program, op, function, args).unwrap_or(op))
            };
            let through = Insertion {
                key: passed(insertion.key),
                value: passed(insertion.value),
                via: Some(caller),
                ..*insertion
            };
            self.expand(&through, arg, depth + 1);
        }
    }
}

/// The arguments of a call as its callee's parameters get them.
fn arguments(program: &Program, call: OpIdx) -> Option<&[OpIdx]> {
    let OpKind::Call { callee, args, .. } = program.code.kind(call) else {
        return None;
    };
    match *program.code.kind(*callee) {
        OpKind::Member { name, .. } if program.text(name) == "call" => args.get(1..),
        OpKind::Member { name, .. } if matches!(program.text(name), "apply" | "bind") => None,
        _ => Some(args),
    }
}

/// The function and the position of the parameter by which an operation gets the site, if it gets it by one alone.
fn parameter(program: &Program, object: OpIdx, site: SiteIdx) -> Option<(FunctionIdx, u32)> {
    match *program.code.kind(object) {
        OpKind::Read(binding) => {
            let data = &program.code.bindings[binding.at()];
            let assigned = program.facts.assigns[binding.at()]
                .iter()
                .filter_map(|&assign| match *program.code.kind(assign) {
                    OpKind::Assign { value, .. }
                        if program.flow.of_op(value).contains(&site)
                            && !is_own_read(program, value, binding) =>
                    {
                        Some(value)
                    }
                    _ => None,
                });
            let assigned: Vec<OpIdx> = assigned.take(2).collect();
            match (data.kind, &assigned[..]) {
                (BindingKind::Param(position), []) => Some((data.function, position)),
                (BindingKind::Param(_), _) => None,
                // An alias of a parameter.
                (_, &[value]) if !matches!(program.code.kind(value), OpKind::Read(other) if *other == binding) => {
                    match *program.code.kind(value) {
                        OpKind::Read(_) => parameter(program, value, site),
                        _ => None,
                    }
                }
                _ => None,
            }
        }
        OpKind::Cast { value, .. } => parameter(program, value, site),
        _ => None,
    }
}

/// `x = x || …` keeps what `x` was.
fn is_own_read(program: &Program, value: OpIdx, binding: BindingIdx) -> bool {
    match *program.code.kind(value) {
        OpKind::Read(read) => read == binding,
        OpKind::Either { left, right, .. } => {
            let is_own =
                |op: OpIdx| matches!(*program.code.kind(op), OpKind::Read(read) if read == binding);
            is_own(left) && !matches!(program.code.kind(right), OpKind::Read(_))
        }
        _ => false,
    }
}

/// What a call passes for an operation that reads a parameter of the called function.
fn passed_as(program: &Program, op: OpIdx, function: FunctionIdx, args: &[OpIdx]) -> Option<OpIdx> {
    let OpKind::Read(binding) = *program.code.kind(op) else {
        return None;
    };
    let data = &program.code.bindings[binding.at()];
    match data.kind {
        BindingKind::Param(position)
            if data.function == function && program.facts.assigns[binding.at()].is_empty() =>
        {
            args.get(position as usize).copied()
        }
        _ => None,
    }
}

/// Of `spread(spread({}, a), b)` the inner call gives back what it got, not what all calls of `spread` got.
fn passes(program: &Program, arg: OpIdx, helper: FunctionIdx, site: SiteIdx, depth: u32) -> bool {
    let OpKind::Call { callee, args, .. } = program.code.kind(arg) else {
        return true;
    };
    let is_helper =
        program.flow.of_op(*callee).iter().any(|&callee| {
            program.flow.sites[callee.0 as usize].kind == SiteKind::Function(helper)
        });
    if depth > MAX_NESTED || !is_helper {
        return true;
    }
    let given_back = given_back(program, helper);
    args.iter().enumerate().any(|(position, &inner)| {
        (given_back.is_empty() || given_back.contains(&(position as u32)))
            && program.flow.of_op(inner).contains(&site)
            && passes(program, inner, helper, site, depth + 1)
    })
}

/// The positions of the parameters that a function returns as they came; none where it returns something else.
fn given_back(program: &Program, function: FunctionIdx) -> Vec<u32> {
    let position = |exit: &OpIdx| {
        let OpKind::Return(value) = *program.code.kind(*exit) else {
            return None;
        };
        let OpKind::Read(binding) = *program.code.kind(value) else {
            return None;
        };
        match program.code.bindings[binding.at()].kind {
            BindingKind::Param(position) => Some(position),
            _ => None,
        }
    };
    let exits = &program.facts.returns[function.at()];
    exits
        .iter()
        .map(position)
        .collect::<Option<Vec<u32>>>()
        .unwrap_or_default()
}
