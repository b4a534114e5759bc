//! The life of controlled documents: draft, in review, approved, effective, obsolete.

use super::examined::Examined;
use super::{Recorded, State};
use crate::Record;
use crate::types::*;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, Digest};

/// What happened to a document beyond its approvals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLife {
    /// Revisions put up for review, oldest first.
    pub submissions: Vec<Recorded<DocumentSubmit>>,
    /// Revisions with the day from which they are in effect, oldest first.
    pub effective: Vec<Recorded<DocumentEffective>>,
    /// Who has read what, oldest first.
    pub reads: Vec<Recorded<DocumentRead>>,
    /// Periodic reviews, oldest first.
    pub reviews: Vec<Recorded<DocumentReview>>,
    /// Its revisions elsewhere, oldest first, where it is kept elsewhere.
    pub external: Vec<Recorded<DocumentExternal>>,
    /// The withdrawal that holds; a later submission ends it.
    pub obsolete: Option<Recorded<DocumentObsolete>>,
}

impl DocumentLife {
    /// The submission of this content.
    pub fn submission(&self, digest: Digest) -> Option<&Recorded<DocumentSubmit>> {
        self.submissions.iter().rev().find(|s| s.body.digest == digest)
    }

    /// Whether `person` recorded that they read and understood this content.
    pub fn read_by(&self, person: &str, digest: Digest) -> bool {
        self.reads.iter().any(|r| r.meta.actor == person && r.body.digest == digest)
    }

    /// The revision in effect on the day `on`: the newest whose day has come.
    pub fn in_effect(&self, on: Date) -> Option<&Recorded<DocumentEffective>> {
        self.effective.iter().rev().find(|e| e.body.from <= on)
    }

    /// The day by which the document is to be reviewed: the last that a review or an effective revision set.
    pub fn review_due(&self) -> Option<Date> {
        let set = self.effective.last().and_then(|e| Some((e.meta.seq, e.body.review_due?)));
        let reviewed = self.reviews.last().and_then(|r| Some((r.meta.seq, r.body.next_due?)));
        set.max(reviewed).map(|(_, due)| due)
    }

    /// The human revision of a content, where one was given.
    pub fn revision(&self, digest: Digest) -> Option<&str> {
        let submitted = self.submission(digest).map(|s| s.body.revision.as_str());
        let elsewhere = || self.external.iter().rev().find(|x| x.body.digest == digest);
        submitted.or_else(|| elsewhere().map(|x| x.body.revision.as_str()))
    }
}

/// How far one content of a document has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentStage {
    /// Nobody put this content up for review.
    Draft,
    /// Put up for review, not approved.
    InReview,
    /// Approved, not (yet) in effect.
    Approved,
    /// In effect.
    Effective,
    /// Was in effect until a later revision.
    Superseded,
    /// The document is withdrawn.
    Obsolete,
}

impl DocumentStage {
    /// The word for people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            DocumentStage::Draft => "draft",
            DocumentStage::InReview => "in review",
            DocumentStage::Approved => "approved",
            DocumentStage::Effective => "effective",
            DocumentStage::Superseded => "superseded",
            DocumentStage::Obsolete => "obsolete",
        }
    }
}

impl State {
    /// How far the content `digest` of `document` had come on the day `on`.
    pub fn document_stage(&self, document: &str, digest: Digest, on: Date) -> DocumentStage {
        let life = self.documents.get(document);
        if life.is_some_and(|l| l.obsolete.is_some()) {
            return DocumentStage::Obsolete;
        }
        if let Some(life) = life {
            let comes = life.effective.iter().rev().find(|e| e.body.digest == digest);
            match (comes.filter(|c| c.body.from <= on), life.in_effect(on)) {
                (Some(_), Some(now)) if now.body.digest == digest => return DocumentStage::Effective,
                (Some(_), Some(_)) => return DocumentStage::Superseded,
                _ => {}
            }
        }
        if self.approvals_of(document, digest).next().is_some() {
            return DocumentStage::Approved;
        }
        match life.is_some_and(|l| l.submission(digest).is_some()) {
            true => DocumentStage::InReview,
            false => DocumentStage::Draft,
        }
    }

