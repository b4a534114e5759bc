//! What is delivered in another form than as files in a folder: images, and files that are signed after the build.

use super::delivery::DeliveryManifest;
use crate::error::{Doing as _, Error, Result};
use crate::workspace::Workspace;
use serde::{Deserialize, Serialize};
use signing::PublicKey;
use std::path::Path;
use vocabulary::Digest;

/// The namespace of SSH signatures over files, as `ssh-keygen -Y sign -n file` makes them.
const NAMESPACE: &str = "file";

/// An image among the artefacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Image {
    /// The artefact, or the folder of artefacts.
    pub artefact: String,
    /// The manifest's digest, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manifest: Option<Digest>,
    /// The configuration's digest: the image id.
    pub config: Digest,
    /// The layers unpacked.
    pub layers: Vec<Digest>,
}

/// A signature that an artefact gets after the build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignedArtefact {
    /// The artefact.
    pub artefact: String,
    /// The name of the key.
    pub key: String,
    /// The public key.
    pub public_key: String,
    /// Its fingerprint.
    pub key_id: String,
    /// Who keeps the private key.
    pub custody: String,
}

/// The images among the released files of a sealed release.
pub(super) fn images(ws: &Workspace, version: &str) -> Result<Vec<Image>> {
    let work = tempfile::Builder::new()
        .prefix("deliver-")
        .tempdir_in(ws.state_dir())
        .doing("make a folder to work in")?;
    let folder = work.path().join("files");
    crate::archives::unpack(ws, version, &folder)?;
    let mut out = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        let is_layout = next.join("oci-layout").is_file();
        let mut candidates = if is_layout { vec![next.clone()] } else { Vec::new() };
        for entry in std::fs::read_dir(&next).doing("list the released files")? {
            let path = entry.doing("list the released files")?.path();
            let name = path.to_string_lossy().to_lowercase();
            if path.is_dir() {
                folders.push(path);
            } else if [".tar", ".tar.gz", ".tgz", ".oci"].iter().any(|e| name.ends_with(e)) {
                candidates.push(path);
            }
        }
        for path in candidates {
            let artefact = path.strip_prefix(&folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            out.extend(identities(&path)?.into_iter().map(|i| Image { artefact: artefact.clone(), ..i }));
        }
    }
    out.sort_by(|a, b| (&a.artefact, a.config).cmp(&(&b.artefact, b.config)));
    Ok(out)
}

fn identities(path: &Path) -> Result<Vec<Image>> {
    let found = rebuild::identify(path).map_err(|e| {
        Error::verification(format!("the image {} does not hold together", path.display())).because(e)
    })?;
    let digest = |hex: &str| hex.parse::<Digest>().doing("read a digest of the image");
    found
        .iter()
        .map(|i| {
            Ok(Image {
                artefact: String::new(),
                manifest: i.manifest.as_deref().map(digest).transpose()?,
                config: digest(&i.config)?,
                layers: i.layers.iter().map(|l| digest(l)).collect::<Result<_>>()?,
            })
        })
        .collect()
}

/// The signatures that `[delivery]` asks for.
pub(super) fn signed(config: &product::Delivery) -> Result<Vec<SignedArtefact>> {
    let one = |(artefact, key): (&String, &String)| {
        let public_key = config.keys.get(key).cloned().unwrap_or_default();
        let custody = config.custody.get(key).cloned().unwrap_or_default();
        let (public, _) = PublicKey::from_openssh(&public_key).map_err(|e| {
            Error::refused(format!("[delivery.keys] `{key}` is no OpenSSH public key")).because(e)
        })?;
        if custody.is_empty() {
            return Err(Error::refused(format!("[delivery.custody] says nothing of `{key}`")));
        }
        Ok(SignedArtefact {
            artefact: artefact.clone(),
            key: key.clone(),
            key_id: public.fingerprint(),
            public_key,
            custody,
        })
    };
    config.signed.iter().map(one).collect()
}

