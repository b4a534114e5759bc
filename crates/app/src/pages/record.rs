//! The release record: everything of clause 5.8 about one version, from manifest and entries, at any time.

use super::reading::Reading;
use super::release_pages::{self, rebuilt};
use super::{anomalies, risk, signatures, soup, tests};
use crate::releases::Gate;
use product::Config;
use records::state::Release;
use records::{RebuildOutcome, Recorded, ReleaseOpen, ReleaseStage, State};
use views::{
    ArchiveFacts, BuildRecipe, ChangeRow, ChecklistLine, ConfigurationItem, DeliveryFacts, Evidence,
    InputDigest, Ref, RefKind, ReleaseRecord, Verdict, VersionHistoryRow, WaiverRow,
};
use vocabulary::Digest;

/// The record of a judged release. `now` is the state of today, for what happened after sealing.
pub(super) fn record(gate: &Gate, now: &State) -> Option<ReleaseRecord> {
    let r = release_pages::reading(gate);
    let version = gate.manifest.release.as_str();
    let release = now.releases.get(version)?;
    let opened = release.candidate()?;
    let (verdict, headline, _) = release_pages::headline(gate);
    let (anomaly_query, residual) = anomalies::residual(&r, version);
    let part = |name: &str| stage_part(release, name);
    Some(ReleaseRecord {
        id: format!("REL-{version}"),
        header: release_pages::header(gate, now)?,
        marks: release_pages::marks(gate, release),
        template: release_pages::template(&r)
            .map(|d| InputDigest { name: d.id.to_string(), digest: d.digest }),
        verdict,
        headline,
        manifest_digest: Some(gate.digest),
        sections: release_pages::sections(&r, gate),
        adjacent: release_pages::adjacent(&r, gate),
        tests: tests::summary(&r),
        runs: tests::runs_on(&r, opened.body.software),
        deviations: tests::deviations(&r, version),
        waivers: waivers(&r),
        anomaly_query,
        anomalies: residual,
        risks: risk::page(&r).rows,
        configuration: configuration(&r, release, opened),
        soup: soup::rows(&r),
        sbom_components: r.analysis.components.components().len(),
        sboms: ["sbom/cyclonedx.json", "sbom/spdx.json"].into_iter().filter_map(part).collect(),
        build: release.stage().map(|stage| build(&r.analysis.config, stage)),
        checklist: checklist(&r, release),
        changes: changes(now, opened),
        platforms: Vec::new(),
        archive: Some(archive(&r.analysis.config, release)),
        delivery: Some(delivery(&r, release)),
        seats: release_pages::seats(gate),
        history: history(now, version),
        afterwards: release_pages::afterwards(now, release),
    })
}

fn stage_part(release: &Release, name: &str) -> Option<InputDigest> {
    let part = release.stage()?.body.parts.iter().find(|p| p.part == name)?;
    Some(InputDigest { name: part.part.clone(), digest: part.digest })
}

/// Waivers that carry a finding of this release, and all others in force.
fn waivers(r: &Reading<'_>) -> Vec<WaiverRow> {
    let in_force = r.state().waivers.values().filter(|w| w.body.until >= r.analysis.as_of);
    in_force
        .filter_map(|w| {
            Some(WaiverRow {
                rule: r.refer(&w.body.rule),
                subject: w.body.subject.clone(),
                reason: w.body.reason.clone(),
                expires: w.body.until,
                signature: signatures::of(r.state(), &w.meta)?,
            })
        })
        .collect()
}

