//! `dossier serve`.

use crate::context::Global;
use crate::print::Outcome;
use app::{Error, Result};
use std::net::SocketAddr;

/// `dossier serve`
#[derive(clap::Args, Debug)]
#[command(after_help = "Example: dossier serve --listen 127.0.0.1:8762")]
pub(crate) struct Args {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8762")]
    listen: SocketAddr,
    /// Listen on an address that others can reach. Reading needs no login, and passwords and tokens need TLS: put a
    /// proxy with a certificate before it.
    #[arg(long)]
    public: bool,
    /// Answer the API too: other machines append to this ledger with tokens (`dossier key token`).
    #[arg(long)]
    api: bool,
    /// A name by which a proxy addresses this server.
    #[arg(long, value_name = "HOST")]
    host: Vec<String>,
}

impl Args {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        if !self.listen.ip().is_loopback() && !self.public {
            return Err(Error::refused(format!(
                "{} can be reached by others, and the pages need no login",
                self.listen
            ))
            .hint("listen on 127.0.0.1, or say `--public` if that is what you want"));
        }
        let ws = global.workspace()?;
        crate::site::serve(ws, self.listen, self.api, self.host)?;
        Ok(Outcome::Clean)
    }
}
