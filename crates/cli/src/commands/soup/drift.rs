//! `dossier soup drift`.

use crate::context::Global;
use crate::print::{self, Outcome};
use app::{DriftForm, DriftInput, Drifted, Error, Result, Workspace};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// `dossier soup drift`
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  kubectl get deploy,sts,ds,pods,configmap -o json | dossier soup drift production --kubernetes -\n  terraform show -json | dossier soup drift production --terraform - --change CR-7\n  dossier soup drift production --http\n  dossier soup drift --due        what the schedule of dossier.toml asks for, for a timer\n\nWhat is declared stands in dossier/environment/production.toml of the release that was sealed last."
)]
pub(crate) struct Args {
    /// The environment: `production` of `dossier/environment/production.toml`.
    #[arg(required_unless_present = "due")]
    environment: Option<String>,
    /// What `kubectl get … -o json` printed; `-` reads it from stdin.
    #[arg(long, value_name = "FILE")]
    kubernetes: Option<PathBuf>,
    /// A compose file, best as `docker compose config` prints it.
    #[arg(long, value_name = "FILE")]
    compose: Option<PathBuf>,
    /// What `terraform show -json` printed of a state or plan, or a state file.
    #[arg(long, value_name = "FILE")]
    terraform: Option<PathBuf>,
    /// A container image as a tar with its index, after its declared name where several are declared.
    #[arg(long, value_name = "[NAME=]FILE")]
    image: Vec<String>,
    /// Ask the declared APIs for their versions; only addresses of `[drift] probe`.
    #[arg(long)]
    http: bool,
    /// Compare with what this release declares; the one that was sealed last where nothing is said.
    #[arg(long, value_name = "VERSION", conflicts_with = "work_tree")]
    release: Option<String>,
    /// Compare with what the work tree declares.
    #[arg(long)]
    work_tree: bool,
    /// The approved change request that the differences belong to.
    #[arg(long, value_name = "CHANGE")]
    change: Vec<String>,
    /// Only show; record nothing.
    #[arg(long)]
    no_record: bool,
    /// Observe what the schedule of dossier.toml asks for, and nothing else.
    #[arg(long, conflicts_with_all = ["environment", "kubernetes", "compose", "terraform", "image", "http", "release", "work_tree", "change"])]
    due: bool,
    /// Who observes.
    #[arg(long, default_value = "developer")]
    by: String,
}

impl Args {
    pub(crate) fn run(self, global: &Global, ws: &Workspace) -> Result<Outcome> {
        if self.due {
            return due(global, ws);
        }
        let mut inputs = Vec::new();
        for (form, file) in [
            (DriftForm::Kubernetes, &self.kubernetes),
            (DriftForm::Compose, &self.compose),
            (DriftForm::Terraform, &self.terraform),
        ] {
            if let Some(file) = file {
                inputs.push(DriftInput::Printed(form, bytes(file)?));
            }
        }
        for image in &self.image {
            let (name, file) = match image.split_once('=') {
                Some((name, file)) => (Some(name.to_owned()), file),
                None => (None, image.as_str()),
            };
            inputs.push(DriftInput::Image(name, PathBuf::from(file)));
        }
        if self.http {
            inputs.push(DriftInput::Http);
        }
        if inputs.is_empty() {
            return Err(Error::refused("nothing was observed").hint(
                "give what was seen: --kubernetes FILE, --compose FILE, --terraform FILE, --image FILE, or --http",
            ));
        }
        let by = (!self.no_record).then_some(self.by.as_str());
        let environment = self.environment.as_deref().unwrap_or_default();
        let done = app::soup_drift(
            ws,
            by,
            environment,
            self.release.as_deref(),
            self.work_tree,
            &self.change,
            &inputs,
        )?;
        show(global, &done);
        let clean = done.iter().all(|d| d.body.drifted == 0);
        Ok(if clean { Outcome::Clean } else { Outcome::Findings })
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>> {
    let failed = |e| Error::environment(format!("could not read {}", file.display())).because(e);
    if file.as_os_str() != "-" {
        return std::fs::read(file).map_err(failed);
    }
    let mut out = Vec::new();
    std::io::stdin().lock().read_to_end(&mut out).map_err(failed)?;
    Ok(out)
}

fn show(global: &Global, done: &[Drifted]) {
    if global.json() {
        let one = |d: &Drifted| {
            serde_json::json!({"environment": d.body.environment, "kind": d.body.kind, "release": d.body.release,
                "declared": d.body.declared.oci(), "observed": d.body.observed.oci(), "compared": d.body.compared,
                "differences": d.compared.differences, "changes": d.body.changes})
        };
        let recorded = done.iter().any(|d| d.appended.is_some());
        print::json(&serde_json::json!({"format": "dossier/drift/v1", "recorded": recorded,
            "comparisons": done.iter().map(one).collect::<Vec<_>>()}));
        return;
    }
    for d in done {
        let of =
            d.body.release.as_ref().map_or_else(|| "the work tree".to_owned(), |v| format!("release {v}"));
        print::out(&format!(
            "{} by {}: {} things compared with {of}, {} differ\n",
            d.body.environment, d.body.kind, d.body.compared, d.body.drifted
        ));
        let cells = |x: &app::DriftDifference| vec![x.what.clone(), x.declared.clone(), x.observed.clone()];
        let rows: Vec<Vec<String>> = d.compared.differences.iter().map(cells).collect();
        if !rows.is_empty() {
            print::out(&print::table(&["what", "declared", "observed"], &rows));
        }
    }
}

fn due(global: &Global, ws: &Workspace) -> Result<Outcome> {
    let all = app::drift_due(ws)?;
    let mut outcome = Outcome::Clean;
    let mut rows = Vec::new();
    for one in all {
        let said = match one.outcome {
            Ok(0) => "as declared".to_owned(),
            Ok(n) => {
                outcome = Outcome::Findings;
                format!("{n} differences")
            }
            Err(e) => {
                outcome = Outcome::Findings;
                format!("not observed: {e}")
            }
        };
        rows.push(vec![one.environment, said]);
    }
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/drift-due/v1", "observed": rows}));
    } else if rows.is_empty() {
        print::out("nothing is due\n");
    } else {
        print::out(&print::table(&["environment", "outcome"], &rows));
    }
    Ok(outcome)
}
