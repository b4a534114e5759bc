//! Packages of operating systems: the data bases of dpkg and apk, and the manifests that Yocto and Buildroot leave. The
//! data base of rpm is in `rpm`, what holds any of them in `rootfs`.

use super::gather::{Gather, lines};
use crate::inventory::{Cause, Inventory, text};
use base64::Engine as _;
use model::components::{Component, ComponentKind, Hash, HashAlgorithm, SourceLine};
use packageurl::PackageUrl;
use std::collections::HashMap;

/// The operating system, as its os-release names it.
#[derive(Default, Clone)]
pub(super) struct System {
    id: String,
    version: String,
}

impl System {
    /// As the text of an os-release says.
    pub(super) fn of(os_release: &str) -> System {
        let value = |key: &str| {
            let line = os_release.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('='));
            line.unwrap_or_default().trim_matches(['"', '\'']).to_owned()
        };
        System { id: value("ID"), version: value("VERSION_ID") }
    }
}

/// A package as an operating system's data base has it.
pub(super) struct Installed<'a> {
    pub(super) ty: &'static str,
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) arch: &'a str,
    pub(super) source: &'a str,
    pub(super) epoch: &'a str,
    pub(super) line: u32,
}

/// Adds a package; its key is `name:architecture`.
pub(super) fn add<'g>(gather: &'g mut Gather<'_>, system: &System, p: &Installed<'_>) -> &'g mut Component {
    let default = match p.ty {
        "deb" => "debian",
        "apk" => "alpine",
        "rpm" => "rpm",
        _ => "generic",
    };
    let namespace = if system.id.is_empty() { default } else { &system.id };
    let purl = (|| -> packageurl::Result<String> {
        let mut purl = PackageUrl::new(p.ty, p.name)?;
        purl.with_namespace(namespace.to_owned())?.with_version(p.version.to_owned())?;
        if !p.arch.is_empty() {
            purl.add_qualifier("arch", p.arch.to_owned())?;
        }
        if !p.epoch.is_empty() {
            purl.add_qualifier("epoch", p.epoch.to_owned())?;
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
    gather.add(&format!("{}:{}", p.name, p.arch), component)
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

pub(super) fn dpkg_into(gather: &mut Gather<'_>, system: &System, text: &str) {
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
            let epoch = "";
            add(gather, system, &Installed { ty: "deb", name, version, arch, source, epoch, line });
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

pub(super) fn apk_into(gather: &mut Gather<'_>, system: &System, text: &str) {
    let mut needs: Vec<(String, &str)> = Vec::new();
    // Packages need libraries, commands and paths rather than packages: who brings each.
    let mut brought: HashMap<&str, String> = HashMap::new();
    let mut line = 1_u32;
    for paragraph in text.split("\n\n") {
        let field =
            |key: &str| paragraph.lines().find_map(|l| l.strip_prefix(key)).unwrap_or_default().trim();
        let (name, arch) = (field("P:"), field("A:"));
        if !name.is_empty() {
            let installed = Installed {
                ty: "apk",
                name,
                version: field("V:"),
                arch,
                source: field("o:"),
                epoch: "",
                line,
            };
            add(gather, system, &installed);
            let sha1 = field("C:Q1");
            let sha1 = base64::engine::general_purpose::STANDARD.decode(sha1).ok().map(hex::encode);
            let key = format!("{name}:{arch}");
            if let Some(c) = gather.get(&key) {
                c.licences = Some(field("L:").to_owned()).filter(|l| !l.is_empty()).into_iter().collect();
                let sha1 = sha1.filter(|h| h.len() == HashAlgorithm::Sha1.hex_len());
                c.hashes = sha1.map(|hex| Hash { algorithm: HashAlgorithm::Sha1, hex }).into_iter().collect();
            }
            needs.extend(apk_names(field("D:")).map(|wanted| (key.clone(), wanted)));
            for provided in apk_names(field("p:")) {
                brought.entry(provided).or_insert_with(|| key.clone());
            }
            // A package of the name comes before what provides it.
            brought.insert(name, key);
        }
        line = line.saturating_add(u32::try_from(paragraph.matches('\n').count() + 2).unwrap_or(0));
    }
    for (from, wanted) in needs {
        if let Some(to) = brought.get(wanted).filter(|to| **to != from) {
            gather.needs(&from, to, false);
        }
    }
}

/// The names in a list of what is needed or provided, `scanelf musl>=1.2 so:libz.so.1=1.2.11`, without what must not be there.
fn apk_names(list: &str) -> impl Iterator<Item = &str> {
    let words = list.split_whitespace().filter(|word| !word.starts_with('!'));
    words.filter_map(|word| word.split(['=', '<', '>', '~']).next().filter(|name| !name.is_empty()))
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
