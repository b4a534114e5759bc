//! Data sets of advisories: the real ones, small ones of every format, and broken ones.

use model::components::{Component, ComponentGraph, ComponentKind};
use proptest::prelude::*;
use soup::advisories::{Error, Format, Index, Match, Pinned, Scan, build, bundle, read, scan, score_of};
use std::path::PathBuf;
use vocabulary::Digest;

fn component(purl: &str) -> Component {
    let version = soup::Purl::parse(purl).and_then(|p| p.version).unwrap_or_default();
    Component {
        purl: purl.to_owned(),
        name: purl.to_owned(),
        version,
        kind: ComponentKind::Direct,
        ..Component::default()
    }
}

fn graph(purls: &[&str]) -> ComponentGraph {
    ComponentGraph::new(purls.iter().map(|p| component(p)).collect(), Vec::new())
}

fn index(files: &[(&str, &[u8])]) -> Index {
    let set = |(name, bytes): &(&str, &[u8])| {
        let set = read(name, bytes).unwrap_or_else(|e| panic!("{e}"));
        (Pinned { name: set.name.clone(), digest: Digest::of(bytes), date: set.date.clone() }, set)
    };
    Index::open(build(files.iter().map(set).collect())).unwrap()
}

fn ids(scan: &Scan) -> Vec<String> {
    scan.matches.iter().map(|m: &Match| format!("{} {}", m.id, m.version)).collect()
}

