//! Trends for people: a u-chart on a terminal, as SVG, and as Markdown around pictures.

use super::{Group, Point, Trend};
use std::fmt::Write as _;

/// Columns of a chart on a terminal.
const WIDTH: usize = 48;

impl Trend {
    /// For a terminal: a row for each month, with the centre line (┊) and the limits (│) in their columns.
    pub fn to_text(&self) -> String {
        let mut out = format!("{} to {}\n{}\n", self.from, self.to, self.method);
        for g in &self.groups {
            let _ =
                writeln!(out, "\n{}: {} anomalies, {} in 30 days (┊), limits │", g.group, g.total, g.centre);
            let peak = g.points.iter().map(|p| p.rate.max(p.upper)).fold(g.centre, f64::max);
            for p in &g.points {
                let mark = if p.above { " ▲ above the limit" } else { "" };
                let bar = row(p, g.centre, peak);
                let _ = writeln!(out, "  {} {:>5} {:>8}  {bar}{mark}", p.month, p.count, p.rate);
            }
            let _ = writeln!(out, "  {:>7} {:>5} {:>8}  {}", "", "", "", scale(peak));
            for why in &g.adverse {
                let _ = writeln!(out, "  adverse: {why}");
            }
        }
        out
    }

    /// As Markdown: for each group its chart, by the name that [`Trend::charts`] gives it, and its table.
    pub fn to_markdown(&self) -> String {
        let query = if self.query.is_empty() { "all anomalies" } else { &self.query };
        let mut out = format!(
            "Anomalies reported from {} to {}, asked: `{}`.\n\nMethod: {}.\n",
            self.from,
            self.to,
            query.replace('`', "'"),
            plain(self.method)
        );
        let adverse = self.adverse();
        let _ = match adverse.is_empty() {
            true => writeln!(out, "\nNo trend is adverse by this method."),
            false => writeln!(out, "\nAdverse: {}.", plain(&adverse.join(", "))),
        };
        for (n, g) in self.groups.iter().enumerate() {
            let _ = writeln!(out, "\n# {}\n\n![u-chart](chart-{n}.svg)\n", plain(&g.group));
            for why in &g.adverse {
                let _ = writeln!(out, "- adverse: {}", plain(why));
            }
            out.push_str("\n| month | reported | in 30 days | lower limit | centre | upper limit |\n|---|--:|--:|--:|--:|--:|\n");
            for p in &g.points {
                let mark = if p.above { " (above)" } else { "" };
                let _ = writeln!(
                    out,
                    "| {} | {} | {}{mark} | {} | {} | {} |",
                    p.month, p.count, p.rate, p.lower, g.centre, p.upper
                );
            }
        }
        out
    }

    /// The charts, one for each group, by the names that [`Trend::to_markdown`] uses.
    pub fn charts(&self) -> Vec<(String, String)> {
        let one = |(n, g): (usize, &Group)| (format!("chart-{n}.svg"), svg(std::slice::from_ref(g)));
        self.groups.iter().enumerate().map(one).collect()
    }

    /// One chart below the other, as SVG without script or foreign reference.
    pub fn to_svg(&self) -> String {
        svg(&self.groups)
    }
}

/// The column of a value on a terminal.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a column between 0 and the width"
)]
fn column(value: f64, peak: f64) -> usize {
    if peak > 0.0 { (value / peak * (WIDTH - 1) as f64).round() as usize } else { 0 }
}

/// The round numbers of a scale from 0 to `peak`, at most six, each with how it is written.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "decimals of a step that is not zero"
)]
fn ticks(peak: f64) -> Vec<(f64, String)> {
    let least = peak / 5.0;
    if !least.is_normal() || least < 0.0 {
        return vec![(0.0, "0".to_owned())];
    }
    let power = 10_f64.powf(least.log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|s| s * power);
    let step = steps.into_iter().find(|s| *s >= least).unwrap_or(10.0 * power);
    let decimals = (-step.log10()).ceil().clamp(0.0, 9.0) as usize;
    let all = (0..=5).map(|n| f64::from(n) * step).take_while(|v| *v <= peak);
    all.map(|v| (v, format!("{v:.decimals$}"))).collect()
}

