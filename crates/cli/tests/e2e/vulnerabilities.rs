//! Data sets of advisories in, scans with everything pinned, judgement and its exchange.

use super::bench::*;
use super::contracts::{fits, schema};
use serde_json::json;
use std::io::Write as _;

fn advisory(id: &str, modified: &str, fixed: &str) -> String {
    json!({"id": id, "modified": modified, "aliases": ["CVE-2026-1"], "summary": "a bad thing",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
        "affected": [{"package": {"ecosystem": "npm", "name": "left-pad"},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]})
    .to_string()
}

/// The product with a lock file that has one direct dependency.
fn product() -> Product {
    let p = Product::approved();
    p.write(
        "package-lock.json",
        r#"{"name": "thermo", "version": "1.0.0", "lockfileVersion": 3, "packages": {
          "": {"name": "thermo", "version": "1.0.0", "dependencies": {"left-pad": "1.3.0"}},
          "node_modules/left-pad": {"version": "1.3.0", "license": "WTFPL", "resolved": "https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz",
            "integrity": "sha512-XI5MPzVNApjAyhQzphX8BkmKsKUxD4LdyK24iZeQGinBN9yTQT3bFlCBy/aVx2HrNcqQGsdot8ghrjyrvMCoEA=="}}}"#,
    );
    p.commit("a dependency");
    p
}

#[test]
fn without_a_data_set_nothing_is_said_to_be_clean() {
    let p = product();
    p.refused(2, "vuln scan", &["no data set of advisories", "dossier vuln import"]);
}

#[test]
fn a_match_is_open_until_a_person_judged_exactly_this_version() {
    let p = product();
    p.write("feed/a.json", advisory("GHSA-aaaa-bbbb-cccc", "2026-02-01T00:00:00Z", "1.4.0"));
    p.write("feed/LICENSE", "text");
    p.ok("vuln import feed").says(0, &["ghsa of 2026-02-01", "1 advisories"]);
    p.ok("vuln import feed").says(0, &["in force already"]);
    p.ok("vuln datasets").says(0, &["ghsa", "2026-02-01"]);

    let said = p.run("vuln scan --format json");
    assert_eq!(said.code, 1, "{}", said.err);
    let scan = said.json();
    fits(&schema("scan-v1"), &scan);
    assert_eq!(scan["scan"], "SCAN-1");
    assert_eq!(scan["matches"][0]["id"], "GHSA-aaaa-bbbb-cccc");
    assert_eq!(scan["matches"][0]["component"], "pkg:npm/left-pad@1.3.0");
    assert_eq!(scan["matches"][0]["fixed"], json!(["1.4.0"]));
    assert_eq!((scan["matches"][0]["score"].as_f64(), scan["open"].as_u64()), (Some(9.8), Some(1)));
    p.ok("vuln scan --recompute SCAN-1").says(0, &["the same 1 matches"]);

    p.refused_act(
        "qa-lead",
        "vuln assess CVE-2026-1 --status not-affected --impact 'never called'",
        &["needs a justification"],
    );
    p.refused_act(
        "qa-lead",
        "vuln assess CVE-2026-9 --status under-investigation --impact 'x'",
        &["did not find `CVE-2026-9`"],
    );
    p.refused_act(
        "qa-lead",
        "vuln assess CVE-2026-1 --status under-investigation --impact 'x' --cvss CVSS:3.1/AV:N",
        &["`CVSS:3.1/AV:N` is no vector of CVSS"],
    );
    p.act("qa-lead", "vuln assess CVE-2026-1 --status under-investigation --impact 'being looked at'");
    p.run("vuln scan").says(1, &["under-investigation", "1 open"]);
    p.act(
        "qa-lead",
        "vuln assess CVE-2026-1 --status not-affected --justification vulnerable_code_not_in_execute_path --impact 'never called' --safety none --cvss CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:L/A:N",
    );
    p.ok("vuln scan --no-record").says(0, &["scored  low 3.3 by the assessor (CVSS:3.1/AV:L"]);
    let settled = p.ok("vuln scan --format json --no-record").json();
    fits(&schema("scan-v1"), &settled);
    assert_eq!(settled["matches"][0]["assessment"]["state"], "current");
    assert_eq!(settled["matches"][0]["assessment"]["cvss"]["level"], "low");
    assert_eq!(settled["scan"], json!(null));

    // Another version of the component: the judgement is shown and does not hold.
    let lock = std::fs::read_to_string(p.path("package-lock.json")).unwrap();
    p.write("package-lock.json", lock.replace("\"version\": \"1.3.0\"", "\"version\": \"1.2.0\""));
    p.run("vuln scan").says(1, &["to be confirmed again: it was judged for version 1.3.0"]);
    p.act("qa-lead", "vuln assess CVE-2026-1 --carry");
    p.ok("vuln scan").says(0, &["0 open"]);

    for form in ["openvex", "csaf", "cyclonedx"] {
        let document = p.ok(&format!("vuln export --{form}")).out;
        assert!(
            document.contains("never called") && document.contains("being looked at"),
            "{form}: {document}"
        );
    }
    p.ok("ledger verify");

    // What one maker says, another brings in: once, with its history; what says nothing is no statement.
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write("dossier.toml", format!("{toml}\n[soup]\nsupplier = \"the maker of thermo\"\n"));
    let document = p.ok("vuln export --openvex").out;
    p.write("said.json", &document);
    let brought = p.ok("vuln import said.json");
    brought.says(0, &["3 statements of the maker of thermo (openvex)"]);
    assert_eq!(p.ok("vuln import said.json").err, brought.err);
    p.ok("vuln scan").says(0, &["says    the maker of thermo on", "never called"]);
    let mut empty: serde_json::Value = serde_json::from_str(&document).unwrap();
    empty["statements"] = json!([]);
    p.write("empty.json", empty.to_string());
    p.refused(2, "vuln import empty.json", &["empty.json is not taken in: it has no statement"]);
    p.ok("ledger verify");
}

