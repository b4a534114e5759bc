//! A review as a report: one page of summary, then everything.

use super::standards::{ForeignClause, STANDARDS, crosswalked, standard_column};
use crate::error::{Error, Result};
use report::inline::{cell, code, soft, status, strong, text, words};
use report::{Block, Cell, Column, Inline, Sheet};
use review::{ClauseResult, Comparison, ConstraintResult, Quote, Review, Verdict};
use std::collections::BTreeMap;
use views::{Cover, Verdict as Status};
use vocabulary::Digest;

/// Longest quotation in a report; the whole passage stands in the JSON.
const QUOTE_MAX: usize = 600;

/// The review before it is HTML, Markdown or PDF.
pub(super) fn sheet(review: &Review) -> Result<Sheet> {
    let bytes = serde_json::to_vec(review)
        .map_err(|e| Error::environment("the review cannot be written").because(e))?;
    let as_of =
        review.as_of.parse().map_err(|e| Error::refused(format!("`{}` is no date: {e}", review.as_of)))?;
    let cover = Cover {
        id: "REVIEW".to_owned(),
        title: "Review of existing documents".to_owned(),
        kind: "Document review".to_owned(),
        product: review.product.clone().unwrap_or_else(|| review.source.clone()),
        version: review.version.clone(),
        class: review.class.as_deref().and_then(|c| c.parse().ok()),
        revision: review.as_of.clone(),
        digest: Digest::of(&bytes),
        file: None,
        commit: None,
        ledger: None,
        as_of,
        control: Vec::new(),
        owner: String::new(),
        approvals: Vec::new(),
        history: Vec::new(),
        marks: Vec::new(),
    };
    let mut blocks = summary(review);
    if let Some(comparison) = &review.comparison {
        blocks.extend(compared(comparison));
    }
    blocks.extend(gaps(review));
    blocks.extend(cross_checks(review));
    blocks.push(heading(1, "Clause by clause"));
    for clause in &review.clauses {
        blocks.extend(of_clause(clause));
    }
    blocks.extend(standards(review));
    blocks.extend(files(review));
    let facts = vec![
        ("Reviewed".to_owned(), vec![code(review.source.as_str())]),
        ("Clause library".to_owned(), vec![code(format!("sha256:{}", review.library))]),
    ];
    Ok(Sheet { cover, facts, blocks, pictures: Vec::new() })
}

fn heading(level: u8, title: &str) -> Block {
    Block::Heading { level, number: String::new(), text: vec![text(title)], status: None }
}

/// A clause without its standard: all that are asked for are of one.
fn number(clause: &str) -> &str {
    clause.strip_prefix("62304:").unwrap_or(clause)
}

fn paragraph(line: &str) -> Block {
    Block::Paragraph { text: words(line) }
}

fn table(columns: &[(&str, u16)], rows: Vec<Vec<Cell>>, empty: &str) -> Block {
    Block::Table {
        columns: columns.iter().map(|(t, s)| Column::new(t, *s)).collect(),
        rows,
        empty: empty.to_owned(),
    }
}

/// The status that a verdict is shown as; its own word stands beside it.
fn shown(verdict: Verdict) -> Status {
    match verdict {
        Verdict::Met => Status::Pass,
        Verdict::Human => Status::Human,
        Verdict::Partly | Verdict::Outdated => Status::Advisory,
        Verdict::TemplateOnly | Verdict::NotFound | Verdict::Contradicted => Status::Finding,
    }
}

fn verdict_cell(verdict: Verdict) -> Cell {
    status(shown(verdict), verdict.words())
}

