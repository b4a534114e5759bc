//! Reviews of published anomalies: what is due, the texts that are attested to, and the attesting.

use crate::act::Actor;
use crate::analysis::{Analysis, Inputs};
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use model::LinkType;
use records::{Criteria, Recorded, ReviewedAnomaly, SoupAttest, SoupReview};
use serde::Serialize;
use vocabulary::{Date, Digest, ItemId};

/// Days after which a review is due again, unless the profile says otherwise.
const AGE_MAX: i64 = 90;
/// The criterion that every product has.
const DEFAULT: &str = "published-anomalies";
const DEFAULT_TEXT: &str = include_str!("published-anomalies.md");

/// A SOUP version whose published anomalies are to be reviewed.
#[derive(Clone, Debug, Serialize)]
pub struct SoupDue {
    /// The SOUP item.
    pub item: String,
    /// Its title.
    pub title: String,
    /// The exact version in use.
    pub version: String,
    /// Why it is due.
    pub why: String,
    /// Whether a cause of a hazardous situation arises in it: then the gate asks for the review (62304:7.1.2 c, 7.1.3).
    pub safety: bool,
    /// Where the item says that anomalies are published.
    pub anomaly_list: String,
    /// The last review of the item, of whatever version.
    pub last: Option<LastReview>,
}

/// An earlier review.
#[derive(Clone, Debug, Serialize)]
pub struct LastReview {
    /// The version that it holds for.
    pub version: String,
    /// When the list was searched.
    pub searched: String,
    /// Where.
    pub source: String,
    /// What was found.
    pub result: String,
    /// The anomalies that were judged one by one.
    pub anomalies: Vec<ReviewedAnomaly>,
    /// Who reviewed.
    pub by: String,
    /// The entry.
    pub entry: u64,
}

/// A text that reviews attest to.
#[derive(Clone, Debug, Serialize)]
pub struct CriteriaText {
    /// Its name.
    pub name: String,
    /// The file; none for the one that comes with dossier.
    pub file: Option<String>,
    /// `sha256:…` of the text: what a review names.
    pub digest: String,
    /// The text.
    pub text: String,
}

/// A review to be recorded.
#[derive(Clone, Debug, Default)]
pub struct ReviewDraft {
    /// The version, where several are in use.
    pub version: Option<String>,
    /// Where the list was found, or `none published`.
    pub source: String,
    /// What was found.
    pub result: String,
    /// The anomalies that were looked at one by one.
    pub anomalies: Vec<ReviewedAnomaly>,
    /// The criterion.
    pub criteria: Option<String>,
    /// Confirms the last review again for this version, as it stands.
    pub carry: bool,
}

/// How many days a review holds.
pub(super) fn days_of(analysis: &Analysis) -> i64 {
    analysis.config.own_profile.review_days.get("soup").map_or(AGE_MAX, |d| i64::from(*d))
}

/// The day on which a review of this date is due again.
pub(super) fn due_in(searched: Date, days: i64) -> Date {
    searched.plus_days(days)
}

/// What is due: versions never reviewed, and reviews that are too old. What a hazard hangs on comes first.
///
/// # Errors
/// When something cannot be read.
pub fn soup_due(ws: &Workspace, inputs: &Inputs) -> Result<Vec<SoupDue>> {
    Ok(due(&Analysis::listed_whole(ws, inputs)?))
}

pub(crate) fn due(analysis: &Analysis) -> Vec<SoupDue> {
    let register = soup::join(&analysis.model, &analysis.components);
    let most = days_of(analysis);
    let mut out = Vec::new();
    for row in &register.rows {
        let item = analysis.model.item(row.item);
        let of_item = || analysis.state.soup_reviews.iter().filter(|r| r.body.item == item.id);
        let last = of_item().next_back();
        for version in &row.versions {
            let newest = of_item().filter(|r| r.body.version == *version).map(|r| r.body.searched).max();
            let why = match (newest, last) {
                (Some(date), _) if analysis.as_of.days_since(date) <= most => continue,
                (Some(date), _) => format!("reviewed {} days ago", analysis.as_of.days_since(date)),
                (None, Some(r)) => format!("reviewed for version {} only", r.body.version),
                (None, None) => "never reviewed".to_owned(),
            };
            out.push(SoupDue {
                item: item.id.to_string(),
                title: item.title().to_owned(),
                version: version.clone(),
                why,
                safety: analysis.model.sources(row.item, LinkType::ArisesIn).next().is_some(),
                anomaly_list: item.value("anomaly-list").unwrap_or_default().into_owned(),
                last: last.map(|r| last_review(analysis, r)),
            });
        }
    }
    out.sort_by_key(|d| !d.safety);
    out
}

fn last_review(analysis: &Analysis, r: &Recorded<SoupReview>) -> LastReview {
    let full = analysis.state.security.attests.iter().find(|a| a.meta.seq == r.meta.seq);
    LastReview {
        anomalies: full.map(|f| f.body.anomalies.clone()).unwrap_or_default(),
        version: r.body.version.clone(),
        searched: r.body.searched.to_string(),
        source: r.body.source.clone(),
        result: r.body.result.clone(),
        by: r.meta.actor.to_string(),
        entry: r.meta.seq,
    }
}

