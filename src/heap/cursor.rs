//! A place in a text of JSON that comes in blocks.
//!
//! Knows tokens. Must not know what a snapshot holds. Nothing here nests on the stack, and nothing is kept that the text
//! could make large, unless a limit is given.

use memchr::memchr2;

use super::error::Problem;
use super::input::{Blocks, HEADROOM};

/// Where reading has come to.
pub(super) struct Cursor {
    blocks: Blocks,
    block: Vec<u8>,
    /// In the block.
    at: usize,
    /// In the text.
    offset: u64,
    /// What is being read, as it is to be shown.
    pub(super) section: String,
    /// How far it has come: items read, announced (0 if nothing says), and what one is called.
    pub(super) progress: Option<(u64, u64, &'static str)>,
}

impl Cursor {
    pub(super) fn new(blocks: Blocks) -> Self {
        Self {
            blocks,
            block: Vec::new(),
            at: 0,
            offset: 0,
            section: "the beginning".to_owned(),
            progress: None,
        }
    }

    /// How many bytes come after the current place, where it is known.
    pub(super) fn remaining(&self) -> Option<u64> {
        self.blocks
            .size
            .map(|size| size.saturating_sub(self.offset))
    }

    /// The bytes that are at hand, which may be none.
    pub(super) fn rest(&self) -> &[u8] {
        &self.block[self.at..]
    }

    /// Goes on by so many bytes of [`Cursor::rest`].
    pub(super) fn consume(&mut self, bytes: usize) {
        self.at += bytes;
        self.offset += bytes as u64;
    }

    /// Puts more bytes behind those at hand. False at the end of the text.
    pub(super) fn refill(&mut self) -> Result<bool, Problem> {
        let Some(mut next) = self.blocks.next()? else {
            return Ok(false);
        };
        let rest = &self.block[self.at..];
        if rest.len() <= HEADROOM {
            let start = HEADROOM - rest.len();
            next[start..HEADROOM].copy_from_slice(rest);
            self.at = start;
            self.blocks
                .give_back(std::mem::replace(&mut self.block, next));
        } else {
            let joined = [rest, &next[HEADROOM..]].concat();
            self.at = 0;
            self.block = joined;
            self.blocks.give_back(next);
        }
        Ok(true)
    }

    /// The next byte, which stays the next. None at the end of the text.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, Problem> {
        while self.at == self.block.len() {
            if !self.refill()? {
                return Ok(None);
            }
        }
        Ok(Some(self.block[self.at]))
    }

