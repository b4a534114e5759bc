//! Time stamp tokens (RFC 3161): the request, the response, and the check of a token against authorities, offline.
//!
//! A token says that an authority saw a digest at a time. It is taken only where the signature, the digest, the signing
//! certificate's own mention in the signed attributes (RFC 2634, RFC 5035), its purpose `timeStamping`, and its chain to
//! one of the given authorities hold at the time that the token states. Certificates are checked by `rustls-webpki`.

pub(crate) mod der;

pub use der::DerError;
use der::{BOOLEAN, Element, INTEGER, NULL, OCTETS, OID, Reader, SEQUENCE, SET, TIME, context};
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert, ring};

const SHA1: &[u8] = &[0x2b, 0x0e, 0x03, 0x02, 0x1a];
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const SHA384: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02];
const SHA512: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03];
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x03];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x04];
const SIGNING_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x0c];
const SIGNING_CERTIFICATE_V2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x02, 0x2f];
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
const RSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
const RSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c];
const RSA_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d];
const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// The purpose `timeStamping`, 1.3.6.1.5.5.7.3.8.
const TIME_STAMPING: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08];

/// Why a response or token is not taken.
#[derive(Debug, thiserror::Error)]
pub enum TimestampError {
    /// The bytes have not the structure.
    #[error("no time stamp token: {0}")]
    Form(#[from] DerError),
    /// The authority refused.
    #[error("the authority refused with status {status}: {text}")]
    Refused {
        /// The status of the response.
        status: u8,
        /// What the authority says.
        text: String,
    },
    /// The token is over another digest.
    #[error("the token is over another content")]
    Imprint,
    /// The token answers another request.
    #[error("the token answers another request: its nonce differs")]
    Nonce,
    /// The signature does not fit the token.
    #[error("the token's signature does not hold: {0}")]
    Signature(&'static str),
    /// The signer's certificate is not of a trusted authority.
    #[error("the token's certificate is not of a trusted authority: {0}")]
    Authority(String),
    /// A certificate file cannot be read.
    #[error("no certificate in PEM form: {0}")]
    Pem(&'static str),
}

/// What a token says, once it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// The authority's time, in milliseconds since 1970 (UTC).
    pub millis: i64,
    /// The common name of the certificate that signed.
    pub authority: String,
    /// The token's serial number, in hex.
    pub serial: String,
}

/// A request over the SHA-256 `digest`, asking for the authority's certificate along (RFC 3161 section 2.4.1).
pub fn request(digest: &[u8; 32], nonce: u64) -> Vec<u8> {
    let algorithm = der::write(SEQUENCE, &[der::write(OID, SHA256), der::write(NULL, &[])].concat());
    let imprint = der::write(SEQUENCE, &[algorithm, der::write(OCTETS, digest)].concat());
    let parts = [
        der::write(INTEGER, &[1]),
        imprint,
        der::write(INTEGER, &positive(nonce)),
        der::write(BOOLEAN, &[0xff]),
    ];
    der::write(SEQUENCE, &parts.concat())
}

/// An unsigned number as the content of an INTEGER: no superfluous zeros, and one where the sign would be.
fn positive(n: u64) -> Vec<u8> {
    let mut bytes: Vec<u8> = n.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
    if bytes.first().is_none_or(|b| b & 0x80 != 0) {
        bytes.insert(0, 0);
    }
    bytes
}

/// The token of a response that answers the request with `nonce`.
///
/// # Errors
/// When the authority refused, or the response has not the form.
pub fn token_of_response(response: &[u8], nonce: u64) -> Result<Vec<u8>, TimestampError> {
    let mut r = Reader::new(response).expect(SEQUENCE, "the response")?.inside();
    let mut status = r.expect(SEQUENCE, "the status")?.inside();
    let code = status.expect(INTEGER, "the status")?.value.last().copied().unwrap_or(u8::MAX);
    if code > 1 {
        let text = status.optional(SEQUENCE, "the status text")?;
        let text = text.and_then(|t| t.inside().next("the status text").ok());
        let text = text.map(|t| String::from_utf8_lossy(t.value).into_owned()).unwrap_or_default();
        return Err(TimestampError::Refused { status: code, text });
    }
    let token = r.expect(SEQUENCE, "the token")?.whole.to_vec();
    if Parts::of(&token)?.info.nonce.is_none_or(|n| n != positive(nonce)) {
        return Err(TimestampError::Nonce);
    }
    Ok(token)
}

/// Checks that `token` is over `digest` and signed by a certificate that leads to one of `authorities` (DER), at the time
/// that it states.
///
/// # Errors
/// With what does not hold.
pub fn verify(token: &[u8], digest: &[u8; 32], authorities: &[Vec<u8>]) -> Result<Stamped, TimestampError> {
    let parts = Parts::of(token)?;
    if parts.info.imprint_algorithm != SHA256 || parts.info.imprint != digest {
        return Err(TimestampError::Imprint);
    }
    let signer = parts.signer_certificate()?;
    parts.check_attributes(signer)?;
    let certificate = CertificateDer::from(signer);
    let untrusted = |e: webpki::Error| TimestampError::Authority(e.to_string());
    let end = EndEntityCert::try_from(&certificate).map_err(untrusted)?;
    // What is signed are the attributes as a SET, not as the tag under which they stand.
    let mut signed = parts.attributes.whole.to_vec();
    if let Some(tag) = signed.first_mut() {
        *tag = SET;
    }
    let algorithms = algorithms(parts.signature_algorithm, parts.digest_algorithm)?;
    if !algorithms.iter().any(|a| end.verify_signature(*a, &signed, parts.signature).is_ok()) {
        return Err(TimestampError::Signature("it is not by the certificate's key over these attributes"));
    }
    let roots: Vec<CertificateDer<'_>> =
        authorities.iter().map(|a| CertificateDer::from(a.as_slice())).collect();
    let anchors: Vec<TrustAnchor<'_>> =
        roots.iter().filter_map(|a| anchor_from_trusted_cert(a).ok()).collect();
    let others: Vec<CertificateDer<'_>> =
        parts.certificates.iter().filter(|c| **c != signer).map(|c| CertificateDer::from(*c)).collect();
    let seconds = u64::try_from(parts.info.millis / 1_000).unwrap_or(0);
    let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let usage = KeyUsage::required(TIME_STAMPING);
    end.verify_for_usage(webpki::ALL_VERIFICATION_ALGS, &anchors, &others, time, usage, None, None)
        .map_err(untrusted)?;
    Ok(Stamped {
        millis: parts.info.millis,
        authority: common_name(signer).unwrap_or_else(|| "unnamed".to_owned()),
        serial: hex::encode(parts.info.serial),
    })
}

/// The certificates of a PEM file.
///
/// # Errors
/// When there is none, or one cannot be read.
pub fn certificates_of_pem(text: &str) -> Result<Vec<Vec<u8>>, TimestampError> {
    use base64::Engine as _;
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let mut out = Vec::new();
    for part in text.split(BEGIN).skip(1) {
        let (body, _) = part.split_once(END).ok_or(TimestampError::Pem("its end line is missing"))?;
        let body: String = body.split_whitespace().collect();
        let bytes = base64::prelude::BASE64_STANDARD.decode(body);
        let bytes = bytes.map_err(|_| TimestampError::Pem("its base64 cannot be read"))?;
        anchor_from_trusted_cert(&CertificateDer::from(bytes.as_slice()))
            .map_err(|_| TimestampError::Pem("it is not a certificate"))?;
        out.push(bytes);
    }
    if out.is_empty() { Err(TimestampError::Pem("there is none")) } else { Ok(out) }
}

/// What stands in the token itself.
struct Info<'a> {
    imprint_algorithm: &'a [u8],
    imprint: &'a [u8],
    serial: &'a [u8],
    millis: i64,
    nonce: Option<Vec<u8>>,
}

/// A token taken apart.
struct Parts<'a> {
    content: &'a [u8],
    info: Info<'a>,
    certificates: Vec<&'a [u8]>,
    /// Issuer and serial number of the signing certificate, as they stand.
    signer: Element<'a>,
    digest_algorithm: &'a [u8],
    attributes: Element<'a>,
    signature_algorithm: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(token: &'a [u8]) -> Result<Parts<'a>, DerError> {
        let mut outer = Reader::new(token);
        let mut content_info = outer.expect(SEQUENCE, "the token")?.inside();
        outer.end("the token")?;
        if content_info.expect(OID, "the token's type")?.value != SIGNED_DATA {
            return Err(DerError::Value("the token is no signed data"));
        }
        let mut data = content_info.expect(context(0), "signed data")?.inside();
        let mut data = data.expect(SEQUENCE, "signed data")?.inside();
        data.expect(INTEGER, "version")?;
        data.expect(SET, "digest algorithms")?;
        let mut encapsulated = data.expect(SEQUENCE, "content")?.inside();
        if encapsulated.expect(OID, "type of content")?.value != TST_INFO {
            return Err(DerError::Value("the signed data are no time stamp"));
        }
        let content = encapsulated.expect(context(0), "content")?.inside().expect(OCTETS, "content")?.value;
        let mut certificates = Vec::new();
        if let Some(set) = data.optional(context(0), "certificates")? {
            let mut set = set.inside();
            while !set.is_empty() {
                certificates.push(set.next("a certificate")?.whole);
            }
        }
        data.optional(context(1), "revocation lists")?;
        let mut signers = data.expect(SET, "signers")?.inside();
        let mut signer = signers.expect(SEQUENCE, "signer")?.inside();
        signers.end("the one signer of a time stamp")?;
        signer.expect(INTEGER, "version")?;
        let identifier = signer.next("signer")?;
        let digest_algorithm = oid_of(signer.expect(SEQUENCE, "digest algorithm")?)?;
        let attributes = signer.expect(context(0), "signed attributes")?;
        let signature_algorithm = oid_of(signer.expect(SEQUENCE, "signature algorithm")?)?;
        let signature = signer.expect(OCTETS, "signature")?.value;
        let info = info(content)?;
        Ok(Parts {
            content,
            info,
            certificates,
            signer: identifier,
            digest_algorithm,
            attributes,
            signature_algorithm,
            signature,
        })
    }

    /// The certificate whose issuer and serial number the token names.
    fn signer_certificate(&self) -> Result<&'a [u8], TimestampError> {
        let mut named = self.signer.inside();
        let issuer = named.expect(SEQUENCE, "issuer")?.whole;
        let serial = named.expect(INTEGER, "serial number")?.value;
        let is = |c: &&&[u8]| Names::of(c).is_ok_and(|n| n.issuer == issuer && n.serial == serial);
        self.certificates
            .iter()
            .find(is)
            .copied()
            .ok_or(TimestampError::Signature("its certificate is not in the token"))
    }

