//! Whether a value is an object for certain, or as good as that: what a `WeakMap` takes as a key and nothing else.
//!
//! Stricter than what is told of keys in findings: a fix that is called safe rests on it. Must not know collections.

use super::{Program, RegionKind, tests_of};
use crate::summary::{
    BindingIdx, BindingKind, CallKind, DeclaredType, FunctionKind, OpIdx, OpKind, Type, TypeIdx,
};

/// How far values are followed.
const MAX_DEPTH: u32 = 8;

/// How many callers, writes or reads are looked at.
const MAX_MANY: usize = 60;

/// How many operations after a read are searched for what is done with it.
const MAX_NEXT: usize = 3;

/// What is known of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// An object or function.
    Object,
    /// Nothing.
    Nothing,
    /// It may be a text, a number, `undefined` or the like.
    Denied,
}

use Known::{Denied, Nothing, Object};

impl Known {
    /// Of one of several values.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Object, Object) => Object,
            (Denied, _) | (_, Denied) => Denied,
            _ => Nothing,
        }
    }
}

impl Program {
    /// Whether a value is always an object: by what makes it, by its type, or because a method is called on it that only
    /// an object can have, here or in a caller.
    pub(crate) fn is_proven_object(&self, op: OpIdx) -> bool {
        self.known(op, 0) == Object
    }

    /// Whether all values of a type are objects.
    pub(super) fn is_object_type(&self, index: TypeIdx) -> bool {
        self.known_type(index, 0) == Object
    }

    fn known(&self, op: OpIdx, depth: u32) -> Known {
        if depth > MAX_DEPTH {
            return Nothing;
        }
        match *self.code.kind(op) {
            OpKind::Object { .. }
            | OpKind::Array { .. }
            | OpKind::Function(_)
            | OpKind::Class(_)
            | OpKind::ThisClass(_)
            | OpKind::Regex { .. }
            | OpKind::Call {
                kind: CallKind::New,
                ..
            } => Object,
            OpKind::This => {
                let function = self.code.functions[self.function_of(op).at()].this_of;
                match self.code.functions[function.at()].kind {
                    FunctionKind::Method | FunctionKind::Constructor | FunctionKind::Fields => {
                        Object
                    }
                    _ => Nothing,
                }
            }
            OpKind::Str(_)
            | OpKind::Num(_)
            | OpKind::Bool(_)
            | OpKind::Nullish
            | OpKind::Template(_)
            | OpKind::Binary { .. }
            | OpKind::Unary { .. } => Denied,
            OpKind::Either { left, right, .. } => {
                self.known(left, depth + 1).or(self.known(right, depth + 1))
            }
            OpKind::Cast { value, to } => match self.known_type(to, 0) {
                Nothing => self.known(value, depth + 1),
                known => known,
            },
            OpKind::Read(binding) => self.known_binding(binding, depth),
            _ => Nothing,
        }
    }

    fn known_binding(&self, binding: BindingIdx, depth: u32) -> Known {
        let data = &self.code.bindings[binding.at()];
        match data.annotation.map(|of| self.known_type(of, 0)) {
            Some(Denied) => return Denied,
            Some(Object) => return Object,
            _ => {}
        }
        match data.kind {
            BindingKind::Function | BindingKind::Class => return Object,
            BindingKind::Import { .. } => {
                return self
                    .imported(binding)
                    .map_or(Nothing, |original| self.known_binding(original, depth + 1));
            }
            _ => {}
        }
        let writes = &self.facts.assigns[binding.at()];
        let assigned = writes
            .iter()
            .take(MAX_MANY)
            .filter_map(|&assign| match *self.code.kind(assign) {
                OpKind::Assign { value, .. } => Some(self.known(value, depth + step(writes.len()))),
                _ => None,
            })
            .reduce(Known::or);
        let is_used = self.is_used_as_object_only(binding);
        match (data.kind, assigned) {
            (_, Some(Denied)) => Denied,
            (BindingKind::Param(_), _) if is_used => Object,
            (BindingKind::Param(position), None) => self.known_param(binding, position, depth),
            (BindingKind::Param(_), Some(_)) => Nothing,
            (_, Some(Object)) => Object,
            _ if is_used => Object,
            _ => Nothing,
        }
    }

