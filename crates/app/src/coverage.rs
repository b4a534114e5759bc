//! Every use case that changes something appends to the ledger: found in the source, not believed.
//!
//! The test reads this crate's own functions and who calls whom. A use case (a function that `lib.rs` exports) that writes to the
//! disk or starts a program, and from which no append can be reached, has to stand in the list with its reason; what stands there
//! without need fails too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Use cases that change something outside of the ledger and append nothing.
const EXCEPTIONS: [(&str, &str); 9] = [
    (
        "image_sign",
        "writes signatures beside an image; the provenance signed is that of a sealed release, which is an entry",
    ),
    (
        "threat_import",
        "writes a document into the work tree for its author; it counts once it is committed and approved",
    ),
    ("archive_mirror", "a second copy of what is sealed and recorded; `archive verify` compares the copies"),
    (
        "class_write",
        "writes text into the work tree for its author; it counts once it is committed and `class_decide` or an approval is signed",
    ),
    ("ledger_checkpoint", "a key that follows a rotation is put in its place; the rotation is the entry"),
    ("ledger_verify", "fetches kept checkpoints into a folder that vanishes; nothing of the product changes"),
    (
        "release_request",
        "what a runner is asked to build, from frozen commits; what it answers is recorded by `release_stage`",
    ),
    ("release_show", "opens the archive to read from it, which makes its folder where there is none"),
    (
        "vuln_recompute",
        "writes the index of data sets into the cache, from which nothing is decided; the scan is compared, not made",
    ),
];

/// How entries come into the ledger: the only writer of all, and what leads to it.
const APPENDS: &str = "append";
/// What changes the world outside.
const WRITES: [&str; 9] = [
    "fs::write(",
    "create_dir",
    "File::create",
    "OpenOptions",
    ".persist(",
    "fs::rename(",
    "fs::copy(",
    "remove_",
    "Command::new(",
];

struct Function {
    file: String,
    body: String,
    /// Whether it takes `self`.
    method: bool,
    /// The type whose `impl` it stands in.
    owner: String,
    /// Whether it is public and takes a workspace first.
    use_case: bool,
    /// The names that its file imports.
    imported: BTreeSet<String>,
}

type Functions = BTreeMap<String, Vec<Function>>;

/// All functions of the crate by name.
fn functions() -> Functions {
    let mut out = Functions::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let text = code(text.split("#[cfg(test)]\nmod tests").next().unwrap());
            let text = text.as_str();
            let imported = imported(text);
            let file = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display().to_string();
            let impls = impls(text);
            for (at, _) in text.match_indices("fn ") {
                let part = &text[at + 3..];
                let name: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some(open) = part.find('{') else { continue };
                let taken = part[..open].split_once('(').map_or("", |(_, p)| p.trim_start());
                let method = ["self", "&self", "&'a self", "&mut self", "mut self"]
                    .iter()
                    .any(|s| taken.starts_with(s));
                let owner = impls
                    .iter()
                    .find(|(range, _)| range.contains(&at))
                    .map(|(_, o)| o.clone())
                    .unwrap_or_default();
                let use_case =
                    owner.is_empty() && text[..at].ends_with("pub ") && taken.starts_with("ws: &Workspace");
                let body = block(&part[open..]);
                out.entry(name).or_default().push(Function {
                    file: file.clone(),
                    body,
                    method,
                    owner,
                    use_case,
                    imported: imported.clone(),
                });
            }
        }
    }
    out
}

