//! Any two outputs of a build: the same, or different for at least one reason. The input is cut at the first 0xff.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let cut = bytes.iter().position(|b| *b == 0xff).unwrap_or(bytes.len());
    let (expected, actual) = bytes.split_at(cut);
    let actual = actual.get(1..).unwrap_or_default();
    let causes = rebuild::compare::explain(expected, actual);
    assert_eq!(causes.is_empty(), expected == actual, "{causes:?}");
});
