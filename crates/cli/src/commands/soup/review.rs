//! `dossier soup review` and `dossier soup due`.

use crate::context::{Global, Signing};
use crate::print::{self, Outcome};
use app::records::ReviewedAnomaly;
use app::{Error, Result, ReviewDraft, SoupDue, Workspace};
use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// `dossier soup review`
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Examples:\n  dossier soup review --as qa-lead                       walks through what is due, at a terminal\n  dossier soup review SOUP-serde --source https://github.com/serde-rs/serde/issues --result 'two concern flattened maps, which are not used' --anomaly '#2719: not relevant: no flattened maps' --as qa-lead\n  dossier soup review SOUP-serde --carry --as qa-lead    the last review is confirmed for the version in use"
)]
pub(crate) struct Args {
    /// The SOUP item; without it, what is due is walked through.
    item: Option<String>,
    /// The version, where several are in use.
    #[arg(long, value_name = "VERSION", requires = "item")]
    version: Option<String>,
    /// Where the list was found, or `none published`.
    #[arg(long, requires = "item", default_value = "", hide_default_value = true)]
    source: String,
    /// What was found and why it is acceptable.
    #[arg(long, requires = "item", default_value = "", hide_default_value = true)]
    result: String,
    /// An anomaly that was judged by itself: `ID: relevant: why` or `ID: not relevant: why`. Several times.
    #[arg(long, value_name = "ANOMALY", requires = "item")]
    anomaly: Vec<String>,
    /// The criterion that is attested to; `published-anomalies` where nothing is said.
    #[arg(long, value_name = "NAME")]
    criteria: Option<String>,
    /// Confirm the last review of the item again for the version in use, after reading what was published since.
    #[arg(long, requires = "item")]
    carry: bool,
    /// Walk through what is due although stdin is no terminal.
    #[arg(long, conflicts_with = "item")]
    walk: bool,
    #[command(flatten)]
    signing: Signing,
}

impl Args {
    pub(crate) fn run(self, global: &Global, ws: &Workspace) -> Result<Outcome> {
        let Some(item) = &self.item else { return self.walk_through(global, ws) };
        let id = item.parse().map_err(|e: app::ParseIdError| Error::refused(e.to_string()))?;
        let draft = ReviewDraft {
            version: self.version.clone(),
            source: self.source.clone(),
            result: self.result.clone(),
            anomalies: self.anomaly.iter().map(|a| anomaly(a)).collect::<Result<_>>()?,
            criteria: self.criteria.clone(),
            carry: self.carry,
        };
        let actor = self.signing.actor(ws, None)?;
        let done = app::soup_review(ws, &actor, &id, &draft)?;
        print::appended(global.json(), &format!("reviewed {item}"), &done);
        Ok(Outcome::Clean)
    }

    fn walk_through(&self, global: &Global, ws: &Workspace) -> Result<Outcome> {
        let due = app::soup_due(ws, &app::Inputs::default())?;
        if !self.walk && !std::io::stdin().is_terminal() {
            return Err(Error::refused(
                "which item was reviewed was not said, and stdin is no terminal to ask at",
            )
            .hint(format!("name it; {} are due: dossier soup due", due.len())));
        }
        if due.is_empty() {
            print::out("no review is due\n");
            return Ok(Outcome::Clean);
        }
        let actor = self.signing.actor(ws, None)?;
        let all = app::soup_criteria(ws)?;
        let wanted = self.criteria.as_deref().unwrap_or("published-anomalies");
        let Some(criterion) = all.iter().find(|c| c.name == wanted) else {
            return Err(Error::refused(format!("there is no criterion `{wanted}`"))
                .hint("list them: dossier soup criteria"));
        };
        eprintln!(
            "{} reviews are due. What you sign attests to this ({}):\n\n{}",
            due.len(),
            criterion.name,
            criterion.text
        );
        let mut reviewed = 0;
        for (n, d) in due.iter().enumerate() {
            introduce(n + 1, due.len(), d);
            let Some(draft) = ask(d, self.criteria.clone())? else { continue };
            let id = d.item.parse().map_err(|e: app::ParseIdError| Error::refused(e.to_string()))?;
            match app::soup_review(ws, &actor, &id, &draft) {
                Ok(done) => {
                    reviewed += 1;
                    print::appended(global.json(), &format!("reviewed {} {}", d.item, d.version), &done);
                }
                Err(e) => eprintln!("not recorded: {e}"),
            }
        }
        eprintln!("{reviewed} of {} reviewed", due.len());
        Ok(Outcome::Clean)
    }
}

