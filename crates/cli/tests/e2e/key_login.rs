//! Being let into the API by one's own key: made by `ssh-keygen`, held in a file or by `ssh-agent`; and what a signature that was
//! made for something else opens: nothing.

use super::access::{Answer, Server};
use super::bench::*;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

fn tool(line: &str) -> Said {
    let all = words(line);
    let mut command = isolated(&all[0]);
    command.args(&all[1..]);
    said(command)
}

/// A person with a key of `ssh-keygen` and a role.
fn person(p: &Product, id: &str, role: &str) -> PathBuf {
    let key = p.beside(&format!("{id}-key"));
    let made = tool(&format!("ssh-keygen -q -t ed25519 -N '' -C {id} -f '{}'", key.display()));
    assert_eq!(made.code, 0, "{made:?}");
    p.ok(&format!("person enrol {id} --name 'The {id}' --identity-proof 'seen in person'"));
    p.ok(&format!("key enrol {id} --key '{}'", key.display()));
    p.ok(&format!("role grant {id} {role} --reason 'needed'"));
    key
}

fn checkout(p: &Product, address: &str) -> Product {
    let other = p.copied();
    std::fs::remove_dir_all(other.path(".dossier")).unwrap();
    let config = std::fs::read_to_string(other.path("dossier.toml")).unwrap();
    let url = format!("[ledger]\nurl = \"http://{address}\"\n");
    other.write("dossier.toml", config.replace("[ledger]\n", &url));
    other
}

fn as_person(client: &Product, who: &str, key: &Path, line: &str) -> Said {
    let mut command = client.command(line);
    command.env("DOSSIER_PERSON", who).env("DOSSIER_KEY", key).env_remove("DOSSIER_TOKEN");
    said(command)
}

fn count(p: &Product, kind: &str) -> usize {
    p.kinds().iter().filter(|k| *k == kind).count()
}

#[test]
fn a_person_is_let_in_by_their_key_and_speaks_for_nobody_else() {
    let p = Product::approved();
    let key = person(&p, "maintainer", "developer");
    let auditor = person(&p, "reader", "auditor");
    let server = Server::of(&p, "--api");
    let client = checkout(&p, &server.address);
    let report = |id: &str, by: &str| {
        format!(
            "anomaly report {id} --title t --description d --found f --version 1 --severity minor --by {by}"
        )
    };
    client.run("ledger log").says(2, &["no token is here", "DOSSIER_PERSON"]);
    as_person(&client, "maintainer", &key, "ledger verify").says(0, &["everything holds"]);
    as_person(&client, "maintainer", &key, &report("AN-1", "maintainer")).says(0, &[]);
    as_person(&client, "maintainer", &key, &report("AN-2", "qa-lead"))
        .says(2, &["cannot record", "in the name of `qa-lead`"]);
    assert_eq!(count(&p, "session/key/v1"), 1, "one login for all commands of an hour");
    let trail = p.ok("ledger audit --about AN-1 --format json").json();
    let from = trail["entries"][0]["from"].as_str().unwrap().to_owned();
    assert!(from.starts_with("api SHA256:") && from.contains(" of maintainer 127.0.0.1; cli"), "{from}");
    let session = client.path(".dossier/server-session.json");
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(&session).unwrap().permissions().mode() & 0o077, 0, "for its owner alone");

    // Another's key, a key that nobody enrolled, a person whom nobody enrolled: each is refused; names that exist are on record.
    std::fs::remove_file(&session).unwrap();
    let stranger = p.beside("stranger");
    tool(&format!("ssh-keygen -q -t ed25519 -N '' -f '{}'", stranger.display()));
    let not_in = ["is not let in with the key"];
    as_person(&client, "qa-lead", &key, "ledger log").says(2, &not_in);
    as_person(&client, "maintainer", &stranger, "ledger log").says(2, &not_in);
    as_person(&client, "nobody", &stranger, "ledger log").says(2, &not_in);
    assert_eq!(count(&p, "signature/refuse/v1"), 3, "two logins and one report");
    // Who only audits, reads.
    as_person(&client, "reader", &auditor, "anomaly list").says(0, &["AN-1"]);
    as_person(&client, "reader", &auditor, &report("AN-3", "reader")).says(2, &["reads only"]);
    std::fs::remove_file(&session).unwrap();

    // A session ends with its key, at once; and with the server.
    as_person(&client, "maintainer", &key, "anomaly list").says(0, &[]);
    let kept = std::fs::read(&session).unwrap();
    let list = p.ok("person list --format json").json().to_string();
    let fingerprint = tool(&format!("ssh-keygen -l -f '{}'", key.display())).out;
    let fingerprint = fingerprint.split_whitespace().nth(1).unwrap().to_owned();
    assert!(list.contains(&fingerprint), "{list}");
    p.ok(&format!("key revoke maintainer --fingerprint {fingerprint} --reason lost"));
    as_person(&client, "maintainer", &key, "anomaly list").says(2, &not_in);
    std::fs::write(&session, kept).unwrap();
    as_person(&client, "maintainer", &key, "anomaly list").says(2, &not_in);
    p.ok("ledger verify");
}

