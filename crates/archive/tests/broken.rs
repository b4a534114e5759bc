//! One broken archive per code: each is made from a whole one by the damage that the code is for.

use crate::fixture::{self, Sealed, ledger};
use archive::layer::media;
use archive::verify::Known;
use archive::{Archive, Code, LayerName, Release, ReleaseManifest, TreeIndex, verify_archive};
use ledger::conformance;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use vocabulary::Digest;

/// An archive in a folder that a test damages.
struct Broken {
    sealed: Sealed,
}

impl Broken {
    fn new() -> Broken {
        Broken { sealed: Sealed::new() }
    }

    fn root(&self) -> PathBuf {
        self.sealed.root()
    }

    fn release(&self) -> Release {
        Archive::read_only(&self.root()).unwrap().release("2.4.0").unwrap()
    }

    fn blob(&self, digest: Digest) -> PathBuf {
        self.root().join("blobs/sha256").join(digest.to_string())
    }

    fn layer(&self, name: &str) -> PathBuf {
        self.blob(self.release().manifest.layer(name).unwrap().digest)
    }

    fn write(&self, path: &Path, bytes: &[u8]) {
        let _ = fs::remove_file(path);
        fs::write(path, bytes).unwrap();
    }

    fn edit(&self, path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = fs::read(path).unwrap();
        change(&mut bytes);
        self.write(path, &bytes);
    }

    fn add_blob(&self, bytes: &[u8]) -> Digest {
        let digest = Digest::of(bytes);
        self.write(&self.blob(digest), bytes);
        digest
    }

    /// Rewrites the release as somebody with the ledger's key could, everything consistent but the given change.
    fn resign(&self, change: impl FnOnce(&mut ReleaseManifest)) {
        let mut release = self.release();
        let old = [release.oci_manifest, release.envelope];
        change(&mut release.manifest);
        let key = conformance::ledger_key();
        let statement = statement_of(&release.manifest);
        let mut envelope = signing::dsse::Envelope::new(signing::dsse::IN_TOTO, statement);
        envelope.sign(&key).unwrap();
        self.replace_manifests(&release.manifest, &envelope.to_json(), &old);
    }

    fn replace_manifests(&self, manifest: &ReleaseManifest, envelope: &[u8], old: &[Digest]) {
        let oci = manifest.oci_manifest(envelope).unwrap();
        for digest in old {
            fs::remove_file(self.blob(*digest)).unwrap();
        }
        self.add_blob(envelope);
        self.point_index_at(&oci);
    }

    fn point_index_at(&self, oci: &[u8]) {
        let manifest = self.add_blob(oci);
        let index = serde_json::json!({
            "schemaVersion": 2, "mediaType": media::OCI_INDEX,
            "manifests": [{
                "mediaType": media::OCI_MANIFEST, "digest": manifest.oci(), "size": oci.len(),
                "annotations": {"org.opencontainers.image.ref.name": "2.4.0"},
            }],
        });
        self.write(&self.root().join("index.json"), index.to_string().as_bytes());
    }

    /// Replaces the index of the sources by this text, and signs everything again.
    fn with_tree_index(&self, change: impl FnOnce(&str) -> String) {
        let path = self.layer("trees/sources");
        let text = TreeIndex::from_bytes(&fs::read(&path).unwrap()).unwrap().to_text();
        let bytes = zstd::bulk::compress(change(&text).as_bytes(), 3).unwrap();
        fs::remove_file(path).unwrap();
        let digest = self.add_blob(&bytes);
        self.resign(|m| {
            let layer = m.layers.iter_mut().find(|l| l.name.as_str() == "trees/sources").unwrap();
            (layer.digest, layer.size) = (digest, bytes.len() as u64);
        });
    }

    fn codes(&self) -> BTreeSet<Code> {
        self.codes_knowing(&Known::default())
    }

    fn codes_knowing(&self, known: &Known) -> BTreeSet<Code> {
        let archive = Archive::read_only(&self.root()).unwrap();
        verify_archive(archive.store(), known).problems.into_iter().map(|p| p.code).collect()
    }
}

/// The statement's bytes, also for a manifest whose layers the writer would refuse.
fn statement_of(manifest: &ReleaseManifest) -> Vec<u8> {
    manifest.statement().unwrap_or_else(|_| {
        let layers = serde_json::to_value(&manifest.layers).unwrap();
        let value = serde_json::json!({
            "_type": "https://in-toto.io/Statement/v1", "subject": [],
            "predicateType": "urn:dossier:release:v1",
            "predicate": {"format": "dossier/release/v1", "release": manifest.head, "layers": layers},
        });
        vocabulary::canonical::to_vec(&value).unwrap()
    })
}

