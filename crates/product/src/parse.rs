//! From the text of `dossier.toml` to [`Config`].

use crate::code::{NO_NAME, SYNTAX};
use crate::config::{
    Anchors, Anomalies, Archive, Build, Changes, Clock, Config, Delivery, Documents, Environment, Ledger,
    Market, Metrics, OwnProfile, Product, Profile, Reminders, Results, Retention, Roles, Security, Software,
    Trace,
};
use crate::reader::{Reader, Table};
use crate::{DEFAULT_ROLES, Injury, Risk};
use diagnostics::{Diagnostic, Level, Severity, closest};
use std::collections::BTreeMap;
use toml::de::DeTable;

const PROFILES: [(&str, Profile); 2] = [("playbook", Profile::Playbook), ("standard", Profile::Standard)];
const MARKETS: [(&str, Market); 3] =
    [("eu-mdr", Market::EuMdr), ("eu-mdr-implantable", Market::EuMdrImplantable), ("us", Market::Us)];
const CLOCKS: [(&str, Clock); 2] = [("system", Clock::System), ("simulated", Clock::Simulated)];
const SCHEMES: [(&str, &str); 2] = [("semver", "semver"), ("calendar", "calendar")];
const LEVELS: [(&str, Level); 4] = [
    ("off", Level::Off),
    ("note", Level::At(Severity::Note)),
    ("warning", Level::At(Severity::Warning)),
    ("error", Level::At(Severity::Error)),
];
const INJURIES: [(&str, Injury); 3] =
    [("none", Injury::None), ("non-serious", Injury::NonSerious), ("serious", Injury::Serious)];

/// The severity scale that holds where `[risk] severity` is not written, with its meaning.
const DEFAULT_SEVERITY: [(&str, Injury); 5] = [
    ("negligible", Injury::None),
    ("minor", Injury::NonSerious),
    ("serious", Injury::Serious),
    ("critical", Injury::Serious),
    ("catastrophic", Injury::Serious),
];
const DEFAULT_PROBABILITY: [&str; 5] = ["improbable", "remote", "occasional", "probable", "frequent"];

/// Reads the text of a `dossier.toml`. `path` is what diagnostics call the file. Never fails: what could not be
/// understood has its default and a diagnostic.
pub fn parse(text: &str, path: &str) -> (Config, Vec<Diagnostic>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut r = Reader::new(text, path);
    for e in errors {
        let at = e.span().unwrap_or(0..0);
        let message = format!("not TOML: {}", one_line(e.message()));
        let d = SYNTAX.at(r.location(at), message).help("mend the syntax; what follows it may be misread");
        r.found.push(d);
    }
    let broken: Vec<u32> =
        r.found.iter().filter_map(|d| d.location.file_line()).map(|(_, line)| line).collect();
    let config = config(&mut r, root.get_ref());
    // What else is wrong on a line that is no TOML follows from that: one cause, one finding.
    r.found.retain(|d| {
        d.rule == SYNTAX.rule || !d.location.file_line().is_some_and(|(_, line)| broken.contains(&line))
    });
    r.found.sort_by(diagnostics::order);
    (config, r.found)
}

