//! `vuln sync`: data sets fetched from their publishers or from mirrors, and taken in like any other.

pub(crate) mod fetch;

use super::data_sets::{self, DataSetOptions};
use crate::error::{Error, Result};
use crate::workspace::Workspace;
use fetch::{Fetched, Fetcher};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;
use vocabulary::Date;

/// Pages of one data set; NVD has about 150.
const PAGES_MAX: usize = 2000;
/// Documents of one CSAF provider.
const DOCUMENTS_MAX: usize = 200_000;
/// Rows that NVD gives for a page.
const NVD_PAGE: usize = 2000;
const OSV: &str = "https://osv-vulnerabilities.storage.googleapis.com/";
const KEV: &str = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";
const EPSS: [&str; 2] = [
    "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz",
    "https://epss.cyentia.com/epss_scores-current.csv.gz",
];

/// What to fetch.
#[derive(Clone, Debug, Default)]
pub struct SyncOptions {
    /// Only these data sets; all where empty.
    pub names: Vec<String>,
    /// Takes data sets in which files cannot be read; how many is recorded.
    pub leave_out_unreadable: bool,
    /// Shows what would be fetched and fetches nothing.
    pub dry_run: bool,
    /// Seconds before a second attempt; 1 where absent.
    pub pause: Option<u64>,
}

/// What came of a data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SyncRow {
    /// Its name.
    pub name: String,
    /// `new`, `unchanged`, `failed`; `planned` where nothing was fetched.
    pub outcome: String,
    /// Where it came from, or the first address that is asked.
    pub source: String,
    /// Its date.
    pub date: String,
    /// Its digest, `sha256:…`.
    pub digest: String,
    /// How many advisories it has.
    pub advisories: u64,
    /// Why it failed, and what to do.
    pub why: String,
}

/// A data set and where it is.
#[derive(Clone, Debug)]
struct Wanted {
    name: String,
    addresses: Vec<String>,
}

/// Fetches the data sets that `[advisories.sources]` names, or those of the product's ecosystems with KEV and EPSS, and takes
/// each in that is not in force already. One that fails does not keep the others from coming.
///
/// # Errors
/// When nothing is to be fetched, or proxy and certificates cannot be used. What failed is in the rows.
pub fn vuln_sync(
    ws: &Workspace,
    by: &str,
    options: &SyncOptions,
    say: &mut dyn FnMut(String),
) -> Result<Vec<SyncRow>> {
    let wanted = wanted(ws, options)?;
    let row = |w: &Wanted, outcome: &str| SyncRow {
        name: w.name.clone(),
        outcome: outcome.to_owned(),
        source: w.addresses.first().cloned().unwrap_or_default(),
        date: String::new(),
        digest: String::new(),
        advisories: 0,
        why: String::new(),
    };
    if options.dry_run {
        return Ok(wanted.iter().map(|w| row(w, "planned")).collect());
    }
    // A ledger that is not there is said before hours of fetching.
    ws.ledger()?;
    let folder = ws.state_dir().join("cache").join("downloads");
    let mut fetcher = Fetcher::new(&ws.config.advisories, &ws.root, folder)?;
    fetcher.pause = options.pause.unwrap_or(fetcher.pause);
    let mut rows = Vec::new();
    for w in &wanted {
        say(format!("fetching {}", w.name));
        rows.push(match one(ws, by, &fetcher, w, options, say) {
            Ok((source, set)) => SyncRow {
                outcome: if set.repeated { "unchanged" } else { "new" }.to_owned(),
                source,
                date: set.body.date.to_string(),
                digest: set.body.digest.oci(),
                advisories: set.body.advisories,
                ..row(w, "")
            },
            Err(e) => {
                let hints = e.hints.iter().map(|h| format!("; {h}")).collect::<String>();
                SyncRow { why: format!("{}{hints}", e.said()), ..row(w, "failed") }
            }
        });
    }
    Ok(rows)
}

/// That what dossier.toml says of downloads was understood. A source or mirror that is left out of it would be replaced by an
/// address that nobody wants asked.
fn understood(ws: &Workspace) -> Result<()> {
    ws.readable()?;
    match ws.config_findings.iter().find(|f| f.subject.as_deref().is_some_and(says_whom_to_ask)) {
        None => Ok(()),
        Some(f) => Err(Error::refused(format!("{}: {}", f.location, f.message))
            .hint("nothing was fetched: mend [advisories] in dossier.toml first")),
    }
}

