//! Reading whole repositories: revisions, trees, digests, status, history, tags.

use git::{ChangeKind, Dirt, Error, Mode, RepoPath, Repository, TagState, tree_digest};

use crate::scene::Scene;

fn names<'e>(entries: impl IntoIterator<Item = &'e RepoPath>) -> Vec<String> {
    entries.into_iter().map(ToString::to_string).collect()
}

#[test]
fn what_cannot_be_opened_or_named_is_said_clearly() {
    let nowhere = tempfile::tempdir().unwrap();
    let error = Repository::discover(nowhere.path()).unwrap_err();
    assert!(matches!(error, Error::NoRepository(_)), "{error}");

    let empty = Scene::empty();
    assert!(matches!(empty.open().head(), Err(Error::NoCommits(_))));
    assert!(matches!(empty.open().resolve("HEAD"), Err(Error::NoCommits(_))));

    let scene = Scene::example();
    assert_eq!(scene.open().branch().as_deref(), Some("main"));
    scene.git(&["symbolic-ref", "HEAD", "refs/heads/other"]);
    let error = scene.open().head().unwrap_err();
    assert!(matches!(&error, Error::UnbornHead { branch, .. } if branch == "other"), "{error}");
    assert!(matches!(scene.open().resolve("nonsense"), Err(Error::UnknownRevision { .. })));
    assert!(matches!(scene.open().resolve(""), Err(Error::UnknownRevision { .. })));
    for odd in
        ["a\0b", "HEAD^^^^", "HEAD~99999999999999999999", "@{-1}", "HEAD^{/", ":/", "^", "..", "main..main"]
    {
        assert!(scene.open().resolve(odd).is_err(), "{odd}");
        assert!(scene.open().tag(odd).is_err(), "{odd}");
    }
    assert!(matches!(scene.open().resolve("main:src"), Err(Error::NotACommit(_))));

    scene.git(&["config", "core.bare", "true"]);
    let bare = Repository::open(&scene.path().join(".git")).unwrap();
    assert!(matches!(bare.work_tree(), Err(Error::Bare(_))));
    assert!(matches!(bare.status(), Err(Error::Bare(_))));
    assert!(bare.resolve("main").is_ok());
}

#[test]
fn a_revision_is_a_branch_a_tag_or_an_id() {
    let scene = Scene::example();
    let (git, head) = (scene.open(), scene.at("HEAD"));
    assert_eq!(git.resolve("main").unwrap(), head);
    assert_eq!(git.resolve(&head.to_string()).unwrap(), head);
    assert_eq!(git.resolve(&head.to_string()[..10]).unwrap(), head);
    assert_eq!(git.resolve("v1.0").unwrap(), git.resolve("HEAD~1").unwrap());
    assert_eq!(git.branches().unwrap(), [("main".to_owned(), head)]);
    assert!(git.is_ancestor(git.resolve("v1.0").unwrap(), head).unwrap());
    assert!(!git.is_ancestor(head, git.resolve("v1.0").unwrap()).unwrap());
    assert_eq!(Repository::discover(&scene.path().join("src")).unwrap().head().unwrap(), head);
}

#[test]
fn a_tree_is_listed_whole_or_below_paths_with_modes_and_bytes() {
    let scene = Scene::example();
    let git = scene.open();
    let all = git.entries(scene.at("HEAD"), &[]).unwrap();
    let all_names = names(all.iter().map(|e| &e.path));
    let expected =
        ["build.sh", "docs/ifu.md", "dossier.toml", "dossier/requirements/srs.md", "entry", "src/main.rs"];
    assert_eq!(all_names, expected);
    assert_eq!(all[0].mode, Mode::Executable);
    assert_eq!(all[4].mode, Mode::Symlink);
    let some = git.blobs(scene.at("v1.0"), &["dossier", "entry", "absent"]).unwrap();
    assert_eq!(names(some.iter().map(|b| &b.entry.path)), ["dossier/requirements/srs.md", "entry"]);
    assert_eq!(some[0].bytes, b"## SRS-1 Be there\n");
    assert_eq!(some[1].bytes, b"src/main.rs");
}

#[test]
fn a_large_tree_read_by_several_threads_keeps_its_order() {
    let scene = Scene::empty();
    for n in 0..1500 {
        scene.write(&format!("d{}/f{n}", n % 7), &format!("{n}\n"));
    }
    let commit = scene.commit("Many");
    for blob in scene.open().blobs(commit, &[]).unwrap() {
        let path = blob.entry.path.to_string();
        assert_eq!(format!("{}\n", path.split_once("/f").unwrap().1).as_bytes(), blob.bytes);
    }
}