/// Code without comments and without what stands in texts: a word in a text calls nothing.
fn code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let rest = &chars[i..];
        let raw = |hashes: usize| rest.get(1..=hashes).is_some_and(|h| h.iter().all(|c| *c == '#'));
        let hashes = (0..4).find(|n| rest[0] == 'r' && raw(*n) && rest.get(n + 1) == Some(&'"'));
        let begins_word = i == 0 || !(chars[i - 1].is_alphanumeric() || chars[i - 1] == '_');
        if rest.starts_with(&['/', '/']) {
            i += rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
        } else if let Some(hashes) = hashes.filter(|_| begins_word) {
            let end: String = format!("\"{}", "#".repeat(hashes));
            let body: String = rest[hashes + 2..].iter().collect();
            let length = body.find(&end).map_or(body.chars().count(), |at| body[..at].chars().count());
            out.push_str("\"\"");
            i += hashes + 2 + length + end.chars().count();
        } else if rest[0] == '"' {
            let mut at = 1;
            while rest.get(at).is_some_and(|c| *c != '"') {
                at += if rest[at] == '\\' { 2 } else { 1 };
            }
            out.push_str("\"\"");
            i += at + 1;
        } else if rest[0] == '\'' && (rest.get(1) == Some(&'\\') || rest.get(2) == Some(&'\'')) {
            let length = 2 + rest[2..].iter().position(|c| *c == '\'').unwrap_or(0);
            out.push_str("' '");
            i += length + 1;
        } else {
            out.push(rest[0]);
            i += 1;
        }
    }
    out
}

/// The names in the `use` statements of a file; `*` where it takes all of another module.
fn imported(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for part in text.split("use ").skip(1) {
        let statement = part.split(';').next().unwrap_or_default();
        let words = statement.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '*'));
        out.extend(words.filter(|w| !w.is_empty()).map(str::to_owned));
    }
    out
}

/// The `impl` blocks of a file and their types.
fn impls(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let mut out = Vec::new();
    for (at, _) in text.match_indices("\nimpl") {
        let Some(open) = text[at..].find('{') else { continue };
        let head = &text[at..at + open];
        let head = head.rsplit_once(" for ").map_or(head, |(_, of)| of);
        let head = head.split('<').next().unwrap_or(head);
        let owner = head.split_whitespace().last().unwrap_or_default().to_owned();
        out.push((at..at + open + block(&text[at + open..]).len(), owner));
    }
    out
}

/// The text up to the brace that closes the first one. Braces in strings come in pairs in this crate.
fn block(text: &str) -> String {
    let mut depth = 0;
    for (i, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text[..=i].to_owned();
        }
    }
    text.to_owned()
}

/// A call: what stands before the name (`self.`, `ws.`, `crate::trail::`, nothing), and the name.
type Call = (String, String);

fn calls(body: &str) -> BTreeSet<Call> {
    let word = |text: &str| -> String {
        let back: Vec<char> = text.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        back.into_iter().rev().collect()
    };
    let mut out = BTreeSet::new();
    for (i, _) in body.match_indices('(') {
        let before = &body[..i];
        // `record::<T>(` and `record(` alike.
        let before =
            before.strip_suffix('>').map_or(before, |b| b.rsplit_once("::<").map_or(before, |(b, _)| b));
        let name = word(before);
        if name.is_empty() {
            continue;
        }
        let rest = &before[..before.len() - name.len()];
        let qualifier = match (rest.strip_suffix('.'), rest.strip_suffix("::")) {
            (Some(receiver), _) => format!("{}.", word(receiver.trim_end_matches("()").trim_end())),
            (_, Some(path)) => format!("{}::", word(path)),
            _ => String::new(),
        };
        out.insert((qualifier, name));
    }
    out
}

