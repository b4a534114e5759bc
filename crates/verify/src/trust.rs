//! What the auditor knows from elsewhere: keys and checkpoints, as files or as text on the command line.

use ledger::SignedCheckpoint;
use signing::PublicKey;
use signing::note::VerifierKey;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

/// Largest file that is read as a key or checkpoint, in bytes.
const ANCHOR_BYTES_MAX: u64 = 1 << 20;

/// Keys and checkpoints to compare with.
#[derive(Debug, Default)]
pub(crate) struct Anchors {
    pub(crate) keys: Vec<PublicKey>,
    /// In their file form.
    pub(crate) checkpoints: Vec<Vec<u8>>,
    /// Time stamp tokens that lie beside checkpoints: the token's file, the checkpoint, the token.
    pub(crate) stamps: Vec<(String, Vec<u8>, Vec<u8>)>,
    /// Certificates of trusted authorities.
    pub(crate) authorities: Vec<Vec<u8>>,
}

/// Reads the certificates of authorities.
pub(crate) fn read_authorities(files: &[OsString]) -> Result<Vec<Vec<u8>>, String> {
    let mut out = Vec::new();
    for file in files {
        let shown = Path::new(file).display();
        let text = fs::read_to_string(file).map_err(|e| format!("--tsa {shown} could not be read: {e}"))?;
        let found =
            signing::timestamp::certificates_of_pem(&text).map_err(|e| format!("--tsa {shown}: {e}"))?;
        out.extend(found);
    }
    Ok(out)
}

pub(crate) fn read_all(texts: &[OsString]) -> Result<Anchors, String> {
    let mut anchors = Anchors::default();
    for text in texts {
        let path = Path::new(text);
        let shown = path.display();
        let bytes = match fs::metadata(path) {
            Ok(m) if m.len() > ANCHOR_BYTES_MAX => {
                return Err(format!("{shown} is too large for a key or checkpoint"));
            }
            Ok(_) => fs::read(path).map_err(|e| format!("{shown} could not be read: {e}"))?,
            Err(_) => text.to_str().unwrap_or_default().as_bytes().to_vec(),
        };
        let before = anchors.checkpoints.len();
        anchors.add(&bytes).map_err(|why| format!("--trust {shown}: {why}"))?;
        let mut stamp = text.clone();
        stamp.push(".tsr");
        if anchors.checkpoints.len() > before && Path::new(&stamp).is_file() {
            let token = fs::read(&stamp)
                .map_err(|e| format!("{} could not be read: {e}", Path::new(&stamp).display()))?;
            anchors.stamps.push((Path::new(&stamp).display().to_string(), bytes, token));
        }
    }
    Ok(anchors)
}

impl Anchors {
    fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        if SignedCheckpoint::parse(bytes).is_ok() {
            self.checkpoints.push(bytes.to_vec());
            return Ok(());
        }
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
        if lines.is_empty() {
            return Err("no such file, and no key or checkpoint".to_owned());
        }
        for line in lines {
            self.keys.push(read_key(line)?);
        }
        Ok(())
    }
}

fn read_key(line: &str) -> Result<PublicKey, String> {
    if line.starts_with("ssh-") {
        return PublicKey::from_openssh(line).map(|(key, _)| key).map_err(|e| e.to_string());
    }
    match line.parse::<VerifierKey>() {
        Ok(key) => Ok(*key.key()),
        Err(_) => {
            Err("no such file, and neither key (`ssh-ed25519 AAAA...`, `origin+hash+base64`) nor checkpoint"
                .into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use signing::SecretKey;

    #[test]
    fn keys_in_both_forms_and_nothing_else() {
        let key = SecretKey::from_seed([7; 32], "ledger").public();
        let verifier = VerifierKey::new("example.org/x", key).unwrap().to_string();
        for text in [key.to_openssh("ledger"), verifier] {
            let anchors = read_all(&[OsString::from(&text)]).unwrap();
            assert_eq!(anchors.keys, [key], "{text}");
        }
        for wrong in ["", "hello", "ssh-rsa AAAA", "/no/such/file", "a+b+c"] {
            assert!(read_all(&[OsString::from(wrong)]).is_err(), "{wrong:?}");
        }
    }
}
