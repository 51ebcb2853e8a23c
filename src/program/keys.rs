//! Where the keys of an insertion come from: whether they can repeat, and of how many there can be.
//!
//! Evaluates operations backwards, through bindings, calls and parameters of the program, to a small depth.
//! Must not know collections or rules.

mod key;
mod members;
mod shown;
mod texts;
mod types;
mod words;

pub use key::{Domain, Key};
use shown::{Shown, shown_at};
use texts::text_of;
pub(super) use types::is_object_name;
pub(super) use words::{is_of_text, is_string_member as is_primitive_member};

use super::{Program, SiteIdx, SiteKind};
use crate::finding::KeyType;
use crate::summary::{
    BinaryOp, BindingIdx, BindingKind, CallKind, FunctionIdx, FunctionKind, OpIdx, OpKind, TypeIdx,
    UnaryOp, Write,
};

/// How far values are followed.
const MAX_DEPTH: u32 = 10;

/// How many operations are looked at for one key; beyond that it counts as open.
const MAX_STEPS: u32 = 400;

struct Evaluation<'a> {
    program: &'a Program,
    visited: Vec<OpIdx>,
    steps: u32,
    /// Whether a key is made of itself, as in `key += part`.
    is_built: bool,
    /// Whether a part is one character of a text.
    has_characters: bool,
    /// Whether a binding that was asked for is used as an object: in minified code it may be read thousands of times.
    objects: rustc_hash::FxHashMap<BindingIdx, bool>,
}

impl Program {
    /// What is known of the key that an operation gives.
    pub fn key(&self, op: OpIdx) -> Key {
        let mut evaluation = Evaluation {
            program: self,
            visited: Vec::new(),
            steps: 0,
            is_built: false,
            has_characters: false,
            objects: rustc_hash::FxHashMap::default(),
        };
        match evaluation.op(op, 0) {
            // Texts are made of characters too.
            Key {
                domain: Domain::Bounded(_),
                of,
            } if evaluation.is_built && evaluation.has_characters => Key::open(of),
            key => key,
        }
    }

    /// What is known of keys of a declared type.
    pub fn key_of_type(&self, index: TypeIdx) -> Option<Key> {
        types::type_key(self, index, 0)
    }
}

