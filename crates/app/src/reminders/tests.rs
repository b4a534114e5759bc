//! The digest against a mail server and a server of calls that are made here: what they get, byte for byte.

use super::*;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

fn digest() -> Digest {
    let day = |t: &str| t.parse::<Date>().unwrap();
    let due = |until: &str, what: &str, subject: &str, overdue: bool| Due {
        until: day(until),
        what: what.into(),
        subject: subject.into(),
        overdue,
    };
    Digest {
        format: "dossier/reminders/v1",
        product: "triage".into(),
        as_of: day("2026-03-01"),
        days: 14,
        ledger: 42,
        overdue: 1,
        due: vec![
            due("2026-02-01", "investigate", "AN-7", true),
            due("2026-03-10", "review the published anomalies of", "SOUP-serde", false),
        ],
    }
}

/// How a mail server of the tests speaks.
#[derive(Clone, Copy, PartialEq)]
enum Speaks {
    Plain,
    Tls,
    StartTls,
}

/// A mail server for one mail: gives back the commands and the text. `refuses` answers the first recipient with 550.
fn mail_server(speaks: Speaks, refuses: bool) -> (u16, std::thread::JoinHandle<(Vec<String>, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut told = (Vec::new(), String::new());
        // A client that does not trust us goes away in between: what it said until then is the answer.
        let _ = match speaks {
            Speaks::Plain => converse(stream, true, false, refuses, &mut told),
            Speaks::Tls => converse(over_tls(stream), true, false, refuses, &mut told),
            Speaks::StartTls => converse(&mut stream, true, true, refuses, &mut told)
                .and_then(|()| converse(over_tls(stream), false, false, refuses, &mut told)),
        };
        told
    });
    (port, served)
}

/// The side of a server whose certificate is for `localhost` and comes from the authority of the tests.
fn over_tls(stream: TcpStream) -> StreamOwned<ServerConnection, TcpStream> {
    let certificate = CertificateDer::pem_slice_iter(include_bytes!("tests/localhost.pem"));
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("tests/localhost.key")).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(certificate.map(|c| c.unwrap()).collect(), key)
        .unwrap();
    StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream)
}

/// Talks until the client leaves, or wants TLS.
fn converse(
    stream: impl Read + Write,
    greets: bool,
    offers_tls: bool,
    refuses: bool,
    (commands, text): &mut (Vec<String>, String),
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    if greets {
        stream.get_mut().write_all(b"220 fake ESMTP\r\n")?;
    }
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
        commands.push(line);
        let answer = match verb.as_str() {
            "EHLO" if offers_tls => "250-fake\r\n250 STARTTLS",
            "EHLO" => "250-fake\r\n250 AUTH PLAIN",
            "STARTTLS" => "220 go on",
            "RCPT" if refuses => "550 no such reader",
            "AUTH" => "235 welcome",
            "DATA" => {
                stream.get_mut().write_all(b"354 go on\r\n")?;
                loop {
                    let mut line = String::new();
                    if stream.read_line(&mut line)? == 0 || line.trim_end() == "." {
                        break;
                    }
                    text.push_str(line.trim_end());
                    text.push('\n');
                }
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        stream.get_mut().write_all(format!("{answer}\r\n").as_bytes())?;
        stream.get_mut().flush()?;
        if verb == "QUIT" || verb == "STARTTLS" {
            return Ok(());
        }
    }
}

/// A server for one call: gives back its head and body, and answers with `status`.
fn call_server(status: &'static str) -> (u16, std::thread::JoinHandle<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut out = stream.try_clone().unwrap();
        let mut reader = BufReader::new(stream);
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
                length = n.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        out.write_all(
            format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").as_bytes(),
        )
        .unwrap();
        (head, body)
    });
    (port, served)
}

