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
    // Dividing 32 bits is much faster.
    let (node, rest) = if let Ok(place) = u32::try_from(place) {
        (place / width as u32, u64::from(place % width as u32))
    } else {
        let node = small(place / width as u64, "node")?;
        (node, place % width as u64)
    };
    if rest != 0 {
        return Err(format!(
            "refers to place {place} of `nodes`, where no node begins"
        ));
    }
    if node > MOST_NODES {
        return Err(format!("refers to node {node}, which is too large"));
    }
    Ok(node)
}
