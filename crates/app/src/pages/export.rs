//! Documents for readers: controlled documents, and reports made from items and results, as Markdown, HTML or PDF/A.

use super::documents::{self, computed_cover};
use super::reading::Reading;
use super::{inputs, items, pictures, risk, soup, tests};
use crate::analysis::Inputs;
use crate::checks;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use model::{Item, ItemIx, Kind, LinkType};
use report::Sheet;
use std::path::Path;
use views::{Cover, ItemDocument, ItemEntry, ItemSection, RiskFile};
use vocabulary::Digest;

/// Forms of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Markdown.
    Markdown,
    /// One HTML page.
    Html,
    /// PDF/A.
    Pdf,
    /// A Word file, for work.
    Docx,
}

/// Reports that are made from items and results, by name.
const COMPUTED: [(&str, &str, &[Kind]); 3] = [
    ("requirements", "Requirements", &[Kind::SystemRequirement, Kind::SoftwareRequirement]),
    ("architecture", "Architecture", &[Kind::SoftwareSystem, Kind::SoftwareItem, Kind::Interface]),
    ("detailed-design", "Detailed design", &[Kind::SoftwareUnit, Kind::DetailedDesign]),
];

/// Writes a document for readers: a controlled document by its id, or `requirements`, `architecture`, `detailed-design`,
/// `risk-file`, `soup-list`, `test-report`, `agile-mapping`.
///
/// # Errors
/// When there is no such document, something cannot be read, or the file cannot be written.
pub fn document_export(ws: &Workspace, inputs: &Inputs, id: &str, form: Form, path: &Path) -> Result<()> {
    let checked = checks::check(ws, inputs, false)?;
    let r = Reading::new(&checked.analysis, &checked.judgement, None);
    let sheet = sheet(&r, ws, id)?;
    let bytes = match form {
        Form::Markdown => sheet.markdown().into_bytes(),
        Form::Html => sheet.html().into_bytes(),
        Form::Pdf => sheet.pdf().doing("set the document as PDF")?,
        Form::Docx => sheet.docx().doing("write the document as a Word file")?,
    };
    crate::trail::note_export(ws, &format!("document {id}"))?;
    std::fs::write(path, bytes).doing(format_args!("write {}", path.display()))
}

/// A document or report before it is Markdown, HTML or PDF.
pub(super) fn sheet(r: &Reading<'_>, ws: &Workspace, id: &str) -> Result<Sheet> {
    let tree = r.analysis.tree_digest();
    if let Some((name, title, kinds)) = COMPUTED.iter().find(|(name, ..)| *name == id) {
        return Ok(report::item_document(&of_kinds(r, name, title, kinds)));
    }
    match id {
        "risk-file" => Ok(report::risk_file(&RiskFile {
            cover: computed_cover(r, id, "Risk management file", tree),
            intro: "Acceptability is computed from the scales and the matrix below, never typed.".to_owned(),
            scales: risk::scales(r),
            plan: r.analysis.config.risk.plan.as_deref().map(|p| r.refer(p)),
            rows: risk::page(r).rows,
        })),
        "soup-list" => Ok(report::soup_list(&soup::list(r), computed_cover(r, id, "SOUP list", tree))),
        "test-report" => Ok(report::test_report(&tests::report(r))),
        "agile-mapping" => agile_mapping(r),
        _ => controlled(r, ws, id),
    }
}

