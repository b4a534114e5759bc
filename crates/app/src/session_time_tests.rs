//! Sessions and challenges over time, with a clock that is set: what is in time, and what a moment later is too late.

use crate::act::{Actor, Means};
use crate::clock::Clock;
use crate::key_sessions::{CHALLENGE_SECONDS, KeyDoor, LoginStatement, sign_login};
use crate::sessions::Sessions;
use crate::workspace::Workspace;
use ledger::{Genesis, LedgerStore as _};
use records::*;
use signing::SecretKey;
use signing::note::VerifierKey;
use std::sync::Arc;
use tempfile::TempDir;
use vocabulary::Instant;

const NOON: i64 = 1_772_452_800_000;
const ORIGIN: &str = "clock.example/ledger";
const HOST: &str = "127.0.0.1:8762";
const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

/// A product whose clock stands where it is told, with one person who has a key.
struct Bench {
    _folder: TempDir,
    ws: Workspace,
    key: Arc<SecretKey>,
}

impl Bench {
    fn new() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let ledger_key = SecretKey::from_seed([1; 32], "ledger");
        let verifier = VerifierKey::new(ORIGIN, ledger_key.public()).unwrap();
        let text =
            format!("[product]\nname = \"clock\"\n[ledger]\norigin = \"{ORIGIN}\"\nkey = \"{verifier}\"\n");
        std::fs::write(folder.path().join("dossier.toml"), text).unwrap();
        std::fs::create_dir_all(folder.path().join(".dossier")).unwrap();
        let clock = ledger::Clock::Simulated;
        let genesis = Genesis { origin: ORIGIN.into(), product: "clock".into(), key: verifier, clock };
        let store = store::SqliteLedger::create(&folder.path().join(".dossier/ledger.db")).unwrap();
        store.append(&[genesis.draft("init", "test")], Instant::from_millis(NOON), Some(0)).unwrap();
        drop(store);
        let ws =
            Workspace::open(folder.path(), Clock::Simulated(Instant::from_millis(NOON)), "test").unwrap();
        let bench = Bench { _folder: folder, ws, key: Arc::new(SecretKey::from_seed([2; 32], "maintainer")) };
        let (person, name) = ("maintainer".to_owned(), "The maintainer".to_owned());
        bench
            .ws
            .record("init", &PersonEnrol { person: person.clone(), name, identity_proof: "seen".into() })
            .unwrap();
        let role =
            RoleGrant { person: person.clone(), role: "developer".into(), until: None, reason: "r".into() };
        bench.ws.record("init", &role).unwrap();
        let public = bench.key.public();
        let own = KeyEnrol {
            person: person.clone(),
            public_key: public.to_openssh("").trim().into(),
            key_id: public.fingerprint(),
        };
        let actor = Actor { person, role: String::new(), means: Means::Opened(Arc::clone(&bench.key)) };
        bench.ws.record_act(&actor, "mine", &own).unwrap();
        bench
    }

    /// The product so many milliseconds after noon.
    fn at(&self, after: i64) -> Workspace {
        Workspace { clock: Clock::Simulated(Instant::from_millis(NOON + after)), ..self.ws.clone() }
    }

    fn answer(
        &self,
        door: &KeyDoor,
        challenge: &str,
        after: i64,
    ) -> crate::Result<crate::key_sessions::Opened> {
        let statement = LoginStatement::new(ORIGIN, HOST, challenge, "maintainer", &self.key.public());
        let signature = sign_login(&statement, &*self.key).unwrap();
        door.open(&self.at(after), "127.0.0.1", HOST, &statement, &signature)
    }

    fn kinds(&self, kind: &str) -> usize {
        self.ws.ledger().unwrap().entries_to(None).unwrap().iter().filter(|e| e.kind == kind).count()
    }
}

#[test]
fn a_challenge_of_a_key_is_answered_within_a_minute_and_its_session_lasts_an_hour() {
    let bench = Bench::new();
    let door = KeyDoor::default();
    let minute = CHALLENGE_SECONDS * SECOND;
    let late = door.challenge(&bench.at(0)).unwrap();
    let refused = bench.answer(&door, &late, minute + 1).unwrap_err();
    assert!(refused.message.contains("too old"), "{refused}");
    // That it was tried is an entry; the clock going on did not open it, nor does answering it again.
    assert_eq!((bench.kinds("session/key/v1"), bench.kinds("signature/refuse/v1")), (0, 1));
    assert!(bench.answer(&door, &late, minute + 1).is_err());

    let begin = 2 * minute;
    let challenge = door.challenge(&bench.at(begin)).unwrap();
    let opened = bench.answer(&door, &challenge, begin + minute).unwrap();
    assert_eq!(opened.until, Instant::from_millis(NOON + begin + minute + HOUR));
    let until = begin + minute + HOUR;
    let holder = |after: i64| door.holder(&bench.at(after), &opened.token).unwrap();
    let let_in = holder(begin + minute).unwrap();
    assert_eq!((let_in.holder.as_str(), let_in.writes), ("maintainer", true));
    assert!(holder(until).is_some(), "up to its last moment");
    assert!(holder(until + 1).is_none(), "and no longer");
    assert!(door.holder(&bench.at(until), "dossier_session_made-up").unwrap().is_none());
    // Asking does not make it longer.
    assert!(holder(until + HOUR).is_none());
    assert_eq!(bench.kinds("session/key/v1"), 1);
}

