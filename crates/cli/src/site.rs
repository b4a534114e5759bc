//! `dossier serve`: the pages on an address.

use crate::commands::serve::Serving;
use app::{Error, Result, Site, Workspace};
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked whether an anchor is due.
const LOOK: Duration = Duration::from_secs(60);

/// Serves the product's pages until the process is interrupted.
pub(crate) fn serve(ws: Workspace, serving: Serving) -> Result<()> {
    let Serving { listen, api, names, tls, anchor_hours, watch } = serving;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Error::environment("could not start the server").because(e))?;
    let name = ws.config.product.name.clone();
    let login = ws.config.security.login;
    let source = Arc::new(web::ProductSource::new(Site::new(&ws)));
    let mut acting = ws.clone();
    acting.via = "web";
    let desk: Arc<dyn web::Desk> = Arc::new(web::ProductDesk::new(acting));
    let observed = ws.clone();
    let anchoring = anchor_hours.map(|hours| (ws.clone(), hours));
    let watching = watch.then(|| ws.clone());
    let hooks = (!ws.config.trackers.is_empty()).then(|| ws.clone());
    let api = api.then_some(ws);
    // An address that others can reach is addressed by names that are not known here.
    let mut hosts = if listen.ip().is_loopback() { Vec::new() } else { vec![listen.ip().to_string()] };
    hosts.extend(names);
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(listen).await.map_err(|e| {
            Error::environment(format!("could not listen on {listen}"))
                .because(e)
                .hint("choose another address with --listen 127.0.0.1:PORT")
        })?;
        let address = listener.local_addr().unwrap_or(listen);
        if let Some(files) = &tls {
            files.check().map_err(|e| {
                Error::refused("the certificate cannot be used")
                    .because(e)
                    .hint("both are PEM: the certificate with those that lead to its authority, and its private key")
            })?;
        }
        let scheme = if tls.is_some() { "https" } else { "http" };
        eprintln!("{name}: {scheme}://{address}/ (Ctrl-C ends it)");
        if let Some((ws, hours)) = anchoring {
            tokio::spawn(anchors(ws, hours));
        }
        if let Some(ws) = watching {
            tokio::spawn(watch_over(ws));
        }
        let interrupted = async {
            if tokio::signal::ctrl_c().await.is_err() {
                // Without the signal the process ends as any other does, when it is told to.
                std::future::pending::<()>().await;
            }
        };
        let schedule = tokio::spawn(drift(observed));
        let options = web::Options { hosts, desk: Some(desk), api, hooks, login, tls };
        let served = web::serve(listener, source, options, interrupted)
            .await
            .map_err(|e| Error::environment("the server stopped").because(e));
        schedule.abort();
        served
    })
}

/// Observes the environments of `[drift]` whenever they are due, asked once a minute.
async fn drift(ws: Workspace) {
    if ws.config.drift.every_hours.is_none() || ws.config.drift.observe.is_empty() {
        return;
    }
    let mut minute = tokio::time::interval(std::time::Duration::from_secs(60));
    minute.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        minute.tick().await;
        let ws = ws.clone();
        match tokio::task::spawn_blocking(move || app::drift_due(&ws)).await {
            Ok(Ok(observed)) => {
                for one in observed {
                    match one.outcome {
                        Ok(n) => eprintln!("drift: {} observed, {n} differences", one.environment),
                        Err(e) => eprintln!("drift: {} was not observed: {e}", one.environment),
                    }
                }
            }
            Ok(Err(e)) => eprintln!("drift: {e}"),
            Err(e) => eprintln!("drift: the observation ended: {e}"),
        }
    }
}

/// How long after a watch that could not even be recorded it is tried again.
const REST: Duration = Duration::from_secs(3600);

/// Watches over the fielded releases when it is due, for as long as the server runs.
async fn watch_over(ws: Workspace) {
    loop {
        let of = ws.clone();
        let watch = move || app::vuln_watch_due(&of, "server", &mut |line| eprintln!("watch: {line}"));
        let pause = match tokio::task::spawn_blocking(watch).await {
            Ok(Ok(None)) => LOOK,
            Ok(Ok(Some(done))) => {
                let failed = done.body.datasets.iter().filter(|d| d.outcome == "failed");
                let unread = done.body.releases.iter().filter(|r| !r.why.is_empty());
                for (name, why) in
                    failed.map(|d| (&d.name, &d.why)).chain(unread.map(|r| (&r.release, &r.why)))
                {
                    eprintln!("watch: {name}: {why}");
                }
                let (watch, releases) = (&done.body.watch, done.body.releases.len());
                let reported = done.body.reported.len();
                eprintln!("{watch}: {releases} releases looked up, {reported} problem reports opened");
                LOOK
            }
            Ok(Err(error)) => {
                eprintln!("not watched, tried again in an hour: {}", crate::print::with_causes(&error));
                REST
            }
            Err(_) => {
                eprintln!("not watched: a fault of this program");
                REST
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Anchors when it is due, for as long as the server runs. What fails is said, and tried again.
async fn anchors(ws: Workspace, hours: u32) {
    loop {
        let of = ws.clone();
        let done = tokio::task::spawn_blocking(move || app::ledger_anchor_due(&of, "server", hours)).await;
        match done {
            Ok(Ok(anchored)) => {
                for a in anchored {
                    eprintln!("anchored {} entries: {} {}", a.size, a.to, a.place);
                }
            }
            Ok(Err(error)) => {
                eprintln!("not anchored, tried again in a minute: {}", crate::print::with_causes(&error))
            }
            Err(_) => eprintln!("not anchored: a fault of this program"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Serves the pages of a review until the process is interrupted.
pub(crate) fn serve_review(desk: app::ReviewDesk, listen: std::net::SocketAddr) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Error::environment("could not start the server").because(e))?;
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(listen).await.map_err(|e| {
            Error::environment(format!("could not listen on {listen}"))
                .because(e)
                .hint("choose another address with --listen 127.0.0.1:PORT")
        })?;
        let address = listener.local_addr().unwrap_or(listen);
        eprintln!(
            "review: http://{address}/ (Ctrl-C ends it); decisions go to {}",
            desk.decisions().display()
        );
        let interrupted = async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        web::serve_review(listener, Arc::new(desk), interrupted)
            .await
            .map_err(|e| Error::environment("the server stopped").because(e))
    })
}