fn one_line(s: &str) -> String {
    s.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn config<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Config {
    r.root(root);
    let mut config = Config {
        product: product(r, root),
        kinds: kinds(r, root),
        documents: documents(r, root),
        roles: roles(r, root),
        permissions: permissions(r, root),
        ledger: ledger(r, root),
        anchors: anchors(r, root),
        security: security(r, root),
        soup: crate::soup::soup(r, root),
        drift: crate::soup::drift(r, root),
        advisories: crate::advisories::advisories(r, root),
        image_keys: crate::advisories::images(r, root),
        archive: archive(r, root),
        retention: retention(r, root),
        build: build(r, root),
        risk: risk(r, root),
        rules: rules(r, root),
        results: results(r, root),
        software: software(r, root),
        trace: trace(r, root),
        delivery: delivery(r, root),
        packages: crate::packages::packages(r, root),
        anomalies: anomalies(r, root),
        metrics: metrics(r, root),
        reminders: reminders(r, root),
        changes: changes(r, root),
        trackers: crate::trackers::trackers(r, root),
        own_profile: own_profile(r, root),
        places: Default::default(),
    };
    sign_too(&mut config.roles.release, &config.own_profile.release_roles);
    config.places = std::mem::take(&mut r.places);
    config
}

fn product<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Product {
    let t = r.table(root, "product", "product");
    let before = r.found.len();
    let name = r.text(t, "name");
    if name.is_none() && r.found.len() == before {
        let at = root.get_key_value("product").map_or(0..0, |(k, _)| k.span());
        let d = NO_NAME
            .at(r.location(at), "the product has no name")
            .subject("product.name")
            .help("write `name = \"…\"` under `[product]`");
        r.found.push(d);
    }
    Product {
        name: name.unwrap_or_default(),
        class: r.word(t, "class"),
        profile: r.choice(t, "profile", &PROFILES).unwrap_or(Profile::Playbook),
        timezone: timezone(r, t),
        edition: edition(r, t),
        lifetime_years: r.number(t, "lifetime_years", 1),
        markets: r.choices(t, "markets", &MARKETS).unwrap_or_default(),
        version_scheme: r.choice(t, "version_scheme", &SCHEMES).unwrap_or("semver").to_owned(),
    }
}

fn timezone<'t>(r: &mut Reader<'t>, t: Table<'t>) -> String {
    let utc = || "UTC".to_owned();
    let Some(zone) = r.text(t, "timezone") else { return utc() };
    if vocabulary::is_time_zone(&zone) {
        return zone;
    }
    let help = "write an IANA name such as `Europe/Vienna`";
    r.bad_key(t, "timezone", format!("`product.timezone`: there is no time zone `{zone}`"), help);
    utc()
}

fn edition<'t>(r: &mut Reader<'t>, t: Table<'t>) -> String {
    let default = || clauses::DEFAULT_EDITION.to_owned();
    let Some(edition) = r.text(t, "edition") else { return default() };
    // Verdicts go by safety class: a standard whose clauses know none cannot be the edition of a product.
    let by_class = |s: &&clauses::Standard| s.clauses.iter().any(|c| !c.classes.is_empty());
    let standards = clauses::library().standards();
    let known: Vec<&str> = standards.iter().filter(by_class).map(|s| s.edition.as_str()).collect();
    if known.contains(&edition.as_str()) {
        return edition;
    }
    let help = match closest(&edition, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of `{}`; or leave the key out", known.join("`, `")),
    };
    let what = match clauses::edition(&edition) {
        Some(_) => {
            format!("`product.edition`: `{edition}` has no safety classes, so no verdict could follow")
        }
        None => format!("`product.edition`: no edition `{edition}` in the clause library"),
    };
    r.bad_key(t, "edition", what, &help);
    default()
}

fn kinds<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> BTreeMap<String, String> {
    let t = r.table(root, "kinds", "kinds");
    let mut out = BTreeMap::new();
    for (prefix, at, value) in r.entries(t) {
        let mut letters = prefix.bytes();
        let shaped = letters.next().is_some_and(|b| b.is_ascii_uppercase())
            && letters.all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let key = format!("kinds.{prefix}");
        if !shaped {
            let help = "write capital letters and digits only, as in `REQ`";
            r.bad(&key, at, format!("`{key}`: this is no prefix of an id"), help);
        } else if let Some(kind) = r.text_of(value, &key) {
            out.insert(prefix.to_owned(), kind);
        }
    }
    out
}

fn documents<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Documents {
    let t = r.table(root, "documents", "documents");
    let root = r.text(t, "root").filter(|path| {
        let inside = is_inside(path);
        if !inside {
            r.bad_key(
                t,
                "root",
                format!("`documents.root`: `{path}` is not a folder of the product"),
                INSIDE,
            );
        }
        inside
    });
    let root = root.map_or_else(|| "dossier".to_owned(), |p| p.trim_end_matches('/').to_owned());
    let inner = r.inner(t, "approvers", "documents.approvers");
    Documents { root, required: r.list(t, "required").unwrap_or_default(), approvers: role_lists(r, inner) }
}

