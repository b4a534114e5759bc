//! C and C++: conan.lock, vcpkg.json, pins of CMake's FetchContent, git submodules; and the manifests of embedded builds:
//! Zephyr's west.yml, platformio.ini, ESP-IDF's dependencies.lock.

use super::gather::{Gather, lines};
use crate::inventory::{Cause, Inventory, text};
use crate::purl::purl;
use model::components::{Component, ComponentKind, SourceLine};
use serde::Deserialize;
use std::collections::BTreeMap;

macro_rules! text_of {
    ($file:expr, $bytes:expr) => {
        match text($file, $bytes) {
            Ok(text) => text,
            Err(unreadable) => return unreadable,
        }
    };
}

/// Not a full commit, nor a tag that looks like a version: branches and pull requests move.
fn moving(reference: &str) -> bool {
    let commit = matches!(reference.len(), 40 | 64) && reference.bytes().all(|b| b.is_ascii_hexdigit());
    let numbered =
        reference.bytes().any(|b| b.is_ascii_digit()) && reference.contains(['.', '-', '_', 'v', 'V', '/']);
    let mut words = reference.split(['/', '-', '_']).map(str::to_ascii_lowercase);
    let branch = words.any(|w| {
        matches!(w.as_str(), "head" | "heads" | "pull" | "branch" | "main" | "master" | "origin")
            || w.ends_with(".x")
    });
    !commit && (branch || !numbered)
}

/// A component that is fetched from a git address at a commit or tag.
fn from_git(gather: &mut Gather<'_>, name: &str, url: &str, reference: &str, line: u32) {
    if reference.is_empty() {
        gather.problem(line, Cause::NoVersion { component: name.to_owned() });
    } else if moving(reference) {
        let (component, written) = (name.to_owned(), reference.to_owned());
        gather.problem(line, Cause::NotPinned { component, written });
    }
    let github = url
        .trim_end_matches(".git")
        .rsplit_once("github.com")
        .map(|(_, path)| path.trim_start_matches(['/', ':']));
    let purl = match github.and_then(|p| p.split_once('/')) {
        Some((owner, repository)) => purl("github", Some(owner), repository, reference, None),
        None => purl("generic", None, name, reference, Some(("vcs_url", &format!("git+{url}@{reference}")))),
    };
    let source = SourceLine { file: gather.file().to_owned(), line };
    let component = Component {
        purl,
        name: name.to_owned(),
        version: reference.to_owned(),
        kind: ComponentKind::Direct,
        download: Some(url.to_owned()),
        source,
        ..Component::default()
    };
    gather.add(name, component);
}

#[derive(Deserialize)]
struct Conan {
    version: Option<String>,
    #[serde(default)]
    requires: Vec<String>,
    #[serde(default)]
    build_requires: Vec<String>,
    #[serde(default)]
    python_requires: Vec<String>,
    #[serde(default)]
    config_requires: Vec<String>,
    graph_lock: Option<ConanGraph>,
}

#[derive(Deserialize)]
struct ConanGraph {
    nodes: BTreeMap<String, ConanNode>,
}

#[derive(Deserialize)]
struct ConanNode {
    #[serde(rename = "ref")]
    reference: Option<String>,
    #[serde(default)]
    requires: Vec<String>,
}

/// Reads a conan.lock of Conan 1 or 2.
pub fn conan(file: &str, bytes: &[u8]) -> Inventory {
    let text = text_of!(file, bytes);
    let lock: Conan = match super::json(file, text, "conan.lock") {
        Ok(lock) => lock,
        Err(unreadable) => return unreadable,
    };
    if lock.version.is_none() {
        let reason = "there is no `version`".to_owned();
        return Inventory::unreadable(file, 0, Cause::Malformed { format: "conan.lock", reason });
    }
    let mut gather = Gather::new(file);
    let mut add = |key: &str, reference: &str, kind: ComponentKind| {
        // `zlib/1.2.13@user/channel#revision%timestamp`
        let bare = reference.split(['#', '%']).next().unwrap_or(reference);
        let bare = bare.split('@').next().unwrap_or(bare);
        let (name, version) = bare.split_once('/').unwrap_or((bare, ""));
        gather.package(key, ("conan", None, name), version, 0).kind = kind;
    };
    for (list, kind) in [
        (&lock.requires, ComponentKind::Transitive),
        (&lock.build_requires, ComponentKind::Build),
        (&lock.python_requires, ComponentKind::Build),
        (&lock.config_requires, ComponentKind::Build),
    ] {
        for reference in list {
            add(reference, reference, kind);
        }
    }
    let nodes = lock.graph_lock.map(|g| g.nodes).unwrap_or_default();
    for (key, node) in &nodes {
        match &node.reference {
            Some(reference) if key != "0" => add(key, reference, ComponentKind::Transitive),
            _ => {}
        }
    }
    for (key, node) in &nodes {
        node.requires.iter().for_each(|to| gather.needs(key, to, true));
    }
    gather.finish()
}

