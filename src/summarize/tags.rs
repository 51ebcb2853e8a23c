//! Tags of markup, their attributes, and the expressions in braces: how far each of them goes.
//!
//! Must not know frameworks or JavaScript beyond its strings and comments. What is not closed goes to the end.

use std::ops::Range;

/// What opens and closes a comment.
pub(super) const COMMENT: (&str, &str) = ("<!--", "-->");

/// An opening tag.
#[derive(Debug, Default)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) attributes: Vec<Attribute<'a>>,
    /// Where what follows it begins.
    pub(super) end: usize,
    /// `<name />`.
    pub(super) is_closed: bool,
}

/// An attribute.
#[derive(Debug)]
pub(super) struct Attribute<'a> {
    /// Empty for what stands alone in braces.
    pub(super) name: &'a str,
    /// Where the name begins.
    pub(super) at: usize,
    /// What is between the quotes or braces.
    pub(super) value: Option<Range<usize>>,
    pub(super) is_in_braces: bool,
}

impl<'a> Tag<'a> {
    /// The value of an attribute, empty where it has none.
    pub(super) fn value(&self, text: &'a str, name: &str) -> Option<&'a str> {
        let found = self.attributes.iter().find(|it| it.name == name)?;
        Some(found.value.clone().map_or("", |range| &text[range]))
    }
}

/// The tag that opens at an offset, if one does. Values in braces are told from others only where a framework has them.
pub(super) fn tag(text: &str, at: usize, has_braces: bool) -> Option<Tag<'_>> {
    let bytes = text.as_bytes();
    let starts = bytes.get(at) == Some(&b'<') && bytes.get(at + 1)?.is_ascii_alphabetic();
    starts.then_some(())?;
    let mut next = until(bytes, at + 1, is_end_of_name);
    let mut tag = Tag {
        name: &text[at + 1..next],
        ..Tag::default()
    };
    loop {
        next = until(bytes, next, |byte| !byte.is_ascii_whitespace());
        match bytes.get(next) {
            None => break,
            Some(b'>') => {
                next += 1;
                break;
            }
            Some(b'/') => {
                tag.is_closed = bytes.get(next + 1) == Some(&b'>');
                next += 1;
            }
            Some(b'{') if has_braces => {
                let end = braces(text, next);
                tag.attributes.push(Attribute {
                    name: "",
                    at: next,
                    value: Some(inside(text, next, end)),
                    is_in_braces: true,
                });
                next = end;
            }
            Some(_) => next = attribute(text, next, has_braces, &mut tag),
        }
    }
    tag.end = next;
    Some(tag)
}

/// Reads a name and its value; gives where the next begins.
fn attribute<'a>(text: &'a str, at: usize, has_braces: bool, tag: &mut Tag<'a>) -> usize {
    let bytes = text.as_bytes();
    // Each attribute takes a byte at least.
    let end = until(bytes, at + 1, |byte| byte == b'=' || is_end_of_name(byte));
    let name = &text[at..end];
    let equals = until(bytes, end, |byte| !byte.is_ascii_whitespace());
    let mut found = Attribute {
        name,
        at,
        value: None,
        is_in_braces: false,
    };
    let mut next = end;
    if bytes.get(equals) == Some(&b'=') {
        let start = until(bytes, equals + 1, |byte| !byte.is_ascii_whitespace());
        match bytes.get(start) {
            Some(&quote @ (b'"' | b'\'' | b'`')) => {
                let close = until(bytes, start + 1, |byte| byte == quote);
                found.value = Some(start + 1..close);
                next = (close + 1).min(text.len());
                if quote == b'`' {
                    found.value = Some(start..next);
                    found.is_in_braces = true;
                }
            }
            Some(b'{') if has_braces => {
                next = braces(text, start);
                found.value = Some(inside(text, start, next));
                found.is_in_braces = true;
            }
            _ => {
                next = until(bytes, start, |byte| {
                    byte == b'>' || byte.is_ascii_whitespace()
                });
                found.value = Some(start..next);
            }
        }
    }
    tag.attributes.push(found);
    next
}

fn is_end_of_name(byte: u8) -> bool {
    matches!(byte, b'>' | b'/') || byte.is_ascii_whitespace()
}

fn until(bytes: &[u8], from: usize, is_end: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().position(|&byte| is_end(byte));
    from.min(bytes.len()) + length.unwrap_or(rest.len())
}

/// What is between the braces at `at` and before `end`.
pub(super) fn inside(text: &str, at: usize, end: usize) -> Range<usize> {
    let is_closed = end > at + 1 && text.as_bytes()[end - 1] == b'}';
    at + 1..end - usize::from(is_closed)
}

