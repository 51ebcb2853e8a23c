//! Who does what when: the files of a run are summarized one by one, in the order of their clusters, and who summarizes
//! the last file of a cluster analyses it.
//!
//! Must not know what is done with files and clusters.

use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::Yield;

/// Gives each member of each group to `one`, and what comes of those of a group, in their order, to `all`; on all threads,
/// the first groups first. What `all` gives comes in whatever order.
///
/// `all` may share its work with the other threads: they look for such work before each member.
pub(crate) fn one_by_one<M: Sync, P: Send, R: Send>(
    groups: &[Vec<M>],
    one: impl Fn(&M) -> P + Sync,
    all: impl Fn(&[M], Vec<P>) -> R + Sync,
) -> Vec<R> {
    let parts: Vec<Mutex<Vec<(usize, P)>>> = groups.iter().map(|_| Mutex::default()).collect();
    let members: Vec<(usize, usize)> = groups
        .iter()
        .enumerate()
        .flat_map(|(group, members)| (0..members.len()).map(move |member| (group, member)))
        .collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut results = Vec::new();
        loop {
            while rayon::yield_now() == Some(Yield::Executed) {}
            let Some(&(group, member)) = members.get(next.fetch_add(1, Ordering::Relaxed)) else {
                return results;
            };
            let part = one(&groups[group][member]);
            let mut known = parts[group].lock().unwrap_or_else(PoisonError::into_inner);
            known.push((member, part));
            if known.len() == groups[group].len() {
                let mut known = mem::take(&mut *known);
                known.sort_unstable_by_key(|&(member, _)| member);
                let known = known.into_iter().map(|(_, part)| part).collect();
                results.push(all(&groups[group], known));
            }
        }
    };
    rayon::broadcast(|_| work()).into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::one_by_one;

    #[test]
    fn each_group_gets_what_comes_of_its_members() {
        let groups = [vec![1, 2, 3], vec![4], vec![5, 6]];
        let mut results = one_by_one(
            &groups,
            |member| member * 10,
            |members, parts| (members.len(), parts),
        );
        results.sort_unstable();
        assert_eq!(
            results,
            [(1, vec![40]), (2, vec![50, 60]), (3, vec![10, 20, 30])]
        );
    }
}
