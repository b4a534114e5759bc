//! Keeping what was sealed: the ledger's key changes, a seal is interrupted before its receipt, the archive is read again.

use super::bench::*;

fn signed() -> Product {
    let p = Product::judged();
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p
}

#[test]
fn after_a_change_of_its_key_the_ledger_goes_on_and_seals() {
    let p = signed();
    let keys = p.beside("keys");
    let mut all = std::fs::read_dir(&keys).unwrap().map(|e| e.unwrap().path());
    let key = all.find(|f| f.extension().is_none_or(|e| e != "pub")).unwrap();
    let old = std::fs::read(&key).unwrap();
    p.refused(2, "ledger rotate --reason ' '", &["a reason"]);
    p.ok("ledger rotate --reason 'the machine is retired'");
    assert_ne!(std::fs::read(&key).unwrap(), old, "another key is in place");
    // dossier.toml still names the first key; the ledger says which followed it.
    p.ok("ledger verify").says(0, &["everything holds"]);
    p.ok("release seal 1.0.0").says(0, &["sealed 1.0.0"]);
    p.ok("archive verify").says(0, &["everything holds"]);
    p.act("qa-lead", "rebuild 1.0.0").says(0, &["identical"]);

    // The configuration may name the key in force instead, and no other.
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let checkpoint = p.ok("ledger checkpoint").out;
    assert!(checkpoint.contains("thermo.example/ledger"), "{checkpoint}");
    let first = toml.lines().find_map(|l| l.strip_prefix("key = \"")?.strip_suffix('"')).unwrap().to_owned();
    let log = p.ok("ledger export '../export'");
    assert_eq!(log.code, 0);
    let mut grep = isolated("grep");
    grep.args(["-rhoa", "thermo.example/ledger+[0-9a-f]*+[A-Za-z0-9+/=]*"]).arg(p.beside("export"));
    let found = said(grep).out;
    let second = found.lines().find(|k| **k != first).unwrap_or_else(|| panic!("{found}"));
    std::fs::write(p.path("dossier.toml"), toml.replace(&first, second)).unwrap();
    p.ok("ledger verify").says(0, &["everything holds"]);
    let foreign = "thermo.example/ledger+00000000+AAAA";
    std::fs::write(p.path("dossier.toml"), toml.replace(&first, foreign)).unwrap();
    p.run("ledger verify").says(3, &["began under another key than dossier.toml names"]);

    // A key that is not in force signs nothing, and one whose files were not moved any more is found.
    std::fs::write(p.path("dossier.toml"), &toml).unwrap();
    let new = std::fs::read(&key).unwrap();
    std::fs::write(&key, &old).unwrap();
    p.run("ledger checkpoint").says(2, &["is not the key of this ledger that is in force"]);
    let mut next = key.clone().into_os_string();
    next.push(".next");
    std::fs::write(&next, &new).unwrap();
    p.ok("ledger checkpoint");
    assert_eq!(std::fs::read(&key).unwrap(), new);
}

#[test]
fn a_seal_that_ended_before_its_receipt_is_named_and_finished() {
    let mut p = signed();
    let ledger = p.path(".dossier/ledger.db");
    let before = std::fs::read(&ledger).unwrap();
    p.ok("release seal 1.0.0");
    let receipt = p.ok("ledger log --kind release/seal --format json").json();
    assert_eq!(receipt["entries"].as_array().unwrap().len(), 1);
    // As it is when the process ends after the archive's last rename and before the append.
    std::fs::write(&ledger, &before).unwrap();

    p.ok("release list").says(0, &["sealed, receipt missing"]);
    p.run("archive verify").says(3, &["A091", "dossier release seal 1.0.0"]);
    let named =
        ["is sealed in the archive, and the ledger has no receipt of it", "dossier release seal 1.0.0"];
    p.refused(2, "release gate 1.0.0", &named);
    p.refused(2, "release stage 1.0.0", &named);
    p.refused(2, "release withdraw 1.0.0 --reason 'by mistake'", &named);
    p.refused(2, "release open 1.0.0 --summary again", &named);
    p.refused_act("qa-lead", "release sign 1.0.0", &named);

    // Days later; the release day is the one on which it was sealed.
    p.at("2026-03-09T08:00:00.000Z");
    p.ok("release seal 1.0.0")
        .says(0, &["sealed on 2026-03-02, and its receipt was missing", "receipt recorded"]);
    p.ok("release list").says(0, &["2026-03-02"]);
    p.ok("archive verify").says(0, &["everything holds"]);
    p.refused(2, "release seal 1.0.0", &["sealed"]);
    p.act("qa-lead", "rebuild 1.0.0").says(0, &["identical"]);

    // An archive that holds another release of that version is no receipt of this one.
    let q = Product::judged();
    q.ok("person enrol other --name 'Somebody else' --identity-proof 'known in person'");
    for role in ROLES {
        q.act(role, "release sign 1.0.0");
    }
    let archive = q.path(".dossier/archive");
    let mut cp = isolated("sh");
    cp.args(["-c", "chattr -R -i \"$1\" \"$2\" 2>/dev/null; rm -rf \"$2\" && cp -a \"$1\" \"$2\"", "sh"]);
    cp.arg(p.path(".dossier/archive")).arg(&archive);
    assert_eq!(said(cp).code, 0);
    q.run("release seal 1.0.0").says(3, &["another history"]);
}

