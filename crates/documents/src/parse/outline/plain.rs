//! A reader of plain Markdown, line by line: ATX headings, field lists of one line a bullet, paragraphs. Most documents hold
//! nothing else, and reading them so takes a third of the time that a whole CommonMark parser needs.
//!
//! It gives up at the first line that could mean anything else to CommonMark, and the parser reads the whole file instead.
//! So it decides nothing: a property test holds it to give what the parser gives, or nothing.

use super::{Heading, Label, Outline, content_of};

/// What the last line was.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    /// A blank line, or the beginning.
    Blank,
    /// A heading, or blank lines below one.
    Heading,
    /// A bullet of the field list.
    Bullet,
    /// Blank lines below the field list.
    BelowBullets,
    /// A line of a paragraph.
    Text,
}

/// The shape of `text` from `start` on, if all of it is plain.
pub(super) fn outline(text: &str, start: usize) -> Option<Outline> {
    let body = text.get(start..)?;
    let bytes = body.as_bytes();
    if memchr::memchr2_iter(b'!', b'\r', bytes)
        .any(|i| bytes.get(i) == Some(&b'\r') || bytes.get(i + 1) == Some(&b'['))
    {
        return None;
    }
    let mut out = Outline::default();
    let mut last = Last::Blank;
    let mut at = 0;
    for end in memchr::memchr_iter(b'\n', bytes).map(|i| i + 1).chain([bytes.len()]) {
        let line = body.get(at..end)?;
        if !line.is_empty() {
            last = step(text, line, start + at, last, &mut out)?;
        }
        at = end;
    }
    Some(out)
}

/// Reads one line, which begins at `at`.
fn step(text: &str, line: &str, at: usize, last: Last, out: &mut Outline) -> Option<Last> {
    let content = line.strip_suffix('\n').unwrap_or(line);
    let bytes = content.as_bytes();
    let letter = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_alphabetic);
    match bytes.first() {
        None => Some(match last {
            Last::Heading => Last::Heading,
            Last::Bullet | Last::BelowBullets => Last::BelowBullets,
            Last::Blank | Last::Text => Last::Blank,
        }),
        Some(b'#') => {
            heading(text, content, at, out)?;
            Some(Last::Heading)
        }
        Some(b'-') if bytes.get(1) == Some(&b' ') && letter(2) => {
            if !matches!(last, Last::Heading | Last::Bullet) {
                return None;
            }
            let h = out.headings.last_mut()?;
            out.bullets.push(at..at + line.len());
            h.bullets.end += 1;
            h.list_end = at + line.len();
            Some(Last::Bullet)
        }
        // A line below a bullet would continue it.
        Some(_) if last == Last::Bullet => None,
        Some(b'*') if bytes.get(1) == Some(&b'*') && letter(2) => {
            if last != Last::Text {
                out.labels.push(label(content, at)?);
            }
            Some(Last::Text)
        }
        Some(first) if first.is_ascii_digit() => {
            let digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
            (!matches!(bytes.get(digits), Some(b'.' | b')'))).then_some(Last::Text)
        }
        Some(first) => {
            (first.is_ascii_alphabetic() || !first.is_ascii() || matches!(first, b'(' | b'"' | b'\''))
                .then_some(Last::Text)
        }
    }
}

fn heading(text: &str, content: &str, at: usize, out: &mut Outline) -> Option<()> {
    let level = content.bytes().take_while(|b| *b == b'#').count();
    let after = content.as_bytes().get(level);
    if level > 6 || after != Some(&b' ') {
        return None;
    }
    let range = at..at + content.len();
    let bullets = out.bullets.len()..out.bullets.len();
    let content = content_of(text, &range, level);
    let list_end = range.end;
    out.headings.push(Heading { level: u8::try_from(level).ok()?, range, content, bullets, list_end });
    Some(())
}

