//! A review beside the one before it: what closed, what opened, and why the two may not be alike.

use crate::result::{Review, Verdict};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What changed since the review before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The day of the review before.
    pub before: String,
    /// Why a difference may come from elsewhere than the documents: another library, version, class or source.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Constraints that are met now and were not: id, verdict before.
    pub closed: Vec<(String, Verdict)>,
    /// Constraints that were met and are not now: id, verdict now.
    pub opened: Vec<(String, Verdict)>,
    /// Other changes: id, before, now.
    pub changed: Vec<(String, Verdict, Verdict)>,
    /// Constraints that only this review asked for: id, verdict now.
    #[serde(default)]
    pub asked_new: Vec<(String, Verdict)>,
    /// Constraints that only the review before asked for: id, verdict before.
    #[serde(default)]
    pub asked_no_more: Vec<(String, Verdict)>,
    /// Gaps that are gone.
    pub gaps_closed: Vec<String>,
    /// Gaps that are new.
    pub gaps_opened: Vec<String>,
    /// Files that were not read before, and are now.
    pub files_new: Vec<String>,
    /// Files whose digest changed.
    pub files_changed: Vec<String>,
    /// Files that are gone.
    pub files_gone: Vec<String>,
    /// Files that were read before and are there, but were not read now.
    #[serde(default)]
    pub files_unread: Vec<String>,
}

/// How a constraint's verdict changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It was met and is not now.
    Opened,
    /// It was not met and is farther from it now.
    Worse,
    /// It is met now and was not.
    Closed,
    /// It is not met and nearer to it now.
    Better,
}

impl Change {
    /// It in words.
    pub fn words(self) -> &'static str {
        match self {
            Change::Opened => "opened",
            Change::Worse => "worse",
            Change::Closed => "closed",
            Change::Better => "better",
        }
    }
}

/// A constraint whose verdict changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// How.
    pub change: Change,
    /// The constraint's id.
    pub id: String,
    /// What it asks for; empty where this library does not have it.
    pub text: String,
    /// The verdict before.
    pub before: Verdict,
    /// The verdict now.
    pub now: Verdict,
}

impl Comparison {
    /// Every constraint whose verdict changed, what opened first.
    pub fn rows(&self) -> Vec<Changed> {
        let row = |change, id: &String, before, now| {
            let text = clauses::constraint(id).map(|c| c.text.clone()).unwrap_or_default();
            Changed { change, id: id.clone(), text, before, now }
        };
        let opened = self.opened.iter().map(|(id, now)| row(Change::Opened, id, Verdict::Met, *now));
        let closed = self.closed.iter().map(|(id, was)| row(Change::Closed, id, *was, Verdict::Met));
        let others = self.changed.iter().map(|(id, was, now)| {
            // Verdicts are ordered from the best to the worst.
            row(if now > was { Change::Worse } else { Change::Better }, id, *was, *now)
        });
        let mut rows: Vec<Changed> = opened.chain(closed).chain(others).collect();
        rows.sort_by(|a, b| a.change.cmp(&b.change).then_with(|| clauses::compare_ids(&a.id, &b.id)));
        rows
    }

    /// Gaps that opened and closed, each with its title.
    pub fn gaps(&self) -> Vec<(Change, String, String)> {
        let gaps = || clauses::guides().all().flat_map(|g| &g.gaps);
        let title = |id: &String| gaps().find(|g| g.id == *id).map(|g| g.title.clone()).unwrap_or_default();
        let of = |change, ids: &[String]| -> Vec<(Change, String, String)> {
            ids.iter().map(|id| (change, id.clone(), title(id))).collect()
        };
        [of(Change::Opened, &self.gaps_opened), of(Change::Closed, &self.gaps_closed)].concat()
    }

