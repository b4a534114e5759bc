//! `dossier vuln`.

use crate::context::{Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::records::{SafetyImpact, VexJustification, VexStatus};
use app::{Assessment, Brought, DataSetOptions, Error, ItemId, Result, ScanOptions, VexForm};
use clap::{Subcommand, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

/// `dossier vuln`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Bring in advisories (OSV, GHSA, NVD 2.0, CSAF, KEV, EPSS), a zip, a file or a folder; or a supplier's VEX document.
    #[command(
        after_help = "Example: dossier vuln import crates.io-all.zip\nEach data set is kept as it is, by digest; the newest of a name is in force."
    )]
    Import {
        /// The file or folder.
        path: PathBuf,
        /// A name instead of the one that is made of the content.
        #[arg(long)]
        name: Option<String>,
        /// Of when it is, where its content does not say.
        #[arg(long, value_name = "DATE")]
        date: Option<String>,
        /// Take it although it is older than the one in force.
        #[arg(long)]
        older: bool,
        /// Take it although files in it cannot be read; how many is recorded.
        #[arg(long)]
        leave_out_unreadable: bool,
        /// A CSAF document holds a supplier's statements about a product, not advisories.
        #[arg(long)]
        statements: bool,
        /// Who brings it in.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Fetch the data sets that dossier.toml names, or those of the product's ecosystems with KEV and EPSS. Exit 2 where one failed.
    #[command(
        after_help = "Example: dossier vuln sync\nA download that broke off goes on where it stopped. [advisories] of dossier.toml names sources, mirrors, proxy and certificates; \
                      DOSSIER_MIRROR_AUTHORIZATION is sent to mirrors, DOSSIER_NVD_API_KEY to NVD. Without a network: dossier vuln import FILE."
    )]
    Sync {
        /// Only these data sets.
        names: Vec<String>,
        /// Take a data set although files in it cannot be read; how many is recorded.
        #[arg(long)]
        leave_out_unreadable: bool,
        /// Show what would be fetched.
        #[arg(long)]
        dry_run: bool,
        /// Seconds before a second attempt; doubled for each further one.
        #[arg(long, default_value_t = 1)]
        pause: u64,
        /// Who fetches.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Fetch the data sets, look up the sealed SBOM of every fielded release again, and open a problem report with a day for
    /// each match that nobody judged. Exit 1 where a report was opened, 2 where something could not be fetched or scanned.
    #[command(
        after_help = "Example: dossier vuln watch --due\nWhat a scheduler calls every day: with --due it does something on the cadence of [advisories] watch_days only."
    )]
    Watch {
        /// Fetch nothing: take the data sets in force.
        #[arg(long)]
        offline: bool,
        /// Do nothing while the last whole watch is younger than the cadence.
        #[arg(long)]
        due: bool,
        /// Seconds before a second attempt; doubled for each further one.
        #[arg(long, default_value_t = 1)]
        pause: u64,
        /// Who watches.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// The data sets in force, with their age.
    #[command(after_help = "Example: dossier vuln datasets --as-of 2026-06-01")]
    Datasets {
        /// Read the ledger at this position.
        #[arg(long, value_name = "N")]
        ledger_at: Option<u64>,
        /// Count ages to this date.
        #[arg(long, value_name = "DATE")]
        as_of: Option<String>,
    },
    /// Look up every component in the data sets in force; recorded with everything it depends on. Exit 1 where a match is open.
    #[command(
        after_help = "Example: dossier vuln scan --release 2.4.0 --format json\nA recorded scan can be computed again: dossier vuln scan --recompute SCAN-1"
    )]
    Scan {
        #[command(flatten)]
        inputs: Inputs,
        /// The components of the commit that this release froze.
        #[arg(long, value_name = "VERSION", conflicts_with = "at")]
        release: Option<String>,
        /// The components of this SBOM instead of the product's; nothing is recorded.
        #[arg(long, value_name = "FILE", conflicts_with = "release")]
        sbom: Option<PathBuf>,
        /// Only show; record nothing.
        #[arg(long)]
        no_record: bool,
        /// Compute a recorded scan again from its pinned data sets and SBOM.
        #[arg(long, value_name = "SCAN", conflicts_with_all = ["release", "sbom", "no_record"])]
        recompute: Option<String>,
        /// Who scans.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// Judge a vulnerability that the last scan found, for the version in use, signed.
    #[command(
        after_help = "Example: dossier vuln assess CVE-2020-26235 --release 2.4.0 --status not-affected --justification vulnerable_code_not_in_execute_path --impact \"local offsets are never read\" --safety none --as qa-lead"
    )]
    Assess {
        /// Any id of it.
        id: String,
        /// The component's package URL, where several have it.
        #[arg(long, value_name = "PURL")]
        component: Option<String>,
        /// The release that it is judged for; without it, what is being developed.
        #[arg(long, value_name = "VERSION")]
        release: Option<String>,
        /// The verdict.
        #[arg(long, value_enum, required_unless_present = "carry")]
        status: Option<StatusArg>,
        /// Why not affected.
        #[arg(long, value_enum)]
        justification: Option<JustificationArg>,
        /// The reasoning.
        #[arg(long, required_unless_present = "carry", default_value = "", hide_default_value = true)]
        impact: String,
        /// Whether it can lead to harm.
        #[arg(long, value_enum)]
        safety: Option<SafetyArg>,
        /// Hazards and hazardous situations considered.
        #[arg(long, value_delimiter = ',')]
        hazards: Vec<String>,
        /// Controls that keep the risk acceptable.
        #[arg(long, value_delimiter = ',')]
        controls: Vec<String>,
        /// What is done: update, mitigation, advice to users.
        #[arg(long, default_value = "")]
        action: String,
        /// Your own CVSS vector for this product, version 2, 3 or 4: it stands beside the published ones.
        #[arg(long, value_name = "VECTOR")]
        cvss: Option<String>,
        /// Confirm the newest earlier judgement again for this version and release, as it stands.
        #[arg(long, conflicts_with_all = ["status", "justification", "impact", "safety", "hazards", "controls", "action", "cvss"])]
        carry: bool,
        #[command(flatten)]
        signing: Signing,
    },
    /// What was judged, with its history, as a VEX document on stdout.
    #[command(
        after_help = "Example: dossier vuln export --openvex --release 2.4.0 > triage-2.4.0.openvex.json"
    )]
    Export {
        /// OpenVEX 0.2.0, the default.
        #[arg(long, conflicts_with_all = ["csaf", "cyclonedx"])]
        openvex: bool,
        /// CSAF 2.0, profile VEX.
        #[arg(long, conflicts_with = "cyclonedx")]
        csaf: bool,
        /// CycloneDX 1.6.
        #[arg(long)]
        cyclonedx: bool,
        /// Only what was judged for this release.
        #[arg(long, value_name = "VERSION")]
        release: Option<String>,
        /// Read the ledger at this position.
        #[arg(long, value_name = "N")]
        ledger_at: Option<u64>,
    },
}

