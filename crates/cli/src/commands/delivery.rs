//! `dossier delivery`.

use crate::context::Global;
use crate::print::{self, Outcome};
use app::{Error, Result};
use clap::Subcommand;
use std::path::PathBuf;

/// `dossier delivery`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Compare what was delivered with a delivery manifest, offline: installed files, an image, a signed firmware file.
    /// Example: dossier delivery check /opt/triage --manifest triage-2.4.0.delivery.json
    Check {
        /// A folder of installed files, an OCI image layout, what `docker save` wrote, or one file.
        #[arg(required_unless_present = "image")]
        path: Option<PathBuf>,
        /// The digest of an image, as a registry names it.
        #[arg(long, value_name = "DIGEST", conflicts_with_all = ["path", "signature"])]
        image: Option<String>,
        /// The detached signature of the one file: `ssh-keygen -Y sign -n file`, or 64 bytes of ed25519.
        #[arg(long, value_name = "FILE")]
        signature: Option<PathBuf>,
        /// The published delivery manifest.
        #[arg(long, value_name = "FILE")]
        manifest: PathBuf,
        /// The verifier key that it has to be signed by; the product's own where absent.
        #[arg(long)]
        trust: Option<String>,
        /// Record the outcome in the ledger.
        #[arg(long)]
        record: bool,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let Verb::Check { path, image, signature, manifest, trust, record } = self;
        let what = match (path, image) {
            (_, Some(digest)) => app::Delivered::Image(
                digest.parse().map_err(|e| Error::refused(format!("--image: {e}")).because(e))?,
            ),
            (Some(path), None) => app::Delivered::Path { path, signature },
            (None, None) => {
                return Err(
                    Error::refused("what was delivered?").hint("name a folder or file, or `--image DIGEST`")
                );
            }
        };
        let ws = if record || trust.is_none() { Some(global.workspace()?) } else { None };
        let checked = app::delivery_check(ws.as_ref(), &what, &manifest, trust.as_deref(), record)?;
        if global.json() {
            print::json(&checked)
        } else {
            print::out(&checked.to_text())
        }
        Ok(if checked.problems.is_empty() { Outcome::Clean } else { Outcome::Findings })
    }
}
