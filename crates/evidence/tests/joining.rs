//! Runs as they happen, joined to items.

use evidence::join::{Selector, join};
use evidence::tags;
use model::results::Outcome::{self, Failed, Passed, Skipped};
use model::results::{Configuration, Joined, Origin, ResultRef, Results, Run, RunFacts, Tag, TestResult};
use vocabulary::{Digest, Instant, ItemId};

fn run(software: &str, at: i64, results: &[(&str, Outcome, &str)]) -> Run {
    let mut table = Results::default();
    for (full, outcome, verifies) in results {
        let (class, name) = full.rsplit_once("::").unwrap_or(("", full));
        let result = TestResult {
            class,
            name,
            outcome: *outcome,
            duration: None,
            message: "",
            flaky: false,
            verifies,
        };
        table.push(result).unwrap();
    }
    let facts = RunFacts {
        id: format!("RUN-{at}"),
        software: Digest::of(software.as_bytes()),
        version: "2.4.0".to_owned(),
        configuration: Configuration::default(),
        tools: Vec::new(),
        at: Instant::from_millis(at),
        position: u64::try_from(at).unwrap(),
        person: "qa-lead".to_owned(),
        origin: Origin::CiAttested,
        report: Digest::of(b""),
    };
    Run { facts, results: table }
}

fn id(s: &str) -> ItemId {
    ItemId::new(s).unwrap()
}

fn joined(runs: Vec<Run>, selectors: &[(&str, &str)], tags: &[Tag]) -> Joined {
    let ids: Vec<_> = selectors.iter().map(|(item, pattern)| (id(item), *pattern)).collect();
    let selectors: Vec<_> =
        ids.iter().map(|(item, pattern)| Selector { item, patterns: vec![(*pattern).into()] }).collect();
    join(runs, &selectors, tags, &|item| !item.as_str().ends_with('9'))
}

fn outcome(joined: &Joined, item: &str, software: &str) -> Option<Outcome> {
    Some(joined.evidence(&id(item))?.on(&Digest::of(software.as_bytes()))?.outcome())
}

#[test]
fn the_worst_under_a_glob_counts() {
    let runs =
        vec![run("a", 1, &[("t::x::one", Passed, ""), ("t::x::two", Failed, ""), ("t::y", Skipped, "")])];
    let j =
        joined(runs, &[("TC-1", "t::x::*"), ("TC-2", "t::x::one"), ("TC-3", "t::*"), ("TC-4", "t::z")], &[]);
    assert_eq!(outcome(&j, "TC-1", "a"), Some(Failed));
    assert_eq!(outcome(&j, "TC-2", "a"), Some(Passed));
    assert_eq!(outcome(&j, "TC-3", "a"), Some(Failed));
    assert_eq!(j.evidence(&id("TC-4")), None);
    let evidence = &j.evidence(&id("TC-3")).unwrap().by_software[0];
    assert_eq!((evidence.counts.total(), evidence.deciding), (3, ResultRef { run: 0, row: 1 }));
    assert_eq!(j.result(evidence.deciding).unwrap().1.name, "two");
    assert_eq!(j.unclaimed, 0);
}

#[test]
fn of_each_test_the_newest_run_on_the_same_software_counts() {
    let runs = vec![
        run("a", 2, &[("t::one", Passed, "")]),
        run("a", 1, &[("t::one", Failed, ""), ("t::two", Passed, "")]),
        run("b", 3, &[("t::two", Failed, "")]),
    ];
    let j = joined(runs, &[("TC-1", "t::*")], &[]);
    let by_software = &j.evidence(&id("TC-1")).unwrap().by_software;
    assert_eq!(by_software[0].software, Digest::of(b"b"), "the software with the newest run comes first");
    let a = &by_software[1];
    assert_eq!((a.outcome(), a.superseded_failures, a.newest_run), (Passed, 1, 0));
    assert_eq!(a.results, [ResultRef { run: 0, row: 0 }, ResultRef { run: 1, row: 1 }]);
}

