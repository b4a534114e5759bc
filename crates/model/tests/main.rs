//! The model on small products made by hand: link states, duplicates, cycles, trace questions, classes.

use diagnostics::Span;
use model::class::{Approval, Classes, Why};
use model::trace::{chain, impact, matrix, risk_chains};
use model::{
    ConfirmedLinks, Field, Item, ItemIx, Kind, LinkState, LinkType, Model, NoConfirmations, Reference,
    SourceFile, TrustStamps,
};
use std::sync::Arc;
use vocabulary::{Digest, ItemId, SafetyClass};

/// An item as `documents` would read it: `ID`, then fields, where those named like a link are links. Its digest is made of
/// its id, so that stamps are easy to say.
fn item(id: &str, fields: &[(&str, &str)]) -> Item {
    let mut text = format!("## {id} Title\n");
    let (mut kept, mut links) = (Vec::new(), Vec::new());
    for (key, value) in fields {
        text.push_str(&format!("- {key}: {value}\n"));
        let start = text.len() - 1 - value.len();
        match key.parse::<LinkType>() {
            Ok(kind) => links.extend(value.split(", ").map(|v| {
                let (target, stamp) = v.split_once('@').map_or((v, None), |(t, s)| (t, Some(s)));
                let stamp =
                    stamp.map(|s| if s == "ok" { digest(target).stamp() } else { digest("stale").stamp() });
                Reference { kind, target: id_of(target), stamp, span: Span::new(start..start + value.len()) }
            })),
            Err(_) => kept.push(Field {
                key: (*key).into(),
                key_span: Span::default(),
                value_span: Span::new(start..start + value.len()),
            }),
        }
    }
    let end = text.len();
    Item {
        id: id_of(id),
        kind: Kind::of_prefix(id_of(id).prefix()).unwrap(),
        file: Arc::new(SourceFile::new("dossier/f.md", text)),
        heading: Span::new(0..3 + id.len()),
        id_span: Span::new(3..3 + id.len()),
        title_span: Span::new(4 + id.len()..9 + id.len()),
        text_span: Span::new(end..end),
        span: Span::new(0..end),
        fields: kept,
        loose: vec![],
        links,
        parts: vec![],
        embedded: vec![],
        digest: digest(id),
    }
}

fn id_of(s: &str) -> ItemId {
    ItemId::new(s).unwrap()
}

fn digest(id: &str) -> Digest {
    Digest::of(id.as_bytes())
}

fn model(items: &[(&str, &[(&str, &str)])]) -> Model {
    Model::build(items.iter().map(|(id, fields)| item(id, fields)).collect(), &TrustStamps)
}

fn names(m: &Model, items: impl IntoIterator<Item = ItemIx>) -> Vec<String> {
    items.into_iter().map(|ix| m.item(ix).id.to_string()).collect()
}

#[test]
fn the_state_of_a_link_is_the_first_that_holds() {
    let items = || {
        vec![
            item("SYS-1", &[]),
            item("HAZ-1", &[]),
            item("SRS-1", &[("satisfies", "SYS-1@ok, SYS-1@ok, SYS-9@ok, HAZ-1@ok")]),
            item("SRS-2", &[("satisfies", "SYS-1@old")]),
            item("SRS-3", &[("satisfies", "SYS-1")]),
            item("SRS-4", &[("satisfies", "SYS-1@ok")]),
        ]
    };
    let states = |m: &Model| m.links().iter().map(|l| l.state).collect::<Vec<_>>();
    use LinkState::{Current, Dangling, Duplicate, Suspect, Unconfirmed, WrongKind};
    let trusting = Model::build(items(), &TrustStamps);
    assert_eq!(states(&trusting), [Current, Duplicate, Dangling, WrongKind, Suspect, Unconfirmed, Current]);
    // A stamp without its record counts as unconfirmed, and a record for another text of the target is none.
    let mut confirmed = ConfirmedLinks::default();
    confirmed.insert(id_of("SRS-1"), LinkType::Satisfies, id_of("SYS-1"), digest("SYS-1"));
    confirmed.insert(id_of("SRS-4"), LinkType::Satisfies, id_of("SYS-1"), digest("another text"));
    let strict = Model::build(items(), &confirmed);
    assert_eq!(states(&strict)[0], Current);
    assert_eq!(states(&strict)[6], Unconfirmed);
    assert_eq!(states(&Model::build(items(), &NoConfirmations))[0], Unconfirmed);
    // Suspect stays suspect, whatever is recorded.
    confirmed.insert(id_of("SRS-2"), LinkType::Satisfies, id_of("SYS-1"), digest("SYS-1"));
    assert_eq!(states(&Model::build(items(), &confirmed))[4], Suspect);
}

#[test]
fn many_links_of_one_item_are_compared_like_few() {
    let many = (0..40).map(|n| format!("SYS-{}", n % 20)).collect::<Vec<_>>().join(", ");
    let mut items: Vec<Item> = (0..20).map(|n| item(&format!("SYS-{n}"), &[])).collect();
    items.push(item("SRS-1", &[("satisfies", &many)]));
    let m = Model::build(items, &TrustStamps);
    let duplicates = m.links().iter().filter(|l| l.state == LinkState::Duplicate).count();
    assert_eq!(duplicates, 20);
}

