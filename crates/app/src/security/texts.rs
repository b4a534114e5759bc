//! Texts made of the cybersecurity file: the security appendix of the requirements, the control verification record, residual
//! security risks, and a draft of security release notes. Markdown; the same inputs give the same bytes.

use super::super::pages;
use crate::analysis::{Analysis, Inputs};
use crate::checks;
use crate::error::{Error, Result};
use crate::workspace::Workspace;
use model::results::Outcome;
use model::{Item, Kind, LinkType};
use records::VexStatus;
use std::fmt::Write as _;
use views::{SecurityFile, ThreatRow};

/// The texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityText {
    /// Security requirements with threats, items and tests: the appendix of the SRS.
    Appendix,
    /// What verifies each mitigation, with results on this software.
    Controls,
    /// Risks that stay.
    Risks,
    /// A draft of the security release notes of a release.
    Notes,
}

impl SecurityText {
    /// Its name, as the command has it.
    fn name(self) -> &'static str {
        match self {
            SecurityText::Appendix => "appendix",
            SecurityText::Controls => "controls",
            SecurityText::Risks => "risks",
            SecurityText::Notes => "notes",
        }
    }
}

/// One of the texts, for a release or for what is being developed.
///
/// # Errors
/// When something cannot be read, or notes are asked for without a release.
pub fn security_text(
    ws: &Workspace,
    inputs: &Inputs,
    text: SecurityText,
    release: Option<&str>,
) -> Result<String> {
    let analysis = match release {
        None => Analysis::load(ws, inputs)?,
        Some(version) => {
            let state = ws.ledger()?.state(inputs.ledger_at)?;
            let commit =
                state.releases.get(version).and_then(|r| r.candidate()).and_then(|o| o.body.commits.first());
            let at = commit.map(|c| c.commit.clone()).or(inputs.at.clone());
            Analysis::load(ws, &Inputs { at, ..inputs.clone() })?
        }
    };
    let judgement = checks::judge(&analysis, None)?;
    let file = pages::security_file(&analysis, &judgement);
    let t = Texts { analysis: &analysis, file: &file };
    let (name, of) = (text.name(), release.unwrap_or("development"));
    let text = match text {
        SecurityText::Appendix => t.appendix(),
        SecurityText::Controls => t.controls(),
        SecurityText::Risks => t.risks("# Residual security risks\n\n"),
        SecurityText::Notes => t.notes(release.ok_or_else(|| {
            Error::refused("notes are those of a release").hint("name it: dossier security notes 2.4.0")
        })?),
    };
    crate::trail::note_export(ws, &format!("security {name} of {of}"))?;
    Ok(text)
}

struct Texts<'a> {
    analysis: &'a Analysis,
    file: &'a SecurityFile,
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() { "–".to_owned() } else { line.replace('|', "\\|") }
}

fn names(all: &[views::Ref]) -> String {
    all.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ")
}

