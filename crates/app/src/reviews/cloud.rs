//! Read-only connectors: Google Drive, and document libraries of SharePoint and OneDrive. They list and download; they can do
//! nothing else, because only GET is ever sent. The token comes from the caller and goes nowhere but to the service.

use crate::retry_after;
use extract::{Entry, Reason, Source, SourceError, Unread, too_many};
use serde::Deserialize;
use std::time::Duration;

/// Most entries of one folder tree.
const ENTRIES_MAX: usize = 200_000;

/// Google Drive: a folder and what is below it. Native documents are exported in memory.
#[derive(Clone)]
pub struct Drive {
    /// The folder's id.
    pub folder: String,
    /// The access token, with the scope `drive.readonly`.
    pub token: String,
    /// The service; another one in tests.
    pub url: String,
}

/// A document library of SharePoint or OneDrive through Microsoft Graph.
#[derive(Clone)]
pub struct SharePoint {
    /// The drive's id.
    pub drive: String,
    /// The access token, with the scope `Files.Read.All`.
    pub token: String,
    /// The service; another one in tests.
    pub url: String,
}

/// Where Google Drive answers.
pub const DRIVE_URL: &str = "https://www.googleapis.com/drive/v3";

/// Where Microsoft Graph answers.
pub const GRAPH_URL: &str = "https://graph.microsoft.com/v1.0";

impl std::fmt::Debug for Drive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drive").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for SharePoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharePoint").field("drive", &self.drive).finish_non_exhaustive()
    }
}

/// What Microsoft Graph calls the top folder of a drive.
const TOP: &str = "root";