impl Evaluation<'_> {
    fn op(&mut self, op: OpIdx, depth: u32) -> Key {
        self.steps += 1;
        if self.visited.contains(&op) {
            // `key += "x"`: what it is made of besides itself decides.
            self.is_built = true;
            return Key::bounded("itself", KeyType::Unknown);
        }
        if depth > MAX_DEPTH || self.steps > MAX_STEPS {
            return Key::open(KeyType::Unknown);
        }
        self.visited.push(op);
        let key = self.op_here(op, depth);
        self.visited.pop();
        if depth > 0 && !self.program.recurs(op) {
            // What code that runs once makes is as many as its text says.
            return Key::bounded("made while modules load", key.of);
        }
        key
    }

    fn op_here(&mut self, op: OpIdx, depth: u32) -> Key {
        let program = self.program;
        match program.code.kind(op) {
            OpKind::Str(_) => Key::bounded("a literal", KeyType::String),
            OpKind::Num(_) => Key::bounded("a literal", KeyType::Number),
            OpKind::Bool(_) | OpKind::Nullish | OpKind::Regex { .. } => {
                Key::bounded("a literal", KeyType::Unknown)
            }
            OpKind::Object { .. } | OpKind::Array { .. } => {
                self.allocated(op, "an object that each call creates")
            }
            OpKind::Function(_) => self.allocated(op, "a function that each call creates"),
            OpKind::Class(_) | OpKind::ThisClass(_) => Key::bounded("a class", KeyType::Object),
            OpKind::This if program.is_construction_of_this(op) => {
                if program.recurs(op) {
                    Key::fresh("each instance", KeyType::Object)
                } else {
                    Key::bounded("made while modules load", KeyType::Object)
                }
            }
            OpKind::This => Key::open(KeyType::Object),
            OpKind::Template(parts) => {
                let parts = parts
                    .iter()
                    .map(|&part| self.op(part, depth + 1))
                    .reduce(Key::join);
                text_of(parts.unwrap_or(Key::bounded("a literal", KeyType::String)))
            }
            OpKind::Binary {
                op: operator,
                left,
                right,
            } => self.binary(*operator, *left, *right, depth),
            OpKind::Unary {
                op: operator,
                operand,
            } => match operator {
                UnaryOp::Not | UnaryOp::TypeOf | UnaryOp::Void => {
                    Key::bounded("a test's result", KeyType::Unknown)
                }
                UnaryOp::Number => Key {
                    of: KeyType::Number,
                    ..self.op(*operand, depth + 1)
                },
            },
            OpKind::Either { left, right, .. } => self.either(*left, *right, depth),
            OpKind::Await(value) | OpKind::Spread(value) => self.op(*value, depth + 1),
            OpKind::Cast { value, to } => {
                let by_type = types::type_key(program, *to, 0);
                let inner = self.op(*value, depth + 1);
                match by_type {
                    Some(key) if matches!(key.domain, Domain::Bounded(_)) => key,
                    Some(key) if inner.of == KeyType::Unknown => Key {
                        of: key.of,
                        ..inner
                    },
                    _ => inner,
                }
            }
            OpKind::Read(binding) => {
                let key = self.binding(*binding, Some(op), depth);
                match shown_at(program, *binding, op) {
                    Some(Shown::Text) => text_of(key),
                    Some(Shown::NoLiteral) => shown::made_elsewhere(key),
                    None if matches!(key.domain, Domain::FreshObject(_))
                        && texts::is_used_as_text(program, *binding, op) =>
                    {
                        text_of(key)
                    }
                    None => key,
                }
            }
            OpKind::Target(binding) => self.binding(*binding, None, depth),
            OpKind::Member { object, name } => self.member(op, *object, *name, depth),
            OpKind::Index { object, .. } => match self.element(*object) {
                key if matches!(key.domain, Domain::Bounded(_)) => key,
                _ if self.is_match(*object) => Key::open(KeyType::String),
                _ if self.op(*object, depth + 1).of == KeyType::String => self.character(),
                key => key,
            },
            OpKind::Iterate { over, keys } => match self.iterated(*over, depth) {
                key if *keys || matches!(key.domain, Domain::Bounded(_)) => key,
                _ if self.op(*over, depth + 1).of == KeyType::String => self.character(),
                key => key,
            },
            OpKind::Call {
                callee, args, kind, ..
            } => self.call(op, *callee, args, *kind, depth),
            OpKind::Global(name)
                if matches!(
                    program.text(*name),
                    "NaN" | "Infinity" | "__filename" | "__dirname"
                ) =>
            {
                Key::bounded("a constant", KeyType::Unknown)
            }
            _ => Key::open(KeyType::Unknown),
        }
    }

    fn allocated(&self, op: OpIdx, reason: &'static str) -> Key {
        if self.program.recurs(op) {
            Key::fresh_object(reason)
        } else {
            Key::bounded("made while modules load", KeyType::Object)
        }
    }

    fn either(&mut self, left: OpIdx, right: OpIdx, depth: u32) -> Key {
        let either = self.op(left, depth + 1).join(self.op(right, depth + 1));
        let is_literal = |op: OpIdx| matches!(self.program.code.kind(op), OpKind::Str(_));
        // `key ?? "default"`: what a text stands in for is one.
        if is_literal(left) || is_literal(right) {
            text_of(either)
        } else {
            either
        }
    }

    fn binary(&mut self, operator: BinaryOp, left: OpIdx, right: OpIdx, depth: u32) -> Key {
        match operator {
            BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::IsNull
            | BinaryOp::Less
            | BinaryOp::Greater
            | BinaryOp::In
            | BinaryOp::InstanceOf => Key::bounded("a test's result", KeyType::Unknown),
            BinaryOp::Modulo => Key::bounded("a remainder", KeyType::Number),
            BinaryOp::And => Key::bounded("a masked number", KeyType::Number),
            BinaryOp::Add => {
                let (left, right) = (self.op(left, depth + 1), self.op(right, depth + 1));
                let is_text = [left, right].iter().any(|part| {
                    part.of == KeyType::String || matches!(part.domain, Domain::FreshObject(_))
                });
                let sum = left.join(right);
                if is_text { text_of(sum) } else { sum }
            }
            BinaryOp::Arithmetic | BinaryOp::OrXor | BinaryOp::Shift => Key {
                of: KeyType::Number,
                ..self.op(left, depth + 1).join(self.op(right, depth + 1))
            },
        }
    }

    /// What a binding holds; at a read of it, if one is given.
    fn binding(&mut self, binding: BindingIdx, read: Option<OpIdx>, depth: u32) -> Key {
        let program = self.program;
        let data = &program.code.bindings[binding.at()];
        let annotated = data
            .annotation
            .and_then(|annotation| types::type_key(program, annotation, 0));
        if let Some(key) = annotated
            && matches!(key.domain, Domain::Bounded(_))
        {
            return key;
        }
        let inferred = self.inferred(binding, read, depth);
        match annotated {
            Some(key) if inferred.of == KeyType::Unknown => Key {
                of: key.of,
                ..inferred
            },
            _ if inferred.of == KeyType::Unknown && self.is_used_as_object(binding, read) => Key {
                of: KeyType::Object,
                ..inferred
            },
            _ => inferred,
        }
    }

    fn inferred(&mut self, binding: BindingIdx, read: Option<OpIdx>, depth: u32) -> Key {
        let program = self.program;
        if let Some(value) = read.and_then(|read| program.value_at(binding, read)) {
            return self.op(value, depth + 1);
        }
        let data = &program.code.bindings[binding.at()];
        match data.kind {
            BindingKind::Function
            | BindingKind::Class
            | BindingKind::Enum
            | BindingKind::Namespace => {
                return if program.recurs_binding(binding) {
                    Key::fresh_object("a function that each call creates")
                } else {
                    Key::bounded("a declaration", KeyType::Object)
                };
            }
            BindingKind::Import { .. } => {
                return program
                    .imported(binding)
                    .map_or(Key::open(KeyType::Unknown), |original| {
                        self.binding(original, None, depth + 1)
                    });
            }
            BindingKind::Catch | BindingKind::Arguments => return Key::open(KeyType::Unknown),
            BindingKind::Param(position) => {
                let incoming = self.param(data.function, position, depth);
                return self
                    .assigned(binding, read, depth)
                    .map_or(incoming, |assigned| assigned.join(incoming));
            }
            BindingKind::Var | BindingKind::Let | BindingKind::Const => {}
        }
        if let Some(key) = self.counter(binding) {
            return key;
        }
        self.assigned(binding, read, depth)
            .unwrap_or(Key::open(KeyType::Unknown))
    }

    fn assigned(&mut self, binding: BindingIdx, read: Option<OpIdx>, depth: u32) -> Option<Key> {
        let program = self.program;
        let mut joined: Option<Key> = None;
        for &assign in program.facts.assigns[binding.at()].iter().take(24) {
            if read.is_some_and(|read| program.comes_later(assign, read, binding)) {
                continue;
            }
            let OpKind::Assign { value, .. } = *program.code.kind(assign) else {
                continue;
            };
            if matches!(program.code.kind(value), OpKind::Nullish) {
                continue;
            }
            let key = self.op(value, depth + 1);
            joined = Some(joined.map_or(key, |before| before.join(key)));
        }
        joined
    }

    /// A binding that is counted up: across calls it never repeats, within one it is an index.
    fn counter(&self, binding: BindingIdx) -> Option<Key> {
        let program = self.program;
        let assigns = &program.facts.assigns[binding.at()];
        let is_counted = assigns.iter().any(|&assign| match *program.code.kind(assign) {
            OpKind::Assign { value, write: Write::Compound, .. } => matches!(program.code.kind(value), OpKind::Binary { op: BinaryOp::Add, left, right }
                if matches!(program.code.kind(*right), OpKind::Num(_)) && !matches!(program.code.kind(*left), OpKind::Str(_))),
            _ => false,
        });
        if !is_counted {
            return None;
        }
        // What is counted down again is the depth of something.
        let is_depth = assigns
            .iter()
            .any(|&assign| match *program.code.kind(assign) {
                OpKind::Assign {
                    value,
                    write: Write::Compound,
                    ..
                } => matches!(
                    program.code.kind(value),
                    OpKind::Binary {
                        op: BinaryOp::Arithmetic,
                        ..
                    }
                ),
                _ => false,
            });
        if is_depth {
            return Some(Key::bounded(
                "a counter that is counted down",
                KeyType::Number,
            ));
        }
        let owner = program.code.bindings[binding.at()].function;
        let counts_elsewhere = assigns
            .iter()
            .any(|&assign| program.function_of(assign) != owner && program.recurs(assign));
        if counts_elsewhere && !program.function_recurs(owner) {
            // A counter that is set back begins again.
            let is_reset = assigns
                .iter()
                .any(|&assign| match *program.code.kind(assign) {
                    OpKind::Assign {
                        value,
                        write: Write::Plain,
                        ..
                    } => {
                        program.recurs(assign) && matches!(program.code.kind(value), OpKind::Num(_))
                    }
                    _ => false,
                });
            return Some(if is_reset {
                Key::bounded("a counter that is set back", KeyType::Number)
            } else {
                Key::fresh("a counter", KeyType::Number)
            });
        }
        Some(Key::bounded("an index of a loop", KeyType::Number))
    }

    /// What callers pass.
    fn param(&mut self, function: FunctionIdx, position: u32, depth: u32) -> Key {
        let program = self.program;
        let data = &program.code.functions[function.at()];
        let callers = &program.facts.callers[function.at()];
        if callers.is_empty()
            || callers.len() > 40
            || (data.has_rest && position as usize + 1 == data.params.len())
        {
            return Key::open(KeyType::Unknown);
        }
        let escapes = program.flow.function_escapes(function);
        let mut joined: Option<Key> = None;
        for &caller in callers {
            // How tests call it tells nothing.
            if program.modules[program.place(caller).file.0 as usize].is_development {
                continue;
            }
            // What modules pass while they load is fixed by their text.
            let key = if program.recurs(caller) {
                self.argument(caller, function, position, depth)
            } else {
                match self.argument(caller, function, position, depth) {
                    Key {
                        domain: Domain::Open,
                        of,
                    } => Key::bounded("passed while modules load", of),
                    key => key,
                }
            };
            joined = Some(joined.map_or(key, |before| before.join_callers(key)));
        }
        match joined {
            // Others may call it too; how the program itself calls it is a hint.
            Some(Key {
                domain: Domain::Bounded(_),
                of,
            }) if escapes => Key {
                domain: Domain::Hinted,
                of,
            },
            Some(key) if escapes => Key {
                domain: key.domain.max(Domain::Open),
                ..key
            },
            joined => joined.unwrap_or(Key::open(KeyType::Unknown)),
        }
    }

    fn argument(&mut self, call: OpIdx, function: FunctionIdx, position: u32, depth: u32) -> Key {
        let program = self.program;
        let OpKind::Call { callee, args, .. } = program.code.kind(call) else {
            return Key::open(KeyType::Unknown);
        };
        let passes_function = args.iter().any(|&arg| {
            program.flow.of_op(arg).iter().any(|&site| {
                program.flow.sites[site.0 as usize].kind == SiteKind::Function(function)
            })
        });
        if passes_function && !matches!(*program.code.kind(*callee), OpKind::Read(_)) {
            // A callback: it gets the elements of what it is called on.
            return match *program.code.kind(*callee) {
                OpKind::Member { name, .. }
                    if matches!(program.text(name), "replace" | "replaceAll") =>
                {
                    if position == 0 && args.first().is_some_and(|&arg| self.is_of_character(arg)) {
                        self.character()
                    } else {
                        Key::open(KeyType::String)
                    }
                }
                OpKind::Member { object, .. } if position == 0 => self.iterated(object, depth),
                _ => Key::open(KeyType::Unknown),
            };
        }
        if args
            .iter()
            .any(|&arg| matches!(program.code.kind(arg), OpKind::Spread(_)))
        {
            return Key::open(KeyType::Unknown);
        }
        match *program.code.kind(*callee) {
            OpKind::Member { name, .. } if program.text(name) == "call" => args
                .get(position as usize + 1)
                .map_or(Key::bounded("left out", KeyType::Unknown), |&arg| {
                    self.op(arg, depth + 1)
                }),
            OpKind::Member { name, .. } if program.text(name) == "apply" => {
                Key::open(KeyType::Unknown)
            }
            _ => args
                .get(position as usize)
                .map_or(Key::bounded("left out", KeyType::Unknown), |&arg| {
                    self.op(arg, depth + 1)
                }),
        }
    }

    fn call(
        &mut self,
        op: OpIdx,
        callee: OpIdx,
        args: &[OpIdx],
        kind: CallKind,
        depth: u32,
    ) -> Key {
        let program = self.program;
        let (receiver, name) = match *program.code.kind(callee) {
            OpKind::Member { object, name } => (Some(object), Some(name)),
            OpKind::Global(name) => (None, Some(name)),
            OpKind::Read(binding) => (None, Some(program.code.bindings[binding.at()].name)),
            _ => (None, None),
        };
        let text = name.map_or("", |name| program.text(name));
        if kind == CallKind::New {
            return match text {
                "String" | "Number" | "Boolean" => Key::open(KeyType::Unknown),
                _ => self.allocated(op, "an object that each call creates"),
            };
        }
        // `new Date().getTime()`; another date is as many as callers bring.
        if text == "getTime" && !receiver.is_some_and(|receiver| program.is_now(receiver)) {
            return Key::open(KeyType::Number);
        }
        // One that is seeded, or among a few.
        if text == "random" && !args.is_empty() {
            return Key::open(KeyType::Unknown);
        }
        if let Some(reason) = words::never_repeats(text, receiver.is_some()) {
            return if program.recurs(op) {
                Key::fresh(reason, KeyType::Unknown)
            } else {
                Key::bounded("made while modules load", KeyType::Unknown)
            };
        }
        match (receiver, text) {
            (
                Some(receiver),
                "toString" | "toLowerCase" | "toUpperCase" | "trim" | "replace" | "slice"
                | "substring" | "substr" | "join" | "concat" | "padStart" | "replaceAll"
                | "normalize",
            ) => {
                return text_of(self.op(receiver, depth + 1));
            }
            (Some(_), "charAt") => return self.character(),
            (Some(_), "floor" | "round" | "ceil" | "trunc" | "abs") if args.len() == 1 => {
                return Key {
                    of: KeyType::Number,
                    ..self.op(args[0], depth + 1)
                };
            }
            // `Math.min(n, 3)` is at most 3; what is at least 0 may be anything.
            (Some(_), "min" | "max") if !args.is_empty() => {
                let mut is_bounded = args
                    .iter()
                    .map(|&arg| matches!(self.op(arg, depth + 1).domain, Domain::Bounded(_)));
                let is_clamped = if text == "min" {
                    is_bounded.any(|is_bounded| is_bounded)
                } else {
                    is_bounded.all(|is_bounded| is_bounded)
                };
                return if is_clamped {
                    Key::bounded("a clamped number", KeyType::Number)
                } else {
                    Key::open(KeyType::Number)
                };
            }
            (Some(_), "charCodeAt" | "indexOf" | "codePointAt") => {
                return Key::open(KeyType::Number);
            }
            (None, "String") | (Some(_), "stringify") => {
                let inner = args
                    .first()
                    .map_or(Key::open(KeyType::Unknown), |&arg| self.op(arg, depth + 1));
                return text_of(inner);
            }
            (None, "Number" | "parseInt" | "parseFloat") => {
                let inner = args
                    .first()
                    .map_or(Key::open(KeyType::Unknown), |&arg| self.op(arg, depth + 1));
                return Key {
                    of: KeyType::Number,
                    ..inner
                };
            }
            _ => {}
        }
        self.returned(op, callee, depth)
    }

    /// What the functions that are called return.
    fn returned(&mut self, op: OpIdx, callee: OpIdx, depth: u32) -> Key {
        let program = self.program;
        let holds = program.flow.of_op(op);
        let of = if !holds.is_empty() && holds.iter().all(|&site| is_object(program, site)) {
            KeyType::Object
        } else {
            KeyType::Unknown
        };
        let callees = program.flow.of_op(callee);
        if callees.is_empty() || callees.len() > 4 {
            return Key::open(of);
        }
        let mut joined: Option<Key> = None;
        for &site in callees {
            let SiteKind::Function(function) = program.flow.sites[site.0 as usize].kind else {
                return Key::open(of);
            };
            for &exit in program.facts.returns[function.at()].iter().take(12) {
                let OpKind::Return(value) = *program.code.kind(exit) else {
                    continue;
                };
                let key = self.op(value, depth + 1);
                joined = Some(joined.map_or(key, |before| before.join(key)));
            }
        }
        joined.map_or(Key::open(of), |key| {
            if key.of == KeyType::Unknown {
                Key { of, ..key }
            } else {
                key
            }
        })
    }

    /// Whether a property of the binding that strings lack is read: then it is an object.
    fn is_used_as_object(&mut self, binding: BindingIdx, read: Option<OpIdx>) -> bool {
        let program = self.program;
        // `node = node.text`: what it was before is another value.
        if let Some(reads) = read.and_then(|read| program.reads_alike(binding, read)) {
            return member_reads(program, &reads);
        }
        let known = self.objects.entry(binding);
        *known.or_insert_with(|| member_reads(program, &program.facts.reads[binding.at()]))
    }
}

