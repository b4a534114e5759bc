//! An issue of GitHub: of the REST API, of a webhook, or of `gh issue list --json`.

use super::{Ended, Issue, names, plain, text};
use serde_json::Value;

pub(super) fn issue(v: &Value) -> Issue {
    let state = text(v, &["state"]).unwrap_or_default().to_lowercase();
    let reason = text(v, &["state_reason", "stateReason"]).unwrap_or_default().to_lowercase();
    let ended = match (state.as_str(), reason.as_str()) {
        ("open", _) => Ended::Open,
        (_, "completed") => Ended::Completed,
        (_, "not_planned" | "not planned") => Ended::NotPlanned,
        (_, "duplicate") => Ended::Duplicate,
        _ => Ended::Closed,
    };
    let mut labels = names(v.get("labels"));
    labels.extend(v.get("type").and_then(plain));
    let number = text(v, &["number"]).unwrap_or_default();
    let mut fields = std::collections::BTreeMap::new();
    if let Some(milestone) = v.get("milestone").and_then(plain) {
        fields.insert("milestone".to_owned(), milestone);
    }
    let body = text(v, &["body"]).unwrap_or_default();
    Issue {
        // The REST API has a number, `gh` only the id of the node; both name the node where they can.
        id: text(v, &["node_id"]).or_else(|| text(v, &["id"])).unwrap_or_default(),
        key: number,
        url: text(v, &["html_url"]).or_else(|| text(v, &["url"])).unwrap_or_default(),
        title: text(v, &["title"]).unwrap_or_default(),
        duplicate_of: duplicate_of(&body).filter(|_| ended == Ended::Duplicate),
        text: body,
        status: if reason.is_empty() || state == "open" { state } else { format!("{state} as {reason}") },
        ended,
        labels,
        fields,
        updated: text(v, &["updated_at", "updatedAt"]).unwrap_or_default(),
        deleted: false,
    }
}

/// `Duplicate of #12`, the sentence that GitHub itself reads.
fn duplicate_of(body: &str) -> Option<String> {
    let lower = body.to_ascii_lowercase();
    let at = lower.find("duplicate of #")? + "duplicate of #".len();
    let digits: String = lower.get(at..)?.chars().take_while(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}
