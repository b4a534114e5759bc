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
    /// Listen on an address that others can reach. The pages need no login.
    #[arg(long)]
    public: bool,
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
        crate::site::serve(ws, self.listen)?;
        Ok(Outcome::Clean)
    }
}
