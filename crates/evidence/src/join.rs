//! Which results speak for which items: by the test names that a test case lists, by comment tags in the source, and
//! by the property `verifies` in the report.
//!
//! One pass over the results; the patterns, which are few, are indexed, not the results, which may be a million.

mod claims;
mod source;

use claims::Claims;
use model::results::{
    Counts, EvidenceByItem, Joined, Outcome, ResultRef, Run, SoftwareEvidence, Tag, UnclearTag, UnknownTarget,
};
use model::{Kind, Model};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use vocabulary::{Digest, ItemId};

/// A test case item and the names that its `results` field lists.
#[derive(Debug, Clone)]
pub struct Selector<'a> {
    /// The test case.
    pub item: &'a ItemId,
    /// Full test names, `triage::pathway::under_18`; `*` stands for any characters, everything else for itself.
    pub patterns: Vec<Cow<'a, str>>,
}

/// What the test cases of `model` list in their `results` fields.
pub fn selectors(model: &Model) -> Vec<Selector<'_>> {
    let cases = model.of_kind(Kind::TestCase).iter().filter_map(|ix| model.get(*ix));
    cases
        .map(|case| Selector { item: &case.id, patterns: case.values("results") })
        .filter(|selector| !selector.patterns.is_empty())
        .collect()
}

/// Joins `runs` to the items of `model`.
pub fn join_model(model: &Model, runs: Vec<Run>, tags: &[Tag]) -> Joined {
    join(runs, &selectors(model), tags, &|id| model.find(id.as_str()).is_some())
}

/// Joins `runs` to items. `known` says whether the product has an item of this id; tags and properties that name
/// another one are reported, not joined.
pub fn join(
    runs: Vec<Run>,
    selectors: &[Selector<'_>],
    tags: &[Tag],
    known: &dyn Fn(&ItemId) -> bool,
) -> Joined {
    let mut items = Items::default();
    let mut unknown = BTreeMap::new();
    let mut claims = Claims::default();
    for selector in selectors {
        let item = items.index_of(selector.item);
        for pattern in &selector.patterns {
            claims.pattern(pattern.trim(), item);
        }
    }
    let unclear = claim_by_tags(&runs, tags, known, &mut items, &mut claims, &mut unknown);
    claims.finish();

    let mut walk =
        Walk { runs: &runs, claims: &claims, known, items, unknown, unclaimed: 0, matched: Vec::new() };
    let mut by_item = EvidenceByItem::default();
    for group in groups(&runs) {
        for (item, evidence) in walk.group(&group) {
            if let Some(id) = walk.items.ids.get(item as usize) {
                by_item.entry(id.clone()).or_default().by_software.push(evidence);
            }
        }
    }
    let unknown = walk.unknown.into_iter().map(|(target, place)| UnknownTarget { target, place }).collect();
    let unclaimed = walk.unclaimed;
    Joined { runs, items: by_item, unclaimed, unknown, unclear }
}

/// The runs of each software digest, newest first; the group with the newest run first.
fn groups(runs: &[Run]) -> Vec<Vec<u32>> {
    let age = |run: &u32| runs.get(*run as usize).map(|r| (r.facts.at, r.facts.position, *run));
    let mut groups: BTreeMap<Digest, Vec<u32>> = BTreeMap::new();
    for (index, run) in (0_u32..).zip(runs) {
        groups.entry(run.facts.software).or_default().push(index);
    }
    let mut groups: Vec<Vec<u32>> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_by_key(|run| Reverse(age(run)));
    }
    groups.sort_by_key(|group| Reverse(group.first().and_then(age)));
    groups
}

/// Turns tags into claims; gives back those that cannot be.
fn claim_by_tags(
    runs: &[Run],
    tags: &[Tag],
    known: &dyn Fn(&ItemId) -> bool,
    items: &mut Items,
    claims: &mut Claims,
    unknown: &mut BTreeMap<String, String>,
) -> Vec<UnclearTag> {
    let mut unclear = Vec::new();
    let paths = source::test_paths(runs, tags);
    for tag in tags {
        let Some(id) = ItemId::new(&tag.target).filter(|id| known(id)) else {
            unknown.entry(tag.target.clone()).or_insert_with(|| format!("{}:{}", tag.file, tag.line));
            continue;
        };
        match source::resolve(tag, &paths) {
            Ok(path) => claims.test(path, items.index_of(&id)),
            Err(candidates) => unclear.push(UnclearTag { tag: tag.clone(), candidates }),
        }
    }
    unclear
}

