//! A build: source, environment and dependencies in, outputs with their digests out.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use globset::GlobSet;

use crate::environment::{patterns, read_description};
use crate::error::build_io;
use crate::sandbox::Ended;
use crate::{BuildError, BuildSpec, Log, Sandbox, digest, source};

const STANDARD_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What a build is made from. All directories are the caller's; only `scratch` and `outputs` are written to.
#[derive(Debug, Clone, Copy)]
pub struct BuildInputs<'a> {
    /// The exported source. It is copied, never changed.
    pub source: &'a Path,
    /// The unpacked environment.
    pub root: &'a Path,
    /// The dependencies, laid out (see [`CargoArchives::lay_out`](crate::CargoArchives::lay_out)); any directory will
    /// do for other languages.
    pub dependencies: Option<&'a Path>,
    /// `SOURCE_DATE_EPOCH`: the commit's time, in seconds since 1970-01-01 UTC.
    pub epoch: i64,
    /// A directory for the copy of the source, empty or absent. Its path is invisible to the build.
    pub scratch: &'a Path,
    /// Where the outputs go, empty or absent.
    pub outputs: &'a Path,
}

/// One output of a build.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Output {
    /// Its path, relative to the source directory or to `/build/out`, `/` between the parts.
    pub path: String,
    /// SHA-256 of its bytes; of a link, of its target.
    pub digest: String,
    /// Its size in bytes.
    pub size: u64,
    /// Whether it may be executed.
    pub executable: bool,
}

/// A build that ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The outputs, sorted by path; the files are in [`BuildInputs::outputs`].
    pub outputs: Vec<Output>,
    /// What the build said.
    pub log: Log,
}

/// Runs the build in the sandbox. Every failure is an error: a command that fails, an output that is missing, no output
/// at all.
pub fn build(spec: &BuildSpec, inputs: &BuildInputs<'_>) -> Result<Built, BuildError> {
    let refuse =
        |what: &str, why: &str| BuildError::Specification { what: what.to_owned(), why: why.to_owned() };
    if spec.commands.iter().all(|c| c.trim().is_empty()) {
        return Err(refuse("commands", "there is none"));
    }
    let wanted = if spec.inputs.is_empty() { None } else { Some(globs("inputs", &spec.inputs)?) };
    let output_globs = globs("outputs", &spec.outputs)?;
    let variables = variables(spec, inputs)?;
    let (copy, out) = (inputs.scratch.join("src"), inputs.scratch.join("out"));
    for directory in [inputs.scratch, inputs.outputs] {
        make_empty(directory)?;
    }
    for directory in [&copy, &out] {
        fs::create_dir(directory).map_err(build_io("making the directory", directory))?;
    }
    source::copy(inputs.source, &copy, wanted.as_ref(), inputs.epoch)?;
    let sandbox = Sandbox {
        root: inputs.root,
        source: &copy,
        dependencies: inputs.dependencies,
        out: &out,
        limits: spec.limits,
    };
    let log = match sandbox.run(&script(spec), &variables)? {
        (Ended::Code(0), log) => log,
        (Ended::Code(code), log) => {
            let missing = (code == 127).then(|| not_found(&log)).flatten();
            return Err(BuildError::Failed { code, missing, log });
        }
        (Ended::TimedOut, log) => return Err(BuildError::TimedOut { limit_s: spec.limits.time_s, log }),
    };
    let outputs = collect(spec, &output_globs, &copy, &out, inputs.outputs, &log)?;
    Ok(Built { outputs, log })
}

/// Two globs for each pattern: itself, and everything below it if it is a folder.
fn globs(key: &str, list: &[String]) -> Result<GlobSet, BuildError> {
    let both = |p: &String| [p.trim_end_matches('/').to_owned(), format!("{}/**", p.trim_end_matches('/'))];
    patterns(&list.iter().flat_map(both).collect::<Vec<_>>())
        .map_err(|e| BuildError::Specification { what: key.to_owned(), why: e.to_string() })
}

fn make_empty(directory: &Path) -> Result<(), BuildError> {
    fs::create_dir_all(directory).map_err(build_io("making the directory", directory))?;
    let mut list = fs::read_dir(directory).map_err(build_io("listing", directory))?;
    if list.next().is_some() {
        return Err(build_io("writing into", directory)(std::io::ErrorKind::DirectoryNotEmpty.into()));
    }
    Ok(())
}