#[test]
fn a_mail_server_gets_one_mail_with_what_is_due() {
    let (port, served) = mail_server(Speaks::Plain, false);
    let to = ["QA <qa@example.org>".to_owned(), "risk@example.org".to_owned()];
    let server = format!("smtp+plain://127.0.0.1:{port}");
    mail::Letter::new(&server, "dossier@example.org", &to, &digest()).unwrap().send(None, None).unwrap();
    let (commands, text) = served.join().unwrap();
    assert!(commands.iter().any(|c| c.starts_with("MAIL FROM:<dossier@example.org>")), "{commands:?}");
    let readers = commands.iter().filter(|c| c.starts_with("RCPT TO:")).count();
    assert_eq!(readers, 2, "{commands:?}");
    assert!(text.contains("Subject: triage: 1 overdue, 1 due by 2026-03-15"), "{text}");
    assert!(text.contains("2026-02-01  investigate AN-7"), "{text}");
}

#[test]
fn what_a_mail_server_refuses_is_an_error_with_its_words() {
    let (port, served) = mail_server(Speaks::Plain, true);
    let server = format!("smtp+plain://127.0.0.1:{port}");
    let letter =
        mail::Letter::new(&server, "dossier@example.org", &["nobody@example.org".into()], &digest()).unwrap();
    let error = letter.send(None, None).unwrap_err();
    assert!(error.said().contains("no such reader"), "{}", error.said());
    served.join().unwrap();
}

/// The authority that the mail server's certificate comes from, and another one.
fn authority(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/reminders/tests").join(name)
}

fn letter(server: &str) -> mail::Letter {
    mail::Letter::new(server, "dossier@example.org", &["qa@example.org".into()], &digest()).unwrap()
}

/// Over both kinds of TLS, with a password, to a server whose certificate comes from the firm's own authority.
#[test]
fn a_mail_and_its_password_go_over_tls_to_a_server_of_the_firms_own_authority() {
    for (speaks, scheme) in [(Speaks::Tls, "smtps"), (Speaks::StartTls, "smtp")] {
        let (port, served) = mail_server(speaks, false);
        let login = Some(("mailer".to_owned(), "pass word".to_owned()));
        let server = format!("{scheme}://localhost:{port}");
        letter(&server).send(login, Some(authority("ca.pem").as_path())).unwrap();
        let (commands, text) = served.join().unwrap();
        assert!(text.contains("Subject: triage: 1 overdue"), "{scheme}: {commands:?}");
        let at = |word: &str| commands.iter().position(|c| c.starts_with(word));
        assert!(at("AUTH PLAIN").is_some(), "{scheme}: {commands:?}");
        assert!(at("STARTTLS") < at("AUTH PLAIN"), "{scheme}: {commands:?}");
    }
}

/// The well-known authorities do not know ours, another authority neither, and a certificate for another name is not taken. Nobody
/// hears the password or the mail then.
#[test]
fn a_mail_server_that_is_not_trusted_hears_nothing() {
    let cases = [
        ("localhost", None),
        ("localhost", Some(authority("other.pem"))),
        ("127.0.0.1", Some(authority("ca.pem"))),
    ];
    for (speaks, scheme) in [(Speaks::Tls, "smtps"), (Speaks::StartTls, "smtp")] {
        for (host, trusted) in &cases {
            let (port, served) = mail_server(speaks, false);
            let login = Some(("mailer".to_owned(), "pass word".to_owned()));
            let error =
                letter(&format!("{scheme}://{host}:{port}")).send(login, trusted.as_deref()).unwrap_err();
            let said = format!("{} {}", error.said(), error.hints.join(" "));
            assert!(said.contains("certificate") && said.contains("smtp_authority"), "{said}");
            let (commands, text) = served.join().unwrap();
            let secret = |c: &String| c.starts_with("AUTH") || c.starts_with("MAIL") || c.starts_with("DATA");
            assert!(!commands.iter().any(secret) && text.is_empty(), "{commands:?}");
        }
    }
}

/// A server that does not offer STARTTLS, or somebody in between who takes the offer away, gets no mail.
#[test]
fn a_server_without_starttls_gets_no_mail() {
    let (port, served) = mail_server(Speaks::Plain, false);
    let error = letter(&format!("smtp://localhost:{port}"))
        .send(None, Some(authority("ca.pem").as_path()))
        .unwrap_err();
    assert!(error.hints.iter().any(|hint| hint.contains("smtp+plain://")), "{:?}", error.hints);
    let (commands, text) = served.join().unwrap();
    assert!(!commands.iter().any(|c| c.starts_with("MAIL")) && text.is_empty(), "{commands:?}");
}

