//! Deciding on verdicts one by one: a review as JSON, and beside it the TOML file in which decisions are kept.

use crate::clock::Clock;
use crate::error::{Doing as _, Error, Result};
use review::{DecisionKind, Decisions, Review};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use toml_edit::{DocumentMut, Item, Table, value};

/// Longest comment and longest name of a person, in characters.
const COMMENT_MAX: usize = 4_000;
const NAME_MAX: usize = 200;

/// A review that people decide on.
#[derive(Debug)]
pub struct ReviewDesk {
    review: Review,
    decisions: PathBuf,
    clock: Clock,
    /// One decision is written at a time.
    writing: Mutex<()>,
}

/// What a person decides.
#[derive(Clone, Debug)]
pub struct Deciding {
    /// The constraint's id.
    pub constraint: String,
    /// What was decided.
    pub decision: DecisionKind,
    /// Who decides.
    pub by: String,
    /// Why; a rejection and a comment need it.
    pub comment: String,
    /// Digest of the passages that the person saw.
    pub passage: String,
}

impl ReviewDesk {
    /// Opens a review in JSON; `decisions` is made with the first decision.
    ///
    /// # Errors
    /// When either file is there and cannot be read.
    pub fn open(review: &Path, decisions: PathBuf, clock: Clock) -> Result<ReviewDesk> {
        let desk =
            ReviewDesk { review: super::review_read(review)?, decisions, clock, writing: Mutex::new(()) };
        desk.review()?;
        Ok(desk)
    }

    /// Where decisions are kept.
    pub fn decisions(&self) -> &Path {
        &self.decisions
    }

    /// The review with the decisions as the file holds them now, so that edits by hand are seen too.
    ///
    /// # Errors
    /// When the file of decisions cannot be read.
    pub fn review(&self) -> Result<Review> {
        let mut review = self.review.clone();
        self.kept()?.1.apply(&mut review);
        Ok(review)
    }

    /// Keeps a decision. Everything else in the file stays as people wrote it.
    ///
    /// # Errors
    /// When the constraint is not of this review, the passages are others than the person saw, a name or a needed comment is
    /// missing, or the file cannot be written.
    pub fn decide(&self, deciding: &Deciding) -> Result<()> {
        let constraints = || self.review.clauses.iter().flat_map(|c| &c.constraints);
        let Some(constraint) = constraints().find(|c| c.id == deciding.constraint) else {
            return Err(Error::refused(format!("`{}` is no part of this review", deciding.constraint)));
        };
        if review::passage_digest(constraint) != deciding.passage {
            return Err(Error::refused("the passages are not those that were on the page")
                .hint("load the page again and decide on what stands there now"));
        }
        let by = deciding.by.trim();
        if by.is_empty() || by.chars().count() > NAME_MAX {
            return Err(Error::refused("the decision does not say by whom").hint("fill in your name or role"));
        }
        let comment = deciding.comment.trim();
        if comment.is_empty() && deciding.decision != DecisionKind::Confirmed {
            return Err(Error::refused("a rejection or a comment says why").hint("write a sentence"));
        }
        if comment.chars().count() > COMMENT_MAX {
            return Err(Error::refused(format!("the comment is longer than {COMMENT_MAX} characters")));
        }
        let _one = self.writing.lock().map_err(|_| Error::environment("an earlier decision broke off"))?;
        let (text, _) = self.kept()?;
        let mut document: DocumentMut =
            text.parse().map_err(|e| Error::refused(format!("{}: {e}", self.decisions.display())))?;
        let all = document.entry("constraint").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let Some(all) = all.as_table_mut() else {
            return Err(Error::refused(format!("{}: `constraint` is no table", self.decisions.display())));
        };
        let mut entry = Table::new();
        entry.insert("decision", value(word(deciding.decision)));
        entry.insert("by", value(by));
        entry.insert("on", value(self.clock.today("UTC")?.to_string()));
        entry.insert("comment", value(comment));
        entry.insert("passage", value(deciding.passage.as_str()));
        all.insert(&deciding.constraint, Item::Table(entry));
        let text = document.to_string();
        Decisions::parse(&text).map_err(|e| Error::refused(e.to_string()))?;
        replace(&self.decisions, text.as_bytes())
    }

    fn kept(&self) -> Result<(String, Decisions)> {
        let text = match std::fs::read_to_string(&self.decisions) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(e).doing(format_args!("read {}", self.decisions.display())),
        };
        let decisions = Decisions::parse(&text)
            .map_err(|e| Error::refused(format!("{}: {e}", self.decisions.display())))?;
        Ok((text, decisions))
    }
}

fn word(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Confirmed => "confirmed",
        DecisionKind::Rejected => "rejected",
        DecisionKind::Comment => "comment",
    }
}

/// Writes a file whole or not at all: beside it, to the disk, then in its place.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = folder.join(name);
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        std::fs::File::open(folder)?.sync_all()
    };
    write().doing(format_args!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use review::Options;

    fn desk(folder: &Path) -> ReviewDesk {
        let text =
            extract::read("release.md", b"# Release record 2.4.0\n\nKnown anomalies: AN-7 only.").unwrap();
        let file = extract::FileRead {
            name: "release.md".to_owned(),
            size: 0,
            digest: String::new(),
            outcome: extract::Outcome::Read(text),
            cached: false,
        };
        let source = review::Source { title: "set".to_owned(), files: vec![file] };
        let options = Options {
            clauses: vec!["5.8.2".to_owned()],
            as_of: "2026-03-01".to_owned(),
            ..Options::default()
        };
        let review = review::review(&source, clauses::guides(), &options, None);
        let path = folder.join("review.json");
        std::fs::write(&path, serde_json::to_vec(&review).unwrap()).unwrap();
        ReviewDesk::open(&path, folder.join("decisions.toml"), Clock::System).unwrap()
    }

    #[test]
    fn a_decision_is_kept_beside_what_people_wrote_by_hand() {
        let dir = tempfile::tempdir().unwrap();
        let desk = desk(dir.path());
        let review = desk.review().unwrap();
        let constraint = &review.clauses[0].constraints[0];
        let other = &review.clauses[0].constraints[1];
        let by_hand = format!(
            "# asked the supplier\n[constraint.\"{}\"]\ndecision = \"comment\"\nby = \"qa-lead\"\non = \"2026-02-01\"\n",
            other.id
        );
        std::fs::write(desk.decisions(), &by_hand).unwrap();
        let mut deciding = Deciding {
            constraint: constraint.id.clone(),
            decision: DecisionKind::Rejected,
            by: "quality-manager".to_owned(),
            comment: String::new(),
            passage: review::passage_digest(constraint),
        };
        assert!(desk.decide(&deciding).unwrap_err().to_string().contains("says why"));
        deciding.comment = "the list is of 2.3.0".to_owned();
        desk.decide(&deciding).unwrap();
        let kept = std::fs::read_to_string(desk.decisions()).unwrap();
        assert!(kept.starts_with(&by_hand), "{kept}");
        let now = desk.review().unwrap();
        let decision = now.clauses[0].constraints[0].decision.clone().unwrap();
        assert_eq!((decision.decision, decision.by.as_str()), (DecisionKind::Rejected, "quality-manager"));
        assert!(now.clauses[0].constraints[1].decision.is_some());
        deciding.passage = "0000000000000000".to_owned();
        assert!(desk.decide(&deciding).unwrap_err().to_string().contains("not those"));
    }
}
