//! Licences of components: SPDX expressions, and a policy that is a list of what is permitted. Pure.

use crate::components::Component;
use spdx::{Expression, LicenseReq, ParseMode};
use std::collections::BTreeSet;

/// The licences of a component as one SPDX expression; `None` where there is none or one of them is no expression.
pub fn expression(c: &Component) -> Option<String> {
    if c.licences.is_empty() || c.licences.iter().any(|l| Expression::parse(l).is_err()) {
        return None;
    }
    match c.licences.as_slice() {
        [one] => Some(one.clone()),
        several => Some(several.iter().map(|l| format!("({l})")).collect::<Vec<_>>().join(" AND ")),
    }
}

/// What a policy says of a component's licence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It can be taken under permitted licences only.
    Permitted,
    /// It cannot: these licences are needed and not on the list.
    NotPermitted(Vec<String>),
    /// No licence is known.
    Unknown,
    /// What is stated is no SPDX expression.
    NoExpression(String),
}

/// The licences that components may come under.
#[derive(Debug, Clone)]
pub struct Policy {
    permitted: Vec<String>,
}

impl Policy {
    /// The policy of a list of SPDX ids, each with its exception where it has one; and what of the list is no licence.
    pub fn new(list: &[String]) -> (Policy, Vec<String>) {
        let wrong =
            |entry: &&String| Expression::parse(entry).map_or(true, |e| e.requirements().count() != 1);
        let unknown = list.iter().filter(wrong).cloned().collect();
        (Policy { permitted: list.iter().map(|l| plain(l)).collect() }, unknown)
    }

    /// What it says of a licence requirement.
    fn permits(&self, requirement: &LicenseReq) -> bool {
        let wanted = plain(&requirement.to_string());
        // "Or later" offers this version too.
        let offered = wanted.replacen('+', "", 1);
        self.permitted.contains(&wanted) || self.permitted.contains(&offered)
    }

    /// What it says of a component.
    pub fn judge(&self, component: &Component) -> Standing {
        let Some(found) = parsed(component) else {
            return match component.licences.is_empty() {
                true => Standing::Unknown,
                false => Standing::NoExpression(component.licences.join(", ")),
            };
        };
        match found.evaluate_with_failures(|req| self.permits(req)) {
            Ok(()) => Standing::Permitted,
            Err(failed) => {
                let missing: BTreeSet<String> = failed.iter().map(|f| f.req.to_string()).collect();
                Standing::NotPermitted(missing.into_iter().collect())
            }
        }
    }
}

/// The spelling that is compared: `GPL-2.0+` and `GPL-2.0-or-later` are one.
fn plain(text: &str) -> String {
    text.trim().to_ascii_lowercase().replace("-or-later", "+").replace("-only", "")
}

/// The expression of a component; common spellings that are none (`MIT/Apache-2.0`, `GPLv2+`) are read as what they mean.
pub fn parsed(component: &Component) -> Option<Expression> {
    if let Some(exact) = expression(component) {
        return Expression::parse(&exact).ok();
    }
    if component.licences.is_empty() {
        return None;
    }
    let lax = |l: &String| Expression::parse_mode(l, ParseMode::LAX).ok().map(|e| format!("({e})"));
    let all: Option<Vec<String>> = component.licences.iter().map(lax).collect();
    Expression::parse_mode(&all?.join(" AND "), ParseMode::LAX).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component(licence: &str) -> Component {
        let licences = Some(licence.to_owned()).filter(|l| !l.is_empty()).into_iter().collect();
        Component { licences, ..Component::default() }
    }

    #[test]
    fn a_policy_judges_expressions_by_what_they_offer() {
        let list: Vec<String> = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "GPL-2.0-or-later"]
            .map(str::to_owned)
            .to_vec();
        let (policy, wrong) = Policy::new(&list);
        assert_eq!(wrong, [""; 0]);
        let no = |all: &[&str]| Standing::NotPermitted(all.iter().map(|s| (*s).to_owned()).collect());
        for (licence, expected) in [
            ("MIT", Standing::Permitted),
            ("MIT OR AGPL-3.0-only", Standing::Permitted),
            ("MIT AND AGPL-3.0-only", no(&["AGPL-3.0-only"])),
            ("Apache-2.0 WITH LLVM-exception", Standing::Permitted),
            ("GPL-2.0-only", no(&["GPL-2.0-only"])),
            ("GPL-2.0+", Standing::Permitted),
            ("GPL-3.0-or-later", no(&["GPL-3.0-or-later"])),
            ("MIT/Apache-2.0", Standing::Permitted),
            ("", Standing::Unknown),
            ("SEE LICENSE IN x", Standing::NoExpression("SEE LICENSE IN x".to_owned())),
        ] {
            assert_eq!(policy.judge(&component(licence)), expected, "{licence}");
        }
        assert_eq!(Policy::new(&["Mitt".to_owned(), "MIT OR ISC".to_owned()]).1.len(), 2);
    }
}
