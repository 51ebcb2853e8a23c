//! Many short lists that grow at their ends, in one allocation.
//!
//! Must not know what they hold.

const NONE: u32 = u32::MAX;

/// A list in [`Chains`]: the place of its last item, which is followed by the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    last: u32,
}

impl Default for Chain {
    fn default() -> Self {
        Self { last: NONE }
    }
}

impl Chain {
    pub(super) fn is_empty(self) -> bool {
        self.last == NONE
    }
}

/// What a list holds now; it stays the same when the list grows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    first: u32,
    last: u32,
}

/// The items of all lists. What a list gives back is used again.
pub(super) struct Chains<T> {
    links: Vec<Link<T>>,
    free: u32,
}

struct Link<T> {
    item: T,
    next: u32,
}

impl<T> Default for Chains<T> {
    fn default() -> Self {
        Self {
            links: Vec::new(),
            free: NONE,
        }
    }
}

impl<T: Copy> Chains<T> {
    /// Adds an item at the end of a list.
    pub(super) fn push(&mut self, chain: &mut Chain, item: T) {
        let at = if self.free == NONE {
            self.links.push(Link { item, next: NONE });
            self.links.len() as u32 - 1
        } else {
            let at = self.free;
            self.free = self.links[at as usize].next;
            at
        };
        let next = if chain.is_empty() {
            at
        } else {
            std::mem::replace(&mut self.links[chain.last as usize].next, at)
        };
        self.links[at as usize] = Link { item, next };
        chain.last = at;
    }

    /// What a list holds now.
    pub(super) fn span(&self, chain: Chain) -> Option<Span> {
        (!chain.is_empty()).then(|| Span {
            first: self.links[chain.last as usize].next,
            last: chain.last,
        })
    }

    /// The first item of a list, and its place.
    pub(super) fn first(&self, span: Span) -> (T, u32) {
        (self.links[span.first as usize].item, span.first)
    }

    /// The item of a list after the one at a place, and its place. Lists may grow in between.
    pub(super) fn after(&self, span: Span, place: u32) -> Option<(T, u32)> {
        let next = self.links[place as usize].next;
        (place != span.last).then(|| (self.links[next as usize].item, next))
    }

    /// The items of a list.
    pub(super) fn items(&self, chain: Chain) -> impl Iterator<Item = T> {
        self.span(chain).into_iter().flat_map(move |span| {
            let places = std::iter::successors(Some(self.first(span)), move |&(_, place)| {
                self.after(span, place)
            });
            places.map(|(item, _)| item)
        })
    }

    /// Moves what a list holds to the end of a vector.
    pub(super) fn take(&mut self, chain: &mut Chain, into: &mut Vec<T>) {
        let Some(span) = self.span(*chain) else {
            return;
        };
        into.extend(self.items(*chain));
        self.links[span.last as usize].next = self.free;
        self.free = span.first;
        *chain = Chain::default();
    }
}

#[cfg(test)]
mod tests {
    use super::{Chain, Chains};

    #[test]
    fn lists_keep_their_order_beside_each_other() {
        let mut chains = Chains::default();
        let (mut a, mut b) = (Chain::default(), Chain::default());
        for item in 0..3 {
            chains.push(&mut a, item);
            chains.push(&mut b, item + 10);
        }
        assert_eq!(chains.items(a).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(chains.items(b).collect::<Vec<_>>(), [10, 11, 12]);
    }

    #[test]
    fn what_is_taken_makes_room() {
        let mut chains = Chains::default();
        let (mut a, mut b, mut taken) = (Chain::default(), Chain::default(), Vec::new());
        for item in 0..3 {
            chains.push(&mut a, item);
        }
        chains.take(&mut a, &mut taken);
        assert!(a.is_empty());
        assert_eq!(taken, [0, 1, 2]);
        for item in 3..6 {
            chains.push(&mut b, item);
        }
        chains.push(&mut a, 6);
        assert_eq!(chains.items(b).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(chains.items(a).collect::<Vec<_>>(), [6]);
        assert_eq!(chains.links.len(), 4);
    }

    #[test]
    fn a_span_ends_where_the_list_ended() {
        let mut chains = Chains::default();
        let mut chain = Chain::default();
        chains.push(&mut chain, 0);
        chains.push(&mut chain, 1);
        let span = chains.span(chain).expect("there are two items");
        let mut seen = Vec::new();
        let mut next = Some(chains.first(span));
        while let Some((item, place)) = next {
            seen.push(item);
            chains.push(&mut chain, item + 2);
            next = chains.after(span, place);
        }
        assert_eq!(seen, [0, 1]);
        assert_eq!(chains.items(chain).collect::<Vec<_>>(), [0, 1, 2, 3]);
    }
}
