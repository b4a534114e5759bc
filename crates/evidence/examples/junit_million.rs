//! Times the way of a million results: parse, encode, decode, join. `cargo run --release -p evidence --example
//! junit_million [RESULTS] [RUNS]`; prints seconds of wall time.

use evidence::join::{Selector, join};
use evidence::{cache, junit};
use model::results::{Configuration, Origin, Run, RunFacts};
use std::fmt::Write as _;
use std::time::Instant;
use vocabulary::{Digest, ItemId};

#[expect(clippy::print_stdout, reason = "an example talks to a person")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1).map(|a| a.parse::<usize>());
    let results = args.next().transpose()?.unwrap_or(1_000_000);
    let runs = args.next().transpose()?.unwrap_or(1).max(1);
    let cases = results / runs;

    let mut xml = format!("<testsuites tests=\"{cases}\"><testsuite name=\"bench\" tests=\"{cases}\">\n");
    for i in 0..cases {
        writeln!(xml, "<testcase classname=\"bench\" name=\"TC_{i:07}\" time=\"0.001\"/>")?;
    }
    xml.push_str("</testsuite></testsuites>\n");

    let start = Instant::now();
    let parsed = (0..runs)
        .map(|_| junit::read(xml.as_bytes(), junit::Limits::default()).into_results())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|p| format!("{p:?}"))?;
    println!("parse  {:.3} s, {} bytes a report", start.elapsed().as_secs_f64(), xml.len());

    let start = Instant::now();
    let encoded: Vec<Vec<u8>> = parsed.iter().map(cache::encode).collect();
    println!(
        "encode {:.3} s, {} bytes",
        start.elapsed().as_secs_f64(),
        encoded.iter().map(Vec::len).sum::<usize>()
    );

    let start = Instant::now();
    let decoded = encoded.iter().map(|b| cache::decode(b)).collect::<Result<Vec<_>, _>>()?;
    println!("decode {:.3} s", start.elapsed().as_secs_f64());

    let runs: Vec<Run> =
        decoded.into_iter().zip(0..).map(|(results, i)| Run { facts: facts(i), results }).collect();
    let names: Vec<(ItemId, String)> = (0..2000_usize)
        .filter_map(|i| {
            let i = i * (cases / 2000).max(1);
            Some((ItemId::new(&format!("TC-{i:07}"))?, format!("bench::TC_{i:07}")))
        })
        .collect();
    for (what, star) in [("exact", ""), ("globs", "*")] {
        let patterns: Vec<String> = names.iter().map(|(_, n)| format!("{n}{star}")).collect();
        let selectors: Vec<Selector<'_>> = names
            .iter()
            .zip(&patterns)
            .map(|((item, _), p)| Selector { item, patterns: vec![p.as_str().into()] })
            .collect();
        let runs = runs.clone();
        let start = Instant::now();
        let joined = join(runs, &selectors, &[], &|_| true);
        println!("join by 2000 {what} {:.3} s, {} items", start.elapsed().as_secs_f64(), joined.items.len());
    }
    Ok(())
}

fn facts(i: u64) -> RunFacts {
    RunFacts {
        id: format!("RUN-{i}"),
        software: Digest::of(b"software"),
        version: "1".to_owned(),
        configuration: Configuration::default(),
        tools: Vec::new(),
        at: vocabulary::Instant::from_millis(0),
        position: i,
        person: "qa-lead".to_owned(),
        origin: Origin::CiAttested,
        report: Digest::of(b"report"),
    }
}
