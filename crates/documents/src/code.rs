//! The findings that reading documents can raise.

use diagnostics::{Code, Severity};

macro_rules! codes {
    ($($name:ident $rule:literal $slug:literal $severity:ident $about:literal;)*) => {
        $(pub(crate) const $name: Code =
            Code { rule: $rule, name: $slug, severity: Severity::$severity, clauses: &[], about: $about };)*

        /// The codes of this crate, for `explain`.
        pub const CODES: &[Code] = &[$($name),*];
    };
}

codes! {
    UNREADABLE "R0020" "unreadable-document" Error
        "A file of the documents folder could not be read, so nothing in it counts.";
    NOT_UTF8 "R0021" "document-not-utf8" Error
        "A document is not UTF-8. The rest of it was read with `U+FFFD` in place of the bytes that are none.";
    TOO_LARGE "R0022" "document-too-large" Error
        "A document is larger than 32 MiB and was not read. Split it, or move data out of the documents folder.";
    SYMLINK "R0023" "symbolic-link-among-documents" Note
        "A symbolic link in the documents folder is not followed: what it leads to is no part of the commit.";
    FRONT_MATTER "R0024" "unreadable-front-matter" Error
        "The front matter of a document is not YAML, or a key has a value of another type. The document was read without it.";
    UNKNOWN_FRONT_MATTER "R0025" "unknown-front-matter-key" Note
        "A key of the front matter means nothing to dossier. It is kept and not used.";
    UNKNOWN_KIND "R0026" "unknown-kind" Error
        "A kind is none of the built-in kinds. The prefix of the id decides instead, where it can.";
    UNMAPPED_PREFIX "R0027" "heading-with-unmapped-prefix" Note
        "A heading begins with a word that has the shape of an id, but its prefix is neither built in, nor mapped in `[kinds]`, \
         nor used by another item of the file. It was read as prose.";
    NOT_A_FIELD "R0028" "bullet-without-field" Warning
        "A bullet among the fields of an item is not `key: value`. It counts for nothing.";
    MISSPELT_FIELD "R0029" "misspelt-field" Warning
        "A field's name is nearly that of a field that dossier knows. Mend it, or list it in `[trace] fields` if it is meant.";
    BAD_REFERENCE "R0030" "unreadable-link" Error
        "A value of a link field is no id, or what follows `@` is no stamp of 8 hex digits.";
    KIND_CONTRADICTS "R0031" "kind-contradicts-prefix" Warning
        "The kind that the file states is another one than the id's prefix stands for. The file's kind holds.";
    MISSING_EMBEDDED "R0032" "missing-embedded-file" Error
        "An item embeds a local file that does not exist in the product.";
    BAD_DOCUMENT_ID "R0033" "bad-document-id" Error
        "`document:` in the front matter is no id, so the file is no controlled document.";
    DUPLICATE_DOCUMENT "R0034" "duplicate-document-id" Error
        "Two files state the same document id.";
    NO_DOCUMENTS "R0035" "no-documents" Error
        "The documents folder does not exist or holds no Markdown file. Empty is not none: nothing was checked.";
    KIND_WITHOUT_ITEMS "R0036" "kind-without-items" Warning
        "A file states the kind of its items and has none.";
    NO_TEXT "R0038" "document-with-nul" Error
        "A document holds NUL characters, so it is no text: half written, or of another format. What could be read of it counts. \
         Restore the file.";
    TOO_MANY "R0037" "too-many-documents" Error
        "The documents are more than dossier reads at once. What is beyond the limit was not read.";
}
