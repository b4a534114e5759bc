//! Whether a downloaded archive has the digest that the lock file states.

use base64::Engine as _;
use model::components::{Component, ComponentGraph, HashAlgorithm};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use std::collections::{BTreeSet, HashMap};
use std::io::Read as _;

/// What a file of the dependencies is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It has the digest of this component.
    Fits(String),
    /// It has not.
    Differs {
        /// Whose archive it says it is.
        component: String,
        /// The digest that the lock file states.
        wanted: String,
        /// The digest that it has.
        found: String,
    },
    /// The lock file states no digest of it that still proves something (MD5 and SHA-1 do not).
    NoDigest(String),
    /// A store has unpacked the archive of this component and not kept it, so there is nothing to compare.
    Unpacked(String),
    /// No lock file names it.
    Unknown,
}

/// The archives that the components are downloaded as, and what lock files state of them.
pub struct Archives<'g> {
    /// By file name.
    names: HashMap<String, Vec<&'g Component>>,
    /// SHA-256 of every file of a Python distribution, by its name and version: a lock file lists all, an SBOM holds one.
    python: HashMap<(String, String), BTreeSet<String>>,
    /// Of Go modules, `module@version`, what go.sum states of their content; `None` where no go.sum names it.
    modules: HashMap<String, Option<String>>,
    /// By the digest that is stated, in hexadecimal: caches name archives by their content. SHA-1 only tells whose it is.
    digests: HashMap<&'g str, &'g Component>,
    /// SHA-512 of the archives of Yarn's own cache with whose they are, by the ten letters that its file names end in.
    yarn: HashMap<String, Vec<(String, String)>>,
}

