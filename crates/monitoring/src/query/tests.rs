//! Reading questions and asking them.

use super::*;
use proptest::prelude::*;

struct Row {
    severity: &'static str,
    version: &'static str,
    age: i64,
    open: bool,
    affects: Vec<&'static str>,
}

impl Facts for &Row {
    fn field(&self, name: &str) -> Fact<'_> {
        match name {
            "severity" => Fact::Severity(
                ["minor", "major", "critical"].iter().position(|s| *s == self.severity),
                self.severity,
            ),
            "version" => Fact::Version(self.version),
            "age" => Fact::Number(self.age),
            "item" => Fact::Texts(self.affects.clone()),
            "reported" => "2026-03-14".parse().map_or(Fact::None, Fact::Date),
            _ => Fact::None,
        }
    }
    fn flag(&self, name: &str) -> bool {
        name == "open" && self.open
    }
    fn relation(&self, name: &str, value: &str) -> bool {
        name == "affects" && self.affects.contains(&value)
    }
}

fn schema() -> Schema {
    Schema {
        of: "rows",
        fields: &[
            ("severity", Sort::Severity),
            ("version", Sort::Version),
            ("age", Sort::Number),
            ("item", Sort::Text),
            ("reported", Sort::Date),
        ],
        flags: &["open"],
        relations: &["affects"],
        severity: ["minor", "major", "critical"].map(str::to_owned).to_vec(),
    }
}

fn rows() -> Vec<Row> {
    vec![
        Row { severity: "minor", version: "2.9.0", age: 3, open: true, affects: vec!["ITM-x"] },
        Row { severity: "major", version: "2.10.0", age: 40, open: true, affects: vec!["ITM-x", "ITM-y"] },
        Row { severity: "critical", version: "2.10.0", age: 90, open: false, affects: vec!["ITM-y"] },
        Row { severity: "unheard", version: "1.0", age: 1, open: true, affects: vec![] },
    ]
}

#[track_caller]
fn ages(question: &str) -> Vec<i64> {
    let rows = rows();
    let query = Query::parse(question, &schema()).unwrap_or_else(|e| panic!("{question}: {e}"));
    query.choose(rows.iter()).iter().map(|r| r.age).collect()
}

#[test]
fn a_question_chooses_by_severity_flag_and_relation() {
    assert_eq!(ages("severity>=major and open and affects ITM-x"), [40]);
    // A word that nobody has placed on the scale is never left out of the severe ones.
    assert_eq!(ages("severity >= major"), [40, 90, 1]);
    assert_eq!(ages("SEVERITY=critical OR age<2"), [90, 1]);
    assert_eq!(ages("not open"), [90]);
    assert_eq!(ages("not (open and affects ITM-x)"), [90, 1]);
    assert_eq!(ages(""), [3, 40, 90, 1]);
}

#[test]
fn versions_numbers_dates_and_lists_compare_as_what_they_are() {
    assert_eq!(ages("version>2.9"), [3, 40, 90]);
    assert_eq!(ages("version>=2.10.0"), [40, 90]);
    assert_eq!(ages("age>30d"), [40, 90]);
    assert_eq!(ages("reported=2026-03-14 and item=itm-y"), [40, 90]);
    assert_eq!(ages("item != ITM-y"), [3, 1]);
    assert_eq!(ages("severity in (minor, critical)"), [3, 90]);
    assert_eq!(ages("severity ~ 'HEAR'"), [1]);
}

#[test]
fn a_word_off_the_scale_counts_as_worse_than_all_that_are_on_it() {
    assert_eq!(ages("severity>=minor"), [3, 40, 90, 1]);
    assert_eq!(ages("severity<=critical"), [3, 40, 90]);
    assert_eq!(ages("severity!=minor"), [40, 90, 1]);
}

#[test]
fn answers_are_ordered_and_cut() {
    assert_eq!(ages("order by age desc limit 2"), [90, 40]);
    assert_eq!(ages("open order by version"), [1, 3, 40]);
    assert_eq!(ages("limit 0"), Vec::<i64>::new());
}

#[test]
fn and_binds_closer_than_or() {
    assert_eq!(ages("age=3 or age=40 and severity=minor"), [3]);
    assert_eq!(ages("(age=3 or age=40) and severity=major"), [40]);
}

#[test]
fn faults_are_named_with_place_and_help() {
    let fault = |text: &str| Query::parse(text, &schema()).unwrap_err();
    let f = fault("severty>=major");
    assert_eq!((f.at, f.help.as_str()), (1, "did you mean `severity`?"));
    let f = fault("severity>=grave");
    assert_eq!((f.at, f.help.as_str()), (11, "the scale is minor, major, critical"));
    assert_eq!(fault("open and").what, "a condition is missing");
    assert_eq!(fault("(open").what, "a bracket is not closed");
    assert_eq!(fault("open open").at, 6);
    assert_eq!(fault("reported>yesterday").what, "`yesterday` is no date");
    assert_eq!(fault("item = 'no end").at, 8);
    assert_eq!(fault("affects").what, "the value of `affects` is missing");
    assert_eq!(fault("open order age").what, "`order` is followed by `by`");
    assert_eq!(fault("open & closed").at, 6);
    assert!(fault(&"(".repeat(1000)).what.contains("too deeply"));
    assert!(fault(&"not ".repeat(1000)).what.contains("too deeply"));
}

fn condition() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("open".to_owned()),
        Just("affects ITM-x".to_owned()),
        Just("severity>=major".to_owned()),
        (0i64..100).prop_map(|n| format!("age<{n}")),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|c| format!("not ({c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) and ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) or ({b})")),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_survived(text in any::<String>()) {
        let _ = Query::parse(&text, &schema());
    }

    #[test]
    fn a_question_and_its_opposite_share_the_rows_out(text in condition()) {
        let rows = rows();
        let yes = Query::parse(&text, &schema()).unwrap();
        let no = Query::parse(&format!("not ({text})"), &schema()).unwrap();
        prop_assert_eq!(yes.choose(rows.iter()).len() + no.choose(rows.iter()).len(), rows.len());
    }
}
