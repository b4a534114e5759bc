//! What every screen says and how it fits.

use crate::{TODAY, triage};
use cases::cases;

const HARMLESS_COUGH: &str = "no no 1 no no no 36.9 4";

fn widest(text: &str) -> usize {
    text.lines().map(|l| l.chars().count()).max().unwrap_or(0)
}

/// Every line of a whole assessment fits the columns of the view. The prompt for the date is not shown here.
fn fits(display: &str, columns: usize) {
    let args = format!("--birth 1980-05-01 --pathway cough --today {TODAY} {display}");
    let (code, text) = triage(&args, HARMLESS_COUGH);
    assert_eq!(code, 0);
    assert!(widest(&text) <= columns, "{} columns:\n{text}", widest(&text));
}
cases! { fits;
    phone_at_100_percent: "--platform android-10 --width 360 --font-scale 100", 45;
    phone_at_200_percent: "--platform android-10 --width 360 --font-scale 200", 22;
    smallest_view: "--platform ios-15 --width 320 --font-scale 300", 16;
}

#[test]
fn notice_comes_before_the_first_question() {
    let (_, text) = triage(&format!("--birth 1980-05-01 --pathway cough --today {TODAY}"), "");
    let (notice, question) = (text.find("call 112"), text.find("[1/8]"));
    assert!(notice.is_some() && notice < question, "{text}");
}

#[test]
fn about_names_device_content_and_recommended_systems() {
    let (code, text) = triage("about", "");
    assert_eq!(code, 0);
    for part in
        ["triage 2.3.0 (build 2.3.0+", "Clinical content ", "UDI-DI", "Android 10 or later, iOS 15 or later"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn version_line_names_version_and_build() {
    let (code, text) = triage("--version", "");
    assert_eq!(code, 0);
    assert!(text.starts_with("triage 2.3.0 (build 2.3.0+") && text.ends_with(")\n"), "{text}");
}

#[test]
fn result_names_build_age_and_day() {
    let args = format!("--birth 1980-05-01 --pathway cough --today {TODAY}");
    let (_, text) = triage(&args, HARMLESS_COUGH);
    let last = text.trim_end().lines().last().unwrap();
    assert!(last.starts_with("triage 2.3.0+") && last.ends_with(", age 45 years, 2026-03-01"), "{last}");
}