/// What is due, as a table.
pub(super) fn due(global: &Global, due: &[SoupDue]) -> Result<Outcome> {
    if global.json() {
        print::json(&serde_json::json!({"format": "dossier/soup-due/v1", "due": due}));
    } else if due.is_empty() {
        print::out("no review is due\n");
    } else {
        let cells = |d: &SoupDue| {
            let safety = if d.safety { "yes" } else { "" };
            vec![d.item.clone(), d.version.clone(), safety.to_owned(), d.why.clone(), d.anomaly_list.clone()]
        };
        let rows: Vec<Vec<String>> = due.iter().map(cells).collect();
        print::out(&print::table(&["item", "version", "hazard", "why", "anomaly list"], &rows));
    }
    Ok(if due.is_empty() { Outcome::Clean } else { Outcome::Findings })
}

/// `ID: relevant: why`, `ID: not relevant: why`.
fn anomaly(text: &str) -> Result<ReviewedAnomaly> {
    let unclear = || {
        Error::refused(format!("`{text}` is no judgement of an anomaly"))
            .hint("write `ID: relevant: why` or `ID: not relevant: why`")
    };
    // An id may hold colons, as an address does.
    let (before, relevant, reason) = [(": not relevant:", false), (": relevant:", true)]
        .into_iter()
        .find_map(|(word, relevant)| text.split_once(word).map(|(id, why)| (id, relevant, why)))
        .ok_or_else(unclear)?;
    if before.trim().is_empty() || reason.trim().is_empty() {
        return Err(unclear());
    }
    Ok(ReviewedAnomaly { id: before.trim().to_owned(), relevant, reason: reason.trim().to_owned() })
}

fn introduce(n: usize, of: usize, d: &SoupDue) {
    let hazard = if d.safety { ", a cause of a hazardous situation arises in it" } else { "" };
    eprintln!("\n{n} of {of}  {} {} {}\n  {}{hazard}", d.item, d.title, d.version, d.why);
    let list = if d.anomaly_list.is_empty() { "not stated in the item" } else { &d.anomaly_list };
    eprintln!("  anomalies are published at: {list}");
    if let Some(last) = &d.last {
        eprintln!(
            "  last review: version {}, searched {} by {} (entry {}): {}\n  found: {}",
            last.version, last.searched, last.by, last.entry, last.source, last.result
        );
        for a in &last.anomalies {
            let word = if a.relevant { "relevant" } else { "not relevant" };
            eprintln!("    {}: {word}: {}", a.id, a.reason);
        }
    }
}

/// The review of one version, or none where it is skipped.
fn ask(d: &SoupDue, criteria: Option<String>) -> Result<Option<ReviewDraft>> {
    let carry = if d.last.is_some() { "c(onfirm the last one), " } else { "" };
    let question = format!("  r(eview), {carry}s(kip), q(uit): ");
    let mut draft = ReviewDraft { version: Some(d.version.clone()), criteria, ..ReviewDraft::default() };
    match choice(&question, d.last.is_some())? {
        Choice::Review => {
            let list =
                if d.anomaly_list.is_empty() { String::new() } else { format!(" [{}]", d.anomaly_list) };
            draft.source = line(&format!("  where the list was searched, or `none published`{list}: "))?;
            if draft.source.is_empty() {
                draft.source.clone_from(&d.anomaly_list);
            }
            loop {
                let text = line("  an anomaly judged by itself, `ID: not relevant: why` (Enter: no more): ")?;
                if text.is_empty() {
                    break;
                }
                match anomaly(&text) {
                    Ok(a) => draft.anomalies.push(a),
                    Err(e) => eprintln!("  {e}"),
                }
            }
            draft.result = line("  what was found, and why it is acceptable: ")?;
        }
        Choice::Confirm => {
            draft.carry = true;
            draft.result =
                line("  what was published since and why it changes nothing (Enter: as recorded): ")?;
        }
        Choice::Quit => {
            return Err(Error::refused("the walk was ended; what was signed until here is recorded"));
        }
        Choice::Skip => return Ok(None),
    }
    Ok(Some(draft))
}

enum Choice {
    Review,
    Confirm,
    Skip,
    Quit,
}

/// Asks until the answer is one of those named: an answer meant for another question skips nothing.
fn choice(question: &str, can_confirm: bool) -> Result<Choice> {
    loop {
        return Ok(match line(question)?.as_str() {
            "r" | "review" => Choice::Review,
            "c" | "confirm" if can_confirm => Choice::Confirm,
            "s" | "skip" => Choice::Skip,
            "q" | "quit" => Choice::Quit,
            other => {
                eprintln!("  `{other}` is none of them");
                continue;
            }
        });
    }
}

fn line(prompt: &str) -> Result<String> {
    let failed = |e| Error::environment("could not read from the terminal").because(e);
    eprint!("{prompt}");
    std::io::stderr().flush().map_err(failed)?;
    let mut text = String::new();
    if std::io::stdin().lock().read_line(&mut text).map_err(failed)? == 0 {
        return Err(Error::refused("the input ended; what was signed until here is recorded"));
    }
    Ok(text.trim().to_owned())
}
