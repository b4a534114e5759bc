//! What documents say against each other, and what they say about each other that is not so.

use crate::corpus::Document;
use crate::judged::Judged;
use crate::passage::Passage;
use crate::values;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A contradiction between documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrossCheck {
    /// `version-differs`, `class-differs`, `document-absent`, `approval-missing`, `approved-after-use`, `anomalies-differ`.
    pub check: String,
    /// In a sentence.
    pub message: String,
    /// What the documents say.
    pub said: Vec<Said>,
}

/// What one document says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// The file.
    pub file: String,
    /// The page; none where the format has no pages.
    pub page: Option<u32>,
    /// The passage.
    pub text: String,
}

/// What one document says that others may contradict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Facts {
    /// The safety classes that it states for the system or the whole software.
    classes: BTreeMap<char, Said>,
    /// The versions of the software that a document of a release names.
    versions: BTreeMap<String, Said>,
    /// Where it says that no anomaly is known.
    none_known: Option<Said>,
    /// The first entry of a list of anomalies.
    anomaly: Option<Said>,
    /// Ids of other documents that it refers to.
    refers: BTreeMap<String, Said>,
    /// The day from which it is in force.
    effective: Option<(String, Said)>,
}

impl Facts {
    /// The facts of a document; a blank form states none.
    pub(crate) fn of(document: &Document, passages: &[Passage]) -> Facts {
        let mut facts = Facts::default();
        if document.template {
            return facts;
        }
        let releases =
            document.kinds.iter().any(|k| k.contains("release") || k == "anomaly-list" || k == "system-test");
        let lists = document.kinds.iter().any(|k| k == "anomaly-list");
        for passage in passages {
            if facts.effective.is_none() {
                facts.effective = effective(&passage.text).map(|date| (date, said(document, passage)));
            }
            if passage.blank {
                continue;
            }
            if let Some(class) = system_class(passage) {
                facts.classes.entry(class).or_insert_with(|| said(document, passage));
            }
            if releases {
                for version in versions_named(document, &passage.text) {
                    facts.versions.entry(version).or_insert_with(|| said(document, passage));
                }
            }
            if facts.none_known.is_none() && says_none_known(&passage.text) {
                facts.none_known = Some(said(document, passage));
            }
            if lists && facts.anomaly.is_none() && passage.row && has_number(&passage.text) {
                facts.anomaly = Some(said(document, passage));
            }
            for id in values::document_ids(&passage.text) {
                if id != document.id {
                    facts.refers.entry(id).or_insert_with(|| said(document, passage));
                }
            }
        }
        leave_series(&mut facts.refers);
        facts
    }
}

/// So many ids of one beginning in one document number its items, `SRS-1` to `SRS-80`; documents are not referred to by dozens.
const SERIES: usize = 10;

/// Takes out the ids that number the items of a document, which are no documents of their own.
fn leave_series(refers: &mut BTreeMap<String, Said>) {
    let beginning = |id: &str| id.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default().to_owned();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for id in refers.keys() {
        *counts.entry(beginning(id)).or_default() += 1;
    }
    refers.retain(|id, _| counts.get(&beginning(id)).is_none_or(|n| *n < SERIES));
}

/// All checks over the documents, of which blank forms state nothing.
pub(crate) fn checks(judged: &[&Judged]) -> Vec<CrossCheck> {
    let mut out = Vec::new();
    out.extend(classes(judged));
    out.extend(versions(judged));
    out.extend(anomalies(judged));
    out.extend(absent(judged));
    for one in judged.iter().filter(|j| !j.document.template) {
        out.extend(approvals(&one.document, &one.facts));
    }
    out
}

fn said(document: &Document, passage: &Passage) -> Said {
    Said {
        file: document.file.clone(),
        page: (passage.page > 0).then_some(passage.page),
        text: passage.text.clone(),
    }
}

/// The class that a passage states for the system or the whole software; items may differ from their system.
fn system_class(passage: &Passage) -> Option<char> {
    let class = values::stated_class(&passage.text).filter(|_| !passage.duty)?;
    let words = crate::words::words(&passage.text);
    let of_item = words
        .iter()
        .any(|w| matches!(w.as_str(), "item" | "items" | "unit" | "except" | "außer" | "komponente"));
    let about = words.iter().any(|w| {
        ["system", "product", "produkt", "assigned", "classified", "eingestuft"]
            .iter()
            .any(|start| w.starts_with(start))
            || w == "app"
    });
    (about && !of_item).then_some(class)
}

/// The versions that a passage gives the software, where they begin like the document's first one.
fn versions_named(document: &Document, text: &str) -> impl Iterator<Item = String> {
    let first = document.versions.first().cloned();
    values::software_versions(text).into_iter().filter_map(move |version| {
        let plain = version.split(['-', '+']).next().unwrap_or("").to_owned();
        (plain.matches('.').count() > 1 && first.as_ref().is_some_and(|v| v.starts_with(&plain)))
            .then_some(plain)
    })
}

