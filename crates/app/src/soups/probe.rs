//! The HTTP probe of `soup drift`: what a declared API answers about its version. Only addresses of `[drift] probe` are asked; no
//! redirect is followed, since it would lead where nobody allowed; what answers late, at length or with nothing is not observed.

use crate::error::{Error, Result};
use crate::trusted::trusting;
use soup::drift::Api;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Largest answer of an API: 1 MiB.
const ANSWER_MAX: u64 = 1 << 20;
/// Seconds for a whole answer where `[drift] seconds` says nothing.
const SECONDS: u32 = 30;

/// Asks APIs for their versions.
pub(super) struct Prober<'c> {
    agent: ureq::Agent,
    allowed: &'c [String],
}

impl<'c> Prober<'c> {
    /// As `[drift]` of `dossier.toml` says.
    ///
    /// # Errors
    /// When the certificates that it names cannot be read.
    pub(super) fn new(config: &'c product::Drift, root: &Path) -> Result<Prober<'c>> {
        let seconds = Duration::from_secs(config.seconds.unwrap_or(SECONDS).into());
        let mut builder = ureq::Agent::config_builder()
            .timeout_global(Some(seconds))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("dossier/", env!("CARGO_PKG_VERSION")));
        if !config.authorities.is_empty() {
            let files: Vec<PathBuf> = config.authorities.iter().map(|f| root.join(f)).collect();
            builder = builder.tls_config(trusting("[drift] authorities", &files)?);
        }
        Ok(Prober { agent: builder.build().into(), allowed: &config.probe })
    }

    /// The version that an API answers with.
    ///
    /// # Errors
    /// When it may not be asked, or what it answers is no version.
    pub(super) fn ask(&self, name: &str, url: &str, api: &Api) -> Result<String> {
        if !self.allowed.iter().any(|allowed| begins(url, allowed)) {
            return Err(Error::refused(format!(
                "`{url}` of API `{name}` is not among the addresses that may be asked"
            ))
            .hint(format!("allow it in dossier.toml: [drift] probe = [\"{url}\"]")));
        }
        self.answer(url, api).map_err(|why| {
            Error::environment(format!("API `{name}` at {url} was not observed: {why}"))
                .hint("nothing was recorded: that it does not answer is not that it did not change")
        })
    }

    fn answer(&self, url: &str, api: &Api) -> std::result::Result<String, String> {
        let mut answer = self.agent.get(url).call().map_err(|e| e.to_string())?;
        let header = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
        if answer.status().is_redirection() {
            let to = header("location").unwrap_or_else(|| "nowhere".to_owned());
            return Err(format!(
                "it points to {to}, which is not followed; declare that address and allow it"
            ));
        }
        if answer.status() != 200 {
            return Err(format!("it answered {}", answer.status()));
        }
        if let Some(name) = &api.header {
            return header(name).ok_or_else(|| format!("its answer has no header `{name}`"));
        }
        let mut bytes = Vec::new();
        let body = answer.body_mut().as_reader().take(ANSWER_MAX + 1).read_to_end(&mut bytes);
        body.map_err(|e| e.to_string())?;
        if bytes.len() as u64 > ANSWER_MAX {
            return Err(format!("its answer is longer than {ANSWER_MAX} bytes"));
        }
        let json: serde_json::Value =
            serde_json::from_slice(&bytes).map_err(|e| format!("its answer is no JSON: {e}"))?;
        let pointer = api.field.as_deref().unwrap_or_default();
        match json.pointer(pointer) {
            Some(serde_json::Value::String(text)) => Ok(text.clone()),
            Some(serde_json::Value::Number(n)) => Ok(n.to_string()),
            _ => Err(format!("its answer has no text and no number at `{pointer}`")),
        }
    }
}

