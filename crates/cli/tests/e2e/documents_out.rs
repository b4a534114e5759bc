//! What leaves the house of a release: its record with signatures, the documents beside it, packages with an index.

use super::bench::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// The text of a PDF, or none where there is no `pdftotext`.
fn text_of(pdf: &Path) -> Option<String> {
    let mut command = Command::new("pdftotext");
    command.arg(pdf).arg("-");
    let Ok(done) = command.output() else {
        eprintln!("skipped: there is no pdftotext here");
        return None;
    };
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// White space as one space: where a line ends is the layout's business.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sealed() -> Product {
    let p = Product::judged();
    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    p
}

#[test]
fn the_record_prints_name_time_and_meaning_of_every_signature() {
    let p = sealed();
    let record = p.ok("release show 1.0.0 --format json").json();
    let seats = record["record"]["seats"].as_array().unwrap().clone();
    assert_eq!(seats.len(), 5);
    let pdf = p.beside("record.pdf");
    p.ok(&format!("release show 1.0.0 --format pdf -o '{}'", pdf.display()));
    let Some(text) = text_of(&pdf) else { return };
    let text = flat(&text);
    for seat in &seats {
        let signature = &seat["signature"];
        let word = |key: &str| flat(signature[key].as_str().unwrap_or_else(|| panic!("{key} of {seat}")));
        // 21 CFR 11.50 (a): the printed name, date and time, and the meaning; (b): in every readable form.
        assert!(text.contains(&word("name")), "{}", word("name"));
        assert!(text.contains(&word("meaning")), "{}", word("meaning"));
        assert!(text.contains(&word("key")), "{}", word("key"));
    }
    assert!(text.contains("2 March 2026") || text.contains("2026-03-02"), "no date of signing: {text}");
    assert!(text.contains("12:00"), "no time of signing");
}

#[test]
fn baseline_and_history_are_documents_of_their_own_and_archived() {
    let p = sealed();
    p.ok("release show 1.0.0 --document configuration-baseline --format md")
        .says(0, &["Configuration baseline", "src/thermo.sh", "bin/thermo", "is-number", "v1.0.0"]);
    p.ok("release show 1.0.0 --document version-history --format md")
        .says(0, &["Version history", "1.0.0-rc1", "1.0.0+b.1 (2 runs)", "no: software"]);
    let rows = p.ok("release show 1.0.0 --document version-history --format json").json();
    assert_eq!(rows["rows"][0]["released"], "1.0.0+b.1");
    p.ok("release show 1.0.0 --document residual-anomalies --format md").says(0, &["None known"]);

    let bag = p.beside("bag");
    p.ok(&format!("archive export 1.0.0 '{}'", bag.display()));
    // The OCI manifest names every layer.
    let mut grep = isolated("grep");
    grep.args(["-rhoaE", "(record|signatures)/[a-z0-9.-]+"]).arg(bag.join("data"));
    let files = said(grep).out;
    for name in ["configuration-baseline", "version-history", "residual-anomalies", "change-list"] {
        for ending in ["md", "json", "pdf"] {
            assert!(files.contains(&format!("record/{name}.{ending}")), "{name}.{ending} in:\n{files}");
        }
    }
    assert!(files.contains("signatures/tag-v1.0.0.txt"), "{files}");
}

#[test]
fn a_moved_tag_is_a_finding_before_the_seal_and_after_it() {
    let p = Product::judged();
    p.git("tag -d v1.0.0");
    let gate = "release gate 1.0.0 --dry-run";
    p.run(gate).says(1, &["error[R0150]", "there is no tag `v1.0.0`", "git tag -s v1.0.0", "verdict: fail"]);
    p.git("tag -a v1.0.0 -m unsigned");
    p.run(gate).says(1, &["error[R0150]", "tag `v1.0.0` is not signed"]);
    p.git("tag -d v1.0.0");
    p.git("-c user.name=x commit -q --allow-empty -m empty");
    p.sign_tag("v1.0.0");
    p.run(gate).says(1, &["error[R0151]", "tag `v1.0.0` names", "release `1.0.0` froze"]);
    p.git("tag -d v1.0.0");
    p.git("reset -q --hard HEAD~1");
    p.sign_tag("v1.0.0");
    p.run(gate).says(0, &["verdict: pass", "tag v1.0.0 on the frozen commit, signed with SHA256:"]);

    for role in ROLES {
        p.act(role, "release sign 1.0.0");
    }
    p.ok("release seal 1.0.0");
    let record = p.ok("release show 1.0.0 --format md").out;
    p.ok("check").says(0, &["no findings"]);
    p.git("commit -q --allow-empty -m later");
    p.git("tag -f -a v1.0.0 -m moved");
    p.run("check").says(1, &["error[R0151]", "tag `v1.0.0` names", "release `1.0.0` froze"]);
    // Where tags are now is no part of a commit and a position, so checks of the past say what they always said.
    p.ok("check --at HEAD").says(0, &["no findings"]);
    assert_eq!(p.ok("release show 1.0.0 --format md").out, record, "what was sealed reads the same");
}

