//! Dependencies between source files, for the rule on segregation: read from manifests (Cargo, npm, Go, Gradle, C# projects) and from
//! import statements. Only the files of items that claim segregation are looked into.
//!
//! It is not a compiler: a statement that is not understood names nothing. What it names is there in the text.

mod namespaces;

use crate::analysis::{Analysis, product_prefix};
use crate::error::{Doing as _, Result};
use crate::workspace::Workspace;
use model::Kind;
use rules::SourceDependency;
use std::collections::{BTreeMap, BTreeSet};

/// Larger files are no source that people write.
const MOST: usize = 4 << 20;

/// The dependencies of the source of items with `segregated-from`. None where no item claims segregation, or where the product
/// is in no repository (`source-not-controlled` says that).
pub(crate) fn read(ws: &Workspace, analysis: &Analysis) -> Result<Vec<SourceDependency>> {
    let items = analysis.model.of_kind(Kind::SoftwareItem).iter().filter_map(|ix| analysis.model.get(*ix));
    let globs: Vec<String> = items
        .filter(|i| i.value("segregated-from").is_some_and(|v| !v.is_empty()))
        .flat_map(|i| i.values("paths").into_iter().map(|p| p.into_owned()).collect::<Vec<_>>())
        .collect();
    if globs.is_empty() {
        return Ok(Vec::new());
    }
    let Ok(repository) = git::Repository::discover(&ws.root) else { return Ok(Vec::new()) };
    let prefix = product_prefix(ws, &repository)?;
    let wanted = crate::analysis::globs(&globs, "")?;
    let files = match analysis.commit() {
        Some(commit) => of_commit(&repository, commit, &prefix, &wanted)?,
        None => of_work_tree(&repository, &prefix, &wanted)?,
    };
    Ok(dependencies(&files, &|path| wanted.is_match(path)))
}

/// The files of a product: each with its text where it may be looked into.
type Files = BTreeMap<String, Option<String>>;

fn of_commit(
    repository: &git::Repository,
    commit: git::ObjectId,
    prefix: &str,
    wanted: &globset::GlobSet,
) -> Result<Files> {
    let under = [prefix];
    let under: &[&str] = if prefix.is_empty() { &[] } else { &under };
    let entries = repository.entries(commit, under).doing("list the files of the commit")?;
    let mut out = Files::new();
    for entry in entries {
        let path = entry.path.to_text();
        let Some(path) = path.strip_prefix(prefix) else { continue };
        let text = if is_source(path) && (wanted.is_match(path) || is_manifest(path)) {
            text(repository.read(entry.id).doing("read a source file")?)
        } else {
            None
        };
        out.insert(path.to_owned(), text);
    }
    Ok(out)
}

fn of_work_tree(repository: &git::Repository, prefix: &str, wanted: &globset::GlobSet) -> Result<Files> {
    let under = [prefix];
    let under: &[&str] = if prefix.is_empty() { &[] } else { &under };
    let mut out = Files::new();
    for file in repository.work_tree_files(under).doing("list the files of the work tree")? {
        let path = file.path.to_text().into_owned();
        let Some(path) = path.strip_prefix(prefix) else { continue };
        let text = if is_source(path) && (wanted.is_match(path) || is_manifest(path)) {
            text(repository.read_work_tree_file(&file).doing("read a source file")?)
        } else {
            None
        };
        out.insert(path.to_owned(), text);
    }
    Ok(out)
}

fn text(bytes: Vec<u8>) -> Option<String> {
    (bytes.len() <= MOST).then(|| String::from_utf8_lossy(&bytes).into_owned())
}

fn is_manifest(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some("Cargo.toml" | "package.json")) || namespaces::is_manifest(path)
}

fn extension(path: &str) -> &str {
    path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, e)| e)
}

fn is_source(path: &str) -> bool {
    is_manifest(path)
        || matches!(
            extension(path),
            "rs" | "py"
                | "js"
                | "mjs"
                | "cjs"
                | "jsx"
                | "ts"
                | "tsx"
                | "c"
                | "h"
                | "cc"
                | "cpp"
                | "cxx"
                | "hpp"
                | "hh"
                | "java"
                | "kt"
                | "kts"
                | "go"
                | "cs"
                | "swift"
        )
}

/// All dependencies of the wanted files.
pub(crate) fn dependencies(files: &Files, wanted: &dyn Fn(&str) -> bool) -> Vec<SourceDependency> {
    let packages = packages(files);
    let mut out = BTreeSet::new();
    for (path, text) in files.iter().filter(|(path, _)| wanted(path)) {
        let Some(text) = text else { continue };
        for (n, line) in text.lines().enumerate() {
            for to in names(files, &packages, path, line) {
                out.insert(SourceDependency {
                    from: path.clone(),
                    line: u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1),
                    to,
                });
            }
        }
    }
    out.into_iter().collect()
}

