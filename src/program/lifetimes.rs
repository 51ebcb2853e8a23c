//! How long what is allocated at each site lives, and by what name it is kept.
//!
//! Starts from what outlives every call (module-scope bindings, exports, globals, what closures of code that ran once
//! keep) and follows the writes that keep other sites alive. A site that recurring code puts in the place of another is
//! *replaced*, not kept: it dies when the next one comes.
//! Must not know what is done to collections, nor rules.

use rustc_hash::{FxHashMap, FxHashSet};

use super::flow::{SiteIdx, SiteKind, UNKNOWN};
use super::index::FieldWrite;
use super::{Program, regions, stands_in, tests_of};
use crate::summary::{
    BindingIdx, BindingKind, Choice, FunctionIdx, FunctionKind, ModuleSummary, Name, OpIdx, OpKind,
    RegionIdx, RegionKind, Write,
};

/// How long something lives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lifetime {
    /// Dies with the call, or with its owner of which there may be many.
    #[default]
    Call,
    /// Until the next call puts another in its place.
    Replaced,
    /// As long as its entry in a collection that lives as long as the process.
    Stored,
    /// As long as the process.
    Process,
}

/// What keeps a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A binding.
    Binding(BindingIdx),
    /// A property of another site.
    Field(SiteIdx, Name),
    /// An element of another site.
    Element(SiteIdx),
}

/// The lifetime of each site.
#[derive(Default)]
pub(super) struct Lifetimes {
    pub(super) of: Vec<Lifetime>,
    pub(super) holder: Vec<Option<Holder>>,
    /// The write that declares what is kept.
    pub(super) written: Vec<Option<OpIdx>>,
    /// The writes in recurring code that put something else in the place of a site, and which place that is.
    pub(super) resets: FxHashMap<SiteIdx, Vec<(OpIdx, Holder)>>,
    /// Writes in recurring code that replace a site by a longer copy of itself.
    pub(super) copies: FxHashMap<SiteIdx, Vec<OpIdx>>,
}

struct Walk<'a> {
    program: &'a Program,
    out: Lifetimes,
    work: Vec<SiteIdx>,
    bindings: FxHashSet<BindingIdx>,
    /// The functions that each function calls, directly or not, as far as [`MAX_CALLS`].
    callees: FxHashMap<FunctionIdx, FxHashSet<FunctionIdx>>,
    calls: Vec<Vec<FunctionIdx>>,
}

/// How far calls are followed to find out who allocates what a function keeps.
const MAX_CALLS: u32 = 6;

/// How many functions are taken to be part of making an instance.
const MAX_HOMES: usize = 32;

/// What a write does to the place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Happens once, or makes what was missing, or is part of making the owner.
    Keeps,
    /// Happens again and again.
    Replaces,
}

impl Lifetimes {
    /// The writes in recurring code that let go of a site: in the place that keeps it, or a better known one. That an
    /// alias is given something else releases nothing.
    pub(super) fn resets_of(
        &self,
        program: &Program,
        site: SiteIdx,
    ) -> impl Iterator<Item = OpIdx> {
        let kept = self.holder[site.0 as usize].map_or(u8::MAX, |holder| rank(program, holder));
        self.resets
            .get(&site)
            .into_iter()
            .flatten()
            .filter(move |(_, holder)| rank(program, *holder) <= kept)
            .map(|&(write, _)| write)
    }

    pub(super) fn new(program: &Program) -> Self {
        let sites = program.flow.sites.len();
        let mut walk = Walk {
            program,
            out: Self {
                of: vec![Lifetime::Call; sites],
                holder: vec![None; sites],
                written: vec![None; sites],
                ..Self::default()
            },
            work: Vec::new(),
            bindings: FxHashSet::default(),
            callees: FxHashMap::default(),
            calls: vec![Vec::new(); program.code.functions.len()],
        };
        for edge in &program.flow.calls {
            walk.calls[program.function_of(edge.op).at()].push(edge.to);
        }
        walk.roots();
        while let Some(site) = walk.work.pop() {
            walk.follow(site);
        }
        walk.out
    }
}

