//! Reviews: every kind of bad input in one folder, and the pages on which people decide.

use super::access::Server;
use super::bench::*;
use serde_json::Value;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;

const RECORD: &str = "# Release record Thermo 1.2.0\n\nAll planned verification activities of software version 1.2.0 were completed on 2025-03-10.\n";

fn dossier(folder: &Path, line: &str) -> Command {
    let mut command = isolated(env!("CARGO_BIN_EXE_dossier"));
    command.arg("review").args(words(line)).env("DOSSIER_REVIEW_CACHE", folder.with_extension("cache"));
    command.env_remove("DOSSIER_MODEL_URL");
    command
}

/// A zip with one part of zeros that packs a thousandfold.
fn bomb() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..200 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn docx(document: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(document.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn every_kind_of_bad_input_is_named_with_its_reason_and_the_rest_is_reviewed() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("qms");
    std::fs::create_dir_all(&folder).unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    put("record.md", RECORD.as_bytes());
    put("bomb.docx", &bomb());
    put(
        "entities.docx",
        &docx(
            "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>",
        ),
    );
    put("outside.docx", &docx("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><w:document xmlns:w=\"w\"/>"));
    let mut ole = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    ole.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    put("secret.docx", &ole);
    put("loop.pdf", b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Count 9/Kids[2 0 R 2 0 R]>> endobj\ntrailer <</Root 1 0 R>>\nstartxref\n0\n%%EOF");
    put("noise.pdf", b"%PDF-1.7 and nothing else");
    put("empty.pdf", b"");
    put("unknown.bin", &[0, 1, 2, 3]);
    put("plan.gdoc", b"{}");
    let huge = std::fs::File::create(folder.join("huge.pdf")).unwrap();
    huge.set_len(2 << 30).unwrap();
    std::fs::write(
        folder.join(std::ffi::OsStr::from_bytes(b"pr\xfcfung.txt")),
        "Pr\u{fc}fung der Software Version 1.2.0",
    )
    .unwrap();
    put("two\nlines.txt", b"Notes of the software release");
    symlink("/etc/passwd", folder.join("link.txt")).unwrap();
    put("denied.txt", b"text");
    std::fs::set_permissions(folder.join("denied.txt"), std::fs::Permissions::from_mode(0o000)).unwrap();
    let mut command = dossier(&folder, "--clause 62304:5.8.1 --format json --as-of 2025-04-01");
    command.arg(&folder);
    let done = said(command);
    done.says(1, &["not read"]);
    let found = done.json();
    let unread = |file: &str| -> String {
        let all = found["unread"].as_array().unwrap();
        let one = all.iter().find(|u| u["file"] == file).unwrap_or_else(|| panic!("{file} in {all:?}"));
        one["reason"].as_str().unwrap().to_owned()
    };
    for (file, reason) in [
        ("bomb.docx", "unpacks"),
        ("entities.docx", "broken"),
        ("outside.docx", "broken"),
        ("secret.docx", "password"),
        ("loop.pdf", "broken"),
        ("noise.pdf", "broken"),
        ("empty.pdf", "empty"),
        ("unknown.bin", ""),
        ("plan.gdoc", "Google Docs"),
        ("huge.pdf", "2147483648"),
        ("link.txt", "links are not followed"),
    ] {
        assert!(unread(file).contains(reason), "{file}: {}", unread(file));
    }
    let read: Vec<&str> =
        found["files"].as_array().unwrap().iter().map(|f| f["file"].as_str().unwrap()).collect();
    assert!(read.contains(&"record.md") && read.contains(&"pr\\xfcfung.txt"), "{read:?}");
    assert!(read.contains(&"two\\x0alines.txt"), "{read:?}");
    // The superuser may read what nobody may.
    if !read.contains(&"denied.txt") {
        assert!(unread("denied.txt").to_lowercase().contains("refuses"), "{}", unread("denied.txt"));
    }
    assert!(!found.to_string().contains("root:x:0"), "something outside of the folder was read");
    // Every file is either read or named.
    let named = found["unread"].as_array().unwrap().len() + read.len();
    assert_eq!(named, std::fs::read_dir(&folder).unwrap().count());
}

#[test]
fn verdicts_are_confirmed_and_rejected_on_the_pages_and_the_next_review_knows() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("qms");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("record.md"), RECORD).unwrap();
    let at = |name: &str| temporary.path().join(name);
    let mut command = dossier(&folder, "--clause 62304:5.8.1 --format json");
    command.arg("--output").arg(at("review.json")).arg(&folder);
    said(command).says(1, &["wrote"]);
    let mut command = dossier(&folder, "open --listen 0.0.0.0:0");
    command.arg(at("review.json"));
    said(command).says(2, &["can be reached by others"]);
    let mut command = dossier(&folder, "open --listen 127.0.0.1:0 --decisions");
    command.arg(at("decisions.toml")).arg(at("review.json"));
    let server = Server::start(command);
    server.get("/", "").says(200, &["Review of existing documents", "tasks-done", "Gaps, worst first"]);
    server.get("/standards", "").says(200, &["QSR (legacy)", "MDR Annex II", "13485:", "Weakest link"]);
    server.get("/files", "").says(200, &["record.md"]);
    server.get("/changes", "").says(200, &["not compared with an earlier one"]);
    server.get("/nothing", "").says(404, &["no such page"]);
    let page = server.get("/clauses/62304:5.8.1", "");
    page.says(200, &["All planned verification activities", "Keep this decision", "record.md"]);
    let constraint = "62304:5.8.1/tasks-done";
    let passage = page.field("passage");
    let decide = |decision: &str, by: &str, comment: &str, passage: &str| {
        let fields = [
            ("constraint", constraint),
            ("decision", decision),
            ("by", by),
            ("comment", comment),
            ("passage", passage),
        ];
        server.post("/decide", "", &fields)
    };
    decide("rejected", "qa-lead", "", &passage).says(422, &["Nothing was kept", "says why"]);
    decide("confirmed", "", "", &passage).says(422, &["by whom"]);
    decide("confirmed", "qa-lead", "", "0000").says(422, &["not those that were on the page"]);
    assert!(!at("decisions.toml").exists());
    let foreign = [("Origin", "http://evil.example"), ("Content-Type", "application/x-www-form-urlencoded")];
    server.ask("POST", "/decide", &foreign, b"").says(403, &["Another site"]);
    let kept = decide("rejected", "qa-lead", "the report <TR-9> is missing", &passage);
    assert!(kept.says(303, &[]).head.contains("/clauses/62304:5.8.1#tasks-done"), "{}", kept.head);
    server.get("/clauses/62304:5.8.1", "").says(200, &["rejected", "qa-lead", "&lt;TR-9&gt;"]);
    let mut command = dossier(&folder, "--clause 62304:5.8.1 --format json --decisions");
    command.arg(at("decisions.toml")).arg(&folder);
    let found: Value = said(command).json();
    let all = found["clauses"][0]["constraints"].as_array().unwrap();
    let one = all.iter().find(|c| c["id"] == constraint).unwrap();
    assert_eq!(
        (&one["decision"]["decision"], &one["ask_again"]),
        (&Value::from("rejected"), &Value::from(false))
    );
}

