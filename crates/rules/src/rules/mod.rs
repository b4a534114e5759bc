//! The rules: one folder for each group of clauses, one `.md` and one `.rs` for each rule. The `.md` is what a person
//! reviews: texts, clauses, severity and cases. The `.rs` holds the check and nothing else.

use crate::registry::Group;

mod beside;
mod documents;
mod links;
mod plans;
mod s4_general;
mod s5_2_requirements;
mod s5_3_architecture;
mod s5_4_design;
mod s5_7_verification;
mod s5_8_release;
mod s6_maintenance;
mod s7_4_changes;
mod s7_risk;
mod s8_2_changes;
mod s8_configuration;
mod s9_problems;
mod security;
mod tool;

/// Every group, in the order of the documentation.
pub(crate) const GROUPS: &[Group] = &[
    Group { name: "tool", rules: tool::RULES },
    Group { name: "links", rules: links::RULES },
    Group { name: "documents", rules: documents::RULES },
    Group { name: "s4_general", rules: s4_general::RULES },
    Group { name: "plans", rules: plans::RULES },
    Group { name: "s5_2_requirements", rules: s5_2_requirements::RULES },
    Group { name: "s5_3_architecture", rules: s5_3_architecture::RULES },
    Group { name: "s5_4_design", rules: s5_4_design::RULES },
    Group { name: "s5_7_verification", rules: s5_7_verification::RULES },
    Group { name: "s7_risk", rules: s7_risk::RULES },
    Group { name: "s6_maintenance", rules: s6_maintenance::RULES },
    Group { name: "s7_4_changes", rules: s7_4_changes::RULES },
    Group { name: "s8_configuration", rules: s8_configuration::RULES },
    Group { name: "s8_2_changes", rules: s8_2_changes::RULES },
    Group { name: "s9_problems", rules: s9_problems::RULES },
    Group { name: "security", rules: security::RULES },
    Group { name: "beside", rules: beside::RULES },
    Group { name: "s5_8_release", rules: s5_8_release::RULES },
];
