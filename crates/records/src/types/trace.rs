//! Confirmation of trace links.

use super::record;
use serde::{Deserialize, Serialize};
use vocabulary::Digest;

/// A person confirmed links against the current text of both ends. The list itself is a blob in the format of
/// [`crate::types::confirmations`], because one act may confirm ten thousand links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceConfirm {
    /// The blob that lists items with digests and links.
    pub links: Digest,
    /// How many links it lists.
    pub count: u64,
    /// The items whose links were confirmed, or `*` for `--all`.
    pub scope: String,
    /// Why they hold.
    pub reason: String,
    /// The commit whose text was read, where the work tree was clean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}
record!(TraceConfirm, "trace/confirm/v1", personal, self => self.scope.clone());

/// The blob of a [`TraceConfirm`]: which links were confirmed between which texts.
///
/// UTF-8 lines, LF at the end of each. First `dossier/confirmations/v1`, then one `item ID DIGEST` for each end, then
/// one `link FROM TYPE TO` for each link. Full digests, because a stamp of 8 digits detects accidents only.
pub mod confirmations {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;
    use vocabulary::{Digest, ItemId};

    /// The first line.
    pub const HEAD: &str = "dossier/confirmations/v1";

    /// One confirmed link.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct ConfirmedLink {
        /// The item that carries the link.
        pub from: ItemId,
        /// The link's field: `satisfies`, `verifies`, …
        pub link: String,
        /// The item that the link names.
        pub to: ItemId,
        /// The content digest of `from`.
        pub from_digest: Digest,
        /// The content digest of `to`.
        pub to_digest: Digest,
    }

    /// What is wrong with the blob, with the line.
    #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
    #[error("confirmations, line {line}: {what}")]
    pub struct ConfirmationsError {
        /// Line number, from 1.
        pub line: usize,
        /// What is wrong there.
        pub what: String,
    }

    /// Writes the blob; the same links give the same bytes in any order.
    pub fn write(links: &[ConfirmedLink]) -> String {
        let mut items = BTreeMap::new();
        let mut rows = std::collections::BTreeSet::new();
        for l in links {
            items.insert(&l.from, l.from_digest);
            items.insert(&l.to, l.to_digest);
            rows.insert((&l.from, &l.link, &l.to));
        }
        let mut out = String::from(HEAD);
        out.push('\n');
        for (id, digest) in items {
            let _ = writeln!(out, "item {id} {digest}");
        }
        for (from, link, to) in rows {
            let _ = writeln!(out, "link {from} {link} {to}");
        }
        out
    }

    /// Reads the blob. Any bytes may be given.
    pub fn read(bytes: &[u8]) -> Result<Vec<ConfirmedLink>, ConfirmationsError> {
        let at = |line: usize, what: &str| ConfirmationsError { line, what: what.to_owned() };
        let text = std::str::from_utf8(bytes).map_err(|_| at(1, "not UTF-8"))?;
        let mut lines = text.lines().enumerate();
        if lines.next().map(|(_, l)| l) != Some(HEAD) {
            return Err(at(1, "does not begin with `dossier/confirmations/v1`"));
        }
        let mut items: hashbrown::HashMap<&str, (ItemId, Digest)> = hashbrown::HashMap::new();
        let mut out = Vec::new();
        for (i, line) in lines {
            let n = i + 1;
            let mut words = line.split(' ');
            let mut word = || words.next();
            match (word(), word(), word(), word(), word()) {
                (Some("item"), Some(id), Some(digest), None, _) => {
                    let digest = digest.parse().map_err(|_| at(n, "no SHA-256 digest"))?;
                    items.insert(id, (ItemId::new(id).ok_or_else(|| at(n, "no item id"))?, digest));
                }
                (Some("link"), Some(from), Some(link), Some(to), None) => {
                    let end =
                        |id| items.get(id).cloned().ok_or_else(|| at(n, "names an item without a digest"));
                    let ((from, from_digest), (to, to_digest)) = (end(from)?, end(to)?);
                    out.push(ConfirmedLink { from, link: link.to_owned(), to, from_digest, to_digest });
                }
                _ => return Err(at(n, "neither `item ID DIGEST` nor `link FROM TYPE TO`")),
            }
        }
        Ok(out)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn reads_back_and_names_the_line_of_a_fault() {
            let id = |s| ItemId::new(s).unwrap();
            let links = vec![ConfirmedLink {
                from: id("SRS-1"),
                link: "satisfies".into(),
                to: id("SYS-1"),
                from_digest: Digest::of(b"a"),
                to_digest: Digest::of(b"b"),
            }];
            let text = write(&links);
            assert_eq!(read(text.as_bytes()).unwrap(), links);
            assert_eq!(read(b"").unwrap_err().line, 1);
            assert_eq!(read(text.replace("link SRS-1", "link SRS-2").as_bytes()).unwrap_err().line, 4);
            assert!(read(b"dossier/confirmations/v1\nitem SRS-1 xyz\n").is_err());
            assert!(read(&[0xff]).is_err());
        }
    }
}
