//! The profile that a firm's products share: a file of `[profile]` tables that `[profile] file` names.
//!
//! The file lies in the product's repository, beside the products that share it or below the documents folder of one, so that a verdict
//! stays a function of the commit; its digest counts in the tree's wherever it lies. Products in repositories of their own keep a copy
//! each, and `file_digest` says if it is another one. What a product writes beside it in its own `[profile]` adds to it and takes nothing
//! away.

use crate::code::{BAD_VALUE, UNKNOWN_KEY};
use crate::config::{Config, OwnProfile};
use crate::parse::{own_profile, sign_too};
use crate::reader::Reader;
use diagnostics::{Diagnostic, Level};
use toml::de::DeTable;
use vocabulary::Digest;

/// Takes the shared profile into a configuration, if it names one. `read` gives the bytes of a path relative to the product's root, which
/// may begin with `..` and then has to stay inside the repository ([`below_top`]), or says why there are none. Never fails: what is wrong is a finding, at its place in the shared file or in `dossier.toml`.
pub fn take_shared_profile(
    config: &mut Config,
    read: &dyn Fn(&str) -> Result<Vec<u8>, String>,
) -> Vec<Diagnostic> {
    let Some(path) = config.own_profile.file.clone() else { return Vec::new() };
    let wrong = |config: &Config, key: &str, message: String, help: &str| {
        let key = format!("profile.{key}");
        vec![BAD_VALUE.at(config.place(&key), message).subject(key).help(help)]
    };
    let mut parts = path.split('/').skip_while(|part| *part == "..").peekable();
    if parts.peek().is_none() || parts.any(|part| part.is_empty() || part.starts_with('.')) {
        let message = format!(
            "`profile.file`: `{path}` is no path from the product's folder to a file of the repository"
        );
        let help = "write it relative to the folder of dossier.toml, like `dossier/firm.toml` or `../firm/profile.toml`, \
                    without hidden folders";
        return wrong(config, "file", message, help);
    }
    let bytes = match read(&path) {
        Ok(bytes) => bytes,
        Err(why) => {
            let message = format!("`profile.file`: `{path}` cannot be read: {why}");
            return wrong(config, "file", message, "restore the firm's file, or leave the key out");
        }
    };
    config.own_profile.read = Some(Digest::of(&bytes));
    let mut found = Vec::new();
    if let Some(pinned) = config.own_profile.file_digest
        && pinned != Digest::of(&bytes)
    {
        let message = format!(
            "`{path}` has the digest {}, and `profile.file_digest` says {pinned}",
            Digest::of(&bytes)
        );
        found = wrong(
            config,
            "file_digest",
            message,
            "take the firm's file over again, or state the digest of the new one",
        );
    }
    let Ok(text) = String::from_utf8(bytes) else {
        found.extend(wrong(
            config,
            "file",
            format!("`profile.file`: `{path}` is not UTF-8"),
            "save it as UTF-8",
        ));
        return found;
    };
    let (shared, more) = parse(&text, &path);
    found.extend(more);
    let own = std::mem::take(&mut config.own_profile);
    config.own_profile = joined(shared, own);
    sign_too(&mut config.roles.release, &config.own_profile.release_roles);
    found
}

/// The path from the top of the repository, for a path from the product's folder, which is `prefix` below that top (empty, or with `/`
/// at its end).
///
/// # Errors
/// Where it leads out of the repository.
pub fn below_top(prefix: &str, path: &str) -> Result<String, String> {
    let mut at: Vec<&str> = prefix.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
        if part != ".." {
            at.push(part);
        } else if at.pop().is_none() {
            return Err("it lies outside of the repository, and no commit would say what it was".to_owned());
        }
    }
    Ok(at.join("/"))
}

