//! Long lists of whole numbers that stand for rows of a table, parsed on all threads.
//!
//! A list is cut where rows begin, which is known once the commas before a place are counted: each piece then has its own
//! part of the table to fill. Must not know what the numbers mean.

use memchr::{memchr, memchr_iter, memrchr};
use rayon::prelude::*;

use super::cursor::Cursor;
use super::error::Problem;

/// The most fields of a row.
pub(super) const MAX_WIDTH: usize = 32;

/// The least bytes that are worth a piece of their own.
const LEAST_PIECE: usize = 16 << 10;

/// The most bytes of a row: whatever is longer is no list of numbers.
const LONGEST_ROW: usize = 64 << 10;

/// What rows are put into.
pub(super) trait Table {
    /// What does not fit into the columns.
    type Found: Send;

    /// The room for some rows that follow each other.
    type Part<'a>: Part<Found = Self::Found>
    where
        Self: 'a;

    /// What a row is called, for messages.
    const ITEM: &'static str;

    /// How many numbers make a row; from 1 to [`MAX_WIDTH`].
    fn width(&self) -> usize;

    /// How many rows there are.
    fn rows(&self) -> usize;

    /// Makes room for more rows: for each part so many.
    fn grow(&mut self, rows: &[usize]) -> Result<Vec<Self::Part<'_>>, Problem>;

    /// Takes what parts found, in their order.
    fn merge(&mut self, found: Vec<Self::Found>);
}

/// Some rows of a [`Table`].
pub(super) trait Part: Send {
    /// What does not fit into the rows.
    type Found: Send;

    /// Puts down the next row. The error says what is wrong with it.
    fn push(&mut self, row: &[u64]) -> Result<(), String>;

    /// All rows were put down.
    fn finish(self) -> Self::Found;
}

/// Reads a list of numbers into a table. `claimed` is how many rows were announced, for messages.
pub(super) fn read<T: Table>(
    cursor: &mut Cursor,
    table: &mut T,
    claimed: u64,
    section: &'static str,
) -> Result<(), Problem> {
    cursor.expect(b'[')?;
    loop {
        cursor.progress = Some((table.rows() as u64, claimed, T::ITEM));
        let bytes = cursor.rest();
        let piece = (bytes.len() / (4 * rayon::current_num_threads())).max(LEAST_PIECE);
        let cut = cut(bytes, table.width(), piece);
        let before = table.rows();
        if cut.rows() > 0 {
            let found = fill(cursor, &cut, table, section, before)?;
            table.merge(found);
        }
        cursor.progress = Some((table.rows() as u64, claimed, T::ITEM));
        cursor.consume(cut.end);
        match cut.rest {
            Rest::Closed => return cursor.expect(b']'),
            Rest::Ragged(numbers) => {
                let width = table.width();
                let what = format!("{width} numbers for the last {}, not {numbers},", T::ITEM);
                return Err(cursor.malformed(&what));
            }
            Rest::Open if cursor.rest().len() > LONGEST_ROW => {
                return Err(cursor.malformed("a whole number"));
            }
            Rest::Open => {
                if !cursor.refill()? {
                    return Err(cursor.truncated());
                }
            }
        }
    }
}

fn fill<T: Table>(
    cursor: &Cursor,
    cut: &Cut,
    table: &mut T,
    section: &'static str,
    before: usize,
) -> Result<Vec<T::Found>, Problem> {
    let bytes = cursor.rest();
    let width = table.width();
    let sizes: Vec<usize> = cut.pieces.iter().map(|piece| piece.rows).collect();
    let parts = table.grow(&sizes)?;
    let results: Vec<Result<_, Bad>> = cut
        .pieces
        .par_iter()
        .zip(parts)
        .map(|(piece, part)| parse(&bytes[piece.start..piece.end], piece.rows, width, part))
        .collect();
    let mut found = Vec::with_capacity(results.len());
    let mut index = before as u64;
    for (result, piece) in results.into_iter().zip(&cut.pieces) {
        found.push(result.map_err(|bad| match bad {
            Bad::Text(at, expected) => cursor.malformed_at(piece.start + at, expected),
            Bad::Row(row, at, what) => Problem::OutOfRange {
                section,
                offset: Some(cursor.offset_of(piece.start + at)),
                item: T::ITEM,
                index: index + row as u64,
                what,
            },
        })?);
        index += piece.rows as u64;
    }
    Ok(found)
}

