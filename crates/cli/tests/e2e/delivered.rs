//! What was delivered, compared with the sealed manifest: an image whoever packed it, a file that was signed after the build.

use super::bench::*;
use std::path::Path;

/// A product whose outputs are an image, as `docker save` writes it, and a firmware file; its ledger runs on real time.
fn delivered() -> Product {
    let mut p = Product::written();
    std::fs::create_dir_all(p.key("firmware").parent().unwrap()).unwrap();
    let mut keygen = isolated("ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", "release room", "-f"]).arg(p.key("firmware"));
    assert_eq!(said(keygen).code, 0, "ssh-keygen");
    let public = std::fs::read_to_string(p.key("firmware").with_extension("pub")).unwrap();
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let (head, _) = toml.split_once("commands = [").unwrap();
    let (_, rest) = toml.split_once("outputs = [\"bin/thermo\"]\n").unwrap();
    let build = "commands = [\"sh src/image.sh\"]\noutputs = [\"bin/thermo\", \"image.tar\"]\n";
    let rest = rest.replace("\"sed\"]", "\"sed\", \"tar\", \"grep\"]");
    let keys = format!(
        "\n[delivery.signed]\n\"bin/thermo\" = \"firmware\"\n[delivery.keys]\nfirmware = \"{}\"\n[delivery.custody]\nfirmware = \
         \"token in the safe of the release room, two persons\"\n",
        public.trim()
    );
    std::fs::write(p.path("dossier.toml"), format!("{head}{build}{rest}{keys}")).unwrap();
    p.write("src/image.sh", IMAGE);
    p.commit("an image and a firmware file");
    p.approve(None);
    p
}

/// Runs in the sandbox: one layer with the program, packed as an image.
const IMAGE: &str = r#"set -e
mkdir -p $OUT/bin; sed "s/@VERSION@/1.0.0 build 1.0.0+b.1/" src/thermo.sh > $OUT/bin/thermo; chmod 755 $OUT/bin/thermo
pack="tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar"
$pack -C $OUT -cf layer.tar bin/thermo
layer=$(sha256sum layer.tar); layer=${layer%% *}
mkdir -p image/$layer; cp layer.tar image/$layer/layer.tar
printf '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' $layer > config.json
config=$(sha256sum config.json); config=${config%% *}; cp config.json image/$config.json
printf '[{"Config":"%s.json","RepoTags":["thermo:1.0.0"],"Layers":["%s/layer.tar"]}]' $config $layer > image/manifest.json
$pack -C image -cf $OUT/image.tar .
"#;

/// The saved image as a registry gives it back: an OCI layout whose layer is compressed.
const PULLED: &str = r#"set -e
mkdir -p "$2/saved" "$2/oci/blobs/sha256"; tar -C "$2/saved" -xf "$1"; cd "$2/saved"
config=$(ls | grep -v manifest.json | grep json); layer=$(ls -d */ | head -n 1)
put() { d=$(sha256sum "$1" | cut -d' ' -f1); cp "$1" "../oci/blobs/sha256/$d"; echo $d; }
gzip -nc "${layer}layer.tar" > ../layer.gz; gz=$(put ../layer.gz); c=$(put "$config")
printf '{"schemaVersion":2,"config":{"digest":"sha256:%s"},"layers":[{"digest":"sha256:%s"}]}' $c $gz > ../manifest
m=$(put ../manifest); printf '{"schemaVersion":2,"manifests":[{"digest":"sha256:%s"}]}' $m > ../oci/index.json
printf '{"imageLayoutVersion":"1.0.0"}' > ../oci/oci-layout; echo $c $gz"#;

/// The image id and the digest of the compressed layer.
fn pulled(image: &Path, to: &Path) -> (String, String) {
    std::fs::create_dir_all(to).unwrap();
    let mut sh = isolated("sh");
    sh.args(["-c", PULLED, "sh"]).arg(image).arg(to);
    let done = said(sh);
    assert_eq!(done.code, 0, "{}", done.err);
    let (id, layer) = done.out.trim().split_once(' ').unwrap();
    (id.to_owned(), layer.to_owned())
}

#[test]
fn an_image_and_a_signed_file_are_compared_with_what_was_sealed() {
    let p = delivered();
    p.prepare_release();
    p.ok("release gate 1.0.0").says(0, &["verdict: pass"]);
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    // What is rebuilt and compared is the file before it is signed.
    p.act("qa-lead", "rebuild 1.0.0").says(0, &["identical"]);
    let record = ["signed after the build", "custody: token in the safe", "SHA256:"];
    p.ok("release show 1.0.0 --format md").says(0, &record);
    p.ok("release deliver 1.0.0 --channel registry -o ../delivery.json");
    p.ok("archive unpack 1.0.0 ../files");
    let check = |what: &str| p.run(&format!("delivery check {what} --manifest ../delivery.json"));

    check("../files").says(0, &["2 files agree"]);
    check("../files/image.tar").says(0, &["1 files agree"]);
    // A registry packs the layers anew: the manifest is another one, the image is not.
    let (id, layer) = pulled(&p.beside("files/image.tar"), &p.beside("pulled"));
    check("../pulled/oci").says(0, &["1 files agree"]);
    check(&format!("--image sha256:{id}")).says(0, &["1 files agree"]);
    check(&format!("--image sha256:{}", "0".repeat(64))).says(1, &["is not part of the release"]);
    check("--image latest").says(2, &["--image"]);
    let layer = p.beside("pulled/oci/blobs/sha256").join(layer);
    let mut bytes = std::fs::read(&layer).unwrap();
    let last = bytes.len() - 9;
    bytes[last] ^= 1;
    std::fs::write(&layer, bytes).unwrap();
    check("../pulled/oci").says(3, &["does not hold together"]);

    // The firmware file: with its signature, without, with somebody else's, and changed.
    let sign = |key: &str| {
        let _ = std::fs::remove_file(p.beside("files/bin/thermo.sig"));
        let mut keygen = isolated("ssh-keygen");
        keygen
            .args(["-q", "-Y", "sign", "-n", "file", "-f"])
            .arg(p.key(key))
            .arg(p.beside("files/bin/thermo"));
        assert_eq!(said(keygen).code, 0);
    };
    let file = "../files/bin/thermo --signature ../files/bin/thermo.sig";
    sign("firmware");
    let signed = ["1 files agree", "signed: bin/thermo: firmware (SHA256:", "custody: token in the safe"];
    check(&format!("{file} --record")).says(0, &signed);
    check("../files/bin/thermo").says(1, &["is signed with firmware", "no signature was given"]);
    sign("qa-lead");
    check(file).says(1, &["does not hold", "it is by SHA256:"]);
    let program = p.beside("files/bin/thermo");
    let text = std::fs::read_to_string(&program).unwrap();
    std::fs::write(&program, text.replace("380", "390")).unwrap();
    sign("firmware");
    check(file).says(1, &["thermo was changed"]);
    p.ok("release show 1.0.0 --format md").says(0, &["../files/bin/thermo: 1 files identical"]);
}

#[test]
fn a_signing_key_without_custody_is_a_finding() {
    let p = Product::written();
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    std::fs::write(p.path("dossier.toml"), toml + "\n[delivery.signed]\n\"bin/thermo\" = \"firmware\"\n")
        .unwrap();
    let words = ["the public key of `firmware`", "the custody of `firmware`", "[delivery.custody]"];
    p.run("check --documents-only").says(1, &words);
}
