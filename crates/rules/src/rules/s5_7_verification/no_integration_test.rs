//! See `no_integration_test.md`.

use super::{Level, level};
use crate::prelude::*;

rule!(NO_INTEGRATION_TEST, "no_integration_test", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    // Without any software item the cause is another one: `no-architecture`.
    let Some((_, first)) = cx.items_of(Kind::SoftwareItem).next() else { return };
    let mut some = false;
    for (ix, item) in cx.items_of(Kind::TestCase).filter(|(_, item)| level(item) == Level::Integration) {
        some = true;
        out.saw(ix, item);
    }
    if !some {
        out.at(first.location()).about(cx.config.product.name.clone());
    }
}