/// Beside each PDF lies a Word file whose package is whole, and our own reader finds headings, text and tables in it again.
fn every_document_is_a_word_file_too(folder: &Path) {
    let names = |ending: &str| -> BTreeSet<String> {
        let files = std::fs::read_dir(folder.join("documents")).unwrap().map(|e| e.unwrap().path());
        let of_kind = files.filter(|f| f.extension().is_some_and(|e| e == ending));
        of_kind.map(|f| f.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    assert!(names("pdf").len() >= 10, "{:?}", names("pdf"));
    assert_eq!(names("docx"), names("pdf"));
    for name in names("docx") {
        let file = format!("{name}.docx");
        let bytes = std::fs::read(folder.join("documents").join(&file)).unwrap();
        whole_package(&file, &bytes);
        let text = extract::read(&file, &bytes).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(text.blocks.iter().any(|b| b.text.split_whitespace().count() > 3), "{file} says nothing");
    }
    let bytes = std::fs::read(folder.join("documents/DOC-SRS.docx")).unwrap();
    let text = extract::read("DOC-SRS.docx", &bytes).unwrap();
    let heading = |words: &str| {
        text.blocks.iter().any(|b| matches!(b.part, extract::Part::Heading(_)) && b.text.contains(words))
    };
    assert!(heading("SRS-001") && heading("SRS-002"), "{:?}", text.blocks);
    let cells = |b: &&extract::Block| b.part == extract::Part::Row && b.cells.len() >= 2;
    let rows: Vec<&str> = text.blocks.iter().filter(cells).map(|b| b.text.as_str()).collect();
    assert!(
        rows.iter().any(|r| r.contains("SYS-001")),
        "the links of a requirement stand in a table: {rows:?}"
    );
    assert!(text.blocks.iter().any(|b| b.text.contains("380 tenths of a degree")));
}

/// Every part of the zip has a content type, and every relation leads to a part.
fn whole_package(file: &str, bytes: &[u8]) {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    for i in 0..zip.len() {
        let mut part = zip.by_index(i).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut content).unwrap();
        parts.insert(part.name().unwrap().into_owned(), String::from_utf8_lossy(&content).into_owned());
    }
    let attributes = |xml: &str, name: &str| -> Vec<String> {
        let before = format!(" {name}=\"");
        let values = xml.split(before.as_str()).skip(1);
        values.map(|v| v.split('"').next().unwrap().to_owned()).collect()
    };
    let types = &parts["[Content_Types].xml"];
    let (named, endings) = (attributes(types, "PartName"), attributes(types, "Extension"));
    for part in parts.keys().filter(|p| *p != "[Content_Types].xml" && !p.ends_with('/')) {
        let typed =
            named.contains(&format!("/{part}")) || endings.iter().any(|e| part.ends_with(&format!(".{e}")));
        assert!(typed, "{file}: {part} has no content type");
    }
    for part in &named {
        assert!(
            parts.contains_key(part.trim_start_matches('/')),
            "{file}: {part} has a type and is not there"
        );
    }
    let relations = parts.iter().filter(|(name, _)| name.ends_with(".rels"));
    for (name, xml) in relations {
        let folder = name.rsplit_once("_rels/").unwrap().0;
        for relation in xml.split("<Relationship ").skip(1).filter(|r| !r.contains("TargetMode=\"External\""))
        {
            let target = attributes(&format!(" {relation}"), "Target").remove(0);
            let target = target.strip_prefix('/').map_or_else(|| format!("{folder}{target}"), str::to_owned);
            assert!(parts.contains_key(&target), "{file}: {name} leads to {target}");
        }
    }
    assert!(parts["word/document.xml"].contains("<w:body>"), "{file}");
}

#[test]
fn a_package_has_an_index_and_every_document_and_names_what_is_missing() {
    let p = sealed();
    let folder = p.beside("sdf");
    let line = format!("export package --sdf -o '{}'", folder.display());
    // The product has no integration plan, and is told so by name.
    p.run(&line)
        .says(1, &["▲ integration-plan", "empty: it takes a controlled document of kind `integration-plan`"]);
    let index: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("index.json")).unwrap()).unwrap();
    assert_eq!(index["format"], "dossier/package/v1");
    let slots = index["index"]["slots"].as_array().unwrap();
    let slot = |id: &str| slots.iter().find(|s| s["id"] == id).unwrap_or_else(|| panic!("{id}"));
    let srs = &slot("requirements")["documents"][0];
    assert_eq!(
        (srs["id"]["id"].as_str(), srs["file"].as_str()),
        (Some("DOC-SRS"), Some("documents/DOC-SRS.pdf"))
    );
    assert!(srs["approved_by"].as_str().unwrap().starts_with("The qa-lead (qa-lead), 2026-03-02"), "{srs}");
    assert_eq!(srs["section"], "5.8.4");
    assert_eq!(slot("sbom")["documents"].as_array().unwrap().len(), 2);
    for file in ["index.html", "index.md", "index.pdf", "release-record.html", "release-record.pdf"] {
        assert!(folder.join(file).is_file(), "{file}");
    }
    let html = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(
        html.contains("href=\"documents/DOC-SRS.pdf\"")
            && html.contains("href=\"release-record.html#s-5.8.4\"")
    );
    assert!(std::fs::read_to_string(folder.join("release-record.html")).unwrap().contains("id=\"s-5.8.4\""));
    let mut sums = isolated("sha256sum");
    sums.args(["--quiet", "-c", "SHA256SUMS"]).current_dir(&folder);
    assert_eq!(said(sums).code, 0);
    let pdf = std::fs::read(folder.join("documents/DOC-SRS.pdf")).unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    every_document_is_a_word_file_too(&folder);

    p.refused(2, &line, &["is not empty"]);
    p.refused(2, "export package -o x", &["--sdf"]);
    p.refused(
        2,
        &format!("export package --dhf --release 9.9.9 -o '{}'", p.beside("no").display()),
        &["no release `9.9.9`"],
    );
    for which in ["annex-ii", "dhf", "estar"] {
        let folder = p.beside(which);
        p.run(&format!("export package --{which} -o '{}'", folder.display()))
            .says(1, &["slots are not filled"]);
        assert!(folder.join("index.pdf").is_file());
    }
}