/// The verdicts of VEX.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StatusArg {
    /// The product does not have the problem.
    NotAffected,
    /// The product has it.
    Affected,
    /// This version has the correction.
    Fixed,
    /// Nobody knows yet; the gate stays shut.
    UnderInvestigation,
}

/// Why not affected, in the labels of CISA.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum JustificationArg {
    /// The component is not in the product after all.
    ComponentNotPresent,
    /// The component is there without the code.
    VulnerableCodeNotPresent,
    /// The code is there and never runs.
    VulnerableCodeNotInExecutePath,
    /// The code runs and an attacker has no hold on it.
    VulnerableCodeCannotBeControlledByAdversary,
    /// Measures of the product prevent it.
    InlineMitigationsAlreadyExist,
}

/// The effect on safety.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SafetyArg {
    /// No hazardous situation follows from it.
    None,
    /// It may, and the risk with its controls is acceptable.
    Controlled,
    /// It may, and the risk is not acceptable.
    Uncontrolled,
}

impl From<StatusArg> for VexStatus {
    fn from(arg: StatusArg) -> Self {
        match arg {
            StatusArg::NotAffected => VexStatus::NotAffected,
            StatusArg::Affected => VexStatus::Affected,
            StatusArg::Fixed => VexStatus::Fixed,
            StatusArg::UnderInvestigation => VexStatus::UnderInvestigation,
        }
    }
}

impl From<JustificationArg> for VexJustification {
    fn from(arg: JustificationArg) -> Self {
        match arg {
            JustificationArg::ComponentNotPresent => VexJustification::ComponentNotPresent,
            JustificationArg::VulnerableCodeNotPresent => VexJustification::VulnerableCodeNotPresent,
            JustificationArg::VulnerableCodeNotInExecutePath => {
                VexJustification::VulnerableCodeNotInExecutePath
            }
            JustificationArg::VulnerableCodeCannotBeControlledByAdversary => {
                VexJustification::VulnerableCodeCannotBeControlledByAdversary
            }
            JustificationArg::InlineMitigationsAlreadyExist => {
                VexJustification::InlineMitigationsAlreadyExist
            }
        }
    }
}

