//! Results of test runs, and how they speak for items: outcomes, runs with their facts, a table of results that
//! stays small at a million rows, and the evidence per item that the rules read.
//!
//! Pure data: the readers and the join live in `evidence`.

use hashbrown::HashMap;
use std::time::Duration;
use vocabulary::{Digest, Instant, ItemId};

/// What became of one test. Ordered from best to worst, so that the worst of several is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Ran, and every assertion held.
    Passed,
    /// Was not run, because somebody or something said so.
    Skipped,
    /// Could not be run to its end: an environment or an earlier step stood in the way.
    Blocked,
    /// Ran, and an assertion did not hold.
    Failed,
    /// Broke outside its assertions: a crash, a time-out, a set-up that failed.
    Errored,
}

impl Outcome {
    /// Every outcome, best first.
    pub const ALL: [Outcome; 5] =
        [Outcome::Passed, Outcome::Skipped, Outcome::Blocked, Outcome::Failed, Outcome::Errored];

    /// The outcome as reports and records write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Skipped => "skipped",
            Outcome::Blocked => "blocked",
            Outcome::Failed => "failed",
            Outcome::Errored => "errored",
        }
    }

    /// Whether something is wrong with the software or its test, as opposed to not having been run.
    pub fn is_failure(self) -> bool {
        matches!(self, Outcome::Failed | Outcome::Errored)
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One result, as a reader hands it to [`Results::push`] and as [`Results::get`] gives it back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestResult<'a> {
    /// The class, module or binary that the report files the test under; empty where it names none.
    pub class: &'a str,
    /// The test's own name.
    pub name: &'a str,
    /// What became of it.
    pub outcome: Outcome,
    /// How long it took, where the report has a believable time.
    pub duration: Option<Duration>,
    /// Why it did not pass, in the report's words (shortened by the reader); empty where the report gives none.
    pub message: &'a str,
    /// Passed only after it had failed in the same run. The outcome is `Passed`; people want to know all the same.
    pub flaky: bool,
    /// Ids that the report itself says the test verifies (JUnit property `verifies`), separated by commas.
    pub verifies: &'a str,
}

/// The results of one run in one table: two allocations however many rows, 48 bytes a row and the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    text: String,
    rows: Vec<Row>,
}

/// One result of a [`Results`] table by position in its text. Public in its parts only for the cache encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Where the full name `class::name` starts in the text.
    pub start: u32,
    /// Length of the class; 0 where there is none (and then no `::` either).
    pub class_len: u32,
    /// Length of the full name.
    pub name_len: u32,
    /// Length of the message, which follows the full name.
    pub message_len: u32,
    /// Length of the list of verified ids, which follows the message.
    pub verifies_len: u32,
    /// Microseconds the test took; `u64::MAX` where unknown.
    pub micros: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// See [`TestResult::flaky`].
    pub flaky: bool,
}

/// A table takes at most 4 GiB of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than 4 GiB of names and messages in one run")]
pub struct TooManyResults;

/// The parts do not make a table: a row points outside the text, or between the bytes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("row {row} of the results does not fit their text")]
pub struct BrokenRow {
    /// Which row, from 0.
    pub row: usize,
}

impl Results {
    /// A table with room for `rows` results and `text` bytes of names and messages.
    pub fn with_capacity(rows: usize, text: usize) -> Results {
        Results { text: String::with_capacity(text), rows: Vec::with_capacity(rows) }
    }

    /// Appends a result.
    pub fn push(&mut self, result: TestResult<'_>) -> Result<(), TooManyResults> {
        let start = self.text.len();
        let separator = if result.class.is_empty() { "" } else { "::" };
        let parts = [result.class, separator, result.name, result.message, result.verifies];
        let added: usize = parts.iter().map(|p| p.len()).sum();
        let end = start.checked_add(added).ok_or(TooManyResults)?;
        u32::try_from(end).map_err(|_| TooManyResults)?;
        let short = |n: usize| u32::try_from(n).map_err(|_| TooManyResults);
        let row = Row {
            start: short(start)?,
            class_len: short(result.class.len())?,
            name_len: short(result.class.len() + separator.len() + result.name.len())?,
            message_len: short(result.message.len())?,
            verifies_len: short(result.verifies.len())?,
            micros: result.duration.map_or(u64::MAX, |d| u64::try_from(d.as_micros()).unwrap_or(u64::MAX)),
            outcome: result.outcome,
            flaky: result.flaky,
        };
        for part in parts {
            self.text.push_str(part);
        }
        self.rows.push(row);
        Ok(())
    }

