//! Fonts: from the codes of a string to characters and widths.

use super::{array_in, dictionary_in, get};
use lopdf::{Dictionary, Document, Object, dictionary};
use std::collections::HashMap;

/// Most entries that are taken from one character map.
const MAP_MAX: usize = 70_000;

/// A glyph: what it says and how wide it is, in thousandths of the size.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Shape {
    pub(super) text: Chars,
    pub(super) width: f32,
}

/// One character mostly, none for what says nothing, several for ligatures.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Chars {
    #[default]
    None,
    One(char),
    Many(Box<str>),
}

/// A font as text needs it.
pub(super) struct Font {
    pub(super) bold: bool,
    kind: Kind,
}

enum Kind {
    /// One byte a code.
    Simple(Vec<Shape>),
    /// Two bytes a code.
    Composite { text: HashMap<u32, Chars>, widths: HashMap<u32, f32>, default: f32 },
}

impl Font {
    pub(super) fn read(document: &Document, dictionary: &Dictionary) -> Font {
        let name = dictionary.get(b"BaseFont").ok().and_then(|n| n.as_name().ok()).unwrap_or_default();
        let bold = {
            let name = String::from_utf8_lossy(name).to_lowercase();
            ["bold", "black", "heavy", "semibold", "cmbx", "demi"].iter().any(|m| name.contains(m))
        };
        let kind = dictionary.get(b"Subtype").ok().and_then(|s| s.as_name().ok()).unwrap_or_default();
        let map = get(document, dictionary, b"ToUnicode")
            .and_then(|o| o.as_stream().ok())
            .and_then(|s| {
                s.decompressed_content_with_limit(super::STREAM_MAX).ok().or_else(|| Some(s.content.clone()))
            })
            .map(|cmap| read_cmap(&cmap))
            .unwrap_or_default();
        let kind = if kind == b"Type0" {
            composite(document, dictionary, map)
        } else {
            simple(document, dictionary, name, &map)
        };
        Font { bold, kind }
    }

    /// Bytes of a code.
    pub(super) fn code_length(&self) -> usize {
        match self.kind {
            Kind::Simple(_) => 1,
            Kind::Composite { .. } => 2,
        }
    }

    /// Gives each code of a string to `each`: its characters, its width, whether it is the one-byte space.
    pub(super) fn decode(&self, bytes: &[u8], mut each: impl FnMut(&Chars, f32, bool)) {
        match &self.kind {
            Kind::Simple(shapes) => {
                for b in bytes {
                    if let Some(shape) = shapes.get(usize::from(*b)) {
                        each(&shape.text, shape.width, *b == b' ');
                    }
                }
            }
            Kind::Composite { text, widths, default } => {
                for pair in bytes.chunks_exact(2) {
                    let &[high, low] = pair else { continue };
                    let code = u32::from(high) << 8 | u32::from(low);
                    each(
                        text.get(&code).unwrap_or(&Chars::None),
                        widths.get(&code).copied().unwrap_or(*default),
                        false,
                    );
                }
            }
        }
    }
}

fn composite(document: &Document, dictionary: &Dictionary, map: HashMap<u32, Chars>) -> Kind {
    let descendant = array_in(document, dictionary, b"DescendantFonts")
        .and_then(|d| d.first())
        .and_then(|d| super::resolve(document, d))
        .and_then(|d| d.as_dict().ok());
    let mut widths = HashMap::new();
    let default = descendant.and_then(|d| get(document, d, b"DW")).and_then(number).unwrap_or(1000.0);
    if let Some(list) = descendant.and_then(|d| array_in(document, d, b"W")) {
        cid_widths(document, list, &mut widths);
    }
    Kind::Composite { text: map, widths, default }
}

/// `W`: `first [w w w]` or `first last w`.
fn cid_widths(document: &Document, list: &[Object], widths: &mut HashMap<u32, f32>) {
    let mut at = 0;
    while let Some(first) = list.get(at).and_then(|o| super::resolve(document, o)).and_then(integer) {
        match list.get(at + 1).and_then(|o| super::resolve(document, o)) {
            Some(Object::Array(each)) => {
                for (code, w) in (first..).zip(each) {
                    if let Some(w) = super::resolve(document, w).and_then(number) {
                        widths.insert(code, w);
                    }
                }
                at += 2;
            }
            Some(last) => {
                let last = integer(last).unwrap_or(first).min(first.saturating_add(70_000));
                if let Some(w) = list.get(at + 2).and_then(|o| super::resolve(document, o)).and_then(number) {
                    for code in first..=last {
                        widths.insert(code, w);
                    }
                }
                at += 3;
            }
            None => return,
        }
    }
}

