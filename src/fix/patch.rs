//! Changes as a patch, in the form that git writes and that `git apply`, patch-package and pnpm read.
//!
//! Lines end at line feeds alone, as git has it. Must not know where changes come from.

use std::io::{self, Write};
use std::path::Path;

use similar::TextDiff;

use super::Change;

/// How many lines are shown around a change.
const CONTEXT: usize = 3;

/// Writes a patch of the changes, whose paths are those that `path` gives.
pub fn patch(
    changes: &[Change],
    path: &dyn Fn(&Change) -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    for change in changes {
        let path = path(change);
        let (old, new) = (quoted(&format!("a/{path}")), quoted(&format!("b/{path}")));
        // A tab ends a name that has blanks in it.
        let end = if path.contains(' ') { "\t" } else { "" };
        writeln!(out, "diff --git {old} {new}")?;
        writeln!(out, "--- {old}{end}")?;
        writeln!(out, "+++ {new}{end}")?;
        let (before, after) = (lines(&change.before), lines(&change.after));
        let mut config = TextDiff::configure();
        config.newline_terminated(true);
        let diff = config.diff_slices(&before, &after);
        let mut unified = diff.unified_diff();
        unified.context_radius(CONTEXT).to_writer(&mut *out)?;
    }
    Ok(())
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|&byte| byte == b'\n').collect()
}

/// A name as git writes it: in quotes where it holds what would end it
/// (<https://git-scm.com/docs/git-config#Documentation/git-config.txt-corequotePath>).
fn quoted(name: &str) -> String {
    if !name.contains(|c: char| c.is_ascii_control() || c == '"' || c == '\\') {
        return name.to_owned();
    }
    let mut text = String::from("\"");
    for c in name.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            c if c.is_ascii_control() => text.extend(format!("\\{:03o}", u32::from(c)).chars()),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// The path of a file below the folder of its package: the closest one above it with a `package.json`.
pub fn below_package(path: &Path) -> Option<String> {
    let root = path
        .ancestors()
        .skip(1)
        .find(|folder| folder.join("package.json").is_file())?;
    let below = path.strip_prefix(root).ok()?;
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::{Change, patch, quoted};

    fn patched(path: &str, before: &[u8], after: &[u8]) -> String {
        let change = Change {
            path: path.into(),
            shown: path.into(),
            before: before.to_vec(),
            after: after.to_vec(),
        };
        let mut out = Vec::new();
        patch(&[change], &|change| change.shown.clone(), &mut out).expect("a vector takes all");
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn a_patch_has_the_form_of_git() {
        insta::assert_snapshot!(
            patched("src/a b.js", b"1\n2\n3\n4\n5\nMap\n7\n8\n9\n10", b"1\n2\n3\n4\n5\nWeakMap\n7\n8\n9\n10"),
            @r"
        diff --git a/src/a b.js b/src/a b.js
        --- a/src/a b.js	
        +++ b/src/a b.js	
        @@ -3,7 +3,7 @@
         3
         4
         5
        -Map
        +WeakMap
         7
         8
         9
        ");
    }

    #[test]
    fn a_missing_line_end_is_said_and_carriage_returns_are_part_of_lines() {
        let text = patched("a.js", b"one\r\ntwo\rMap", b"one\r\ntwo\rWeakMap");
        let expected = " one\r\n-two\rMap\n\\ No newline at end of file\n+two\rWeakMap\n\\ No newline at end of file\n";
        assert!(text.ends_with(expected), "{text:?}");
    }

    #[test]
    fn names_are_quoted_where_they_must_be() {
        for (name, expected) in [
            ("a/b c.js", "a/b c.js"),
            ("a/é.js", "a/é.js"),
            ("a/\"b\".js", r#""a/\"b\".js""#),
            ("a/b\\c\t\u{1}.js", r#""a/b\\c\t\001.js""#),
        ] {
            assert_eq!(quoted(name), expected);
        }
    }
}