/// What a comparison found: how many things agree, what does not, and the signatures that hold.
#[derive(Default)]
pub(super) struct Compared {
    pub identical: u64,
    pub problems: Vec<String>,
    pub signatures: Vec<String>,
}

/// Compares an image with the manifest; `None` where `path` is none.
pub(super) fn compare_image(path: &Path, manifest: &DeliveryManifest) -> Result<Option<Compared>> {
    let here = identities(path)?;
    if here.is_empty() {
        return Ok(None);
    }
    let mut out = Compared::default();
    for image in here {
        match manifest.images.iter().find(|i| i.config == image.config && i.layers == image.layers) {
            Some(_) => out.identical += 1,
            None => out.problems.push(format!("image sha256:{} is not part of the release", image.config)),
        }
    }
    Ok(Some(out))
}

/// Compares the digest of an image, as a registry names it.
pub(super) fn compare_digest(digest: Digest, manifest: &DeliveryManifest) -> Compared {
    let known = manifest.images.iter().any(|i| i.manifest == Some(digest) || i.config == digest);
    let mut out = Compared { identical: u64::from(known), ..Compared::default() };
    if !known {
        out.problems.push(format!("image sha256:{digest} is not part of the release"));
    }
    out
}

/// Compares one file, and its signature where the release says that it is signed.
pub(super) fn compare_file(
    path: &Path,
    signature: Option<&Path>,
    manifest: &DeliveryManifest,
) -> Result<Compared> {
    let bytes = std::fs::read(path).doing(format_args!("read {}", path.display()))?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let digest = Digest::of(&bytes);
    let mut out = Compared::default();
    let Some(artefact) = manifest.artefacts.iter().find(|a| a.digest == digest) else {
        let known = manifest.artefacts.iter().any(|a| a.path.rsplit('/').next() == Some(&name));
        out.problems.push(if known {
            format!("{name} was changed")
        } else {
            format!("{name} is not part of the release")
        });
        return Ok(out);
    };
    out.identical = 1;
    let Some(asked) = manifest.signing.iter().find(|s| s.artefact == artefact.path) else {
        if signature.is_some() {
            out.problems.push(format!("the release says nothing of a signature of {}", artefact.path));
        }
        return Ok(out);
    };
    let Some(signature) = signature else {
        out.problems.push(format!(
            "{} is signed with {} ({}), and no signature was given",
            artefact.path, asked.key, asked.key_id
        ));
        return Ok(out);
    };
    let raw = std::fs::read(signature).doing(format_args!("read {}", signature.display()))?;
    match holds(&bytes, &raw, &asked.public_key) {
        Ok(()) => out
            .signatures
            .push(format!("{}: {} ({}), custody: {}", artefact.path, asked.key, asked.key_id, asked.custody)),
        Err(why) => out
            .problems
            .push(format!("the signature of {} with {} does not hold: {why}", artefact.path, asked.key)),
    }
    Ok(out)
}

/// Whether a signature over the bytes holds: an SSH signature in its armour, or the 64 bytes of ed25519.
fn holds(bytes: &[u8], signature: &[u8], public_key: &str) -> std::result::Result<(), String> {
    let (public, _) = PublicKey::from_openssh(public_key).map_err(|e| e.to_string())?;
    if signature.starts_with(b"-----BEGIN SSH SIGNATURE-----") {
        let armored = String::from_utf8_lossy(signature);
        let parsed = signing::sshsig::SshSignature::parse(&armored).map_err(|e| e.to_string())?;
        if parsed.public_key != public {
            return Err(format!("it is by {}", parsed.public_key.fingerprint()));
        }
        return parsed.verify(bytes, NAMESPACE).map_err(|e| e.to_string());
    }
    public
        .verify(bytes, signature)
        .map_err(|_| "it is neither an SSH signature nor one of ed25519 over the file".to_owned())
}
