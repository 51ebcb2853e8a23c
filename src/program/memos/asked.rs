//! Small questions about memoized functions and what they are given that rules ask of a program.

use super::{Memo, Source};
use crate::finding::KeyType;
use crate::program::Program;
use crate::program::flow::{SiteIdx, SiteKind, UNKNOWN};
use crate::program::keys::{Domain, Key, is_of_text};
use crate::program::lifetimes::{Holder, Lifetime};
use crate::summary::{
    BindingIdx, BindingKind, CallKind, FunctionIdx, OpIdx, OpKind, RegionKind, Write,
};

/// How many operations after an object literal its properties may stand.
const LITERAL: usize = 400;

/// How many properties are followed from an object to what keeps it.
const MAX_HOLDERS: usize = 6;

impl Program {
    /// The value of a property of an object literal, or that it has none; an error where the object is not seen whole.
    #[expect(
        clippy::result_unit_err,
        reason = "there is nothing to say but that it is not seen"
    )]
    pub fn property(&self, object: OpIdx, name: &str) -> Result<Option<OpIdx>, ()> {
        match *self.code.kind(object) {
            OpKind::Object { .. } => {}
            OpKind::Nullish => return Ok(None),
            OpKind::Cast { value, .. } => return self.property(value, name),
            OpKind::Read(binding) => {
                return match self.assigned_values(binding)[..] {
                    [value]
                        if matches!(
                            self.code.kind(value),
                            OpKind::Object { .. } | OpKind::Cast { .. }
                        ) =>
                    {
                        self.property(value, name)
                    }
                    _ => Err(()),
                };
            }
            _ => return Err(()),
        }
        let mut found = None;
        for op in self.code.ops[object.at()..].iter().take(LITERAL) {
            match op.kind {
                OpKind::Store {
                    object: of,
                    name: property,
                    value,
                    ..
                } if of == object && self.text(property) == name => found = Some(value),
                // `...defaults` may hold anything.
                OpKind::StoreIndex {
                    object: of,
                    write: Write::Init,
                    ..
                } if of == object => return Err(()),
                _ => {}
            }
        }
        Ok(found)
    }

    /// Whether a value is a collection of the language, which keeps what it gets.
    pub fn is_plain_cache(&self, value: OpIdx) -> bool {
        let sites = self.flow.of_op(value);
        !sites.is_empty()
            && sites.iter().all(|&site| {
                matches!(
                    self.flow.sites[site.0 as usize].kind,
                    SiteKind::Map | SiteKind::Set
                )
            })
    }

    /// Whether a value may be a weak collection.
    pub fn is_weak(&self, value: OpIdx) -> bool {
        self.flow
            .of_op(value)
            .iter()
            .any(|&site| self.flow.sites[site.0 as usize].kind == SiteKind::Weak)
    }

    /// Whether a function takes no arguments.
    pub fn takes_nothing(&self, function: FunctionIdx) -> bool {
        let data = &self.code.functions[function.at()];
        data.params.is_empty()
            && !self.facts.ops[function.at()]
                .iter()
                .any(|&op| match *self.code.kind(op) {
                    OpKind::Read(binding) => {
                        self.code.bindings[binding.at()].kind == BindingKind::Arguments
                    }
                    OpKind::Global(name) => self.text(name) == "arguments",
                    _ => false,
                })
    }

    /// The arguments that the called function gets; none where they are not told one by one.
    pub fn passed_args(&self, call: OpIdx) -> Option<&[OpIdx]> {
        let OpKind::Call { callee, args, .. } = self.code.kind(call) else {
            return None;
        };
        match *self.code.kind(*callee) {
            OpKind::Member { name, .. } => match self.text(name) {
                "call" => args.get(1..),
                "apply" => None,
                _ => Some(args),
            },
            _ => Some(args),
        }
    }

    /// Whether an operation reads a rest parameter: an array that each call creates.
    pub fn is_rest(&self, op: OpIdx) -> bool {
        let OpKind::Read(binding) = *self.code.kind(op) else {
            return false;
        };
        let data = &self.code.bindings[binding.at()];
        let function = &self.code.functions[data.function.at()];
        function.has_rest && function.params.last() == Some(&binding)
    }

    /// Whether all objects that a value may be are kept, as far as they are known, by something else than what remembers.
    pub fn is_kept(&self, value: OpIdx, memo: &Memo) -> bool {
        let helper = match memo.source {
            Source::Own(helper) => Some(helper.function),
            Source::Library(_) => None,
        };
        let mut known = self
            .flow
            .of_op(value)
            .iter()
            .filter(|&&site| site != UNKNOWN)
            .peekable();
        known.peek().is_some()
            && known.all(|&site| {
                self.lifetimes.of[site.0 as usize] >= Lifetime::Stored
                    && !helper.is_some_and(|helper| self.is_kept_by(site, helper))
            })
    }

    /// Whether what holds an object is a variable of a helper or a property of a closure that it makes.
    fn is_kept_by(&self, site: SiteIdx, helper: FunctionIdx) -> bool {
        let mut site = site;
        for _ in 0..MAX_HOLDERS {
            site = match self.lifetimes.holder[site.0 as usize] {
                Some(Holder::Binding(binding)) => {
                    return self.code.bindings[binding.at()].function == helper;
                }
                Some(Holder::Field(owner, _) | Holder::Element(owner)) => owner,
                None => return false,
            };
            if let SiteKind::Function(closure) = self.flow.sites[site.0 as usize].kind
                && self.code.functions[closure.at()].parent == Some(helper)
            {
                return true;
            }
        }
        false
    }

    /// Whether a test around an operation asks what a value is: under it the value is not all that callers bring.
    pub fn is_told_apart(&self, op: OpIdx, value: OpIdx) -> bool {
        let OpKind::Read(binding) = *self.code.kind(value) else {
            return false;
        };
        self.regions(op).any(|(_, kind)| match *kind {
            RegionKind::Branch { test, .. } => self.reads_in(test, binding, 0),
            _ => false,
        })
    }

    fn reads_in(&self, op: OpIdx, binding: BindingIdx, depth: u32) -> bool {
        let again = |op: OpIdx| depth < 6 && self.reads_in(op, binding, depth + 1);
        match self.code.kind(op) {
            OpKind::Read(read) => *read == binding,
            OpKind::Binary { left, right, .. } | OpKind::Either { left, right, .. } => {
                again(*left) || again(*right)
            }
            OpKind::Unary { operand, .. } => again(*operand),
            OpKind::Call { args, .. } => args.iter().any(|&arg| again(arg)),
            _ => false,
        }
    }

    /// Whether methods that only texts have are called on what a binding holds.
    fn is_used_as_text(&self, binding: BindingIdx) -> bool {
        self.facts.reads[binding.at()].iter().any(|&read| {
            self.code.ops[read.at() + 1..]
                .iter()
                .take(2)
                .any(|next| match next.kind {
                    OpKind::Member { object, name } => {
                        object == read && is_of_text(self.text(name))
                    }
                    _ => false,
                })
        })
    }

    /// What a parameter's annotation says, and what is done with it.
    pub fn key_of_parameter(&self, param: BindingIdx) -> Key {
        let annotated = self.code.bindings[param.at()]
            .annotation
            .and_then(|annotation| self.key_of_type(annotation));
        if let Some(key) = annotated {
            return key;
        }
        // `(isShort = false) => …`
        let has_flag = self.assigned_values(param).into_iter().any(|value| {
            matches!(*self.code.kind(value), OpKind::Either { right, .. } if matches!(self.code.kind(right), OpKind::Bool(_)))
        });
        if has_flag {
            return Key {
                domain: Domain::Bounded("a flag"),
                of: KeyType::Unknown,
            };
        }
        if self.is_used_as_text(param) {
            return Key {
                domain: Domain::Open,
                of: KeyType::String,
            };
        }
        let of = self.facts.reads[param.at()]
            .first()
            .map_or(KeyType::Unknown, |&read| self.key(read).of);
        Key {
            domain: Domain::Open,
            of,
        }
    }

    /// The values that a function returns, where the operation is a function.
    pub fn returned_by(&self, function: OpIdx) -> Vec<OpIdx> {
        let functions = self.flow.of_op(function).iter();
        functions
            .filter_map(|&site| self.function_at(site))
            .flat_map(|function| &self.facts.returns[function.at()])
            .filter_map(|&exit| match *self.code.kind(exit) {
                OpKind::Return(value) => Some(value),
                _ => None,
            })
            .collect()
    }

    /// Whether an operation is a function that takes something away from a collection.
    pub fn empties_something(&self, function: OpIdx) -> bool {
        let functions = self.flow.of_op(function).iter();
        functions
            .filter_map(|&site| self.function_at(site))
            .flat_map(|function| &self.facts.ops[function.at()])
            .any(|&op| match *self.code.kind(op) {
                OpKind::Call { callee, .. } => {
                    matches!(*self.code.kind(callee), OpKind::Member { name, .. } if matches!(self.text(name), "clear" | "delete"))
                }
                _ => false,
            })
    }

    /// Whether the method by which a result is kept is of the program and takes others away.
    pub fn sets_and_evicts(&self, insertion: OpIdx) -> bool {
        let OpKind::Call { callee, .. } = *self.code.kind(insertion) else {
            return false;
        };
        let mut edge: Vec<FunctionIdx> = self
            .flow
            .of_op(callee)
            .iter()
            .filter_map(|&site| self.function_at(site))
            .collect();
        let mut seen = edge.clone();
        for _ in 0..4 {
            let mut next = Vec::new();
            for function in edge {
                for &op in &self.facts.ops[function.at()] {
                    match self.code.kind(op) {
                        OpKind::DeleteIndex { .. } => return true,
                        OpKind::Call { callee, .. } => {
                            if let OpKind::Member { name, .. } = *self.code.kind(*callee)
                                && matches!(
                                    self.text(name),
                                    "delete" | "clear" | "shift" | "pop" | "splice"
                                )
                            {
                                return true;
                            }
                            next.extend(
                                self.flow
                                    .of_op(*callee)
                                    .iter()
                                    .filter_map(|&site| self.function_at(site))
                                    .filter(|function| !seen.contains(function)),
                            );
                        }
                        _ => {}
                    }
                }
            }
            seen.extend(&next);
            edge = next;
        }
        false
    }

    /// Whether a function makes something whose constructor throws on what it does not know.
    pub fn makes_validated(&self, function: FunctionIdx) -> bool {
        self.facts.ops[function.at()]
            .iter()
            .any(|&op| self.is_validated(op))
    }

    /// Whether an operation makes something whose constructor throws on what it does not know.
    pub fn is_validated(&self, op: OpIdx) -> bool {
        match *self.code.kind(op) {
            OpKind::Call {
                callee,
                kind: CallKind::New,
                ..
            } => match *self.code.kind(callee) {
                OpKind::Member { object, .. } => {
                    matches!(*self.code.kind(object), OpKind::Global(name) if self.text(name) == "Intl")
                }
                OpKind::Global(name) => matches!(self.text(name), "TextDecoder"),
                _ => false,
            },
            _ => false,
        }
    }
}

impl Memo {
    /// Whether it is a method of a class that a decorator makes remember.
    pub fn is_method(&self) -> bool {
        match self.source {
            Source::Library(library) => matches!(
                library.form,
                super::Form::PerInstance | super::Form::PerClass
            ),
            Source::Own(_) => false,
        }
    }
}