/// Whether an address begins with an allowed one, at a boundary: `https://a.example` does not allow `https://a.example.org`. One
/// that climbs out of its path is none of them.
fn begins(url: &str, allowed: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or(url).to_ascii_lowercase().replace("%2e", ".");
    let climbs = path.contains('\\') || path.split('/').any(|part| part == "..");
    !climbs
        && url
            .strip_prefix(allowed)
            .is_some_and(|rest| rest.is_empty() || allowed.ends_with('/') || rest.starts_with(['/', '?']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    #[test]
    fn what_may_be_asked_ends_at_a_boundary() {
        for (url, allowed, may) in [
            ("https://a.example/v", "https://a.example", true),
            ("https://a.example/v", "https://a.example/", true),
            ("https://a.example", "https://a.example", true),
            ("https://a.example?x", "https://a.example", true),
            ("https://a.example/v/..x?a=..", "https://a.example/v", true),
            ("https://a.example.org/v", "https://a.example", false),
            ("https://a.example@evil.example/", "https://a.example", false),
            ("https://a.example:8443/", "https://a.example", false),
            ("http://a.example/", "https://a.example/", false),
            ("https://a.example/v/../admin", "https://a.example/v", false),
            ("https://a.example/v/%2E./admin", "https://a.example/v/", false),
            ("https://a.example/v/..\\admin", "https://a.example/v/", false),
        ] {
            assert_eq!(begins(url, allowed), may, "{url} {allowed}");
        }
    }

    /// Reads one request and sends the answer; then waits until the other side hangs up.
    fn server(answer: Vec<u8>) -> (String, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|l| l.is_ok_and(|l| !l.is_empty())) {}
            // Who has enough of a long answer hangs up.
            let _ = stream.write_all(&answer);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            while lines.next().is_some_and(|l| l.is_ok()) {}
        });
        (address, thread)
    }

    fn said(status: &str, head: &str, body: &str) -> Vec<u8> {
        format!("HTTP/1.1 {status}\r\n{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    fn asked(answer: Vec<u8>, api: &Api) -> std::result::Result<String, String> {
        let (address, thread) = server(answer);
        let config = product::Drift { probe: vec![address.clone()], seconds: Some(20), ..Default::default() };
        let prober = Prober::new(&config, Path::new(".")).unwrap();
        let got = prober.ask("terminology", &format!("{address}/version"), api).map_err(|e| e.said());
        thread.join().unwrap();
        got
    }

    fn field() -> Api {
        Api { field: Some("/version".to_owned()), ..Api::default() }
    }

    #[test]
    fn a_version_is_taken_from_a_field_or_a_header() {
        let header = Api { header: Some("X-Api-Version".to_owned()), ..Api::default() };
        assert_eq!(asked(said("200 OK", "", r#"{"version": "2.3.1"}"#), &field()), Ok("2.3.1".to_owned()));
        assert_eq!(asked(said("200 OK", "", r#"{"version": 7}"#), &field()), Ok("7".to_owned()));
        assert_eq!(asked(said("200 OK", "X-Api-Version: 4\r\n", "no JSON"), &header), Ok("4".to_owned()));
        assert!(asked(said("200 OK", "", "{}"), &header).is_err_and(|e| e.contains("no header")));
    }

    #[test]
    fn what_is_no_answer_is_not_observed() {
        let cut = said("200 OK", "", r#"{"version": "2.3.1"}"#);
        let long = format!("{{\"x\": \"{}\", \"version\": \"1\"}}", "y".repeat(ANSWER_MAX as usize));
        for (answer, expected) in [
            (said("404 Not Found", "", ""), "it answered 404"),
            (said("200 OK", "", "<html>"), "its answer is no JSON"),
            (said("200 OK", "", "{}"), "no text and no number at `/version`"),
            (said("200 OK", "", r#"{"version": {"a": 1}}"#), "no text and no number at `/version`"),
            (said("200 OK", "", &long), "longer than 1048576 bytes"),
            (cut[..cut.len() - 4].to_vec(), "was not observed"),
            (b"no HTTP\r\n\r\n".to_vec(), "was not observed"),
            (Vec::new(), "was not observed"),
        ] {
            let got = asked(answer, &field());
            assert!(got.as_ref().is_err_and(|e| e.contains(expected)), "{expected}: {got:?}");
        }
    }

    #[test]
    fn a_redirect_leads_nowhere() {
        let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = format!("http://{}/version", elsewhere.local_addr().unwrap());
        for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
            let got = asked(said(status, &format!("Location: {to}\r\n"), ""), &field());
            assert!(got.as_ref().is_err_and(|e| e.contains(&to) && e.contains("not followed")), "{got:?}");
        }
        elsewhere.set_nonblocking(true).unwrap();
        assert_eq!(elsewhere.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "it was asked");
    }

    #[test]
    fn what_is_not_allowed_is_not_even_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/version", listener.local_addr().unwrap());
        let config = product::Drift { probe: vec!["http://127.0.0.1/".to_owned()], ..Default::default() };
        let prober = Prober::new(&config, Path::new(".")).unwrap();
        let refused = prober.ask("terminology", &address, &field()).unwrap_err();
        assert!(refused.said().contains("not among the addresses"), "{}", refused.said());
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock, "it was asked");
    }

    #[test]
    fn who_never_answers_is_given_up() {
        // The system takes the connection; nobody reads from it.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let config = product::Drift { probe: vec![address.clone()], seconds: Some(1), ..Default::default() };
        let prober = Prober::new(&config, Path::new(".")).unwrap();
        let got = prober.ask("terminology", &format!("{address}/version"), &field()).unwrap_err();
        assert!(got.said().contains("was not observed") && got.said().contains("timeout"), "{}", got.said());
    }
}
