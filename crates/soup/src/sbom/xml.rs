//! CycloneDX as XML: its elements in the shape that its JSON has, so that both are judged and taken by the same code.
//!
//! Only what is read or judged has to come out in that shape. Elements and attributes of other namespaces are left out, as
//! the schema allows them everywhere; the order of elements, which only XML has, is not judged. A document type is refused, so no
//! entity can grow.

use super::parts::Taking;
use super::read::CYCLONEDX;
use crate::inventory::{Cause, Inventory};
use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use serde_json::{Map, Value};

const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";
/// As deep as JSON is read.
const DEPTH_MAX: usize = 128;
/// Most attributes of an element; the schema knows a handful, and allows others.
const ATTRIBUTES_MAX: usize = 100;

/// Elements that are lists, each with one kind of what is in it.
const LISTS: [(&str, &str); 14] = [
    ("components", "component"),
    ("ancestors", "component"),
    ("descendants", "component"),
    ("variants", "component"),
    ("hashes", "hash"),
    ("licenses", "license"),
    ("licenses", "expression"),
    ("licenses", "expression-detailed"),
    ("externalReferences", "reference"),
    ("properties", "property"),
    ("patches", "patch"),
    ("resolves", "issue"),
    ("services", "service"),
    ("citations", "citation"),
];
/// Elements that are objects even where nothing is in them.
const OBJECTS: [&str; 5] = ["swid", "supplier", "manufacturer", "manufacture", "provider"];
/// Attributes that are looked at.
const ATTRIBUTES: [&str; 12] = [
    "bom-ref",
    "ref",
    "type",
    "alg",
    "name",
    "encoding",
    "tagId",
    "version",
    "flow",
    "isExternal",
    "expression",
    "mime-type",
];

/// A place in the text, and what is wrong there.
type Wrong = (usize, String);

/// What a document is made of, in the order in which it comes.
enum Piece {
    Member(String, Value),
    Component(Value),
    Dependency(Value),
}

/// The components of a document, or everything that is wrong with it.
pub(super) fn read(file: &str, text: &str) -> Inventory {
    let malformed = |(at, reason): Wrong| {
        let line = text.get(..at).map_or(0, |before| before.matches('\n').count() + 1);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        Inventory::unreadable(file, line, Cause::Malformed { format: "CycloneDX in XML", reason })
    };
    let version = match root(text) {
        Ok(Ok(version)) => version,
        Ok(Err(other)) => return Inventory::unreadable(file, 0, Cause::Unsupported(other)),
        Err(wrong) => return malformed(wrong),
    };
    let mut taking = Taking::new(file, version, true);
    let (mut components, mut dependencies) = (0, Vec::new());
    let walked = walk(text, &mut |piece| match piece {
        Piece::Member(name, value) => taking.member(&name, &value),
        Piece::Component(one) => {
            taking.component(components, one);
            components += 1;
        }
        Piece::Dependency(one) => {
            taking.dependency(dependencies.len(), &one);
            dependencies.push(one);
        }
    });
    if let Err(wrong) = walked {
        return malformed(wrong);
    }
    let mut gathering = match taking.sound() {
        Ok(gathering) => gathering,
        Err(refused) => return refused,
    };
    let text_of = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    for one in &dependencies {
        let needed = one["dependsOn"].as_array().into_iter().flatten().map(text_of).collect();
        gathering.needs(&text_of(&one["ref"]), needed);
    }
    gathering.finish()
}

/// The version of CycloneDX that an XML text says it has.
pub(super) fn version_of(text: &str) -> Option<&str> {
    let text = text.trim_start_matches('\u{feff}');
    text.trim_start().starts_with('<').then(|| root(text).ok()?.ok()).flatten()
}

/// The metadata of a document; nothing where it has none or is none.
pub(super) fn metadata(text: &str) -> Option<Value> {
    let mut found = None;
    let walked = walk(text, &mut |piece| match piece {
        Piece::Member(name, value) if name == "metadata" => found = Some(value),
        _ => {}
    });
    // What cannot be read is said by whoever reads the components.
    walked.ok().and(found)
}

