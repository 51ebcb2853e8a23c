//! Names as programmers write them: `camelCase`, `snake_case`, `UPPER_CASE`.

/// The words of a name, as they are written: `users`, `By` and `Id` of `usersById`.
pub(crate) fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_alphanumeric())
        .flat_map(humps)
        .filter(|word| !word.is_empty())
}

/// The parts of a name, cut before each capital that follows a small letter.
fn humps(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(name);
    std::iter::from_fn(move || {
        let name = rest?;
        let mut pairs = name.char_indices().zip(name.char_indices().skip(1));
        let cut = pairs.find_map(|((_, before), (at, letter))| {
            (before.is_lowercase() && letter.is_uppercase()).then_some(at)
        });
        let (word, after) = name.split_at(cut.unwrap_or(name.len()));
        rest = cut.map(|_| after);
        Some(word)
    })
}

#[test]
fn names_are_cut_into_their_words() {
    for (name, expected) in [
        ("usersById", &["users", "By", "Id"][..]),
        ("__clear_for_testing__", &["clear", "for", "testing"]),
        ("OPEN_JOBS", &["OPEN", "JOBS"]),
        ("parseURLOf$2", &["parse", "URLOf", "2"]),
        ("_", &[]),
        ("", &[]),
    ] {
        assert_eq!(words(name).collect::<Vec<_>>(), expected, "{name}");
    }
}
