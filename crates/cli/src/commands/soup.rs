//! `dossier soup`.

use crate::context::{Global, Inputs, Signing};
use crate::print::{self, Outcome};
use app::{Error, Result};
use clap::Subcommand;

/// `dossier soup`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// The register: SOUP items joined with lock files.
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// Record the review of a supplier's published anomalies for the exact version in use, signed.
    Review {
        /// The SOUP item.
        item: String,
        /// Where the list was found, or `none published`.
        #[arg(long)]
        source: String,
        /// What was found and why it is acceptable.
        #[arg(long)]
        result: String,
        #[command(flatten)]
        signing: Signing,
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
        /// SPDX 2.3 instead of CycloneDX 1.6.
        #[arg(long)]
        spdx: bool,
        /// CycloneDX 1.6, the default.
        #[arg(long, conflicts_with = "spdx")]
        cyclonedx: bool,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        match self {
            Verb::List { inputs } => {
                let rows = app::soup_list(&ws, &inputs.parse()?)?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/soup/v1", "register": rows}));
                } else {
                    let cells = |r: &app::SoupRow| {
                        vec![
                            r.item.clone(),
                            r.purl.clone(),
                            r.version.clone(),
                            r.reviewed.clone(),
                            r.title.clone(),
                        ]
                    };
                    let rows: Vec<Vec<String>> = rows.iter().map(cells).collect();
                    print::out(&print::table(&["item", "package", "version", "reviewed", "title"], &rows));
                }
            }
            Verb::Review { item, source, result, signing } => {
                let id = item.parse().map_err(|e: app::ParseIdError| Error::refused(e.to_string()))?;
                let actor = signing.actor(&ws, None)?;
                let done = app::soup_review(&ws, &actor, &id, &source, &result)?;
                print::appended(global.json(), &format!("reviewed {item}"), &done);
            }
            Verb::None { at, reason, signing } => {
                let actor = signing.actor(&ws, None)?;
                let done = app::soup_none(&ws, &actor, at.as_deref(), &reason)?;
                print::appended(global.json(), "stated that there is no third-party component", &done);
            }
            Verb::Sbom { inputs, spdx, cyclonedx: _ } => {
                print::out(&app::soup_sbom(&ws, &inputs.parse()?, spdx)?)
            }
        }
        Ok(Outcome::Clean)
    }
}