/// An agent that ends with the test.
struct Agent(Child, PathBuf);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn ssh_agent_answers_the_challenge() {
    let p = Product::approved();
    let key = person(&p, "maintainer", "developer");
    let other = p.beside("other");
    tool(&format!("ssh-keygen -q -t ed25519 -N '' -f '{}'", other.display()));
    let socket = p.beside("agent");
    let mut agent = isolated("ssh-agent");
    agent.args(["-D", "-a"]).arg(&socket).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut agent = Agent(agent.spawn().unwrap(), socket);
    // It says where it listens after it does.
    let mut line = String::new();
    BufReader::new(agent.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(agent.1.exists(), "{line}");
    for held in [&other, &key] {
        let mut add = isolated("ssh-add");
        add.arg("-q").arg(held).env("SSH_AUTH_SOCK", &agent.1);
        assert_eq!(said(add).code, 0);
    }
    let server = Server::of(&p, "--api");
    let client = checkout(&p, &server.address);
    let with = |line: &str, key: Option<PathBuf>| {
        let mut command = client.command(line);
        command.env("DOSSIER_PERSON", "maintainer").env("SSH_AUTH_SOCK", &agent.1);
        if let Some(key) = key {
            command.env("DOSSIER_KEY", key);
        }
        said(command)
    };
    // The first key that it holds is nobody's; the second is taken.
    with("ledger verify", None).says(0, &["everything holds"]);
    std::fs::remove_file(client.path(".dossier/server-session.json")).unwrap();
    with("ledger verify", Some(key.with_extension("pub"))).says(0, &["everything holds"]);
    std::fs::remove_file(client.path(".dossier/server-session.json")).unwrap();
    with("ledger verify", Some(other.with_extension("pub"))).says(2, &["is not let in with the key"]);
    assert_eq!(count(&p, "session/key/v1"), 2);
}

/// A client of its own: `ssh-keygen -Y sign` over what the server asked for.
struct Hand<'a> {
    p: &'a Product,
    server: &'a Server,
    key: PathBuf,
}

impl Hand<'_> {
    fn challenge(&self) -> String {
        let answer = self.server.ask("POST", "/api/v1/challenge", &[], b"");
        answer.says(200, &[]);
        serde_json::from_str::<Value>(&answer.body).unwrap()["challenge"].as_str().unwrap().to_owned()
    }

    fn statement(&self, challenge: &str) -> Value {
        let fingerprint = tool(&format!("ssh-keygen -l -f '{}'", self.key.display())).out;
        json!({"format": "dossier/api-login/v1", "origin": "thermo.example/ledger", "host": self.server.address,
            "challenge": challenge, "person": "maintainer", "key_id": fingerprint.split_whitespace().nth(1).unwrap()})
    }

    fn signed(&self, statement: &Value, namespace: &str) -> String {
        // Canonical JSON of these texts: keys in order, no spaces.
        let sorted: std::collections::BTreeMap<String, Value> =
            serde_json::from_value(statement.clone()).unwrap();
        let mut child = isolated("ssh-keygen")
            .args(["-Y", "sign", "-q", "-n", namespace, "-f"])
            .arg(&self.key)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&serde_json::to_vec(&sorted).unwrap()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    }

    fn answer(&self, statement: &Value, signature: &str) -> Answer {
        let body = serde_json::to_vec(&json!({"statement": statement, "signature": signature})).unwrap();
        self.server.ask("POST", "/api/v1/sessions", &[], &body)
    }
}

