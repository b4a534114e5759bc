//! One page as somebody has it before them: its faults, and a picture.

use super::devtools::Browser;
use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use std::fmt;
use std::path::{Path, PathBuf};

/// What is looked at in a page.
const PROBE: &str = include_str!("probe.js");
/// Pictures end here: what is further down looks like what is above.
const PICTURE_HEIGHT_MAX: f64 = 3000.0;

/// How a page is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) width: u32,
    pub(super) dark: bool,
    pub(super) scripts: bool,
}

impl Look {
    /// Narrow and wide, light and dark, with scripts and without.
    pub(super) const ALL: [Look; 6] = [
        Look { width: 1440, dark: false, scripts: true },
        Look { width: 1440, dark: true, scripts: true },
        Look { width: 390, dark: false, scripts: true },
        Look { width: 390, dark: true, scripts: true },
        Look { width: 1440, dark: false, scripts: false },
        Look { width: 390, dark: false, scripts: false },
    ];

    fn apply(self, browser: &mut Browser) -> Result<()> {
        let height = if self.width < 600 { 844 } else { 900 };
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": self.width, "height": height, "deviceScaleFactor": 1, "mobile": self.width < 600}),
        )?;
        let scheme = if self.dark { "dark" } else { "light" };
        browser.call(
            "Emulation.setEmulatedMedia",
            json!({"media": "screen", "features": [{"name": "prefers-color-scheme", "value": scheme}]}),
        )?;
        browser.call("Emulation.setScriptExecutionDisabled", json!({"value": !self.scripts}))?;
        Ok(())
    }
}

impl fmt::Display for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.dark { "dark" } else { "light" };
        write!(f, "{} {scheme}{}", self.width, if self.scripts { "" } else { " without scripts" })
    }
}

/// Looking at one page after the other.
pub(super) struct Looks<'a> {
    address: &'a str,
    keep: Option<PathBuf>,
    /// The page and its scripts of the last look: another width or colour needs no new request.
    open: Option<(String, bool)>,
    pub(super) taken: usize,
}

impl<'a> Looks<'a> {
    pub(super) fn new(address: &'a str, keep: Option<&Path>) -> Result<Looks<'a>> {
        if let Some(folder) = keep {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        Ok(Looks { address, keep: keep.map(Path::to_owned), open: None, taken: 0 })
    }

    /// The faults of a page in this look.
    pub(super) fn at(&mut self, browser: &mut Browser, path: &str, look: Look) -> Result<Vec<String>> {
        look.apply(browser)?;
        let wanted = (path.to_owned(), look.scripts);
        if self.open.as_ref() != Some(&wanted) {
            browser.take_events();
            browser.open(&format!("http://{}{path}", self.address))?;
            self.open = Some(wanted);
        }
        browser.evaluate("document.fonts.ready.then(() => true)")?;
        let seen = browser.evaluate(&format!("({PROBE})({})", json!({"dark": look.dark})))?;
        let mut faults: Vec<String> =
            seen.as_array().context("the probe answers with a list")?.iter().map(text_of).collect();
        faults.extend(complaints(&browser.take_events(), self.address));
        self.taken += 1;
        if let Some(folder) = self.keep.clone() {
            picture(browser, &folder, path, look)?;
        }
        Ok(faults.into_iter().map(|f| format!("{path} ({look}): {f}")).collect())
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Errors and warnings of the console, requests that failed, requests to elsewhere.
pub(super) fn complaints(events: &[Value], address: &str) -> Vec<String> {
    let mut out = Vec::new();
    for event in events {
        let p = &event["params"];
        match event["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => out.push(format!("an exception: {}", p["exceptionDetails"])),
            "Runtime.consoleAPICalled" if p["type"] != "log" => out.push(format!("console: {}", p["args"])),
            "Log.entryAdded" if p["entry"]["level"] == "error" || p["entry"]["level"] == "warning" => {
                out.push(format!("console: {}", text_of(&p["entry"]["text"])));
            }
            "Network.loadingFailed" if p["canceled"] != true => {
                out.push(format!("a request failed: {}", text_of(&p["errorText"])));
            }
            "Network.responseReceived" if p["response"]["status"].as_u64().unwrap_or(0) >= 400 => {
                out.push(format!("{} answers {}", p["response"]["url"], p["response"]["status"]));
            }
            "Network.requestWillBeSent" => {
                let url = p["request"]["url"].as_str().unwrap_or_default();
                if !url.starts_with(&format!("http://{address}/")) && !url.starts_with("data:") {
                    out.push(format!("asks elsewhere: {url}"));
                }
            }
            _ => {}
        }
    }
    out
}

fn picture(browser: &mut Browser, folder: &Path, path: &str, look: Look) -> Result<()> {
    let height = browser.evaluate("document.documentElement.scrollHeight")?.as_f64().unwrap_or(900.0);
    let clip =
        json!({"x": 0, "y": 0, "width": look.width, "height": height.min(PICTURE_HEIGHT_MAX), "scale": 1});
    let shot = browser.call(
        "Page.captureScreenshot",
        json!({"format": "png", "captureBeyondViewport": true, "clip": clip}),
    )?;
    let name = path.trim_matches('/').replace(['/', '?', '&', '%'], "_");
    let name = if name.is_empty() { "overview" } else { &name };
    let scripts = if look.scripts { "" } else { "-plain" };
    let scheme = if look.dark { "dark" } else { "light" };
    let file = folder.join(format!("{name}-{}-{scheme}{scripts}.png", look.width));
    let bytes = BASE64.decode(shot["data"].as_str().context("no picture")?)?;
    std::fs::write(&file, bytes).with_context(|| file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_console_says_is_a_complaint() {
        let event = |method: &str, params: Value| json!({"method": method, "params": params});
        let events = [
            event("Log.entryAdded", json!({"entry": {"level": "error", "text": "refused"}})),
            event("Network.requestWillBeSent", json!({"request": {"url": "http://a:1/x"}})),
            event("Network.requestWillBeSent", json!({"request": {"url": "http://b/x"}})),
            event("Network.responseReceived", json!({"response": {"url": "u", "status": 404}})),
            event("Page.loadEventFired", json!({})),
        ];
        assert_eq!(complaints(&events, "a:1").len(), 3);
    }
}
