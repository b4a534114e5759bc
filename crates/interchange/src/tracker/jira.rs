//! An issue of Jira: of the REST API (versions 2 and 3), or of a webhook.

use super::{Ended, Issue, names, plain, text};
use serde_json::Value;

/// How deep a document of Jira may be nested; deeper ones lose what is below.
const DEPTH_MAX: usize = 40;

pub(super) fn issue(v: &Value) -> Issue {
    let empty = Value::Null;
    let f = v.get("fields").unwrap_or(&empty);
    let status = f.get("status").and_then(plain).unwrap_or_default();
    let resolution = f.get("resolution").and_then(plain).unwrap_or_default();
    let done = f.pointer("/status/statusCategory/key").and_then(Value::as_str) == Some("done");
    let key = text(v, &["key"]).unwrap_or_default();
    let mut labels = names(f.get("labels"));
    labels.extend(f.get("issuetype").and_then(plain));
    let mut fields = std::collections::BTreeMap::new();
    for (name, value) in f.as_object().into_iter().flatten() {
        let known = match name.as_str() {
            "versions" => "version",
            "fixVersions" => "fix version",
            "components" => "component",
            "priority" => "priority",
            "environment" => "environment",
            custom if custom.starts_with("customfield_") => custom,
            _ => continue,
        };
        if let Some(value) = rich(value) {
            fields.insert(known.to_owned(), value);
        }
    }
    let url = match text(v, &["self"]).as_deref().and_then(|s| s.split_once("/rest/")) {
        Some((site, _)) => format!("{site}/browse/{key}"),
        None => String::new(),
    };
    Issue {
        id: text(v, &["id"]).unwrap_or_default(),
        url,
        title: text(f, &["summary"]).unwrap_or_default(),
        text: f.get("description").and_then(rich).unwrap_or_default(),
        ended: if done || !resolution.is_empty() { ended(&resolution) } else { Ended::Open },
        duplicate_of: duplicate_of(f),
        status: if resolution.is_empty() { status } else { format!("{status} as {resolution}") },
        labels,
        fields,
        updated: text(f, &["updated"]).unwrap_or_default(),
        deleted: false,
        key,
    }
}

/// How a resolution ends an issue; the names are those that Jira begins with.
pub(super) fn ended(resolution: &str) -> Ended {
    match resolution.to_lowercase().as_str() {
        "done" | "fixed" | "resolved" | "completed" => Ended::Completed,
        "won't do" | "won't fix" | "wont do" | "wont fix" | "declined" | "not planned" => Ended::NotPlanned,
        "duplicate" => Ended::Duplicate,
        _ => Ended::Closed,
    }
}

/// The issue that this one says it duplicates.
fn duplicate_of(fields: &Value) -> Option<String> {
    let links = fields.get("issuelinks")?.as_array()?;
    links.iter().find_map(|l| {
        let is = l.pointer("/type/name").and_then(Value::as_str) == Some("Duplicate");
        let other = l.pointer("/outwardIssue/key").and_then(Value::as_str);
        other.filter(|_| is).map(str::to_owned)
    })
}

/// A plain value, or the text of a document in Atlassian's format.
fn rich(value: &Value) -> Option<String> {
    if value.get("type").and_then(Value::as_str) != Some("doc") {
        return plain(value);
    }
    let mut out = String::new();
    walk(value, 0, &mut out);
    let out = out.trim().to_owned();
    (!out.is_empty()).then_some(out)
}

fn walk(node: &Value, depth: usize, out: &mut String) {
    if depth > DEPTH_MAX {
        return;
    }
    let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
    match kind {
        "text" => out.push_str(node.get("text").and_then(Value::as_str).unwrap_or_default()),
        "hardBreak" => out.push('\n'),
        "heading" => out.push_str("\n### "),
        "listItem" => out.push_str("\n- "),
        "paragraph" | "codeBlock" | "rule" if !out.ends_with("- ") => out.push('\n'),
        "mention" | "emoji" | "inlineCard" => {
            out.push_str(node.pointer("/attrs/text").and_then(Value::as_str).unwrap_or_default());
        }
        _ => {}
    }
    for child in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        walk(child, depth + 1, out);
    }
    if matches!(kind, "heading" | "paragraph" | "codeBlock") {
        out.push('\n');
    }
}
