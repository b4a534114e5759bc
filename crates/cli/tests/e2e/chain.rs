//! The main job, whole: from `init` to a delivered release that is rebuilt and verified.

use super::bench::*;

#[test]
fn a_product_goes_from_init_to_delivery_and_is_rebuilt_and_verified() {
    let p = Product::approved();
    p.ok("check").says(0, &["no findings", "profile standard"]);
    p.ok("anomaly report AN-1 --title 'The line is late' --description 'It appears after half a second' --found 'in use' \
          --reproduction 'call it on a slow machine' --function answer --version 1.0.0 --severity minor --affects SRS-001");
    p.prepare_release();

    // The gate fails on the one thing that is missing, and nobody can sign before it passes.
    let failed = p.run("release gate 1.0.0");
    failed
        .says(1, &["error[R0042]", "AN-1", "dossier anomaly evaluate AN-1 --release 1.0.0", "verdict: fail"]);
    p.refused_act("qa-lead", "release sign 1.0.0", &["no signature before a passing gate"]);
    p.act(
        "risk-owner",
        "anomaly evaluate AN-1 --release 1.0.0 --outcome acceptable --hazards HAZ-001,HS-001 --controls RC-001 \
         --rationale 'late, and not wrong'",
    );
    p.run("release gate 1.0.0").says(0, &["verdict: pass"]);

    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0").says(0, &["sealed 1.0.0", "blobs read back"]);
    p.refused(2, "release seal 1.0.0", &["sealed"]);
    p.act("qa-lead", "rebuild 1.0.0").says(0, &["identical"]);
    p.act("qa-lead", "drill --seed 1").says(0, &["identical"]);
    deliver(&p);
    verify(&p);
    p.ok("release list").says(0, &["1.0.0", "delivered"]);
    p.ok("release show 1.0.0 --format md").says(0, &["5.8.3", "AN-1", "The risk-owner"]);
}

/// A release whose build is never twice the same: the drill finds it, and somebody has to do something about it.
#[test]
fn a_drill_that_fails_opens_a_corrective_action() {
    let mut p = Product::written();
    let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let with_time = config.replace("\"chmod 755", "\"date +%N >> $OUT/bin/thermo\",\n  \"chmod 755");
    assert_ne!(config, with_time);
    p.write("dossier.toml", with_time);
    p.approve(None);
    p.prepare_release();
    p.ok("release gate 1.0.0");
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    // One that was opened by hand has taken the next number.
    p.ok("capa open CAPA-2 --description 'training is missing' --source audit:2026/7");
    p.try_act("qa-lead", "drill --seed 1")
        .says(1, &["rebuild of 1.0.0 from the archive alone: different", "line 8"]);
    p.ok("capa list")
        .says(0, &["CAPA-3", "drill with seed 1", "rebuild of 1.0.0 from the archive was different"]);
}

/// The delivery manifest tells an unaltered installation from one with a changed, a missing and a foreign file.
fn deliver(p: &Product) {
    let (manifest, installed) = (p.beside("delivery.json"), p.beside("installed"));
    p.ok(&format!("release deliver 1.0.0 --channel web -o '{}'", manifest.display()));
    p.ok(&format!("archive unpack 1.0.0 '{}'", installed.display()));
    let check = format!("delivery check '{}' --manifest '{}'", installed.display(), manifest.display());
    p.ok(&check).says(0, &["1 files agree"]);

    let program = installed.join("bin/thermo");
    let text = std::fs::read_to_string(&program).unwrap();
    assert!(text.contains("1.0.0 build 1.0.0+b.1"), "{text}");
    std::fs::write(&program, text.replace("380", "390")).unwrap();
    p.run(&check).says(1, &["bin/thermo was changed"]);
    std::fs::remove_file(&program).unwrap();
    std::fs::write(installed.join("extra"), "x").unwrap();
    p.run(&check).says(1, &["bin/thermo is missing", "extra is not part of the release"]);

    let other = std::fs::read_to_string(&manifest).unwrap().replacen("\"sig\":\"", "\"sig\":\"AAAA", 1);
    std::fs::write(&manifest, other).unwrap();
    p.run(&check).says(3, &["is not signed by the key that is trusted"]);
}

/// Ledger and archive verify with their own tools, and a changed byte is found.
fn verify(p: &Product) {
    p.ok("archive verify").says(0, &["1.0.0", "everything holds"]);
    p.ok("ledger verify").says(0, &["everything holds"]);
    let export = p.beside("export");
    p.ok(&format!("ledger export '{}'", export.display()));
    p.refused(2, &format!("ledger export '{}'", export.display()), &["not empty"]);
    let bag = p.beside("bag");
    p.ok(&format!("archive export 1.0.0 '{}'", bag.display()));

    let Some(verifier) = verifier() else { return };
    let trust = ledger_key(p);
    let run = |path: &std::path::Path, trust: Option<&str>| {
        let mut command = isolated(&verifier);
        command.arg(path);
        command.args(trust.iter().flat_map(|t| ["--trust", *t]));
        said(command)
    };
    let archive = p.path(".dossier/archive");
    for path in [&archive, &export, &bag] {
        run(path, None).says(0, &["self-consistent only", "Everything that was checked holds"]);
        run(path, Some(&trust)).says(0, &["Trust: ledger key", "Everything that was checked holds"]);
    }
    let foreign = ledger_key(&Product::approved());
    run(&archive, Some(&foreign)).says(1, &["Trust: "]);

    let smallest = smallest_blob(&archive);
    let mut bytes = std::fs::read(&smallest).unwrap();
    bytes[0] ^= 1;
    std::fs::remove_file(&smallest).unwrap();
    std::fs::write(&smallest, bytes).unwrap();
    let name = smallest.file_name().unwrap().to_string_lossy().into_owned();
    run(&archive, Some(&trust)).says(1, &[&name]);
    p.run("archive verify").says(3, &[&name]);
}

/// The ledger's verifier key, as `dossier.toml` states it.
fn ledger_key(p: &Product) -> String {
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let key = toml.lines().find_map(|l| l.strip_prefix("key = \"")?.strip_suffix('"'));
    key.unwrap_or_else(|| panic!("dossier.toml names no key:\n{toml}")).to_owned()
}

fn smallest_blob(archive: &std::path::Path) -> std::path::PathBuf {
    let blobs = std::fs::read_dir(archive.join("blobs/sha256")).unwrap().map(|e| e.unwrap().path());
    blobs.min_by_key(|b| (std::fs::metadata(b).unwrap().len(), b.clone())).unwrap()
}