#[test]
fn a_signed_challenge_opens_one_session_once_and_nothing_that_was_signed_for_something_else_does() {
    let p = Product::approved();
    let key = person(&p, "maintainer", "developer");
    let server = Server::of(&p, "--api");
    let hand = Hand { p: &p, server: &server, key };
    let statement = hand.statement(&hand.challenge());
    let signature = hand.signed(&statement, "dossier.api.v1");
    let opened = hand.answer(&statement, &signature);
    opened.says(200, &["dossier_session_", "until"]);
    let session: Value = serde_json::from_str(&opened.body).unwrap();
    let bearer = format!("Bearer {}", session["token"].as_str().unwrap());
    server.ask("GET", "/api/v1/ledger", &[("Authorization", &bearer)], b"").says(200, &["position"]);
    // Again: the challenge is answered.
    hand.answer(&statement, &signature).says(401, &["answered before"]);

    type Forge = (&'static str, &'static str, &'static str);
    let forged: [Forge; 5] = [
        ("host", "evil.example", "for the host `evil.example`"),
        ("origin", "other.example/ledger", "for the ledger `other.example/ledger`"),
        ("format", "dossier/statement/v1", "for the format"),
        ("person", "qa-lead", "is not let in"),
        ("challenge", "00", "not known"),
    ];
    for (field, value, reason) in forged {
        let mut statement = hand.statement(&hand.challenge());
        statement[field] = json!(value);
        let signature = hand.signed(&statement, "dossier.api.v1");
        hand.answer(&statement, &signature).says(401, &[reason]);
    }
    // A signature of another purpose, one over another statement, and none at all.
    let statement = hand.statement(&hand.challenge());
    hand.answer(&statement, &hand.signed(&statement, "dossier.v1")).says(401, &["does not hold"]);
    let statement = hand.statement(&hand.challenge());
    hand.answer(&statement, &signature).says(401, &["does not hold"]);
    let statement = hand.statement(&hand.challenge());
    hand.answer(&statement, "no signature").says(401, &["does not hold"]);
    server.ask("POST", "/api/v1/sessions", &[], b"{}").says(400, &["no login"]);
    // The server addressed by another name: what is signed for the one opens nothing at the other.
    let statement = hand.statement(&hand.challenge());
    let body = json!({"statement": statement, "signature": hand.signed(&statement, "dossier.api.v1")});
    let port = server.address.rsplit(':').next().unwrap();
    let elsewhere = format!("localhost:{port}");
    let bytes = serde_json::to_vec(&body).unwrap();
    server.ask("POST", "/api/v1/sessions", &[("Host", &elsewhere)], &bytes).says(401, &["for the host"]);

    assert_eq!(count(hand.p, "session/key/v1"), 1);
    assert_eq!(count(hand.p, "signature/refuse/v1"), 10, "each that names a person is on record");
    p.ok("ledger verify");
}

/// `--as` and `--key` say who logs in, as DOSSIER_PERSON and DOSSIER_KEY do.
#[test]
fn flags_log_in_as_the_environment_does_and_come_before_it() {
    let p = Product::approved();
    let key = person(&p, "maintainer", "developer");
    let other = person(&p, "reader", "auditor");
    let server = Server::of(&p, "--api");
    let client = checkout(&p, &server.address);
    let read = |document: &str, who: &str, key: &Path| {
        format!("document read {document} --as {who} --key '{}'", key.display())
    };
    client.run(&read("DOC-SDP", "maintainer", &key)).says(0, &[]);
    let trail = p.ok("ledger audit --act document/read --format json").json();
    let from = trail["entries"][0]["from"].as_str().unwrap().to_owned();
    assert!(from.starts_with("api SHA256:") && from.contains(" of maintainer 127.0.0.1; cli"), "{from}");
    // Another's key opens nothing, and that it was tried is an entry.
    let before = count(&p, "signature/refuse/v1");
    client.run(&read("DOC-SRS", "qa-lead", &key)).says(2, &["is not let in with the key"]);
    assert_eq!(count(&p, "signature/refuse/v1"), before + 1);
    // The command's own words come before the environment's.
    as_person(&client, "reader", &other, &read("DOC-SRS", "maintainer", &key)).says(0, &[]);
    assert_eq!(count(&p, "document/read/v1"), 2);
    // A further key that a command brings is not the one that logs in; then the environment's is asked.
    let further = p.beside("further");
    tool(&format!("ssh-keygen -q -t ed25519 -N '' -f '{}'", further.display()));
    std::fs::remove_file(client.path(".dossier/server-session.json")).unwrap();
    let enrol = format!("key enrol maintainer --key '{}'", further.display());
    as_person(&client, "maintainer", &key, &enrol).says(0, &[]);
    assert_eq!(count(&p, "key/enrol/v1"), ROLES.len() + 3);
    p.ok("ledger verify");
}
