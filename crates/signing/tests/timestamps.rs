//! Time stamps of a real authority: `openssl ts`, with keys of each kind that authorities use.

use proptest::prelude::*;
use signing::timestamp::{self, TimestampError};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

const CONFIG: &str = "\
[req]\ndistinguished_name = dn\nprompt = no\n[dn]\nCN = placeholder\n\
[ca]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign\n\
[tsa]\nbasicConstraints = CA:FALSE\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = critical,timeStamping\n\
[web]\nbasicConstraints = CA:FALSE\nkeyUsage = critical,digitalSignature\nextendedKeyUsage = serverAuth\n\
[ts]\ndefault_tsa = t\n[t]\nserial = serial\ncrypto_device = builtin\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\n\
digests = sha256\nordering = no\ntsa_name = no\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n";

struct Authority {
    folder: tempfile::TempDir,
}

fn openssl(at: &Path, line: &str) -> bool {
    let done = Command::new("openssl").args(line.split_whitespace()).current_dir(at).output().unwrap();
    if !done.status.success() {
        eprintln!("openssl {line}: {}", String::from_utf8_lossy(&done.stderr));
    }
    done.status.success()
}

impl Authority {
    /// A certificate authority and a time stamp authority below it.
    fn new(key: &str, extensions: &str) -> Option<Authority> {
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("skipped: there is no openssl here");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        std::fs::write(at.join("c.cnf"), CONFIG).unwrap();
        std::fs::write(at.join("serial"), "01\n").unwrap();
        for name in ["ca", "tsa"] {
            assert!(openssl(at, &format!("genpkey {key} -out {name}.key")));
        }
        assert!(openssl(
            at,
            "req -x509 -new -key ca.key -out ca.pem -days 9 -config c.cnf -extensions ca -subj /CN=Test-CA"
        ));
        assert!(openssl(at, "req -new -key tsa.key -out tsa.csr -config c.cnf -subj /CN=Test-TSA"));
        assert!(openssl(
            at,
            &format!(
                "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out tsa.pem -days 9 -extfile c.cnf -extensions {extensions}"
            )
        ));
        Some(Authority { folder })
    }

    fn reply(&self, request: &[u8]) -> Vec<u8> {
        let at = self.folder.path();
        std::fs::write(at.join("q.tsq"), request).unwrap();
        assert!(openssl(
            at,
            "ts -reply -config c.cnf -section t -queryfile q.tsq -signer tsa.pem -inkey tsa.key -out r.tsr"
        ));
        std::fs::read(at.join("r.tsr")).unwrap()
    }

    fn root(&self) -> Vec<Vec<u8>> {
        let text = std::fs::read_to_string(self.folder.path().join("ca.pem")).unwrap();
        timestamp::certificates_of_pem(&text).unwrap()
    }
}

const DIGEST: [u8; 32] = [0x5a; 32];

/// Both forms of time: two digits of a year up to 2049, four from 2050 on.
#[test]
fn the_end_of_a_certificate_is_read() {
    let Some(authority) = Authority::new("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "tsa") else {
        return;
    };
    let at = authority.folder.path();
    let end = |days: i64| {
        let line = format!(
            "req -x509 -new -key ca.key -out e.pem -days {days} -config c.cnf -extensions ca -subj /CN=Test-CA"
        );
        assert!(openssl(at, &line));
        let text = std::fs::read_to_string(at.join("e.pem")).unwrap();
        let (name, end) =
            timestamp::certificate_end(&timestamp::certificates_of_pem(&text).unwrap()[0]).unwrap();
        assert_eq!(name, "Test-CA");
        end
    };
    const DAY: i64 = 86_400_000;
    let (soon, late) = (end(9), end(20_009));
    // The two were made some seconds after each other.
    assert!((late - soon - 20_000 * DAY).abs() < 60_000, "{soon} {late}");
    // 2050-01-01 lies between the two.
    assert!(soon < 2_524_608_000_000 && 2_524_608_000_000 < late);
    assert!(timestamp::certificate_end(b"no certificate").is_err());
}

