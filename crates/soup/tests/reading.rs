//! SBOMs of others, and files that only look like one.

use crate::cargo_lock::problems;
use model::components::ComponentGraph;
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
            judged += 1;
            let inventory = read("sbom", &std::fs::read(&entry).unwrap());
            let refused = inventory.problems.iter().any(|p| {
                matches!(
                    p.cause,
                    Cause::Invalid(_) | Cause::Malformed { .. } | Cause::Unsupported(_) | Cause::Twice(_)
                )
            });
            // Two files are "informal-invalid": no schema of XML can say it, and the specification does.
            if refused != name.contains("invalid") {
                wrong.push(format!("{version}/{name}: {:?}", problems(&inventory)));
            }
        }
    }
    assert_eq!(judged, 269 + 284);
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// What one project publishes in both forms is the same in both.
#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn xml_says_what_json_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/sbom/cyclonedx-examples");
    if !folder.is_dir() {
        eprintln!("skipped: {} is absent", folder.display());
        return;
    }
    for (name, components) in [
        ("cern-lhc-vdm-editor-e564943/bom", 43),
        ("dropwizard-1.3.15/bom", 167),
        ("keycloak-10.0.2/bom", 903),
        ("laravel-7.12.0/bom.1.2", 62),
        ("laravel-7.12.0/bom.1.3", 62),
        ("laravel-7.12.0/bom.1.4", 62),
    ] {
        let [(json, json_lacks), (xml, xml_lacks)] = ["json", "xml"].map(|form| {
            let bytes = std::fs::read(folder.join(format!("{name}.{form}"))).unwrap();
            let read = read("sbom", &bytes);
            assert_eq!(problems(&read), Vec::<String>::new(), "{name}.{form}");
            (read.graph, soup::sbom::missing_of_document(&bytes))
        });
        assert!(json_lacks.contains(&"author") && json_lacks.contains(&"supplier"), "{name}: {json_lacks:?}");
        assert_eq!((json.components().len(), json_lacks), (components, xml_lacks), "{name}");
        // As published, references with a placeholder in the address and some licences stand only in the JSON.
        let sorted = |g: &ComponentGraph| {
            let mut all = g.components().to_vec();
            all.sort_by(|a, b| (&a.purl, &a.name).cmp(&(&b.purl, &b.name)));
            all
        };
        for (json, mut xml) in sorted(&json).into_iter().zip(sorted(&xml)) {
            xml.download.clone_from(&json.download);
            if xml.licences.is_empty() {
                xml.licences.clone_from(&json.licences);
            }
            assert_eq!(json, xml, "{name}");
        }
        assert_eq!(json.edges(), xml.edges(), "{name}");
    }
}

