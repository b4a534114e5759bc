//! Unexpected input, and sameness of the outcome.

use crate::{TODAY, raw, triage};

fn args(pathway: &str) -> String {
    format!("--birth 1980-05-01 --pathway {pathway} --today {TODAY}")
}

#[test]
fn end_of_input_shows_no_result() {
    let (code, text) = triage(&args("cough"), "no no 1");
    assert_eq!(code, 1);
    assert!(!text.contains("/5]"), "{text}");
}

#[test]
fn wrong_answers_are_explained_and_asked_again() {
    let (code, text) = triage(&args("cough"), "maybe no no 9 1 no no no 98 36.9 900 4");
    assert_eq!(code, 0);
    for said in [
        "answer yes, no or unsure",
        "choose one of the answers by its number",
        "must be from 30.0 to 45.0",
        "the number must be from 0 to 365",
        "[1/5]",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn hostile_input_is_refused_and_not_echoed() {
    let mut input = b"\x1b[2J\x07\n".to_vec();
    input.extend(vec![b'9'; 100_000]);
    input.extend(b"\nno\nyes\n");
    let (code, text) = raw(&args("cough"), &input);
    assert_eq!(code, 0);
    assert!(text.contains("[5/5]") && !text.contains('\u{1b}') && text.len() < 10_000);
}

#[test]
fn correction_removes_the_emergency() {
    let (code, text) = triage(&args("cough"), "no back no no 1 no no no 36.9 4");
    assert_eq!(code, 0);
    assert!(text.contains("[1/5]"), "{text}");
}

#[test]
fn correction_drops_the_follow_up_question() {
    // The injury is taken back, so the answer about blood thinners must not count.
    let (code, text) = triage(&args("headache"), "no no no no yes back no 36.8 no 3 1 1");
    assert_eq!(code, 0);
    assert!(text.contains("[1/5]") && !text.contains("blood thinners\n"), "{text}");
}

#[test]
fn content_is_checked_and_exported() {
    let (code, text) = triage("content check", "");
    assert_eq!(code, 0);
    assert!(text.starts_with("5 pathways, content "), "{text}");
    let (code, export) = triage("content export", "");
    assert_eq!(code, 0);
    assert!(export.starts_with("triage-content/v1\n") && export.contains("--- cough.json\n"));
}

#[test]
fn same_answers_give_the_same_output() {
    let answers = "no no no no yes no 36.8 no 5 4 2";
    assert_eq!(triage(&args("headache"), answers), triage(&args("headache"), answers));
}

#[test]
fn unknown_option_is_refused() {
    let (code, text) = triage("--brith 1980-05-01", "");
    assert_eq!(code, 2);
    assert!(text.contains("unknown option --brith; see triage --help"), "{text}");
}
