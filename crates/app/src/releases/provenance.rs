//! SLSA provenance of a build: an in-toto statement in a DSSE envelope, signed by the ledger's key.

use crate::building::{self, Recipe};
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use model::components::{ComponentGraph, ComponentKind};
use rebuild::Output;
use records::ReleaseOpen;
use records::state::Release;
use serde_json::{Value, json};

/// What the parameters below mean: those of a recipe of dossier.toml (docs/cybersecurity.md), and no other tool's.
const BUILD_TYPE: &str = "urn:dossier:build:v1";

/// The in-toto statement with a SLSA v1 predicate: what was built, from what, by what.
pub(super) fn statement(
    opened: &ReleaseOpen,
    recipe: &Recipe,
    outputs: &[Output],
    components: &ComponentGraph,
    locks: &[(String, Vec<u8>)],
) -> Result<Value> {
    let subjects: Vec<Value> = building::artefacts(outputs)?
        .iter()
        .map(|a| json!({"name": a.path, "digest": {"sha256": a.digest}}))
        .collect();
    // Who built is said, whoever wrote this statement; SLSA wants a URI for it.
    let builder = match recipe.runner.as_deref() {
        None => "urn:dossier:builder:sandbox".to_owned(),
        Some(runner) => format!("urn:dossier:builder:external:{}", in_urn(runner)),
    };
    let mut resolved = vec![
        json!({"name": "sources", "digest": {"gitCommit": recipe.commit}}),
        json!({"name": "environment", "digest": {"sha256": recipe.environment}}),
    ];
    resolved.extend(locks.iter().map(lock_file));
    resolved.extend(materials(components));
    Ok(json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"version": opened.version, "build": opened.build, "recipe": recipe},
                "internalParameters": {},
                "resolvedDependencies": resolved,
            },
            "runDetails": {
                "builder": {"id": builder, "version": {"dossier": env!("CARGO_PKG_VERSION")}},
                "metadata": {"invocationId": format!("{}-rc{}", opened.version, opened.candidate)},
            },
        },
    }))
}

/// A name as a part of a URN: other bytes than letters, digits, `.`, `-` and `_` by their number.
fn in_urn(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// A lock file as a descriptor of SLSA: what resolved the packages is an input of the build like these.
fn lock_file((path, bytes): &(String, Vec<u8>)) -> Value {
    let digest = vocabulary::Digest::of(bytes).to_string();
    json!({"name": path, "digest": {"sha256": digest}, "annotations": {"kind": "lock file"}})
}

/// The packages that lock files and imported SBOMs name, as descriptors of SLSA: the digests as stated, none where none is.
fn materials(components: &ComponentGraph) -> impl Iterator<Item = Value> + '_ {
    let others = components.components().iter().filter(|c| c.kind != ComponentKind::Own);
    others.map(|c| {
        let mut out = json!({"name": format!("{} {}", c.name, c.version).trim_end()});
        let digests: serde_json::Map<String, Value> = c
            .hashes
            .iter()
            .map(|h| (h.algorithm.as_str().replace('-', "").to_ascii_lowercase(), h.hex.clone().into()))
            .collect();
        if let Some(map) = out.as_object_mut() {
            if !c.purl.is_empty() {
                map.insert("uri".into(), c.purl.as_str().into());
            }
            if !digests.is_empty() {
                map.insert("digest".into(), digests.into());
            }
            if let Some(from) = c.download.as_deref().filter(|d| d.contains("://")) {
                map.insert("downloadLocation".into(), from.into());
            }
            map.insert("annotations".into(), json!({"from": c.source.to_string(), "kind": c.kind.as_str()}));
        }
        out
    })
}

/// The provenance that was staged with a release: from the archive where it is sealed, else from its stage.
///
/// # Errors
/// When the release has no stage, or it cannot be read.
pub(crate) fn staged_provenance(ws: &Workspace, release: &Release) -> Result<Vec<u8>> {
    let opened = release.candidate().filter(|_| release.stage().is_some()).ok_or_else(|| {
        Error::refused("the release has no stage, and so no provenance")
            .hint("stage it: dossier release stage VERSION")
    })?;
    let archive = crate::archives::open_read_only(ws)?;
    let layer = "provenance.dsse.json";
    let mut reader = if release.sealed.is_some() {
        archive.open_layer(&opened.body.version, layer).doing("find the provenance in the archive")?
    } else {
        let stage = archive.stage(&super::stage::stage_name(&opened.body)).doing("open the stage")?;
        archive.open_staged(&stage, layer).doing("find the staged provenance")?
    };
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut reader, &mut bytes).doing("read the provenance")?;
    Ok(bytes)
}

/// The statement in its envelope.
pub(super) fn signed(statement: &Value, key: &signing::SecretKey) -> Result<Vec<u8>> {
    let payload = serde_json::to_vec(statement).doing("write the provenance")?;
    let mut envelope = signing::dsse::Envelope::new("application/vnd.in-toto+json", payload);
    envelope.sign(key).doing("sign the provenance")?;
    Ok(envelope.to_json())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_is_a_material_with_the_digests_that_are_stated() {
        let lock = br#"{ "lockfileVersion": 3, "packages": {
            "": { "name": "app", "version": "1.0.0", "dependencies": { "a": "1", "b": "1" } },
            "node_modules/a": { "version": "1.0.0", "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
                "resolved": "https://registry.npmjs.org/a/-/a-1.0.0.tgz" },
            "node_modules/b": { "version": "1.0.0" } } }"#;
        let graph = soup::lock::read("package-lock.json", lock).unwrap().graph;
        let all: Vec<Value> = materials(&graph).collect();
        assert_eq!(all.len(), 2, "the product itself is none");
        assert_eq!(
            (&all[0]["uri"], &all[0]["digest"], &all[0]["downloadLocation"]),
            (
                &json!("pkg:npm/a@1.0.0"),
                &json!({"sha1": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}),
                &json!("https://registry.npmjs.org/a/-/a-1.0.0.tgz")
            )
        );
        assert_eq!((&all[1]["name"], all[1].get("digest")), (&json!("b 1.0.0"), None));
        assert_eq!(
            lock_file(&("web/go.sum".to_owned(), b"abc".to_vec()))["digest"]["sha256"],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
