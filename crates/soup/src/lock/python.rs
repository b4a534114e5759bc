//! Python: requirements.txt with exact pins and hashes, uv.lock, poetry.lock and Pipfile.lock.

use super::gather::{Gather, lines};
use crate::inventory::{Cause, Inventory, text};
use diagnostics::LineIndex;
use model::components::{ComponentKind, Hash};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

const TYPE: &str = "pypi";

/// PEP 503.
fn normal(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        let c = if matches!(c, '_' | '.') { '-' } else { c.to_ascii_lowercase() };
        if c != '-' || !out.ends_with('-') {
            out.push(c);
        }
    }
    out
}

/// `sha256:…`
fn hash(gather: &mut Gather<'_>, name: &str, written: &str, line: u32) -> Option<Hash> {
    let (algorithm, hex) = written.split_once(':')?;
    gather.hash(name, algorithm, hex, line)
}

/// Reads a requirements.txt. Anything but `name==version` is a finding.
pub fn requirements(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    let mut logical: Vec<(u32, String)> = Vec::new();
    let mut open = false;
    for (line, raw) in lines(text) {
        let content = raw.split(" #").next().unwrap_or(raw).trim_end();
        let content = if content.trim_start().starts_with('#') { "" } else { content };
        let (part, more) = content.strip_suffix('\\').map_or((content, false), |p| (p, true));
        match logical.last_mut().filter(|_| open) {
            Some((_, whole)) => {
                whole.push(' ');
                whole.push_str(part);
            }
            None => logical.push((line, part.to_owned())),
        }
        open = more;
    }
    for (line, requirement) in logical {
        one_requirement(&mut gather, line, requirement.trim());
    }
    gather.finish()
}

fn one_requirement(gather: &mut Gather<'_>, line: u32, requirement: &str) {
    if requirement.is_empty() {
        return;
    }
    if let Some(option) = requirement.strip_prefix('-') {
        // Other files have to be named as lock files of their own; indexes and formats are no components.
        if ["r ", "-requirement", "e ", "-editable"].iter().any(|o| option.starts_with(o)) {
            let (component, written) = ("requirements".to_owned(), requirement.to_owned());
            gather.problem(line, Cause::NotPinned { component, written });
        }
        return;
    }
    let (specifier, options) = requirement.split_once(" --").unwrap_or((requirement, ""));
    let specifier = specifier.split(';').next().unwrap_or(specifier).trim();
    let (name, version) = match specifier.split_once("===").or_else(|| specifier.split_once("==")) {
        Some((name, version)) => (name, version.trim()),
        None => {
            let end = specifier.find(['<', '>', '=', '!', '~', '@', ' ']).unwrap_or(specifier.len());
            let (name, rest) = specifier.split_at_checked(end).unwrap_or((specifier, ""));
            (name, if rest.is_empty() { "*" } else { rest })
        }
    };
    let name = normal(name.split('[').next().unwrap_or(name).trim());
    let options = format!("--{options}");
    let hashes: Vec<Hash> = options
        .split("--hash")
        .skip(1)
        .filter_map(|h| {
            hash(gather, &name, h.trim_start_matches(['=', ' ']).split_whitespace().next()?, line)
        })
        .collect();
    let component = gather.package(&name, (TYPE, None, &name), version, line);
    component.hashes = hashes;
    component.kind = ComponentKind::Direct;
}

#[derive(Deserialize)]
struct UvLock {
    #[serde(default)]
    version: Option<u64>,
    #[serde(default)]
    package: Vec<UvPackage>,
}

#[derive(Deserialize)]
struct UvPackage {
    name: Spanned<String>,
    version: Option<String>,
    #[serde(default)]
    source: BTreeMap<String, toml::Value>,
    #[serde(default)]
    dependencies: Vec<UvNeed>,
    #[serde(default, rename = "dev-dependencies")]
    dev: BTreeMap<String, Vec<UvNeed>>,
    sdist: Option<UvFile>,
    #[serde(default)]
    wheels: Vec<UvFile>,
}

#[derive(Deserialize)]
struct UvNeed {
    name: String,
}

#[derive(Deserialize)]
struct UvFile {
    url: Option<String>,
    hash: Option<String>,
}

fn toml_file<T: serde::de::DeserializeOwned>(
    file: &str,
    text: &str,
    format: &'static str,
) -> Result<T, Inventory> {
    toml::from_str(text).map_err(|e| {
        let lines = LineIndex::new(text);
        let at = e.span().map_or(0, |s| lines.position(text, s.start).0);
        Inventory::unreadable(file, at, Cause::Malformed { format, reason: e.message().to_owned() })
    })
}

