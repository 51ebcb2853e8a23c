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
        // They are what is left of the text, at least two quotes and a comma each. Memory that is not written to is none.
        let left = usize::try_from(cursor.remaining().unwrap_or(0)).unwrap_or(0);
        let mut strings = Self {
            raw: Vec::with_capacity(left),
            ends: Vec::with_capacity(left / 3),
        };
        cursor.expect(b'[')?;
        let mut is_usual = true;
        while cursor.has_next(strings.ends.is_empty(), b']')? {
            let bytes = cursor.rest();
            let taken = if is_usual && bytes.len() >= WORTH_HALVING {
                let (taken, is_all) = strings.take_halves(bytes);
                is_usual = is_all;
                taken
            } else {
                strings.take(bytes)
            };
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
        Ok(strings)
    }

    /// Takes strings as engines separate them, and says how long they are together: the last one without what separates
    /// it from the next.
    fn take(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        let mut end = 0;
        while let Some((b'"', rest)) = bytes.get(at..).and_then(<[u8]>::split_first) {
            let Some(length) = length(rest) else { break };
            self.raw.extend_from_slice(&rest[..length]);
            self.ends.push(self.raw.len() as u64);
            end = at + length + 2;
            at = match rest[length + 1..] {
                [b',', b'\n', ..] => end + 2,
                [b',', b'"', ..] => end + 1,
                _ => break,
            };
        }
        end
    }

    /// The same on two threads, and whether that was of use: the first one may not come to where the second one began.
    fn take_halves(&mut self, bytes: &[u8]) -> (usize, bool) {
        // Strings have no line ends but escaped ones.
        let half = bytes.len() / 2;
        let Some(separator) = memchr::memmem::find(&bytes[half..], SEPARATOR) else {
            return (self.take(bytes), false);
        };
        let middle = half + separator + SEPARATOR.len();
        let mut second = Self::default();
        let (first_end, second_end) = rayon::join(
            || self.take(&bytes[..middle]),
            || second.take(&bytes[middle..]),
        );
        if first_end + SEPARATOR.len() != middle {
            return (first_end, false);
        }
        let start = self.raw.len() as u64;
        self.raw.append(&mut second.raw);
        self.ends.extend(second.ends.iter().map(|end| start + end));
        (middle + second_end, second_end > 0)
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

/// What V8 writes between two strings.
const SEPARATOR: &[u8] = b",\n";

/// Bytes that take longer than it takes to wake another thread.
const WORTH_HALVING: usize = 256 << 10;

/// The bytes up to the quote that ends a string.
fn length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[found] == b'"' {
            return Some(found);
        }
        at = found + 2;
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
    use std::io;

    use super::*;
    use crate::heap::fixture::Random;
    use crate::heap::input;

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
    fn strings_are_the_same_however_they_are_separated_and_cut() {
        let mut random = Random(7);
        for separator in [",\n", ",", ",\r\n  ", " , "] {
            const TEXTS: [&str; 7] = ["", "a", "\"", "b\\", "\",\n\"", "\n", "some longer text"];
            let mut text = || TEXTS[random.below(TEXTS.len())].repeat(random.below(4));
            let texts: Vec<String> = (0..30_000).map(|_| text()).collect();
            let quoted: Vec<String> = texts
                .iter()
                .map(|text| serde_json::to_string(text).unwrap())
                .collect();
            let json = format!("[{}]", quoted.join(separator));
            assert!(json.len() > WORTH_HALVING);
            for block in [100_000, WORTH_HALVING, json.len()] {
                let reader = io::Cursor::new(json.clone());
                let blocks = input::open(reader, Some(json.len() as u64), block).unwrap();
                let strings = Strings::read(&mut Cursor::new(blocks)).unwrap();
                let found = (0..strings.len() as u32).map(|at| strings.get(StrIdx(at)));
                let found: Vec<_> = found.collect();
                assert!(found == texts, "{separator:?}, {block}");
            }
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
