//! The front end with content and session.

use crate::{NOON, at, fresh, with};
use triage::Exit;
use triage_content::{Bundle, ContentError, FILES, SUMS};
use triage_session::{Event, load};

#[test]
fn unusable_content_shows_no_question() {
    let (exit, text) =
        with(Err(ContentError::Integrity("`cough.json` differs from its sum".into())), NOON, "", "");
    assert_eq!(exit, Exit::Content);
    assert!(text.contains("cannot be used") && text.contains("112") && !text.contains('?'), "{text}");
}

#[test]
fn changed_content_file_is_noticed_at_start() {
    let mut files = FILES.to_vec();
    let changed = files[0].1.replace("emergency", "urgent");
    files[0].1 = &changed;
    let (exit, text) = with(Bundle::load(&files, SUMS), NOON, "--birth 1980-05-01", "1");
    assert_eq!(exit, Exit::Content);
    assert!(text.contains("`headache.json` differs from its sum"), "{text}");
}

#[test]
fn log_holds_the_result_that_was_shown() {
    let file = fresh("log");
    let args = format!("--birth 1980-05-01 --pathway cough --session {}", file.display());
    let (exit, text) = at(NOON, &args, "no no 2 no no no 37.0 3");
    assert!(exit == Exit::Ok && text.contains("[3/5]"), "{text}");
    let log = load(&file).unwrap().log;
    let last = log.entries().last().unwrap();
    assert_eq!((last.event, last.detail.as_str()), (Event::Result, "soon 0"));
    assert_eq!(log.entries().len(), 10);
}

#[test]
fn interrupted_assessment_goes_on_at_the_same_question() {
    let file = fresh("goes-on");
    let args = format!("--birth 1980-05-01 --pathway cough --session {}", file.display());
    assert_eq!(at(NOON, &args, "no no 1 quit").0, Exit::Left);
    let (exit, text) = at(NOON + 3600, &format!("resume {}", file.display()), "no no no 37.0 3");
    assert_eq!(exit, Exit::Ok);
    assert!(text.starts_with("[4/8] Does it hurt in the chest"), "{text}");
}

#[test]
fn assessment_of_yesterday_begins_anew() {
    let file = fresh("yesterday");
    let args = format!("--birth 1980-05-01 --pathway cough --session {}", file.display());
    at(NOON, &args, "no quit");
    let (exit, text) = at(NOON + 25 * 3600, &format!("resume {}", file.display()), "");
    assert_eq!(exit, Exit::Session);
    assert!(text.contains("older than 24 hours"), "{text}");
}

#[test]
fn impossible_clock_gives_no_age() {
    let (exit, text) = at(u64::MAX, "--birth 1980-05-01", "1");
    assert_eq!(exit, Exit::Session);
    assert!(text.contains("clock") && text.contains("112"), "{text}");
}