const OSV: &str = r#"{"id": "RUSTSEC-2020-0001", "modified": "2020-02-03T00:00:00Z", "aliases": ["CVE-2020-1"],
  "summary": "bad", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  "affected": [{"package": {"ecosystem": "crates.io", "name": "thing"},
    "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}, {"introduced": "2.0.0-rc.1"}, {"last_affected": "2.1.0"}]}]}]}"#;

#[test]
fn versions_inside_the_ranges_match_and_others_do_not() {
    let index = index(&[("a.json", OSV.as_bytes())]);
    let hit =
        |version: &str| !scan(&index, &graph(&[&format!("pkg:cargo/thing@{version}")])).matches.is_empty();
    for version in ["0.1.0", "1.1.9", "1.2.0-rc.1", "2.0.0-rc.1", "2.1.0"] {
        assert!(hit(version), "{version}");
    }
    for version in ["1.2.0", "1.9.0", "2.0.0-alpha", "2.1.1", "3.0.0"] {
        assert!(!hit(version), "{version}");
    }
    assert!(scan(&index, &graph(&["pkg:cargo/other@1.0.0"])).matches.is_empty());
    assert!(scan(&index, &graph(&["pkg:npm/thing@1.0.0"])).matches.is_empty());
    let one = scan(&index, &graph(&["pkg:cargo/thing@1.0.0"])).matches.remove(0);
    assert_eq!(one.fixed, ["1.2.0"]);
    assert_eq!(one.aliases, ["CVE-2020-1"]);
    assert_eq!(one.score().map(|s| (s.value, s.level.as_str())), Some((9.8, "critical")));
    let unversioned = scan(&index, &graph(&["pkg:cargo/thing"]));
    assert!(unversioned.matches[0].undecided);
}

/// RUSTSEC-2022-0012 ends in an interval of nothing: what cargo-audit reads as corrected is corrected.
#[test]
fn events_at_one_version_count_in_the_order_of_the_advisory() {
    let hit = |events: &str, version: &str| {
        let text = OSV.replace(
            r#"{"introduced": "0"}, {"fixed": "1.2.0"}, {"introduced": "2.0.0-rc.1"}, {"last_affected": "2.1.0"}"#,
            events,
        );
        assert_ne!(text, OSV);
        !scan(&index(&[("a.json", text.as_bytes())]), &graph(&[&format!("pkg:cargo/thing@{version}")]))
            .matches
            .is_empty()
    };
    let nothing =
        r#"{"introduced": "0.9.0"}, {"fixed": "0.9.2"}, {"introduced": "0.10.0"}, {"fixed": "0.10.0"}"#;
    assert!(hit(nothing, "0.9.1") && !hit(nothing, "0.10.0") && !hit(nothing, "0.19.8"));
    let meeting = r#"{"introduced": "0"}, {"fixed": "1.0.0"}, {"introduced": "1.0.0"}, {"fixed": "2.0.0"}"#;
    assert!(hit(meeting, "0.9.0") && hit(meeting, "1.0.0") && !hit(meeting, "2.0.0"));
    let one = r#"{"last_affected": "1.0.0"}, {"introduced": "1.0.0"}"#;
    assert!(!hit(one, "0.9.0") && hit(one, "1.0.0") && !hit(one, "1.0.1"));
}

#[test]
fn withdrawn_advisories_do_not_match_and_are_named() {
    let text = OSV.replace("\"summary\"", "\"withdrawn\": \"2021-01-01T00:00:00Z\", \"summary\"");
    let index = index(&[("a.json", text.as_bytes())]);
    let found = scan(&index, &graph(&["pkg:cargo/thing@1.0.0"]));
    assert!(found.matches.is_empty());
    assert_eq!(found.withdrawn, ["RUSTSEC-2020-0001 pkg:cargo/thing@1.0.0"]);
}

#[test]
fn aliases_of_several_data_sets_are_one_match_with_marks() {
    let ghsa = r#"{"id": "GHSA-aaaa", "modified": "2020-02-04T00:00:00Z", "aliases": ["CVE-2020-1"], "summary": "same",
      "affected": [{"package": {"ecosystem": "crates.io", "name": "thing"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}]}]}"#;
    let kev = r#"{"title": "KEV", "catalogVersion": "2024.01.01", "dateReleased": "2024-01-01T00:00:00Z", "count": 1,
      "vulnerabilities": [{"cveID": "CVE-2020-1", "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "requiredAction": "update", "knownRansomwareCampaignUse": "Known"}]}"#;
    let epss = "#model_version:v2023.03.01,score_date:2024-01-02T00:00:00+0000\ncve,epss,percentile\nCVE-2020-0,0.1,0.2\nCVE-2020-1,0.97510,0.99990\n";
    let index = index(&[
        ("a.json", OSV.as_bytes()),
        ("b.json", ghsa.as_bytes()),
        ("kev.json", kev.as_bytes()),
        ("epss.csv", epss.as_bytes()),
    ]);
    let dates: Vec<&str> = index.pinned().iter().map(|p| p.date.as_str()).collect();
    assert_eq!(dates, ["2020-02-03", "2020-02-04", "2024-01-01", "2024-01-02"]);
    let names: Vec<&str> = index.pinned().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["osv-crates.io", "ghsa", "kev", "epss"]);
    let found = scan(&index, &graph(&["pkg:cargo/thing@1.0.0"]));
    assert_eq!(ids(&found), ["RUSTSEC-2020-0001 1.0.0"]);
    let one = &found.matches[0];
    assert_eq!(one.aliases, ["CVE-2020-1", "GHSA-aaaa"]);
    assert_eq!(one.kev.as_ref().map(|k| k.added.as_str()), Some("2021-12-10"));
    assert_eq!(one.epss.as_ref().map(|e| e.score.as_str()), Some("0.97510"));
}

#[test]
fn nvd_matches_by_cpe() {
    let nvd = r#"{"resultsPerPage": 1, "startIndex": 0, "totalResults": 1, "format": "NVD_CVE", "version": "2.0", "timestamp": "2024-05-01T00:00:00.000",
      "vulnerabilities": [{"cve": {"id": "CVE-2022-1", "published": "2022-01-01T00:00:00.000", "lastModified": "2022-02-01T00:00:00.000", "vulnStatus": "Analyzed",
        "descriptions": [{"lang": "en", "value": "An overflow."}],
        "metrics": {"cvssMetricV31": [{"cvssData": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}}]},
        "weaknesses": [{"description": [{"lang": "en", "value": "CWE-787"}]}],
        "configurations": [{"nodes": [{"operator": "OR", "negate": false, "cpeMatch": [
          {"vulnerable": true, "criteria": "cpe:2.3:a:zlib:zlib:*:*:*:*:*:*:*:*", "versionEndExcluding": "1.2.12", "matchCriteriaId": "x"},
          {"vulnerable": false, "criteria": "cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*", "matchCriteriaId": "y"}]}]}]}}]}"#;
    let index = index(&[("nvd.json", nvd.as_bytes())]);
    let with = |cpe: &str| {
        let c = Component { cpe: cpe.to_owned(), name: "zlib".to_owned(), ..Component::default() };
        scan(&index, &ComponentGraph::new(vec![c], Vec::new()))
    };
    let found = with("cpe:2.3:a:zlib:zlib:1.2.11:*:*:*:*:*:*:*");
    assert_eq!(ids(&found), ["CVE-2022-1 1.2.11"]);
    assert_eq!(
        (found.matches[0].summary.as_str(), found.matches[0].cwes.join(" ")),
        ("An overflow.", "CWE-787".to_owned())
    );
    assert!(with("cpe:2.3:a:zlib:zlib:1.2.12:*:*:*:*:*:*:*").matches.is_empty());
    assert!(with("cpe:2.3:o:linux:linux_kernel:6.1:*:*:*:*:*:*:*").matches.is_empty());
    let cut = nvd.replace("\"totalResults\": 1", "\"totalResults\": 3");
    assert!(matches!(read("nvd.json", cut.as_bytes()), Err(Error::Pages { there: 1, total: 3 })));
}

