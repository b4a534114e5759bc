//! See `source_not_controlled.md`.

use crate::prelude::*;

rule!(SOURCE_NOT_CONTROLLED, "source_not_controlled", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let named = cx.software.filter(|digest| *digest != vocabulary::Digest::of(b""));
    match named {
        // Where nothing is required yet, nothing has been implemented.
        Some(digest) if !cx.model.of_kind(Kind::SoftwareRequirement).is_empty() => {
            out.saw_text(format!("software digest {} over the configuration items", digest.short()));
        }
        Some(_) => {}
        // The digest of no file at all: empty is not none.
        None if cx.software.is_some() && cx.model.of_kind(Kind::SoftwareRequirement).is_empty() => {}
        None if cx.software.is_some() => {
            out.at(cx.whole_product())
                .about(cx.config.product.name.clone())
                .arg("why", "no file of the repository is named as its software")
                .arg("way", "write `paths = [\"src/**\", …]` under `[software]`");
        }
        None => {
            out.at(cx.whole_product())
                .about(cx.config.product.name.clone())
                .arg("why", "there is no digest of it")
                .arg("way", "keep the product in a git repository; `[software] paths` says which files are its software");
        }
    }
    for (ix, item) in cx.items_of(Kind::SoftwareUnit) {
        // Without any item above it that could have them, the cause is another one: `no-architecture`.
        if cx.model.of_kind(Kind::SoftwareItem).is_empty() {
            break;
        }
        if has_paths(cx, ix, item) {
            out.saw(ix, item);
        } else {
            out.at_item(ix, item)
                .arg("why", "neither it nor what it is part of has `paths`")
                .arg("way", "write `- paths: …` with the globs of its files");
        }
    }
}

/// Whether the item or something above it names files. A chain of parts that comes back to its beginning has a rule of its own.
fn has_paths(cx: &Snapshot<'_>, ix: ItemIx, item: &Item) -> bool {
    let names = |i: &Item| i.value("paths").is_some_and(|v| !v.is_empty());
    let mut level = vec![(ix, item)];
    for _ in 0..8 {
        if level.iter().any(|(_, i)| names(i)) {
            return true;
        }
        let above = level.iter().flat_map(|(ix, _)| cx.model.targets(*ix, LinkType::PartOf));
        level = above.filter_map(|(to, _)| Some((to, cx.model.get(to)?))).collect();
    }
    false
}
