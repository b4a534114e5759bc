//! Any bytes as a document: nothing panics, every place lies in the text, and an edit either fails or reads back.
#![no_main]

use documents::{Blob, Content, Edit, Kinds, from_blobs};
use libfuzzer_sys::fuzz_target;
use model::{Model, TrustStamps};
use std::sync::LazyLock;

static CONFIG: LazyLock<product::Config> =
    LazyLock::new(|| product::parse("[product]\nname = \"fuzz\"\n", "dossier.toml").0);

fuzz_target!(|bytes: &[u8]| {
    let blob = Blob { path: "dossier/f.md".to_owned(), content: Content::Bytes(bytes.to_vec()) };
    let read = from_blobs([blob], &CONFIG);
    for item in &read.items {
        let spans = [item.heading, item.id_span, item.title_span, item.text_span, item.span];
        let links = item.links.iter().map(|l| l.span);
        let fields = item.fields.iter().flat_map(|f| [f.key_span, f.value_span]);
        for span in spans.into_iter().chain(links).chain(fields) {
            assert!(item.file.text.get(span.range()).is_some(), "{span:?} is no range of the text");
        }
        assert_eq!(item.id_span.of(&item.file.text), item.id.as_str());
    }
    if let (Some(file), Some(item)) = (read.files.first(), read.items.first()) {
        let edit =
            Edit::SetField { item: item.id.clone(), key: "level".to_owned(), value: "unit".to_owned() };
        // Whatever it writes was verified by itself; here it must only not panic.
        let _ = Edit::apply(&[edit], &file.text, &Kinds::default());
    }
    let model = Model::build(read.items, &TrustStamps);
    let _ = (model::trace::matrix(&model), model::trace::risk_chains(&model));
});