/// The functions that a call in a function can mean. A name alone is of the same file or imported by it; a path names its module; a
/// method is one of any type, but `append` only where it is that of the product or its ledger and not that of a list.
fn meant<'a>(all: &'a Functions, from: &Function, (qualifier, name): &Call) -> Vec<&'a Function> {
    let (file, owner) = (from.file.as_str(), from.owner.as_str());
    let Some(same_name) = all.get(name) else { return Vec::new() };
    if let Some(receiver) = qualifier.strip_suffix('.') {
        if name == APPENDS && !["ws", "self", "ledger", "store"].contains(&receiver) {
            return Vec::new();
        }
        let of = |owner: &str| same_name.iter().filter(|f| f.method && f.owner == owner).collect::<Vec<_>>();
        return match receiver {
            "self" if !owner.is_empty() => of(owner),
            "ws" | "workspace" => of("Workspace"),
            "ledger" => of("SharedLedger"),
            "blobs" => of("Blobs"),
            // Of what type another name is, the text does not say: one of this file, else one of another crate.
            _ => same_name.iter().filter(|f| f.method && f.file == file).collect(),
        };
    }
    let stem = |f: &Function, module: &str| {
        f.file.ends_with(&format!("/{module}.rs")) || f.file.ends_with(&format!("/{module}/mod.rs"))
    };
    match qualifier.strip_suffix("::") {
        Some("Self") => same_name.iter().filter(|f| f.owner == owner).collect(),
        Some(of) if of.starts_with(char::is_uppercase) => {
            same_name.iter().filter(|f| f.owner == of).collect()
        }
        Some("crate") => same_name.iter().filter(|f| !f.method).collect(),
        Some(module) if !["self", "super"].contains(&module) => {
            same_name.iter().filter(|f| stem(f, module)).collect()
        }
        _ => {
            let own: Vec<&Function> = same_name.iter().filter(|f| !f.method && f.file == file).collect();
            let path = matches!(qualifier.as_str(), "self::" | "super::");
            let known = path || from.imported.contains(name) || from.imported.contains("*");
            match own.is_empty() {
                false => own,
                // A name alone means what the file imports; anything else is a local one, or of another crate.
                true if known => same_name.iter().filter(|f| !f.method).collect(),
                true => own,
            }
        }
    }
}

/// Everything that can be reached from a function by calls within the crate: name and file.
fn reached<'a>(all: &'a Functions, from: &str) -> Vec<&'a Function> {
    let mut seen: BTreeSet<*const Function> = BTreeSet::new();
    let mut out = Vec::new();
    let mut next: Vec<&Function> = all.get(from).into_iter().flatten().filter(|f| !f.method).collect();
    while let Some(f) = next.pop() {
        if seen.insert(std::ptr::from_ref(f)) {
            out.push(f);
            next.extend(calls(&f.body).iter().flat_map(|call| meant(all, f, call)));
        }
    }
    out
}

/// Whether the one function that appends is among them.
fn appends(reached: &[&Function], all: &Functions) -> bool {
    let writer = all[APPENDS].iter().find(|f| f.file.ends_with("shared_ledger.rs")).unwrap();
    let begins = |f: &&Function| f.file.ends_with("init.rs") && f.body.contains("genesis.draft(");
    reached.iter().any(|f| std::ptr::eq(*f, writer) || begins(f))
}

/// What may be deleted without changing anything: the cache of parsed reports, snapshots of the state, and evidence under its own digest, which counts
/// once an entry names it.
fn derived(f: &Function) -> bool {
    f.owner == "Blobs" || f.body.contains("cache::encode(") || f.file.ends_with("state_cache.rs")
}

/// The use cases: public functions that take a workspace first.
fn use_cases(all: &Functions) -> Vec<String> {
    all.iter().filter(|(_, f)| f.iter().any(|f| f.use_case)).map(|(name, _)| name.clone()).collect()
}

#[test]
fn every_use_case_that_changes_something_appends_to_the_ledger() {
    let all = functions();
    let cases = use_cases(&all);
    assert!(cases.len() > 60, "the use cases are found: {}", cases.len());
    let mut silent = Vec::new();
    let mut appending = 0;
    for case in &cases {
        let reached = reached(&all, case);
        if appends(&reached, &all) {
            appending += 1;
            continue;
        }
        let writes: Vec<String> = reached
            .iter()
            .filter(|f| !derived(f) && WRITES.iter().any(|w| f.body.contains(w)))
            .map(|f| f.file.clone())
            .collect();
        if !writes.is_empty() {
            silent.push((case.as_str(), writes));
        }
    }
    assert!(appending > 35, "appending use cases are found: {appending}");
    let unexplained: Vec<_> =
        silent.iter().filter(|(case, _)| !EXCEPTIONS.iter().any(|(e, _)| e == case)).collect();
    assert!(
        unexplained.is_empty(),
        "these change something and append nothing, without a reason: {unexplained:#?}"
    );
    for (exception, _) in EXCEPTIONS {
        assert!(silent.iter().any(|(case, _)| *case == exception), "`{exception}` is a stale exception");
    }
}

