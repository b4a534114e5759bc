//! Keyed digests: HMAC-SHA256 (RFC 2104), for what only the holder of a secret may have written.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The keyed digest of some bytes.
pub fn hmac_sha256(secret: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // A key of any length is one for HMAC.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return [0; 32] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Whether `digest` is the keyed digest of these bytes; the time does not depend on where they differ.
pub fn hmac_sha256_holds(secret: &[u8], parts: &[&[u8]], digest: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(digest).is_ok()
}

/// Whether `proof`, in hex, is the keyed digest of `bytes`, as webhooks carry it. An empty secret proves nothing.
pub fn hex_holds(secret: &[u8], bytes: &[u8], proof: &str) -> bool {
    !secret.is_empty() && hex::decode(proof).is_ok_and(|proof| hmac_sha256_holds(secret, &[bytes], &proof))
}

/// Whether two secrets are the same; the time does not depend on where they differ.
pub fn same(secret: &[u8], given: &[u8]) -> bool {
    !secret.is_empty() && hmac_sha256_holds(secret, &[given], &hmac_sha256(secret, &[secret]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn the_keyed_digest_is_that_of_the_rfc() {
        let digest = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex::encode(digest), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert!(hmac_sha256_holds(b"Jefe", &[b"what do ya want for nothing?"], &digest));
        assert!(!hmac_sha256_holds(b"jefe", &[b"what do ya want for nothing?"], &digest));
        assert!(!hmac_sha256_holds(b"Jefe", &[b"what do ya want for nothing?"], &digest[..31]));
    }

    #[test]
    fn a_proof_in_hex_and_a_secret_hold_only_where_they_are_the_same() {
        // RFC 4231, test case 2.
        let proof = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert!(hex_holds(b"Jefe", b"what do ya want for nothing?", proof));
        assert!(!hex_holds(b"Jefe", b"what do ya want for nothing!", proof));
        assert!(!hex_holds(b"Jefe", b"what do ya want for nothing?", &proof[2..]));
        assert!(!hex_holds(b"", b"", ""));
        assert!(same(b"secret", b"secret") && !same(b"secret", b"secre") && !same(b"", b""));
    }
}