#[test]
fn a_file_without_a_certificate_is_no_authority() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    let none = folder.path().join("none.pem");
    for (file, expected) in [(empty.as_path(), "holds no certificate"), (none.as_path(), "could not read")] {
        let error = letter("smtps://localhost:1").send(None, Some(file)).unwrap_err();
        assert!(
            error.said().contains(expected) && error.said().contains("smtp_authority"),
            "{}",
            error.said()
        );
        let call = webhook::Call::new("https://localhost:1/", &digest(), None).unwrap();
        assert!(call.post(Some(file)).unwrap_err().said().contains("webhook_authority"));
    }
}

/// A call over https to a server of the firm's own authority.
#[test]
fn a_call_is_posted_to_a_server_of_the_firms_own_authority_and_to_no_other() {
    for (trusted, taken) in
        [(Some(authority("ca.pem")), true), (Some(authority("other.pem")), false), (None, false)]
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut stream = BufReader::new(over_tls(stream));
            let mut head = String::new();
            while stream.read_line(&mut head).is_ok_and(|n| n > 2) {}
            let length = head.to_lowercase();
            let length = length.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse().ok());
            let _ = stream.read_exact(&mut vec![0; length.unwrap_or(0)]);
            let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
            let _ = stream.get_mut().write_all(answer).and_then(|()| stream.get_mut().flush());
            head
        });
        let call = webhook::Call::new(&format!("https://localhost:{port}/hook"), &digest(), None).unwrap();
        assert_eq!(call.post(trusted.as_deref()).is_ok(), taken);
        assert_eq!(served.join().unwrap().contains("POST /hook"), taken);
    }
}

#[test]
fn a_mail_leaves_this_machine_over_tls_only() {
    for server in
        ["smtp+plain://mail.example.org", "mail.example.org", "https://mail.example.org", "smtps://"]
    {
        let letter =
            mail::Letter::new(server, "a@example.org", &["b@example.org".into()], &digest()).unwrap();
        assert!(letter.send(None, None).is_err(), "{server}");
    }
    assert!(mail::Letter::new("smtps://h", "no address", &[], &digest()).is_err());
}

#[test]
fn a_call_carries_the_digest_and_its_signature() {
    let (port, served) = call_server("204 No Content");
    let url = format!("http://127.0.0.1:{port}/hook?token=abc");
    let call = webhook::Call::new(&url, &digest(), Some("secret")).unwrap();
    assert!(!call.shown().contains("abc"));
    call.post(None).unwrap();
    let (head, body) = served.join().unwrap();
    let expected = hex::encode(signing::mac::hmac_sha256(b"secret", &[&body]));
    assert!(head.to_lowercase().contains(&format!("x-dossier-signature-256: sha256={expected}")), "{head}");
    let value: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (value["overdue"].as_u64(), value["due"][1]["subject"].as_str()),
        (Some(1), Some("SOUP-serde"))
    );
}

#[test]
fn a_call_that_is_not_taken_is_an_error_without_its_secret() {
    let (port, served) = call_server("500 Internal Server Error");
    let url = format!("http://127.0.0.1:{port}/hook/T0KEN");
    let error = webhook::Call::new(&url, &digest(), None).unwrap().post(None).unwrap_err();
    let (head, _) = served.join().unwrap();
    assert!(!head.to_lowercase().contains("x-dossier-signature"));
    let said = format!("{} {}", error.said(), error.hints.join(" "));
    assert!(said.contains("500") && !said.contains("T0KEN"), "{said}");
    for bad in ["http://example.org/hook", "http://localhost.example.org/", "ftp://x"] {
        assert!(webhook::Call::new(bad, &digest(), None).is_err(), "{bad}");
    }
}

#[test]
fn the_subject_says_how_much_is_late() {
    let mut d = digest();
    assert_eq!(d.subject(), "triage: 1 overdue, 1 due by 2026-03-15");
    d.product = "a\r\nBcc: everybody@example.org".into();
    assert!(!d.subject().contains(['\r', '\n']));
    d.due.clear();
    assert!(d.subject().contains("nothing is due"));
}
