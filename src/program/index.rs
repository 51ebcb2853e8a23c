//! The facts of a program by what they touch.
//!
//! Gathered in one pass over the operations. Must not know collections or rules.

use rustc_hash::{FxHashMap, FxHashSet};

use super::accesses::Accesses;
use super::copying::Copying;
use super::flow::{Flow, SiteIdx, SiteKind, UNKNOWN};
use super::rows::Rows;
use crate::summary::{
    BindingIdx, FunctionIdx, FunctionKind, MethodKind, ModuleSummary, Name, OpIdx, OpKind,
};

/// Operations by what they touch.
#[derive(Default)]
pub(crate) struct Index {
    /// The [`OpKind::Assign`]s to each binding.
    pub(crate) assigns: Rows<OpIdx>,
    /// The [`OpKind::Return`]s of each function.
    pub(crate) returns: Rows<OpIdx>,
    /// The operations that call each function.
    pub(crate) callers: Rows<OpIdx>,
    /// The bindings of outer functions, modules left out, that each function or one inside it uses.
    pub(crate) captures: Vec<Vec<BindingIdx>>,
    /// A `this` in the code of each function that has one, or in that of arrow functions in it.
    pub(crate) this: FxHashMap<FunctionIdx, OpIdx>,
    /// The functions, other than its own, that use each binding.
    pub(crate) users: Vec<Vec<FunctionIdx>>,
    /// The operations that read each binding.
    pub(crate) reads: Rows<OpIdx>,
    /// The operations in each function's own code.
    pub(crate) ops: Rows<OpIdx>,
    /// The sites of the instances of each function or class, by its site.
    pub(crate) instances: Rows<SiteIdx>,
    /// The writes to properties of each site, sorted.
    field_writes: Rows<FieldWrite>,
    /// The same while they are gathered.
    written: Vec<(SiteIdx, FieldWrite)>,
    /// The writes to properties of each site whose names are computed or copied.
    pub(crate) computed_writes: Rows<OpIdx>,
    /// The names of properties that are read or written by a function.
    pub(crate) accessors: FxHashSet<Name>,
    /// How many writes to properties of each name there are.
    writes_to: FxHashMap<Name, u32>,
    /// The writes to properties under each name of the code, of whatever objects.
    pub(crate) stores: Rows<OpIdx>,
    /// The calls of methods, by the method's name, in the order of the program.
    pub(crate) method_calls: FxHashMap<Name, Vec<OpIdx>>,
    /// The calls that each binding's value, or something made from it, is handed to.
    pub(crate) calls_with: FxHashMap<BindingIdx, Vec<OpIdx>>,
    /// The functions that are handed to what calls them for each request, event or tick.
    pub(crate) handlers: FxHashSet<FunctionIdx>,
    /// Functions that a timer calls again and again.
    pub(crate) ticks: FxHashSet<FunctionIdx>,
    /// The functions that are handed to `new Promise`.
    pub(crate) executors: FxHashSet<FunctionIdx>,
    /// The functions that only tests are to call.
    pub(crate) for_tests: FxHashSet<FunctionIdx>,
}

/// A write to a property of a site.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FieldWrite {
    name: Name,
    /// The [`OpKind::Store`], or the call of `defineProperty`.
    pub(crate) write: OpIdx,
    /// What is written.
    pub(crate) value: OpIdx,
    /// How many writes to properties of this name come before it, of whatever sites.
    pub(crate) turn: u32,
}

/// Functions that take handlers, by the names that servers, emitters, streams, documents and timers give them; some names
/// only where a path or the name of an event comes first.
fn takes_handlers(name: &str, is_route: bool) -> bool {
    match name {
        "addEventListener" | "addListener" | "createServer" | "serve" | "setInterval"
        | "subscribe" => true,
        "all" | "delete" | "get" | "handle" | "on" | "patch" | "post" | "put" | "route" | "use" => {
            is_route
        }
        _ => false,
    }
}

/// How deep the parts of an argument are looked into.
const MAX_PARTS: u32 = 3;

/// How many operations after a property descriptor are searched for its value.
const MAX_DESCRIPTOR: usize = 40;

