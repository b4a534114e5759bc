//! Other people's programs, where they are installed: OCR for scanned pages, converters for Word 97. They get a copy in a
//! folder of their own, and limits of time and memory.

use crate::child::Limits;
use crate::format::Format;
use crate::plain;
use crate::text::{Reason, Text, Unread};
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Most pages that are read by OCR; it takes seconds a page.
const PAGES_MAX: usize = 200;

/// Whether these bytes are a Word 97 file.
pub(crate) fn is_word97(bytes: &[u8]) -> bool {
    Format::of("", bytes) == Some(Format::Doc)
}

/// Scanned pages by `tesseract`; `None` where it is not installed.
pub(crate) fn pages(name: &str, bytes: &[u8], limits: Limits) -> Option<Result<Text, Unread>> {
    let tesseract = installed("tesseract")?;
    let folder = Folder::make().ok()?;
    Some(recognise(&tesseract, &folder.0, name, bytes, limits))
}

fn recognise(
    tesseract: &Path,
    folder: &Path,
    name: &str,
    bytes: &[u8],
    limits: Limits,
) -> Result<Text, Unread> {
    let failed = |e: std::io::Error| Unread::new(Reason::ReaderFailed, format!("OCR: {e}"));
    let format = Format::of(name, bytes);
    let input = folder.join(if format == Some(Format::Pdf) { "input.pdf" } else { "page-1.png" });
    std::fs::write(&input, bytes).map_err(failed)?;
    if format == Some(Format::Pdf) {
        let Some(painter) = installed("pdftoppm") else {
            return Err(Unread::new(Reason::NoTextLayer, "tesseract is installed, pdftoppm is not"));
        };
        let mut command = Command::new(painter);
        command
            .args(["-r", "200", "-png", "-l"])
            .arg(PAGES_MAX.to_string())
            .arg(&input)
            .arg(folder.join("page"));
        output(command, limits, limits.seconds.saturating_mul(4))?;
    }
    let mut pictures: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(failed)?
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "png"))
        .collect();
    pictures.sort();
    let mut out = Text { format: format.unwrap_or(Format::Picture), ..Text::default() };
    for (number, picture) in (1u32..).zip(&pictures) {
        let mut command = Command::new(tesseract);
        command.arg(picture).arg("stdout");
        let text = output(command, limits, limits.seconds)?;
        for mut block in plain::plain("page.txt", &plain::decode(&text)).blocks {
            block.page = number;
            out.blocks.push(block);
        }
    }
    out.pages = u32::try_from(pictures.len()).unwrap_or(0);
    out.notes.push("read by OCR (tesseract): words may be wrong".to_owned());
    if out.blocks.is_empty() {
        return Err(Unread::new(Reason::NoTextLayer, "OCR found no text"));
    }
    out.title_from_heading();
    Ok(out)
}

/// Word 97 by `antiword` or `catdoc`; `None` where neither is installed.
pub(crate) fn word97(bytes: &[u8], limits: Limits) -> Option<Result<Text, Unread>> {
    let converter = installed("antiword").or_else(|| installed("catdoc"))?;
    let folder = Folder::make().ok()?;
    let input = folder.0.join("input.doc");
    std::fs::write(&input, bytes).ok()?;
    let mut command = Command::new(&converter);
    // Both write the encoding of the locale where they are not told.
    let plain = if converter.ends_with("antiword") { ["-m", "UTF-8.txt"] } else { ["-d", "utf-8"] };
    command.args(plain).arg(&input);
    let text = match output(command, limits, limits.seconds) {
        Ok(text) => text,
        Err(unread) => return Some(Err(unread)),
    };
    let mut out = plain::plain("input.txt", &plain::decode(&text));
    out.format = Format::Doc;
    out.title_from_heading();
    let name = converter.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    out.notes.push(format!("converted by {name}"));
    Some(if out.blocks.is_empty() { Err(Unread::new(Reason::Empty, "no text in it")) } else { Ok(out) })
}

/// Runs a program to its end or to the end of our patience.
fn output(mut command: Command, limits: Limits, seconds: u64) -> Result<Vec<u8>, Unread> {
    let failed = |e: &dyn std::fmt::Display| Unread::new(Reason::ReaderFailed, e.to_string());
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| failed(&e))?;
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let memory = Rlimit { current: Some(limits.memory), maximum: Some(limits.memory) };
        let _ = prlimit(Some(pid), Resource::As, memory);
    }
    let stdout = child.stdout.take();
    let (send, receive) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut out = Vec::new();
        if let Some(pipe) = stdout {
            drop(pipe.take(1 << 28).read_to_end(&mut out));
        }
        drop(send.send(out));
    });
    let out = receive.recv_timeout(Duration::from_secs(seconds));
    if out.is_err() {
        drop(child.kill());
    }
    let status = child.wait().map_err(|e| failed(&e))?;
    drop(reader.join());
    match out {
        Ok(out) if status.success() => Ok(out),
        Ok(_) => Err(failed(&format!("the converter ended with {status}"))),
        Err(_) => Err(Unread::new(Reason::TimedOut, format!("the converter took more than {seconds} s"))),
    }
}

/// A program in the search path.
fn installed(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|d| d.join(name)).find(|p| p.is_file())
}

/// A folder that vanishes.
struct Folder(PathBuf);

impl Folder {
    fn make() -> std::io::Result<Folder> {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("dossier-read-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
