//! The zip around an office file, with limits.

use crate::text::{Reason, Unread};
use std::io::{Cursor, Read as _};

/// Most bytes that one part may unpack to.
const PART_MAX: u64 = 256 * 1024 * 1024;

/// Most bytes that all parts together may claim.
const TOTAL_MAX: u64 = 2 * 1024 * 1024 * 1024;

/// A part that unpacks to more than this many times its size, and to more than a document holds, is a bomb.
const RATIO_MAX: u64 = 400;

/// An opened package.
pub(super) struct Package<'b> {
    zip: zip::ZipArchive<Cursor<&'b [u8]>>,
    names: Vec<String>,
}

impl<'b> Package<'b> {
    /// Opens a package and looks at what its directory claims.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Package<'b>, Unread> {
        if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
            return Err(Unread::new(Reason::Encrypted, ""));
        }
        let zip = zip::ZipArchive::new(Cursor::new(bytes))
            .map_err(|e| Unread::new(Reason::Broken, e.to_string()))?;
        let mut package = Package { zip, names: Vec::new() };
        package.look(bytes.len() as u64)?;
        Ok(package)
    }

    fn look(&mut self, size: u64) -> Result<(), Unread> {
        let mut total = 0u64;
        for i in 0..self.zip.len() {
            let file = self.zip.by_index_raw(i).map_err(|e| Unread::new(Reason::Broken, e.to_string()))?;
            if file.encrypted() {
                return Err(Unread::new(Reason::Encrypted, ""));
            }
            let (claimed, packed) = (file.size(), file.compressed_size().max(1));
            total = total.saturating_add(claimed);
            let bomb = claimed > 64 * 1024 * 1024 && claimed / packed > RATIO_MAX;
            if bomb || total > TOTAL_MAX || packed > size.saturating_add(1024) {
                let name = file.name().map(|n| n.into_owned()).unwrap_or_default();
                return Err(Unread::new(
                    Reason::Bomb,
                    format!("`{name}` claims {claimed} bytes in {packed}"),
                ));
            }
            self.names.push(file.name().map(|n| n.into_owned()).unwrap_or_default());
        }
        Ok(())
    }

    /// The names of the parts.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// A part as text, or `None` where the package has none of this name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, Unread> {
        let Some(index) = self.names.iter().position(|n| n == name) else { return Ok(None) };
        let file =
            self.zip.by_index(index).map_err(|e| Unread::new(Reason::Broken, format!("{name}: {e}")))?;
        let mut bytes = Vec::new();
        file.take(PART_MAX + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| Unread::new(Reason::Broken, format!("{name}: {e}")))?;
        if bytes.len() as u64 > PART_MAX {
            return Err(Unread::new(Reason::Bomb, format!("`{name}` unpacks to more than {PART_MAX} bytes")));
        }
        Ok(Some(crate::plain::decode(&bytes)))
    }

    /// A part that the format cannot do without.
    pub(super) fn required(&mut self, name: &str) -> Result<String, Unread> {
        self.part(name)?.ok_or_else(|| Unread::new(Reason::Broken, format!("it has no part `{name}`")))
    }
}
