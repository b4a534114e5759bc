//! Other people's programs, where they are installed: OCR of a scanned page, and Word 97 by a converter.
#![allow(clippy::print_stderr, reason = "what is skipped is said aloud")]

use crate::child::reader;
use extract::specimen::pdf_file;
use extract::{Format, Reason};
use std::path::Path;
use std::process::Command;

fn installed(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|paths| std::env::split_paths(&paths).any(|p| p.join(program).is_file()))
}

/// A PDF whose one page is a picture, as a scanner writes it: a page of text painted by `pdftoppm`, its JPEG as the only content.
fn scanned(folder: &Path) -> Vec<u8> {
    let lines = [
        "Release record of version 2.4.0",
        "Known residual anomalies: AN-7 and AN-9",
        "Approved by the quality manager",
    ];
    let content: String = lines
        .iter()
        .zip([700, 660, 620])
        .map(|(line, y)| format!("BT /F1 22 Tf 1 0 0 1 60 {y} Tm ({line}) Tj ET\n"))
        .collect();
    let (input, output) = (folder.join("page.pdf"), folder.join("page"));
    std::fs::write(&input, pdf_file(&[content])).unwrap();
    let mut paint = Command::new("pdftoppm");
    paint.args(["-r", "150", "-jpeg", "-singlefile"]).arg(&input).arg(&output);
    assert!(paint.status().unwrap().success());
    let jpeg = std::fs::read(folder.join("page.jpg")).unwrap();
    let (width, height) = size(&jpeg);
    let mut pdf = format!(
        "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]>> endobj\n\
         3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</Im 5 0 R>>>>/Contents 4 0 R>> endobj\n\
         4 0 obj <</Length 29>> stream\nq 595 0 0 842 0 0 cm /Im Do Q\nendstream endobj\n\
         5 0 obj <</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length {}>> stream\n",
        jpeg.len()
    )
    .into_bytes();
    pdf.extend_from_slice(&jpeg);
    pdf.extend_from_slice(b"\nendstream endobj\ntrailer <</Root 1 0 R/Size 6>>\nstartxref\n0\n%%EOF\n");
    pdf
}

/// Width and height of a baseline JPEG: its frame header.
fn size(jpeg: &[u8]) -> (u32, u32) {
    let at = jpeg.windows(2).position(|w| w == [0xff, 0xc0] || w == [0xff, 0xc2]).unwrap();
    let two = |i: usize| (u32::from(jpeg[at + i]) << 8) | u32::from(jpeg[at + i + 1]);
    (two(7), two(5))
}

