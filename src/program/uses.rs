//! Small questions about functions, keys and collections that rules ask of a program.

use super::lifetimes::Holder;
use super::{Collection, Insertion, Program, SiteIdx, SiteKind, enclosing, flow, tests_of};
use crate::source::Span;
use crate::summary::{
    BindingIdx, BindingKind, CallKind, Export, FunctionIdx, FunctionKind, Method, Name, OpIdx,
    OpKind, RegionKind, Write,
};

impl Program {
    /// The bytes of an operation.
    pub fn span(&self, op: OpIdx) -> Span {
        self.code.ops[op.at()].span
    }

    /// Whether a call is of something that calls its function arguments at once, or once a little later.
    pub(crate) fn calls_back(&self, call: OpIdx) -> bool {
        let OpKind::Call { callee, .. } = *self.code.kind(call) else {
            return false;
        };
        match *self.code.kind(callee) {
            OpKind::Member { name, .. } | OpKind::Global(name) => flow::calls_back(self.text(name)),
            OpKind::Read(binding) => flow::calls_back(self.binding_name(binding)),
            _ => false,
        }
    }

    /// The operations in a function's own code.
    pub(crate) fn ops_of(&self, function: FunctionIdx) -> impl Iterator<Item = OpIdx> {
        self.facts.ops[function.at()].iter().copied()
    }

    /// Whether the key of an insertion is constructed, or asked for its `prototype`: it is a class.
    pub fn is_class_key(&self, insertion: &Insertion) -> bool {
        let Some(&OpKind::Read(key)) = insertion.inner_key.map(|key| self.code.kind(key)) else {
            return false;
        };
        // `remember(Class, of(Class.prototype))`
        let passed = self.passed_for(key).into_iter();
        let mut keys = passed.filter_map(|arg| match *self.code.kind(arg) {
            OpKind::Read(passed) => Some(passed),
            _ => None,
        });
        self.is_class(key) || keys.any(|passed| self.is_class(passed))
    }

    /// Whether what a binding holds is constructed, or asked for its `prototype`: it is a class.
    pub fn is_class(&self, key: BindingIdx) -> bool {
        let reads = &self.facts.reads[key.at()];
        let owner = self.code.bindings[key.at()].function;
        self.ops_of(owner).any(|op| match *self.code.kind(op) {
            OpKind::Call {
                callee,
                kind: CallKind::New,
                ..
            } => reads.contains(&callee),
            OpKind::Member { object, name } => {
                self.text(name) == "prototype" && reads.contains(&object)
            }
            _ => false,
        })
    }

    /// The names of the parameters of each function around an operation, innermost first.
    pub fn parameters_around(&self, op: OpIdx) -> impl Iterator<Item = Vec<&str>> {
        self.functions_around(op).map(|function| {
            self.code.functions[function.at()]
                .params
                .iter()
                .map(|&param| self.binding_name(param))
                .collect()
        })
    }

    /// The name of the closest function around an operation that has one.
    pub fn enclosing_name(&self, op: OpIdx) -> Option<&str> {
        self.functions_around(op)
            .filter_map(|function| self.code.functions[function.at()].name)
            .map(|name| self.text(name))
            .find(|name| !name.is_empty())
    }

    /// The last name by which a call means what it calls.
    pub fn callee_name(&self, callee: OpIdx) -> Option<&str> {
        match *self.code.kind(callee) {
            OpKind::Member { name, .. } | OpKind::Global(name) => Some(self.text(name)),
            OpKind::Read(binding) => Some(self.binding_name(binding)),
            _ => None,
        }
    }

    /// The functions around an operation, innermost first.
    pub fn functions_around(&self, op: OpIdx) -> impl Iterator<Item = FunctionIdx> {
        enclosing(&self.code, self.function_of(op))
    }

