//! The fingerprint of the sources that decide what a document is judged to say: judgements that one build kept are never used by
//! another that might judge otherwise.

fn main() {
    // The clause library has a digest of its own.
    fingerprint::of_sources("DOSSIER_REVIEW_FINGERPRINT", &["src", "../extract/src", "../clauses/src"]);
}
