//! SOUP: what is brought in, reviewed, compared and handed out.

use super::bench::*;
use super::contracts::{fits, schema};
use super::https::{authority, there_is_openssl};
use serde_json::{Value, json};
use std::io::{BufRead as _, Read as _, Write as _};
use std::process::Stdio;

fn digest(digit: char) -> String {
    std::iter::repeat_n(digit, 64).collect()
}

/// A command that is answered at its prompts.
fn answered(p: &Product, person: &str, line: &str, answers: &str) -> Said {
    let key = p.key(person);
    let mut command = p.command(&format!("{line} --as {person} --key '{}'", key.display()));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    Said {
        code: done.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

#[test]
fn what_is_brought_in_is_part_of_the_product() {
    let p = Product::approved();
    p.write("base/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n");
    p.write(
        "base/var/lib/dpkg/status",
        "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\n",
    );
    let before = p.position();
    p.ok("soup import base --name base-image").says(0, &["1 components", "CycloneDX 1.6"]);
    p.ok("soup import base --name base-image").says(0, &["in force already"]);
    let list = p.ok("soup list --format json").json();
    fits(&schema("soup-v1"), &list);
    let differences = list["differences"].to_string();
    assert!(
        differences.contains("`libc6 2.36-9` (imported:base-image) stands in no SOUP item"),
        "{differences}"
    );
    p.run("check").says(1, &["R0123", "libc6 2.36-9", "imported:base-image"]);
    p.ok("soup sbom").says(0, &["pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12"]);
    // The ledger's past knows nothing of it.
    assert!(!p.ok(&format!("soup sbom --ledger-at {before}")).out.contains("libc6"));

    p.write(
        "cut.cdx.json",
        r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "lib"#,
    );
    p.refused(2, "soup import cut.cdx.json", &["is not taken in", "the file is no SBOM in JSON"]);
    let xml = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"><components><component type=\"library\"><name>zlib</name>\
        <version>1.3.1</version></component></components></bom>";
    p.write("supplier.xml", xml);
    p.ok("soup import supplier.xml").says(0, &["brought in supplier.xml: 1 components, CycloneDX 1.6"]);
    p.ok("soup retire supplier.xml --reason tried");
    p.write("supplier.xml", xml.replace("library", "libary"));
    p.refused(
        2,
        "soup import supplier.xml",
        &["is not taken in", "`type` is \"libary\", which is no type of component"],
    );
    // An image of which a layer is missing is another image.
    p.write("cut/manifest.json", r#"[{"Layers": ["a/layer.tar"]}]"#);
    p.write("cut/var/lib/dpkg/status", "Package: libc6\nStatus: install ok installed\nVersion: 2.36-9\n");
    p.refused(2, "soup import cut", &["is not taken in", "its layer `a/layer.tar` was not read"]);
    // So is a manifest without those that it imports.
    let west = "manifest:\n  projects:\n    - name: zephyr\n      url: https://example.org/z\n      revision: v3.7.0\n      import: true\n";
    p.write("west.yml", west);
    p.refused(2, "soup import west.yml", &["`zephyr` brings in components", "west manifest --resolve"]);
    p.write("other.json", r#"{"name": "x"}"#);
    p.refused(2, "soup import other.json", &["JSON without `bomFormat` or `spdxVersion` is not read"]);
    p.write("empty.cdx.json", r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}"#);
    p.refused(2, "soup import empty.cdx.json", &["the file has no component"]);
    p.refused(2, "soup retire other --reason x", &["no SBOM `other` is in force", "base-image"]);
    p.ok("soup retire base-image --reason 'it runs on the host now'");
    assert!(!p.ok("soup sbom").out.contains("libc6"));

    // Every form reads back as the same components.
    for form in ["--cyclonedx 1.6", "--cyclonedx 1.7", "--spdx 2.3", "--spdx 3.0.1"] {
        let sbom = p.ok(&format!("soup sbom {form}")).out;
        assert_eq!(sbom, p.ok(&format!("soup sbom {form}")).out, "equal input, equal bytes");
        let name = format!("own-{}.json", form.replace([' ', '-', '.'], ""));
        p.write(&name, &sbom);
        p.ok(&format!("soup import {name} --name own")).says(0, &["2 components"]);
        p.ok("soup retire own --reason tried");
        // SPDX names the supplier of the product among its packages.
        let (code, said) = if form.contains("spdx") { (0, "advisory") } else { (1, "[soup] supplier") };
        p.run(&format!("soup fields --sbom {name}")).says(code, &[said]);
    }
    p.refused(2, "soup sbom --spdx 2.1", &["invalid value"]);
}

#[test]
fn parts_by_digest_are_compared_with_their_files() {
    let p = Product::approved();
    p.write("vendor/boot.bin", "bytes");
    let blobs = |digest: &str| {
        format!(
            "[[blob]]\nname = \"boot loader\"\nversion = \"2.1\"\nfile = \"boot.bin\"\nsha256 = \"{digest}\"\n"
        )
    };
    p.write("vendor/blobs.toml", blobs("277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9"));
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write("dossier.toml", toml.replace("lockfiles = [", "lockfiles = [\"vendor/blobs.toml\", "));
    let said = p.run("check --documents-only");
    assert!(said.out.contains("boot loader 2.1") && !said.out.contains("R0015"), "{}", said.out);
    p.write("vendor/boot.bin", "other bytes");
    p.run("check --documents-only")
        .says(1, &["R0015", "`vendor/boot.bin`, which is `boot loader`, has the digest"]);
}

#[test]
fn reviews_attest_to_a_text_and_are_carried_over_only_by_confirming() {
    let p = Product::approved();
    let due = p.run("soup due --format json");
    let fresh = due.json();
    fits(&schema("soup-due-v1"), &fresh);
    p.refused_act("qa-lead", "soup review", &["which item was reviewed was not said", "dossier soup due"]);
    p.refused_act(
        "qa-lead",
        "soup review SOUP-001 --source x --result y --criteria nope",
        &["no criterion `nope`"],
    );
    p.refused_act(
        "qa-lead",
        "soup review SOUP-001 --source x --result y --anomaly 'no verdict'",
        &["no judgement of an anomaly"],
    );
    p.act(
        "qa-lead",
        "soup review SOUP-001 --source https://example.org/issues --result 'one, not used' --anomaly '#7: not relevant: hex is never passed'",
    );
    assert_eq!(p.ok("soup due").out, "no review is due\n");
    p.run("soup due --as-of 2027-12-31").says(1, &["SOUP-001", "days ago"]);

    // Another version: the review does not hold for it, and is confirmed by a person.
    let lock = std::fs::read_to_string(p.path("package-lock.json")).unwrap();
    let version =
        p.ok("soup list --format json").json()["register"][0]["version"].as_str().unwrap().to_owned();
    p.write(
        "package-lock.json",
        lock.replace(&format!("\"version\": \"{version}\""), "\"version\": \"99.0.0\""),
    );
    p.run("soup due").says(1, &["99.0.0", &format!("reviewed for version {version} only")]);
    p.write("dossier/criteria/published-anomalies.md", "# Ours\n\nWe read all of it.\n");
    let walked = answered(&p, "qa-lead", "soup review --walk", "https://x\nc\nnothing was published since\n");
    walked.says(
        0,
        &[
            "1 of 1",
            "`https://x` is none of them",
            "We read all of it",
            "hex is never passed",
            "reviewed SOUP-001 99.0.0",
        ],
    );
    assert_eq!(p.ok("soup due").out, "no review is due\n");
    let log = p.ok("ledger log --format json").out;
    assert!(log.contains("soup/review/v2"), "{log}");
    p.ok("ledger verify");
    let criteria = p.ok("soup criteria --format json").json();
    assert_eq!(criteria["criteria"][0]["file"], "dossier/criteria/published-anomalies.md");
}

#[test]
fn licences_are_judged_and_notices_name_everybody() {
    let p = Product::approved();
    p.run("soup licences").says(0, &["is-number", "MIT"]);
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write("dossier.toml", format!("{toml}\n[soup]\nsupplier = \"Thermo GmbH\"\nlicences = [\"ISC\"]\n"));
    let judged = p.run("soup licences --format json");
    assert_eq!(judged.code, 1);
    fits(&schema("licences-v1"), &judged.json());
    assert_eq!(judged.json()["components"][0]["missing"], json!(["MIT"]));
    p.run("check").says(1, &["R0558", "comes under MIT"]);
    p.write("dossier.toml", format!("{toml}\n[soup]\nlicences = [\"ISK\"]\n"));
    p.refused(2, "soup licences", &["`ISK` is no licence of SPDX"]);
    p.write("dossier.toml", format!("{toml}\n[soup]\nsupplier = \"Thermo GmbH\"\nlicences = [\"MIT\"]\n"));
    p.ok("soup licences").says(0, &["permitted"]);
    let sbom = p.ok("soup sbom").json();
    assert_eq!(sbom["metadata"]["supplier"]["name"], "Thermo GmbH");
    let number = sbom["components"].as_array().unwrap().iter().find(|c| c["name"] == "is-number").unwrap();
    assert_eq!(number["supplier"]["name"], "the project `is-number`");
    p.ok("soup fields").says(0, &["advisory"]);
    let notices = p.ok("soup notices").out;
    assert!(notices.contains("is-number") && notices.contains("Permission is hereby granted"), "{notices}");
}

const DECLARED: &str = "[images]\nweb = \"registry.example.org/thermo/web@sha256:D\"\n\n[services.database]\n\
    address = \"aws_db_instance.main\"\nengine_version = \"15.4\"\nregion = \"eu-central-1\"\n\n[settings]\n\"web/LOG_LEVEL\" = \"info\"\n";

fn pods(image: &str, level: &str) -> String {
    json!({"kind": "List", "items": [{"kind": "Pod", "metadata": {"name": "web-5d4f8c7b9-x2x4z", "ownerReferences":
        [{"kind": "ReplicaSet", "name": "web-5d4f8c7b9"}]},
        "spec": {"containers": [{"name": "web", "image": "registry.example.org/thermo/web:1.0", "env":
            [{"name": "LOG_LEVEL", "value": level}, {"name": "DB_PASSWORD", "value": "hunter2"}]}]},
        "status": {"containerStatuses": [{"name": "web", "imageID": format!("mirror.example.org/web@sha256:{image}")}]}}]})
    .to_string()
}

#[test]
fn an_environment_is_compared_with_its_declaration() {
    let p = Product::approved();
    p.refused(
        2,
        "soup drift production --http",
        &["declares no environment `production`", "dossier/environment/production.toml"],
    );
    p.write("dossier/environment/production.toml", DECLARED);
    p.refused(2, "soup drift production --http", &["names no bytes"]);
    p.write(
        "dossier/environment/production.toml",
        DECLARED.replace("sha256:D", &format!("sha256:{}", digest('a'))),
    );
    p.refused(2, "soup drift production", &["nothing was observed", "--kubernetes"]);
    p.write("pods.json", "{}");
    p.refused(2, "soup drift production --kubernetes pods.json", &["holds no workload"]);
    p.write("pods.json", pods(&digest('a'), "info"));
    p.ok("soup drift production --kubernetes pods.json").says(0, &["2 things compared", "0 differ"]);

    p.write("pods.json", pods(&digest('b'), "debug"));
    let drifted = p.run("soup drift production --kubernetes pods.json --format json");
    assert_eq!(drifted.code, 1, "{}{}", drifted.out, drifted.err);
    fits(&schema("drift-v1"), &drifted.json());
    let what: Vec<String> = drifted.json()["comparisons"][0]["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| format!("{} {}", d["what"].as_str().unwrap(), d["observed"].as_str().unwrap()))
        .collect();
    let image = format!("image/web mirror.example.org/web@sha256:{}", digest('b'));
    assert_eq!(what, [image, "setting/web/LOG_LEVEL debug".to_owned()]);
    p.run("check").says(1, &["R0557", "environment `production` differs from its declaration: image/web"]);
    // A secret beside what is compared gets nowhere.
    let blobs = walk(&p.path(".dossier/blobs"));
    assert!(!blobs.is_empty() && blobs.iter().all(|b| !String::from_utf8_lossy(b).contains("hunter2")));

    let state = json!({"version": 4, "resources": [
        {"mode": "managed", "type": "aws_db_instance", "name": "main", "instances": [{"attributes":
            {"engine_version": "15.7", "region": "eu-central-1", "password": "hunter2"}}]},
        {"mode": "managed", "type": "aws_elasticache_cluster", "name": "cache", "instances": [{"attributes": {"engine_version": "7.1"}}]}]});
    p.write("terraform.tfstate", state.to_string());
    p.run("soup drift production --terraform terraform.tfstate").says(
        1,
        &["service/database/engine_version", "15.7", "service/aws_elasticache_cluster.cache/engine_version"],
    );

    // What a change request covers that somebody approved is no finding.
    p.refused(2, "soup drift production --kubernetes pods.json --change CR-1", &["no change request `CR-1`"]);
    p.ok("change open CR-1 --title 'a newer base image' --reason 'CVE-2026-1'");
    p.refused(2, "soup drift production --kubernetes pods.json --change CR-1", &["is not approved"]);
    p.ok("change analyse CR-1 --organisation none --software none --interfaces none --safety 'none: the same program' --security 'no: it closes one' --class-check same --repeats 5.7");
    p.act("qa-lead", "change approve CR-1 --reason 'tested on the test environment'");
    p.run("soup drift production --kubernetes pods.json --change CR-1").says(1, &["2 differ"]);
    p.run("soup drift production --terraform terraform.tfstate --change CR-1").says(1, &["differ"]);
    assert!(!p.run("check").out.contains("R0557"), "{}", p.run("check").out);
    p.ok("ledger verify");
}

fn walk(folder: &std::path::Path) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            out.extend(walk(&entry));
        } else {
            out.push(std::fs::read(entry).unwrap());
        }
    }
    out
}

/// Answers one request with this, and gives its address.
fn server(answers: usize, answer: &'static str) -> (String, std::thread::JoinHandle<()>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        for _ in 0..answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = Vec::new();
            let mut byte = [0];
            while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
                asked.push(byte[0]);
            }
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (address, thread)
}

#[test]
fn apis_are_asked_only_where_it_is_allowed_and_on_a_schedule() {
    let mut p = Product::written();
    p.approve(Some(NOON));
    let (address, thread) = server(
        2,
        "HTTP/1.1 200 OK\r\ncontent-length: 19\r\nconnection: close\r\n\r\n{\"version\":\"2.4.0\"}",
    );
    let declared = format!(
        "[apis.terminology]\nversion = \"2.3.1\"\nurl = \"{address}/version\"\nfield = \"/version\"\n"
    );
    p.write("dossier/environment/production.toml", declared);
    p.refused(
        2,
        "soup drift production --http",
        &["not among the addresses that may be asked", "[drift] probe"],
    );
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let drift = format!(
        "{toml}\n[drift]\nevery_hours = 24\nprobe = [\"{address}\"]\n[drift.observe]\nproduction = \"http\"\ntest = \"kubernetes: exit 3\"\n"
    );
    p.write("dossier.toml", drift);
    p.run("check").says(1, &["R0559", "environment `production` was never observed"]);
    p.run("soup drift production --http").says(1, &["api/terminology", "2.3.1", "2.4.0"]);
    // Observed just now, so only the other one is due, and it cannot be.
    let due = p.run("soup drift --due");
    due.says(1, &["test", "not observed", "exit 3"]);
    assert!(!due.out.contains("production"), "{}", due.out);
    p.at("2026-03-03T12:00:00.000Z");
    p.run("soup drift --due").says(1, &["production", "1 differences"]);
    thread.join().unwrap();
    p.run("soup drift production --http").says(2, &["was not observed", "nothing was recorded"]);
}

/// An API inside a firm has a certificate of the firm's own authority; nothing else is trusted then.
#[test]
fn apis_are_asked_over_tls_with_a_firms_own_authority() {
    if !there_is_openssl() {
        return;
    }
    let p = Product::approved();
    let at = authority(&p, "firm", &["127.0.0.1"]);
    authority(&p, "other", &[]);
    std::fs::copy(at.join("ca.pem"), p.path("firm.pem")).unwrap();
    std::fs::copy(p.beside("other").join("ca.pem"), p.path("other.pem")).unwrap();
    std::fs::write(at.join("version.json"), r#"{"version": "2.4.0"}"#).unwrap();
    let mut server = isolated("openssl");
    server.args(words("s_server -accept 127.0.0.1:0 -WWW -cert 127.0.0.1.pem -key 127.0.0.1.key"));
    server.current_dir(&at).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut server = server.spawn().unwrap();
    let mut said = std::io::BufReader::new(server.stdout.take().unwrap()).lines();
    let port = said.find_map(|l| Some(l.unwrap().strip_prefix("ACCEPT 127.0.0.1:")?.to_owned())).unwrap();
    let url = format!("https://127.0.0.1:{port}/version.json");
    p.write(
        "dossier/environment/production.toml",
        format!("[apis.terminology]\nversion = \"2.3.1\"\nurl = \"{url}\"\nfield = \"/version\"\n"),
    );
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let with =
        |rest: &str| p.write("dossier.toml", format!("{toml}\n[drift]\nprobe = [\"{url}\"]\n{rest}\n"));
    for rest in ["", "authorities = [\"other.pem\"]"] {
        with(rest);
        p.run("soup drift production --http").says(2, &["was not observed", "ertificate"]);
    }
    with("authorities = [\"none.pem\"]");
    p.refused(2, "soup drift production --http", &["none.pem"]);
    with("authorities = [\"dossier.toml\"]");
    p.refused(2, "soup drift production --http", &["[drift] authorities", "holds no certificate"]);
    with("authorities = [\"firm.pem\"]");
    p.run("soup drift production --http").says(1, &["api/terminology", "2.3.1", "2.4.0"]);
    server.kill().unwrap();
    server.wait().unwrap();
}

/// npm keeps an archive under its digest. It comes into the stage, is compared there, and the build finds it below `$DEPS`.
#[test]
fn what_npm_downloaded_is_compared_with_the_lock_file_and_shown_to_the_build() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let p = Product::approved();
    let archive = [&[0x1f, 0x8b, 8, 0][..], b"an archive"].concat();
    let sha512 = sha2::Sha512::digest(&archive);
    let hex = hex::encode(sha512);
    let cached = format!("npm-cache/_cacache/content-v2/sha512/{}/{}/{}", &hex[..2], &hex[2..4], &hex[4..]);
    let lock = json!({"name": "thermo", "version": "1.0.0", "lockfileVersion": 3, "packages": {
        "": {"name": "thermo", "version": "1.0.0", "dependencies": {"is-number": "7.0.0", "old": "1.0.0"}},
        "node_modules/is-number": {"version": "7.0.0", "license": "MIT",
            "integrity": format!("sha512-{}", base64::engine::general_purpose::STANDARD.encode(sha512))},
        "node_modules/old": {"version": "1.0.0", "license": "MIT", "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="}}});
    p.write("package-lock.json", lock.to_string());
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let build = "[build]\ndependencies = [\"npm-cache\"]\n";
    let toml = toml
        .replace("[build]\n", build)
        .replace("commands = [", &format!("commands = ['test -f \"$DEPS/{cached}\"', "));
    p.write("dossier.toml", &toml);
    p.write(".gitignore", ".dossier/\nnpm-cache/\n");
    p.commit("packages of npm");
    let open = || p.ok("release open 1.0.0 --build 1.0.0+b.1 --summary 'with packages of npm'");
    open();
    p.refused(
        2,
        "release stage 1.0.0",
        &["`build.dependencies` names `npm-cache`, and there is no such folder"],
    );
    p.write(&cached, [&archive[..], b"changed"].concat());
    p.run("release stage 1.0.0")
        .says(3, &["is not what the lock file names for is-number 7.0.0", "fetch it again"]);
    p.write(&cached, &archive);
    std::os::unix::fs::symlink("/etc/passwd", p.path("npm-cache/link")).unwrap();
    p.refused(2, "release stage 1.0.0", &["link is no file", "no links"]);
    std::fs::remove_file(p.path("npm-cache/link")).unwrap();
    p.ok("release stage 1.0.0").says(0, &["rebuild identical"]);
    // What is named in the lock file, and the lock file itself, are materials of the build.
    p.ok("security sign --release 1.0.0 --output signed");
    let envelope: Value =
        serde_json::from_slice(&std::fs::read(p.path("signed/provenance.dsse.json")).unwrap()).unwrap();
    let payload =
        base64::engine::general_purpose::STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    let statement: Value = serde_json::from_slice(&payload).unwrap();
    let materials = statement["predicate"]["buildDefinition"]["resolvedDependencies"].as_array().unwrap();
    let of = |name: &str| materials.iter().find(|m| m["name"] == name).unwrap_or(&Value::Null);
    let digest = hex::encode(sha2::Sha256::digest(std::fs::read(p.path("package-lock.json")).unwrap()));
    assert_eq!(of("package-lock.json")["digest"]["sha256"], digest.as_str(), "{materials:#?}");
    assert_eq!(of("is-number 7.0.0")["digest"]["sha512"], hex.as_str());
    p.write("dossier.toml", toml.replace("[\"npm-cache\"]", "[\"../npm-cache\"]"));
    p.commit("outside");
    open();
    p.refused(2, "release stage 1.0.0", &["`../npm-cache`, which is no folder below the product"]);
}

#[test]
fn cargo_resolves_features_kinds_and_platforms() {
    let p = Product::approved();
    p.write("Cargo.toml", "[workspace]\nmembers = [\"a\", \"b\"]\nresolver = \"3\"\n");
    p.write("a/Cargo.toml", "[package]\nname = \"a\"\nversion = \"1.0.0\"\nedition = \"2024\"\nlicense = \"MIT\"\n[features]\nfast = []\ndefault = [\"fast\"]\n[dependencies]\nb = { path = \"../b\" }\n");
    p.write("a/src/lib.rs", "");
    p.write("b/Cargo.toml", "[package]\nname = \"b\"\nversion = \"1.0.0\"\nedition = \"2024\"\n");
    p.write("b/src/lib.rs", "");
    p.write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\n \"b\",\n]\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\n");
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write("dossier.toml", toml.replace("lockfiles = [", "lockfiles = [\"Cargo.lock\", "));
    let sbom: Value = p.ok("soup sbom --resolve").json();
    let a = sbom["components"].as_array().unwrap().iter().find(|c| c["name"] == "a").unwrap();
    let features = json!({"name": "dossier:features", "value": "default fast"});
    assert!(a["properties"].as_array().unwrap().contains(&features), "{a}");
    p.refused(2, "soup sbom --resolve --at HEAD", &["in the work tree only"]);
}