    /// The names of the functions and classes around an operation, innermost first.
    pub fn names_around(&self, op: OpIdx) -> impl Iterator<Item = &str> {
        self.functions_around(op).flat_map(|function| {
            let function = &self.code.functions[function.at()];
            let class = function
                .class
                .and_then(|class| self.code.classes[class.at()].name);
            [function.name, class]
                .into_iter()
                .flatten()
                .map(|name| self.text(name))
        })
    }

    /// The names of the functions that call a function, if all its callers are of the program; none for those without one.
    pub fn callers_by_name(&self, function: FunctionIdx) -> Vec<Option<&str>> {
        if self.flow.function_escapes(function) {
            return Vec::new();
        }
        self.facts.callers[function.at()]
            .iter()
            .filter(|&&caller| self.recurs(caller))
            .map(|&caller| self.enclosing_name(caller))
            .collect()
    }

    /// Whether all callers of a function are of the program, and one of them recurs.
    pub fn is_known_to_recur(&self, function: FunctionIdx) -> bool {
        !self.flow.function_escapes(function)
            && self.facts.callers[function.at()]
                .iter()
                .any(|&caller| self.recurs(caller) && self.function_of(caller) != function)
    }

    /// Whether a collection is a field of a singleton whose class also makes instances per call: what grows may be theirs.
    pub fn has_other_instances(&self, collection: &Collection) -> bool {
        let instance = self.owners(collection).find_map(|(_, owner)| {
            match self.flow.sites[owner.0 as usize].kind {
                SiteKind::Instance(constructor) => Some((owner, constructor)),
                _ => None,
            }
        });
        instance.is_some_and(|(owner, constructor)| {
            self.is_made_per_owner(owner)
                || self.facts.instances[constructor.0 as usize]
                    .iter()
                    .any(|&other| {
                        let op = self.flow.sites[other.0 as usize].op;
                        other != owner && op.is_some_and(|op| self.recurs(op))
                    })
        })
    }

    /// Whether each call of a function that recurs makes such a collection, or what holds it: that of one call is kept, and
    /// what grows may be that of another.
    pub fn is_made_per_call(&self, collection: &Collection) -> bool {
        std::iter::once(collection.site)
            .chain(self.owners(collection).map(|(_, owner)| owner))
            .any(|site| self.is_made_per_owner(site) && !self.is_own_field(site))
    }

    /// The objects that hold a collection, from the innermost.
    pub(crate) fn holders(&self, collection: &Collection) -> impl Iterator<Item = SiteIdx> {
        self.owners(collection).map(|(_, owner)| owner)
    }

    /// The holders of a collection, from the innermost, as far as they are objects: the site that is held, and its owner.
    fn owners(&self, collection: &Collection) -> impl Iterator<Item = (SiteIdx, SiteIdx)> {
        let owner_of = |site: SiteIdx| match self.lifetimes.holder[site.0 as usize] {
            Some(Holder::Field(owner, _) | Holder::Element(owner)) => Some((site, owner)),
            _ => None,
        };
        std::iter::successors(owner_of(collection.site), move |&(_, owner)| {
            owner_of(owner)
        })
        .take(MAX_HOLDERS)
    }

    /// Whether strangers may import a collection, or what holds it, by the path of the file that exports it.
    pub fn is_offered(&self, collection: &Collection) -> bool {
        let outermost = self
            .owners(collection)
            .last()
            .map_or(collection.site, |(_, owner)| owner);
        let Some(Holder::Binding(binding)) = self.lifetimes.holder[outermost.0 as usize] else {
            return false;
        };
        let file = super::file_of(&self.modules, self.code.bindings[binding.at()].function);
        self.modules[file.0 as usize].is_open
            && self.exports[file.0 as usize].iter().any(
                |export| matches!(*export, Export::Binding { binding: exported, .. } if exported == binding),
            )
    }

