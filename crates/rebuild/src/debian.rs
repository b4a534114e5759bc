//! Debian packages of this host as parts of an environment: what depends on what, which files they own, and the links
//! of the alternatives system, which no package owns.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::Command;

use globset::GlobSet;

use crate::environment::{Package, patterns};
use crate::error::io;
use crate::layout::host_node;
use crate::{EnvironmentError, Layout, Node};

/// What no build needs: documentation, translations, services.
const LEFT_OUT: &[&str] = &[
    "usr/share/{doc,doc-base,man,info,locale,lintian,bug,menu,gtk-doc,help,bash-completion,zsh,fish,applications,icons,pixmaps,common-licenses}{,/**}",
    "{,usr/}lib/{systemd,udev,init}{,/**}",
    "etc/{cron.d,cron.daily,cron.weekly,cron.monthly,init.d,default,logrotate.d,pam.d,skel,systemd,profile.d,kernel}{,/**}",
    "{boot,home,media,mnt,root,run,srv,sys,var}{,/**}",
];
/// The top directories that are links into /usr on a merged system.
const MERGED: &[&str] = &["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// What dpkg knows of an installed package.
#[derive(Debug, Default, PartialEq, Eq)]
struct Installed {
    /// As dpkg-query names it, with the architecture where that is needed.
    name: String,
    version: String,
    architecture: String,
    /// Each group is satisfied by any one of its names.
    depends: Vec<Vec<String>>,
}

/// Adds the packages and all they depend on to `layout`; returns what was added, sorted by name.
pub(crate) fn add_packages(
    layout: &mut Layout,
    names: &[String],
    without: &[String],
) -> Result<Vec<Package>, EnvironmentError> {
    let format = "${binary:Package}\\t${Version}\\t${Architecture}\\t${Status}\\t${Provides}\\t${Pre-Depends}\\t${Depends}\\n";
    let installed = parse_installed(&output(Command::new("dpkg-query").args(["-W", "-f", format]))?);
    let chosen = closure(&installed, names, without)?;
    let files = output(Command::new("dpkg-query").arg("-L").args(chosen.iter().map(|p| &p.name)))?;
    let merged = Merged::of_this_host();
    let left_out = patterns(LEFT_OUT)?;
    for line in files.lines().filter(|l| l.starts_with('/') && *l != "/.") {
        add_file(layout, line, &merged, &left_out)?;
    }
    add_alternatives(layout, &merged)?;
    merged.add_links(layout)?;
    Ok(chosen
        .into_iter()
        .map(|p| Package {
            name: p.name.split(':').next().unwrap_or_default().to_owned(),
            version: p.version.clone(),
            architecture: p.architecture.clone(),
        })
        .collect())
}

fn output(command: &mut Command) -> Result<String, EnvironmentError> {
    let program = format!("{command:?}").chars().take(120).collect::<String>();
    let out = command
        .env("LC_ALL", "C")
        .output()
        .map_err(|e| EnvironmentError::Program { program: program.clone(), message: e.to_string() })?;
    if !out.status.success() {
        let message = String::from_utf8_lossy(&out.stderr).trim().to_owned();
        return Err(EnvironmentError::Program { program, message });
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Reads dpkg-query's list into packages by every name that they can be asked for, provided ones last.
fn parse_installed(list: &str) -> BTreeMap<String, std::rc::Rc<Installed>> {
    let mut by_name = BTreeMap::new();
    let mut provided = Vec::new();
    for line in list.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [name, version, architecture, status, provides, pre_depends, depends] = fields.as_slice() else {
            continue;
        };
        if !status.ends_with(" installed") {
            continue;
        }
        let package = std::rc::Rc::new(Installed {
            name: (*name).to_owned(),
            version: (*version).to_owned(),
            architecture: (*architecture).to_owned(),
            depends: groups(pre_depends).into_iter().chain(groups(depends)).collect(),
        });
        provided.extend(groups(provides).into_iter().flatten().map(|n| (n, package.clone())));
        let bare = name.split(':').next().unwrap_or(name);
        by_name.entry(bare.to_owned()).or_insert(package);
    }
    for (name, package) in provided {
        by_name.entry(name).or_insert(package);
    }
    by_name
}

/// `a (>= 1) | b:any, c` as groups of names.
fn groups(depends: &str) -> Vec<Vec<String>> {
    let name = |alternative: &str| {
        let bare = alternative.split(['(', '[', ':', '<']).next().unwrap_or_default().trim();
        (!bare.is_empty()).then(|| bare.to_owned())
    };
    depends
        .split(',')
        .map(|g| g.split('|').filter_map(name).collect::<Vec<_>>())
        .filter(|g| !g.is_empty())
        .collect()
}

fn closure<'i>(
    installed: &'i BTreeMap<String, std::rc::Rc<Installed>>,
    names: &[String],
    without: &[String],
) -> Result<Vec<&'i Installed>, EnvironmentError> {
    let mut chosen: BTreeMap<&str, &Installed> = BTreeMap::new();
    let mut waiting: Vec<(Vec<String>, Option<&str>)> =
        names.iter().map(|n| (vec![n.clone()], None)).collect();
    while let Some((group, wanted_by)) = waiting.pop() {
        if group.iter().any(|name| without.contains(name)) {
            continue;
        }
        let Some(package) = group.iter().find_map(|name| installed.get(name)) else {
            let wanted_by = wanted_by.map(str::to_owned);
            return Err(EnvironmentError::PackageMissing { name: group.join(" or "), wanted_by });
        };
        if chosen.insert(&package.name, package).is_none() {
            waiting.extend(package.depends.iter().map(|group| (group.clone(), Some(package.name.as_str()))));
        }
    }
    Ok(chosen.into_values().collect())
}

