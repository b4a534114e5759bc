//! Who may do what: the one table of person role × use case, asked at every append (21 CFR 11.10 d, g).
//!
//! Personal acts carry the role that their signer acts in; the fold says whether the person held it, this table whether
//! that role does such acts. `dossier.toml` may name other roles for an act under `[permissions]`. An act that no row
//! narrows is open to every role that a person holds.

use crate::error::{Error, Result};
use crate::over_api::{OverApi, over_api};
use ledger::Draft;
use product::Config;
use records::{KINDS, KindInfo, State};
use serde_json::Value;
use std::fmt::Write as _;
use vocabulary::Date;

/// The roles of the columns, in the order of the page. A firm may have more.
const ROLES: [&str; 8] = [
    "software-lead",
    "developer",
    "tester",
    "qa-lead",
    "risk-owner",
    "prrc",
    "release-manager",
    "administrator",
];

/// What only some roles do: the kind without its version, and the roles. An administrator judges nothing; who develops
/// releases nothing.
const ROWS: [(&str, &[&str]); 35] = [
    ("document/approve", &["software-lead", "qa-lead", "risk-owner", "prrc", "release-manager"]),
    ("document/effective", &["qa-lead", "release-manager", "prrc"]),
    ("document/obsolete", &["qa-lead", "release-manager", "prrc"]),
    ("document/review", &["software-lead", "qa-lead", "risk-owner", "prrc", "release-manager"]),
    ("trace/confirm", &["software-lead", "developer", "tester", "qa-lead", "risk-owner", "prrc"]),
    ("run/execute", &["tester", "qa-lead", "software-lead", "developer", "risk-owner"]),
    ("deviation/record", &["tester", "qa-lead", "software-lead"]),
    ("anomaly/evaluate", &["software-lead", "qa-lead", "risk-owner", "prrc"]),
    ("anomaly/verify", &["tester", "qa-lead", "software-lead", "risk-owner", "prrc"]),
    ("change/approve", &["software-lead", "qa-lead", "risk-owner", "prrc", "release-manager"]),
    ("change/verify", &["tester", "qa-lead", "software-lead"]),
    ("anomaly/field", &["qa-lead", "risk-owner", "prrc"]),
    ("change/regress", &["tester", "qa-lead", "software-lead"]),
    ("change/reanalyse", &["risk-owner"]),
    ("complaint/close", &["qa-lead", "prrc"]),
    ("reportability/decide", &["qa-lead", "prrc"]),
    ("capa/close", &["qa-lead", "prrc"]),
    ("trend/review", &["software-lead", "qa-lead", "risk-owner", "prrc"]),
    ("soup/review", &["software-lead", "developer", "qa-lead", "risk-owner"]),
    ("soup/none", &["software-lead", "developer", "qa-lead"]),
    ("security/judge", &["software-lead", "qa-lead", "risk-owner"]),
    ("vuln/assess", &["software-lead", "qa-lead", "risk-owner", "prrc"]),
    ("evaluation/record", &["software-lead", "qa-lead", "risk-owner", "prrc", "release-manager", "tester"]),
    ("waiver/grant", &["qa-lead", "risk-owner", "prrc"]),
    ("waiver/withdraw", &["qa-lead", "risk-owner", "prrc"]),
    ("release/checklist", &["qa-lead", "software-lead", "release-manager"]),
    ("person/enrol", &["administrator", "qa-lead"]),
    ("person/leave", &["administrator", "qa-lead"]),
    ("role/grant", &["administrator", "qa-lead"]),
    ("role/revoke", &["administrator", "qa-lead"]),
    ("administration/close", &["administrator"]),
    ("credential/invite", &["administrator", "qa-lead"]),
    ("account/unlock", &["administrator", "qa-lead"]),
    ("token/issue", &["administrator", "qa-lead"]),
    ("trail/review", &["qa-lead", "prrc", "auditor"]),
];

