//! Components of the lock files that a product names, and of the SBOMs that were brought in.

use crate::error::{Doing as _, Error, Result};
use crate::repository;
use crate::workspace::Workspace;
use diagnostics::{Diagnostic, Location, Span};
use git::ObjectId;
use model::components::ComponentGraph;
use product::Config;
use records::State;
use std::path::Path;
use vocabulary::Digest;

/// The components of all lock files that `[build] lockfiles` names, at a commit or in the work tree, and what is wrong
/// with these files. A file that is named and absent is a finding: empty is not none.
pub(crate) fn read(
    ws: &Workspace,
    config: &Config,
    commit: Option<ObjectId>,
) -> Result<(ComponentGraph, Vec<Diagnostic>)> {
    let mut graph = ComponentGraph::default();
    let mut findings = Vec::new();
    for file in &config.build.lockfiles {
        let Some(bytes) = bytes_of(ws, file, commit)? else {
            let message = format!("lock file `{file}` is named in dossier.toml and does not exist");
            findings.push(problem(config.place("build.lockfiles"), message));
            continue;
        };
        let Some(inventory) = soup::lock::read(file, &bytes) else {
            let message = format!("`{file}` is no lock file that is read: {}", soup::lock::NAMES.join(", "));
            findings.push(problem(config.place("build.lockfiles"), message));
            continue;
        };
        findings.extend(
            inventory
                .problems
                .iter()
                .map(|p| problem(place(&p.source.file, p.source.line), p.cause.to_string())),
        );
        if file.ends_with("blobs.toml") {
            findings.extend(changed_files(ws, file, &bytes, commit)?);
        }
        graph = graph.merge(inventory.graph);
    }
    Ok((graph, findings))
}

/// The first lock file of which nothing is known, with the reason: whatever is made of the components would leave its own out.
pub(crate) fn unread(ws: &Workspace, config: &Config, commit: Option<ObjectId>) -> Result<Option<String>> {
    for file in &config.build.lockfiles {
        let Some(bytes) = bytes_of(ws, file, commit)? else {
            return Ok(Some(format!("lock file `{file}` does not exist")));
        };
        let Some(inventory) = soup::lock::read(file, &bytes) else {
            return Ok(Some(format!("`{file}` is no lock file that is read")));
        };
        if let Some(problem) = inventory.problems.first().filter(|_| inventory.graph.is_empty()) {
            return Ok(Some(format!("lock file `{file}` was not read: {}", problem.cause)));
        }
    }
    Ok(None)
}

/// The files that a `blobs.toml` names and that are absent, or have another digest than it says.
fn changed_files(
    ws: &Workspace,
    file: &str,
    bytes: &[u8],
    commit: Option<ObjectId>,
) -> Result<Vec<Diagnostic>> {
    let folder = file.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let mut out = Vec::new();
    for named in soup::lock::blobs::files(bytes) {
        let path = format!("{folder}{}", named.file);
        let message = match bytes_of(ws, &path, commit)? {
            None => format!("`{path}`, which is `{}`, does not exist", named.name),
            Some(found) if Digest::of(&found).to_string() != named.sha256 => {
                format!("`{path}`, which is `{}`, has the digest {}", named.name, Digest::of(&found))
            }
            Some(_) => continue,
        };
        out.push(problem(place(file, named.line), message));
    }
    Ok(out)
}

fn place(file: &str, line: u32) -> Location {
    Location::File { path: file.into(), span: Span::default(), line: line.max(1), column: 1 }
}

/// How the components of an imported SBOM say where they are from.
pub(crate) fn imported_as(name: &str) -> String {
    format!("imported:{name}")
}

/// The components of the imported SBOMs that are in force, and what is wrong with these.
pub(crate) fn imported(ws: &Workspace, state: &State) -> Result<(ComponentGraph, Vec<Diagnostic>)> {
    let mut graph = ComponentGraph::default();
    let mut findings = Vec::new();
    for (name, sbom) in state.security.sboms_in_force() {
        let inventory = soup::sbom::read(&imported_as(name), &ws.blobs().get(sbom.body.digest)?);
        findings.extend(
            inventory
                .problems
                .iter()
                .map(|p| problem(place(&p.source.file, p.source.line), p.cause.to_string())),
        );
        graph = graph.merge(inventory.graph);
    }
    Ok((graph, findings))
}

fn problem(place: Location, message: String) -> Diagnostic {
    product::UNREADABLE_LOCK_FILE.at(place, message)
}

/// A file of the product at a commit, or of the work tree; `None` where there is none.
pub(crate) fn bytes_of(ws: &Workspace, file: &str, commit: Option<ObjectId>) -> Result<Option<Vec<u8>>> {
    let Some(commit) = commit else {
        return match std::fs::read(ws.path(file)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(Error::environment(format!("could not read {file}")).because(e)),
        };
    };
    let repository = repository::open(ws)?;
    let path = format!("{}{file}", crate::analysis::product_prefix(ws, &repository)?);
    let entries = repository.entries(commit, &[&path]).doing(format_args!("find {file} at the commit"))?;
    match entries.first() {
        Some(entry) => Ok(Some(repository.read(entry.id).doing(format_args!("read {file} at the commit"))?)),
        None => Ok(None),
    }
}

/// The components of the lock files that lie at the top of a folder, for `init`; names what it found.
pub(crate) fn of_folder(directory: &Path, found: &mut Vec<String>) -> Result<(ComponentGraph, Vec<String>)> {
    let mut graph = ComponentGraph::default();
    let mut files = Vec::new();
    for name in soup::lock::NAMES {
        let path = directory.join(name);
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let Some(inventory) = soup::lock::read(name, &bytes) else { continue };
        if let Some(p) = inventory.problems.first() {
            return Err(Error::refused(format!("{name}:{}: {}", p.source.line, p.cause))
                .hint("repair the lock file first; its components become SOUP items"));
        }
        found.push(format!("{name}: {} components", inventory.graph.components().len()));
        graph = graph.merge(inventory.graph);
        files.push(name.to_owned());
    }
    Ok((graph, files))
}