impl Program {
    /// Whether an operation gives a date that was made without saying which.
    fn is_now(&self, op: OpIdx) -> bool {
        let is_new = |op: OpIdx| matches!(self.code.kind(op), OpKind::Call { kind: CallKind::New, args, .. } if args.is_empty());
        match *self.code.kind(op) {
            OpKind::Read(binding) => self.assigned_values(binding).into_iter().any(is_new),
            _ => is_new(op),
        }
    }

    fn recurs_binding(&self, binding: BindingIdx) -> bool {
        let owner = self.code.bindings[binding.at()].function;
        self.code.functions[owner.at()].kind != FunctionKind::Module && self.function_recurs(owner)
    }
}

/// Whether one of the reads is followed by access to a property that only objects have.
fn member_reads(program: &Program, reads: &[OpIdx]) -> bool {
    reads.iter().any(|&read| {
        program.code.ops[read.at() + 1..]
            .iter()
            .take(3)
            .any(|next| match next.kind {
                OpKind::Member { object, name } => {
                    object == read && !words::is_string_member(program.text(name))
                }
                OpKind::Binary {
                    op: BinaryOp::InstanceOf,
                    left,
                    ..
                } => left == read,
                _ => false,
            })
    })
}

fn is_object(program: &Program, site: SiteIdx) -> bool {
    !matches!(
        program.flow.sites[site.0 as usize].kind,
        SiteKind::Unknown | SiteKind::Builtin(_)
    )
}

impl Program {
    /// Whether recurring code adds entries to a site.
    fn is_written_later(&self, site: SiteIdx) -> bool {
        self.written_later.contains(&site)
    }
}
