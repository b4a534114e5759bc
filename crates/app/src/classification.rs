//! `classify`: the interview that leads to the safety class of a software system (62304:4.3), and the document that it writes.

use crate::analysis::{Analysis, Inputs};
use crate::checks;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use documents::Edit;
use model::Kind;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use vocabulary::{ItemId, SafetyClass};

/// What a person answers.
#[derive(Clone, Debug, Default)]
pub struct ClassAnswers {
    /// The software system; the only one where absent.
    pub system: Option<String>,
    /// Per hazardous situation the fields that are set: `severity`, `probability`, `probability-after-external-controls`,
    /// `contributes`.
    pub situations: BTreeMap<String, BTreeMap<String, String>>,
    /// A class of the maker's choice: at least what the table gives, or the decision where the table has no row.
    pub class: Option<SafetyClass>,
    /// Why this class.
    pub rationale: Option<String>,
}

/// The decision for one software system.
#[derive(Clone, Debug, Serialize)]
pub struct Classification {
    /// The system.
    pub system: String,
    /// The class on record.
    pub recorded: Option<String>,
    /// The row of the decision table that holds for the system.
    pub row: String,
    /// What it comes to.
    pub outcome: &'static str,
    /// What it would be without controls outside the software.
    pub initial: &'static str,
    /// Each hazardous situation.
    pub situations: Vec<ClassifiedSituation>,
    /// Whether a rationale that says something is on record.
    #[serde(skip)]
    pub has_rationale: bool,
    /// Files that were written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub written: Vec<String>,
}

/// One hazardous situation in the table.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "the fields are the columns of the decision table")]
pub struct ClassifiedSituation {
    pub situation: String,
    pub title: String,
    pub contributes: &'static str,
    pub unacceptable_after_external_controls: &'static str,
    pub severity: &'static str,
    /// The word of the product's own scale that is on record; none where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_severity: Option<String>,
    pub row: String,
    pub outcome: &'static str,
    pub initial_row: String,
    pub external_controls: Vec<String>,
}

/// The fields that an interview may set.
pub const SITUATION_FIELDS: [&str; 4] =
    ["contributes", "severity", "probability", "probability-after-external-controls"];

/// The decision table applied to every software system.
///
/// # Errors
/// When documents or ledger cannot be read.
pub fn class_decide(ws: &Workspace, inputs: &Inputs) -> Result<Vec<Classification>> {
    let analysis = Analysis::whole(ws, inputs)?;
    decided(&analysis)
}

fn decided(analysis: &Analysis) -> Result<Vec<Classification>> {
    checks::with_snapshot(analysis, None, &[], |cx| {
        let tables = rules::class_tables(cx).into_iter();
        tables
            .map(|t| Classification {
                has_rationale: has_rationale(analysis, &t.system),
                system: t.system,
                recorded: t.recorded.map(|c| c.to_string()),
                row: format!("{:?}", t.decision.row),
                outcome: rules::outcome_text(t.decision.outcome),
                initial: rules::outcome_text(t.initial.outcome),
                situations: t
                    .situations
                    .into_iter()
                    .map(|s| ClassifiedSituation {
                        recorded_severity: analysis
                            .model
                            .by_id(&s.id)
                            .and_then(|i| i.value("severity").map(|v| v.into_owned())),
                        situation: s.id,
                        title: s.title,
                        contributes: s.contributes,
                        unacceptable_after_external_controls: s.unacceptable,
                        severity: s.severity,
                        row: format!("{:?}", s.decision.row),
                        outcome: rules::outcome_text(s.decision.outcome),
                        initial_row: format!("{:?}", s.initial.row),
                        external_controls: s.external,
                    })
                    .collect(),
                written: Vec::new(),
            })
            .collect()
    })
}

/// Writes the answers into the risk file: first what they say of the hazardous situations, then the class that follows, with
/// the initial one, the hazards considered and the rationale. The text is then approved by an engineering and by a clinical or
/// regulatory role.
///
/// # Errors
/// When a situation or field does not exist, the class is lower than the table's, or the table has no row and no class is
/// chosen. What the answers say of situations is written all the same; it is what the decision lacks.
pub fn class_write(ws: &Workspace, answers: &ClassAnswers) -> Result<Classification> {
    let mut written = Vec::new();
    let analysis = Analysis::of_work_tree(ws)?;
    let system = the_system(&analysis, answers.system.as_deref())?;
    write(ws, &analysis, situation_edits(&analysis, answers)?, &mut written)?;

    let analysis = Analysis::of_work_tree(ws)?;
    let mut all = decided(&analysis)?;
    let at = all.iter().position(|c| c.system == system);
    let mut decision =
        at.map(|at| all.swap_remove(at)).ok_or_else(|| Error::refused(format!("there is no `{system}`")))?;
    let class = chosen(&decision, answers.class)?;
    write(ws, &analysis, system_edits(&analysis, &decision, class, answers)?, &mut written)?;
    decision.recorded = Some(class.to_string());
    decision.written = written;
    Ok(decision)
}

