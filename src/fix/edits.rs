//! Edits of one text: which get in each other's way, how they are laid out, what comes of them.
//!
//! Knows bytes and lines. Must not know findings' meaning, and opens no files.

use crate::finding::{Edit, Fix};
use crate::source::SourceFile;

/// Whether two edits touch the same or neighbouring bytes, so that one cannot be made without looking at the other.
pub(super) fn touch(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (one.place, other.place);
    a.file == b.file && a.span.start <= b.span.end && b.span.start <= a.span.end
}

/// Whether the edits of one fix, sorted, stand one after the other.
pub(super) fn are_apart(edits: &[Edit]) -> bool {
    edits.is_sorted_by(|one, next| {
        one.place.file != next.place.file || one.place.span.end <= next.place.span.start
    }) && edits
        .windows(2)
        .all(|pair| pair[0].place != pair[1].place || !pair[0].place.span.is_empty())
}

/// The bytes of a file with edits made, which are sorted and stand apart. What they leave alone stays as it is, byte by
/// byte: marks, line ends, what is not UTF-8.
pub(super) fn apply(file: &SourceFile, bytes: &[u8], edits: &[&Edit]) -> Vec<u8> {
    let mut made = Vec::with_capacity(bytes.len() + 64 * edits.len());
    let mut copied = 0;
    for edit in edits {
        let span = edit.place.span;
        let start = file.disk_offset(span.start) as usize;
        made.extend_from_slice(&bytes[copied..start]);
        made.extend_from_slice(edit.text.as_bytes());
        copied = file.disk_offset(span.end) as usize;
    }
    made.extend_from_slice(&bytes[copied..]);
    made
}

/// Lays out the edits of a fix as their files are written. A line feed in an edit's text becomes the file's line end
/// and the indentation of the line on which the edit begins. What is deleted takes the whole line with it where nothing
/// else is on it, and the blanks before it where nothing follows.
pub fn lay_out(fix: &mut Fix, files: &[SourceFile]) {
    for edit in &mut fix.edits {
        let text = &files[edit.place.file.0 as usize].text;
        if edit.text.is_empty() {
            widen(edit, text);
        } else if edit.text.contains('\n') {
            let end = line_end(text);
            if edit.text.starts_with('\n') {
                pass_comment(edit, text);
            }
            let indent = indentation(text, edit.place.span.start as usize);
            edit.text = edit.text.replace('\n', &format!("{end}{indent}"));
        }
    }
    fix.edits.sort();
    fix.edits.dedup();
}

const ENDS: [char; 2] = ['\n', '\r'];

/// The line end that a text uses first.
fn line_end(text: &str) -> &'static str {
    match text.find(ENDS) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// What begins a line goes behind the comment that ends the line before.
fn pass_comment(edit: &mut Edit, text: &str) {
    let end = edit.place.span.end as usize;
    let rest = &text[end..];
    let line = &rest[..rest.find(ENDS).unwrap_or(rest.len())];
    let is_insertion = edit.place.span.is_empty();
    if is_insertion && line.trim_start_matches([' ', '\t']).starts_with("//") {
        let offset = (end + line.len()) as u32;
        edit.place.span.start = offset;
        edit.place.span.end = offset;
    }
}

/// The blanks at the beginning of the line on which an offset stands, as far as they come before it.
fn indentation(text: &str, at: usize) -> &str {
    let start = text[..at].rfind(ENDS).map_or(0, |end| end + 1);
    let line = &text[start..at];
    let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
    &line[..blanks]
}

fn widen(edit: &mut Edit, text: &str) {
    let (start, end) = (edit.place.span.start as usize, edit.place.span.end as usize);
    let rest = &text[end..];
    let after = rest.trim_start_matches([' ', '\t']);
    if !after.is_empty() && !after.starts_with(ENDS) {
        return;
    }
    let before = text[..start].trim_end_matches([' ', '\t']);
    let first = before.len();
    let mut last = text.len() - after.len();
    if before.is_empty() || before.ends_with(ENDS) {
        last += match after.strip_prefix("\r\n") {
            Some(_) => 2,
            None => usize::from(!after.is_empty()),
        };
    }
    edit.place.span.start = first as u32;
    edit.place.span.end = last as u32;
}

