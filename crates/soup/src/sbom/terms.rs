//! What the formats call the same thing: purposes of components, and kinds of addresses.

use model::components::Component;

/// A purpose in the words of CycloneDX, SPDX 2.3 and SPDX 3.0.1; empty where a format has no word for it.
type Purpose = (&'static str, &'static str, &'static str);

const PURPOSES: [Purpose; 16] = [
    ("library", "LIBRARY", "library"),
    ("application", "APPLICATION", "application"),
    ("framework", "FRAMEWORK", "framework"),
    ("container", "CONTAINER", "container"),
    ("operating-system", "OPERATING_SYSTEM", "operatingSystem"),
    ("device", "DEVICE", "device"),
    ("firmware", "FIRMWARE", "firmware"),
    ("file", "FILE", "file"),
    ("platform", "OTHER", "platform"),
    ("device-driver", "OTHER", "deviceDriver"),
    ("machine-learning-model", "OTHER", "model"),
    ("data", "OTHER", "data"),
    ("", "SOURCE", "source"),
    ("", "ARCHIVE", "archive"),
    ("", "INSTALL", "install"),
    ("", "OTHER", "other"),
];

/// The purpose as a component keeps it: the word of SPDX 3.0.1, which has all of them; empty for a library, which most are.
pub(super) fn purpose(written: &str) -> String {
    let plain = written.replace('-', "_");
    let known = PURPOSES.iter().find(|(cyclonedx, spdx, spdx3)| {
        // "Other" says least of those that SPDX 2.3 calls so.
        *cyclonedx == written
            || *spdx3 == written
            || *spdx == plain && (plain != "OTHER" || *spdx3 == "other")
    });
    known.map(|(_, _, word)| *word).filter(|word| *word != "library").unwrap_or_default().to_owned()
}

fn row(c: &Component) -> Purpose {
    let known = PURPOSES.iter().find(|(_, _, word)| *word == c.purpose);
    known.copied().unwrap_or(PURPOSES[0])
}

/// The type of CycloneDX; a library where it has none for the purpose.
pub(super) fn cyclonedx_type(c: &Component) -> &'static str {
    Some(row(c).0).filter(|word| !word.is_empty()).unwrap_or("library")
}

/// The purpose of SPDX 2.3.
pub(super) fn spdx_purpose(c: &Component) -> &'static str {
    row(c).1
}

/// The purpose of SPDX 3.0.1.
pub(super) fn spdx3_purpose(c: &Component) -> &'static str {
    row(c).2
}

/// What both CycloneDX and SPDX 3.0.1 have a word for, in theirs.
const ADDRESSES: [(&str, &str); 13] = [
    ("website", "altWebPage"),
    ("vcs", "vcs"),
    ("issue-tracker", "issueTracker"),
    ("mailing-list", "mailingList"),
    ("social", "socialMedia"),
    ("chat", "chat"),
    ("documentation", "documentation"),
    ("support", "support"),
    ("license", "license"),
    ("build-meta", "buildMeta"),
    ("build-system", "buildSystem"),
    ("release-notes", "releaseNotes"),
    ("advisories", "securityAdvisory"),
];

/// The kind of an address as a component keeps it, the word of CycloneDX; `None` where not all formats can hold it.
pub(super) fn address_kind(written: &str) -> Option<&'static str> {
    ADDRESSES.iter().find(|(own, spdx3)| *own == written || *spdx3 == written).map(|(own, _)| *own)
}

/// The word of SPDX 3.0.1 for a kind of address.
pub(super) fn spdx3_address(kind: &str) -> &'static str {
    ADDRESSES.iter().find(|(own, _)| *own == kind).map_or("other", |(_, spdx3)| *spdx3)
}

/// An address that every format takes (RFC 3987): no white space, and no placeholder that nobody filled in, `${project.url}`.
pub(super) fn is_address(url: &str) -> bool {
    !url.is_empty() && !url.contains(|c: char| c.is_whitespace() || "{}<>\"\\^`|".contains(c))
}

/// Where the component is obtained, where that is an address that every format takes: a download, or a place of git.
pub(super) fn download(c: &Component) -> Option<&str> {
    c.download.as_deref().filter(|d| d.starts_with("http") || d.starts_with("git+"))
}

/// The page of the component, where it has one on the web.
pub(super) fn homepage(c: &Component) -> Option<&str> {
    let web = |url: &&str| url.starts_with("http://") || url.starts_with("https://");
    c.addresses.iter().filter(|a| a.kind == "website").map(|a| a.url.as_str()).find(web)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for (cyclonedx, spdx, spdx3) in PURPOSES {
            let c = Component { purpose: purpose(spdx3), ..Component::default() };
            assert_eq!(spdx3_purpose(&c), spdx3);
            assert_eq!(spdx_purpose(&c), spdx);
            if !cyclonedx.is_empty() {
                assert_eq!((cyclonedx_type(&c), purpose(cyclonedx)), (cyclonedx, c.purpose.clone()));
            }
        }
        assert_eq!(
            (purpose("OPERATING-SYSTEM"), purpose("OTHER"), purpose("LIBRARY")),
            ("operatingSystem".to_owned(), "other".to_owned(), String::new())
        );
        for (own, spdx3) in ADDRESSES {
            assert_eq!(
                (address_kind(own), address_kind(spdx3), spdx3_address(own)),
                (Some(own), Some(own), spdx3)
            );
        }
    }
}
