//! Downloads from a server that truncates, stalls, lies about lengths, and changes its mind.

use super::Fetcher;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as it came: its path and its header lines.
type Seen = Arc<Mutex<Vec<(String, Vec<String>)>>>;

/// Answers the n-th request with the n-th answer; the connection ends after each.
struct Server {
    address: String,
    seen: Seen,
}

type Answer = Box<dyn Fn(&mut TcpStream, &[String]) + Send>;

fn serve(answers: Vec<Answer>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let seen: Seen = Arc::default();
    let log = Arc::clone(&seen);
    std::thread::spawn(move || {
        for answer in answers {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
            let headers: Vec<String> =
                lines.map_while(Result::ok).take_while(|l| !l.is_empty()).map(|l| l.to_lowercase()).collect();
            log.lock().unwrap().push((path, headers.clone()));
            answer(&mut stream, &headers);
        }
    });
    Server { address, seen }
}

fn say(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let _ = stream.write_all(format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes());
    let _ = stream.write_all(body);
    let _ = stream.flush();
}

fn fetcher(folder: &std::path::Path, toml: &str) -> Fetcher {
    let text = format!("[product]\nname = \"x\"\n[advisories]\nstall_seconds = 1\n{toml}");
    let (config, wrong) = product::parse(&text, "dossier.toml");
    assert!(wrong.is_empty(), "{wrong:?}");
    let mut fetcher = Fetcher::new(&config.advisories, folder, folder.join("downloads")).unwrap();
    fetcher.pause = 0;
    fetcher
}

const BODY: &[u8] = b"0123456789";

#[test]
fn a_download_that_broke_off_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(vec![
        Box::new(|s, _| say(s, "200 OK\r\nETag: \"v1\"\r\nContent-Length: 10", &BODY[..4])),
        Box::new(|s, headers| {
            assert!(headers.iter().any(|h| h == "range: bytes=4-"), "{headers:?}");
            assert!(headers.iter().any(|h| h == "if-range: \"v1\""), "{headers:?}");
            say(
                s,
                "206 Partial\r\nETag: \"v1\"\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6",
                &BODY[4..],
            );
        }),
        Box::new(|s, headers| {
            assert!(headers.iter().any(|h| h == "if-none-match: \"v1\""), "{headers:?}");
            say(s, "304 Not Modified", b"");
        }),
    ]);
    let fetcher = fetcher(folder.path(), "");
    let mut said = Vec::new();
    let address = format!("{}/all.zip", server.address);
    assert_eq!(fetcher.fetch(&address, &mut |l| said.push(l)).unwrap().bytes, BODY);
    assert_eq!(said.len(), 1, "{said:?}");
    // Asked again, one request says that nothing changed.
    assert_eq!(fetcher.fetch(&address, &mut |_| ()).unwrap().bytes, BODY);
    assert_eq!(server.seen.lock().unwrap().len(), 3);
}

#[test]
fn a_file_that_changed_meanwhile_is_never_mixed_with_the_one_before() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(vec![
        Box::new(|s, _| say(s, "200 OK\r\nETag: \"v1\"\r\nContent-Length: 10", &BODY[..4])),
        // Another version: the whole of it, as `If-Range` asks for.
        Box::new(|s, _| say(s, "200 OK\r\nETag: \"v2\"\r\nContent-Length: 3", b"new")),
    ]);
    let got = fetcher(folder.path(), "").fetch(&format!("{}/a", server.address), &mut |_| ()).unwrap();
    assert_eq!(got.bytes, b"new");
}

#[test]
fn a_server_that_stalls_is_given_up_and_what_came_stays() {
    let folder = tempfile::tempdir().unwrap();
    let hang: fn(&mut TcpStream, &[String]) = |s, headers| {
        let from = if headers.iter().any(|h| h.starts_with("range: bytes=4-")) {
            say(s, "206 Partial\r\nETag: \"v1\"\r\nContent-Range: bytes 4-9/10\r\nContent-Length: 6", b"");
            4
        } else {
            say(s, "200 OK\r\nETag: \"v1\"\r\nContent-Length: 10", &BODY[..4]);
            0
        };
        assert!(from == 0 || headers.iter().any(|h| h.starts_with("if-range")));
        // The connection stays open and silent, for longer than the test lasts.
        std::mem::forget(s.try_clone().unwrap());
    };
    let server = serve((0..8).map(|_| Box::new(hang) as Answer).collect());
    let fetcher = fetcher(folder.path(), "");
    let error = fetcher.fetch(&format!("{}/a", server.address), &mut |_| ()).unwrap_err();
    assert!(error.said().contains("no byte came for 1 seconds"), "{}", error.said());
    assert!(error.hints.iter().any(|h| h.starts_with("4 bytes are here")), "{:?}", error.hints);
}

#[test]
fn wrong_lengths_and_wrong_parts_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    // Less than announced, and nothing to resume with: no validator.
    let short: fn(&mut TcpStream, &[String]) = |s, _| say(s, "200 OK\r\nContent-Length: 10", &BODY[..9]);
    let server = serve((0..8).map(|_| Box::new(short) as Answer).collect());
    let error = fetcher(folder.path(), "").fetch(&format!("{}/a", server.address), &mut |_| ()).unwrap_err();
    assert!(!error.said().is_empty());
    // Another part than was asked for.
    let other = tempfile::tempdir().unwrap();
    let server = serve(vec![
        Box::new(|s, _| say(s, "200 OK\r\nETag: \"v1\"\r\nContent-Length: 10", &BODY[..4])),
        Box::new(|s, _| {
            say(s, "206 P\r\nETag: \"v1\"\r\nContent-Range: bytes 0-5/10\r\nContent-Length: 6", &BODY[..6])
        }),
        Box::new(|s, _| say(s, "200 OK\r\nETag: \"v1\"\r\nContent-Length: 10", BODY)),
    ]);
    let got = fetcher(other.path(), "").fetch(&format!("{}/a", server.address), &mut |_| ()).unwrap();
    assert_eq!(got.bytes, BODY);
}

#[test]
fn what_will_not_change_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(vec![Box::new(|s, _| say(s, "404 Not Found\r\nContent-Length: 0", b""))]);
    let error = fetcher(folder.path(), "").fetch(&format!("{}/a", server.address), &mut |_| ()).unwrap_err();
    assert!(error.said().contains("404"), "{}", error.said());
    assert_eq!(server.seen.lock().unwrap().len(), 1);
}

#[test]
fn a_busy_server_is_asked_again_and_a_mirror_instead_of_the_publisher() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(vec![
        Box::new(|s, _| say(s, "429 Busy\r\nRetry-After: 0\r\nContent-Length: 0", b"")),
        Box::new(|s, _| {
            say(s, "200 OK\r\nContent-Length: 10\r\nLink: <https://p.example/2>; rel=\"next\"", BODY)
        }),
    ]);
    let toml =
        format!("[advisories.mirrors]\n\"https://publisher.example/\" = \"{}/mirror/\"\n", server.address);
    let got = fetcher(folder.path(), &toml).fetch("https://publisher.example/all.zip", &mut |_| ()).unwrap();
    assert_eq!((got.bytes.as_slice(), got.next.as_deref()), (BODY, Some("https://p.example/2")));
    assert_eq!(server.seen.lock().unwrap()[1].0, "/mirror/all.zip");
}
