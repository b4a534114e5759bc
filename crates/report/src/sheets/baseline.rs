//! Documents of a release beside its record: the configuration baseline, the version history, the residual anomalies and
//! the changes, each from the same view as the record, so that they cannot say something else.

use views::{Cover, Digest, ReleaseRecord};

use super::release::{anomalies, changes, configuration, cover, digests, evaluation, history};
use super::{facts, heading, soup};
use crate::block::{Block, Cell, Inline, inline};
use crate::sheet::Sheet;

/// The cover of a document of a release. Its digest is over what the document lists.
fn cover_of(record: &ReleaseRecord, name: &str, title: &str, lines: &[String]) -> Cover {
    let version = &record.header.version;
    Cover {
        id: format!("{name}-{version}"),
        title: format!("{title} of {version}"),
        kind: title.to_owned(),
        digest: Digest::of(lines.join("\n").as_bytes()),
        ..cover(record)
    }
}

fn of_record(record: &ReleaseRecord) -> Vec<(String, Cell)> {
    vec![
        ("Build".to_owned(), inline::cell(&record.header.build)),
        ("Release record".to_owned(), inline::cell(&record.id)),
        ("Evidence manifest".to_owned(), inline::digest(record.manifest_digest)),
    ]
}

fn sentence(text: &str) -> Block {
    Block::Paragraph { text: inline::cell(text) }
}

/// The configuration baseline (62304:8.1.3, 5.8.4): every configuration item with its version and digest, the SOUP, and how
/// it was built.
pub fn configuration_baseline(record: &ReleaseRecord) -> Sheet {
    let mut lines: Vec<String> = record
        .configuration
        .iter()
        .map(|c| format!("{} {} {} {}", c.kind, c.id, c.version, c.digest))
        .collect();
    lines.extend(record.soup.iter().map(|s| format!("soup {} {}", s.id, s.version)));
    let header = &record.header;
    let mut frozen =
        vec![("commit", vec![inline::code(&header.commit)]), ("tree", vec![Inline::Digest(header.tree)])];
    if let Some(tag) = &header.tag {
        frozen.push(("signed tag", vec![inline::code(tag)]));
    }
    if let Some(build) = &record.build {
        frozen.push(("recipe", vec![Inline::Digest(build.recipe)]));
        frozen.push(("environment", vec![Inline::Digest(build.environment_digest)]));
    }
    let blocks = vec![
        sentence(
            "The set of configuration items with their versions that makes this version of the software system.",
        ),
        heading(1, "Frozen source"),
        facts(frozen),
        heading(1, "Configuration items"),
        configuration(&record.configuration),
        heading(1, "SOUP"),
        soup::table(&record.soup),
        heading(1, "Bills of material"),
        digests(&record.sboms, "No bill of materials is staged."),
    ];
    let mut of_cover = of_record(record);
    of_cover.push(("Configuration items".to_owned(), inline::cell(record.configuration.len().to_string())));
    Sheet {
        cover: cover_of(record, "CFG", "Configuration baseline", &lines),
        facts: of_cover,
        blocks,
        pictures: vec![],
    }
}

/// The version history: what was tested and what was released, the oldest first, the last row being this release.
pub fn version_history(record: &ReleaseRecord) -> Sheet {
    let mut rows = record.history.clone();
    rows.reverse();
    let line = |r: &views::VersionHistoryRow| {
        format!("{} {} {} {} {}", r.version, r.tested, r.released, r.changes, r.difference)
    };
    let lines: Vec<String> = rows.iter().map(line).collect();
    let blocks = vec![
        sentence(
            "Every candidate since the ledger began, the oldest first: the build that was tested, the build that was \
             released, what changed, and whether what was released is what was tested. Two builds are the same software \
             where their configuration items have the same digest.",
        ),
        history(&rows),
    ];
    Sheet {
        cover: cover_of(record, "VER", "Version history", &lines),
        facts: of_record(record),
        blocks,
        pictures: vec![],
    }
}

/// The known residual anomalies with their evaluations (62304:5.8.2, 5.8.3).
pub fn residual_anomalies(record: &ReleaseRecord) -> Sheet {
    let line = |a: &views::ResidualAnomaly| {
        let judged = a.evaluation.as_ref().map(|e| e.signature.entry.to_string()).unwrap_or_default();
        format!("{} {judged}", a.anomaly.id)
    };
    let lines: Vec<String> = record.anomalies.iter().map(line).collect();
    let mut blocks =
        vec![sentence(&record.anomaly_query), heading(1, "Residual anomalies"), anomalies(&record.anomalies)];
    for row in &record.anomalies {
        blocks.extend(evaluation(row));
    }
    Sheet {
        cover: cover_of(record, "ANO", "Residual anomalies", &lines),
        facts: of_record(record),
        blocks,
        pictures: vec![],
    }
}

/// The change requests of a release (62304:8.2).
pub fn change_list(record: &ReleaseRecord) -> Sheet {
    let lines: Vec<String> =
        record.changes.iter().map(|c| format!("{} {} {}", c.id, c.state, c.title)).collect();
    Sheet {
        cover: cover_of(record, "CHG", "Changes", &lines),
        facts: of_record(record),
        blocks: vec![heading(1, "Changes since the release before"), changes(&record.changes)],
        pictures: vec![],
    }
}
