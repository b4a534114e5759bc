//! What is due: the part of `status` that looks at dates.

use crate::analysis::Analysis;
use monitoring::due::{Due, Terms, due};

/// Days ahead that `status` looks.
const AHEAD: i64 = 14;

/// What is overdue or due within two weeks of the as-of date.
pub(crate) fn of(analysis: &Analysis) -> Vec<Due> {
    if !analysis.with_ledger {
        return Vec::new();
    }
    let terms = Terms {
        investigate_days: analysis.config.anomalies.investigate_days,
        trend_days: analysis.config.anomalies.trend_days,
    };
    due(&analysis.state, terms, analysis.as_of, AHEAD)
}
