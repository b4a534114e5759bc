//! The release manifest: what a release is and which layers it has. An in-toto Statement v1 in a DSSE envelope, signed
//! by the ledger's key; the OCI manifest and the OCI index follow from it.

use crate::layer::{Layer, media};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signing::dsse;
use signing::{PublicKey, Signer};
use std::collections::{BTreeMap, BTreeSet};
use vocabulary::canonical::{self, CanonicalError};
use vocabulary::{Digest, Instant};

/// `_type` of in-toto statements.
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";
/// `predicateType` of a release manifest.
pub const PREDICATE_TYPE: &str = "urn:dossier:release:v1";
const FORMAT: &str = "dossier/release/v1";

/// The ledger prefix on which a release was decided, and which lies in it as the tree `ledger`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerPrefix {
    /// The ledger's origin line.
    pub origin: String,
    /// Number of entries.
    pub position: u64,
    /// Root of the Merkle tree over them.
    pub root: Digest,
}

/// What a release manifest says besides its layers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseHead {
    /// Name of the product.
    pub product: String,
    /// The version; unique in the archive.
    pub version: String,
    /// `full`, `hotfix`, `ota`; `folder` for files that are archived without being a release.
    pub kind: String,
    /// When it was sealed.
    pub sealed_at: Instant,
    /// The ledger prefix; only a `folder` has none.
    pub ledger: Option<LedgerPrefix>,
    /// Digest of the stage (layer 1), as it was signed.
    pub stage: Digest,
    /// Digest of the evidence manifest that the signatures cover.
    pub evidence_manifest: Option<Digest>,
    /// More facts, for people: build id, commit, …
    pub annotations: BTreeMap<String, String>,
}

/// A release manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseManifest {
    /// What it is.
    pub head: ReleaseHead,
    /// All its layers, in order of their names.
    pub layers: Vec<Layer>,
}