    /// The table made of its parts, as the cache keeps them; every row is checked against the text.
    pub fn from_parts(text: String, rows: Vec<Row>) -> Result<Results, BrokenRow> {
        for (row, r) in rows.iter().enumerate() {
            let mut end = r.start as usize;
            let class_end = end + r.class_len as usize;
            // The name without the class begins after `::`.
            let name_start = if r.class_len == 0 { end } else { class_end + 2 };
            let separated = r.class_len == 0 || text.get(class_end..name_start) == Some("::");
            let name_end = end + r.name_len as usize;
            // Beyond 4 GiB the sums of a row's lengths would no longer fit their type.
            let small = u32::try_from(text.len()).is_ok();
            let mut fits = small && separated && name_start <= name_end && text.is_char_boundary(end);
            for len in [r.name_len, r.message_len, r.verifies_len] {
                end += len as usize;
                fits &= text.is_char_boundary(end);
            }
            if !fits {
                return Err(BrokenRow { row });
            }
        }
        Ok(Results { text, rows })
    }

    /// All the text and all the rows, for the cache encoding.
    pub fn parts(&self) -> (&str, &[Row]) {
        (&self.text, &self.rows)
    }

    /// How many results.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no result at all; which is never a pass.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The result of row `row`.
    pub fn get(&self, row: usize) -> Option<TestResult<'_>> {
        self.rows.get(row).map(|r| self.view(r))
    }

    /// `class::name` of row `row`, by which test cases name it; just the name where there is no class.
    pub fn full_name(&self, row: usize) -> Option<&str> {
        self.rows.get(row).map(|r| self.slice(r.start, r.name_len))
    }

    /// The results in the report's order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = TestResult<'_>> {
        self.rows.iter().map(|r| self.view(r))
    }

    /// Full name, outcome and verified ids of each row, in the report's order: what a join reads.
    pub fn names(&self) -> impl ExactSizeIterator<Item = (&str, Outcome, &str)> {
        self.rows.iter().map(|r| {
            let verifies = self.slice(r.start + r.name_len + r.message_len, r.verifies_len);
            (self.slice(r.start, r.name_len), r.outcome, verifies)
        })
    }

    /// How many results of each outcome.
    pub fn counts(&self) -> Counts {
        self.rows.iter().map(|r| r.outcome).collect()
    }

    fn view(&self, r: &Row) -> TestResult<'_> {
        let name_start = if r.class_len == 0 { 0 } else { r.class_len + 2 };
        TestResult {
            class: self.slice(r.start, r.class_len),
            name: self.slice(r.start + name_start, r.name_len - name_start),
            outcome: r.outcome,
            duration: (r.micros != u64::MAX).then(|| Duration::from_micros(r.micros)),
            message: self.slice(r.start + r.name_len, r.message_len),
            flaky: r.flaky,
            verifies: self.slice(r.start + r.name_len + r.message_len, r.verifies_len),
        }
    }

    /// Rows are checked when they are made, so nothing is ever missing here.
    fn slice(&self, start: u32, len: u32) -> &str {
        self.text.get(start as usize..start as usize + len as usize).unwrap_or_default()
    }
}

