//! Private keys on disk: of persons, and the ledger's own, which lies outside the product's tree.

use crate::error::{Doing as _, Error, Result};
use signing::SecretKey;
use std::path::{Path, PathBuf};

/// Reads a private key in OpenSSH's form.
///
/// # Errors
/// When the file cannot be read, is no key, or is encrypted.
pub(crate) fn read_private(path: &Path) -> Result<SecretKey> {
    let text = std::fs::read_to_string(path).doing(format_args!("read the key {}", path.display()))?;
    SecretKey::from_openssh(&text).map_err(|e| {
        Error::refused(format!("{} is not a key that can sign here", path.display()))
            .because(e)
            .hint("a key with a passphrase signs through ssh-agent: `ssh-add` it and leave `--key` out")
    })
}

/// Writes a new private key that nobody else can read; never over an existing file.
///
/// # Errors
/// When the file exists or cannot be written.
pub(crate) fn write_private(path: &Path, key: &SecretKey) -> Result<()> {
    write_secret(path, &key.to_openssh())?;
    let public = beside(path, "pub");
    std::fs::write(&public, format!("{}\n", key.public().to_openssh(key.comment())))
        .doing(format_args!("write {}", public.display()))
}

/// The file beside a key whose name is the key's, a point and `ending`. The key's own name may hold points: that of a ledger
/// holds those of its origin.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Writes a text that nobody else can read; never over an existing file.
///
/// # Errors
/// When the file exists or cannot be written.
pub(crate) fn write_secret(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir).doing(format_args!("make {}", dir.display()))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).doing(format_args!("make the key file {}", path.display()))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .doing(format_args!("write {}", path.display()))
}

/// The folder of keys: `$DOSSIER_KEYS`, or `dossier/keys` in the user's configuration folder. Outside every product's
/// tree, so that no commit, export, archive or backup of a product takes it along.
///
/// # Errors
/// When the user has no home folder.
pub(crate) fn folder() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("DOSSIER_KEYS") {
        return Ok(PathBuf::from(dir));
    }
    let config = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|h| PathBuf::from(h).join(".config")));
    config.map(|c| c.join("dossier").join("keys")).ok_or_else(|| {
        Error::environment("there is no home folder to keep keys in").hint("name a folder with DOSSIER_KEYS")
    })
}

/// The file of the ledger's key: its origin with everything but letters, digits, `.` and `-` replaced.
///
/// # Errors
/// As [`folder`].
pub(crate) fn ledger_key_file(origin: &str) -> Result<PathBuf> {
    let name: String = origin
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' })
        .collect();
    Ok(folder()?.join(format!("ledger-{name}")))
}

/// A new key from the system's randomness.
///
/// # Errors
/// When the system gives none.
pub(crate) fn generate(comment: &str) -> Result<SecretKey> {
    SecretKey::generate(comment).doing("make a key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_the_key_of_one_ledger_is_not_that_of_another_of_the_same_domain() {
        let pepper = |name: &str| beside(Path::new(name), "pepper");
        assert_eq!(pepper("ledger-example.org_triage"), Path::new("ledger-example.org_triage.pepper"));
        assert_ne!(pepper("ledger-example.org_triage"), pepper("ledger-example.org_pump"));
    }
}
