//! `.. item::` in its forms, and what is not taken over.

use documents::{Kinds, parse_text};
use interchange::rst_items::{markdown, prefixes, read};
use model::Kind;
use proptest::prelude::*;
use vocabulary::ItemId;

const SOURCE: &str = "Title
=====

Words before.

.. item:: SW-1 A caption
   :fulfills: SYS-1 SYS-2,SYS-3

- a list
- first

Then #1.
# no heading

Section
-------

.. item:: SW-2

   Indented text,
   in two lines.

.. item-matrix:: All
   :source: SW

After the matrix.
";

fn kind_of(id: &ItemId) -> Kind {
    if id.prefix() == "SYS" { Kind::SystemRequirement } else { Kind::SoftwareRequirement }
}

fn problems(text: &str) -> Vec<String> {
    read("a.rst", text).problems.iter().map(|p| format!("{}: {}", p.line, p.cause)).collect()
}

#[test]
fn items_become_markdown() {
    let files = [read("req/a.rst", SOURCE)];
    assert_eq!(files[0].problems, []);
    let out = markdown(&files, &kind_of);
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].path, "req/a.md");
    assert_eq!(
        out[0].text,
        "---
title: \"Title\"
kind: software-requirement
---
# Title

## SW-1 A caption
- satisfies: SYS-1, SYS-2, SYS-3
- comment: req/a.rst:6

* a list
* first

Then #1.
\\# no heading

## SW-2
- comment: req/a.rst:18, Section

Indented text,
in two lines.
"
    );
    let parsed = parse_text("a.md", out[0].text.clone(), &Kinds::default());
    assert_eq!(parsed.items.len(), 2);
    assert_eq!(parsed.items[0].links.len(), 3);
    assert!(parsed.items[0].text().starts_with("* a list"));
}

#[test]
fn what_is_not_taken_over_is_said_with_its_line() {
    let cases: &[(&str, &[&str])] = &[
        ("", &["0: there is no `.. item::` in this file"]),
        ("Just text.", &["0: there is no `.. item::` in this file"]),
        (
            ".. item:: lower-1\n",
            &[
                "1: `lower-1` is no id: capital letters and digits, a hyphen, then letters, digits, `.`, `_` or `-`",
            ],
        ),
        (".. item:: A-1\n   :asil: B\n", &["2: the option `asil` of `A-1` is not taken over"]),
        (".. item:: A-1\n   :trace: b\n", &["2: `A-1` links to `b`, which is no id"]),
        (".. item:: A-1\n   :trace: B-1 B-1\n", &["2: `A-1` links to `B-1` twice"]),
        (".. item:: A-1\n\n.. item:: A-1\n", &["3: `A-1` is there twice, first in line 1"]),
    ];
    for (text, expected) in cases {
        assert_eq!(problems(text), *expected, "{text}");
    }
}

#[test]
fn kinds_part_a_file_and_decide_the_links() {
    let files =
        [read("a.rst", ".. item:: SYS-1\n   :fulfills: SYS-2\n\n.. item:: SW-1\n   :fulfills: SYS-1\n")];
    let out = markdown(&files, &kind_of);
    let paths: Vec<&str> = out.iter().map(|f| f.path.as_str()).collect();
    assert_eq!(paths, ["a.system-requirement.md", "a.software-requirement.md"]);
    assert!(out[0].text.contains("- part-of: SYS-2\n"));
    assert!(out[1].text.contains("- satisfies: SYS-1\n"));
    // A prefix that dossier does not know has to be mapped, unless its items are of several kinds.
    assert_eq!(prefixes(&files, &kind_of), [("SW".to_owned(), Kind::SoftwareRequirement)].into());
    let mixed = [read("a.rst", ".. item:: RW-1\n\n.. item:: RW-SW-1\n")];
    let by_name =
        |id: &ItemId| if id.as_str().contains("SW") { Kind::SoftwareRequirement } else { Kind::Threat };
    assert!(prefixes(&mixed, &by_name).is_empty());
}

proptest! {
    /// Whatever the text of an item is, in Markdown there are the same items with the same links.
    #[test]
    fn no_text_breaks_out_of_its_item(
        texts in proptest::collection::vec("([-*+#>=|`~_\\[<] ?|[a-z]{1,4}|:|\\\\|\n|\n\n| |A-9|1\\. |    |é){0,12}", 2..6)
    ) {
        let mut source = String::new();
        for (i, text) in texts.iter().enumerate() {
            source.push_str(&format!(".. item:: SW-{i}\n   :fulfills: SYS-1\n\n{text}\n\n"));
        }
        let files = [read("a.rst", &source)];
        let ids = |items: &mut dyn Iterator<Item = (&ItemId, usize)>| {
            items.map(|(id, links)| format!("{id} {links}")).collect::<Vec<_>>()
        };
        let sent = ids(&mut files[0].items.iter().map(|i| (&i.id, i.links.len())));
        prop_assert_eq!(sent.len(), texts.len());
        let out = markdown(&files, &kind_of).remove(0).text;
        let parsed = parse_text("a.md", out.clone(), &Kinds::default());
        let arrived = ids(&mut parsed.items.iter().map(|i| (&i.id, i.links.len())));
        prop_assert_eq!(&arrived, &sent, "{}", out);
        prop_assert!(parsed.items.iter().all(|i| i.fields.len() == 1), "{}", out);
    }

    #[test]
    fn any_text_is_read(text in "(\\.\\. item::| [A-Z]-1|\n|   :|fulfills: |[a-z=\\-]){0,40}") {
        let files = [read("a.rst", &text)];
        let _ = markdown(&files, &kind_of);
    }
}
