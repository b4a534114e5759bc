//! package-lock.json, versions 1 to 3.

use crate::cargo_lock::{edges, problems};
use model::components::{Component, ComponentKind, HashAlgorithm};
use proptest::prelude::*;
use soup::{Inventory, lock};

/// SHA-512 and SHA-1 of nothing, as `integrity` writes them.
const SHA512: &str =
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
const SHA1: &str = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=";

fn v3() -> String {
    format!(
        r#"{{
  "name": "app", "version": "1.0.0", "lockfileVersion": 3,
  "packages": {{
    "": {{ "name": "app", "version": "1.0.0", "workspaces": ["packages/*"],
      "dependencies": {{ "@scope/a": "^1", "alias": "npm:real@^2" }},
      "devDependencies": {{ "tool": "*" }} }},
    "node_modules/@scope/a": {{ "version": "1.2.3", "integrity": "{SHA512} {SHA1}", "license": "MIT",
      "resolved": "https://registry.npmjs.org/@scope/a/-/a-1.2.3.tgz",
      "dependencies": {{ "b": "^1", "lib": "*" }}, "peerDependencies": {{ "absent": "*" }} }},
    "node_modules/@scope/a/node_modules/b": {{ "version": "1.0.0", "os": ["linux", "!win32"], "cpu": ["x64"] }},
    "node_modules/alias": {{ "name": "real", "version": "2.0.0", "license": {{ "type": "ISC" }} }},
    "node_modules/b": {{ "version": "2.0.0", "optional": true }},
    "node_modules/from-git": {{ "version": "0.1.0", "resolved": "git+ssh://git@example.org/x/y.git#0123" }},
    "node_modules/lib": {{ "resolved": "packages/lib", "link": true }},
    "node_modules/tool": {{ "version": "3.0.0", "dev": true, "inBundle": true }},
    "packages/lib": {{ "version": "0.0.1", "dependencies": {{ "b": "^2", "c": "1" }},
      "optionalDependencies": {{ "fsevents": "1" }} }},
    "packages/lib/node_modules/c": {{ "version": "1.0.0" }}
  }}
}}"#
    )
}

fn component<'a>(read: &'a Inventory, name: &str, version: &str) -> &'a Component {
    read.graph.components().iter().find(|c| c.name == name && c.version == version).unwrap()
}

#[test]
fn a_lock_of_version_3_is_read_whole() {
    let read = lock::read("web/package-lock.json", v3().as_bytes()).unwrap();
    assert_eq!(problems(&read), [""; 0]);
    assert_eq!(
        edges(&read),
        [
            "app@1.0.0 -> @scope/a@1.2.3",
            "app@1.0.0 -> real@2.0.0",
            "app@1.0.0 -> tool@3.0.0",
            "lib@0.0.1 -> b@2.0.0",
            "lib@0.0.1 -> c@1.0.0",
            "@scope/a@1.2.3 -> lib@0.0.1",
            "@scope/a@1.2.3 -> b@1.0.0",
        ]
        .map(|e| e.replace("lib@", "packages/lib@"))
    );
    let a = component(&read, "@scope/a", "1.2.3");
    assert_eq!((a.purl.as_str(), a.kind), ("pkg:npm/%40scope/a@1.2.3", ComponentKind::Direct));
    assert_eq!(a.licences, ["MIT"]);
    assert_eq!(
        a.hashes.iter().map(|h| h.algorithm).collect::<Vec<_>>(),
        [HashAlgorithm::Sha1, HashAlgorithm::Sha512]
    );
    assert!(a.hashes[0].hex.starts_with("da39a3ee"));
    assert_eq!(a.source.line, 7);
    assert_eq!(component(&read, "b", "1.0.0").targets, ["linux", "!win32", "x64"]);
    assert_eq!(component(&read, "b", "1.0.0").kind, ComponentKind::Transitive);
    assert!(component(&read, "b", "2.0.0").optional);
    assert_eq!(component(&read, "real", "2.0.0").licences, ["ISC"]);
    assert_eq!(component(&read, "tool", "3.0.0").kind, ComponentKind::Dev);
    assert_eq!(component(&read, "packages/lib", "0.0.1").kind, ComponentKind::Own);
    assert!(component(&read, "from-git", "0.1.0").purl.contains("?vcs_url=git%2Bssh:%2F%2F"));
}