impl Walk<'_> {
    fn roots(&mut self) {
        let program = self.program;
        // What code that runs once hands to code that we do not see, such as a handler, is kept there.
        let mut handlers: FxHashSet<SiteIdx> = FxHashSet::default();
        // What tests keep is not kept where the program runs.
        let is_tested =
            |function: FunctionIdx| program.modules[program.file_of(function).0 as usize].is_test;
        let runs = |op: OpIdx| {
            let function = program.function_of(op);
            !program.recurs(op) && program.is_reached(function) && !is_tested(function)
        };
        for &(call, node) in &program.flow.passed {
            if runs(call) && !program.calls_back(call) {
                handlers.extend(program.flow.of_node(node));
            }
        }
        for &(function, node) in &program.flow.defined {
            if !is_tested(function) {
                for &site in program.flow.of_node(node) {
                    self.root(site);
                }
            }
        }
        for (position, op) in program.code.ops.iter().enumerate() {
            let (OpKind::Store { object, value, .. } | OpKind::StoreIndex { object, value, .. }) =
                op.kind
            else {
                continue;
            };
            let write = OpIdx(position as u32);
            if program.flow.of_op(object).contains(&UNKNOWN) && runs(write) {
                handlers.extend(program.flow.of_op(value));
            }
        }
        for (position, binding) in program.code.bindings.iter().enumerate() {
            let index = BindingIdx(position as u32);
            let owner = &program.code.functions[binding.function.at()];
            if owner.kind == FunctionKind::Module
                && !is_tested(binding.function)
                && !matches!(binding.kind, BindingKind::Import { .. })
            {
                self.visit_binding(index);
            }
        }
        for (position, site) in program.flow.sites.iter().enumerate() {
            let is_root = matches!(
                site.kind,
                SiteKind::Exports
                    | SiteKind::Namespace(_)
                    | SiteKind::ModuleObject
                    | SiteKind::GlobalObject
            );
            let is_handler = matches!(site.kind, SiteKind::Function(_) | SiteKind::Memoized)
                && handlers.contains(&SiteIdx(position as u32));
            if is_root || is_handler {
                self.root(SiteIdx(position as u32));
            }
            // `server.on("request", this.handle.bind(this))`
            if let SiteKind::Function(function) = site.kind
                && is_handler
            {
                self.root_this(function);
            }
        }
    }

    fn root(&mut self, site: SiteIdx) {
        if site != UNKNOWN && self.out.of[site.0 as usize] != Lifetime::Process {
            self.out.of[site.0 as usize] = Lifetime::Process;
            self.work.push(site);
        }
    }

    fn visit_binding(&mut self, binding: BindingIdx) {
        if !self.bindings.insert(binding) {
            return;
        }
        let program = self.program;
        let home = program.code.bindings[binding.at()].function;
        let place = tests_of::Place::Binding(binding);
        let writes = &program.facts.assigns[binding.at()];
        let mut values = Vec::new();
        let mut before = Vec::new();
        for &write in writes {
            if let OpKind::Assign {
                value, write: how, ..
            } = *program.code.kind(write)
            {
                let effect = self.effect(write, value, how, place, &[home], &before);
                values.push((write, value, effect));
                before.push(write);
            }
        }
        self.keep(Holder::Binding(binding), &values);
        if matches!(
            program.code.bindings[binding.at()].kind,
            BindingKind::Param(_) | BindingKind::Catch
        ) || writes.is_empty()
        {
            // Callers hand in what they allocate; what the function itself calls allocates for others.
            let is_its = |site: SiteIdx| {
                let op = program.flow.sites[site.0 as usize].op;
                op.is_none_or(|op| !program.recurs(op) || program.function_of(op) == home)
            };
            for &site in program.flow.of_binding(binding) {
                if is_its(site) {
                    self.visit(site, Lifetime::Process, Holder::Binding(binding), None);
                }
            }
        }
    }

    /// Whether a site is allocated while modules load, or by a function or what it calls: what other callers allocate
    /// flows to the same places, because calls are not told apart, but belongs to other instances.
    fn is_made_by(&mut self, site: SiteIdx, function: FunctionIdx) -> bool {
        let program = self.program;
        let Some(op) = program.flow.sites[site.0 as usize].op else {
            return true;
        };
        if !program.recurs(op) {
            return true;
        }
        let maker = program.function_of(op);
        if maker == function {
            return true;
        }
        if !self.callees.contains_key(&function) {
            let mut found = FxHashSet::default();
            let mut edge = vec![function];
            for _ in 0..MAX_CALLS {
                let next: Vec<FunctionIdx> = edge
                    .iter()
                    .flat_map(|from| self.calls[from.at()].iter().copied())
                    .filter(|&to| found.insert(to))
                    .collect();
                edge = next;
            }
            self.callees.insert(function, found);
        }
        self.callees[&function].contains(&maker)
    }

    /// Whether a site is allocated for a write: by what computes the value, as far as its calls tell.
    fn is_made_for(&mut self, site: SiteIdx, write: OpIdx, value: OpIdx) -> bool {
        let function = self.program.function_of(write);
        let place = written_place(self.program, write);
        let mut called = Vec::new();
        if !self.calls_for(site, value, place, &mut called) {
            return self.is_made_by(site, function);
        }
        let own = self.program.flow.sites[site.0 as usize]
            .op
            .map(|op| self.program.function_of(op));
        own.is_none_or(|maker| maker == function)
            || called
                .into_iter()
                .any(|callee| self.is_made_by(site, callee))
    }

    /// Gathers the functions that are called to compute a value; false where the site comes from somewhere else.
    fn calls_for(
        &self,
        site: SiteIdx,
        value: OpIdx,
        place: Option<tests_of::Place>,
        called: &mut Vec<FunctionIdx>,
    ) -> bool {
        let program = self.program;
        if !program.flow.of_op(value).contains(&site)
            || (place.is_some() && tests_of::place(&program.code, value) == place)
        {
            return true;
        }
        match program.code.kind(value) {
            OpKind::Call { args, .. } => {
                let before = called.len();
                called.extend(program.flow.callees(value));
                if called.len() == before {
                    return false;
                }
                args.iter()
                    .all(|&arg| self.calls_for(site, arg, place, called))
            }
            OpKind::Either { left, right, .. } => {
                self.calls_for(site, *left, place, called)
                    && self.calls_for(site, *right, place, called)
            }
            _ => program.flow.sites[site.0 as usize].op == Some(value),
        }
    }

    /// Visits what the writes to one place keep, and notes what they replace.
    fn keep(&mut self, holder: Holder, writes: &[(OpIdx, OpIdx, Effect)]) {
        let program = self.program;
        let mut kept: Vec<SiteIdx> = Vec::new();
        for &(write, value, effect) in writes {
            for &site in program.flow.of_op(value) {
                if effect == Effect::Keeps && !self.is_made_for(site, write, value) {
                    continue;
                }
                let lifetime = if effect == Effect::Keeps {
                    Lifetime::Process
                } else {
                    Lifetime::Replaced
                };
                self.visit(site, lifetime, holder, Some(write));
                if effect == Effect::Keeps && !kept.contains(&site) {
                    kept.push(site);
                }
            }
        }
        for &(write, value, effect) in writes {
            if effect == Effect::Keeps || !program.is_reached(program.function_of(write)) {
                continue;
            }
            for &site in &kept {
                if grows_copy(program, value, site) {
                    self.out.copies.entry(site).or_default().push(write);
                } else if !program.flow.of_op(value).contains(&site) {
                    self.out
                        .resets
                        .entry(site)
                        .or_default()
                        .push((write, holder));
                }
            }
        }
    }

    /// `before` are the writes to the place that stand above.
    fn effect(
        &self,
        write: OpIdx,
        value: OpIdx,
        how: Write,
        place: tests_of::Place,
        homes: &[FunctionIdx],
        before: &[OpIdx],
    ) -> Effect {
        let program = self.program;
        let function = program.function_of(write);
        let keeps = !program.recurs(write)
            || matches!(how, Write::IfMissing | Write::Compound)
            || (how == Write::Init && homes.contains(&function))
            || homes.contains(&function)
            || is_lazy(program, write, value, place, before);
        if keeps {
            Effect::Keeps
        } else {
            Effect::Replaces
        }
    }

    fn visit(&mut self, site: SiteIdx, lifetime: Lifetime, holder: Holder, written: Option<OpIdx>) {
        if site == UNKNOWN
            || matches!(
                self.program.flow.sites[site.0 as usize].kind,
                SiteKind::Builtin(_)
            )
        {
            return;
        }
        let is_direct = |write: Option<OpIdx>| {
            write.is_some_and(|write| writes_allocation(self.program, write, site))
        };
        let before = (
            self.out.holder[site.0 as usize],
            is_direct(self.out.written[site.0 as usize]),
        );
        let known = &mut self.out.of[site.0 as usize];
        let is_named_better =
            *known == lifetime && is_better(self.program, before, (holder, is_direct(written)));
        if *known < lifetime || is_named_better {
            let is_news = *known < lifetime;
            *known = lifetime;
            self.out.holder[site.0 as usize] = Some(holder);
            self.out.written[site.0 as usize] = written;
            if is_news && lifetime == Lifetime::Process {
                self.work.push(site);
            }
        }
    }

    /// Visits what a site that lives as long as the process keeps alive.
    fn follow(&mut self, site: SiteIdx) {
        let program = self.program;
        match program.flow.sites[site.0 as usize].kind {
            SiteKind::Function(function) => self.follow_function(function),
            SiteKind::Class(class) => {
                let class = &program.code.classes[class.at()];
                for function in class
                    .constructor
                    .into_iter()
                    .chain(class.fields)
                    .chain(class.methods.iter().map(|method| method.function))
                {
                    self.follow_function(function);
                }
            }
            _ => {}
        }
        let fields: Vec<(Name, Vec<SiteIdx>)> = program
            .flow
            .fields(site)
            .map(|(name, sites)| (name, sites.to_vec()))
            .collect();
        let well_known = program.flow.well_known;
        for (name, sites) in fields {
            if name == well_known.element || name == well_known.key {
                for inner in sites {
                    // Code that is made once is no entry among others: a bundler's exports, a table of handlers.
                    let data = program.flow.sites[inner.0 as usize];
                    let is_code = matches!(data.kind, SiteKind::Function(_) | SiteKind::Class(_));
                    let lifetime = if is_code && data.op.is_some_and(|op| !program.recurs(op)) {
                        Lifetime::Process
                    } else {
                        Lifetime::Stored
                    };
                    self.visit(inner, lifetime, Holder::Element(site), None);
                }
            } else {
                self.follow_field(site, name, &sites);
            }
        }
        for &prototype in program.flow.prototypes(site) {
            self.visit(
                prototype,
                Lifetime::Process,
                Holder::Field(site, well_known.prototype),
                None,
            );
        }
    }

    fn follow_function(&mut self, function: FunctionIdx) {
        let program = self.program;
        for &binding in &program.facts.captures[function.at()] {
            self.visit_binding(binding);
        }
        if program.code.functions[function.at()].kind == FunctionKind::Arrow {
            self.root_this(function);
        }
    }

    /// What a function is bound to lives as long as the function, if it is made once.
    fn root_this(&mut self, function: FunctionIdx) {
        let program = self.program;
        let Some(&this) = program.facts.this.get(&function) else {
            return;
        };
        for &site in program.flow.of_op(this) {
            let data = program.flow.sites[site.0 as usize];
            let is_instance = matches!(data.kind, SiteKind::Instance(_));
            if is_instance && data.op.is_some_and(|op| !program.recurs(op)) {
                self.root(site);
            }
        }
    }

    fn follow_field(&mut self, owner: SiteIdx, name: Name, sites: &[SiteIdx]) {
        let program = self.program;
        let homes = self.homes(owner);
        let place = tests_of::Place::Member(name);
        let mut values = Vec::new();
        let mut covered: Vec<SiteIdx> = Vec::new();
        let mut before = Vec::new();
        for &FieldWrite { write, value, .. } in program.facts.field_writes(owner, name) {
            let how = match *program.code.kind(write) {
                OpKind::Store { write: how, .. } => how,
                // The call that makes a box writes its value.
                OpKind::Call { .. } => Write::Init,
                _ => continue,
            };
            let effect = self.effect(write, value, how, place, &homes, &before);
            values.push((write, value, effect));
            before.push(write);
            covered.extend(program.flow.of_op(value));
        }
        self.keep(Holder::Field(owner, name), &values);
        // An exported variable shows what it holds, which its own writes tell; what others made flows to it as well.
        let is_variable = matches!(program.flow.sites[owner.0 as usize].kind,
            SiteKind::Namespace(file) if program.exports_variable(file, name));
        // What getters return is not kept by the object; code and what modules export is.
        let is_surface = matches!(
            program.flow.sites[owner.0 as usize].kind,
            SiteKind::Exports
                | SiteKind::Namespace(_)
                | SiteKind::ModuleObject
                | SiteKind::GlobalObject
        );
        for &site in sites {
            let is_code = matches!(
                program.flow.sites[site.0 as usize].kind,
                SiteKind::Function(_) | SiteKind::Class(_) | SiteKind::Prototype(_)
            );
            // An exported `let` shows what its binding holds, and only that long.
            let is_replaced = self.out.of[site.0 as usize] == Lifetime::Replaced;
            // Code that each call makes flows through getters.
            let is_others = (is_variable || !is_surface)
                && program.flow.sites[site.0 as usize]
                    .op
                    .is_some_and(|op| program.recurs(op));
            if !covered.contains(&site) && !is_replaced && !is_others && (is_surface || is_code) {
                self.visit(site, Lifetime::Process, Holder::Field(owner, name), None);
            }
        }
    }

    /// The functions whose writes are part of making a site.
    fn homes(&self, site: SiteIdx) -> Vec<FunctionIdx> {
        let program = self.program;
        let data = program.flow.sites[site.0 as usize];
        let mut homes: Vec<FunctionIdx> = data
            .op
            .map(|op| program.function_of(op))
            .into_iter()
            .collect();
        if let SiteKind::Instance(constructor) = data.kind {
            self.constructors(constructor, &mut homes, 0);
        }
        homes
    }

    fn constructors(&self, constructor: SiteIdx, homes: &mut Vec<FunctionIdx>, depth: u32) {
        if depth > 8 || homes.len() > MAX_HOMES {
            return;
        }
        match self.program.flow.sites[constructor.0 as usize].kind {
            SiteKind::Function(function) => homes.push(function),
            SiteKind::Class(class) => {
                let class = &self.program.code.classes[class.at()];
                homes.extend(class.constructor.into_iter().chain(class.fields));
                for &parent in class
                    .heritage
                    .map_or(&[][..], |heritage| self.program.flow.of_op(heritage))
                {
                    self.constructors(parent, homes, depth + 1);
                }
            }
            _ => {}
        }
    }
}

