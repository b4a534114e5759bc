//! The steps of a test case and what each expects, as documents write them.
//!
//! Either fields (`- steps: …`, `- expected: …`) or parts of the text below a heading or a bold word `Steps` and
//! `Expected`. A numbered list gives a step for each number; an expectation list of the same length goes with it one by
//! one, else the expectation belongs to the last step.

use model::Item;

/// What stands below the words of one sort.
fn part(text: &str, words: &[&str]) -> Option<Vec<String>> {
    let mut lines = text.lines();
    let mut out: Vec<String> = Vec::new();
    let mut inside = false;
    for line in lines.by_ref() {
        if let Some((word, rest)) = label(line) {
            if inside {
                break;
            }
            inside = words.contains(&word.to_lowercase().as_str());
            if inside && !rest.is_empty() {
                out.push(rest.to_owned());
            }
        } else if inside {
            push_line(&mut out, line);
        }
    }
    out.retain(|s| !s.is_empty());
    (!out.is_empty()).then_some(out)
}

/// The word of a heading or of a bold beginning, and what follows it on the line.
fn label(line: &str) -> Option<(&str, &str)> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("**") {
        let (word, rest) = rest.split_once("**")?;
        let rest = rest.trim_start_matches(':').trim();
        return Some((word.trim_end_matches(':').trim(), rest));
    }
    let heading = line.trim_start_matches('#');
    (heading.len() < line.len() && heading.starts_with(' '))
        .then(|| (heading.trim().trim_end_matches(':'), ""))
}

fn push_line(out: &mut Vec<String>, line: &str) {
    let text = line.trim();
    match numbered(text) {
        Some(rest) => out.push(rest.to_owned()),
        None if text.is_empty() => {}
        None => match out.last_mut() {
            Some(last) => {
                last.push(' ');
                last.push_str(text);
            }
            None => out.push(text.to_owned()),
        },
    }
}

/// What follows `1.`, `2)` or a bullet.
fn numbered(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")) {
        return Some(rest.trim());
    }
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let rest = text.get(digits..)?;
    let rest = rest.strip_prefix(['.', ')'])?;
    (digits > 0 && rest.starts_with(' ')).then(|| rest.trim())
}

/// Steps with what each expects; empty where the case has none.
pub(crate) fn of(item: &Item) -> Vec<(String, String)> {
    let field = |key: &str| -> Option<Vec<String>> {
        let values: Vec<String> = item.value(key)?.split(';').map(|s| s.trim().to_owned()).collect();
        (!values.iter().all(String::is_empty)).then_some(values)
    };
    let steps = field("steps").or_else(|| part(item.text(), &["steps", "step", "procedure"]));
    let expected =
        field("expected").or_else(|| part(item.text(), &["expected", "expected result", "expected results"]));
    pair(steps.unwrap_or_default(), expected.unwrap_or_default())
}

fn pair(steps: Vec<String>, expected: Vec<String>) -> Vec<(String, String)> {
    if steps.len() == expected.len() {
        return steps.into_iter().zip(expected).collect();
    }
    let last = steps.len().saturating_sub(1);
    let whole = expected.join(" ");
    let of = |i: usize| if i == last { whole.clone() } else { "the step can be done".to_owned() };
    steps.into_iter().enumerate().map(|(i, s)| (s, of(i))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_from_numbered_lists_below_bold_words() {
        let text = "Intro.\n\n**Steps:**\n\n1. Open the app\n   and wait\n2. Enter the age 17\n\n**Expected:**\n\n1. It opens\n2. The pediatric pathway is offered\n";
        let steps = part(text, &["steps"]).unwrap();
        assert_eq!(steps, ["Open the app and wait", "Enter the age 17"]);
        assert_eq!(part(text, &["expected"]).unwrap().len(), 2);
    }

    #[test]
    fn an_expectation_on_the_same_line_belongs_to_the_last_step() {
        let text = "### Steps\n- Press start\n- Press stop\n\n**Expected:** it stops\n";
        let steps = part(text, &["steps"]).unwrap();
        let expected = part(text, &["expected"]).unwrap();
        assert_eq!(pair(steps, expected)[1], ("Press stop".into(), "it stops".into()));
    }

    #[test]
    fn a_case_without_steps_has_none() {
        assert_eq!(part("Just prose.", &["steps"]), None);
        assert_eq!(part("**Steps:**\n\n", &["steps"]), None);
    }
}