/// Reads a uv.lock.
pub fn uv(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let lock: UvLock = match toml_file(file, text, "uv.lock") {
        Ok(lock) => lock,
        Err(unreadable) => return unreadable,
    };
    if lock.version != Some(1) {
        let version = lock.version.map_or_else(|| "none".to_owned(), |v| v.to_string());
        return Inventory::unreadable(file, 1, Cause::Unsupported(format!("version {version} of uv.lock")));
    }
    let index = LineIndex::new(text);
    let mut gather = Gather::new(file);
    let own = |p: &UvPackage| ["virtual", "editable", "directory"].iter().any(|s| p.source.contains_key(*s));
    for p in &lock.package {
        let line = index.position(text, p.name.span().start).0;
        let name = p.name.get_ref().as_str();
        let file = p.sdist.iter().chain(&p.wheels).find(|f| f.hash.is_some());
        let hashes: Vec<Hash> = file
            .and_then(|f| f.hash.as_deref())
            .and_then(|h| hash(&mut gather, name, h, line))
            .into_iter()
            .collect();
        let version =
            p.version.clone().unwrap_or_else(|| if own(p) { "0".to_owned() } else { String::new() });
        let component = gather.package(name, (TYPE, None, name), &version, line);
        component.hashes = hashes;
        component.download = file.and_then(|f| f.url.clone());
        if own(p) {
            component.kind = ComponentKind::Own;
            component.purl = String::new();
        }
    }
    for p in &lock.package {
        for need in &p.dependencies {
            gather.needs(p.name.get_ref(), &need.name, true);
            mark(&mut gather, own(p), &need.name, ComponentKind::Direct);
        }
        for need in p.dev.values().flatten() {
            mark(&mut gather, own(p), &need.name, ComponentKind::Dev);
        }
    }
    gather.finish()
}

fn mark(gather: &mut Gather<'_>, own: bool, name: &str, kind: ComponentKind) {
    if let (true, Some(c)) = (own, gather.get(name))
        && (c.kind == ComponentKind::Transitive
            || kind == ComponentKind::Direct && c.kind == ComponentKind::Dev)
    {
        c.kind = kind;
    }
}

#[derive(Deserialize)]
struct PoetryLock {
    #[serde(default)]
    package: Vec<PoetryPackage>,
    metadata: Option<toml::Table>,
}

#[derive(Deserialize)]
struct PoetryPackage {
    name: Spanned<String>,
    version: String,
    #[serde(default)]
    optional: bool,
    category: Option<String>,
    #[serde(default)]
    groups: Vec<String>,
    #[serde(default)]
    dependencies: BTreeMap<String, toml::Value>,
    #[serde(default)]
    files: Vec<PoetryFile>,
}

#[derive(Deserialize)]
struct PoetryFile {
    hash: String,
}

/// Reads a poetry.lock.
pub fn poetry(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let lock: PoetryLock = match toml_file(file, text, "poetry.lock") {
        Ok(lock) => lock,
        Err(unreadable) => return unreadable,
    };
    if lock.metadata.is_none() {
        let reason = "there is no [metadata], so it is cut off or another file".to_owned();
        return Inventory::unreadable(file, 0, Cause::Malformed { format: "poetry.lock", reason });
    }
    let index = LineIndex::new(text);
    let mut gather = Gather::new(file);
    for p in &lock.package {
        let line = index.position(text, p.name.span().start).0;
        let name = normal(p.name.get_ref());
        let first = p.files.first().and_then(|f| hash(&mut gather, &name, &f.hash, line));
        let component = gather.package(&name, (TYPE, None, &name), &p.version, line);
        component.hashes = first.into_iter().collect();
        component.optional = p.optional;
        let dev = p.category.as_deref() == Some("dev")
            || !p.groups.is_empty() && !p.groups.iter().any(|g| g == "main");
        if dev {
            component.kind = ComponentKind::Dev;
        }
    }
    for p in &lock.package {
        for wanted in p.dependencies.keys() {
            // Which extras and markers hold is not said here.
            gather.needs(&normal(p.name.get_ref()), &normal(wanted), false);
        }
    }
    gather.roots_are_direct();
    gather.finish()
}

#[derive(Deserialize)]
struct Pipfile {
    #[serde(rename = "_meta")]
    meta: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    default: BTreeMap<String, PipfilePackage>,
    #[serde(default)]
    develop: BTreeMap<String, PipfilePackage>,
}

#[derive(Deserialize)]
struct PipfilePackage {
    version: Option<String>,
    #[serde(rename = "ref")]
    commit: Option<String>,
    #[serde(default)]
    hashes: Vec<String>,
}

/// Reads a Pipfile.lock.
pub fn pipfile(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let lock: Pipfile = match super::json(file, text, "Pipfile.lock") {
        Ok(lock) => lock,
        Err(unreadable) => return unreadable,
    };
    if lock.meta.is_none() {
        let reason = "there is no `_meta`".to_owned();
        return Inventory::unreadable(file, 0, Cause::Malformed { format: "Pipfile.lock", reason });
    }
    let mut gather = Gather::new(file);
    for (list, kind) in [(&lock.develop, ComponentKind::Dev), (&lock.default, ComponentKind::Transitive)] {
        for (name, p) in list {
            let name = normal(name);
            let first = p.hashes.first().and_then(|h| hash(&mut gather, &name, h, 0));
            let version = p.version.as_deref().map(|v| v.trim_start_matches('=')).or(p.commit.as_deref());
            let component = gather.package(&name, (TYPE, None, &name), version.unwrap_or_default(), 0);
            component.hashes = first.into_iter().collect();
            component.kind = kind;
        }
    }
    gather.finish()
}
