//! `dossier security`.

use crate::context::{Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::{Error, ItemId, Result, SecurityText};
use clap::{Subcommand, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

/// `dossier security`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// The cybersecurity file: the gate's section on security, the documents of premarket guidance with what is there, threats,
    /// tests, vulnerabilities, monitoring. Exit 1 where something of it is a finding.
    #[command(after_help = "Example: dossier security show --format json --at v2.4.0")]
    Show {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// Take over a threat model of OWASP Threat Dragon (JSON) or the Microsoft Threat Modeling Tool (.tm7) as threats of a document.
    /// Threats that are there already are left as they are.
    #[command(
        after_help = "Example: dossier security import model.json --output dossier/security/threat-model.md"
    )]
    Import {
        /// The model.
        model: PathBuf,
        /// The document; new threats go below those that are there.
        #[arg(short, long, default_value = "dossier/security/threat-model.md")]
        output: PathBuf,
        /// The id of a new document.
        #[arg(long, value_name = "DOC-…")]
        document: Option<String>,
    },
    /// Record the report of a security test (SARIF 2.1.0) of this software.
    #[command(
        after_help = "Example: dossier security test scan.sarif --kind vulnerability --tester \"qa-lead, not an author\" --verifies THR-003"
    )]
    Test {
        /// The report.
        report: PathBuf,
        /// What kind of test.
        #[arg(long, value_enum)]
        kind: TestKind,
        /// Who answers for it, and whether they are independent of those who wrote the software.
        #[arg(long)]
        tester: String,
        /// Threats, requirements and controls that it was to verify.
        #[arg(long, value_delimiter = ',')]
        verifies: Vec<String>,
        /// The commit that was tested; HEAD of a clean work tree where absent.
        #[arg(long, value_name = "REV")]
        commit: Option<String>,
        /// Who brings it in.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Judge a result of a security test, for this and later tests, signed.
    #[command(
        after_help = "Example: dossier security judge SEC-1 8c1f --verdict false-positive --reason \"the value is a constant\" --as software-lead"
    )]
    Judge {
        /// The test.
        test: String,
        /// The result's key, or its beginning: dossier security show --format json.
        result: String,
        /// The verdict.
        #[arg(long, value_enum)]
        verdict: VerdictArg,
        /// Why.
        #[arg(long)]
        reason: String,
        /// The problem report that it became.
        #[arg(long, value_name = "ANOMALY")]
        anomaly: Option<String>,
        #[command(flatten)]
        signing: Signing,
    },
    /// The security appendix of the requirements: each with its threats, items and tests, as Markdown.
    #[command(after_help = "Example: dossier security appendix --at v2.4.0 > security-requirements.md")]
    Appendix {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// The control verification record: what verifies each mitigation, with results on this software, as Markdown.
    #[command(after_help = "Example: dossier security controls > control-verification.md")]
    Controls {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// Residual security risks: threats after control, known vulnerabilities that stay, accepted results, as Markdown.
    #[command(after_help = "Example: dossier security risks > residual-security-risks.md")]
    Risks {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// A draft of the security release notes of a release, to be completed, committed and approved.
    #[command(
        after_help = "Example: dossier security notes 2.4.0 > dossier/releases/security-notes-2.4.0.md"
    )]
    Notes {
        /// The release.
        version: String,
        #[command(flatten)]
        inputs: Inputs,
    },
    /// Check the signature of a base image with the key that [images.keys] of dossier.toml names for it, and record it. Offline:
    /// a Sigstore bundle with an envelope, or the signed payload with its signature beside it (PAYLOAD.sig). Exit 1 where it does not hold.
    #[command(
        after_help = "Example: dossier security image registry.example/base@sha256:… --signature base.bundle.json\nWith cosign: cosign download signature IMAGE gives payload and signature."
    )]
    Image {
        /// The image with its digest.
        image: String,
        /// The bundle, or the payload.
        #[arg(long, value_name = "FILE")]
        signature: PathBuf,
        /// Who checks.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Sign an image digest, and the SLSA provenance of a staged or sealed release, with the ledger's key, in the forms that cosign
    /// verifies with a public key.
    #[command(
        after_help = "Example: dossier security sign --release 2.4.0 --image registry.example/triage@sha256:… --output signed"
    )]
    Sign {
        /// The image with its digest.
        #[arg(long, value_name = "NAME@DIGEST", required_unless_present = "release")]
        image: Option<String>,
        /// The release whose provenance is signed; the image becomes one of its subjects.
        #[arg(long, value_name = "VERSION")]
        release: Option<String>,
        /// The folder that the files go to.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
}