/// The place to which an operation writes.
fn written_place(program: &Program, write: OpIdx) -> Option<tests_of::Place> {
    match *program.code.kind(write) {
        OpKind::Assign { binding, .. } => Some(tests_of::Place::Binding(binding)),
        OpKind::Store { name, .. } => Some(tests_of::Place::Member(name)),
        _ => None,
    }
}

/// Whether a write puts a site where it is allocated, in the same breath.
fn writes_allocation(program: &Program, write: OpIdx, site: SiteIdx) -> bool {
    let (OpKind::Assign { value, .. } | OpKind::Store { value, .. }) = *program.code.kind(write)
    else {
        return false;
    };
    let mut value = value;
    loop {
        if program.flow.sites[site.0 as usize].op == Some(value) {
            return true;
        }
        value = match *program.code.kind(value) {
            OpKind::Either { left, right, .. } => {
                if program.flow.sites[site.0 as usize].op == Some(left) {
                    return true;
                }
                right
            }
            OpKind::Cast { value, .. } => value,
            _ => return false,
        };
    }
}

/// Names that a reader of the code would use come before those of aliases, exports and wrappers.
fn is_better(program: &Program, known: (Option<Holder>, bool), other: (Holder, bool)) -> bool {
    if known.1 != other.1 && known.0.is_some() {
        return other.1;
    }
    let (known, other) = (known.0, other.0);
    known.is_none_or(|known| rank(program, other) < rank(program, known))
}

