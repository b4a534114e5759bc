//! JSON text to a [`Pathway`]: strict, with the place of every error as a JSON pointer.
//!
//! Unknown keys are errors, since a misspelt `red_flgas` would otherwise silently drop every red flag of a
//! pathway (CAU-03).

use crate::{
    Choice, Condition, Level, Pathway, Population, Question, QuestionKind, RedFlag, Rule, Score, Threshold,
};
use serde_json::{Map, Value};
use std::fmt;

/// The text is not a pathway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// JSON pointer of the place, empty for the whole document.
    pub at: String,
    /// What is wrong there.
    pub what: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = if self.at.is_empty() { "document" } else { &self.at };
        write!(f, "{at}: {}", self.what)
    }
}

impl std::error::Error for ReadError {}

/// Largest file accepted, in bytes: ten times the largest pathway in use.
pub const MAX_BYTES: usize = 128 * 1024;

/// How deep conditions may be nested.
const MAX_DEPTH: usize = 8;

/// Reads one pathway. Whether it makes clinical sense is checked by [`crate::validate`].
///
/// # Errors
/// Names the first place that is missing, of the wrong type, unknown or too large.
pub fn read_pathway(text: &str) -> Result<Pathway, ReadError> {
    if text.len() > MAX_BYTES {
        return Err(ReadError { at: String::new(), what: format!("larger than {MAX_BYTES} bytes") });
    }
    let value: Value = serde_json::from_str(text)
        .map_err(|e| ReadError { at: String::new(), what: format!("not JSON: {e}") })?;
    let root = Object::new(&value, String::new())?;
    root.only(&[
        "id",
        "title",
        "population",
        "questions",
        "red_flags",
        "rules",
        "scores",
        "thresholds",
        "safety_net",
    ])?;
    let population = root.object("population")?;
    population.only(&["from_months", "below_months"])?;
    Ok(Pathway {
        id: root.text("id")?,
        title: root.text("title")?,
        population: Population {
            from_months: population.number("from_months")?,
            below_months: population.number("below_months")?,
        },
        questions: root.each("questions", question)?,
        red_flags: root.each("red_flags", red_flag)?,
        rules: root.each("rules", rule)?,
        scores: root.each("scores", score)?,
        thresholds: root.each("thresholds", threshold)?,
        safety_net: root.texts("safety_net")?,
    })
}

fn question(o: Object<'_>) -> Result<Question, ReadError> {
    o.only(&["id", "text", "kind", "choices", "min", "max", "ask_if"])?;
    let kind = match o.text("kind")?.as_str() {
        "yes-no" => QuestionKind::YesNo,
        "temperature" => QuestionKind::Temperature,
        "count" => QuestionKind::Count { min: o.number("min")?, max: o.number("max")? },
        "choice" => QuestionKind::Choice(o.each("choices", |c| {
            c.only(&["id", "text"])?;
            Ok(Choice { id: c.text("id")?, text: c.text("text")? })
        })?),
        other => return Err(o.error("kind", format!("unknown kind `{other}`"))),
    };
    let ask_if = match o.map.get("ask_if") {
        Some(_) => Some(condition(o.object("ask_if")?, 0)?),
        None => None,
    };
    Ok(Question { id: o.text("id")?, text: o.text("text")?, kind, ask_if })
}

fn red_flag(o: Object<'_>) -> Result<RedFlag, ReadError> {
    o.only(&["id", "text", "when", "level"])?;
    Ok(RedFlag {
        id: o.text("id")?,
        text: o.text("text")?,
        when: condition(o.object("when")?, 0)?,
        level: o.level("level")?,
    })
}

fn rule(o: Object<'_>) -> Result<Rule, ReadError> {
    o.only(&["id", "text", "when", "at_least"])?;
    Ok(Rule {
        id: o.text("id")?,
        text: o.text("text")?,
        when: condition(o.object("when")?, 0)?,
        at_least: o.level("at_least")?,
    })
}

fn score(o: Object<'_>) -> Result<Score, ReadError> {
    o.only(&["when", "points"])?;
    Ok(Score { when: condition(o.object("when")?, 0)?, points: o.number("points")? })
}

fn threshold(o: Object<'_>) -> Result<Threshold, ReadError> {
    o.only(&["from", "level"])?;
    Ok(Threshold { from: o.number("from")?, level: o.level("level")? })
}

