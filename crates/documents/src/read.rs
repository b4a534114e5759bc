//! All documents of a product, from its work tree or from the blobs of a commit, in parallel.

use crate::code::{
    DUPLICATE_DOCUMENT, MISSING_EMBEDDED, NO_DOCUMENTS, NO_TEXT, NOT_UTF8, SYMLINK, TOO_LARGE, TOO_MANY,
    UNREADABLE,
};
use crate::parse::{Kinds, Parsed, content_digest, parse_text};
use crate::tree::{is_markdown, walk};
use crate::{Blob, Content, Document, Limits, is_input, tree_digest};
use diagnostics::{Diagnostic, Location, Span};
use model::digest::Lines;
use model::{Embedded, Item, SourceFile};
use product::Config;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use vocabulary::Digest;

/// The configuration file, which counts in the tree's digest beside the documents.
const CONFIG_FILE: &str = "dossier.toml";

/// Everything that the documents of a product say.
#[derive(Debug)]
pub struct Documents {
    /// The Markdown files that were read, sorted by path.
    pub files: Vec<Arc<SourceFile>>,
    /// The items, by file and place: what [`model::Model::build`] takes.
    pub items: Vec<Item>,
    /// The controlled documents, by path. Two files that state one id are both here, with a diagnostic.
    pub controlled: Vec<Document>,
    /// What is wrong, in [`diagnostics::order`].
    pub diagnostics: Vec<Diagnostic>,
    /// Files that are rules of the firm and no documents: they begin with front matter between `+++` lines. By path.
    pub own_rules: Vec<Arc<SourceFile>>,
    /// The digest of every file below the documents folder, of `dossier.toml` where it is among the files, and of the profile that
    /// `[profile] file` names.
    pub tree: Digest,
}

impl diagnostics::render::Sources for Documents {
    fn text(&self, path: &str) -> Option<Cow<'_, str>> {
        let at = self.files.binary_search_by(|f| f.path.as_ref().cmp(path)).ok()?;
        self.files.get(at).map(|f| Cow::Borrowed(f.text.as_str()))
    }
}

/// Reads the documents of the work tree below `root`, the folder of `dossier.toml`. Symbolic links are not followed, so
/// that a loop of them ends nowhere, and files beyond [`Limits`] are not read.
pub fn read_worktree(root: &Path, config: &Config) -> Documents {
    let mut found = Vec::new();
    let paths = walk(root, &config.documents.root, &mut found);
    let limits = Limits::default();
    let load = |path: String| {
        let content = crate::tree::load(&root.join(&path), is_markdown(&path), limits);
        Blob { path, content }
    };
    let mut loaded = read_all(paths, load, config, limits);
    loaded.diagnostics.append(&mut found);
    // Files outside the documents folder are looked at only where a document embeds them.
    let outside = |path: &str| {
        let clean = !path.split('/').any(|part| part == ".." || part == ".git");
        clean.then(|| crate::tree::digest_of(&root.join(path))).flatten()
    };
    loaded.assemble(&outside)
}

/// Reads the documents among the files of a commit. Give every file that belongs to the product: those outside the
/// documents folder only matter where a document embeds them, and may come as [`Content::Digest`].
pub fn from_blobs(blobs: impl IntoIterator<Item = Blob>, config: &Config) -> Documents {
    let root = &config.documents.root;
    let (inputs, others): (Vec<Blob>, Vec<Blob>) =
        blobs.into_iter().partition(|b| b.path == CONFIG_FILE || is_input(&b.path, root));
    let others: HashMap<String, Content> = others.into_iter().map(|b| (b.path, b.content)).collect();
    let loaded = read_all(inputs, |b| b, config, Limits::default());
    loaded.assemble(&|path| match others.get(path)? {
        Content::Bytes(bytes) => Some(Digest::of(bytes)),
        Content::Digest(digest) => Some(*digest),
        Content::TooLarge(_) | Content::Unreadable(_) | Content::Symlink => None,
    })
}

