//! Calls that copy the properties of object literals: `Object.assign(f, { list: [] })`, `_.extend(f, { list: [] })`.
//!
//! Compares names. Must not know what the values are.

use crate::summary::{ModuleSummary, OpIdx, OpKind};

/// A call that copies properties.
pub(super) struct Copying {
    /// What gets them.
    pub(super) target: OpIdx,
    /// The [`OpKind::Store`]s to the literals that it copies.
    pub(super) stores: Vec<OpIdx>,
    /// Whether it copies nothing but literals.
    pub(super) is_whole: bool,
}

/// Names under which libraries go that have such a function.
const LIBRARIES: &[&str] = &["$", "_", "angular", "jQuery", "lodash", "underscore"];

impl Copying {
    /// What a call copies, if it is one of them.
    pub(super) fn of(code: &ModuleSummary, call: OpIdx) -> Option<Self> {
        let OpKind::Call { callee, args, .. } = code.kind(call) else {
            return None;
        };
        let OpKind::Member { object, name } = *code.kind(*callee) else {
            return None;
        };
        let of = match *code.kind(object) {
            OpKind::Global(name) => code.name(name),
            OpKind::Read(binding) => code.name(code.bindings[binding.at()].name),
            _ => return None,
        };
        let copies = match code.name(name) {
            "assign" => of == "Object" || LIBRARIES.contains(&of),
            "extend" => LIBRARIES.contains(&of),
            _ => false,
        };
        if !copies {
            return None;
        }
        // `$.extend(true, target, …)`
        let args = match args.split_first() {
            Some((&first, rest)) if matches!(code.kind(first), OpKind::Bool(_)) => rest,
            _ => args,
        };
        let (&target, sources) = args.split_first()?;
        let is_literal = |op: OpIdx| matches!(code.kind(op), OpKind::Object { .. });
        let mut stores = Vec::new();
        for source in sources.iter().copied().filter(|&source| is_literal(source)) {
            let between = (source.0..call.0).map(OpIdx);
            stores.extend(between.filter(
                |&op| matches!(*code.kind(op), OpKind::Store { object, .. } if object == source),
            ));
        }
        let is_whole = !sources.is_empty() && sources.iter().all(|&source| is_literal(source));
        Some(Self {
            target,
            stores,
            is_whole,
        })
    }
}
