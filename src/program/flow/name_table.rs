//! Names that the solver makes, beside those of the code.

use rustc_hash::FxHashMap;

use crate::summary::{ModuleSummary, Name};

/// Names that are not in the code: dotted names of builtins, made while solving.
pub(crate) struct NameTable {
    pub(crate) texts: Vec<Box<str>>,
    index: FxHashMap<Box<str>, Name>,
    first: u32,
}

impl NameTable {
    /// Continues the names of `code`.
    pub(crate) fn new(code: &ModuleSummary) -> Self {
        Self {
            texts: Vec::new(),
            index: FxHashMap::default(),
            first: code.names.len() as u32,
        }
    }

    pub(super) fn intern(&mut self, text: &str) -> Name {
        if let Some(&name) = self.index.get(text) {
            return name;
        }
        let name = Name(self.first + self.texts.len() as u32);
        self.texts.push(text.into());
        self.index.insert(text.into(), name);
        name
    }

    pub(super) fn text<'a>(&'a self, code: &'a ModuleSummary, name: Name) -> &'a str {
        if name.0 < self.first {
            code.name(name)
        } else {
            &self.texts[(name.0 - self.first) as usize]
        }
    }
}