impl<'g> Archives<'g> {
    /// Those of a graph.
    pub fn of(graph: &'g ComponentGraph) -> Archives<'g> {
        let mut out = Archives {
            names: HashMap::new(),
            python: HashMap::new(),
            modules: HashMap::new(),
            digests: HashMap::new(),
            yarn: HashMap::new(),
        };
        for c in graph.components() {
            let told = c.hashes.iter().filter(|h| h.algorithm != HashAlgorithm::Md5);
            out.digests.extend(told.map(|h| (h.hex.as_str(), c)));
            if let Some(name) = c.download.as_deref().and_then(file_name) {
                out.names.entry(name).or_default().push(c);
            }
            // A registry of one's own does not tell its file names; Cargo gives all crates one form.
            if c.purl.starts_with("pkg:cargo/") {
                let of = out.names.entry(format!("{}-{}.crate", c.name, c.version)).or_default();
                if !of.contains(&c) {
                    of.push(c);
                }
            } else if c.purl.starts_with("pkg:pypi/") {
                let sha256 = c.hashes.iter().filter(|h| h.algorithm == HashAlgorithm::Sha256);
                let of = out.python.entry((distribution(&c.name), c.version.clone())).or_default();
                of.extend(sha256.map(|h| h.hex.clone()));
            } else if c.purl.starts_with("pkg:golang/") {
                let name = c.name.split('@').next().unwrap_or(&c.name);
                out.modules.entry(format!("{name}@{}", c.version)).or_default();
            }
        }
        out
    }

    /// Takes over the digests of a lock file that its components do not hold: those of all files of a Python distribution
    /// (uv.lock, poetry.lock, Pipfile.lock), those of go.sum, and those that Yarn states of its own archives.
    pub fn state(&mut self, file: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        match file.rsplit('/').next().unwrap_or(file) {
            "go.sum" => self.modules.extend(text.lines().filter_map(|line| {
                let mut words = line.split_whitespace();
                let (path, version, digest) = (words.next()?, words.next()?, words.next()?);
                Some((format!("{path}@{version}"), Some(digest.to_owned())))
            })),
            "uv.lock" | "poetry.lock" => {
                for block in text.split("[[package]]").skip(1) {
                    let value = |key: &str| {
                        let mut lines =
                            block.lines().filter_map(|l| l.strip_prefix(key)?.trim().strip_prefix('='));
                        lines.next().map(|v| v.trim().trim_matches('"').to_owned())
                    };
                    if let (Some(name), Some(version)) = (value("name"), value("version")) {
                        self.python
                            .entry((distribution(&name), version))
                            .or_default()
                            .extend(sha256_in(block));
                    }
                }
            }
            "yarn.lock" => {
                let mut shown = String::new();
                for line in text.lines().map(str::trim) {
                    if let Some(resolution) = line.strip_prefix("resolution: ") {
                        let (name, version) =
                            resolution.trim_matches('"').rsplit_once("@npm:").unwrap_or_default();
                        shown = format!("{name} {version}");
                    } else if let Some(sum) = line.strip_prefix("checksum: ") {
                        // `10c0/` tells how the archive was packed.
                        let hex = sum.rsplit('/').next().unwrap_or(sum).trim_matches('"').to_owned();
                        let key = hex.chars().take(10).collect();
                        self.yarn.entry(key).or_default().push((hex, std::mem::take(&mut shown)));
                    }
                }
            }
            "Pipfile.lock" => {
                let lock: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
                let groups = lock.as_object().into_iter().flatten().filter(|(name, _)| *name != "_meta");
                for (name, package) in groups.flat_map(|(_, g)| g.as_object().into_iter().flatten()) {
                    let version = package["version"].as_str().unwrap_or_default().trim_start_matches('=');
                    let of = self.python.entry((distribution(name), version.to_owned())).or_default();
                    of.extend(sha256_in(&package["hashes"].to_string()));
                }
            }
            _ => {}
        }
    }

    /// Judges a file by its path and bytes.
    pub fn judge(&self, path: &str, bytes: &[u8]) -> Standing {
        let name = path.rsplit('/').next().unwrap_or(path);
        if let Some(module) = module_of(path) {
            return self.judge_module(&module, bytes);
        }
        if let Some(key) = distribution_of(name)
            && let Some(stated) = self.python.get(&key)
        {
            let (shown, found) = (format!("{} {}", key.0, key.1), hex::encode(Sha256::digest(bytes)));
            return match stated.first() {
                None => Standing::NoDigest(shown),
                Some(_) if stated.contains(&found) => Standing::Fits(shown),
                Some(first) => {
                    let others = stated.len() - 1;
                    let more =
                        if others == 0 { String::new() } else { format!(" or one of {others} others") };
                    Standing::Differs { component: shown, wanted: format!("{first}{more}"), found }
                }
            };
        }
        let Some(all) = self.names.get(name) else { return self.judge_cached(path, bytes) };
        let mut last = Standing::Unknown;
        for c in all {
            let shown = format!("{} {}", c.name, c.version);
            // The strongest digest counts: hashes are sorted by algorithm.
            let strongest = c.hashes.iter().rev().find_map(|h| Some((h, digest(h.algorithm, bytes)?)));
            last = match strongest {
                // One that differs says more than one of which nothing is stated.
                None if matches!(last, Standing::Differs { .. }) => last,
                None => Standing::NoDigest(shown),
                Some((h, found)) if h.hex == found => return Standing::Fits(shown),
                Some((h, found)) => Standing::Differs { component: shown, wanted: h.hex.clone(), found },
            };
        }
        last
    }

    /// What no lock file calls by its name may be known by its content, or by the name that a cache gives it.
    fn judge_cached(&self, path: &str, bytes: &[u8]) -> Standing {
        let name = path.rsplit('/').next().unwrap_or(path);
        let sum = name.strip_suffix(".zip").and_then(|n| n.rsplit('-').next());
        if let Some(stated) = sum.and_then(|sum| self.yarn.get(sum)) {
            let found = hex::encode(Sha512::digest(bytes));
            return match (stated.iter().find(|(hex, _)| *hex == found), stated.first()) {
                (Some((_, component)), _) => Standing::Fits(component.clone()),
                (None, Some((wanted, component))) => {
                    Standing::Differs { component: component.clone(), wanted: wanted.clone(), found }
                }
                (None, None) => Standing::Unknown,
            };
        }
        // npm keeps each archive under its digest, and what the registry tells of packages likewise.
        if let Some((algorithm, wanted)) = named_by_content(path)
            && let Some(c) = self.digests.get(wanted.as_str())
        {
            return match digest(algorithm, bytes) {
                None => Standing::NoDigest(shown(c)),
                Some(found) if found == wanted => Standing::Fits(shown(c)),
                Some(found) => Standing::Differs { component: shown(c), wanted, found },
            };
        }
        if let Some(archive) = pnpm_index(path) {
            return self
                .digests
                .get(archive.as_str())
                .map_or(Standing::Unknown, |c| Standing::Unpacked(shown(c)));
        }
        // Mirrors of npm packages and Yarn's first cache have names of their own for archives; others keep the name.
        if !name.ends_with(".tgz") || !is_packed(bytes) {
            return Standing::Unknown;
        }
        let known = [HashAlgorithm::Sha512, HashAlgorithm::Sha384, HashAlgorithm::Sha256]
            .into_iter()
            .find_map(|a| self.digests.get(digest(a, bytes)?.as_str()))
            .filter(|c| c.purl.starts_with("pkg:npm/"));
        known.map_or(Standing::Unknown, |c| Standing::Fits(shown(c)))
    }

    fn judge_module(&self, module: &str, bytes: &[u8]) -> Standing {
        let shown = module.replacen('@', " ", 1);
        let wanted = match self.modules.get(module) {
            None => return Standing::Unknown,
            Some(None) => return Standing::NoDigest(shown),
            Some(Some(wanted)) => wanted.clone(),
        };
        let found = go_sum(bytes).unwrap_or_else(|why| format!("none: {why}"));
        if found == wanted {
            Standing::Fits(shown)
        } else {
            Standing::Differs { component: shown, wanted, found }
        }
    }
}

/// Whether a file is, by its name, an archive that something is downloaded as.
pub fn is_archive(name: &str) -> bool {
    ENDINGS.iter().any(|e| name.ends_with(e))
}

/// Whether a file is an archive that npm's cache keeps under its digest; beside archives it keeps what registries tell.
pub fn is_cached_archive(path: &str, bytes: &[u8]) -> bool {
    named_by_content(path).is_some() && is_packed(bytes)
}

/// A component as [`Standing`] names it.
pub fn shown(c: &Component) -> String {
    match c.purl.strip_prefix("pkg:").and_then(|p| p.split('/').next()) {
        Some("pypi") => format!("{} {}", distribution(&c.name), c.version),
        Some("golang") => format!("{} {}", c.name.split('@').next().unwrap_or(&c.name), c.version),
        _ => format!("{} {}", c.name, c.version),
    }
}

/// Whether a file begins like gzip or zip, whatever its name.
fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(b"PK\x03\x04")
}

