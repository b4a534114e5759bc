//! `dossier release`.

use crate::context::{Format, Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::records::ReleaseKind;
use app::{Error, Result};
use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

/// `dossier release`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Freeze commits and rule set for a version. Opening again makes the next candidate.
    /// Example: dossier release open 2.4.0 --commit HEAD --build 2.4.0+b.8842 --summary "pediatric pathway"
    Open {
        /// The version.
        version: String,
        /// The commit to freeze; HEAD of a clean work tree where absent.
        #[arg(long)]
        commit: Option<String>,
        /// The build identifier.
        #[arg(long)]
        build: Option<String>,
        /// What is released.
        #[arg(long, value_enum, default_value_t = KindArg::Full)]
        kind: KindArg,
        /// What it brings and why.
        #[arg(long)]
        summary: String,
        /// Who opens.
        #[arg(long, default_value = "release-manager")]
        by: String,
    },
    /// Answer the 5.8.6 checklist from the controlled template, signed.
    Checklist {
        /// The version.
        version: String,
        /// The template document.
        #[arg(long)]
        template: String,
        /// A line answered by a document: `ifu=DOC-IFU`.
        #[arg(long = "line", value_name = "LINE=DOC")]
        lines: Vec<String>,
        /// A line that does not apply, with the reason: `clinical-evaluation=…`.
        #[arg(long = "not-applicable", value_name = "LINE=REASON")]
        not_applicable: Vec<String>,
        #[command(flatten)]
        signing: Signing,
    },
    /// Record that a planned case was not run or not passed, and why the release goes on, signed.
    Deviation {
        /// The version.
        version: String,
        /// The test case.
        #[arg(long)]
        case: String,
        /// Why it is tenable.
        #[arg(long)]
        reason: String,
        /// The anomaly that it is linked to.
        #[arg(long)]
        anomaly: String,
        /// Other cases that verify the same requirements.
        #[arg(long, value_delimiter = ',')]
        verified_by: Vec<String>,
        #[command(flatten)]
        signing: Signing,
    },
    /// Collect everything that the archive will hold, build it in the sandbox, and build it again from the stage alone.
    Stage {
        /// The version.
        version: String,
        /// Write what the external runner of dossier.toml is to build to this file, and stage nothing.
        #[arg(long, value_name = "FILE", conflicts_with_all = ["outputs", "attestation"])]
        request: Option<PathBuf>,
        /// What an external runner built; a second time for a repeated build.
        #[arg(long, value_name = "DIR", requires = "attestation")]
        outputs: Vec<PathBuf>,
        /// The runner's signed attestation, one for each `--outputs`.
        #[arg(long, value_name = "FILE", requires = "outputs")]
        attestation: Vec<PathBuf>,
        /// Who stages.
        #[arg(long, default_value = "release-manager")]
        by: String,
    },
    /// Attest a build on the machine of an external runner: no product and no ledger is needed there.
    /// Example: dossier release attest --request request.json --outputs out --tool "Xcode 16.2 (16C5032a)" --key runner.key -o attestation.json
    Attest {
        /// What `release stage --request` wrote.
        #[arg(long, value_name = "FILE")]
        request: PathBuf,
        /// The folder of what was built.
        #[arg(long, value_name = "DIR")]
        outputs: PathBuf,
        /// A tool with its exact version.
        #[arg(long = "tool", value_name = "TOOL")]
        tools: Vec<String>,
        /// What the built artefact reports of itself: version and build id.
        #[arg(long, default_value = "")]
        reported: String,
        /// The runner's private key.
        #[arg(long, value_name = "FILE", env = "DOSSIER_KEY")]
        key: PathBuf,
        /// The file to write.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// The verdict of 5.8.1 to 5.8.8. Exit 1 when it fails.
    Gate {
        /// The version.
        version: String,
        #[command(flatten)]
        inputs: Inputs,
        /// Look only; record no verdict.
        #[arg(long)]
        dry_run: bool,
        /// Who asks.
        #[arg(long, default_value = "release-manager")]
        by: String,
    },
    /// Sign the evidence manifest in a role.
    /// Example: dossier release sign 2.4.0 --role qa-lead --as qa-lead --key qa-lead.key
    Sign {
        /// The version.
        version: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// Write the release into the archive, read it back, verify it, record the receipt.
    Seal {
        /// The version.
        version: String,
        /// Who seals.
        #[arg(long, default_value = "release-manager")]
        by: String,
    },
    /// Publish the signed delivery manifest.
    Deliver {
        /// The version.
        version: String,
        /// Where it goes: a store, a registry, media.
        #[arg(long)]
        channel: String,
        /// The file to write.
        #[arg(short, long)]
        output: PathBuf,
        /// Who delivers.
        #[arg(long, default_value = "release-manager")]
        by: String,
    },
    /// Withdraw a release.
    Withdraw {
        /// The version.
        version: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who withdraws.
        #[arg(long, default_value = "release-manager")]
        by: String,
    },
    /// All releases.
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// The release record, or another document of the release, as it stands: json, md, html or pdf.
    /// Example: dossier release show 2.4.0 --document version-history --format pdf -o version-history.pdf
    Show {
        /// The version.
        version: String,
        /// Which document.
        #[arg(long, value_enum, default_value_t = DocumentArg::ReleaseRecord)]
        document: DocumentArg,
        #[command(flatten)]
        inputs: Inputs,
        /// The file to write; stdout where absent.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Draft the release notes from what changed: for users, or with `--security` for those who operate it.
    /// Example: dossier release notes 2.4.0 --since 2.3.1 -o dossier/releases/release-notes-2.4.0.md
    Notes {
        /// The version.
        version: String,
        /// The version that its users have; the newest one sealed before it where absent.
        #[arg(long)]
        since: Option<String>,
        /// The notes on security.
        #[arg(long)]
        security: bool,
        /// The id of the controlled document; made of the version where absent.
        #[arg(long, value_name = "ID")]
        document: Option<String>,
        /// The file to write, which must not exist; stdout where absent.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// What changed from one release to another, and under which change request.
    Diff {
        /// The older version.
        from: String,
        /// The newer version.
        to: String,
    },
}

/// What is released; every kind passes the same gate.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KindArg {
    /// A planned version.
    Full,
    /// An urgent correction.
    Hotfix,
    /// Delivered over the air.
    Ota,
}

/// The documents that are made of a release.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DocumentArg {
    /// One section for each of 5.8.1 to 5.8.8.
    ReleaseRecord,
    /// Every configuration item with version and digest (8.1.3).
    ConfigurationBaseline,
    /// Tested versus released, version by version.
    VersionHistory,
    /// Known residual anomalies with their evaluations.
    ResidualAnomalies,
    /// Change requests since the release before.
    ChangeList,
}

impl DocumentArg {
    fn document(self) -> app::ReleaseDocument {
        match self {
            DocumentArg::ReleaseRecord => app::ReleaseDocument::Record,
            DocumentArg::ConfigurationBaseline => app::ReleaseDocument::ConfigurationBaseline,
            DocumentArg::VersionHistory => app::ReleaseDocument::VersionHistory,
            DocumentArg::ResidualAnomalies => app::ReleaseDocument::ResidualAnomalies,
            DocumentArg::ChangeList => app::ReleaseDocument::ChangeList,
        }
    }
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        if let Verb::Attest { request, outputs, tools, reported, key, output } = self {
            let attesting = app::Attesting { request, outputs, tools, reported, key };
            let count = app::build_attest(&attesting, global.clock()?, &output)?;
            eprintln!("attested {count} outputs in {}", output.display());
            return Ok(Outcome::Clean);
        }
        let ws = global.workspace()?;
        let json = global.json();
        let (what, done) = match self {
            Verb::Open { version, commit, build, kind, summary, by } => {
                let what = format!("opened release {version}");
                let kind = match kind {
                    KindArg::Full => ReleaseKind::Full,
                    KindArg::Hotfix => ReleaseKind::Hotfix,
                    KindArg::Ota => ReleaseKind::Ota,
                };
                (what, app::release_open(&ws, &by, &app::Opening { version, commit, build, kind, summary })?)
            }
            Verb::Checklist { version, template, lines, not_applicable, signing } => {
                let actor = signing.actor(&ws, None)?;
                let answers =
                    app::Answers { documents: pairs(&lines)?, not_applicable: pairs(&not_applicable)? };
                let what = format!("answered the checklist of {version}");
                (what, app::release_checklist(&ws, &actor, &version, &template, &answers)?)
            }
            Verb::Deviation { version, case, reason, anomaly, verified_by, signing } => {
                let actor = signing.actor(&ws, None)?;
                let body = app::records::DeviationRecord {
                    version,
                    case: super::anomaly::ids(std::slice::from_ref(&case))?.remove(0),
                    reason,
                    anomaly,
                    verified_by: super::anomaly::ids(&verified_by)?,
                };
                (format!("recorded the deviation of {case}"), app::release_deviation(&ws, &actor, &body)?)
            }
            Verb::Attest { .. } => return Ok(Outcome::Clean),
            Verb::Stage { version, request: Some(file), .. } => {
                app::release_request(&ws, &version, &file)?;
                eprintln!("wrote {}; the runner answers with `dossier release attest`", file.display());
                return Ok(Outcome::Clean);
            }
            Verb::Stage { version, request: None, outputs, attestation, by } => {
                if outputs.len() != attestation.len() {
                    return Err(Error::refused("each `--outputs` needs an `--attestation` of its own"));
                }
                let external = outputs.into_iter().zip(attestation);
                let external: Vec<app::ExternalBuild> = external
                    .map(|(outputs, attestation)| app::ExternalBuild { outputs, attestation })
                    .collect();
                if external.is_empty()
                    && let Some(done) = ws.server_does("release-stage", &version, &by, &[])?
                {
                    return on_server(global, &done);
                }
                let say = &mut |line| eprintln!("{line}");
                let staged = app::release_stage(&ws, &by, &version, &external, say)?;
                (staged.summary.clone(), staged.appended)
            }
            Verb::Gate { version, inputs, dry_run, by } => {
                return gate(&ws, global, &version, &inputs, if dry_run { None } else { Some(by) });
            }
            Verb::Sign { version, signing } => {
                let actor = signing.actor(&ws, None)?;
                let what = format!("{} signed release {version} as {}", actor.person, actor.role);
                (what, app::release_sign(&ws, &actor, &version)?)
            }
            Verb::Seal { version, by } => {
                if let Some(done) = ws.server_does("release-seal", &version, &by, &[])? {
                    return on_server(global, &done);
                }
                let sealed = app::release_seal(&ws, &by, &version, &mut |line| eprintln!("{line}"))?;
                (sealed.summary.clone(), sealed.appended)
            }
            Verb::Deliver { version, channel, output, by } => {
                let what = format!("published the delivery manifest of {version} to {}", output.display());
                (what, app::release_deliver(&ws, &by, &version, &channel, &output)?)
            }
            Verb::Withdraw { version, reason, by } => {
                (format!("withdrew release {version}"), app::release_withdraw(&ws, &by, &version, &reason)?)
            }
            Verb::List { inputs } => return list(&inputs.of(ws)?, global),
            Verb::Show { version, document, inputs, output } => {
                return show(&ws, global, (&version, document.document()), &inputs, output);
            }
            Verb::Notes { version, since, security, document, output } => {
                let of = app::NotesOf { version, since, security, document };
                return notes(&app::release_notes(&ws, &of)?, output);
            }
            Verb::Diff { from, to } => {
                let diff = app::release_diff(&ws, &from, &to)?;
                if json {
                    print::json(&diff)
                } else {
                    print::out(&diff.to_text())
                }
                return Ok(Outcome::Clean);
            }
        };
        print::appended(json, &what, &done);
        Ok(Outcome::Clean)
    }
}

/// A draft to a file that is new, or to stdout: what people wrote into an earlier draft is never overwritten.
fn notes(notes: &app::Notes, output: Option<PathBuf>) -> Result<Outcome> {
    use std::io::Write as _;
    let Some(file) = output else {
        print::out(&notes.markdown);
        return Ok(Outcome::Clean);
    };
    let made = std::fs::OpenOptions::new().write(true).create_new(true).open(&file);
    made.and_then(|mut f| f.write_all(notes.markdown.as_bytes())).map_err(|e| {
        let error = Error::environment(format!("could not write {}", file.display()));
        match e.kind() {
            std::io::ErrorKind::AlreadyExists => {
                error.hint("it exists; a draft never overwrites what people wrote: name another file")
            }
            _ => error,
        }
        .because(e)
    })?;
    let since = notes.since.as_deref().map(|v| format!(", compared with {v}")).unwrap_or_default();
    eprintln!("drafted {} in {}{since}", notes.document, file.display());
    eprintln!("read it, have it approved: dossier document approve {}", notes.document);
    Ok(Outcome::Clean)
}

/// What the server did at our command.
fn on_server(global: &Global, done: &app::ServerDone) -> Result<Outcome> {
    match (&done.json, global.json()) {
        (Some(json), true) => print::json(json),
        _ => print::out(&format!("{}\n", done.text.trim_end())),
    }
    eprintln!("recorded by the server as entry {}", done.first);
    Ok(if done.clean { Outcome::Clean } else { Outcome::Findings })
}

/// `LINE=VALUE` pairs.
fn pairs(texts: &[String]) -> Result<Vec<(String, String)>> {
    let pair = |t: &String| match t.split_once('=') {
        Some((line, value)) if !line.is_empty() && !value.is_empty() => {
            Ok((line.to_owned(), value.to_owned()))
        }
        _ => Err(Error::refused(format!("`{t}` is not LINE=VALUE"))),
    };
    texts.iter().map(pair).collect()
}

fn gate(
    ws: &app::Workspace,
    global: &Global,
    version: &str,
    inputs: &Inputs,
    by: Option<String>,
) -> Result<Outcome> {
    let parsed = inputs.parse()?;
    let now = parsed.ledger_at.is_none() && parsed.as_of.is_none();
    if let Some(by) = by.as_deref().filter(|_| now)
        && let Some(done) = ws.server_does("release-gate", version, by, &[])?
    {
        return on_server(global, &done);
    }
    let gate = app::release_gate(ws, &parsed, version, by.as_deref())?;
    if global.json() {
        print::json(&gate.to_json());
    } else {
        print::out(&gate.to_text(global.colour())?);
    }
    Ok(if gate.passes() { Outcome::Clean } else { Outcome::Findings })
}

fn list(ws: &app::Workspace, global: &Global) -> Result<Outcome> {
    let rows = app::release_list(ws)?;
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/releases/v1", "releases": rows}));
        return Ok(Outcome::Clean);
    }
    let cells = |r: &app::ReleaseRow| {
        vec![
            r.version.clone(),
            r.kind.clone(),
            r.state.clone(),
            r.build.clone(),
            r.commit.get(..12).unwrap_or_default().to_owned(),
            r.day.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["version", "kind", "state", "build", "commit", "released"], &rows));
    Ok(Outcome::Clean)
}