/// Native documents of Google and what they are exported to.
const EXPORTS: &[(&str, &str, &str)] = &[
    (
        "application/vnd.google-apps.document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    (
        "application/vnd.google-apps.spreadsheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    (
        "application/vnd.google-apps.presentation",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "pptx",
    ),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DriveList {
    #[serde(default)]
    files: Vec<DriveFile>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DriveFile {
    id: String,
    name: String,
    mime_type: String,
    size: Option<String>,
}

impl Source for &Drive {
    fn title(&self) -> String {
        format!("Google Drive folder {}", self.folder)
    }

    fn entries(&self) -> Result<Vec<Entry>, SourceError> {
        let failed = |problem: String| SourceError { source_name: self.title(), problem };
        let mut out = Vec::new();
        let mut folders = vec![(self.folder.clone(), String::new())];
        let mut seen = std::collections::BTreeSet::new();
        while let Some((folder, path)) = folders.pop() {
            if !seen.insert(folder.clone()) {
                continue;
            }
            let mut page: Option<String> = None;
            loop {
                let query = format!("'{}' in parents and trashed = false", folder.replace('\'', "\\'"));
                let fields = "nextPageToken,files(id,name,mimeType,size)";
                let mut parameters = vec![
                    ("q", query.as_str()),
                    ("fields", fields),
                    ("pageSize", "1000"),
                    ("supportsAllDrives", "true"),
                    ("includeItemsFromAllDrives", "true"),
                ];
                if let Some(token) = &page {
                    parameters.push(("pageToken", token));
                }
                let bytes = get(&format!("{}/files", self.url), &parameters, &self.token, 64 << 20)
                    .map_err(&failed)?;
                let list: DriveList = serde_json::from_slice(&bytes).map_err(|e| failed(e.to_string()))?;
                for file in list.files {
                    let name = format!("{path}{}", file.name.replace('/', "_"));
                    if file.mime_type == "application/vnd.google-apps.folder" {
                        folders.push((file.id, format!("{name}/")));
                    } else {
                        add(&mut out, drive_entry(name, &file));
                    }
                }
                page = list.next_page_token;
                if page.is_none() {
                    break;
                }
            }
        }
        out.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(out)
    }

    fn bytes(&self, entry: &Entry, limit: u64) -> Result<Vec<u8>, Unread> {
        let key = String::from_utf8_lossy(&entry.key);
        let (id, export) = key.split_once('|').unwrap_or((&key, ""));
        let id = escaped(id);
        if entry.size > limit {
            return Err(too_large(entry.size, limit));
        }
        let result = if export.is_empty() {
            get(
                &format!("{}/files/{id}", self.url),
                &[("alt", "media"), ("supportsAllDrives", "true")],
                &self.token,
                limit,
            )
        } else {
            get(&format!("{}/files/{id}/export", self.url), &[("mimeType", export)], &self.token, limit)
        };
        result.map_err(|e| Unread::new(Reason::NotHandedOut, format!("Google Drive: {e}")))
    }
}

fn too_large(size: u64, limit: u64) -> Unread {
    Unread::new(Reason::TooLarge, format!("{size} bytes, the limit is {limit}"))
}

/// Adds an entry; where there are too many, the last one says so.
fn add(out: &mut Vec<Entry>, entry: Entry) {
    if out.len() < ENTRIES_MAX {
        out.push(entry);
    } else if out.len() == ENTRIES_MAX {
        let unread = Some(Unread::new(Reason::NoDocument, too_many(ENTRIES_MAX)));
        out.push(Entry { name: "the rest".to_owned(), size: 0, key: Vec::new(), unread });
    }
}

fn drive_entry(name: String, file: &DriveFile) -> Entry {
    let size = file.size.as_deref().and_then(|s| s.parse().ok()).unwrap_or(0);
    match EXPORTS.iter().find(|(native, ..)| *native == file.mime_type) {
        Some((_, export, ending)) => Entry {
            name: format!("{name}.{ending}"),
            size,
            key: format!("{}|{export}", file.id).into_bytes(),
            unread: None,
        },
        None => {
            let unread =
                file.mime_type.strip_prefix("application/vnd.google-apps.").map(|native| match native {
                    "shortcut" => Unread::new(
                        Reason::NoDocument,
                        "a shortcut to a file elsewhere; links are not followed",
                    ),
                    _ => Unread::new(
                        Reason::Unsupported,
                        format!("a Google {native} cannot be exported as a document"),
                    ),
                });
            Entry { name, size, key: file.id.clone().into_bytes(), unread }
        }
    }
}

#[derive(Deserialize)]
struct GraphList {
    #[serde(default)]
    value: Vec<GraphItem>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
}

#[derive(Deserialize)]
struct GraphItem {
    id: String,
    name: String,
    #[serde(default)]
    size: u64,
    folder: Option<serde_json::Value>,
    file: Option<serde_json::Value>,
}

impl Source for &SharePoint {
    fn title(&self) -> String {
        format!("document library {}", self.drive)
    }

    fn entries(&self) -> Result<Vec<Entry>, SourceError> {
        let failed = |problem: String| SourceError { source_name: self.title(), problem };
        let drive = format!("{}/drives/{}", self.url, escaped(&self.drive));
        let mut out = Vec::new();
        let mut folders = vec![(format!("{drive}/{TOP}/children"), String::new())];
        let mut seen = std::collections::BTreeSet::new();
        while let Some((address, path)) = folders.pop() {
            // A page address comes from the service; it is followed only where it is the service's own.
            let own = address.strip_prefix(&self.url).is_some_and(|rest| rest.starts_with(['/', '?']));
            if !own || !seen.insert(address.clone()) {
                return Err(failed(format!("it sends us to `{address}`")));
            }
            let bytes = get(&address, &[], &self.token, 64 << 20).map_err(&failed)?;
            let list: GraphList = serde_json::from_slice(&bytes).map_err(|e| failed(e.to_string()))?;
            for item in list.value {
                let name = format!("{path}{}", item.name.replace('/', "_"));
                if item.folder.is_some() {
                    folders
                        .push((format!("{drive}/items/{}/children", escaped(&item.id)), format!("{name}/")));
                } else {
                    let unread =
                        item.file.is_none().then(|| Unread::new(Reason::NoDocument, "a notebook or a list"));
                    add(&mut out, Entry { name, size: item.size, key: item.id.into_bytes(), unread });
                }
            }
            if let Some(next) = list.next {
                folders.push((next, path));
            }
        }
        out.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(out)
    }

    fn bytes(&self, entry: &Entry, limit: u64) -> Result<Vec<u8>, Unread> {
        if entry.size > limit {
            return Err(too_large(entry.size, limit));
        }
        let id = escaped(&String::from_utf8_lossy(&entry.key));
        let address = format!("{}/drives/{}/items/{id}/content", self.url, escaped(&self.drive));
        get(&address, &[], &self.token, limit)
            .map_err(|e| Unread::new(Reason::NotHandedOut, format!("SharePoint: {e}")))
    }
}

/// One GET, the only request that this file can make. A redirection to the store that holds the bytes is followed without the token.
fn get(address: &str, query: &[(&str, &str)], token: &str, limit: u64) -> Result<Vec<u8>, String> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(120)))
        .max_redirects(0)
        .http_status_as_error(false)
        .build()
        .into();
    let ask = || {
        let request = agent.get(address).header("authorization", format!("Bearer {token}"));
        request.query_pairs(query.iter().copied()).call().map_err(|e| e.to_string())
    };
    let mut response = ask()?;
    for attempt in 0..ATTEMPTS_MORE {
        let Some(wait) = busy(&mut response, attempt) else { break };
        std::thread::sleep(wait);
        response = ask()?;
    }
    let status = response.status().as_u16();
    if matches!(status, 301 | 302 | 303 | 307 | 308) {
        let target =
            response.headers().get("location").and_then(|l| l.to_str().ok()).unwrap_or("").to_owned();
        let same_scheme =
            target.starts_with("https://") || target.starts_with("http://") && address.starts_with("http://");
        if !same_scheme {
            return Err(format!("a redirection to `{target}`"));
        }
        response = agent.get(&target).call().map_err(|e| e.to_string())?;
    }
    let status = response.status().as_u16();
    if status != 200 {
        return Err(match status {
            401 => "the token is not accepted (401): it is wrong, or its time is over; run the review again with a new one, \
                    texts that were read are kept"
                .to_owned(),
            403 => "the token may not read it (403)".to_owned(),
            404 => "it is gone (404)".to_owned(),
            429 => format!(
                "too many requests (429), after {ATTEMPTS_MORE} more attempts; run the review again later, texts that were \
                 read are kept"
            ),
            other => format!("status {other}"),
        });
    }
    response.body_mut().with_config().limit(limit).read_to_vec().map_err(|e| e.to_string())
}

/// Attempts after the first one that a service was too busy to answer.
const ATTEMPTS_MORE: u32 = 4;

/// Longest wait before the next of them, whatever the service asks for.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// How long to wait where a service says that it is asked too often: as long as it says, or twice as long each time. Google says it
/// with 403 too.
fn busy(response: &mut ureq::http::Response<ureq::Body>, attempt: u32) -> Option<Duration> {
    let limited = match response.status().as_u16() {
        429 | 503 => true,
        403 => {
            let said = response.body_mut().with_config().limit(1 << 16).read_to_string().unwrap_or_default();
            said.contains("ateLimitExceeded")
        }
        _ => false,
    };
    let named = retry_after::seconds(response.headers());
    let wait = named.map_or_else(|| Duration::from_secs(1 << attempt), Duration::from_secs);
    limited.then(|| wait.min(WAIT_MAX))
}

/// A part of an address.
fn escaped(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'!');
    text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
