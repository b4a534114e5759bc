//! The fold over small histories with real keys and signatures.

use super::State;
use crate::statement::{FORMAT, Statement};
use crate::types::*;
use crate::{KINDS, Record};
use ledger::{Clock, Draft, Entry, Genesis};
use proptest::prelude::*;
use serde_json::{Map, Value};
use signing::SecretKey;
use signing::note::VerifierKey;
use vocabulary::{Date, Digest, Instant, canonical};

/// A ledger in memory, with the means to sign.
pub(super) struct History {
    pub(super) entries: Vec<Entry>,
    /// The time of the next entry, in milliseconds.
    pub(super) now: i64,
}

pub(super) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32], "test")
}

fn map<R: Record>(body: &R) -> Map<String, Value> {
    match serde_json::to_value(body).unwrap() {
        Value::Object(m) => m,
        other => panic!("{other}"),
    }
}

impl History {
    pub(super) fn new() -> History {
        let genesis = Genesis {
            origin: "example.org/triage".into(),
            product: "triage".into(),
            key: VerifierKey::new("example.org/triage", key(0).public()).unwrap(),
            clock: Clock::System,
        };
        let mut h = History { entries: Vec::new(), now: 1_770_000_000_000 };
        h.push(&genesis.draft("init", "test"));
        h
    }

    pub(super) fn push(&mut self, draft: &Draft) {
        let seq = self.entries.len() as u64;
        self.entries.push(draft.at(seq, Instant::from_millis(self.now + seq as i64)));
    }

    pub(super) fn process<R: Record>(&mut self, body: &R) {
        let draft = Draft {
            actor: "administrator".into(),
            via: "test".into(),
            kind: R::KIND.into(),
            body: map(body),
            sig: None,
        };
        self.push(&draft);
    }

    pub(super) fn signed<R: Record>(&self, person: &str, role: &str, by: &SecretKey, body: &R) -> Draft {
        let digest = body.covers().unwrap_or_else(|| Digest::of(&canonical::to_vec(&map(body)).unwrap()));
        let statement = Statement {
            format: FORMAT.into(),
            origin: "example.org/triage".into(),
            kind: R::KIND.into(),
            subject: body.subject(),
            digest,
            role: role.into(),
            meaning: "test".into(),
            person: person.into(),
            at: Instant::from_millis(self.now),
            after_position: self.entries.len() as u64,
        };
        let Value::Object(fields) = serde_json::to_value(&statement).unwrap() else { panic!() };
        let sig = ledger::sign_statement(fields, by).unwrap();
        Draft {
            actor: person.into(),
            via: "test".into(),
            kind: R::KIND.into(),
            body: map(body),
            sig: Some(sig),
        }
    }

    pub(super) fn act<R: Record>(&mut self, person: &str, role: &str, by: &SecretKey, body: &R) {
        let draft = self.signed(person, role, by, body);
        self.push(&draft);
    }

    pub(super) fn person(&mut self, id: &str, role: &str, seed: u8) {
        self.process(&PersonEnrol {
            person: id.into(),
            name: id.to_uppercase(),
            identity_proof: "known".into(),
        });
        self.enrol(id, seed);
        self.process(&RoleGrant {
            person: id.into(),
            role: role.into(),
            until: None,
            reason: "appointed".into(),
        });
    }

    pub(super) fn enrol(&mut self, id: &str, seed: u8) {
        let public = key(seed).public();
        let body =
            KeyEnrol { person: id.into(), public_key: public.to_openssh(""), key_id: public.fingerprint() };
        self.act(id, "", &key(seed), &body);
    }

    pub(super) fn state(&self) -> State {
        State::fold(&self.entries)
    }

    pub(super) fn problem(&self) -> String {
        let state = self.state();
        assert_eq!(state.problems.len(), 1, "{:?}", state.problems);
        state.problems[0].what.clone()
    }
}

pub(super) fn approve(document: &str) -> DocumentApprove {
    DocumentApprove { document: document.into(), digest: Digest::of(document.as_bytes()) }
}

