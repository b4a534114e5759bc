//! See `external_control_without_proof.md`.

use crate::prelude::*;
use crate::risk_class::{external_controls, rests_on_external_controls};

rule!(EXTERNAL_CONTROL_WITHOUT_PROOF, "external_control_without_proof", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let mut judged = std::collections::BTreeSet::new();
    for (ix, situation) in cx.items_of(Kind::HazardousSituation) {
        if !rests_on_external_controls(cx, situation) {
            continue;
        }
        let subjects: Vec<String> =
            cx.systems.of_item(ix).filter_map(|n| Some(cx.systems.list().get(n)?.subject.clone())).collect();
        for control in external_controls(cx, ix).into_iter().filter(|c| judged.insert(c.0)) {
            let Some(item) = cx.model.get(control) else { continue };
            let lacks = [
                ("nothing says that it is independent of the software", has_part(item, "independent-of")),
                ("nothing says how it was verified", has_part(item, "verification")),
                ("nothing says how its effectiveness was judged", has_part(item, "effectiveness")),
            ];
            match lacks.iter().find(|(_, there)| !there) {
                None => out.saw(control, item),
                Some((why, _)) => {
                    out.at_item(control, item)
                        .about(subjects.join(", "))
                        .arg("control", item.id.to_string())
                        .arg("why", *why)
                        .related(situation.location(), "acceptable only after external controls");
                }
            }
        }
    }
}
