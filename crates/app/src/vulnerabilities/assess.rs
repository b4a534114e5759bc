//! Judging a vulnerability: signed, for one exact version, with its effect on safety.

use crate::act::Actor;
use crate::analysis::Analysis;
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use records::{
    JudgedItem, Recorded, SafetyImpact, State, VexJustification, VexStatus, VulnerabilityAssess,
    VulnerabilityScan,
};
use soup::Purl;
use soup::advisories::{Match, Scan, score_of};
use vocabulary::ItemId;

const MEANING: &str = "I have judged this vulnerability for this version, its effect on safety included";

/// What a person says.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// Any id of the vulnerability.
    pub vulnerability: String,
    /// The package URL of the component, where several have it.
    pub component: Option<String>,
    /// The release that it is judged for.
    pub release: Option<String>,
    /// The verdict.
    pub status: VexStatus,
    /// Why not affected.
    pub justification: Option<VexJustification>,
    /// The reasoning.
    pub impact: String,
    /// The effect on safety; none is asked for where it is under investigation.
    pub safety: Option<SafetyImpact>,
    /// Hazards and hazardous situations.
    pub hazards: Vec<ItemId>,
    /// Controls.
    pub controls: Vec<ItemId>,
    /// What is done.
    pub action: String,
    /// The assessor's own CVSS vector (2.0, 3.0, 3.1, 4.0), with the environment of the product.
    pub cvss: Option<String>,
}

/// Judges a vulnerability that the last scan found.
///
/// # Errors
/// When the last scan has no such match, or what the verdict needs is not said.
pub fn vuln_assess(ws: &Workspace, actor: &Actor, a: &Assessment) -> Result<Appended> {
    said("the reasoning", &a.impact)?;
    complete(a)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let (found, scan) =
        the_match(ws, &state, &a.vulnerability, a.component.as_deref(), a.release.as_deref())?;
    let analysis = of_release(ws, &state, a.release.as_deref())?;
    let named: Vec<&ItemId> = a.hazards.iter().chain(&a.controls).collect();
    let body = VulnerabilityAssess {
        vulnerability: found.id.clone(),
        aliases: found.aliases.clone(),
        component: package(&found.component),
        version: found.version.clone(),
        release: a.release.clone(),
        status: a.status,
        justification: a.justification,
        impact: a.impact.clone(),
        safety: a.safety.unwrap_or(SafetyImpact::Uncontrolled),
        hazards: a.hazards.clone(),
        controls: a.controls.clone(),
        judged: judged_items(&analysis, &named)?,
        action: a.action.clone(),
        scores: found.severity.iter().map(|s| s.vector.clone()).collect(),
        own_score: a.cvss.as_ref().map(|v| v.trim().to_owned()),
        epss: found.epss.as_ref().map(|e| e.score.clone()),
        exploited: found.kev.is_some(),
        scan: Some(scan.scan.clone()),
        carries: None,
    };
    ws.act_on(&ledger, &state, actor, MEANING, &body)
}

/// What a verdict needs besides its reasoning.
fn complete(a: &Assessment) -> Result<()> {
    if let Some(vector) = a.cvss.as_deref().filter(|v| score_of(v).is_none()) {
        return Err(Error::refused(format!("`{vector}` is no vector of CVSS 2.0, 3.0, 3.1 or 4.0"))
            .hint("write the whole of it: CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:L/A:N"));
    }
    let need = |what: &str, how: &str| Err(Error::refused(what.to_owned()).hint(how.to_owned()));
    match a.status {
        VexStatus::NotAffected if a.justification.is_none() => need(
            "\"not affected\" needs a justification",
            "`--justification` takes component_not_present, vulnerable_code_not_present, vulnerable_code_not_in_execute_path, \
             vulnerable_code_cannot_be_controlled_by_adversary or inline_mitigations_already_exist",
        ),
        VexStatus::Affected if a.action.trim().is_empty() => need(
            "\"affected\" needs what is done about it",
            "say it with `--action`: an update, a mitigation, advice to users",
        ),
        VexStatus::UnderInvestigation => Ok(()),
        _ if a.safety.is_none() => need(
            "the effect on safety is not said",
            "`--safety none`, or `--safety controlled --hazards HS-… --controls RC-…`, or `--safety uncontrolled`",
        ),
        _ if a.safety == Some(SafetyImpact::Controlled)
            && (a.hazards.is_empty() || a.controls.is_empty()) =>
        {
            need(
                "\"controlled\" names no hazard or no control",
                "name them with `--hazards` and `--controls`",
            )
        }
        _ if a.safety == Some(SafetyImpact::Uncontrolled) && a.hazards.is_empty() => {
            need("\"uncontrolled\" names no hazard", "name it with `--hazards`")
        }
        _ => Ok(()),
    }
}

