//! Whether a value is a document, a window or the root of a tree of nodes: there are as many as a program opens.
//!
//! Must not know what the answer weighs.

use super::Program;
use crate::summary::{BindingIdx, BindingKind, Choice, OpIdx, OpKind, Type, TypeIdx};

/// How far values are followed.
const MAX_DEPTH: u32 = 6;

impl Program {
    /// Whether a value is a document, a window or the root of a tree of nodes.
    pub fn is_document(&self, op: OpIdx) -> bool {
        self.holds_document(op, 0) == Some(true)
    }

    /// Whether keys of a declared type are such.
    pub fn is_document_type(&self, declared: TypeIdx) -> bool {
        let Type::Named { name, .. } = self.code.types[declared.at()] else {
            return false;
        };
        let is_declared = || {
            let mut declarations = self.code.type_declarations.iter();
            let mut classes = self.code.classes.iter();
            let mut bindings = self.code.bindings.iter();
            declarations.any(|declaration| declaration.name == name)
                || classes.any(|class| class.name == Some(name))
                || bindings.any(|binding| {
                    binding.name == name && matches!(binding.kind, BindingKind::Import { .. })
                })
        };
        matches!(
            self.text(name),
            "Document" | "DocumentOrShadowRoot" | "Window"
        ) && !is_declared()
    }

    /// None where a value is none at all, or is made from itself.
    fn holds_document(&self, op: OpIdx, depth: u32) -> Option<bool> {
        if depth > MAX_DEPTH {
            return Some(false);
        }
        let again = |op: OpIdx| self.holds_document(op, depth + 1);
        match *self.code.kind(op) {
            OpKind::Nullish => None,
            OpKind::Global(name) => Some(matches!(self.text(name), "document" | "window")),
            OpKind::Member { object, name } => Some(match self.text(name) {
                "ownerDocument" | "defaultView" => true,
                "body" | "document" | "documentElement" | "head" => again(object) == Some(true),
                _ => false,
            }),
            // `node.ownerDocument || node`: what belongs to no document is one.
            OpKind::Either {
                choice: Choice::Or,
                left,
                right,
            } => again(left).or_else(|| again(right)),
            OpKind::Either {
                choice: Choice::And,
                right,
                ..
            } => again(right),
            OpKind::Either { left, right, .. } => all([again(left), again(right)].into_iter()),
            OpKind::Cast { value, to } => {
                if self.is_document_type(to) {
                    Some(true)
                } else {
                    again(value)
                }
            }
            OpKind::Await(value) => again(value),
            OpKind::Read(binding) => self.binding_holds_document(binding, depth),
            OpKind::Call { callee, .. } => Some(match *self.code.kind(callee) {
                OpKind::Member { name, .. } if self.text(name) == "getRootNode" => {
                    !self.makes_shadow_roots()
                }
                _ => {
                    let mut returned = self.returned_by(callee).into_iter().peekable();
                    returned.peek().is_some() && all(returned.map(again)) == Some(true)
                }
            }),
            _ => Some(false),
        }
    }

    fn binding_holds_document(&self, binding: BindingIdx, depth: u32) -> Option<bool> {
        let data = &self.code.bindings[binding.at()];
        if data.annotation.is_some_and(|of| self.is_document_type(of)) {
            return Some(true);
        }
        let mut values = match data.kind {
            BindingKind::Param(_) => self.passed_for(binding),
            BindingKind::Var | BindingKind::Let | BindingKind::Const => {
                self.assigned_values(binding)
            }
            _ => Vec::new(),
        };
        if values.is_empty() {
            return Some(false);
        }
        // What a parameter is given besides stands in for what callers leave out.
        if matches!(data.kind, BindingKind::Param(_)) {
            values.extend(self.assigned_values(binding));
        }
        let is_itself =
            |value: OpIdx| matches!(*self.code.kind(value), OpKind::Read(read) if read == binding);
        values.retain(|&value| !is_itself(value));
        all(values
            .into_iter()
            .map(|value| self.holds_document(value, depth + 1)))
    }

    /// Whether the program makes trees of their own for parts of a page: then there are as many roots as parts.
    fn makes_shadow_roots(&self) -> bool {
        let mut names = self.facts.method_calls.keys();
        names.any(|&name| self.text(name) == "attachShadow")
    }
}

/// Whether all that are something are such; none where none is.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    answers.flatten().reduce(|one, other| one && other)
}
