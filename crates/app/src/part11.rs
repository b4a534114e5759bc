//! The self-assessment against 21 CFR Part 11, test by test: what a test of this program shows, what the firm must do, what is
//! missing. It says what is there, never that somebody conforms.

use std::fmt::Write as _;

/// How far a test of the list is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    /// Shown by the named tests of this program.
    Tests(&'static [&'static str]),
    /// A procedure of the firm; what the program adds is shown by the named tests, where there are any.
    Procedure(&'static [&'static str]),
    /// Not there.
    No,
}

use Met::{No, Procedure, Tests};

struct Row {
    test: &'static str,
    source: &'static str,
    asks: &'static str,
    met: Met,
    says: &'static str,
}

const fn row(
    test: &'static str,
    source: &'static str,
    asks: &'static str,
    met: Met,
    says: &'static str,
) -> Row {
    Row { test, source, asks, met, says }
}

/// T1 to T29 in their order.
const ROWS: [Row; 29] = [
    row(
        "T1",
        "11.10(a)",
        "the tool is validated for the version in use; altered records are found",
        Procedure(&[
            "tampering_in_the_file_is_found_and_named",
            "a_changed_byte_in_the_database_is_found_and_named",
        ]),
        "Altered records are found by `ledger verify`, `archive verify` and `dossier-verify`. That the tool is validated for the firm's use is the \
         firm's record; docs/validation is material for it.",
    ),
    row(
        "T2",
        "11.10(b)",
        "complete copies, readable and electronic",
        Tests(&["the_trail_says_who_when_from_where_what_old_new_and_why"]),
        "`dossier ledger copy` writes HTML, CSV, JSON and the entries with their proofs.",
    ),
    row(
        "T3",
        "11.10(c)",
        "records can be retrieved and verified through their retention",
        Procedure(&["a_backup_made_under_load_restores_to_a_ledger_that_verifies"]),
        "Archive, retention and backup are verified by the program; that the media are kept and drills are done is the firm's.",
    ),
    row(
        "T4",
        "11.10(d)",
        "access for authorised individuals only; no shared account signs",
        Tests(&[
            "the_table_is_what_is_enforced",
            "a_team_appends_to_one_ledger_over_the_api",
            "pages_are_read_after_a_login_where_the_product_asks_for_it_and_what_is_taken_along_is_an_entry",
        ]),
        "One key belongs to one person. Reading asks for a login where the product says `[security] login = true`; else whoever reaches the server reads.",
    ),
    row(
        "T5",
        "11.10(e)",
        "audit trail: by the computer, time-stamped, nothing obscured, can be reviewed and copied",
        Tests(&[
            "the_trail_says_who_when_from_where_what_old_new_and_why",
            "every_use_case_that_changes_something_appends_to_the_ledger",
            "every_verb_that_gives_out_a_copy_appends_that_it_did",
            "pages_are_read_after_a_login_where_the_product_asks_for_it_and_what_is_taken_along_is_an_entry",
        ]),
        "Exports and reads of complaints are entries too. Entries are never changed; the trail shows old and new value. Times are those of the machine that appends.",
    ),
    row(
        "T6",
        "11.10(f)",
        "steps in their order",
        Tests(&[
            "signatures_are_given_in_order_by_different_people_who_hold_the_role",
            "a_verdict_is_computed_by_the_server_and_never_taken_from_a_client",
        ]),
        "No signature before a passing verdict, the release manager last; a server judges itself.",
    ),
    row(
        "T7",
        "11.10(g)",
        "authority is checked at the moment of signing",
        Tests(&[
            "no_release_is_signed_by_somebody_who_had_not_the_role_at_that_time",
            "what_is_refused_is_an_entry_with_person_act_and_reason",
        ]),
        "By the fold at the entry's position and by the table of role and act at each append.",
    ),
    row(
        "T8",
        "11.10(h)",
        "the source of input is checked where apt",
        Tests(&[
            "a_team_appends_to_one_ledger_over_the_api",
            "a_verdict_and_a_login_and_an_unsigned_grant_are_refused_by_name",
        ]),
        "Each entry names process, user and machine, or token and address. The user and machine of a local process are what the system says.",
    ),
    row(
        "T9",
        "11.10(i),(j)",
        "trained persons; a policy that holds people to their signatures",
        Procedure(&["roles_over_time_are_computable_for_any_past_day"]),
        "Training is recorded by reference. The policy is the firm's document.",
    ),
    row(
        "T10",
        "11.10(k)",
        "the system's own documents are under revision control",
        Tests(&["a_document_lives_from_draft_to_obsolete_and_every_rendering_says_where_it_stands"]),
        "Documents are files in git with approvals bound to their content.",
    ),
    row(
        "T11",
        "11.30",
        "open systems: further measures",
        Procedure(&["the_command_line_works_the_same_over_https_and_trusts_one_authority_alone"]),
        "The server speaks TLS and the client checks its certificate, against a firm's own authority alone where one is named; personal acts \
         are signed end to end. Certificates and names are the firm's.",
    ),
    row(
        "T12",
        "11.50(a)(1)",
        "printed name",
        Tests(&[
            "a_signed_approval_counts_and_shows_name_role_meaning_and_key",
            "every_form_shows_name_date_and_meaning_of_a_signature",
        ]),
        "The name of the enrolment, never an account alone.",
    ),
    row(
        "T13",
        "11.50(a)(2)",
        "date and time",
        Tests(&["every_form_shows_name_date_and_meaning_of_a_signature"]),
        "In UTC.",
    ),
    row(
        "T14",
        "11.50(a)(3)",
        "meaning",
        Tests(&["every_form_shows_name_date_and_meaning_of_a_signature"]),
        "Meanings are a controlled list: one for each act, and one controlled text for each role that signs a release.",
    ),
    row(
        "T15",
        "11.50(b)",
        "these three in every readable form",
        Tests(&["every_form_shows_name_date_and_meaning_of_a_signature"]),
        "Page, HTML, Markdown, PDF, terminal and CSV.",
    ),
    row(
        "T16",
        "11.70",
        "a signature cannot be cut, copied or transferred",
        Tests(&[
            "what_does_not_hold_is_named_and_counts_for_nothing",
            "the_signature_file_of_another_release_is_refused",
            "a_signature_is_given_on_another_machine_with_ssh_keygen",
        ]),
        "It covers origin, kind, subject, digest, role, meaning, person, time and position; a second use is refused.",
    ),
    row(
        "T17",
        "11.100(a)",
        "unique to one individual, never reassigned",
        Tests(&["roles_over_time_are_computable_for_any_past_day"]),
        "An id and a key are enrolled once, also after the person left.",
    ),
    row(
        "T18",
        "11.100(b)",
        "identity verified before the means is given",
        Procedure(&["once_the_administration_is_closed_an_administrator_signs"]),
        "How it was verified is recorded, once the administration is closed under an administrator's signature. Verifying is the firm's act.",
    ),
    row(
        "T19",
        "11.100(c)",
        "letter to the authority",
        Procedure(&[]),
        "`dossier person letter` records where it is.",
    ),
    row(
        "T20",
        "11.200(a)(1)",
        "two distinct components",
        Tests(&[
            "a_person_logs_in_and_signs_with_password_and_code_and_the_verifier_agrees",
            "a_passkey_signs_the_digest_of_the_statement_and_the_verifier_agrees",
            "who_has_no_token_enrols_a_passkey_with_a_code_that_is_good_once_for_them_alone",
        ]),
        "Password, and code of a token or passkey. For key files and ssh-agent the second component is the passphrase or the hardware key, which the firm \
         prescribes: this program cannot see it.",
    ),
    row(
        "T21",
        "11.200(a)(1)(i)",
        "first signing of a session with all components, later ones with one",
        Tests(&["a_person_logs_in_and_signs_with_password_and_code_and_the_verifier_agrees"]),
        "Later ones with the password.",
    ),
    row(
        "T22",
        "11.200(a)(1)(ii)",
        "otherwise all components each time",
        Tests(&[
            "a_person_logs_in_and_signs_with_password_and_code_and_the_verifier_agrees",
            "a_session_of_the_pages_ends_after_a_quarter_of_an_hour_of_silence_and_after_eight_hours",
        ]),
        "After logging out, a quarter of an hour of silence, eight hours, or a restart of the server.",
    ),
    row(
        "T23",
        "11.200(a)(2),(3)",
        "misuse needs two people working together",
        Tests(&[
            "a_key_opens_with_both_secrets_and_with_nothing_less",
            "a_second_key_waits_for_the_old_one_or_for_two_others",
        ]),
        "docs/security.md says what remains possible and who would have to work together.",
    ),
    row(
        "T24",
        "11.200(b)",
        "biometrics are used by their owner alone",
        No,
        "There are none of ours, and no signature rests on one. How a passkey's authenticator verifies its user (PIN, finger, face) is between both; \
         that it did is demanded.",
    ),
    row(
        "T25",
        "11.300(a)",
        "code and password unique together",
        Tests(&["roles_over_time_are_computable_for_any_past_day"]),
        "The id is unique forever.",
    ),
    row(
        "T26",
        "11.300(b)",
        "checked, recalled or revised from time to time",
        Tests(&[
            "five_wrong_attempts_lock_an_account_alert_people_and_another_person_lets_it_in_again",
            "a_key_that_was_to_be_replaced_signs_its_replacement_and_nothing_else",
        ]),
        "A password ends on its day, after 180 days unless said otherwise; keys after `[security] key_days`, where it is set.",
    ),
    row(
        "T27",
        "11.300(c)",
        "lost tokens are out, replacement is controlled",
        Tests(&[
            "five_wrong_attempts_lock_an_account_alert_people_and_another_person_lets_it_in_again",
            "a_revoked_key_signs_no_longer_and_what_it_signed_stays",
            "a_passkey_is_its_owners_tested_counting_and_not_revoked",
        ]),
        "A replacement key takes effect by the old one or two other persons.",
    ),
    row(
        "T28",
        "11.300(d)",
        "attempts of misuse are found and reported at once",
        Tests(&[
            "five_wrong_attempts_lock_an_account_alert_people_and_another_person_lets_it_in_again",
            "what_is_refused_is_an_entry_with_person_act_and_reason",
        ]),
        "Five wrong attempts lock the account, name who is alerted, and run `[security] alert`. That it reaches them is the firm's to set up.",
    ),
    row(
        "T29",
        "11.300(e)",
        "tokens are tested at first and from time to time",
        Procedure(&[
            "a_person_logs_in_and_signs_with_password_and_code_and_the_verifier_agrees",
            "a_passkey_is_its_owners_tested_counting_and_not_revoked",
        ]),
        "At first by a code before the token counts, or an answer of the passkey. From time to time by the firm.",
    ),
];

