//! JSON documents taken member by member and element by element, so that a large one never stands in memory as a tree.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer as _, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// Most members that the outermost object of an SBOM has; the formats know a dozen.
const MEMBERS_MAX: usize = 1000;

/// The members of an object with their text, in order.
///
/// # Errors
/// When the text is no object, a name is there twice, or there are more than [`MEMBERS_MAX`].
pub(super) fn members(text: &str) -> serde_json::Result<Vec<(String, &RawValue)>> {
    struct Members;
    impl<'de> Visitor<'de> for Members {
        type Value = Vec<(String, &'de RawValue)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut out: Self::Value = Vec::new();
            while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                if out.iter().any(|(known, _)| *known == name) {
                    return Err(A::Error::custom(format_args!("`{name}` is there twice")));
                }
                if out.len() == MEMBERS_MAX {
                    return Err(A::Error::custom(format_args!("it has more than {MEMBERS_MAX} members")));
                }
                out.push((name, value));
            }
            Ok(out)
        }
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let out = json.deserialize_map(Members)?;
    json.end()?;
    Ok(out)
}

/// Whether it is a list.
pub(super) fn is_list(raw: &RawValue) -> bool {
    raw.get().starts_with('[')
}

/// Calls `each` with every element of a list and its place; only one is in memory at a time.
///
/// # Errors
/// When it is no list, or an element is no `T`: the line is counted from the beginning of the list.
pub(super) fn elements<'t, T: Deserialize<'t>>(
    list: &'t RawValue,
    each: impl FnMut(usize, T),
) -> serde_json::Result<()> {
    struct Elements<T, F>(F, PhantomData<T>);
    impl<'de, T: Deserialize<'de>, F: FnMut(usize, T)> Visitor<'de> for Elements<T, F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut all: A) -> Result<(), A::Error> {
            let mut place = 0;
            while let Some(element) = all.next_element_seed(PhantomData::<T>)? {
                (self.0)(place, element);
                place += 1;
            }
            Ok(())
        }
    }
    impl<'de, T: Deserialize<'de>, F: FnMut(usize, T)> DeserializeSeed<'de> for Elements<T, F> {
        type Value = ();

        fn deserialize<D: serde::Deserializer<'de>>(self, list: D) -> Result<(), D::Error> {
            list.deserialize_seq(self)
        }
    }
    Elements(each, PhantomData).deserialize(&mut serde_json::Deserializer::from_str(list.get()))
}

/// The line of the document at which a member's value begins, from 0: what the lines of errors inside it are added to.
pub(super) fn lines_before(text: &str, raw: &RawValue) -> usize {
    let offset = (raw.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    text.get(..offset).map_or(0, |before| before.bytes().filter(|b| *b == b'\n').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_taken_apart_without_a_tree() {
        let text = "{\n \"a\": [1,\n 2, 3],\n \"b\": {}}";
        let members = members(text).unwrap();
        let (name, list) = &members[0];
        assert_eq!((name.as_str(), is_list(list), is_list(members[1].1)), ("a", true, false));
        let mut seen = Vec::new();
        elements::<u32>(list, |i, n| seen.push((i, n))).unwrap();
        assert_eq!(seen, [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(lines_before(text, list), 1);
        assert_eq!(elements::<bool>(list, |_, _| {}).unwrap_err().line(), 1);
        assert!(elements::<u32>(members[1].1, |_, _| {}).is_err());
    }

    #[test]
    fn what_can_be_read_in_two_ways_or_never_ends_is_refused() {
        assert!(members("[]").is_err());
        assert!(members("{} x").is_err());
        assert!(members(r#"{"a": 1, "\u0061": 2}"#).unwrap_err().to_string().contains("`a` is there twice"));
        let many: Vec<String> = (0..=MEMBERS_MAX).map(|i| format!("\"{i}\": 0")).collect();
        assert!(members(&format!("{{{}}}", many.join(","))).unwrap_err().to_string().contains("more than"));
    }
}
