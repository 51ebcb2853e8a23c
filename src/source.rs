//! Source text and places in it: what a file says, and where.
//!
//! Knows bytes, encodings and lines. Must not know JavaScript, rules or reports, and opens no files.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// The index of a file in the run's sorted file list; a module has the index of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileIdx(pub u32);

/// A half-open range of byte offsets into [`SourceFile::text`] (without a byte order mark).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

/// A span in one file of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub file: FileIdx,
    /// The bytes in it.
    pub span: Span,
}

/// One file, decoded.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path by which the file was opened: absolute, or the name given for standard input.
    pub path: PathBuf,
    /// The path as shown: relative to the current folder where it lies below it, with `/`.
    pub shown: String,
    /// The text without its byte order mark.
    pub text: String,
    /// Whether findings in it are wanted; otherwise it is there for what it does to other files.
    pub is_asked: bool,
    /// Offsets into the text with the offset on disk of the same place: after a byte order mark, and after each
    /// replaced sequence. Sorted; between two of them text and disk run alike.
    anchors: Vec<(u32, u32)>,
    /// Made when first asked for: most files have no finding.
    lines: OnceLock<Lines>,
}

/// What the bytes of a file turned out to be.
#[derive(Debug)]
pub struct Decoded {
    /// The text; `None` where the bytes are in an encoding that is not read.
    pub file: Option<SourceFile>,
    /// What to tell the user, lowercase, without a final stop.
    pub note: Option<&'static str>,
}

const MARK: char = '\u{FEFF}';
const UTF16_MARKS: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];

impl Span {
    /// Whether there is nothing in it.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether all of the other lies in it.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

impl SourceFile {
    /// A file of this text, which may begin with a byte order mark.
    pub fn new(path: PathBuf, shown: String, mut text: String) -> Self {
        let mut anchors = Vec::new();
        if text.starts_with(MARK) {
            text.drain(..MARK.len_utf8());
            anchors.push((0, MARK.len_utf8() as u32));
        }
        Self {
            path,
            shown,
            text,
            is_asked: true,
            anchors,
            lines: OnceLock::new(),
        }
    }

    /// Decodes the bytes of a file. UTF-8 is read with or without a byte order mark; invalid sequences become U+FFFD
    /// and one note; UTF-16 (known by its mark) and files too large for 32-bit offsets are not read.
    pub fn decode(path: PathBuf, shown: String, bytes: Vec<u8>) -> Decoded {
        if UTF16_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
            return Decoded::refused("is UTF-16, which is not analysed; save it as UTF-8");
        }
        // A byte makes at most one replacement character.
        let room = u32::MAX as usize / char::REPLACEMENT_CHARACTER.len_utf8();
        if bytes.len() > room {
            return Decoded::refused("is too large to analyse (over 1.3 GiB)");
        }
        match String::from_utf8(bytes) {
            Ok(text) => Decoded {
                file: Some(Self::new(path, shown, text)),
                note: None,
            },
            Err(error) => Decoded {
                file: Some(Self::decode_lossy(path, shown, error.as_bytes())),
                note: Some("is not valid UTF-8; what is not was read as U+FFFD"),
            },
        }
    }

    fn decode_lossy(path: PathBuf, shown: String, bytes: &[u8]) -> Self {
        let mut text = String::with_capacity(bytes.len());
        let mut replaced = Vec::new();
        let mut disk = 0;
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            disk += chunk.valid().len() + chunk.invalid().len();
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                replaced.push((text.len() as u32, disk as u32));
            }
        }
        let mut file = Self::new(path, shown, text);
        let taken_off = file.anchors.first().map_or(0, |&(_, disk)| disk);
        let without_mark = |(at, disk)| (at - taken_off, disk);
        file.anchors.extend(replaced.into_iter().map(without_mark));
        file
    }

    /// The offset in the file on disk, in bytes, of an offset into the text.
    pub fn disk_offset(&self, offset: u32) -> u32 {
        let passed = self.anchors.partition_point(|&(from, _)| from <= offset);
        let (from, disk) = passed
            .checked_sub(1)
            .map_or((0, 0), |last| self.anchors[last]);
        disk + (offset - from)
    }

    /// Line and column of a byte offset, both 1-based, the column in Unicode code points. An offset inside a code
    /// point counts as its start, one past the end as the end.
    pub fn position(&self, offset: u32) -> (u32, u32) {
        let lines = self.lines();
        let offset = self.text.floor_char_boundary(offset as usize) as u32;
        let line = lines.starts.partition_point(|&start| start <= offset);
        let start = lines.starts[line - 1];
        let column = lines.code_points(&self.text, offset) - lines.code_points(&self.text, start);
        (line as u32, column + 1)
    }

    /// How many lines there are; an empty file has one.
    pub fn line_count(&self) -> u32 {
        self.lines().starts.len() as u32
    }

    /// The bytes of a line (1-based) without its line end. A number out of range counts as the closest line.
    pub fn line_span(&self, line: u32) -> Span {
        let starts = &self.lines().starts;
        let index = (line as usize).clamp(1, starts.len()) - 1;
        let start = starts[index];
        let next = starts
            .get(index + 1)
            .map_or(self.text.len(), |&next| next as usize);
        let line = &self.text[start as usize..next];
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        Span {
            start,
            end: start + line.len() as u32,
        }
    }

    /// The text of a line, as [`SourceFile::line_span`] has it.
    pub fn line(&self, line: u32) -> &str {
        let span = self.line_span(line);
        &self.text[span.start as usize..span.end as usize]
    }

    /// Whether a tool wrote this for machines to read.
    pub fn is_minified(&self) -> bool {
        is_minified_name(&self.shown) || has_long_lines(&self.text)
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }
}

