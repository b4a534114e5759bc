//! The pictures that a document embeds, read from where the document was read.

use super::reading::Reading;
use crate::analysis::product_prefix;
use crate::repository;
use crate::workspace::Workspace;
use std::path::{Component, Path};
use views::Picture;

/// Larger pictures are named and not shown.
const BYTES_MAX: u64 = 16 << 20;

/// The pictures of a text that stands in `file`. One that cannot be read is left out; that it is missing is a finding of
/// the reader.
pub(super) fn of(r: &Reading<'_>, ws: &Workspace, file: &str, markdown: &str) -> Vec<Picture> {
    let mut out: Vec<Picture> = Vec::new();
    for path in paths(markdown) {
        if out.iter().any(|p| p.path == path) {
            continue;
        }
        if let Some(bytes) = below(file, path).and_then(|whole| read(r, ws, &whole)) {
            out.push(Picture { path: path.to_owned(), bytes });
        }
    }
    out
}

/// What stands between the parentheses of `![…](…)`.
fn paths(markdown: &str) -> impl Iterator<Item = &str> {
    markdown.split("![").skip(1).filter_map(|rest| {
        let target = rest.split_once("](")?.1;
        let end = target.find([')', ' ', '\n'])?;
        target.get(..end).filter(|path| !path.is_empty() && !path.contains(':'))
    })
}

/// The path from the product's root; none where it leads out of the product.
fn below(file: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

fn read(r: &Reading<'_>, ws: &Workspace, path: &str) -> Option<Vec<u8>> {
    let Some(commit) = r.analysis.commit() else {
        let file = ws.path(path);
        let known = std::fs::symlink_metadata(&file).ok()?;
        return if known.is_file() && known.len() <= BYTES_MAX { std::fs::read(file).ok() } else { None };
    };
    let repository = repository::open(ws).ok()?;
    let whole = format!("{}{path}", product_prefix(ws, &repository).ok()?);
    let entries = repository.entries(commit, &[&whole]).ok()?;
    repository.read(entries.first()?.id).ok().filter(|bytes| bytes.len() as u64 <= BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::{below, paths};

    #[test]
    fn pictures_are_found_and_never_outside_the_product() {
        let text = "a ![one](x.svg) b ![two](../img/y.png \"t\") ![three](https://e.example/z.png) ![four](";
        assert_eq!(paths(text).collect::<Vec<_>>(), ["x.svg", "../img/y.png"]);
        assert_eq!(below("dossier/plan/sdp.md", "../img/y.png").as_deref(), Some("dossier/img/y.png"));
        assert_eq!(below("dossier/a.md", "/etc/passwd"), None);
        assert_eq!(below("dossier/a.md", "../../x"), None);
    }
}
