//! Maven: `org.apache.maven.artifact.versioning.ComparableVersion`. A version is a list of numbers, words and, after
//! each hyphen and each change between digits and letters, of a further list.

use std::cmp::Ordering;

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (la, lb) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    lists(&parse(&la), &parse(&lb))
}

#[derive(Debug)]
enum Item<'a> {
    Number(&'a str),
    Word(Qualifier<'a>),
    List(Vec<Item<'a>>),
}

/// A word with its rank: the known ones in their order, unknown ones behind all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Qualifier<'a>(u8, &'a str);

/// The rank of a release, which has no word at all.
const RELEASE: Qualifier<'static> = Qualifier(5, "");

fn qualifier(word: &str, before_digit: bool) -> Qualifier<'_> {
    match (word, before_digit) {
        ("alpha", _) | ("a", true) => Qualifier(0, ""),
        ("beta", _) | ("b", true) => Qualifier(1, ""),
        ("milestone", _) | ("m", true) => Qualifier(2, ""),
        ("rc" | "cr", _) => Qualifier(3, ""),
        ("snapshot", _) => Qualifier(4, ""),
        ("" | "ga" | "final" | "release", _) => RELEASE,
        ("sp", _) => Qualifier(6, ""),
        (other, _) => Qualifier(7, other),
    }
}

fn item(text: &str, digits: bool) -> Item<'_> {
    if digits { Item::Number(text.trim_start_matches('0')) } else { Item::Word(qualifier(text, false)) }
}

fn parse(text: &str) -> Vec<Item<'_>> {
    // Each list but the first is the last item of the one before it.
    let mut lists: Vec<Vec<Item<'_>>> = vec![Vec::new()];
    let (mut start, mut digits) = (0, false);
    for (i, c) in text.char_indices() {
        let so_far = text.get(start..i).unwrap_or_default();
        let Some(list) = lists.last_mut() else { break };
        match c {
            '.' | '-' => {
                list.push(if so_far.is_empty() { Item::Number("") } else { item(so_far, digits) });
                start = i + 1;
                if c == '-' {
                    lists.push(Vec::new());
                }
            }
            c if c.is_ascii_digit() => {
                if !digits && !so_far.is_empty() {
                    list.push(Item::Word(qualifier(so_far, true)));
                    start = i;
                    lists.push(Vec::new());
                }
                digits = true;
            }
            _ => {
                if digits && !so_far.is_empty() {
                    list.push(item(so_far, true));
                    start = i;
                    lists.push(Vec::new());
                }
                digits = false;
            }
        }
    }
    let last = text.get(start..).unwrap_or_default();
    if let (false, Some(list)) = (last.is_empty(), lists.last_mut()) {
        list.push(item(last, digits));
    }
    fold(lists)
}

/// Puts each list into the one before it, without what says nothing at its end.
fn fold(mut lists: Vec<Vec<Item<'_>>>) -> Vec<Item<'_>> {
    let mut inner: Option<Vec<Item<'_>>> = None;
    while let Some(mut list) = lists.pop() {
        if let Some(inner) = inner.take() {
            list.push(Item::List(inner));
        }
        normalise(&mut list);
        inner = Some(list);
    }
    inner.unwrap_or_default()
}

fn normalise(list: &mut Vec<Item<'_>>) {
    let mut i = list.len();
    while i > 0 {
        i -= 1;
        match list.get(i) {
            Some(item) if is_null(item) => {
                list.remove(i);
            }
            Some(Item::List(_)) => {}
            _ => break,
        }
    }
}

fn is_null(item: &Item<'_>) -> bool {
    match item {
        Item::Number(n) => n.is_empty(),
        Item::Word(q) => *q == RELEASE,
        Item::List(list) => list.is_empty(),
    }
}

fn lists(a: &[Item<'_>], b: &[Item<'_>]) -> Ordering {
    (0..a.len().max(b.len()))
        .map(|i| items(a.get(i), b.get(i)))
        .find(|o| o.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn items(a: Option<&Item<'_>>, b: Option<&Item<'_>>) -> Ordering {
    match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => items(b, None).reverse(),
        (Some(Item::Number(n)), None) => (!n.is_empty()).cmp(&false),
        (Some(Item::Word(q)), None) => q.cmp(&RELEASE),
        (Some(Item::List(list)), None) => {
            list.iter().map(|i| items(Some(i), None)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
        }
        (Some(Item::Number(x)), Some(Item::Number(y))) => x.len().cmp(&y.len()).then_with(|| x.cmp(y)),
        (Some(Item::Word(x)), Some(Item::Word(y))) => x.cmp(y),
        (Some(Item::List(x)), Some(Item::List(y))) => lists(x, y),
        // 1.1 > 1-1 > 1-sp
        (Some(x), Some(y)) => rank(x).cmp(&rank(y)),
    }
}

fn rank(item: &Item<'_>) -> u8 {
    match item {
        Item::Word(_) => 0,
        Item::List(_) => 1,
        Item::Number(_) => 2,
    }
}
