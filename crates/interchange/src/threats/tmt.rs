//! The Microsoft Threat Modeling Tool: `.tm7`, data contracts in XML. Elements are told by their local names; a document type
//! is refused, so that no entity is ever expanded.

use super::{Error, ImportedThreat, ThreatModel, line, stride, word};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::HashMap;

/// Deepest nesting that is read; the tool writes about twelve.
const DEPTH_MAX: usize = 128;

/// An element while it is open, or whole.
#[derive(Default)]
struct Node {
    name: String,
    /// The attribute `i:type`.
    ty: String,
    text: String,
    children: Vec<Node>,
}

impl Node {
    fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|c| c.name == name)
    }

    fn text_of(&self, name: &str) -> String {
        self.child(name).map(|c| line(&c.text)).unwrap_or_default()
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<ThreatModel, Error> {
    let text = std::str::from_utf8(bytes)
        .map_err(|e| Error::Malformed { format: "a .tm7 file", reason: format!("not UTF-8: {e}") })?;
    let mut reader = Reader::from_str(text);
    let mut walk = Walk::default();
    loop {
        let at = reader.buffer_position();
        let broken = |reason: String| Error::Malformed {
            format: "a .tm7 file",
            reason: format!("{reason} at byte {at}"),
        };
        match reader.read_event().map_err(|e| broken(e.to_string()))? {
            Event::Start(e) => {
                let ty = e.attributes().flatten().find(|a| a.key.local_name().as_ref() == "type");
                let ty = ty.map(|a| a.value.to_string()).unwrap_or_default();
                walk.open(e.local_name().as_ref().to_owned(), ty).map_err(broken)?;
            }
            Event::Empty(e) => {
                walk.open(e.local_name().as_ref().to_owned(), String::new()).map_err(broken)?;
                walk.close();
            }
            Event::Text(e) => walk.text(&e),
            Event::CData(e) => walk.text(&e),
            Event::GeneralRef(e) => {
                let name: &str = &e;
                let sign = match e.resolve_char_ref().map_err(|e| broken(e.to_string()))? {
                    Some(sign) => sign.to_string(),
                    None => quick_xml::escape::resolve_xml_entity(name)
                        .ok_or_else(|| broken(format!("unknown entity `&{name};`")))?
                        .to_owned(),
                };
                walk.text(&sign);
            }
            Event::End(_) => walk.close(),
            Event::DocType(_) => return Err(broken("a document type is not read".to_owned())),
            Event::Eof => break,
            _ => {}
        }
    }
    if !walk.stack.is_empty() {
        return Err(Error::Malformed { format: "a .tm7 file", reason: "it ends too early".to_owned() });
    }
    if walk.root != "ThreatModel" {
        return Err(Error::Unknown);
    }
    Ok(walk.model())
}

#[derive(Default)]
struct Walk {
    root: String,
    stack: Vec<Node>,
    threats: Vec<Node>,
    /// Names of elements by GUID.
    names: HashMap<String, String>,
    diagrams: HashMap<String, String>,
    title: String,
    description: String,
    elements: std::collections::BTreeSet<String>,
}

/// Elements that are kept with everything in them until they end; the knowledge base and the drawing are let go.
const KEPT: [&str; 4] =
    ["KeyValueOfstringThreatpc_P0_PhOB", "KeyValueOfguidanyType", "MetaInformation", "Properties"];

impl Walk {
    fn open(&mut self, name: String, ty: String) -> Result<(), String> {
        if self.stack.len() >= DEPTH_MAX {
            return Err("nested too deep".to_owned());
        }
        if self.stack.is_empty() && self.root.is_empty() {
            self.root.clone_from(&name);
        }
        self.stack.push(Node { name, ty, ..Node::default() });
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if let Some(node) = self.stack.last_mut() {
            node.text.push_str(text);
        }
    }

    fn close(&mut self) {
        let Some(node) = self.stack.pop() else { return };
        let kept = self.stack.iter().any(|n| KEPT.contains(&n.name.as_str()));
        match node.name.as_str() {
            "KeyValueOfstringThreatpc_P0_PhOB" => self.threats.push(node),
            "KeyValueOfguidanyType" if !kept => self.element(&node),
            "MetaInformation" => {
                self.title = node.text_of("ThreatModelName");
                self.description = node.text_of("HighLevelSystemDescription");
            }
            "DrawingSurfaceModel" => {
                let name = node.child("Properties").map(name_of).unwrap_or_default();
                self.diagrams.insert(node.text_of("Guid"), name);
            }
            _ => {
                let within_surface = self.stack.last().is_some_and(|n| n.name == "DrawingSurfaceModel");
                let wanted = kept
                    || KEPT.contains(&node.name.as_str())
                    || within_surface && matches!(node.name.as_str(), "Guid" | "Header");
                if let Some(parent) = self.stack.last_mut().filter(|_| wanted) {
                    parent.children.push(node);
                }
            }
        }
    }

    fn element(&mut self, node: &Node) {
        let Some(value) = node.child("Value") else { return };
        let kind = match value.ty.rsplit(':').next().unwrap_or_default() {
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
        let shown = if kind.is_empty() { name } else { format!("{name} ({kind})") };
        if kind != "trust boundary" && !kind.is_empty() {
            self.elements.insert(shown.clone());
        }
        self.names.insert(node.text_of("Key"), shown);
    }

    fn model(self) -> ThreatModel {
        let mut out = ThreatModel {
            tool: "Microsoft Threat Modeling Tool",
            title: self.title.clone(),
            description: self.description.clone(),
            elements: self.elements.clone(),
            ..ThreatModel::default()
        };
        for node in &self.threats {
            match self.threat(node) {
                Some(threat) => out.threats.push(threat),
                None => out.left_out.push(format!("a threat without title: {}", node.text_of("Key"))),
            }
        }
        out
    }

    fn threat(&self, node: &Node) -> Option<ImportedThreat> {
        let value = node.child("Value")?;
        let properties: HashMap<String, String> = value
            .child("Properties")?
            .children
            .iter()
            .map(|kv| {
                (kv.text_of("Key"), kv.child("Value").map(|v| v.text.trim().to_owned()).unwrap_or_default())
            })
            .collect();
        let property = |name: &str| properties.get(name).cloned().unwrap_or_default();
        let title = Some(line(&property("Title")))
            .filter(|t| !t.is_empty())
            .unwrap_or_else(|| value.text_of("Title"));
        if title.is_empty() {
            return None;
        }
        let named = |field: &str| self.names.get(&value.text_of(field)).cloned();
        let element = named("FlowGuid")
            .or_else(|| named("TargetGuid"))
            .or_else(|| named("SourceGuid"))
            .unwrap_or_else(|| line(&property("InteractionString")));
        let priority =
            Some(property("Priority")).filter(|p| !p.is_empty()).unwrap_or_else(|| value.text_of("Priority"));
        let justified = value.child("StateInformation").map(|n| line(&n.text)).unwrap_or_default();
        let status = match value.text_of("State").as_str() {
            "" | "AutoGenerated" => "open".to_owned(),
            "NeedsInvestigation" => "under-investigation".to_owned(),
            "NotApplicable" => "not-applicable".to_owned(),
            other => word(other),
        };
        Some(ImportedThreat {
            key: node.text_of("Key"),
            title,
            stride: stride(&property("UserThreatCategory")),
            element,
            diagram: self.diagrams.get(&value.text_of("DrawingSurfaceGuid")).cloned().unwrap_or_default(),
            status,
            severity: word(&priority),
            description: property("UserThreatDescription"),
            // What the default template calls "Possible Mitigation(s)".
            mitigation: property("PossibleMitigations"),
            remark: justified,
        })
    }
}

/// The property that is called `Name`.
fn name_of(properties: &Node) -> String {
    let is_name = |p: &&Node| p.text_of("DisplayName") == "Name";
    properties.children.iter().find(is_name).map(|p| p.text_of("Value")).unwrap_or_default()
}
