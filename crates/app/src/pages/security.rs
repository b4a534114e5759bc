//! The cybersecurity file: what documents, records and rules say of security, joined.

use super::reading::Reading;
use crate::analysis::Analysis;
use model::{Item, ItemIx, Kind, LinkType};
use records::{FoundVulnerability, Recorded, SecurityTest, VulnerabilityAssess, VulnerabilityScan};
use rules::Judgement;
use soup::Purl;
use std::collections::BTreeSet;
use views::{
    AdvisorySetRow, Ref, RefKind, SecurityDocument, SecurityDuty, SecurityFile, SecurityTestRow, ThreatRow,
    Verdict, VulnerabilityRow, WatchRow,
};

/// The section of the gate: what is asked, by which rules.
const DUTIES: [(&str, &[&str]); 8] = [
    ("security-relevant changes since the last release are assessed", &["R0600"]),
    ("security tests were run on this version and their results judged", &["R0601", "R0602"]),
    ("the components were looked up in advisories that are not old", &["R0554", "R0556"]),
    ("known vulnerabilities are judged for this version", &["R0550", "R0551", "R0552", "R0553"]),
    ("release notes for users and residual security risks are there", &["R0603"]),
    ("fielded releases are watched as planned", &["R0606", "R0607", "R0610"]),
    ("the threat model is complete and each threat is answered", &["R0604", "R0605", "R0285"]),
    ("base images carry the signature that is asked for", &["R0608"]),
];

/// Watches and events that are shown.
const SHOWN: usize = 10;

/// The file at the point of an analysis.
pub(crate) fn security_file(analysis: &Analysis, judgement: &Judgement) -> SecurityFile {
    file(&Reading::new(analysis, judgement, None))
}

pub(super) fn file(r: &Reading<'_>) -> SecurityFile {
    let state = r.state();
    let threats: Vec<ThreatRow> =
        r.model().of_kind(Kind::Threat).iter().map(|ix| threat(r, *ix, r.model().item(*ix))).collect();
    let days = i64::from(r.analysis.config.advisories.watch_days);
    let whole = state.security.watches.iter().rev().find(|w| w.body.is_whole());
    let sealed = state.fielded().filter_map(|(_, f)| f.sealed.as_ref()).map(|s| s.body.day).min();
    SecurityFile {
        scope: scope(r, threats.len()),
        duties: DUTIES.iter().map(|(duty, ids)| of_duty(r, duty, ids)).collect(),
        documents: documents(r, &threats),
        tests: state.security.tests.iter().rev().map(|t| test(r, t)).collect(),
        vulnerabilities: vulnerabilities(r),
        events: events(r),
        datasets: datasets(r),
        watches: state.security.watches.iter().rev().take(SHOWN).map(watch).collect(),
        next_watch: sealed.map(|day| whole.map_or(day, |w| w.meta.at.date_utc()).plus_days(days)),
        threats,
    }
}

fn scope(r: &Reading<'_>, threats: usize) -> String {
    let security = &r.analysis.config.security;
    match (security.cyber_device, threats) {
        (Some(true), _) => "a cyber device, says dossier.toml".to_owned(),
        (Some(false), _) => {
            format!(
                "no cyber device, says dossier.toml: {}",
                security.reason.as_deref().unwrap_or("no reason given")
            )
        }
        (None, 0) => {
            "nobody has said whether threats can reach the device: [security] cyber_device".to_owned()
        }
        (None, n) => format!("asked for, because the threat model has {n} threats"),
    }
}

fn of_duty(r: &Reading<'_>, duty: &str, ids: &[&str]) -> SecurityDuty {
    let found: Vec<&diagnostics::Diagnostic> =
        r.judgement.findings.iter().filter(|d| ids.contains(&d.rule.as_ref())).collect();
    let (verdict, missing) = match (found.iter().map(|d| d.verdict).min(), unseen(r, ids)) {
        (Some(worst), _) => (worst, found.iter().map(|d| d.message.clone()).collect()),
        (None, Some((verdict, why))) => (verdict, vec![why.to_owned()]),
        (None, None) => (Verdict::Pass, Vec::new()),
    };
    SecurityDuty { duty: duty.to_owned(), verdict, missing }
}

