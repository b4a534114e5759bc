//! C2SP signed notes: a text that several named keys sign, as transparency logs and their witnesses use them
//! (<https://c2sp.org/signed-note>).
//!
//! Signatures of unknown keys are kept, because a witness's cosignature must survive those who cannot check it.

use crate::key::{KeyError, PublicKey, SignError, Signer};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// The signature type of plain ed25519 in key hashes and verifier keys.
const ED25519: u8 = 0x01;
/// No note has more signatures than this; more is an attempt to keep the verifier busy.
const SIGNATURES_MAX: usize = 100;
/// No note is longer than this.
const BYTES_MAX: usize = 1_000_000;

/// Why bytes are no signed note, or a note cannot be signed or trusted.
#[derive(Debug, thiserror::Error)]
pub enum NoteError {
    /// The bytes have not the form of a signed note.
    #[error("no signed note, line {line}: {why}")]
    Form {
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        why: &'static str,
    },
    /// The text is no verifier key.
    #[error("`{text}` is no verifier key (`name+hash+base64`): {why}")]
    VerifierKey {
        /// What stood there.
        text: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The key inside a verifier key cannot be used.
    #[error("the verifier key's public key cannot be used")]
    Key(#[source] KeyError),
    /// A key name is empty or has white space or a plus sign.
    #[error("`{0}` cannot name a key: empty, or with white space or a plus sign")]
    Name(String),
    /// The note has no signature by this key.
    #[error("the note is not signed by `{0}`")]
    NotSigned(String),
    /// The note has a signature that claims to be by this key, and is not.
    #[error("the note's signature by `{0}` does not fit its text")]
    Mismatch(String),
}

/// A text with the signatures under it. Parsing proves nothing: `verify` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The first four bytes of the key's hash, which tell keys of one name apart.
    pub key_hash: [u8; 4],
    /// What follows the key hash: for an ed25519 key the 64 bytes of its signature.
    pub signature: Vec<u8>,
}

impl Note {
    /// A note with this text and no signature yet. The text is not empty, ends in a line feed and has no control
    /// character but line feeds.
    pub fn new(text: &str) -> Result<Note, NoteError> {
        check_text(text)?;
        Ok(Note { text: text.to_owned(), signatures: Vec::new() })
    }

    /// Reads a signed note. It has at least one signature, known or not.
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteError> {
        let form = |line, why| NoteError::Form { line, why };
        if bytes.len() > BYTES_MAX {
            return Err(form(1, "longer than a million bytes"));
        }
        let all = std::str::from_utf8(bytes).map_err(|e| {
            let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
            form(1 + before.iter().filter(|b| **b == b'\n').count(), "not UTF-8")
        })?;
        let split = all.rfind("\n\n").ok_or_else(|| form(1, "no empty line before the signatures"))?;
        let (text, block) = (&all[..=split], &all[split + 2..]);
        check_text(text)?;
        let first = text.lines().count() + 2;
        let block =
            block.strip_suffix('\n').ok_or_else(|| form(first, "no line end after the signatures"))?;
        let mut signatures = Vec::new();
        for (i, line) in block.split('\n').enumerate() {
            if i == SIGNATURES_MAX {
                return Err(form(first + i, "more than 100 signatures"));
            }
            signatures.push(read_signature(line).map_err(|why| form(first + i, why))?);
        }
        Ok(Note { text: text.to_owned(), signatures })
    }

    /// The text that is signed, with its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All signatures in their order, of known and unknown keys.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds the signature of `signer` under the key name `name`.
    pub fn sign(&mut self, name: &str, signer: &dyn Signer) -> Result<(), SignError> {
        check_name(name)?;
        let signature = signer.sign(self.text.as_bytes())?.to_vec();
        let key_hash = key_hash(name, &signer.public());
        self.signatures.push(NoteSignature { name: name.to_owned(), key_hash, signature });
        Ok(())
    }

    /// Takes over a signature made elsewhere, e.g. a witness's.
    pub fn add(&mut self, signature: NoteSignature) -> Result<(), NoteError> {
        check_name(&signature.name)?;
        self.signatures.push(signature);
        Ok(())
    }

    /// Checks that the key signed this text. Every signature under its name and hash must fit, and there must be one.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        let mut signed = false;
        for s in self.signatures.iter().filter(|s| s.name == key.name && s.key_hash == key.key_hash()) {
            if key.key.verify(self.text.as_bytes(), &s.signature).is_err() {
                return Err(NoteError::Mismatch(key.name.clone()));
            }
            signed = true;
        }
        if signed { Ok(()) } else { Err(NoteError::NotSigned(key.name.clone())) }
    }
}