#[cfg(test)]
mod tests {
    use super::{apply, are_apart, lay_out, touch};
    use crate::finding::{Edit, Fix};
    use crate::source::{FileIdx, Place, SourceFile, Span};

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit {
            place: Place {
                file: FileIdx(0),
                span: Span { start, end },
            },
            text: text.into(),
        }
    }

    fn file(bytes: &[u8]) -> SourceFile {
        SourceFile::decode("a.js".into(), "a.js".into(), bytes.to_vec())
            .file
            .expect("it is no UTF-16")
    }

    /// What becomes of a text when the first `from` in it is replaced, laid out.
    fn laid_out(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
        let file = file(bytes);
        let start = file.text.find(from).expect("it is in the text") as u32;
        let mut fix = Fix {
            safe: true,
            edits: vec![edit(start, start + from.len() as u32, to)],
        };
        lay_out(&mut fix, std::slice::from_ref(&file));
        apply(&file, bytes, &fix.edits.iter().collect::<Vec<_>>())
    }

    #[test]
    fn what_is_not_edited_stays_byte_by_byte() {
        let check = |bytes: &[u8], expected: &[u8]| {
            assert_eq!(laid_out(bytes, "Map", "WeakMap"), expected, "{bytes:?}");
        };
        check(b"new Map();", b"new WeakMap();");
        check(
            b"\xEF\xBB\xBFnew Map();\r\n",
            b"\xEF\xBB\xBFnew WeakMap();\r\n",
        );
        check(
            b"// \xFF\xFE\r\rnew Map() // \xC0",
            b"// \xFF\xFE\r\rnew WeakMap() // \xC0",
        );
        check(
            "// é😀\nnew Map()".as_bytes(),
            "// é😀\nnew WeakMap()".as_bytes(),
        );
    }

    #[test]
    fn a_line_feed_becomes_the_line_end_and_the_indentation() {
        let check = |text: &str, expected: &str| {
            let start = text.find("set").expect("it is there");
            let made = laid_out(text.as_bytes(), &text[start..start + 3], "evict;\nset");
            assert_eq!(String::from_utf8_lossy(&made), expected);
        };
        check("{\n  set();\n}", "{\n  evict;\n  set();\n}");
        check("{\r\n\tset();\r\n}", "{\r\n\tevict;\r\n\tset();\r\n}");
        check("a;\rset();", "a;\revict;\rset();");
        check("set();", "evict;\nset();");
        check("  a; set();", "  a; evict;\n  set();");
    }

    #[test]
    fn what_begins_a_line_leaves_a_comment_where_it_is() {
        let check = |text: &str, expected: &str| {
            let file = file(text.as_bytes());
            let at = text.find(';').expect("it is there") as u32 + 1;
            let mut fix = Fix {
                safe: false,
                edits: vec![edit(at, at, "\nb;")],
            };
            lay_out(&mut fix, std::slice::from_ref(&file));
            let made = apply(
                &file,
                text.as_bytes(),
                &fix.edits.iter().collect::<Vec<_>>(),
            );
            assert_eq!(String::from_utf8_lossy(&made), expected);
        };
        check("a; // why\nc;", "a; // why\nb;\nc;");
        check("  a; // why", "  a; // why\n  b;");
        check("a; /* why */ c;", "a;\nb; /* why */ c;");
    }

    #[test]
    fn what_is_deleted_takes_a_line_of_its_own_with_it() {
        let check = |text: &str, expected: &str| {
            let made = laid_out(text.as_bytes(), "x();", "");
            assert_eq!(String::from_utf8_lossy(&made), expected, "{text:?}");
        };
        check("a();\n  x();\nb();\n", "a();\nb();\n");
        check("a();\r\n  x();  \r\nb();", "a();\r\nb();");
        check("a();\n  x();", "a();\n");
        check("x();\n", "");
        check("x();", "");
        check("a(); x();\nb();", "a();\nb();");
        check("a(); x(); // why\nb();", "a();  // why\nb();");
        check("a();\n  x(); b();\n", "a();\n   b();\n");
        check("a();\rx();\rb();", "a();\rb();");
        check("// why\nx();\n\nb();", "// why\n\nb();");
    }

    #[test]
    fn edits_that_touch_are_told_from_those_that_stand_apart() {
        for (one, other, expected) in [
            (edit(0, 3, ""), edit(4, 5, ""), false),
            (edit(0, 3, ""), edit(3, 5, ""), true),
            (edit(0, 3, ""), edit(2, 5, ""), true),
            (edit(3, 3, "a"), edit(3, 3, "b"), true),
            (edit(0, 9, ""), edit(3, 3, "b"), true),
        ] {
            assert_eq!(touch(&one, &other), expected, "{one:?} {other:?}");
            assert_eq!(touch(&other, &one), expected, "{other:?} {one:?}");
        }
        assert!(are_apart(&[edit(0, 3, ""), edit(3, 5, "")]));
        assert!(!are_apart(&[edit(0, 3, ""), edit(2, 5, "")]));
        assert!(!are_apart(&[edit(3, 3, "a"), edit(3, 3, "b")]));
    }
}
