//! Imports of languages that name packages and namespaces, not files: Java, Kotlin, Go, C#, Swift, and the manifests that join their
//! modules (`go.mod`, `build.gradle`, `*.csproj`).

use super::{Files, folder, joined};
use std::collections::BTreeMap;

/// Whether a file names the modules of such a language.
pub(super) fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "go.mod" | "build.gradle" | "build.gradle.kts") || name.ends_with(".csproj")
}

/// The name that a manifest gives its folder: the module of `go.mod`, the root namespace of a C# project.
pub(super) fn package(path: &str, text: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name == "go.mod" {
        let module = text.lines().find_map(|l| l.trim().strip_prefix("module "))?;
        return Some(module.trim().trim_matches('"').to_owned());
    }
    let stem = name.strip_suffix(".csproj")?;
    let stated = text.split_once("<RootNamespace>").and_then(|(_, rest)| rest.split('<').next());
    Some(stated.map_or(stem, str::trim).to_owned())
}

/// What a line of such a file names; none of them for files of other languages.
pub(super) fn names(
    files: &Files,
    packages: &BTreeMap<String, String>,
    path: &str,
    line: &str,
) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.ends_with(".csproj") {
        return project_reference(path, line);
    }
    if name.starts_with("build.gradle") {
        return gradle_project(files, line);
    }
    match name.rsplit_once('.')?.1 {
        "java" | "kt" | "kts" => jvm(files, line),
        "go" => go(files, packages, line),
        "cs" => c_sharp(files, packages, path, line),
        "swift" => swift(files, line),
        _ => None,
    }
}

/// `import static a.b.C.member;`, `import a.b.*`, `import a.b.C as D`.
fn jvm(files: &Files, line: &str) -> Option<String> {
    let imported = line.strip_prefix("import ")?.trim_start();
    let imported = imported.strip_prefix("static ").unwrap_or(imported);
    let imported = imported.split([';', ' ']).next()?;
    let mut parts: Vec<&str> = imported.split('.').filter(|p| !p.is_empty()).collect();
    if parts.last() == Some(&"*") {
        parts.pop();
        return first_in(files, &parts.join("/"), &[".java", ".kt"]);
    }
    // A member or an inner class stands behind the class that has a file; a function of Kotlin stands in some file of its package.
    while parts.len() > 1 {
        let below = parts.join("/");
        let ends = [format!("{below}.java"), format!("{below}.kt")];
        let is = |f: &&String| ends.iter().any(|e| f.as_str() == e || f.ends_with(&format!("/{e}")));
        if let Some(file) = files.keys().find(is) {
            return Some(file.clone());
        }
        parts.pop();
        let in_package = (parts.len() > 1).then(|| first_in(files, &parts.join("/"), &[".kt"])).flatten();
        if in_package.is_some() {
            return in_package;
        }
    }
    None
}

/// `import "example.com/app/core"`, and a line of an import block, with or without a name of its own.
fn go(files: &Files, packages: &BTreeMap<String, String>, line: &str) -> Option<String> {
    let line = line.split("//").next().unwrap_or(line).trim_end();
    let quoted = line.strip_suffix('"')?;
    let (before, imported) = quoted.rsplit_once('"')?;
    let before = before.trim().trim_start_matches("import").trim();
    if before.contains(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))) {
        return None;
    }
    let of_module = |(module, at): (&String, &String)| {
        let rest = imported.strip_prefix(module.as_str())?;
        let rest = rest.strip_prefix('/').or_else(|| rest.is_empty().then_some(""))?;
        joined(at, rest)
    };
    let wanted = packages.iter().find_map(of_module)?;
    files.keys().find(|f| folder(f) == wanted && f.ends_with(".go")).cloned()
}

/// `using A.B;`, `using static A.B.C;`, `global using X = A.B;`.
fn c_sharp(files: &Files, packages: &BTreeMap<String, String>, path: &str, line: &str) -> Option<String> {
    let line = line.strip_prefix("global ").unwrap_or(line);
    let used = line.strip_prefix("using ")?.strip_suffix(';')?.trim();
    let used = used.strip_prefix("static ").unwrap_or(used);
    let used = used.rsplit('=').next()?.trim();
    if used.is_empty() || used.contains(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'))) {
        return None;
    }
    let below = |name: &str| {
        let rest = used.strip_prefix(name)?;
        rest.strip_prefix('.').or_else(|| rest.is_empty().then_some("")).map(|rest| rest.replace('.', "/"))
    };
    let (name, at) =
        packages.iter().filter(|(name, _)| below(name).is_some()).max_by_key(|(name, _)| name.len())?;
    let there = joined(at, &below(name)?)?;
    let file = first_below(files, &there, ".cs").or_else(|| first_below(files, folder(&there), ".cs"))?;
    (folder(&file) != folder(path)).then_some(file)
}

/// `import Core`, `@testable import Core`: the folder of that name below `Sources`.
fn swift(files: &Files, line: &str) -> Option<String> {
    let line = line.strip_prefix("@testable ").unwrap_or(line);
    let module = line.strip_prefix("import ")?.split_whitespace().last()?.split('.').next()?;
    let (first, inner) = (format!("Sources/{module}/"), format!("/Sources/{module}/"));
    files.keys().find(|f| (f.starts_with(&first) || f.contains(&inner)) && f.ends_with(".swift")).cloned()
}

/// `<ProjectReference Include="..\Core\Core.csproj" />`.
fn project_reference(path: &str, line: &str) -> Option<String> {
    let include = line.split_once("<ProjectReference")?.1.split_once("Include=")?.1;
    let mark = include.get(..1).filter(|m| matches!(*m, "\"" | "'"))?;
    joined(folder(path), &include.get(1..)?.split(mark).next()?.replace('\\', "/"))
}

/// `implementation(project(":core:limit"))`, `api project(':core')`.
fn gradle_project(files: &Files, line: &str) -> Option<String> {
    let quoted = line.split_once("project(")?.1;
    let mark = quoted.find(['"', '\''])?;
    let name = quoted.get(mark + 1..)?.split(['"', '\'']).next()?;
    let at = name.strip_prefix(':')?.replace(':', "/");
    let ends = ["build.gradle", "build.gradle.kts"].map(|end| format!("{at}/{end}"));
    let is = |f: &&String| ends.iter().any(|e| f.as_str() == e || f.ends_with(&format!("/{e}")));
    files.keys().find(is).cloned()
}

/// The first file with one of these endings whose folder is, or ends in, this one.
fn first_in(files: &Files, below: &str, ends: &[&str]) -> Option<String> {
    let inner = format!("/{below}");
    let is = |f: &&String| {
        let at = folder(f);
        (at == below || at.ends_with(&inner)) && ends.iter().any(|e| f.ends_with(e))
    };
    files.keys().find(is).cloned()
}

/// The first file with this ending in or below a folder.
fn first_below(files: &Files, at: &str, end: &str) -> Option<String> {
    let start = if at.is_empty() { String::new() } else { format!("{at}/") };
    files.keys().find(|f| f.starts_with(&start) && f.ends_with(end)).cloned()
}
