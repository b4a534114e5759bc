//! What only one of two sets has, by the reason for it. A time beside a peer's counts only where both found the same: what
//! has no reason fails the run.

use anyhow::{Result, bail};
use std::collections::{BTreeMap, BTreeSet};

/// Prints what differs between our set and a peer's, class by class.
///
/// # Errors
/// With the names of all for which `reason` knows none.
pub(super) fn explain(
    what: &str,
    ours: &BTreeSet<String>,
    (peer, theirs): (&str, &BTreeSet<String>),
    reason: impl Fn(&str) -> Option<&'static str>,
) -> Result<()> {
    if ours.is_empty() || theirs.is_empty() {
        bail!("{what}: dossier has {}, {peer} {}; that is nothing to compare", ours.len(), theirs.len());
    }
    let both = ours.intersection(theirs).count();
    println!("  {what}: dossier {}, {peer} {}, both {both}", ours.len(), theirs.len());
    let (mut classes, mut open) = (BTreeMap::<_, Vec<&str>>::new(), Vec::new());
    for one in ours.symmetric_difference(theirs) {
        let side = if ours.contains(one) { "dossier" } else { peer };
        match reason(one) {
            Some(reason) => classes.entry((side, reason)).or_default().push(one),
            None => open.push(format!("only {side} has {one}")),
        }
    }
    for ((side, reason), all) in classes {
        println!("  only {side}, {reason}: {} ({})", all.len(), all.join(" "));
    }
    if !open.is_empty() {
        bail!("{what}: {} differ and nobody knows why\n{}", open.len(), open.join("\n"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_without_a_reason_fails_by_name() {
        let set = |names: &str| names.split_whitespace().map(str::to_owned).collect::<BTreeSet<_>>();
        let known = |name: &str| (name == "own").then_some("the product itself");
        explain("components", &set("a own"), ("peer", &set("a")), known).unwrap();
        let why =
            explain("components", &set("a own b"), ("peer", &set("a c")), known).unwrap_err().to_string();
        assert!(why.contains("only dossier has b") && why.contains("only peer has c"), "{why}");
        assert!(!why.contains("own\n"), "{why}");
        explain("components", &set("a"), ("peer", &set("")), known).unwrap_err();
    }
}
