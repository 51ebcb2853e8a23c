//! Which literals the program's text lets a value be: flags that nothing sets, options that no caller passes.
//!
//! Evaluates operations backwards, through bindings, parameters and fields, to a small depth. Must not know collections
//! or rules.

use super::flow::UNKNOWN;
use super::{Escape, Program, SiteIdx, SiteKind};
use crate::summary::{
    BinaryOp, BindingIdx, BindingKind, CallKind, Choice, FunctionIdx, Name, OpIdx, OpKind, UnaryOp,
    Write,
};

/// How far values are followed.
const MAX_DEPTH: u32 = 12;

/// How many operations are looked at for one value.
const MAX_STEPS: u32 = 200;

/// How many different literals one value may be.
const MAX_LITERALS: usize = 8;

/// How many calls of a function are looked at.
const MAX_CALLERS: usize = 20;

/// How many writes to properties of one name are looked at.
const MAX_WRITES: u32 = 6;

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Literal {
    /// `null`, `undefined`, or what was left out.
    Nothing,
    Bool(bool),
    Number(f64),
    Text(Name),
    /// An object, a function, a class: whatever is no literal and no nothing.
    Object,
}

/// All that a value may be.
#[derive(Clone, Debug, Default)]
struct Literals {
    values: Vec<Literal>,
    /// How sure it is that it is nothing else.
    sure: Failure,
}

/// How sure it is that a condition fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Failure {
    /// Unless strangers hand over an object that has what it asks for.
    Unbrought,
    /// Unless strangers set what it asks for.
    Unset,
    /// Whatever happens.
    #[default]
    Certain,
}

struct Evaluation<'a> {
    program: &'a Program,
    steps: u32,
}

impl Program {
    /// Whether a condition never comes out as `sense`, by all that the program writes to what it asks for.
    pub(super) fn fails(&self, condition: OpIdx, sense: bool) -> Option<Failure> {
        let mut evaluation = Evaluation {
            program: self,
            steps: 0,
        };
        let literals = evaluation.op(condition, 0)?;
        let is_other = |&literal: &Literal| self.is_true(literal) != sense;
        (!literals.values.is_empty() && literals.values.iter().all(is_other))
            .then_some(literals.sure)
    }

    /// Whether nothing in the program gives an object that property, unless one that the program makes of a class.
    fn is_given_to_none(&self, name: Name) -> bool {
        let is_of_class = |write: OpIdx| match *self.code.kind(write) {
            OpKind::Store { object, .. } => {
                let owners = self.flow.of_op(object);
                !owners.is_empty()
                    && owners.iter().all(|&site| {
                        let kind = self.flow.sites[site.0 as usize].kind;
                        matches!(kind, SiteKind::Instance(_))
                    })
            }
            _ => false,
        };
        let writes = self.facts.writes_to(name);
        let mut methods = self.code.classes.iter().flat_map(|class| &class.methods);
        writes <= MAX_WRITES
            && (writes == 0 || self.writes_by_name(name).all(is_of_class))
            && !methods.any(|method| method.name == name)
    }

    fn is_true(&self, literal: Literal) -> bool {
        match literal {
            Literal::Nothing => false,
            Literal::Bool(value) => value,
            Literal::Number(value) => value != 0.0,
            Literal::Text(text) => !self.text(text).is_empty(),
            Literal::Object => true,
        }
    }

    /// Whether two literals are equal, also loosely; none where that would have to be computed.
    fn are_equal(&self, one: Literal, other: Literal) -> Option<bool> {
        use Literal::{Bool, Nothing, Number, Object, Text};
        let is_numeric = |text: Name| self.text(text).trim().parse::<f64>().is_ok();
        match (one, other) {
            (Nothing, Nothing) => Some(true),
            (Nothing, _) | (_, Nothing) => Some(false),
            (Bool(one), Bool(other)) => Some(one == other),
            (Number(one), Number(other)) => Some(one.total_cmp(&other).is_eq()),
            (Text(one), Text(other)) => Some(one == other),
            (Text(text), Number(_) | Bool(_)) | (Number(_) | Bool(_), Text(text)) => {
                (!is_numeric(text) && !self.text(text).trim().is_empty()).then_some(false)
            }
            (Object, _) | (_, Object) | (Number(_), Bool(_)) | (Bool(_), Number(_)) => None,
        }
    }
}

impl Literals {
    fn one(literal: Literal) -> Self {
        Self {
            values: vec![literal],
            sure: Failure::Certain,
        }
    }

    /// The answers of a test of each.
    fn tested(self, test: impl Fn(Literal) -> Option<bool>) -> Option<Self> {
        let begins = Self {
            sure: self.sure,
            ..Self::default()
        };
        self.values.into_iter().try_fold(begins, |joined, literal| {
            joined.join(Self::one(Literal::Bool(test(literal)?)))
        })
    }

