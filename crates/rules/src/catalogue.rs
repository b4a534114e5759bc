//! The list of rules and the table of clauses and rules, as Markdown: what `docs/generated/` is written from.

use crate::registry::registry;
use crate::unruled::unruled;
use std::fmt::Write as _;

/// Every rule, by group.
pub fn catalogue_of_rules() -> String {
    let mut out = String::from(
        "# Rules\n\nWhat each one checks, why, and how to satisfy it: `dossier explain R0042`, or the `.md` beside its code in \
         `crates/rules/src/rules/`.\n",
    );
    let mut group = "";
    for rule in registry().rules() {
        if rule.group != group {
            group = rule.group;
            let _ = write!(
                out,
                "\n## {group}\n\n| rule | name | clauses | severity | waivable | runs |\n|---|---|---|---|---|---|\n"
            );
        }
        let meta = &rule.meta;
        let severity = if meta.severity == meta.severity_at_gate {
            meta.severity.to_string()
        } else {
            format!("{}, {} at the gate", meta.severity, meta.severity_at_gate)
        };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {severity} | {} | {} |",
            meta.id,
            meta.name,
            meta.clauses.join(", "),
            if meta.waivable { "yes" } else { "never" },
            if meta.gate { "at the gate" } else { "always" },
        );
    }
    out
}

/// Every clause in force of the default edition, with the rules and evaluations that look at it, and why where no rule does.
pub fn catalogue_of_clauses() -> String {
    let mut out = format!(
        "# Clauses of {}\n\nClasses are those that the clause is due for. `evaluation` means: a person judges, signed.\n\n\
         | clause | title | classes | checked by |\n|---|---|---|---|\n",
        clauses::DEFAULT_EDITION
    );
    let standard = clauses::edition(clauses::DEFAULT_EDITION);
    for clause in standard.iter().flat_map(|s| s.in_force()) {
        let checked_by = registry().checked_by(clause).join(", ");
        let _ = write!(out, "| {} | {} | {} | {checked_by}", clause.id, clause.title, clause.classes_text());
        if let Some(reason) = unruled().get(&clause.id) {
            let _ = write!(out, ": {reason}");
        }
        out.push_str(" |\n");
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_rule_and_every_clause_stands_in_the_catalogue() {
        let rules = super::catalogue_of_rules();
        assert_eq!(rules.matches("\n| R0").count(), crate::registry().rules().len());
        assert_eq!(super::catalogue_of_clauses().matches("\n| 62304:").count(), 102);
    }
}
