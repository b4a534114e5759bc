//! See `notice_not_issued.md`.

use crate::prelude::*;

rule!(NOTICE_NOT_ISSUED, "notice_not_issued", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let issued = |audience: &str, anomaly: &str, release: &str| {
        state.notices.values().map(|n| &n.body).any(|n| {
            n.audience == audience
                && n.about.iter().any(|a| a == anomaly)
                && n.versions.iter().any(|v| v == release)
        })
    };
    let mut told = 0;
    for (id, anomaly) in &state.anomalies {
        for judged in &anomaly.fielded {
            let release = judged.body.release.as_str();
            if anomaly.judged_in(release).is_none_or(|newest| newest.meta.seq != judged.meta.seq) {
                continue;
            }
            for (audience, information) in
                [("users", &judged.body.users), ("regulators", &judged.body.regulators)]
            {
                if !information.needed {
                    continue;
                }
                if issued(audience, id, release) {
                    told += 1;
                    continue;
                }
                let until = information.until.map(|d| format!(" until {d}")).unwrap_or_default();
                out.at_entry(judged.meta.seq, id)
                    .arg("audience", audience)
                    .arg("release", release.to_owned())
                    .arg("until", until);
            }
        }
    }
    if told > 0 {
        out.saw_text(format!("{told} notices that were decided and issued"));
    }
}
