//! SHA-256 digests and the short stamps made of them.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// A SHA-256 digest. Written as 64 lower-case hex digits; read with or without the `sha256:` prefix of OCI.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// Makes a [`Digest`] of bytes that come one after the other.
#[derive(Clone, Default)]
pub struct Digester(Sha256);

impl std::fmt::Debug for Digester {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Digester").finish_non_exhaustive()
    }
}

impl Digester {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all bytes that were taken.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// The digest as OCI writes it: `sha256:` and 64 hex digits.
    pub fn oci(&self) -> String {
        format!("sha256:{self}")
    }

    /// The first 8 hex digits, as links carry them.
    pub fn stamp(&self) -> Stamp {
        Stamp([self.0[0], self.0[1], self.0[2], self.0[3]])
    }

    /// The first 12 hex digits, for people.
    pub fn short(&self) -> String {
        hex::encode(&self.0[..6])
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// The text is not 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no SHA-256 digest: 64 lower-case hex digits, optionally after `sha256:`")]
pub struct ParseDigestError(pub String);

/// The values of lower-case hex digits; above 15 where a byte is none.
const NIBBLES: [u8; 256] = {
    let mut table = [0xff; 256];
    let digits = b"0123456789abcdef";
    let mut value = 0;
    while value < digits.len() {
        table[digits[value] as usize] = value as u8;
        value += 1;
    }
    table
};

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let digits = s.strip_prefix("sha256:").unwrap_or(s);
        let mut out = [0; 32];
        // A ledger with ten thousand confirmed links names twenty thousand digests: one look a digit.
        let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
        let mut wrong = !rest.is_empty() || pairs.len() != out.len();
        for (byte, [high, low]) in out.iter_mut().zip(pairs) {
            let (high, low) = (NIBBLES[usize::from(*high)], NIBBLES[usize::from(*low)]);
            wrong |= (high | low) > 0x0f;
            *byte = high << 4 | low & 0x0f;
        }
        if wrong { Err(ParseDigestError(s.to_owned())) } else { Ok(Digest(out)) }
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        if s.is_human_readable() { s.collect_str(self) } else { s.serialize_bytes(&self.0) }
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        if !d.is_human_readable() {
            let bytes = <&'de [u8]>::deserialize(d)?;
            return bytes.try_into().map(Digest).map_err(serde::de::Error::custom);
        }
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The first 8 hex digits of an item's content digest, as a link carries them after `@` (design: documents). It
/// detects accidents only; the confirmation in the ledger holds the full digests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub [u8; 4]);

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stamp({self})")
    }
}

/// The text is not 8 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no stamp: 8 lower-case hex digits")]
pub struct StampParseError(pub String);

impl FromStr for Stamp {
    type Err = StampParseError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let mut out = [0; 4];
        if s.bytes().any(|b| b.is_ascii_uppercase()) || hex::decode_to_slice(s, &mut out).is_err() {
            return Err(StampParseError(s.to_owned()));
        }
        Ok(Stamp(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back_with_and_without_prefix_and_nothing_else() {
        let d = Digest::of(b"abc");
        assert_eq!(d.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(d.to_string().parse(), Ok(d));
        assert_eq!(d.oci().parse(), Ok(d));
        assert_eq!(d.stamp().to_string(), "ba7816bf");
        assert!(d.to_string().to_uppercase().parse::<Digest>().is_err());
        assert!("ba78".parse::<Digest>().is_err());
        assert!("".parse::<Digest>().is_err());
    }
}
