//! Packages of operating systems: the data bases of dpkg and apk, alone or inside an image tarball or root file system, and
//! the manifests that Yocto and Buildroot leave.

use super::gather::{Gather, lines};
use crate::inventory::{BYTES_MAX, Cause, Inventory, text};
use base64::Engine as _;
use model::components::{Component, ComponentKind, Hash, HashAlgorithm, SourceLine};
use packageurl::PackageUrl;
use std::io::Read;

/// The operating system, as its os-release names it.
#[derive(Default, Clone)]
struct System {
    id: String,
    version: String,
}

impl System {
    fn of(os_release: &str) -> System {
        let value = |key: &str| {
            let line = os_release.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('='));
            line.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
        };
        System { id: value("ID"), version: value("VERSION_ID") }
    }
}

/// A package as an operating system's data base has it.
struct Installed<'a> {
    ty: &'static str,
    name: &'a str,
    version: &'a str,
    arch: &'a str,
    source: &'a str,
    line: u32,
}

fn add(gather: &mut Gather<'_>, system: &System, p: &Installed<'_>) {
    let default = match p.ty {
        "deb" => "debian",
        "apk" => "alpine",
        _ => "generic",
    };
    let namespace = if system.id.is_empty() { default } else { &system.id };
    let purl = (|| -> packageurl::Result<String> {
        let mut purl = PackageUrl::new(p.ty, p.name)?;
        purl.with_namespace(namespace.to_owned())?.with_version(p.version.to_owned())?;
        if !p.arch.is_empty() {
            purl.add_qualifier("arch", p.arch.to_owned())?;
        }
        if !system.version.is_empty() {
            purl.add_qualifier("distro", format!("{namespace}-{}", system.version))?;
        }
        if !p.source.is_empty() && p.source != p.name {
            purl.add_qualifier("upstream", p.source.to_owned())?;
        }
        Ok(purl.to_string())
    })();
    gather.pinned(p.name, p.version, p.line);
    let component = Component {
        purl: purl.unwrap_or_default(),
        name: p.name.to_owned(),
        version: p.version.to_owned(),
        kind: ComponentKind::Direct,
        targets: Some(p.arch.to_owned()).filter(|a| !a.is_empty()).into_iter().collect(),
        source: SourceLine { file: gather.file().to_owned(), line: p.line },
        ..Component::default()
    };
    gather.add(&format!("{}:{}", p.name, p.arch), component);
}

/// Reads dpkg's `status` file.
pub fn dpkg(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    dpkg_into(&mut gather, &System::default(), text);
    gather.finish()
}

fn dpkg_into(gather: &mut Gather<'_>, system: &System, text: &str) {
    let mut needs: Vec<(String, String)> = Vec::new();
    let mut line = 1_u32;
    for paragraph in text.split("\n\n") {
        let field = |key: &str| {
            let found = paragraph.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix(':'));
            found.unwrap_or_default().trim()
        };
        let (name, arch) = (field("Package"), field("Architecture"));
        let status = field("Status");
        let source = field("Source").split(' ').next().unwrap_or_default();
        if !name.is_empty() && (status.is_empty() || status.ends_with(" installed")) {
            let version = field("Version");
            add(gather, system, &Installed { ty: "deb", name, version, arch, source, line });
            for wanted in field("Depends").split([',', '|']).chain(field("Pre-Depends").split([',', '|'])) {
                let wanted = wanted.trim().split([' ', ':', '(']).next().unwrap_or_default();
                if !wanted.is_empty() {
                    needs.push((format!("{name}:{arch}"), wanted.to_owned()));
                }
            }
        }
        line = line.saturating_add(u32::try_from(paragraph.matches('\n').count() + 2).unwrap_or(0));
    }
    for (from, to) in needs {
        let arch = from.rsplit(':').next().unwrap_or_default().to_owned();
        let keys = [format!("{to}:{arch}"), format!("{to}:all")];
        // Virtual packages and alternatives are not all installed.
        if let Some(key) = keys.iter().find(|k| gather.has(k)) {
            gather.needs(&from, key, false);
        }
    }
}

/// Reads apk's `installed` file.
pub fn apk(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    apk_into(&mut gather, &System::default(), text);
    gather.finish()
}

