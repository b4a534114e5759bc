//! A product in a temporary folder, and the real binary driven in it by command lines as a person types them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// The five who release.
pub(super) const ROLES: [&str; 5] = ["software-lead", "qa-lead", "risk-owner", "prrc", "release-manager"];

/// What the test results were taken on.
pub(super) const CONTEXT: &str = "--version-tested 1.0.0 --configuration os=Debian --tool 'dash 0.5'";

/// The time of products whose clock is simulated.
pub(super) const NOON: &str = "2026-03-02T12:00:00.000Z";

/// A product: `product/` is its repository, `keys/` holds the ledger's key, `people/` the persons' keys.
pub(super) struct Product {
    folder: PathBuf,
    now: Option<String>,
    /// Removed with the product.
    _temporary: Option<TempDir>,
}

/// What a command said.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Said {
    /// The command ended with this code, and said all of this on either stream.
    #[track_caller]
    pub(super) fn says(&self, code: i32, words: &[&str]) -> &Said {
        let text = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, code, "exit code; it said:\n{text}");
        for word in words {
            assert!(text.contains(word), "`{word}` is not in:\n{text}");
        }
        assert!(!text.contains("panicked"), "{text}");
        self
    }

    #[track_caller]
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e} in:\n{}\n{}", self.out, self.err))
    }
}

/// A command line in words; single quotes hold one together.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (i, part) in line.split('\'').enumerate() {
        if i % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// A command that depends on nothing of the machine's user.
