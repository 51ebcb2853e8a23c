//! What looks like growth and is none: copies on write, collections being made, collections that are weak where they can be.

use super::{Insertion, Program};
use crate::program::flow::{SiteIdx, SiteKind};
use crate::program::lifetimes::Holder;
use crate::program::tests_of;
use crate::summary::{BinaryOp, OpIdx, OpKind, RegionKind};

/// Copy on write: `if (list === EMPTY) list = [];` before `list.push(…)` spares `EMPTY`.
pub(super) fn is_spared(program: &Program, insertion: &Insertion, site: SiteIdx) -> bool {
    let Some(object) = insertion.target else {
        return false;
    };
    let Some(place) = tests_of::place(&program.code, object) else {
        return false;
    };
    let OpKind::Read(binding) = *program.code.kind(object) else {
        return false;
    };
    program.facts.assigns[binding.at()].iter().any(|&assign| {
        program.regions(assign).any(|(_, kind)| match *kind {
            RegionKind::Branch {
                test, sense: true, ..
            } => match *program.code.kind(test) {
                OpKind::Binary {
                    op: BinaryOp::Equal,
                    left,
                    right,
                } => {
                    tests_of::place(&program.code, left) == Some(place)
                        && program.flow.of_op(right).contains(&site)
                }
                _ => false,
            },
            _ => false,
        })
    })
}

/// Whether an insertion is part of making the collection: `const map = {}; for (…) map[k] = v; return map`, in a
/// function of which only the call that ran while modules loaded is kept.
pub(super) fn is_construction(program: &Program, allocation: OpIdx, insertion: &Insertion) -> bool {
    if !program.recurs(allocation) {
        return false;
    }
    let maker = program.function_of(allocation);
    let mut function = program.function_of(insertion.op);
    for _ in 0..4 {
        if function == maker {
            return true;
        }
        let mut outers = Vec::new();
        for &call in &program.facts.callers[function.at()] {
            let Some(calls) = program.answerable_at_once(call, function) else {
                return false;
            };
            outers.extend(calls.into_iter().map(|call| program.function_of(call)));
        }
        let Some(&outer) = outers.first() else {
            return false;
        };
        if outers.iter().any(|&next| next != outer) {
            return false;
        }
        function = outer;
    }
    false
}

/// `SUPPORTED ? new WeakMap() : new Map()`: weak wherever it can be.
pub(super) fn has_weak_alternative(program: &Program, site: SiteIdx) -> bool {
    let is_weak = |sites: &[SiteIdx]| {
        sites
            .iter()
            .any(|&other| program.flow.sites[other.0 as usize].kind == SiteKind::Weak)
    };
    match program.lifetimes.holder[site.0 as usize] {
        Some(Holder::Binding(binding)) => is_weak(program.flow.of_binding(binding)),
        Some(Holder::Field(owner, field)) => program
            .flow
            .fields(owner)
            .any(|(name, sites)| name == field && is_weak(sites)),
        Some(Holder::Element(_)) | None => false,
    }
}
