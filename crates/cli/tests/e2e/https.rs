//! The server's own TLS, with a firm's own authority; what a server takes from a client and what it computes itself; reading
//! only after a login; two people who sign at once.

use super::access::{PASSWORD, Server, code, enrol};
use super::bench::*;
use std::path::{Path, PathBuf};

fn openssl(at: &Path, line: &str) {
    let mut command = isolated("openssl");
    command.args(words(line)).current_dir(at);
    let done = said(command);
    assert_eq!(done.code, 0, "openssl {line}\n{}", done.err);
}

pub(super) fn there_is_openssl() -> bool {
    let there = isolated("openssl").arg("version").output().is_ok();
    if !there {
        eprintln!("skipped: there is no openssl here");
    }
    there
}

/// A folder with an authority `NAME.pem` and, for each of the names, a certificate of it with its key.
pub(super) fn authority(p: &Product, name: &str, servers: &[&str]) -> PathBuf {
    let at = p.beside(name);
    std::fs::create_dir_all(&at).unwrap();
    let key = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
    openssl(&at, &format!("genpkey {key} -out ca.key"));
    openssl(&at, &format!("req -x509 -new -key ca.key -days 36500 -subj '/CN={name}' -out ca.pem"));
    for server in servers {
        openssl(&at, &format!("genpkey {key} -out {server}.key"));
        openssl(&at, &format!("req -new -key {server}.key -subj '/CN={server}' -out {server}.csr"));
        let kind = if server.parse::<std::net::IpAddr>().is_ok() { "IP" } else { "DNS" };
        std::fs::write(at.join("ext"), format!("subjectAltName={kind}:{server}\n")).unwrap();
        openssl(
            &at,
            &format!(
                "x509 -req -in {server}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 36500 -extfile ext -out {server}.pem"
            ),
        );
    }
    at
}

fn tls(at: &Path, server: &str) -> String {
    let file = |ending: &str| at.join(format!("{server}.{ending}")).display().to_string();
    format!("--tls-cert '{}' --tls-key '{}'", file("pem"), file("key"))
}

/// A checkout of the same product whose ledger is on the server.
fn checkout(p: &Product, url: &str, authority: Option<&Path>) -> Product {
    let other = p.copied();
    std::fs::remove_dir_all(other.path(".dossier")).unwrap();
    let config = std::fs::read_to_string(other.path("dossier.toml")).unwrap();
    let authority = authority.map(|a| format!("authority = \"{}\"\n", a.display())).unwrap_or_default();
    other.write(
        "dossier.toml",
        config.replace("[ledger]\n", &format!("[ledger]\nurl = \"{url}\"\n{authority}")),
    );
    other
}

fn token(p: &Product, scope: &str) -> String {
    let line =
        format!("key token t-{} --holder ci --scope {scope} --until 2099-01-01", scope.replace(',', "-"));
    p.ok(&line).out.trim().to_owned()
}

fn with(product: &Product, token: &str, line: &str) -> Said {
    let mut command = product.command(line);
    command.env("DOSSIER_TOKEN", token);
    said(command)
}