impl Index {
    pub(super) fn new(code: &ModuleSummary, flow: &Flow, accesses: Accesses) -> Self {
        let (functions, bindings) = (code.functions.len(), code.bindings.len());
        let mut index = Self {
            captures: vec![Vec::new(); functions],
            users: vec![Vec::new(); bindings],
            ..Self::default()
        };
        let mut computed = Vec::new();
        let methods = code.classes.iter().flat_map(|class| &class.methods);
        let accessors = methods.filter(|method| method.kind != MethodKind::Method);
        index.accessors.extend(accessors.map(|method| method.name));
        for (position, op) in code.ops.iter().enumerate() {
            let here = OpIdx(position as u32);
            let used = match op.kind {
                OpKind::Assign { binding, .. } | OpKind::Read(binding) => binding,
                OpKind::Call {
                    callee, ref args, ..
                } => {
                    if let OpKind::Member { name, .. } = *code.kind(callee) {
                        index.method_calls.entry(name).or_default().push(here);
                    }
                    index.hand_over(code, here, callee, args);
                    index.call(code, flow, here, callee, args);
                    index.copy(code, flow, here);
                    index.handle(code, flow, callee, args);
                    if let Some(object) = copied_to(code, callee, args) {
                        let sites = flow.of_op(object).iter();
                        computed.extend(sites.map(|&site| (site.0, here)));
                    }
                    continue;
                }
                OpKind::Store {
                    object,
                    name,
                    value,
                    ..
                } => {
                    index.write(flow, object, name, here, value);
                    continue;
                }
                OpKind::StoreIndex { object, .. } => {
                    let sites = flow.of_op(object).iter();
                    computed.extend(sites.map(|&site| (site.0, here)));
                    continue;
                }
                OpKind::Accessor { name, .. } => {
                    index.accessors.insert(name);
                    continue;
                }
                OpKind::This => {
                    index.use_this(code, here);
                    continue;
                }
                _ => continue,
            };
            let function = code.regions[op.region.at()].function;
            index.use_binding(code, used, function);
        }
        for &(site, write, value) in &flow.boxes {
            let name = flow.well_known.value;
            let turn = index.writes_to(name);
            *index.writes_to.entry(name).or_default() += 1;
            let write = FieldWrite {
                name,
                write,
                value,
                turn,
            };
            index.written.push((site, write));
        }
        let mut written = std::mem::take(&mut index.written);
        written.sort_unstable();
        let field_writes = written.iter().map(|&(site, write)| (site.0, write));
        let callers = flow.calls.iter().map(|edge| (edge.to.0, edge.op));
        let sites = flow.sites.iter().enumerate();
        let instances = sites.filter_map(|(index, site)| match site.kind {
            SiteKind::Instance(constructor) => Some((constructor.0, SiteIdx(index as u32))),
            _ => None,
        });
        Self {
            assigns: accesses.assigns,
            returns: accesses.returns,
            callers: Rows::group(functions, callers),
            reads: accesses.reads,
            ops: accesses.ops,
            stores: accesses.stores,
            instances: Rows::group(flow.sites.len(), instances),
            field_writes: Rows::group(flow.sites.len(), field_writes),
            computed_writes: Rows::group(flow.sites.len(), computed.into_iter()),
            ..index
        }
    }

    /// The writes to a property of a site, in the order of the program.
    pub(crate) fn field_writes(&self, site: SiteIdx, name: Name) -> &[FieldWrite] {
        let writes = &self.field_writes[site.0 as usize];
        let first = writes.partition_point(|write| write.name < name);
        let rest = &writes[first..];
        let count = rest.partition_point(|write| write.name == name);
        &rest[..count]
    }

    fn write(&mut self, flow: &Flow, object: OpIdx, name: Name, write: OpIdx, value: OpIdx) {
        let count = self.writes_to.entry(name).or_default();
        let turn = *count;
        *count += 1;
        let sites = flow.of_op(object).iter().filter(|&&site| site != UNKNOWN);
        let write = FieldWrite {
            name,
            write,
            value,
            turn,
        };
        self.written.extend(sites.map(|&site| (site, write)));
    }

    /// How many writes to properties of a name there are.
    pub(crate) fn writes_to(&self, name: Name) -> u32 {
        self.writes_to.get(&name).copied().unwrap_or_default()
    }

    /// Notes a call under each binding that its receiver and its arguments are made from.
    fn hand_over(&mut self, code: &ModuleSummary, call: OpIdx, callee: OpIdx, args: &[OpIdx]) {
        let receiver = match *code.kind(callee) {
            OpKind::Member { object, .. } => Some(object),
            _ => None,
        };
        let mut parts: Vec<(OpIdx, u32)> = receiver
            .into_iter()
            .chain(args.iter().copied())
            .map(|part| (part, 0))
            .collect();
        while let Some((part, depth)) = parts.pop() {
            let mut again = |inner: &[OpIdx]| {
                if depth < MAX_PARTS {
                    parts.extend(inner.iter().map(|&inner| (inner, depth + 1)));
                }
            };
            match code.kind(part) {
                OpKind::Read(binding) => {
                    let calls = self.calls_with.entry(*binding).or_default();
                    if calls.last() != Some(&call) {
                        calls.push(call);
                    }
                }
                OpKind::Binary { left, right, .. } => again(&[*left, *right]),
                OpKind::Template(inner) => again(inner),
                OpKind::Call { args, .. } => again(args),
                _ => {}
            }
        }
    }

