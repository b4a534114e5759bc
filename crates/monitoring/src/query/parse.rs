//! From text to a question.

use super::{Condition, Operator, Query, QueryError, Schema, Sort, Value};

/// Nested brackets and `not`s deeper than this are refused: the parser calls itself.
const DEEPEST: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Operator(Operator),
    Open,
    Close,
    Comma,
}

struct Parser<'s> {
    tokens: Vec<(usize, Token)>,
    at: usize,
    end: usize,
    depth: usize,
    schema: &'s Schema,
}

pub(super) fn parse(text: &str, schema: &Schema) -> Result<Query, QueryError> {
    let tokens = tokens(text)?;
    let mut p = Parser { tokens, at: 0, end: text.chars().count() + 1, depth: 0, schema };
    let condition = if p.peek().is_none() || p.is_word("order") || p.is_word("limit") {
        Condition::All(Vec::new())
    } else {
        p.any()?
    };
    let order = if p.take_word("order") { Some(p.order()?) } else { None };
    let limit = if p.take_word("limit") { Some(p.limit()?) } else { None };
    match p.peek() {
        None => Ok(Query { text: text.trim().to_owned(), condition, order, limit }),
        Some((at, token)) => {
            Err(error(at, format!("`{}` stands where nothing more is expected", shown(&token)))
                .help("join conditions with `and` or `or`"))
        }
    }
}

fn error(at: usize, what: impl Into<String>) -> QueryError {
    QueryError { what: what.into(), at, help: String::new() }
}

impl QueryError {
    fn help(mut self, help: impl Into<String>) -> QueryError {
        self.help = help.into();
        self
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(w) | Token::Quoted(w) => w.clone(),
        Token::Operator(o) => o.sign().to_owned(),
        Token::Open => "(".into(),
        Token::Close => ")".into(),
        Token::Comma => ",".into(),
    }
}

impl Operator {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Operator::Is => "=",
            Operator::IsNot => "!=",
            Operator::Below => "<",
            Operator::AtMost => "<=",
            Operator::Above => ">",
            Operator::AtLeast => ">=",
            Operator::Contains => "~",
        }
    }
}

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, QueryError> {
    let mut out = Vec::new();
    let mut chars = text.chars().enumerate().peekable();
    while let Some((i, c)) = chars.next() {
        let at = i + 1;
        let mut followed = |next: char| chars.next_if(|(_, c)| *c == next).is_some();
        let token = match c {
            c if c.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '~' => Token::Operator(Operator::Contains),
            '=' => {
                followed('=');
                Token::Operator(Operator::Is)
            }
            '!' if followed('=') => Token::Operator(Operator::IsNot),
            '<' if followed('=') => Token::Operator(Operator::AtMost),
            '<' => Token::Operator(Operator::Below),
            '>' if followed('=') => Token::Operator(Operator::AtLeast),
            '>' => Token::Operator(Operator::Above),
            '"' | '\'' => {
                let mut inside = String::new();
                loop {
                    match chars.next() {
                        Some((_, end)) if end == c => break Token::Quoted(inside),
                        Some((_, other)) => inside.push(other),
                        None => {
                            return Err(error(at, format!("the text in {c} never ends"))
                                .help(format!("close it with {c}")));
                        }
                    }
                }
            }
            c if is_word(c) => {
                let mut word = String::from(c);
                while let Some((_, next)) = chars.next_if(|(_, n)| is_word(*n)) {
                    word.push(next);
                }
                Token::Word(word)
            }
            c => {
                return Err(error(at, format!("`{c}` means nothing here"))
                    .help("put text with special characters in quotes"));
            }
        };
        out.push((at, token));
    }
    Ok(out)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | ':' | '/' | '#' | '@' | '*' | '%')
}