impl Decoded {
    fn refused(note: &'static str) -> Self {
        Self {
            file: None,
            note: Some(note),
        }
    }
}

/// Whether the name says that the file is minified: `*.min.js`, `*.min.mjs`, `*.min.cjs`.
pub fn is_minified_name(path: &str) -> bool {
    [".min.js", ".min.mjs", ".min.cjs"]
        .iter()
        .any(|suffix| path.ends_with(suffix))
}

/// The smallest text, in bytes, whose line lengths say anything.
const SMALLEST_BUNDLE: usize = 1024;
/// The mean line length, in characters, above which a text counts as minified.
const LONG_LINE: usize = 500;

fn has_long_lines(text: &str) -> bool {
    if text.len() < SMALLEST_BUNDLE {
        return false;
    }
    let count = |end| memchr::memchr_iter(end, text.as_bytes()).count();
    let mut lines = count(b'\n');
    if lines == 0 {
        lines = count(b'\r');
    }
    if !text.ends_with(['\n', '\r']) {
        lines += 1;
    }
    // A text has at most as many characters as bytes: most texts are cleared without being decoded.
    text.len() > LONG_LINE * lines && text.chars().count() > LONG_LINE * lines
}

/// Where lines and columns are in a text.
#[derive(Clone, Debug)]
struct Lines {
    /// Offset of the first byte of each line; there is at least one.
    starts: Vec<u32>,
    /// Code points before each multiple of [`STRIDE`], 0 included: a column in a line of megabytes stays cheap.
    counts: Vec<u32>,
}

/// How many bytes lie between two entries of [`Lines::counts`].
const STRIDE: usize = 4096;

impl Lines {
    fn of(text: &str) -> Self {
        let mut counts = vec![0];
        let mut count = 0;
        for chunk in text.as_bytes().chunks(STRIDE) {
            count += begun(chunk);
            counts.push(count);
        }
        Self {
            starts: line_starts(text.as_bytes()),
            counts,
        }
    }

    /// How many code points begin before an offset.
    fn code_points(&self, text: &str, offset: u32) -> u32 {
        let offset = offset as usize;
        let stride = offset / STRIDE;
        self.counts[stride] + begun(&text.as_bytes()[stride * STRIDE..offset])
    }
}

/// Lines end at LF, CRLF or a lone CR. U+2028 and U+2029 end a line for ECMAScript, but for no editor.
fn line_starts(bytes: &[u8]) -> Vec<u32> {
    let after_ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'))
        .map(|at| at as u32 + 1);
    std::iter::once(0).chain(after_ends).collect()
}

/// How many code points begin in these bytes of UTF-8: all but those that continue one.
fn begun(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count() as u32
}

#[cfg(test)]
mod tests {
    use super::{SourceFile, is_minified_name};

    fn file(text: &str) -> SourceFile {
        SourceFile::new("a.js".into(), "a.js".into(), text.into())
    }

    fn decoded(bytes: &[u8]) -> SourceFile {
        SourceFile::decode("a.js".into(), "a.js".into(), bytes.to_vec())
            .file
            .expect("it is UTF-8")
    }

    /// Each `(offset, line, column)` of a text.
    fn check_positions(text: &str, expected: &[(u32, u32, u32)]) {
        let file = file(text);
        for &(offset, line, column) in expected {
            assert_eq!(
                file.position(offset),
                (line, column),
                "offset {offset} of {text:?}"
            );
        }
    }

    #[test]
    fn a_position_is_counted_from_one_in_code_points() {
        check_positions(
            "ab\ncd",
            &[(0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 2, 1), (5, 2, 3)],
        );
        check_positions("é😀x", &[(0, 1, 1), (2, 1, 2), (6, 1, 3), (7, 1, 4)]);
    }

    #[test]
    fn an_offset_inside_a_code_point_counts_as_its_start() {
        check_positions("😀x", &[(1, 1, 1), (3, 1, 1), (4, 1, 2)]);
    }

