//! The cases in a firm's rule: they are run whenever the rule is read, because a rule that nobody has seen fire proves nothing.

use super::{OwnRule, OwnRuleProblem, RecordView, World, hits};
use crate::case_file::{self, Case, Mark};
use documents::{Blob, Content, Documents};
use model::class::{Approval, Classes};
use model::{Model, TrustStamps};
use serde::Deserialize;
use vocabulary::Date;

/// The date of cases.
const AS_OF: &str = "2026-03-01";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Records {
    #[serde(default)]
    record: Vec<serde_json::Value>,
}

/// How many cases fire, and how many are silent.
pub(super) fn count(rule: &OwnRule) -> (usize, usize) {
    let cases = case_file::read(&rule.file.text).unwrap_or_default();
    let firing = cases.iter().filter(|c| c.marks().any(|m| m == rule.meta.id)).count();
    (firing, cases.len() - firing)
}

/// What is wrong with the cases of a rule.
pub(super) fn problems(rule: &OwnRule) -> Vec<OwnRuleProblem> {
    let line = line_of(&rule.file.text, "## Cases");
    let problem = |line, why| OwnRuleProblem { path: rule.file.path.clone(), line, why };
    let cases = match case_file::read(&rule.file.text) {
        Ok(cases) => cases,
        Err(e) => return vec![problem(line, e.to_string())],
    };
    let (firing, silent) = count(rule);
    if cases.is_empty() {
        return vec![problem(
            line,
            "it has no case: one that fires and one that is silent show that it works".to_owned(),
        )];
    }
    let mut out = Vec::new();
    if firing == 0 {
        out.push(problem(line, "it has no case that fires".to_owned()));
    }
    if silent == 0 {
        out.push(problem(line, "it has no case that is silent".to_owned()));
    }
    for case in &cases {
        let line = line_of(&rule.file.text, &format!("### {}", case.title));
        if let Err(why) = run(rule, case) {
            out.push(problem(line, format!("case `{}`: {why}", case.title)));
        }
    }
    out
}

fn line_of(text: &str, line: &str) -> u32 {
    text.lines().position(|l| l == line).and_then(|n| u32::try_from(n + 1).ok()).unwrap_or(1)
}

fn run(rule: &OwnRule, case: &Case) -> Result<(), String> {
    let toml = case.block("dossier.toml").unwrap_or("[product]\nname = \"case\"\nprofile = \"standard\"\n");
    let (config, wrong) = product::parse(toml, "dossier.toml");
    if let Some(d) = wrong.iter().find(|d| d.is_error()) {
        return Err(format!("dossier.toml: {}", d.message));
    }
    let (documents, model) = documents(case, &config);
    let classes = Classes::new(&model, config.product.class, &|item| {
        crate::systems::standing(item, Approval::Approved)
    });
    let records = records(case)?;
    let world = World {
        config: &config,
        documents: &documents,
        model: &model,
        classes: &classes,
        state: None,
        records: &records,
        results: None,
        software: None,
        release: rule.meta.gate.then_some("2.4.0"),
        as_of: AS_OF.parse::<Date>().map_err(|e| e.to_string())?,
    };
    let mut found: Vec<Mark> = Vec::new();
    for hit in hits(rule, &world) {
        if hit.unjudged {
            return Err(format!("{}: {}", hit.subject, hit.why));
        }
        let place = hit.location.file_line().filter(|(file, _)| case.block(file).is_some());
        let (file, line) = place.unwrap_or(("", 0));
        found.push((file.to_owned(), line, rule.meta.id.clone()));
    }
    found.sort();
    let mut expected = case.expected();
    expected.retain(|(_, _, id)| *id == rule.meta.id);
    if expected == found {
        return Ok(());
    }
    let list = |marks: &[Mark]| {
        let each = |(file, line, _): &Mark| match line {
            0 => "one in no file".to_owned(),
            line => format!("{file}:{line}"),
        };
        let all: Vec<String> = marks.iter().map(each).collect();
        if all.is_empty() { "no finding".to_owned() } else { all.join(", ") }
    };
    Err(format!("expects {}, and gives {}", list(&expected), list(&found)))
}

/// Reads the documents twice: the second time with the stamps that the first gave.
fn documents(case: &Case, config: &product::Config) -> (Documents, Model) {
    let read = |stamped: &dyn Fn(&str) -> String| {
        let files = case.blocks.iter().filter(|b| b.file.ends_with(".md"));
        let blob = |b: &case_file::Block| Blob {
            path: b.file.clone(),
            content: Content::Bytes(stamped(&b.text).into_bytes()),
        };
        let mut documents = documents::from_blobs(files.map(blob), config);
        let items = std::mem::take(&mut documents.items);
        (documents, Model::build(items, &TrustStamps))
    };
    let (_, first) = read(&|text| text.replace("@STAMP", ""));
    read(&|text| {
        first.items().iter().fold(text.to_owned(), |text, item| {
            text.replace(&format!("{}@STAMP", item.id), &format!("{}@{}", item.id, item.digest.stamp()))
        })
    })
}

fn records(case: &Case) -> Result<Vec<RecordView>, String> {
    let Some(text) = case.block("records") else { return Ok(Vec::new()) };
    let read: Records = toml::from_str(text).map_err(|e| format!("records: {}", e.message()))?;
    let view = |(seq, mut body): (u64, serde_json::Value)| {
        let take = |body: &mut serde_json::Value, key: &str| {
            body.as_object_mut().and_then(|b| b.remove(key)).and_then(|v| v.as_str().map(str::to_owned))
        };
        let kind = take(&mut body, "kind").ok_or("a record says its `kind`")?;
        let at = take(&mut body, "at").unwrap_or_else(|| format!("{AS_OF}T08:00:00.000Z"));
        let actor = take(&mut body, "actor").unwrap_or_else(|| "qa-lead".to_owned());
        Ok(RecordView { seq, at, actor, kind, body })
    };
    (0..).zip(read.record).map(view).collect::<Result<_, &str>>().map_err(str::to_owned)
}
