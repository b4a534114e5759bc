//! The declaration of an environment, `dossier/environment/production.toml`.

use super::Observation;
use crate::lock::images::ImageReference;
use diagnostics::LineIndex;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a release declares of an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declaration {
    /// Images by container or workload, each by digest.
    pub images: BTreeMap<String, String>,
    /// Managed services.
    pub services: BTreeMap<String, Service>,
    /// APIs of others.
    pub apis: BTreeMap<String, Api>,
    /// Settings by `workload/NAME`.
    pub settings: BTreeMap<String, String>,
}

/// A managed service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Service {
    /// Its address in Terraform: `aws_db_instance.main`.
    pub address: Option<String>,
    /// What is declared of it: `engine_version`, `region`, …
    pub attributes: BTreeMap<String, String>,
}

/// An API of somebody else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// The version that the product was verified with.
    pub version: String,
    /// Where the version can be asked; none where it cannot.
    pub url: Option<String>,
    /// The header of the answer that says it.
    pub header: Option<String>,
    /// Or the place in a JSON answer, `/version` (RFC 6901).
    pub field: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    images: BTreeMap<String, String>,
    #[serde(default)]
    services: BTreeMap<String, BTreeMap<String, toml::Value>>,
    #[serde(default)]
    apis: BTreeMap<String, Api>,
    #[serde(default)]
    settings: BTreeMap<String, toml::Value>,
}

/// A value as text: what other tools print for it.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(n) => Some(n.to_string()),
        toml::Value::Float(n) => Some(n.to_string()),
        toml::Value::Boolean(b) => Some(b.to_string()),
        _ => None,
    }
}

impl Declaration {
    /// Reads a declaration.
    ///
    /// # Errors
    /// The line and what is wrong: no TOML, an unknown table, an image that is not named by digest, nothing declared.
    pub fn parse(bytes: &[u8]) -> Result<Declaration, (u32, String)> {
        let text = std::str::from_utf8(bytes).map_err(|_| (0, "it is no text in UTF-8".to_owned()))?;
        let lines = LineIndex::new(text);
        let file: File = toml::from_str(text)
            .map_err(|e| (e.span().map_or(0, |s| lines.position(text, s.start).0), e.message().to_owned()))?;
        let line_of = |name: &str| text.find(name).map_or(0, |at| lines.position(text, at).0);
        for (name, reference) in &file.images {
            if ImageReference::parse(reference).digest.len() != 64 {
                let what =
                    format!("image `{name}` is `{reference}`, which names no bytes: write `…@sha256:…`");
                return Err((line_of(name), what));
            }
        }
        let mut out = Declaration { images: file.images, apis: file.apis, ..Declaration::default() };
        for (name, mut attributes) in file.services {
            let address = attributes.remove("address").as_ref().and_then(plain);
            let mut service = Service { address, ..Service::default() };
            for (key, value) in &attributes {
                let value = plain(value).ok_or_else(|| {
                    (line_of(key), format!("`{key}` of service `{name}` is no text and no number"))
                })?;
                service.attributes.insert(key.clone(), value);
            }
            if service.attributes.is_empty() {
                return Err((line_of(&name), format!("nothing is declared of service `{name}`")));
            }
            out.services.insert(name, service);
        }
        for (name, value) in &file.settings {
            let value = plain(value)
                .ok_or_else(|| (line_of(name), format!("setting `{name}` is no text and no number")))?;
            out.settings.insert(name.clone(), value);
        }
        for (name, api) in &out.apis {
            if api.url.is_some() && api.header.is_none() == api.field.is_none() {
                let what =
                    format!("API `{name}` says not where its answer has the version: `header` or `field`");
                return Err((line_of(name), what));
            }
        }
        if out == Declaration::default() {
            return Err((
                0,
                "nothing is declared: [images], [services.NAME], [apis.NAME], [settings]".to_owned(),
            ));
        }
        Ok(out)
    }

    /// The declared images that were looked at, alone.
    pub(super) fn only(&self, seen: &Observation) -> Declaration {
        let images = self.images.iter().filter(|(name, _)| seen.images.contains_key(*name));
        Declaration {
            images: images.map(|(k, v)| (k.clone(), v.clone())).collect(),
            ..Declaration::default()
        }
    }
}
