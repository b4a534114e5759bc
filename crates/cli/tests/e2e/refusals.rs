//! Input that is no good: said clearly with the place and what to do, the right exit code, and nothing half written.
//!
//! | bad input | test |
//! |---|---|
//! | no dossier.toml | `a_folder_that_is_no_product_says_how_to_make_one` |
//! | malformed dossier.toml | `a_configuration_that_is_no_toml_names_the_place_and_is_not_taken_for_one_without_ledger` |
//! | dossier.toml that is not UTF-8, or empty | `a_configuration_of_bytes_or_of_nothing_is_told_from_a_good_one` |
//! | unknown keys, with suggestion | `an_unknown_key_is_an_error_with_a_suggestion` |
//! | ids twice, cycles, non-UTF-8, NUL only, empty | `hostile_documents_are_findings_with_their_place` |
//! | an id twice in another file: no link is suspect for it | `an_id_that_is_there_twice_is_one_finding` |
//! | 1 GB file | `a_document_of_a_gigabyte_is_not_read` |
//! | links out of the product, pipes | `links_out_of_the_product_and_pipes_are_not_followed` |
//! | repository without commits, or none | `a_repository_without_commits_is_checked_and_released_from_nothing` |
//! | dirty work tree at `release open` | `a_release_is_opened_from_commits_only` |
//! | disk full while sealing, archive on another file system | `sealing` |
//! | crash at any moment | `store`, 200 kills of an appending process |
//! | clock going backwards | `a_clock_that_went_backwards_appends_nothing_earlier` |
//! | two processes at once | `two_processes_at_once_both_record_or_say_why_not` |
//! | lock files absent, of no kind, damaged | `a_lock_file_that_cannot_be_read_is_not_one_without_components` |
//! | reports that prove nothing | `an_import_that_proves_nothing_is_refused` |
//! | a person, key or role that is none | `who_acts_and_with_which_key_has_to_be_said` |

use super::bench::*;

#[test]
fn a_folder_that_is_no_product_says_how_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    for line in ["check", "status", "anomaly list", "release gate 1.0.0", "trace items"] {
        let mut command = isolated(env!("CARGO_BIN_EXE_dossier"));
        command.args(words(line)).current_dir(folder.path());
        said(command).says(2, &["there is no dossier.toml", "dossier init", "-C DIR"]);
    }
    let mut command = isolated(env!("CARGO_BIN_EXE_dossier"));
    command.args(["-C", "no/such/folder", "check"]).current_dir(folder.path());
    said(command).says(2, &["no/such/folder"]);
    assert!(folder.path().read_dir().unwrap().next().is_none(), "something was written");
}

#[test]
fn a_configuration_that_is_no_toml_names_the_place_and_is_not_taken_for_one_without_ledger() {
    let p = Product::written();
    p.write("dossier.toml", "[product\nname = \"thermo\"\n");
    let place = "dossier.toml:1:9";
    p.run("check").says(2, &[place, "not TOML", "--documents-only"]);
    p.run("anomaly list").says(2, &[place]);
    p.run("init").says(2, &[place]);
    assert!(!p.path(".dossier").exists(), "a ledger was begun beside a file that could not be read");
    p.run("check --documents-only").says(1, &["error[R0010]", place, "unclosed table"]);
}

#[test]
fn an_unknown_key_is_an_error_with_a_suggestion() {
    let p = Product::written();
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write("dossier.toml", toml.replace("lifetime_years", "lifetime_year"));
    p.run("check").says(1, &["error[R0011]", "lifetime_year", "did you mean `lifetime_years`?"]);
    p.write("dossier.toml", toml.replace("class = \"B\"", "class = \"D\""));
    p.run("check").says(1, &["error[R0013]", "`D` is no software safety class", "`A`, `B` or `C`"]);
}

#[test]
fn hostile_documents_are_findings_with_their_place() {
    let p = Product::written();
    let cases: [(&str, &[u8], &[&str]); 5] = [
        (
            "twice.md",
            b"# More\n\n## SRS-001 Again\n- source: the users\n\nText.\n",
            &["R0055", "SRS-001", "dossier/twice.md:3"],
        ),
        (
            "circle.md",
            b"# Parts\n\n## ITM-a One\n- part-of: ITM-b\n\nText.\n\n## ITM-b Two\n- part-of: ITM-a\n\nText.\n",
            &["R0049", "dossier/circle.md:4", "`ITM-a` part-of itself, by way of `ITM-b`"],
        ),
        ("latin.md", b"# Caf\xe9\n\n## SRS-009 Caf\xe9\n\nText.\n", &["R0021", "dossier/latin.md:1", "not UTF-8"]),
        ("empty.md", b"", &["R0058", "dossier/empty.md"]),
        ("nul.md", &[0; 64], &["R0038", "dossier/nul.md:1:1", "64 NUL characters: this is no text"]),
    ];
    for (name, bytes, words) in cases {
        let file = format!("dossier/{name}");
        p.write(&file, bytes);
        p.run("check --format concise").says(1, words);
        std::fs::remove_file(p.path(&file)).unwrap();
    }
    p.run("check --format concise").says(0, &["0 errors"]);
}

