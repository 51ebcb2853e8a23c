//! The strings of a snapshot, kept as they are written and decoded when asked for.

use std::borrow::Cow;

use super::StrIdx;
use super::cursor::Cursor;
use super::error::Problem;

/// Strings in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Strings {
    /// All strings one after the other, without quotes, escapes as written.
    raw: Vec<u8>,
    /// Where each ends in `raw`.
    ends: Vec<u64>,
}

impl Strings {
    /// Reads a list of strings.
    pub(super) fn read(cursor: &mut Cursor) -> Result<Self, Problem> {
        let mut strings = Self::default();
        cursor.expect(b'[')?;
        while cursor.has_next(strings.ends.is_empty(), b']')? {
            let taken = strings.take_usual(cursor.rest());
            if taken > 0 {
                cursor.consume(taken);
            } else {
                cursor.string(&mut strings.raw)?;
                strings.ends.push(strings.raw.len() as u64);
            }
            cursor.progress = Some((strings.ends.len() as u64, 0, "string"));
        }
        if u32::try_from(strings.ends.len()).is_err() {
            return Err(Problem::TooLarge {
                what: "strings",
                most: u32::MAX,
            });
        }
        strings.raw.shrink_to_fit();
        strings.ends.shrink_to_fit();
        Ok(strings)
    }

    /// Takes strings without escapes, as the engine separates them, and says how long they are together: the last one
    /// without what separates it from the next.
    fn take_usual(&mut self, bytes: &[u8]) -> usize {
        const SEPARATOR: &[u8] = b",\n";
        let mut at = 0;
        let mut end = 0;
        while let Some((b'"', rest)) = bytes.get(at..).and_then(<[u8]>::split_first) {
            match memchr::memchr2(b'"', b'\\', rest) {
                Some(length) if rest[length] == b'"' => {
                    self.raw.extend_from_slice(&rest[..length]);
                    self.ends.push(self.raw.len() as u64);
                    end = at + length + 2;
                    if !rest[length + 1..].starts_with(SEPARATOR) {
                        break;
                    }
                    at = end + SEPARATOR.len();
                }
                _ => break,
            }
        }
        end
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, string: StrIdx) -> Cow<'_, str> {
        decode(self.raw(string))
    }

    pub(super) fn is(&self, string: StrIdx, text: &str) -> bool {
        let raw = self.raw(string);
        is(raw, has_escape(raw), text)
    }

    pub(super) fn find<const N: usize>(&self, texts: [&str; N]) -> [Option<StrIdx>; N] {
        let mut found = [None; N];
        // What begins as none of them is none of them, unless it begins with an escape. That is nearly all.
        let mut is_beginning = [false; 256];
        is_beginning[usize::from(b'\\')] = true;
        for text in texts {
            is_beginning[text.bytes().next().map_or(0, usize::from)] = true;
        }
        for (string, raw) in self.iter() {
            if !is_beginning[raw.first().map_or(0, |first| usize::from(*first))] {
                continue;
            }
            let has_escape = has_escape(raw);
            for (text, found) in texts.iter().zip(&mut found) {
                if found.is_none() && is(raw, has_escape, text) {
                    *found = Some(string);
                }
            }
        }
        found
    }

    /// All strings as they are written.
    pub(super) fn iter(&self) -> impl Iterator<Item = (StrIdx, &[u8])> {
        (0..self.ends.len() as u32).map(|at| (StrIdx(at), self.raw(StrIdx(at))))
    }

    /// A string as it is written.
    pub(super) fn raw(&self, string: StrIdx) -> &[u8] {
        let at = string.0 as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.raw[start as usize..self.ends[at] as usize]
    }
}

fn has_escape(raw: &[u8]) -> bool {
    memchr::memchr(b'\\', raw).is_some()
}

fn is(raw: &[u8], has_escape: bool, text: &str) -> bool {
    if has_escape {
        // An escape is longer than what it stands for.
        raw.len() > text.len() && decode(raw) == text
    } else {
        raw == text.as_bytes()
    }
}

/// A string as it is meant. What is no escape, half of a surrogate pair or not UTF-8 becomes U+FFFD.
fn decode(raw: &[u8]) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', raw) else {
        return String::from_utf8_lossy(raw);
    };
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut next = Some(first);
    while let Some(at) = next {
        text.push_str(&String::from_utf8_lossy(&rest[..at]));
        let (character, length) = escape(&rest[at..]);
        text.push(character);
        rest = &rest[at + length..];
        next = memchr::memchr(b'\\', rest);
    }
    text.push_str(&String::from_utf8_lossy(rest));
    Cow::Owned(text)
}

/// The character that an escape stands for, and the bytes of the escape. `raw` begins with a backslash.
fn escape(raw: &[u8]) -> (char, usize) {
    let character = match raw.get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(&byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
        Some(b'u') => return unicode_escape(raw),
        // Part of a character outside of ASCII stays for its text.
        _ => return (char::REPLACEMENT_CHARACTER, 1),
    };
    (character, 2)
}

/// See [`escape`]. `raw` begins with `\u`.
fn unicode_escape(raw: &[u8]) -> (char, usize) {
    let Some(unit) = code_unit(raw) else {
        return (char::REPLACEMENT_CHARACTER, 2);
    };
    let low = raw.get(6..).and_then(code_unit);
    let units = [Some(unit), low].into_iter().flatten();
    match char::decode_utf16(units).next() {
        Some(Ok(character)) => (character, 6 * character.len_utf16()),
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}

/// The UTF-16 code unit of `\uXXXX`.
fn code_unit(raw: &[u8]) -> Option<u16> {
    let digits = raw.strip_prefix(br"\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, &digit| {
        Some(unit << 4 | char::from(digit).to_digit(16)? as u16)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded() {
        for (raw, expected) in [
            ("plain", "plain"),
            (r#"a\"b\\c\/d"#, "a\"b\\c/d"),
            (r"\n\t\r\b\f", "\n\t\r\u{8}\u{c}"),
            (r"\u0000", "\0"),
            (r"caf\u00e9", "café"),
            (r"\uD83D\uDE00!", "😀!"),
            ("é", "é"),
        ] {
            assert_eq!(decode(raw.as_bytes()), expected, "{raw}");
            assert!(same(raw, expected), "{raw}");
        }
    }

    #[test]
    fn what_is_no_character_becomes_one_that_says_so() {
        for (raw, expected) in [
            (r"\ud83d", "\u{fffd}"),
            (r"\ude00x", "\u{fffd}x"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
            (r"\ud83dx", "\u{fffd}x"),
            (r"\u12", "\u{fffd}12"),
            (r"\u+123", "\u{fffd}+123"),
            (r"\q", "\u{fffd}q"),
            (r"\", "\u{fffd}"),
        ] {
            assert_eq!(decode(raw.as_bytes()), expected, "{raw}");
        }
        assert_eq!(decode(b"a\xffb"), "a\u{fffd}b");
        assert_eq!(decode(b"\xff\\n"), "\u{fffd}\n");
    }

    #[test]
    fn text_is_compared_without_regard_to_how_it_is_written() {
        assert!(!same(r"\n", r"\n"));
        assert!(!same("a", "b"));
        assert!(!same(r"\u0061b", "a"));
        assert!(same(r"\u0061b", "ab"));
    }

    fn same(raw: &str, text: &str) -> bool {
        is(raw.as_bytes(), has_escape(raw.as_bytes()), text)
    }
}
