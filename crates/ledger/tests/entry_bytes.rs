//! An entry's canonical bytes: what encodes decodes to the same, and nothing else decodes.

use ledger::conformance::{note, signed_note, time};
use ledger::{ENTRY_BYTES_MAX, Entry, EntryError, check_kind};
use proptest::prelude::*;
use serde_json::{Map, Value};
use vocabulary::Instant;

const GOOD: &str = r#"{"actor":"qa-lead","at":"2026-03-14T09:12:00.000Z","body":{"text":"x"},"kind":"note/write/v1","seq":7,"via":"test"}"#;

#[test]
fn the_bytes_are_the_canonical_ones() {
    let at: Instant = "2026-03-14T09:12:00.000Z".parse().unwrap();
    let mut draft = note("x");
    draft.via = "test".into();
    assert_eq!(String::from_utf8(draft.at(7, at).encode().unwrap()).unwrap(), GOOD);
    assert_eq!(Entry::decode(GOOD.as_bytes()).unwrap(), draft.at(7, at));
}

#[test]
fn what_is_not_exactly_an_entry_is_refused_and_the_place_named() {
    let replaced = |from: &str, to: &str| GOOD.replace(from, to);
    let cases = [
        (String::new(), "canonical JSON"),
        ("[]".into(), "object"),
        ("{}".into(), "seq"),
        (format!("{GOOD}\n"), "not canonical"),
        (replaced(r#""seq":7,"#, ""), "`seq` is missing"),
        (replaced(r#""via":"test""#, r#""via":"test","x":1"#), "unknown field `x`"),
        (replaced(r#""seq":7"#, r#""seq":-7"#), "`seq`"),
        (replaced(r#""seq":7"#, r#""seq":"7""#), "`seq`"),
        (replaced(r#""seq":7"#, r#""seq":7,"seq":7"#), "twice"),
        (replaced("09:12:00.000Z", "09:12:00Z"), "`at`"),
        (replaced("09:12:00.000Z", "10:12:00.000+01:00"), "`at`"),
        (replaced("2026-03-14T09:12:00.000Z", "yesterday"), "`at`"),
        (replaced(r#"{"text":"x"}"#, "null"), "`body`"),
        (replaced(r#""text":"x""#, r#""text":1.5"#), "no integer"),
        (replaced("qa-lead", ""), "`actor`"),
        (replaced("qa-lead", "  "), "`actor`"),
        (replaced("qa-lead", r"a\nb"), "`actor`"),
        (replaced("qa-lead", &"x".repeat(201)), "`actor`"),
        (replaced("note/write/v1", "note"), "`kind`"),
        (replaced(r#""seq":7"#, r#""seq":7,"sig":null"#), "`sig`"),
        (replaced(r#""seq":7"#, r#""seq":7,"sig":{}"#), "sig.alg"),
        (replaced(r#""text":"x""#, &format!(r#""text":"{}""#, "x".repeat(ENTRY_BYTES_MAX))), "at most 65535"),
    ];
    for (bytes, expected) in cases {
        let e = Entry::decode(bytes.as_bytes()).expect_err(&bytes);
        assert!(e.to_string().contains(expected), "{bytes}: {e}");
    }
}

#[test]
fn the_fields_of_a_signature_are_exactly_four() {
    let good = signed_note("AN-1").at(1, time(0));
    assert_eq!(Entry::decode(&good.encode().unwrap()).unwrap(), good);
    let text = String::from_utf8(good.encode().unwrap()).unwrap();
    for (from, to) in [
        (r#""alg":"sshsig-ed25519","#, ""),
        (r#""alg":"sshsig-ed25519""#, r#""alg":"""#),
        (r#""alg":"sshsig-ed25519""#, r#""abc":1,"alg":"sshsig-ed25519""#),
        (r#""statement":{"#, r#""statement":{},"x":{"#),
    ] {
        assert_ne!(text.replace(from, to), text);
        assert!(Entry::decode(text.replace(from, to).as_bytes()).is_err(), "{from} as {to}");
    }
}

#[test]
fn a_kind_is_noun_verb_and_version() {
    for good in ["anomaly/report/v1", "ledger/genesis/v12", "test-run/record/v2", "a/b2-c/v1"] {
        check_kind(good).unwrap();
    }
    for bad in [
        "",
        "anomaly",
        "anomaly/report",
        "anomaly/report/1",
        "anomaly/report/v0",
        "anomaly/report/v01",
        "/report/v1",
        "anomaly//v1",
        "Anomaly/report/v1",
        "anomaly/re port/v1",
        "anomaly/report/v1/x",
        "-a/b/v1",
        "a-/b/v1",
        "a/b/v",
        "a/b/v1234567890",
        "a/b/v1\n",
        "ä/b/v1",
    ] {
        assert!(matches!(check_kind(bad), Err(EntryError::Field { field: "kind", .. })), "{bad:?}");
    }
}

#[test]
fn what_cannot_be_read_back_is_not_written() {
    let mut entry = note("x").at(1 << 53, time(0));
    assert!(entry.encode().is_err(), "a place of 2^53");
    entry.seq = 1;
    entry.body.insert("n".into(), Value::from(1u64 << 53));
    assert!(entry.encode().is_err(), "a number of 2^53");
}

proptest! {
    #[test]
    fn an_entry_reads_back(seq in 0u64..1 << 53, ms in 0i64..4_000_000_000_000, actor in "\\PC{1,50}", keys in prop::collection::vec(("\\PC{0,8}", "\\PC{0,30}"), 0..6)) {
        prop_assume!(!actor.trim().is_empty());
        let body: Map<String, Value> = keys.into_iter().map(|(k, v)| (k, Value::from(v))).collect();
        let mut draft = note("x");
        (draft.actor, draft.body) = (actor, body);
        let entry = draft.at(seq, Instant::from_millis(ms));
        let bytes = entry.encode().unwrap();
        prop_assert_eq!(Entry::decode(&bytes).unwrap(), entry);
    }

    #[test]
    fn a_changed_byte_never_reads_as_the_same_entry(at in any::<prop::sample::Index>(), xor in 1u8..) {
        let good = signed_note("AN-1").at(1, time(0));
        let mut bytes = good.encode().unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= xor;
        if let Ok(other) = Entry::decode(&bytes) {
            prop_assert_ne!(&other, &good);
            prop_assert_eq!(other.encode().unwrap(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_an_error_or_an_entry(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Entry::decode(&bytes);
    }
}
