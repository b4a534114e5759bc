//! The JSON of a package-lock as a flat list of installed folders, with their places in the text.

use crate::inventory::Cause;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashSet};

/// What the file lists.
#[derive(Default)]
pub(super) struct Read {
    pub(super) folders: Vec<Folder>,
    /// Keys that are there twice, with their offsets.
    pub(super) twice: Vec<(usize, String)>,
    /// Whether the maker's own manifests are among the folders (not in version 1).
    pub(super) roots_known: bool,
}

/// An installed folder, or the maker's own.
pub(super) struct Folder {
    /// `node_modules/a/node_modules/b`; `packages/x` for a workspace, empty for the root.
    pub(super) path: String,
    /// Byte offset of its entry.
    pub(super) offset: usize,
    pub(super) entry: Entry,
}

/// An entry of `packages`, or of `dependencies` in version 1.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Entry {
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) resolved: Option<String>,
    pub(super) integrity: Option<String>,
    pub(super) link: bool,
    pub(super) dev: bool,
    pub(super) optional: bool,
    pub(super) dev_optional: bool,
    pub(super) peer: bool,
    license: serde_json::Value,
    os: serde_json::Value,
    cpu: serde_json::Value,
    dependencies: BTreeMap<String, serde::de::IgnoredAny>,
    dev_dependencies: BTreeMap<String, serde::de::IgnoredAny>,
    optional_dependencies: BTreeMap<String, serde::de::IgnoredAny>,
    peer_dependencies: BTreeMap<String, serde::de::IgnoredAny>,
}

impl Entry {
    /// Names of what it needs, and whether they must be there. npm repeats optional ones among the others.
    pub(super) fn needs(&self) -> impl Iterator<Item = (&str, bool)> {
        let must =
            self.dependencies.keys().map(|n| (n.as_str(), !self.optional_dependencies.contains_key(n)));
        let dev = self.dev_dependencies.keys().map(|n| (n.as_str(), false));
        let may = self.optional_dependencies.keys().chain(self.peer_dependencies.keys());
        must.chain(dev).chain(may.map(|n| (n.as_str(), false)))
    }

    /// The licence as written: an expression, or the old forms with an object or a list.
    pub(super) fn licences(&self) -> Vec<String> {
        let one = |v: &serde_json::Value| {
            v.as_str().or_else(|| v.get("type")?.as_str()).filter(|s| !s.is_empty()).map(str::to_owned)
        };
        match &self.license {
            serde_json::Value::Array(all) => all.iter().filter_map(one).collect(),
            other => one(other).into_iter().collect(),
        }
    }

    /// Platforms that it is restricted to: `linux`, `!win32`, `arm64`.
    pub(super) fn targets(&self) -> Vec<String> {
        let list = |v: &serde_json::Value| match v {
            serde_json::Value::Array(all) => {
                all.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect()
            }
            serde_json::Value::String(s) => vec![s.clone()],
            _ => Vec::new(),
        };
        let mut targets = list(&self.os);
        targets.extend(list(&self.cpu));
        targets
    }
}

/// Version 1: an entry in the tree.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Tree<'a> {
    #[serde(borrow)]
    dependencies: Option<Entries<'a>>,
    /// Names of what it needs; `true` in the oldest files.
    requires: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    lockfile_version: Option<u64>,
    #[serde(borrow)]
    packages: Option<Entries<'a>>,
    #[serde(borrow)]
    dependencies: Option<Entries<'a>>,
}

/// The members of a JSON object in order, doubled keys included, each value as its text.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        d.deserialize_map(Members).map(Entries)
    }
}

type Failure = (Option<usize>, Cause);

/// The folders that a file lists, whatever its version.
pub(super) fn folders(text: &str) -> Result<Read, Failure> {
    let file: File<'_> = serde_json::from_str(text).map_err(|e| malformed(text, 0, &e))?;
    match (file.lockfile_version, &file.packages, &file.dependencies) {
        (Some(2..=3), Some(packages), _) => flat(text, packages),
        (Some(1) | None, None, Some(tree)) => {
            let mut read = Read::default();
            nested(text, "", tree, 0, &mut read)?;
            Ok(read)
        }
        (Some(1..=3), _, _) => Ok(Read::default()),
        (Some(v), _, _) => Err((None, Cause::Unsupported(format!("version {v} of package-lock.json")))),
        (None, _, _) => {
            let reason = "it has no `lockfileVersion`".to_owned();
            Err((None, Cause::Malformed { format: "package-lock.json", reason }))
        }
    }
}

