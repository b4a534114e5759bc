//! Change requests, complaints, and what became known of a release after its seal, as registers.

use super::reading::Reading;
use super::signatures;
use crate::anomalies::addendum;
use crate::error::Result;
use records::state::{Change, Complaint};
use records::{
    Affected, ComplaintInvestigate, EvaluationOutcome, Information, Meta, Recorded, ReportabilityDecide,
};
use views::{
    Cell, ItemHistoryRow, Ref, RefKind, Register, RegisterPage, RegisterRow, RegisterTable, Verdict,
};

pub(super) fn text(text: impl Into<String>) -> Cell {
    let text: String = text.into();
    if text.is_empty() { Vec::new() } else { vec![Ref::plain(text)] }
}

pub(super) fn named<'i>(r: &Reading<'_>, ids: impl IntoIterator<Item = &'i str>) -> Cell {
    ids.into_iter().map(|id| r.refer(id)).collect()
}

pub(super) fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|w| (*w).to_owned()).collect()
}

#[derive(Default)]
pub(super) struct History(Vec<(u64, ItemHistoryRow)>);

impl History {
    pub(super) fn add(&mut self, meta: &Meta, what: impl Into<String>, why: &str) {
        let row = ItemHistoryRow {
            when: meta.at.date_utc().to_string(),
            who: signatures::who(meta),
            what: what.into(),
            why: why.to_owned(),
            reference: Some(signatures::entry(meta.seq)),
        };
        self.0.push((meta.seq, row));
    }

    pub(super) fn newest_first(mut self) -> Vec<ItemHistoryRow> {
        self.0.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
        self.0.into_iter().map(|(_, row)| row).collect()
    }
}

/// All change requests, the newest first.
pub(super) fn changes(r: &Reading<'_>) -> Register {
    let mut all: Vec<(&String, &Change)> = r.state().changes.iter().collect();
    all.sort_by_key(|(_, c)| std::cmp::Reverse(c.opened.meta.seq));
    let row = |(id, c): (&String, &Change)| {
        let (verdict, gap) = r.standing([id.as_str()], change_gap(c));
        let body = &c.opened.body;
        RegisterRow {
            id: Ref::new(RefKind::Change, id.as_str()),
            title: body.title.clone(),
            cells: vec![
                text(c.stage()),
                text(body.category.map(|k| k.as_str()).unwrap_or_default()),
                named(r, body.answers.iter().map(String::as_str)),
                named(r, c.affects().into_iter().map(|i| i.as_str())),
            ],
            verdict,
            gap,
        }
    };
    Register {
        name: "Changes".into(),
        about:
            "Change requests, newest first: analysed, approved before anyone implements, verified, closed."
                .into(),
        columns: words(&["State", "Category", "Answers", "Affects"]),
        rows: all.into_iter().map(row).collect(),
    }
}

/// What a change request waits for; nothing where it is closed.
fn change_gap(c: &Change) -> String {
    match c.stage() {
        "requested" => "its effects are not analysed",
        "analysed" => "it waits for approval",
        "approved" => "it is not implemented",
        "implemented" => "it is not verified",
        "verified" => "it is not closed",
        _ => "",
    }
    .to_owned()
}