    fn check_attributes(&self, signer: &[u8]) -> Result<(), TimestampError> {
        let mut attributes = self.attributes.inside();
        let (mut kind, mut digest, mut certificate) = (false, false, false);
        while !attributes.is_empty() {
            let mut attribute = attributes.expect(SEQUENCE, "an attribute")?.inside();
            let name = attribute.expect(OID, "an attribute's name")?.value;
            let mut values = attribute.expect(SET, "an attribute's values")?.inside();
            match name {
                CONTENT_TYPE => kind = values.expect(OID, "content type")?.value == TST_INFO,
                MESSAGE_DIGEST => {
                    let stated = values.expect(OCTETS, "message digest")?.value;
                    digest = hash(self.digest_algorithm, self.content).is_some_and(|d| d == stated);
                }
                SIGNING_CERTIFICATE | SIGNING_CERTIFICATE_V2 => {
                    let default = if name == SIGNING_CERTIFICATE { SHA1 } else { SHA256 };
                    certificate = names_certificate(values, default, signer)?;
                }
                _ => {}
            }
        }
        match (kind, digest, certificate) {
            (false, _, _) => Err(TimestampError::Signature("it is not over a time stamp")),
            (_, false, _) => Err(TimestampError::Signature("it is over another content")),
            (_, _, false) => Err(TimestampError::Signature("it names another certificate")),
            _ => Ok(()),
        }
    }
}

