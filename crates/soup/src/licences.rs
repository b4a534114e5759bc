//! Licences of packages, and the file of third-party notices. What an expression permits is in `model::licences`.

mod package;

pub use package::{Facts, archive};

pub use model::licences::{Policy, Standing, expression};

use model::components::{Component, ComponentGraph};
use model::licences::parsed;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A licence, copyright or notice file of a package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NoticeFile {
    /// Its name in the package.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Whether a file of a package is one that its notices are in.
pub fn is_notice(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let begins = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT", "UNLICENSE"];
    begins.iter().any(|b| upper.starts_with(b)) && !upper.ends_with(".RS") && !upper.ends_with(".JS")
}

/// The text of third-party notices: every shipped component with its licence, and every text once, with the components that
/// it came with. Equal input gives equal bytes. `of_package` gives the notice files of a component, as its package has them;
/// where it gives none the standard text of SPDX is taken and says so.
pub fn notices(
    product: &str,
    graph: &ComponentGraph,
    mut of_package: impl FnMut(&Component) -> Vec<NoticeFile>,
) -> String {
    let shipped: Vec<&Component> = graph.components().iter().filter(|c| c.kind.is_shipped()).collect();
    let mut out = format!(
        "THIRD-PARTY NOTICES\n\n{product} contains the {} third-party components that are listed here, each under its own \
         licence.\n\n",
        shipped.len()
    );
    let mut texts: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    let mut without: Vec<String> = Vec::new();
    for c in &shipped {
        let name = format!("{} {}", c.name, c.version);
        let licence = expression(c).unwrap_or_else(|| c.licences.join(", "));
        let shown = if licence.is_empty() { "licence not known" } else { &licence };
        let _ = writeln!(out, "  {name} - {shown}");
        let mut files = of_package(c);
        if files.is_empty() {
            files = standard(c);
        }
        if files.is_empty() {
            without.push(name.clone());
        }
        for file in files {
            let text = file.text.replace("\r\n", "\n").trim_end().to_owned();
            // The same text under two names is one.
            let key: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let slot = texts.entry(key).or_insert_with(|| (text, BTreeSet::new()));
            slot.1.insert(format!("{name} ({})", file.name));
        }
    }
    if !without.is_empty() {
        out.push_str("\nNo licence text is known for:\n");
        for name in &without {
            let _ = writeln!(out, "  {name}");
        }
    }
    let mut all: Vec<&(String, BTreeSet<String>)> = texts.values().collect();
    all.sort_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
    for (text, names) in all {
        let _ = write!(out, "\n{}\n", "-".repeat(80));
        for name in names {
            let _ = writeln!(out, "{name}");
        }
        let _ = write!(out, "{}\n\n{text}\n", "-".repeat(80));
    }
    out
}

/// The standard texts of the licences that a component names.
fn standard(c: &Component) -> Vec<NoticeFile> {
    let Some(found) = parsed(c) else { return Vec::new() };
    let mut out = Vec::new();
    for req in found.requirements() {
        if let Some(id) = req.req.license.id() {
            out.push(NoticeFile {
                name: format!("{}, standard text of SPDX", id.name),
                text: id.text().to_owned(),
            });
        }
    }
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(licence: &str) -> Component {
        Component {
            name: "a".to_owned(),
            version: "1.0.0".to_owned(),
            licences: Some(licence.to_owned()).filter(|l| !l.is_empty()).into_iter().collect(),
            kind: model::components::ComponentKind::Direct,
            ..Component::default()
        }
    }

    #[test]
    fn a_text_stands_once_with_everybody_it_came_with() {
        let b = Component { name: "b".to_owned(), ..component("MIT") };
        let c = Component { name: "c".to_owned(), ..component("ISC") };
        let d = Component { name: "d".to_owned(), ..component("LicenseRef-own") };
        let graph = ComponentGraph::new(vec![component("MIT"), b, c, d], vec![]);
        let text = notices("triage", &graph, |c| {
            let file = NoticeFile { name: "LICENSE".to_owned(), text: "The text\r\n".to_owned() };
            if matches!(c.name.as_str(), "a" | "b") { vec![file] } else { Vec::new() }
        });
        assert_eq!(text.matches("The text").count(), 1, "{text}");
        assert!(text.contains("a 1.0.0 (LICENSE)\nb 1.0.0 (LICENSE)\n"), "{text}");
        assert!(text.contains("c 1.0.0 (ISC, standard text of SPDX)"), "{text}");
        assert!(text.contains("No licence text is known for:\n  d 1.0.0\n"), "{text}");
    }
}
