//! Engine and session: a saved assessment taken up again comes to the same recommendation, for every pathway.

use crate::NOON;
use cases::cases;
use triage_content::Bundle;
use triage_engine::{Age, Date, Questionnaire, Step};
use triage_session::{Session, from_bytes, resume, to_bytes};

fn same_result(birth: &str, pathway: &str, answers: &str) {
    let bundle = Bundle::builtin().unwrap();
    let (birth, today): (Date, Date) = (birth.parse().unwrap(), "2026-03-01".parse().unwrap());
    let mut session = Session::start(birth, pathway, &bundle, NOON);
    let mut q = Questionnaire::start(bundle.pathway(pathway).unwrap(), Age::at(birth, today).unwrap());
    for text in answers.split_whitespace() {
        let Step::Ask(question) = q.step() else { panic!("more answers than questions") };
        session.answer(&mut q, &question.id, text, NOON).unwrap();
    }
    let mut read = from_bytes(&to_bytes(&session)).unwrap();
    let replayed = resume(&mut read, &bundle, today, NOON + 60).unwrap();
    assert!(matches!(q.step(), Step::Done(_)));
    assert_eq!(replayed.step(), q.step());
}

cases! { same_result;
    headache: "1980-05-01", "headache", "no no no no yes no 36.8 no 5 4 2";
    chest_pain: "1980-05-01", "chest-pain", "no yes no no no no no no yes 36.8 2";
    abdominal_pain: "1980-05-01", "abdominal-pain", "no yes unsure no 2 yes 2 37.5 6 1";
    fever: "1980-05-01", "fever", "unsure no no no no yes no yes 4";
    cough: "1950-05-01", "cough", "no no 2 yes yes no no 38.0 9";
}
