//! What grew between snapshots, binding by binding.
//!
//! Bindings are the same if script, owner and name are; object ids say nothing, for a collection may be made anew and
//! the process may be another one. Must not look into a heap.

use std::collections::BTreeMap;

use super::bindings::{Binding, Identity};

/// How large a collection was in one snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Its entries.
    pub entries: u64,
    /// The bytes that it retained.
    pub retained_bytes: u64,
}

/// What one snapshot has more, or less, than the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// In entries.
    pub entries: i64,
    /// In bytes.
    pub retained_bytes: i64,
}

/// A collection over several snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Which one.
    pub identity: Identity,
    /// Its size in each snapshot; none where it was not there.
    pub sizes: Vec<Option<Size>>,
}

impl Growth {
    /// What each snapshot has more than the one before: one less than there are snapshots. What is not there has no
    /// entries.
    pub fn steps(&self) -> Vec<Step> {
        self.sizes
            .windows(2)
            .map(|pair| step(pair[0].unwrap_or_default(), pair[1].unwrap_or_default()))
            .collect()
    }

    /// What the last snapshot has more than the first.
    pub fn total(&self) -> Step {
        let size = |size: Option<&Option<Size>>| size.copied().flatten().unwrap_or_default();
        step(size(self.sizes.first()), size(self.sizes.last()))
    }

    /// Whether it was not in the first snapshot and is in the last.
    pub fn is_new(&self) -> bool {
        self.sizes.first().is_some_and(Option::is_none) && !self.is_gone()
    }

    /// Whether it is no longer in the last snapshot.
    pub fn is_gone(&self) -> bool {
        self.sizes.last().is_none_or(Option::is_none)
    }
}

fn step(from: Size, to: Size) -> Step {
    let less = |a: u64, b: u64| {
        // Neither entries nor bytes of one machine come near to the limit.
        i64::try_from(a).unwrap_or(i64::MAX) - i64::try_from(b).unwrap_or(i64::MAX)
    };
    Step {
        entries: less(to.entries, from.entries),
        retained_bytes: less(to.retained_bytes, from.retained_bytes),
    }
}

/// The collections of snapshots in the order of time, by what the last has more bytes than the first, most first, then
/// by identity.
pub fn growth(snapshots: &[&[Binding]]) -> Vec<Growth> {
    let mut sizes: BTreeMap<Identity, Vec<Option<Size>>> = BTreeMap::new();
    for (snapshot, bindings) in snapshots.iter().enumerate() {
        for binding in *bindings {
            let sizes = sizes
                .entry(binding.identity())
                .or_insert_with(|| vec![None; snapshots.len()]);
            // Where one name holds collections of two classes they grow together.
            let size = sizes[snapshot].get_or_insert_default();
            size.entries += binding.entries;
            size.retained_bytes += binding.retained_bytes;
        }
    }
    let mut growth: Vec<Growth> = sizes
        .into_iter()
        .map(|(identity, sizes)| Growth { identity, sizes })
        .collect();
    growth.sort_by_key(|growth| std::cmp::Reverse(growth.total().retained_bytes));
    growth
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::{Kind, NodeIdx, Owner};

    fn binding(name: &str, script: &str, entries: u64, node: u32) -> Binding {
        Binding {
            name: name.into(),
            class: "Map".into(),
            kind: Kind::Map,
            owner: Owner::Module,
            script: Some(script.into()),
            functions: Vec::new(),
            beside: None,
            allocated: None,
            holder: None,
            instances: 1,
            entries,
            is_exact: true,
            keys: Vec::new(),
            values: Vec::new(),
            retained_bytes: 100 * entries,
            entries_bytes: 100 * entries,
            if_weak: None,
            nodes: vec![NodeIdx(node)],
        }
    }

    fn check(snapshots: &[&[Binding]], expected: &[(&str, &[i64], bool, bool)]) {
        let growth = growth(snapshots);
        let found: Vec<_> = growth
            .iter()
            .map(|growth| {
                let steps: Vec<i64> = growth.steps().iter().map(|step| step.entries).collect();
                (
                    growth.identity.name(),
                    steps,
                    growth.is_new(),
                    growth.is_gone(),
                )
            })
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(name, steps, is_new, is_gone)| (*name, steps.to_vec(), *is_new, *is_gone))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_collection_is_known_by_its_name_and_not_by_its_node() {
        check(
            &[
                &[
                    binding("cache", "a.js", 1, 7),
                    binding("other", "a.js", 5, 8),
                ],
                &[
                    binding("other", "a.js", 5, 7),
                    binding("cache", "a.js", 3, 900),
                ],
                &[
                    binding("cache", "a.js", 39, 1),
                    binding("other", "a.js", 4, 2),
                ],
            ],
            &[
                ("cache", &[2, 36], false, false),
                ("other", &[0, -1], false, false),
            ],
        );
    }

    #[test]
    fn another_script_has_another_collection() {
        check(
            &[
                &[binding("cache", "a.js", 4, 1)],
                &[binding("cache", "b.js", 9, 1)],
            ],
            &[("cache", &[9], true, false), ("cache", &[-4], false, true)],
        );
    }

    #[test]
    fn what_comes_and_goes_is_neither_new_nor_grown() {
        let snapshots: [&[Binding]; 3] = [&[], &[binding("cache", "a.js", 4, 1)], &[]];
        check(&snapshots, &[("cache", &[4, -4], false, true)]);
        assert_eq!(growth(&snapshots)[0].total(), Step::default());
    }

    #[test]
    fn collections_of_one_name_grow_together() {
        let mut set = binding("cache", "a.js", 2, 3);
        set.class = "Set".into();
        check(
            &[
                &[binding("cache", "a.js", 1, 1)],
                &[binding("cache", "a.js", 1, 1), set],
            ],
            &[("cache", &[2], false, false)],
        );
    }

    #[test]
    fn one_snapshot_shows_no_steps() {
        check(
            &[&[binding("cache", "a.js", 1, 1)]],
            &[("cache", &[], false, false)],
        );
    }
}
