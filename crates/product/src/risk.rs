//! `[risk]`: the scales of the approved risk management plan, and what they say about one risk. Acceptability is
//! computed from them, never typed into a document.

use std::collections::BTreeMap;

/// `[risk]`
#[derive(Clone, Debug, PartialEq)]
pub struct Risk {
    /// The id of the approved risk management plan that the scales are cited from.
    pub plan: Option<String>,
    /// The words for severity, mildest first.
    pub severity: Vec<String>,
    /// The words for the probability of harm, rarest first.
    pub probability: Vec<String>,
    /// For each severity, the probabilities at which the risk is acceptable. A severity without an entry has none.
    pub acceptable: BTreeMap<String, Vec<String>>,
    /// What each severity means to a person.
    pub injury: BTreeMap<String, Injury>,
}

/// What a severity means to a person, in the words of the classification (62304:4.3 a).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Injury {
    /// No injury: property, data, environment only.
    None,
    /// Injury that is not serious.
    NonSerious,
    /// Serious injury or death.
    Serious,
}

impl Injury {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Injury::None => "none",
            Injury::NonSerious => "non-serious",
            Injury::Serious => "serious",
        }
    }
}

impl Risk {
    /// Whether a risk of these words is acceptable; `None` where a word is not on the scale.
    pub fn is_acceptable(&self, severity: &str, probability: &str) -> Option<bool> {
        if !self.severity.iter().any(|s| s == severity) || !self.probability.iter().any(|p| p == probability)
        {
            return None;
        }
        Some(self.acceptable.get(severity).is_some_and(|ps| ps.iter().any(|p| p == probability)))
    }

    /// What a severity means to a person; `None` where the word is not on the scale or has no meaning stated.
    pub fn injury(&self, severity: &str) -> Option<Injury> {
        self.injury.get(severity).copied()
    }
}