/// What is signed in no role: it is about the person, not about the product.
const NO_ROLE: [&str; 4] = ["key/enrol", "key/endorse", "key/revoke", "passkey/enrol"];

/// What a row of the page says of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// May, and signs.
    Signs,
    /// May; such a record names its process and needs no signature.
    May,
    /// May not.
    No,
}

/// `document/approve` of `document/approve/v1`.
fn act(kind: &str) -> &str {
    kind.rsplit_once('/').map_or(kind, |(act, _)| act)
}

/// The roles that may do acts of `kind`; `None` where every role may. A release is signed by the roles that the product
/// names for it.
fn roles_for<'a>(config: &'a Config, kind: &str) -> Option<Vec<&'a str>> {
    let act = act(kind);
    if let Some(own) = config.permissions.get(act) {
        return Some(own.iter().map(String::as_str).collect());
    }
    if act == "release/sign" {
        return Some(config.roles.release.iter().map(String::as_str).collect());
    }
    ROWS.iter().find(|(a, _)| *a == act).map(|(_, roles)| roles.to_vec())
}

/// Whether `role` may do acts of this kind.
pub fn permission(config: &Config, kind: &KindInfo, role: &str) -> Permission {
    match roles_for(config, kind.kind) {
        Some(roles) if !roles.contains(&role) => Permission::No,
        _ if kind.personal => Permission::Signs,
        _ => Permission::May,
    }
}

/// Refuses drafts whose signer acts in a role that does not do such acts. Asked at the moment of signing, at every append.
///
/// # Errors
/// With the roles that may.
pub(crate) fn check(config: &Config, drafts: &[Draft]) -> Result<()> {
    for draft in drafts {
        let Some(sig) = &draft.sig else { continue };
        let role = sig.statement.get("role").and_then(Value::as_str).unwrap_or_default();
        // How a person comes to be able to act at all, and vouches for others' keys, needs no role.
        if role.is_empty() {
            if NO_ROLE.contains(&act(&draft.kind)) {
                continue;
            }
            return Err(Error::refused(format!("`{}` is done in a role", act(&draft.kind)))
                .hint("say in which one, with `--role`"));
        }
        if let Some(roles) = roles_for(config, &draft.kind)
            && !roles.contains(&role)
        {
            let act = act(&draft.kind);
            return Err(Error::refused(format!("the role `{role}` does not do `{act}`"))
                .hint(format!("roles that do: {}", roles.join(", ")))
                .hint(format!(
                    "other roles can be named in dossier.toml: [permissions] \"{act}\" = [\"{role}\"]"
                )));
        }
    }
    Ok(())
}

/// Refuses what a firm's `[permissions]` narrow and nobody signs, where it is not said by somebody who holds one of the roles.
/// Acts of the administration have their own order, which the fold keeps.
///
/// # Errors
/// With the roles that may.
pub(crate) fn check_unsigned(config: &Config, state: &State, drafts: &[Draft], on: Date) -> Result<()> {
    for draft in drafts.iter().filter(|d| d.sig.is_none() && !crate::over_api::administers(&d.kind)) {
        let act = act(&draft.kind);
        let Some(roles) = config.permissions.get(act) else { continue };
        let person = state.persons.get(&draft.actor);
        if !person.is_some_and(|p| roles.iter().any(|r| p.holds(r, state.position, on))) {
            return Err(Error::refused(format!("`{}` may not do `{act}`", draft.actor))
                .hint(format!("[permissions] of dossier.toml: who holds {}", roles.join(", "))));
        }
    }
    Ok(())
}

/// The page of docs/generated: every act that appends, and who may do it by default.
pub fn catalogue_of_permissions() -> String {
    let config = product::parse("[product]\nname = \"default\"\n", "dossier.toml").0;
    table(&config)
}

