//! Licences: SPDX expressions, a policy that is a list, and the file of third-party notices.

mod package;

pub use package::{Facts, archive};

use crate::sbom::licence_expression;
use model::components::{Component, ComponentGraph, ComponentKind};
use spdx::{Expression, LicenseReq, ParseMode};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What a policy says of a component's licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It can be taken under permitted licences only.
    Permitted,
    /// It cannot: these licences are needed and not on the list.
    NotPermitted(Vec<String>),
    /// No licence is known.
    Unknown,
    /// What is stated is no SPDX expression.
    NoExpression(String),
}

/// The licences that components may come under.
#[derive(Debug, Clone)]
pub struct Policy {
    permitted: Vec<String>,
}

impl Policy {
    /// The policy of a list of SPDX ids, each with its exception where it has one; and what of the list is no licence.
    pub fn new(list: &[String]) -> (Policy, Vec<String>) {
        let wrong = |entry: &&String| Expression::parse(entry).map_or(true, |e| e.requirements().count() != 1);
        let unknown = list.iter().filter(wrong).cloned().collect();
        (Policy { permitted: list.iter().map(|l| plain(l)).collect() }, unknown)
    }

    /// What it says of a licence requirement.
    fn permits(&self, requirement: &LicenseReq) -> bool {
        let wanted = plain(&requirement.to_string());
        // "Or later" offers this version too.
        let offered = wanted.replacen('+', "", 1);
        self.permitted.contains(&wanted) || self.permitted.contains(&offered)
    }

    /// What it says of a component.
    pub fn judge(&self, component: &Component) -> Standing {
        let Some(expression) = expression_of(component) else {
            return match component.licences.is_empty() {
                true => Standing::Unknown,
                false => Standing::NoExpression(component.licences.join(", ")),
            };
        };
        match expression.evaluate_with_failures(|req| self.permits(req)) {
            Ok(()) => Standing::Permitted,
            Err(failed) => {
                let missing: BTreeSet<String> = failed.iter().map(|f| f.req.to_string()).collect();
                Standing::NotPermitted(missing.into_iter().collect())
            }
        }
    }
}

/// The spelling that is compared: `GPL-2.0+` and `GPL-2.0-or-later` are one.
fn plain(text: &str) -> String {
    text.trim().to_ascii_lowercase().replace("-or-later", "+").replace("-only", "")
}

/// The expression of a component; common spellings that are none (`MIT/Apache-2.0`, `GPLv2+`) are read as what they mean.
fn expression_of(component: &Component) -> Option<Expression> {
    if let Some(exact) = licence_expression(component) {
        return Expression::parse(&exact).ok();
    }
    if component.licences.is_empty() {
        return None;
    }
    let lax = |l: &String| Expression::parse_mode(l, ParseMode::LAX).ok().map(|e| format!("({e})"));
    let all: Option<Vec<String>> = component.licences.iter().map(lax).collect();
    Expression::parse_mode(&all?.join(" AND "), ParseMode::LAX).ok()
}

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
    let shipped = |c: &&Component| matches!(c.kind, ComponentKind::Direct | ComponentKind::Transitive);
    let shipped: Vec<&Component> = graph.components().iter().filter(shipped).collect();
    let mut out = format!(
        "THIRD-PARTY NOTICES\n\n{product} contains the {} third-party components that are listed here, each under its own \
         licence.\n\n",
        shipped.len()
    );
    let mut texts: BTreeMap<String, (String, BTreeSet<String>)> = BTreeMap::new();
    let mut without: Vec<String> = Vec::new();
    for c in &shipped {
        let name = format!("{} {}", c.name, c.version);
        let licence = licence_expression(c).unwrap_or_else(|| c.licences.join(", "));
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
    let Some(expression) = expression_of(c) else { return Vec::new() };
    let mut out = Vec::new();
    for req in expression.requirements() {
        if let Some(id) = req.req.license.id() {
            out.push(NoticeFile { name: format!("{}, standard text of SPDX", id.name), text: id.text().to_owned() });
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
            kind: ComponentKind::Direct,
            ..Component::default()
        }
    }

    #[test]
    fn a_policy_judges_expressions_by_what_they_offer() {
        let list: Vec<String> =
            ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "GPL-2.0-or-later"].map(str::to_owned).to_vec();
        let (policy, wrong) = Policy::new(&list);
        assert_eq!(wrong, [""; 0]);
        let no = |all: &[&str]| Standing::NotPermitted(all.iter().map(|s| (*s).to_owned()).collect());
        for (licence, expected) in [
            ("MIT", Standing::Permitted),
            ("MIT OR AGPL-3.0-only", Standing::Permitted),
            ("MIT AND AGPL-3.0-only", no(&["AGPL-3.0-only"])),
            ("Apache-2.0 WITH LLVM-exception", Standing::Permitted),
            ("GPL-2.0-only", no(&["GPL-2.0-only"])),
            ("GPL-2.0+", Standing::Permitted),
            ("GPL-3.0-or-later", no(&["GPL-3.0-or-later"])),
            ("MIT/Apache-2.0", Standing::Permitted),
            ("", Standing::Unknown),
            ("SEE LICENSE IN x", Standing::NoExpression("SEE LICENSE IN x".to_owned())),
        ] {
            assert_eq!(policy.judge(&component(licence)), expected, "{licence}");
        }
        assert_eq!(Policy::new(&["Mitt".to_owned(), "MIT OR ISC".to_owned()]).1.len(), 2);
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