/// The label `**Name:**` that a paragraph begins with. Anything else that is bold there is left to the parser.
fn label(content: &str, at: usize) -> Option<Label> {
    let inner = content.strip_prefix("**")?;
    let name = inner.bytes().take_while(|b| b.is_ascii_alphabetic() || *b == b' ').count();
    let rest = inner.get(name..)?.strip_prefix(":**")?;
    if name > 64 || !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    Some(Label { start: at, name: at + 2..at + 2 + name, body: at + content.len() - rest.len() })
}

#[cfg(test)]
mod tests {
    use super::super::{outline, whole};
    use proptest::prelude::*;

    /// What is comparable of an outline: the parser counts blank lines to a list or not as it likes, and nobody asks.
    fn shape(text: &str, o: &super::Outline) -> String {
        let heading = |h: &super::Heading| {
            let between = text.get(h.list_end.min(h.range.end)..h.list_end).unwrap_or("").trim_end();
            format!("{} {:?} {:?} {:?} {}", h.level, h.range, h.content, h.bullets, between)
        };
        let headings: Vec<String> = o.headings.iter().map(heading).collect();
        let bullets: Vec<&str> = o.bullets.iter().map(|b| text[b.clone()].trim_end()).collect();
        format!("{headings:#?} {bullets:#?} {:#?} {}", o.labels, o.images.len())
    }

    #[test]
    fn plain_documents_are_plain() {
        let text = "# Part\n\n## SRS-1 One\n- level: unit\n- x: y\n\nText (2) `code` <b>.\nmore\n\n**Expected:** x\n\n## TC-2 Two #\n";
        let plain = super::outline(text, 0).unwrap();
        assert_eq!(shape(text, &plain), shape(text, &whole(text, 0)));
        for other in [
            "- a\n",
            "> x\n",
            "a\n===\n",
            " a\n",
            "1. a\n",
            "```\n",
            "![a](b)\n",
            "# a\r\n",
            "## A-1 b\n- c: d\ne\n",
            "[a]: b\n",
        ] {
            assert!(super::outline(other, 0).is_none(), "{other:?}");
            let _ = outline(other, 0);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(2048), ..ProptestConfig::default() })]

        #[test]
        fn what_it_reads_is_what_the_parser_reads(parts in prop::collection::vec(prop::sample::select(vec![
            "# ", "## ", "#", "####### ", "\n", "\n\n", "\n\n\n", "- ", "- a: b\n", "- c\n", "-", " ", "text", "\u{e4}", "\u{a0}", "**Expected:** ", "**a**", "**a:**b",
            "*", "**", "***", ":", "`", "```", "=", "---", "1", "1.", "2)", "(", "\"", "'", "[a](b)", "[", "]: x", "<b>", "<!--", "-->", "<", ">", "\\", "&amp;", "_", "+ ",
            "\t", "|", "~~~", "![", "!", "a\n", " #\n", "\n  ", "\0",
        ]), 0..30)) {
            let text = parts.concat();
            if let Some(plain) = super::outline(&text, 0) {
                prop_assert_eq!(shape(&text, &plain), shape(&text, &whole(&text, 0)), "{:?}", text);
            }
        }

        #[test]
        fn lines_that_are_plain_are_read_alike(parts in prop::collection::vec(prop::sample::select(vec![
            "# a\n", "## A-1 b `c` **d**\n", "### x ##\n", "- a: b\n", "- c d, `e`\n", "- f: **g:** [h](i\n", "text (x) <b>\n", "12 a\n", "\n", "\n",
            "**Expected:** x\n", "**E f:**\n", "more **b:** c `\n", "\u{e4}x\n", "(a) `b\n", "\"q\" <!-- c\n", "x --> y\n", "## \n", "#\n", "a", "- z",
        ]), 0..16)) {
            let text = parts.concat();
            if let Some(plain) = super::outline(&text, 0) {
                prop_assert_eq!(shape(&text, &plain), shape(&text, &whole(&text, 0)), "{:?}", text);
            }
        }
    }
}
