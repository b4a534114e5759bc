//! Any bytes end in issues or a problem, whatever the tracker; every issue has an id and a key.
#![no_main]

use interchange::tracker::{Tracker, read, read_webhook};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for (_, tracker) in Tracker::ALL {
        let found = read(tracker, bytes);
        assert!(found.entries == 0 || found.issues.len() <= found.entries, "no issue comes from nowhere");
        for issue in found.issues.iter().chain(read_webhook(tracker, bytes).ok().flatten().iter()) {
            assert!(!issue.id.is_empty() && !issue.key.is_empty());
            assert!(issue.url.is_empty() || issue.url.starts_with("http"));
            let _ = (issue.value("severity"), issue.is("bug"));
        }
    }
});