fn pack_of(b: &Broken) -> Digest {
    // The largest pack is the one of the sources.
    let packs = b.release().manifest.layers.into_iter().filter(|l| l.is_pack());
    packs.max_by_key(|l| l.size).unwrap().digest
}

type Damage = (Code, fn(&Broken));

/// Each code with the damage that brings it, alone unless the damage has more than one consequence.
const DAMAGES: &[Damage] = &[
    (Code::Layout, |b| fs::remove_file(b.root().join("oci-layout")).unwrap()),
    (Code::Layout, |b| b.write(&b.root().join("oci-layout"), b"{\"imageLayoutVersion\":\"2.0.0\"}")),
    (Code::Index, |b| b.write(&b.root().join("index.json"), b"not JSON")),
    (Code::Index, |b| b.write(&b.root().join("index.json"), b"")),
    (Code::Index, |b| {
        let path = b.root().join("index.json");
        let text = fs::read_to_string(&path).unwrap();
        b.write(&path, text.replace(media::OCI_MANIFEST, "text/plain").as_bytes());
    }),
    (Code::OciManifest, |b| b.point_index_at(b"{}")),
    (Code::Envelope, |b| {
        let release = b.release();
        b.replace_manifests(&release.manifest, b"{}", &[]);
    }),
    (Code::Envelope, |b| b.resign(|m| m.layers.reverse())),
    (Code::Signature, |b| {
        let release = b.release();
        let envelope = release.manifest.sign(&signing::SecretKey::from_seed([1; 32], "thief")).unwrap();
        b.replace_manifests(&release.manifest, &envelope, &[release.oci_manifest, release.envelope]);
    }),
    (Code::Subjects, |b| {
        let release = b.release();
        let statement = String::from_utf8(release.manifest.statement().unwrap()).unwrap();
        let statement = statement.replace("\"name\":\"reports/unit.xml\"}", "\"name\":\"reports/none.xml\"}");
        let mut envelope = signing::dsse::Envelope::new(signing::dsse::IN_TOTO, statement.into_bytes());
        envelope.sign(&conformance::ledger_key()).unwrap();
        b.replace_manifests(
            &release.manifest,
            &envelope.to_json(),
            &[release.oci_manifest, release.envelope],
        );
    }),
    (Code::OciDiffers, |b| {
        let release = b.release();
        let oci = fs::read_to_string(b.blob(release.oci_manifest)).unwrap();
        fs::remove_file(b.blob(release.oci_manifest)).unwrap();
        b.point_index_at(oci.replace("application/xml", "text/html").as_bytes());
    }),
    (Code::Twice, |b| {
        let path = b.root().join("index.json");
        let mut index: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let first = index["manifests"][0].clone();
        index["manifests"].as_array_mut().unwrap().push(first);
        b.write(&path, index.to_string().as_bytes());
    }),
    (Code::Empty, |b| {
        b.write(&b.root().join("index.json"), b"{\"schemaVersion\":2,\"manifests\":[]}");
    }),
    (Code::Missing, |b| fs::remove_file(b.layer("reports/unit.xml")).unwrap()),
    (Code::Missing, |b| fs::remove_file(b.blob(pack_of(b))).unwrap()),
    (Code::Missing, |b| fs::remove_file(b.blob(b.release().oci_manifest)).unwrap()),
    (Code::Changed, |b| b.edit(&b.layer("reports/unit.xml"), |bytes| bytes[0] ^= 1)),
    (Code::Changed, |b| b.edit(&b.blob(pack_of(b)), |bytes| bytes[1_000_000] ^= 1)),
    (Code::Changed, |b| b.edit(&b.blob(b.release().envelope), |bytes| bytes[9] ^= 1)),
    (Code::Size, |b| b.edit(&b.layer("reports/unit.xml"), |bytes| bytes.push(b'\n'))),
    (Code::Unaccounted, |b| {
        b.add_blob(b"planted");
    }),
    (Code::Stray, |b| b.write(&b.root().join("blobs/sha256/note.txt"), b"")),
    (Code::Stray, |b| b.write(&b.root().join("notes.txt"), b"")),
    (Code::TreeIndex, |b| b.with_tree_index(|text| text.replace("dir 755 empty", "dir 755 ../escape"))),
    (Code::TreeIndex, |b| b.with_tree_index(|text| text.replace("../bin/tool", "/etc/passwd"))),
    (Code::TreeIndex, |b| b.with_tree_index(|_| String::new())),
    (Code::Pack, |b| {
        let pack = pack_of(b);
        fs::remove_file(b.blob(pack)).unwrap();
        b.resign(|m| m.layers.retain(|l| l.digest != pack));
    }),
    (Code::Chunk, |b| b.edit(&b.blob(pack_of(b)), |bytes| bytes.truncate(2_000_000))),
    (Code::Chunk, |b| {
        // The index declares one byte less than the frame holds: never unpacked beyond what was declared.
        b.with_tree_index(|text| {
            let digest = Digest::of(b"fn main() {}\n").to_string();
            text.replace(&format!(" 13 {digest}"), &format!(" 12 {digest}"))
                .replace(&format!("444 13 {digest}"), &format!("444 12 {digest}"))
                .replace(&format!("644 13 {digest}"), &format!("644 12 {digest}"))
                .lines()
                .map(|l| if l.starts_with("end ") { end_line(l, 2) } else { l.to_owned() + "\n" })
                .collect()
        });
    }),
    (Code::Retention, |b| b.write(&b.root().join("retention.json"), b"{}")),
    (Code::Retention, |b| fs::remove_file(b.root().join("retention.json")).unwrap()),
    (Code::Unprotected, |b| fs::remove_file(b.root().join("protection.json")).unwrap()),
    (Code::NoLedger, |b| b.resign(|m| m.head.ledger = None)),
    (Code::NoLedger, |b| {
        let index = b.layer("trees/ledger");
        fs::remove_file(index).unwrap();
        b.resign(|m| m.layers.retain(|l| l.name.as_str() != "trees/ledger"));
    }),
    (Code::Ledger, |b| b.resign(|m| m.head.ledger.as_mut().unwrap().origin = "example.org/other".to_owned())),
    (Code::LedgerDiffers, |b| b.resign(|m| m.head.ledger.as_mut().unwrap().position = 3)),
    (Code::Document, |b| b.write(&b.root().join("unpack.sh"), b"#!/bin/sh\nrm -rf ~\n")),
];

