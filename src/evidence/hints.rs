//! Names of retainers that someone has read in developer tools.
//!
//! Knows how these are written; must not know what follows from them.

use super::{Tie, names, reason};
use crate::Note;
use crate::finding::Finding;
use crate::heap::Binding;
use crate::inventory::Inventory;
use crate::source::SourceFile;

/// The names that were given.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// Each by itself: it is told if one means nothing.
    names: Vec<String>,
    /// Out of a pasted pane: most of them mean nothing.
    pasted: Option<Vec<String>>,
}

impl Hints {
    /// `names` as given, and the text of a retainers pane.
    pub fn new(names: Vec<String>, pane: Option<&str>) -> Self {
        Self {
            names,
            pasted: pane.map(names_in),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.pasted.is_none()
    }

    /// Whether one of the names means a collection.
    pub fn mean(&self, binding: &str) -> bool {
        self.all().any(|(name, _)| means(name, binding))
    }

    /// Each name, and whether it was pasted.
    fn all(&self) -> impl Iterator<Item = (&str, bool)> {
        let pasted = self.pasted.iter().flatten();
        let pasted = pasted.map(|name| (name.as_str(), true));
        let given = self.names.iter().map(|name| (name.as_str(), false));
        given.chain(pasted)
    }

    /// Whether one of the names means a collection of the heap, by its own or its original name.
    pub(super) fn mean_in_heap(&self, binding: &Binding, tie: &Tie) -> bool {
        self.all().any(|(name, _)| is_meant(name, binding, tie))
    }

    /// What is to be said of names that mean nothing, and of those that mean collections without a finding.
    pub(super) fn notes(
        &self,
        findings: &[Finding],
        inventory: &Inventory,
        files: &[SourceFile],
        heap: &[(&Binding, &Tie)],
    ) -> Vec<Note> {
        let note = |path: &str, text: String| Note {
            path: path.to_owned(),
            at: None,
            text,
            fails: false,
        };
        let mut notes = Vec::new();
        let mut any_pasted = self.pasted.is_none();
        for (name, is_pasted) in self.all() {
            let in_heap = heap
                .iter()
                .any(|(binding, tie)| is_meant(name, binding, tie));
            let is_found = findings.iter().any(|it| means(name, &it.binding));
            let mut silent = inventory
                .collections
                .iter()
                .filter(|item| means(name, &item.binding));
            let is_known = in_heap || is_found || silent.clone().next().is_some();
            any_pasted |= is_pasted && is_known;
            if !is_known && !is_pasted {
                let text = format!("`{name}` names no long-lived collection of these files");
                notes.push(note("--retainer", text));
            }
            if let Some(item) = silent.next().filter(|_| !is_found && !in_heap) {
                let file = &files[item.place.file.0 as usize];
                let why = item.silence.as_ref().map(|silence| reason(silence, files));
                let why = why.unwrap_or_default();
                notes.push(Note {
                    at: Some(file.position(item.place.span.start)),
                    ..note(
                        &file.shown,
                        format!("`{}` has no finding: {why}", item.binding),
                    )
                });
            }
        }
        if !any_pasted {
            let text = "no name in the text names a long-lived collection of these files";
            notes.push(note("--retainer", text.to_owned()));
        }
        notes
    }
}

/// Whether a name means a collection of the heap, by its own or its original name.
fn is_meant(name: &str, binding: &Binding, tie: &Tie) -> bool {
    let original = tie.declared.as_ref().and_then(|it| it.name.as_deref());
    means(name, &binding.name) || original.is_some_and(|original| means(name, original))
}

fn means(name: &str, binding: &str) -> bool {
    name == binding || name == names::plain(binding) || name == names::last(binding)
}

/// What the engine calls its own links.
const INTERNAL: [&str; 22] = [
    "table",
    "elements",
    "properties",
    "context",
    "shared",
    "script",
    "script_or_debug_info",
    "native_context",
    "scope_info",
    "previous",
    "extension",
    "feedback_cell",
    "code",
    "prototype",
    "__proto__",
    "constructor",
    "bound_function",
    "bound_this",
    "transition_info",
    "dependent_code",
    "global_proxy",
    "this",
];

/// The names in the text of a retainers pane: `requestCachesByEnvironment in system / Context @96117`.
fn names_in(pane: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in pane.lines() {
        // Signs of the tree stand before.
        let line = line.trim_start_matches(|c: char| {
            !c.is_alphanumeric() && !matches!(c, '_' | '$' | '#' | '[' | '<' | '(')
        });
        let Some(name) = line.split_whitespace().next() else {
            continue;
        };
        let rest = line[name.len()..].trim_start();
        let is_edge = rest.is_empty() || rest.starts_with("in ") || rest.starts_with("::");
        let is_name = name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '#' | '.'))
            && name.chars().any(|c| !c.is_ascii_digit());
        if is_edge && is_name && !INTERNAL.contains(&name) && !names.iter().any(|it| it == name) {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_out_of_a_pane() {
        let pane = "\
▼ [12] in (object elements)[] @96113
  ▼ table in Map @96115
    ▼ requestCachesByEnvironment in system / Context @96117
      ▶ context in getRequestCache() @1201
      ▶ context in fetchQuery() @1203
  \u{2022} #opened in Pool @7
    <symbol kCache> in Agent @9
    __proto__ in Object @4
    cache
    12 in Array @3
    some other words
";
        assert_eq!(
            names_in(pane),
            ["requestCachesByEnvironment", "#opened", "cache"]
        );
    }

    #[test]
    fn a_name_means_what_ends_with_it() {
        for (name, binding, expected) in [
            ("cache", "cache", true),
            ("cache", "exports.cache", true),
            ("templates", "Registry.templates", true),
            ("Registry.templates", "Registry.templates", true),
            ("pool.items", "exports.pool.items", true),
            ("Registry", "Registry.templates", false),
            ("ache", "cache", false),
        ] {
            assert_eq!(means(name, binding), expected, "{name}: {binding}");
        }
    }
}