/// The folders of packages by the name that source uses for them.
fn packages(files: &Files) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (path, text) in files {
        let folder = folder(path);
        let Some(text) = text.as_deref().filter(|_| is_manifest(path)) else { continue };
        let name = if path.ends_with("Cargo.toml") {
            let manifest: Option<toml::Table> = text.parse().ok();
            let package = manifest.as_ref().and_then(|m| m.get("package")).and_then(|p| p.get("name"));
            package.and_then(toml::Value::as_str).map(|n| n.replace('-', "_"))
        } else if namespaces::is_manifest(path) {
            namespaces::package(path, text)
        } else {
            let manifest: Option<serde_json::Value> = serde_json::from_str(text).ok();
            manifest
                .as_ref()
                .and_then(|m| m.get("name"))
                .and_then(serde_json::Value::as_str)
                .map(str::to_owned)
        };
        if let Some(name) = name {
            out.insert(name, folder.to_owned());
        }
    }
    out
}

/// What one line of a file names, as files of the product.
fn names(files: &Files, packages: &BTreeMap<String, String>, path: &str, line: &str) -> Vec<String> {
    let line = line.trim();
    if path.ends_with("Cargo.toml") {
        return cargo_line(packages, path, line).into_iter().collect();
    }
    if path.ends_with("package.json") {
        return npm_line(packages, line).into_iter().collect();
    }
    if let Some(named) = namespaces::names(files, packages, path, line) {
        return vec![named];
    }
    match extension(path) {
        "rs" => rust_line(files, packages, path, line).into_iter().collect(),
        "py" => python_line(files, path, line),
        "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" => c_line(files, path, line).into_iter().collect(),
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "tsx" => {
            script_line(files, packages, path, line).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn cargo_line(packages: &BTreeMap<String, String>, path: &str, line: &str) -> Option<String> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim().trim_matches('"').split('.').next().unwrap_or("").replace('-', "_");
    if value.contains("path") && value.contains('"') {
        let after = value.split_once("path")?.1;
        let quoted = after.split('"').nth(1)?;
        return Some(format!("{}/Cargo.toml", joined(folder(path), quoted)?));
    }
    // A member of the same workspace.
    let here = packages.get(&name)?;
    (here != folder(path) && (line.contains("workspace") || value.contains('"')))
        .then(|| format!("{here}/Cargo.toml"))
}

fn npm_line(packages: &BTreeMap<String, String>, line: &str) -> Option<String> {
    let name = line.split('"').nth(1)?;
    let value = line.split('"').nth(3)?;
    let is_local =
        value.starts_with("file:") || value.starts_with("workspace:") || value.starts_with("link:");
    let folder = packages.get(name).filter(|_| is_local)?;
    Some(format!("{folder}/package.json"))
}

fn rust_line(files: &Files, packages: &BTreeMap<String, String>, path: &str, line: &str) -> Option<String> {
    let line = line.trim_start_matches("pub(crate) ").trim_start_matches("pub ");
    let used = line.strip_prefix("use ").or_else(|| line.strip_prefix("extern crate "))?;
    let parts: Vec<&str> = used.split([':', '{', ';', ',', ' ']).filter(|p| !p.is_empty()).collect();
    let (first, rest) = parts.split_first()?;
    let module = |root: &str, rest: &[&str]| {
        // The longest path of modules that is a file.
        (1..=rest.len()).rev().find_map(|n| {
            let below = rest.get(..n)?.join("/");
            [format!("{root}/{below}.rs"), format!("{root}/{below}/mod.rs")]
                .into_iter()
                .find(|f| files.contains_key(f))
        })
    };
    match *first {
        "crate" => {
            let (before, _) =
                path.rsplit_once("/src/").or_else(|| path.starts_with("src/").then_some(("", "")))?;
            let root = if before.is_empty() { "src".to_owned() } else { format!("{before}/src") };
            module(&root, rest)
        }
        "super" => module(folder(folder(path)), rest).or_else(|| module(folder(path), rest)),
        "self" | "std" | "core" | "alloc" => None,
        name => {
            let there = packages.get(name)?;
            let root = if there.is_empty() { "src".to_owned() } else { format!("{there}/src") };
            (there != folder(path)).then(|| module(&root, rest).unwrap_or(format!("{root}/lib.rs")))
        }
    }
}

fn python_line(files: &Files, path: &str, line: &str) -> Vec<String> {
    let found = |module: &str| -> Option<String> {
        let dots = module.len() - module.trim_start_matches('.').len();
        let below = module.trim_start_matches('.').replace('.', "/");
        if dots > 0 {
            let mut base = folder(path);
            for _ in 1..dots {
                base = folder(base);
            }
            return file_of(files, &format!("{base}/{below}"), &[".py", "/__init__.py"]);
        }
        let ends = [format!("{below}.py"), format!("{below}/__init__.py")];
        let is = |f: &&String| ends.iter().any(|e| **f == *e || f.ends_with(&format!("/{e}")));
        files.keys().find(is).cloned()
    };
    if let Some((module, names)) = line.strip_prefix("from ").and_then(|l| l.split_once(" import ")) {
        let module = module.trim();
        let of_names = names.split(',').filter_map(|n| {
            let n = n.split_whitespace().next()?.trim_matches(['(', ')']);
            found(&if module.ends_with('.') { format!("{module}{n}") } else { format!("{module}.{n}") })
        });
        let mut out: Vec<String> = of_names.collect();
        out.extend(found(module));
        return out;
    }
    let Some(modules) = line.strip_prefix("import ") else { return Vec::new() };
    modules.split(',').filter_map(|m| found(m.split_whitespace().next()?)).collect()
}

fn script_line(files: &Files, packages: &BTreeMap<String, String>, path: &str, line: &str) -> Option<String> {
    let imports = line.starts_with("import")
        || line.starts_with("export")
        || line.contains("require(")
        || line.contains("import(")
        || line.starts_with("} from");
    if !imports {
        return None;
    }
    let after = ["from ", "require(", "import(", "import "]
        .iter()
        .find_map(|m| line.split_once(m).map(|(_, a)| a))?;
    let quote = after.find(['"', '\''])?;
    let mark = after.get(quote..=quote)?;
    let name = after.get(quote + 1..)?.split(mark).next()?;
    if name.starts_with('.') {
        let there = joined(folder(path), name)?;
        const ENDS: [&str; 9] = ["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", "/index.ts", "/index.js"];
        return file_of(files, &there, &ENDS);
    }
    let package = packages.iter().find(|(p, _)| name == p.as_str() || name.starts_with(&format!("{p}/")));
    package.map(|(_, folder)| format!("{folder}/package.json"))
}

fn c_line(files: &Files, path: &str, line: &str) -> Option<String> {
    let rest = line.strip_prefix('#')?.trim_start().strip_prefix("include")?.trim();
    let name = rest
        .strip_prefix('"')
        .and_then(|r| r.split('"').next())
        .or_else(|| rest.strip_prefix('<')?.split('>').next())?;
    let beside = joined(folder(path), name).filter(|p| files.contains_key(p));
    beside.or_else(|| {
        let end = format!("/{}", name.trim_start_matches("../"));
        files.keys().find(|f| f.ends_with(&end) || f.as_str() == name).cloned()
    })
}

fn file_of(files: &Files, path: &str, ends: &[&str]) -> Option<String> {
    let path = path.trim_start_matches('/');
    ends.iter().map(|e| format!("{path}{e}")).find(|f| files.contains_key(f))
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A relative path below a folder, without `.` and `..`; none where it leaves the product.
fn joined(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)], from: &str) -> Vec<String> {
        let files: Files = files.iter().map(|(p, t)| ((*p).to_owned(), Some((*t).to_owned()))).collect();
        dependencies(&files, &|p| p == from)
            .into_iter()
            .map(|d| format!("{}:{} {}", d.from, d.line, d.to))
            .collect()
    }

    #[test]
    fn rust_paths_and_manifests() {
        let files = [
            ("crates/core/Cargo.toml", "[package]\nname = \"the-core\"\n"),
            ("crates/core/src/lib.rs", ""),
            ("crates/core/src/limit.rs", ""),
            (
                "crates/ui/Cargo.toml",
                "[package]\nname = \"ui\"\n[dependencies]\nthe-core = { path = \"../core\" }\n",
            ),
            (
                "crates/ui/src/lib.rs",
                "//! Text\nuse the_core::limit::Limit;\nuse std::fmt;\nuse crate::view;\n",
            ),
            ("crates/ui/src/view.rs", ""),
        ];
        assert_eq!(found(&files, "crates/ui/Cargo.toml"), ["crates/ui/Cargo.toml:4 crates/core/Cargo.toml"]);
        assert_eq!(
            found(&files, "crates/ui/src/lib.rs"),
            [
                "crates/ui/src/lib.rs:2 crates/core/src/limit.rs",
                "crates/ui/src/lib.rs:4 crates/ui/src/view.rs"
            ]
        );
    }

    #[test]
    fn scripts_python_and_c() {
        let files = [
            (
                "src/ui/main.ts",
                "import { a } from '../core/limit';\nconst b = require(\"./b\");\nlet from = 'x';\n",
            ),
            ("src/ui/b.js", ""),
            ("src/core/limit.ts", ""),
            ("app/ui/view.py", "import os\nfrom app.core import limit\nfrom ..core.alarm import ring\n"),
            ("app/core/limit.py", ""),
            ("app/core/alarm.py", ""),
            ("fw/ui/main.c", "#include <stdio.h>\n#include \"../core/limit.h\"\n"),
            ("fw/core/limit.h", ""),
        ];
        assert_eq!(
            found(&files, "src/ui/main.ts"),
            ["src/ui/main.ts:1 src/core/limit.ts", "src/ui/main.ts:2 src/ui/b.js"]
        );
        assert_eq!(
            found(&files, "app/ui/view.py"),
            ["app/ui/view.py:2 app/core/limit.py", "app/ui/view.py:3 app/core/alarm.py"]
        );
        assert_eq!(found(&files, "fw/ui/main.c"), ["fw/ui/main.c:2 fw/core/limit.h"]);
    }

    #[test]
    fn packages_and_namespaces() {
        let files = [
            (
                "app/ui/View.java",
                "import java.util.List;\nimport org.acme.core.Limit;\nimport static org.acme.core.Limit.MAX;\nimport org.acme.alarm.*;\n",
            ),
            ("app/src/org/acme/core/Limit.java", ""),
            ("app/src/org/acme/alarm/Bell.kt", ""),
            ("app/ui/build.gradle.kts", "dependencies {\n    implementation(project(\":core\"))\n}\n"),
            ("app/core/build.gradle.kts", ""),
            ("go.mod", "module example.com/pump\n"),
            (
                "ui/main.go",
                "import (\n\t\"fmt\"\n\tlim \"example.com/pump/core/limit\" // see there\n)\nvar a = []string{\"example.com/pump/core/limit\"}\n",
            ),
            ("core/limit/limit.go", ""),
            ("src/Core/Core.csproj", "<RootNamespace>Acme.Core</RootNamespace>"),
            ("src/Core/Dose/Limit.cs", ""),
            ("src/Ui/Ui.csproj", "<ProjectReference Include=\"..\\Core\\Core.csproj\" />\n"),
            (
                "src/Ui/View.cs",
                "using System;\nusing Acme.Core.Dose;\nusing static Acme.Core.Dose.Limit;\nusing (var a = b) {}\n",
            ),
            ("Sources/Core/Limit.swift", ""),
            ("Sources/Ui/View.swift", "import Foundation\nimport Core\n"),
        ];
        for (from, expected) in [
            (
                "app/ui/View.java",
                vec![
                    "app/ui/View.java:2 app/src/org/acme/core/Limit.java",
                    "app/ui/View.java:3 app/src/org/acme/core/Limit.java",
                    "app/ui/View.java:4 app/src/org/acme/alarm/Bell.kt",
                ],
            ),
            ("app/ui/build.gradle.kts", vec!["app/ui/build.gradle.kts:2 app/core/build.gradle.kts"]),
            ("ui/main.go", vec!["ui/main.go:3 core/limit/limit.go"]),
            ("src/Ui/Ui.csproj", vec!["src/Ui/Ui.csproj:1 src/Core/Core.csproj"]),
            (
                "src/Ui/View.cs",
                vec!["src/Ui/View.cs:2 src/Core/Dose/Limit.cs", "src/Ui/View.cs:3 src/Core/Dose/Limit.cs"],
            ),
            ("Sources/Ui/View.swift", vec!["Sources/Ui/View.swift:2 Sources/Core/Limit.swift"]),
        ] {
            assert_eq!(found(&files, from), expected, "{from}");
        }
        for hostile in
            ["import ", "import .", "import \"", "\"", "using ;", "using =;", "import static ;", "project("]
        {
            for file in ["a.java", "a.kt", "a.go", "a.cs", "a.swift", "build.gradle", "a.csproj"] {
                assert!(found(&[(file, hostile)], file).is_empty(), "{file}: {hostile}");
            }
        }
    }

    #[test]
    fn a_path_that_leaves_the_product_names_nothing() {
        assert_eq!(joined("a/b", "../../../c"), None);
        assert_eq!(joined("a/b", "../c/./d").as_deref(), Some("a/c/d"));
        for hostile in ["use ", "use ::;", "from import", "import", "#include", "import {", "require("] {
            assert!(
                found(&[("a.rs", hostile), ("a.py", hostile), ("a.c", hostile), ("a.ts", hostile)], "a.rs")
                    .is_empty()
            );
        }
    }
}
