//! What figures are held to.

use super::{Sense, Target};

/// Targets as the firm sets them; each has a default of ours, which is no requirement of a standard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Targets {
    /// Days that a period has; a year where the firm says nothing.
    pub window_days: u32,
    /// The days within which an anomaly is investigated, as `[anomalies]` says.
    pub investigate_days: u32,
    /// Targets of the firm by the id of their figure, in the figure's unit.
    pub own: std::collections::BTreeMap<String, u32>,
}

impl Targets {
    /// The target of a figure; `default` where the firm set none.
    pub(super) fn of(&self, id: &str, sense: Sense, default: Option<u32>, unit: &str) -> Target {
        let own = self.own.get(id).copied();
        let value = own.or(default).map(f64::from);
        let word = match sense {
            Sense::AtLeast => "at least",
            Sense::AtMost => "at most",
        };
        let unit = match unit {
            "percent" => " %",
            "days" => " days",
            _ => "",
        };
        let text = value.map(|v| format!("{word} {v}{unit}")).unwrap_or_default();
        Target { sense, value, text, own: own.is_some() }
    }
}