/// Whether the first certificate that the attribute names is `signer`.
fn names_certificate(mut values: Reader<'_>, default: &[u8], signer: &[u8]) -> Result<bool, DerError> {
    let mut list = values.expect(SEQUENCE, "signing certificate")?.inside();
    let mut first = list.expect(SEQUENCE, "signing certificates")?.inside();
    let mut id = first.expect(SEQUENCE, "certificate id")?.inside();
    let algorithm = match id.optional(SEQUENCE, "hash algorithm")? {
        Some(algorithm) => oid_of(algorithm)?,
        None => default,
    };
    let stated = id.expect(OCTETS, "certificate hash")?.value;
    Ok(hash(algorithm, signer).is_some_and(|d| d == stated))
}

fn info(content: &[u8]) -> Result<Info<'_>, DerError> {
    let mut r = Reader::new(content).expect(SEQUENCE, "time stamp")?.inside();
    r.expect(INTEGER, "version")?;
    r.expect(OID, "policy")?;
    let mut imprint = r.expect(SEQUENCE, "imprint")?.inside();
    let imprint_algorithm = oid_of(imprint.expect(SEQUENCE, "imprint algorithm")?)?;
    let imprint = imprint.expect(OCTETS, "imprint")?.value;
    let serial = r.expect(INTEGER, "serial number")?.value;
    let millis = der::generalized_time(r.expect(TIME, "time")?.value)?;
    r.optional(SEQUENCE, "accuracy")?;
    r.optional(BOOLEAN, "ordering")?;
    let nonce = r.optional(INTEGER, "nonce")?.map(|n| n.value.to_vec());
    Ok(Info { imprint_algorithm, imprint, serial, millis, nonce })
}