    /// Notes `new Promise(executor)` and `Object.defineProperty(object, "name", { value })`.
    fn call(
        &mut self,
        code: &ModuleSummary,
        flow: &Flow,
        here: OpIdx,
        callee: OpIdx,
        args: &[OpIdx],
    ) {
        match (code.kind(callee), args) {
            (OpKind::Global(name), &[executor]) if code.name(*name) == "Promise" => {
                if let OpKind::Function(executor) = *code.kind(executor) {
                    self.executors.insert(executor);
                }
            }
            (OpKind::Member { name, .. }, &[object, key, descriptor])
                if code.name(*name) == "defineProperty" =>
            {
                let OpKind::Str(key) = *code.kind(key) else {
                    return;
                };
                let value = code.ops[descriptor.at()..]
                    .iter()
                    .take(MAX_DESCRIPTOR)
                    .find_map(|op| match op.kind {
                        OpKind::Store {
                            object,
                            name,
                            value,
                            ..
                        } if object == descriptor && code.name(name) == "value" => Some(value),
                        _ => None,
                    });
                if let Some(value) = value {
                    self.write(flow, object, key, here, value);
                }
            }
            _ => {}
        }
    }

    /// Notes what a call copies from literals as writes to what gets it.
    fn copy(&mut self, code: &ModuleSummary, flow: &Flow, call: OpIdx) {
        let Some(copying) = Copying::of(code, call) else {
            return;
        };
        for store in copying.stores {
            if let OpKind::Store { name, value, .. } = *code.kind(store) {
                self.write(flow, copying.target, name, store, value);
            }
        }
    }

    /// Notes `app.get("/", handler)`, `socket.on("data", handler)` and the like.
    fn handle(&mut self, code: &ModuleSummary, flow: &Flow, callee: OpIdx, args: &[OpIdx]) {
        let (OpKind::Member { name, .. } | OpKind::Global(name)) = *code.kind(callee) else {
            return;
        };
        let is_route = args
            .first()
            .is_some_and(|&first| matches!(code.kind(first), OpKind::Str(_) | OpKind::Template(_)));
        if !takes_handlers(code.name(name), is_route) {
            return;
        }
        for &arg in args {
            for &site in flow.of_op(arg) {
                if let SiteKind::Function(function) = flow.sites[site.0 as usize].kind {
                    self.handlers.insert(function);
                    if code.name(name) == "setInterval" {
                        self.ticks.insert(function);
                    }
                }
            }
        }
    }

    fn use_this(&mut self, code: &ModuleSummary, this: OpIdx) {
        let mut function = code.regions[code.ops[this.at()].region.at()].function;
        let home = code.functions[function.at()].this_of;
        loop {
            self.this.entry(function).or_insert(this);
            match code.functions[function.at()].parent {
                Some(parent) if function != home => function = parent,
                _ => return,
            }
        }
    }

    fn use_binding(&mut self, code: &ModuleSummary, binding: BindingIdx, function: FunctionIdx) {
        let owner = code.bindings[binding.at()].function;
        if owner == function {
            return;
        }
        if self.users[binding.at()].last() != Some(&function) {
            self.users[binding.at()].push(function);
        }
        if code.functions[owner.at()].kind == FunctionKind::Module {
            return;
        }
        let mut inner = Some(function);
        while let Some(function) = inner {
            if function == owner {
                return;
            }
            let captures = &mut self.captures[function.at()];
            if captures.last() == Some(&binding) || captures.contains(&binding) {
                return;
            }
            captures.push(binding);
            inner = code.functions[function.at()].parent;
        }
    }
}

/// The object that a call of `Object.assign` and the like gives properties.
fn copied_to(code: &ModuleSummary, callee: OpIdx, args: &[OpIdx]) -> Option<OpIdx> {
    let OpKind::Member { name, .. } = *code.kind(callee) else {
        return None;
    };
    let names_none = match code.name(name) {
        "assign" | "defineProperties" => true,
        "defineProperty" => !args
            .get(1)
            .is_some_and(|&key| matches!(code.kind(key), OpKind::Str(_))),
        _ => false,
    };
    args.first().copied().filter(|_| names_none)
}