impl fmt::Display for Note {
    /// The note in its file form: text, empty line, signature lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for s in &self.signatures {
            let raw: Vec<u8> = s.key_hash.iter().chain(&s.signature).copied().collect();
            writeln!(f, "\u{2014} {} {}", s.name, BASE64_STANDARD.encode(raw))?;
        }
        Ok(())
    }
}

fn read_signature(line: &str) -> Result<NoteSignature, &'static str> {
    let rest = line.strip_prefix("\u{2014} ").ok_or("a signature line begins with an em dash and a space")?;
    let (name, digits) = rest.split_once(' ').ok_or("no base64 after the key name")?;
    check_name(name).map_err(|_| "no key name: empty, or with white space or a plus sign")?;
    let raw = BASE64_STANDARD.decode(digits).map_err(|_| "the signature's base64 cannot be read")?;
    let (key_hash, signature) =
        raw.split_first_chunk::<4>().ok_or("the signature is shorter than a key hash")?;
    if signature.is_empty() {
        return Err("nothing follows the key hash");
    }
    Ok(NoteSignature { name: name.to_owned(), key_hash: *key_hash, signature: signature.to_vec() })
}

fn check_text(text: &str) -> Result<(), NoteError> {
    let line_of = |at: usize| 1 + text.bytes().take(at).filter(|b| *b == b'\n').count();
    if text.is_empty() || text == "\n" {
        return Err(NoteError::Form { line: 1, why: "the text is empty" });
    }
    if !text.ends_with('\n') {
        return Err(NoteError::Form {
            line: line_of(text.len()),
            why: "the text does not end in a line feed",
        });
    }
    match text.bytes().position(|b| b < 0x20 && b != b'\n') {
        Some(at) => Err(NoteError::Form { line: line_of(at), why: "control character" }),
        None => Ok(()),
    }
}

fn check_name(name: &str) -> Result<(), NoteError> {
    // A control character would break the line structure, though the specification names only space and plus.
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+' || c.is_control()) {
        return Err(NoteError::Name(name.chars().take(64).flat_map(char::escape_debug).collect()));
    }
    Ok(())
}

/// First four bytes of SHA-256 over name, line feed, type, key.
fn key_hash(name: &str, key: &PublicKey) -> [u8; 4] {
    let mut h = Sha256::new();
    h.update(name.as_bytes());
    h.update([b'\n', ED25519]);
    h.update(key.as_bytes());
    let digest: [u8; 32] = h.finalize().into();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The public key of a note's signer with its name, written `name+hash+base64`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct VerifierKey {
    name: String,
    key: PublicKey,
}

impl VerifierKey {
    /// The verifier key of an ed25519 key under a name.
    pub fn new(name: &str, key: PublicKey) -> Result<VerifierKey, NoteError> {
        check_name(name)?;
        Ok(VerifierKey { name: name.to_owned(), key })
    }

