//! All pathways of a version together, checked as a whole, with one digest.

use crate::{Pathway, Problem, ReadError, builtin, checksum, read, validate};
use std::fmt;

/// The pathways of one version of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// The pathways, in the order in which they are offered.
    pub pathways: Vec<Pathway>,
    /// SHA-256 over the sums file; names the content in sessions, logs and the about screen.
    pub digest: String,
}

/// The content must not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentError {
    /// A file differs from its checksum, or one is missing.
    Integrity(String),
    /// A file cannot be read.
    Read {
        /// File name.
        file: String,
        /// What is wrong.
        error: ReadError,
    },
    /// A file can be read and breaks a rule.
    Invalid {
        /// File name.
        file: String,
        /// The first problem.
        problem: Problem,
    },
    /// Two pathways with the same id.
    Duplicate(String),
    /// No pathway at all.
    Empty,
}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ContentError::Integrity(what) => write!(f, "content integrity: {what}"),
            ContentError::Read { file, error } => write!(f, "{file}: {error}"),
            ContentError::Invalid { file, problem } => write!(f, "{file}: {problem}"),
            ContentError::Duplicate(id) => write!(f, "pathway `{id}` is there twice"),
            ContentError::Empty => f.write_str("no pathway"),
        }
    }
}

impl std::error::Error for ContentError {}

impl Bundle {
    /// The content embedded in this program.
    ///
    /// # Errors
    /// Any: the caller then shows no questionnaire (RC-05.1).
    pub fn builtin() -> Result<Bundle, ContentError> {
        Bundle::load(builtin::FILES, builtin::SUMS)
    }

    /// Reads files of (name, text) against a sums file.
    ///
    /// # Errors
    /// The first reason not to use the content.
    pub fn load(files: &[(&str, &str)], sums: &str) -> Result<Bundle, ContentError> {
        checksum::verify_files(files, sums).map_err(ContentError::Integrity)?;
        let mut pathways: Vec<Pathway> = Vec::new();
        for (name, text) in files {
            let file = || (*name).to_string();
            let p = read::read_pathway(text).map_err(|error| ContentError::Read { file: file(), error })?;
            if let Some(problem) = validate(&p).into_iter().next() {
                return Err(ContentError::Invalid { file: file(), problem });
            }
            if pathways.iter().any(|other| other.id == p.id) {
                return Err(ContentError::Duplicate(p.id));
            }
            pathways.push(p);
        }
        if pathways.is_empty() {
            return Err(ContentError::Empty);
        }
        Ok(Bundle { pathways, digest: checksum::hex_sha256(sums.as_bytes()) })
    }

    /// The pathway with this id.
    pub fn pathway(&self, id: &str) -> Option<&Pathway> {
        self.pathways.iter().find(|p| p.id == id)
    }

    /// The content as one text for the archive and for the content reviewers: every file after a line with its
    /// name, the sums last. The same input gives the same bytes.
    pub fn export() -> String {
        let mut out = String::from("triage-content/v1\n");
        for (name, text) in builtin::FILES {
            out.push_str(&format!("--- {name}\n{}\n", text.trim_end()));
        }
        out.push_str("--- SHA256SUMS\n");
        out.push_str(builtin::SUMS);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    const GOOD: &str = r#"{"id":"x","title":"X","population":{"from_months":216,"below_months":1440},
        "questions":[{"id":"a","text":"A?","kind":"yes-no"}],
        "red_flags":[{"id":"f","text":"F","when":{"question":"a","is":"yes"},"level":"emergency"}],
        "rules":[],"scores":[],"thresholds":[{"from":0,"level":"self-care"}],"safety_net":["S"]}"#;

    fn sums(files: &[(&str, &str)]) -> String {
        files.iter().map(|(n, t)| checksum::sum_line(n, t.as_bytes()) + "\n").collect()
    }

    fn load_says(files: &[(&str, &str)], expected: &str) {
        let error = Bundle::load(files, &sums(files)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    cases! { load_says;
        nothing: &[], "no pathway";
        unreadable: &[("x.json", "{")], "x.json: document: not JSON";
        invalid: &[("x.json", &GOOD.replace("emergency", "urgent"))], "x.json: red flags: none leads";
        duplicate: &[("x.json", GOOD), ("y.json", GOOD)], "pathway `x` is there twice";
    }

    #[test]
    fn one_changed_byte_stops_the_bundle() {
        let good = [("x.json", GOOD)];
        assert!(Bundle::load(&good, &sums(&good)).is_ok());
        let changed = GOOD.replace("\"from\":0", "\"from\":1");
        let error = Bundle::load(&[("x.json", &changed)], &sums(&good)).unwrap_err();
        assert_eq!(error, ContentError::Integrity("`x.json` differs from its sum".into()));
    }

    #[test]
    fn digest_follows_the_content() {
        let one = [("x.json", GOOD)];
        let longer = GOOD.to_string() + "\n";
        let two = [("x.json", longer.as_str())];
        let digest = |files: &[(&str, &str)]| Bundle::load(files, &sums(files)).unwrap().digest;
        assert_eq!(digest(&one), digest(&one));
        assert_ne!(digest(&one), digest(&two));
    }
}
