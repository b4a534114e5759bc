//! People over time: delegation, separation of duties, closed administration, and random histories against a second
//! opinion that knows nothing of the fold.

use super::tests::{History, approve, key};
use super::{ATTEMPTS_MAX, DocumentStage};
use crate::types::*;
use proptest::prelude::*;
use vocabulary::{Date, Digest};

const DAY: i64 = 86_400_000;

fn day(h: &History) -> Date {
    vocabulary::Instant::from_millis(h.now).date_utc()
}

fn delegate(from: &str, to: &str, role: &str, until: Date) -> RoleDelegate {
    RoleDelegate { person: to.into(), from: from.into(), role: role.into(), until, reason: "holiday".into() }
}

fn revoke(person: &str, role: &str) -> RoleRevoke {
    RoleRevoke { person: person.into(), role: role.into(), reason: "moved".into() }
}

#[test]
fn a_delegation_lasts_to_its_day_and_no_longer_than_the_givers_role() {
    let mut h = History::new();
    h.person("prrc", "prrc", 1);
    h.person("deputy", "qa-lead", 2);
    let until = day(&h).plus_days(3);
    h.act("prrc", "prrc", &key(1), &delegate("prrc", "deputy", "prrc", until));
    h.act("deputy", "prrc", &key(2), &approve("DOC-1"));
    assert!(h.state().is_sound(), "{:?}", h.state().problems);
    h.now += 4 * DAY;
    h.act("deputy", "prrc", &key(2), &approve("DOC-2"));
    assert!(h.problem().contains("did not hold the role"));

    let mut h = History::new();
    h.person("prrc", "prrc", 1);
    h.person("deputy", "qa-lead", 2);
    let until = day(&h).plus_days(3);
    h.act("prrc", "prrc", &key(1), &delegate("prrc", "deputy", "prrc", until));
    h.process(&revoke("prrc", "prrc"));
    h.act("deputy", "prrc", &key(2), &approve("DOC-1"));
    assert!(h.problem().contains("did not hold the role"), "the giver lost it");
}