pub(super) fn isolated(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for variable in ["DOSSIER_PERSON", "DOSSIER_KEY", "DOSSIER_NOW", "SSH_AUTH_SOCK", "NO_COLOR"] {
        command.env_remove(variable);
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_AUTHOR_DATE", "2026-03-01T10:00:00Z")
        .env("GIT_COMMITTER_DATE", "2026-03-01T10:00:00Z")
        .stdin(Stdio::null());
    command
}

pub(super) fn said(mut command: Command) -> Said {
    let done = command.output().unwrap_or_else(|e| panic!("could not start {command:?}: {e}"));
    Said {
        code: done.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

/// `dossier-verify` of the same build, if it was built along.
pub(super) fn verifier() -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_BIN_EXE_dossier")).with_file_name("dossier-verify");
    if program.is_file() {
        return Some(program);
    }
    eprintln!("skipped: dossier-verify is not built; `cargo build -p verify` makes it");
    None
}

impl Product {
    /// The ledger holds, for the product itself and for an auditor who has an export of it and nothing else.
    pub(super) fn holds_for_both_verifiers(&self) {
        self.ok("ledger verify");
        let export = self.beside("export");
        self.ok(&format!("ledger export '{}'", export.display()));
        if let Some(program) = verifier() {
            let mut verify = isolated(program);
            verify.arg(&export);
            said(verify).says(0, &[]);
        }
    }

    /// The product as it is written, in a repository with one commit and nothing of dossier.
    pub(super) fn written() -> Product {
        let folder = tempfile::tempdir().unwrap();
        let product = Product { folder: folder.path().to_owned(), now: None, _temporary: Some(folder) };
        product.write_out();
        product
    }

    /// A folder with nothing in it.
    pub(super) fn empty() -> Product {
        let folder = tempfile::tempdir().unwrap();
        Product { folder: folder.path().to_owned(), now: None, _temporary: Some(folder) }
    }

    fn write_out(&self) {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/product");
        copy(&source, &self.path(""));
        self.git("init -q -b main .");
        self.git("config user.name developer");
        self.git("config user.email developer@thermo.example");
        self.commit("the product as written");
    }

    /// With a ledger, five persons, documents approved and links confirmed.
    pub(super) fn approved() -> Product {
        let mut product = Product::written();
        product.approve(None);
        product
    }

    pub(super) fn approve(&mut self, now: Option<&str>) {
        self.now = now.map(str::to_owned);
        let simulated = if now.is_some() { "--simulated-clock" } else { "" };
        self.ok(&format!("init --origin thermo.example/ledger {simulated}"));
        for role in ROLES {
            self.ok(&format!("person enrol {role} --name 'The {role}' --identity-proof 'known in person'"));
            self.ok(&format!("role grant {role} {role} --reason appointed"));
            let key = self.key(role);
            self.ok(&format!("key new {role} --file '{}'", key.display()));
        }
        self.act("software-lead", "trace confirm --all --reason 'read both texts'");
        self.commit("links are confirmed");
        self.act(
            "qa-lead",
            "document approve DOC-SDP DOC-SRS DOC-SAD DOC-STP DOC-SOUP DOC-DEL DOC-IFU DOC-CHK",
        );
        self.act("risk-owner", "document approve DOC-RMP DOC-RMF DOC-RMR SYSTEM-thermo");
        let evidence = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
        let (report, answers) = (evidence.join("junit.xml"), evidence.join("answers.toml"));
        self.ok(&format!("test import '{}' {CONTEXT}", report.display()));
        self.act("qa-lead", &format!("test run DOC-STP --answers '{}' {CONTEXT}", answers.display()));
    }

    /// Everything that the gate asks for, but for the verdict itself. The stage is written on the way.
    pub(super) fn prepare_release(&self) {
        self.ok("release open 1.0.0 --build 1.0.0+b.1 --summary 'the first version'");
        self.act("qa-lead", CHECKLIST);
        self.act("qa-lead", EVALUATION);
        self.ok("release stage 1.0.0");
        self.sign_tag("v1.0.0");
    }

    /// The frozen commit gets its tag, signed by the release manager.
    pub(super) fn sign_tag(&self, tag: &str) {
        let key = self.key("release-manager");
        let key = key.display();
        self.git(&format!("-c gpg.format=ssh -c 'user.signingkey={key}' tag -s {tag} -m 'release 1.0.0'"));
    }

    /// A copy of the product whose gate has passed and that nobody has signed. Its clock is simulated and stands at noon.
    /// It is made once for all tests; staging takes the most of their time.
    pub(super) fn judged() -> Product {
        static MADE: OnceLock<PathBuf> = OnceLock::new();
        let made = MADE.get_or_init(|| {
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dossier-e2e-judged");
            if folder.exists() {
                std::fs::remove_dir_all(&folder).unwrap();
            }
            std::fs::create_dir_all(&folder).unwrap();
            let mut product = Product { folder: folder.clone(), now: None, _temporary: None };
            product.write_out();
            product.approve(Some(NOON));
            product.prepare_release();
            product.ok("release gate 1.0.0");
            folder
        });
        let folder = tempfile::tempdir().unwrap();
        copy(made, folder.path());
        Product { folder: folder.path().to_owned(), now: Some(NOON.to_owned()), _temporary: Some(folder) }
    }

    /// The clock of commands from now on; only for ledgers whose clock is simulated.
    pub(super) fn at(&mut self, now: &str) {
        self.now = Some(now.to_owned());
    }

    /// A path in the repository.
    pub(super) fn path(&self, below: &str) -> PathBuf {
        self.folder.join("product").join(below)
    }

    /// A path beside the repository.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn key(&self, person: &str) -> PathBuf {
        self.folder.join("people").join(person)
    }

    pub(super) fn write(&self, below: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(below);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    pub(super) fn command(&self, line: &str) -> Command {
        let mut command = isolated(env!("CARGO_BIN_EXE_dossier"));
        command.args(words(line)).current_dir(self.path("")).env("DOSSIER_KEYS", self.folder.join("keys"));
        if let Some(now) = &self.now {
            command.env("DOSSIER_NOW", now);
        }
        command
    }

    /// Runs `dossier` with these words.
    pub(super) fn run(&self, line: &str) -> Said {
        said(self.command(line))
    }

    /// Runs at a terminal, where each line is typed when it is asked for: the exit code and what was shown. Nothing where there is
    /// no script(1) to make a terminal.
    pub(super) fn at_terminal(&self, line: &str, typed: &[(&str, &str)]) -> Option<(Option<i32>, String)> {
        use std::io::{Read as _, Write as _};
        use std::process::Stdio;
        if isolated("script").arg("--version").output().is_err() {
            eprintln!("skipped: there is no script(1) here");
            return None;
        }
        let line = format!("{} {line}", env!("CARGO_BIN_EXE_dossier"));
        let terminal = self.command("");
        let mut script = isolated("script");
        for (name, value) in terminal.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        script.args(["-q", "-e", "-c", &line, "/dev/null"]).current_dir(terminal.get_current_dir().unwrap());
        let mut child =
            script.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (mut keys, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut shown = Vec::new();
        // What is typed before it is asked for may be thrown away.
        for (asked, answer) in typed {
            let mut byte = [0];
            while !String::from_utf8_lossy(&shown).ends_with(asked) {
                assert_eq!(screen.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&shown));
                shown.push(byte[0]);
            }
            keys.write_all(format!("{answer}\n").as_bytes()).unwrap();
        }
        screen.read_to_end(&mut shown).unwrap();
        drop(keys);
        Some((child.wait().unwrap().code(), String::from_utf8_lossy(&shown).into_owned()))
    }

    /// Runs and expects no complaint.
    #[track_caller]
    pub(super) fn ok(&self, line: &str) -> Said {
        let done = self.run(line);
        assert_eq!(done.code, 0, "dossier {line}\n{}{}", done.out, done.err);
        done
    }

    /// A personal act with the person's key.
    #[track_caller]
    pub(super) fn act(&self, person: &str, line: &str) -> Said {
        let done = self.try_act(person, line);
        assert_eq!(done.code, 0, "dossier {line}\n{}{}", done.out, done.err);
        done
    }

    pub(super) fn try_act(&self, person: &str, line: &str) -> Said {
        let key = self.key(person);
        self.run(&format!("{line} --as {person} --key '{}'", key.display()))
    }

    /// Runs, expects to be refused with this code and these words, and that the ledger did not grow.
    #[track_caller]
    pub(super) fn refused(&self, code: i32, line: &str, words: &[&str]) {
        let before = self.position();
        self.run(line).says(code, words);
        assert_eq!(self.position(), before, "dossier {line} was refused and appended");
    }

    /// As [`Product::refused`], for a personal act.
    #[track_caller]
    pub(super) fn refused_act(&self, person: &str, line: &str, words: &[&str]) {
        let key = self.key(person);
        self.refused(2, &format!("{line} --as {person} --key '{}'", key.display()), words);
    }

    /// How many entries the ledger holds, but for those that say that an act was tried and refused.
    #[track_caller]
    pub(super) fn position(&self) -> u64 {
        self.kinds().iter().filter(|k| *k != "signature/refuse/v1").count() as u64
    }

    /// The kinds of all entries, oldest first.
    #[track_caller]
    pub(super) fn kinds(&self) -> Vec<String> {
        let log = self.ok("ledger log --format json").json();
        let kind = |e: &serde_json::Value| e["kind"].as_str().unwrap().to_owned();
        log["entries"].as_array().unwrap().iter().map(kind).collect()
    }

    /// A copy of everything, keys too.
    pub(super) fn copied(&self) -> Product {
        let folder = tempfile::tempdir().unwrap();
        copy(&self.folder, folder.path());
        Product { folder: folder.path().to_owned(), now: self.now.clone(), _temporary: Some(folder) }
    }

    #[track_caller]
    pub(super) fn git(&self, line: &str) -> String {
        let mut git = isolated("git");
        git.args(words(line)).current_dir(self.path(""));
        let done = said(git);
        assert_eq!(done.code, 0, "git {line}\n{}", done.err);
        done.out
    }

    pub(super) fn commit(&self, message: &str) {
        self.git("add -A");
        self.git(&format!("commit -q -m '{message}'"));
    }
}

/// Answers to the checklist of the product.
pub(super) const CHECKLIST: &str = "release checklist 1.0.0 --template DOC-CHK --line plan=DOC-SDP --line risk-report=DOC-RMR \
                             --line ifu=DOC-IFU --not-applicable 'labels=there are no media'";

/// The evaluation of the results.
pub(super) const EVALUATION: &str = "clauses evaluate 62304:5.8.1 --subject 1.0.0 --judged RUN-1,RUN-2 --rationale 'all results \
                              are there, and each case passed'";

/// Copies a folder with everything in it, links as links.
fn copy(from: &Path, to: &Path) {
    let mut cp = isolated("cp");
    std::fs::create_dir_all(to).unwrap();
    cp.arg("-a").arg(from.join(".")).arg(to);
    let done = said(cp);
    assert_eq!(done.code, 0, "{}", done.err);
}