/// The scale below the bars: each number begins in the column of its value.
fn scale(peak: f64) -> String {
    let mut out = String::new();
    for (value, written) in ticks(peak) {
        let _ = write!(out, "{:1$}{written}", "", column(value, peak).saturating_sub(out.len()));
    }
    out
}

/// The bar of a month with the lines in it.
fn row(p: &Point, centre: f64, peak: f64) -> String {
    let column = |value: f64| column(value, peak);
    let mut cells = vec![' '; WIDTH];
    if p.count > 0 {
        cells.iter_mut().take(column(p.rate) + 1).for_each(|c| *c = '▇');
    }
    let mut lines = vec![(column(centre), '┊'), (column(p.upper), '│')];
    if p.lower > 0.0 {
        lines.push((column(p.lower), '│'));
    }
    for (at, line) in lines {
        if let Some(cell) = cells.get_mut(at) {
            *cell = line;
        }
    }
    cells.into_iter().collect::<String>().trim_end().to_owned()
}

/// A text of a record as Markdown that is text and nothing else.
fn plain(text: &str) -> String {
    let special = |c: char| matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!');
    let mut out = String::new();
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if special(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The charts of some groups. A file shows the colours that stand here; a page that has some of its own names them for the
/// classes (`limit`, `centre`, `rate`, `above`), and the text takes that of the page.
#[allow(clippy::cast_precision_loss, reason = "places in a drawing")]
fn svg(groups: &[Group]) -> String {
    const WIDE: f64 = 760.0;
    const HIGH: f64 = 180.0;
    const LEFT: f64 = 60.0;
    const TOP: f64 = 30.0;
    let whole = (HIGH + TOP + 20.0) * groups.len() as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {whole}\" font-family=\"sans-serif\" font-size=\"11\" fill=\"currentColor\" role=\"img\" aria-label=\"u-charts of anomalies by month\">\n",
        WIDE + LEFT + 40.0
    );
    for (n, g) in groups.iter().enumerate() {
        let top = (HIGH + TOP + 20.0) * n as f64 + TOP;
        let peak = g.points.iter().map(|p| p.rate.max(p.upper)).fold(1.0, f64::max);
        let x = |i: usize| LEFT + WIDE * (i as f64 + 0.5) / (g.points.len().max(1) as f64);
        let y = |v: f64| top + (HIGH - 20.0) * (1.0 - v / peak);
        let line = |value: &dyn Fn(&Point) -> f64| {
            let at = |(i, p): (usize, &Point)| format!("{:.1},{:.1}", x(i), y(value(p)));
            g.points.iter().enumerate().map(at).collect::<Vec<_>>().join(" ")
        };
        let _ = writeln!(
            out,
            "<text x=\"{LEFT}\" y=\"{:.1}\" font-weight=\"bold\">{}: {} anomalies</text>",
            top - 8.0,
            escaped(&g.group),
            g.total
        );
        for (value, written) in ticks(peak) {
            let y = y(value);
            let (right, beside, lower) = (LEFT + WIDE, LEFT - 6.0, y + 4.0);
            let _ = writeln!(
                out,
                "<line x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\" class=\"grid\" stroke=\"#ccc\" stroke-width=\"0.5\"/>\n\
                 <text x=\"{beside}\" y=\"{lower:.1}\" text-anchor=\"end\">{written}</text>"
            );
        }
        let middle = top + (HIGH - 20.0) / 2.0;
        let _ = writeln!(
            out,
            "<text x=\"14\" y=\"{middle:.1}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {middle:.1})\">in 30 days</text>"
        );
        for (points, style) in [
            (line(&|p| p.upper), "class=\"limit\" stroke=\"#b00\" stroke-dasharray=\"4 3\""),
            (line(&|p| p.lower), "class=\"limit\" stroke=\"#b00\" stroke-dasharray=\"4 3\""),
            (line(&|_| g.centre), "class=\"centre\" stroke=\"#888\""),
            (line(&|p| p.rate), "class=\"rate\" stroke=\"#036\" stroke-width=\"1.5\""),
        ] {
            let _ = writeln!(out, "<polyline fill=\"none\" {style} points=\"{points}\"/>");
        }
        for (i, p) in g.points.iter().enumerate() {
            let (class, colour) = if p.above { ("above", "#b00") } else { ("rate", "#036") };
            let _ = writeln!(
                out,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" class=\"{class}\" fill=\"{colour}\"><title>{} {}</title></circle>",
                x(i),
                y(p.rate),
                p.month,
                p.count
            );
            if i % g.points.len().div_ceil(12).max(1) == 0 {
                let _ = writeln!(
                    out,
                    "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                    x(i),
                    top + HIGH,
                    p.month
                );
            }
        }
    }
    out.push_str("</svg>\n");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(count: u64, rate: f64, upper: f64) -> Point {
        Point {
            month: "2026-01".into(),
            count,
            opportunity: 1.0,
            rate,
            upper,
            lower: 0.0,
            above: rate > upper,
        }
    }

    #[test]
    fn a_row_has_its_bar_and_both_lines_in_their_columns() {
        let inside = row(&point(2, 2.0, 8.0), 4.0, 8.0);
        assert_eq!(inside.chars().filter(|c| *c == '▇').count(), 13);
        assert_eq!(inside.chars().position(|c| c == '┊'), Some(24));
        assert_eq!(inside.chars().position(|c| c == '│'), Some(47));
        assert!(!row(&point(0, 0.0, 8.0), 4.0, 8.0).contains('▇'), "none is no bar");
        assert_eq!(row(&point(0, 0.0, 0.0), 0.0, 0.0), "│");
    }

    #[test]
    fn a_scale_has_round_numbers_up_to_its_peak() {
        let written = |peak: f64| ticks(peak).into_iter().map(|(_, w)| w).collect::<Vec<_>>().join(" ");
        assert_eq!(written(9.0), "0 2 4 6 8");
        assert_eq!(written(10.0), "0 2 4 6 8 10");
        assert_eq!(written(533.4), "0 200 400");
        assert_eq!(written(1.0), "0.0 0.2 0.4 0.6 0.8 1.0");
        assert_eq!(written(0.07), "0.00 0.02 0.04 0.06");
        for none in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(written(none), "0");
        }
        for n in 1..2_000 {
            let peak = f64::from(n) * 0.37;
            let all = ticks(peak);
            assert!((3..=6).contains(&all.len()) && all.iter().all(|(v, _)| *v <= peak), "{peak}: {all:?}");
        }
    }

    /// A number of the scale stands below the column in which a bar of that length ends.
    #[test]
    fn the_scale_on_a_terminal_stands_below_its_bars() {
        let below = scale(8.0);
        assert_eq!(below.split_whitespace().collect::<Vec<_>>(), ["0", "2", "4", "6", "8"]);
        for (value, written) in ticks(8.0) {
            let bar = row(&point(1, value, 0.0), 0.0, 8.0);
            let ends = bar.chars().count() - 1;
            assert_eq!(below.find(&written), Some(if value > 0.0 { ends } else { 0 }), "{below}");
        }
    }

    /// On a dark page nothing is drawn in a colour that only a light one shows: the page can name each.
    #[test]
    fn every_colour_of_a_chart_is_one_that_a_page_can_replace() {
        let group = Group {
            group: "all".into(),
            total: 9,
            centre: 4.0,
            points: vec![point(9, 9.0, 8.0), point(1, 1.0, 8.0)],
            adverse: vec![],
        };
        let drawn = svg(&[group]);
        let coloured: Vec<&str> = drawn.lines().filter(|l| l.contains("=\"#")).collect();
        assert_eq!(coloured.len(), 6 + ticks(9.0).len(), "{drawn}");
        assert!(coloured.iter().all(|l| l.contains("class=\"")), "{drawn}");
        assert!(drawn.contains("class=\"above\" fill=\"#b00\"") && drawn.contains("fill=\"currentColor\""));
    }

    #[test]
    fn texts_of_others_are_no_markup_in_the_document() {
        let group = Group {
            group: "# ![x](http://a) |".into(),
            total: 1,
            centre: 1.0,
            points: vec![point(1, 1.0, 4.0)],
            adverse: vec![],
        };
        let day: vocabulary::Date = "2026-01-31".parse().unwrap();
        let trend = Trend {
            format: "dossier/trend/v1",
            from: day,
            to: day,
            query: "a` b".into(),
            method: super::super::METHOD,
            groups: vec![group],
        };
        let text = trend.to_markdown();
        assert!(text.contains("\\# \\!\\[x\\](http://a) \\|") && text.contains("chart-0.svg"), "{text}");
        assert_eq!(trend.charts().len(), 1);
    }
}
