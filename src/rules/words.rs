//! General knowledge of words: names that say of how many values a key is, or what a function is for.
//!
//! They change confidence, never a verdict.

mod tables;

use crate::names;
use tables::{ADDING, HARDWARE, PARTS, REQUESTS, SETTING_UP, SMALL_DOMAINS, TRAFFIC, VARIED};

/// Whether there is one per request of what goes by this name.
pub(super) fn is_per_request(name: &str) -> bool {
    REQUESTS
        .binary_search(&name.to_lowercase().as_str())
        .is_ok()
}

/// Whether what goes by this name is a text or an id of something: `text`, `userId`, `source_code`. A mere `id` may be
/// that of what a program is made of.
pub(super) fn is_varied(name: &str) -> bool {
    let (before, last) = split_last(name);
    let before = before.trim_end_matches('_');
    let is_mere = is_mere_id(name.trim_matches('_'))
        || (is_mere_id(last) && ends_with_part(before))
        // The text of a style is one of its own.
        || (last == "String" && before != "style" && is_small_domain(before));
    !is_mere
        && [name, last]
            .into_iter()
            .any(|word| is_one_or_many(VARIED, word))
}

/// A name before its last word, and that word.
fn split_last(name: &str) -> (&str, &str) {
    let last = name
        .rfind(|c: char| c.is_uppercase() || c == '_')
        .unwrap_or(0);
    let (before, last) = name.split_at(last);
    (before, last.trim_start_matches('_'))
}

/// Whether a table has a word, or that of which it is the plural.
fn is_one_or_many(table: &[&str], word: &str) -> bool {
    let word = word.to_lowercase();
    let is_word = |word: &str| table.binary_search(&word).is_ok();
    is_word(&word) || word.strip_suffix('s').is_some_and(is_word)
}

/// Whether one of the words of a name is that of something that users bring: `usersById`, `fetchUser`, `OPEN_JOBS`.
pub(super) fn is_of_traffic(name: &str) -> bool {
    names::words(name).any(|word| is_one_or_many(TRAFFIC, word))
}

/// Whether one of the words of a name is that of a thing that can be touched, or of how it is reached: `ieeeAddr`,
/// `gpioPin`.
pub(super) fn is_of_hardware(name: &str) -> bool {
    names::words(name).any(|word| is_one_or_many(HARDWARE, word))
}

/// Whether one of the words of a name is that of what a program is let in with elsewhere: `credentialId`,
/// `clientSecret`.
pub(super) fn is_of_credentials(name: &str) -> bool {
    names::words(name).any(|word| is_one_or_many(&["credential", "secret"], word))
}

/// Whether a name is that of the id of a program that asks another one: `clientId`, `client_id`.
pub(super) fn is_id_of_client(name: &str) -> bool {
    let mut words = names::words(name);
    let mut is_next = |wanted| {
        words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case(wanted))
    };
    is_next("client") && is_next("id")
}

/// Whether the last word of a name is that of what a program is made of, or of which there are few: `targetWindow`.
fn ends_with_part(name: &str) -> bool {
    let word = split_last(name).1.to_lowercase();
    PARTS.binary_search(&word.as_str()).is_ok()
        || is_small_domain(&word)
        || matches!(
            word.as_str(),
            "app"
                | "application"
                | "chunk"
                | "container"
                | "icon"
                | "menu"
                | "model"
                | "screen"
                | "shard"
                | "view"
                | "window"
        )
}

/// Whether a parameter's decorator of this name says that it is a part of a request.
pub(super) fn is_part_of_request(decorator: &str) -> bool {
    matches!(
        decorator,
        "Args"
            | "Body"
            | "BodyParam"
            | "BodyParams"
            | "CookieParam"
            | "HeaderParam"
            | "Headers"
            | "Ip"
            | "MessageBody"
            | "Param"
            | "PathParam"
            | "PathParams"
            | "Payload"
            | "Query"
            | "QueryParam"
            | "QueryParams"
            | "Req"
            | "Session"
    )
}

/// Whether there is one for each request of what a parameter of this name is: `req`, `ctx`.
pub(super) fn is_request(name: &str) -> bool {
    matches!(name, "ctx" | "req" | "request" | "socket" | "ws")
}

/// Whether a name tells that something is an id, and not of what.
pub(super) fn is_mere_id(name: &str) -> bool {
    matches!(name, "id" | "ID" | "Id" | "ids")
}

/// Whether a name says nothing of what goes by it.
pub(super) fn is_generic(name: &str) -> bool {
    matches!(
        name,
        "a" | "arg" | "element" | "entry" | "item" | "k" | "key" | "v" | "value" | "x"
    )
}

/// Methods of a string that look at its content.
pub(super) fn reads_text(method: &str) -> bool {
    matches!(
        method,
        "charCodeAt"
            | "codePointAt"
            | "match"
            | "matchAll"
            | "normalize"
            | "replace"
            | "replaceAll"
            | "search"
            | "split"
    )
}

