//! `cargo xtask demo`: the main job end to end on `examples/triage`, by the real programs, each step with the command to do
//! it by hand.

mod data;
mod faults;
mod repository;
mod shell;

use crate::{prerequisites, root, steps};
use anyhow::{Context as _, Result, bail};
use data::{Data, Evaluation};
pub(crate) use shell::Shell;
use std::process::Command;
use std::time::Instant;

/// The version that the demo releases.
const VERSION: &str = "2.4.0";
/// Its build identifier.
const BUILD: &str = "2.4.0+b.8842";

/// Runs the demo; `serve` leaves the web page running at the end.
pub(crate) fn run(serve: bool) -> Result<()> {
    prerequisites::ensure(prerequisites::TOOLS)?;
    let start = Instant::now();
    steps::run(Command::new("cargo").args(["build", "--locked", "-p", "cli", "-p", "verify"]))?;
    println!("built in {:.0} s\n", start.elapsed().as_secs_f64());
    let sh = play()?;
    if serve {
        sh.title("The web page, read-only, on loopback; Ctrl-C ends it");
        sh.run("dossier serve --listen 127.0.0.1:8762")?;
    }
    Ok(())
}

/// Everything but the build and the page, with the programs that are built.
pub(crate) fn play() -> Result<Shell> {
    let start = Instant::now();
    let data = Data::read(&root().join("examples/triage-history"))?;
    let sh = Shell::new()?;
    set_up(&sh, &data)?;
    records(&sh, &data)?;
    tests(&sh)?;
    release(&sh, &data)?;
    afterwards(&sh)?;
    println!("\nthe demo took {:.0} s after the build", start.elapsed().as_secs_f64());
    println!("everything lies in {}", sh.product().display());
    Ok(sh)
}

/// Twelve seeded faults, each of which a linked test has to find.
pub(crate) fn faults() -> Result<()> {
    faults::run()
}

fn set_up(sh: &Shell, data: &Data) -> Result<()> {
    sh.title("The example as a git repository with its history, 2.3.0 to 2.4.0");
    repository::make(sh, data)?;
    sh.title("Its ledger; the ledger's key stays outside the product");
    sh.run("dossier init")?;
    sh.run("git add dossier.toml .gitignore")?;
    sh.run("git commit -qm \"Name the ledger and its key\"")?;
    sh.title("People with roles and keys of their own");
    for p in &data.persons {
        sh.dossier(&[
            "person",
            "enrol",
            &p.person,
            "--name",
            &p.name,
            "--identity-proof",
            &p.identity_proof,
        ])?;
        let key = sh.key(&p.person);
        sh.dossier(&["key", "new", &p.person, "--file", &key])?;
        for role in &p.roles {
            sh.dossier(&[
                "role",
                "grant",
                &p.person,
                role,
                "--reason",
                "appointed by the managing director",
            ])?;
        }
    }
    sh.title("What the product looks like before anybody confirmed or approved anything");
    sh.expect(&[1], "dossier check --format concise | tail -n 3")?;
    Ok(())
}

fn records(sh: &Shell, data: &Data) -> Result<()> {
    sh.title("All trace links, read and confirmed for the first time; the stamps go into the documents");
    sh.act(
        "software-lead",
        "software-lead",
        &["trace", "confirm", "--all", "--reason", "read with the review of 2.4.0"],
    )?;
    sh.run("git commit -qam \"Confirm the trace links of 2.4.0\"")?;
    sh.title("Change requests: requested, approved, implemented by commits, verified, closed");
    for c in &data.changes {
        c.record(sh)?;
    }
    sh.title("Known anomalies, with investigation");
    for a in &data.anomalies {
        a.record(sh)?;
    }
    sh.title("Approvals of every controlled document and of the safety class, bound to their content");
    for a in &data.approvals {
        let mut args = vec!["document", "approve"];
        args.extend(a.subjects.iter().map(String::as_str));
        sh.act(&a.by, data.main_role(&a.by)?, &args)?;
    }
    sh.title("Reviews of what SOUP suppliers publish about the versions in use");
    for r in &data.soup_reviews {
        let args = ["soup", "review", &r.soup, "--source", r.source(), "--result", &r.text];
        sh.act(&r.by, data.main_role(&r.by)?, &args)?;
    }
    Ok(())
}