/// Why no finding is no pass: nothing was there to be looked at.
fn unseen(r: &Reading<'_>, ids: &[&str]) -> Option<(Verdict, &'static str)> {
    let (state, config) = (r.state(), &r.analysis.config);
    let security = &state.security;
    let human = |why| Some((Verdict::Human, why));
    let not_asked = |why| Some((Verdict::NotApplicable, why));
    let asked = |id: &str| ids.contains(&id);
    if asked("R0600") && state.changes.is_empty() {
        return not_asked("no change was requested");
    }
    if asked("R0601") && security.tests.is_empty() {
        return human("no security test was recorded");
    }
    if asked("R0606") && state.fielded().next().is_none() {
        return not_asked("no release is in the field");
    }
    if asked("R0604") && r.model().of_kind(Kind::Threat).is_empty() {
        return match config.security.cyber_device {
            Some(false) => not_asked("no cyber device, says dossier.toml"),
            _ => human("there is no threat, so nothing is answered"),
        };
    }
    if asked("R0608") && config.image_keys.is_empty() {
        return not_asked("no key is asked for: [images.keys]");
    }
    let looked_up = ids.iter().any(|id| ["R0550", "R0554"].contains(id));
    if looked_up && security.datasets_in_force().is_empty() {
        return human("no data set of advisories was brought in, so nothing is known");
    }
    if looked_up && security.scans.is_empty() {
        return human("the components were never looked up");
    }
    if asked("R0603") { human("asked at the gate of a release") } else { None }
}

fn threat(r: &Reading<'_>, ix: ItemIx, item: &Item) -> ThreatRow {
    let value = |key: &str| item.value(key).unwrap_or_default().into_owned();
    let pair = |when: &str| {
        let parts = [value(&format!("exploitability-{when}")), value(&format!("impact-{when}"))];
        if parts.iter().all(String::is_empty) { String::new() } else { parts.join(" / ") }
    };
    let mitigations: Vec<ItemIx> = r.model().sources(ix, LinkType::Mitigates).map(|(from, _)| from).collect();
    let mut tests: BTreeSet<ItemIx> = BTreeSet::new();
    for of in std::iter::once(ix).chain(mitigations.iter().copied()) {
        tests.extend(r.model().sources(of, LinkType::Verifies).map(|(from, _)| from));
        for (from, _) in r.model().sources(of, LinkType::Implements) {
            tests.extend(r.model().sources(from, LinkType::Verifies).map(|(case, _)| case));
        }
    }
    let hazards = value("hazards");
    let hazards = hazards.split(',').map(str::trim).filter(|h| !h.is_empty() && *h != "none");
    let untested = r.findings_on(item.id.as_str()).iter().any(|d| d.rule == "R0601");
    ThreatRow {
        id: r.item_ref(ix),
        title: item.title().to_owned(),
        stride: value("stride"),
        element: value("element"),
        before: pair("before"),
        after: pair("after"),
        hazards: hazards.map(|h| r.refer(h)).collect(),
        mitigations: mitigations.iter().map(|m| r.item_ref(*m)).collect(),
        tests: tests.iter().map(|t| r.item_ref(*t)).collect(),
        tested: !untested,
        gap: r.gap_on(item.id.as_str()),
    }
}

fn test(r: &Reading<'_>, t: &Recorded<SecurityTest>) -> SecurityTestRow {
    let b = &t.body;
    let judged = b.found.iter().filter(|f| r.state().security.judgement_of(&f.key).is_some()).count() as u64;
    SecurityTestRow {
        id: b.test.clone(),
        kind: b.kind.clone(),
        tools: b.tools.clone(),
        day: t.meta.at.date_utc(),
        tester: b.tester.clone(),
        current: r.analysis.software_digest() == Some(b.software),
        results: b.results.values().sum(),
        open: b.open.saturating_sub(judged),
    }
}

fn datasets(r: &Reading<'_>) -> Vec<AdvisorySetRow> {
    let in_force = r.state().security.datasets_in_force();
    let row = |d: &&Recorded<records::DataSetImport>| AdvisorySetRow {
        name: d.body.name.clone(),
        date: d.body.date,
        age_days: r.analysis.as_of.days_since(d.body.date),
        advisories: d.body.advisories,
        source: d.body.source.clone(),
    };
    in_force.values().map(row).collect()
}