#[test]
fn the_archive_is_read_again_when_it_is_due_and_the_ledger_says_so() {
    let mut p = signed();
    p.ok("release seal 1.0.0");
    p.ok("archive verify --due").says(0, &["everything holds", "next re-hash on 2026-05-31"]);
    assert_eq!(
        p.ok("ledger log --kind archive/ --format json").json()["entries"].as_array().unwrap().len(),
        1
    );
    let position = p.position();
    p.ok("archive verify --due").says(0, &["not due: read whole on 2026-03-02"]);
    assert_eq!(p.position(), position, "what is not due appends nothing");
    p.at("2026-06-01T08:00:00.000Z");
    p.ok("archive verify --due").says(0, &["everything holds"]);
    p.ok("archive verify --record").says(0, &["everything holds"]);

    // Under the strict profile the finding is there as soon as it is overdue.
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let toml = toml.replace("profile = \"standard\"", "profile = \"playbook\"");
    std::fs::write(
        p.path("dossier.toml"),
        toml.replace("[archive]", "[archive]\nrehash_days = 30\nmirror = \"../mirror\""),
    )
    .unwrap();
    p.ok("archive mirror");
    assert!(!p.run("check").out.contains("R0153"));
    p.at("2026-07-02T08:00:00.000Z");
    let found = p.run("check");
    found.says(
        found.code,
        &["[R0153]", "was not read whole since 2026-06-01", "30 days are allowed", "it is overdue"],
    );

    // A byte of the second copy changes: found, recorded, and a finding until it is made good.
    let copies =
        std::fs::read_dir(p.beside("mirror").join("blobs/sha256")).unwrap().map(|e| e.unwrap().path());
    let smallest = copies.min_by_key(|b| (std::fs::metadata(b).unwrap().len(), b.clone())).unwrap();
    let mut bytes = std::fs::read(&smallest).unwrap();
    bytes[0] ^= 1;
    let mut chattr = isolated("chattr");
    chattr.arg("-i").arg(&smallest);
    let _ = said(chattr);
    std::fs::remove_file(&smallest).unwrap();
    std::fs::write(&smallest, bytes).unwrap();
    p.run("archive verify --due").says(3, &["second copy"]);
    let found = p.run("check");
    found.says(found.code, &["[R0153]", "the last time ", " things did not hold"]);
    p.ok("archive mirror");
    p.ok("archive verify --due").says(0, &["everything holds"]);
    assert!(!p.run("check").out.contains("R0153"));
}

#[test]
fn retention_is_as_the_ledger_recorded_it() {
    let p = signed();
    p.ok("release seal 1.0.0");
    p.ok("archive verify").says(0, &["everything holds"]);
    p.act("qa-lead", "archive hold 1.0.0 --reason 'a law suit'");
    p.ok("archive verify").says(0, &["everything holds"]);
    let file = p.path(".dossier/archive/retention.json");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("a law suit"));
    std::fs::write(&file, text.replace("a law suit", "a low suit")).unwrap();
    p.run("archive verify").says(3, &["retention.json"]);
}