/// A table of lists of roles; an empty list is an error, because it would let nobody.
fn role_lists<'t>(r: &mut Reader<'t>, table: Table<'t>) -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    for (key, at, value) in r.entries(table) {
        let name = format!("{}.{key}", table.name);
        match r.list_of(value, &name) {
            Some(roles) if roles.is_empty() => {
                r.bad(&name, at, format!("`{name}` names nobody"), "name the roles, or leave the key out");
            }
            Some(roles) => {
                out.insert(key.to_owned(), roles);
            }
            None => {}
        }
    }
    out
}

fn permissions<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> BTreeMap<String, Vec<String>> {
    let t = r.table(root, "permissions", "permissions");
    role_lists(r, t)
}

const INSIDE: &str = "write a path relative to `dossier.toml`, without `..`";

/// Whether a path stays inside the product's folder.
fn is_inside(path: &str) -> bool {
    !path.starts_with('/')
        && !path.contains('\\')
        && path.trim_end_matches('/').split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn roles<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Roles {
    let t = r.table(root, "roles", "roles");
    let mut release = r.list(t, "release").unwrap_or_default();
    if release.is_empty() {
        r.bad_key(
            t,
            "release",
            "`roles.release` names nobody".to_owned(),
            "name the roles, or leave the key out",
        );
        release = DEFAULT_ROLES.map(str::to_owned).to_vec();
    }
    Roles {
        release,
        distinct_people: r.number(t, "distinct_people", 2).unwrap_or(5),
        trained: r.list(t, "trained").unwrap_or_default(),
    }
}

fn ledger<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Ledger {
    let t = r.table(root, "ledger", "ledger");
    let url = r.text(t, "url").filter(|url| {
        let schemes = ["sqlite:", "postgres://", "postgresql://", "https://"];
        // Without TLS a ledger is only asked on the machine itself.
        let loopback = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
        let known = schemes.iter().any(|s| url.starts_with(s))
            || loopback
                .iter()
                .any(|s| url.strip_prefix(s).is_some_and(|r| r.is_empty() || r.starts_with([':', '/'])));
        if !known {
            let help = "write `sqlite:PATH`, `postgres://…` or `https://…`";
            r.bad_key(t, "url", format!("`ledger.url`: `{url}` is no place of a ledger"), help);
        }
        known
    });
    Ledger {
        origin: r.text(t, "origin"),
        key: r.text(t, "key"),
        authority: r.text(t, "authority"),
        url: url.unwrap_or_else(|| "sqlite:.dossier/ledger.db".to_owned()),
        clock: r.choice(t, "clock", &CLOCKS).unwrap_or(Clock::System),
    }
}

fn anchors<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Anchors {
    let t = r.table(root, "anchors", "anchors");
    Anchors {
        folder: r.text(t, "folder"),
        git: r.text(t, "git"),
        tsa: r.text(t, "tsa"),
        authorities: r.list(t, "authorities").unwrap_or_default(),
    }
}

fn security<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Security {
    let t = r.table(root, "security", "security");
    let cyber_device = r.flag(t, "cyber_device");
    let reason = r.text(t, "reason");
    if cyber_device == Some(false) && reason.is_none() {
        let help =
            "write `reason = \"…\"` beside it: what the software is not connected to, and how that is known";
        r.bad_key(t, "cyber_device", "`security.cyber_device = false` has no reason".to_owned(), help);
    }
    Security {
        alert: r.text(t, "alert"),
        login: r.flag(t, "login").unwrap_or(false),
        key_days: r.number(t, "key_days", 1),
        cyber_device,
        reason,
    }
}

fn archive<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Archive {
    let t = r.table(root, "archive", "archive");
    Archive {
        path: r.text(t, "path").unwrap_or_else(|| ".dossier/archive".to_owned()),
        mirror: r.text(t, "mirror"),
        delivery: r.text(t, "delivery"),
        rehash_days: r.number(t, "rehash_days", 1).unwrap_or(90),
    }
}

fn delivery<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Delivery {
    let t = r.table(root, "delivery", "delivery");
    let mut texts = |key: &str, name: &'static str| {
        let table = r.inner(t, key, name);
        let mut out = BTreeMap::new();
        for (word, _, value) in r.entries(table) {
            if let Some(text) = r.text_of(value, &format!("{name}.{word}")) {
                out.insert(word.to_owned(), text);
            }
        }
        out
    };
    let delivery = Delivery {
        signed: texts("signed", "delivery.signed"),
        keys: texts("keys", "delivery.keys"),
        custody: texts("custody", "delivery.custody"),
    };
    let signed = r.inner(t, "signed", "delivery.signed");
    for (artefact, at, _) in r.entries(signed) {
        let Some(key) = delivery.signed.get(artefact) else { continue };
        for (what, table, known) in [
            ("public key", "keys", delivery.keys.contains_key(key)),
            ("custody", "custody", delivery.custody.contains_key(key)),
        ] {
            if !known {
                let message = format!(
                    "`delivery.signed`: the {what} of `{key}`, which signs `{artefact}`, is not stated"
                );
                r.bad(
                    &format!("delivery.{table}.{key}"),
                    at.clone(),
                    message,
                    &format!("write `{key} = \"…\"` under `[delivery.{table}]`"),
                );
            }
        }
    }
    delivery
}

