//! The archive is read with other people's tools: the shell script that lies in it.

use crate::fixture::{Sealed, listing};
use std::fs;
use std::process::{Command, Output};

fn unpack(sealed: &Sealed, args: &[&str]) -> Option<Output> {
    let have = |tool: &str| Command::new(tool).arg("--version").output().is_ok();
    if !have("zstd") || !have("sha256sum") {
        eprintln!("skipped: zstd or sha256sum is not installed");
        return None;
    }
    Some(Command::new("sh").arg(sealed.root().join("unpack.sh")).args(args).output().expect("run sh"))
}

#[test]
fn the_script_unpacks_what_we_packed() {
    let sealed = Sealed::new();
    let out = sealed.dir.path().join("out");
    let Some(result) = unpack(&sealed, &["2.4.0", "sources", out.to_str().unwrap()]) else { return };
    assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
    assert_eq!(listing(&out), listing(&sealed.tree()));
    let listed = unpack(&sealed, &["2.4.0"]).unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.lines().any(|l| l.ends_with(" text/markdown record/release-record.md")), "{listed}");
    assert!(!unpack(&sealed, &["9.9"]).unwrap().status.success());
    assert!(!unpack(&sealed, &["2.4.0", "none", "x"]).unwrap().status.success());
}

#[test]
fn the_script_refuses_a_damaged_pack() {
    let sealed = Sealed::new();
    for pack in sealed.open().release("2.4.0").unwrap().manifest.layers.iter().filter(|l| l.is_pack()) {
        let path = sealed.root().join("blobs/sha256").join(pack.digest.to_string());
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::remove_file(&path).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let out = sealed.dir.path().join("out");
    let Some(result) = unpack(&sealed, &["2.4.0", "sources", out.to_str().unwrap()]) else { return };
    assert!(!result.status.success());
    assert!(String::from_utf8_lossy(&result.stderr).contains("damaged"));
}

#[test]
fn a_pack_is_a_valid_zstd_file() {
    let sealed = Sealed::new();
    for pack in sealed.open().release("2.4.0").unwrap().manifest.layers.iter().filter(|l| l.is_pack()) {
        let path = sealed.root().join("blobs/sha256").join(pack.digest.to_string());
        let file = fs::File::open(path).unwrap();
        zstd::stream::copy_decode(file, std::io::sink()).expect("a pack is concatenated zstd frames");
    }
}
