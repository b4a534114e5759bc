//! Any text may come: nothing panics, every place lies in the text, nothing grows out of proportion.

use crate::parse;
use diagnostics::Span;
use documents::{Parsed, placeholder};
use proptest::prelude::*;

fn spans(p: &Parsed) -> Vec<Span> {
    let mut out = Vec::new();
    for i in &p.items {
        out.extend([i.heading, i.id_span, i.title_span, i.text_span, i.span]);
        out.extend(i.fields.iter().flat_map(|f| [f.key_span, f.value_span]));
        out.extend(i.links.iter().map(|l| l.span));
        out.extend(i.loose.iter().copied());
        out.extend(i.parts.iter().map(|p| p.body));
        out.extend(i.embedded.iter().map(|e| e.span));
    }
    if let Some(d) = &p.document {
        out.push(d.prose);
        out.extend(d.sections.iter().flat_map(|s| [s.title, s.body]));
    }
    out
}

fn check(text: &str) -> Result<(), TestCaseError> {
    let p = parse(text);
    for s in spans(&p) {
        prop_assert!(s.start <= s.end, "{s:?}");
        prop_assert!(p.file.text.get(s.range()).is_some(), "{s:?} is no range of {text:?}");
    }
    let mut last = 0;
    for i in &p.items {
        prop_assert!(i.span.start >= last);
        prop_assert_eq!(i.id_span.of(&p.file.text), i.id.as_str());
        prop_assert!(i.text_span.end <= i.span.end && i.heading.end <= i.text_span.start);
        for l in &i.links {
            prop_assert!(l.span.of(&p.file.text).contains(l.target.as_str()));
        }
        last = i.span.end;
        let _ = (i.part("steps"), i.values("paths"), i.value("level"));
    }
    for s in placeholder::find(text) {
        prop_assert!(!s.of(text).is_empty());
    }
    Ok(())
}

proptest! {
    // `PROPTEST_CASES` asks for more.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(512), ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn text_that_is_nearly_a_document(parts in prop::collection::vec(prop::sample::select(vec![
        "---\n", "kind: soup\n", "document: DOC-1\n", "title: \"a\n", "## SRS-1 ", "# TC-2:", "UTF-8", "\n", "\n\n", "\r\n", "\r", "- ", "  * ",
        "satisfies: SYS-1", "@0a0b0c0d", ",", "\"", "level: unit", ":", "===\n", "**Expected:** ", "![x](y.png)", "![", "](", ")", "```\n",
        "> ", "    ", "\t", "\u{e4}", "e\u{301}", "\u{feff}", "\0", "<!-- ", "-->", "text", "#", " ##\n", "[a]: b\n", "1. ",
    ]), 0..40)) {
        check(&parts.concat())?;
    }
}

#[test]
fn long_and_deep_texts_are_read_in_linear_time() {
    // Each of these is quadratic or recursive in a careless reader. Sizes are such that it would be felt.
    let n = 20_000;
    for text in [
        format!("## SRS-1 a\n- satisfies: {}\n", "SYS-1, ".repeat(n)),
        format!("## SRS-1 a\n- level: {}\n", "\"".repeat(n)),
        format!("## SRS-1 a\n{}\n", "- a: b\n".repeat(n)),
        format!("{}x\n", "> ".repeat(n)),
        format!("## SRS-1 a\n\n{}\n", "[".repeat(n)),
        format!("## SRS-1 a\n\n{}\n", "![a](".repeat(n)),
        format!("## SRS-1 a\n\n{}\n", "*_".repeat(n)),
        "## SRS-1 a\n".repeat(n),
        "## REQ-1 a\n".repeat(n),
        format!("---\n{}---\n", "a: b\n".repeat(2)),
    ] {
        let _ = parse(&text);
    }
}