fn summary(review: &Review) -> Vec<Block> {
    let counts = review.counts();
    let all: usize = counts.values().sum();
    let of = |v: Verdict| counts.get(&v).copied().unwrap_or(0);
    let severity = |s: &str| review.gaps.iter().filter(|g| g.severity == s).count();
    let mut groups: BTreeMap<Vec<u32>, (String, BTreeMap<Verdict, usize>)> = BTreeMap::new();
    for clause in &review.clauses {
        let number = clause.clause.rsplit(':').next().unwrap_or("");
        let group: Vec<&str> = number.split('.').take(if number.starts_with('4') { 1 } else { 2 }).collect();
        let key = group.iter().map(|n| n.parse().unwrap_or(0)).collect();
        let entry = groups.entry(key).or_insert_with(|| (group.join("."), BTreeMap::new()));
        for constraint in &clause.constraints {
            *entry.1.entry(constraint.verdict).or_default() += 1;
        }
    }
    let number =
        |n: Option<&usize>| n.filter(|n| **n > 0).map_or_else(|| vec![soft("–")], |n| cell(n.to_string()));
    let columns = [
        Verdict::Met,
        Verdict::Partly,
        Verdict::Outdated,
        Verdict::TemplateOnly,
        Verdict::NotFound,
        Verdict::Contradicted,
        Verdict::Human,
    ];
    let rows = groups
        .values()
        .map(|(name, counts)| {
            let mut row = vec![cell(name.clone())];
            row.extend(columns.iter().map(|v| number(counts.get(v))));
            row
        })
        .collect();
    let mut heads: Vec<(&str, u16)> = vec![("Clause", 2)];
    heads.extend(columns.iter().map(|v| (v.words(), 2)));
    let (explained, in_force) = review.coverage;
    let mut out = vec![
        heading(1, "Summary"),
        paragraph(&format!(
            "{} files were read and {} were not. Of {all} things that the clauses ask for, passages show {}; {} are shown in part, {} are only a blank \
             place in a form, {} were not found, {} are denied by a passage.",
            review.files.len(),
            review.unread.len(),
            of(Verdict::Met),
            of(Verdict::Partly) + of(Verdict::Outdated),
            of(Verdict::TemplateOnly),
            of(Verdict::NotFound),
            of(Verdict::Contradicted)
        )),
        paragraph(&format!(
            "Gaps: {} critical, {} major, {} moderate, {} minor. Contradictions between documents: {}.",
            severity("critical"),
            severity("major"),
            severity("moderate"),
            severity("minor"),
            review.cross_checks.len()
        )),
        table(&heads, rows, "No clause was asked for."),
        paragraph(&format!(
            "The library explains {explained} of {in_force} clauses in force. Verdicts are found by rules over words and each is quoted: they are \
             proposals to a person, who confirms or rejects them. This report does not say that the software conforms to a standard."
        )),
    ];
    if let Some(model) = &review.model {
        out.push(paragraph(&format!(
            "A language model (`{}`) was asked about {} of them: {} answers counted, {} were discarded because their quotation does not stand in the \
             text, {} were unusable, {} did not come{}. {} passages that speak to a model were kept from it.",
            model.model,
            model.asked,
            model.accepted,
            model.invented,
            model.unusable,
            model.failed,
            if model.given_up > 0 {
                format!(", and {} questions were not put any more after that", model.given_up)
            } else {
                String::new()
            },
            model.withheld
        )));
    }
    out.push(Block::PageBreak);
    out
}

/// What closed and what opened, worst first.
fn compared(comparison: &Comparison) -> Vec<Block> {
    let rows = comparison
        .rows()
        .into_iter()
        .map(|r| {
            vec![
                cell(r.change.words()),
                vec![code(r.id), Inline::Break, text(r.text)],
                verdict_cell(r.before),
                verdict_cell(r.now),
            ]
        })
        .collect();
    let gaps = comparison
        .gaps()
        .into_iter()
        .map(|(change, id, title)| vec![cell(change.words()), vec![code(id), Inline::Break, text(title)]])
        .collect();
    let list = |(name, items): (&str, &[String])| {
        (name.to_owned(), if items.is_empty() { vec![soft("none")] } else { cell(items.join(", ")) })
    };
    let mut out = vec![heading(1, &format!("Since the review of {}", comparison.before))];
    out.extend(comparison.notes.iter().map(|n| paragraph(&format!("Note: {n}."))));
    out.extend([
        table(&[("Change", 2), ("Constraint", 6), ("Before", 2), ("Now", 2)], rows, "No verdict changed."),
        table(&[("Change", 2), ("Gap", 10)], gaps, "No gap closed or opened."),
    ]);
    let asked = [
        ("Asked for the first time", comparison.asked_new.len()),
        ("No longer asked for", comparison.asked_no_more.len()),
    ];
    let mut facts: Vec<_> = comparison.files().map(list).into();
    facts.extend(asked.map(|(name, n)| (name.to_owned(), cell(format!("{n} constraints")))));
    out.push(Block::Facts { rows: facts });
    out
}