fn show(
    ws: &app::Workspace,
    global: &Global,
    (version, document): (&str, app::ReleaseDocument),
    inputs: &Inputs,
    output: Option<PathBuf>,
) -> Result<Outcome> {
    let form = match global.format {
        Some(Format::Json) => app::RecordForm::Json,
        Some(Format::Html) => app::RecordForm::Html,
        Some(Format::Pdf) => app::RecordForm::Pdf,
        Some(Format::Docx) => app::RecordForm::Docx,
        None | Some(Format::Md | Format::Full) => app::RecordForm::Markdown,
        Some(_) => {
            return Err(
                Error::refused("a release record has no such form").hint("one of md, json, html, pdf, docx")
            );
        }
    };
    let bytes = app::release_show(ws, &inputs.parse()?, version, document, form)?;
    // A form that was asked for is a copy for keeping; JSON is read by a program.
    let asked = matches!(global.format, Some(Format::Html | Format::Md | Format::Pdf | Format::Docx));
    if output.is_some() || asked {
        app::export_noted(ws, &format!("record of {version}"))?;
    }
    match output {
        Some(path) => {
            std::fs::write(&path, bytes)
                .map_err(|e| Error::environment(format!("could not write {}", path.display())).because(e))?;
            eprintln!("wrote {}", path.display());
        }
        None if matches!(form, app::RecordForm::Pdf | app::RecordForm::Docx) => {
            return Err(Error::refused("a PDF or a Word file does not go to the terminal")
                .hint("name a file with `-o record.pdf`"));
        }
        None => print::out(&String::from_utf8_lossy(&bytes)),
    }
    Ok(Outcome::Clean)
}
