//! Whether a downloaded archive has the digest that the lock file states.

use model::components::{Component, ComponentGraph, HashAlgorithm};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use std::collections::HashMap;

/// What a file of the dependencies is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It has the digest of this component.
    Fits(String),
    /// It has not.
    Differs {
        /// Whose archive it says it is.
        component: String,
        /// The digest that the lock file states.
        wanted: String,
        /// The digest that it has.
        found: String,
    },
    /// The lock file states no digest of it that still proves something (MD5 and SHA-1 do not).
    NoDigest(String),
    /// No lock file names it.
    Unknown,
}

/// The archives that the components are downloaded as, by file name.
pub struct Archives<'g>(HashMap<String, Vec<&'g Component>>);

impl<'g> Archives<'g> {
    /// Those of a graph.
    pub fn of(graph: &'g ComponentGraph) -> Archives<'g> {
        let mut out: HashMap<String, Vec<&Component>> = HashMap::new();
        for c in graph.components() {
            if let Some(name) = c.download.as_deref().and_then(file_name) {
                out.entry(name).or_default().push(c);
            }
            // A registry of one's own does not tell its file names; Cargo gives all crates one form.
            if c.purl.starts_with("pkg:cargo/") {
                let of = out.entry(format!("{}-{}.crate", c.name, c.version)).or_default();
                if !of.contains(&c) {
                    of.push(c);
                }
            }
        }
        Archives(out)
    }

    /// Judges a file by its name and bytes.
    pub fn judge(&self, name: &str, bytes: &[u8]) -> Standing {
        let Some(all) = self.0.get(name) else { return Standing::Unknown };
        let mut last = Standing::Unknown;
        for c in all {
            let shown = format!("{} {}", c.name, c.version);
            // The strongest digest counts: hashes are sorted by algorithm.
            let strongest = c.hashes.iter().rev().find_map(|h| Some((h, digest(h.algorithm, bytes)?)));
            last = match strongest {
                None => Standing::NoDigest(shown),
                Some((h, found)) if h.hex == found => return Standing::Fits(shown),
                Some((h, found)) => Standing::Differs { component: shown, wanted: h.hex.clone(), found },
            };
        }
        last
    }
}

fn file_name(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let name = path.rsplit('/').next()?;
    let archive = [".crate", ".tgz", ".tar.gz", ".whl", ".zip", ".jar", ".gem", ".nupkg"];
    archive.iter().any(|a| name.ends_with(a)).then(|| name.to_owned())
}

fn digest(algorithm: HashAlgorithm, bytes: &[u8]) -> Option<String> {
    match algorithm {
        HashAlgorithm::Sha256 => Some(hex::encode(Sha256::digest(bytes))),
        HashAlgorithm::Sha384 => Some(hex::encode(Sha384::digest(bytes))),
        HashAlgorithm::Sha512 => Some(hex::encode(Sha512::digest(bytes))),
        HashAlgorithm::Md5 | HashAlgorithm::Sha1 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::components::Hash;

    #[test]
    fn an_archive_is_judged_by_its_strongest_digest() {
        let c = |name: &str, hashes: Vec<Hash>| Component {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            download: Some(format!("https://registry.npmjs.org/{name}/-/{name}-1.0.0.tgz?x")),
            hashes,
            ..Component::default()
        };
        let hash = |algorithm, hex: &str| Hash { algorithm, hex: hex.to_owned() };
        let good = hex::encode(Sha512::digest(b"bytes"));
        let graph = ComponentGraph::new(
            vec![
                c("a", vec![hash(HashAlgorithm::Sha1, "00"), hash(HashAlgorithm::Sha512, &good)]),
                c("b", vec![hash(HashAlgorithm::Sha1, "00")]),
            ],
            vec![],
        );
        let archives = Archives::of(&graph);
        assert_eq!(archives.judge("a-1.0.0.tgz", b"bytes"), Standing::Fits("a 1.0.0".to_owned()));
        assert!(matches!(archives.judge("a-1.0.0.tgz", b"other"), Standing::Differs { .. }));
        assert_eq!(archives.judge("b-1.0.0.tgz", b"bytes"), Standing::NoDigest("b 1.0.0".to_owned()));
        assert_eq!(archives.judge("c-1.0.0.tgz", b"bytes"), Standing::Unknown);
    }
}