fn apk_into(gather: &mut Gather<'_>, system: &System, text: &str) {
    let mut line = 1_u32;
    for paragraph in text.split("\n\n") {
        let field =
            |key: &str| paragraph.lines().find_map(|l| l.strip_prefix(key)).unwrap_or_default().trim();
        let (name, arch) = (field("P:"), field("A:"));
        if !name.is_empty() {
            let installed =
                Installed { ty: "apk", name, version: field("V:"), arch, source: field("o:"), line };
            add(gather, system, &installed);
            let sha1 = field("C:Q1");
            let sha1 = base64::engine::general_purpose::STANDARD.decode(sha1).ok().map(hex::encode);
            if let Some(c) = gather.get(&format!("{name}:{arch}")) {
                c.licences = Some(field("L:").to_owned()).filter(|l| !l.is_empty()).into_iter().collect();
                let sha1 = sha1.filter(|h| h.len() == HashAlgorithm::Sha1.hex_len());
                c.hashes = sha1.map(|hex| Hash { algorithm: HashAlgorithm::Sha1, hex }).into_iter().collect();
            }
        }
        line = line.saturating_add(u32::try_from(paragraph.matches('\n').count() + 2).unwrap_or(0));
    }
}

/// Files of an image that are looked at; each is small.
const LOOKED_AT: [&str; 6] = [
    "var/lib/dpkg/status",
    "lib/apk/db/installed",
    "usr/lib/apk/db/installed",
    "etc/os-release",
    "usr/lib/os-release",
    "var/lib/rpm/rpmdb.sqlite",
];
/// Most tars inside tars: an image has one for each layer.
const LAYERS_MAX: usize = 512;

/// Reads a root file system as a tar, or an image as `docker save` and OCI layouts write it: layers later in the file win.
/// Gzip is unpacked. `file` is the path that components are reported with.
pub fn image(file: &str, bytes: &[u8]) -> Inventory {
    let mut found = Found::default();
    if let Err(reason) = found.read(bytes, 0) {
        let cause = Cause::Malformed { format: "image or root file system as a tar", reason };
        return Inventory::unreadable(file, 0, cause);
    }
    let mut gather = Gather::new(file);
    let system = System::of(&found.os_release);
    for status in &found.dpkg {
        dpkg_into(&mut gather, &system, status);
    }
    apk_into(&mut gather, &system, &found.apk);
    if found.rpm {
        gather.problem(
            0,
            Cause::Unsupported("the data base of rpm (bring the image's SBOM instead)".to_owned()),
        );
    }
    gather.finish()
}

#[derive(Default)]
struct Found {
    os_release: String,
    /// The status file, and those of distroless images, one for each package.
    dpkg: Vec<String>,
    apk: String,
    rpm: bool,
    layers: usize,
    unpacked: u64,
}

impl Found {
    fn read(&mut self, bytes: &[u8], depth: u8) -> Result<(), String> {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let limit = BYTES_MAX as u64 * 8;
            return self.tar(flate2::read::MultiGzDecoder::new(bytes).take(limit), depth);
        }
        self.tar(bytes, depth)
    }

    fn tar(&mut self, from: impl Read, depth: u8) -> Result<(), String> {
        let mut archive = tar::Archive::new(from);
        let entries = archive.entries().map_err(|e| e.to_string())?;
        for entry in entries {
            let mut entry = entry.map_err(|e| e.to_string())?;
            let path = entry.path().map_err(|e| e.to_string())?.to_string_lossy().into_owned();
            let path = path.trim_start_matches("./").to_owned();
            if !entry.header().entry_type().is_file() {
                continue;
            }
            let layer = depth == 0
                && (path.ends_with("layer.tar")
                    || path.contains("blobs/sha256/")
                    || path.ends_with(".tar.gz")
                    || path.ends_with(".tar"));
            if !layer && !LOOKED_AT.contains(&path.as_str()) && !path.starts_with("var/lib/dpkg/status.d/") {
                continue;
            }
            self.unpacked += entry.size();
            if self.unpacked > BYTES_MAX as u64 * 16 {
                return Err("it holds more than 4 GiB of layers".to_owned());
            }
            let mut content = Vec::new();
            entry.by_ref().take(BYTES_MAX as u64 * 4).read_to_end(&mut content).map_err(|e| e.to_string())?;
            if layer {
                self.layers += 1;
                if self.layers > LAYERS_MAX {
                    return Err("it has more than 512 layers".to_owned());
                }
                // Blobs of an OCI layout are manifests as well; those are JSON and no tars.
                if !content.starts_with(b"{") {
                    self.read(&content, depth + 1)?;
                }
                continue;
            }
            let content = String::from_utf8_lossy(&content).into_owned();
            match path.as_str() {
                "var/lib/dpkg/status" => self.dpkg = vec![content],
                "lib/apk/db/installed" | "usr/lib/apk/db/installed" => self.apk = content,
                "etc/os-release" | "usr/lib/os-release" => self.os_release = content,
                "var/lib/rpm/rpmdb.sqlite" => self.rpm = true,
                other if !other.ends_with(".md5sums") => self.dpkg.push(content),
                _ => {}
            }
        }
        Ok(())
    }
}

