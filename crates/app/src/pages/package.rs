//! Packages for somebody outside: the index, every document as PDF/A, and the files that the library asks for.
//!
//! Everything is read from the frozen commit and the ledger of one release, so that a package says what its release record
//! says. A slot that nothing fills is a finding, and so is a document that nobody approved at this content.

use super::documents::{self as controlled_documents, computed_cover};
use super::reading::Reading;
use super::{export, matrix, record_view, release_pages};
use crate::analysis::Inputs;
use crate::error::{Doing as _, Error, Result};
use crate::releases::{self, Gate};
use crate::workspace::Workspace;
use clauses::{Package, Profile, Slot, Source};
use documents::Document;
use model::Kind;
use product::SlotAnswer;
use records::State;
use records::state::Release;
use report::Sheet;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;
use views::{PackageDocument, PackageIndex, PackageSlot, Ref, RefKind, ReleaseRecord, ReleaseState, Verdict};
use vocabulary::Digest;

/// The release record in a package.
const RECORD: &str = "release-record";

/// What an export wrote.
#[derive(Debug)]
pub struct PackageExport {
    /// The index.
    pub index: PackageIndex,
    /// How many files were written.
    pub files: usize,
}

impl PackageExport {
    /// Whether every slot is filled or does not apply.
    pub fn is_complete(&self) -> bool {
        self.index.verdict != Verdict::Finding
    }

    /// `dossier/package/v1`
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({"format": "dossier/package/v1", "index": self.index, "files": self.files})
    }

    /// For people: a line for each slot.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for slot in &self.index.slots {
            let of: Vec<&str> = slot.documents.iter().map(|d| d.id.id.as_str()).collect();
            let what = if slot.reason.is_empty() { of.join(", ") } else { slot.reason.clone() };
            out.push_str(&format!("{} {:28} {}\n", slot.verdict.shape(), slot.id, what));
        }
        out.push_str(&format!("{}\n", self.index.headline));
        out
    }
}

/// Writes a package of a release into a new or empty folder.
///
/// # Errors
/// When there is no such package or release, the folder is not empty, or something cannot be read or written. What is
/// missing is in the result.
pub fn package_export(
    ws: &Workspace,
    inputs: &Inputs,
    name: &str,
    version: Option<&str>,
    directory: &Path,
) -> Result<PackageExport> {
    let package =
        clauses::package(name).ok_or_else(|| Error::refused(format!("there is no package `{name}`")))?;
    let state = ws.ledger()?.state(inputs.ledger_at)?;
    let version = match version {
        Some(version) => version.to_owned(),
        None => newest(&state)?,
    };
    if let Some(release) = state.releases.get(&version)
        && releases::sealed_under_other_rules(release)
    {
        return Err(Error::refused(format!("release `{version}` was sealed under another rule set")).hint(
            "a package is made by the program that sealed the release: `programs/dossier` in its archive",
        ));
    }
    let (gate, now) = releases::as_it_stands(ws, inputs, &version)?;
    let record = record_view(&gate, &now)?;
    let mut out = Output::new(directory)?;
    let filling = Filling { ws, gate: &gate, release: now.releases.get(&version), record: &record, package };
    let mut slots = Vec::new();
    for slot in &package.slots {
        slots.push(filling.slot(slot, &mut out)?);
    }
    let sheet = report::release_record(&record);
    out.write(&format!("{RECORD}.html"), sheet.html().as_bytes())?;
    out.write(&format!("{RECORD}.pdf"), &sheet.pdf().doing("set the release record as PDF")?)?;
    out.write(&format!("{RECORD}.docx"), &sheet.docx().doing("write the release record as a Word file")?)?;
    let index = filling.index(slots, out.digest());
    write_index(&index, &mut out)?;
    crate::trail::note_export(ws, &format!("package {name} {version}"))?;
    let files = out.finish()?;
    Ok(PackageExport { index, files })
}

/// The newest sealed release.
fn newest(state: &State) -> Result<String> {
    let sealed = state.releases.iter().filter(|(_, r)| r.sealed.is_some() && r.withdrawn.is_none());
    let newest = sealed.max_by_key(|(_, r)| r.sealed.as_ref().map(|s| s.meta.seq));
    newest.map(|(v, _)| v.clone()).ok_or_else(|| {
        Error::refused("no release is sealed yet, so it is not clear what the package is of").hint(
            "name the release: `--release 2.4.0`; a package of one that is not sealed says so on every page",
        )
    })
}

