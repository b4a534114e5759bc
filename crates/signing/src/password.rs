//! A person's key under a password, and one-time codes.
//!
//! The key is sealed under HKDF-SHA256(argon2id(password) ‖ pepper): whoever holds the sealed bytes (the database) still
//! needs the pepper, whoever holds pepper and bytes (the administrator of the machine) still needs the password. The
//! token's secret is sealed under the pepper. Nothing here is stored or sent: bytes in, bytes out.

use crate::key::SecretKey;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The value of [`SealedKey::format`].
pub const FORMAT: &str = "dossier/sealed-key/v1";
/// Seconds for which one code counts (RFC 6238).
pub const STEP_SECONDS: i64 = 30;
/// Bytes of a pepper, and of a token's secret.
pub const SECRET_LEN: usize = 32;
/// The fewest characters of a password (NIST SP 800-63B: length, not composition).
pub const PASSWORD_MIN: usize = 12;

/// argon2id as RFC 9106 recommends where memory is short: 64 MiB, three passes.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// Limits on what a file may ask for, so that a changed file cannot make the program run out of memory.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 16;

/// Why a key was not sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short to be one.
    #[error("a password has at least {PASSWORD_MIN} characters")]
    Short,
    /// The password, the pepper or the bytes are wrong; which of them, nobody can tell.
    #[error("the password does not open this key")]
    Wrong,
    /// The sealed key is of another form, or asks for what is not allowed.
    #[error("the sealed key cannot be read: {0}")]
    Form(&'static str),
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system")]
    Random(#[source] getrandom::Error),
    /// The password could not be stretched.
    #[error("the password could not be stretched")]
    Stretch,
}

/// A key and a token's secret, sealed. What is kept in a database; the texts are base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedKey {
    /// Always [`FORMAT`].
    pub format: String,
    /// Whose key it is. Bound: another's sealed key under this name does not open.
    pub owner: String,
    /// The fingerprint of the key. Bound as well.
    pub key_id: String,
    /// Memory of argon2id in KiB.
    pub memory_kib: u32,
    /// Passes of argon2id.
    pub passes: u32,
    /// Salt of argon2id, 16 bytes.
    pub salt: String,
    /// Nonce and sealed seed of the key.
    pub key: String,
    /// Nonce and sealed secret of the token.
    pub token: String,
    /// The last step whose code was taken: a code counts once.
    pub last_step: i64,
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, PasswordError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(PasswordError::Random)?;
    Ok(bytes)
}

/// New random bytes, for a pepper, a key that seals, a token's secret, a challenge or a session.
///
/// # Errors
/// When the operating system gives none.
pub fn secret() -> Result<Zeroizing<[u8; SECRET_LEN]>, PasswordError> {
    random()
}

/// Seals a key under a password and the pepper, and the token's secret under the pepper.
///
/// # Errors
/// When the password is too short.
pub fn seal(
    key: &SecretKey,
    owner: &str,
    password: &str,
    token: &[u8],
    pepper: &[u8],
) -> Result<SealedKey, PasswordError> {
    if password.chars().count() < PASSWORD_MIN {
        return Err(PasswordError::Short);
    }
    let salt = random::<16>()?;
    let key_id = key.public().fingerprint();
    let mut sealed = SealedKey {
        format: FORMAT.to_owned(),
        owner: owner.to_owned(),
        key_id,
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        salt: encode(salt.as_slice()),
        key: String::new(),
        token: String::new(),
        last_step: 0,
    };
    let wrapping = sealed.wrapping_key(password, pepper)?;
    sealed.key = sealed.encrypt(&wrapping, "key", key.seed().as_slice())?;
    sealed.token = sealed.encrypt(&*sealed.token_key(pepper)?, "token", token)?;
    Ok(sealed)
}

impl SealedKey {
    /// The key, where password and pepper are right.
    ///
    /// # Errors
    /// When they are not, or the bytes were changed.
    pub fn open(&self, password: &str, pepper: &[u8]) -> Result<SecretKey, PasswordError> {
        let wrapping = self.wrapping_key(password, pepper)?;
        let seed = self.decrypt(&wrapping, "key", &self.key)?;
        let seed: [u8; 32] =
            seed.as_slice().try_into().map_err(|_| PasswordError::Form("the key's length"))?;
        let key = SecretKey::from_seed(seed, &self.owner);
        if key.public().fingerprint() == self.key_id { Ok(key) } else { Err(PasswordError::Wrong) }
    }

