//! Thin clients of the trackers' APIs: they list issues and can do nothing else. The token comes from the environment and goes
//! nowhere but to the configured address.

use crate::error::{Error, Result};
use interchange::tracker::{Issues, Tracker, read};
use product::TrackerConfig;
use std::time::Duration;
use vocabulary::Instant;

/// Most pages of one listing: a service that never ends is not followed.
const PAGES_MAX: usize = 5_000;
/// Issues on a page.
const PER_PAGE: usize = 100;
/// Most bytes of one page.
const PAGE_BYTES_MAX: u64 = 64 << 20;
/// Most bytes of a refusal.
const REFUSAL_BYTES_MAX: u64 = 1 << 16;

/// All issues that changed since, or all.
pub(super) fn fetch(
    name: &str,
    config: &TrackerConfig,
    kind: Tracker,
    since: Option<Instant>,
) -> Result<Issues> {
    let client = Client::new(name, config, kind)?;
    let mut all = Issues::default();
    let mut next: Option<String> = None;
    for page in 1..=PAGES_MAX {
        let bytes = client.page(page, next.as_deref(), since)?;
        let got = read(kind, &bytes);
        if got.entries == 0 && !got.problems.is_empty() {
            return Err(Error::environment(format!(
                "tracker `{name}` answered something else than issues: {}",
                got.problems.join("; ")
            )));
        }
        all.problems.extend(got.problems);
        all.issues.extend(got.issues);
        all.entries += got.entries;
        let numbered = matches!(kind, Tracker::GitHub | Tracker::GitLab);
        if numbered && got.entries < PER_PAGE || !numbered && got.next.is_none() {
            return Ok(all);
        }
        if !numbered && got.next == next {
            break;
        }
        next = got.next;
    }
    Err(Error::environment(format!("the listing of tracker `{name}` does not end")))
}

struct Client<'a> {
    name: &'a str,
    config: &'a TrackerConfig,
    kind: Tracker,
    url: String,
    token: String,
    variable: String,
    agent: ureq::Agent,
}

/// `DOSSIER_TRACKER_JIRA_TOKEN`
pub(super) fn variable(configured: Option<&String>, name: &str, what: &str) -> String {
    configured.cloned().unwrap_or_else(|| {
        let name: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' })
            .collect();
        format!("DOSSIER_TRACKER_{name}_{what}")
    })
}

