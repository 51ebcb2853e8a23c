//! What can be reached, how far it is, and from where: sets of nodes, distances, and edges in the other direction.

use super::{Edge, Heap, NodeIdx, is_essential};

/// Stands for no distance.
const NONE: u32 = u32::MAX;

/// A set of nodes, a bit for each.
#[derive(Clone, Debug)]
pub(super) struct NodeSet(Vec<u64>);

impl NodeSet {
    pub(super) fn new(nodes: usize) -> Self {
        Self(vec![0; nodes.div_ceil(64)])
    }

    /// True if it was not in the set.
    pub(super) fn insert(&mut self, node: NodeIdx) -> bool {
        let bits = &mut self.0[node.index() / 64];
        let bit = 1 << (node.index() % 64);
        let is_new = *bits & bit == 0;
        *bits |= bit;
        is_new
    }

    pub(super) fn contains(&self, node: NodeIdx) -> bool {
        self.0[node.index() / 64] & (1 << (node.index() % 64)) != 0
    }
}

/// What is alive when some references are not there.
#[derive(Clone, Debug)]
pub struct Reachability {
    reached: NodeSet,
    bytes: u64,
    nodes: usize,
}

impl Reachability {
    /// What the root reaches over essential edges.
    pub fn of(heap: &Heap) -> Self {
        Self::without(heap, |_, _| false)
    }

    /// What the root reaches over essential edges but those for which `is_without` holds; it gets the node that has the
    /// edge. To leave out a node, leave out all edges to it. Takes time in the size of the heap.
    pub fn without(heap: &Heap, mut is_without: impl FnMut(NodeIdx, Edge) -> bool) -> Self {
        let mut reached = NodeSet::new(heap.len());
        let (mut bytes, mut nodes) = (0, 0);
        reached.insert(heap.root());
        let mut pending = vec![heap.root()];
        while let Some(from) = pending.pop() {
            bytes += heap.shallow_size(from);
            nodes += 1;
            for edge in heap.edges(from) {
                if is_essential(edge) && !is_without(from, edge) && reached.insert(edge.to) {
                    pending.push(edge.to);
                }
            }
        }
        Self {
            reached,
            bytes,
            nodes,
        }
    }

    /// Whether a node is still alive.
    pub fn contains(&self, node: NodeIdx) -> bool {
        self.reached.contains(node)
    }

    /// The shallow sizes of all that is alive, in bytes.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many nodes are alive.
    pub fn nodes(&self) -> usize {
        self.nodes
    }
}

/// How far each node is from the root.
#[derive(Clone, Debug)]
pub struct Distances(Vec<u32>);

impl Distances {
    /// Computes them for all nodes, over essential edges.
    pub fn of(heap: &Heap) -> Self {
        let mut distances = vec![NONE; heap.len()];
        distances[heap.root().index()] = 0;
        let mut level = vec![heap.root().0];
        let mut next = Vec::new();
        let mut distance = 0;
        while !level.is_empty() {
            distance += 1;
            for &node in &level {
                for to in heap.edges.essential(heap.edge_range(NodeIdx(node))) {
                    let known = &mut distances[to as usize];
                    if *known == NONE {
                        *known = distance;
                        next.push(to);
                    }
                }
            }
            level.clear();
            std::mem::swap(&mut level, &mut next);
        }
        Self(distances)
    }

    /// How many essential edges are between the root and a node, on the shortest path. None for what is not reachable.
    pub fn get(&self, node: NodeIdx) -> Option<u32> {
        let distance = self.0[node.index()];
        (distance != NONE).then_some(distance)
    }
}

/// The edges of a heap by the node to which they lead.
#[derive(Clone, Debug)]
pub struct Retainers {
    /// The place of the first edge to each node in `edges`, and at the end the number of all.
    first: Vec<u32>,
    edges: Vec<u32>,
}

impl Retainers {
    /// Turns all edges of a heap around, those that are not essential too.
    pub fn of(heap: &Heap) -> Self {
        let targets = heap.edges.targets();
        let mut first = vec![0_u32; heap.len() + 1];
        let mut edges = vec![0; targets.len()];
        for to in heap.edges.targets() {
            first[to.index() + 1] += 1;
        }
        for node in 0..heap.len() {
            first[node + 1] += first[node];
        }
        // `first` serves as the place for the next edge of each node, which ends where that of the next node began.
        for (edge, to) in (0..).zip(targets) {
            let place = &mut first[to.index()];
            edges[*place as usize] = edge;
            *place += 1;
        }
        first.rotate_right(1);
        first[0] = 0;
        Self { first, edges }
    }

    /// The edges to a node and the nodes that have them, in the order of the file.
    pub fn to<'a>(
        &'a self,
        heap: &'a Heap,
        node: NodeIdx,
    ) -> impl ExactSizeIterator<Item = (NodeIdx, Edge)> {
        let range = self.first[node.index()] as usize..self.first[node.index() + 1] as usize;
        self.edges[range]
            .iter()
            .map(|&edge| (heap.nodes.owner(edge), heap.edges.get(edge as usize)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heap::dominators::tests::random_heap;
    use crate::heap::fixture::Random;

    #[test]
    fn distances_are_those_of_the_shortest_path() {
        let mut random = Random(3);
        for _ in 0..200 {
            let heap = random_heap(&mut random, 24);
            let distances = Distances::of(&heap);
            let mut expected = vec![None; heap.len()];
            expected[heap.root().index()] = Some(0);
            // Each round lets distances go one edge further.
            for _ in 0..heap.len() {
                for from in heap.nodes() {
                    let Some(distance) = expected[from.index()] else {
                        continue;
                    };
                    for edge in heap.edges(from).filter(|edge| is_essential(*edge)) {
                        let known = expected[edge.to.index()].unwrap_or(u32::MAX);
                        expected[edge.to.index()] = Some(known.min(distance + 1));
                    }
                }
            }
            let found: Vec<_> = heap.nodes().map(|node| distances.get(node)).collect();
            assert_eq!(found, expected);
        }
    }
}
