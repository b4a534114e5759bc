//! Reads typed values out of a TOML table with spans. What is wrong becomes a diagnostic, and the default holds.

use crate::code::{BAD_VALUE, UNKNOWN_KEY, WRONG_TYPE};
use crate::config::Places;
use crate::keys;
use diagnostics::{Diagnostic, LineIndex, Location, Span, closest};
use std::collections::BTreeMap;
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The state of one reading.
pub(crate) struct Reader<'t> {
    text: &'t str,
    lines: LineIndex,
    pub(crate) places: Places,
    pub(crate) found: Vec<Diagnostic>,
}

/// One table of the file by dotted name; absent tables read as empty.
#[derive(Clone, Copy)]
pub(crate) struct Table<'t> {
    pub(crate) name: &'static str,
    entries: Option<&'t DeTable<'t>>,
}

/// One value with its dotted name.
type Value<'t> = &'t Spanned<DeValue<'t>>;

impl<'t> Reader<'t> {
    pub(crate) fn new(text: &'t str, path: &str) -> Reader<'t> {
        let places = Places { path: path.into(), keys: BTreeMap::new() };
        Reader { text, lines: LineIndex::new(text), places, found: Vec::new() }
    }

    /// The place of a byte range of the file.
    pub(crate) fn location(&self, range: std::ops::Range<usize>) -> Location {
        let (line, column) = self.lines.position(self.text, range.start);
        Location::File { path: self.places.path.clone(), span: Span::new(range), line, column }
    }

    /// Notes where each key of the root table stands and reports tables that do not exist.
    pub(crate) fn root(&mut self, root: &DeTable<'t>) {
        for (key, value) in root {
            let name = key.get_ref().as_ref();
            self.note_place(name.to_owned(), key.span());
            if !keys::tables().any(|t| t == name) {
                let kind = if value.get_ref().is_table() { "table" } else { "key" };
                self.unknown(key.span(), kind, name, "", &keys::tables().collect::<Vec<_>>());
            }
        }
    }

    /// A table below `parent`, with its keys checked against the list of keys.
    pub(crate) fn table(&mut self, parent: &'t DeTable<'t>, key: &str, name: &'static str) -> Table<'t> {
        let Some(value) = parent.get(key) else { return Table { name, entries: None } };
        let Some(entries) = value.get_ref().as_table() else {
            self.wrong_type(value, name, "a table");
            return Table { name, entries: None };
        };
        let open = keys::of_table(name).any(|k| k == "*");
        for (key, _) in entries {
            let word = key.get_ref().as_ref();
            self.note_place(format!("{name}.{word}"), key.span());
            if !open && !keys::of_table(name).any(|k| k == word) {
                self.unknown(key.span(), "key", word, name, &keys::of_table(name).collect::<Vec<_>>());
            }
        }
        Table { name, entries: Some(entries) }
    }

    /// A table inside a table.
    pub(crate) fn inner(&mut self, table: Table<'t>, key: &str, name: &'static str) -> Table<'t> {
        match table.entries {
            Some(entries) => self.table(entries, key, name),
            None => Table { name, entries: None },
        }
    }

    /// The keys of a table whose keys the maker chooses, with their values.
    pub(crate) fn entries(&self, table: Table<'t>) -> Vec<(&'t str, std::ops::Range<usize>, Value<'t>)> {
        let entries = table.entries.into_iter().flatten();
        entries.map(|(k, v)| (k.get_ref().as_ref(), k.span(), v)).collect()
    }

    fn value(&self, table: Table<'t>, key: &str) -> Option<Value<'t>> {
        table.entries.and_then(|t| t.get(key))
    }

    /// A text; absent, of another type or blank is none.
    pub(crate) fn text(&mut self, table: Table<'t>, key: &str) -> Option<String> {
        let value = self.value(table, key)?;
        self.text_of(value, &format!("{}.{key}", table.name))
    }

    /// The text of a value.
    pub(crate) fn text_of(&mut self, value: Value<'t>, name: &str) -> Option<String> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(value, name, "text in quotes");
            return None;
        };
        if text.trim().is_empty() {
            self.bad(name, value.span(), format!("`{name}` is empty"), "write a value, or leave the key out");
            return None;
        }
        Some(text.to_owned())
    }

    /// A text that has to be one of a kind of words.
    pub(crate) fn word<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        table: Table<'t>,
        key: &str,
    ) -> Option<T> {
        let value = self.value(table, key)?;
        let name = format!("{}.{key}", table.name);
        let text = self.text_of(value, &name)?;
        match text.parse() {
            Ok(v) => Some(v),
            Err(e) => {
                self.bad(&name, value.span(), format!("`{name}`: {e}"), "see docs/configuration.md");
                None
            }
        }
    }

