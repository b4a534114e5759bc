//! Explaining differences of compressed files and archives by opening them: gzip, zstd, tar, zip (jar, apk, ipa,
//! xlsx), ar (static libraries, Debian packages). What cannot be opened whole is left to the comparison of bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::{CauseKind, Findings, within};

/// A file that unpacks to more is not opened, in bytes.
const UNPACKED_MAX: u64 = 1 << 30;
/// An archive with more members is not opened.
const MEMBERS_MAX: usize = 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Gzip,
    Zstd,
    Tar,
    Zip,
    Ar,
}

impl Format {
    fn of(bytes: &[u8]) -> Option<Format> {
        if bytes.starts_with(&[0x1f, 0x8b, 8]) {
            Some(Format::Gzip)
        } else if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Some(Format::Zstd)
        } else if bytes.starts_with(b"PK\x03\x04") {
            Some(Format::Zip)
        } else if bytes.starts_with(b"!<arch>\n") {
            Some(Format::Ar)
        } else if bytes.get(257..262) == Some(b"ustar") {
            Some(Format::Tar)
        } else {
            None
        }
    }

    fn name(self) -> &'static str {
        match self {
            Format::Gzip => "gzip",
            Format::Zstd => "zstd",
            Format::Tar => "tar",
            Format::Zip => "zip",
            Format::Ar => "ar",
        }
    }

    /// What was compressed, if this is a format for one file.
    fn payload(self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Format::Gzip => read_all(flate2::read::MultiGzDecoder::new(bytes)),
            Format::Zstd => read_all(zstd::stream::read::Decoder::new(bytes).ok()?),
            Format::Tar | Format::Zip | Format::Ar => None,
        }
    }

    /// The members, if this is an archive.
    fn members(self, bytes: &[u8]) -> Option<Vec<Member>> {
        match self {
            Format::Tar => tar_members(bytes),
            Format::Zip => zip_members(bytes),
            Format::Ar => ar_members(bytes),
            Format::Gzip | Format::Zstd => None,
        }
    }
}

fn read_all(from: impl Read) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    from.take(UNPACKED_MAX).read_to_end(&mut out).ok()?;
    (out.len() as u64 != UNPACKED_MAX).then_some(out)
}

/// Explains `a` against `b` as containers, or returns false if they are none that can be opened.
pub(super) fn explain(findings: &mut Findings, place: &str, a: &[u8], b: &[u8], depth: usize) -> bool {
    let (Some(format_a), Some(format_b)) = (Format::of(a), Format::of(b)) else { return false };
    if let (Some(payload_a), Some(payload_b)) = (format_a.payload(a), format_b.payload(b)) {
        explain_compressed(findings, place, (format_a, a, &payload_a), (format_b, b, &payload_b), depth);
        return true;
    }
    if format_a != format_b {
        return false;
    }
    let (Some(members_a), Some(members_b)) = (format_a.members(a), format_b.members(b)) else { return false };
    explain_members(findings, place, format_a, (members_a, members_b), depth);
    true
}

type Compressed<'a> = (Format, &'a [u8], &'a [u8]);

fn explain_compressed(
    findings: &mut Findings,
    place: &str,
    a: Compressed<'_>,
    b: Compressed<'_>,
    depth: usize,
) {
    let before = findings.causes.len();
    let at = within(place, a.0.name());
    if let (Some(head_a), Some(head_b)) = (gzip_head(a.1), gzip_head(b.1)) {
        if head_a.mtime != head_b.mtime {
            let detail = format!("time in the header: {}, now {}", head_a.mtime, head_b.mtime);
            findings.add(CauseKind::Timestamp, &at, detail);
        }
        if head_a.name != head_b.name {
            let name = |n: Option<&[u8]>| n.map_or("none".into(), String::from_utf8_lossy).into_owned();
            let detail = format!("file name in the header: {}, now {}", name(head_a.name), name(head_b.name));
            findings.add(CauseKind::Path, &at, detail);
        }
        if a.2 == b.2 && head_a.stream != head_b.stream {
            findings.add(CauseKind::Compressor, &at, "same content, another compressor or level");
        }
    }
    if a.2 != b.2 {
        findings.explain(&at, a.2, b.2, depth + 1);
    } else if findings.causes.len() == before {
        let detail = format!("same content, as {} and now as {}", a.0.name(), b.0.name());
        findings.add(CauseKind::Compressor, at, detail);
    }
}