/// The class to record: the table's, or a higher one that was chosen, or the choice where the table has no row.
fn chosen(decision: &Classification, wanted: Option<SafetyClass>) -> Result<SafetyClass> {
    let table = decision.outcome.parse::<SafetyClass>().ok();
    match (table, wanted) {
        (Some(table), None) => Ok(table),
        (Some(table), Some(wanted)) if wanted >= table => Ok(wanted),
        (Some(table), Some(wanted)) => Err(Error::refused(format!(
            "class {wanted} is lower than what the table gives for {}: class {table} by row {}",
            decision.system, decision.row
        ))
        .hint("a higher class may be chosen, a lower one has to follow from the risks and the controls outside the software")),
        (None, Some(wanted)) if decision.row == "D9" => Ok(wanted),
        (None, _) => {
            let open: Vec<String> = decision
                .situations
                .iter()
                .filter(|s| s.outcome.parse::<SafetyClass>().is_err())
                .map(|s| format!("{} (row {})", s.situation, s.row))
                .collect();
            let what = if open.is_empty() { "no hazardous situation was considered".to_owned() } else { open.join(", ") };
            Err(Error::refused(format!("{} has no class yet: {what}", decision.system)).hint(
                "answer what is unknown: dossier classify --answer HS-001.severity=serious; row D9 needs `--class` and a rationale",
            ))
        }
    }
}

fn the_system(analysis: &Analysis, wanted: Option<&str>) -> Result<String> {
    let all: Vec<String> = analysis
        .model
        .of_kind(Kind::SoftwareSystem)
        .iter()
        .filter_map(|ix| Some(analysis.model.get(*ix)?.id.to_string()))
        .collect();
    match (wanted, all.as_slice()) {
        (Some(wanted), _) if all.iter().any(|id| id == wanted) => Ok(wanted.to_owned()),
        (Some(wanted), _) => Err(Error::refused(format!("there is no software system `{wanted}`"))
            .hint(format!("the risk file has: {}", all.join(", ")))),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(Error::refused("no software system is recorded")
            .hint("write `## SYSTEM-app The app` into the risk file, or begin with `dossier init`")),
        (None, _) => Err(Error::refused("there are several software systems")
            .hint(format!("name one of {}", all.join(", ")))),
    }
}

/// Edits by file.
type Edits = BTreeMap<String, Vec<Edit>>;

fn item_id(id: &str) -> Result<ItemId> {
    ItemId::new(id).ok_or_else(|| Error::refused(format!("`{id}` is no id")))
}

fn set(analysis: &Analysis, edits: &mut Edits, id: &str, key: &str, value: &str) -> Result<()> {
    let item = analysis.model.by_id(id).ok_or_else(|| Error::refused(format!("there is no item `{id}`")))?;
    let edit = Edit::SetField { item: item_id(id)?, key: key.to_owned(), value: value.to_owned() };
    edits.entry(item.file.path.to_string()).or_default().push(edit);
    Ok(())
}

fn situation_edits(analysis: &Analysis, answers: &ClassAnswers) -> Result<Edits> {
    let mut edits = Edits::new();
    let risk = &analysis.config.risk;
    for (id, fields) in &answers.situations {
        if analysis.model.by_id(id).is_none_or(|i| i.kind != Kind::HazardousSituation) {
            return Err(Error::refused(format!("`{id}` is no hazardous situation of the risk file"))
                .hint("list them: dossier trace items --kind hazardous-situation"));
        }
        for (key, value) in fields {
            let scale: &[String] = match key.as_str() {
                "severity" => &risk.severity,
                "probability" | "probability-after-external-controls" => &risk.probability,
                "contributes" => &["yes".to_owned(), "no".to_owned(), "unknown".to_owned()],
                other => {
                    return Err(Error::refused(format!("`{other}` decides nothing about the class"))
                        .hint(format!("one of {}", SITUATION_FIELDS.join(", "))));
                }
            };
            if !scale.iter().any(|w| w == value) {
                return Err(Error::refused(format!("`{value}` is no {key} of this product"))
                    .hint(format!("one of {}", scale.join(", "))));
            }
            set(analysis, &mut edits, id, key, value)?;
        }
    }
    Ok(edits)
}

