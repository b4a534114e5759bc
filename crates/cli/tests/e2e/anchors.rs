//! The audit trail, backups, and anchors: a folder, a second git remote, and a real RFC 3161 authority (`openssl ts`).

use super::bench::*;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

fn report(p: &Product, id: &str) {
    p.ok(&format!(
        "anomaly report {id} --title t --description d --found f --version 1.0.0 --severity minor"
    ));
}

#[test]
fn the_trail_says_who_when_from_where_what_old_new_and_why() {
    let p = Product::approved();
    report(&p, "AN-1");
    p.ok("anomaly resolve AN-1 --disposition wont-fix --resolution 'rare'");
    p.ok("anomaly reopen AN-1 --reason 'seen again'");
    p.ok("anomaly resolve AN-1 --disposition not-an-anomaly --resolution 'it was the cable'");
    p.refused_act("qa-lead", "document approve DOC-SDP --role prrc", &[]);
    let trail = p.ok("ledger audit --about AN-1 --format json").json();
    let rows = trail["entries"].as_array().unwrap();
    assert_eq!(rows.len(), 4);
    let change =
        rows[3]["changes"].as_array().unwrap().iter().find(|c| c["field"] == "resolution").unwrap().clone();
    assert_eq!((change["old"].as_str(), change["new"].as_str()), (Some("rare"), Some("it was the cable")));
    assert!(rows[0]["from"].as_str().unwrap().starts_with("cli"), "{}", rows[0]["from"]);
    let refused = p.ok("ledger audit --refused --format json").json();
    assert_eq!(refused["entries"].as_array().unwrap().len(), 1, "{refused}");
    assert!(
        refused["entries"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("approved `DOC-SDP` at this content before"),
        "{refused}"
    );
    assert_eq!(
        p.ok("ledger audit --who nobody --format json").json()["entries"].as_array().unwrap().len(),
        0
    );
    let signed = p.ok("ledger audit --act document/approve --who qa-lead --format csv").out;
    assert!(
        signed.contains("The qa-lead (qa-lead)") && signed.contains("I approve this content"),
        "{signed}"
    );

    // The copy for an inspection is complete, opens with other programs, and is an entry itself.
    let copy = p.beside("copy");
    p.ok(&format!("ledger copy '{}' --by qa-lead", copy.display()));
    for file in ["audit-trail.html", "audit-trail.csv", "audit-trail.json", "ledger/checkpoint"] {
        assert!(copy.join(file).is_file(), "{file}");
    }
    assert_eq!(p.kinds().last().unwrap(), "trail/access/v1");

    // The review is signed, covers what was reviewed, and the next one begins where it ended.
    p.act("qa-lead", "ledger review --outcome 'nothing unusual'");
    p.refused_act("qa-lead", "ledger review --to 3 --outcome again", &["was reviewed up to"]);
    p.act("prrc", "ledger review --outcome 'one entry, the review before'");
    let reviews = p.ok("ledger audit --act trail/review --format json").json();
    assert_eq!(reviews["entries"].as_array().unwrap().len(), 2);
    p.ok("ledger verify");
}

#[test]
fn a_backup_made_under_load_restores_to_a_ledger_that_verifies() {
    let p = Product::approved();
    let backup = p.beside("backup");
    std::thread::scope(|scope| {
        for writer in 0..3 {
            let p = &p;
            scope.spawn(move || {
                for n in 0..6 {
                    let line = format!("anomaly report W{writer}-{n} --title t --description d --found f --version 1 --severity minor");
                    // Somebody else may have been first; a refusal records nothing, so the command is given again.
                    while p.run(&line).code != 0 {}
                }
            });
        }
        p.ok(&format!("backup '{}'", backup.display())).says(0, &["backed up and verified"]);
    });
    assert_eq!(
        p.ok("anomaly list --format json").json()["anomalies"].as_array().unwrap().len(),
        18,
        "nothing was lost"
    );

    // Each kind of damage to a backup is found before anything is restored.
    let lost = p.copied();
    std::fs::remove_dir_all(lost.path(".dossier")).unwrap();
    let restore = |from: &Path| lost.run(&format!("restore '{}' --reason 'the disk failed'", from.display()));
    let damaged = |change: &dyn Fn(&Path)| {
        let copy = p.beside("damaged");
        let _ = std::fs::remove_dir_all(&copy);
        let done = std::process::Command::new("cp").arg("-a").arg(&backup).arg(&copy).status().unwrap();
        assert!(done.success());
        change(&copy);
        restore(&copy)
    };
    let entries = |copy: &Path| -> PathBuf {
        let dir = copy.join("ledger/tile/entries");
        let first = std::fs::read_dir(dir).unwrap().next().unwrap().unwrap().path();
        if first.is_dir() { std::fs::read_dir(first).unwrap().next().unwrap().unwrap().path() } else { first }
    };
    damaged(&|copy| {
        let file = entries(copy);
        let mut bytes = std::fs::read(&file).unwrap();
        bytes[40] ^= 1;
        std::fs::write(file, bytes).unwrap();
    })
    .says(3, &["was changed"]);
    damaged(&|copy| std::fs::remove_file(entries(copy)).unwrap()).says(3, &["is missing"]);
    damaged(&|copy| std::fs::write(copy.join("more"), "x").unwrap()).says(3, &["is not listed"]);
    restore(&p.beside("nowhere")).says(2, &["is no backup"]);
    assert!(!lost.path(".dossier/ledger.db").exists());

    restore(&backup).says(0, &["verified and restored"]);
    lost.ok("ledger verify");
    assert!(lost.kinds().iter().any(|k| k == "backup/restore/v1"), "what was lost is lost visibly");
    restore(&backup).says(2, &["exists; nothing is overwritten"]);
    lost.ok("test show RUN-1");
}

#[test]
fn a_rollback_or_a_fork_is_found_from_any_anchor() {
    let p = Product::approved();
    let (folder, remote) = (p.beside("anchors"), p.beside("remote.git"));
    p.git(&format!("init -q --bare '{}'", remote.display()));
    let before = p.copied();
    report(&p, "AN-1");
    p.ok(&format!("ledger anchor --folder '{}'", folder.display())).says(0, &["is anchored"]);
    p.ok(&format!("ledger anchor --git '{}'", remote.display()));
    let agrees =
        format!("ledger verify --anchors '{}' --anchors 'git:{}'", folder.display(), remote.display());
    p.ok(&agrees).says(0, &["agrees with a checkpoint kept elsewhere", "was anchored at"]);

    // An old database is put back: shorter than what the anchors cover.
    for place in [folder.display().to_string(), format!("git:{}", remote.display())] {
        before.run(&format!("ledger verify --anchors '{place}'")).says(3, &["L031"]);
    }
    // And then goes on differently.
    for n in 0..5 {
        report(&before, &format!("OTHER-{n}"));
    }
    for place in [folder.display().to_string(), format!("git:{}", remote.display())] {
        before.run(&format!("ledger verify --anchors '{place}'")).says(3, &["L032"]);
    }
    p.refused(2, "ledger anchor", &["no place for checkpoints is named"]);
    p.run(&format!("ledger verify --anchors '{}'", p.beside("empty").display()))
        .says(2, &["anchors"].map(|_| "list"));
}

const CONFIG: &str = "\
[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = placeholder\n\
[ca]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n\
[tsa]\nbasicConstraints = CA:FALSE\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = critical,timeStamping\n\
[ts]\ndefault_tsa = t\n[t]\nserial = serial\ncrypto_device = builtin\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\n\
digests = sha256\nordering = no\ntsa_name = no\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n";

fn openssl(at: &Path, line: &str) {
    let mut command = isolated("openssl");
    command.args(line.split_whitespace()).current_dir(at);
    let done = said(command);
    assert_eq!(done.code, 0, "openssl {line}\n{}", done.err);
}

/// An authority that answers `count` questions over HTTP; the address it listens on.
fn authority(at: PathBuf, count: usize) -> String {
    std::fs::create_dir_all(&at).unwrap();
    std::fs::write(at.join("c.cnf"), CONFIG).unwrap();
    std::fs::write(at.join("serial"), "01\n").unwrap();
    for name in ["ca", "tsa"] {
        openssl(&at, &format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"));
    }
    openssl(
        &at,
        "req -x509 -new -key ca.key -out ca.pem -days 9 -config c.cnf -extensions ca -subj /CN=Test-CA",
    );
    openssl(&at, "req -new -key tsa.key -out tsa.csr -config c.cnf -subj /CN=Test-TSA");
    openssl(
        &at,
        "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -days 9 -extfile c.cnf -extensions tsa",
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/tsr", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().take(count) {
            let mut stream = stream.unwrap();
            let mut bytes = Vec::new();
            let mut buffer = [0; 4096];
            let body = loop {
                let n = stream.read(&mut buffer).unwrap();
                bytes.extend_from_slice(&buffer[..n]);
                let text = String::from_utf8_lossy(&bytes).to_lowercase();
                let Some(head) = text.find("\r\n\r\n") else { continue };
                let length = text
                    .split("content-length:")
                    .nth(1)
                    .map(|t| t.trim().split("\r\n").next().unwrap().trim().parse::<usize>().unwrap());
                let start = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
                assert_eq!(start, head + 4);
                if bytes.len() >= start + length.unwrap_or(0) {
                    break bytes[start..].to_vec();
                }
            };
            std::fs::write(at.join("q.tsq"), body).unwrap();
            openssl(
                &at,
                "ts -reply -config c.cnf -section t -queryfile q.tsq -signer tsa.pem -inkey tsa.key -out r.tsr",
            );
            let reply = std::fs::read(at.join("r.tsr")).unwrap();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                reply.len()
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&reply).unwrap();
        }
    });
    address
}