/// The criteria: the files of `criteria` below the documents folder, and the one that comes with dossier where no file
/// takes its place.
///
/// # Errors
/// When the folder cannot be read.
pub fn soup_criteria(ws: &Workspace) -> Result<Vec<CriteriaText>> {
    let below = format!("{}/criteria", ws.config.documents.root);
    let mut out = Vec::new();
    let folder = ws.path(&below);
    if folder.is_dir() {
        for entry in std::fs::read_dir(&folder).doing(format_args!("read {below}"))? {
            let path = entry.doing(format_args!("read {below}"))?.path();
            if path.extension().is_none_or(|e| e != "md") {
                continue;
            }
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).doing(format_args!("read {}", path.display()))?;
            let file = Some(format!("{below}/{name}.md"));
            out.push(CriteriaText { name, file, digest: Digest::of(text.as_bytes()).oci(), text });
        }
    }
    if !out.iter().any(|c| c.name == DEFAULT) {
        let text = DEFAULT_TEXT.to_owned();
        out.push(CriteriaText {
            name: DEFAULT.to_owned(),
            file: None,
            digest: Digest::of(text.as_bytes()).oci(),
            text,
        });
    }
    out.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}

/// Records the review of a supplier's published anomalies for an exact version in use. The text that is attested to is
/// kept as it is.
///
/// # Errors
/// When there is no such item or criterion, or it is not said which of several versions.
pub fn soup_review(ws: &Workspace, actor: &Actor, item: &ItemId, draft: &ReviewDraft) -> Result<Appended> {
    let analysis = Analysis::load(ws, &Inputs::default())?;
    let register = soup::join(&analysis.model, &analysis.components);
    let row = register.rows.iter().find(|r| analysis.model.item(r.item).id == *item).ok_or_else(|| {
        Error::refused(format!("there is no SOUP item `{item}`")).hint("list them with `dossier soup list`")
    })?;
    let version = version_of(item, &row.versions, draft.version.as_deref())?;
    let all = soup_criteria(ws)?;
    let wanted = draft.criteria.as_deref().unwrap_or(DEFAULT);
    let criterion = all.iter().find(|c| c.name == wanted).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|c| c.name.as_str()).collect();
        Error::refused(format!("there is no criterion `{wanted}`"))
            .hint(format!("there are {}; `dossier soup criteria` shows their texts", known.join(", ")))
    })?;
    let mut body = SoupAttest {
        item: item.clone(),
        version: version.clone(),
        source: draft.source.clone(),
        searched: ws.clock.today(&ws.config.product.timezone)?,
        result: draft.result.clone(),
        anomalies: draft.anomalies.clone(),
        criteria: Criteria { name: criterion.name.clone(), digest: Digest::of(criterion.text.as_bytes()) },
        carries: None,
    };
    let meaning = if draft.carry {
        carry(&analysis, &mut body)?;
        "I have read the earlier review and the anomalies published since, and confirm it for this version"
    } else {
        "I have reviewed the published anomalies of this version"
    };
    said("where the list was found", &body.source)?;
    said("the result", &body.result)?;
    if let Some(a) = body.anomalies.iter().find(|a| a.reason.trim().is_empty()) {
        return Err(Error::refused(format!("anomaly `{}` is judged without a reason", a.id)));
    }
    ws.blobs().put(criterion.text.as_bytes())?;
    ws.act_on(&ws.ledger()?, &analysis.state, actor, meaning, &body)
}

fn version_of(item: &ItemId, versions: &[String], wanted: Option<&str>) -> Result<String> {
    match (versions, wanted) {
        (all, Some(wanted)) if all.iter().any(|v| v == wanted) => Ok(wanted.to_owned()),
        (all, Some(wanted)) => Err(Error::refused(format!("`{item}` is not in use at version `{wanted}`"))
            .hint(format!("in use: {}", all.join(", ")))),
        ([one], None) => Ok(one.clone()),
        ([], None) => Err(Error::refused(format!("`{item}` has no version"))
            .hint("a review holds for one exact version (62304:7.1.3): name its package by `purl`, or write `version`")),
        (several, None) => {
            Err(Error::refused(format!("`{item}` has no single exact version: {}", several.join(", ")))
                .hint("a review holds for one exact version (62304:7.1.3); say which: --version …"))
        }
    }
}

/// Takes over what the last review of the item says, whatever version it was for.
fn carry(analysis: &Analysis, body: &mut SoupAttest) -> Result<()> {
    let earlier = analysis.state.soup_reviews.iter().rev().find(|r| r.body.item == body.item);
    let earlier = earlier.ok_or_else(|| {
        Error::refused(format!("`{}` was never reviewed, so there is nothing to confirm", body.item))
    })?;
    let full = analysis.state.security.attests.iter().find(|a| a.meta.seq == earlier.meta.seq);
    if body.source.is_empty() {
        body.source.clone_from(&earlier.body.source);
    }
    if body.result.is_empty() {
        body.result.clone_from(&earlier.body.result);
    }
    let mut anomalies = full.map(|f| f.body.anomalies.clone()).unwrap_or_default();
    anomalies.retain(|a| body.anomalies.iter().all(|new| new.id != a.id));
    body.anomalies.splice(0..0, anomalies);
    body.carries = Some(earlier.meta.seq);
    Ok(())
}