/// The digest by which npm's cache names a file: `…/content-v2/sha512/ab/cd/ef…`.
fn named_by_content(path: &str) -> Option<(HashAlgorithm, String)> {
    let (_, below) = path.rsplit_once("content-v2/")?;
    let (algorithm, hex) = below.split_once('/')?;
    let algorithm = match algorithm {
        "sha1" => HashAlgorithm::Sha1,
        "sha256" => HashAlgorithm::Sha256,
        "sha384" => HashAlgorithm::Sha384,
        "sha512" => HashAlgorithm::Sha512,
        _ => return None,
    };
    let hex = hex.replace('/', "");
    (hex.len() == algorithm.hex_len()).then_some((algorithm, hex))
}

/// The SHA-512 of the archive whose files an index of pnpm's store lists: `files/ab/cdef…-index.json`.
fn pnpm_index(path: &str) -> Option<String> {
    let mut parts = path.rsplit('/');
    let (file, first, kind) = (parts.next()?, parts.next()?, parts.next()?);
    let rest = file.strip_suffix("-index.json").filter(|_| kind == "files")?;
    Some(format!("{first}{rest}"))
}

const ENDINGS: [&str; 8] = [".crate", ".tgz", ".tar.gz", ".whl", ".zip", ".jar", ".gem", ".nupkg"];

fn file_name(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let name = path.rsplit('/').next()?;
    is_archive(name).then(|| name.to_owned())
}

/// The name of a Python distribution as all ways to write it agree on (packaging.python.org, name normalization).
fn distribution(name: &str) -> String {
    let words: Vec<&str> = name.split(['-', '_', '.']).filter(|w| !w.is_empty()).collect();
    words.join("-").to_ascii_lowercase()
}

