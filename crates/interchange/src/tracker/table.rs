//! Issues in CSV, as GitLab, Jira and Linear export them: the first row names the columns, and Jira repeats a column for
//! each value.

use super::{Ended, Issue, Issues, Tracker, complete, jira, times};
use std::collections::BTreeMap;

/// The columns that mean something to us, by tracker; all others are fields under their own names.
struct Columns {
    id: &'static str,
    key: &'static str,
    title: &'static [&'static str],
    text: &'static str,
    status: &'static str,
    url: &'static str,
    labels: &'static [&'static str],
    updated: &'static [&'static str],
}

fn columns(tracker: Tracker) -> Option<Columns> {
    Some(match tracker {
        Tracker::GitHub => return None,
        Tracker::GitLab => Columns {
            // The export has no unchanging id; the number within the project stays as long as the issue is not moved.
            id: "issue id",
            key: "issue id",
            title: &["title"],
            text: "description",
            status: "state",
            url: "url",
            labels: &["labels"],
            updated: &["updated at (utc)", "updated at"],
        },
        Tracker::Jira => Columns {
            id: "issue id",
            key: "issue key",
            title: &["summary"],
            text: "description",
            status: "status",
            url: "url",
            labels: &["labels", "issue type"],
            updated: &["updated"],
        },
        Tracker::Linear => Columns {
            id: "uuid",
            key: "id",
            title: &["title"],
            text: "description",
            status: "status",
            url: "url",
            labels: &["labels"],
            updated: &["updated"],
        },
    })
}

pub(super) fn read(tracker: Tracker, bytes: &[u8]) -> Issues {
    let mut out = Issues::default();
    let Some(columns) = columns(tracker) else {
        out.problems.push("GitHub exports JSON: `gh issue list --state all --json …`".to_owned());
        return out;
    };
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header: Vec<String> = match reader.byte_headers() {
        Ok(h) => h.iter().map(|c| String::from_utf8_lossy(c).trim().to_lowercase()).collect(),
        Err(e) => {
            out.problems.push(format!("no CSV: {e}"));
            return out;
        }
    };
    if !header.iter().any(|h| h == columns.key) {
        out.problems.push(format!("no column is named `{}`, so this is no such export", columns.key));
        return out;
    }
    for (n, row) in reader.byte_records().enumerate() {
        out.entries += 1;
        let row = match row {
            Ok(row) => row,
            Err(e) => {
                out.problems.push(format!("row {}: {e}", n + 2));
                continue;
            }
        };
        let mut cells: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (name, cell) in header.iter().zip(row.iter()) {
            let cell = String::from_utf8_lossy(cell).trim().to_owned();
            if !cell.is_empty() {
                cells.entry(name.as_str()).or_default().push(cell);
            }
        }
        if cells.is_empty() {
            continue;
        }
        match complete(issue(tracker, &columns, cells)) {
            Ok(issue) => out.issues.push(issue),
            Err(why) => out.problems.push(format!("row {}: {why}", n + 2)),
        }
    }
    if out.entries == 0 {
        out.problems.push("there is a heading row and nothing below it".to_owned());
    }
    out
}

fn issue(tracker: Tracker, columns: &Columns, mut cells: BTreeMap<&str, Vec<String>>) -> Issue {
    let first = |cells: &BTreeMap<&str, Vec<String>>, name: &str| {
        cells.get(name).and_then(|v| v.first()).cloned().unwrap_or_default()
    };
    let any = |cells: &BTreeMap<&str, Vec<String>>, names: &[&str]| {
        names.iter().map(|n| first(cells, n)).find(|v| !v.is_empty()).unwrap_or_default()
    };
    let (key, status) = (first(&cells, columns.key), first(&cells, columns.status));
    let id = Some(first(&cells, columns.id)).filter(|i| !i.is_empty()).unwrap_or_else(|| key.clone());
    let labels = columns.labels.iter().filter_map(|n| cells.get(*n)).flatten();
    let labels = labels.flat_map(|l| l.split(',')).map(|l| l.trim().to_owned()).collect();
    let resolution = first(&cells, "resolution");
    let ended = match tracker {
        Tracker::Jira if resolution.is_empty() || resolution.eq_ignore_ascii_case("unresolved") => {
            Ended::Open
        }
        Tracker::Jira => jira::ended(&resolution),
        Tracker::Linear => match () {
            () if !first(&cells, "completed").is_empty() => Ended::Completed,
            () if status.eq_ignore_ascii_case("duplicate") => Ended::Duplicate,
            () if !first(&cells, "canceled").is_empty() => Ended::NotPlanned,
            () => Ended::Open,
        },
        _ if status.eq_ignore_ascii_case("open") || status.eq_ignore_ascii_case("opened") => Ended::Open,
        _ => Ended::Closed,
    };
    let duplicate_of = ["outward issue link (duplicate)", "duplicate of"];
    let out = Issue {
        id,
        url: first(&cells, columns.url),
        title: any(&cells, columns.title),
        text: first(&cells, columns.text),
        ended,
        duplicate_of: Some(any(&cells, &duplicate_of)).filter(|d| !d.is_empty()),
        labels,
        updated: times::iso(&any(&cells, columns.updated)),
        deleted: false,
        fields: BTreeMap::new(),
        status,
        key,
    };
    cells.retain(|name, _| ![columns.id, columns.key, columns.text, columns.status].contains(name));
    let mut fields = BTreeMap::new();
    for (name, values) in cells {
        // Jira writes `Custom field (Severity)`.
        let name = name.strip_prefix("custom field (").and_then(|n| n.strip_suffix(')')).unwrap_or(name);
        let name = match name {
            "affects version/s" | "affects versions" => "version",
            "fix version/s" | "fix versions" => "fix version",
            other => other,
        };
        fields.insert(name.to_owned(), values.join(", "));
    }
    Issue { fields, ..out }
}
