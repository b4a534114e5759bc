//! The plain output of `cargo test`, for products that have no JUnit writer in their build.
//!
//! Take the output with the talk of cargo (`cargo test 2>&1`): its `Running` lines name the test binaries, which become
//! the classes. Every announced test needs its line and every binary its summary; a run that broke off is an error.

use crate::{Cause, Problem, Report};
use model::results::{Counts, Outcome, Results, TestResult};

/// Longest message that is kept, in bytes.
const MESSAGE_MAX: usize = 1000;

/// Reads the output. `class` stands for the binary where no `Running` line names one.
pub fn read(bytes: &[u8], class: &str) -> Report {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let cause = Cause::Encoding { declared: "UTF-8".to_owned() };
        return Report { problems: vec![Problem { cause, line: 0, column: 0 }], ..Report::default() };
    };
    let mut reader = Reader { class: class.to_owned(), ..Reader::default() };
    for (i, line) in text.lines().enumerate() {
        reader.line(line, u32::try_from(i + 1).unwrap_or(u32::MAX));
    }
    reader.finish_binary();
    if reader.results.is_empty() && reader.problems.is_empty() {
        reader.problems.push(Problem { cause: Cause::NoResults, line: 0, column: 0 });
    }
    Report { results: reader.results, timestamp: None, problems: reader.problems }
}

#[derive(Default)]
struct Reader {
    class: String,
    results: Results,
    problems: Vec<Problem>,
    /// The binary that is being read, from `running N tests` to its summary.
    binary: Option<Binary>,
}

struct Binary {
    announced: u64,
    line: u32,
    cases: Vec<Case>,
    /// Case whose captured output is being read.
    output_of: Option<usize>,
}

struct Case {
    name: String,
    outcome: Outcome,
    message: String,
}

impl Reader {
    fn line(&mut self, line: &str, number: u32) {
        let trimmed = line.trim();
        if let Some(n) = trimmed.strip_prefix("running ").and_then(announced) {
            self.finish_binary();
            self.binary = Some(Binary { announced: n, line: number, cases: Vec::new(), output_of: None });
        } else if let Some(summary) = trimmed.strip_prefix("test result: ") {
            self.summary(summary, number);
        } else if let Some(binary) = &mut self.binary {
            binary.line(line);
        } else if let Some(rest) = trimmed.strip_prefix("Running ") {
            self.class = binary_name(rest).unwrap_or(rest).to_owned();
        } else if let Some(name) = trimmed.strip_prefix("Doc-tests ") {
            self.class = format!("{name} (doc)");
        }
    }

    /// `ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s`
    fn summary(&mut self, summary: &str, line: u32) {
        let Some(binary) = self.binary.take() else { return };
        let counts: Counts = binary.cases.iter().map(|c| c.outcome).collect();
        let (_, totals) = summary.split_once(". ").unwrap_or_default();
        let mut total = |what: &'static str, found: usize| {
            let declared = totals
                .split("; ")
                .find_map(|part| part.strip_suffix(what)?.trim().parse::<u64>().ok())
                .unwrap_or(0);
            if declared != found as u64 {
                let cause = Cause::LibtestTotal { what, declared, found: found as u64 };
                self.problems.push(Problem { cause, line, column: 0 });
            }
            declared
        };
        let measured = totals
            .split("; ")
            .find_map(|part| part.strip_suffix("measured")?.trim().parse::<u64>().ok())
            .unwrap_or(0);
        let shown = total("passed", counts.of(Outcome::Passed))
            .saturating_add(total("failed", counts.of(Outcome::Failed)))
            .saturating_add(total("ignored", counts.of(Outcome::Skipped)))
            .saturating_add(measured);
        if shown != binary.announced {
            let cause = Cause::LibtestTotal { what: "tests", declared: shown, found: binary.announced };
            self.problems.push(Problem { cause, line: binary.line, column: 0 });
        }
        self.push(binary);
    }

    /// Ends a binary that has no summary: it crashed, or the output was cut off.
    fn finish_binary(&mut self) {
        let Some(binary) = self.binary.take() else { return };
        let cause = Cause::LibtestTruncated { binary: self.class.clone(), announced: binary.announced };
        self.problems.push(Problem { cause, line: binary.line, column: 0 });
        self.push(binary);
    }

    fn push(&mut self, binary: Binary) {
        for case in binary.cases {
            let pushed = self.results.push(TestResult {
                class: &self.class,
                name: &case.name,
                outcome: case.outcome,
                duration: None,
                message: case.message.trim(),
                flaky: false,
                verifies: "",
            });
            if let Err(e) = pushed {
                self.problems.push(Problem { cause: e.into(), line: binary.line, column: 0 });
                return;
            }
        }
    }
}

