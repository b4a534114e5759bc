//! Tokens of content streams, without allocation for what is not text.

/// An operand.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand<'c> {
    Number(f32),
    Name(&'c [u8]),
    /// A string, its escapes resolved.
    String(Vec<u8>),
    /// An array: strings and numbers, as `TJ` has them; anything else in it is dropped.
    Array(Vec<Operand<'c>>),
    /// A dictionary or keyword that text does not need.
    Other,
}

/// A token.
pub(super) enum Token<'c> {
    Operand(Operand<'c>),
    Operator(&'c [u8]),
}

/// Cuts a content stream into tokens.
pub(super) struct Tokens<'c> {
    bytes: &'c [u8],
    at: usize,
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\n' | b'\r' | b'\t' | 0 | 12)
}

fn is_delimiter(b: u8) -> bool {
    matches!(b, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

impl<'c> Tokens<'c> {
    pub(super) fn new(bytes: &'c [u8]) -> Tokens<'c> {
        Tokens { bytes, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b) = self.peek() {
            if is_space(b) {
                self.at += 1;
            } else if b == b'%' {
                while self.peek().is_some_and(|b| b != b'\n' && b != b'\r') {
                    self.at += 1;
                }
            } else {
                break;
            }
        }
    }

    pub(super) fn next(&mut self) -> Option<Token<'c>> {
        self.skip_space();
        let first = self.peek()?;
        match first {
            b'0'..=b'9' | b'-' | b'+' | b'.' => Some(Token::Operand(Operand::Number(self.number()))),
            b'/' => Some(Token::Operand(Operand::Name(self.name()))),
            b'(' => Some(Token::Operand(Operand::String(self.literal()))),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.dictionary();
                Some(Token::Operand(Operand::Other))
            }
            b'<' => Some(Token::Operand(Operand::String(self.hex()))),
            b'[' => Some(Token::Operand(self.array())),
            b')' | b'>' | b']' | b'{' | b'}' => {
                self.at += 1;
                Some(Token::Operand(Operand::Other))
            }
            _ => {
                let start = self.at;
                while self.peek().is_some_and(|b| !is_space(b) && !is_delimiter(b)) {
                    self.at += 1;
                }
                Some(Token::Operator(self.bytes.get(start..self.at).unwrap_or_default()))
            }
        }
    }

    fn number(&mut self) -> f32 {
        let mut negative = false;
        let mut whole = 0f64;
        let mut scale = 0f64;
        while let Some(b) = self.peek() {
            match b {
                b'-' => negative = true,
                b'+' => {}
                b'.' => scale = 1.0,
                b'0'..=b'9' => {
                    whole = whole * 10.0 + f64::from(b - b'0');
                    scale *= 10.0;
                }
                _ => break,
            }
            self.at += 1;
        }
        let value = if scale > 0.0 { whole / scale } else { whole };
        #[allow(clippy::cast_possible_truncation, reason = "a coordinate")]
        let value = value as f32;
        if negative { -value } else { value }
    }

    fn name(&mut self) -> &'c [u8] {
        self.at += 1;
        let start = self.at;
        while self.peek().is_some_and(|b| !is_space(b) && !is_delimiter(b)) {
            self.at += 1;
        }
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    fn literal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut out = Vec::new();
        let mut depth = 1u32;
        while let Some(b) = self.peek() {
            self.at += 1;
            match b {
                b'\\' => self.escape(&mut out),
                b'(' => {
                    depth += 1;
                    out.push(b);
                }
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                    out.push(b);
                }
                _ => out.push(b),
            }
        }
        out
    }

    fn escape(&mut self, out: &mut Vec<u8>) {
        let Some(b) = self.peek() else { return };
        self.at += 1;
        match b {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(b - b'0');
                for _ in 0..2 {
                    let Some(d @ b'0'..=b'7') = self.peek() else { break };
                    code = code * 8 + u32::from(d - b'0');
                    self.at += 1;
                }
                out.push(u8::try_from(code & 0xff).unwrap_or(0));
            }
            other => out.push(other),
        }
    }

    fn hex(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut out = Vec::new();
        let mut high: Option<u8> = None;
        while let Some(b) = self.peek() {
            self.at += 1;
            let digit = match b {
                b'0'..=b'9' => b - b'0',
                b'a'..=b'f' => b - b'a' + 10,
                b'A'..=b'F' => b - b'A' + 10,
                b'>' => break,
                _ => continue,
            };
            match high.take() {
                Some(h) => out.push(h << 4 | digit),
                None => high = Some(digit),
            }
        }
        if let Some(h) = high {
            out.push(h << 4);
        }
        out
    }

    fn array(&mut self) -> Operand<'c> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            self.skip_space();
            match self.peek() {
                None => break,
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                Some(b'(') => out.push(Operand::String(self.literal())),
                Some(b'<') if self.bytes.get(self.at + 1) != Some(&b'<') => {
                    out.push(Operand::String(self.hex()))
                }
                Some(b'0'..=b'9' | b'-' | b'+' | b'.') => out.push(Operand::Number(self.number())),
                Some(_) => self.at += 1,
            }
        }
        Operand::Array(out)
    }

    /// Skips a dictionary with those inside it.
    fn dictionary(&mut self) {
        let mut depth = 0u32;
        while let Some(b) = self.peek() {
            match (b, self.bytes.get(self.at + 1)) {
                (b'<', Some(b'<')) => {
                    depth += 1;
                    self.at += 2;
                }
                (b'>', Some(b'>')) => {
                    depth = depth.saturating_sub(1);
                    self.at += 2;
                    if depth == 0 {
                        return;
                    }
                }
                (b'(', _) => {
                    self.literal();
                }
                _ => self.at += 1,
            }
        }
    }

    /// Skips the data of an inline image, up to its `EI`.
    pub(super) fn skip_image(&mut self) {
        let Some(rest) = self.bytes.get(self.at..) else { return };
        let ends = |w: &[u8]| matches!(w, [a, b'E', b'I', z] if is_space(*a) && is_space(*z));
        match rest.windows(4).position(ends) {
            Some(found) => self.at += found + 4,
            None => self.at = self.bytes.len(),
        }
    }
}