#[test]
fn a_scanned_page_has_no_text_layer_and_ocr_reads_it() {
    if !installed("pdftoppm") {
        eprintln!("skipped: pdftoppm is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let pdf = scanned(folder.path());
    let mut reader = reader();
    reader.ocr = false;
    let unread = reader.read("scan.pdf", &pdf).unwrap_err();
    assert_eq!((unread.reason, unread.detail.as_str()), (Reason::NoTextLayer, "its pages are pictures"));
    if !installed("tesseract") {
        eprintln!("skipped: tesseract is not installed");
        return;
    }
    reader.ocr = true;
    let text = reader.read("scan.pdf", &pdf).unwrap();
    let all: String = text.blocks.iter().map(|b| format!("{} ", b.text)).collect();
    assert!(all.contains("Known residual anomalies") && all.contains("2.4.0"), "{all}");
    assert!(text.blocks.iter().all(|b| b.page == 1) && text.pages == 1);
    assert!(text.notes.iter().any(|n| n.contains("OCR")), "{:?}", text.notes);
}

/// A Word 97 file of one piece of text: the compound file, the file information block, an empty style sheet and the piece table of
/// [MS-DOC], nothing else.
fn word_97(text: &[u8]) -> Vec<u8> {
    let put =
        |bytes: &mut Vec<u8>, at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
    let length = u32::try_from(text.len()).unwrap();
    let (mut main, mut table) = (vec![0u8; 4096], vec![0u8; 4096]);
    put(&mut main, 0, &[0xec, 0xa5, 193, 0]);
    // The table stream is `1Table`, the text is of the extended kind.
    put(&mut main, 10, &[0x00, 0x12, 191, 0]);
    put(&mut main, 0x18, &1024u32.to_le_bytes());
    put(&mut main, 0x1c, &(1024 + length).to_le_bytes());
    put(&mut main, 0x20, &[14, 0]);
    put(&mut main, 0x3e, &[22, 0]);
    put(&mut main, 0x40, &4096u32.to_le_bytes());
    put(&mut main, 0x4c, &length.to_le_bytes());
    put(&mut main, 0x98, &[0x5d, 0]);
    // A style sheet without styles: antiword reads its head even where the file has none, beyond what it reserved.
    put(&mut main, 0xa2, &512u32.to_le_bytes());
    put(&mut main, 0xa6, &64u32.to_le_bytes());
    put(&mut table, 512, &[18, 0]);
    put(&mut main, 0x1a6, &21u32.to_le_bytes());
    put(&mut main, 1024, text);
    let mut pieces = vec![2, 16, 0, 0, 0, 0, 0, 0, 0];
    pieces.extend(length.to_le_bytes());
    pieces.extend([0, 0]);
    pieces.extend(((1024u32 * 2) | 0x4000_0000).to_le_bytes());
    pieces.extend([0, 0]);
    put(&mut table, 0, &pieces);
    let entry = |name: &str, kind: u8, start: i32, size: u32, right: i32, child: i32| {
        let mut out: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let bytes = u16::try_from(out.len()).unwrap();
        out.resize(64, 0);
        out.extend(bytes.to_le_bytes());
        out.extend([kind, 1]);
        out.extend([-1, right, child].iter().flat_map(|n: &i32| n.to_le_bytes()));
        out.resize(116, 0);
        out.extend(start.to_le_bytes());
        out.extend(size.to_le_bytes());
        out.resize(128, 0);
        out
    };
    let mut fat: Vec<i32> = vec![-3, -2, 3, 4, 5, 6, 7, 8, 9, -2, 11, 12, 13, 14, 15, 16, 17, -2];
    fat.resize(128, -1);
    let mut out = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    out.resize(24, 0);
    out.extend([0x3e, 3, 0xfffe, 9, 6].iter().flat_map(|n: &u16| n.to_le_bytes()));
    out.resize(40, 0);
    out.extend([0, 1, 1, 0, 4096, -2, 0, -2, 0, 0].iter().flat_map(|n: &i32| n.to_le_bytes()));
    out.resize(512, 0xff);
    out.extend(fat.iter().flat_map(|n| n.to_le_bytes()));
    out.extend(entry("Root Entry", 5, -2, 0, -1, 1));
    out.extend(entry("WordDocument", 2, 2, 4096, 2, -1));
    out.extend(entry("1Table", 2, 10, 4096, -1, -1));
    out.extend(vec![0u8; 128]);
    out.extend(main);
    out.extend(table);
    out
}

#[test]
fn a_word_97_file_is_read_by_a_converter_or_its_format_is_named() {
    let bytes = word_97(b"Release record of version 2.4.0\rKnown residual anomalies: AN-7, pr\xfcfung.\rApproved by the quality manager\r");
    assert_eq!(Format::of("any", &bytes), Some(Format::Doc));
    if !installed("antiword") && !installed("catdoc") {
        let read = reader().read("old.doc", &bytes);
        assert_eq!(read.unwrap_err().reason, Reason::Unsupported);
        eprintln!("skipped: neither antiword nor catdoc is installed");
        return;
    }
    let text = reader().read("old.doc", &bytes).unwrap();
    let all: String = text.blocks.iter().map(|b| format!("{} ", b.text)).collect();
    assert_eq!(text.format, Format::Doc);
    assert!(all.contains("Known residual anomalies: AN-7, pr\u{fc}fung."), "{all}");
    assert!(text.notes.iter().any(|n| n.contains("converted by")), "{:?}", text.notes);
    // Half of it is a reason or a part, not a crash.
    let half = reader().read("half.doc", &bytes[..bytes.len() / 2]);
    assert!(half.is_err() || half.is_ok_and(|t| !t.blocks.is_empty()));
}

/// A folder with scripts under the names of converters.
fn converters(scripts: &[(&str, &str)]) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let programs = tempfile::tempdir().unwrap();
    for (name, script) in scripts {
        let program = programs.path().join(name);
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    programs
}

#[test]
fn where_one_converter_dies_the_other_is_asked_and_where_both_do_the_first_one_is_named() {
    let dies = "#!/bin/bash\nkill -SEGV $$\n";
    let programs = converters(&[("antiword", dies), ("catdoc", "#!/bin/bash\necho Released as 2.4.0\n")]);
    let mut reader = reader();
    reader.programs = Some(programs.path().as_os_str().to_owned());
    let text = reader.read("old.doc", &word_97(b"text")).unwrap();
    assert_eq!(text.blocks[0].text, "Released as 2.4.0");
    assert_eq!(text.notes, ["converted by catdoc"]);
    let programs = converters(&[("antiword", dies), ("catdoc", "#!/bin/bash\nexit 3\n")]);
    reader.programs = Some(programs.path().as_os_str().to_owned());
    let unread = reader.read("old.doc", &word_97(b"text")).unwrap_err();
    assert_eq!(unread.reason, Reason::ReaderFailed);
    assert!(unread.detail.contains("signal: 11"), "{unread}");
}

/// Whether a process of this user gets a network of its own here.
fn own_network() -> bool {
    Command::new("unshare").args(["--user", "--net", "true"]).status().is_ok_and(|s| s.success())
}

#[test]
fn a_converter_reaches_nobody_by_datagrams_either() {
    if !own_network() {
        eprintln!("skipped: this system gives a process no network of its own");
        return;
    }
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let script = format!("#!/bin/bash\necho out >/dev/udp/127.0.0.1/{port}\necho done\n");
    // The same script outside of the domain does reach the socket: what is shown below is not an error of the script.
    let programs = converters(&[("antiword", &script)]);
    assert!(Command::new(programs.path().join("antiword")).status().unwrap().success());
    let mut heard = [0u8; 16];
    assert_eq!(socket.recv(&mut heard).unwrap(), 4);
    let mut reader = reader();
    reader.programs = Some(programs.path().as_os_str().to_owned());
    let text = reader.read("old.doc", &word_97(b"text")).unwrap();
    assert_eq!(text.blocks[0].text, "done");
    // What is sent over loopback has arrived when the sender goes on.
    socket.set_nonblocking(true).unwrap();
    assert_eq!(socket.recv(&mut heard).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

/// Whether this kernel has Landlock with rules for TCP.
fn landlock() -> bool {
    use landlock::{
        ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    };
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(AccessFs::from_all(ABI::V3))
        .and_then(|r| r.handle_access(AccessNet::from_all(ABI::V4)))
        .and_then(Ruleset::create)
        .is_ok()
}

#[test]
fn a_converter_writes_and_reads_nothing_outside_of_its_folder_and_connects_to_nobody() {
    if !landlock() {
        eprintln!("skipped: this kernel has no Landlock with rules for TCP");
        return;
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let secret = elsewhere.path().join("secret");
    std::fs::write(&secret, "a secret").unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let script = format!(
        "#!/bin/bash\n\
         if echo x > {outside}/written; then echo wrote outside; fi\n\
         if rm {secret}; then echo removed; fi\n\
         if cat {secret} /etc/passwd; then echo read outside; fi\n\
         if exec 3<>/dev/tcp/127.0.0.1/{port}; then echo connected; fi\n\
         echo inside > note && cat note\n\
         [ -s \"${{!#}}\" ] && echo input is there\n",
        outside = elsewhere.path().display(),
        secret = secret.display(),
        port = listener.local_addr().unwrap().port(),
    );
    let programs = converters(&[("antiword", &script)]);
    let mut reader = reader();
    reader.programs = Some(programs.path().as_os_str().to_owned());
    let bytes = word_97(b"text");
    let said = match reader.read("old.doc", &bytes) {
        Ok(text) => text.blocks.iter().map(|b| format!("{}\n", b.text)).collect::<String>(),
        Err(unread) => panic!("{unread}"),
    };
    assert!(said.contains("inside") && said.contains("input is there"), "{said}");
    for never in ["wrote outside", "removed", "read outside", "a secret", "connected"] {
        assert!(!said.contains(never), "{never}: {said}");
    }
    assert!(secret.is_file() && !elsewhere.path().join("written").exists());
}

#[test]
fn a_converter_that_never_ends_is_ended() {
    let programs = converters(&[("antiword", "#!/bin/bash\nwhile :; do :; done\n")]);
    let mut reader = reader();
    reader.programs = Some(programs.path().as_os_str().to_owned());
    reader.limits.seconds = 1;
    let unread = reader.read("old.doc", &word_97(b"text")).unwrap_err();
    assert!(matches!(unread.reason, Reason::TimedOut | Reason::ReaderFailed), "{unread}");
}
