//! See `signature_without_manifestation.md`.

use crate::prelude::*;
use records::{Signer, State};
use std::collections::BTreeMap;

rule!(SIGNATURE_WITHOUT_MANIFESTATION, "signature_without_manifestation", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let mut signers: BTreeMap<&str, Vec<&Signer>> = BTreeMap::new();
    for signer in decisions(state).chain(of_releases(state)) {
        signers.entry(signer.person.as_str()).or_default().push(signer);
    }
    let mut faulty = Vec::new();
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
            continue;
        }
        faulty.push(*id);
        let why: Vec<&str> = wrong.iter().map(|(_, why)| *why).collect();
        let report = out.at_entry(person.enrolled.meta.seq, id).arg("why", why.join("; "));
        for (clause, _) in wrong {
            report.clause(clause);
        }
    }
    if signers.is_empty() {
        out.saw_text("nobody has signed yet");
    }
    // Signatures of releases are not counted: they are given on this very evidence, which would change with each of them.
    let known =
        |s: &&Signer| state.persons.contains_key(s.person.as_str()) && !faulty.contains(&s.person.as_str());
    let shown = decisions(state).filter(known).count();
    if shown > 0 {
        out.saw_text(format!(
            "{shown} signatures, each with printed name, time and meaning, identity verified"
        ));
    }
}

/// The signatures on what decides before a release: approvals, evaluations, waivers.
fn decisions(state: &State) -> impl Iterator<Item = &Signer> {
    let approvals = state.approvals.values().flatten().filter_map(|r| r.meta.signer.as_deref());
    let evaluations = state.evaluations.iter().filter_map(|r| r.meta.signer.as_deref());
    let waivers = state.waivers.values().filter_map(|r| r.meta.signer.as_deref());
    let withdrawn = state.withdrawn_waivers.values().flat_map(|w| [&w.granted.meta, &w.withdrawn.meta]);
    approvals.chain(evaluations).chain(waivers).chain(withdrawn.filter_map(|m| m.signer.as_deref()))
}

fn of_releases(state: &State) -> impl Iterator<Item = &Signer> {
    state.releases.values().flat_map(|r| &r.signatures).filter_map(|r| r.meta.signer.as_deref())
}
