//! JUnit XML, dialect by dialect and fault by fault.

use evidence::junit::{Limits, read};
use evidence::{Report, cache};
use model::results::Outcome::{self, Blocked, Errored, Failed, Passed, Skipped};
use proptest::prelude::*;
use std::time::Duration;

fn report(xml: &str) -> Report {
    read(xml.as_bytes(), Limits::default())
}

fn outcomes(xml: &str) -> Vec<(String, Outcome)> {
    let report = report(xml);
    assert_eq!(report.problems, [], "{xml}");
    report.results.names().map(|(n, o, _)| (n.to_owned(), o)).collect()
}

#[test]
fn the_dialects_are_read_alike() {
    type Dialect<'a> = (&'a str, &'a str, &'a [(&'a str, Outcome)]);
    let cases: &[Dialect<'_>] = &[
        (
            "surefire",
            r#"<testsuite name="a.B" tests="4" errors="1" failures="1" skipped="1">
               <testcase name="t1" classname="a.B" time="1"/>
               <testcase name="t2" classname="a.B"><failure message="m" type="T">x</failure><rerunFailure/></testcase>
               <testcase name="t3" classname="a.B"><error/></testcase>
               <testcase name="t4" classname="a.B"><skipped/></testcase></testsuite>"#,
            &[("a.B::t1", Passed), ("a.B::t2", Failed), ("a.B::t3", Errored), ("a.B::t4", Skipped)],
        ),
        (
            "pytest",
            r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest"
               errors="0" failures="0" skipped="1" tests="2" time="0.01" timestamp="2026-03-01T09:00:00.1+00:00"
               hostname="h"><testcase classname="tests.test_a.TestX" name="test_foo[1-a]" time="0.001" /><testcase
               classname="tests.test_a" name="test_bar" time="0"><skipped type="pytest.xfail" message="not yet" />
               </testcase></testsuite></testsuites>"#,
            &[("tests.test_a.TestX::test_foo[1-a]", Passed), ("tests.test_a::test_bar", Skipped)],
        ),
        (
            "jest",
            r#"<testsuites name="jest tests" tests="2" failures="1" errors="0" time="1.5">
               <testsuite name="pathway" errors="0" failures="1" skipped="0" tests="2">
               <testcase classname="pathway offers" name="pathway offers" time="0.002"></testcase>
               <testcase classname="pathway refuses" name="x"><failure>Error: a &lt; b</failure></testcase>
               </testsuite></testsuites>"#,
            &[("pathway offers::pathway offers", Passed), ("pathway refuses::x", Failed)],
        ),
        (
            "gtest",
            r#"<testsuites tests="3" failures="0" disabled="1" errors="0" time="0" name="AllTests">
               <testsuite name="Alarm" tests="3" failures="0" disabled="1" skipped="1" errors="0" time="0">
               <testcase name="Rings" status="run" result="completed" time="0" classname="Alarm" />
               <testcase name="DISABLED_Stops" status="notrun" result="suppressed" time="0" classname="Alarm" />
               <testcase name="Skips" status="run" result="skipped" time="0" classname="Alarm"><skipped/></testcase>
               </testsuite></testsuites>"#,
            &[("Alarm::Rings", Passed), ("Alarm::DISABLED_Stops", Skipped), ("Alarm::Skips", Skipped)],
        ),
        (
            "nextest",
            r#"<testsuites name="nextest-run" tests="2" failures="0" errors="0" uuid="u" timestamp="t" time="1">
               <testsuite name="triage" tests="2" disabled="0" errors="0" failures="0">
               <testcase name="pathway::under_18" classname="triage" timestamp="t" time="0.005"/>
               <testcase name="flaky" classname="triage"><flakyFailure type="x">once</flakyFailure></testcase>
               </testsuite></testsuites>"#,
            &[("triage::pathway::under_18", Passed), ("triage::flaky", Passed)],
        ),
        (
            "ctest, whose cases have no class of their own and a status instead of elements",
            r#"<testsuite name="unit" tests="3" failures="1" disabled="0" skipped="0">
               <testcase name="a" status="run"/><testcase name="b" status="fail"/>
               <testcase name="c" classname="c" status="run"/></testsuite>"#,
            &[("unit::a", Passed), ("unit::b", Failed), ("c::c", Passed)],
        ),
        (
            "mocha, with an empty root suite that says so",
            r#"<testsuites name="Mocha Tests" time="0" tests="1" failures="0">
               <testsuite name="Root Suite" timestamp="t" tests="0" failures="0"></testsuite>
               <testsuite name="s" tests="1" failures="0"><testcase name="s x" classname="x"/></testsuite></testsuites>"#,
            &[("x::s x", Passed)],
        ),
        (
            "a run by hand",
            r#"<testsuite><testcase name="a" status="blocked"/></testsuite>"#,
            &[("a", Blocked)],
        ),
        (
            "a failure below an element that nobody knows, and one of the suite itself",
            r#"<testsuite name="s"><testcase name="a"><more><failure/></more></testcase><error message="setup"/>
               <new><testcase name="b"/></new></testsuite>"#,
            &[("s::a", Failed), ("s::(suite)", Errored), ("s::b", Passed)],
        ),
        (
            "a case that was skipped and failed",
            r#"<testsuites><testcase name="a"><failure/><skipped/></testcase></testsuites>"#,
            &[("a", Failed)],
        ),
        (
            "references, in a name and below",
            "<testsuite><testcase name=\"&lt;a&#33;&#x1B;&gt;\">&amp;&#10;</testcase></testsuite>",
            &[("<a!\u{1b}>", Passed)],
        ),
    ];
    for (dialect, xml, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(n, o)| ((*n).to_owned(), *o)).collect();
        assert_eq!(outcomes(xml), expected, "{dialect}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let many = "<a>".repeat(200);
    let cases: &[(&str, &str)] = &[
        ("", "0:0: the report is empty"),
        (" \n", "0:0: the report is empty"),
        ("hello", "1:1: the report is not well-formed XML: there is text outside the root element"),
        ("{}", "1:1: the report is not well-formed XML: there is text outside the root element"),
        ("<html><testcase/></html>", "1:1: the report is no JUnit XML: its root is `html`"),
        ("<testsuite/>", "1:1: the report has no test case"),
        ("<testsuites></testsuites>", "1:1: the report has no test case"),
        ("<testsuite tests='0'></testsuite>", "1:1: the report has no test case"),
        (
            "<testsuites><testsuite name='a'><testcase name='x'/></testsuite>\n <testsuite name='b'/></testsuites>",
            "2:2: suite `b` has no test case",
        ),
        ("<testsuite>\n<testcase name='a'>", "2:20: the report ends inside `testcase`"),
        ("<testsuite><testcase name='a'/>\n", "2:1: the report ends inside `testsuite`"),
        (
            "<testsuite><testcase name='a'",
            "1:12: the report is not well-formed XML: syntax error: tag not closed: `>` not found before end of input",
        ),
        (
            "<testsuite tests='2'><testcase name='a'/></testsuite>",
            "1:1: suite `` declares 2 tests, but its cases show 1",
        ),
        (
            "<testsuite name='s' failures='1'><testcase name='a'/></testsuite>",
            "1:1: suite `s` declares 1 failures, but its cases show 0",
        ),
        (
            "<testsuite name='s' failures='0' errors='0'><testcase name='a'><error/></testcase></testsuite>",
            "1:1: suite `s` declares 0 failures and errors, but its cases show 1",
        ),
        (
            "<testsuite name='s' skipped='0'><testcase name='a'><skipped/></testcase></testsuite>",
            "1:1: suite `s` declares 0 skipped, but its cases show 1",
        ),
        ("<testsuite tests='many'><testcase name='a'/></testsuite>", "1:1: `tests=\"many\"` is no number"),
        (
            "<!DOCTYPE t [<!ENTITY a 'a'><!ENTITY b '&a;&a;'>]><testsuite><testcase name='&b;'/></testsuite>",
            "1:1: the report declares a document type",
        ),
        ("<testsuite>\n<testcase name='a&xxe;'/></testsuite>", "2:1: the entity `xxe` is not defined"),
        (
            "<testsuite>\n<testcase name='a'>&xxe;</testcase></testsuite>",
            "2:20: the entity `xxe` is not defined",
        ),
        (
            "<testsuite><testcase name='a'/></testsuite><testsuite/>",
            "1:44: the report is not well-formed XML: a second root `testsuite` follows the end of the first",
        ),
        (
            "<testsuite><testcase name='a'><testcase name='b'/></testcase></testsuite>",
            "1:31: the report is not well-formed XML: a test case stands inside another",
        ),
        (
            "<testsuite><testcase name='a' name='b'/></testsuite>",
            "1:12: the report is not well-formed XML: position 18: duplicated attribute, previous declaration at position 9",
        ),
    ];
    let problems = |xml: &[u8]| -> Vec<String> {
        let report = read(xml, Limits::default());
        assert!(!report.is_sound());
        report.problems.iter().map(|p| format!("{}:{}: {}", p.line, p.column, p.cause)).collect()
    };
    for (xml, expected) in cases {
        assert_eq!(problems(xml.as_bytes()), [*expected], "{xml}");
    }
    let deep = format!("<testsuite>{many}");
    assert_eq!(problems(deep.as_bytes()), ["1:309: elements are nested more than 100 deep"]);
    assert_eq!(problems(b"\xff\xfe<\0"), ["0:0: the report is no text in UTF-8; it begins like UTF-16"]);
    assert_eq!(problems(b"<testsuite>\n\xff"), ["2:0: the report is no text in UTF-8"]);
    let limits = Limits { bytes_max: 10, ..Limits::default() };
    let large = read(b"<testsuite/>", limits);
    assert_eq!(
        large.problems[0].cause.to_string(),
        "the report has 12 bytes, more than the 10 that are read"
    );
}

#[test]
fn latin_1_is_read_where_it_is_declared() {
    let report = read(
        b"<?xml version='1.0' encoding='ISO-8859-1'?><testsuite><testcase name='\xfcber'/></testsuite>",
        Limits::default(),
    );
    assert_eq!(report.results.full_name(0), Some("über"));
    assert!(report.is_sound());
}

#[test]
fn details_are_kept() {
    let report = report(
        r#"<testsuite name="s" timestamp="2026-03-01T09:00:00Z">
           <properties><property name="verifies" value="SYS-1"/></properties>
           <testcase name="a" time="2,503.1"><properties>
             <property name="verifies" value="SRS-012, SRS-013"/><property name="verifies">RC-1</property>
             <property name="other" value="SRS-9"/></properties></testcase>
           <testcase name="b" time="1e-05"><failure>first
second</failure></testcase>
           <testcase name="c" time=""><flakyError/></testcase></testsuite>"#,
    );
    assert_eq!(report.timestamp.as_deref(), Some("2026-03-01T09:00:00Z"));
    let rows: Vec<_> = report.results.iter().collect();
    assert_eq!(rows[0].verifies, "SRS-012,SRS-013,RC-1,SYS-1");
    assert_eq!(rows[0].duration, Some(Duration::from_millis(2_503_100)));
    assert_eq!(rows[1].duration, Some(Duration::from_micros(10)));
    assert_eq!((rows[1].message, rows[1].verifies), ("first\nsecond", "SYS-1"));
    assert_eq!((rows[2].outcome, rows[2].flaky, rows[2].duration), (Passed, true, None));
}

#[test]
fn a_thousand_faults_are_listed_shortly() {
    let suites = "<testsuite tests='2'><testcase name='a'/></testsuite>".repeat(1000);
    let report = report(&format!("<testsuites>{suites}</testsuites>"));
    assert_eq!(report.problems.len(), 101);
    assert_eq!(report.problems[100].cause.to_string(), "900 further problems are not listed");
}

/// A report with known totals, and cases that are as they say.
fn written(cases: &[(u8, String)]) -> (String, [usize; 4]) {
    let (mut body, mut totals) = (String::new(), [0; 4]);
    for (kind, name) in cases {
        let kind = usize::from(kind % 4);
        totals[kind] += 1;
        let inside = ["", "<skipped/>", "<failure message='m'/>", "<error/>"][kind];
        body.push_str(&format!("<testcase classname='c' name='{name}'>{inside}</testcase>\n"));
    }
    let [_, skipped, failures, errors] = totals;
    let tests = cases.len();
    let head =
        format!("<testsuite tests='{tests}' skipped='{skipped}' failures='{failures}' errors='{errors}'>");
    (format!("{head}\n{body}</testsuite>"), totals)
}

proptest! {
    #[test]
    fn what_was_written_is_read(cases in proptest::collection::vec((any::<u8>(), "[a-zäö:]{1,8}"), 1..30)) {
        let (xml, totals) = written(&cases);
        let report = report(&xml);
        prop_assert!(report.is_sound());
        let counts = report.results.counts();
        prop_assert_eq!([Passed, Skipped, Failed, Errored].map(|o| counts.of(o)), totals);
        prop_assert_eq!(cache::decode(&cache::encode(&report.results)), Ok(report.results));
    }

    #[test]
    fn a_report_cut_anywhere_is_no_evidence(
        cases in proptest::collection::vec((any::<u8>(), "[a-z]{1,8}"), 1..10), part in 0.0..1.0_f64
    ) {
        let (xml, _) = written(&cases);
        let at = (xml.len() as f64 * part) as usize;
        prop_assert!(!report(&xml[..at]).is_sound());
    }

    #[test]
    fn any_text_is_read(xml in "(<testsuite|<testcase|</testcase>|</testsuite>| name='|'|>|/>|<failure|&|;|#|a|<!|\\]\\]>){0,30}") {
        let report = report(&xml);
        prop_assert!(!report.is_sound() || !report.results.is_empty());
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!read(&bytes, Limits::default()).is_sound());
    }
}