/// The version by the namespace of the outermost element, or what it is instead.
fn root(text: &str) -> Result<Result<&'static str, String>, Wrong> {
    let mut reader = NsReader::from_str(text);
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_resolved_event().map_err(|e| (at, e.to_string()))? {
            (namespace, Event::Start(e) | Event::Empty(e)) => {
                let namespace = match namespace {
                    ResolveResult::Bound(n) => n.0.to_owned(),
                    _ => String::new(),
                };
                let name = e.local_name().as_ref().to_owned();
                let version = namespace.strip_prefix(NAMESPACE).filter(|_| name == "bom");
                return Ok(match version {
                    Some(v) => CYCLONEDX
                        .into_iter()
                        .find(|known| *known == v)
                        .ok_or_else(|| format!("CycloneDX {v} in XML")),
                    None if namespace.is_empty() => Err(format!("XML that begins with `{name}`")),
                    None => Err(format!("XML that begins with `{name}` of {namespace}")),
                });
            }
            (_, Event::DocType(_)) => return Err((at, "a document type is not read".to_owned())),
            (_, Event::Eof) => return Err((at, "it has no element".to_owned())),
            _ => {}
        }
    }
}

/// An element that has begun.
#[derive(Default)]
struct Open {
    name: String,
    own: Map<String, Value>,
    /// What a list holds.
    list: Vec<Value>,
    /// Of a dependency, what it needs.
    needs: Vec<Value>,
    text: String,
}

fn walk(text: &str, each: &mut dyn FnMut(Piece)) -> Result<(), Wrong> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut walk = Walk { open: Vec::new(), seen: Vec::new(), each };
    // How deep inside an element of another namespace.
    let mut foreign = 0_usize;
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let (namespace, event) = reader.read_resolved_event().map_err(|e| (at, e.to_string()))?;
        let done = match event {
            Event::Start(e) => {
                let other = match namespace {
                    ResolveResult::Bound(n) => !n.0.starts_with(NAMESPACE),
                    _ => true,
                };
                if foreign > 0 || other {
                    foreign += 1;
                    Ok(())
                } else {
                    walk.start(&e)
                }
            }
            // Before all that is left out inside of a foreign element, for that may be where the file ends.
            Event::Eof => match walk.open.last() {
                Some(open) => Err(format!("`{}` never ends: the file is cut off", open.name)),
                None if foreign > 0 => Err("an element never ends: the file is cut off".to_owned()),
                None => return Ok(()),
            },
            Event::End(_) if foreign > 0 => {
                foreign -= 1;
                Ok(())
            }
            Event::End(_) => walk.end(),
            _ if foreign > 0 => Ok(()),
            Event::Text(t) => walk.text(&t),
            Event::CData(t) => walk.text(&t),
            Event::GeneralRef(e) => match e.resolve_char_ref() {
                Ok(Some(sign)) => walk.text(sign.encode_utf8(&mut [0; 4])),
                Ok(None) => match quick_xml::escape::resolve_xml_entity(&e) {
                    Some(signs) => walk.text(signs),
                    None => Err(format!("unknown entity `&{};`", &*e)),
                },
                Err(e) => Err(e.to_string()),
            },
            Event::DocType(_) => Err("a document type is not read".to_owned()),
            _ => Ok(()),
        };
        done.map_err(|reason| (at, reason))?;
    }
}

struct Walk<'e> {
    open: Vec<Open>,
    /// The members of the outermost element so far.
    seen: Vec<String>,
    each: &'e mut dyn FnMut(Piece),
}