struct GzipHead<'a> {
    mtime: u32,
    name: Option<&'a [u8]>,
    /// What follows the header.
    stream: &'a [u8],
}

/// The header of a gzip file (RFC 1952).
fn gzip_head(bytes: &[u8]) -> Option<GzipHead<'_>> {
    let (extra_flag, name_flag) = (4, 8);
    let flags = *bytes.get(3)?;
    let mtime = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
    let mut rest = bytes.starts_with(&[0x1f, 0x8b]).then(|| bytes.get(10..))??;
    if flags & extra_flag != 0 {
        let length = u16::from_le_bytes(rest.get(..2)?.try_into().ok()?);
        rest = rest.get(2 + usize::from(length)..)?;
    }
    let mut name = None;
    if flags & name_flag != 0 {
        let end = rest.iter().position(|b| *b == 0)?;
        name = rest.get(..end);
        rest = rest.get(end + 1..)?;
    }
    Some(GzipHead { mtime, name, stream: rest })
}

/// A file in an archive.
struct Member {
    name: String,
    /// Its times, as the archive writes them.
    time: String,
    /// Owner, mode, kind: everything else that the archive says of it.
    attributes: String,
    data: Vec<u8>,
    /// How the data is stored, where the archive compresses.
    stored: Option<Vec<u8>>,
}

/// Members by name and, where a name comes again, its count.
fn keyed(members: Vec<Member>) -> Vec<((String, usize), Member)> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let key = |member: Member| {
        let count = seen.entry(member.name.clone()).or_default();
        *count += 1;
        ((member.name.clone(), *count), member)
    };
    members.into_iter().map(key).collect()
}

fn explain_members(
    findings: &mut Findings,
    place: &str,
    format: Format,
    (a, b): (Vec<Member>, Vec<Member>),
    depth: usize,
) {
    let before = findings.causes.len();
    let at = within(place, format.name());
    let (a, b) = (keyed(a), keyed(b));
    let names =
        |list: &[((String, usize), Member)]| list.iter().map(|(k, _)| k.clone()).collect::<BTreeSet<_>>();
    let (names_a, names_b) = (names(&a), names(&b));
    for (name, _) in names_a.difference(&names_b) {
        findings.add(CauseKind::Content, &at, format!("the member `{name}` is no longer there"));
    }
    for (name, _) in names_b.difference(&names_a) {
        findings.add(CauseKind::Content, &at, format!("the member `{name}` is new"));
    }
    let common = |list: &[((String, usize), Member)]| {
        list.iter()
            .map(|(k, _)| k)
            .filter(|k| names_a.contains(*k) && names_b.contains(*k))
            .cloned()
            .collect::<Vec<_>>()
    };
    if common(&a) != common(&b) {
        findings.add(CauseKind::Order, &at, "its members stand in another order");
    }
    let mut by_name: BTreeMap<_, _> = b.into_iter().collect();
    for (key, member) in a {
        if let Some(other) = by_name.remove(&key) {
            explain_member(findings, &within(&at, &format!("member {}", key.0)), &member, &other, depth);
        }
    }
    if findings.causes.len() == before {
        findings.add(CauseKind::Content, at, "it differs outside of its members");
    }
}

fn explain_member(findings: &mut Findings, at: &str, a: &Member, b: &Member, depth: usize) {
    if a.time != b.time {
        findings.add(CauseKind::Timestamp, at, format!("time {}, now {}", a.time, b.time));
    }
    if a.attributes != b.attributes {
        findings.add(CauseKind::Content, at, format!("{}, now {}", a.attributes, b.attributes));
    }
    if a.data != b.data {
        findings.explain(at, &a.data, &b.data, depth + 1);
    } else if a.stored != b.stored {
        findings.add(CauseKind::Compressor, at, "same content, another compressor or level");
    }
}

