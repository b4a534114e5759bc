//! Severity overrides of `[rules]`: which of them hold. They are applied in the sink; this only takes out the ones that
//! cannot be.

use crate::registry::{Rule, registry};
use crate::snapshot::Snapshot;
use diagnostics::{Level, Overrides};

/// The overrides that hold.
pub(crate) fn accepted(cx: &Snapshot<'_>) -> Overrides {
    let refused: Vec<&str> = refused(cx).map(|(rule, _)| rule).collect();
    let kept = cx.config.rules.iter().filter(|(rule, _)| !refused.contains(&rule.as_str()));
    kept.map(|(rule, level)| (rule.clone(), *level)).collect()
}

/// The overrides that do not hold, each with the reason.
pub(crate) fn refused<'a>(cx: &'a Snapshot<'_>) -> impl Iterator<Item = (&'a str, &'static str)> {
    cx.config.rules.iter().filter_map(|(name, level)| {
        let Some(rule) = registry().rule(name) else {
            return (!is_reader_code(name)).then_some((name.as_str(), "there is no such rule"));
        };
        (is_milder(rule, *level) && !can_be_excepted(cx, rule))
            .then_some((name.as_str(), "not even a signed waiver excepts it"))
    })
}

/// Whether findings of this rule can be excepted at all: the rule says so, and no clause of it is one that the profile
/// never lets waive while a release is judged.
pub(crate) fn can_be_excepted(cx: &Snapshot<'_>, rule: &Rule) -> bool {
    let by_firm = cx.profile.never_waivable_rules.iter().any(|r| r == rule.id() || r == rule.name());
    let never = || {
        let ids = rule.meta.clauses.iter().filter_map(|c| clauses::governing(c));
        cx.release.is_some() && ids.into_iter().any(|c| cx.profile.never_waivable.contains(&c.id))
    };
    rule.meta.waivable && !by_firm && !never()
}

fn is_milder(rule: &Rule, level: Level) -> bool {
    match level {
        Level::Off => true,
        // Severities are ordered worst first.
        Level::At(severity) => severity > rule.meta.severity,
    }
}

/// Whether the name belongs to what readers and the sink report, which have no rule here.
fn is_reader_code(name: &str) -> bool {
    crate::explain::codes().any(|c| c.rule == name || c.name == name)
}
