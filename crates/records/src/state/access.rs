//! Accounts, sessions, tokens and the trail about itself: the part of the fold that says who came in.

use super::examined::Examined;
use super::{Recorded, State};
use crate::Record;
use crate::types::*;
use serde::{Deserialize, Serialize};
use vocabulary::{Date, Digest, Instant};

/// How many wrong components in a row lock an account.
pub const ATTEMPTS_MAX: u32 = 5;

/// A person's account for signing by password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Credentials, oldest first; only the last one counts.
    pub credentials: Vec<Recorded<CredentialEnrol>>,
    /// Whether the last credential was revoked, and by which entry.
    pub revoked: Option<Recorded<CredentialRevoke>>,
    /// Refusals since the last login or unlocking.
    pub refusals: u32,
    /// The lock, while it is locked.
    pub locked: Option<Recorded<AccountLock>>,
}

impl Account {
    /// The credential that counts on the day `on`, or why none does.
    ///
    /// # Errors
    /// A sentence: locked, revoked, aged, none.
    pub fn usable(&self, on: Date) -> Result<&CredentialEnrol, String> {
        let last = &self.credentials.last().ok_or("no password is enrolled")?.body;
        if self.locked.is_some() {
            return Err(format!("the account is locked after {} wrong attempts", self.refusals));
        }
        if let Some(revoked) = &self.revoked {
            return Err(format!("the credential was revoked: {}", revoked.body.reason));
        }
        if on > last.expires {
            return Err(format!("the password was to be changed by {}", last.expires));
        }
        Ok(last)
    }
}

/// An invitation to enrol a password and a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The issue.
    pub issued: Recorded<CredentialInvite>,
    /// The entry that used it up, or that came in its place.
    pub ended: Option<u64>,
}

impl Invitation {
    /// Whether it is taken from `person` at `now`.
    ///
    /// # Errors
    /// A sentence: another person's, used, overtaken, too late.
    pub fn usable(&self, person: &str, now: Instant) -> Result<(), String> {
        let CredentialInvite { person: owner, until, .. } = &self.issued.body;
        if owner != person {
            return Err(format!("the enrolment code was issued for `{owner}`, not for `{person}`"));
        }
        if let Some(ended) = self.ended {
            return Err(format!("the enrolment code was used or replaced by entry {ended}"));
        }
        if now > *until {
            return Err(format!("the enrolment code was to be used by {until}"));
        }
        Ok(())
    }
}

/// A token of the server's API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// The issue.
    pub issued: Recorded<TokenIssue>,
    /// The revocation.
    pub revoked: Option<Recorded<TokenRevoke>>,
}

impl State {
    /// The token with this digest, where it may be used on the day `on`.
    pub fn token(&self, digest: Digest, on: Date) -> Option<&Token> {
        self.tokens
            .values()
            .find(|t| t.issued.body.digest == digest && t.revoked.is_none() && on <= t.issued.body.until)
    }

    /// Kinds of this file; `None` for others.
    pub(super) fn access_step(&mut self, e: &Examined<'_>) -> Option<Result<(), String>> {
        Some(match e.kind.as_str() {
            CredentialInvite::KIND => self.credential_invite(e),
            CredentialEnrol::KIND => self.credential_enrol(e),
            CredentialRevoke::KIND => self.credential_revoke(e),
            SessionOpen::KIND => self.session_open(e),
            SessionKey::KIND => self.session_key(e),
            SessionClose::KIND => self.session_close(e),
            SessionRefuse::KIND => self.session_refuse(e),
            AccountLock::KIND => self.account_lock(e),
            AccountUnlock::KIND => self.account_unlock(e),
            TokenIssue::KIND => self.token_issue(e),
            TokenRevoke::KIND => self.token_revoke(e),
            SignatureRefuse::KIND => self.read(e).map(|r| self.refusals.push(r)),
            TrailReview::KIND => self.trail_review(e),
            TrailAccess::KIND => self.read(e).map(|r| self.accesses.push(r)),
            TextCompare::KIND => self.read(e).map(|r| self.compared_texts.push(r)),
            LedgerAnchor::KIND => self.anchor(e),
            BackupMake::KIND => self.read(e).map(|r| self.backups.push(r)),
            BackupRestore::KIND => self.read(e).map(|r| self.restores.push(r)),
            LetterRecord::KIND => self.read(e).map(|r| self.letters.push(r)),
            _ => return None,
        })
    }

    /// The invitation whose code has this digest.
    pub fn invitation(&self, code: Digest) -> Option<&Invitation> {
        self.invitations.iter().find(|i| i.issued.body.digest == code)
    }

    /// Nobody invites themself, and one person has one invitation at a time.
    fn credential_invite(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let issued: Recorded<CredentialInvite> = self.read(e)?;
        let person = issued.body.person.clone();
        if !self.persons.get(&person).is_some_and(|p| p.active_at(e.seq)) {
            return Err(format!("`{person}` is not an enrolled, active person"));
        }
        self.administers(&issued.meta, &person)?;
        if issued.meta.actor == person {
            return Err(format!("`{person}` cannot invite themself"));
        }
        if self.invitation(issued.body.digest).is_some() {
            return Err("this enrolment code was issued before".to_owned());
        }
        self.end_invitations(&person, e.seq);
        self.invitations.push(Invitation { issued, ended: None });
        Ok(())
    }

