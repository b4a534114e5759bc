//! SBOMs as written: valid by the official schemas, deterministic, and read back alike.

use crate::cargo_lock::{edges, problems};
use model::components::{Address, ComponentGraph, SourceLine};
use serde_json::Value;
use soup::sbom::{CycloneDx, Head, coverage, cyclonedx, cyclonedx_as, read, spdx, spdx3};
use soup::{Inventory, lock};
use std::path::{Path, PathBuf};
use vocabulary::Instant;

fn head() -> Head {
    Head {
        product: "triage".to_owned(),
        version: "2.4.0".to_owned(),
        supplier: Some("The maker".to_owned()),
        authors: vec!["The maker".to_owned()],
        timestamp: Instant::from_millis(1_772_355_600_000),
        tool_version: "0.1.0".to_owned(),
    }
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn own_lock() -> Inventory {
    lock::read("Cargo.lock", &std::fs::read(here("../../Cargo.lock")).unwrap()).unwrap()
}

fn npm_lock() -> Inventory {
    let text = r#"{ "lockfileVersion": 3, "packages": {
        "": { "name": "app", "version": "1.0.0", "dependencies": { "@s/a": "1", "b": "1", "c": "1" } },
        "node_modules/@s/a": { "version": "1.0.0", "license": "(MIT OR Apache-2.0)", "dependencies": { "b": "1" },
            "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "resolved": "https://registry.npmjs.org/@s/a/-/a-1.0.0.tgz" },
        "node_modules/b": { "version": "1.0.0", "license": "SEE LICENSE IN x", "optional": true, "os": ["linux"] },
        "node_modules/c": { "version": "1.0.0", "dev": true } } }"#;
    lock::read("package-lock.json", text.as_bytes()).unwrap()
}

/// An official schema, with those that it refers to; `None` where the folder is absent.
pub(crate) fn schema(name: &str) -> Option<jsonschema::Validator> {
    let folder = here("../../../shared/data/schemas");
    let load = |name: &str| -> Option<Value> {
        Some(serde_json::from_slice(&std::fs::read(folder.join(name)).ok()?).unwrap())
    };
    // The scores that CSAF embeds have schemas of their own, which are not here.
    let any = || Value::Object(serde_json::Map::new());
    let mut registry = jsonschema::Registry::new()
        .add("http://cyclonedx.org/schema/spdx.schema.json", load("spdx.schema.json")?)
        .unwrap()
        .add("http://cyclonedx.org/schema/jsf-0.82.schema.json", load("jsf-0.82.schema.json")?)
        .unwrap()
        .add(
            "http://cyclonedx.org/schema/cryptography-defs.schema.json",
            load("cryptography-defs.schema.json")?,
        )
        .unwrap();
    for version in ["2.0", "3.0", "3.1"] {
        registry = registry.add(format!("https://www.first.org/cvss/cvss-v{version}.json"), any()).unwrap();
    }
    let registry = registry.prepare().unwrap();
    Some(jsonschema::options().with_registry(&registry).build(&load(name)?).unwrap())
}

fn cyclonedx_schema() -> Option<jsonschema::Validator> {
    schema("bom-1.6.schema.json")
}

pub(crate) fn assert_valid(schema: &jsonschema::Validator, document: &[u8]) {
    let document: Value = serde_json::from_slice(document).unwrap();
    let errors: Vec<String> =
        schema.iter_errors(&document).take(5).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn cyclonedx_is_valid_by_its_schema() {
    let Some(schema) = cyclonedx_schema() else {
        eprintln!("skipped: no schemas in ../../../shared/data/schemas");
        return;
    };
    let wrong =
        serde_json::json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"name": 1}]});
    assert!(!schema.is_valid(&wrong), "the schema is in force");
    for graph in [own_lock().graph, npm_lock().graph, full_graph()] {
        assert_valid(&schema, &cyclonedx(&graph, &head()));
        assert_valid(&schema, &cyclonedx(&graph, &Head { supplier: None, authors: vec![], ..head() }));
    }
}