/// How many results of each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([usize; 5]);

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, outcome: Outcome) {
        self.0[outcome as usize] += 1;
    }

    /// Counts what `other` counted too.
    pub fn merge(&mut self, other: &Counts) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }

    /// How many of this outcome.
    pub fn of(&self, outcome: Outcome) -> usize {
        self.0[outcome as usize]
    }

    /// How many of any outcome.
    pub fn total(&self) -> usize {
        self.0.iter().sum()
    }

    /// The worst outcome counted; `None` where nothing was: no result is not a pass.
    pub fn worst(&self) -> Option<Outcome> {
        Outcome::ALL.into_iter().rev().find(|o| self.of(*o) > 0)
    }
}

impl FromIterator<Outcome> for Counts {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Counts {
        let mut counts = Counts::default();
        for outcome in outcomes {
            counts.add(outcome);
        }
        counts
    }
}

/// Where the results of a run come from, which decides how far they may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// `dossier test run` walked a person through the protocol, or ran the command itself.
    ExecutedByDossier,
    /// A build server signed the report, and its key is enrolled.
    CiAttested,
    /// Somebody handed in a file.
    UploadedByHand,
}

impl Origin {
    /// The origin as records write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::ExecutedByDossier => "executed-by-dossier",
            Origin::CiAttested => "ci-attested",
            Origin::UploadedByHand => "uploaded-by-hand",
        }
    }
}

/// What a run ran on (62304 9.8: the test record must let somebody else repeat it).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Device, board or host, as its own label names it.
    pub hardware: String,
    /// Operating system, drivers and other software around the tested one, with versions.
    pub software: String,
}

/// Everything about a run but its results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFacts {
    /// The run's id in the records.
    pub id: String,
    /// Digest of the software that was tested: configuration items, lock files and build recipe (design section 7).
    pub software: Digest,
    /// The version that the run says it tested.
    pub version: String,
    /// What it ran on.
    pub configuration: Configuration,
    /// Test tools, with versions.
    pub tools: Vec<String>,
    /// When it ran.
    pub at: Instant,
    /// Ledger position of the record: decides which of two runs at the same instant is the newer.
    pub position: u64,
    /// Who is responsible for the run.
    pub person: String,
    /// Where the results come from.
    pub origin: Origin,
    /// The report as it was imported: a blob.
    pub report: Digest,
}

/// A run: its facts and its results.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Everything but the results.
    pub facts: RunFacts,
    /// The results, in the report's order.
    pub results: Results,
}

/// One result of one run, by position in [`Joined::runs`] and in its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResultRef {
    /// Which run.
    pub run: u32,
    /// Which row of its results.
    pub row: u32,
}

/// Evidence by item, in no order: it is looked up some times for each item and each rule.
pub type EvidenceByItem = HashMap<ItemId, ItemEvidence>;

/// What the results say about each item.
///
/// The rule: of each test name, per software digest, the newest run that has it counts; over all names of an item
/// the worst outcome counts; an item without a result has no evidence, which is never a pass.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Joined {
    /// The runs, as they were given.
    pub runs: Vec<Run>,
    /// Evidence per item that at least one result speaks for.
    pub items: EvidenceByItem,
    /// Results that no test case, comment tag or property claims.
    pub unclaimed: usize,
    /// Ids that properties or tags name although the product has no such item: each once, with one place.
    pub unknown: Vec<UnknownTarget>,
    /// Comment tags that stand at no test, or at one whose results cannot be told from another's.
    pub unclear: Vec<UnclearTag>,
}

impl Joined {
    /// What the results say about `item`; `None` where none speaks for it.
    pub fn evidence(&self, item: &ItemId) -> Option<&ItemEvidence> {
        self.items.get(item)
    }

    /// The result and its run.
    pub fn result(&self, r: ResultRef) -> Option<(&RunFacts, TestResult<'_>)> {
        let run = self.runs.get(r.run as usize)?;
        Some((&run.facts, run.results.get(r.row as usize)?))
    }
}

/// The evidence for one item, per software that was tested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemEvidence {
    /// One entry per software digest, the one with the newest run first.
    pub by_software: Vec<SoftwareEvidence>,
}

impl ItemEvidence {
    /// The evidence for exactly this software; `None` where it was only run on another one, or never.
    pub fn on(&self, software: &Digest) -> Option<&SoftwareEvidence> {
        self.by_software.iter().find(|e| e.software == *software)
    }
}

