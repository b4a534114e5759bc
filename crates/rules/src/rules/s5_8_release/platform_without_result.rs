//! See `platform_without_result.md`.

use super::judged;
use crate::prelude::*;
use crate::rules::s5_7_verification::counting_runs;
use product::Market;

rule!(PLATFORM_WITHOUT_RESULT, "platform_without_result", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some((release, _)) = judged(cx) else { return };
    let europe =
        cx.config.product.markets.iter().any(|m| matches!(m, Market::EuMdr | Market::EuMdrImplantable));
    if !europe {
        out.saw_text("not placed on the market of the European Union");
        return;
    }
    if !cx.items_of(Kind::SoftwareSystem).any(|(_, i)| i.field("platforms").is_some()) {
        out.saw_text("no platform is stated that would need results of its own");
    }
    let ran_on: Vec<String> = counting_runs(cx)
        .map(|r| format!("{} {}", r.configuration.hardware, r.configuration.software).to_lowercase())
        .collect();
    for (ix, item) in cx.items_of(Kind::SoftwareSystem) {
        for platform in item.values("platforms") {
            if ran_on.iter().any(|on| on.contains(&platform.to_lowercase())) {
                out.saw_text(format!("results on {platform}"));
            } else {
                out.at_field(ix, item, "platforms")
                    .about(platform.to_string())
                    .arg("release", release.version.to_owned());
            }
        }
    }
}
