//! What a key is, by what it is handed to.
//!
//! Must not know what the answers weigh.

use super::{Insertion, Program};
use crate::summary::{BindingIdx, BindingKind, CallKind, OpIdx, OpKind};

impl Program {
    /// Whether the key of an insertion is handed to what takes paths or names of modules.
    pub fn names_file(&self, insertion: &Insertion) -> bool {
        let Some(&OpKind::Read(key)) = insertion.inner_key.map(|key| self.code.kind(key)) else {
            return false;
        };
        self.is_file_key(key)
    }

    /// Whether what a binding holds is handed to what takes paths or names of modules.
    pub fn is_file_key(&self, key: BindingIdx) -> bool {
        let reads_key = |arg: OpIdx, depth: u32| self.reads(arg, key, depth);
        self.calls_with(key).any(|op| match self.code.kind(op) {
            OpKind::Call {
                callee,
                args,
                kind: CallKind::Call,
                ..
            } => {
                let takes_paths = match *self.code.kind(*callee) {
                    OpKind::Unknown => true,
                    OpKind::Global(name) => self.text(name) == "require",
                    OpKind::Member { name, .. } => takes_paths(self.text(name)),
                    OpKind::Read(binding) => takes_paths(self.binding_name(binding)),
                    _ => false,
                };
                takes_paths && args.first().is_some_and(|&arg| reads_key(arg, 0))
            }
            _ => false,
        })
    }

    /// What a binding holds, where it is handed to a function of the platform that knows few such values.
    pub fn taken_as(&self, key: BindingIdx) -> Option<&'static str> {
        self.calls_with(key).find_map(|op| {
            let OpKind::Call { callee, args, .. } = self.code.kind(op) else {
                return None;
            };
            let position = args.iter().position(
                |&arg| matches!(*self.code.kind(arg), OpKind::Read(read) if read == key),
            )?;
            self.takes(*callee, position)
        })
    }

    /// Whether what a binding holds is spelled another way: `name.replace(/[A-Z]/g, "-$&")`.
    pub fn is_respelled(&self, key: BindingIdx) -> bool {
        self.calls_with(key).any(|op| {
            let OpKind::Call { callee, args, .. } = self.code.kind(op) else {
                return false;
            };
            let OpKind::Member { object, name } = *self.code.kind(*callee) else {
                return false;
            };
            matches!(*self.code.kind(object), OpKind::Read(read) if read == key)
                && matches!(self.text(name), "replace" | "replaceAll")
                && args.first().is_some_and(|&regex| self.finds_words(regex))
        })
    }

    /// Whether an operation gives a regular expression that finds where the words of a name begin.
    fn finds_words(&self, regex: OpIdx) -> bool {
        self.is_literal(regex, |kind| {
            matches!(
                kind,
                OpKind::Regex {
                    finds_words: true,
                    ..
                }
            )
        })
    }

    /// The object of whose properties a key is a name: `for (const key in object)`, `Object.keys(object).map((key) => …)`.
    pub fn listed_in(&self, key: OpIdx) -> Option<OpIdx> {
        self.listed_at(key, 0)
    }

    fn listed_at(&self, key: OpIdx, depth: u32) -> Option<OpIdx> {
        let OpKind::Read(binding) = *self.code.kind(key) else {
            return None;
        };
        let owner = self.code.bindings[binding.at()].function;
        let given = match self.code.bindings[binding.at()].kind {
            BindingKind::Param(0) => self.facts.callers[owner.at()].iter().find_map(|&call| {
                match *self.code.kind(call) {
                    OpKind::Call { callee, .. } => match *self.code.kind(callee) {
                        OpKind::Member { object, .. } => self.keys_of(object),
                        _ => None,
                    },
                    _ => None,
                }
            }),
            _ => None,
        };
        given.or_else(|| {
            self.assigned_values(binding)
                .into_iter()
                .take(MAX_VALUES)
                .find_map(|value| match *self.code.kind(value) {
                    OpKind::Iterate { over, keys: true } => Some(over),
                    OpKind::Iterate { over, keys: false } => self.keys_of(over),
                    OpKind::Read(_) if depth < MAX_COPIES => self.listed_at(value, depth + 1),
                    _ => None,
                })
        })
    }

    /// What `Object.keys(object)` lists.
    fn keys_of(&self, list: OpIdx) -> Option<OpIdx> {
        let OpKind::Call { callee, args, .. } = self.code.kind(list) else {
            return None;
        };
        let OpKind::Member { object, name } = *self.code.kind(*callee) else {
            return None;
        };
        let is_keys = matches!(*self.code.kind(object), OpKind::Global(global) if self.text(global) == "Object")
            && matches!(self.text(name), "keys" | "getOwnPropertyNames");
        args.first().copied().filter(|_| is_keys)
    }

    /// What a function of the platform takes as an argument, where it knows few of them.
    fn takes(&self, callee: OpIdx, position: usize) -> Option<&'static str> {
        match *self.code.kind(callee) {
            OpKind::Global(name) => taken_by(Receiver::None, self.text(name), position),
            // `const { createHash } = require("node:crypto")`
            OpKind::Read(binding) => {
                let name = self.binding_name(binding);
                takes_algorithm(name)
                    .then(|| taken_by(Receiver::Other, name, position))
                    .flatten()
            }
            OpKind::Member { object, name } => {
                let is_of_document = || {
                    matches!(
                        self.text(name),
                        "createElement" | "createElementNS" | "createEvent"
                    ) && self.is_document(object)
                };
                let receiver = match *self.code.kind(object) {
                    OpKind::Global(global)
                        if matches!(self.text(global), "window" | "globalThis" | "self") =>
                    {
                        Receiver::None
                    }
                    OpKind::Global(global) if self.text(global) == "Intl" => Receiver::Intl,
                    OpKind::Member { name, .. } if self.text(name) == "fonts" => Receiver::Fonts,
                    _ if is_of_document() => Receiver::Document,
                    _ => Receiver::Other,
                };
                taken_by(receiver, self.text(name), position)
            }
            _ => None,
        }
    }

    /// Whether an operation's value is made from a binding's.
    fn reads(&self, op: OpIdx, binding: BindingIdx, depth: u32) -> bool {
        if depth > 4 {
            return false;
        }
        match self.code.kind(op) {
            OpKind::Read(read) => *read == binding,
            OpKind::Binary { left, right, .. } => {
                self.reads(*left, binding, depth + 1) || self.reads(*right, binding, depth + 1)
            }
            OpKind::Template(parts) => parts
                .iter()
                .any(|&part| self.reads(part, binding, depth + 1)),
            OpKind::Call { args, .. } => {
                args.iter().any(|&arg| self.reads(arg, binding, depth + 1))
            }
            _ => false,
        }
    }
}