/// What makes the version: sources, documents, released files and what was staged with them (62304:8.1.3).
fn configuration(
    r: &Reading<'_>,
    release: &Release,
    opened: &Recorded<ReleaseOpen>,
) -> Vec<ConfigurationItem> {
    let commit: String =
        opened.body.commits.iter().flat_map(|c| c.commit.chars().take(12)).take(12).collect();
    let locks = &r.analysis.config.build.lockfiles;
    let mut out: Vec<ConfigurationItem> = Vec::new();
    let mut add = |id: Ref, kind: &str, version: &str, digest: Digest, bytes: Option<u64>| {
        out.push(ConfigurationItem { id, kind: kind.to_owned(), version: version.to_owned(), digest, bytes });
    };
    if let Some(stage) = release.stage() {
        for a in &stage.body.artefacts {
            add(Ref::plain(a.path.as_str()), "released file", &stage.body.reported, a.digest, Some(a.size));
        }
        for p in &stage.body.parts {
            add(
                Ref::plain(p.part.as_str()),
                "part of the stage",
                &opened.body.version,
                p.digest,
                Some(p.size),
            );
        }
    }
    for d in &r.analysis.documents.controlled {
        let revision = d.front.other.get("version").map_or(commit.as_str(), String::as_str);
        add(Ref::new(RefKind::Document, d.id.as_str()), "controlled document", revision, d.digest, None);
    }
    if let Ok(software) = r.analysis.software() {
        for item in &software.items {
            let path = item.path.to_text();
            let kind = if locks.iter().any(|l| path.ends_with(l.as_str())) { "lock file" } else { "source" };
            add(Ref::plain(path), kind, &commit, Digest(item.digest), None);
        }
    }
    out
}

/// How it was built, from the stage's record and the configuration at the frozen commit (62304:5.8.5).
fn build(config: &Config, stage: &Recorded<ReleaseStage>) -> BuildRecipe {
    let s = &stage.body;
    let part = |name: &str| {
        s.parts
            .iter()
            .find(|p| p.part == name)
            .map(|p| InputDigest { name: p.part.clone(), digest: p.digest })
    };
    let environment = &config.build.environment;
    let mut described: Vec<String> = Vec::new();
    if !environment.packages.is_empty() {
        described.push(format!("packages {}", environment.packages.join(", ")));
    }
    if !environment.directories.is_empty() {
        described.push(format!("toolchains {}", environment.directories.join(", ")));
    }
    described.extend(environment.image.as_ref().map(|image| format!("image {image}")));
    if let Some(r) = &s.runner {
        described.push(format!(
            "external runner {}, attested with {} on {}; the builder is not in the archive",
            r.name, r.key_id, r.finished
        ));
    }
    let outputs =
        s.artefacts.iter().map(|a| InputDigest { name: a.path.clone(), digest: a.digest }).collect();
    let contained = if s.self_contained { "self-contained" } else { "not self-contained" };
    BuildRecipe {
        commands: config.build.commands.clone(),
        recipe: part("build.json").map_or(s.stage, |p| p.digest),
        environment: format!("{contained}: {}", described.join("; ")),
        environment_digest: s.environment,
        tools: s.runner.iter().flat_map(|r| r.tools.iter().map(|t| (t.clone(), String::new()))).collect(),
        variables: config.build.variables.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
        inputs: ["sources.bundle", "dependencies", "environment"].into_iter().filter_map(part).collect(),
        outputs,
        built_by: format!(
            "{} on {}, {}; the result reports {}",
            stage.meta.actor,
            s.host,
            report::day_and_time(stage.meta.at),
            if s.reported.is_empty() { "nothing of itself" } else { &s.reported }
        ),
        rebuild: match &s.runner {
            None => format!("{}, {} outputs, from the stage alone", rebuilt(s.rebuild), s.artefacts.len()),
            Some(r) => format!("{}, {} outputs, by {} again", rebuilt(s.rebuild), s.artefacts.len(), r.name),
        },
        rebuild_verdict: if s.rebuild == RebuildOutcome::Identical {
            Verdict::Pass
        } else if s.rebuild == RebuildOutcome::NotRepeated {
            Verdict::Advisory
        } else {
            Verdict::Finding
        },
    }
}

