//! Anomalies mirrored from trackers: export files, recorded answers of their APIs over a socket, and signed webhooks.

use super::access::Server;
use super::bench::*;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

const CONFIG: &str = r#"
[trackers.jira]
kind = "jira"
project = "TRI"
url = "https://acme.example"
anomaly = ["Bug"]
"#;

/// The product with trackers in its configuration.
fn product(more: &str) -> Product {
    let p = Product::approved();
    let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write("dossier.toml", format!("{config}{CONFIG}{more}"));
    p
}

/// An issue of Jira's API.
fn issue(id: &str, key: &str, title: &str, updated: &str, more: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"key\":\"{key}\",\"self\":\"https://acme.example/rest/api/3/issue/{id}\",\"fields\":{{\"summary\":\"{title}\",\
         \"issuetype\":{{\"name\":\"Bug\"}},\"updated\":\"{updated}\",\"labels\":[\"severity:major\"],\
         \"description\":\"It lags.\\n\\nh3. Found\\n\\nin use\"{more}}}}}"
    )
}

const OPEN: &str = ",\"status\":{\"name\":\"Open\",\"statusCategory\":{\"key\":\"new\"}},\"versions\":[{\"name\":\"1.0.0\"}]";

fn done(resolution: &str, more: &str) -> String {
    format!(
        ",\"status\":{{\"name\":\"Done\",\"statusCategory\":{{\"key\":\"done\"}}}},\"resolution\":{{\"name\":\"{resolution}\"}},\
         \"versions\":[{{\"name\":\"1.0.0\"}}]{more}"
    )
}

fn duplicates(key: &str) -> String {
    format!(
        ",\"issuelinks\":[{{\"type\":{{\"name\":\"Duplicate\"}},\"outwardIssue\":{{\"key\":\"{key}\"}}}}]"
    )
}

/// Takes these issues over; the outcomes as `key: outcome`.
fn import(p: &Product, issues: &[String], arguments: &str) -> Vec<String> {
    let file = p.beside("export.json");
    std::fs::write(&file, format!("{{\"issues\":[{}]}}", issues.join(","))).unwrap();
    let line = format!("tracker import jira '{}' {arguments} --format json", file.display());
    let told = p.ok(&line).json();
    assert_eq!(told["format"], "dossier/tracker-sync/v1");
    let row =
        |r: &serde_json::Value| format!("{}: {}", r["key"].as_str().unwrap(), r["outcome"].as_str().unwrap());
    told["rows"].as_array().unwrap().iter().map(row).collect()
}

fn state(p: &Product, id: &str) -> String {
    let list = p.ok("anomaly list --format json").json();
    let rows = list["anomalies"].as_array().unwrap();
    rows.iter().find(|r| r["anomaly"] == id).unwrap()["state"].as_str().unwrap().to_owned()
}

