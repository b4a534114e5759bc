//! See `required_approver_missing.md`.

use crate::prelude::*;

rule!(REQUIRED_APPROVER_MISSING, "required_approver_missing", check);

fn check(cx: &Snapshot<'_>, out: &mut Findings<'_>) {
    let Some(state) = cx.state else { return };
    let approvers = &cx.config.documents.approvers;
    for document in &cx.documents.controlled {
        let id = document.id.as_str();
        let by_kind = document.kind.as_deref().and_then(|kind| approvers.get(kind));
        let Some(required) = approvers.get(id).or(by_kind) else { continue };
        // Nobody at all has approved it: that is another rule's finding.
        if !cx.is_approved(id, document.digest) {
            continue;
        }
        let approved = |role: &&String| {
            let signers = state.approvals_of(id, document.digest).filter_map(|a| a.meta.signer.as_deref());
            signers.into_iter().any(|s| s.role == **role)
        };
        let missing: Vec<&str> = required.iter().filter(|r| !approved(r)).map(String::as_str).collect();
        if !missing.is_empty() {
            out.at(document.location()).about(id).arg("missing", missing.join(", "));
        }
    }
}
