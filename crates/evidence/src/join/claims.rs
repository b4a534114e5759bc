//! Which items claim a test name: exact names by hash, names with `*` by their literal beginnings.

use std::collections::HashMap;

/// The claims of all items. Fill it, [`Claims::finish`] it, then ask [`Claims::of`].
#[derive(Default)]
pub(super) struct Claims {
    exact: HashMap<String, Vec<u32>>,
    globs: Vec<Glob>,
    /// For each glob, the next shorter one whose beginning is a beginning of its own.
    parents: Vec<Option<usize>>,
}

/// A pattern with at least one `*`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Glob {
    /// What stands before the first `*`.
    beginning: String,
    /// The pattern from that `*` on.
    rest: String,
    item: u32,
}

impl Claims {
    /// `item` claims every name that fits the pattern. An empty pattern claims nothing.
    pub(super) fn pattern(&mut self, pattern: &str, item: u32) {
        if pattern.is_empty() {
            return;
        }
        match pattern.find('*') {
            None => self.exact.entry(pattern.to_owned()).or_default().push(item),
            Some(star) => {
                let (beginning, rest) = pattern.split_at(star);
                self.globs.push(Glob { beginning: beginning.to_owned(), rest: rest.to_owned(), item });
            }
        }
    }

    /// `item` claims the test at `path` and its parametrised cases: `path::case_1`, `path[1]`, `path(1)`.
    pub(super) fn test(&mut self, path: &str, item: u32) {
        self.exact.entry(path.to_owned()).or_default().push(item);
        for opening in ["::", "[", "("] {
            self.globs.push(Glob { beginning: format!("{path}{opening}"), rest: "*".to_owned(), item });
        }
    }

    pub(super) fn finish(&mut self) {
        self.globs.sort();
        let mut chain: Vec<usize> = Vec::new();
        self.parents.clear();
        for (i, glob) in self.globs.iter().enumerate() {
            while let Some(top) = chain.last() {
                let fits = self.globs.get(*top).is_some_and(|t| glob.beginning.starts_with(&t.beginning));
                if fits {
                    break;
                }
                chain.pop();
            }
            self.parents.push(chain.last().copied());
            chain.push(i);
        }
    }

    /// Adds the items that claim `name` to `items`, possibly one twice.
    ///
    /// Of the sorted beginnings, those that `name` begins with are all found on the way up from the last one that
    /// sorts not after `name`: whatever sorts between a beginning of `name` and `name` itself begins alike.
    pub(super) fn of(&self, name: &str, items: &mut Vec<u32>) {
        if let Some(claiming) = self.exact.get(name) {
            items.extend(claiming);
        }
        let mut at = self.globs.partition_point(|g| g.beginning.as_str() <= name).checked_sub(1);
        while let Some((i, glob)) = at.and_then(|i| Some((i, self.globs.get(i)?))) {
            if let Some(rest) = name.strip_prefix(glob.beginning.as_str())
                && fits(&glob.rest, rest)
            {
                items.push(glob.item);
            }
            at = self.parents.get(i).copied().flatten();
        }
    }
}

/// Whether `name` fits `pattern`, in which `*` stands for any characters.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_star_stands_for_any_characters_and_nothing_else_is_special() {
        let cases = [
            ("a::*", "a::b::c", true),
            ("a::*", "a::", true),
            ("a::*", "ab::c", false),
            ("*", "", true),
            ("*::x", "a::b::x", true),
            ("*::x", "a::xy", false),
            ("a*b*c", "abc", true),
            ("a*b*b", "ab", false),
            ("t[*]", "t[1]", true),
            ("t[1-9]", "t[1-9]", true),
            ("t[1-9]", "t1", false),
            ("t?", "tx", false),
        ];
        for (pattern, name, expected) in cases {
            let mut claims = Claims::default();
            claims.pattern(pattern, 7);
            claims.finish();
            let mut items = Vec::new();
            claims.of(name, &mut items);
            assert_eq!(items == [7], expected, "{pattern} {name}");
        }
    }

    proptest! {
        #[test]
        fn the_index_finds_what_trying_each_pattern_finds(
            patterns in proptest::collection::vec("[ab*]{1,5}", 0..30),
            names in proptest::collection::vec("[ab]{0,6}", 0..30),
        ) {
            let mut claims = Claims::default();
            for (i, pattern) in (0_u32..).zip(&patterns) {
                claims.pattern(pattern, i);
            }
            claims.finish();
            for name in &names {
                let mut found = Vec::new();
                claims.of(name, &mut found);
                found.sort_unstable();
                let expected: Vec<u32> =
                    (0_u32..).zip(&patterns).filter(|(_, p)| fits(p, name)).map(|(i, _)| i).collect();
                prop_assert_eq!(found, expected, "{}", name);
            }
        }
    }
}
