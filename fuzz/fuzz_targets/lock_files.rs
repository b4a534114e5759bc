//! Any bytes are an inventory, whatever ecosystem's file they are taken for: the first byte chooses the reader.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let files: Vec<String> = soup::lock::examples().collect();
    let lock =
        soup::lock::read(&files[usize::from(*choice) % files.len()], rest).expect("a name that is read");
    assert!(!lock.graph.is_empty() || !lock.problems.is_empty(), "empty is not none");
    let _ = soup::lock::blobs::files(rest);
    if let Ok(text) = std::str::from_utf8(rest) {
        let _ = soup::lock::images::ImageReference::parse(text);
    }
});
