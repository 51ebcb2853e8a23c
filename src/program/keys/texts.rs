//! Texts and what they are made of: of characters there are few, of texts as many as callers bring.

use super::{Domain, Evaluation, Key, KeyType, Program, words};
use crate::summary::{BindingIdx, OpIdx, OpKind};

impl Evaluation<'_> {
    pub(super) fn character(&mut self) -> Key {
        self.has_characters = true;
        Key::bounded("one character", KeyType::String)
    }

    /// Whether an operation gives what a regular expression matched.
    pub(super) fn is_match(&self, op: OpIdx) -> bool {
        let program = self.program;
        let matches = |op: OpIdx| match *program.code.kind(op) {
            OpKind::Call { callee, .. } => match *program.code.kind(callee) {
                OpKind::Member { name, .. } => matches!(program.text(name), "exec" | "match"),
                _ => false,
            },
            _ => false,
        };
        match *program.code.kind(op) {
            OpKind::Read(binding) => program.assigned_values(binding).into_iter().any(matches),
            _ => matches(op),
        }
    }

    /// Whether an operation gives a regular expression that matches one character.
    pub(super) fn is_of_character(&self, regex: OpIdx) -> bool {
        self.program.is_literal(regex, |kind| {
            matches!(
                kind,
                OpKind::Regex {
                    is_character: true,
                    ..
                }
            )
        })
    }
}

/// The text of a value. That of an object that is made anew is the same whenever its parts are.
pub(super) fn text_of(key: Key) -> Key {
    let domain = match key.domain {
        Domain::FreshObject(_) => Domain::Open,
        domain => domain,
    };
    Key {
        domain,
        of: KeyType::String,
    }
}

/// How many reads of a binding are looked at.
const MAX_READS: usize = 64;

/// Whether what is read is also asked for what only strings have: `name.charCodeAt(0)`.
pub(super) fn is_used_as_text(program: &Program, binding: BindingIdx, op: OpIdx) -> bool {
    let seen = program.reaching(binding, op);
    program.facts.reads[binding.at()]
        .iter()
        .take(MAX_READS)
        .filter(|&&read| program.reaching(binding, read) == seen)
        .any(|&read| {
            program.code.ops[read.at() + 1..]
                .iter()
                .take(2)
                .any(|next| match next.kind {
                    OpKind::Member { object, name } => {
                        object == read && words::is_of_text(program.text(name))
                    }
                    _ => false,
                })
        })
}
