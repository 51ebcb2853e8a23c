//! General knowledge of words: names that say of how many values a key is, or what a function is for.
//!
//! They change confidence, never a verdict.

/// Names of keys of which there are few. Sorted; compared in lower case.
const SMALL_DOMAINS: &[&str] = &[
    "action",
    "algorithm",
    "alias",
    "attr",
    "attribute",
    "browser",
    "category",
    "charset",
    "color",
    "command",
    "country",
    "currency",
    "dialect",
    "direction",
    "encoding",
    "env",
    "event",
    "eventname",
    "events",
    "eventtype",
    "ext",
    "extension",
    "feature",
    "field",
    "flag",
    "format",
    "formatname",
    "group",
    "hook",
    "kind",
    "lang",
    "language",
    "layer",
    "level",
    "locale",
    "loglevel",
    "method",
    "methodname",
    "mime",
    "mimetype",
    "mode",
    "module",
    "modulename",
    "namespace",
    "op",
    "operation",
    "operator",
    "option",
    "options",
    "opts",
    "phase",
    "platform",
    "plugin",
    "prefix",
    "prop",
    "property",
    "protocol",
    "provider",
    "region",
    "role",
    "scheme",
    "service",
    "size",
    "stage",
    "status",
    "statuscode",
    "style",
    "suffix",
    "tag",
    "tagname",
    "theme",
    "timezone",
    "type",
    "typename",
    "tz",
    "unit",
    "variant",
    "version",
    "weight",
    "width",
    "zone",
];

/// Names of what there is one of per request or connection. Sorted; compared in lower case.
const REQUESTS: &[&str] = &[
    "client",
    "conn",
    "connection",
    "context",
    "ctx",
    "environment",
    "query",
    "req",
    "request",
    "requestid",
    "res",
    "response",
    "session",
    "sessionid",
    "socket",
    "uid",
    "url",
    "user",
    "userid",
    "ws",
];

/// Whether there is one per request of what goes by this name.
pub(super) fn is_per_request(name: &str) -> bool {
    REQUESTS
        .binary_search(&name.to_lowercase().as_str())
        .is_ok()
}

/// Beginnings of names of functions that are called to set things up.
const REGISTRARS: &[&str] = &[
    "add", "define", "extend", "install", "mixin", "plugin", "register", "set", "use",
];

/// Whether there are few values of what goes by this name.
pub(super) fn is_small_domain(name: &str) -> bool {
    SMALL_DOMAINS
        .binary_search(&name.to_lowercase().as_str())
        .is_ok()
}

/// Whether a function of this name is called to set things up.
pub(super) fn is_registrar(name: &str) -> bool {
    REGISTRARS.iter().any(|prefix| {
        name.strip_prefix(prefix).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|next: char| next.is_uppercase() || next == '_')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(SMALL_DOMAINS.is_sorted());
        assert!(REQUESTS.is_sorted());
        assert!(REGISTRARS.is_sorted());
    }

    #[test]
    fn a_registrar_is_known_by_its_first_word() {
        for (name, expected) in [
            ("register", true),
            ("registerType", true),
            ("add_filter", true),
            ("address", false),
            ("user", false),
        ] {
            assert_eq!(is_registrar(name), expected, "{name}");
        }
    }
}
