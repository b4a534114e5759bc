//! How much two texts are alike, by their words: to see whether a text is still the template's.

use std::collections::BTreeMap;

/// The words of a text in small letters, without marks. The placeholder marker of templates is none.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && *w != "TODO")
        .map(str::to_lowercase)
        .collect()
}

/// Whether `own` is nearly `template`: as many of its words as `share` says are the template's, counted with their number, and
/// it is not more than half as long again. A text that quotes the template and goes on is another text.
pub(crate) fn contains(own: &[String], template: &[String], share: f64) -> bool {
    if template.len() < 4 || own.len() * 2 > template.len() * 3 {
        return false;
    }
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for word in template {
        *left.entry(word).or_default() += 1;
    }
    let mut common = 0_usize;
    for word in own {
        if let Some(n) = left.get_mut(word.as_str()).filter(|n| **n > 0) {
            *n -= 1;
            common += 1;
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "a section has far fewer than 2^52 words")]
    let needed = share * own.len().max(1) as f64;
    #[allow(clippy::cast_precision_loss, reason = "as above")]
    let found = common as f64;
    found >= needed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_with_a_word_changed_is_still_the_template() {
        let template = words("TODO: which life cycle model, which phases or iterations it has");
        let near = words("Which life cycle model, and which phases or iterations it has.");
        assert!(contains(&template, &template, 0.8));
        assert!(contains(&near, &template, 0.8));
        let own = words("Development is iterative in sprints of two weeks; each ends with a release.");
        assert!(!contains(&own, &template, 0.8));
        assert!(!contains(&[], &template, 0.8));
        assert!(!contains(&own, &[], 0.8));
    }
}
