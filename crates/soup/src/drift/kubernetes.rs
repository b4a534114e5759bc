//! What runs: objects of Kubernetes as JSON, services of compose as YAML.

use super::Observation;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Reads what `kubectl get … -o json` prints: a list, or one object. What pods say they run counts before what templates
/// ask for.
pub(super) fn observe(bytes: &[u8]) -> Result<Observation, String> {
    let document: Value = serde_json::from_slice(bytes).map_err(|e| format!("it is no JSON: {e}"))?;
    let one = std::slice::from_ref(&document);
    let objects = match document.get("items") {
        Some(Value::Array(items)) => items.as_slice(),
        Some(_) => return Err("its `items` are no list".to_owned()),
        None => one,
    };
    let mut asked: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut running: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut settings = BTreeMap::new();
    let mut known = false;
    for object in objects {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let name = text("/metadata/name");
        let spec = match text("/kind") {
            "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "ReplicationController" | "Job" => {
                object.pointer("/spec/template/spec")
            }
            "CronJob" => object.pointer("/spec/jobTemplate/spec/template/spec"),
            "Pod" => object.pointer("/spec"),
            "ConfigMap" => {
                known = true;
                for (key, value) in object.get("data").and_then(Value::as_object).into_iter().flatten() {
                    settings.insert(format!("{name}/{key}"), value.as_str().unwrap_or_default().to_owned());
                }
                continue;
            }
            _ => continue,
        };
        known = true;
        let workload = owner(object).unwrap_or_else(|| name.to_owned());
        let pod = text("/kind") == "Pod";
        for list in ["containers", "initContainers"] {
            for c in spec.and_then(|s| s.get(list)).and_then(Value::as_array).into_iter().flatten() {
                let of = |key: &str| c.get(key).and_then(Value::as_str).unwrap_or_default();
                let key = format!("{workload}/{}", of("name"));
                asked.entry(key.clone()).or_default().insert(of("image").to_owned());
                for e in c.get("env").and_then(Value::as_array).into_iter().flatten() {
                    // What comes from a secret has no value here.
                    if let (Some(name), Some(value)) =
                        (e.get("name").and_then(Value::as_str), e.get("value").and_then(Value::as_str))
                    {
                        settings.insert(format!("{key}/{name}"), value.to_owned());
                    }
                }
            }
        }
        for list in ["containerStatuses", "initContainerStatuses"] {
            let of_pod = object.pointer(&format!("/status/{list}")).and_then(Value::as_array);
            for c in of_pod.into_iter().flatten().filter(|_| pod) {
                let of = |key: &str| c.get(key).and_then(Value::as_str).unwrap_or_default();
                let id = of("imageID");
                let id = id.split_once("://").map_or(id, |(_, rest)| rest);
                if !id.is_empty() {
                    running.entry(format!("{workload}/{}", of("name"))).or_default().insert(id.to_owned());
                }
            }
        }
    }
    if !known {
        return Err(
            "it holds no workload: kubectl get deploy,sts,ds,cronjob,pods,configmap -o json".to_owned()
        );
    }
    asked.extend(running);
    Ok(Observation { images: asked, settings, ..Observation::default() })
}

/// The workload that a pod or replica set is of.
fn owner(object: &Value) -> Option<String> {
    let first = object.pointer("/metadata/ownerReferences/0")?;
    let name = first.get("name")?.as_str()?;
    let hash = |part: &str| (5..=10).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    match (first.get("kind")?.as_str()?, name.rsplit_once('-')) {
        // A replica set is named after its deployment and a hash; a job after its cron job and a number.
        ("ReplicaSet" | "Job", Some((before, last))) if hash(last) => Some(before.to_owned()),
        _ => Some(name.to_owned()),
    }
}

#[derive(Deserialize)]
struct Compose {
    #[serde(default)]
    services: BTreeMap<String, Service>,
}

#[derive(Deserialize)]
struct Service {
    image: Option<String>,
    #[serde(default)]
    environment: Option<Environment>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Environment {
    Map(BTreeMap<String, Option<Scalar>>),
    List(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Bool(bool),
    Whole(i64),
    Number(f64),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Scalar::Text(t) => t.clone(),
            Scalar::Bool(b) => b.to_string(),
            Scalar::Whole(n) => n.to_string(),
            Scalar::Number(n) => n.to_string(),
        }
    }
}

/// Reads a compose file.
pub(super) fn compose(bytes: &[u8]) -> Result<Observation, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())?;
    let file: Compose = serde_saphyr::from_str(text).map_err(|e| {
        format!(
            "it is no compose file: {}",
            e.without_snippet().to_string().lines().next().unwrap_or_default()
        )
    })?;
    if file.services.is_empty() {
        return Err("it has no service".to_owned());
    }
    let mut out = Observation::default();
    for (name, service) in &file.services {
        let image = service.image.clone().unwrap_or_else(|| "built on the spot".to_owned());
        out.images.insert(format!("{name}/{name}"), BTreeSet::from([image]));
        let mut set = |key: &str, value: String| out.settings.insert(format!("{name}/{key}"), value);
        match &service.environment {
            Some(Environment::Map(map)) => {
                for (key, value) in map {
                    set(key, value.as_ref().map(Scalar::text).unwrap_or_default());
                }
            }
            Some(Environment::List(list)) => {
                for line in list {
                    let (key, value) = line.split_once('=').unwrap_or((line, ""));
                    set(key, value.to_owned());
                }
            }
            None => {}
        }
    }
    Ok(out)
}
