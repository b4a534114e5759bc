//! Any files are a report: the input is cut into a checkpoint, a bundle and a tile of three entries.
#![no_main]

use ledger::{Anchors, ExportError, ExportFiles, verify_files};
use std::collections::BTreeSet;

const SIGNED: &[u8] = include_bytes!("../seeds/ledger_export/three-entries");
const NAMES: [&str; 3] = ["checkpoint", "tile/entries/000.p/3", "tile/0/000.p/3"];

struct Cut<'a>(Vec<&'a [u8]>);

impl ExportFiles for Cut<'_> {
    fn names(&self) -> Result<BTreeSet<String>, ExportError> {
        Ok(NAMES.iter().take(self.0.len()).map(|n| n.to_string()).collect())
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ExportError> {
        let place = NAMES.iter().position(|n| *n == name);
        Ok(place.and_then(|p| self.0.get(p)).map(|bytes| bytes.to_vec()))
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let files = Cut(bytes.splitn(3, |b| *b == 0xff).collect());
    let report = verify_files(&files, &Anchors::default()).expect("files in memory can be read");
    // One seed is signed; whoever has no key can make another of it only by touching the signatures of strangers.
    let cut = |bytes: &[u8], part: usize| bytes.splitn(3, |b| *b == 0xff).nth(part).map(<[u8]>::to_vec);
    let same = |part| cut(bytes, part) == cut(SIGNED, part);
    assert!(!report.ok() || (same(1) && same(2)), "nobody signed this");
});
