//! What was kept is what was folded: over random histories, and whatever the bytes.

use super::super::State;
use super::super::tests::{History, approve, key};
use super::*;
use crate::types::*;
use proptest::prelude::*;
use vocabulary::Digest;

/// A step of a history: which record, of which anomaly or change, with which text.
type Step = (u8, u8, String, bool);

fn steps() -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec((0..14_u8, 0..5_u8, "\\PC{0,12}", any::<bool>()), 0..40)
}

/// A history of these steps. Some of them do not count, which is part of the state too.
fn history(steps: &[Step]) -> History {
    let mut h = History::new();
    h.person("qa", "qa-lead", 1);
    for (what, n, text, yes) in steps {
        let (anomaly, change) = (format!("AN-{n}"), format!("CR-{n}"));
        let text = || text.clone();
        match what {
            0..3 => h.process(&AnomalyReport {
                anomaly,
                title: text(),
                version: "1.0.0".into(),
                severity: "minor".into(),
                affects: if *yes { vec!["ITM-a".parse().unwrap()] } else { Vec::new() },
                security: text(),
                ..AnomalyReport::default()
            }),
            3 => h.process(&AnomalyInvestigate {
                anomaly,
                cause: text(),
                safety_relevant: *yes,
                hazards: Vec::new(),
                outcome: text(),
                problem: !*yes,
                security_relevant: *yes,
                category: String::new(),
                introduced_in: yes.then(|| "0.9.0".into()),
                change: None,
                no_change: text(),
            }),
            4 => h.process(&AnomalyAmend {
                anomaly,
                fields: [("title".to_owned(), text())].into(),
                affects: None,
                reason: text(),
            }),
            5 => h.act("qa", "qa-lead", &key(1), &AnomalyVerify { anomaly, evidence: text() }),
            6 | 7 => h.process(&ChangeOpen {
                change,
                title: text(),
                reason: text(),
                affects: Vec::new(),
                answers: vec![anomaly],
                safety_analysis: String::new(),
                category: yes.then_some(ChangeCategory::Adaptive),
            }),
            8 => h.act("qa", "qa-lead", &key(1), &ChangeApprove { change, reason: text() }),
            9 => h.process(&ChangeImplement { change, commits: vec![text()] }),
            10 => h.act("qa", "qa-lead", &key(u8::from(*yes)), &approve("DOC-1")),
            11 => h.process(&CapaOpen { capa: format!("CAPA-{n}"), description: text(), source: text() }),
            12 => h.process(&RoleGrant { person: "qa".into(), role: text(), until: None, reason: text() }),
            _ => h.now += 86_400_000,
        }
    }
    h
}

fn kept(state: &State) -> State {
    let mut parts = parts(state).unwrap();
    let anomalies = parts.split_off(1);
    join(read_rest(&parts[0]).unwrap(), anomalies, false)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A state that was kept and read again is the same, and goes on the same: the entries after it add up to what a fold of
    /// all entries gives.
    #[test]
    fn a_kept_state_is_the_same_and_goes_on_the_same(steps in steps(), cut in 0..60_usize) {
        let h = history(&steps);
        let cut = cut.min(h.entries.len());
        let (before, after) = h.entries.split_at(cut);
        let prefix = State::fold(before);
        let mut again = kept(&prefix);
        prop_assert_eq!(&again, &prefix);
        for entry in after {
            again.apply(entry);
        }
        prop_assert_eq!(again, State::fold(&h.entries));
    }

    #[test]
    fn any_bytes_end_in_a_state_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_rest(&bytes);
        let _ = read_anomalies(&bytes);
    }

    /// A byte that is another one is an error or another state; it is never a panic, and never more memory than bytes.
    #[test]
    fn a_changed_byte_is_survived(steps in steps(), at in any::<proptest::sample::Index>(), to in any::<u8>()) {
        for mut part in parts(&history(&steps).state()).unwrap() {
            let at = at.index(part.len());
            part[at] = to;
            let _ = read_rest(&part);
            let _ = read_anomalies(&part);
        }
    }
}

#[test]
fn a_length_of_all_memory_is_an_error() {
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    assert_eq!(read_anomalies(&huge), Err(SnapshotError::Short));
    assert_eq!(read_anomalies(&[0xff; 11]), Err(SnapshotError::Broken("a number of more than 64 bits")));
    let text = |bytes: &[u8]| read::from_bytes::<String>(bytes);
    assert_eq!(text(&[2]), Err(SnapshotError::Broken("a text again that was not there before")));
    assert_eq!(text(&[3]), Err(SnapshotError::Broken("no sort of text")));
    assert_eq!(text(&huge), Err(SnapshotError::Short));
    assert_eq!(read_anomalies(&[0, 0]), Err(SnapshotError::Broken("bytes after the end")));
}

/// Digests and times are kept as they are, not as texts: this is what makes a snapshot small.
#[test]
fn digests_and_times_take_few_bytes() {
    let digest = Digest::of(b"x");
    assert_eq!(write::to_bytes(&digest).unwrap().len(), 33);
    assert!(write::to_bytes(&vocabulary::Instant::from_millis(1_770_000_000_000)).unwrap().len() <= 6);
}

/// A text that comes again is written once, and read as often as it came.
#[test]
fn texts_that_come_again_take_few_bytes() {
    let texts = ["example-person-with-a-long-name", "once", "", "example-person-with-a-long-name", ""];
    let bytes = write::to_bytes(&texts).unwrap();
    assert!(bytes.len() < 50, "{}", bytes.len());
    assert_eq!(read::from_bytes::<[String; 5]>(&bytes).unwrap(), texts);
    let long = "x".repeat(REPEATED_MOST + 1);
    let bytes = write::to_bytes(&[&long, &long]).unwrap();
    assert_eq!(read::from_bytes::<[String; 2]>(&bytes).unwrap(), [long.as_str(), &long]);
}
