//! The registry: every rule, in the order of the documentation, read once from the files beside the checks.

use crate::findings::Findings;
use crate::front_matter::{FrontMatterError, Meta, split};
use crate::snapshot::Snapshot;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;
use vocabulary::Digest;

/// Which readers made what the rules read. It grows whenever documents, configuration or reports are understood
/// differently, because the same files then give other findings.
pub const READERS: &str = "readers/2";

/// What a rule does: reads the snapshot, reports findings and the evidence that it saw. Pure and total.
pub(crate) type Check = fn(&Snapshot<'_>, &mut Findings<'_>);

/// A rule as its module declares it: the two files, and the check.
#[derive(Clone, Copy)]
pub(crate) struct Source {
    /// The module, which is the path of the files below `src`.
    pub(crate) module: &'static str,
    pub(crate) markdown: &'static str,
    pub(crate) rust: &'static str,
    pub(crate) check: Check,
}

/// Declares a rule from `STEM.md` beside the `.rs` that calls this, whose stem is the same.
macro_rules! rule {
    ($name:ident, $stem:literal, $check:path) => {
        /// The rule of this file.
        pub(crate) const $name: $crate::registry::Source = $crate::registry::Source {
            module: module_path!(),
            markdown: include_str!(concat!($stem, ".md")),
            rust: include_str!(concat!($stem, ".rs")),
            check: $check,
        };
    };
}
pub(crate) use rule;

/// A group of rules: one folder.
pub(crate) struct Group {
    /// The folder.
    pub(crate) name: &'static str,
    /// Its rules, in order.
    pub(crate) rules: &'static [Source],
}

/// A rule, ready to run.
pub struct Rule {
    /// Everything about it but its check.
    pub meta: Meta,
    /// The folder that it stands in.
    pub group: &'static str,
    /// Its `.md` as it is.
    pub markdown: &'static str,
    pub(crate) module: &'static str,
    pub(crate) check: Check,
}

impl Rule {
    /// `R0042`.
    pub fn id(&self) -> &str {
        &self.meta.id
    }

    /// `unevaluated-residual-anomaly`.
    pub fn name(&self) -> &str {
        &self.meta.name
    }

    /// Whether a signed waiver can except a finding at all. A profile may let waive less.
    pub fn waivable(&self) -> bool {
        self.meta.waivable
    }

    /// The chapters of the `.md` for people: what it checks, why, how to satisfy it. Without its cases.
    pub fn explanation(&self) -> &'static str {
        let body = split(self.markdown).map_or(self.markdown, |(_, body)| body);
        body.split("\n## Cases").next().unwrap_or(body).trim()
    }

    /// The file's path from the crate's folder, as it stands in the repository.
    pub fn path(&self) -> String {
        let below = self.module.strip_prefix("rules::").unwrap_or(self.module);
        format!("src/{}.md", below.replace("::", "/"))
    }
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.meta.id, self.meta.name)
    }
}

/// All rules with their indexes.
#[derive(Debug)]
pub struct Registry {
    rules: Vec<Rule>,
    by_name: BTreeMap<String, usize>,
    by_clause: BTreeMap<String, Vec<usize>>,
    digest: Digest,
}

impl Registry {
    /// Reads every rule.
    pub(crate) fn read(groups: &[Group]) -> Result<Registry, (&'static str, FrontMatterError)> {
        let mut rules = Vec::new();
        let mut lines = String::new();
        for group in groups {
            for source in group.rules {
                let meta = Meta::parse(source.markdown).map_err(|e| (source.module, e))?;
                file_line(&mut lines, &format!("{}.md", source.module), source.markdown);
                file_line(&mut lines, &format!("{}.rs", source.module), source.rust);
                rules.push(Rule {
                    meta,
                    group: group.name,
                    markdown: source.markdown,
                    module: source.module,
                    check: source.check,
                });
            }
        }
        for (name, text) in clauses::SOURCES {
            file_line(&mut lines, &format!("library/{name}"), text);
        }
        file_line(&mut lines, "library/profiles.toml", clauses::PROFILES);
        file_line(&mut lines, "library/superseded.toml", clauses::SUPERSEDED);
        file_line(&mut lines, "library/documents.toml", clauses::DOCUMENTS);
        file_line(&mut lines, "library/unruled.toml", crate::unruled::TEXT);
        file_line(&mut lines, "library/agile-deliverables.toml", crate::agile::TEXT);
        file_line(&mut lines, "library/evaluation-forms.toml", crate::evaluation_forms::TEXT);
        file_line(&mut lines, "library/plan-fields.toml", crate::plan_fields::TEXT);
        let _ = writeln!(lines, "{READERS}");
        let mut by_name = BTreeMap::new();
        let mut by_clause: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (n, rule) in rules.iter().enumerate() {
            by_name.insert(rule.meta.id.clone(), n);
            by_name.insert(rule.meta.name.clone(), n);
            for clause in rule.meta.clauses.iter().filter_map(|c| clauses::governing(c)) {
                let of_clause = by_clause.entry(clause.id.clone()).or_default();
                if of_clause.last() != Some(&n) {
                    of_clause.push(n);
                }
            }
        }
        Ok(Registry { rules, by_name, by_clause, digest: Digest::of(lines.as_bytes()) })
    }

    /// Every rule, in the order of the documentation, removed ones included.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of this id (`R0042`) or name.
    pub fn rule(&self, id_or_name: &str) -> Option<&Rule> {
        self.by_name.get(id_or_name).and_then(|n| self.rules.get(*n))
    }

    /// The rules that count against this clause or a letter below it, in order.
    pub fn of_clause(&self, clause: &str) -> impl Iterator<Item = &Rule> {
        let of_clause = self.by_clause.get(clause).map(Vec::as_slice).unwrap_or_default();
        of_clause.iter().filter_map(|n| self.rules.get(*n))
    }

    /// How a clause is checked: `rule:R0042`, …, and `evaluation` where a person's judgement is needed.
    pub fn checked_by(&self, clause: &clauses::Clause) -> Vec<String> {
        let mut out: Vec<String> =
            self.of_clause(&clause.id).map(|r| format!("rule:{}", r.meta.id)).collect();
        let has_form = crate::evaluation_forms::evaluation_form(&clause.id).is_some();
        if clause.in_force && (clause.judgement || out.is_empty() || has_form) {
            out.push("evaluation".to_owned());
        }
        out
    }

    /// The digest that names this rule set: SHA-256 over the digests of all rule files (text and check), the clause library
    /// and the version of the readers.
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

fn file_line(lines: &mut String, name: &str, text: &str) {
    let _ = writeln!(lines, "{name} {}", Digest::of(text.as_bytes()));
}

/// How a clause is checked, see [`Registry::checked_by`].
pub fn checked_by(clause: &clauses::Clause) -> Vec<String> {
    registry().checked_by(clause)
}

/// The digest that names the rule set of this binary.
pub fn rule_set_digest() -> Digest {
    registry().digest()
}

/// The rules of this binary.
pub fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| match Registry::read(crate::rules::GROUPS) {
        Ok(registry) => registry,
        // Not input: the files are compiled in, and the registry tests read them before we ship.
        Err((module, error)) => panic!("{module}: {error}"),
    })
}
