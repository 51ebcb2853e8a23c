//! What the text of a regular expression tells without running it.

/// Whether whatever a regular expression matches is one character: `[&<>]`, `&|<|>`, `([^a-z])`.
pub(super) fn matches_one_character(pattern: &str) -> bool {
    let mut inner = pattern;
    while let Some(group) = inner.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        inner = group.strip_prefix("?:").unwrap_or(group);
    }
    let mut rest = inner.chars().peekable();
    loop {
        match rest.next() {
            Some('[') => {
                while let Some(member) = rest.next() {
                    match member {
                        '\\' => drop(rest.next()),
                        ']' => break,
                        _ => {}
                    }
                }
            }
            // Not a boundary, and not what a group matched.
            Some('\\') => match rest.next() {
                Some('b' | 'B' | 'k' | 'u' | 'x' | 'c' | 'p' | 'P' | '0'..='9') | None => {
                    return false;
                }
                Some(_) => {}
            },
            None | Some('(' | ')' | '|' | '^' | '$' | '*' | '+' | '?' | '{') => return false,
            Some(_) => {}
        }
        match rest.next() {
            None => return true,
            Some('|') => {}
            Some(_) => return false,
        }
    }
}

/// Whether a regular expression finds where the words of a name in `camelCase` or `kebab-case` begin: `[A-Z]|^ms`,
/// `-(\w)`, `[-_]([a-z])`.
pub(super) fn finds_words(pattern: &str) -> bool {
    let is_letter = |part: &str| {
        matches!(
            part,
            "[a-z]" | "(.)" | "(\\w)" | "([a-z])" | "(.)?" | "." | "\\w" | "([a-zA-Z])"
        )
    };
    let finds_hyphen = ["-", "-+", "[-_]", "[_-]"]
        .iter()
        .any(|begin| pattern.strip_prefix(begin).is_some_and(is_letter));
    let is_capital = |part: &str| {
        let part = part.strip_prefix("\\B").unwrap_or(part);
        matches!(part, "[A-Z]" | "([A-Z])" | "([A-Z]+)" | "[A-Z]+")
    };
    // `^ms` and the like are prefixes of vendors.
    let is_prefix = |part: &str| {
        part.strip_prefix('^')
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_lowercase()))
    };
    let mut parts = pattern.split('|');
    finds_hyphen
        || (pattern.split('|').any(is_capital)
            && parts.all(|part| is_capital(part) || is_prefix(part)))
}

#[cfg(test)]
mod tests {
    use super::{finds_words, matches_one_character};

    #[test]
    fn only_what_looks_for_words_of_names_finds_them() {
        for pattern in [
            "[A-Z]",
            "([A-Z])",
            "\\B([A-Z])",
            "[A-Z]|^ms",
            "-(\\w)",
            "-([a-z])",
            "[-_](.)",
        ] {
            assert!(finds_words(pattern), "{pattern}");
        }
        for pattern in [
            "",
            "^ms",
            "[A-Za-z]",
            "[^A-Z]",
            "\\s([A-Z])",
            "-",
            "--",
            "[A-Z]|.*",
            "(\\w)-",
        ] {
            assert!(!finds_words(pattern), "{pattern}");
        }
    }

    #[test]
    fn only_what_matches_a_character_does() {
        for pattern in [
            "[&<>]",
            "[^\\w\\]-]",
            "&|<|>",
            "\\s",
            ".",
            "([\"'])",
            "(?:a|[bc])",
        ] {
            assert!(matches_one_character(pattern), "{pattern}");
        }
        for pattern in [
            "", "ab", "[ab]+", "a|bc", "^a", "\\b", "\\1", "(a)(b)", "[a]?", "a{2}",
        ] {
            assert!(!matches_one_character(pattern), "{pattern}");
        }
    }
}
