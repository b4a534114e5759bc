//! CISA's catalogue of known exploited vulnerabilities (JSON).

use super::{Kev, Mark};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Catalogue {
    #[serde(default)]
    date_released: String,
    count: Option<usize>,
    vulnerabilities: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(rename = "cveID")]
    cve: String,
    #[serde(default)]
    date_added: String,
    #[serde(default)]
    due_date: String,
    #[serde(default)]
    required_action: String,
    #[serde(default)]
    known_ransomware_campaign_use: String,
}

/// The marks by CVE, and when the catalogue was released.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<(String, Mark)>, String), String> {
    let catalogue: Catalogue = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
    let there = catalogue.vulnerabilities.len();
    if let Some(count) = catalogue.count.filter(|c| *c != there) {
        return Err(format!("the catalogue says that it has {count} entries and has {there}"));
    }
    let mark = |i: Item| {
        let ransomware = i.known_ransomware_campaign_use;
        let kev = Kev { added: i.date_added, due: i.due_date, ransomware, action: i.required_action };
        (i.cve, Mark::Kev(kev))
    };
    Ok((catalogue.vulnerabilities.into_iter().map(mark).collect(), catalogue.date_released))
}