fn write_index(index: &PackageIndex, out: &mut Output<'_>) -> Result<()> {
    let sheet = report::package_index(index);
    let files: BTreeMap<&str, &str> =
        index.slots.iter().flat_map(|s| &s.documents).map(|d| (d.id.id.as_str(), d.file.as_str())).collect();
    let address = |r: &Ref| match r.kind {
        RefKind::Plain if files.values().any(|f| *f == r.id) || r.id.starts_with(RECORD) => {
            Some(r.id.clone())
        }
        RefKind::Clause | RefKind::Entry => None,
        _ => files.get(r.id.as_str()).map(|f| (*f).to_owned()),
    };
    out.write("index.html", sheet.html_linked(&address).as_bytes())?;
    out.write("index.md", sheet.markdown().as_bytes())?;
    out.write("index.pdf", &sheet.pdf().doing("set the index as PDF")?)?;
    let json = serde_json::json!({"format": "dossier/package/v1", "index": index});
    out.write("index.json", &serde_json::to_vec_pretty(&json).doing("write the index")?)
}

/// The folder of a package.
struct Output<'a> {
    folder: &'a Path,
    written: BTreeMap<String, Digest>,
}

impl<'a> Output<'a> {
    fn new(folder: &'a Path) -> Result<Output<'a>> {
        std::fs::create_dir_all(folder).doing(format_args!("make {}", folder.display()))?;
        if std::fs::read_dir(folder).doing(format_args!("list {}", folder.display()))?.next().is_some() {
            return Err(Error::refused(format!("{} is not empty", folder.display()))
                .hint("name a new folder with `-o DIR`: a package holds nothing but what its index names"));
        }
        Ok(Output { folder, written: BTreeMap::new() })
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        let above = path.parent().unwrap_or(self.folder);
        std::fs::create_dir_all(above).doing(format_args!("make {}", above.display()))?;
        std::fs::write(&path, bytes).doing(format_args!("write {}", path.display()))?;
        self.written.insert(name.to_owned(), Digest::of(bytes));
        Ok(())
    }

    /// The digest over what was written so far.
    fn digest(&self) -> Digest {
        let lines: Vec<String> = self.written.iter().map(|(name, d)| format!("{d}  {name}")).collect();
        Digest::of(lines.join("\n").as_bytes())
    }

    /// The list that `sha256sum -c` checks.
    fn finish(mut self) -> Result<usize> {
        let lines: Vec<String> = self.written.iter().map(|(name, d)| format!("{d}  {name}\n")).collect();
        self.write("SHA256SUMS", lines.concat().as_bytes())?;
        Ok(self.written.len())
    }
}

/// What slots are filled from.
struct Filling<'a> {
    ws: &'a Workspace,
    gate: &'a Gate,
    release: Option<&'a Release>,
    record: &'a ReleaseRecord,
    package: &'a Package,
}