/// How many variables are looked through that hold the same key.
const MAX_COPIES: u32 = 2;

/// How many values of a variable are looked at.
const MAX_VALUES: usize = 12;

/// What a method is called on, as far as it tells what the method is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Receiver {
    /// Nothing, or the global object.
    None,
    /// `Intl`.
    Intl,
    /// A document.
    Document,
    /// `document.fonts`.
    Fonts,
    /// Something else.
    Other,
}

/// What functions and constructors of the platform take of which there are few, by position.
fn taken_by(receiver: Receiver, name: &str, position: usize) -> Option<&'static str> {
    use Receiver::{Document, Fonts, Intl, None as Global};
    match (receiver, name, position) {
        (Intl, _, 0)
        | (
            _,
            "supportedLocalesOf" | "toLocaleDateString" | "toLocaleLowerCase" | "toLocaleString"
            | "toLocaleTimeString" | "toLocaleUpperCase",
            0,
        )
        | (_, "localeCompare", 1) => Some("a locale"),
        (Intl, _, 1) => Some("a way to format"),
        (Fonts, "load" | "check", 0) | (Global, "FontFace", 0) => Some("a font"),
        (Document, "createElement" | "createEvent", 0) | (Document, "createElementNS", 1) => {
            Some("the name of an element")
        }
        (Global, "TextDecoder", 0) | (_, "isEncoding", 0) => Some("an encoding"),
        (Global, "matchMedia", 0) => Some("a media query"),
        (
            _,
            "addSourceBuffer"
            | "canDisplayType"
            | "canPlayType"
            | "isConfigSupported"
            | "isTypeSupported"
            | "requestMediaKeySystemAccess",
            0,
        ) => Some("a type of media"),
        (_, algorithm, 0) if takes_algorithm(algorithm) => Some("an algorithm"),
        (_, "getPropertyValue", 0) => Some("the name of a property"),
        _ => None,
    }
}

/// Functions of `crypto`, which are often imported by their names.
fn takes_algorithm(name: &str) -> bool {
    matches!(
        name,
        "createCipheriv"
            | "createDecipheriv"
            | "createHash"
            | "createHmac"
            | "createSign"
            | "createVerify"
    )
}

/// Functions of `fs`, `path` and module loaders.
fn takes_paths(name: &str) -> bool {
    matches!(
        name,
        "readFile"
            | "readFileSync"
            | "stat"
            | "statSync"
            | "lstatSync"
            | "existsSync"
            | "realpathSync"
            | "readdirSync"
            | "readdir"
            | "accessSync"
            | "createReadStream"
            | "writeFileSync"
            | "dirname"
            | "basename"
            | "extname"
            | "isAbsolute"
            | "require"
            | "requireModule"
            | "dynamicImport"
            | "importModule"
            | "loadModule"
            | "createRequire"
            | "openSync"
    )
}
