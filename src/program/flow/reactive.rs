//! Libraries' functions that wrap a value for those who watch it: what is done to the wrapped one is done to the value.
//!
//! Known by the module that a function is imported from and its name.

use super::{SiteKind, Solver};
use crate::summary::{OpIdx, OpKind};

/// What such a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrapped {
    /// A stand-in for the value.
    Proxy,
    /// An object whose `value` is one.
    Box,
}

/// What the function of a module gives, if it is one of them.
fn wrapped(module: &str, name: &str) -> Option<Wrapped> {
    let is_vue = matches!(
        module,
        "vue" | "@vue/composition-api" | "@vue/reactivity" | "@vue/runtime-core"
    );
    match name {
        "markRaw" | "reactive" | "readonly" | "shallowReactive" | "shallowReadonly" | "toRaw"
            if is_vue =>
        {
            Some(Wrapped::Proxy)
        }
        "ref" | "shallowRef" if is_vue => Some(Wrapped::Box),
        "observable" if module == "mobx" => Some(Wrapped::Proxy),
        "proxy" if matches!(module, "valtio" | "valtio/vanilla") => Some(Wrapped::Proxy),
        _ => None,
    }
}

impl Solver<'_> {
    /// A call that may wrap a value. Says whether it does.
    pub(super) fn setup_reactive(&mut self, op: OpIdx, callee: OpIdx, args: &[OpIdx]) -> bool {
        let &[value, ..] = args else {
            return false;
        };
        let known = match *self.code.kind(callee) {
            // Nuxt and plugins of bundlers import Vue's for those who do not.
            OpKind::Global(name) => wrapped("vue", self.text(name)),
            _ => self
                .unseen_name(callee)
                .and_then(|(module, name)| wrapped(module, name)),
        };
        let Some(wrapped) = known else {
            return false;
        };
        let (from, to) = (self.op_node(value), self.op_node(op));
        match wrapped {
            Wrapped::Proxy => self.edge(from, to),
            Wrapped::Box => {
                let site = self.derived_site(op, SiteKind::Object);
                let field = self.field(site, self.well_known.value);
                self.edge(from, field);
                self.insert(to, site);
                self.boxes.push((site, op, value));
            }
        }
        true
    }
}
