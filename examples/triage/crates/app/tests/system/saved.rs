//! Saved assessments.

use crate::{fresh, triage};
use std::fs;
use triage_content::Bundle;
use triage_session::{Session, load, to_bytes};

const ARGS: &str = "--birth 1980-05-01 --pathway cough --session";

#[test]
fn interrupted_assessment_is_resumed() {
    let file = fresh("resumed");
    assert_eq!(triage(&format!("{ARGS} {}", file.display()), "no no 1 no quit").0, 1);
    let (code, text) = triage(&format!("resume {}", file.display()), "no no 36.9 4");
    assert_eq!(code, 0);
    assert!(text.starts_with("[5/8]") && text.contains("[1/5]"), "{text}");
}

#[test]
fn old_assessment_is_not_resumed() {
    let file = fresh("old");
    // Begun in 1970: older than 24 hours on any day of a test.
    let bundle = Bundle::builtin().unwrap();
    fs::write(&file, to_bytes(&Session::start("1980-05-01".parse().unwrap(), "cough", &bundle, 0))).unwrap();
    let (code, text) = triage(&format!("resume {}", file.display()), "");
    assert_eq!(code, 4);
    assert!(text.contains("older than 24 hours; please begin again"), "{text}");
}

#[test]
fn assessment_of_other_content_is_not_resumed() {
    let file = fresh("content");
    triage(&format!("{ARGS} {}", file.display()), "no quit");
    let mut session = load(&file).unwrap();
    session.content = "0".repeat(64);
    fs::write(&file, to_bytes(&session)).unwrap();
    let (code, text) = triage(&format!("resume {}", file.display()), "");
    assert_eq!(code, 4);
    assert!(text.contains("the questions have changed since"), "{text}");
}

#[test]
fn damaged_assessment_is_not_used() {
    let file = fresh("damaged");
    triage(&format!("{ARGS} {}", file.display()), "no quit");
    let text = fs::read_to_string(&file).unwrap().replacen("\"no\"", "\"yes\"", 1);
    fs::write(&file, text).unwrap();
    let (code, text) = triage(&format!("resume {}", file.display()), "");
    assert_eq!(code, 4);
    assert!(text.contains("damaged") && text.contains("begin again"), "{text}");
}

#[test]
fn file_holds_no_more_than_needed() {
    let file = fresh("minimal");
    triage(&format!("{ARGS} {}", file.display()), "no no 1 no no no 36.9 4");
    let text = fs::read_to_string(&file).unwrap();
    let keys: Vec<&str> = ["answers", "birth", "content", "format", "log", "pathway", "started"].to_vec();
    for key in &keys {
        assert!(text.contains(&format!("\"{key}\":")), "{key}");
    }
    for word in ["name", "address", "phone", "mail", "location"] {
        assert!(!text.contains(&format!("\"{word}\"")), "{word}");
    }
}

#[test]
fn log_of_a_whole_assessment_is_complete() {
    let file = fresh("complete");
    triage(&format!("{ARGS} {}", file.display()), "no no 1 no no back yes no no 36.9 4");
    let log = load(&file).unwrap().log;
    let events: Vec<&str> = log.entries().iter().map(|e| e.event.as_str()).collect();
    let a = "answered";
    assert_eq!(events, ["started", a, a, a, a, a, "revised", a, a, a, a, "result"]);
}

#[test]
fn erased_assessment_cannot_be_resumed() {
    let file = fresh("erased");
    triage(&format!("{ARGS} {}", file.display()), "no quit");
    assert_eq!(triage(&format!("erase {}", file.display()), "").0, 0);
    assert!(!file.exists());
    assert_eq!(triage(&format!("resume {}", file.display()), "").0, 4);
}
