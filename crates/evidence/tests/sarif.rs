//! Reports of security tests: real ones, broken ones, and any bytes.

use evidence::sarif::{Error, Level, read};
use proptest::prelude::*;

#[test]
fn a_small_report_is_counted_and_its_messages_are_put_together() {
    let report = read(include_bytes!("../../../fuzz/seeds/sarif/small.sarif")).unwrap();
    assert_eq!(report.tools, ["scan 1.2"]);
    assert_eq!((report.rules, report.suppressed), (1, 1));
    let [one] = report.results.as_slice() else { panic!("{report:?}") };
    assert_eq!((one.rule.as_str(), one.level, one.place.as_str()), ("xss", Level::Error, "src/a.js:3"));
    assert_eq!(one.message, "input reaches page");
    assert_eq!(report.levels["note"], 1);
}

#[test]
fn a_tool_that_did_not_look_to_the_end_found_nothing_out() {
    let with = |run: &str| read(format!("{{\"version\": \"2.1.0\", \"runs\": [{run}]}}").as_bytes());
    let tool = "\"tool\": {\"driver\": {\"name\": \"scan\"}}";
    assert!(matches!(with(&format!("{{{tool}}}")), Err(Error::NoResults { run: 1, .. })));
    assert!(matches!(with(&format!("{{{tool}, \"results\": null}}")), Err(Error::NoResults { .. })));
    let failed =
        format!("{{{tool}, \"results\": [], \"invocations\": [{{\"executionSuccessful\": false}}]}}");
    assert!(matches!(with(&failed), Err(Error::Failed { .. })));
    assert_eq!(with(&format!("{{{tool}, \"results\": []}}")).unwrap().results, []);
    assert!(matches!(with(""), Err(Error::Empty)));
    assert!(matches!(read(b"{\"version\": \"2.0.0\", \"runs\": []}"), Err(Error::Version(_))));
    assert!(matches!(read(b"<xml/>"), Err(Error::Malformed(_))));
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn reports_of_real_tools_are_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/sarif");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|e| e == "sarif") {
            let report =
                read(&std::fs::read(&path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert!(!report.tools.is_empty() && !report.results.is_empty(), "{}", path.display());
            assert!(report.results.iter().all(|r| !r.message.contains("{0}")), "{}", path.display());
            seen += 1;
        }
    }
    if seen == 0 {
        eprintln!("skipped: {} is absent", folder.display());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_report_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }
}