/// Where text is cut.
#[derive(Debug, PartialEq, Eq)]
struct Cut {
    pieces: Vec<Piece>,
    /// Where the last row ends, with its comma.
    end: usize,
    rest: Rest,
}

impl Cut {
    fn rows(&self) -> usize {
        self.pieces.iter().map(|piece| piece.rows).sum()
    }
}

/// Whole rows.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    start: usize,
    /// After the comma of the last number, or at the end of the list.
    end: usize,
    rows: usize,
}

/// What comes after the last row.
#[derive(Debug, PartialEq, Eq)]
enum Rest {
    /// The end of the list.
    Closed,
    /// The end of the list, too early: after so many numbers.
    Ragged(usize),
    /// More, or nothing yet.
    Open,
}

/// Cuts text that begins with a row into pieces of whole rows, of about `size` bytes.
fn cut(bytes: &[u8], width: usize, size: usize) -> Cut {
    let counts: Vec<(usize, Option<usize>)> = bytes
        .par_chunks(size)
        .map(|chunk| {
            let close = memchr(b']', chunk);
            let list = &chunk[..close.unwrap_or(chunk.len())];
            (memchr_iter(b',', list).count(), close)
        })
        .collect();
    let close = counts
        .iter()
        .enumerate()
        .find_map(|(chunk, count)| Some((chunk, chunk * size + count.1?)));
    let (chunks, list) = match close {
        Some((chunk, at)) => (chunk + 1, &bytes[..at]),
        None => (counts.len(), bytes),
    };
    let counts = &counts[..chunks];
    let commas: usize = counts.iter().map(|count| count.0).sum();
    let is_empty = commas == 0 && list.iter().all(u8::is_ascii_whitespace);
    let (numbers, rest) = match close {
        None => (commas, Rest::Open),
        Some(_) if is_empty => (0, Rest::Closed),
        Some(_) if (commas + 1).is_multiple_of(width) => (commas + 1, Rest::Closed),
        Some(_) => (commas, Rest::Ragged((commas + 1) % width)),
    };
    let rows = numbers / width;
    let end = match rest {
        Rest::Closed => list.len(),
        _ if rows == 0 => 0,
        _ => after_comma_from_end(list, commas - rows * width),
    };
    Cut {
        pieces: pieces(list, counts, size, width, (rows, end)),
        end,
        rest,
    }
}

/// Pieces of about `size` bytes. `counts` has the commas of each chunk of that size, `end` the number of rows and where
/// they end.
fn pieces(
    list: &[u8],
    counts: &[(usize, Option<usize>)],
    size: usize,
    width: usize,
    end: (usize, usize),
) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(counts.len());
    let mut begin = (0, 0);
    let mut commas = 0;
    for (chunk, count) in counts.iter().enumerate() {
        commas += count.0;
        // The first row that begins in the next chunk or later.
        let row = commas / width + 1;
        let next = if chunk + 1 == counts.len() || row >= end.0 {
            end
        } else {
            let from = (chunk + 1) * size;
            let skipped = memchr_iter(b',', &list[from..]).nth(row * width - commas - 1);
            // There are more rows than this, so there is the comma before it.
            skipped.map_or(end, |comma| (row, from + comma + 1))
        };
        if next.0 > begin.0 {
            pieces.push(Piece {
                start: begin.1,
                end: next.1,
                rows: next.0 - begin.0,
            });
            begin = next;
        }
    }
    pieces
}

/// The place after the last comma but so many.
fn after_comma_from_end(list: &[u8], but: usize) -> usize {
    let mut end = list.len();
    for _ in 0..=but {
        end = memrchr(b',', &list[..end]).unwrap_or(0);
    }
    end + 1
}