fn add_file(
    layout: &mut Layout,
    path: &str,
    merged: &Merged,
    left_out: &GlobSet,
) -> Result<(), EnvironmentError> {
    let place = merged.place(path);
    // A package's own directory `/bin` is the link into /usr here; `add_links` makes it.
    if left_out.is_match(&place) || merged.0.contains(path.trim_matches('/')) {
        return Ok(());
    }
    // What dpkg lists may be absent on purpose (path-exclude); a build that needs it fails visibly.
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    let Some(node) = host_node(Path::new(path))? else { return Ok(()) };
    let node = match node {
        Node::Link(target) => Node::Link(through_alternatives(target)),
        other => other,
    };
    layout.put(place.as_bytes(), node)
}

/// Where a link into /etc/alternatives leads on this host, in one step.
fn through_alternatives(target: Vec<u8>) -> Vec<u8> {
    if !target.starts_with(b"/etc/alternatives/") {
        return target;
    }
    let choice = Path::new(std::ffi::OsStr::from_bytes(&target));
    fs::read_link(choice).map_or(target.clone(), |t| t.into_os_string().as_bytes().to_vec())
}

/// Adds each link of the alternatives system whose chosen target is in the layout: `/usr/bin/cc` to gcc, `awk` to mawk.
fn add_alternatives(layout: &mut Layout, merged: &Merged) -> Result<(), EnvironmentError> {
    let directory = Path::new("/var/lib/dpkg/alternatives");
    let Ok(list) = fs::read_dir(directory) else { return Ok(()) };
    let mut files: Vec<_> = list.filter_map(|e| e.ok().map(|e| e.path())).collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).map_err(io("reading", &file))?;
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for (name, link) in alternative_links(&name, &text) {
            let Ok(target) = fs::read_link(Path::new("/etc/alternatives").join(&name)) else { continue };
            let Some(target) = target.to_str() else { continue };
            if layout.get(merged.place(target).as_bytes()).is_some() {
                layout.put(merged.place(&link).as_bytes(), Node::Link(target.as_bytes().to_vec()))?;
            }
        }
    }
    Ok(())
}

