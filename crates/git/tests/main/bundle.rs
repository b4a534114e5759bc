//! Bundles out and in, and exports.

use std::os::unix::fs::PermissionsExt as _;

use git::{Error, Repository, unbundle};

use crate::scene::{Scene, git_in};

const REFS: [(&str, &str); 2] = [("refs/heads/main", "HEAD"), ("refs/tags/v1.0", "v1.0")];

fn bundle(git: &Repository) -> Vec<u8> {
    let mut out = Vec::new();
    git.bundle(&REFS, &mut out).unwrap();
    out
}

#[test]
fn git_itself_clones_a_bundle() {
    let scene = Scene::example();
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("b.bundle"), bundle(&scene.open())).unwrap();
    git_in(place.path(), &["clone", "-q", "-b", "main", "b.bundle", "clone"]);
    let clone = Repository::open(&place.path().join("clone")).unwrap();
    assert_eq!(clone.head().unwrap(), scene.at("HEAD"));
    assert_eq!(clone.tag("v1.0").unwrap(), scene.open().tag("v1.0").unwrap());
    assert_eq!(clone.status().unwrap(), []);
}

#[test]
fn a_bundle_has_the_same_bytes_however_the_repository_is_packed_and_whatever_else_it_holds() {
    let scene = Scene::example();
    for n in 0..20 {
        let lines: String =
            (0..200).map(|l| format!("line {}\n", if l == n { 1000 + n } else { l })).collect();
        scene.write("src/long.rs", &lines);
        scene.commit(&format!("Step {n}"));
    }
    let loose = bundle(&scene.open());
    scene.git(&["tag", "-a", "another", "-m", "x", "HEAD~3"]);
    scene.git(&["branch", "side", "HEAD~2"]);
    scene.git(&["gc", "-q", "--aggressive", "--prune=now"]);
    assert_eq!(bundle(&scene.open()), loose);
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("b.bundle"), &loose).unwrap();
    git_in(place.path(), &["clone", "-q", "-b", "main", "b.bundle", "clone"]);
    assert_eq!(bundle(&Repository::open(&place.path().join("clone")).unwrap()), loose);
}

#[test]
fn a_bundle_comes_back_and_its_commit_is_exported_with_modes_and_links() {
    let scene = Scene::example();
    let place = tempfile::tempdir().unwrap();
    let bytes = bundle(&scene.open());
    let (back, refs) = unbundle(&mut bytes.as_slice(), &place.path().join("repo")).unwrap();
    assert_eq!(refs.len(), 2);
    let head = back.resolve("refs/heads/main").unwrap();
    assert_eq!(head, scene.at("HEAD"));
    let out = place.path().join("out");
    let exported = back.export(head, &[], &out).unwrap();
    assert_eq!(exported.files, 6);
    assert_eq!(std::fs::read_link(out.join("entry")).unwrap().to_str(), Some("src/main.rs"));
    assert_eq!(std::fs::metadata(out.join("build.sh")).unwrap().permissions().mode() & 0o777, 0o755);
    assert!(!out.join(".git").exists());
    assert!(matches!(back.export(head, &[], &out), Err(Error::Io { .. })), "not over what is there");
}

#[test]
fn a_bundle_with_any_byte_changed_or_cut_is_an_error_never_another_history() {
    let scene = Scene::example();
    let bytes = bundle(&scene.open());
    let head = scene.at("HEAD");
    let read = |bytes: &[u8]| {
        let place = tempfile::tempdir().unwrap();
        let read = unbundle(&mut &bytes[..], &place.path().join("r"));
        read.and_then(|(r, _)| r.entries(r.resolve("refs/heads/main")?, &[]).map(|e| (e, place)))
    };
    let good = read(&bytes).unwrap().0;
    for at in (0..bytes.len()).step_by(29) {
        assert!(read(&bytes[..at]).is_err(), "cut at {at}");
        let mut changed = bytes.clone();
        changed[at] ^= 0x20;
        // A change in the name of a reference may leave another valid one.
        if let Ok((entries, _)) = read(&changed) {
            assert_eq!(entries, good, "byte {at} of {} ({head})", bytes.len());
        }
    }
    assert!(matches!(read(b""), Err(Error::Bundle(_))));
}

#[test]
fn bundles_that_need_more_than_they_hold_are_refused() {
    let scene = Scene::example();
    scene.git(&["bundle", "create", "-q", "part.bundle", "HEAD~1..main"]);
    let part = std::fs::read(scene.path().join("part.bundle")).unwrap();
    let place = tempfile::tempdir().unwrap();
    let error = unbundle(&mut part.as_slice(), &place.path().join("r")).unwrap_err();
    assert!(error.to_string().contains("it needs a commit that it does not hold"), "{error}");

    let git = scene.open();
    assert!(matches!(git.bundle(&[], &mut Vec::new()), Err(Error::Bundle(_))));
    assert!(matches!(git.bundle(&[("../x", "HEAD")], &mut Vec::new()), Err(Error::ReferenceName(_))));

    git_in(
        place.path(),
        &["clone", "-q", "--depth", "1", &format!("file://{}", scene.path().display()), "shallow"],
    );
    let shallow = Repository::open(&place.path().join("shallow")).unwrap();
    assert!(matches!(
        shallow.bundle(&[("refs/heads/main", "HEAD")], &mut Vec::new()),
        Err(Error::Shallow(_))
    ));
    assert!(matches!(shallow.log(None, shallow.head().unwrap()), Err(Error::Shallow(_))));
}

#[test]
fn hostile_heads_of_a_bundle_are_errors() {
    let id = "1".repeat(40);
    let place = tempfile::tempdir().unwrap();
    for (n, head) in [
        format!("{id} refs/heads/a\0b\n\n"),
        format!("{id} refs/heads/../../config\n\n"),
        format!("{id} HEAD\n\n"),
        format!("{id} refs/heads/a\n\n"),
        format!("{id}\n\n"),
        "zz refs/heads/a\n\n".to_owned(),
        "\n".to_owned(),
        format!("{id} refs/heads/{}\n\n", "a".repeat(10_000)),
        format!("{id} refs/heads/a\n").repeat(20_000),
    ]
    .into_iter()
    .enumerate()
    {
        let bytes = format!("# v2 git bundle\n{head}PACK");
        assert!(unbundle(&mut bytes.as_bytes(), &place.path().join(n.to_string())).is_err(), "{n}");
    }
}

#[test]
fn a_submodule_is_reported_and_left_empty() {
    let scene = Scene::example();
    let other = scene.at("HEAD").to_string();
    scene.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{other},lib/sub")]);
    scene.git(&["commit", "-q", "-m", "A submodule"]);
    let git = scene.open();
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let exported = git.export(scene.at("HEAD"), &[], &out).unwrap();
    assert_eq!(exported.submodules, [(git::RepoPath::from("lib/sub"), scene.at("HEAD~1"))]);
    assert!(std::fs::read_dir(out.join("lib/sub")).unwrap().next().is_none());
    let digest = git.software_digest(scene.at("HEAD"), &["lib"]).unwrap();
    assert_eq!(digest.items[0].mode, git::Mode::Submodule);
}