/// What is wrong with a piece.
#[derive(Debug, PartialEq, Eq)]
enum Bad {
    /// At a place, and what should be there.
    Text(usize, &'static str),
    /// In a row that begins at a place, and what.
    Row(usize, usize, String),
}

/// Parses a piece of whole rows.
fn parse<P: Part>(bytes: &[u8], rows: usize, width: usize, part: P) -> Result<P::Found, Bad> {
    // For the usual widths the loop over the fields is unrolled.
    match width {
        3 => parse_rows::<3, P>(bytes, rows, part),
        6 => parse_rows::<6, P>(bytes, rows, part),
        7 => parse_rows::<7, P>(bytes, rows, part),
        _ => {
            let mut row = [0; MAX_WIDTH];
            parse_into(bytes, rows, &mut row[..width], part)
        }
    }
}

fn parse_rows<const WIDTH: usize, P: Part>(
    bytes: &[u8],
    rows: usize,
    part: P,
) -> Result<P::Found, Bad> {
    let mut row = [0; WIDTH];
    parse_into(bytes, rows, &mut row, part)
}

#[inline]
fn parse_into<P: Part>(
    bytes: &[u8],
    rows: usize,
    row: &mut [u64],
    mut part: P,
) -> Result<P::Found, Bad> {
    let mut at = 0;
    for index in 0..rows {
        let start = at;
        for field in &mut *row {
            let (value, next) = match number(bytes, at) {
                Some(found) => found,
                None => slow_number(bytes, at)?,
            };
            *field = value;
            at = next;
        }
        part.push(row)
            .map_err(|what| Bad::Row(index, start, what))?;
    }
    Ok(part.finish())
}

/// A number as they usually are, and where the next one begins. None says nothing.
#[expect(clippy::inline_always, reason = "as a call it takes twice the time")]
#[inline(always)]
fn number(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let word = bytes.get(at..)?.first_chunk::<8>()?;
    // Most types, counts and flags have one digit.
    let only = word[0].wrapping_sub(b'0');
    if word[1] == b',' && only < 10 {
        return Some((u64::from(only), at + 2));
    }
    // Digits become 0 to 9; in `others` each byte that is none has its highest bit set.
    let digits = u64::from_le_bytes(*word) ^ 0x3030_3030_3030_3030;
    let others = (((digits & 0x7f7f_7f7f_7f7f_7f7f) + 0x7676_7676_7676_7676) | digits)
        & 0x8080_8080_8080_8080;
    let length = others.trailing_zeros() as usize / 8;
    let (value, end) = match length {
        0 => return None,
        8 => {
            let mut value = eight_digits(digits);
            let mut end = at + 8;
            while let Some(digit @ b'0'..=b'9') = bytes.get(end) {
                value = value * 10 + u64::from(digit - b'0');
                end += 1;
                // More could be too many for 64 bits.
                if end - at > 16 {
                    return None;
                }
            }
            (value, end)
        }
        _ => (eight_digits(digits << (64 - 8 * length)), at + length),
    };
    match bytes.get(end)? {
        b',' => Some((value, end + 1)),
        // The engine begins a new line before the comma.
        b'\n' if bytes.get(end + 1) == Some(&b',') => Some((value, end + 2)),
        _ => None,
    }
}

/// The number of eight digits, the first one lowest. (A known trick: neighbours are joined, three times.)
#[inline]
fn eight_digits(digits: u64) -> u64 {
    const MASK: u64 = 0x0000_00ff_0000_00ff;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let low = (pairs & MASK).wrapping_mul(100 + (1_000_000 << 32));
    let high = ((pairs >> 16) & MASK).wrapping_mul(1 + (10_000 << 32));
    low.wrapping_add(high) >> 32
}

/// A number and where the next one begins, after a comma or at the end of the piece.
#[cold]
fn slow_number(bytes: &[u8], at: usize) -> Result<(u64, usize), Bad> {
    let start = space(bytes, at);
    let mut end = start;
    let mut value = 0_u64;
    while let Some(digit @ b'0'..=b'9') = bytes.get(end) {
        value = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(u64::from(digit - b'0')))
            .ok_or(Bad::Text(start, "a number of fewer digits"))?;
        end += 1;
    }
    if end == start {
        return Err(Bad::Text(start, "a whole number"));
    }
    let comma = space(bytes, end);
    match bytes.get(comma) {
        Some(b',') => Ok((value, comma + 1)),
        None => Ok((value, comma)),
        Some(_) => Err(Bad::Text(comma, "`,` or `]`")),
    }
}

