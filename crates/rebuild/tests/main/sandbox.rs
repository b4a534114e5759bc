//! What a build sees, what it may do, and how it fails.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rebuild::{
    BuildError, Environment, EnvironmentSpec, Limits, SandboxError, ToolchainSource, ToolchainSpec,
};

use crate::scene::{EPOCH, Scene, output_text, small_root, small_spec, spec};

#[test]
fn a_build_gives_its_outputs_from_both_places_with_digests() {
    let scene = Scene::new();
    let commands =
        ["mkdir -p made", "cat input.txt > made/a.bin", "cp input.txt $OUT/b", "chmod +x made/a.bin"];
    let (built, place) = scene.build(&commands, &["made/*.bin"]).unwrap();
    let found: Vec<_> = built.outputs.iter().map(|o| (o.path.as_str(), o.size, o.executable)).collect();
    assert_eq!(found, [("b", 6, false), ("made/a.bin", 6, true)]);
    assert_eq!(output_text(&place, "b"), "hello\n");
    assert_eq!(built.outputs[0].digest, "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
    assert!(built.log.to_text().contains("+ cat input.txt > made/a.bin"));
}

#[test]
fn a_build_sees_nothing_of_the_host() {
    let scene = Scene::new();
    let secret = tempfile::tempdir().unwrap();
    std::fs::write(secret.path().join("secret"), "x").unwrap();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = std::env::var("HOME").unwrap_or_else(|_| "/root".to_owned());
    let host_name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let probe = format!(
        "for path in '{}' '{}' '{}' '{}' /home /root /var /sys /etc/machine-id; do \
           if [ -e \"$path\" ]; then echo \"visible: $path\" >> $OUT/seen; fi; done",
        secret.path().display(),
        scene.directory.path().display(),
        here.display(),
        home,
    );
    let commands = [
        "touch $OUT/seen",
        &probe,
        "env | sort > $OUT/env",
        "cat /proc/mounts > $OUT/mounts",
        "cat /proc/net/dev > $OUT/net",
        "cat /proc/sys/kernel/hostname > $OUT/hostname",
        "ls /proc > $OUT/proc",
        "id -u > $OUT/uid",
        "stat -c '%Y' input.txt . >> $OUT/times",
        "if echo x > /usr/bin/x; then echo writable >> $OUT/seen; fi 2> /dev/null || true",
        "pwd > $OUT/pwd",
    ];
    let (_, place) = scene.build(&commands, &[]).unwrap();
    assert_eq!(output_text(&place, "seen"), "");
    let env = output_text(&place, "env");
    assert!(
        env.contains(&format!("SOURCE_DATE_EPOCH={EPOCH}\n"))
            && env.contains("TZ=UTC")
            && env.contains("LC_ALL=C")
    );
    assert!(!env.contains("CARGO_MANIFEST_DIR") && !env.contains(&home), "{env}");
    // The kernel names the file systems behind the mounts, never the host's directories themselves.
    let mounts = output_text(&place, "mounts");
    assert!(!mounts.contains(scene.directory.path().to_str().unwrap()), "{mounts}");
    let devices = output_text(&place, "net");
    let devices: Vec<_> = devices.lines().skip(2).map(|l| l.trim().split(':').next().unwrap()).collect();
    assert_eq!(devices, ["lo"]);
    assert_eq!(output_text(&place, "hostname"), "build\n");
    assert_ne!(output_text(&place, "hostname"), host_name);
    let processes = output_text(&place, "proc").lines().filter(|l| l.parse::<u32>().is_ok()).count();
    assert!(processes < 6, "{processes} processes are visible");
    assert_eq!(output_text(&place, "uid"), "1000\n");
    assert_eq!(output_text(&place, "times"), format!("{EPOCH}\n{EPOCH}\n"));
    assert_eq!(output_text(&place, "pwd"), "/build/src\n");
}

#[test]
fn the_same_inputs_give_the_same_bytes_and_another_source_or_variable_does_not() {
    let scene = Scene::new();
    let commands = ["tar -czf $OUT/a.tgz input.txt", "echo $NAME > $OUT/name"];
    let digests = |scene: &Scene, name: &str| {
        let mut spec = spec(&commands, &[]);
        spec.variables.insert("NAME".to_owned(), name.to_owned());
        let (built, _place) = scene.build_with(&spec, small_root(), None).unwrap();
        built.outputs.into_iter().map(|o| o.digest).collect::<Vec<_>>()
    };
    let first = digests(&scene, "a");
    assert_eq!(digests(&scene, "a"), first);
    let other = digests(&scene, "b");
    assert_eq!((other[0] == first[0], other[1] == first[1]), (true, false));
    scene.write("input.txt", "hallo\n");
    assert_ne!(digests(&scene, "a")[0], first[0]);
}

#[test]
fn failures_are_told_apart() {
    let scene = Scene::new();
    let fail = |commands: &[&str], outputs: &[&str]| scene.build(commands, outputs).unwrap_err();
    let error = fail(&["echo said; exit 3", "echo never"], &[]);
    assert!(matches!(&error, BuildError::Failed { code: 3, log, .. } if log.tail(1) == "said"), "{error}");
    let error = fail(&["rustc --version"], &[]);
    assert_eq!(error.to_string(), "the build failed with exit code 127: the environment has no `rustc`");
    let error = fail(&["true"], &[]);
    assert!(
        matches!(&error, BuildError::OutputMissing { pattern, .. } if pattern == "output at all"),
        "{error}"
    );
    let error = fail(&["touch $OUT/a"], &["b*"]);
    assert!(matches!(&error, BuildError::OutputMissing { pattern, .. } if pattern == "b*"), "{error}");
    let error = fail(&["touch $OUT/a a"], &["a"]);
    assert!(matches!(&error, BuildError::OutputTwice(path) if path == "a"), "{error}");
    assert!(matches!(fail(&[], &["a"]), BuildError::Specification { .. }));
    assert!(matches!(fail(&["  "], &["a"]), BuildError::Specification { .. }));
    assert!(matches!(fail(&["true"], &["a["]), BuildError::Specification { .. }));
    let mut bad = spec(&["touch $OUT/a"], &[]);
    bad.variables.insert("A=B".to_owned(), String::new());
    assert!(matches!(scene.build_with(&bad, small_root(), None), Err(BuildError::Specification { .. })));
}

#[test]
fn limits_end_a_build() {
    let scene = Scene::new();
    let limited = |commands: &[&str], limits: Limits| {
        let spec = rebuild::BuildSpec { limits, ..spec(commands, &[]) };
        scene.build_with(&spec, small_root(), None).map(|(built, _)| built)
    };
    let base = Limits { tmp_bytes: 1 << 20, ..Limits::default() };
    let error = limited(&["echo begins; sleep 1000"], Limits { time_s: 1, ..base }).unwrap_err();
    assert!(
        matches!(&error, BuildError::TimedOut { limit_s: 1, log } if log.to_text().contains("begins")),
        "{error}"
    );
    // A background process that holds nothing open does not outlive the sandbox, nor does it keep it.
    let built = limited(&["(sleep 1000 > /dev/null 2>&1 &)", "touch $OUT/a"], base).unwrap();
    assert_eq!(built.outputs.len(), 1);
    assert!(
        limited(&["head -c 2000000 /dev/zero > $OUT/a"], Limits { file_bytes: 1 << 20, ..base }).is_err()
    );
    assert!(limited(&["head -c 2000000 /dev/zero > /tmp/a", "touch $OUT/a"], base).is_err());
    assert!(
        limited(
            &["head -c 500000000 /dev/zero | tail -c 400000000 > $OUT/a"],
            Limits { memory_bytes: 64 << 20, ..base }
        )
        .is_err()
    );
    let log = limited(&["yes | head -c 3000000", "touch $OUT/a"], Limits { log_bytes: 10_000, ..base })
        .unwrap()
        .log;
    assert!(log.text.len() < 11_000 && log.bytes_total > 3_000_000);
}

#[test]
fn only_the_declared_inputs_are_there() {
    let scene = Scene::new();
    scene.write("src/a", "1");
    scene.write("docs/b", "2");
    let mut spec = spec(&["find_all() { for f in * */*; do echo $f; done; }", "find_all > $OUT/list"], &[]);
    spec.inputs = vec!["src/".to_owned(), "input.*".to_owned()];
    let (_, place) = scene.build_with(&spec, small_root(), None).unwrap();
    assert_eq!(output_text(&place, "list"), "input.txt\nsrc\nsrc/a\n");
}

#[test]
fn an_output_that_is_a_link_is_recorded_and_never_followed() {
    let scene = Scene::new();
    let (built, place) = scene.build(&["ln -s /etc/hostname $OUT/link"], &[]).unwrap();
    assert_eq!(built.outputs[0].size, "/etc/hostname".len() as u64);
    let link = place.path().join("outputs/link");
    assert_eq!(std::fs::read_link(link).unwrap().to_str(), Some("/etc/hostname"));
}

#[test]
fn an_environment_without_a_shell_says_so() {
    let scene = Scene::new();
    let root = tempfile::tempdir().unwrap();
    for path in ["build/src", "build/out", "build/deps", "dev", "proc", "tmp"] {
        std::fs::create_dir_all(root.path().join(path)).unwrap();
    }
    let error = scene.build_with(&spec(&["true"], &[]), root.path(), None).unwrap_err();
    assert!(matches!(error, BuildError::Sandbox(SandboxError::NoShell)), "{error}");
}

#[test]
fn another_toolchain_or_dependency_gives_other_bytes_and_a_missing_one_fails() {
    let scene = Scene::new();
    let place = tempfile::tempdir().unwrap();
    let compiler = place.path().join("maker/bin/compile");
    std::fs::create_dir_all(compiler.parent().unwrap()).unwrap();
    let deps = place.path().join("deps");
    std::fs::create_dir(&deps).unwrap();
    let root_with = |version: &str| {
        std::fs::write(&compiler, format!("#!/bin/sh\necho {version}; cat \"$@\"\n")).unwrap();
        std::fs::set_permissions(&compiler, std::fs::Permissions::from_mode(0o755)).unwrap();
        let toolchain = ToolchainSpec {
            name: "maker".to_owned(),
            source: ToolchainSource::Directory(place.path().join("maker")),
            exclude: Vec::new(),
        };
        let root = place.path().join(version);
        let spec = EnvironmentSpec { toolchains: vec![toolchain], ..small_spec() };
        Environment::gather(&spec).unwrap().unpack(&root).unwrap();
        root
    };
    let spec = spec(&["compile input.txt $DEPS/lib > $OUT/a"], &[]);
    let digest = |root: &Path| {
        scene.build_with(&spec, root, Some(&deps)).map(|(built, _place)| built.outputs[0].digest.clone())
    };
    let (old, new) = (root_with("v1"), root_with("v2"));
    assert!(digest(&old).is_err(), "the dependency is missing");
    std::fs::write(deps.join("lib"), "1").unwrap();
    let first = digest(&old).unwrap();
    assert_eq!(digest(&old).unwrap(), first);
    assert_ne!(digest(&new).unwrap(), first);
    std::fs::write(deps.join("lib"), "2").unwrap();
    assert_ne!(digest(&old).unwrap(), first);
    assert!(digest(small_root()).is_err(), "the toolchain is missing");
}
