//! `specimens DIR < MARKDOWN`: writes a small document in every format that has a writer, for fuzz seeds and trials by hand.

use std::io::Read as _;

fn main() -> std::io::Result<()> {
    let directory = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let mut markdown = String::new();
    std::io::stdin().read_to_string(&mut markdown)?;
    std::fs::create_dir_all(&directory)?;
    for ending in ["docx", "odt", "ods", "pptx", "xlsx", "pdf", "html", "rtf", "eml", "txt", "md"] {
        if let Some(bytes) = extract::specimen::write(ending, &markdown) {
            std::fs::write(format!("{directory}/specimen.{ending}"), bytes)?;
        }
    }
    Ok(())
}
