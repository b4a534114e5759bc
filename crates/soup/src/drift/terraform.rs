//! Managed services, as a state or plan of Terraform or OpenTofu has them.

use super::{Declaration, Observation};
use serde_json::Value;
use std::collections::BTreeMap;

/// Attributes that name a version, so that a resource that has one and is not declared is a difference.
const VERSIONS: [&str; 10] = [
    "engine_version",
    "engine_version_actual",
    "cluster_version",
    "kubernetes_version",
    "min_master_version",
    "platform_version",
    "runtime",
    "runtime_version",
    "image_uri",
    "database_version",
];

/// Reads `terraform show -json` of a state or plan, or a state file of version 4. Of each resource only versions and what is
/// declared of it are taken: states hold secrets.
pub(super) fn observe(bytes: &[u8], declaration: &Declaration) -> Result<Observation, String> {
    let document: Value = serde_json::from_slice(bytes).map_err(|e| format!("it is no JSON: {e}"))?;
    let mut out = Observation::default();
    let mut resources: Vec<(String, &Value)> = Vec::new();
    if let Some(root) =
        document.pointer("/planned_values/root_module").or_else(|| document.pointer("/values/root_module"))
    {
        let mut modules = vec![root];
        while let Some(module) = modules.pop() {
            let list = |key: &str| module.get(key).and_then(Value::as_array).into_iter().flatten();
            modules.extend(list("child_modules"));
            for r in list("resources").filter(|r| r.get("mode").is_none_or(|m| m == "managed")) {
                if let (Some(address), Some(values)) =
                    (r.get("address").and_then(Value::as_str), r.get("values"))
                {
                    resources.push((address.to_owned(), values));
                }
            }
        }
    } else if document.get("version").and_then(Value::as_u64) == Some(4) {
        for r in document.get("resources").and_then(Value::as_array).into_iter().flatten() {
            let text = |key: &str| r.get(key).and_then(Value::as_str).unwrap_or_default();
            if text("mode") != "managed" {
                continue;
            }
            let module = text("module");
            let dot = if module.is_empty() { "" } else { "." };
            let plain = format!("{module}{dot}{}.{}", text("type"), text("name"));
            for i in r.get("instances").and_then(Value::as_array).into_iter().flatten() {
                let address = match i.get("index_key") {
                    Some(Value::Number(n)) => format!("{plain}[{n}]"),
                    Some(Value::String(key)) => format!("{plain}[\"{key}\"]"),
                    _ => plain.clone(),
                };
                if let Some(values) = i.get("attributes") {
                    resources.push((address, values));
                }
            }
        }
    } else {
        return Err(
            "it is neither what `terraform show -json` prints nor a state file of version 4".to_owned()
        );
    }
    if resources.is_empty() {
        return Err("it holds no managed resource".to_owned());
    }
    for (address, values) in resources {
        let declared = declaration.services.values().find(|s| s.address.as_deref() == Some(&address));
        let wanted = |key: &str| match declared {
            Some(service) => service.attributes.contains_key(key),
            None => VERSIONS.contains(&key),
        };
        let mut taken = BTreeMap::new();
        for (key, value) in values.as_object().into_iter().flatten().filter(|(key, _)| wanted(key)) {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Number(n) => n.to_string(),
                Value::Bool(b) => b.to_string(),
                _ => continue,
            };
            if !value.is_empty() {
                taken.insert(key.clone(), value);
            }
        }
        if declared.is_some() || !taken.is_empty() {
            out.services.insert(address, taken);
        }
    }
    Ok(out)
}
