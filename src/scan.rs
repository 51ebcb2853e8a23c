//! What a file names, told from its bytes alone: fast, before anything is parsed.
//!
//! Knows how strings and comments are written. Must not know syntax beyond that: what it finds may be more than the
//! parser does (in strings, behind code in comments), and is less only where a specifier is written with escapes or a
//! line of code begins with a star.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::summary::Request;

/// What stands before a specifier.
const KEYWORDS: [&str; 4] = ["from", "import", "require", "src"];

static KEYWORD: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(KEYWORDS).expect("four short words are no large automaton"));

/// The modules that a file names, each once, sorted.
pub fn requests(text: &str) -> Vec<Request> {
    let bytes = text.as_bytes();
    // `<script src="./a.ts">` in a component.
    let has_scripts = memchr::memmem::find(bytes, b"<script").is_some();
    let mut found = Vec::new();
    for hit in KEYWORD.find_iter(bytes) {
        let is_word = hit.start() == 0 || !is_part_of_name(bytes[hit.start() - 1]);
        if !is_word || is_in_comment(&bytes[..hit.start()]) {
            continue;
        }
        let keyword = KEYWORDS[hit.pattern().as_usize()];
        if keyword == "src" && !has_scripts {
            continue;
        }
        if let Some(specifier) = specifier(text, hit.end(), keyword) {
            found.push(Request {
                specifier: specifier.into(),
                is_require: keyword == "require",
            });
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// The specifier after a keyword: `from "…"`, `import "…"`, `import("…")`, `require("…")`, `src="…"`.
fn specifier<'a>(text: &'a str, after: usize, keyword: &str) -> Option<&'a str> {
    let bytes = text.as_bytes();
    let mut at = skip_blank(bytes, after);
    let between = match keyword {
        "import" | "require" => b'(',
        "src" => b'=',
        _ => 0,
    };
    if between != 0 && bytes.get(at) == Some(&between) {
        at = skip_blank(bytes, at + 1);
    } else if matches!(keyword, "require" | "src") {
        return None;
    }
    let quote = *bytes.get(at)?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let rest = &text[at + 1..];
    let end = memchr::memchr3(quote, b'\n', b'\\', rest.as_bytes())?;
    (rest.as_bytes()[end] == quote).then_some(&rest[..end])
}

/// Whether the line so far begins like one of a comment: examples in there name the package itself.
fn is_in_comment(before: &[u8]) -> bool {
    let line = memchr::memrchr(b'\n', before).map_or(before, |end| &before[end + 1..]);
    let line = line.trim_ascii_start();
    line.starts_with(b"*") || line.starts_with(b"//")
}

/// Where what follows blanks and comments begins.
fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match &bytes[at..] {
            [b'/', b'/', rest @ ..] => {
                at += 2 + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            }
            [b'/', b'*', rest @ ..] => {
                let end = memchr::memmem::find(rest, b"*/");
                at += 2 + end.map_or(rest.len(), |end| end + 2);
            }
            [byte, ..] if byte.is_ascii_whitespace() => at += 1,
            _ => return at,
        }
    }
}

fn is_part_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::requests;

    fn check(text: &str, expected: &[(&str, bool)]) {
        let found = requests(text);
        let found: Vec<(&str, bool)> = found
            .iter()
            .map(|request| (&*request.specifier, request.is_require))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn all_ways_to_name_a_module_are_found() {
        check("import a, { b } from './a';", &[("./a", false)]);
        check("import'./a'", &[("./a", false)]);
        check("export * from\n\"./a\"", &[("./a", false)]);
        check("const a = require('./a');", &[("./a", true)]);
        check("f(...require(`./a`))", &[("./a", true)]);
        check(
            "import(/* webpackChunkName: 'x' */ './a')",
            &[("./a", false)],
        );
        check("import a = require( // b\n './a')", &[("./a", true)]);
        check("<script lang='ts' src = './a'>", &[("./a", false)]);
    }

    #[test]
    fn each_is_found_once() {
        check(
            "require('./b'), require('./a'), require('./b'), import('./a')",
            &[("./a", false), ("./a", true), ("./b", true)],
        );
    }

    #[test]
    fn examples_in_comments_are_none() {
        check(
            "/**\n * import a from './a';\n */\n// require('./b')\n",
            &[],
        );
        check("a; // require('./b')", &[("./b", true)]);
    }

    #[test]
    fn parts_of_names_and_computed_specifiers_are_none() {
        check("Array.from('abc')", &[]);
        check("prerequire('./a'); $import('./a')", &[]);
        check("require(name); import(a + './b'); require\n'./a'", &[]);
        check("import a from './a", &[]);
        check("image.src = './a'", &[]);
        check("require('./\\x61')", &[]);
    }
}
