//! `dossier review` of many documents against all clauses: reading and judging, judging alone, and a second run with nothing or one
//! file changed.

use super::measure::{Bound, Timed};
use super::{Bench, example, quoted};
use crate::steps::run as command;
use anyhow::Result;

/// Documents of the figure, and pages of each.
const DOCUMENTS: usize = 1_000;
const PAGES: usize = 20;

/// The figures of the area.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let n = bench.size.unwrap_or(DOCUMENTS);
    let (folder, cache) = (bench.work.join(format!("review-{n}")), bench.work.join("review-cache"));
    if !folder.is_dir() {
        println!("── write {n} documents of {PAGES} pages");
        let mut make = std::process::Command::new(example("corpus")?);
        command(make.arg(&folder).args([n.to_string(), PAGES.to_string()]))?;
    }
    let report = quoted(&bench.work.join("review.json"));
    let line = format!(
        "{} review {} --cache {} --as-of 2026-03-01 --format json --output {report} 2>/dev/null",
        quoted(&bench.dossier),
        quoted(&folder),
        quoted(&cache)
    );
    let timed =
        |label: String, setup: String| Timed { exits: &[0, 1], ..Timed::new(label, &line).after(setup) };
    let emptied = format!("rm -rf {}", quoted(&cache));
    // Texts stay, judgements go: what a review takes after extraction.
    let unjudged = format!("rm -rf {}/reader-*/made", quoted(&cache));
    let changed = format!("date +%s%N >> {}/changed.md", quoted(&folder));
    let [cold] = bench.in_turns(1, false, [timed(format!("read and review {n} documents"), emptied)])?;
    let [judging, warm, one] = bench.in_turns(
        3,
        false,
        [
            timed("judge them again, texts kept".to_owned(), unjudged),
            timed("review them again, nothing changed".to_owned(), "true".to_owned()),
            timed("review them again, one file changed".to_owned(), changed),
        ],
    )?;
    let minutes = |s: &super::measure::Series| vec![s.wall() / 60.0];
    bench.sheet.hold(
        format!("review of {n} documents after extraction, minutes"),
        minutes(&judging),
        Bound::AtMost(5.0),
    );
    let peak = cold.peak().max(judging.peak()).max(warm.peak());
    bench.sheet.hold(format!("read and review {n} documents, MiB"), vec![peak], Bound::AtMost(1024.0));
    bench.sheet.hold(
        format!("review of {n} documents, one changed, seconds"),
        vec![one.wall()],
        Bound::AtMost(10.0),
    );
    Ok(())
}