impl Binary {
    fn line(&mut self, line: &str) {
        if let Some((name, outcome)) = case_line(line) {
            let name = name.to_owned();
            self.cases.push(Case { name, outcome, message: String::new() });
        } else if let Some(name) = line.strip_prefix("---- ").and_then(|l| l.strip_suffix(" stdout ----")) {
            self.output_of = self.cases.iter().position(|c| c.name == name);
        } else if line == "failures:" {
            self.output_of = None;
        } else if let Some(case) = self.output_of.and_then(|i| self.cases.get_mut(i)) {
            let room = MESSAGE_MAX.saturating_sub(case.message.len());
            case.message.push_str(line.get(..line.floor_char_boundary(room)).unwrap_or_default());
            if room > 0 {
                case.message.push('\n');
            }
        }
    }
}

/// `3 tests` or `1 test` after `running `.
fn announced(rest: &str) -> Option<u64> {
    let (n, what) = rest.split_once(' ')?;
    matches!(what, "test" | "tests").then(|| n.parse().ok()).flatten()
}

/// `test pathway::under_18 ... ok`
fn case_line(line: &str) -> Option<(&str, Outcome)> {
    let (name, outcome) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
    let outcome = match outcome.split([' ', ',']).next()? {
        "ok" => Outcome::Passed,
        "FAILED" => Outcome::Failed,
        "ignored" => Outcome::Skipped,
        _ => return None,
    };
    let name = [" - should panic", " - compile fail", " - compile"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name);
    Some((name, outcome))
}

/// `triage` of `unittests src/lib.rs (target/debug/deps/triage-0a1b2c3d4e5f6a7b)`.
fn binary_name(running: &str) -> Option<&str> {
    let path = running.rsplit_once('(')?.1.strip_suffix(')')?;
    let file = path.rsplit(['/', '\\']).next()?;
    let file = file.strip_suffix(".exe").unwrap_or(file);
    let (name, hash) = file.rsplit_once('-')?;
    (hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OUTPUT: &str = "   Compiling triage v2.4.0
     Running unittests src/lib.rs (target/debug/deps/triage-0a1b2c3d4e5f6a7b)

running 4 tests
test pathway::under_18 ... ok
test pathway::over_65 ... FAILED
test slow ... ignored, takes an hour
test panics - should panic ... ok

failures:

---- pathway::over_65 stdout ----
thread 'pathway::over_65' panicked at src/pathway.rs:7:5:
left is not right

failures:
    pathway::over_65

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

     Running tests/system.rs (target/debug/deps/system-0a1b2c3d4e5f6a7c)

running 1 test
test tc_001 ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests triage

running 0 tests

test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn every_line_becomes_a_result() {
        let report = read(OUTPUT.as_bytes(), "");
        assert_eq!(report.problems, []);
        let names: Vec<_> = report.results.names().map(|(n, o, _)| (n, o)).collect();
        assert_eq!(
            names,
            [
                ("triage::pathway::under_18", Outcome::Passed),
                ("triage::pathway::over_65", Outcome::Failed),
                ("triage::slow", Outcome::Skipped),
                ("triage::panics", Outcome::Passed),
                ("system::tc_001", Outcome::Passed),
            ]
        );
        assert!(report.results.get(1).unwrap().message.ends_with("left is not right"));
    }

    #[test]
    fn what_broke_off_is_no_evidence() {
        let cut = OUTPUT.split_once("test result: ok").unwrap().0;
        assert!(matches!(read(cut.as_bytes(), "").problems[0].cause, Cause::LibtestTruncated { .. }));
        let lost = OUTPUT.replace("test pathway::under_18 ... ok\n", "");
        let causes: Vec<_> =
            read(lost.as_bytes(), "").problems.into_iter().map(|p| (p.line, p.cause)).collect();
        assert_eq!(causes, [(18, Cause::LibtestTotal { what: "passed", declared: 2, found: 1 })]);
        let nothing = read(b"error: could not compile `triage`", "");
        assert_eq!(nothing.problems[0].cause, Cause::NoResults);
    }

    proptest! {
        #[test]
        fn cutting_anywhere_before_the_last_summary_is_noticed(at in 0_usize..600) {
            let cut = &OUTPUT[..at];
            let report = read(cut.as_bytes(), "");
            // Between two binaries nothing is missing; inside of one the summary is, or its counts.
            let begun = cut.lines().filter(|l| l.strip_prefix("running ").and_then(announced).is_some()).count();
            let counted = cut.matches("; 1 ignored").count() + cut.matches("; 0 ignored").count();
            if begun > counted {
                prop_assert!(!report.is_sound(), "{}", at);
            }
        }
    }
}