#[derive(Deserialize)]
struct Vcpkg {
    #[serde(rename = "builtin-baseline")]
    baseline: Option<String>,
    #[serde(default)]
    dependencies: Vec<VcpkgNeed>,
    #[serde(default)]
    overrides: Vec<VcpkgOverride>,
    #[serde(default)]
    features: BTreeMap<String, VcpkgFeature>,
}

#[derive(Deserialize)]
struct VcpkgFeature {
    #[serde(default)]
    dependencies: Vec<VcpkgNeed>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum VcpkgNeed {
    Name(String),
    Whole {
        name: String,
        #[serde(default)]
        host: bool,
    },
}

#[derive(Deserialize)]
struct VcpkgOverride {
    name: String,
    #[serde(alias = "version-string", alias = "version-semver", alias = "version-date")]
    version: String,
}

/// Reads a vcpkg.json with all of its features: a version is exact by an override, which also fixes what others need; a baseline
/// alone fixes versions that the file does not show.
pub fn vcpkg(file: &str, bytes: &[u8]) -> Inventory {
    let text = text_of!(file, bytes);
    let manifest: Vcpkg = match super::json(file, text, "vcpkg.json") {
        Ok(manifest) => manifest,
        Err(unreadable) => return unreadable,
    };
    let mut gather = Gather::new(file);
    let versions: BTreeMap<&str, &str> =
        manifest.overrides.iter().map(|o| (o.name.as_str(), o.version.as_str())).collect();
    let written = manifest.baseline.map_or_else(|| "*".to_owned(), |b| format!("baseline {b}"));
    let optional = manifest.features.values().flat_map(|f| &f.dependencies);
    for need in manifest.dependencies.iter().chain(optional) {
        let (name, host) = match need {
            VcpkgNeed::Name(name) => (name, false),
            VcpkgNeed::Whole { name, host } => (name, *host),
        };
        let version = versions.get(name.as_str()).copied().unwrap_or(&written);
        let component = gather.package(name, ("generic", Some("vcpkg"), name), version, 0);
        component.kind = if host { ComponentKind::Build } else { ComponentKind::Direct };
    }
    for (name, version) in versions {
        if !gather.has(name) {
            gather.package(name, ("generic", Some("vcpkg"), name), version, 0).kind =
                ComponentKind::Transitive;
        }
    }
    gather.finish()
}

/// Reads the pins of `FetchContent_Declare`, `ExternalProject_Add` and `CPMAddPackage` in a CMakeLists.txt or .cmake file.
pub fn cmake(file: &str, bytes: &[u8]) -> Inventory {
    let text = text_of!(file, bytes);
    let mut gather = Gather::new(file);
    let mut from = 0;
    while let Some((at, verb)) = next_declaration(text, from) {
        let line = line_of(text, at);
        let open = at + verb.len();
        let rest = text.get(open..).unwrap_or_default();
        let before = text.get(..at).and_then(|t| t.rsplit('\n').next()).unwrap_or_default();
        // `ExternalProject_Add_Step` is another command, and a comment is none.
        if !rest.trim_start().starts_with('(') || before.contains('#') {
            from = open;
            continue;
        }
        let end = rest.find(')').unwrap_or(rest.len());
        let body = rest.get(..end).unwrap_or_default();
        from = open + end;
        let clean: Vec<&str> = body.lines().map(without_comment).collect();
        let clean = clean.join(" ");
        let words: Vec<&str> =
            clean.split_whitespace().map(|w| w.trim_matches(['"', '('])).filter(|w| !w.is_empty()).collect();
        declaration(&mut gather, verb, &words, line);
    }
    gather.finish()
}

/// A line up to a `#` that begins a comment, which one inside of a word does not: `"gh:fmtlib/fmt#10.2.1"`.
fn without_comment(line: &str) -> &str {
    let begins = |at: usize| line.get(..at).is_none_or(|b| b.is_empty() || b.ends_with([' ', '\t']));
    let comment = line.match_indices('#').map(|(at, _)| at).find(|at| begins(*at));
    line.get(..comment.unwrap_or(line.len())).unwrap_or(line)
}

/// One declaration by its words. One that says of no place where its source is from is a component all the same, unless the
/// source lies in the tree.
fn declaration(gather: &mut Gather<'_>, verb: &str, words: &[&str], line: u32) {
    let value = |key: &str| words.iter().position(|w| *w == key).and_then(|i| words.get(i + 1)).copied();
    let Some(first) = words.first().copied() else { return };
    if verb == "CPMAddPackage" && words.len() == 1 {
        return cpm_short(gather, first, line);
    }
    let name = if verb == "CPMAddPackage" { value("NAME").unwrap_or(first) } else { first };
    let hosted = [
        ("GITHUB_REPOSITORY", "github.com"),
        ("GITLAB_REPOSITORY", "gitlab.com"),
        ("BITBUCKET_REPOSITORY", "bitbucket.org"),
    ];
    let hosted = hosted.iter().find_map(|(key, host)| Some(format!("https://{host}/{}", value(key)?)));
    if let Some(url) = value("GIT_REPOSITORY").map(str::to_owned).or(hosted) {
        // CPM makes the tag of the version where there is none.
        let tag = value("GIT_TAG").map(str::to_owned).or_else(|| Some(format!("v{}", value("VERSION")?)));
        from_git(gather, name, &url, &tag.unwrap_or_default(), line);
    } else if let Some(url) = value("URL") {
        from_url(gather, name, url, value("URL_HASH"), line);
    } else if value("SOURCE_DIR").is_none() {
        gather.package(name, ("generic", None, name), "", line).kind = ComponentKind::Direct;
    }
}

/// `gh:nlohmann/json@3.11.2`, `gh:fmtlib/fmt#10.2.1`, `https://example.org/a.git@1.2`
fn cpm_short(gather: &mut Gather<'_>, written: &str, line: u32) {
    let hosts =
        [("gh:", "https://github.com/"), ("gl:", "https://gitlab.com/"), ("bb:", "https://bitbucket.org/")];
    let hosted = hosts.iter().find_map(|(short, host)| Some((written.strip_prefix(short)?, *host)));
    let (rest, host) = hosted.unwrap_or((written, ""));
    let (path, tag) = match (rest.rsplit_once('#'), rest.rsplit_once('@')) {
        (Some((path, tag)), _) => (path, tag.to_owned()),
        (None, Some((path, version))) if !version.contains('/') => (path, format!("v{version}")),
        _ => (rest, String::new()),
    };
    let name = path.trim_end_matches(".git").rsplit(['/', ':']).next().unwrap_or(path);
    from_git(gather, name, &format!("{host}{path}"), &tag, line);
}

fn next_declaration(text: &str, from: usize) -> Option<(usize, &'static str)> {
    let rest = text.get(from..)?;
    let found = ["FetchContent_Declare", "ExternalProject_Add", "CPMAddPackage"].into_iter();
    found.filter_map(|verb| Some((from + rest.find(verb)?, verb))).min()
}

fn line_of(text: &str, at: usize) -> u32 {
    u32::try_from(text.get(..at).map_or(0, |t| t.matches('\n').count()) + 1).unwrap_or(u32::MAX)
}

fn from_url(gather: &mut Gather<'_>, name: &str, url: &str, digest: Option<&str>, line: u32) {
    let last = url.rsplit('/').next().unwrap_or(url);
    let start = last.find(|c: char| c.is_ascii_digit()).unwrap_or(last.len());
    let stem = last.get(start..).unwrap_or_default();
    let endings = [".tar.gz", ".tar.xz", ".tar.bz2", ".tgz", ".zip"];
    let version = endings.iter().find_map(|e| stem.strip_suffix(e)).unwrap_or(stem).to_owned();
    let hash = digest.and_then(|d| d.split_once('=')).and_then(|(a, hex)| gather.hash(name, a, hex, line));
    if hash.is_none() {
        let (component, written) = (name.to_owned(), format!("{url} without URL_HASH"));
        gather.problem(line, Cause::NotPinned { component, written });
    }
    let component = gather.package(name, ("generic", None, name), &version, line);
    component.hashes = hash.into_iter().collect();
    component.kind = ComponentKind::Direct;
    component.download = Some(url.to_owned());
}

/// Reads a .gitmodules. The commits stand in the tree and not in this file, so each module needs a SOUP item with its
/// version.
pub fn submodules(file: &str, bytes: &[u8]) -> Inventory {
    let text = text_of!(file, bytes);
    let mut gather = Gather::new(file);
    let (mut name, mut line, mut url, mut reference) = (String::new(), 0, String::new(), String::new());
    let flush =
        |gather: &mut Gather<'_>, name: &mut String, line: u32, url: &mut String, reference: &mut String| {
            if !name.is_empty() {
                from_git(gather, name, url, reference, line);
            }
            name.clear();
            url.clear();
            reference.clear();
        };
    for (at, raw) in lines(text) {
        let content = raw.trim();
        if let Some(section) = content.strip_prefix("[submodule \"") {
            flush(&mut gather, &mut name, line, &mut url, &mut reference);
            section.trim_end_matches("\"]").clone_into(&mut name);
            line = at;
        } else if let Some((key, value)) = content.split_once('=') {
            match key.trim() {
                "url" => value.trim().clone_into(&mut url),
                "commit" => value.trim().clone_into(&mut reference),
                _ => {}
            }
        }
    }
    flush(&mut gather, &mut name, line, &mut url, &mut reference);
    gather.finish()
}

