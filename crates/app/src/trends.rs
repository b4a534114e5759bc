//! Trends of problem reports and their signed review (62304:9.6).

use crate::act::Actor;
use crate::anomalies::{Asking, query_error, question, severity_scale};
use crate::error::{Doing as _, Error, Result};
use crate::people::said;
use crate::workspace::{Appended, Workspace};
use monitoring::trend::{By, Trend};
use records::{CapaOpen, TrendReview};
use vocabulary::Date;

/// Which trend.
#[derive(Clone, Debug, Default)]
pub struct TrendOf {
    /// Which anomalies.
    pub asking: Asking,
    /// `item`, `category`, `version`, `severity`; empty for all in one.
    pub by: String,
    /// The first day; a year before the last one where absent, and not before the ledger began.
    pub from: Option<Date>,
    /// The last day; the as-of date where absent.
    pub to: Option<Date>,
}

/// The trend of the anomalies that answer a question.
///
/// # Errors
/// When the question or the group is none, or the window ends before it begins.
pub fn anomaly_trend(ws: &Workspace, of: &TrendOf) -> Result<Trend> {
    trend_of(ws, of, &ws.ledger()?.listed(ws, of.asking.ledger_at)?)
}

pub(crate) fn trend_of(ws: &Workspace, of: &TrendOf, state: &records::State) -> Result<Trend> {
    let by = By::of(&of.by).ok_or_else(|| {
        Error::refused(format!("anomalies cannot be grouped by `{}`", of.by))
            .hint("by item, category, version or severity")
    })?;
    let today = match of.asking.as_of {
        Some(date) => date,
        None => ws.clock.today(&ws.config.product.timezone)?,
    };
    let to = of.to.unwrap_or(today);
    let from = match of.from {
        Some(day) => day,
        None => a_year_to(ws, to)?,
    };
    if from > to {
        return Err(Error::refused(format!("the window begins on {from} and ends before it, on {to}")));
    }
    let text = question(state, "anomalies", &of.asking)?;
    let severity = severity_scale(ws);
    let chosen =
        monitoring::anomalies::choose(state, &text, &severity, today).map_err(|e| query_error(&text, e))?;
    Ok(monitoring::trend::trend(&chosen, &text, by, from, to))
}

/// The first day of the year that ends with `to`, or of the ledger where that is younger: a month before anything was recorded
/// counts nothing, and as a month without problems it would make every later one look adverse.
fn a_year_to(ws: &Workspace, to: Date) -> Result<Date> {
    let year = to.plus_years(-1).plus_days(1);
    let began = ws.ledger()?.entries_of(0..1)?.first().map(|e| e.at.date_utc());
    Ok(began.filter(|day| *day <= to).map_or(year, |day| day.max(year)))
}

/// A trend as a document with its charts: PDF/A.
///
/// # Errors
/// As [`anomaly_trend`], and when the document cannot be set.
pub fn anomaly_trend_pdf(ws: &Workspace, of: &TrendOf) -> Result<Vec<u8>> {
    let trend = anomaly_trend(ws, of)?;
    crate::trail::note_export(ws, "trend of anomalies")?;
    let markdown = trend.to_markdown();
    let digest = vocabulary::Digest::of(&serde_json::to_vec(&trend).doing("write the trend")?);
    let position = match of.asking.ledger_at {
        Some(position) => position,
        None => ws.ledger()?.position()?,
    };
    let cover = views::Cover {
        id: "trend-analysis".into(),
        title: "Trend analysis of problem reports".into(),
        kind: "Computed report (62304:9.6)".into(),
        product: ws.config.product.name.clone(),
        version: None,
        class: None,
        revision: digest.short(),
        digest,
        file: None,
        commit: None,
        ledger: Some(position),
        as_of: trend.to,
        control: Vec::new(),
        owner: String::new(),
        approvals: Vec::new(),
        history: Vec::new(),
        marks: Vec::new(),
    };
    let picture = |(path, svg): (String, String)| views::Picture { path, bytes: svg.into_bytes() };
    let sheet = report::Sheet {
        cover,
        facts: Vec::new(),
        blocks: report::markdown_blocks(&markdown, 0),
        pictures: trend.charts().into_iter().map(picture).collect(),
    };
    sheet.pdf().doing("set the trend as PDF")
}

/// What a review of a trend did.
#[derive(Debug)]
pub struct TrendReviewed {
    /// The entries.
    pub appended: Appended,
    /// The corrective action that it opened.
    pub opened: Option<String>,
}

/// Records that a person read a trend and what they concluded. An adverse trend opens a corrective action, unless one is
/// named that exists.
///
/// # Errors
/// When nothing is concluded, or the corrective action named does not exist.
pub fn trend_review(
    ws: &Workspace,
    actor: &Actor,
    of: &TrendOf,
    conclusion: &str,
    capa: Option<String>,
) -> Result<TrendReviewed> {
    said("a conclusion", conclusion)?;
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    // What a person signs is computed from the entries themselves, never from a snapshot.
    let trend = match of.asking.ledger_at {
        None => trend_of(ws, of, &state)?,
        Some(past) => trend_of(ws, of, &ledger.state(Some(past))?)?,
    };
    if let Some(id) = capa.as_ref().filter(|id| !state.capas.contains_key(*id)) {
        return Err(Error::refused(format!("there is no corrective action `{id}`"))
            .hint("leave `--capa` out: an adverse trend opens one"));
    }
    let adverse = trend.adverse();
    let opened = (capa.is_none() && !adverse.is_empty()).then(|| state.next_capa());
    let text = serde_json::to_vec(&trend).doing("write the trend")?;
    let body = TrendReview {
        from: trend.from,
        to: trend.to,
        query: trend.query.clone(),
        by: of.by.clone(),
        analysis: ws.blobs().put(&text)?,
        adverse: adverse.clone(),
        conclusion: conclusion.to_owned(),
        capa: capa.or_else(|| opened.clone()),
    };
    let at = ws.at(&state);
    let mut drafts = Vec::new();
    if let Some(id) = &opened {
        let description = format!("adverse trend of problem reports: {}", adverse.join(", "));
        let body = CapaOpen { capa: id.clone(), description, source: format!("trend to {}", trend.to) };
        drafts.push(at.process(&actor.person, &body)?);
    }
    match at.personal(actor, "I have read this trend analysis", &body)? {
        crate::act::Acted::Requested(file) => {
            Ok(TrendReviewed { appended: Appended::Requested(file), opened: None })
        }
        crate::act::Acted::Drafts(signed) => {
            drafts.extend(signed);
            Ok(TrendReviewed { appended: ws.append(&ledger, &state, &drafts)?, opened })
        }
    }
}
