//! Which node keeps which alive: immediate dominators and retained sizes.
//!
//! Semi-NCA (Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", 2005) on depth-first numbers, all
//! of it iterative: a linked list in the heap is as deep as it is long. Must not know what nodes mean.

use super::reach::NodeSet;
use super::{Heap, NodeIdx};

/// Stands for no node.
const NONE: u32 = u32::MAX;

/// What keeps each node alive. A node *dominates* another if all paths from the root to that one go through it.
#[derive(Clone, Debug)]
pub struct Dominators {
    /// The reachable nodes, each before those that it dominates; the root is the first.
    order: Vec<u32>,
    /// [`NONE`] for the root and what is not reachable.
    immediate: Vec<u32>,
    retained: Vec<u64>,
}

impl Dominators {
    /// Computes both for all nodes, over essential edges.
    pub fn of(heap: &Heap) -> Self {
        dominators(heap)
    }

    fn root(&self) -> NodeIdx {
        NodeIdx(self.order[0])
    }

    /// The closest node without which this one would not be alive. None for the root and for what is not reachable.
    pub fn immediate(&self, node: NodeIdx) -> Option<NodeIdx> {
        let dominator = self.immediate[node.index()];
        (dominator != NONE).then_some(NodeIdx(dominator))
    }

    /// Whether the root reaches a node over essential edges.
    pub fn is_reachable(&self, node: NodeIdx) -> bool {
        self.immediate[node.index()] != NONE || node == self.root()
    }

    /// The bytes that would be free without the node: its own and those of all that it dominates. 0 for what is not
    /// reachable.
    pub fn retained_size(&self, node: NodeIdx) -> u64 {
        self.retained[node.index()]
    }

    /// The bytes of all that is reachable.
    pub fn reachable_bytes(&self) -> u64 {
        self.retained_size(self.root())
    }

    /// Which nodes each one dominates.
    pub fn tree(&self) -> DominatorTree {
        DominatorTree::of(self)
    }

    /// The bytes that would be free without any of `nodes`: with `tree` this takes time in the size of what their
    /// closest common dominator dominates, not of the heap. What is not reachable counts for nothing.
    pub fn retained_by_all(&self, heap: &Heap, tree: &DominatorTree, nodes: &[NodeIdx]) -> u64 {
        let reachable = nodes
            .iter()
            .copied()
            .filter(|node| self.is_reachable(*node));
        let Some(top) = reachable.reduce(|a, b| tree.common(self, a, b)) else {
            return 0;
        };
        // What the common dominator does not dominate is reached without it, and so without any of `nodes`.
        let range = tree.range(top);
        let mut removed = NodeSet::new(range.len());
        let place = |node: NodeIdx| (tree.place(node).wrapping_sub(range.start as u32)) as usize;
        let local = |node: NodeIdx| Some(place(node)).filter(|place| *place < range.len());
        for &node in nodes.iter().filter(|node| self.is_reachable(**node)) {
            if let Some(place) = local(node) {
                removed.insert(NodeIdx(place as u32));
            }
        }
        let mut alive = 0;
        // Whatever is in the set now is not to be gone into: removed, or seen.
        let mut pending = Vec::new();
        if removed.insert(NodeIdx(place(top) as u32)) {
            pending.push(top);
        }
        while let Some(from) = pending.pop() {
            alive += heap.shallow_size(from);
            for to in heap.edges.essential(heap.edge_range(from)).map(NodeIdx) {
                if let Some(place) = local(to)
                    && removed.insert(NodeIdx(place as u32))
                {
                    pending.push(to);
                }
            }
        }
        self.retained_size(top) - alive
    }
}

/// Dominators from above: what each node dominates, in one piece.
#[derive(Clone, Debug)]
pub struct DominatorTree {
    /// The reachable nodes, each before those that it dominates.
    nodes: Vec<u32>,
    /// By node: its place in `nodes`; [`NONE`] for what is not reachable.
    places: Vec<u32>,
    /// By node: how many it dominates, itself counted.
    sizes: Vec<u32>,
}

