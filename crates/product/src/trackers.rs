//! `[trackers.NAME]`: trackers that anomalies are mirrored from.

use crate::reader::Reader;
use std::collections::BTreeMap;
use toml::de::DeTable;

/// The kinds of trackers.
const KINDS: [(&str, &str); 4] =
    [("github", "github"), ("gitlab", "gitlab"), ("jira", "jira"), ("linear", "linear")];

/// The fields of a report that a tracker can fill.
pub const FIELDS: [&str; 9] = [
    "found",
    "reproduction",
    "function",
    "version",
    "severity",
    "performance",
    "safety",
    "security",
    "affects",
];

/// A tracker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackerConfig {
    /// `github`, `gitlab`, `jira` or `linear`.
    pub kind: String,
    /// The project there: `owner/repository`, a path or number, a project's key, a team's key.
    pub project: String,
    /// Where it answers; the public service where that has one.
    pub url: Option<String>,
    /// Labels or types that say that an issue is a known anomaly; one of them is enough.
    pub anomaly: Vec<String>,
    /// What anomalies are called here: this, and the number. The tracker's own key where absent.
    pub ids: Option<String>,
    /// The environment variable that holds the token.
    pub token: Option<String>,
    /// The environment variable that holds the secret of its webhook.
    pub webhook_secret: Option<String>,
    /// Field of a report to its name in the tracker.
    pub fields: BTreeMap<String, String>,
}

pub(crate) fn trackers<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> BTreeMap<String, TrackerConfig> {
    let t = r.table(root, "trackers", "trackers");
    let mut out = BTreeMap::new();
    for (name, at, _) in r.entries(t) {
        if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_') {
            r.bad(
                &format!("trackers.{name}"),
                at,
                format!("`{name}` cannot name a tracker"),
                "a name is made of letters, digits, `-` and `_`",
            );
            continue;
        }
        let one = r.inner(t, name, "trackers.*");
        let mut fields = BTreeMap::new();
        let table = r.inner(one, "fields", "trackers.*.fields");
        for (field, at, value) in r.entries(table) {
            let key = format!("trackers.{name}.fields.{field}");
            if !FIELDS.contains(&field) {
                let help = format!("fields of a report: `{}`", FIELDS.join("`, `"));
                r.bad(&key, at, format!("a report has no field `{field}`"), &help);
            } else if let Some(there) = r.text_of(value, &key) {
                fields.insert(field.to_owned(), there);
            }
        }
        let found = r.found.len();
        let kind = r.choice(one, "kind", &KINDS);
        let project = r.text(one, "project");
        let anomaly = r.list(one, "anomaly").unwrap_or_default();
        let url = r.text(one, "url");
        let [ids, token, webhook_secret] = ["ids", "token", "webhook_secret"].map(|key| r.text(one, key));
        if r.found.len() == found {
            let missing = match (&kind, &project) {
                (None, _) => Some("kind"),
                (_, None) => Some("project"),
                _ if anomaly.is_empty() => Some("anomaly"),
                (Some("jira"), _) if url.is_none() => Some("url"),
                _ => None,
            };
            if let Some(missing) = missing {
                let help = "a tracker has `kind`, `project` and `anomaly`, the labels that say what a known anomaly is; \
                            Jira also `url`";
                r.bad(
                    &format!("trackers.{name}.{missing}"),
                    at,
                    format!("tracker `{name}` has no `{missing}`"),
                    help,
                );
                continue;
            }
        }
        let (Some(kind), Some(project)) = (kind, project) else { continue };
        let tracker = TrackerConfig {
            kind: kind.to_owned(),
            project,
            url,
            anomaly,
            ids,
            token,
            webhook_secret,
            fields,
        };
        out.insert(name.to_owned(), tracker);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_tracker_says_what_it_is_and_what_of_it_is_an_anomaly() {
        let toml = "[product]\nname = \"x\"\n[trackers.gh]\nkind = \"github\"\nproject = \"o/r\"\nanomaly = [\"bug\"]\n\
                    [trackers.gh.fields]\nseverity = \"Impact\"\nseverty = \"x\"\n\
                    [trackers.j]\nkind = \"jira\"\nproject = \"TRI\"\nanomaly = [\"Bug\"]\n\
                    [trackers.k]\nkind = \"gitlub\"\nproject = \"o/r\"\nanomaly = [\"bug\"]\n";
        let (config, found) = crate::parse(toml, "dossier.toml");
        assert_eq!(config.trackers["gh"].fields["severity"], "Impact");
        assert_eq!(config.trackers.len(), 1);
        let text: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(found.len(), 3, "{text:?}");
        assert!(text.iter().any(|t| t.contains("no field `severty`")), "{text:?}");
        assert!(text.iter().any(|t| t.contains("tracker `j` has no `url`")), "{text:?}");
        assert!(text.iter().any(|t| t.contains("cannot be `gitlub`")), "{text:?}");
    }
}
