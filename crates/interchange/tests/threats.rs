//! Threat models of both tools, and any bytes.

use interchange::threats::{Error, markdown, read};
use proptest::prelude::*;

const DRAGON: &[u8] = include_bytes!("../../../fuzz/seeds/threat_model/dragon.json");
const TM7: &[u8] = include_bytes!("../../../fuzz/seeds/threat_model/model.tm7");

#[test]
fn threat_dragon_is_read_with_element_category_and_mitigation() {
    let model = read(DRAGON).unwrap();
    assert_eq!(
        model.elements.iter().map(String::as_str).collect::<Vec<_>>(),
        ["Database (store)", "Worker (process)"]
    );
    let [threat] = model.threats.as_slice() else { panic!("{model:?}") };
    assert_eq!((threat.stride.as_str(), threat.status.as_str()), ("information-disclosure", "open"));
    let text = markdown(&model, &[threat], Some("DOC-SEC"), "THR", 7);
    assert!(
        text.contains(
            "## THR-007 Read by others\n- stride: information-disclosure\n- element: Database (store)\n"
        ),
        "{text}"
    );
    // What would be a heading or a list is text.
    assert!(text.contains("\\# Somebody reads.") && text.contains("\\- Encrypt."), "{text}");
}

#[test]
fn threats_of_flows_with_one_name_are_told_apart() {
    let cell = |label: &str| {
        format!(
            r#"{{"type": "tm.Flow", "labels": [{{"attrs": {{"text": {{"text": "{label}"}}}}}}],
               "threats": [{{"title": "Read on the way", "type": "Information disclosure", "status": "Open"}}]}}"#
        )
    };
    let model = format!(
        r#"{{"summary": {{"title": "x", "id": 0}}, "detail": {{"diagrams": [{{"diagramJson": {{"cells": [{}, {}, {}]}}}}]}}}}"#,
        cell("Message"),
        cell("Queries"),
        cell("Message")
    );
    let keys: Vec<String> = read(model.as_bytes()).unwrap().threats.into_iter().map(|t| t.key).collect();
    assert_eq!(keys, ["Message (data flow) 1", "Queries (data flow) 1", "Message (data flow) 1 (2)"]);
}

#[test]
fn the_microsoft_tool_is_read_with_names_of_elements() {
    let model = read(TM7).unwrap();
    assert_eq!((model.title.as_str(), model.description.as_str()), ("Model", "A system."));
    let [threat] = model.threats.as_slice() else { panic!("{model:?}") };
    assert_eq!((threat.title.as_str(), threat.stride.as_str()), ("Spoofing of the web app", "spoofing"));
    assert_eq!((threat.element.as_str(), threat.diagram.as_str()), ("Web & app (process)", "Diagram"));
    assert_eq!(
        (threat.status.as_str(), threat.severity.as_str(), threat.remark.as_str()),
        ("mitigated", "high", "by TLS")
    );
}

#[test]
fn what_is_no_model_or_empty_or_cut_is_refused() {
    assert_eq!(read(b"{\"bomFormat\": \"CycloneDX\"}"), Err(Error::Unknown));
    assert_eq!(read(b"plain"), Err(Error::Unknown));
    assert_eq!(read(b"<Other/>"), Err(Error::Unknown));
    assert_eq!(read(b"{\"summary\": {\"title\": \"x\"}, \"detail\": {\"diagrams\": []}}"), Err(Error::Empty));
    assert!(matches!(read(&TM7[..TM7.len() - 20]), Err(Error::Malformed { .. })));
    assert!(matches!(read(b"{\"summary\": 1, \"detail\": 2}"), Err(Error::Malformed { .. })));
    let laughs = b"<!DOCTYPE x [<!ENTITY a \"ha\">]><ThreatModel>&a;</ThreatModel>";
    assert!(matches!(read(laughs), Err(Error::Malformed { .. })));
    let deep = format!("<ThreatModel>{}", "<a>".repeat(500));
    assert!(matches!(read(deep.as_bytes()), Err(Error::Malformed { .. })));
}

proptest! {
    #[test]
    fn any_bytes_are_a_model_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn any_texts_make_one_item_for_each_threat(title in any::<String>(), text in any::<String>()) {
        let value = |s: &str| serde_json::Value::String(s.to_owned()).to_string();
        let json = format!(
            "{{\"summary\": {{\"title\": {0}}}, \"detail\": {{\"diagrams\": [{{\"cells\": [{{\"data\": {{\"name\": \"n\", \"threats\": [{{\"title\": {0}, \"description\": {1}}}]}}}}]}}]}}}}",
            value(&title), value(&text));
        if let Ok(model) = read(json.as_bytes()) {
            let threats: Vec<_> = model.threats.iter().collect();
            let out = markdown(&model, &threats, None, "THR", 1);
            let items = out.lines().filter(|l| l.starts_with("## THR-")).count();
            prop_assert_eq!(items, 1);
        }
    }
}
