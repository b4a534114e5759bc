//! Anomalies as questions see them.

use crate::query::{Fact, Facts, Query, QueryError, Schema, Sort};
use records::State;
use records::state::Anomaly;
use records::{Affected, Disposition};
use vocabulary::Date;

/// The scale of severity where `[anomalies] severity` is not written, mildest first.
pub const DEFAULT_SEVERITY: [&str; 4] = ["cosmetic", "minor", "major", "critical"];

/// What may be asked of anomalies, with the firm's scale of severity.
pub fn schema(severity: &[String]) -> Schema {
    Schema {
        of: "anomalies",
        fields: &[
            ("id", Sort::Text),
            ("title", Sort::Text),
            ("description", Sort::Text),
            ("severity", Sort::Severity),
            ("state", Sort::Word(&STATES)),
            ("disposition", Sort::Word(&["corrected", "wont-fix", "duplicate", "not-an-anomaly"])),
            ("version", Sort::Version),
            ("introduced", Sort::Version),
            ("fixed", Sort::Version),
            ("category", Sort::Text),
            ("cause", Sort::Text),
            ("found", Sort::Text),
            ("function", Sort::Text),
            ("item", Sort::Text),
            ("hazard", Sort::Text),
            ("source", Sort::Text),
            ("change", Sort::Text),
            ("tracker", Sort::Text),
            ("key", Sort::Text),
            ("by", Sort::Text),
            ("reported", Sort::Date),
            ("closed", Sort::Date),
            ("age", Sort::Number),
        ],
        flags: &[
            "open",
            "resolved",
            "verified",
            "investigated",
            "evaluated",
            "problem",
            "safety-relevant",
            "security-relevant",
            "disclosed",
            "unacceptable",
            "mirrored",
            "reopened",
            "duplicate",
            "wont-fix",
        ],
        relations: &["affects", "residual-in", "evaluated-for", "affected-release", "mentions"],
        severity: severity.to_vec(),
    }
}

/// One anomaly with what its fields are counted to.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The id.
    pub id: &'a str,
    /// The anomaly.
    pub anomaly: &'a Anomaly,
    /// The scale of severity.
    pub severity: &'a [String],
    /// The date that ages are counted to.
    pub as_of: Date,
}

/// Every word for where an anomaly stands, from [`state_word`].
const STATES: [&str; 8] = [
    "reported",
    "investigated",
    "reopened",
    "resolved",
    "verified",
    "will not be corrected",
    "duplicate",
    "no anomaly",
];

/// The word for where an anomaly stands.
pub fn state_word(a: &Anomaly) -> &'static str {
    match (a.resolution().map(|r| r.body.disposition), a.investigations.is_empty()) {
        (Some(Disposition::WontFix), _) => "will not be corrected",
        (Some(Disposition::Duplicate), _) => "duplicate",
        (Some(Disposition::NotAnAnomaly), _) => "no anomaly",
        (Some(Disposition::Corrected), _) if a.resolution_verified() => "verified",
        (Some(Disposition::Corrected), _) => "resolved",
        (None, _) if !a.reopenings.is_empty() => "reopened",
        (None, false) => "investigated",
        (None, true) => "reported",
    }
}

/// Whether the newest investigation, or a judgement against a fielded release, says that it is relevant to safety.
pub fn safety_relevant(a: &Anomaly) -> bool {
    a.investigation().is_some_and(|i| i.body.safety_relevant)
}

/// Whether users are told by the newest evaluation.
pub fn disclosed(a: &Anomaly) -> bool {
    a.evaluations.last().is_some_and(|e| match &e.body.disclosure {
        Some(d) => d.disclosed,
        None => !e.body.disclosed.trim().is_empty(),
    })
}

/// The day on which nothing was left to be done.
pub fn closed_on(a: &Anomaly) -> Option<Date> {
    if a.is_open() {
        return None;
    }
    let resolution = a.resolution()?;
    let verified = a.verifications.iter().find(|v| v.meta.seq > resolution.meta.seq);
    Some(match (resolution.body.disposition, verified) {
        (Disposition::Corrected, Some(v)) => v.meta.at.date_utc(),
        _ => resolution.meta.at.date_utc(),
    })
}

fn optional(text: Option<&str>) -> Fact<'_> {
    match text {
        Some(t) if !t.is_empty() => Fact::Text(t),
        _ => Fact::None,
    }
}

