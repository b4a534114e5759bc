//! The fingerprint of the sources that give a state its meaning: a snapshot of one build is never read by another whose entries
//! might count otherwise, or whose types have other fields.

fn main() {
    // What decides whether an entry counts and what it says.
    let folders = ["src", "../ledger/src", "../signing/src", "../vocabulary/src"];
    fingerprint::of_sources("DOSSIER_RECORDS_FINGERPRINT", &folders);
}