/// Kinds of security tests.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TestKind {
    /// Of security requirements.
    Requirements,
    /// Of what mitigates threats.
    ThreatMitigation,
    /// For vulnerabilities: static analysis, scanners, fuzzing, software composition.
    Vulnerability,
    /// Penetration.
    Penetration,
}

/// What is said of a result.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum VerdictArg {
    /// It is not so.
    FalsePositive,
    /// It is so, and the risk is acceptable.
    Accepted,
    /// It became a problem report.
    Anomaly,
}

fn word(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default()
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let text = |inputs: &Inputs, text, release: Option<&str>| {
            print::out(&app::security_text(&ws, &inputs.parse()?, text, release)?);
            Ok(Outcome::Clean)
        };
        match self {
            Verb::Show { inputs } => {
                let file = app::security_file(&ws, &inputs.parse()?)?;
                if global.json() {
                    let mut value = json!(file);
                    if let Some(map) = value.as_object_mut() {
                        map.insert("format".to_owned(), json!("dossier/security-file/v1"));
                    }
                    print::json(&value);
                } else {
                    print::out(&show(&file));
                }
                let blocks = file.duties.iter().any(|d| d.verdict.blocks());
                Ok(if blocks { Outcome::Findings } else { Outcome::Clean })
            }
            Verb::Import { model, output, document } => {
                let done = app::threat_import(&ws, &model, &output, document.as_deref())?;
                for line in &done.left_out {
                    eprintln!("left out: {line}");
                }
                if global.json() {
                    print::json(
                        &json!({"format": "dossier/threat-import/v1", "tool": done.tool, "file": done.file,
                        "written": done.written, "known": done.known, "left_out": done.left_out}),
                    );
                } else {
                    let file = done.file.display();
                    eprintln!(
                        "{}: {} threats written to {file}, {} were there",
                        done.tool,
                        done.written,
                        done.known.len()
                    );
                    if done.written > 0 {
                        eprintln!(
                            "complete them: exploitability and impact before and after control, hazards; then dossier check"
                        );
                    }
                }
                Ok(Outcome::Clean)
            }
            Verb::Test { report, kind, tester, verifies, commit, by } => {
                let options =
                    app::SecurityTestOptions { kind: word(&kind), tester, verifies: ids(&verifies)?, commit };
                let done = app::security_test(&ws, &by, &report, &options)?;
                let b = &done.body;
                let suppressed =
                    if b.suppressed > 0 { format!(", {} suppressed", b.suppressed) } else { String::new() };
                let results: u64 = b.results.values().sum();
                let what = format!(
                    "{} of {}: {results} results, {} open{suppressed}",
                    b.test,
                    b.tools.join(", "),
                    b.open
                );
                print::appended(global.json(), &what, &done.appended);
                Ok(if b.open == 0 { Outcome::Clean } else { Outcome::Findings })
            }
            Verb::Judge { test, result, verdict, reason, anomaly, signing } => {
                let actor = signing.actor(&ws, None)?;
                let j = app::ResultJudgement { test, key: result, verdict: word(&verdict), reason, anomaly };
                let done = app::security_judge(&ws, &actor, &j)?;
                print::appended(global.json(), &format!("judged {} of {}", j.key, j.test), &done);
                Ok(Outcome::Clean)
            }
            Verb::Appendix { inputs } => text(&inputs, SecurityText::Appendix, None),
            Verb::Controls { inputs } => text(&inputs, SecurityText::Controls, None),
            Verb::Risks { inputs } => text(&inputs, SecurityText::Risks, None),
            Verb::Notes { version, inputs } => text(&inputs, SecurityText::Notes, Some(&version)),
            Verb::Image { image, signature, by } => {
                let done = app::image_verify(&ws, &by, &image, &signature)?;
                let b = &done.body;
                let what = if b.holds {
                    format!("{} is signed with {}", b.image, b.key)
                } else {
                    format!("{}: {}", b.image, b.why)
                };
                print::appended(global.json(), &what, &done.appended);
                Ok(if b.holds { Outcome::Clean } else { Outcome::Findings })
            }
            Verb::Sign { image, release, output } => {
                let done = app::image_sign(&ws, image.as_deref(), release.as_deref(), &output)?;
                if global.json() {
                    print::json(
                        &json!({"format": "dossier/signed/v1", "files": done.files, "verify": done.verify}),
                    );
                } else {
                    for file in &done.files {
                        eprintln!("wrote {}", file.display());
                    }
                    for line in &done.verify {
                        eprintln!("then: {line}");
                    }
                }
                Ok(Outcome::Clean)
            }
        }
    }
}

