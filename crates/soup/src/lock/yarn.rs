//! yarn.lock: version 1 (classic) and the YAML of yarn 2 and later (berry). Both are entries under unindented keys.

use super::gather::{Gather, lines, npm_name};
use crate::inventory::{Cause, Inventory, text};
use model::components::ComponentKind;
use std::collections::HashMap;

#[derive(Default)]
struct Entry<'a> {
    keys: Vec<&'a str>,
    line: u32,
    version: &'a str,
    resolution: &'a str,
    resolved: &'a str,
    integrity: &'a str,
    checksum: &'a str,
    workspace: bool,
    needs: Vec<(&'a str, &'a str, bool)>,
}

/// Reads a yarn.lock. `file` is the path that components are reported with.
pub fn read(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let berry = text.lines().any(|l| l.starts_with("__metadata:"));
    if !berry && !text.contains("yarn lockfile v1") {
        return Inventory::unreadable(
            file,
            0,
            Cause::Unsupported("a yarn.lock of neither version 1 nor 2".to_owned()),
        );
    }
    let mut gather = Gather::new(file);
    let entries = match entries(text) {
        Ok(entries) => entries,
        Err(line) => {
            let reason = "a line that belongs to no entry".to_owned();
            return Inventory::unreadable(file, line, Cause::Malformed { format: "yarn.lock", reason });
        }
    };
    // What a range was resolved to.
    let mut resolved: HashMap<String, String> = HashMap::new();
    for e in &entries {
        let name = name_of(e.keys.first().copied().unwrap_or_default());
        let id = format!("{name}@{}", e.version);
        for key in &e.keys {
            resolved.insert(plain(key), id.clone());
        }
        add(&mut gather, e, name, &id);
    }
    for e in &entries {
        let from = format!("{}@{}", name_of(e.keys.first().copied().unwrap_or_default()), e.version);
        for (name, range, must) in &e.needs {
            let wanted = format!("{name}@{}", range.strip_prefix("npm:").unwrap_or(range));
            let to = resolved.get(&wanted);
            // A resolution of the workspace may stand for the range; then its name alone says which.
            let one = || {
                let prefix = format!("{name}@");
                let mut all = resolved.iter().filter(|(k, _)| k.starts_with(&prefix)).map(|(_, id)| id);
                let first = all.next()?;
                all.all(|id| id == first).then_some(first)
            };
            match to.or_else(one) {
                Some(to) => gather.needs(&from, to, true),
                None => gather.needs(&from, &wanted, *must),
            }
        }
    }
    direct(&mut gather, &entries, &resolved);
    gather.finish()
}

fn add(gather: &mut Gather<'_>, e: &Entry<'_>, name: &str, id: &str) {
    let (namespace, bare) = npm_name(name);
    if e.workspace {
        let own = gather.package(id, ("npm", namespace, bare), "0.0.0-use.local", e.line);
        own.kind = ComponentKind::Own;
        own.purl = String::new();
        "".clone_into(&mut own.version);
        return;
    }
    let mut hashes: Vec<_> = e.integrity.split_ascii_whitespace().filter_map(super::npm::digest).collect();
    // `https://…/a-1.0.0.tgz#<sha1>`
    if let Some((_, sha1)) =
        e.resolved.split_once('#').filter(|(url, h)| h.len() == 40 && !url.contains("git"))
        && hashes.is_empty()
    {
        hashes.extend(gather.hash(name, "SHA1", sha1, e.line));
    }
    // Berry digests its own cache's archives, not those of the registry, so its checksum is no digest of the package.
    let _ = e.checksum;
    let component = gather.package(id, ("npm", namespace, bare), e.version, e.line);
    hashes.sort();
    component.hashes = hashes;
    component.download =
        Some(e.resolved.split('#').next().unwrap_or_default().to_owned()).filter(|d| !d.is_empty());
}

/// Berry names the workspaces; version 1 does not, and then what nothing else needs is direct.
fn direct(gather: &mut Gather<'_>, entries: &[Entry<'_>], resolved: &HashMap<String, String>) {
    if !entries.iter().any(|e| e.workspace) {
        gather.roots_are_direct();
        return;
    }
    for e in entries.iter().filter(|e| e.workspace) {
        for (name, range, _) in &e.needs {
            let wanted = format!("{name}@{}", range.strip_prefix("npm:").unwrap_or(range));
            if let Some(c) = resolved.get(&wanted).and_then(|id| gather.get(id))
                && c.kind == ComponentKind::Transitive
            {
                c.kind = ComponentKind::Direct;
            }
        }
    }
}

/// `@scope/name@range` without the range.
fn name_of(key: &str) -> &str {
    let after = key.get(1..).and_then(|k| k.find('@')).map(|i| i + 1);
    after.and_then(|i| key.get(..i)).unwrap_or(key)
}

fn plain(key: &str) -> String {
    let name = name_of(key);
    let range = key.get(name.len() + 1..).unwrap_or_default();
    format!("{name}@{}", range.strip_prefix("npm:").unwrap_or(range))
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}

fn entries(text: &str) -> Result<Vec<Entry<'_>>, u32> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    let mut block = "";
    for (line, raw) in lines(text) {
        let content = raw.trim_end();
        if content.is_empty() || content.trim_start().starts_with('#') {
            continue;
        }
        let indent = content.len() - content.trim_start().len();
        if indent == 0 {
            let keys = content.strip_suffix(':').ok_or(line)?;
            let keys = unquoted(keys).split(", ").map(unquoted).collect();
            entries.push(Entry { keys, line, ..Entry::default() });
            block = "";
            continue;
        }
        let entry = entries.last_mut().ok_or(line)?;
        let field = content.trim_start();
        let (name, value) = pair(field);
        match (indent, name, value) {
            (2, name, "") => block = name,
            (2, "version", v) => entry.version = v,
            (2, "resolved", v) => entry.resolved = v,
            (2, "resolution", v) => {
                entry.resolution = v;
                entry.workspace = entry.resolution.contains("@workspace:");
            }
            (2, "integrity", v) => entry.integrity = v,
            (2, "checksum", v) => entry.checksum = v,
            (2, ..) => block = "",
            (_, name, value) if matches!(block, "dependencies" | "optionalDependencies") => {
                entry.needs.push((name, value, block == "dependencies"));
            }
            _ => {}
        }
    }
    entries.retain(|e| e.keys != ["__metadata"]);
    Ok(entries)
}

/// `name "value"`, `"name" "value"`, `name: value` or `"name": "value"`.
fn pair(field: &str) -> (&str, &str) {
    let (name, value) = match field.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        Some((name, rest)) => (name, rest),
        None => field.split_once([' ', ':']).unwrap_or((field, "")),
    };
    (name.trim_end_matches(':'), unquoted(value.trim_start_matches(':')))
}
