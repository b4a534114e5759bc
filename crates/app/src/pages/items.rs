//! Items: the list, and one item with its trace.

use super::findings;
use super::reading::{Reading, kind_of};
use super::signatures::who;
use model::trace::{self, Step};
use model::{Item, ItemIx, Kind};
use views::{
    ItemHistoryRow, ItemList, ItemPage, ItemRow, LinkCell, Outcome, Ref, RefKind, TraceChain, TraceEdge,
    TraceNode, Verdict,
};

/// The most boxes that a picture can have and still be read.
const NODES_MAX: usize = 36;

/// All items, in the order of the documents.
pub(super) fn list(r: &Reading<'_>) -> ItemList {
    let row = |(ix, item): (ItemIx, &Item)| ItemRow {
        id: r.item_ref(ix),
        kind: item.kind.plain().to_owned(),
        title: item.title().to_owned(),
        file: item.file.path.to_string(),
        line: item.line(),
        links_out: r.model().outgoing(ix).len(),
        links_in: r.model().incoming(ix).count(),
        verdict: r.verdict_on(item.id.as_str()),
    };
    ItemList { rows: r.model().enumerate().map(row).collect() }
}

/// One item.
pub(super) fn page(r: &Reading<'_>, id: &str) -> Option<ItemPage> {
    let ix = r.model().find(id)?;
    let item = r.model().item(ix);
    let classified = matches!(
        item.kind,
        Kind::SoftwareSystem | Kind::SoftwareItem | Kind::SoftwareUnit | Kind::SoftwareRequirement
    );
    Some(ItemPage {
        id: r.item_ref(ix),
        kind: item.kind.plain().to_owned(),
        title: item.title().to_owned(),
        text: item.text().to_owned(),
        file: item.file.path.to_string(),
        line: item.line(),
        digest: item.digest,
        class: classified.then(|| r.classes.of(r.model(), ix)),
        fields: fields(item),
        links_out: r.model().outgoing(ix).iter().map(|l| r.link_out(l)).collect(),
        links_in: links_in(r, ix),
        chain: chain(r, ix),
        findings: findings::worst_first(r, r.findings_on(id).iter().copied()),
        history: history(r, item),
    })
}

/// Fields that are no links, in the order of the file.
pub(super) fn fields(item: &Item) -> Vec<(String, String)> {
    item.fields.iter().map(|f| (f.key.to_string(), item.value_of(f).into_owned())).collect()
}

fn links_in(r: &Reading<'_>, ix: ItemIx) -> Vec<LinkCell> {
    r.model().incoming(ix).map(|l| r.link_in(l)).collect()
}

/// The picture: what the item serves to its left, what serves it to its right, nearest first.
fn chain(r: &Reading<'_>, ix: ItemIx) -> TraceChain {
    let whole = trace::chain(r.model(), ix);
    let share = NODES_MAX / 2;
    let up: Vec<&Step> = whole.up.iter().take(share).collect();
    let down: Vec<&Step> = whole.down.iter().take(NODES_MAX - up.len().min(share)).collect();
    let left = up.iter().map(|s| s.distance as usize).max().unwrap_or(0);
    let mut places: Vec<(ItemIx, usize)> = vec![(ix, left)];
    places.extend(up.iter().map(|s| (s.item, left - s.distance as usize)));
    for step in &down {
        // An item that is on both sides stands where it was met first.
        if !places.iter().any(|(known, _)| *known == step.item) {
            places.push((step.item, left + step.distance as usize));
        }
    }
    places.sort_by_key(|(_, column)| *column);
    let at = |ix: ItemIx| places.iter().position(|(known, _)| *known == ix);
    let mut edges = Vec::new();
    for (from, _) in &places {
        for link in r.model().outgoing(*from).iter().filter(|l| l.state.joins()) {
            // The arrow runs from what is served to what serves it: from cause to result.
            if let (Some(to), Some(from)) = (link.to.and_then(at), at(*from)) {
                let state = if link.state.proves() { String::new() } else { format!(", {}", link.state) };
                let label = format!("{}{state}", link.kind);
                edges.push(TraceEdge { from: to, to: from, sound: link.state.proves(), label });
            }
        }
    }
    TraceChain {
        nodes: places.iter().map(|(ix, column)| node(r, *ix, *column)).collect(),
        edges,
        focus: at(ix),
        left_out: (whole.up.len() - up.len()) + (whole.down.len() - down.len()),
    }
}

fn node(r: &Reading<'_>, ix: ItemIx, column: usize) -> TraceNode {
    let item = r.model().item(ix);
    let (verdict, note) = if item.kind == Kind::TestCase {
        let seen = r.seen(item);
        let verdict = match seen.outcome {
            Outcome::Pass => r.verdict_on(item.id.as_str()),
            Outcome::Deferred => Verdict::Waived,
            Outcome::Skipped => Verdict::Advisory,
            _ => Verdict::Finding,
        };
        (verdict, seen.outcome.as_str().to_owned())
    } else {
        (r.verdict_on(item.id.as_str()), String::new())
    };
    TraceNode {
        id: Ref::new(kind_of(item), item.id.as_str()),
        title: item.title().to_owned(),
        column,
        verdict,
        note,
    }
}

/// What the records know of an item: change requests, evaluations that judged its text, approvals. Newest first.
fn history(r: &Reading<'_>, item: &Item) -> Vec<ItemHistoryRow> {
    let state = r.state();
    let mut rows: Vec<(u64, ItemHistoryRow)> = Vec::new();
    for (id, change) in state.changes.iter().filter(|(_, c)| c.opened.body.affects.contains(&item.id)) {
        let opened = &change.opened;
        let row = ItemHistoryRow {
            when: opened.meta.at.date_utc().to_string(),
            who: opened.meta.actor.to_string(),
            what: format!("change requested: {}", opened.body.title),
            why: opened.body.reason.clone(),
            reference: Some(Ref::new(RefKind::Change, id.as_str())),
        };
        rows.push((opened.meta.seq, row));
    }
    for (id, anomaly) in &state.anomalies {
        for evaluation in
            anomaly.evaluations.iter().filter(|e| e.body.judged.iter().any(|j| j.item == item.id))
        {
            let row = ItemHistoryRow {
                when: evaluation.meta.at.date_utc().to_string(),
                who: who(&evaluation.meta),
                what: format!("its text was judged for release {}", evaluation.body.release),
                why: evaluation.body.rationale.clone(),
                reference: Some(Ref::new(RefKind::Anomaly, id.as_str())),
            };
            rows.push((evaluation.meta.seq, row));
        }
    }
    for approval in state.approvals.get(item.id.as_str()).into_iter().flatten() {
        let now = if approval.body.digest == item.digest {
            "approved at its present content"
        } else {
            "approved at an earlier content"
        };
        let row = ItemHistoryRow {
            when: approval.meta.at.date_utc().to_string(),
            who: who(&approval.meta),
            what: now.to_owned(),
            why: String::new(),
            reference: Some(super::signatures::entry(approval.meta.seq)),
        };
        rows.push((approval.meta.seq, row));
    }
    rows.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    rows.into_iter().map(|(_, row)| row).collect()
}
