//! See `documentation_level_too_low.md`.

use super::in_america;
use crate::prelude::*;
use crate::systems::is_device;
use product::Injury;

rule!(DOCUMENTATION_LEVEL_TOO_LOW, "documentation_level_too_low", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    if !in_america(cx) {
        out.saw_text("not placed on the market of the United States");
        return;
    }
    for (ix, item) in cx.items_of(Kind::SoftwareSystem).filter(|(_, i)| is_device(i)) {
        if !item.value("documentation-level").is_some_and(|l| l.eq_ignore_ascii_case("basic")) {
            continue;
        }
        let serious = serious(cx, item);
        let is_c = |field: &str| item.value(field).is_some_and(|c| c.eq_ignore_ascii_case("c"));
        let why = match serious.first() {
            Some((situation, severity)) => {
                format!("`{}` has severity {severity} before any risk control", situation.id)
            }
            None if is_c("initial-class") || is_c("class") => {
                "its class before external controls is C".to_owned()
            }
            None => {
                out.saw_text(format!("{}: no situation with serious injury before risk controls", item.id));
                continue;
            }
        };
        let report = out.at_field(ix, item, "documentation-level").arg("why", why);
        for (situation, severity) in serious {
            report.related(situation.location(), format!("severity {severity}"));
        }
    }
}

/// The hazardous situations of a system with death or serious injury, to which the software can contribute.
fn serious<'a>(cx: &Snapshot<'a>, system: &Item) -> Vec<(&'a Item, String)> {
    let hazards = system.values("hazards");
    let mut out = Vec::new();
    for (hazard_ix, hazard) in cx.items_of(Kind::Hazard) {
        if !hazards.is_empty() && !hazards.iter().any(|h| *h == hazard.id.as_str()) {
            continue;
        }
        for (situation, _) in cx.model.targets(hazard_ix, LinkType::LeadsTo) {
            let Some(item) = cx.model.get(situation) else { continue };
            let contributes = !item.value("contributes").is_some_and(|c| c.eq_ignore_ascii_case("no"));
            let severity = item.value("severity").unwrap_or_default().into_owned();
            let injury = cx.config.risk.injury.get(&severity);
            if contributes
                && injury == Some(&Injury::Serious)
                && !out.iter().any(|(i, _): &(&Item, _)| i.id == item.id)
            {
                out.push((item, severity));
            }
        }
    }
    out
}