#[test]
fn csaf_and_github_rest() {
    let csaf = r#"{"document": {"category": "csaf_security_advisory", "csaf_version": "2.0", "title": "T", "publisher": {"category": "vendor", "name": "Example Corp", "namespace": "https://example.org"},
        "tracking": {"id": "EX-1", "current_release_date": "2024-03-01T00:00:00Z", "initial_release_date": "2024-03-01T00:00:00Z", "revision_history": [], "status": "final", "version": "1"}},
      "product_tree": {"branches": [{"category": "vendor", "name": "v", "branches": [
        {"category": "product_version", "name": "1.0.0", "product": {"name": "p", "product_id": "P1", "product_identification_helper": {"purl": "pkg:npm/left@1.0.0"}}},
        {"category": "product_version_range", "name": "vers:npm/>=2.0.0|<2.3.0", "product": {"name": "p", "product_id": "P2", "product_identification_helper": {"purl": "pkg:npm/left"}}}]}]},
      "vulnerabilities": [{"cve": "CVE-2024-1", "product_status": {"known_affected": ["P1", "P2"]},
        "scores": [{"products": ["P1"], "cvss_v3": {"vectorString": "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N"}}]}]}"#;
    let set = read("csaf.json", csaf.as_bytes()).unwrap();
    assert_eq!(
        (set.format, set.name.as_str(), set.date.as_str()),
        (Format::Csaf, "csaf-example-corp", "2024-03-01")
    );
    let one = index(&[("csaf.json", csaf.as_bytes())]);
    let hit = |i: &Index, purl: &str| !scan(i, &graph(&[purl])).matches.is_empty();
    assert!(hit(&one, "pkg:npm/left@1.0.0") && hit(&one, "pkg:npm/left@2.2.9"));
    assert!(!hit(&one, "pkg:npm/left@1.0.1") && !hit(&one, "pkg:npm/left@2.3.0"));
    let rest = r#"[{"ghsa_id": "GHSA-bbbb", "cve_id": "CVE-2024-2", "summary": "s", "updated_at": "2024-04-01T00:00:00Z", "cvss": {"vector_string": null, "score": null}, "cvss_severities": {"cvss_v3": {"vector_string": null, "score": 0.0}, "cvss_v4": {"vector_string": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:H/VA:N/SC:N/SI:N/SA:N", "score": 8.7}}, "cwes": [{"cwe_id": "CWE-1", "name": "n"}],
      "vulnerabilities": [{"package": {"ecosystem": "pip", "name": "Flask_X"}, "vulnerable_version_range": ">= 1.0, <= 1.5.2", "first_patched_version": "1.5.3"}]}]"#;
    let two = index(&[("rest.json", rest.as_bytes())]);
    assert!(
        hit(&two, "pkg:pypi/flask-x@1.5.2")
            && !hit(&two, "pkg:pypi/flask-x@1.5.3")
            && !hit(&two, "pkg:pypi/flask-x@0.9")
    );
    let scored = scan(&two, &graph(&["pkg:pypi/flask-x@1.5.2"]));
    assert_eq!(scored.matches[0].score().map(|s| s.value), Some(8.7), "{:?}", scored.matches);
}

