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

#[cfg(test)]
mod tests {
    use super::matches_one_character;

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
