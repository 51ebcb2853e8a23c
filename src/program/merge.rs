//! Joins the summaries of all modules into one: the same facts with indices that run through the whole program.
//!
//! Must not know what the facts mean.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::summary::{
    BindingIdx, BindingKind, ClassIdx, DeclaredType, Export, FunctionIdx, ModuleSummary, Name,
    OpIdx, OpKind, Purpose, RegionIdx, RegionKind, RequestIdx, Type, TypeIdx,
};

/// Where a module's facts begin in the joined ones.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Base {
    /// Its first function, which is its own code.
    pub(super) functions: u32,
    /// Its first binding.
    pub(super) bindings: u32,
    /// Its first class.
    pub(super) classes: u32,
    /// Its first region.
    pub(super) regions: u32,
    /// Its first operation.
    pub(super) ops: u32,
    /// Its first type.
    pub(super) types: u32,
    /// Its first request.
    pub(super) requests: u32,
    /// Whether its text is minified.
    pub(super) is_minified: bool,
    /// Whether it declares tests.
    pub(super) is_test: bool,
    /// Whether a tool has shortened its names.
    pub(super) has_short_names: bool,
    /// What its text says it is for.
    pub(super) purpose: Option<Purpose>,
}

impl Base {
    /// That of a module which begins here.
    fn of(self, summary: &ModuleSummary) -> Self {
        Self {
            is_minified: summary.is_minified,
            is_test: summary.is_test,
            has_short_names: summary.has_short_names,
            purpose: summary.purpose,
            ..self
        }
    }

    /// Where the module after one begins that begins here.
    fn after(self, summary: &ModuleSummary) -> Self {
        Self {
            functions: self.functions + summary.functions.len() as u32,
            bindings: self.bindings + summary.bindings.len() as u32,
            classes: self.classes + summary.classes.len() as u32,
            regions: self.regions + summary.regions.len() as u32,
            ops: self.ops + summary.ops.len() as u32,
            types: self.types + summary.types.len() as u32,
            requests: self.requests + summary.requests.len() as u32,
            ..self
        }
    }
}

/// Strings, each once, with an index.
#[derive(Debug, Default)]
pub(super) struct Interner {
    index: FxHashMap<Box<str>, Name>,
}

impl Interner {
    pub(super) fn intern(&mut self, text: &str, names: &mut Vec<Box<str>>) -> Name {
        if let Some(&name) = self.index.get(text) {
            return name;
        }
        let name = Name(names.len() as u32);
        names.push(text.into());
        self.index.insert(text.into(), name);
        name
    }
}

/// Joins summaries. The exports stay apart, one list per module, with their indices already joined.
pub(super) fn merge(
    mut summaries: Vec<ModuleSummary>,
    interner: &mut Interner,
) -> (ModuleSummary, Vec<Base>, Vec<Vec<Export>>, Vec<bool>) {
    let mut joined = ModuleSummary::default();
    interner.intern("", &mut joined.names);
    let mut next = Base::default();
    let shifts: Vec<Shift> = summaries
        .iter_mut()
        .map(|summary| {
            let names = std::mem::take(&mut summary.names);
            let shift = Shift {
                base: next.of(summary),
                names: names
                    .iter()
                    .map(|name| interner.intern(name, &mut joined.names))
                    .collect(),
            };
            next = next.after(summary);
            shift
        })
        .collect();
    summaries
        .par_iter_mut()
        .zip(&shifts)
        .for_each(|(summary, shift)| shift.summary(summary));
    let bases = shifts.into_iter().map(|shift| shift.base).collect();
    reserve(&mut joined, &summaries);
    let mut exports = Vec::with_capacity(summaries.len());
    let mut is_esm = Vec::with_capacity(summaries.len());
    for mut summary in summaries {
        joined.functions.append(&mut summary.functions);
        joined.bindings.append(&mut summary.bindings);
        joined.classes.append(&mut summary.classes);
        joined.regions.append(&mut summary.regions);
        joined.ops.append(&mut summary.ops);
        joined.statements.append(&mut summary.statements);
        joined.optional.append(&mut summary.optional);
        joined.type_args.append(&mut summary.type_args);
        joined.decorated.append(&mut summary.decorated);
        joined.types.append(&mut summary.types);
        joined
            .type_declarations
            .append(&mut summary.type_declarations);
        joined.requests.append(&mut summary.requests);
        is_esm.push(summary.is_esm);
        exports.push(summary.exports);
    }
    (joined, bases, exports, is_esm)
}

