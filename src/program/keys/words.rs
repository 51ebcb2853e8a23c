//! Names whose meaning is general knowledge: what never gives the same value twice, and what strings have.

/// Why a call of this name gives another value each time.
pub(super) fn never_repeats(name: &str, is_method: bool) -> Option<&'static str> {
    match name {
        "Symbol" if !is_method => Some("a new symbol"),
        "now" | "hrtime" | "getTime" if is_method => Some("the time"),
        "random" if is_method => Some("a random number"),
        "randomUUID" | "uuid" | "uuidv4" | "uuidV4" | "v4" | "nanoid" | "uniqueId"
        | "randomBytes" | "cuid" | "ulid" | "createId" | "generateId" => Some("a unique id"),
        _ => None,
    }
}

/// Methods that texts have and other objects, as a rule, have not.
pub(in crate::program) fn is_of_text(name: &str) -> bool {
    matches!(
        name,
        "charAt"
            | "charCodeAt"
            | "codePointAt"
            | "endsWith"
            | "localeCompare"
            | "match"
            | "matchAll"
            | "normalize"
            | "padEnd"
            | "padStart"
            | "replace"
            | "replaceAll"
            | "split"
            | "startsWith"
            | "substr"
            | "substring"
            | "toLowerCase"
            | "toUpperCase"
            | "trim"
            | "trimEnd"
            | "trimStart"
    )
}

/// Members that strings have, so that reading them proves nothing.
pub(in crate::program) fn is_string_member(name: &str) -> bool {
    is_of_text(name)
        || matches!(
            name,
            "length"
                | "toString"
                | "valueOf"
                | "constructor"
                | "at"
                | "concat"
                | "includes"
                | "indexOf"
                | "lastIndexOf"
                | "repeat"
                | "search"
                | "slice"
                | "toLocaleLowerCase"
                | "toLocaleUpperCase"
                | "toFixed"
                | "toPrecision"
                | "hasOwnProperty"
                | "forEach"
                | "map"
                | "filter"
                | "push"
                | "join"
        )
}
