//! Whether an environment is what a release declares: images, managed services, the versions of APIs, settings.
//!
//! A declaration is a TOML file of the documents. An observation is what a tool prints that sees the environment; only what
//! is compared is taken out of it, so that a secret beside it never gets into a record. Nothing is asked here: bytes in,
//! differences out.

mod declared;
mod kubernetes;
mod terraform;

pub use declared::{Api, Declaration};

use crate::lock::images::ImageReference;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What an observation is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// JSON of `kubectl get`.
    Kubernetes,
    /// A compose file, as it is or as `docker compose config` prints it.
    Compose,
    /// A state or plan of Terraform or OpenTofu, as `show -json` prints it, or a state file.
    Terraform,
    /// A container image as a tar.
    Image,
    /// Answers of APIs.
    Http,
}

impl Form {
    /// Every form, with the word that names it.
    pub const ALL: [(&'static str, Form); 5] = [
        ("kubernetes", Form::Kubernetes),
        ("compose", Form::Compose),
        ("terraform", Form::Terraform),
        ("image", Form::Image),
        ("http", Form::Http),
    ];

    /// The word that names it.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, form)| *form == self).map_or("", |(word, _)| word)
    }
}

/// What was seen, as far as it is compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Observation {
    /// Images by `workload/container`; several while one replaces the other.
    pub images: BTreeMap<String, BTreeSet<String>>,
    /// Attributes of resources by address.
    pub services: BTreeMap<String, BTreeMap<String, String>>,
    /// Versions of APIs by their declared name.
    pub apis: BTreeMap<String, String>,
    /// Settings by `workload/container/NAME`; those that are declared, no others.
    pub settings: BTreeMap<String, String>,
}

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// What: `image/web`, `service/database/engine_version`, `api/terminology`, `setting/web/LOG_LEVEL`.
    pub what: String,
    /// As declared; empty where it is not.
    pub declared: String,
    /// As observed; empty where it is not there.
    pub observed: String,
}

/// What came of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// How many things were compared.
    pub compared: u64,
    /// The differences, sorted.
    pub differences: Vec<Difference>,
}

/// Takes an observation apart.
///
/// # Errors
/// When the bytes are none of this form, or hold nothing that could be compared: empty is not "no drift".
pub fn observe(form: Form, bytes: &[u8], declaration: &Declaration) -> Result<Observation, String> {
    let mut seen = match form {
        Form::Kubernetes => kubernetes::observe(bytes)?,
        Form::Compose => kubernetes::compose(bytes)?,
        Form::Terraform => terraform::observe(bytes, declaration)?,
        Form::Image | Form::Http => return Err("it is not read from a file".to_owned()),
    };
    seen.settings.retain(|seen, _| declaration.settings.keys().any(|d| is_setting(d, seen)));
    Ok(seen)
}

/// Compares what was seen with what is declared, as far as the form can see it.
pub fn compare(form: Form, declared: &Declaration, seen: &Observation) -> Compared {
    let mut out = Compared::default();
    match form {
        Form::Kubernetes | Form::Compose => {
            images(declared, seen, &mut out);
            settings(declared, seen, &mut out);
        }
        Form::Image => images(&declared.only(seen), seen, &mut out),
        Form::Terraform => services(declared, seen, &mut out),
        Form::Http => {
            for (name, api) in &declared.apis {
                if let Some(found) = seen.apis.get(name) {
                    out.one(format!("api/{name}"), &api.version, found);
                }
            }
        }
    }
    out.differences.sort();
    out.differences.dedup();
    out
}

impl Compared {
    fn one(&mut self, what: String, declared: &str, observed: &str) {
        self.compared += 1;
        if declared != observed {
            let (declared, observed) = (declared.to_owned(), observed.to_owned());
            self.differences.push(Difference { what, declared, observed });
        }
    }
}

/// Whether a declared name means a seen image: the container, both names, or the workload where it has one container.
fn is_image(declared: &str, seen: &str, all: &BTreeMap<String, BTreeSet<String>>) -> bool {
    let (workload, container) = seen.rsplit_once('/').unwrap_or((seen, seen));
    let alone = || all.keys().filter(|k| k.rsplit_once('/').is_some_and(|(w, _)| w == workload)).count() < 2;
    declared == seen || declared == container || (declared == workload && alone())
}

fn is_setting(declared: &str, seen: &str) -> bool {
    let (Some((of, name)), Some((place, seen_name))) = (declared.rsplit_once('/'), seen.rsplit_once('/'))
    else {
        return declared == seen;
    };
    let (workload, container) = place.rsplit_once('/').unwrap_or((place, place));
    name == seen_name && (of == place || of == workload || of == container)
}

fn images(declared: &Declaration, seen: &Observation, out: &mut Compared) {
    for (name, wanted) in &declared.images {
        let of_name = seen.images.iter().filter(|(k, _)| is_image(name, k, &seen.images));
        let found: BTreeSet<&String> = of_name.flat_map(|(_, refs)| refs).collect();
        if found.is_empty() {
            out.one(format!("image/{name}"), wanted, "");
        }
        for reference in found {
            let shown = if same_image(wanted, reference) { wanted } else { reference };
            out.one(format!("image/{name}"), wanted, shown);
        }
    }
    for (name, refs) in &seen.images {
        if !declared.images.keys().any(|d| is_image(d, name, &seen.images)) {
            for reference in refs {
                out.one(format!("image/{name}"), "", reference);
            }
        }
    }
}

/// Two references name the same bytes: equal digests, whatever registry they come through. A tag names no bytes.
fn same_image(declared: &str, seen: &str) -> bool {
    let digest = |text: &str| {
        let bare = text.strip_prefix("sha256:").map(str::to_owned);
        bare.unwrap_or_else(|| ImageReference::parse(text).digest).to_ascii_lowercase()
    };
    let (declared, seen) = (digest(declared), digest(seen));
    !declared.is_empty() && declared == seen
}

fn settings(declared: &Declaration, seen: &Observation, out: &mut Compared) {
    for (name, wanted) in &declared.settings {
        let mut found = seen.settings.iter().filter(|(k, _)| is_setting(name, k)).peekable();
        if found.peek().is_none() {
            out.one(format!("setting/{name}"), wanted, "");
        }
        for (_, value) in found {
            out.one(format!("setting/{name}"), wanted, value);
        }
    }
}

fn services(declared: &Declaration, seen: &Observation, out: &mut Compared) {
    for (name, service) in &declared.services {
        let found = service.address.as_ref().and_then(|a| seen.services.get(a));
        for (key, wanted) in &service.attributes {
            let value = found.and_then(|f| f.get(key)).map_or("", String::as_str);
            out.one(format!("service/{name}/{key}"), wanted, value);
        }
    }
    let known = |address: &String| declared.services.values().any(|s| s.address.as_ref() == Some(address));
    for (address, attributes) in seen.services.iter().filter(|(a, _)| !known(a)) {
        for (key, value) in attributes {
            out.one(format!("service/{address}/{key}"), "", value);
        }
    }
}
