//! Operating systems in images and data bases, parts by digest, tools of a build.
//!
//! The data bases of rpm in `data` hold the same three headers: `Packages` was written by Berkeley DB itself,
//! `rpmdb.sqlite` by SQLite with write-ahead log on, `Packages.db` by hand after rpm's source.

use crate::cargo_lock::problems;
use crate::lock_files::{edges, inventory, rows};
use soup::lock::rootfs::Image;
use soup::lock::{blobs, read};

fn data(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, path, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

#[test]
fn the_three_data_bases_of_rpm() {
    for name in ["rpmdb.sqlite", "Packages.db", "Packages"] {
        let bytes = data(name);
        let i = read(name, &bytes).unwrap();
        assert_eq!(problems(&i), [""; 0], "{name}");
        assert_eq!(
            rows(&i),
            [
                "pkg:rpm/rpm/bash@5.1.8-9.el9?arch=x86_64&upstream=bash-5.1.8-9.el9.src.rpm direct 1",
                "pkg:rpm/rpm/openssl-libs@3.0.7-27.el9?arch=x86_64&epoch=1&upstream=openssl-3.0.7-27.el9.src.rpm direct 1"
            ],
            "{name}"
        );
        let bash = &i.graph.components()[0];
        assert_eq!(
            (bash.supplier.as_deref(), bash.licences.as_slice()),
            (Some("Red Hat, Inc."), &["GPLv3+".to_owned()][..])
        );
        // Cut anywhere, it is refused or says what is wrong; never a shorter list without a word.
        for cut in (16..bytes.len() - 1).step_by(211) {
            let i = read(name, &bytes[..cut]).unwrap();
            assert!(!i.problems.is_empty() || i.graph.components().len() == 2, "{name} cut at {cut}");
        }
        for at in (0..bytes.len()).step_by(131) {
            let mut changed = bytes.clone();
            changed[at] ^= 0xff;
            let i = read(name, &changed).unwrap();
            assert!(!i.graph.is_empty() || !i.problems.is_empty());
        }
    }
}

#[test]
fn layers_count_in_the_order_of_the_manifest() {
    let old = tar(&[
        ("etc/os-release", b"ID=rhel\nVERSION_ID=9.4\n".as_slice()),
        ("var/lib/dpkg/status", b"Package: a\nVersion: 1\nArchitecture: amd64\n"),
        ("var/lib/dpkg/status.d/gone", b"Package: gone\nVersion: 1\nArchitecture: amd64\n"),
    ]);
    let rpm = data("rpmdb.sqlite");
    let new = tar(&[
        ("var/lib/dpkg/status", b"Package: a\nVersion: 2\nArchitecture: amd64\n".as_slice()),
        ("var/lib/dpkg/status.d/.wh.gone", b""),
        ("var/lib/rpm/rpmdb.sqlite", &rpm),
    ]);
    // Blobs lie in the tar by digest: the newer layer comes first.
    let manifest = br#"{"layers": [{"digest": "sha256:ff"}, {"digest": "sha256:00"}]}"#.as_slice();
    let oci = tar(&[
        ("blobs/sha256/00", &new),
        ("blobs/sha256/aa", manifest),
        ("blobs/sha256/ff", &old),
        ("index.json", br#"{"manifests": [{"digest": "sha256:aa"}]}"#),
    ]);
    let saved = tar(&[
        ("0/layer.tar", &new),
        ("1/layer.tar", &old),
        ("manifest.json", br#"[{"Config": "c", "Layers": ["1/layer.tar", "0/layer.tar"]}]"#),
    ]);
    for image in [&oci, &saved] {
        let i = read("base.image.tar", image).unwrap();
        assert_eq!(problems(&i), [""; 0]);
        let rows = rows(&i);
        assert_eq!(rows.len(), 3, "{rows:?}");
        assert_eq!(rows[0], "pkg:deb/rhel/a@2?arch=amd64&distro=rhel-9.4 direct 0");
        assert!(rows[1].starts_with("pkg:rpm/rhel/bash@5.1.8-9.el9?arch=x86_64&distro=rhel-9.4"), "{rows:?}");
    }
    let mut image = Image::default();
    image.take_tar(&mut oci.as_slice()).unwrap();
    assert_eq!(image.digests(), ["sha256:aa"]);
    assert_eq!(image.incomplete(), None);
    let cut = read("base.image.tar", &oci[..oci.len() / 2]).unwrap();
    assert!(!cut.problems.is_empty());
    // A layer that could not be read may add or delete anything: what lies below it is not the image.
    let packed: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd, 0, 0];
    let mixed = tar(&[
        ("blobs/sha256/00", packed),
        ("blobs/sha256/aa", manifest),
        ("blobs/sha256/ff", &old),
        ("index.json", br#"{"manifests": [{"digest": "sha256:aa"}]}"#),
    ]);
    let found = problems(&read("base.image.tar", &mixed).unwrap());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("its layer `blobs/sha256/00` was not read: "), "{found:?}");
    // Nor is it one where the index alone is left.
    let index = ("index.json", br#"{"manifests": [{"digest": "sha256:aa"}]}"#.as_slice());
    for (without, said) in [
        (
            tar(&[("blobs/sha256/aa", manifest), ("blobs/sha256/ff", &old), index]),
            "`blobs/sha256/00` was not read",
        ),
        (tar(&[index]), "the manifest that its index names is not there"),
    ] {
        let mut image = Image::default();
        image.take_tar(&mut without.as_slice()).unwrap();
        assert!(image.incomplete().is_some_and(|why| why.contains(said)), "{said}");
    }
}

/// BuildKit and `skopeo copy --dest-compress-format zstd` write such layers; those of zstd:chunked end in frames to be skipped.
#[test]
fn layers_packed_with_zstd_are_unpacked() {
    let layer = tar(&[
        ("etc/os-release", b"ID=debian\nVERSION_ID=12\n".as_slice()),
        ("var/lib/dpkg/status", b"Package: a\nVersion: 1\nArchitecture: amd64\n"),
    ]);
    let (first, second) = layer.split_at(700);
    let mut packed = zstd::encode_all(first, 3).unwrap();
    packed.extend(zstd::encode_all(second, 19).unwrap());
    packed.extend([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, b't', b'o', b'c']);
    let image = |layer: &[u8]| {
        tar(&[
            ("blobs/sha256/00", layer),
            ("blobs/sha256/aa", br#"{"layers": [{"digest": "sha256:00"}]}"#.as_slice()),
            ("index.json", br#"{"manifests": [{"digest": "sha256:aa"}]}"#),
        ])
    };
    let whole = ["pkg:deb/debian/a@1?arch=amd64&distro=debian-12 direct 0"];
    let i = read("base.image.tar", &image(&packed)).unwrap();
    assert_eq!((rows(&i), problems(&i)), (whole.map(str::to_owned).to_vec(), vec![]));
    let i = read("rootfs.tar", &zstd::encode_all(layer.as_slice(), 1).unwrap()).unwrap();
    assert_eq!((rows(&i), problems(&i)), (whole.map(str::to_owned).to_vec(), vec![]));
    // Cut off, changed, or asking for more memory than is given: named, never a shorter list without a word.
    for cut in [5, packed.len() / 2, packed.len() - 30] {
        let i = read("base.image.tar", &image(&packed[..cut])).unwrap();
        assert!(
            i.graph.is_empty() && problems(&i)[0].contains("blobs/sha256/00"),
            "{cut}: {:?}",
            problems(&i)
        );
    }
    let mut greedy = zstd::Encoder::new(Vec::new(), 1).unwrap();
    greedy.window_log(30).unwrap();
    std::io::Write::write_all(&mut greedy, &layer).unwrap();
    let i = read("base.image.tar", &image(&greedy.finish().unwrap())).unwrap();
    assert!(i.graph.is_empty() && problems(&i)[0].contains("was not read"), "{:?}", problems(&i));
}

/// A tar that says it holds more than an image may, and one that packs to nothing and unpacks to very much.
#[test]
fn bombs_end_at_a_limit() {
    let mut header = tar::Header::new_gnu();
    header.set_path("var/lib/dpkg/status").unwrap();
    header.set_size(65 << 30);
    header.set_cksum();
    let i = read("rootfs.tar", header.as_bytes()).unwrap();
    assert!(problems(&i)[0].contains("unpacks to more than 64 GiB"), "{:?}", problems(&i));
    // One data base of 300 MiB of zeros, in a few kilobytes.
    let mut packed = zstd::Encoder::new(Vec::new(), 1).unwrap();
    header.set_size(300 << 20);
    header.set_cksum();
    std::io::Write::write_all(&mut packed, header.as_bytes()).unwrap();
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), (300 << 20) + 1024), &mut packed).unwrap();
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 100_000);
    let i = read("rootfs.tar", &packed).unwrap();
    assert!(problems(&i)[0].contains("has more than 268435456 bytes"), "{:?}", problems(&i));
}

#[test]
fn parts_without_a_package_manager_are_named_by_digest() {
    let digest = "ab".repeat(32);
    let text = format!(
        "[[blob]]\nname = \"S140 SoftDevice\"\nversion = \"7.3.0\"\nfile = \"vendor/s140.hex\"\nsha256 = \"{digest}\"\n\
         supplier = \"Nordic Semiconductor ASA\"\n\n[[blob]]\nname = \"MCUboot\"\nversion = \"latest\"\nsha256 = \"12\"\n"
    );
    let i = inventory("blobs.toml", &text);
    assert_eq!(
        rows(&i),
        ["pkg:generic/mcuboot@latest direct 0", "pkg:generic/s140-softdevice@7.3.0 direct 1"]
    );
    assert_eq!(
        problems(&i),
        [
            "blobs.toml:8: `MCUboot` is given as `latest`, which designates no one version",
            "blobs.toml:8: `MCUboot` has `12` as its digest, which is none"
        ]
    );
    let files = blobs::files(text.as_bytes());
    assert_eq!(
        (files.len(), files[0].file.as_str(), files[0].sha256.as_str()),
        (1, "vendor/s140.hex", &*digest)
    );
    assert_eq!(problems(&inventory("blobs.toml", "[[blob]]\nname = \"a\"\nsha = 1\n")).len(), 1);
}

#[test]
fn tools_of_a_build_are_supporting_items() {
    let i = inventory(".tool-versions", "nodejs 20.11.1 # the server\npython 3\ncmake latest\n");
    assert_eq!(
        rows(&i),
        [
            "pkg:generic/cmake@latest build 0",
            "pkg:generic/nodejs@20.11.1 build 0",
            "pkg:generic/python@3 build 0"
        ]
    );
    assert_eq!(problems(&i).len(), 1);
    assert_eq!(
        problems(&inventory("a/.nvmrc", "lts/*\n"))[0],
        "a/.nvmrc:1: `node` is given as `lts/*`, which designates no one version"
    );
    assert_eq!(problems(&inventory("rust-toolchain.toml", "[toolchain]\nchannel = \"stable\"\n")).len(), 2);
    assert_eq!(problems(&inventory("rust-toolchain.toml", "[toolchain]\nchannel = \"1.90.0\"\n")), [""; 0]);
    let url = "distributionUrl=https\\://services.gradle.org/distributions/gradle-8.7-bin.zip\n";
    let i = inventory("gradle/wrapper/gradle-wrapper.properties", url);
    assert_eq!((rows(&i), problems(&i).len()), (vec!["pkg:generic/gradle@8.7 build 0".to_owned()], 1));
    let sum = format!("{url}distributionSha256Sum={}\n", "ab".repeat(32));
    assert_eq!(problems(&inventory("gradle-wrapper.properties", &sum)), [""; 0]);
    let i = inventory(
        ".terraform.lock.hcl",
        "provider \"registry.terraform.io/hashicorp/aws\" {\n  version     = \"5.31.0\"\n  constraints = \"~> 5.0\"\n  hashes = [\n  ]\n}\n",
    );
    assert_eq!(rows(&i).len(), 1);
    assert_eq!(problems(&i), [""; 0]);
    assert!(edges(&i).is_empty());
}

/// Packages of Alpine need libraries, commands and paths, which other packages bring.
#[test]
fn what_a_package_of_alpine_needs_is_found_by_who_brings_it() {
    let installed = "C:Q1CpjMpFo3UY/Tn4CshBpA+PXMf04=\nP:musl\nV:1.2.2-r3\nA:armv7\nL:MIT\np:so:libc.musl-armv7.so.1=1\n\n\
        P:busybox\nV:1.33.1-r3\nA:armv7\nD:so:libc.musl-armv7.so.1\np:/bin/sh cmd:busybox cmd:sh\n\n\
        P:scanelf\nV:1.3.2-r0\nA:armv7\no:pax-utils\nD:!vlan so:libc.musl-armv7.so.1 so:not.there.1\np:cmd:scanelf\n\n\
        P:base\nV:3.2.0-r16\nA:armv7\nD:/bin/sh scanelf musl>=1.2 base\n\n";
    let i = read("a.rootfs.tar", &tar(&[("lib/apk/db/installed", installed.as_bytes())])).unwrap();
    assert_eq!(problems(&i), [""; 0]);
    assert_eq!(
        edges(&i),
        ["base > busybox", "base > musl", "base > scanelf", "busybox > musl", "scanelf > musl"]
    );
}

/// A download that broke off between two files of a tar looks like a smaller system; changes that SQLite holds back, like an older.
#[test]
fn part_of_a_system_is_never_taken_for_the_whole() {
    let database = data("rpmdb.sqlite");
    let whole = tar(&[
        ("etc/os-release", b"ID=alpine\n"),
        ("lib/apk/db/installed", b"P:musl\nV:1.2.5-r0\nA:x86_64\n\n"),
        ("var/lib/rpm/rpmdb.sqlite", &database),
        ("var/lib/rpm/rpmdb.sqlite-wal", b""),
    ]);
    let complete = read("a.rootfs.tar", &whole).unwrap();
    assert_eq!((problems(&complete), complete.graph.components().len()), (vec![], 3));
    for cut in (512..whole.len() - 1024).step_by(512) {
        let i = read("a.rootfs.tar", &whole[..cut]).unwrap();
        assert!(i.graph.is_empty() && !i.problems.is_empty(), "cut at {cut}: {:?}", rows(&i));
    }
    let pending = tar(&[("var/lib/rpm/rpmdb.sqlite", &database), ("var/lib/rpm/rpmdb.sqlite-wal", b"x")]);
    let said = problems(&read("a.rootfs.tar", &pending).unwrap());
    assert!(
        said.len() == 1 && said[0].contains("rpmdb.sqlite-wal` and not in the data base yet"),
        "{said:?}"
    );
}
