//! What fills a heap, as text: of one snapshot, or of several in the order of time.
//!
//! Knows formats; must not reach into a heap, only into what was found there.

mod human;
mod json;

pub use human::human;
pub use json::json;

use std::collections::BTreeMap;

use crate::heap::{Binding, Function, Growth, Identity, Owner, Survey, growth};

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// At most so many collections and constructors; 0 for all.
    pub top: usize,
    /// Only what retains at least so many bytes.
    pub min_retained: u64,
    /// No contents of the program's data: queries of URLs, and names in what may be a dictionary.
    pub redact: bool,
}

/// Snapshots in the order of time, and what grew between them. The last one is what is told.
#[derive(Debug)]
pub struct Report<'a> {
    surveys: &'a [Survey],
    last: &'a Survey,
    growth: Vec<Growth>,
    options: Options,
}

impl<'a> Report<'a> {
    /// None without a snapshot.
    pub fn of(surveys: &'a [Survey], options: Options) -> Option<Self> {
        let bindings: Vec<&[Binding]> = surveys.iter().map(|it| it.bindings.as_slice()).collect();
        Some(Self {
            last: surveys.last()?,
            growth: if surveys.len() > 1 {
                growth(&bindings)
            } else {
                Vec::new()
            },
            surveys,
            options,
        })
    }

    /// The collections that retain more than `bytes` more in the last snapshot than in the first: by how much, and a
    /// name for messages. Most first.
    pub fn grown_by_more_than(&self, bytes: u64) -> Vec<(u64, String)> {
        let grown = self.growth.iter().filter_map(|growth| {
            let more = u64::try_from(growth.total().retained_bytes).ok()?;
            let place = growth.identity.script().map(|script| self.script(script));
            let name = self.name(growth.identity.name(), growth.identity.is_field());
            let place = place
                .map(|place| format!(" in {place}"))
                .unwrap_or_default();
            (more > bytes).then(|| (more, format!("`{}`{place}", super::visible(&name))))
        });
        grown.collect()
    }

    fn bindings(&self) -> impl Iterator<Item = &'a Binding> {
        let least = self.options.min_retained;
        let large = self
            .last
            .bindings
            .iter()
            .filter(move |it| it.retained_bytes >= least);
        large.take(self.top())
    }

    fn constructors(&self) -> impl Iterator<Item = &'a crate::heap::Constructor> {
        let least = self.options.min_retained;
        let large = self
            .last
            .constructors
            .iter()
            .filter(move |it| it.retained_bytes >= least);
        large.take(self.top())
    }

    fn top(&self) -> usize {
        if self.options.top == 0 {
            usize::MAX
        } else {
            self.options.top
        }
    }

    fn growth_by_identity(&self) -> BTreeMap<&Identity, &Growth> {
        self.growth
            .iter()
            .map(|growth| (&growth.identity, growth))
            .collect()
    }

    /// The path or URL of a script, as it may be shown.
    fn script(&self, script: &str) -> String {
        if !self.options.redact {
            return script.to_owned();
        }
        if script.starts_with("data:") {
            return "data:…".to_owned();
        }
        let end = script.find(['?', '#']).unwrap_or(script.len());
        script[..end].to_owned()
    }

    /// The name of a collection, as it may be shown: between the name of a variable and the field that it ends with may
    /// stand names that are data.
    fn name(&self, name: &str, is_field: bool) -> String {
        match (name.split_once('.'), name.rsplit_once('.')) {
            (Some((first, rest)), Some((_, last)))
                if self.options.redact && is_field && rest != last =>
            {
                format!("{first}.….{last}")
            }
            _ => name.to_owned(),
        }
    }

    /// A sentence about a binding, with its name as it may be shown.
    fn name_in(&self, sentence: &str, binding: &Binding) -> String {
        let shown = self.name(&binding.name, binding.owner == Owner::Field);
        sentence.replace(&format!("`{}`", binding.name), &format!("`{shown}`"))
    }
}

/// The function that is nearest to a collection: one that was made beside it, or the class that has it.
fn nearest(binding: &Binding) -> Option<&Function> {
    binding
        .functions
        .iter()
        .find(|it| it.line.is_some())
        .or(binding.holder.as_ref())
}

/// The type of the keys or values in one word.
fn type_of(parts: &[crate::heap::Part]) -> Option<&str> {
    match parts {
        [] => None,
        [part] => Some(&part.type_name),
        _ => Some("mixed"),
    }
}
