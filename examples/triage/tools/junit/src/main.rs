//! Runs every test of the workspace and writes JUnit XML, one file per level: `unit.xml`, `integration.xml`,
//! `system.xml` in the folder that is given (TOOL-junit).
//!
//! It builds the tests with `cargo test --no-run`, starts each test binary and reads the plain lines that the test
//! harness has printed since Rust 1.0, so that it needs neither an unstable option nor a further program. A binary
//! whose lines do not add up to its own summary is an error, never a smaller report. Exit code: 0 all passed,
//! 1 a test failed, 2 the tests could not be run.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: junit FOLDER");
        return ExitCode::from(2);
    };
    match write_reports(Path::new(&folder)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("{failed} tests failed");
            ExitCode::FAILURE
        }
        Err(e) => {
            eprintln!("junit: {e}");
            ExitCode::from(2)
        }
    }
}

/// Runs everything, writes the reports, gives the number of failed tests.
fn write_reports(folder: &Path) -> Result<usize, String> {
    let mut levels: BTreeMap<&str, Vec<Suite>> = BTreeMap::new();
    for binary in build()? {
        let suite = run(&binary)?;
        levels.entry(binary.level).or_default().push(suite);
    }
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut failed = 0;
    for (level, suites) in &levels {
        let path = folder.join(format!("{level}.xml"));
        std::fs::write(&path, xml(level, suites)).map_err(|e| format!("{}: {e}", path.display()))?;
        let of_level: usize = suites.iter().map(Suite::failed).sum();
        let all: usize = suites.iter().map(|s| s.cases.len()).sum();
        println!("{level}: {all} tests, {of_level} failed, {}", path.display());
        failed += of_level;
    }
    Ok(failed)
}

/// A test binary, its level and its name in the report: `triage-engine`, `triage-engine::integration`.
struct Binary {
    path: PathBuf,
    level: &'static str,
    name: String,
}

/// Builds all tests and finds their binaries in what cargo prints:
/// `Executable tests/system/main.rs (target/debug/deps/system-0123456789abcdef)` after `unittests` or `tests`.
fn build() -> Result<Vec<Binary>, String> {
    let mut binaries = Vec::new();
    for package in members()? {
        let output = Command::new("cargo")
            .args(["test", "--no-run", "--locked", "--color=never", "-p", &package])
            .output()
            .map_err(|e| format!("cargo: {e}"))?;
        let text = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("cargo test --no-run -p {package} failed:\n{text}"));
        }
        for line in text.lines().filter_map(|l| l.trim().strip_prefix("Executable ")) {
            let found = line.rsplit_once(" (").and_then(|(what, rest)| Some((what, rest.strip_suffix(')')?)));
            let Some((what, path)) = found else { return Err(format!("cannot read: {line}")) };
            let target = what.strip_prefix("tests/").and_then(|t| t.split(['/', '.']).next());
            let (level, name) = match target {
                None if what.starts_with("unittests") => ("unit", package.clone()),
                Some("system") => ("system", format!("{package}::system")),
                Some(target) => ("integration", format!("{package}::{target}")),
                None => return Err(format!("cannot read: {line}")),
            };
            binaries.push(Binary { path: path.into(), level, name });
        }
    }
    if binaries.is_empty() { Err("there is no test".into()) } else { Ok(binaries) }
}

/// The packages of the workspace, from their folders.
fn members() -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir("crates").map_err(|e| format!("crates: {e}"))? {
        let manifest = entry.map_err(|e| e.to_string())?.path().join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest).map_err(|e| format!("{}: {e}", manifest.display()))?;
        let name = text.lines().find_map(|l| l.strip_prefix("name = \"")?.strip_suffix('"'));
        let name = name.ok_or_else(|| format!("{}: no name", manifest.display()))?;
        names.push(name.to_string());
    }
    names.sort();
    Ok(names)
}

/// The results of one binary.
struct Suite {
    name: String,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    outcome: Outcome,
    output: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Passed,
    Failed,
    Ignored,
}

impl Suite {
    fn failed(&self) -> usize {
        self.count(Outcome::Failed)
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.cases.iter().filter(|c| c.outcome == outcome).count()
    }
}

fn run(binary: &Binary) -> Result<Suite, String> {
    let path = binary.path.display();
    let output = Command::new(&binary.path)
        .args(["--color=never", "--test-threads=1"])
        .env_remove("RUST_TEST_THREADS")
        .output()
        .map_err(|e| format!("{path}: {e}"))?;
    let suite = parse(&binary.name, &String::from_utf8_lossy(&output.stdout))?;
    // 101 is the harness's code for failed tests; anything else means that it broke off.
    match output.status.code() {
        Some(0) if suite.failed() == 0 => Ok(suite),
        Some(101) if suite.failed() > 0 => Ok(suite),
        code => Err(format!("{path} ended with {code:?} and {} failed tests", suite.failed())),
    }
}