fn parse(text: &str, path: &str) -> (OwnProfile, Vec<Diagnostic>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut r = Reader::new(text, path);
    for e in errors {
        let message = format!("not TOML: {}", e.message().split_whitespace().collect::<Vec<_>>().join(" "));
        let at = r.location(e.span().unwrap_or(0..0));
        r.found.push(
            crate::code::SYNTAX.at(at, message).help("mend the syntax; what follows it may be misread"),
        );
    }
    for (key, _) in root.get_ref().iter().filter(|(key, _)| key.get_ref() != "profile") {
        let message = format!("unknown table `{}`: a shared profile has `[profile]` only", key.get_ref());
        let at = r.location(key.span());
        r.found.push(
            UNKNOWN_KEY
                .at(at, message)
                .subject(key.get_ref().as_ref())
                .help("everything else belongs into each product's dossier.toml"),
        );
    }
    let mut profile = own_profile(&mut r, root.get_ref());
    if profile.file.take().is_some() || profile.file_digest.take().is_some() {
        let at = r.location(0..0);
        r.found.push(
            BAD_VALUE
                .at(at, "a shared profile names no further file")
                .help("leave `file` and `file_digest` out"),
        );
    }
    r.found.sort_by(diagnostics::order);
    (profile, r.found)
}

/// The firm's profile with what the product adds.
fn joined(shared: OwnProfile, own: OwnProfile) -> OwnProfile {
    let mut severity = shared.severity;
    for (rule, level) in own.severity {
        let kept = severity.entry(rule).or_insert(level);
        *kept = stricter(*kept, level);
    }
    let mut review_days = shared.review_days;
    for (what, days) in own.review_days {
        let kept = review_days.entry(what).or_insert(days);
        *kept = days.min(*kept);
    }
    OwnProfile {
        file: own.file,
        file_digest: own.file_digest,
        read: own.read,
        name: shared.name.or(own.name),
        due_for_every_class: both(shared.due_for_every_class, own.due_for_every_class),
        never_waivable: both(shared.never_waivable, own.never_waivable),
        never_waivable_rules: both(shared.never_waivable_rules, own.never_waivable_rules),
        engineering_roles: both(shared.engineering_roles, own.engineering_roles),
        clinical_roles: both(shared.clinical_roles, own.clinical_roles),
        release_roles: both(shared.release_roles, own.release_roles),
        attested_results: shared.attested_results || own.attested_results,
        identical_rebuild: shared.identical_rebuild || own.identical_rebuild,
        second_copy: shared.second_copy || own.second_copy,
        prrc_signs_anomalies: shared.prrc_signs_anomalies || own.prrc_signs_anomalies,
        beside: match (shared.beside, own.beside) {
            (Some(shared), Some(own)) => Some(both(shared, own)),
            (shared, own) => shared.or(own),
        },
        severity,
        waiver_days: shared.waiver_days.into_iter().chain(own.waiver_days).min(),
        review_days,
    }
}

fn both(mut shared: Vec<String>, own: Vec<String>) -> Vec<String> {
    for one in own {
        if !shared.contains(&one) {
            shared.push(one);
        }
    }
    shared
}