impl<'a> Client<'a> {
    fn new(name: &'a str, config: &'a TrackerConfig, kind: Tracker) -> Result<Client<'a>> {
        let public = match kind {
            Tracker::GitHub => "https://api.github.com",
            Tracker::GitLab => "https://gitlab.com",
            Tracker::Linear => "https://api.linear.app",
            Tracker::Jira => "",
        };
        let url = config.url.as_deref().unwrap_or(public).trim_end_matches('/').to_owned();
        let here = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let local = here
            .iter()
            .any(|h| url.strip_prefix(h).is_some_and(|r| r.is_empty() || r.starts_with([':', '/'])));
        if !url.starts_with("https://") && !local {
            return Err(Error::refused(format!("`{url}` is no https address, and a token would go over it")));
        }
        let variable = variable(config.token.as_ref(), name, "TOKEN");
        let token = std::env::var(&variable).unwrap_or_default().trim().to_owned();
        if token.is_empty() || token.chars().any(char::is_control) {
            return Err(Error::refused(format!("no token for tracker `{name}`: {variable} is not set"))
                .hint(
                    "give it a token that may only read issues; or import an export: dossier tracker import",
                ));
        }
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(120)))
            .max_redirects(0)
            .http_status_as_error(false)
            .build()
            .into();
        Ok(Client { name, config, kind, url, token, variable, agent })
    }

    fn page(&self, page: usize, next: Option<&str>, since: Option<Instant>) -> Result<Vec<u8>> {
        let (page, size) = (page.to_string(), PER_PAGE.to_string());
        let since_text = since.map(|s| s.to_string());
        let project = &self.config.project;
        let mut query: Vec<(&str, String)> = Vec::new();
        let address = match self.kind {
            Tracker::GitHub => {
                query.extend([("state", "all".into()), ("per_page", size), ("page", page)]);
                query.extend([("sort", "created".into()), ("direction", "asc".into())]);
                query.extend(since_text.map(|s| ("since", s)));
                format!("{}/repos/{}/issues", self.url, escaped(project, true))
            }
            Tracker::GitLab => {
                query.extend([("scope", "all".into()), ("per_page", size), ("page", page)]);
                query.extend([("order_by", "created_at".into()), ("sort", "asc".into())]);
                query.extend(since_text.map(|s| ("updated_after", s)));
                format!("{}/api/v4/projects/{}/issues", self.url, escaped(project, false))
            }
            Tracker::Jira => {
                // JQL counts in the zone of the token's user: a day before is early enough in every zone.
                let after = since.map(|s| format!(" AND updated >= \"{}\"", s.date_utc().plus_days(-1)));
                let jql = format!(
                    "project = \"{}\"{} ORDER BY created ASC",
                    project.replace(['"', '\\'], ""),
                    after.unwrap_or_default()
                );
                query.extend([("jql", jql), ("maxResults", size), ("fields", "*all".into())]);
                query.extend(next.map(|n| ("nextPageToken", n.to_owned())));
                format!("{}/rest/api/3/search/jql", self.url)
            }
            Tracker::Linear => return self.graphql(next, since_text.as_deref()),
        };
        let authorization = match self.kind {
            // `mail:token` is a person's token of Jira Cloud; a token alone is one of OAuth.
            Tracker::Jira if self.token.contains(':') => format!("Basic {}", base64(self.token.as_bytes())),
            _ => format!("Bearer {}", self.token),
        };
        let request = self
            .agent
            .get(&address)
            .header("authorization", authorization)
            .header("accept", "application/json")
            .header("user-agent", "dossier")
            .query_pairs(query.iter().map(|(k, v)| (*k, v.as_str())));
        self.answered(request.call())
    }

    fn graphql(&self, next: Option<&str>, since: Option<&str>) -> Result<Vec<u8>> {
        let query = "query($team:String!,$after:String,$filter:DateComparator){issues(first:50,after:$after,includeArchived:true,\
            filter:{team:{key:{eq:$team}},updatedAt:$filter}){nodes{id identifier title description url updatedAt priorityLabel trashed \
            state{name type} labels{nodes{name}} projectMilestone{name} relations{nodes{type relatedIssue{identifier}}}} \
            pageInfo{hasNextPage endCursor}}}";
        let mut variables = serde_json::json!({"team": self.config.project, "after": next});
        // Left out where nothing narrows: null would be a comparison of its own.
        if let Some(since) = since {
            variables["filter"] = serde_json::json!({"gte": since});
        }
        let body = serde_json::json!({"query": query, "variables": variables});
        let request = self
            .agent
            .post(format!("{}/graphql", self.url))
            .header("authorization", &self.token)
            .header("content-type", "application/json")
            .header("user-agent", "dossier");
        self.answered(request.send(body.to_string()))
    }

    fn answered(
        &self,
        answer: std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Vec<u8>> {
        let name = self.name;
        let mut response = answer.map_err(|e| {
            Error::environment(format!("tracker `{name}` could not be reached at {}", self.url)).because(e)
        })?;
        let status = response.status().as_u16();
        if status == 200 {
            return response.body_mut().with_config().limit(PAGE_BYTES_MAX).read_to_vec().map_err(|e| {
                Error::environment(format!("the answer of tracker `{name}` broke off")).because(e)
            });
        }
        let header = |h: &str| response.headers().get(h).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let (wait, left) = (header("retry-after"), header("x-ratelimit-remaining"));
        // GitHub says 403 too, with none left or with a time to wait; Linear says 400 and a word in the body.
        let limited = match status {
            429 => true,
            403 => left.as_deref() == Some("0") || wait.is_some(),
            400 if self.kind == Tracker::Linear => {
                let said = response.body_mut().with_config().limit(REFUSAL_BYTES_MAX).read_to_string();
                said.is_ok_and(|said| said.contains("RATELIMITED"))
            }
            _ => false,
        };
        let wait = wait.map(|s| format!("it asks to wait {s} s"));
        let (what, hint) = match status {
            _ if limited => ("too many requests".to_owned(), wait.unwrap_or_else(|| "try again later; what was taken over is kept".to_owned())),
            401 => ("the token is not accepted".to_owned(), format!("{} holds it", self.variable)),
            403 => ("the token may not read this project".to_owned(), format!("{} holds it", self.variable)),
            404 => (format!("there is no project `{}`, or the token may not see it", self.config.project), format!("[trackers.{name}] in dossier.toml")),
            410 => (format!("`{}` has no issues: they are switched off there", self.config.project), format!("[trackers.{name}] in dossier.toml")),
            301 | 302 | 307 | 308 => ("it sends us elsewhere; the project was moved or renamed".to_owned(), "write its new place into dossier.toml: what is mirrored stays, because issues go by their ids".to_owned()),
            other => (format!("status {other}"), "the service's own page of its state may say more".to_owned()),
        };
        Err(Error::environment(format!("tracker `{name}`: {what}")).hint(hint))
    }
}

/// A part of an address; slashes stay where a path is meant.
fn escaped(text: &str, path: bool) -> String {
    let keep =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~') || path && b == b'/';
    text.bytes().map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn base64(bytes: &[u8]) -> String {
    signing::sealed::base64(bytes)
}
