//! `dossier serve`.

use crate::context::Global;
use crate::print::Outcome;
use app::{Error, Result};
use std::net::SocketAddr;
use std::path::PathBuf;

/// `dossier serve`
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Example: dossier serve --api --listen 0.0.0.0:8443 --host qms.example --tls-cert server.pem --tls-key server.key"
)]
pub(crate) struct Args {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8762")]
    listen: SocketAddr,
    /// Listen on an address that others can reach, although passwords and pages would cross the network in the clear, or the
    /// pages need no login. Not needed with TLS and `[security] login = true`.
    #[arg(long)]
    public: bool,
    /// Answer the API too: other machines append to this ledger with tokens (`dossier key token`).
    #[arg(long)]
    api: bool,
    /// A name by which this server is addressed, by a proxy or by people.
    #[arg(long, value_name = "HOST")]
    host: Vec<String>,
    /// Speak HTTPS with this certificate (PEM, followed by those that lead to its authority). It is read again when it is renewed.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Anchor checkpoints to every place that `[anchors]` names when the last one is older than so many hours.
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=8_760))]
    anchor_hours: Option<u32>,
    /// Watch over the fielded releases on the cadence of `[advisories] watch_days`: fetch the advisories, look up the sealed SBOMs,
    /// open problem reports for what is new (`dossier vuln watch`).
    #[arg(long)]
    watch: bool,
}

/// What the pages are served with.
pub(crate) struct Serving {
    pub(crate) listen: SocketAddr,
    pub(crate) api: bool,
    pub(crate) names: Vec<String>,
    pub(crate) tls: Option<web::TlsFiles>,
    pub(crate) anchor_hours: Option<u32>,
    pub(crate) watch: bool,
}

impl Args {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let tls = self.tls_cert.zip(self.tls_key);
        let tls = tls.map(|(certificate, key)| web::TlsFiles { certificate, key });
        let guarded = tls.is_some() && ws.config.security.login;
        if !self.listen.ip().is_loopback() && !self.public && !guarded {
            let lacks = match (&tls, ws.config.security.login) {
                (None, _) => "passwords would cross the network in the clear",
                _ => "the pages need no login",
            };
            return Err(Error::refused(format!("{} can be reached by others, and {lacks}", self.listen))
                .hint(
                    "give `--tls-cert` and `--tls-key`, and write into dossier.toml: [security] login = true",
                )
                .hint("or listen on 127.0.0.1 behind a proxy, or say `--public` if that is what you want"));
        }
        if self.anchor_hours.is_some() && !ws.config.anchors.is_named() {
            return Err(Error::refused("no place for checkpoints is named").hint(
                "name one in dossier.toml: [anchors] tsa = \"http://…\", git = \"…\", folder = \"…\"",
            ));
        }
        let serving = Serving {
            listen: self.listen,
            api: self.api,
            names: self.host,
            tls,
            anchor_hours: self.anchor_hours,
            watch: self.watch,
        };
        crate::site::serve(ws, serving)?;
        Ok(Outcome::Clean)
    }
}
