//! A client that speaks to the server without the command line: what it may not say is refused by name, and that it tried is an
//! entry. The real server, asked over a socket.

use super::access::{Answer, Server};
use super::bench::*;
use app::Digest;
use serde_json::{Value, json};

/// A server of a judged product, and somebody who holds a token that writes.
struct Forger {
    p: Product,
    server: Server,
    bearer: String,
}

impl Forger {
    fn new(holder: &str) -> Forger {
        let p = Product::judged();
        let line = format!("key token forger --holder {holder} --scope read,write --until 2099-01-01");
        let bearer = format!("Bearer {}", p.ok(&line).out.trim());
        let server = Server::of(&p, "--api");
        Forger { p, server, bearer }
    }

    fn ledger(&self, key: &str) -> String {
        let config = std::fs::read_to_string(self.p.path("dossier.toml")).unwrap();
        let line = config.lines().find(|l| l.starts_with(&format!("{key} = "))).unwrap().to_owned();
        line.split('"').nth(1).unwrap().to_owned()
    }

    fn propose_all(&self, entries: Value) -> Answer {
        let decided_on = self.p.kinds().len();
        let proposal = json!({"origin": self.ledger("origin"), "key": self.ledger("key"), "decided_on": decided_on, "entries": entries});
        let body = serde_json::to_vec(&proposal).unwrap();
        self.server.ask("POST", "/api/v1/append", &[("Authorization", &self.bearer)], &body)
    }

    fn propose(&self, kind: &str, actor: &str, body: Value) -> Answer {
        self.propose_all(json!([{"actor": actor, "via": "curl", "kind": kind, "body": body}]))
    }

    /// Proposes it, and sees it refused for this reason and the refusal recorded with where it came from.
    #[track_caller]
    fn is_refused(&self, kind: &str, actor: &str, body: Value, reason: &str) {
        let before = self.p.kinds();
        let answer = self.propose(kind, actor, body);
        assert_eq!(answer.status, 422, "{kind}: {}\n{}", answer.head, answer.body);
        assert!(answer.body.contains(reason), "{kind}: `{reason}` is not in\n{}", answer.body);
        let after = self.p.kinds();
        assert_eq!(after.len(), before.len() + 1, "{kind}: {after:?}");
        assert_eq!(after.last().unwrap(), "signature/refuse/v1", "{kind}");
        let trail = self.p.ok("ledger audit --refused --format json").json();
        let last = trail["entries"].as_array().unwrap().last().unwrap();
        assert!(last["from"].as_str().unwrap().starts_with("api forger of"), "{kind}: {last}");
        assert!(last["reason"].as_str().unwrap().contains(reason), "{kind}: {last}");
    }

    fn keep(&self, bytes: &[u8]) -> String {
        let digest = Digest::of(bytes).to_string();
        let path = format!("/api/v1/blobs/{digest}");
        self.server.ask("PUT", &path, &[("Authorization", &self.bearer)], bytes).says(200, &[]);
        digest
    }
}

/// Every kind that there is, from a client that makes it up: nothing of it comes into the ledger.
#[test]
fn no_kind_comes_into_a_servers_ledger_empty_and_unsigned() {
    let f = Forger::new("ci");
    for kind in app::records::KINDS {
        let reason = match app::over_api(kind) {
            app::OverApi::Server => "from a client",
            app::OverApi::SignedHere => "is taken only with a signature",
            // What a body has to hold, or who signs: whichever is asked first.
            app::OverApi::Signed | app::OverApi::Claimed => "",
        };
        f.is_refused(kind.kind, "ci", json!({}), reason);
    }
    f.p.ok("ledger verify");
}

