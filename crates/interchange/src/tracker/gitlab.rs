//! An issue of GitLab: of the REST API, or of a webhook.

use super::{Ended, Issue, names, plain, text};
use serde_json::Value;

pub(super) fn issue(v: &Value) -> Issue {
    of(v, names(v.get("labels")))
}

/// A webhook keeps the issue below `object_attributes`, and its labels beside it.
pub(super) fn hook(v: &Value) -> Issue {
    let attributes = v.get("object_attributes").unwrap_or(&Value::Null);
    let own = names(attributes.get("labels"));
    of(attributes, if own.is_empty() { names(v.get("labels")) } else { own })
}

fn of(v: &Value, mut labels: Vec<String>) -> Issue {
    let status = text(v, &["state"]).unwrap_or_default();
    let ended = if matches!(status.as_str(), "opened" | "reopened" | "open") {
        Ended::Open
    } else if v.get("duplicated_to_id").is_some_and(|d| !d.is_null()) {
        Ended::Duplicate
    } else {
        Ended::Closed
    };
    let mut fields = std::collections::BTreeMap::new();
    if let Some(milestone) = v.get("milestone").and_then(plain) {
        fields.insert("milestone".to_owned(), milestone);
    }
    if let Some(severity) = text(v, &["severity"]).filter(|s| !s.eq_ignore_ascii_case("unknown")) {
        fields.insert("severity".to_owned(), severity.to_lowercase());
    }
    labels.extend(text(v, &["issue_type", "type"]));
    Issue {
        id: text(v, &["id"]).unwrap_or_default(),
        key: text(v, &["iid"]).unwrap_or_default(),
        url: text(v, &["web_url", "url"]).unwrap_or_default(),
        title: text(v, &["title"]).unwrap_or_default(),
        text: text(v, &["description"]).unwrap_or_default(),
        status,
        ended,
        duplicate_of: None,
        labels,
        fields,
        updated: text(v, &["updated_at"]).unwrap_or_default(),
        deleted: false,
    }
}
