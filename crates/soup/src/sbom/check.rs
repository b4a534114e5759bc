//! What a CycloneDX document has to be like, as far as a wrong one could mislead: required fields, closed lists of words,
//! shapes of digests and ids (ECMA-424 and its predecessors, versions 1.2 to 1.7).

use serde_json::{Map, Value};

type Object = Map<String, Value>;

const FOUND_MAX: usize = 20;
const TYPES: [(&str, u32); 14] = [
    ("application", 0),
    ("framework", 0),
    ("library", 0),
    ("container", 2),
    ("operating-system", 0),
    ("device", 0),
    ("firmware", 2),
    ("file", 0),
    ("platform", 5),
    ("device-driver", 5),
    ("machine-learning-model", 5),
    ("data", 5),
    ("cryptographic-asset", 6),
    // Not in any version yet; kept apart so that the table has no magic length.
    ("", u32::MAX),
];
const METADATA: [&str; 11] = [
    "timestamp",
    "lifecycles",
    "tools",
    "authors",
    "component",
    "manufacture",
    "manufacturer",
    "supplier",
    "licenses",
    "properties",
    "distributionConstraints",
];

/// Collects what is wrong, as a path and what is wrong there; at most as many as a person reads.
pub(super) struct Check {
    minor: u32,
    /// The schemas of XML and JSON differ in a few places.
    xml: bool,
    found: Vec<String>,
}

fn text<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

impl Check {
    /// For a version, `1.6`.
    pub(super) fn new(version: &str, xml: bool) -> Check {
        let minor = version.rsplit('.').next().and_then(|m| m.parse().ok()).unwrap_or(0);
        Check { minor, xml, found: Vec::new() }
    }

    /// What is wrong so far.
    pub(super) fn found(&self) -> &[String] {
        &self.found
    }

    /// Looks through a member of the outermost object.
    pub(super) fn member(&mut self, name: &str, value: &Value) {
        self.root(name, value);
        self.walk(&format!("/{name}"), name, value);
    }

    /// Looks through an element of a list that is such a member.
    pub(super) fn element(&mut self, name: &str, place: usize, value: &Value) {
        self.walk(&format!("/{name}/{place}"), name, value);
    }

    fn wrong(&mut self, path: &str, what: impl AsRef<str>) {
        if self.found.len() < FOUND_MAX {
            self.found.push(format!("{}: {}", if path.is_empty() { "/" } else { path }, what.as_ref()));
        }
    }

    fn one_of(&mut self, path: &str, object: &Object, key: &str, words: &[&str]) {
        if let Some(value) = object.get(key)
            && !value.as_str().is_some_and(|v| words.contains(&v))
        {
            self.wrong(path, format!("`{key}` is {value}, which is none of {}", words.join(", ")));
        }
    }

    fn required(&mut self, path: &str, object: &Object, keys: &[&str]) {
        for key in keys {
            if object.get(*key).is_none_or(Value::is_null) {
                self.wrong(path, format!("`{key}` is missing"));
            }
        }
    }

    fn root(&mut self, name: &str, value: &Value) {
        match name {
            "serialNumber"
                if !value.as_str().and_then(|s| s.strip_prefix("urn:uuid:")).is_some_and(is_uuid) =>
            {
                self.wrong("/serialNumber", format!("{value} is no `urn:uuid:` and a UUID"));
            }
            "version" if value.as_u64().is_none_or(|v| v == 0) => {
                self.wrong("/version", format!("{value} is no number from 1"));
            }
            "components" | "dependencies" | "services" if !value.is_array() => {
                self.wrong(&format!("/{name}"), "it is no list");
            }
            _ => {}
        }
    }

