//! From a case to a snapshot: documents and configuration are parsed as in a product; records, results and components are
//! made from short TOML (see the files below this one).

mod evidence;
mod ledger;

use super::parse::Case;
use crate::registry::Rule;
use crate::snapshot::{
    ArchiveReadiness, Inputs, Previous, ReleaseContext, ReleaseTag, Snapshot, TagStanding,
};
use documents::{Blob, Content, Documents};
use evidence::{components, history, results};
use ledger::{Ledger, ReleaseBlock};
use model::class::{Approval, Classes};
use model::components::ComponentGraph;
use model::history::History;
use model::results::Joined;
use model::{Item, Model, TrustStamps};
use product::Config;
use records::State;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use vocabulary::{Date, Digest};

/// The release that rules of the gate judge.
const VERSION: &str = "2.4.0";

/// Everything that a snapshot borrows.
pub(super) struct Stage {
    pub(super) config: Config,
    documents: Documents,
    model: Model,
    classes: Classes,
    state: Option<State>,
    results: Option<Joined>,
    components: Option<ComponentGraph>,
    history: Option<History>,
    archive: Option<ArchiveReadiness>,
    tags: Vec<ReleaseTag>,
    software: Option<Digest>,
    previous: Option<Model>,
    dependencies: Vec<crate::snapshot::SourceDependency>,
}

impl Stage {
    pub(super) fn of(rule: &Rule, case: &Case) -> Stage {
        let config_text =
            case.block("dossier.toml").unwrap_or("[product]\nname = \"case\"\nprofile = \"standard\"\n");
        let (mut config, wrong) = product::parse(config_text, "dossier.toml");
        assert!(wrong.iter().all(|d| d.rule != "R0010" && d.rule != "R0011"), "{}: {wrong:?}", case.title);
        if !config.is_set("product.profile") {
            config.product.profile = product::Profile::Standard;
        }
        let (documents, model) = documents(case, &config);
        let gate = rule.meta.gate || case.block("release").is_some();
        let has_ledger = gate || ["records", "problems"].iter().any(|b| case.block(b).is_some());
        let digest_of = |name: &str| {
            let document = || documents.controlled.iter().find(|d| d.id.as_str() == name).map(|d| d.digest);
            model.by_id(name).map(|i| i.digest).or_else(document)
        };
        let state = has_ledger.then(|| {
            let mut ledger = Ledger { state: State::default(), digest_of: &digest_of };
            if gate {
                ledger.release(case);
            }
            ledger.records(case);
            ledger.runs(case);
            ledger.state
        });
        let strict = rule.group == "s4_general";
        let approval = |item: &Item| crate::systems::standing(item, approved(&state, strict, item));
        let classes = Classes::new(&model, config.product.class, &approval);
        Stage {
            results: results(case),
            components: components(case),
            history: history(case),
            archive: gate.then(|| archive(case)),
            tags: gate.then(|| tag(case)).into_iter().collect(),
            previous: previous(case, &config),
            dependencies: dependencies(case),
            software: match case.block("software") {
                None => Some(software("released")),
                Some(text) if text.starts_with("no files") => Some(software("")),
                Some(_) => None,
            },
            config,
            documents,
            classes,
            model,
            state,
        }
    }

