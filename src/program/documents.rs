//! Whether a value is a document, a window or the root of a tree of nodes: there are as many as a program opens.
//!
//! Must not know what the answer weighs.

use super::Program;
use crate::summary::{BindingIdx, BindingKind, Choice, OpIdx, OpKind, Type, TypeIdx};

/// How many values are looked at.
const MAX_STEPS: u32 = 40;

impl Program {
    /// Whether a value is a document, a window or the root of a tree of nodes.
    pub fn is_document(&self, op: OpIdx) -> bool {
        let (mut parts, mut seen) = (vec![op], Vec::new());
        let (mut steps, mut is_found) = (0, false);
        while let Some(part) = parts.pop() {
            steps += 1;
            let lead = match self.lead(part) {
                Lead::Variable(binding) if seen.contains(&binding) => continue,
                Lead::Variable(binding) => {
                    seen.push(binding);
                    self.lead_of(binding)
                }
                lead => lead,
            };
            match lead {
                Lead::Document => is_found = true,
                Lead::Parts(inner) if steps < MAX_STEPS => parts.extend(inner),
                _ => return false,
            }
        }
        is_found
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

    /// What an operation gives, as far as it tells whether that is a document.
    fn lead(&self, op: OpIdx) -> Lead {
        let sure = |is_document: bool| {
            if is_document {
                Lead::Document
            } else {
                Lead::Other
            }
        };
        match *self.code.kind(op) {
            OpKind::Nullish => Lead::Parts(Vec::new()),
            OpKind::Global(name) => sure(matches!(self.text(name), "document" | "window")),
            OpKind::Member { object, name } => match self.text(name) {
                "ownerDocument" | "defaultView" => Lead::Document,
                "body" | "document" | "documentElement" | "head" => Lead::Parts(vec![object]),
                _ => Lead::Other,
            },
            // `node.ownerDocument || node`: what belongs to no document is one.
            OpKind::Either {
                choice: Choice::Or,
                left,
                ..
            } => Lead::Parts(vec![left]),
            OpKind::Either {
                choice: Choice::And,
                right,
                ..
            } => Lead::Parts(vec![right]),
            OpKind::Either { left, right, .. } => Lead::Parts(vec![left, right]),
            OpKind::Cast { to, .. } if self.is_document_type(to) => Lead::Document,
            OpKind::Cast { value, .. } | OpKind::Await(value) => Lead::Parts(vec![value]),
            OpKind::Read(binding) => Lead::Variable(binding),
            OpKind::Call { callee, .. } => match *self.code.kind(callee) {
                OpKind::Member { name, .. } if self.text(name) == "getRootNode" => {
                    sure(!self.makes_shadow_roots())
                }
                _ => match self.returned_by(callee) {
                    returned if returned.is_empty() => Lead::Other,
                    returned => Lead::Parts(returned),
                },
            },
            _ => Lead::Other,
        }
    }

    /// What a variable is given, or a parameter.
    fn lead_of(&self, binding: BindingIdx) -> Lead {
        let data = &self.code.bindings[binding.at()];
        if data.annotation.is_some_and(|of| self.is_document_type(of)) {
            return Lead::Document;
        }
        let mut values = match data.kind {
            BindingKind::Param(_) => self.passed_for(binding),
            BindingKind::Var | BindingKind::Let | BindingKind::Const => {
                self.assigned_values(binding)
            }
            _ => Vec::new(),
        };
        if values.is_empty() {
            return Lead::Other;
        }
        // What a parameter is given besides stands in for what callers leave out.
        if matches!(data.kind, BindingKind::Param(_)) {
            values.extend(self.assigned_values(binding));
        }
        Lead::Parts(values)
    }

    /// Whether the program makes trees of their own for parts of a page: then there are as many roots as parts.
    fn makes_shadow_roots(&self) -> bool {
        let mut names = self.facts.method_calls.keys();
        names.any(|&name| self.text(name) == "attachShadow")
    }
}

/// What an operation gives.
enum Lead {
    /// A document.
    Document,
    /// Something else.
    Other,
    /// One of what these give.
    Parts(Vec<OpIdx>),
    /// What a variable holds.
    Variable(BindingIdx),
}
