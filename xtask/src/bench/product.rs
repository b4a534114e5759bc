//! The corpora: generated products with a ledger, confirmed links and imported results.

use super::{Bench, git, quoted};
use crate::steps::run as command;
use anyhow::{Context as _, Result};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

impl Bench {
    /// A product of `n` items as `gen_product.py` makes it, with links confirmed and results imported; made once for
    /// each build of the binary.
    pub(super) fn product(&self, n: usize) -> Result<PathBuf> {
        let product = self.work.join(format!("product-{n}"));
        let made = product.join(".dossier/made");
        if made.is_file() && modified(&made)? > modified(&self.dossier)? {
            return Ok(product);
        }
        println!("making a product of {n} items");
        let _ = std::fs::remove_dir_all(&product);
        let generator = self.shared.join("gen_product.py");
        command(Command::new("python3").arg(generator).args(["--n", &n.to_string(), "--out"]).arg(&product))?;
        self.enrol(&product)?;
        let key = self.key(&product);
        let signing = ["--as", "software-lead", "--key", &key.display().to_string()];
        let confirm = ["trace", "confirm", "--all", "--reason", "generated corpus"];
        self.dossier(&product, &[&confirm[..], &signing[..]].concat())?;
        git(&product, &["add", "dossier.toml", "dossier", ".gitignore"])?;
        git(&product, &["commit", "-q", "-m", "links confirmed"])?;
        self.dossier(&product, &["test", "import", "results.xml", "--commit", "HEAD"])?;
        std::fs::File::create(&made).with_context(|| format!("write {}", made.display()))?;
        Ok(product)
    }

    /// A product of `n` items with one report of `results` results more, most of which belong to no item.
    pub(super) fn product_with_results(&self, n: usize, results: usize) -> Result<PathBuf> {
        let product = self.work.join(format!("product-{n}-{results}"));
        let made = product.join(".dossier/many");
        if made.is_file() && modified(&made)? > modified(&self.dossier)? {
            return Ok(product);
        }
        let plain = self.product(n)?;
        println!("importing {results} results");
        let _ = std::fs::remove_dir_all(&product);
        command(Command::new("cp").arg("-a").arg(&plain).arg(&product))?;
        let report = product.join("many.xml");
        write_report(&report, results).with_context(|| format!("write {}", report.display()))?;
        self.dossier(&product, &["test", "import", "many.xml", "--commit", "HEAD"])?;
        std::fs::File::create(&made).with_context(|| format!("write {}", made.display()))?;
        Ok(product)
    }

    /// A ledger, and a person who may confirm links.
    fn enrol(&self, product: &Path) -> Result<()> {
        let keys = self.work.join("keys");
        let _ = std::fs::remove_dir_all(&keys);
        let key = self.key(product);
        for old in [key.clone(), key.with_extension("key.pub")] {
            let _ = std::fs::remove_file(old);
        }
        self.dossier(product, &["init"])?;
        let proof = ["--name", "Software lead", "--identity-proof", "generated"];
        self.dossier(product, &[&["person", "enrol", "software-lead"], &proof[..]].concat())?;
        let grant = ["role", "grant", "software-lead", "software-lead", "--reason", "generated"];
        self.dossier(product, &grant)?;
        self.dossier(product, &["key", "new", "software-lead", "--file", &key.display().to_string()])
    }

    /// The key of the person of a product: beside it, not in it.
    fn key(&self, product: &Path) -> PathBuf {
        product.with_extension("key")
    }

    /// Runs the product's binary in a product.
    pub(super) fn dossier(&self, product: &Path, args: &[&str]) -> Result<()> {
        command(
            Command::new(&self.dossier)
                .current_dir(product)
                .args(args)
                .env("DOSSIER_KEYS", self.work.join("keys")),
        )
    }

    /// A line for the shell that runs the product's binary in a product.
    pub(super) fn shell(&self, product: &Path, args: &str) -> String {
        format!("cd {} && {} {args}", quoted(product), quoted(&self.dossier))
    }
}

fn modified(path: &Path) -> Result<std::time::SystemTime> {
    path.metadata().and_then(|m| m.modified()).with_context(|| format!("look at {}", path.display()))
}

/// A JUnit report of `count` passed cases.
fn write_report(path: &Path, count: usize) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
    writeln!(out, r#"<testsuites tests="{count}" failures="0" errors="0">"#)?;
    writeln!(out, r#"<testsuite name="many" tests="{count}" failures="0" errors="0" skipped="0">"#)?;
    for n in 0..count {
        let (class, name) = (n / 100, n % 100);
        writeln!(out, r#"<testcase classname="bench::part_{class}" name="case_{name}" time="0.001"/>"#)?;
    }
    writeln!(out, "</testsuite>\n</testsuites>")?;
    out.flush()
}
