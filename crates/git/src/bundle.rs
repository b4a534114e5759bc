//! Git bundles: history as one file, and back. Written and read here, without the `git` program.

use std::fs;
use std::io::{BufRead, Write};
use std::path::Path;

use crate::error::{corrupted, failed, io};
use crate::{Error, ObjectId, Repository};

/// The first line of the bundle format, version 2 (gitformat-bundle(5)).
const HEADER: &[u8] = b"# v2 git bundle\n";
const REFS_MAX: usize = 10_000;
const LINE_BYTES_MAX: u64 = 4096;

/// A reference that a bundle holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleRef {
    /// The full name, such as `refs/tags/v2.4.0`.
    pub name: String,
    /// The commit or annotated tag that it names.
    pub id: ObjectId,
}

impl Repository {
    /// Writes a bundle of `refs` with their whole history to `out`; `git clone FILE` reads it. Pairs are the reference's
    /// full name in the bundle and the revision it names; a name that is a tag's carries the tag object with it.
    ///
    /// The bytes depend on the named objects and on this program's version alone, not on how the repository happens to
    /// be packed or which other branches and tags it has.
    pub fn bundle(&self, refs: &[(&str, &str)], out: &mut dyn Write) -> Result<Vec<BundleRef>, Error> {
        self.must_be_whole()?;
        let scratch = tempfile::tempdir().map_err(io("making a directory in", &std::env::temp_dir()))?;
        let packing = self.view_without_refs(scratch.path())?;
        let refs =
            refs.iter().map(|(name, rev)| self.bundle_ref(name, rev)).collect::<Result<Vec<_>, Error>>()?;
        if refs.is_empty() {
            return Err(Error::Bundle("no reference was given to put in it".to_owned()));
        }
        let target = Path::new("the bundle");
        out.write_all(HEADER).map_err(io("writing", target))?;
        for reference in &refs {
            writeln!(out, "{} {}", reference.id, reference.name).map_err(io("writing", target))?;
        }
        out.write_all(b"\n").map_err(io("writing", target))?;
        write_pack(&packing, &refs, out)?;
        Ok(refs)
    }

    fn bundle_ref(&self, name: &str, rev: &str) -> Result<BundleRef, Error> {
        must_be_a_reference(name)?;
        let commit = self.resolve(rev)?;
        let tagged = name.strip_prefix("refs/tags/").and_then(|tag| self.tag(tag).ok());
        let tag_object =
            tagged.filter(|tag| tag.commit == commit).and_then(|tag| tag.annotation).map(|a| a.id);
        Ok(BundleRef { name: name.to_owned(), id: tag_object.unwrap_or(commit) })
    }

    /// A bare repository with this one's objects and nothing else: libgit2 orders a pack by the tags it finds, and
    /// those that are not bundled must not matter.
    fn view_without_refs(&self, scratch: &Path) -> Result<git2::Repository, Error> {
        let view = empty_repository(scratch)?;
        let objects = self.inner.commondir().join("objects");
        let objects =
            objects.to_str().ok_or_else(|| Error::Bundle("the repository's path is not UTF-8".to_owned()))?;
        let odb = view.odb().map_err(failed("opening the objects"))?;
        odb.add_disk_alternate(objects).map_err(failed("opening the objects"))?;
        drop(odb);
        Ok(view)
    }
}

fn must_be_a_reference(name: &str) -> Result<(), Error> {
    // git2 panics on a NUL in a name that it is asked about.
    let usable = name.starts_with("refs/") && !name.contains('\0') && git2::Reference::is_valid_name(name);
    if usable { Ok(()) } else { Err(Error::ReferenceName(name.to_owned())) }
}

fn empty_repository(directory: &Path) -> Result<git2::Repository, Error> {
    let mut options = git2::RepositoryInitOptions::new();
    options.bare(true).external_template(false).no_reinit(true);
    git2::Repository::init_opts(directory, &options)
        .map_err(failed(format!("making a repository in {}", directory.display())))
}

