//! See `protocol_approved_after_result.md`.

use super::{Level, counting_places, level};
use crate::prelude::*;
use documents::Document;
use model::results::RunFacts;
use records::State;
use records::state::Run;
use std::sync::Arc;

rule!(PROTOCOL_APPROVED_AFTER_RESULT, "protocol_approved_after_result", check);

/// The field by which a document is the integration plan.
const INTEGRATION: &str = "integration-strategy";

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    // The first run that counts, by the file of its cases; and the first of any integration case.
    let mut first_of: Vec<(&Item, &RunFacts)> = Vec::new();
    let mut integration: Option<&RunFacts> = None;
    for (item, run) in counting_places(cx) {
        if level(item) == Level::Integration && integration.is_none_or(|r| run.position < r.position) {
            integration = Some(run);
        }
        match first_of.iter_mut().find(|(i, _)| Arc::ptr_eq(&i.file, &item.file) && level(i) == level(item)) {
            Some(known) if run.position < known.1.position => *known = (item, run),
            Some(_) => {}
            None => first_of.push((item, run)),
        }
    }
    let mut in_order = 0_usize;
    for document in &cx.documents.controlled {
        let own = first_of.iter().filter(|(i, _)| Arc::ptr_eq(&i.file, &document.file));
        let own = own.min_by_key(|(_, run)| run.position).copied();
        let planned = cx.stated.places(INTEGRATION).iter().any(|p| p.document.id == document.id);
        let of_plan = integration.filter(|_| planned);
        let (run, clause) = match (own, of_plan) {
            (Some((item, run)), _) if level(item) == Level::Integration => (run, "62304:5.6.1"),
            (_, Some(run)) => (run, "62304:5.6.1"),
            (Some((_, run)), None) => (run, "62304:5.1.11"),
            (None, None) => continue,
        };
        match late(state, document, run) {
            Some(approval) => {
                out.at(document.location())
                    .about(document.id.as_str())
                    .clause(clause)
                    .arg("run", run.id.clone())
                    .arg("result", run.position.to_string())
                    .arg("approval", approval.to_string())
                    .related(diagnostics::Location::entry(run.position), "the result")
                    .related(diagnostics::Location::entry(approval), "the approval");
            }
            None => in_order += usize::from(state.approvals.contains_key(document.id.as_str())),
        }
    }
    if in_order > 0 {
        out.saw_text(format!(
            "{in_order} plans and protocols, each approved before the first result under it"
        ));
    }
}

/// The entry of the first approval where it came after the run; none where one came before, or there is none at all.
fn late(state: &State, document: &Document, run: &RunFacts) -> Option<u64> {
    let approvals = state.approvals.get(document.id.as_str())?;
    // A person's run names the text that was followed.
    let followed = match state.runs.get(&run.id) {
        Some(Run::Executed(r)) if r.body.protocol == document.id.as_str() => Some(r.body.protocol_digest),
        _ => None,
    };
    let counts = approvals.iter().filter(|a| followed.is_none_or(|digest| a.body.digest == digest));
    let first = counts.map(|a| a.meta.seq).min().or_else(|| approvals.iter().map(|a| a.meta.seq).min())?;
    (first > run.position).then_some(first)
}
