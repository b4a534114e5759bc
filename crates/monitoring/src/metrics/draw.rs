//! Figures for people: a table for a terminal, small charts as SVG.

use super::{IDS, Metric, Past, Sense, Standing};
use std::fmt::Write as _;

fn unit(value: f64, unit: &str) -> String {
    match unit {
        "percent" => format!("{value} %"),
        "days" => format!("{value} days"),
        _ => format!("{value}"),
    }
}

fn shown(m: &Metric) -> String {
    m.value.map_or("-".to_owned(), |v| unit(v, m.unit))
}

/// How many of those that are not as they are to be stand in the text.
const NAMED: usize = 5;

/// The figures with their targets, and their past where there is one.
pub fn to_text(metrics: &[Metric], history: &[Past], details: bool) -> String {
    let mut out = String::new();
    for m in metrics {
        let mark = match m.standing {
            Standing::Met => "●",
            Standing::Missed => "▲",
            Standing::NoData => "○",
        };
        let _ = writeln!(out, "{mark} {:<42} {:>10}   {}", m.name, shown(m), m.target.text);
        let line = if m.note.is_empty() { &m.counted } else { &m.note };
        let _ = writeln!(out, "    {line}");
        for p in &m.parts {
            let value = p.value.map_or("-".to_owned(), |v| unit(v, p.unit));
            let _ = writeln!(out, "    {}: {value}", p.name);
        }
        let past: Vec<Option<f64>> =
            history.iter().filter_map(|p| p.values.get(m.id)).map(|v| v.value).collect();
        if past.iter().any(Option::is_some) {
            let (first, last) = (history.first(), history.last());
            let span = first.zip(last).map(|(a, b)| format!("{} to {}", a.date, b.date)).unwrap_or_default();
            let _ = writeln!(out, "    {} {span}", sparkline(&past));
        }
        for x in m.missing.iter().take(if details { usize::MAX } else { NAMED }) {
            let _ = writeln!(out, "      {}: {}", x.id, x.why);
        }
        if !details && m.missing.len() > NAMED {
            let _ = writeln!(out, "      and {} more: --details names them", m.missing.len() - NAMED);
        }
        if details {
            let _ = writeln!(out, "    {} ({})", m.definition, m.clauses.join(", "));
        }
    }
    out
}

/// A line of blocks, one for each value; a dot where there was nothing to count.
fn sparkline(values: &[Option<f64>]) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let peak = values.iter().flatten().copied().fold(0.0, f64::max);
    let block = |v: &Option<f64>| match v {
        None => '·',
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 7")]
        Some(v) if peak > 0.0 => *BLOCKS.get((v / peak * 7.0).round() as usize).unwrap_or(&'█'),
        Some(_) => '▁',
    };
    values.iter().map(block).collect()
}

const WIDE: f64 = 360.0;
const HIGH: f64 = 150.0;

/// One small chart for each figure, two in a row, as SVG without script, style or foreign reference. A page can
/// replace each colour by its class, as of trends.
#[allow(clippy::cast_precision_loss, reason = "places in a drawing")]
pub fn to_svg(metrics: &[Metric], history: &[Past]) -> String {
    let rows = IDS.len().div_ceil(2) as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"Inter, sans-serif\" font-size=\"11\" fill=\"currentColor\" role=\"img\" aria-label=\"Metrics\">\n",
        WIDE * 2.0 + 20.0,
        rows * HIGH
    );
    for (n, m) in metrics.iter().enumerate() {
        let (left, top) = ((n % 2) as f64 * (WIDE + 20.0), (n / 2) as f64 * HIGH);
        chart(&mut out, m, history, left, top);
    }
    out.push_str("</svg>\n");
    out
}

/// The line of a figure over time with its target, in a frame of [`WIDE`] × [`HIGH`].
#[allow(clippy::cast_precision_loss, reason = "places in a drawing")]
fn chart(out: &mut String, m: &Metric, history: &[Past], left: f64, top: f64) {
    let points: Vec<(usize, f64)> =
        history.iter().enumerate().filter_map(|(n, p)| Some((n, p.values.get(m.id)?.value?))).collect();
    let mark = match m.standing {
        Standing::Met => "●",
        Standing::Missed => "▲",
        Standing::NoData => "○",
    };
    let _ = writeln!(
        out,
        "<text x=\"{left}\" y=\"{:.0}\" font-weight=\"600\">{}</text><text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{mark} {}</text>",
        top + 16.0,
        escaped(m.name),
        left + WIDE,
        top + 16.0,
        escaped(&shown(m))
    );
    let peak = points.iter().map(|(_, v)| *v).chain(m.target.value).fold(1.0, f64::max) * 1.05;
    let x = |i: usize| left + WIDE * (i as f64 + 0.5) / history.len().max(1) as f64;
    let y = |v: f64| top + 28.0 + (HIGH - 60.0) * (1.0 - v / peak);
    let _ = writeln!(
        out,
        "<line x1=\"{left}\" y1=\"{0:.1}\" x2=\"{1:.1}\" y2=\"{0:.1}\" stroke=\"currentColor\" stroke-opacity=\".25\"/>",
        y(0.0),
        left + WIDE
    );
    if let Some(bound) = m.target.value {
        let sense = if m.target.sense == Sense::AtLeast { "≥" } else { "≤" };
        let _ = writeln!(
            out,
            "<line x1=\"{left}\" y1=\"{0:.1}\" x2=\"{1:.1}\" y2=\"{0:.1}\" class=\"target\" stroke=\"#8a5d00\" stroke-dasharray=\"4 3\"/>\
             <text x=\"{1:.1}\" y=\"{2:.1}\" text-anchor=\"end\" fill-opacity=\".7\" font-size=\"9\">{sense} {bound}</text>",
            y(bound),
            left + WIDE,
            y(bound) - 3.0
        );
    }
    let line: Vec<String> = points.iter().map(|(i, v)| format!("{:.1},{:.1}", x(*i), y(*v))).collect();
    if line.len() > 1 {
        let _ = writeln!(
            out,
            "<polyline class=\"rate\" fill=\"none\" stroke=\"#0b6e6e\" stroke-width=\"1.5\" points=\"{}\"/>",
            line.join(" ")
        );
    }
    for (i, v) in &points {
        let date = history.get(*i).map(|p| p.date.to_string()).unwrap_or_default();
        let _ = writeln!(
            out,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"2.5\" class=\"rate\" fill=\"#0b6e6e\"><title>{date}: {}</title></circle>",
            x(*i),
            y(*v),
            escaped(&unit(*v, m.unit))
        );
    }
    let ends = history.first().zip(history.last().filter(|_| history.len() > 1));
    if let Some((first, last)) = ends.filter(|_| !points.is_empty()) {
        let base = top + HIGH - 18.0;
        let _ = writeln!(
            out,
            "<text x=\"{left}\" y=\"{base:.1}\" font-size=\"9\" fill-opacity=\".7\">{}</text><text x=\"{:.1}\" y=\"{base:.1}\" text-anchor=\"end\" font-size=\"9\" fill-opacity=\".7\">{}</text>",
            first.date,
            left + WIDE,
            last.date
        );
    } else if points.is_empty() {
        let text = if m.note.is_empty() { "no past value" } else { &m.note };
        let _ = writeln!(
            out,
            "<text x=\"{left}\" y=\"{:.1}\" font-size=\"9\" fill-opacity=\".7\">{}</text>",
            top + 60.0,
            escaped(text)
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