impl Texts<'_> {
    /// Requirements of category security and those that mitigate a threat.
    fn requirements(&self) -> Vec<(&Item, Vec<String>, Vec<String>)> {
        let model = &self.analysis.model;
        let mut out = Vec::new();
        for kind in [Kind::SystemRequirement, Kind::SoftwareRequirement, Kind::RiskControl] {
            for ix in model.of_kind(kind) {
                let item = model.item(*ix);
                let ids =
                    |ixs: Vec<model::ItemIx>| ixs.iter().map(|i| model.item(*i).id.to_string()).collect();
                let threats: Vec<String> =
                    ids(model.targets(*ix, LinkType::Mitigates).map(|(to, _)| to).collect());
                let category =
                    item.value("category").is_some_and(|c| c.split(',').any(|c| c.trim() == "security"));
                if category || !threats.is_empty() {
                    let tests = ids(model.sources(*ix, LinkType::Verifies).map(|(from, _)| from).collect());
                    out.push((item, threats, tests));
                }
            }
        }
        out
    }

    fn appendix(&self) -> String {
        let mut out = String::from("# Security requirements\n\n");
        let all = self.requirements();
        let _ = writeln!(
            out,
            "{} requirements and controls of {} are about security: those of category security, and those that mitigate a threat.\n",
            all.len(),
            self.analysis.config.product.name
        );
        out.push_str(
            "| id | requirement | mitigates | allocated to | verified by |\n|---|---|---|---|---|\n",
        );
        for (item, threats, tests) in &all {
            let ix = self.analysis.model.find(item.id.as_str());
            let items =
                ix.map(|ix| self.analysis.model.targets(ix, LinkType::AllocatedTo)).into_iter().flatten();
            let items: Vec<String> =
                items.map(|(to, _)| self.analysis.model.item(to).id.to_string()).collect();
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                item.id,
                cell(item.title()),
                cell(&threats.join(", ")),
                cell(&items.join(", ")),
                cell(&tests.join(", "))
            );
        }
        let unanswered: Vec<&ThreatRow> =
            self.file.threats.iter().filter(|t| t.mitigations.is_empty()).collect();
        if !unanswered.is_empty() {
            out.push_str("\nNo requirement and no control answers:\n\n");
            for t in unanswered {
                let _ = writeln!(out, "- {} {}", t.id.id, cell(&t.title));
            }
        }
        out
    }

    /// The outcome of a case on this software, with the run that decides.
    fn outcome(&self, case: &Item) -> String {
        let Some(evidence) = self.analysis.joined.evidence(&case.id) else { return "never run".to_owned() };
        let here = self.analysis.software_digest().and_then(|s| evidence.on(&s));
        let Some(here) = here else { return "run on other software only".to_owned() };
        let run = self.analysis.joined.runs.get(here.newest_run as usize);
        let outcome = match here.outcome() {
            Outcome::Passed => "passed",
            other => other.as_str(),
        };
        format!("{outcome} ({})", run.map_or("", |r| r.facts.id.as_str()))
    }

    fn controls(&self) -> String {
        let mut out = String::from("# Verification of security controls\n\n");
        let software =
            self.analysis.software_digest().map_or_else(|| "not known".to_owned(), |s| s.to_string());
        let _ = writeln!(out, "Software: `{software}`. As of {}.\n", self.analysis.as_of);
        out.push_str(
            "| threat | control or requirement | test case | result on this software |\n|---|---|---|---|\n",
        );
        let model = &self.analysis.model;
        for t in &self.file.threats {
            let controls = if t.mitigations.is_empty() { "–".to_owned() } else { names(&t.mitigations) };
            if t.tests.is_empty() {
                let _ = writeln!(out, "| {} | {controls} | – | no test case |", t.id.id);
            }
            for test in &t.tests {
                let Some(case) = model.by_id(&test.id) else { continue };
                let verified = model
                    .find(&test.id)
                    .map(|ix| model.targets(ix, LinkType::Verifies))
                    .into_iter()
                    .flatten();
                let of: Vec<String> = verified
                    .map(|(to, _)| model.item(to).id.to_string())
                    .filter(|id| *id == t.id.id || t.mitigations.iter().any(|m| m.id == *id))
                    .collect();
                let of = if of.is_empty() { controls.clone() } else { of.join(", ") };
                let _ = writeln!(
                    out,
                    "| {} | {of} | {} {} | {} |",
                    t.id.id,
                    case.id,
                    cell(case.title()),
                    self.outcome(case)
                );
            }
        }
        out.push_str("\n## Security tests\n\n");
        let tests: Vec<_> = self.file.tests.iter().filter(|t| t.current).collect();
        if tests.is_empty() {
            out.push_str("No report of a security test of this software was brought in.\n");
        }
        for t in tests {
            let _ = writeln!(
                out,
                "- {} ({}) of {} by {}, {}: {} results, {} open",
                t.id,
                t.kind,
                t.day,
                cell(&t.tester),
                t.tools.join(", "),
                t.results,
                t.open
            );
        }
        out
    }

    fn risks(&self, heading: &str) -> String {
        let mut out = heading.to_owned();
        out.push_str("| threat | exploitability / impact before | after control | hazards | answered by |\n|---|---|---|---|---|\n");
        for t in &self.file.threats {
            let _ = writeln!(
                out,
                "| {} {} | {} | {} | {} | {} |",
                t.id.id,
                cell(&t.title),
                cell(&t.before),
                cell(&t.after),
                cell(&names(&t.hazards)),
                cell(&names(&t.mitigations))
            );
        }
        let open: Vec<_> = self
            .file
            .vulnerabilities
            .iter()
            .filter(|v| !matches!(v.status.as_str(), "not-affected" | "fixed"))
            .collect();
        out.push_str("\n## Known vulnerabilities that stay\n\n");
        if open.is_empty() {
            out.push_str("None among those that the last scans found.\n");
        }
        for v in open {
            let status = if v.status.is_empty() { "nobody has judged it" } else { &v.status };
            let _ = writeln!(
                out,
                "- {} in {} ({}): {status}. {}",
                v.id,
                v.component,
                if v.level.is_empty() { "no score" } else { &v.level },
                cell(&v.impact)
            );
        }
        let state = &self.analysis.state;
        let accepted: Vec<_> =
            state.security.judgements.iter().filter(|j| j.body.verdict == "accepted").collect();
        if !accepted.is_empty() {
            out.push_str("\n## Results of security tests that were accepted\n\n");
            for j in accepted {
                let _ = writeln!(out, "- {} of {}: {}", j.body.key, j.body.test, cell(&j.body.reason));
            }
        }
        out
    }

    fn notes(&self, version: &str) -> String {
        let name = &self.analysis.config.product.name;
        let mut out = format!(
            "---\ntitle: \"Security release notes {version}\"\ndocument: DOC-SRN-{version}\nkind: security-release-notes\nversion: {version}\nowner: software-lead\n---\n# Security release notes of {name} {version}\n\n## Vulnerabilities corrected\n\n"
        );
        let state = &self.analysis.state;
        let of_release = |status: VexStatus| {
            state
                .security
                .assessments
                .iter()
                .filter(move |a| a.body.status == status && a.body.release.as_deref() == Some(version))
        };
        let mut none = true;
        for a in of_release(VexStatus::Fixed) {
            none = false;
            let _ = writeln!(
                out,
                "- {} in {} {}: {}",
                a.body.vulnerability,
                a.body.component,
                a.body.version,
                cell(&a.body.impact)
            );
        }
        if none {
            out.push_str("None is recorded as corrected in this release.\n");
        }
        out.push_str("\n## Changes relevant to security\n\n");
        let mut none = true;
        for (id, touched) in self.analysis.history.iter().flat_map(|h| &h.touched) {
            let Some(change) = state.changes.get(id) else { continue };
            let said = change.analyses.last().filter(|a| a.body.security_relevant);
            if said.is_some() || !touched.soup.is_empty() {
                none = false;
                let why = said.map_or_else(
                    || format!("components: {}", touched.soup.join(", ")),
                    |a| a.body.security.clone(),
                );
                let _ = writeln!(out, "- {id} {}: {}", cell(&change.opened.body.title), cell(&why));
            }
        }
        if none {
            out.push_str("None since the release before.\n");
        }
        out.push_str("\n## What operators do\n\n");
        let affected: Vec<_> = of_release(VexStatus::Affected).collect();
        if affected.is_empty() {
            out.push_str("Install this version by the delivery procedure, and check the installed files against the signed manifest (`dossier delivery check`).\n");
        }
        for a in affected {
            let _ = writeln!(out, "- {}: {}", a.body.vulnerability, cell(&a.body.action));
        }
        out.push('\n');
        out.push_str(
            &self
                .risks("## Residual security risks\n\n")
                .replace("\n## Known", "\n### Known")
                .replace("\n## Results", "\n### Results"),
        );
        out
    }
}