/// Use cases that give out a copy of records, or read sensitive ones: in a form that stays, for whoever gets it (docs/security.md).
const GIVEN_OUT: [&str; 16] = [
    "anomaly_trend_pdf",
    "archive_export",
    "archive_unpack",
    "backup",
    "complaint_list",
    "complaint_personal",
    "document_export",
    "export_noted",
    "ledger_export",
    "package_export",
    "release_notes",
    "security_text",
    "soup_notices",
    "soup_sbom",
    "trail_export",
    "vuln_export",
];

#[test]
fn what_gives_out_a_copy_or_reads_sensitive_records_says_so_in_the_ledger() {
    let all = functions();
    let cases = use_cases(&all);
    for case in GIVEN_OUT {
        assert!(cases.iter().any(|c| c == case), "`{case}` is no use case: a stale row");
        let reached = reached(&all, case);
        let notes = |f: &&Function| f.file.ends_with("trail.rs") && f.body.contains("TrailAccess {");
        let makes_a_record_of_its_own = ["backup", "complaint_personal"].contains(&case);
        assert!(
            reached.iter().any(notes) || makes_a_record_of_its_own && appends(&reached, &all),
            "`{case}` gives something out, and no entry says so"
        );
    }
    // What is named as an export is in the list.
    let says_export = |name: &String| name.ends_with("_export") && name != "library_export";
    let missing: Vec<&String> =
        cases.iter().filter(|c| says_export(c) && !GIVEN_OUT.contains(&c.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A snapshot of the state may lie behind a list, and behind nothing that leads to an entry.
#[test]
fn what_appends_reads_no_snapshot() {
    let all = functions();
    let snapshot = |f: &&Function| {
        let calls = calls(&f.body);
        // `ws.ledger()?.listed(` has no word before the point.
        let from = ["ledger.", ".", "Analysis::"];
        let listed = |(qualifier, name): &Call| name == "listed" && from.contains(&qualifier.as_str());
        // `note_access` records that something was read; it says there why it need not fold.
        let note = f.file.ends_with("trail.rs") && f.body.contains("TrailAccess {");
        calls.iter().any(listed) && !f.owner.starts_with("Analysis") && !note
    };
    let reading = use_cases(&all).into_iter().filter(|case| reached(&all, case).iter().any(snapshot));
    let reading: Vec<String> = reading.collect();
    assert!(reading.len() > 20, "what reads a snapshot is found: {reading:?}");
    let both: Vec<&str> =
        reading.iter().map(String::as_str).filter(|case| appends(&reached(&all, case), &all)).collect();
    // That a list of sensitive records was read, or a copy given out, is an entry; and whoever holds no role and tried to act is
    // noted. None of it is decided on what the snapshot says, and these are all there are.
    let noted = ["anomaly_trend_pdf", "complaint_list", "complaint_show", "only_role", "release_notes"];
    assert_eq!(both, noted, "these decide on an entry and read a snapshot");
}

#[test]
fn a_word_in_a_text_or_a_comment_calls_nothing() {
    let text = "// import(x)\nlet a = \"import(\"; let b = r#\"fn import(\"x\") {\"#; let c = '\"'; f(a); let d = '\\''; g(d)";
    let names: Vec<String> = calls(&code(text)).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["f", "g"]);
}

#[test]
fn the_search_finds_an_append_and_its_absence() {
    let all = functions();
    for case in ["anomaly_report", "release_sign", "document_approve", "role_delegate", "person_enrol"] {
        assert!(appends(&reached(&all, case), &all), "{case}");
    }
    // Reading goes through much code, and none of it writes a word into the ledger.
    for case in [
        "anomaly_list",
        "change_impact",
        "check",
        "clause_list",
        "document_list",
        "ledger_log",
        "person_report",
        "release_show",
        "sign_waiting",
        "status",
        "trace_matrix",
    ] {
        assert!(!appends(&reached(&all, case), &all), "{case}");
    }
}
