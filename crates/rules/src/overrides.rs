//! Severity overrides of `[rules]`: which of them hold. They are applied in the sink; this only takes out the ones that
//! cannot be.

use crate::front_matter::Meta;
use crate::registry::registry;
use crate::snapshot::Snapshot;
use diagnostics::{Level, Overrides};

/// The severities that hold in place of the rules' own, by rule id: those of the firm's profile, and over them those of the product that
/// are not milder.
pub fn accepted(cx: &Snapshot<'_>) -> Overrides {
    let refused: Vec<(Origin, &str)> = refused(cx).map(|r| (r.origin, r.rule)).collect();
    let kept = written(cx).filter(|(origin, rule, _)| !refused.contains(&(*origin, *rule)));
    // By id, so that an id in one table and a name in the other are one rule.
    kept.map(|(_, rule, level)| (meta(cx, rule).map_or_else(|| rule.to_owned(), |m| m.id.clone()), level))
        .collect()
}

/// Where an override is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// `[profile.severity]`
    Firm,
    /// `[rules]`
    Product,
}

/// An override that does not hold.
pub(crate) struct Refused<'a> {
    pub(crate) origin: Origin,
    pub(crate) rule: &'a str,
    pub(crate) why: &'static str,
}

impl Refused<'_> {
    /// The key of `dossier.toml` that says it.
    pub(crate) fn key(&self) -> String {
        match self.origin {
            Origin::Firm => format!("profile.severity.{}", self.rule),
            Origin::Product => format!("rules.{}", self.rule),
        }
    }
}

fn written<'a>(cx: &'a Snapshot<'_>) -> impl Iterator<Item = (Origin, &'a str, Level)> {
    let firm = cx.config.own_profile.severity.iter().map(|(r, l)| (Origin::Firm, r.as_str(), *l));
    firm.chain(cx.config.rules.iter().map(|(r, l)| (Origin::Product, r.as_str(), *l)))
}

fn meta<'a>(cx: &'a Snapshot<'_>, rule: &str) -> Option<&'a Meta> {
    let ours = registry().rule(rule).map(|r| &r.meta);
    ours.or_else(|| cx.own_rules.rule(rule).map(|r| &r.meta))
}

/// The overrides that do not hold, each with the reason.
pub(crate) fn refused<'a>(cx: &'a Snapshot<'_>) -> impl Iterator<Item = Refused<'a>> {
    written(cx).filter_map(|(origin, name, level)| {
        let refuse = |why| Some(Refused { origin, rule: name, why });
        let Some(rule) = meta(cx, name) else {
            return if is_reader_code(name) { None } else { refuse("there is no such rule") };
        };
        if is_milder(level, Level::At(rule.severity)) && !can_be_excepted(cx, rule) {
            return refuse("not even a signed waiver excepts it");
        }
        let firm = &cx.config.own_profile.severity;
        let of_firm = firm.get(&rule.id).or_else(|| firm.get(&rule.name));
        match of_firm {
            Some(least) if origin == Origin::Product && is_milder(level, *least) => {
                refuse("the firm's profile asks for more")
            }
            _ => None,
        }
    })
}

/// Whether findings of this rule can be excepted at all: the rule says so, and no clause of it is one that the profile
/// never lets waive while a release is judged.
pub(crate) fn can_be_excepted(cx: &Snapshot<'_>, rule: &Meta) -> bool {
    let by_firm = cx.profile.never_waivable_rules.iter().any(|r| *r == rule.id || *r == rule.name);
    let never = || {
        let ids = rule.clauses.iter().filter_map(|c| clauses::governing(c));
        cx.release.is_some() && ids.into_iter().any(|c| cx.profile.never_waivable.contains(&c.id))
    };
    rule.waivable && !by_firm && !never()
}

/// Whether a level asks for less than another.
fn is_milder(level: Level, than: Level) -> bool {
    match (level, than) {
        (_, Level::Off) => false,
        (Level::Off, Level::At(_)) => true,
        // Severities are ordered worst first.
        (Level::At(severity), Level::At(least)) => severity > least,
    }
}

/// Whether the name belongs to what readers and the sink report, which have no rule here.
fn is_reader_code(name: &str) -> bool {
    crate::explain::codes().any(|c| c.rule == name || c.name == name)
}