/// `cargo xtask test` brings the schema, which SPDX offers at no registry, out of a crate that ships it.
#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn spdx_is_valid_by_its_schema() {
    let Ok(schema) = std::fs::read(here("../../target/schemas/spdx-2.3.schema.json")) else {
        eprintln!("skipped: no schema of SPDX 2.3; `cargo xtask test` brings it");
        return;
    };
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let schema = jsonschema::options().build(&schema).unwrap();
    assert!(!schema.is_valid(&serde_json::json!({"spdxVersion": 1})), "the schema is in force");
    for graph in [own_lock().graph, npm_lock().graph, full_graph()] {
        assert_valid(&schema, &spdx(&graph, &head()));
        assert_valid(&schema, &spdx(&graph, &Head { supplier: None, authors: vec![], ..head() }));
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn spdx_3_is_valid_by_its_schema() {
    let Ok(schema) = std::fs::read(here("../../target/schemas/spdx-3.0.1.schema.json")) else {
        eprintln!("skipped: no schema of SPDX 3.0.1; `cargo xtask test` brings it");
        return;
    };
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let schema = jsonschema::options().build(&schema).unwrap();
    let mut graph = full_graph();
    graph.fill(|_, c| "abandoned".clone_into(&mut c.support_level));
    let document = spdx3(&graph, &head());
    assert_valid(&schema, &document);
    assert_valid(&schema, &spdx3(&npm_lock().graph, &Head { supplier: None, ..head() }));
    // The schema is in force, down to the properties of a package.
    for (from, to) in [
        ("\"software_Package\"", "\"software_Parcel\""),
        ("\"software_packageVersion\"", "\"versionInfo\""),
        ("\"noSupport\"", "\"abandoned\""),
        ("\"sha1\"", "\"SHA-1\""),
        ("/3.0.1/spdx-context", "/3.0.0/spdx-context"),
    ] {
        let text = String::from_utf8(document.clone()).unwrap();
        assert!(text.contains(from), "{from}");
        let wrong: Value = serde_json::from_str(&text.replace(from, to)).unwrap();
        assert!(!schema.is_valid(&wrong), "{to}");
    }
}

#[test]
fn equal_input_gives_equal_bytes_and_other_input_another_serial() {
    let graph = npm_lock().graph;
    let serial = |bytes: &[u8]| {
        let v: Value = serde_json::from_slice(bytes).unwrap();
        v["serialNumber"].as_str().or(v["documentNamespace"].as_str()).unwrap().to_owned()
    };
    for write in [cyclonedx, spdx] {
        let one = write(&graph, &head());
        assert_eq!(one, write(&graph, &head()));
        let other = write(&graph, &Head { version: "2.4.1".to_owned(), ..head() });
        assert_ne!(serial(&one), serial(&other));
        assert!(serial(&one).starts_with("urn:uuid:"));
    }
}

#[test]
fn what_was_written_reads_back() {
    for inventory in [own_lock(), npm_lock()] {
        let newest: fn(&model::components::ComponentGraph, &Head) -> Vec<u8> =
            |g, h| cyclonedx_as(g, h, CycloneDx::V1_7);
        for write in [cyclonedx, newest, spdx, spdx3] {
            let back = read("sbom.json", &write(&inventory.graph, &head()));
            assert_eq!(problems(&back), [""; 0]);
            let mut expected = edges(&inventory);
            let mut seen = edges(&back);
            expected.sort();
            seen.sort();
            assert_eq!(seen, expected);
            for (a, b) in inventory.graph.components().iter().zip(back.graph.components()) {
                assert_eq!((&a.purl, &a.name, &a.version), (&b.purl, &b.name, &b.version));
                assert_eq!(a.hashes, b.hashes);
            }
        }
    }
}

#[test]
fn what_is_unknown_is_said() {
    let graph = npm_lock().graph;
    let bom: Value = serde_json::from_slice(&cyclonedx(&graph, &head())).unwrap();
    let c = bom["components"].as_array().unwrap().iter().find(|c| c["name"] == "c").unwrap();
    let unknown =
        c["properties"].as_array().unwrap().iter().find(|p| p["name"] == "dossier:unknown").unwrap();
    assert_eq!((&unknown["value"], &c["scope"]), (&"supplier hash licence".into(), &"excluded".into()));
    let document: Value = serde_json::from_slice(&spdx(&graph, &head())).unwrap();
    let packages = document["packages"].as_array().unwrap();
    let b = packages.iter().find(|c| c["name"] == "b").unwrap();
    assert_eq!((&b["supplier"], &b["licenseDeclared"]), (&"NOASSERTION".into(), &"NOASSERTION".into()));
    assert!(b["comment"].as_str().unwrap().ends_with("licence as stated: SEE LICENSE IN x"));
    assert_eq!(document["creationInfo"]["created"], "2026-03-01T09:00:00Z");
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn cyclonedx_1_7_is_valid_by_its_schema() {
    let Some(schema) = schema("bom-1.7.schema.json") else {
        eprintln!("skipped: no schemas in ../../../shared/data/schemas");
        return;
    };
    for graph in [own_lock().graph, npm_lock().graph, full_graph()] {
        assert_valid(&schema, &cyclonedx_as(&graph, &head(), CycloneDx::V1_7));
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn real_sboms_go_through_every_format_and_lose_nothing_that_all_can_hold() {
    let folder = here("../../../shared/data/sbom/cyclonedx-examples");
    for name in ["keycloak-10.0.2", "juice-shop"] {
        let Ok(bytes) = std::fs::read(folder.join(name).join("bom.json")) else {
            eprintln!("skipped: {} is absent", folder.display());
            return;
        };
        let first = read("bom.json", &bytes).graph;
        let said = first.components().iter().filter(|c| !c.description.is_empty() && !c.addresses.is_empty());
        assert!(said.count() > 700, "{name}");
        goes_around(&first);
    }
}

/// A graph as it is after every form is the graph as it was, but for where it was read.
fn goes_around(first: &ComponentGraph) {
    let facts = |g: &ComponentGraph| {
        let mut components = g.components().to_vec();
        for c in &mut components {
            c.source = SourceLine::default();
            // Several licences are one expression that demands all of them.
            if let Some(all) = model::licences::expression(c) {
                c.licences = vec![all];
            }
        }
        (components, g.edges().to_vec())
    };
    let newest: fn(&ComponentGraph, &Head) -> Vec<u8> = |g, h| cyclonedx_as(g, h, CycloneDx::V1_7);
    let mut graph = first.clone();
    for write in [spdx, spdx3, cyclonedx, spdx, newest, spdx3, spdx] {
        let bytes = write(&graph, &head());
        assert_eq!(bytes, write(&graph, &head()));
        graph = read("sbom.json", &bytes).graph;
        let ((seen, edges), (expected, expected_edges)) = (facts(&graph), facts(first));
        assert_eq!(edges, expected_edges);
        for (seen, expected) in seen.iter().zip(&expected) {
            assert_eq!(seen, expected);
        }
        assert_eq!(seen.len(), expected.len());
    }
}

/// Everything that has a place in the formats.
fn full_graph() -> ComponentGraph {
    let mut graph = npm_lock().graph;
    let address = |kind: &str, url: &str| Address { kind: kind.to_owned(), url: url.to_owned() };
    graph.fill(|n, c| {
        c.supplier = Some("Some Foundation".to_owned());
        c.cpe = "cpe:2.3:a:some:a:1.0.0:*:*:*:*:*:*:*".to_owned();
        (c.support_level, c.end_of_support) = ("abandoned; 100 % sure".to_owned(), "2027-01-31".to_owned());
        c.purpose = ["", "firmware", "operatingSystem"][n as usize % 3].to_owned();
        c.description = "Reads\ndoses; and more: \"all\".".to_owned();
        c.copyright = "Copyright 2026 some people".to_owned();
        c.features = vec!["std".to_owned(), "derive".to_owned()];
        c.licences = vec![["MIT", "The Licence, v2 with exception; or so"][n as usize % 2].to_owned()];
        c.addresses = vec![
            address("issue-tracker", "https://example.org/issues"),
            address("vcs", "https://example.org/a.git"),
            address("website", "https://example.org/"),
            address("website", "https://other.example.org/"),
        ];
    });
    graph
}

#[test]
fn whatever_all_formats_can_hold_goes_around() {
    goes_around(&full_graph());
}

#[test]
fn the_fields_of_ntia_and_fda_are_counted() {
    let seen = coverage(&npm_lock().graph);
    assert_eq!(seen.components, 3);
    assert_eq!(seen.missing["hash"].len(), 2);
    assert_eq!(seen.missing["supplier"].len(), 3);
    assert!(seen.relationships && !seen.missing.contains_key("version"));
}