/// How far a name is from the one that a reader of the code would use.
fn rank(program: &Program, holder: Holder) -> u8 {
    match holder {
        Holder::Binding(binding) => match program.code.bindings[binding.at()].kind {
            BindingKind::Param(_) => 2,
            _ => 0,
        },
        Holder::Field(owner, _) => match program.flow.sites[owner.0 as usize].kind {
            SiteKind::Exports
            | SiteKind::Namespace(_)
            | SiteKind::ModuleObject
            | SiteKind::GlobalObject => 3,
            _ => 1,
        },
        Holder::Element(_) => 4,
    }
}

/// `if (!x) x = …`, `x = x || …`; but not the second one of `if (x) return; x = …; use(x); x = null;`.
fn is_lazy(
    program: &Program,
    write: OpIdx,
    value: OpIdx,
    place: tests_of::Place,
    before: &[OpIdx],
) -> bool {
    let code = &program.code;
    if let OpKind::Either {
        choice: Choice::Or,
        left,
        ..
    } = *code.kind(value)
        && tests_of::place(code, left) == Some(place)
    {
        return true;
    }
    let is_empty = program.flow.of_op(value).is_empty();
    regions(code, write).any(|(region, kind)| {
        let RegionKind::Branch { test, sense, .. } = *kind else {
            return false;
        };
        let mut missing = Vec::new();
        tests_of::missing(code, test, sense, &mut missing);
        let fills = |&other: &OpIdx| {
            stands_in(code, other, region) && stands_in(code, write, outside_try(code, other))
        };
        missing.contains(&place) && !(is_empty && before.iter().any(fills))
    })
}

