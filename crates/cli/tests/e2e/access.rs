//! Logging in and signing on the pages, and one ledger for a team over the API: the real server, asked over a socket.

use super::bench::*;
use signing::password::{from_base32, totp};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Stdio};

/// A running server; it ends with the test.
pub(super) struct Server {
    child: Child,
    said: BufReader<ChildStderr>,
    pub(super) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer: status, head, body.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Answer {
    pub(super) fn cookie(&self) -> String {
        let line = self.head.lines().find(|l| l.to_lowercase().starts_with("set-cookie:")).expect("a cookie");
        line.split_once(':').unwrap().1.trim().split(';').next().unwrap().to_owned()
    }

    pub(super) fn field(&self, name: &str) -> String {
        let after = self.body.split(&format!("name=\"{name}\" value=\"")).nth(1);
        after
            .unwrap_or_else(|| panic!("no field {name} in\n{}", self.body))
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    }

    #[track_caller]
    pub(super) fn says(&self, status: u16, words: &[&str]) -> &Answer {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.body);
        for word in words {
            assert!(self.body.contains(word), "`{word}` is not in\n{}", self.body);
        }
        self
    }
}

impl Server {
    pub(super) fn of(p: &Product, arguments: &str) -> Server {
        Server::start(p.command(&format!("serve --listen 127.0.0.1:0 {arguments}")))
    }

    /// Starts a server that says its address in the first line.
    pub(super) fn start(mut command: std::process::Command) -> Server {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        said.read_line(&mut line).unwrap();
        let address = line
            .split("://")
            .nth(1)
            .unwrap_or_else(|| panic!("{line}"))
            .split('/')
            .next()
            .unwrap()
            .to_owned();
        Server { child, said, address }
    }

    /// Waits until the server has said a line with these words on stderr; a server that ended without fails the test.
    pub(super) fn hears(&mut self, words: &str) {
        let mut all = String::new();
        while !all.lines().any(|line| line.contains(words)) {
            let read = self.said.read_line(&mut all).unwrap();
            assert!(read > 0, "the server ended and never said `{words}`:\n{all}");
        }
    }

    pub(super) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n",
            headers.iter().find(|(n, _)| *n == "Host").map_or(self.address.as_str(), |(_, host)| host),
            body.len()
        );
        for (name, value) in headers.iter().filter(|(n, _)| *n != "Host") {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(super) fn get(&self, path: &str, cookie: &str) -> Answer {
        self.ask("GET", path, &[("Cookie", cookie)], b"")
    }

    pub(super) fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = |t: &str| t.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let body: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={}", encode(v))).collect();
        let headers = [("Cookie", cookie), ("Content-Type", "application/x-www-form-urlencoded")];
        self.ask("POST", path, &headers, body.join("&").as_bytes())
    }
}

pub(super) const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
pub(super) const PASSWORD: &str = "correct horse battery";

/// The code of the token, so many steps from noon.
pub(super) fn code(steps: i64) -> String {
    let noon: app_time::Instant = NOON.parse().unwrap();
    totp(&from_base32(SECRET).unwrap(), noon.seconds() / 30 + steps)
}

mod app_time {
    pub(super) use app::Instant;
}

/// Enrols a password for a person and vouches for its key by the old one.
pub(super) fn enrol(p: &Product, person: &str, code: &str) {
    std::fs::write(p.beside("password"), PASSWORD).unwrap();
    std::fs::write(p.beside("token"), SECRET).unwrap();
    let files = format!(
        "--password-file '{}' --token-file '{}'",
        p.beside("password").display(),
        p.beside("token").display()
    );
    p.ok(&format!("key password {person} {files} --code {code}"));
    let log = p.ok(&format!("ledger audit --act credential/enrol --about {person} --format json")).json();
    let changes = log["entries"][0]["changes"].as_array().unwrap();
    let key = changes.iter().find(|c| c["field"] == "key_id").unwrap()["new"].as_str().unwrap().to_owned();
    p.act(person, &format!("key endorse {person} --fingerprint {key} --reason 'it is mine'"));
}