#[derive(Deserialize)]
struct West {
    manifest: WestManifest,
}

#[derive(Deserialize)]
struct WestManifest {
    #[serde(default)]
    defaults: WestDefaults,
    #[serde(default)]
    remotes: Vec<WestRemote>,
    #[serde(default)]
    projects: Vec<WestProject>,
    #[serde(rename = "self", default)]
    own: WestSelf,
}

#[derive(Deserialize, Default)]
struct WestSelf {
    import: Option<serde_json::Value>,
}

#[derive(Deserialize, Default)]
struct WestDefaults {
    remote: Option<String>,
    revision: Option<String>,
}

#[derive(Deserialize)]
struct WestRemote {
    name: String,
    #[serde(rename = "url-base")]
    base: String,
}

#[derive(Deserialize)]
struct WestProject {
    name: String,
    url: Option<String>,
    remote: Option<String>,
    #[serde(rename = "repo-path")]
    path: Option<String>,
    revision: Option<String>,
    /// `true`, a path, a list of paths, or a table that names some.
    import: Option<serde_json::Value>,
}

/// Reads a west.yml of Zephyr. What it imports from other manifests is not in it: a finding for each import.
pub fn west(file: &str, bytes: &[u8]) -> Inventory {
    let text = text_of!(file, bytes);
    let west: West = match super::yaml(text) {
        Ok(west) => west,
        Err((line, reason)) => {
            return Inventory::unreadable(file, line, Cause::Malformed { format: "west.yml", reason });
        }
    };
    let m = west.manifest;
    let mut gather = Gather::new(file);
    for p in &m.projects {
        let remote = p.remote.as_ref().or(m.defaults.remote.as_ref());
        let base = remote
            .and_then(|r| m.remotes.iter().find(|o| o.name == *r))
            .map(|r| r.base.trim_end_matches('/'));
        let path = p.path.as_deref().unwrap_or(&p.name);
        let url = p.url.clone().unwrap_or_else(|| format!("{}/{path}", base.unwrap_or_default()));
        let revision = p.revision.as_ref().or(m.defaults.revision.as_ref()).map_or("", String::as_str);
        let line = text.find(&format!("name: {}", p.name)).map_or(0, |at| line_of(text, at));
        from_git(&mut gather, &p.name, &url, revision, line);
        imports(&mut gather, &p.name, p.import.as_ref(), line);
    }
    imports(&mut gather, "self", m.own.import.as_ref(), 0);
    gather.finish()
}

