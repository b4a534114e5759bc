//! The state of one assessment that is worth keeping.

use crate::{AuditLog, Event};
use triage_content::Bundle;
use triage_engine::{Date, InputError, Questionnaire, Recommendation};

/// One assessment. It holds no name and no contact of the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The patient's date of birth, needed for the age rules.
    pub birth: Date,
    /// Id of the pathway.
    pub pathway: String,
    /// Digest of the content it was begun with.
    pub content: String,
    /// When it began.
    pub started: u64,
    /// Question and answer, as [`triage_engine::Answer::to_text`] writes it.
    pub answers: Vec<(String, String)>,
    /// The audit log.
    pub log: AuditLog,
}

impl Session {
    /// A new assessment without answers.
    pub fn start(birth: Date, pathway: &str, bundle: &Bundle, now: u64) -> Session {
        let mut log = AuditLog::default();
        log.append(now, Event::Started, &format!("{pathway} {}", bundle.digest));
        Session {
            birth,
            pathway: pathway.into(),
            content: bundle.digest.clone(),
            started: now,
            answers: Vec::new(),
            log,
        }
    }

    /// Gives an answer to the questionnaire and records it.
    ///
    /// # Errors
    /// What the questionnaire refuses is not recorded.
    pub fn answer(
        &mut self,
        q: &mut Questionnaire<'_>,
        id: &str,
        text: &str,
        now: u64,
    ) -> Result<(), InputError> {
        q.answer(id, text)?;
        self.record(q, Event::Answered, id, now);
        Ok(())
    }

    /// Corrects an answer and records it.
    ///
    /// # Errors
    /// What the questionnaire refuses is not recorded.
    pub fn revise(
        &mut self,
        q: &mut Questionnaire<'_>,
        id: &str,
        text: &str,
        now: u64,
    ) -> Result<(), InputError> {
        q.revise(id, text)?;
        self.record(q, Event::Revised, id, now);
        Ok(())
    }

    /// Records that a result was shown.
    pub fn shown(&mut self, result: &Recommendation, now: u64) {
        self.log.append(now, Event::Result, &format!("{} {}", result.level, result.points));
    }

    fn record(&mut self, q: &Questionnaire<'_>, event: Event, id: &str, now: u64) {
        let questions = q.pathway().questions.iter();
        self.answers =
            questions.filter_map(|p| q.answers().get(&p.id).map(|a| (p.id.clone(), a.to_text()))).collect();
        let answer = self.answers.iter().find(|(q, _)| q == id).map_or("", |(_, a)| a);
        self.log.append(now, event, &format!("{id}={answer}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use triage_engine::Age;

    #[test]
    fn answers_and_corrections_are_recorded() {
        let bundle = Bundle::builtin().unwrap();
        let mut s = Session::start("1980-01-01".parse().unwrap(), "cough", &bundle, 10);
        let mut q = Questionnaire::start(bundle.pathway("cough").unwrap(), Age::of_months(480));
        s.answer(&mut q, "breathless", "no", 11).unwrap();
        s.revise(&mut q, "breathless", "yes", 12).unwrap();
        assert_eq!(s.answers, [("breathless".to_string(), "yes".to_string())]);
        let events: Vec<_> = s.log.entries().iter().map(|e| (e.event, e.detail.as_str())).collect();
        assert_eq!(events[1..], [(Event::Answered, "breathless=no"), (Event::Revised, "breathless=yes")]);
    }

    #[test]
    fn refused_answers_leave_no_trace() {
        let bundle = Bundle::builtin().unwrap();
        let mut s = Session::start("1980-01-01".parse().unwrap(), "cough", &bundle, 10);
        let mut q = Questionnaire::start(bundle.pathway("cough").unwrap(), Age::of_months(480));
        let before = s.clone();
        assert!(s.answer(&mut q, "blue", "yes", 11).is_err());
        assert!(s.answer(&mut q, "breathless", "perhaps", 11).is_err());
        assert_eq!(s, before);
    }
}