impl Walk<'_> {
    fn start(&mut self, e: &BytesStart<'_>) -> Result<(), String> {
        if self.open.len() >= DEPTH_MAX {
            return Err(format!("elements are nested deeper than {DEPTH_MAX}: recursion limit exceeded"));
        }
        let mut open = Open { name: e.local_name().as_ref().to_owned(), ..Open::default() };
        for (i, attribute) in e.attributes().enumerate() {
            let attribute = attribute.map_err(|e| e.to_string())?;
            if i == ATTRIBUTES_MAX {
                return Err(format!("`{}` has more than {ATTRIBUTES_MAX} attributes", open.name));
            }
            let key: &str = attribute.key.as_ref();
            let at_root = self.open.is_empty() && matches!(key, "serialNumber" | "version");
            if !at_root && !ATTRIBUTES.contains(&key) {
                continue;
            }
            let value =
                attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|e| e.to_string())?;
            let value = value.trim();
            let value = match key {
                "isExternal" => Value::Bool(matches!(value, "true" | "1")),
                "version" if at_root => value.parse::<u64>().map_or_else(|_| value.into(), Value::from),
                _ => value.into(),
            };
            open.own.insert(key.to_owned(), value);
        }
        match self.open.len() {
            0 => {
                if open.name != "bom" || !self.seen.is_empty() {
                    return Err(format!("`{}` stands outside of the bom", open.name));
                }
                for (name, value) in std::mem::take(&mut open.own) {
                    self.seen.push(name.clone());
                    (self.each)(Piece::Member(name, value));
                }
                self.seen.push(String::new());
            }
            1 if self.seen.contains(&open.name) => return Err(format!("`{}` is there twice", open.name)),
            1 => self.seen.push(open.name.clone()),
            _ => {}
        }
        self.open.push(open);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match self.open.last_mut() {
            Some(open) => open.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err("there is text outside of the bom".to_owned()),
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(done) = self.open.pop() else { return Ok(()) };
        let depth = self.open.len();
        let Some(parent) = self.open.last_mut() else { return Ok(()) };
        let name = done.name.clone();
        let of_list = LISTS.iter().any(|(list, _)| *list == parent.name);
        let listed = LISTS.contains(&(parent.name.as_str(), name.as_str()));
        let in_dependencies = matches!(parent.name.as_str(), "dependencies" | "dependency");
        if of_list && !listed || in_dependencies && !matches!(name.as_str(), "dependency" | "provides") {
            return Err(format!("`{name}` is no part of `{}`", parent.name));
        }
        if name == "dependency" {
            // Each names what it needs, and is named by what it stands in.
            let own = done.own.get("ref").cloned();
            if parent.name == "dependency" {
                parent.needs.push(own.clone().unwrap_or_else(|| "".into()));
            }
            let mut one = Map::new();
            one.extend(own.map(|own| ("ref".to_owned(), own)));
            one.insert("dependsOn".to_owned(), Value::Array(done.needs));
            // Compositions name dependencies too; those are no edges.
            if self.open.get(1).is_some_and(|o| o.name == "dependencies") {
                (self.each)(Piece::Dependency(Value::Object(one)));
            }
            return Ok(());
        }
        let top = depth == 1;
        let value = value_of(done, listed);
        if top {
            if !matches!(name.as_str(), "components" | "dependencies") {
                (self.each)(Piece::Member(name, value));
            }
        } else if depth == 2 && parent.name == "components" {
            (self.each)(Piece::Component(value));
        } else if listed {
            parent.list.push(match (parent.name.as_str(), name.as_str()) {
                ("licenses", "license") => Value::Object(Map::from_iter([("license".to_owned(), value)])),
                ("licenses", "expression") => {
                    let expression = value.get("content").cloned().unwrap_or(Value::String(String::new()));
                    Value::Object(Map::from_iter([("expression".to_owned(), expression)]))
                }
                // Its expression is an attribute.
                _ => value,
            });
        } else {
            put(&mut parent.own, name, value);
        }
        Ok(())
    }
}

/// What is there twice becomes a list; where the format has one value, a list is what it complains about.
fn put(object: &mut Map<String, Value>, name: String, value: Value) {
    match object.get_mut(&name) {
        None => {
            object.insert(name, value);
        }
        Some(Value::Array(all)) => all.push(value),
        Some(one) => {
            let first = std::mem::take(one);
            *one = Value::Array(vec![first, value]);
        }
    }
}

/// An element in the shape of JSON: a list, a text, or an object with its text under the name that JSON has for it.
fn value_of(done: Open, listed: bool) -> Value {
    if LISTS.iter().any(|(list, _)| *list == done.name) {
        return Value::Array(done.list);
    }
    // Lines and indents of the file are no part of a name.
    let text = done.text.split_whitespace().collect::<Vec<_>>().join(" ");
    // The data of a service are a list; those of a component are objects, each of its own.
    if done.name == "data" && done.own.keys().all(|k| matches!(k.as_str(), "classification" | "dataflow")) {
        let flows = done.own.into_iter().flat_map(|(_, value)| match value {
            Value::Array(all) => all,
            one => vec![one],
        });
        let flows = flows.map(|flow| match flow {
            Value::Object(_) => flow,
            classification => Value::Object(Map::from_iter([("classification".to_owned(), classification)])),
        });
        return Value::Array(flows.collect());
    }
    let object = listed || OBJECTS.contains(&done.name.as_str());
    if done.own.is_empty() && !object {
        return text.into();
    }
    let mut own = done.own;
    // JSON has the direction beside the classification, XML on it.
    if done.name == "dataflow"
        && let Some(Value::Object(classification)) = own.remove("classification")
    {
        own.extend(classification);
    }
    if !text.is_empty() {
        let key = match done.name.as_str() {
            "property" => "value",
            "classification" => "classification",
            _ => "content",
        };
        own.entry(key).or_insert_with(|| text.into());
    }
    Value::Object(own)
}