/// Reports what an `import` brings in.
fn imports(gather: &mut Gather<'_>, who: &str, import: Option<&serde_json::Value>, line: u32) {
    if import.is_some_and(|i| !matches!(i, serde_json::Value::Null | serde_json::Value::Bool(false))) {
        let place = "other manifests (`west manifest --resolve` writes one with all of them)";
        gather.problem(line, Cause::Elsewhere { component: who.to_owned(), place });
    }
}

/// Reads the `lib_deps` and `platform` of a platformio.ini.
pub fn platformio(file: &str, bytes: &[u8]) -> Inventory {
    let text = text_of!(file, bytes);
    let mut gather = Gather::new(file);
    let mut key = "";
    for (line, raw) in lines(text) {
        let content = raw.split(" ;").next().unwrap_or(raw).trim_end();
        if content.trim().is_empty() || content.trim_start().starts_with([';', '#', '[']) {
            continue;
        }
        let value = if content.starts_with([' ', '\t']) {
            content.trim()
        } else {
            let (name, value) = content.split_once('=').unwrap_or((content, ""));
            key = name.trim();
            value.trim()
        };
        let kind = match key {
            "lib_deps" => ComponentKind::Direct,
            "platform" | "platform_packages" => ComponentKind::Build,
            _ => continue,
        };
        for dependency in value.split(',').map(str::trim).filter(|v| !v.is_empty() && !v.starts_with("${")) {
            if let Some((before, _)) = dependency.split_once("://") {
                // `URL`, `Name=URL`, `owner/name@URL`
                let begin = before.rfind(['=', '@']).map_or(0, |at| at + 1);
                let address = dependency.get(begin..).unwrap_or(dependency);
                let (url, reference) = address.split_once('#').unwrap_or((address, ""));
                let last = || url.trim_end_matches(".git").rsplit('/').next().unwrap_or(url);
                let given =
                    dependency.get(..begin.saturating_sub(1)).map(str::trim).filter(|n| !n.is_empty());
                let name = given.unwrap_or_else(last).to_owned();
                if ["symlink://", "file://"].iter().any(|s| url.starts_with(s)) {
                    // It lies beside the product, and no registry tells its version.
                    gather.package(&name, ("generic", None, &name), "", line).kind = kind;
                } else {
                    from_git(&mut gather, &name, url, reference, line);
                    if let Some(component) = gather.get(&name) {
                        component.kind = kind;
                    }
                }
                continue;
            }
            let (name, version) = dependency.split_once('@').unwrap_or((dependency, ""));
            let (owner, bare) =
                name.trim().split_once('/').map_or((None, name.trim()), |(o, n)| (Some(o), n));
            gather.package(name.trim(), ("platformio", owner, bare), version.trim(), line).kind = kind;
        }
    }
    gather.finish()
}