/// Reads what a Yocto build leaves: `*.manifest` of the image (`name arch version`) or `license.manifest`.
pub fn yocto(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    if text.contains("PACKAGE NAME:") {
        let mut at = 1_u32;
        for paragraph in text.split("\n\n") {
            let field = |key: &str| {
                let line = paragraph.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix(':'));
                line.unwrap_or_default().trim()
            };
            let (name, version) = (field("PACKAGE NAME"), field("PACKAGE VERSION"));
            if !name.is_empty() {
                let licence = field("LICENSE").replace(" & ", " AND ").replace(" | ", " OR ");
                let c = gather.package(name, ("generic", Some("yocto"), name), version, at);
                c.kind = ComponentKind::Direct;
                c.licences = vec![licence];
            }
            at = at.saturating_add(u32::try_from(paragraph.matches('\n').count() + 2).unwrap_or(0));
        }
        return gather.finish();
    }
    for (line, raw) in lines(text) {
        let words: Vec<&str> = raw.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [name, arch, version] => {
                let c = gather.package(name, ("generic", Some("yocto"), name), version, line);
                c.kind = ComponentKind::Direct;
                c.targets = vec![(*arch).to_owned()];
            }
            _ => {
                let reason = "a line that is not `package architecture version`".to_owned();
                return Inventory::unreadable(
                    file,
                    line,
                    Cause::Malformed { format: "a Yocto manifest", reason },
                );
            }
        }
    }
    gather.finish()
}

/// Reads the `manifest.csv` of Buildroot's legal information.
pub fn buildroot(file: &str, bytes: &[u8]) -> Inventory {
    let text = match text(file, bytes) {
        Ok(text) => text,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    let mut rows = lines(text).map(|(line, raw)| (line, cells(raw)));
    let head = rows.next().map(|(_, cells)| cells).unwrap_or_default();
    let place = |name: &str| head.iter().position(|c| c == name);
    let (Some(name), Some(version)) = (place("PACKAGE"), place("VERSION")) else {
        let reason = "the first line does not name PACKAGE and VERSION".to_owned();
        return Inventory::unreadable(
            file,
            1,
            Cause::Malformed { format: "a manifest.csv of Buildroot", reason },
        );
    };
    let (licence, site) = (place("LICENSE"), place("SOURCE SITE"));
    for (line, row) in rows.filter(|(_, row)| row.iter().any(|c| !c.is_empty())) {
        let cell = |i: Option<usize>| i.and_then(|i| row.get(i)).map(String::as_str).unwrap_or_default();
        let package = cell(Some(name));
        let c = gather.package(package, ("generic", Some("buildroot"), package), cell(Some(version)), line);
        c.kind = ComponentKind::Direct;
        c.licences =
            Some(cell(licence).to_owned()).filter(|l| !l.is_empty() && l != "unknown").into_iter().collect();
        c.download = Some(cell(site).to_owned()).filter(|s| !s.is_empty());
    }
    gather.finish()
}

/// The cells of a line of comma-separated values, quotes doubled inside quotes.
fn cells(line: &str) -> Vec<String> {
    let (mut out, mut quoted) = (vec![String::new()], false);
    let mut signs = line.chars().peekable();
    while let Some(c) = signs.next() {
        match (c, quoted) {
            ('"', true) if signs.peek() == Some(&'"') => {
                signs.next();
                if let Some(cell) = out.last_mut() {
                    cell.push('"');
                }
            }
            ('"', _) => quoted = !quoted,
            (',', false) => out.push(String::new()),
            (c, _) => {
                if let Some(cell) = out.last_mut() {
                    cell.push(c);
                }
            }
        }
    }
    out
}
