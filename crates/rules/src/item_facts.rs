//! What several rules ask of an item.

use model::Item;

/// Whether the item says something under this name: a field with a value, or a heading of this name with text below it.
pub(crate) fn has_part(item: &Item, name: &str) -> bool {
    item.value(name).is_some_and(|v| !v.is_empty()) || has_heading(item.text(), name)
}

/// Whether the item is marked `external: yes`: outside the software.
pub(crate) fn is_external(item: &Item) -> bool {
    item.value("external").is_some_and(|v| v.eq_ignore_ascii_case("yes"))
}

/// Whether the text has a heading of this name, of any level, with something below it before the next heading.
fn has_heading(text: &str, name: &str) -> bool {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(title) = heading(line) else { continue };
        if title.eq_ignore_ascii_case(name) {
            return lines.by_ref().take_while(|l| heading(l).is_none()).any(|l| !l.trim().is_empty());
        }
    }
    false
}

fn heading(line: &str) -> Option<&str> {
    let title = line.trim_start().strip_prefix('#')?.trim_start_matches('#');
    title.starts_with(' ').then(|| title.trim())
}

#[cfg(test)]
mod tests {
    use super::has_heading;

    #[test]
    fn a_heading_counts_with_text_below_it() {
        assert!(has_heading("text\n\n### Rationale\n\nBecause.", "rationale"));
        assert!(!has_heading("### Rationale\n\n### Steps\n\n1. go", "rationale"));
        assert!(!has_heading("#rationale\n\nBecause.", "rationale"));
        assert!(!has_heading("", "rationale"));
    }
}