    /// The last content of a procedure that is kept elsewhere.
    pub fn external_digest(&self, document: &str) -> Option<Digest> {
        self.documents.get(document)?.external.last().map(|x| x.body.digest)
    }

    /// Kinds of this file; `None` for others.
    pub(super) fn document_step(&mut self, e: &Examined<'_>) -> Option<Result<(), String>> {
        Some(match e.kind.as_str() {
            DocumentApprove::KIND => self.document_approve(e),
            DocumentSubmit::KIND => self.document_submit(e),
            DocumentEffective::KIND => self.document_effective(e),
            DocumentObsolete::KIND => self.document_obsolete(e),
            DocumentRead::KIND => self.document_read(e),
            DocumentReview::KIND => self.read(e).map(|r: Recorded<DocumentReview>| {
                self.life(&r.body.document.clone()).reviews.push(r);
            }),
            DocumentExternal::KIND => self.document_external(e),
            _ => return None,
        })
    }

    fn life(&mut self, document: &str) -> &mut DocumentLife {
        self.documents.entry(document.to_owned()).or_default()
    }

    /// Author is not approver, and what is withdrawn is not approved.
    fn document_approve(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<DocumentApprove> = self.read(e)?;
        if let Some(life) = self.documents.get(&r.body.document) {
            if life.submission(r.body.digest).is_some_and(|s| s.meta.actor == r.meta.actor) {
                return Err(format!(
                    "`{}` is the author of this revision and does not approve it",
                    r.meta.actor
                ));
            }
            if life.obsolete.is_some() {
                return Err(format!("`{}` is obsolete", r.body.document));
            }
        }
        self.approvals.entry(r.body.document.clone()).or_default().push(r);
        Ok(())
    }

    fn document_submit(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<DocumentSubmit> = self.read(e)?;
        let life = self.life(&r.body.document.clone());
        let taken = life
            .submissions
            .iter()
            .any(|s| s.body.revision == r.body.revision && s.body.digest != r.body.digest);
        if taken {
            return Err(format!(
                "revision `{}` of `{}` is another content",
                r.body.revision, r.body.document
            ));
        }
        life.obsolete = None;
        life.submissions.push(r);
        Ok(())
    }

    fn document_effective(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<DocumentEffective> = self.read(e)?;
        let (id, digest) = (&r.body.document, r.body.digest);
        if self.approvals_of(id, digest).next().is_none() {
            return Err(format!("this content of `{id}` is not approved"));
        }
        // A person in any time zone may say "today": a day of slack, never more.
        if r.body.from < e.at.date_utc().plus_days(-1) {
            return Err(format!("`{id}` cannot come into effect in the past, on {}", r.body.from));
        }
        let life = self.documents.get(id);
        if let Some(reader) = r.body.readers.iter().find(|p| !life.is_some_and(|l| l.read_by(p, digest))) {
            return Err(format!(
                "`{reader}` has not recorded to have read and understood this content of `{id}`"
            ));
        }
        let life = self.life(&id.clone());
        if life.obsolete.is_some() {
            return Err(format!("`{}` is obsolete", r.body.document));
        }
        life.effective.push(r);
        Ok(())
    }

    fn document_obsolete(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<DocumentObsolete> = self.read(e)?;
        let id = r.body.document.clone();
        if !self.approvals.contains_key(&id) && !self.documents.contains_key(&id) {
            return Err(format!("nothing of `{id}` was recorded before"));
        }
        self.life(&id).obsolete = Some(r);
        Ok(())
    }

    fn document_read(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<DocumentRead> = self.read(e)?;
        let (id, digest) = (r.body.document.clone(), r.body.digest);
        let known = self.documents.get(&id).is_some_and(|l| {
            l.submission(digest).is_some() || l.external.iter().any(|x| x.body.digest == digest)
        });
        if !known && self.approvals_of(&id, digest).next().is_none() {
            return Err(format!("this content of `{id}` was neither submitted nor approved"));
        }
        self.life(&id).reads.push(r);
        Ok(())
    }

    fn document_external(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<DocumentExternal> = self.read(e)?;
        let life = self.life(&r.body.document.clone());
        if !life.external.is_empty() && r.body.reason.trim().is_empty() {
            return Err(format!("a further revision of `{}` needs a reason", r.body.document));
        }
        life.external.push(r);
        Ok(())
    }
}