#[test]
fn an_authority_stamps_history_and_verification_says_since_when_it_is_fixed() {
    if isolated("openssl").arg("version").output().is_err() {
        eprintln!("skipped: there is no openssl here");
        return;
    }
    let p = Product::approved();
    let url = authority(p.beside("tsa"), 2);
    p.refused(2, &format!("ledger anchor --tsa {url}"), &["no authority is trusted"]);
    let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let certificate = p.beside("tsa/ca.pem");
    let trusts = |file: &Path| {
        format!("{config}\n[anchors]\ntsa = \"{url}\"\nauthorities = [\"{}\"]\n", file.display())
    };
    p.write("dossier.toml", trusts(&certificate));
    p.ok("ledger verify").says(0, &["no time stamp of an authority fixes history"]);
    p.ok("ledger anchor").says(0, &["is anchored: tsa", "stamped 20"]);
    p.ok("ledger verify").says(0, &["is provably fixed since 20", "time stamp of Test-TSA"]);
    // Young enough: nothing is asked.
    let position = p.position();
    p.ok("ledger anchor --every-hours 24").says(0, &["young enough"]);
    assert_eq!(p.position(), position);
    // The same token under another authority's certificate proves nothing, and verification says so.
    openssl(
        &p.beside("tsa"),
        "req -x509 -new -key tsa.key -out other.pem -days 9 -config c.cnf -extensions ca -subj /CN=Other-CA",
    );
    p.write("dossier.toml", trusts(&p.beside("tsa/other.pem")));
    p.run("ledger verify").says(3, &["L092", "not of a trusted authority"]);

    // The auditor checks it with the small program alone.
    p.write("dossier.toml", trusts(&certificate));
    let (export, kept) = (p.beside("export"), p.beside("kept"));
    p.ok(&format!("ledger anchor --folder '{}'", kept.display()));
    p.ok(&format!("ledger anchor --tsa {url} --stamp-to '{}'", kept.display()));
    p.ok(&format!("ledger export '{}'", export.display()));
    let Some(program) = verifier() else { return };
    let verify = |certificate: &Path| {
        let mut verify = isolated(&program);
        verify.arg(&export);
        let stamped = std::fs::read_dir(&kept)
            .unwrap()
            .map(|e| e.unwrap().path())
            .find(|f| f.extension().is_some_and(|e| e == "tsr"));
        verify.arg("--trust").arg(stamped.unwrap().with_extension("")).arg("--tsa").arg(certificate);
        said(verify)
    };
    verify(&certificate).says(0, &["existed at 20", "Test-TSA"]);
    verify(&p.beside("tsa/other.pem")).says(1, &["time stamp", "not of a trusted authority"]);
}

/// `serve --anchor-hours`: the server's clock is the ledger's simulated one, so that a day passes between two starts of it.
#[test]
fn a_server_anchors_when_the_last_anchor_is_older_than_asked() {
    let mut p = Product::judged();
    let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let kept = p.beside("kept");
    p.refused(2, "serve --listen 127.0.0.1:0 --anchor-hours 24", &["no place for checkpoints is named"]);
    p.write("dossier.toml", format!("{config}\n[anchors]\nfolder = \"{}\"\n", kept.display()));
    let anchors = |p: &Product| p.kinds().iter().filter(|k| *k == "ledger/anchor/v1").count();
    let served = |p: &Product, says: &str, wanted: usize| {
        let mut server = super::access::Server::of(p, "--anchor-hours 24");
        server.hears(says);
        drop(server);
        assert_eq!(anchors(p), wanted);
    };
    served(&p, "entries anchored: file", 1);
    assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 1, "one checkpoint");
    p.at("2026-03-03T11:00:00.000Z");
    served(&p, "anchor: not due", 1);
    p.at("2026-03-03T12:30:00.000Z");
    served(&p, "entries anchored: file", 2);
    p.ok("ledger verify");
}