/// The page of docs/generated.
pub fn catalogue_of_part_11() -> String {
    let mut out = String::from(
        "# Self-assessment: 21 CFR Part 11\n\nT1 to T29 are questions put to a tool that keeps electronic records and signatures. **met**: shown by the \
         tests that are named, which are part of this repository. **procedural**: the firm has to do it; tests show what the program adds. \
         **not met**: not there. Nobody but the firm can say that its use of this program meets the rule.\n\n\
         | | source | asks | | shown by | remark |\n|---|---|---|---|---|---|\n",
    );
    for r in &ROWS {
        let (word, tests): (&str, &[&str]) = match r.met {
            Tests(tests) => ("met", tests),
            Procedure(tests) => ("procedural", tests),
            No => ("not met", &[]),
        };
        let tests: Vec<String> = tests.iter().map(|t| format!("`{t}`")).collect();
        let tests = if tests.is_empty() { "-".to_owned() } else { tests.join(", ") };
        let _ = writeln!(out, "| {} | {} | {} | {word} | {tests} | {} |", r.test, r.source, r.asks, r.says);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }

    /// Whether a source has this test, and it is neither a comment nor left out.
    fn runs(source: &str, test: &str) -> bool {
        let lines: Vec<&str> = source.lines().map(str::trim).collect();
        let is = |(n, line): (usize, &&str)| {
            let head = line.strip_prefix("pub ").unwrap_or(line);
            let attributes = || {
                let before = lines.get(..n).unwrap_or_default().iter().rev();
                before.take_while(|l| l.starts_with("#[") || l.starts_with("//"))
            };
            head.starts_with(&format!("fn {test}("))
                && attributes().any(|l| *l == "#[test]")
                && !attributes().any(|l| l.starts_with("#[ignore") || l.starts_with("#[cfg"))
        };
        lines.iter().enumerate().any(is)
    }

    #[test]
    fn a_test_that_does_not_run_shows_nothing() {
        assert!(runs("#[test]\n    fn a() {", "a") && runs("#[test]\n// why\nfn a() {", "a"));
        for none in [
            "fn a() {",
            "// #[test]\n// fn a() {",
            "#[test]\n#[ignore = \"slow\"]\nfn a() {",
            "#[cfg(windows)]\n#[test]\nfn a() {",
            "#[test]\nfn b() {}\nfn a() {",
            "#[test]\nfn a_longer_name() {",
        ] {
            assert!(!runs(none, "a"), "{none}");
        }
    }

    /// A test that was renamed, removed or left out shows nothing any more.
    #[test]
    fn every_test_that_the_page_names_is_a_test_of_this_repository() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut files);
        let texts: Vec<String> = files.iter().map(|f| std::fs::read_to_string(f).unwrap()).collect();
        for (i, row) in ROWS.iter().enumerate() {
            assert_eq!(row.test, format!("T{}", i + 1));
            let (Tests(tests) | Procedure(tests)) = row.met else { continue };
            assert!(!matches!(row.met, Tests([])), "{} is met by nothing", row.test);
            for test in tests {
                assert!(
                    texts.iter().any(|t| runs(t, test)),
                    "{}: there is no test `{test}` that runs",
                    row.test
                );
            }
        }
    }

    #[test]
    fn the_page_is_the_assessment() {
        let page = include_str!("../../../docs/generated/part-11.md");
        assert!(page.ends_with(&catalogue_of_part_11()), "run `cargo xtask generate`");
    }
}
