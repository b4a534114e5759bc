//! How long a service that is asked too often asks to be left alone.

use ureq::http::header::HeaderMap;

/// The seconds of `Retry-After`; a date is not read.
pub(crate) fn seconds(headers: &HeaderMap) -> Option<u64> {
    headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()
}
