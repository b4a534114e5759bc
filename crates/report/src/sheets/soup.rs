//! The SOUP list.

use views::{SoupList, SoupRow, Verdict};

use super::{facts, heading, or_dash, status};
use crate::block::{Block, Column, Inline, inline};
use crate::parse::markdown_blocks;
use crate::sheet::Sheet;

/// The SOUP list as a document.
pub fn soup_list(list: &SoupList, cover: views::Cover) -> Sheet {
    let mut blocks = markdown_blocks(&list.intro, 1);
    blocks.push(heading(1, "Components"));
    blocks.push(table(&list.rows));
    blocks.push(heading(1, "Requirements on SOUP"));
    for row in list.rows.iter().filter(|row| !row.transitive) {
        blocks.extend(entry(row));
    }
    Sheet {
        cover,
        facts: vec![
            ("Components".to_owned(), inline::cell(list.rows.len().to_string())),
            ("Versions from".to_owned(), inline::cell(&list.version_source)),
        ],
        blocks,
        pictures: vec![],
    }
}

/// The short table that the release record has too.
pub(super) fn table(rows: &[SoupRow]) -> Block {
    let columns = vec![
        Column::new("Component", 30),
        Column::new("Version", 14),
        Column::new("Licence", 16),
        Column::new("Anomaly list reviewed", 18),
        Column::new("Verdict", 22),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            let mut name = vec![inline::strong(&row.title), Inline::Break, Inline::Ref(row.id.clone())];
            if row.transitive {
                name.push(inline::soft(" transitive"));
            }
            let reviewed = row.reviewed.map_or_else(
                || inline::cell("never"),
                |date| {
                    let age = row.review_age_days.map_or(String::new(), |days| format!("{days} days ago"));
                    vec![inline::text(date.to_string()), Inline::Break, inline::soft(age)]
                },
            );
            vec![
                name,
                inline::cell(&row.version),
                or_dash(&row.licence),
                reviewed,
                status(row.verdict, &row.gap),
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: "No SOUP component is recorded.".to_owned() }
}

fn entry(row: &SoupRow) -> [Block; 2] {
    let heading = Block::Heading {
        level: 2,
        number: row.id.id.clone(),
        text: inline::cell(format!("{} {}", row.title, row.version)),
        status: (row.verdict != Verdict::Pass).then_some(row.verdict),
    };
    let facts = facts(vec![
        ("package", vec![inline::code(&row.purl)]),
        ("supplier", or_dash(&row.supplier)),
        ("requirements", or_dash(&row.requirements)),
        ("needs", or_dash(&row.needs)),
        ("used by", inline::ids(&row.used_by)),
        ("anomaly list", or_dash(&row.anomaly_list)),
        ("support", or_dash(&row.support)),
        ("vulnerabilities", inline::cell(row.known_in_words())),
    ]);
    [heading, facts]
}
