//! The program's own memoize helpers: functions that return a closure which keeps the results of a function it was given.
//!
//! ```js
//! function memoize(compute, results = {}) {
//!   return (key) => results[key] || (results[key] = compute(key));
//! }
//! ```
//!
//! Told by their form. A closure that removes or counts is none: what it keeps is judged as a collection.
//! Must not know values.

use rustc_hash::FxHashMap;

use super::libraries::{Compared, KeyFrom};
use super::syntax::Index;
use crate::summary::{
    BinaryOp, BindingIdx, BindingKind, FunctionIdx, FunctionKind, Name, OpIdx, OpKind, RegionKind,
};

/// How far a key or a cache is followed to what it is made from.
const MAX_DEPTH: u32 = 8;

/// A memoize helper of the program.
#[derive(Clone, Copy, Debug)]
pub struct Helper {
    /// The helper.
    pub function: FunctionIdx,
    /// What it returns.
    pub closure: FunctionIdx,
    /// What keeps a result.
    pub insertion: OpIdx,
    /// What it is kept in.
    pub cache: OpIdx,
    /// The parameter of the helper that is the function whose results are kept.
    pub wrapped: u32,
    /// The parameter of the helper that makes keys, where there is one.
    pub resolver: Option<u32>,
    /// The parameter of the helper that brings the cache, where there is one.
    pub given_cache: Option<u32>,
    /// The arguments of the closure under which a result is kept.
    pub key: KeyFrom,
    /// How they are told apart.
    pub compared: Compared,
}

/// The helpers of a program.
pub(super) fn find(index: &Index) -> FxHashMap<FunctionIdx, Helper> {
    let code = index.code;
    let mut inside: FxHashMap<FunctionIdx, Vec<FunctionIdx>> = FxHashMap::default();
    for (position, function) in code.functions.iter().enumerate() {
        if let Some(parent) = function.parent {
            inside
                .entry(parent)
                .or_default()
                .push(FunctionIdx(position as u32));
        }
    }
    let mut found = FxHashMap::default();
    for (position, function) in code.functions.iter().enumerate() {
        let closure = FunctionIdx(position as u32);
        let Some(parent) = function.parent else {
            continue;
        };
        if !matches!(function.kind, FunctionKind::Plain | FunctionKind::Arrow)
            || code.functions[parent.at()].kind == FunctionKind::Module
            || code.functions[parent.at()].params.is_empty()
        {
            continue;
        }
        let form = Form {
            index,
            inside: &inside,
            helper: parent,
            closure,
        };
        if form.is_returned()
            && let Some(helper) = form.helper()
        {
            found.insert(parent, helper);
        }
    }
    found
}

/// Where a closure keeps results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Binding(BindingIdx),
    Member(BindingIdx, Name),
}

struct Form<'a> {
    index: &'a Index<'a>,
    inside: &'a FxHashMap<FunctionIdx, Vec<FunctionIdx>>,
    helper: FunctionIdx,
    closure: FunctionIdx,
}

/// What a key is made from.
#[derive(Default)]
struct Parts {
    args: Vec<u32>,
    is_all: bool,
    is_text: bool,
    resolver: Option<u32>,
}

