//! Where a release is built: in an image instead of packages, and by an external runner.

use super::bench::*;
use std::path::Path;

/// A root file system with what the product's build needs, made of this machine's own programs and their libraries.
const ROOTFS: &str = r#"set -e
root=$1; mkdir -p "$root/bin"
for p in sh mkdir sed chmod cat; do
  file=$(readlink -f "$(command -v $p)"); cp -L "$file" "$root/bin/$p"
  for lib in $(ldd "$file" | grep -o '/[^ ]*'); do
    mkdir -p "$root$(dirname "$lib")"; cp -L "$lib" "$root$lib"
  done
done
tar -C "$root" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$root.tar" ."#;

/// The same as an OCI image layout and as `docker save` writes it.
const IMAGES: &str = r#"set -e
cd "$1"; layer=$(sha256sum rootfs.tar | cut -d' ' -f1); mkdir -p oci/blobs/sha256
gzip -nc rootfs.tar > layer.gz; gz=$(sha256sum layer.gz | cut -d' ' -f1); size=$(stat -c %s layer.gz)
cp layer.gz oci/blobs/sha256/$gz
printf '{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' $layer > config.json
config=$(sha256sum config.json | cut -d' ' -f1); cp config.json oci/blobs/sha256/$config
printf '{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:%s","size":%s}]}' \
  $config $(stat -c %s config.json) $gz $size > manifest
manifest=$(sha256sum manifest | cut -d' ' -f1); cp manifest oci/blobs/sha256/$manifest
printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s}]}' \
  $manifest $(stat -c %s manifest) > oci/index.json
printf '{"imageLayoutVersion":"1.0.0"}' > oci/oci-layout
mkdir -p save/$layer; cp rootfs.tar save/$layer/layer.tar; cp config.json save/$config.json
printf '[{"Config":"%s.json","RepoTags":["build:1"],"Layers":["%s/layer.tar"]}]' $config $layer > save/manifest.json
tar -C save -cf saved.tar .
echo "$layer $manifest $config""#;

fn shell(script: &str, argument: &Path) -> String {
    let mut sh = isolated("sh");
    sh.args(["-c", script, "sh"]).arg(argument);
    let done = said(sh);
    assert_eq!(done.code, 0, "{}", done.err);
    done.out
}