/// Ids of items by small numbers.
#[derive(Default)]
struct Items {
    ids: Vec<ItemId>,
    index: HashMap<ItemId, u32>,
}

impl Items {
    fn index_of(&mut self, id: &ItemId) -> u32 {
        if let Some(i) = self.index.get(id) {
            return *i;
        }
        let i = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.push(id.clone());
        self.index.insert(id.clone(), i);
        i
    }
}

/// The pass over the results.
struct Walk<'r, 'c> {
    runs: &'r [Run],
    claims: &'c Claims,
    known: &'c dyn Fn(&ItemId) -> bool,
    items: Items,
    unknown: BTreeMap<String, String>,
    unclaimed: usize,
    /// Items that claim the result at hand; kept to spare an allocation a result.
    matched: Vec<u32>,
}

/// Evidence of one item on one software, while it is gathered.
struct Gathered {
    results: Vec<ResultRef>,
    counts: Counts,
    deciding: (Outcome, ResultRef),
    newest: (usize, u32),
    superseded_failures: usize,
}

impl<'r> Walk<'r, '_> {
    /// The evidence of each item on the software of `group`, whose runs come newest first.
    fn group(&mut self, group: &[u32]) -> Vec<(u32, SoftwareEvidence)> {
        let mut gathered: BTreeMap<u32, Gathered> = BTreeMap::new();
        let mut superseded: Vec<u32> = Vec::new();
        // The newest run that has each name, by its place in the group; left empty for a single run, where it would
        // be large and useless. Unclaimed names are among them: a newer result counts even where it lost its property.
        let mut seen: HashMap<&'r str, usize> = HashMap::new();
        for (age, index) in group.iter().enumerate() {
            let Some(run) = self.runs.get(*index as usize) else { continue };
            for (row, (name, outcome, verifies)) in (0_u32..).zip(run.results.names()) {
                self.claimed(name, verifies, &run.facts.id);
                if self.matched.is_empty() {
                    self.unclaimed += 1;
                }
                if group.len() > 1 && *seen.entry(name).or_insert(age) != age {
                    if outcome.is_failure() {
                        superseded.extend(&self.matched);
                    }
                    continue;
                }
                let result = ResultRef { run: *index, row };
                for item in &self.matched {
                    gathered
                        .entry(*item)
                        .and_modify(|g| g.add(outcome, result))
                        .or_insert_with(|| Gathered::new(outcome, result, age));
                }
            }
        }
        for item in superseded {
            if let Some(g) = gathered.get_mut(&item) {
                g.superseded_failures += 1;
            }
        }
        let software = |run: u32| self.runs.get(run as usize).map(|r| r.facts.software);
        gathered
            .into_iter()
            .filter_map(|(item, g)| {
                let software = software(g.newest.1)?;
                Some((item, g.finish(software)))
            })
            .collect()
    }

    /// Fills `matched` with the items that claim the result.
    fn claimed(&mut self, name: &str, verifies: &str, run: &str) {
        self.matched.clear();
        self.claims.of(name, &mut self.matched);
        for target in verifies.split(',').filter(|t| !t.is_empty()) {
            match ItemId::new(target).filter(|id| (self.known)(id)) {
                Some(id) => self.matched.push(self.items.index_of(&id)),
                None => {
                    self.unknown
                        .entry(target.to_owned())
                        .or_insert_with(|| format!("run {run}, test {name}"));
                }
            }
        }
        if self.matched.len() > 1 {
            self.matched.sort_unstable();
            self.matched.dedup();
        }
    }
}

impl Gathered {
    fn new(outcome: Outcome, result: ResultRef, age: usize) -> Gathered {
        Gathered {
            results: vec![result],
            counts: [outcome].into_iter().collect(),
            deciding: (outcome, result),
            newest: (age, result.run),
            superseded_failures: 0,
        }
    }

    fn add(&mut self, outcome: Outcome, result: ResultRef) {
        self.results.push(result);
        self.counts.add(outcome);
        if outcome > self.deciding.0 {
            self.deciding = (outcome, result);
        }
    }

    fn finish(mut self, software: Digest) -> SoftwareEvidence {
        self.results.sort_unstable();
        SoftwareEvidence {
            software,
            results: self.results,
            counts: self.counts,
            deciding: self.deciding.1,
            newest_run: self.newest.1,
            superseded_failures: self.superseded_failures,
        }
    }
}