#[test]
fn a_newer_failure_is_not_hidden_by_an_older_pass_nor_within_one_run() {
    let runs = vec![run("a", 1, &[("t::one", Passed, "")]), run("a", 2, &[("t::one", Failed, "")])];
    assert_eq!(outcome(&joined(runs, &[("TC-1", "t::one")], &[]), "TC-1", "a"), Some(Failed));
    let twice = vec![run("a", 1, &[("t::one", Failed, ""), ("t::one", Passed, "")])];
    assert_eq!(outcome(&joined(twice, &[("TC-1", "t::one")], &[]), "TC-1", "a"), Some(Failed));
    let property_lost = vec![run("a", 1, &[("t", Passed, "SRS-1")]), run("a", 2, &[("t", Failed, "")])];
    assert_eq!(outcome(&joined(property_lost, &[], &[]), "SRS-1", "a"), None);
}

#[test]
fn properties_join_to_known_items_only() {
    let runs = vec![run("a", 1, &[("t::one", Passed, "SRS-1,SRS-9,nonsense"), ("t::two", Passed, "")])];
    let j = joined(runs, &[], &[]);
    assert_eq!(outcome(&j, "SRS-1", "a"), Some(Passed));
    let unknown: Vec<_> = j.unknown.iter().map(|u| (u.target.as_str(), u.place.as_str())).collect();
    assert_eq!(unknown, [("SRS-9", "run RUN-1, test t::one"), ("nonsense", "run RUN-1, test t::one")]);
    assert_eq!(j.unclaimed, 1);
}

#[test]
fn tags_join_where_there_is_no_doubt() {
    let source = |file: &str, target: &str, test: &str| {
        tags::scan(file, &["// verifies", ": ", target, "\nfn ", test, "() {"].concat())
    };
    let results = [
        ("triage::pathway::tests::under_18", Passed, ""),
        ("triage::pathway::tests::table::case_1", Passed, ""),
        ("triage::pathway::tests::table::case_2", Failed, ""),
        ("triage::alarm::tests::same", Passed, ""),
        ("triage::pathway::tests::same", Failed, ""),
        ("triage::a::x::twice", Passed, ""),
        ("triage::b::x::twice", Passed, ""),
        ("triage::elsewhere::tests::alone", Passed, ""),
        ("triage::in_the_root", Passed, ""),
        ("system::tc_001", Passed, ""),
    ];
    let cases: &[(&str, &str, Result<Outcome, usize>)] = &[
        ("src/pathway.rs", "under_18", Ok(Passed)),
        ("src/pathway.rs", "table", Ok(Failed)),
        ("src/alarm/mod.rs", "same", Ok(Passed)),
        ("src/b/x.rs", "twice", Ok(Passed)),
        ("src/x.rs", "twice", Err(2)),
        ("src/pathway.rs", "alone", Err(1)),
        ("src/pathway.rs", "never_run", Err(0)),
        ("crates/triage/src/lib.rs", "in_the_root", Ok(Passed)),
        ("tests/system.rs", "tc_001", Ok(Passed)),
    ];
    for (file, test, expected) in cases {
        let j = joined(vec![run("a", 1, &results)], &[], &source(file, "SRS-1", test));
        let seen = match j.unclear.first() {
            Some(unclear) => Err(unclear.candidates.len()),
            None => Ok(outcome(&j, "SRS-1", "a").unwrap()),
        };
        assert_eq!(seen, *expected, "{file} {test}");
    }
    let j = joined(vec![run("a", 1, &results)], &[], &source("src/pathway.rs", "SRS-9", "under_18"));
    assert_eq!(j.unknown[0].place, "src/pathway.rs:1");
}

#[test]
fn nothing_joins_to_nothing() {
    let j = joined(Vec::new(), &[("TC-1", "t"), ("TC-2", "")], &[]);
    assert!(j.items.is_empty());
}
