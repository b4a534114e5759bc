//! Figures of histories that are written here, worked out by hand.

use super::*;
use ledger::Entry;
use serde_json::{Map, Value, json};
use vocabulary::Instant;

/// A ledger in memory: one entry after the other, on days that only go forward.
struct History(Vec<Entry>);

impl History {
    fn new() -> History {
        History(Vec::new())
    }

    fn at(&mut self, day: &str, kind: &str, body: Value) -> &mut History {
        let day: Date = day.parse().unwrap();
        let at = Instant::from_millis(day.midnight_utc().millis() + 43_200_000);
        let body: Map<String, Value> = body.as_object().unwrap().clone();
        let seq = self.0.len() as u64;
        self.0.push(Entry {
            seq,
            at,
            actor: "qa-lead".into(),
            via: "test".into(),
            kind: kind.into(),
            body,
            sig: None,
        });
        self
    }

    fn anomaly(&mut self, day: &str, id: &str, version: &str) -> &mut History {
        let body = json!({"anomaly": id, "title": id, "description": "d", "found": "f", "reproduction": "r",
            "version": version, "severity": "minor"});
        self.at(day, "anomaly/report/v2", body)
    }

    fn investigated(&mut self, day: &str, id: &str) -> &mut History {
        let body = json!({"anomaly": id, "cause": "c", "safety_relevant": false, "outcome": "o"});
        self.at(day, "anomaly/investigate/v2", body)
    }

    fn state(&self) -> State {
        let state = State::fold(&self.0);
        assert_eq!(state.problems, [], "the history has to count");
        state
    }
}

fn measured(state: &State, as_of: &str, own: &[(&str, u32)]) -> Vec<Metric> {
    let own = own.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect();
    let targets = Targets { window_days: 365, investigate_days: 30, own };
    measure(&Input { state, as_of: as_of.parse().unwrap(), targets: &targets, documents: None })
}

fn one<'a>(all: &'a [Metric], id: &str) -> &'a Metric {
    all.iter().find(|m| m.id == id).unwrap()
}

#[test]
fn there_are_ten_and_an_empty_ledger_reaches_no_target() {
    let all = measured(&State::default(), "2026-03-01", &[]);
    let ids: Vec<&str> = all.iter().map(|m| m.id).collect();
    assert_eq!(ids, IDS);
    for m in &all {
        assert_eq!((m.value, m.standing), (None, Standing::NoData), "{}", m.id);
        assert!(!m.note.is_empty() && !m.definition.is_empty() && !m.target.text.is_empty(), "{}", m.id);
    }
}

#[test]
fn the_time_to_investigation_is_the_mean_of_the_period_and_names_who_waits() {
    let mut h = History::new();
    h.anomaly("2024-01-01", "AN-0", "1.0.0").investigated("2024-01-11", "AN-0");
    h.anomaly("2026-01-01", "AN-1", "1.0.0").anomaly("2026-01-02", "AN-2", "1.0.0");
    h.anomaly("2026-01-03", "AN-3", "1.0.0");
    h.investigated("2026-01-03", "AN-1").investigated("2026-01-12", "AN-2");
    let state = h.state();
    let all = measured(&state, "2026-03-01", &[]);
    let m = one(&all, "investigation-time");
    // 2 and 10 days; that of 2024 lies before the period, AN-3 waits for 57 days.
    assert_eq!((m.value, m.of, m.hits), (Some(6.0), 2, 2));
    assert_eq!((m.standing, m.missing.len()), (Standing::Met, 1));
    assert_eq!(m.missing[0].id, "AN-3");
    assert_eq!(
        one(&measured(&state, "2026-03-01", &[("investigation-time", 5)]), m.id).standing,
        Standing::Missed
    );
    assert!(one(&measured(&state, "2026-03-01", &[("investigation-time", 5)]), m.id).target.own);
}

/// What was measured in the past is what a fold of the past gives: the later entries change nothing.
#[test]
fn a_past_day_is_the_state_of_that_day() {
    let mut h = History::new();
    h.anomaly("2026-01-01", "AN-1", "1.0.0").investigated("2026-01-05", "AN-1");
    let then = measured(&h.state(), "2026-01-31", &[]);
    h.anomaly("2026-02-01", "AN-2", "1.0.0").investigated("2026-02-27", "AN-2");
    let prefix = State::fold(h.0.iter().filter(|e| e.at.date_utc() <= "2026-01-31".parse().unwrap()));
    assert_eq!(measured(&prefix, "2026-01-31", &[]), then);
    assert_ne!(measured(&h.state(), "2026-03-01", &[]), then);
}

#[test]
fn changes_count_that_were_analysed_before_they_were_implemented() {
    let mut h = History::new();
    for (n, order) in
        [["analyse", "implement"], ["implement", "analyse"], ["implement", ""]].iter().enumerate()
    {
        let id = format!("CR-{n}");
        h.at("2026-01-01", "change/open/v2", json!({"change": id, "title": "t", "reason": "r"}));
        for step in order {
            match *step {
                "analyse" => h.at(
                    "2026-01-02",
                    "change/analyse/v1",
                    json!({"change": id, "organisation": "o",
                    "software": "s", "interfaces": "i", "safety": "no new cause", "security_relevant": false,
                    "security": "s", "class_check": "c", "repeats": []}),
                ),
                "implement" => {
                    h.at("2026-01-02", "change/implement/v1", json!({"change": id, "commits": ["abc"]}))
                }
                _ => &mut h,
            };
        }
    }
    // Commits that name their change leave no record of their own; that it was closed as done says that there were some.
    let opened =
        json!({"change": "CR-3", "title": "t", "reason": "r", "safety_analysis": "no new cause: a text"});
    h.at("2026-01-03", "change/open/v2", opened);
    h.at("2026-01-04", "change/close/v1", json!({"change": "CR-3", "done": true, "reason": "verified"}));
    h.at("2026-01-05", "change/open/v2", json!({"change": "CR-4", "title": "t", "reason": "r"}));
    h.at("2026-01-06", "change/close/v1", json!({"change": "CR-4", "done": false, "reason": "dropped"}));
    let all = measured(&h.state(), "2026-03-01", &[]);
    let m = one(&all, "impact-analysis");
    assert_eq!((m.value, m.of, m.hits, m.standing), (Some(50.0), 4, 2, Standing::Missed));
    let why: Vec<&str> = m.missing.iter().map(|x| x.why.as_str()).collect();
    assert_eq!(why, ["analysed only after it was implemented", "its effect on safety was not analysed"]);
}

#[test]
fn what_is_not_all_is_not_a_hundred() {
    assert_eq!(tenth(percent(1999, 2000)), 99.9);
    assert_eq!(tenth(percent(2000, 2000)), 100.0);
    assert_eq!(percent(0, 0), 0.0);
}

#[test]
fn charts_hold_no_markup_of_others_and_every_figure() {
    let mut all = measured(&State::default(), "2026-03-01", &[]);
    all[0].note = "<script>".into();
    let svg = to_svg(&all, &[]);
    assert!(!svg.contains("<script>") && svg.matches("font-weight=\"600\"").count() == 10);
    let text = to_text(&all, &[], true);
    assert!(IDS.len() == all.len() && text.contains("Defect escape rate"));
}
