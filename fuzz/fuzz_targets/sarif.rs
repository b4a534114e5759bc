//! Any bytes are a report of a security test or an error; what counts is counted once.
#![no_main]

use evidence::sarif::read;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(report) = read(bytes) {
        let counted: u64 = report.levels.values().sum();
        assert_eq!(counted, report.suppressed + report.results.len() as u64);
        assert!(report.results.is_sorted_by(|a, b| a.level >= b.level));
    }
});
