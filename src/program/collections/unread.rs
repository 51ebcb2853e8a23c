//! Collections that nothing ever looks at: whatever takes one only adds to it, or hands it on to what only adds to it.
//!
//! Must not know whether they grow.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{Collection, Program};
use crate::program::flow::{Escape, SiteIdx, SiteKind};
use crate::program::lifetimes::Lifetime;
use crate::summary::{BinaryOp, CallKind, Op, OpIdx, OpKind, RegionKind, UnaryOp};

/// Methods that only write.
const WRITING: &[&str] = &["add", "clear", "delete", "push", "set", "unshift"];

/// Notes which collections are only ever written.
pub(super) fn mark(program: &Program, collections: &mut [Collection]) {
    let used = used(program);
    let mut unread: FxHashSet<SiteIdx> = collections
        .iter()
        .filter(|collection| may_be_unread(program, collection, &used))
        .map(|collection| collection.site)
        .collect();
    if unread.is_empty() {
        return;
    }
    let shown = shown_whole(program);
    for collection in collections.iter() {
        if program
            .holders(collection)
            .any(|owner| shown.contains(&owner))
        {
            unread.remove(&collection.site);
        }
    }
    let looks_at = |mut found: FxHashSet<SiteIdx>, (position, op): (usize, &Op)| {
        let here = OpIdx(position as u32);
        // What takes it is not modelled.
        if matches!(op.kind, OpKind::Read(_) | OpKind::Member { .. }) && !used[position] {
            let sites = program.flow.of_op(here).iter();
            found.extend(sites.filter(|site| unread.contains(site)));
        }
        op.kind.operands(&mut |operand| {
            for site in program.flow.of_op(operand) {
                if unread.contains(site)
                    && !found.contains(site)
                    && !only_writes(program, here, operand, &used)
                {
                    found.insert(*site);
                }
            }
        });
        found
    };
    let ops = program.code.ops.par_iter().enumerate();
    let looked_at: Vec<FxHashSet<SiteIdx>> = ops.fold(FxHashSet::default, looks_at).collect();
    unread.retain(|site| !looked_at.iter().any(|found| found.contains(site)));
    for collection in collections {
        collection.is_unread = unread.contains(&collection.site);
    }
}

/// The objects of which all parts are looked at: by `JSON.stringify(object)` and the like.
fn shown_whole(program: &Program) -> FxHashSet<SiteIdx> {
    program
        .facts
        .method_calls
        .iter()
        .filter(|(name, _)| {
            matches!(
                program.text(**name),
                "inspect" | "postMessage" | "stringify"
            )
        })
        .flat_map(|(_, calls)| calls)
        .flat_map(|&call| match program.code.kind(call) {
            OpKind::Call { args, .. } => args.to_vec(),
            _ => Vec::new(),
        })
        .flat_map(|arg| program.flow.of_op(arg).iter().copied())
        .collect()
}

fn may_be_unread(program: &Program, collection: &Collection, used: &[bool]) -> bool {
    let site = collection.site;
    let kind = program.flow.sites[site.0 as usize].kind;
    collection.lifetime == Lifetime::Process
        && matches!(
            kind,
            SiteKind::Map | SiteKind::Set | SiteKind::Array | SiteKind::Object
        )
        && collection
            .reads
            .iter()
            .all(|&read| is_target(program, read, used))
        && collection.enumerations.is_empty()
        && !collection.is_measured
        && !collection.is_exported
        && collection.passed.is_empty()
        && !program.flow.escapes(site, Escape::Exported)
        && !program.flow.escapes(site, Escape::Passed)
}

/// `table[key]` on the left of `=`: it names the entry and does not read it.
fn is_target(program: &Program, op: OpIdx, used: &[bool]) -> bool {
    let OpKind::Index { object, key } = *program.code.kind(op) else {
        return false;
    };
    // The write shares the operations of the place, and follows its value in the same function.
    let around = &program.facts.ops[program.function_of(op).at()];
    let after = around.partition_point(|&other| other <= op);
    !used[op.at()]
        && around[after..].iter().any(|&next| {
            matches!(*program.code.kind(next), OpKind::StoreIndex { object: of, key: at, .. } if of == object && at == key)
        })
}

/// Whether each operation's result is used.
fn used(program: &Program) -> Vec<bool> {
    let mut used = vec![false; program.code.ops.len()];
    for (position, op) in program.code.ops.iter().enumerate() {
        let is_dropped = match op.kind {
            // `list.forEach((item) => kept.push(item))`
            OpKind::Return(_) => {
                let function = program.function_of(OpIdx(position as u32));
                !program.flow.function_escapes(function)
                    && program.facts.callers[function.at()]
                        .iter()
                        .all(|&call| program.calls_back(call))
            }
            _ => false,
        };
        if !is_dropped {
            op.kind.operands(&mut |operand| used[operand.at()] = true);
        }
    }
    for region in &program.code.regions {
        match &region.kind {
            RegionKind::Branch { test, .. } | RegionKind::Loop { test: Some(test) } => {
                used[test.at()] = true;
            }
            RegionKind::Case {
                discriminant,
                tests,
            } => {
                for op in std::iter::once(discriminant).chain(tests) {
                    used[op.at()] = true;
                }
            }
            _ => {}
        }
    }
    used
}

/// Whether an operation that takes a collection tells nothing of what is in it.
fn only_writes(program: &Program, op: OpIdx, collection: OpIdx, used: &[bool]) -> bool {
    let sees_arguments = |callee: OpIdx| {
        let sites = program.flow.of_op(callee);
        !sites.is_empty()
            && sites.iter().all(|&site| {
                matches!(
                    program.flow.sites[site.0 as usize].kind,
                    SiteKind::Function(_) | SiteKind::Class(_)
                )
            })
    };
    match program.code.kind(op) {
        // What they give is looked at in its turn.
        OpKind::Assign { .. }
        | OpKind::Cast { .. }
        | OpKind::Either { .. }
        | OpKind::Return(_)
        | OpKind::Delete { .. }
        | OpKind::Store { .. }
        // Whether it is there already.
        | OpKind::Unary {
            op: UnaryOp::Not, ..
        }
        | OpKind::Binary {
            op: BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::IsNull,
            ..
        } => true,
        OpKind::StoreIndex { object, key, value, .. } => {
            *object == collection && *key != collection && *value != collection
        }
        OpKind::DeleteIndex { object, .. } => *object == collection,
        OpKind::Index { object, .. } => *object == collection && is_target(program, op, used),
        OpKind::Member { name, .. } => {
            WRITING.contains(&program.text(*name)) && is_dropped_call(program, op, used)
        }
        OpKind::Call {
            callee, kind, args, ..
        } => {
            *callee != collection
                && *kind != CallKind::Deferred
                && args.contains(&collection)
                && sees_arguments(*callee)
        }
        _ => false,
    }
}

/// Whether a method is called at once, and what the call gives is the collection or not used.
fn is_dropped_call(program: &Program, method: OpIdx, used: &[bool]) -> bool {
    // Arguments stand between a method and its call.
    let call = program.code.ops[method.at() + 1..]
        .iter()
        .enumerate()
        .find_map(|(distance, op)| match &op.kind {
            OpKind::Call { callee, .. } if *callee == method => {
                Some(OpIdx((method.at() + 1 + distance) as u32))
            }
            _ => None,
        });
    let gives_itself = matches!(
        *program.code.kind(method),
        OpKind::Member { name, .. } if matches!(program.text(name), "add" | "set")
    );
    call.is_some_and(|call| gives_itself || !used[call.at()])
}
