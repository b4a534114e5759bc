//! Chromium over the pipe of its DevTools protocol: JSON messages that end in NUL, replies by number, events between them.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A browser with one tab.
pub(super) struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    profile: PathBuf,
    session: Option<String>,
    number: u64,
    /// Events that nobody took yet.
    events: Vec<Value>,
}

impl Browser {
    /// Starts it and opens an empty tab.
    pub(super) fn start() -> Result<Browser> {
        let profile = std::env::temp_dir().join(format!("dossier-browser-{}", std::process::id()));
        // The protocol's pipes are the descriptors 3 and 4, which only a shell can set without `unsafe`.
        let program = "exec chromium \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null";
        let mut child = Command::new("sh")
            .args(["-c", program, "chromium", "--headless=new", "--remote-debugging-pipe", "--disable-gpu"])
            // In a container, and as root, the browser's own sandbox cannot be set up; only our pages are opened.
            .args(["--no-sandbox", "--no-first-run", "--disable-dev-shm-usage", "--hide-scrollbars"])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--force-color-profile=srgb",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("could not start chromium")?;
        let to = child.stdin.take().context("chromium has no stdin")?;
        let from = BufReader::new(child.stdout.take().context("chromium has no stdout")?);
        let mut browser = Browser { child, to, from, profile, session: None, number: 0, events: Vec::new() };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}))?;
        let attached = browser
            .call("Target.attachToTarget", json!({"targetId": target["targetId"], "flatten": true}))?;
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}))?;
        }
        // What was cached is not asked for, and what is not asked for cannot fail.
        browser.call("Network.setCacheDisabled", json!({"cacheDisabled": true}))?;
        Ok(browser)
    }

    /// Calls a method of the protocol and waits for its result.
    pub(super) fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        self.number += 1;
        let number = self.number;
        let mut message = json!({"id": number, "method": method, "params": params});
        if let (Some(session), Some(object)) = (&self.session, message.as_object_mut()) {
            object.insert("sessionId".to_owned(), json!(session));
        }
        let mut bytes = serde_json::to_vec(&message)?;
        bytes.push(0);
        self.to.write_all(&bytes).and_then(|()| self.to.flush()).context("chromium went away")?;
        loop {
            let mut answer = self.receive()?;
            if answer["id"].as_u64() != Some(number) {
                self.events.push(answer);
                continue;
            }
            if let Some(error) = answer.get("error") {
                bail!("{method}: {error}");
            }
            return Ok(answer["result"].take());
        }
    }

    fn receive(&mut self) -> Result<Value> {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).context("chromium went away")?;
        if bytes.pop() != Some(0) {
            bail!("chromium ended");
        }
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Waits for an event of this name; what came before it stays among the events.
    fn wait(&mut self, name: &str) -> Result<()> {
        if self.events.iter().any(|e| e["method"] == name) {
            return Ok(());
        }
        loop {
            let event = self.receive()?;
            let found = event["method"] == name;
            self.events.push(event);
            if found {
                return Ok(());
            }
        }
    }

    /// The events since they were last taken.
    pub(super) fn take_events(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.events)
    }

    /// Opens an address and waits until it is loaded, fonts included.
    pub(super) fn open(&mut self, url: &str) -> Result<()> {
        self.events.retain(|e| e["method"] != "Page.loadEventFired");
        let went = self.call("Page.navigate", json!({"url": url}))?;
        if let Some(error) = went["errorText"].as_str() {
            bail!("{url}: {error}");
        }
        self.wait("Page.loadEventFired")
    }

    /// What an expression is in the page; promises are awaited.
    pub(super) fn evaluate(&mut self, expression: &str) -> Result<Value> {
        let mut answer = self.call(
            "Runtime.evaluate",
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true}),
        )?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            let text = thrown["exception"]["description"].as_str().or(thrown["text"].as_str());
            bail!("{}", text.unwrap_or("an exception"));
        }
        Ok(answer["result"]["value"].take())
    }

    /// Presses and releases a key: `Tab`, `Enter`, `Escape`, or a character.
    pub(super) fn press(&mut self, key: &str) -> Result<()> {
        let (code, text) = match key {
            "Tab" => (9, None),
            "Enter" => (13, Some("\r")),
            "Escape" => (27, None),
            other => (0, Some(other)),
        };
        let mut down = json!({"type": "keyDown", "key": key, "windowsVirtualKeyCode": code});
        if code != 0 {
            down["code"] = json!(key);
        }
        if let Some(text) = text {
            down["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", down)?;
        self.call(
            "Input.dispatchKeyEvent",
            json!({"type": "keyUp", "key": key, "windowsVirtualKeyCode": code}),
        )?;
        Ok(())
    }

    /// Waits until an expression holds, asked again after each frame that the page draws. Where a key leads to another
    /// page, the one that was asked goes away, and the next one is asked.
    pub(super) fn until(&mut self, expression: &str) -> Result<bool> {
        let held = format!(
            "new Promise(done => {{ let frames = 0; const ask = () => \
             ({expression}) ? done(true) : ++frames > 1200 ? done(false) : requestAnimationFrame(ask); ask(); }})"
        );
        let mut left = 5;
        loop {
            match self.evaluate(&held) {
                Ok(value) => return Ok(value == true),
                Err(_) if left > 0 => left -= 1,
                Err(e) => return Err(e),
            }
        }
    }

    /// Ends the browser.
    pub(super) fn close(mut self) -> Result<()> {
        self.session = None;
        self.call("Browser.close", json!({}))?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.profile);
    }
}