/// Puts another `[build.environment]` into dossier.toml and commits it.
fn environment(p: &Product, lines: &str) {
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let (before, rest) = toml.split_once("[build.environment]\n").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    std::fs::write(p.path("dossier.toml"), format!("{before}[build.environment]\n{lines}\n\n{after}"))
        .unwrap();
    p.commit("another build environment");
    p.ok("release open 1.0.0 --build 1.0.0+b.1 --summary 'in an image'");
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_release_is_built_in_a_root_file_system_and_in_images_and_rebuilt_from_the_archive() {
    let p = Product::approved();
    let images = p.beside("images");
    std::fs::create_dir_all(&images).unwrap();
    shell(ROOTFS, &images.join("rootfs"));
    let digests = shell(IMAGES, &images);
    let digests: Vec<&str> = digests.split_whitespace().collect();
    let [rootfs, manifest, config] = digests[..] else { panic!("{digests:?}") };

    // A wrong digest is refused, and so is none: an image has to be pinned.
    environment(&p, &format!("image = \"../images/rootfs.tar\"\ndigest = \"{manifest}\""));
    p.refused(2, "release stage 1.0.0", &["the build environment cannot be gathered", "rootfs.tar"]);
    environment(&p, "image = \"../images/rootfs.tar\"");
    p.refused(2, "release stage 1.0.0", &["it needs `digest`"]);

    environment(&p, &format!("image = \"../images/rootfs.tar\"\ndigest = \"{rootfs}\""));
    p.ok("release stage 1.0.0").says(0, &["rebuild identical"]);
    environment(&p, &format!("image = \"../images/saved.tar\"\ndigest = \"{config}\""));
    p.ok("release stage 1.0.0").says(0, &["rebuild identical"]);
    environment(&p, &format!("image = \"../images/oci\"\ndigest = \"sha256:{manifest}\""));
    p.ok("release stage 1.0.0").says(0, &["rebuild identical"]);

    // Sealed and rebuilt with the image gone: the archive holds the whole environment.
    p.act("qa-lead", CHECKLIST);
    p.act("qa-lead", EVALUATION);
    p.sign_tag("v1.0.0");
    p.ok("release gate 1.0.0").says(0, &["verdict: pass"]);
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    std::fs::remove_dir_all(&images).unwrap();
    p.act("qa-lead", "rebuild 1.0.0").says(0, &["identical"]);
    p.ok("release show 1.0.0 --format md").says(0, &["image ../images/oci"]);
}

/// The product with the runner `mac-1` in place of the sandbox.
fn with_runner() -> Product {
    let p = Product::approved();
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let (before, rest) = toml.split_once("[build.environment]\n").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    let toml = format!("{before}{after}").replace("[build]\n", "[build]\nrunner = \"mac-1\"\n");
    std::fs::write(p.path("dossier.toml"), toml).unwrap();
    p.commit("an external runner builds");
    p.ok("person enrol mac-1 --name 'Build machine mac-1' --identity-proof 'inventory 17'");
    p.ok(&format!("key new mac-1 --file '{}'", p.key("mac-1").display()));
    p.ok("release open 1.0.0 --build 1.0.0+b.1 --summary 'built elsewhere'");
    p
}

/// What the runner builds into a folder, and its attestation.
fn build(p: &Product, name: &str, content: &str, key: &str) -> (String, String) {
    let folder = p.beside(name);
    std::fs::create_dir_all(folder.join("bin")).unwrap();
    std::fs::write(folder.join("bin/thermo"), content).unwrap();
    let (folder, file) =
        (folder.display().to_string(), p.beside(&format!("{name}-by-{key}.json")).display().to_string());
    p.ok(&format!(
        "release attest --request ../request.json --outputs '{folder}' --tool 'Xcode 16.2 (16C5032a)' --reported 'thermo 1.0.0 \
         build 1.0.0+b.1' --key '{}' -o '{file}'",
        p.key(key).display()
    ));
    (folder, file)
}

#[test]
fn what_an_external_runner_built_is_attested_and_never_called_self_contained() {
    let p = with_runner();
    p.refused(
        2,
        "release stage 1.0.0",
        &["`mac-1` builds this release, and brought nothing yet", "--request FILE"],
    );
    p.ok("release stage 1.0.0 --request ../request.json");
    let (out, good) = build(&p, "first", "an app", "mac-1");
    let stage =
        |out: &str, file: &str| format!("release stage 1.0.0 --outputs '{out}' --attestation '{file}'");

    // Signed by somebody else, over other bytes, or for another commit: not believed.
    let (_, foreign) = build(&p, "first", "an app", "qa-lead");
    p.refused(3, &stage(&out, &foreign), &["is not signed with an enrolled key of `mac-1`"]);
    let (other, _) = build(&p, "other", "another app", "mac-1");
    p.refused(2, &stage(&other, &good), &["has other bytes than it attests"]);
    p.refused(2, &format!("release stage 1.0.0 --outputs '{out}'"), &["--attestation"]);

    p.ok(&stage(&out, &good)).says(0, &["rebuild not repeated; not self-contained", "attested by mac-1"]);
    p.act("qa-lead", CHECKLIST);
    p.act("qa-lead", EVALUATION);
    p.sign_tag("v1.0.0");
    p.run("release gate 1.0.0 --dry-run").says(0, &["not self-contained: built once by an external runner"]);

    // Built twice, it can be compared; the same attestation twice is no second build.
    p.refused(
        2,
        &format!("{} --outputs '{out}' --attestation '{good}'", stage(&out, &good)),
        &["the same build as the first one"],
    );
    let (differs, second) = build(&p, "second", "an app with a date", "mac-1");
    p.ok(&format!("{} --outputs '{differs}' --attestation '{second}'", stage(&out, &good)))
        .says(0, &["rebuild different", "bin/thermo"]);
    let (again, third) = build(&p, "third", "an app", "mac-1");
    p.ok(&format!("{} --outputs '{again}' --attestation '{third}'", stage(&out, &good)))
        .says(0, &["rebuild identical; not self-contained"]);
    p.ok("release gate 1.0.0").says(0, &["verdict: pass", "not self-contained: mac-1 built it twice"]);
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    p.ok("archive verify").says(0, &["everything holds"]);
    p.ok("release show 1.0.0 --format md")
        .says(0, &["not self-contained", "external runner mac-1", "Xcode 16.2 (16C5032a)"]);

    p.refused_act("qa-lead", "rebuild 1.0.0", &["is not self-contained", "--outputs DIR --attestation FILE"]);
    p.refused_act("qa-lead", "drill --seed 1", &["no sealed release can be built from the archive alone"]);
    p.act("qa-lead", &format!("rebuild 1.0.0 --outputs '{again}' --attestation '{third}'"))
        .says(0, &["identical"]);
    let line = format!("rebuild 1.0.0 --outputs '{differs}' --attestation '{second}'");
    p.try_act("qa-lead", &line).says(1, &["different", "bin/thermo"]);
}