/// The links that a file of update-alternatives describes, as (name, path): a mode line, the master's path, then name
/// and path of each slave, up to an empty line.
fn alternative_links(master: &str, text: &str) -> Vec<(String, String)> {
    let mut lines = text.lines().skip(1);
    let mut out: Vec<_> = lines.next().map(|path| (master.to_owned(), path.to_owned())).into_iter().collect();
    while let (Some(name), Some(path)) = (lines.next().filter(|l| !l.is_empty()), lines.next()) {
        out.push((name.to_owned(), path.to_owned()));
    }
    out.retain(|(_, path)| path.starts_with('/'));
    out
}

/// Which top directories are links into /usr here.
struct Merged(BTreeSet<&'static str>);

impl Merged {
    fn of_this_host() -> Merged {
        let is_link =
            |top: &&&str| fs::symlink_metadata(Path::new("/").join(top)).is_ok_and(|m| m.is_symlink());
        Merged(MERGED.iter().filter(is_link).copied().collect())
    }

    /// `/bin/sh` as `usr/bin/sh` on a merged system, as `bin/sh` elsewhere.
    fn place(&self, path: &str) -> String {
        let path = path.trim_matches('/');
        let top = path.split('/').next().unwrap_or_default();
        if self.0.contains(top) { format!("usr/{path}") } else { path.to_owned() }
    }

    fn add_links(&self, layout: &mut Layout) -> Result<(), EnvironmentError> {
        for top in &self.0 {
            let target = format!("usr/{top}");
            if layout.get(target.as_bytes()).is_some() {
                layout.put(top.as_bytes(), Node::Link(target.into_bytes()))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "bash\t5.2\tamd64\tinstall ok installed\t\tlibc6 (>= 2.36)\tbase-files\n\
        libc6:amd64\t2.36\tamd64\tinstall ok installed\t\t\tlibgcc-s1\n\
        libgcc-s1:amd64\t12\tamd64\tinstall ok installed\t\t\tlibc6\n\
        mawk\t1.3\tamd64\tinstall ok installed\tawk (= 1)\t\tlibc6\n\
        gone\t1\tamd64\tdeinstall ok config-files\t\t\t\n\
        base-files\t12\tamd64\tinstall ok installed\t\tawk\tnothing | mawk:any\n";

    fn names(of: &[&str], without: &[&str]) -> Result<Vec<String>, EnvironmentError> {
        let own = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let installed = parse_installed(LIST);
        Ok(closure(&installed, &own(of), &own(without))?.iter().map(|p| p.name.clone()).collect())
    }

    #[test]
    fn dependencies_come_along_once_with_alternatives_and_provided_names() {
        assert_eq!(
            names(&["bash"], &[]).unwrap(),
            ["base-files", "bash", "libc6:amd64", "libgcc-s1:amd64", "mawk"]
        );
        assert_eq!(names(&["bash"], &["base-files"]).unwrap(), ["bash", "libc6:amd64", "libgcc-s1:amd64"]);
        assert_eq!(names(&["awk"], &[]).unwrap(), ["libc6:amd64", "libgcc-s1:amd64", "mawk"]);
        for missing in ["gone", "nosuch"] {
            let error = names(&[missing], &[]).unwrap_err();
            assert!(matches!(error, EnvironmentError::PackageMissing { wanted_by: None, .. }), "{error}");
        }
    }

    #[test]
    fn the_links_of_an_alternative_are_its_master_and_its_slaves() {
        let text = "auto\n/usr/bin/awk\nnawk\n/usr/bin/nawk\n\n/usr/bin/mawk\n5\n\n\n";
        let own = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            alternative_links("awk", text),
            [own("awk", "/usr/bin/awk"), own("nawk", "/usr/bin/nawk")]
        );
        assert_eq!(alternative_links("x", ""), []);
    }
}
