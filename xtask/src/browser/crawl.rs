//! All addresses that can be reached by links, asked for over plain HTTP: each answers, each link leads somewhere.

use anyhow::{Context as _, Result, bail};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// More addresses than this are a site that makes up links.
const PAGES_MAX: usize = 20_000;

/// What was found.
#[derive(Default)]
pub(super) struct Site {
    /// Address (path with query) to length of the page, for HTML pages without filters.
    pub(super) pages: BTreeMap<String, usize>,
    /// How many links were followed or compared.
    pub(super) links: usize,
    /// Broken links, each with the page that it stands on.
    pub(super) faults: Vec<String>,
}

impl Site {
    /// Follows every link of the server at `address`, from its first page. Of the filters and pages of a list only the
    /// first two of each are followed: they are as many as there are combinations.
    pub(super) fn crawl(address: &str) -> Result<Site> {
        let mut site = Site::default();
        let mut anchors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut wanted: Vec<(String, String, String)> = Vec::new();
        let mut queries: BTreeMap<String, usize> = BTreeMap::new();
        let mut seen = BTreeSet::from(["/".to_owned()]);
        let mut queue = VecDeque::from([("/".to_owned(), "the address itself".to_owned())]);
        while let Some((path, from)) = queue.pop_front() {
            if seen.len() > PAGES_MAX {
                bail!("more than {PAGES_MAX} addresses: links are made up somewhere near {path}");
            }
            let answer = get(address, &path).with_context(|| format!("{path}, linked from {from}"))?;
            // A link to an act leads through the login, which is a page of its own.
            if answer.status == 303 && answer.location.as_deref().is_some_and(|to| to.starts_with("/login")) {
                if seen.insert("/login".to_owned()) {
                    queue.push_back(("/login".to_owned(), path));
                }
                continue;
            }
            if answer.status != 200 {
                site.faults.push(format!("{from}: the link to {path} answers {}", answer.status));
                continue;
            }
            if !answer.html {
                continue;
            }
            let body = String::from_utf8_lossy(&answer.body);
            anchors.insert(path.clone(), attributes(&body, " id=\"").into_iter().collect());
            site.pages.insert(path.clone(), body.len());
            for link in attributes(&body, " href=\"").into_iter().chain(attributes(&body, " src=\"")) {
                site.links += 1;
                let Some((to, fragment)) = resolve(&path, &link) else {
                    if !link.starts_with("https://") && !link.starts_with("mailto:") {
                        site.faults.push(format!("{path}: the link `{link}` leads out of the pages"));
                    }
                    continue;
                };
                if let Some(fragment) = fragment {
                    wanted.push((path.clone(), to.clone(), fragment));
                }
                if seen.contains(&to) || too_many(&mut queries, &to) {
                    continue;
                }
                seen.insert(to.clone());
                queue.push_back((to, path.clone()));
            }
        }
        for (from, to, fragment) in wanted {
            if anchors.get(&to).is_some_and(|ids| !ids.contains(&fragment)) {
                site.faults.push(format!("{from}: the link to {to}#{fragment} finds no such place there"));
            }
        }
        Ok(site)
    }

    /// One to three pages of each kind: the shortest, the longest and one between; the lists whole.
    pub(super) fn specimens(&self) -> Vec<String> {
        let mut kinds: BTreeMap<String, Vec<(usize, &String)>> = BTreeMap::new();
        for (path, length) in self.pages.iter().filter(|(p, _)| !p.contains('?') && !p.ends_with(".html")) {
            kinds.entry(kind(path)).or_default().push((*length, path));
        }
        let mut out = BTreeSet::new();
        for pages in kinds.values_mut() {
            pages.sort();
            let places = [0, pages.len() / 2, pages.len() - 1];
            out.extend(places.into_iter().filter_map(|p| pages.get(p)).map(|(_, path)| (*path).clone()));
        }
        out.into_iter().collect()
    }
}

/// `/releases/2.4.0/record` is of the kind `/releases/*/record`.
fn kind(path: &str) -> String {
    let part = |(i, p): (usize, &str)| if i == 2 { "*".to_owned() } else { p.to_owned() };
    path.split('/').enumerate().map(part).collect::<Vec<_>>().join("/")
}

/// Whether enough addresses with a query of this form were followed.
fn too_many(queries: &mut BTreeMap<String, usize>, to: &str) -> bool {
    let Some((path, query)) = to.split_once('?') else { return false };
    let names: Vec<&str> = query.split('&').map(|p| p.split('=').next().unwrap_or(p)).collect();
    let count = queries.entry(format!("{}?{}", kind(path), names.join("&"))).or_default();
    *count += 1;
    *count > 2
}

/// The values of an attribute, with entities resolved.
fn attributes(html: &str, start: &str) -> Vec<String> {
    html.split(start)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|v| v.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
        .collect()
}

/// Address and fragment of a link of ours; `None` where it leads elsewhere.
fn resolve(page: &str, link: &str) -> Option<(String, Option<String>)> {
    let (to, fragment) = match link.split_once('#') {
        Some((to, fragment)) => (to, Some(fragment.to_owned())),
        None => (link, None),
    };
    let path = page.split('?').next().unwrap_or(page);
    let to = match to.as_bytes() {
        [] => page.to_owned(),
        [b'/', b'/', ..] => return None,
        [b'/', ..] => to.to_owned(),
        [b'?', ..] => format!("{path}{to}"),
        _ => return None,
    };
    Some((to, fragment))
}

/// An answer of the server.
pub(super) struct Answer {
    status: u16,
    html: bool,
    /// Where it sends on.
    location: Option<String>,
    body: Vec<u8>,
}

/// Asks the server; one connection for each question.
pub(super) fn get(address: &str, path: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").context("no end of the headers")?;
    let (head, body) = bytes.split_at(end + 4);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).context("no status")?;
    let body = if head.contains("transfer-encoding: chunked") { bail!("chunked") } else { body.to_vec() };
    let location = head.lines().find_map(|l| l.strip_prefix("location: ")).map(|l| l.trim().to_owned());
    Ok(Answer { status, location, html: head.contains("content-type: text/html"), body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_resolved_and_kinds_of_pages_told_apart() {
        assert_eq!(resolve("/a?b=1", "?c=2"), Some(("/a?c=2".to_owned(), None)));
        assert_eq!(resolve("/a", "#x"), Some(("/a".to_owned(), Some("x".to_owned()))));
        assert_eq!(resolve("/a", "https://example.org/"), None);
        assert_eq!(kind("/releases/2.4.0/record"), "/releases/*/record");
        assert_eq!(attributes("<a href=\"/a?b=1&amp;c=2\">", " href=\""), ["/a?b=1&c=2"]);
        let mut queries = BTreeMap::new();
        let followed = ["/a?q=1", "/a?q=2", "/a?q=3"].map(|to| !too_many(&mut queries, to));
        assert_eq!(followed, [true, true, false]);
    }
}
