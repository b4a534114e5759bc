//! `[soup]` and `[drift]`: licences that are permitted, the forms of SBOM in the archive, and how environments are observed.

use crate::reader::Reader;
use std::collections::BTreeMap;
use toml::de::DeTable;

/// `[soup]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Soup {
    /// Who supplies the product, as its SBOMs name the supplier.
    pub supplier: Option<String>,
    /// The licences that third-party components may come under, as SPDX ids; empty where there is no policy.
    pub licences: Vec<String>,
    /// The licence of a package whose source states none, or one that is no SPDX expression, by package URL.
    pub licence_of: BTreeMap<String, String>,
    /// Further forms of the SBOM that the archive holds, beside CycloneDX 1.6 and SPDX 2.3.
    pub sbom: Vec<SbomForm>,
}

/// A form of SBOM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SbomForm {
    /// CycloneDX 1.6, ECMA-424.
    CycloneDx16,
    /// CycloneDX 1.7.
    CycloneDx17,
    /// SPDX 2.3.
    Spdx23,
    /// SPDX 3.0.1, JSON-LD.
    Spdx301,
}

impl SbomForm {
    /// Every form, with the word that names it.
    pub const ALL: [(&'static str, SbomForm); 4] = [
        ("cyclonedx-1.6", SbomForm::CycloneDx16),
        ("cyclonedx-1.7", SbomForm::CycloneDx17),
        ("spdx-2.3", SbomForm::Spdx23),
        ("spdx-3.0.1", SbomForm::Spdx301),
    ];

    /// The word that names it.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, form)| *form == self).map_or("", |(word, _)| word)
    }
}

/// `[drift]`
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// After how many hours `serve` observes again; never where absent.
    pub every_hours: Option<u32>,
    /// Addresses that may be asked: an HTTP probe asks nothing that does not begin with one of them.
    pub probe: Vec<String>,
    /// Seconds until an answer has to be here, whole; 30 where absent.
    pub seconds: Option<u32>,
    /// Files of certificates (PEM) that are trusted instead of the public authorities.
    pub authorities: Vec<String>,
    /// How `serve` observes an environment: `kubernetes: kubectl get pods -o json`.
    pub observe: BTreeMap<String, String>,
}

fn texts<'t>(
    r: &mut Reader<'t>,
    t: crate::reader::Table<'t>,
    key: &str,
    name: &'static str,
) -> BTreeMap<String, String> {
    let table = r.inner(t, key, name);
    let mut out = BTreeMap::new();
    for (word, _, value) in r.entries(table) {
        if let Some(text) = r.text_of(value, &format!("{name}.{word}")) {
            out.insert(word.to_owned(), text);
        }
    }
    out
}

pub(crate) fn soup<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Soup {
    let t = r.table(root, "soup", "soup");
    Soup {
        supplier: r.text(t, "supplier"),
        licences: r.list(t, "licences").unwrap_or_default(),
        licence_of: texts(r, t, "licence_of", "soup.licence_of"),
        sbom: r.choices(t, "sbom", &SbomForm::ALL).unwrap_or_default(),
    }
}

pub(crate) fn drift<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Drift {
    let t = r.table(root, "drift", "drift");
    let probe = r.list(t, "probe").unwrap_or_default();
    for address in probe.iter().filter(|a| !a.starts_with("https://") && !a.starts_with("http://")) {
        let message = format!("`drift.probe`: `{address}` is no address of http or https");
        r.bad_key(
            t,
            "probe",
            message,
            "write the beginning of the addresses that may be asked: \"https://api.example.org/\"",
        );
    }
    Drift {
        every_hours: r.number(t, "every_hours", 1),
        probe,
        seconds: r.number(t, "seconds", 1),
        authorities: r.list(t, "authorities").unwrap_or_default(),
        observe: texts(r, t, "observe", "drift.observe"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_wrong_is_said() {
        let toml = "[product]\nname = \"x\"\n[soup]\nlicences = [\"MIT\"]\nsbom = [\"cyclonedx-1.7\"]\n[soup.licence_of]\n\"pkg:cargo/ring\" = \"ISC\"\n\
                    [drift]\nevery_hours = 24\nprobe = [\"https://a.example/\"]\n[drift.observe]\nproduction = \"kubernetes: kubectl\"\n";
        let (config, found) = crate::parse(toml, "dossier.toml");
        assert_eq!(found, []);
        assert_eq!(config.soup.sbom, [SbomForm::CycloneDx17]);
        assert_eq!(config.soup.licence_of["pkg:cargo/ring"], "ISC");
        assert_eq!(config.drift.observe["production"], "kubernetes: kubectl");
        let toml = "[product]\nname = \"x\"\n[soup]\nsbom = [\"swid\"]\n[drift]\nprobe = [\"ftp://a\"]\n";
        assert_eq!(crate::parse(toml, "dossier.toml").1.len(), 2);
    }
}