#[test]
fn the_command_line_works_the_same_over_https_and_trusts_one_authority_alone() {
    if !there_is_openssl() {
        return;
    }
    let p = Product::approved();
    let ours = authority(&p, "ours", &["127.0.0.1", "elsewhere.example"]);
    let theirs = authority(&p, "theirs", &[]);
    let (ca, other_ca) = (ours.join("ca.pem"), theirs.join("ca.pem"));
    let token = token(&p, "read,write");
    let report = "anomaly report AN-1 --title t --description d --found f --version 1 --severity minor";
    {
        let server = Server::of(&p, &format!("--api {}", tls(&ours, "127.0.0.1")));
        let url = format!("https://{}", server.address);
        let trusting = checkout(&p, &url, Some(&ca));
        with(&trusting, &token, report).says(0, &[]);
        with(&trusting, &token, "ledger verify").says(0, &["everything holds"]);
        with(&trusting, &token, "anomaly list").says(0, &["AN-1"]);
        // A personal act, signed here and checked there.
        trusting.write("dossier/note.md", "---\ndocument: DOC-NOTE\n---\n# A note\n\nText of it.\n");
        let key = trusting.key("qa-lead");
        with(&trusting, &token, &format!("document approve DOC-NOTE --as qa-lead --key '{}'", key.display()))
            .says(0, &[]);
        // Nobody's word but that of the authority that was named.
        let certificate = ["could not be asked", "nothing was recorded", "certificate", "[ledger] authority"];
        with(&checkout(&p, &url, None), &token, report).says(2, &certificate);
        with(&checkout(&p, &url, Some(&other_ca)), &token, report).says(2, &certificate);
        with(&checkout(&p, &url, Some(Path::new("nowhere.pem"))), &token, report)
            .says(2, &["[ledger] authority", "nowhere.pem"]);
        let empty = p.beside("empty.pem");
        std::fs::write(&empty, "no certificate\n").unwrap();
        with(&checkout(&p, &url, Some(&empty)), &token, report).says(2, &["holds no certificate"]);
        // Who speaks HTTP to it gets nothing of the ledger, and the server lives on.
        let plain = checkout(&p, &format!("http://{}", server.address), None);
        assert_ne!(with(&plain, &token, report).code, 0);
        with(&trusting, &token, "anomaly list").says(0, &["AN-1"]);
        // A renewed certificate is taken up without a restart: here one for another name.
        for ending in ["pem", "key"] {
            let (from, to) =
                (ours.join(format!("elsewhere.example.{ending}")), ours.join(format!("127.0.0.1.{ending}")));
            std::fs::copy(from, to).unwrap();
        }
        with(&trusting, &token, report).says(2, &certificate);
    }
    p.refused(2, &format!("serve {}", tls(&ours, "nobody")), &["certificate cannot be used", "nobody.pem"]);
    let swapped = format!(
        "serve --tls-cert '{}' --tls-key '{}'",
        ours.join("127.0.0.1.pem").display(),
        ours.join("ca.key").display()
    );
    p.refused(2, &swapped, &["do not make a server's identity"]);
    p.refused(
        2,
        "serve --listen 0.0.0.0:0",
        &["passwords would cross the network in the clear", "--tls-cert"],
    );
    let open = format!("serve --listen 0.0.0.0:0 {}", tls(&ours, "elsewhere.example"));
    p.refused(2, &open, &["the pages need no login", "login = true"]);
}