/// What local commands refuse by the state of the ledger, and a client says all the same.
#[test]
fn a_client_meets_the_rules_that_a_command_meets() {
    let f = Forger::new("ci");
    let report = |id: &str| {
        f.p.ok(&format!(
            "anomaly report {id} --title t --description d --found f --version 1 --severity minor"
        ));
    };
    report("AN-1");
    report("AN-2");
    let resolve = |id: &str, of: &str| json!({"anomaly": id, "disposition": "duplicate", "duplicate_of": of, "resolution": "the same"});
    f.propose("anomaly/resolve/v1", "ci", resolve("AN-1", "AN-2")).says(200, &[]);
    f.is_refused("anomaly/resolve/v1", "ci", resolve("AN-2", "AN-1"), "would be a duplicate of itself");
    f.is_refused("anomaly/resolve/v1", "ci", resolve("AN-1", "AN-2"), "`AN-1` is closed");
    let corrected = json!({"anomaly": "AN-2", "disposition": "corrected", "resolution": "done"});
    f.is_refused("anomaly/resolve/v1", "ci", corrected, "needs the version that carries it");
    f.is_refused("anomaly/reopen/v1", "ci", json!({"anomaly": "AN-2", "reason": "r"}), "is not resolved");
    let amend = json!({"anomaly": "AN-2", "fields": {"state": "closed"}, "reason": "r"});
    f.is_refused("anomaly/amend/v1", "ci", amend, "`state` is no field");

    f.p.ok("change open CR-1 --title t --reason r --category corrective");
    let done = json!({"change": "CR-1", "done": true, "reason": "r"});
    f.is_refused("change/close/v1", "ci", done, "is not verified, so it is not done");
    let head = f.p.git("rev-parse HEAD");
    let implement = json!({"change": "CR-1", "commits": [head.trim()]});
    f.is_refused("change/implement/v1", "ci", implement, "`CR-1` is not approved");
    f.propose("change/close/v1", "ci", json!({"change": "CR-1", "done": false, "reason": "r"}))
        .says(200, &[]);
    f.is_refused(
        "change/close/v1",
        "ci",
        json!({"change": "CR-1", "done": false, "reason": "r"}),
        "is closed",
    );

    f.p.ok("capa open CAPA-1 --description d --source audit:7");
    let step = json!({"capa": "CAPA-1", "stage": "action", "text": "t", "links": ["AN-77"]});
    f.is_refused("capa/step/v1", "ci", step, "neither an anomaly nor a complaint");
    let notice = json!({"notice": "N-1", "audience": "press", "about": ["AN-1"], "versions": [], "message": "m", "sent": "s"});
    f.is_refused("notice/issue/v1", "ci", notice, "`press` is no audience");
    let found = json!({"version": "9.9.9", "installation": "clinic", "identical": 1, "problems": []});
    f.is_refused("delivery/check/v1", "ci", found, "is not sealed");
    let drill = json!({"version": "1.0.0", "seed": 1, "among": ["1.0.0"], "outcome": "identical"});
    f.is_refused("drill/record/v1", "ci", drill, "a drill draws from every sealed release");
    let deliver = json!({"version": "1.0.0", "manifest": "0".repeat(64), "channel": "c"});
    f.is_refused("release/deliver/v1", "ci", deliver, "takes no `release/deliver` from a client");

    // In whose name: the holder's or a process's, never another person's.
    let said = json!({"anomaly": "AN-3", "title": "t", "description": "d", "found": "f", "reproduction": "", "version": "1", "severity": "minor",
        "affects": [], "performance": "", "safety": "", "security": ""});
    f.is_refused("anomaly/report/v2", "qa-lead", said, "in the name of `qa-lead`");
    let old = json!({"anomaly": "AN-4", "title": "t"});
    f.is_refused("anomaly/report/v1", "ci", old, "is an earlier form");
    f.p.ok("ledger verify");
}

