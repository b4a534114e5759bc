//! The order of versions, as each ecosystem defines it.
//!
//! Every order is total over any texts: what an ecosystem does not accept as a version stands below everything that it
//! does, in byte order, so that a strange text never makes two versions equal by accident. Versions that an ecosystem
//! takes for the same (`1.0` and `1.0.0` in Python) are equal.

mod apk;
mod composer;
mod debian;
mod gem;
mod go;
mod maven;
mod nuget;
mod pep440;
mod rpm;
mod semver;

use std::cmp::Ordering;

/// Longest text that is taken for a version; longer ones are compared as bytes.
const LENGTH_MAX: usize = 512;

/// How versions of an ecosystem are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Semantic Versioning 2.0.0, with leading `v` and missing parts allowed (crates.io, npm, Hex, Pub, Swift).
    Semver,
    /// Semantic Versioning with Go's toolchain names (`go1.21rc1`); pseudo-versions are pre-releases.
    Go,
    /// PEP 440.
    Pep440,
    /// Debian policy 5.6.12; Ubuntu too.
    Debian,
    /// `rpmvercmp` with epoch and release, tilde and caret.
    Rpm,
    /// Alpine and Wolfi packages.
    Apk,
    /// Maven's `ComparableVersion`.
    Maven,
    /// `Gem::Version`.
    Gem,
    /// NuGet: up to four numbers, labels without regard to case.
    Nuget,
    /// Composer: PHP's `version_compare`.
    Composer,
    /// Anything else: runs of digits as numbers, runs of letters as text.
    Natural,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Scheme; 11] = [
        Scheme::Semver,
        Scheme::Go,
        Scheme::Pep440,
        Scheme::Debian,
        Scheme::Rpm,
        Scheme::Apk,
        Scheme::Maven,
        Scheme::Gem,
        Scheme::Nuget,
        Scheme::Composer,
        Scheme::Natural,
    ];

    /// The scheme of an ecosystem as the OSV schema names it; what follows a colon (`Debian:12`) is of no account.
    pub fn of_ecosystem(ecosystem: &str) -> Scheme {
        match ecosystem.split(':').next().unwrap_or(ecosystem) {
            "crates.io" | "npm" | "Hex" | "Pub" | "SwiftURL" | "GitHub Actions" | "Julia" | "ConanCenter" => {
                Scheme::Semver
            }
            "Go" => Scheme::Go,
            "PyPI" => Scheme::Pep440,
            "Debian" | "Ubuntu" | "Echo" => Scheme::Debian,
            "Alpine" | "Wolfi" | "Chainguard" | "MinimOS" => Scheme::Apk,
            "Red Hat" | "Rocky Linux" | "AlmaLinux" | "openSUSE" | "SUSE" | "Photon OS" | "Mageia"
            | "openEuler" | "Azure Linux" => Scheme::Rpm,
            "Maven" => Scheme::Maven,
            "RubyGems" => Scheme::Gem,
            "NuGet" => Scheme::Nuget,
            "Packagist" => Scheme::Composer,
            _ => Scheme::Natural,
        }
    }

    /// The order of two versions.
    pub fn compare(self, a: &str, b: &str) -> Ordering {
        let (a, b) = (a.trim(), b.trim());
        match (a.len() > LENGTH_MAX, b.len() > LENGTH_MAX) {
            (true, true) => return a.cmp(b),
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            (false, false) => {}
        }
        match self {
            Scheme::Semver => semver::compare(a, b),
            Scheme::Go => go::compare(a, b),
            Scheme::Pep440 => pep440::compare(a, b),
            Scheme::Debian => debian::compare(a, b),
            Scheme::Rpm => rpm::compare(a, b),
            Scheme::Apk => apk::compare(a, b),
            Scheme::Maven => maven::compare(a, b),
            Scheme::Gem => gem::compare(a, b),
            Scheme::Nuget => nuget::compare(a, b),
            Scheme::Composer => composer::compare(a, b),
            Scheme::Natural => rpm::segments(a, b),
        }
    }
}

/// Compares what was parsed; what was not stands below, in byte order.
fn parsed<T: Ord>(a: (&str, Option<T>), b: (&str, Option<T>)) -> Ordering {
    match (a.1, b.1) {
        (Some(x), Some(y)) => x.cmp(&y),
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (None, None) => a.0.cmp(b.0),
    }
}

/// A natural number of any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Number<'a>(&'a str);

impl<'a> Number<'a> {
    /// The number that these digits write; `None` where they are no digits.
    fn of(digits: &'a str) -> Option<Number<'a>> {
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| Number(digits.trim_start_matches('0')))
    }

    const ZERO: Number<'static> = Number("");

    fn is_zero(self) -> bool {
        self.0.is_empty()
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(other.0))
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Splits off the longest beginning whose bytes satisfy `take`.
fn split_while(text: &str, take: impl Fn(u8) -> bool) -> (&str, &str) {
    let end = text.bytes().position(|b| !take(b)).unwrap_or(text.len());
    // `take` is asked for ASCII classes only, so that the cut lies between characters.
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Compares lists of numbers; a missing one is zero.
fn padded(a: &[Number<'_>], b: &[Number<'_>]) -> Ordering {
    let at = |list: &[Number<'_>], i: usize| list.get(i).is_none_or(|n| n.is_zero());
    for i in 0..a.len().max(b.len()) {
        let order = match (a.get(i), b.get(i)) {
            (Some(x), Some(y)) => x.cmp(y),
            _ => at(b, i).cmp(&at(a, i)),
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}
