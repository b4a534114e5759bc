//! Repositories made to do harm, or simply broken.

use std::fs;

use git::{Error, ObjectId, Repository};

use crate::scene::Scene;

/// Writes a tree object that git itself would refuse, and a commit of it.
fn commit_raw_tree(scene: &Scene, entries: &[(&str, &str, ObjectId)]) -> ObjectId {
    let mut raw = Vec::new();
    for (mode, name, id) in entries {
        raw.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        let hex = id.to_string();
        raw.extend((0..20).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()));
    }
    fs::write(scene.path().join(".git/raw"), raw).unwrap();
    let tree = scene.git(&["hash-object", "-t", "tree", "--literally", "-w", ".git/raw"]);
    scene.git(&["commit-tree", "-m", "hostile", &tree]).parse().unwrap()
}

fn blob(scene: &Scene, text: &str) -> ObjectId {
    fs::write(scene.path().join(".git/raw"), text).unwrap();
    scene.git(&["hash-object", "-w", ".git/raw"]).parse().unwrap()
}

#[test]
fn names_that_would_leave_the_directory_are_refused() {
    let scene = Scene::example();
    let file = blob(&scene, "x");
    let git = scene.open();
    for name in ["..", ".", ".git", ".GIT", "git~1"] {
        let commit = commit_raw_tree(&scene, &[("100644", name, file)]);
        let out = tempfile::tempdir().unwrap();
        let error = git.export(commit, &[], &out.path().join("o")).unwrap_err();
        assert!(matches!(error, Error::UnsafePath { .. } | Error::Corrupted { .. }), "{name}: {error}");
        assert!(!out.path().join("o").exists());
    }
    let commit = commit_raw_tree(&scene, &[("100644", "a/b", file)]);
    assert!(git.export(commit, &[], &scene.path().join(".git/o")).is_err());
}

#[test]
fn links_that_lead_outside_and_files_written_through_links_are_refused() {
    let scene = Scene::example();
    let git = scene.open();
    for target in ["/etc/passwd", "../x", "a/../../x", "deep/..", ""] {
        let commit = commit_raw_tree(&scene, &[("120000", "link", blob(&scene, target))]);
        let out = tempfile::tempdir().unwrap();
        let error = git.export(commit, &[], &out.path().join("o")).unwrap_err();
        assert!(matches!(error, Error::UnsafePath { .. }), "{target}: {error}");
    }
    let inner: ObjectId = scene.git(&["rev-parse", "HEAD:src"]).parse().unwrap();
    let commit = commit_raw_tree(&scene, &[("120000", "a", blob(&scene, "dossier")), ("40000", "a", inner)]);
    let out = tempfile::tempdir().unwrap();
    assert!(matches!(git.export(commit, &[], &out.path().join("o")), Err(Error::UnsafePath { .. })));
    let twice =
        commit_raw_tree(&scene, &[("100644", "a", blob(&scene, "1")), ("100644", "a", blob(&scene, "2"))]);
    assert!(matches!(git.export(twice, &[], &out.path().join("o")), Err(Error::UnsafePath { .. })));
}

#[test]
fn a_tree_that_names_itself_over_and_over_is_refused_in_bounded_time() {
    let scene = Scene::example();
    let mut tree: ObjectId = scene.git(&["rev-parse", "HEAD:src"]).parse().unwrap();
    for _ in 0..9 {
        let names: Vec<String> = (0..10).map(|n| format!("d{n}")).collect();
        let entries: Vec<_> = names.iter().map(|n| ("40000", n.as_str(), tree)).collect();
        let commit = commit_raw_tree(&scene, &entries);
        tree = scene.git(&["rev-parse", &format!("{commit}^{{tree}}")]).parse().unwrap();
    }
    let commit = scene.git(&["commit-tree", "-m", "bomb", &tree.to_string()]).parse().unwrap();
    let git = scene.open();
    assert!(matches!(git.entries(commit, &[]), Err(Error::TooLarge { .. })));
    assert_eq!(git.entries(commit, &["d0/d1/d2/d3/d4/d5/d6/d7/d8"]).unwrap().len(), 1);
}

#[test]
fn missing_and_damaged_objects_are_named() {
    let scene = Scene::example();
    let id = scene.git(&["rev-parse", "HEAD:src/main.rs"]);
    let file = scene.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
    fs::remove_file(&file).unwrap();
    let error = scene.open().blobs(scene.at("HEAD"), &[]).unwrap_err();
    assert!(error.to_string().contains(&id), "{error}");
    fs::write(&file, b"not zlib").unwrap();
    let error = scene.open().blobs(scene.at("HEAD"), &[]).unwrap_err();
    assert!(error.to_string().contains(&id), "{error}");
    let mut out = Vec::new();
    assert!(scene.open().bundle(&[("refs/heads/main", "HEAD")], &mut out).is_err());
}

#[test]
fn broken_repositories_are_errors() {
    for (file, bytes) in [
        ("HEAD", &b"\xff\xfe"[..]),
        ("HEAD", b""),
        ("config", b"[core\n"),
        ("refs/heads/main", b"zzzz\n"),
        ("refs/heads/main", b"0000000000000000000000000000000000000001\n"),
        ("index", b"DIRCxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        ("packed-refs", b"# pack-refs\n^^^\nxx"),
    ] {
        let scene = Scene::example();
        fs::write(scene.path().join(".git").join(file), bytes).unwrap();
        let tried =
            Repository::open(scene.path()).and_then(|git| git.status().map(|_| ()).and_then(|()| git.head()));
        if file != "packed-refs" {
            assert!(tried.is_err(), "{file} {bytes:?}");
        }
    }
}

#[test]
fn configuration_of_the_repository_runs_nothing() {
    let scene = Scene::example();
    let mark = scene.path().join("ran");
    let command = format!("touch {}", mark.display());
    for key in [
        "core.fsmonitor",
        "core.pager",
        "filter.x.clean",
        "filter.x.smudge",
        "diff.external",
        "core.sshCommand",
    ] {
        scene.git(&["config", key, &command]);
    }
    scene.write(".git/info/attributes", "* filter=x diff=x\n");
    let git = scene.open();
    scene.write("src/main.rs", "changed");
    git.status().unwrap();
    git.diff(scene.at("v1.0"), scene.at("HEAD")).unwrap();
    let mut out = Vec::new();
    git.bundle(&[("refs/heads/main", "HEAD")], &mut out).unwrap();
    let place = tempfile::tempdir().unwrap();
    git.export(scene.at("HEAD"), &[], &place.path().join("o")).unwrap();
    assert!(!mark.exists());
}