impl From<SafetyArg> for SafetyImpact {
    fn from(arg: SafetyArg) -> Self {
        match arg {
            SafetyArg::None => SafetyImpact::None,
            SafetyArg::Controlled => SafetyImpact::Controlled,
            SafetyArg::Uncontrolled => SafetyImpact::Uncontrolled,
        }
    }
}

fn ids(words: &[String]) -> Result<Vec<ItemId>> {
    words.iter().map(|w| w.parse().map_err(|e: app::ParseIdError| Error::refused(e.to_string()))).collect()
}

fn date(flag: &str, text: Option<&String>) -> Result<Option<app::Date>> {
    text.map(|t| t.parse().map_err(|e| Error::refused(format!("{flag}: {e}")))).transpose()
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        match self {
            Verb::Import { path, name, date: of, older, leave_out_unreadable, statements, by } => {
                let of = date("--date", of.as_ref())?;
                let options =
                    DataSetOptions { name, date: of, older, leave_out_unreadable, statements, source: None };
                import(global, &by, &path, &options)
            }
            Verb::Sync { names, leave_out_unreadable, dry_run, pause, by } => {
                let options = app::SyncOptions { names, leave_out_unreadable, dry_run, pause: Some(pause) };
                let mut say = |line: String| eprintln!("{line}");
                let rows = app::vuln_sync(&global.workspace()?, &by, &options, &mut say)?;
                Ok(synced(global, &rows))
            }
            Verb::Watch { offline, due, pause, by } => {
                let sync = app::SyncOptions { pause: Some(pause), ..app::SyncOptions::default() };
                let options = app::WatchOptions { offline, due_only: due, sync };
                let mut say = |line: String| eprintln!("{line}");
                let done = app::vuln_watch(&global.workspace()?, &by, &options, &mut say)?;
                Ok(watched(global, &done))
            }
            Verb::Datasets { ledger_at, as_of } => {
                let rows =
                    app::vuln_datasets(&global.workspace()?, ledger_at, date("--as-of", as_of.as_ref())?)?;
                datasets(global, &rows);
                Ok(Outcome::Clean)
            }
            Verb::Scan { recompute: Some(id), .. } => recompute(global, &id),
            Verb::Scan { inputs, release, sbom, no_record, by, recompute: None } => {
                let options = ScanOptions { sbom, release, by: (!no_record).then_some(by) };
                let view = app::vuln_scan(&global.workspace()?, &inputs.parse()?, &options)?;
                if global.json() {
                    print::json(&view.to_json());
                } else {
                    print::out(&view.to_text());
                }
                Ok(if view.open() == 0 { Outcome::Clean } else { Outcome::Findings })
            }
            Verb::Assess {
                id,
                component,
                release,
                status,
                justification,
                impact,
                safety,
                hazards,
                controls,
                action,
                cvss,
                carry,
                signing,
            } => {
                let ws = global.workspace()?;
                let actor = signing.actor(&ws, None)?;
                let done = match status {
                    Some(status) if !carry => {
                        let assessment = Assessment {
                            vulnerability: id.clone(),
                            component,
                            release,
                            status: status.into(),
                            justification: justification.map(Into::into),
                            impact,
                            safety: safety.map(Into::into),
                            hazards: ids(&hazards)?,
                            controls: ids(&controls)?,
                            action,
                            cvss,
                        };
                        app::vuln_assess(&ws, &actor, &assessment)?
                    }
                    _ => app::vuln_carry(&ws, &actor, &id, component.as_deref(), release.as_deref())?,
                };
                print::appended(global.json(), &format!("judged {id}"), &done);
                Ok(Outcome::Clean)
            }
            Verb::Export { openvex: _, csaf, cyclonedx, release, ledger_at } => {
                let form = match (csaf, cyclonedx) {
                    (true, _) => VexForm::Csaf,
                    (_, true) => VexForm::CycloneDx,
                    _ => VexForm::OpenVex,
                };
                print::out(&app::vuln_export(&global.workspace()?, release.as_deref(), ledger_at, form)?);
                Ok(Outcome::Clean)
            }
        }
    }
}

