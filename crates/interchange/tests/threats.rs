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
fn a_flow_is_named_with_its_ends_and_a_text_of_the_drawing_is_no_element() {
    let cell = |id: &str, ty: &str, name: &str, rest: &str| {
        format!(r#"{{"id": "{id}", "data": {{"type": "{ty}", "name": "{name}"{rest}}}"#)
    };
    let threats = r#", "threats": [{"title": "Read on the way", "type": "Information disclosure"}]"#;
    let cells = [
        cell("a", "tm.Actor", "Nurse", "") + "}",
        cell("b", "tm.Store", "Doses", "") + "}",
        cell("c", "tm.Text", "drawn in spring", "") + "}",
        cell("d", "tm.Flow", "Query", threats) + r#", "source": {"cell": "a"}, "target": {"cell": "b"}}"#,
        cell("e", "tm.Flow", "Query", "") + r#", "source": {"x": 1, "y": 2}, "target": {"cell": "b"}}"#,
    ];
    let model =
        format!(r#"{{"summary": {{}}, "detail": {{"diagrams": [{{"cells": [{}]}}]}}}}"#, cells.join(","));
    let model = read(model.as_bytes()).unwrap();
    assert_eq!(
        model.elements.iter().map(String::as_str).collect::<Vec<_>>(),
        ["Doses (store)", "Nurse (actor)", "Query (data flow from Nurse to Doses)", "Query (data flow)"]
    );
    let threat = &model.threats[0];
    assert_eq!(threat.element, "Query (data flow from Nurse to Doses)");
    assert_eq!(threat.key, "Query (data flow) 1", "the key does not hang on the ends");
}

/// What the tool writes around every name: a header, lists with a choice, and values that are nil.
const HEADER: &str = r#"<a:anyType i:type="b:HeaderDisplayAttribute"><b:DisplayName>Generic</b:DisplayName><b:Name/><b:Value i:nil="true"/></a:anyType>"#;
const CHOICE: &str = r#"<a:anyType i:type="b:ListDisplayAttribute"><b:DisplayName>Kind</b:DisplayName><b:Name>0-1</b:Name><b:Value i:type="a:ArrayOfstring"><a:string>Select</a:string></b:Value><b:SelectedIndex>0</b:SelectedIndex></a:anyType>"#;

/// An element of a drawing as the tool writes it.
fn drawn(guid: &str, ty: &str, name: &str, more: &str) -> String {
    format!(
        r#"<a:KeyValueOfguidanyType><a:Key>{guid}</a:Key><a:Value z:Id="i2" i:type="{ty}"><GenericTypeId>GE</GenericTypeId><Guid>{guid}</Guid><Properties>{HEADER}<a:anyType i:type="b:StringDisplayAttribute"><b:DisplayName>Name</b:DisplayName><b:Name/><b:Value i:type="c:string">{name}</b:Value></a:anyType>{CHOICE}</Properties><TypeId>SE</TypeId>{more}</a:Value></a:KeyValueOfguidanyType>"#
    )
}

#[test]
fn a_model_of_the_shape_that_the_microsoft_tool_writes_today_is_read() {
    let property = |k: &str, v: &str| {
        format!(
            "<a:KeyValueOfstringstring><a:Key>{k}</a:Key><a:Value>{v}</a:Value></a:KeyValueOfstringstring>"
        )
    };
    let properties = [
        property("Title", "Doses are read by others"),
        property("UserThreatCategory", "Elevation of Privileges"),
        property("UserThreatShortDescription", "Somebody may do more than before"),
        property("UserThreatDescription", "Doses of Pump are read."),
        property("InteractionString", "Request"),
        property(
            "PossibleMitigations",
            "Ask for a login. Refer: &lt;a href=\"https://example.org/a\"&gt;https://example.org/a&lt;/a&gt; or &lt;a href=\"https://example.org/b\"&gt;this&lt;/a&gt;, dose &lt;a.",
        ),
        property("Priority", "High"),
    ];
    let flow = "<SourceGuid>g1</SourceGuid><TargetGuid>g2</TargetGuid>";
    let text = format!(
        r#"<ThreatModel xmlns="m" xmlns:i="i" xmlns:a="a" xmlns:b="b" xmlns:z="z"><DrawingSurfaceList><DrawingSurfaceModel z:Id="i1"><GenericTypeId>DRAWINGSURFACE</GenericTypeId><Guid>s1</Guid><Properties>{HEADER}<a:anyType i:type="b:StringDisplayAttribute"><b:DisplayName>Name</b:DisplayName><b:Name>Name</b:Name><b:Value i:type="c:string">Diagram 1</b:Value></a:anyType></Properties><TypeId>DRAWINGSURFACE</TypeId><Borders>{}{}{}</Borders><Header>Diagram 1</Header><Lines>{}</Lines><Zoom>1</Zoom></DrawingSurfaceModel></DrawingSurfaceList><MetaInformation><Assumptions/><HighLevelSystemDescription/><ThreatModelName/></MetaInformation><Notes/><ThreatInstances><a:KeyValueOfstringThreatpc_P0_PhOB><a:Key>TH1g1f1g2</a:Key><a:Value><b:ChangedBy i:nil="true"/><b:DrawingSurfaceGuid>s1</b:DrawingSurfaceGuid><b:FlowGuid>f1</b:FlowGuid><b:Id>0</b:Id><b:InteractionString i:nil="true"/><b:Priority>High</b:Priority><b:Properties>{}</b:Properties><b:SourceGuid>g1</b:SourceGuid><b:State>AutoGenerated</b:State><b:StateInformation i:nil="true"/><b:TargetGuid>g2</b:TargetGuid><b:Title i:nil="true"/><b:UserThreatCategory i:nil="true"/></a:Value></a:KeyValueOfstringThreatpc_P0_PhOB></ThreatInstances><KnowledgeBase><ThreatTypes><ThreatType><Id>TH1</Id><Properties/></ThreatType></ThreatTypes></KnowledgeBase></ThreatModel>"#,
        drawn("g1", "StencilEllipse", "Pump", ""),
        drawn("g2", "StencilParallelLines", "Doses", ""),
        drawn("g3", "BorderBoundary", "Ward", ""),
        drawn("f1", "Connector", "Request", flow),
        properties.concat(),
    );
    let model = read(text.as_bytes()).unwrap();
    assert_eq!(
        model.elements.iter().map(String::as_str).collect::<Vec<_>>(),
        ["Doses (store)", "Pump (process)", "Request (data flow from Pump to Doses)"]
    );
    let [threat] = model.threats.as_slice() else { panic!("{model:?}") };
    assert_eq!((threat.stride.as_str(), threat.status.as_str()), ("elevation-of-privilege", "open"));
    assert_eq!(threat.element, "Request (data flow from Pump to Doses)");
    assert_eq!((threat.diagram.as_str(), threat.severity.as_str()), ("Diagram 1", "high"));
    assert_eq!(
        threat.mitigation,
        "Ask for a login. Refer: https://example.org/a or this (https://example.org/b), dose <a."
    );
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