#[test]
fn a_person_logs_in_and_signs_with_password_and_code_and_the_verifier_agrees() {
    let p = Product::judged();
    std::fs::write(p.beside("short"), "short").unwrap();
    std::fs::write(p.beside("token"), SECRET).unwrap();
    let token = p.beside("token");
    let short = format!(
        "key password qa-lead --password-file '{}' --token-file '{}' --code 000000",
        p.beside("short").display(),
        token.display()
    );
    p.refused(2, &short, &["at least 12 characters"]);
    enrol(&p, "qa-lead", &code(-1));
    let sealed = std::fs::read_to_string(p.path(".dossier/credentials/qa-lead.json")).unwrap();
    assert!(!sealed.contains(PASSWORD) && !sealed.contains(SECRET), "{sealed}");

    let server = Server::of(&p, "");
    server.get("/releases/1.0.0/sign", "").says(303, &[]);
    let login = |password: &str, code: &str| {
        server.post("/login", "", &[("person", "qa-lead"), ("password", password), ("code", code)])
    };
    login("wrong password!", &code(0)).says(403, &["name, password or code is wrong"]);
    login(PASSWORD, "000000").says(403, &["name, password or code is wrong"]);
    login(PASSWORD, &code(-1)).says(403, &["name, password or code is wrong"]);
    let answer = login(PASSWORD, &code(0));
    answer.says(303, &[]);
    assert!(answer.head.contains("HttpOnly") && answer.head.contains("SameSite=Strict"), "{}", answer.head);
    let cookie = answer.cookie();
    server.get("/login", &cookie).says(200, &["The qa-lead", "Log out"]);

    let page = server.get("/releases/1.0.0/sign", &cookie);
    page.says(200, &["Password, again", "Code of your token", "evidence manifest"]);
    assert!(!page.body.contains("value=\"prrc\""), "only roles that the person holds");
    let (form, digest) = (page.field("form"), page.field("digest"));
    let sign = |form: &str, digest: &str, password: &str, code: &str| {
        let fields =
            [("form", form), ("digest", digest), ("role", "qa-lead"), ("password", password), ("code", code)];
        server.post("/releases/1.0.0/sign", &cookie, &fields)
    };
    sign("another", &digest, PASSWORD, &code(1)).says(403, &["another session"]);
    sign(&form, &"0".repeat(64), PASSWORD, &code(1)).says(403, &["has changed since it was shown"]);
    sign(&form, &digest, "wrong password!", &code(1)).says(403, &["is wrong"]);
    sign(&form, &digest, PASSWORD, &code(0)).says(403, &["is wrong"]);
    let foreign = [
        ("Cookie", cookie.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", "https://evil.example"),
    ];
    server.ask("POST", "/releases/1.0.0/sign", &foreign, b"").says(403, &["Another site"]);
    sign(&form, &digest, PASSWORD, &code(1)).says(303, &[]);
    // Later signings of the session need the password only; a document this time.
    let page = server.get("/documents/DOC-RMP/sign", &cookie);
    page.says(200, &["Password, again"]);
    assert!(!page.body.contains("Code of your token"));
    let fields = [
        ("form", page.field("form")),
        ("digest", page.field("digest")),
        ("role", "qa-lead".to_owned()),
        ("password", PASSWORD.to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let done = server.post("/documents/DOC-RMP/sign", &cookie, &fields);
    done.says(303, &[]);
    let entry = done
        .head
        .lines()
        .find_map(|l| l.to_lowercase().strip_prefix("location: ").map(str::to_owned))
        .unwrap();
    server.get(&entry, &cookie).says(200, &["The qa-lead", "I approve this content", "2026"]);
    // After logging out all components are asked for again.
    let form = server.get("/login", &cookie).field("form");
    server.post("/logout", &cookie, &[("form", &form)]).says(303, &[]);
    server.get("/releases/1.0.0/sign", &cookie).says(303, &[]);
    drop(server);

    let kinds = p.kinds();
    for (kind, count) in
        [("session/open/v1", 1), ("session/close/v1", 1), ("session/refuse/v1", 5), ("release/sign/v1", 1)]
    {
        assert_eq!(kinds.iter().filter(|k| *k == kind).count(), count, "{kind}: {kinds:?}");
    }
    let trail = p.ok("ledger audit --act release/sign --format json").json();
    assert!(trail["entries"][0]["from"].as_str().unwrap().starts_with("web 127.0.0.1"), "{trail}");
    p.holds_for_both_verifiers();
    // The database with all it holds signs nothing without the pepper, which lies with the ledger's key.
    let keys = p.beside("keys");
    let pepper = std::fs::read_dir(&keys)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|f| f.extension().is_some_and(|e| e == "pepper"));
    assert!(pepper.is_some(), "the pepper is outside of the product");
}

#[test]
fn five_wrong_attempts_lock_an_account_alert_people_and_another_person_lets_it_in_again() {
    let mut p = Product::judged();
    let alerted = p.beside("alerted");
    let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let command = format!(
        "echo $DOSSIER_ALERT_PERSON $DOSSIER_ALERT_ATTEMPTS $DOSSIER_ALERT_TO > {}",
        alerted.display()
    );
    p.write("dossier.toml", format!("{config}\n[security]\nalert = \"{command}\"\n"));
    enrol(&p, "prrc", &code(-1));
    {
        let server = Server::of(&p, "");
        let login = |password: &str, code: &str| {
            server.post("/login", "", &[("person", "prrc"), ("password", password), ("code", code)])
        };
        for _ in 0..5 {
            login("wrong password!", &code(0)).says(403, &["is wrong"]);
        }
        login(PASSWORD, &code(0)).says(403, &["locked"]);
        server
            .post("/login", "", &[("person", "../../etc"), ("password", "p"), ("code", "1")])
            .says(403, &["is wrong"]);
    }
    assert_eq!(std::fs::read_to_string(&alerted).unwrap().trim(), "prrc 5 qa-lead");
    p.refused_act("prrc", "key unlock prrc --reason 'it was me'", &["prrc"]);
    p.act("qa-lead", "key unlock prrc --reason 'was a new telephone'");
    let cookie = {
        let server = Server::of(&p, "");
        let answer =
            server.post("/login", "", &[("person", "prrc"), ("password", PASSWORD), ("code", &code(1))]);
        answer.says(303, &[]);
        let cookie = answer.cookie();
        server.get("/login", &cookie).says(200, &["The prrc"]);
        cookie
    };
    // A cookie of before means nothing to a server that was started anew.
    assert!(!Server::of(&p, "").get("/login", &cookie).body.contains("The prrc"));
    // A lost token is out at once; an aged password too.
    p.ok("key password-revoke prrc --reason 'telephone lost'");
    {
        let server = Server::of(&p, "");
        server
            .post("/login", "", &[("person", "prrc"), ("password", PASSWORD), ("code", "123456")])
            .says(403, &["telephone lost"]);
    }
    // A new credential, whose password ends on its day: refused by name from the next day on.
    enrol(&p, "qa-lead", &code(-1));
    p.at("2026-12-01T12:00:00.000Z");
    {
        let server = Server::of(&p, "");
        server
            .post("/login", "", &[("person", "qa-lead"), ("password", PASSWORD), ("code", "123456")])
            .says(403, &["the password was to be changed by 2026-08-29"]);
    }
    let report = p.ok("person report --on 2026-12-01 --format json").json();
    let of = |person: &str| {
        let all = report["persons"].as_array().unwrap().iter();
        all.into_iter().find(|r| r["person"] == person).unwrap()["means"].clone()
    };
    let password = |person: &str| {
        of(person).as_array().unwrap().iter().find(|m| m["means"] == "password").unwrap()["not_taken"].clone()
    };
    assert_eq!(password("qa-lead"), "the password was to be changed by 2026-08-29");
    assert_eq!(password("prrc"), "the credential was revoked: telephone lost");
    p.ok("ledger verify");
}

#[test]
fn a_team_appends_to_one_ledger_over_the_api() {
    let p = Product::approved();
    let make = |name: &str, scope: &str| {
        p.ok(&format!("key token {name} --holder ci --scope {scope} --until 2099-01-01"))
            .out
            .trim()
            .to_owned()
    };
    let (writes, reads, gone) =
        (make("ci", "read,write"), make("auditor", "read"), make("gone", "read,write"));
    p.ok("key token-revoke gone --reason 'the machine was sold'");
    let server = Server::of(&p, "--api");
    let other = p.copied();
    std::fs::remove_dir_all(other.path(".dossier")).unwrap();
    let config = std::fs::read_to_string(other.path("dossier.toml")).unwrap();
    other.write(
        "dossier.toml",
        config.replace("[ledger]\n", &format!("[ledger]\nurl = \"http://{}\"\n", server.address)),
    );
    let with = |token: &str, line: &str| {
        let mut command = other.command(line);
        command.env("DOSSIER_TOKEN", token);
        said(command)
    };
    let report = |id: &str| {
        format!("anomaly report {id} --title t --description d --found f --version 1 --severity minor")
    };

    other.run("ledger log").says(2, &["no token is here"]);
    with("dossier_wrong", "ledger log").says(2, &["not known, revoked or has ended"]);
    with(&gone, "ledger log").says(2, &["not known, revoked or has ended"]);
    with(&reads, "ledger verify").says(0, &["everything holds"]);
    with(&reads, &report("AN-1")).says(2, &["reads only"]);
    with(&writes, &report("AN-1")).says(0, &[]);
    let trail = p.ok("ledger audit --about AN-1 --format json").json();
    assert!(
        trail["entries"][0]["from"].as_str().unwrap().starts_with("api ci of ci 127.0.0.1; cli"),
        "{trail}"
    );
    // A personal act travels with its signature; evidence is there for everybody.
    other.write("dossier/note.md", "---\ndocument: DOC-NOTE\n---\n# A note\n\nText of it.\n");
    let key = other.key("qa-lead");
    let approve = format!("document approve DOC-NOTE --as qa-lead --key '{}'", key.display());
    with(&writes, &approve).says(0, &[]);
    with(&writes, &approve.replace("--as qa-lead", "--as prrc")).says(2, &["is not in force"]);
    with(&writes, "test show RUN-1").says(0, &[]);

    // Many at once: each entry finds its place, none is lost, a conflict says so.
    std::thread::scope(|scope| {
        for writer in 0..3 {
            let (with, report) = (&with, &report);
            let writes = &writes;
            scope.spawn(move || {
                for n in 0..4 {
                    let line = report(&format!("W{writer}-{n}"));
                    loop {
                        let done = with(writes, &line);
                        if done.code == 0 {
                            break;
                        }
                        done.says(2, &["somebody else appended in between"]);
                    }
                }
            });
        }
    });
    assert_eq!(p.ok("anomaly list --format json").json()["anomalies"].as_array().unwrap().len(), 13);

    // Another ledger under the same address, and one that was rolled back, are refused by name.
    let stale = std::fs::read_to_string(other.path("dossier.toml")).unwrap();
    other.write("dossier.toml", stale.replace("thermo.example/ledger\"", "thermo.example/other\""));
    with(&reads, "ledger log").says(
        3,
        &["the server keeps the ledger `thermo.example/ledger`, dossier.toml names `thermo.example/other`"],
    );
    other.write("dossier.toml", &stale);
    let seen = other.path(".dossier/server-seen.json");
    let before = std::fs::read_to_string(&seen).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&before).unwrap();
    value["position"] = serde_json::Value::from(9_999);
    std::fs::write(&seen, value.to_string()).unwrap();
    with(&reads, "ledger log").says(3, &["it was rolled back"]);
    let mut value: serde_json::Value = serde_json::from_str(&before).unwrap();
    value["root"] = serde_json::Value::from("0".repeat(64));
    std::fs::write(&seen, value.to_string()).unwrap();
    with(&reads, "ledger log").says(3, &["it is another ledger"]);
    std::fs::write(&seen, before).unwrap();

    // What is no proposal is refused with a reason, and changes nothing.
    let bearer = format!("Bearer {writes}");
    let position = p.position();
    let post = |path: &str, body: &[u8]| server.ask("POST", path, &[("Authorization", &bearer)], body);
    post("/api/v1/append", b"{").says(400, &["malformed"]);
    post("/api/v1/append", br#"{"origin":"x","key":null,"decided_on":0,"entries":[]}"#)
        .says(409, &["other-ledger"]);
    server
        .ask("PUT", &format!("/api/v1/blobs/{}", "0".repeat(64)), &[("Authorization", &bearer)], b"x")
        .says(400, &["another digest"]);
    server
        .ask("GET", "/api/v1/entries?from=5&to=1", &[("Authorization", &bearer)], b"")
        .says(400, &["malformed"]);
    server.ask("GET", "/api/v1/ledger", &[], b"").says(401, &["unauthorised"]);
    server.get("/api/v1/openapi.json", "").says(200, &["3.1.0", "/append"]);
    assert_eq!(p.position(), position);
    p.ok("ledger verify");
}
