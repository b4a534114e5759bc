//! Trends of problem reports (62304:9.6): how many were reported in each month, with control limits, and which trend is adverse.
//!
//! Method (u-chart): the subgroup is a calendar month; the count is the anomalies reported in it that answer the question;
//! the area of opportunity is the days of the month inside the window, in units of 30 days. The centre line is
//! `u = sum of counts / sum of opportunity`, the limits are `u ± 3 sqrt(u / n)`, the lower one not below zero. A trend is
//! adverse where a month lies above the upper limit, or seven months in a row lie above the centre line, or six months in
//! a row each have more than the one before.

mod draw;

use crate::anomalies::Asked;
use serde::Serialize;
use std::collections::BTreeMap;
use vocabulary::Date;

/// Months in a row above the centre line that are adverse.
const RUN_ABOVE: usize = 7;
/// Months in a row that each have more than the one before.
const RUN_RISING: usize = 6;
/// The method in one line, as it is shown and recorded.
pub const METHOD: &str = "u-chart: subgroup = calendar month, opportunity = days / 30, centre = sum of counts / sum of opportunity, \
     limits = centre +- 3 sqrt(centre / opportunity); adverse: a month above the upper limit, 7 in a row above the centre, 6 in a row rising";

/// What anomalies are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// All in one.
    Nothing,
    /// The items affected; one anomaly counts for each.
    Item,
    /// The sort of cause.
    Category,
    /// The version in which it was seen.
    Version,
    /// Severity.
    Severity,
}

impl By {
    /// What a word groups by; `None` where it is no such word. Nothing is said by an empty one.
    pub fn of(word: &str) -> Option<By> {
        Some(match word {
            "" => By::Nothing,
            "item" => By::Item,
            "category" | "cause" => By::Category,
            "version" => By::Version,
            "severity" => By::Severity,
            _ => return None,
        })
    }
}

/// One month of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// `2026-03`
    pub month: String,
    /// Anomalies reported.
    pub count: u64,
    /// Opportunity, in units of 30 days.
    pub opportunity: f64,
    /// Count by opportunity.
    pub rate: f64,
    /// The upper limit.
    pub upper: f64,
    /// The lower limit.
    pub lower: f64,
    /// Whether it lies above the upper limit.
    pub above: bool,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// `ITM-x`, `design`, `2.3.0`; `all` where nothing groups.
    pub group: String,
    /// All its anomalies in the window.
    pub total: u64,
    /// The centre line.
    pub centre: f64,
    /// Its months.
    pub points: Vec<Point>,
    /// Why its trend is adverse; empty where it is not.
    pub adverse: Vec<String>,
}

/// A trend analysis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trend {
    /// Always `dossier/trend/v1`.
    pub format: &'static str,
    /// The first day that is counted.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The question that chose the anomalies.
    pub query: String,
    /// See [`METHOD`].
    pub method: &'static str,
    /// The groups, the greatest first.
    pub groups: Vec<Group>,
}

/// The month of a date: its first day and its text.
fn month(date: Date) -> (String, Date) {
    let text = date.to_string();
    let month = text.get(..7).unwrap_or_default().to_owned();
    let first = format!("{month}-01").parse().unwrap_or(date);
    (month, first)
}

/// The months of a window with the days of each that lie in it.
fn months(from: Date, to: Date) -> Vec<(String, i64)> {
    let mut out: Vec<(String, i64)> = Vec::new();
    let mut at = from;
    // At most a century: a window is a person's choice, and a slip of the pen is not to fill the memory.
    while at <= to && out.len() < 1_200 {
        let (name, first) = month(at);
        let (_, next) = month(first.plus_days(32));
        let last = if next.plus_days(-1) < to { next.plus_days(-1) } else { to };
        out.push((name, last.days_since(at) + 1));
        at = next;
    }
    out
}

fn groups_of(a: &Asked<'_>, by: By) -> Vec<String> {
    let report = &a.anomaly.report.body;
    let one = |text: &str| vec![if text.trim().is_empty() { "not said".to_owned() } else { text.to_owned() }];
    match by {
        By::Nothing => vec!["all".to_owned()],
        By::Item if report.affects.is_empty() => one(""),
        By::Item => report.affects.iter().map(ToString::to_string).collect(),
        By::Category => one(a.anomaly.investigation().map_or("", |i| i.body.category.as_str())),
        By::Version => one(&report.version),
        By::Severity => one(&report.severity),
    }
}

fn rounded(x: f64) -> f64 {
    (x * 1000.0).round() / 1000.0
}

