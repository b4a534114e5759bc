//! Where findings are collected: severity overrides and waivers apply here, and nowhere else.

use crate::code::{EXPIRED_WAIVER, OVERWIDE_WAIVER, UNUSED_WAIVER, UNWAIVABLE};
use crate::{Diagnostic, Location, Severity, UnknownWord, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// What an override makes of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The rule's findings are dropped.
    Off,
    /// The rule's findings have this severity.
    At(Severity),
}

impl FromStr for Level {
    type Err = UnknownWord;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        if s == "off" { Ok(Level::Off) } else { s.parse().map(Level::At) }
    }
}

/// Severity overrides by rule id (`R0042`) or rule name.
pub type Overrides = BTreeMap<String, Level>;

/// A signed, expiring exception, as the sink needs it. Who signed it and why stays in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The id of its record.
    pub id: String,
    /// The rule's id or name.
    pub rule: String,
    /// The items or records that it covers. None at all is over-wide.
    pub subjects: Vec<String>,
    /// The last day it holds, `2026-12-31`.
    pub expires: String,
    /// Where it stands.
    pub location: Location,
}

impl Waiver {
    fn covers(&self, d: &Diagnostic) -> bool {
        (self.rule == d.rule || self.rule == d.name)
            && (self.subjects.is_empty() || d.subject.as_ref().is_some_and(|s| self.subjects.contains(s)))
    }
}

/// Collects findings and applies overrides and waivers to each as it comes in.
#[derive(Debug)]
pub struct Sink {
    overrides: Overrides,
    waivers: Vec<WaiverUse>,
    as_of: String,
    out: Vec<Diagnostic>,
    dropped: usize,
}

#[derive(Debug)]
struct WaiverUse {
    waiver: Waiver,
    expired: bool,
    covered: BTreeSet<String>,
    used: bool,
    refused: Option<Location>,
}

/// What the sink gives back.
#[derive(Debug)]
pub struct Sunk {
    /// The findings in order, those about waivers among them.
    pub findings: Vec<Diagnostic>,
    /// How many findings an override switched off.
    pub dropped: usize,
}

impl Sink {
    /// A sink that applies these overrides and waivers. `as_of` is the day that expiries are compared with,
    /// `2026-03-01`.
    pub fn new(overrides: Overrides, waivers: Vec<Waiver>, as_of: impl Into<String>) -> Sink {
        let as_of = as_of.into();
        let waivers = waivers.into_iter().map(|waiver| WaiverUse {
            expired: waiver.expires < as_of,
            waiver,
            covered: BTreeSet::new(),
            used: false,
            refused: None,
        });
        Sink { overrides, waivers: waivers.collect(), as_of, out: Vec::new(), dropped: 0 }
    }

    /// Takes a finding.
    pub fn report(&mut self, mut d: Diagnostic) {
        let level = self.overrides.get(d.rule.as_ref()).or_else(|| self.overrides.get(d.name.as_ref()));
        match level {
            Some(Level::Off) => {
                self.dropped += 1;
                return;
            }
            Some(Level::At(severity)) => d.set_severity(*severity),
            None => {}
        }
        for u in &mut self.waivers {
            if !u.waiver.covers(&d) {
                continue;
            }
            u.used = true;
            u.covered.extend(d.subject.clone());
            if u.expired || d.waived_by.is_some() {
                continue;
            }
            if d.waivable {
                d.waived_by = Some(u.waiver.id.clone());
                d.verdict = Verdict::Waived;
            } else {
                u.refused = Some(d.location.clone());
            }
        }
        self.out.push(d);
    }

    /// Takes several findings.
    pub fn extend(&mut self, findings: impl IntoIterator<Item = Diagnostic>) {
        for d in findings {
            self.report(d);
        }
    }

    /// Ends the collection: adds what is wrong with the waivers, and sorts.
    pub fn finish(mut self) -> Sunk {
        for u in std::mem::take(&mut self.waivers) {
            if let Some(mut d) = u.problem(&self.as_of) {
                match self.overrides.get(d.rule.as_ref()) {
                    Some(Level::Off) => self.dropped += 1,
                    Some(Level::At(severity)) => {
                        d.set_severity(*severity);
                        self.out.push(d);
                    }
                    None => self.out.push(d),
                }
            }
        }
        self.out.sort_by(crate::order);
        Sunk { findings: self.out, dropped: self.dropped }
    }
}

