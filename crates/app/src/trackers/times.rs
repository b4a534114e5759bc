//! Times of trackers, and which of two is certainly the earlier one.

use vocabulary::Instant;

/// A tracker's time, where it is one.
pub(super) fn instant(text: &str) -> Option<Instant> {
    text.parse().ok()
}

/// How far a time without a zone may be from what it is as UTC: zones reach from 12 hours behind it to 14 before it.
const ZONE_MS: i64 = 14 * 60 * 60 * 1000;

/// Whether the first time is certainly earlier than the second. Of times without a zone only those of one tracker are compared
/// to the minute: they are of one zone.
pub(super) fn earlier(first: &str, second: &str) -> bool {
    let read = |text: &str| match instant(text) {
        Some(at) => Some((at.millis(), true)),
        None => instant(&format!("{text}Z")).map(|at| (at.millis(), false)),
    };
    match (read(first), read(second)) {
        (Some((a, zone)), Some((b, other))) if zone == other => a < b,
        (Some((a, _)), Some((b, _))) => a + ZONE_MS < b,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::earlier;

    #[test]
    fn a_time_without_a_zone_is_earlier_where_no_zone_makes_it_later() {
        let (morning, evening) = ("2026-03-05T06:00:00", "2026-03-05T20:30:00");
        assert!(earlier(morning, evening) && !earlier(evening, morning));
        assert!(earlier("2026-03-05T06:00:00+0100", "2026-03-05T05:30:00Z"));
        assert!(earlier(morning, "2026-03-05T20:30:00Z"), "not even fourteen hours ahead");
        assert!(!earlier(morning, "2026-03-05T19:30:00Z"), "it may have been written in a zone behind");
        assert!(!earlier("yesterday", evening) && !earlier(morning, ""));
    }
}