fn retention<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Retention {
    let t = r.table(root, "retention", "retention");
    Retention {
        years: r.number(t, "years", 1),
        basis: r.text(t, "basis"),
        implantable: r.flag(t, "implantable").unwrap_or(false),
    }
}

fn build<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Build {
    let t = r.table(root, "build", "build");
    let e = r.inner(t, "environment", "build.environment");
    let v = r.inner(t, "variables", "build.variables");
    let mut variables = BTreeMap::new();
    for (name, at, value) in r.entries(v) {
        let key = format!("build.variables.{name}");
        if name.is_empty() || name.contains(['=', '\0']) {
            r.bad(&key, at, format!("`{name}` cannot be the name of a variable"), "leave out `=`");
        } else if let Some(text) = value.get_ref().as_str() {
            // An empty value is a value here.
            variables.insert(name.to_owned(), text.to_owned());
        } else {
            r.text_of(value, &key);
        }
    }
    Build {
        environment: Environment {
            directories: r.list(e, "directories").unwrap_or_default(),
            packages: r.list(e, "packages").unwrap_or_default(),
            image: r.text(e, "image"),
            digest: r.word(e, "digest"),
        },
        source: r.list(t, "source").unwrap_or_default(),
        commands: r.list(t, "commands").unwrap_or_default(),
        inputs: r.list(t, "inputs").unwrap_or_default(),
        outputs: r.list(t, "outputs").unwrap_or_default(),
        variables,
        version_command: r.text(t, "version_command"),
        lockfiles: r.list(t, "lockfiles").unwrap_or_default(),
        dependencies: r.list(t, "dependencies").unwrap_or_default(),
        runner: r.text(t, "runner"),
    }
}