/// One change request.
pub(super) fn change(r: &Reading<'_>, id: &str) -> Option<RegisterPage> {
    let c = r.state().changes.get(id)?;
    let body = &c.opened.body;
    let (verdict, gap) = r.standing([id], change_gap(c));
    let mut fields: Vec<(String, Cell)> = vec![
        ("category".into(), text(body.category.map(|k| k.as_str()).unwrap_or_default())),
        ("answers".into(), named(r, body.answers.iter().map(String::as_str))),
        ("affects".into(), named(r, c.affects().into_iter().map(|i| i.as_str()))),
    ];
    if let Some(a) = c.analyses.last().map(|a| &a.body) {
        for (name, value) in [
            ("effect on the organisation", &a.organisation),
            ("effect on released software", &a.software),
            ("effect on interfaces", &a.interfaces),
            ("safety", &a.safety),
            ("security", &a.security),
            ("safety class", &a.class_check),
        ] {
            fields.push((name.into(), text(value.as_str())));
        }
        fields.push(("clauses repeated".into(), text(a.repeats.join(", "))));
    }
    let fixed =
        r.state().anomalies.iter().filter(|(_, a)| monitoring::anomalies::changes_of(a).contains(&id));
    fields.push(("anomalies that lead here".into(), named(r, fixed.map(|(a, _)| a.as_str()))));
    fields.retain(|(_, cell)| !cell.is_empty());
    let commits = c.implementations.iter().flat_map(|i| i.body.commits.iter().map(|k| (k, &i.meta)));
    let commits = commits.map(|(commit, meta)| {
        let seen = r.state().observed.get(commit);
        let when = match seen {
            Some(o) if o.at_release => "with a release: its order is not provable".to_owned(),
            Some(o) => o.meta.at.date_utc().to_string(),
            None => "never".to_owned(),
        };
        vec![text(commit.chars().take(12).collect::<String>()), text(when), vec![signatures::entry(meta.seq)]]
    });
    Some(RegisterPage {
        kind: "change request".into(),
        id: Ref::new(RefKind::Change, id),
        title: body.title.clone(),
        state: c.stage().into(),
        verdict,
        gap,
        text: body.reason.clone(),
        fields,
        tables: vec![
            RegisterTable {
                heading: "Commits on record".into(),
                empty: "No record names a commit; those that name the request in their message are listed by `dossier change commits`.".into(),
                columns: words(&["Commit", "First seen", "Recorded by"]),
                rows: commits.collect(),
            },
            regression(r, c),
        ],
        history: change_history(c),
    })
}

/// The newest selection of tests, each against what the impact analysis named.
fn regression(r: &Reading<'_>, c: &Change) -> RegisterTable {
    let selection = c.regressions.last().map(|s| &s.body);
    let row = |test: &vocabulary::ItemId, what: &str| vec![named(r, [test.as_str()]), text(what)];
    let again = selection.into_iter().flat_map(|s| &s.tests).map(|t| row(t, "run again"));
    let left = selection.into_iter().flat_map(|s| &s.left_out);
    let left = left.map(|t| row(t, "named by the impact analysis and left out"));
    RegisterTable {
        heading: "Tests to run again".into(),
        empty: "No selection of tests is on record: `dossier change regress`.".into(),
        columns: words(&["Test case", "Selection"]),
        rows: again.chain(left).collect(),
    }
}

fn change_history(c: &Change) -> Vec<ItemHistoryRow> {
    let mut h = History::default();
    h.add(&c.opened.meta, "requested", &c.opened.body.reason);
    for a in &c.analyses {
        h.add(&a.meta, "analysed", &a.body.software);
    }
    for a in &c.approvals {
        h.add(&a.meta, "approved", &a.body.reason);
    }
    for i in &c.implementations {
        h.add(&i.meta, format!("implemented by {} commits", i.body.commits.len()), "");
    }
    for x in &c.regressions {
        h.add(&x.meta, "regression tests selected", &x.body.reason);
    }
    for x in &c.reanalyses {
        h.add(&x.meta, "risk analysed again", "");
    }
    for v in &c.verifications {
        h.add(&v.meta, "verified", &v.body.evidence);
    }
    if let Some(x) = &c.closed {
        h.add(&x.meta, if x.body.done { "closed" } else { "dropped" }, &x.body.reason);
    }
    h.newest_first()
}

