//! One download: resumable, with the length that was announced, given up when no byte comes.
//!
//! What came so far lies in a `.part` file with the validator of the version that it is of; the next attempt asks for the rest
//! (RFC 9110, 14.2) and only if it is still that version (13.1.5). A finished download stays in the cache with its validator, so
//! that asking again costs one request where nothing changed.

use crate::error::{Doing as _, Error, Result};
use crate::retry_after;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;
use ureq::http::{Response, header::HeaderMap};
use vocabulary::Digest;

/// Largest data set that is fetched, packed: 4 GiB.
const BYTES_MAX: u64 = 4 << 30;
/// Attempts in a row that may bring nothing.
const FRUITLESS_MAX: u32 = 4;
/// The longest wait that a server may ask for.
const PATIENCE_MAX: u64 = 60;

/// How downloads are made.
#[derive(Clone, Debug)]
pub(crate) struct Fetcher {
    agent: ureq::Agent,
    folder: PathBuf,
    mirrors: Vec<(String, String)>,
    stall: Duration,
    /// Seconds before the second attempt; doubled for each further one. 0 in tests.
    pub(crate) pause: u64,
    /// Sent to mirrors, never to anybody else: the value of `DOSSIER_MIRROR_AUTHORIZATION`.
    authorization: Option<String>,
    /// Sent to the National Vulnerability Database: the value of `DOSSIER_NVD_API_KEY`.
    pub(crate) nvd_key: Option<String>,
}

/// What a download is known by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    address: String,
    #[serde(default)]
    etag: String,
    #[serde(default)]
    modified: String,
    /// Of the finished file.
    #[serde(default)]
    sha256: String,
}

impl Known {
    /// The validator that a range may be asked for with: a strong one, else nothing says that the halves fit.
    fn strong(&self) -> Option<&str> {
        let etag = Some(self.etag.as_str()).filter(|e| !e.is_empty() && !e.starts_with("W/"));
        etag.or_else(|| Some(self.modified.as_str()).filter(|m| !m.is_empty()))
    }
}

/// A file that is here.
#[derive(Debug)]
pub(crate) struct Fetched {
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// The `Link` header's address of the next page.
    pub(crate) next: Option<String>,
}

/// Why an attempt brought less than everything.
struct Broken {
    why: String,
    /// Whether trying again can help.
    again: bool,
    /// Seconds that the server asks to wait.
    wait: Option<u64>,
}

impl Broken {
    fn again(why: impl Into<String>) -> Broken {
        Broken { why: why.into(), again: true, wait: None }
    }

    fn for_good(why: impl Into<String>) -> Broken {
        Broken { why: why.into(), again: false, wait: None }
    }
}