fn watch(w: &Recorded<records::VulnerabilityWatch>) -> WatchRow {
    let b = &w.body;
    let mut said: Vec<String> = Vec::new();
    for d in b.datasets.iter().filter(|d| d.outcome != "as-it-was") {
        let why = if d.why.is_empty() { String::new() } else { format!(": {}", d.why) };
        said.push(format!("{} {}{why}", d.name, d.outcome));
    }
    for release in &b.releases {
        said.push(match release.why.as_str() {
            "" => format!("{} scanned as {}, {} open", release.release, release.scan, release.open),
            why => format!("{} not scanned: {why}", release.release),
        });
    }
    said.extend(b.reported.iter().map(|p| format!("{} opened for {}", p.anomaly, p.vulnerability)));
    WatchRow { id: b.watch.clone(), day: w.meta.at.date_utc(), whole: b.is_whole(), said }
}

/// Data sets that changed and findings that disappeared, from scan to scan.
fn events(r: &Reading<'_>) -> Vec<String> {
    let mut out = Vec::new();
    for scan in r.state().security.scans.iter().rev() {
        let (id, day) = (&scan.body.scan, scan.meta.at.date_utc());
        let of = scan.body.release.as_deref().unwrap_or("development");
        out.extend(
            scan.body.changed.iter().map(|n| format!("{day} {id} of {of}: data set {n} is another one")),
        );
        let gone = scan.body.disappeared.iter();
        out.extend(gone.map(|g| {
            format!("{day} {id} of {of}: {} in {} is no longer found: {}", g.id, g.component, g.why)
        }));
        if out.len() >= SHOWN * 5 {
            break;
        }
    }
    out.truncate(SHOWN * 5);
    out
}

/// The matches of the last scan of the development state and of each release in work or in the field.
fn vulnerabilities(r: &Reading<'_>) -> Vec<VulnerabilityRow> {
    let state = r.state();
    let mut scans: Vec<&Recorded<VulnerabilityScan>> = state.security.last_scan(None).into_iter().collect();
    for (version, release) in &state.releases {
        if release.withdrawn.is_none() {
            scans.extend(state.security.last_scan(Some(version)));
        }
    }
    let mut rows: Vec<VulnerabilityRow> = Vec::new();
    for scan in scans {
        rows.extend(scan.body.found.iter().map(|f| vulnerability(r, scan, f)));
    }
    let rank = |v: &VulnerabilityRow| {
        let levels = ["critical", "high", "medium", "low", "none"];
        let level = levels.iter().position(|l| *l == v.level).unwrap_or(1);
        let open = v.status.is_empty() || !v.confirm.is_empty() || v.status == "under-investigation";
        (!open, !v.exploited, level, v.id.clone(), v.release.clone())
    };
    rows.sort_by_key(rank);
    rows
}

fn vulnerability(
    r: &Reading<'_>,
    scan: &Recorded<VulnerabilityScan>,
    f: &FoundVulnerability,
) -> VulnerabilityRow {
    let state = r.state();
    let package = Purl::parse(&f.component).map_or_else(|| f.component.clone(), |p| p.package);
    let ids: Vec<&str> = std::iter::once(&f.id).chain(&f.aliases).map(String::as_str).collect();
    let all: Vec<&Recorded<VulnerabilityAssess>> = state.security.assessments_of(&ids, &package).collect();
    let release = scan.body.release.as_deref();
    let same = |a: &&&Recorded<VulnerabilityAssess>| {
        a.body.version == f.version && a.body.release.as_deref() == release
    };
    let of_version = |a: &&&Recorded<VulnerabilityAssess>| a.body.version == f.version && release.is_none();
    let found = all.iter().find(same).or_else(|| all.iter().find(of_version)).or(all.first()).copied();
    let report = state.security.watch_reports().find(|p| {
        p.component == package
            && release.is_some_and(|v| p.releases.iter().any(|x| x == v))
            && (ids.contains(&p.vulnerability.as_str())
                || p.aliases.iter().any(|a| ids.contains(&a.as_str())))
    });
    let text = |of: &dyn Fn(&VulnerabilityAssess) -> String| found.map(|a| of(&a.body)).unwrap_or_default();
    VulnerabilityRow {
        id: f.id.clone(),
        aliases: f.aliases.clone(),
        component: f.component.clone(),
        level: f.level.clone(),
        exploited: f.exploited,
        release: scan.body.release.clone(),
        scan: scan.body.scan.clone(),
        status: text(&|b| b.status.as_str().to_owned()),
        impact: text(&|b| b.impact.clone()),
        safety: text(&|b| b.safety.as_str().to_owned()),
        confirm: found.map(|a| confirm(r, release, f, &a.body)).unwrap_or_default(),
        judged: found
            .map(|a| a.body.hazards.iter().chain(&a.body.controls).map(|i| r.refer(i.as_str())).collect())
            .unwrap_or_default(),
        entry: found.map(|a| a.meta.seq),
        history: all
            .iter()
            .filter(|a| found.is_none_or(|f| f.meta.seq != a.meta.seq))
            .map(|a| format!("{} (entry {}, {})", a.body.status.as_str(), a.meta.seq, a.meta.at.date_utc()))
            .collect(),
        report: report.map(|p| r.refer(&p.anomaly)),
        due: report.map(|p| p.due),
    }
}