fn says_none_known(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "no known residual",
        "no known anomal",
        "no residual anomal",
        "no known issues",
        "no known defects",
        "known anomalies: none",
        "keine bekannten",
        "anomalien: keine",
    ]
    .iter()
    .any(|n| lower.contains(n))
}

/// Whether a row names an item: `AN-17`.
fn has_number(text: &str) -> bool {
    crate::words::words(text).iter().any(|w| w.contains('-') && w.chars().any(|c| c.is_ascii_digit()))
}

/// The day from which a passage says that its document is in force.
fn effective(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let at = ["effective", "valid from", "in force since", "gültig ab", "in kraft"]
        .iter()
        .find_map(|m| lower.find(m))?;
    extract::find_date(text.get(at..)?).map(|(_, date)| date)
}

/// The first that says each thing, over all documents in order.
fn firsts<'j, K: Ord + Clone + 'j>(
    judged: &[&'j Judged],
    of: impl Fn(&'j Facts) -> &'j BTreeMap<K, Said>,
) -> BTreeMap<K, Said> {
    let mut out = BTreeMap::new();
    for (key, said) in judged.iter().flat_map(|j| of(&j.facts)) {
        out.entry(key.clone()).or_insert_with(|| said.clone());
    }
    out
}

/// The safety class is stated differently in two files.
fn classes(judged: &[&Judged]) -> Option<CrossCheck> {
    let stated = firsts(judged, |f| &f.classes);
    (stated.len() > 1).then(|| {
        let classes: Vec<String> = stated.keys().map(char::to_string).collect();
        CrossCheck {
            check: "class-differs".to_owned(),
            message: format!("the safety class is stated as {}", classes.join(" and as ")),
            said: stated.into_values().collect(),
        }
    })
}

/// Release documents name different versions.
fn versions(judged: &[&Judged]) -> Option<CrossCheck> {
    let named = firsts(judged, |f| &f.versions);
    (named.len() > 1).then(|| CrossCheck {
        check: "version-differs".to_owned(),
        message: format!(
            "release documents name the versions {}",
            named.keys().cloned().collect::<Vec<_>>().join(", ")
        ),
        said: named.into_values().collect(),
    })
}

/// One document says that no anomaly is known, another lists some.
fn anomalies(judged: &[&Judged]) -> Option<CrossCheck> {
    let denial = judged.iter().find_map(|j| j.facts.none_known.clone())?;
    let list = judged.iter().filter_map(|j| j.facts.anomaly.clone()).find(|a| a.file != denial.file)?;
    Some(CrossCheck {
        check: "anomalies-differ".to_owned(),
        message: "one document says that no anomaly is known, another lists anomalies".to_owned(),
        said: vec![denial, list],
    })
}

/// A document is referred to and is not there.
fn absent(judged: &[&Judged]) -> Vec<CrossCheck> {
    let there: BTreeSet<String> = judged
        .iter()
        .map(|j| &j.document)
        .flat_map(|d| [d.id.to_uppercase(), d.file.to_uppercase(), d.title.to_uppercase()])
        .filter(|t| !t.is_empty())
        .collect();
    let one = |(id, said): (String, Said)| CrossCheck {
        check: "document-absent".to_owned(),
        message: format!("`{id}` is referred to and was not among the documents"),
        said: vec![said],
    };
    let is_there = |id: &str| {
        let upper = id.to_uppercase();
        there.iter().any(|t| t.contains(&upper))
    };
    firsts(judged, |f| &f.refers).into_iter().filter(|(id, _)| !is_there(id)).take(200).map(one).collect()
}

/// A signature block is blank, or dated after the document took effect.
fn approvals(document: &Document, facts: &Facts) -> Vec<CrossCheck> {
    let mut out = Vec::new();
    let of = |text: String| Said { file: document.file.clone(), page: None, text };
    let approvals: Vec<_> =
        document.signatures.iter().filter(|s| s.meaning == "approved" || s.meaning == "released").collect();
    if let Some(blank) = approvals.iter().find(|s| s.name.is_empty() && s.date.is_empty()) {
        out.push(CrossCheck {
            check: "approval-missing".to_owned(),
            message: "the place for the approval is blank".to_owned(),
            said: vec![of(format!("signature block `{}` without name and date", blank.meaning))],
        });
    }
    if let Some((date, passage)) = &facts.effective
        && let Some(late) = approvals.iter().find(|s| !s.date.is_empty() && s.date > *date)
    {
        out.push(CrossCheck {
            check: "approved-after-use".to_owned(),
            message: format!("in force from {date}, approved on {}", late.date),
            said: vec![passage.clone(), of(format!("{} by {}, {}", late.meaning, late.name, late.date))],
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_series_number_items_and_a_few_name_documents() {
        let said = Said { file: "a.md".to_owned(), page: None, text: String::new() };
        let mut refers: BTreeMap<String, Said> =
            (1..=12).map(|n| (format!("SRS-1-{n}"), said.clone())).collect();
        refers.extend(["VP-07", "TR-1", "TR-2"].map(|id| (id.to_owned(), said.clone())));
        leave_series(&mut refers);
        assert_eq!(refers.into_keys().collect::<Vec<_>>(), ["TR-1", "TR-2", "VP-07"]);
    }
}
