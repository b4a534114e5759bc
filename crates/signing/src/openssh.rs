//! OpenSSH's files: the public key line, and the private key of OpenSSH's `PROTOCOL.key` (unencrypted).

use crate::key::{KeyError, PublicKey, SecretKey};
use crate::wire::{Reader, put_string, put_u32};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

/// The one algorithm name of keys and signatures here.
pub(crate) const ED25519: &str = "ssh-ed25519";

const MAGIC: &[u8] = b"openssh-key-v1\0";
const PRIVATE_LABEL: &str = "OPENSSH PRIVATE KEY";
/// Unencrypted private sections are padded to this many bytes.
const BLOCK: usize = 8;
/// OpenSSH breaks base64 after this many characters, in private keys and in signatures.
const ARMOR_COLUMNS: usize = 70;

/// The key as SSH's `string`s: algorithm, key bytes.
pub(crate) fn public_blob(key: &PublicKey) -> Vec<u8> {
    let mut out = Vec::with_capacity(51);
    put_string(&mut out, ED25519.as_bytes());
    put_string(&mut out, key.as_bytes());
    out
}

/// Reads a public key blob; other algorithms are reported by name.
pub(crate) fn read_public_blob(blob: &[u8]) -> Result<PublicKey, KeyError> {
    let mut r = Reader::new(blob);
    let algorithm = r.text("key algorithm")?;
    if algorithm != ED25519 {
        return Err(KeyError::Algorithm(printable(algorithm)));
    }
    let key = r.string("public key")?;
    r.end()?;
    PublicKey::from_bytes(key.try_into().map_err(|_| KeyError::Point)?)
}

pub(crate) fn read_public(line: &str) -> Result<(PublicKey, String), KeyError> {
    let expected = "OpenSSH public key";
    let form = |why: &str| KeyError::Form { expected, why: why.to_owned() };
    let line = line.trim_end_matches(['\r', '\n']);
    if line.contains(['\r', '\n']) {
        return Err(form("more than one line"));
    }
    let mut words = line.trim().splitn(3, ' ');
    let algorithm = words.next().filter(|w| !w.is_empty()).ok_or_else(|| form("empty"))?;
    let blob = words.next().ok_or_else(|| form("no base64 after the algorithm"))?;
    if algorithm != ED25519 {
        return Err(KeyError::Algorithm(printable(algorithm)));
    }
    let key = read_public_blob(&BASE64_STANDARD.decode(blob)?)?;
    Ok((key, words.next().unwrap_or_default().trim().to_owned()))
}

pub(crate) fn write_public(key: &PublicKey, comment: &str) -> String {
    let comment = comment.replace(['\r', '\n'], " ");
    let line = format!("{ED25519} {} {}", BASE64_STANDARD.encode(public_blob(key)), comment.trim());
    line.trim_end().to_owned()
}

pub(crate) fn read_private(text: &str) -> Result<SecretKey, KeyError> {
    let expected = "OpenSSH private key";
    let bytes = read_armor(PRIVATE_LABEL, text)
        .map_err(|e| match e {
            ArmorError::Frame(why) => KeyError::Form { expected, why },
            ArmorError::Base64(e) => KeyError::Base64(e),
        })
        .map(Zeroizing::new)?;
    let mut r = Reader::new(&bytes);
    if r.raw(MAGIC.len(), "magic")? != MAGIC {
        return Err(KeyError::Form { expected, why: "it does not begin with openssh-key-v1".to_owned() });
    }
    let cipher = r.text("cipher name")?;
    r.string("key derivation name")?;
    r.string("key derivation options")?;
    if cipher != "none" {
        return Err(KeyError::Encrypted { cipher: printable(cipher) });
    }
    if r.u32("number of keys")? != 1 {
        return Err(KeyError::Damaged("it holds more or less than one key"));
    }
    let public = read_public_blob(r.string("public key")?)?;
    let private = r.string("private section")?;
    r.end()?;
    read_private_section(private, &public)
}