impl WaiverUse {
    /// The one thing that is wrong with this waiver, the worst first.
    fn problem(&self, as_of: &str) -> Option<Diagnostic> {
        let Waiver { id, rule, subjects, expires, location } = &self.waiver;
        let d = if let Some(place) = &self.refused {
            UNWAIVABLE
                .at(
                    location.clone(),
                    format!("waiver `{id}` is for a finding of `{rule}` that cannot be waived"),
                )
                .related(place.clone(), "the finding")
                .help("resolve the finding")
        } else if !self.used {
            UNUSED_WAIVER
                .at(location.clone(), format!("waiver `{id}` of `{rule}` covers nothing"))
                .help(format!("withdraw it: `dossier waiver withdraw {id} --reason …`"))
        } else if self.expired {
            EXPIRED_WAIVER
                .at(location.clone(), format!("waiver `{id}` of `{rule}` expired on {expires}"))
                .note(format!("seen as of {as_of}"))
                .help("resolve what it covered, or have a new waiver signed")
        } else if subjects.is_empty() {
            OVERWIDE_WAIVER
                .at(location.clone(), format!("waiver `{id}` of `{rule}` names no subject, so it covers all"))
                .help("name the items or records that it is needed for")
        } else {
            let idle: Vec<&str> =
                subjects.iter().filter(|s| !self.covered.contains(*s)).map(String::as_str).collect();
            if idle.is_empty() {
                return None;
            }
            OVERWIDE_WAIVER
                .at(
                    location.clone(),
                    format!(
                        "waiver `{id}` of `{rule}` also names `{}`, where nothing is found",
                        idle.join("`, `")
                    ),
                )
                .help("narrow the waiver to what it is needed for")
        };
        Some(d.subject(id.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &'static str, subject: &str, waivable: bool) -> Diagnostic {
        let mut d =
            Diagnostic::new(rule, "a-name", Severity::Error, "m", Location::file("f.md")).subject(subject);
        d.waivable = waivable;
        d
    }

    fn waiver(subjects: &[&str], expires: &str) -> Waiver {
        Waiver {
            id: "W-1".into(),
            rule: "R0050".into(),
            subjects: subjects.iter().map(|s| (*s).into()).collect(),
            expires: expires.into(),
            location: Location::entry(9),
        }
    }

    /// The rules found, with a `w` where the finding was waived.
    fn sink(waivers: Vec<Waiver>, overrides: Overrides, findings: Vec<Diagnostic>) -> Vec<String> {
        let mut s = Sink::new(overrides, waivers, "2026-03-01");
        s.extend(findings);
        let mark = |d: &Diagnostic| if d.verdict == Verdict::Waived { "w" } else { "" };
        s.finish().findings.iter().map(|d| format!("{}{}", d.rule, mark(d))).collect()
    }

    #[test]
    fn a_waiver_waives_and_is_itself_found_where_it_is_wrong() {
        let none = Overrides::new;
        let one = || vec![finding("R0050", "SRS-1", true)];
        assert_eq!(sink(vec![waiver(&["SRS-1"], "2026-03-01")], none(), one()), ["R0050w"]);
        assert_eq!(sink(vec![waiver(&["SRS-1"], "2026-02-28")], none(), one()), ["R0050", "R0002"]);
        assert_eq!(sink(vec![waiver(&["SRS-2"], "2026-12-31")], none(), one()), ["R0050", "R0001"]);
        assert_eq!(sink(vec![waiver(&[], "2026-12-31")], none(), one()), ["R0003", "R0050w"]);
        assert_eq!(sink(vec![waiver(&["SRS-1", "SRS-2"], "2026-12-31")], none(), one()).len(), 2);
        let fixed = vec![finding("R0050", "SRS-1", false)];
        assert_eq!(sink(vec![waiver(&["SRS-1"], "2026-12-31")], none(), fixed), ["R0050", "R0004"]);
    }

    #[test]
    fn overrides_are_by_id_or_name() {
        let off = Overrides::from([("R0050".to_owned(), Level::Off)]);
        assert!(sink(vec![], off, vec![finding("R0050", "SRS-1", true)]).is_empty());
        let note = Overrides::from([("a-name".to_owned(), Level::At(Severity::Note))]);
        let mut s = Sink::new(note, vec![], "2026-03-01");
        s.report(finding("R0050", "SRS-1", true));
        let found = s.finish().findings;
        assert_eq!((found[0].severity, found[0].verdict), (Severity::Note, Verdict::Advisory));
        assert_eq!("warning".parse(), Ok(Level::At(Severity::Warning)));
        assert_eq!("off".parse(), Ok(Level::Off));
        assert!("loud".parse::<Level>().is_err());
    }
}
