//! `dossier soup`.

mod drift;
mod review;

use crate::context::{Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::{Result, SbomForm};
use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;

/// `dossier soup`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// The register: SOUP items joined with lock files and imported SBOMs, and what does not fit together.
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// Versions whose published anomalies are to be reviewed: never reviewed, or too long ago. Exit 1 where there are any.
    Due {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// Record the review of a supplier's published anomalies for the exact version in use, signed; without an item, walk
    /// through what is due.
    Review(review::Args),
    /// The texts that reviews attest to: files of `criteria` below the documents folder.
    Criteria,
    /// Bring in an SBOM of somebody else, an image or root file system (a tar or a folder), or a lock file from elsewhere.
    Import {
        /// The file or folder.
        path: PathBuf,
        /// A name instead of the file's; the newest of a name is in force.
        #[arg(long)]
        name: Option<String>,
        /// Who brings it in.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// An imported SBOM is no part of the product any more.
    Retire {
        /// Its name.
        name: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// Who says so.
        #[arg(long, default_value = "developer")]
        by: String,
    },
    /// State that the software holds no third-party component, signed. It holds for the software of one commit.
    /// Example: dossier soup none --reason "every file is our own; the linker map names no library" --as software-lead
    None {
        /// The commit; HEAD of a clean work tree where absent.
        #[arg(long, value_name = "REV")]
        at: Option<String>,
        /// How it is known.
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        signing: Signing,
    },
    /// The software bill of materials on stdout.
    Sbom {
        #[command(flatten)]
        inputs: Inputs,
        /// SPDX instead of CycloneDX, 2.3 where no version is given.
        #[arg(long, value_name = "VERSION", num_args = 0..=1, default_missing_value = "2.3",
            value_parser = PossibleValuesParser::new(["2.3", "3.0.1"]))]
        spdx: Option<String>,
        /// CycloneDX, the default, 1.6 where no version is given.
        #[arg(long, value_name = "VERSION", num_args = 0..=1, default_missing_value = "1.6", conflicts_with = "spdx",
            value_parser = PossibleValuesParser::new(["1.6", "1.7"]))]
        cyclonedx: Option<String>,
        /// With the features, licences and kinds that Cargo resolves; in the work tree, from what is fetched.
        #[arg(long)]
        resolve: bool,
    },
    /// Which fields that NTIA and FDA ask of an SBOM are missing. A missing hash is an advisory, any other a finding: exit 1.
    Fields {
        #[command(flatten)]
        inputs: Inputs,
        /// This SBOM instead of the product's own.
        #[arg(long, value_name = "FILE")]
        sbom: Option<PathBuf>,
    },
    /// The licences of what is shipped, by the policy of dossier.toml. Exit 1 where one is not known or not permitted.
    Licences {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// The file of third-party notices on stdout: every licence text once, with the components that it came with.
    Notices {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// Compare an environment with what the release declares of it, and record it. Exit 1 where it differs.
    Drift(drift::Args),
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        match self {
            Verb::List { inputs } => return list(global, &app::soup_list(&ws, &inputs.parse()?)?),
            Verb::Due { inputs } => return review::due(global, &app::soup_due(&ws, &inputs.parse()?)?),
            Verb::Review(args) => return args.run(global, &ws),
            Verb::Criteria => {
                let all = app::soup_criteria(&ws)?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/soup-criteria/v1", "criteria": all}));
                } else {
                    let one = |c: &app::CriteriaText| {
                        let file = c.file.as_deref().unwrap_or("comes with dossier");
                        format!("{}  {}  ({file})\n\n{}\n", c.name, c.digest, c.text)
                    };
                    print::out(&all.iter().map(one).collect::<String>());
                }
            }
            Verb::Import { path, name, by } => {
                let done = app::soup_import(&ws, &by, &path, name.as_deref())?;
                imported(global, &done);
            }
            Verb::Retire { name, reason, by } => {
                let done = app::soup_retire(&ws, &by, &name, &reason)?;
                print::appended(global.json(), &format!("retired {name}"), &done);
            }
            Verb::None { at, reason, signing } => {
                let actor = signing.actor(&ws, None)?;
                let done = app::soup_none(&ws, &actor, at.as_deref(), &reason)?;
                print::appended(global.json(), "stated that there is no third-party component", &done);
            }
            Verb::Sbom { inputs, spdx, cyclonedx, resolve } => {
                let form = match (spdx.as_deref(), cyclonedx.as_deref()) {
                    (Some("3.0.1"), _) => SbomForm::Spdx301,
                    (Some(_), _) => SbomForm::Spdx23,
                    (None, Some("1.7")) => SbomForm::CycloneDx17,
                    (None, _) => SbomForm::CycloneDx16,
                };
                print::out(&app::soup_sbom(&ws, &inputs.parse()?, form, resolve)?);
            }
            Verb::Fields { inputs, sbom } => {
                return fields(global, &app::soup_fields(&ws, &inputs.parse()?, sbom.as_deref())?);
            }
            Verb::Licences { inputs } => {
                return licences(global, &app::soup_licences(&ws, &inputs.parse()?)?);
            }
            Verb::Notices { inputs } => print::out(&app::soup_notices(&ws, &inputs.parse()?)?),
            Verb::Drift(args) => return args.run(global, &ws),
        }
        Ok(Outcome::Clean)
    }
}

