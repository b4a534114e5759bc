//! Functions of source files, by language parsers: bytes in, names and texts out. So that a change of one function names
//! that function and not only its file.
//!
//! It is not a compiler: it resolves nothing, follows no macro, and where a file is broken it says what it could read. Any
//! bytes may be given.

use std::collections::BTreeMap;
use tree_sitter::{Node, Parser};

/// Files larger than this are not read: they are generated, and a person reads no list of their functions.
pub const LARGEST: usize = 4 * 1024 * 1024;

/// A language that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// TypeScript and JavaScript.
    TypeScript,
    /// TypeScript and JavaScript with JSX.
    Tsx,
    /// C.
    C,
    /// Go.
    Go,
}

impl Language {
    /// The language of a file, by the end of its name.
    pub fn of_path(path: &str) -> Option<Language> {
        let (_, ending) = path.rsplit_once('.')?;
        Some(match ending {
            "rs" => Language::Rust,
            "py" | "pyi" => Language::Python,
            "ts" | "mts" | "cts" | "js" | "mjs" | "cjs" => Language::TypeScript,
            "tsx" | "jsx" => Language::Tsx,
            "c" | "h" => Language::C,
            "go" => Language::Go,
            _ => return None,
        })
    }

    fn grammar(self) -> tree_sitter::Language {
        match self {
            Language::Rust => tree_sitter_rust::LANGUAGE.into(),
            Language::Python => tree_sitter_python::LANGUAGE.into(),
            Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
            Language::C => tree_sitter_c::LANGUAGE.into(),
            Language::Go => tree_sitter_go::LANGUAGE.into(),
        }
    }
}

/// A function with its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function<'t> {
    /// Its name with those of what it stands in: `Pathway::offer`, `Line.draw`.
    pub name: String,
    /// Its first line, from 1.
    pub line: usize,
    /// Its text, without the functions inside it that are listed themselves.
    pub text: Vec<&'t [u8]>,
}

/// The functions of a file, in its order; none where the file is too large.
pub fn functions(language: Language, bytes: &[u8]) -> Vec<Function<'_>> {
    let mut out = Vec::new();
    if bytes.len() > LARGEST {
        return out;
    }
    let mut parser = Parser::new();
    if parser.set_language(&language.grammar()).is_err() {
        return out;
    }
    let Some(tree) = parser.parse(bytes, None) else { return out };
    walk(language, bytes, tree.root_node(), &mut out);
    out
}

/// The functions that differ between two texts of a file, by name, sorted: changed, added and removed ones.
pub fn changed(language: Language, old: &[u8], new: &[u8]) -> Vec<String> {
    let (old, new) = (by_name(functions(language, old)), by_name(functions(language, new)));
    let mut names: Vec<String> =
        old.keys().chain(new.keys()).filter(|n| old.get(*n) != new.get(*n)).cloned().collect();
    names.sort();
    names.dedup();
    names
}

fn by_name(list: Vec<Function<'_>>) -> BTreeMap<String, Vec<Vec<&[u8]>>> {
    let mut out: BTreeMap<String, Vec<Vec<&[u8]>>> = BTreeMap::new();
    for f in list {
        out.entry(f.name).or_default().push(f.text);
    }
    out
}

/// Where the walk stands in something that has a name.
struct Inside {
    ends: usize,
    name: String,
    function: Option<usize>,
}

/// Goes through the tree without calling itself: the depth of a hostile file is not the depth of our stack.
fn walk<'t>(language: Language, bytes: &'t [u8], root: Node<'_>, out: &mut Vec<Function<'t>>) {
    let mut cursor = root.walk();
    let mut inside: Vec<Inside> = Vec::new();
    let mut cuts: Vec<(usize, std::ops::Range<usize>)> = Vec::new();
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    loop {
        let node = cursor.node();
        while inside.last().is_some_and(|i| i.ends <= node.start_byte() && i.ends < bytes.len().max(1)) {
            inside.pop();
        }
        if let Some((name, is_function)) = named(language, bytes, node) {
            let separator = if language == Language::Rust { "::" } else { "." };
            let full: Vec<&str> = inside.iter().map(|i| i.name.as_str()).chain([name.as_str()]).collect();
            let mut function = inside.last().and_then(|i| i.function);
            if is_function {
                if let Some(outer) = function {
                    cuts.push((outer, node.byte_range()));
                }
                function = Some(out.len());
                let line = node.start_position().row + 1;
                out.push(Function { name: full.join(separator), line, text: Vec::new() });
                ranges.push(node.byte_range());
            }
            inside.push(Inside { ends: node.end_byte(), name, function });
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                texts(bytes, out, &ranges, &cuts);
                return;
            }
        }
    }
}