    /// What came of the files: a word for each group, and its files.
    pub fn files(&self) -> [(&'static str, &[String]); 4] {
        [
            ("New files", &self.files_new),
            ("Changed files", &self.files_changed),
            ("Files gone", &self.files_gone),
            ("Files no longer read", &self.files_unread),
        ]
    }
}

/// Compares a review with the one before it.
pub fn compare(before: &Review, now: &Review) -> Comparison {
    let verdicts = |r: &Review| -> BTreeMap<String, Verdict> {
        r.clauses.iter().flat_map(|c| &c.constraints).map(|c| (c.id.clone(), c.verdict)).collect()
    };
    let mut out =
        Comparison { before: before.as_of.clone(), notes: notes(before, now), ..Comparison::default() };
    let (old, new) = (verdicts(before), verdicts(now));
    for (id, verdict) in &new {
        let id = id.clone();
        match old.get(&id) {
            Some(was) if was == verdict => {}
            Some(was) if *verdict == Verdict::Met => out.closed.push((id, *was)),
            Some(Verdict::Met) => out.opened.push((id, *verdict)),
            Some(was) => out.changed.push((id, *was, *verdict)),
            None => out.asked_new.push((id, *verdict)),
        }
    }
    out.asked_no_more =
        old.iter().filter(|(id, _)| !new.contains_key(*id)).map(|(id, v)| (id.clone(), *v)).collect();
    // A gap of a clause that one of the two did not ask for neither closed nor opened.
    let asked = |r: &Review, gap: &crate::gaps::FoundGap| r.clauses.iter().any(|c| c.clause == gap.clause);
    let missing = |of: &Review, in_: &Review| -> Vec<String> {
        let here = |g: &&crate::gaps::FoundGap| asked(in_, g) && !in_.gaps.iter().any(|o| o.id == g.id);
        of.gaps.iter().filter(here).map(|g| g.id.clone()).collect()
    };
    out.gaps_closed = missing(before, now);
    out.gaps_opened = missing(now, before);
    files(before, now, &mut out);
    out
}

fn files(before: &Review, now: &Review, out: &mut Comparison) {
    let files = |r: &Review| -> BTreeMap<String, String> {
        r.files.iter().map(|f| (f.file.clone(), f.digest.clone())).collect()
    };
    let (old, new) = (files(before), files(now));
    let unread = |f: &&String| now.unread.iter().any(|u| u.file == **f);
    out.files_new = new.keys().filter(|f| !old.contains_key(*f)).cloned().collect();
    let not_read: Vec<&String> = old.keys().filter(|f| !new.contains_key(*f)).collect();
    out.files_unread = not_read.iter().copied().filter(unread).cloned().collect();
    out.files_gone = not_read.iter().copied().filter(|f| !unread(f)).cloned().collect();
    out.files_changed =
        new.iter().filter(|(f, d)| old.get(*f).is_some_and(|o| o != *d)).map(|(f, _)| f.clone()).collect();
}

fn notes(before: &Review, now: &Review) -> Vec<String> {
    let mut out = Vec::new();
    let named = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    if before.library != now.library {
        out.push("the clause library is another one: verdicts may differ for the same documents".to_owned());
    }
    for (what, was, is) in [
        ("source", before.source.clone(), now.source.clone()),
        ("version", named(&before.version), named(&now.version)),
        ("class", named(&before.class), named(&now.class)),
    ] {
        if was != is {
            out.push(format!("the {what} was `{was}` and is `{is}`"));
        }
    }
    if before.model.is_some() != now.model.is_some() {
        out.push("one of the two asked a model, the other did not".to_owned());
    }
    if before.as_of > now.as_of {
        out.push(format!("the review that this is compared with is the later one, of {}", before.as_of));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Source, review};
    use extract::{FileRead, Outcome, Reason, Unread};

    fn reviewed(files: &[(&str, Option<&str>)], clauses: &[&str], version: Option<&str>) -> Review {
        let file = |(name, text): &(&str, Option<&str>)| FileRead {
            name: (*name).to_owned(),
            size: 0,
            digest: text.unwrap_or_default().to_owned(),
            outcome: match text {
                Some(text) => Outcome::Read(extract::read("x.md", text.as_bytes()).unwrap()),
                None => Outcome::Unread(Unread::new(Reason::Broken, "")),
            },
            cached: false,
        };
        let source = Source { title: "set".to_owned(), files: files.iter().map(file).collect() };
        let options = Options {
            clauses: clauses.iter().map(|c| (*c).to_owned()).collect(),
            version: version.map(str::to_owned),
            as_of: "2026-03-01".to_owned(),
            ..Options::default()
        };
        review(&source, clauses::guides(), &options, None)
    }

    const DONE: &str = "# Release record of the software 1.2.0\n\nAll planned verification activities of version 1.2.0 were completed on 2025-03-10.";

    #[test]
    fn what_closed_opened_came_and_went_is_named() {
        let empty = "# Software notes\n\nThe device test bench is in room 4.";
        let before = reviewed(
            &[("a.md", Some(empty)), ("b.md", Some("# B")), ("c.md", Some("# C"))],
            &["5.8.1"],
            None,
        );
        let now = reviewed(
            &[("a.md", Some(DONE)), ("c.md", None), ("d.md", Some("# D"))],
            &["5.8.1", "5.8.2"],
            None,
        );
        let found = compare(&before, &now);
        let id = "62304:5.8.1/tasks-done".to_owned();
        assert!(found.closed.contains(&(id.clone(), Verdict::NotFound)), "{found:?}");
        assert_eq!(
            [&found.files_new, &found.files_changed, &found.files_gone, &found.files_unread]
                .map(|f| f.join(" ")),
            ["d.md", "a.md", "b.md", "c.md"].map(str::to_owned)
        );
        assert!(
            !found.asked_new.is_empty()
                && found.asked_new.iter().all(|(id, _)| id.starts_with("62304:5.8.2/"))
        );
        // What was not asked for before neither opened a gap nor closed one.
        assert!(
            found
                .gaps_opened
                .iter()
                .all(|g| !now.gaps.iter().any(|n| n.id == *g && n.clause == "62304:5.8.2"))
        );
        let back = compare(&now, &before);
        assert!(back.opened.contains(&(id.clone(), Verdict::NotFound)));
        assert_eq!(back.asked_no_more, found.asked_new);
        let first = back.rows().into_iter().next().unwrap();
        assert_eq!((first.change, first.before), (Change::Opened, Verdict::Met));
        assert!(!first.text.is_empty());
    }

    #[test]
    fn reviews_of_different_questions_say_so() {
        let a = reviewed(&[("a.md", Some(DONE))], &["5.8.1"], None);
        let mut b = reviewed(&[("a.md", Some(DONE))], &["5.8.1"], Some("9.0"));
        b.library = "another".to_owned();
        let notes = compare(&a, &b).notes.join("; ");
        assert!(
            notes.contains("library is another") && notes.contains("version was `none` and is `9.0`"),
            "{notes}"
        );
        assert_eq!(compare(&a, &a), Comparison { before: a.as_of.clone(), ..Comparison::default() });
    }
}
