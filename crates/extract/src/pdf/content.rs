//! Content streams: the text operators, the matrices, and forms inside forms.

use super::font::{Chars, Font, number};
use super::token::{Operand, Token, Tokens};
use super::{Page, array_in, dictionary_in};
use lopdf::{Dictionary, Document, Object, ObjectId};
use std::collections::HashMap;
use std::rc::Rc;

/// Forms inside forms are followed this deep.
const DEPTH_MAX: u32 = 12;

/// Most operators of one page; a page of a book has some thousands.
const OPERATORS_MAX: usize = 5_000_000;

/// A run of characters on one baseline, without a gap.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) x: f32,
    /// Where it ends.
    pub(super) end: f32,
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
}

/// What one page holds.
#[derive(Default)]
pub(super) struct PageText {
    pub(super) runs: Vec<Run>,
    pub(super) pictures: u32,
}

/// Six numbers: `a b c d e f`.
#[derive(Clone, Copy)]
struct Matrix([f32; 6]);

impl Matrix {
    const UNIT: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// First `self`, then `other`.
    fn then(self, other: Matrix) -> Matrix {
        let [a, b, c, d, e, f] = self.0;
        let [oa, ob, oc, od, oe, of] = other.0;
        Matrix([
            a * oa + b * oc,
            a * ob + b * od,
            c * oa + d * oc,
            c * ob + d * od,
            e * oa + f * oc + oe,
            e * ob + f * od + of,
        ])
    }

    fn moved(self, x: f32, y: f32) -> Matrix {
        Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(self)
    }
}

#[derive(Clone)]
struct State {
    ctm: Matrix,
    font: Option<Rc<Font>>,
    size: f32,
    spacing: f32,
    word_spacing: f32,
    scale: f32,
    leading: f32,
    rise: f32,
    invisible: bool,
}

/// Reads pages of one document; fonts are read once.
pub(super) struct Interpreter<'d> {
    document: &'d Document,
    fonts: HashMap<ObjectId, Rc<Font>>,
}

struct Reading<'p> {
    out: &'p mut PageText,
    state: State,
    stack: Vec<State>,
    matrix: Matrix,
    line: Matrix,
    operators: usize,
}

