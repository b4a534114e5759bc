//! Exports and answers of the trackers as they come, and what is made of them.

use super::*;

fn only(tracker: Tracker, json: &str) -> Issue {
    let read = read(tracker, json.as_bytes());
    assert_eq!(read.problems, Vec::<String>::new());
    assert_eq!(read.issues.len(), 1, "{read:?}");
    read.issues[0].clone()
}

#[test]
fn an_issue_of_githubs_api_and_of_its_command_line_is_the_same_issue() {
    let api = r####"[{"number":12,"id":991,"node_id":"I_k1","html_url":"https://github.com/o/r/issues/12","title":"Late",
        "body":"It lags.\n\n### Severity\n\nmajor\n\n### Steps to reproduce\n\ncall it\n\n### Version\n\n_No response_",
        "state":"closed","state_reason":"completed","labels":[{"name":"bug"},{"name":"version: 2.4.0"}],
        "milestone":{"title":"2.4.1"},"updated_at":"2026-03-01T10:00:00Z"},
        {"number":13,"node_id":"P_1","pull_request":{"url":"x"}}]"####;
    let gh = r#"[{"number":12,"id":"I_k1","url":"https://github.com/o/r/issues/12","title":"Late","body":"It lags.",
        "state":"CLOSED","stateReason":"COMPLETED","labels":[{"name":"bug"}],"updatedAt":"2026-03-01T10:00:00Z"}]"#;
    let (a, b) = (only(Tracker::GitHub, api), only(Tracker::GitHub, gh));
    assert_eq!((&a.id, &a.key, &a.ended, &a.status), (&b.id, &b.key, &b.ended, &b.status));
    assert_eq!(a.value("severity").as_deref(), Some("major"));
    assert_eq!(a.value("steps to reproduce").as_deref(), Some("call it"));
    assert_eq!(a.value("version").as_deref(), Some("2.4.0"), "the label goes before the form's open answer");
    assert_eq!(a.value("milestone").as_deref(), Some("2.4.1"));
    assert!(a.is("Bug"));
}

#[test]
fn gitlab_keeps_labels_as_texts_and_a_webhook_keeps_them_beside_the_issue() {
    let api = only(
        Tracker::GitLab,
        r#"[{"id":77,"iid":5,"title":"Late","description":"d","state":"opened","labels":["bug","severity::major"],
           "web_url":"https://gitlab.com/g/p/-/issues/5","updated_at":"2026-03-01T10:00:00.000Z","severity":"UNKNOWN"}]"#,
    );
    let hook = br#"{"object_kind":"issue","object_attributes":{"id":77,"iid":5,"title":"Late","description":"d","state":"opened",
        "url":"https://gitlab.com/g/p/-/issues/5","updated_at":"2026-03-01T10:00:00.000Z"},"labels":[{"title":"bug"},{"title":"severity::major"}]}"#;
    assert_eq!(read_webhook(Tracker::GitLab, hook).unwrap().unwrap(), api);
    assert_eq!(api.value("severity").as_deref(), Some("major"));
    assert_eq!(read_webhook(Tracker::GitLab, br#"{"object_kind":"push"}"#), Ok(None));
}

#[test]
fn jira_is_read_from_its_api_with_a_document_as_description_and_from_csv_with_repeated_columns() {
    let api = only(
        Tracker::Jira,
        r#"{"isLast":true,"issues":[{"id":"10042","key":"TRI-12","self":"https://acme.example/rest/api/3/issue/10042","fields":{
           "summary":"Late","issuetype":{"name":"Bug"},"status":{"name":"Done","statusCategory":{"key":"done"}},
           "resolution":{"name":"Won't Do"},"labels":["residual"],"versions":[{"name":"2.3.0"},{"name":"2.4.0"}],
           "customfield_1":{"value":"major"},"updated":"2026-03-01T10:00:00.000+0000",
           "description":{"type":"doc","content":[{"type":"heading","content":[{"type":"text","text":"Found"}]},
             {"type":"paragraph","content":[{"type":"text","text":"in use"}]}]},
           "issuelinks":[{"type":{"name":"Duplicate"},"outwardIssue":{"key":"TRI-3"}}]}}]}"#,
    );
    assert_eq!(api.url, "https://acme.example/browse/TRI-12");
    assert_eq!((api.ended, api.duplicate_of.as_deref()), (Ended::NotPlanned, Some("TRI-3")));
    assert_eq!(api.value("version").as_deref(), Some("2.3.0, 2.4.0"));
    assert_eq!(api.value("customfield_1").as_deref(), Some("major"));
    assert_eq!(api.value("found").as_deref(), Some("in use"));

    let csv = "Issue key,Issue id,Summary,Status,Resolution,Labels,Labels,Custom field (Severity),Description\n\
               TRI-12,10042,Late,Done,Fixed,residual,bug,major,\"two\nlines\"\n,,,,,,,,\nTRI-13,,No id,Open,,,,,\n";
    let read = read(Tracker::Jira, csv.as_bytes());
    assert_eq!(read.problems, Vec::<String>::new());
    assert_eq!(read.issues.len(), 2);
    assert_eq!(read.issues[0].id, api.id);
    assert_eq!(read.issues[0].labels, ["residual", "bug"]);
    assert_eq!(read.issues[0].value("severity").as_deref(), Some("major"));
    assert_eq!(read.issues[0].ended, Ended::Completed);
    assert_eq!(read.issues[1].id, "TRI-13", "the key stands in where an export has no id");
}