#[test]
fn a_new_data_set_is_a_new_verdict_and_says_what_went_away() {
    let p = product();
    p.write("a.json", advisory("GHSA-aaaa-bbbb-cccc", "2026-02-01T00:00:00Z", "1.4.0"));
    p.write("b.json", advisory("GHSA-aaaa-bbbb-cccc", "2026-02-20T00:00:00Z", "1.2.0"));
    p.ok("vuln import a.json");
    p.run("vuln scan").says(1, &["1 matches"]);
    p.ok("vuln import b.json");
    p.ok("vuln scan").says(
        0,
        &[
            "data set changed since the scan before: ghsa",
            "no longer found: GHSA-aaaa-bbbb-cccc",
            "0 matches",
        ],
    );
    // The old verdict is still there, and the older data set does not slip in.
    p.ok("vuln scan --recompute SCAN-1").says(0, &["the same 1 matches"]);
    p.refused(
        2,
        "vuln import a.json",
        &["a.json is of 2026-02-01, and `ghsa` of 2026-02-20 is in force", "--older"],
    );
    // The cache can go at any time.
    std::fs::remove_dir_all(p.path(".dossier/cache")).unwrap();
    p.ok("vuln scan --recompute SCAN-1").says(0, &["the same 1 matches"]);
}

#[test]
fn broken_data_sets_are_refused_and_leave_nothing_behind() {
    let p = product();
    let before = p.position();
    p.write("cut.zip", b"PK\x03\x04 and no more");
    p.write("bom.json", r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}"#);
    p.write("none/readme.txt", "text");
    p.refused(2, "vuln import cut.zip", &["no complete zip"]);
    p.refused(2, "vuln import bom.json", &["CycloneDX"]);
    p.refused(2, "vuln import none", &["no .json, .csv or .gz file"]);
    p.refused(2, "vuln import absent.zip", &["absent.zip"]);
    // A zip that broke off, whatever it is called.
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("a.json", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(advisory("GHSA-a", "2026-02-01T00:00:00Z", "2.0.0").as_bytes()).unwrap();
    let whole = zip.finish().unwrap().into_inner();
    for cut in (4..whole.len()).step_by(37) {
        p.write("osv.json", &whole[..cut]);
        p.run("vuln import osv.json").says(2, &["is not taken in", "no complete zip"]);
    }
    assert_eq!(p.position(), before);
    // The content decides what a file is, not its name.
    p.write("osv.json", &whole);
    p.ok("vuln import osv.json").says(0, &["1 advisories"]);
    p.write("dossier.json", "no TOML");
    p.refused(2, "soup import dossier.json", &["dossier.json is not taken in", "lock files by their name"]);
}

/// A lock file of which nothing is known is never a shorter list.
#[test]
fn what_was_not_read_is_not_looked_up_as_if_it_were_nothing() {
    let p = product();
    p.write("osv/a.json", advisory("GHSA-a", "2026-02-01T00:00:00Z", "2.0.0"));
    p.ok("vuln import osv --name a");
    p.run("vuln scan --no-record");
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    for (file, content, said) in [
        ("web/yarn.lock", None, "lock file `web/yarn.lock` does not exist"),
        ("Cargo.lock", Some("no TOML"), "lock file `Cargo.lock` was not read: the file is no Cargo.lock"),
        ("bom.json", Some("{\"bomFormat\": \"CycloneDX\", \"specVer"), "lock file `bom.json` was not read"),
        ("notes.txt", Some("text"), "`notes.txt` is no lock file that is read"),
    ] {
        if let Some(content) = content {
            p.write(file, content);
        }
        p.write("dossier.toml", toml.replace("lockfiles = [", &format!("lockfiles = [\"{file}\", ")));
        for line in ["soup sbom", "soup fields", "vuln scan", "vuln scan --no-record"] {
            p.refused(2, line, &[said, "so the components are not known"]);
        }
        p.run("check").says(1, &["R0015"]);
    }
}

/// Serves the same bytes at every path until the test ends; the address.
fn server(bytes: Vec<u8>) -> String {
    use std::io::{BufRead as _, BufReader, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let _ = lines.map_while(Result::ok).take_while(|l| !l.is_empty()).count();
            let head = format!(
                "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                bytes.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes));
        }
    });
    address
}

