//! What one document says of every facet: all that a review needs of it, without its text. It depends on nothing but the
//! document, the library, this engine and the product's version, so it can be kept by the file's digest.

use crate::corpus::Document;
use crate::cross::Facts;
use crate::result::Quote;
use serde::{Deserialize, Serialize};

/// One document, judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The document.
    pub document: Document,
    /// The facets that it says something about, by their number in the library, in order.
    pub(crate) facets: Vec<FacetSaid>,
    /// The passages that give a gap away: the gap's number in the library, and the passage.
    pub(crate) signs: Vec<(u32, usize)>,
    /// What others may contradict.
    pub(crate) facts: Facts,
    /// The passages that all this refers to.
    pub(crate) quoted: Vec<Quoted>,
}

/// What a document says of a facet: the best passage of each way to say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FacetSaid {
    /// The facet's number in the library.
    pub(crate) facet: u32,
    /// Passages that were looked at closely.
    pub(crate) candidates: usize,
    /// The best passages, one for each way at most, in the order of [`Way`].
    pub(crate) best: Vec<Best>,
}

/// The best passage of one way to say something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Best {
    pub(crate) way: Way,
    /// How well it fits, in ten thousandths.
    pub(crate) score: u16,
    /// The passage's number among the quoted ones.
    pub(crate) passage: usize,
    /// The version that it speaks of, where it is not the product's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) other_version: String,
}

/// A way to say something of a facet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Way {
    /// It is so.
    Yes,
    /// It is so, of another version.
    Outdated,
    /// It is not so.
    No,
    /// Says it, and lacks a value that it must name.
    Weak,
    /// Says that it is to be done, where a record is asked for that it was.
    Duty,
    /// A place for it is blank.
    Blank,
}

/// A passage that is quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Quoted {
    /// Its number in the document.
    pub(crate) at: usize,
    pub(crate) page: u32,
    pub(crate) heading: String,
    pub(crate) text: String,
}

impl Judged {
    /// A passage as a quotation.
    pub(crate) fn quote(&self, passage: usize, score: u16) -> Option<Quote> {
        let quoted = self.quoted.get(passage)?;
        Some(Quote {
            file: self.document.file.clone(),
            page: (quoted.page > 0).then_some(quoted.page),
            heading: quoted.heading.clone(),
            text: quoted.text.clone(),
            score: (f64::from(score) / 100.0).round() / 100.0,
        })
    }
}