/// Name and version of the wheel or source distribution that a file is by its name.
fn distribution_of(name: &str) -> Option<(String, String)> {
    let (distribution_name, version) = match name.strip_suffix(".whl") {
        Some(wheel) => {
            let mut parts = wheel.split('-');
            (parts.next()?, parts.next()?)
        }
        None => [".tar.gz", ".zip"].iter().find_map(|e| name.strip_suffix(e))?.rsplit_once('-')?,
    };
    Some((distribution(distribution_name), version.to_owned()))
}

fn sha256_in(text: &str) -> impl Iterator<Item = String> + '_ {
    let digests = text.split("sha256:").skip(1).filter_map(|rest| rest.get(..64));
    digests.filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit())).map(str::to_ascii_lowercase)
}

/// `module@version` of a zip in a cache or mirror of Go modules: `golang.org/x/text/@v/v0.3.0.zip`, capitals written `!c`.
fn module_of(path: &str) -> Option<String> {
    let (module, version) = path.strip_suffix(".zip")?.rsplit_once("/@v/")?;
    let module = module.rsplit_once("cache/download/").map_or(module, |(_, module)| module);
    let mut plain = String::new();
    let mut chars = module.chars();
    while let Some(c) = chars.next() {
        plain.push(if c == '!' { chars.next()?.to_ascii_uppercase() } else { c });
    }
    Some(format!("{plain}@{version}"))
}

/// Most that a module may unpack to: what Go itself allows.
const MODULE_MAX: u64 = 500 << 20;

/// The digest that go.sum states of a module's zip: `h1:` and SHA-256 over the SHA-256 of each file with its name, sorted
/// (go.dev/ref/mod#go-sum-files).
fn go_sum(bytes: &[u8]) -> Result<String, String> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let mut rows = Vec::new();
    let mut left = MODULE_MAX;
    for i in 0..zip.len() {
        let file = zip.by_index(i).map_err(|e| e.to_string())?;
        let name = file.name().map_err(|e| e.to_string())?.into_owned();
        let mut content = Vec::new();
        let read = file.take(left + 1).read_to_end(&mut content).map_err(|e| e.to_string())? as u64;
        left = left.checked_sub(read).ok_or_else(|| format!("it unpacks to more than {MODULE_MAX} bytes"))?;
        rows.push((name, hex::encode(Sha256::digest(&content))));
    }
    rows.sort_unstable();
    let mut list = Sha256::new();
    for (name, digest) in rows {
        list.update(format!("{digest}  {name}\n"));
    }
    Ok(format!("h1:{}", base64::engine::general_purpose::STANDARD.encode(list.finalize())))
}

