//! Issues of trackers: what GitHub, GitLab, Jira and Linear export or answer, as one form.
//!
//! A reader takes the bytes of an export file, of one page of an API's answer, or of a webhook's call, and gives the
//! issues in them. What cannot be read is a problem with its place and never silently left out. It decides nothing: which
//! issue is an anomaly, and what of it is taken over, is the use case's matter.

mod github;
mod gitlab;
mod jira;
mod jira_xml;
mod linear;
mod table;
mod times;

use serde_json::Value;
use std::collections::BTreeMap;

/// A kind of tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracker {
    /// GitHub's REST API, and what `gh issue list --json` prints.
    GitHub,
    /// GitLab's REST API, and its CSV export.
    GitLab,
    /// Jira's REST API, and its exports in CSV and XML.
    Jira,
    /// Linear's GraphQL API, and its CSV export.
    Linear,
}

impl Tracker {
    /// The words of `[trackers.NAME] kind`.
    pub const ALL: [(&'static str, Tracker); 4] = [
        ("github", Tracker::GitHub),
        ("gitlab", Tracker::GitLab),
        ("jira", Tracker::Jira),
        ("linear", Tracker::Linear),
    ];

    /// The kind of this word.
    pub fn of(word: &str) -> Option<Tracker> {
        Tracker::ALL.iter().find(|(w, _)| *w == word).map(|(_, t)| *t)
    }
}

/// How an issue ended, as far as the tracker says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ended {
    /// It is open.
    #[default]
    Open,
    /// It was done.
    Completed,
    /// It is not going to be done.
    NotPlanned,
    /// It repeats another one.
    Duplicate,
    /// It was closed, and the tracker does not say how.
    Closed,
}

/// An issue as its tracker has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issue {
    /// The id that never changes: what a renamed key and a moved project leave alone.
    pub id: String,
    /// The key that people use, `TRI-12` or `12`.
    pub key: String,
    /// Its address for people.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// The tracker's word for its state.
    pub status: String,
    /// How it ended.
    pub ended: Ended,
    /// The key of the issue that it repeats.
    pub duplicate_of: Option<String>,
    /// Its labels, and its type where the tracker has types.
    pub labels: Vec<String>,
    /// Further fields by name in lower case; several values are joined with a comma.
    pub fields: BTreeMap<String, String>,
    /// When it was changed last, as RFC 3339 where the tracker's form of a time is known. Jira's CSV names no zone.
    pub updated: String,
    /// It is gone: a webhook said so.
    pub deleted: bool,
}

impl Issue {
    /// What the issue says under a name: a label `name: value` (also `name::value`, `name/value`), a field, or the text below
    /// a heading of its description. An answer that a form leaves open is none.
    pub fn value(&self, name: &str) -> Option<String> {
        let label = || {
            self.labels.iter().find_map(|l| {
                let (n, v) =
                    l.split_once("::").or_else(|| l.split_once(':')).or_else(|| l.split_once('/'))?;
                n.trim().eq_ignore_ascii_case(name).then(|| v.trim().to_owned())
            })
        };
        let field = || self.fields.get(&name.to_lowercase()).cloned();
        label().or_else(field).or_else(|| section(&self.text, name)).filter(|v| said(v))
    }

    /// Whether it bears this label or is of this type.
    pub fn is(&self, label: &str) -> bool {
        self.labels.iter().any(|l| l.trim().eq_ignore_ascii_case(label))
    }
}

fn said(text: &str) -> bool {
    !matches!(text.trim().to_ascii_lowercase().as_str(), "" | "_no response_" | "none selected")
}

/// The text below a heading (`### Severity`, `h3. Severity`, `**Severity**`, `**Severity:** major`), up to the next one.
fn section(text: &str, name: &str) -> Option<String> {
    let mut found: Option<String> = None;
    for line in text.lines() {
        match (heading(line), &mut found) {
            (Some((title, rest)), None) if title.eq_ignore_ascii_case(name) => found = Some(rest.to_owned()),
            (Some(_), Some(_)) => break,
            (None, Some(body)) => {
                body.push('\n');
                body.push_str(line);
            }
            _ => {}
        }
    }
    found.map(|t| t.trim().to_owned())
}

fn heading(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    let marked = line.trim_start_matches('#');
    if marked.len() < line.len() && marked.starts_with(' ') {
        return Some((marked.trim().trim_end_matches('#').trim().trim_end_matches(':'), ""));
    }
    if let Some((level, title)) = line.strip_prefix('h').and_then(|l| l.split_once(". "))
        && level.len() == 1
        && level.bytes().all(|b| b.is_ascii_digit())
    {
        return Some((title.trim().trim_end_matches(':'), ""));
    }
    let (title, rest) = line.strip_prefix("**")?.split_once("**")?;
    let rest = rest.trim_start_matches(':').trim();
    Some((title.trim().trim_end_matches(':'), rest))
}

/// What a file or answer held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Issues {
    /// The issues, in the tracker's order.
    pub issues: Vec<Issue>,
    /// What could not be read, each with its place.
    pub problems: Vec<String>,
    /// How many entries there were, pull requests and such counted: a page with fewer than were asked for is the last.
    pub entries: usize,
    /// The mark of the next page, where the tracker gives one.
    pub next: Option<String>,
}