fn list(global: &Global, register: &app::SoupRegister) -> Result<Outcome> {
    if global.json() {
        let mut value = serde_json::json!({"format": "dossier/soup/v1", "register": register.register});
        value["sources"] = serde_json::json!(register.sources);
        value["differences"] = serde_json::json!(register.differences);
        print::json(&value);
        return Ok(Outcome::Clean);
    }
    let cells = |r: &app::SoupRow| {
        let purl = if r.cloud { format!("{} (cloud)", r.purl).trim().to_owned() } else { r.purl.clone() };
        vec![
            r.item.clone(),
            purl,
            r.version.clone(),
            r.reviewed.clone(),
            r.due.clone(),
            r.end_of_support.clone(),
            r.title.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = register.register.iter().map(cells).collect();
    let head = ["item", "package", "version", "reviewed", "due", "end of support", "title"];
    let mut out = print::table(&head, &rows);
    if !register.differences.is_empty() {
        out.push_str(&format!("\n{} differences:\n", register.differences.len()));
        for difference in &register.differences {
            out.push_str(&format!("  {difference}\n"));
        }
    }
    print::out(&out);
    Ok(Outcome::Clean)
}

fn imported(global: &Global, done: &app::SbomImported) {
    for problem in &done.problems {
        eprintln!("note: {problem}");
    }
    let body = &done.body;
    let what = format!("brought in {}: {} components, {}", body.name, body.components, body.format);
    match &done.appended {
        Some(appended) => print::appended(global.json(), &what, appended),
        None if global.json() => {
            print::json(
                &serde_json::json!({"format": "dossier/appended/v1", "repeated": true, "name": body.name}),
            );
        }
        None => print::out(&format!("{} is in force already: {}\n", body.name, body.source)),
    }
}

fn fields(global: &Global, fields: &app::SbomFields) -> Result<Outcome> {
    let outcome = if fields.is_complete() { Outcome::Clean } else { Outcome::Findings };
    if global.json() {
        let mut value = serde_json::to_value(fields).unwrap_or_default();
        value["format"] = "dossier/sbom-fields/v1".into();
        value["complete"] = fields.is_complete().into();
        print::json(&value);
        return Ok(outcome);
    }
    let mut out = format!("{}: {} components\n", fields.of, fields.coverage.components);
    for field in &fields.document {
        out.push_str(&match *field {
            "supplier" => {
                "  finding   the document does not say who supplies the product; for an SBOM of one's own: [soup] supplier\n"
                    .to_owned()
            }
            other => format!("  finding   the document has no {other}\n"),
        });
    }
    if !fields.coverage.relationships {
        out.push_str("  finding   it does not say which component needs which\n");
    }
    for (field, lacking) in &fields.coverage.missing {
        let level = if app::is_advisory_field(field) { "advisory" } else { "finding " };
        out.push_str(&format!("  {level}  {field} is missing of {}: ", lacking.len()));
        out.push_str(&lacking.iter().take(3).cloned().collect::<Vec<_>>().join(", "));
        out.push_str(if lacking.len() > 3 { ", …\n" } else { "\n" });
    }
    if fields.is_complete() {
        out.push_str("every field is there or its absence is an advisory only\n");
    }
    print::out(&out);
    Ok(outcome)
}

fn licences(global: &Global, licences: &app::Licences) -> Result<Outcome> {
    let outcome = if licences.is_clean() { Outcome::Clean } else { Outcome::Findings };
    if global.json() {
        let mut value = serde_json::to_value(licences).unwrap_or_default();
        value["format"] = "dossier/licences/v1".into();
        print::json(&value);
        return Ok(outcome);
    }
    let cells = |r: &app::LicenceRow| {
        let missing =
            if r.missing.is_empty() { String::new() } else { format!(": {}", r.missing.join(", ")) };
        vec![r.component.clone(), r.licence.clone(), format!("{}{missing}", r.verdict)]
    };
    let rows: Vec<Vec<String>> = licences.components.iter().map(cells).collect();
    print::out(&print::table(&["component", "licence", "policy"], &rows));
    if licences.policy.is_empty() {
        eprintln!("note: there is no policy: [soup] licences = [\"MIT\", …] in dossier.toml");
    }
    Ok(outcome)
}
