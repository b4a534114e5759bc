//! The pages over a made-up product: complete, escaped, harmless, reading only.

#[path = "sample/source.rs"]
mod sample_source;

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use sample_source::SampleSource;
use tower::ServiceExt;
use views::sample::Sample;
use web::{Options, router};

const PAGES: [&str; 36] = [
    "/capas",
    "/capas/CAPA-1",
    "/feedback",
    "/trends",
    "/changes/CR-7/impact",
    "/releases/2.4.0/notes",
    "/releases/2.4.0/security-notes",
    "/changes",
    "/changes/CR-7",
    "/complaints",
    "/complaints/CMP-3",
    "/releases/2.4.0/addendum",
    "/",
    "/findings",
    "/items",
    "/items/SRS-012",
    "/matrix",
    "/risk",
    "/soup",
    "/security",
    "/soup/SOUP-tokio",
    "/anomalies",
    "/anomalies/A-2024-087",
    "/documents",
    "/documents/DOC-SDP",
    "/runs",
    "/runs/RUN-207",
    "/releases",
    "/releases/2.4.0",
    "/releases/2.4.0/record",
    "/releases/2.4.0/since/2.3.1",
    "/metrics",
    "/ledger",
    "/ledger/1283",
    "/clauses",
    "/clauses/62304:5.8.3",
];
const FILES: [(&str, &str); 7] = [
    ("/documents/DOC-SDP/picture/0", "image/svg+xml"),
    ("/matrix.csv", "text/csv"),
    ("/matrix.html", "text/html"),
    ("/releases/2.4.0/record.pdf", "application/pdf"),
    ("/releases/2.4.0/record.md", "text/markdown"),
    ("/documents/DOC-SDP/pdf", "application/pdf"),
    ("/documents/DOC-SDP/markdown", "text/markdown"),
];

async fn ask(method: Method, path: &str, hostile: bool, host: &str) -> Response {
    let source = SampleSource { sample: Sample { hostile }, rows: 450 };
    let request =
        Request::builder().method(method).uri(path).header(header::HOST, host).body(Body::empty()).unwrap();
    router(Arc::new(source), Options::default()).oneshot(request).await.unwrap()
}

async fn get(path: &str) -> (StatusCode, String) {
    text(ask(Method::GET, path, false, "localhost:8080").await).await
}

async fn text(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 50_000_000).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn every_page_names_the_four_inputs_and_repeats_the_marks() {
    for path in PAGES {
        let (status, html) = get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        for part in ["9f3c2ab41", "1\u{202f}284", "62304 A1", "2026-03-14", "Simulated clock: not evidence"] {
            assert!(html.contains(part), "{part} is missing on {path}");
        }
    }
}

#[tokio::test]
async fn hostile_text_is_inert_on_every_page() {
    for path in PAGES {
        let (status, html) = text(ask(Method::GET, path, true, "localhost").await).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(html.contains("&lt;script&gt;"), "{path} shows the text");
        assert_eq!(html.matches("<script").count(), 1, "our own and no other on {path}");
        for bad in ["href=\"javascript", "\"><script>", "onerror=", " style=\""] {
            assert!(!html.contains(bad), "{bad} on {path}");
        }
    }
    let (status, csv) = text(ask(Method::GET, "/matrix.csv", true, "localhost").await).await;
    assert!(status.is_success() && csv.lines().count() == 451);
}

#[tokio::test]
async fn every_link_of_every_page_leads_somewhere() {
    let mut links = std::collections::BTreeSet::new();
    for path in PAGES {
        let (_, html) = get(path).await;
        for part in html.split("href=\"").skip(1) {
            let link = part.split('"').next().unwrap().replace("&amp;", "&");
            if link.starts_with('/') {
                links.insert(link);
            }
        }
    }
    assert!(links.len() > 60, "{}", links.len());
    for link in links {
        let (status, _) = get(&link).await;
        assert_eq!(status, StatusCode::OK, "{link}");
    }
}

