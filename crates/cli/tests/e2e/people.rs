//! People over time and controlled documents over their life, through the binary.

use super::bench::*;

#[test]
fn roles_over_time_are_computable_for_any_past_day() {
    let mut p = Product::judged();
    p.at("2026-04-01T09:00:00.000Z");
    p.ok("person train qa-lead --for qa-lead --reference TR-2026-014 --on 2026-03-20");
    p.act("prrc", "role delegate qa-lead --until 2026-04-10 --reason holiday");
    p.at("2026-04-05T09:00:00.000Z");
    p.ok("role revoke risk-owner risk-owner --reason 'moved to another product'");
    p.ok("person leave software-lead --reason 'left the firm'");

    let held = |day: &str| p.ok(&format!("role list --on {day} --format json")).json()["roles"].clone();
    let has = |day: &str, role: &str, person: &str| {
        let roles = held(day);
        roles.as_array().unwrap().iter().find(|r| r["role"] == role && r["person"] == person).cloned()
    };
    assert!(has("2026-03-02", "risk-owner", "risk-owner").is_some(), "before it was revoked");
    assert!(has("2026-04-05", "risk-owner", "risk-owner").is_none());
    assert!(has("2026-03-02", "software-lead", "software-lead").is_some());
    assert!(has("2026-04-05", "software-lead", "software-lead").is_none(), "who left holds nothing");
    assert!(has("2026-03-02", "prrc", "qa-lead").is_none(), "not delegated yet");
    assert_eq!(has("2026-04-10", "prrc", "qa-lead").unwrap()["how"], "delegated by prrc");
    assert!(has("2026-04-11", "prrc", "qa-lead").is_none(), "the delegation has ended");
    assert_eq!(has("2026-04-05", "qa-lead", "qa-lead").unwrap()["training"], "TR-2026-014");
    p.ok("person list").says(0, &["qa-lead"]);

    // Unique forever: nobody gets the id of who left.
    p.refused(
        2,
        "person enrol software-lead --name 'Somebody Else' --identity-proof passport",
        &["was enrolled before", "forever"],
    );
    p.refused_act("software-lead", "document approve DOC-SDP", &["software-lead"]);
}

#[test]
fn what_is_refused_is_an_entry_with_person_act_and_reason() {
    let p = Product::approved();
    p.ok("person enrol tester --name 'The tester' --identity-proof passport");
    p.ok("role grant tester tester --reason appointed");
    p.ok(&format!("key new tester --file '{}'", p.key("tester").display()));
    p.write("dossier/plan-note.md", "---\ndocument: DOC-NEW\n---\n# A further plan\n\nText of it.\n");
    // A role that does not do such acts, somebody else's key, a role that is not held.
    p.refused_act(
        "tester",
        "document approve DOC-NEW",
        &["`tester` does not do `document/approve`", "roles that do"],
    );
    let key = p.key("qa-lead");
    let line = format!("document approve DOC-NEW --as prrc --key '{}'", key.display());
    p.refused(2, &line, &["is not in force"]);
    p.refused_act("qa-lead", "document approve DOC-NEW --role prrc", &["did not hold the role `prrc`"]);
    let kinds = p.kinds();
    assert_eq!(kinds.iter().filter(|k| *k == "signature/refuse/v1").count(), 3, "{kinds:?}");
    p.ok("ledger verify");
    p.ok("role permissions").says(0, &["document/approve", "release/seal"]);
}

#[test]
fn once_the_administration_is_closed_an_administrator_signs() {
    let p = Product::approved();
    for person in ["admin-one", "admin-two"] {
        p.ok(&format!("person enrol {person} --name 'The {person}' --identity-proof passport"));
        p.ok(&format!("role grant {person} administrator --reason appointed"));
        p.ok(&format!("key new {person} --file '{}'", p.key(person).display()));
    }
    p.act("admin-one", "person close-administration --reason 'set up and checked'");
    p.refused(2, "role grant qa-lead prrc --reason 'stands in'", &["is closed", "`administrator` signs"]);
    p.refused_act("admin-one", "role grant admin-one prrc --reason me", &["cannot administer themself"]);
    p.act("admin-two", "role grant admin-one prrc --reason 'asked for by management'");
    p.ok("ledger verify");
}

