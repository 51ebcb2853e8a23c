//! The marked lines of a file, short enough to be shown: the rest of the file, and of long lines, is cut away.
//!
//! Knows lines and marks. Must not know who draws them, and never walks along a whole line: a bundle's has megabytes.

use std::{collections::BTreeMap, ops::Range};

use super::super::visible_char;
use crate::source::{SourceFile, Span};

/// A line of more characters than this is cut.
const LONG_LINE: usize = 200;

/// What a mark on a cut line gets at least, in characters.
const MIN_WINDOW: usize = 40;

/// The columns of a tab where only an estimate is needed.
const TAB_WIDTH: usize = 4;

/// A place to be shown, and what happens there.
#[derive(Debug)]
pub(super) struct Mark {
    /// The bytes in the file.
    pub(super) span: Span,
    /// What happens there; may be empty.
    pub(super) text: String,
    /// Whether it is the declaration.
    pub(super) primary: bool,
}

/// A [`Mark`] in an excerpt. It never spans lines: of a longer one its part of the first line is marked.
#[derive(Debug)]
pub(super) struct Placed {
    /// Offset of the first byte in [`Excerpt::text`].
    pub(super) start: usize,
    /// Offset after the last byte; may equal `start`.
    pub(super) end: usize,
    /// About where the middle of the mark is in its line, 0-based, in terminal columns.
    pub(super) column: usize,
    /// See [`Mark::text`].
    pub(super) text: String,
    /// See [`Mark::primary`].
    pub(super) primary: bool,
}

/// Lines of a file with marks in them.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The lines, each ended by a line feed: even an empty last line can be marked then.
    pub(super) text: String,
    /// The number of each line in its file, 1-based; `None` stands for lines left out. The last one is never left out.
    pub(super) numbers: Vec<Option<u32>>,
    /// In order of place.
    pub(super) marks: Vec<Placed>,
}

impl Excerpt {
    /// The lines with marks, cut to about `width` columns where they are long. There must be a mark.
    pub(super) fn of(file: &SourceFile, marks: &[Mark], width: usize) -> Self {
        let mut by_line: BTreeMap<u32, Vec<&Mark>> = BTreeMap::new();
        for mark in marks {
            by_line
                .entry(file.position(mark.span.start).0)
                .or_default()
                .push(mark);
        }
        let mut excerpt = Self {
            text: String::new(),
            numbers: Vec::new(),
            marks: Vec::new(),
        };
        let mut previous = None;
        for (&line, marks) in &by_line {
            match previous.map(|previous| line - previous) {
                // `⋮` would take as much room as the line it stands for.
                Some(2) => excerpt.push_line(file, line - 1, &[], width),
                Some(3..) => excerpt.push_gap(),
                _ => {}
            }
            excerpt.push_line(file, line, marks, width);
            previous = Some(line);
        }
        excerpt
    }

    /// The number to count from, so that counting on reaches the last line with its own number (and its width).
    ///
    /// It is at least 1, as each line of the excerpt stands for one or more lines of the file.
    pub(super) fn first_number(&self) -> u32 {
        self.last_number() + 1 - self.numbers.len() as u32
    }

    /// How many digits the last line's number has.
    pub(super) fn number_width(&self) -> usize {
        self.last_number().to_string().len()
    }

    fn last_number(&self) -> u32 {
        self.numbers.last().copied().flatten().unwrap_or(1)
    }

    fn push_gap(&mut self) {
        self.text.push('\n');
        self.numbers.push(None);
    }