/// What became of one file.
struct FileRead {
    path: String,
    digest: Option<Digest>,
    parsed: Option<Parsed>,
    own_rule: Option<Arc<SourceFile>>,
    found: Vec<Diagnostic>,
}

/// All files, read but not yet joined.
struct Loaded {
    files: Vec<FileRead>,
    diagnostics: Vec<Diagnostic>,
    /// The profile that products share, where it lies outside of the documents folder: verdicts hang on it too.
    profile: Option<(String, Digest)>,
}

/// Loads and reads files in parallel; the result is sorted by path, so it does not depend on who was first.
fn read_all<T: Send>(
    inputs: Vec<T>,
    load: impl Fn(T) -> Blob + Sync,
    config: &Config,
    limits: Limits,
) -> Loaded {
    let (kinds, diagnostics) = Kinds::of(config);
    let budget = std::sync::atomic::AtomicU64::new(limits.total_bytes);
    let read = |input: T| read_file(load(input), &kinds, limits, &budget);
    let mut files: Vec<FileRead> = inputs.into_par_iter().map(read).collect();
    files.par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let own = &config.own_profile;
    let profile = own.file.clone().zip(own.read).filter(|(path, _)| !is_input(path, &config.documents.root));
    Loaded { files, diagnostics, profile }
}

fn read_file(blob: Blob, kinds: &Kinds, limits: Limits, budget: &std::sync::atomic::AtomicU64) -> FileRead {
    use std::sync::atomic::Ordering;
    let Blob { path, content } = blob;
    let mut out = FileRead { path, digest: None, parsed: None, own_rule: None, found: Vec::new() };
    let here = || Location::file(out.path.as_str());
    let bytes = match content {
        Content::Bytes(bytes) => bytes,
        Content::Digest(digest) => {
            out.digest = Some(digest);
            return out;
        }
        Content::TooLarge(size) => {
            out.found.push(too_large(here(), size, limits));
            return out;
        }
        Content::Unreadable(why) => {
            out.found.push(UNREADABLE.at(here(), format!("cannot be read: {why}")).help("make it readable"));
            return out;
        }
        Content::Symlink => {
            let d = SYMLINK.at(here(), "a symbolic link is not followed");
            out.found.push(d.help("put the file itself here, or take the link away"));
            return out;
        }
    };
    out.digest = Some(Digest::of(&bytes));
    if !is_markdown(&out.path) {
        return out;
    }
    let size = bytes.len() as u64;
    if size > limits.file_bytes {
        out.found.push(too_large(here(), size, limits));
        return out;
    }
    let taken = budget.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(size));
    if taken.is_err() {
        let message = format!("not read: the documents are more than {} MiB", limits.total_bytes >> 20);
        out.found.push(TOO_MANY.at(here(), message).help("split the product"));
        return out;
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let at = e.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(e.as_bytes()).into_owned();
            let place = Location::in_text(out.path.as_str(), &text, Span::new(at..at));
            out.found
                .push(NOT_UTF8.at(place, format!("not UTF-8 at byte {at}")).help("save the file as UTF-8"));
            text
        }
    };
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        let place = Location::in_text(out.path.as_str(), &text, Span::new(at..at + 1));
        let count = memchr::memchr_iter(0, text.as_bytes()).count();
        let message =
            format!("{count} NUL {}: this is no text", if count == 1 { "character" } else { "characters" });
        out.found.push(
            NO_TEXT.at(place, message).help("restore the file: it was half written, or is of another format"),
        );
    }
    if text.starts_with("+++\n") {
        out.own_rule = Some(Arc::new(SourceFile::new(out.path.as_str(), text)));
        return out;
    }
    out.parsed = Some(parse_text(&out.path, text, kinds));
    out
}

fn too_large(place: Location, size: u64, limits: Limits) -> Diagnostic {
    let message = format!("not read: {size} bytes are more than {} MiB", limits.file_bytes >> 20);
    TOO_LARGE.at(place, message).help("split the file, or move data out of the documents folder")
}

