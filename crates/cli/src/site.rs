//! `dossier serve`: the pages on an address.

use app::{Result, Workspace};
use std::net::SocketAddr;

/// Serves the product's pages until the process ends.
pub(crate) fn serve(_: Workspace, _: SocketAddr) -> Result<()> {
    Err(app::Error::refused("pages are not there yet"))
}
