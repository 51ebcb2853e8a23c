//! Private fields and methods as compilers write them for older engines: a weak map for each field, and helpers that get
//! and set. What they stand for is lowered: `__classPrivateFieldGet(this, _Store_users, "f")` is `this.#_Store_users`.
//!
//! The helpers are those of TypeScript and tslib, esbuild, Babel and swc, known by their names.

use swc_common::Span as SwcSpan;
use swc_ecma_ast::{CallExpr, Callee, Expr, ExprOrSpread, Lit, MemberProp, Prop, PropOrSpread};

use super::lower::Lowerer;
use crate::summary::{CallKind, OpIdx, OpKind, Write};

/// What a helper does.
#[derive(Clone, Copy)]
enum Helper {
    /// `(receiver, state, kind, accessor)`.
    TypeScriptGet,
    /// `(receiver, state, value, kind, accessor)`.
    TypeScriptSet,
    /// `(receiver, state, getter)`; Babel's newer ones have the first two the other way round.
    Get,
    /// `(receiver, state, value, setter)`.
    Set,
    /// `(receiver, state, value)`, or `{ writable: true, value }`.
    Init,
    /// `(receiver, state, method)`.
    Method,
}

/// The helper of a name, which bundlers may have numbered.
fn helper(name: &str) -> Option<Helper> {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '$');
    Some(match name {
        "__classPrivateFieldGet" => Helper::TypeScriptGet,
        "__classPrivateFieldSet" => Helper::TypeScriptSet,
        "__privateGet" | "_classPrivateFieldGet" | "_class_private_field_get" => Helper::Get,
        "__privateSet" | "_classPrivateFieldSet" | "_class_private_field_set" => Helper::Set,
        "__privateAdd" | "_classPrivateFieldInitSpec" | "_class_private_field_init" => Helper::Init,
        "__privateMethod" => Helper::Method,
        _ => return None,
    })
}

/// The name by which a helper is called: `helper`, `tslib.helper`, `(0, tslib.helper)`.
fn called_name(callee: &Expr) -> Option<&str> {
    match callee {
        Expr::Ident(ident) => Some(&ident.sym),
        Expr::Member(member) => match &member.prop {
            MemberProp::Ident(name) => Some(&name.sym),
            _ => None,
        },
        Expr::Seq(parts) => called_name(parts.exprs.last()?),
        Expr::Paren(inner) => called_name(&inner.expr),
        _ => None,
    }
}

/// The value of `{ writable: true, value }`.
fn described(value: &Expr) -> Option<&Expr> {
    let Expr::Object(object) = value else {
        return None;
    };
    let mut is_descriptor = false;
    let mut found = None;
    for property in &object.props {
        let PropOrSpread::Prop(property) = property else {
            return None;
        };
        let Prop::KeyValue(pair) = &**property else {
            return None;
        };
        match pair.key.as_ident().map(|key| &*key.sym) {
            Some("writable") => is_descriptor = true,
            Some("value") => found = Some(&*pair.value),
            _ => return None,
        }
    }
    found.filter(|_| is_descriptor)
}

impl Lowerer {
    /// What a call of such a helper stands for.
    pub(super) fn private_access(&mut self, call: &CallExpr) -> Option<OpIdx> {
        let Callee::Expr(callee) = &call.callee else {
            return None;
        };
        let name = called_name(callee)?;
        if name == "set" {
            return self.initial_value(callee, &plain(&call.args)?);
        }
        let helper = helper(name)?;
        let args = plain(&call.args)?;
        match (helper, &args[..]) {
            (
                Helper::TypeScriptGet,
                &[receiver, state, Expr::Lit(Lit::Str(kind)), ref rest @ ..],
            ) => match (&*kind.value.to_string_lossy(), rest) {
                ("f", []) => self.private_member(receiver, state, call),
                ("f", [state]) => {
                    let object = self.expr(state);
                    let name = self.name("value");
                    Some(self.op(OpKind::Member { object, name }, call.span))
                }
                ("m", [method]) => Some(self.expr(method)),
                ("a", [getter]) => Some(self.call_on(getter, receiver, None, call)),
                _ => None,
            },
            (
                Helper::TypeScriptSet,
                &[
                    receiver,
                    state,
                    value,
                    Expr::Lit(Lit::Str(kind)),
                    ref rest @ ..,
                ],
            ) => match (&*kind.value.to_string_lossy(), rest) {
                ("f", []) => self.private_store(receiver, state, value, call),
                ("f", [state]) => Some(self.stored(state, "value", value, call.span)),
                ("a", [setter]) => Some(self.call_on(setter, receiver, Some(value), call)),
                _ => None,
            },
            (Helper::Get, &[first, second]) => {
                let (receiver, state) = in_order(first, second);
                self.private_member(receiver, state, call)
            }
            (Helper::Get, &[receiver, _, getter]) => {
                Some(self.call_on(getter, receiver, None, call))
            }
            (Helper::Set, &[first, second, value]) => {
                let (receiver, state) = in_order(first, second);
                self.private_store(receiver, state, value, call)
            }
            (Helper::Init, &[receiver, state, value]) => {
                let value = described(value).unwrap_or(value);
                self.private_store(receiver, state, value, call)
            }
            (Helper::Method, &[_, _, method]) => Some(self.expr(method)),
            _ => None,
        }
    }