    /// The step for which `code` is the token's at the time `seconds` (since 1970), where it is one that was not taken
    /// before. A token's clock may be one step off.
    ///
    /// # Errors
    /// When the pepper is wrong or the bytes were changed.
    pub fn step_of(&self, code: &str, seconds: i64, pepper: &[u8]) -> Result<Option<i64>, PasswordError> {
        let token = self.decrypt(&*self.token_key(pepper)?, "token", &self.token)?;
        let now = seconds.div_euclid(STEP_SECONDS);
        let fits = |step: &i64| *step > self.last_step && same(&totp(&token, *step), code.trim());
        Ok((now - 1..=now + 1).find(fits))
    }

    /// The token's secret, for sealing it under a new password.
    ///
    /// # Errors
    /// When the pepper is wrong or the bytes were changed.
    pub fn token_secret(&self, pepper: &[u8]) -> Result<Zeroizing<Vec<u8>>, PasswordError> {
        self.decrypt(&*self.token_key(pepper)?, "token", &self.token)
    }

    fn wrapping_key(&self, password: &str, pepper: &[u8]) -> Result<Zeroizing<[u8; 32]>, PasswordError> {
        if self.format != FORMAT {
            return Err(PasswordError::Form("another format"));
        }
        if self.memory_kib > MEMORY_KIB_MAX || self.passes > PASSES_MAX {
            return Err(PasswordError::Form("it asks for too much memory or time"));
        }
        let params =
            Params::new(self.memory_kib, self.passes, 1, Some(32)).map_err(|_| PasswordError::Stretch)?;
        let mut stretched = Zeroizing::new([0u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), &decode(&self.salt)?, stretched.as_mut_slice())
            .map_err(|_| PasswordError::Stretch)?;
        let both = Zeroizing::new([stretched.as_slice(), pepper].concat());
        self.derive(&both, "key")
    }

    fn token_key(&self, pepper: &[u8]) -> Result<Zeroizing<[u8; 32]>, PasswordError> {
        self.derive(pepper, "token")
    }

    fn derive(&self, from: &[u8], what: &str) -> Result<Zeroizing<[u8; 32]>, PasswordError> {
        let mut out = Zeroizing::new([0u8; 32]);
        Hkdf::<Sha256>::new(Some(&decode(&self.salt)?), from)
            .expand(format!("{FORMAT} {what}").as_bytes(), out.as_mut_slice())
            .map_err(|_| PasswordError::Stretch)?;
        Ok(out)
    }

    /// What the sealed bytes are bound to.
    fn bound(&self, what: &str) -> Vec<u8> {
        format!("{FORMAT}\n{what}\n{}\n{}", self.owner, self.key_id).into_bytes()
    }

    fn encrypt(&self, key: &[u8; 32], what: &str, secret: &[u8]) -> Result<String, PasswordError> {
        let nonce = random::<24>()?;
        let cipher = XChaCha20Poly1305::new(key.into());
        let bound = self.bound(what);
        let sealed = cipher
            .encrypt(&XNonce::from(*nonce), Payload { msg: secret, aad: &bound })
            .map_err(|_| PasswordError::Form("too long"))?;
        Ok(encode(&[nonce.as_slice(), &sealed].concat()))
    }

    fn decrypt(&self, key: &[u8; 32], what: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, PasswordError> {
        let bytes = decode(sealed)?;
        let (nonce, sealed) = bytes.split_at_checked(24).ok_or(PasswordError::Form("too short"))?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| PasswordError::Form("too short"))?;
        let cipher = XChaCha20Poly1305::new(key.into());
        let bound = self.bound(what);
        let open = cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: &bound });
        open.map(Zeroizing::new).map_err(|_| PasswordError::Wrong)
    }
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

fn decode(text: &str) -> Result<Vec<u8>, PasswordError> {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.decode(text).map_err(|_| PasswordError::Form("its base64"))
}

