//! Evidence too large for an entry: test reports, steps of manual runs, confirmations. Files named by their digest.

use crate::error::{Doing as _, Error, Result};
use std::io::Write as _;
use std::path::PathBuf;
use vocabulary::Digest;

/// A folder of blobs.
#[derive(Clone, Debug)]
pub struct Blobs {
    dir: PathBuf,
    /// Where the ledger is on a server, its evidence is too; the folder is then a copy.
    server: Option<Box<crate::workspace::Workspace>>,
}

impl Blobs {
    pub(crate) fn at(dir: PathBuf) -> Blobs {
        Blobs { dir, server: None }
    }

    pub(crate) fn of_server(dir: PathBuf, ws: crate::workspace::Workspace) -> Blobs {
        Blobs { dir, server: Some(Box::new(ws)) }
    }

    /// Where the blob lies, or would lie.
    pub fn path(&self, digest: Digest) -> PathBuf {
        let hex = digest.to_string();
        self.dir.join("sha256").join(hex.get(..2).unwrap_or_default()).join(hex)
    }

    /// Keeps `bytes`; on the disk before this returns, because an entry will name it.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest> {
        if let Some(ws) = &self.server {
            ws.open_remote()?.keep_blob(Digest::of(bytes), bytes)?;
        }
        self.put_here(bytes)
    }

    fn put_here(&self, bytes: &[u8]) -> Result<Digest> {
        let digest = Digest::of(bytes);
        let path = self.path(digest);
        if path.is_file() {
            return Ok(digest);
        }
        let dir = path.parent().unwrap_or(&self.dir);
        std::fs::create_dir_all(dir).doing(format_args!("make {}", dir.display()))?;
        let mut file =
            tempfile::NamedTempFile::new_in(dir).doing(format_args!("write below {}", dir.display()))?;
        file.write_all(bytes).and_then(|()| file.as_file().sync_all()).doing("write evidence to the disk")?;
        file.persist(&path).doing(format_args!("write {}", path.display()))?;
        std::fs::File::open(dir).and_then(|d| d.sync_all()).doing("write evidence to the disk")?;
        Ok(digest)
    }

    /// The bytes of a blob, checked against its digest.
    ///
    /// # Errors
    /// When it is absent, or changed.
    pub fn get(&self, digest: Digest) -> Result<Vec<u8>> {
        let path = self.path(digest);
        if let (Some(ws), false) = (&self.server, path.is_file()) {
            let bytes = ws.open_remote()?.blob(digest)?;
            if Digest::of(&bytes) == digest {
                self.put_here(&bytes)?;
            }
        }
        let bytes = std::fs::read(&path).map_err(|e| {
            Error::verification(format!("evidence sha256:{digest} is named by the ledger and not here"))
                .because(e)
        })?;
        if Digest::of(&bytes) != digest {
            return Err(Error::verification(format!(
                "evidence sha256:{digest} was changed: {}",
                path.display()
            )));
        }
        Ok(bytes)
    }

    /// Whether the blob is here.
    pub fn has(&self, digest: Digest) -> bool {
        self.path(digest).is_file()
    }
}