#[test]
fn work_tree_and_commit_have_one_tree_digest_while_clean() {
    let scene = Scene::example();
    let git = scene.open();
    let of_work_tree = || {
        let files = git.work_tree_files(&[]).unwrap();
        tree_digest(files.iter().map(|f| {
            let digest = <sha2::Sha256 as sha2::Digest>::digest(git.read_work_tree_file(f).unwrap());
            (f.path.as_bytes().to_vec(), <[u8; 32]>::from(digest))
        }))
    };
    let of_commit = git.commit_tree_digest(scene.at("HEAD"), &[]).unwrap();
    assert_eq!(of_work_tree(), of_commit);
    scene.write("src/main.rs", "fn main() { panic!() }\n");
    assert_ne!(of_work_tree(), of_commit);
    assert_ne!(git.commit_tree_digest(scene.at("v1.0"), &[]).unwrap(), of_commit);
}

#[test]
fn status_counts_bytes_modes_new_and_lost_files_and_nothing_ignored() {
    let scene = Scene::example();
    assert_eq!(scene.open().status().unwrap(), []);
    scene.write("src/main.rs", "fn main() { panic!() }\n");
    scene.write("docs/ifu.md", "Read thiS.\n");
    std::fs::remove_file(scene.path().join("dossier.toml")).unwrap();
    scene.write("new.md", "x");
    scene.write("staged.md", "x");
    scene.git(&["add", "staged.md"]);
    scene.write(".git/info/exclude", "target/\n*.tmp\n");
    scene.write("target/deep/file", "x");
    scene.write("a.tmp", "x");
    scene.executable("docs/ifu.md");
    scene.executable("entry");
    std::fs::remove_file(scene.path().join("entry")).unwrap();
    std::os::unix::fs::symlink("build.sh", scene.path().join("entry")).unwrap();
    let dirty = scene.open().status().unwrap();
    let found: Vec<_> = dirty.iter().map(|d| (d.path.to_string(), d.dirt)).collect();
    let expected = [
        ("docs/ifu.md", Dirt::Modified),
        ("dossier.toml", Dirt::Deleted),
        ("entry", Dirt::Modified),
        ("new.md", Dirt::Untracked),
        ("src/main.rs", Dirt::ModeChanged),
        ("staged.md", Dirt::Added),
    ];
    // `entry` leads to src/main.rs, so that making it executable reached that file, whose bytes changed as well.
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(p, d)| (p.to_owned(), if p == "src/main.rs" { Dirt::Modified } else { d }))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_change_of_the_executable_bit_alone_is_seen() {
    let scene = Scene::example();
    scene.executable("docs/ifu.md");
    let dirty = scene.open().status().unwrap();
    assert_eq!(dirty.len(), 1);
    assert_eq!(dirty[0].dirt, Dirt::ModeChanged);
}

#[test]
fn the_log_has_trailers_and_only_the_asked_range() {
    let scene = Scene::example();
    let git = scene.open();
    let log = git.log(None, scene.at("HEAD")).unwrap();
    assert_eq!(log.iter().map(|c| c.summary()).collect::<Vec<_>>(), ["Print a line", "First"]);
    assert_eq!(log[0].trailer_values("change").collect::<Vec<_>>(), ["CR-7", "CR-8"]);
    assert_eq!(log[0].trailers.len(), 2, "{:?}", log[0].trailers);
    assert_eq!(log[0].author.name, "software-lead");
    assert_eq!((log[0].author.seconds, log[0].author.offset_minutes), (1_772_362_800, 60));
    assert_eq!(log[0].parents, [log[1].id]);
    assert_eq!(git.log_ids(Some(scene.at("v1.0")), scene.at("HEAD")).unwrap(), [log[0].id]);
    assert_eq!(git.commit_signature(log[0].id).unwrap(), None);
}

#[test]
fn a_diff_names_each_path_once() {
    let scene = Scene::example();
    scene.git(&["rm", "-q", "dossier.toml"]);
    scene.executable("src/main.rs");
    scene.commit("Third");
    let git = scene.open();
    let diff = git.diff(scene.at("v1.0"), scene.at("HEAD")).unwrap();
    let found: Vec<_> = diff.iter().map(|d| (d.path.to_string(), d.kind)).collect();
    let expected = [
        ("docs/ifu.md", ChangeKind::Added),
        ("dossier.toml", ChangeKind::Deleted),
        ("src/main.rs", ChangeKind::Modified),
    ];
    assert_eq!(found, expected.map(|(p, k)| (p.to_owned(), k)));
    let last = git.changed_paths(scene.at("HEAD")).unwrap();
    assert_eq!(last[1].kind, ChangeKind::ModeChanged);
    assert_eq!(git.changed_paths(scene.at("v1.0")).unwrap().len(), 5);
}

