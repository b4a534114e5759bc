//! The rules of docs/formats/documents.md, sections 2 to 4.

use crate::{found, ids, parse, parse_with};
use model::{Kind, LinkType};

#[test]
fn the_example_of_the_design() {
    let p = parse(
        "---\ntitle: Software requirements of the triage engine\nkind: software-requirement\nowner: software-lead\n---\n\
         # Software requirements\n\n## SRS-012 Offer the pediatric pathway\n- satisfies: SYS-004@5f3a9c21\n\
         - implements: RC-12.3@77b01c9e\n- allocated-to: ITM-triage\n\nWhen the patient's age is below 18 years, the app shall …\n",
    );
    assert_eq!(found(&p), [""; 0]);
    assert_eq!(p.front.owner.as_deref(), Some("software-lead"));
    let item = &p.items[0];
    assert_eq!(
        (item.id.as_str(), item.kind, item.title()),
        ("SRS-012", Kind::SoftwareRequirement, "Offer the pediatric pathway")
    );
    assert_eq!(item.text(), "When the patient's age is below 18 years, the app shall …");
    assert_eq!(item.location().to_string(), "dossier/f.md:8:1");
    let links: Vec<(LinkType, &str, Option<String>, String)> = item
        .links
        .iter()
        .map(|l| {
            (l.kind, l.target.as_str(), l.stamp.map(|s| s.to_string()), item.location_of(l.span).to_string())
        })
        .collect();
    assert_eq!(
        links,
        [
            (LinkType::Satisfies, "SYS-004", Some("5f3a9c21".into()), "dossier/f.md:9:14".into()),
            (LinkType::Implements, "RC-12.3", Some("77b01c9e".into()), "dossier/f.md:10:15".into()),
            (LinkType::AllocatedTo, "ITM-triage", None, "dossier/f.md:11:17".into()),
        ]
    );
}

#[test]
fn which_headings_are_items() {
    let cases: &[(&str, &[&str])] = &[
        ("# SRS-1 a\n## TC-2: b\n### RC-12.3\n", &["SRS-1", "TC-2", "RC-12.3"]),
        ("SRS-1 setext\n===\n\nTC-2 other\n---\n", &["SRS-1", "TC-2"]),
        (
            "> ## SRS-1 quoted\n\n- ## SRS-2 listed\n\n```\n## SRS-3 code\n```\n\n    ## SRS-4 code\n\n<div>\n## SRS-5\n</div>\n",
            &[],
        ),
        ("## UTF-8 handling\n", &[]),
        (
            "## srs-1 small\n## SRS1 no hyphen\n## SRS- nothing\n## See SRS-1\n## `SRS-1`\n##SRS-1 no space\n",
            &[],
        ),
        // Two headings vouch for a prefix only where the file says what they are.
        ("---\nkind: software-requirement\n---\n## REQ-1 a\n## REQ-2 b\n", &["REQ-1", "REQ-2"]),
        ("## REQ-1 a\n## REQ-2 b\n", &[]),
        ("---\nkind: software-requirement\n---\n## SRS-1 a\n## UTF-8 handling\n", &["SRS-1"]),
        ("", &[]),
        ("\u{feff}## SRS-1 behind a byte order mark\n", &["SRS-1"]),
    ];
    for (text, want) in cases {
        assert_eq!(ids(&parse(text)), *want, "{text}");
    }
    let mapped = parse_with("[kinds]\nREQ = \"software-requirement\"\n", "## REQ-1 a\n");
    assert_eq!(mapped.items[0].kind, Kind::SoftwareRequirement);
}

#[test]
fn the_kind_of_the_file_holds_over_the_prefix_with_a_warning() {
    let p = parse("---\nkind: software-requirement\n---\n## TC-1 a\n");
    assert_eq!(p.items[0].kind, Kind::SoftwareRequirement);
    assert_eq!(
        found(&p),
        ["R0031 dossier/f.md:4:4 `TC-1` is a software requirement by its file and a test case by its id"]
    );
    let p = parse("---\nkind: requirement\n---\n## SRS-1 a\n");
    assert_eq!(p.items[0].kind, Kind::SoftwareRequirement);
    assert_eq!(found(&p), ["R0026 dossier/f.md:2:1 `requirement` is no kind of item"]);
    let p = parse("---\nkind: plan\ndocument: DOC-SDP\n---\n# Plan\n");
    assert_eq!(found(&p), [""; 0]);
}