/// The table of docs/formats/documents.md, section 4.
#[test]
fn allowed_ends_are_those_of_the_format() {
    let text = include_str!("../../../docs/formats/documents.md");
    let table = text.split("| field | from | to |").nth(1).unwrap();
    let mut listed = std::collections::BTreeSet::new();
    let mut field = LinkType::Satisfies;
    for row in table.lines().skip(2).take_while(|l| l.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        if !cells[0].is_empty() {
            field = cells[0].trim_matches('`').parse().unwrap();
        }
        let kinds = |cell: &str| -> Vec<Kind> {
            match cell {
                "anything" | "any kind" => Kind::ALL.to_vec(),
                list => list.split(", ").map(|p| Kind::of_prefix(p).unwrap()).collect(),
            }
        };
        for from in kinds(cells[1]) {
            let to = if cells[2] == "the same kind" { vec![from] } else { kinds(cells[2]) };
            listed.extend(to.into_iter().map(|to| (field, from, to)));
        }
    }
    for link in LinkType::ALL {
        for from in Kind::ALL {
            for to in Kind::ALL {
                let documented = listed.contains(&(link, *from, *to));
                assert_eq!(link.allows(*from, *to), documented, "{from} {link} {to}");
            }
        }
    }
}

#[test]
fn ids_given_twice_are_told_and_links_mean_the_first() {
    let m = model(&[("SYS-1", &[]), ("SYS-1", &[]), ("SRS-1", &[("satisfies", "SYS-1@ok")])]);
    assert_eq!(m.duplicates().iter().map(|d| (d.first.0, d.again.0)).collect::<Vec<_>>(), [(0, 1)]);
    assert_eq!(m.links()[0].to, Some(ItemIx(0)));
    assert_eq!(m.incoming(ItemIx(0)).count(), 1);
    assert_eq!(m.incoming(ItemIx(1)).count(), 0);
}

#[test]
fn circles_are_found_once_each() {
    let m = model(&[
        ("ITM-1", &[("part-of", "ITM-2")]),
        ("ITM-2", &[("part-of", "ITM-3")]),
        ("ITM-3", &[("part-of", "ITM-1")]),
        ("ITM-4", &[("part-of", "ITM-1")]),
        ("ITM-5", &[("part-of", "ITM-5")]),
        ("ITM-6", &[("part-of", "ITM-7")]),
        ("ITM-7", &[]),
    ]);
    let found: Vec<Vec<String>> = m.cycles().iter().map(|c| names(&m, c.items.iter().copied())).collect();
    assert_eq!(found, [vec!["ITM-1", "ITM-2", "ITM-3"], vec!["ITM-5"]]);
}

#[test]
fn a_chain_as_long_as_the_product_is_no_trouble() {
    let n = 50_000;
    let mut items: Vec<Item> =
        (1..n).map(|i| item(&format!("ITM-{i}"), &[("part-of", &format!("ITM-{}@ok", i + 1))])).collect();
    items.push(item(&format!("ITM-{n}"), &[("class", "B")]));
    let m = Model::build(items, &TrustStamps);
    assert!(m.cycles().is_empty());
    assert_eq!(chain(&m, ItemIx(0)).up.len(), n - 1);
    let classes = Classes::new(&m, None, &|_| Approval::Approved);
    assert_eq!(classes.of(&m, ItemIx(0)), SafetyClass::C);
}

/// A small product with every sort of link.
fn product() -> Model {
    model(&[
        ("SYSTEM-app", &[("class", "B"), ("rationale", "worst case is non-serious")]),
        ("SYS-1", &[]),
        ("ITM-1", &[("part-of", "SYSTEM-app@ok"), ("uses", "SOUP-1@ok")]),
        ("SOUP-1", &[]),
        ("HAZ-1", &[("leads-to", "HS-1@ok")]),
        ("HS-1", &[]),
        ("CAU-1", &[("causes", "HS-1@ok"), ("arises-in", "ITM-1@ok")]),
        ("RC-1", &[("controls", "CAU-1@ok")]),
        ("RC-2", &[("controls", "HS-1@old")]),
        ("SRS-1", &[("satisfies", "SYS-1@ok"), ("implements", "RC-1@ok"), ("allocated-to", "ITM-1@ok")]),
        ("UNT-1", &[("part-of", "ITM-1@ok"), ("implements", "SRS-1@ok")]),
        ("TC-1", &[("verifies", "SRS-1@ok")]),
        ("TC-2", &[("verifies", "RC-1@ok, SRS-1")]),
    ])
}

