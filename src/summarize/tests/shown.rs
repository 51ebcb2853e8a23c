//! Summaries as text that a test can compare.

use std::fmt::Write as _;

use crate::summary::{
    BindingIdx, CallKind, Choice, FunctionIdx, FunctionKind, ModuleSummary, Name, OpIdx, OpKind,
    RegionIdx, RegionKind, UnaryOp, Write,
};

/// A summary as text.
pub(super) struct Shown<'a>(pub(super) &'a ModuleSummary);

impl Shown<'_> {
    /// The effects of the code, a line each: `function: [regions] effect`.
    pub(super) fn effects(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, op) in self.0.ops.iter().enumerate() {
            let is_effect = matches!(
                op.kind,
                OpKind::Assign { .. }
                    | OpKind::AssignGlobal { .. }
                    | OpKind::Store { .. }
                    | OpKind::StoreIndex { .. }
                    | OpKind::Accessor { .. }
                    | OpKind::Delete { .. }
                    | OpKind::DeleteIndex { .. }
                    | OpKind::Return(_)
                    | OpKind::Throw
                    | OpKind::Call { .. }
            );
            if is_effect {
                let mut line = self.function(self.0.regions[op.region.at()].function);
                self.regions(op.region, &mut line);
                line.push_str(&self.op(OpIdx(u32::try_from(index).unwrap())));
                lines.push(line);
            }
        }
        lines
    }

    fn function(&self, function: FunctionIdx) -> String {
        let function = &self.0.functions[function.at()];
        match (function.kind, function.name) {
            (FunctionKind::Module, _) => String::new(),
            (FunctionKind::Fields, _) => "fields: ".to_owned(),
            (FunctionKind::Constructor, _) => "constructor: ".to_owned(),
            (_, Some(name)) => format!("{}: ", self.0.name(name)),
            (_, None) => "anonymous: ".to_owned(),
        }
    }

    /// The regions around, outermost first.
    fn regions(&self, region: RegionIdx, line: &mut String) {
        let region = &self.0.regions[region.at()];
        if let Some(parent) = region.parent {
            self.regions(parent, line);
        }
        let text = match &region.kind {
            RegionKind::Body => return,
            RegionKind::Branch {
                test,
                sense,
                is_rest,
            } => {
                let word = if *is_rest { "rest" } else { "if" };
                let not = if *sense { "" } else { "not " };
                format!("{word} {not}{}", self.op(*test))
            }
            RegionKind::Case { tests, .. } if tests.is_empty() => "default".to_owned(),
            RegionKind::Case { tests, .. } => format!("case {}", self.list(tests)),
            RegionKind::Loop { .. } => "loop".to_owned(),
            RegionKind::Iteration { .. } => "each".to_owned(),
            RegionKind::Try => "try".to_owned(),
            RegionKind::Catch => "catch".to_owned(),
            RegionKind::Finally => "finally".to_owned(),
        };
        write!(line, "[{text}] ").unwrap();
    }

    fn list(&self, ops: &[OpIdx]) -> String {
        let ops: Vec<String> = ops.iter().map(|&op| self.op(op)).collect();
        ops.join(", ")
    }

    /// A binding's name, with an apostrophe for each earlier binding of that name.
    pub(super) fn binding(&self, binding: BindingIdx) -> String {
        let name = self.0.bindings[binding.at()].name;
        let earlier = self.0.bindings[..binding.at()].iter();
        let earlier = earlier.filter(|other| other.name == name).count();
        let text = match self.0.name(name) {
            "" => "param",
            text => text,
        };
        format!("{text}{}", "'".repeat(earlier))
    }

    pub(super) fn op(&self, op: OpIdx) -> String {
        let name = |name: Name| self.0.name(name);
        match self.0.kind(op) {
            OpKind::Str(text) => format!("'{}'", name(*text)),
            OpKind::Num(number) => number.to_string(),
            OpKind::Bool(value) => value.to_string(),
            OpKind::Nullish => "null".to_owned(),
            OpKind::Regex { .. } => "regex".to_owned(),
            OpKind::Read(binding) | OpKind::Target(binding) => self.binding(*binding),
            OpKind::Global(global) => format!("global {}", name(*global)),
            OpKind::This => "this".to_owned(),
            OpKind::Member { object, name: key } => format!("{}.{}", self.op(*object), name(*key)),
            OpKind::SuperMember { name: key } => format!("super.{}", name(*key)),
            OpKind::Index { object, key } => format!("{}[{}]", self.op(*object), self.op(*key)),
            OpKind::Object { .. } => "{}".to_owned(),
            OpKind::Array { elements } => format!("[{}]", self.list(elements)),
            OpKind::Function(function) => {
                format!("fn {}", self.function(*function).trim_end_matches(": "))
            }
            OpKind::ThisClass(class) | OpKind::Class(class) => {
                match self.0.classes[class.at()].name {
                    Some(class) => format!("class {}", name(class)),
                    None => "class".to_owned(),
                }
            }
            OpKind::Call {
                callee, args, kind, ..
            } => {
                let kind = match kind {
                    CallKind::Call => "",
                    CallKind::New => "new ",
                    CallKind::Super => "super ",
                    CallKind::Tag => "tag ",
                    CallKind::Deferred => "later ",
                };
                format!("{kind}{}({})", self.op(*callee), self.list(args))
            }
            OpKind::Spread(value) => format!("...{}", self.op(*value)),
            OpKind::Template(parts) => format!("`{}`", self.list(parts)),
            OpKind::Binary { op, left, right } => {
                format!("({} {op:?} {})", self.op(*left), self.op(*right))
            }
            OpKind::Unary { op, operand } => match op {
                UnaryOp::Not => format!("!{}", self.op(*operand)),
                _ => format!("{op:?} {}", self.op(*operand)),
            },
            OpKind::Either {
                choice,
                left,
                right,
            } => {
                let choice = match choice {
                    Choice::And => "&&",
                    Choice::Or => "||",
                    Choice::Ternary => ":",
                };
                format!("({} {choice} {})", self.op(*left), self.op(*right))
            }
            OpKind::Await(value) => format!("await {}", self.op(*value)),
            OpKind::Cast { value, .. } => format!("{} as T", self.op(*value)),
            OpKind::Iterate { over, keys: true } => format!("keys of {}", self.op(*over)),
            OpKind::Iterate { over, keys: false } => format!("elements of {}", self.op(*over)),
            OpKind::Require(request) => {
                format!("require {}", self.0.requests[request.at()].specifier)
            }
            OpKind::Unknown => "?".to_owned(),
            effect => self.effect(effect),
        }
    }

    fn effect(&self, effect: &OpKind) -> String {
        let sign = |write: Write| match write {
            Write::Init => ":=",
            Write::Plain => "=",
            Write::IfMissing => "||=",
            Write::IfPresent => "&&=",
            Write::Compound => "+=",
        };
        match *effect {
            OpKind::Assign {
                binding,
                value,
                write,
            } => format!(
                "{} {} {}",
                self.binding(binding),
                sign(write),
                self.op(value)
            ),
            OpKind::AssignGlobal { name, value } => {
                format!("global {} = {}", self.0.name(name), self.op(value))
            }
            OpKind::Store {
                object,
                name,
                value,
                write,
            } => {
                let (object, name) = (self.op(object), self.0.name(name));
                format!("{object}.{name} {} {}", sign(write), self.op(value))
            }
            OpKind::StoreIndex {
                object,
                key,
                value,
                write,
            } => {
                let (object, key) = (self.op(object), self.op(key));
                format!("{object}[{key}] {} {}", sign(write), self.op(value))
            }
            OpKind::Accessor {
                object, name, kind, ..
            } => format!("{}.{} is a {kind:?}", self.op(object), self.0.name(name)),
            OpKind::Delete { object, name } => {
                format!("delete {}.{}", self.op(object), self.0.name(name))
            }
            OpKind::DeleteIndex { object, key } => {
                format!("delete {}[{}]", self.op(object), self.op(key))
            }
            OpKind::Return(value) => format!("return {}", self.op(value)),
            OpKind::Throw => "throw".to_owned(),
            ref other => format!("{other:?}"),
        }
    }
}
