//! Measures the archive: `put_dir put ARCHIVE NAME FOLDER` stages, seals and reads back a folder, through the same code
//! as a release; `put_dir verify ARCHIVE` verifies everything. With `/usr/bin/time -v` for memory.

use archive::retention::{Retention, RetentionInput, compute};
use archive::verify::Known;
use archive::{Archive, verify_archive};
use signing::SecretKey;
use std::error::Error;
use std::path::Path;
use vocabulary::{Date, Instant};

fn retention() -> Result<Retention, Box<dyn Error>> {
    let today = Date::new(2026, 1, 1).ok_or("no date")?;
    Ok(compute(&RetentionInput {
        markets: Vec::new(),
        lifetime_years: Some(1),
        released: today,
        last_placed: None,
        as_of: today,
    }))
}

#[allow(clippy::print_stdout, clippy::print_stderr)]
fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["put", root, name, folder] => {
            let archive = Archive::open(Path::new(root))?;
            let key = SecretKey::from_seed([7; 32], "measuring");
            let at = Instant::from_millis(0);
            let receipt = archive.put_folder(name, Path::new(folder), at, retention()?, &key)?;
            println!("{} bytes in {} blobs, {} added", receipt.bytes, receipt.blobs, receipt.bytes_added);
        }
        ["verify", root] => {
            let report = verify_archive(Archive::read_only(Path::new(root))?.store(), &Known::default());
            println!("{} bytes in {} blobs, {} problems", report.bytes, report.blobs, report.problems.len());
            report.problems.iter().take(20).for_each(|p| println!("{p}"));
        }
        _ => eprintln!("usage: put_dir put ARCHIVE NAME FOLDER | put_dir verify ARCHIVE"),
    }
    Ok(())
}