#[test]
fn a_lock_of_version_1_is_a_tree() {
    let v1 = format!(
        r#"{{ "name": "app", "lockfileVersion": 1, "requires": true, "dependencies": {{
  "a": {{ "version": "1.0.0", "integrity": "{SHA1}", "requires": {{ "b": "^1" }},
    "dependencies": {{ "b": {{ "version": "1.0.0" }} }} }},
  "b": {{ "version": "2.0.0", "dev": true, "requires": true }} }} }}"#
    );
    let read = lock::read("npm-shrinkwrap.json", v1.as_bytes()).unwrap();
    assert_eq!(problems(&read), [""; 0]);
    assert_eq!(edges(&read), ["a@1.0.0 -> b@1.0.0"]);
    assert_eq!(component(&read, "a", "1.0.0").kind, ComponentKind::Direct);
    assert_eq!(component(&read, "b", "1.0.0").kind, ComponentKind::Transitive);
    assert_eq!(component(&read, "b", "2.0.0").kind, ComponentKind::Dev);
}

#[test]
fn one_package_in_two_folders_is_one_component() {
    let text = |other: &str| {
        format!(
            r#"{{ "lockfileVersion": 3, "packages": {{
  "node_modules/a": {{ "version": "1.0.0", "dev": true, "integrity": "{SHA1}" }},
  "node_modules/b/node_modules/a": {{ "version": "1.0.0", "integrity": "{other}" }} }} }}"#
        )
    };
    let read = lock::read("package-lock.json", text(SHA1).as_bytes()).unwrap();
    assert_eq!((read.graph.components().len(), problems(&read).len()), (1, 0));
    assert_ne!(read.graph.components()[0].kind, ComponentKind::Dev, "needed for the device in one place");
    let other =
        lock::read("package-lock.json", text("sha1-3jmj7l5rSw0yVb/vlWAYkK/YBwk=").as_bytes()).unwrap();
    assert_eq!(problems(&other), ["package-lock.json:3: `a` is there twice, with different digests"]);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases: &[(&str, &str)] = &[
        ("", "package-lock.json:1: the file is no package-lock.json: EOF while parsing a value"),
        ("{}", "package-lock.json: the file is no package-lock.json: it has no `lockfileVersion`"),
        (r#"{"lockfileVersion": 3, "packages": {}}"#, "package-lock.json: the file has no component"),
        (r#"{"lockfileVersion": 3, "packages": {"": {}}}"#, "package-lock.json: the file has no component"),
        (r#"{"lockfileVersion": 3}"#, "package-lock.json: the file has no component"),
        (r#"{"lockfileVersion": 9}"#, "package-lock.json: version 9 of package-lock.json is not read"),
        (
            "{\"lockfileVersion\": 3, \"packages\": {\n\"node_modules/a\": {}}}",
            "package-lock.json:2: `a` has no version",
        ),
        (
            "{\"lockfileVersion\": 3, \"packages\": {\n\"node_modules/a\": {\"version\": 1}}}",
            "package-lock.json:2: the file is no package-lock.json: invalid type: integer `1`, expected a string",
        ),
        (
            "{\"lockfileVersion\": 3, \"packages\": {\n\"node_modules/a\": {\"version\": \"1\", \"integrity\": \"sha512-AA==\"}}}",
            "package-lock.json:2: `a` has `sha512-AA==` as its digest, which is none",
        ),
        (
            "{\"lockfileVersion\": 3, \"packages\": {\n\"node_modules/a\": {\"version\": \"1\", \"dependencies\": {\"b\": \"1\"}}}}",
            "package-lock.json:2: `node_modules/a` needs `b`, which the file does not have",
        ),
        (
            "{\"lockfileVersion\": 3, \"packages\": {\"node_modules/a\": {\"version\": \"1\"},\n\"node_modules/a\": {\"version\": \"2\"}}}",
            "package-lock.json:2: `node_modules/a` is there twice",
        ),
    ];
    for (text, expected) in cases {
        let read = lock::read("package-lock.json", text.as_bytes()).unwrap();
        assert_eq!(problems(&read), [*expected], "{text}");
    }
}

#[test]
fn a_deep_tree_is_refused_and_does_not_overflow() {
    let mut v1 = r#"{"lockfileVersion": 1, "dependencies": "#.to_owned();
    v1.push_str(&r#"{"a": {"version": "1", "dependencies": "#.repeat(5000));
    v1.push_str("{}");
    v1.push_str(&"}}".repeat(5000));
    v1.push('}');
    let read = lock::read("package-lock.json", v1.as_bytes()).unwrap();
    assert_eq!(read.problems.len(), 1);
    assert!(read.graph.is_empty());
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let read = lock::read("package-lock.json", &bytes).unwrap();
        prop_assert!(!read.problems.is_empty());
    }

    #[test]
    fn a_lock_cut_anywhere_is_refused(part in 0.0..1.0_f64) {
        let text = v3();
        let at = (text.len() as f64 * part) as usize;
        let read = lock::read("package-lock.json", &text.as_bytes()[..at]).unwrap();
        prop_assert!(!read.problems.is_empty());
    }
}
