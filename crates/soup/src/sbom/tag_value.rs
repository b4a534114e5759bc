//! SPDX 2.2 and 2.3 as tags and values, one to a line.

use super::read::{Checksum, ExternalRef, Package, Relationship, SpdxDocument};
use crate::inventory::Cause;

/// Whether a text looks like it.
pub(super) fn is_tag_value(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.next().is_some_and(|l| l.starts_with("SPDXVersion:"))
}

/// The document, or the line and what is wrong.
pub(super) fn read(text: &str) -> Result<SpdxDocument, (u32, Cause)> {
    let mut document = SpdxDocument::default();
    let mut section = Section::Document;
    let mut open = false;
    for (line, raw) in (1_u32..).zip(text.lines()) {
        if open {
            open = !raw.contains("</text>");
            continue;
        }
        let content = raw.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let Some((tag, value)) = content.split_once(':') else {
            let reason = "a line that is no `Tag: value`".to_owned();
            return Err((line, Cause::Malformed { format: "SPDX tag-value", reason }));
        };
        let value = value.trim();
        open = value.starts_with("<text>") && !value.contains("</text>");
        let value = value.trim_start_matches("<text>").trim_end_matches("</text>");
        one(&mut document, &mut section, tag.trim(), value);
    }
    if open {
        let reason = "a `<text>` that never ends: the file is cut off".to_owned();
        return Err((0, Cause::Malformed { format: "SPDX tag-value", reason }));
    }
    Ok(document)
}

/// What the tags belong to.
#[derive(PartialEq)]
enum Section {
    Document,
    Package,
    Other,
}

fn one(document: &mut SpdxDocument, section: &mut Section, tag: &str, value: &str) {
    match tag {
        "PackageName" => {
            *section = Section::Package;
            document.package(Package { name: value.to_owned(), ..Package::default() });
        }
        "FileName" | "SnippetSPDXID" | "LicenseID" => *section = Section::Other,
        "Relationship" => {
            let words: Vec<&str> = value.split_whitespace().collect();
            if let [from, kind, to] = words.as_slice() {
                document.relationships.push(Relationship {
                    spdx_element_id: (*from).to_owned(),
                    relationship_type: (*kind).to_owned(),
                    related_spdx_element: (*to).to_owned(),
                });
            }
        }
        _ => {}
    }
    if *section != Section::Package {
        return;
    }
    let Some(package) = document.packages.last_mut() else { return };
    match tag {
        "SPDXID" => value.clone_into(&mut package.id),
        "PackageVersion" => value.clone_into(&mut package.version_info),
        "PackageSupplier" => package.supplier = Some(value.to_owned()),
        "PackageDownloadLocation" => package.download_location = Some(value.to_owned()),
        "PackageLicenseDeclared" => package.license_declared = Some(value.to_owned()),
        "PackageComment" => value.clone_into(&mut package.comment),
        "PackageDescription" => package.description = Some(value.to_owned()),
        "PackageSummary" => package.summary = Some(value.to_owned()),
        "PackageCopyrightText" => package.copyright_text = Some(value.to_owned()),
        "PackageHomePage" => package.homepage = Some(value.to_owned()),
        "PrimaryPackagePurpose" => value.clone_into(&mut package.primary_package_purpose),
        "ValidUntilDate" => package.valid_until_date = Some(value.to_owned()),
        "PackageLicenseConcluded" => package.license_concluded = Some(value.to_owned()),
        "PackageChecksum" => {
            if let Some((algorithm, digest)) = value.split_once(':') {
                let (algorithm, checksum_value) = (algorithm.trim().to_owned(), digest.trim().to_owned());
                package.checksums.push(Checksum { algorithm, checksum_value });
            }
        }
        "ExternalRef" => {
            let words: Vec<&str> = value.split_whitespace().collect();
            if let [_, ty, locator] = words.as_slice() {
                let (reference_type, reference_locator) = ((*ty).to_owned(), (*locator).to_owned());
                package.external_refs.push(ExternalRef { reference_type, reference_locator });
            }
        }
        _ => {}
    }
}