    /// The next byte that is no white space; it stays the next.
    pub(super) fn peek_token(&mut self) -> Result<u8, Problem> {
        loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.consume(1),
                Some(byte) => return Ok(byte),
                None => return Err(self.truncated()),
            }
        }
    }

    /// Takes a byte, after white space.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Problem> {
        if self.peek_token()? == byte {
            self.consume(1);
            return Ok(());
        }
        Err(self.malformed(&format!("`{}`", char::from(byte))))
    }

    /// Goes to the next item of a list or object that ends with `end`. False when there is none. To be called after
    /// the opening bracket (`is_first`) and after each item.
    pub(super) fn has_next(&mut self, is_first: bool, end: u8) -> Result<bool, Problem> {
        let byte = self.peek_token()?;
        if byte == end {
            self.consume(1);
            return Ok(false);
        }
        if !is_first {
            if byte != b',' {
                return Err(self.malformed(&format!("`,` or `{}`", char::from(end))));
            }
            self.consume(1);
            self.peek_token()?;
        }
        Ok(true)
    }

    /// Takes a string as it is written, without its quotes, and puts it behind `out`.
    pub(super) fn string(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        self.quoted(|bytes| {
            out.extend_from_slice(bytes);
            true
        })
    }

    /// A key of an object, with its colon. Keys longer than any that is known are cut.
    pub(super) fn key(&mut self) -> Result<String, Problem> {
        const LONGEST: usize = 64;
        let mut raw = Vec::new();
        self.quoted(|bytes| {
            let room = LONGEST.saturating_sub(raw.len());
            raw.extend_from_slice(&bytes[..bytes.len().min(room)]);
            true
        })?;
        self.expect(b':')?;
        Ok(String::from_utf8_lossy(&raw).into_owned())
    }

    /// Takes a string and hands over its bytes in pieces, until `take` says no.
    fn quoted(&mut self, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), Problem> {
        if self.peek_token()? != b'"' {
            return Err(self.malformed("a string"));
        }
        self.consume(1);
        let mut is_escaped = false;
        while self.peek()?.is_some() {
            let rest = self.rest();
            if is_escaped {
                take(&rest[..1]);
                self.consume(1);
                is_escaped = false;
                continue;
            }
            let found = memchr2(b'"', b'\\', rest);
            let end = found.unwrap_or(rest.len());
            let is_end = found.is_some_and(|at| rest[at] == b'"');
            is_escaped = found.is_some() && !is_end;
            // The backslash belongs to the string, the quote does not.
            let taken = end + usize::from(is_escaped);
            if !take(&rest[..taken]) {
                return Err(self.malformed("a shorter string"));
            }
            self.consume(taken + usize::from(is_end));
            if is_end {
                return Ok(());
            }
        }
        Err(self.truncated())
    }

    /// Takes a whole number.
    pub(super) fn small_number(&mut self) -> Result<u32, Problem> {
        let mut value = None;
        self.peek_token()?;
        while let Some(byte @ b'0'..=b'9') = self.peek()? {
            let digit = u32::from(byte - b'0');
            value = value
                .unwrap_or(0_u32)
                .checked_mul(10)
                .and_then(|value| value.checked_add(digit));
            if value.is_none() {
                return Err(self.malformed("a smaller number"));
            }
            self.consume(1);
        }
        value.ok_or_else(|| self.malformed("a whole number"))
    }

    /// Goes past a value of any kind.
    pub(super) fn skip_value(&mut self) -> Result<(), Problem> {
        self.value(|_| true)
    }

    /// Takes a value of any kind as it is written, of at most so many bytes.
    pub(super) fn capture_value(&mut self, limit: usize) -> Result<Vec<u8>, Problem> {
        let mut raw = Vec::new();
        self.value(|bytes| {
            raw.extend_from_slice(bytes);
            raw.len() <= limit
        })?;
        Ok(raw)
    }

    /// Goes past a value and hands over its bytes in pieces, until `take` says no. Brackets are counted and strings are
    /// passed over; whether it is a value in all its parts is not checked.
    fn value(&mut self, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), Problem> {
        let mut depth = 0_u64;
        let mut is_first = true;
        loop {
            let byte = self.peek_token()?;
            match byte {
                b'"' => {
                    take(b"\"");
                    self.quoted(&mut take)?;
                    take(b"\"");
                }
                b'[' | b'{' => {
                    depth += 1;
                    take(&[byte]);
                    self.consume(1);
                }
                b']' | b'}' if depth > 0 => {
                    depth -= 1;
                    take(&[byte]);
                    self.consume(1);
                }
                b']' | b'}' | b',' | b':' if depth == 0 || is_first => {
                    return Err(self.malformed("a value"));
                }
                _ => {
                    let rest = self.rest();
                    let is_end = |byte: &u8| matches!(byte, b'"' | b'[' | b']' | b'{' | b'}');
                    let is_scalar = depth == 0;
                    let stop = |byte: &u8| {
                        is_end(byte)
                            || (is_scalar && matches!(byte, b',' | b' ' | b'\n' | b'\r' | b'\t'))
                    };
                    let end = rest.iter().position(stop);
                    let taken = end.unwrap_or(rest.len());
                    if !take(&rest[..taken]) {
                        return Err(self.malformed("something shorter"));
                    }
                    self.consume(taken);
                    if is_scalar && end.is_none() && self.peek()?.is_some_and(|byte| !stop(&byte)) {
                        is_first = false;
                        continue;
                    }
                }
            }
            if depth == 0 {
                return Ok(());
            }
            is_first = false;
        }
    }

    /// The place in the text that is so many bytes from here.
    pub(super) fn offset_of(&self, ahead: usize) -> u64 {
        self.offset + ahead as u64
    }

    /// The text ends here and should not.
    pub(super) fn truncated(&self) -> Problem {
        Problem::Truncated {
            section: self.section.clone(),
            offset: self.offset + self.rest().len() as u64,
            progress: self.progress,
        }
    }

    /// Something else should be here.
    pub(super) fn malformed(&self, expected: &str) -> Problem {
        self.malformed_at(0, expected)
    }

    /// Something else should be so many bytes from here.
    pub(super) fn malformed_at(&self, ahead: usize, expected: &str) -> Problem {
        Problem::Malformed {
            section: self.section.clone(),
            offset: self.offset_of(ahead),
            expected: expected.to_owned(),
        }
    }
}