#[test]
fn chain_matrix_impact_and_risk_chain() {
    let m = product();
    let ix = |id: &str| m.find(id).unwrap();
    let c = chain(&m, ix("SRS-1"));
    let up = names(&m, c.up.iter().map(|s| s.item));
    assert_eq!(up, ["SYS-1", "RC-1", "ITM-1", "CAU-1", "SYSTEM-app", "SOUP-1", "HS-1"]);
    assert_eq!(names(&m, c.down.iter().map(|s| s.item)), ["UNT-1", "TC-1", "TC-2"]);
    assert_eq!(c.up.last().map(|s| s.distance), Some(3));

    let rows = matrix(&m);
    assert_eq!(rows.len(), 1);
    let tests: Vec<(String, LinkState)> =
        rows[0].tests.iter().map(|e| (m.item(e.item).id.to_string(), e.state)).collect();
    assert_eq!(tests, [("TC-1".into(), LinkState::Current), ("TC-2".into(), LinkState::Unconfirmed)]);
    assert_eq!(names(&m, rows[0].implemented_by.iter().map(|e| e.item)), ["UNT-1"]);
    assert_eq!(names(&m, rows[0].controls.iter().map(|e| e.item)), ["RC-1"]);

    let i = impact(&m, &[ix("SRS-1")]);
    assert_eq!(names(&m, i.tests), ["TC-1", "TC-2"]);
    assert_eq!(names(&m, i.controls), ["RC-1"]);

    let chains = risk_chains(&m);
    let chain = &chains[0];
    assert_eq!(names(&m, chain.hazards.iter().map(|e| e.item)), ["HAZ-1"]);
    let cause = &chain.causes[0];
    assert_eq!(names(&m, cause.arises_in.iter().map(|e| e.item)), ["ITM-1"]);
    assert_eq!(names(&m, cause.controls[0].requirements.iter().map(|r| r.requirement.item)), ["SRS-1"]);
    assert_eq!(names(&m, cause.controls[0].tests.iter().map(|e| e.item)), ["TC-2"]);
    assert_eq!(chain.controls[0].control.state, LinkState::Suspect);
}

#[test]
fn the_class_of_a_system_needs_rationale_and_approval() {
    let class = |fields: &[(&str, &str)], declared, approval| {
        let m = model(&[("SYSTEM-app", fields)]);
        let c = Classes::new(&m, declared, &|_| approval);
        (c.product(), c.systems()[0].why)
    };
    use SafetyClass::{A, B, C};
    let full: &[(&str, &str)] = &[("class", "A"), ("rationale", "r")];
    assert_eq!(class(full, None, Approval::Approved), (A, Why::Recorded));
    assert_eq!(class(full, None, Approval::NotChecked), (A, Why::Recorded));
    assert_eq!(class(full, None, Approval::Missing), (C, Why::NotApproved));
    assert_eq!(class(full, Some(B), Approval::Approved), (B, Why::Declared));
    assert_eq!(class(&[("class", "B"), ("rationale", "r")], Some(A), Approval::Approved), (B, Why::Recorded));
    assert_eq!(class(&[("class", "A")], None, Approval::Approved), (C, Why::NoRationale));
    assert_eq!(
        class(&[("class", "I"), ("rationale", "r")], Some(A), Approval::Approved),
        (C, Why::Unreadable)
    );
    assert_eq!(class(&[], Some(A), Approval::Approved), (C, Why::NotRecorded));
    let none = model(&[("SRS-1", &[])]);
    assert_eq!(
        Classes::new(&none, Some(A), &|_| Approval::Approved).product(),
        C,
        "no system: nothing was classified"
    );
}

#[test]
fn items_inherit_and_lower_only_with_reasons() {
    let m = model(&[
        ("SYSTEM-app", &[("class", "C"), ("rationale", "r")]),
        ("SYSTEM-portal", &[("class", "A"), ("rationale", "r")]),
        ("ITM-1", &[("part-of", "SYSTEM-app@ok")]),
        ("ITM-2", &[("part-of", "ITM-1@ok"), ("class", "A")]),
        (
            "ITM-3",
            &[("part-of", "ITM-1@ok"), ("class", "A"), ("rationale", "r"), ("segregated-from", "ITM-1")],
        ),
        ("UNT-1", &[("part-of", "ITM-3@ok")]),
        ("ITM-9", &[("part-of", "SYSTEM-portal@ok"), ("class", "B")]),
        ("SRS-1", &[("allocated-to", "ITM-3@ok")]),
        ("SRS-9", &[("allocated-to", "ITM-9@ok")]),
        ("TC-9", &[("verifies", "SRS-9@ok")]),
        ("SRS-0", &[]),
    ]);
    let classes = Classes::new(&m, None, &|_| Approval::Approved);
    let of = |id: &str| classes.of(&m, m.find(id).unwrap());
    use SafetyClass::{A, B, C};
    let want = [
        ("ITM-1", C),
        ("ITM-2", C),
        ("ITM-3", A),
        ("UNT-1", A),
        ("ITM-9", B),
        ("SRS-1", A),
        ("SRS-9", B),
        ("TC-9", A),
        ("SRS-0", C),
    ];
    for (id, class) in want {
        assert_eq!(of(id), class, "{id}");
    }
    assert_eq!(classes.item(m.find("ITM-2").unwrap()).map(|c| c.why), Some(Why::LoweredWithoutRationale));
    assert_eq!(classes.system_of(m.find("TC-9").unwrap()), m.find("SYSTEM-portal"));
    assert_eq!(classes.system_of(m.find("SRS-0").unwrap()), None);
}
