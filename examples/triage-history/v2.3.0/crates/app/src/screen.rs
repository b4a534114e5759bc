//! What the user sees. Text only: nothing depends on colour, and nothing is ever cut off (RC-12.1, RC-12.2).

use crate::{BUILD_ID, Display};
use triage_content::{Level, Question, QuestionKind};
use triage_engine::{Age, Date, Questionnaire, Recommendation, Refusal, safety_net};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Breaks a text into lines of at most `columns` columns: between words where that is possible, inside a word where
/// it is not. Every character of the text appears on some line.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let needed = word.width() + usize::from(!line.is_empty());
        if line.width() + needed > columns && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if line.width() + c.width().unwrap_or(0) > columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The first screen: what the app is not for, before any question (RC-06.2).
pub fn notice(display: Display) -> Vec<String> {
    let text = [
        "In danger of life - no breathing, no reaction, heavy bleeding - call 112 or your local emergency number now.",
        "This app gives advice how soon to seek help. It gives no diagnosis.",
    ];
    text.iter().flat_map(|t| wrap(t, display.columns())).collect()
}

/// One question with its answers.
pub fn question_screen(q: &Questionnaire<'_>, question: &Question, display: Display) -> Vec<String> {
    let columns = display.columns();
    let (answered, all) = q.progress();
    let mut lines = wrap(&format!("[{}/{all}] {}", answered + 1, question.text), columns);
    let hint = match &question.kind {
        QuestionKind::YesNo => "yes, no or unsure".to_string(),
        QuestionKind::Temperature => "for example 38.5, or unsure".to_string(),
        QuestionKind::Count { min, max } => format!("{min} to {max}, or unsure"),
        QuestionKind::Choice(choices) => {
            for (i, c) in choices.iter().enumerate() {
                lines.extend(bullet(&format!("{}) ", i + 1), &c.text, columns));
            }
            "a number, or unsure".to_string()
        }
    };
    lines.extend(wrap(&format!("({hint}; back to correct, quit to leave)"), columns));
    lines
}

/// The result: level, reasons, what to do next, identification.
pub fn result_screen(
    q: &Questionnaire<'_>,
    result: &Recommendation,
    today: Date,
    display: Display,
) -> Vec<String> {
    let columns = display.columns();
    let mut lines = headline(result.level, columns);
    lines.push("Why:".into());
    // The reasons that carry the level, and those one level below; more would hide what counts.
    let shown = result.reasons.iter().filter(|r| r.level.rank() + 1 >= result.level.rank()).take(6);
    for reason in shown {
        lines.extend(bullet("- ", &reason.text, columns));
    }
    lines.push("What now:".into());
    for line in safety_net(result.level, q.age(), q.pathway()) {
        lines.extend(bullet("- ", &line, columns));
    }
    lines.extend(footer(q.age(), today, columns));
    lines
}

/// What is shown instead of an assessment outside the intended use.
pub fn refusal_screen(refusal: Refusal, age: Age, today: Date, display: Display) -> Vec<String> {
    let columns = display.columns();
    let mut lines = headline(refusal.level(), columns);
    lines.extend(wrap(&refusal.to_string(), columns));
    lines.extend(footer(age, today, columns));
    lines
}

/// Level in words and as a number, in a frame of characters.
fn headline(level: Level, columns: usize) -> Vec<String> {
    let rule = format!("+{}+", "-".repeat(columns.saturating_sub(2)));
    let text = format!("[{}/5] {}", level.rank(), level.headline());
    let mut lines = vec![rule.clone()];
    for line in wrap(&text, columns.saturating_sub(4)) {
        let space = columns.saturating_sub(4).saturating_sub(line.width());
        lines.push(format!("| {line}{} |", " ".repeat(space)));
    }
    lines.push(rule);
    lines
}

fn footer(age: Age, today: Date, columns: usize) -> Vec<String> {
    wrap(&format!("triage {BUILD_ID}, age {age}, {today}"), columns)
}

/// A list entry whose following lines stand below the text, not below the mark.
fn bullet(mark: &str, text: &str, columns: usize) -> Vec<String> {
    let indent = " ".repeat(mark.width());
    let lines = wrap(text, columns.saturating_sub(mark.width()));
    lines
        .into_iter()
        .enumerate()
        .map(|(i, l)| format!("{}{l}", if i == 0 { mark } else { &indent }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    fn wraps(text: &str, columns: usize, expected: &[&str]) {
        assert_eq!(wrap(text, columns), expected);
    }
    cases! { wraps;
        empty: "", 10, &[];
        only_spaces: "   ", 10, &[];
        fits: "call now", 10, &["call now"];
        fits_exactly: "call 112 now", 12, &["call 112 now"];
        breaks_between_words: "call 112 now", 11, &["call 112", "now"];
        each_word_alone: "see a doctor", 6, &["see a", "doctor"];
        breaks_a_long_word: "emergency", 4, &["emer", "genc", "y"];
        long_word_after_a_short_one: "an emergency", 5, &["an", "emerg", "ency"];
        spaces_are_joined: "a   b\n c", 10, &["a b c"];
        umlauts_count_once: "fünf Jähre", 5, &["fünf", "Jähre"];
        wide_characters_count_twice: "漢字漢字", 4, &["漢字", "漢字"];
        columns_are_two_at_least: "abc", 0, &["ab", "c"];
    }

    #[test]
    fn nothing_is_lost_at_any_width() {
        let text = "Seek help at once if the child stops passing urine, vomits green or blood, or gets hard to wake.";
        let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        for columns in 2..120 {
            let lines = wrap(text, columns);
            assert!(lines.iter().all(|l| l.width() <= columns));
            assert_eq!(letters(&lines.concat()), letters(text));
        }
    }

    fn frame(level: Level, columns: usize, expected_lines: usize) {
        let lines = headline(level, columns);
        assert!(lines.iter().all(|l| l.width() == columns), "{lines:?}");
        assert_eq!(lines.len(), expected_lines, "{lines:?}");
        assert!(lines.concat().contains(&format!("[{}/5]", level.rank())));
    }
    cases! { frame;
        frame_wide: Level::SelfCare, 80, 3;
        frame_phone: Level::Urgent, 45, 4;
        frame_large_font: Level::Emergency, 22, 5;
        frame_smallest: Level::Routine, 16, 7;
    }
}