#[test]
fn an_issue_is_taken_over_once_and_the_tracker_owns_its_fields() {
    let p = product("");
    let first = issue("1", "TRI-1", "Late", "2026-03-01T10:00:00.000Z", OPEN);
    let no_version =
        issue("2", "TRI-2", "Cut", "2026-03-01T10:00:00.000Z", ",\"status\":{\"name\":\"Open\"}");
    let task = issue("3", "TRI-3", "Task", "2026-03-01T10:00:00.000Z", OPEN).replace("\"Bug\"", "\"Task\"");
    let all = [first.clone(), no_version, task];
    let before = p.position();
    assert_eq!(import(&p, &all, "--dry-run"), ["TRI-1: reported", "TRI-2: reported"]);
    assert_eq!(p.position(), before, "a dry run appends nothing");
    assert_eq!(import(&p, &all, ""), ["TRI-1: reported", "TRI-2: reported"], "a task is no anomaly");
    let position = p.position();
    assert_eq!(import(&p, &all, ""), Vec::<String>::new());
    assert_eq!(p.position(), position, "the same again is nothing");

    let shown = p.ok("anomaly show TRI-1 --format json").json();
    let report = &shown["report"];
    let text = report.to_string();
    for part in ["\"severity\":\"major\"", "\"version\":\"1.0.0\"", "\"found\":\"in use\"", "jira:TRI-1"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    // What the tracker does not say is a finding with the way there.
    p.run("check").says(
        1,
        &[
            "error[R0480]",
            "TRI-2 of jira, which says nothing of the version: https://acme.example/browse/TRI-2",
        ],
    );
    p.refused(2, "anomaly amend TRI-1 --set severity=minor --reason r", &["is mirrored from jira"]);

    let renamed = issue("1", "NEW-7", "Late line", "2026-03-02T10:00:00.000Z", OPEN);
    assert_eq!(import(&p, &[renamed], ""), ["NEW-7: renamed", "NEW-7: updated"], "the anomaly keeps its id");
    p.ok("anomaly list 'key = NEW-7'").says(0, &["TRI-1", "Late line"]);
    assert_eq!(import(&p, &[first], ""), ["TRI-1: stale"], "an older export changes nothing");
    p.ok("anomaly list 'key = NEW-7'").says(0, &["Late line"]);

    let ahead = issue("1", "NEW-7", "Late line!", "2099-03-02T10:00:00.000Z", OPEN);
    std::fs::write(p.beside("x.json"), format!("[{ahead}]")).unwrap();
    let skewed = p.ok(&format!("tracker import jira '{}'", p.beside("x.json").display()));
    assert!(skewed.err.contains("one of the clocks is wrong"), "{}", skewed.err);
}

/// What GitLab exports has numbers of the project only, and its API an id that stays: both are one issue, and an older export
/// changes nothing, although its times are written in another form.
#[test]
fn an_export_in_csv_and_the_api_bring_the_same_issue() {
    let p =
        product("[trackers.gl]\nkind = \"gitlab\"\nproject = \"o/r\"\nanomaly = [\"bug\"]\nids = \"GL-\"\n");
    let head = "Title,Description,Issue ID,URL,State,Updated At (UTC),Labels\n";
    let row = |title: &str, at: &str| {
        format!(
            "{head}{title},\"## Found\n\nin use\",7,https://gitlab.com/o/r/-/issues/7,Open,{at},\"bug,severity::major,version::1.0.0\"\n"
        )
    };
    let taken = |name: &str, file: &str, text: &str| {
        std::fs::write(p.beside(file), text).unwrap();
        p.ok(&format!("tracker import {name} '{}'", p.beside(file).display())).out
    };
    assert!(taken("gl", "a.csv", &row("Slow", "2026-02-03 09:10:11")).contains("reported"));
    let api = r#"[{"id":9007,"iid":7,"title":"Slow start","description":"Found","state":"opened",
        "updated_at":"2026-02-05T09:10:11.123Z","labels":["bug"],"web_url":"https://gitlab.com/o/r/-/issues/7"}]"#;
    assert!(taken("gl", "a.json", api).contains("updated"));
    assert!(taken("gl", "a.csv", &row("Slow", "2026-02-03 09:10:11")).contains("stale"));
    assert!(taken("gl", "a.csv", &row("Slow again", "2026-02-06 09:10:11")).contains("updated"));
    p.ok("anomaly show GL-7 --format json").says(0, &["\"issue\": \"9007\"", "Slow again"]);

    // Jira's CSV names neither zone nor address: the address follows from the key.
    let head = "Summary,Issue key,Issue id,Issue Type,Status,Updated\n";
    let row = |title: &str, at: &str| format!("{head}{title},TRI-9,10009,Bug,To Do,{at}\n");
    assert!(taken("jira", "j.csv", &row("Loops", "05/Mar/26 4:13 PM")).contains("acme.example/browse/TRI-9"));
    assert!(taken("jira", "j.csv", &row("Loop", "05/Mar/26 9:13 AM")).contains("stale"));
    let api = issue("10009", "TRI-9", "Loops always", "2026-03-09T10:00:00.000+0000", OPEN);
    assert_eq!(import(&p, &[api], ""), ["TRI-9: updated"]);
    assert!(taken("jira", "j.csv", &row("Loops", "05/Mar/26 4:13 PM")).contains("stale"));
}