/// The whole environment of the build: fixed values, then what the environment brings, then what the product sets.
fn variables(spec: &BuildSpec, inputs: &BuildInputs<'_>) -> Result<BTreeMap<String, String>, BuildError> {
    let own = |(k, v): (&str, &str)| (k.to_owned(), v.to_owned());
    let fixed = [
        ("PATH", STANDARD_PATH),
        ("HOME", "/tmp/home"),
        ("CARGO_HOME", "/tmp/cargo"),
        ("CARGO_TERM_COLOR", "never"),
        ("DEPS", "/build/deps"),
        ("OUT", "/build/out"),
        ("LC_ALL", "C"),
        ("TZ", "UTC"),
    ];
    let mut variables: BTreeMap<String, String> = fixed.into_iter().map(own).collect();
    let description = read_description(inputs.root);
    let description = description
        .map_err(|e| BuildError::Specification { what: "environment".to_owned(), why: e.to_string() })?;
    variables.extend(description.unwrap_or_default().variables);
    variables.insert("SOURCE_DATE_EPOCH".to_owned(), inputs.epoch.to_string());
    variables.extend(spec.variables.clone());
    let usable =
        |name: &str, value: &str| !name.is_empty() && !name.contains(['=', '\0']) && !value.contains('\0');
    match variables.iter().find(|(name, value)| !usable(name, value)) {
        Some((name, _)) => Err(BuildError::Specification {
            what: format!("variables.{name}"),
            why: "a name is not empty and has no `=`; neither name nor value has a NUL".to_owned(),
        }),
        None => Ok(variables),
    }
}

/// The commands as one script, each shown in the log before it runs.
fn script(spec: &BuildSpec) -> String {
    let mut script = String::new();
    for command in &spec.commands {
        let shown = command.replace('\'', "'\\''");
        script.push_str(&format!("printf '+ %s\\n' '{shown}'\n{command}\n"));
    }
    script
}

/// The command that a shell said it did not find.
fn not_found(log: &Log) -> Option<String> {
    let text = log.to_text();
    let line = text.lines().rev().find(|l| l.ends_with("not found"))?;
    let name = line.strip_suffix("command not found").or_else(|| line.strip_suffix("not found"))?;
    let name = name.trim_end_matches([':', ' ']).rsplit(' ').next()?.trim_end_matches(':');
    (!name.is_empty()).then(|| name.to_owned())
}

/// Finds the outputs, moves them to `to` and hashes them. Links are never followed: a build could make one that leads
/// into this host.
fn collect(
    spec: &BuildSpec,
    globs: &GlobSet,
    copy: &Path,
    out: &Path,
    to: &Path,
    log: &Log,
) -> Result<Vec<Output>, BuildError> {
    let mut matched = vec![false; spec.outputs.len()];
    let mut found: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
    for (base, all) in [(out, true), (copy, false)] {
        for path in files_below(base)? {
            let hits = globs.matches(&path);
            for hit in &hits {
                if let Some(flag) = matched.get_mut(*hit / 2) {
                    *flag = true;
                }
            }
            if (all || !hits.is_empty()) && found.insert(path.clone(), base.join(&path)).is_some() {
                return Err(BuildError::OutputTwice(path.display().to_string()));
            }
        }
    }
    let missing = spec.outputs.iter().zip(&matched).find(|(_, hit)| !**hit).map(|(p, _)| p.clone());
    let nothing = found.is_empty().then(|| "output at all".to_owned());
    if let Some(pattern) = missing.or(nothing) {
        return Err(BuildError::OutputMissing { pattern, log: log.clone() });
    }
    found.iter().map(|(path, from)| take(path, from, &to.join(path))).collect()
}

/// Files and links below `base`, relative to it, sorted.
fn files_below(base: &Path) -> Result<Vec<PathBuf>, BuildError> {
    let mut out = Vec::new();
    let mut waiting = vec![PathBuf::new()];
    while let Some(relative) = waiting.pop() {
        let here = base.join(&relative);
        for entry in fs::read_dir(&here).map_err(build_io("listing", &here))? {
            let entry = entry.map_err(build_io("listing", &here))?;
            let kind = entry.file_type().map_err(build_io("looking at", &entry.path()))?;
            let path = relative.join(entry.file_name());
            if kind.is_dir() {
                waiting.push(path);
            } else if kind.is_file() || kind.is_symlink() {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}

fn take(path: &Path, from: &Path, to: &Path) -> Result<Output, BuildError> {
    let shown = path.to_str().ok_or_else(|| BuildError::Specification {
        what: format!("outputs: {}", path.display()),
        why: "its name is not UTF-8".to_owned(),
    })?;
    if let Some(above) = to.parent() {
        fs::create_dir_all(above).map_err(build_io("making the directory", above))?;
    }
    let metadata = fs::symlink_metadata(from).map_err(build_io("looking at", from))?;
    if metadata.is_symlink() {
        let target = fs::read_link(from).map_err(build_io("reading the link", from))?;
        std::os::unix::fs::symlink(&target, to).map_err(build_io("making the link", to))?;
        let bytes = target.as_os_str().as_bytes();
        let (digest, size) = (digest::of(bytes), bytes.len() as u64);
        return Ok(Output { path: shown.to_owned(), digest, size, executable: false });
    }
    fs::copy(from, to).map_err(build_io("copying", from))?;
    let executable = metadata.permissions().mode() & 0o111 != 0;
    let mut file = fs::File::open(to).map_err(build_io("reading", to))?;
    let (digest, size) = digest::of_reader(&mut file).map_err(build_io("reading", to))?;
    Ok(Output { path: shown.to_owned(), digest, size, executable })
}
