//! Any bytes are an error or a root file system, and nothing is written outside of its folder.
#![no_main]

use std::cell::OnceCell;
use tempfile::TempDir;

thread_local! {
    static FOLDER: OnceCell<TempDir> = const { OnceCell::new() };
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    FOLDER.with(|cell| {
        let around = cell.get_or_init(|| tempfile::tempdir().expect("a folder"));
        let inside = around.path().join("in/side");
        let _ = rebuild::unpack_environment(&mut &bytes[..], &inside);
        let beside = || {
            std::fs::read_dir(around.path())
                .expect("a folder")
                .chain(std::fs::read_dir(around.path().join("in")).into_iter().flatten())
        };
        let strange: Vec<_> = beside()
            .filter_map(|e| e.ok().map(|e| e.file_name()))
            .filter(|n| n != "in" && n != "side")
            .collect();
        assert!(strange.is_empty(), "written outside: {strange:?}");
        let _ = std::fs::remove_dir_all(around.path().join("in"));
    });
});
