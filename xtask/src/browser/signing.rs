//! Logging in, enrolling a passkey and signing with it, as a person does it in the browser, with an authenticator that Chromium
//! keeps itself (`WebAuthn.addVirtualAuthenticator`): what the browser gives is what the ledger takes.
//!
//! It is done in a copy of the demo's product, whose documents one person still has to approve.

use super::devtools::Browser;
use super::page::{Look, Looks, complaints};
use super::{Server, plain};
use crate::generate;
use anyhow::{Context as _, Result, bail};
use serde_json::json;
use signing::password::{STEP_SECONDS, from_base32, totp};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The person who signs in the copy, with the roles that the demo gave.
const PERSON: &str = "qa-lead";
const TOKEN: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const PASSWORD: &str = "a password for the browser";
/// Who comes without a token.
const NEWCOMER: &str = "newcomer";
/// A document that the copy adds, so that something waits for an approval.
const DOCUMENT: &str = "DOC-BROWSER";

/// Everything about signing; faults name what did not happen.
pub(super) fn sign(browser: &mut Browser, demo: &Path, keep: Option<&Path>) -> Result<Vec<String>> {
    let folder = tempfile::tempdir().context("a folder for the copy")?;
    let mut copy = Copy::of(browser, demo, folder.path())?;
    let server = Server::start_with(&copy.product, &copy.environment())?;
    // A passkey belongs to a name; this machine's needs no TLS.
    let address = format!("localhost:{}", server.address.rsplit_once(':').context("no port")?.1);
    plain(browser)?;
    browser.call("WebAuthn.enable", json!({}))?;
    browser.call(
        "WebAuthn.addVirtualAuthenticator",
        json!({"options": {"protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true}}),
    )?;
    let looks = Looks::new(&address, keep)?;
    let mut ceremony = Ceremony { browser, address: address.clone(), faults: Vec::new(), looks };
    ceremony.all(&mut copy)?;
    let faults = ceremony.faults;
    copy.recorded()?;
    println!("logged in, enrolled a passkey, signed with it: the ledger holds and the verifier agrees");
    Ok(faults)
}

struct Ceremony<'a> {
    browser: &'a mut Browser,
    address: String,
    faults: Vec<String>,
    looks: Looks<'a>,
}

impl Ceremony<'_> {
    fn all(&mut self, copy: &mut Copy) -> Result<()> {
        self.look("/login")?;
        // By the code of a token, from a page that asked for it, and back to it.
        let sign = format!("/documents/{DOCUMENT}/sign");
        self.open(&format!("/documents/{DOCUMENT}"))?;
        self.click("p.signs a")?;
        self.holds("the link of a document leads to the login", "location.pathname === '/login'")?;
        let code = copy.code(self.browser)?;
        self.fill(&[("person", PERSON), ("password", PASSWORD), ("code", &code)])?;
        self.click("form.sign button[type=submit]")?;
        self.holds(
            "the login leads back to what was to be signed",
            &format!("location.pathname === '{sign}'"),
        )?;
        self.look(&sign)?;

        self.look("/passkeys")?;
        let code = copy.code(self.browser)?;
        self.fill(&[("name", "virtual"), ("password", PASSWORD), ("code", &code)])?;
        self.click("button[data-ask]")?;
        self.holds(
            "a passkey is made, tested and listed",
            "document.querySelector('main .card .role')?.textContent === 'virtual'",
        )?;

        self.open("/login")?;
        self.holds(
            "what waits for a signature is listed",
            &format!("[...document.querySelectorAll('ul.waiting a')].some(a => a.getAttribute('href') === '{sign}')"),
        )?;
        self.look("/login")?;
        self.click("form[action='/logout'] button")?;
        self.holds("logging out asks for a login", "document.querySelector('input[name=person]') !== null")?;

        // With the passkey: password, and the authenticator in place of the code.
        self.fill(&[("person", PERSON), ("password", PASSWORD)])?;
        self.click("button[data-ask]")?;
        self.holds("a passkey logs in", "document.querySelector('form[action=\"/logout\"]') !== null")?;
        self.open(&sign)?;
        self.fill(&[("password", PASSWORD)])?;
        self.click("button[data-ask]")?;
        self.holds(
            "a passkey signs a document",
            "location.pathname.startsWith('/ledger/') && document.body.textContent.includes('I approve this content')",
        )?;
        self.open(&format!("/documents/{DOCUMENT}"))?;
        self.holds(
            "the approval is on the document's page",
            "document.querySelector('aside .seat') !== null",
        )?;
        self.joins(copy)?;
        let said = complaints(&self.browser.take_events(), &self.address);
        self.faults.extend(said.into_iter().map(|c| format!("signing: {c}")));
        Ok(())
    }

    /// Somebody who has no token enrols with a code, logs in with what was enrolled, and finds the code used up.
    fn joins(&mut self, copy: &Copy) -> Result<()> {
        copy.run(&[
            "person",
            "enrol",
            NEWCOMER,
            "--name",
            "The newcomer",
            "--identity-proof",
            "seen in person",
        ])?;
        copy.run(&["role", "grant", NEWCOMER, "qa-lead", "--reason", "for the browser"])?;
        let code = copy.run(&["key", "invite", NEWCOMER])?.trim().to_owned();
        self.look("/enrol")?;
        let given = [
            ("person", NEWCOMER),
            ("enrolment", code.as_str()),
            ("password", PASSWORD),
            ("again", PASSWORD),
            ("name", "virtual"),
        ];
        self.fill(&given)?;
        self.click("button[data-ask]")?;
        let enrolled = "document.querySelector('main h1')?.textContent === 'Enrolled'";
        self.holds("a code enrols a password and a passkey", enrolled)?;
        self.open("/enrol")?;
        self.fill(&given)?;
        self.click("button[data-ask]")?;
        let refused = "document.querySelector('main p.mark')?.textContent.includes('was used')";
        self.holds("a code is good once", refused)?;
        self.look("/password")
    }

    fn open(&mut self, path: &str) -> Result<()> {
        self.browser.open(&format!("http://{}{path}", self.address))
    }

    /// The page in every look, as it is before this person.
    fn look(&mut self, path: &str) -> Result<()> {
        for look in Look::ALL {
            self.faults.extend(self.looks.at(self.browser, path, look)?);
        }
        plain(self.browser)?;
        self.open(path)
    }

    fn fill(&mut self, fields: &[(&str, &str)]) -> Result<()> {
        for (name, value) in fields {
            self.browser.evaluate(&format!(
                "(() => {{ const e = document.querySelector('form.sign [name={name}]'); e.value = {}; }})()",
                json!(value)
            ))?;
        }
        Ok(())
    }

    fn click(&mut self, what: &str) -> Result<()> {
        self.browser.evaluate(&format!("document.querySelector({}).click()", json!(what)))?;
        Ok(())
    }

    fn holds(&mut self, what: &str, expression: &str) -> Result<()> {
        if !self.browser.until(&format!("document.readyState === 'complete' && ({expression})"))? {
            let shown = self.browser.evaluate(
                "location.pathname + ': ' + document.querySelector('main')?.innerText.slice(0, 400)",
            )?;
            bail!("signing: it does not hold that {what}; the page is {shown}");
        }
        Ok(())
    }
}

/// A copy of the demo's product in which a person has a password.
struct Copy {
    product: PathBuf,
    keys: PathBuf,
    /// The step whose code was given last: a code counts once.
    last_step: i64,
}

impl Copy {
    fn of(browser: &mut Browser, demo: &Path, folder: &Path) -> Result<Copy> {
        let keys = demo.with_file_name("keys");
        let product = folder.join("triage");
        let copied = Command::new("cp").arg("-a").arg(demo).arg(&product).status()?;
        let with_keys = Command::new("cp").arg("-a").arg(&keys).arg(folder.join("keys")).status()?;
        if !copied.success() || !with_keys.success() {
            bail!("the demo's product could not be copied");
        }
        let mut copy = Copy { product, keys: folder.join("keys"), last_step: 0 };
        let text = format!(
            "---\ndocument: {DOCUMENT}\nkind: procedure\nowner: {PERSON}\n---\n# A procedure to approve\n\nIt is approved in a browser.\n"
        );
        std::fs::write(copy.product.join("dossier/browser.md"), text)?;
        let file = |name: &str, text: &str| -> Result<String> {
            let path = folder.join(name);
            std::fs::write(&path, text)?;
            Ok(path.display().to_string())
        };
        let (password, token) = (file("password", PASSWORD)?, file("token", TOKEN)?);
        let code = copy.code(browser)?;
        copy.run(&[
            "key",
            "password",
            PERSON,
            "--password-file",
            &password,
            "--token-file",
            &token,
            "--code",
            &code,
        ])?;
        // The key that the password opens is a further one: the old one vouches for it.
        let report = copy.json(&["person", "report", "--format", "json"])?;
        let persons = report["persons"].as_array().context("no persons")?;
        let means =
            persons.iter().find(|p| p["person"] == PERSON).context("no such person")?["means"].clone();
        let new = means
            .as_array()
            .and_then(|m| m.iter().find(|m| m["means"] == "password"))
            .context("no password")?;
        let fingerprint = new["id"].as_str().context("no fingerprint")?.to_owned();
        let key = copy.keys.join(format!("{PERSON}.key"));
        let key = key.display().to_string();
        copy.run(&[
            "key",
            "endorse",
            PERSON,
            "--fingerprint",
            &fingerprint,
            "--reason",
            "mine",
            "--as",
            PERSON,
            "--key",
            &key,
        ])?;
        Ok(copy)
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("DOSSIER_KEYS", self.keys.display().to_string())]
    }

    fn command(&self, words: &[&str]) -> Result<Command> {
        let mut command = Command::new(generate::dossier()?);
        command.args(words).current_dir(&self.product).env_remove("DOSSIER_PERSON").env_remove("DOSSIER_KEY");
        command.envs(self.environment());
        Ok(command)
    }

    fn run(&self, words: &[&str]) -> Result<String> {
        let done = self.command(words)?.output()?;
        if !done.status.success() {
            bail!("dossier {}: {}", words.join(" "), String::from_utf8_lossy(&done.stderr));
        }
        Ok(String::from_utf8(done.stdout)?)
    }

    fn json(&self, words: &[&str]) -> Result<serde_json::Value> {
        Ok(serde_json::from_str(&self.run(words)?)?)
    }

    /// A code that the token shows now, and that was not given before. The browser says what time it is.
    fn code(&mut self, browser: &mut Browser) -> Result<String> {
        let seconds = browser.evaluate("Math.floor(Date.now() / 1000)")?.as_i64().context("no time")?;
        self.last_step = (self.last_step + 1).max(seconds / STEP_SECONDS - 1);
        let secret = from_base32(TOKEN).context("the token's secret")?;
        Ok(totp(&secret, self.last_step))
    }

    /// The ledger has the passkey, the login with it, the signature and its confirmation, and verifies.
    fn recorded(&self) -> Result<()> {
        let trail = self.json(&["ledger", "audit", "--format", "json"])?;
        let acts: Vec<&str> = trail["entries"]
            .as_array()
            .context("no trail")?
            .iter()
            .filter_map(|e| e["act"].as_str())
            .collect();
        for act in ["passkey/enrol/v1", "signature/assert/v1", "session/close/v1", "credential/invite/v1"] {
            if !acts.contains(&act) {
                bail!("signing: the ledger has no {act}");
            }
        }
        self.run(&["ledger", "verify"])?;
        Ok(())
    }
}
