//! OWASP Threat Dragon: version 2 (`detail.diagrams[].cells[].data.threats`) and version 1 (`…diagramJson.cells[].threats`).

use super::{Error, ImportedThreat, ThreatModel, line, stride, word};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Model {
    summary: Summary,
    detail: Detail,
}

#[derive(Deserialize)]
struct Summary {
    #[serde(default)]
    title: String,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    diagrams: Vec<Diagram>,
}

#[derive(Deserialize)]
struct Diagram {
    title: Option<String>,
    #[serde(default)]
    cells: Vec<Cell>,
    #[serde(rename = "diagramJson")]
    json: Option<Cells>,
}

#[derive(Deserialize)]
struct Cells {
    #[serde(default)]
    cells: Vec<Cell>,
}

#[derive(Deserialize)]
struct Cell {
    id: Option<String>,
    source: Option<Value>,
    target: Option<Value>,
    #[serde(rename = "type")]
    ty: Option<String>,
    shape: Option<String>,
    attrs: Option<Value>,
    labels: Option<Value>,
    data: Option<Data>,
    // Version 1 keeps at the cell what version 2 keeps in its data.
    #[serde(default)]
    threats: Option<Vec<Threat>>,
    #[serde(rename = "outOfScope", default)]
    out_of_scope: Option<bool>,
    #[serde(rename = "reasonOutOfScope")]
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    name: Option<String>,
    #[serde(rename = "type")]
    ty: Option<String>,
    #[serde(default)]
    threats: Option<Vec<Threat>>,
    #[serde(rename = "outOfScope", default)]
    out_of_scope: Option<bool>,
    #[serde(rename = "reasonOutOfScope")]
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Threat {
    id: Option<String>,
    #[serde(rename = "threatId")]
    threat_id: Option<String>,
    number: Option<u64>,
    #[serde(default)]
    title: Option<String>,
    #[serde(rename = "type")]
    ty: Option<String>,
    status: Option<String>,
    severity: Option<String>,
    score: Option<Value>,
    description: Option<String>,
    mitigation: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<ThreatModel, Error> {
    let is_ours = |v: &Value| v.get("summary").is_some() && v.get("detail").is_some();
    let model: Model = match serde_json::from_slice(bytes) {
        Ok(model) => model,
        Err(e) => {
            return Err(match serde_json::from_slice::<Value>(bytes) {
                Ok(value) if !is_ours(&value) => Error::Unknown,
                _ => Error::Malformed { format: "a model of OWASP Threat Dragon", reason: e.to_string() },
            });
        }
    };
    let mut out = ThreatModel {
        tool: "OWASP Threat Dragon",
        title: line(&model.summary.title),
        description: model.summary.description.unwrap_or_default(),
        ..ThreatModel::default()
    };
    let mut taken = HashMap::new();
    for (n, diagram) in model.detail.diagrams.into_iter().enumerate() {
        let title = diagram.title.map_or_else(|| format!("diagram {}", n + 1), |t| line(&t));
        let cells = diagram.cells.into_iter().chain(diagram.json.into_iter().flat_map(|j| j.cells));
        let cells: Vec<Cell> = cells.collect();
        let names = cells.iter().filter_map(|c| Some((c.id.clone()?, c.name()?))).collect();
        for cell in cells {
            take(&mut out, &mut taken, (&title, &names), cell);
        }
    }
    Ok(out)
}

impl Cell {
    /// What it is called, on one line.
    fn name(&self) -> Option<String> {
        let said = self.data.as_ref().and_then(|d| d.name.clone()).filter(|n| !n.trim().is_empty());
        let label = || text_of(self.attrs.as_ref()).or_else(|| text_of(self.labels.as_ref()));
        said.or_else(label).map(|n| line(&n)).filter(|n| !n.is_empty())
    }
}

/// `names` are those of the diagram's cells, by id.
fn take(
    out: &mut ThreatModel,
    taken: &mut HashMap<String, usize>,
    (diagram, names): (&str, &HashMap<String, String>),
    cell: Cell,
) {
    let name = cell.name();
    // Version 1 names the cell at a flow's end `id`, version 2 `cell`.
    let end = |at: &Option<Value>| {
        let at = at.as_ref()?;
        names.get(at.get("cell").or_else(|| at.get("id"))?.as_str()?).map(String::as_str)
    };
    let ends = end(&cell.source).zip(end(&cell.target));
    let data = cell.data;
    let ty = data.as_ref().and_then(|d| d.ty.clone()).or(cell.ty).or(cell.shape).unwrap_or_default();
    let kind = kind(&ty);
    let outside = data.as_ref().and_then(|d| d.out_of_scope).or(cell.out_of_scope).unwrap_or(false);
    let reason = data.as_ref().and_then(|d| d.reason.clone()).or(cell.reason).unwrap_or_default();
    let unnamed = || format!("unnamed {kind}");
    // What tells threats without an id of their own again: it stays as it is when a flow gets another end.
    let plain = name.as_ref().map_or_else(unnamed, |n| super::element(n, kind, None));
    let element = name.as_ref().map_or_else(unnamed, |n| super::element(n, kind, ends));
    // A text of the drawing has a name and no kind.
    if name.is_some() && !matches!(kind, "" | "trust boundary") {
        out.elements.insert(element.clone());
    }
    let threats = data.and_then(|d| d.threats).or(cell.threats).unwrap_or_default();
    for (n, t) in threats.into_iter().enumerate() {
        let key = t.id.or(t.threat_id).or(t.number.map(|n| n.to_string()));
        let title = line(t.title.as_deref().unwrap_or_default());
        if title.is_empty() && t.description.as_deref().unwrap_or_default().trim().is_empty() {
            out.left_out.push(format!("a threat of {element} without title and description"));
            continue;
        }
        let severity = t.severity.map(|s| word(&s)).filter(|s| s != "tbd").unwrap_or_default();
        let score = match t.score {
            Some(Value::String(s)) if !s.trim().is_empty() => format!("Score: {}.", line(&s)),
            Some(Value::Number(n)) => format!("Score: {n}."),
            _ => String::new(),
        };
        let scope =
            if outside { format!("The element is out of scope: {}", line(&reason)) } else { String::new() };
        let key = key.unwrap_or_else(|| format!("{plain} {}", n + 1));
        out.threats.push(ImportedThreat {
            key: distinct(taken, key),
            title: if title.is_empty() { format!("Threat to {element}") } else { title },
            stride: stride(t.ty.as_deref().unwrap_or_default()),
            element: element.clone(),
            diagram: diagram.to_owned(),
            status: match word(t.status.as_deref().unwrap_or_default()).as_str() {
                "na" | "notapplicable" => "not-applicable".to_owned(),
                other => other.to_owned(),
            },
            severity,
            description: t.description.unwrap_or_default(),
            mitigation: t.mitigation.unwrap_or_default(),
            remark: line(&format!("{scope} {score}")),
        });
    }
}

/// The key, with a number where an earlier threat has it: models of version 1 have no ids and call several flows the same, and a
/// copied cell keeps the ids of its threats.
fn distinct(taken: &mut HashMap<String, usize>, key: String) -> String {
    let n = *taken.entry(key.clone()).and_modify(|n| *n += 1).or_insert(1);
    if n == 1 {
        return key;
    }
    distinct(taken, format!("{key} ({n})"))
}

fn kind(ty: &str) -> &'static str {
    let ty = ty.to_lowercase();
    let of = |word: &str| ty.contains(word);
    match () {
        () if of("boundary") => "trust boundary",
        () if of("store") => "store",
        () if of("process") => "process",
        () if of("actor") => "actor",
        () if of("flow") => "data flow",
        () => "",
    }
}

/// The text of a cell's drawing: `attrs.text.text`, or that of its first label.
fn text_of(value: Option<&Value>) -> Option<String> {
    let value = value?;
    let of = |v: &Value| {
        let text = v
            .pointer("/text/text")
            .or_else(|| v.pointer("/attrs/text/text"))
            .or_else(|| v.pointer("/attrs/label/text"));
        text.and_then(Value::as_str).map(str::to_owned)
    };
    match value {
        Value::Array(labels) => labels.iter().find_map(of),
        other => of(other),
    }
}
