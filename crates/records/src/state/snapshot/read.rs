//! The reading side of the format. Any bytes end in a value or an error, in memory of the size of the bytes.

use super::{AGAIN, FIRST, ONCE, SnapshotError};
use serde::de::value::U32Deserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer as _, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

type Read<T> = Result<T, SnapshotError>;

/// How deep values may lie in each other: no type of a state comes near.
const DEPTH_MAX: u32 = 64;

pub(super) fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Read<T> {
    let mut reader = Reader { bytes, depth: 0, texts: Vec::new() };
    let value = T::deserialize(&mut reader)?;
    if reader.bytes.is_empty() { Ok(value) } else { Err(SnapshotError::Broken("bytes after the end")) }
}

struct Reader<'b> {
    bytes: &'b [u8],
    depth: u32,
    /// Texts that come again, in the order in which they came first.
    texts: Vec<&'b str>,
}

impl<'b> Reader<'b> {
    fn byte(&mut self) -> Read<u8> {
        let (first, rest) = self.bytes.split_first().ok_or(SnapshotError::Short)?;
        self.bytes = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Read<u64> {
        let mut n = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                break;
            }
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(SnapshotError::Broken("a number of more than 64 bits"))
    }

    fn length(&mut self) -> Read<usize> {
        usize::try_from(self.number()?).map_err(|_| SnapshotError::Short)
    }

    fn taken(&mut self, length: u64) -> Read<&'b [u8]> {
        let length = usize::try_from(length).map_err(|_| SnapshotError::Short)?;
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(SnapshotError::Short)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn text(&mut self) -> Read<&'b str> {
        let number = self.number()?;
        let (number, sort) = (number >> 2, number & 3);
        if sort == AGAIN {
            let text = usize::try_from(number).ok().and_then(|place| self.texts.get(place));
            return text.copied().ok_or(SnapshotError::Broken("a text again that was not there before"));
        }
        let text = std::str::from_utf8(self.taken(number)?)
            .map_err(|_| SnapshotError::Broken("a text that is not UTF-8"))?;
        match sort {
            ONCE => {}
            FIRST => self.texts.push(text),
            _ => return Err(SnapshotError::Broken("no sort of text")),
        }
        Ok(text)
    }

    fn signed(&mut self) -> Read<i64> {
        let n = self.number()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    fn there(&mut self) -> Read<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(SnapshotError::Broken("neither yes nor no")),
        }
    }

    fn deeper<T>(&mut self, inside: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        if self.depth >= DEPTH_MAX {
            return Err(SnapshotError::Broken("values that lie too deep"));
        }
        self.depth += 1;
        let value = inside(self);
        self.depth -= 1;
        value
    }
}

impl serde::de::Error for SnapshotError {
    fn custom<T: std::fmt::Display>(said: T) -> Self {
        SnapshotError::Said(said.to_string())
    }
}

macro_rules! not_kept {
    ($($method:ident $what:literal),*) => {$(
        fn $method<V: Visitor<'de>>(self, _: V) -> Read<V::Value> {
            Err(SnapshotError::NotKept($what))
        }
    )*};
}

