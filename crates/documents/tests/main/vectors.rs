//! The vectors of the format, from files that never change.

use documents::{Blob, Content, from_blobs};
use serde_json::Value;

fn fixtures() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/formats/documents/v1").to_owned()
}

#[test]
fn digests_are_those_of_the_vectors() {
    let dir = fixtures();
    let vectors: Value =
        serde_json::from_slice(&std::fs::read(format!("{dir}/vectors.json")).unwrap()).unwrap();
    let toml = vectors["dossier.toml"].as_str().unwrap();
    let (config, found) = product::parse(toml, "dossier.toml");
    assert!(found.is_empty());
    let file = |name: &str| Blob {
        path: format!("dossier/{name}"),
        content: Content::Bytes(std::fs::read(format!("{dir}/{name}")).unwrap()),
    };
    let toml = Blob { path: "dossier.toml".into(), content: Content::Bytes(toml.into()) };
    let read = from_blobs([file("items.md"), toml, file("img/flow.png"), file("encoding.md")], &config);

    let items = vectors["items"].as_array().unwrap();
    assert_eq!(read.items.len(), items.len());
    for want in items {
        let item = read.items.iter().find(|i| Some(i.id.as_str()) == want["id"].as_str()).unwrap();
        // The lines in the vector are for people who implement the format; their digest must be the one stated.
        let lines: Vec<&str> =
            want["lines"].as_array().unwrap().iter().map(|l| l.as_str().unwrap()).collect();
        let digest = vocabulary::Digest::of(lines.join("\n").as_bytes()).to_string();
        assert_eq!(digest, want["digest"].as_str().unwrap());
        assert_eq!(item.digest.to_string(), digest, "{} {lines:#?}", item.id);
    }
    let document = &vectors["documents"][0];
    assert_eq!(read.controlled[0].digest.to_string(), document["digest"].as_str().unwrap(), "{document:#}");
    assert_eq!(read.tree.to_string(), vectors["tree"].as_str().unwrap());
    let found: Vec<String> = read.diagnostics.iter().map(|d| format!("{} {}", d.rule, d.location)).collect();
    assert_eq!(found, ["R0032 dossier/items.md:40:24", "R0028 dossier/items.md:26:1"]);
}
