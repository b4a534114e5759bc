//! The risk management file: scales, and every chain from hazard to residual risk.

use views::{RiskEstimate, RiskFile, RiskRow, Verdict, tally};

use super::{facts, heading, links, or_dash, results};
use crate::block::{Block, Cell, Column, Inline, inline};
use crate::parse::markdown_blocks;
use crate::sheet::Sheet;

/// The risk management file.
pub fn risk_file(file: &RiskFile) -> Sheet {
    let mut blocks = markdown_blocks(&file.intro, 1);
    if !file.scales.is_empty() {
        blocks.push(heading(1, "Scales"));
        if let Some(plan) = &file.plan {
            blocks.push(Block::Paragraph {
                text: vec![inline::text("As the plan has them: "), Inline::Ref(plan.clone())],
            });
        }
        for scale in &file.scales {
            blocks.push(heading(2, &scale.name));
            blocks.push(facts(
                scale.steps.iter().map(|(name, text)| (name.as_str(), inline::cell(text))).collect(),
            ));
        }
    }
    blocks.push(heading(1, "Summary"));
    blocks.push(summary(&file.rows));
    blocks.push(heading(1, "Risk chains"));
    for row in &file.rows {
        blocks.extend(chain(row));
    }
    Sheet {
        cover: file.cover.clone(),
        facts: vec![("Risk chains".to_owned(), inline::cell(file.rows.len().to_string()))],
        blocks,
        pictures: vec![],
    }
}

/// One line for each verdict over the chains.
fn summary(rows: &[RiskRow]) -> Block {
    let columns = vec![Column::new("Chains", 10).end(), Column::new("Verdict over the chain", 90)];
    let rows = tally(rows.iter().map(|row| row.verdict))
        .into_iter()
        .map(|(verdict, count)| vec![inline::cell(count.to_string()), vec![Inline::Status(verdict)]])
        .collect();
    Block::Table { columns, rows, empty: "No hazardous situation is recorded.".to_owned() }
}

/// One chain as a heading with facts: a table with a dozen columns would be unreadable on paper.
fn chain(row: &RiskRow) -> [Block; 2] {
    let title = if row.situation.title.is_empty() { &row.hazard.title } else { &row.situation.title };
    let mut rows: Vec<(&str, Cell)> = vec![
        ("hazard", links([&row.hazard])),
        ("hazardous situation", links([&row.situation])),
        ("sequence of events", or_dash(&row.sequence)),
        ("harm", or_dash(&row.harm)),
        ("software cause", links(&row.cause)),
        ("arises in", links(&row.arises_in)),
        ("risk before control", estimate(&row.before)),
        ("risk control", links(&row.controls)),
        ("implemented by", links(&row.implemented)),
        ("verified by", results(&row.verified)),
        ("residual risk", estimate(&row.after)),
    ];
    if !row.gap.is_empty() {
        rows.push(("missing", vec![inline::strong(&row.gap)]));
    }
    let verdict = (row.verdict != Verdict::Pass).then_some(row.verdict);
    let heading = Block::Heading {
        level: 2,
        number: row.situation.target.id.clone(),
        text: inline::cell(title),
        status: verdict,
    };
    [heading, facts(rows)]
}

/// `serious × remote: acceptable`.
pub(super) fn estimate(estimate: &RiskEstimate) -> Cell {
    vec![
        inline::text(format!("{} × {}", estimate.severity, estimate.probability)),
        inline::text(": "),
        inline::strong(estimate.acceptable.as_str()),
    ]
}
