//! Guides, mappings and standards as Markdown, for terminals and for the pages of `docs/generated/`.

use crate::crosswalk::{Crosswalk, Path};
use crate::guide::{Constraint, Gap, Group, Guide, Language};
use crate::library::{Library, Standard};
use std::fmt::Write as _;

/// What is known of a clause, below a heading of its own; headings inside begin at `level`.
pub fn guide_text(guide: &Guide, level: usize) -> String {
    let h = "#".repeat(level);
    let mut out = String::new();
    for (title, text) in [("What it asks", &guide.asks), ("Why it exists", &guide.why)] {
        let _ = write!(out, "{h} {title}\n\n{text}\n\n");
    }
    let _ = write!(out, "{h} What Amendment 1 (2015) changed\n\n");
    match guide.amendment.text.as_str() {
        "" => {
            let _ = write!(out, "{}.\n\n", sentence(guide.amendment.change.about()));
        }
        text => {
            let _ = write!(out, "{}. {text}\n\n", sentence(guide.amendment.change.about()));
        }
    }
    let _ = write!(
        out,
        "{h} What carries over from ISO 13485\n\n{}\n\nNew: {}\n\n",
        guide.carries_over, guide.new
    );
    let _ = write!(out, "{h} Audit focus\n\n{}\n\n{h} Constraints\n\n", guide.audit_focus);
    for c in &guide.constraints {
        constraint_text(&mut out, c);
    }
    let _ = write!(out, "\n{h} Common gaps\n\n");
    for g in &guide.gaps {
        gap_text(&mut out, g);
    }
    let _ = write!(out, "\n{h} In documents\n\nQuestion: {}\n\n", guide.question);
    let titles = guide.documents.iter().filter_map(|d| crate::document(d)).map(|d| d.title.as_str());
    let _ = write!(out, "Usually in: {}\n\n", titles.collect::<Vec<_>>().join("; "));
    let _ = write!(out, "{h} Audit defence\n\n> {}\n\n", guide.defence.text);
    let _ = writeln!(out, "Related: {}", guide.related.join(", "));
    out
}

fn constraint_text(out: &mut String, c: &Constraint) {
    let _ = writeln!(out, "- `{}` ({}): {}", c.id, c.classes.join(", "), c.text);
    let _ = writeln!(out, "  - satisfied: {}", c.satisfied);
    let _ = writeln!(out, "  - broken: {}", c.broken);
    for f in &c.facets {
        let examples =
            f.wording.get(&Language::En).and_then(|w| w.says.first()).map_or("", |p| p.text.as_str());
        let _ = writeln!(out, "  - a document shows: {} (such as \"{examples}\")", f.must);
    }
    if let Some(why) = &c.outside {
        let _ = writeln!(out, "  - not to be seen in documents: {why}");
    }
}

fn gap_text(out: &mut String, g: &Gap) {
    let _ = writeln!(out, "- **{}** ({}, `{}`): {}", g.title, g.severity.as_str(), g.id, g.text);
    let _ = writeln!(out, "  - example: {}", g.example);
    let _ = writeln!(out, "  - add: {}", g.add);
}

/// The first letter as a capital.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// All guides of a group as one page.
pub fn group_page(group: &Group) -> String {
    let mut out = format!("# {} {}\n\n{}\n", group.id, group.title, group.about);
    for guide in &group.guides {
        let title = crate::clause(&guide.clause).map_or("", |c| c.title.as_str());
        let classes = crate::clause(&guide.clause).map(crate::Clause::classes_text).unwrap_or_default();
        let _ = write!(
            out,
            "\n## {} {title}\n\nDue for class: {classes}\n\n{}",
            guide.clause,
            guide_text(guide, 3)
        );
    }
    out
}

/// What a clause is mapped to, a line for each end.
pub fn paths_text(id: &str, paths: &[Path]) -> String {
    let mut out = String::new();
    for p in paths {
        let title = title_of(&p.to);
        let _ = writeln!(out, "{id} {} {} {title}", p.relation.as_str(), p.to);
        for h in &p.hops {
            let source = if h.source.is_empty() { String::new() } else { format!(" [{}]", h.source) };
            let _ = writeln!(out, "    {} {} {}: {}{source}", h.from, h.relation.as_str(), h.to, h.note);
        }
        if p.mappings() == 1 && !p.follows() {
            let whole = p.hops.iter().find(|h| !h.source.is_empty()).map_or("", |h| h.from.as_str());
            let _ = writeln!(
                out,
                "    mapped for {whole} as a whole; this part of it may lie outside of the overlap"
            );
        }
        if p.mappings() > 1 {
            let weakest =
                p.weakest().map_or(String::new(), |h| format!("{} {} {}", h.from, h.relation.as_str(), h.to));
            let follows =
                if p.follows() { "" } else { "; the ends may have nothing in common, a person has to look" };
            let _ = writeln!(
                out,
                "    inferred over {} mappings; weakest link: {weakest}{follows}",
                p.mappings()
            );
        }
    }
    out
}

/// The title of a clause or heading.
pub fn title_of(id: &str) -> &'static str {
    let clause = crate::clause(id).map(|c| c.title.as_str());
    clause.or_else(|| crate::library().heading(id).map(|h| h.title.as_str())).unwrap_or_default()
}

/// Every direct mapping as a table.
pub fn crosswalk_page(crosswalk: &Crosswalk) -> String {
    let mut out = String::from(
        "# Crosswalk\n\nDirect mappings. `subset`: all that the left asks for is asked for on the right too; `superset`: the other way round; \
         `intersect`: they overlap. `dossier clauses map` follows them over several standards and names the weakest link.\n\n\
         | from | | to | note | source |\n|---|---|---|---|---|\n",
    );
    for m in crosswalk.mappings() {
        let (from, to) = (title_of(&m.from), title_of(&m.to));
        let _ = writeln!(
            out,
            "| {} {from} | {} | {} {to} | {} | {} |",
            m.from,
            m.relation.as_str(),
            m.to,
            cell(&m.note),
            cell(&m.source)
        );
    }
    out
}

/// Every standard with its clauses.
pub fn standards_page(library: &Library) -> String {
    let mut out = String::from(
        "# Standards and regulations of the library\n\nOwn words; `m` marks what is only from knowledge.\n",
    );
    for s in library.standards() {
        let _ = write!(out, "\n## {} {}\n\n{}\n", s.id, s.title, validity(s));
        out.push_str("\n| clause | title | evidence | validity, successor, source |\n|---|---|---|---|\n");
        for c in &s.clauses {
            let mut more = Vec::new();
            if !c.in_force {
                more.push("not in force".to_owned());
            }
            if !c.replaced_by.is_empty() {
                more.push(format!("now {}", c.replaced_by.join(", ")));
            }
            if c.source != s.source {
                more.push(format!("source: {}", c.source));
            }
            more.extend(c.note.clone());
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} |",
                c.id,
                cell(&c.title),
                cell(&c.evidence),
                cell(&more.join("; "))
            );
        }
    }
    out
}

fn validity(s: &Standard) -> String {
    let from = s.valid_from.map_or("not recorded".to_owned(), |d| d.to_string());
    let to = s.valid_to.map_or("still current".to_owned(), |d| d.to_string());
    format!(
        "Edition `{}`. Current from: {from}; until: {to}. Source of the facts: {}.",
        s.edition,
        s.source.trim_end_matches('.')
    )
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