/// Whether a key that was not understood can have said whom to ask: any of `[advisories]` but its numbers, a misspelt one
/// included; and a table that means nothing, which may be `[advisories]` misspelt.
fn says_whom_to_ask(key: &str) -> bool {
    const NUMBERS: [&str; 4] = ["due_days", "scan_days", "stall_seconds", "watch_days"];
    match key.split_once('.') {
        Some(("advisories", key)) => !NUMBERS.contains(&key.split('.').next().unwrap_or(key)),
        Some(_) => false,
        None => key == "advisories" || !product::KEYS.iter().any(|k| k.table.split('.').next() == Some(key)),
    }
}

fn wanted(ws: &Workspace, options: &SyncOptions) -> Result<Vec<Wanted>> {
    understood(ws)?;
    let configured = &ws.config.advisories.sources;
    let all: Vec<Wanted> = if configured.is_empty() {
        of_ecosystems(ws)?
    } else {
        configured.iter().map(|(n, a)| Wanted { name: n.clone(), addresses: a.clone() }).collect()
    };
    if let Some(unknown) = options.names.iter().find(|n| !all.iter().any(|w| w.name == **n)) {
        let names: Vec<&str> = all.iter().map(|w| w.name.as_str()).collect();
        return Err(Error::refused(format!("no data set `{unknown}` is to be fetched")).hint(format!(
            "[advisories.sources] of dossier.toml names them; there are {}",
            names.join(", ")
        )));
    }
    Ok(all.into_iter().filter(|w| options.names.is_empty() || options.names.contains(&w.name)).collect())
}

/// The OSV data sets of the ecosystems that the product has components of, KEV and EPSS.
fn of_ecosystems(ws: &Workspace) -> Result<Vec<Wanted>> {
    let analysis = crate::analysis::Analysis::load(ws, &crate::analysis::Inputs::default())?;
    let purls = analysis.components.components().iter().map(|c| c.purl.as_str());
    let ecosystems: BTreeSet<String> = purls.filter_map(soup::advisories::ecosystem_of).collect();
    if ecosystems.is_empty() {
        return Err(Error::refused("no component of a known ecosystem, so it is not known what to fetch")
            .hint("name the data sets: [advisories.sources] osv-npm = \"https://…/npm/all.zip\"")
            .hint("or name the lock files: [build] lockfiles = [\"Cargo.lock\"]"));
    }
    let osv = |e: &String| Wanted {
        name: format!("osv-{}", e.to_ascii_lowercase().replace(' ', "-")),
        addresses: vec![format!("{OSV}{}/all.zip", e.replace(' ', "%20"))],
    };
    let mut all: Vec<Wanted> = ecosystems.iter().map(osv).collect();
    all.push(Wanted { name: "kev".to_owned(), addresses: vec![KEV.to_owned()] });
    all.push(Wanted { name: "epss".to_owned(), addresses: EPSS.map(str::to_owned).to_vec() });
    Ok(all)
}

/// Tries the addresses in order. What came and is no data set is forgotten, so that it is not built upon.
fn one(
    ws: &Workspace,
    by: &str,
    fetcher: &Fetcher,
    wanted: &Wanted,
    options: &SyncOptions,
    say: &mut dyn FnMut(String),
) -> Result<(String, data_sets::ImportedSet)> {
    let mut last = None;
    for address in &wanted.addresses {
        let took = gather(fetcher, address, say).and_then(|bytes| {
            let options = DataSetOptions {
                name: Some(wanted.name.clone()),
                date: undated(ws, &bytes)?,
                leave_out_unreadable: options.leave_out_unreadable,
                source: Some(bare(address)),
                ..DataSetOptions::default()
            };
            data_sets::take(ws, by, &wanted.name, &bytes, &options).inspect_err(|_| fetcher.forget(address))
        });
        match took {
            Ok(set) => return Ok((bare(address), set)),
            Err(e) => {
                say(format!("{}: {}", wanted.name, e.said()));
                last = Some(e);
            }
        }
    }
    Err(last.unwrap_or_else(|| Error::refused(format!("`{}` names no address", wanted.name))))
}

/// A data set whose content bears no date is of the day on which it was fetched.
fn undated(ws: &Workspace, bytes: &[u8]) -> Result<Option<Date>> {
    let dated = soup::advisories::read("the data set", bytes).is_ok_and(|set| !set.date.is_empty());
    Ok(if dated { None } else { Some(ws.clock.today(&ws.config.product.timezone)?) })
}

/// An address without what logs in: that never reaches the ledger.
fn bare(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit('@').next().unwrap_or(host);
    let path = path.split('?').next().unwrap_or(path);
    format!("{scheme}://{host}/{path}")
}

