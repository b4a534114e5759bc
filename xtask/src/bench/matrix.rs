//! `dossier trace matrix`: as CSV, and as one page that can be filtered.

use super::measure::{Bound, Timed};
use super::{Bench, quoted};
use anyhow::Result;

const SIZE: usize = 10_000;

/// The figures of the area.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let n = bench.size.unwrap_or(SIZE);
    let product = bench.product(n)?;
    let to = |form: &str| {
        let file = bench.work.join(format!("matrix.{form}"));
        bench.shell(&product, &format!("trace matrix --format {form} --output {}", quoted(&file)))
    };
    let (csv, html) = (to("csv"), to("html"));
    let [csv, html] = bench.in_turns(
        9,
        true,
        [
            Timed::new(format!("matrix as CSV, {n} items"), csv),
            Timed::new(format!("matrix as HTML, {n} items"), html),
        ],
    )?;
    bench.sheet.hold(format!("matrix of {n} items as CSV, seconds"), vec![csv.wall()], Bound::AtMost(0.2));
    bench.sheet.hold(format!("matrix of {n} items as HTML, seconds"), vec![html.wall()], Bound::AtMost(1.0));
    Ok(())
}
