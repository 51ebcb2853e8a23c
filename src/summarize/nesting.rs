//! How deep a text nests, told from its bytes before it is parsed.
//!
//! A parser recurses once per level of nesting, and so does the destructor of a syntax tree, for which a chain such as
//! `a + a + a` is as deep as it is long. What this counts is a bound: never much less than the tree's depth, often
//! more. Must not know what is done about it.

/// How many levels deep the syntax tree of a text is at most.
pub(super) fn bound(text: &str) -> u32 {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
        open: Vec::new(),
        brackets: [0; 4],
        here: Level::default(),
        deepest: 0,
        last: b';',
        word: (0, 0),
    };
    scan.run();
    scan.deepest
}

/// What is inside one pair of brackets.
#[derive(Clone, Copy, Default)]
struct Level {
    /// The byte that opened it.
    bracket: u8,
    /// The depth with which it began.
    base: u32,
    /// The depth of what is being read.
    depth: u32,
    /// How many `<` were read: elements and type arguments do not end at a comma as chains do.
    angles: u32,
}

/// A slash that no other one follows within so many bytes is a division.
const LONGEST_REGEX: usize = 4096;

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    open: Vec<Level>,
    /// How many of each kind of bracket are open.
    brackets: [u32; 4],
    here: Level,
    deepest: u32,
    /// The last byte that is neither space nor comment.
    last: u8,
    /// Where the last word is.
    word: (usize, usize),
}