/// All complaints, the newest first.
pub(super) fn complaints(r: &Reading<'_>) -> Register {
    let mut all: Vec<(&String, &Complaint)> = r.state().complaints.iter().collect();
    all.sort_by_key(|(_, c)| std::cmp::Reverse(c.received.meta.seq));
    let row = |(id, c): (&String, &Complaint)| {
        let (verdict, gap) = r.standing([id.as_str()], complaint_gap(r, id, c));
        let anomalies = c.investigations.iter().flat_map(|i| &i.body.anomalies).map(String::as_str);
        RegisterRow {
            id: Ref::new(RefKind::Complaint, id.as_str()),
            title: c.received.body.nature.clone(),
            cells: vec![
                text(c.received.body.received.to_string()),
                text(c.received.body.device.as_str()),
                named(r, anomalies),
                named(r, r.state().capas_of(id)),
                crate::maintenance::reporting(r.state(), id).into_iter().map(Ref::plain).collect(),
            ],
            verdict,
            gap,
        }
    };
    Register {
        name: "Complaints".into(),
        about: "Complaints, newest first. Personal data are sealed beside the ledger and never shown here."
            .into(),
        columns: words(&["Received", "Device", "Anomalies", "Corrective actions", "Reporting"]),
        rows: all.into_iter().map(row).collect(),
    }
}

fn complaint_gap(r: &Reading<'_>, id: &str, c: &Complaint) -> String {
    let decided = r.state().reportability_of(id);
    if c.closed.is_some() {
        String::new()
    } else if c.investigations.is_empty() {
        "it is not investigated".into()
    } else if decided.is_empty() {
        "nobody decided whether it is reported".into()
    } else if decided.iter().any(|d| d.body.reportable && d.body.reported.is_none()) {
        "it is reportable and not reported".into()
    } else {
        "it is not closed".into()
    }
}

/// One complaint.
pub(super) fn complaint(r: &Reading<'_>, id: &str) -> Option<RegisterPage> {
    let c = r.state().complaints.get(id)?;
    let b = &c.received.body;
    let (verdict, gap) = r.standing([id], complaint_gap(r, id, c));
    let personal = match (b.person.is_empty(), c.erasures.last()) {
        (true, _) => "none are kept here".to_owned(),
        (false, Some(e)) => format!("deleted on {}: {}", e.meta.at.date_utc(), e.body.reason),
        (false, None) => "sealed; read with `dossier complaint personal`".to_owned(),
    };
    let anomalies = c.investigations.iter().flat_map(|i| &i.body.anomalies).map(String::as_str);
    let mut fields: Vec<(String, Cell)> = vec![
        ("device".into(), text(b.device.as_str())),
        ("UDI or lot".into(), text(b.udi.as_str())),
        ("received".into(), text(b.received.to_string())),
        ("aware since".into(), text(b.aware.to_string())),
        ("record elsewhere".into(), text(b.external.as_str())),
        ("personal data".into(), text(personal)),
        ("anomalies".into(), named(r, anomalies)),
        ("corrective actions".into(), named(r, r.state().capas_of(id))),
    ];
    fields.retain(|(_, cell)| !cell.is_empty());
    let mut h = History::default();
    h.add(&c.received.meta, "received", &b.nature);
    for i in &c.investigations {
        h.add(&i.meta, "investigated", &i.body.result);
    }
    for e in &c.erasures {
        h.add(&e.meta, "personal data deleted", &e.body.reason);
    }
    if let Some(x) = &c.closed {
        h.add(&x.meta, "closed", &x.body.reason);
    }
    Some(RegisterPage {
        kind: "complaint".into(),
        id: Ref::new(RefKind::Complaint, id),
        title: format!("{}: {}", b.device, b.nature.lines().next().unwrap_or_default()),
        state: c.stage().into(),
        verdict,
        gap,
        text: below_title(&b.nature),
        fields,
        tables: vec![investigations(c), decisions(r, id)],
        history: h.newest_first(),
    })
}

/// What stands below the title of a record, which is its first line: nothing where it has one line.
pub(super) fn below_title(text: &str) -> String {
    if text.lines().count() > 1 { text.to_owned() } else { String::new() }
}

