//! The digest as a mail.

use super::Digest;
use crate::error::{Error, Result};
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport as _};
use std::path::Path;
use std::time::Duration;

/// The setting that names the authority.
const SETTING: &str = "[reminders] smtp_authority";
/// How long a server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A mail that is ready to be sent.
pub(super) struct Letter {
    message: Message,
    server: String,
}

impl Letter {
    pub(super) fn new(server: &str, from: &str, to: &[String], digest: &Digest) -> Result<Letter> {
        let address = |text: &str| -> Result<Mailbox> {
            text.parse().map_err(|e| {
                Error::refused(format!("`{text}` is no mail address"))
                    .because(e)
                    .hint("write it as `qa@example.org` or `QA <qa@example.org>`")
            })
        };
        let mut mail = Message::builder().from(address(from)?).subject(digest.subject());
        for reader in to {
            mail = mail.to(address(reader)?);
        }
        let body = format!(
            "{}\n-- \nSent by `dossier remind`. What is due is computed from the ledger at entry {}; nothing here is a record.\n",
            digest.to_text(),
            digest.ledger
        );
        let message = mail
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .map_err(|e| Error::refused("the mail cannot be written").because(e))?;
        Ok(Letter { message, server: server.to_owned() })
    }

    /// Sends it. The password goes to the server over TLS only, or to this machine. With `authority` only certificates that lead to
    /// those of that file are trusted.
    pub(super) fn send(self, login: Option<(String, String)>, authority: Option<&Path>) -> Result<()> {
        let server = self.server.as_str();
        let bad = || {
            Error::refused(format!("`{}` is no mail server", without_secrets(server)))
                .hint("write `smtps://mail.example.org`, or `smtp://mail.example.org` for STARTTLS")
                .hint("`smtp+plain://localhost:25` without TLS is for a server on this machine")
        };
        let builder = if let Some(rest) = server.strip_prefix("smtps://") {
            let (host, port) = place(rest, 465).ok_or_else(bad)?;
            let tls = Tls::Wrapper(tls(&host, authority)?);
            SmtpTransport::builder_dangerous(host).port(port).tls(tls)
        } else if let Some(rest) = server.strip_prefix("smtp://") {
            let (host, port) = place(rest, 587).ok_or_else(bad)?;
            // Without STARTTLS nothing is sent: `Required` is no wish.
            let tls = Tls::Required(tls(&host, authority)?);
            SmtpTransport::builder_dangerous(host).port(port).tls(tls)
        } else if let Some(rest) = server.strip_prefix("smtp+plain://") {
            let (host, port) = place(rest, 25).ok_or_else(bad)?;
            if !["localhost", "127.0.0.1", "[::1]"].contains(&host.as_str()) {
                return Err(Error::refused("a mail goes without TLS only to this machine")
                    .hint("write `smtp://` for STARTTLS or `smtps://`"));
            }
            SmtpTransport::builder_dangerous(host).port(port)
        } else {
            return Err(bad());
        };
        let builder = match login {
            Some((user, password)) => builder.credentials(Credentials::new(user, password)),
            None => builder,
        };
        let sent = builder.timeout(Some(PATIENCE)).build().send(&self.message);
        sent.map(|_| ()).map_err(|e| {
            let words = e.to_string().to_lowercase();
            let error = Error::environment(format!("the mail was not taken by {}", without_secrets(server))).because(e);
            if words.contains("certificate") {
                error.hint("its certificate is not one that is trusted here for this name; a firm's own authority is named in dossier.toml: [reminders] smtp_authority = \"ca.pem\"")
            } else if words.contains("starttls") {
                error.hint("`smtps://` is for a server that begins with TLS, `smtp+plain://` for one on this machine that has none")
            } else {
                error
            }
        })
    }
}

/// TLS to a host: the well-known authorities, or those of one file alone.
fn tls(host: &str, authority: Option<&Path>) -> Result<TlsParameters> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(file) = authority {
        builder = builder.certificate_store(CertificateStore::None);
        for certificate in crate::trusted::certificates(SETTING, [file])? {
            builder = builder.add_root_certificate(read(certificate.der())?);
        }
    }
    builder.build().map_err(|e| Error::refused(format!("`{host}` cannot be reached over TLS")).because(e))
}

fn read(der: &[u8]) -> Result<Certificate> {
    Certificate::from_der(der.to_vec())
        .map_err(|e| Error::refused(format!("{SETTING} holds a certificate that cannot be read")).because(e))
}

/// Host and port. A name and a password in the address are refused: they would stand in `dossier.toml`.
fn place(rest: &str, port: u16) -> Option<(String, u16)> {
    let rest = rest.trim_end_matches('/');
    if rest.is_empty() || rest.contains(['@', '/', '?', '#', ' ']) {
        return None;
    }
    match rest.rsplit_once(':').filter(|(host, _)| !host.ends_with(':') && !rest.ends_with(']')) {
        Some((host, number)) if !host.is_empty() => Some((host.to_owned(), number.parse().ok()?)),
        _ => Some((rest.to_owned(), port)),
    }
}

/// The address without a name and a password.
fn without_secrets(server: &str) -> String {
    match (server.split_once("://"), server.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://{host}"),
        _ => server.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_host_and_a_port_and_nothing_secret() {
        assert_eq!(place("mail.example.org", 465), Some(("mail.example.org".into(), 465)));
        assert_eq!(place("localhost:2525/", 25), Some(("localhost".into(), 2525)));
        assert_eq!(place("[::1]:25", 465), Some(("[::1]".into(), 25)));
        for bad in ["", "user:secret@host", "host:many", "host/path", ":25"] {
            assert!(place(bad, 25).is_none_or(|(h, _)| !h.contains('@') && bad == ":25"), "{bad}");
        }
        assert_eq!(without_secrets("smtp://a:b@host"), "smtp://host");
    }
}
