//! JUnit XML: a suite of findings and a suite of clauses. An error that nobody waived fails its case; a clause fails with
//! `finding` and `human`, and is skipped where it is waived or not applicable. So a CI server shows what `check` says.

use crate::{FindingsReport, Verdict};
use std::fmt::{self, Write};

pub(super) fn render(out: &mut dyn Write, report: &FindingsReport) -> fmt::Result {
    let failed_findings = report.findings.iter().filter(|d| d.is_error()).count();
    let failed_clauses = report.clauses.iter().filter(|c| c.verdict.blocks()).count();
    let skipped = report.clauses.iter().filter(|c| is_skipped(c.verdict)).count();
    let waived = report.findings.iter().filter(|d| d.verdict == Verdict::Waived).count();
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        out,
        r#"<testsuites name="dossier" tests="{}" failures="{}" errors="0">"#,
        report.findings.len() + report.clauses.len(),
        failed_findings + failed_clauses
    )?;
    let suite = |name: &str, tests: usize, failures: usize, skipped: usize| {
        format!(
            r#"  <testsuite name="{name}" tests="{tests}" failures="{failures}" errors="0" skipped="{skipped}" timestamp="{}T00:00:00Z">"#,
            escape(&report.as_of)
        )
    };
    writeln!(out, "{}", suite("findings", report.findings.len(), failed_findings, waived))?;
    writeln!(out, "    <properties>")?;
    for (name, value) in
        [("edition", &report.edition), ("class", &report.class), ("profile", &report.profile)]
    {
        writeln!(out, r#"      <property name="{name}" value="{}"/>"#, escape(value))?;
    }
    writeln!(out, "    </properties>")?;
    for d in &report.findings {
        let name = format!("{} {}", d.location, d.message);
        write!(
            out,
            r#"    <testcase classname="{}.{}" name="{}""#,
            escape(&d.rule),
            escape(&d.name),
            escape(&name)
        )?;
        if d.is_error() {
            let mut text = d.location.to_string();
            if let Some(help) = &d.help {
                text.push_str("\nhelp: ");
                text.push_str(help);
            }
            writeln!(
                out,
                r#"><failure message="{}">{}</failure></testcase>"#,
                escape(&d.message),
                escape(&text)
            )?;
        } else if d.verdict == Verdict::Waived {
            let by = d.waived_by.as_deref().unwrap_or("a waiver");
            writeln!(out, r#"><skipped message="waived by {}"/></testcase>"#, escape(by))?;
        } else {
            writeln!(out, "><system-out>{}: {}</system-out></testcase>", d.severity, escape(&d.message))?;
        }
    }
    writeln!(out, "  </testsuite>")?;
    writeln!(out, "{}", suite("clauses", report.clauses.len(), failed_clauses, skipped))?;
    for c in &report.clauses {
        let subject = if c.subject.is_empty() { &report.product } else { &c.subject };
        write!(out, r#"    <testcase classname="{}" name="{}""#, escape(subject), escape(&c.clause))?;
        match c.verdict {
            v if v.blocks() => {
                writeln!(out, r#"><failure message="{v}">{}</failure></testcase>"#, escape(&c.reason))?;
            }
            v if is_skipped(v) => {
                writeln!(out, r#"><skipped message="{v}: {}"/></testcase>"#, escape(&c.reason))?;
            }
            _ => writeln!(out, "/>")?,
        }
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

fn is_skipped(v: Verdict) -> bool {
    matches!(v, Verdict::Waived | Verdict::NotApplicable)
}

/// Escapes for element and attribute; characters that XML 1.0 cannot hold become U+FFFD.
fn escape(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for c in s.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            c if c.is_control() && c < '\u{20}' || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}')
            }
            c => out.push(c),
        }
    }
    out
}