/// Makes room for all that is to be joined, and no more: these are the largest lists of a program.
fn reserve(joined: &mut ModuleSummary, summaries: &[ModuleSummary]) {
    let sum = |count: fn(&ModuleSummary) -> usize| summaries.iter().map(count).sum();
    joined.functions.reserve_exact(sum(|it| it.functions.len()));
    joined.bindings.reserve_exact(sum(|it| it.bindings.len()));
    joined.regions.reserve_exact(sum(|it| it.regions.len()));
    joined.ops.reserve_exact(sum(|it| it.ops.len()));
    joined
        .statements
        .reserve_exact(sum(|it| it.statements.len()));
    joined.types.reserve_exact(sum(|it| it.types.len()));
}

/// What is added to the indices of a module, and what its names are in the joined facts.
struct Shift {
    base: Base,
    names: Vec<Name>,
}

impl Shift {
    #[expect(clippy::too_many_lines, reason = "one short arm per kind of operation")]
    fn summary(&self, summary: &mut ModuleSummary) {
        for function in &mut summary.functions {
            if let Some(parent) = &mut function.parent {
                self.function(parent);
            }
            if let Some(name) = &mut function.name {
                self.name(name);
            }
            for param in &mut function.params {
                self.binding(param);
            }
            self.function(&mut function.this_of);
            if let Some(class) = &mut function.class {
                self.class(class);
            }
            self.region(&mut function.body);
            if let Some(returns) = &mut function.returns {
                self.type_(returns);
            }
        }
        for binding in &mut summary.bindings {
            self.name(&mut binding.name);
            self.function(&mut binding.function);
            if let Some(annotation) = &mut binding.annotation {
                self.type_(annotation);
            }
            if let BindingKind::Import { request, imported } = &mut binding.kind {
                self.request(request);
                for name in imported.iter_mut() {
                    self.name(name);
                }
            }
        }
        for class in &mut summary.classes {
            if let Some(name) = &mut class.name {
                self.name(name);
            }
            for decorator in &mut class.decorators {
                self.op(decorator);
            }
            if let Some(heritage) = &mut class.heritage {
                self.op(heritage);
            }
            if let Some(function) = &mut class.constructor {
                self.function(function);
            }
            if let Some(function) = &mut class.fields {
                self.function(function);
            }
            for method in &mut class.methods {
                self.name(&mut method.name);
                self.function(&mut method.function);
            }
            for (name, of) in &mut class.annotations {
                self.name(name);
                self.type_(of);
            }
        }
        for statement in &mut summary.statements {
            self.region(&mut statement.region);
        }
        for op in &mut summary.optional {
            self.op(op);
        }
        for (op, of) in &mut summary.type_args {
            self.op(op);
            self.type_(of);
        }
        for (param, decorator) in &mut summary.decorated {
            self.binding(param);
            self.name(decorator);
        }
        for region in &mut summary.regions {
            if let Some(parent) = &mut region.parent {
                self.region(parent);
            }
            self.function(&mut region.function);
            match &mut region.kind {
                RegionKind::Branch { test, .. } => self.op(test),
                RegionKind::Case {
                    discriminant,
                    tests,
                } => {
                    self.op(discriminant);
                    for test in tests.iter_mut() {
                        self.op(test);
                    }
                }
                RegionKind::Loop { test } => {
                    for test in test.iter_mut() {
                        self.op(test);
                    }
                }
                RegionKind::Iteration { element } => self.op(element),
                RegionKind::Body | RegionKind::Try | RegionKind::Catch | RegionKind::Finally => {}
            }
        }
        for op in &mut summary.ops {
            self.region(&mut op.region);
            self.kind(&mut op.kind);
        }
        for lowered in &mut summary.types {
            match lowered {
                Type::Union(parts) => {
                    for part in parts.iter_mut() {
                        self.type_(part);
                    }
                }
                Type::Named { name, args, .. } => {
                    self.name(name);
                    for arg in args.iter_mut() {
                        self.type_(arg);
                    }
                }
                _ => {}
            }
        }
        for declaration in &mut summary.type_declarations {
            self.name(&mut declaration.name);
            self.function(&mut declaration.function);
            if let DeclaredType::Alias(of) | DeclaredType::Generic(of) = &mut declaration.of {
                self.type_(of);
            }
        }
        for export in &mut summary.exports {
            match export {
                Export::Binding { name, binding } => {
                    self.name(name);
                    self.binding(binding);
                }
                Export::Value { name, value } => {
                    for name in name.iter_mut() {
                        self.name(name);
                    }
                    self.op(value);
                }
                Export::From {
                    name,
                    request,
                    imported,
                } => {
                    self.name(name);
                    self.request(request);
                    for name in imported.iter_mut() {
                        self.name(name);
                    }
                }
                Export::All { request } => self.request(request),
            }
        }
    }

