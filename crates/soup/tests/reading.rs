//! SBOMs of others, and files that only look like one.

use crate::cargo_lock::problems;
use proptest::prelude::*;
use soup::Cause;
use soup::sbom::read;
use std::path::Path;

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn sboms_of_the_wild_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/sbom");
    if !folder.is_dir() {
        eprintln!("skipped: {} is absent", folder.display());
        return;
    }
    let mut seen = Vec::new();
    let mut folders = vec![folder.clone()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "json" || e == "spdx") {
                let name = entry.strip_prefix(&folder).unwrap().to_string_lossy().into_owned();
                seen.push((name, read("sbom.json", &std::fs::read(&entry).unwrap())));
            }
        }
    }
    let find = |part: &str| &seen.iter().find(|(name, _)| name.contains(part)).unwrap().1;
    let keycloak = find("keycloak");
    assert_eq!(keycloak.graph.components().len(), 903);
    assert_eq!(keycloak.graph.components().iter().filter(|c| c.supplier.is_none()).count(), 147);
    assert_eq!(find("juice-shop").graph.components().len(), 840);
    // Never an empty list without a word, whatever the file.
    for (name, inventory) in &seen {
        assert!(!inventory.graph.is_empty() || !inventory.problems.is_empty(), "{name}");
    }
    // SPDX 2.2, 2.3, 3.0, as JSON and as tags and values.
    let mut count = 0;
    for (name, inventory) in seen.iter().filter(|(n, _)| n.contains("spdx-examples")) {
        count += 1;
        // One of them names files only: that is said, and never read as "no components".
        let files_only = name.ends_with("example7-bin.spdx3.json");
        assert_eq!(inventory.graph.is_empty(), files_only, "{name} {:?}", problems(inventory));
    }
    assert!(count > 20, "{count}");
}

/// The specification's own files: what it calls invalid is refused with a reason, what it calls valid is not.
#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn the_specifications_files_are_judged_as_it_judges_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/sbom/cyclonedx-spec-tests");
    if !folder.is_dir() {
        eprintln!("skipped: {} is absent", folder.display());
        return;
    }
    let mut wrong = Vec::new();
    let mut judged = 0;
    for version in ["1.4", "1.5", "1.6", "1.7"] {
        for entry in std::fs::read_dir(folder.join(version)).unwrap().map(|e| e.unwrap().path()) {
            let name = entry.file_name().unwrap().to_string_lossy().into_owned();
            if !name.ends_with(".json") {
                continue;
            }
            judged += 1;
            let inventory = read("sbom.json", &std::fs::read(&entry).unwrap());
            let refused = inventory.problems.iter().any(|p| {
                matches!(
                    p.cause,
                    Cause::Invalid(_) | Cause::Malformed { .. } | Cause::Unsupported(_) | Cause::Twice(_)
                )
            });
            if refused != name.starts_with("invalid") {
                wrong.push(format!("{version}/{name}: {:?}", problems(&inventory)));
            }
        }
    }
    assert_eq!(judged, 269);
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn other_files_are_refused_by_name() {
    let cases: &[(&str, &str)] = &[
        ("", "sbom.json:1: the file is no SBOM in JSON: EOF while parsing a value"),
        ("[]", "sbom.json: JSON that is no object is not read"),
        ("{}", "sbom.json: JSON without `bomFormat` or `spdxVersion` is not read"),
        (r#"{"bomFormat": "Other"}"#, "sbom.json: the format `Other` is not read"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "9.9"}"#, "sbom.json: CycloneDX 9.9 is not read"),
        (r#"{"bomFormat": "CycloneDX"}"#, "sbom.json: CycloneDX without a version is not read"),
        (r#"{"bomFormat": "CycloneDX", "specVersion": "1.6"}"#, "sbom.json: the file has no component"),
        (r#"{"spdxVersion": "SPDX-2.1"}"#, "sbom.json: SPDX-2.1 is not read"),
        ("<bom/>", "sbom.json: XML is not read"),
        ("SPDXVersion: SPDX-2.1\n", "sbom.json: SPDX-2.1 is not read"),
        (
            "SPDXVersion: SPDX-2.3\nPackageName: a\nPackageComment: <text>x\n",
            "sbom.json: the file is no SPDX tag-value: a `<text>` that never ends: the file is cut off",
        ),
        (
            r#"{"@context": "https://schema.org"}"#,
            "sbom.json: the file is no SPDX 3 as JSON-LD: its context is \"https://schema.org\", and SPDX 3.0.1 is read",
        ),
        (r#"{"spdxVersion": "SPDX-2.3", "packages": []}"#, "sbom.json: the file has no component"),
        (
            r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}"#,
            "sbom.json: the file has no component",
        ),
        (
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "a"}]}"#,
            "sbom.json: `a` has no version",
        ),
        (
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "a", "version": "1",
               "hashes": [{"alg": "SHA-1", "content": "00"}]}]}"#,
            "sbom.json: it is no valid document of its format: /components/0/hashes/0: `00` is no digest",
        ),
        (
            r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
               {"bom-ref": "x", "type": "library", "name": "a", "version": "1"}, {"bom-ref": "x", "type": "library", "name": "b", "version": "1"}]}"#,
            "sbom.json: `x` is there twice",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(problems(&read("sbom.json", text.as_bytes())), [*expected], "{text}");
    }
    let deep = format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "x": {}"#, "[".repeat(100_000));
    assert_eq!(read("sbom.json", deep.as_bytes()).problems.len(), 1);
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!read("sbom.json", &bytes).problems.is_empty());
    }
}