fn confirm(
    r: &Reading<'_>,
    release: Option<&str>,
    f: &FoundVulnerability,
    body: &VulnerabilityAssess,
) -> String {
    if body.version != f.version {
        return format!("it was judged for version {}", body.version);
    }
    if release.is_some() && body.release.as_deref() != release {
        let of = body.release.as_deref().map_or_else(|| "no release".to_owned(), |v| format!("release {v}"));
        return format!("it was judged for {of}");
    }
    if f.exploited && !body.exploited {
        return "it is known to be exploited since".to_owned();
    }
    let changed = body.judged.iter().find(|j| r.analysis.item_digest(&j.item) != Some(j.digest));
    changed.map(|j| format!("`{}` was changed since", j.item)).unwrap_or_default()
}

/// The documents of premarket guidance, with what there is of each.
fn documents(r: &Reading<'_>, threats: &[ThreatRow]) -> Vec<SecurityDocument> {
    let library = clauses::library().standards().iter().find(|s| s.id == "fda-cyber");
    let all = library.map(|s| s.clauses.as_slice()).unwrap_or_default();
    all.iter().map(|clause| document(r, clause, threats)).collect()
}

/// The kinds of documents that are what a clause asks for.
const KINDS: [(&str, &[&str]); 8] = [
    ("security-risk-management", &["security-risk-management-plan", "security-risk-management-report"]),
    ("threat-model", &["threat", "threat-model"]),
    ("risk-assessment", &["cybersecurity-risk-assessment"]),
    ("metrics", &["security-metrics"]),
    ("architecture-views", &["security-architecture"]),
    ("testing", &["security-test-report", "penetration-test-report"]),
    ("labelling", &["security-labelling", "security-release-notes"]),
    ("management-plan", &["vulnerability-management-plan", "cybersecurity-management-plan"]),
];

fn document(r: &Reading<'_>, clause: &clauses::Clause, threats: &[ThreatRow]) -> SecurityDocument {
    let number = clause.id.rsplit(':').next().unwrap_or_default();
    let kinds = KINDS.iter().find(|(n, _)| *n == number).map(|(_, kinds)| *kinds).unwrap_or_default();
    let documents: Vec<Ref> = r
        .analysis
        .documents
        .controlled
        .iter()
        .filter(|d| {
            d.front.clauses.contains(&clause.id) || d.kind.as_deref().is_some_and(|k| kinds.contains(&k))
        })
        .map(|d| Ref::new(RefKind::Document, d.id.as_str()))
        .collect();
    let mut evidence = Vec::new();
    let mut missing = Vec::new();
    computed(r, number, threats, &mut evidence, &mut missing);
    let state = match (documents.is_empty() && evidence.is_empty(), missing.is_empty()) {
        (true, _) => "missing",
        (false, true) => "there",
        (false, false) => "partly",
    };
    if state == "missing" && missing.is_empty() {
        missing.push(format!("no document states `{}` in its front matter (clauses)", clause.id));
    }
    SecurityDocument {
        clause: Ref::new(RefKind::Clause, clause.id.as_str()),
        title: clause.title.to_string(),
        state: state.to_owned(),
        evidence,
        documents,
        missing: missing.join("; "),
    }
}

