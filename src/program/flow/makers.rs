//! Functions that make a container on each call, fill it and hand it out: `const copy = {}; …; return copy`.
//!
//! Calls are not told apart, so what one caller adds to what it got would be added to what every caller got. What module
//! code keeps has a site of its own, a *copy*, that holds whatever the function puts into the *model*.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{NodeIdx, SiteIdx, SiteKind, Solver};
use crate::program::accesses::Accesses;
use crate::summary::{
    BindingIdx, BindingKind, CallKind, FunctionIdx, FunctionKind, ModuleSummary, OpIdx, OpKind,
};

/// What makes containers, and where its calls are told apart.
#[derive(Default)]
pub(super) struct Makers {
    /// The operation that allocates what a function hands out.
    made_by: FxHashMap<FunctionIdx, OpIdx>,
    /// Functions that are called where they stand.
    at_once: FxHashSet<FunctionIdx>,
    /// What a copy is made after.
    models: FxHashMap<SiteIdx, SiteIdx>,
}

impl Makers {
    pub(super) fn of(code: &ModuleSummary, accesses: &Accesses) -> Self {
        let functions = (0..).map(FunctionIdx).zip(&code.functions);
        let is_plain = |kind: FunctionKind| kind != FunctionKind::Module;
        let made_by = functions
            .filter(|(_, data)| !data.is_async && is_plain(data.kind))
            .filter_map(|(function, _)| Some((function, made_by(code, accesses, function)?)));
        let called = code.ops.iter().filter_map(|op| match op.kind {
            OpKind::Call { callee, .. } => match *code.kind(callee) {
                OpKind::Function(function) => Some(function),
                _ => None,
            },
            _ => None,
        });
        Self {
            made_by: made_by.collect(),
            at_once: called.collect(),
            models: FxHashMap::default(),
        }
    }
}

/// The one container that a function makes and hands out, where it does nothing with it but to fill and to ask it.
fn made_by(code: &ModuleSummary, accesses: &Accesses, function: FunctionIdx) -> Option<OpIdx> {
    let mut returned = accesses.returned(code, function);
    let value = without_casts(code, returned.next()?);
    let OpKind::Read(binding) = *code.kind(value) else {
        return (returned.next().is_none() && allocates(code, value)).then_some(value);
    };
    let is_same = |value: OpIdx| reads(code, value, binding);
    let data = &code.bindings[binding.at()];
    let is_local = data.function == function
        && matches!(
            data.kind,
            BindingKind::Const | BindingKind::Let | BindingKind::Var
        );
    let made = accesses
        .only_value(code, binding)
        .map(|made| without_casts(code, made))?;
    let home = |op: OpIdx| code.regions[code.ops[op.at()].region.at()].function;
    let is_here = |&read: &OpIdx| home(read) == function;
    (is_local
        && returned.all(is_same)
        && allocates(code, made)
        && accesses.reads[binding.at()].iter().all(is_here)
        && accesses.ops[function.at()]
            .iter()
            .all(|&op| keeps_apart(code, op, binding)))
    .then_some(made)
}

fn without_casts(code: &ModuleSummary, op: OpIdx) -> OpIdx {
    match *code.kind(op) {
        OpKind::Cast { value, .. } => without_casts(code, value),
        _ => op,
    }
}

fn reads(code: &ModuleSummary, op: OpIdx, binding: BindingIdx) -> bool {
    matches!(*code.kind(without_casts(code, op)), OpKind::Read(read) if read == binding)
}

/// `{}`, an array, `new Map()`: what has no fields by name.
fn allocates(code: &ModuleSummary, op: OpIdx) -> bool {
    match code.kind(op) {
        OpKind::Object { properties } => *properties == 0,
        OpKind::Array { .. } => true,
        OpKind::Call {
            callee,
            kind: CallKind::New,
            ..
        } => {
            matches!(*code.kind(*callee), OpKind::Global(name) if matches!(code.name(name), "Map" | "Set"))
        }
        _ => false,
    }
}

/// Whether an operation leaves what a variable holds without another name: it asks it, fills it under computed keys, or
/// returns it.
fn keeps_apart(code: &ModuleSummary, op: OpIdx, binding: BindingIdx) -> bool {
    let is_it = |op: OpIdx| reads(code, op, binding);
    match *code.kind(op) {
        OpKind::Member { .. }
        | OpKind::Return(_)
        | OpKind::Iterate { .. }
        | OpKind::Binary { .. }
        | OpKind::Unary { .. }
        | OpKind::Cast { .. }
        | OpKind::Spread(_)
        | OpKind::Delete { .. } => true,
        OpKind::Index { key, .. } | OpKind::DeleteIndex { key, .. } => !is_it(key),
        OpKind::StoreIndex { key, value, .. } => !is_it(key) && !is_it(value),
        ref kind => {
            let mut is_apart = true;
            kind.operands(&mut |operand| is_apart &= !is_it(operand));
            is_apart
        }
    }
}

impl Solver<'_> {
    /// A call of a function of the program by code that runs while modules load gives a copy of its own, where the
    /// function makes what it gives. Says whether it does.
    pub(super) fn give_copy(&mut self, op: OpIdx, function: FunctionIdx, to: NodeIdx) -> bool {
        let Some(&made) = self.makers.made_by.get(&function) else {
            return false;
        };
        if !self.runs_at_once(self.function_of(op)) {
            return false;
        }
        let node = self.op_node(made);
        let is_made = |site: &&SiteIdx| self.sites[site.0 as usize].data.op == Some(made);
        let Some(&model) = self.nodes[node.0 as usize].sites.iter().find(is_made) else {
            return false;
        };
        let kind = self.kind(model);
        if !matches!(
            kind,
            SiteKind::Object | SiteKind::Array | SiteKind::Map | SiteKind::Set
        ) {
            return false;
        }
        let copy = self.derived_site(op, kind);
        if self.makers.models.insert(copy, model).is_none() {
            for name in [self.well_known.element, self.well_known.key] {
                let (from, to) = (self.field(model, name), self.field(copy, name));
                self.edge(from, to);
            }
        }
        self.insert(to, copy);
        true
    }

    /// Whether a function is a module's code, or is called where it stands in such code.
    fn runs_at_once(&self, function: FunctionIdx) -> bool {
        let mut around = Some(function);
        while let Some(function) = around {
            let data = &self.code.functions[function.at()];
            if data.kind == FunctionKind::Module {
                return true;
            }
            if !self.makers.at_once.contains(&function) {
                return false;
            }
            around = data.parent;
        }
        false
    }
}
