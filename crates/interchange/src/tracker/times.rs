//! Times as the exports of trackers write them, in the form that their APIs have.

use vocabulary::Date;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A time of an export as RFC 3339. One that names no zone, as in Jira's CSV, comes out without one, `2026-03-05T16:13:00`; a
/// text in another form stays as it is.
///
/// | written by | form |
/// |---|---|
/// | Jira, XML | `Thu, 5 Mar 2026 16:13:00 +0100` |
/// | Jira, CSV | `05/Mar/26 4:13 PM` |
/// | GitLab, CSV | `2026-03-05 16:13:00`, which is UTC |
/// | Linear, CSV | `Thu Mar 05 2026 16:13:00 GMT+0000 (GMT)` |
pub(super) fn iso(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    read(&words).unwrap_or_else(|| text.to_owned())
}

fn read(words: &[&str]) -> Option<String> {
    match words {
        [weekday, month, day, year, time, zone, ..] if zone.starts_with("GMT") && weekday.len() == 3 => {
            moment(&[day, month, year], time, zone.strip_prefix("GMT")?)
        }
        [weekday, day, month, year, time, zone] if weekday.ends_with(',') => {
            moment(&[day, month, year], time, zone)
        }
        [day, month, year, time, zone] => moment(&[day, month, year], time, zone),
        [date, time] => date.parse::<Date>().ok().map(|date| format!("{date}T{time}Z")),
        [date, time, half] => {
            let parts: Vec<&str> = date.split('/').collect();
            moment(&parts, &of_24_hours(time, half)?, "")
        }
        _ => None,
    }
}

/// `4:13` and `PM` are `16:13:00`.
fn of_24_hours(time: &str, half: &str) -> Option<String> {
    let (hour, minute) = time.split_once(':')?;
    let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
    let noon = match half.to_ascii_uppercase().as_str() {
        "AM" => 0,
        "PM" => 12,
        _ => return None,
    };
    ((1..=12).contains(&hour) && minute < 60).then(|| format!("{:02}:{minute:02}:00", hour % 12 + noon))
}

/// Day, month and year, the month in English letters; a year of two digits is one of this century.
fn moment(date: &[&str], time: &str, zone: &str) -> Option<String> {
    let [day, month, year] = date else { return None };
    let day: u8 = day.parse().ok()?;
    let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(month))? + 1;
    let year = if year.len() == 2 { format!("20{year}") } else { (*year).to_owned() };
    let parts = if zone.is_empty() { "" } else { ".000" };
    Some(format!("{year}-{month:02}-{day:02}T{time}{parts}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn a_time_of_an_export_reads_as_the_api_writes_it() {
        for (written, read) in [
            ("Mon, 1 Feb 2021 08:00:00 +0100", "2021-02-01T08:00:00.000+0100"),
            ("1 Feb 2021 08:00:00 +0100", "2021-02-01T08:00:00.000+0100"),
            ("05/Mar/26 4:13 PM", "2026-03-05T16:13:00"),
            ("05/Mar/26 12:05 AM", "2026-03-05T00:05:00"),
            ("05/Mar/2026 12:05 PM", "2026-03-05T12:05:00"),
            ("2026-02-03 09:10:11", "2026-02-03T09:10:11Z"),
            ("Tue Mar 03 2026 10:13:21 GMT+0000 (GMT)", "2026-03-03T10:13:21.000+0000"),
            ("2026-03-04T10:13:21.000Z", "2026-03-04T10:13:21.000Z"),
            ("05/Mrz/26 4:13 PM", "05/Mrz/26 4:13 PM"),
            ("05/Mar/26 14:13 PM", "05/Mar/26 14:13 PM"),
            ("yesterday", "yesterday"),
            ("", ""),
        ] {
            assert_eq!(iso(written), read, "{written}");
        }
    }
}
