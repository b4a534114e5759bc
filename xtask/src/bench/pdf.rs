//! Text of PDFs: the reader of `extract` beside `pdftotext` over the same files in one run, and the characters of both.

use super::measure::{Bound, Timed};
use super::{Bench, example, installed, quoted};
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Fewer pages say nothing.
const PAGES_MIN: usize = 200;

/// The figures of the area. The files are those of the folder that `DOSSIER_BENCH_PDFS` names, else the manuals of this machine.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    if !installed("pdftotext") {
        bench.sheet.skip("PDF text: pdftotext is not installed");
        return Ok(());
    }
    let files = files();
    let list = files.iter().map(|f| quoted(f)).collect::<Vec<_>>().join(" ");
    let ours = example("pdf_text")?;
    let out = Command::new(&ours).args(&files).output().context("the reader")?;
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let last = said.lines().last().unwrap_or_default().to_owned();
    // Files that were not read are named before it.
    print!("{said}");
    let number = |word: &str| -> Option<f64> {
        let before = last.split(word).next()?;
        before.split_whitespace().last()?.parse().ok()
    };
    let (pages, characters) = (number(" pages").unwrap_or(0.0), number(" characters").unwrap_or(0.0));
    #[allow(clippy::cast_precision_loss, reason = "a count of pages")]
    if pages < PAGES_MIN as f64 {
        bench.sheet.skip(format!(
            "PDF text: {pages} pages found, {PAGES_MIN} are needed; name a folder in DOSSIER_BENCH_PDFS"
        ));
        return Ok(());
    }
    let peer: f64 = files.iter().map(|f| peer_characters(f)).sum();
    let each = format!("printf '%s\\n' {list} | xargs -P 2 -I{{}} pdftotext {{}} /dev/null");
    let [own, other] = bench.in_turns(
        5,
        true,
        [
            Timed::new(format!("our reader, {pages} pages"), format!("{} {list} >/dev/null", quoted(&ours))),
            Timed::new("xargs -P2 pdftotext", each),
        ],
    )?;
    println!("pages a second: {:.0}, pdftotext {:.0}", pages / own.wall(), pages / other.wall());
    bench.sheet.hold("PDF text, times as long as xargs -P2 pdftotext", own.times(&other), Bound::AtMost(1.0));
    let apart = (characters / peer.max(1.0) - 1.0).abs() * 100.0;
    bench.sheet.hold("PDF text, characters apart from pdftotext, per cent", vec![apart], Bound::AtMost(2.0));
    Ok(())
}

/// Characters without white space that pdftotext finds; nothing where it fails.
fn peer_characters(file: &Path) -> f64 {
    let out = Command::new("pdftotext").arg(file).arg("-").output();
    let text = out.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    #[allow(clippy::cast_precision_loss, reason = "a count of characters")]
    let count = text.chars().filter(|c| !c.is_whitespace()).count() as f64;
    count
}

fn files() -> Vec<PathBuf> {
    let named = std::env::var_os("DOSSIER_BENCH_PDFS").map(PathBuf::from);
    let mut out = Vec::new();
    let mut folders = vec![named.unwrap_or_else(|| PathBuf::from("/usr/share/doc"))];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() && entry.path().extension().is_some_and(|e| e == "pdf") => {
                    out.push(entry.path());
                }
                _ => {}
            }
        }
    }
    out.sort();
    out
}