#[test]
fn a_document_lives_from_draft_to_obsolete_and_every_rendering_says_where_it_stands() {
    let p = Product::approved();
    p.write(
        "dossier/sop.md",
        "---\ndocument: DOC-SOP\nkind: procedure\nowner: qa-lead\n---\n# Handling of complaints\n\nEach complaint is read.\n",
    );
    let stage = || {
        let list = p.ok("document list --format json").json();
        let rows = list["documents"].as_array().unwrap().clone();
        rows.into_iter().find(|d| d["document"] == "DOC-SOP").unwrap()["stage"].clone()
    };
    assert_eq!(stage(), "draft");
    p.refused_act("qa-lead", "document read DOC-SOP", &["neither submitted nor approved"]);
    p.act("qa-lead", "document submit DOC-SOP --revision 1 --reason 'first revision'");
    assert_eq!(stage(), "in review");
    p.refused_act("qa-lead", "document approve DOC-SOP", &["is the author of this revision"]);
    p.refused_act("prrc", "document effective DOC-SOP", &["is not approved"]);
    p.act("prrc", "document approve DOC-SOP");
    assert_eq!(stage(), "approved");
    let effective = "document effective DOC-SOP --reader risk-owner --review-due 2099-01-01";
    p.refused_act("prrc", effective, &["before those who must know it have read it: risk-owner"]);
    p.act("risk-owner", "document read DOC-SOP");
    p.act("prrc", effective);
    assert_eq!(stage(), "effective");
    for (form, file) in [("md", "sop.md"), ("html", "sop.html"), ("pdf", "sop.pdf")] {
        let file = p.beside(file);
        p.ok(&format!("document export DOC-SOP --format {form} --output '{}'", file.display()));
        if form != "pdf" {
            let text = std::fs::read_to_string(&file).unwrap();
            for word in ["effective", "2099-01-01", "first revision", "The prrc", "I approve this content"] {
                assert!(text.contains(word), "{word} is not in the {form}:\n{text}");
            }
        }
    }
    // An edit is a draft again; the revision before stays in the history, marked.
    p.write(
        "dossier/sop.md",
        "---\ndocument: DOC-SOP\nkind: procedure\nowner: qa-lead\n---\n# Handling of complaints\n\nEach complaint is read twice.\n",
    );
    assert_eq!(stage(), "draft");
    p.refused_act(
        "qa-lead",
        "document submit DOC-SOP --revision 1 --reason 'reads twice'",
        &["is another content"],
    );
    p.act("qa-lead", "document submit DOC-SOP --revision 2 --reason 'reads twice'");
    p.act("prrc", "document approve DOC-SOP");
    p.act("prrc", "document effective DOC-SOP");
    let md = p.beside("sop-2.md");
    p.ok(&format!("document export DOC-SOP --format md --output '{}'", md.display()));
    assert!(std::fs::read_to_string(&md).unwrap().contains("superseded"));
    p.act("risk-owner", "document review DOC-SOP --adequate --remark 'still so' --next-due 2098-01-01");
    p.act("prrc", "document obsolete DOC-SOP --reason 'merged into DOC-SMP'");
    assert_eq!(stage(), "obsolete");
    p.ok("document history DOC-SOP").says(0, &["obsolete", "reads twice", "still so", "merged into DOC-SMP"]);

    // A procedure of another system, by id, revision and digest.
    std::fs::write(p.beside("sop.docx"), b"PK the bytes of a Word file").unwrap();
    let external = format!(
        "document external DOC-SOP-12 --title 'Complaints' --location 'QMS vault' --file '{}'",
        p.beside("sop.docx").display()
    );
    p.ok(&format!("{external} --revision C"));
    p.act("qa-lead", "document approve DOC-SOP-12");
    p.refused(2, &format!("{external} --revision D"), &["needs a reason"]);
    p.ok("document list")
        .says(0, &["DOC-SOP-12", "QMS vault"].map(|w| if w == "QMS vault" { "Complaints" } else { w }));
    p.ok("ledger verify");
}