fn tests(sh: &Shell) -> Result<()> {
    sh.title("412 unit, 68 integration and 73 system tests, run from an export of the commit, dossier being the witness");
    sh.run(&format!(
        "dossier test execute --by qa-lead --version-tested {BUILD} --configuration host=reference --tool \"cargo test\""
    ))?;
    sh.title("The manual protocol: 21 cases, step by step, signed by the tester; two cases are deferred");
    let answers = root().join("examples/triage-history/records/manual-runs.toml");
    let answers = answers.to_string_lossy().into_owned();
    let version = format!("candidate={BUILD}");
    let args = [
        "test",
        "run",
        "DOC-STP-2.4",
        "--without",
        "TC-M18,TC-M22",
        "--answers",
        &answers,
        "--version-tested",
        BUILD,
        "--configuration",
        &version,
        "--configuration",
        "phone-R1=Android 10, 360 dp",
        "--configuration",
        "phone-R2=iOS 15.8, 320 dp",
        "--configuration",
        "phone-R3=Android 9, 360 dp",
        "--tool",
        "test kit 2.4",
    ];
    sh.act("tester", "tester", &args)?;
    sh.run("dossier test list")
}

fn release(sh: &Shell, data: &Data) -> Result<()> {
    sh.title("Release 2.4.0 is opened: commits and rule set are frozen");
    sh.run(&format!(
        "dossier release open {VERSION} --build {BUILD} --summary \"Triage with the pediatric pathway\""
    ))?;
    for e in data.anomaly_evaluations.iter().filter(|e| !e.held_back) {
        e.record(sh)?;
    }
    sh.title(
        "Published advisories about what the program contains: a data set by digest, a scan pinned to it",
    );
    let advisories = root().join("examples/triage-history/records/advisories");
    sh.dossier(&["vuln", "import", &advisories.to_string_lossy(), "--name", "rustsec-excerpt"])?;
    sh.run(&format!("dossier vuln scan --release {VERSION}"))?;
    data.checklist.record(sh)?;
    for d in &data.deviations {
        d.record(sh)?;
    }
    for e in &data.clause_evaluations {
        e.record(sh, data)?;
    }
    sh.title("The gate fails: one residual anomaly has no evaluation, and nothing is staged");
    sh.expect(&[1], &format!("dossier release gate {VERSION} | grep -E '^(.) 5|A-2024-087|verdict'"))?;
    sh.title("The risk owner evaluates A-2024-087");
    let held: Vec<&Evaluation> = data.anomaly_evaluations.iter().filter(|e| e.held_back).collect();
    if held.is_empty() {
        bail!("no evaluation is held back, so the gate has nothing to fail on");
    }
    for e in held {
        e.record(sh)?;
    }
    sh.title("Everything the archive will hold is collected, built in the sandbox, and built again from the stage alone");
    sh.run(&format!("dossier release stage {VERSION}"))?;
    sh.title("A signed tag on the frozen commit");
    sh.run(&format!("git tag -s v{VERSION} -m \"release {VERSION}\" \"$(dossier release list --format json | sed -n 's/.*\"commit\": \"\\(.*\\)\",/\\1/p' | head -n 1)\""))?;
    sh.title("The gate passes");
    sh.run(&format!("dossier release gate {VERSION}"))?;
    sh.title("Five people sign the evidence manifest, the release manager last");
    for role in ["software-lead", "qa-lead", "risk-owner", "prrc", "release-manager"] {
        sh.act(role, role, &["release", "sign", VERSION])?;
    }
    sh.title("Sealed into the archive on the day, read back, receipt in the ledger; then the second copy");
    sh.run(&format!("dossier release seal {VERSION}"))?;
    sh.run("dossier archive mirror")
}

fn afterwards(sh: &Shell) -> Result<()> {
    sh.title("Built again, byte for byte, from the archive alone, by another person than the builder");
    sh.act("qa-lead", "qa-lead", &["rebuild", VERSION])?;
    sh.title("The delivery manifest, and an installation compared with it, offline");
    sh.run(&format!(
        "dossier release deliver {VERSION} --channel \"app store\" -o ../triage-{VERSION}.delivery.json"
    ))?;
    sh.install(VERSION)?;
    sh.run(&format!(
        "dossier delivery check ../installed --manifest ../triage-{VERSION}.delivery.json --record"
    ))?;
    sh.title("What the auditor runs: offline, without us");
    sh.run("dossier-verify .dossier/archive")?;
    sh.run("dossier ledger verify")?;
    sh.run(&format!("dossier release show {VERSION} --format pdf -o ../release-record-{VERSION}.pdf"))?;
    sh.run("dossier status")
}

/// The folder of the demo.
fn folder() -> std::path::PathBuf {
    root().join("target/demo")
}

/// Text of a file of the example.
fn text(path: &std::path::Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}
