//! Addresses: everything has exactly one, and every link keeps the point in time.

use views::{Ref, RefKind};

use crate::source::At;

/// The address of `id` at the point in time `at`; `None` for what has no page.
pub fn address(id: &Ref, at: &At) -> Option<String> {
    let path = match id.kind {
        RefKind::Item => format!("/items/{}", encode(&id.id)),
        RefKind::Document => format!("/documents/{}", encode(&id.id)),
        RefKind::Anomaly => format!("/anomalies/{}", encode(&id.id)),
        RefKind::Soup => format!("/soup/{}", encode(&id.id)),
        RefKind::Release => format!("/releases/{}", encode(&id.id)),
        RefKind::Run => format!("/runs/{}", encode(&id.id)),
        RefKind::Entry => format!("/ledger/{}", encode(&id.id)),
        RefKind::Clause => format!("/clauses/{}", encode(&id.id)),
        RefKind::Change => format!("/changes/{}", encode(&id.id)),
        RefKind::Capa => format!("/capas/{}", encode(&id.id)),
        RefKind::Complaint => format!("/complaints/{}", encode(&id.id)),
        RefKind::Rule => return Some(url("/findings", &[("rule", &id.id)], at)),
        RefKind::Plain => return None,
    };
    Some(url(&path, &[], at))
}

/// `path` with `query` and the point in time. Empty values are left out.
pub(crate) fn url(path: &str, query: &[(&str, &str)], at: &At) -> String {
    let mut out = path.to_owned();
    let mut mark = '?';
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push(mark);
            out.push_str(name);
            out.push('=');
            out.push_str(&encode(value));
            mark = '&';
        }
    };
    for (name, value) in query {
        add(name, value);
    }
    for (name, value) in time_query(at) {
        add(name, &value);
    }
    out
}

/// The point in time as a query.
pub(crate) fn time_query(at: &At) -> [(&'static str, String); 3] {
    [
        ("at", at.at.clone().unwrap_or_default()),
        ("ledger_at", at.ledger_at.map(|position| position.to_string()).unwrap_or_default()),
        ("as_of", at.as_of.map(|date| date.to_string()).unwrap_or_default()),
    ]
}

/// Percent-encodes everything but unreserved characters (RFC 3986) and the colon, which clauses have.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                out.push(char::from(byte))
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_encoded_and_keep_the_point_in_time() {
        let at = At { at: Some("v2.3.0".into()), ledger_at: Some(7), as_of: None };
        for (id, expected) in [
            (Ref::item("SRS-012"), Some("/items/SRS-012?at=v2.3.0&ledger_at=7")),
            (Ref::new(RefKind::Clause, "62304:5.8.3"), Some("/clauses/62304:5.8.3?at=v2.3.0&ledger_at=7")),
            (Ref::new(RefKind::Rule, "R0042"), Some("/findings?rule=R0042&at=v2.3.0&ledger_at=7")),
            (Ref::new(RefKind::Soup, "pkg:npm/a b"), Some("/soup/pkg:npm%2Fa%20b?at=v2.3.0&ledger_at=7")),
            (Ref::plain("src/main.rs"), None),
        ] {
            assert_eq!(address(&id, &at).as_deref(), expected);
        }
        assert_eq!(encode("\"><"), "%22%3E%3C");
    }
}
