//! See `signature_without_manifestation.md`.

use crate::prelude::*;
use records::{Signer, State};
use std::collections::BTreeMap;

rule!(SIGNATURE_WITHOUT_MANIFESTATION, "signature_without_manifestation", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut signers: BTreeMap<&str, Vec<&Signer>> = BTreeMap::new();
    for signer in signatures(state) {
        signers.entry(signer.person.as_str()).or_default().push(signer);
    }
    let mut shown = 0_usize;
    for (id, of_person) in &signers {
        let Some(person) = state.persons.get(*id) else { continue };
        let enrolled = &person.enrolled.body;
        let name = enrolled.name.trim();
        let mut wrong: Vec<(&str, &str)> = Vec::new();
        if name.is_empty() || name == *id {
            wrong.push(("cfr11:11.50.a.1", "the printed name is missing: there is only the account"));
        }
        if of_person.iter().any(|s| s.meaning.trim().is_empty()) {
            wrong.push(("cfr11:11.50.a.3", "a signature has no meaning"));
        }
        if enrolled.identity_proof.trim().is_empty() {
            wrong.push(("cfr11:11.100.b", "nothing says how the identity was verified"));
        }
        if wrong.is_empty() {
            shown += of_person.len();
            continue;
        }
        let why: Vec<&str> = wrong.iter().map(|(_, why)| *why).collect();
        let report = out.at_entry(person.enrolled.meta.seq, id).arg("why", why.join("; "));
        for (clause, _) in wrong {
            report.clause(clause);
        }
    }
    if signers.is_empty() {
        out.saw_text("nobody has signed yet");
    }
    if shown > 0 {
        out.saw_text(format!(
            "{shown} signatures, each with printed name, time and meaning, identity verified"
        ));
    }
}

/// The signatures on what decides: approvals, evaluations, waivers, releases.
fn signatures(state: &State) -> impl Iterator<Item = &Signer> {
    let approvals = state.approvals.values().flatten().filter_map(|r| r.meta.signer.as_ref());
    let evaluations = state.evaluations.iter().filter_map(|r| r.meta.signer.as_ref());
    let waivers = state.waivers.values().filter_map(|r| r.meta.signer.as_ref());
    let releases = state.releases.values().flat_map(|r| &r.signatures).filter_map(|r| r.meta.signer.as_ref());
    approvals.chain(evaluations).chain(waivers).chain(releases)
}
