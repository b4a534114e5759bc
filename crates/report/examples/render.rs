//! Renders the sample reports into a folder, to look at: `cargo run -p report --example render -- DIR [hostile]`.

use std::time::Instant;

use report::{
    Sheet, controlled_document, item_document, matrix_csv, matrix_html, release_record, risk_file, soup_list,
    test_report,
};
use views::sample::Sample;

#[path = "../src/sample_sheets.rs"]
mod sample_sheets;
use sample_sheets::sheets;

#[expect(clippy::print_stdout, reason = "an example that prints what it measured")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let dir = std::path::PathBuf::from(args.next().ok_or("usage: render DIR [hostile]")?);
    let sample = Sample { hostile: args.next().is_some() };
    std::fs::create_dir_all(&dir)?;
    for (name, sheet) in &sheets(sample, 80) {
        let start = Instant::now();
        let pdf = sheet.pdf()?;
        println!("{name}.pdf {} bytes in {:?}", pdf.len(), start.elapsed());
        std::fs::write(dir.join(format!("{name}.pdf")), pdf)?;
        std::fs::write(dir.join(format!("{name}.html")), sheet.html())?;
        std::fs::write(dir.join(format!("{name}.md")), sheet.markdown())?;
    }
    let matrix = sample.matrix(10_000);
    let start = Instant::now();
    std::fs::write(dir.join("matrix.csv"), matrix_csv(&matrix))?;
    println!("matrix.csv of 10 000 rows in {:?}", start.elapsed());
    let start = Instant::now();
    std::fs::write(dir.join("matrix.html"), matrix_html(&matrix, &sample.inputs()))?;
    println!("matrix.html of 10 000 rows in {:?}", start.elapsed());
    Ok(())
}
