//! Where an embedded file lies: from the destination in the Markdown to a path of the product.

/// The path, relative to the product's root, of a local file that `document` embeds as `destination`; `None` for
/// something elsewhere (`https:`, `data:`) or nothing. A path that leaves the product keeps its leading `..`, and is found
/// nowhere.
pub(crate) fn resolve(document: &str, destination: &str) -> Option<String> {
    let local = destination.split(['?', '#']).next().unwrap_or("");
    if local.is_empty() || has_scheme(local) || local.starts_with("//") {
        return None;
    }
    let decoded = decode(local);
    let mut parts: Vec<&str> = match decoded.strip_prefix('/') {
        // From the root of the repository, as git forges have it.
        Some(_) => Vec::new(),
        None => document.split('/').collect(),
    };
    parts.pop();
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                None | Some(&"..") => parts.push(".."),
                Some(_) => {
                    parts.pop();
                }
            },
            name => parts.push(name),
        }
    }
    Some(parts.join("/")).filter(|p| !p.is_empty())
}

fn has_scheme(s: &str) -> bool {
    s.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

/// Percent-decodes; what is no valid escape, or not UTF-8 afterwards, stays as it is.
fn decode(s: &str) -> String {
    let mut out = Vec::with_capacity(s.len());
    let mut rest = s.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escape = tail.get(..2).filter(|_| *first == b'%').and_then(|h| std::str::from_utf8(h).ok());
        match escape.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                rest = tail.get(2..).unwrap_or(&[]);
            }
            None => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| s.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_relative_to_their_document() {
        let at = |d: &str| resolve("dossier/risks/a.md", d);
        assert_eq!(at("flow.png").as_deref(), Some("dossier/risks/flow.png"));
        assert_eq!(at("./img/a%20b.svg?raw=1#x").as_deref(), Some("dossier/risks/img/a b.svg"));
        assert_eq!(at("../x.png").as_deref(), Some("dossier/x.png"));
        assert_eq!(at("/docs/x.png").as_deref(), Some("docs/x.png"));
        assert_eq!(at("../../../etc/passwd").as_deref(), Some("../etc/passwd"));
        assert_eq!(at("%zz%").as_deref(), Some("dossier/risks/%zz%"));
        for elsewhere in ["https://example.org/x.png", "data:image/png;base64,AAAA", "//host/x", "#part", ""]
        {
            assert_eq!(at(elsewhere), None, "{elsewhere}");
        }
    }
}