    /// `_Store_users.set(this, new Map())`, as TypeScript writes the initial value of a field.
    fn initial_value(&mut self, callee: &Expr, args: &[&Expr]) -> Option<OpIdx> {
        let (Expr::Member(member), &[receiver @ Expr::This(_), value]) = (callee, args) else {
            return None;
        };
        let state = member.obj.as_ident()?;
        let has_helpers = || {
            [
                "__classPrivateFieldGet",
                "__classPrivateFieldSet",
                "tslib_1",
                "tslib",
            ]
            .iter()
            .any(|name| self.lookup(name).is_some())
        };
        if !state.sym.starts_with('_') || !has_helpers() {
            return None;
        }
        let name = private_name(&member.obj)?;
        Some(self.stored(receiver, &name, value, member.span))
    }

    fn private_member(&mut self, receiver: &Expr, state: &Expr, call: &CallExpr) -> Option<OpIdx> {
        let name = private_name(state)?;
        let name = self.name(&name);
        let object = self.expr(receiver);
        Some(self.op(OpKind::Member { object, name }, call.span))
    }

    fn private_store(
        &mut self,
        receiver: &Expr,
        state: &Expr,
        value: &Expr,
        call: &CallExpr,
    ) -> Option<OpIdx> {
        let name = private_name(state)?;
        Some(self.stored(receiver, &name, value, call.span))
    }

    /// `object.name = value`; gives the value.
    fn stored(&mut self, object: &Expr, name: &str, value: &Expr, span: SwcSpan) -> OpIdx {
        let (object, value) = (self.expr(object), self.expr(value));
        let name = self.name(name);
        let write = Write::Plain;
        let store = OpKind::Store {
            object,
            name,
            value,
            write,
        };
        self.op(store, span);
        value
    }

    /// `accessor.call(receiver, value)`.
    fn call_on(
        &mut self,
        accessor: &Expr,
        receiver: &Expr,
        value: Option<&Expr>,
        call: &CallExpr,
    ) -> OpIdx {
        let object = self.expr(accessor);
        let name = self.name("call");
        let callee = self.op(OpKind::Member { object, name }, call.span);
        let given = [Some(receiver), value];
        let args = given
            .into_iter()
            .flatten()
            .map(|arg| self.expr(arg))
            .collect();
        self.finish_call(callee, args, CallKind::Call, call.span)
    }
}

/// The name of the field that a weak map stands for.
fn private_name(state: &Expr) -> Option<String> {
    Some(format!("#{}", state.as_ident()?.sym))
}

/// Arguments of which none is spread.
fn plain(args: &[ExprOrSpread]) -> Option<Vec<&Expr>> {
    args.iter()
        .map(|arg| arg.spread.is_none().then_some(&*arg.expr))
        .collect()
}

/// The receiver and the state, which Babel has had in both orders.
fn in_order<'e>(first: &'e Expr, second: &'e Expr) -> (&'e Expr, &'e Expr) {
    let is_state = |expr: &Expr| expr.as_ident().is_some_and(|it| it.sym.starts_with('_'));
    if is_state(first) && second.is_this() {
        (second, first)
    } else {
        (first, second)
    }
}