fn oid_of(algorithm: Element<'_>) -> Result<&[u8], DerError> {
    Ok(algorithm.inside().expect(OID, "algorithm")?.value)
}

fn hash(algorithm: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    Some(match algorithm {
        SHA1 => Sha1::digest(bytes).to_vec(),
        SHA256 => Sha256::digest(bytes).to_vec(),
        SHA384 => Sha384::digest(bytes).to_vec(),
        SHA512 => Sha512::digest(bytes).to_vec(),
        _ => return None,
    })
}

type Algorithms = Vec<&'static dyn SignatureVerificationAlgorithm>;

/// The algorithms that a signature can be of; SHA-1 is never one.
fn algorithms(signature: &[u8], digest: &[u8]) -> Result<Algorithms, TimestampError> {
    Ok(match (signature, digest) {
        (RSA | RSA_SHA256, SHA256) => vec![ring::RSA_PKCS1_2048_8192_SHA256],
        (RSA | RSA_SHA384, SHA384) => vec![ring::RSA_PKCS1_2048_8192_SHA384],
        (RSA | RSA_SHA512, SHA512) => vec![ring::RSA_PKCS1_2048_8192_SHA512],
        (ECDSA_SHA256, _) => vec![ring::ECDSA_P256_SHA256, ring::ECDSA_P384_SHA256],
        (ECDSA_SHA384, _) => vec![ring::ECDSA_P384_SHA384, ring::ECDSA_P256_SHA384],
        _ => return Err(TimestampError::Signature("its algorithm is not one that is taken")),
    })
}

/// The common name of a certificate's subject (empty where it has none) and the end of its validity, in milliseconds since
/// 1970 UTC (RFC 5280, 4.1.2.5).
///
/// # Errors
/// When the bytes are no certificate.
pub fn certificate_end(certificate: &[u8]) -> Result<(String, i64), TimestampError> {
    let mut r = Reader::new(certificate).expect(SEQUENCE, "certificate")?.inside();
    let mut r = r.expect(SEQUENCE, "certificate")?.inside();
    r.optional(context(0), "version")?;
    r.expect(INTEGER, "serial number")?;
    r.expect(SEQUENCE, "algorithm")?;
    r.expect(SEQUENCE, "issuer")?;
    let mut validity = r.expect(SEQUENCE, "validity")?.inside();
    validity.next("begin of validity")?;
    let end = validity.next("end of validity")?;
    let millis =
        if end.tag == der::UTC_TIME { der::utc_time(end.value)? } else { der::generalized_time(end.value)? };
    Ok((common_name(certificate).unwrap_or_default(), millis))
}

/// Issuer, serial number and subject of a certificate.
struct Names<'a> {
    issuer: &'a [u8],
    serial: &'a [u8],
    subject: Element<'a>,
}

impl<'a> Names<'a> {
    fn of(certificate: &'a [u8]) -> Result<Names<'a>, DerError> {
        let mut r = Reader::new(certificate).expect(SEQUENCE, "certificate")?.inside();
        let mut r = r.expect(SEQUENCE, "certificate")?.inside();
        r.optional(context(0), "version")?;
        let serial = r.expect(INTEGER, "serial number")?.value;
        r.expect(SEQUENCE, "algorithm")?;
        let issuer = r.expect(SEQUENCE, "issuer")?.whole;
        r.expect(SEQUENCE, "validity")?;
        let subject = r.expect(SEQUENCE, "subject")?;
        Ok(Names { issuer, serial, subject })
    }
}

fn common_name(certificate: &[u8]) -> Option<String> {
    let mut sets = Names::of(certificate).ok()?.subject.inside();
    while !sets.is_empty() {
        let mut pair = sets.expect(SET, "name").ok()?.inside().expect(SEQUENCE, "name").ok()?.inside();
        if pair.expect(OID, "name").ok()?.value == COMMON_NAME {
            let text = pair.next("name").ok()?.value;
            let text = String::from_utf8_lossy(text);
            return Some(text.chars().filter(|c| !c.is_control()).collect());
        }
    }
    None
}