/// Each line of the signed checklist against the documents as they are now (62304:5.8.6).
fn checklist(r: &Reading<'_>, release: &Release) -> Vec<ChecklistLine> {
    let Some(list) = release.checklist() else { return Vec::new() };
    let line = |l: &records::ChecklistLine| {
        let now = l.document.as_deref().and_then(|d| r.analysis.document_digest(d));
        let approved = |d: &str, digest: Digest| r.state().approvals_of(d, digest).next().is_some();
        let (verdict, reason) = match (&l.document, l.digest, &l.not_applicable) {
            (_, _, Some(reason)) => (Verdict::NotApplicable, reason.clone()),
            (Some(_), Some(then), None) if now != Some(then) => {
                (Verdict::Finding, "the document has another text now".to_owned())
            }
            (Some(d), Some(then), None) if !approved(d, then) => {
                (Verdict::Finding, "this text is not approved".to_owned())
            }
            (Some(_), Some(_), None) => (Verdict::Pass, String::new()),
            _ => (Verdict::Finding, "nothing answers it".to_owned()),
        };
        ChecklistLine {
            what: l.line.clone(),
            document: l.document.as_deref().map(|d| r.refer(d)),
            revision: l.digest.map(|d| d.short()).unwrap_or_default(),
            verdict,
            reason,
        }
    };
    list.body.lines.iter().map(line).collect()
}

/// The change requests on which something happened since the release before.
fn changes(now: &State, opened: &Recorded<ReleaseOpen>) -> Vec<ChangeRow> {
    let before = opened
        .body
        .previous
        .as_ref()
        .and_then(|v| now.releases.get(v)?.sealed.as_ref())
        .map_or(0, |s| s.meta.seq);
    let mut rows = Vec::new();
    for (id, change) in &now.changes {
        let seqs = [change.opened.meta.seq].into_iter().chain(change.closed.iter().map(|c| c.meta.seq));
        let worked = change
            .implementations
            .iter()
            .map(|i| i.meta.seq)
            .chain(change.verifications.iter().map(|v| v.meta.seq));
        let refused = change.closed.as_ref().is_some_and(|c| !c.body.done);
        if refused || seqs.chain(worked).all(|seq| seq < before) {
            continue;
        }
        let (state, verdict) =
            match (&change.closed, change.approvals.is_empty(), change.verifications.is_empty()) {
                (Some(_), false, false) => ("closed", Verdict::Pass),
                (Some(_), _, _) => ("closed", Verdict::Finding),
                (None, true, _) => ("opened", Verdict::Human),
                (None, false, true) => ("approved", Verdict::Human),
                (None, false, false) => ("verified", Verdict::Pass),
            };
        rows.push(ChangeRow {
            id: Ref::new(RefKind::Change, id.as_str()),
            title: change.opened.body.title.clone(),
            state: state.to_owned(),
            approved_by: change
                .approvals
                .iter()
                .map(|a| signatures::short(&a.meta))
                .collect::<Vec<_>>()
                .join("; "),
            verdict,
        });
    }
    rows
}

/// Where it is kept, how long, and who could remove it (62304:5.8.7). A folder on a disk protects against nobody who
/// administers the disk, and the record says so.
fn archive(config: &Config, release: &Release) -> ArchiveFacts {
    let sealed = release.sealed.as_ref();
    let held = release.holds.last().filter(|h| h.body.hold).map(|h| h.body.reason.clone());
    let retention = match sealed {
        Some(s) => s.body.basis.clone(),
        None => {
            let years = config.retention.years.map(|y| format!("{y} years: ")).unwrap_or_default();
            format!("{years}{}", config.retention.basis.as_deref().unwrap_or("worked out when it is sealed"))
        }
    };
    let copy = if config.archive.mirror.is_some() {
        "The second copy is another folder, not another custodian."
    } else {
        "There is no second copy."
    };
    ArchiveFacts {
        destination: format!("{} (a folder on a disk)", config.archive.path),
        second_copy: config.archive.mirror.clone(),
        stage: release.stage().map(|s| s.body.stage),
        manifest: sealed.map(|s| s.body.release_manifest),
        retention,
        keep_until: sealed.map(|s| s.body.retain_until),
        hold: held.or_else(|| sealed.filter(|s| s.body.hold).map(|_| "open-ended retention".to_owned())),
        protection: format!(
            "Deletable by its administrator: a disk has no lock. Every change and every loss is found, by the digests that \
             the ledger holds. {copy}"
        ),
        read_back: match sealed {
            Some(s) => format!("{} blobs read back and verified on {}", s.body.read_back_blobs, report::day_and_time(s.meta.at)),
            None => "not sealed yet: the stage is read back before the last signature, the archive when it is sealed".to_owned(),
        },
        bytes: sealed.map(|s| s.body.stored_bytes),
    }
}

