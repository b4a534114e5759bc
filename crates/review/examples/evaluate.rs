//! `evaluate DIR PART [--misses] [--check] [--publish]`: measures the review on the labelled set in `DIR/PART`.
//!
//! Each document is written in the format of its label, read by the real extractor, and reviewed; what the engine says of each
//! obligation in the document's scope is compared with the label. `--misses` names every difference, `--check` fails where a
//! figure fell below `figures.toml`, `--publish` writes that file. `cargo xtask eval-review` calls it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks to a terminal")]

use extract::{FileRead, Outcome};
use review::{Engine, Options, Verdict};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

#[derive(Deserialize)]
struct Labels {
    document: Vec<Label>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    file: String,
    language: String,
    style: String,
    kind: String,
    format: String,
    #[serde(default)]
    #[expect(dead_code, reason = "for people")]
    source: String,
    scope: Vec<String>,
    #[serde(default)]
    met: Vec<String>,
    #[serde(default)]
    contradicted: Vec<String>,
    #[serde(default)]
    template_only: Vec<String>,
}

#[derive(Deserialize)]
struct Obligations {
    obligation: BTreeMap<String, toml::Table>,
}

#[derive(Deserialize)]
struct Mapping {
    /// Obligations that do not ask for the value (a version, a date) that their facet needs beside the statement.
    without_values: Vec<String>,
    facets: BTreeMap<String, Vec<String>>,
}

/// Published figures: one table for each test part.
type Published = BTreeMap<String, Figures>;

/// Published figures of a part.
#[derive(Default, Serialize, Deserialize)]
struct Figures {
    /// Digest of the test part that they were measured on.
    test_part: String,
    /// Over all obligations whose clause the library explains.
    precision: f64,
    recall: f64,
    f1: f64,
    /// Obligations said to be met in blank forms.
    met_in_hollow: usize,
    /// Obligations measured, and obligations whose clause has no guide yet.
    measured: usize,
    unexplained: usize,
    language_f1: BTreeMap<String, f64>,
    style_f1: BTreeMap<String, f64>,
    /// Over all styles but one.
    without_style_f1: BTreeMap<String, f64>,
}

/// Counts of one group.
#[derive(Clone, Copy, Default)]
struct Counts {
    right: usize,
    wrong: usize,
    missed: usize,
}

impl Counts {
    fn add(&mut self, expected: bool, said: bool) {
        match (expected, said) {
            (true, true) => self.right += 1,
            (false, true) => self.wrong += 1,
            (true, false) => self.missed += 1,
            (false, false) => {}
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a figure")]
    fn figures(self) -> (f64, f64, f64) {
        let of = |n: usize, d: usize| if d == 0 { 1.0 } else { n as f64 / d as f64 };
        let (p, r) = (of(self.right, self.right + self.wrong), of(self.right, self.right + self.missed));
        (p, r, if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 })
    }
}

/// What is said of facets that no label speaks of: mostly wrong, and the fewer the better.
#[derive(Default)]
struct Unasked {
    /// Documents that show nothing, and what is said of them: met, contradicted.
    empty: [usize; 3],
    /// The others, and what is said of clauses beyond their scope.
    beyond: [usize; 3],
}

impl Unasked {
    /// Counts a document; the facets that are said to be met.
    fn add(&mut self, label: &Label, verdicts: &BTreeMap<String, (Verdict, bool)>) -> Vec<String> {
        let shows_nothing = label.met.is_empty() && label.contradicted.is_empty();
        if !shows_nothing && label.scope.iter().any(|s| s == "*") {
            return Vec::new();
        }
        let in_scope = |facet: &String| {
            let clause = facet.split('/').next().unwrap_or_default().trim_start_matches("62304:");
            label.scope.iter().any(|s| s == clause)
        };
        let said = |verdict: Verdict| {
            let of = verdicts.iter().filter(|(f, (v, _))| *v == verdict && (shows_nothing || !in_scope(f)));
            of.map(|(facet, _)| facet.clone()).collect::<Vec<_>>()
        };
        let (met, contradicted) = (said(Verdict::Met), said(Verdict::Contradicted));
        let counts = if shows_nothing { &mut self.empty } else { &mut self.beyond };
        for (count, more) in counts.iter_mut().zip([1, met.len(), contradicted.len()]) {
            *count += more;
        }
        met
    }

