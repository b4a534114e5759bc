//! Whole images as environments: root file systems, OCI layouts, `docker save`.

use std::fs;
use std::path::Path;

use rebuild::{Content, Environment, EnvironmentError, EnvironmentSpec, ImageSpec, Layout, Node};
use sha2::{Digest as _, Sha256};

fn sha(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn tar_of(files: &[(&str, &str)]) -> Vec<u8> {
    let mut layout = Layout::default();
    for (path, text) in files {
        let node = match text.strip_prefix("-> ") {
            Some(target) => Node::Link(target.as_bytes().to_vec()),
            None => Node::File { content: Content::Bytes(text.as_bytes().to_vec()), executable: true },
        };
        layout.put(path.as_bytes(), node).unwrap();
    }
    let mut bytes = Vec::new();
    layout.write_tar(&mut bytes).unwrap();
    bytes
}

fn gather(image: ImageSpec) -> Result<Environment, EnvironmentError> {
    Environment::gather(&EnvironmentSpec { image: Some(image), ..EnvironmentSpec::default() })
}

/// Two layers: the second removes a file, empties a directory and writes through a link of the first.
fn layers() -> [Vec<u8>; 2] {
    [
        tar_of(&[("usr/bin/old", "1"), ("usr/lib/a", "1"), ("bin", "-> usr/bin"), ("opt/x/y", "1")]),
        tar_of(&[("bin/.wh.old", ""), ("bin/new", "2"), ("opt/x/.wh..wh..opq", ""), ("opt/x/z", "2")]),
    ]
}

fn assert_layers_applied(environment: &Environment) {
    let layout = environment.layout();
    let file = |path: &str| matches!(layout.get(path.as_bytes()), Some(Node::File { .. }));
    assert!(file("usr/bin/new") && file("usr/lib/a") && file("opt/x/z"));
    assert!(!file("usr/bin/old") && !file("opt/x/y") && !file("bin/new"));
    assert_eq!(environment.description().variables["PATH"], "/image/bin");
    assert_eq!(environment.description().variables["LANG"], "C.UTF-8");
}

fn config(layers: &[Vec<u8>]) -> Vec<u8> {
    let diff_ids: Vec<String> = layers.iter().map(|l| format!("sha256:{}", sha(l))).collect();
    let config = serde_json::json!({
        "config": {"Env": ["PATH=/image/bin", "LANG=C.UTF-8"]},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
    });
    serde_json::to_vec(&config).unwrap()
}

/// Writes an OCI layout and returns the manifest's digest. Layers are zstd.
fn write_oci(to: &Path) -> String {
    let blobs = to.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let put = |bytes: &[u8]| {
        fs::write(blobs.join(sha(bytes)), bytes).unwrap();
        serde_json::json!({"mediaType": "x", "digest": format!("sha256:{}", sha(bytes)), "size": bytes.len()})
    };
    let layers = layers();
    let stored: Vec<_> = layers.iter().map(|l| put(&zstd::encode_all(l.as_slice(), 3).unwrap())).collect();
    let manifest = serde_json::json!({"schemaVersion": 2, "config": put(&config(&layers)), "layers": stored});
    let manifest = serde_json::to_vec(&manifest).unwrap();
    let index = serde_json::json!({"schemaVersion": 2, "manifests": [put(&manifest)]});
    fs::write(to.join("index.json"), index.to_string()).unwrap();
    fs::write(to.join("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}").unwrap();
    sha(&manifest)
}

#[test]
fn an_oci_layout_is_applied_layer_by_layer_from_a_directory_or_a_tar() {
    let place = tempfile::tempdir().unwrap();
    let layout = place.path().join("oci");
    let digest = write_oci(&layout);
    let from_directory =
        gather(ImageSpec::Oci { path: layout.clone(), digest: format!("sha256:{digest}") }).unwrap();
    assert_layers_applied(&from_directory);

    let tar = place.path().join("oci.tar");
    let mut builder = tar::Builder::new(fs::File::create(&tar).unwrap());
    builder.append_dir_all("", &layout).unwrap();
    builder.finish().unwrap();
    let from_tar = gather(ImageSpec::Oci { path: tar, digest }).unwrap();
    assert_layers_applied(&from_tar);
    let (mut a, mut b) = (Vec::new(), Vec::new());
    from_directory.write_tar(&mut a).unwrap();
    from_tar.write_tar(&mut b).unwrap();
    assert_eq!(a, b);
}

#[test]
fn what_docker_saves_is_pinned_by_its_image_id() {
    let place = tempfile::tempdir().unwrap();
    let layers = layers();
    let config = config(&layers);
    let manifest = serde_json::json!([{"Config": format!("{}.json", sha(&config)), "Layers": ["a/layer.tar", "b/layer.tar"]}]);
    let tar = place.path().join("saved.tar");
    let mut builder = tar::Builder::new(fs::File::create(&tar).unwrap());
    let mut add = |path: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, bytes).unwrap();
    };
    add(&format!("{}.json", sha(&config)), &config);
    add("a/layer.tar", &layers[0]);
    add("b/layer.tar", &layers[1]);
    add("manifest.json", manifest.to_string().as_bytes());
    builder.finish().unwrap();
    assert_layers_applied(&gather(ImageSpec::Oci { path: tar.clone(), digest: sha(&config) }).unwrap());
    let error = gather(ImageSpec::Oci { path: tar, digest: "0".repeat(64) }).unwrap_err();
    assert!(error.to_string().contains("leads to sha256:0"), "{error}");
}

#[test]
fn an_image_with_one_changed_byte_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let layout = place.path().join("oci");
    let digest = write_oci(&layout);
    for file in fs::read_dir(layout.join("blobs/sha256")).unwrap() {
        let path = file.unwrap().path();
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        bad[good.len() / 2] ^= 1;
        fs::write(&path, bad).unwrap();
        assert!(
            gather(ImageSpec::Oci { path: layout.clone(), digest: digest.clone() }).is_err(),
            "{}",
            path.display()
        );
        fs::write(&path, good).unwrap();
    }
    assert!(gather(ImageSpec::Oci { path: layout, digest }).is_ok());
}

#[test]
fn a_root_file_system_is_read_plain_or_compressed_and_only_with_its_digest() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("root.tar");
    let tar = tar_of(&[("bin/sh", "x")]);
    for bytes in [tar.clone(), zstd::encode_all(tar.as_slice(), 1).unwrap()] {
        fs::write(&path, &bytes).unwrap();
        let good = gather(ImageSpec::RootFs { path: path.clone(), digest: sha(&bytes) }).unwrap();
        assert!(good.layout().get(b"bin/sh").is_some() && good.layout().get(b"build/out").is_some());
        let bad = gather(ImageSpec::RootFs { path: path.clone(), digest: sha(b"") }).unwrap_err();
        assert!(matches!(bad, EnvironmentError::Digest { .. }), "{bad}");
    }
    assert!(gather(ImageSpec::RootFs { path, digest: "main".to_owned() }).is_err());
}
