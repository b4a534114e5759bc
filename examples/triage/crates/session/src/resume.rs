//! Taking up a saved assessment, or the reason not to.

use crate::{Event, Session};
use std::fmt;
use triage_content::Bundle;
use triage_engine::{Age, Date, Questionnaire, offered};

/// Answers older than this no longer describe the patient's state.
const MAX_AGE_SECONDS: u64 = 24 * 60 * 60;

/// Why a saved assessment must begin anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoResume {
    /// It was begun with other content.
    ContentChanged,
    /// It began more than 24 hours ago, or in the future.
    TooOld,
    /// The pathway is not offered at the patient's age today.
    NotOffered,
    /// The saved answers do not fit the questions.
    AnswersDoNotFit,
}

impl fmt::Display for NoResume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NoResume::ContentChanged => "the questions have changed since; please begin again",
            NoResume::TooOld => "the answers are older than 24 hours; please begin again",
            NoResume::NotOffered => "the questions are not meant for the patient's age; please begin again",
            NoResume::AnswersDoNotFit => "the saved answers do not fit the questions; please begin again",
        })
    }
}

impl std::error::Error for NoResume {}

/// Replays the saved answers through the questionnaire, so that a resumed assessment can be in no state that an
/// uninterrupted one could not reach (RC-07.1).
///
/// # Errors
/// [`NoResume`]; the session is not changed then.
pub fn resume<'a>(
    session: &mut Session,
    bundle: &'a Bundle,
    today: Date,
    now: u64,
) -> Result<Questionnaire<'a>, NoResume> {
    if session.content != bundle.digest {
        return Err(NoResume::ContentChanged);
    }
    if now.checked_sub(session.started).is_none_or(|age| age > MAX_AGE_SECONDS) {
        return Err(NoResume::TooOld);
    }
    let age = Age::at(session.birth, today).map_err(|_| NoResume::NotOffered)?;
    let pathways = offered(bundle, age).map_err(|_| NoResume::NotOffered)?;
    let pathway = pathways.into_iter().find(|p| p.id == session.pathway).ok_or(NoResume::NotOffered)?;
    let mut q = Questionnaire::start(pathway, age);
    for (id, text) in &session.answers {
        q.answer(id, text).map_err(|_| NoResume::AnswersDoNotFit)?;
    }
    session.log.append(now, Event::Resumed, &format!("{} answers", session.answers.len()));
    Ok(q)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    const TODAY: &str = "2026-03-01";

    fn saved(bundle: &Bundle) -> Session {
        let mut s = Session::start("1980-01-01".parse().unwrap(), "cough", bundle, 1000);
        s.answers = vec![("breathless".into(), "no".into()), ("blue".into(), "unsure".into())];
        s
    }

    #[test]
    fn resumes_at_the_next_question() {
        let bundle = Bundle::builtin().unwrap();
        let mut s = saved(&bundle);
        let q = resume(&mut s, &bundle, TODAY.parse().unwrap(), 1500).unwrap();
        assert_eq!(q.progress().0, 2);
        assert_eq!(s.log.entries().last().map(|e| e.event), Some(Event::Resumed));
    }

    fn refused(change: impl Fn(&mut Session), now: u64, expected: NoResume) {
        let bundle = Bundle::builtin().unwrap();
        let mut s = saved(&bundle);
        change(&mut s);
        let before = s.clone();
        assert_eq!(resume(&mut s, &bundle, TODAY.parse().unwrap(), now).unwrap_err(), expected);
        assert_eq!(s, before);
    }
    cases! { refused;
        other_content: |s: &mut Session| s.content = "0".repeat(64), 1500, NoResume::ContentChanged;
        one_second_too_old: |_: &mut Session| {}, 1000 + 86_401, NoResume::TooOld;
        begun_in_the_future: |_: &mut Session| {}, 999, NoResume::TooOld;
        unknown_pathway: |s: &mut Session| s.pathway = "snoring".into(), 1500, NoResume::NotOffered;
        born_in_the_future: |s: &mut Session| s.birth = "2026-03-02".parse().unwrap(), 1500, NoResume::NotOffered;
        answer_out_of_order: |s: &mut Session| s.answers.swap(0, 1), 1500, NoResume::AnswersDoNotFit;
        answer_not_understood: |s: &mut Session| s.answers[0].1 = "maybe".into(), 1500, NoResume::AnswersDoNotFit;
        answers_after_an_emergency: |s: &mut Session| s.answers[0].1 = "yes".into(), 1500, NoResume::AnswersDoNotFit;
    }

    #[test]
    fn exactly_24_hours_are_accepted() {
        let bundle = Bundle::builtin().unwrap();
        assert!(resume(&mut saved(&bundle), &bundle, TODAY.parse().unwrap(), 1000 + 86_400).is_ok());
    }
}
