//! Every kind of report over made-up views, once: what the tests of all forms go through, and what the example renders.
//!
//! Part of the crate where it is tested; the integration tests and the example take in this file by its path, so `super` is the crate that
//! has the reports in scope.

use super::{Sheet, controlled_document, item_document, release_record, risk_file, soup_list, test_report};
use views::sample::Sample;

/// The sheets by the name of a file each; the requirements have so many items.
pub(crate) fn sheets(sample: Sample, requirements: usize) -> Vec<(&'static str, Sheet)> {
    vec![
        ("release-record", release_record(&sample.release_record())),
        ("plan", controlled_document(&sample.document())),
        ("requirements", item_document(&sample.requirements(requirements))),
        ("risk-file", risk_file(&sample.risk_file())),
        ("soup", soup_list(&sample.soup(), sample.cover("DOC-SOUP", "SOUP list", "SOUP list"))),
        ("test-report", test_report(&sample.test_report())),
    ]
}
