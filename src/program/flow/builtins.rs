//! What the language's own functions do with values, and tables of names whose meaning is general knowledge.

use super::{Constraint, SiteIdx, SiteKind, Solver};
use crate::program::copying::Copying;
use crate::summary::{CallKind, Name, OpIdx, OpKind};

/// What a name means that the module does not declare.
pub(super) enum Global {
    Object,
    Builtin,
    Unknown,
}

pub(super) fn global(name: &str) -> Global {
    match name {
        "globalThis" | "window" | "global" | "self" => Global::Object,
        "Array" | "Boolean" | "BigInt" | "Date" | "Error" | "Function" | "Intl" | "JSON"
        | "Map" | "Math" | "Number" | "Object" | "Promise" | "Proxy" | "Reflect" | "RegExp"
        | "Set" | "String" | "Symbol" | "TypeError" | "RangeError" | "URL" | "WeakMap"
        | "WeakRef" | "WeakSet" | "console" | "parseInt" | "parseFloat" | "isNaN"
        | "encodeURIComponent" | "decodeURIComponent" | "structuredClone" => Global::Builtin,
        _ => Global::Unknown,
    }
}

/// Functions and methods that call their function arguments before they return, or once a little later.
///
/// Sorted. Promise callbacks, one-shot timers, `describe` and `define` run once per call, as a synchronous callback does.
const CALLED_BACK: &[&str] = &[
    "$",
    "after",
    "afterAll",
    "afterEach",
    "all",
    "allSettled",
    "before",
    "beforeAll",
    "beforeEach",
    "bootstrap",
    "catch",
    "context",
    "define",
    "describe",
    "each",
    "every",
    "filter",
    "finally",
    "find",
    "findIndex",
    "findKey",
    "findLast",
    "findLastIndex",
    "flatMap",
    "flow",
    "forEach",
    "forEachRight",
    "forIn",
    "forOwn",
    "from",
    "groupBy",
    "it",
    "jQuery",
    "keyBy",
    "map",
    "mapKeys",
    "mapValues",
    "nextTick",
    "pickBy",
    "queueMicrotask",
    "ready",
    "reduce",
    "reduceRight",
    "register",
    "reject",
    "replace",
    "replaceAll",
    "requestAnimationFrame",
    "requestIdleCallback",
    "setImmediate",
    "setTimeout",
    "some",
    "sort",
    "sortBy",
    "suite",
    "test",
    "then",
    "times",
    "toSorted",
    "transform",
    "uniqBy",
    "walk",
];

/// Whether a function of this name calls back before it returns, or once.
pub(in crate::program) fn calls_back(name: &str) -> bool {
    CALLED_BACK.binary_search(&name).is_ok()
}

/// Helpers that compilers put around an imported CommonJS module.
const INTEROPERABILITY: &[&str] = &[
    "__importDefault",
    "__importStar",
    "__toCommonJS",
    "__toESM",
    "__toModule",
    "_interopDefault",
    "_interopDefaultLegacy",
    "_interopNamespace",
    "_interopNamespaceDefault",
    "_interopRequireDefault",
    "_interopRequireWildcard",
    "getDefaultExportFromCjs",
    "interopDefault",
    "interopRequireDefault",
    "interopRequireWildcard",
];

/// Whether a function of this name gives back the module that it gets, in another wrapping.
pub(in crate::program) fn is_interoperability(name: &str) -> bool {
    let name = name.trim_end_matches(|last: char| last.is_ascii_digit() || last == '$');
    INTEROPERABILITY.binary_search(&name).is_ok()
}

/// What a function or constructor of the language allocates.
fn allocates(name: &str, is_new: bool) -> Option<SiteKind> {
    match name {
        "Map" if is_new => Some(SiteKind::Map),
        "Set" if is_new => Some(SiteKind::Set),
        "WeakMap" | "WeakSet" | "WeakRef" => Some(SiteKind::Weak),
        "Array"
        | "Array.of"
        | "Array.from"
        | "Object.keys"
        | "Object.values"
        | "Object.entries"
        | "Object.getOwnPropertyNames"
        | "Promise.all"
        | "Promise.allSettled" => Some(SiteKind::Array),
        "Object" | "Object.create" | "Object.fromEntries" | "structuredClone" => {
            Some(SiteKind::Object)
        }
        _ => None,
    }
}