fn read_private_section(section: &[u8], public: &PublicKey) -> Result<SecretKey, KeyError> {
    let mut r = Reader::new(section);
    if r.u32("check number")? != r.u32("check number")? {
        return Err(KeyError::Damaged("its two check numbers differ"));
    }
    let algorithm = r.text("key algorithm")?;
    if algorithm != ED25519 {
        return Err(KeyError::Algorithm(printable(algorithm)));
    }
    let again = r.string("public key")?;
    let pair = r.string("private key")?;
    let comment = String::from_utf8_lossy(r.string("comment")?).into_owned();
    let padding = r.rest();
    if !section.len().is_multiple_of(BLOCK)
        || padding.len() >= BLOCK
        || !padding.iter().copied().eq(1..=padding.len() as u8)
    {
        return Err(KeyError::Damaged("its padding is not the prescribed one"));
    }
    let pair: &[u8; 64] =
        pair.try_into().map_err(|_| KeyError::Damaged("its private key has not 64 bytes"))?;
    let (seed, tail) = pair.split_at(32);
    let seed: Zeroizing<[u8; 32]> =
        Zeroizing::new(seed.try_into().map_err(|_| KeyError::Damaged("its seed has not 32 bytes"))?);
    let key = SecretKey::from_seed(*seed, &comment);
    if again != public.as_bytes() || tail != public.as_bytes() || key.public() != *public {
        return Err(KeyError::Damaged("its public and private halves do not belong together"));
    }
    Ok(key)
}

pub(crate) fn write_private(key: &SecretKey) -> Zeroizing<String> {
    let public = key.public();
    let mut pair = Zeroizing::new(Vec::with_capacity(64));
    pair.extend_from_slice(key.seed().as_slice());
    pair.extend_from_slice(public.as_bytes());
    let mut section = Zeroizing::new(Vec::with_capacity(256));
    // OpenSSH takes a random number here, whose only use is to see that a passphrase was right. There is none, so
    // the same key gives the same file.
    for _ in 0..2 {
        section.extend_from_slice(&public.as_bytes()[..4]);
    }
    put_string(&mut section, ED25519.as_bytes());
    put_string(&mut section, public.as_bytes());
    put_string(&mut section, &pair);
    put_string(&mut section, key.comment().as_bytes());
    let mut pad = 1;
    while !section.len().is_multiple_of(BLOCK) {
        section.push(pad);
        pad += 1;
    }
    let mut out = Zeroizing::new(MAGIC.to_vec());
    put_string(&mut out, b"none");
    put_string(&mut out, b"none");
    put_string(&mut out, b"");
    put_u32(&mut out, 1);
    put_string(&mut out, &public_blob(&public));
    put_string(&mut out, &section);
    Zeroizing::new(write_armor(PRIVATE_LABEL, &out))
}

/// Why a `-----BEGIN …-----` block cannot be read.
pub(crate) enum ArmorError {
    Frame(String),
    Base64(base64::DecodeError),
}

/// The bytes between `-----BEGIN label-----` and `-----END label-----`. White space around the block is free, anything
/// else is not.
pub(crate) fn read_armor(label: &str, text: &str) -> Result<Vec<u8>, ArmorError> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let text = text.trim();
    let inner = text
        .strip_prefix(&begin)
        .ok_or_else(|| ArmorError::Frame(format!("it does not begin with `{begin}`")))?
        .strip_suffix(&end)
        .ok_or_else(|| ArmorError::Frame(format!("it does not end with `{end}`")))?;
    let digits: Zeroizing<String> = Zeroizing::new(inner.split_ascii_whitespace().collect());
    if digits.is_empty() {
        return Err(ArmorError::Frame("it is empty".to_owned()));
    }
    BASE64_STANDARD.decode(digits.as_bytes()).map_err(ArmorError::Base64)
}

/// The block as OpenSSH writes it: base64 in lines of 70, a line feed at the very end.
pub(crate) fn write_armor(label: &str, bytes: &[u8]) -> String {
    let digits = Zeroizing::new(BASE64_STANDARD.encode(bytes));
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = digits.as_str();
    while !rest.is_empty() {
        let (line, next) = rest.split_at(rest.len().min(ARMOR_COLUMNS));
        out.push_str(line);
        out.push('\n');
        rest = next;
    }
    out.push_str(&format!("-----END {label}-----\n"));
    out
}

/// Foreign text for an error message: control characters escaped, at most 64 characters.
pub(crate) fn printable(text: &str) -> String {
    text.chars().take(64).flat_map(char::escape_debug).collect()
}