impl<'d> Interpreter<'d> {
    pub(super) fn new(document: &'d Document) -> Interpreter<'d> {
        Interpreter { document, fonts: HashMap::new() }
    }

    /// The runs of a page in the order of its content.
    pub(super) fn page(&mut self, page: &Page<'d>) -> PageText {
        let mut out = PageText::default();
        let content = self.content(page.dictionary);
        let rotation =
            super::get(self.document, page.dictionary, b"Rotate").and_then(|r| r.as_i64().ok()).unwrap_or(0);
        let ctm = match rotation.rem_euclid(360) {
            90 => Matrix([0.0, -1.0, 1.0, 0.0, 0.0, 0.0]),
            180 => Matrix([-1.0, 0.0, 0.0, -1.0, 0.0, 0.0]),
            270 => Matrix([0.0, 1.0, -1.0, 0.0, 0.0, 0.0]),
            _ => Matrix::UNIT,
        };
        let state = State {
            ctm,
            font: None,
            size: 1.0,
            spacing: 0.0,
            word_spacing: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            invisible: false,
        };
        let mut reading = Reading {
            out: &mut out,
            state,
            stack: Vec::new(),
            matrix: Matrix::UNIT,
            line: Matrix::UNIT,
            operators: 0,
        };
        self.run(&content, page.resources, &mut reading, 0);
        out
    }

    fn content(&self, page: &Dictionary) -> Vec<u8> {
        let mut out = Vec::new();
        let mut add = |object: &Object| {
            let Some(Ok(stream)) = super::resolve(self.document, object).map(Object::as_stream) else {
                return;
            };
            match stream.decompressed_content_with_limit(super::STREAM_MAX) {
                Ok(bytes) => out.extend_from_slice(&bytes),
                Err(_) if stream.filters().is_err() => out.extend_from_slice(&stream.content),
                Err(_) => {}
            }
            out.push(b'\n');
        };
        match page.get(b"Contents").ok().and_then(|c| super::resolve(self.document, c)) {
            Some(Object::Array(parts)) => parts.iter().take(10_000).for_each(&mut add),
            Some(object) => add(object),
            None => {}
        }
        out
    }

    fn run(&mut self, content: &[u8], resources: Option<&'d Dictionary>, r: &mut Reading<'_>, depth: u32) {
        let mut tokens = Tokens::new(content);
        let mut operands: Vec<Operand<'_>> = Vec::with_capacity(8);
        let bottom = r.stack.len();
        while let Some(token) = tokens.next() {
            match token {
                Token::Operand(operand) if operands.len() < 64 => operands.push(operand),
                Token::Operand(_) => {}
                Token::Operator(name) => {
                    r.operators += 1;
                    if r.operators > OPERATORS_MAX {
                        return;
                    }
                    match name {
                        b"Tf" => self.set_font(&operands, resources, r),
                        b"Do" => self.external(&operands, resources, r, depth),
                        b"BI" => {}
                        b"ID" => {
                            r.out.pictures += 1;
                            tokens.skip_image();
                        }
                        b"Q" if r.stack.len() <= bottom => {}
                        _ => r.operator(name, &operands),
                    }
                    operands.clear();
                }
            }
        }
        if r.stack.len() > bottom
            && let Some(state) = r.stack.drain(bottom..).next()
        {
            r.state = state;
        }
    }

    fn set_font(&mut self, operands: &[Operand<'_>], resources: Option<&'d Dictionary>, r: &mut Reading<'_>) {
        let [Operand::Name(name), Operand::Number(size)] = operands else { return };
        r.state.size = *size;
        let fonts = resources.and_then(|res| dictionary_in(self.document, res, b"Font"));
        let Some(object) = fonts.and_then(|f| f.get(name).ok()) else { return };
        let key = object.as_reference().ok();
        if let Some(font) = key.and_then(|k| self.fonts.get(&k)) {
            r.state.font = Some(Rc::clone(font));
            return;
        }
        let Some(Ok(dictionary)) = super::resolve(self.document, object).map(Object::as_dict) else { return };
        let font = Rc::new(Font::read(self.document, dictionary));
        if let Some(key) = key {
            self.fonts.insert(key, Rc::clone(&font));
        }
        r.state.font = Some(font);
    }

    fn external(
        &mut self,
        operands: &[Operand<'_>],
        resources: Option<&'d Dictionary>,
        r: &mut Reading<'_>,
        depth: u32,
    ) {
        let [Operand::Name(name)] = operands else { return };
        let forms = resources.and_then(|res| dictionary_in(self.document, res, b"XObject"));
        let Some(stream) =
            forms.and_then(|f| super::get(self.document, f, name)).and_then(|o| o.as_stream().ok())
        else {
            return;
        };
        let kind = stream.dict.get(b"Subtype").ok().and_then(|s| s.as_name().ok()).unwrap_or_default();
        if kind == b"Image" {
            r.out.pictures += 1;
        } else if kind == b"Form" && depth < DEPTH_MAX {
            let Ok(content) = stream.decompressed_content_with_limit(super::STREAM_MAX) else { return };
            let own = dictionary_in(self.document, &stream.dict, b"Resources").or(resources);
            let saved = r.state.clone();
            if let Some(m) = array_in(self.document, &stream.dict, b"Matrix") {
                let m: Vec<f32> = m.iter().filter_map(number).collect();
                if let Ok(m) = <[f32; 6]>::try_from(m) {
                    r.state.ctm = Matrix(m).then(r.state.ctm);
                }
            }
            self.run(&content, own, r, depth + 1);
            r.state = saved;
        }
    }
}

impl Reading<'_> {
    fn operator(&mut self, name: &[u8], operands: &[Operand<'_>]) {
        let n = |i: usize| match operands.get(i) {
            Some(Operand::Number(n)) => *n,
            _ => 0.0,
        };
        match name {
            b"BT" => {
                self.matrix = Matrix::UNIT;
                self.line = Matrix::UNIT;
            }
            b"Td" => self.next_line(n(0), n(1)),
            b"TD" => {
                self.state.leading = -n(1);
                self.next_line(n(0), n(1));
            }
            b"Tm" => {
                self.matrix = Matrix([n(0), n(1), n(2), n(3), n(4), n(5)]);
                self.line = self.matrix;
            }
            b"T*" => self.next_line(0.0, -self.state.leading),
            b"Tj" => self.show_first(operands.first()),
            b"'" => {
                self.next_line(0.0, -self.state.leading);
                self.show_first(operands.first());
            }
            b"\"" => {
                self.state.word_spacing = n(0);
                self.state.spacing = n(1);
                self.next_line(0.0, -self.state.leading);
                self.show_first(operands.get(2));
            }
            b"TJ" => {
                if let Some(Operand::Array(parts)) = operands.first() {
                    self.show_parts(parts);
                }
            }
            b"Tc" => self.state.spacing = n(0),
            b"Tw" => self.state.word_spacing = n(0),
            b"Tz" => self.state.scale = n(0) / 100.0,
            b"TL" => self.state.leading = n(0),
            b"Ts" => self.state.rise = n(0),
            b"Tr" => self.state.invisible = false,
            b"cm" => self.state.ctm = Matrix([n(0), n(1), n(2), n(3), n(4), n(5)]).then(self.state.ctm),
            b"q" if self.stack.len() < 512 => self.stack.push(self.state.clone()),
            b"Q" => {
                if let Some(state) = self.stack.pop() {
                    self.state = state;
                }
            }
            _ => {}
        }
    }

    fn next_line(&mut self, x: f32, y: f32) {
        self.line = self.line.moved(x, y);
        self.matrix = self.line;
    }

    fn show_first(&mut self, operand: Option<&Operand<'_>>) {
        if let Some(Operand::String(bytes)) = operand {
            self.show(bytes);
        }
    }

    fn show_parts(&mut self, parts: &[Operand<'_>]) {
        for part in parts {
            match part {
                Operand::String(bytes) => self.show(bytes),
                Operand::Number(n) => {
                    let x = -n / 1000.0 * self.state.size * self.state.scale;
                    self.matrix = self.matrix.moved(x, 0.0);
                }
                _ => {}
            }
        }
    }

    /// Shows a string: one run, or the continuation of the last one where no gap parts them.
    fn show(&mut self, bytes: &[u8]) {
        let Some(font) = self.state.font.clone() else { return };
        if self.state.invisible || bytes.len() < font.code_length() {
            return;
        }
        let full =
            Matrix([self.state.size * self.state.scale, 0.0, 0.0, self.state.size, 0.0, self.state.rise])
                .then(self.matrix)
                .then(self.state.ctm);
        let [a, b, c, d, x, y] = full.0;
        let size = c.hypot(d);
        let across = a.hypot(b);
        // Text that runs up or down the page is read along its own baseline.
        let upright = a.abs() >= b.abs();
        let (mut pen, baseline) = if upright {
            (x, y)
        } else if b > 0.0 {
            (y, -x)
        } else {
            (-y, x)
        };
        let mirrored = upright && a < 0.0;
        let unit =
            if across > 0.0 { across / (self.state.size * self.state.scale).abs().max(1e-6) } else { 1.0 };
        let start = pen;
        let mut advance = 0.0f32;
        let mut text = self.continued(start, baseline, size, mirrored);
        let mut run_start = if text.1 { None } else { Some(start) };
        let mut written_end = start;
        font.decode(bytes, |chars, width, space| {
            let mut step = width / 1000.0 * self.state.size + self.state.spacing;
            if space {
                step += self.state.word_spacing;
            }
            step *= self.state.scale;
            advance += step;
            match chars {
                Chars::None => {}
                Chars::One(c) if c.is_whitespace() => {
                    if !text.0.is_empty() && !text.0.ends_with(' ') {
                        text.0.push(' ');
                    }
                }
                Chars::One(c) => text.0.push(*c),
                Chars::Many(many) => text.0.push_str(many),
            }
            pen += step * unit;
            written_end = pen;
        });
        self.matrix = self.matrix.moved(advance, 0.0);
        if text.0.is_empty() {
            return;
        }
        let x = run_start.take().unwrap_or_else(|| self.out.runs.last().map_or(start, |r| r.x));
        if text.1 {
            if let Some(last) = self.out.runs.last_mut() {
                last.text = text.0;
                last.end = written_end;
            }
        } else {
            let run = Run { text: text.0, x, end: written_end, y: baseline, size, bold: font.bold };
            self.out.runs.push(run);
        }
    }

    /// The text to go on writing, and whether it is the last run's: same baseline, same size, no gap of a space or more.
    fn continued(&mut self, x: f32, y: f32, size: f32, mirrored: bool) -> (String, bool) {
        let Some(last) = self.out.runs.last_mut() else { return (String::new(), false) };
        let level = (last.y - y).abs() < size * 0.05 && (last.size - size).abs() < size * 0.05;
        let gap = if mirrored { 0.0 } else { x - last.end };
        if level && gap.abs() < size * 0.12 {
            (std::mem::take(&mut last.text), true)
        } else {
            (String::new(), false)
        }
    }
}
