//! The pages of a review of existing documents: what is shown, by which passage, and the form to confirm, reject or comment.
//!
//! They are served beside no product: a review needs no ledger. Who decides writes a name; these pages are for the machine of the
//! person who reviews, so they answer names of loopback only.

use crate::pages::reviews::{self as pages, Chosen};
use crate::server::{self, Options, assets, guard};
use crate::shell;
use app::{Deciding, ReviewDesk};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, response::Html};
use maud::Markup;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

type Shared = Arc<ReviewDesk>;
type Fields = HashMap<String, String>;

/// Serves a review until `until` is done.
///
/// # Errors
/// When the connection cannot be served.
pub async fn serve_review(
    listener: TcpListener,
    desk: Arc<ReviewDesk>,
    until: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = review_router(desk).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(until).await
}

/// All addresses of a review. `POST /decide` is the only one that changes something: the file of decisions.
pub fn review_router(desk: Arc<ReviewDesk>) -> Router {
    let options = Arc::new(Options::default());
    Router::new()
        .route("/", get(summary))
        .route("/clauses/{id}", get(clause))
        .route("/changes", get(changes))
        .route("/standards", get(standards))
        .route("/files", get(files))
        .route("/decide", post(decide))
        .layer(middleware::from_fn(crate::acting::same_site))
        .merge(assets())
        .fallback(|| async {
            page(
                StatusCode::NOT_FOUND,
                shell::alone("Not here", pages::MENU, &pages::trouble("Not here", "There is no such page.")),
            )
        })
        .with_state(desk)
        .layer(middleware::from_fn(move |request, next| guard(Arc::clone(&options), request, next)))
}

async fn summary(State(desk): State<Shared>, Query(query): Query<Fields>) -> Response {
    let chosen = Chosen {
        verdict: query.get("verdict").cloned().unwrap_or_default(),
        undecided: query.get("undecided").is_some_and(|v| v == "1"),
    };
    show(desk, move |review| Some(("Review".to_owned(), pages::summary(review, &chosen)))).await
}

async fn clause(State(desk): State<Shared>, Path(id): Path<String>) -> Response {
    show(desk, move |review| {
        let at = review.clauses.iter().position(|c| c.clause == id)?;
        Some((id, pages::clause(review, at)?))
    })
    .await
}

async fn changes(State(desk): State<Shared>) -> Response {
    show(desk, |review| Some(("Since the last review".to_owned(), pages::changes(review)))).await
}

async fn standards(State(desk): State<Shared>) -> Response {
    show(desk, |review| Some(("Other standards".to_owned(), pages::standards(review)))).await
}

async fn files(State(desk): State<Shared>) -> Response {
    show(desk, |review| Some(("Files".to_owned(), pages::files(review)))).await
}

async fn decide(State(desk): State<Shared>, Form(fields): Form<Fields>) -> Response {
    let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let decision = match field("decision").as_str() {
        "confirmed" => app::DecisionKind::Confirmed,
        "rejected" => app::DecisionKind::Rejected,
        "comment" => app::DecisionKind::Comment,
        _ => return refused("Choose whether the verdict is right, wrong, or only commented on."),
    };
    let constraint = field("constraint");
    let deciding = Deciding {
        constraint: constraint.clone(),
        decision,
        by: field("by"),
        comment: field("comment"),
        passage: field("passage"),
    };
    let done = tokio::task::spawn_blocking(move || desk.decide(&deciding)).await;
    match done {
        Ok(Ok(())) => {
            let (clause, name) = constraint.split_once('/').unwrap_or((&constraint, ""));
            Redirect::to(&format!("/clauses/{clause}#{name}")).into_response()
        }
        Ok(Err(error)) => {
            let hints: Vec<&str> = error.hints.iter().map(String::as_str).collect();
            refused(&format!("{error}. {}", hints.join("; ")))
        }
        Err(error) => {
            tracing::error!(%error, "a decision stopped");
            refused("A fault of this program; the log says more.")
        }
    }
}

fn refused(text: &str) -> Response {
    let main = pages::trouble("Nothing was kept", text);
    page(StatusCode::UNPROCESSABLE_ENTITY, shell::alone("Nothing was kept", pages::MENU, &main))
}

async fn show(
    desk: Shared,
    make: impl FnOnce(&app::Review) -> Option<(String, Markup)> + Send + 'static,
) -> Response {
    let made = tokio::task::spawn_blocking(move || desk.review().map(|review| make(&review))).await;
    match made {
        Ok(Ok(Some((title, main)))) => page(StatusCode::OK, shell::alone(&title, pages::MENU, &main)),
        Ok(Ok(None)) => {
            let main = pages::trouble("Not in this review", "The review does not hold this clause.");
            page(StatusCode::NOT_FOUND, shell::alone("Not here", pages::MENU, &main))
        }
        Ok(Err(error)) => {
            let main = pages::trouble("The decisions cannot be read", &error.to_string());
            page(StatusCode::INTERNAL_SERVER_ERROR, shell::alone("Not readable", pages::MENU, &main))
        }
        Err(error) => {
            tracing::error!(%error, "a page stopped");
            server::trouble(
                StatusCode::INTERNAL_SERVER_ERROR,
                "A fault of this program",
                "The log says more.",
            )
        }
    }
}

fn page(status: StatusCode, markup: Markup) -> Response {
    (status, Html(markup.into_string())).into_response()
}
