//! The test report: counts, runs, cases, deviations.

use views::{CaseRow, Deviation, RunRow, TestReport, TestSummary};

use super::{heading, lines, outcome};
use crate::block::{Block, Column, Inline, inline};
use crate::parse::markdown_blocks;
use crate::sheet::Sheet;
use crate::when::day_and_time;

/// The test report of one software version.
pub fn test_report(report: &TestReport) -> Sheet {
    let mut blocks = markdown_blocks(&report.intro, 1);
    blocks.push(heading(1, "Summary"));
    blocks.push(summary(&report.summary));
    blocks.push(heading(1, "Runs"));
    blocks.push(runs(&report.runs));
    blocks.push(heading(1, "Deviations"));
    blocks.push(deviations(&report.deviations));
    for level in ["unit", "integration", "system"] {
        let cases: Vec<_> = report.cases.iter().filter(|case| case.level == level).collect();
        if !cases.is_empty() {
            blocks.push(heading(1, &format!("Cases of level {level}")));
            blocks.push(case_table(&cases));
        }
    }
    Sheet { cover: report.cover.clone(), facts: vec![], blocks, pictures: vec![] }
}

/// Counts by level.
pub(super) fn summary(rows: &[TestSummary]) -> Block {
    let columns =
        ["Planned", "Passed", "Failed", "Deferred", "Missing"].map(|title| Column::new(title, 11).end());
    let columns = std::iter::once(Column::new("Level", 20))
        .chain(columns)
        .chain(std::iter::once(Column::new("Runs", 25)))
        .collect();
    let rows = rows
        .iter()
        .map(|row| {
            let counts = [row.planned, row.passed, row.failed, row.deferred, row.missing];
            std::iter::once(vec![inline::strong(&row.level)])
                .chain(counts.map(|count| inline::cell(crate::thousands(count as u64))))
                .chain(std::iter::once(inline::ids(&row.runs)))
                .collect()
        })
        .collect();
    Block::Table { columns, rows, empty: "No test is planned and none was run.".to_owned() }
}

/// The runs, each with configuration, tools, date and responsible person (9.8).
pub(super) fn runs(rows: &[RunRow]) -> Block {
    let columns = vec![
        Column::new("Run", 20),
        Column::new("When, by whom", 22),
        Column::new("Configuration and tools", 32),
        Column::new("Results", 14),
        Column::new("Origin", 16),
    ];
    let rows = rows
        .iter()
        .map(|run| {
            vec![
                vec![Inline::Ref(run.id.clone()), Inline::Break, inline::text(&run.title)],
                vec![inline::text(day_and_time(run.at)), Inline::Break, inline::soft(&run.by)],
                vec![
                    inline::text(&run.configuration),
                    Inline::Break,
                    inline::soft(&run.tools),
                    Inline::Break,
                    inline::soft(format!("software {}, report {}", run.software.short(), run.digest.short())),
                ],
                vec![
                    inline::text(format!("{} pass", run.passed)),
                    Inline::Break,
                    inline::text(format!("{} fail, {} other", run.failed, run.other)),
                ],
                inline::cell(&run.origin),
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: "No run is recorded for this software.".to_owned() }
}

/// Signed deviations from the plan.
pub(super) fn deviations(rows: &[Deviation]) -> Block {
    let columns = vec![
        Column::new("Case", 14),
        Column::new("Reason", 32),
        Column::new("Covered otherwise by", 26),
        Column::new("Signed", 28),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            let mut case = inline::id(&row.subject);
            if let Some(anomaly) = &row.anomaly {
                case.extend([Inline::Break, Inline::Ref(anomaly.clone())]);
            }
            vec![case, inline::cell(&row.reason), inline::cell(&row.covered_by), signed(&row.signature)]
        })
        .collect();
    Block::Table { columns, rows, empty: "There are no deviations from the plan.".to_owned() }
}

/// A signature inside a table: name, role, meaning, time and key all the same.
pub(super) fn signed(signature: &views::Signature) -> Vec<Inline> {
    let mut cell = vec![
        inline::strong(&signature.name),
        inline::text(format!(", {}", signature.role)),
        Inline::Break,
        inline::text(&signature.meaning),
        Inline::Break,
        inline::text(day_and_time(signature.at)),
        Inline::Break,
        inline::soft(format!("{}, enrolled {}", signature.key, signature.enrolled)),
    ];
    if let Some(reason) = &signature.void {
        cell.extend([Inline::Break, inline::strong(format!("VOID: {reason}"))]);
    }
    cell
}

fn case_table(cases: &[&CaseRow]) -> Block {
    let columns = vec![
        Column::new("Case", 12),
        Column::new("Title", 36),
        Column::new("Verifies", 18),
        Column::new("Outcome", 12),
        Column::new("Results", 30),
    ];
    let rows = cases
        .iter()
        .map(|case| {
            let results = lines(case.results.iter().map(|result| {
                let mut cell =
                    vec![Inline::Ref(result.run.clone()), inline::text(" "), outcome(result.outcome)];
                if !result.note.is_empty() {
                    cell.extend([inline::text(" "), inline::soft(&result.note)]);
                }
                cell
            }));
            vec![
                inline::id(&case.id),
                inline::cell(&case.title),
                inline::ids(&case.verifies),
                vec![outcome(case.outcome)],
                results,
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: String::new() }
}