fn xml(rest: &str) -> String {
    format!("<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">\n{rest}</bom>")
}

#[test]
fn xml_made_to_hurt_ends_in_a_word() {
    let one = r#"<component type="library" bom-ref="x"><name>a &amp; &#98;</name><version>1</version></component>
        <component type="library" bom-ref="y"><name>y</name><version>1</version></component>"#;
    let good = xml(&format!(
        "<components>{one}</components><dependencies><dependency ref=\"x\"><dependency ref=\"y\"/></dependency></dependencies>"
    ));
    for text in
        [good.clone(), good.replace('\n', "\r\n"), good.replace('\n', "\r"), format!("\u{feff}{good}")]
    {
        let i = read("a.xml", text.as_bytes());
        assert_eq!((problems(&i).len(), i.graph.edges().len()), (0, 1), "{text}");
        assert!(i.graph.components().iter().any(|c| c.name == "a & b"), "{text}");
    }
    let deep = xml(&"<components><component>".repeat(10_000));
    let entities = format!("<!DOCTYPE bom [<!ENTITY a \"b\">]>{good}");
    let attributes: String = (0..200).map(|i| format!(" a{i}=\"\"")).collect();
    for (text, expected) in [
        (deep, "elements are nested deeper than 128"),
        (entities, "a document type is not read"),
        (good.replace("&amp;", "&grows;"), "unknown entity `&grows;`"),
        (good.replace("</dependencies></bom>", ""), "never ends: the file is cut off"),
        (xml("<x:y xmlns:x=\"urn:x\"><z>").replace("</bom>", ""), "`bom` never ends: the file is cut off"),
        (format!("{good}<x:y xmlns:x=\"urn:x\">"), "an element never ends: the file is cut off"),
        (good.replace("</components>", "</component>"), "</component>"),
        (xml(&format!("<components>{one}</components><components/>")), "`components` is there twice"),
        (xml("<components><Component/></components>"), "`Component` is no part of `components`"),
        (xml(&format!("<components{attributes}/>")), "more than 100 attributes"),
        (format!("{good}{good}"), "stands outside of the bom"),
        (good.replace(r#" type="library""#, ""), "`type` is missing"),
        (good.replace("<dependency ref=\"y\"/>", "<dependency/>"), "`ref` is missing"),
        (xml(&format!("<components>{one}{one}</components>")), "is there twice"),
    ] {
        let found = problems(&read("a.xml", text.as_bytes()));
        assert!(found.first().is_some_and(|f| f.contains(expected)), "{expected}: {found:?}");
    }
    // The line of what is wrong.
    let typo = xml("<components>\n<typo/></components>");
    assert_eq!(
        problems(&read("a.xml", typo.as_bytes())),
        ["a.xml:3: the file is no CycloneDX in XML: `typo` is no part of `components`"]
    );
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
        ("<bom/>", "sbom.json: XML that begins with `bom` is not read"),
        (
            r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>"#,
            "sbom.json: XML that begins with `RDF` of http://www.w3.org/1999/02/22-rdf-syntax-ns# is not read",
        ),
        (
            r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.1"/>"#,
            "sbom.json: CycloneDX 1.1 in XML is not read",
        ),
        (r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>"#, "sbom.json: the file has no component"),
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

/// What is nested deeper than a person writes, needs itself, is given twice, has line ends of three systems, or is too large.
#[test]
fn sboms_made_to_hurt_end_in_a_word() {
    let bom = |rest: &str| format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", {rest}}}"#);
    let one = r#"{"type": "library", "name": "a", "version": "1", "bom-ref": "x""#;
    let nested = bom(&format!(
        r#""components": [{}{}]"#,
        format!(r#"{one}, "components": ["#).repeat(10_000),
        "]}".repeat(10_000)
    ));
    let deep = bom(&format!(r#""metadata": {}1{}"#, "[".repeat(10_000), "]".repeat(10_000)));
    for text in [&nested, &deep] {
        let found = problems(&read("sbom.json", text.as_bytes()));
        assert!(found.len() == 1 && found[0].contains("recursion limit exceeded"), "{found:?}");
    }
    let ring = bom(&format!(
        r#""components": [{one}}}, {{"type": "library", "name": "b", "version": "1", "bom-ref": "y"}}],
           "dependencies": [{{"ref": "x", "dependsOn": ["y", "x"]}}, {{"ref": "y", "dependsOn": ["x"]}}]"#
    ));
    for text in
        [ring.clone(), ring.replace('\n', "\r\n"), ring.replace(',', ",\r"), format!("\u{feff}{ring}")]
    {
        let i = read("sbom.json", text.as_bytes());
        assert_eq!(
            (problems(&i).len(), i.graph.components().len(), i.graph.edges().len()),
            (0, 2, 2),
            "{text}"
        );
    }
    let twice = bom(&format!(r#""components": [{one}}}], "components": []"#));
    assert!(problems(&read("sbom.json", twice.as_bytes()))[0].contains("is there twice"));
    // The place of what is wrong, whatever stands before it.
    let typo = bom("\"components\": [\n{\"type\": \"library\", \"name\": \"a\", \"version\": \"1\"},\n nul]");
    assert_eq!(
        problems(&read("sbom.json", typo.as_bytes())),
        ["sbom.json:3: the file is no SBOM in JSON: expected ident"]
    );
    let number = bom("\n\"dependencies\": [\n{\"ref\": 1}]");
    assert_eq!(
        problems(&read("sbom.json", number.as_bytes())),
        ["sbom.json:3: the file is no CycloneDX: invalid type: integer `1`, expected a string"]
    );
    // More components than there is software: part of a list is no list.
    for n in [1_000_001, 1_000_010] {
        let tags = format!("SPDXVersion: SPDX-2.3\n{}", "PackageName: a\n".repeat(n));
        assert_eq!(
            problems(&read("sbom.json", tags.as_bytes())),
            ["sbom.json: the file has more components than the 1000000 that are read; split it"]
        );
    }
    let text = vec![b' '; 300 << 20];
    assert!(problems(&read("sbom.json", &text))[0].contains("more than the"));
}
