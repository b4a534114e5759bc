//! The lines that stand below every result: when to seek help after all, and what the app is not.

use crate::Age;
use triage_content::{Level, Pathway};

/// The last line of every result screen.
pub const EMERGENCY_LINE: &str = "In an emergency call 112 or your local emergency number.";

/// Everything that is said below the reasons, in order. Never empty (RC-06.1).
pub fn safety_net(level: Level, _age: Age, pathway: &Pathway) -> Vec<String> {
    let mut lines = Vec::new();
    if level < Level::Emergency {
        lines.extend(pathway.safety_net.iter().cloned());
        let review = match level {
            Level::SelfCare => "If it is not better in 2 days, make an appointment.",
            Level::Routine => "If it gets worse before the appointment, assess again or seek help sooner.",
            Level::Soon => "If you cannot be seen within 24 hours, go to an out-of-hours service.",
            _ => "If you cannot be seen within 4 hours, go to an emergency department.",
        };
        lines.push(review.into());
    }
    lines.push("This result is no diagnosis and does not replace a doctor.".into());
    lines.push(EMERGENCY_LINE.into());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;
    use triage_content::Bundle;

    fn says(level: Level, months: u32, expected: &[&str], absent: &str) {
        let bundle = Bundle::builtin().unwrap();
        let pathway = bundle.pathway("headache").unwrap();
        let lines = safety_net(level, Age::of_months(months), pathway);
        assert_eq!(lines.last().map(String::as_str), Some(EMERGENCY_LINE));
        let text = lines.join("\n");
        assert!(expected.iter().all(|e| text.contains(e)), "{text}");
        assert!(!text.contains(absent), "{text}");
    }
    cases! { says;
        self_care: Level::SelfCare, 480, &["not better in 2 days", "no diagnosis", "a seizure occurs"], "the child";
        routine: Level::Routine, 480, &["before the appointment"], "2 days";
        soon: Level::Soon, 480, &["within 24 hours"], "within 4 hours";
        urgent: Level::Urgent, 480, &["within 4 hours", "emergency department"], "24 hours";
        emergency_is_short: Level::Emergency, 480, &["no diagnosis"], "a seizure occurs";
    }
}