fn flat(text: &str, packages: &Entries<'_>) -> Result<Read, Failure> {
    let mut read = Read { roots_known: true, ..Read::default() };
    let mut seen = HashSet::with_capacity(packages.0.len());
    for (path, raw) in &packages.0 {
        let offset = offset_in(text, raw.get());
        let entry: Entry = serde_json::from_str(raw.get()).map_err(|e| malformed(text, offset, &e))?;
        if !seen.insert(path.as_str()) {
            read.twice.push((offset, path.clone()));
            continue;
        }
        // The root is a manifest without a package of its own, but what it names is direct.
        read.folders.push(Folder { path: path.clone(), offset, entry });
    }
    if read.folders.len() == 1 && read.folders.first().is_some_and(|f| f.path.is_empty()) {
        // A root that needs nothing: no component.
        read.folders.clear();
    }
    Ok(read)
}

/// Depth of the tree that is followed; npm's own trees have some ten levels.
const DEPTH_MAX: usize = 100;

fn nested(text: &str, above: &str, tree: &Entries<'_>, depth: usize, read: &mut Read) -> Result<(), Failure> {
    let mut seen = HashSet::new();
    for (name, raw) in &tree.0 {
        let offset = offset_in(text, raw.get());
        let fail = |e: serde_json::Error| malformed(text, offset, &e);
        let node: Tree<'_> = serde_json::from_str(raw.get()).map_err(fail)?;
        // In version 1 `dependencies` is the tree below, not the list of what is needed.
        let own: EntryV1 = serde_json::from_str(raw.get()).map_err(fail)?;
        if !seen.insert(name.as_str()) {
            read.twice.push((offset, name.clone()));
            continue;
        }
        let path = if above.is_empty() {
            format!("node_modules/{name}")
        } else {
            format!("{above}/node_modules/{name}")
        };
        if depth >= DEPTH_MAX {
            let reason = format!("dependencies are nested more than {DEPTH_MAX} deep");
            return Err((Some(offset), Cause::Malformed { format: "package-lock.json", reason }));
        }
        let needed = node.requires.as_object().into_iter().flat_map(|r| r.keys().cloned());
        let entry = own.into_entry(needed.map(|n| (n, serde::de::IgnoredAny)).collect());
        read.folders.push(Folder { path: path.clone(), offset, entry });
        if let Some(below) = &node.dependencies {
            nested(text, &path, below, depth + 1, read)?;
        }
    }
    Ok(())
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct EntryV1 {
    version: Option<String>,
    resolved: Option<String>,
    integrity: Option<String>,
    dev: bool,
    optional: bool,
}

impl EntryV1 {
    fn into_entry(self, dependencies: BTreeMap<String, serde::de::IgnoredAny>) -> Entry {
        // Where it is not from a registry, version 1 writes the address as the version.
        let address = self.version.as_ref().filter(|v| v.contains(':')).cloned();
        Entry {
            version: self.version,
            resolved: self.resolved.or(address),
            integrity: self.integrity,
            dev: self.dev,
            optional: self.optional,
            dependencies,
            ..Entry::default()
        }
    }
}

/// Where `part`, a slice of `text`, begins in it.
fn offset_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
}

/// What serde_json says about the part of `text` that begins at `start`.
fn malformed(text: &str, start: usize, e: &serde_json::Error) -> Failure {
    let mut message = e.to_string();
    if let Some(at) = message.find(" at line ") {
        message.truncate(at);
    }
    let rest = text.get(start..).unwrap_or_default();
    let before: usize = rest.split_inclusive('\n').take(e.line().saturating_sub(1)).map(str::len).sum();
    let offset = start + before + e.column().saturating_sub(1);
    (Some(offset.min(text.len())), Cause::Malformed { format: "package-lock.json", reason: message })
}