/// The `end` line with `less` bytes less.
fn end_line(line: &str, less: u64) -> String {
    let fields: Vec<&str> = line.split(' ').collect();
    format!("end {} {}\n", fields[1], fields[2].parse::<u64>().unwrap() - less)
}

#[test]
fn every_damage_is_found_with_its_code() {
    for (i, (code, damage)) in DAMAGES.iter().enumerate() {
        let broken = Broken::new();
        damage(&broken);
        let codes = broken.codes();
        assert!(codes.contains(code), "damage {i} for {code}: found {codes:?}");
    }
}

#[test]
fn every_code_has_a_damage() {
    let elsewhere = [
        Code::Expected,   // `what_the_ledger_recorded_is_compared`
        Code::Bag,        // `keeping`
        Code::Record,     // reported by the verifier, which knows the records
        Code::Unreadable, // an error of the system
    ];
    let tested: BTreeSet<Code> = DAMAGES.iter().map(|(code, _)| *code).chain(elsewhere).collect();
    assert_eq!(tested, Code::ALL.iter().copied().collect());
}

#[test]
fn what_the_ledger_recorded_is_compared() {
    let broken = Broken::new();
    let recorded = Digest::of(&fs::read(broken.root().join("index.json")).unwrap());
    let known = Known { documents: vec![("index.json".to_owned(), recorded)], ..Known::default() };
    assert_eq!(broken.codes_knowing(&known), BTreeSet::new());
    let other = Known { documents: vec![("index.json".to_owned(), Digest::of(b""))], ..Known::default() };
    assert_eq!(broken.codes_knowing(&other), BTreeSet::from([Code::Expected]));
}

#[test]
fn a_release_taken_out_is_found_by_who_kept_its_checkpoint() {
    let broken = Broken::new();
    let archive = broken.sealed.open();
    fixture::seal(&archive, "2.5.0", &broken.sealed.tree(), &ledger(9)).unwrap();
    drop(archive);
    let kept = fixture::checkpoint(&ledger(9)).to_string().into_bytes();
    let known = Known { checkpoints: vec![kept], ..Known::default() };
    assert_eq!(broken.codes_knowing(&known), BTreeSet::new());
    // Somebody with the disk and the key removes 2.5.0 without a trace inside the archive.
    let whole = Broken::new();
    assert_eq!(whole.codes(), BTreeSet::new());
    assert!(whole.codes_knowing(&known).contains(&Code::Ledger));
}

#[test]
fn every_byte_of_a_small_blob_counts() {
    let broken = Broken::new();
    let path = broken.layer("record/release-record.md");
    let whole = fs::read(&path).unwrap();
    for i in 0..whole.len() {
        broken.edit(&path, |bytes| bytes[i] ^= 0x20);
        assert_eq!(broken.codes(), BTreeSet::from([Code::Changed]), "byte {i}");
        broken.write(&path, &whole);
    }
}

#[test]
fn a_layer_name_cannot_lead_out() {
    for bad in ["../x", "/x", "a//b"] {
        assert!(bad.parse::<LayerName>().is_err(), "{bad}");
    }
}
