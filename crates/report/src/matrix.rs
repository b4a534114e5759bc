//! The matrix as CSV and as one HTML page that filters itself, for ten thousand rows in an instant.

use std::collections::HashSet;
use std::fmt::Write as _;

use views::{Inputs, LinkCell, Matrix, MatrixRow, ResultCell, Verdict, tally};

use crate::html::{STYLE, escape};

const COLUMNS: [&str; 10] = [
    "id",
    "kind",
    "title",
    "class",
    "sources",
    "allocated to",
    "implemented by",
    "verified by",
    "verdict",
    "gap",
];

/// The matrix as CSV (RFC 4180, UTF-8). A cell that a spreadsheet would take for a formula gets an apostrophe first.
pub fn matrix_csv(matrix: &Matrix) -> String {
    let mut out = String::with_capacity(64 + matrix.rows.len() * 200);
    out.push_str(&COLUMNS.join(","));
    out.push_str("\r\n");
    let mut joined = String::new();
    for row in &matrix.rows {
        csv_cell(&mut out, &row.id.id);
        csv_cell(&mut out, &row.kind);
        csv_cell(&mut out, &row.title);
        csv_cell(&mut out, row.class.map_or("", |class| class.as_str()));
        for links in [&row.sources, &row.allocated, &row.implemented] {
            joined.clear();
            for link in links {
                join(&mut joined, link);
            }
            csv_cell(&mut out, &joined);
        }
        joined.clear();
        for result in &row.tests {
            join(&mut joined, &result.case);
            let _ = write!(joined, " {}", result.outcome.as_str());
        }
        csv_cell(&mut out, &joined);
        csv_cell(&mut out, row.verdict.as_str());
        csv_cell(&mut out, &row.gap);
        out.pop();
        out.push_str("\r\n");
    }
    out
}

/// Adds a link as `SRS-012` or, where it proves nothing, `SRS-012 (suspect)`.
fn join(out: &mut String, link: &LinkCell) {
    if !out.is_empty() {
        out.push_str("; ");
    }
    out.push_str(&link.target.id);
    if !link.state.is_sound() {
        let _ = write!(out, " ({})", link.state.as_str());
    }
}

fn csv_cell(out: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if formula || text.contains([',', '"', '\n', '\r', ';']) {
        out.push('"');
        if formula {
            out.push('\'');
        }
        for c in text.chars() {
            if c == '"' {
                out.push('"');
            }
            out.push(c);
        }
        out.push('"');
    } else {
        out.push_str(text);
    }
    out.push(',');
}

/// The matrix as one HTML file that needs nothing else. Without JavaScript it shows everything; the verdict's filter
/// works by style alone, the text's filter by a small script.
pub fn matrix_html(matrix: &Matrix, inputs: &Inputs) -> String {
    let mut out = String::with_capacity(16_384 + matrix.rows.len() * 700);
    head(&mut out, matrix, inputs);
    // A link leads to a row of this file, and there are rows for requirements only.
    let rows: HashSet<&str> = matrix.rows.iter().map(|row| row.id.id.as_str()).collect();
    for row in &matrix.rows {
        html_row(&mut out, row, &rows);
    }
    out.push_str("</tbody></table></div>\n<script>");
    out.push_str(MATRIX_SCRIPT);
    out.push_str("</script></body></html>\n");
    out
}

/// The one script of the matrix's page: it hides rows that do not hold the words typed. Public so that a server can
/// allow exactly this script.
pub const MATRIX_SCRIPT: &str = include_str!("../templates/matrix.js");

fn head(out: &mut String, matrix: &Matrix, inputs: &Inputs) {
    let product = escape(&inputs.product);
    let commit = inputs.commit.as_deref().unwrap_or("work tree");
    let ledger = inputs.ledger.map_or("none".to_owned(), |position| position.to_string());
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>Traceability matrix · {product}</title><style>{STYLE}</style></head><body class=\"sheet wide\">\
         <header><p class=\"kicker\">{product} · {} · profile {}</p><h1>Traceability matrix</h1>\
         <p class=\"soft\">commit <code>{}</code> · ledger {ledger} · rules <code>{}</code> · as of {}</p>",
        escape(&inputs.edition),
        escape(&inputs.profile),
        escape(commit),
        inputs.rule_set_digest.short(),
        inputs.as_of,
    );
    for mark in &inputs.marks {
        let _ = write!(out, "<p class=\"mark\">{}</p>", escape(&mark.text));
    }
    out.push_str("</header>\n<div class=\"filter\">");
    // Radio buttons stand before the table, so that style alone can filter it.
    out.push_str("<label><input type=\"radio\" name=\"v\" id=\"v-all\" checked> all</label>");
    for (verdict, count) in tally(matrix.rows.iter().map(|row| row.verdict)) {
        let name = verdict.as_str();
        let _ = write!(
            out,
            "<label><input type=\"radio\" name=\"v\" id=\"v-{name}\"> <span class=\"s {name}\">{}</span> {count}</label>",
            verdict.words()
        );
    }
    out.push_str("<input type=\"search\" id=\"q\" placeholder=\"Filter: id, word …\" aria-label=\"Filter rows\"><span id=\"n\" class=\"soft\"></span></div><style>");
    for verdict in Verdict::ALL {
        let name = verdict.as_str();
        let _ = write!(out, "body:has(#v-{name}:checked) tbody tr:not(.{name}){{display:none}}");
    }
    out.push_str("</style>\n<div class=\"scroll\" role=\"group\" aria-label=\"Table\" tabindex=\"0\"><table><thead><tr>");
    for title in ["Requirement", "From", "Allocated to", "Implemented by", "Verified by", "Verdict"] {
        let _ = write!(out, "<th scope=\"col\">{title}</th>");
    }
    out.push_str("</tr></thead><tbody>\n");
}

