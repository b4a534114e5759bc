//! JUnit XML from the wild: every file of `data/test-reports/jenkins`, what is in it and what is wrong with it.

use evidence::junit::{Limits, read};
use model::results::Outcome;
use std::path::Path;

/// File; cases passed, skipped, failed, errored; problems as `line: message`.
type Expected = (&'static str, [usize; 4], &'static [&'static str]);

const EXPECTED: &[Expected] = &[
    ("JENKINS-30413.xml", [1, 0, 1, 0], &[]),
    ("TEST-null.xml", [0, 0, 0, 1], &[]),
    ("eclipse-plugin-test-report.xml", [3366, 0, 0, 0], &[]),
    (
        "junit-report-1233.xml",
        [5, 0, 0, 0],
        &["27:3: suite `StudioAllTests` declares 456 tests, but its cases show 5"],
    ),
    ("junit-report-1463.xml", [6, 0, 0, 0], &[]),
    ("junit-report-20090516.xml", [5, 0, 0, 3], &[]),
    ("junit-report-2874.xml", [1, 0, 0, 0], &[]),
    ("junit-report-494.xml", [1, 0, 1, 0], &[]),
    ("junit-report-6700.xml", [0, 0, 0, 1], &[]),
    (
        "junit-report-bad-duration.xml",
        [2, 0, 0, 0],
        &[
            "3:3: suite `DummyTest` declares 1 tests, but its cases show 2",
            "4:7: `-345345` is no duration; left out with all of its kind: 1",
        ],
    ),
    ("junit-report-empty-testcasename.xml", [0, 0, 1, 0], &["63:3: cases without a name: 1"]),
    (
        "junit-report-errror-details.xml",
        [0, 0, 0, 1],
        &[
            "26:1: suite `vodafone.nip.services.types.TestStringMapType` declares 2 tests, but its cases show 1",
        ],
    ),
    (
        "junit-report-huge.xml",
        [5131, 2430, 19, 0],
        &["10:13: `-4416.244657678726` is no duration; left out with all of its kind: 5131"],
    ),
    (
        "junit-report-nested-testsuites.xml",
        [2, 0, 0, 1],
        &["2:1: suite `Automated Tests` declares 186 tests, but its cases show 3"],
    ),
    ("junit-report-testsuite-time-attrs.xml", [8, 0, 0, 0], &[]),
    (
        "junit-report-testsuite-various-timestamps.xml",
        [12, 0, 0, 0],
        &["2:1: suite `Frontend Tests` declares 8 tests, but its cases show 12"],
    ),
    (
        "junit-report-time-aggregation.xml",
        [3, 0, 0, 0],
        &["2:1: suite `Automation Tests` declares 2 tests, but its cases show 3"],
    ),
    (
        "junit-report-time-aggregation2.xml",
        [3, 0, 0, 0],
        &["2:1: suite `Automation Tests` declares 2 tests, but its cases show 3"],
    ),
    ("junit-report-with-properties.xml", [1, 0, 1, 0], &[]),
    ("junitResult.xml", [0, 0, 0, 0], &["2:1: the report is no JUnit XML: its root is `result`"]),
    (
        "testXxe-oob.xml",
        [0, 0, 0, 0],
        &["1:1: the report is not well-formed XML: syntax error: unknown or missed symbol in markup"],
    ),
    ("testXxe-xxe.xml", [0, 0, 0, 0], &["2:1: the report declares a document type"]),
];

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn every_file_of_the_wild_is_judged_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/test-reports/jenkins");
    if !folder.is_dir() {
        eprintln!("skipped: {} is absent", folder.display());
        return;
    }
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| n.ends_with(".xml"))
        .collect();
    files.sort();
    let mut seen = String::new();
    for file in &files {
        let report = read(&std::fs::read(folder.join(file)).unwrap(), Limits::default());
        let c = report.results.counts();
        let counts = [Outcome::Passed, Outcome::Skipped, Outcome::Failed, Outcome::Errored].map(|o| c.of(o));
        let problems: Vec<String> =
            report.problems.iter().map(|p| format!("{}:{}: {}", p.line, p.column, p.cause)).collect();
        seen.push_str(&format!("    ({file:?}, {counts:?}, &{problems:#?}),\n"));
    }
    let expected: String =
        EXPECTED.iter().map(|(f, c, p)| format!("    ({f:?}, {c:?}, &{p:#?}),\n")).collect();
    assert_eq!(seen, expected, "\n{seen}");
}
