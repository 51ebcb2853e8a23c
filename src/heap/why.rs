//! The sentence: why an object cannot be collected, with the engine's links folded into what the source calls them.
//!
//! Wording only; must not look into a heap.

use super::bindings::{Binding, Part};
use super::contents::Kind;
use super::owners::Owner;

/// "`ServerEnvironment` cannot be collected because it is a key of the `Map` `requestCachesByEnvironment` in
/// `fetchQueryInternal.js`".
pub fn why(binding: &Binding) -> String {
    let place = place(binding);
    let collection = match binding.kind {
        Kind::Object => "object".to_owned(),
        _ => format!("`{}`", binding.class),
    };
    let of = format!("of the {collection} `{}`{place}", binding.name);
    let Some((part, role)) = subject(binding) else {
        return format!(
            "the {collection} `{}`{place} holds nothing but numbers and the like",
            binding.name
        );
    };
    let article = if role.starts_with('e') { "an" } else { "a" };
    if let Some(many) = plural(&part.type_name) {
        return format!("{many} cannot be collected because they are {role}s {of}");
    }
    let subject = &part.type_name;
    format!("`{subject}` cannot be collected because it is {article} {role} {of}")
}

/// What is kept, and as what. Objects say more than strings, and keys more than values. Numbers need no collecting.
fn subject(binding: &Binding) -> Option<(&Part, &'static str)> {
    let (key, value) = match binding.kind {
        Kind::Map | Kind::Object => ("key", "value"),
        Kind::Set | Kind::Array => ("element", "element"),
    };
    let parts = || {
        let keys = binding.keys.iter().map(|part| (part, key));
        keys.chain(binding.values.iter().map(|part| (part, value)))
    };
    parts()
        .find(|(part, _)| plural(&part.type_name).is_none() && !is_number(part))
        .or_else(|| parts().find(|(part, _)| !is_number(part)))
}

fn is_number(part: &Part) -> bool {
    matches!(part.type_name.as_str(), "number" | "primitive" | "boolean")
}

/// What is spoken of as many.
fn plural(type_name: &str) -> Option<&'static str> {
    Some(match type_name {
        "string" => "strings",
        "function" => "functions",
        "symbol" => "symbols",
        "bigint" => "big integers",
        _ => return None,
    })
}

/// Where the collection is held.
fn place(binding: &Binding) -> String {
    let script = binding.script.as_deref().map(base_name);
    let within = script
        .map(|script| format!(" in {script}"))
        .unwrap_or_default();
    let class = |lead: &str| match &binding.holder {
        Some(class) => match class.line {
            Some(line) => format!(", {lead} `{}`{within}:{line}", class.name),
            None => format!(", {lead} `{}`{within}", class.name),
        },
        None => within.clone(),
    };
    match binding.owner {
        Owner::Module => within,
        Owner::Closure => match binding.functions.first() {
            Some(function) => {
                let name = match function.name.as_str() {
                    "" => "a function".to_owned(),
                    name => format!("`{name}`"),
                };
                let line = function
                    .line
                    .map(|line| format!(":{line}"))
                    .unwrap_or_default();
                format!(", captured by {name}{within}{line}")
            }
            None => within,
        },
        Owner::Export => format!("{within}, which is exported"),
        Owner::Static => class("a static field of class"),
        Owner::Field => class("a field of class"),
        Owner::Global => ", a property of the global object".to_owned(),
    }
}

/// The last part of a path or URL.
fn base_name(script: &str) -> &str {
    let end = script.find(['?', '#']).unwrap_or(script.len());
    let path = &script[..end];
    path.rsplit(['/', '\\'])
        .next()
        .filter(|name| !name.is_empty())
        .unwrap_or(path)
}