fn simple(document: &Document, dictionary: &Dictionary, name: &[u8], map: &HashMap<u32, Chars>) -> Kind {
    let mut shapes = vec![Shape::default(); 256];
    let encoding = get(document, dictionary, b"Encoding");
    let descriptor = dictionary_in(document, dictionary, b"FontDescriptor");
    let named = |o: Option<&Object>| o.and_then(|o| o.as_name().ok().map(<[u8]>::to_vec));
    let base = named(encoding)
        .or_else(|| encoding.and_then(|e| e.as_dict().ok()).and_then(|d| named(d.get(b"BaseEncoding").ok())));
    let base_name: &[u8] = base.as_deref().unwrap_or(b"StandardEncoding");
    for (code, shape) in (0u8..=255).zip(shapes.iter_mut()) {
        shape.text = base_text(document, base_name, code);
    }
    if base.is_none()
        && let Some(descriptor) = descriptor
    {
        built_in(document, descriptor, &mut shapes);
    }
    if let Some(differences) =
        encoding.and_then(|e| e.as_dict().ok()).and_then(|d| array_in(document, d, b"Differences"))
    {
        let mut code = 0usize;
        for entry in differences {
            match super::resolve(document, entry) {
                Some(Object::Name(glyph)) => {
                    if let Some(shape) = shapes.get_mut(code) {
                        shape.text = glyph_text(document, glyph);
                    }
                    code += 1;
                }
                Some(other) => code = integer(other).and_then(|n| usize::try_from(n).ok()).unwrap_or(code),
                None => {}
            }
        }
    }
    for (code, text) in map {
        if let Some(shape) = usize::try_from(*code).ok().and_then(|c| shapes.get_mut(c)) {
            shape.text = text.clone();
        }
    }
    let missing = descriptor.and_then(|d| get(document, d, b"MissingWidth")).and_then(number);
    let typewriter = name.windows(7).any(|w| w.eq_ignore_ascii_case(b"courier"));
    let fallback = missing.filter(|w| *w > 0.0).unwrap_or(if typewriter { 600.0 } else { 500.0 });
    let first = get(document, dictionary, b"FirstChar").and_then(integer).unwrap_or(0);
    let widths = array_in(document, dictionary, b"Widths");
    // Type 3 fonts count in units of their own matrix.
    let unit = array_in(document, dictionary, b"FontMatrix")
        .and_then(|m| m.first())
        .and_then(number)
        .map_or(1.0, |a| a * 1000.0);
    for (code, shape) in (0u32..).zip(shapes.iter_mut()) {
        let at = code.checked_sub(first).and_then(|i| usize::try_from(i).ok());
        let width =
            widths.and_then(|w| w.get(at?)).and_then(|w| super::resolve(document, w)).and_then(number);
        shape.width = width.map_or(fallback, |w| w * unit);
    }
    Kind::Simple(shapes)
}

/// The encoding that a Type 1 font program brings along: `dup 12 /fi put` in its clear part.
fn built_in(document: &Document, descriptor: &Dictionary, shapes: &mut [Shape]) {
    let Some(stream) = get(document, descriptor, b"FontFile").and_then(|o| o.as_stream().ok()) else {
        return;
    };
    let Ok(program) = stream.decompressed_content_with_limit(super::STREAM_MAX) else { return };
    let clear = crate::format::find(&program, b"eexec")
        .map_or(program.as_slice(), |end| program.get(..end).unwrap_or_default());
    let Some(start) = crate::format::find(clear, b"/Encoding") else { return };
    let mut words =
        clear.get(start..).unwrap_or_default().split(|b| b.is_ascii_whitespace()).filter(|w| !w.is_empty());
    while let Some(word) = words.next() {
        match word {
            b"dup" => {
                let code = words
                    .next()
                    .and_then(|w| std::str::from_utf8(w).ok())
                    .and_then(|w| w.parse::<usize>().ok());
                let glyph = words.next().and_then(|w| w.strip_prefix(b"/"));
                if let (Some(code), Some(glyph)) = (code, glyph)
                    && let Some(shape) = shapes.get_mut(code)
                {
                    shape.text = glyph_text(document, glyph);
                }
            }
            b"def" | b"readonly" => return,
            _ => {}
        }
    }
}

/// What a glyph's name says.
fn glyph_text(document: &Document, name: &[u8]) -> Chars {
    // lopdf knows the names, behind a font dictionary: code 0 says nothing in the base encoding.
    let encoding = dictionary! { "Differences" => vec![Object::Integer(0), Object::Name(name.to_vec())] };
    let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "Encoding" => encoding };
    if let Some(c) = decoded(document, &font, 0) {
        return spread(c);
    }
    let text = std::str::from_utf8(name).unwrap_or("");
    let known = match text {
        "ff" => "ff",
        "fi" => "fi",
        "fl" => "fl",
        "ffi" => "ffi",
        "ffl" => "ffl",
        "dotlessi" | "dotlessj" => "i",
        "visiblespace" | "nbspace" | "space" => " ",
        "hyphen" | "sfthyphen" | "hyphenchar" => "-",
        "arrowright" => "→",
        "arrowleft" => "←",
        "lessequal" => "≤",
        "greaterequal" => "≥",
        "multiply" => "×",
        "asteriskmath" => "*",
        "bulletmath" | "bullet" => "•",
        "epsilon1" => "ε",
        "mu1" => "µ",
        "check" => "✓",
        _ => "",
    };
    match known.len() {
        0 => {}
        1 => return known.chars().next().map_or(Chars::None, Chars::One),
        _ => return Chars::Many(known.into()),
    }
    let code = text
        .strip_prefix("uni")
        .filter(|h| h.len() == 4)
        .or_else(|| text.strip_prefix('u').filter(|h| (4..=6).contains(&h.len())));
    if let Some(c) = code.and_then(|h| u32::from_str_radix(h, 16).ok()).and_then(char::from_u32) {
        return spread(c);
    }
    // `a.alt`, `one.tnum`: the name before the dot.
    match text.split_once('.') {
        Some((stem, _)) if !stem.is_empty() => glyph_text(document, stem.as_bytes()),
        _ => Chars::None,
    }
}