/// The results that count for one item on one software.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoftwareEvidence {
    /// The software that was tested.
    pub software: Digest,
    /// The results that count, in order of run and row; never empty.
    pub results: Vec<ResultRef>,
    /// Their outcomes.
    pub counts: Counts,
    /// A result with the worst outcome: the one to show.
    pub deciding: ResultRef,
    /// The newest run among them, as an index into [`Joined::runs`].
    pub newest_run: u32,
    /// Failures on the same software that a newer run of the same test superseded. Not counted, but not silent.
    pub superseded_failures: usize,
}

impl SoftwareEvidence {
    /// The worst outcome that counts; `Errored` should nothing be counted.
    pub fn outcome(&self) -> Outcome {
        self.counts.worst().unwrap_or(Outcome::Errored)
    }
}

/// An id that a property or a tag names although there is no such item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnknownTarget {
    /// What was written; it need not have the shape of an id.
    pub target: String,
    /// Where: `file:line` of the tag, or the run and the test of the property.
    pub place: String,
}

/// A comment tag that could not be joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnclearTag {
    /// The tag.
    pub tag: Tag,
    /// Full names of the tests that it might mean; empty where no test stands next to it or none has results.
    pub candidates: Vec<String>,
}

/// A comment `verifies: SRS-012` in the source of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// What the test verifies, as written.
    pub target: String,
    /// Path of the source file from the product's root, with `/`.
    pub file: String,
    /// Line of the comment, from 1.
    pub line: u32,
    /// Column of the target in that line, in characters from 1.
    pub column: u32,
    /// Name of the test function that the comment stands at.
    pub test: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result<'a>(class: &'a str, name: &'a str, outcome: Outcome) -> TestResult<'a> {
        TestResult { class, name, outcome, duration: None, message: "", flaky: false, verifies: "" }
    }

    #[test]
    fn a_table_gives_back_what_was_pushed() {
        let full = TestResult {
            class: "triage",
            name: "pathway::ünder_18",
            outcome: Outcome::Failed,
            duration: Some(Duration::from_millis(1500)),
            message: "expected 18",
            flaky: false,
            verifies: "SRS-012,RC-1",
        };
        let bare = result("", "", Outcome::Passed);
        let mut table = Results::default();
        table.push(full).unwrap();
        table.push(bare).unwrap();
        assert_eq!(table.get(0), Some(full));
        assert_eq!(table.get(1), Some(bare));
        assert_eq!(table.get(2), None);
        assert_eq!(table.full_name(0), Some("triage::pathway::ünder_18"));
        assert_eq!(table.full_name(1), Some(""));
        let (text, rows) = table.parts();
        assert_eq!(Results::from_parts(text.to_owned(), rows.to_vec()), Ok(table.clone()));
    }

    #[test]
    fn rows_that_do_not_fit_are_refused() {
        let mut table = Results::default();
        table.push(result("a", "ü", Outcome::Passed)).unwrap();
        let (text, rows) = table.parts();
        let broken: [fn(&mut Row); 5] = [
            |r| r.start = u32::MAX,
            |r| r.name_len = 4,
            |r| r.name_len = 0,
            |r| r.class_len = 2,
            |r| r.message_len = u32::MAX,
        ];
        for (case, break_it) in broken.iter().enumerate() {
            let mut rows = rows.to_vec();
            break_it(&mut rows[0]);
            assert_eq!(Results::from_parts(text.to_owned(), rows), Err(BrokenRow { row: 0 }), "case {case}");
        }
    }

    #[test]
    fn the_worst_outcome_counts_and_nothing_is_no_pass() {
        assert_eq!(Counts::default().worst(), None);
        let counts: Counts = [Outcome::Passed, Outcome::Skipped, Outcome::Passed].into_iter().collect();
        assert_eq!(counts.worst(), Some(Outcome::Skipped));
        assert_eq!((counts.total(), counts.of(Outcome::Passed)), (3, 2));
    }
}
