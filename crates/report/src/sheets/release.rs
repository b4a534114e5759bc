//! The release record: one section per sub-clause 5.8.1 to 5.8.8, each with its verdict, its reason, the lists that
//! belong to it, and the evidence looked at.

use views::{
    ArchiveFacts, BuildRecipe, ChangeRow, ChecklistLine, ConfigurationItem, Cover, DeliveryFacts, Digest,
    Evidence, FindingRow, GateSection, InputDigest, PlatformRow, ReleaseRecord, ResidualAnomaly, RiskRow,
    VersionHistoryRow, WaiverRow,
};

use super::tests::signed;
use super::{facts, heading, links, or_dash, paragraph, results, risk, soup, status, tests};
use crate::block::{Block, Cell, Column, Inline, inline};
use crate::parse::markdown_blocks;
use crate::sheet::Sheet;
use crate::thousands;
use crate::when::day_and_time;

/// The release record of one release.
pub fn release_record(record: &ReleaseRecord) -> Sheet {
    let mut blocks = vec![
        Block::Verdict { verdict: record.verdict, headline: record.headline.clone(), reason: String::new() },
        summary(&record.sections),
        heading(1, "Signatures"),
        Block::Paragraph { text: inline::cell(COVERS) },
        facts(vec![("evidence manifest", inline::digest(record.manifest_digest))]),
        Block::Signatures { seats: record.seats.clone() },
        Block::PageBreak,
    ];
    for section in &record.sections {
        gate_section(&mut blocks, section);
        blocks.extend(lists(record, &section.number));
    }
    if !record.adjacent.is_empty() {
        blocks.push(heading(1, "Adjacent duties"));
        for section in &record.adjacent {
            section_body(&mut blocks, section, 2);
        }
        if !record.platforms.is_empty() {
            blocks.push(platforms(&record.platforms));
        }
    }
    blocks.push(heading(1, "Waivers in force"));
    blocks.push(waivers(&record.waivers));
    blocks.push(heading(1, "Version history: tested versus released"));
    blocks.push(history(&record.history));
    if !record.afterwards.is_empty() {
        blocks.push(heading(1, "After sealing"));
        blocks.push(evidence(&record.afterwards));
    }
    Sheet { cover: cover(record), facts: cover_facts(record), blocks, pictures: vec![] }
}

const COVERS: &str = "Every signature covers the digest of the evidence manifest: the verdict of each section, every \
                      input that it rests on with its digest, and the digest of the stage. Any change of evidence \
                      makes the signatures void.";

pub(super) fn cover(record: &ReleaseRecord) -> Cover {
    let header = &record.header;
    Cover {
        id: record.id.clone(),
        title: format!("Release {}", header.version),
        kind: "Software release record".to_owned(),
        product: header.product.clone(),
        version: Some(header.version.clone()),
        class: Some(header.class),
        revision: header.candidate.clone(),
        // Unsigned drafts have no manifest: the tree then says what the record is about.
        digest: record.manifest_digest.unwrap_or(header.tree),
        file: None,
        commit: Some(header.commit.clone()),
        ledger: Some(header.ledger),
        as_of: header.as_of,
        control: vec![],
        owner: "release-manager".to_owned(),
        approvals: vec![],
        history: vec![],
        marks: record.marks.clone(),
    }
}

fn cover_facts(record: &ReleaseRecord) -> Vec<(String, Cell)> {
    let header = &record.header;
    let mut rows: Vec<(String, Cell)> = Vec::new();
    let mut fact = |name: &str, value: Cell| rows.push((name.to_owned(), value));
    fact("Build", inline::cell(&header.build));
    fact("Kind of release", inline::cell(&header.kind));
    fact("State", inline::cell(header.state.as_str()));
    for (system, class) in &header.systems {
        fact("Software system", inline::cell(format!("{system}, class {class}")));
    }
    if let Some(udi) = &header.udi {
        fact("UDI", inline::cell(udi));
    }
    if let Some(tag) = &header.tag {
        fact("Signed tag", vec![inline::code(tag)]);
    }
    fact("Tree", vec![Inline::Digest(header.tree)]);
    fact(
        "Rule set",
        vec![inline::text(format!("{}, ", header.rule_set)), Inline::Digest(header.rule_set_digest)],
    );
    fact("Edition and profile", inline::cell(format!("{}, {}", header.edition, header.profile)));
    if let Some(at) = header.opened {
        fact("Opened", inline::cell(day_and_time(at)));
    }
    if let Some(date) = header.released {
        fact("Released", inline::cell(date.to_string()));
    }
    if let Some(at) = header.sealed {
        fact("Sealed", inline::cell(day_and_time(at)));
    }
    if let Some(template) = &record.template {
        fact("Template", vec![inline::text(format!("{}, ", template.name)), Inline::Digest(template.digest)]);
    }
    rows
}