/// What is computed from commits, reports and data is computed by the server.
#[test]
fn a_client_cannot_make_up_what_is_computed() {
    let f = Forger::new("ci");
    let report = br#"<testsuite name="s" tests="2" failures="1"><testcase name="a"/><testcase name="b"><failure message="no"/></testcase></testsuite>"#;
    let digest = f.keep(report);
    let head = f.p.git("rev-parse HEAD").trim().to_owned();
    let run = |report: &str, passed: u64, origin: &str, software: &str| {
        json!({"run": "RUN-90", "report": report, "file": "x.xml", "format": "junit", "origin": origin,
            "context": {"software": software, "commit": head, "configuration": {}, "tools": [], "responsible": "ci", "ran_at": "now"},
            "summary": {"total": 2, "passed": passed, "failed": 2 - passed, "skipped": 0}})
    };
    let zero = "0".repeat(64);
    f.is_refused("run/import/v1", "ci", run(&zero, 1, "uploaded", &zero), "is not kept here");
    f.is_refused("run/import/v1", "ci", run(&digest, 2, "uploaded", &zero), "the record says otherwise");
    f.is_refused("run/import/v1", "ci", run(&digest, 1, "executed", &zero), "cannot say `executed`");
    f.is_refused("run/import/v1", "ci", run(&digest, 1, "ci-attested", &zero), "needs its attestation");
    f.is_refused("run/import/v1", "ci", run(&digest, 1, "uploaded", &zero), "the software digest is");
    let mut attested = run(&digest, 1, "ci-attested", &zero);
    attested["attestation"] = json!(f.keep(b"{}"));
    f.is_refused("run/import/v1", "ci", attested, "no DSSE envelope");

    let open = json!({"version": "1.1.0", "kind": "full", "candidate": 1, "build": "b", "software": zero, "rule_set": "r",
        "commits": [{"repository": ".", "commit": head, "tree": zero}], "summary": "s"});
    f.is_refused("release/open/v1", "ci", open.clone(), "the software digest of `1.1.0` is another here");
    let mut second = open;
    second["candidate"] = json!(7);
    f.is_refused("release/open/v1", "ci", second, "the next candidate is 1, not 7");
    let see = |commit: &str, patch: &str| json!({"commits": [{"commit": commit, "patch": patch}], "reference": "main", "at_release": false});
    f.is_refused("commit/observe/v2", "ci", see(&"a".repeat(40), &"b".repeat(40)), "has no commit");
    f.is_refused("commit/observe/v2", "ci", see("HEAD", ""), "no full id");
    f.p.ok("ledger verify");
}

/// `[permissions]` narrows what nobody signs too, for a client as for a command.
#[test]
fn a_firm_says_who_may_claim_what() {
    let p = Product::approved();
    let config = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    p.write("dossier.toml", format!("{config}\n[permissions]\n\"change/open\" = [\"qa-lead\"]\n"));
    let token = p.ok("key token t --holder qa-lead --scope read,write --until 2099-01-01").out;
    let server = Server::of(&p, "--api");
    let ask = |actor: &str| {
        let value = |key: &str| {
            let line = config.lines().find(|l| l.starts_with(&format!("{key} = "))).unwrap();
            line.split('"').nth(1).unwrap().to_owned()
        };
        let body = json!({"change": format!("CR-{actor}"), "title": "t", "reason": "r", "affects": [], "category": "corrective"});
        let proposal = json!({"origin": value("origin"), "key": value("key"), "decided_on": p.kinds().len(),
            "entries": [{"actor": actor, "via": "curl", "kind": "change/open/v2", "body": body}]});
        let bearer = format!("Bearer {}", token.trim());
        let bytes = serde_json::to_vec(&proposal).unwrap();
        server.ask("POST", "/api/v1/append", &[("Authorization", &bearer)], &bytes)
    };
    ask("ci").says(422, &["`ci` may not do `change/open`", "qa-lead"]);
    ask("software-lead").says(422, &["in the name of `software-lead`"]);
    ask("qa-lead").says(200, &[]);
    p.refused(
        2,
        "change open CR-9 --title t --reason r --category corrective --by software-lead",
        &["may not do `change/open`"],
    );
    p.ok("change open CR-9 --title t --reason r --category corrective --by qa-lead");
}