    /// What callers pass: an object, if one of them surely does and none does otherwise. Where others may call it too, that
    /// one must pass on what it treats as an object itself: it shows what the function is for.
    fn known_param(&self, binding: BindingIdx, position: u32, depth: u32) -> Known {
        let function = self.code.bindings[binding.at()].function;
        let data = &self.code.functions[function.at()];
        let callers = &self.facts.callers[function.at()];
        let is_rest = data.has_rest && position as usize + 1 == data.params.len();
        if callers.len() > MAX_MANY || is_rest {
            return Nothing;
        }
        let escapes = self.flow.function_escapes(function);
        let passed = callers.iter().map(|&caller| {
            let OpKind::Call { callee, args, .. } = self.code.kind(caller) else {
                return Nothing;
            };
            let is_plain = matches!(
                self.code.kind(*callee),
                OpKind::Read(_) | OpKind::Member { .. }
            ) && !args
                .iter()
                .any(|&arg| matches!(self.code.kind(arg), OpKind::Spread(_)));
            match args.get(position as usize) {
                Some(&arg) if is_plain => match self.known(arg, depth + step(callers.len())) {
                    Object if escapes && !matches!(self.code.kind(arg), OpKind::Read(_)) => Nothing,
                    known => known,
                },
                None if is_plain => Denied,
                _ => Nothing,
            }
        });
        passed
            .reduce(|one, other| match (one, other) {
                (Denied, _) | (_, Denied) => Denied,
                (Object, _) | (_, Object) => Object,
                _ => Nothing,
            })
            .unwrap_or(Nothing)
    }

    /// Whether a method is called on what a binding holds that neither texts nor numbers have, and not only after a look
    /// at what it is.
    fn is_used_as_object_only(&self, binding: BindingIdx) -> bool {
        let reads = &self.facts.reads[binding.at()];
        let place = tests_of::Place::Binding(binding);
        reads.iter().take(MAX_MANY).any(|&read| {
            let next = read.at() + 1..(read.at() + 1 + MAX_NEXT).min(self.code.ops.len());
            next.map(|at| OpIdx(at as u32)).any(|member| {
                let OpKind::Member { object, name } = *self.code.kind(member) else {
                    return false;
                };
                object == read
                    && self.code.optional.binary_search(&member).is_err()
                    && !super::keys::is_primitive_member(self.text(name))
                    && self.is_called(member)
                    && self.regions(member).all(|(_, kind)| match *kind {
                        RegionKind::Branch { test, .. } => !self.looks_at(test, place, 0),
                        _ => true,
                    })
            })
        })
    }

    fn is_called(&self, member: OpIdx) -> bool {
        self.called_at(member).is_some()
    }

    /// The call of a method; arguments stand between the two.
    pub(super) fn called_at(&self, member: OpIdx) -> Option<OpIdx> {
        let function = self.function_of(member);
        let ops = &self.facts.ops[function.at()];
        let after = ops.partition_point(|&op| op <= member);
        ops[after..].iter().copied().find(
            |&op| matches!(*self.code.kind(op), OpKind::Call { callee, .. } if callee == member),
        )
    }

    fn looks_at(&self, test: OpIdx, place: tests_of::Place, depth: u32) -> bool {
        if depth > MAX_DEPTH {
            return true;
        }
        if tests_of::place(&self.code, test) == Some(place) {
            return true;
        }
        // `if (seen.has(key)) return` asks nothing about the key itself.
        if let OpKind::Call { callee, .. } = *self.code.kind(test)
            && matches!(*self.code.kind(callee), OpKind::Member { name, .. } if matches!(self.text(name), "has" | "get"))
        {
            return false;
        }
        let mut found = false;
        self.code.kind(test).operands(&mut |operand| {
            found |= self.looks_at(operand, place, depth + 1);
        });
        found
    }

    fn known_type(&self, index: TypeIdx, depth: u32) -> Known {
        if depth > MAX_DEPTH {
            return Nothing;
        }
        match &self.code.types[index.at()] {
            Type::Object => Object,
            Type::Unknown => Nothing,
            Type::Union(parts) => parts
                .iter()
                .map(|&part| self.known_type(part, depth + 1))
                .reduce(Known::or)
                .unwrap_or(Nothing),
            Type::Named { name, .. } => {
                let declared = self
                    .code
                    .type_declarations
                    .iter()
                    .filter(|declaration| declaration.name == *name)
                    .map(|declaration| match declaration.of {
                        DeclaredType::Alias(of) | DeclaredType::Generic(of) => {
                            self.known_type(of, depth + 1)
                        }
                        DeclaredType::Interface => Object,
                        DeclaredType::Enum => Denied,
                    })
                    .reduce(Known::or);
                let is_class = || {
                    let mut classes = self.code.classes.iter();
                    classes.any(|class| class.name == Some(*name))
                };
                declared.unwrap_or(
                    if super::keys::is_object_name(self.text(*name)) || is_class() {
                        Object
                    } else {
                        Nothing
                    },
                )
            }
            _ => Denied,
        }
    }
}

/// How much deeper a question goes that is put to so many: all that is asked stays within two to the depth.
fn step(many: usize) -> u32 {
    1 + many.max(1).ilog2()
}