fn risk<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Risk {
    let t = r.table(root, "risk", "risk");
    let own_severity = r.list(t, "severity").filter(|s| !s.is_empty());
    let own_injury = own_severity.is_some();
    let severity = own_severity.unwrap_or_else(|| DEFAULT_SEVERITY.map(|(s, _)| s.to_owned()).to_vec());
    let probability = r.list(t, "probability").filter(|s| !s.is_empty());
    let probability = probability.unwrap_or_else(|| DEFAULT_PROBABILITY.map(str::to_owned).to_vec());

    let mut acceptable = BTreeMap::new();
    let matrix = r.inner(t, "acceptable", "risk.acceptable");
    for (word, at, value) in r.entries(matrix) {
        let name = format!("risk.acceptable.{word}");
        on_scale(r, &name, at, word, ("severity", &severity));
        let cells = r.list_of(value, &name).unwrap_or_default();
        for cell in &cells {
            on_scale(r, &name, value.span(), cell, ("probability", &probability));
        }
        acceptable.insert(word.to_owned(), cells);
    }

    let mut injury = BTreeMap::new();
    if !own_injury {
        injury.extend(DEFAULT_SEVERITY.map(|(s, i)| (s.to_owned(), i)));
    }
    let meanings = r.inner(t, "injury", "risk.injury");
    for (word, at, value) in r.entries(meanings) {
        let name = format!("risk.injury.{word}");
        on_scale(r, &name, at, word, ("severity", &severity));
        if let Some(meaning) = r.choice_of(value, &name, &INJURIES) {
            injury.insert(word.to_owned(), meaning);
        }
    }
    Risk { plan: r.text(t, "plan"), severity, probability, acceptable, injury }
}

/// Reports a word of `key` that is not on a scale of `[risk]`.
fn on_scale(
    r: &mut Reader<'_>,
    key: &str,
    at: std::ops::Range<usize>,
    word: &str,
    (scale, words): (&str, &[String]),
) {
    if words.iter().any(|w| w == word) {
        return;
    }
    let help = match closest(word, words.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("`risk.{scale}` has `{}`", words.join("`, `")),
    };
    r.bad(key, at, format!("`{word}` is not on the scale `risk.{scale}`"), &help);
}

fn rules<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> diagnostics::Overrides {
    let t = r.table(root, "rules", "rules");
    levels(r, t, "rules")
}

/// Severities by rule.
fn levels<'t>(r: &mut Reader<'t>, t: Table<'t>, table: &str) -> diagnostics::Overrides {
    let mut out = diagnostics::Overrides::new();
    for (rule, _, value) in r.entries(t) {
        if let Some(level) = r.choice_of(value, &format!("{table}.{rule}"), &LEVELS) {
            out.insert(rule.to_owned(), level);
        }
    }
    out
}

/// The standards that a firm's profile looks at; one that the library does not have would silently ask for nothing.
fn beside<'t>(r: &mut Reader<'t>, table: Table<'t>) -> Option<Vec<String>> {
    let ids = r.list(table, "beside")?;
    for id in &ids {
        if !clauses::library().standards().iter().any(|s| s.id == *id) {
            let known: Vec<&str> = clauses::library().standards().iter().map(|s| s.id.as_str()).collect();
            let message = format!("`profile.beside` names `{id}`, which is no standard of the library");
            r.bad_key(table, "beside", message, &format!("one of {}", known.join(", ")));
        }
    }
    Some(ids)
}

fn results<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Results {
    let t = r.table(root, "results", "results");
    Results {
        reports: r.list(t, "reports").unwrap_or_default(),
        commands: r.list(t, "commands").unwrap_or_default(),
        tags: r.list(t, "tags").unwrap_or_default(),
    }
}

/// Adds the firm's roles to those that sign a release. The last one of the product still signs last.
pub(crate) fn sign_too(release: &mut Vec<String>, roles: &[String]) {
    for role in roles {
        if !release.contains(role) {
            release.insert(release.len().saturating_sub(1), role.clone());
        }
    }
}

