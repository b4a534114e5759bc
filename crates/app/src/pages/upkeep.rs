//! What keeps a product in order between releases: corrective actions, sources of feedback, what a change touches, trends, and
//! drafts of release notes.

use super::reading::Reading;
use super::registers::{History, below_title, named, text, words};
use crate::changes::ImpactView;
use crate::error::Result;
use crate::notes::{Notes, NotesOf};
use crate::trends::TrendOf;
use crate::workspace::Workspace;
use monitoring::trend::Trend;
use records::CapaStage;
use records::state::{Capa, Source};
use views::{Cell, Ref, RefKind, Register, RegisterPage, RegisterRow, RegisterTable, Verdict};

/// What a corrective action waits for; nothing where it is closed.
fn capa_gap(r: &Reading<'_>, c: &Capa) -> String {
    if c.closed.is_some() {
        return String::new();
    }
    if let Some(due) = c.steps.last().and_then(|s| s.body.due)
        && due < r.analysis.as_of
    {
        return format!("its next step was due on {due}");
    }
    if c.steps.iter().any(|s| s.body.stage == CapaStage::Action) {
        "its effectiveness is not verified".into()
    } else {
        "no action is on record".into()
    }
}

/// All corrective actions, the newest first.
pub(super) fn capas(r: &Reading<'_>) -> Register {
    let mut all: Vec<(&String, &Capa)> = r.state().capas.iter().collect();
    all.sort_by_key(|(_, c)| std::cmp::Reverse(c.opened.meta.seq));
    let row = |(id, c): (&String, &Capa)| {
        let (verdict, gap) = r.standing([id.as_str()], capa_gap(r, c));
        let due = c.steps.last().and_then(|s| s.body.due).map(|d| d.to_string()).unwrap_or_default();
        RegisterRow {
            id: Ref::new(RefKind::Capa, id.as_str()),
            title: c.opened.body.description.clone(),
            cells: vec![
                text(c.stage()),
                text(due),
                named(r, [c.opened.body.source.as_str()]),
                named(r, r.state().tied_to(id)),
            ],
            verdict,
            gap,
        }
    };
    Register {
        name: "Corrective actions".into(),
        about: "Corrective and preventive actions, newest first: contained, analysed, acted on, and closed when somebody verified the effect.".into(),
        columns: words(&["State", "Next step due", "Answers", "Tied to"]),
        rows: all.into_iter().map(row).collect(),
    }
}

/// One corrective action.
pub(super) fn capa(r: &Reading<'_>, id: &str) -> Option<RegisterPage> {
    let c = r.state().capas.get(id)?;
    let body = &c.opened.body;
    let (verdict, gap) = r.standing([id], capa_gap(r, c));
    let mut fields: Vec<(String, Cell)> = vec![
        ("answers".into(), named(r, [body.source.as_str()])),
        ("tied to".into(), named(r, r.state().tied_to(id))),
        ("record elsewhere".into(), text(c.external())),
    ];
    fields.retain(|(_, cell)| !cell.is_empty());
    let mut h = History::default();
    h.add(&c.opened.meta, "opened", &body.description);
    let mut rows = Vec::new();
    for s in &c.steps {
        h.add(&s.meta, s.body.stage.as_str(), &s.body.text);
        let due = s.body.due.map(|d| d.to_string()).unwrap_or_default();
        let entry = vec![super::signatures::entry(s.meta.seq)];
        rows.push(vec![text(s.body.stage.as_str()), text(s.body.text.as_str()), text(due), entry]);
    }
    if let Some(x) = &c.closed {
        h.add(&x.meta, if x.body.effective { "closed as effective" } else { "closed" }, &x.body.evidence);
    }
    Some(RegisterPage {
        kind: "corrective action".into(),
        id: Ref::new(RefKind::Capa, id),
        title: body.description.lines().next().unwrap_or_default().to_owned(),
        state: c.stage().into(),
        verdict,
        gap,
        text: below_title(&body.description),
        fields,
        tables: vec![RegisterTable {
            heading: "Steps".into(),
            empty: "No step is on record yet.".into(),
            columns: words(&["Stage", "What was found out, planned or done", "Next step due", "Recorded by"]),
            rows,
        }],
        history: h.newest_first(),
    })
}

