//! Many short lists in one allocation.
//!
//! Must not know what they hold.

use std::ops::Index;

/// Lists by index, one after the other.
pub(crate) struct Rows<T> {
    items: Vec<T>,
    /// Where each list ends.
    ends: Vec<u32>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            ends: Vec::new(),
        }
    }
}

impl<T: Copy> Rows<T> {
    /// Groups items by the list to which each belongs; within a list their order stays.
    pub(crate) fn group(count: usize, pairs: impl Iterator<Item = (u32, T)> + Clone) -> Self {
        let mut starts = vec![0_u32; count + 1];
        for (row, _) in pairs.clone() {
            starts[row as usize + 1] += 1;
        }
        for row in 0..count {
            starts[row + 1] += starts[row];
        }
        let first = pairs.clone().next();
        let mut items = first.map_or_else(Vec::new, |(_, item)| vec![item; starts[count] as usize]);
        for (row, item) in pairs {
            items[starts[row as usize] as usize] = item;
            starts[row as usize] += 1;
        }
        // Each start has moved to where its list ends.
        starts.pop();
        Self {
            items,
            ends: starts,
        }
    }

    /// These lists.
    pub(crate) fn of<'a>(lists: impl Iterator<Item = &'a [T]> + Clone) -> Self
    where
        T: 'a,
    {
        let (rows, items) = lists
            .clone()
            .fold((0, 0), |(rows, items), list| (rows + 1, items + list.len()));
        let mut all = Self {
            items: Vec::with_capacity(items),
            ends: Vec::with_capacity(rows),
        };
        for list in lists {
            all.items.extend_from_slice(list);
            all.ends.push(all.items.len() as u32);
        }
        all
    }

    /// A list; empty where there is none of this index.
    pub(crate) fn get(&self, row: usize) -> &[T] {
        let Some(&end) = self.ends.get(row) else {
            return &[];
        };
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.items[start as usize..end as usize]
    }
}

impl<T: Copy> Index<usize> for Rows<T> {
    type Output = [T];

    fn index(&self, row: usize) -> &[T] {
        self.get(row)
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    #[test]
    fn lists_keep_the_order_of_their_items() {
        let pairs = [(2, 'a'), (0, 'b'), (2, 'c'), (3, 'd'), (2, 'e')];
        let rows = Rows::group(4, pairs.into_iter());
        assert_eq!(rows[0], ['b']);
        assert!(rows[1].is_empty());
        assert_eq!(rows[2], ['a', 'c', 'e']);
        assert_eq!(rows[3], ['d']);
        assert!(rows.get(4).is_empty());
    }

    #[test]
    fn lists_stand_one_after_the_other() {
        let rows = Rows::of([&[1, 2][..], &[], &[3]].into_iter());
        assert_eq!(rows.get(0), [1, 2]);
        assert!(rows.get(1).is_empty());
        assert_eq!(rows.get(2), [3]);
    }
}