impl Filling<'_> {
    fn reading(&self) -> Reading<'_> {
        release_pages::reading(self.gate)
    }

    fn slot(&self, slot: &Slot, out: &mut Output<'_>) -> Result<PackageSlot> {
        let config = &self.gate.analysis.config;
        let answer = config.packages.get(&self.package.name).and_then(|p| p.get(&slot.id));
        let done = |verdict, reason, documents| PackageSlot {
            id: slot.id.clone(),
            title: slot.title.clone(),
            clauses: slot.clauses.iter().map(|c| Ref::new(RefKind::Clause, c.as_str())).collect(),
            verdict,
            reason,
            documents,
        };
        if let Some(SlotAnswer::NotApplicable(reason)) = answer {
            return Ok(done(Verdict::NotApplicable, format!("{reason} (dossier.toml)"), Vec::new()));
        }
        let documents = match answer {
            Some(SlotAnswer::Documents(ids)) => {
                let mut named = Vec::new();
                for id in ids {
                    match self.controlled(id, out)? {
                        Some(d) => named.push(d),
                        None => {
                            let gap = format!(
                                "dossier.toml names `{id}`, and there is no such document in the frozen commit"
                            );
                            return Ok(done(Verdict::Finding, gap, named));
                        }
                    }
                }
                named
            }
            _ => self.found(slot, out)?,
        };
        if documents.is_empty() {
            if !self.is_due(slot) {
                let class = self.record.header.class;
                let reason =
                    format!("not asked of class {class} under profile {}", self.record.header.profile);
                return Ok(done(Verdict::NotApplicable, reason, documents));
            }
            let wanted: Vec<String> = slot.sources.iter().map(ToString::to_string).collect();
            return Ok(done(
                Verdict::Finding,
                format!("empty: it takes {}", wanted.join(", or ")),
                documents,
            ));
        }
        let gaps: Vec<String> =
            documents.iter().filter(|d| !d.gap.is_empty()).map(|d| format!("{}: {}", d.id, d.gap)).collect();
        let verdict = if gaps.is_empty() { Verdict::Pass } else { Verdict::Finding };
        Ok(done(verdict, gaps.join("; "), documents))
    }

    fn is_due(&self, slot: &Slot) -> bool {
        let profile: Option<&Profile> = clauses::profile(&self.record.header.profile);
        profile.is_none_or(|p| slot.is_due(p, self.record.header.class.as_str()))
    }

    /// Everything that the sources of a slot find, each document once.
    fn found(&self, slot: &Slot, out: &mut Output<'_>) -> Result<Vec<PackageDocument>> {
        let mut all = Vec::new();
        let mut seen = BTreeSet::new();
        for source in &slot.sources {
            for id in self.controlled_by(source) {
                if seen.insert(id.clone()) {
                    all.extend(self.controlled(&id, out)?);
                }
            }
            match source {
                Source::Report(name) => all.extend(self.report(name, out)?),
                Source::Staged(part) => all.extend(self.staged(part, out)?),
                _ => {}
            }
        }
        Ok(all)
    }

    /// The controlled documents that a source names.
    fn controlled_by(&self, source: &Source) -> Vec<String> {
        let analysis = &self.gate.analysis;
        let holds = |d: &&Document, kind: Kind| {
            analysis.model.items().iter().any(|i| i.kind == kind && i.file.path == d.file.path)
        };
        let controlled = analysis.documents.controlled.iter();
        let found: Vec<&Document> = match source {
            Source::Document(kind) => controlled.filter(|d| d.kind.as_deref() == Some(kind)).collect(),
            Source::Clause(id) => controlled.filter(|d| d.front.clauses.iter().any(|c| c == id)).collect(),
            Source::Items(kind) => match kind.parse() {
                Ok(kind) => controlled.filter(|d| holds(d, kind)).collect(),
                Err(_) => Vec::new(),
            },
            Source::Report(_) | Source::Staged(_) => Vec::new(),
        };
        found.into_iter().map(|d| d.id.to_string()).collect()
    }

    /// A controlled document as PDF/A; none where there is none of that id.
    fn controlled(&self, id: &str, out: &mut Output<'_>) -> Result<Option<PackageDocument>> {
        let r = self.reading();
        let Some(document) = controlled_documents::find(&r, id) else { return Ok(None) };
        let (verdict, reason) = controlled_documents::standing(&r, document);
        let sheet = export::sheet(&r, self.ws, id)?;
        let on_list = self.record.checklist.iter().any(|l| l.document.as_ref().is_some_and(|d| d.id == id));
        let section = if on_list { "5.8.6" } else { "5.8.4" };
        let gap = if verdict == Verdict::Pass { String::new() } else { reason };
        self.as_pdf(RefKind::Document, &sheet, section, gap, out).map(Some)
    }

    fn as_pdf(
        &self,
        kind: RefKind,
        sheet: &Sheet,
        section: &str,
        gap: String,
        out: &mut Output<'_>,
    ) -> Result<PackageDocument> {
        let cover = &sheet.cover;
        let file = format!("documents/{}.pdf", file_name(&cover.id));
        let work_file = format!("documents/{}.docx", file_name(&cover.id));
        if !out.written.contains_key(&file) {
            out.write(&file, &sheet.pdf().doing(format_args!("set {} as PDF", cover.id))?)?;
            let docx = sheet.docx().doing(format_args!("write {} as a Word file", cover.id))?;
            out.write(&work_file, &docx)?;
        }
        let names: Vec<String> =
            cover.approvals.iter().map(|s| format!("{} ({}), {}", s.name, s.role, s.at.date_utc())).collect();
        Ok(PackageDocument {
            id: Ref::new(kind, cover.id.as_str()),
            title: cover.title.clone(),
            revision: cover.revision.clone(),
            approved_by: if kind == RefKind::Document { names.join("; ") } else { self.by_the_release() },
            digest: cover.digest,
            file_digest: out.written.get(&file).copied().unwrap_or(cover.digest),
            file,
            work_file,
            section: section.to_owned(),
            gap,
        })
    }

    /// Who stands for what is made from the release's own evidence.
    fn by_the_release(&self) -> String {
        let signed: Vec<String> = self
            .record
            .seats
            .iter()
            .filter_map(|seat| seat.signature.as_ref().filter(|s| s.void.is_none()))
            .map(|s| format!("{} ({}), {}", s.name, s.role, s.at.date_utc()))
            .collect();
        signed.join("; ")
    }

    /// A report that has content, as PDF/A.
    fn report(&self, name: &str, out: &mut Output<'_>) -> Result<Option<PackageDocument>> {
        let r = self.reading();
        let tree = self.gate.analysis.tree_digest();
        let record = self.record;
        let (sheet, section) = match name {
            "release-record" => (report::release_record(record), "5.8.1"),
            "configuration-baseline" if !record.configuration.is_empty() => {
                (report::configuration_baseline(record), "5.8.4")
            }
            "version-history" if !record.history.is_empty() => (report::version_history(record), "5.8.4"),
            // That none is known is content too: the query and its time stand in it.
            "residual-anomalies" => (report::residual_anomalies(record), "5.8.2"),
            "change-list" if !record.changes.is_empty() => (report::change_list(record), "5.8.4"),
            "matrix" => {
                let matrix = matrix::matrix(&r);
                if matrix.rows.is_empty() {
                    return Ok(None);
                }
                (
                    report::matrix_document(&matrix, computed_cover(&r, name, "Traceability matrix", tree)),
                    "5.8.1",
                )
            }
            "risk-file" if !record.risks.is_empty() => (export::sheet(&r, self.ws, name)?, "5.8.3"),
            "soup-list" if !record.soup.is_empty() => (export::sheet(&r, self.ws, name)?, "5.8.4"),
            "test-report" if !record.runs.is_empty() => (export::sheet(&r, self.ws, name)?, "5.8.1"),
            _ => return Ok(None),
        };
        self.as_pdf(RefKind::Plain, &sheet, section, String::new(), out).map(Some)
    }

    /// A part of the stage, as it is.
    fn staged(&self, part: &str, out: &mut Output<'_>) -> Result<Option<PackageDocument>> {
        let Some(release) = self.release else { return Ok(None) };
        let Some(known) = release.stage().and_then(|s| s.body.parts.iter().find(|p| p.part == part)) else {
            return Ok(None);
        };
        let bytes = self.bytes_of(release, part)?;
        if Digest::of(&bytes) != known.digest {
            return Err(Error::verification(format!("`{part}` of the stage is not what was recorded")));
        }
        let file = format!("files/{part}");
        out.write(&file, &bytes)?;
        Ok(Some(PackageDocument {
            id: Ref::plain(part),
            title: "as staged".to_owned(),
            revision: self.record.header.candidate.clone(),
            approved_by: self.by_the_release(),
            digest: known.digest,
            file,
            file_digest: known.digest,
            work_file: String::new(),
            section: "5.8.4".to_owned(),
            gap: String::new(),
        }))
    }

    fn bytes_of(&self, release: &Release, part: &str) -> Result<Vec<u8>> {
        let archive = crate::archives::open_read_only(self.ws)?;
        let version = &self.record.header.version;
        let mut reader = if release.sealed.is_some() {
            archive.open_layer(version, part).doing(format_args!("read {part} of the archive"))?
        } else {
            let stage = archive.stage(&self.record.header.candidate).doing("open the stage")?;
            archive.open_staged(&stage, part).doing(format_args!("read {part} of the stage"))?
        };
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).doing(format_args!("read {part}"))?;
        Ok(bytes)
    }

    fn index(&self, slots: Vec<PackageSlot>, digest: Digest) -> PackageIndex {
        let version = &self.record.header.version;
        let wrong = slots.iter().filter(|s| s.verdict == Verdict::Finding).count();
        let due = slots.iter().filter(|s| s.verdict != Verdict::NotApplicable).count();
        let headline = match wrong {
            0 => format!("Every one of {due} slots is filled"),
            n => format!("{n} of {due} slots are not filled as they have to be"),
        };
        let mut cover = computed_cover(&self.reading(), &self.package.name, &self.package.title, digest);
        cover.id = format!("{}-{version}", self.package.name.to_uppercase());
        cover.kind = "Package".to_owned();
        cover.revision.clone_from(&self.record.header.candidate);
        // What is not final says so on every page.
        if matches!(
            self.record.header.state,
            ReleaseState::Draft | ReleaseState::Candidate | ReleaseState::Signed
        ) {
            cover.marks.clone_from(&self.record.marks);
        }
        PackageIndex {
            cover,
            package: self.package.name.clone(),
            about: self.package.about.clone(),
            verdict: if wrong == 0 { Verdict::Pass } else { Verdict::Finding },
            headline,
            record: (self.record.id.clone(), self.record.manifest_digest),
            record_file: format!("{RECORD}.html"),
            slots,
        }
    }
}

/// A name that is one on every system.
fn file_name(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}