/// The six digits of a step (RFC 6238 with SHA-1, which is what tokens make).
pub fn totp(secret: &[u8], step: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last().copied().unwrap_or(0) & 0x0f);
    let word = digest.iter().skip(offset).take(4).fold(0u32, |n, b| n << 8 | u32::from(*b)) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

/// Compares without telling by its time where texts differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && !a.is_empty() && a.bytes().zip(b.bytes()).fold(0, |n, (x, y)| n | (x ^ y)) == 0
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The secret as tokens take it (RFC 4648 base32, no padding).
pub fn base32(secret: &[u8]) -> String {
    let mut out = String::new();
    let (mut buffer, mut bits) = (0u32, 0u32);
    for byte in secret {
        buffer = buffer << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let index = usize::try_from(buffer >> bits & 31).unwrap_or(0);
            out.push(char::from(BASE32.get(index).copied().unwrap_or(b'A')));
        }
    }
    if bits > 0 {
        let index = usize::try_from(buffer << (5 - bits) & 31).unwrap_or(0);
        out.push(char::from(BASE32.get(index).copied().unwrap_or(b'A')));
    }
    out
}

/// Reads base32; case, spaces, hyphens and padding don't matter.
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let (mut buffer, mut bits) = (0u32, 0u32);
    for c in text.bytes().filter(|c| !matches!(c, b' ' | b'-' | b'=')) {
        let value = BASE32.iter().position(|b| *b == c.to_ascii_uppercase())?;
        buffer = buffer << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(buffer >> bits & 0xff).ok()?);
        }
    }
    (out.len() >= 10).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SecretKey {
        SecretKey::from_seed([5; 32], "qa-lead")
    }

    const PASSWORD: &str = "correct horse battery";

    #[test]
    fn a_key_opens_with_both_secrets_and_with_nothing_less() {
        let sealed = seal(&key(), "qa-lead", PASSWORD, &[9; 20], &[1; 32]).unwrap();
        assert_eq!(sealed.open(PASSWORD, &[1; 32]).unwrap().public(), key().public());
        assert!(matches!(sealed.open("correct horse batterz", &[1; 32]), Err(PasswordError::Wrong)));
        assert!(matches!(sealed.open(PASSWORD, &[2; 32]), Err(PasswordError::Wrong)), "the database alone");
        let moved = SealedKey { owner: "prrc".into(), ..sealed.clone() };
        assert!(matches!(moved.open(PASSWORD, &[1; 32]), Err(PasswordError::Wrong)), "under another name");
        let greedy = SealedKey { memory_kib: u32::MAX, ..sealed.clone() };
        assert!(matches!(greedy.open(PASSWORD, &[1; 32]), Err(PasswordError::Form(_))));
        assert!(matches!(seal(&key(), "p", "short", &[], &[]), Err(PasswordError::Short)));
        let text = serde_json::to_string(&sealed).unwrap();
        assert_eq!(serde_json::from_str::<SealedKey>(&text).unwrap(), sealed);
    }

    #[test]
    fn a_code_counts_once_and_one_step_around_its_time() {
        let mut sealed = seal(&key(), "qa-lead", PASSWORD, b"12345678901234567890", &[1; 32]).unwrap();
        // RFC 6238 appendix B, SHA-1, the last six digits.
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(sealed.step_of(code, seconds, &[1; 32]).unwrap(), Some(seconds / 30));
            assert!(sealed.step_of(code, seconds + 30, &[1; 32]).unwrap().is_some());
            assert_eq!(sealed.step_of(code, seconds + 90, &[1; 32]).unwrap(), None);
        }
        sealed.last_step = 59 / 30;
        assert_eq!(sealed.step_of("287082", 59, &[1; 32]).unwrap(), None, "taken before");
        assert_eq!(sealed.step_of("", 59, &[1; 32]).unwrap(), None);
        assert!(sealed.step_of("287082", 59, &[2; 32]).is_err(), "without the pepper nobody has the secret");
    }

    #[test]
    fn base32_is_that_of_tokens() {
        assert_eq!(base32(b"12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(from_base32("gezd gnbv-gy3t qojq gezd gnbv gy3t qojq").unwrap(), b"12345678901234567890");
        assert_eq!(from_base32("GEZD"), None, "too short");
        assert_eq!(from_base32("0189"), None);
    }
}