#[derive(Serialize, Deserialize)]
struct Statement {
    #[serde(rename = "_type")]
    statement_type: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Predicate,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Subject {
    name: String,
    digest: SubjectDigest,
}

#[derive(Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct SubjectDigest {
    sha256: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Predicate {
    format: String,
    release: ReleaseHead,
    layers: Vec<Layer>,
}

/// Why bytes are no release manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The envelope cannot be read.
    #[error("the envelope cannot be read")]
    Envelope(#[from] dsse::DsseError),
    /// The payload is of another type.
    #[error("the envelope holds `{0}`, not an in-toto statement")]
    PayloadType(String),
    /// The payload is not canonical JSON.
    #[error("the statement is not canonical JSON")]
    Canonical(#[from] CanonicalError),
    /// The payload is no statement of a release.
    #[error("the statement is none of a release")]
    Json(#[from] serde_json::Error),
    /// A field has another value than this version of the format has.
    #[error("`{field}` is `{found}`, expected `{expected}`")]
    Field {
        /// The field.
        field: &'static str,
        /// Its value.
        found: String,
        /// The value of this version.
        expected: &'static str,
    },
    /// The layers are empty, not in order, or two have one name.
    #[error("the layers are {0}")]
    Layers(&'static str),
    /// The subjects are not the layers.
    #[error("the statement's subjects are not its layers: {0}")]
    Subjects(String),
    /// Signing failed.
    #[error("the release manifest could not be signed")]
    Sign(#[from] signing::SignError),
}

impl ReleaseManifest {
    /// The layer `name`.
    pub fn layer(&self, name: &str) -> Option<&Layer> {
        self.layers.iter().find(|l| l.name.as_str() == name)
    }

    /// Names of its trees.
    pub fn trees(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().filter_map(Layer::tree)
    }

    /// The statement: canonical JSON, so that the same release has the same bytes.
    pub fn statement(&self) -> Result<Vec<u8>, ManifestError> {
        check_layers(&self.layers)?;
        Ok(canonical::to_vec(&Statement {
            statement_type: STATEMENT_TYPE.to_owned(),
            subject: subjects(&self.layers),
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate: Predicate {
                format: FORMAT.to_owned(),
                release: self.head.clone(),
                layers: self.layers.clone(),
            },
        })?)
    }

    /// The signed envelope.
    pub fn sign(&self, signer: &dyn Signer) -> Result<Vec<u8>, ManifestError> {
        let mut envelope = dsse::Envelope::new(dsse::IN_TOTO, self.statement()?);
        envelope.sign(signer)?;
        Ok(envelope.to_json())
    }

    /// Reads an envelope. It proves nothing about who signed: [`ReleaseManifest::signed_by`] does.
    pub fn from_envelope(bytes: &[u8]) -> Result<ReleaseManifest, ManifestError> {
        let envelope = dsse::Envelope::from_json(bytes)?;
        if envelope.payload_type() != dsse::IN_TOTO {
            return Err(ManifestError::PayloadType(envelope.payload_type().to_owned()));
        }
        ReleaseManifest::from_statement(envelope.payload_unverified())
    }

    /// Reads a statement.
    pub fn from_statement(bytes: &[u8]) -> Result<ReleaseManifest, ManifestError> {
        let statement: Statement = serde_json::from_value(canonical::from_canonical(bytes)?)?;
        let Statement { statement_type, subject, predicate_type, predicate } = statement;
        for (field, found, expected) in [
            ("_type", statement_type, STATEMENT_TYPE),
            ("predicateType", predicate_type, PREDICATE_TYPE),
            ("format", predicate.format, FORMAT),
        ] {
            if found != expected {
                return Err(ManifestError::Field { field, found, expected });
            }
        }
        check_layers(&predicate.layers)?;
        let expected = subjects(&predicate.layers);
        if subject != expected {
            let (subject, expected) = (names(&subject), names(&expected));
            let differing: Vec<_> = subject.symmetric_difference(&expected).take(3).copied().collect();
            return Err(ManifestError::Subjects(differing.join(", ")));
        }
        Ok(ReleaseManifest { head: predicate.release, layers: predicate.layers })
    }

    /// Whether the envelope is signed by `key`.
    pub fn signed_by(envelope: &[u8], key: &PublicKey) -> bool {
        dsse::Envelope::from_json(envelope).is_ok_and(|e| e.verify(dsse::IN_TOTO, key).is_ok())
    }

    /// The OCI manifest: a pure function of the release manifest and its envelope (as `config`).
    pub fn oci_manifest(&self, envelope: &[u8]) -> Result<Vec<u8>, CanonicalError> {
        let layers: Vec<Value> = self
            .layers
            .iter()
            .map(|l| {
                json!({
                    "mediaType": l.media_type, "digest": l.digest.oci(), "size": l.size,
                    "annotations": {"org.opencontainers.image.title": l.name},
                })
            })
            .collect();
        canonical::to_vec(&json!({
            "schemaVersion": 2,
            "mediaType": media::OCI_MANIFEST,
            "artifactType": media::RELEASE,
            "config": {
                "mediaType": media::ENVELOPE, "digest": Digest::of(envelope).oci(), "size": envelope.len(),
            },
            "layers": layers,
            "annotations": {
                "org.opencontainers.image.title": self.head.product,
                "org.opencontainers.image.version": self.head.version,
                "org.opencontainers.image.created": self.head.sealed_at,
            },
        }))
    }
}

fn names(subjects: &[Subject]) -> BTreeSet<&str> {
    subjects.iter().map(|s| s.name.as_str()).collect()
}

fn subjects(layers: &[Layer]) -> Vec<Subject> {
    layers
        .iter()
        .map(|l| Subject { name: l.name.to_string(), digest: SubjectDigest { sha256: l.digest } })
        .collect()
}

fn check_layers(layers: &[Layer]) -> Result<(), ManifestError> {
    if layers.is_empty() {
        return Err(ManifestError::Layers("empty"));
    }
    if !layers.is_sorted_by(|a, b| a.name < b.name) {
        return Err(ManifestError::Layers("not in order of their names, or two have one name"));
    }
    if layers.iter().any(|l| l.is_pack() && l.name.as_str() != format!("packs/{}", l.digest)) {
        return Err(ManifestError::Layers("not named as packs are"));
    }
    Ok(())
}

/// A release as `index.json` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedRelease {
    /// Version, as the index says it.
    pub version: String,
    /// Digest of the OCI manifest.
    pub manifest: Digest,
    /// Its size in bytes.
    pub size: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OciIndex {
    schema_version: u32,
    manifests: Vec<OciDescriptor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OciDescriptor {
    media_type: String,
    digest: String,
    size: u64,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct OciManifest {
    config: OciDescriptor,
}

/// Annotation under which OCI tools find a manifest.
const REF_NAME: &str = "org.opencontainers.image.ref.name";

/// Writes `index.json`.
pub(crate) fn index_to_bytes(releases: &[IndexedRelease]) -> Result<Vec<u8>, CanonicalError> {
    let manifests: Vec<Value> = releases
        .iter()
        .map(|r| {
            json!({
                "mediaType": media::OCI_MANIFEST, "artifactType": media::RELEASE,
                "digest": r.manifest.oci(), "size": r.size, "annotations": {REF_NAME: r.version},
            })
        })
        .collect();
    canonical::to_vec(&json!({"schemaVersion": 2, "mediaType": media::OCI_INDEX, "manifests": manifests}))
}

/// Reads `index.json`.
///
/// # Errors
/// In words.
pub fn index_from_bytes(bytes: &[u8]) -> Result<Vec<IndexedRelease>, String> {
    let value = canonical::from_slice(bytes).map_err(|e| e.to_string())?;
    let index: OciIndex = serde_json::from_value(value).map_err(|e| format!("no OCI image index: {e}"))?;
    if index.schema_version != 2 {
        return Err(format!("schemaVersion is {}, expected 2", index.schema_version));
    }
    index.manifests.into_iter().map(indexed_release).collect()
}

fn indexed_release(descriptor: OciDescriptor) -> Result<IndexedRelease, String> {
    if descriptor.media_type != media::OCI_MANIFEST {
        return Err(format!("a manifest is of the media type `{}`", descriptor.media_type));
    }
    let manifest = oci_digest(&descriptor)?;
    let version = descriptor.annotations.get(REF_NAME).cloned();
    let version = version.ok_or_else(|| format!("the manifest {manifest} has no `{REF_NAME}`"))?;
    Ok(IndexedRelease { version, manifest, size: descriptor.size })
}

fn oci_digest(descriptor: &OciDescriptor) -> Result<Digest, String> {
    match descriptor.digest.strip_prefix("sha256:").map(str::parse) {
        Some(Ok(digest)) => Ok(digest),
        _ => Err(format!("`{}` is no sha256 digest", descriptor.digest)),
    }
}

/// The digest of the envelope (`config`) in an OCI manifest.
///
/// # Errors
/// In words.
pub fn envelope_of_oci_manifest(bytes: &[u8]) -> Result<Digest, String> {
    let value = canonical::from_slice(bytes).map_err(|e| e.to_string())?;
    let manifest: OciManifest = serde_json::from_value(value).map_err(|e| format!("no OCI manifest: {e}"))?;
    if manifest.config.media_type != media::ENVELOPE {
        return Err(format!("its config is of the media type `{}`", manifest.config.media_type));
    }
    oci_digest(&manifest.config)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn manifest() -> ReleaseManifest {
        let layer = |name: &str, bytes: &[u8]| Layer {
            name: name.parse().expect("a name"),
            media_type: "text/plain".to_owned(),
            digest: Digest::of(bytes),
            size: bytes.len() as u64,
        };
        ReleaseManifest {
            head: ReleaseHead {
                product: "triage".to_owned(),
                version: "2.4.0".to_owned(),
                kind: "full".to_owned(),
                sealed_at: Instant::from_millis(0),
                ledger: None,
                stage: Digest::of(b"stage"),
                evidence_manifest: None,
                annotations: BTreeMap::new(),
            },
            layers: vec![layer("a", b"1"), layer("b/c", b"2")],
        }
    }

    #[test]
    fn a_manifest_reads_back_and_only_its_signer_signed_it() {
        let key = signing::SecretKey::from_seed([7; 32], "ledger");
        let envelope = manifest().sign(&key).unwrap();
        assert_eq!(ReleaseManifest::from_envelope(&envelope).unwrap(), manifest());
        assert!(ReleaseManifest::signed_by(&envelope, &key.public()));
        let other = signing::SecretKey::from_seed([8; 32], "other");
        assert!(!ReleaseManifest::signed_by(&envelope, &other.public()));
        let oci = manifest().oci_manifest(&envelope).unwrap();
        assert_eq!(envelope_of_oci_manifest(&oci), Ok(Digest::of(&envelope)));
    }

    #[test]
    fn layers_are_in_order_and_named_once() {
        let mut reversed = manifest();
        reversed.layers.reverse();
        let mut twice = manifest();
        twice.layers.push(twice.layers[1].clone());
        let mut empty = manifest();
        empty.layers.clear();
        for wrong in [reversed, twice, empty] {
            assert!(matches!(wrong.statement(), Err(ManifestError::Layers(_))));
        }
    }

    proptest! {
        #[test]
        fn a_changed_byte_of_a_statement_is_an_error_or_another_manifest(at in 0usize..600, to: u8) {
            let whole = manifest().statement().unwrap();
            let mut bytes = whole.clone();
            let at = at % bytes.len();
            bytes[at] = to;
            match ReleaseManifest::from_statement(&bytes) {
                Ok(read) => prop_assert_eq!(read.statement().unwrap(), bytes),
                Err(_) => prop_assert_ne!(bytes, whole),
            }
        }

        #[test]
        fn any_bytes_are_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(ReleaseManifest::from_statement(&bytes).is_err());
            prop_assert!(ReleaseManifest::from_envelope(&bytes).is_err());
            prop_assert!(envelope_of_oci_manifest(&bytes).is_err());
            prop_assert!(index_from_bytes(&bytes).is_err());
        }
    }
}
