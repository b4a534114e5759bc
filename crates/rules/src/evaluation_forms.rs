//! The forms of evaluations: what `library/evaluation-forms.toml` asks a person who judges a clause.

use crate::snapshot::Snapshot;
use documents::placeholder;
use model::Kind;
use records::EvaluationRecord;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The file as it is part of this binary.
pub(crate) const TEXT: &str = include_str!("../../../library/evaluation-forms.toml");

/// The form of one clause.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationForm {
    /// The clause, `62304:5.3.6`.
    pub clause: String,
    /// Kinds of items whose every item is judged, itself or by the document that holds it.
    pub judges: Vec<String>,
    /// Name of the answer to what is asked.
    pub questions: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    form: Vec<EvaluationForm>,
}

/// Every form, in the order of the clauses.
pub fn evaluation_forms() -> &'static [EvaluationForm] {
    static FORMS: OnceLock<Vec<EvaluationForm>> = OnceLock::new();
    FORMS.get_or_init(|| match toml::from_str::<File>(TEXT) {
        Ok(file) => file.form,
        // Not input: the file is compiled in, and the tests read it before we ship.
        Err(error) => panic!("library/evaluation-forms.toml: {error}"),
    })
}

/// The form of a clause; none where a plain judgement with its reason will do.
pub fn evaluation_form(clause: &str) -> Option<&'static EvaluationForm> {
    evaluation_forms().iter().find(|f| f.clause == clause)
}

impl EvaluationForm {
    /// The first question that an evaluation leaves open, or the first item that it had to judge and did not, in words.
    pub(crate) fn left_open(&self, cx: &Snapshot<'_>, evaluation: &EvaluationRecord) -> Option<String> {
        let answered = |name: &String| {
            let answer = evaluation.fields.get(name).map_or("", |a| a.trim());
            answer.split_whitespace().count() >= 2 && placeholder::find(answer).is_empty()
        };
        if let Some(open) = self.questions.keys().find(|name| !answered(name)) {
            return Some(format!("it does not answer `{open}`"));
        }
        let judged = |id: &str| evaluation.judged.iter().any(|j| j.subject == id);
        let of_system = |ix| {
            let systems = cx.systems.list().get(cx.systems.of_item(ix)).unwrap_or_default();
            // An evaluation for the product or a release is about all systems.
            let for_one = cx.systems.list().iter().any(|s| s.subject == evaluation.subject);
            !for_one || systems.iter().any(|s| s.subject == evaluation.subject)
        };
        self.kinds().flat_map(|k| cx.items_of(k)).filter(|(ix, _)| of_system(*ix)).find_map(|(_, item)| {
            let holder = cx.documents.controlled.iter().find(|d| Arc::ptr_eq(&d.file, &item.file));
            let is_judged = judged(item.id.as_str()) || holder.is_some_and(|d| judged(d.id.as_str()));
            (!is_judged).then(|| format!("`{}` is not among what was judged", item.id))
        })
    }

    /// The kinds of items that are to be judged.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        Kind::ALL.iter().copied().filter(|k| self.judges.iter().any(|j| j == k.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::registry;

    #[test]
    fn every_clause_that_a_person_judges_has_a_form_with_questions_of_its_own() {
        let standard = clauses::edition(clauses::DEFAULT_EDITION).unwrap();
        for clause in standard.in_force() {
            let judged = registry().checked_by(clause).iter().any(|c| c == "evaluation");
            let form = evaluation_form(&clause.id);
            assert!(!judged || form.is_some(), "{} is evaluated and has no form", clause.id);
        }
        let mut asked = std::collections::BTreeSet::new();
        for form in evaluation_forms() {
            assert!(clauses::clause(&form.clause).is_some_and(|c| c.in_force), "{}", form.clause);
            assert!(!form.questions.is_empty(), "{} asks nothing", form.clause);
            assert_eq!(form.kinds().count(), form.judges.len(), "{}: {:?}", form.clause, form.judges);
            for question in form.questions.values() {
                assert!(asked.insert(question), "asked twice: {question}");
            }
        }
    }
}
