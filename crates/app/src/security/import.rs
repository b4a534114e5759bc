//! `security import`: a threat model of another tool becomes items of a controlled document.

use crate::analysis::Analysis;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use interchange::threats;
use model::Kind;
use std::path::{Path, PathBuf};

/// What was written.
#[derive(Debug)]
pub struct ImportedModel {
    /// The tool that made the model.
    pub tool: &'static str,
    /// The file.
    pub file: PathBuf,
    /// How many threats were written.
    pub written: usize,
    /// Threats that the product has already: key and item.
    pub known: Vec<(String, String)>,
    /// What was not taken over, and why.
    pub left_out: Vec<String>,
}

/// Writes the threats of a model that the product does not have yet, below those that are in the file, or as a new document.
/// A threat is known again by its `source`.
///
/// # Errors
/// When the model cannot be read, or the file cannot be written.
pub fn threat_import(
    ws: &Workspace,
    model: &Path,
    output: &Path,
    document: Option<&str>,
) -> Result<ImportedModel> {
    let shown = model.display();
    let bytes = std::fs::read(model).doing(format_args!("read {shown}"))?;
    let imported = threats::read(&bytes).map_err(|e| {
        Error::refused(format!("{shown} is not taken in: {e}"))
            .hint("save the model as JSON in Threat Dragon, or as .tm7 in the Microsoft tool")
    })?;
    let analysis = Analysis::of_work_tree(ws)?;
    let items: Vec<&model::Item> =
        analysis.model.of_kind(Kind::Threat).iter().filter_map(|ix| analysis.model.get(*ix)).collect();
    let mut known = Vec::new();
    let mut fresh = Vec::new();
    for threat in &imported.threats {
        let source = format!("{} {}", imported.tool, threat.key);
        match items.iter().find(|i| i.value("source").is_some_and(|s| s == source)) {
            Some(item) => known.push((threat.key.clone(), item.id.to_string())),
            None => fresh.push(threat),
        }
    }
    let number = |id: &str| id.strip_prefix("THR-").and_then(|n| n.parse::<u32>().ok());
    let first = items.iter().filter_map(|i| number(i.id.as_str())).max().unwrap_or(0) + 1;
    let file = ws.root.join(output);
    let result = ImportedModel {
        tool: imported.tool,
        file: output.to_owned(),
        written: fresh.len(),
        known,
        left_out: imported.left_out.clone(),
    };
    if fresh.is_empty() {
        return Ok(result);
    }
    let there = match std::fs::read_to_string(&file) {
        Ok(text) => Some(text),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => return Err(e).doing(format_args!("read {}", output.display())),
    };
    let text = match there {
        Some(text) => {
            format!("{}\n\n{}", text.trim_end(), threats::markdown(&imported, &fresh, None, "THR", first))
        }
        None => threats::markdown(&imported, &fresh, Some(document.unwrap_or("DOC-SEC")), "THR", first),
    };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).doing(format_args!("make {}", folder.display()))?;
    }
    std::fs::write(&file, text).doing(format_args!("write {}", output.display()))?;
    Ok(result)
}
