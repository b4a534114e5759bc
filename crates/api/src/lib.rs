//! Wire types of the server's API: what a command line on another machine and the server say to each other.
//!
//! One ledger, many writers: a client proposes entries that it decided on a position; the server decides, under its clock and
//! with every rule that a local append has. What an entry would say of files the server computes itself, at a command. Entries
//! themselves are read only. No type of the domain appears here.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use vocabulary::Digest;

/// Where the API begins.
pub const BASE: &str = "/api/v1";
/// The most entries that one answer holds.
pub const ENTRIES_MAX: u64 = 4_096;
/// The largest blob that is taken, in bytes.
pub const BLOB_MAX: u64 = 256 << 20;
/// The largest proposal of entries, in bytes.
pub const APPEND_MAX: usize = 4 << 20;

/// `GET /ledger`: which ledger this is, and how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The ledger's name.
    pub origin: String,
    /// The key that entry 0 names.
    pub key: String,
    /// How many entries there are.
    pub position: u64,
}

/// `POST /challenge`: what a person signs over, once and soon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// The challenge.
    pub challenge: String,
    /// How long it waits for its answer, in seconds.
    pub seconds: i64,
}

/// `POST /sessions`: a signed statement that answers a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// What was signed, `dossier/api-login/v1`.
    pub statement: Map<String, Value>,
    /// The SSH signature over its canonical bytes, armored.
    pub signature: String,
}

/// A session that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// What is sent as bearer with each request.
    pub token: String,
    /// When it ends, UTC.
    pub until: String,
}

/// An entry that a client proposes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposedEntry {
    /// Who acts.
    pub actor: String,
    /// The process on the client's side.
    pub via: String,
    /// The kind.
    pub kind: String,
    /// What it says.
    pub body: Map<String, Value>,
    /// The personal signature in its JSON form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sig: Option<Value>,
}

/// `POST /append`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The ledger that the client's `dossier.toml` names.
    pub origin: String,
    /// The key that it names.
    pub key: Option<String>,
    /// The position that the client decided on.
    pub decided_on: u64,
    /// The commit at which the texts stand that the entries are about; the server computes their digests there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts_at: Option<String>,
    /// All or none of these.
    pub entries: Vec<ProposedEntry>,
}

/// `POST /commands`: a step of a release, done by the server in its own checkout and archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The ledger that the client's `dossier.toml` names.
    pub origin: String,
    /// The key that it names.
    pub key: Option<String>,
    /// `release-stage`, `release-gate`, `release-seal`, `release-deliver`.
    pub command: String,
    /// The release.
    pub version: String,
    /// Who asks, as the record names it.
    pub by: String,
    /// The process on the client's side.
    pub via: String,
    /// What else the command takes, by name: the `channel` of a delivery.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, String>,
}

/// What the server did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// For people.
    pub text: String,
    /// For programs, where the command has a JSON form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<Value>,
    /// Whether it is without findings.
    pub clean: bool,
    /// The first entry.
    pub first: u64,
    /// The position afterwards.
    pub position: u64,
}

/// What was appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appended {
    /// The first entry.
    pub first: u64,
    /// The position afterwards.
    pub position: u64,
    /// The time that the server gave them.
    pub at: String,
}

/// Why something was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// `unauthorised`, `other-ledger`, `conflict`, `refused`, `absent`, `malformed`, `failed`.
    pub code: String,
    /// What happened, as one sentence.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// Where the ledger stands, for a conflict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
}

/// Entries on the wire: each after its length in four bytes, most significant first.
pub fn pack(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    for entry in entries {
        out.extend(u32::try_from(entry.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(entry);
    }
    out
}

/// Takes packed entries apart; `None` where the bytes end inside of one.
pub fn unpack(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (entry, rest) = rest.split_at_checked(length)?;
        out.push(entry.to_vec());
        bytes = rest;
    }
    Some(out)
}

/// The address of a blob below [`BASE`].
pub fn blob_path(digest: Digest) -> String {
    format!("/blobs/{digest}")
}

/// An endpoint: method, path below [`BASE`], scope of the token, what it does, and the entries that it appends.
pub type Endpoint = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// All endpoints; the OpenAPI document and a test of the server's routes are made from it.
pub const ENDPOINTS: [Endpoint; 9] = [
    ("get", "/openapi.json", "none", "this description", ""),
    ("post", "/challenge", "none", "a challenge for a person's key, good for one answer within a minute", ""),
    ("post", "/sessions", "none", "opens a session for a signed challenge", "session/key/v1"),
    ("get", "/ledger", "read", "which ledger this is, and how long", ""),
    ("get", "/entries", "read", "entries from `from` to before `to`, packed", ""),
    ("post", "/append", "write", "proposes entries; all or none are appended", "the proposed kinds"),
    (
        "post",
        "/commands",
        "write",
        "stages, judges, seals or delivers a release on the server",
        "release/stage/v1, release/gate/v1, release/seal/v1, release/deliver/v1",
    ),
    ("get", "/blobs/{digest}", "read", "evidence by its SHA-256", ""),
    ("put", "/blobs/{digest}", "write", "keeps evidence before an entry names it", ""),
];

/// The OpenAPI description.
pub fn openapi() -> Value {
    let mut paths = Map::new();
    for (method, path, scope, about, _) in ENDPOINTS {
        let security =
            if scope == "none" { serde_json::json!([]) } else { serde_json::json!([{"token": [scope]}]) };
        let mut parameters = Vec::new();
        if path.contains("{digest}") {
            parameters.push(serde_json::json!({"name": "digest", "in": "path", "required": true,
                "schema": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}));
        }
        if path == "/entries" {
            for name in ["from", "to"] {
                parameters.push(serde_json::json!({"name": name, "in": "query", "required": true,
                    "schema": {"type": "integer", "minimum": 0}}));
            }
        }
        let failure = serde_json::json!({"description": "why not", "content": {"application/json": {"schema": {"type": "object",
            "required": ["code", "message"], "properties": {"code": {"type": "string"}, "message": {"type": "string"},
            "hints": {"type": "array", "items": {"type": "string"}}, "position": {"type": "integer"}}}}}});
        let operation = serde_json::json!({"summary": about, "parameters": parameters, "security": security,
            "responses": {"200": {"description": "done"}, "default": failure}});
        if let Some(item) = paths.entry(path).or_insert_with(|| serde_json::json!({})).as_object_mut() {
            item.insert(method.to_owned(), operation);
        }
    }
    serde_json::json!({
        "openapi": "3.1.0",
        "info": {"title": "dossier", "version": "1", "description": "One ledger for a team and its CI."},
        "servers": [{"url": BASE}],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_travel_whole() {
        let entries = vec![b"a".to_vec(), Vec::new(), vec![7; 70_000]];
        let packed = pack(&entries);
        assert_eq!(unpack(&packed), Some(entries));
        assert_eq!(unpack(packed.get(..packed.len() - 1).unwrap()), None);
        assert_eq!(unpack(&[0, 0]), None);
    }

    #[test]
    fn the_description_has_every_endpoint() {
        let document = openapi();
        for (method, path, ..) in ENDPOINTS {
            assert!(document["paths"][path][method].is_object(), "{method} {path}");
        }
    }
}
