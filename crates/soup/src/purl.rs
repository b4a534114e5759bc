//! Package URLs: the one name for a component across lock files, SBOMs, documents and advisories.

use packageurl::PackageUrl;
use std::str::FromStr as _;

/// A package URL taken apart, each part normalised as its type demands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purl {
    /// Type, namespace and name, without version, qualifiers and subpath: `pkg:npm/%40angular/core`.
    pub package: String,
    /// The version.
    pub version: Option<String>,
}

impl Purl {
    /// The parts of `text`; `None` where it is no package URL.
    pub fn parse(text: &str) -> Option<Purl> {
        let purl = PackageUrl::from_str(text.trim()).ok()?;
        Some(Purl { package: package_of(&purl)?, version: purl.version().map(str::to_owned) })
    }
}

fn package_of(purl: &PackageUrl<'_>) -> Option<String> {
    let mut bare = PackageUrl::new(purl.ty().to_owned(), purl.name().to_owned()).ok()?;
    if let Some(namespace) = purl.namespace() {
        bare.with_namespace(namespace.to_owned()).ok()?;
    }
    settled(&bare)
}

/// The canonical text of a package URL; `None` where it reads as another one again (`pkg:go///.////a` loses a slash each
/// time), since one component has one name.
fn settled(purl: &PackageUrl<'_>) -> Option<String> {
    let text = purl.to_string();
    let again = PackageUrl::from_str(&text).ok()?.to_string();
    (again == text).then_some(text)
}

/// The canonical text of a package URL, or the text itself where it is none.
pub fn normalized(text: &str) -> String {
    let text = text.trim();
    PackageUrl::from_str(text).ok().and_then(|p| settled(&p)).unwrap_or_else(|| text.to_owned())
}

/// The package URL of a component, as canonical text; empty where none can be made (a name that is no name).
pub(crate) fn purl(
    ty: &'static str,
    namespace: Option<&str>,
    name: &str,
    version: &str,
    qualifier: Option<(&'static str, &str)>,
) -> String {
    let build = || -> packageurl::Result<String> {
        let mut purl = PackageUrl::new(ty, name)?;
        if let Some(namespace) = namespace {
            purl.with_namespace(namespace)?;
        }
        if !version.is_empty() {
            purl.with_version(version)?;
        }
        if let Some((key, value)) = qualifier {
            purl.add_qualifier(key, value)?;
        }
        Ok(purl.to_string())
    };
    build().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn package_urls_are_made_and_taken_apart() {
        assert_eq!(purl("cargo", None, "serde", "1.0.0+a", None), "pkg:cargo/serde@1.0.0%2Ba");
        let angular = purl("npm", Some("@angular"), "core", "18.0.0", None);
        assert_eq!(angular, "pkg:npm/%40angular/core@18.0.0");
        let parsed = Purl::parse("pkg:npm/@angular/core@18.0.0").unwrap();
        assert_eq!(
            (parsed.package.as_str(), parsed.version.as_deref()),
            ("pkg:npm/%40angular/core", Some("18.0.0"))
        );
        assert_eq!(Purl::parse("angular"), None);
        let odd = "pkg:go///////.////i\tpkg";
        assert_eq!(Purl::parse(odd), None, "a name that is spelled differently each time it is read");
        assert_eq!(normalized(odd), odd);
        let git = purl("cargo", None, "a", "1.0.0", Some(("vcs_url", "git+https://example.org/a@0f")));
        assert_eq!(Purl::parse(&git).unwrap().package, "pkg:cargo/a");
    }
}
