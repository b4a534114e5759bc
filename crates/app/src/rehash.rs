//! The scheduled re-hash of the archive: every blob of it and of its second copy is read again, and the ledger says when.

use crate::archives::{ArchiveVerified, archive_verify, folder};
use crate::error::{Error, Result};
use crate::workspace::{Appended, Workspace};
use archive::DiskBlobs;
use archive::verify::Known;
use records::{ArchiveRehash, State};
use serde::Serialize;
use vocabulary::Date;

/// What a scheduled re-hash did.
#[derive(Debug, Serialize)]
pub struct ArchiveRehashed {
    /// Always `dossier/rehash/v1`.
    pub format: &'static str,
    /// When the archive was read whole the last time before, where it was.
    pub last: Option<Date>,
    /// When the next time is due, from today on.
    pub due: Date,
    /// What was found; none where it was not due.
    pub found: Option<ArchiveVerified>,
    /// What is wrong with the second copy.
    pub second_copy: Vec<String>,
    /// The entry.
    #[serde(skip)]
    pub appended: Option<Appended>,
}

impl ArchiveRehashed {
    /// Whether nothing is wrong.
    pub fn ok(&self) -> bool {
        self.found.as_ref().is_none_or(|f| f.ok) && self.second_copy.is_empty()
    }

    /// For people.
    pub fn to_text(&self) -> String {
        let Some(found) = &self.found else {
            let last = self.last.map(|d| d.to_string()).unwrap_or_default();
            return format!("not due: read whole on {last}, next on {}\n", self.due);
        };
        let mut out = found.to_text();
        for p in &self.second_copy {
            out.push_str(&format!("▲ second copy: {p}\n"));
        }
        out.push_str(&format!("next re-hash on {}\n", self.due));
        out
    }
}

/// When every blob was read the last time: the newest re-hash without problems, or the newest seal, which reads back what
/// it wrote only.
fn last(state: &State, zone: &str) -> Option<Date> {
    state.rehashes.iter().rev().find(|r| r.body.problems == 0).and_then(|r| r.meta.at.date_in(zone))
}

/// Reads the whole archive and its second copy again where that is due, or in any case with `now`, and records it.
///
/// # Errors
/// When there is no archive, or the second copy cannot be opened.
pub fn archive_rehash(ws: &Workspace, actor: &str, now: bool) -> Result<ArchiveRehashed> {
    let ledger = ws.ledger()?;
    let state = ledger.state(None)?;
    let zone = &ws.config.product.timezone;
    let today = ws.clock.today(zone)?;
    let every = i64::from(ws.config.archive.rehash_days);
    let last = last(&state, zone);
    let due = last.map_or(today, |d| d.plus_days(every));
    if !now && due > today {
        return Ok(ArchiveRehashed {
            format: "dossier/rehash/v1",
            last,
            due,
            found: None,
            second_copy: vec![],
            appended: None,
        });
    }
    let found = archive_verify(ws)?;
    let mut second_copy = Vec::new();
    if let Some(mirror) = &ws.config.archive.mirror {
        let path = ws.path(mirror);
        let store = DiskBlobs::read_only(&path).map_err(|e| {
            Error::refused(format!("the second copy {} cannot be opened", path.display()))
                .because(e)
                .hint("bring it up to date: dossier archive mirror")
        })?;
        let report = archive::verify_archive(&store, &Known { copy: true, ..Known::default() });
        second_copy = report.problems.iter().map(|p| format!("{}: {}", p.path, p.message)).collect();
    }
    let named = found
        .problems
        .iter()
        .map(|p| format!("{}: {}", p.path, p.message))
        .chain(second_copy.iter().cloned());
    let named: Vec<String> = named.take(50).collect();
    let body = ArchiveRehash {
        archive: folder(ws).display().to_string(),
        releases: found.releases.clone(),
        blobs: found.checked.blobs,
        bytes: found.checked.bytes,
        problems: (found.problems.len() + second_copy.len()) as u64,
        named,
    };
    let draft = ws.at(&state).process(actor, &body)?;
    let appended = ws.append(&ledger, &state, &[draft])?;
    let due = if body.problems == 0 { today.plus_days(every) } else { today };
    Ok(ArchiveRehashed {
        format: "dossier/rehash/v1",
        last,
        due,
        found: Some(found),
        second_copy,
        appended: Some(appended),
    })
}
