//! go.mod (go.dev/ref/mod#go-mod-file): since Go 1.17 it names every module of the build. go.sum alone names too many,
//! because it keeps what was ever looked at.

use super::gather::{Gather, lines};
use crate::inventory::{Cause, Inventory, text};
use model::components::ComponentKind;
use std::collections::HashMap;

/// Reads a go.mod. `file` is the path that components are reported with.
pub fn module(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    let (mut block, mut go, mut toolchain) = (String::new(), None, None);
    let mut required: Vec<(u32, String, String, bool)> = Vec::new();
    let mut replaced: HashMap<String, (String, String)> = HashMap::new();
    for (line, raw) in lines(text) {
        let (content, comment) = raw.split_once("//").unwrap_or((raw, ""));
        let indirect = comment.trim().starts_with("indirect");
        let words: Vec<&str> = content.split_whitespace().map(|w| w.trim_matches(['"', '`'])).collect();
        let (verb, rest): (&str, &[&str]) = match (block.as_str(), words.as_slice()) {
            (_, []) => continue,
            (_, [")"]) => {
                block.clear();
                continue;
            }
            ("", [verb, "("]) => {
                (*verb).clone_into(&mut block);
                continue;
            }
            ("", [verb, rest @ ..]) => (*verb, rest),
            (verb, all) => (verb, all),
        };
        match (verb, rest) {
            ("go", [version]) => go = Some((line, (*version).to_owned())),
            ("toolchain", [name]) => toolchain = Some((line, name.trim_start_matches("go").to_owned())),
            ("require", [path, version]) => {
                required.push((line, (*path).to_owned(), (*version).to_owned(), indirect));
            }
            ("replace", [from, .., "=>", path, version]) => {
                replaced.insert((*from).to_owned(), ((*path).to_owned(), (*version).to_owned()));
            }
            // A folder of one's own stands for the module.
            ("replace", [from, .., "=>", _]) => {
                replaced.insert((*from).to_owned(), (String::new(), String::new()));
            }
            _ => {}
        }
    }
    if go.is_none() && required.is_empty() && !text.contains("module ") {
        let reason = "there is neither `module` nor `require`".to_owned();
        return Inventory::unreadable(file, 0, Cause::Malformed { format: "go.mod", reason });
    }
    // The standard library is SOUP as well.
    match (toolchain, go) {
        (Some((line, version)), _) => standard(&mut gather, &version, line),
        (None, Some((line, version))) if version.split('.').count() == 3 => {
            standard(&mut gather, &version, line)
        }
        (None, Some((line, version))) => {
            let written = format!("go {version}");
            gather.problem(line, Cause::NotPinned { component: "stdlib".to_owned(), written });
        }
        (None, None) => {}
    }
    for (line, path, version, indirect) in required {
        let (path, version) = match replaced.get(&path) {
            Some((to, _)) if to.is_empty() => continue,
            Some((to, version)) => (to.clone(), version.clone()),
            None => (path, version),
        };
        add(&mut gather, &path, &version, line).kind =
            if indirect { ComponentKind::Transitive } else { ComponentKind::Direct };
    }
    gather.finish()
}

fn standard(gather: &mut Gather<'_>, version: &str, line: u32) {
    gather.package("stdlib", ("golang", None, "stdlib"), version, line).kind = ComponentKind::Direct;
}

fn add<'g>(
    gather: &'g mut Gather<'_>,
    path: &str,
    version: &str,
    line: u32,
) -> &'g mut model::components::Component {
    let (namespace, name) = path.rsplit_once('/').map_or((None, path), |(n, name)| (Some(n), name));
    gather.package(&format!("{path}@{version}"), ("golang", namespace, name), version, line)
}

/// Reads a go.sum: every module whose content, not only whose go.mod, is digested.
pub fn sums(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    for (line, raw) in lines(text) {
        let words: Vec<&str> = raw.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [_, version, digest] if version.ends_with("/go.mod") && digest.starts_with("h1:") => {}
            // `h1:` digests a list of files, not the archive: it is no digest of the package as it is downloaded.
            [path, version, digest] if digest.starts_with("h1:") => {
                add(&mut gather, path, version, line);
            }
            _ => {
                let reason = "a line that is not `module version h1:digest`".to_owned();
                return Inventory::unreadable(file, line, Cause::Malformed { format: "go.sum", reason });
            }
        }
    }
    gather.finish()
}