/// The export of a filter, as Jira writes it, says the same of an issue as its API does.
#[test]
fn jira_is_read_from_its_xml_with_html_as_description_and_custom_fields_by_id_and_name() {
    let bytes = include_bytes!("../../../../fuzz/seeds/tracker/jira.xml");
    let read = read(Tracker::Jira, bytes);
    assert_eq!(read.problems, Vec::<String>::new());
    assert_eq!(read.entries, 2);
    let late = &read.issues[0];
    assert_eq!((late.id.as_str(), late.key.as_str(), late.title.as_str()), ("10042", "TRI-12", "Late line"));
    assert_eq!(late.url, "https://jira.example.org/browse/TRI-12");
    assert_eq!((late.ended, late.duplicate_of.as_deref()), (Ended::Duplicate, Some("TRI-3")));
    assert_eq!(late.status, "Closed as Duplicate");
    assert_eq!(late.labels, ["residual", "ui", "Bug"]);
    assert_eq!(late.updated, "2021-02-02T09:00:00.000+0000");
    for (name, value) in [
        ("version", "2.3.0, 2.4.0"),
        ("fix version", "2.4.1"),
        ("component", "Parser"),
        ("priority", "Major"),
        ("environment", "ward 7"),
        ("found", "in use, by a nurse"),
        ("severity", "major"),
        ("How found", "by a user"),
        ("customfield_10012", "by a user"),
    ] {
        assert_eq!(late.value(name).as_deref(), Some(value), "{name}");
    }
    assert!(!late.text.contains("seen"), "a comment is no part of the report: {}", late.text);
    let open = &read.issues[1];
    assert_eq!((open.ended, open.status.as_str(), open.text.as_str()), (Ended::Open, "Open", ""));
}