#[test]
fn a_document_of_a_gigabyte_is_not_read() {
    let p = Product::written();
    let file = std::fs::File::create(p.path("dossier/big.md")).unwrap();
    file.set_len(1 << 30).unwrap();
    p.run("check --format concise").says(1, &["dossier/big.md:1:1", "1073741824 bytes are more than 32 MiB"]);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_product_and_pipes_are_not_followed() {
    let p = Product::written();
    std::fs::write(p.beside("secret.md"), "# Secret\n\n## SRS-666 Not ours\n\nText.\n").unwrap();
    std::os::unix::fs::symlink(p.beside("secret.md"), p.path("dossier/link.md")).unwrap();
    let items = p.run("trace items --format json");
    assert!(!items.out.contains("SRS-666"), "a link out of the product was read");
    std::fs::remove_file(p.path("dossier/link.md")).unwrap();
    let mut fifo = isolated("mkfifo");
    fifo.arg(p.path("dossier/pipe.md"));
    assert_eq!(said(fifo).code, 0);
    let done = p.run("check --format concise");
    assert!(done.code < 2, "{}{}", done.out, done.err);
}

#[test]
fn a_release_is_opened_from_commits_only() {
    let p = Product::approved();
    let open = "release open 1.0.0 --summary first";
    p.write("src/thermo.sh", "#!/bin/sh\necho other\n");
    p.refused(2, open, &["the work tree is dirty", "src/thermo.sh", "--commit REV"]);
    p.git("checkout -q src/thermo.sh");
    p.refused(2, "release open 1.0.0 --summary ' '", &["a summary is needed"]);
    p.refused(2, "release open one --summary first", &["`one` is no version", "2.4.0"]);
    p.refused(2, "release open 1.0.0 --commit nowhere --summary first", &["nowhere"]);
    for line in ["gate", "stage", "seal"] {
        p.refused(
            2,
            &format!("release {line} 1.0.0"),
            &["no release `1.0.0` is open", "dossier release open 1.0.0"],
        );
    }
    p.refused_act("qa-lead", "release sign 1.0.0", &["no release `1.0.0` is open"]);

    std::fs::remove_dir_all(p.path(".git")).unwrap();
    p.refused(2, open, &["not in a git repository", "git init"]);
    p.git("init -q -b main .");
    p.refused(2, &format!("{open} --commit HEAD"), &["no commit"]);
}

#[test]
fn who_acts_and_with_which_key_has_to_be_said() {
    let p = Product::approved();
    let approve = "document approve DOC-RMR";
    p.refused(2, approve, &["who acts?", "--as PERSON"]);
    p.refused(2, &format!("{approve} --as nobody"), &["nobody"]);
    p.refused(2, &format!("{approve} --as qa-lead"), &["ssh-agent holds no key of `qa-lead`", "--key"]);
    p.refused(2, &format!("{approve} --as qa-lead --key no-such-file"), &["no-such-file"]);
    let foreign = p.key("prrc"); // holds a key, and is not the qa-lead
    p.refused(2, &format!("{approve} --as qa-lead --key '{}'", foreign.display()), &["key"]);
    p.refused(2, "document approve DOC-NONE --as qa-lead --key k", &["DOC-NONE"]);
    p.refused(2, "person enrol 'Not An Id' --name n --identity-proof p", &["`Not An Id` is no person id"]);
    p.refused(2, "person enrol qa-lead --name n --identity-proof p", &["qa-lead"]);
    p.refused(2, "role grant nobody qa-lead --reason x", &["nobody"]);
    p.refused(2, "anomaly investigate AN-9 --cause c --outcome o", &["AN-9"]);
}

#[test]
fn an_import_that_proves_nothing_is_refused() {
    let p = Product::approved();
    let import = |p: &Product| p.refused(2, &format!("test import report.xml {CONTEXT}"), &["report.xml"]);
    import(&p);
    for text in ["", "<html/>", "<testsuites></testsuites>", "<testsuite tests=\"1\"><testcase"] {
        std::fs::write(p.beside("report.xml"), text).unwrap();
        let report = p.beside("report.xml");
        p.refused(2, &format!("test import '{}' {CONTEXT}", report.display()), &["report.xml"]);
    }
}

#[test]
fn what_cargo_test_printed_is_a_report_as_well() {
    let p = Product::approved();
    let report = p.beside("cargo.txt");
    let text = |outcome: &str, passed: u8, failed: u8| {
        format!(
            "     Running tests/a.rs (target/debug/deps/a-0a1b2c3d4e5f6a7b)\n\nrunning 1 test\ntest b ... {outcome}\n\n\
             test result: {outcome}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n"
        )
    };
    std::fs::write(&report, text("ok", 1, 0)).unwrap();
    let import = format!("test import '{}' {CONTEXT}", report.display());
    p.run(&import).says(0, &["1 cases, 1 passed"]);
    p.refused(2, &import, &["was imported before"]);
    std::fs::write(&report, text("FAILED", 0, 1)).unwrap();
    p.run(&import).says(1, &["1 cases, 0 passed, 1 failed"]);
    std::fs::write(&report, "running 2 tests\ntest b ... ok\n").unwrap();
    p.refused(2, &import, &["cargo.txt"]);
    // Read again from the blobs, the form is told as it was.
    assert!(p.run("check --format concise").code < 2);
    std::fs::remove_dir_all(p.path(".dossier/cache")).unwrap();
    assert!(p.run("check --format concise").code < 2);
}

#[test]
fn a_configuration_of_bytes_or_of_nothing_is_told_from_a_good_one() {
    let p = Product::written();
    p.write("dossier.toml", b"[product]\nname = \"\xff\"\n");
    p.run("check").says(2, &["dossier.toml is not UTF-8 at byte 18"]);
    p.write("dossier.toml", "");
    p.run("check --documents-only --format concise").says(1, &["R0014"]);
    p.write("dossier.toml", "\u{feff}[product]\nname = \"thermo\"\n");
    let done = p.run("check --documents-only --format concise");
    assert!(done.code < 2 && !done.out.contains("R0014"), "{}{}", done.out, done.err);
}

#[test]
fn an_id_that_is_there_twice_is_one_finding() {
    let p = Product::approved();
    p.run("check --format concise").says(0, &["0 errors"]);
    // It sorts before the file whose items the links were confirmed against.
    p.write("dossier/again.md", "# More\n\n## SYS-001 Something else\n- source: the users\n\nText.\n");
    let done = p.run("check --format json").json();
    let findings = done["findings"].as_array().unwrap();
    let of = |rule: &str| findings.iter().filter(|f| f["rule"] == rule).count();
    assert_eq!((of("R0055"), of("R0053")), (1, 0), "{findings:?}");
}

#[test]
fn a_repository_without_commits_is_checked_and_released_from_nothing() {
    let p = Product::approved();
    std::fs::remove_dir_all(p.path(".git")).unwrap();
    p.git("init -q -b main .");
    let done = p.run("check --format json").json();
    assert_eq!((done["commit"].as_str(), done["dirty"].as_bool()), (None, Some(true)));
    p.run("check --at HEAD").says(2, &["HEAD", "no commit"]);
    p.refused(2, "release open 1.0.0 --summary first --commit HEAD", &["no commit"]);
    p.run("trace diff HEAD HEAD").says(2, &["no commit"]);
    p.refused(2, &format!("test import nowhere.xml {CONTEXT}"), &["nowhere.xml"]);
}

#[test]
fn a_clock_that_went_backwards_appends_nothing_earlier() {
    let mut p = Product::judged();
    let report = |id: &str| {
        format!("anomaly report {id} --title t --description d --found f --version 1.0.0 --severity minor")
    };
    p.ok(&report("AN-1"));
    let times = |p: &Product| -> Vec<String> {
        let log = p.ok("ledger log --format json").json();
        log["entries"].as_array().unwrap().iter().map(|e| e["at"].as_str().unwrap().to_owned()).collect()
    };
    let before = times(&p);
    p.at("2020-01-01T00:00:00.000Z");
    let done = p.run(&report("AN-2"));
    let after = times(&p);
    assert!(after.is_sorted(), "time goes back in the ledger");
    match done.code {
        0 => assert_eq!(after.len(), before.len() + 1),
        _ => {
            done.says(2, &["clock"]);
            assert_eq!(after.len(), before.len() + 1, "that it was tried is on record, with the time before");
            assert_eq!(p.kinds().last().map(String::as_str), Some("signature/refuse/v1"));
        }
    }
    p.run("ledger verify").says(0, &[]);
}

#[test]
fn two_processes_at_once_both_record_or_say_why_not() {
    let p = Product::approved();
    let before = p.position();
    let run = |i: usize| {
        let line = format!(
            "anomaly report AN-{i} --title t --description d --found f --version 1.0.0 --severity minor"
        );
        said(p.command(&line))
    };
    let said: Vec<Said> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..8).map(|i| scope.spawn(move || run(i))).collect();
        running.into_iter().map(|r| r.join().unwrap()).collect()
    });
    let recorded = said.iter().filter(|s| s.code == 0).count() as u64;
    for s in said.iter().filter(|s| s.code != 0) {
        s.says(2, &["somebody else appended in between; nothing was recorded", "repeat the command"]);
    }
    assert!(recorded >= 1);
    assert_eq!(p.position(), before + recorded, "what was acknowledged is there, and nothing else");
    p.run("ledger verify").says(0, &[]);
}

#[test]
fn a_lock_file_that_cannot_be_read_is_not_one_without_components() {
    let p = Product::written();
    let check = "check --documents-only --format concise";
    p.run("explain R0015").says(0, &["unreadable-lock-file", "not the same as none"]);
    p.write("package-lock.json", "{\"lockfileVersion\": 3, \"packages\"");
    p.run(check).says(1, &["R0015", "package-lock.json:1"]);
    std::fs::remove_file(p.path("package-lock.json")).unwrap();
    p.run(check).says(1, &["R0015", "package-lock.json", "does not exist"]);
}