/// How it reaches users unaltered (62304:5.8.8).
fn delivery(r: &Reading<'_>, release: &Release) -> DeliveryFacts {
    let checks = release.delivery_checks.iter().map(|c| Evidence {
        what: format!(
            "{}: {} files identical, {} problems",
            c.body.installation,
            c.body.identical,
            c.body.problems.len()
        ),
        reference: Some(signatures::entry(c.meta.seq)),
        digest: None,
        note: c.body.problems.join("; "),
    });
    DeliveryFacts {
        procedure: r.analysis.config.archive.delivery.as_deref().map(|d| r.refer(d)),
        channel: release
            .delivered
            .last()
            .map_or_else(|| "not delivered yet".to_owned(), |d| d.body.channel.clone()),
        integrity:
            "Installed files are compared with the signed release manifest, offline: dossier delivery check"
                .to_owned(),
        signing: signing(&r.analysis.config.delivery),
        checks: checks.collect(),
    }
}

/// What is signed after the build, with key and custody. The rebuild compares the file before it is signed.
fn signing(config: &product::Delivery) -> Vec<String> {
    let one = |(artefact, key): (&String, &String)| {
        let id = config.keys.get(key).and_then(|k| signing::PublicKey::from_openssh(k).ok());
        let id =
            id.map_or_else(|| "a key that cannot be read".to_owned(), |(public, _)| public.fingerprint());
        let custody = config.custody.get(key).map_or("not stated", String::as_str);
        format!(
            "{artefact}: {key} ({id}), custody: {custody}; what is sealed and rebuilt is the file before signing"
        )
    };
    config.signed.iter().map(one).collect()
}

/// Every candidate of every release: what was tested, what was released, and whether it is the same software. The present
/// candidate of the release that is judged is the one to be released.
fn history(now: &State, judged: &str) -> Vec<VersionHistoryRow> {
    let mut rows: Vec<(u64, VersionHistoryRow)> = Vec::new();
    for (version, release) in &now.releases {
        let present = release.candidate().map(|c| c.body.candidate);
        for opened in &release.opened {
            let o = &opened.body;
            let runs = now.runs.values().filter(|run| run.context().software == Some(o.software)).count();
            let sealed = release.sealed.as_ref().filter(|s| s.body.candidate == o.candidate);
            let to_be = version == judged && release.sealed.is_none() && present == Some(o.candidate);
            let software = o.software.short();
            rows.push((
                opened.meta.seq,
                VersionHistoryRow {
                    version: format!("{version}-rc{}", o.candidate),
                    tested: if runs == 0 { String::new() } else { format!("{} ({runs} runs)", o.build) },
                    released: if sealed.is_some() || to_be { o.build.clone() } else { String::new() },
                    date: sealed.map(|s| s.body.day),
                    changes: o.summary.clone(),
                    difference: match (sealed.is_some() || to_be, runs) {
                        (true, 0) => format!("no run on software {software}"),
                        (true, _) => format!("no: software {software} both times"),
                        (false, _) => String::new(),
                    },
                },
            ));
        }
    }
    rows.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    rows.into_iter().map(|(_, row)| row).collect()
}
