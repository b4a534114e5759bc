//! Times and numbers as readers read them.

use views::Instant;

/// `2026-03-14 09:12:05 UTC`: date and time to the second, with the zone.
pub fn day_and_time(at: Instant) -> String {
    let iso = at.to_string();
    let day = iso.get(..10).unwrap_or(&iso);
    let time = iso.get(11..19).unwrap_or_default();
    format!("{day} {time} UTC")
}

/// `1 284 031`: a number in groups of three, by thin spaces that do not break.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_read_well() {
        assert_eq!(day_and_time(Instant::from_millis(1_773_479_525_250)), "2026-03-14 09:12:05 UTC");
        for (number, expected) in
            [(0, "0"), (999, "999"), (1284, "1\u{202f}284"), (1_284_031, "1\u{202f}284\u{202f}031")]
        {
            assert_eq!(thousands(number), expected);
        }
    }
}
