//! The model: items by id and kind, links with their states, and who links to whom.

use crate::{Confirmations, Item, ItemIx, Kind, Link, LinkState, LinkType, Reference};
use hashbrown::{HashMap, HashSet};
use vocabulary::{ItemId, Stamp};

/// All items and links of a product, resolved.
///
/// Adjacency is held as flat arrays with offsets: the outgoing links of an item are a slice of [`Model::links`], its
/// incoming ones a slice of link numbers.
#[derive(Debug, Default)]
pub struct Model {
    items: Vec<Item>,
    links: Vec<Link>,
    /// Where the outgoing links of each item begin in `links`; one more than there are items.
    out_starts: Vec<u32>,
    /// Numbers of links, grouped by their target.
    incoming: Vec<u32>,
    /// Where the incoming links of each item begin in `incoming`; one more than there are items.
    in_starts: Vec<u32>,
    by_id: HashMap<ItemId, ItemIx>,
    by_kind: Vec<Vec<ItemIx>>,
    duplicates: Vec<Duplicate>,
    cycles: Vec<Cycle>,
}

/// An id that was given twice. Links to it mean the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The first item of the id.
    pub first: ItemIx,
    /// A later one.
    pub again: ItemIx,
}

/// Items whose links of one type lead back to where they began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The type.
    pub kind: LinkType,
    /// The items, each linking into the group, in the order of the model.
    pub items: Vec<ItemIx>,
}

impl Model {
    /// Resolves items into a model. The order of `items` is kept, and of two with one id the first counts.
    pub fn build(items: Vec<Item>, confirmations: &dyn Confirmations) -> Model {
        let mut m = Model { by_kind: vec![Vec::new(); Kind::ALL.len()], items, ..Model::default() };
        m.index();
        m.resolve(confirmations);
        m.turn_around();
        m.cycles = crate::trace::cycles(&m);
        m
    }

    fn index(&mut self) {
        self.by_id.reserve(self.items.len());
        for (i, item) in self.items.iter().enumerate() {
            let ix = ItemIx(number(i));
            if let Some(list) = self.by_kind.get_mut(item.kind.index()) {
                list.push(ix);
            }
            match self.by_id.entry(item.id.clone()) {
                hashbrown::hash_map::Entry::Occupied(e) => {
                    self.duplicates.push(Duplicate { first: *e.get(), again: ix });
                }
                hashbrown::hash_map::Entry::Vacant(e) => {
                    e.insert(ix);
                }
            }
        }
    }

    fn resolve(&mut self, confirmations: &dyn Confirmations) {
        // What is asked of every target, close together: looking it up in the items themselves misses the cache for each link.
        let ends: Vec<(Kind, Stamp)> = self.items.iter().map(|i| (i.kind, i.digest.stamp())).collect();
        let total = self.items.iter().map(|i| i.links.len()).sum();
        let mut links: Vec<Link> = Vec::with_capacity(total);
        let mut starts = Vec::with_capacity(self.items.len() + 1);
        for (i, item) in self.items.iter().enumerate() {
            starts.push(number(links.len()));
            let mut seen = Seen::default();
            for reference in &item.links {
                let to = self
                    .by_id
                    .get(&reference.target)
                    .copied()
                    .map(|first| self.meant(first, reference, &ends));
                let again = seen.again(&item.links, reference);
                let end = to.and_then(|ix| Some((ix, *ends.get(ix.0 as usize)?)));
                let state = self.state(item, reference, end, again, confirmations);
                let Reference { kind, ref target, stamp, span } = *reference;
                links.push(Link {
                    from: ItemIx(number(i)),
                    kind,
                    target: target.clone(),
                    to,
                    stamp,
                    span,
                    state,
                });
            }
        }
        starts.push(number(links.len()));
        (self.links, self.out_starts) = (links, starts);
    }

    /// Of several items with one id, the one that a link was confirmed against: that the id is there twice is one finding, and
    /// no link is suspect for it.
    fn meant(&self, first: ItemIx, reference: &Reference, ends: &[(Kind, Stamp)]) -> ItemIx {
        let (Some(stamp), false) = (reference.stamp, self.duplicates.is_empty()) else { return first };
        let fits = |ix: &ItemIx| ends.get(ix.0 as usize).is_some_and(|(_, present)| *present == stamp);
        if fits(&first) {
            return first;
        }
        self.duplicates.iter().filter(|d| d.first == first).map(|d| d.again).find(fits).unwrap_or(first)
    }

    /// The first state that holds, in the order of docs/formats/documents.md.
    fn state(
        &self,
        item: &Item,
        reference: &Reference,
        end: Option<(ItemIx, (Kind, Stamp))>,
        again: bool,
        confirmations: &dyn Confirmations,
    ) -> LinkState {
        let Some((to, (kind, present))) = end else { return LinkState::Dangling };
        if !reference.kind.allows(item.kind, kind) {
            return LinkState::WrongKind;
        }
        if again {
            return LinkState::Duplicate;
        }
        match reference.stamp {
            None => LinkState::Unconfirmed,
            Some(stamp) if stamp != present => LinkState::Suspect,
            Some(_) => {
                let target = self.item(to);
                let confirmed =
                    confirmations.is_confirmed(&item.id, reference.kind, &target.id, &target.digest);
                if confirmed { LinkState::Current } else { LinkState::Unconfirmed }
            }
        }
    }