/// Whether a function, by its name, changes how a name is spelled: `camelize`, `toKebabCase`.
pub(super) fn spells_names(function: &str) -> bool {
    let name = function.to_lowercase();
    [
        "camel",
        "capitali",
        "constantcase",
        "dasherize",
        "dotcase",
        "hyphen",
        "kebab",
        "pascalcase",
        "pascalize",
        "pathcase",
        "snakecase",
        "snakify",
        "ucfirst",
        "underscored",
        "upperfirst",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Whether settings are kept under a name: `config`, `this.options`.
pub(super) fn is_setting(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path).to_lowercase();
    [
        "config",
        "configuration",
        "configservice",
        "conf",
        "env",
        "nconf",
        "options",
        "settings",
    ]
    .contains(&last.trim_start_matches('_'))
}

/// Whether a function, by the first word of its name, does what happens again and again: `recordVisit`, `enqueue`.
pub(super) fn happens_often(function: &str) -> bool {
    begins_with(function, OFTEN)
}

/// Whether the first word of a function's name, in `camelCase` or `snake_case`, is one of those.
fn begins_with(function: &str, words: &[&str]) -> bool {
    let name = function.trim_start_matches('_');
    words.iter().any(|word| {
        name.strip_prefix(word).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|next: char| next.is_uppercase() || next == '_')
        })
    })
}

/// What functions do that are called for each event.
const OFTEN: &[&str] = &[
    "append", "connect", "create", "dispatch", "emit", "enqueue", "fail", "fork", "handle", "log",
    "measure", "notify", "open", "process", "queue", "receive", "record", "render", "report",
    "request", "sample", "save", "send", "spawn", "submit", "trace", "track", "visit",
];

/// Whether a function of this name tells somebody that something is wrong: `warn`, `warnOnce`, `emitDeprecation`.
pub(super) fn warns(function: &str) -> bool {
    let name = function.to_lowercase();
    name.contains("warn") || name.contains("deprecat")
}

/// Whether the parameters of a function are, by their names, those of the decorator of a member.
pub(super) fn is_decorator(parameters: &[&str]) -> bool {
    let is_class = |name: &str| {
        matches!(
            name,
            "clazz" | "cls" | "constructor" | "ctor" | "entity" | "proto" | "prototype" | "target"
        )
    };
    let is_member = |name: &str| {
        matches!(
            name,
            "fieldName" | "memberName" | "methodName" | "property" | "propertyKey" | "propertyName"
        )
    };
    match parameters {
        [first, second, rest @ ..] => {
            is_class(first) && (is_member(second) || rest.first() == Some(&"descriptor"))
        }
        _ => false,
    }
}

/// Whether a function, by the first word of its name, takes away what others put somewhere: `removeHooks`, `reset`.
pub(super) fn takes_away(function: &str) -> bool {
    begins_with(
        function,
        &[
            "clear",
            "delete",
            "destroy",
            "detach",
            "dispose",
            "empty",
            "flush",
            "off",
            "release",
            "remove",
            "reset",
            "unregister",
            "unsubscribe",
        ],
    )
}

/// Functions that take a text apart, by the first word of their name; not those of texts of which there are few:
/// `parseColor`.
pub(super) fn parses(function: &str) -> bool {
    let is_of_few = || {
        let what = names::words(function).skip(1).collect::<Vec<_>>();
        // The text of a style is one of its own.
        matches!(what[..], [what] if what != "Style" && is_small_domain(what))
    };
    begins_with(
        function,
        &["compile", "eval", "evaluate", "lex", "parse", "tokenize"],
    ) && !is_of_few()
}

/// What of the name of a collection tells of its keys: `Node` of `messagesByNode`, all of `usersById`.
pub(super) fn keys_of(collection: &str) -> &str {
    let after = collection
        .rsplit_once("By")
        .map(|(_, after)| after)
        .filter(|after| after.starts_with(char::is_uppercase));
    match after {
        Some(after) if !matches!(after, "Id" | "ID" | "Key" | "Name" | "Index") => after,
        _ => collection,
    }
}

/// Whether there are few values of what goes by this name: `locale`, `tagName`, `mimeType`.
pub(super) fn is_small_domain(name: &str) -> bool {
    let is_word = |word: &str| {
        SMALL_DOMAINS
            .binary_search(&word.to_lowercase().as_str())
            .is_ok()
    };
    let last = name.rfind(char::is_uppercase).unwrap_or(0);
    let (before, last) = name.split_at(last);
    is_word(name)
        || is_word(last)
        || (last == "Name"
            && (is_word(before) || matches!(before, "node" | "element" | "class" | "local")))
}

