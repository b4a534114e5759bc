//! The action list as a spreadsheet: gaps, constraints without evidence, contradictions, files not read. A few parts of XML in the zip
//! that `extract` writes for its own tests; no formulas, every cell is text, so that nothing of a document is ever run.

use extract::specimen::package;
use review::{Review, Verdict};

/// A sheet: its name, its head, its rows.
type Table = (&'static str, Vec<&'static str>, Vec<Vec<String>>);

/// Writes the workbook.
pub(super) fn write(review: &Review) -> Vec<u8> {
    let tables = tables(review);
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut parts: Vec<(String, String)> = Vec::new();
    let (mut kinds, mut sheets, mut links) = (String::new(), String::new(), String::new());
    for (number, (name, head, rows)) in (1..).zip(&tables) {
        kinds.push_str(&format!(r#"<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#));
        sheets.push_str(&format!(r#"<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>"#));
        links.push_str(&format!(r#"<Relationship Id="r{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>"#));
        parts.push((format!("xl/worksheets/sheet{number}.xml"), worksheet(main, head, rows)));
    }
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>{kinds}</Types>"#
    );
    let root = format!(
        r#"<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!(r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{sheets}</sheets></workbook>"#);
    let book_links = format!(
        r#"<Relationships xmlns="{relations}">{links}<Relationship Id="s1" Type="{office}/styles" Target="styles.xml"/></Relationships>"#
    );
    let styles = format!(
        r#"<styleSheet xmlns="{main}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf fontId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf fontId="1" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs></styleSheet>"#
    );
    let mut all: Vec<(&str, &str)> = vec![
        ("[Content_Types].xml", content.as_str()),
        ("_rels/.rels", root.as_str()),
        ("xl/workbook.xml", book.as_str()),
        ("xl/_rels/workbook.xml.rels", book_links.as_str()),
        ("xl/styles.xml", styles.as_str()),
    ];
    all.extend(parts.iter().map(|(n, t)| (n.as_str(), t.as_str())));
    package(&all)
}

fn worksheet(main: &str, head: &[&str], rows: &[Vec<String>]) -> String {
    let cell = |style: u8, text: &str| {
        format!(r#"<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#, escape(text))
    };
    let mut data = format!("<row>{}</row>", head.iter().map(|h| cell(1, h)).collect::<String>());
    for row in rows {
        data.push_str(&format!("<row>{}</row>", row.iter().map(|c| cell(0, c)).collect::<String>()));
    }
    let widths: String = (1..=head.len())
        .map(|n| {
            format!(r#"<col min="{n}" max="{n}" width="{}" customWidth="1"/>"#, if n < 3 { 22 } else { 48 })
        })
        .collect();
    format!(
        r#"<worksheet xmlns="{main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{widths}</cols><sheetData>{data}</sheetData></worksheet>"#
    )
}

/// Text that XML and spreadsheets take: no control characters, at most what one cell holds.
fn escape(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control() || *c == '\n').take(32_000).collect();
    clean.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn tables(review: &Review) -> Vec<Table> {
    let quote = |quotes: &[review::Quote]| {
        let one = |q: &review::Quote| {
            format!("{}{}: {}", q.file, q.page.map_or_else(String::new, |p| format!(" p. {p}")), q.text)
        };
        quotes.iter().map(one).collect::<Vec<_>>().join("\n")
    };
    let actions = review
        .gaps
        .iter()
        .map(|g| {
            let passages = quote(&g.quotes);
            vec![
                g.severity.clone(),
                g.clause.clone(),
                g.title.clone(),
                g.text.clone(),
                g.add.clone(),
                passages,
                String::new(),
                String::new(),
                String::new(),
            ]
        })
        .collect();
    let open = |v: Verdict| !matches!(v, Verdict::Met);
    let constraints = review
        .clauses
        .iter()
        .flat_map(|c| c.constraints.iter().map(move |k| (c, k)))
        .filter(|(_, k)| open(k.verdict))
        .map(|(c, k)| {
            vec![
                c.clause.clone(),
                k.verdict.words().to_owned(),
                k.text.clone(),
                k.reason.clone(),
                quote(&k.quotes),
                k.id.clone(),
            ]
        })
        .collect();
    let said = |c: &review::CrossCheck| {
        c.said.iter().map(|s| format!("{}: {}", s.file, s.text)).collect::<Vec<_>>().join("\n")
    };
    let checks =
        review.cross_checks.iter().map(|c| vec![c.check.clone(), c.message.clone(), said(c)]).collect();
    let unread = review.unread.iter().map(|u| vec![u.file.clone(), u.reason.clone()]).collect();
    vec![
        (
            "Actions",
            vec![
                "Severity",
                "Clause",
                "Gap",
                "What is wrong",
                "What to add",
                "Passages",
                "Who",
                "Until",
                "Done",
            ],
            actions,
        ),
        (
            "Open constraints",
            vec!["Clause", "Verdict", "What is asked for", "Why", "Passages", "Id"],
            constraints,
        ),
        ("Contradictions", vec!["Check", "What", "Who says it"], checks),
        ("Not read", vec!["File", "Why"], unread),
    ]
}