/// A controlled document: as it is written, or item by item where it holds items.
fn controlled(r: &Reading<'_>, ws: &Workspace, id: &str) -> Result<Sheet> {
    let Some(document) = documents::find(r, id) else {
        return Err(Error::refused(format!("there is no document `{id}`")).hint(
            "name a controlled document (dossier document list), or requirements, architecture, detailed-design, \
             risk-file, soup-list, test-report, agile-mapping",
        ));
    };
    let in_file = |i: &&Item| i.file.path == document.file.path;
    let mut own: Vec<&Item> = r.model().items().iter().filter(in_file).collect();
    if own.is_empty() {
        let page = documents::page(r, ws, id)
            .ok_or_else(|| Error::refused(format!("there is no document `{id}`")))?;
        return Ok(report::controlled_document(&page));
    }
    own.sort_by_key(|i| i.span.start);
    // Headings that are no items' begin a section each, after the prose that stands before the first item.
    let mut sections: Vec<ItemSection> = Vec::new();
    let mut headings = document.sections.iter().filter(|s| s.title.start >= document.prose.end).peekable();
    for item in own {
        while let Some(heading) = headings.next_if(|h| h.title.start < item.span.start) {
            let (title, text) = (document.title_of(heading).to_owned(), document.body_of(heading).to_owned());
            sections.push(ItemSection { title, text, items: Vec::new() });
        }
        if sections.is_empty() {
            sections.push(ItemSection { title: "Items".to_owned(), text: String::new(), items: Vec::new() });
        }
        if let (Some(section), Some(ix)) = (sections.last_mut(), r.model().find(item.id.as_str())) {
            section.items.push(entry(r, ix));
        }
    }
    let intro = without_title(document.prose(), &document.title);
    Ok(report::item_document(&ItemDocument {
        cover: documents::cover(r, document),
        pictures: pictures::of(r, ws, &document.file.path, &document.file.text),
        intro: intro.to_owned(),
        sections,
    }))
}

/// The mapping of clause 5 to an agile team's work (AAMI TIR45): each deliverable, where it lives, and when it is done at its layer.
fn agile_mapping(r: &Reading<'_>) -> Result<Sheet> {
    let rows = checks::with_snapshot(r.analysis, None, &[], rules::agile_mapping)?;
    let text = serde_json::to_string(&rows).doing("write the mapping")?;
    let title = "Mapping of clause 5 to agile work";
    Ok(report::agile_mapping(
        &rows.into_iter().map(agile_row).collect::<Vec<_>>(),
        computed_cover(r, "agile-mapping", title, Digest::of(text.as_bytes())),
    ))
}

fn agile_row(row: rules::AgileRow) -> views::AgileRow {
    views::AgileRow {
        clause: views::Ref::new(views::RefKind::Clause, row.clause.as_str()),
        deliverable: row.deliverable,
        lives: row.lives,
        layer: row.layer,
        done: row.done,
    }
}

/// The title stands on the cover already.
fn without_title<'t>(prose: &'t str, title: &str) -> &'t str {
    match prose.split_once('\n') {
        Some((first, rest)) if first.trim_start_matches('#').trim() == title => rest.trim_start(),
        _ => prose,
    }
}

/// All items of some kinds, a section for each kind and file.
fn of_kinds(r: &Reading<'_>, name: &str, title: &str, kinds: &[Kind]) -> ItemDocument {
    let mut sections: Vec<ItemSection> = Vec::new();
    let mut digests = String::new();
    for kind in kinds {
        let mut file = "";
        for ix in r.model().of_kind(*kind) {
            let item = r.model().item(*ix);
            if &*item.file.path != file {
                file = &item.file.path;
                let title = format!("{}s in {file}", capital(kind.plain()));
                sections.push(ItemSection { title, text: String::new(), items: Vec::new() });
            }
            digests.push_str(&format!("{} {}\n", item.id, item.digest));
            if let Some(section) = sections.last_mut() {
                section.items.push(entry(r, *ix));
            }
        }
    }
    let cover: Cover = computed_cover(r, name, title, Digest::of(digests.as_bytes()));
    let intro = format!("Made from the items of the documents. Rule set: {}.", inputs::rule_set());
    ItemDocument { cover, intro, sections, pictures: Vec::new() }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn entry(r: &Reading<'_>, ix: ItemIx) -> ItemEntry {
    let item = r.model().item(ix);
    let classified = matches!(item.kind, Kind::SoftwareItem | Kind::SoftwareUnit | Kind::SoftwareRequirement);
    ItemEntry {
        id: r.item_ref(ix),
        title: item.title().to_owned(),
        kind: item.kind.plain().to_owned(),
        class: classified.then(|| r.classes.of(r.model(), ix)),
        text: item.text().to_owned(),
        fields: items::fields(item),
        links: r.model().outgoing(ix).iter().map(|l| r.link_out(l)).collect(),
        verified_by: r.links_to(ix, LinkType::Verifies),
        digest: item.digest,
    }
}