#[test]
fn tags_say_what_they_name_and_whether_they_moved() {
    let scene = Scene::example();
    let git = scene.open();
    let (first, second) = (scene.at("HEAD~1"), scene.at("HEAD"));
    let tag = git.tag("v1.0").unwrap();
    let annotation = tag.annotation.unwrap();
    assert_eq!(tag.commit, first);
    assert_eq!(annotation.message.trim(), "The first");
    assert_eq!(annotation.tagger.unwrap().name, "software-lead");
    assert_eq!(annotation.signature, None);
    assert_eq!(git.tag_state("v1.0", first).unwrap(), TagState::InPlace);
    assert_eq!(git.tag_state("v2.0", first).unwrap(), TagState::Missing);
    assert_eq!(git.tag_state("../../HEAD", first).unwrap(), TagState::Missing);
    scene.git(&["tag", "-f", "v1.0", "HEAD"]);
    assert_eq!(git.tag_state("v1.0", first).unwrap(), TagState::Moved { now: second });
    assert_eq!(git.tag("v1.0").unwrap().annotation, None);
    assert_eq!(git.tag_names().unwrap(), ["v1.0"]);
}

#[test]
#[allow(clippy::print_stderr)] // a test that is skipped says so
fn a_signed_tag_gives_payload_and_signature_that_ssh_keygen_accepts() {
    let scene = Scene::example();
    let keys = tempfile::tempdir().unwrap();
    let key = keys.path().join("key");
    let keygen = |arguments: &[&str], stdin: Option<&[u8]>| {
        use std::io::Write as _;
        let mut child = std::process::Command::new("ssh-keygen")
            .args(arguments)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()?;
        child.stdin.take().unwrap().write_all(stdin.unwrap_or_default())?;
        child.wait()
    };
    let key_text = key.to_str().unwrap();
    if keygen(&["-q", "-t", "ed25519", "-N", "", "-C", "lead", "-f", key_text], None).is_err() {
        eprintln!("skipped: ssh-keygen is not installed");
        return;
    }
    let signing = format!("user.signingKey={key_text}");
    scene.git(&["-c", "gpg.format=ssh", "-c", &signing, "tag", "-s", "v2.0", "-m", "The second"]);
    scene.git(&[
        "-c",
        "gpg.format=ssh",
        "-c",
        &signing,
        "commit",
        "-q",
        "-S",
        "--allow-empty",
        "-m",
        "Signed",
    ]);

    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    let allowed = keys.path().join("allowed");
    std::fs::write(&allowed, format!("lead {public}")).unwrap();
    let git = scene.open();
    let annotation = git.tag("v2.0").unwrap().annotation.unwrap();
    assert_eq!(annotation.message, "The second\n");
    let of_commit = git.commit_signature(scene.at("HEAD")).unwrap().unwrap();
    for signature in [annotation.signature.unwrap(), of_commit] {
        let file = keys.path().join("sig");
        std::fs::write(&file, &signature.armored).unwrap();
        let (allowed, file) = (allowed.to_str().unwrap(), file.to_str().unwrap());
        let arguments = ["-q", "-Y", "verify", "-f", allowed, "-I", "lead", "-n", "git", "-s", file];
        assert!(keygen(&arguments, Some(&signature.payload)).unwrap().success());
    }
}

#[test]
fn the_software_digest_follows_the_software_alone() {
    let scene = Scene::example();
    let git = scene.open();
    let patterns = ["src/**", "build.sh", "*.lock"];
    let before = git.software_digest(scene.at("HEAD"), &patterns).unwrap();
    assert_eq!(names(before.items.iter().map(|i| &i.path)), ["build.sh", "src/main.rs"]);
    assert_eq!(before.unmatched, ["*.lock"]);
    scene.write("docs/ifu.md", "Read that.\n");
    scene.commit("A typo in the IFU");
    assert_eq!(git.software_digest(scene.at("HEAD"), &patterns).unwrap(), before);
    scene.executable("src/main.rs");
    scene.commit("A mode");
    assert_ne!(git.software_digest(scene.at("HEAD"), &patterns).unwrap().digest, before.digest);
    assert_eq!(git.software_digest(scene.at("HEAD"), &["src"]).unwrap().items.len(), 1);
    assert!(matches!(git.software_digest(scene.at("HEAD"), &["a[", "b"]), Err(Error::Pattern { .. })));
}
