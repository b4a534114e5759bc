//! A small environment, made once, and builds in it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rebuild::{BuildError, BuildInputs, BuildSpec, Built, Environment, EnvironmentSpec, Limits, build};
use tempfile::TempDir;

/// 2026-03-01 12:00:00 UTC.
pub(crate) const EPOCH: i64 = 1_772_366_400;

pub(crate) fn own(list: &[&str]) -> Vec<String> {
    list.iter().map(|s| (*s).to_owned()).collect()
}

/// Shell, core programs, tar and gzip: some 25 MB.
pub(crate) fn small_spec() -> EnvironmentSpec {
    let packages = own(&["dash", "coreutils", "tar", "gzip", "sed"]);
    EnvironmentSpec { packages, without: own(&["dpkg", "debianutils"]), ..EnvironmentSpec::default() }
}

/// The small environment, unpacked once for all tests and runs: the directory is named after what is in it.
pub(crate) fn small_root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let environment = Environment::gather(&small_spec()).unwrap();
        let (digest, _) = environment.write_tar(&mut std::io::sink()).unwrap();
        let all = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let root = all.join(format!("small-root-{digest}"));
        if !root.exists() {
            let fresh = tempfile::tempdir_in(all).unwrap();
            let unpacked = fresh.path().join("root");
            environment.unpack(&unpacked).unwrap();
            // Where another process was faster, its directory is as good.
            if let Err(e) = std::fs::rename(&unpacked, &root) {
                assert!(root.exists(), "{e}");
            }
        }
        root
    })
}

/// A product's source in a temporary directory.
pub(crate) struct Scene {
    pub(crate) directory: TempDir,
}

impl Scene {
    pub(crate) fn new() -> Scene {
        let scene = Scene { directory: tempfile::tempdir().unwrap() };
        scene.write("input.txt", "hello\n");
        scene
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.directory.path().join("source").join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Builds with these commands in the small environment; the outputs are in the directory that is returned.
    pub(crate) fn build(&self, commands: &[&str], outputs: &[&str]) -> Result<(Built, TempDir), BuildError> {
        self.build_with(&spec(commands, outputs), small_root(), None)
    }

    pub(crate) fn build_with(
        &self,
        spec: &BuildSpec,
        root: &Path,
        dependencies: Option<&Path>,
    ) -> Result<(Built, TempDir), BuildError> {
        let place = tempfile::tempdir().unwrap();
        let built = build(
            spec,
            &BuildInputs {
                source: &self.directory.path().join("source"),
                root,
                dependencies,
                epoch: EPOCH,
                scratch: &place.path().join("scratch"),
                outputs: &place.path().join("outputs"),
            },
        )?;
        Ok((built, place))
    }
}

pub(crate) fn spec(commands: &[&str], outputs: &[&str]) -> BuildSpec {
    let limits = Limits { time_s: 300, tmp_bytes: 256 << 20, ..Limits::default() };
    BuildSpec { commands: own(commands), outputs: own(outputs), limits, ..BuildSpec::default() }
}

pub(crate) fn output(place: &TempDir, path: &str) -> Vec<u8> {
    std::fs::read(place.path().join("outputs").join(path)).unwrap()
}

pub(crate) fn output_text(place: &TempDir, path: &str) -> String {
    String::from_utf8(output(place, path)).unwrap()
}