    /// Whether the code that puts a collection, or what holds it, where it is may mean many other objects as well.
    pub fn is_held_by_guess(&self, collection: &Collection) -> bool {
        self.owners(collection).any(|(site, _)| {
            self.lifetimes.written[site.0 as usize].is_some_and(|write| {
                match *self.code.kind(write) {
                    OpKind::Store { object, .. } => self.means_many(object),
                    _ => false,
                }
            })
        })
    }

    /// Whether an insertion may mean many other collections as well.
    pub fn is_added_by_guess(&self, insertion: &Insertion) -> bool {
        insertion
            .target
            .is_some_and(|target| self.means_many(target))
    }

    fn means_many(&self, op: OpIdx) -> bool {
        self.flow.of_op(op).len() > MAX_MEANT
    }

    /// Whether a site is a field that the making of its owner fills.
    fn is_own_field(&self, site: SiteIdx) -> bool {
        let is_filled = |write| match *self.code.kind(write) {
            OpKind::Store { object, .. } => matches!(self.code.kind(object), OpKind::This),
            _ => matches!(
                self.code.functions[self.function_of(write).at()].kind,
                FunctionKind::Constructor | FunctionKind::Fields
            ),
        };
        self.lifetimes.written[site.0 as usize].is_some_and(is_filled)
    }

    /// How many properties lead from a binding to a collection.
    pub fn depth_of(&self, collection: &Collection) -> usize {
        self.owners(collection).count()
    }

    /// Whether a site is allocated by recurring code in which nothing makes sure that it happens once: of what it allocates
    /// one is kept because its own owner is, the others go with theirs.
    fn is_made_per_owner(&self, site: SiteIdx) -> bool {
        let recurs = |op: Option<OpIdx>| op.is_some_and(|op| self.recurs(op));
        let written = self.lifetimes.written[site.0 as usize];
        let is_lazy = written.is_some_and(|write| match *self.code.kind(write) {
            // A variable that each call has for itself.
            OpKind::Assign {
                binding,
                write: Write::Init,
                ..
            } if self.is_of_call(binding, write) => false,
            OpKind::Assign { write: how, .. } | OpKind::Store { write: how, .. } => {
                how == Write::IfMissing
                    || self
                        .regions(write)
                        .any(|(_, kind)| matches!(kind, RegionKind::Branch { .. }))
            }
            _ => false,
        });
        recurs(self.flow.sites[site.0 as usize].op) && recurs(written) && !is_lazy
    }

    /// Whether a write declares a variable of the function in which it stands, and that is no module.
    fn is_of_call(&self, binding: BindingIdx, write: OpIdx) -> bool {
        let data = &self.code.bindings[binding.at()];
        matches!(data.kind, BindingKind::Const | BindingKind::Let)
            && data.function == self.function_of(write)
            && self.code.functions[data.function.at()].kind != FunctionKind::Module
    }

    /// Whether the inserting function puts the same key into a weak collection in other cases.
    pub fn has_weak_twin(&self, insertion: &Insertion) -> bool {
        let place = insertion
            .inner_key
            .and_then(|key| tests_of::place(&self.code, key));
        place.is_some()
            && self
                .ops_of(self.function_of(insertion.op))
                .any(|op| match self.code.kind(op) {
                    OpKind::Call { callee, args, .. } => match *self.code.kind(*callee) {
                        OpKind::Member { object, name } => {
                            matches!(self.text(name), "set" | "add")
                                && args
                                    .first()
                                    .is_some_and(|&key| tests_of::place(&self.code, key) == place)
                                && self.flow.of_op(object).iter().any(|&site| {
                                    self.flow.sites[site.0 as usize].kind == SiteKind::Weak
                                })
                        }
                        _ => false,
                    },
                    _ => false,
                })
    }

    /// The calls that get a binding's value, or something made from it, as the receiver or an argument.
    pub fn calls_with(&self, binding: BindingIdx) -> impl Iterator<Item = OpIdx> {
        self.facts
            .calls_with
            .get(&binding)
            .into_iter()
            .flatten()
            .copied()
    }