    /// Groups the links by target: counts, then offsets, then places.
    fn turn_around(&mut self) {
        let mut starts = vec![0u32; self.items.len() + 1];
        let targets = || self.links.iter().enumerate().filter_map(|(n, l)| l.to.map(|to| (n, to.0 as usize)));
        for (_, to) in targets() {
            if let Some(count) = starts.get_mut(to + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut incoming = vec![0u32; sum as usize];
        for (n, to) in targets() {
            if let Some(place) = next.get_mut(to) {
                if let Some(slot) = incoming.get_mut(*place as usize) {
                    *slot = number(n);
                }
                *place += 1;
            }
        }
        (self.incoming, self.in_starts) = (incoming, starts);
    }

    /// All items, in the order of their files and places.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// All items with their places.
    pub fn enumerate(&self) -> impl ExactSizeIterator<Item = (ItemIx, &Item)> {
        self.items.iter().enumerate().map(|(i, item)| (ItemIx(number(i)), item))
    }

    /// The item at a place; `None` for a place of another model.
    pub fn get(&self, ix: ItemIx) -> Option<&Item> {
        self.items.get(ix.0 as usize)
    }

    /// The item at a place of this model.
    ///
    /// # Panics
    /// For a place of another, larger model: a mistake of the caller, never of the input.
    pub fn item(&self, ix: ItemIx) -> &Item {
        &self.items[ix.0 as usize]
    }

    /// The place of an id; of two items with one id, the first.
    pub fn find(&self, id: &str) -> Option<ItemIx> {
        self.by_id.get(id).copied()
    }

    /// The item of an id.
    pub fn by_id(&self, id: &str) -> Option<&Item> {
        self.find(id).and_then(|ix| self.get(ix))
    }

    /// The items of a kind, in the order of the model.
    pub fn of_kind(&self, kind: Kind) -> &[ItemIx] {
        self.by_kind.get(kind.index()).map_or(&[], Vec::as_slice)
    }

    /// All links, by the items that carry them.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The links that an item carries.
    pub fn outgoing(&self, ix: ItemIx) -> &[Link] {
        range(&self.out_starts, ix).and_then(|r| self.links.get(r)).unwrap_or(&[])
    }

    /// The links that lead to an item, of every state but dangling.
    pub fn incoming(&self, ix: ItemIx) -> impl Iterator<Item = &Link> {
        let numbers = range(&self.in_starts, ix).and_then(|r| self.incoming.get(r)).unwrap_or(&[]);
        numbers.iter().filter_map(|n| self.links.get(*n as usize))
    }

    /// The items that an item links to by links of this type that join (current, suspect or unconfirmed), with the link.
    pub fn targets(&self, ix: ItemIx, kind: LinkType) -> impl Iterator<Item = (ItemIx, &Link)> {
        self.outgoing(ix)
            .iter()
            .filter(move |l| l.kind == kind && l.state.joins())
            .filter_map(|l| Some((l.to?, l)))
    }

    /// The items that link to an item by links of this type that join, with the link.
    pub fn sources(&self, ix: ItemIx, kind: LinkType) -> impl Iterator<Item = (ItemIx, &Link)> {
        self.incoming(ix).filter(move |l| l.kind == kind && l.state.joins()).map(|l| (l.from, l))
    }

    /// Ids that were given more than once.
    pub fn duplicates(&self) -> &[Duplicate] {
        &self.duplicates
    }

    /// Chains of `part-of`, `satisfies` or `implements` that come back to their beginning.
    pub fn cycles(&self) -> &[Cycle] {
        &self.cycles
    }
}

/// Which links of an item were seen before. Few links are compared one by one; many, as a hostile file may have, by a set.
#[derive(Default)]
struct Seen<'i> {
    count: usize,
    set: HashSet<(LinkType, &'i ItemId)>,
}

impl<'i> Seen<'i> {
    /// Whether the next of `links`, which is `reference`, repeats an earlier one.
    fn again(&mut self, links: &'i [Reference], reference: &'i Reference) -> bool {
        let key = (reference.kind, &reference.target);
        self.count += 1;
        if links.len() > 16 {
            return !self.set.insert(key);
        }
        links.iter().take(self.count - 1).any(|l| (l.kind, &l.target) == key)
    }
}

fn range(starts: &[u32], ix: ItemIx) -> Option<std::ops::Range<usize>> {
    let i = ix.0 as usize;
    Some(*starts.get(i)? as usize..*starts.get(i + 1)? as usize)
}

/// Items and links are counted in `u32`. Documents are limited long before that (see `documents::Limits`), so clamping can
/// only make a lookup miss.
fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
