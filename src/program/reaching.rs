//! Which of the assignments to a variable a read of it sees.
//!
//! Within one function, by the order and the regions of its operations. Must not know keys, collections or rules.

use super::{Program, SiteIdx, stands_in};
use crate::summary::{
    BinaryOp, BindingIdx, BindingKind, CallKind, FunctionKind, Name, OpIdx, OpKind, RegionIdx,
    Write,
};

/// How many reads of a variable are looked at.
const MAX_READS: usize = 64;

/// How many operations before a read are searched for what it sees.
const MAX_BEFORE: u32 = 60;

impl Program {
    /// The one assignment that a read sees, where an earlier one is sure to have run and no other can have since: what
    /// the variable held before, also what callers passed, does not matter.
    pub(crate) fn reaching(&self, binding: BindingIdx, read: OpIdx) -> Option<OpIdx> {
        let home = self.code.bindings[binding.at()].function;
        let assigns = &self.facts.assigns[binding.at()];
        let is_here = |&op: &OpIdx| self.function_of(op) == home;
        if !is_here(&read) || !assigns.iter().all(is_here) {
            return None;
        }
        let surrounds =
            |assign: &OpIdx| stands_in(&self.code, read, self.code.ops[assign.at()].region);
        let seen = assigns
            .iter()
            .copied()
            .filter(|assign| *assign < read && surrounds(assign))
            .max()?;
        let is_between = |&assign: &OpIdx| seen < assign && assign < read;
        let comes_around = |&assign: &OpIdx| {
            assign > read
                && self
                    .loops_of_both(assign, read)
                    .any(|around| !stands_in(&self.code, seen, around))
        };
        (!assigns
            .iter()
            .any(|assign| is_between(assign) || comes_around(assign)))
        .then_some(seen)
    }

    /// The reads that see the same of several values of a variable or a parameter as one of them does; none where it has
    /// one value, or which it sees is not known.
    pub(crate) fn reads_alike(&self, binding: BindingIdx, read: OpIdx) -> Option<Vec<OpIdx>> {
        let is_given = matches!(self.code.bindings[binding.at()].kind, BindingKind::Param(_));
        if self.facts.assigns[binding.at()].len() + usize::from(is_given) < 2 {
            return None;
        }
        let seen = self.reaching(binding, read)?;
        let reads = self.facts.reads[binding.at()].iter().copied();
        Some(
            reads
                .take(MAX_READS)
                .filter(|&other| self.reaching(binding, other) == Some(seen))
                .collect(),
        )
    }

    /// Whether an assignment to a variable of a function runs only after a read of it: it stands below, and in no loop
    /// with it.
    pub(crate) fn comes_later(&self, assign: OpIdx, read: OpIdx, binding: BindingIdx) -> bool {
        let home = self.code.bindings[binding.at()].function;
        let is_here = |op: OpIdx| self.function_of(op) == home;
        assign > read
            && self.code.functions[home.at()].kind != FunctionKind::Module
            && is_here(assign)
            && is_here(read)
            && self.loops_of_both(assign, read).next().is_none()
    }

    /// The loops in which two operations stand.
    fn loops_of_both(&self, one: OpIdx, other: OpIdx) -> impl Iterator<Item = RegionIdx> {
        self.regions(other)
            .filter(move |&(around, kind)| kind.is_loop() && stands_in(&self.code, one, around))
            .map(|(around, _)| around)
    }

    /// What the assignment that a read sees gives, if one is known.
    pub(crate) fn value_at(&self, binding: BindingIdx, read: OpIdx) -> Option<OpIdx> {
        match *self.code.kind(self.reaching(binding, read)?) {
            // `x ||= value` may leave what was there.
            OpKind::Assign { value, write, .. } => {
                (!matches!(write, Write::IfMissing | Write::IfPresent)).then_some(value)
            }
            _ => None,
        }
    }

    /// Whether something is added to what a binding holds: `text += part`.
    pub fn is_appended_to(&self, binding: BindingIdx) -> bool {
        self.facts.assigns[binding.at()]
            .iter()
            .any(|&assign| match *self.code.kind(assign) {
                OpKind::Assign { value, write, .. } => {
                    write == Write::Compound
                        && matches!(
                            self.code.kind(value),
                            OpKind::Binary {
                                op: BinaryOp::Add,
                                ..
                            }
                        )
                }
                _ => false,
            })
    }

    /// The sites that an operation gives: of a variable those of the assignment that is seen, not of each to it.
    pub(crate) fn sites_at(&self, op: OpIdx) -> &[SiteIdx] {
        let seen = match *self.code.kind(op) {
            OpKind::Read(binding) => self.value_at(binding, op),
            OpKind::Member { object, name } => self.stored_before(op, object, name),
            _ => None,
        };
        match seen {
            Some(value) if self.makes_new(value) || !self.flow.of_op(value).is_empty() => {
                self.flow.of_op(value)
            }
            _ => self.flow.of_op(op),
        }
    }

    /// What was put into a property of a local variable's object just before it is read, if that makes a list or an object:
    /// `message.parts = []; message.parts.push(part)`.
    fn stored_before(&self, read: OpIdx, object: OpIdx, name: Name) -> Option<OpIdx> {
        let OpKind::Read(owner) = *self.code.kind(object) else {
            return None;
        };
        let home = self.function_of(read);
        if self.code.bindings[owner.at()].function != home || self.flow.of_op(read).len() < 2 {
            return None;
        }
        let seen = self.reaching(owner, object)?;
        let is_owner = |op: OpIdx| {
            matches!(*self.code.kind(op), OpKind::Read(other) if other == owner)
                && self.reaching(owner, op) == Some(seen)
        };
        let first = read.0.saturating_sub(MAX_BEFORE);
        let (store, value) =
            (first..read.0)
                .rev()
                .map(OpIdx)
                .find_map(|op| match *self.code.kind(op) {
                    OpKind::Store {
                        object,
                        name: written,
                        value,
                        write: Write::Plain,
                    } if written == name && is_owner(object) => Some((op, value)),
                    _ => None,
                })?;
        let is_made = matches!(
            self.code.kind(value),
            OpKind::Array { .. } | OpKind::Object { .. }
        );
        (is_made && stands_in(&self.code, read, self.code.ops[store.at()].region)).then_some(value)
    }

    /// `new Uint8Array(size)`: another object, whether or not it has a site.
    fn makes_new(&self, op: OpIdx) -> bool {
        matches!(*self.code.kind(op), OpKind::Call { kind: CallKind::New, callee, .. }
            if matches!(self.code.kind(callee), OpKind::Global(_)))
    }
}