/// What documents and records hold of a clause beside whole documents.
fn computed(
    r: &Reading<'_>,
    number: &str,
    threats: &[ThreatRow],
    there: &mut Vec<String>,
    missing: &mut Vec<String>,
) {
    let state = r.state();
    // `n of all …`, and what is missing where some are.
    let mut share = |n: usize, all: usize, what: &str| {
        if n > 0 {
            there.push(format!("{n} of {all} {what}"));
        }
        if n < all {
            missing.push(format!("{} of {all} {what} are not there", all - n));
        }
    };
    let of = |keep: &dyn Fn(&ThreatRow) -> bool| threats.iter().filter(|t| keep(t)).count();
    match number {
        "threat-model" => share(
            of(&|t| !t.stride.is_empty() && !t.element.is_empty()),
            threats.len(),
            "threats with category and element",
        ),
        "risk-assessment" => share(
            of(&|t| !t.before.is_empty() && !t.after.is_empty()),
            threats.len(),
            "threats with exploitability and impact before and after control",
        ),
        "controls" => {
            share(of(&|t| !t.mitigations.is_empty()), threats.len(), "threats with requirements or controls")
        }
        "testing" => {
            share(of(&|t| t.tested), threats.len(), "threats with a passed test on this software");
            for kind in records::SECURITY_TESTS {
                let n = state.security.tests.iter().filter(|t| t.body.kind == kind).count();
                if n > 0 {
                    there.push(format!("{n} security tests of kind {kind}"));
                } else if kind != "requirements" && kind != "threat-mitigation" {
                    missing.push(format!("no security test of kind {kind}"));
                }
            }
        }
        "traceability" => share(
            of(&|t| !t.mitigations.is_empty() && !t.tests.is_empty()),
            threats.len(),
            "threats linked to requirements or controls and to tests",
        ),
        "sbom" => {
            let n = r.analysis.components.components().len();
            if n > 0 {
                there.push(format!("{n} components (dossier soup sbom)"));
            }
        }
        "component-support" => {
            let items: Vec<&Item> =
                r.model().of_kind(Kind::Soup).iter().map(|ix| r.model().item(*ix)).collect();
            let stated =
                |i: &&&Item| i.value("support-level").is_some() && i.value("end-of-support").is_some();
            share(
                items.iter().filter(stated).count(),
                items.len(),
                "SOUP items with support level and end of support",
            );
        }
        "vulnerability-assessment" => {
            let rows = vulnerabilities(r);
            if let Some(scan) = state.security.scans.last() {
                there.push(format!("{} of {}", scan.body.scan, scan.meta.at.date_utc()));
                let judged = |v: &&VulnerabilityRow| !v.status.is_empty() && v.confirm.is_empty();
                share_rows(rows.iter().filter(judged).count(), rows.len(), there, missing);
            }
        }
        "anomaly-assessment" => {
            let open: Vec<_> = state.anomalies.values().filter(|a| a.is_open()).collect();
            let said = open.iter().filter(|a| !a.report.body.security.trim().is_empty()).count();
            share(said, open.len(), "unresolved anomalies with what they mean for security");
        }
        "management-plan" => {
            let planned = |d: &&documents::Document| {
                d.section_fields().iter().any(|f| f.name == "vulnerability-monitoring")
            };
            match r.analysis.documents.controlled.iter().find(planned) {
                Some(d) => there.push(format!("monitoring is planned in {}", d.id)),
                None => missing.push("no plan states how often vulnerabilities are looked for".to_owned()),
            }
            if let Some(w) = state.security.watches.last() {
                there.push(format!("{} of {}", w.body.watch, w.meta.at.date_utc()));
            }
        }
        _ => {}
    }
}

fn share_rows(n: usize, all: usize, there: &mut Vec<String>, missing: &mut Vec<String>) {
    there.push(format!("{n} of {all} known vulnerabilities judged"));
    if n < all {
        missing.push(format!("{} known vulnerabilities wait for a judgement", all - n));
    }
}
