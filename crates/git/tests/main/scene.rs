//! A repository to test on.

use std::fs;
use std::path::Path;
use std::process::Command;

use git::{ObjectId, Repository};
use tempfile::TempDir;

/// A repository in a temporary directory, driven by the git program.
pub(crate) struct Scene {
    directory: TempDir,
}

impl Scene {
    /// A repository without commits.
    pub(crate) fn empty() -> Scene {
        let scene = Scene { directory: tempfile::tempdir().unwrap() };
        scene.git(&["init", "-q", "-b", "main"]);
        scene
    }

    /// A repository with two commits and an annotated tag `v1.0` on the first.
    pub(crate) fn example() -> Scene {
        let scene = Scene::empty();
        scene.write("dossier/requirements/srs.md", "## SRS-1 Be there\n");
        scene.write("dossier.toml", "[product]\nname = \"triage\"\n");
        scene.write("src/main.rs", "fn main() {}\n");
        scene.write("build.sh", "#!/bin/sh\n");
        scene.executable("build.sh");
        std::os::unix::fs::symlink("src/main.rs", scene.path().join("entry")).unwrap();
        scene.commit("First\n\nChange: CR-1\n");
        scene.git(&["tag", "-a", "v1.0", "-m", "The first"]);
        scene.write("src/main.rs", "fn main() { println!() }\n");
        scene.write("docs/ifu.md", "Read this.\n");
        scene.commit("Print a line\n\nBody: not a trailer, as text follows\nlike this\n\nChange: CR-7, CR-8\nReviewed-by: qa-lead\n");
        scene
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn open(&self) -> Repository {
        Repository::open(self.path()).unwrap()
    }

    pub(crate) fn at(&self, rev: &str) -> ObjectId {
        self.open().resolve(rev).unwrap()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn executable(&self, path: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(self.path().join(path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub(crate) fn commit(&self, message: &str) -> ObjectId {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.at("HEAD")
    }

    /// Runs git here and returns what it printed. Panics when it fails.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git_in(self.path(), arguments)
    }
}

/// Runs git in a directory, without the configuration of whoever runs the tests.
pub(crate) fn git_in(directory: &Path, arguments: &[&str]) -> String {
    let out = Command::new("git")
        .args(["-c", "core.hooksPath=/dev/null", "-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs(["AUTHOR", "COMMITTER"].into_iter().flat_map(|who| {
            let set = |what: &str, value: &str| (format!("GIT_{who}_{what}"), value.to_owned());
            [
                set("NAME", "software-lead"),
                set("EMAIL", "lead@example.org"),
                set("DATE", "2026-03-01T12:00:00+01:00"),
            ]
        }))
        .output()
        .expect("the git program is needed for the tests of the crate git");
    assert!(out.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim_end().to_owned()
}
