//! Whole trees: the work tree and the blobs of a commit, with everything that can be wrong with a file.

use documents::{Blob, Content, Documents, from_blobs, read_worktree};
use product::Config;
use std::fs;
use std::path::Path;

fn config() -> Config {
    product::parse("[product]\nname = \"t\"\n", "dossier.toml").0
}

fn write(root: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn found(d: &Documents) -> Vec<String> {
    d.diagnostics.iter().map(|d| format!("{} {}", d.rule, d.location)).collect()
}

fn blob(path: &str, bytes: &[u8]) -> Blob {
    Blob { path: path.into(), content: Content::Bytes(bytes.to_vec()) }
}

#[test]
fn work_tree_and_blobs_give_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let files: &[(&str, &[u8])] = &[
        ("dossier.toml", b"[product]\nname = \"t\"\n"),
        ("dossier/b/x.md", b"## SRS-2 b\n\n![](../../assets/a.png)\n"),
        ("dossier/a.md", b"## SRS-1 a\n- satisfies: SRS-2\n"),
        ("dossier/img.png", b"\x89PNG"),
        ("dossier/.hidden.md", b"## SRS-3 hidden\n"),
        ("assets/a.png", b"bytes"),
        ("README.md", b"## SRS-4 elsewhere\n"),
    ];
    for (path, bytes) in files {
        write(dir.path(), path, bytes);
    }
    let tree = read_worktree(dir.path(), &config());
    let blobs = from_blobs(files.iter().map(|(p, b)| blob(p, b)), &config());
    for read in [&tree, &blobs] {
        let ids: Vec<&str> = read.items.iter().map(|i| i.id.as_str()).collect();
        assert_eq!(ids, ["SRS-1", "SRS-2"]);
        assert_eq!(found(read), [""; 0]);
        assert!(read.items[1].embedded[0].digest.is_some());
    }
    assert_eq!(tree.tree, blobs.tree);
    assert_eq!(tree.items[1].digest, blobs.items[1].digest);
    // A replaced drawing changes the item; another file outside changes nothing.
    write(dir.path(), "assets/a.png", "other");
    let after = read_worktree(dir.path(), &config());
    assert_ne!(after.items[1].digest, tree.items[1].digest);
    assert_eq!(after.tree, tree.tree);
}

#[test]
fn every_unreadable_file_is_named_and_the_rest_is_read() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "dossier/good.md", "## SRS-1 a\n");
    write(dir.path(), "dossier/latin.md", b"## SRS-2 caf\xe9\n\n## SRS-3 after\n");
    let big = fs::File::create(dir.path().join("dossier/big.md")).unwrap();
    // A sparse file: a gigabyte that takes no room, and is not read.
    big.set_len(1 << 30).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("..", dir.path().join("dossier/loop")).unwrap();
    let read = read_worktree(dir.path(), &config());
    let ids: Vec<&str> = read.items.iter().map(|i| i.id.as_str()).collect();
    assert_eq!(ids, ["SRS-1", "SRS-2", "SRS-3"]);
    assert_eq!(read.items[1].title(), "caf\u{fffd}");
    let mut want = vec!["R0022 dossier/big.md:1:1", "R0021 dossier/latin.md:1:13"];
    #[cfg(unix)]
    want.push("R0023 dossier/loop:1:1");
    assert_eq!(found(&read), want);
    assert!(read.diagnostics[1].message.contains("byte 12"), "{}", read.diagnostics[1].message);
}

#[test]
fn an_empty_product_is_a_finding() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(found(&read_worktree(dir.path(), &config())), ["R0035 dossier.toml:1:1"]);
    assert_eq!(found(&from_blobs([], &config())), ["R0035 dossier.toml:1:1"]);
    let gone = read_worktree(&dir.path().join("absent"), &config());
    assert_eq!(found(&gone), ["R0035 dossier.toml:1:1"]);
}

#[test]
fn contents_that_a_commit_cannot_give_are_findings() {
    let of = |content| Blob { path: "dossier/a.md".into(), content };
    let cases = [
        (Content::Symlink, "R0023"),
        (Content::TooLarge(1 << 40), "R0022"),
        (Content::Unreadable("gone".into()), "R0020"),
    ];
    for (content, rule) in cases {
        let read = from_blobs([of(content), blob("dossier/b.md", b"# b\n")], &config());
        assert_eq!(found(&read), [format!("{rule} dossier/a.md:1:1")]);
    }
}

#[test]
fn a_document_id_belongs_to_one_file() {
    let text = b"---\ndocument: DOC-A\n---\n# a\n";
    let read = from_blobs([blob("dossier/b.md", text), blob("dossier/a.md", text)], &config());
    assert_eq!(found(&read), ["R0034 dossier/b.md:2:1"]);
    assert_eq!(read.diagnostics[0].related[0].location.to_string(), "dossier/a.md:2:1");
}