    fn end_invitations(&mut self, person: &str, seq: u64) {
        for open in self.invitations.iter_mut().filter(|i| i.issued.body.person == person) {
            open.ended.get_or_insert(seq);
        }
    }

    /// The key has to be the person's and in force: a wrapped key that nobody vouched for signs nothing.
    fn credential_enrol(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<CredentialEnrol> = self.read(e)?;
        let person = self.persons.get(&r.body.person).ok_or_else(|| unknown(&r.body.person))?;
        if !person.keys.iter().any(|k| k.enrolled.body.key_id == r.body.key_id) {
            return Err(format!("`{}` has no key {}", r.body.person, r.body.key_id));
        }
        if !r.body.tested {
            return Err("a token is tested before it is handed out".to_owned());
        }
        if let Some(code) = r.body.invitation {
            let invitation = self.invitation(code).ok_or("no such enrolment code was issued")?;
            invitation.usable(&r.body.person, e.at)?;
        }
        self.end_invitations(&r.body.person, e.seq);
        let account = self.accounts.entry(r.body.person.clone()).or_default();
        account.credentials.push(r);
        account.revoked = None;
        Ok(())
    }

    fn credential_revoke(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<CredentialRevoke> = self.read(e)?;
        self.end_invitations(&r.body.person, e.seq);
        let account = self.account(&r.body.person)?;
        account.revoked = Some(r);
        Ok(())
    }

    fn account(&mut self, person: &str) -> Result<&mut Account, String> {
        self.accounts.get_mut(person).ok_or_else(|| format!("`{person}` has no account"))
    }

    fn session_open(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<SessionOpen> = self.read(e)?;
        let account = self.account(&r.body.person)?;
        account.usable(r.meta.at.date_utc())?;
        account.refusals = 0;
        self.sessions.insert(r.body.session.clone(), r);
        Ok(())
    }

    /// The person may act, and the key is theirs and in force.
    fn session_key(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<SessionKey> = self.read(e)?;
        let person = self.persons.get(&r.body.person).filter(|p| p.active_at(e.seq));
        let person =
            person.ok_or_else(|| format!("`{}` is not an enrolled, active person", r.body.person))?;
        if person.key_at(&r.body.key_id, e.seq).is_none() {
            return Err(format!(
                "key {} of `{}` is not in force at this position",
                r.body.key_id, r.body.person
            ));
        }
        self.key_sessions.push(r);
        Ok(())
    }

    fn session_close(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<SessionClose> = self.read(e)?;
        self.sessions
            .remove(&r.body.session)
            .map(|_| ())
            .ok_or_else(|| format!("session `{}` is not open", r.body.session))
    }

    /// A name that nobody has is recorded and has no account to count on.
    fn session_refuse(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<SessionRefuse> = self.read(e)?;
        if let Some(account) = self.accounts.get_mut(&r.body.person) {
            account.refusals = account.refusals.saturating_add(1);
        }
        Ok(())
    }

    fn account_lock(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<AccountLock> = self.read(e)?;
        let account = self.account(&r.body.person)?;
        if account.refusals < ATTEMPTS_MAX {
            return Err(format!("{} wrong attempts do not lock an account", account.refusals));
        }
        account.locked = Some(r);
        Ok(())
    }

    fn account_unlock(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<AccountUnlock> = self.read(e)?;
        if r.meta.actor == r.body.person {
            return Err("nobody unlocks their own account".to_owned());
        }
        let account = self.account(&r.body.person)?;
        if account.locked.take().is_none() {
            return Err(format!("the account of `{}` is not locked", r.body.person));
        }
        account.refusals = 0;
        Ok(())
    }

    fn token_issue(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let issued: Recorded<TokenIssue> = self.read(e)?;
        self.administers(&issued.meta, &issued.body.holder)?;
        let again = self.tokens.values().any(|t| t.issued.body.digest == issued.body.digest);
        if again || self.tokens.contains_key(&issued.body.token) {
            return Err(format!("token `{}` was issued before", issued.body.token));
        }
        self.tokens.insert(issued.body.token.clone(), Token { issued, revoked: None });
        Ok(())
    }

    fn token_revoke(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<TokenRevoke> = self.read(e)?;
        let token = self.tokens.get_mut(&r.body.token);
        let token = token.ok_or_else(|| format!("there is no token `{}`", r.body.token))?;
        token.revoked.get_or_insert(r);
        Ok(())
    }

    fn trail_review(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<TrailReview> = self.read(e)?;
        if r.body.from >= r.body.to || r.body.to > e.seq {
            return Err(format!("entries {} to {} cannot have been reviewed", r.body.from, r.body.to));
        }
        self.trail_reviews.push(r);
        Ok(())
    }

    fn anchor(&mut self, e: &Examined<'_>) -> Result<(), String> {
        let r: Recorded<LedgerAnchor> = self.read(e)?;
        if r.body.size > e.seq {
            return Err(format!("a checkpoint over {} entries cannot stand in entry {}", r.body.size, e.seq));
        }
        self.anchors.push(r);
        Ok(())
    }
}

pub(super) fn unknown(person: &str) -> String {
    format!("`{person}` is not enrolled")
}