#[test]
fn a_product_answers_slots_in_its_configuration() {
    let p = Product::judged();
    // An edit after the fact counts from its own commit on, so this is a new candidate, and the package says that it is no release.
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let answers = "\n[packages.sdf]\nintegration-plan = [\"DOC-SDP\"]\nsecurity = \"no interface but its own\"\n\
                   maintenance-plan = [\"DOC-NONE\"]\n";
    std::fs::write(p.path("dossier.toml"), toml + answers).unwrap();
    p.commit("answers for the package");
    p.ok("release open 1.0.0 --build 1.0.0+b.2 --summary 'the same with answers'");
    let folder = p.beside("sdf");
    let done = p.run(&format!("export package --sdf --release 1.0.0 -o '{}'", folder.display()));
    done.says(
        1,
        &[
            "● integration-plan",
            "DOC-SDP",
            "no interface but its own (dossier.toml)",
            "▲ maintenance-plan",
            "dossier.toml names `DOC-NONE`",
        ],
    );
    let html = std::fs::read_to_string(folder.join("index.html")).unwrap();
    assert!(html.contains("This release is not sealed: nothing here is final."));
}

#[test]
fn that_there_is_no_component_is_stated_by_somebody_for_one_software() {
    let p = Product::written();
    let toml = std::fs::read_to_string(p.path("dossier.toml")).unwrap();
    let toml =
        toml.replace("lockfiles = [\"package-lock.json\"]\n", "").replace(", \"package-lock.json\"", "");
    std::fs::write(p.path("dossier.toml"), toml).unwrap();
    std::fs::remove_file(p.path("package-lock.json")).unwrap();
    std::fs::remove_file(p.path("dossier/soup.md")).unwrap();
    let architecture = std::fs::read_to_string(p.path("dossier/architecture.md")).unwrap();
    let without: Vec<&str> = architecture.lines().filter(|l| !l.starts_with("- uses:")).collect();
    std::fs::write(p.path("dossier/architecture.md"), without.join("\n") + "\n").unwrap();
    p.commit("without third parties");
    p.ok("init --origin thermo.example/ledger");
    p.ok("person enrol software-lead --name 'The software-lead' --identity-proof known");
    p.ok("role grant software-lead software-lead --reason appointed");
    p.ok(&format!("key new software-lead --file '{}'", p.key("software-lead").display()));
    p.commit("a ledger");
    p.ok("release open 1.0.0 --summary 'the first version'");
    p.refused(2, "release stage 1.0.0", &["an empty SBOM is not \"none\"", "dossier soup none"]);
    p.run("release gate 1.0.0 --dry-run").says(1, &["error[R0152]", "nobody has stated that there is none"]);
    p.refused_act("software-lead", "soup none --reason ' '", &["a reason"]);
    p.act("software-lead", "soup none --reason 'every line is our own'");
    p.ok("release stage 1.0.0").says(0, &["rebuild identical"]);
    let gate = p.run("release gate 1.0.0 --dry-run");
    gate.says(1, &["no third-party component, stated by The software-lead", "every line is our own"]);
    assert!(!gate.out.contains("R0152"), "{}", gate.out);

    // Another software: the statement is stale.
    p.write("src/thermo.sh", "#!/bin/sh\necho 1.0.0 build 1.0.0\n");
    p.commit("another program");
    p.ok("release open 1.0.0 --summary 'another candidate'");
    p.run("release gate 1.0.0 --dry-run").says(1, &["error[R0152]"]);
    // And where a lock file names one, nobody can state that there is none.
    let other = Product::approved();
    other.refused_act(
        "software-lead",
        "soup none --reason 'we think so'",
        &["names the third-party component is-number 7.0.0"],
    );
}
