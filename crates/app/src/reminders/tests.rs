//! The digest against a mail server and a server of calls that are made here: what they get, byte for byte.

use super::*;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

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

/// A mail server for one mail: gives back the commands and the text. `refuses` answers the first recipient with 550.
fn mail_server(refuses: bool) -> (u16, std::thread::JoinHandle<(Vec<String>, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut out = stream.try_clone().unwrap();
        let mut lines = BufReader::new(stream).lines();
        let (mut commands, mut text) = (Vec::new(), String::new());
        out.write_all(b"220 fake ESMTP\r\n").unwrap();
        while let Some(Ok(line)) = lines.next() {
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_uppercase();
            commands.push(line);
            let answer = match verb.as_str() {
                "RCPT" if refuses => "550 no such reader",
                "DATA" => {
                    out.write_all(b"354 go on\r\n").unwrap();
                    for line in lines.by_ref().map_while(std::result::Result::ok).take_while(|l| l != ".") {
                        text.push_str(&line);
                        text.push('\n');
                    }
                    "250 taken"
                }
                "QUIT" => {
                    let _ = out.write_all(b"221 bye\r\n");
                    break;
                }
                _ => "250 ok",
            };
            if out.write_all(format!("{answer}\r\n").as_bytes()).is_err() {
                break;
            }
        }
        (commands, text)
    });
    (port, served)
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
    let (port, served) = mail_server(false);
    let to = ["QA <qa@example.org>".to_owned(), "risk@example.org".to_owned()];
    let server = format!("smtp+plain://127.0.0.1:{port}");
    mail::Letter::new(&server, "dossier@example.org", &to, &digest()).unwrap().send(None).unwrap();
    let (commands, text) = served.join().unwrap();
    assert!(commands.iter().any(|c| c.starts_with("MAIL FROM:<dossier@example.org>")), "{commands:?}");
    let readers = commands.iter().filter(|c| c.starts_with("RCPT TO:")).count();
    assert_eq!(readers, 2, "{commands:?}");
    assert!(text.contains("Subject: triage: 1 overdue, 1 due by 2026-03-15"), "{text}");
    assert!(text.contains("2026-02-01  investigate AN-7"), "{text}");
}

#[test]
fn what_a_mail_server_refuses_is_an_error_with_its_words() {
    let (port, served) = mail_server(true);
    let server = format!("smtp+plain://127.0.0.1:{port}");
    let letter =
        mail::Letter::new(&server, "dossier@example.org", &["nobody@example.org".into()], &digest()).unwrap();
    let error = letter.send(None).unwrap_err();
    assert!(error.said().contains("no such reader"), "{}", error.said());
    served.join().unwrap();
}

#[test]
fn a_mail_leaves_this_machine_over_tls_only() {
    for server in
        ["smtp+plain://mail.example.org", "mail.example.org", "https://mail.example.org", "smtps://"]
    {
        let letter =
            mail::Letter::new(server, "a@example.org", &["b@example.org".into()], &digest()).unwrap();
        assert!(letter.send(None).is_err(), "{server}");
    }
    assert!(mail::Letter::new("smtps://h", "no address", &[], &digest()).is_err());
}

#[test]
fn a_call_carries_the_digest_and_its_signature() {
    let (port, served) = call_server("204 No Content");
    let url = format!("http://127.0.0.1:{port}/hook?token=abc");
    let call = webhook::Call::new(&url, &digest(), Some("secret")).unwrap();
    assert!(!call.shown().contains("abc"));
    call.post().unwrap();
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
    let error = webhook::Call::new(&url, &digest(), None).unwrap().post().unwrap_err();
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
