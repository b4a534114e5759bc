//! The risk chains: hazard, sequence of events, cause, control, verification, residual risk.

use super::reading::Reading;
use model::trace::{self, CauseChain, ControlChain, End, RiskChain};
use model::{ItemIx, LinkType};
use views::{
    Acceptability, LinkCell, Outcome, ResultCell, RiskEstimate, RiskPage, RiskRow, RiskScale, Verdict,
};

/// Every hazardous situation with each of its causes.
pub(super) fn page(r: &Reading<'_>) -> RiskPage {
    RiskPage { rows: trace::risk_chains(r.model()).iter().flat_map(|chain| rows(r, chain)).collect() }
}

/// The scales of `[risk]`, with what each severity means to a person and where a risk is acceptable.
pub(super) fn scales(r: &Reading<'_>) -> Vec<RiskScale> {
    let risk = &r.analysis.config.risk;
    let injury = |s: &String| risk.injury(s).map_or("", product::Injury::as_str).to_owned();
    let severity = risk.severity.iter().map(|s| {
        let fine = risk.acceptable.get(s).map(|ps| ps.join(", ")).unwrap_or_default();
        let fine = if fine.is_empty() {
            "acceptable at no probability".into()
        } else {
            format!("acceptable when {fine}")
        };
        (s.clone(), format!("injury: {}; {fine}", injury(s)))
    });
    let probability = risk.probability.iter().map(|p| (p.clone(), String::new()));
    let scale = |name: &str, steps: Vec<(String, String)>| RiskScale { name: name.to_owned(), steps };
    vec![scale("severity", severity.collect()), scale("probability", probability.collect())]
}

fn rows(r: &Reading<'_>, chain: &RiskChain) -> Vec<RiskRow> {
    if chain.causes.is_empty() {
        return vec![row(r, chain, None)];
    }
    chain.causes.iter().map(|cause| row(r, chain, Some(cause))).collect()
}

fn row(r: &Reading<'_>, chain: &RiskChain, cause: Option<&CauseChain>) -> RiskRow {
    let situation = r.model().item(chain.situation);
    let controls: Vec<&ControlChain> =
        chain.controls.iter().chain(cause.iter().flat_map(|c| &c.controls)).collect();
    let ends: Vec<LinkCell> = controls.iter().map(|c| end(r, LinkType::Controls, c.control)).collect();
    let implemented: Vec<LinkCell> = controls
        .iter()
        .flat_map(|c| c.requirements.iter().map(|q| end(r, LinkType::Implements, q.requirement)))
        .collect();
    let mut verified = Vec::new();
    for control in &controls {
        for ix in std::iter::once(control.control.item)
            .chain(control.requirements.iter().map(|q| q.requirement.item))
        {
            for test in r.tests_of(ix) {
                if !verified.iter().any(|known: &ResultCell| known.case.target == test.case.target) {
                    verified.push(test);
                }
            }
        }
    }
    let hazards = chain.hazards.first().map(|h| end(r, LinkType::LeadsTo, *h));
    let mut row = RiskRow {
        hazard: hazards.unwrap_or_else(no_hazard),
        situation: of_item(r, chain.situation),
        harm: situation.value("harm").unwrap_or_default().into_owned(),
        sequence: sequence(situation),
        cause: cause.map(|c| end(r, LinkType::Causes, c.cause)),
        arises_in: cause.iter().flat_map(|c| &c.arises_in).map(|e| end(r, LinkType::ArisesIn, *e)).collect(),
        before: estimate(r, situation, "severity", "probability"),
        controls: ends,
        implemented,
        verified,
        after: estimate(r, situation, "severity-after", "probability-after"),
        verdict: Verdict::Pass,
        gap: String::new(),
    };
    judge(r, &mut row);
    row
}

/// The rules' verdicts on anything in the chain; what only the chain shows is an advisory.
fn judge(r: &Reading<'_>, row: &mut RiskRow) {
    let links = [&row.controls, &row.implemented, &row.arises_in].into_iter().flatten();
    let ids: Vec<String> = links
        .chain(&row.cause)
        .chain([&row.situation, &row.hazard])
        .chain(row.verified.iter().map(|t| &t.case))
        .map(|l| l.target.id.clone())
        .collect();
    let failing = row.verified.iter().find(|t| t.outcome != Outcome::Pass);
    let gap = if row.controls.is_empty() && row.before.acceptable != Acceptability::Acceptable {
        "no risk control".to_owned()
    } else if row.verified.is_empty() && !row.controls.is_empty() {
        "the risk control is not verified".to_owned()
    } else if let Some(test) = failing {
        format!("{} {}", test.case.target, test.outcome.as_str())
    } else {
        String::new()
    };
    (row.verdict, row.gap) = r.standing(ids.iter().map(String::as_str), gap);
}

/// The sequence of events: a field, or the text of the situation.
fn sequence(situation: &model::Item) -> String {
    match situation.part("sequence") {
        Some(text) if !text.is_empty() => text.into_owned(),
        _ => situation.text().to_owned(),
    }
}

/// Severity that no control changes is the one before.
fn estimate(r: &Reading<'_>, situation: &model::Item, severity: &str, probability: &str) -> RiskEstimate {
    let severity =
        situation.value(severity).or_else(|| situation.value("severity")).unwrap_or_default().into_owned();
    let probability = situation.value(probability).unwrap_or_default().into_owned();
    let acceptable = match r.analysis.config.risk.is_acceptable(&severity, &probability) {
        Some(true) => Acceptability::Acceptable,
        Some(false) => Acceptability::Unacceptable,
        None => Acceptability::Unknown,
    };
    let or_unknown = |text: String| if text.is_empty() { "not stated".to_owned() } else { text };
    RiskEstimate { severity: or_unknown(severity), probability: or_unknown(probability), acceptable }
}

fn end(r: &Reading<'_>, kind: LinkType, end: End) -> LinkCell {
    let state = super::reading::link_state(end.state);
    LinkCell { link: kind.as_str().to_owned(), state, ..of_item(r, end.item) }
}

/// An item as a cell, without a link.
pub(super) fn of_item(r: &Reading<'_>, ix: ItemIx) -> LinkCell {
    LinkCell {
        link: String::new(),
        target: r.item_ref(ix),
        title: r.model().item(ix).title().to_owned(),
        state: views::LinkState::Current,
        stamp: None,
    }
}

fn no_hazard() -> LinkCell {
    LinkCell {
        link: LinkType::LeadsTo.as_str().to_owned(),
        target: views::Ref::plain("no hazard leads to it"),
        title: String::new(),
        state: views::LinkState::Current,
        stamp: None,
    }
}
