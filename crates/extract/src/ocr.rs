//! Other people's programs, where they are installed: OCR for scanned pages, converters for Word 97. They get a copy in a
//! folder of their own, and run in a child with limits of time and memory, a Landlock domain in which only that folder can be
//! written, and where the system lets it a network of their own in which there is nobody.

use crate::child::Reader;
use crate::format::Format;
use crate::plain;
use crate::text::{Reason, Text, Unread};
use crate::worker::{BECOME, BETWEEN, FOLDER, MEMORY, SECONDS, TESSDATA};
use std::ffi::{OsStr, OsString};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Most pages that are read by OCR; it takes seconds a page.
const PAGES_MAX: usize = 200;

/// The longer side of a painted page in pixels: about 200 dots an inch on A4, whatever size the page claims to have.
const PIXELS: usize = 2_400;

/// Whether these bytes are a Word 97 file.
pub(crate) fn is_word97(bytes: &[u8]) -> bool {
    Format::of("", bytes) == Some(Format::Doc)
}

/// Scanned pages by `tesseract`; `None` where it is not installed.
pub(crate) fn pages(name: &str, bytes: &[u8], reader: &Reader) -> Option<Result<Text, Unread>> {
    let tesseract = installed(reader, "tesseract")?;
    let folder = Folder::make().ok()?;
    Some(recognise(&tesseract, &folder.0, name, bytes, reader))
}

fn recognise(
    tesseract: &Path,
    folder: &Path,
    name: &str,
    bytes: &[u8],
    reader: &Reader,
) -> Result<Text, Unread> {
    let failed = |e: std::io::Error| Unread::new(Reason::ReaderFailed, format!("OCR: {e}"));
    let format = Format::of(name, bytes);
    let input = folder.join(if format == Some(Format::Pdf) { "input.pdf" } else { "page-1.png" });
    std::fs::write(&input, bytes).map_err(failed)?;
    if format == Some(Format::Pdf) {
        let Some(painter) = installed(reader, "pdftoppm") else {
            return Err(Unread::new(Reason::NoTextLayer, "tesseract is installed, pdftoppm is not"));
        };
        let (last, pixels, page) = (PAGES_MAX.to_string(), PIXELS.to_string(), folder.join("page"));
        let arguments: [&OsStr; 7] = [
            "-scale-to".as_ref(),
            pixels.as_ref(),
            "-png".as_ref(),
            "-l".as_ref(),
            last.as_ref(),
            input.as_ref(),
            page.as_ref(),
        ];
        output(&painter, &arguments, folder, reader, reader.limits.seconds.saturating_mul(4))?;
    }
    let mut pictures: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(failed)?
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "png"))
        .collect();
    pictures.sort();
    let mut out = Text { format: format.unwrap_or(Format::Picture), ..Text::default() };
    for (number, picture) in (1u32..).zip(&pictures) {
        let arguments = [picture.as_ref(), "stdout".as_ref()];
        let text = output(tesseract, &arguments, folder, reader, reader.limits.seconds)?;
        for mut block in plain::plain("page.txt", &plain::decode(&text)).blocks {
            block.page = number;
            out.blocks.push(block);
        }
    }
    out.pages = u32::try_from(pictures.len()).unwrap_or(0);
    out.notes.push("read by OCR (tesseract): words may be wrong".to_owned());
    if pictures.len() >= PAGES_MAX {
        out.notes.push(format!("only the first {PAGES_MAX} pages were read by OCR"));
    }
    if out.blocks.is_empty() {
        return Err(Unread::new(Reason::NoTextLayer, "OCR found no text"));
    }
    out.title_from_heading();
    Ok(out)
}

