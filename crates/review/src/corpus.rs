//! Documents: what is known of a file beyond its passages.

use crate::meanings::parts;
use crate::passage::{Passage, passages};
use crate::values;
use crate::voice::{Voice, describes};
use crate::words::is_german;
use clauses::{DocumentNames, Language};
use extract::{Part, Signature, Text};
use serde::{Deserialize, Serialize};

/// A document that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its file name in the source.
    pub file: String,
    /// SHA-256 of the file.
    pub digest: String,
    /// Its title.
    pub title: String,
    /// Its id as it stands in it, `SOP-12`; empty where none was seen.
    pub id: String,
    /// The kinds of document that its name or title fits.
    pub kinds: Vec<String>,
    /// The language that most of it is written in.
    pub language: Language,
    /// Number of pages; 0 where the format has none.
    pub pages: u32,
    /// Versions that it gives the software.
    pub versions: Vec<String>,
    /// Its signature blocks.
    pub signatures: Vec<Signature>,
    /// Whether it is a blank form: a third of its statements and more are places to fill in.
    pub template: bool,
    /// Whether it is such a form and yet some of it was filled in: less than two thirds of its statements are places to fill in.
    #[serde(default)]
    pub partly_filled: bool,
    /// Whether it speaks of software, devices or their safety at all: an invoice that is archived for ten years proves nothing.
    pub relevant: bool,
    /// Whether it describes what a standard asks, what others are to do or what is offered: a guide, a course, a tender. It shows nothing.
    #[serde(default)]
    pub describes: bool,
    /// Number of its passages: sentences and rows.
    pub passages: usize,
    /// Notes of the reader.
    pub notes: Vec<String>,
}

impl Document {
    /// The document and its passages.
    pub(crate) fn new(
        file: &str,
        digest: &str,
        text: &Text,
        kinds: &DocumentNames,
    ) -> (Document, Vec<Passage>) {
        let passages = passages(text);
        let statements = passages.len().max(1);
        let blank = passages.iter().filter(|p| p.blank).count();
        let title = text.title.clone().unwrap_or_default();
        let top: Vec<&str> = text
            .blocks
            .iter()
            .filter(|b| b.part != Part::Deleted)
            .take(12)
            .map(|b| b.text.as_str())
            .collect();
        let edges = text
            .blocks
            .iter()
            .filter(|b| matches!(b.part, Part::Header | Part::Footer))
            .map(|b| b.text.as_str());
        let id = edges
            .chain(top.iter().copied())
            .chain([file])
            .flat_map(values::document_ids)
            .next()
            .unwrap_or_default();
        let mut versions: Vec<String> =
            passages.iter().flat_map(|p| values::software_versions(&p.text)).collect();
        versions.sort();
        versions.dedup();
        let title_words = crate::words::words(&format!("{title} {file}"));
        let german = is_german(passages.iter().flat_map(|p| &p.words));
        let kinds: Vec<String> = kinds.of(file, &title).map(|k| k.id.clone()).collect();
        let mut notes = text.notes.clone();
        let voices: Vec<Voice> = passages.iter().filter(|p| !p.row).map(|p| p.voice).collect();
        let describes = describes(&voices, &title_words, !kinds.is_empty());
        if let Some(signs) = describes {
            notes.push(format!(
                "describes what a standard asks, what others are to do or what is offered, in {signs} of {} sentences: taken as no evidence",
                voices.len()
            ));
        }
        let document = Document {
            file: file.to_owned(),
            digest: digest.to_owned(),
            kinds,
            title,
            id,
            language: if german { Language::De } else { Language::En },
            pages: text.pages,
            versions,
            signatures: extract::signatures(text),
            template: blank * 3 >= statements,
            partly_filled: blank * 3 < statements * 2,
            relevant: relevant(&passages, &title_words),
            describes: describes.is_some(),
            passages: passages.len(),
            notes,
        };
        (document, passages)
    }

    /// What people call it: id and title, or the file's name.
    pub fn name(&self) -> String {
        match (self.id.is_empty(), self.title.is_empty()) {
            (false, false) if self.title.contains(&self.id) => self.title.clone(),
            (false, false) => format!("{} {}", self.id, self.title),
            (true, false) => self.title.clone(),
            (false, true) => format!("{} ({})", self.id, self.file),
            (true, true) => self.file.clone(),
        }
    }
}

/// Words of the field by their beginnings. One of them may stand anywhere; two different ones seldom stand by accident.
const FIELD: &[&str] = &[
    "software",
    "firmware",
    "medical",
    "device",
    "patient",
    "anomal",
    "hazard",
    "gefährd",
    "verif",
    "requirement",
    "anforderung",
    "soup",
    "safety",
    "sicherheitskl",
    "risk",
    "risiko",
    "commit",
    "git",
    "regression",
    "iso",
    "iec",
    "62304",
    "bug",
    "tester",
    "test",
    "release",
    "freigabe",
    "medizin",
    "gerät",
    "interface",
    "schnittstelle",
    "architect",
    "architektur",
    "unit",
    "problem",
    "anwender",
    "baseline",
    "library",
    "react",
    "alarm",
    "traceab",
    "fehler",
    "klasse",
    "version",
    "modul",
    "module",
    "pipeline",
    "code",
    "quelltext",
    "branch",
    "monitor",
    "sensor",
    "bibliothek",
    "entwicklung",
    "development",
    "architekt",
    "konfiguration",
    "configuration",
    "integration",
    "änderungsantrag",
    "dosi",
    "therap",
    "klinik",
    "compiler",
];

fn relevant(passages: &[Passage], title: &[String]) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    for word in passages.iter().flat_map(|p| p.words.iter().chain(&p.above)).chain(title) {
        // A German compound ends with what it is: `modultests`.
        let field = |w: &str| FIELD.iter().position(|f| w.starts_with(f));
        for at in field(word).into_iter().chain(parts(word).iter().filter_map(|p| field(p))) {
            seen.insert(at);
            if seen.len() > 1 {
                return true;
            }
        }
    }
    false
}