#[tokio::test]
async fn links_keep_the_point_in_time() {
    let (_, html) = get("/items/SRS-012?at=v2.3.0&ledger_at=1000&as_of=2026-01-01").await;
    let keeps =
        html.split("href=\"").skip(1).filter(|part| part.starts_with("/items") || part.starts_with("/runs"));
    for part in keeps {
        let link = part.split('"').next().unwrap();
        // The way back to now is the one link that drops it.
        assert!(
            link == "/items/SRS-012" || link.contains("at=v2.3.0&amp;ledger_at=1000&amp;as_of=2026-01-01"),
            "{link}"
        );
    }
    assert!(html.contains("travelling in time") && html.contains("value=\"v2.3.0\""));
}

#[tokio::test]
async fn lists_are_filtered_and_paged_without_javascript() {
    let (_, html) = get("/matrix?verdict=finding&q=srs-0").await;
    assert!(html.contains("14 of 450") || html.contains("1 to 14 of 14, 450 in all"), "{}", pager(&html));
    let (_, html) = get("/matrix?from=200").await;
    assert!(html.contains("201 to 400 of 450"), "{}", pager(&html));
    let (_, html) = get("/matrix?q=nothing-has-this").await;
    assert!(html.contains("Nothing matches"));
}

fn pager(html: &str) -> &str {
    html.split("class=\"pager\">").nth(1).unwrap_or_default().split("</p>").next().unwrap_or_default()
}

#[tokio::test]
async fn a_signature_shows_name_role_meaning_time_and_key() {
    for path in [
        "/releases/2.4.0",
        "/releases/2.4.0/record",
        "/ledger/1283",
        "/documents/DOC-SDP",
        "/anomalies/A-2024-087",
    ] {
        let (_, html) = get(path).await;
        for part in [
            "2026-03-14 09:12:05 UTC",
            "SHA256:uNiVztksCsDhcc0u9e8BrwPbBBZM0YxGJu0gZqSbRrk",
            "enrolled 2025-06-02",
        ] {
            assert!(html.contains(part), "{part} on {path}");
        }
    }
    let (_, html) = get("/releases/2.4.0").await;
    assert!(
        html.contains("Verification of this release is complete")
            && html.contains("software-lead")
            && html.contains("void")
    );
}

#[tokio::test]
async fn what_cannot_be_shown_is_said() {
    for (path, status, part) in [
        ("/items/SRS-999", StatusCode::NOT_FOUND, "No item has the id SRS-999."),
        ("/nothing/here<b>", StatusCode::NOT_FOUND, "no page at"),
        ("/ledger/x", StatusCode::NOT_FOUND, "is no number"),
        ("/items?ledger_at=9999", StatusCode::BAD_REQUEST, "write a position"),
        ("/items?as_of=yesterday", StatusCode::BAD_REQUEST, "write a date"),
        ("/items?verdict=fine", StatusCode::BAD_REQUEST, "write one of"),
        ("/items?at=broken", StatusCode::INTERNAL_SERVER_ERROR, "&lt;b&gt;9f3c&lt;/b&gt; cannot be read"),
        ("/items?at=panic", StatusCode::INTERNAL_SERVER_ERROR, "fault of this program"),
    ] {
        let path = path.replace('<', "%3C").replace('>', "%3E");
        let (got, html) = get(&path).await;
        assert_eq!(got, status, "{path}");
        assert!(html.contains(part), "{part} is missing on {path}: {html}");
    }
}

#[tokio::test]
async fn the_server_only_reads_and_only_under_its_own_name() {
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let response = ask(method, "/releases/2.4.0", false, "localhost").await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
    let response = ask(Method::GET, "/", false, "evil.example").await;
    assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn every_answer_has_the_headers_that_keep_it_harmless() {
    for path in PAGES.iter().copied().chain(["/dossier.css", "/keys.js", "/icon.svg", "/absent"]) {
        let response = ask(Method::GET, path, false, "127.0.0.1:1").await;
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        assert!(header("content-security-policy").starts_with("default-src 'none'"), "{path}");
        assert!(!header("content-security-policy").contains("unsafe"), "{path}");
        assert_eq!(
            (header("x-content-type-options"), header("referrer-policy")),
            ("nosniff", "same-origin"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn reports_are_files_of_their_kind() {
    for (path, kind) in FILES {
        let response = ask(Method::GET, path, false, "localhost").await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let header = response.headers().get(header::CONTENT_TYPE).unwrap().to_str().unwrap();
        assert!(header.starts_with(kind), "{path}: {header}");
    }
}