#[test]
fn tokens_of_a_real_authority_hold_and_others_are_named() {
    for key in
        ["-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"]
    {
        let Some(authority) = Authority::new(key, "tsa") else { return };
        // The request is one that openssl reads, and the nonce is any number.
        for nonce in [0, 1, 0x80, u64::MAX] {
            let response = authority.reply(&timestamp::request(&DIGEST, nonce));
            let token = timestamp::token_of_response(&response, nonce).unwrap();
            let stamped = timestamp::verify(&token, &DIGEST, &authority.root()).unwrap();
            assert_eq!(stamped.authority, "Test-TSA");
            assert!(stamped.millis > 1_700_000_000_000, "{stamped:?}");
        }
        let response = authority.reply(&timestamp::request(&DIGEST, 7));
        assert!(matches!(timestamp::token_of_response(&response, 8), Err(TimestampError::Nonce)));
        let token = timestamp::token_of_response(&response, 7).unwrap();
        let root = authority.root();
        assert!(
            matches!(timestamp::verify(&token, &[0; 32], &root), Err(TimestampError::Imprint)),
            "another content"
        );
        assert!(matches!(timestamp::verify(&token, &DIGEST, &[]), Err(TimestampError::Authority(_))));
        let other = Authority::new(key, "tsa").unwrap().root();
        assert!(matches!(timestamp::verify(&token, &DIGEST, &other), Err(TimestampError::Authority(_))));
        // Every changed byte is found, wherever it stands.
        for at in (0..token.len()).step_by(7) {
            let mut changed = token.clone();
            changed[at] ^= 0x01;
            match timestamp::verify(&changed, &DIGEST, &root) {
                Err(_) => {}
                // Bytes that no signature covers and that say nothing: the encoding of the list of hash algorithms.
                Ok(stamped) => {
                    assert_eq!(stamped, timestamp::verify(&token, &DIGEST, &root).unwrap(), "byte {at}")
                }
            }
        }
    }
}

#[test]
fn a_certificate_for_another_purpose_stamps_nothing() {
    // openssl itself refuses to sign with such a certificate, so the token is made with the right one and the authority asked
    // about is one that issued none of them.
    let Some(authority) = Authority::new("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "web") else {
        return;
    };
    let at = authority.folder.path();
    std::fs::write(at.join("q.tsq"), timestamp::request(&DIGEST, 1)).unwrap();
    let made = openssl(
        at,
        "ts -reply -config c.cnf -section t -queryfile q.tsq -signer tsa.pem -inkey tsa.key -out r.tsr",
    );
    if made {
        let response = std::fs::read(at.join("r.tsr")).unwrap();
        let token = timestamp::token_of_response(&response, 1).unwrap();
        assert!(timestamp::verify(&token, &DIGEST, &authority.root()).is_err());
    }
}

#[test]
fn a_refusal_says_why() {
    let Some(authority) = Authority::new("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "tsa") else {
        return;
    };
    // A request that asks for an algorithm which the authority does not take.
    let mut request = timestamp::request(&DIGEST, 1);
    let at =
        request.windows(9).position(|w| w == [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]).unwrap();
    request[at + 8] = 0x09;
    let folder = authority.folder.path();
    std::fs::write(folder.join("q.tsq"), &request).unwrap();
    let _ = openssl(
        folder,
        "ts -reply -config c.cnf -section t -queryfile q.tsq -signer tsa.pem -inkey tsa.key -out r.tsr",
    );
    let Ok(response) = std::fs::read(folder.join("r.tsr")) else { return };
    assert!(matches!(
        timestamp::token_of_response(&response, 1),
        Err(TimestampError::Refused { status: 2.., .. })
    ));
}

/// A token and its root.
type Made = (Vec<u8>, Vec<Vec<u8>>);

/// One token, made once.
fn token() -> Option<&'static Made> {
    static MADE: OnceLock<Option<Made>> = OnceLock::new();
    MADE.get_or_init(|| {
        let authority = Authority::new("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "tsa")?;
        let response = authority.reply(&timestamp::request(&DIGEST, 1));
        Some((timestamp::token_of_response(&response, 1).unwrap(), authority.root()))
    })
    .as_ref()
}

proptest! {
    #[test]
    fn any_bytes_are_refused_and_none_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(timestamp::verify(&bytes, &DIGEST, &[]).is_err());
        prop_assert!(timestamp::token_of_response(&bytes, 1).is_err());
        let _ = timestamp::certificates_of_pem(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_token_cut_or_grown_is_refused(cut in 0usize..2_000, more in prop::collection::vec(any::<u8>(), 1..9)) {
        if let Some((token, root)) = token() {
            let cut = cut % token.len();
            prop_assert!(timestamp::verify(&token[..cut], &DIGEST, root).is_err());
            let grown = [token.as_slice(), &more].concat();
            prop_assert!(timestamp::verify(&grown, &DIGEST, root).is_err());
        }
    }
}
