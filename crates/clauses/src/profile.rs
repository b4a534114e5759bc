//! Profiles: what a product chooses to ask of itself beyond the edition, read from `library/profiles.toml`.

use crate::library::Clause;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a profile asks for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// `playbook`, `standard`.
    pub name: String,
    /// What it is for, in a line.
    pub about: String,
    /// Ids of clauses that are due whatever the safety class.
    pub due_for_every_class: Vec<String>,
    /// Ids of clauses whose findings no waiver excepts.
    pub never_waivable: Vec<String>,
    /// Whether automated results count only where dossier ran them or a CI job attests them.
    pub attested_results: bool,
    /// Whether a rebuild has to give the same bytes.
    pub identical_rebuild: bool,
    /// Whether the archive has to have a mirror.
    pub second_copy: bool,
    /// Whether the PRRC too signs the evaluation of each residual anomaly.
    pub prrc_signs_anomalies: bool,
    /// Roles that count as engineering where a safety class is signed.
    pub engineering_roles: Vec<String>,
    /// Roles that count as clinical or regulatory where a safety class is signed.
    pub clinical_roles: Vec<String>,
    /// Rules, by id or name, whose findings no waiver excepts, beyond those that say so themselves.
    #[serde(default)]
    pub never_waivable_rules: Vec<String>,
    /// The standards beside the edition whose clauses are asked, by id: `14971`, `mdr`.
    pub beside: Vec<String>,
    /// The longest time that a waiver may run, in days; no limit where nothing is said.
    #[serde(default)]
    pub waiver_days: Option<u32>,
    /// After how many days a review is due again, by what is reviewed: `soup`, `document`.
    #[serde(default)]
    pub review_days: BTreeMap<String, u32>,
}

impl Profile {
    /// Whether the profile looks at the standard of a clause: IEC 62304 always, others where it names them.
    pub fn looks_at(&self, clause: &Clause) -> bool {
        let standard = clause.id.split(':').next().unwrap_or_default();
        standard == crate::GUIDED_STANDARD || self.beside.iter().any(|s| s == standard)
    }

    /// Whether the clause is due for software of this class (`"B"`) under this profile.
    pub fn demands(&self, clause: &Clause, class: &str) -> bool {
        clause.applies_to(class) || (clause.in_force && self.due_for_every_class.contains(&clause.id))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfilesFile {
    profile: Vec<Profile>,
}

/// Every profile, the default one first.
pub fn profiles() -> &'static [Profile] {
    static PROFILES: OnceLock<Vec<Profile>> = OnceLock::new();
    PROFILES.get_or_init(|| match toml::from_str::<ProfilesFile>(crate::PROFILES) {
        Ok(file) => file.profile,
        // Not input: the file is compiled in, and the tests below read it before we ship.
        Err(error) => panic!("library/profiles.toml: {error}"),
    })
}

/// The profile of this name.
pub fn profile(name: &str) -> Option<&'static Profile> {
    profiles().iter().find(|p| p.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clause_that_a_profile_names_is_in_force() {
        for p in profiles() {
            for id in &p.beside {
                assert!(crate::library().standards().iter().any(|s| s.id == *id), "{}: {id}", p.name);
            }
            for id in p.due_for_every_class.iter().chain(&p.never_waivable) {
                assert!(crate::clause(id).is_some_and(|c| c.in_force), "{}: {id}", p.name);
            }
        }
        assert_eq!(profiles().iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["playbook", "standard"]);
    }

    #[test]
    fn the_strict_profile_asks_class_a_for_all_of_the_release() {
        let (strict, plain) = (profile("playbook").unwrap(), profile("standard").unwrap());
        let evaluation = crate::clause("62304:5.8.3").unwrap();
        assert!(strict.demands(evaluation, "A") && !plain.demands(evaluation, "A"));
        assert!(plain.demands(evaluation, "B"));
        let architecture = crate::clause("62304:5.3.1").unwrap();
        assert!(!strict.demands(architecture, "A"));
    }
}
