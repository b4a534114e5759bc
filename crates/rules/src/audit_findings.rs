//! What auditors find most often, and the rules that find it first: `library/audit-findings.toml`.

use crate::registry::registry;
use serde::Deserialize;
use std::fmt::Write as _;

const TEXT: &str = include_str!("../../../library/audit-findings.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    finding: Vec<AuditFinding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuditFinding {
    source: String,
    text: String,
    rules: Vec<String>,
}

fn findings() -> Vec<AuditFinding> {
    match toml::from_str::<File>(TEXT) {
        Ok(file) => file.finding,
        // Not input: the file is compiled in, and the test below reads it before we ship.
        Err(error) => panic!("library/audit-findings.toml: {error}"),
    }
}

/// The page: each finding with the rules that cover it, and their clauses.
pub fn catalogue_of_audit_findings() -> String {
    let mut out = String::from(
        "# Common audit findings, and the rules that find them\n\nGenerated from `library/audit-findings.toml`. What a rule checks, why and \
         how to satisfy it: `dossier explain NAME`.\n",
    );
    for (source, title) in [("audit", "Findings of audits"), ("gap", "Gaps that crosswalk pages name")] {
        let _ = write!(out, "\n## {title}\n\n| | finding | rules | clauses |\n|---|---|---|---|\n");
        let of_source = findings().into_iter().filter(|f| f.source == source);
        for (n, finding) in of_source.enumerate() {
            let rules: Vec<_> = finding.rules.iter().filter_map(|r| registry().rule(r)).collect();
            let names: Vec<String> = rules.iter().map(|r| format!("{} {}", r.id(), r.name())).collect();
            let mut clauses: Vec<&str> =
                rules.iter().flat_map(|r| r.meta.clauses.iter().map(String::as_str)).collect();
            clauses.sort_by(|a, b| clauses::compare_ids(a, b));
            clauses.dedup();
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} |",
                n + 1,
                finding.text,
                names.join(", "),
                clauses.join(", ")
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_common_finding_has_rules_that_exist() {
        let all = findings();
        assert_eq!(all.iter().filter(|f| f.source == "audit").count(), 16);
        assert_eq!(all.iter().filter(|f| f.source == "gap").count(), 3);
        for f in &all {
            assert!(!f.rules.is_empty(), "{}", f.text);
            for rule in &f.rules {
                let known =
                    registry().rule(rule).unwrap_or_else(|| panic!("{}: there is no rule {rule}", f.text));
                assert!(known.meta.removed.is_none() && known.name() == rule, "{rule}");
            }
        }
        assert!(catalogue_of_audit_findings().matches("\n| ").count() >= 19);
    }
}