#[test]
fn what_ends_in_the_tracker_ends_here_once_and_never_in_a_circle() {
    let p = product("");
    let at = |hour: u32| format!("2026-03-01T{hour:02}:00:00.000Z");
    let open: Vec<String> =
        (1..=6).map(|n| issue(&n.to_string(), &format!("TRI-{n}"), "t", &at(1), OPEN)).collect();
    import(&p, &open, "");
    let fixed = done("Fixed", ",\"fixVersions\":[{\"name\":\"1.0.1\"}]");
    let ended = [
        issue("1", "TRI-1", "t", &at(2), &fixed),
        issue("2", "TRI-2", "t", &at(2), &done("Won't Do", "")),
        issue("3", "TRI-3", "t", &at(2), &done("Duplicate", &duplicates("TRI-4"))),
        issue("4", "TRI-4", "t", &at(2), &done("Duplicate", &duplicates("TRI-3"))),
        issue("5", "TRI-5", "t", &at(2), &done("Cannot Reproduce", "")),
    ];
    let rows = import(&p, &ended, "");
    for expected in
        ["TRI-1: resolved", "TRI-2: resolved", "TRI-3: resolved", "TRI-4: conflict", "TRI-5: conflict"]
    {
        assert!(rows.contains(&expected.to_owned()), "{expected}: {rows:?}");
    }
    assert_eq!(state(&p, "TRI-1"), "resolved", "corrected, and nobody verified it yet");
    assert_eq!(state(&p, "TRI-2"), "will not be corrected");
    assert_eq!(state(&p, "TRI-3"), "duplicate");
    assert_eq!(state(&p, "TRI-4"), "reported", "its duplicates would go in a circle");
    p.run("check").says(1, &["error[R0481]", "`TRI-4` is open, and its issue TRI-4 of jira is closed"]);
    assert_eq!(import(&p, &ended, ""), Vec::<String>::new(), "closed twice is closed once");
    p.refused(2, "anomaly resolve TRI-2 --disposition wont-fix --resolution r", &["is closed"]);

    // Open again there: reopened here. Resolved here: the tracker's close adds nothing.
    let again = issue("1", "TRI-1", "t", &at(3), OPEN);
    assert!(import(&p, &[again], "").contains(&"TRI-1: reopened".to_owned()));
    assert_eq!(state(&p, "TRI-1"), "reopened");
    p.ok("anomaly resolve TRI-6 --disposition wont-fix --resolution 'rare'");
    let count = p.kinds().iter().filter(|k| k.starts_with("anomaly/resolve")).count();
    import(&p, &[issue("6", "TRI-6", "t", &at(3), &fixed)], "");
    assert_eq!(p.kinds().iter().filter(|k| k.starts_with("anomaly/resolve")).count(), count);

    // Gone from a complete export: deleted there, kept here, and ours from now on.
    let rest: Vec<String> = open[..5].to_vec();
    let rows = import(&p, &rest, "--complete");
    assert!(rows.contains(&"TRI-6: deleted".to_owned()), "{rows:?}");
    p.ok("anomaly amend TRI-6 --set severity=minor --reason 'the issue is gone'");
    std::fs::write(p.beside("broken.json"), "[{\"id\":1}]").unwrap();
    let line = format!(
        "tracker import jira '{}' '{}' --complete",
        p.beside("export.json").display(),
        p.beside("broken.json").display()
    );
    p.refused(2, &line, &["nothing is known to be gone"]);
    p.ok("tracker status --format json").json();
}

/// A service that gives recorded answers, one for each request, and keeps what it was asked.
fn service(answers: Vec<String>) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let n = stream.read(&mut buffer).unwrap();
                bytes.extend_from_slice(&buffer[..n]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.to_lowercase();
                let length = length
                    .split("content-length:")
                    .nth(1)
                    .and_then(|t| t.lines().next()?.trim().parse::<usize>().ok());
                if body.len() >= length.unwrap_or(0) {
                    let _ = tell.send(text);
                    break;
                }
            }
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, asked)
}

fn answer(body: &str) -> String {
    status("200 OK", "Content-Type: application/json\r\n", body)
}

