//! Certificates of a firm's own authorities, as settings name them. Where a setting names some, no others are trusted beside them.

use crate::error::{Error, Result};
use std::path::{Path, PathBuf};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};

/// The certificates of PEM files; `setting` is what names them, for the message.
///
/// # Errors
/// When a file cannot be read or holds no certificate.
pub(crate) fn certificates<'f>(
    setting: &str,
    files: impl IntoIterator<Item = &'f Path>,
) -> Result<Vec<Certificate<'static>>> {
    let mut out = Vec::new();
    for file in files {
        let name = file.display();
        let text = std::fs::read(file)
            .map_err(|e| Error::environment(format!("could not read {setting} {name}")).because(e))?;
        let known = out.len();
        for item in ureq::tls::parse_pem(&text) {
            match item {
                Ok(PemItem::Certificate(certificate)) => out.push(certificate),
                Ok(_) => {}
                Err(e) => return Err(Error::refused(format!("{setting} {name} is no PEM")).because(e)),
            }
        }
        if out.len() == known {
            return Err(Error::refused(format!("{setting} {name} holds no certificate"))
                .hint("it is a PEM file, with `-----BEGIN CERTIFICATE-----`"));
        }
    }
    Ok(out)
}

/// TLS that trusts only what leads to the certificates of these files.
///
/// # Errors
/// When a file cannot be read or holds no certificate.
pub fn trusting(setting: &str, files: &[PathBuf]) -> Result<TlsConfig> {
    let certificates = certificates(setting, files.iter().map(PathBuf::as_path))?;
    Ok(TlsConfig::builder().root_certs(RootCerts::from(certificates)).build())
}
