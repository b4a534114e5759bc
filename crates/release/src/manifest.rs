//! The evidence manifest: every input that the gate looked at, with its digest, and the verdict per sub-clause.
//!
//! Its digest is what people sign. It is a pure function of the release, the frozen commits, the ledger up to a position
//! and the as-of date; the position itself is no part of it, so that an entry which does not touch the release voids
//! nothing, and neither are the release's own verdicts and signatures, which come after it.

use crate::touching::touching;
use records::{BaselineCommit, ReleaseKind, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use vocabulary::canonical::{self, CanonicalError};
use vocabulary::{Date, Digest};

/// The value of [`EvidenceManifest::format`].
pub const FORMAT: &str = "dossier/evidence-manifest/v1";

/// Something that the gate looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// `document`, or the kind of a record: `run/import/v1`.
    pub kind: String,
    /// The document's id or the record's subject.
    pub name: String,
    /// The content digest, or the digest of the entry's bytes.
    pub digest: Digest,
}

/// The verdict of one sub-clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// `pass`, `finding`, `human`, `waived`, `advisory`, `not-applicable`.
    pub verdict: String,
    /// In one sentence.
    pub reason: String,
    /// What was looked at, for people.
    pub evidence: Vec<String>,
}

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceManifest {
    /// Always [`FORMAT`].
    pub format: String,
    /// The product's name.
    pub product: String,
    /// The ledger's origin.
    pub origin: String,
    /// The version.
    pub release: String,
    /// Full, hotfix or over the air.
    pub kind: ReleaseKind,
    /// The candidate's number.
    pub candidate: u32,
    /// The build identifier.
    pub build: String,
    /// The edition of the standard.
    pub edition: String,
    /// The profile.
    pub profile: String,
    /// The rule set by digest.
    pub rule_set: String,
    /// The date that ages were counted to.
    pub as_of: Date,
    /// Software system to class.
    pub systems: BTreeMap<String, String>,
    /// The frozen commits.
    pub commits: Vec<BaselineCommit>,
    /// The software digest at those commits.
    pub software: Digest,
    /// The stage, where there is one: what is signed is what is archived.
    pub stage: Option<Digest>,
    /// All inputs, sorted.
    pub inputs: Vec<Input>,
    /// `pass`, `waived` or `fail`.
    pub verdict: String,
    /// `5.8.1` to `5.8.8`.
    pub sections: BTreeMap<String, Section>,
    /// Adjacent duties: `14971:9`, `13485:8.2.6`, …
    pub adjacent: BTreeMap<String, Section>,
}

/// What the gate judged, for the manifest.
#[derive(Clone, Debug)]
pub struct Judged<'a> {
    /// The state at the position that was judged.
    pub state: &'a State,
    /// The release.
    pub version: &'a str,
    /// Controlled documents at the frozen commit: id, content digest.
    pub documents: &'a [(String, Digest)],
    /// The edition, profile and rule set.
    pub edition: &'a str,
    /// The profile.
    pub profile: &'a str,
    /// The rule set by digest.
    pub rule_set: &'a str,
    /// The date that ages were counted to.
    pub as_of: Date,
    /// Software system to class.
    pub systems: BTreeMap<String, String>,
    /// `pass`, `waived` or `fail`.
    pub verdict: &'a str,
    /// `5.8.1` to `5.8.8`.
    pub sections: BTreeMap<String, Section>,
    /// Adjacent duties.
    pub adjacent: BTreeMap<String, Section>,
}

impl EvidenceManifest {
    /// The manifest of what was judged, or `None` where no such release is open. `entry_digest` gives the digest of the
    /// bytes of the entry of that number.
    pub fn build(judged: Judged<'_>, entry_digest: &dyn Fn(u64) -> Digest) -> Option<EvidenceManifest> {
        let release = judged.state.releases.get(judged.version)?;
        let opened = &release.candidate()?.body;
        let document = |(id, digest): &(String, Digest)| Input {
            kind: "document".into(),
            name: id.clone(),
            digest: *digest,
        };
        let record = |t: crate::touching::Touching| Input {
            kind: t.kind.into(),
            name: t.subject,
            digest: entry_digest(t.seq),
        };
        let mut inputs: Vec<Input> = judged.documents.iter().map(document).collect();
        inputs.extend(touching(judged.state, judged.version, judged.documents).into_iter().map(record));
        inputs.sort();
        inputs.dedup();
        Some(EvidenceManifest {
            format: FORMAT.into(),
            product: judged.state.product.clone(),
            origin: judged.state.origin.clone(),
            release: judged.version.into(),
            kind: opened.kind,
            candidate: opened.candidate,
            build: opened.build.clone(),
            edition: judged.edition.into(),
            profile: judged.profile.into(),
            rule_set: judged.rule_set.into(),
            as_of: judged.as_of,
            systems: judged.systems,
            commits: opened.commits.clone(),
            software: opened.software,
            stage: release.stage().map(|s| s.body.stage),
            inputs,
            verdict: judged.verdict.into(),
            sections: judged.sections,
            adjacent: judged.adjacent,
        })
    }

    /// The canonical bytes.
    ///
    /// # Errors
    /// Never for a manifest that [`EvidenceManifest::build`] made.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_vec(self)
    }

    /// What is signed.
    ///
    /// # Errors
    /// As [`EvidenceManifest::to_bytes`].
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        self.to_bytes().map(|b| Digest::of(&b))
    }

    /// The first line in which two manifests differ, for people: why a signature is void.
    pub fn difference(&self, other: &EvidenceManifest) -> Option<String> {
        if self == other {
            return None;
        }
        let gone = self.inputs.iter().find(|i| !other.inputs.contains(i));
        let come = other.inputs.iter().find(|i| !self.inputs.contains(i));
        let line = |i: &Input| format!("{} `{}`", i.kind, i.name);
        Some(match (gone, come) {
            (Some(g), Some(c)) if g.name == c.name && g.kind == c.kind => format!("{} has changed", line(g)),
            (_, Some(c)) => format!("{} has come since", line(c)),
            (Some(g), None) => format!("{} is no longer an input", line(g)),
            (None, None) => self.other_difference(other),
        })
    }

    fn other_difference(&self, other: &EvidenceManifest) -> String {
        if self.stage != other.stage {
            return "the stage has changed".into();
        }
        if self.rule_set != other.rule_set {
            return "the rule set has changed".into();
        }
        let changed = self.sections.iter().find(|(k, v)| other.sections.get(*k) != Some(v));
        match changed {
            Some((clause, _)) => format!("the verdict of {clause} has changed"),
            None => "the header has changed".into(),
        }
    }
}
