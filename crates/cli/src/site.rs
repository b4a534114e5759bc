//! `dossier serve`: the pages on an address.

use crate::commands::serve::Serving;
use crate::schedule;
use app::{Error, Result, Site, Workspace};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// How long a job that is at work has to come to its end after Ctrl-C.
const GRACE: Duration = Duration::from_secs(10);

/// Serves the product's pages until the process is interrupted.
pub(crate) fn serve(ws: Workspace, serving: Serving) -> Result<()> {
    let Serving { listen, api, names, tls, anchor_hours, watch } = serving;
    let runtime = runtime()?;
    let name = ws.config.product.name.clone();
    let login = ws.config.security.login;
    let source = Arc::new(web::ProductSource::new(Site::new(&ws)));
    let mut acting = ws.clone();
    acting.via = "web";
    let desk: Arc<dyn web::Desk> = Arc::new(web::ProductDesk::new(acting));
    let jobs = schedule::jobs(&ws, anchor_hours, watch);
    let hooks = (!ws.config.trackers.is_empty()).then(|| ws.clone());
    let api = api.then_some(ws);
    // An address that others can reach is addressed by names that are not known here.
    let mut hosts = if listen.ip().is_loopback() { Vec::new() } else { vec![listen.ip().to_string()] };
    hosts.extend(names);
    let served = runtime.block_on(async move {
        let (listener, address) = bound(listen).await?;
        if let Some(files) = &tls {
            files.check().map_err(|e| {
                Error::refused("the certificate cannot be used")
                    .because(e)
                    .hint("both are PEM: the certificate with those that lead to its authority, and its private key")
            })?;
        }
        let scheme = if tls.is_some() { "https" } else { "http" };
        eprintln!("{name}: {scheme}://{address}/ (Ctrl-C ends it)");
        for job in jobs {
            tokio::spawn(schedule::keep(job));
        }
        let options = web::Options { hosts, desk: Some(desk), api, hooks, login, tls };
        web::serve(listener, source, options, interrupted())
            .await
            .map_err(stopped)
    });
    // A job that asks others may take long; what it appends is appended whole or not at all.
    runtime.shutdown_timeout(GRACE);
    served
}

/// Serves the pages of a review until the process is interrupted.
pub(crate) fn serve_review(desk: app::ReviewDesk, listen: SocketAddr) -> Result<()> {
    let runtime = runtime()?;
    runtime.block_on(async move {
        let (listener, address) = bound(listen).await?;
        eprintln!(
            "review: http://{address}/ (Ctrl-C ends it); decisions go to {}",
            desk.decisions().display()
        );
        web::serve_review(listener, Arc::new(desk), interrupted()).await.map_err(stopped)
    })
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let built = builder.worker_threads(2).enable_all().build();
    built.map_err(|e| Error::environment("could not start the server").because(e))
}

/// A listener on the address, and the address that it got.
async fn bound(listen: SocketAddr) -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(listen).await.map_err(|e| {
        Error::environment(format!("could not listen on {listen}"))
            .because(e)
            .hint("choose another address with --listen 127.0.0.1:PORT")
    })?;
    let address = listener.local_addr().unwrap_or(listen);
    Ok((listener, address))
}

/// Until Ctrl-C.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without the signal the process ends as any other does, when it is told to.
        std::future::pending::<()>().await;
    }
}

fn stopped(error: std::io::Error) -> Error {
    Error::environment("the server stopped").because(error)
}
