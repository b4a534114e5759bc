//! Signed commits against enrolled keys; a review in a trailer is a proposal.

use super::bench::*;

#[test]
fn commits_are_signed_by_enrolled_keys_or_say_what_they_are() {
    let p = Product::approved();
    let first = p.git("rev-parse HEAD");
    let commit = |key: Option<&str>, message: &str| {
        let sign = key
            .map(|k| format!("-c gpg.format=ssh -c 'user.signingkey={}'", p.key(k).display()))
            .unwrap_or_default();
        let flag = if key.is_some() { "-S" } else { "" };
        p.git(&format!("{sign} commit -q --allow-empty {flag} -m '{message}'"));
    };
    p.ok("person enrol gone --name 'Who Left' --identity-proof passport");
    p.ok(&format!("key new gone --file '{}'", p.key("gone").display()));
    commit(Some("qa-lead"), "by an enrolled key\n\nReviewed-by: somebody at the forge");
    commit(Some("gone"), "by who left");
    commit(None, "not signed");
    let range = format!("key commits --from {} --format json", first.trim());
    let row = |message: &str| {
        let all = p.run(&range).json()["signatures"].clone();
        all.as_array().unwrap().iter().find(|r| r["summary"] == message).cloned().unwrap()
    };
    let signed = row("by an enrolled key");
    assert_eq!(
        (signed["signature"].as_str(), signed["name"].as_str()),
        (Some("enrolled"), Some("The qa-lead"))
    );
    assert_eq!(signed["proposals"][0], "Reviewed-by: somebody at the forge");
    assert_eq!(row("not signed")["signature"], "unsigned");
    p.ok(&format!("key commits --from {}", first.trim()))
        .says(0, &["proposal: Reviewed-by", "signed by an enrolled key"]);
    p.ok("person leave gone --reason left");
    assert_eq!(row("by who left")["signature"], "not-in-force");
    p.run(&range).says(1, &[]);
}