pub(crate) fn own_profile<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> OwnProfile {
    let t = r.table(root, "profile", "profile");
    let days = r.inner(t, "review_days", "profile.review_days");
    let mut review_days = BTreeMap::new();
    for (what, _, _) in r.entries(days) {
        let is_known = matches!(what, "soup" | "document") || what.starts_with("DOC-");
        if !is_known {
            let message = format!("`profile.review_days.{what}`: nothing of that name is reviewed");
            r.bad_key(days, what, message, "write `soup`, `document`, or the id of a controlled document");
        } else if let Some(n) = r.number(days, what, 1) {
            review_days.insert(what.to_owned(), n);
        }
    }
    let beside = beside(r, t);
    let severity = r.inner(t, "severity", "profile.severity");
    let severity = levels(r, severity, "profile.severity");
    OwnProfile {
        beside,
        severity,
        file: r.text(t, "file"),
        file_digest: r.word(t, "file_digest"),
        read: None,
        name: r.text(t, "name"),
        due_for_every_class: clause_ids(r, t, "due_for_every_class"),
        never_waivable: clause_ids(r, t, "never_waivable"),
        never_waivable_rules: r.list(t, "never_waivable_rules").unwrap_or_default(),
        engineering_roles: r.list(t, "engineering_roles").unwrap_or_default(),
        clinical_roles: r.list(t, "clinical_roles").unwrap_or_default(),
        release_roles: r.list(t, "release_roles").unwrap_or_default(),
        attested_results: r.flag(t, "attested_results").unwrap_or(false),
        identical_rebuild: r.flag(t, "identical_rebuild").unwrap_or(false),
        second_copy: r.flag(t, "second_copy").unwrap_or(false),
        prrc_signs_anomalies: r.flag(t, "prrc_signs_anomalies").unwrap_or(false),
        waiver_days: r.number(t, "waiver_days", 1),
        review_days,
    }
}

/// A list of clauses; one that does not exist is an error, because it would silently ask for nothing.
fn clause_ids<'t>(r: &mut Reader<'t>, table: Table<'t>, key: &str) -> Vec<String> {
    let ids = r.list(table, key).unwrap_or_default();
    for id in &ids {
        if clauses::clause(id).is_none_or(|c| !c.in_force) {
            let message = format!("`profile.{key}` names `{id}`, which is no clause in force");
            r.bad_key(table, key, message, "list them with `dossier clauses list`");
        }
    }
    ids
}

fn software<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Software {
    let t = r.table(root, "software", "software");
    Software {
        paths: r.list(t, "paths").unwrap_or_default(),
        exclude: r.list(t, "exclude").unwrap_or_default(),
    }
}

fn trace<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Trace {
    let t = r.table(root, "trace", "trace");
    Trace { fields: r.list(t, "fields").unwrap_or_default() }
}

fn anomalies<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Anomalies {
    let t = r.table(root, "anomalies", "anomalies");
    Anomalies {
        severity: r.list(t, "severity").unwrap_or_default(),
        investigate_days: r.number(t, "investigate_days", 1).unwrap_or(30),
        trend_days: r.number(t, "trend_days", 1).unwrap_or(92),
    }
}

/// The keys of `[metrics]` that are targets, each with the id of its figure.
const TARGETS: [(&str, &str); 11] = [
    ("traceability", "traceability"),
    ("segregation", "segregation"),
    ("soup_review_days", "soup-currency"),
    ("open_anomalies", "open-anomalies"),
    ("escape_percent", "escape-rate"),
    ("investigation_days", "investigation-time"),
    ("control_verification", "control-verification"),
    ("impact_analysis", "impact-analysis"),
    ("security_coverage", "security-coverage"),
    ("release_days", "release-cycle"),
    ("release_rework_percent", "release-rework"),
];

fn metrics<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Metrics {
    let t = r.table(root, "metrics", "metrics");
    let window_days = r.number(t, "window_days", 1).unwrap_or(365);
    let targets = TARGETS.iter().filter_map(|(key, id)| Some(((*id).to_owned(), r.number(t, key, 0)?)));
    Metrics { window_days, targets: targets.collect() }
}

fn reminders<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Reminders {
    let t = r.table(root, "reminders", "reminders");
    Reminders {
        days: r.number(t, "days", 0).unwrap_or(14),
        smtp: r.text(t, "smtp"),
        smtp_authority: r.text(t, "smtp_authority"),
        from: r.text(t, "from"),
        to: r.list(t, "to").unwrap_or_default(),
        webhook: r.text(t, "webhook"),
        webhook_authority: r.text(t, "webhook_authority"),
    }
}

fn changes<'t>(r: &mut Reader<'t>, root: &'t DeTable<'t>) -> Changes {
    let t = r.table(root, "changes", "changes");
    Changes { not_configuration_items: r.list(t, "not_configuration_items").unwrap_or_default() }
}
