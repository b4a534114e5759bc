//! Canonical JSON: RFC 8785 restricted to strings, booleans, `null`, arrays, objects and integers below 2^53.
//!
//! Two parties that hold the same value hold the same bytes, so a digest of the bytes is a digest of the value.
//! Reading is strict: duplicate keys, fractions, exponents and large numbers are refused, never rounded.

use serde::Serialize;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The largest integer magnitude that is written: 2^53 - 1 (RFC 8785 appendix D, RFC 7493).
pub const INTEGER_MAX: i64 = (1 << 53) - 1;

/// Why a value has no canonical form, or some bytes are not one.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// A number that is no integer of magnitude below 2^53.
    #[error("number `{0}` has no canonical form: integers below 2^53 only")]
    Number(String),
    /// The bytes are no JSON, or hold a key twice.
    #[error("no canonical JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The bytes are JSON, but not the canonical bytes of their value.
    #[error("not canonical: byte {0} differs from the canonical form")]
    NotCanonical(usize),
}

/// The canonical bytes of a serialisable value. A [`Value`] is written as it is by [`write_value`], without a copy of it.
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value)?;
    let mut out = Vec::new();
    write_value(&value, &mut out)?;
    Ok(out)
}

/// The canonical bytes as text.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, CanonicalError> {
    to_vec(value).map(|b| String::from_utf8(b).unwrap_or_default())
}

/// Reads JSON bytes, refusing duplicate keys and numbers without a canonical form. White space and key order are free.
pub fn from_slice(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let mut de = serde_json::Deserializer::from_slice(bytes);
    let value = Strict.deserialize(&mut de)?;
    de.end()?;
    Ok(value)
}

/// Reads bytes that must be exactly the canonical form of their value.
pub fn from_canonical(bytes: &[u8]) -> Result<Value, CanonicalError> {
    let value = from_slice(bytes)?;
    let mut again = Vec::with_capacity(bytes.len());
    write_value(&value, &mut again)?;
    if again == bytes {
        return Ok(value);
    }
    let at = again.iter().zip(bytes).position(|(a, b)| a != b).unwrap_or(again.len().min(bytes.len()));
    Err(CanonicalError::NotCanonical(at))
}

/// Appends the canonical bytes of a JSON value to `out`, which holds a part of them where this fails.
pub fn write_value(value: &Value, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(b) => out.extend_from_slice(if *b { b"true" } else { b"false" }),
        Value::Number(n) => match n.as_i64() {
            Some(i) if (-INTEGER_MAX..=INTEGER_MAX).contains(&i) => {
                out.extend_from_slice(i.to_string().as_bytes());
            }
            _ => return Err(CanonicalError::Number(n.to_string())),
        },
        Value::String(s) => write_string(s, out),
        Value::Array(a) => {
            out.push(b'[');
            for (i, v) in a.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_value(v, out)?;
            }
            out.push(b']');
        }
        Value::Object(m) => write_object(m, out)?,
    }
    Ok(())
}

/// Appends the canonical bytes of a JSON object to `out`, which holds a part of them where this fails.
pub fn write_object(map: &Map<String, Value>, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    let mut fields: Vec<(&String, &Value)> = map.iter().collect();
    // Most objects are in order already, and a sort sees that in one pass.
    fields.sort_by(|(a, _), (b, _)| key_order(a, b));
    out.push(b'{');
    for (i, (key, value)) in fields.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write_string(key, out);
        out.push(b':');
        write_value(value, out)?;
    }
    out.push(b'}');
    Ok(())
}

/// RFC 8785 3.2.3 sorts by UTF-16 code units, which differs from the order of UTF-8 only above U+FFFF: four bytes there.
fn key_order(a: &str, b: &str) -> std::cmp::Ordering {
    if a.bytes().chain(b.bytes()).all(|byte| byte < 0xf0) {
        return a.cmp(b);
    }
    a.encode_utf16().cmp(b.encode_utf16())
}