#[test]
fn what_cannot_be_delegated_is_named() {
    type Case = (fn(&mut History), &'static str);
    let cases: [Case; 5] = [
        (
            |h| h.act("deputy", "qa-lead", &key(2), &delegate("deputy", "prrc", "prrc", day(h))),
            "was not granted",
        ),
        (|h| h.act("prrc", "prrc", &key(1), &delegate("prrc", "prrc", "prrc", day(h))), "to themself"),
        (
            |h| h.act("deputy", "qa-lead", &key(2), &delegate("prrc", "deputy", "prrc", day(h))),
            "cannot delegate a role of",
        ),
        (|h| h.act("prrc", "prrc", &key(1), &delegate("prrc", "nobody", "prrc", day(h))), "not an enrolled"),
        (
            |h| h.act("prrc", "prrc", &key(1), &delegate("prrc", "deputy", "prrc", day(h).plus_days(-9))),
            "is past",
        ),
    ];
    for (attempt, expected) in cases {
        let mut h = History::new();
        h.person("prrc", "prrc", 1);
        h.person("deputy", "qa-lead", 2);
        attempt(&mut h);
        assert!(h.problem().contains(expected), "{} / {expected}", h.problem());
    }
    // What was delegated is not delegated further.
    let mut h = History::new();
    h.person("prrc", "prrc", 1);
    h.person("deputy", "qa-lead", 2);
    h.person("third", "qa-lead", 3);
    let until = day(&h).plus_days(3);
    h.act("prrc", "prrc", &key(1), &delegate("prrc", "deputy", "prrc", until));
    h.act("deputy", "prrc", &key(2), &delegate("deputy", "third", "prrc", until));
    assert!(h.problem().contains("was not granted"));
}

#[test]
fn the_author_of_a_revision_does_not_approve_it() {
    let mut h = History::new();
    h.person("author", "software-lead", 1);
    h.person("approver", "qa-lead", 2);
    let submit = DocumentSubmit {
        document: "DOC-1".into(),
        digest: Digest::of(b"DOC-1"),
        revision: "2".into(),
        reason: "clearer".into(),
    };
    h.act("author", "software-lead", &key(1), &submit);
    h.act("author", "software-lead", &key(1), &approve("DOC-1"));
    assert!(h.problem().contains("is the author"), "{}", h.problem());
    h.act("approver", "qa-lead", &key(2), &approve("DOC-1"));
    assert_eq!(h.state().approvals_of("DOC-1", Digest::of(b"DOC-1")).count(), 1);
}

#[test]
fn a_document_goes_from_draft_to_obsolete_and_is_not_effective_before_its_readers_read() {
    let mut h = History::new();
    h.person("author", "software-lead", 1);
    h.person("approver", "qa-lead", 2);
    let digest = Digest::of(b"DOC-1");
    let stage = |h: &History, on: Date| h.state().document_stage("DOC-1", digest, on);
    let today = day(&h);
    assert_eq!(stage(&h, today), DocumentStage::Draft);
    let submit =
        DocumentSubmit { document: "DOC-1".into(), digest, revision: "1".into(), reason: "first".into() };
    h.act("author", "software-lead", &key(1), &submit);
    assert_eq!(stage(&h, today), DocumentStage::InReview);
    let effective = DocumentEffective {
        document: "DOC-1".into(),
        digest,
        from: today.plus_days(7),
        readers: vec!["author".into()],
        review_due: Some(today.plus_years(1)),
    };
    h.act("approver", "qa-lead", &key(2), &effective);
    assert!(h.problem().contains("is not approved"));
    h.entries.pop();
    h.act("approver", "qa-lead", &key(2), &approve("DOC-1"));
    h.act("approver", "qa-lead", &key(2), &effective);
    assert!(h.problem().contains("has not recorded to have read"), "{}", h.problem());
    h.entries.pop();
    h.act("author", "software-lead", &key(1), &DocumentRead { document: "DOC-1".into(), digest });
    h.act("approver", "qa-lead", &key(2), &effective);
    assert!(h.state().is_sound(), "{:?}", h.state().problems);
    assert_eq!(stage(&h, today), DocumentStage::Approved);
    assert_eq!(stage(&h, today.plus_days(7)), DocumentStage::Effective);
    assert_eq!(h.state().documents["DOC-1"].review_due(), Some(today.plus_years(1)));
    let gone = DocumentObsolete { document: "DOC-1".into(), reason: "merged into DOC-2".into() };
    h.act("approver", "qa-lead", &key(2), &gone);
    assert_eq!(stage(&h, today.plus_days(7)), DocumentStage::Obsolete);
}

#[test]
fn once_closed_only_another_administrator_administers() {
    let mut h = History::new();
    h.person("adm-one", "administrator", 1);
    let close = AdministrationClose { reason: "set up and checked".into() };
    h.act("adm-one", "administrator", &key(1), &close);
    assert!(h.problem().contains("two persons"), "{}", h.problem());
    h.entries.pop();
    h.person("adm-two", "administrator", 2);
    h.act("adm-one", "administrator", &key(1), &close);
    let grant =
        |p: &str| RoleGrant { person: p.into(), role: "prrc".into(), until: None, reason: "r".into() };
    h.process(&grant("adm-one"));
    assert!(h.problem().contains("is closed"), "{}", h.problem());
    h.entries.pop();
    h.act("adm-one", "administrator", &key(1), &grant("adm-one"));
    assert!(h.problem().contains("cannot administer themself"), "{}", h.problem());
    h.entries.pop();
    h.act("adm-two", "administrator", &key(2), &grant("adm-one"));
    assert!(h.state().is_sound(), "{:?}", h.state().problems);
}

#[test]
fn five_wrong_codes_lock_an_account_and_only_another_person_opens_it() {
    let mut h = History::new();
    h.person("qa-lead", "qa-lead", 1);
    h.person("other", "administrator", 2);
    let account = |h: &History| h.state().accounts["qa-lead"].clone();
    h.process(&CredentialEnrol {
        person: "qa-lead".into(),
        key_id: key(1).public().fingerprint(),
        factors: vec!["password".into(), "totp".into()],
        expires: day(&h).plus_days(90),
        tested: true,
        invitation: None,
    });
    let wrong = |n: u32| SessionRefuse {
        person: "qa-lead".into(),
        from: format!("10.0.0.{n}"),
        reason: "code".into(),
    };
    let lock =
        AccountLock { person: "qa-lead".into(), attempts: ATTEMPTS_MAX, alerted: vec!["other".into()] };
    for n in 1..ATTEMPTS_MAX {
        h.process(&wrong(n));
    }
    h.process(&lock);
    assert!(h.problem().contains("do not lock"));
    h.entries.pop();
    h.process(&wrong(9));
    h.process(&lock);
    assert!(account(&h).usable(day(&h)).unwrap_err().contains("locked"));
    let unlock = AccountUnlock { person: "qa-lead".into(), reason: "was a new telephone".into() };
    h.act("qa-lead", "qa-lead", &key(1), &unlock);
    assert!(h.problem().contains("their own"));
    h.entries.pop();
    h.act("other", "administrator", &key(2), &unlock);
    assert!(account(&h).usable(day(&h)).is_ok());
    assert!(account(&h).usable(day(&h).plus_days(91)).unwrap_err().contains("was to be changed"));
    h.process(&CredentialRevoke { person: "qa-lead".into(), reason: "token lost".into() });
    assert!(account(&h).usable(day(&h)).unwrap_err().contains("token lost"));
}

/// One step of a random history.
#[derive(Clone, Debug)]
enum Step {
    Grant { who: usize, role: usize, days: Option<i64> },
    Revoke { who: usize, role: usize },
    Delegate { from: usize, to: usize, role: usize, days: i64 },
    Leave { who: usize },
    RevokeKey { who: usize },
    Pass { days: i64 },
    Sign { who: usize, role: usize },
}

const PEOPLE: [&str; 3] = ["anna", "berta", "carla"];
const ROLES: [&str; 2] = ["prrc", "release-manager"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..3usize, 0..2usize, prop::option::of(0..6i64)).prop_map(|(who, role, days)| Step::Grant { who, role, days }),
        1 => (0..3usize, 0..2usize).prop_map(|(who, role)| Step::Revoke { who, role }),
        2 => (0..3usize, 0..3usize, 0..2usize, 0..5i64)
            .prop_map(|(from, to, role, days)| Step::Delegate { from, to, role, days }),
        1 => (0..3usize).prop_map(|who| Step::Leave { who }),
        1 => (0..3usize).prop_map(|who| Step::RevokeKey { who }),
        2 => (1..4i64).prop_map(|days| Step::Pass { days }),
        5 => (0..3usize, 0..2usize).prop_map(|(who, role)| Step::Sign { who, role }),
    ];
    prop::collection::vec(step, 1..40)
}