    /// Whether a function is a handler of requests or events, lies inside one, or is called by one.
    pub fn is_handled(&self, function: FunctionIdx) -> bool {
        let mut seen = vec![function];
        let mut next = 0;
        while let Some(&function) = seen.get(next) {
            next += 1;
            if self.facts.handlers.contains(&function) {
                return true;
            }
            if seen.len() > MAX_CALLERS {
                return false;
            }
            let callers = self.facts.callers[function.at()]
                .iter()
                .take(if next == 1 { MAX_CALLERS } else { 0 })
                .filter(|&&caller| self.recurs(caller))
                .map(|&caller| self.function_of(caller));
            let around = self.code.functions[function.at()].parent;
            for outer in callers.chain(around) {
                if !seen.contains(&outer)
                    && self.code.functions[outer.at()].kind != FunctionKind::Module
                {
                    seen.push(outer);
                }
            }
        }
        false
    }

    /// Whether `this` is the instance that is being made: in a constructor, or a function that is called with `new`.
    pub(crate) fn is_construction_of_this(&self, this: OpIdx) -> bool {
        let function = self.code.functions[self.function_of(this).at()].this_of;
        match self.code.functions[function.at()].kind {
            FunctionKind::Constructor => true,
            FunctionKind::Plain => {
                let callers = &self.facts.callers[function.at()];
                !callers.is_empty()
                    && callers.iter().all(|&caller| {
                        matches!(
                            self.code.kind(caller),
                            OpKind::Call {
                                kind: CallKind::New | CallKind::Super,
                                ..
                            }
                        )
                    })
            }
            _ => false,
        }
    }

    /// An operation that gives the `this` of a function.
    pub(crate) fn this_in(&self, function: FunctionIdx) -> Option<OpIdx> {
        self.ops_of(function)
            .find(|&op| matches!(self.code.kind(op), OpKind::This))
    }

    /// Whether a site is an instance of a class of the program that has a method of that name.
    pub(crate) fn has_own_method(&self, site: SiteIdx, name: Name) -> bool {
        let mut next = match self.flow.sites[site.0 as usize].kind {
            SiteKind::Instance(constructor) => Some(constructor),
            _ => None,
        };
        for _ in 0..MAX_PARENTS {
            let Some(constructor) = next else {
                return false;
            };
            let SiteKind::Class(class) = self.flow.sites[constructor.0 as usize].kind else {
                return false;
            };
            let class = &self.code.classes[class.at()];
            let is_own = |method: &Method| !method.is_static && method.name == name;
            if class.methods.iter().any(is_own) {
                return true;
            }
            next = class
                .heritage
                .and_then(|heritage| self.flow.of_op(heritage).first().copied());
        }
        false
    }

    /// Whether an operation runs only where something has failed: in a `catch`, in what is handed to `.catch(…)`.
    pub fn is_on_failure(&self, op: OpIdx) -> bool {
        let is_callback = |call: &OpIdx| match *self.code.kind(*call) {
            OpKind::Call { callee, .. } => {
                matches!(*self.code.kind(callee), OpKind::Member { name, .. } if self.text(name) == "catch")
            }
            _ => false,
        };
        let callers = &self.facts.callers[self.function_of(op).at()];
        self.regions(op)
            .any(|(_, kind)| matches!(kind, RegionKind::Catch))
            || (!callers.is_empty() && callers.iter().all(is_callback))
    }

    /// `for (const key in source) target[key] = source[key]`.
    pub fn copies_property(&self, insertion: &Insertion) -> bool {
        let Some((key, value)) = insertion.key.zip(insertion.value) else {
            return false;
        };
        let OpKind::Index { key: read, .. } = *self.code.kind(value) else {
            return false;
        };
        let OpKind::Read(binding) = *self.code.kind(key) else {
            return false;
        };
        self.is_same_place(key, read)
            && self
                .assigned_values(binding)
                .iter()
                .any(|&from| matches!(*self.code.kind(from), OpKind::Iterate { keys: true, .. }))
    }

