//! Any bytes are an inventory, whatever ecosystem's file they are taken for: the first byte chooses the reader.
#![no_main]

const FILES: [&str; 42] = [
    "pnpm-lock.yaml",
    "yarn.lock",
    "uv.lock",
    "poetry.lock",
    "Pipfile.lock",
    "requirements.txt",
    "go.mod",
    "go.sum",
    "gradle.lockfile",
    "pom.xml",
    "packages.lock.json",
    "Gemfile.lock",
    "composer.lock",
    "conan.lock",
    "vcpkg.json",
    "CMakeLists.txt",
    ".gitmodules",
    "west.yml",
    "platformio.ini",
    "dependencies.lock",
    "license.manifest",
    "manifest.csv",
    "status",
    "installed",
    "Dockerfile",
    "compose.yaml",
    "x.image.tar",
    "a.cmake",
    "x.manifest",
    ".github/workflows/a.yml",
    "k8s/a.yaml",
    "buildscript-gradle.lockfile",
    "rootfs.tar",
    "rpmdb.sqlite",
    "Packages.db",
    "Packages",
    "blobs.toml",
    ".tool-versions",
    ".nvmrc",
    "rust-toolchain.toml",
    "gradle-wrapper.properties",
    ".terraform.lock.hcl",
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let file = FILES[usize::from(*choice) % FILES.len()];
    let lock = soup::lock::read(file, rest).expect("a name that is read");
    assert!(!lock.graph.is_empty() || !lock.problems.is_empty(), "empty is not none");
    let _ = soup::lock::blobs::files(rest);
    if let Ok(text) = std::str::from_utf8(rest) {
        let _ = soup::lock::images::ImageReference::parse(text);
    }
});