/// The second opinion: walks the steps anew for each question, and knows nothing of the fold.
struct Opinion<'a> {
    done: &'a [(Date, Step)],
}

impl Opinion<'_> {
    fn left(&self, who: usize) -> bool {
        self.done.iter().any(|(_, s)| matches!(s, Step::Leave { who: w } if *w == who))
    }

    fn has_key(&self, who: usize) -> bool {
        !self.done.iter().any(|(_, s)| matches!(s, Step::RevokeKey { who: w } if *w == who))
    }

    fn revoked_since(&self, from: usize, who: usize, role: usize) -> bool {
        let rest = self.done.iter().skip(from);
        rest.into_iter()
            .any(|(_, s)| matches!(s, Step::Revoke { who: w, role: r } if *w == who && *r == role))
    }

    fn granted(&self, who: usize, role: usize, on: Date) -> bool {
        !self.left(who)
            && self.done.iter().enumerate().any(|(i, (d, s))| match s {
                Step::Grant { who: w, role: r, days } => {
                    *w == who
                        && *r == role
                        && days.is_none_or(|n| on <= d.plus_days(n))
                        && !self.revoked_since(i, who, role)
                }
                _ => false,
            })
    }

    /// Whether the delegation at step `i` was one at all.
    fn may_delegate(&self, i: usize) -> bool {
        let before = Opinion { done: &self.done[..i] };
        let (on, Step::Delegate { from, to, role, days }) = &self.done[i] else { return false };
        let until = on.plus_days(*days);
        let long_enough = before.done.iter().enumerate().any(|(n, (d, s))| match s {
            Step::Grant { who, role: r, days } => {
                who == from
                    && r == role
                    && days.is_none_or(|k| *on <= d.plus_days(k) && until <= d.plus_days(k))
                    && !before.revoked_since(n, *from, *role)
            }
            _ => false,
        });
        from != to
            && before.has_key(*from)
            && before.granted(*from, *role, *on)
            && long_enough
            && !before.left(*to)
    }

    fn holds(&self, who: usize, role: usize, on: Date) -> bool {
        let delegated = |(i, (d, s)): (usize, &(Date, Step))| match s {
            Step::Delegate { from, to, role: r, days } => {
                *to == who
                    && *r == role
                    && on <= d.plus_days(*days)
                    && self.may_delegate(i)
                    && !self.revoked_since(i, *from, role)
                    && !self.revoked_since(i, who, role)
                    && !self.done[i..].iter().any(|(_, s)| matches!(s, Step::Leave { who: w } if w == from))
            }
            _ => false,
        };
        self.granted(who, role, on) || (!self.left(who) && self.done.iter().enumerate().any(delegated))
    }
}