/// Reads `test NAME ... ok|FAILED|ignored`, the captured output of failed tests, and the summary.
fn parse(name: &str, text: &str) -> Result<Suite, String> {
    let mut suite = Suite { name: name.into(), cases: Vec::new() };
    let (mut announced, mut summary) = (None, None);
    let mut output_of: Option<usize> = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("running ") {
            announced = rest.split(' ').next().and_then(|n| n.parse::<usize>().ok());
        } else if let Some(rest) = line.strip_prefix("test result: ") {
            summary = Some(rest.to_string());
            output_of = None;
        } else if let Some(test) = line.strip_prefix("---- ").and_then(|l| l.strip_suffix(" stdout ----")) {
            output_of = suite.cases.iter().position(|c| c.name == test);
        } else if line == "failures:" {
            output_of = None;
        } else if let Some(case) = output_of.and_then(|i| suite.cases.get_mut(i)) {
            case.output.push_str(line);
            case.output.push('\n');
        } else if let Some((test, word)) = line.strip_prefix("test ").and_then(|l| l.rsplit_once(" ... ")) {
            let outcome = match word.split(',').next() {
                Some("ok") => Outcome::Passed,
                Some("FAILED") => Outcome::Failed,
                Some("ignored") => Outcome::Ignored,
                _ => return Err(format!("{name}: cannot read: {line}")),
            };
            suite.cases.push(Case { name: test.into(), outcome, output: String::new() });
        }
    }
    let expected = format!(
        "{} passed; {} failed; {} ignored;",
        suite.count(Outcome::Passed),
        suite.count(Outcome::Failed),
        suite.count(Outcome::Ignored)
    );
    if announced != Some(suite.cases.len()) || !summary.is_some_and(|s| s.contains(&expected)) {
        return Err(format!("{name}: {} test lines do not add up to the summary", suite.cases.len()));
    }
    Ok(suite)
}

fn xml(level: &str, suites: &[Suite]) -> String {
    let sum = |f: &dyn Fn(&Suite) -> usize| suites.iter().map(f).sum::<usize>();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        "<testsuites name=\"{level}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">",
        sum(&|s| s.cases.len()),
        sum(&Suite::failed),
        sum(&|s| s.count(Outcome::Ignored))
    );
    for s in suites {
        let _ = writeln!(
            out,
            "  <testsuite name=\"{0}\" tests=\"{1}\" failures=\"{2}\" errors=\"0\" skipped=\"{3}\">",
            escape(&s.name),
            s.cases.len(),
            s.failed(),
            s.count(Outcome::Ignored)
        );
        for c in &s.cases {
            let head =
                format!("    <testcase classname=\"{}\" name=\"{}\"", escape(&s.name), escape(&c.name));
            let _ = match c.outcome {
                Outcome::Passed => writeln!(out, "{head}/>"),
                Outcome::Ignored => writeln!(out, "{head}><skipped/></testcase>"),
                Outcome::Failed => {
                    writeln!(
                        out,
                        "{head}><failure message=\"failed\">{}</failure></testcase>",
                        escape(&c.output)
                    )
                }
            };
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// XML text; control characters that XML 1.0 cannot hold become spaces.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\nrunning 3 tests\ntest a::b ... ok\ntest a::c ... FAILED\ntest a::d ... ignored, slow\n\n\
        failures:\n\n---- a::c stdout ----\nleft: <1> & \"2\"\n\nfailures:\n    a::c\n\n\
        test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";

    #[test]
    fn reads_every_outcome_and_the_output() {
        let s = parse("x", OUTPUT).unwrap();
        assert_eq!((s.cases.len(), s.failed(), s.count(Outcome::Ignored)), (3, 1, 1));
        assert!(s.cases[1].output.contains("left: <1>"));
        assert!(xml("unit", &[s]).contains("left: &lt;1&gt; &amp; &quot;2&quot;"));
    }

    #[test]
    fn a_lost_line_is_an_error() {
        assert!(parse("x", &OUTPUT.replace("test a::b ... ok\n", "")).is_err());
    }

    #[test]
    fn a_lost_summary_is_an_error() {
        assert!(parse("x", OUTPUT.split("test result").next().unwrap()).is_err());
    }

    #[test]
    fn no_output_is_an_error() {
        assert!(parse("x", "").is_err());
    }
}
