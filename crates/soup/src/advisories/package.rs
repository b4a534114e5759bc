//! The name that a package has in advisories, made of its package URL or CPE: what the index is asked with.

use packageurl::PackageUrl;
use std::str::FromStr as _;

/// Ecosystems by type of package URL and, for operating systems, by namespace.
const TYPES: [(&str, &str); 15] = [
    ("cargo", "crates.io"),
    ("npm", "npm"),
    ("golang", "Go"),
    ("pypi", "PyPI"),
    ("maven", "Maven"),
    ("gem", "RubyGems"),
    ("nuget", "NuGet"),
    ("composer", "Packagist"),
    ("hex", "Hex"),
    ("pub", "Pub"),
    ("conan", "ConanCenter"),
    ("swift", "SwiftURL"),
    ("cran", "CRAN"),
    ("hackage", "Hackage"),
    ("githubactions", "GitHub Actions"),
];
const SYSTEMS: [(&str, &str); 16] = [
    ("debian", "Debian"),
    ("ubuntu", "Ubuntu"),
    ("alpine", "Alpine"),
    ("wolfi", "Wolfi"),
    ("chainguard", "Chainguard"),
    ("redhat", "Red Hat"),
    ("rhel", "Red Hat"),
    ("rocky", "Rocky Linux"),
    ("almalinux", "AlmaLinux"),
    ("alma", "AlmaLinux"),
    ("opensuse", "openSUSE"),
    ("suse", "SUSE"),
    ("sles", "SUSE"),
    ("photon", "Photon OS"),
    ("mageia", "Mageia"),
    ("openeuler", "openEuler"),
];

/// The key of a package that an advisory names.
pub(super) fn key(ecosystem: &str, name: &str) -> String {
    let base = ecosystem.split(':').next().unwrap_or(ecosystem);
    let name = match base {
        "PyPI" => pypi(name),
        "Go" | "NuGet" | "Packagist" | "crates.io" | "GitHub Actions" | "SwiftURL" => {
            name.to_ascii_lowercase()
        }
        _ => name.to_owned(),
    };
    format!("{base}\n{name}")
}

/// PEP 503: runs of `-`, `_` and `.` are one hyphen.
fn pypi(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            c => out.push(c.to_ascii_lowercase()),
        }
    }
    out
}

/// The ecosystem, as the OSV schema names it, of a package URL; none where no data set knows its type.
pub fn ecosystem_of(purl: &str) -> Option<String> {
    let key = asked(purl, "").keys.into_iter().next()?;
    key.split('\n').next().map(str::to_owned)
}

/// What to ask the index with for a component.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) keys: Vec<String>,
    /// The release of the operating system: `12`, `v3.18`; none where it is not known or has none.
    pub(super) release: Option<String>,
}

/// What to ask with for a package URL and a CPE; either may be empty.
pub(super) fn asked(purl: &str, cpe: &str) -> Asked {
    let mut asked = PackageUrl::from_str(purl).map(|p| of_purl(&p)).unwrap_or_default();
    asked.keys.extend(cpe_key(cpe));
    asked
}

fn of_purl(purl: &PackageUrl<'_>) -> Asked {
    let (ty, namespace, name) = (purl.ty(), purl.namespace().unwrap_or_default(), purl.name());
    if matches!(ty, "deb" | "apk" | "rpm") {
        return of_system(purl, namespace, name);
    }
    let (ty, namespace) = if ty == "github" { ("githubactions", namespace) } else { (ty, namespace) };
    let Some((_, ecosystem)) = TYPES.iter().find(|(t, _)| *t == ty) else { return Asked::default() };
    // From a fork or a registry of one's own it may be another package; that is for people to say: it is asked for.
    let full = match (namespace, *ecosystem) {
        ("", _) => name.to_owned(),
        (namespace, "Maven") => format!("{namespace}:{name}"),
        (namespace, _) => format!("{namespace}/{name}"),
    };
    Asked { keys: vec![key(ecosystem, &full)], release: None }
}