fn package(component: &str) -> String {
    Purl::parse(component).map_or_else(|| component.to_owned(), |p| p.package)
}

fn of_release(ws: &Workspace, state: &State, release: Option<&str>) -> Result<Analysis> {
    match release {
        None => Analysis::of_work_tree(ws),
        Some(version) => {
            let release = state.releases.get(version).ok_or_else(|| {
                Error::refused(format!("no release `{version}` is open"))
                    .hint("list them: dossier release list")
            })?;
            Analysis::of_release(ws, release)
        }
    }
}

fn judged_items(analysis: &Analysis, named: &[&ItemId]) -> Result<Vec<JudgedItem>> {
    let mut judged = Vec::new();
    for id in named {
        let digest = analysis.item_digest(id).ok_or_else(|| {
            Error::refused(format!("there is no item `{id}`"))
                .hint("hazards and controls stand in the risk file")
        })?;
        judged.push(JudgedItem { item: (*id).clone(), digest });
    }
    judged.sort_by(|a, b| a.item.cmp(&b.item));
    judged.dedup();
    Ok(judged)
}

/// The match of the last scan that has this id.
fn the_match(
    ws: &Workspace,
    state: &State,
    id: &str,
    component: Option<&str>,
    release: Option<&str>,
) -> Result<(Match, VulnerabilityScan)> {
    let of_release = state.security.last_scan(release);
    let last = of_release
        .or_else(|| state.security.last_scan(None))
        .ok_or_else(|| Error::refused("nothing was scanned yet").hint("scan first: dossier vuln scan"))?;
    let scan: Scan =
        serde_json::from_slice(&ws.blobs().get(last.body.report)?).doing("read the last scan")?;
    let wanted = component.map(package);
    let version = component.and_then(Purl::parse).and_then(|p| p.version);
    let fits = |m: &&Match| {
        m.ids().any(|i| i.eq_ignore_ascii_case(id))
            && wanted.as_ref().is_none_or(|w| *w == package(&m.component))
            && version.as_ref().is_none_or(|v| *v == m.version)
    };
    let mut found: Vec<&Match> = scan.matches.iter().filter(fits).collect();
    match (found.pop(), found.as_slice()) {
        (Some(one), []) => Ok((one.clone(), last.body.clone())),
        (Some(one), others) => {
            let all: Vec<&str> =
                others.iter().map(|m| m.component.as_str()).chain([one.component.as_str()]).collect();
            Err(Error::refused(format!("{} components have `{id}`", all.len()))
                .hint(format!("say which with `--component`: {}", all.join(", "))))
        }
        (None, _) => Err(Error::refused(format!("`{}` did not find `{id}`", last.body.scan))
            .hint("scan again with `dossier vuln scan`; it lists the ids")),
    }
}

/// Confirms the newest assessment of a vulnerability again, for the version and release at hand.
///
/// # Errors
/// When there is none, or the last scan has no such match.
pub fn vuln_carry(
    ws: &Workspace,
    actor: &Actor,
    id: &str,
    component: Option<&str>,
    release: Option<&str>,
) -> Result<Appended> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let (found, scan) = the_match(ws, &state, id, component, release)?;
    let ids: Vec<&str> = found.ids().collect();
    let package = package(&found.component);
    let last: &Recorded<VulnerabilityAssess> =
        state.security.assessments_of(&ids, &package).next().ok_or_else(|| {
            Error::refused(format!("nobody has judged `{id}` yet")).hint("judge it: dossier vuln assess")
        })?;
    let analysis = of_release(ws, &state, release)?;
    let named: Vec<&ItemId> = last.body.hazards.iter().chain(&last.body.controls).collect();
    let body = VulnerabilityAssess {
        vulnerability: found.id.clone(),
        aliases: found.aliases.clone(),
        version: found.version.clone(),
        release: release.map(str::to_owned),
        judged: judged_items(&analysis, &named)?,
        scores: found.severity.iter().map(|s| s.vector.clone()).collect(),
        epss: found.epss.as_ref().map(|e| e.score.clone()),
        exploited: found.kev.is_some(),
        scan: Some(scan.scan.clone()),
        carries: Some(last.meta.seq),
        ..last.body.clone()
    };
    let meaning = "I have read the earlier judgement and it holds for this version and release";
    ws.act_on(&ledger, &state, actor, meaning, &body)
}
