//! The decision table of 62304:4.3 as amended in 2015, rows D0 to D9, tried from the top.

use vocabulary::SafetyClass;

/// Whether the software system can contribute to a hazardous situation. The probability that it fails is taken as 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Contribution {
    /// It cannot.
    No,
    /// It can.
    Yes,
    /// Nobody has analysed it.
    Unknown,
}

/// Whether the risk is still unacceptable after risk controls outside the software system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unacceptable {
    /// It is acceptable.
    No,
    /// It is unacceptable.
    Yes,
    /// Nobody has judged it: external controls earn no credit.
    Unknown,
}

/// The severity of the harm to people that stays possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// No injury: property, data, environment only.
    None,
    /// Injury that is not serious.
    NonSerious,
    /// Serious injury.
    Serious,
    /// Death.
    Death,
    /// Not stated.
    Unknown,
}

/// What the decision needs to know about one hazardous situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Situation {
    /// Whether the software system contributes.
    pub contributes: Contribution,
    /// Whether the risk is unacceptable after external controls.
    pub unacceptable: Unacceptable,
    /// The severity.
    pub severity: Severity,
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the rows are named as in the table, which `decide` repeats")]
pub enum Row {
    D0,
    D1,
    D2,
    D3,
    D4,
    D5,
    D6,
    D7,
    D8,
    D9,
}

/// What a row, or the whole table, comes to. Ordered mildest first: the outcome for a system is the maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Class A.
    A,
    /// Class B.
    B,
    /// The text has no row for it: a person decides and writes the reason.
    Undetermined,
    /// Class C.
    C,
    /// No class, so the duties of class C.
    DutiesOfC,
}

impl Outcome {
    /// The class whose duties hold; none where a person has to decide.
    pub fn duties(self) -> Option<SafetyClass> {
        match self {
            Outcome::A => Some(SafetyClass::A),
            Outcome::B => Some(SafetyClass::B),
            Outcome::C | Outcome::DutiesOfC => Some(SafetyClass::C),
            Outcome::Undetermined => None,
        }
    }
}

/// A row with its outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The row that held.
    pub row: Row,
    /// What it comes to.
    pub outcome: Outcome,
}

/// Decides one hazardous situation. `assigned`: whether a class is on record for the system.
pub fn decide(assigned: bool, h: Situation) -> Decision {
    let (row, outcome) = match (assigned, h.contributes, h.unacceptable, h.severity) {
        (false, _, _, _) => (Row::D0, Outcome::DutiesOfC),
        (_, Contribution::No, _, _) => (Row::D1, Outcome::A),
        (_, Contribution::Yes, Unacceptable::No, _) => (Row::D2, Outcome::A),
        (_, Contribution::Yes, Unacceptable::Yes, Severity::NonSerious) => (Row::D3, Outcome::B),
        (_, Contribution::Yes, Unacceptable::Yes, Severity::Serious | Severity::Death) => {
            (Row::D4, Outcome::C)
        }
        (_, Contribution::Yes, Unacceptable::Unknown, Severity::NonSerious) => (Row::D5, Outcome::B),
        (
            _,
            Contribution::Yes,
            Unacceptable::Unknown,
            Severity::Serious | Severity::Death | Severity::Unknown,
        ) => (Row::D6, Outcome::C),
        (_, Contribution::Yes, Unacceptable::Yes, Severity::Unknown) => (Row::D7, Outcome::C),
        (_, Contribution::Unknown, _, _) => (Row::D8, Outcome::DutiesOfC),
        (_, Contribution::Yes, Unacceptable::Yes | Unacceptable::Unknown, Severity::None) => {
            (Row::D9, Outcome::Undetermined)
        }
    };
    Decision { row, outcome }
}

/// Decides a system: the highest outcome over all its hazardous situations, with the row that gave it. A system for
/// which no situation was considered was not analysed (row D8): empty is not none.
pub fn decide_system(assigned: bool, situations: &[Situation]) -> Decision {
    let unanalysed = Situation {
        contributes: Contribution::Unknown,
        unacceptable: Unacceptable::Unknown,
        severity: Severity::Unknown,
    };
    let decisions = situations.iter().map(|h| decide(assigned, *h));
    // Of equal outcomes the earliest row stands for the system, whatever the order of the situations.
    decisions
        .max_by_key(|d| (d.outcome, std::cmp::Reverse(d.row)))
        .unwrap_or_else(|| decide(assigned, unanalysed))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each row of the table, written out as in the domain notes.
    #[test]
    fn every_row() {
        use Contribution as Con;
        use Severity as S;
        use Unacceptable as U;
        let cases: &[(bool, Con, U, S, Row, Outcome)] = &[
            (false, Con::No, U::No, S::None, Row::D0, Outcome::DutiesOfC),
            (false, Con::Yes, U::Yes, S::NonSerious, Row::D0, Outcome::DutiesOfC),
            (true, Con::No, U::Unknown, S::Unknown, Row::D1, Outcome::A),
            (true, Con::Yes, U::No, S::Death, Row::D2, Outcome::A),
            (true, Con::Yes, U::No, S::Unknown, Row::D2, Outcome::A),
            (true, Con::Yes, U::Yes, S::NonSerious, Row::D3, Outcome::B),
            (true, Con::Yes, U::Yes, S::Serious, Row::D4, Outcome::C),
            (true, Con::Yes, U::Yes, S::Death, Row::D4, Outcome::C),
            (true, Con::Yes, U::Unknown, S::NonSerious, Row::D5, Outcome::B),
            (true, Con::Yes, U::Unknown, S::Serious, Row::D6, Outcome::C),
            (true, Con::Yes, U::Unknown, S::Death, Row::D6, Outcome::C),
            (true, Con::Yes, U::Unknown, S::Unknown, Row::D6, Outcome::C),
            (true, Con::Yes, U::Yes, S::Unknown, Row::D7, Outcome::C),
            (true, Con::Unknown, U::No, S::None, Row::D8, Outcome::DutiesOfC),
            (true, Con::Yes, U::Yes, S::None, Row::D9, Outcome::Undetermined),
            (true, Con::Yes, U::Unknown, S::None, Row::D9, Outcome::Undetermined),
        ];
        for (assigned, contributes, unacceptable, severity, row, outcome) in cases.iter().copied() {
            let h = Situation { contributes, unacceptable, severity };
            assert_eq!(decide(assigned, h), Decision { row, outcome }, "{h:?}");
        }
    }

    #[test]
    fn a_system_has_its_worst_situation_and_none_means_not_analysed() {
        let h = |unacceptable, severity| Situation { contributes: Contribution::Yes, unacceptable, severity };
        let b = h(Unacceptable::Yes, Severity::NonSerious);
        let a = h(Unacceptable::No, Severity::Death);
        let undetermined = h(Unacceptable::Yes, Severity::None);
        let c = h(Unacceptable::Yes, Severity::Death);
        assert_eq!(decide_system(true, &[a, b, a]).outcome, Outcome::B);
        assert_eq!(decide_system(true, &[b, undetermined]).outcome, Outcome::Undetermined);
        assert_eq!(decide_system(true, &[undetermined, c]).outcome, Outcome::C);
        assert_eq!(decide_system(true, &[]), Decision { row: Row::D8, outcome: Outcome::DutiesOfC });
        assert_eq!(decide_system(false, &[]).row, Row::D0);
    }
}
