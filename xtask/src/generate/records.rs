//! `docs/formats/records.md`: every kind of entry with the fields of its body, read from the types that serve as the wire
//! format, so that the page says what the program does.

use crate::root;
use anyhow::{Context as _, Result, bail};
use quote::ToTokens as _;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, Fields, Ident, Item, LitStr, Token};

const HEAD: &str = "# Format: records

Which kinds of entry a ledger holds and what their bodies are. The entry around a body, its canonical form and its signature are
described in [ledger](ledger.md); this page is written by `cargo xtask generate` from the types of crate `records`.

A body is an object with the fields of its table and no others. A field that is marked *optional* may be absent and then means its
empty value; every other field stands. Kinds are never removed and never change: another shape is another version. Where a kind has
several versions, all are read and the highest is written.

A *personal act* counts only with a signature of the person who acted. Its statement is an object with the fields `format`
(`dossier/statement/v1`), `origin`, `kind`, `subject`, `digest`, `role`, `meaning`, `person`, `at` and `after-position`, as
[ledger](ledger.md) section 4 says; `subject` and `digest` are given below for each kind. Where no digest is named, it is the digest of
the canonical body.

| word | form |
|---|---|
| text | UTF-8 string |
| date | `2026-03-14` |
| instant | `2026-03-14T09:12:00.000Z` |
| digest | `sha256:` and 64 lower-case hex digits |
| item id | `SRS-001`, `ITM-script`: as in [documents](documents.md) |
| count | integer from 0 |

";

/// `record!(Type, \"kind\", personal, self => subject, covers digest)`.
struct Registered {
    name: String,
    kind: String,
    personal: bool,
    subject: Expr,
    covers: Option<Expr>,
}

impl Parse for Registered {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        input.parse::<Token![,]>()?;
        let kind: LitStr = input.parse()?;
        input.parse::<Token![,]>()?;
        let act: Ident = input.parse()?;
        input.parse::<Token![,]>()?;
        input.parse::<Token![self]>()?;
        input.parse::<Token![=>]>()?;
        let subject = input.parse()?;
        let mut covers = None;
        if input.parse::<Option<Token![,]>>()?.is_some() && !input.is_empty() {
            input.parse::<Ident>()?;
            covers = Some(input.parse()?);
        }
        Ok(Registered {
            name: name.to_string(),
            kind: kind.value(),
            personal: act == "personal",
            subject,
            covers,
        })
    }
}

/// A type of the wire: its text and its fields or values.
struct Shape {
    about: String,
    /// Name, form, whether optional, meaning.
    fields: Vec<(String, String, bool, String)>,
    /// The words of an enum, with their meanings.
    words: Vec<(String, String)>,
}

/// What stands in the files of `crates/records/src/types`.
#[derive(Default)]
struct Found {
    /// By name; types of the first forms lie in modules of their own, under `v1::Name`.
    shapes: BTreeMap<String, Shape>,
    kinds: Vec<Registered>,
}

/// The page.
pub(super) fn page() -> Result<String> {
    let folder = root().join("crates/records/src/types");
    let mut paths: Vec<_> = walk(&folder)?;
    paths.sort();
    let mut found = Found::default();
    for path in &paths {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let file = syn::parse_file(&text).with_context(|| path.display().to_string())?;
        found.take(&file.items, "")?;
    }
    let listed = listed()?;
    let mut out = HEAD.to_owned();
    let (mut noun, mut shown) = (String::new(), BTreeSet::new());
    let mut kinds: Vec<&Registered> = found.kinds.iter().collect();
    kinds.sort_by_key(|k| listed.iter().position(|l| *l == k.name));
    kinds.sort_by_key(|k| {
        listed.iter().position(|l| {
            found.kinds.iter().any(|o| o.name == *l && o.kind.split('/').next() == k.kind.split('/').next())
        })
    });
    for kind in kinds {
        if !listed.contains(&kind.name) {
            bail!("{} is a record that `kinds!` does not list", kind.kind);
        }
        let of = kind.kind.split('/').next().unwrap_or_default();
        if of != noun {
            noun = of.to_owned();
            let _ = writeln!(out, "## {noun}\n");
        }
        found.section(kind, &mut shown, &mut out)?;
    }
    // Documentation comments name types; a reader of the format knows their kinds.
    for kind in &found.kinds {
        for name in [format!("`{}`", kind.name), format!("`super::{}`", kind.name)] {
            out = out.replace(&name, &format!("`{}`", kind.kind));
        }
    }
    Ok(out.trim_end().to_owned() + "\n")
}

