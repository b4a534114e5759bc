//! What may follow what: the release's state machine.

use records::state::{Phase, Release};

/// A step of the release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Collect and build.
    Stage,
    /// Judge.
    Gate,
    /// Sign.
    Sign,
    /// Write the archive.
    Seal,
    /// Publish.
    Deliver,
    /// Withdraw.
    Withdraw,
}

/// Why a step cannot be taken, with the command that has to come first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("release `{version}` is {phase}: {why}")]
pub struct NotNow {
    /// The version.
    pub version: String,
    /// How far it has come.
    pub phase: &'static str,
    /// What is missing.
    pub why: &'static str,
    /// The command to give first.
    pub first: Option<String>,
}

/// Whether `step` may be taken now.
///
/// # Errors
/// What is missing, and what to do first.
pub fn may(step: Step, release: &Release, version: &str) -> Result<(), NotNow> {
    let phase = release.phase();
    let no = |why, first: Option<&str>| {
        Err(NotNow {
            version: version.to_owned(),
            phase: phase.as_str(),
            why,
            first: first.map(|verb| format!("dossier release {verb} {version}")),
        })
    };
    match (step, phase) {
        (Step::Withdraw, Phase::Withdrawn) => no("it was withdrawn before", None),
        (Step::Withdraw, _) => Ok(()),
        (_, Phase::Withdrawn) => no("a withdrawn release goes no further", None),
        (Step::Deliver, Phase::Sealed | Phase::Delivered) => Ok(()),
        (Step::Deliver, _) => no("only a sealed release is delivered", Some("seal")),
        (_, Phase::Sealed | Phase::Delivered) => {
            no("what is sealed never changes; open the next version", None)
        }
        (Step::Gate | Step::Stage, _) => Ok(()),
        (Step::Sign, Phase::Draft) => no("nothing is staged, so there is nothing to sign", Some("stage")),
        (Step::Sign, _) => Ok(()),
        (Step::Seal, Phase::Signed) => Ok(()),
        (Step::Seal, _) => no("the release manager has not signed", Some("sign")),
    }
}
