//! Explaining differences of bytes that are no container: text by lines, the rest by the strings and numbers in it.

use super::mask::{without_paths, without_times};
use super::{CauseKind, Findings, within};

/// Shorter runs of printable characters are no strings.
const STRING_MIN: usize = 6;
/// Numbers in this range are taken for a time in seconds: 2015 to 2050. A wider one would take too many other numbers.
const SECONDS: std::ops::Range<u64> = 1_420_070_400..2_524_608_000;
/// Two times of builds are at most this far apart: 20 years, in seconds.
const APART_MAX: u64 = 20 * 366 * 86_400;
/// The head of a build id note in an ELF file (namesz 4, descsz 20, type 3, "GNU"): a digest of the rest of the file,
/// so that it differs whenever anything does.
const BUILD_ID: &[u8] = &[4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, b'G', b'N', b'U', 0];
const BUILD_ID_BYTES: usize = 20;

pub(super) fn explain(findings: &mut Findings, place: &str, a: &[u8], b: &[u8]) {
    match (text(a), text(b)) {
        (Some(a), Some(b)) => explain_text(findings, place, a, b),
        _ => explain_binary(findings, place, a, b),
    }
}

fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|t| !t.contains('\0'))
}

fn explain_text(findings: &mut Findings, place: &str, a: &str, b: &str) {
    let (lines_a, lines_b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    if sorted(lines_a.clone()) == sorted(lines_b.clone()) {
        if lines_a == lines_b {
            findings.add(CauseKind::Content, place, "the ends of its lines differ");
        } else {
            findings.add(
                CauseKind::Order,
                place,
                format!("the same {} lines in another order", lines_a.len()),
            );
        }
        return;
    }
    if lines_a.len() != lines_b.len() {
        let detail = format!("{} lines, now {}", lines_a.len(), lines_b.len());
        let same_words = sorted(a.split_whitespace().collect()) == sorted(b.split_whitespace().collect());
        findings.add(if same_words { CauseKind::Order } else { CauseKind::Content }, place, detail);
        return;
    }
    for (n, (line_a, line_b)) in lines_a.iter().zip(&lines_b).enumerate().filter(|(_, (a, b))| a != b) {
        let place = within(place, &format!("line {}", n + 1));
        explain_string(findings, &place, line_a, line_b);
    }
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

/// Two strings that stand at the same place.
fn explain_string(findings: &mut Findings, place: &str, a: &str, b: &str) {
    let detail = || format!("`{}`, now `{}`", short(a), short(b));
    // Paths are masked first: a temporary directory may have a number in its name that looks like a time.
    let (path_a, path_b) = (without_paths(a), without_paths(b));
    if without_times(a) == without_times(b) {
        findings.add(CauseKind::Timestamp, place, detail());
    } else if path_a == path_b {
        findings.add(CauseKind::Path, place, detail());
    } else if without_times(&path_a) == without_times(&path_b) {
        findings.add(CauseKind::Timestamp, place, detail());
        findings.add(CauseKind::Path, place, detail());
    } else if sorted(words(a)) == sorted(words(b)) {
        findings.add(CauseKind::Order, place, detail());
    } else {
        findings.add(CauseKind::Content, place, detail());
    }
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '{' | '}' | '[' | ']'))
        .filter(|w| !w.is_empty())
        .collect()
}

fn short(text: &str) -> String {
    let mut out: String = text.chars().filter(|c| !c.is_control()).take(100).collect();
    if text.chars().count() > 100 {
        out.push('…');
    }
    out
}

fn explain_binary(findings: &mut Findings, place: &str, a: &[u8], b: &[u8]) {
    let (plain_a, plain_b) = (without_build_id(a), without_build_id(b));
    if plain_a == plain_b {
        findings.add(
            CauseKind::Content,
            place,
            "the build id alone differs: inputs that leave no other trace",
        );
        return;
    }
    if plain_a.len() == plain_b.len() {
        explain_regions(findings, place, &plain_a, &plain_b);
    } else {
        explain_strings(findings, place, &plain_a, &plain_b);
    }
}

fn without_build_id(bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    if !bytes.starts_with(b"\x7fELF") {
        return out;
    }
    if let Some(at) = bytes.windows(BUILD_ID.len()).position(|w| w == BUILD_ID) {
        let from = at + BUILD_ID.len();
        if let Some(id) = out.get_mut(from..from + BUILD_ID_BYTES) {
            id.fill(0);
        }
    }
    out
}

