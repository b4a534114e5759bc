//! SHA-256 sums of the content files, in the form of `sha256sum`.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The SHA-256 of the bytes as 64 lower-case hex digits.
pub fn hex_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// One line of a sums file, without the line end.
pub fn sum_line(name: &str, bytes: &[u8]) -> String {
    format!("{}  {name}", hex_sha256(bytes))
}

/// Reads a sums file into name and digest.
///
/// # Errors
/// Names the first line that is not `<64 hex digits>  <name>` or that names a file again.
pub fn parse_sums(text: &str) -> Result<BTreeMap<&str, &str>, String> {
    let mut sums = BTreeMap::new();
    for (i, line) in text.lines().enumerate() {
        let parts = line.split_once("  ").filter(|(digest, name)| {
            digest.len() == 64
                && !name.is_empty()
                && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        });
        let Some((digest, name)) = parts else {
            return Err(format!("line {}: not a SHA-256 sum and a name", i + 1));
        };
        if sums.insert(name, digest).is_some() {
            return Err(format!("line {}: `{name}` is there twice", i + 1));
        }
    }
    Ok(sums)
}

/// Compares files with their sums; a file without a sum and a sum without a file are errors as well.
///
/// # Errors
/// Names the first file that differs.
pub fn verify_files(files: &[(&str, &str)], sums: &str) -> Result<(), String> {
    let sums = parse_sums(sums)?;
    for (name, text) in files {
        match sums.get(name) {
            None => return Err(format!("`{name}` has no sum")),
            Some(expected) if *expected != hex_sha256(text.as_bytes()) => {
                return Err(format!("`{name}` differs from its sum"));
            }
            Some(_) => {}
        }
    }
    match sums.keys().find(|n| !files.iter().any(|(f, _)| f == *n)) {
        Some(name) => Err(format!("`{name}` is missing")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cases::cases;

    // Expected values from FIPS 180-4 examples and the empty message.
    fn digest_is(bytes: &[u8], hex: &str) {
        assert_eq!(hex_sha256(bytes), hex);
    }
    cases! { digest_is;
        empty_message: b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        fips_abc: b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        fips_two_blocks: b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1";
    }

    const A: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a\n";

    fn verdict(files: &[(&str, &str)], sums: &str, expected: Result<(), &str>) {
        assert_eq!(verify_files(files, sums), expected.map_err(str::to_string));
    }
    cases! { verdict;
        equal: &[("a", "a")], A, Ok(());
        changed_byte: &[("a", "b")], A, Err("`a` differs from its sum");
        added_byte: &[("a", "a\n")], A, Err("`a` differs from its sum");
        file_without_sum: &[("a", "a"), ("b", "b")], A, Err("`b` has no sum");
        sum_without_file: &[], A, Err("`a` is missing");
        sum_cut_off: &[("a", "a")], &A[1..], Err("line 1: not a SHA-256 sum and a name");
        sum_in_capitals: &[("a", "a")], &A.to_uppercase(), Err("line 1: not a SHA-256 sum and a name");
        name_twice: &[("a", "a")], &format!("{A}{A}"), Err("line 2: `a` is there twice");
        nothing_at_all: &[], "", Ok(());
    }

    #[test]
    fn line_reads_back() {
        let line = sum_line("x.json", b"{}");
        assert_eq!(parse_sums(&line).unwrap().get("x.json"), Some(&hex_sha256(b"{}").as_str()));
    }
}
