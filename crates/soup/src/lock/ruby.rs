//! Bundler: Gemfile.lock.

use super::gather::{Gather, lines};
use crate::inventory::{Cause, Inventory, text};
use model::components::ComponentKind;

/// Reads a Gemfile.lock.
pub fn read(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    if !text.lines().any(|l| matches!(l.trim_end(), "GEM" | "GIT" | "PATH")) {
        let reason = "there is no section GEM, GIT or PATH".to_owned();
        return Inventory::unreadable(file, 0, Cause::Malformed { format: "Gemfile.lock", reason });
    }
    let mut gather = Gather::new(file);
    let (mut section, mut current) = ("", String::new());
    let mut needs: Vec<(String, String)> = Vec::new();
    let mut direct: Vec<String> = Vec::new();
    for (line, raw) in lines(text) {
        let content = raw.trim_end();
        let indent = content.len() - content.trim_start().len();
        let entry = content.trim_start();
        match (indent, section) {
            (0, _) => section = entry,
            (4, "GEM" | "GIT" | "PATH") => {
                let (name, version) = entry.split_once(" (").unwrap_or((entry, ""));
                let version = version.trim_end_matches(')');
                // `1.15.0-x86_64-linux`: the platform is no part of the version.
                let (version, platform) = match version.split_once('-') {
                    Some((v, p)) => (v, Some(p)),
                    None => (version, None),
                };
                name.clone_into(&mut current);
                let component = gather.package(name, ("gem", None, name), version, line);
                component.targets.extend(platform.map(str::to_owned));
                if section == "PATH" {
                    component.kind = ComponentKind::Own;
                    component.purl = String::new();
                }
            }
            (6, "GEM" | "GIT" | "PATH") => {
                let name = entry.split(' ').next().unwrap_or(entry);
                needs.push((current.clone(), name.to_owned()));
            }
            (2, "DEPENDENCIES") => {
                let name = entry.split([' ', '!']).next().unwrap_or(entry);
                direct.push(name.to_owned());
            }
            (2, "CHECKSUMS") => {
                let name = entry.split(' ').next().unwrap_or(entry);
                if let Some(hex) = entry.split("sha256=").nth(1)
                    && let Some(hash) =
                        gather.hash(name, "SHA256", hex.split([',', ' ']).next().unwrap_or(hex), line)
                    && let Some(component) = gather.get(name)
                    && component.hashes.is_empty()
                {
                    component.hashes.push(hash);
                }
            }
            _ => {}
        }
    }
    for (from, to) in needs {
        // Bundler itself may be named and is not listed.
        gather.needs(&from, &to, to != "bundler");
    }
    for name in direct {
        if let Some(c) = gather.get(&name)
            && c.kind == ComponentKind::Transitive
        {
            c.kind = ComponentKind::Direct;
        }
    }
    gather.finish()
}