impl Solver<'_> {
    /// Calls a function or constructor of the language.
    pub(super) fn call_builtin(&mut self, op: OpIdx, name: Name) {
        let OpKind::Call { args, kind, .. } = self.code.kind(op) else {
            return;
        };
        let result = self.op_node(op);
        let text = self.text(name).to_owned();
        let allocated = allocates(&text, *kind == CallKind::New);
        if let ("Object", [value, ..]) = (text.as_str(), &args[..]) {
            // An object is given back as it is.
            let from = self.op_node(*value);
            self.edge(from, result);
        }
        if let Some(kind) = allocated {
            let site = self.derived_site(op, kind);
            self.insert(result, site);
            self.fill_allocated(site, &text, args);
            return;
        }
        match text.as_str() {
            "Object.assign" => {
                let Some((&target, sources)) = args.split_first() else {
                    return;
                };
                let target = self.op_node(target);
                self.edge(target, result);
                for &source in sources {
                    let from = self.op_node(source);
                    self.constrain(target, Constraint::CopyFields { from });
                }
            }
            "Object.freeze"
            | "Object.seal"
            | "Object.preventExtensions"
            | "Object.defineProperties"
            | "Promise.resolve" => {
                if let Some(&first) = args.first() {
                    let from = self.op_node(first);
                    self.edge(from, result);
                }
            }
            "Object.setPrototypeOf" => {
                if let [object, prototype, ..] = args[..] {
                    let (object, prototype) = (self.op_node(object), self.op_node(prototype));
                    self.edge(object, result);
                    for site in self.nodes[object.0 as usize].sites.clone() {
                        self.constrain(prototype, Constraint::Inherits(site));
                    }
                }
            }
            "Proxy" => {
                if let Some(&target) = args.first() {
                    let from = self.op_node(target);
                    self.edge(from, result);
                }
                for &handler in args.iter().skip(1) {
                    self.pass(op, handler);
                }
            }
            "Object.defineProperty" | "Reflect.defineProperty" => {
                if let [object, key, descriptor, ..] = args[..] {
                    let name = match self.code.kind(key) {
                        OpKind::Str(name) => *name,
                        _ => self.well_known.element,
                    };
                    let (object, descriptor) = (self.op_node(object), self.op_node(descriptor));
                    self.edge(object, result);
                    self.constrain(descriptor, Constraint::Descriptor { object, name });
                }
            }
            "Promise" | "JSON.stringify" | "JSON.parse" | "Reflect.apply" => {
                for &arg in args {
                    let node = self.op_node(arg);
                    self.constrain(
                        node,
                        Constraint::Callback {
                            call: op,
                            element_of: None,
                        },
                    );
                }
            }
            _ => {
                for &arg in args {
                    // Only functions matter to a builtin that is not modelled: it may keep and call them.
                    if matches!(self.code.kind(arg), OpKind::Function(_)) {
                        self.pass(op, arg);
                    }
                }
            }
        }
        self.insert(result, super::UNKNOWN);
    }

    /// A call that may copy the properties of literals gives its target each by its name.
    pub(super) fn setup_copying(&mut self, op: OpIdx) {
        let code = self.code;
        let Some(copying) = Copying::of(code, op) else {
            return;
        };
        let target = self.op_node(copying.target);
        for store in copying.stores {
            if let OpKind::Store { name, value, .. } = *code.kind(store)
                && self.may_hold_sites(value)
            {
                let from = self.op_node(value);
                self.constrain(target, Constraint::Store { name, from });
            }
        }
    }

    fn fill_allocated(&mut self, site: SiteIdx, text: &str, args: &[OpIdx]) {
        let element = self.field(site, self.well_known.element);
        match text {
            "Array.of" => {
                for &arg in args {
                    let from = self.op_node(arg);
                    self.edge(from, element);
                }
            }
            "Array.from" | "Object.values" | "Object.entries" | "Map" | "Set" => {
                if let Some(&from) = args.first() {
                    let from = self.op_node(from);
                    self.constrain(from, Constraint::LoadAny { to: element });
                }
            }
            "Object.create" => {
                if let Some(&prototype) = args.first() {
                    let prototype = self.op_node(prototype);
                    self.constrain(prototype, Constraint::Inherits(site));
                }
            }
            _ => {}
        }
    }

    /// `Object.defineProperty(object, name, { value, get })`.
    pub(super) fn descriptor(&mut self, object: super::NodeIdx, name: Name, descriptor: SiteIdx) {
        if !matches!(self.kind(descriptor), SiteKind::Object) {
            return;
        }
        let (get, value) = (self.well_known.get, self.well_known.value);
        let value = self.field(descriptor, value);
        self.constrain(object, Constraint::Store { name, from: value });
        let get = self.field(descriptor, get);
        let returned = self.new_node();
        self.constrain(get, Constraint::Returned { to: returned });
        self.constrain(
            object,
            Constraint::Store {
                name,
                from: returned,
            },
        );
    }
}
