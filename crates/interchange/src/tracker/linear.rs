//! An issue of Linear: of the GraphQL API, or of a webhook.

use super::{Ended, Issue, names, plain, text};
use serde_json::Value;

pub(super) fn issue(v: &Value) -> Issue {
    let status = v.get("state").and_then(plain).unwrap_or_default();
    let ended = match v.pointer("/state/type").and_then(Value::as_str).unwrap_or_default() {
        "completed" => Ended::Completed,
        "duplicate" => Ended::Duplicate,
        "canceled" if status.eq_ignore_ascii_case("duplicate") => Ended::Duplicate,
        "canceled" => Ended::NotPlanned,
        _ => Ended::Open,
    };
    let mut fields = std::collections::BTreeMap::new();
    for (name, key) in [("milestone", "projectMilestone"), ("priority", "priorityLabel"), ("cycle", "cycle")]
    {
        if let Some(value) = v.get(key).and_then(plain) {
            fields.insert(name.to_owned(), value);
        }
    }
    let related = v.pointer("/relations/nodes").and_then(Value::as_array);
    let duplicate_of = related.into_iter().flatten().find_map(|r| {
        let is = r.get("type").and_then(Value::as_str) == Some("duplicate");
        let other = r.pointer("/relatedIssue/identifier").and_then(Value::as_str);
        other.filter(|_| is).map(str::to_owned)
    });
    Issue {
        id: text(v, &["id"]).unwrap_or_default(),
        key: text(v, &["identifier"]).unwrap_or_default(),
        url: text(v, &["url"]).unwrap_or_default(),
        title: text(v, &["title"]).unwrap_or_default(),
        text: text(v, &["description"]).unwrap_or_default(),
        status,
        ended,
        duplicate_of,
        labels: names(v.get("labels")),
        fields,
        updated: text(v, &["updatedAt"]).unwrap_or_default(),
        deleted: v.get("trashed").and_then(Value::as_bool) == Some(true),
    }
}