#[test]
fn a_signed_approval_counts_and_shows_name_role_meaning_and_key() {
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    h.act("qa-lead", "qa-lead", &key(1), &approve("DOC-1"));
    let state = h.state();
    assert!(state.is_sound(), "{:?}", state.problems);
    let approval = state.approvals_of("DOC-1", Digest::of(b"DOC-1")).next().unwrap();
    let signer = approval.meta.signer.as_deref().unwrap();
    assert_eq!((signer.name.as_str(), signer.role.as_str()), ("QA-LEAD", "qa-lead"));
    assert_eq!(signer.key_id, key(1).public().fingerprint());
    assert_eq!(state.approvals_of("DOC-1", Digest::of(b"another text")).count(), 0);
}

#[test]
fn what_does_not_hold_is_named_and_counts_for_nothing() {
    type Case = (&'static str, fn(&mut History), &'static str);
    let cases: [Case; 8] = [
        ("no signature", |h| h.process(&approve("DOC-1")), "carries no personal signature"),
        ("another's key", |h| h.act("qa-lead", "qa-lead", &key(2), &approve("DOC-1")), "is not in force"),
        (
            "a role not held",
            |h| h.act("qa-lead", "prrc", &key(1), &approve("DOC-1")),
            "did not hold the role",
        ),
        ("nobody", |h| h.act("nobody", "qa-lead", &key(1), &approve("DOC-1")), "not an enrolled"),
        (
            "a copied signature",
            |h| {
                let mut draft = h.signed("qa-lead", "qa-lead", &key(1), &approve("DOC-1"));
                draft.body = map(&approve("DOC-2"));
                h.push(&draft);
            },
            "the signed subject is `DOC-1`",
        ),
        (
            "a changed text",
            |h| {
                let mut draft = h.signed("qa-lead", "qa-lead", &key(1), &approve("DOC-1"));
                draft.body.insert("digest".into(), Value::from(Digest::of(b"other").to_string()));
                h.push(&draft);
            },
            "the signed digest",
        ),
        (
            "a forged statement",
            |h| {
                let mut draft = h.signed("qa-lead", "qa-lead", &key(1), &approve("DOC-1"));
                if let Some(sig) = &mut draft.sig {
                    sig.statement.insert("meaning".into(), Value::from("something else"));
                }
                h.push(&draft);
            },
            "does not hold",
        ),
        (
            "a person who left",
            |h| {
                h.process(&PersonLeave { person: "qa-lead".into(), reason: "moved".into() });
                h.act("qa-lead", "qa-lead", &key(1), &approve("DOC-1"));
            },
            "not an enrolled, active person",
        ),
    ];
    for (name, history, expected) in cases {
        let mut h = History::new();
        h.person("qa-lead", "qa-lead", 1);
        history(&mut h);
        let what = h.problem();
        assert!(what.contains(expected), "{name}: {what}");
        assert!(h.state().approvals.is_empty(), "{name} must not count");
    }
}

#[test]
fn a_second_key_waits_for_the_old_one_or_for_two_others() {
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    h.person("prrc", "prrc", 2);
    h.person("risk-owner", "risk-owner", 3);
    h.enrol("qa-lead", 9);
    let endorse = KeyEndorse {
        person: "qa-lead".into(),
        key_id: key(9).public().fingerprint(),
        reason: "seen in person".into(),
    };
    let in_force = |h: &History| {
        let s = h.state();
        assert!(s.is_sound(), "{:?}", s.problems);
        s.persons["qa-lead"].keys[1].in_force_at(s.position)
    };
    assert!(!in_force(&h));
    h.act("prrc", "prrc", &key(2), &endorse);
    assert!(!in_force(&h), "one other person is not enough");
    h.act("prrc", "prrc", &key(2), &endorse);
    assert!(!in_force(&h), "nor is the same one twice");
    h.act("risk-owner", "risk-owner", &key(3), &endorse);
    assert!(in_force(&h));

    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    h.enrol("qa-lead", 9);
    h.act("qa-lead", "qa-lead", &key(1), &endorse);
    assert!(h.state().persons["qa-lead"].keys[1].in_force_at(h.entries.len() as u64));
}

#[test]
fn a_revoked_key_signs_no_longer_and_what_it_signed_stays() {
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    h.act("qa-lead", "qa-lead", &key(1), &approve("DOC-1"));
    h.process(&KeyRevoke {
        person: "qa-lead".into(),
        key_id: key(1).public().fingerprint(),
        reason: "lost".into(),
    });
    h.act("qa-lead", "qa-lead", &key(1), &approve("DOC-2"));
    let state = h.state();
    assert_eq!(state.problems.len(), 1);
    assert_eq!(state.approvals.keys().collect::<Vec<_>>(), ["DOC-1"]);
}

