//! Conditions on how the program was started or built, and on what happened since.

use super::super::{Program, flow, tests_of};
use crate::summary::{BinaryOp, FunctionKind, OpIdx, OpKind, Write};

impl Program {
    /// `process.env.TRACE`.
    pub(super) fn is_environment(&self, atom: OpIdx) -> bool {
        let OpKind::Member { object, .. } = *self.code.kind(atom) else {
            return false;
        };
        match *self.code.kind(object) {
            OpKind::Member { object, name } => {
                self.text(name) == "env"
                    && matches!(*self.code.kind(object), OpKind::Global(name) if self.text(name) == "process")
            }
            _ => false,
        }
    }

    /// Whether a condition is written to fail: `const isTracing = false`.
    pub(super) fn never_holds(&self, atom: OpIdx, sense: bool) -> bool {
        let value = match *self.code.kind(atom) {
            OpKind::Read(binding) => self.only_value(binding),
            _ => Some(atom),
        };
        value.is_some_and(
            |value| matches!(*self.code.kind(value), OpKind::Bool(written) if written != sense),
        )
    }

    /// Whether a place is given something at some time, and never nothing after the making of its owner.
    pub(super) fn is_set_for_good(&self, place: OpIdx) -> bool {
        let is_true = |value: OpIdx| match *self.code.kind(value) {
            OpKind::Bool(value) => value,
            OpKind::Num(value) => value != 0.0,
            _ => false,
        };
        let begins = |write: OpIdx, how: Write| {
            how == Write::Init
                || !self.recurs(write)
                || matches!(
                    self.code.functions[self.function_of(write).at()].kind,
                    FunctionKind::Module | FunctionKind::Constructor | FunctionKind::Fields
                )
        };
        let mut is_set = false;
        let mut is_fit = |write: OpIdx, value: OpIdx, how: Write| {
            is_set |= is_true(value);
            is_true(value) || begins(write, how)
        };
        let fits = match *self.code.kind(place) {
            OpKind::Read(binding) => self.facts.assigns[binding.at()].iter().all(|&assign| {
                match *self.code.kind(assign) {
                    OpKind::Assign { value, write, .. } => is_fit(assign, value, write),
                    _ => false,
                }
            }),
            OpKind::Member { object, name } => {
                let owners = self.flow.of_op(object);
                !owners.is_empty()
                    && owners.iter().all(|&site| {
                        site != flow::UNKNOWN
                            && self.facts.field_writes(site, name).iter().all(|write| {
                                match *self.code.kind(write.write) {
                                    OpKind::Store {
                                        value, write: how, ..
                                    } => is_fit(write.write, value, how),
                                    _ => false,
                                }
                            })
                    })
            }
            _ => false,
        };
        fits && is_set
    }

    /// `process.env.NODE_ENV !== "production"`, `__DEV__`.
    pub(super) fn is_development(&self, atom: OpIdx, sense: bool) -> bool {
        match *self.code.kind(atom) {
            OpKind::Global(name) | OpKind::Member { name, .. } => {
                is_development_name(self.text(name)) && sense
            }
            OpKind::Read(binding) => {
                if is_development_name(self.binding_name(binding)) {
                    return sense;
                }
                // `const isProduction = process.env.NODE_ENV === "production"`
                let Some(value) = self.only_value(binding) else {
                    return false;
                };
                let mut found = false;
                tests_of::atoms(&self.code, value, sense, &mut |atom, sense| {
                    found |= !matches!(self.code.kind(atom), OpKind::Read(_))
                        && self.is_development(atom, sense);
                });
                found
            }
            OpKind::Binary {
                op: op @ (BinaryOp::Equal | BinaryOp::NotEqual),
                left,
                right,
            } => {
                let equal = (op == BinaryOp::Equal) == sense;
                [(left, right), (right, left)].iter().any(|&(place, literal)| {
                    let is_mode = matches!(*self.code.kind(place), OpKind::Member { name, .. } if self.text(name) == "NODE_ENV");
                    match self.code.kind(literal) {
                        OpKind::Str(mode) if self.text(*mode) == "production" => {
                            // Bundlers write the mode in: `"development" !== "production"`.
                            let is_written = matches!(*self.code.kind(place), OpKind::Str(mode) if self.text(mode) == "development");
                            !equal && (is_mode || is_written)
                        }
                        OpKind::Str(mode) => is_mode && equal && matches!(self.text(*mode), "development" | "dev" | "test"),
                        _ => false,
                    }
                })
            }
            _ => false,
        }
    }
}

fn is_development_name(name: &str) -> bool {
    matches!(
        name,
        "__DEV__"
            | "DEV"
            | "isDev"
            | "isDevelopment"
            | "IS_DEV"
            | "DEBUG"
            | "__DEBUG__"
            | "NG_DEV_MODE"
            | "ngDevMode"
    )
}