    /// The name under which the key signs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The hash by which signature lines name the key.
    pub fn key_hash(&self) -> [u8; 4] {
        key_hash(&self.name, &self.key)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut raw = vec![ED25519];
        raw.extend_from_slice(self.key.as_bytes());
        write!(f, "{}+{}+{}", self.name, hex::encode(self.key_hash()), BASE64_STANDARD.encode(raw))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<VerifierKey, NoteError> {
        let wrong = |why| NoteError::VerifierKey { text: crate::openssh::printable(text), why };
        // Base64 may itself contain a plus sign, so only the first two separate.
        let mut parts = text.splitn(3, '+');
        let name = parts.next().unwrap_or_default();
        let hash = parts.next().ok_or_else(|| wrong("no key hash"))?;
        let digits = parts.next().ok_or_else(|| wrong("no key"))?;
        check_name(name)?;
        let raw = BASE64_STANDARD.decode(digits).map_err(|_| wrong("its base64 cannot be read"))?;
        let key = match raw.split_first() {
            Some((&ED25519, key)) => key.try_into().map_err(|_| wrong("an ed25519 key has 32 bytes"))?,
            Some(_) => return Err(wrong("only type 1, ed25519, is supported")),
            None => return Err(wrong("the key is empty")),
        };
        let key = VerifierKey::new(name, PublicKey::from_bytes(key).map_err(NoteError::Key)?)?;
        if hash != hex::encode(key.key_hash()) {
            return Err(wrong("its hash does not belong to its name and key"));
        }
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;
    use proptest::prelude::*;

    /// The example of Go's `golang.org/x/mod/sumdb/note`, on which the C2SP specification is built.
    const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\
        \n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn the_note_of_the_reference_implementation_verifies_and_reads_back() {
        let key: VerifierKey = GO_KEY.parse().unwrap();
        assert_eq!(key.to_string(), GO_KEY);
        let note = Note::parse(GO_NOTE.as_bytes()).unwrap();
        note.verify(&key).unwrap();
        assert_eq!(note.to_string(), GO_NOTE);
        let changed = GO_NOTE.replace("answer", "Answer");
        let changed = Note::parse(changed.as_bytes()).unwrap();
        assert!(matches!(changed.verify(&key), Err(NoteError::Mismatch(_))));
    }

    #[test]
    fn unknown_signatures_are_kept_and_prove_nothing() {
        let (ours, other) = (SecretKey::from_seed([1; 32], ""), SecretKey::from_seed([2; 32], ""));
        let mut note = Note::new("log\n1\n").unwrap();
        note.sign("log", &ours).unwrap();
        note.add(NoteSignature { name: "witness".into(), key_hash: [9; 4], signature: vec![7; 72] }).unwrap();
        let read = Note::parse(note.to_string().as_bytes()).unwrap();
        assert_eq!(read, note);
        read.verify(&VerifierKey::new("log", ours.public()).unwrap()).unwrap();
        for (name, key) in [("log", other.public()), ("Log", ours.public()), ("witness", ours.public())] {
            let key = VerifierKey::new(name, key).unwrap();
            assert!(matches!(read.verify(&key), Err(NoteError::NotSigned(_))));
        }
    }

    #[test]
    fn broken_notes_and_keys_are_refused_with_their_line() {
        let cases: &[(&str, usize)] = &[
            ("", 1),
            ("text\n", 1),
            ("text\n\n", 3),
            ("a\tb\n\n\u{2014} n AAAAAAA=\n", 1),
            ("a\nb\n\n- n AAAAAAA=\n", 4),
            ("a\n\n\u{2014} n AAAAAAA=", 3),
            ("a\n\n\u{2014} n AAAA\n", 3),
            ("a\n\n\u{2014} n !!!!\n", 3),
            ("a\n\n\u{2014} n+m AAAAAAA=\n", 3),
            ("a\n\n\u{2014} n AAAAAAA=\n\u{2014} \n", 4),
            ("\n\n\u{2014} n AAAAAAA=\n", 1),
        ];
        for (text, line) in cases {
            match Note::parse(text.as_bytes()) {
                Err(NoteError::Form { line: l, .. }) => assert_eq!(l, *line, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
        for bad in ["", "a", "a+b", "a+00000000+", "a+00000000+AAAA", &GO_KEY.replace("c74f", "c74e")] {
            assert!(bad.parse::<VerifierKey>().is_err(), "{bad}");
        }
        for bad in ["", "a b", "a+b", "a\u{a0}b", "a\nb"] {
            assert!(VerifierKey::new(bad, SecretKey::from_seed([1; 32], "").public()).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn a_signed_note_reads_back_and_a_changed_byte_is_found(
            lines in prop::collection::vec("[^\\x00-\\x1f]{0,20}", 1..6), at in any::<prop::sample::Index>(), with in any::<u8>()
        ) {
            let text = format!("x{}\n", lines.join("\n"));
            let key = SecretKey::from_seed([3; 32], "");
            let mut note = Note::new(&text).unwrap();
            note.sign("example.org/log", &key).unwrap();
            let verifier = VerifierKey::new("example.org/log", key.public()).unwrap();
            let bytes = note.to_string().into_bytes();
            let read = Note::parse(&bytes).unwrap();
            prop_assert_eq!(&read, &note);
            prop_assert!(read.verify(&verifier).is_ok());
            let mut changed = bytes.clone();
            let at = at.index(changed.len());
            changed[at] = with;
            let found = Note::parse(&changed).and_then(|n| n.verify(&verifier));
            prop_assert_eq!(found.is_ok(), changed == bytes);
        }

        #[test]
        fn any_bytes_are_an_error_or_a_note(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,40}") {
            let _ = Note::parse(&bytes);
            let _ = text.parse::<VerifierKey>();
        }
    }
}