fn condition(o: Object<'_>, depth: usize) -> Result<Condition, ReadError> {
    if depth >= MAX_DEPTH {
        return Err(ReadError { at: o.at, what: format!("nested deeper than {MAX_DEPTH}") });
    }
    let has = |key: &str| o.map.contains_key(key);
    if has("all") || has("any") {
        let key = if has("all") { "all" } else { "any" };
        o.only(&[key])?;
        let parts = o.each(key, |c| condition(c, depth + 1))?;
        if parts.is_empty() {
            return Err(o.error(key, "needs one condition at least".into()));
        }
        return Ok(if key == "all" { Condition::All(parts) } else { Condition::Any(parts) });
    }
    if has("age_below_months") {
        o.only(&["age_below_months"])?;
        return Ok(Condition::AgeBelow(o.number("age_below_months")?));
    }
    let question = o.text("question")?;
    if has("is") {
        o.only(&["question", "is"])?;
        return Ok(Condition::Is { question, answer: o.text("is")? });
    }
    o.only(&["question", "at_least"])?;
    Ok(Condition::AtLeast { question, value: o.number("at_least")? })
}

/// A JSON object with its place.
struct Object<'a> {
    map: &'a Map<String, Value>,
    at: String,
}

impl<'a> Object<'a> {
    fn new(value: &'a Value, at: String) -> Result<Object<'a>, ReadError> {
        match value.as_object() {
            Some(map) => Ok(Object { map, at }),
            None => Err(ReadError { at, what: "must be an object".into() }),
        }
    }

    fn error(&self, key: &str, what: String) -> ReadError {
        ReadError { at: format!("{}/{key}", self.at), what }
    }

    fn only(&self, known: &[&str]) -> Result<(), ReadError> {
        match self.map.keys().find(|k| !known.contains(&k.as_str())) {
            Some(key) => Err(self.error(key, "unknown key".into())),
            None => Ok(()),
        }
    }

    fn get(&self, key: &str) -> Result<&'a Value, ReadError> {
        self.map.get(key).ok_or_else(|| self.error(key, "is missing".into()))
    }

