//! A firm's own profile: what `[profile]` of `dossier.toml` changes of the profile that it begins with.

use clauses::Profile;
use product::OwnProfile;

/// The profile that holds. What a firm adds is stricter or names its roles; what it takes away it can only take from what its own
/// table added, because the base is chosen by name and shown with every verdict.
pub(crate) fn with_own(base: &Profile, own: &OwnProfile) -> Profile {
    let mut profile = base.clone();
    if let Some(name) = &own.name {
        profile.name = format!("{name} ({})", base.name);
    }
    let add = |to: &mut Vec<String>, more: &[String]| {
        for id in more {
            if !to.contains(id) {
                to.push(id.clone());
            }
        }
    };
    add(&mut profile.due_for_every_class, &own.due_for_every_class);
    add(&mut profile.never_waivable, &own.never_waivable);
    add(&mut profile.engineering_roles, &own.engineering_roles);
    add(&mut profile.clinical_roles, &own.clinical_roles);
    if let Some(beside) = &own.beside {
        profile.beside.clone_from(beside);
    }
    profile.never_waivable_rules.clone_from(&own.never_waivable_rules);
    profile.attested_results |= own.attested_results;
    profile.identical_rebuild |= own.identical_rebuild;
    profile.second_copy |= own.second_copy;
    profile.prrc_signs_anomalies |= own.prrc_signs_anomalies;
    if own.waiver_days.is_some() {
        profile.waiver_days = own.waiver_days;
    }
    for (what, days) in &own.review_days {
        profile.review_days.insert(what.clone(), *days);
    }
    profile
}