fn html_row(out: &mut String, row: &MatrixRow, rows: &HashSet<&str>) {
    let name = row.verdict.as_str();
    let id = escape(&row.id.id);
    let _ = write!(out, "<tr class=\"{name}\" id=\"{id}\"><td><span class=\"id\">{id}</span>");
    if let Some(class) = row.class {
        let _ = write!(out, " <span class=\"soft\">class {class}</span>");
    }
    let _ = write!(out, "<br>{}</td>", escape(&row.title));
    for links in [&row.sources, &row.allocated, &row.implemented] {
        out.push_str("<td>");
        for link in links {
            html_link(out, link, rows);
            out.push_str("<br>");
        }
        out.push_str("</td>");
    }
    out.push_str("<td>");
    for result in &row.tests {
        html_result(out, result, rows);
    }
    let _ = write!(out, "</td><td><span class=\"s {name}\">{}</span>", row.verdict.words());
    if !row.gap.is_empty() {
        let _ = write!(out, "<br><span class=\"soft\">{}</span>", escape(&row.gap));
    }
    out.push_str("</td></tr>\n");
}

fn html_link(out: &mut String, link: &LinkCell, rows: &HashSet<&str>) {
    let id = escape(&link.target.id);
    if rows.contains(link.target.id.as_str()) {
        let _ = write!(out, "<a class=\"id\" href=\"#{id}\">{id}</a>");
    } else {
        let _ = write!(out, "<span class=\"id\">{id}</span>");
    }
    if !link.state.is_sound() {
        let _ = write!(out, " <span class=\"s finding\">{}</span>", link.state.as_str());
    }
}

fn html_result(out: &mut String, result: &ResultCell, rows: &HashSet<&str>) {
    html_link(out, &result.case, rows);
    let _ =
        write!(out, " <span class=\"soft\">{} {}</span><br>", escape(&result.level), result.outcome.as_str());
}

#[cfg(test)]
mod tests {
    use views::{LinkState, Outcome, Ref};

    use super::*;

    fn row(id: &str, title: &str) -> MatrixRow {
        let link = |id: &str, state| LinkCell {
            link: "verifies".into(),
            target: Ref::item(id),
            title: String::new(),
            state,
            stamp: None,
        };
        MatrixRow {
            id: Ref::item(id),
            kind: "software requirement".into(),
            title: title.into(),
            class: None,
            sources: vec![link("SYS-1", LinkState::Current), link("SYS-2", LinkState::Suspect)],
            allocated: vec![],
            implemented: vec![],
            tests: vec![ResultCell {
                case: link("TC-1", LinkState::Current),
                level: "unit".into(),
                outcome: Outcome::Pass,
                results: 1,
                run: None,
            }],
            verdict: Verdict::Finding,
            gap: "a link is suspect".into(),
        }
    }

    #[test]
    fn formulas_are_neutralised_and_quotes_doubled() {
        let rows = ["=HYPERLINK(\"x\")", "+1", "@x", "plain", "a,b", "-"].map(|title| row("SRS-1", title));
        let csv = matrix_csv(&Matrix { rows: rows.into() });
        let titles: Vec<_> =
            csv.lines().skip(1).map(|line| line.split("requirement,").nth(1).unwrap()).collect();
        assert!(titles[0].starts_with("\"'=HYPERLINK(\"\"x\"\")\","), "{}", titles[0]);
        assert!(
            titles[1].starts_with("\"'+1\",")
                && titles[2].starts_with("\"'@x\",")
                && titles[5].starts_with("\"'-\",")
        );
        assert!(
            titles[3].starts_with("plain,,\"SYS-1; SYS-2 (suspect)\",,,TC-1 pass,finding,a link is suspect")
        );
        assert!(titles[4].starts_with("\"a,b\","));
    }

    #[test]
    fn links_lead_to_rows_that_are_there() {
        let rows = vec![row("SYS-1", "asked"), row("SRS-1", "done")];
        let html = super::matrix_html(&Matrix { rows }, &views::sample::inputs());
        assert!(html.contains("href=\"#SYS-1\"") && html.contains("id=\"SYS-1\""));
        assert!(html.contains("<span class=\"id\">TC-1</span>") && !html.contains("href=\"#TC-1\""));
    }

    #[test]
    fn hostile_text_is_escaped_in_the_page() {
        let rows = vec![row("SRS-1\"><script>", "</td><script>alert(1)</script>")];
        let html = super::matrix_html(&Matrix { rows }, &views::sample::inputs());
        assert_eq!(html.matches("<script>").count(), 1, "our own and no other");
        assert!(html.contains("&lt;script&gt;alert(1)"));
    }
}