/// Whether what goes by this name holds the parts of a program: `plugins`, `commandRegistry`, `_lazyLoaders`.
pub(super) fn is_registry(path: &str) -> bool {
    let name = path
        .rsplit('.')
        .next()
        .unwrap_or(path)
        .trim_matches(|c: char| matches!(c, '_' | '$' | '#') || c.is_ascii_digit());
    let is_shouted = !name.chars().any(char::is_lowercase);
    let last = if is_shouted {
        name.rsplit('_').next().unwrap_or(name)
    } else {
        split_last(name).1
    };
    let word = last.to_lowercase();
    let singular = word
        .strip_suffix("ies")
        .map(|stem| format!("{stem}y"))
        .or_else(|| word.strip_suffix('s').map(str::to_owned));
    let is_part = |word: &str| PARTS.binary_search(&word).is_ok();
    is_part(&word) || singular.is_some_and(|word| is_part(&word)) || name.starts_with("register")
}

/// What a function's name says about when it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Registrar {
    /// It sets things up.
    Certain,
    /// It may.
    Likely,
    /// Nothing.
    No,
}

/// Whether a function of this name is called to set things up.
pub(super) fn registrar(name: &str) -> Registrar {
    if is_hook(name) {
        Registrar::No
    } else if begins_with(name, SETTING_UP) {
        Registrar::Certain
    } else if begins_with(name, ADDING) {
        Registrar::Likely
    } else {
        Registrar::No
    }
}

/// Whether a function is one that components call each time they are made or shown: `useUser`. `usePlugin` is not.
fn is_hook(name: &str) -> bool {
    let what = name.strip_prefix("use").map(str::to_lowercase);
    what.is_some_and(|what| {
        let is_setting_up = [
            "filter",
            "guard",
            "interceptor",
            "middleware",
            "pipe",
            "plugin",
        ]
        .iter()
        .any(|word| what.contains(word));
        !is_setting_up && name[3..].starts_with(char::is_uppercase)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_of_a_function_tells_what_it_does() {
        for (name, expected) in [
            ("record", true),
            ("recordVisit", true),
            ("_log_line", true),
            ("Record", false),
            ("recorder", false),
            ("écrire", false),
            ("记录", false),
            ("", false),
        ] {
            assert_eq!(happens_often(name), expected, "{name}");
        }
    }

    #[test]
    fn the_last_word_of_a_name_tells_its_domain() {
        for (name, expected) in [
            ("locale", true),
            ("mimeType", true),
            ("nodeName", true),
            ("userName", false),
            ("id", false),
        ] {
            assert_eq!(is_small_domain(name), expected, "{name}");
        }
    }

    #[test]
    fn what_users_bring_is_known_by_any_word_of_a_name() {
        for (name, expected) in [
            ("users", true),
            ("usersById", true),
            ("this.openSessions", true),
            ("OPEN_JOBS", true),
            ("fetchUser", true),
            ("UserMap", true),
            ("abuser", false),
            ("registry", false),
            ("ключи", false),
            ("", false),
        ] {
            assert_eq!(is_of_traffic(name), expected, "{name}");
        }
    }

    #[test]
    fn a_collection_tells_of_its_keys_after_by() {
        for (name, expected) in [
            ("messagesByNode", "Node"),
            ("store.usersByRoom", "Room"),
            ("usersById", "usersById"),
            ("Bystanders", "Bystanders"),
            ("standBy", "standBy"),
            ("", ""),
        ] {
            assert_eq!(keys_of(name), expected, "{name}");
        }
    }

    #[test]
    fn what_has_few_values_is_not_parsed_as_a_text() {
        for (name, expected) in [
            ("parse", true),
            ("parseQuery", true),
            ("compileStyle", true),
            ("parseColor", false),
            ("parseLocale", false),
            ("parser", false),
        ] {
            assert_eq!(parses(name), expected, "{name}");
        }
    }

    #[test]
    fn an_id_is_varied_where_it_tells_of_what() {
        for (name, expected) in [
            ("id", false),
            ("_id", false),
            ("userId", true),
            ("user_id", true),
            ("targetWindowId", false),
            ("zoneId", false),
            ("plugin_id", false),
            ("ids", false),
            ("sourceText", true),
            ("colorString", false),
            ("styleString", true),
            ("queryString", true),
        ] {
            assert_eq!(is_varied(name), expected, "{name}");
        }
    }

    #[test]
    fn a_registry_is_known_by_the_last_word_of_its_name() {
        for (name, expected) in [
            ("plugins", true),
            ("store._typeFactories", true),
            ("LANGUAGE_REGISTRY", true),
            ("registeredTasks", true),
            ("sessions", false),
            ("parserCache", false),
            ("", false),
        ] {
            assert_eq!(is_registry(name), expected, "{name}");
        }
    }

    #[test]
    fn a_registrar_is_known_by_its_first_word() {
        for (name, expected) in [
            ("register", Registrar::Certain),
            ("registerType", Registrar::Certain),
            ("add_filter", Registrar::Likely),
            ("address", Registrar::No),
            ("user", Registrar::No),
        ] {
            assert_eq!(registrar(name), expected, "{name}");
        }
    }
}