    pub(super) fn with_snapshot<T>(&self, look: impl FnOnce(&Snapshot<'_>) -> T) -> T {
        let release = self.state.as_ref().zip(self.archive.as_ref()).and_then(|(state, archive)| {
            let release = state.releases.get(VERSION)?;
            Some(ReleaseContext { version: VERSION, release, archive: archive.clone() })
        });
        let inputs = Inputs {
            config: &self.config,
            reader_findings: &[],
            documents: &self.documents,
            model: &self.model,
            classes: &self.classes,
            state: self.state.as_ref(),
            results: self.results.as_ref(),
            software: self.software,
            components: self.components.as_ref(),
            history: self.history.as_ref(),
            as_of: date("2026-03-01"),
            release,
            tags: &self.tags,
            previous: self.previous.as_ref().map(|model| Previous { name: "release 2.3.0", model }),
            dependencies: &self.dependencies,
            records: &[],
        };
        look(&Snapshot::new(inputs).expect("edition and profile are in the library"))
    }
}

/// Outside the rules about classes, what is recorded counts as approved.
fn approved(state: &Option<State>, strict: bool, item: &Item) -> Approval {
    match state {
        Some(s) if strict && s.approvals_of(item.id.as_str(), item.digest).next().is_none() => {
            Approval::Missing
        }
        _ => Approval::Approved,
    }
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn software(name: &str) -> Digest {
    Digest::of(name.as_bytes())
}

/// Reads the documents twice: the second time with the stamps that the first gave.
fn documents(case: &Case, config: &Config) -> (Documents, Model) {
    let read = |stamps: &dyn Fn(&str) -> String| {
        let blobs =
            case.blocks.iter().filter(|b| b.file.ends_with(".md") && !b.file.starts_with("before:")).map(
                |b| Blob { path: b.file.clone(), content: Content::Bytes(stamps(&b.text).into_bytes()) },
            );
        let mut documents = documents::from_blobs(blobs, config);
        let items = std::mem::take(&mut documents.items);
        (documents, Model::build(items, &TrustStamps))
    };
    let (_, first) = read(&|text| text.replace("@STAMP", ""));
    read(&|text| {
        let mut out = text.to_owned();
        for item in first.items() {
            out = out.replace(&format!("{}@STAMP", item.id), &format!("{}@{}", item.id, item.digest.stamp()));
        }
        out
    })
}

/// The product before, from blocks `before=PATH`.
fn previous(case: &Case, config: &Config) -> Option<Model> {
    let blobs: Vec<Blob> = case
        .blocks
        .iter()
        .filter_map(|b| {
            let path = b.file.strip_prefix("before:")?.to_owned();
            Some(Blob { path, content: Content::Bytes(b.text.clone().into_bytes()) })
        })
        .collect();
    let items = |blobs: Vec<Blob>| documents::from_blobs(blobs, config).items;
    (!blobs.is_empty()).then(|| Model::build(items(blobs), &TrustStamps))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DependenciesBlock {
    dependency: Vec<DependencyRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DependencyRow {
    from: String,
    line: u32,
    to: String,
}

fn dependencies(case: &Case) -> Vec<crate::snapshot::SourceDependency> {
    let rows = read::<DependenciesBlock>(case, "dependencies").map(|b| b.dependency).unwrap_or_default();
    let row = |r: DependencyRow| crate::snapshot::SourceDependency { from: r.from, line: r.line, to: r.to };
    rows.into_iter().map(row).collect()
}

fn read<T: DeserializeOwned>(case: &Case, block: &str) -> Option<T> {
    let text = case.block(block)?;
    Some(toml::from_str(text).unwrap_or_else(|e| panic!("{}: {block}: {e}", case.title)))
}

fn archive(case: &Case) -> ArchiveReadiness {
    match read::<ReleaseBlock>(case, "release").and_then(|b| b.archive) {
        Some(why) => ArchiveReadiness::NotReady { why },
        None => ArchiveReadiness::Ready { destination: "/srv/archive".to_owned() },
    }
}

fn tag(case: &Case) -> ReleaseTag {
    let block = read::<ReleaseBlock>(case, "release").unwrap_or_default();
    let standing = match (block.tag, block.tag_moved) {
        (_, Some(now)) => TagStanding::Moved { now, frozen: "c0ffee".to_owned() },
        (Some(why), None) => TagStanding::NotSigned { why },
        (None, None) => TagStanding::Signed { key_id: "SHA256:case".to_owned() },
    };
    ReleaseTag { version: VERSION.to_owned(), tag: format!("v{VERSION}"), standing }
}