    /// `x = { ...x, ...other }`: it gains properties only where the other has some that it lacks.
    pub fn merges(&self, insertion: &Insertion) -> bool {
        let (OpKind::Assign { value, .. } | OpKind::Store { value, .. }) =
            *self.code.kind(insertion.op)
        else {
            return false;
        };
        insertion.is_copy
            && matches!(self.code.kind(value), OpKind::Object { .. })
            && self
                .ops_of(self.function_of(value))
                .skip_while(|&op| op <= value)
                .take(MAX_PROPERTIES)
                .all(|op| match *self.code.kind(op) {
                    OpKind::StoreIndex {
                        object,
                        value: part,
                        ..
                    } => object != value || matches!(self.code.kind(part), OpKind::Spread(_)),
                    _ => true,
                })
    }

    /// Whether calls of a method by its name are seen, all of them made once, each by itself, while modules load, and none
    /// is known to be of this function.
    pub fn is_named_at_load(&self, function: FunctionIdx) -> bool {
        let is_of_program =
            |op: OpIdx| !self.modules[self.place(op).file.0 as usize].is_development;
        let is_once =
            |op: OpIdx| !self.recurs(op) && !self.regions(op).any(|(_, kind)| kind.is_loop());
        let callers = &self.facts.callers[function.at()];
        // What the solver did not see may be told by the name.
        let named = self.code.functions[function.at()]
            .name
            .filter(|_| callers.is_empty())
            .and_then(|name| self.facts.method_calls.get(&name));
        let mut calls = callers
            .iter()
            .chain(named.into_iter().flatten())
            .copied()
            .filter(|&op| is_of_program(op))
            .peekable();
        calls.peek().is_some() && calls.all(is_once)
    }

    /// The computed keys of an object literal.
    pub fn computed_keys_of(&self, literal: OpIdx) -> Vec<OpIdx> {
        self.parts_of(literal, |part| match *part {
            OpKind::StoreIndex {
                object,
                key,
                write: Write::Init,
                ..
            } => Some((object, key)),
            _ => None,
        })
    }

    /// The values in an object literal.
    pub fn properties_of(&self, literal: OpIdx) -> Vec<OpIdx> {
        self.parts_of(literal, |part| match *part {
            OpKind::Store {
                object,
                value,
                write: Write::Init,
                ..
            } => Some((object, value)),
            _ => None,
        })
    }

    /// What the operations that fill a literal tell: `part` gives the object that one fills, and what it tells.
    fn parts_of(
        &self,
        literal: OpIdx,
        part: impl Fn(&OpKind) -> Option<(OpIdx, OpIdx)>,
    ) -> Vec<OpIdx> {
        self.ops_of(self.function_of(literal))
            .skip_while(|&op| op <= literal)
            .take(MAX_PROPERTIES)
            .filter_map(|op| part(self.code.kind(op)))
            .filter(|&(object, _)| object == literal)
            .map(|(_, told)| told)
            .collect()
    }

    /// Whether a site is a function or a class.
    pub(crate) fn is_function(&self, site: SiteIdx) -> bool {
        matches!(
            self.flow.sites[site.0 as usize].kind,
            SiteKind::Function(_) | SiteKind::Class(_)
        )
    }

    /// Whether an operation is such a literal, or reads a variable that is given nothing else.
    pub(crate) fn is_literal(&self, op: OpIdx, is_such: impl Fn(&OpKind) -> bool) -> bool {
        match self.code.kind(op) {
            OpKind::Read(binding) => {
                let values = self.assigned_values(*binding);
                let is_such = |value: &OpIdx| is_such(self.code.kind(*value));
                !values.is_empty() && values.iter().all(is_such)
            }
            kind => is_such(kind),
        }
    }