impl Fetcher {
    /// As `[advisories]` of `dossier.toml` says. Downloads are kept in `folder`.
    ///
    /// # Errors
    /// When proxy or certificates cannot be used.
    pub(crate) fn new(config: &product::Advisories, root: &Path, folder: PathBuf) -> Result<Fetcher> {
        let stall = Duration::from_secs(config.stall_seconds.into());
        let mut builder = ureq::Agent::config_builder()
            .timeout_connect(Some(stall))
            .timeout_recv_response(Some(stall.max(Duration::from_secs(5)) * 2))
            .timeout_global(Some(Duration::from_secs(6 * 3600)))
            .http_status_as_error(false)
            .user_agent(concat!("dossier/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &config.proxy {
            let parsed = ureq::Proxy::new(proxy).map_err(|e| {
                Error::refused(format!("`advisories.proxy`: `{proxy}` is no proxy")).because(e)
            })?;
            builder = builder.proxy(Some(parsed));
        }
        if !config.authorities.is_empty() {
            let files: Vec<PathBuf> = config.authorities.iter().map(|f| root.join(f)).collect();
            builder = builder.tls_config(crate::trusted::trusting("[advisories] authorities", &files)?);
        }
        std::fs::create_dir_all(&folder).doing(format_args!("make {}", folder.display()))?;
        let value = |name: &str| std::env::var(name).ok().filter(|v| !v.trim().is_empty());
        let mut mirrors: Vec<(String, String)> =
            config.mirrors.iter().map(|(a, b)| (a.clone(), b.clone())).collect();
        // The longest beginning decides.
        mirrors.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
        Ok(Fetcher {
            agent: builder.build().into(),
            folder,
            mirrors,
            stall,
            pause: 1,
            authorization: value("DOSSIER_MIRROR_AUTHORIZATION"),
            nvd_key: value("DOSSIER_NVD_API_KEY"),
        })
    }

    /// The address that is asked instead, and whether it is a mirror.
    pub(crate) fn instead(&self, address: &str) -> (String, bool) {
        for (from, to) in &self.mirrors {
            if let Some(rest) = address.strip_prefix(from.as_str()) {
                return (format!("{to}{rest}"), true);
            }
        }
        (address.to_owned(), false)
    }

    fn place(&self, address: &str, ending: &str) -> PathBuf {
        let digest = Digest::of(address.as_bytes()).to_string();
        self.folder.join(format!("{}.{ending}", digest.get(..24).unwrap_or_default()))
    }

    /// The file at `address`, from the cache where the server says that it did not change.
    ///
    /// # Errors
    /// When it does not come whole after several attempts. What came stays, and the next call asks for the rest.
    pub(crate) fn fetch(&self, address: &str, say: &mut dyn FnMut(String)) -> Result<Fetched> {
        let (mut fruitless, mut wait) = (0, self.pause);
        loop {
            let before = self.there(address);
            match self.attempt(address) {
                Ok(fetched) => return Ok(fetched),
                Err(broken) => {
                    let after = self.there(address);
                    fruitless = if after > before { 0 } else { fruitless + 1 };
                    if !broken.again || fruitless >= FRUITLESS_MAX {
                        let hint = match after {
                            0 => "check address, proxy and mirror: [advisories] in dossier.toml".to_owned(),
                            n => {
                                format!("{n} bytes are here; the next `dossier vuln sync` asks for the rest")
                            }
                        };
                        return Err(Error::environment(format!("{address}: {}", broken.why)).hint(hint));
                    }
                    say(format!("{}; trying again", broken.why));
                    let seconds = broken.wait.map_or(wait, |w| w.min(PATIENCE_MAX));
                    std::thread::sleep(Duration::from_secs(seconds));
                    wait = if fruitless == 0 { self.pause } else { (wait * 2).min(PATIENCE_MAX) };
                }
            }
        }
    }

    /// How many bytes of an unfinished download are here.
    fn there(&self, address: &str) -> u64 {
        std::fs::metadata(self.place(address, "part")).map_or(0, |m| m.len())
    }

    /// Forgets what is here of a file that turned out to be none.
    pub(crate) fn forget(&self, address: &str) {
        for ending in ["part", "part.json", "whole", "whole.json"] {
            let _ = std::fs::remove_file(self.place(address, ending));
        }
    }

    fn attempt(&self, address: &str) -> std::result::Result<Fetched, Broken> {
        let part = read_known(&self.place(address, "part.json"));
        let whole = read_known(&self.place(address, "whole.json")).filter(|k| k.address == address);
        let have = part.as_ref().map_or(0, |_| self.there(address));
        let (url, mirrored) = self.instead(address);
        let mut request = self.agent.get(&url).header("accept-encoding", "identity");
        if let (Some(value), true) = (&self.authorization, mirrored) {
            request = request.header("authorization", value);
        }
        if let (Some(key), true) = (&self.nvd_key, address.contains("services.nvd.nist.gov")) {
            request = request.header("apiKey", key);
        }
        let resume = part.as_ref().and_then(Known::strong).filter(|_| have > 0);
        if let Some(validator) = resume {
            request = request.header("range", format!("bytes={have}-")).header("if-range", validator);
        } else if let Some(known) = &whole {
            if !known.etag.is_empty() {
                request = request.header("if-none-match", &known.etag);
            } else if !known.modified.is_empty() {
                request = request.header("if-modified-since", &known.modified);
            }
        }
        let response = request.call().map_err(|e| Broken::again(e.to_string()))?;
        let status = response.status().as_u16();
        let next = next_page(response.headers());
        match status {
            200 => self.take(address, response, 0, next),
            206 => {
                let from = content_range(response.headers()).map_or(0, |(from, _)| from);
                if resume.is_none() || from != have {
                    self.forget_part(address);
                    return Err(Broken::again("the server sent another part than was asked for"));
                }
                self.take(address, response, have, next)
            }
            304 => self.kept(address, next).ok_or_else(|| {
                self.forget(address);
                Broken::again("the kept download was damaged")
            }),
            416 => {
                self.forget_part(address);
                Err(Broken::again("the server has no such part"))
            }
            401 | 403 | 407 => Err(Broken::for_good(format!("status {status}: access is refused"))),
            404 | 410 => Err(Broken::for_good(format!("status {status}: there is nothing at this address"))),
            408 | 425 | 429 | 500..=599 => Err(Broken {
                wait: retry_after::seconds(response.headers()),
                ..Broken::again(format!("status {status}"))
            }),
            _ => Err(Broken::for_good(format!("status {status}"))),
        }
    }

    fn forget_part(&self, address: &str) {
        for ending in ["part", "part.json"] {
            let _ = std::fs::remove_file(self.place(address, ending));
        }
    }

    fn kept(&self, address: &str, next: Option<String>) -> Option<Fetched> {
        let known = read_known(&self.place(address, "whole.json"))?;
        let bytes = std::fs::read(self.place(address, "whole")).ok()?;
        (Digest::of(&bytes).to_string() == known.sha256).then_some(Fetched { bytes, next })
    }

    /// Writes the body behind the first `have` bytes, and moves the file to the finished ones when all of it is here.
    fn take(
        &self,
        address: &str,
        response: Response<ureq::Body>,
        have: u64,
        next: Option<String>,
    ) -> std::result::Result<Fetched, Broken> {
        let disk = |e: std::io::Error| Broken::for_good(format!("the download cannot be kept: {e}"));
        let text = |name: &str| header(response.headers(), name).unwrap_or_default().to_owned();
        let known = Known {
            address: address.to_owned(),
            etag: text("etag"),
            modified: text("last-modified"),
            sha256: String::new(),
        };
        let announced = header(response.headers(), "content-length").and_then(|l| l.parse::<u64>().ok());
        let total =
            content_range(response.headers()).and_then(|(_, total)| total).or(announced.map(|l| l + have));
        if total.is_some_and(|t| t > BYTES_MAX) {
            return Err(Broken::for_good("more than 4 GiB are announced: that is no data set"));
        }
        let path = self.place(address, "part");
        write_known(&self.place(address, "part.json"), &known).map_err(disk)?;
        let mut file = if have > 0 {
            std::fs::OpenOptions::new().append(true).open(&path).map_err(disk)?
        } else {
            File::create(&path).map_err(disk)?
        };
        let mut size = have;
        let ended = receive(response, self.stall, |chunk| {
            size += chunk.len() as u64;
            if size > BYTES_MAX {
                return Err(Broken::for_good("more than 4 GiB came: that is no data set"));
            }
            file.write_all(chunk).map_err(disk)
        });
        file.sync_all().map_err(disk)?;
        drop(file);
        ended?;
        if let Some(total) = total.filter(|t| *t != size) {
            if size > total {
                self.forget_part(address);
            }
            return Err(Broken::again(format!("{size} of {total} announced bytes came")));
        }
        let bytes = std::fs::read(&path).map_err(disk)?;
        std::fs::rename(&path, self.place(address, "whole")).map_err(disk)?;
        let known = Known { sha256: Digest::of(&bytes).to_string(), ..known };
        write_known(&self.place(address, "whole.json"), &known).map_err(disk)?;
        let _ = std::fs::remove_file(self.place(address, "part.json"));
        Ok(Fetched { bytes, next })
    }
}

/// Hands over the body as it comes. A thread reads, so that silence is noticed: it ends with its connection.
fn receive(
    response: Response<ureq::Body>,
    stall: Duration,
    mut take: impl FnMut(&[u8]) -> std::result::Result<(), Broken>,
) -> std::result::Result<(), Broken> {
    let (send, chunks) = mpsc::sync_channel::<std::io::Result<Vec<u8>>>(4);
    std::thread::spawn(move || {
        let mut body = response.into_body().into_with_config().limit(BYTES_MAX + 1).reader();
        loop {
            let mut chunk = vec![0; 64 << 10];
            let read = match body.read(&mut chunk) {
                Ok(n) => {
                    chunk.truncate(n);
                    send.send(Ok(chunk)).map(|()| n)
                }
                Err(e) => send.send(Err(e)).map(|()| 0),
            };
            if read.unwrap_or(0) == 0 {
                return;
            }
        }
    });
    loop {
        match chunks.recv_timeout(stall) {
            Ok(Ok(chunk)) if chunk.is_empty() => return Ok(()),
            Ok(Ok(chunk)) => take(&chunk)?,
            Ok(Err(e)) => return Err(Broken::again(format!("the connection broke off: {e}"))),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                return Err(Broken::again(format!("no byte came for {} seconds", stall.as_secs())));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|v| v.to_str().ok())
}

/// `bytes 100-199/200`: where it begins, and how many there are in all.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let (range, total) = header(headers, "content-range")?.strip_prefix("bytes ")?.split_once('/')?;
    let (from, _) = range.split_once('-')?;
    Some((from.parse().ok()?, total.parse().ok()))
}

/// The address that `Link: <…>; rel="next"` names.
fn next_page(headers: &HeaderMap) -> Option<String> {
    let links = header(headers, "link")?;
    let next = links.split(',').find(|l| l.contains("rel=\"next\""))?;
    let (_, rest) = next.split_once('<')?;
    Some(rest.split_once('>')?.0.to_owned())
}

fn read_known(path: &Path) -> Option<Known> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}

fn write_known(path: &Path, known: &Known) -> std::io::Result<()> {
    std::fs::write(path, serde_json::to_vec(known)?)
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