impl DominatorTree {
    fn of(dominators: &Dominators) -> Self {
        let Dominators {
            order, immediate, ..
        } = dominators;
        let mut sizes = vec![0_u32; immediate.len()];
        for &node in order.iter().rev() {
            let size = sizes[node as usize] + 1;
            sizes[node as usize] = size;
            let dominator = immediate[node as usize];
            if dominator != NONE {
                sizes[dominator as usize] += size;
            }
        }
        // Of what one node dominates immediately the first is to come first: how many come between it and the others.
        let mut places = vec![NONE; immediate.len()];
        let mut taken = vec![0_u32; immediate.len()];
        for (node, &dominator) in immediate.iter().enumerate() {
            if dominator != NONE {
                let taken = &mut taken[dominator as usize];
                places[node] = *taken;
                *taken += sizes[node];
            }
        }
        let mut nodes = vec![0_u32; order.len()];
        for &node in order {
            let place = match immediate[node as usize] {
                NONE => 0,
                dominator => places[dominator as usize] + 1 + places[node as usize],
            };
            places[node as usize] = place;
            nodes[place as usize] = node;
        }
        Self {
            nodes,
            places,
            sizes,
        }
    }

    /// The nodes that a node dominates, itself first, each before those that it dominates. Empty for what is not
    /// reachable.
    pub fn dominated(&self, node: NodeIdx) -> impl ExactSizeIterator<Item = NodeIdx> {
        self.nodes[self.range(node)].iter().copied().map(NodeIdx)
    }

    /// Whether all paths to `below` go through `node`; a reachable node dominates itself.
    pub fn dominates(&self, node: NodeIdx, below: NodeIdx) -> bool {
        self.range(node).contains(&(self.place(below) as usize))
    }

    /// Of several nodes those that no other one of them dominates: their retained sizes may be added. What is not
    /// reachable is left out.
    pub fn topmost(&self, nodes: &[NodeIdx]) -> Vec<NodeIdx> {
        let mut ranges: Vec<_> = nodes
            .iter()
            .map(|node| (self.range(*node), *node))
            .collect();
        ranges.sort_unstable_by_key(|(range, _)| range.start);
        let mut end = 0;
        ranges.retain(|(range, _)| {
            let is_topmost = !range.is_empty() && range.start >= end;
            if is_topmost {
                end = range.end;
            }
            is_topmost
        });
        ranges.into_iter().map(|(_, node)| node).collect()
    }

    /// The closest node that dominates both. Both are reachable.
    fn common(&self, dominators: &Dominators, a: NodeIdx, b: NodeIdx) -> NodeIdx {
        let mut common = a;
        while !self.dominates(common, b) {
            match dominators.immediate(common) {
                Some(dominator) => common = dominator,
                None => return common,
            }
        }
        common
    }

    fn place(&self, node: NodeIdx) -> u32 {
        self.places[node.index()]
    }

    fn range(&self, node: NodeIdx) -> std::ops::Range<usize> {
        match self.place(node) {
            NONE => 0..0,
            place => place as usize..place as usize + self.sizes[node.index()] as usize,
        }
    }
}

/// The reachable nodes in depth-first order. From here on nodes are told by their place in it, the *number*.
struct DepthFirst {
    /// By number.
    nodes: Vec<u32>,
    /// By node; [`NONE`] for what is not reachable.
    numbers: Vec<u32>,
    /// By number: that of the node from which it was found. The root is its own.
    parents: Vec<u32>,
    /// By number: the smallest number of a node with an edge to it, of those that are smaller than its own.
    lowest: Vec<u32>,
    /// Edges to a smaller number from a larger one, as pairs of them.
    back: Vec<(u32, u32)>,
}

