//! The pull parser: one pass over the text, no tree, one stack of open elements.

use super::Limits;
use super::text::Found;
use super::totals::{Declared, disagreements};
use crate::{Cause, Report};
use model::results::{Counts, Outcome, Results, TestResult};
use quick_xml::events::{BytesRef, BytesStart, Event};
use std::time::Duration;

/// Longest message that is kept, in bytes; a stack trace belongs into the report, which is kept whole as a blob.
const MESSAGE_MAX: usize = 1000;

/// How the message of a test begins that was expected to fail, and did.
const EXPECTED_TO_FAIL: &str = "expected to fail";

/// An open element, as far as the reader cares.
enum Open {
    /// `testsuites` or `testsuite`.
    Suite(Box<Suite>),
    Case,
    /// `failure`, `error` or `skipped`: its text is the message where it has no `message`.
    Reason,
    /// `property` named `verifies`, whose value may stand as text.
    Verifies,
    Other,
}

struct Suite {
    name: String,
    offset: usize,
    declared: Declared,
    /// Cases directly in it, and cases in it and in the suites within.
    own: Counts,
    all: Counts,
    /// Suites within, whose emptiness is their own problem.
    suites: usize,
    verifies: String,
}

/// The case that is being read; its texts are kept from case to case, so that a case costs no allocation.
#[derive(Default)]
struct Case {
    open: bool,
    class: String,
    name: String,
    outcome: Option<Outcome>,
    duration: Option<Duration>,
    message: String,
    flaky: bool,
    verifies: String,
}

/// Reads one report.
pub(super) struct Reader<'t> {
    text: &'t str,
    limits: Limits,
    open: Vec<Open>,
    case: Case,
    results: Results,
    timestamp: Option<String>,
    found: Found,
    roots: usize,
    odd_durations: Option<(usize, usize, String)>,
    nameless: Option<(usize, usize)>,
}