    fn push_line(&mut self, file: &SourceFile, number: u32, marks: &[&Mark], width: usize) {
        let span = file.line_span(number);
        let line = &file.text[span.start as usize..span.end as usize];
        let within =
            |offset: u32| offset.clamp(span.start, span.end) as usize - span.start as usize;
        let ranges: Vec<Range<usize>> = marks
            .iter()
            .map(|mark| {
                let start = line.floor_char_boundary(within(mark.span.start));
                start..line.ceil_char_boundary(within(mark.span.end)).max(start)
            })
            .collect();
        let windows = windows(line, &ranges, width);
        let line_start = self.text.len();
        let shown = self.push_windows(line, &windows);
        self.text.push('\n');
        self.numbers.push(Some(number));
        let first_mark = self.marks.len();
        for (mark, range) in marks.iter().zip(ranges) {
            let end = windows
                .iter()
                .map(|window| window.end)
                .find(|&end| range.start <= end);
            let start = shown_at(&shown, range.start);
            let end = shown_at(&shown, range.end.min(end.unwrap_or(line.len())));
            let before = columns(&self.text[line_start..start]);
            let column = before + columns(&self.text[start..end]) / 2;
            self.place(
                first_mark,
                Placed {
                    start,
                    end,
                    column,
                    text: mark.text.clone(),
                    primary: mark.primary,
                },
            );
        }
        self.marks[first_mark..].sort_by_key(|mark| (mark.start, mark.end));
    }

    /// Appends the windows of a line with `…` for what lies between. Gives the place in the excerpt of each character
    /// shown and of each window's end, in order.
    fn push_windows(&mut self, line: &str, windows: &[Range<usize>]) -> Vec<(usize, usize)> {
        let mut shown = Vec::new();
        for window in windows {
            if window.start > 0 {
                self.text.push('…');
            }
            for (at, c) in line[window.clone()].char_indices() {
                shown.push((window.start + at, self.text.len()));
                self.text.push(visible_char(c));
            }
            shown.push((window.end, self.text.len()));
        }
        if windows.last().is_some_and(|window| window.end < line.len()) {
            self.text.push('…');
        }
        shown
    }

    /// Adds a mark; two that mark the same bytes become one that says both.
    fn place(&mut self, first_of_line: usize, mark: Placed) {
        let same = self.marks[first_of_line..]
            .iter_mut()
            .find(|one| (one.start, one.end) == (mark.start, mark.end));
        match same {
            None => self.marks.push(mark),
            Some(one) => {
                one.primary |= mark.primary;
                if one.text.is_empty() {
                    one.text = mark.text;
                } else if !mark.text.is_empty()
                    && !one.text.split("; ").any(|text| text == mark.text)
                {
                    one.text += "; ";
                    one.text += &mark.text;
                }
            }
        }
    }
}