/// The region of an operation, or that around the `try` in which it stands.
fn outside_try(code: &ModuleSummary, op: OpIdx) -> RegionIdx {
    let own = code.ops[op.at()].region;
    regions(code, op)
        .find(|(_, kind)| !matches!(kind, RegionKind::Try))
        .map_or(own, |(region, _)| region)
}

/// `x = [...x, y]`, `x = x.concat(y)`, `x = { ...x, [k]: v }`: the old entries go on in the new collection.
fn grows_copy(program: &Program, value: OpIdx, site: SiteIdx) -> bool {
    let code = &program.code;
    let spreads = |op: OpIdx| matches!(*code.kind(op), OpKind::Spread(from) if program.flow.of_op(from).contains(&site));
    match code.kind(value) {
        OpKind::Array { elements } => {
            elements.len() > 1 && elements.iter().any(|&element| spreads(element))
        }
        OpKind::Object { properties } => {
            *properties > 1
                && code.ops[value.at()..]
                    .iter()
                    .take(40)
                    .any(|op| match op.kind {
                        OpKind::StoreIndex {
                            object,
                            value: part,
                            ..
                        } => object == value && spreads(part),
                        _ => false,
                    })
        }
        OpKind::Call { callee, .. } => match *code.kind(*callee) {
            OpKind::Member { object, name } => {
                code.name(name) == "concat" && program.flow.of_op(object).contains(&site)
            }
            _ => false,
        },
        OpKind::Cast { value, .. } => grows_copy(program, *value, site),
        _ => false,
    }
}