impl Loaded {
    /// Looks up what the documents embed and joins everything. `outside` gives the digest of a file that is not among
    /// the inputs.
    fn assemble(mut self, outside: &dyn Fn(&str) -> Option<Digest>) -> Documents {
        let files = self.files.iter().map(|f| (f.path.as_str(), f.digest));
        let profile = self.profile.iter().map(|(path, digest)| (path.as_str(), Some(*digest)));
        let tree = tree_digest(files.chain(profile));
        self.look_up_embedded(outside);

        let total = self.files.iter().filter_map(|f| f.parsed.as_ref()).map(|p| p.items.len()).sum();
        let mut out = Documents {
            files: Vec::with_capacity(self.files.len()),
            items: Vec::with_capacity(total),
            controlled: Vec::new(),
            diagnostics: self.diagnostics,
            own_rules: Vec::new(),
            tree,
        };
        for file in self.files {
            out.diagnostics.extend(file.found);
            out.own_rules.extend(file.own_rule);
            if let Some(mut parsed) = file.parsed {
                out.files.push(parsed.file);
                out.items.append(&mut parsed.items);
                out.controlled.extend(parsed.document);
                out.diagnostics.append(&mut parsed.diagnostics);
            }
        }
        if out.files.is_empty() {
            let d = NO_DOCUMENTS
                .at(Location::file(CONFIG_FILE), "the product has no documents that could be read");
            out.diagnostics.push(d.help("`dossier init` writes the first ones"));
        }
        out.diagnostics.extend(duplicate_documents(&out.controlled));
        out.diagnostics.sort_by(diagnostics::order);
        out
    }

    fn look_up_embedded(&mut self, outside: &dyn Fn(&str) -> Option<Digest>) {
        let embeds = |p: &Parsed| !p.embedded.is_empty() || p.items.iter().any(|i| !i.embedded.is_empty());
        if !self.files.iter().filter_map(|f| f.parsed.as_ref()).any(embeds) {
            return;
        }
        let known: HashMap<String, Option<Digest>> =
            self.files.iter().map(|f| (f.path.clone(), f.digest)).collect();
        let digest = |path: &str| known.get(path).copied().unwrap_or_else(|| outside(path));
        let mut lines = Lines::default();
        for parsed in self.files.iter_mut().filter_map(|f| f.parsed.as_mut()) {
            let (file, found) = (&parsed.file, &mut parsed.diagnostics);
            look_up(&mut parsed.embedded, &digest, file, None, found);
            let mut changed = !parsed.embedded.is_empty();
            for item in parsed.items.iter_mut().filter(|i| !i.embedded.is_empty()) {
                look_up(&mut item.embedded, &digest, file, Some(item.id.as_str()), found);
                item.digest = content_digest(item, &mut lines);
                changed = true;
            }
            if let Some(document) = parsed.document.as_mut().filter(|_| changed) {
                document.seal(&parsed.items, &parsed.embedded);
            }
        }
    }
}

fn look_up(
    embedded: &mut [Embedded],
    digest: &dyn Fn(&str) -> Option<Digest>,
    file: &SourceFile,
    subject: Option<&str>,
    found: &mut Vec<Diagnostic>,
) {
    for e in embedded {
        e.digest = digest(&e.path);
        if e.digest.is_none() {
            let message = format!("embeds `{}`, which is no file of the product", e.path);
            let mut d =
                MISSING_EMBEDDED.at(file.location(e.span), message).help("add the file, or mend the path");
            d.subject = subject.map(str::to_owned);
            found.push(d);
        }
    }
}

fn duplicate_documents(controlled: &[Document]) -> Vec<Diagnostic> {
    let mut first: HashMap<&str, &Document> = HashMap::new();
    let mut out = Vec::new();
    for d in controlled {
        let place = |d: &Document| d.file.location(d.front.place("document").unwrap_or_default());
        match first.get(d.id.as_str()) {
            Some(earlier) => out.push(
                DUPLICATE_DOCUMENT
                    .at(place(d), format!("document `{}` is stated by two files", d.id))
                    .subject(d.id.as_str())
                    .related(place(earlier), "first stated here")
                    .help("give one of them another id"),
            ),
            None => {
                first.insert(d.id.as_str(), d);
            }
        }
    }
    out
}