fn ids(texts: &[String]) -> Result<Vec<ItemId>> {
    let one =
        |t: &String| t.trim().parse().map_err(|e| Error::refused(format!("`{t}` is no id of an item: {e}")));
    texts.iter().filter(|t| !t.trim().is_empty()).map(one).collect()
}

fn show(file: &app::views::SecurityFile) -> String {
    let mut out = format!("cybersecurity file: {}\n\n", file.scope);
    let duties: Vec<Vec<String>> = file
        .duties
        .iter()
        .map(|d| {
            vec![
                d.verdict.as_str().to_owned(),
                d.duty.clone(),
                d.missing.first().cloned().unwrap_or_default(),
            ]
        })
        .collect();
    out.push_str(&print::table(&["verdict", "gate section security", "first that is missing"], &duties));
    out.push('\n');
    let documents: Vec<Vec<String>> = file
        .documents
        .iter()
        .map(|d| {
            let ids: Vec<&str> = d.documents.iter().map(|r| r.id.as_str()).collect();
            let there =
                ids.into_iter().chain(d.evidence.iter().map(String::as_str)).collect::<Vec<_>>().join("; ");
            vec![d.state.clone(), d.title.clone(), there, d.missing.clone()]
        })
        .collect();
    out.push_str(&print::table(&["state", "document", "there is", "missing"], &documents));
    if !file.threats.is_empty() {
        out.push('\n');
        let names =
            |all: &[app::views::Ref]| all.iter().map(|r| r.id.as_str()).collect::<Vec<_>>().join(", ");
        let threats: Vec<Vec<String>> = file
            .threats
            .iter()
            .map(|t| {
                let tested = if t.tested { "tested" } else { "not tested" };
                vec![
                    t.id.id.clone(),
                    t.title.clone(),
                    t.before.clone(),
                    t.after.clone(),
                    names(&t.mitigations),
                    tested.to_owned(),
                ]
            })
            .collect();
        out.push_str(&print::table(
            &["threat", "title", "before", "after", "answered by", "on this software"],
            &threats,
        ));
    }
    if !file.vulnerabilities.is_empty() {
        out.push('\n');
        let rows: Vec<Vec<String>> = file
            .vulnerabilities
            .iter()
            .map(|v| {
                let status = match (v.status.as_str(), v.confirm.as_str()) {
                    ("", _) => "open".to_owned(),
                    (status, "") => status.to_owned(),
                    (status, why) => format!("{status}, to be confirmed: {why}"),
                };
                let of = v.release.clone().unwrap_or_else(|| "development".to_owned());
                vec![
                    v.id.clone(),
                    v.level.clone(),
                    v.component.clone(),
                    of,
                    status,
                    v.due.map(|d| d.to_string()).unwrap_or_default(),
                ]
            })
            .collect();
        out.push_str(&print::table(&["vulnerability", "level", "component", "of", "judged", "due"], &rows));
    }
    if let Some(next) = file.next_watch {
        out.push_str(&format!("\nthe next watch over the fielded releases is due on {next}\n"));
    }
    out
}
