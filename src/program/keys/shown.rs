//! What tests in front of a read show of a value.

use super::{Domain, Key, KeyType, Program};
use crate::program::tests_of;
use crate::summary::{BinaryOp, BindingIdx, OpIdx, OpKind, RegionKind, UnaryOp};

/// What of a value made anew is left where a test has shown that it is no object or array that a caller writes out.
pub(super) fn made_elsewhere(key: Key) -> Key {
    match key.domain {
        Domain::FreshObject(_) => Key::open(KeyType::Unknown),
        _ => key,
    }
}

/// What a test has shown of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// It is a string.
    Text,
    /// It is a function, or no array.
    NoLiteral,
}

/// What tests show of a binding where it is read: `typeof x === "string"`, `isString(x)`, `!Array.isArray(x)`.
pub(super) fn shown_at(program: &Program, binding: BindingIdx, op: OpIdx) -> Option<Shown> {
    let is_it = |op: OpIdx| matches!(*program.code.kind(op), OpKind::Read(read) if read == binding);
    let tells = |atom: OpIdx, sense: bool| match program.code.kind(atom) {
        OpKind::Binary {
            op: operator,
            left,
            right,
        } => {
            let wanted = if sense {
                BinaryOp::Equal
            } else {
                BinaryOp::NotEqual
            };
            let is_asked = *operator == wanted
                && matches!(*program.code.kind(*left), OpKind::Unary { op: UnaryOp::TypeOf, operand } if is_it(operand));
            match *program.code.kind(*right) {
                OpKind::Str(text) if is_asked => match program.text(text) {
                    "string" => Some(Shown::Text),
                    "function" => Some(Shown::NoLiteral),
                    _ => None,
                },
                _ => None,
            }
        }
        OpKind::Call { callee, args, .. } if args.first().is_some_and(|&arg| is_it(arg)) => {
            let name = match *program.code.kind(*callee) {
                OpKind::Read(called) => program.binding_name(called),
                OpKind::Member { name, .. } => program.text(name),
                _ => "",
            };
            if sense && name.eq_ignore_ascii_case("isString") {
                Some(Shown::Text)
            } else if !sense && name == "isArray" {
                Some(Shown::NoLiteral)
            } else {
                None
            }
        }
        _ => None,
    };
    program.regions(op).find_map(|(_, kind)| {
        let RegionKind::Branch { test, sense, .. } = *kind else {
            return None;
        };
        let mut shown = None;
        tests_of::certain(&program.code, test, sense, &mut |atom, sense| {
            shown = shown.or_else(|| tells(atom, sense));
        });
        shown
    })
}
