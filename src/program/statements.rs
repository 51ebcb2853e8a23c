//! Statements and names, for those who edit: in which statement an operation stands, what stands before it, how a value
//! is written.
//!
//! Must not know rules or how a fix is shown.

use super::{Program, file_of};
use crate::source::{FileIdx, Place, Span};
use crate::summary::{BindingIdx, BindingKind, CallKind, OpIdx, OpKind, Statement, StatementKind};

/// A statement of more operations does more than to add to a collection.
const MAX_OPS: usize = 64;

impl Program {
    /// The statements around a place, innermost first.
    pub fn statements_around(&self, place: Place) -> impl Iterator<Item = &Statement> {
        let file = |statement: &Statement| {
            let function = self.code.regions[statement.region.at()].function;
            file_of(&self.modules, function)
        };
        let statements = &self.code.statements;
        let end = statements.partition_point(|statement| {
            (file(statement), statement.span.start) <= (place.file, place.span.start)
        });
        statements[..end]
            .iter()
            .rev()
            .take_while(move |statement| file(statement) == place.file)
            .filter(move |statement| contains(statement.span, place.span))
    }

    /// The statement in which an operation runs, if it runs whenever the statement does.
    pub fn statement_of(&self, op: OpIdx) -> Option<&Statement> {
        let statement = self.statements_around(self.place(op)).next()?;
        (statement.region == self.code.ops[op.at()].region).then_some(statement)
    }

    /// The text of a name or of a path of names, if a value is no more than that.
    pub fn written(&self, op: OpIdx) -> Option<String> {
        match *self.code.kind(op) {
            OpKind::Read(binding) => identifier(self.binding_name(binding)).map(str::to_owned),
            OpKind::Global(name) => identifier(self.text(name)).map(str::to_owned),
            OpKind::This => Some("this".to_owned()),
            OpKind::Member { object, name } if self.code.optional.binary_search(&op).is_err() => {
                let name = self.text(name);
                identifier(name.trim_start_matches('#'))?;
                Some(format!("{}.{name}", self.written(object)?))
            }
            _ => None,
        }
    }

    /// Whether any module of the program has this name for anything.
    pub fn has_name(&self, name: &str) -> bool {
        self.code.names.iter().any(|known| **known == *name)
    }

    /// The statements that go when a collection does that nothing reads: what declares it, and what adds to it and does
    /// nothing else. None where something else would go with them.
    pub fn deletion(&self, place: Place) -> Option<Vec<(FileIdx, &Statement)>> {
        let binding = self.declared_at(place)?;
        let data = &self.code.bindings[binding.at()];
        let is_plain = matches!(
            data.kind,
            BindingKind::Var | BindingKind::Let | BindingKind::Const
        );
        let [assign] = self.facts.assigns[binding.at()][..] else {
            return None;
        };
        let declaring = self.statements_around(place).next()?;
        if !is_plain
            || declaring.kind != StatementKind::Variables(1)
            || self.is_listed_export(place.file, binding)
            || !self.is_idle(declaring, place.file, binding)
            || !contains(declaring.span, self.place(assign).span)
        {
            return None;
        }
        let mut found = vec![(place.file, declaring)];
        for &read in &self.facts.reads[binding.at()] {
            let at = self.place(read);
            let statement = self.statements_around(at).next()?;
            if statement.kind != StatementKind::Expression
                || !self.is_idle(statement, at.file, binding)
            {
                return None;
            }
            found.push((at.file, statement));
        }
        found.sort_by_key(|(file, statement)| (*file, statement.span));
        found.dedup_by_key(|(file, statement)| (*file, statement.span));
        Some(found)
    }

    /// The binding whose declared name stands there.
    fn declared_at(&self, place: Place) -> Option<BindingIdx> {
        let bindings = (0..self.code.bindings.len()).map(|index| BindingIdx(index as u32));
        let mut here = bindings.filter(|&binding| self.declaration(binding) == place);
        here.next()
    }

    /// Whether a module exports a binding by a list or a declaration.
    fn is_listed_export(&self, file: FileIdx, binding: BindingIdx) -> bool {
        self.exports[file.0 as usize].iter().any(|export| {
            matches!(export, crate::summary::Export::Binding { binding: exported, .. } if *exported == binding)
        })
    }

    /// Whether a statement does nothing but make values and add to what a binding holds.
    fn is_idle(&self, statement: &Statement, file: FileIdx, binding: BindingIdx) -> bool {
        let function = self.code.regions[statement.region.at()].function;
        let ops = self.facts.ops[function.at()]
            .iter()
            .filter(|&&op| contains(statement.span, self.code.ops[op.at()].span));
        let ops: Vec<OpIdx> = ops.copied().collect();
        file == self.file_of(function)
            && ops.len() <= MAX_OPS
            && ops.iter().all(|&op| self.has_no_effect(op, binding))
    }

    fn has_no_effect(&self, op: OpIdx, binding: BindingIdx) -> bool {
        let is_it =
            |op: OpIdx| matches!(*self.code.kind(op), OpKind::Read(read) if read == binding);
        match self.code.kind(op) {
            OpKind::Str(_)
            | OpKind::Num(_)
            | OpKind::Bool(_)
            | OpKind::Nullish
            | OpKind::Regex { .. }
            | OpKind::Read(_)
            | OpKind::Global(_)
            | OpKind::This
            | OpKind::Member { .. }
            | OpKind::Index { .. }
            | OpKind::Object { .. }
            | OpKind::Array { .. }
            | OpKind::Function(_)
            | OpKind::Template(_)
            | OpKind::Binary { .. }
            | OpKind::Either { .. }
            | OpKind::Cast { .. } => true,
            OpKind::Target(written)
            | OpKind::Assign {
                binding: written, ..
            } => *written == binding,
            // A property of a literal, or an entry.
            OpKind::Store { object, .. } | OpKind::StoreIndex { object, .. } => {
                is_it(*object) || matches!(self.code.kind(*object), OpKind::Object { .. })
            }
            OpKind::Call { callee, kind, .. } => match *self.code.kind(*callee) {
                OpKind::Member { object, name } => {
                    let method = self.text(name);
                    (is_it(object) && matches!(method, "set" | "add" | "push" | "unshift"))
                        || (method == "now" && matches!(*self.code.kind(object), OpKind::Global(_)))
                }
                OpKind::Global(name) if *kind == CallKind::New => {
                    matches!(self.text(name), "Map" | "Set" | "Array" | "Object" | "Date")
                }
                _ => false,
            },
            _ => false,
        }
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The text, if it can stand for a name.
fn identifier(text: &str) -> Option<&str> {
    let is_part = |letter: char| letter == '$' || letter == '_' || letter.is_alphanumeric();
    let is_name = text.chars().all(is_part) && !text.starts_with(|first: char| first.is_numeric());
    (is_name && !text.is_empty()).then_some(text)
}