fn of_system(purl: &PackageUrl<'_>, namespace: &str, name: &str) -> Asked {
    let Some((_, ecosystem)) = SYSTEMS.iter().find(|(n, _)| *n == namespace) else { return Asked::default() };
    let mut names = vec![name.to_owned()];
    // Advisories of distributions are about source packages.
    if let Some(upstream) = purl.qualifiers().get("upstream") {
        let source = upstream.split('@').next().unwrap_or(upstream);
        if source != name && !source.is_empty() {
            names.push(source.to_owned());
        }
    }
    let distro = purl.qualifiers().get("distro").map(|d| d.rsplit('-').next().unwrap_or(d).to_owned());
    let release = distro.map(|d| match *ecosystem {
        "Alpine" => {
            let mut parts = d.trim_start_matches('v').split('.');
            format!("v{}.{}", parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
        }
        _ => d,
    });
    Asked { keys: names.iter().map(|n| key(ecosystem, n)).collect(), release }
}

/// Whether advisories of `ecosystem` (`Debian:12`) are about a system of this release.
pub(super) fn of_release(ecosystem: &str, release: Option<&str>) -> bool {
    let (Some(release), Some((_, of))) = (release, ecosystem.split_once(':')) else { return true };
    of.split(':').any(|part| part == release || release.split('.').next() == Some(part))
}

/// The key of a CPE name, 2.2 or 2.3.
pub(super) fn cpe_key(cpe: &str) -> Option<String> {
    let (vendor, product, _) = cpe_parts(cpe)?;
    Some(format!("cpe\n{}:{}", vendor.to_ascii_lowercase(), product.to_ascii_lowercase()))
}

/// Vendor, product and version of a CPE name.
pub(super) fn cpe_parts(cpe: &str) -> Option<(String, String, String)> {
    let rest = cpe.strip_prefix("cpe:2.3:").or_else(|| cpe.strip_prefix("cpe:/"))?;
    // A backslash takes the meaning from the sign behind it.
    let mut parts: Vec<String> = vec![String::new()];
    let mut signs = rest.chars();
    while let Some(c) = signs.next() {
        match (c, parts.last_mut()) {
            (':', _) => parts.push(String::new()),
            ('\\', Some(part)) => part.extend(signs.next()),
            (c, Some(part)) => part.push(c),
            (_, None) => {}
        }
    }
    let mut parts = parts.into_iter().skip(1);
    let (vendor, product) = (parts.next()?, parts.next()?);
    (!vendor.is_empty() && !product.is_empty()).then(|| (vendor, product, parts.next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_asked_for_by_the_name_that_advisories_use() {
        let keys = |purl: &str| asked(purl, "").keys.join(" ").replace('\n', "|");
        assert_eq!(keys("pkg:cargo/Time@0.1.0"), "crates.io|time");
        assert_eq!(keys("pkg:npm/%40angular/core@1.0.0"), "npm|@angular/core");
        assert_eq!(keys("pkg:golang/github.com/BurntSushi/toml@v1.0.0"), "Go|github.com/burntsushi/toml");
        assert_eq!(keys("pkg:pypi/Zope.Interface@1"), "PyPI|zope-interface");
        assert_eq!(
            keys("pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1"),
            "Maven|org.apache.logging.log4j:log4j-core"
        );
        assert_eq!(
            keys("pkg:deb/debian/libc6@2.36-9?distro=debian-12&upstream=glibc"),
            "Debian|libc6 Debian|glibc"
        );
        let alpine = asked("pkg:apk/alpine/busybox@1.36.1-r5?distro=alpine-3.18.4", "");
        assert_eq!(alpine.release.as_deref(), Some("v3.18"));
        assert!(of_release("Alpine:v3.18", alpine.release.as_deref()));
        assert!(!of_release("Alpine:v3.19", alpine.release.as_deref()));
        assert_eq!(cpe_parts(r"cpe:2.3:a:f\:oo:bar\\x:1.0:*").map(|p| p.0), Some("f:oo".to_owned()));
        assert_eq!(keys("nonsense"), "");
    }
}
