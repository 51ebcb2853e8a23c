//! Object literals: properties become stores.

use swc_common::{Span as SwcSpan, Spanned};
use swc_ecma_ast::{Function, ObjectLit, Prop, PropName, PropOrSpread};

use super::lower::Lowerer;
use super::patterns::Key;
use crate::summary::{FunctionKind, MethodKind, OpIdx, OpKind, Write};

impl Lowerer {
    pub(super) fn object(&mut self, object: &ObjectLit) -> OpIdx {
        let value = self.op(
            OpKind::Object {
                properties: object.props.len() as u32,
            },
            object.span,
        );
        for property in &object.props {
            match property {
                PropOrSpread::Spread(spread) => {
                    let from = self.expr(&spread.expr);
                    let part = self.op(OpKind::Spread(from), spread.dot3_token);
                    self.op(
                        OpKind::StoreIndex {
                            object: value,
                            key: part,
                            value: part,
                            write: Write::Init,
                        },
                        spread.dot3_token,
                    );
                }
                PropOrSpread::Prop(property) => self.property(value, property),
            }
        }
        value
    }

    fn property(&mut self, object: OpIdx, property: &Prop) {
        match property {
            Prop::Shorthand(ident) => {
                let value = self.read(&ident.sym, ident.span);
                let name = self.name(&ident.sym);
                self.op(
                    OpKind::Store {
                        object,
                        name,
                        value,
                        write: Write::Init,
                    },
                    ident.span,
                );
            }
            Prop::KeyValue(pair) => {
                let key = self.key(&pair.key);
                if let Key::Name(name) = key {
                    self.hint = Some(name);
                }
                let value = self.expr(&pair.value);
                self.hint = None;
                self.store_key(object, &key, value, pair.span());
            }
            Prop::Getter(getter) => {
                self.accessor(object, &getter.key, &getter.function, MethodKind::Getter);
            }
            Prop::Setter(setter) => {
                self.accessor(object, &setter.key, &setter.function, MethodKind::Setter);
            }
            Prop::Method(method) => {
                let key = self.key(&method.key);
                let name = if let Key::Name(name) = key {
                    Some(name)
                } else {
                    None
                };
                let function = self.function(&method.function, name, FunctionKind::Method);
                let value = self.op(OpKind::Function(function), method.function.span);
                self.store_key(object, &key, value, method.function.span);
            }
            Prop::Assign(_) => {}
        }
    }

    fn store_key(&mut self, object: OpIdx, key: &Key, value: OpIdx, span: SwcSpan) {
        match *key {
            Key::Name(name) => self.op(
                OpKind::Store {
                    object,
                    name,
                    value,
                    write: Write::Init,
                },
                span,
            ),
            Key::Computed(key) => self.op(
                OpKind::StoreIndex {
                    object,
                    key,
                    value,
                    write: Write::Init,
                },
                span,
            ),
        };
    }

    fn accessor(&mut self, object: OpIdx, key: &PropName, code: &Function, kind: MethodKind) {
        let key = self.key(key);
        let name = if let Key::Name(name) = key {
            Some(name)
        } else {
            None
        };
        let function = self.function(code, name, FunctionKind::Method);
        if let Some(name) = name {
            self.op(
                OpKind::Accessor {
                    object,
                    name,
                    function,
                    kind,
                },
                code.span,
            );
        }
    }
}