/// Same length: each stretch of differing bytes, with what stands around it.
fn explain_regions(findings: &mut Findings, place: &str, a: &[u8], b: &[u8]) {
    let regions = regions(a, b);
    if is_reordered(a, b) && !regions.iter().all(|(from, to)| number_at(a, b, *from, *to).is_some()) {
        findings.add(CauseKind::Order, place, "the same bytes in another order");
        return;
    }
    let mut seen_to = 0;
    for (from, to) in regions {
        if from < seen_to {
            continue;
        }
        let at = within(place, &format!("byte {from:#x}"));
        let (start, end) = string_around(a, b, from, to);
        let pair = (a.get(start..end).and_then(text), b.get(start..end).and_then(text));
        match pair {
            (Some(string_a), Some(string_b)) if end - start >= STRING_MIN => {
                explain_string(findings, &at, string_a, string_b);
                seen_to = end;
            }
            _ => match number_at(a, b, from, to) {
                Some((was, is)) => {
                    findings.add(CauseKind::Timestamp, at, format!("seconds since 1970: {was}, now {is}"));
                }
                None => findings.add(CauseKind::Content, at, format!("{} bytes differ", to - from)),
            },
        }
    }
}

/// Stretches of differing bytes; gaps of up to 3 equal bytes belong to a stretch.
fn regions(a: &[u8], b: &[u8]) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (at, _) in a.iter().zip(b).enumerate().filter(|(_, (x, y))| x != y) {
        match out.last_mut() {
            Some((_, to)) if at <= *to + 3 => *to = at + 1,
            _ => out.push((at, at + 1)),
        }
    }
    out
}

fn is_reordered(a: &[u8], b: &[u8]) -> bool {
    let strings = |bytes| sorted(strings(bytes).into_iter().map(|(_, s)| s).collect());
    let histogram = |bytes: &[u8]| {
        bytes.iter().fold([0usize; 256], |mut h, x| {
            h[usize::from(*x)] += 1;
            h
        })
    };
    histogram(a) == histogram(b) && strings(a) == strings(b)
}

/// The bounds of the printable run around a region that is printable on both sides.
fn string_around(a: &[u8], b: &[u8], from: usize, to: usize) -> (usize, usize) {
    let printable = |at: usize| [a, b].iter().all(|side| side.get(at).is_some_and(|x| is_printable(*x)));
    if !(from..to).all(printable) {
        return (from, from);
    }
    let start = (0..from).rev().take_while(|at| printable(*at)).last().unwrap_or(from);
    let end = (to..a.len()).take_while(|at| printable(*at)).last().map_or(to, |at| at + 1);
    (start, end)
}

fn is_printable(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte == b' ' || byte == b'\t'
}

/// Two numbers that cover the region and are both plausible seconds, in 4 or 8 bytes of either order.
fn number_at(a: &[u8], b: &[u8], from: usize, to: usize) -> Option<(u64, u64)> {
    let plausible =
        |was: u64, is: u64| SECONDS.contains(&was) && SECONDS.contains(&is) && was.abs_diff(is) <= APART_MAX;
    for width in [8usize, 4] {
        for start in (to.saturating_sub(width)..=from).filter(|s| s % 4 == 0) {
            let (Some(x), Some(y)) = (a.get(start..start + width), b.get(start..start + width)) else {
                continue;
            };
            for little in [true, false] {
                let (was, is) = (number(x, little), number(y, little));
                if plausible(was, is) {
                    return Some((was, is));
                }
            }
        }
    }
    None
}

fn number(bytes: &[u8], little: bool) -> u64 {
    let add = |n: u64, byte: &u8| n << 8 | u64::from(*byte);
    if little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) }
}

/// Other length: what stands in the strings of both.
fn explain_strings(findings: &mut Findings, place: &str, a: &[u8], b: &[u8]) {
    let (strings_a, strings_b) = (strings(a), strings(b));
    let size = format!("{} bytes, now {}", a.len(), b.len());
    if strings_a.len() != strings_b.len() {
        findings.add(CauseKind::Content, place, size);
        return;
    }
    let mut any = false;
    for ((at, string_a), (_, string_b)) in strings_a.iter().zip(&strings_b).filter(|((_, x), (_, y))| x != y)
    {
        any = true;
        explain_string(findings, &within(place, &format!("byte {at:#x}")), string_a, string_b);
    }
    if !any {
        findings.add(CauseKind::Content, place, size);
    }
}

/// Runs of printable characters with their places.
fn strings(bytes: &[u8]) -> Vec<(usize, &str)> {
    let mut out = Vec::new();
    let mut at = 0;
    for run in bytes.split(|b| !is_printable(*b)) {
        if run.len() >= STRING_MIN
            && let Ok(string) = std::str::from_utf8(run)
        {
            out.push((at, string));
        }
        at += run.len() + 1;
    }
    out
}
