//! A client of the ssh-agent (draft-ietf-sshm-ssh-agent): which keys it holds, and a signature by one of them. The
//! private key never leaves the agent.

use crate::key::{PublicKey, SIGNATURE_LEN, SignError, Signer};
use crate::openssh::{ED25519, public_blob, read_public_blob};
use crate::wire::{Reader, WireError, put_string, put_u32};
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
/// OpenSSH's own limit for a message.
const MESSAGE_MAX: u32 = 256 * 1024;
/// A person may have to confirm at the agent or to touch a token.
const PATIENCE: Duration = Duration::from_secs(120);

/// Why the agent gave no answer, or not the expected one.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The socket cannot be reached, or broke.
    #[error("the ssh-agent at `{path}` cannot be reached")]
    Socket {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The answer is longer than any honest one.
    #[error("the ssh-agent's answer of {0} bytes is too long")]
    TooLong(u32),
    /// The agent answered with another message: it refused, is locked, or does not hold the key.
    #[error(
        "the ssh-agent refused (answer {0}): it is locked, does not hold the key, or the use was not confirmed"
    )]
    Refused(u8),
    /// The answer has not the expected structure.
    #[error("the ssh-agent's answer cannot be read")]
    Wire(#[from] WireError),
    /// The signature in the answer is not one by the key that was asked for.
    #[error("the ssh-agent's signature is not by the key that was asked for")]
    WrongSignature,
}

/// An agent at a socket (the path that `SSH_AUTH_SOCK` names). One connection is made for each request.
#[derive(Debug, Clone)]
pub struct Agent {
    socket: PathBuf,
}

impl Agent {
    /// The agent that listens at `socket`. Nothing is connected yet.
    pub fn at(socket: &Path) -> Agent {
        Agent { socket: socket.to_owned() }
    }

    /// The ed25519 keys that the agent holds, with their comments; keys of other algorithms are passed over.
    pub fn identities(&self) -> Result<Vec<(PublicKey, String)>, AgentError> {
        let answer = self.ask(&[REQUEST_IDENTITIES], IDENTITIES_ANSWER)?;
        let mut r = Reader::new(&answer);
        let count = r.u32("number of keys")?;
        let mut keys = Vec::new();
        for _ in 0..count {
            let blob = r.string("public key")?;
            let comment = String::from_utf8_lossy(r.string("comment")?).into_owned();
            if let Ok(key) = read_public_blob(blob) {
                keys.push((key, comment));
            }
        }
        r.end()?;
        Ok(keys)
    }

    /// The signer that has the agent sign with `key`. Whether the agent holds it shows at the first signature.
    pub fn signer(&self, key: PublicKey) -> AgentKey {
        AgentKey { agent: self.clone(), key }
    }

    /// Sends a message and gives the body of the answer, which must be of type `expected`.
    fn ask(&self, message: &[u8], expected: u8) -> Result<Vec<u8>, AgentError> {
        let broken = |source| AgentError::Socket { path: self.socket.clone(), source };
        let mut stream = UnixStream::connect(&self.socket).map_err(broken)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(broken)?;
        let mut framed = Vec::with_capacity(message.len() + 4);
        put_string(&mut framed, message);
        stream.write_all(&framed).map_err(broken)?;
        let mut length = [0; 4];
        stream.read_exact(&mut length).map_err(broken)?;
        let length = u32::from_be_bytes(length);
        if length > MESSAGE_MAX {
            return Err(AgentError::TooLong(length));
        }
        let mut answer = vec![0; length as usize];
        stream.read_exact(&mut answer).map_err(broken)?;
        match answer.split_first() {
            Some((&kind, body)) if kind == expected => Ok(body.to_vec()),
            Some((&kind, _)) => Err(AgentError::Refused(kind)),
            None => Err(AgentError::Wire(WireError::Truncated {
                field: "message type",
                offset: 0,
                wanted: 1,
                left: 0,
            })),
        }
    }
}

/// A key that an agent holds.
#[derive(Debug, Clone)]
pub struct AgentKey {
    agent: Agent,
    key: PublicKey,
}

impl Signer for AgentKey {
    fn public(&self) -> PublicKey {
        self.key
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LEN], SignError> {
        let mut request = vec![SIGN_REQUEST];
        put_string(&mut request, &public_blob(&self.key));
        put_string(&mut request, message);
        put_u32(&mut request, 0);
        let answer = self.agent.ask(&request, SIGN_RESPONSE)?;
        Ok(read_signature(&answer, &self.key, message)?)
    }
}

fn read_signature(answer: &[u8], key: &PublicKey, message: &[u8]) -> Result<[u8; SIGNATURE_LEN], AgentError> {
    let mut r = Reader::new(answer);
    let blob = r.string("signature")?;
    r.end()?;
    let mut r = Reader::new(blob);
    let algorithm = r.text("signature algorithm")?;
    let raw = r.string("raw signature")?;
    r.end()?;
    let signature = raw.try_into().map_err(|_| AgentError::WrongSignature)?;
    if algorithm != ED25519 || key.verify(message, raw).is_err() {
        return Err(AgentError::WrongSignature);
    }
    Ok(signature)
}
