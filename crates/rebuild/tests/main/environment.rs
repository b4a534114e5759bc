//! Environments of packages and directories.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rebuild::{
    Environment, EnvironmentError, EnvironmentSpec, Node, ToolchainSource, ToolchainSpec, read_description,
    unpack_environment,
};

use crate::scene::{own, small_spec};

fn tar(spec: &EnvironmentSpec) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let (digest, _) = Environment::gather(spec).unwrap().write_tar(&mut bytes).unwrap();
    (digest, bytes)
}

#[test]
fn the_same_packages_give_the_same_bytes_and_the_tar_gives_the_same_root() {
    let (digest, bytes) = tar(&small_spec());
    assert_eq!(tar(&small_spec()).0, digest);
    let place = tempfile::tempdir().unwrap();
    let (from_tar, direct) = (place.path().join("a"), place.path().join("b"));
    assert_eq!(unpack_environment(&mut bytes.as_slice(), &from_tar).unwrap(), digest);
    Environment::gather(&small_spec()).unwrap().unpack(&direct).unwrap();
    assert!(listing(&direct).len() > 200);
    assert_eq!(listing(&from_tar), listing(&direct));
}

/// Every path below a directory with what is there.
fn listing(root: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    let mut out = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let metadata = std::fs::symlink_metadata(&path).unwrap();
            let content = if metadata.is_symlink() {
                std::fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes()
            } else if metadata.is_dir() {
                waiting.push(path.clone());
                Vec::new()
            } else {
                std::fs::read(&path).unwrap()
            };
            out.insert(path.strip_prefix(root).unwrap().to_owned(), (metadata.permissions().mode(), content));
        }
    }
    out
}

#[test]
fn an_environment_says_what_is_in_it_and_leaves_out_documentation_and_homes() {
    let environment = Environment::gather(&small_spec()).unwrap();
    let nodes = environment.layout().nodes();
    assert!(nodes.contains_key(b"usr/bin/dash".as_slice()) || nodes.contains_key(b"bin/dash".as_slice()));
    for gone in
        ["usr/share/doc", "usr/share/man", "usr/share/locale", "home", "root", "var", "etc/ld.so.cache"]
    {
        assert!(!nodes.contains_key(gone.as_bytes()), "{gone}");
    }
    for (path, node) in nodes {
        if let Node::Link(target) = node {
            let target = String::from_utf8_lossy(target);
            assert!(!target.contains("alternatives"), "{} -> {target}", String::from_utf8_lossy(path));
        }
    }
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("root");
    environment.unpack(&root).unwrap();
    let description = read_description(&root).unwrap().unwrap();
    assert_eq!(&description, environment.description());
    assert!(description.packages.iter().any(|p| p.name == "libc6" && !p.version.is_empty()));
    assert!(description.variables["PATH"].contains("/usr/bin"));
}

#[test]
fn what_cannot_be_gathered_is_named() {
    let gather = |spec: &EnvironmentSpec| Environment::gather(spec).unwrap_err();
    assert!(matches!(gather(&EnvironmentSpec::default()), EnvironmentError::Empty));
    let missing = EnvironmentSpec { packages: own(&["no-such-package"]), ..EnvironmentSpec::default() };
    assert!(gather(&missing).to_string().contains("`no-such-package` is not installed"));

    let place = tempfile::tempdir().unwrap();
    let toolchain = |name: &str| EnvironmentSpec {
        toolchains: vec![ToolchainSpec {
            name: name.to_owned(),
            source: ToolchainSource::Directory(place.path().to_owned()),
            exclude: own(&["*.md"]),
        }],
        ..EnvironmentSpec::default()
    };
    assert!(gather(&toolchain("t")).to_string().contains("empty"));
    std::fs::create_dir(place.path().join("bin")).unwrap();
    std::fs::write(place.path().join("bin/tool"), "x").unwrap();
    std::fs::write(place.path().join("README.md"), "x").unwrap();
    std::os::unix::fs::symlink(place.path().join("bin/tool"), place.path().join("same")).unwrap();
    let good = Environment::gather(&toolchain("t")).unwrap();
    assert_eq!(good.layout().get(b"opt/t/same"), Some(&Node::Link(b"/opt/t/bin/tool".to_vec())));
    assert_eq!(good.layout().get(b"opt/t/README.md"), None);
    assert!(good.description().variables["PATH"].starts_with("/opt/t/bin:"));
    for name in ["", "..", "a/b", ".x"] {
        assert!(matches!(gather(&toolchain(name)), EnvironmentError::Specification { .. }), "{name}");
    }
    for target in ["/usr/bin/env", "../x", "bin/../../x"] {
        let link = place.path().join("link");
        let _ = std::fs::remove_file(&link);
        std::os::unix::fs::symlink(target, &link).unwrap();
        assert!(matches!(gather(&toolchain("t")), EnvironmentError::LinkOutside { .. }), "{target}");
    }
}

#[test]
fn hostile_tars_are_refused() {
    let entry = |kind: tar::EntryType, path: &[u8], link: Option<&str>| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_mode(0o644);
        header.as_mut_bytes()[..path.len()].copy_from_slice(path);
        if let Some(link) = link {
            header.set_link_name_literal(link).unwrap();
        }
        header.set_cksum();
        header.as_bytes().to_vec()
    };
    let cases = [
        ("climbs", entry(tar::EntryType::Regular, b"../x", None)),
        ("a device", entry(tar::EntryType::Block, b"x", None)),
        ("a hard link", entry(tar::EntryType::Link, b"x", Some("/etc/passwd"))),
        ("no name", entry(tar::EntryType::Regular, b"./", None)),
        ("garbage", vec![7; 512]),
    ];
    for (what, mut bytes) in cases {
        bytes.resize(bytes.len() + 1024, 0);
        let place = tempfile::tempdir().unwrap();
        assert!(unpack_environment(&mut bytes.as_slice(), &place.path().join("r")).is_err(), "{what}");
    }
    // A file below a link must not be written where the link leads.
    let place = tempfile::tempdir().unwrap();
    let outside = place.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    let mut bytes = entry(tar::EntryType::Symlink, b"a", Some(outside.to_str().unwrap()));
    bytes.extend(entry(tar::EntryType::Regular, b"a/x", None));
    bytes.resize(bytes.len() + 1024, 0);
    assert!(unpack_environment(&mut bytes.as_slice(), &place.path().join("r")).is_err());
    let mut bytes = entry(tar::EntryType::Symlink, b"a", Some(outside.to_str().unwrap()));
    bytes.extend(entry(tar::EntryType::Symlink, b"a/x", Some("y")));
    bytes.resize(bytes.len() + 1024, 0);
    assert!(unpack_environment(&mut bytes.as_slice(), &place.path().join("s")).is_err());
    assert!(std::fs::read_dir(&outside).unwrap().next().is_none());
}
