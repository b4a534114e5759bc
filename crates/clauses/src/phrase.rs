//! Phrasings: how people write, in a library file, a thing that a document may say in many ways.
//!
//! A phrasing is a row of words: `all planned verification/testing tasks complete*`. A slash parts alternatives for one
//! word, a star at the end of a word leaves its ending open (`bewert*` is `bewertet`, `Bewertung`). Case does not count.
//! How many other words may stand between two of them is the reader's affair (`docs/formats/library.md` says what
//! `review` does).

/// One way to say something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// As it stands in the library file.
    pub text: String,
    /// Its words in order; never empty.
    pub words: Vec<Word>,
}

/// One word of a phrasing: any of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The alternatives; never empty.
    pub alternatives: Vec<Stem>,
}

/// A word, or how it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stem {
    /// In small letters; letters, digits and the marks inside a word (`-`, `.`, `'`) only.
    pub text: String,
    /// Whether any ending may follow.
    pub open: bool,
}

impl Stem {
    /// Whether a word of a text, in small letters, is this one.
    pub fn is(&self, word: &str) -> bool {
        if self.open { word.starts_with(&self.text) } else { word == self.text }
    }
}

impl Word {
    /// Whether a word of a text, in small letters, is one of the alternatives.
    pub fn is(&self, word: &str) -> bool {
        self.alternatives.iter().any(|s| s.is(word))
    }
}

impl Phrase {
    /// Reads a phrasing; `Err` says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Phrase, &'static str> {
        let words = text.split_whitespace().map(word).collect::<Result<Vec<_>, _>>()?;
        if words.is_empty() {
            return Err("a phrasing has at least one word");
        }
        Ok(Phrase { text: text.to_owned(), words })
    }
}

fn word(text: &str) -> Result<Word, &'static str> {
    let alternatives = text.split('/').map(stem).collect::<Result<Vec<_>, _>>()?;
    Ok(Word { alternatives })
}

fn stem(text: &str) -> Result<Stem, &'static str> {
    let (text, open) = text.strip_suffix('*').map_or((text, false), |t| (t, true));
    if text.is_empty() {
        return Err("an alternative of a word is empty");
    }
    if !text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '\'')) {
        return Err("a word has letters, digits and - . ' only; a star stands at its end");
    }
    Ok(Stem { text: text.to_lowercase(), open })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn alternatives_and_open_endings_are_read() {
        let p = Phrase::parse("Alle Prüfungen/Tests abgeschloss*").unwrap();
        assert_eq!(p.words.len(), 3);
        assert!(p.words[1].is("tests") && p.words[1].is("prüfungen") && !p.words[1].is("prüfung"));
        assert!(p.words[2].is("abgeschlossen") && !p.words[2].is("geschlossen"));
    }

    #[test]
    fn what_is_no_phrasing_is_refused() {
        for bad in ["", "  ", "a//b", "*", "a b?", "(a|b)", "a*b"] {
            assert!(Phrase::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            if let Ok(p) = Phrase::parse(&text) {
                prop_assert!(p.words.iter().all(|w| !w.alternatives.is_empty()));
            }
        }
    }
}
