//! Any bytes are a VEX document or an error; what is read can be written in every format and read again.
#![no_main]

use soup::vex::{Format, read, write};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok((document, _)) = read(bytes) {
        for format in [Format::OpenVex, Format::Csaf, Format::CycloneDx] {
            let _ = read(&write(&document, format));
        }
    }
});
