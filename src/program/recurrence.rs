//! Which functions run again and again, and which only while modules load.
//!
//! A function recurs if code that we do not see may call it, or if recurring code calls it. Code behind a run-once flag
//! (`if (ready) return; ready = true`) runs once however often it is reached.
//! Must not know collections or rules.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::flow::{CallEdge, Flow, SiteIdx};
use super::index::Index;
use super::rows::Rows;
use super::{Program, enclosing, regions, stands_in, tests_of};
use crate::summary::{
    BindingKind, FunctionIdx, FunctionKind, ModuleSummary, OpIdx, OpKind, RegionIdx, RegionKind,
    Write,
};

/// Which code recurs.
pub(super) struct Recurrence {
    /// By function.
    pub(super) recurring: Vec<bool>,
    /// By function: whether anything calls it at all.
    pub(super) reached: Vec<bool>,
    run_once: FxHashSet<RegionIdx>,
}

impl Recurrence {
    /// `registrars` says of each function whether it is called only while modules load, whatever may call it.
    pub(super) fn new(
        code: &ModuleSummary,
        flow: &Flow,
        facts: &Index,
        registrars: &[bool],
    ) -> Self {
        let mut recurrence = Self {
            recurring: Vec::new(),
            reached: Vec::new(),
            run_once: FxHashSet::default(),
        };
        let calls = answered_for(code, flow, facts);
        recurrence.recurring = recurrence.spread(code, flow, &calls, registrars);
        // A flag counts only where it outlives the call, which is known once the first answer is.
        recurrence.run_once = run_once_regions(code, facts, &recurrence.recurring);
        recurrence.recurring = recurrence.spread(code, flow, &calls, registrars);
        recurrence.reached = reached(code, flow);
        recurrence
    }

    pub(super) fn op_recurs(&self, code: &ModuleSummary, op: OpIdx) -> bool {
        let function = code.regions[code.ops[op.at()].region.at()].function;
        self.recurring[function.at()]
            && !regions(code, op).any(|(region, _)| self.run_once.contains(&region))
    }

    fn spread(
        &self,
        code: &ModuleSummary,
        flow: &Flow,
        calls: &[CallEdge],
        registrars: &[bool],
    ) -> Vec<bool> {
        let mut work: Vec<FunctionIdx> = Vec::new();
        let mut edges: Vec<(u32, FunctionIdx)> = Vec::with_capacity(calls.len());
        for &CallEdge { op, to } in calls {
            let function = function_of(code, op);
            if regions(code, op).any(|(region, _)| self.run_once.contains(&region)) {
                continue;
            }
            if function == to && is_rescheduled(code, op) {
                work.push(function);
            }
            edges.push((function.0, to));
        }
        let callees = Rows::group(code.functions.len(), edges.into_iter());
        let mut recurring = vec![false; code.functions.len()];
        work.extend(
            (0..code.functions.len())
                .map(|index| FunctionIdx(index as u32))
                .filter(|&function| {
                    code.functions[function.at()].kind != FunctionKind::Module
                        && !flow.wrappers.contains(&function)
                        && flow.function_escapes(function)
                }),
        );
        while let Some(function) = work.pop() {
            if registrars[function.at()] || std::mem::replace(&mut recurring[function.at()], true) {
                continue;
            }
            let callees = callees[function.at()].iter().copied();
            work.extend(callees.filter(|callee| !recurring[callee.at()]));
        }
        recurring
    }
}

/// The calls of functions that are no wrappers, by who is answerable for them.
fn answered_for(code: &ModuleSummary, flow: &Flow, facts: &Index) -> Vec<CallEdge> {
    flow.calls
        .par_iter()
        .filter(|edge| !flow.wrappers.contains(&edge.to))
        .flat_map_iter(|&CallEdge { op, to }| {
            let origins = origins(code, flow, facts, op, to, 0);
            origins.into_iter().map(move |op| CallEdge { op, to })
        })
        .collect()
}