impl Parser<'_> {
    fn peek(&self) -> Option<(usize, Token)> {
        self.tokens.get(self.at).cloned()
    }

    fn next(&mut self) -> Option<(usize, Token)> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some((_, Token::Word(w))) if w.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let there = self.is_word(word);
        self.at += usize::from(there);
        there
    }

    fn take(&mut self, token: &Token) -> bool {
        let there = self.tokens.get(self.at).is_some_and(|(_, t)| t == token);
        self.at += usize::from(there);
        there
    }

    fn any(&mut self) -> Result<Condition, QueryError> {
        let mut list = vec![self.all()?];
        while self.take_word("or") {
            list.push(self.all()?);
        }
        Ok(single(list, Condition::Any))
    }

    fn all(&mut self) -> Result<Condition, QueryError> {
        let mut list = vec![self.one()?];
        while self.take_word("and") {
            list.push(self.one()?);
        }
        Ok(single(list, Condition::All))
    }

    fn one(&mut self) -> Result<Condition, QueryError> {
        let here = self.peek().map_or(self.end, |(at, _)| at);
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(error(here, "the question is nested too deeply"));
        }
        let found = if self.take_word("not") {
            Condition::Not(Box::new(self.one()?))
        } else if self.take(&Token::Open) {
            let inner = self.any()?;
            if !self.take(&Token::Close) {
                let at = self.peek().map_or(self.end, |(at, _)| at);
                return Err(error(at, "a bracket is not closed").help("write `)`"));
            }
            inner
        } else {
            self.term()?
        };
        self.depth -= 1;
        Ok(found)
    }

    fn term(&mut self) -> Result<Condition, QueryError> {
        let (at, name) = match self.next() {
            Some((at, Token::Word(name))) => (at, name.to_ascii_lowercase()),
            Some((at, other)) => {
                return Err(error(at, format!("`{}` stands where a name is expected", shown(&other)))
                    .help(self.names()));
            }
            None => return Err(error(self.end, "a condition is missing").help(self.names())),
        };
        let (fields, flags, relations) = (self.schema.fields, self.schema.flags, self.schema.relations);
        if let Some((field, sort)) = fields.iter().find(|(f, _)| *f == name) {
            return self.comparison(field, *sort);
        }
        if let Some(flag) = flags.iter().find(|f| **f == name) {
            return Ok(Condition::Flag(flag));
        }
        if let Some(relation) = relations.iter().find(|r| **r == name) {
            let (_, value) = self.value(relation)?;
            return Ok(Condition::Relation(relation, value));
        }
        let known =
            fields.iter().map(|(f, _)| *f).chain(flags.iter().copied()).chain(relations.iter().copied());
        let help = match diagnostics::closest(&name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => self.names(),
        };
        Err(error(at, format!("{} have no `{name}`", self.schema.of)).help(help))
    }

    fn names(&self) -> String {
        let fields: Vec<&str> = self.schema.fields.iter().map(|(f, _)| *f).collect();
        format!(
            "fields: {}; words: {}; with a value: {}",
            fields.join(", "),
            self.schema.flags.join(", "),
            self.schema.relations.join(", ")
        )
    }

    fn comparison(&mut self, field: &'static str, sort: Sort) -> Result<Condition, QueryError> {
        if self.take_word("in") {
            return self.list(field, sort);
        }
        let operator = match self.next() {
            Some((_, Token::Operator(o))) => o,
            Some((at, other)) => {
                return Err(error(at, format!("`{}` follows `{field}`", shown(&other)))
                    .help("compare it: = != < <= > >= ~, or `in (…)`"));
            }
            None => {
                return Err(error(self.end, format!("`{field}` is compared with nothing"))
                    .help(format!("for instance `{field}=…`")));
            }
        };
        let (at, text) = self.value(field)?;
        let value = if operator == Operator::Contains {
            Value::Text(text.to_lowercase())
        } else {
            self.read(field, sort, at, &text)?
        };
        Ok(Condition::Field(field, operator, value))
    }

    fn list(&mut self, field: &'static str, sort: Sort) -> Result<Condition, QueryError> {
        let here = self.peek().map_or(self.end, |(at, _)| at);
        if !self.take(&Token::Open) {
            return Err(error(here, format!("`{field} in` needs a list")).help("write `in (a, b)`"));
        }
        let mut values = Vec::new();
        loop {
            let (at, text) = self.value(field)?;
            values.push(self.read(field, sort, at, &text)?);
            if self.take(&Token::Close) {
                return Ok(Condition::In(field, values));
            }
            let here = self.peek().map_or(self.end, |(at, _)| at);
            if !self.take(&Token::Comma) {
                return Err(error(here, "a list is not closed").help("write `)`, or `,` and another value"));
            }
        }
    }

    fn value(&mut self, of: &str) -> Result<(usize, String), QueryError> {
        match self.next() {
            Some((at, Token::Word(text) | Token::Quoted(text))) => Ok((at, text)),
            Some((at, other)) => {
                Err(error(at, format!("`{}` stands where the value of `{of}` is expected", shown(&other))))
            }
            None => Err(error(self.end, format!("the value of `{of}` is missing"))),
        }
    }

    fn read(&self, field: &str, sort: Sort, at: usize, text: &str) -> Result<Value, QueryError> {
        let wrong = |what: &str, help: String| error(at, format!("`{text}` is no {what}")).help(help);
        match sort {
            Sort::Text => Ok(Value::Text(text.to_lowercase())),
            Sort::Word(words) => match words.iter().find(|w| w.eq_ignore_ascii_case(text)) {
                Some(word) => Ok(Value::Text((*word).to_owned())),
                None => Err(wrong(field, one_of(field, words))),
            },
            Sort::Version => Ok(Value::Version(text.to_owned())),
            Sort::Date => text
                .parse()
                .map(Value::Date)
                .map_err(|_| wrong("date", format!("write `{field}>=2026-03-14`"))),
            Sort::Number => text
                .strip_suffix('d')
                .unwrap_or(text)
                .parse()
                .map(Value::Number)
                .map_err(|_| wrong("number", format!("write `{field}>30`"))),
            Sort::Severity => {
                let scale = &self.schema.severity;
                let place = scale.iter().position(|s| s.eq_ignore_ascii_case(text));
                place
                    .map(Value::Severity)
                    .ok_or_else(|| wrong("severity", format!("the scale is {}", scale.join(", "))))
            }
        }
    }

    fn order(&mut self) -> Result<(&'static str, bool), QueryError> {
        let here = self.peek().map_or(self.end, |(at, _)| at);
        if !self.take_word("by") {
            return Err(error(here, "`order` is followed by `by`").help("write `order by severity desc`"));
        }
        let (at, name) = self.value("order by")?;
        let known = self.schema.fields.iter().find(|(f, _)| f.eq_ignore_ascii_case(&name));
        let Some((field, _)) = known else {
            return Err(
                error(at, format!("{} cannot be ordered by `{name}`", self.schema.of)).help(self.names())
            );
        };
        let down = self.take_word("desc");
        if !down {
            self.take_word("asc");
        }
        Ok((field, down))
    }

    fn limit(&mut self) -> Result<usize, QueryError> {
        let (at, text) = self.value("limit")?;
        text.parse().map_err(|_| error(at, format!("`{text}` is no number")).help("write `limit 20`"))
    }
}

/// The words that a field has, as they are written in a question.
fn one_of(field: &str, words: &[&str]) -> String {
    let quoted = |w: &&str| if w.contains(' ') { format!("\"{w}\"") } else { (*w).to_owned() };
    format!("{field} is one of {}", words.iter().map(quoted).collect::<Vec<_>>().join(", "))
}

fn single(mut list: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match (list.len(), list.pop()) {
        (1, Some(one)) => one,
        (_, last) => {
            list.extend(last);
            join(list)
        }
    }
}
