//! Assignments, updates and `delete`: writes to a binding or a property.

use swc_common::{Span as SwcSpan, Spanned};
use swc_ecma_ast::{
    AssignExpr, AssignOp, AssignTarget, AssignTargetPat, Expr, SimpleAssignTarget, UpdateExpr,
    UpdateOp,
};

use super::expressions::binary_op;
use super::lower::Lowerer;
use crate::summary::{BinaryOp, Choice, OpIdx, OpKind, RegionKind, Write};

impl Lowerer {
    pub(super) fn assignment(&mut self, assign: &AssignExpr) -> OpIdx {
        if let AssignTarget::Pat(pattern) = &assign.left {
            let value = self.expr(&assign.right);
            match pattern {
                AssignTargetPat::Array(array) => self.bind_array(array, value, Write::Plain),
                AssignTargetPat::Object(object) => self.bind_object(object, value, Write::Plain),
                AssignTargetPat::Invalid(_) => {}
            }
            return value;
        }
        let AssignTarget::Simple(target) = &assign.left else {
            return self.op(OpKind::Unknown, assign.span);
        };
        // The object and key are evaluated first; for `x = …` there is nothing to evaluate.
        let place = match target {
            SimpleAssignTarget::Ident(ident) => self.read(&ident.id.sym, ident.id.span),
            SimpleAssignTarget::Member(member) => self.member(member),
            SimpleAssignTarget::Paren(inner) => self.expr(&inner.expr),
            SimpleAssignTarget::TsAs(cast) => self.expr(&cast.expr),
            SimpleAssignTarget::TsNonNull(inner) => self.expr(&inner.expr),
            SimpleAssignTarget::TsTypeAssertion(cast) => self.expr(&cast.expr),
            SimpleAssignTarget::TsSatisfies(check) => self.expr(&check.expr),
            SimpleAssignTarget::TsInstantiation(inner) => self.expr(&inner.expr),
            SimpleAssignTarget::OptChain(_)
            | SimpleAssignTarget::SuperProp(_)
            | SimpleAssignTarget::Invalid(_) => self.op(OpKind::Unknown, assign.span),
        };
        self.hint = match *self.out.kind(place) {
            OpKind::Read(binding) => Some(self.out.bindings[binding.at()].name),
            OpKind::Member { name, .. } => Some(name),
            _ => None,
        };
        let (value, write) = match assign.op {
            AssignOp::Assign => {
                self.forget_read(place);
                (self.expr(&assign.right), Write::Plain)
            }
            AssignOp::OrAssign | AssignOp::NullishAssign | AssignOp::AndAssign => {
                let if_present = assign.op == AssignOp::AndAssign;
                let kind = RegionKind::Branch {
                    test: place,
                    sense: if_present,
                    is_rest: false,
                };
                let write = if if_present {
                    Write::IfPresent
                } else {
                    Write::IfMissing
                };
                let value = self.within(kind, |lowerer| lowerer.expr(&assign.right));
                self.store_into(place, value, write, assign.span);
                self.hint = None;
                return self.op(
                    OpKind::Either {
                        choice: Choice::Or,
                        left: place,
                        right: value,
                    },
                    assign.span,
                );
            }
            _ => {
                let right = self.expr(&assign.right);
                let op = assign
                    .op
                    .to_update()
                    .map_or(BinaryOp::Arithmetic, binary_op);
                (
                    self.op(
                        OpKind::Binary {
                            op,
                            left: place,
                            right,
                        },
                        assign.span,
                    ),
                    Write::Compound,
                )
            }
        };
        self.hint = None;
        self.store_into(place, value, write, assign.span);
        value
    }

    /// `x = …` names `x` without reading it.
    fn forget_read(&mut self, place: OpIdx) {
        let op = &mut self.out.ops[place.at()].kind;
        if let OpKind::Read(binding) = *op {
            *op = OpKind::Target(binding);
        }
    }

    /// Writes to the place that an operation has read.
    fn store_into(&mut self, place: OpIdx, value: OpIdx, write: Write, span: SwcSpan) {
        match *self.out.kind(place) {
            OpKind::Read(binding) | OpKind::Target(binding) => {
                self.assign(binding, value, write, span);
            }
            OpKind::Global(name) => {
                self.op(OpKind::AssignGlobal { name, value }, span);
            }
            OpKind::Member { object, name } => {
                self.op(
                    OpKind::Store {
                        object,
                        name,
                        value,
                        write,
                    },
                    span,
                );
            }
            OpKind::Index { object, key } => {
                self.op(
                    OpKind::StoreIndex {
                        object,
                        key,
                        value,
                        write,
                    },
                    span,
                );
            }
            OpKind::Cast { value: inner, .. } => self.store_into(inner, value, write, span),
            _ => {}
        }
    }

    /// Writes to what an expression names.
    pub(super) fn store(&mut self, target: &Expr, value: OpIdx, write: Write) {
        let place = self.expr(target);
        self.store_into(place, value, write, target.span());
    }

    pub(super) fn update(&mut self, update: &UpdateExpr) -> OpIdx {
        let before = self.expr(&update.arg);
        let one = self.op(OpKind::Num(1.0), update.span);
        let op = if update.op == UpdateOp::PlusPlus {
            BinaryOp::Add
        } else {
            BinaryOp::Arithmetic
        };
        let after = self.op(
            OpKind::Binary {
                op,
                left: before,
                right: one,
            },
            update.span,
        );
        self.store_into(before, after, Write::Compound, update.span);
        after
    }

    pub(super) fn delete(&mut self, target: &Expr, span: SwcSpan) -> OpIdx {
        let member = self.expr(target);
        match *self.out.kind(member) {
            OpKind::Member { object, name } => self.op(OpKind::Delete { object, name }, span),
            OpKind::Index { object, key } => self.op(OpKind::DeleteIndex { object, key }, span),
            _ => self.op(OpKind::Unknown, span),
        }
    }
}
