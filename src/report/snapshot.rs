//! What fills a heap, as text: of one snapshot, or of several in the order of time.
//!
//! Knows formats; must not reach into a heap, only into what was found there.

mod html;
mod human;
mod json;
mod tied;

pub use html::{Seen, html};
pub use human::human;
pub use json::{Told, json, told};
pub use tied::tied;

use std::collections::BTreeMap;

use crate::evidence::Declared;
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
    /// Where classes and what allocated are written, as far as the sources tell.
    classes: Option<&'a BTreeMap<Function, Declared>>,
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
            classes: None,
        })
    }

    /// With the places of classes in the sources.
    #[must_use]
    pub fn with_classes(self, classes: &'a BTreeMap<Function, Declared>) -> Self {
        Self {
            classes: Some(classes),
            ..self
        }
    }

    /// A message for each collection that retains more than `budget` bytes more in the last snapshot than in the first;
    /// most first.
    pub fn over_budget(&self, budget: u64) -> Vec<String> {
        let grown = self.growth.iter().filter_map(|growth| {
            let more = u64::try_from(growth.total().retained_bytes).ok()?;
            let name = self.name(growth.identity.name(), growth.identity.is_field());
            let script = growth.identity.script().map(|script| self.script(script));
            let place = script
                .map(|script| format!(" in {script}"))
                .unwrap_or_default();
            let message = format!(
                "`{name}`{place} keeps {} more alive than at first, over the budget of {}",
                human::bytes(more),
                human::bytes(budget)
            );
            (more > budget).then(|| super::visible(&message))
        });
        grown.collect()
    }

    /// With their places in the survey.
    fn bindings(&self) -> impl Iterator<Item = (usize, &'a Binding)> {
        let least = self.options.min_retained;
        let all = self.last.bindings.iter().enumerate();
        let large = all.filter(move |(_, it)| it.retained_bytes >= least);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::{Facts, Runtime};

    #[test]
    fn what_may_be_data_can_be_left_out() {
        let survey = Survey {
            facts: Facts {
                runtime: Runtime::Node,
                nodes: 1,
                edges: 0,
                reachable_bytes: 0,
            },
            bindings: Vec::new(),
            constructors: Vec::new(),
        };
        let surveys = [survey];
        let report = |redact| {
            let options = Options {
                top: 0,
                min_retained: 0,
                redact,
            };
            Report::of(&surveys, options).expect("there is a survey")
        };
        for (script, expected) in [
            ("https://a.example/b.js?token=1#c", "https://a.example/b.js"),
            ("data:text/javascript,secret", "data:…"),
            ("/srv/a.js", "/srv/a.js"),
        ] {
            assert_eq!(report(true).script(script), expected);
            assert_eq!(report(false).script(script), script);
        }
        for (name, expected) in [
            ("users.alice.items", "users.….items"),
            ("users.items", "users.items"),
            ("users", "users"),
        ] {
            assert_eq!(report(true).name(name, true), expected);
            assert_eq!(report(false).name(name, true), name);
        }
        assert_eq!(report(true).name("Registry.a.b", false), "Registry.a.b");
    }
}