    fn print(&self) {
        for (what, [documents, met, contradicted]) in
            [("of documents that show nothing", self.empty), ("beyond the scope of the labels", self.beyond)]
        {
            println!("facets said {what}: {met} met, {contradicted} contradicted, {documents} documents");
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(base), Some(part)) = (arguments.first(), arguments.get(1)) else {
        return Err("usage: evaluate DIR PART [--misses] [--check] [--publish]".into());
    };
    let has = |flag: &str| arguments.iter().any(|a| a == flag);
    let base = Path::new(base);
    let text = |path: &str| std::fs::read_to_string(base.join(path)).map_err(|e| format!("{path}: {e}"));
    let labels: Labels = toml::from_str(&text(&format!("{part}/labels.toml"))?)?;
    let obligations: Obligations = toml::from_str(&text("obligations.toml")?)?;
    let mapping: Mapping = toml::from_str(&text("mapping.toml")?)?;
    for facets in mapping.facets.values() {
        for facet in facets {
            let known = clauses::guides()
                .all()
                .flat_map(|g| &g.constraints)
                .flat_map(|c| &c.facets)
                .any(|f| f.id == *facet);
            if !known {
                return Err(format!("mapping.toml: the library has no facet `{facet}`").into());
            }
        }
    }
    let mut total = Counts::default();
    let mut by: BTreeMap<&str, BTreeMap<String, Counts>> = BTreeMap::new();
    let mut confusion: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut hollow, mut measured, mut unexplained) = (0usize, 0usize, BTreeSet::new());
    let mut verbatim = 0usize;
    let mut unasked = Unasked::default();
    let engine = Engine::new(clauses::guides(), None);
    for label in &labels.document {
        let markdown = text(&format!("{part}/documents/{}", label.file))?;
        verbatim += phrases_verbatim(&markdown, has("--misses"));
        let file = document(label, &markdown)?;
        let verdicts = verdicts(&engine, &file);
        for facet in unasked.add(label, &verdicts) {
            if has("--unasked")
                && let Some((score, passage, phrase)) = engine.nearest(&file, &facet)
            {
                println!("  {}: {facet} {score:.2}\n      “{passage}”\n      {phrase}", label.file);
            }
        }
        for obligation in obligations.obligation.keys() {
            let clause = obligation.rsplit_once('.').map_or("", |(c, _)| c);
            if !label.scope.iter().any(|s| s == clause || s == "*") {
                continue;
            }
            let explained = clauses::guides().all().any(|g| g.clause == format!("62304:{clause}"));
            if !explained {
                unexplained.insert(obligation.clone());
                continue;
            }
            let facets = mapping.facets.get(obligation).map_or(&[][..], Vec::as_slice);
            let (mut said, by_duty) = best(facets.iter().filter_map(|f| verdicts.get(f)).copied());
            let is_record = obligations.obligation.get(obligation).is_some_and(|o| o.contains_key("record"));
            // A procedure counts where the label does not ask for something that happened; a statement without its value where the
            // label does not ask for the value.
            let counts = if by_duty { !is_record } else { mapping.without_values.contains(obligation) };
            if said == Verdict::Partly && counts {
                said = Verdict::Met;
            }
            let expected = expected(label, obligation);
            let (yes, claims) = (expected == Verdict::Met, said == Verdict::Met);
            measured += 1;
            total.add(yes, claims);
            for (group, key) in [
                ("obligation", obligation.clone()),
                ("language", label.language.clone()),
                ("style", label.style.clone()),
                ("format", label.format.clone()),
                ("kind", label.kind.clone()),
            ] {
                by.entry(group).or_default().entry(key).or_default().add(yes, claims);
            }
            *confusion.entry((expected.words(), said.words())).or_default() += 1;
            if label.kind == "hollow" && claims {
                hollow += 1;
            }
            let denied = said == Verdict::Contradicted && expected != said;
            if has("--misses") && (yes != claims || denied) {
                println!(
                    "  {}: {obligation}: expected {}, said {}",
                    label.file,
                    expected.words(),
                    said.words()
                );
                for (facet, quote) in quotes(&engine, &file, facets) {
                    println!("      said of {facet}: “{quote}”");
                }
                for facet in facets {
                    if let Some((score, passage, phrase)) = engine.nearest(&file, facet) {
                        println!("      {score:.2} {facet}\n        “{passage}”\n        {phrase}");
                    }
                }
            }
        }
    }
    let digest = if part.starts_with("tune") { String::new() } else { part_digest(base, part)? };
    report(part, total, &by, &confusion, (hollow, measured, unexplained.len(), verbatim));
    unasked.print();
    let (precision, recall, f1) = total.figures();
    let group = |name: &str| {
        by.get(name).into_iter().flatten().map(|(k, c)| (k.clone(), round(c.figures().2))).collect()
    };
    let now = Figures {
        test_part: digest,
        precision: round(precision),
        recall: round(recall),
        f1: round(f1),
        met_in_hollow: hollow,
        measured,
        unexplained: unexplained.len(),
        language_f1: group("language"),
        style_f1: group("style"),
        without_style_f1: leaving_one_out(by.get("style")).map(|(k, c)| (k, round(c.figures().2))).collect(),
    };
    if has("--publish") {
        let head =
            "# Published figures of the clause review on its test parts: cargo xtask eval-review --publish\n";
        let mut all: Published =
            text("figures.toml").ok().and_then(|t| toml::from_str(&t).ok()).unwrap_or_default();
        all.insert(part.clone(), now);
        std::fs::write(base.join("figures.toml"), format!("{head}{}", toml::to_string(&all)?))?;
        return Ok(());
    }
    if !has("--check") {
        return Ok(());
    }
    let all: Published = toml::from_str(&text("figures.toml")?)?;
    check(all.get(part).ok_or("no figures of this part were published")?, &now)
}

fn round(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// A document in the format of its label, read by the real extractor.
fn document(label: &Label, markdown: &str) -> Result<FileRead, Box<dyn Error>> {
    let bytes = extract::specimen::write(&label.format, markdown).ok_or("unknown format")?;
    let name = format!("{}.{}", label.file.trim_end_matches(".md"), label.format);
    let text = extract::read(&name, &bytes).map_err(|e| format!("{name}: {e}"))?;
    Ok(FileRead { name, size: 0, digest: String::new(), outcome: Outcome::Read(text), cached: false })
}

/// What the engine says of each facet of one document.
fn verdicts(engine: &Engine<'_>, file: &FileRead) -> BTreeMap<String, (Verdict, bool)> {
    let result = engine.conclude(&file.name, &[engine.judge(0, file)], &Options::default(), None);
    let facets = result.clauses.into_iter().flat_map(|c| c.constraints).flat_map(|c| c.facets);
    facets.map(|f| (f.id, (f.verdict, f.reason.contains("to be done")))).collect()
}

/// The passages that the verdicts on these facets rest on.
fn quotes(engine: &Engine<'_>, file: &FileRead, facets: &[String]) -> Vec<(String, String)> {
    let result = engine.conclude(&file.name, &[engine.judge(0, file)], &Options::default(), None);
    let all = result.clauses.into_iter().flat_map(|c| c.constraints).flat_map(|c| c.facets);
    let asked = all.filter(|f| facets.contains(&f.id));
    asked.flat_map(|f| f.quotes.into_iter().map(move |q| (f.id.clone(), q.text))).collect()
}

fn expected(label: &Label, obligation: &String) -> Verdict {
    if label.met.contains(obligation) {
        Verdict::Met
    } else if label.contradicted.contains(obligation) {
        Verdict::Contradicted
    } else if label.template_only.contains(obligation) {
        Verdict::TemplateOnly
    } else {
        Verdict::NotFound
    }
}

/// The verdict of an obligation that several facets answer: any of them.
fn best(verdicts: impl Iterator<Item = (Verdict, bool)>) -> (Verdict, bool) {
    let all: Vec<(Verdict, bool)> = verdicts.collect();
    [Verdict::Contradicted, Verdict::Met, Verdict::Partly, Verdict::TemplateOnly]
        .into_iter()
        .find_map(|v| {
            let of = || all.iter().filter(move |(w, _)| *w == v);
            // Without a value counts for more than only to be done.
            of().next().map(|_| (v, of().all(|(_, duty)| *duty)))
        })
        .unwrap_or((Verdict::NotFound, false))
}

/// Phrasings of three words and more that stand in a document word for word.
fn phrases_verbatim(markdown: &str, show: bool) -> usize {
    let flat = markdown.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let mut count = 0;
    let facets = clauses::guides().all().flat_map(|g| &g.constraints).flat_map(|c| &c.facets);
    for phrase in
        facets.flat_map(|f| f.wording.values()).flat_map(|w| w.says.iter().chain(&w.denies).chain(&w.near))
    {
        let plain = phrase.text.to_lowercase();
        if phrase.words.len() > 2 && !plain.contains(['/', '*']) && flat.contains(&plain) {
            count += 1;
            if show {
                println!("  verbatim: {plain}");
            }
        }
    }
    count
}

/// SHA-256 over the list of digests of the test part.
fn part_digest(base: &Path, part: &str) -> Result<String, Box<dyn Error>> {
    let list = std::fs::read_to_string(base.join(format!("{part}.sha256")))?;
    for line in list.lines() {
        let (digest, name) = line.split_once("  ").ok_or("a line of the digests without two blanks")?;
        let bytes = std::fs::read(base.join(name)).map_err(|e| format!("{name}: {e}"))?;
        if hex::encode(Sha256::digest(&bytes)) != digest {
            return Err(
                format!("{name} is not what {part}.sha256 says: the published figures are void").into()
            );
        }
    }
    Ok(hex::encode(Sha256::digest(list.as_bytes())))
}

fn report(
    part: &str,
    total: Counts,
    by: &BTreeMap<&str, BTreeMap<String, Counts>>,
    confusion: &BTreeMap<(&str, &str), usize>,
    rest: (usize, usize, usize, usize),
) {
    let line = |name: &str, c: &Counts| {
        let (p, r, f) = c.figures();
        println!(
            "  {name:<24} precision {p:.2}  recall {r:.2}  F1 {f:.2}   ({} right, {} wrong, {} missed)",
            c.right, c.wrong, c.missed
        );
    };
    println!(
        "{part} part: {} obligations measured; {} wait for their clause's guide; {} library phrasings stand verbatim in it",
        rest.1, rest.2, rest.3
    );
    line("all", &total);
    println!("met in hollow documents: {}", rest.0);
    for group in ["language", "format", "kind"] {
        println!("by {group}");
        for (key, counts) in by.get(group).into_iter().flatten() {
            line(key, counts);
        }
    }
    println!("leaving one style out (figures of all others)");
    for (left_out, others) in leaving_one_out(by.get("style")) {
        line(&left_out, &others);
    }
    println!("by obligation");
    for (key, counts) in by.get("obligation").into_iter().flatten() {
        line(key, counts);
    }
    println!("confusion (expected, said)");
    for ((expected, said), count) in confusion {
        println!("  {expected:<14} {said:<14} {count}");
    }
}

/// The counts of all other groups, for each group.
fn leaving_one_out(groups: Option<&BTreeMap<String, Counts>>) -> impl Iterator<Item = (String, Counts)> + '_ {
    let groups = groups.into_iter().flatten();
    groups.clone().map(move |(left_out, _)| {
        let mut others = Counts::default();
        for (_, c) in groups.clone().filter(|(g, _)| *g != left_out) {
            others.right += c.right;
            others.wrong += c.wrong;
            others.missed += c.missed;
        }
        (left_out.clone(), others)
    })
}

/// Fails where a figure fell.
fn check(published: &Figures, now: &Figures) -> Result<(), Box<dyn Error>> {
    if published.test_part != now.test_part {
        return Err("the test part changed: measure and publish anew with --publish".into());
    }
    let mut fell = Vec::new();
    if now.f1 + 0.001 < published.f1 {
        fell.push(format!("F1 {} was {}", now.f1, published.f1));
    }
    if now.precision + 0.005 < published.precision {
        fell.push(format!("precision {} was {}", now.precision, published.precision));
    }
    for (what, before, after) in [
        ("language", &published.language_f1, &now.language_f1),
        ("style left out", &published.without_style_f1, &now.without_style_f1),
    ] {
        for (key, was) in before {
            let is = after.get(key).copied().unwrap_or(0.0);
            if is + 0.005 < *was {
                fell.push(format!("F1 of {what} {key} {is} was {was}"));
            }
        }
    }
    if now.met_in_hollow > published.met_in_hollow {
        fell.push(format!(
            "{} obligations are met in hollow documents, {} were",
            now.met_in_hollow, published.met_in_hollow
        ));
    }
    if fell.is_empty() { Ok(()) } else { Err(fell.join("; ").into()) }
}