#[test]
fn the_pages_show_what_closed_and_opened_since_the_review_before() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = temporary.path().join("qms");
    std::fs::create_dir_all(&folder).unwrap();
    let at = |name: &str| temporary.path().join(name);
    std::fs::write(folder.join("record.md"), RECORD).unwrap();
    let mut command = dossier(&folder, "--clause 62304:5.8.1 --format json --as-of 2025-04-01 --output");
    command.arg(at("before.json")).arg(&folder);
    said(command).says(1, &["wrote"]);
    std::fs::write(folder.join("record.md"), "# Notes of the software\n\nNot all tests were executed.\n")
        .unwrap();
    let mut command = dossier(&folder, "--clause 62304:5.8.1 --format json --as-of 2025-05-01 --compare");
    command.arg(at("before.json")).arg("--output").arg(at("now.json")).arg(&folder);
    said(command).says(1, &["since 2025-04-01", "1 opened"]);
    let mut command = dossier(&folder, "open --listen 127.0.0.1:0 --decisions");
    command.arg(at("decisions.toml")).arg(at("now.json"));
    let server = Server::start(command);
    server.get("/", "").says(200, &["Since the review of 2025-04-01"]);
    server.get("/changes", "").says(200, &["opened", "/clauses/62304:5.8.1#tasks-done", "record.md"]);
}