impl Form<'_> {
    fn is_returned(&self) -> bool {
        self.index
            .returned(self.helper)
            .any(|value| self.is_closure(value, 0))
    }

    fn is_closure(&self, op: OpIdx, depth: u32) -> bool {
        if depth > 4 {
            return false;
        }
        match self.index.code.kind(op) {
            OpKind::Function(function) => *function == self.closure,
            OpKind::Read(binding) => self
                .index
                .values(*binding)
                .any(|value| self.is_closure(value, depth + 1)),
            OpKind::Cast { value, .. } => self.is_closure(*value, depth + 1),
            // `Object.assign(memoized, { cache })`
            OpKind::Call { args, .. } => args
                .first()
                .is_some_and(|&first| self.is_closure(first, depth + 1)),
            _ => false,
        }
    }

    /// Whether the helper is told how much to keep: `memoize(compute, keyOf, maxSize)`.
    fn is_limited(&self) -> bool {
        let code = self.index.code;
        code.functions[self.helper.at()].params.iter().any(|param| {
            let name = code.name(code.bindings[param.at()].name).to_lowercase();
            name.starts_with("max")
                || matches!(&*name, "capacity" | "limit" | "size" | "ttl" | "cachesize")
        })
    }

    fn helper(&self) -> Option<Helper> {
        let code = self.index.code;
        let ops = self.index.ops(self.closure);
        let wrapped = ops.iter().find_map(|&op| self.applied_parameter(op));
        let mut found = None;
        for &op in ops {
            let (object, key, value) = match code.kind(op) {
                OpKind::StoreIndex {
                    object, key, value, ..
                } => (*object, *key, *value),
                OpKind::Call { callee, args, .. } => match (code.kind(*callee), &args[..]) {
                    (&OpKind::Member { object, name }, &[key, value])
                        if code.name(name) == "set" =>
                    {
                        (object, key, value)
                    }
                    _ => continue,
                },
                _ => continue,
            };
            let Some(root) = self.root(object, 0) else {
                continue;
            };
            let mut parts = Parts::default();
            self.parts(key, &mut parts, 0);
            let is_keyed = parts.is_all || !parts.args.is_empty() || parts.resolver.is_some();
            let is_bare = matches!(code.kind(value), OpKind::Read(binding) if self.parameter_of(self.closure, *binding).is_some());
            if is_keyed && !is_bare && self.is_read(root) && !self.is_counted(op) {
                found = Some((op, object, root, parts));
                break;
            }
        }
        let (insertion, cache, root, parts) = found?;
        let resolver = parts.resolver;
        // `resolver(key)` is a function that is applied too.
        let wrapped = ops
            .iter()
            .filter_map(|&op| self.applied_parameter(op))
            .find(|&position| Some(position) != resolver)
            .or(wrapped.filter(|&position| Some(position) != resolver))?;
        if self.is_emptied(root) || self.is_limited() {
            return None;
        }
        let key = match parts.args[..] {
            [position] if !parts.is_all => KeyFrom::Argument(position),
            _ => KeyFrom::All,
        };
        Some(Helper {
            function: self.helper,
            closure: self.closure,
            insertion,
            cache,
            wrapped,
            resolver,
            given_cache: self.given(root),
            key,
            compared: if parts.is_text {
                Compared::Text
            } else {
                Compared::Itself
            },
        })
    }

    /// The position of a parameter of a function.
    fn parameter_of(&self, function: FunctionIdx, binding: BindingIdx) -> Option<u32> {
        let data = &self.index.code.bindings[binding.at()];
        match data.kind {
            BindingKind::Param(position) if data.function == function => Some(position),
            _ => None,
        }
    }

    /// The parameter of the helper that an operation calls: `compute(key)`, `compute.apply(this, arguments)`.
    fn applied_parameter(&self, op: OpIdx) -> Option<u32> {
        let code = self.index.code;
        let OpKind::Call { callee, .. } = *code.kind(op) else {
            return None;
        };
        let called = match *code.kind(callee) {
            OpKind::Member { object, name } if matches!(code.name(name), "apply" | "call") => {
                object
            }
            _ => callee,
        };
        match *code.kind(called) {
            OpKind::Read(binding) => self.parameter_of(self.helper, binding),
            _ => None,
        }
    }

    fn root(&self, op: OpIdx, depth: u32) -> Option<Root> {
        let code = self.index.code;
        if depth > MAX_DEPTH {
            return None;
        }
        match *code.kind(op) {
            OpKind::Read(binding) => {
                let owner = code.bindings[binding.at()].function;
                if owner == self.helper {
                    return Some(Root::Binding(binding));
                }
                let value = self.index.only_value(binding)?;
                (owner == self.closure).then(|| self.root(value, depth + 1))?
            }
            OpKind::Member { object, name } => match *code.kind(object) {
                // `memoized.cache`, also where the function expression has a name of its own.
                OpKind::Read(binding) if self.is_closure(object, 0) => {
                    Some(Root::Member(binding, name))
                }
                _ => None,
            },
            OpKind::Cast { value, .. } => self.root(value, depth + 1),
            _ => None,
        }
    }

    fn is_root(&self, op: OpIdx, root: Root) -> bool {
        self.root(op, 0) == Some(root)
    }

    /// What a key is made from.
    fn parts(&self, op: OpIdx, parts: &mut Parts, depth: u32) {
        let code = self.index.code;
        if depth > MAX_DEPTH {
            return;
        }
        match code.kind(op) {
            OpKind::Read(binding) => {
                let data = &code.bindings[binding.at()];
                let function = &code.functions[self.closure.at()];
                if data.function != self.closure {
                    return;
                }
                match data.kind {
                    BindingKind::Param(position)
                        if function.has_rest && position as usize + 1 == function.params.len() =>
                    {
                        parts.is_all = true;
                    }
                    BindingKind::Param(position) => {
                        if !parts.args.contains(&position) {
                            parts.args.push(position);
                        }
                    }
                    BindingKind::Arguments => parts.is_all = true,
                    _ => {
                        for value in self.index.values(*binding).take(4) {
                            self.parts(value, parts, depth + 1);
                        }
                    }
                }
            }
            OpKind::Global(name) if code.name(*name) == "arguments" => parts.is_all = true,
            OpKind::Index { object, key } => {
                let mut whole = Parts::default();
                self.parts(*object, &mut whole, depth + 1);
                match *code.kind(*key) {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "an index of an argument"
                    )]
                    OpKind::Num(position) if whole.is_all && (0.0..64.0).contains(&position) => {
                        parts.args.push(position as u32);
                    }
                    _ => self.made_from(*object, parts, depth),
                }
            }
            OpKind::Either { left, right, .. } => {
                self.parts(*left, parts, depth + 1);
                self.parts(*right, parts, depth + 1);
            }
            OpKind::Cast { value, .. } | OpKind::Spread(value) => {
                self.parts(*value, parts, depth + 1);
            }
            OpKind::Call { callee, args, .. } => {
                if let Some(position) = self.applied_parameter(op) {
                    parts.resolver = Some(position);
                    return;
                }
                if let OpKind::Member { object, .. } = *code.kind(*callee) {
                    self.made_from(object, parts, depth);
                }
                for &arg in args {
                    self.made_from(arg, parts, depth);
                }
            }
            OpKind::Template(elements) => {
                for &element in elements {
                    self.made_from(element, parts, depth);
                }
            }
            OpKind::Binary { left, right, .. } => {
                self.made_from(*left, parts, depth);
                self.made_from(*right, parts, depth);
            }
            OpKind::Member { object, .. } => self.made_from(*object, parts, depth),
            _ => {}
        }
    }

    /// A part of a key that is not an argument itself.
    fn made_from(&self, op: OpIdx, parts: &mut Parts, depth: u32) {
        let before = (parts.is_all, parts.args.len());
        self.parts(op, parts, depth + 1);
        parts.is_text |= before != (parts.is_all, parts.args.len());
    }

    /// The functions inside the closure, itself first.
    fn closures(&self) -> Vec<FunctionIdx> {
        let mut found = vec![self.closure];
        let mut next = 0;
        while let Some(function) = found.get(next) {
            found.extend(self.inside.get(function).into_iter().flatten());
            next += 1;
        }
        found
    }

    /// Whether the closure looks a key up.
    fn is_read(&self, root: Root) -> bool {
        let code = self.index.code;
        self.index
            .ops(self.closure)
            .iter()
            .any(|&op| match code.kind(op) {
                OpKind::Index { object, .. } => self.is_root(*object, root),
                OpKind::Binary {
                    op: BinaryOp::In,
                    right,
                    ..
                } => self.is_root(*right, root),
                OpKind::Call { callee, args, .. } => match *code.kind(*callee) {
                    OpKind::Member { object, name } => match code.name(name) {
                        "get" | "has" | "hasOwnProperty" => self.is_root(object, root),
                        "call" | "hasOwn" => {
                            args.first().is_some_and(|&first| self.is_root(first, root))
                        }
                        _ => false,
                    },
                    _ => args.iter().any(|&arg| self.is_root(arg, root)),
                },
                _ => false,
            })
    }

    /// Whether a comparison decides that a result is kept.
    fn is_counted(&self, insertion: OpIdx) -> bool {
        let code = self.index.code;
        crate::program::regions(code, insertion).any(|(_, kind)| match *kind {
            RegionKind::Branch { test, .. } => matches!(
                code.kind(test),
                OpKind::Binary {
                    op: BinaryOp::Less | BinaryOp::Greater,
                    ..
                }
            ),
            _ => false,
        })
    }

    /// Whether the closure takes results away, or begins anew.
    fn is_emptied(&self, root: Root) -> bool {
        let code = self.index.code;
        let is_keeping = |value: OpIdx| {
            let value = match *code.kind(value) {
                OpKind::Either { left, .. } => left,
                _ => value,
            };
            match *code.kind(value) {
                OpKind::Call { callee, .. } => {
                    matches!(*code.kind(callee), OpKind::Member { name, .. } if code.name(name) == "set")
                }
                _ => false,
            }
        };
        self.closures()
            .into_iter()
            .flat_map(|function| self.index.ops(function).iter().copied())
            .any(|op| match *code.kind(op) {
                OpKind::DeleteIndex { .. } | OpKind::Delete { .. } => true,
                OpKind::Call { callee, .. } => {
                    matches!(*code.kind(callee), OpKind::Member { name, .. } if matches!(code.name(name), "delete" | "clear" | "shift" | "pop" | "splice" | "del"))
                }
                OpKind::Assign { binding, .. } => root == Root::Binding(binding),
                OpKind::Store {
                    object,
                    name,
                    value,
                    ..
                } => {
                    matches!(*code.kind(object), OpKind::Read(binding) if root == Root::Member(binding, name))
                        && !is_keeping(value)
                }
                _ => false,
            })
    }

    /// The parameter of the helper from which its cache comes.
    fn given(&self, root: Root) -> Option<u32> {
        match root {
            Root::Binding(binding) => self.given_to(binding, 0),
            Root::Member(..) => None,
        }
    }

    fn given_to(&self, binding: BindingIdx, depth: u32) -> Option<u32> {
        self.parameter_of(self.helper, binding).or_else(|| {
            self.index
                .values(binding)
                .find_map(|value| self.given_in(value, depth + 1))
        })
    }

    fn given_in(&self, op: OpIdx, depth: u32) -> Option<u32> {
        if depth > MAX_DEPTH {
            return None;
        }
        let again = |op: OpIdx| self.given_in(op, depth + 1);
        match self.index.code.kind(op) {
            OpKind::Read(binding) => self.given_to(*binding, depth + 1),
            OpKind::Member { object, .. } => again(*object),
            OpKind::Either { left, right, .. } => again(*left).or_else(|| again(*right)),
            OpKind::Cast { value, .. } => again(*value),
            OpKind::Call { callee, args, .. } => {
                again(*callee).or_else(|| args.iter().find_map(|&arg| again(arg)))
            }
            _ => None,
        }
    }
}