#[test]
fn a_session_of_a_key_ends_with_the_key_and_with_the_person() {
    let bench = Bench::new();
    let door = KeyDoor::default();
    let open = || {
        let challenge = door.challenge(&bench.at(0)).unwrap();
        bench.answer(&door, &challenge, 0).unwrap().token
    };
    let token = open();
    let body = RoleGrant {
        person: "maintainer".into(),
        role: "auditor".into(),
        until: None,
        reason: "reads only from here on".into(),
    };
    bench.ws.record("init", &body).unwrap();
    let revoke = RoleRevoke { person: "maintainer".into(), role: "developer".into(), reason: "moved".into() };
    bench.ws.record("init", &revoke).unwrap();
    assert!(!door.holder(&bench.at(0), &token).unwrap().unwrap().writes, "an auditor reads, at once");
    let leave = PersonLeave { person: "maintainer".into(), reason: "left".into() };
    bench.ws.record("init", &leave).unwrap();
    assert!(door.holder(&bench.at(0), &token).unwrap().is_none());
}

#[test]
fn more_challenges_than_wait_push_out_the_oldest_and_too_many_refusals_fill_no_ledger() {
    let bench = Bench::new();
    let door = KeyDoor::default();
    let first = door.challenge(&bench.at(0)).unwrap();
    let later: Vec<String> = (1..=1_024).map(|n| door.challenge(&bench.at(n)).unwrap()).collect();
    assert!(bench.answer(&door, &first, 2_000).unwrap_err().message.contains("not known"));
    assert!(bench.answer(&door, later.last().unwrap(), 2_000).is_ok(), "the newest is answered");
    for _ in 0..30 {
        assert!(bench.answer(&door, "made up", 3_000).is_err());
    }
    assert_eq!(bench.kinds("signature/refuse/v1"), 10, "within one minute");
    assert!(bench.answer(&door, "made up", 3_000 + 61 * SECOND).is_err());
    assert_eq!(bench.kinds("signature/refuse/v1"), 11, "and again after it");
}

#[test]
fn a_session_of_the_pages_ends_after_a_quarter_of_an_hour_of_silence_and_after_eight_hours() {
    let bench = Bench::new();
    let account = CredentialEnrol {
        person: "maintainer".into(),
        key_id: bench.key.public().fingerprint(),
        factors: vec!["password".into(), "totp".into()],
        expires: Instant::from_millis(NOON).date_utc().plus_days(90),
        tested: true,
        invitation: None,
    };
    bench.ws.record("maintainer", &account).unwrap();
    let sessions = Sessions::default();
    let silent = sessions.begin(&bench.at(0), "maintainer", "127.0.0.1", "totp").unwrap();
    assert!(sessions.of(&bench.at(15 * MINUTE), &silent).is_some(), "a quarter of an hour");
    assert!(sessions.of(&bench.at(30 * MINUTE), &silent).is_some(), "counted from the last time");
    assert!(sessions.of(&bench.at(45 * MINUTE + 1), &silent).is_none(), "a moment too long");
    assert!(sessions.of(&bench.at(45 * MINUTE + 2), &silent).is_none(), "and gone for good");
    let busy = sessions.begin(&bench.at(HOUR), "maintainer", "127.0.0.1", "totp").unwrap();
    for step in 1..=48 {
        assert!(sessions.of(&bench.at(HOUR + step * 10 * MINUTE), &busy).is_some(), "{step}");
    }
    assert!(sessions.of(&bench.at(9 * HOUR + 1), &busy).is_none(), "eight hours are over, silent or not");
    let entries = bench.ws.ledger().unwrap().entries_to(None).unwrap();
    let reasons: Vec<&str> = entries
        .iter()
        .filter(|e| e.kind == SessionClose::KIND)
        .map(|e| e.body["reason"].as_str().unwrap())
        .collect();
    assert_eq!(reasons, ["a quarter of an hour of silence", "eight hours have passed"]);
}

#[test]
fn a_challenge_of_a_passkey_is_answered_within_ten_minutes_once() {
    let bench = Bench::new();
    let sessions = Sessions::default();
    let assertion = |challenge: &[u8]| signing::webauthn::Assertion {
        authenticator_data: Vec::new(),
        client_data: format!(
            r#"{{"type":"webauthn.get","challenge":"{}","origin":"http://localhost"}}"#,
            signing::webauthn::base64url(challenge)
        )
        .into_bytes(),
        signature: Vec::new(),
    };
    let challenge = sessions.challenge(&bench.at(0)).unwrap();
    assert!(sessions.own_challenge(&bench.at(10 * MINUTE + 1), &assertion(&challenge)).is_none(), "too late");
    let challenge = sessions.challenge(&bench.at(0)).unwrap();
    assert_eq!(
        sessions.own_challenge(&bench.at(10 * MINUTE), &assertion(&challenge)),
        Some(challenge.clone())
    );
    assert!(
        sessions.own_challenge(&bench.at(10 * MINUTE), &assertion(&challenge)).is_none(),
        "answered once"
    );
    assert!(sessions.own_challenge(&bench.at(0), &assertion(b"never asked")).is_none());
}
