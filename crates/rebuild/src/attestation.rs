//! External runners: builders that cannot be archived (Xcode, MSVC, a vendor's service) and return an attestation
//! instead. What they built is shown as "not self-contained".
//!
//! Only the structure is checked here. The attestation travels in a DSSE envelope, which `signing` verifies with the
//! runner's key, before what it says counts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Output;

/// Where a product is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Runner {
    /// In the sandbox on this host, from archived inputs alone.
    Sandbox,
    /// By a named service or machine.
    External {
        /// Its name, as `[build] runner` and the attestation have it.
        name: String,
    },
}

impl Runner {
    /// What a release says of its builder.
    pub fn statement(&self) -> &'static str {
        match self {
            Runner::Sandbox => "self-contained: everything that built it is in the archive",
            Runner::External { .. } => "not self-contained: the builder is not in the archive",
        }
    }
}

/// What an external runner says that it did. An in-toto predicate in content, kept to what is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// `dossier/external-build/v1`.
    pub format: String,
    /// The runner's name.
    pub runner: String,
    /// The product's name and version that were built.
    pub release: String,
    /// The commit that was built, 40 hex digits.
    pub commit: String,
    /// SHA-256 of the source tree that was built.
    pub tree: String,
    /// The tools and their exact versions, such as `Xcode 16.2 (16C5032a)`.
    pub tools: Vec<String>,
    /// What the built artefact reports of itself: version and build id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<String>,
    /// When the build ended, RFC 3339, by the runner's clock.
    pub finished: String,
    /// What came out.
    pub outputs: Vec<AttestedOutput>,
}

/// One output that a runner attests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestedOutput {
    /// Its path.
    pub path: String,
    /// SHA-256 of its bytes.
    pub digest: String,
}

/// What an attestation must be about.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The runner's name.
    pub runner: &'a str,
    /// Product and version.
    pub release: &'a str,
    /// The commit.
    pub commit: &'a str,
    /// SHA-256 of the source tree.
    pub tree: &'a str,
    /// The outputs as they are at hand.
    pub outputs: &'a [Output],
}

/// The bytes are no attestation.
#[derive(Debug, thiserror::Error)]
#[error("the external build's attestation cannot be read")]
pub struct UnreadableAttestation(#[from] serde_json::Error);

/// Reads an attestation (the payload of its DSSE envelope).
pub fn read(payload: &[u8]) -> Result<Attestation, UnreadableAttestation> {
    Ok(serde_json::from_slice(payload)?)
}

impl Attestation {
    /// Everything that is wrong with it, one sentence each; empty if it fits.
    pub fn problems(&self, expected: &Expected<'_>) -> Vec<String> {
        let mut problems = Vec::new();
        let stated = [
            ("format", self.format.as_str(), "dossier/external-build/v1"),
            ("runner", &self.runner, expected.runner),
            ("release", &self.release, expected.release),
            ("commit", &self.commit, expected.commit),
            ("tree", &self.tree, expected.tree),
        ];
        for (field, is, should) in stated {
            if is != should {
                problems.push(format!("{field} is `{is}`, not `{should}`"));
            }
        }
        if self.tools.iter().all(|t| t.trim().is_empty()) {
            problems.push("it names no tool".to_owned());
        }
        if self.outputs.is_empty() {
            problems.push("it names no output".to_owned());
        }
        problems.extend(self.output_problems(expected.outputs));
        problems
    }

    fn output_problems(&self, at_hand: &[Output]) -> Vec<String> {
        let mut problems = Vec::new();
        let mut named = BTreeSet::new();
        for output in &self.outputs {
            if !named.insert(output.path.as_str()) {
                problems.push(format!("it names the output `{}` twice", output.path));
            }
            match at_hand.iter().find(|o| o.path == output.path) {
                None => problems.push(format!("its output `{}` is not at hand", output.path)),
                Some(o) if o.digest != output.digest => {
                    problems.push(format!("the output `{}` has other bytes than it attests", output.path));
                }
                Some(_) => {}
            }
        }
        let unattested = at_hand.iter().filter(|o| !named.contains(o.path.as_str()));
        problems.extend(unattested.map(|o| format!("it says nothing of the output `{}`", o.path)));
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> (Attestation, Vec<Output>) {
        let digest = crate::digest::of(b"app");
        let outputs =
            vec![Output { path: "App.ipa".to_owned(), digest: digest.clone(), size: 3, executable: false }];
        let attestation = Attestation {
            format: "dossier/external-build/v1".to_owned(),
            runner: "mac-1".to_owned(),
            release: "triage 2.4.0".to_owned(),
            commit: "c".repeat(40),
            tree: "t".repeat(64),
            tools: vec!["Xcode 16.2 (16C5032a)".to_owned()],
            reported: None,
            finished: "2026-03-01T12:00:00Z".to_owned(),
            outputs: vec![AttestedOutput { path: "App.ipa".to_owned(), digest }],
        };
        (attestation, outputs)
    }

    #[test]
    fn an_attestation_fits_or_says_what_does_not() {
        let (good, outputs) = example();
        let (commit, tree) = ("c".repeat(40), "t".repeat(64));
        let expected = Expected {
            runner: "mac-1",
            release: "triage 2.4.0",
            commit: &commit,
            tree: &tree,
            outputs: &outputs,
        };
        assert_eq!(good.problems(&expected), Vec::<String>::new());
        let back = read(&serde_json::to_vec(&good).unwrap()).unwrap();
        assert_eq!(back, good);

        type Change = fn(&mut Attestation);
        let changes: [(&str, Change); 7] = [
            ("runner", |a| a.runner = "other".to_owned()),
            ("commit", |a| a.commit.clear()),
            ("no tool", |a| a.tools.clear()),
            ("no output", |a| a.outputs.clear()),
            ("twice", |a| a.outputs.push(a.outputs[0].clone())),
            ("other bytes", |a| a.outputs[0].digest.replace_range(..1, "0")),
            ("not at hand", |a| a.outputs[0].path.push('x')),
        ];
        for (says, change) in changes {
            let mut bad = good.clone();
            change(&mut bad);
            let problems = bad.problems(&expected).join("; ");
            assert!(problems.contains(says), "{says}: {problems}");
        }
        for bad in [&b""[..], b"{}", b"[]", b"\xff"] {
            assert!(read(bad).is_err());
        }
    }
}