fn depth_first(heap: &Heap) -> DepthFirst {
    // Room for the most that there can be: the system gives memory where it is written to, and copying costs more.
    let mut found = DepthFirst {
        nodes: Vec::with_capacity(heap.len()),
        numbers: vec![NONE; heap.len()],
        parents: Vec::with_capacity(heap.len()),
        lowest: Vec::with_capacity(heap.len()),
        back: Vec::with_capacity(heap.edge_count()),
    };
    found.nodes.push(heap.root().0);
    found.parents.push(0);
    found.lowest.push(0);
    found.numbers[heap.root().index()] = 0;
    // The number of a node and its edges that are still to be gone along.
    let mut pending = vec![(0, heap.edge_range(heap.root()))];
    while let Some((from, edges)) = pending.last_mut() {
        let Some(edge) = edges.next() else {
            pending.pop();
            continue;
        };
        let Some(to) = heap.edges.essential_target(edge) else {
            continue;
        };
        let from = *from;
        match found.numbers[to as usize] {
            NONE => {
                let number = found.nodes.len() as u32;
                found.numbers[to as usize] = number;
                found.nodes.push(to);
                found.parents.push(from);
                found.lowest.push(from);
                let edges = heap.edge_range(NodeIdx(to));
                if !edges.is_empty() {
                    pending.push((number, edges));
                }
            }
            number if number < from => found.back.push((number, from)),
            number => {
                let lowest = &mut found.lowest[number as usize];
                *lowest = from.min(*lowest);
            }
        }
    }
    found
}

/// See [`Dominators::of`]. Memory that has served is used again: taking it from the system costs more than what is done
/// with it.
fn dominators(heap: &Heap) -> Dominators {
    let DepthFirst {
        nodes,
        numbers,
        parents,
        lowest,
        back,
    } = depth_first(heap);
    let (ends, sources) = sources(nodes.len(), &back, numbers);
    let (semi, pairs) = semidominators(&parents, lowest, &ends, &sources, back);
    drop((ends, sources));
    let dominators = common_ancestors(parents, &semi, pairs);
    let mut immediate = semi;
    immediate.clear();
    immediate.resize(heap.len(), NONE);
    let mut retained: Vec<u64> = heap.nodes().map(|node| heap.shallow_size(node)).collect();
    for (&node, &dominator) in nodes.iter().zip(&dominators).skip(1).rev() {
        let dominator = nodes[dominator as usize];
        immediate[node as usize] = dominator;
        retained[dominator as usize] += retained[node as usize];
    }
    // What is not reachable keeps nothing, not even itself.
    for (node, dominator) in heap.nodes().zip(&immediate) {
        if *dominator == NONE && node != heap.root() {
            retained[node.index()] = 0;
        }
    }
    Dominators {
        order: nodes,
        immediate,
        retained,
    }
}

/// For each of so many numbers the larger ones that have an edge to it: where its part ends, and all parts. What `places`
/// holds is of no meaning.
fn sources(count: usize, back: &[(u32, u32)], mut places: Vec<u32>) -> (Vec<u32>, Vec<u32>) {
    places.clear();
    places.resize(count, 0);
    for &(number, _) in back {
        places[number as usize] += 1;
    }
    let mut sum = 0;
    for place in &mut places {
        sum += std::mem::replace(place, sum);
    }
    let mut sources = vec![0; back.len()];
    // Each half of the numbers has its half of the parts.
    let middle = count as u32 / 2;
    let begin = places.get(middle as usize).map_or(0, |begin| *begin);
    let (low, high) = places.split_at_mut(middle as usize);
    let (low_sources, high_sources) = sources.split_at_mut(begin as usize);
    rayon::join(
        || {
            for &(number, from) in back.iter().filter(|(number, _)| *number < middle) {
                let place = &mut low[number as usize];
                low_sources[*place as usize] = from;
                *place += 1;
            }
        },
        || {
            for &(number, from) in back.iter().filter(|(number, _)| *number >= middle) {
                let place = &mut high[(number - middle) as usize];
                high_sources[(*place - begin) as usize] = from;
                *place += 1;
            }
        },
    );
    // Each place has moved to the end of its part.
    (places, sources)
}