/// The parts of a line to show, in order, with something hidden between any two of them: all of a short line, else a
/// window around each range.
#[expect(
    clippy::single_range_in_vec_init,
    reason = "a window is a range, not its elements"
)]
fn windows(line: &str, ranges: &[Range<usize>], width: usize) -> Vec<Range<usize>> {
    if forward(line, 0, LONG_LINE) == line.len() {
        return vec![0..line.len()];
    }
    // ` 1234 │ ` stands before the line.
    let room = width.saturating_sub(8).clamp(MIN_WINDOW, LONG_LINE);
    if ranges.is_empty() {
        return vec![0..forward(line, 0, room)];
    }
    let room = (room / ranges.len()).max(MIN_WINDOW);
    let mut around: Vec<Range<usize>> = ranges
        .iter()
        .map(|range| {
            // Half of the room at most is the range's own; what it does not need is context.
            let end = range.end.min(forward(line, range.start, room / 2));
            let context = (room - line[range.start..end].chars().count()) / 2;
            backward(line, range.start, context)..forward(line, end, context)
        })
        .collect();
    around.sort_by_key(|window| (window.start, window.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(around.len());
    for window in around {
        match merged.last_mut() {
            Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
            _ => merged.push(window),
        }
    }
    merged
}

/// The offset `count` characters after `from`, or the end.
fn forward(line: &str, from: usize, count: usize) -> usize {
    line[from..]
        .char_indices()
        .nth(count)
        .map_or(line.len(), |(at, _)| from + at)
}

/// The offset `count` characters before `from`, or the start.
fn backward(line: &str, from: usize, count: usize) -> usize {
    line[..from]
        .char_indices()
        .rev()
        .take(count)
        .last()
        .map_or(from, |(at, _)| at)
}

/// The excerpt's offset of an offset in a line, which is shown.
fn shown_at(shown: &[(usize, usize)], offset: usize) -> usize {
    let index = shown.partition_point(|&(at, _)| at < offset);
    shown
        .get(index)
        .or(shown.last())
        .map_or(0, |&(_, placed)| placed)
}

/// About how many columns a text takes.
fn columns(text: &str) -> usize {
    text.chars()
        .map(|c| if c == '\t' { TAB_WIDTH } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile::new("a.js".into(), "a.js".into(), text.into())
    }

    fn mark(start: usize, end: usize) -> Mark {
        Mark {
            span: Span {
                start: start as u32,
                end: end as u32,
            },
            text: "here".into(),
            primary: false,
        }
    }

    fn marked<'a>(excerpt: &'a Excerpt, placed: &Placed) -> &'a str {
        &excerpt.text[placed.start..placed.end]
    }

    #[test]
    fn lines_between_marks_are_left_out_if_they_are_more_than_one() {
        let file = file("a\nb\nc\nd\ne\nf\ng\n");
        let excerpt = Excerpt::of(&file, &[mark(12, 13), mark(0, 1), mark(4, 5)], 80);
        assert_eq!(excerpt.numbers, [Some(1), Some(2), Some(3), None, Some(7)]);
        assert_eq!(excerpt.text, "a\nb\nc\n\ng\n");
        assert_eq!(excerpt.first_number(), 3);
    }

    #[test]
    fn each_mark_is_found_again_in_its_excerpt() {
        // Windows, merged windows, characters of 1 to 4 bytes, and ranges longer than a window.
        let text: String = (0..3000)
            .map(|n| ["a", "é", "→", "😀", "\x1b", ".", "\t"][n % 7])
            .collect();
        let file = file(&text);
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        for step in 1..150 {
            for length in [0, 1, 3, 1000] {
                let at = |index: usize| starts.get(index).copied().unwrap_or(text.len());
                let marks: Vec<Mark> = (0..4)
                    .map(|n| mark(at(n * n * step), at(n * n * step + length)))
                    .collect();
                let excerpt = Excerpt::of(&file, &marks, 100);
                assert!(excerpt.text.chars().count() < 2 * LONG_LINE);
                for (placed, mark) in excerpt.marks.iter().zip(&marks) {
                    let source = &text[mark.span.start as usize..mark.span.end as usize];
                    let source: String = source.chars().map(visible_char).collect();
                    let shown = marked(&excerpt, placed);
                    // A window may be followed by the next: what a mark covers is a prefix of its text.
                    let shown = shown.split('…').next().unwrap_or(shown);
                    assert!(source.starts_with(shown), "{shown:?} of {source:?}");
                    assert_eq!(shown.is_empty(), source.is_empty());
                }
            }
        }
    }

    #[test]
    fn a_mark_over_lines_marks_the_first_one() {
        let file = file("cache.set(key, {\r\n  value,\r\n});\r\n");
        let excerpt = Excerpt::of(&file, &[mark(0, 30)], 80);
        assert_eq!(marked(&excerpt, &excerpt.marks[0]), "cache.set(key, {");
        assert_eq!(excerpt.numbers, [Some(1)]);
    }

    #[test]
    fn marks_of_the_same_bytes_become_one() {
        let file = file("const cache = {};");
        let mut marks = [mark(6, 11), mark(6, 11), mark(6, 11)];
        marks[1].text = "there".into();
        marks[1].primary = true;
        let excerpt = Excerpt::of(&file, &marks, 80);
        assert_eq!(excerpt.marks.len(), 1);
        assert_eq!(excerpt.marks[0].text, "here; there");
        assert!(excerpt.marks[0].primary);
    }

    #[test]
    fn an_empty_file_has_a_line_to_mark() {
        let excerpt = Excerpt::of(&file(""), &[mark(0, 0)], 80);
        assert_eq!((excerpt.text.as_str(), excerpt.first_number()), ("\n", 1));
    }
}
