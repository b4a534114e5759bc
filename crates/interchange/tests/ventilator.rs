//! The requirements of a real ventilator: through the importer, the documents and the model.

use documents::{Kinds, parse_text};
use interchange::rst_items::{Imported, markdown, read};
use model::{Kind, LinkState, Model, NoConfirmations};
use std::collections::BTreeSet;
use std::path::Path;
use vocabulary::ItemId;

const FILES: [&str; 4] = [
    "hardware/hardware_requirements.rst",
    "software/SRS.rst",
    "system/covent_19.rst",
    "system/system_requirements.rst",
];

fn kind_of(id: &ItemId) -> Kind {
    if id.as_str().starts_with("RW-SW-") { Kind::SoftwareRequirement } else { Kind::SystemRequirement }
}

#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn imported() -> Option<Vec<Imported>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/requirements/ventilator");
    if !folder.is_dir() {
        eprintln!("skipped: {} is absent", folder.display());
        return None;
    }
    let read = |f: &&str| read(f, &std::fs::read_to_string(folder.join(f)).unwrap());
    Some(FILES.iter().map(read).collect())
}

#[test]
fn every_item_and_link_arrives_and_what_dangles_is_named() {
    let Some(files) = imported() else { return };
    assert!(files.iter().all(|f| f.problems.is_empty()));
    let mut items = Vec::new();
    for file in markdown(&files, &kind_of) {
        let parsed = parse_text(&file.path, file.text, &Kinds::default());
        assert_eq!(parsed.diagnostics, [], "{}", file.path);
        items.extend(parsed.items);
    }
    let model = Model::build(items, &NoConfirmations);
    assert_eq!((model.items().len(), model.links().len()), (296, 286));
    assert!(model.links().iter().all(|l| matches!(l.state, LinkState::Unconfirmed | LinkState::Dangling)));

    // Each dangling link by its place in the documents, and by its place in the source.
    let dangling: BTreeSet<(String, u32, String)> = model
        .links()
        .iter()
        .filter(|l| l.state == LinkState::Dangling)
        .map(|l| {
            let place = model.item(l.from).location_of(l.span);
            let (file, line) = place.file_line().unwrap();
            (file.to_owned(), line, format!("{} -> {}", model.item(l.from).id, l.target))
        })
        .collect();
    assert_eq!(dangling.len(), 34);
    let in_source: BTreeSet<(String, u32, String)> = files
        .iter()
        .flat_map(|f| f.items.iter().map(move |i| (f, i)))
        .flat_map(|(f, i)| i.links.iter().map(move |l| (f, i, l)))
        .filter(|(_, _, l)| model.find(l.target.as_str()).is_none())
        .map(|(f, i, l)| (f.file.clone(), l.line, format!("{} -> {}", i.id, l.target)))
        .collect();
    let links = |set: &BTreeSet<(String, u32, String)>| -> BTreeSet<String> {
        set.iter().map(|(_, _, link)| link.clone()).collect()
    };
    assert_eq!(links(&dangling), links(&in_source));
    assert_eq!(in_source.len(), 34);
    assert!(in_source.iter().all(|(f, line, _)| FILES.contains(&f.as_str()) && *line > 0));
}

#[test]
fn the_text_of_every_item_arrives() {
    let Some(files) = imported() else { return };
    let words = |s: &str| s.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for file in markdown(&files, &kind_of) {
        for item in parse_text(&file.path, file.text, &Kinds::default()).items {
            let source = files.iter().flat_map(|f| &f.items).find(|i| i.id == item.id).unwrap();
            let arrived = item.text().replace("\\", "").replace("```\n", "").replace("\n```", "");
            let sent = source.text.replace("\\", "").replace("``", "`");
            let bullets = |w: Vec<String>| w.into_iter().filter(|w| w != "-" && w != "*").collect::<Vec<_>>();
            assert_eq!(bullets(words(&arrived)), bullets(words(&sent)), "{}", item.id);
        }
    }
}