/// The bytes of a data set: one file, or the pages or documents of one, bundled.
fn gather(fetcher: &Fetcher, address: &str, say: &mut dyn FnMut(String)) -> Result<Vec<u8>> {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    if path.ends_with("/rest/json/cves/2.0") {
        return nvd(fetcher, address, say);
    }
    if path.ends_with("/index.txt") || path.ends_with("/changes.csv") {
        return documents(fetcher, address, say);
    }
    let first = fetcher.fetch(address, say)?;
    if first.next.is_none() {
        return Ok(first.bytes);
    }
    linked(fetcher, first, say)
}

/// Pages of which each names the next (GitHub's REST interface).
fn linked(fetcher: &Fetcher, first: Fetched, say: &mut dyn FnMut(String)) -> Result<Vec<u8>> {
    let mut next = first.next.clone();
    let mut pages = vec![first.bytes];
    let mut seen = BTreeSet::new();
    while let Some(address) = next {
        if !seen.insert(address.clone()) || pages.len() >= PAGES_MAX {
            return Err(Error::environment(format!("{address}: the pages have no end")));
        }
        let page = fetcher.fetch(&address, say)?;
        pages.push(page.bytes);
        next = page.next;
    }
    bundled(pages.into_iter().enumerate().map(|(n, bytes)| (format!("page-{n:05}.json"), bytes)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NvdHead {
    total_results: usize,
    results_per_page: usize,
}

/// The pages of NVD's interface. It asks for six seconds between requests, or less with a key.
fn nvd(fetcher: &Fetcher, address: &str, say: &mut dyn FnMut(String)) -> Result<Vec<u8>> {
    let joint = if address.contains('?') { '&' } else { '?' };
    let asks_nvd = !fetcher.instead(address).1 && address.contains("services.nvd.nist.gov");
    let pause = match (asks_nvd, fetcher.nvd_key.is_some()) {
        (false, _) => Duration::ZERO,
        (true, true) => Duration::from_millis(700),
        (true, false) => Duration::from_secs(6),
    };
    let (mut pages, mut from) = (Vec::new(), 0);
    loop {
        let page = format!("{address}{joint}resultsPerPage={NVD_PAGE}&startIndex={from}");
        let fetched = fetcher.fetch(&page, say)?;
        let head: NvdHead = serde_json::from_slice(&fetched.bytes).map_err(|e| {
            fetcher.forget(&page);
            Error::environment(format!("{page}: the answer is no page of NVD")).because(e)
        })?;
        pages.push(fetched.bytes);
        from += head.results_per_page.max(1);
        say(format!("{} of {} vulnerabilities", from.min(head.total_results), head.total_results));
        if from >= head.total_results || head.results_per_page == 0 {
            break;
        }
        if pages.len() >= PAGES_MAX {
            return Err(Error::environment(format!("{address}: the pages have no end")));
        }
        std::thread::sleep(pause);
    }
    bundled(pages.into_iter().enumerate().map(|(n, bytes)| (format!("page-{n:05}.json"), bytes)))
}

/// The documents that the list of a CSAF provider names (CSAF 2.0, 7.1.12 and 7.1.13).
fn documents(fetcher: &Fetcher, address: &str, say: &mut dyn FnMut(String)) -> Result<Vec<u8>> {
    let list = fetcher.fetch(address, say)?;
    let text = String::from_utf8(list.bytes)
        .map_err(|e| Error::environment(format!("{address}: the list is not UTF-8")).because(e))?;
    let base = address.rsplit_once('/').map_or(address, |(base, _)| base);
    let name = |line: &str| line.split(',').next().unwrap_or(line).trim().trim_matches('"').to_owned();
    let names: BTreeSet<String> = text.lines().map(name).filter(|n| n.ends_with(".json")).collect();
    if names.is_empty() || names.len() > DOCUMENTS_MAX {
        return Err(Error::environment(format!("{address}: the list names {} documents", names.len()))
            .hint("a provider's list is `index.txt` or `changes.csv` with one path in each line"));
    }
    if let Some(odd) = names.iter().find(|n| n.contains("://") || n.starts_with('/') || n.contains("..")) {
        return Err(Error::environment(format!("{address}: `{odd}` is no path below the list")));
    }
    let mut all = Vec::new();
    for name in names {
        let fetched = fetcher.fetch(&format!("{base}/{name}"), say)?;
        all.push((name, fetched.bytes));
    }
    bundled(all.into_iter())
}

fn bundled(files: impl Iterator<Item = (String, Vec<u8>)>) -> Result<Vec<u8>> {
    soup::advisories::bundle(files.map(Ok::<_, std::io::Error>))
        .map_err(|e| Error::environment("the pages cannot be put together").because(e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_logs_in_never_reaches_the_ledger() {
        assert_eq!(
            bare("https://user:secret@mirror.example/osv/all.zip?token=x"),
            "https://mirror.example/osv/all.zip"
        );
        assert_eq!(bare("https://mirror.example"), "https://mirror.example/");
    }
}