/// Appends the canonical bytes of a text, with its quotation marks, to `out`.
pub fn write_string(s: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    // What needs no escape is copied in one piece; every byte that needs one is a character of its own.
    let bytes = s.as_bytes();
    let mut written = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let unicode;
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            0x08 => b"\\b",
            0x0c => b"\\f",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x00..=0x1f => {
                unicode = format!("\\u{byte:04x}");
                unicode.as_bytes()
            }
            _ => continue,
        };
        out.extend_from_slice(bytes.get(written..at).unwrap_or_default());
        out.extend_from_slice(escape);
        written = at + 1;
    }
    out.extend_from_slice(bytes.get(written..).unwrap_or_default());
    out.push(b'"');
}

/// Builds a `Value`, refusing what `serde_json` would silently take: a key twice, and numbers that would be rounded.
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: de::Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value of strings, booleans, null, arrays, objects and integers below 2^53")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, b: bool) -> Result<Value, E> {
        Ok(Value::Bool(b))
    }

    fn visit_i64<E: de::Error>(self, i: i64) -> Result<Value, E> {
        if (-INTEGER_MAX..=INTEGER_MAX).contains(&i) {
            Ok(Value::from(i))
        } else {
            Err(E::custom(format_args!("number {i} is not below 2^53")))
        }
    }

    fn visit_u64<E: de::Error>(self, u: u64) -> Result<Value, E> {
        i64::try_from(u)
            .map_err(|_| E::custom(format_args!("number {u} is not below 2^53")))
            .and_then(|i| self.visit_i64(i))
    }

    fn visit_f64<E: de::Error>(self, f: f64) -> Result<Value, E> {
        Err(E::custom(format_args!("number {f} is no integer")))
    }

    fn visit_str<E>(self, s: &str) -> Result<Value, E> {
        Ok(Value::String(s.to_owned()))
    }

    fn visit_string<E>(self, s: String) -> Result<Value, E> {
        Ok(Value::String(s))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(v) = seq.next_element_seed(Strict)? {
            out.push(v);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut out = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(Strict)?;
            if out.contains_key(&key) {
                return Err(de::Error::custom(format_args!("key `{key}` stands twice")));
            }
            out.insert(key, value);
        }
        Ok(Value::Object(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_are_sorted_by_utf16_and_text_is_escaped_as_rfc_8785_says() {
        let v: Value = serde_json::json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": "\u{0f}\n\"\\é"});
        assert_eq!(
            to_string(&v).unwrap(),
            "{\"\\r\":2,\"1\":4,\"\u{80}\":\"\\u000f\\n\\\"\\\\é\",\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"
        );
    }

    #[test]
    fn what_would_be_read_two_ways_is_refused() {
        for bad in [
            r#"{"a":1,"a":2}"#,
            r#"{"x":{"a":1,"a":1}}"#,
            "1.5",
            "1e3",
            "9007199254740992",
            "-9007199254740992",
            "99999999999999999999",
            "[1",
            "1 2",
            "",
            "\"\u{0}\"",
        ] {
            assert!(from_slice(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(from_slice(&[b'"', 0xff, b'"']).is_err());
        assert!(
            from_slice("[".repeat(100_000).as_bytes()).is_err(),
            "deep nesting is refused, not a stack overflow"
        );
    }

    #[test]
    fn only_the_canonical_bytes_are_canonical() {
        assert!(from_canonical(br#"{"a":1,"b":[true,null]}"#).is_ok());
        for other in [&br#"{"b":[true,null],"a":1}"#[..], br#"{"a": 1}"#, br#"{"a":"\u0041"}"#, b"-0"] {
            assert!(from_canonical(other).is_err(), "{}", String::from_utf8_lossy(other));
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-INTEGER_MAX..=INTEGER_MAX).prop_map(Value::from),
            any::<String>().prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
                prop::collection::vec((any::<String>(), inner), 0..8)
                    .prop_map(|kv| Value::Object(kv.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn keys_are_in_the_order_of_their_utf16_units(a in any::<String>(), b in any::<String>()) {
            prop_assert_eq!(key_order(&a, &b), a.encode_utf16().cmp(b.encode_utf16()));
        }

        #[test]
        fn canonical_bytes_read_back_to_the_same_value_and_bytes(v in value()) {
            let bytes = to_vec(&v).unwrap();
            prop_assert_eq!(from_canonical(&bytes).unwrap(), v);
        }

        #[test]
        fn any_bytes_are_an_error_or_a_value(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let _ = from_slice(&bytes);
        }
    }
}
