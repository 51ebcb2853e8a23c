//! Checks that rows of all tables need.

use super::error::Problem;

/// How many rows there will be.
pub(super) fn room(start: usize, rows: &[usize], what: &'static str) -> Result<usize, Problem> {
    let end = start + rows.iter().sum::<usize>();
    // The largest index stands for none in some passes.
    if end >= u32::MAX as usize {
        return Err(Problem::TooLarge(what));
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
    Ok(node)
}