#[test]
fn a_verdict_is_computed_by_the_server_and_never_taken_from_a_client() {
    let p = Product::approved();
    p.prepare_release();
    let writes = token(&p, "read,write");
    let reads = token(&p, "read");
    let server = Server::of(&p, "--api");
    let client = checkout(&p, &format!("http://{}", server.address), None);

    // A client that says "pass" without having judged anything.
    let bearer = format!("Bearer {writes}");
    let propose = |kind: &str, body: &str| {
        let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
        let value = |key: &str| {
            let line = config.lines().find(|l| l.starts_with(&format!("{key} = "))).unwrap();
            line.split('"').nth(1).unwrap().to_owned()
        };
        let proposal = format!(
            r#"{{"origin":"{}","key":"{}","decided_on":{},"entries":[{{"actor":"release-manager","via":"cli","kind":"{kind}","body":{body}}}]}}"#,
            value("origin"),
            value("key"),
            p.kinds().len()
        );
        server.ask("POST", "/api/v1/append", &[("Authorization", &bearer)], proposal.as_bytes())
    };
    let before = p.position();
    let forged = format!(
        r#"{{"version":"1.0.0","candidate":1,"position":{before},"as_of":"2026-03-02","profile":"standard","verdict":"pass","sections":{{}},"manifest":"{}"}}"#,
        "0".repeat(64)
    );
    propose("release/gate/v1", &forged)
        .says(422, &["takes no `release/gate` from a client", "judges it itself"]);
    propose("session/open/v1", r#"{"session":"s","person":"qa-lead","from":"here","factors":[]}"#)
        .says(422, &["takes no `session/open` from a client"]);
    propose("role/grant/v1", r#"{"person":"qa-lead","role":"prrc","reason":"so"}"#)
        .says(422, &["`role/grant` is taken only with a signature"]);
    assert_eq!(p.position(), before, "nothing of it is in the ledger");
    let refusals = p.ok("ledger audit --refused --format json").json();
    let acts: Vec<&str> =
        refusals["entries"].as_array().unwrap().iter().filter_map(|e| e["from"].as_str()).collect();
    assert_eq!(acts.len(), 3, "each refusal is an entry: {refusals}");

    // No signature before a verdict, also where a client proposes it.
    let key = client.key("qa-lead");
    let sign = format!("release sign 1.0.0 --as qa-lead --key '{}'", key.display());
    with(&client, &writes, &sign).says(2, &["no signature before a passing gate"]);
    // At its command the server judges, in its own checkout, and says so.
    with(&client, &reads, "release gate 1.0.0").says(2, &["reads only"]);
    let judged = with(&client, &writes, "release gate 1.0.0");
    judged.says(0, &["verdict: pass", "recorded by the server as entry"]);
    let json = with(&client, &writes, "release gate 1.0.0 --format json").json();
    assert_eq!(json["verdict"], "pass");
    let trail = p.ok("ledger audit --act release/gate --format json").json();
    assert!(
        trail["entries"][0]["from"].as_str().unwrap().starts_with("api t-read-write of ci 127.0.0.1; cli")
    );
    // The five sign from their checkouts; the server recomputes the evidence at each signature.
    for role in ROLES {
        let line = format!("release sign 1.0.0 --as {role} --key '{}'", client.key(role).display());
        if role == "prrc" {
            p.ok("anomaly report AN-9 --title t --description d --found f --version 1.0.0 --severity minor");
            with(&client, &writes, &line).says(2, &["stale", "AN-9"]);
            break;
        }
        with(&client, &writes, &line).says(0, &[]);
    }
    p.ok("ledger verify");
}

#[test]
fn pages_are_read_after_a_login_where_the_product_asks_for_it_and_what_is_taken_along_is_an_entry() {
    let p = Product::judged();
    enrol(&p, "qa-lead", &code(-1));
    {
        let open = Server::of(&p, "");
        open.get("/documents/DOC-SDP", "").says(200, &["/documents/DOC-SDP/sign"]);
        open.get("/releases/1.0.0", "").says(200, &["/releases/1.0.0/sign", "Sign this release"]);
        open.get("/documents/DOC-SDP/markdown", "").says(200, &["DOC-SDP"]);
        open.get("/matrix.csv", "").says(200, &[]);
    }
    let accesses = || p.kinds().iter().filter(|k| *k == "trail/access/v1").count();
    assert_eq!(accesses(), 2, "two files, and no page");
    let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write("dossier.toml", format!("{config}\n[security]\nlogin = true\n"));
    let server = Server::of(&p, "");
    for page in ["/", "/ledger", "/releases/1.0.0/record.pdf", "/matrix.csv", "/nowhere"] {
        let answer = server.get(page, "");
        answer.says(303, &[]);
        assert!(answer.head.to_lowercase().contains("location: /login?next="), "{page}\n{}", answer.head);
    }
    assert_eq!(accesses(), 2, "nothing was given");
    server.get("/login", "").says(200, &["Log in"]);
    server.get("/dossier.css", "").says(200, &[]);
    let fields =
        [("person", "qa-lead"), ("password", PASSWORD), ("code", &code(0)), ("next", "/ledger?kind=release")];
    let answer = server.post("/login", "", &fields);
    answer.says(303, &[]);
    assert!(answer.head.contains("/ledger?kind=release"), "back to where it was asked\n{}", answer.head);
    let cookie = answer.cookie();
    server.get("/ledger", &cookie).says(200, &["release/gate"]);
    server.get("/releases/1.0.0/record.md", &cookie).says(200, &["1.0.0"]);
    let trail = p.ok("ledger audit --act trail/access --format json").json();
    let last = trail["entries"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (last["who"].as_str(), last["about"].as_str()),
        (Some("qa-lead"), Some("releases/1.0.0/record.md")),
        "{last}"
    );

    // At the command line: exports, and reads of complaints.
    p.ok(&format!("document export DOC-SDP --format md --output '{}'", p.beside("sdp.md").display()));
    p.ok("complaint list");
    // Copies that go to stdout are copies; what is looked at is none.
    let before = accesses();
    p.ok("ledger audit");
    p.ok("trace matrix --format json");
    assert_eq!(accesses(), before);
    for copy in
        ["ledger audit --format csv", "trace matrix --format html", "release show 1.0.0 --format html"]
    {
        p.ok(copy);
    }
    assert_eq!(accesses(), before + 3);
    let trail = p.ok("ledger audit --act trail/access").out;
    for what in ["document DOC-SDP", "complaints", "audit trail", "matrix", "record of 1.0.0"] {
        assert!(trail.contains(what), "{trail}");
    }
    p.ok("ledger verify");
}

#[test]
fn two_people_sign_a_release_at_once_and_both_signatures_count_or_one_is_told_why_not() {
    let p = Product::judged();
    let sign = |role: &str| {
        let line = format!("release sign 1.0.0 --as {role} --key '{}'", p.key(role).display());
        said(p.command(&line))
    };
    let done: Vec<(&str, Said)> = std::thread::scope(|scope| {
        let roles = ["software-lead", "qa-lead", "risk-owner", "prrc"];
        let running: Vec<_> = roles.map(|role| (role, scope.spawn(move || sign(role)))).into_iter().collect();
        running.into_iter().map(|(role, run)| (role, run.join().unwrap())).collect()
    });
    assert!(done.iter().any(|(_, d)| d.code == 0), "{done:?}");
    let refused = done.iter().filter(|(_, d)| d.code != 0).count();
    let on_record = p.kinds().iter().filter(|k| *k == "signature/refuse/v1").count();
    assert_eq!(on_record, refused, "each refusal is an entry, also while others append: {done:?}");
    for (role, said) in &done {
        if said.code != 0 {
            said.says(2, &["somebody else appended in between; nothing was recorded"]);
            assert_eq!(sign(role).code, 0, "alone it holds");
        }
    }
    let gate = p.run("release gate 1.0.0 --dry-run --format json").json();
    let signed = gate["signatures"].as_array().unwrap().iter().filter(|s| s["status"] == "signed").count();
    assert_eq!(signed, 4, "{gate}");
    assert_eq!(p.kinds().iter().filter(|k| *k == "release/sign/v1").count(), 4, "each once");
    p.ok("ledger verify");
}

#[test]
fn a_key_that_was_to_be_replaced_signs_its_replacement_and_nothing_else() {
    let mut p = Product::judged();
    let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write("dossier.toml", format!("{config}\n[security]\nkey_days = 30\n"));
    p.act("qa-lead", "document read DOC-SDP");
    p.at("2026-05-01T12:00:00.000Z");
    p.refused_act("prrc", "document read DOC-SDP", &["was to be replaced by 2026-04-01", "dossier key new"]);
    let report = p.ok("person report").out;
    assert!(report.contains("until 2026-04-01, not taken: to be replaced"), "{report}");
    let new = p.beside("prrc-2");
    p.ok(&format!("key new prrc --file '{}'", new.display()));
    let report = p.ok("person report --format json").json();
    let means =
        report["persons"].as_array().unwrap().iter().find(|r| r["person"] == "prrc").unwrap()["means"]
            .clone();
    let waiting =
        means.as_array().unwrap().iter().find(|m| m["not_taken"] == "nobody has vouched for it yet");
    let fingerprint = waiting.unwrap()["id"].as_str().unwrap().to_owned();
    p.act("prrc", &format!("key endorse prrc --fingerprint {fingerprint} --reason 'my new key'"));
    p.ok(&format!("document read DOC-SDP --as prrc --key '{}'", new.display()));
    p.ok("ledger verify");
}

#[test]
fn a_hold_and_a_delivery_are_done_by_the_server_in_its_own_archive() {
    let p = Product::approved();
    p.prepare_release();
    let writes = token(&p, "read,write");
    let server = Server::of(&p, "--api");
    let client = checkout(&p, &format!("http://{}", server.address), None);
    let act = |role: &str, line: &str| {
        with(&client, &writes, &format!("{line} --as {role} --key '{}'", client.key(role).display()))
    };
    let hold = "archive hold 1.0.0 --reason 'a claim is open'";
    act("qa-lead", hold).says(2, &["release `1.0.0` is not sealed"]);
    with(&client, &writes, "release deliver 1.0.0 --channel web -o early.json")
        .says(2, &["only a sealed release is delivered"]);
    assert!(!client.path("early.json").exists());
    with(&client, &writes, "release gate 1.0.0").says(0, &["verdict: pass"]);
    for role in ROLES {
        act(role, "release sign 1.0.0").says(0, &[]);
    }
    with(&client, &writes, "release seal 1.0.0").says(0, &[]);

    // The archive is the server's: the client's checkout has none, before and after.
    act("qa-lead", hold).says(0, &["set the hold"]);
    assert!(!client.path(".dossier/archive").exists());
    p.ok("archive list").says(0, &["a claim is open"]);
    let kinds = p.kinds();
    let tail: Vec<&str> = kinds[kinds.len() - 2..].iter().map(String::as_str).collect();
    assert_eq!(tail, ["retention/hold/v1", "archive/documents/v1"]);
    p.ok("archive verify");
    let lift = |reason: &str| act("qa-lead", &format!("archive hold 1.0.0 --lift --reason '{reason}'"));
    lift("another").says(2, &["is not held for this reason", "`a claim is open`"]);
    lift("a claim is open").says(0, &["lifted the hold"]);
    assert!(!p.ok("archive list").out.contains("a claim is open"));
    p.ok("archive verify");

    // The manifest is made, signed and kept there, and written here.
    with(&client, &writes, "release deliver 1.0.0 --channel web -o out.json").says(0, &[]);
    let manifest = std::fs::read(client.path("out.json")).unwrap();
    let trail = p.ok("ledger audit --act release/deliver --format json").json();
    let changes = trail["entries"][0]["changes"].to_string();
    assert!(changes.contains(&app::Digest::of(&manifest).to_string()), "{changes}");
    let from = trail["entries"][0]["from"].as_str().unwrap();
    assert!(from.starts_with("api t-read-write of ci 127.0.0.1; cli"), "{from}");
    p.ok(&format!("archive unpack 1.0.0 '{}'", p.beside("installed").display()));
    let check = format!(
        "delivery check '{}' --manifest '{}'",
        p.beside("installed").display(),
        client.path("out.json").display()
    );
    p.ok(&check);
    p.ok("ledger verify");
}

#[test]
fn a_text_that_is_signed_elsewhere_is_one_that_the_server_has_or_it_says_that_it_has_not() {
    let p = Product::approved();
    let writes = token(&p, "read,write");
    let server = Server::of(&p, "--api");
    let client = checkout(&p, &format!("http://{}", server.address), None);
    let act = |line: &str| {
        let key = client.key("qa-lead");
        with(&client, &writes, &format!("{line} --as qa-lead --key '{}'", key.display()))
    };
    let compared = |document: &str| {
        let trail = p.ok(&format!("ledger audit --act text/compare --about {document} --format json")).json();
        let rows = trail["entries"].as_array().unwrap().clone();
        rows.last().map(|r| r["changes"].to_string()).unwrap_or_default()
    };
    // A text that is in no commit of the client's, and the same as the server's present one.
    act("document read DOC-SDP").says(0, &[]);
    assert!(compared("DOC-SDP").contains("\"new\":\"same\""), "{}", compared("DOC-SDP"));
    // One that nobody but the client has.
    client.write("dossier/note.md", "---\ndocument: DOC-NOTE\n---\n# A note\n\nText of it.\n");
    act("document submit DOC-NOTE --revision 1 --reason first").says(0, &[]);
    assert!(compared("DOC-NOTE").contains("no-commit"), "{}", compared("DOC-NOTE"));
    // In a commit that the server has not.
    client.commit("a note");
    act("document read DOC-NOTE").says(0, &[]);
    assert!(compared("DOC-NOTE").contains("commit-not-here"), "{}", compared("DOC-NOTE"));
    // In one that it has: it computes the digest itself.
    let fetch = |p: &Product| p.git(&format!("fetch -q '{}' main", client.path("").display()));
    fetch(&p);
    act("document review DOC-NOTE --adequate --remark fine").says(0, &[]);
    assert!(compared("DOC-NOTE").contains("\"new\":\"same\""), "{}", compared("DOC-NOTE"));
    let history = with(&client, &writes, "document history DOC-NOTE");
    history
        .says(0, &["compared", "has not the commit", "stands in no commit", "the server has the same text"]);

    // Another text than that of the commit which the client names: refused by name, and on record.
    std::fs::write(client.path(".git/info/exclude"), "other.md\n").unwrap();
    client.write("dossier/other.md", "---\ndocument: DOC-OTHER\n---\n# Another\n\nNot in the commit.\n");
    let before = p.position();
    act("document submit DOC-OTHER --revision 1 --reason first")
        .says(2, &["`DOC-OTHER` at", "is no such text for this server"]);
    assert_eq!(p.position(), before);
    assert!(p.ok("ledger audit --refused").out.contains("no such text for this server"));
    // A client does not say what the server saw.
    let kinds = p.kinds();
    assert!(kinds.iter().filter(|k| *k == "text/compare/v1").count() >= 4, "{kinds:?}");
    p.ok("ledger verify");
}
