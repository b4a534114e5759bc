//! Container images as Dockerfiles, compose files and Kubernetes manifests name them, and the actions of GitHub workflows:
//! exact is what is named by digest or by commit.

use super::gather::{Gather, lines};
use crate::inventory::{Cause, Inventory, text};
use crate::purl::purl;
use model::components::{Component, ComponentKind, Hash, HashAlgorithm, SourceLine};

/// A reference to an image, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageReference {
    /// Registry and repository, `docker.io/library/debian`.
    pub repository: String,
    /// The tag; it moves.
    pub tag: String,
    /// The digest in hex, where the reference has one.
    pub digest: String,
}

impl ImageReference {
    /// The parts of `reference`.
    pub fn parse(reference: &str) -> ImageReference {
        let (rest, digest) = reference.split_once("@sha256:").unwrap_or((reference, ""));
        let last = rest.rfind('/').map_or(0, |i| i + 1);
        let colon = rest.get(last..).and_then(|l| l.find(':')).map(|i| last + i);
        let (name, tag) = match colon {
            Some(at) => (rest.get(..at).unwrap_or(rest), rest.get(at + 1..).unwrap_or_default()),
            None => (rest, ""),
        };
        let first = name.split('/').next().unwrap_or(name);
        let registry = name.contains('/') && (first.contains(['.', ':']) || first == "localhost");
        let repository = match (registry, name.contains('/')) {
            (true, _) => name.to_owned(),
            (false, true) => format!("docker.io/{name}"),
            (false, false) => format!("docker.io/library/{name}"),
        };
        ImageReference { repository, tag: tag.to_owned(), digest: digest.to_owned() }
    }
}

/// Adds an image; without a digest it is a finding.
fn image(gather: &mut Gather<'_>, reference: &str, line: u32, kind: ComponentKind) {
    let parsed = ImageReference::parse(reference);
    let name = parsed.repository.clone();
    let exact = parsed.digest.len() == 64 && parsed.digest.bytes().all(|b| b.is_ascii_hexdigit());
    if reference.contains(['$', '{']) || !exact {
        let written = reference.to_owned();
        gather.problem(line, Cause::NotPinned { component: name.clone(), written });
    }
    let bare = name.rsplit('/').next().unwrap_or(&name).to_owned();
    let digest = format!("sha256:{}", parsed.digest);
    let component = Component {
        purl: if exact {
            purl("oci", None, &bare, &digest, Some(("repository_url", &name)))
        } else {
            String::new()
        },
        version: if exact { digest } else { parsed.tag.clone() },
        hashes: if exact {
            vec![Hash { algorithm: HashAlgorithm::Sha256, hex: parsed.digest.to_ascii_lowercase() }]
        } else {
            Vec::new()
        },
        kind,
        download: Some(reference.to_owned()),
        source: SourceLine { file: gather.file().to_owned(), line },
        name,
        ..Component::default()
    };
    gather.add(reference, component);
}

/// Reads the `FROM` lines of a Dockerfile or Containerfile. The last stage is what is shipped.
pub fn dockerfile(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    let mut stages: Vec<(u32, String, String)> = Vec::new();
    let mut defaults: Vec<(String, String)> = Vec::new();
    for (line, raw) in lines(text) {
        let words: Vec<&str> = raw.split_whitespace().collect();
        match words.split_first() {
            Some((verb, [argument])) if verb.eq_ignore_ascii_case("ARG") && stages.is_empty() => {
                if let Some((name, value)) = argument.split_once('=') {
                    defaults.push((name.to_owned(), value.trim_matches('"').to_owned()));
                }
            }
            Some((verb, rest)) if verb.eq_ignore_ascii_case("FROM") => {
                let mut rest = rest.iter().filter(|w| !w.starts_with("--"));
                let mut from = rest.next().copied().unwrap_or_default().to_owned();
                for (name, value) in &defaults {
                    from = from.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value);
                }
                let name = if rest.next().is_some_and(|w| w.eq_ignore_ascii_case("AS")) {
                    rest.next().copied().unwrap_or_default().to_owned()
                } else {
                    String::new()
                };
                stages.push((line, from, name));
            }
            _ => {}
        }
    }
    if stages.is_empty() {
        let reason = "there is no FROM".to_owned();
        return Inventory::unreadable(file, 0, Cause::Malformed { format: "Dockerfile", reason });
    }
    // The last stage, and the stages that it is built on.
    let mut shipped = stages.len().saturating_sub(1);
    let mut is_shipped = vec![false; stages.len()];
    loop {
        if let Some(slot) = is_shipped.get_mut(shipped) {
            *slot = true;
        }
        let from = stages.get(shipped).map(|(_, from, _)| from.clone()).unwrap_or_default();
        match stages.iter().take(shipped).rposition(|(_, _, name)| !name.is_empty() && *name == from) {
            Some(below) => shipped = below,
            None => break,
        }
    }
    let names: Vec<String> = stages.iter().map(|(_, _, name)| name.clone()).collect();
    for ((line, from, _), shipped) in stages.iter().zip(is_shipped) {
        if from != "scratch" && !names.contains(from) {
            image(
                &mut gather,
                from,
                *line,
                if shipped { ComponentKind::Direct } else { ComponentKind::Build },
            );
        }
    }
    if gather.is_empty() {
        // `FROM scratch` alone: there is no base image, and the file says so.
        gather.package("scratch", ("oci", None, "scratch"), "0", 1).kind = ComponentKind::Own;
    }
    gather.finish()
}

/// The value of a key on a line of YAML, without quotes and comment.
fn value_of<'l>(raw: &'l str, key: &str) -> Option<&'l str> {
    let content = raw.trim_start().trim_start_matches("- ").trim_start();
    let value = content.strip_prefix(key)?;
    Some(value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']))
}

/// Reads the images of compose files and Kubernetes manifests: every `image:` of any YAML.
pub fn manifest(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    for (line, raw) in lines(text) {
        let Some(value) = value_of(raw, "image:") else { continue };
        if !value.is_empty() {
            image(&mut gather, value, line, ComponentKind::Direct);
        }
    }
    gather.finish()
}

/// Reads the actions that a GitHub workflow uses: supporting items (62304:5.1.10), exact by commit.
pub fn workflow(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    for (line, raw) in lines(text) {
        let Some(value) = value_of(raw, "uses:") else { continue };
        if let Some(reference) = value.strip_prefix("docker://") {
            image(&mut gather, reference, line, ComponentKind::Build);
            continue;
        }
        // An action of the repository itself is the maker's own.
        if value.starts_with("./") {
            continue;
        }
        let (action, reference) = value.split_once('@').unwrap_or((value, ""));
        let exact = matches!(reference.len(), 40 | 64) && reference.bytes().all(|b| b.is_ascii_hexdigit());
        if !exact {
            let (component, written) = (action.to_owned(), value.to_owned());
            gather.problem(line, Cause::NotPinned { component, written });
        }
        let mut parts = action.splitn(3, '/');
        let (owner, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let component = Component {
            purl: purl("github", Some(owner), name, reference, None),
            name: action.to_owned(),
            version: reference.to_owned(),
            kind: ComponentKind::Build,
            source: SourceLine { file: file.to_owned(), line },
            ..Component::default()
        };
        gather.add(value, component);
    }
    gather.finish()
}
