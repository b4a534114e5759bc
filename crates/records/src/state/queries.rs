//! Questions that several readers ask of the state.

use super::{Anomaly, Person, Recorded, Security, State};
use crate::types::{DeviationRecord, DocumentApprove};
use vocabulary::{Date, Digest};

impl State {
    /// Whether two enrolled persons vouch for a new key of the ledger, with keys that were in force at the position of its
    /// rotation; this is the state before it. `Err` says why not.
    pub fn vouched_for(&self, rotation: &ledger::Rotation) -> Result<(), String> {
        let mut persons = Vec::new();
        for signature in &rotation.persons {
            let id = signature.statement.get("person").and_then(|p| p.as_str()).unwrap_or_default();
            let person = self.persons.get(id).filter(|p| p.active_at(rotation.position));
            let key = person.and_then(|p| p.key_at(&signature.key_id, rotation.position));
            if key.is_none() {
                return Err(format!("`{id}` had no key {} in force", signature.key_id));
            }
            persons.push(id);
        }
        persons.sort_unstable();
        persons.dedup();
        if persons.len() >= 2 { Ok(()) } else { Err("fewer than two persons vouch for it".to_owned()) }
    }

    /// What of the records an analysis of a commit's documents needs: the links that were confirmed, the runs, the approvals
    /// and the SBOMs of suppliers.
    pub fn evidence(&self) -> State {
        let Security { sboms, retired, .. } = &self.security;
        State {
            position: self.position,
            confirmations: self.confirmations.clone(),
            runs: self.runs.clone(),
            approvals: self.approvals.clone(),
            security: Security { sboms: sboms.clone(), retired: retired.clone(), ..Security::default() },
            ..State::default()
        }
    }

    /// Whether verdicts may be given: every entry counts and is understood.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty() && self.unknown_kinds.is_empty()
    }

    /// The approvals of `document` at exactly this content.
    pub fn approvals_of(
        &self,
        document: &str,
        digest: Digest,
    ) -> impl Iterator<Item = &Recorded<DocumentApprove>> {
        self.approvals.get(document).into_iter().flatten().filter(move |a| a.body.digest == digest)
    }

    /// The anomalies that are known and not corrected in `version`, by id (62304:5.8.2).
    pub fn residual_anomalies(&self, version: &str) -> impl Iterator<Item = (&str, &Anomaly)> {
        self.anomalies.iter().filter(move |(_, a)| a.residual_in(version)).map(|(id, a)| (id.as_str(), a))
    }

    /// The deviations that were recorded for `version`.
    pub fn deviations_for(&self, version: &str) -> impl Iterator<Item = &Recorded<DeviationRecord>> {
        self.deviations.iter().filter(move |d| d.body.version == version)
    }

    /// The persons who hold `role` now, on the day `on`.
    pub fn holders_of(&self, role: &str, on: Date) -> impl Iterator<Item = (&str, &Person)> {
        self.persons
            .iter()
            .filter(move |(_, p)| p.holds(role, self.position, on))
            .map(|(id, p)| (id.as_str(), p))
    }

    /// The printed name of a person, or the id where nobody of that id is enrolled.
    pub fn printed_name<'a>(&'a self, person: &'a str) -> &'a str {
        self.persons.get(person).map_or(person, Person::name)
    }
}
