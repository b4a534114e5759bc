//! Sealing: on the release day, from the tagged commit, onto a disk with room; or not at all, and nothing half written.

use super::bench::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Signed by all five.
fn signed() -> Product {
    let p = Product::judged();
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p
}

/// Names and sizes of all files of a folder.
fn listing(folder: &Path) -> BTreeMap<String, u64> {
    let mut find = isolated("find");
    find.arg(folder).args(["-type", "f", "-printf", "%P %s\\n"]);
    let lines = said(find).out;
    lines
        .lines()
        .filter_map(|l| l.rsplit_once(' ').map(|(n, s)| (n.to_owned(), s.parse().unwrap())))
        .collect()
}

#[test]
fn past_midnight_the_signatures_have_lapsed() {
    let mut p = signed();
    p.at("2026-03-03T00:00:01.000Z");
    let before = listing(&p.path(".dossier/archive"));
    p.refused(
        2,
        "release seal 1.0.0",
        &["signed on 2026-03-02, and today is 2026-03-03", "judge and sign anew"],
    );
    assert_eq!(listing(&p.path(".dossier/archive")), before, "the archive was touched");

    // Signed again on the new day, it is sealed; nothing with a simulated clock is delivered.
    p.ok("release gate 1.0.0");
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    p.ok("archive verify");
    p.refused(2, "release deliver 1.0.0 --channel web -o out.json", &["simulated"]);
    assert!(!p.path("out.json").exists());
}

#[test]
fn the_tag_has_to_be_there_signed_and_in_place() {
    let p = signed();
    let seal = "release seal 1.0.0";
    p.git("tag -d v1.0.0");
    p.refused(2, seal, &["there is no tag `v1.0.0`", "git tag -s v1.0.0"]);
    p.git("tag -a v1.0.0 -m unsigned");
    p.refused(2, seal, &["tag `v1.0.0` is not signed"]);
    p.git("tag -d v1.0.0");
    p.write("src/thermo.sh", "#!/bin/sh\necho fever\n");
    p.commit("another program");
    p.sign_tag("v1.0.0");
    p.refused(2, seal, &["tag `v1.0.0` names", "the release froze", "a tag that moved is a finding"]);
    p.git("tag -d v1.0.0");
    p.git("reset -q --hard HEAD~1");
    let mut keygen = isolated("ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(p.key("stranger"));
    if keygen.status().is_ok_and(|s| s.success()) {
        let key = p.key("stranger");
        let key = key.display();
        p.git(&format!("-c gpg.format=ssh -c 'user.signingkey={key}' tag -s v1.0.0 -m strange"));
        p.refused(2, seal, &["which is no enrolled key"]);
        p.git("tag -d v1.0.0");
    } else {
        eprintln!("skipped: there is no ssh-keygen here");
    }
    p.sign_tag("v1.0.0");
    p.ok(seal);
}

#[test]
fn a_full_disk_leaves_ledger_and_archive_as_they_were() {
    let p = signed();
    // A tmpfs over the archive, in a mount namespace of its own: filled up, sealed on, emptied, sealed on again.
    let script = "set -e; cd \"$1\"; cp -a .dossier/archive ../kept; mount -t tmpfs -o size=\"$2\"k tmpfs .dossier/archive || exit 77; \
                  cp -a ../kept/. .dossier/archive/; head -c 1G /dev/zero > .dossier/archive/filler 2>/dev/null || true; \
                  truncate -s -\"$4\" .dossier/archive/filler; \
                  (cd .dossier/archive && find . -type f ! -name filler | sort) > ../before; \
                  code=0; \"$3\" release seal 1.0.0 || code=$?; echo \"full: $code\"; \
                  (cd .dossier/archive && find . -type f ! -name filler | sort) > ../after; \
                  \"$3\" release list; rm .dossier/archive/filler; \
                  code=0; \"$3\" release seal 1.0.0 || code=$?; echo \"room: $code\"; \
                  \"$3\" archive verify; cmp ../before ../after && echo 'archive as before'";
    let size: u64 = listing(&p.path(".dossier/archive")).values().sum();
    let mut unshare = p.command("");
    let environment: Vec<_> =
        unshare.get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect();
    unshare = isolated("unshare");
    for (key, value) in environment {
        if let Some(value) = value {
            unshare.env(key, value);
        }
    }
    unshare.args(["-rm", "sh", "-c", script, "sh"]).arg(p.path(""));
    unshare.arg((size / 1024 + 4096).to_string()).arg(env!("CARGO_BIN_EXE_dossier")).arg("65536");
    let Ok(done) = unshare.output() else {
        eprintln!("skipped: there is no unshare here");
        return;
    };
    let text = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    if done.status.code() == Some(77) || text.contains("unshare failed") {
        eprintln!("skipped: no tmpfs can be mounted here");
        return;
    }
    for word in [
        "full: 2",
        "No space left",
        "the archive is as it was",
        "signed",
        "room: 0",
        "everything holds",
        "archive as before",
    ] {
        assert!(text.contains(word), "`{word}` is not in:\n{text}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_archive_may_lie_on_another_file_system() {
    use std::os::unix::fs::MetadataExt as _;
    let p = Product::approved();
    let Ok(elsewhere) = tempfile::tempdir_in("/dev/shm") else {
        eprintln!("skipped: there is no /dev/shm here");
        return;
    };
    let device = |path: &Path| std::fs::metadata(path).unwrap().dev();
    if device(elsewhere.path()) == device(&p.path("")) {
        eprintln!("skipped: /dev/shm is the same file system");
        return;
    }
    std::os::unix::fs::symlink(elsewhere.path(), p.path(".dossier/archive")).unwrap();
    p.prepare_release();
    p.ok("release gate 1.0.0");
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    p.ok("archive verify").says(0, &["everything holds"]);
    p.act("qa-lead", "rebuild 1.0.0").says(0, &["identical"]);
}