#[test]
fn a_role_ends_on_its_last_day() {
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    let last = Date::new(2026, 1, 1).unwrap();
    h.process(&RoleGrant {
        person: "qa-lead".into(),
        role: "prrc".into(),
        until: Some(last),
        reason: "deputy".into(),
    });
    let state = h.state();
    let person = &state.persons["qa-lead"];
    assert!(person.holds("prrc", state.position, last));
    assert!(!person.holds("prrc", state.position, last.plus_days(1)));
}

#[test]
fn a_correction_is_residual_until_it_is_verified_and_in_every_earlier_version() {
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    let report = AnomalyReport {
        anomaly: "A-1".into(),
        title: "t".into(),
        description: "d".into(),
        found: "f".into(),
        reproduction: String::new(),
        affects: Vec::new(),
        function: String::new(),
        version: "2.3.0".into(),
        severity: "minor".into(),
        ..AnomalyReport::default()
    };
    h.process(&report);
    let residual = |h: &History, v: &str| h.state().anomalies["A-1"].residual_in(v);
    assert!(residual(&h, "2.4.0"));
    h.process(&AnomalyResolve {
        anomaly: "A-1".into(),
        disposition: Disposition::Corrected,
        fixed_in: Some("2.4.1".into()),
        change: None,
        duplicate_of: None,
        resolution: "corrected".into(),
    });
    assert!(residual(&h, "2.4.1"), "not verified yet");
    h.act("qa-lead", "qa-lead", &key(1), &AnomalyVerify { anomaly: "A-1".into(), evidence: "RUN-1".into() });
    assert!(!residual(&h, "2.4.1"));
    assert!(residual(&h, "2.4.0"), "the older version still has it");
}

#[test]
fn a_withdrawn_waiver_stands_no_more_and_its_id_is_never_used_again() {
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    let grant = WaiverGrant {
        waiver: "W-1".into(),
        rule: "R0050".into(),
        subject: "SRS-1".into(),
        reason: "the part is replaced in May".into(),
        until: Date::new(2026, 12, 31).unwrap(),
    };
    let withdraw = WaiverWithdraw { waiver: "W-1".into(), reason: "it was replaced".into() };
    h.act("qa-lead", "qa-lead", &key(1), &grant);
    assert!(h.state().waivers.contains_key("W-1"));
    h.act("qa-lead", "qa-lead", &key(1), &withdraw);
    let state = h.state();
    assert!(state.waivers.is_empty() && state.problems.is_empty());
    let kept = &state.withdrawn_waivers["W-1"];
    assert_eq!((&kept.granted.body, &kept.withdrawn.body), (&grant, &withdraw));
    h.act("qa-lead", "qa-lead", &key(1), &withdraw);
    h.act("qa-lead", "qa-lead", &key(1), &grant);
    let state = h.state();
    assert_eq!(state.problems.len(), 2, "{:?}", state.problems);
    assert!(state.waivers.is_empty());
}

#[test]
fn every_kind_has_a_place_in_the_state() {
    for kind in KINDS {
        let mut h = History::new();
        let draft = Draft {
            actor: "a".into(),
            via: "test".into(),
            kind: kind.kind.into(),
            body: Map::new(),
            sig: None,
        };
        h.push(&draft);
        let state = h.state();
        assert!(state.unknown_kinds.is_empty(), "{}", kind.kind);
        assert!(!state.problems.iter().any(|p| p.what.contains("has no place")), "{}", kind.kind);
    }
}

