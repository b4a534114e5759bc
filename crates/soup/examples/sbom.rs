//! Times the way from a lock file to both SBOMs: `cargo run --release -p soup --example sbom LOCK [OUT-FOLDER]`.

use soup::sbom::{Head, cyclonedx, spdx};
use std::time::Instant;

#[expect(clippy::print_stdout, reason = "an example talks to a person")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("which lock file?")?;
    let out = args.next();

    let start = Instant::now();
    let bytes = std::fs::read(&file)?;
    let inventory = soup::lock::read(&file, &bytes).ok_or("that is no lock file")?;
    let read = start.elapsed();
    for problem in inventory.problems.iter().take(5) {
        println!("{}: {}", problem.source, problem.cause);
    }
    let head = Head {
        product: "example".to_owned(),
        version: "1.0.0".to_owned(),
        supplier: None,
        authors: vec!["The maker".to_owned()],
        timestamp: vocabulary::Instant::from_millis(0),
        tool_version: "0".to_owned(),
    };
    let boms = [("cdx", cyclonedx(&inventory.graph, &head)), ("spdx", spdx(&inventory.graph, &head))];
    println!(
        "{} components, {} edges: read {:.4} s, with both SBOMs {:.4} s",
        inventory.graph.components().len(),
        inventory.graph.edges().len(),
        read.as_secs_f64(),
        start.elapsed().as_secs_f64()
    );
    if let Some(folder) = out {
        for (name, bom) in boms {
            std::fs::write(format!("{folder}/bom.{name}.json"), bom)?;
        }
    }
    Ok(())
}