#[test]
fn broken_data_sets_are_refused_by_name() {
    let says = |file: &str, bytes: &[u8]| read(file, bytes).map(|d| d.name).unwrap_err().to_string();
    assert!(says("x.zip", b"PK\x03\x04 cut").contains("`x.zip` is no complete zip"));
    assert!(says("x.json", b"{}").contains("JSON of a shape that is not known"));
    assert!(says("x.json", br#"{"bomFormat": "CycloneDX", "vulnerabilities": []}"#).contains("CycloneDX"));
    assert!(says("x.json", br#"{"CVE_Items": []}"#).contains("NVD JSON 1.1"));
    assert!(says("x.txt", b"hello").contains("neither zip"));
    assert!(says("x.json", b"[]").contains("an empty data set is not"));
    assert!(says("x.json", br#"{"id": 5}"#).contains("cannot be read as OSV"));
    assert!(
        says("kev.json", br#"{"catalogVersion": "1", "count": 2, "vulnerabilities": []}"#)
            .contains("has 2 entries and has 0")
    );
    assert!(says("epss.csv", b"cve,epss,percentile\nCVE-1,2.0,0.1\n").contains("line 2 is no score"));
    // A zip that ends too early, and one of empty files.
    let whole = bundle([Ok::<_, std::io::Error>(("a.json".to_owned(), OSV.as_bytes().to_vec()))].into_iter())
        .unwrap();
    assert!(read("a.zip", &whole).is_ok());
    assert!(says("a.zip", &whole[..whole.len() / 2]).contains("no complete zip"));
    let nothing =
        bundle([Ok::<_, std::io::Error>(("README.md".to_owned(), Vec::new()))].into_iter()).unwrap();
    assert!(says("n.zip", &nothing).contains("an empty data set is not"));
    // An unreadable file inside is named, and the rest is there.
    let files = [("a.json", OSV.as_bytes()), ("b.json", b"{\"id\": ".as_slice()), ("LICENSE", b"text")];
    let files = files.iter().map(|(n, b)| Ok::<_, std::io::Error>(((*n).to_owned(), b.to_vec())));
    let set = read("m.zip", &bundle(files).unwrap()).unwrap();
    assert_eq!(
        (set.advisories, set.ignored, set.unreadable.len(), set.unreadable[0].file.as_str()),
        (1, 1, 1, "b.json")
    );
}

#[test]
fn bombs_are_not_unpacked() {
    let zeros = vec![b' '; 40 << 20];
    let bomb = bundle([Ok::<_, std::io::Error>(("a.json".to_owned(), zeros.clone()))].into_iter()).unwrap();
    assert!(matches!(read("bomb.zip", &bomb), Err(Error::Bomb { .. })));
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut gz, &zeros).unwrap();
    let gz = gz.finish().unwrap();
    assert!(matches!(read("bomb.json.gz", &gz), Err(Error::Bomb { .. })));
    assert!(matches!(read("cut.json.gz", &gz[..gz.len() / 2]), Err(Error::Gzip { .. } | Error::Bomb { .. })));
}

#[test]
fn equal_data_sets_give_equal_indexes_and_changed_ones_are_found() {
    let make = || {
        let set = read("a.json", OSV.as_bytes()).unwrap();
        build(vec![(
            Pinned { name: "a".into(), digest: Digest::of(OSV.as_bytes()), date: String::new() },
            set,
        )])
    };
    assert_eq!(make(), make());
    for at in 0..make().len() {
        let mut bytes = make();
        bytes[at] ^= 1;
        assert!(Index::open(bytes).is_err(), "{at}");
    }
    assert!(Index::open(Vec::new()).is_err());
    assert!(Index::open(make()[..40].to_vec()).is_err());
}

#[test]
fn scores_of_all_versions() {
    assert_eq!(score_of("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"), Some(9.3));
    assert_eq!(score_of("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), Some(9.8));
    assert_eq!(score_of("(AV:N/AC:L/Au:N/C:P/I:P/A:P)"), Some(7.5));
    assert_eq!(score_of("high"), None);
}

fn data(name: &str) -> Option<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/advisories").join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        #[expect(clippy::print_stderr, reason = "a skipped test says so")]
        {
            eprintln!("skipped: {} is absent", path.display());
        }
    }
    bytes
}

#[test]
fn the_published_data_sets_are_read_whole() {
    let (Some(rust), Some(go)) = (data("Rust-all.zip"), data("Go-all.zip")) else { return };
    let (r, g) = (read("Rust-all.zip", &rust).unwrap(), read("Go-all.zip", &go).unwrap());
    assert_eq!((r.advisories, r.unreadable.len(), r.name.as_str()), (1206, 0, "osv-crates.io"));
    assert_eq!((g.advisories, g.unreadable.len(), g.name.as_str()), (4291, 0, "osv-go"));
    let index = index(&[("Rust-all.zip", &rust), ("Go-all.zip", &go)]);
    assert_eq!(index.advisories(), 1206 + 4291);
    let found = scan(
        &index,
        &graph(&[
            "pkg:cargo/time@0.1.43",
            "pkg:cargo/time@0.2.23",
            "pkg:golang/golang.org/x/crypto@v0.0.0-20190320223902-000000000000",
            "pkg:golang/stdlib@1.21.0",
        ]),
    );
    let ids = ids(&found);
    assert!(ids.contains(&"RUSTSEC-2020-0071 0.1.43".to_owned()), "{ids:?}");
    assert!(!ids.iter().any(|i| i.starts_with("RUSTSEC-2020-0071 0.2.23")), "{ids:?}");
    assert!(ids.iter().any(|i| i.starts_with("GO-2022-0209 ")), "{ids:?}");
    assert!(ids.iter().any(|i| i.ends_with(" 1.21.0")), "the standard library: {ids:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_a_data_set_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read("x", &bytes);
        let mut zip = b"PK\x03\x04".to_vec();
        zip.extend(&bytes);
        prop_assert!(read("x", &zip).is_err());
        let mut index = b"dossier-advix-1\n".to_vec();
        index.extend(&bytes);
        index.extend(Digest::of(&index).0);
        if let Ok(index) = Index::open(index) {
            let _ = scan(&index, &graph(&["pkg:cargo/a@1.0.0"]));
        }
    }
}
