//! See `base_image_not_verified.md`.

use crate::prelude::*;
use diagnostics::Location;
use model::components::Component;

rule!(BASE_IMAGE_NOT_VERIFIED, "base_image_not_verified", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let (Some(state), Some(components)) = (cx.state, cx.components) else { return };
    for c in components.components().iter().filter(|c| c.purl.starts_with("pkg:oci/")) {
        let Some(image) = repository(&c.purl) else { continue };
        let Some((_, key)) = cx.config.image_keys.iter().find(|(begin, _)| image.starts_with(begin.as_str()))
        else {
            continue;
        };
        let checks = state.security.images.iter().rev();
        let last = checks
            .into_iter()
            .find(|v| v.body.image == image && v.body.digest == c.version && v.body.key == *key);
        let what = match last {
            Some(v) if v.body.holds => {
                out.saw_text(format!("{image} is signed with {key}"));
                continue;
            }
            Some(v) => format!("has a signature that does not hold: {}", v.body.why),
            None => format!("is used at {} and its signature was never checked with {key}", c.version),
        };
        out.at(place(c)).about(image.to_owned()).arg("what", what);
    }
}

fn place(c: &Component) -> Location {
    let (path, line) = (c.source.file.as_str().into(), c.source.line.max(1));
    Location::File { path, span: diagnostics::Span::default(), line, column: 1 }
}

/// The repository that the package URL of an image names.
fn repository(purl: &str) -> Option<&str> {
    let (_, rest) = purl.split_once("repository_url=")?;
    Some(rest.split('&').next().unwrap_or(rest))
}
