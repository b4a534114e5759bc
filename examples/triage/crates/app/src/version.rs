//! Version and build identifier, as the release record names them.

/// The version of the software, from the workspace manifest.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Version and build, `2.4.0+b.8842`: the release build sets it in `TRIAGE_BUILD_ID`, any other build is `+dev`.
pub const BUILD_ID: &str = match option_env!("TRIAGE_BUILD_ID") {
    Some(id) => id,
    None => concat!(env!("CARGO_PKG_VERSION"), "+dev"),
};

/// What `triage --version` prints.
pub fn version_line() -> String {
    format!("triage {VERSION} (build {BUILD_ID})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_id_begins_with_the_version() {
        assert!(BUILD_ID.strip_prefix(VERSION).is_some_and(|rest| rest.starts_with('+') && rest.len() > 1));
        assert_eq!(version_line(), format!("triage {VERSION} (build {BUILD_ID})"));
    }
}