/// What was found out, whether it is a problem of the software, and what the complainant was answered (qmsr:820.35.a).
fn investigations(c: &Complaint) -> RegisterTable {
    let row = |i: &Recorded<ComplaintInvestigate>| {
        vec![
            text(i.body.result.as_str()),
            text(if i.body.problem { "yes" } else { "no" }),
            text(i.body.reply.as_str()),
            vec![signatures::entry(i.meta.seq)],
        ]
    };
    RegisterTable {
        heading: "Investigation".into(),
        empty: "It is not investigated yet.".into(),
        columns: words(&["Result", "A problem of the software", "Reply to the complainant", "Recorded by"]),
        rows: c.investigations.iter().map(row).collect(),
    }
}

/// Every decision on reporting, oldest first, with who signed it.
pub(super) fn decisions(r: &Reading<'_>, subject: &str) -> RegisterTable {
    let day = |d: Option<vocabulary::Date>| text(d.map(|d| d.to_string()).unwrap_or_default());
    let row = |d: &Recorded<ReportabilityDecide>| {
        vec![
            text(d.body.regulation.as_str()),
            text(if d.body.reportable { "reportable" } else { "not reportable" }),
            text(d.body.reason.as_str()),
            day(Some(d.body.aware)),
            day(d.body.deadline),
            day(d.body.reported),
            text(d.body.reference.as_str()),
            text(signatures::who(&d.meta)),
        ]
    };
    RegisterTable {
        heading: "Reporting to authorities".into(),
        empty: "Nobody decided whether it is reported.".into(),
        columns: words(&[
            "Regulation",
            "Decision",
            "Reason",
            "Aware since",
            "Until",
            "Reported",
            "Reference",
            "Signed by",
        ]),
        rows: r.state().reportability.iter().filter(|d| d.body.subject == subject).map(row).collect(),
    }
}

/// Whether somebody is told, until when, and why.
pub(super) fn told(i: &Information) -> String {
    let until = i.until.map(|d| format!(" until {d}")).unwrap_or_default();
    format!("{}{until}: {}", if i.needed { "yes" } else { "no" }, i.reason)
}

/// What became known of a sealed release after its seal: each anomaly with the judgement for this version.
pub(super) fn addendum_of(r: &Reading<'_>, version: &str) -> Result<Option<Register>> {
    if r.state().releases.get(version).is_none_or(|rel| rel.sealed.is_none()) {
        return Ok(None);
    }
    let known = addendum(r.state(), version)?;
    let row = |a: &crate::anomalies::AddendumRow| {
        let judged = a.judgement.as_ref();
        let (verdict, gap) = match judged {
            None => (Verdict::Finding, "not judged for this release".to_owned()),
            Some(_) if a.standing.starts_with("judged before") => (Verdict::Finding, a.standing.clone()),
            Some(j) if j.outcome == EvaluationOutcome::Unacceptable => {
                (Verdict::Finding, "the risk is not acceptable".to_owned())
            }
            Some(j) if j.affected == Affected::Affected => (Verdict::Advisory, String::new()),
            Some(_) => (Verdict::Pass, String::new()),
        };
        RegisterRow {
            id: Ref::new(RefKind::Anomaly, a.anomaly.as_str()),
            title: a.title.clone(),
            cells: vec![
                text(a.severity.as_str()),
                text(a.standing.as_str()),
                text(judged.map(|j| j.rationale.clone()).unwrap_or_default()),
                text(judged.map(|j| told(&j.users)).unwrap_or_default()),
                text(judged.map(|j| told(&j.regulators)).unwrap_or_default()),
                text(a.signed_by.clone().unwrap_or_default()),
            ],
            verdict,
            gap,
        }
    };
    Ok(Some(Register {
        name: format!("Addendum to release {version}"),
        about: format!(
            "Anomalies that became known after entry {} (the seal), up to position {} of the ledger. The sealed release itself never changes.",
            known.sealed, known.ledger
        ),
        columns: words(&[
            "Severity",
            "This release",
            "Why",
            "Users are told",
            "Regulators are told",
            "Signed by",
        ]),
        rows: known.anomalies.iter().map(row).collect(),
    }))
}
