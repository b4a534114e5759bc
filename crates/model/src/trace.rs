//! Questions to the trace graph: the chain of an item, the matrix, the impact of a change, the risk chain, cycles. All are
//! linear in what they look at, and none recurses: a hostile product may be one long chain.

use crate::{Cycle, ItemIx, Kind, Link, LinkState, LinkType, Model};
use std::collections::VecDeque;

/// The other end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The item there.
    pub item: ItemIx,
    /// The state of the link to it.
    pub state: LinkState,
}

fn ends<'m>(found: impl Iterator<Item = (ItemIx, &'m Link)>) -> Vec<End> {
    found.map(|(item, link)| End { item, state: link.state }).collect()
}

/// A step of a chain away from its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The item reached.
    pub item: ItemIx,
    /// The item it was reached from.
    pub from: ItemIx,
    /// The type of the link between them.
    pub kind: LinkType,
    /// Its state.
    pub state: LinkState,
    /// How many links away, from 1.
    pub distance: u32,
}

/// Everything that an item is linked with, directly or through others; each item once, nearest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Along the links that items carry: what it serves.
    pub up: Vec<Step>,
    /// Against them: what serves it.
    pub down: Vec<Step>,
}

/// The chain of an item in both directions.
pub fn chain(model: &Model, start: ItemIx) -> Chain {
    Chain { up: walk(model, &[start], Direction::Up), down: walk(model, &[start], Direction::Down) }
}

#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Up,
    Down,
}

/// Breadth first from `starts`, which are not part of the result.
fn walk(model: &Model, starts: &[ItemIx], direction: Direction) -> Vec<Step> {
    let mut seen: std::collections::HashSet<ItemIx> = starts.iter().copied().collect();
    let mut queue: VecDeque<(ItemIx, u32)> = starts.iter().map(|s| (*s, 0)).collect();
    let mut out = Vec::new();
    while let Some((from, distance)) = queue.pop_front() {
        let mut visit = |item: ItemIx, l: &Link| {
            if seen.insert(item) {
                queue.push_back((item, distance + 1));
                out.push(Step { item, from, kind: l.kind, state: l.state, distance: distance + 1 });
            }
        };
        match direction {
            Direction::Up => {
                for l in model.outgoing(from).iter().filter(|l| l.state.joins()) {
                    if let Some(to) = l.to {
                        visit(to, l);
                    }
                }
            }
            Direction::Down => {
                model.incoming(from).filter(|l| l.state.joins()).for_each(|l| visit(l.from, l))
            }
        }
    }
    out
}

/// One row of the traceability matrix: a software requirement with everything that is traced to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow {
    /// The requirement.
    pub requirement: ItemIx,
    /// The system requirements that it satisfies.
    pub sources: Vec<End>,
    /// The risk controls that it implements.
    pub controls: Vec<End>,
    /// The items that it is allocated to.
    pub allocated: Vec<End>,
    /// The units and designs that implement it.
    pub implemented_by: Vec<End>,
    /// The test cases that verify it. Their results are joined by who has them.
    pub tests: Vec<End>,
}

/// The traceability matrix: one row for each software requirement, in the order of the model.
pub fn matrix(model: &Model) -> Vec<MatrixRow> {
    let row = |ix: &ItemIx| matrix_row(model, *ix);
    model.of_kind(Kind::SoftwareRequirement).iter().map(row).collect()
}

/// The matrix row of one requirement.
pub fn matrix_row(model: &Model, ix: ItemIx) -> MatrixRow {
    MatrixRow {
        requirement: ix,
        sources: ends(model.targets(ix, LinkType::Satisfies)),
        controls: ends(model.targets(ix, LinkType::Implements)),
        allocated: ends(model.targets(ix, LinkType::AllocatedTo)),
        implemented_by: ends(model.sources(ix, LinkType::Implements)),
        tests: ends(model.sources(ix, LinkType::Verifies)),
    }
}

/// What a change of items may touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impact {
    /// Items that build on the changed ones, directly or through others, nearest first.
    pub affected: Vec<Step>,
    /// What the changed items and those that build on them serve, nearest first.
    pub served: Vec<Step>,
    /// Test cases among the changed and affected: to be run again.
    pub tests: Vec<ItemIx>,
    /// Risk controls that are changed, affected, or served: to be judged again (62304:7.4.2).
    pub controls: Vec<ItemIx>,
}

/// The impact of a change of these items.
pub fn impact(model: &Model, changed: &[ItemIx]) -> Impact {
    let affected = walk(model, changed, Direction::Down);
    let served = walk(model, changed, Direction::Up);
    let kind = |ix: &ItemIx| model.get(*ix).map(|i| i.kind);
    let below = || changed.iter().copied().chain(affected.iter().map(|s| s.item));
    let sorted = |items: &mut dyn Iterator<Item = ItemIx>, wanted: Kind| {
        let mut list: Vec<ItemIx> = items.filter(|ix| kind(ix) == Some(wanted)).collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    let tests = sorted(&mut below(), Kind::TestCase);
    let controls = sorted(&mut below().chain(served.iter().map(|s| s.item)), Kind::RiskControl);
    Impact { tests, controls, affected, served }
}

/// The risk chain of a hazardous situation (62304:7.3.3): hazard, situation, item, cause, control, requirement, tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskChain {
    /// The hazardous situation.
    pub situation: ItemIx,
    /// The hazards that lead to it.
    pub hazards: Vec<End>,
    /// The causes, with their places and controls.
    pub causes: Vec<CauseChain>,
    /// Controls of the situation itself.
    pub controls: Vec<ControlChain>,
}

/// A cause of a hazardous situation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CauseChain {
    /// The cause.
    pub cause: End,
    /// The items or SOUP that it arises in.
    pub arises_in: Vec<End>,
    /// What controls it.
    pub controls: Vec<ControlChain>,
}

