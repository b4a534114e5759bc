//! Scores of vectors: CVSS 2.0, 3.0, 3.1 and 4.0 (first.org).

use serde::Serialize;

/// The words of the qualitative scale of CVSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// 0.0
    None,
    /// 0.1 to 3.9
    Low,
    /// 4.0 to 6.9
    Medium,
    /// 7.0 to 8.9
    High,
    /// 9.0 to 10.0
    Critical,
}

/// The score of a vector, 0.0 to 10.0; `None` where it is no vector, or not all of its base metrics are there.
pub fn score_of(vector: &str) -> Option<f64> {
    let vector = vector.trim().trim_start_matches('(').trim_end_matches(')');
    let read = vector.parse::<cvss::Cvss>().ok()?;
    // The crate asks versions 2 and 4 for all base metrics, and takes those of version 3 that are absent for harmless.
    let whole = match &read {
        cvss::Cvss::CvssV30(v) | cvss::Cvss::CvssV31(v) => {
            v.av.is_some()
                && v.ac.is_some()
                && v.pr.is_some()
                && v.ui.is_some()
                && v.s.is_some()
                && v.c.is_some()
                && v.i.is_some()
                && v.a.is_some()
        }
        _ => true,
    };
    whole.then(|| read.score())
}

/// The word for a score.
pub fn level_of(score: f64) -> Level {
    match score {
        s if s >= 9.0 => Level::Critical,
        s if s >= 7.0 => Level::High,
        s if s >= 4.0 => Level::Medium,
        s if s > 0.0 => Level::Low,
        _ => Level::None,
    }
}

impl Level {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::None => "none",
            Level::Low => "low",
            Level::Medium => "medium",
            Level::High => "high",
            Level::Critical => "critical",
        }
    }
}