fn gaps(review: &Review) -> Vec<Block> {
    let row = |g: &review::FoundGap| {
        let mut what = vec![
            strong(g.title.as_str()),
            Inline::Break,
            text(g.text.as_str()),
            Inline::Break,
            soft(g.raised.as_str()),
        ];
        for quote in &g.quotes {
            what.push(Inline::Break);
            what.extend(quoted(quote));
        }
        vec![cell(g.severity.clone()), vec![code(number(&g.clause))], what, cell(g.add.clone())]
    };
    vec![
        heading(1, "Gaps, worst first"),
        table(
            &[("Severity", 2), ("Clause", 2), ("What is wrong", 7), ("What to add", 5)],
            review.gaps.iter().map(row).collect(),
            "No gap was raised.",
        ),
    ]
}

fn cross_checks(review: &Review) -> Vec<Block> {
    let row = |c: &review::CrossCheck| {
        let mut said = Vec::new();
        for s in &c.said {
            if !said.is_empty() {
                said.push(Inline::Break);
            }
            said.push(code(place(&s.file, s.page)));
            said.push(text(format!(" {}", cut(&s.text))));
        }
        vec![words(&c.message), said]
    };
    vec![
        heading(1, "Documents against each other"),
        table(
            &[("What", 4), ("Who says it", 7)],
            review.cross_checks.iter().map(row).collect(),
            "No contradiction between documents was found.",
        ),
    ]
}

fn of_clause(clause: &ClauseResult) -> Vec<Block> {
    let number = clause.clause.rsplit(':').next().unwrap_or("").to_owned();
    let mut out = vec![Block::Heading {
        level: 2,
        number,
        text: vec![text(clause.title.as_str())],
        status: Some(shown(clause.verdict)),
    }];
    for constraint in &clause.constraints {
        out.extend(of_constraint(constraint));
    }
    let expected: Vec<String> =
        clause.expected_files.iter().map(|(kind, file)| format!("{file} ({kind})")).collect();
    let mut rows = vec![
        ("Due for".to_owned(), cell(format!("class {}", clause.classes))),
        (
            "Files by name".to_owned(),
            if expected.is_empty() { vec![soft("none fits")] } else { cell(expected.join(", ")) },
        ),
        ("To an auditor".to_owned(), cell(clause.defence.clone())),
        ("Carries over from ISO 13485".to_owned(), cell(clause.carries_over.clone())),
        ("New with this clause".to_owned(), cell(clause.new.clone())),
    ];
    rows.retain(|(_, value)| !value.is_empty());
    out.push(Block::Facts { rows });
    out
}

fn of_constraint(constraint: &ConstraintResult) -> Vec<Block> {
    let mut inside = vec![Block::Paragraph { text: vec![text(constraint.text.as_str())] }];
    for quote in &constraint.quotes {
        inside.push(Block::Quote { blocks: vec![Block::Paragraph { text: quoted(quote) }] });
    }
    for facet in constraint.facets.iter().filter(|f| f.quotes.is_empty()) {
        let searched = facet.searched.as_ref().map_or_else(String::new, |s| {
            let phrasings: Vec<String> = s.phrasings.iter().take(6).map(|p| format!("“{p}”")).collect();
            format!(
                " Searched: {} passages of {} files, closely {}, for wordings such as {}.",
                s.passages,
                s.files,
                s.candidates,
                phrasings.join(", ")
            )
        });
        inside.push(Block::Paragraph { text: vec![soft(format!("Missing: {}.{searched}", facet.must))] });
    }
    if let Some(decision) = &constraint.decision {
        let word = format!("{:?}", decision.decision).to_lowercase();
        let again =
            if constraint.ask_again { " The passage changed since: please decide again." } else { "" };
        inside.push(paragraph(&format!(
            "{word} by {} on {}. {}{again}",
            decision.by, decision.on, decision.comment
        )));
    }
    vec![
        Block::Verdict {
            verdict: shown(constraint.verdict),
            headline: constraint.verdict.words().to_owned(),
            reason: constraint.reason.clone(),
        },
        Block::Callout { verdict: shown(constraint.verdict), blocks: inside },
    ]
}

/// Where, and the words.
fn quoted(quote: &Quote) -> Vec<Inline> {
    let under =
        if quote.heading.is_empty() { String::new() } else { format!(", under “{}”", quote.heading) };
    vec![text(format!("“{}” ", cut(&quote.text))), code(place(&quote.file, quote.page)), soft(under)]
}