    #[test]
    fn an_offset_past_the_end_counts_as_the_end() {
        check_positions("a\nb", &[(3, 2, 2), (99, 2, 2)]);
        check_positions("", &[(0, 1, 1), (7, 1, 1)]);
    }

    #[test]
    fn lines_end_at_lf_crlf_and_a_lone_cr() {
        let file = file("a\r\nb\rc\nd\n\re");
        let lines: Vec<_> = (1..=file.line_count())
            .map(|line| file.line(line))
            .collect();
        assert_eq!(lines, ["a", "b", "c", "d", "", "e"]);
        check_positions("a\r\nb\rc", &[(1, 1, 2), (2, 1, 3), (3, 2, 1), (5, 3, 1)]);
    }

    #[test]
    fn ecmascript_line_separators_do_not_end_a_line() {
        let file = file("a\u{2028}b\u{2029}c");
        assert_eq!(file.line_count(), 1);
        assert_eq!(file.position(4), (1, 3));
    }

    #[test]
    fn a_line_out_of_range_counts_as_the_closest() {
        let file = file("a\nb");
        assert_eq!(
            [0, 1, 2, 3].map(|line| file.line(line)),
            ["a", "a", "b", "b"]
        );
    }

    #[test]
    fn columns_in_a_long_line_are_exact() {
        let text = "é😀x".repeat(5_000);
        let file = file(&text);
        for (count, (offset, _)) in text.char_indices().enumerate() {
            assert_eq!(file.position(offset as u32), (1, count as u32 + 1));
        }
        let end = "x".repeat(super::STRIDE * 2);
        assert_eq!(
            self::file(&end).position(end.len() as u32).1 as usize,
            end.len() + 1
        );
    }

    #[test]
    fn positions_agree_with_counting_by_hand() {
        let pieces = ["a", "\r", "\n", "\r\n", "é", "😀", "\u{2028}"];
        for seed in 0..7_usize.pow(4) {
            let text: String = (0..4)
                .map(|place| pieces[seed / 7_usize.pow(place) % 7])
                .collect();
            let file = file(&text);
            let (mut line, mut column) = (1, 1);
            for (offset, char) in text.char_indices() {
                assert_eq!(
                    file.position(offset as u32),
                    (line, column),
                    "offset {offset} of {text:?}"
                );
                let ends = char == '\n'
                    || (char == '\r' && text.as_bytes().get(offset + 1) != Some(&b'\n'));
                (line, column) = if ends {
                    (line + 1, 1)
                } else {
                    (line, column + 1)
                };
            }
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_text_but_counts_on_disk() {
        let file = decoded(b"\xEF\xBB\xBFab");
        assert_eq!(file.text, "ab");
        assert_eq!(file.position(0), (1, 1));
        assert_eq!(file.disk_offset(0), 3);
        assert_eq!(file.disk_offset(2), 5);
        assert_eq!(decoded(b"ab").disk_offset(1), 1);
    }

    #[test]
    fn replaced_bytes_do_not_move_what_follows_on_disk() {
        let bytes = b"\xEF\xBB\xBFa\xFFb\xF0\x9F\x98c";
        let decoding = SourceFile::decode("a.js".into(), "a.js".into(), bytes.to_vec());
        assert!(decoding.note.is_some());
        let file = decoding.file.expect("it is nearly UTF-8");
        assert_eq!(file.text, "a\u{FFFD}b\u{FFFD}c");
        for char in ['a', 'b', 'c'] {
            let offset = file.text.find(char).expect("it is in the text") as u32;
            assert_eq!(bytes[file.disk_offset(offset) as usize], char as u8);
        }
    }

    #[test]
    fn utf_16_is_not_read() {
        for bytes in [b"\xFF\xFEa\0".to_vec(), b"\xFE\xFF\0a".to_vec()] {
            let decoded = SourceFile::decode("a.js".into(), "a.js".into(), bytes);
            assert!(decoded.file.is_none());
            assert!(decoded.note.is_some_and(|note| note.contains("UTF-16")));
        }
    }

    #[test]
    fn a_name_or_long_lines_say_minified() {
        assert!(is_minified_name("lib/a.min.js"));
        assert!(!is_minified_name("lib/admin.js"));
        let check = |text: &str, expected| {
            assert_eq!(file(text).is_minified(), expected, "{} bytes", text.len());
        };
        check(&"x".repeat(1023), false);
        check(&"x".repeat(2000), true);
        check(&"é".repeat(600), true);
        check(&"é".repeat(900).replacen("ééé", "é\né", 1), false);
        check(&format!("{}\n", "x".repeat(500)).repeat(3), true);
        check(&format!("{}\n", "x".repeat(499)).repeat(3), false);
        check(&format!("{}\r", "x".repeat(499)).repeat(3), false);
        check(&"let x = 1;\n".repeat(1000), false);
    }
}