impl Program {
    /// Who is answerable for a call of a function that runs as a callback before they go on: the calls that hand it over,
    /// to what calls it back or to a helper of the program that does; none where it is called otherwise.
    pub(super) fn answerable_at_once(
        &self,
        call: OpIdx,
        function: FunctionIdx,
    ) -> Option<Vec<OpIdx>> {
        let (code, flow, facts) = (&self.code, &self.flow, &self.facts);
        let site = flow.function_site[function.at()]?;
        let OpKind::Call { args, .. } = code.kind(call) else {
            return None;
        };
        if self.calls_back(call) {
            let mut args = args.iter().copied();
            let handed = args.find(|&arg| flow.of_op(arg).contains(&site));
            let found = handed.and_then(|arg| passers(code, flow, facts, arg, site, 0));
            return Some(found.unwrap_or_else(|| vec![call]));
        }
        let found = origins(code, flow, facts, call, function, 0);
        (!found.contains(&call)).then_some(found)
    }
}

/// How far helpers are looked through that pass a callback on.
const MAX_HELPERS: u32 = 3;

fn function_of(code: &ModuleSummary, op: OpIdx) -> FunctionIdx {
    code.regions[code.ops[op.at()].region.at()].function
}

/// Who is answerable for a call: where a helper such as `each(list, callback)` calls its parameter, those who handed it
/// over, for the helper has other callers with other callbacks.
fn origins(
    code: &ModuleSummary,
    flow: &Flow,
    facts: &Index,
    op: OpIdx,
    to: FunctionIdx,
    depth: u32,
) -> Vec<OpIdx> {
    let OpKind::Call { callee, .. } = *code.kind(op) else {
        return vec![op];
    };
    let called = match *code.kind(callee) {
        OpKind::Member { object, name } if matches!(code.name(name), "call" | "apply") => object,
        _ => callee,
    };
    let Some(site) = flow.function_site[to.at()] else {
        return vec![op];
    };
    let Some(mut found) = passers(code, flow, facts, called, site, depth) else {
        return vec![op];
    };
    if outlives_helper(code, flow, facts, called) {
        found.push(op);
    }
    found
}

/// Whether a parameter is read by a closure that runs when its helper has returned: the helper keeps what it is handed.
fn outlives_helper(code: &ModuleSummary, flow: &Flow, facts: &Index, read: OpIdx) -> bool {
    let OpKind::Read(binding) = *code.kind(read) else {
        return false;
    };
    let helper = code.bindings[binding.at()].function;
    let closures: Vec<FunctionIdx> = enclosing(code, function_of(code, read))
        .take_while(|&function| function != helper)
        .collect();
    let is_inside = |&call: &OpIdx| {
        let caller = function_of(code, call);
        caller == helper || closures.contains(&caller)
    };
    closures.iter().any(|closure| {
        flow.function_escapes(*closure) || !facts.callers[closure.at()].iter().all(is_inside)
    })
}

/// The calls that hand a function over as the parameter that an operation reads.
fn passers(
    code: &ModuleSummary,
    flow: &Flow,
    facts: &Index,
    read: OpIdx,
    site: SiteIdx,
    depth: u32,
) -> Option<Vec<OpIdx>> {
    let OpKind::Read(binding) = *code.kind(read) else {
        return None;
    };
    let data = &code.bindings[binding.at()];
    let BindingKind::Param(position) = data.kind else {
        return None;
    };
    let callers = &facts.callers[data.function.at()];
    if depth > MAX_HELPERS || callers.len() > 200 || code.functions[data.function.at()].has_rest {
        return None;
    }
    let mut found = Vec::new();
    for &caller in callers {
        let OpKind::Call { callee, args, .. } = code.kind(caller) else {
            return None;
        };
        if matches!(*code.kind(*callee), OpKind::Member { name, .. } if matches!(code.name(name), "call" | "apply" | "bind"))
        {
            return None;
        }
        let Some(&arg) = args.get(position as usize) else {
            continue;
        };
        if flow.of_op(arg).contains(&site) {
            found.extend(
                passers(code, flow, facts, arg, site, depth + 1).unwrap_or_else(|| vec![caller]),
            );
        }
    }
    (!found.is_empty()).then_some(found)
}