impl Scan<'_> {
    fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => continue,
                b'(' | b'[' | b'{' => self.enter(byte),
                b')' => self.leave(b'('),
                b']' => self.leave(b'['),
                b'}' => self.leave_braces(),
                b';' => self.end_statement(),
                b',' => self.here.depth = self.here.base + self.here.angles,
                b'"' | b'\'' => self.skip_string(byte),
                b'`' => self.template(),
                b'/' => {
                    if self.slash() {
                        continue;
                    }
                }
                b'<' if self.peek() == b'/' => self.close_element(),
                b'<' => {
                    self.here.angles += 1;
                    self.deeper();
                }
                // `=>` is counted at its first half.
                b'>' if self.previous() == b'=' => {}
                b'!' | b'~' => self.deeper(),
                // A repeated byte is one operator: `&&`, `===`, `...`.
                b'+' | b'-' | b'*' | b'%' | b'&' | b'|' | b'^' | b'?' | b':' | b'=' | b'>'
                | b'.' | b'@' => {
                    if self.previous() != byte {
                        self.deeper();
                    }
                }
                _ => self.read_word(),
            }
            self.last = byte;
        }
    }

    /// The byte before the one that is being read.
    fn previous(&self) -> u8 {
        self.at.checked_sub(2).map_or(b';', |at| self.bytes[at])
    }

    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or_default()
    }

    fn deeper(&mut self) {
        self.here.depth += 1;
        self.deepest = self.deepest.max(self.here.depth);
    }

    fn enter(&mut self, bracket: u8) {
        // What follows the closing bracket nests what is inside: `f()()()`.
        self.deeper();
        self.open.push(self.here);
        self.brackets[kind(bracket)] += 1;
        self.here = Level {
            bracket,
            base: self.here.depth,
            depth: self.here.depth,
            angles: 0,
        };
    }

    /// Goes back to where `bracket` was opened, over what was left open inside of it.
    fn leave(&mut self, bracket: u8) {
        if self.brackets[kind(bracket)] == 0 {
            return;
        }
        while let Some(outer) = self.open.pop() {
            let inner = std::mem::replace(&mut self.here, outer);
            self.brackets[kind(inner.bracket)] -= 1;
            if inner.bracket == bracket {
                break;
            }
        }
    }

    fn leave_braces(&mut self) {
        let is_template = self.here.bracket == b'`';
        if is_template {
            self.leave(b'`');
            self.skip_template();
            return;
        }
        self.leave(b'{');
        // A statement ends here, unless an operator goes on from an object or a block.
        let next = self.next_word();
        let goes_on: [&[u8]; 8] = [
            b"",
            b"else",
            b"in",
            b"instanceof",
            b"as",
            b"satisfies",
            b"extends",
            b"is",
        ];
        if !goes_on.contains(&next) {
            self.here.depth = self.here.base + self.here.angles;
        }
    }

    fn end_statement(&mut self) {
        if self.next_word() == b"else" {
            return;
        }
        // Not the end of an entity in the text of an element.
        if self.peek().is_ascii_whitespace() {
            self.here.angles = 0;
        }
        self.here.depth = self.here.base + self.here.angles;
    }

    fn close_element(&mut self) {
        self.at += 1;
        self.here.angles = self.here.angles.saturating_sub(1);
        self.here.depth = self.here.depth.saturating_sub(1).max(self.here.base);
    }

    /// The word that follows, past spaces; empty where something else does.
    fn next_word(&self) -> &[u8] {
        let rest = &self.bytes[self.at..];
        let start = rest.iter().position(|byte| !byte.is_ascii_whitespace());
        let rest = &rest[start.unwrap_or(rest.len())..];
        let end = rest.iter().position(|&byte| !is_word(byte));
        &rest[..end.unwrap_or(rest.len())]
    }

    fn read_word(&mut self) {
        let start = self.at - 1;
        // Next to another value a word is an operator or a statement: `typeof typeof x`, `if (a) if (b) …`.
        if is_word(self.last) || matches!(self.last, b')' | b']' | b'}' | b'"' | b'\'' | b'`') {
            self.deeper();
        }
        while self.bytes.get(self.at).is_some_and(|&byte| is_word(byte)) {
            self.at += 1;
        }
        self.word = (start, self.at);
    }

    fn skip_string(&mut self, quote: u8) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\n' => return,
                _ if byte == quote => return,
                _ => {}
            }
        }
    }

    fn template(&mut self) {
        self.deeper();
        self.skip_template();
    }

    /// Skips the text of a template up to its end or to what it embeds.
    fn skip_template(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'`' => return,
                b'$' if self.peek() == b'{' => {
                    self.at += 1;
                    self.enter(b'`');
                    return;
                }
                _ => {}
            }
        }
    }

    /// Reads what begins with a slash; whether it was a comment.
    fn slash(&mut self) -> bool {
        match self.peek() {
            b'/' => {
                self.at = memchr::memchr2(b'\n', b'\r', &self.bytes[self.at..])
                    .map_or(self.bytes.len(), |end| self.at + end);
                return true;
            }
            b'*' => {
                let body = self.bytes.get(self.at + 1..).unwrap_or_default();
                self.at = memchr::memmem::find(body, b"*/")
                    .map_or(self.bytes.len(), |end| self.at + 1 + end + 2);
                return true;
            }
            b'>' => {
                self.at += 1;
                self.here.angles = self.here.angles.saturating_sub(1);
                self.here.depth = self.here.depth.saturating_sub(1).max(self.here.base);
            }
            _ if self.is_before_regex() => self.skip_regex(),
            _ => self.deeper(),
        }
        false
    }

    fn is_before_regex(&self) -> bool {
        if is_word(self.last) {
            let keywords: [&[u8]; 4] = [b"return", b"typeof", b"case", b"in"];
            return keywords.contains(&&self.bytes[self.word.0..self.word.1]);
        }
        !matches!(self.last, b')' | b']' | b'}' | b'"' | b'\'' | b'`' | b'<')
    }

    /// Skips a regular expression; where there is no end on the line it was a division.
    fn skip_regex(&mut self) {
        let mut in_class = false;
        let mut at = self.at;
        while let Some(&byte) = self.bytes.get(at)
            && at - self.at < LONGEST_REGEX
        {
            at += 1;
            match byte {
                b'\\' => at += 1,
                b'\n' => break,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    self.at = at;
                    return;
                }
                _ => {}
            }
        }
        self.deeper();
    }
}

/// The index of a kind of bracket; that of a template's `${` is a backtick.
fn kind(bracket: u8) -> usize {
    match bracket {
        b'(' => 0,
        b'[' => 1,
        b'{' => 2,
        _ => 3,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'\\') || byte >= 0x80
}
