//! `[packages]`: what a product says about the slots of the packages that it exports.

use crate::reader::Reader;
use diagnostics::closest;
use std::collections::BTreeMap;
use toml::de::DeTable;

/// The table of each package of the library.
const TABLES: [(&str, &str); 4] = [
    ("sdf", "packages.sdf"),
    ("annex-ii", "packages.annex-ii"),
    ("dhf", "packages.dhf"),
    ("estar", "packages.estar"),
];

/// What a product says about a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotAnswer {
    /// These controlled documents fill it.
    Documents(Vec<String>),
    /// It does not apply, for this reason.
    NotApplicable(String),
}

/// Package to slot to answer.
pub type Packages = BTreeMap<String, BTreeMap<String, SlotAnswer>>;

pub(crate) fn packages<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Packages {
    let t = r.table(root, "packages", "packages");
    let mut out = Packages::new();
    for (package, table) in TABLES {
        let slots = r.inner(t, package, table);
        let known = clauses::package(package).map(|p| p.slots.as_slice()).unwrap_or_default();
        for (slot, at, value) in r.entries(slots) {
            let name = format!("{table}.{slot}");
            if !known.iter().any(|s| s.id == slot) {
                let help = match closest(slot, known.iter().map(|s| s.id.as_str())) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("its slots stand in library/packages/{package}.toml"),
                };
                r.bad(&name, at, format!("package `{package}` has no slot `{slot}`"), &help);
                continue;
            }
            let answer = if value.get_ref().is_str() {
                r.text_of(value, &name).map(SlotAnswer::NotApplicable)
            } else {
                r.list_of(value, &name).map(SlotAnswer::Documents)
            };
            if let Some(answer) = answer {
                out.entry(package.to_owned()).or_default().insert(slot.to_owned(), answer);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_takes_documents_or_the_reason_why_it_does_not_apply() {
        let toml = "[product]\nname = \"x\"\n[packages.sdf]\narchitecture = [\"DOC-SAD\"]\nsecurity = \"no interface\"\n\
                    architectur = [\"DOC-X\"]\n[packages.fda]\nx = \"y\"\n";
        let (config, found) = crate::parse(toml, "dossier.toml");
        let sdf = &config.packages["sdf"];
        assert_eq!(sdf["architecture"], SlotAnswer::Documents(vec!["DOC-SAD".into()]));
        assert_eq!(sdf["security"], SlotAnswer::NotApplicable("no interface".into()));
        let text: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(found.len(), 2, "{text:?}");
        assert!(text.iter().any(|t| t.contains("no slot `architectur`")), "{text:?}");
        assert!(found.iter().any(|d| d.help.as_deref() == Some("did you mean `architecture`?")));
        assert!(config.place("packages.sdf.security").to_string().contains(":5"));
    }
}