fn walk(folder: &std::path::Path) -> Result<Vec<std::path::PathBuf>> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            out.extend(walk(&path)?);
        } else {
            out.push(path);
        }
    }
    Ok(out)
}

/// The names in `kinds!`, in their order.
fn listed() -> Result<Vec<String>> {
    let path = root().join("crates/records/src/kind.rs");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let (_, list) = text.split_once("\nkinds! {").context("kind.rs has no list `kinds!`")?;
    let (list, _) = list.split_once("\n}").context("the list `kinds!` has no end")?;
    Ok(list.lines().filter_map(|l| Some(l.trim().split_once(": ")?.0.to_owned())).collect())
}

impl Found {
    fn take(&mut self, items: &[Item], within: &str) -> Result<()> {
        for item in items {
            match item {
                Item::Struct(s) => {
                    let Fields::Named(named) = &s.fields else { continue };
                    let case = renamed_all(&s.attrs);
                    let mut fields = Vec::new();
                    for f in &named.named {
                        let name = f.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                        let name = renamed(&f.attrs).unwrap_or_else(|| in_case(&name, case.as_deref()));
                        let form = form(&f.ty.to_token_stream().to_string());
                        let absent = matches!(&f.ty, syn::Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Option"));
                        let optional = absent || serde_words(&f.attrs).iter().any(|w| w == "default");
                        fields.push((
                            name.trim_start_matches("r#").to_owned(),
                            form,
                            optional,
                            about(&f.attrs),
                        ));
                    }
                    self.keep(within, &s.ident, &s.attrs, fields, Vec::new());
                }
                Item::Enum(e) => {
                    let case = renamed_all(&e.attrs);
                    let words = e.variants.iter().map(|v| {
                        let name = renamed(&v.attrs)
                            .unwrap_or_else(|| in_case(&v.ident.to_string(), case.as_deref()));
                        (name, about(&v.attrs))
                    });
                    self.keep(within, &e.ident, &e.attrs, Vec::new(), words.collect());
                }
                Item::Mod(m) => {
                    if let Some((_, items)) = &m.content {
                        self.take(items, &m.ident.to_string())?;
                    }
                }
                Item::Macro(m) if m.mac.path.is_ident("record") => {
                    self.kinds.push(m.mac.parse_body().context("a use of `record!`")?);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn keep(
        &mut self,
        within: &str,
        name: &Ident,
        attrs: &[Attribute],
        fields: Vec<(String, String, bool, String)>,
        words: Vec<(String, String)>,
    ) {
        let name = if within.is_empty() { name.to_string() } else { format!("{within}::{name}") };
        self.shapes.insert(name, Shape { about: about(attrs), fields, words });
    }

    fn shape(&self, name: &str) -> Option<&Shape> {
        self.shapes
            .get(name)
            .or_else(|| self.shapes.iter().find(|(n, _)| n.rsplit("::").next() == Some(name)).map(|(_, s)| s))
    }

    fn section(&self, kind: &Registered, shown: &mut BTreeSet<String>, out: &mut String) -> Result<()> {
        let shape = self.shape(&kind.name).with_context(|| format!("no type {}", kind.name))?;
        let _ = writeln!(out, "### `{}`\n\n{}\n", kind.kind, shape.about);
        if kind.personal {
            let subject = place(&kind.subject);
            let digest = kind.covers.as_ref().map_or_else(String::new, |d| format!(", digest: {}", place(d)));
            let _ = writeln!(out, "Personal act; subject: {subject}{digest}.\n");
        }
        let mut next = table(shape, out);
        while let Some(name) = next.pop() {
            if let Some(inner) = self.shape(&name)
                && shown.insert(name.clone())
            {
                let _ = writeln!(out, "*{name}*: {}\n", inner.about);
                next.extend(table(inner, out));
            }
        }
        Ok(())
    }
}

/// Writes a shape's table; gives the names of the types in it that are described elsewhere.
fn table(shape: &Shape, out: &mut String) -> Vec<String> {
    if !shape.words.is_empty() {
        out.push_str("| word | meaning |\n|---|---|\n");
        for (word, about) in &shape.words {
            let _ = writeln!(out, "| `{word}` | {about} |");
        }
        out.push('\n');
        return Vec::new();
    }
    let mut named = Vec::new();
    out.push_str("| field | form | meaning |\n|---|---|---|\n");
    for (name, form, optional, about) in &shape.fields {
        let optional = if *optional { ", optional" } else { "" };
        let _ = writeln!(out, "| `{name}` | {form}{optional} | {about} |");
        named.extend(form.split('*').skip(1).step_by(2).map(str::to_owned));
    }
    out.push('\n');
    named.reverse();
    named
}

/// `Vec < ItemId >` as `list of item id`; types of our own between stars.
fn form(tokens: &str) -> String {
    let text = tokens.replace(' ', "");
    let inner = |text: &str, outer: &str| {
        text.strip_prefix(outer)?.strip_prefix('<')?.strip_suffix('>').map(str::to_owned)
    };
    let text = text.strip_prefix("std::collections::").unwrap_or(&text);
    if let Some(of) = inner(text, "Vec") {
        return format!("list of {}", form(&of));
    }
    if let Some(of) = inner(text, "Option") {
        return form(&of);
    }
    if let Some(of) = inner(text, "BTreeMap") {
        let (key, value) = of.split_once(',').unwrap_or(("String", &of));
        return format!("object, by {}: {}", form(key), form(value));
    }
    match text.rsplit("::").next().unwrap_or(text) {
        "String" => "text".into(),
        "ItemId" => "item id".into(),
        "Digest" => "digest".into(),
        "Date" => "date".into(),
        "Instant" => "instant".into(),
        "u64" | "u32" | "usize" => "count".into(),
        "i64" => "integer".into(),
        "bool" => "`true` or `false`".into(),
        own => format!("*{own}*"),
    }
}

/// An expression over the body as a reader of JSON sees it: `self.person.clone()` is the field `person`.
fn place(expression: &Expr) -> String {
    match expression {
        Expr::MethodCall(call) => {
            let inner = place(&call.receiver);
            if call.method == "short" { format!("the first digits of {inner}") } else { inner }
        }
        Expr::Field(field) => format!("`{}`", field.member.to_token_stream()),
        Expr::Reference(r) => place(&r.expr),
        Expr::Macro(m) if m.mac.path.is_ident("format") => {
            let all = m.mac.parse_body_with(syn::punctuated::Punctuated::<Expr, Token![,]>::parse_terminated);
            let Ok(all) = all else { return "text".into() };
            let mut parts = all.iter();
            let Some(Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) = parts.next() else {
                return "text".into();
            };
            let mut out = text.value();
            for part in parts {
                let said = place(part);
                out = out.replacen("{}", said.trim_matches('`'), 1);
            }
            format!("`{out}` with the fields' values")
        }
        other => format!("`{}`", other.to_token_stream()),
    }
}

/// The doc comment, on one line. Links to other types are words here.
fn about(attrs: &[Attribute]) -> String {
    let mut out = String::new();
    for attr in attrs.iter().filter(|a| a.path().is_ident("doc")) {
        if let Ok(value) = attr.meta.require_name_value()
            && let Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &value.value
        {
            let text = text.value();
            if text.trim().is_empty() {
                break;
            }
            out.push_str(text.trim());
            out.push(' ');
        }
    }
    out.trim().replace("[`", "`").replace("`]", "`").replace('|', "\\|")
}

/// What stands in `#[serde(…)]`, word by word: `default`, `rename = "x"`.
fn serde_words(attrs: &[Attribute]) -> Vec<String> {
    let mut out = Vec::new();
    for attr in attrs.iter().filter(|a| a.path().is_ident("serde")) {
        let _ = attr.parse_nested_meta(|meta| {
            let name = meta.path.to_token_stream().to_string();
            if meta.input.peek(Token![=]) {
                let value: LitStr = meta.value()?.parse()?;
                if name == "default" {
                    out.push("default".into());
                }
                out.push(format!("{name} = {}", value.value()));
            } else {
                out.push(name);
            }
            Ok(())
        });
    }
    out
}

fn renamed(attrs: &[Attribute]) -> Option<String> {
    serde_words(attrs).iter().find_map(|w| Some(w.strip_prefix("rename = ")?.to_owned()))
}

fn renamed_all(attrs: &[Attribute]) -> Option<String> {
    serde_words(attrs).iter().find_map(|w| Some(w.strip_prefix("rename_all = ")?.to_owned()))
}

/// A Rust name as serde writes it.
fn in_case(name: &str, case: Option<&str>) -> String {
    let snake: String = name
        .char_indices()
        .flat_map(|(n, c)| {
            let gap = (n > 0 && c.is_ascii_uppercase()).then_some('_');
            gap.into_iter().chain(c.to_lowercase())
        })
        .collect();
    match case {
        Some("kebab-case") => snake.replace('_', "-"),
        Some("snake_case") => snake,
        Some("lowercase") => snake.replace('_', ""),
        _ => name.to_owned(),
    }
}
