//! Release notes, drafted from what changed: for users, and on security. A draft is a controlled document that people read,
//! put into their users' words, and have approved; what it says comes from the records and from nowhere else.

mod security;
mod users;

use crate::error::{Doing as _, Result};
use crate::releases::{ReleaseDiff, existing};
use crate::workspace::Workspace;
use records::State;
use records::state::later;

/// Which notes.
#[derive(Clone, Debug, Default)]
pub struct NotesOf {
    /// The release.
    pub version: String,
    /// The release that its users have; the newest one sealed before it where absent.
    pub since: Option<String>,
    /// The notes on security instead of those for users.
    pub security: bool,
    /// The id of the document; `DOC-RN-2.4.0` or `DOC-SRN-2.4.0` where absent.
    pub document: Option<String>,
}

/// A draft.
#[derive(Clone, Debug)]
pub struct Notes {
    /// The id of the document.
    pub document: String,
    /// The version that it is compared with; none for a first release.
    pub since: Option<String>,
    /// Where it belongs below the folder of documents.
    pub path: String,
    /// The text.
    pub markdown: String,
}

/// What both sorts of notes are written from.
struct Material<'a> {
    product: &'a str,
    version: &'a str,
    since: Option<&'a str>,
    state: &'a State,
    diff: Option<&'a ReleaseDiff>,
}

/// Drafts the notes of a release.
///
/// # Errors
/// When one of the releases does not exist, or a commit cannot be read.
pub fn release_notes(ws: &Workspace, of: &NotesOf) -> Result<Notes> {
    let state = ws.ledger()?.listed(ws, None)?;
    let notes = notes_of_state(ws, &state, of)?;
    crate::trail::note_export_on(ws, &format!("notes of {}", of.version), Some(state))?;
    Ok(notes)
}

/// As [`release_notes`], from a state that is there already.
pub(crate) fn notes_of_state(ws: &Workspace, state: &State, of: &NotesOf) -> Result<Notes> {
    existing(state, &of.version)?;
    let since = match &of.since {
        Some(version) => Some(version.clone()),
        None => before(state, &of.version),
    };
    let diff = since
        .as_deref()
        .map(|since| crate::releases::diff_of_state(ws, state, since, &of.version))
        .transpose()?;
    let product = ws.config.product.name.as_str();
    let material =
        Material { product, version: &of.version, since: since.as_deref(), state, diff: diff.as_ref() };
    let prefix = if of.security { "DOC-SRN" } else { "DOC-RN" };
    let document = match &of.document {
        Some(id) => id.parse::<vocabulary::ItemId>().doing("read the id of the document")?.to_string(),
        None => format!("{prefix}-{}", id_part(&of.version)),
    };
    let (title, body) = match of.security {
        false => (format!("Release notes of {product} {}", of.version), users::body(&material)),
        true => (format!("Security release notes of {product} {}", of.version), security::body(&material)),
    };
    let note = format!(
        "Drafted from the records up to entry {} of the ledger. Read it, put it into the words of its readers, and have it approved.",
        state.position
    );
    let markdown = format!(
        "---\ntitle: {}\ndocument: {document}\n---\n<!-- {note} -->\n\n# {title}\n\n{body}",
        serde_json::to_string(&title).doing("write the title")?
    );
    let name = if of.security { "security-release-notes" } else { "release-notes" };
    Ok(Notes { path: format!("releases/{name}-{}.md", id_part(&of.version)), document, since, markdown })
}

/// The newest version that was sealed and comes before this one.
fn before(state: &State, version: &str) -> Option<String> {
    let fielded = state.fielded().map(|(v, _)| v).filter(|v| *v != version && later(version, v));
    fielded.reduce(|a, b| if later(b, a) { b } else { a }).map(str::to_owned)
}

/// A version as part of an id or of a file's name.
fn id_part(version: &str) -> String {
    version
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '-' })
        .collect()
}

/// A record's text as one line of Markdown that is text and nothing else.
fn line(text: &str) -> String {
    let one = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(one.len());
    for c in one.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A sentence with exactly one full stop at its end.
fn sentence(text: &str) -> String {
    let line = line(text);
    let line = line.trim_end_matches(['.', ' ']);
    if line.is_empty() { String::new() } else { format!("{line}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_records_stay_texts() {
        assert_eq!(line("a\n# b <script> [x](y)"), "a \\# b \\<script\\> \\[x\\](y)");
        assert_eq!(sentence("Rounds up. "), "Rounds up.");
        assert_eq!(sentence("  "), "");
        assert_eq!(id_part("2.4.0+b.1"), "2.4.0-b.1");
    }
}