/// Where what the brace at `at` opens ends, after the brace that closes it.
pub(super) fn braces(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    // The backtick of each template around, with the depth of braces inside it.
    let mut templates: Vec<u32> = Vec::new();
    let mut depth = 0_u32;
    let mut next = at;
    while let Some(&byte) = bytes.get(next) {
        next += 1;
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return next;
                }
                if templates.last() == Some(&depth) {
                    next = template(bytes, next, &mut templates, &mut depth);
                }
            }
            b'"' | b'\'' => next = string(bytes, next, byte),
            b'`' => {
                templates.push(depth);
                next = template(bytes, next, &mut templates, &mut depth);
            }
            b'/' if bytes.get(next) == Some(&b'*') => {
                let end = memchr::memmem::find(&bytes[next..], b"*/");
                next = end.map_or(bytes.len(), |end| next + end + 2);
            }
            // Not what follows the scheme of an address in a text.
            b'/' if bytes.get(next) == Some(&b'/') && bytes[next - 2] != b':' => {
                next = until(bytes, next, |byte| matches!(byte, b'\n' | b'\r'));
            }
            _ => {}
        }
    }
    bytes.len()
}

/// Where a string ends; one that its line does not close is an apostrophe in a text.
fn string(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut next = from;
    while let Some(&byte) = bytes.get(next) {
        next += 1;
        match byte {
            b'\\' => next += 1,
            b'\n' | b'\r' => return from,
            _ if byte == quote => return next,
            _ => {}
        }
    }
    from
}

/// Skips the text of a template up to its end or to what it embeds.
fn template(bytes: &[u8], from: usize, templates: &mut Vec<u32>, depth: &mut u32) -> usize {
    let mut next = from;
    while let Some(&byte) = bytes.get(next) {
        next += 1;
        match byte {
            b'\\' => next += 1,
            b'`' => {
                templates.pop();
                return next;
            }
            b'$' if bytes.get(next) == Some(&b'{') => {
                *depth += 1;
                return next + 1;
            }
            _ => {}
        }
    }
    next.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::{braces, tag};

    #[test]
    fn braces_close_past_strings_templates_and_comments() {
        for (text, expected) in [
            ("{a}b", "{a}"),
            ("{{a: {}}}b", "{{a: {}}}"),
            ("{'}'}b", "{'}'}"),
            ("{\"\\\"}\"}b", "{\"\\\"}\"}"),
            ("{`}${a}}`}b", "{`}${a}}`}"),
            ("{`${`}`}`}b", "{`${`}`}`}"),
            ("{/* } */ a}b", "{/* } */ a}"),
            ("{// }\na}b", "{// }\na}"),
            ("{a && <p>Don't</p>}b", "{a && <p>Don't</p>}"),
            ("{<a>https://a.b</a>}c", "{<a>https://a.b</a>}"),
            ("{open", "{open"),
            ("{`open", "{`open"),
            ("{'\\", "{'\\"),
        ] {
            assert_eq!(&text[..braces(text, 0)], expected);
        }
    }

    #[test]
    fn attributes_are_told_from_their_values() {
        let check = |text: &str, name: &str, expected: &[(&str, Option<&str>)], rest: &str| {
            let tag = tag(text, 0, true).expect("it is a tag");
            let found: Vec<_> = tag
                .attributes
                .iter()
                .map(|it| (it.name, it.value.clone().map(|range| &text[range])))
                .collect();
            assert_eq!(
                (tag.name, &found[..], &text[tag.end..]),
                (name, expected, rest)
            );
        };
        check("<p>a", "p", &[], "a");
        check("<br/>", "br", &[], "");
        check(
            "<script setup lang=\"ts\">a",
            "script",
            &[("setup", None), ("lang", Some("ts"))],
            "a",
        );
        check(
            "<a b='>' c = d e={f > \"}\"} {...g}>h",
            "a",
            &[
                ("b", Some(">")),
                ("c", Some("d")),
                ("e", Some("f > \"}\"")),
                ("", Some("...g")),
            ],
            "h",
        );
        check("<a b=\"open", "a", &[("b", Some("open"))], "");
        check(
            "<a é=ü ==>b",
            "a",
            &[("é", Some("ü")), ("=", Some(""))],
            "b",
        );
        check("<a b", "a", &[("b", None)], "");
        assert!(tag("< a>", 0, true).is_none());
        assert!(tag("</a>", 0, true).is_none());
    }
}
