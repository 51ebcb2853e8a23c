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
