//! Text that can be printed: every character that no embedded font has is shown by its number.

use std::borrow::Cow;

use serde_json::Value;

use crate::fonts::covers;

/// `text` with every character that cannot be printed as `[U+XXXX]`: what no embedded font has, control characters
/// other than line ends and tabs, private-use characters, and the marks that reorder text invisibly.
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_printable) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_printable(c) {
            out.push(c);
        } else {
            out.push_str(&format!("[U+{:04X}]", c as u32));
        }
    }
    Cow::Owned(out)
}

fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' | '\n' | '\t' | '\r' => true,
        c if c.is_control() => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => false,
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => false,
        c => covers(c),
    }
}

/// Makes every string value of `value` printable. Keys are ours and stay.
pub(crate) fn make_printable(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(printable) = printable(text) {
                *text = printable;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(make_printable),
        Value::Object(fields) => fields.values_mut().for_each(make_printable),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_printed_is_named() {
        for (text, expected) in [
            ("plain ± µ ≥ 4 °C", "plain ± µ ≥ 4 °C"),
            ("▲ ● ◆ ◐ ○ –", "▲ ● ◆ ◐ ○ –"),
            ("Größe Łódź Ελλάδα Київ", "Größe Łódź Ελλάδα Київ"),
            ("a\u{0}b", "a[U+0000]b"),
            ("x\u{202e}y", "x[U+202E]y"),
            ("\u{e000}", "[U+E000]"),
            ("漢", "[U+6F22]"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }
}