/// The text of each function around the functions inside it.
fn texts<'t>(
    bytes: &'t [u8],
    out: &mut [Function<'t>],
    ranges: &[std::ops::Range<usize>],
    cuts: &[(usize, std::ops::Range<usize>)],
) {
    for (n, (function, range)) in out.iter_mut().zip(ranges).enumerate() {
        let mut at = range.start;
        for (_, cut) in cuts.iter().filter(|(of, _)| *of == n) {
            function.text.extend(bytes.get(at..cut.start));
            at = cut.end;
        }
        function.text.extend(bytes.get(at..range.end));
    }
}

fn text(bytes: &[u8], node: Node<'_>) -> String {
    String::from_utf8_lossy(bytes.get(node.byte_range()).unwrap_or_default()).into_owned()
}

/// The name of a function or of something that functions stand in, and whether it is a function.
fn named(language: Language, bytes: &[u8], node: Node<'_>) -> Option<(String, bool)> {
    let field = |name: &str| node.child_by_field_name(name).map(|n| text(bytes, n));
    let (of, function) = match (language, node.kind()) {
        (Language::Rust, "function_item") => (field("name"), true),
        (Language::Rust, "impl_item") => (field("type"), false),
        (Language::Rust, "mod_item" | "trait_item") => (field("name"), false),
        (Language::Python, "function_definition") => (field("name"), true),
        (Language::Python, "class_definition") => (field("name"), false),
        (Language::TypeScript | Language::Tsx, "function_declaration" | "method_definition") => {
            (field("name"), true)
        }
        (Language::TypeScript | Language::Tsx, "variable_declarator") => {
            let value = node.child_by_field_name("value").map(|v| v.kind());
            let function = matches!(value, Some("arrow_function" | "function_expression"));
            (field("name").filter(|_| function), true)
        }
        (Language::TypeScript | Language::Tsx, "class_declaration") => (field("name"), false),
        (Language::C, "function_definition") => (declared(bytes, node), true),
        (Language::Go, "function_declaration") => (field("name"), true),
        (Language::Go, "method_declaration") => (
            field("name").map(|n| match field("receiver") {
                Some(r) => format!(
                    "{}.{n}",
                    r.trim_matches(['(', ')']).rsplit([' ', '*']).next().unwrap_or_default()
                ),
                None => n,
            }),
            true,
        ),
        _ => return None,
    };
    of.map(|name| (name, function))
}

/// The name inside the declarators of C: `static int *f(void)`.
fn declared(bytes: &[u8], node: Node<'_>) -> Option<String> {
    let mut at = node;
    for _ in 0..32 {
        match at.child_by_field_name("declarator") {
            Some(inner) => at = inner,
            None => break,
        }
    }
    (at.kind() == "identifier").then(|| text(bytes, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str, source: &str) -> Vec<String> {
        functions(Language::of_path(path).unwrap(), source.as_bytes()).into_iter().map(|f| f.name).collect()
    }

    #[test]
    fn functions_have_the_names_of_what_they_stand_in() {
        let rust = "mod m { impl Pathway { fn offer(&self) { fn inner() {} } } }\nfn main() {}";
        assert_eq!(names("a.rs", rust), ["m::Pathway::offer", "m::Pathway::offer::inner", "main"]);
        assert_eq!(names("a.py", "class A:\n  def f(self):\n    pass\ndef g(): pass\n"), ["A.f", "g"]);
        let ts = "class A { draw() {} }\nconst f = () => 1;\nexport function g() {}\nconst x = 1;";
        assert_eq!(names("a.ts", ts), ["A.draw", "f", "g"]);
        assert_eq!(names("a.tsx", "const V = () => <p>x</p>;"), ["V"]);
        assert_eq!(names("a.c", "static int *f(void) { return 0; }\nint g(int a) { return a; }"), ["f", "g"]);
        assert_eq!(names("a.go", "package p\nfunc F() {}\nfunc (l *Line) Draw() {}\n"), ["F", "Line.Draw"]);
        assert_eq!(Language::of_path("README.md"), None);
    }

    #[test]
    fn a_change_names_the_innermost_function() {
        let old = b"impl A { fn f() { 1; } fn g() { fn h() { 2; } } }";
        let new = b"impl A { fn f() { 1; } fn g() { fn h() { 3; } } fn k() {} }";
        assert_eq!(changed(Language::Rust, old, new), ["A::g::h", "A::k"]);
        assert_eq!(changed(Language::Rust, old, b""), ["A::f", "A::g", "A::g::h"]);
        assert!(changed(Language::Rust, old, old).is_empty());
    }

    #[test]
    fn broken_and_hostile_files_are_survived() {
        let deep = "{".repeat(100_000);
        for path in ["a.rs", "a.py", "a.ts", "a.c", "a.go"] {
            names(path, "fn (((( \u{0} def class func {{{");
            names(path, "");
            names(path, &deep);
            functions(Language::of_path(path).unwrap(), &[0xff, 0xfe, 0x00, b'{']);
        }
        assert!(functions(Language::Rust, &vec![b' '; LARGEST + 1]).is_empty());
    }
}
