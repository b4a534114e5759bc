//! The figure of releasing: how long, and how often again.

use super::{About, Input, Metric, Missing, Part, Sense, Standing, from, percent, within};

/// Days from the opening of the first candidate to the seal, and how many releases needed more than one candidate.
pub(super) fn release_cycle(input: &Input<'_>) -> Metric {
    let about = About {
        id: "release-cycle",
        name: "Release approval: cycle time and rework",
        definition: "Mean days from the opening of a release's first candidate to its seal, over the releases sealed in the period; rework is the share \
                     of them that needed a further candidate.",
        clauses: &["62304:5.8"],
        unit: "days",
    };
    let target = input.targets.of(about.id, Sense::AtMost, Some(14), about.unit);
    let rework_target = input.targets.of("release-rework", Sense::AtMost, Some(20), "percent");
    let (mut total, mut of, mut hits) = (0_i64, 0_usize, 0_usize);
    let mut missing = Vec::new();
    for (version, r) in &input.state.releases {
        let (Some(first), Some(seal)) = (r.opened.first(), r.sealed.as_ref()) else { continue };
        if !within(input, seal.meta.at.date_utc()) {
            continue;
        }
        of += 1;
        total += (seal.meta.at.millis() - first.meta.at.millis()).max(0);
        if r.opened.len() > 1 {
            missing.push(Missing { id: version.clone(), why: format!("{} candidates", r.opened.len()) });
        } else {
            hits += 1;
        }
    }
    if of == 0 {
        return about.nothing(target, &format!("no release was sealed since {}", from(input)));
    }
    let rework = percent(of - hits, of);
    let counted = format!("{of} releases since {}, {} with a further candidate", from(input), of - hits);
    let mut target = target;
    target.text = format!("{}, rework {}", target.text, rework_target.text);
    let mut metric = about.value(target, mean_days(total, of), of, hits, counted);
    if rework_target.value.is_some_and(|bound| rework > bound) {
        metric.standing = Standing::Missed;
    }
    let part = Part { name: "rework".into(), value: Some(super::tenth(rework)), unit: "percent", of };
    Metric { parts: vec![part], missing, ..metric }
}

#[allow(clippy::cast_precision_loss, reason = "times in milliseconds of some years")]
fn mean_days(total: i64, of: usize) -> f64 {
    total as f64 / 86_400_000.0 / of as f64
}