/// The table for a configuration, as Markdown.
pub fn table(config: &Config) -> String {
    let mut out = String::from(
        "# Who may do what\n\nRole × act, asked at every append (`app::authority`). **s**: may, and signs with their own key or password. \
         **r**: may; the record names its process. **-**: refused. Roles that a firm adds are refused where a row names roles, until \
         `[permissions]` in `dossier.toml` names them. Whether a person holds a role at a position of the ledger is decided by the \
         fold of `records`, not here. Before the administration of a ledger is closed (`dossier person close-administration`), acts \
         on persons, roles and tokens need no signature. Where `[permissions]` names an act that nobody signs, whoever the record names \
         has to hold one of the roles.\n\nThe last column is what a server takes from a client (`app::over_api`). **signed**: \
         only with a person's signature. **token**: under the name of a token that writes. **server**: from nobody; the server does it itself.\n\n",
    );
    let _ = writeln!(out, "| act | {} | over the API |", ROLES.join(" | "));
    let _ = writeln!(out, "|---|{}---|", "---|".repeat(ROLES.len()));
    for kind in KINDS.iter().filter(|k| !k.kind.starts_with("ledger/genesis")) {
        let cell = |role: &&str| match permission(config, kind, role) {
            Permission::Signs => "s",
            Permission::May => "r",
            Permission::No => "-",
        };
        let cells: Vec<&str> = ROLES.iter().map(cell).collect();
        let api = match over_api(kind) {
            OverApi::Signed | OverApi::SignedHere => "signed",
            OverApi::Claimed => "token",
            OverApi::Server => "server",
        };
        let _ = writeln!(out, "| {} | {} | {api} |", act(kind.kind), cells.join(" | "));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, json};

    fn config(text: &str) -> Config {
        let (config, wrong) = product::parse(&format!("[product]\nname = \"p\"\n{text}"), "dossier.toml");
        assert!(wrong.is_empty(), "{wrong:?}");
        config
    }

    fn draft(kind: &str, role: &str) -> Draft {
        let Value::Object(statement) = json!({"role": role}) else { panic!() };
        let sig = ledger::PersonalSignature {
            alg: "test".into(),
            key_id: "k".into(),
            statement,
            signature: "s".into(),
        };
        Draft { actor: "p".into(), via: "test".into(), kind: kind.into(), body: Map::new(), sig: Some(sig) }
    }

    /// Every cell of the page is what an append does.
    #[test]
    fn the_table_is_what_is_enforced() {
        let config = config("");
        let mut refused = 0;
        for kind in KINDS {
            for role in ROLES {
                let allowed = check(&config, &[draft(kind.kind, role)]).is_ok();
                let says = permission(&config, kind, role) != Permission::No;
                assert_eq!(allowed, says, "{} by {role}", kind.kind);
                refused += usize::from(!allowed);
            }
        }
        assert!(refused > 60, "the table narrows something: {refused}");
    }

    #[test]
    fn every_row_is_of_an_act_and_of_roles_that_exist() {
        for (act_of_row, roles) in ROWS {
            assert!(KINDS.iter().any(|k| act(k.kind) == act_of_row), "{act_of_row} is no act: a stale row");
            for role in roles {
                assert!(ROLES.contains(role) || *role == "auditor", "{role}");
            }
        }
    }

    #[test]
    fn a_product_names_other_roles_and_release_roles_are_its_own() {
        let own = config(
            "[permissions]\n\"document/approve\" = [\"clinical-lead\"]\n[roles]\nrelease = [\"a\", \"b\"]\n",
        );
        assert!(check(&own, &[draft("document/approve/v1", "clinical-lead")]).is_ok());
        let refused = check(&own, &[draft("document/approve/v1", "qa-lead")]).unwrap_err();
        assert!(refused.message.contains("`qa-lead` does not do `document/approve`"), "{refused}");
        assert!(check(&own, &[draft("release/sign/v1", "b")]).is_ok());
        assert!(check(&own, &[draft("release/sign/v1", "qa-lead")]).is_err());
    }

    #[test]
    fn the_page_is_the_golden_table() {
        let page = include_str!("../../../docs/generated/permissions.md");
        assert!(page.ends_with(&catalogue_of_permissions()), "run `cargo xtask generate`");
    }
}