#[test]
fn data_sets_are_fetched_from_where_the_product_says_and_failures_are_named() {
    let p = product();
    let feed = server(advisory("GHSA-aaaa-bbbb-cccc", "2026-02-01T00:00:00Z", "1.4.0").into_bytes());
    let page = server(b"<html>no data set</html>".to_vec());
    let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write(
        "dossier.toml",
        format!("{config}\n[advisories.sources]\nosv-npm = [\"{page}/x\", \"{feed}/npm/all.zip\"]\nkev = \"{page}/kev.json\"\n"),
    );
    p.ok("vuln sync --dry-run").says(0, &["osv-npm", "planned"]);
    let before = p.position();
    let said = p.run("vuln sync --pause 0 --format json");
    assert_eq!(said.code, 2, "{}", said.err);
    let rows = said.json();
    assert_eq!(rows["datasets"][0]["name"], "kev");
    assert_eq!(rows["datasets"][0]["outcome"], "failed");
    assert_eq!(rows["datasets"][1]["outcome"], "new");
    assert_eq!(rows["datasets"][1]["date"], "2026-02-01");
    assert_eq!(p.position(), before + 1);
    p.ok("vuln sync osv-npm").says(0, &["unchanged"]);
    p.refused(2, "vuln sync nvd", &["no data set `nvd` is to be fetched"]);
    p.run("vuln scan").says(1, &["GHSA-aaaa-bbbb-cccc", "1 open"]);
    // Nothing is in the field, and that is said.
    p.ok("vuln watch --offline").says(0, &["no release is in the field", "WATCH-1"]);
    p.ok("vuln watch --offline --due").says(0, &["the next watch is due on"]);
    // A name with a dot and no quotes is no source, and nobody else is asked in its place.
    for (wrong, said) in [
        (
            "[advisories.sources]\nosv-crates.io = \"http://localhost/x\"",
            "`advisories.sources.osv-crates` is a table",
        ),
        ("[advisories]\nmirror = \"http://localhost/\"", "unknown key `mirror` in `[advisories]`"),
        ("[advisory.mirrors]\n\"https://a/\" = \"http://localhost/\"", "unknown table `advisory`"),
        ("[advisories]\nproxy = 3128", "`advisories.proxy` takes text in quotes"),
    ] {
        p.write("dossier.toml", format!("{config}\n{wrong}\n"));
        p.refused(2, "vuln sync", &[said, "nothing was fetched"]);
    }
    // What has nothing to do with whom to ask keeps nobody from asking.
    p.write("dossier.toml", format!("{config}\n[advisories]\nscan_days = \"many\"\n"));
    p.ok("vuln sync --dry-run").says(0, &["osv-npm"]);
}