fn write_pack(packing: &git2::Repository, refs: &[BundleRef], out: &mut dyn Write) -> Result<(), Error> {
    let mut builder = packing.packbuilder().map_err(failed("making a pack"))?;
    // More threads would cut the delta search, and so the bytes, by the number of cores.
    builder.set_threads(1);
    let mut walk = packing.revwalk().map_err(failed("walking the history"))?;
    walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME).map_err(failed("walking the history"))?;
    for reference in refs {
        let object = packing.find_object(reference.id.0, None).map_err(corrupted("object", reference.id))?;
        let commit = object.peel_to_commit().map_err(corrupted("commit", reference.id))?;
        walk.push(commit.id()).map_err(corrupted("commit", reference.id))?;
        if object.kind() == Some(git2::ObjectType::Tag) {
            builder.insert_object(reference.id.0, None).map_err(corrupted("tag", reference.id))?;
        }
    }
    let damaged = |source| Error::Corrupted { what: "the history cannot be packed whole".to_owned(), source };
    builder.insert_walk(&mut walk).map_err(damaged)?;
    let mut failure = None;
    let written = builder.foreach(|chunk| match out.write_all(chunk) {
        Ok(()) => true,
        Err(e) => {
            failure = Some(e);
            false
        }
    });
    if let Some(e) = failure {
        return Err(io("writing", Path::new("the bundle"))(e));
    }
    written.map_err(damaged)
}

/// Reads a bundle into a new bare repository at `directory` (which must be empty or absent) and opens it. Every object
/// is hashed and must be connected to the others; the references are those of the bundle. No hook or filter exists
/// there: [`Repository::export`] then writes a commit's files.
pub fn unbundle(bundle: &mut dyn BufRead, directory: &Path) -> Result<(Repository, Vec<BundleRef>), Error> {
    let refs = read_header(bundle)?;
    fs::create_dir_all(directory).map_err(io("making the directory", directory))?;
    if fs::read_dir(directory).map_err(io("listing", directory))?.next().is_some() {
        return Err(Error::Bundle(format!("{} is not empty", directory.display())));
    }
    let inner = empty_repository(directory)?;
    read_pack(&inner, bundle)?;
    for reference in &refs {
        let missing = |_| Error::Bundle(format!("it names {} but does not hold it", reference.id));
        let object = inner.find_object(reference.id.0, None).map_err(missing)?;
        object.peel_to_commit().map_err(|_| Error::NotACommit(reference.name.clone()))?;
        inner
            .reference(&reference.name, reference.id.0, true, "bundle")
            .map_err(failed(format!("setting {}", reference.name)))?;
    }
    Ok((Repository { inner }, refs))
}

fn read_header(bundle: &mut dyn BufRead) -> Result<Vec<BundleRef>, Error> {
    if read_line(bundle)? != HEADER {
        return Err(Error::Bundle("its first line is not `# v2 git bundle`".to_owned()));
    }
    let mut refs = Vec::new();
    loop {
        let line = read_line(bundle)?;
        let text =
            std::str::from_utf8(&line).map_err(|_| Error::Bundle("its head is not UTF-8".to_owned()))?;
        let Some(text) = text.strip_suffix('\n') else {
            return Err(Error::Bundle("its head is cut short or has a line that is too long".to_owned()));
        };
        if text.is_empty() {
            break;
        }
        if text.starts_with('-') {
            return Err(Error::Bundle(format!("it needs a commit that it does not hold: {text}")));
        }
        let malformed = || Error::Bundle(format!("its head has the line `{text}`"));
        let (id, name) = text.split_once(' ').ok_or_else(malformed)?;
        let id = id.parse().map_err(|_| malformed())?;
        must_be_a_reference(name)?;
        if refs.len() == REFS_MAX {
            let what = "the bundle's list of references".to_owned();
            return Err(Error::TooLarge { what, limit: format!("{REFS_MAX} references") });
        }
        refs.push(BundleRef { name: name.to_owned(), id });
    }
    if refs.is_empty() {
        return Err(Error::Bundle("it names no reference".to_owned()));
    }
    Ok(refs)
}

fn read_line(bundle: &mut dyn BufRead) -> Result<Vec<u8>, Error> {
    let mut line = Vec::new();
    std::io::Read::take(bundle, LINE_BYTES_MAX)
        .read_until(b'\n', &mut line)
        .map_err(io("reading", Path::new("the bundle")))?;
    Ok(line)
}

fn read_pack(into: &git2::Repository, bundle: &mut dyn BufRead) -> Result<(), Error> {
    let broken = |e: &dyn std::fmt::Display| Error::Bundle(format!("its pack is broken ({e})"));
    let directory = into.path().join("objects/pack");
    let odb = into.odb().map_err(|e| broken(&e))?;
    let mut indexer = git2::Indexer::new(Some(&odb), &directory, 0o444, true).map_err(|e| broken(&e))?;
    std::io::copy(bundle, &mut indexer).map_err(|e| broken(&e))?;
    indexer.commit().map_err(|e| broken(&e))?;
    odb.refresh().map_err(|e| broken(&e))
}
