//! `corpus DIR DOCUMENTS PAGES`: writes many documents of many pages, always the same ones, for the bench of the review.
//!
//! A sixth of the sentences are those of the tuning documents of `review/eval`, in English and German; the rest are drawn from the
//! vocabulary of the field and from filler, so that phrasings of the clause library fit here and there and most passages say nothing,
//! as in a real folder. Every tenth document says something for a clause, one in thirty is a form.

use std::fmt::Write as _;

/// About as many sentences as a page of a report holds.
const SENTENCES: usize = 28;

const SUBJECTS: &[&str] = &[
    "The pump",
    "Each release",
    "The configuration manager",
    "A change request",
    "The risk file",
    "The test report",
    "Die Komponente",
    "Der Prüfbericht",
    "The supplier",
    "The display",
    "The archive",
    "Die Anforderung",
    "The reviewer",
    "The library",
    "Service",
];
const VERBS: &[&str] = &[
    "records",
    "contains",
    "describes",
    "was reviewed with",
    "refers to",
    "wurde geprüft gegen",
    "enthält",
    "replaces",
    "depends on",
    "is stored beside",
    "is approved after",
    "beschreibt",
    "reports",
    "compares",
    "measures",
];
const OBJECTS: &[&str] = &[
    "the version 2.4.0",
    "the pressure sensor",
    "the list of known anomalies",
    "den Plan VP-12",
    "the unit tests",
    "the interface",
    "the training of staff",
    "die Sicherheitsklasse",
    "the hazard analysis",
    "the label",
    "the meeting of March",
    "das Gerät",
    "the invoice",
    "the SOUP list",
];
const TAILS: &[&str] = &[
    "in the second quarter",
    "at the bench",
    "nach der Freigabe",
    "for the German market",
    "with the usual remarks",
    "in room 12",
    "before shipment",
    "laut Protokoll",
    "as agreed",
    "without further comment",
    "by the quality manager",
    "on the target hardware",
];
const FACTS: &[&str] = &[
    "All planned verification activities for version 2.4.0 were completed on 2026-01-10 and the results were evaluated.",
    "Known residual anomalies of version 2.4.0: AN-7 and AN-9; each was evaluated and does not contribute to unacceptable risk.",
    "Die Softwareversion 2.4.0 wurde am 12.01.2026 freigegeben und ist archiviert.",
    "Changes to configuration items are made only in response to an approved change request CR-12.",
    "The software system is assigned safety class B because a failure can lead to non-serious injury.",
];

/// A small generator, always the same numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % n.max(1)
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = self.below(of.len());
        of.get(at).copied().unwrap_or_default()
    }
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "corpus".to_owned());
    let mut number = |or: usize| arguments.next().and_then(|n| n.parse().ok()).unwrap_or(or);
    let (documents, pages) = (number(1_000), number(20));
    std::fs::create_dir_all(&folder)?;
    let real = tuning_sentences()?;
    let endings = ["pdf", "docx", "pdf", "odt", "docx", "xlsx", "pdf", "html", "md", "txt"];
    for document in 0..documents {
        let mut numbers = Numbers(document as u64 + 1);
        let text = markdown(&mut numbers, document, pages, &real);
        let ending = endings.get(document % endings.len()).copied().unwrap_or("md");
        if let Some(bytes) = extract::specimen::write(ending, &text) {
            std::fs::write(format!("{folder}/document-{document:05}.{ending}"), bytes)?;
        }
    }
    std::fs::write(format!("{folder}/changed.md"), "# Notes of the software release\n\nnothing yet\n")
}

/// Sentences and rows of the tuning documents, in order of their files.
fn tuning_sentences() -> std::io::Result<Vec<String>> {
    let mut out = Vec::new();
    for part in ["tune", "tune2"] {
        let folder = format!("{}/../../review/eval/{part}/documents", env!("CARGO_MANIFEST_DIR"));
        let mut files: Vec<_> = std::fs::read_dir(folder)?.flatten().map(|e| e.path()).collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(file)?;
            let lines = text.lines().filter(|l| !l.starts_with(['#', '|', '>', '-']) && l.len() > 30);
            out.extend(lines.map(str::to_owned));
        }
    }
    Ok(out)
}

fn markdown(numbers: &mut Numbers, document: usize, pages: usize, real: &[String]) -> String {
    let mut out = format!("# Document {document} of the software file\n\n");
    for page in 0..pages {
        let _ = writeln!(out, "## {}.{} {}\n", page / 5 + 1, page % 5 + 1, numbers.one(OBJECTS));
        for sentence in 0..SENTENCES {
            if document.is_multiple_of(10) && sentence == 3 {
                out.push_str(numbers.one(FACTS));
            } else if sentence % 6 == 1 && document % 30 != 7 {
                out.push_str(real.get(numbers.below(real.len())).map_or("", String::as_str));
            } else if document % 30 == 7 {
                let _ = write!(out, "{}: ________", numbers.one(OBJECTS));
            } else {
                let (s, v, o, t) =
                    (numbers.one(SUBJECTS), numbers.one(VERBS), numbers.one(OBJECTS), numbers.one(TAILS));
                let _ = write!(out, "{s} {v} {o} {t}, item {}.", numbers.below(50_000));
            }
            out.push_str(if sentence % 7 == 6 { "\n\n" } else { " " });
        }
        out.push_str("\n\n");
    }
    out
}
