//! SLSA provenance of a build: an in-toto statement in a DSSE envelope, signed by the ledger's key.

use crate::building::{self, Recipe};
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use rebuild::Output;
use records::ReleaseOpen;
use records::state::Release;
use serde_json::{Value, json};

/// The in-toto statement with a SLSA v1 predicate: what was built, from what, by what.
pub(super) fn statement(opened: &ReleaseOpen, recipe: &Recipe, outputs: &[Output]) -> Result<Value> {
    let subjects: Vec<Value> = building::artefacts(outputs)?
        .iter()
        .map(|a| json!({"name": a.path, "digest": {"sha256": a.digest}}))
        .collect();
    // Who built is said, whoever wrote this statement.
    let builder =
        recipe.runner.as_deref().map_or_else(|| "dossier".to_owned(), |r| format!("external runner {r}"));
    Ok(json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "https://slsa.dev/container-based-build/v0.1",
                "externalParameters": {"version": opened.version, "build": opened.build, "recipe": recipe},
                "internalParameters": {},
                "resolvedDependencies": [
                    {"name": "sources", "digest": {"gitCommit": recipe.commit}},
                    {"name": "environment", "digest": {"sha256": recipe.environment}},
                ],
            },
            "runDetails": {
                "builder": {"id": builder, "version": {"dossier": env!("CARGO_PKG_VERSION")}},
                "metadata": {"invocationId": format!("{}-rc{}", opened.version, opened.candidate)},
            },
        },
    }))
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