    /// `key` is the name under which `value` stands, that of its list for members of lists.
    fn walk(&mut self, path: &str, key: &str, value: &Value) {
        match value {
            Value::Array(all) => {
                if key == "licenses" {
                    self.licences(path, all);
                }
                for (i, one) in all.iter().enumerate() {
                    self.walk(&format!("{path}/{i}"), key, one);
                }
            }
            Value::Object(object) => {
                self.object(path, key, object);
                for (name, inner) in object {
                    self.walk(&format!("{path}/{name}"), name, inner);
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, path: &str, key: &str, o: &Object) {
        for reference in ["bom-ref", "ref"] {
            if text(o, reference) == Some("") {
                self.wrong(path, format!("`{reference}` is empty"));
            }
        }
        match key {
            "components" | "component" | "ancestors" | "descendants" | "variants" => self.component(path, o),
            "dependencies" if path.matches('/').count() == 2 => self.required(path, o, &["ref"]),
            "hashes" => self.hash(path, o),
            "license" => self.licence(path, o),
            "text" => self.one_of(path, o, "encoding", &["base64"]),
            "swid" => self.required(path, o, &["tagId", "name"]),
            "patches" => {
                self.required(path, o, &["type"]);
                self.one_of(path, o, "type", &["unofficial", "monkey", "backport", "cherry-pick"]);
            }
            "resolves" => {
                self.required(path, o, &["type"]);
                self.one_of(path, o, "type", &["defect", "enhancement", "security"]);
            }
            "properties" if self.minor >= 6 => {
                self.required(path, o, &["name"]);
                if let Some(other) = o.keys().find(|k| *k != "name" && *k != "value") {
                    self.wrong(path, format!("`{other}` is no part of a property"));
                }
            }
            "services" => self.service(path, o),
            "metadata" if path == "/metadata" => self.metadata(path, o),
            "citations" => self.citation(path, o),
            _ => {}
        }
    }

    fn component(&mut self, path: &str, o: &Object) {
        // Other things are called so too, in formulas and models; they name no type of component.
        if path.contains("/formulation/") || path.contains("/modelCard/") {
            return;
        }
        self.required(path, o, &["type", "name"]);
        if let Some(ty) = o.get("type") {
            let minor = self.minor;
            if !ty
                .as_str()
                .is_some_and(|t| !t.is_empty() && TYPES.iter().any(|(w, since)| *w == t && *since <= minor))
            {
                self.wrong(path, format!("`type` is {ty}, which is no type of component in 1.{minor}"));
            }
        }
        self.one_of(path, o, "scope", &["required", "optional", "excluded"]);
        if o.contains_key("versionRange") {
            if o.contains_key("version") {
                self.wrong(path, "it has a version and a range of versions");
            }
            if o.get("isExternal").and_then(Value::as_bool) != Some(true) {
                self.wrong(path, "it has a range of versions and is not external");
            }
        }
    }

    fn hash(&mut self, path: &str, o: &Object) {
        const ALGORITHMS: [&str; 14] = [
            "MD5",
            "SHA-1",
            "SHA-256",
            "SHA-384",
            "SHA-512",
            "SHA3-256",
            "SHA3-384",
            "SHA3-512",
            "BLAKE2b-256",
            "BLAKE2b-384",
            "BLAKE2b-512",
            "BLAKE3",
            "Streebog-256",
            "Streebog-512",
        ];
        self.required(path, o, &["alg", "content"]);
        self.one_of(path, o, "alg", &ALGORITHMS);
        let content = text(o, "content").unwrap_or_default();
        let shaped = matches!(content.len(), 32 | 40 | 64 | 96 | 128)
            && content.bytes().all(|b| b.is_ascii_hexdigit());
        if o.contains_key("content") && !shaped {
            self.wrong(path, format!("`{content}` is no digest"));
        }
    }

    fn licences(&mut self, path: &str, all: &[Value]) {
        let has = |v: &Value, key: &str| v.get(key).is_some();
        for (i, choice) in all.iter().enumerate() {
            if has(choice, "license") == has(choice, "expression") {
                self.wrong(&format!("{path}/{i}"), "it is not either `license` or `expression`");
            }
        }
        let expressions = all.iter().filter(|c| has(c, "expression")).count();
        let alone = matches!(self.minor, 5 | 6) || self.xml && self.minor < 5;
        if alone && expressions > 0 && all.len() > 1 {
            self.wrong(path, "an expression stands beside other licences");
        }
    }

    fn licence(&mut self, path: &str, o: &Object) {
        let (id, name) = (o.get("id"), o.get("name"));
        if id.is_some() == name.is_some() {
            self.wrong(path, "it has not either `id` or `name`");
        }
        if name.is_some_and(|n| !n.is_string()) {
            self.wrong(path, "`name` is no text, or there twice");
        }
        if let Some(id) = id
            && !id
                .as_str()
                .is_some_and(|i| ::spdx::license_id(i).is_some() || ::spdx::exception_id(i).is_some())
        {
            self.wrong(path, format!("{id} is not on the SPDX licence list"));
        }
    }

    fn service(&mut self, path: &str, o: &Object) {
        self.required(path, o, &["name"]);
        for (i, data) in o.get("data").and_then(Value::as_array).into_iter().flatten().enumerate() {
            if let Some(data) = data.as_object() {
                let place = format!("{path}/data/{i}");
                self.required(&place, data, &["flow", "classification"]);
                self.one_of(&place, data, "flow", &["inbound", "outbound", "bi-directional", "unknown"]);
            }
        }
    }

    fn metadata(&mut self, path: &str, o: &Object) {
        if let Some(stamp) = o.get("timestamp")
            && !stamp.as_str().is_some_and(is_date_time)
        {
            self.wrong(path, format!("`timestamp` is {stamp}, which is no date and time"));
        }
        if let Some(other) = o.keys().find(|k| !METADATA.contains(&k.as_str())) {
            self.wrong(path, format!("`{other}` is no part of the metadata"));
        }
    }

    fn citation(&mut self, path: &str, o: &Object) {
        if o.contains_key("pointers") == o.contains_key("expressions") {
            self.wrong(path, "it has not either `pointers` or `expressions`");
        }
        if !o.contains_key("attributedTo") && !o.contains_key("process") {
            self.wrong(path, "it has neither `attributedTo` nor `process`");
        }
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// RFC 3339: date, `T`, time and zone.
fn is_date_time(text: &str) -> bool {
    let shape = |pattern: &str, text: &str| {
        text.len() == pattern.len()
            && text
                .bytes()
                .zip(pattern.bytes())
                .all(|(b, p)| if p == b'0' { b.is_ascii_digit() } else { b.eq_ignore_ascii_case(&p) })
    };
    let Some((first, rest)) = text.split_at_checked(19) else { return false };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    shape("0000-00-00T00:00:00", first)
        && (rest.eq_ignore_ascii_case("z") || shape("+00:00", rest) || shape("-00:00", rest))
}
