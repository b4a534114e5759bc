//! `[advisories]`: where advisories come from, how often the fielded releases are looked up in them, and by when a
//! problem report about a match is due. `[images]`: whose signatures base images carry.

use crate::reader::Reader;
use std::collections::BTreeMap;
use toml::de::DeTable;

/// The levels of a score, worst first, each with the days within which a new match is judged unless the firm says otherwise.
pub const DUE_DAYS: [(&str, u32); 5] =
    [("exploited", 3), ("critical", 7), ("high", 30), ("medium", 90), ("low", 180)];

/// `[advisories]`
#[derive(Clone, Debug, PartialEq)]
pub struct Advisories {
    /// The data sets that `vuln sync` fetches, by name, each with the addresses that it is tried at, in order.
    pub sources: BTreeMap<String, Vec<String>>,
    /// Beginnings of addresses, and what is asked instead of them.
    pub mirrors: BTreeMap<String, String>,
    /// A proxy, `http://proxy:3128`; else those of the environment.
    pub proxy: Option<String>,
    /// PEM files with the certificates of further authorities that are trusted for these downloads.
    pub authorities: Vec<String>,
    /// Seconds without a byte after which a connection counts as stalled.
    pub stall_seconds: u32,
    /// Days after which a scan is too old for a release.
    pub scan_days: u32,
    /// Days between two watches over the fielded releases, as the vulnerability management plan has it.
    pub watch_days: u32,
    /// Days within which a new match is judged, by level of its score.
    pub due_days: BTreeMap<String, u32>,
}

impl Advisories {
    /// Days within which a new match is judged. `level` is `critical` … `low`, or empty where there is no score: a match
    /// without one is due like a high one, because nobody knows.
    pub fn due(&self, level: &str, exploited: bool) -> u32 {
        let word = match (exploited, level) {
            (true, _) => "exploited",
            (false, "" | "none") => "high",
            (false, word) => word,
        };
        let default = DUE_DAYS.iter().find(|(w, _)| *w == word).map_or(30, |(_, days)| *days);
        self.due_days.get(word).copied().unwrap_or(default)
    }
}

pub(crate) fn advisories<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Advisories {
    let t = r.table(root, "advisories", "advisories");
    let inner = r.inner(t, "sources", "advisories.sources");
    let mut sources = BTreeMap::new();
    for (name, at, value) in r.entries(inner) {
        let key = format!("advisories.sources.{name}");
        if value.get_ref().is_table() {
            let help = format!("a name with a dot stands in quotes: `\"{name}.…\" = \"https://…\"`");
            r.bad(&key, at, format!("`{key}` is a table, and no address"), &help);
            continue;
        }
        let addresses = if value.get_ref().is_str() {
            r.text_of(value, &key).map(|one| vec![one])
        } else {
            r.list_of(value, &key)
        };
        let Some(addresses) = addresses else { continue };
        let odd = addresses.iter().find(|a| !is_address(a));
        match odd {
            Some(odd) => {
                r.bad(&key, at, format!("`{key}`: `{odd}` is no address"), "write `https://…`");
            }
            None if addresses.is_empty() => {
                r.bad(
                    &key,
                    at,
                    format!("`{key}` names no address"),
                    "write `https://…`, or leave the key out",
                );
            }
            None => {
                sources.insert(name.to_owned(), addresses);
            }
        }
    }
    let inner = r.inner(t, "mirrors", "advisories.mirrors");
    let mut mirrors = BTreeMap::new();
    for (from, at, value) in r.entries(inner) {
        let key = format!("advisories.mirrors.{from}");
        let Some(to) = r.text_of(value, &key) else { continue };
        if is_address(from) && is_address(&to) {
            mirrors.insert(from.to_owned(), to);
        } else {
            let help =
                "write the beginnings of addresses: `\"https://api.first.org/\" = \"https://mirror/first/\"`";
            r.bad(&key, at, format!("`advisories.mirrors`: `{from}` or `{to}` is no address"), help);
        }
    }
    let inner = r.inner(t, "due_days", "advisories.due_days");
    let mut due_days = BTreeMap::new();
    for (level, at, _) in r.entries(inner) {
        if !DUE_DAYS.iter().any(|(known, _)| *known == level) {
            let known: Vec<&str> = DUE_DAYS.iter().map(|(l, _)| *l).collect();
            let help = format!("levels are {}", known.join(", "));
            let key = format!("advisories.due_days.{level}");
            r.bad(&key, at, format!("`advisories.due_days`: `{level}` is no level of a score"), &help);
        } else if let Some(days) = r.number(inner, level, 1) {
            due_days.insert(level.to_owned(), days);
        }
    }
    Advisories {
        sources,
        mirrors,
        proxy: r.text(t, "proxy"),
        authorities: r.list(t, "authorities").unwrap_or_default(),
        stall_seconds: r.number(t, "stall_seconds", 1).unwrap_or(30),
        scan_days: r.number(t, "scan_days", 1).unwrap_or(30),
        watch_days: r.number(t, "watch_days", 1).unwrap_or(7),
        due_days,
    }
}

fn is_address(text: &str) -> bool {
    ["https://", "http://"].iter().any(|s| text.strip_prefix(s).is_some_and(|rest| !rest.is_empty()))
}

/// `[images]`: beginnings of image names, and the PEM file of the key that signs them.
pub(crate) fn images<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> BTreeMap<String, String> {
    let t = r.table(root, "images", "images");
    let inner = r.inner(t, "keys", "images.keys");
    let mut keys = BTreeMap::new();
    for (image, _, value) in r.entries(inner) {
        if let Some(path) = r.text_of(value, &format!("images.keys.{image}")) {
            keys.insert(image.to_owned(), path);
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    #[test]
    fn sources_mirrors_and_terms_are_read() {
        let toml = "[product]\nname = \"x\"\n[advisories]\nwatch_days = 1\n[advisories.sources]\nkev = \"https://a/kev.json\"\n\
                    osv-npm = [\"https://a/all.zip\", \"http://b/all.zip\"]\nnvd = \"ftp://c\"\nosv-crates.io = \"https://a\"\n\
                    [advisories.mirrors]\n\"https://a/\" = \"http://127.0.0.1:1/\"\n[advisories.due_days]\ncritical = 2\nsevere = 1\n\
                    [images.keys]\n\"registry.example/base\" = \"keys/base.pub\"\n";
        let (config, found) = crate::parse(toml, "dossier.toml");
        let a = &config.advisories;
        assert_eq!(a.sources["osv-npm"].len(), 2);
        assert_eq!(a.mirrors["https://a/"], "http://127.0.0.1:1/");
        assert_eq!((a.scan_days, a.watch_days), (30, 1));
        assert_eq!([a.due("critical", false), a.due("", false), a.due("low", true)], [2, 30, 3]);
        assert_eq!(config.image_keys["registry.example/base"], "keys/base.pub");
        let text: Vec<&str> = found.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(found.len(), 3, "{text:?}");
        assert!(text.iter().any(|t| t.contains("`ftp://c` is no address")), "{text:?}");
        assert!(text.iter().any(|t| t.contains("`advisories.sources.osv-crates` is a table")), "{text:?}");
        assert!(text.iter().any(|t| t.contains("`severe`")), "{text:?}");
        let mut keys: Vec<&str> = found.iter().filter_map(|d| d.subject.as_deref()).collect();
        keys.sort_unstable();
        assert_eq!(
            keys,
            ["advisories.due_days.severe", "advisories.sources.nvd", "advisories.sources.osv-crates"]
        );
    }
}
