//! What each role attests: controlled texts, one file each, so that one can read and version what was signed.

/// The text that a signer in `role` puts their name to.
pub fn of_role(role: &str) -> &'static str {
    match role {
        "software-lead" => include_str!("../statements/software-lead.txt"),
        "qa-lead" => include_str!("../statements/qa-lead.txt"),
        "risk-owner" => include_str!("../statements/risk-owner.txt"),
        "prrc" => include_str!("../statements/prrc.txt"),
        "release-manager" => include_str!("../statements/release-manager.txt"),
        _ => "I have read the evidence manifest of this version and agree to its release in the role named.",
    }
    .trim_ascii_end()
}
