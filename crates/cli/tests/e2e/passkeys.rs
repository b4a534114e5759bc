//! Passkeys from enrolment to a signature that `dossier-verify` checks, with an authenticator in software over the real server.
//! That a browser's own authenticator does the same is tried in `cargo xtask browser`.

use super::access::{Answer, PASSWORD, Server, code, enrol};
use super::bench::*;
use app::{base64url, from_base64url};
use signing::{SecretKey, Signer as _};

/// An authenticator in software, for the site `localhost`.
struct Authenticator {
    key: SecretKey,
    counter: u32,
}

impl Authenticator {
    fn public_key(&self) -> String {
        let mut out = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        out.extend(self.key.public().as_bytes());
        base64url(&out)
    }

    /// The fields that the script of the pages fills in.
    fn answer(&mut self, challenge: &str, origin: &str) -> Vec<(&'static str, String)> {
        self.counter += 1;
        let mut said = app::Digest::of(b"localhost").0.to_vec();
        said.push(5);
        said.extend(self.counter.to_be_bytes());
        let client = format!(r#"{{"type":"webauthn.get","challenge":"{challenge}","origin":"{origin}"}}"#);
        let signed = [said.as_slice(), &app::Digest::of(client.as_bytes()).0].concat();
        let signature = self.key.sign(&signed).unwrap();
        vec![
            ("credential", base64url(b"software token")),
            ("authenticator_data", base64url(&said)),
            ("client_data", base64url(client.as_bytes())),
            ("signature", base64url(&signature)),
        ]
    }
}

fn host(server: &Server) -> String {
    format!("localhost:{}", server.address.rsplit_once(':').unwrap().1)
}

fn get(server: &Server, path: &str, cookie: &str) -> Answer {
    server.ask("GET", path, &[("Host", &host(server)), ("Cookie", cookie)], b"")
}

fn post(server: &Server, path: &str, cookie: &str, fields: &[(&str, String)]) -> Answer {
    let encode = |t: &str| t.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let body: Vec<String> = fields.iter().map(|(n, v)| format!("{n}={}", encode(v))).collect();
    let host = host(server);
    let headers =
        [("Host", host.as_str()), ("Cookie", cookie), ("Content-Type", "application/x-www-form-urlencoded")];
    server.ask("POST", path, &headers, body.join("&").as_bytes())
}

fn challenge(page: &Answer) -> String {
    page.body
        .split("data-challenge=\"")
        .nth(1)
        .unwrap_or_else(|| panic!("{}", page.body))
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

fn fields(pairs: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    pairs.iter().map(|(n, v)| (*n, (*v).to_owned())).collect()
}

#[test]
fn a_passkey_signs_the_digest_of_the_statement_and_the_verifier_agrees() {
    let p = Product::judged();
    enrol(&p, "qa-lead", &code(-1));
    let mut token = Authenticator { key: SecretKey::from_seed([42; 32], "token"), counter: 0 };
    let server = Server::of(&p, "");
    let origin = format!("http://{}", host(&server));
    let login = fields(&[("person", "qa-lead"), ("password", PASSWORD), ("code", &code(0))]);
    let cookie = post(&server, "/login", "", &login).cookie();

    // Enrolled with all components again, and tested.
    get(&server, "/passkeys", "").says(303, &[]);
    let page = get(&server, "/passkeys", &cookie);
    page.says(200, &["None is enrolled", "Make a passkey and test it"]);
    let mut new = fields(&[
        ("form", &page.field("form")),
        ("name", "blue token"),
        ("password", PASSWORD),
        ("code", &code(1)),
        ("public_key", &token.public_key()),
    ]);
    new.extend(token.answer(&base64url(b"not asked for"), &origin));
    post(&server, "/passkeys", &cookie, &new).says(403, &["too late, or was given before"]);
    new.truncate(5);
    new.extend(token.answer(&challenge(&get(&server, "/passkeys", &cookie)), &origin));
    post(&server, "/passkeys", &cookie, &new).says(303, &[]);
    get(&server, "/passkeys", &cookie).says(200, &["blue token", "for localhost"]);
    server.get("/passkeys", &cookie).says(200, &["Passkeys belong to a name"]);
    p.ok("key passkeys").says(0, &["qa-lead", "blue token", "localhost", "taken"]);

    // Logging in with it: a fresh challenge, answered once, on this site.
    let form = get(&server, "/login", &cookie).field("form");
    post(&server, "/logout", &cookie, &fields(&[("form", &form)])).says(303, &[]);
    let mut login = fields(&[("person", "qa-lead"), ("password", PASSWORD)]);
    login.extend(token.answer(&challenge(&get(&server, "/login", "")), &origin));
    let cookie = post(&server, "/login", "", &login).cookie();
    post(&server, "/login", "", &login).says(403, &["too late, or was given before"]);
    login.truncate(2);
    login.extend(token.answer(&challenge(&get(&server, "/login", "")), "https://evil.example"));
    post(&server, "/login", "", &login).says(403, &["is wrong"]);

    // Signing: what the passkey signs is the digest of the statement that then stands in the entry.
    let page = get(&server, "/releases/1.0.0/sign", &cookie);
    page.says(200, &["Sign with your passkey", "evidence manifest"]);
    let asked = challenge(&page);
    let mut sign = fields(&[
        ("form", &page.field("form")),
        ("digest", &page.field("digest")),
        ("role", "qa-lead"),
        ("password", PASSWORD),
    ]);
    let other = get(&server, "/documents/DOC-RMP/sign", &cookie);
    let crossed = [sign.clone(), token.answer(&challenge(&other), &origin)].concat();
    post(&server, "/releases/1.0.0/sign", &cookie, &crossed).says(403, &["is not what would be signed now"]);
    sign.extend(token.answer(&asked, &origin));
    post(&server, "/releases/1.0.0/sign", &cookie, &sign).says(303, &[]);
    post(&server, "/releases/1.0.0/sign", &cookie, &sign).says(403, &[]);

    let kinds = p.kinds();
    let at = kinds.iter().position(|k| k == "release/sign/v1").unwrap();
    assert_eq!(kinds[at + 1], "signature/assert/v1", "in one transaction");
    let entry = get(&server, &format!("/ledger/{at}"), &cookie);
    entry.says(200, &["The qa-lead"]);
    let trail = p.ok("ledger audit --act signature/assert --format json").json();
    let statement = trail["entries"][0]["changes"].as_array().unwrap();
    let statement =
        statement.iter().find(|c| c["field"] == "statement").unwrap()["new"].as_str().unwrap().to_owned();
    assert_eq!(app::Digest(from_base64url(&asked).unwrap().try_into().unwrap()).to_string(), statement);
    p.holds_for_both_verifiers();

    // Lost: out at once, for logging in too.
    p.refused(2, "key passkey-revoke qa-lead 'red token' --reason lost", &["has 0 such passkeys"]);
    p.ok("key passkey-revoke qa-lead 'blue token' --reason lost");
    let mut login = fields(&[("person", "qa-lead"), ("password", PASSWORD)]);
    login.extend(token.answer(&challenge(&get(&server, "/login", "")), &origin));
    post(&server, "/login", "", &login).says(403, &["is wrong"]);
    let refused = p.ok("ledger audit --refused").out;
    assert!(
        refused.contains("this passkey was revoked: lost") && refused.contains("evil.example"),
        "{refused}"
    );
    let report = p.ok("person report").out;
    assert!(report.contains("blue token") && report.contains("not taken: lost"), "{report}");
    p.ok("ledger verify");
}

/// Somebody with a role who has no key, no password and no token.
fn newcomer(p: &Product, id: &str) {
    p.ok(&format!("person enrol {id} --name 'The {id}' --identity-proof 'seen in person'"));
    p.ok(&format!("role grant {id} qa-lead --reason 'needed'"));
}

fn invite(p: &Product, line: &str) -> String {
    p.ok(&format!("key invite {line}")).out.trim().to_owned()
}

/// The form of an enrolment with a code, as the page's script sends it.
struct Joining<'a> {
    server: &'a Server,
    origin: String,
}

impl Joining<'_> {
    fn post(&self, token: &mut Authenticator, person: &str, code: &str, password: &str, id: &[u8]) -> Answer {
        let page = get(self.server, "/enrol", "");
        page.says(200, &["Enrolment code", "Make a passkey and enrol"]);
        let mut form = fields(&[
            ("person", person),
            ("enrolment", code),
            ("password", password),
            ("again", password),
            ("name", "telephone"),
            ("public_key", &token.public_key()),
        ]);
        form.extend(token.answer(&challenge(&page), &self.origin));
        form.iter_mut().find(|(n, _)| *n == "credential").unwrap().1 = base64url(id);
        post(self.server, "/enrol", "", &form)
    }
}

