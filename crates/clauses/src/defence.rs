//! Audit-defence texts: what to answer an auditor, with places that are filled from the product's own evidence.
//!
//! `{product}`, `{version}`, `{class}`, `{edition}` and `{document:release-record}` are the places. Whoever fills them
//! says what was really found; a place that nothing fills stands in the text as a gap in brackets, never as a promise.

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The product's name.
    Product,
    /// The version that is spoken of.
    Version,
    /// The safety class of the software system.
    Class,
    /// The edition of the standard.
    Edition,
    /// A document of this kind (`release-record`, see `library/documents.toml`): its id and title.
    Document(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

/// A text with places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defence {
    /// As it stands in the library file.
    pub text: String,
    parts: Vec<Part>,
}

impl Defence {
    /// Reads a text; `Err` says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Defence, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) =
                after.split_once('}').ok_or_else(|| "a `{` has no `}` after it".to_owned())?;
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Place(place(name)?));
            rest = after;
        }
        if rest.contains('}') {
            return Err("a `}` has no `{` before it".to_owned());
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Defence { text: text.to_owned(), parts })
    }

    /// The places, in order.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.parts.iter().filter_map(|p| match p {
            Part::Place(place) => Some(place),
            Part::Text(_) => None,
        })
    }

    /// The text with its places filled. Where `fill` knows nothing, what is missing stands there in brackets.
    pub fn fill(&self, fill: impl Fn(&Place) -> Option<String>) -> String {
        let part = |p: &Part| match p {
            Part::Text(text) => text.clone(),
            Part::Place(place) => fill(place).unwrap_or_else(|| format!("[{}]", missing(place))),
        };
        self.parts.iter().map(part).collect()
    }
}

fn place(name: &str) -> Result<Place, String> {
    Ok(match name.split_once(':') {
        None => match name {
            "product" => Place::Product,
            "version" => Place::Version,
            "class" => Place::Class,
            "edition" => Place::Edition,
            _ => {
                return Err(format!(
                    "`{{{name}}}` is no place; there are product, version, class, edition, document:…"
                ));
            }
        },
        Some(("document", kind)) => Place::Document(kind.to_owned()),
        Some(_) => return Err(format!("`{{{name}}}` is no place; before a colon stands `document`")),
    })
}

/// What a reader sees where nothing was found.
fn missing(place: &Place) -> String {
    match place {
        Place::Product => "product".to_owned(),
        Place::Version => "version".to_owned(),
        Place::Class => "safety class".to_owned(),
        Place::Edition => "edition".to_owned(),
        Place::Document(kind) => {
            let title = crate::document(kind).map_or(kind.as_str(), |d| d.title.as_str());
            format!("not found: {title}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_and_gaps_are_shown() {
        let d = Defence::parse("{product} {version}: see {document:anomaly-list}.").unwrap();
        assert_eq!(d.places().count(), 3);
        let filled = d.fill(|p| (*p == Place::Product).then(|| "triage".to_owned()));
        assert_eq!(filled, "triage [version]: see [not found: List of known residual anomalies].");
    }

    #[test]
    fn slips_of_the_pen_are_refused() {
        for bad in ["{productt}", "{document", "doc}", "{file:x}", "{}"] {
            assert!(Defence::parse(bad).is_err(), "{bad}");
        }
    }
}
