//! How the work on an SBOM grows with its size: `cargo run --release -p soup --example growth [COMPONENTS]`.
//!
//! A line for each kind of work: the seconds of CPU for so many components and for four times as many, and how many times
//! as long that is. What grows with the square takes sixteen times.

#![allow(clippy::print_stdout, reason = "it prints its measurement")]

use soup::sbom::{Head, cyclonedx, read};

fn main() {
    let components = std::env::args().nth(1).map_or(4000, |n| n.parse().expect("a number of components"));
    for round in 1..=5 {
        let [small, large] = [components, 4 * components].map(seconds);
        for ((what, one), (_, four)) in small.into_iter().zip(large) {
            println!("round {round}: {what}: {one:.4} s, {four:.4} s, {:.2}", four / one);
        }
    }
}

/// What each kind of work takes for `n` components.
fn seconds(n: usize) -> [(&'static str, f64); 3] {
    let head = Head {
        product: "p".to_owned(),
        version: "1".to_owned(),
        supplier: None,
        authors: vec![],
        timestamp: vocabulary::Instant::from_millis(0),
        tool_version: "0".to_owned(),
    };
    let inventory = |text: &str| {
        let inventory = read("sbom.json", text.as_bytes());
        let seen = (inventory.problems.len(), inventory.graph.components().len());
        assert_eq!(seen, (0, n), "what was timed is the work");
        inventory
    };
    let (cyclonedx_text, spdx_text) = (cyclonedx_of(n), spdx_3_of(n));
    let graph = inventory(&cyclonedx_text).graph;
    [
        ("CycloneDX read", timed(|| drop(inventory(&cyclonedx_text)))),
        ("SPDX 3 read", timed(|| drop(inventory(&spdx_text)))),
        ("CycloneDX written", timed(|| drop(cyclonedx(&graph, &head)))),
    ]
}

/// Seconds that this thread computed, as Linux counts them; elsewhere wall time.
fn timed(work: impl FnOnce()) -> f64 {
    let start = std::time::Instant::now();
    let cpu = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(text.split(' ').next()?.parse::<f64>().ok()? / 1e9)
    };
    let before = cpu();
    work();
    before.zip(cpu()).map_or_else(|| start.elapsed().as_secs_f64(), |(before, after)| after - before)
}

/// Components that all need the first.
fn cyclonedx_of(n: usize) -> String {
    let components = list(n, |i| {
        format!(
            r#"{{"type": "library", "name": "c{i}", "version": "1", "bom-ref": "r{i}", "purl": "pkg:npm/c{i}@1",
                "properties": [{{"name": "dossier:kind", "value": "own"}}]}}"#
        )
    });
    let dependencies = list(n, |i| format!(r#"{{"ref": "r{i}", "dependsOn": ["r0"]}}"#));
    format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{components}], "dependencies": [{dependencies}]}}"#
    )
}

/// Packages with a licence each, which all are roots.
fn spdx_3_of(n: usize) -> String {
    let packages = list(n, |i| {
        format!(
            r#"{{"type": "software_Package", "spdxId": "p{i}", "name": "c{i}", "software_packageVersion": "1"}}"#
        )
    });
    let licences = list(n, |i| {
        format!(
            r#"{{"type": "Relationship", "relationshipType": "hasDeclaredLicense", "from": "p{i}", "to": ["l"]}}"#
        )
    });
    let roots = list(n, |i| format!("\"p{i}\""));
    format!(
        r#"{{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [{packages},{licences},
            {{"type": "software_Sbom", "rootElement": [{roots}]}},
            {{"type": "simplelicensing_LicenseExpression", "spdxId": "l", "simplelicensing_licenseExpression": "MIT"}}]}}"#
    )
}

fn list(n: usize, one: impl Fn(usize) -> String) -> String {
    (0..n).map(one).collect::<Vec<_>>().join(",")
}