    fn join(mut self, other: Self) -> Option<Self> {
        for literal in other.values {
            if !self.values.contains(&literal) {
                self.values.push(literal);
            }
        }
        self.sure = self.sure.min(other.sure);
        (self.values.len() <= MAX_LITERALS).then_some(self)
    }
}

impl Evaluation<'_> {
    fn op(&mut self, op: OpIdx, depth: u32) -> Option<Literals> {
        self.steps += 1;
        if depth > MAX_DEPTH || self.steps > MAX_STEPS {
            return None;
        }
        let program = self.program;
        match *program.code.kind(op) {
            OpKind::Nullish
            | OpKind::Unary {
                op: UnaryOp::Void, ..
            } => Some(Literals::one(Literal::Nothing)),
            OpKind::Bool(value) => Some(Literals::one(Literal::Bool(value))),
            OpKind::Num(value) => Some(Literals::one(Literal::Number(value))),
            OpKind::Str(text) => Some(Literals::one(Literal::Text(text))),
            OpKind::Regex { .. }
            | OpKind::Object { .. }
            | OpKind::Array { .. }
            | OpKind::Function(_)
            | OpKind::Class(_)
            | OpKind::Call {
                kind: CallKind::New,
                ..
            } => Some(Literals::one(Literal::Object)),
            OpKind::Cast { value, .. } => self.op(value, depth + 1),
            OpKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => {
                let inner = self.op(operand, depth + 1)?;
                inner.tested(|literal| Some(!program.is_true(literal)))
            }
            OpKind::Binary {
                op: operator @ (BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::IsNull),
                left,
                right,
            } => {
                let (left, right) = (self.op(left, depth + 1)?, self.op(right, depth + 1)?);
                let mut joined = Literals {
                    sure: right.sure,
                    ..Literals::default()
                };
                for &other in &right.values {
                    let compared = left.clone().tested(|one| {
                        let is_equal = program.are_equal(one, other)?;
                        // `undefined === null` fails.
                        if operator == BinaryOp::IsNull && is_equal {
                            return None;
                        }
                        Some(is_equal == (operator != BinaryOp::NotEqual))
                    })?;
                    joined = joined.join(compared)?;
                }
                Some(joined)
            }
            OpKind::Either {
                choice,
                left,
                right,
            } => self.either(choice, left, right, depth),
            OpKind::Read(binding) => match program.value_at(binding, op) {
                Some(value) => self.op(value, depth + 1),
                None => self.binding(binding, depth),
            },
            OpKind::Member { object, name } => self.member(op, object, name, depth),
            _ => None,
        }
    }

    fn either(
        &mut self,
        choice: Choice,
        left: OpIdx,
        right: OpIdx,
        depth: u32,
    ) -> Option<Literals> {
        let program = self.program;
        if choice == Choice::Ternary {
            return self.op(left, depth + 1)?.join(self.op(right, depth + 1)?);
        }
        let first = self.op(left, depth + 1)?;
        let (passed_on, replaced): (Vec<Literal>, Vec<Literal>) = first
            .values
            .iter()
            .partition(|&&literal| program.is_true(literal) == (choice == Choice::Or));
        let kept = Literals {
            values: passed_on,
            sure: first.sure,
        };
        if replaced.is_empty() {
            return Some(kept);
        }
        // `a ?? b` passes on what is merely falsy.
        let falsy = Literals {
            values: replaced
                .into_iter()
                .filter(|&literal| choice == Choice::Or && literal != Literal::Nothing)
                .collect(),
            sure: Failure::Certain,
        };
        kept.join(falsy)?.join(self.op(right, depth + 1)?)
    }

    fn binding(&mut self, binding: BindingIdx, depth: u32) -> Option<Literals> {
        let program = self.program;
        let data = &program.code.bindings[binding.at()];
        let passed = match data.kind {
            BindingKind::Import { .. } => {
                return self.binding(program.imported(binding)?, depth + 1);
            }
            BindingKind::Param(position) => self.param(data.function, position, depth)?,
            BindingKind::Const => Literals::default(),
            BindingKind::Var | BindingKind::Let => {
                if self.is_given_at_once(binding) {
                    Literals::default()
                } else {
                    Literals::one(Literal::Nothing)
                }
            }
            _ => return None,
        };
        let assigns = &program.facts.assigns[binding.at()];
        assigns
            .iter()
            .try_fold(passed, |joined, &assign| match *program.code.kind(assign) {
                OpKind::Assign { value, .. } => joined.join(self.op(value, depth + 1)?),
                _ => None,
            })
    }

    /// Whether a variable is declared with a value.
    fn is_given_at_once(&self, binding: BindingIdx) -> bool {
        let program = self.program;
        let assigns = &program.facts.assigns[binding.at()];
        assigns.first().is_some_and(|&assign| {
            matches!(
                program.code.kind(assign),
                OpKind::Assign {
                    write: Write::Init,
                    ..
                }
            )
        })
    }

    /// What all calls pass, where all are known.
    fn param(&mut self, function: FunctionIdx, position: u32, depth: u32) -> Option<Literals> {
        let program = self.program;
        let callers = &program.facts.callers[function.at()];
        let data = &program.code.functions[function.at()];
        if program.flow.function_escapes(function)
            || data.has_rest
            || callers.is_empty()
            || callers.len() > MAX_CALLERS
        {
            return None;
        }
        callers
            .iter()
            .try_fold(Literals::default(), |joined, &call| {
                let OpKind::Call { callee, args, .. } = program.code.kind(call) else {
                    return None;
                };
                let is_direct = match *program.code.kind(*callee) {
                    OpKind::Member { name, .. } => {
                        !matches!(program.text(name), "apply" | "bind" | "call")
                    }
                    OpKind::Read(_) | OpKind::Function(_) => true,
                    _ => false,
                };
                let is_spread = |&arg: &OpIdx| matches!(program.code.kind(arg), OpKind::Spread(_));
                let means_it = program.flow.callees(call).any(|callee| callee == function);
                if !is_direct || !means_it || args.iter().any(is_spread) {
                    return None;
                }
                let passed = match args.get(position as usize) {
                    Some(&arg) => self.op(arg, depth + 1)?,
                    None => Literals::one(Literal::Nothing),
                };
                joined.join(passed)
            })
    }

    fn member(&mut self, op: OpIdx, object: OpIdx, name: Name, depth: u32) -> Option<Literals> {
        let program = self.program;
        let sites = program.flow.of_op(object);
        if sites.is_empty() || program.facts.accessors.contains(&name) {
            return None;
        }
        let has_methods = !program.flow.of_op(op).is_empty();
        // Objects are handed over, here and by strangers, and nothing here gives one that property.
        if sites.contains(&UNKNOWN)
            && sites.iter().any(|&site| program.is_written_out(site))
            && program.is_given_to_none(name)
        {
            // Callers do not know of what has the name of a private property.
            let is_private = program.text(name).starts_with('_');
            return Some(Literals {
                sure: if is_private {
                    Failure::Unset
                } else {
                    Failure::Unbrought
                },
                ..Literals::one(Literal::Nothing)
            });
        }
        sites.iter().try_fold(Literals::default(), |joined, &site| {
            joined.join(self.field(site, name, has_methods, depth)?)
        })
    }

    /// What a property of a site may be; `has_methods` where what it holds may come from a prototype.
    fn field(
        &mut self,
        site: SiteIdx,
        name: Name,
        has_methods: bool,
        depth: u32,
    ) -> Option<Literals> {
        let program = self.program;
        self.steps += 1;
        let kind = program.flow.sites[site.0 as usize].kind;
        let has_prototype = match kind {
            SiteKind::Object | SiteKind::Exports => false,
            SiteKind::Instance(_) | SiteKind::Class(_) | SiteKind::Function(_) => true,
            SiteKind::Namespace(file) => {
                let binding = program.exported(file, name, 0)?;
                return self.binding(binding, depth + 1);
            }
            _ => return None,
        };
        if program.flow.escapes(site, Escape::Passed) || depth > MAX_DEPTH {
            return None;
        }
        // What a call gives may have been filled by the function.
        let made = program.flow.sites[site.0 as usize].op;
        if kind == SiteKind::Object
            && made.is_some_and(|op| matches!(program.code.kind(op), OpKind::Call { .. }))
        {
            return None;
        }
        let writes = program.facts.field_writes(site, name);
        let begins = if writes.is_empty() {
            if has_prototype && (has_methods || program.facts.writes_to(name) > 0) {
                return None;
            }
            Literals::one(Literal::Nothing)
        } else {
            Literals::default()
        };
        let mut joined = Literals {
            sure: if program.flow.escapes(site, Escape::Exported) {
                Failure::Unset
            } else {
                Failure::Certain
            },
            ..begins
        };
        for write in writes {
            joined = joined.join(self.op(write.value, depth + 1)?)?;
        }
        for &write in &program.facts.computed_writes[site.0 as usize] {
            // `{ ...defaults, verbose: true }`
            let OpKind::StoreIndex { value, .. } = *program.code.kind(write) else {
                return None;
            };
            let OpKind::Spread(from) = *program.code.kind(value) else {
                return None;
            };
            for &from in program.flow.of_op(from) {
                joined = joined.join(self.field(from, name, false, depth + 1)?)?;
            }
            if program.flow.of_op(from).is_empty() {
                return None;
            }
        }
        Some(joined)
    }
}
