//! Writing back: what was asked for reads back, and no other byte changes.

use documents::{Edit, EditError, Kinds, parse_text};
use model::LinkType;
use proptest::prelude::*;
use vocabulary::{Digest, ItemId};

const TEXT: &str = "---\ntitle: x\n---\n# Part\n\n## SRS-1 First\n- satisfies: SYS-1, SYS-2@0a0b0c0d\n- level: unit\n\nThe  text.\n\n## SRS-2 Second\nNo list.\n\n## SRS-3\n";

fn id(s: &str) -> ItemId {
    ItemId::new(s).unwrap()
}

fn apply(edits: &[Edit]) -> Result<String, EditError> {
    Edit::apply(edits, TEXT, &Kinds::default())
}

#[test]
fn each_edit_writes_only_what_it_says() {
    let stamp = Digest::of(b"x").stamp();
    let cases: Vec<(Edit, &str, String)> = vec![
        (
            Edit::Stamp { item: id("SRS-1"), link: LinkType::Satisfies, target: id("SYS-2"), stamp },
            "SYS-2@0a0b0c0d",
            format!("SYS-2@{stamp}"),
        ),
        (
            Edit::Stamp { item: id("SRS-1"), link: LinkType::Satisfies, target: id("SYS-1"), stamp },
            "SYS-1,",
            format!("SYS-1@{stamp},"),
        ),
        (
            Edit::AddLink { item: id("SRS-1"), link: LinkType::Satisfies, target: id("SYS-9"), stamp: None },
            "SYS-2@0a0b0c0d",
            "SYS-2@0a0b0c0d, SYS-9".into(),
        ),
        (
            Edit::AddLink {
                item: id("SRS-1"),
                link: LinkType::Implements,
                target: id("RC-1"),
                stamp: Some(stamp),
            },
            "- level: unit\n",
            format!("- level: unit\n- implements: RC-1@{stamp}\n"),
        ),
        (
            Edit::SetField { item: id("SRS-1"), key: "level".into(), value: "system".into() },
            "level: unit",
            "level: system".into(),
        ),
        (
            Edit::SetField { item: id("SRS-2"), key: "level".into(), value: "unit".into() },
            "## SRS-2 Second\n",
            "## SRS-2 Second\n- level: unit\n\n".into(),
        ),
        (
            Edit::SetField { item: id("SRS-3"), key: "level".into(), value: "unit".into() },
            "## SRS-3\n",
            "## SRS-3\n- level: unit\n".into(),
        ),
        (Edit::SetTitle { item: id("SRS-2"), title: "Other".into() }, "SRS-2 Second", "SRS-2 Other".into()),
        (Edit::SetTitle { item: id("SRS-3"), title: "Third".into() }, "## SRS-3", "## SRS-3 Third".into()),
        (
            Edit::SetText { item: id("SRS-1"), text: "New\n\ntext.\n".into() },
            "The  text.",
            "New\n\ntext.".into(),
        ),
        (
            Edit::SetText { item: id("SRS-3"), text: "Text.".into() },
            "## SRS-3\n",
            "## SRS-3\n\nText.\n".into(),
        ),
    ];
    for (edit, from, to) in cases {
        assert_eq!(TEXT.matches(from).count(), 1, "{from}");
        assert_eq!(apply(std::slice::from_ref(&edit)), Ok(TEXT.replace(from, &to)), "{edit:?}");
    }
    assert_eq!(apply(&[]), Ok(TEXT.to_owned()));
}

#[test]
fn what_would_not_read_back_is_refused() {
    let set =
        |key: &str, value: &str| Edit::SetField { item: id("SRS-1"), key: key.into(), value: value.into() };
    let text = |text: &str| Edit::SetText { item: id("SRS-1"), text: text.into() };
    let title = |title: &str| Edit::SetTitle { item: id("SRS-1"), title: title.into() };
    for edit in [
        set("level", "a\n\nb"),
        set("two words", "x"),
        set("satisfies", "SYS-1"),
        set("Level", "x"),
        text("## SRS-9 smuggled\n"),
        text("- level: system"),
        title("a\nb"),
        title("a\n## SRS-9 b"),
    ] {
        assert_eq!(apply(std::slice::from_ref(&edit)), Err(EditError::Unwritable(id("SRS-1"))), "{edit:?}");
    }
    assert_eq!(apply(&[title("a"), title("b")]), Err(EditError::Overlap(id("SRS-1"))));
    let none = Edit::SetTitle { item: id("SRS-7"), title: "a".into() };
    assert_eq!(apply(&[none]), Err(EditError::NoItem(id("SRS-7"))));
}

#[test]
fn line_ends_stay_those_of_the_file() {
    let text = "## SRS-1 a\r\n- level: unit\r\n";
    let edit = Edit::SetText { item: id("SRS-1"), text: "one\ntwo".into() };
    assert_eq!(
        Edit::apply(&[edit], text, &Kinds::default()).unwrap(),
        "## SRS-1 a\r\n- level: unit\r\n\r\none\r\ntwo\r\n"
    );
}

/// Documents of two items with whatever between, before and behind.
fn document() -> impl Strategy<Value = String> {
    let filler = "([a-z *_>#-]{0,12}\n){0,3}";
    (filler, filler, "[a-z, ]{0,9}", prop::bool::ANY).prop_map(|(a, b, v, list)| {
        let list = if list { format!("- level: x{v}\n- satisfies: SYS-1\n") } else { String::new() };
        format!("{a}\n## SRS-1 One\n{list}\n{b}\n## SRS-2 Two\n- verifies: SRS-1\n\n{a}")
    })
}

proptest! {
    #[test]
    fn whatever_is_written_reads_back_and_the_rest_is_untouched(
        text in document(), key in "[a-z]{1,8}", value in "[a-z,\" ]{0,10}", body in "[a-z#\n *:-]{0,20}", which in 0..4,
    ) {
        let item = id("SRS-1");
        let edit = match which {
            0 => Edit::SetField { item, key, value },
            1 => Edit::SetText { item, text: body },
            2 => Edit::AddLink { item, link: LinkType::Satisfies, target: id("SYS-5"), stamp: None },
            _ => Edit::SetTitle { item, title: value },
        };
        let kinds = Kinds::default();
        if let Ok(after) = Edit::apply(std::slice::from_ref(&edit), &text, &kinds) {
            let (old, new) = (parse_text("f", text.clone(), &kinds), parse_text("f", after.clone(), &kinds));
            prop_assert_eq!(old.items.len(), new.items.len());
            for (o, n) in old.items.iter().zip(&new.items).filter(|(o, _)| o.id.as_str() != "SRS-1") {
                prop_assert_eq!(o.digest, n.digest);
                prop_assert_eq!(o.span.of(&text), n.span.of(&after));
            }
            // Up to the item and from the next one on, every byte is as it was.
            let start = old.items.first().map_or(0, |i| i.heading.start as usize);
            prop_assert_eq!(&text[..start], &after[..start]);
            // Writing the same again changes nothing.
            if !matches!(edit, Edit::AddLink { .. }) {
                prop_assert_eq!(Edit::apply(std::slice::from_ref(&edit), &after, &kinds), Ok(after));
            }
        }
    }
}