/// Word 97 by `antiword` or `catdoc`, the second where the first fails; `None` where neither is installed.
pub(crate) fn word97(bytes: &[u8], reader: &Reader) -> Option<Result<Text, Unread>> {
    let mut answer = None;
    for converter in ["antiword", "catdoc"].into_iter().filter_map(|name| installed(reader, name)) {
        match converted(&converter, bytes, reader) {
            Ok(text) => return Some(Ok(text)),
            // The reason of the first stands: it is the better converter.
            Err(unread) => answer = answer.or(Some(Err(unread))),
        }
    }
    answer
}

fn converted(converter: &Path, bytes: &[u8], reader: &Reader) -> Result<Text, Unread> {
    let failed = |e: std::io::Error| Unread::new(Reason::ReaderFailed, format!("the converter: {e}"));
    let folder = Folder::make().map_err(failed)?;
    let input = folder.0.join("input.doc");
    std::fs::write(&input, bytes).map_err(failed)?;
    // Both write the encoding of the locale where they are not told.
    let plain = if converter.ends_with("antiword") { ["-m", "UTF-8.txt"] } else { ["-d", "utf-8"] };
    let arguments: Vec<&OsStr> = plain.iter().map(OsStr::new).chain([input.as_os_str()]).collect();
    let text = output(converter, &arguments, &folder.0, reader, reader.limits.seconds)?;
    let mut out = plain::plain("input.txt", &plain::decode(&text));
    out.format = Format::Doc;
    out.title_from_heading();
    let name = converter.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    out.notes.push(format!("converted by {name}"));
    if out.blocks.is_empty() { Err(Unread::new(Reason::Empty, "no text in it")) } else { Ok(out) }
}

/// Runs a program to its end or to the end of our patience, confined to `folder`.
fn output(
    program: &Path,
    arguments: &[&OsStr],
    folder: &Path,
    reader: &Reader,
    seconds: u64,
) -> Result<Vec<u8>, Unread> {
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
    let failed = |e: &dyn std::fmt::Display| Unread::new(Reason::ReaderFailed, e.to_string());
    let mut line = program.as_os_str().as_bytes().to_vec();
    for argument in arguments {
        line.push(BETWEEN);
        line.extend(argument.as_bytes());
    }
    let (worker, worker_arguments) = reader.worker();
    let mut command = Command::new(worker);
    command
        .args(worker_arguments)
        .arg("converter")
        .env_clear()
        .env(MEMORY, reader.limits.memory.to_string())
        .env(SECONDS, seconds.to_string())
        .env(BECOME, OsString::from_vec(line))
        .env(FOLDER, folder);
    if let Some(data) = std::env::var_os(TESSDATA) {
        command.env(TESSDATA, data);
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| failed(&e))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let complaint = std::thread::spawn(move || stderr.map(first_line).unwrap_or_default());
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
    let complaint = complaint.join().unwrap_or_default();
    match out {
        Ok(out) if status.success() => Ok(out),
        Ok(_) if !complaint.is_empty() => Err(failed(&format!("the converter says: {complaint}"))),
        Ok(_) => Err(failed(&format!("the converter ended with {status}"))),
        Err(_) => Err(Unread::new(Reason::TimedOut, format!("the converter took more than {seconds} s"))),
    }
}

/// The first line that a program complains with; all it says is read, so that it never waits for a reader.
fn first_line(mut pipe: impl std::io::Read) -> String {
    let mut said = Vec::new();
    drop((&mut pipe).take(4096).read_to_end(&mut said));
    drop(std::io::copy(&mut pipe, &mut std::io::sink()));
    let said = String::from_utf8_lossy(&said);
    let line = said.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// A program in the search path.
fn installed(reader: &Reader, name: &str) -> Option<PathBuf> {
    std::env::split_paths(reader.programs.as_ref()?).map(|d| d.join(name)).find(|p| p.is_file())
}

/// A folder that vanishes.
struct Folder(PathBuf);

impl Folder {
    fn make() -> std::io::Result<Folder> {
        use std::os::unix::fs::DirBuilderExt as _;
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let name = format!("dossier-read-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        // What is reviewed is nobody else's to read.
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
