//! Methods that hide those of the same name in what their class extends: neither are those found through an instance, nor
//! do they get it as `this`, unless the class asks for them with `super`.
//!
//! By what classes declare in their text.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{MAX_PROTOTYPES, NodeIdx, SiteIdx, SiteKind, Solver, UNKNOWN};
use crate::summary::{ClassIdx, FunctionIdx, MethodKind, ModuleSummary, Name, OpIdx, OpKind};

/// What hides what.
#[derive(Default)]
pub(super) struct Overrides {
    /// What classes declare that extend something: their methods and getters, and whether these are static.
    declared: FxHashSet<(ClassIdx, Name, bool)>,
    /// What classes ask for with `super`.
    asked: FxHashSet<(ClassIdx, Name)>,
    /// The methods and accessors of instances that some class may hide.
    hidden: FxHashMap<FunctionIdx, (ClassIdx, Name)>,
}

impl Overrides {
    pub(super) fn of(code: &ModuleSummary) -> Self {
        let classes = || (0..).map(ClassIdx).zip(&code.classes);
        let mut overrides = Self::default();
        for (class, data) in classes().filter(|(_, data)| data.heritage.is_some()) {
            // What is private is another in each class.
            let methods = data.methods.iter().filter(|method| {
                method.kind != MethodKind::Setter && !code.name(method.name).starts_with('#')
            });
            let declared = methods.map(|method| (class, method.name, method.is_static));
            overrides.declared.extend(declared);
        }
        if overrides.declared.is_empty() {
            return overrides;
        }
        for (index, op) in code.ops.iter().enumerate() {
            if let OpKind::SuperMember { name } = op.kind
                && let Some((class, _)) = class_around(code, OpIdx(index as u32))
            {
                overrides.asked.insert((class, name));
            }
        }
        let names: FxHashSet<Name> = overrides
            .declared
            .iter()
            .filter(|&&(class, name, is_static)| {
                !is_static && !overrides.asked.contains(&(class, name))
            })
            .map(|&(_, name, _)| name)
            .collect();
        for (class, data) in classes() {
            let methods = data.methods.iter().filter(|method| !method.is_static);
            let hidden = methods.filter(|method| names.contains(&method.name));
            let hidden = hidden.map(|method| (method.function, (class, method.name)));
            overrides.hidden.extend(hidden);
        }
        overrides
    }
}

/// The class in whose methods an operation stands, and whether the method is static.
fn class_around(code: &ModuleSummary, op: OpIdx) -> Option<(ClassIdx, bool)> {
    let region = code.ops[op.at()].region;
    let function = code.functions[code.regions[region.at()].function.at()].this_of;
    let data = &code.functions[function.at()];
    Some((data.class?, data.is_static))
}

impl Solver<'_> {
    /// Whether a site, a prototype or a class, declares a name, so that what it inherits under that name is not found.
    pub(super) fn hides(&self, site: SiteIdx, name: Name) -> bool {
        let (class, is_static) = match self.sites[site.0 as usize].data.kind {
            SiteKind::Class(class) => (class, true),
            SiteKind::Prototype(of) => match self.sites[of.0 as usize].data.kind {
                SiteKind::Class(class) => (class, false),
                _ => return false,
            },
            _ => return false,
        };
        self.overrides.declared.contains(&(class, name, is_static))
    }

    /// What `receiver` holds is `this` in a method of a prototype, but for the instances of classes that hide the method.
    pub(super) fn receive_as_this(&mut self, receiver: NodeIdx, function: FunctionIdx) {
        if self.overrides.hidden.contains_key(&function) {
            self.constrain(receiver, super::Constraint::Receive(function));
        } else {
            let this = self.this(function);
            self.edge(receiver, this);
        }
    }

    /// A site may be `this` in a method that some class hides.
    pub(super) fn receive_site(&mut self, function: FunctionIdx, site: SiteIdx) {
        if !self.is_hidden_from(site, function) {
            let this = self.this(function);
            self.insert(this, site);
        }
    }

    /// Whether the class of an instance, or one that this extends, hides a method of what it extends in its turn.
    fn is_hidden_from(&self, instance: SiteIdx, function: FunctionIdx) -> bool {
        let Some(&(base, name)) = self.overrides.hidden.get(&function) else {
            return false;
        };
        let SiteKind::Instance(mut of) = self.sites[instance.0 as usize].data.kind else {
            return false;
        };
        for _ in 0..MAX_PROTOTYPES {
            let SiteKind::Class(class) = self.sites[of.0 as usize].data.kind else {
                return false;
            };
            if class == base {
                return false;
            }
            if self.overrides.declared.contains(&(class, name, false)) {
                return !self.overrides.asked.contains(&(class, name));
            }
            let Some(heritage) = self.code.classes[class.at()].heritage else {
                return false;
            };
            let node = self.op_node[heritage.at()];
            match self.nodes.get(node as usize).map(|node| &node.sites[..]) {
                Some(&[only]) => of = only,
                _ => return false,
            }
        }
        false
    }

    /// `super.name`.
    pub(super) fn setup_super_member(&mut self, op: OpIdx, name: Name) {
        let to = self.op_node(op);
        let class = class_around(self.code, op);
        let heritage = class.and_then(|(class, _)| self.code.classes[class.at()].heritage);
        if let (Some(heritage), Some((_, is_static))) = (heritage, class) {
            let from = self.op_node(heritage);
            let constraint = super::Constraint::SuperLoad {
                name,
                to,
                op,
                is_static,
            };
            self.constrain_new(from, constraint);
        } else {
            let function = self.code.functions[self.function_of(op).at()].this_of;
            let from = self.this(function);
            self.constrain_new(from, super::Constraint::Load { name, to, op });
        }
    }

    /// What a class extends is asked for a member.
    pub(super) fn super_load(
        &mut self,
        heritage: SiteIdx,
        name: Name,
        to: NodeIdx,
        op: OpIdx,
        is_static: bool,
    ) {
        let from = match self.sites[heritage.0 as usize].data.kind {
            SiteKind::Function(_) | SiteKind::Class(_) if !is_static => {
                self.prototype_site(heritage)
            }
            SiteKind::Unknown => UNKNOWN,
            _ => heritage,
        };
        self.load(from, name, to, op, 1);
    }
}
