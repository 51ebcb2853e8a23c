//! Checks that rows of all tables need.

use super::error::Problem;

/// The most nodes. Edges have a bit to spare, and no index of a node is the largest number, which stands for none.
pub(super) const MOST_NODES: u32 = (1 << 31) - 1;

/// How many rows there will be, if there may be so many.
pub(super) fn room(
    start: usize,
    rows: &[usize],
    most: u32,
    what: &'static str,
) -> Result<usize, Problem> {
    let end = start + rows.iter().sum::<usize>();
    if end > most as usize {
        return Err(Problem::TooLarge { what, most });
    }
    Ok(end)
}

/// The rows from `start` on of a column, in parts of so many. What was not made ahead is made now.
///
/// Room that is made ahead is zero and not written to: the threads that fill it take its memory, each its part.
pub(super) fn parts<'a, 'r, T: Copy + Default>(
    column: &'a mut Vec<T>,
    start: usize,
    rows: &'r [usize],
) -> impl Iterator<Item = &'a mut [T]> + use<'a, 'r, T> {
    let end = start + rows.iter().sum::<usize>();
    if column.len() < end {
        column.resize(end, T::default());
    }
    let mut rest = &mut column[start..];
    rows.iter()
        .map(move |&rows| rest.split_off_mut(..rows).unwrap_or_default())
}

/// The first row of each part, if they have so many rows and begin at `start`.
pub(super) fn firsts(start: usize, rows: &[usize]) -> impl Iterator<Item = usize> {
    rows.iter().scan(start, |next, rows| {
        let first = *next;
        *next += rows;
        Some(first)
    })
}

#[inline]
pub(super) fn small(value: u64, what: &str) -> Result<u32, String> {
    u32::try_from(value).map_err(|_| format!("has the {what} {value}, which is too large"))
}

/// The node whose first number stands at a place.
#[inline]
pub(super) fn node(place: u64, width: usize) -> Result<u32, String> {
    // Dividing by a constant is much faster, and these are the usual widths.
    let node = match width {
        5 => place / 5,
        6 => place / 6,
        7 => place / 7,
        _ => place / width as u64,
    };
    if node * width as u64 != place || node > u64::from(MOST_NODES) {
        return Err(no_node(place, node));
    }
    Ok(node as u32)
}

#[cold]
fn no_node(place: u64, node: u64) -> String {
    if node > u64::from(MOST_NODES) {
        return format!("refers to node {node}, which is too large");
    }
    format!("refers to place {place} of `nodes`, where no node begins")
}
