//! What a server takes from a client, kind by kind. A client proposes; what only the server can know, it computes itself.
//!
//! A personal act proves itself by its signature. A record that says what happened elsewhere (a report, a test run of CI) is
//! taken from who holds a token that writes, under that token's name. A verdict, a stage, a seal, a login is never taken: the
//! server computes it in its own checkout, or refuses the entry by name.

use crate::error::{Error, Result};
use ledger::Draft;
use records::KindInfo;

/// How an entry of a kind comes into a server's ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverApi {
    /// Carries the signature of a person: without it, it does not count.
    Signed,
    /// Needs none elsewhere; from a client it is taken only with one.
    SignedHere,
    /// Taken under the name of the token.
    Claimed,
    /// Made by the server alone, at a client's command or of itself.
    Server,
}

/// What the server computes or keeps itself, and what to do instead of proposing it.
const SERVER: [(&str, &str); 19] = [
    ("ledger/genesis", "a ledger begins where it is kept"),
    ("ledger/rotate", "the ledger's key is changed where it is kept"),
    ("ledger/anchor", "checkpoints are anchored where the ledger's key is: `dossier ledger anchor`"),
    ("release/stage", "the server stages it: `dossier release stage`"),
    ("release/gate", "the server judges it itself: `dossier release gate`"),
    ("release/seal", "the server seals it: `dossier release seal`"),
    ("release/deliver", "the server signs the manifest and publishes it: `dossier release deliver`"),
    ("text/compare", "the server itself says whether it has the text that was signed"),
    ("session/open", "people log in on the server's pages"),
    ("session/key", "a person is let in by the answer to a challenge: DOSSIER_PERSON and DOSSIER_KEY"),
    ("session/close", "people log out on the server's pages"),
    ("session/refuse", "the server itself records what it refused"),
    ("account/lock", "the server itself locks an account"),
    ("credential/enrol", "passwords are enrolled where their keys are sealed: `dossier key password`"),
    ("token/issue", "tokens are made where the ledger is kept: `dossier key token`"),
    ("backup/make", "a backup is made where the ledger is kept"),
    ("backup/restore", "a backup is restored where the ledger is kept"),
    ("archive/rehash", "the archive is read where it lies: `dossier archive verify --all`"),
    ("archive/documents", "the archive is read where it lies"),
];

/// What a token alone may not do, although it needs no signature while a ledger is set up.
const SIGNED_HERE: [&str; 11] = [
    "person/enrol",
    "person/leave",
    "person/train",
    "role/grant",
    "role/revoke",
    "key/revoke",
    "credential/invite",
    "credential/revoke",
    "passkey/revoke",
    "token/revoke",
    "letter/record",
];

/// Whether a kind is of the administration of persons, keys and roles.
pub(crate) fn administers(kind: &str) -> bool {
    SIGNED_HERE.contains(&act(kind))
}

/// `release/gate` of `release/gate/v1`.
fn act(kind: &str) -> &str {
    kind.rsplit_once('/').map_or(kind, |(act, _)| act)
}

/// How entries of this kind come into a server's ledger.
pub fn over_api(kind: &KindInfo) -> OverApi {
    let name = act(kind.kind);
    if SERVER.iter().any(|(k, _)| *k == name) {
        OverApi::Server
    } else if kind.personal {
        OverApi::Signed
    } else if SIGNED_HERE.contains(&name) {
        OverApi::SignedHere
    } else {
        OverApi::Claimed
    }
}

/// Refuses by name what a client may not propose. A token that only reads may say what it read.
///
/// # Errors
/// With the kind, and how it comes into the ledger.
pub(crate) fn check(drafts: &[Draft], writes: bool) -> Result<()> {
    for draft in drafts {
        let name = act(&draft.kind);
        if !writes && name != "trail/access" {
            return Err(Error::refused("this token reads only"));
        }
        if let Some((_, instead)) = SERVER.iter().find(|(k, _)| *k == name) {
            return Err(Error::refused(format!("the server takes no `{name}` from a client")).hint(*instead));
        }
        if SIGNED_HERE.contains(&name) && draft.sig.is_none() {
            return Err(Error::refused(format!("over the API `{name}` is taken only with a signature"))
                .hint("sign it: `--as PERSON`, in a role that may; a token alone administers nobody"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use records::KINDS;

    #[test]
    fn every_kind_has_a_way_in_and_no_row_is_stale() {
        for (name, instead) in SERVER {
            assert!(KINDS.iter().any(|k| act(k.kind) == name), "{name} is no kind: a stale row");
            assert!(!instead.is_empty());
        }
        for name in SIGNED_HERE {
            let kind = KINDS.iter().find(|k| act(k.kind) == name);
            assert!(kind.is_some_and(|k| !k.personal), "{name} is no kind, or signed anyway: a stale row");
        }
        let count = |way| KINDS.iter().filter(|k| over_api(k) == way).count();
        assert_eq!(count(OverApi::Server), SERVER.len());
        assert_eq!(count(OverApi::SignedHere), SIGNED_HERE.len());
        assert!(count(OverApi::Claimed) > 20 && count(OverApi::Signed) > 20);
    }

    #[test]
    fn a_verdict_and_a_login_and_an_unsigned_grant_are_refused_by_name() {
        let draft = |kind: &str| Draft {
            actor: "ci".into(),
            via: "test".into(),
            kind: kind.into(),
            body: serde_json::Map::new(),
            sig: None,
        };
        for kind in ["release/gate/v1", "session/open/v1", "role/grant/v1", "token/issue/v1"] {
            let refused = check(&[draft("anomaly/report/v2"), draft(kind)], true).unwrap_err();
            assert!(refused.message.contains(act(kind)), "{refused}");
            assert!(!refused.hints.is_empty());
        }
        assert!(check(&[draft("anomaly/report/v2")], true).is_ok());
        assert!(check(&[draft("anomaly/report/v2")], false).is_err());
        assert!(check(&[draft("trail/access/v1")], false).is_ok(), "who reads says what was read");
    }
}
