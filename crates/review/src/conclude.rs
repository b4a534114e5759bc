//! A verdict on a facet over all documents: of each way to say it the best passage, and what outweighs what.

use crate::judged::{Best, Judged};
use crate::result::{FacetResult, Searched, Verdict};
use crate::values;
use clauses::Facet;

/// Why a procedure alone shows a record in part only.
pub(crate) const TO_BE_DONE: &str = "it says that this is to be done, not that it was";

/// The best passage of a way, and the document that it stands in.
#[derive(Clone, Copy)]
struct Found<'j> {
    judged: &'j Judged,
    best: &'j Best,
}

/// What a person may want to look at beside a passage that says it.
fn doubted(no: Found<'_>) -> String {
    let Some(quote) = no.judged.quote(no.best.passage, no.best.score) else { return String::new() };
    let short: String = quote.text.chars().take(DOUBT_MAX).collect();
    let more = if short.len() < quote.text.len() { "…" } else { "" };
    format!("{} may say otherwise: “{short}{more}”", quote.file)
}

/// In one document a denial that fits so much less, in ten thousandths, still counts.
const NEARLY: u16 = 500;

/// Longest quotation in a reason, in characters.
const DOUBT_MAX: usize = 160;

/// The verdict on the facet of this number.
pub(crate) fn conclude(facet: &Facet, number: u32, judged: &[&Judged]) -> FacetResult {
    let mut candidates = 0;
    let mut found: [Option<Found<'_>>; 6] = [None; 6];
    for judged in judged.iter().copied() {
        let Ok(at) = judged.facets.binary_search_by_key(&number, |f| f.facet) else { continue };
        let Some(said) = judged.facets.get(at) else { continue };
        candidates += said.candidates;
        for best in &said.best {
            if let Some(place) = found.get_mut(best.way as usize)
                && place.is_none_or(|old| old.best.score < best.score)
            {
                *place = Some(Found { judged, best });
            }
        }
    }
    // What is said of this version outweighs what is said better of another one.
    let [current, outdated, no, weak, duty, blank] = found;
    let yes = current.or(outdated);
    // A denial in another document counts where it is as clear as what it denies: of many documents one nearly always sounds like it.
    let clear = |yes: &Found<'_>, no: &Found<'_>| {
        let same = std::ptr::eq(yes.judged, no.judged);
        no.best.score + if same { NEARLY } else { 0 } >= yes.best.score
    };
    let (no, doubt) = match (yes, no) {
        (Some(yes), Some(no)) if !clear(&yes, &no) => (None, Some(no)),
        (_, no) => (no, None),
    };
    let (verdict, chosen, reason) = match (yes, no, weak, blank, duty) {
        (Some(yes), Some(no), ..) => {
            (Verdict::Contradicted, vec![no, yes], "one passage says it, another denies it".to_owned())
        }
        (None, Some(no), ..) => (Verdict::Contradicted, vec![no], "the passage denies it".to_owned()),
        (Some(yes), ..) if current.is_none() => {
            let reason = format!("the document speaks of version {}", yes.best.other_version);
            (Verdict::Outdated, vec![yes], reason)
        }
        (Some(yes), ..) => (Verdict::Met, vec![yes], doubt.map_or_else(String::new, doubted)),
        (None, None, Some(weak), ..) => {
            let missing: Vec<&str> = facet.needs.iter().map(|v| values::name(*v)).collect();
            (Verdict::Partly, vec![weak], format!("it does not name {}", missing.join(" and ")))
        }
        (None, None, None, Some(blank), _) => {
            (Verdict::TemplateOnly, vec![blank], "the place for it is blank".to_owned())
        }
        (None, None, None, None, Some(duty)) => (Verdict::Partly, vec![duty], TO_BE_DONE.to_owned()),
        (None, None, None, None, None) => (Verdict::NotFound, Vec::new(), String::new()),
    };
    let searched = || Searched {
        files: judged.len(),
        passages: judged.iter().map(|j| j.document.passages).sum(),
        candidates,
        phrasings: facet.wording.values().flat_map(|w| &w.says).map(|p| p.text.clone()).collect(),
    };
    FacetResult {
        id: facet.id.clone(),
        must: facet.must.clone(),
        verdict,
        reason,
        quotes: chosen.iter().filter_map(|f| f.judged.quote(f.best.passage, f.best.score)).collect(),
        searched: (verdict == Verdict::NotFound).then(searched),
        by_model: false,
    }
}
