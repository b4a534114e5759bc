//! `cargo xtask browser`: every page of the demo's product in a real browser, as people have it: narrow and wide, light and
//! dark, with scripts and without, by keyboard.
//!
//! Chromium is driven over the pipe of its DevTools protocol: no port, no driver program, no library. What is looked at in
//! a page stands in `browser/probe.js`; every fault names the page and how it was shown.

mod crawl;
mod devtools;
mod keyboard;
mod page;
mod signing;

use crate::{prerequisites, root};
use anyhow::{Context as _, Result, bail};
use crawl::Site;
use devtools::Browser;
use keyboard::plain;
use page::{Look, Looks};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// `cargo xtask browser [--keep DIR]`
pub(crate) fn run(args: &[String]) -> Result<()> {
    prerequisites::ensure(prerequisites::TOOLS)?;
    let keep = match args {
        [] => None,
        [flag, folder] if flag == "--keep" => Some(PathBuf::from(folder)),
        _ => bail!("cargo xtask browser [--keep DIR]"),
    };
    look(keep.as_deref())
}

/// Looks at all pages of the demo's product; `keep` is the folder for pictures of them.
pub(crate) fn look(keep: Option<&Path>) -> Result<()> {
    let product = root().join("target/demo/triage");
    if !product.join("dossier.toml").is_file() {
        bail!("{} is not there; run: cargo xtask demo --no-serve", product.display());
    }
    let server = Server::start(&product)?;
    let site = Site::crawl(&server.address)?;
    println!("{} addresses, {} links between them", site.pages.len(), site.links);
    let mut faults = site.faults.clone();
    let mut browser = Browser::start()?;
    let pages = site.specimens();
    println!("{} pages in the browser, one to three of each kind", pages.len());
    let mut looks = Looks::new(&server.address, keep)?;
    for path in &pages {
        for look in Look::ALL {
            faults.extend(looks.at(&mut browser, path, look).with_context(|| format!("{path}, {look}"))?);
        }
    }
    faults.extend(keyboard::walk(&mut browser, &server.address, &pages)?);
    faults.extend(keyboard::keys(&mut browser, &server.address)?);
    faults.extend(keyboard::matrix_file(&mut browser, &server.address)?);
    faults.extend(signing::sign(&mut browser, &product, keep)?);
    browser.close()?;
    if faults.is_empty() {
        println!("{} views of {} pages: no fault", looks.taken, pages.len());
        return Ok(());
    }
    for fault in &faults {
        println!("{fault}");
    }
    bail!("{} faults in the pages", faults.len())
}

/// `dossier serve` on a port of its own choice; ended when dropped.
struct Server {
    child: Child,
    /// `127.0.0.1:40123`
    address: String,
}

impl Server {
    fn start(product: &Path) -> Result<Server> {
        Server::start_with(product, &[])
    }

    fn start_with(product: &Path, environment: &[(&str, String)]) -> Result<Server> {
        let mut child = Command::new(crate::generate::dossier()?)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(product)
            .env_remove("DOSSIER_PERSON")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stderr(Stdio::piped())
            .spawn()
            .context("could not start dossier serve")?;
        let said = child.stderr.take().context("dossier serve has no stderr")?;
        let mut lines = BufReader::new(said).lines();
        let address = loop {
            let Some(line) = lines.next() else { bail!("dossier serve ended before it listened") };
            if let Some((_, rest)) = line?.split_once("http://") {
                break rest.split('/').next().unwrap_or_default().to_owned();
            }
        };
        // What it says later is read on, or it would wait for a reader.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| println!("serve: {line}")));
        Ok(Server { child, address })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
