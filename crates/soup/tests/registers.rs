//! The register: SOUP items against components, in both directions.

use diagnostics::Span;
use model::components::{Component, ComponentGraph, ComponentKind, SourceLine};
use model::{Field, Item, Kind, Model, NoConfirmations, SourceFile};
use soup::draft;
use soup::register::{Difference, join};
use std::sync::Arc;
use vocabulary::{Digest, ItemId};

/// A model of SOUP items; each is its id and its fields as `key: value`.
fn model(items: &[(&str, &[&str])]) -> Model {
    let item = |(id, fields): &(&str, &[&str])| {
        let file = Arc::new(SourceFile::new("dossier/soup.md", fields.join("\n")));
        let mut at = 0;
        let fields = fields
            .iter()
            .map(|f| {
                let (key, value) = f.split_once(": ").unwrap();
                let value_at = at + key.len() + 2;
                let field = Field {
                    key: key.into(),
                    key_span: Span::new(at..at + key.len()),
                    value_span: Span::new(value_at..value_at + value.len()),
                };
                at += f.len() + 1;
                field
            })
            .collect();
        let none = Span::default();
        Item {
            id: ItemId::new(id).unwrap(),
            kind: Kind::Soup,
            file,
            heading: none,
            id_span: none,
            title_span: none,
            text_span: none,
            span: none,
            fields,
            loose: Vec::new(),
            links: Vec::new(),
            parts: Vec::new(),
            embedded: Vec::new(),
            digest: Digest::of(id.as_bytes()),
        }
    };
    Model::build(items.iter().map(item).collect(), &NoConfirmations)
}

/// Components named `purl`, with a kind; edges by place.
fn graph(components: &[(&str, ComponentKind)], edges: &[(usize, usize)]) -> ComponentGraph {
    let component = |(purl, kind): &(&str, ComponentKind)| {
        let (package, version) = purl.rsplit_once('@').unwrap();
        Component {
            purl: soup::normalized(purl),
            name: package.rsplit('/').next().unwrap().to_owned(),
            version: version.to_owned(),
            supplier: None,
            licences: Vec::new(),
            hashes: Vec::new(),
            kind: *kind,
            optional: false,
            download: None,
            targets: Vec::new(),
            source: SourceLine { file: "lock".to_owned(), line: 1 },
            ..Component::default()
        }
    };
    ComponentGraph::new(components.iter().map(component).collect(), edges.to_vec())
}

/// The differences, with items by id and components by purl.
fn differences(items: &[(&str, &[&str])], g: &ComponentGraph) -> Vec<String> {
    let model = model(items);
    let id = |ix| model.item(ix).id.to_string();
    let purl = |c: u32| g.get(c).unwrap().purl.clone();
    join(&model, g)
        .differences
        .into_iter()
        .map(|d| match d {
            Difference::ComponentWithoutItem { component } => format!("no item for {}", purl(component)),
            Difference::ItemWithoutComponent { item, wanted } => format!("{}: nothing is {wanted}", id(item)),
            Difference::VersionDisagrees { item, written, component } => {
                format!("{}: {written} is not {}", id(item), purl(component))
            }
            Difference::NoDesignator { item } => format!("{}: no designator", id(item)),
            Difference::NotExact { item, written } => format!("{}: {written} is not exact", id(item)),
            Difference::NoPurl { item, written } => format!("{}: {written} is no purl", id(item)),
            Difference::ClaimedTwice { component, first, again } => {
                format!("{} and {}: {}", id(first), id(again), purl(component))
            }
        })
        .collect()
}

use ComponentKind::{Dev, Direct, Own, Transitive};

#[test]
fn items_and_components_meet_by_package_url() {
    let g = graph(&[("pkg:cargo/a@1.0.0", Direct), ("pkg:cargo/b@2.0.0", Transitive)], &[(0, 1)]);
    let a: (&str, &[&str]) = ("SOUP-a", &["purl: pkg:cargo/a"]);
    let b: (&str, &[&str]) = ("SOUP-b", &["purl: pkg:cargo/b@2.0.0", "version: 2.0.0"]);
    assert_eq!(differences(&[a, b], &g), [""; 0]);
    assert_eq!(differences(&[a], &g), ["no item for pkg:cargo/b@2.0.0"]);
    assert_eq!(
        differences(&[a, b, ("SOUP-c", &["purl: pkg:cargo/c", "version: 1.0"])], &g),
        ["SOUP-c: nothing is pkg:cargo/c"]
    );
    assert_eq!(
        differences(&[a, ("SOUP-b", &["purl: pkg:cargo/b", "version: 1.9.0"])], &g),
        ["SOUP-b: 1.9.0 is not pkg:cargo/b@2.0.0"]
    );
    assert_eq!(
        differences(&[a, b, ("SOUP-again", &["purl: pkg:cargo/a"])], &g),
        ["SOUP-a and SOUP-again: pkg:cargo/a@1.0.0", "SOUP-again: no designator"]
    );
    let model = model(&[a]);
    assert_eq!(join(&model, &g).rows[0].versions, ["1.0.0"]);
}