    /// What the program passes for a parameter, wherever it calls the function.
    pub fn passed_for(&self, binding: BindingIdx) -> Vec<OpIdx> {
        let data = &self.code.bindings[binding.at()];
        let BindingKind::Param(position) = data.kind else {
            return Vec::new();
        };
        let arg = |&caller: &OpIdx| match self.code.kind(caller) {
            OpKind::Call { callee, args, .. } => {
                let is_called = matches!(*self.code.kind(*callee), OpKind::Member { name, .. } if self.text(name) == "call");
                args.get(position as usize + usize::from(is_called))
                    .copied()
            }
            _ => None,
        };
        self.facts.callers[data.function.at()]
            .iter()
            .filter(|&&caller| self.recurs(caller))
            .take(MAX_CALLS)
            .filter_map(arg)
            .collect()
    }

    /// Whether a value is a parameter of what is handed to `new Promise`, or a record or list of it.
    pub fn settles_promise(&self, value: OpIdx) -> bool {
        let of_executor = |op: OpIdx| {
            let OpKind::Read(binding) = *self.code.kind(op) else {
                return false;
            };
            let data = &self.code.bindings[binding.at()];
            matches!(data.kind, BindingKind::Param(_))
                && self.facts.executors.contains(&data.function)
        };
        match self.code.kind(value) {
            OpKind::Object { .. } => self.properties_of(value).into_iter().any(of_executor),
            OpKind::Array { elements } => elements.iter().copied().any(of_executor),
            _ => of_executor(value),
        }
    }

    /// Whether a value is waited for: the result of `await`, of an asynchronous function, or a promise.
    pub fn is_awaited(&self, value: OpIdx) -> bool {
        let is_async = |op: OpIdx| match *self.code.kind(op) {
            OpKind::Await(_) => true,
            OpKind::Call { callee, .. } => {
                let of_promise = match *self.code.kind(callee) {
                    OpKind::Global(name) => self.text(name) == "Promise",
                    OpKind::Member { name, .. } => {
                        matches!(self.text(name), "then" | "finally")
                    }
                    _ => false,
                };
                of_promise
                    || self.flow.of_op(callee).iter().any(|&site| {
                        matches!(self.flow.sites[site.0 as usize].kind, SiteKind::Function(function)
                            if self.code.functions[function.at()].is_async)
                    })
            }
            _ => false,
        };
        match *self.code.kind(value) {
            OpKind::Read(binding) => self.assigned_values(binding).into_iter().any(is_async),
            _ => is_async(value),
        }
    }

    /// The values that are assigned to a binding.
    pub fn assigned_values(&self, binding: BindingIdx) -> Vec<OpIdx> {
        let values = self.facts.assigns[binding.at()]
            .iter()
            .filter_map(|&assign| match *self.code.kind(assign) {
                OpKind::Assign { value, .. } => Some(value),
                _ => None,
            });
        values.collect()
    }

    /// Whether an operation is a call of `Object.assign`.
    pub fn is_assign(&self, op: OpIdx) -> bool {
        let OpKind::Call { callee, .. } = *self.code.kind(op) else {
            return false;
        };
        matches!(*self.code.kind(callee), OpKind::Member { name, .. } if self.text(name) == "assign")
    }
}

/// How many operations after an object literal are searched for its properties.
const MAX_PROPERTIES: usize = 60;

/// How many classes are looked at that extend each other.
const MAX_PARENTS: usize = 8;

/// How many objects or collections an operation may mean before what is said of each is a guess.
const MAX_MEANT: usize = 4;

/// How many properties are followed from a collection to what keeps it.
const MAX_HOLDERS: usize = 6;

/// How many calls are asked what they pass.
const MAX_CALLS: usize = 6;

/// How many callers are looked at.
const MAX_CALLERS: usize = 24;
