//! Scores of the Exploit Prediction Scoring System as FIRST publishes them: comma-separated values with a comment line.

use super::{Epss, Mark};

/// Whether a text is such a table.
pub(super) fn is_epss(text: &str) -> bool {
    let mut lines = text.lines().take(2);
    lines.any(|l| l.trim().trim_start_matches('#').starts_with("cve,epss"))
}

/// The marks by CVE, and the day of the scores.
pub(super) fn read(text: &str) -> Result<(Vec<(String, Mark)>, String), String> {
    let mut date = String::new();
    let mut marks = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            let day = comment.split(',').find_map(|part| part.trim().strip_prefix("score_date:"));
            day.unwrap_or_default().clone_into(&mut date);
            continue;
        }
        if line.is_empty() || line.starts_with("cve,") {
            continue;
        }
        let mut cells = line.split(',').map(str::trim);
        let (Some(cve), Some(score), Some(percentile), None) =
            (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            return Err(format!("line {} has not the three cells cve, epss, percentile", n + 1));
        };
        if !cve.starts_with("CVE-") || !is_fraction(score) || !is_fraction(percentile) {
            return Err(format!("line {} is no score of a CVE: `{line}`", n + 1));
        }
        let epss = Epss { score: score.to_owned(), percentile: percentile.to_owned() };
        marks.push((cve.to_owned(), Mark::Epss(epss)));
    }
    Ok((marks, date))
}

fn is_fraction(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|n| (0.0..=1.0).contains(&n))
}