/// Reads an export file, or one page of an API's answer.
pub fn read(tracker: Tracker, bytes: &[u8]) -> Issues {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    match first {
        None => Issues { problems: vec!["the file is empty".to_owned()], ..Issues::default() },
        Some(b'[' | b'{') => match serde_json::from_slice::<Value>(text) {
            Ok(value) => read_value(tracker, &value),
            Err(e) => Issues { problems: vec![format!("no JSON: {e}")], ..Issues::default() },
        },
        Some(b'<') if tracker == Tracker::Jira => jira_xml::read(text),
        Some(b'<') => Issues {
            problems: vec!["this is XML or a page, perhaps of a login: export CSV or JSON".to_owned()],
            ..Issues::default()
        },
        Some(_) => table::read(tracker, text),
    }
}

fn read_value(tracker: Tracker, value: &Value) -> Issues {
    let mut out = Issues::default();
    let found = match tracker {
        Tracker::GitHub => value.get("items").unwrap_or(value).as_array(),
        Tracker::GitLab => value.as_array(),
        Tracker::Jira => {
            if value.get("isLast").and_then(Value::as_bool) != Some(true) {
                out.next = text(value, &["nextPageToken"]);
            }
            value.get("issues").unwrap_or(value).as_array()
        }
        Tracker::Linear => {
            let issues = value.pointer("/data/issues").or_else(|| value.get("issues")).unwrap_or(value);
            if issues.pointer("/pageInfo/hasNextPage").and_then(Value::as_bool) == Some(true) {
                out.next = issues.pointer("/pageInfo/endCursor").and_then(Value::as_str).map(str::to_owned);
            }
            issues.get("nodes").unwrap_or(issues).as_array()
        }
    };
    let Some(found) = found else {
        let said = text(value, &["message"])
            .or_else(|| value.pointer("/errors/0/message").and_then(Value::as_str).map(str::to_owned))
            .or_else(|| value.pointer("/errorMessages/0").and_then(Value::as_str).map(str::to_owned));
        let said = said.map(|s| format!(": it says \"{}\"", clip(&s))).unwrap_or_default();
        out.problems.push(format!("there is no list of issues in it{said}"));
        return out;
    };
    out.entries = found.len();
    for (n, value) in found.iter().enumerate() {
        match one(tracker, value) {
            Ok(Some(issue)) => out.issues.push(issue),
            Ok(None) => {}
            Err(why) => out.problems.push(format!("issue {} of the list: {why}", n + 1)),
        }
    }
    out
}

fn one(tracker: Tracker, value: &Value) -> Result<Option<Issue>, String> {
    let issue = match tracker {
        Tracker::GitHub if value.get("pull_request").is_some_and(|p| !p.is_null()) => return Ok(None),
        Tracker::GitHub => github::issue(value),
        Tracker::GitLab => gitlab::issue(value),
        Tracker::Jira => jira::issue(value),
        Tracker::Linear => linear::issue(value),
    };
    complete(issue).map(Some)
}

/// An issue without id or key is none.
fn complete(mut issue: Issue) -> Result<Issue, String> {
    // Before anything is asked of them: a key of control characters is none.
    for text in [&mut issue.id, &mut issue.key, &mut issue.status, &mut issue.updated, &mut issue.url] {
        text.retain(|c| !c.is_control());
    }
    if issue.id.is_empty() && issue.key.is_empty() {
        return Err("it has neither id nor key".to_owned());
    }
    if issue.id.is_empty() {
        return Err(format!("`{}` has no id that stays when its key changes", clip(&issue.key)));
    }
    if issue.key.is_empty() {
        return Err(format!("the issue with the id `{}` has no key", clip(&issue.id)));
    }
    if !issue.url.starts_with("https://") && !issue.url.starts_with("http://") {
        issue.url.clear();
    }
    Ok(issue)
}

/// Reads what a webhook was called with: one issue, or none where the call is about something else.
///
/// # Errors
/// When it is no JSON, or an issue that cannot be read.
pub fn read_webhook(tracker: Tracker, bytes: &[u8]) -> Result<Option<Issue>, String> {
    let value: Value = serde_json::from_slice(bytes).map_err(|e| format!("no JSON: {e}"))?;
    let (about, deleted) = match tracker {
        Tracker::GitHub => (value.get("issue"), word(&value, "action") == "deleted"),
        Tracker::GitLab => {
            let is = word(&value, "object_kind") == "issue" || word(&value, "object_kind") == "work_item";
            (is.then_some(&value), false)
        }
        Tracker::Jira => (value.get("issue"), word(&value, "webhookEvent").ends_with("issue_deleted")),
        Tracker::Linear => {
            let is = word(&value, "type") == "Issue";
            (is.then(|| value.get("data")).flatten(), word(&value, "action") == "remove")
        }
    };
    let Some(about) = about else { return Ok(None) };
    let issue = match tracker {
        Tracker::GitLab => Some(complete(gitlab::hook(about))?),
        _ => one(tracker, about)?,
    };
    Ok(issue.map(|i| Issue { deleted, ..i }))
}

fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The first of these keys that holds a text or number.
fn text(value: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|k| plain(value.get(*k)?))
}

/// A text, a number, or the name or value of an object that has one; several joined with commas.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(b) => Some(if *b { "yes" } else { "no" }.to_owned()),
        Value::Object(o) => ["name", "value", "title", "key"].iter().find_map(|k| match o.get(*k)? {
            Value::String(s) => Some(s.clone()),
            _ => None,
        }),
        Value::Array(all) => {
            let parts: Vec<String> = all.iter().filter_map(plain).collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        }
        Value::Null => None,
    }
}

/// The names in a list of labels, which are texts or objects with a name.
fn names(value: Option<&Value>) -> Vec<String> {
    let list = value.map(|v| v.get("nodes").unwrap_or(v)).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(plain).collect()
}

fn clip(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests;
