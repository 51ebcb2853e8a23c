//! What the rule says, apart from when it says it.

use super::Harmless;
use crate::finding::{KeyType, Scope};
use crate::program::{Collection, Domain, Insertion, Key, Program, Shape};
use crate::rules::evidence::name_of;

pub(in crate::rules) fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Map => "Map",
        Shape::Set => "Set",
        Shape::Array => "Array",
        Shape::Object => "Object",
    }
}

pub(super) fn message(collection: &Collection, key: KeyType) -> String {
    let scope = match collection.scope {
        Scope::Module => "module-scope",
        Scope::Export => "exported",
        Scope::Static => "static",
        Scope::Field => "singleton's",
        Scope::Global => "global",
        Scope::Closure => "closure's",
    };
    let shape = shape(collection.shape);
    let name = &collection.binding;
    match (collection.shape, key) {
        (Shape::Array, _) => format!("{scope} array gains elements and never loses any: `{name}`"),
        (Shape::Object, _) => {
            format!("{scope} object used as a dictionary never forgets a key: `{name}`")
        }
        (Shape::Set, KeyType::Object) => {
            format!("{scope} `Set` of objects never forgets one: `{name}`")
        }
        (Shape::Set, _) => format!("{scope} `Set` never forgets an element: `{name}`"),
        (Shape::Map, KeyType::Object) => {
            format!("{scope} `{shape}` keyed by objects never forgets a key: `{name}`")
        }
        (Shape::Map, _) => format!("{scope} `{shape}` never forgets a key: `{name}`"),
    }
}

pub(super) fn note(collection: &Collection) -> String {
    match collection.scope {
        Scope::Closure => "kept by a closure for as long as the process lives".to_owned(),
        Scope::Field => "lives as long as its only instance: as long as the process".to_owned(),
        _ => "lives as long as the process".to_owned(),
    }
}

/// `fails` says whether entries are taken away where something has failed.
pub(super) fn grows_here(
    program: &Program,
    insertion: &Insertion,
    key: Key,
    fails: bool,
) -> String {
    if insertion.is_copy {
        return "grows here: each call makes a longer copy".to_owned();
    }
    if insertion.is_nested {
        return "grows here: an entry's own collection gains an element on each call".to_owned();
    }
    let what = match insertion.key.map(|key| name_of(program, key)) {
        Some(Some(name)) => format!("one entry per `{name}`"),
        Some(None) => "one entry per key".to_owned(),
        None => "one element per call".to_owned(),
    };
    let end = if fails {
        "and only a failure removes one"
    } else {
        "and nothing removes one"
    };
    match key.domain {
        Domain::Fresh(reason) | Domain::FreshObject(reason) => {
            format!("grows here: {what} ({reason}), {end}")
        }
        _ => format!("grows here: {what}, {end}"),
    }
}

pub(super) fn is_cleaned(beside: &Collection) -> String {
    format!(
        "filled with the same key, and entries are taken from it: `{}`",
        beside.binding
    )
}

pub(super) fn clean_with(beside: &Collection) -> String {
    format!("remove the entry where `{}` loses its own", beside.binding)
}

pub(super) fn help(collection: &Collection, key: KeyType) -> String {
    let only_keyed_access = collection.enumerations.is_empty() && !collection.is_measured;
    match (collection.shape, key) {
        (Shape::Map, KeyType::Object) if only_keyed_access => {
            "use a `WeakMap`: keys are objects and the map is only read with get, has and set".to_owned()
        }
        (Shape::Set, KeyType::Object) if only_keyed_access => {
            "use a `WeakSet`: elements are objects and the set is only asked with has".to_owned()
        }
        (Shape::Map, KeyType::Object) => "delete the entry when its key is no longer needed, or use a `WeakMap` and stop going through all entries".to_owned(),
        (Shape::Set, KeyType::Object) => "delete the object when it is no longer needed, or use a `WeakSet` and stop going through all elements".to_owned(),
        (Shape::Array, _) => "remove elements when they are no longer needed, or keep the array with the request or instance that fills it".to_owned(),
        _ => "bound it (evict the oldest entry beyond a limit), or keep it with the request or instance that fills it".to_owned(),
    }
}

pub(super) const OBJECT_NAMES: &str = "use a `WeakMap`: as the name of a property an object is its text, for most objects `[object Object]`, so that all share one entry";
pub(super) const MEMORY: &str = "what memoized functions keep is judged where they are made";
pub(super) const STORED: &str = "it is an entry of another collection";
pub(super) const REPLACED: &str = "the next write replaces it as a whole";
pub(super) const TOLD: &str = "it is said to bound itself (`boundedCaches`)";
pub(super) const REMOVED: &str = "entries are removed";
pub(super) const NOTHING_ADDS: &str = "nothing that was analysed adds to it";

/// Why an insertion was taken to be harmless; reads on to its place.
pub(super) fn harmless(harmless: Harmless) -> String {
    match harmless {
        Harmless::Once => "it is filled only while modules load".to_owned(),
        Harmless::Never => "a constant keeps it from being filled".to_owned(),
        Harmless::Bounded(reason) => format!("its keys are bounded ({reason})"),
        Harmless::Sized => "its size is checked before it grows".to_owned(),
        Harmless::Chosen => "its keys are of a fixed set".to_owned(),
        Harmless::Overwritten => "only entries that it has are written to".to_owned(),
        Harmless::Pooled => "it grows only where none of its elements is free".to_owned(),
        Harmless::Beside => "it grows only with another collection that lacks the value".to_owned(),
        Harmless::Elsewhere => {
            "what is added to is another object, made by the same call".to_owned()
        }
        Harmless::Loader => "it has one entry per module".to_owned(),
    }
}