/// `setTimeout(poll)` inside `poll`: a loop, although each call is made once.
fn is_rescheduled(code: &ModuleSummary, op: OpIdx) -> bool {
    let OpKind::Call { callee, .. } = code.kind(op) else {
        return false;
    };
    let (OpKind::Global(name) | OpKind::Member { name, .. }) = code.kind(*callee) else {
        return false;
    };
    matches!(
        code.name(*name),
        "setTimeout"
            | "setImmediate"
            | "nextTick"
            | "requestAnimationFrame"
            | "requestIdleCallback"
            | "then"
            | "finally"
    )
}

fn reached(code: &ModuleSummary, flow: &Flow) -> Vec<bool> {
    let edges = flow.calls.iter();
    let edges = edges.map(|edge| (function_of(code, edge.op).0, edge.to));
    let callees = Rows::group(code.functions.len(), edges);
    let mut reached = vec![false; code.functions.len()];
    let roots = |&function: &FunctionIdx| {
        code.functions[function.at()].kind == FunctionKind::Module
            || flow.function_escapes(function)
    };
    let mut work: Vec<FunctionIdx> = (0..code.functions.len())
        .map(|index| FunctionIdx(index as u32))
        .filter(roots)
        .collect();
    while let Some(function) = work.pop() {
        if !std::mem::replace(&mut reached[function.at()], true) {
            work.extend(&callees[function.at()]);
        }
    }
    reached
}

/// Regions behind a flag that they set themselves and that nothing clears.
fn run_once_regions(
    code: &ModuleSummary,
    facts: &Index,
    recurring: &[bool],
) -> FxHashSet<RegionIdx> {
    let mut found = FxHashSet::default();
    for (position, region) in code.regions.iter().enumerate() {
        let RegionKind::Branch { test, sense, .. } = region.kind else {
            continue;
        };
        let mut missing = Vec::new();
        tests_of::missing(code, test, sense, &mut missing);
        let here = RegionIdx(position as u32);
        let is_flag = missing.iter().any(|place| match *place {
            tests_of::Place::Binding(binding) => {
                let owner = code.bindings[binding.at()].function;
                !recurring[owner.at()]
                    && owner != region.function
                    && is_set_once(code, facts, &facts.assigns[binding.at()], here)
            }
            tests_of::Place::Member(_) => false,
        });
        if is_flag {
            found.insert(here);
        }
    }
    found
}

/// Whether some assignment inside the region gives a value and none elsewhere takes it away.
fn is_set_once(code: &ModuleSummary, facts: &Index, assigns: &[OpIdx], region: RegionIdx) -> bool {
    let gives = |op: &OpIdx| match *code.kind(*op) {
        OpKind::Assign { value, .. } => !is_nothing(code, value),
        _ => false,
    };
    let stands_inside = |op: &OpIdx| stands_in(code, *op, region);
    // `if (!ready) init()`, where `init` sets the flag.
    let is_inside = |op: &OpIdx| {
        stands_inside(op)
            || facts.callers[function_of(code, *op).at()]
                .iter()
                .any(stands_inside)
    };
    let takes = |op: &OpIdx| match *code.kind(*op) {
        OpKind::Assign { value, write, .. } => {
            write != Write::Init
                && is_nothing(code, value)
                && !facts.for_tests.contains(&function_of(code, *op))
        }
        _ => false,
    };
    let in_module = |op: &OpIdx| {
        let function = code.regions[code.ops[op.at()].region.at()].function;
        code.functions[function.at()].kind == FunctionKind::Module
    };
    assigns.iter().any(|op| gives(op) && is_inside(op))
        && !assigns.iter().any(|op| takes(op) && !in_module(op))
}

fn is_nothing(code: &ModuleSummary, value: OpIdx) -> bool {
    match code.kind(value) {
        OpKind::Nullish | OpKind::Bool(false) => true,
        OpKind::Num(number) => *number == 0.0,
        OpKind::Str(text) => code.name(*text).is_empty(),
        _ => false,
    }
}
