//! The about screen: identification of the device and the label for supported systems.

use crate::{Platform, version_line};

/// The lines of the about screen. `content` is the digest of the content in use.
pub fn about(content: &str) -> Vec<String> {
    let supported: Vec<&str> =
        Platform::ALL.iter().filter(|p| p.is_recommended()).map(|p| p.label()).collect();
    vec![
        version_line(),
        format!("Clinical content {content}"),
        "UDI-DI (example, not issued) 04099999123450".into(),
        "Intended for adults about themselves.".into(),
        format!("Recommended operating systems: {}.", supported.join(", ")),
        "On Android 9 with a font size above 150 % the result may be drawn badly: use a recommended system."
            .into(),
        "Instructions for use: https://triage.example/ifu (paper copy on request).".into(),
        "This app gives no diagnosis. In an emergency call 112 or your local emergency number.".into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_version_content_and_recommended_systems() {
        let text = about("abc").join("\n");
        for part in
            [&version_line(), "content abc", "Android 10 or later", "iOS 15 or later", "UDI-DI", "112"]
        {
            assert!(text.contains(part), "{part}");
        }
        assert!(!text.contains("systems: Android 9"));
    }
}