fn refusals(p: &Product) -> String {
    p.ok("ledger audit --refused --format json").out
}

#[test]
fn who_has_no_token_enrols_a_passkey_with_a_code_that_is_good_once_for_them_alone() {
    let mut p = Product::judged();
    newcomer(&p, "newcomer");
    newcomer(&p, "other");
    p.refused(2, "key invite nobody", &["not an enrolled, active person"]);
    p.refused(2, "key invite newcomer --hours 0", &["from 1 to 168 hours"]);
    p.refused(2, "key invite newcomer --hours 169", &["from 1 to 168 hours"]);
    let late = invite(&p, "newcomer --hours 1");
    p.at("2026-03-02T13:00:01.000Z");
    let mut token = Authenticator { key: SecretKey::from_seed([42; 32], "token"), counter: 0 };
    {
        let server = Server::of(&p, "");
        let origin = format!("http://{}", host(&server));
        let form = Joining { server: &server, origin };
        let wrong = "person or enrolment code is wrong";
        form.post(&mut token, "newcomer", &late, PASSWORD, b"one").says(403, &["was to be used by"]);
        let code = invite(&p, "newcomer --hours 4");
        let of_other = invite(&p, "other");
        form.post(&mut token, "newcomer", &late, PASSWORD, b"one").says(403, &["was used or replaced"]);
        form.post(&mut token, "newcomer", &of_other, PASSWORD, b"one").says(403, &[wrong]);
        form.post(&mut token, "newcomer", "AAAA-BBBB", PASSWORD, b"one").says(403, &[wrong]);
        form.post(&mut token, "nobody", &code, PASSWORD, b"one").says(403, &[wrong]);
        form.post(&mut token, "newcomer", &code, "short", b"one").says(403, &["at least 12 characters"]);
        let kinds = p.kinds();
        assert!(!kinds.iter().any(|k| k == "passkey/enrol/v1" || k == "credential/enrol/v1"), "{kinds:?}");

        // Typed by hand, small and with spaces: it is the same code. All of it is one transaction.
        let typed = code.to_lowercase().replace('-', " ");
        let done = form.post(&mut token, "newcomer", &typed, PASSWORD, b"one");
        done.says(200, &["You sign from now on with your password and your passkey", "SHA256:"]);
        let kinds = p.kinds();
        let tail: Vec<&str> = kinds[kinds.len() - 3..].iter().map(String::as_str).collect();
        assert_eq!(tail, ["key/enrol/v1", "credential/enrol/v1", "passkey/enrol/v1"]);
        form.post(&mut token, "newcomer", &code, PASSWORD, b"two").says(403, &["was used or replaced"]);
        let text = refusals(&p);
        for reason in ["was to be used by", "was issued for `other`, not for `newcomer`", "never issued"] {
            assert!(text.contains(reason), "{reason} is not in {text}");
        }
        // Neither the code nor the password is in the ledger or beside it.
        let sealed = std::fs::read_to_string(p.path(".dossier/credentials/newcomer.json")).unwrap();
        let entries = p.ok("ledger audit --format json").out;
        for secret in [code.as_str(), &code.replace('-', ""), PASSWORD] {
            assert!(!sealed.contains(secret) && !entries.contains(secret));
        }

        // Password and passkey log in and sign; a code of a token opens nothing, whatever it is.
        let login = fields(&[("person", "newcomer"), ("password", PASSWORD), ("code", "000000")]);
        post(&server, "/login", "", &login).says(403, &["is wrong"]);
        assert!(refusals(&p).contains("a code, where no token is enrolled"));
        let with_passkey = |token: &mut Authenticator, first: &[(&'static str, String)], page: &Answer| {
            let mut all = first.to_vec();
            all.extend(token.answer(&challenge(page), &form.origin));
            all.iter_mut().find(|(n, _)| *n == "credential").unwrap().1 = base64url(b"one");
            all
        };
        let login = fields(&[("person", "newcomer"), ("password", PASSWORD)]);
        let login = with_passkey(&mut token, &login, &get(&server, "/login", ""));
        let cookie = post(&server, "/login", "", &login).cookie();
        let page = get(&server, "/documents/DOC-RMP/sign", &cookie);
        let sign = fields(&[
            ("form", &page.field("form")),
            ("digest", &page.field("digest")),
            ("role", "qa-lead"),
            ("password", PASSWORD),
        ]);
        let sign = with_passkey(&mut token, &sign, &page);
        post(&server, "/documents/DOC-RMP/sign", &cookie, &sign).says(303, &[]);

        // The password is changed with the passkey; the old one opens nothing any more.
        let page = get(&server, "/password", &cookie);
        page.says(200, &["Password until now"]);
        let new = "another correct horse";
        let change = |again: &str| {
            fields(&[("form", &page.field("form")), ("password", PASSWORD), ("new", new), ("again", again)])
        };
        post(&server, "/password", &cookie, &change("something else")).says(400, &["not the same"]);
        post(&server, "/password", &cookie, &change(new)).says(403, &["is wrong"]);
        let page = get(&server, "/password", &cookie);
        let changed = with_passkey(&mut token, &change(new), &page);
        post(&server, "/password", &cookie, &changed).says(200, &["Changed"]);
        post(&server, "/login", "", &with_passkey(&mut token, &login[..2], &get(&server, "/login", "")))
            .says(403, &["is wrong"]);
        let login = fields(&[("person", "newcomer"), ("password", new)]);
        let login = with_passkey(&mut token, &login, &get(&server, "/login", ""));
        post(&server, "/login", "", &login).says(303, &[]);
    }
    p.refused(2, "key invite newcomer", &["`newcomer` has a password"]);
    p.holds_for_both_verifiers();
}

#[test]
fn a_further_key_by_invitation_signs_nothing_until_somebody_vouched_for_it() {
    let p = Product::judged();
    let code = invite(&p, "prrc");
    let server = Server::of(&p, "");
    let form = Joining { server: &server, origin: format!("http://{}", host(&server)) };
    let mut token = Authenticator { key: SecretKey::from_seed([42; 32], "token"), counter: 0 };
    let done = form.post(&mut token, "prrc", &code, PASSWORD, b"software token");
    done.says(200, &["waits until it is vouched for"]);
    let key = done.body.split("SHA256:").nth(1).unwrap().split(['<', ' ']).next().unwrap().to_owned();
    let login = |token: &mut Authenticator| {
        let mut login = fields(&[("person", "prrc"), ("password", PASSWORD)]);
        login.extend(token.answer(&challenge(&get(&server, "/login", "")), &form.origin));
        post(&server, "/login", "", &login)
    };
    login(&mut token).says(403, &["is wrong"]);
    assert!(refusals(&p).contains("nobody has vouched yet"));
    let report = p.ok("person report").out;
    assert!(report.contains("nobody has vouched for its key yet"), "{report}");
    p.act("prrc", &format!("key endorse prrc --fingerprint SHA256:{key} --reason 'it is mine'"));
    login(&mut token).says(303, &[]);
    p.ok("ledger verify");
}