    fn kind(&self, kind: &mut OpKind) {
        match kind {
            OpKind::Unknown
            | OpKind::Num(_)
            | OpKind::Bool(_)
            | OpKind::Nullish
            | OpKind::Regex { .. }
            | OpKind::This
            | OpKind::Object { .. }
            | OpKind::Throw => {}
            OpKind::Str(name) | OpKind::Global(name) | OpKind::SuperMember { name } => {
                self.name(name);
            }
            OpKind::Read(binding) | OpKind::Target(binding) => self.binding(binding),
            OpKind::ThisClass(class) | OpKind::Class(class) => self.class(class),
            OpKind::Member { object, name } | OpKind::Delete { object, name } => {
                self.op(object);
                self.name(name);
            }
            OpKind::Index { object, key } | OpKind::DeleteIndex { object, key } => {
                self.op(object);
                self.op(key);
            }
            OpKind::Array { elements } => {
                for element in elements.iter_mut() {
                    self.op(element);
                }
            }
            OpKind::Function(function) => self.function(function),
            OpKind::Call { callee, args, .. } => {
                self.op(callee);
                for arg in args.iter_mut() {
                    self.op(arg);
                }
            }
            OpKind::Spread(value) | OpKind::Await(value) | OpKind::Return(value) => self.op(value),
            OpKind::Template(parts) => {
                for part in parts.iter_mut() {
                    self.op(part);
                }
            }
            OpKind::Binary { left, right, .. } | OpKind::Either { left, right, .. } => {
                self.op(left);
                self.op(right);
            }
            OpKind::Unary { operand, .. } => self.op(operand),
            OpKind::Cast { value, to } => {
                self.op(value);
                self.type_(to);
            }
            OpKind::Iterate { over, .. } => self.op(over),
            OpKind::Assign { binding, value, .. } => {
                self.binding(binding);
                self.op(value);
            }
            OpKind::AssignGlobal { name, value } => {
                self.name(name);
                self.op(value);
            }
            OpKind::Store {
                object,
                name,
                value,
                ..
            } => {
                self.op(object);
                self.name(name);
                self.op(value);
            }
            OpKind::StoreIndex {
                object, key, value, ..
            } => {
                self.op(object);
                self.op(key);
                self.op(value);
            }
            OpKind::Accessor {
                object,
                name,
                function,
                ..
            } => {
                self.op(object);
                self.name(name);
                self.function(function);
            }
            OpKind::Require(request) => self.request(request),
        }
    }

    fn name(&self, name: &mut Name) {
        *name = self.names[name.at()];
    }
    fn op(&self, op: &mut OpIdx) {
        op.0 += self.base.ops;
    }
    fn binding(&self, binding: &mut BindingIdx) {
        binding.0 += self.base.bindings;
    }
    fn function(&self, function: &mut FunctionIdx) {
        function.0 += self.base.functions;
    }
    fn class(&self, class: &mut ClassIdx) {
        class.0 += self.base.classes;
    }
    fn region(&self, region: &mut RegionIdx) {
        region.0 += self.base.regions;
    }
    fn type_(&self, index: &mut TypeIdx) {
        index.0 += self.base.types;
    }
    fn request(&self, request: &mut RequestIdx) {
        request.0 += self.base.requests;
    }
}