/// An answer of a status, with further lines of its head.
fn status(status: &str, head: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

/// An open issue of GitHub as its API lists it.
fn of_github(node: usize, number: usize, title: &str, updated: &str) -> String {
    format!(
        "{{\"number\":{number},\"node_id\":\"I_{node}\",\"title\":\"{title}\",\"body\":\"b\",\"state\":\"open\",\"labels\":[{{\"name\":\"bug\"}}],\
         \"html_url\":\"https://github.com/o/r/issues/{number}\",\"updated_at\":\"{updated}\"}}"
    )
}

/// `tracker sync NAME` with a token in the variable that stands for it where none is configured.
fn sync(p: &Product, name: &str, token: &str) -> Said {
    let mut command = p.command(&format!("tracker sync {name} --format json"));
    command.env(format!("DOSSIER_TRACKER_{}_TOKEN", name.to_uppercase()), token);
    said(command)
}

#[test]
fn each_tracker_is_read_from_its_api_page_by_page_and_then_only_what_changed() {
    let page = |from: usize, to: usize| {
        let one = |n: usize| of_github(n, n, &format!("t{n}"), "2026-03-01T10:00:00Z");
        answer(&format!("[{}]", (from..=to).map(one).collect::<Vec<_>>().join(",")))
    };
    let limited = status("429 Too Many Requests", "Retry-After: 30\r\n", "");
    let (github, asked_github) = service(vec![page(1, 100), page(101, 120), page(120, 120), limited]);
    let gitlab_issue = "[{\"id\":9,\"iid\":1,\"title\":\"t\",\"description\":\"d\",\"state\":\"opened\",\"labels\":[\"bug\"],\"updated_at\":\"2026-03-01T10:00:00Z\"}]";
    let (gitlab, asked_gitlab) = service(vec![answer(gitlab_issue)]);
    let jira_page = |n: u32, next: &str| {
        answer(&format!(
            "{{\"issues\":[{}]{next}}}",
            issue(&n.to_string(), &format!("TRI-{n}"), "t", "2026-03-01T10:00:00.000+0000", OPEN)
        ))
    };
    let (jira, asked_jira) = service(vec![
        jira_page(1, ",\"nextPageToken\":\"n2\",\"isLast\":false"),
        jira_page(2, ",\"isLast\":true"),
    ]);
    let linear_page = "{\"data\":{\"issues\":{\"nodes\":[{\"id\":\"u1\",\"identifier\":\"LIN-1\",\"title\":\"t\",\"description\":\"d\",\"url\":\"https://linear.app/i/LIN-1\",\
         \"state\":{\"name\":\"Todo\",\"type\":\"unstarted\"},\"labels\":{\"nodes\":[{\"name\":\"Bug\"}]},\"updatedAt\":\"2026-03-01T10:00:00.000Z\"}],\
         \"pageInfo\":{\"hasNextPage\":false,\"endCursor\":\"c\"}}}}";
    let (linear, asked_linear) = service(vec![answer(linear_page)]);
    let p = product(&format!(
        "[trackers.gh]\nkind = \"github\"\nproject = \"o/r\"\nanomaly = [\"bug\"]\nids = \"AN-\"\nurl = \"{github}\"\n\
         [trackers.gl]\nkind = \"gitlab\"\nproject = \"g/p\"\nanomaly = [\"bug\"]\nurl = \"{gitlab}\"\n\
         [trackers.lin]\nkind = \"linear\"\nproject = \"LIN\"\nanomaly = [\"Bug\"]\nurl = \"{linear}\"\n\
         [trackers.live]\nkind = \"jira\"\nproject = \"TRI\"\nanomaly = [\"Bug\"]\nurl = \"{jira}\"\ntoken = \"JIRA_TOKEN\"\n"
    ));
    p.refused(2, "tracker sync gh", &["DOSSIER_TRACKER_GH_TOKEN is not set"]);
    let told = sync(&p, "gh", "s3cret");
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(told.json()["anomalies"], 120);
    let first = asked_github.recv().unwrap();
    assert!(first.starts_with("GET /repos/o/r/issues?state=all"), "{first}");
    assert!(first.to_lowercase().contains("authorization: bearer s3cret"), "{first}");
    assert!(!first.contains("since="), "{first}");
    assert!(asked_github.recv().unwrap().contains("page=2"));
    let position = p.position();
    assert_eq!(sync(&p, "gh", "s3cret").json()["unchanged"], 1);
    assert!(asked_github.recv().unwrap().contains("since=2026-03-01T09"), "only what changed is asked for");
    assert_eq!(p.position(), position, "and the same again appends nothing");
    let told = sync(&p, "gh", "s3cret");
    assert_eq!(told.code, 2);
    assert!(told.err.contains("too many requests") && told.err.contains("wait 30 s"), "{}", told.err);

    assert_eq!(sync(&p, "gl", "t").json()["anomalies"], 1);
    assert!(asked_gitlab.recv().unwrap().starts_with("GET /api/v4/projects/g%2Fp/issues"));
    let mut jira = p.command("tracker sync live --format json");
    jira.env("JIRA_TOKEN", "me@acme.example:tok");
    assert_eq!(
        said(jira).json()["anomalies"],
        2,
        "a variable of another name is taken where it is configured"
    );
    let first = asked_jira.recv().unwrap();
    assert!(first.starts_with("GET /rest/api/3/search/jql?jql=project"), "{first}");
    assert!(first.contains("Basic bWVAYWNtZS5leGFtcGxlOnRvaw=="), "{first}");
    assert!(asked_jira.recv().unwrap().contains("nextPageToken=n2"));
    assert_eq!(sync(&p, "lin", "lin_api").json()["anomalies"], 1);
    let asked = asked_linear.recv().unwrap();
    assert!(asked.starts_with("POST /graphql") && asked.contains("lin_api"), "{asked}");
    assert!(!asked.contains("\"filter\":null"), "what narrows nothing is left out: {asked}");
    let ledger = p.ok("ledger log --format json").out;
    assert!(!ledger.contains("s3cret") && !ledger.contains("lin_api"), "no token reaches the ledger");
}

/// Whatever a service refuses with, somebody reads what to do, and nothing of the listing was taken over.
#[test]
fn a_service_that_refuses_says_what_to_do_and_nothing_is_half_taken() {
    let full: Vec<String> = (1..=100).map(|n| of_github(n, n, "t", "2026-03-01T10:00:00Z")).collect();
    let first_page = answer(&format!("[{}]", full.join(",")));
    let expired = "{\"error\":\"invalid_token\",\"error_description\":\"Token is expired.\"}";
    let refusals = [
        (
            status("401 Unauthorized", "", expired),
            "the token is not accepted",
            "DOSSIER_TRACKER_GH_TOKEN holds it",
        ),
        (status("403 Forbidden", "X-RateLimit-Remaining: 0\r\n", ""), "too many requests", "try again later"),
        (status("403 Forbidden", "Retry-After: 60\r\n", ""), "too many requests", "wait 60 s"),
        (
            status("403 Forbidden", "X-RateLimit-Remaining: 7\r\n", ""),
            "may not read this project",
            "DOSSIER_TRACKER_GH_TOKEN",
        ),
        (status("404 Not Found", "", "{}"), "there is no project `o/r`", "[trackers.gh]"),
        (status("410 Gone", "", "{}"), "has no issues", "[trackers.gh]"),
        (
            status("301 Moved Permanently", "Location: https://elsewhere.example/\r\n", ""),
            "moved or renamed",
            "go by their ids",
        ),
        (status("502 Bad Gateway", "", "<html>"), "status 502", "its state"),
        (answer("{\"message\":\"hello\"}"), "something else than issues", ""),
        // A second page that breaks off: what the first one said is not taken over alone.
        ("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[{".to_owned(), "broke off", ""),
    ];
    // Each refusal comes as the answer to the second page.
    let answers = refusals.iter().flat_map(|(refusal, ..)| [first_page.clone(), refusal.clone()]);
    let (github, _asked) = service(answers.collect());
    let limited =
        "{\"errors\":[{\"message\":\"Rate limit exceeded\",\"extensions\":{\"code\":\"RATELIMITED\"}}]}";
    let wrong = limited.replace("RATELIMITED", "INVALID_INPUT");
    let (linear, _asked) =
        service(vec![status("400 Bad Request", "", limited), status("400 Bad Request", "", &wrong)]);
    let p = product(&format!(
        "[trackers.gh]\nkind = \"github\"\nproject = \"o/r\"\nanomaly = [\"bug\"]\nurl = \"{github}\"\n\
         [trackers.lin]\nkind = \"linear\"\nproject = \"LIN\"\nanomaly = [\"Bug\"]\nurl = \"{linear}\"\n"
    ));
    let position = p.position();
    for (refusal, what, hint) in &refusals {
        sync(&p, "gh", "t0ken").says(2, &[what, hint]);
        assert_eq!(p.position(), position, "after {refusal}");
    }
    sync(&p, "lin", "t0ken").says(2, &["too many requests"]);
    sync(&p, "lin", "t0ken").says(2, &["status 400"]);
    assert_eq!(p.position(), position);
}

/// An issue that went to another repository keeps its id there and its anomaly here; one that is no longer listed is known to be
/// gone only from a complete list.
#[test]
fn an_issue_that_is_listed_under_another_number_is_the_same_anomaly() {
    let issues = |all: &[String]| answer(&format!("[{}]", all.join(",")));
    let (github, _asked) = service(vec![
        issues(&[
            of_github(1, 5, "Late", "2026-03-01T10:00:00Z"),
            of_github(2, 6, "Cut", "2026-03-01T10:00:00Z"),
        ]),
        issues(&[of_github(1, 77, "Late", "2026-03-02T10:00:00Z")]),
    ]);
    let p = product(&format!(
        "[trackers.gh]\nkind = \"github\"\nproject = \"o/r\"\nanomaly = [\"bug\"]\nurl = \"{github}\"\n"
    ));
    assert_eq!(sync(&p, "gh", "t").json()["anomalies"], 2);
    let told = sync(&p, "gh", "t");
    told.says(0, &["renamed"]);
    assert_eq!(state(&p, "GH-5"), "reported");
    assert_eq!(state(&p, "GH-6"), "reported", "a list of what changed says nothing of the others");
    p.ok("anomaly show GH-5").says(0, &["77"]);
    std::fs::write(p.beside("all.json"), format!("[{}]", of_github(1, 77, "Late", "2026-03-02T10:00:00Z")))
        .unwrap();
    let complete =
        p.ok(&format!("tracker import gh '{}' --complete --format json", p.beside("all.json").display()));
    complete.says(0, &["deleted", "GH-6"]);
}

#[test]
fn a_webhook_counts_only_with_the_signature_of_its_secret() {
    let p = product("[trackers.gh]\nkind = \"github\"\nproject = \"o/r\"\nanomaly = [\"bug\"]\n");
    let body = "{\"action\":\"opened\",\"issue\":{\"number\":5,\"node_id\":\"I_5\",\"title\":\"Late\",\"body\":\"b\",\"state\":\"open\",\
                \"labels\":[{\"name\":\"bug\"}],\"updated_at\":\"2026-03-01T10:00:00Z\"}}";
    let mut command = p.command("serve --listen 127.0.0.1:0");
    command.env("DOSSIER_TRACKER_GH_WEBHOOK", "shared");
    let server = Server::start(command);
    let sign =
        |body: &str| format!("sha256={}", hex(&signing::mac::hmac_sha256(b"shared", &[body.as_bytes()])));
    let before = p.position();
    server.ask("POST", "/hooks/trackers/gh", &[], body.as_bytes()).says(401, &[]);
    let wrong = [("x-hub-signature-256", &*sign("{}"))];
    server.ask("POST", "/hooks/trackers/gh", &wrong, body.as_bytes()).says(401, &[]);
    assert_eq!(p.position(), before);
    let right = [("x-hub-signature-256", &*sign(body))];
    server
        .ask("POST", "/hooks/trackers/gh", &right, body.as_bytes())
        .says(200, &["\"outcome\":\"reported\""]);
    server.ask("POST", "/hooks/trackers/gh", &right, body.as_bytes()).says(200, &["\"unchanged\":1"]);
    let ping = "{\"zen\":\"…\"}";
    let signed = [("x-hub-signature-256", &*sign(ping))];
    server.ask("POST", "/hooks/trackers/gh", &signed, ping.as_bytes()).says(204, &[]);
    server.ask("POST", "/hooks/trackers/jira", &signed, ping.as_bytes()).says(422, &["no secret"]);
    server.get("/anomalies/GH-5", "").says(200, &["Late"]);
    server.get("/changes", "").says(200, &["Changes", "None is on record."]);
    server.get("/complaints", "").says(200, &["Complaints"]);
    let gone = body.replace("\"opened\"", "\"deleted\"");
    let signed = [("x-hub-signature-256", &*sign(&gone))];
    server
        .ask("POST", "/hooks/trackers/gh", &signed, gone.as_bytes())
        .says(200, &["\"outcome\":\"deleted\""]);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
