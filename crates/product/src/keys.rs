//! The list of keys: what `docs/configuration.md` shows, and what unknown keys are compared with.

/// One key of `dossier.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The table, `product`.
    pub table: &'static str,
    /// The key, `name`; `*` for keys that the maker chooses.
    pub key: &'static str,
    /// What it takes.
    pub takes: &'static str,
    /// What holds where it is not written.
    pub default: &'static str,
    /// What it is for.
    pub about: &'static str,
}

macro_rules! keys {
    ($($table:literal { $($key:literal, $takes:literal, $default:literal, $about:literal;)* })*) => {
        /// Every key, in the order of the documentation.
        pub const KEYS: &[Key] = &[$($(
            Key { table: $table, key: $key, takes: $takes, default: $default, about: $about },
        )*)*];
    };
}

keys! {
    "product" {
        "name", "text", "none: it must be written", "the product's name";
        "class", "`A`, `B` or `C`", "not declared: duties of class C until a class is recorded and approved", "the class that the maker declares; it may only raise what the risk file says";
        "profile", "`playbook` or `standard`", "`playbook`", "how much the release gate asks for";
        "timezone", "IANA name", "`UTC`", "the zone in which release days are counted";
        "edition", "an edition of `dossier clauses list`", "`iec62304:2006+a1:2015`", "the edition of the standard";
        "lifetime_years", "whole number", "not stated", "the lifetime that the maker states for the device";
        "markets", "list of `eu-mdr`, `eu-mdr-implantable`, `us`", "none", "where it is sold; decides retention and adjacent duties";
        "version_scheme", "`semver` or `calendar`", "`semver`", "how versions are ordered";
    }
    "profile" {
        "file", "path from the product's folder, inside the repository", "none", "a file of `[profile]` tables that the firm's products share: what stands here beside it adds to it and takes nothing away";
        "file_digest", "SHA-256 in hex", "not compared", "what that file has to be: another one is an error";
        "name", "text", "none", "what the firm calls its own profile; shown with every verdict";
        "due_for_every_class", "list of clauses", "none", "clauses that are due whatever the safety class";
        "never_waivable", "list of clauses", "none", "clauses whose findings no waiver excepts";
        "never_waivable_rules", "list of rules", "none", "rules whose findings no waiver excepts";
        "engineering_roles", "list of roles", "none", "further roles that sign a safety class for engineering";
        "clinical_roles", "list of roles", "none", "further roles that sign it for the clinical or regulatory side";
        "release_roles", "list of roles", "none", "further roles that sign a release, before the last of `[roles] release`";
        "attested_results", "true or false", "as `[product] profile` says", "automated results count only where dossier ran them or a CI job attests them";
        "identical_rebuild", "true or false", "as `[product] profile` says", "a rebuild has to give the same bytes";
        "second_copy", "true or false", "as `[product] profile` says", "the archive has to have a mirror";
        "prrc_signs_anomalies", "true or false", "as `[product] profile` says", "the PRRC too signs the evaluation of each residual anomaly";
        "beside", "list of standards", "as `[product] profile` says", "the standards beside IEC 62304 whose clauses are asked: `13485`, `14971`, `mdr`, `mdcg-2019-11`, `81001-5-1`, `fda-sw`, `cfr11`, `tir45`";
        "severity", "table", "empty", "the least severity of rules in this firm";
        "waiver_days", "whole number", "as `[product] profile` says", "the longest time that a waiver may run, in days";
        "review_days", "table", "none", "after how many days a review is due again";
    }
    "profile.severity" {
        "*", "`off`, `note`, `warning` or `error`", "the rule's own severity", "the least severity of a rule, by id or name; `[rules]` may be stricter, never milder";
    }
    "profile.review_days" {
        "*", "whole number", "none", "days after which a review is due again: `soup = 90`, `document = 365`, or a document by its id: `DOC-SOP-7 = 730`";
    }
    "kinds" {
        "*", "name of a kind", "none", "a further id prefix: `REQ = \"software-requirement\"`";
    }
    "documents" {
        "root", "path", "`dossier`", "the folder of the controlled documents";
        "approvers", "table", "one approval is enough", "required approvers by kind of document";
        "required", "list of ids", "none", "controlled documents that must exist, `DOC-SDP`";
    }
    "documents.approvers" {
        "*", "list of roles", "none: one approval is enough", "the roles that each have to approve a document, by its kind or id: `risk-management-plan = [\"risk-owner\", \"qa-lead\"]`";
    }
    "roles" {
        "release", "list of roles", "`software-lead`, `qa-lead`, `risk-owner`, `prrc`, `release-manager`", "who signs a release, in order";
        "distinct_people", "whole number, at least 2", "5", "how many different people must have signed";
        "trained", "list of roles", "none", "the roles whose holders need a recorded training (21 CFR 11.10 i)";
    }
    "permissions" {
        "*", "list of roles", "docs/generated/permissions.md", "the roles that do an act: `\"document/approve\" = [\"qa-lead\", \"clinical-lead\"]`";
    }
    "ledger" {
        "origin", "text", "none: the product has no ledger", "the ledger's origin line";
        "key", "signed-note verifier key", "none", "the ledger's public key";
        "url", "`sqlite:PATH`, `postgres://…`, `https://…`", "`sqlite:.dossier/ledger.db`", "where the ledger is";
        "authority", "path", "the well-known authorities", "PEM file with the certificates that the server's certificate has to lead to, for `https://…`";
        "clock", "`system` or `simulated`", "`system`", "where the ledger's times come from";
    }
    "anchors" {
        "folder", "path", "none", "a folder, best another machine's, that checkpoints are put into";
        "git", "path or URL", "none", "a second git remote whose branch `dossier-anchors` keeps checkpoints";
        "tsa", "URL", "none", "an RFC 3161 authority that stamps checkpoints";
        "authorities", "list of paths", "none", "PEM files with the certificates of the authorities that are trusted";
    }
    "security" {
        "key_days", "whole number", "none: keys do not age", "after how many days a person's key is to be replaced (21 CFR 11.300 b); `dossier person report` counts them";
        "login", "true or false", "`false`", "whether the pages are read only by who is logged in (21 CFR 11.10 d)";
        "alert", "shell command line", "none", "run when an account is locked, with `DOSSIER_ALERT_PERSON`, `DOSSIER_ALERT_ATTEMPTS`, `DOSSIER_ALERT_TO`";
        "cyber_device", "true or false", "not stated: it is one where there is a threat", "whether threats can reach the device by a network or another device; `true` asks for the cybersecurity file, `false` for a `reason`";
        "reason", "text", "none", "why it is no cyber device";
    }
    "advisories" {
        "sources", "table", "the OSV data sets of the product's ecosystems, KEV and EPSS", "the data sets that `dossier vuln sync` fetches";
        "mirrors", "table", "none", "what is asked instead of an address";
        "proxy", "URL", "`HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY` of the environment", "the proxy of these downloads";
        "authorities", "list of paths", "none", "PEM files with further authorities that are trusted for these downloads";
        "stall_seconds", "whole number", "30", "seconds without a byte after which a download counts as stalled";
        "scan_days", "whole number", "30", "days after which a scan is too old for a release";
        "watch_days", "whole number", "7", "days between two watches over the fielded releases, as the plan has it";
        "due_days", "table", "exploited 3, critical 7, high 30, medium 90, low 180", "days within which a new match is judged";
    }
    "advisories.sources" {
        "*", "URL or list of URLs", "none", "a data set and where it is, in the order in which the addresses are tried: `osv-npm = \"https://…/npm/all.zip\"`";
    }
    "advisories.mirrors" {
        "*", "URL", "none", "the beginning of an address and what is asked instead: `\"https://api.first.org/\" = \"https://mirror/first/\"`";
    }
    "advisories.due_days" {
        "*", "whole number", "see `due_days`", "days for a level: `critical = 2`";
    }
    "images" {
        "keys", "table", "none", "whose signatures base images carry";
    }
    "images.keys" {
        "*", "path", "none", "the beginning of an image's name and the PEM file of the key that signs it: `\"registry.example/base\" = \"keys/base.pub\"`";
    }
    "soup" {
        "supplier", "text", "none", "who supplies the product, as its SBOMs name the supplier";
        "licences", "list of SPDX ids", "none: there is no policy", "the licences that third-party components may come under, `\"Apache-2.0 WITH LLVM-exception\"` among them";
        "licence_of", "table", "empty", "licences of packages whose source states none";
        "sbom", "list of `cyclonedx-1.6`, `cyclonedx-1.7`, `spdx-2.3`, `spdx-3.0.1`", "none", "further forms of the SBOM in the archive, beside CycloneDX 1.6 and SPDX 2.3";
    }
    "soup.licence_of" {
        "*", "SPDX expression", "none", "the licence of a package, by package URL: `\"pkg:cargo/ring\" = \"Apache-2.0 AND ISC\"`";
    }
    "drift" {
        "every_hours", "whole number", "never", "after how many hours `dossier serve` observes the environments again";
        "probe", "list of addresses", "none", "beginnings of the addresses that an HTTP probe may ask";
        "seconds", "whole number", "30", "until when the whole answer of an HTTP probe has to be here";
        "authorities", "list of paths", "the public authorities", "files of certificates (PEM) that an HTTP probe trusts instead";
        "observe", "table", "empty", "how `dossier serve` observes each environment";
    }
    "drift.observe" {
        "*", "form, colon, shell command line", "none", "what prints the observation: `production = \"kubernetes: kubectl get deploy,sts,ds -o json\"`, or `\"http\"`";
    }
    "archive" {
        "path", "path", "`.dossier/archive`", "where sealed releases go";
        "mirror", "path", "none", "the second copy";
        "delivery", "document id or text", "none", "the delivery procedure (5.8.8)";
        "rehash_days", "whole number", "90", "after how many days every blob is to be read again";
    }
    "retention" {
        "years", "whole number", "what markets and lifetime ask for", "years that the maker states; the longest counts";
        "basis", "text", "none", "what these years are based on";
        "implantable", "true or false", "`false`", "whether the device is implantable";
    }
    "build" {
        "environment", "table", "empty", "what the build runs in";
        "source", "list of globs", "none", "what is built";
        "commands", "list of shell command lines", "none", "how it is built, in order";
        "inputs", "list of globs", "none", "further files that the build reads";
        "outputs", "list of paths", "none", "the files that are made and released";
        "variables", "table of text", "none", "environment variables; `SOURCE_DATE_EPOCH` is set from the commit besides";
        "version_command", "shell command line", "none", "prints version and build id of the artefact";
        "lockfiles", "list of paths", "none", "lock files that name the dependencies";
        "dependencies", "list of folders", "none", "caches and mirrors that package managers downloaded into; staged, compared with the lock files, shown to the build below `$DEPS`. Cargo's archives are found without";
        "runner", "id of an enrolled runner", "none: built in the sandbox", "the external runner that builds what cannot be built from an archive";
    }
    "build.environment" {
        "directories", "list of paths", "none", "toolchain directories";
        "packages", "list of names", "none", "Debian packages";
        "image", "path", "none", "root file system tarball, OCI layout or `docker save` tarball";
        "digest", "SHA-256", "none", "the image's digest";
    }
    "build.variables" {
        "*", "text", "none", "an environment variable of the build";
    }
    "risk" {
        "plan", "document id", "none", "the approved risk management plan that the scales are cited from";
        "severity", "list of words, mildest first", "`negligible`, `minor`, `serious`, `critical`, `catastrophic`", "the scale of severity";
        "probability", "list of words, rarest first", "`improbable`, `remote`, `occasional`, `probable`, `frequent`", "the scale of the probability of harm";
        "acceptable", "table", "nothing is acceptable", "the acceptability matrix";
        "injury", "table", "the meaning of the default words", "what each severity means to a person";
    }
    "risk.acceptable" {
        "*", "list of probabilities", "none", "the probabilities at which a risk of this severity is acceptable";
    }
    "risk.injury" {
        "*", "`none`, `non-serious` or `serious`", "none", "what this severity means to a person";
    }
    "rules" {
        "*", "`off`, `note`, `warning` or `error`", "the rule's own severity", "another severity for a rule, by id or name";
    }
    "results" {
        "commands", "list of strings", "none", "commands that run the automated tests and leave the reports";
        "reports", "list of globs", "none", "JUnit files of the test runs";
        "tags", "list of globs", "none", "sources whose comments say `verifies: SRS-012`";
    }
    "software" {
        "paths", "list of globs", "all files of the repository outside the documents folder", "the configuration items that test results are bound to";
        "exclude", "list of globs", "none", "what is left out again";
    }
    "trace" {
        "fields", "list of names", "none", "further fields of items, so that they are no spelling mistakes";
    }
    "delivery" {
        "signed", "table", "empty", "artefacts that are signed after the build";
        "keys", "table", "empty", "the public keys that sign them";
        "custody", "table", "empty", "who keeps the private keys";
    }
    "delivery.signed" {
        "*", "name of a key", "none", "an artefact, by its path, with the key that signs it";
    }
    "delivery.keys" {
        "*", "OpenSSH public key", "none", "a signing key, `ssh-ed25519 AAAA…`";
    }
    "delivery.custody" {
        "*", "text", "none", "who keeps the private key, and how";
    }
    "packages" {
        "sdf", "table", "empty", "answers for slots of `export package --sdf`";
        "annex-ii", "table", "empty", "answers for slots of `export package --annex-ii`";
        "dhf", "table", "empty", "answers for slots of `export package --dhf`";
        "estar", "table", "empty", "answers for slots of `export package --estar`";
    }
    "packages.sdf" {
        "*", "list of document ids, or text", "what the library's sources find", "the documents that fill a slot, or the reason why it does not apply";
    }
    "packages.annex-ii" {
        "*", "list of document ids, or text", "what the library's sources find", "as `packages.sdf`";
    }
    "packages.dhf" {
        "*", "list of document ids, or text", "what the library's sources find", "as `packages.sdf`";
    }
    "packages.estar" {
        "*", "list of document ids, or text", "what the library's sources find", "as `packages.sdf`";
    }
    "anomalies" {
        "severity", "list of words, mildest first", "`cosmetic`, `minor`, `major`, `critical`; only a scale that is written is enforced; a word that is not on it counts as the worst in questions", "the firm's scale of the severity of anomalies";
        "investigate_days", "whole number", "30", "days within which an anomaly is investigated";
        "trend_days", "whole number", "92", "days between two reviews of trends";
    }
    "metrics" {
        "window_days", "whole number", "365", "days of the period that figures over time count";
        "traceability", "percent", "100", "least share of requirements that are traced (`dossier metrics`)";
        "segregation", "percent", "100", "least share of items of a lower class whose segregation is shown";
        "soup_review_days", "days", "90", "greatest age of a review of published anomalies";
        "open_anomalies", "whole number", "none: each has to be evaluated", "most open anomalies at release";
        "escape_percent", "percent", "10", "greatest share of anomalies that were found after release";
        "investigation_days", "days", "as `[anomalies] investigate_days`", "longest mean time to the end of investigation";
        "control_verification", "percent", "100", "least share of risk controls whose verification passed";
        "impact_analysis", "percent", "100", "least share of changes that were analysed before they were implemented";
        "security_coverage", "percent", "100", "least share of threats answered, components identified, data sets watched";
        "release_days", "days", "14", "longest mean time from a release's opening to its seal";
        "release_rework_percent", "percent", "20", "greatest share of releases that needed a further candidate";
    }
    "reminders" {
        "days", "whole number", "14", "days ahead that `dossier remind` looks";
        "smtp", "address", "none", "the mail server, `smtps://mail.example.org` or `smtp://mail.example.org` (STARTTLS); user and password come from the environment";
        "smtp_authority", "PEM file", "none", "the authority of the mail server's certificate, where it is the firm's own; no other is trusted for mail then";
        "from", "mail address", "none", "from whom the digest comes";
        "to", "list of mail addresses", "none", "to whom it goes";
        "webhook", "address", "none", "where the digest is posted as JSON";
        "webhook_authority", "PEM file", "none", "the authority of that address's certificate, where it is the firm's own; no other is trusted for it then";
    }
    "changes" {
        "not_configuration_items", "list of globs", "none", "paths that are no configuration items: a commit that touches only these needs no change request";
    }
    "trackers" {
        "*", "table", "none", "a tracker that anomalies are mirrored from, under a name of your choice";
    }
    "trackers.*" {
        "kind", "`github`, `gitlab`, `jira` or `linear`", "none: it must be written", "what sort of tracker it is";
        "project", "text", "none: it must be written", "the project there: `owner/repository`, a GitLab path, a Jira project key, a Linear team key";
        "anomaly", "list of labels or types", "none: it must be written", "which issues are known anomalies: those that bear one of these";
        "url", "address", "the public service; Jira has none", "where its API answers";
        "ids", "text", "the tracker's key, or NAME- before a bare number", "what anomalies are called here: this text before the issue's number";
        "token", "name of an environment variable", "`DOSSIER_TRACKER_NAME_TOKEN`", "where the token for its API is; for Jira `mail:token` or a bearer token";
        "fields", "table", "none", "under which name the tracker keeps a field of a report";
        "webhook_secret", "name of an environment variable", "`DOSSIER_TRACKER_NAME_WEBHOOK`", "where the secret of its webhook is";
    }
    "trackers.*.fields" {
        "*", "text", "the field's own name", "under which label, field or heading the tracker keeps a field of a report: `severity = \"customfield_10012\"`";
    }
}

/// The keys of a table; `*` among them means that any key is one.
pub(crate) fn of_table(table: &str) -> impl Iterator<Item = &'static str> {
    KEYS.iter().filter(move |k| k.table == table).map(|k| k.key)
}

/// The names of the top-level tables.
pub(crate) fn tables() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    KEYS.iter().filter(|k| !k.table.contains('.')).filter_map(move |k| {
        let new = k.table != last;
        last = k.table;
        new.then_some(k.table)
    })
}