/// 21 CFR 11.50: name, date and time, and meaning, in every form that a person reads.
#[test]
fn every_form_shows_name_date_and_meaning_of_a_signature() {
    let p = Product::judged();
    p.act("qa-lead", "release sign 1.0.0");
    let words = ["The qa-lead", "qa-lead", "2026-03-02"];
    let shows = |form: &str, text: &str, meaning: &str| {
        // Lines are broken anywhere by a page.
        let flat = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = flat(text);
        for word in words.iter().chain([&meaning]) {
            assert!(text.contains(&flat(word)), "`{word}` is not in the {form}:\n{text}");
        }
    };
    let approval = "I approve this content";
    let gate = p.run("release gate 1.0.0 --format json").json();
    let signed =
        gate["signatures"].as_array().unwrap().iter().find(|s| s["role"] == "qa-lead").unwrap().clone();
    assert_eq!(signed["name"], "The qa-lead");
    let release_meaning: String = signed["meaning"].as_str().unwrap().chars().take(40).collect();
    assert!(!release_meaning.is_empty());
    for (form, ending) in [("md", "md"), ("html", "html"), ("pdf", "pdf")] {
        for (what, meaning) in
            [("document export DOC-SDP", approval), ("release show 1.0.0", release_meaning.as_str())]
        {
            let file = p.beside(&format!("shown.{ending}"));
            let _ = std::fs::remove_file(&file);
            p.ok(&format!("{what} --format {form} --output '{}'", file.display()));
            let text = match form {
                "pdf" => {
                    let mut command = isolated("pdftotext");
                    command.arg("-layout").arg(&file).arg("-");
                    match command.output() {
                        Ok(done) => String::from_utf8_lossy(&done.stdout).into_owned(),
                        Err(_) => {
                            eprintln!("skipped: there is no pdftotext here");
                            continue;
                        }
                    }
                }
                _ => std::fs::read_to_string(&file).unwrap(),
            };
            shows(&format!("{form} of {what}"), &text, meaning);
        }
    }
    shows("terminal", &p.ok("document history DOC-SDP").out, approval);
    shows("terminal", &p.ok("release gate 1.0.0 --dry-run").out, &release_meaning);
    let server = super::access::Server::of(&p, "");
    shows("page", &server.get("/documents/DOC-SDP", "").says(200, &[]).body, approval);
    shows("page", &server.get("/releases/1.0.0", "").says(200, &[]).body, &release_meaning);
    drop(server);
    shows("list", &p.ok("ledger audit --about DOC-SDP --format md").out, approval);
    shows("table", &p.ok("ledger audit --about DOC-SDP --format csv").out, approval);
}

/// Somebody types a password at a terminal: `script` is the terminal, and what it shows is its record.
#[test]
fn a_password_is_typed_at_a_terminal_that_does_not_show_it() {
    let p = Product::judged();
    std::fs::write(p.beside("token"), super::access::SECRET).unwrap();
    let typed = |first: &str, again: &str| {
        let token = p.beside("token");
        let code = super::access::code(-1);
        let line = format!("key password qa-lead --token-file '{}' --code {code}", token.display());
        p.at_terminal(&line, &[("password: ", first), ("the same password again: ", again)])
    };
    let Some((code, shown)) = typed("correct horse battery", "correct horse stable") else { return };
    assert_eq!(code, Some(2), "{shown}");
    assert!(shown.contains("the two are not the same"), "{shown}");
    let (code, shown) = typed("correct horse battery", "correct horse battery").unwrap();
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains("horse"), "it was shown: {shown}");
    assert!(p.kinds().contains(&"credential/enrol/v1".to_owned()));
}
