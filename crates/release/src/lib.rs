//! Gate, evidence manifest, the release's state machine.
