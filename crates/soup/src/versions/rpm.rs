//! RPM: `[epoch:]version[-release]`, each compared as `rpmvercmp` does, with tilde (before) and caret (after).

use super::{Number, split_while};
use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (parts(a), parts(b));
    a.0.cmp(&b.0).then_with(|| segments(a.1, b.1)).then_with(|| segments(a.2, b.2))
}

fn parts(text: &str) -> (Number<'_>, &str, &str) {
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if Number::of(epoch).is_some() => (Number::of(epoch), rest),
        _ => (None, text),
    };
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch.unwrap_or(Number::ZERO), version, release)
}

/// `rpmvercmp`: runs of digits and runs of letters, whatever stands between them.
pub(super) fn segments(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let skip = |b: u8| !b.is_ascii_alphanumeric() && b != b'~' && b != b'^';
        (a, b) = (split_while(a, skip).1, split_while(b, skip).1);
        match (a.strip_prefix('~'), b.strip_prefix('~')) {
            (Some(x), Some(y)) => {
                (a, b) = (x, y);
                continue;
            }
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => {}
        }
        match (a.strip_prefix('^'), b.strip_prefix('^')) {
            (Some(x), Some(y)) => {
                (a, b) = (x, y);
                continue;
            }
            // A caret is after the bare version and before whatever else goes on.
            (Some(_), None) => return if b.is_empty() { Ordering::Greater } else { Ordering::Less },
            (None, Some(_)) => return if a.is_empty() { Ordering::Less } else { Ordering::Greater },
            (None, None) => {}
        }
        if a.is_empty() || b.is_empty() {
            return (!a.is_empty()).cmp(&!b.is_empty());
        }
        let digit = |t: &str| t.starts_with(|c: char| c.is_ascii_digit());
        let order = match (digit(a), digit(b)) {
            // Numbers are newer than letters.
            (true, false) => return Ordering::Greater,
            (false, true) => return Ordering::Less,
            (true, true) => {
                let (x, y) = (split_while(a, |c| c.is_ascii_digit()), split_while(b, |c| c.is_ascii_digit()));
                (a, b) = (x.1, y.1);
                Number::of(x.0).cmp(&Number::of(y.0))
            }
            (false, false) => {
                let letters = |c: u8| c.is_ascii_alphabetic();
                let (x, y) = (split_while(a, letters), split_while(b, letters));
                (a, b) = (x.1, y.1);
                x.0.cmp(y.0)
            }
        };
        if order.is_ne() {
            return order;
        }
    }
}
