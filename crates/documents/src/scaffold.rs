//! The documents that `dossier init` writes: honest placeholders by safety class, which the placeholder rule finds until
//! somebody has filled them in.
//!
//! The templates are the Markdown files of `scaffold/`. Which of them a class begins with is a help for a start; what is
//! due for a class stands in the clause library, and the rules ask for it whatever was scaffolded.

use vocabulary::SafetyClass;

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaffoldFile {
    /// The path, relative to the product's root.
    pub path: String,
    /// The text.
    pub text: String,
}

macro_rules! templates {
    ($($least:ident $folder:literal $name:literal;)*) => {
        /// Each template with the mildest class that begins with it.
        const TEMPLATES: &[(SafetyClass, &str, &str)] = &[$((
            SafetyClass::$least,
            concat!("dossier/", $folder, "/", $name),
            include_str!(concat!("scaffold/", $name)),
        )),*];
    };
}

templates! {
    A "plan" "development-plan.md";
    A "plan" "configuration-plan.md";
    A "plan" "verification-plan.md";
    B "plan" "common-defects.md";
    B "plan" "integration-plan.md";
    B "plan" "supporting-items.md";
    A "plan" "risk-management-plan.md";
    A "plan" "maintenance-plan.md";
    A "plan" "problem-resolution.md";
    A "requirements" "system-requirements.md";
    A "requirements" "software-requirements.md";
    B "architecture" "architecture.md";
    C "architecture" "segregation.md";
    B "design" "units.md";
    C "design" "detailed-design.md";
    A "risks" "system.md";
    B "risks" "risk-file.md";
    A "risks" "risk-report.md";
    A "soup" "soup.md";
    A "tests" "system-tests.md";
    B "tests" "integration-tests.md";
    A "security" "threat-model.md";
    A "releases" "delivery.md";
    A "releases" "archive.md";
    B "releases" "checklist.md";
}

/// The documents of a new product of this class.
pub fn documents(product: &str, class: SafetyClass) -> Vec<ScaffoldFile> {
    let due = TEMPLATES.iter().filter(|(least, _, _)| *least <= class);
    due.map(|(_, path, template)| ScaffoldFile {
        path: (*path).to_owned(),
        text: fill(template, product, class),
    })
    .collect()
}

/// A template with the product's name and class, without the sections that are for a higher class. Such a section's heading
/// ends in `{B}` or `{C}`.
fn fill(template: &str, product: &str, class: SafetyClass) -> String {
    let mut out = String::with_capacity(template.len());
    let mut kept = true;
    let mut front_matter = 0;
    for line in template.lines() {
        front_matter += usize::from(line == "---");
        let mut line = line;
        if line.starts_with("## ") {
            kept = true;
            for (mark, least) in [(" {B}", SafetyClass::B), (" {C}", SafetyClass::C)] {
                if let Some(heading) = line.strip_suffix(mark) {
                    kept = least <= class;
                    line = heading;
                }
            }
        }
        if !kept {
            continue;
        }
        match line {
            "- class: CLASS" => out.push_str(&format!("- class: {class}")),
            title if front_matter == 1 && title.starts_with("title: ") => {
                out.push_str(&yaml_text(title, product))
            }
            other => out.push_str(&plain(other, product)),
        }
        out.push('\n');
    }
    // A dropped last section leaves the blank line before it.
    format!("{}\n", out.trim_end())
}

fn plain(line: &str, product: &str) -> String {
    // Whatever the name holds, it stays on its line.
    line.replace("PRODUCT", &product.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The title in front matter, quoted, because a product's name may hold what YAML would read as something else.
fn yaml_text(line: &str, product: &str) -> String {
    let value = plain(line.strip_prefix("title: ").unwrap_or(line), product);
    format!("title: \"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Blob, Content, from_blobs, placeholder};
    use std::collections::BTreeSet;

    #[test]
    fn every_scaffolded_document_is_read_without_findings_and_says_that_it_is_unwritten() {
        let (config, _) = product::parse("[product]\nname = \"t\"\n", "dossier.toml");
        for class in SafetyClass::ALL {
            for name in ["triage", "A \"quoted\": {name}\n# x", "CLASS"] {
                let files = documents(name, class);
                for f in &files {
                    assert!(!placeholder::find(&f.text).is_empty(), "{} has no placeholder", f.path);
                    assert!(
                        !f.text.contains("PRODUCT") && !f.text.contains(" {B}") && !f.text.contains(" {C}"),
                        "{}",
                        f.text
                    );
                }
                let blob =
                    |f: ScaffoldFile| Blob { path: f.path, content: Content::Bytes(f.text.into_bytes()) };
                let count = files.len();
                let read = from_blobs(files.into_iter().map(blob), &config);
                assert!(read.diagnostics.is_empty(), "{class} {name}: {:#?}", read.diagnostics);
                assert_eq!(read.controlled.len(), count);
                // Whatever the templates link to is there, for B and C; a class A start has no architecture to link to.
                let ids: BTreeSet<&str> = read.items.iter().map(|i| i.id.as_str()).collect();
                for item in &read.items {
                    for link in &item.links {
                        assert!(
                            ids.contains(link.target.as_str()),
                            "{class}: {} links to {}",
                            item.id,
                            link.target
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn higher_classes_begin_with_more() {
        let count = |class| documents("t", class).len();
        assert!(
            count(SafetyClass::A) < count(SafetyClass::B) && count(SafetyClass::B) < count(SafetyClass::C)
        );
        let plan = |class| documents("t", class).remove(0).text;
        assert!(
            plan(SafetyClass::C).contains("## 14. Standards") && !plan(SafetyClass::B).contains("Standards")
        );
    }
}
