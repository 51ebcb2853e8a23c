//! Which collection of a file a name in the heap means.
//!
//! Knows how engines and readers of code name things; must not know how files are found.

use crate::finding::Scope;
use crate::heap::{Binding, Function, Kind, Owner};
use crate::inventory::{Inventory, Item};
use crate::source::{FileIdx, Place, SourceFile};

/// What a file has under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A collection, as a place in the inventory.
    Item(usize),
    /// Several that cannot be told apart.
    Several(Vec<usize>),
    /// A variable that the program knows as no collection.
    Variable(Place),
    Nothing,
}

/// Looks in `files`, of which the first is that of the script: the class of a field may be written in another one.
pub(super) fn find(
    binding: &Binding,
    files: &[FileIdx],
    inventory: &Inventory,
    texts: &[SourceFile],
) -> Named {
    let mut found: Vec<(usize, &Item)> = files
        .iter()
        .flat_map(|file| inventory.in_file(*file))
        .filter(|(_, item)| is_called(item, binding))
        .collect();
    narrow(&mut found, |item| {
        plain(&item.binding) == plain(&binding.name)
    });
    narrow(&mut found, |item| item.shape == kind(binding));
    narrow(&mut found, |item| fits(item.scope, binding.owner));
    narrow(&mut found, |item| {
        let file = &texts[item.place.file.0 as usize];
        let mut functions = binding.functions.iter();
        functions.any(|function| is_used_by(item, function, file))
    });
    match found.as_slice() {
        [] => variable(binding, files, inventory),
        [(one, _)] => Named::Item(*one),
        _ => Named::Several(found.iter().map(|(at, _)| *at).collect()),
    }
}

/// Keeps what has a property, if anything has.
fn narrow(found: &mut Vec<(usize, &Item)>, has: impl Fn(&Item) -> bool) {
    if found.iter().any(|(_, item)| has(item)) {
        found.retain(|(_, item)| has(item));
    }
}

/// Whether a collection can go by the name that the heap has.
pub(super) fn is_called(item: &Item, binding: &Binding) -> bool {
    if plain(&item.binding) == plain(&binding.name) {
        return true;
    }
    // Through what a field is reached depends on who looks.
    last(&item.binding) == last(&binding.name)
        && plain(&item.binding).contains('.')
        && plain(&binding.name).contains('.')
        && matches!(binding.owner, Owner::Field | Owner::Static)
}

/// What a collection of the heap is called in the inventory.
pub(super) fn kind(binding: &Binding) -> &'static str {
    match binding.kind {
        Kind::Map => "Map",
        Kind::Set => "Set",
        Kind::Array => "Array",
        Kind::Object => "Object",
    }
}

fn fits(scope: Scope, owner: Owner) -> bool {
    match owner {
        Owner::Module | Owner::Export => matches!(scope, Scope::Module | Scope::Export),
        Owner::Static => scope == Scope::Static,
        Owner::Field => matches!(scope, Scope::Field | Scope::Module | Scope::Export),
        Owner::Global => matches!(scope, Scope::Global | Scope::Module),
        Owner::Closure => scope == Scope::Closure,
    }
}

/// Without what a module's own objects are called.
pub(super) fn plain(name: &str) -> &str {
    ["module.exports.", "exports.", "globalThis."]
        .iter()
        .find_map(|start| name.strip_prefix(start))
        .unwrap_or(name)
}

/// The name of the field, or of the variable.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Whether a function that the engine knows by its place is one that uses a collection.
pub(super) fn is_used_by(item: &Item, function: &Function, file: &SourceFile) -> bool {
    let Some(offset) = offset(function, file) else {
        return false;
    };
    item.users.iter().any(|user| {
        let span = user.place.span;
        !user.is_module && (span.start..span.end).contains(&offset)
    })
}

/// Whether a function that the engine knows by its place is the one at `place`, not one inside of it: the engine counts
/// from its parameters.
pub(super) fn is_at(place: Place, function: &Function, file: &SourceFile) -> bool {
    let Some(offset) = offset(function, file).filter(|it| *it < place.span.end) else {
        return false;
    };
    let before = file.text.get(place.span.start as usize..offset as usize);
    before.is_some_and(|before| !before.contains(['(', '{', '=']))
}

/// Where the engine says that a function begins.
pub(super) fn offset(function: &Function, file: &SourceFile) -> Option<u32> {
    let (line, column) = (function.line?, function.column?.checked_sub(1)?);
    if line > file.line_count() {
        return None;
    }
    let span = file.line_span(line);
    let mut units = 0;
    for (at, char) in file.line(line).char_indices() {
        if units >= column {
            return Some(span.start + at as u32);
        }
        units += char.len_utf16() as u32;
    }
    (units == column).then_some(span.end)
}

/// The only variable of a name in the first file.
fn variable(binding: &Binding, files: &[FileIdx], inventory: &Inventory) -> Named {
    let mut variables = inventory.variables.iter().filter(|variable| {
        files.first() == Some(&variable.place.file)
            && variable.name == plain(&binding.name)
            && (variable.is_outermost || binding.owner == Owner::Closure)
    });
    match (variables.next(), variables.next()) {
        (Some(one), None) => Named::Variable(one.place),
        _ => Named::Nothing,
    }
}
