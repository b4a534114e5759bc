//! `dossier rebuild | drill`.

use crate::context::{Global, Signing};
use crate::print::{self, Outcome};
use app::Result;

/// `dossier rebuild`
#[derive(clap::Args, Debug)]
#[command(after_help = "Example: dossier rebuild 2.4.0 --as release-manager --key release-manager.key")]
pub(crate) struct Args {
    /// The sealed release.
    version: String,
    /// What an external runner built again, for a release that is not self-contained.
    #[arg(long, value_name = "DIR", requires = "attestation")]
    outputs: Option<std::path::PathBuf>,
    /// The runner's signed attestation of it.
    #[arg(long, value_name = "FILE", requires = "outputs")]
    attestation: Option<std::path::PathBuf>,
    #[command(flatten)]
    signing: Signing,
}

/// `dossier drill`
#[derive(clap::Args, Debug)]
#[command(after_help = "Example: dossier drill --as qa-lead --key qa-lead.key")]
pub(crate) struct DrillArgs {
    /// The seed of the draw, to repeat one; random where absent.
    #[arg(long)]
    seed: Option<u64>,
    #[command(flatten)]
    signing: Signing,
}

impl Args {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let actor = self.signing.actor(&ws, None)?;
        let external = self.outputs.zip(self.attestation);
        let external = external.map(|(outputs, attestation)| app::ExternalBuild { outputs, attestation });
        let say = &mut |line| eprintln!("{line}");
        let done = app::rebuild(&ws, &actor, &self.version, external.as_ref(), say)?;
        shown(global, &done)
    }
}

impl DrillArgs {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let actor = self.signing.actor(&ws, None)?;
        let done = app::drill(&ws, &actor, self.seed, &mut |line| eprintln!("{line}"))?;
        shown(global, &done)
    }
}

fn shown(global: &Global, done: &app::Rebuilt) -> Result<Outcome> {
    if global.json() {
        print::json(&done.report)
    } else {
        print::out(&done.to_text())
    }
    print::appended(false, "recorded the rebuild", &done.appended);
    Ok(if done.identical() { Outcome::Clean } else { Outcome::Findings })
}