#[test]
fn a_group_accounts_for_what_its_components_need() {
    let g = graph(
        &[
            ("pkg:npm/@angular/core@18.0.0", Direct),
            ("pkg:npm/@angular/forms@18.0.0", Direct),
            ("pkg:npm/rxjs@7.0.0", Transitive),
            ("pkg:npm/tslib@2.0.0", Transitive),
            ("pkg:npm/zone@1.0.0", Direct),
        ],
        &[(0, 2), (2, 3), (4, 3)],
    );
    let group: (&str, &[&str]) = ("SOUP-angular", &["covers: pkg:npm/@angular/*"]);
    let tslib: (&str, &[&str]) = ("SOUP-tslib", &["purl: pkg:npm/tslib"]);
    assert_eq!(differences(&[group], &g), ["no item for pkg:npm/zone@1.0.0"]);
    let model = model(&[group, tslib]);
    let register = join(&model, &g);
    let names = |row: usize| -> Vec<&str> {
        register.rows[row].components.iter().map(|c| g.get(*c).unwrap().name.as_str()).collect()
    };
    assert_eq!(names(0), ["core", "forms", "rxjs"], "what has an item of its own is not the group's");
    assert_eq!(names(1), ["tslib"]);
    assert_eq!(register.rows[0].transitive.len(), 1);
    assert_eq!(register.rows[0].versions, ["18.0.0"]);
}

#[test]
fn of_two_versions_an_item_may_designate_one() {
    let g = graph(&[("pkg:cargo/syn@1.0.0", Transitive), ("pkg:cargo/syn@2.0.0", Transitive)], &[]);
    assert_eq!(differences(&[("SOUP-syn", &["purl: pkg:cargo/syn"])], &g), [""; 0]);
    assert_eq!(
        differences(&[("SOUP-syn", &["purl: pkg:cargo/syn@2.0.0"])], &g),
        ["no item for pkg:cargo/syn@1.0.0"]
    );
}

#[test]
fn designators_are_exact() {
    let g = graph(&[("pkg:cargo/own@1.0.0", Own), ("pkg:npm/tool@1.0.0", Dev)], &[]);
    let cases: &[(&[&str], &[&str])] = &[
        (&["version: 5.15.2"], &[]),
        (&["version: >=1.2"], &["SOUP-x: >=1.2 is not exact"]),
        (&["version: latest"], &["SOUP-x: latest is not exact"]),
        (&["version: "], &["SOUP-x: no designator"]),
        (&["supplier: a supplier"], &["SOUP-x: no designator"]),
        (&["purl: a", "version: 1"], &["SOUP-x: a is no purl"]),
        (&["covers: pkg:npm/*/x", "version: 1"], &["SOUP-x: pkg:npm/*/x is no purl"]),
        (&["purl: pkg:cargo/own", "version: 1.0.0"], &["SOUP-x: nothing is pkg:cargo/own"]),
        (&["purl: pkg:generic/maps", "cloud: yes", "version: 2026-01"], &[]),
    ];
    for (fields, expected) in cases {
        assert_eq!(differences(&[("SOUP-x", fields)], &g), *expected, "{fields:?}");
    }
}

#[test]
fn what_is_only_for_development_is_no_difference_but_listed() {
    let g = graph(&[("pkg:npm/tool@1.0.0", Dev)], &[]);
    let register = join(&model(&[]), &g);
    assert_eq!((register.differences.len(), register.development), (0, vec![0]));
}

#[test]
fn drafts_account_for_everything_and_leave_open_what_they_do_not_know() {
    let g = graph(
        &[("pkg:npm/@s/a@1.0.0", Direct), ("pkg:npm/s-a@1.0.0", Direct), ("pkg:npm/b@1.0.0", Transitive)],
        &[(0, 2)],
    );
    let drafts = draft::drafts(&g);
    let ids: Vec<&str> = drafts.iter().map(|d| d.id.as_str()).collect();
    assert_eq!(ids, ["SOUP-a", "SOUP-s-a"]);
    let fields: Vec<[String; 2]> =
        drafts.iter().map(|d| [format!("purl: {}", d.purl), format!("covers: {}", d.purl)]).collect();
    let fields: Vec<Vec<&str>> = fields.iter().map(|f| f.iter().map(String::as_str).collect()).collect();
    let items: Vec<(&str, &[&str])> = ids.iter().copied().zip(fields.iter().map(Vec::as_slice)).collect();
    assert_eq!(differences(&items, &g), [""; 0]);
    let text = draft::markdown(&drafts);
    assert!(text.starts_with("---\ntitle: SOUP list\nkind: soup\n---\n"));
    assert!(text.contains("\n## SOUP-a a\n- purl: pkg:npm/%40s/a\n"), "{text}");
    assert!(text.contains("\n- supplier:\n"));
}