#[test]
fn what_looks_like_an_item_and_is_none_is_never_silent_where_it_matters() {
    let at = |text: &str| found(&parse(text));
    assert_eq!(at("## UTF-8 handling\n"), [""; 0]);
    let note = at("---\nkind: software-requirement\n---\n## SRS-1 a\n## UTF-8 handling\n");
    assert_eq!(note, ["R0027 dossier/f.md:5:4 `UTF-8` is read as prose: the prefix `UTF` has no kind"]);
    assert_eq!(at("## REQ-1 a\n- satisfies: SYS-1\n").len(), 1);
    assert_eq!(at("## REQ-1 a\n## REQ-2 b\n").len(), 2);
    assert_eq!(
        at("---\nkind: soup\n---\n# No items\n"),
        ["R0036 dossier/f.md:2:1 the file states the kind `soup` and has no item"]
    );
}

#[test]
fn fields_are_the_list_directly_below() {
    let p = parse(
        "## SRS-1 a\n\n* level: system, unit\n* Rationale: \"one, two\"\n* paths: \"src/{a,b}/*\", c\n* empty:\n* needs:\n  * Linux\n  * 64 bit\n\ntext\n\n- not: a field\n",
    );
    let i = &p.items[0];
    assert_eq!(i.value("level").as_deref(), Some("system, unit"));
    assert_eq!(i.value("rationale").as_deref(), Some("one, two"));
    assert_eq!(i.values("paths"), ["src/{a,b}/*", "c"]);
    assert_eq!(i.value("empty").as_deref(), Some(""));
    assert_eq!(i.value("absent"), None);
    assert_eq!(i.values("needs"), ["Linux", "64 bit"]);
    assert_eq!(i.text(), "text\n\n- not: a field");
    assert_eq!(found(&p), [""; 0]);
}

#[test]
fn bullets_that_are_no_fields_are_text_with_a_warning() {
    let p = parse("## SRS-1 a\n- level: unit\n- just a remark\n\ntext\n");
    assert_eq!(found(&p), ["R0028 dossier/f.md:3:1 a bullet among the fields is not `key: value`"]);
    let remarked = p.items[0].digest;
    assert_ne!(remarked, parse("## SRS-1 a\n- level: unit\n\ntext\n").items[0].digest);
    // A list without any field is text, and no warning.
    let p = parse("## SRS-1 a\n- one\n- two\n");
    assert_eq!((found(&p).len(), p.items[0].text()), (0, "- one\n- two"));
}

#[test]
fn misspelt_fields_and_broken_links_have_their_place() {
    let p = parse(
        "## SRS-1 a\n- satifies: SYS-1\n- implements: RC-1@xyz, nonsense, SRS-2\n- verifies:\n- zone: own\n",
    );
    assert_eq!(
        found(&p),
        [
            "R0029 dossier/f.md:2:3 field `satifies` is nearly `satisfies`",
            "R0030 dossier/f.md:3:15 `implements: RC-1`: `xyz` is no stamp: 8 lower-case hex digits",
            "R0030 dossier/f.md:3:25 `implements` names `nonsense`, which is no id",
            "R0030 dossier/f.md:4:12 `verifies` names nothing",
        ]
    );
    let targets: Vec<&str> = p.items[0].links.iter().map(|l| l.target.as_str()).collect();
    assert_eq!(targets, ["RC-1", "SRS-2"]);
    assert_eq!(
        found(&parse_with("[trace]\nfields = [\"satifies\"]\n", "## SRS-1 a\n- satifies: x\n")),
        [""; 0]
    );
}

#[test]
fn columns_count_characters() {
    let p = parse("## SRS-1 ä\n- rationale: ähm\n- satisfies: ü\n");
    assert_eq!(found(&p), ["R0030 dossier/f.md:3:14 `satisfies` names `ü`, which is no id"]);
}

