//! The crosswalk of a review: each document, and each clause of other standards, seen through the typed mappings of the library.
//!
//! A clause of another standard is reached from clauses of IEC 62304 over one or several mappings. Two things are then weak
//! somewhere: the mapping itself, which is no stronger than its weakest link, and the evidence, which is no better than the
//! worst verdict of the clauses that lead there. Both are shown, and they are not mixed.

use clauses::{Path, Relation};
use review::{ClauseResult, Review, Verdict};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The columns of the view, in order: its key and its title. Annex II of the MDR has a column of its own: that is where a document of
/// the software file ends up in the technical documentation.
pub const STANDARDS: [(&str, &str); 7] = [
    ("62304", "IEC 62304"),
    ("13485", "ISO 13485"),
    ("qmsr", "QMSR"),
    ("qsr", "QSR (legacy)"),
    ("mdr-annex-ii", "MDR Annex II"),
    ("mdr", "MDR (other)"),
    ("14971", "ISO 14971"),
];

/// The column of a clause, and its number there: `mdr:annex-ii.6.1.b` is `6.1.b` of `mdr-annex-ii`.
pub fn standard_column(clause: &str) -> (&str, &str) {
    match clause.strip_prefix("mdr:annex-ii.") {
        Some(number) => ("mdr-annex-ii", number),
        None => clause.split_once(':').unwrap_or((clause, clause)),
    }
}

/// A review seen from every standard.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Crosswalked {
    /// Each document that shows something.
    pub documents: Vec<DocumentView>,
    /// Each clause of another standard that is reached.
    pub clauses: Vec<ForeignClause>,
}

/// One document seen from every standard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DocumentView {
    /// Its file.
    pub file: String,
    /// Column of [`STANDARDS`] to the clauses for which it has a passage, directly (IEC 62304) or through the crosswalk.
    pub standards: BTreeMap<String, Vec<String>>,
}

/// A clause of another standard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForeignClause {
    /// Its id.
    pub clause: String,
    /// Its title.
    pub title: String,
    /// How it is reached from each clause of IEC 62304 that was reviewed.
    pub through: Vec<Through>,
    /// The worst verdict of those clauses.
    pub verdict: Verdict,
    /// The clause that has it.
    pub weakest_evidence: String,
    /// Files with a passage for one of them.
    pub documents: Vec<String>,
}

/// One way to a clause of another standard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Through {
    /// The clause of IEC 62304.
    pub from: String,
    /// What is left over all links: `equal`, `subset`, `superset`, `intersect`.
    pub relation: &'static str,
    /// The links in order, `62304:5.8 intersect 13485:7.3.8`.
    pub hops: Vec<String>,
    /// The weakest of them, where there are several.
    pub weakest: String,
    /// What the weakest link leaves out or overlaps in.
    pub note: String,
    /// False where the relation does not follow from the links and a person has to look.
    pub follows: bool,
}

/// Looks at a review from every standard of [`STANDARDS`].
pub fn crosswalked(review: &Review) -> Crosswalked {
    let mut ways: BTreeMap<String, Vec<Through>> = BTreeMap::new();
    let mut reached: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for clause in &review.clauses {
        let shown = |p: &Path| STANDARDS.iter().skip(1).any(|(s, _)| standard_column(&p.to).0 == *s);
        let paths = clauses::crosswalk().from(clauses::library(), &clause.clause, None);
        for path in paths.into_iter().filter(shown) {
            // A document is named where the relation follows; where a person has to look, only the clause says so.
            if path.follows() {
                reached.entry(&clause.clause).or_default().push(path.to.clone());
            }
            ways.entry(path.to.clone()).or_default().push(through(&clause.clause, &path));
        }
    }
    Crosswalked { documents: documents(review, &reached), clauses: foreign(review, ways) }
}

fn through(from: &str, path: &Path) -> Through {
    let hop = |h: &clauses::Hop| format!("{} {} {}", h.from, h.relation.as_str(), h.to);
    let weakest = path.weakest();
    Through {
        from: from.to_owned(),
        relation: path.relation.as_str(),
        hops: path.hops.iter().map(hop).collect(),
        weakest: weakest.map(hop).unwrap_or_default(),
        note: weakest.map(|h| h.note.clone()).unwrap_or_default(),
        follows: path.follows(),
    }
}

fn documents(review: &Review, reached: &BTreeMap<&str, Vec<String>>) -> Vec<DocumentView> {
    let view = |file: &review::ReviewedFile| {
        let mut standards: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for clause in &file.clauses {
            let others = reached.get(clause.as_str()).into_iter().flatten();
            for id in others.map(String::as_str).chain([clause.as_str()]) {
                standards.entry(standard_column(id).0.to_owned()).or_default().insert(id);
            }
        }
        let sorted = |ids: BTreeSet<&str>| {
            let mut ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
            ids.sort_by(|a, b| clauses::compare_ids(a, b));
            ids
        };
        DocumentView {
            file: file.file.clone(),
            standards: standards.into_iter().map(|(s, ids)| (s, sorted(ids))).collect(),
        }
    };
    review.files.iter().filter(|f| !f.clauses.is_empty()).map(view).collect()
}

fn foreign(review: &Review, ways: BTreeMap<String, Vec<Through>>) -> Vec<ForeignClause> {
    let by_id: BTreeMap<&str, &ClauseResult> =
        review.clauses.iter().map(|c| (c.clause.as_str(), c)).collect();
    let one = |(id, through): (String, Vec<Through>)| {
        let over: Vec<&&ClauseResult> = through.iter().filter_map(|t| by_id.get(t.from.as_str())).collect();
        let weakest = over.iter().max_by_key(|c| c.verdict)?;
        let shows =
            |f: &&review::ReviewedFile| f.clauses.iter().any(|c| through.iter().any(|t| t.from == *c));
        let library = clauses::library();
        let title = library.clause(&id).map(|c| c.title.as_str());
        let title = title.or_else(|| library.heading(&id).map(|h| h.title.as_str()));
        Some(ForeignClause {
            title: title.unwrap_or_default().to_owned(),
            verdict: weakest.verdict,
            weakest_evidence: weakest.clause.clone(),
            documents: review.files.iter().filter(shows).map(|f| f.file.clone()).collect(),
            clause: id,
            through,
        })
    };
    let mut out: Vec<ForeignClause> = ways.into_iter().filter_map(one).collect();
    out.sort_by(|a, b| clauses::compare_ids(&a.clause, &b.clause));
    out
}

/// The best relation over all ways, in words, and its weakest link.
pub(super) fn best(clause: &ForeignClause) -> Option<&Through> {
    let strength = |t: &&Through| match t.relation {
        "equal" => Relation::Equal.strength(),
        "intersect" => Relation::Intersect.strength(),
        _ => Relation::Subset.strength(),
    };
    // Of equals the first, so that reports do not depend on anything else.
    clause.through.iter().rev().max_by_key(|t| (t.follows, strength(t)))
}