#[test]
fn xml_that_is_no_whole_export_is_said_with_its_place() {
    let item = |inner: &str| format!("<rss><channel><item>{inner}</item></channel></rss>");
    for (xml, expected) in [
        ("<rss><channel></channel></rss>".to_owned(), "holds no issue"),
        ("<rss><channel><item>".to_owned(), "ends too early"),
        ("<rss><channel></item>".to_owned(), "at byte"),
        ("<entity-engine-xml><Issue id=\"1\"/></entity-engine-xml>".to_owned(), "backup of a whole Jira"),
        ("<!DOCTYPE html><html></html>".to_owned(), "perhaps of a login"),
        ("<!DOCTYPE rss [<!ENTITY a \"b\">]><rss/>".to_owned(), "no export of issues"),
        (item("<key id=\"1\">TRI-1</key><summary>&bogus;</summary>"), "unknown entity `&bogus;`"),
        (item("<summary>t</summary>"), "issue 1 of the export: it has neither id nor key"),
        (item("<key>TRI-1</key>"), "has no id that stays"),
        (format!("<rss>{}", "<a>".repeat(200)), "nested too deep"),
    ] {
        let read = read(Tracker::Jira, xml.as_bytes());
        assert!(read.issues.is_empty(), "{xml}");
        assert!(read.problems.iter().any(|p| p.contains(expected)), "{xml}: {:?}", read.problems);
    }
    // A filter with more than Jira exports at once: what is there is read, and that others are not is said.
    let cut = "<rss><channel><issue start=\"0\" end=\"1\" total=\"1200\"/><item><key id=\"1\">TRI-1</key></item></channel></rss>";
    let read = read(Tracker::Jira, cut.as_bytes());
    assert_eq!(read.issues.len(), 1);
    assert_eq!(read.problems, ["the export holds issues 1 to 1 of 1200: export the others too"]);
    assert!(super::read(Tracker::Jira, b"<rss>\xff</rss>").problems[0].contains("not UTF-8"));
}

#[test]
fn linear_answers_in_pages_and_says_what_repeats_what() {
    let page = r#"{"data":{"issues":{"nodes":[{"id":"uuid-1","identifier":"TRI-9","title":"Late","description":"d",
        "url":"https://linear.app/x/issue/TRI-9","state":{"name":"Duplicate","type":"canceled"},
        "labels":{"nodes":[{"name":"Bug"}]},"updatedAt":"2026-03-01T10:00:00.000Z",
        "relations":{"nodes":[{"type":"duplicate","relatedIssue":{"identifier":"TRI-2"}}]}}],
        "pageInfo":{"hasNextPage":true,"endCursor":"c1"}}}}"#;
    let read_page = read(Tracker::Linear, page.as_bytes());
    assert_eq!(read_page.next.as_deref(), Some("c1"));
    assert_eq!(read_page.issues[0].ended, Ended::Duplicate);
    assert_eq!(read_page.issues[0].duplicate_of.as_deref(), Some("TRI-2"));
    let gone =
        br#"{"type":"Issue","action":"remove","data":{"id":"uuid-1","identifier":"TRI-9","title":"Late"}}"#;
    assert!(read_webhook(Tracker::Linear, gone).unwrap().unwrap().deleted);
}

#[test]
fn what_is_no_list_of_issues_is_said_and_never_an_empty_one() {
    for (tracker, bytes, expected) in [
        (Tracker::GitHub, "", "the file is empty"),
        (Tracker::GitHub, "{\"message\":\"Bad credentials\"}", "Bad credentials"),
        (Tracker::Linear, "{\"errors\":[{\"message\":\"not authenticated\"}]}", "not authenticated"),
        (Tracker::Jira, "<html>log in</html>", "perhaps of a login"),
        (Tracker::Jira, "a,b\n1,2\n", "no column is named `issue key`"),
        (Tracker::Jira, "Issue key,Issue id\n", "nothing below it"),
        (Tracker::GitHub, "[{\"title\":\"x\"}]", "neither id nor key"),
        (Tracker::GitHub, "[{", "no JSON"),
        (Tracker::GitHub, "number,title\n", "GitHub exports JSON"),
    ] {
        let read = read(tracker, bytes.as_bytes());
        assert!(read.issues.is_empty(), "{bytes}");
        assert!(read.problems.iter().any(|p| p.contains(expected)), "{bytes}: {:?}", read.problems);
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_end_in_issues_or_a_problem(bytes: Vec<u8>) {
        for (_, tracker) in Tracker::ALL {
            let read = read(tracker, &bytes);
            proptest::prop_assert!(!read.issues.is_empty() || !read.problems.is_empty());
            let _ = read_webhook(tracker, &bytes);
        }
    }
}

#[test]
fn a_key_of_control_characters_is_none() {
    let read = read(Tracker::Jira, b"Issue key,Issue id,Summary\n\x05,10001,text\n");
    assert!(read.issues.is_empty() && read.problems[0].contains("has no key"), "{read:?}");
}