fn import(global: &Global, by: &str, path: &std::path::Path, options: &DataSetOptions) -> Result<Outcome> {
    match app::vuln_import(&global.workspace()?, by, path, options)? {
        Brought::DataSet(set) => {
            let b = &set.body;
            if global.json() {
                print::json(&json!({"format": "dossier/dataset/v1", "name": b.name, "kind": b.format,
                    "digest": b.digest.oci(), "date": b.date, "size": b.size, "advisories": b.advisories,
                    "withdrawn": b.withdrawn, "marks": b.marks, "left_out": b.left_out, "repeated": set.repeated}));
            } else if set.repeated {
                eprintln!("{} of {} is in force already, nothing is appended", b.name, b.date);
            } else {
                let marks = if b.marks > 0 { format!(", {} marks", b.marks) } else { String::new() };
                let (name, date, advisories, withdrawn) = (&b.name, b.date, b.advisories, b.withdrawn);
                eprintln!("{name} of {date}: {advisories} advisories, {withdrawn} of them withdrawn{marks}");
                eprintln!("sha256:{}", b.digest);
                if b.format == "csaf" {
                    eprintln!(
                        "note: taken for advisories; what a supplier states of its product (VEX) is taken with --statements"
                    );
                }
            }
        }
        Brought::Statements(vex, done) => {
            let author = if vex.author.is_empty() { "an author that it does not name" } else { &vex.author };
            let what = format!("{} statements of {author} ({})", vex.statements, vex.format);
            print::appended(global.json(), &what, &done);
        }
    }
    Ok(Outcome::Clean)
}

fn datasets(global: &Global, rows: &[app::DataSetRow]) {
    if global.json() {
        print::json(&json!({"format": "dossier/datasets/v1", "datasets": rows}));
        return;
    }
    let cells = |r: &app::DataSetRow| {
        vec![
            r.name.clone(),
            r.date.clone(),
            format!("{} days", r.age_days),
            r.advisories.to_string(),
            r.marks.to_string(),
            r.source.clone(),
        ]
    };
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    print::out(&print::table(&["data set", "of", "age", "advisories", "marks", "from"], &cells));
}

fn recompute(global: &Global, id: &str) -> Result<Outcome> {
    let (record, same) = app::vuln_recompute(&global.workspace()?, id)?;
    if global.json() {
        print::json(
            &json!({"format": "dossier/recompute/v1", "scan": id, "identical": same, "matches": record.matches}),
        );
    } else if same {
        eprintln!("{id} computed again from its pins: the same {} matches", record.matches);
    } else {
        eprintln!(
            "{id} computed again from its pins: another result; a reader of this version reads the data differently"
        );
    }
    Ok(if same { Outcome::Clean } else { Outcome::Verification })
}

fn synced(global: &Global, rows: &[app::SyncRow]) -> Outcome {
    if global.json() {
        print::json(&json!({"format": "dossier/sync/v1", "datasets": rows}));
    } else {
        let cells = |r: &app::SyncRow| {
            let what = if r.why.is_empty() { r.source.clone() } else { r.why.clone() };
            vec![r.name.clone(), r.outcome.clone(), r.date.clone(), r.advisories.to_string(), what]
        };
        let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
        print::out(&print::table(&["data set", "outcome", "of", "advisories", "from"], &cells));
    }
    if rows.iter().any(|r| r.outcome == "failed") { Outcome::Failed } else { Outcome::Clean }
}

fn watched(global: &Global, done: &app::Watched) -> Outcome {
    let b = &done.body;
    if global.json() {
        print::json(&json!({"format": "dossier/watch/v1", "watch": b.watch, "done": done.appended.is_some(),
            "datasets": b.datasets, "releases": b.releases, "reported": b.reported, "next": done.next}));
    } else if done.appended.is_none() {
        eprintln!("{} is younger than the cadence; the next watch is due on {}", b.watch, done.next);
    } else {
        for d in b.datasets.iter().filter(|d| !d.why.is_empty()) {
            eprintln!("data set {} {}: {}", d.name, d.outcome, d.why);
        }
        let mut out = String::new();
        for r in &b.releases {
            let line = match r.why.as_str() {
                "" => format!("{} scanned as {}, {} open\n", r.release, r.scan, r.open),
                why => format!("{} could not be scanned: {why}\n", r.release),
            };
            out.push_str(&line);
        }
        for r in &b.reported {
            let level = if r.level.is_empty() { "no score" } else { &r.level };
            let line = format!(
                "{}: {} ({level}) in {} of {}, to be judged by {}\n",
                r.anomaly,
                r.vulnerability,
                r.component,
                r.releases.join(", "),
                r.due
            );
            out.push_str(&line);
        }
        if b.releases.is_empty() {
            out.push_str("no release is in the field\n");
        }
        out.push_str(&format!("{}; the next watch is due on {}\n", b.watch, done.next));
        print::out(&out);
    }
    match (b.is_whole(), b.reported.is_empty() || done.appended.is_none()) {
        (false, _) => Outcome::Failed,
        (true, false) => Outcome::Findings,
        (true, true) => Outcome::Clean,
    }
}