#[derive(Deserialize)]
struct EspLock {
    #[serde(default)]
    dependencies: BTreeMap<String, EspComponent>,
    /// What the product itself names; locks of older versions do not say it.
    direct_dependencies: Option<Vec<String>>,
    #[serde(rename = "manifest_hash")]
    manifest: Option<String>,
}

#[derive(Deserialize)]
struct EspComponent {
    version: String,
    component_hash: Option<String>,
    #[serde(default)]
    source: EspSource,
    #[serde(default)]
    dependencies: Vec<EspNeed>,
}

#[derive(Deserialize)]
struct EspNeed {
    name: String,
}

#[derive(Deserialize, Default)]
struct EspSource {
    #[serde(rename = "type", default)]
    ty: String,
}

/// Reads a dependencies.lock of the ESP-IDF component manager.
pub fn esp(file: &str, bytes: &[u8]) -> Inventory {
    let text = text_of!(file, bytes);
    let lock: EspLock = match super::yaml(text) {
        Ok(lock) => lock,
        Err((line, reason)) => {
            return Inventory::unreadable(
                file,
                line,
                Cause::Malformed { format: "dependencies.lock", reason },
            );
        }
    };
    if lock.manifest.is_none() && lock.dependencies.is_empty() {
        return Inventory::unreadable(
            file,
            0,
            Cause::Unsupported("a dependencies.lock of another tool".to_owned()),
        );
    }
    let mut gather = Gather::new(file);
    for (name, c) in &lock.dependencies {
        let (owner, bare) = name.split_once('/').map_or((None, name.as_str()), |(o, n)| (Some(o), n));
        let hash = c.component_hash.as_deref().and_then(|h| gather.hash(name, "SHA256", h, 0));
        let component = gather.package(name, ("generic", owner.or(Some("espressif")), bare), &c.version, 0);
        component.hashes = hash.into_iter().collect();
        let direct = lock.direct_dependencies.as_ref().is_none_or(|d| d.contains(name));
        component.kind = match (c.source.ty == "local", direct) {
            (true, _) => ComponentKind::Own,
            (false, true) => ComponentKind::Direct,
            (false, false) => ComponentKind::Transitive,
        };
    }
    // A dependency under a condition that does not hold for the target is not in the lock.
    for (name, c) in &lock.dependencies {
        c.dependencies.iter().for_each(|to| gather.needs(name, &to.name, false));
    }
    gather.finish()
}