    fn object(&self, key: &str) -> Result<Object<'a>, ReadError> {
        Object::new(self.get(key)?, format!("{}/{key}", self.at))
    }

    fn text(&self, key: &str) -> Result<String, ReadError> {
        match self.get(key)?.as_str() {
            Some(s) if !s.trim().is_empty() => Ok(s.to_string()),
            Some(_) => Err(self.error(key, "is empty".into())),
            None => Err(self.error(key, "must be a text".into())),
        }
    }

    fn number(&self, key: &str) -> Result<u32, ReadError> {
        self.get(key)?
            .as_u64()
            .and_then(|n| u32::try_from(n).ok())
            .ok_or_else(|| self.error(key, "must be a whole number from 0 to 4294967295".into()))
    }

    fn level(&self, key: &str) -> Result<Level, ReadError> {
        self.text(key)?.parse().map_err(|e: crate::ParseLevelError| self.error(key, e.to_string()))
    }

    fn list(&self, key: &str) -> Result<&'a Vec<Value>, ReadError> {
        self.get(key)?.as_array().ok_or_else(|| self.error(key, "must be a list".into()))
    }

    fn each<T>(
        &self,
        key: &str,
        f: impl Fn(Object<'a>) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        self.list(key)?
            .iter()
            .enumerate()
            .map(|(i, v)| f(Object::new(v, format!("{}/{key}/{i}", self.at))?))
            .collect()
    }

    fn texts(&self, key: &str) -> Result<Vec<String>, ReadError> {
        self.list(key)?
            .iter()
            .enumerate()
            .map(|(i, v)| match v.as_str() {
                Some(s) if !s.trim().is_empty() => Ok(s.to_string()),
                _ => Err(self.error(&format!("{key}/{i}"), "must be a text and not empty".into())),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    const SMALL: &str = r#"{"id":"x","title":"X","population":{"from_months":3,"below_months":216},
      "questions":[{"id":"a","text":"A?","kind":"yes-no"},{"id":"t","text":"T?","kind":"temperature"},
        {"id":"n","text":"N?","kind":"count","min":1,"max":9},
        {"id":"c","text":"C?","kind":"choice","choices":[{"id":"p","text":"P"},{"id":"q","text":"Q"}],
         "ask_if":{"question":"a","is":"yes"}}],
      "red_flags":[{"id":"f","text":"F","when":{"question":"a","is":"yes"},"level":"emergency"}],
      "rules":[{"id":"r","text":"R","when":{"all":[{"question":"t","at_least":390},{"age_below_months":60}]},"at_least":"urgent"}],
      "scores":[{"when":{"any":[{"question":"n","at_least":3}]},"points":2}],
      "thresholds":[{"from":0,"level":"self-care"}],"safety_net":["S"]}"#;

    fn read_with(from: &str, to: &str) -> Result<Pathway, ReadError> {
        assert!(from.is_empty() || SMALL.contains(from), "the row replaces nothing: {from}");
        read_pathway(&SMALL.replacen(from, to, 1))
    }

    #[test]
    fn reads_every_part() {
        let p = read_with("", "").unwrap();
        assert_eq!((p.id.as_str(), p.questions.len(), p.rules.len()), ("x", 4, 1));
        assert_eq!(p.population, Population { from_months: 3, below_months: 216 });
        assert_eq!(p.scores[0].points, 2);
        assert!(p.questions[3].ask_if.is_some());
        assert_eq!(p.question("n").unwrap().kind, QuestionKind::Count { min: 1, max: 9 });
        assert_eq!(p.red_flags[0].level, Level::Emergency);
    }

    fn refused(from: &str, to: &str, at: &str, what: &str) {
        let e = read_with(from, to).unwrap_err();
        assert_eq!((e.at.as_str(), e.what.contains(what)), (at, true), "{e}");
    }
    cases! { refused;
        id_missing: r#""id":"x","#, "", "/id", "is missing";
        id_empty: r#""id":"x""#, r#""id":" ""#, "/id", "is empty";
        id_number: r#""id":"x""#, r#""id":7"#, "/id", "must be a text";
        population_missing: r#""population":{"from_months":3,"below_months":216},"#, "", "/population", "is missing";
        population_text: r#"{"from_months":3,"below_months":216}"#, r#""children""#, "/population", "must be an object";
        population_negative: r#""from_months":3"#, r#""from_months":-3"#, "/population/from_months", "whole number";
        population_huge: r#""from_months":3"#, r#""from_months":4294967296"#, "/population/from_months", "whole number";
        population_unknown_key: r#""from_months":3"#, r#""from_months":3,"sex":"f""#, "/population/sex", "unknown key";
        questions_object: r#""questions":[{"id":"a","text":"A?","kind":"yes-no"},"#, r#""questions":["a","#, "/questions/0", "must be an object";
        question_kind_unknown: r#""kind":"yes-no""#, r#""kind":"photo""#, "/questions/0/kind", "unknown kind";
        question_kind_missing: r#","kind":"yes-no""#, "", "/questions/0/kind", "is missing";
        count_without_max: r#","max":9"#, "", "/questions/2/max", "is missing";
        choice_text_missing: r#"{"id":"p","text":"P"}"#, r#"{"id":"p"}"#, "/questions/3/choices/0/text", "is missing";
        red_flags_misspelt: r#""red_flags""#, r#""red_flgas""#, "/red_flgas", "unknown key";
        red_flags_missing: r#""red_flags":[{"id":"f","text":"F","when":{"question":"a","is":"yes"},"level":"emergency"}],"#, "", "/red_flags", "is missing";
        red_flag_without_when: r#""when":{"question":"a","is":"yes"},"level""#, r#""level""#, "/red_flags/0/when", "is missing";
        red_flag_level_unknown: r#""level":"emergency""#, r#""level":"panic""#, "/red_flags/0/level", "not a recommendation level";
        condition_two_operators: r#"{"question":"a","is":"yes"},"level""#, r#"{"question":"a","is":"yes","at_least":3},"level""#, "/red_flags/0/when/at_least", "unknown key";
        condition_no_question: r#"{"question":"a","is":"yes"},"level""#, r#"{"is":"yes"},"level""#, "/red_flags/0/when/question", "is missing";
        condition_empty_any: r#"{"any":[{"question":"n","at_least":3}]}"#, r#"{"any":[]}"#, "/scores/0/when/any", "one condition at least";
        condition_all_and_any: r#""all":[{"question":"t""#, r#""any":[],"all":[{"question":"t""#, "/rules/0/when/any", "unknown key";
        safety_net_empty_line: r#"["S"]"#, r#"["S",""]"#, "/safety_net/1", "not empty";
        top_unknown_key: r#""id":"x""#, r#""id":"x","author":"y""#, "/author", "unknown key";
    }

    fn not_a_pathway(text: &str, what: &str) {
        let e = read_pathway(text).unwrap_err();
        assert!(e.at.is_empty() && e.to_string().contains(what), "{e}");
    }
    cases! { not_a_pathway;
        empty_text: "", "not JSON";
        list_on_top: "[]", "must be an object";
        cut_off: &SMALL[..200], "not JSON";
        text_after_the_end: &format!("{SMALL} x"), "not JSON";
        too_large: &" ".repeat(MAX_BYTES + 1), "larger than";
    }

    #[test]
    fn nesting_is_limited() {
        let deep = format!("{}{{\"age_below_months\":1}}{}", "{\"all\":[".repeat(9), "]}".repeat(9));
        let e =
            read_with(r#"{"question":"a","is":"yes"},"level""#, &format!("{deep},\"level\"")).unwrap_err();
        assert!(e.what.contains("nested deeper than 8"), "{e}");
    }
}