/// The semidominator of each number. `lowest` is what smaller numbers contribute, `sources` (see [`sources`]) are
/// the larger ones. What `links` holds is of no meaning; it is given back.
fn semidominators(
    parents: &[u32],
    lowest: Vec<u32>,
    ends: &[u32],
    sources: &[u32],
    mut links: Vec<(u32, u32)>,
) -> (Vec<u32>, Vec<(u32, u32)>) {
    let mut semi = lowest;
    links.clear();
    links.extend(parents.iter().map(|&parent| (parent, NONE)));
    let mut forest = Forest {
        links,
        path: Vec::new(),
    };
    for number in (1..parents.len()).rev() {
        let mut lowest = semi[number];
        for &source in &sources[ends[number - 1] as usize..ends[number] as usize] {
            lowest = lowest.min(forest.lowest(source, number as u32));
        }
        semi[number] = lowest;
        forest.links[number].1 = lowest;
    }
    (semi, forest.links)
}

/// The immediate dominator of each number: on the way up from its parent the first dominator that is not larger than
/// its semidominator.
///
/// That way can be long for many numbers (nodes at the end of a long list that are also held elsewhere), so each number
/// also knows one much higher up, and the way takes logarithmic time (Myers, "An applicative random-access stack",
/// 1983). What `ups` holds is of no meaning.
fn common_ancestors(parents: Vec<u32>, semi: &[u32], mut ups: Vec<(u32, u32)>) -> Vec<u32> {
    let mut dominators = parents;
    // By number: how many dominators there are above, and one of them.
    ups.clear();
    ups.resize(dominators.len(), (0, 0));
    for number in 1..dominators.len() {
        let mut dominator = dominators[number];
        while dominator > semi[number] {
            let up = ups[dominator as usize].1;
            dominator = if up > semi[number] {
                up
            } else {
                dominators[dominator as usize]
            };
        }
        dominators[number] = dominator;
        let (depth, up) = ups[dominator as usize];
        let (up_depth, up_up) = ups[up as usize];
        // Two leaps of the same length become one of twice the length.
        let is_twice = depth - up_depth == up_depth - ups[up_up as usize].0;
        ups[number] = (depth + 1, if is_twice { up_up } else { dominator });
    }
    dominators
}

/// The numbers that were dealt with, hung on their ancestors.
struct Forest {
    /// By number: an ancestor, and the smallest semidominator from there (exclusive) to the number.
    links: Vec<(u32, u32)>,
    path: Vec<u32>,
}

