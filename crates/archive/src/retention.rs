//! How long a release is kept: the longest period over all markets, with the reason for each (domain: crosswalk,
//! "Retention"). Pure: dates in, dates out.

use serde::{Deserialize, Serialize};
use vocabulary::Date;

/// A set of rules under which the product is on the market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Market {
    /// EU MDR, art. 10(8): 10 years after the last device was placed on the market.
    EuMdr,
    /// EU MDR, art. 10(8), implantable devices: 15 years after the last device.
    EuMdrImplantable,
    /// EU IVDR, art. 10(7): 10 years after the last device.
    EuIvdr,
    /// ISO 13485 4.2.5, so also the US QMSR: the device's lifetime, not less than 2 years from release.
    Iso13485,
    /// The former 21 CFR 820.180(b): the device's expected life, not less than 2 years from release.
    UsLegacyQsr,
}

/// What the period is computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionInput {
    /// Where the product is on the market.
    pub markets: Vec<Market>,
    /// The software's lifetime as its maker states it, in years; `None` where it is not stated.
    pub lifetime_years: Option<u16>,
    /// The day of the release.
    pub released: Date,
    /// The day on which the last unit under the same declaration was placed on the market, once that is known.
    pub last_placed: Option<Date>,
    /// The day of the computation: with devices still being placed, the period cannot end sooner than it would if the
    /// last were placed today.
    pub as_of: Date,
}

/// One rule's demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The rule, as a clause id.
    pub rule: String,
    /// Until when; `None` where the end is not known yet.
    pub until: Option<Date>,
    /// Why, in words.
    pub text: String,
}

/// How long a release is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Not to be removed before this day. With `open_ended`, a minimum that is extended.
    pub until: Date,
    /// The end is not known yet: kept under a hold until it is.
    pub open_ended: bool,
    /// What each rule demands.
    pub reasons: Vec<Reason>,
}

/// Computes the retention.
///
/// Without any market, or without a stated lifetime, the end is not known, so it is open-ended.
pub fn compute(input: &RetentionInput) -> Retention {
    let mut reasons = vec![lifetime(input, "62304:5.8.7", "the stated lifetime of the software", 0)];
    let mut markets = input.markets.clone();
    markets.sort();
    markets.dedup();
    for market in &markets {
        reasons.push(match market {
            Market::EuMdr => last_device(input, "mdr:10.8", 10),
            Market::EuMdrImplantable => last_device(input, "mdr:10.8", 15),
            Market::EuIvdr => last_device(input, "ivdr:10.7", 10),
            Market::Iso13485 => lifetime(input, "13485:4.2.5", "the lifetime of the device", 2),
            Market::UsLegacyQsr => lifetime(input, "qsr:820.180.b", "the expected life of the device", 2),
        });
    }
    if markets.is_empty() {
        let text = "no market is stated, so no regulatory period can be computed".to_owned();
        reasons.push(Reason { rule: "62304:5.8.7".to_owned(), until: None, text });
    }
    let open_ended = reasons.iter().any(|r| r.until.is_none());
    let known = reasons.iter().filter_map(|r| r.until).max();
    let placed_today = markets.iter().filter_map(|m| years_after_last_device(*m)).max();
    let minimum = match (placed_today, input.last_placed) {
        (Some(years), None) => Some(input.as_of.max(input.released).plus_years(years)),
        _ => None,
    };
    let least = input.released.plus_years(2);
    Retention { until: known.max(minimum).unwrap_or(least).max(least), open_ended, reasons }
}

fn years_after_last_device(market: Market) -> Option<i32> {
    match market {
        Market::EuMdr | Market::EuIvdr => Some(10),
        Market::EuMdrImplantable => Some(15),
        Market::Iso13485 | Market::UsLegacyQsr => None,
    }
}

fn last_device(input: &RetentionInput, rule: &str, years: i32) -> Reason {
    let (until, text) = match input.last_placed {
        Some(day) => (
            Some(day.max(input.released).plus_years(years)),
            format!("{years} years after the last device was placed on the market on {day}"),
        ),
        None => (
            None,
            format!(
                "{years} years after the last device is placed on the market; no last-placed date is recorded yet"
            ),
        ),
    };
    Reason { rule: rule.to_owned(), until, text }
}

fn lifetime(input: &RetentionInput, rule: &str, what: &str, least_years: u16) -> Reason {
    let (until, text) = match input.lifetime_years {
        Some(years) if years >= least_years => {
            (Some(input.released.plus_years(years.into())), format!("{what}, {years} years from release"))
        }
        Some(years) => (
            Some(input.released.plus_years(least_years.into())),
            format!("{what} is {years} years; not less than {least_years} years from release"),
        ),
        None => (None, format!("{what}, which is not stated yet")),
    };
    Reason { rule: rule.to_owned(), until, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(s: &str) -> Date {
        s.parse().unwrap()
    }

    #[test]
    fn the_longest_period_over_all_markets_counts() {
        use Market::*;
        // Markets, stated lifetime, last-placed date; then the end, and whether it is open.
        type Row<'a> = (&'a [Market], Option<u16>, Option<&'a str>, &'a str, bool);
        let table: &[Row<'_>] = &[
            (&[Iso13485], Some(5), None, "2031-03-14", false),
            (&[Iso13485], Some(1), None, "2028-03-14", false),
            (&[UsLegacyQsr, Iso13485], Some(8), None, "2034-03-14", false),
            (&[EuMdr], Some(5), Some("2030-06-01"), "2040-06-01", false),
            (&[EuMdr, EuMdrImplantable], Some(5), Some("2030-06-01"), "2045-06-01", false),
            (&[EuIvdr], Some(20), Some("2027-01-01"), "2046-03-14", false),
            (&[EuMdr], Some(5), None, "2037-05-01", true),
            (&[EuMdr, Iso13485], Some(30), None, "2056-03-14", true),
            (&[Iso13485], None, None, "2028-03-14", true),
            (&[], Some(5), None, "2031-03-14", true),
        ];
        for (markets, lifetime_years, last_placed, until, open_ended) in table {
            let r = compute(&RetentionInput {
                markets: markets.to_vec(),
                lifetime_years: *lifetime_years,
                released: day("2026-03-14"),
                last_placed: last_placed.map(day),
                as_of: day("2027-05-01"),
            });
            assert_eq!(
                (r.until, r.open_ended),
                (day(until), *open_ended),
                "{markets:?} {lifetime_years:?}: {r:?}"
            );
            assert_eq!(r.open_ended, r.reasons.iter().any(|x| x.until.is_none()));
        }
    }
}
