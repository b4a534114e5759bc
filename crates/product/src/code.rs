//! The findings that reading `dossier.toml` can raise.

use diagnostics::{Code, Severity};

macro_rules! codes {
    ($($name:ident $rule:literal $slug:literal $severity:ident $about:literal;)*) => {
        $(pub(crate) const $name: Code =
            Code { rule: $rule, name: $slug, severity: Severity::$severity, clauses: &[], about: $about };)*

        /// The codes of this crate, for `explain`.
        pub const CODES: &[Code] = &[$($name,)* UNREADABLE_LOCK_FILE];
    };
}

/// A lock file that `[build] lockfiles` names and that cannot be read; raised by whoever reads the files.
pub const UNREADABLE_LOCK_FILE: Code = Code {
    rule: "R0015",
    name: "unreadable-lock-file",
    severity: Severity::Error,
    clauses: &["62304:8.1.2"],
    about: "A lock file that `[build] lockfiles` names does not exist, is of a kind that is not read, or is damaged at that place. Its \
            components are unknown, which is not the same as none. Restore the file, or name another one.",
};

codes! {
    SYNTAX "R0010" "unreadable-configuration" Error
        "`dossier.toml` is not TOML there. What could be read of the file counts; the rest has its defaults.";
    UNKNOWN_KEY "R0011" "unknown-configuration-key" Error
        "`dossier.toml` has a key that means nothing. A misspelt key is a setting that does not hold, so it is an error. \
         `docs/configuration.md` lists every key.";
    WRONG_TYPE "R0012" "configuration-value-of-wrong-type" Error
        "A key of `dossier.toml` has a value of another type than it takes. Its default holds instead.";
    BAD_VALUE "R0013" "bad-configuration-value" Error
        "A key of `dossier.toml` has a value that it cannot have. Its default holds instead.";
    NO_NAME "R0014" "product-without-name" Error
        "`dossier.toml` names no product. Write `name = \"…\"` under `[product]`.";
}