fn opened() -> ReleaseOpen {
    ReleaseOpen {
        version: "1.0.0".into(),
        kind: ReleaseKind::Full,
        candidate: 1,
        build: "1.0.0+1".into(),
        commits: Vec::new(),
        software: Digest::of(b"software"),
        rule_set: "r".into(),
        previous: None,
        summary: "s".into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Over any history of grants, expiries, delegations, revocations, departures and lost keys: a release is signed
    /// exactly where the person had the role, and a key, at that time.
    #[test]
    fn no_release_is_signed_by_somebody_who_had_not_the_role_at_that_time(steps in steps()) {
        let mut h = History::new();
        for (i, person) in PEOPLE.iter().enumerate() {
            h.process(&PersonEnrol { person: (*person).into(), name: (*person).into(), identity_proof: "known".into() });
            h.enrol(person, i as u8 + 1);
        }
        h.process(&opened());
        let mut done: Vec<(Date, Step)> = Vec::new();
        let mut expected = Vec::new();
        for step in steps {
            let on = day(&h);
            let by = |who: usize| key(who as u8 + 1);
            match &step {
                Step::Grant { who, role, days } => h.process(&RoleGrant {
                    person: PEOPLE[*who].into(),
                    role: ROLES[*role].into(),
                    until: days.map(|d| on.plus_days(d)),
                    reason: "r".into(),
                }),
                Step::Revoke { who, role } => h.process(&revoke(PEOPLE[*who], ROLES[*role])),
                Step::Delegate { from, to, role, days } => {
                    let body = delegate(PEOPLE[*from], PEOPLE[*to], ROLES[*role], on.plus_days(*days));
                    h.act(PEOPLE[*from], ROLES[*role], &by(*from), &body);
                }
                Step::Leave { who } => h.process(&PersonLeave { person: PEOPLE[*who].into(), reason: "r".into() }),
                Step::RevokeKey { who } => h.process(&KeyRevoke {
                    person: PEOPLE[*who].into(),
                    key_id: by(*who).public().fingerprint(),
                    reason: "lost".into(),
                }),
                Step::Pass { days } => h.now += days * DAY,
                Step::Sign { who, role } => {
                    let opinion = Opinion { done: &done };
                    if opinion.holds(*who, *role, on) && opinion.has_key(*who) {
                        expected.push(h.entries.len() as u64);
                    }
                    let manifest = Digest::of(b"manifest");
                    let body = ReleaseSign { version: "1.0.0".into(), role: ROLES[*role].into(), manifest };
                    h.act(PEOPLE[*who], ROLES[*role], &by(*who), &body);
                }
            }
            done.push((on, step));
        }
        let state = h.state();
        let counted: Vec<u64> = state.releases["1.0.0"].signatures.iter().map(|s| s.meta.seq).collect();
        prop_assert_eq!(counted, expected);
    }
}
