//! What a reader asks for in the query of an address.

use views::Verdict;

use crate::address::{time_query, url};
use crate::source::At;

/// Rows on a page of a long list.
pub(crate) const ROWS_MAX: usize = 200;

/// The query of an address, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Params {
    pub(crate) at: At,
    /// `?q=`: words that a row must hold.
    pub(crate) q: String,
    /// `?verdict=`.
    pub(crate) verdict: Option<Verdict>,
    /// `?kind=`.
    pub(crate) kind: String,
    /// `?rule=`.
    pub(crate) rule: String,
    /// `?about=`.
    pub(crate) about: String,
    /// `?from=`: the first row, from 0.
    pub(crate) from: usize,
}

impl Params {
    /// Reads a query; a value that cannot be meant is an error that says what to write.
    pub(crate) fn read(query: &[(String, String)]) -> Result<Params, String> {
        let mut params = Params::default();
        for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "at" => params.at.at = Some(value.clone()),
                "ledger_at" => params.at.ledger_at = Some(number(name, value)?),
                "as_of" => {
                    let date = value
                        .parse()
                        .map_err(|error| format!("as_of={value}: {error}; write a date like 2026-03-14"))?;
                    params.at.as_of = Some(date);
                }
                "q" => params.q.clone_from(value),
                "kind" => params.kind.clone_from(value),
                "rule" => params.rule.clone_from(value),
                "about" => params.about.clone_from(value),
                "from" => params.from = usize::try_from(number(name, value)?).unwrap_or(usize::MAX),
                "verdict" => {
                    let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == value);
                    params.verdict = Some(verdict.ok_or_else(|| {
                        let words = Verdict::ALL.map(Verdict::as_str).join(", ");
                        format!("verdict={value}: no such verdict; write one of {words}")
                    })?);
                }
                _ => {}
            }
        }
        Ok(params)
    }

    /// The filter as a query, without the point in time and the page.
    pub(crate) fn filter_query(&self) -> [(&'static str, &str); 5] {
        [
            ("q", &self.q),
            ("verdict", self.verdict.map_or("", Verdict::as_str)),
            ("kind", &self.kind),
            ("rule", &self.rule),
            ("about", &self.about),
        ]
    }

    /// The address of the same list with one value changed, from its first row.
    pub(crate) fn with(&self, path: &str, name: &str, value: &str) -> String {
        let mut query: Vec<_> = self.filter_query().into_iter().filter(|(known, _)| *known != name).collect();
        query.push((name, value));
        url(path, &query, &self.at)
    }

    /// Filter and point in time as hidden fields of a form, without those that the form has itself.
    pub(crate) fn hidden(&self, own: &[&str]) -> Vec<(&'static str, String)> {
        let filter = self.filter_query().map(|(name, value)| (name, value.to_owned()));
        filter
            .into_iter()
            .chain(time_query(&self.at))
            .filter(|(name, value)| !value.is_empty() && !own.contains(name))
            .collect()
    }
}

fn number(name: &str, value: &str) -> Result<u64, String> {
    let digits: String = value.chars().filter(|c| !c.is_whitespace() && *c != '\u{202f}').collect();
    digits.parse().map_err(|_| format!("{name}={value}: not a number; write digits like 1284"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<Params, String> {
        Params::read(&query.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn queries_are_understood_or_refused_with_the_way_out() {
        let params = read(&[
            ("at", "v1"),
            ("ledger_at", "1 284"),
            ("as_of", "2026-03-14"),
            ("verdict", "pass"),
            ("q", ""),
        ]);
        let params = params.unwrap();
        assert_eq!((params.at.ledger_at, params.verdict), (Some(1284), Some(Verdict::Pass)));
        assert_eq!(
            params.with("/items", "kind", "x"),
            "/items?verdict=pass&kind=x&at=v1&ledger_at=1284&as_of=2026-03-14"
        );
        for (query, expected) in [
            (("ledger_at", "x"), "write digits"),
            (("as_of", "yesterday"), "write a date"),
            (("verdict", "fine"), "write one of finding"),
        ] {
            assert!(read(&[query]).unwrap_err().contains(expected));
        }
    }
}
