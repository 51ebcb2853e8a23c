//! Sorted lists as sets.
//!
//! Must not know what they hold.

use smallvec::{Array, SmallVec};

/// How many items of a list are not in another.
pub(super) fn count_new<T: Ord>(known: &[T], items: &[T]) -> usize {
    let mut known = known.iter().peekable();
    let is_new = |item: &&T| {
        while known.next_if(|known| known < item).is_some() {}
        known.next_if_eq(item).is_none()
    };
    items.iter().filter(is_new).count()
}

/// Adds those items of a list that are not in another yet, of which there are `count`, and one at least.
pub(super) fn add<A: Array<Item: Ord + Copy>>(
    known: &mut SmallVec<A>,
    items: &[A::Item],
    count: usize,
) {
    let mut from = known.len();
    let mut to = from + count;
    known.reserve_exact(count);
    known.resize(to, items[0]);
    let mut items = items.iter().copied().rev().peekable();
    // From the end, until what is left stands where it stood.
    while to > from {
        let next = known[..from].last().copied();
        let new = items.next_if(|&item| next.is_none_or(|next| item >= next));
        if next >= new {
            from -= 1;
        }
        to -= 1;
        if let Some(item) = next.max(new) {
            known[to] = item;
        }
    }
}

#[cfg(test)]
mod tests {
    use smallvec::SmallVec;

    use super::{add, count_new};

    #[test]
    fn what_is_new_is_counted_and_added() {
        for (known, items, expected) in [
            (&[][..], &[1, 2][..], &[1, 2][..]),
            (&[2, 4, 6], &[1, 2, 5, 7], &[1, 2, 4, 5, 6, 7]),
            (&[1, 2], &[2, 3, 4], &[1, 2, 3, 4]),
            (&[5, 6], &[1, 2], &[1, 2, 5, 6]),
        ] {
            let mut sites: SmallVec<[u32; 2]> = SmallVec::from_slice(known);
            let count = count_new(known, items);
            assert_eq!(known.len() + count, expected.len());
            add(&mut sites, items, count);
            assert_eq!(sites[..], *expected);
        }
        assert_eq!(count_new(&[1, 2, 3], &[1, 3]), 0);
    }
}