/// What a code says in a named encoding.
fn base_text(document: &Document, encoding: &[u8], code: u8) -> Chars {
    match encoding {
        b"WinAnsiEncoding" | b"MacRomanEncoding" if code.is_ascii_graphic() => {
            return Chars::One(char::from(code));
        }
        _ => {}
    }
    let font =
        dictionary! { "Type" => "Font", "Subtype" => "Type1", "Encoding" => Object::Name(encoding.to_vec()) };
    decoded(document, &font, code).map_or(Chars::None, spread)
}

fn decoded(document: &Document, font: &Dictionary, code: u8) -> Option<char> {
    let encoding = font.get_font_encoding(document).ok()?;
    Document::decode_text(&encoding, &[code]).ok()?.chars().next().filter(|c| *c != '\u{fffd}')
}

/// Ligatures as their letters, so that a search for `file` finds it.
fn spread(c: char) -> Chars {
    match c {
        '\u{fb00}' => Chars::Many("ff".into()),
        '\u{fb01}' => Chars::Many("fi".into()),
        '\u{fb02}' => Chars::Many("fl".into()),
        '\u{fb03}' => Chars::Many("ffi".into()),
        '\u{fb04}' => Chars::Many("ffl".into()),
        '\0' => Chars::None,
        c => Chars::One(c),
    }
}

/// A `ToUnicode` map: `bfchar` and `bfrange`.
fn read_cmap(bytes: &[u8]) -> HashMap<u32, Chars> {
    let mut out = HashMap::new();
    let mut tokens = super::token::Tokens::new(bytes);
    let mut operands: Vec<super::token::Operand<'_>> = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            super::token::Token::Operand(operand) => operands.push(operand),
            super::token::Token::Operator(name) => {
                match name {
                    b"endbfchar" => {
                        for pair in operands.chunks_exact(2) {
                            if let [
                                super::token::Operand::String(code),
                                super::token::Operand::String(text),
                            ] = pair
                            {
                                out.insert(code_of(code), utf16(text, 0));
                            }
                        }
                    }
                    b"endbfrange" => {
                        for triple in operands.chunks_exact(3) {
                            range(triple, &mut out);
                        }
                    }
                    _ => {}
                }
                operands.clear();
                if out.len() > MAP_MAX {
                    break;
                }
            }
        }
    }
    out
}

fn range(triple: &[super::token::Operand<'_>], out: &mut HashMap<u32, Chars>) {
    use super::token::Operand;
    let [Operand::String(first), Operand::String(last), target] = triple else { return };
    let (first, last) = (code_of(first), code_of(last));
    let last = last.min(first.saturating_add(65_535));
    match target {
        Operand::String(text) => {
            for code in first..=last {
                out.insert(code, utf16(text, code - first));
            }
        }
        Operand::Array(list) => {
            for (code, text) in (first..=last).zip(list) {
                if let Operand::String(text) = text {
                    out.insert(code, utf16(text, 0));
                }
            }
        }
        _ => {}
    }
}

fn code_of(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |n, b| n << 8 | u32::from(*b))
}

/// UTF-16 text whose last unit is moved by `offset`, as ranges count.
fn utf16(bytes: &[u8], offset: u32) -> Chars {
    let mut units: Vec<u16> =
        bytes.chunks(2).map(|p| p.iter().fold(0u16, |n, b| n << 8 | u16::from(*b))).collect();
    if let Some(last) = units.last_mut() {
        *last = last.wrapping_add(u16::try_from(offset).unwrap_or(0));
    }
    let mut text = String::new();
    for c in char::decode_utf16(units).flatten() {
        match spread(c) {
            Chars::One(c) => text.push(c),
            Chars::Many(many) => text.push_str(&many),
            Chars::None => {}
        }
    }
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => Chars::None,
        (Some(c), None) => Chars::One(c),
        _ => Chars::Many(text.into()),
    }
}

pub(super) fn number(object: &Object) -> Option<f32> {
    object.as_float().ok()
}

fn integer(object: &Object) -> Option<u32> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "codes are small; a float is cut"
    )]
    match object {
        Object::Integer(n) => u32::try_from(*n).ok(),
        Object::Real(n) if *n >= 0.0 && *n < 1e9 => Some(*n as u32),
        _ => None,
    }
}