/// All sources of feedback with their last evaluation.
pub(super) fn feedback(r: &Reading<'_>) -> Register {
    let row = |(name, s): (&String, &Source)| {
        let body = &s.registered.body;
        let last = s.evaluations.last().map(|e| &e.body);
        let gap = match (body.active, s.due() < r.analysis.as_of) {
            (true, true) => format!("its evaluation was due on {}", s.due()),
            _ => String::new(),
        };
        let (verdict, gap) = r.standing([name.as_str()], gap);
        let found = last.into_iter().flat_map(|e| e.anomalies.iter().chain(&e.complaints));
        RegisterRow {
            id: Ref::plain(name.as_str()),
            title: body.description.clone(),
            cells: vec![
                text(body.owner.as_str()),
                text(if body.active { s.due().to_string() } else { "given up".into() }),
                text(
                    last.map(|e| format!("{} to {}: {} messages", e.from, e.to, e.messages))
                        .unwrap_or_default(),
                ),
                text(last.map(|e| e.conclusion.clone()).unwrap_or_default()),
                named(r, found.map(String::as_str)),
            ],
            verdict: if body.active { verdict } else { Verdict::NotApplicable },
            gap,
        }
    };
    Register {
        name: "Feedback".into(),
        about: "Where feedback comes from after release, who evaluates it and how often, and what the last evaluation came to (62304:6.2.1).".into(),
        columns: words(&["Evaluated by", "Next due", "Last evaluated", "Conclusion", "Led to"]),
        rows: r.state().sources.iter().map(row).collect(),
    }
}

/// What a change request touches.
pub(super) fn impact(r: &Reading<'_>, id: &str, view: &ImpactView) -> RegisterPage {
    let all = |ids: &[String]| named(r, ids.iter().map(String::as_str));
    let mut fields: Vec<(String, Cell)> = vec![
        ("of".into(), named(r, [id])),
        ("tests to run again".into(), all(&view.tests)),
        ("controls to judge again".into(), all(&view.controls)),
        ("verified controls among them".into(), all(&view.verified_controls)),
        ("classes to check again".into(), all(&view.class_check)),
        ("requirements".into(), all(&view.requirements)),
        ("hazards".into(), all(&view.hazards)),
        ("software items".into(), all(&view.items)),
        ("software units".into(), all(&view.units)),
        ("texts or sources changed".into(), all(&view.changed)),
        ("removed".into(), all(&view.removed)),
        ("SOUP changed".into(), all(&view.soup)),
        ("documents changed".into(), all(&view.documents)),
        ("approvals void".into(), view.voided.iter().map(|v| Ref::plain(v.as_str())).collect()),
    ];
    fields.retain(|(_, cell)| !cell.is_empty());
    let rows = view.files.iter().map(|f| {
        // One by one, so that a narrow page can break the line between them.
        let functions: Cell = f.functions.iter().map(|name| Ref::plain(name.as_str())).collect();
        vec![text(f.path.as_str()), all(&f.items), functions]
    });
    let (verdict, gap) = match view.unassigned.len() {
        0 if view.files.is_empty() && view.changed.is_empty() => (
            Verdict::Advisory,
            "no commit is tied to it and it names no item: nothing was looked at".to_owned(),
        ),
        0 => (Verdict::Pass, String::new()),
        n => (Verdict::Advisory, format!("{n} files belong to no item: what hangs on them is not known")),
    };
    RegisterPage {
        kind: "impact analysis".into(),
        id: Ref::new(RefKind::Change, id),
        title: format!("What {id} touches"),
        state: "computed from its commits and the items that it names".into(),
        verdict,
        gap,
        text: String::new(),
        fields,
        tables: vec![RegisterTable {
            heading: "Files".into(),
            empty: "No commit is tied to it yet.".into(),
            columns: words(&["File", "Items", "Functions"]),
            rows: rows.collect(),
        }],
        history: Vec::new(),
    }
}

/// The trend of all anomalies over the year before the point in time, by what it is grouped.
pub(super) fn trend(r: &Reading<'_>, ws: &Workspace, by: &str) -> Result<Trend> {
    let asking = crate::anomalies::Asking { as_of: Some(r.analysis.as_of), ..Default::default() };
    let of = TrendOf { asking, by: by.to_owned(), from: None, to: None };
    crate::trends::trend_of(ws, &of, r.state())
}

/// A draft of release notes; none where there is no such release.
pub(super) fn notes(r: &Reading<'_>, ws: &Workspace, version: &str, security: bool) -> Result<Option<Notes>> {
    if !r.state().releases.contains_key(version) {
        return Ok(None);
    }
    let of = NotesOf { version: version.to_owned(), security, ..NotesOf::default() };
    crate::notes::notes_of_state(ws, r.state(), &of).map(Some)
}
