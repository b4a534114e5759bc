//! Java: gradle.lockfile, and pom.xml as far as it has versions of its own. What Maven resolves from parents and ranges
//! is only known to Maven: take its SBOM for the whole.

use super::gather::{Gather, lines};
use crate::inventory::{Cause, Inventory, text};
use model::components::ComponentKind;
use quick_xml::events::Event;
use std::collections::HashMap;

/// Reads a gradle.lockfile or buildscript-gradle.lockfile.
pub fn gradle(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let build = file.contains("buildscript");
    let mut gather = Gather::new(file);
    for (line, raw) in lines(text) {
        let content = raw.trim();
        if content.is_empty() || content.starts_with('#') || content.starts_with("empty=") {
            continue;
        }
        let (coordinates, configurations) = content.split_once('=').unwrap_or((content, ""));
        let parts: Vec<&str> = coordinates.split(':').collect();
        let [group, name, version] = parts.as_slice() else {
            let reason = "a line that is not `group:name:version=configurations`".to_owned();
            return Inventory::unreadable(file, line, Cause::Malformed { format: "gradle.lockfile", reason });
        };
        let test_only = !configurations.is_empty()
            && configurations.split(',').all(|c| c.to_ascii_lowercase().contains("test"));
        let component = gather.package(coordinates, ("maven", Some(group), name), version, line);
        component.kind = match (build, test_only) {
            (true, _) => ComponentKind::Build,
            (false, true) => ComponentKind::Dev,
            (false, false) => ComponentKind::Transitive,
        };
    }
    gather.finish()
}

/// Reads a pom.xml: its dependencies, with properties of the same file put in.
pub fn maven(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let read = match pom(text) {
        Ok(read) => read,
        Err((at, reason)) => {
            let line = text.get(..at).map_or(0, |t| t.matches('\n').count() + 1);
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            return Inventory::unreadable(file, line, Cause::Malformed { format: "pom.xml", reason });
        }
    };
    let mut gather = Gather::new(file);
    for d in &read.dependencies {
        let of = |key: &str| read.filled(d.fields.get(key).map(String::as_str).unwrap_or_default());
        let (group, name, mut version) = (of("groupId"), of("artifactId"), of("version"));
        if version.is_empty() {
            version =
                read.managed.get(&format!("{group}:{name}")).map(|v| read.filled(v)).unwrap_or_default();
        }
        // `[1.0,2.0)` is a range; `[1.0]` is one version.
        let exact = version.strip_prefix('[').and_then(|v| v.strip_suffix(']')).filter(|v| !v.contains(','));
        let version = exact.map_or(version.clone(), str::to_owned);
        if version.contains("${")
            || version.starts_with(['[', '('])
            || matches!(version.as_str(), "LATEST" | "RELEASE")
        {
            let component = format!("{group}:{name}");
            gather.problem(d.line, Cause::NotPinned { component, written: version });
            continue;
        }
        let key = format!("{group}:{name}");
        let component = gather.package(&key, ("maven", Some(&group), &name), &version, d.line);
        component.kind = match of("scope").as_str() {
            "test" => ComponentKind::Dev,
            "provided" | "system" => ComponentKind::Direct,
            _ => ComponentKind::Direct,
        };
        component.optional = of("optional") == "true";
    }
    gather.finish()
}

#[derive(Default)]
struct Dependency {
    fields: HashMap<String, String>,
    line: u32,
}

#[derive(Default)]
struct Pom {
    properties: HashMap<String, String>,
    managed: HashMap<String, String>,
    dependencies: Vec<Dependency>,
}

impl Pom {
    /// Puts properties in; a property may name another one.
    fn filled(&self, text: &str) -> String {
        let mut out = text.trim().to_owned();
        for _ in 0..8 {
            let Some((before, rest)) = out.split_once("${") else { break };
            let Some((name, after)) = rest.split_once('}') else { break };
            let Some(value) = self.properties.get(name) else { break };
            out = format!("{before}{value}{after}");
        }
        out
    }
}

fn pom(text: &str) -> Result<Pom, (usize, String)> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let (mut pom, mut value) = (Pom::default(), String::new());
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|e| (at, e.to_string()))?;
        match event {
            Event::Start(e) => {
                if path.len() > 64 {
                    return Err((at, "elements are nested more than 64 deep".to_owned()));
                }
                path.push(String::from(e.local_name().as_ref()));
                value.clear();
                if path.last().is_some_and(|n| n == "dependency") {
                    let line = text.get(..at).map_or(0, |t| t.matches('\n').count() + 1);
                    pom.dependencies.push(Dependency {
                        line: u32::try_from(line).unwrap_or(u32::MAX),
                        ..Dependency::default()
                    });
                }
            }
            Event::Text(t) => value.push_str(t.as_ref()),
            Event::End(_) => {
                end(&mut pom, &path, &value);
                path.pop();
                value.clear();
            }
            Event::DocType(_) => return Err((at, "it has a document type, which is not read".to_owned())),
            Event::Eof if path.is_empty() && pom_seen(&pom, text) => return Ok(pom),
            Event::Eof => return Err((at, "it ends too early or has no <project>".to_owned())),
            _ => {}
        }
    }
}

fn pom_seen(_: &Pom, text: &str) -> bool {
    text.contains("<project")
}

fn end(pom: &mut Pom, path: &[String], value: &str) {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["project", "properties", name] => {
            pom.properties.insert((*name).to_owned(), value.trim().to_owned());
        }
        ["project", name @ ("version" | "groupId" | "artifactId")] => {
            pom.properties.insert(format!("project.{name}"), value.trim().to_owned());
        }
        [.., "dependency", name] => {
            if let Some(d) = pom.dependencies.last_mut() {
                d.fields.insert((*name).to_owned(), value.trim().to_owned());
            }
        }
        [.., "dependencyManagement", "dependencies", "dependency"] => {
            if let Some(d) = pom.dependencies.pop() {
                let of = |key: &str| d.fields.get(key).cloned().unwrap_or_default();
                pom.managed.insert(format!("{}:{}", of("groupId"), of("artifactId")), of("version"));
            }
        }
        // What plugins need builds the product and is no part of it.
        [.., "plugin", "dependencies", "dependency"] => {
            pom.dependencies.pop();
        }
        _ => {}
    }
}
