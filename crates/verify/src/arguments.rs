//! The command line: one path and two options.

use std::ffi::OsString;
use std::path::PathBuf;

const HELP: &str = "\
Checks released evidence, offline: an archive, a BagIt export of one, or the export of a ledger.

Usage: dossier-verify PATH [--trust KEY|CHECKPOINT]... [--tsa CERTIFICATES]... [--format text|json]

  PATH              a folder: an archive (index.json, blobs/), a bag (bagit.txt), or a ledger export (checkpoint, tile/)
  --trust ANCHOR    what you know from elsewhere, a file or the text itself; may be repeated:
                    a key of the ledger (`ssh-ed25519 AAAA...` or `origin+hash+base64`), or a checkpoint that was kept
                    outside. Without any, the answer is `self-consistent only`: whoever holds the ledger's key could
                    have written everything anew. The fingerprints to compare are printed then.
  --tsa FILE        certificates (PEM) of a time stamp authority that you trust; may be repeated. A token that lies
                    beside a trusted checkpoint (`checkpoint-42.tsr`, RFC 3161) is then checked, and says since when
                    history up to there existed.
  --format FORMAT   text (default) or json (`dossier/verify/v1`)
  --help, --version

Exit status: 0 everything holds, 1 problems were found, 2 nothing could be checked.

Example: dossier-verify /mnt/archive --trust ledger.pub
";

/// What to verify and how to say it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) path: PathBuf,
    pub(crate) trust: Vec<OsString>,
    pub(crate) tsa: Vec<OsString>,
    pub(crate) json: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// `--help` and `--version`: a text for stdout.
    Print(String),
    Verify(Request),
}

pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Parsed, String> {
    let mut args = args.into_iter();
    let (mut paths, mut trust, mut tsa, mut json, mut options) =
        (Vec::new(), Vec::new(), Vec::new(), false, true);
    while let Some(arg) = args.next() {
        let text = if options { arg.to_str().unwrap_or_default() } else { "" };
        let (name, attached) = match text.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(OsString::from(value))),
            _ => (text, None),
        };
        let value = |args: &mut dyn Iterator<Item = OsString>| {
            attached
                .clone()
                .or_else(|| args.next())
                .ok_or_else(|| format!("{name} needs a value; see --help"))
        };
        match name {
            "--help" | "-h" => return Ok(Parsed::Print(HELP.to_owned())),
            "--version" | "-V" => {
                return Ok(Parsed::Print(format!("dossier-verify {}\n", env!("CARGO_PKG_VERSION"))));
            }
            "--trust" => trust.push(value(&mut args)?),
            "--tsa" => tsa.push(value(&mut args)?),
            "--format" => {
                json = match value(&mut args)?.to_str() {
                    Some("json") => true,
                    Some("text") => false,
                    other => return Err(format!("--format is text or json, not `{}`", other.unwrap_or("?"))),
                }
            }
            "--" => options = false,
            _ if name.starts_with('-') && name.len() > 1 => {
                return Err(format!("unknown option `{name}`; see --help"));
            }
            _ => paths.push(PathBuf::from(arg)),
        }
    }
    match <[PathBuf; 1]>::try_from(paths) {
        Ok([path]) => Ok(Parsed::Verify(Request { path, trust, tsa, json })),
        Err(paths) if paths.is_empty() => Err("which folder is to be checked? See --help".to_owned()),
        Err(_) => Err("one folder at a time; see --help".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Parsed, String> {
        parse(args.iter().map(OsString::from))
    }

    #[test]
    fn the_command_line() {
        let verify = |path: &str, trust: &[&str], json| {
            let trust = trust.iter().map(OsString::from).collect();
            Ok(Parsed::Verify(Request { path: path.into(), trust, tsa: Vec::new(), json }))
        };
        assert_eq!(parsed(&["a"]), verify("a", &[], false));
        assert_eq!(
            parsed(&["--trust", "k", "a", "--trust=l", "--format", "json"]),
            verify("a", &["k", "l"], true)
        );
        assert_eq!(parsed(&["--", "--help"]), verify("--help", &[], false));
        for wrong in
            [&[][..], &["a", "b"], &["--trust"], &["a", "--format", "xml"], &["a", "--fast"], &["a", "-x"]]
        {
            assert!(parsed(wrong).is_err(), "{wrong:?}");
        }
        assert!(matches!(parsed(&["a", "--help"]), Ok(Parsed::Print(t)) if t.contains("Exit status")));
    }
}