macro_rules! numbers {
    ($($method:ident $visit:ident $read:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            let n = self.$read()?;
            visitor.$visit(n)
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = SnapshotError;

    fn is_human_readable(&self) -> bool {
        false
    }

    not_kept!(deserialize_any "values of any type", deserialize_f32 "fractions", deserialize_f64 "fractions",
        deserialize_identifier "names", deserialize_ignored_any "values of any type");
    numbers!(deserialize_u8 visit_u64 number, deserialize_u16 visit_u64 number, deserialize_u32 visit_u64 number,
        deserialize_u64 visit_u64 number, deserialize_i8 visit_i64 signed, deserialize_i16 visit_i64 signed,
        deserialize_i32 visit_i64 signed, deserialize_i64 visit_i64 signed, deserialize_bool visit_bool there);

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let n = u32::try_from(self.number()?).ok();
        visitor.visit_char(n.and_then(char::from_u32).ok_or(SnapshotError::Broken("no character"))?)
    }
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_borrowed_str(self.text()?)
    }
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_str(visitor)
    }
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let length = self.number()?;
        visitor.visit_borrowed_bytes(self.taken(length)?)
    }
    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        self.deserialize_bytes(visitor)
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        if self.there()? { self.deeper(|r| visitor.visit_some(r)) } else { visitor.visit_none() }
    }
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_unit()
    }
    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_unit()
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        self.deeper(|r| visitor.visit_newtype_struct(r))
    }
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let left = self.length()?;
        self.deeper(|r| visitor.visit_seq(Elements { reader: r, left }))
    }
    fn deserialize_tuple<V: Visitor<'de>>(self, left: usize, visitor: V) -> Read<V::Value> {
        self.deeper(|r| visitor.visit_seq(Elements { reader: r, left }))
    }
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        left: usize,
        visitor: V,
    ) -> Read<V::Value> {
        self.deserialize_tuple(left, visitor)
    }
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let left = self.length()?;
        self.deeper(|r| visitor.visit_map(Elements { reader: r, left }))
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.deeper(|r| visitor.visit_map(Fields { reader: r, next: 0, of: fields.len() }))
    }
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.deeper(|r| visitor.visit_enum(Variant { reader: r }))
    }
}

/// Elements of a list, or pairs of a map.
struct Elements<'r, 'de> {
    reader: &'r mut Reader<'de>,
    left: usize,
}

impl Elements<'_, '_> {
    /// A length is believed only as far as there are bytes: each element has at least none, so this bounds the memory that a
    /// length alone can ask for.
    fn hint(&self) -> Option<usize> {
        Some(self.left.min(self.reader.bytes.len()))
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = SnapshotError;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        if self.left == 0 {
            return Ok(None);
        }
        // No type of a state is written without a byte, so a length beyond the bytes is none.
        if self.reader.bytes.is_empty() {
            return Err(SnapshotError::Short);
        }
        self.left -= 1;
        seed.deserialize(&mut *self.reader).map(Some)
    }
    fn size_hint(&self) -> Option<usize> {
        self.hint()
    }
}

impl<'de> MapAccess<'de> for Elements<'_, 'de> {
    type Error = SnapshotError;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        self.next_element_seed(seed)
    }
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<T::Value> {
        seed.deserialize(&mut *self.reader)
    }
    fn size_hint(&self) -> Option<usize> {
        self.hint()
    }
}

/// The fields of a struct: a field's name is its place.
struct Fields<'r, 'de> {
    reader: &'r mut Reader<'de>,
    next: u32,
    of: usize,
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = SnapshotError;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        while (self.next as usize) < self.of {
            let place = self.next;
            self.next += 1;
            if self.reader.there()? {
                let place: U32Deserializer<SnapshotError> = place.into_deserializer();
                return seed.deserialize(place).map(Some);
            }
        }
        Ok(None)
    }
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<T::Value> {
        seed.deserialize(&mut *self.reader)
    }
}

/// A variant of an enum: its name is its place.
struct Variant<'r, 'de> {
    reader: &'r mut Reader<'de>,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = SnapshotError;
    type Variant = Self;
    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<(T::Value, Self)> {
        let place = u32::try_from(self.reader.number()?).map_err(|_| SnapshotError::Broken("no variant"))?;
        let place: U32Deserializer<SnapshotError> = place.into_deserializer();
        Ok((seed.deserialize(place)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = SnapshotError;
    fn unit_variant(self) -> Read<()> {
        Ok(())
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        seed.deserialize(self.reader)
    }
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Read<V::Value> {
        self.reader.deserialize_tuple(len, visitor)
    }
    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Read<V::Value> {
        self.reader.deserialize_struct("", fields, visitor)
    }
}
