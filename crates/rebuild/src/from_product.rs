//! `[build]` of dossier.toml as the specifications of this crate.

use std::fs;
use std::path::Path;

use crate::error::io;
use crate::tarball::decompressed;
use crate::{
    BuildSpec, EnvironmentError, EnvironmentSpec, ImageSpec, Limits, ToolchainSource, ToolchainSpec,
};

/// A word in `directories` that is no path: the Rust toolchain that `rustc` names in the product's directory.
const RUST: &str = "rust";
/// What only an image in a tar has at its top; a root file system has neither.
const IMAGE_MARKS: [&[u8]; 2] = [b"manifest.json", b"oci-layout"];

/// What `[build]` says, for the product at `source` (paths are relative to it). In `directories`, the word `rust` is
/// the Rust toolchain in use there; everything else is a path, and its last part is the toolchain's name. An image
/// needs its digest: of the file for a root file system, of the manifest for an OCI image, the image id for the output
/// of `docker save`.
pub fn specs(
    build: &product::Build,
    source: &Path,
) -> Result<(EnvironmentSpec, BuildSpec), EnvironmentError> {
    let environment = EnvironmentSpec {
        packages: build.environment.packages.clone(),
        toolchains: toolchains(&build.environment.directories, source)?,
        image: image(&build.environment, source)?,
        ..EnvironmentSpec::default()
    };
    let inputs = match build.source.as_slice() {
        [] => Vec::new(),
        named => [named, &build.inputs, &build.lockfiles].concat(),
    };
    let spec = BuildSpec {
        commands: build.commands.clone(),
        inputs,
        outputs: build.outputs.clone(),
        variables: build.variables.clone(),
        limits: Limits::default(),
    };
    Ok((environment, spec))
}

fn toolchains(directories: &[String], source: &Path) -> Result<Vec<ToolchainSpec>, EnvironmentError> {
    let mut out: Vec<ToolchainSpec> = Vec::new();
    for entry in directories {
        let refuse = |why: &str| EnvironmentError::Specification {
            what: format!("[build.environment] directories: `{entry}`"),
            why: why.to_owned(),
        };
        let spec = if entry == RUST {
            let source = ToolchainSource::RustSysroot { directory: source.to_owned() };
            ToolchainSpec { name: RUST.to_owned(), source, exclude: Vec::new() }
        } else {
            let path = source.join(entry);
            let name = path.file_name().and_then(|n| n.to_str()).ok_or_else(|| refuse("it has no name"))?;
            let source = ToolchainSource::Directory(path.clone());
            ToolchainSpec { name: name.to_owned(), source, exclude: Vec::new() }
        };
        if out.iter().any(|other| other.name == spec.name) {
            return Err(refuse("another toolchain has the same name"));
        }
        out.push(spec);
    }
    Ok(out)
}

fn image(environment: &product::Environment, source: &Path) -> Result<Option<ImageSpec>, EnvironmentError> {
    let Some(image) = &environment.image else { return Ok(None) };
    let Some(digest) = &environment.digest else {
        return Err(EnvironmentError::Specification {
            what: "[build.environment] image".to_owned(),
            why: "it needs `digest`, or it could be another one tomorrow".to_owned(),
        });
    };
    let (path, digest) = (source.join(image), digest.to_string());
    let oci = path.is_dir() || holds_an_image(&path)?;
    Ok(Some(if oci { ImageSpec::Oci { path, digest } } else { ImageSpec::RootFs { path, digest } }))
}

/// Whether a tar is an image rather than a root file system.
fn holds_an_image(path: &Path) -> Result<bool, EnvironmentError> {
    let file = fs::File::open(path).map_err(io("opening", path))?;
    let mut tar = tar::Archive::new(decompressed(file).map_err(io("reading", path))?);
    for entry in tar.entries().map_err(io("reading", path))? {
        let entry = entry.map_err(io("reading", path))?;
        let name = entry.path_bytes();
        if IMAGE_MARKS.contains(&name.strip_prefix(b"./").unwrap_or(&name)) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_toolchains_named_after_their_last_part() {
        let mut build = product::Build::default();
        build.environment.directories =
            vec!["rust".to_owned(), "/opt/arm-gcc".to_owned(), "tools/lint/".to_owned()];
        build.source = vec!["src".to_owned()];
        build.lockfiles = vec!["Cargo.lock".to_owned()];
        let (environment, spec) = specs(&build, Path::new("/product")).unwrap();
        let names: Vec<_> = environment.toolchains.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["rust", "arm-gcc", "lint"]);
        let lint = ToolchainSource::Directory("/product/tools/lint/".into());
        assert_eq!(environment.toolchains[2].source, lint);
        assert_eq!(spec.inputs, ["src", "Cargo.lock"]);
        build.environment.directories.push("other/rust".to_owned());
        assert!(specs(&build, Path::new("/product")).is_err());
        build.environment.directories = vec!["/".to_owned()];
        assert!(specs(&build, Path::new("/product")).is_err());
    }

    #[test]
    fn an_image_is_told_from_a_root_file_system_and_needs_a_digest() {
        let place = tempfile::tempdir().unwrap();
        let mut build = product::Build::default();
        build.environment.image = Some("image.tar".to_owned());
        assert!(specs(&build, place.path()).unwrap_err().to_string().contains("needs `digest`"));
        build.environment.digest = "0".repeat(64).parse().ok();
        assert!(specs(&build, place.path()).is_err(), "the file is missing");
        for (name, oci) in [("manifest.json", true), ("./oci-layout", true), ("etc/manifest.json", false)] {
            let mut tar = tar::Builder::new(fs::File::create(place.path().join("image.tar")).unwrap());
            let mut header = tar::Header::new_gnu();
            header.set_size(0);
            tar.append_data(&mut header, name, std::io::empty()).unwrap();
            tar.finish().unwrap();
            let (environment, _) = specs(&build, place.path()).unwrap();
            assert_eq!(matches!(environment.image, Some(ImageSpec::Oci { .. })), oci, "{name}");
        }
        build.environment.image = Some(".".to_owned());
        assert!(matches!(specs(&build, place.path()).unwrap().0.image, Some(ImageSpec::Oci { .. })));
    }
}