fn place(file: &str, page: Option<u32>) -> String {
    page.map_or_else(|| file.to_owned(), |p| format!("{file}, page {p}"))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= QUOTE_MAX {
        text.to_owned()
    } else {
        text.chars().take(QUOTE_MAX).chain(['…']).collect()
    }
}

/// One document seen from every standard; each clause of another standard with its weakest link; what carries over and what is new.
fn standards(review: &Review) -> Vec<Block> {
    let seen = crosswalked(review);
    let join = |ids: &[String]| {
        if ids.is_empty() {
            return vec![soft("–")];
        }
        let numbers: Vec<&str> = ids.iter().map(|i| standard_column(i).1).collect();
        cell(numbers.join(", "))
    };
    let mut heads = vec![("File", 4)];
    heads.extend(STANDARDS.iter().map(|(_, name)| (*name, 3)));
    let documents = seen.documents.iter().map(|d| {
        let mut row = vec![cell(d.file.clone())];
        let of = |id: &str| d.standards.get(id).map(Vec::as_slice).unwrap_or_default();
        row.extend(STANDARDS.iter().map(|(id, _)| join(of(id))));
        row
    });
    let mut out = vec![
        heading(1, "The documents seen from other standards"),
        paragraph(
            "A document that shows something for a clause of IEC 62304 is read beside the clauses of other standards that the crosswalk leads to. \
             QMSR is the regulation in force; QSR is its number before 2 February 2026, for old audits and templates only.",
        ),
        table(&heads, documents.collect(), "No document shows something."),
    ];
    for (id, name) in STANDARDS.iter().skip(1) {
        let of = |c: &&ForeignClause| standard_column(&c.clause).0 == *id;
        let rows: Vec<Vec<Cell>> = seen.clauses.iter().filter(of).map(foreign_row).collect();
        if rows.is_empty() {
            continue;
        }
        out.push(heading(2, name));
        out.push(table(
            &[
                ("Clause", 2),
                ("Title", 3),
                ("Reached from", 3),
                ("Weakest link of the mapping", 5),
                ("Weakest evidence", 3),
            ],
            rows,
            "",
        ));
    }
    out.push(heading(2, "What carries over from ISO 13485, and what is new"));
    let row = |c: &ClauseResult| {
        vec![
            vec![code(number(&c.clause))],
            cell(c.carries_over.clone()),
            cell(c.new.clone()),
            verdict_cell(c.verdict),
        ]
    };
    out.push(table(
        &[("Clause", 2), ("Carries over", 5), ("New", 5), ("Shown", 2)],
        review.clauses.iter().map(row).collect(),
        "No clause was asked for.",
    ));
    out
}

fn foreign_row(clause: &ForeignClause) -> Vec<Cell> {
    let from: Vec<String> = clause.through.iter().map(|t| t.from.replacen("62304:", "", 1)).collect();
    let link = super::standards::best(clause).map_or_else(
        || vec![soft("–")],
        |t| {
            let look = if t.follows { "" } else { "; does not follow from the links, a person has to look" };
            let hops = if t.hops.len() > 1 { format!(" ({} links)", t.hops.len()) } else { String::new() };
            vec![code(t.weakest.as_str()), soft(format!("{hops} {}{look}", t.note))]
        },
    );
    let mut evidence = verdict_cell(clause.verdict);
    evidence.push(Inline::Break);
    evidence.push(code(clause.weakest_evidence.as_str()));
    vec![
        vec![code(clause.clause.as_str())],
        cell(clause.title.clone()),
        cell(from.join(", ")),
        link,
        evidence,
    ]
}

fn files(review: &Review) -> Vec<Block> {
    let read = |f: &review::ReviewedFile| {
        let mut notes = f.notes.clone();
        if f.template {
            notes.insert(0, "a blank form".to_owned());
        }
        vec![
            cell(f.file.clone()),
            cell(f.kinds.join(", ")),
            cell(notes.join("; ")),
            vec![code(f.digest.get(..16).unwrap_or(&f.digest))],
        ]
    };
    let unread = |f: &review::UnreadFile| vec![cell(f.file.clone()), cell(f.reason.clone())];
    vec![
        heading(1, "Files that were not read"),
        table(&[("File", 4), ("Why", 6)], review.unread.iter().map(unread).collect(), "Every file was read."),
        heading(1, "Files that were read"),
        table(
            &[("File", 5), ("Fits as", 3), ("Notes", 4), ("SHA-256, first digits", 3)],
            review.files.iter().map(read).collect(),
            "No file was read.",
        ),
    ]
}