/// A risk control with what implements and verifies it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlChain {
    /// The control.
    pub control: End,
    /// The requirements that implement it, each with its test cases.
    pub requirements: Vec<RequirementChain>,
    /// Test cases that verify the control itself.
    pub tests: Vec<End>,
}

/// A requirement that implements a risk control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementChain {
    /// The requirement.
    pub requirement: End,
    /// The test cases that verify it.
    pub tests: Vec<End>,
}

/// The risk chains of all hazardous situations, in the order of the model.
pub fn risk_chains(model: &Model) -> Vec<RiskChain> {
    model.of_kind(Kind::HazardousSituation).iter().map(|ix| risk_chain(model, *ix)).collect()
}

/// The risk chain of one hazardous situation.
pub fn risk_chain(model: &Model, situation: ItemIx) -> RiskChain {
    let cause = |cause: End| CauseChain {
        cause,
        arises_in: ends(model.targets(cause.item, LinkType::ArisesIn)),
        controls: controls_of(model, cause.item),
    };
    RiskChain {
        situation,
        hazards: ends(model.sources(situation, LinkType::LeadsTo)),
        causes: ends(model.sources(situation, LinkType::Causes)).into_iter().map(cause).collect(),
        controls: controls_of(model, situation),
    }
}

fn controls_of(model: &Model, ix: ItemIx) -> Vec<ControlChain> {
    let tests = |ix: ItemIx| ends(model.sources(ix, LinkType::Verifies));
    let control = |control: End| ControlChain {
        control,
        requirements: ends(model.sources(control.item, LinkType::Implements))
            .into_iter()
            .map(|requirement| RequirementChain { requirement, tests: tests(requirement.item) })
            .collect(),
        tests: tests(control.item),
    };
    ends(model.sources(ix, LinkType::Controls)).into_iter().map(control).collect()
}

/// Groups of items whose links of an acyclic type lead in a circle (strongly connected components, Tarjan, iterative).
pub(crate) fn cycles(model: &Model) -> Vec<Cycle> {
    let mut out = Vec::new();
    for kind in LinkType::ALL.into_iter().filter(|k| k.is_acyclic()) {
        let mut finder = CycleFinder {
            model,
            kind,
            marks: vec![None; model.items().len()],
            entered: 0,
            stack: Vec::new(),
            found: Vec::new(),
        };
        for (ix, _) in model.enumerate() {
            if finder.mark(ix).is_none() && finder.next(ix, 0).is_some() {
                finder.search(ix);
            }
        }
        out.append(&mut finder.found);
    }
    out
}

struct CycleFinder<'m> {
    model: &'m Model,
    kind: LinkType,
    /// By the place of the item; none where it was not entered yet.
    marks: Vec<Option<Mark>>,
    /// How many were entered.
    entered: u32,
    stack: Vec<ItemIx>,
    found: Vec<Cycle>,
}

#[derive(Clone, Copy)]
struct Mark {
    order: u32,
    low: u32,
    on_stack: bool,
}

impl CycleFinder<'_> {
    /// The first target at or after the `n`th link of an item, with the number of the link after it.
    fn next(&self, ix: ItemIx, n: usize) -> Option<(ItemIx, usize)> {
        let links = self.model.outgoing(ix).iter().enumerate().skip(n);
        let mut fitting = links.filter(|(_, l)| l.kind == self.kind && l.state.joins());
        fitting.find_map(|(i, l)| Some((l.to?, i + 1)))
    }

    fn enter(&mut self, ix: ItemIx) {
        let order = self.entered;
        self.entered += 1;
        if let Some(slot) = self.marks.get_mut(ix.0 as usize) {
            *slot = Some(Mark { order, low: order, on_stack: true });
        }
        self.stack.push(ix);
    }

    fn mark(&self, ix: ItemIx) -> Option<Mark> {
        self.marks.get(ix.0 as usize).copied().flatten()
    }

    fn mark_mut(&mut self, ix: ItemIx) -> Option<&mut Mark> {
        self.marks.get_mut(ix.0 as usize)?.as_mut()
    }

    fn lower(&mut self, ix: ItemIx, low: u32) {
        if let Some(m) = self.mark_mut(ix) {
            m.low = m.low.min(low);
        }
    }

    fn search(&mut self, start: ItemIx) {
        let mut path = vec![(start, 0)];
        self.enter(start);
        while let Some((ix, n)) = path.last().copied() {
            if let Some((to, after)) = self.next(ix, n) {
                if let Some(top) = path.last_mut() {
                    top.1 = after;
                }
                match self.mark(to).map(|m| (m.order, m.on_stack)) {
                    None => {
                        self.enter(to);
                        path.push((to, 0));
                    }
                    Some((order, true)) => self.lower(ix, order),
                    Some((_, false)) => {}
                }
                continue;
            }
            path.pop();
            let Some((order, low)) = self.mark(ix).map(|m| (m.order, m.low)) else { continue };
            if let Some((parent, _)) = path.last() {
                self.lower(*parent, low);
            }
            if order == low {
                self.close(ix);
            }
        }
    }

    /// Takes a finished component from the stack and keeps it if it is a circle.
    fn close(&mut self, root: ItemIx) {
        let mut items = Vec::new();
        while let Some(ix) = self.stack.pop() {
            if let Some(m) = self.mark_mut(ix) {
                m.on_stack = false;
            }
            items.push(ix);
            if ix == root {
                break;
            }
        }
        items.sort_unstable();
        let to_itself = || self.model.targets(root, self.kind).any(|(to, _)| to == root);
        if items.len() > 1 || to_itself() {
            self.found.push(Cycle { kind: self.kind, items });
        }
    }
}