fn space(bytes: &[u8], from: usize) -> usize {
    let text = bytes[from..]
        .iter()
        .position(|byte| !byte.is_ascii_whitespace());
    text.map_or(bytes.len(), |length| from + length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::fixture::Random;

    #[test]
    fn numbers_are_read_with_all_that_may_be_around_them() {
        let most = u64::MAX.to_string();
        for (text, expected) in [
            ("0,", 0),
            ("7,1,2,3,4,5,6,7", 7),
            ("1234567,89,", 1_234_567),
            ("12345678,9,", 12_345_678),
            ("123456789\n,1,2,", 123_456_789),
            ("1234567890123456,1,", 1_234_567_890_123_456),
            ("12345678901234567,1,", 12_345_678_901_234_567),
            (most.as_str(), u64::MAX),
            (" \t\r\n42 \n , 1,2,3,4,5", 42),
            ("000000000000000000000000000000000000001,", 1),
            ("98", 98),
        ] {
            assert_eq!(
                any_number(text).map(|found| found.0),
                Ok(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            ",",
            "-1,",
            "+1,",
            "1.5,",
            "1e3,",
            "1 2,",
            "x,23456789",
            "/,",
            ":,",
            "1\u{b9},",
            "18446744073709551616,",
        ] {
            for tail in ["", "1,2,3,4,5,6"] {
                let text = format!("{text}{tail}");
                assert!(any_number(&text).is_err() || text == tail, "{text}");
            }
        }
    }

    #[test]
    fn every_number_of_digits_is_read() {
        let mut random = Random(5);
        for _ in 0..20_000 {
            let value = random.below(usize::MAX) as u64 >> random.below(64);
            let text = format!("{value},1,2,3,4,5");
            let next = value.to_string().len() + 1;
            assert_eq!(any_number(&text), Ok((value, next)));
            assert_eq!(slow_number(text.as_bytes(), 0), Ok((value, next)));
        }
    }

    fn any_number(text: &str) -> Result<(u64, usize), Bad> {
        let bytes = text.as_bytes();
        number(bytes, 0).map_or_else(|| slow_number(bytes, 0), Ok)
    }

    #[test]
    fn pieces_are_whole_rows_and_leave_nothing_out() {
        let mut random = Random(6);
        for _ in 0..3000 {
            let (width, count) = (1 + random.below(8), random.below(60));
            let mut text = String::new();
            let mut ends = Vec::new();
            for number in 0..count {
                text += ["", " ", "\n"][random.below(3)];
                text += &"1234567"[..=random.below(7)];
                if number + 1 < count {
                    text += ",";
                }
                ends.push(text.len());
            }
            let is_closed = random.below(2) == 0;
            let whole = if is_closed {
                text.clone() + "],[1,2,3]"
            } else {
                text.clone()
            };
            let cut = cut(whole.as_bytes(), width, 1 + random.below(30));
            // An open list tells with a comma that a number has ended.
            let complete = if is_closed {
                count
            } else {
                count.saturating_sub(1)
            };
            let rows = match cut.rest {
                Rest::Ragged(_) => (count - 1) / width,
                _ => complete / width,
            };
            assert_eq!(cut.rows(), rows, "{whole} {width}");
            assert_eq!(matches!(cut.rest, Rest::Open), !is_closed);
            assert_eq!(
                matches!(cut.rest, Rest::Ragged(_)),
                is_closed && count % width > 0
            );
            let mut at = (0, 0);
            for piece in &cut.pieces {
                assert_eq!(piece.start, at.0, "{whole}");
                at = (piece.end, at.1 + piece.rows);
                assert_eq!(piece.end, ends[at.1 * width - 1], "{whole} {width}");
            }
            assert_eq!(at.1, rows);
        }
    }
}
