//! Input that is no good: said clearly with the place and what to do, the right exit code, and nothing half written.

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
    let cases: [(&str, &[u8], &[&str]); 4] = [
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