fn tar_members(bytes: &[u8]) -> Option<Vec<Member>> {
    let mut out = Vec::new();
    for entry in tar::Archive::new(bytes).entries().ok()? {
        let mut entry = entry.ok()?;
        let header = entry.header();
        let lossy = |b: Option<&[u8]>| b.map(String::from_utf8_lossy).unwrap_or_default().into_owned();
        let mut time = header.mtime().ok()?.to_string();
        let link = entry
            .link_name_bytes()
            .map(|l| format!(" to {}", String::from_utf8_lossy(&l)))
            .unwrap_or_default();
        let attributes = format!(
            "{:?}{link} mode {:o} owner {}:{} ({}:{})",
            header.entry_type(),
            header.mode().ok()?,
            header.uid().ok()?,
            header.gid().ok()?,
            lossy(header.username_bytes()),
            lossy(header.groupname_bytes()),
        );
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if let Some(extensions) = entry.pax_extensions().ok()? {
            for extension in extensions.filter_map(Result::ok).filter(|e| e.key_bytes().ends_with(b"time")) {
                time.push_str(&format!(" {}", lossy(Some(extension.value_bytes()))));
            }
        }
        let mut data = Vec::new();
        entry.read_to_end(&mut data).ok()?;
        out.push(Member { name, time, attributes, data, stored: None });
        if out.len() > MEMBERS_MAX {
            return None;
        }
    }
    Some(out)
}

/// The members of an ar archive, with the long names of its GNU form.
fn ar_members(bytes: &[u8]) -> Option<Vec<Member>> {
    let mut out = Vec::new();
    let mut long_names: &[u8] = &[];
    let mut rest = bytes.strip_prefix(b"!<arch>\n")?;
    while !rest.is_empty() {
        let (head, body) = rest.split_at_checked(60)?;
        let field =
            |range: std::ops::Range<usize>| Some(std::str::from_utf8(head.get(range)?).ok()?.trim_end());
        let size: usize = field(48..58)?.parse().ok()?;
        let data = body.get(..size)?;
        let name = field(0..16)?;
        if name == "//" {
            long_names = data;
        }
        let long = name
            .strip_prefix('/')
            .and_then(|at| at.parse::<usize>().ok())
            .and_then(|at| long_names.get(at..));
        let name = match long.and_then(|from| from.split(|b| matches!(b, b'/' | b'\n')).next()) {
            Some(long) => String::from_utf8_lossy(long).into_owned(),
            None => name.to_owned(),
        };
        let attributes = format!("mode {} owner {}:{}", field(40..48)?, field(28..34)?, field(34..40)?);
        out.push(Member {
            name,
            time: field(16..28)?.to_owned(),
            attributes,
            data: data.to_vec(),
            stored: None,
        });
        if out.len() > MEMBERS_MAX {
            return None;
        }
        // Members start at even places.
        rest = body.get(size + size % 2..).unwrap_or_default();
    }
    Some(out)
}

/// The members of a zip file as its central directory lists them (APPNOTE 4.3.12); stored and deflated ones.
fn zip_members(bytes: &[u8]) -> Option<Vec<Member>> {
    let end = bytes.windows(4).rposition(|w| w == b"PK\x05\x06")?;
    let count = u16_at(bytes, end + 10)?;
    let mut at = usize::try_from(u32_at(bytes, end + 16)?).ok()?;
    let mut left = UNPACKED_MAX;
    let mut out = Vec::new();
    for _ in 0..count {
        let head = bytes.get(at..)?;
        if !head.starts_with(b"PK\x01\x02") {
            return None;
        }
        let method = u16_at(head, 10)?;
        let (date, clock) = (u16_at(head, 14)?, u16_at(head, 12)?);
        let size = usize::try_from(u32_at(head, 20)?).ok()?;
        let [name, extra, comment] = [28, 30, 32].map(|field| u16_at(head, field).map(usize::from));
        let (name, extra, comment) = (name?, extra?, comment?);
        let local = bytes.get(usize::try_from(u32_at(head, 42)?).ok()?..)?;
        let skip = 30 + usize::from(u16_at(local, 26)?) + usize::from(u16_at(local, 28)?);
        let stored = local.get(skip..skip.checked_add(size)?)?;
        let data = match method {
            0 => stored.to_vec(),
            8 => read_all(flate2::read::DeflateDecoder::new(stored))?,
            _ => return None,
        };
        left = left.checked_sub(data.len() as u64)?;
        out.push(Member {
            name: String::from_utf8_lossy(head.get(46..46 + name)?).into_owned(),
            time: dos_time(date, clock),
            attributes: format!("made by {:#x} attributes {:#x}", u16_at(head, 4)?, u32_at(head, 38)?),
            data,
            stored: Some(stored.to_vec()),
        });
        at += 46 + name + extra + comment;
    }
    Some(out)
}

/// A time as zip has it: two seconds, no zone.
fn dos_time(date: u16, clock: u16) -> String {
    let (year, month, day) = (1980 + (date >> 9), (date >> 5) & 15, date & 31);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}",
        clock >> 11,
        (clock >> 5) & 63,
        (clock & 31) * 2
    )
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}