#[test]
fn an_unknown_kind_gives_no_verdict_and_breaks_nothing() {
    let mut h = History::new();
    let draft = Draft {
        actor: "a".into(),
        via: "t".into(),
        kind: "future/thing/v7".into(),
        body: Map::new(),
        sig: None,
    };
    h.push(&draft);
    h.person("qa-lead", "qa-lead", 1);
    let state = h.state();
    assert_eq!(state.unknown_kinds, [(1, "future/thing/v7".to_owned())]);
    assert!(!state.is_sound());
    assert!(state.persons.contains_key("qa-lead"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the order of grants and revocations: a signature counts exactly while the role is held.
    #[test]
    fn nobody_signs_in_a_role_that_they_do_not_hold(steps in prop::collection::vec((0u8..3, 0u8..2), 1..24)) {
        let mut h = History::new();
        h.process(&PersonEnrol { person: "p".into(), name: "P".into(), identity_proof: "known".into() });
        h.enrol("p", 1);
        let roles = ["prrc", "qa-lead"];
        let mut held = [false; 2];
        let mut counted = 0;
        for (n, (step, role)) in steps.into_iter().enumerate() {
            let name = roles[role as usize];
            match step {
                0 => {
                    h.process(&RoleGrant { person: "p".into(), role: name.into(), until: None, reason: "r".into() });
                    held[role as usize] = true;
                }
                1 => {
                    h.process(&RoleRevoke { person: "p".into(), role: name.into(), reason: "r".into() });
                    held[role as usize] = false;
                }
                _ => {
                    h.act("p", name, &key(1), &approve(&format!("DOC-{n}")));
                    counted += usize::from(held[role as usize]);
                }
            }
        }
        prop_assert_eq!(h.state().approvals.len(), counted);
    }

    /// Any body under any kind is a problem or a record, never a panic.
    #[test]
    fn any_body_is_survived(kind in 0..KINDS.len(), key in "[a-z]{1,8}", value in any::<String>()) {
        let mut h = History::new();
        let mut body = Map::new();
        body.insert(key, Value::from(value));
        h.push(&Draft { actor: "a".into(), via: "t".into(), kind: KINDS[kind].kind.into(), body, sig: None });
        prop_assert_eq!(h.state().position, 2);
    }
}

/// A step of a person's history: what, of whom, with whom, and for how many days.
fn steps_of_people() -> impl Strategy<Value = Vec<(u8, u8, u8, i64)>> {
    proptest::collection::vec((0..9_u8, 0..3_u8, 0..3_u8, 0..4_i64), 0..24)
}

fn history_of_people(steps: &[(u8, u8, u8, i64)]) -> History {
    let mut h = History::new();
    h.person("p0", "qa-lead", 10);
    h.person("p1", "risk-owner", 11);
    for (n, (what, who, other, days)) in steps.iter().enumerate() {
        let (person, seed) = (format!("p{who}"), 10 + who);
        let role = ["qa-lead", "risk-owner", "software-lead"][usize::from(*other)].to_owned();
        let day = Instant::from_millis(h.now).date_utc().plus_days(*days);
        let (reason, until) = ("r".to_owned(), Some(day));
        match what {
            0 => h.process(&PersonEnrol { person, name: "N".into(), identity_proof: "known".into() }),
            1 => h.enrol(&person, 20 + u8::try_from(n % 4).unwrap()),
            2 => {
                let key_id = key(20 + u8::try_from(n % 4).unwrap()).public().fingerprint();
                let by = format!("p{other}");
                h.act(&by, "", &key(10 + other), &KeyEndorse { person, key_id, reason });
            }
            3 => h.process(&RoleGrant { person, role, until, reason }),
            4 => h.process(&RoleRevoke { person, role, reason }),
            5 => {
                let body = RoleDelegate {
                    person: format!("p{other}"),
                    from: person.clone(),
                    role,
                    until: day,
                    reason,
                };
                h.act(&person, &body.role.clone(), &key(seed), &body);
            }
            6 => {
                h.process(&PersonTrain { person, subject: role, on: day, reference: "course".into(), until })
            }
            7 => h.process(&KeyRevoke { person, key_id: key(seed).public().fingerprint(), reason }),
            _ => h.process(&PersonLeave { person, reason }),
        }
    }
    h
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What the newest state says of persons in the past is what a fold of that past gives.
    #[test]
    fn persons_in_the_past_are_those_that_a_fold_gives(steps in steps_of_people()) {
        let h = history_of_people(&steps);
        let now = h.state();
        for position in 0..=h.entries.len() {
            let then = State::fold(&h.entries[..position]).persons;
            let told = now.persons.iter().filter_map(|(id, p)| Some((id.clone(), p.at(position as u64)?)));
            prop_assert_eq!(told.collect::<std::collections::BTreeMap<_, _>>(), then, "at {}", position);
        }
    }
}
