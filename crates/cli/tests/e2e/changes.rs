//! A change from request to closing, and the commits that it covers.

use super::bench::*;

/// A product with release 1.0.0 in the field.
fn fielded() -> Product {
    let p = Product::judged();
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    p
}

fn open(p: &Product, id: &str) {
    p.ok(&format!("change open {id} --title 'A faster line' --reason 'users wait' --category perfective"));
}

fn approve(p: &Product, id: &str) {
    p.act("software-lead", &format!("change approve {id} --reason 'worth it'"));
}

fn edit(p: &Product, message: &str) {
    let path = std::fs::read_dir(p.path("src")).unwrap().next().unwrap().unwrap().path();
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str(&format!("# {}\n", message.lines().next().unwrap()));
    std::fs::write(path, text).unwrap();
    p.git("add -A");
    p.git(&format!("commit -q -m '{message}'"));
}

/// What covers each commit, newest first.
fn covered(p: &Product) -> Vec<String> {
    let rows = p.run("change commits --format json").json();
    let rows = rows["commits"].as_array().unwrap().clone();
    rows.iter()
        .map(|r| {
            let ties = r["changes"].as_object().unwrap();
            ties.iter()
                .map(|(id, tie)| format!("{id} {}", tie.as_str().unwrap()))
                .collect::<Vec<_>>()
                .join(", ")
        })
        .collect()
}

#[test]
fn a_commit_is_covered_by_trailer_merge_branch_or_record_and_a_rebase_loses_none() {
    let p = fielded();
    assert!(covered(&p).is_empty(), "nothing came after the baseline");
    for id in ["CR-7", "CR-8", "CR-70"] {
        open(&p, id);
        approve(&p, id);
    }
    edit(&p, "say it\n\nChange: CR-7");
    edit(&p, "forgotten");
    assert_eq!(covered(&p), ["", "CR-7 trailer"]);
    p.run("change commits --uncovered").says(1, &["forgotten", "none"]);

    // A branch that is merged, and one that the ledger saw by its name.
    p.git("checkout -q -b feature/cr-8-line");
    edit(&p, "on the branch");
    p.ok("change observe feature/cr-8-line").says(0, &["observed 3 commits"]);
    assert_eq!(covered(&p)[0], "CR-8 branch feature/cr-8-line");
    p.git("checkout -q main");
    p.git("merge -q --no-ff feature/cr-8-line -m 'Merge cr-8-line'");
    let after = covered(&p);
    assert!(after[1].starts_with("CR-8 merge"), "{after:?}");

    // A record names a commit; a rebase gives it another id, and the patch keeps the link.
    edit(&p, "by hand");
    p.ok("change implement CR-70 --commits HEAD");
    assert_eq!(covered(&p)[0], "CR-70 record");
    p.git("commit -q --amend -m 'by hand, better said'");
    assert!(covered(&p)[0].starts_with("CR-70 same patch as"), "{:?}", covered(&p));

    edit(&p, "typo in the id\n\nChange: CR-777");
    let rows = p.run("change commits --format json").json();
    assert_eq!(rows["commits"][0]["unknown"][0], "CR-777");
    p.ok("change observe").says(0, &["observed"]);
    p.ok("change observe").says(0, &["no commit up to HEAD is new"]);
}

#[test]
fn a_change_is_analysed_approved_implemented_verified_and_closed() {
    let p = fielded();
    open(&p, "CR-7");
    p.refused(2, "change implement CR-7 --commits HEAD", &["`CR-7` is not approved"]);
    let analyse = "change analyse CR-7 --organisation none --software 'one loop' --interfaces none --safety 'no new cause' \
                   --class-check 'holds: no hazard is touched'";
    p.refused(2, &format!("{analyse} --security perhaps --repeats 5.5"), &["neither yes nor no"]);
    p.refused(
        2,
        &format!("{analyse} --security 'no: none' --repeats 6.1"),
        &["`6.1` is no step of clause 5"],
    );
    p.ok(&format!("{analyse} --security 'no: none' --repeats 5.5,5.7"));
    approve(&p, "CR-7");
    edit(&p, "faster\n\nChange: CR-7");
    let impact = p.ok("change impact CR-7 --format json").json();
    assert_eq!(impact["format"], "dossier/impact/v1");
    assert!(!impact["files"].as_array().unwrap().is_empty());
    let page = p.ok("change impact CR-7 --format md").out;
    assert!(page.len() < 4_000 && page.starts_with("### Impact of `CR-7`"), "{page}");
    p.ok("trace impact HEAD~1..HEAD --format json");
    p.run("trace impact HEAD").says(2, &["is no range"]);

    p.refused_act(
        "qa-lead",
        "change regress CR-7 --tests SRS-001 --reason r",
        &["`SRS-001` is no test case"],
    );
    let tests = p.ok("trace items --kind test-case --format json").json();
    let test = tests["items"][0]["id"].as_str().unwrap().to_owned();
    p.act(
        "qa-lead",
        &format!("change regress CR-7 --tests {test} --reason 'the loop is in this test alone'"),
    );
    p.refused(2, "change close CR-7 --reason done", &["is not verified"]);
    p.act("qa-lead", "change verify CR-7 --evidence 'RUN-3 after the change'");
    p.ok("change close CR-7 --reason done");
    p.refused_act("software-lead", "change approve CR-7 --reason again", &["`CR-7` is closed"]);
    let shown = p.ok("change show CR-7 --format json").json();
    assert_eq!(shown["state"], "closed");
    assert_eq!(shown["commits"][0]["changes"]["CR-7"], "trailer");
    assert_eq!(shown["regressions"][0]["record"]["tests"][0], test.as_str());
    p.ok("change list 'closed and category=perfective'").says(0, &["CR-7"]);
    p.run("change list 'colour=red'").says(2, &["change requests have no `colour`"]);
}

/// Two people approve the same request on two machines: both acts count, neither is lost, the first one is the approval.
#[test]
fn two_approvers_at_once_both_count() {
    let p = Product::approved();
    open(&p, "CR-1");
    let (a, b) = (p.beside("a"), p.beside("b"));
    for (file, who) in [(&a, "software-lead"), (&b, "qa-lead")] {
        let line = format!("change approve CR-1 --reason fine --as {who} --request '{}'", file.display());
        p.ok(&line);
        let mut sign = isolated("ssh-keygen");
        sign.args(["-q", "-Y", "sign", "-n", "dossier.v1", "-f"]).arg(p.key(who)).arg(file);
        assert_eq!(said(sign).code, 0);
    }
    for (file, who) in [(&b, "qa-lead"), (&a, "software-lead")] {
        p.ok(&format!("change approve CR-1 --reason fine --as {who} --accept '{}'", file.display()));
    }
    let shown = p.ok("change show CR-1 --format json").json();
    assert_eq!(shown["approvals"].as_array().unwrap().len(), 2);
    assert!(shown["approvals"][0]["signed_by"].as_str().unwrap().contains("qa-lead"));
}
