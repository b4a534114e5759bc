//! The server's own TLS (rustls): one certificate, read again when its file changes, so that a renewed one needs no restart.
//!
//! Handshakes run beside each other, each within a time limit: whoever connects and says nothing keeps nobody out.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

/// A handshake that takes longer is ended.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// So many finished handshakes wait for the server.
const WAITING: usize = 64;

/// The certificate of a server and its key, in PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, then those that lead to an authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why a server has no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or is no PEM.
    #[error("{path} holds no {what} in PEM form")]
    Pem {
        /// The file.
        path: String,
        /// `certificate`, `private key`.
        what: &'static str,
        /// Why.
        #[source]
        cause: tokio_rustls::rustls::pki_types::pem::Error,
    },
    /// The certificate and the key don't fit, or are of a kind that is not taken.
    #[error("certificate {certificate} and key {key} do not make a server's identity")]
    Identity {
        /// The certificate's file.
        certificate: String,
        /// The key's file.
        key: String,
        /// Why.
        #[source]
        cause: tokio_rustls::rustls::Error,
    },
}

impl TlsFiles {
    fn changed(&self) -> Option<(SystemTime, SystemTime)> {
        let at = |path: &Path| std::fs::metadata(path).and_then(|m| m.modified()).ok();
        Some((at(&self.certificate)?, at(&self.key)?))
    }

    /// Whether the files make a server's identity.
    ///
    /// # Errors
    /// With the file that does not.
    pub fn check(&self) -> Result<(), TlsError> {
        self.read().map(|_| ())
    }

    fn read(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let (certificate, key) = (self.certificate.display().to_string(), self.key.display().to_string());
        let wrong = |path: &str, what| {
            let path = path.to_owned();
            move |cause| TlsError::Pem { path, what, cause }
        };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .map_err(wrong(&certificate, "certificate"))?;
        let private = PrivateKeyDer::from_pem_file(&self.key).map_err(wrong(&key, "private key"))?;
        let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, private);
        let mut config = config.map_err(|cause| TlsError::Identity { certificate, key, cause })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

/// What stamps a configuration: when its files were last written.
type Stamp = Option<(SystemTime, SystemTime)>;

/// The identity in use.
struct Identity {
    files: TlsFiles,
    now: Mutex<(Stamp, Arc<ServerConfig>)>,
}

impl Identity {
    fn of(files: TlsFiles) -> Result<Identity, TlsError> {
        let now = Mutex::new((files.changed(), files.read()?));
        Ok(Identity { files, now })
    }

    /// The configuration; read again where a file was written since. One that cannot be read leaves the one before.
    fn current(&self) -> Arc<ServerConfig> {
        let stamp = self.files.changed();
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if stamp.is_some() && stamp != now.0 {
            match self.files.read() {
                Ok(config) => *now = (stamp, config),
                Err(error) => {
                    tracing::error!(%error, "the new certificate cannot be used; the one before is");
                    now.0 = stamp;
                }
            }
        }
        Arc::clone(&now.1)
    }
}

/// A listener whose connections are encrypted.
pub(crate) struct TlsListener {
    incoming: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    /// Takes connections of `listener` from now on, on the runtime that this is called in.
    pub(crate) fn new(mut listener: TcpListener, files: TlsFiles) -> io::Result<TlsListener> {
        let address = TcpListener::local_addr(&listener)?;
        let identity = Arc::new(Identity::of(files).map_err(io::Error::other)?);
        let (to, incoming) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            while !to.is_closed() {
                let (stream, from) = Listener::accept(&mut listener).await;
                let (to, identity) = (to.clone(), Arc::clone(&identity));
                tokio::spawn(async move {
                    let shake = TlsAcceptor::from(identity.current()).accept(stream);
                    match tokio::time::timeout(HANDSHAKE, shake).await {
                        Ok(Ok(stream)) => drop(to.send((stream, from)).await),
                        Ok(Err(error)) => tracing::debug!(%error, %from, "no TLS connection came about"),
                        Err(_) => tracing::debug!(%from, "a TLS handshake took too long"),
                    }
                });
            }
        });
        Ok(TlsListener { incoming, address })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.incoming.recv().await {
            Some(connection) => connection,
            // The task that listens never ends by itself.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