#[test]
fn steps_and_expected_are_fields_headings_or_labels() {
    for text in [
        "## TC-1 a\n- steps: press\n- expected: light\n",
        "## TC-1 a\n\n### Steps\n\npress\n\n### Expected\n\nlight\n",
        "## TC-1 a\n\n**Steps:** press\n\n**Expected**: light\n",
        "## TC-1 a\n\n### Steps:\npress\n\n**Expected:** light\n\n## TC-2 b\n\n### Steps\nother\n",
    ] {
        let p = parse(text);
        assert_eq!(p.items[0].part("steps").as_deref(), Some("press"), "{text}");
        assert_eq!(p.items[0].part("expected").as_deref(), Some("light"), "{text}");
        assert_eq!(p.items[0].part("level"), None);
    }
}

#[test]
fn a_controlled_document_has_sections_and_a_digest_of_its_own() {
    let text = "---\ndocument: DOC-SDP\nkind: software-development-plan\ntitle: Plan\nclauses: [62304:5.1.1]\n---\n# Plan\n\n## Scope\n\nAll.\n\n## Empty\n\n## SRS-1 a\n- satisfies: SYS-1\n\n### Detail\n";
    let p = parse(text);
    let d = p.document.as_ref().unwrap();
    assert_eq!(
        (d.id.as_str(), d.title.as_str(), d.kind.as_deref()),
        ("DOC-SDP", "Plan", Some("software-development-plan"))
    );
    assert_eq!(d.front.clauses, ["62304:5.1.1"]);
    let sections: Vec<(u8, &str, &str, bool)> =
        d.sections.iter().map(|s| (s.level, d.title_of(s), d.body_of(s), s.has_parts)).collect();
    assert_eq!(
        sections,
        [
            (1, "Plan", "", true),
            (2, "Scope", "All.", false),
            (2, "Empty", "", true),
            (3, "Detail", "", false)
        ]
    );
    let digest = |t: &str| parse(t).document.unwrap().digest;
    assert_eq!(digest(&text.replace("SYS-1", "SYS-1@0a0b0c0d")), d.digest, "a stamp voids no approval");
    assert_ne!(digest(&text.replace("SYS-1", "SYS-2")), d.digest, "another target does");
    assert_ne!(digest(&text.replace("All.", "Some.")), d.digest);
    assert_ne!(digest(&text.replace("title: Plan", "title: Other")), d.digest);
    assert_eq!(digest(&text.replace("clauses:", "owner: qa-lead\nclauses:")), d.digest);
    let p = parse("---\ndocument: plan\n---\n# x\n");
    assert!(p.document.is_none());
    assert_eq!(found(&p), ["R0033 dossier/f.md:2:1 `plan` is no id of a document"]);
}

#[test]
fn stamps_links_and_remarks_change_no_digest() {
    let digest = |text: &str| parse(text).items[0].digest;
    let base = digest("## SRS-1 a\n- level: unit\n\ntext\n");
    for same in [
        "## SRS-1: a\n- satisfies: SYS-1@0a0b0c0d\n- owner: qa-lead\n- level: unit\n- comment: x\n- results: a::*\n\ntext\n\n",
        "---\ntitle: other\n---\n# SRS-1   a #\n* level:  unit\n\n\n text\n",
        "SRS-1 a\n===\n- level: unit\n\ntext",
    ] {
        assert_eq!(digest(same), base, "{same}");
    }
    for other in [
        "## SRS-1 b\n- level: unit\n\ntext\n",
        "## SRS-1 a\n- level: system\n\ntext\n",
        "## SRS-1 a\n- level: unit\n\ntexts\n",
    ] {
        assert_ne!(digest(other), base, "{other}");
    }
}

#[test]
fn kinds_of_the_configuration_that_do_not_exist_are_found_there() {
    let (config, _) =
        product::parse("[product]\nname = \"t\"\n[kinds]\nREQ = \"software-requirment\"\n", "dossier.toml");
    let (_, found) = documents::Kinds::of(&config);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].location.to_string(), "dossier.toml:4:1");
    assert_eq!(found[0].help.as_deref(), Some("did you mean `software-requirement`?"));
}