impl Forest {
    /// The smallest semidominator on the way up from `number` to the last one above `limit`. Shortens the way.
    fn lowest(&mut self, number: u32, limit: u32) -> u32 {
        let mut top = number;
        while self.links[top as usize].0 > limit {
            self.path.push(top);
            top = self.links[top as usize].0;
        }
        let (ancestor, mut lowest) = self.links[top as usize];
        while let Some(number) = self.path.pop() {
            let link = &mut self.links[number as usize];
            lowest = lowest.min(link.1);
            *link = (ancestor, lowest);
        }
        lowest
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::heap::fixture::{Random, Snapshot};
    use crate::heap::{Edge, Reachability};

    /// A graph of at most so many nodes. Sparse ones have nodes that are not reachable, dense ones many ways.
    pub(in crate::heap) fn random_heap(random: &mut Random, most: usize) -> Heap {
        let mut made = Snapshot::new();
        let count = 1 + random.below(most);
        for _ in 0..count {
            made.node("object", "O", 1 << random.below(40));
        }
        made.edge(0, "element", "1", 1);
        for _ in 0..random.below(3 * count) {
            let kind = ["property", "internal", "weak", "shortcut", "context"][random.below(5)];
            made.edge(random.below(count + 1), kind, "to", random.below(count + 1));
        }
        // Long ways make the shortening of paths work.
        if random.below(2) == 0 {
            for node in 1..count {
                made.edge(node, "property", "next", node + 1);
            }
        }
        made.heap()
    }

    fn without(heap: &Heap, removed: &[NodeIdx]) -> Reachability {
        Reachability::without(heap, |_, edge: Edge| removed.contains(&edge.to))
    }

    #[test]
    fn dominators_are_what_their_definition_says() {
        let mut random = Random(1);
        for round in 0..400 {
            let heap = random_heap(&mut random, 24);
            let dominators = Dominators::of(&heap);
            let tree = dominators.tree();
            let all = without(&heap, &[]);
            assert_eq!(dominators.reachable_bytes(), all.bytes());
            for node in heap.nodes() {
                assert_eq!(dominators.is_reachable(node), all.contains(node), "{round}");
                if node == heap.root() || !all.contains(node) {
                    assert_eq!(dominators.immediate(node), None, "{round}");
                    continue;
                }
                let rest = without(&heap, &[node]);
                let freed = all.bytes() - rest.bytes();
                assert_eq!(dominators.retained_size(node), freed, "{round}: {node:?}");
                for below in heap.nodes() {
                    let is_freed = all.contains(below) && !rest.contains(below);
                    assert_eq!(
                        tree.dominates(node, below),
                        is_freed,
                        "{round}: {node:?} {below:?}"
                    );
                }
                let dominated = tree.dominated(node);
                assert_eq!(dominated.len(), all.nodes() - rest.nodes());
                assert_eq!(
                    dominated.map(|below| heap.shallow_size(below)).sum::<u64>(),
                    freed
                );
                // The dominators of a node are a chain, so the closest one dominates the fewest.
                let closest = heap
                    .nodes()
                    .filter(|other| *other != node && tree.dominates(*other, node))
                    .min_by_key(|other| tree.dominated(*other).len());
                assert_eq!(dominators.immediate(node), closest, "{round}: {node:?}");
            }
        }
    }

    #[test]
    fn the_topmost_of_several_nodes_share_nothing() {
        let mut random = Random(4);
        for round in 0..200 {
            let heap = random_heap(&mut random, 24);
            let dominators = Dominators::of(&heap);
            let tree = dominators.tree();
            let nodes: Vec<NodeIdx> = (0..random.below(8))
                .map(|_| NodeIdx(random.below(heap.len()) as u32))
                .collect();
            let mut expected: Vec<NodeIdx> = nodes.clone();
            expected.retain(|node| {
                let is_above = |one: &NodeIdx| one != node && tree.dominates(*one, *node);
                dominators.is_reachable(*node) && !nodes.iter().any(is_above)
            });
            expected.sort_unstable();
            expected.dedup();
            let mut topmost = tree.topmost(&nodes);
            topmost.sort_unstable();
            assert_eq!(topmost, expected, "{round}: {nodes:?}");
        }
    }

    #[test]
    fn what_several_nodes_keep_is_what_goes_without_all_of_them() {
        let mut random = Random(2);
        for round in 0..400 {
            let heap = random_heap(&mut random, 24);
            let dominators = Dominators::of(&heap);
            let tree = dominators.tree();
            let nodes: Vec<NodeIdx> = (0..random.below(6))
                .map(|_| NodeIdx(1 + random.below(heap.len() - 1) as u32))
                .collect();
            let freed = without(&heap, &[]).bytes() - without(&heap, &nodes).bytes();
            assert_eq!(
                dominators.retained_by_all(&heap, &tree, &nodes),
                freed,
                "{round}: {nodes:?}"
            );
        }
    }

    /// At the end of a long list there are many nodes that are also held elsewhere: going up the list for each of them
    /// would take hours.
    #[test]
    fn a_long_list_with_many_shared_nodes_at_its_end_takes_no_time() {
        let mut made = Snapshot::new();
        let length = 40_000;
        let mut last = 0;
        for _ in 0..length {
            let node = made.node("object", "Link", 1);
            made.edge(last, "property", "next", node);
            last = node;
        }
        for _ in 0..length {
            let shared = made.node("object", "Shared", 1);
            made.edge(last, "element", "1", shared);
            made.edge(0, "element", "1", shared);
        }
        let heap = made.heap();
        let start = std::time::Instant::now();
        let dominators = Dominators::of(&heap);
        let shared = NodeIdx(heap.len() as u32 - 1);
        assert_eq!(dominators.immediate(shared), Some(heap.root()));
        assert_eq!(dominators.retained_size(NodeIdx(1)), length);
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }
}