/// The trends of the anomalies that were chosen, between two days.
pub fn trend(chosen: &[Asked<'_>], query: &str, by: By, from: Date, to: Date) -> Trend {
    let months = months(from, to);
    let place: BTreeMap<&str, usize> = months.iter().enumerate().map(|(n, (m, _))| (m.as_str(), n)).collect();
    let mut counts: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for a in chosen {
        let day = a.anomaly.report.meta.at.date_utc();
        let Some(n) = place.get(month(day).0.as_str()).filter(|_| day >= from && day <= to) else { continue };
        for group in groups_of(a, by) {
            let row = counts.entry(group).or_insert_with(|| vec![0; months.len()]);
            if let Some(cell) = row.get_mut(*n) {
                *cell += 1;
            }
        }
    }
    if counts.is_empty() {
        counts.insert("all".to_owned(), vec![0; months.len()]);
    }
    let mut groups: Vec<Group> = counts.into_iter().map(|(name, row)| group(name, &row, &months)).collect();
    groups.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.group.cmp(&b.group)));
    Trend { format: "dossier/trend/v1", from, to, query: query.to_owned(), method: METHOD, groups }
}

#[allow(clippy::cast_precision_loss, reason = "counts of anomalies and days are small")]
fn group(name: String, counts: &[u64], months: &[(String, i64)]) -> Group {
    let opportunity = |days: i64| days as f64 / 30.0;
    let total: u64 = counts.iter().sum();
    let whole: f64 = months.iter().map(|(_, d)| opportunity(*d)).sum();
    let centre = if whole > 0.0 { total as f64 / whole } else { 0.0 };
    let mut points = Vec::with_capacity(months.len());
    for ((month, days), count) in months.iter().zip(counts) {
        let n = opportunity(*days);
        let width = 3.0 * (centre / n).sqrt();
        let rate = *count as f64 / n;
        points.push(Point {
            month: month.clone(),
            count: *count,
            opportunity: rounded(n),
            rate: rounded(rate),
            upper: rounded(centre + width),
            lower: rounded((centre - width).max(0.0)),
            above: rate > centre + width,
        });
    }
    let adverse = adverse(&points, rounded(centre));
    Group { group: name, total, centre: rounded(centre), points, adverse }
}

fn adverse(points: &[Point], centre: f64) -> Vec<String> {
    let mut out = Vec::new();
    for p in points.iter().filter(|p| p.above) {
        out.push(format!("{}: {} reported, the upper limit is {}", p.month, p.rate, p.upper));
    }
    let (mut above, mut rising) = (0, 0);
    let mut last: Option<f64> = None;
    for p in points {
        above = if p.rate > centre { above + 1 } else { 0 };
        rising = if last.is_some_and(|l| p.rate > l) { rising + 1 } else { 0 };
        last = Some(p.rate);
        if above == RUN_ABOVE {
            out.push(format!("{}: {RUN_ABOVE} months in a row above the centre line", p.month));
        }
        if rising == RUN_RISING {
            out.push(format!("{}: {RUN_RISING} months in a row rising", p.month));
        }
    }
    out
}

impl Trend {
    /// The groups whose trend is adverse.
    pub fn adverse(&self) -> Vec<String> {
        self.groups.iter().filter(|g| !g.adverse.is_empty()).map(|g| g.group.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counts: &[u64]) -> Group {
        let months: Vec<(String, i64)> = (0..counts.len()).map(|n| (format!("m{n}"), 30)).collect();
        group("g".into(), counts, &months)
    }

    /// Worked by hand: 12 in 4 months of 30 days, so u = 3 and the limits are 3 +- 3 sqrt(3) = -2.196 and 8.196.
    #[test]
    fn limits_are_those_of_the_textbook() {
        let g = of(&[1, 2, 0, 9]);
        assert_eq!((g.centre, g.points[0].upper, g.points[0].lower), (3.0, 8.196, 0.0));
        assert!(g.points[3].above && g.adverse.len() == 1, "{:?}", g.adverse);
        assert!(of(&[3, 3, 3, 3]).adverse.is_empty());
        assert!(of(&[0, 0, 0]).adverse.is_empty());
    }

    #[test]
    fn runs_above_the_centre_and_rising_runs_are_adverse() {
        let above = of(&[1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3]);
        assert!(above.adverse.iter().any(|a| a.contains("in a row above")), "{:?}", above.adverse);
        let rising = of(&[10, 11, 12, 13, 14, 15, 16]);
        assert!(rising.adverse.iter().any(|a| a.contains("rising")), "{:?}", rising.adverse);
        assert!(of(&[10, 11, 12, 13, 14, 15, 9]).adverse.is_empty());
    }

    #[test]
    fn months_carry_the_days_that_lie_in_the_window() {
        let d = |t: &str| t.parse::<Date>().unwrap();
        let months = months(d("2026-01-20"), d("2026-03-05"));
        assert_eq!(months, [("2026-01".into(), 12), ("2026-02".into(), 28), ("2026-03".into(), 5)]);
        assert!(super::months(d("2026-03-05"), d("2026-01-20")).is_empty());
        assert!(super::months(d("0001-01-01"), d("9999-01-01")).len() <= 1_200);
    }

    #[test]
    fn a_chart_holds_no_markup_of_others() {
        let mut t = trend(&[], "", By::Nothing, "2026-01-01".parse().unwrap(), "2026-06-30".parse().unwrap());
        t.groups[0].group = "<script>".into();
        assert!(!t.to_svg().contains("<script>"));
        assert_eq!(t.groups[0].points.len(), 6);
    }
}
