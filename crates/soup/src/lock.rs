//! Lock files and manifests, one reader per ecosystem. Each names the exact components that a build takes; what it leaves
//! open (a range, `latest`, a tag without digest) is a problem.

pub mod blobs;
pub mod cargo;
pub mod dotnet;
mod gather;
pub mod go;
pub mod images;
pub mod jvm;
pub mod native;
pub mod npm;
pub mod php;
pub mod pnpm;
pub mod python;
pub mod resolve;
pub mod rootfs;
pub mod rpm;
pub mod ruby;
pub mod systems;
pub mod tools;
pub mod yarn;

use crate::Inventory;
use crate::inventory::Cause;
use crate::sbom;
use serde::de::DeserializeOwned;

/// Reads a file of one kind: its path for messages, its bytes.
pub type Reader = fn(&str, &[u8]) -> Inventory;

/// Lock files by exact name, in the order in which a product's folder is looked through.
const READERS: [(&str, Reader); 48] = [
    ("Cargo.lock", cargo::read),
    ("package-lock.json", npm::read),
    ("npm-shrinkwrap.json", npm::read),
    ("pnpm-lock.yaml", pnpm::read),
    ("yarn.lock", yarn::read),
    ("uv.lock", python::uv),
    ("poetry.lock", python::poetry),
    ("Pipfile.lock", python::pipfile),
    ("requirements.txt", python::requirements),
    ("go.mod", go::module),
    ("go.sum", go::sums),
    ("gradle.lockfile", jvm::gradle),
    ("buildscript-gradle.lockfile", jvm::gradle),
    ("pom.xml", jvm::maven),
    ("packages.lock.json", dotnet::read),
    ("Gemfile.lock", ruby::read),
    ("composer.lock", php::read),
    ("conan.lock", native::conan),
    ("vcpkg.json", native::vcpkg),
    ("CMakeLists.txt", native::cmake),
    (".gitmodules", native::submodules),
    ("west.yml", native::west),
    ("platformio.ini", native::platformio),
    ("dependencies.lock", native::esp),
    ("license.manifest", systems::yocto),
    ("manifest.csv", systems::buildroot),
    ("status", systems::dpkg),
    ("installed", systems::apk),
    ("Dockerfile", images::dockerfile),
    ("Containerfile", images::dockerfile),
    ("rootfs.tar", rootfs::image),
    ("rpmdb.sqlite", rpm::read),
    ("Packages.db", rpm::read),
    ("Packages", rpm::read),
    ("blobs.toml", blobs::read),
    ("bom.json", sbom::read),
    ("sbom.json", sbom::read),
    ("bom.xml", sbom::read),
    ("sbom.xml", sbom::read),
    (".tool-versions", tools::tool_versions),
    (".nvmrc", tools::one_version),
    (".node-version", tools::one_version),
    (".python-version", tools::one_version),
    (".ruby-version", tools::one_version),
    (".go-version", tools::one_version),
    ("rust-toolchain.toml", tools::rust),
    ("gradle-wrapper.properties", tools::gradle_wrapper),
    (".terraform.lock.hcl", tools::terraform),
];

/// Lock files by the end of their name.
const ENDINGS: [(&str, Reader); 18] = [
    (".cmake", native::cmake),
    (".manifest", systems::yocto),
    (".Dockerfile", images::dockerfile),
    (".dockerfile", images::dockerfile),
    ("compose.yaml", images::manifest),
    ("compose.yml", images::manifest),
    (".k8s.yaml", images::manifest),
    (".k8s.yml", images::manifest),
    (".image.tar", rootfs::image),
    (".image.tar.gz", rootfs::image),
    (".rootfs.tar", rootfs::image),
    (".rootfs.tar.gz", rootfs::image),
    (".blobs.toml", blobs::read),
    (".cdx.json", sbom::read),
    (".cdx.xml", sbom::read),
    (".spdx.json", sbom::read),
    (".spdx3.json", sbom::read),
    (".spdx", sbom::read),
];

/// The lock files that name exact versions by themselves: what `init` looks for at the top of a folder. Others have to be
/// named in dossier.toml.
pub const NAMES: [&str; 15] = [
    "Cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "uv.lock",
    "poetry.lock",
    "Pipfile.lock",
    "go.mod",
    "gradle.lockfile",
    "packages.lock.json",
    "Gemfile.lock",
    "composer.lock",
    "conan.lock",
    "dependencies.lock",
];

/// Paths that the other rules of names take.
const PLACES: [&str; 3] = ["requirements-dev.txt", ".github/workflows/a.yml", "k8s/a.yaml"];

/// A path for each rule by which a reader is chosen, so that whoever tries them all tries each.
pub fn examples() -> impl Iterator<Item = String> {
    let exact = READERS.iter().map(|(name, _)| (*name).to_owned());
    let ends = ENDINGS.iter().map(|(end, _)| format!("x{end}"));
    exact.chain(ends).chain(PLACES.map(str::to_owned))
}

/// Reads the lock file at `file` (its name decides which kind it is); `None` where it is no lock file that is read.
pub fn read(file: &str, bytes: &[u8]) -> Option<Inventory> {
    reader(file).map(|read| read(file, bytes))
}

fn reader(file: &str) -> Option<Reader> {
    let path = file.replace('\\', "/");
    let name = path.rsplit('/').next()?;
    if let Some((_, read)) = READERS.iter().find(|(known, _)| *known == name) {
        return Some(*read);
    }
    // Requirements are split over files, workflows and manifests lie in folders of their kind.
    if name.starts_with("requirements") && name.ends_with(".txt") {
        return Some(python::requirements);
    }
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    if yaml && (path.contains(".github/workflows/") || matches!(name, "action.yml" | "action.yaml")) {
        return Some(images::workflow);
    }
    if yaml && (path.contains("k8s/") || path.contains("kubernetes/")) {
        return Some(images::manifest);
    }
    ENDINGS.iter().find(|(end, _)| name.ends_with(end)).map(|(_, read)| *read)
}

/// JSON of one shape, or the inventory of a file that is not.
fn json<T: DeserializeOwned>(file: &str, text: &str, format: &'static str) -> Result<T, Inventory> {
    serde_json::from_str(text).map_err(|e| {
        let line = u32::try_from(e.line()).unwrap_or(u32::MAX);
        let mut reason = e.to_string();
        if let Some(at) = reason.find(" at line ") {
            reason.truncate(at);
        }
        Inventory::unreadable(file, line, Cause::Malformed { format, reason })
    })
}

/// YAML of one shape, or the line and what is wrong.
fn yaml<T: DeserializeOwned>(text: &str) -> Result<T, (u32, String)> {
    serde_saphyr::from_str(text).map_err(|e| {
        let line = e.location().map_or(0, |l| u32::try_from(l.line()).unwrap_or(u32::MAX));
        (line, e.without_snippet().to_string().lines().next().unwrap_or("it cannot be read").to_owned())
    })
}
