//! Patterns: destructuring becomes reads of members and writes to bindings.

use swc_common::Spanned;
use swc_ecma_ast::{ArrayPat, ObjectPat, ObjectPatProp, Pat, PropName};

use super::lower::Lowerer;
use super::scope;
use crate::summary::{BindingKind, Choice, OpIdx, OpKind, Write};

/// A property's key: a name that is known, or a computed one.
pub(super) enum Key {
    Name(crate::summary::Name),
    Computed(OpIdx),
}

impl Lowerer {
    /// Declares each name of a pattern.
    pub(super) fn declare_pattern(&mut self, pattern: &Pat, kind: BindingKind) {
        let mut found = Vec::new();
        scope::pattern_names(pattern, &mut found);
        for ident in found {
            self.declare_ident(ident, kind);
        }
    }

    /// Writes a value to what a pattern names.
    pub(super) fn bind(&mut self, pattern: &Pat, value: OpIdx, write: Write) {
        match pattern {
            Pat::Ident(ident) => self.bind_name(&ident.id.sym, value, write, ident.id.span),
            Pat::Array(array) => self.bind_array(array, value, write),
            Pat::Object(object) => self.bind_object(object, value, write),
            Pat::Assign(default) => {
                let value = self.with_default(value, &default.right);
                self.bind(&default.left, value, write);
            }
            Pat::Rest(rest) => self.bind(&rest.arg, value, write),
            Pat::Expr(target) => {
                self.store(target, value, write);
            }
            Pat::Invalid(_) => {}
        }
    }

    pub(super) fn bind_name(
        &mut self,
        name: &str,
        value: OpIdx,
        write: Write,
        span: swc_common::Span,
    ) {
        if let Some(binding) = self.lookup(name) {
            self.assign(binding, value, write, span);
        } else {
            let name = self.name(name);
            self.op(OpKind::AssignGlobal { name, value }, span);
        }
    }

    fn with_default(&mut self, value: OpIdx, default: &swc_ecma_ast::Expr) -> OpIdx {
        let default_value = self.expr(default);
        self.op(
            OpKind::Either {
                choice: Choice::Or,
                left: value,
                right: default_value,
            },
            default.span(),
        )
    }

    pub(super) fn bind_array(&mut self, array: &ArrayPat, value: OpIdx, write: Write) {
        for (position, element) in array.elems.iter().enumerate() {
            let Some(element) = element else { continue };
            let part = if let Pat::Rest(rest) = element {
                let part = self.op(OpKind::Spread(value), rest.span);
                self.op(
                    OpKind::Array {
                        elements: Box::new([part]),
                    },
                    rest.span,
                )
            } else {
                #[expect(clippy::cast_precision_loss, reason = "a pattern has few elements")]
                let key = self.op(OpKind::Num(position as f64), element.span());
                self.op(OpKind::Index { object: value, key }, element.span())
            };
            self.bind(element, part, write);
        }
    }

    pub(super) fn bind_object(&mut self, object: &ObjectPat, value: OpIdx, write: Write) {
        for property in &object.props {
            match property {
                ObjectPatProp::KeyValue(pair) => {
                    let part = match self.key(&pair.key) {
                        Key::Name(name) => self.op(
                            OpKind::Member {
                                object: value,
                                name,
                            },
                            pair.span(),
                        ),
                        Key::Computed(key) => {
                            self.op(OpKind::Index { object: value, key }, pair.span())
                        }
                    };
                    self.bind(&pair.value, part, write);
                }
                ObjectPatProp::Assign(short) => {
                    let name = self.name(&short.key.id.sym);
                    let mut part = self.op(
                        OpKind::Member {
                            object: value,
                            name,
                        },
                        short.span,
                    );
                    if let Some(default) = &short.value {
                        part = self.with_default(part, default);
                    }
                    self.bind_name(&short.key.id.sym, part, write, short.key.id.span);
                }
                ObjectPatProp::Rest(rest) => {
                    let part = self.op(OpKind::Unknown, rest.span);
                    self.bind(&rest.arg, part, write);
                }
            }
        }
    }

    /// The pattern of a parameter, without its default and `...`.
    pub(super) fn pattern_of_param(pattern: &Pat) -> &Pat {
        match pattern {
            Pat::Rest(rest) => &rest.arg,
            Pat::Assign(default) => &default.left,
            _ => pattern,
        }
    }

    pub(super) fn key(&mut self, key: &PropName) -> Key {
        match key {
            PropName::Ident(ident) => Key::Name(self.name(&ident.sym)),
            PropName::Str(text) => Key::Name(self.name(&text.value.to_string_lossy())),
            PropName::Num(number) => Key::Name(self.name(&number.value.to_string())),
            PropName::BigInt(number) => Key::Name(self.name(&number.value.to_string())),
            PropName::Computed(computed) => {
                let key = self.expr(&computed.expr);
                match self.out.kind(key) {
                    OpKind::Str(name) => Key::Name(*name),
                    _ => self.fixed_name(key).map_or(Key::Computed(key), Key::Name),
                }
            }
        }
    }
}