fn system_edits(
    analysis: &Analysis,
    decision: &Classification,
    class: SafetyClass,
    answers: &ClassAnswers,
) -> Result<Edits> {
    let mut edits = Edits::new();
    let id = &decision.system;
    set(analysis, &mut edits, id, "class", class.as_str())?;
    if let Ok(initial) = decision.initial.parse::<SafetyClass>()
        && initial != class
    {
        set(analysis, &mut edits, id, "initial-class", initial.as_str())?;
    }
    let hazards: Vec<String> = analysis
        .model
        .of_kind(Kind::Hazard)
        .iter()
        .filter_map(|ix| Some(analysis.model.get(*ix)?.id.to_string()))
        .collect();
    if !hazards.is_empty() {
        set(analysis, &mut edits, id, "hazards", &hazards.join(", "))?;
    }
    match &answers.rationale {
        Some(text) => set(
            analysis,
            &mut edits,
            id,
            "rationale",
            &text.split_whitespace().collect::<Vec<_>>().join(" "),
        )?,
        None if decision.has_rationale => {}
        None => {
            return Err(Error::refused(format!("{id} has no rationale for class {class}"))
                .hint("say why in a sentence or two: --rationale '…'"));
        }
    }
    Ok(edits)
}

fn has_rationale(analysis: &Analysis, system: &str) -> bool {
    let item = analysis.model.by_id(system);
    item.is_some_and(|i| i.part("rationale").is_some_and(|r| r.split_whitespace().count() >= 8))
}

/// Writes edits file by file; each file is replaced whole or not at all.
fn write(ws: &Workspace, analysis: &Analysis, edits: Edits, written: &mut Vec<String>) -> Result<()> {
    let (kinds, _) = documents::Kinds::of(&analysis.config);
    for (path, edits) in edits {
        let file = ws.path(&path);
        let text = std::fs::read_to_string(&file).doing(format_args!("read {path}"))?;
        let new = Edit::apply(&edits, &text, &kinds).doing(format_args!("change {path}"))?;
        if new == text {
            continue;
        }
        let dir = file.parent().unwrap_or(&ws.root);
        let temporary = tempfile::NamedTempFile::new_in(dir).doing(format_args!("write {path}"))?;
        std::fs::write(temporary.path(), new).doing(format_args!("write {path}"))?;
        if let Ok(meta) = std::fs::metadata(&file) {
            std::fs::set_permissions(temporary.path(), meta.permissions())
                .doing(format_args!("write {path}"))?;
        }
        temporary.persist(&file).doing(format_args!("write {path}"))?;
        if !written.contains(&path) {
            written.push(path);
        }
    }
    Ok(())
}

impl Classification {
    /// For people.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let recorded = self.recorded.as_deref().unwrap_or("none");
        let _ = writeln!(
            out,
            "{}: class {} by row {} · without external controls {} · recorded {recorded}",
            self.system, self.outcome, self.row, self.initial
        );
        for s in &self.situations {
            let external = if s.external_controls.is_empty() {
                String::new()
            } else {
                format!(" · external: {}", s.external_controls.join(", "))
            };
            let _ = writeln!(
                out,
                "  {:<10} {} {:<12} contributes {} · unacceptable {} · harm {}{external}  {}",
                s.situation,
                s.row,
                s.outcome,
                s.contributes,
                s.unacceptable_after_external_controls,
                s.severity,
                s.title
            );
        }
        for file in &self.written {
            let _ = writeln!(out, "wrote {file}");
        }
        if !self.written.is_empty() {
            let _ = writeln!(
                out,
                "next: two signatures at this text, one engineering, one clinical or regulatory:"
            );
            let _ = writeln!(out, "  dossier document approve {} --as … --role software-lead", self.system);
            let _ = writeln!(out, "  dossier document approve {} --as … --role clinical-lead", self.system);
        }
        out
    }

    /// Whether what is recorded is at least what the table gives.
    pub fn holds(&self) -> bool {
        let table = self.outcome.parse::<SafetyClass>().ok();
        let recorded = self.recorded.as_deref().and_then(|c| c.parse::<SafetyClass>().ok());
        matches!((table, recorded), (Some(t), Some(r)) if r >= t)
    }
}