fn digest(algorithm: HashAlgorithm, bytes: &[u8]) -> Option<String> {
    match algorithm {
        HashAlgorithm::Sha256 => Some(hex::encode(Sha256::digest(bytes))),
        HashAlgorithm::Sha384 => Some(hex::encode(Sha384::digest(bytes))),
        HashAlgorithm::Sha512 => Some(hex::encode(Sha512::digest(bytes))),
        HashAlgorithm::Md5 | HashAlgorithm::Sha1 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::components::Hash;

    #[test]
    fn an_archive_is_judged_by_its_strongest_digest() {
        let c = |name: &str, hashes: Vec<Hash>| Component {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            download: Some(format!("https://registry.npmjs.org/{name}/-/{name}-1.0.0.tgz?x")),
            hashes,
            ..Component::default()
        };
        let hash = |algorithm, hex: &str| Hash { algorithm, hex: hex.to_owned() };
        let good = hex::encode(Sha512::digest(b"bytes"));
        let graph = ComponentGraph::new(
            vec![
                c("a", vec![hash(HashAlgorithm::Sha1, "00"), hash(HashAlgorithm::Sha512, &good)]),
                c("b", vec![hash(HashAlgorithm::Sha1, "00")]),
            ],
            vec![],
        );
        let archives = Archives::of(&graph);
        assert_eq!(archives.judge("a-1.0.0.tgz", b"bytes"), Standing::Fits("a 1.0.0".to_owned()));
        assert!(matches!(archives.judge("a-1.0.0.tgz", b"other"), Standing::Differs { .. }));
        assert_eq!(archives.judge("b-1.0.0.tgz", b"bytes"), Standing::NoDigest("b 1.0.0".to_owned()));
        assert_eq!(archives.judge("c-1.0.0.tgz", b"bytes"), Standing::Unknown);
    }

    /// The layouts that npm, Yarn and pnpm were seen to write.
    #[test]
    fn what_a_cache_names_by_content_is_found_by_content() {
        use base64::engine::general_purpose::STANDARD;
        let packed = |text: &str| [&[0x1f, 0x8b], text.as_bytes()].concat();
        let (archive, zip) = (packed("@s/a"), b"PK\x03\x04repacked".to_vec());
        let (hex, sum) = (hex::encode(Sha512::digest(&archive)), hex::encode(Sha512::digest(&zip)));
        let lock = format!(
            r#"{{ "lockfileVersion": 3, "packages": {{ "": {{ "name": "app", "version": "1.0.0" }},
                "node_modules/@s/a": {{ "version": "1.0.0", "integrity": "sha512-{}" }},
                "node_modules/old": {{ "version": "1.0.0", "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }} }} }}"#,
            STANDARD.encode(Sha512::digest(&archive))
        );
        let graph = crate::lock::read("package-lock.json", lock.as_bytes()).unwrap().graph;
        let mut archives = Archives::of(&graph);
        let sharded = |hex: &str| format!("{}/{}/{}", &hex[..2], &hex[2..4], &hex[4..]);
        let cached = format!("npm/_cacache/content-v2/sha512/{}", sharded(&hex));
        let fits = Standing::Fits("@s/a 1.0.0".to_owned());
        let differs =
            |s: &Standing| matches!(s, Standing::Differs { component, .. } if component.starts_with("@s/a"));
        assert_eq!(archives.judge(&cached, &archive), fits);
        assert!(differs(&archives.judge(&cached, &packed("other"))));
        // What the registry told of a package lies beside the archives.
        let told = format!("content-v2/sha512/{}", sharded(&"0".repeat(128)));
        assert_eq!(archives.judge(&told, b"{}"), Standing::Unknown);
        let old = format!("content-v2/sha1/{}", sharded("da39a3ee5e6b4b0d3255bfef95601890afd80709"));
        assert_eq!(archives.judge(&old, b""), Standing::NoDigest("old 1.0.0".to_owned()));
        // Yarn 1: a mirror names scopes in its own way, its cache calls every archive the same.
        for name in ["mirror/@s-a-1.0.0.tgz", "v6/npm-@s-a-1.0.0-882f/node_modules/@s/a/.yarn-tarball.tgz"] {
            assert_eq!(archives.judge(name, &archive), fits, "{name}");
            assert_eq!(archives.judge(name, &packed("other")), Standing::Unknown, "{name}");
        }
        let index = format!("v3/files/{}/{}-index.json", &hex[..2], &hex[2..]);
        assert_eq!(archives.judge(&index, b"{}"), Standing::Unpacked("@s/a 1.0.0".to_owned()));
        // Yarn 2 and later pack archives again, and state the digest of that.
        let berry = format!(
            "__metadata:\n  version: 8\n\n\"@s/a@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"@s/a@npm:1.0.0\"\n  checksum: 10c0/{sum}\n"
        );
        archives.state("web/yarn.lock", berry.as_bytes());
        let name = format!(".yarn/cache/@s-a-npm-1.0.0-315a600a58-{}.zip", &sum[..10]);
        assert_eq!(archives.judge(&name, &zip), fits);
        assert!(differs(&archives.judge(&name, b"PK\x03\x04changed")));
        assert_eq!(archives.judge("x-315a600a58-0123456789.zip", &zip), Standing::Unknown);
    }

    /// A zip as Go writes it, and what `go mod` states of it.
    #[test]
    fn a_module_of_go_is_judged_by_its_files() {
        let zip = |files: &[(&str, &str)]| {
            let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            for (name, text) in files {
                zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
                std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
            }
            zip.finish().unwrap().into_inner()
        };
        let (module, code) = ("github.com/!azure/x@v1.0.0/go.mod", "github.com/!azure/x@v1.0.0/a.go");
        let good = zip(&[(module, "module github.com/Azure/x\n"), (code, "package x\n")]);
        // The same files in another order are the same module.
        let again = zip(&[(code, "package x\n"), (module, "module github.com/Azure/x\n")]);
        let sum = go_sum(&good).unwrap();
        assert_eq!(sum, go_sum(&again).unwrap());
        // printf 'module github.com/Azure/x\n' | sha256sum, and so on, over the list of both.
        let list = format!(
            "{}  {code}\n{}  {module}\n",
            hex::encode(Sha256::digest("package x\n")),
            hex::encode(Sha256::digest("module github.com/Azure/x\n"))
        );
        let wanted = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(list));
        assert_eq!(sum, format!("h1:{wanted}"));
        let go_mod =
            b"module m\ngo 1.22.1\nrequire (\n github.com/Azure/x v1.0.0\n github.com/b/y v1.0.0\n)\n";
        let graph = crate::lock::read("go.mod", go_mod).unwrap().graph;
        let mut archives = Archives::of(&graph);
        let path = "cache/download/github.com/!azure/x/@v/v1.0.0.zip";
        let shown = "github.com/Azure/x v1.0.0".to_owned();
        assert_eq!(archives.judge(path, &good), Standing::NoDigest(shown.clone()));
        archives.state("go.sum", format!("github.com/Azure/x v1.0.0 {sum}\n").as_bytes());
        assert_eq!(archives.judge(path, &good), Standing::Fits(shown));
        let other = zip(&[(module, "module github.com/Azure/x\n"), (code, "package y\n")]);
        assert!(matches!(archives.judge(path, &other), Standing::Differs { .. }));
        assert!(
            matches!(archives.judge(path, b"no zip"), Standing::Differs { found, .. } if found.starts_with("none"))
        );
        assert_eq!(archives.judge("cache/download/c/z/@v/v1.0.0.zip", &good), Standing::Unknown);
    }

    #[test]
    fn every_file_of_a_python_distribution_is_known() {
        let of = |bytes: &[u8]| hex::encode(Sha256::digest(bytes));
        let (wheel, sdist) = (of(b"wheel"), of(b"sdist"));
        let uv = format!(
            "version = 1\n[[package]]\nname = \"typing-extensions\"\nversion = \"4.12.2\"\n\
             source = {{ registry = \"https://pypi.org/simple\" }}\n\
             sdist = {{ url = \"https://f/typing_extensions-4.12.2.tar.gz\", hash = \"sha256:{sdist}\" }}\n\
             wheels = [\n {{ url = \"https://f/typing_extensions-4.12.2-py3-none-any.whl\", hash = \"sha256:{wheel}\" }},\n]\n"
        );
        let poetry = format!(
            "[[package]]\nname = \"Typing.Extensions\"\nversion = \"4.12.2\"\nfiles = [\n\
             {{file = \"a\", hash = \"sha256:{wheel}\"}}, {{file = \"b\", hash = \"sha256:{sdist}\"}}]\n"
        );
        let pipfile = format!(
            r#"{{"_meta": {{}}, "default": {{"typing-extensions": {{"version": "==4.12.2",
                "hashes": ["sha256:{wheel}", "sha256:{sdist}"]}}}}}}"#
        );
        let requirements = format!("typing_extensions==4.12.2 --hash=sha256:{wheel} --hash=sha256:{sdist}\n");
        for (file, text) in [
            ("uv.lock", uv),
            ("poetry.lock", poetry),
            ("Pipfile.lock", pipfile),
            ("requirements.txt", requirements),
        ] {
            let graph = crate::lock::read(file, text.as_bytes()).map(|i| i.graph).unwrap_or_default();
            let mut archives = Archives::of(&graph);
            archives.state(file, text.as_bytes());
            let judge = |name: &str, bytes: &[u8]| archives.judge(name, bytes);
            let fits = Standing::Fits("typing-extensions 4.12.2".to_owned());
            assert_eq!(judge("wheels/typing_extensions-4.12.2-py3-none-any.whl", b"wheel"), fits, "{file}");
            assert_eq!(judge("typing_extensions-4.12.2.tar.gz", b"sdist"), fits, "{file}");
            let changed = judge("typing_extensions-4.12.2.tar.gz", b"changed");
            assert!(matches!(changed, Standing::Differs { .. }), "{file}");
            assert_eq!(judge("typing_extensions-4.12.3.tar.gz", b"sdist"), Standing::Unknown, "{file}");
        }
    }
}
