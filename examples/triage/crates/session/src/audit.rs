//! The audit log: what happened in an assessment, in a chain of digests that shows any later change.

use sha2::{Digest, Sha256};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The assessment began; the detail names the pathway and the content digest.
    Started,
    /// An answer was given: `question=answer`.
    Answered,
    /// An answer was corrected: `question=answer`.
    Revised,
    /// A result was shown: level and score.
    Result,
    /// A saved assessment was taken up again.
    Resumed,
}

impl Event {
    const ALL: [Event; 5] = [Event::Started, Event::Answered, Event::Revised, Event::Result, Event::Resumed];

    /// The word in the saved log.
    pub fn as_str(self) -> &'static str {
        match self {
            Event::Started => "started",
            Event::Answered => "answered",
            Event::Revised => "revised",
            Event::Result => "result",
            Event::Resumed => "resumed",
        }
    }

    /// The event with this word.
    pub fn parse(s: &str) -> Option<Event> {
        Event::ALL.into_iter().find(|e| e.as_str() == s)
    }
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, in seconds since 1970-01-01 UTC.
    pub at: u64,
    /// What.
    pub event: Event,
    /// More about it. Never a name, an address or free text of the user.
    pub detail: String,
    /// SHA-256 over the link before, the place in the log and this entry, as hex.
    pub link: String,
}

/// The log of one assessment; it only grows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditLog {
    entries: Vec<Entry>,
}

impl AuditLog {
    /// Adds an entry. A clock that goes backwards is held at the last time, so that the order stays visible.
    pub fn append(&mut self, at: u64, event: Event, detail: &str) {
        let (before, at) = self.entries.last().map_or(("", at), |e| (e.link.as_str(), at.max(e.at)));
        let link = link(before, self.entries.len(), at, event, detail);
        self.entries.push(Entry { at, event, detail: detail.to_string(), link });
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Takes entries that were read from a file.
    ///
    /// # Errors
    /// The number, from 1, of the first entry whose link or time does not follow from the one before.
    pub fn from_entries(entries: Vec<Entry>) -> Result<AuditLog, usize> {
        let (mut before, mut last) = ("", 0);
        for (i, e) in entries.iter().enumerate() {
            if e.link != link(before, i, e.at, e.event, &e.detail) || e.at < last {
                return Err(i + 1);
            }
            (before, last) = (e.link.as_str(), e.at);
        }
        Ok(AuditLog { entries })
    }
}

fn link(before: &str, place: usize, at: u64, event: Event, detail: &str) -> String {
    let text = format!("{before}\n{place}\n{at}\n{}\n{detail}", event.as_str());
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    fn log() -> Vec<Entry> {
        let mut log = AuditLog::default();
        log.append(100, Event::Started, "cough");
        log.append(110, Event::Answered, "blue=no");
        log.append(120, Event::Result, "routine 2");
        log.entries().to_vec()
    }

    #[test]
    fn untouched_log_is_accepted() {
        assert_eq!(AuditLog::from_entries(log()).unwrap().entries(), log());
    }

    fn found(change: impl Fn(&mut Vec<Entry>), place: usize) {
        let mut entries = log();
        change(&mut entries);
        assert_eq!(AuditLog::from_entries(entries).unwrap_err(), place);
    }
    cases! { found;
        changed_detail: |e: &mut Vec<Entry>| e[1].detail = "blue=yes".into(), 2;
        changed_time: |e: &mut Vec<Entry>| e[2].at = 121, 3;
        changed_event: |e: &mut Vec<Entry>| e[0].event = Event::Resumed, 1;
        changed_link: |e: &mut Vec<Entry>| e[0].link = "0".repeat(64), 1;
        removed_first: |e: &mut Vec<Entry>| drop(e.remove(0)), 1;
        removed_middle: |e: &mut Vec<Entry>| drop(e.remove(1)), 2;
        swapped: |e: &mut Vec<Entry>| e.swap(1, 2), 2;
        repeated: |e: &mut Vec<Entry>| e.push(e[2].clone()), 4;
    }

    #[test]
    fn backward_clock_is_held() {
        let mut log = AuditLog::default();
        log.append(100, Event::Started, "");
        log.append(90, Event::Resumed, "");
        assert_eq!(log.entries()[1].at, 100);
        assert!(AuditLog::from_entries(log.entries().to_vec()).is_ok());
    }
}