    /// One of a fixed list of words.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        table: Table<'t>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let value = self.value(table, key)?;
        self.choice_of(value, &format!("{}.{key}", table.name), choices)
    }

    /// The choice that a value makes.
    pub(crate) fn choice_of<T: Copy>(
        &mut self,
        value: Value<'t>,
        name: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text_of(value, name)?;
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, v)| *v);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(w, _)| *w).collect();
            let help = match closest(&text, words.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of `{}`", words.join("`, `")),
            };
            self.bad(name, value.span(), format!("`{name}` cannot be `{text}`"), &help);
        }
        found
    }

    /// A list of texts. A single text is not a list.
    pub(crate) fn list(&mut self, table: Table<'t>, key: &str) -> Option<Vec<String>> {
        let value = self.value(table, key)?;
        self.list_of(value, &format!("{}.{key}", table.name))
    }

    /// The texts of a list.
    pub(crate) fn list_of(&mut self, value: Value<'t>, name: &str) -> Option<Vec<String>> {
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, name, "a list of texts");
            return None;
        };
        let mut out = Vec::with_capacity(array.len());
        for element in array.iter() {
            if let Some(text) = self.text_of(element, name) {
                if out.contains(&text) {
                    self.bad(
                        name,
                        element.span(),
                        format!("`{name}` names `{text}` twice"),
                        "leave one of them out",
                    );
                } else {
                    out.push(text);
                }
            }
        }
        Some(out)
    }

    /// A list of choices.
    pub(crate) fn choices<T: Copy>(
        &mut self,
        table: Table<'t>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<Vec<T>> {
        let value = self.value(table, key)?;
        let name = format!("{}.{key}", table.name);
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(value, &name, "a list of texts");
            return None;
        };
        Some(array.iter().filter_map(|element| self.choice_of(element, &name, choices)).collect())
    }

    /// A whole number from `least` on.
    pub(crate) fn number(&mut self, table: Table<'t>, key: &str, least: u32) -> Option<u32> {
        let value = self.value(table, key)?;
        let name = format!("{}.{key}", table.name);
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(value, &name, "a whole number");
            return None;
        };
        let number = u32::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|n| *n >= least);
        if number.is_none() {
            self.bad(
                &name,
                value.span(),
                format!("`{name}` cannot be {integer}"),
                &format!("write a whole number from {least} on"),
            );
        }
        number
    }

    /// True or false.
    pub(crate) fn flag(&mut self, table: Table<'t>, key: &str) -> Option<bool> {
        let value = self.value(table, key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, &format!("{}.{key}", table.name), "`true` or `false`");
        }
        flag
    }

    /// Reports a value that a key, named with its table, cannot have.
    pub(crate) fn bad(&mut self, key: &str, range: std::ops::Range<usize>, message: String, help: &str) {
        let d = BAD_VALUE.at(self.location(range), message).subject(key).help(help);
        self.found.push(d);
    }

    /// Reports a bad value of a key that is known to be written.
    pub(crate) fn bad_key(&mut self, table: Table<'t>, key: &str, message: String, help: &str) {
        if let Some(value) = self.value(table, key) {
            self.bad(&format!("{}.{key}", table.name), value.span(), message, help);
        }
    }

    fn wrong_type(&mut self, value: Value<'t>, name: &str, wanted: &str) {
        let is = value.get_ref().type_str();
        let message = format!("`{name}` takes {wanted}, and here is of type {is}");
        let d = WRONG_TYPE.at(self.location(value.span()), message);
        self.found.push(d.subject(name).help(format!("write {wanted}")));
    }

    fn unknown(
        &mut self,
        range: std::ops::Range<usize>,
        kind: &str,
        word: &str,
        table: &str,
        known: &[&str],
    ) {
        let (place, key) = match table {
            "" => (String::new(), word.to_owned()),
            table => (format!(" in `[{table}]`"), format!("{table}.{word}")),
        };
        let d = UNKNOWN_KEY.at(self.location(range), format!("unknown {kind} `{word}`{place}")).subject(key);
        let elsewhere = || keys::KEYS.iter().find(|k| k.key == word).map(|k| k.table);
        let d = match (closest(word, known.iter().copied()), elsewhere()) {
            (Some(near), _) => d.help(format!("did you mean `{near}`?")),
            (None, Some(other)) => d.help(format!("`{word}` belongs into `[{other}]`")),
            (None, None) => d.help(format!("known here: `{}`", known.join("`, `"))),
        };
        self.found.push(d.label("not known"));
    }

    fn note_place(&mut self, name: String, range: std::ops::Range<usize>) {
        let (line, column) = self.lines.position(self.text, range.start);
        self.places.keys.insert(name, (Span::new(range), line, column));
    }
}
