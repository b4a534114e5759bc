//! The writing side of the format.

use super::{AGAIN, FIRST, ONCE, REPEATED_MOST, SnapshotError};
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::collections::HashMap;

type Done = Result<(), SnapshotError>;

/// The value is written twice: the first time tells which texts come again.
pub(super) fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, SnapshotError> {
    let mut writer = Writer { out: Vec::new(), texts: Texts::Counted(HashMap::new()) };
    value.serialize(&mut writer)?;
    writer.out.clear();
    writer.texts = writer.texts.repeated();
    value.serialize(&mut writer)?;
    Ok(writer.out)
}

pub(super) struct Writer {
    out: Vec<u8>,
    texts: Texts,
}

/// What is known of texts.
enum Texts {
    /// How often each comes.
    Counted(HashMap<String, u32>),
    /// Those that come again: where each stands among them, once it was written, and how many were.
    Repeated(HashMap<String, Option<u64>>, u64),
}

impl Texts {
    fn repeated(self) -> Texts {
        match self {
            Texts::Counted(texts) => {
                let again = texts.into_iter().filter(|(_, times)| *times > 1);
                Texts::Repeated(again.map(|(text, _)| (text, None)).collect(), 0)
            }
            repeated @ Texts::Repeated(..) => repeated,
        }
    }

    /// How a text is written.
    fn form(&mut self, text: &str) -> Form {
        match self {
            Texts::Counted(texts) => {
                *texts.entry(text.to_owned()).or_default() += 1;
                Form::Once
            }
            Texts::Repeated(texts, next) => match texts.get_mut(text) {
                None => Form::Once,
                Some(Some(place)) => Form::Again(*place),
                Some(place) => {
                    *place = Some(*next);
                    *next += 1;
                    Form::First
                }
            },
        }
    }
}

impl Writer {
    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.out.push((n & 0x7f) as u8 | 0x80);
            n >>= 7;
        }
        self.out.push((n & 0x7f) as u8);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        let form = if text.len() > REPEATED_MOST { Form::Once } else { self.texts.form(text) };
        match form {
            Form::Again(place) => self.number(place << 2 | AGAIN),
            Form::Once | Form::First => {
                let sort = if matches!(form, Form::Once) { ONCE } else { FIRST };
                self.number((text.len() as u64) << 2 | sort);
                self.out.extend_from_slice(text.as_bytes());
            }
        }
    }

    fn some<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.out.push(1);
        value.serialize(self)
    }
}

/// How a text is written.
enum Form {
    /// It comes once.
    Once,
    /// It comes again later.
    First,
    /// It was written before, as so many-th of those that come again.
    Again(u64),
}

impl serde::ser::Error for SnapshotError {
    fn custom<T: std::fmt::Display>(said: T) -> Self {
        SnapshotError::Said(said.to_string())
    }
}

impl Serializer for &mut Writer {
    type Ok = ();
    type Error = SnapshotError;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    fn is_human_readable(&self) -> bool {
        false
    }
    fn serialize_bool(self, v: bool) -> Done {
        self.out.push(v.into());
        Ok(())
    }
    fn serialize_i8(self, v: i8) -> Done {
        self.serialize_i64(v.into())
    }
    fn serialize_i16(self, v: i16) -> Done {
        self.serialize_i64(v.into())
    }
    fn serialize_i32(self, v: i32) -> Done {
        self.serialize_i64(v.into())
    }
    fn serialize_i64(self, v: i64) -> Done {
        self.number(((v << 1) ^ (v >> 63)) as u64);
        Ok(())
    }
    fn serialize_u8(self, v: u8) -> Done {
        self.serialize_u64(v.into())
    }
    fn serialize_u16(self, v: u16) -> Done {
        self.serialize_u64(v.into())
    }
    fn serialize_u32(self, v: u32) -> Done {
        self.serialize_u64(v.into())
    }
    fn serialize_u64(self, v: u64) -> Done {
        self.number(v);
        Ok(())
    }
    fn serialize_f32(self, _: f32) -> Done {
        Err(SnapshotError::NotKept("fractions"))
    }
    fn serialize_f64(self, _: f64) -> Done {
        Err(SnapshotError::NotKept("fractions"))
    }
    fn serialize_char(self, v: char) -> Done {
        self.serialize_u64(u32::from(v).into())
    }
    fn serialize_str(self, v: &str) -> Done {
        self.text(v);
        Ok(())
    }
    fn serialize_bytes(self, v: &[u8]) -> Done {
        self.bytes(v);
        Ok(())
    }
    fn serialize_none(self) -> Done {
        self.out.push(0);
        Ok(())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.some(value)
    }
    fn serialize_unit(self) -> Done {
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(())
    }
    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Done {
        self.serialize_u32(index)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Done {
        self.number(index.into());
        value.serialize(self)
    }
    fn serialize_seq(self, len: Option<usize>) -> Result<Self, SnapshotError> {
        self.number(len.ok_or(SnapshotError::NotKept("a list of unknown length"))? as u64);
        Ok(self)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self, SnapshotError> {
        Ok(self)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, SnapshotError> {
        Ok(self)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, SnapshotError> {
        self.number(index.into());
        Ok(self)
    }
    fn serialize_map(self, len: Option<usize>) -> Result<Self, SnapshotError> {
        self.serialize_seq(len)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, SnapshotError> {
        Ok(self)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, SnapshotError> {
        self.number(index.into());
        Ok(self)
    }
}

macro_rules! elements {
    ($($of:ident $method:ident),*) => {$(
        impl $of for &mut Writer {
            type Ok = ();
            type Error = SnapshotError;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                value.serialize(&mut **self)
            }
            fn end(self) -> Done {
                Ok(())
            }
        }
    )*};
}
elements!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field);

impl SerializeMap for &mut Writer {
    type Ok = ();
    type Error = SnapshotError;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        key.serialize(&mut **self)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut **self)
    }
    fn end(self) -> Done {
        Ok(())
    }
}

/// Fields in the order of their declaration, each after a byte that says whether it is there.
macro_rules! fields {
    ($($of:ident),*) => {$(
        impl $of for &mut Writer {
            type Ok = ();
            type Error = SnapshotError;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Done {
                self.some(value)
            }
            fn skip_field(&mut self, _: &'static str) -> Done {
                self.out.push(0);
                Ok(())
            }
            fn end(self) -> Done {
                Ok(())
            }
        }
    )*};
}
fields!(SerializeStruct, SerializeStructVariant);
