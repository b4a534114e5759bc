//! What documents say against each other, and what they say about each other that is not so.

use crate::corpus::Document;
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

/// All checks over the documents that are no blank forms.
pub(crate) fn checks(documents: &[Document]) -> Vec<CrossCheck> {
    let filled: Vec<&Document> = documents.iter().filter(|d| !d.template).collect();
    let mut out = Vec::new();
    out.extend(classes(&filled));
    out.extend(versions(&filled));
    out.extend(anomalies(&filled));
    out.extend(absent(&filled, documents));
    out.extend(approvals(&filled));
    out
}

fn said(document: &Document, passage: &crate::passage::Passage) -> Said {
    Said {
        file: document.file.clone(),
        page: (passage.page > 0).then_some(passage.page),
        text: passage.text.clone(),
    }
}

/// The safety class is stated differently in two files.
fn classes(documents: &[&Document]) -> Option<CrossCheck> {
    let mut stated: BTreeMap<char, Said> = BTreeMap::new();
    for document in documents {
        for passage in document.passages.iter().filter(|p| !p.blank && !p.duty) {
            // Items may differ from their system; only a statement about the system or the whole software counts.
            if values::stated_class(&passage.text).is_none() {
                continue;
            }
            let words = crate::words::words(&passage.text);
            let of_item = words
                .iter()
                .any(|w| matches!(w.as_str(), "item" | "items" | "unit" | "except" | "außer" | "komponente"));
            let about = words.iter().any(|w| {
                w.starts_with("system")
                    || w.starts_with("product")
                    || w.starts_with("produkt")
                    || w.starts_with("assigned")
                    || w.starts_with("classified")
                    || w.starts_with("eingestuft")
                    || w == "app"
            });
            if let Some(class) = values::stated_class(&passage.text).filter(|_| about && !of_item) {
                stated.entry(class).or_insert_with(|| said(document, passage));
            }
        }
    }
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
fn versions(documents: &[&Document]) -> Option<CrossCheck> {
    let of_release = |d: &&&Document| {
        d.kinds.iter().any(|k| k.contains("release") || k == "anomaly-list" || k == "system-test")
    };
    let mut named: BTreeMap<String, Said> = BTreeMap::new();
    for document in documents.iter().filter(of_release) {
        for passage in document.passages.iter().filter(|p| !p.blank) {
            for version in values::software_versions(&passage.text) {
                let plain = version.split(['-', '+']).next().unwrap_or("").to_owned();
                if plain.matches('.').count() > 1
                    && document.versions.first().is_some_and(|v| v.starts_with(&plain))
                {
                    named.entry(plain).or_insert_with(|| said(document, passage));
                }
            }
        }
    }
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
fn anomalies(documents: &[&Document]) -> Option<CrossCheck> {
    let none = |p: &crate::passage::Passage| {
        let lower = p.text.to_lowercase();
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
    };
    let is_list = |d: &&&Document| d.kinds.iter().any(|k| k == "anomaly-list");
    let denial = documents
        .iter()
        .find_map(|d| d.passages.iter().find(|p| !p.blank && none(p)).map(|p| (d, said(d, p))))?;
    let list = documents.iter().filter(is_list).find_map(|d| {
        let rows: Vec<_> = d
            .passages
            .iter()
            .filter(|p| {
                p.row
                    && !p.blank
                    && crate::words::words(&p.text)
                        .iter()
                        .any(|w| w.contains('-') && w.chars().any(|c| c.is_ascii_digit()))
            })
            .collect();
        (d.file != denial.0.file).then(|| rows.first().map(|p| said(d, p))).flatten()
    })?;
    Some(CrossCheck {
        check: "anomalies-differ".to_owned(),
        message: "one document says that no anomaly is known, another lists anomalies".to_owned(),
        said: vec![denial.1, list],
    })
}

/// A document is referred to and is not there.
fn absent(documents: &[&Document], all: &[Document]) -> Vec<CrossCheck> {
    let there: BTreeSet<String> = all
        .iter()
        .flat_map(|d| [d.id.to_uppercase(), d.file.to_uppercase(), d.title.to_uppercase()])
        .filter(|t| !t.is_empty())
        .collect();
    let mut missing: BTreeMap<String, Said> = BTreeMap::new();
    for document in documents {
        for passage in document.passages.iter().filter(|p| !p.blank) {
            for id in values::document_ids(&passage.text) {
                let upper = id.to_uppercase();
                if id != document.id && !there.iter().any(|t| t.contains(&upper)) {
                    missing.entry(id).or_insert_with(|| said(document, passage));
                }
            }
        }
    }
    let one = |(id, said): (String, Said)| CrossCheck {
        check: "document-absent".to_owned(),
        message: format!("`{id}` is referred to and was not among the documents"),
        said: vec![said],
    };
    missing.into_iter().take(200).map(one).collect()
}

/// A signature block is blank, or dated after the document took effect.
fn approvals(documents: &[&Document]) -> Vec<CrossCheck> {
    let mut out = Vec::new();
    for document in documents {
        let of = |text: String| Said { file: document.file.clone(), page: None, text };
        let approvals: Vec<_> = document
            .signatures
            .iter()
            .filter(|s| s.meaning == "approved" || s.meaning == "released")
            .collect();
        if let Some(blank) = approvals.iter().find(|s| s.name.is_empty() && s.date.is_empty()) {
            out.push(CrossCheck {
                check: "approval-missing".to_owned(),
                message: "the place for the approval is blank".to_owned(),
                said: vec![of(format!("signature block `{}` without name and date", blank.meaning))],
            });
        }
        let effective = document.passages.iter().find_map(|p| {
            let lower = p.text.to_lowercase();
            let at = ["effective", "valid from", "in force since", "gültig ab", "in kraft"]
                .iter()
                .find_map(|m| lower.find(m))?;
            extract::find_date(p.text.get(at..)?).map(|(_, date)| (date, said(document, p)))
        });
        if let Some((date, passage)) = effective
            && let Some(late) = approvals.iter().find(|s| !s.date.is_empty() && s.date > date)
        {
            out.push(CrossCheck {
                check: "approved-after-use".to_owned(),
                message: format!("in force from {date}, approved on {}", late.date),
                said: vec![passage, of(format!("{} by {}, {}", late.meaning, late.name, late.date))],
            });
        }
    }
    out
}
