//! The result in plain words, and as `dossier/verify/v1`.

use crate::arguments::Request;
use crate::check::{Kind, Outcome};
use ledger::Trust;
use serde_json::json;
use std::fmt::Write as _;

/// How far the anchors carry, as the JSON says it.
fn trust_name(trust: Trust) -> &'static str {
    match trust {
        Trust::SelfConsistent => "self-consistent only",
        Trust::Key => "ledger key",
        Trust::Checkpoint => "checkpoint",
    }
}

/// The object `dossier/verify/v1` (docs/schemas/verify-v1.schema.json), pretty, with a line end.
pub(crate) fn json(request: &Request, outcome: &Outcome) -> Result<String, String> {
    let problems: Vec<_> = outcome
        .problems
        .iter()
        .map(|p| json!({"code": p.code, "path": p.path, "message": p.message}))
        .collect();
    let kind = match outcome.kind {
        Kind::Archive => "archive",
        Kind::Bag => "bag",
        Kind::Ledger => "ledger",
    };
    let object = json!({
        "format": "dossier/verify/v1",
        "ok": outcome.problems.is_empty(),
        "trust": trust_name(outcome.trust),
        "checked": {
            "blobs": outcome.blobs, "bytes": outcome.bytes, "entries": outcome.entries,
            "signatures": outcome.signatures,
        },
        "problems": problems,
        "path": request.path.to_string_lossy(),
        "kind": kind,
        "releases": outcome.releases,
        "fingerprints": outcome.fingerprints,
        "notes": outcome.notes,
    });
    let text =
        serde_json::to_string_pretty(&object).map_err(|e| format!("the result has no JSON form: {e}"))?;
    Ok(text + "\n")
}

/// The result for a person.
pub(crate) fn words(request: &Request, o: &Outcome) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{}: {}", request.path.display(), what(o));
    let _ = writeln!(out, "\nChecked:");
    if o.kind != Kind::Ledger {
        let _ = writeln!(
            out,
            "- {} blobs, {} bytes: each read and digested again, each chunk of each tree unpacked and digested; every \
             file belongs to a release",
            o.blobs, o.bytes
        );
        let _ = writeln!(
            out,
            "- the signed manifest of each release: its signature, its subjects, and that the OCI manifest follows from it"
        );
    }
    if o.kind == Kind::Bag {
        let _ =
            writeln!(out, "- the bag: every file against its manifests, nothing missing and nothing more");
    }
    if o.entries > 0 {
        let _ = writeln!(
            out,
            "- {} ledger entries: form, order, times, the Merkle tree over them, the checkpoint, key changes",
            o.entries
        );
    }
    let _ = writeln!(out, "- {} signatures of the ledger's key and of persons", o.signatures);
    for note in &o.notes {
        let _ = writeln!(out, "- note: {note}");
    }
    let _ = writeln!(out, "\nTrust: {}", trust_name(o.trust));
    match o.trust {
        Trust::SelfConsistent => {
            let _ = writeln!(
                out,
                "Nothing from outside was compared: whoever holds the ledger's key could have written all of it anew, or \
                 left its end out. Compare these with what was kept elsewhere, or give that with --trust:"
            );
        }
        Trust::Key => {
            let _ = writeln!(
                out,
                "The ledger is signed by the key that you gave. What is missing at its end cannot be seen:"
            );
        }
        Trust::Checkpoint => {
            let _ = writeln!(
                out,
                "The ledger contains, unchanged, everything that the checkpoint that you gave covers:"
            );
        }
    }
    for fingerprint in &o.fingerprints {
        let _ = writeln!(out, "  {fingerprint}");
    }
    if o.problems.is_empty() {
        let _ = writeln!(out, "\nEverything that was checked holds.");
    } else {
        let _ = writeln!(out, "\n{} problems:", o.problems.len());
        for p in &o.problems {
            let _ = writeln!(out, "  {} {}: {}", p.code, p.path, p.message);
        }
    }
    out
}

fn what(o: &Outcome) -> String {
    let releases = match o.releases.as_slice() {
        [] => "no readable release".to_owned(),
        [one] => format!("release {one}"),
        many => format!("{} releases: {}", many.len(), many.join(", ")),
    };
    match o.kind {
        Kind::Archive => format!("an archive with {releases}"),
        Kind::Bag => format!("a BagIt export with {releases}"),
        Kind::Ledger => "the export of a ledger".to_owned(),
    }
}
