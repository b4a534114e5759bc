//! Body temperatures in tenths of a degree Celsius: whole numbers, so that a bound is a bound.

use std::fmt;
use std::str::FromStr;

/// A plausible body temperature, 30.0 to 45.0 degrees Celsius.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Temperature {
    tenths: u16,
}

/// Why a text is no body temperature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemperatureError {
    /// Not a number with at most one decimal place and an optional unit.
    Form,
    /// Below 30.0 or above 45.0 degrees Celsius.
    Range,
}

impl fmt::Display for TemperatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TemperatureError::Form => "write the temperature as a number, for example 38.5 or 101.3 F",
            TemperatureError::Range => "the temperature must be from 30.0 to 45.0 °C (86.0 to 113.0 °F)",
        })
    }
}

impl std::error::Error for TemperatureError {}

impl Temperature {
    /// From tenths of a degree Celsius.
    ///
    /// # Errors
    /// [`TemperatureError::Range`].
    pub fn from_tenths(tenths: u32) -> Result<Temperature, TemperatureError> {
        match u16::try_from(tenths) {
            Ok(tenths) if (300..=450).contains(&tenths) => Ok(Temperature { tenths }),
            _ => Err(TemperatureError::Range),
        }
    }

    /// Tenths of a degree Celsius.
    pub fn tenths(self) -> u32 {
        u32::from(self.tenths)
    }
}

/// Tenths of a degree Fahrenheit to tenths of a degree Celsius, rounded up: a fever is never rounded away.
fn celsius_tenths(fahrenheit_tenths: u32) -> u32 {
    (fahrenheit_tenths.saturating_sub(320) * 5).div_ceil(9)
}

impl FromStr for Temperature {
    type Err = TemperatureError;

    /// Reads `38.5`, `38,5`, `39`, `38.5 C`, `38.5°C` and `101.3 F`.
    fn from_str(s: &str) -> Result<Temperature, TemperatureError> {
        let s = s.trim();
        let (number, fahrenheit) = match s.strip_suffix(['F', 'f']) {
            Some(rest) => (rest, true),
            None => (s.strip_suffix(['C', 'c']).unwrap_or(s), false),
        };
        let number = number.trim_end().trim_end_matches('°').trim_end();
        let (whole, part) = number.split_once(['.', ',']).unwrap_or((number, "0"));
        let digits =
            |t: &str, most: usize| (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, 3) || !digits(part, 1) {
            return Err(TemperatureError::Form);
        }
        let value = |t: &str| t.parse::<u32>().map_err(|_| TemperatureError::Form);
        let tenths = value(whole)? * 10 + value(part)?;
        Temperature::from_tenths(if fahrenheit { celsius_tenths(tenths) } else { tenths })
    }
}

impl fmt::Display for Temperature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} °C", self.tenths / 10, self.tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    fn reads(text: &str, expected: Result<u32, TemperatureError>) {
        assert_eq!(text.parse::<Temperature>().map(Temperature::tenths), expected);
    }
    const FORM: Result<u32, TemperatureError> = Err(TemperatureError::Form);
    const RANGE: Result<u32, TemperatureError> = Err(TemperatureError::Range);
    cases! { reads;
        point: "38.5", Ok(385);
        comma: "38,5", Ok(385);
        whole_degrees: "39", Ok(390);
        with_unit: "38.5C", Ok(385);
        with_degree_sign: "38.5 °C", Ok(385);
        lowest: "30.0", Ok(300);
        highest: "45.0", Ok(450);
        just_too_low: "29.9", RANGE;
        just_too_high: "45.1", RANGE;
        fahrenheit_fever: "100.4 F", Ok(380);
        fahrenheit_rounds_up: "101.3F", Ok(385);
        fahrenheit_just_below_fever: "100.3 F", Ok(380);
        fahrenheit_well_below_fever: "100.2 F", Ok(379);
        fahrenheit_highest: "113.0 F", Ok(450);
        fahrenheit_below_freezing: "12 F", RANGE;
        fahrenheit_without_unit: "101.3", RANGE;
        empty: "", FORM;
        negative: "-38.5", FORM;
        two_decimals: "38.55", FORM;
        no_digit_after_point: "38.", FORM;
        no_digit_before_point: ".5", FORM;
        exponent: "3.8e1", FORM;
    }

    #[test]
    fn shows_one_decimal() {
        assert_eq!(Temperature::from_tenths(380).unwrap().to_string(), "38.0 °C");
    }
}
