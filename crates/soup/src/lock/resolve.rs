//! What `cargo metadata` resolves and a Cargo.lock does not say: features that are turned on, what only builds or tests, for
//! which platforms a package is taken, its licence.

use model::components::{ComponentGraph, ComponentKind};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    packages: Vec<Package<'a>>,
    #[serde(borrow)]
    workspace_members: Vec<&'a str>,
    #[serde(borrow)]
    resolve: Option<Resolve<'a>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    id: &'a str,
    name: &'a str,
    version: &'a str,
    source: Option<&'a str>,
    license: Option<String>,
}

#[derive(Deserialize)]
struct Resolve<'a> {
    #[serde(borrow)]
    nodes: Vec<Node<'a>>,
}

#[derive(Deserialize)]
struct Node<'a> {
    id: &'a str,
    #[serde(borrow, default)]
    deps: Vec<Dependency<'a>>,
    #[serde(default)]
    features: Vec<String>,
}

#[derive(Deserialize)]
struct Dependency<'a> {
    pkg: &'a str,
    #[serde(default)]
    dep_kinds: Vec<Way>,
}

/// As what, and where, one package needs another.
#[derive(Deserialize)]
struct Way {
    kind: Option<String>,
    target: Option<String>,
}

/// How a package is reached from the maker's own.
#[derive(Default)]
struct Reached {
    shipped: bool,
    built: bool,
    everywhere: bool,
    targets: BTreeSet<String>,
}

/// Fills in what the output of `cargo metadata --format-version 1` says of the packages of a Cargo.lock.
///
/// # Errors
/// When it is no such output, or was made without resolution.
pub fn fill(graph: &mut ComponentGraph, metadata: &[u8]) -> Result<(), serde_json::Error> {
    let metadata: Metadata<'_> = serde_json::from_slice(metadata)?;
    let Some(resolve) = &metadata.resolve else {
        return Err(serde::de::Error::custom("there is no resolution: leave `--no-deps` away"));
    };
    let index: HashMap<&str, usize> = resolve.nodes.iter().enumerate().map(|(i, n)| (n.id, i)).collect();
    let members: Vec<usize> =
        metadata.workspace_members.iter().filter_map(|m| index.get(m).copied()).collect();
    let reached = reach(&resolve.nodes, &index, &members);
    let mut by_name: HashMap<(&str, &str), Vec<(&Package<'_>, usize)>> = HashMap::new();
    for package in &metadata.packages {
        if let Some(node) = index.get(package.id) {
            by_name.entry((package.name, package.version)).or_default().push((package, *node));
        }
    }
    graph.fill(|_, c| {
        let Some(all) = by_name.get(&(c.name.as_str(), c.version.as_str())) else { return };
        // Two packages of one name and version come from different places.
        let same = |p: &Package<'_>| match (p.source, c.kind) {
            (None, kind) => kind == ComponentKind::Own,
            (Some(source), _) => {
                all.len() == 1 || c.download.as_deref().is_some_and(|d| d.starts_with(source))
            }
        };
        let Some((package, node)) = all.iter().find(|(p, _)| same(p)) else { return };
        if c.licences.is_empty() {
            // Old manifests write a slash where SPDX writes OR.
            c.licences.extend(package.license.as_ref().map(|l| l.replace('/', " OR ")));
        }
        if let Some(node) = resolve.nodes.get(*node) {
            c.features.clone_from(&node.features);
        }
        let Some(reached) = reached.get(*node) else { return };
        if c.kind.is_shipped() {
            c.kind = match (reached.shipped, reached.built) {
                (true, _) => c.kind,
                (false, true) => ComponentKind::Build,
                (false, false) => ComponentKind::Dev,
            };
        }
        if !reached.everywhere {
            c.targets = reached.targets.iter().map(|t| t.split_whitespace().collect::<String>()).collect();
        }
    });
    Ok(())
}

fn reach(nodes: &[Node<'_>], index: &HashMap<&str, usize>, members: &[usize]) -> Vec<Reached> {
    let mut out: Vec<Reached> = nodes.iter().map(|_| Reached::default()).collect();
    let own: Vec<bool> = (0..nodes.len()).map(|i| members.contains(&i)).collect();
    // A walk for what is shipped, and one for what only builds; development dependencies count only of the maker's own.
    for wanted in ["shipped", "built"] {
        let mut todo: Vec<(usize, bool)> = match wanted {
            "shipped" => members.iter().map(|m| (*m, false)).collect(),
            _ => {
                let shipped = out.iter().enumerate().filter(|(_, r)| r.shipped).map(|(i, _)| i);
                shipped.flat_map(|i| below(nodes, index, i, "build")).map(|(to, _)| (to, true)).collect()
            }
        };
        while let Some((at, built)) = todo.pop() {
            let Some(slot) = out.get_mut(at) else { continue };
            let done = if built { &mut slot.built } else { &mut slot.shipped };
            if std::mem::replace(done, true) {
                continue;
            }
            todo.extend(below(nodes, index, at, "normal").into_iter().map(|(to, _)| (to, built)));
            if built {
                todo.extend(below(nodes, index, at, "build").into_iter().map(|(to, _)| (to, built)));
            }
        }
    }
    // Platforms: a package is for all where one way to it has no condition.
    let mut todo: Vec<usize> = members.to_vec();
    while let Some(at) = todo.pop() {
        let Some(slot) = out.get_mut(at) else { continue };
        if std::mem::replace(&mut slot.everywhere, true) {
            continue;
        }
        for kind in ["normal", "build", "dev"] {
            if kind != "dev" || own.get(at).copied().unwrap_or(false) {
                todo.extend(
                    below(nodes, index, at, kind).into_iter().filter(|(_, t)| t.is_none()).map(|(to, _)| to),
                );
            }
        }
    }
    // What is behind a condition inherits it.
    let mut todo: Vec<(usize, String)> = Vec::new();
    for at in 0..nodes.len() {
        if out.get(at).is_some_and(|r| r.everywhere) {
            for kind in ["normal", "build", "dev"] {
                todo.extend(below(nodes, index, at, kind).into_iter().filter_map(|(to, t)| Some((to, t?))));
            }
        }
    }
    while let Some((at, target)) = todo.pop() {
        let Some(slot) = out.get_mut(at).filter(|r| !r.everywhere) else { continue };
        if slot.targets.insert(target.clone()) {
            for kind in ["normal", "build"] {
                todo.extend(below(nodes, index, at, kind).into_iter().map(|(to, _)| (to, target.clone())));
            }
        }
    }
    out
}

/// What a package needs in a way, with the platform.
fn below(
    nodes: &[Node<'_>],
    index: &HashMap<&str, usize>,
    at: usize,
    kind: &str,
) -> Vec<(usize, Option<String>)> {
    let mut out = Vec::new();
    for d in nodes.get(at).map(|n| n.deps.as_slice()).unwrap_or_default() {
        let Some(to) = index.get(d.pkg) else { continue };
        for way in d.dep_kinds.iter().filter(|w| w.kind.as_deref().unwrap_or("normal") == kind) {
            out.push((*to, way.target.clone()));
        }
    }
    out
}
