//! SLSA provenance of a build: an in-toto statement in a DSSE envelope, signed by the ledger's key.

use crate::building::{self, Recipe};
use crate::error::{Doing as _, Result};
use rebuild::Output;
use records::ReleaseOpen;
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

/// The statement in its envelope.
pub(super) fn signed(statement: &Value, key: &signing::SecretKey) -> Result<Vec<u8>> {
    let payload = serde_json::to_vec(statement).doing("write the provenance")?;
    let mut envelope = signing::dsse::Envelope::new("application/vnd.in-toto+json", payload);
    envelope.sign(key).doing("sign the provenance")?;
    Ok(envelope.to_json())
}
