//! Message templates: text with `{name}` placeholders.

use std::borrow::Cow;

/// A text with placeholders, cut into its pieces once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Placeholder(String),
}

/// The values for placeholders, by name.
pub(crate) type Arguments<'a> = [(&'static str, Cow<'a, str>)];

impl Template {
    /// Cuts `text`; `None` where a `{` has no name or no `}`.
    pub fn parse(text: &str) -> Option<Template> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            let is_name = !name.is_empty() && name.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
            if !is_name {
                return None;
            }
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(Piece::Placeholder(name.to_owned()));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Some(Template { pieces })
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The names of the placeholders, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|p| match p {
            Piece::Placeholder(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The text with its placeholders filled. One without a value stays as `{name}`; a test over all cases finds it.
    pub(crate) fn fill(&self, arguments: &Arguments<'_>) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Placeholder(name) => match arguments.iter().find(|(n, _)| n == name) {
                    Some((_, value)) => out.push_str(value),
                    None => {
                        out.push('{');
                        out.push_str(name);
                        out.push('}');
                    }
                },
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_what_it_knows_and_leaves_the_rest_to_be_seen() {
        let t = Template::parse("`{a}` of {b}, {a}").unwrap();
        assert_eq!(t.placeholders().collect::<Vec<_>>(), ["a", "b", "a"]);
        assert_eq!(t.fill(&[("a", "x".into())]), "`x` of {b}, x");
        assert_eq!(t.fill(&[("a", "{b}".into()), ("b", "y".into())]), "`{b}` of y, {b}");
    }

    #[test]
    fn a_broken_placeholder_is_refused() {
        for bad in ["{", "{}", "{A}", "a {b", "{a b}"] {
            assert_eq!(Template::parse(bad), None, "{bad}");
        }
    }
}
