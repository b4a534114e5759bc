//! Every use case that changes something appends to the ledger: found in the source, not believed.
//!
//! The test reads this crate's own functions and who calls whom. A use case (a function that `lib.rs` exports) that writes to the
//! disk or starts a program, and from which no append can be reached, has to stand in the list with its reason; what stands there
//! without need fails too.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Use cases that change something outside of the ledger and append nothing.
const EXCEPTIONS: [(&str, &str); 5] = [
    ("archive_mirror", "a second copy of what is sealed and recorded; `archive verify` compares the copies"),
    ("archive_unpack", "unpacks what is sealed into a folder of the reader"),
    ("ledger_verify", "fetches kept checkpoints into a folder that vanishes; nothing of the product changes"),
    ("package_export", "renderings of documents for a reader, which say what they were made from"),
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
            let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
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
                });
            }
        }
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

/// The functions that a call in `file` can mean. A name alone is looked for in the same file first; a path names its module; a
/// method is one of any type, but `append` only where it is that of the product or its ledger and not that of a list.
fn meant<'a>(all: &'a Functions, (file, owner): (&str, &str), (qualifier, name): &Call) -> Vec<&'a Function> {
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
        Some(module) if !["self", "super"].contains(&module) => {
            same_name.iter().filter(|f| stem(f, module)).collect()
        }
        _ => {
            let own: Vec<&Function> = same_name.iter().filter(|f| !f.method && f.file == file).collect();
            if own.is_empty() { same_name.iter().filter(|f| !f.method).collect() } else { own }
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
            next.extend(calls(&f.body).iter().flat_map(|call| meant(all, (&f.file, &f.owner), call)));
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

/// What may be deleted without changing anything: the cache of parsed reports, and evidence under its own digest, which counts
/// once an entry names it.
fn derived(f: &Function) -> bool {
    f.owner == "Blobs" || f.body.contains("cache::encode(")
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

#[test]
fn the_search_finds_an_append_and_its_absence() {
    let all = functions();
    for case in ["anomaly_report", "release_sign", "document_approve", "role_delegate", "person_enrol"] {
        assert!(appends(&reached(&all, case), &all), "{case}");
    }
    for case in ["anomaly_list", "clause_list", "person_list", "ledger_log"] {
        assert!(!appends(&reached(&all, case), &all), "{case}");
    }
}
