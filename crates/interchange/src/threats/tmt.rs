//! The Microsoft Threat Modeling Tool: `.tm7`, data contracts in XML. Elements are told by their local names; a document type
//! is refused, so that no entity is ever expanded.

use super::{Error, ImportedThreat, ThreatModel, element, line, stride, word};
use crate::xml::{Element, Reading, walk};
use std::collections::HashMap;

pub(super) fn read(bytes: &[u8]) -> Result<ThreatModel, Error> {
    let mut file = File::default();
    let walked = walk(bytes, &mut file);
    if !file.root.is_empty() && file.root != "ThreatModel" {
        return Err(Error::Unknown);
    }
    match walked {
        Ok(()) => Ok(file.model()),
        Err(fault) => Err(Error::Malformed { format: "a .tm7 file", reason: fault.to_string() }),
    }
}

#[derive(Default)]
struct File {
    root: String,
    threats: Vec<Element>,
    /// What is drawn, by GUID.
    drawn: HashMap<String, Drawn>,
    diagrams: HashMap<String, String>,
    title: String,
    description: String,
}

/// An element of a diagram.
struct Drawn {
    name: String,
    kind: &'static str,
    /// GUIDs of a data flow's ends.
    from: String,
    to: String,
}

/// Elements that are kept with everything in them until they end; the knowledge base and the drawing are let go.
const KEPT: [&str; 4] =
    ["KeyValueOfstringThreatpc_P0_PhOB", "KeyValueOfguidanyType", "MetaInformation", "Properties"];

impl Reading for File {
    fn begins(&mut self, element: &Element, open: &[Element]) -> Result<(), String> {
        if open.is_empty() && self.root.is_empty() {
            self.root.clone_from(&element.name);
        }
        Ok(())
    }

    fn ends(&mut self, element: Element, open: &[Element]) -> Option<Element> {
        let kept = open.iter().any(|n| KEPT.contains(&n.name.as_str()));
        match element.name.as_str() {
            "KeyValueOfstringThreatpc_P0_PhOB" => self.threats.push(element),
            "KeyValueOfguidanyType" if !kept => self.element(&element),
            "MetaInformation" => {
                self.title = text_of(&element, "ThreatModelName");
                self.description = text_of(&element, "HighLevelSystemDescription");
            }
            "DrawingSurfaceModel" => {
                let name = element.child("Properties").map(name_of).unwrap_or_default();
                self.diagrams.insert(text_of(&element, "Guid"), name);
            }
            _ => {
                let within_surface = open.last().is_some_and(|n| n.name == "DrawingSurfaceModel");
                let wanted = kept
                    || KEPT.contains(&element.name.as_str())
                    || within_surface && matches!(element.name.as_str(), "Guid" | "Header");
                return Some(element).filter(|_| wanted);
            }
        }
        None
    }
}

impl File {
    fn element(&mut self, node: &Element) {
        let Some(value) = node.child("Value") else { return };
        let kind = match value.attribute("type").rsplit(':').next().unwrap_or_default() {
            "StencilEllipse" => "process",
            "StencilParallelLines" => "store",
            "StencilRectangle" => "actor",
            "Connector" => "data flow",
            "BorderBoundary" | "LineBoundary" => "trust boundary",
            _ => "",
        };
        let name = value.child("Properties").map(name_of).unwrap_or_default();
        if name.is_empty() {
            return;
        }
        let drawn =
            Drawn { name, kind, from: text_of(value, "SourceGuid"), to: text_of(value, "TargetGuid") };
        self.drawn.insert(text_of(node, "Key"), drawn);
    }

    /// The element as it is shown: a flow between two elements that have names with both.
    fn shown(&self, drawn: &Drawn) -> String {
        let name = |guid: &str| self.drawn.get(guid).map(|d| d.name.as_str());
        element(&drawn.name, drawn.kind, name(&drawn.from).zip(name(&drawn.to)))
    }

    fn model(self) -> ThreatModel {
        let elements = self.drawn.values().filter(|d| !matches!(d.kind, "" | "trust boundary"));
        let mut out = ThreatModel {
            tool: "Microsoft Threat Modeling Tool",
            title: self.title.clone(),
            description: self.description.clone(),
            elements: elements.map(|d| self.shown(d)).collect(),
            ..ThreatModel::default()
        };
        for node in &self.threats {
            match self.threat(node) {
                Some(threat) => out.threats.push(threat),
                None => out.left_out.push(format!("a threat without title: {}", text_of(node, "Key"))),
            }
        }
        out
    }

    fn threat(&self, node: &Element) -> Option<ImportedThreat> {
        let value = node.child("Value")?;
        let properties: HashMap<String, String> = value
            .child("Properties")?
            .children
            .iter()
            .map(|kv| {
                (text_of(kv, "Key"), kv.child("Value").map(|v| v.text.trim().to_owned()).unwrap_or_default())
            })
            .collect();
        let property = |name: &str| properties.get(name).cloned().unwrap_or_default();
        let title = Some(line(&property("Title")))
            .filter(|t| !t.is_empty())
            .unwrap_or_else(|| text_of(value, "Title"));
        if title.is_empty() {
            return None;
        }
        let named = |field: &str| self.drawn.get(&text_of(value, field)).map(|d| self.shown(d));
        let element = named("FlowGuid")
            .or_else(|| named("TargetGuid"))
            .or_else(|| named("SourceGuid"))
            .unwrap_or_else(|| line(&property("InteractionString")));
        let priority = Some(property("Priority"))
            .filter(|p| !p.is_empty())
            .unwrap_or_else(|| text_of(value, "Priority"));
        let justified = value.child("StateInformation").map(|n| line(&n.text)).unwrap_or_default();
        // The tool writes the words of its list with and without spaces.
        let status = match text_of(value, "State").replace(' ', "").as_str() {
            "" | "AutoGenerated" | "NotStarted" => "open".to_owned(),
            "NeedsInvestigation" => "under-investigation".to_owned(),
            "NotApplicable" => "not-applicable".to_owned(),
            other => word(other),
        };
        Some(ImportedThreat {
            key: text_of(node, "Key"),
            title,
            stride: stride(&property("UserThreatCategory")),
            element,
            diagram: self.diagrams.get(&text_of(value, "DrawingSurfaceGuid")).cloned().unwrap_or_default(),
            status,
            severity: word(&priority),
            description: without_links(&property("UserThreatDescription")),
            // What the default template calls "Possible Mitigation(s)".
            mitigation: without_links(&property("PossibleMitigations")),
            remark: justified,
        })
    }
}

/// The property that is called `Name`.
fn name_of(properties: &Element) -> String {
    let is_name = |p: &&Element| text_of(p, "DisplayName") == "Name";
    properties.children.iter().find(is_name).map(|p| text_of(p, "Value")).unwrap_or_default()
}

/// What an element inside says, on one line.
fn text_of(element: &Element, name: &str) -> String {
    element.child(name).map(|c| line(&c.text)).unwrap_or_default()
}

/// A text whose links, which the tool's templates write as HTML, are what they show; other markup stays.
fn without_links(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, link)) = rest.split_once("<a ") {
        let parts = link.split_once('>').and_then(|(head, tail)| Some((head, tail.split_once("</a>")?)));
        let Some((head, (shown, after))) = parts else { break };
        let address = head.split('"').nth(1).unwrap_or_default();
        out.push_str(before);
        out.push_str(shown);
        if !address.is_empty() && address != shown.trim() {
            out.push_str(" (");
            out.push_str(address);
            out.push(')');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
