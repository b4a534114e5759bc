//! Builds that are not repeatable, each named with its cause; and the comparison on any bytes.

use proptest::prelude::*;
use rebuild::compare::{Cause, CauseKind, Difference, Side, explain};
use rebuild::report::{RebuildReport, Verdict};
use rebuild::{Built, Output, compare};
use tempfile::TempDir;

use crate::scene::{Scene, output};

/// Builds twice and returns the causes of the one output's difference.
fn causes(first: &[&str], second: &[&str]) -> Vec<Cause> {
    let scene = Scene::new();
    let a: (Built, TempDir) = scene.build(first, &[]).unwrap();
    let b = scene.build(second, &[]).unwrap();
    let bytes = |side: Side, path: &str| {
        let place = if side == Side::Expected { &a.1 } else { &b.1 };
        Some(output(place, path))
    };
    let compared = compare(&a.0.outputs, &b.0.outputs, &bytes);
    assert_eq!(RebuildReport::verdict_of(&compared), Verdict::Different);
    match &compared[..] {
        [only] => match &only.difference {
            Difference::Different { causes } => causes.clone(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn kinds(commands: &[&str]) -> Vec<CauseKind> {
    let mut kinds: Vec<_> = causes(commands, commands).into_iter().map(|c| c.kind).collect();
    kinds.dedup();
    kinds
}

const MEMBERS: &str = "mkdir d; for n in 1 2 3 4 5 6 7 8 9 a b c d e f g h; do echo $n > d/$n; done";
const TAR: &str = "tar --owner=0 --group=0 --mtime=@1 -cf";

#[test]
fn a_build_that_embeds_the_time_is_named() {
    assert_eq!(kinds(&["echo \"built at $(date +%s%N)\" > $OUT/a"]), [CauseKind::Timestamp]);
    assert_eq!(kinds(&["date '+%Y-%m-%dT%H:%M:%S.%NZ version 1' > $OUT/a"]), [CauseKind::Timestamp]);
    assert_eq!(
        kinds(&["touch -d @$(date +%N) f; tar --owner=0 --group=0 -cf $OUT/a.tar f"]),
        [CauseKind::Timestamp]
    );
    let inside = ["touch -d @$(date +%N) f; tar --owner=0 --group=0 -c f | gzip -n > $OUT/a.tgz"];
    let found = causes(&inside, &inside);
    assert_eq!((found[0].kind, found[0].place.as_str()), (CauseKind::Timestamp, "gzip, tar, member f"));
}

#[test]
fn a_build_that_embeds_a_path_is_named() {
    assert_eq!(kinds(&["echo \"built in $(mktemp -d)/src\" > $OUT/a"]), [CauseKind::Path]);
    let binary = "printf 'ELF\\000\\001%s\\000\\002' $(mktemp -d)/src/main.c > $OUT/a";
    assert_eq!(kinds(&[binary]), [CauseKind::Path]);
}

#[test]
fn a_build_that_embeds_an_order_is_named() {
    let tar = format!("{TAR} $OUT/a.tar $(ls d/* | shuf)");
    assert_eq!(kinds(&[MEMBERS, &tar]), [CauseKind::Order]);
    assert_eq!(kinds(&[MEMBERS, "ls d | shuf > $OUT/a"]), [CauseKind::Order]);
    assert_eq!(kinds(&[MEMBERS, "ls d | shuf | tr '\\n' ' ' > $OUT/a"]), [CauseKind::Order]);
}

#[test]
fn a_build_that_embeds_the_compressor_is_named() {
    let with = |level: &str| format!("seq 1 5000 | gzip -n{level} > $OUT/a.gz");
    let found = causes(&[&with("1")], &[&with("9")]);
    assert_eq!(found.iter().map(|c| c.kind).collect::<Vec<_>>(), [CauseKind::Compressor]);
}

#[test]
fn a_build_that_embeds_chance_is_content() {
    assert_eq!(kinds(&["head -c 4096 /dev/urandom > $OUT/a"]), [CauseKind::Content]);
    assert_eq!(kinds(&["cat /proc/sys/kernel/random/uuid > $OUT/a"]), [CauseKind::Content]);
}

#[test]
fn outputs_that_are_lost_new_or_of_another_mode_are_named() {
    let output = |path: &str, digest: &str, executable| Output {
        path: path.to_owned(),
        digest: digest.to_owned(),
        size: 1,
        executable,
    };
    let was =
        [output("a", "1", false), output("b", "2", false), output("m", "3", true), output("same", "4", true)];
    let is = [
        output("b", "5", false),
        output("c", "6", false),
        output("m", "3", false),
        output("same", "4", true),
    ];
    let compared = compare(&was, &is, &|_, _| None);
    let differences: Vec<_> = compared.iter().map(|c| (c.path.as_str(), &c.difference)).collect();
    assert_eq!(differences[0], ("a", &Difference::Missing));
    assert!(matches!(differences[1], ("b", Difference::Different { causes }) if causes.len() == 1));
    assert_eq!(differences[2], ("c", &Difference::Extra));
    assert!(
        matches!(differences[3], ("m", Difference::Different { causes }) if causes[0].detail.contains("executable"))
    );
    assert_eq!(differences[4], ("same", &Difference::Identical));
    assert_eq!(RebuildReport::verdict_of(&compared), Verdict::Different);
    assert_eq!(RebuildReport::verdict_of(&compared[4..]), Verdict::Identical);
    assert_eq!(RebuildReport::verdict_of(&[]), Verdict::Failed);
    let json = serde_json::to_string(&compared).unwrap();
    assert_eq!(serde_json::from_str::<Vec<rebuild::compare::OutputComparison>>(&json).unwrap(), compared);
}

#[test]
fn archives_of_other_kinds_are_opened_too() {
    let kinds = |a: &[u8], b: &[u8]| explain(a, b).into_iter().map(|c| c.kind).collect::<Vec<_>>();
    let ar = |time: &str, data: &str| {
        let head = format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", "x.o/", time, 0, 0, 100644, data.len());
        format!("!<arch>\n{head}{data}").into_bytes()
    };
    assert_eq!(kinds(&ar("1", "abcd"), &ar("2", "abcd")), [CauseKind::Timestamp]);
    assert_eq!(kinds(&ar("1", "abcd"), &ar("1", "/a/b")), [CauseKind::Content]);
    let zstd = |level| zstd::encode_all(&vec![7u8; 9000][..], level).unwrap();
    assert_eq!(kinds(&zip("f", 0x21, 0, b"hello"), &zip("f", 0x22, 0, b"hello")), [CauseKind::Timestamp]);
    assert_eq!(kinds(&zip("f", 0x21, 0, b"hello"), &zip("f", 0x21, 0, b"hallo")), [CauseKind::Content]);
    assert_eq!(kinds(&zip("f", 0x21, 0, b"hello"), &zip("f", 0x21, 8, b"hello")), [CauseKind::Compressor]);
    let mut checksummed = zstd::stream::write::Encoder::new(Vec::new(), 3).unwrap();
    checksummed.include_checksum(true).unwrap();
    std::io::Write::write_all(&mut checksummed, &[7u8; 9000]).unwrap();
    assert_eq!(kinds(&zstd(3), &checksummed.finish().unwrap()), [CauseKind::Compressor]);
    let elf = |time: u32| [b"\x7fELF\x02\x01\x01\0".as_slice(), &time.to_le_bytes(), &[0; 20]].concat();
    assert_eq!(kinds(&elf(1_772_366_400), &elf(1_803_902_401)), [CauseKind::Timestamp]);
}

/// A zip of one member: stored (0) or deflated (8), with this date.
fn zip(name: &str, date: u16, method: u16, data: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut deflated = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    deflated.write_all(data).unwrap();
    let stored = if method == 8 { deflated.finish().unwrap() } else { data.to_vec() };
    let fields = |out: &mut Vec<u8>| {
        for field in [20, 0, method, 0, date] {
            out.extend(u16::to_le_bytes(field));
        }
        for field in [0, stored.len() as u32, data.len() as u32] {
            out.extend(u32::to_le_bytes(field));
        }
        out.extend(u16::to_le_bytes(name.len() as u16));
        out.extend(u16::to_le_bytes(0));
    };
    let mut out = b"PK\x03\x04".to_vec();
    fields(&mut out);
    out.extend(name.bytes());
    out.extend(&stored);
    let directory = out.len() as u32;
    out.extend(b"PK\x01\x02\x14\x00");
    fields(&mut out);
    out.extend([0; 14]);
    out.extend(name.bytes());
    let size = out.len() as u32 - directory;
    out.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend(size.to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0; 2]);
    out
}

/// Bytes that look like a container and are damaged.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let head = prop::sample::select(vec![
        &b""[..],
        &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3],
        &[0x28, 0xb5, 0x2f, 0xfd],
        b"PK\x03\x04",
        b"!<arch>\n",
        b"\x7fELF",
        b"2026-03-01 /a/b\n",
    ]);
    (head, prop::collection::vec(any::<u8>(), 0..400), any::<bool>()).prop_map(|(head, body, text)| {
        let body = if text { body.iter().map(|b| b % 96 + 31).collect() } else { body };
        [head.to_vec(), body].concat()
    })
}

proptest! {
    #[test]
    fn any_two_different_outputs_have_a_cause_and_equal_ones_have_none(a in any_bytes(), b in any_bytes()) {
        prop_assert!(explain(&a, &a).is_empty());
        prop_assert_eq!(explain(&a, &b).is_empty(), a == b);
    }

    #[test]
    fn a_damaged_archive_still_has_a_cause(at in any::<prop::sample::Index>(), bit in 0u8..8, which in 0usize..3) {
        let tar = {
            let mut layout = rebuild::Layout::default();
            let content = rebuild::Content::Bytes(b"text 2026".to_vec());
            layout.put(b"a/b", rebuild::Node::File { content, executable: false }).unwrap();
            let mut tar = Vec::new();
            layout.write_tar(&mut tar).unwrap();
            tar
        };
        let good = match which {
            0 => tar,
            1 => zstd::encode_all(tar.as_slice(), 1).unwrap(),
            _ => zip("name", 33, 8, &tar),
        };
        let mut bad = good.clone();
        let at = at.index(bad.len());
        bad[at] ^= 1 << bit;
        prop_assert!(!explain(&good, &bad).is_empty());
        prop_assert!(!explain(&good, &good[..at]).is_empty());
    }
}