fn stricter(a: Level, b: Level) -> Level {
    match (a, b) {
        (Level::Off, other) | (other, Level::Off) => other,
        // Severities are ordered worst first.
        (Level::At(a), Level::At(b)) => Level::At(a.min(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const FIRM: &str = "[profile]\nname = \"Acme QMS 4\"\nwaiver_days = 60\nrelease_roles = [\"security-lead\"]\n\
                        never_waivable_rules = [\"suspect-link\"]\n[profile.severity]\nR0054 = \"error\"\n[profile.review_days]\nsoup = 90\n";

    fn taken(profile: &str, file: Result<&str, &str>) -> (Config, Vec<String>) {
        let text = format!("[product]\nname = \"p\"\n\n[profile]\nfile = \"dossier/firm.toml\"\n{profile}");
        let (mut config, found) = crate::parse(&text, "dossier.toml");
        assert!(found.is_empty(), "{found:?}");
        let read = |_: &str| file.map(|t| t.as_bytes().to_vec()).map_err(str::to_owned);
        let found = take_shared_profile(&mut config, &read);
        let said = found.iter().map(|d| format!("{} {} {}", d.rule, d.location, d.message)).collect();
        (config, said)
    }

    #[test]
    fn a_product_adds_to_the_firms_profile_and_takes_nothing_away() {
        let inline = "waiver_days = 365\nnever_waivable_rules = [\"R0090\"]\n[profile.severity]\nR0054 = \"note\"\n\
                      [profile.review_days]\nsoup = 400\ndocument = 365\n";
        let (config, found) = taken(inline, Ok(FIRM));
        assert_eq!(found, Vec::<String>::new());
        let profile = &config.own_profile;
        assert_eq!(config.profile_name(), "Acme QMS 4 (playbook)");
        assert_eq!(profile.waiver_days, Some(60));
        assert_eq!(profile.never_waivable_rules, ["suspect-link", "R0090"]);
        assert_eq!(profile.severity["R0054"], Level::At(diagnostics::Severity::Error));
        assert_eq!(
            profile.review_days,
            BTreeMap::from([("soup".to_owned(), 90), ("document".to_owned(), 365)])
        );
        assert_eq!(
            config.roles.release,
            ["software-lead", "qa-lead", "risk-owner", "prrc", "security-lead", "release-manager"]
        );
    }

    #[test]
    fn a_file_that_is_absent_another_one_or_more_than_a_profile_is_found() {
        let said = |profile: &str, file| taken(profile, file).1.join("\n");
        assert!(
            said("", Err("it is not there"))
                .contains("R0013 dossier.toml:5:1 `profile.file`: `dossier/firm.toml` cannot be read")
        );
        let other = "0".repeat(64);
        assert!(
            said(&format!("file_digest = \"{other}\"\n"), Ok(FIRM)).contains("`profile.file_digest` says")
        );
        let right = Digest::of(FIRM.as_bytes());
        assert_eq!(said(&format!("file_digest = \"{right}\"\n"), Ok(FIRM)), "");
        assert!(
            said("", Ok("[product]\nname = \"x\"\n"))
                .contains("R0011 dossier/firm.toml:1:2 unknown table `product`")
        );
        assert!(said("", Ok("[profile]\nnever_waivabel = []\n")).contains("R0011 dossier/firm.toml:2:1"));
        assert!(said("", Ok("[profile]\nfile = \"dossier/b.toml\"\n")).contains("no further file"));
        assert!(said("", Ok("[profile\n")).contains("R0010 dossier/firm.toml"));
    }

    #[test]
    fn the_file_lies_anywhere_in_the_repository_and_nowhere_else() {
        let of = |path: &str| {
            let text = format!("[product]\nname = \"p\"\n[profile]\nfile = '{path}'\n");
            let (mut config, _) = crate::parse(&text, "dossier.toml");
            let read = |path: &str| below_top("products/a/", path).map(|_| FIRM.as_bytes().to_vec());
            let found = take_shared_profile(&mut config, &read);
            (config, found.iter().map(|d| d.message.clone()).collect::<Vec<_>>().join("\n"))
        };
        for path in ["dossier/firm.toml", "firm.toml", "../firm.toml", "../../firm/profile.toml"] {
            let (config, found) = of(path);
            assert_eq!(
                (config.profile_name().as_str(), found.as_str()),
                ("Acme QMS 4 (playbook)", ""),
                "{path}"
            );
            assert_eq!(config.own_profile.read, Some(Digest::of(FIRM.as_bytes())));
        }
        for path in [
            "..",
            "../..",
            "/etc/firm.toml",
            "a/../firm.toml",
            ".git/firm.toml",
            "../.git/config",
            "./a",
            "a//b",
        ] {
            let (config, found) = of(path);
            assert!(found.contains("is no path from the product's folder"), "{path}: {found}");
            assert_eq!((config.own_profile.waiver_days, config.own_profile.read), (None, None));
        }
        assert!(of("../../../firm.toml").1.contains("outside of the repository"));
        assert_eq!(below_top("products/a/", "../b/../../firm.toml"), Ok("firm.toml".to_owned()));
        assert_eq!(below_top("", "firm.toml"), Ok("firm.toml".to_owned()));
        assert!(below_top("", "../firm.toml").is_err());
    }
}