/// The rest of the report cannot be read.
struct Stop;

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str, limits: Limits) -> Reader<'t> {
        Reader {
            text,
            limits,
            open: Vec::new(),
            case: Case::default(),
            // A case with its attributes takes some 60 bytes at least; names are about half of it.
            results: Results::with_capacity(text.len() / 80, text.len() / 3),
            timestamp: None,
            found: Found::default(),
            roots: 0,
            odd_durations: None,
            nameless: None,
        }
    }

    pub(super) fn read(mut self) -> Report {
        let complete = self.events().is_ok();
        if let Some((offset, count, first)) = self.odd_durations.take() {
            self.found.add(offset, Cause::OddDurations { count, first });
        }
        if let Some((offset, count)) = self.nameless.take() {
            self.found.add(offset, Cause::NamelessCases { count });
        }
        if complete && self.results.is_empty() {
            // One cause, one finding: that suites are empty follows.
            self.found = Found::default();
            self.found.add(0, Cause::NoResults);
        }
        let problems = self.found.locate(self.text);
        Report { results: self.results, timestamp: self.timestamp, problems }
    }

    fn events(&mut self) -> Result<(), Stop> {
        let mut xml = quick_xml::Reader::from_str(self.text);
        loop {
            let offset = usize::try_from(xml.buffer_position()).unwrap_or(usize::MAX);
            match xml.read_event() {
                Ok(Event::Start(e)) => self.start(&e, offset)?,
                Ok(Event::Empty(e)) => {
                    self.start(&e, offset)?;
                    self.end(offset)?;
                }
                Ok(Event::End(_)) => self.end(offset)?,
                Ok(Event::Text(t)) => self.characters(&t, offset)?,
                Ok(Event::CData(t)) => self.characters(&t, offset)?,
                Ok(Event::GeneralRef(r)) => self.reference(&r, offset)?,
                Ok(Event::DocType(_)) => return self.stop(offset, Cause::DocumentType),
                Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
                Ok(Event::Eof) => return self.eof(),
                Err(e) => {
                    let at = usize::try_from(xml.error_position()).unwrap_or(offset);
                    return self.stop(at, Cause::Malformed(e.to_string()));
                }
            }
        }
    }

    fn stop(&mut self, offset: usize, cause: Cause) -> Result<(), Stop> {
        self.found.add(offset, cause);
        Err(Stop)
    }

    fn eof(&mut self) -> Result<(), Stop> {
        let open = match self.open.last() {
            None if self.roots == 0 => {
                return self.stop(0, Cause::Malformed("there is no element".to_owned()));
            }
            None => return Ok(()),
            Some(Open::Suite(_)) => "testsuite",
            Some(Open::Case | Open::Reason | Open::Verifies) => "testcase",
            Some(Open::Other) => "an element",
        };
        self.stop(self.text.len(), Cause::Truncated { open: open.to_owned() })
    }

    fn start(&mut self, e: &BytesStart<'_>, offset: usize) -> Result<(), Stop> {
        if self.open.len() >= self.limits.depth_max {
            return self.stop(offset, Cause::TooDeep { limit: self.limits.depth_max });
        }
        let name = e.local_name();
        let name = name.as_ref();
        if self.open.is_empty() {
            self.roots += 1;
            if self.roots > 1 {
                let what = format!("a second root `{name}` follows the end of the first");
                return self.stop(offset, Cause::Malformed(what));
            }
            if !matches!(name, "testsuites" | "testsuite") {
                return self.stop(offset, Cause::NotThisFormat { root: name.to_owned() });
            }
        }
        let open = match name {
            "testsuites" | "testsuite" => self.suite(e, offset)?,
            "testcase" => {
                self.testcase(e, offset)?;
                Open::Case
            }
            "failure" => self.reason(e, offset, Outcome::Failed)?,
            "error" => self.reason(e, offset, Outcome::Errored)?,
            "skipped" | "disabled" if matches!(self.open.last(), Some(Open::Case | Open::Suite(_))) => {
                self.reason(e, offset, Outcome::Skipped)?
            }
            "flakyFailure" | "flakyError" => {
                self.case.flaky = true;
                Open::Other
            }
            "property" => self.property(e, offset)?,
            _ => {
                // The attributes of what is not understood are checked all the same: the file is well-formed or not.
                self.attributes(e, offset, |_, _| {})?;
                Open::Other
            }
        };
        self.open.push(open);
        Ok(())
    }

    fn suite(&mut self, e: &BytesStart<'_>, offset: usize) -> Result<Open, Stop> {
        let (mut name, mut timestamp) = (String::new(), None);
        let mut declared = Declared::default();
        let mut unreadable = Vec::new();
        self.attributes(e, offset, |key, value| {
            let (attribute, total) = match key {
                "name" => return name.push_str(value),
                "timestamp" => return timestamp = Some(value.to_owned()),
                "tests" => ("tests", &mut declared.tests),
                "failures" => ("failures", &mut declared.failures),
                "errors" => ("errors", &mut declared.errors),
                "skipped" | "skip" | "skips" => ("skipped", &mut declared.skipped),
                "disabled" => ("disabled", &mut declared.disabled),
                _ => return,
            };
            match value.trim().replace(',', "").parse() {
                Ok(n) => *total = Some(n),
                Err(_) if value.trim().is_empty() => {}
                Err(_) => unreadable.push(Cause::UnreadableTotal { attribute, value: shortened(value, 40) }),
            }
        })?;
        for cause in unreadable {
            self.found.add(offset, cause);
        }
        self.timestamp = self.timestamp.take().or(timestamp);
        let (own, all) = (Counts::default(), Counts::default());
        let verifies = String::new();
        Ok(Open::Suite(Box::new(Suite { name, offset, declared, own, all, suites: 0, verifies })))
    }

    fn testcase(&mut self, e: &BytesStart<'_>, offset: usize) -> Result<(), Stop> {
        if self.case.open {
            return self.stop(offset, Cause::Malformed("a test case stands inside another".to_owned()));
        }
        let mut case = std::mem::take(&mut self.case);
        case.begin();
        let mut odd = None;
        self.attributes(e, offset, |key, value| match key {
            "name" => case.name.push_str(value),
            "classname" => case.class.push_str(value),
            "time" => match duration(value) {
                Ok(d) => case.duration = d,
                Err(()) => odd = Some(shortened(value, 40)),
            },
            "status" | "result" => case.saw(stated_outcome(value)),
            _ => {}
        })?;
        if let Some(value) = odd {
            self.odd_durations.get_or_insert((offset, 0, value)).1 += 1;
        }
        if case.name.trim().is_empty() {
            self.nameless.get_or_insert((offset, 0)).1 += 1;
        }
        let suite = self.open.iter().rev().find_map(|o| match o {
            Open::Suite(s) if !s.name.is_empty() => Some(s.name.as_str()),
            _ => None,
        });
        if let (true, Some(suite)) = (case.class.is_empty(), suite) {
            case.class.push_str(suite);
        }
        self.case = case;
        Ok(())
    }

    /// A `failure`, `error` or `skipped`, of the open case or, outside any, of the suite itself.
    fn reason(&mut self, e: &BytesStart<'_>, offset: usize, outcome: Outcome) -> Result<Open, Stop> {
        let (mut message, mut expected_to_fail) = (String::new(), false);
        self.attributes(e, offset, |key, value| match key {
            "message" => message = shortened(value, MESSAGE_MAX),
            // pytest: a test that was expected to fail, and did. It verified nothing, and people want to know why.
            "type" => expected_to_fail = value.trim().eq_ignore_ascii_case("pytest.xfail"),
            _ => {}
        })?;
        if expected_to_fail && outcome == Outcome::Skipped {
            let separator = if message.is_empty() { "" } else { ": " };
            message = shortened(&format!("{EXPECTED_TO_FAIL}{separator}{message}"), MESSAGE_MAX);
        }
        if self.case.open {
            if self.case.message.is_empty() {
                self.case.message = message;
            }
            self.case.saw(Some(outcome));
            return Ok(Open::Reason);
        }
        // The suite broke before, between or after its cases: that is a result of its own.
        let suite = self.innermost_suite().map(|s| s.name.clone()).unwrap_or_default();
        let result = TestResult {
            class: &suite,
            name: "(suite)",
            outcome,
            duration: None,
            message: &message,
            flaky: false,
            verifies: "",
        };
        if let Err(e) = self.results.push(result) {
            self.stop(offset, e.into())?;
        }
        if let Some(suite) = self.innermost_suite() {
            suite.own.add(outcome);
            suite.all.add(outcome);
        }
        Ok(Open::Other)
    }

    fn property(&mut self, e: &BytesStart<'_>, offset: usize) -> Result<Open, Stop> {
        let (mut verifies, mut value) = (false, String::new());
        self.attributes(e, offset, |key, v| match key {
            "name" => verifies = v.trim() == "verifies",
            "value" => value.push_str(v),
            _ => {}
        })?;
        if !verifies {
            return Ok(Open::Other);
        }
        self.verifies(&value);
        Ok(Open::Verifies)
    }

    /// Adds ids to what the open case verifies, or, outside any case, every case of the suite.
    fn verifies(&mut self, ids: &str) {
        let into = if self.case.open {
            &mut self.case.verifies
        } else if let Some(suite) = self.innermost_suite() {
            &mut suite.verifies
        } else {
            return;
        };
        for id in ids.split([',', ' ', '\t', '\n', '\r', ';']).filter(|id| !id.is_empty()) {
            if !into.is_empty() {
                into.push(',');
            }
            into.push_str(id);
        }
    }

    fn innermost_suite(&mut self) -> Option<&mut Suite> {
        self.open.iter_mut().rev().find_map(|o| match o {
            Open::Suite(s) => Some(s.as_mut()),
            _ => None,
        })
    }

    fn end(&mut self, offset: usize) -> Result<(), Stop> {
        match self.open.pop() {
            Some(Open::Case) => self.end_case(offset),
            Some(Open::Suite(suite)) => {
                self.end_suite(&suite);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn end_case(&mut self, offset: usize) -> Result<(), Stop> {
        self.case.open = false;
        for o in &self.open {
            if let Open::Suite(s) = o
                && !s.verifies.is_empty()
            {
                if !self.case.verifies.is_empty() {
                    self.case.verifies.push(',');
                }
                self.case.verifies.push_str(&s.verifies);
            }
        }
        let outcome = self.case.outcome.unwrap_or(Outcome::Passed);
        let result = TestResult {
            class: &self.case.class,
            name: &self.case.name,
            outcome,
            duration: self.case.duration,
            message: self.case.message.trim(),
            flaky: self.case.flaky && outcome == Outcome::Passed,
            verifies: &self.case.verifies,
        };
        if let Err(e) = self.results.push(result) {
            return self.stop(offset, e.into());
        }
        if let Some(suite) = self.innermost_suite() {
            suite.own.add(outcome);
            suite.all.add(outcome);
        }
        Ok(())
    }

    fn end_suite(&mut self, suite: &Suite) {
        for cause in disagreements(&suite.name, &suite.declared, &suite.own, &suite.all) {
            self.found.add(suite.offset, cause);
        }
        // Mocha writes an empty suite of this name, and says so, before the real ones.
        let mochas_root = suite.name == "Root Suite" && suite.declared.tests == Some(0);
        if suite.own.total() == 0 && suite.suites == 0 && !mochas_root {
            self.found.add(suite.offset, Cause::EmptySuite { suite: suite.name.clone() });
        }
        if let Some(parent) = self.innermost_suite() {
            parent.suites += 1;
            parent.all.merge(&suite.all);
        }
    }

    fn characters(&mut self, text: &str, offset: usize) -> Result<(), Stop> {
        match self.open.last() {
            None if !text.trim().is_empty() => {
                self.stop(offset, Cause::Malformed("there is text outside the root element".to_owned()))
            }
            Some(Open::Reason) => {
                self.case.add_message(text);
                Ok(())
            }
            Some(Open::Verifies) => {
                self.verifies(text);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// `&…;` in text. Character references are taken as they are; of entities there are the five of XML.
    fn reference(&mut self, r: &BytesRef<'_>, offset: usize) -> Result<(), Stop> {
        let c = match (&**r, r.is_char_ref()) {
            ("amp", _) => '&',
            ("lt", _) => '<',
            ("gt", _) => '>',
            ("quot", _) => '"',
            ("apos", _) => '\'',
            (_, true) => r.resolve_char_ref().ok().flatten().unwrap_or(char::REPLACEMENT_CHARACTER),
            (name, false) => {
                self.found.add(offset, Cause::UndefinedEntity { name: shortened(name, 40) });
                return Ok(());
            }
        };
        self.characters(c.encode_utf8(&mut [0; 4]), offset)
    }

    /// Calls `each` with the local name and the value of every attribute.
    fn attributes(
        &mut self,
        e: &BytesStart<'_>,
        offset: usize,
        mut each: impl FnMut(&str, &str),
    ) -> Result<(), Stop> {
        // The check for doubled names is quadratic, and a million attributes are cheap to write.
        let small = e.attributes_raw().len() < 4096;
        for attribute in e.attributes().with_checks(small) {
            let attribute = match attribute {
                Ok(a) => a,
                Err(e) => return self.stop(offset, Cause::Malformed(e.to_string())),
            };
            let key = attribute.key.local_name();
            if !attribute.value.contains('&') {
                each(key.as_ref(), &attribute.value);
                continue;
            }
            let (value, undefined) = unescape(&attribute.value);
            for name in undefined {
                self.found.add(offset, Cause::UndefinedEntity { name });
            }
            each(key.as_ref(), &value);
        }
        Ok(())
    }
}

impl Case {
    fn begin(&mut self) {
        self.open = true;
        self.class.clear();
        self.name.clear();
        self.message.clear();
        self.verifies.clear();
        (self.outcome, self.duration, self.flaky) = (None, None, false);
    }

    /// Of several signs the worst counts.
    fn saw(&mut self, outcome: Option<Outcome>) {
        self.outcome = self.outcome.max(outcome);
    }

    fn add_message(&mut self, text: &str) {
        let room = MESSAGE_MAX.saturating_sub(self.message.len());
        self.message.push_str(text.get(..text.floor_char_boundary(room)).unwrap_or_default());
    }
}

/// An outcome that a `status` or `result` attribute states by itself; gtest, ctest and others have no element for it.
fn stated_outcome(value: &str) -> Option<Outcome> {
    let is = |words: &[&str]| words.iter().any(|w| value.trim().eq_ignore_ascii_case(w));
    if is(&["fail", "failed", "failure", "xpass", "xpassed", "unexpected-success", "unexpectedsuccess"]) {
        // A test that was expected to fail and passed: what it says of the software is wrong.
        Some(Outcome::Failed)
    } else if is(&["error", "errored", "timeout", "crashed", "broken"]) {
        Some(Outcome::Errored)
    } else if is(&["blocked"]) {
        Some(Outcome::Blocked)
    } else if is(&[
        "skip",
        "skipped",
        "disabled",
        "notrun",
        "ignored",
        "pending",
        "suppressed",
        "todo",
        "xfail",
        "xfailed",
        "expected-failure",
        "expectedfailure",
    ]) {
        Some(Outcome::Skipped)
    } else {
        None
    }
}

/// Seconds as reports write them, `2,503.1` and `1e-05` included; none where nothing is written.
fn duration(value: &str) -> Result<Option<Duration>, ()> {
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    let seconds: f64 = match value.parse() {
        Ok(s) => s,
        Err(_) => value.replace(',', "").parse().map_err(|_| ())?,
    };
    Duration::try_from_secs_f64(seconds).map(Some).map_err(|_| ())
}

/// The text of an attribute, and the names of entities that do not exist.
fn unescape(raw: &str) -> (String, Vec<String>) {
    let (mut out, mut undefined) = (String::with_capacity(raw.len()), Vec::new());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((name, after)) = after.split_once(';') else {
            undefined.push(shortened(after, 40));
            return (out, undefined);
        };
        rest = after;
        let reference = BytesRef::new(name);
        match name {
            "amp" => out.push('&'),
            "lt" => out.push('<'),
            "gt" => out.push('>'),
            "quot" => out.push('"'),
            "apos" => out.push('\''),
            _ if reference.is_char_ref() => {
                out.push(reference.resolve_char_ref().ok().flatten().unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            _ => undefined.push(shortened(name, 40)),
        }
    }
    out.push_str(rest);
    (out, undefined)
}

fn shortened(text: &str, max: usize) -> String {
    text.get(..text.floor_char_boundary(max)).unwrap_or_default().to_owned()
}