impl Facts for Asked<'_> {
    fn field(&self, name: &str) -> Fact<'_> {
        let a = self.anomaly;
        let report = &a.report.body;
        let investigation = a.investigation().map(|i| &i.body);
        let resolution = a.resolution().map(|r| &r.body);
        match name {
            "id" => Fact::Text(self.id),
            "title" => Fact::Text(&report.title),
            "description" => Fact::Text(&report.description),
            "severity" => {
                let place = self.severity.iter().position(|s| s.eq_ignore_ascii_case(&report.severity));
                Fact::Severity(place, &report.severity)
            }
            "state" => Fact::Text(state_word(a)),
            "disposition" => optional(resolution.map(|r| r.disposition.as_str())),
            "version" => Fact::Version(&report.version),
            "introduced" => {
                investigation.and_then(|i| i.introduced_in.as_deref()).map_or(Fact::None, Fact::Version)
            }
            "fixed" => resolution.and_then(|r| r.fixed_in.as_deref()).map_or(Fact::None, Fact::Version),
            "category" => optional(investigation.map(|i| i.category.as_str())),
            "cause" => optional(investigation.map(|i| i.cause.as_str())),
            "found" => Fact::Text(&report.found),
            "function" => optional(Some(&report.function)),
            "item" => Fact::Texts(report.affects.iter().map(|i| i.as_str()).collect()),
            "hazard" => {
                Fact::Texts(investigation.into_iter().flat_map(|i| &i.hazards).map(|h| h.as_str()).collect())
            }
            "source" => Fact::Texts(report.sources.iter().map(String::as_str).collect()),
            "change" => Fact::Texts(changes_of(a)),
            "tracker" => optional(a.mirror().map(|m| m.body.tracker.as_str())),
            "key" => optional(a.mirror().map(|m| m.body.key.as_str())),
            "by" => Fact::Text(&a.report.meta.actor),
            "reported" => Fact::Date(a.report.meta.at.date_utc()),
            "closed" => closed_on(a).map_or(Fact::None, Fact::Date),
            "age" => {
                let until = closed_on(a).unwrap_or(self.as_of);
                Fact::Number(until.days_since(a.report.meta.at.date_utc()))
            }
            _ => Fact::None,
        }
    }

    fn flag(&self, name: &str) -> bool {
        let a = self.anomaly;
        let disposition = a.resolution().map(|r| r.body.disposition);
        match name {
            "open" => a.is_open(),
            "resolved" => a.resolution().is_some(),
            "verified" => a.resolution_verified(),
            "investigated" => !a.investigations.is_empty(),
            "evaluated" => !a.evaluations.is_empty(),
            "problem" => a.investigation().is_none_or(|i| i.body.problem),
            "safety-relevant" => safety_relevant(a),
            "security-relevant" => a.investigation().is_some_and(|i| i.body.security_relevant),
            "disclosed" => disclosed(a),
            "unacceptable" => a
                .evaluations
                .last()
                .is_some_and(|e| e.body.outcome == records::EvaluationOutcome::Unacceptable),
            "mirrored" => a.mirror().is_some(),
            "reopened" => !a.reopenings.is_empty(),
            "duplicate" => disposition == Some(Disposition::Duplicate),
            "wont-fix" => disposition == Some(Disposition::WontFix),
            _ => false,
        }
    }

    fn relation(&self, name: &str, value: &str) -> bool {
        let a = self.anomaly;
        match name {
            "affects" => a.report.body.affects.iter().any(|i| i.as_str().eq_ignore_ascii_case(value)),
            "residual-in" => a.residual_in(value),
            "evaluated-for" => a.evaluation_for(value).is_some(),
            "affected-release" => a.judged_in(value).is_some_and(|f| f.body.affected == Affected::Affected),
            "mentions" => {
                let value = value.to_lowercase();
                let r = &a.report.body;
                [&r.title, &r.description, &r.reproduction, &r.function]
                    .iter()
                    .any(|t| t.to_lowercase().contains(&value))
            }
            _ => false,
        }
    }
}

/// The change requests that an anomaly is tied to.
pub fn changes_of(a: &Anomaly) -> Vec<&str> {
    let investigated = a.investigations.iter().filter_map(|i| i.body.change.as_deref());
    let resolved = a.resolutions.iter().filter_map(|r| r.body.change.as_deref());
    let mut all: Vec<&str> = investigated.chain(resolved).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The anomalies that answer a question, by id unless the question orders them.
///
/// # Errors
/// When the text is no question.
pub fn choose<'a>(
    state: &'a State,
    text: &str,
    severity: &'a [String],
    as_of: Date,
) -> Result<Vec<Asked<'a>>, QueryError> {
    let query = Query::parse(text, &schema(severity))?;
    let all = state.anomalies.iter().map(|(id, anomaly)| Asked { id, anomaly, severity, as_of });
    Ok(query.choose(all))
}