/// The eight verdicts on one half page.
fn summary(sections: &[GateSection]) -> Block {
    let columns = vec![
        Column::new("Clause", 10),
        Column::new("Duty", 30),
        Column::new("Verdict", 16),
        Column::new("Reason", 44),
    ];
    let rows = sections
        .iter()
        .map(|section| {
            vec![
                vec![inline::strong(&section.number)],
                inline::cell(&section.title),
                vec![Inline::Status(section.verdict)],
                inline::words(&section.reason),
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: "The gate has not looked at this release yet.".to_owned() }
}

fn gate_section(blocks: &mut Vec<Block>, section: &GateSection) {
    section_body(blocks, section, 1);
}

fn section_body(blocks: &mut Vec<Block>, section: &GateSection, level: u8) {
    blocks.push(Block::Heading {
        level,
        number: section.number.clone(),
        text: inline::cell(&section.title),
        status: Some(section.verdict),
    });
    blocks.extend(paragraph(&section.reason));
    blocks.extend(markdown_blocks(&section.text, 2));
    if section.findings.len() > CALLOUTS_MAX {
        blocks.push(findings(&section.findings));
    } else {
        blocks.extend(section.findings.iter().map(callout));
    }
    if !section.evidence.is_empty() {
        blocks.push(evidence(&section.evidence));
    }
}

/// More findings than this are a table.
const CALLOUTS_MAX: usize = 6;

fn findings(rows: &[FindingRow]) -> Block {
    let columns = vec![
        Column::new("Rule", 10),
        Column::new("Finding", 50),
        Column::new("Where", 26),
        Column::new("Verdict", 14),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            let place = row.place.as_ref().map(|place| format!("{}:{}", place.file, place.line));
            vec![
                inline::id(&row.rule),
                inline::words(&row.message),
                place.map_or_else(|| or_dash(""), |place| vec![inline::code(place)]),
                status(row.verdict, row.waived.as_deref().unwrap_or_default()),
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: String::new() }
}

fn callout(finding: &FindingRow) -> Block {
    let text =
        vec![Inline::Ref(finding.rule.clone()), inline::text(" "), inline::strong_words(&finding.message)];
    let mut blocks = vec![Block::Paragraph { text }];
    blocks.extend(paragraph(&finding.why));
    if let Some(place) = &finding.place {
        blocks.push(Block::Paragraph { text: vec![inline::code(format!("{}:{}", place.file, place.line))] });
    }
    blocks.extend(finding.waived.as_deref().and_then(paragraph));
    Block::Callout { verdict: finding.verdict, blocks }
}

fn evidence(rows: &[Evidence]) -> Block {
    let columns = vec![Column::new("Evidence", 46), Column::new("Where", 24), Column::new("SHA-256", 30)];
    let rows = rows
        .iter()
        .map(|row| {
            let mut what = inline::words(&row.what);
            if !row.note.is_empty() {
                what.extend([Inline::Break, inline::soft(&row.note)]);
            }
            let place = row.reference.as_ref().map_or_else(|| or_dash(""), inline::id);
            vec![what, place, inline::digest(row.digest)]
        })
        .collect();
    Block::Table { columns, rows, empty: "No evidence.".to_owned() }
}

/// The lists that belong to a section.
fn lists(record: &ReleaseRecord, number: &str) -> Vec<Block> {
    match number {
        "5.8.1" => vec![
            heading(2, "Results by level"),
            tests::summary(&record.tests),
            heading(2, "Runs"),
            tests::runs(&record.runs),
            heading(2, "Deviations from the verification plan"),
            tests::deviations(&record.deviations),
        ],
        "5.8.2" => {
            let mut blocks = vec![heading(2, "Residual anomalies")];
            blocks.extend(paragraph(&record.anomaly_query));
            blocks.push(anomalies(&record.anomalies));
            blocks
        }
        "5.8.3" => {
            let mut blocks: Vec<Block> = record.anomalies.iter().flat_map(evaluation).collect();
            blocks.push(heading(2, "Risk controls and their verification"));
            blocks.push(risks(&record.risks));
            blocks
        }
        "5.8.4" => vec![
            heading(2, "Configuration items"),
            configuration(&record.configuration),
            heading(2, "SOUP"),
            Block::Paragraph {
                text: inline::cell(format!("{} components in the SBOM.", record.sbom_components)),
            },
            digests(&record.sboms, "There is no SBOM."),
            soup::table(&record.soup),
            heading(2, "Changes"),
            changes(&record.changes),
        ],
        "5.8.5" => record.build.as_ref().map_or_else(|| missing("No build is recorded."), build),
        "5.8.6" => vec![heading(2, "Checklist"), checklist(&record.checklist)],
        "5.8.7" => record
            .archive
            .as_ref()
            .map_or_else(|| missing("No archive is recorded."), |facts| vec![archive(facts)]),
        "5.8.8" => record.delivery.as_ref().map_or_else(|| missing("No delivery is recorded."), delivery),
        _ => vec![],
    }
}

fn missing(text: &str) -> Vec<Block> {
    paragraph(text).into_iter().collect()
}

pub(super) fn anomalies(rows: &[ResidualAnomaly]) -> Block {
    let columns = vec![
        Column::new("Anomaly", 16),
        Column::new("What happens", 40),
        Column::new("Found in", 12),
        Column::new("Severity", 12),
        Column::new("Evaluated for this release", 20),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            let verdict = row.anomaly.verdict;
            let evaluated = match &row.evaluation {
                Some(evaluation) if evaluation.acceptable => status(verdict, "acceptable"),
                Some(_) => status(verdict, "not acceptable"),
                None => status(verdict, "not evaluated"),
            };
            vec![
                inline::id(&row.anomaly.id),
                inline::cell(&row.anomaly.title),
                or_dash(&row.anomaly.found_in),
                or_dash(&row.anomaly.severity),
                evaluated,
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: "None known: the query above found no anomaly.".to_owned() }
}

/// One residual anomaly with its evaluation: judgement, hazard, control, signatures.
pub(super) fn evaluation(row: &ResidualAnomaly) -> Vec<Block> {
    let mut blocks = vec![Block::Heading {
        level: 2,
        number: row.anomaly.id.id.clone(),
        text: inline::cell(&row.anomaly.title),
        status: Some(row.anomaly.verdict),
    }];
    blocks.extend(markdown_blocks(&row.description, 3));
    let mut rows: Vec<(&str, Cell)> = vec![
        ("affects", inline::ids(&row.anomaly.affects)),
        ("how to reproduce", or_dash(&row.reproduction)),
        ("why not corrected", or_dash(&row.rationale)),
    ];
    match &row.evaluation {
        None => rows.push(("evaluation", vec![inline::strong("none for this release")])),
        Some(evaluation) => {
            rows.push(("judgement", inline::cell(&evaluation.judgement)));
            rows.push((
                "contributes to unacceptable risk",
                inline::cell(if evaluation.acceptable { "no" } else { "yes" }),
            ));
            rows.push(("hazards", links(&evaluation.hazards)));
            rows.push(("risk controls", links(&evaluation.controls)));
            rows.push(("evaluated by", signed(&evaluation.signature)));
            if let Some(signature) = &evaluation.prrc {
                rows.push(("PRRC", signed(signature)));
            }
        }
    }
    blocks.push(facts(rows));
    blocks
}

fn risks(rows: &[RiskRow]) -> Block {
    let columns = vec![
        Column::new("Hazardous situation", 26),
        Column::new("Risk control", 24),
        Column::new("Verified by", 22),
        Column::new("Residual risk", 20),
        Column::new("Verdict", 16),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                links([&row.situation]),
                links(&row.controls),
                results(&row.verified),
                risk::estimate(&row.after),
                status(row.verdict, &row.gap),
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: "No risk control is recorded.".to_owned() }
}

pub(super) fn configuration(rows: &[ConfigurationItem]) -> Block {
    let columns = vec![
        Column::new("Configuration item", 44),
        Column::new("Version", 15),
        Column::new("Bytes", 12).end(),
        Column::new("SHA-256", 32),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                vec![Inline::Ref(row.id.clone()), Inline::Break, inline::soft(&row.kind)],
                or_dash(&row.version),
                row.bytes.map_or_else(|| or_dash(""), |bytes| inline::cell(thousands(bytes))),
                vec![Inline::Digest(row.digest)],
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: "No configuration item is recorded.".to_owned() }
}

pub(super) fn digests(rows: &[InputDigest], empty: &str) -> Block {
    let columns = vec![Column::new("Name", 70), Column::new("SHA-256", 30)];
    let rows =
        rows.iter().map(|row| vec![inline::cell(&row.name), vec![Inline::Digest(row.digest)]]).collect();
    Block::Table { columns, rows, empty: empty.to_owned() }
}

pub(super) fn changes(rows: &[ChangeRow]) -> Block {
    let columns = vec![
        Column::new("Change", 14),
        Column::new("Title", 46),
        Column::new("State", 14),
        Column::new("Approved by", 18),
        Column::new("Verdict", 16),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                inline::id(&row.id),
                inline::cell(&row.title),
                inline::cell(&row.state),
                or_dash(&row.approved_by),
                status(row.verdict, ""),
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: "No change request is in this release.".to_owned() }
}

fn build(recipe: &BuildRecipe) -> Vec<Block> {
    let pairs = |rows: &[(String, String)], between: &str| -> Cell {
        super::lines(rows.iter().map(|(name, value)| vec![inline::code(format!("{name}{between}{value}"))]))
    };
    vec![
        heading(2, "Build"),
        facts(vec![
            ("commands", super::lines(recipe.commands.iter().map(|command| vec![inline::code(command)]))),
            ("recipe", vec![Inline::Digest(recipe.recipe)]),
            ("environment", inline::cell(&recipe.environment)),
            ("environment image", vec![Inline::Digest(recipe.environment_digest)]),
            ("tools", pairs(&recipe.tools, " ")),
            ("variables", pairs(&recipe.variables, "=")),
            ("built by", inline::cell(&recipe.built_by)),
            ("rebuild", status(recipe.rebuild_verdict, &recipe.rebuild)),
        ]),
        heading(2, "Inputs of the build"),
        digests(&recipe.inputs, "No input is recorded."),
        heading(2, "Outputs of the build"),
        digests(&recipe.outputs, "No output is recorded."),
    ]
}

fn checklist(rows: &[ChecklistLine]) -> Block {
    let columns = vec![
        Column::new("Activity or document", 34),
        Column::new("Document", 18),
        Column::new("Revision", 18),
        Column::new("Verdict", 30),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            let document = row.document.as_ref().map_or_else(|| or_dash(""), inline::id);
            vec![inline::cell(&row.what), document, or_dash(&row.revision), status(row.verdict, &row.reason)]
        })
        .collect();
    Block::Table { columns, rows, empty: "The checklist is empty.".to_owned() }
}

fn platforms(rows: &[PlatformRow]) -> Block {
    let columns = vec![Column::new("Platform", 50), Column::new("Verdict", 25), Column::new("Runs", 25)];
    let rows = rows
        .iter()
        .map(|row| vec![inline::cell(&row.platform), status(row.verdict, ""), inline::ids(&row.runs)])
        .collect();
    Block::Table { columns, rows, empty: String::new() }
}

fn archive(archive: &ArchiveFacts) -> Block {
    let optional = |digest: Option<Digest>| inline::digest(digest);
    facts(vec![
        ("destination", inline::cell(&archive.destination)),
        ("second copy", or_dash(archive.second_copy.as_deref().unwrap_or_default())),
        ("stage", optional(archive.stage)),
        ("release manifest", optional(archive.manifest)),
        ("retention", inline::cell(&archive.retention)),
        (
            "kept at least until",
            or_dash(&archive.keep_until.map(|date| date.to_string()).unwrap_or_default()),
        ),
        ("legal hold", or_dash(archive.hold.as_deref().unwrap_or_default())),
        ("protection", inline::cell(&archive.protection)),
        ("read back", inline::cell(&archive.read_back)),
        (
            "size",
            archive
                .bytes
                .map_or_else(|| or_dash(""), |bytes| inline::cell(format!("{} bytes", thousands(bytes)))),
        ),
    ])
}

fn delivery(delivery: &DeliveryFacts) -> Vec<Block> {
    let procedure = delivery.procedure.as_ref().map_or_else(|| or_dash(""), inline::id);
    let mut rows = vec![
        ("procedure", procedure),
        ("channel", inline::cell(&delivery.channel)),
        ("integrity", inline::cell(&delivery.integrity)),
    ];
    if !delivery.signing.is_empty() {
        rows.push(("signed after the build", super::lines(delivery.signing.iter().map(inline::cell))));
    }
    let mut blocks = vec![facts(rows)];
    if !delivery.checks.is_empty() {
        blocks.push(evidence(&delivery.checks));
    }
    blocks
}

fn waivers(rows: &[WaiverRow]) -> Block {
    let columns = vec![
        Column::new("Rule", 12),
        Column::new("On", 16),
        Column::new("Reason", 32),
        Column::new("Expires", 13),
        Column::new("Signed", 28),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                inline::id(&row.rule),
                inline::cell(&row.subject),
                inline::cell(&row.reason),
                inline::cell(row.expires.to_string()),
                signed(&row.signature),
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: "No waiver is in force.".to_owned() }
}

pub(super) fn history(rows: &[VersionHistoryRow]) -> Block {
    let columns = vec![
        Column::new("Version", 10),
        Column::new("Tested", 17),
        Column::new("Released", 17),
        Column::new("Date", 13),
        Column::new("Changes since the version before", 32),
        Column::new("Tested and released differ", 22),
    ];
    let rows = rows
        .iter()
        .map(|row| {
            vec![
                vec![inline::strong(&row.version)],
                or_dash(&row.tested),
                or_dash(&row.released),
                or_dash(&row.date.map(|date| date.to_string()).unwrap_or_default()),
                inline::cell(&row.changes),
                or_dash(&row.difference),
            ]
        })
        .collect();
    Block::Table { columns, rows, empty: "This is the first version.".to_owned() }
}
