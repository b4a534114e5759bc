//! `dossier rules`.

use crate::context::{Global, Inputs};
use crate::print::{self, Outcome};
use app::Result;
use clap::Subcommand;

/// `dossier rules`
#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Every rule, ours and the firm's, with severity, waivable or not, and how many findings it has.
    /// Example: dossier rules list --format json
    List {
        #[command(flatten)]
        inputs: Inputs,
    },
    /// How long each rule takes over this product, ours and the firm's, the slowest first.
    /// Example: dossier rules time --rounds 5
    Time {
        #[command(flatten)]
        inputs: Inputs,
        /// How often each rule is run; the least time counts.
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// Run the cases of the rules that the firm wrote (docs/formats/own-rules.md). Exit 1 when one does not hold.
    /// Example: dossier rules test
    Test {
        #[command(flatten)]
        inputs: Inputs,
    },
}

impl Verb {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        match self {
            Verb::List { inputs } => {
                let list = app::rules_list(&ws, &inputs.parse()?)?;
                if global.json() {
                    print::json(&list);
                } else {
                    print::out(&list.to_text());
                }
                Ok(Outcome::Clean)
            }
            Verb::Time { inputs, rounds } => {
                let times = app::rules_time(&ws, &inputs.parse()?, rounds)?;
                if global.json() {
                    print::json(&serde_json::json!({"format": "dossier/rule-times/v1", "rules": times}));
                } else {
                    let line = |t: &app::RuleTime| format!("{:>9} µs {} {}\n", t.micros, t.rule, t.name);
                    print::out(&times.iter().map(line).collect::<String>());
                }
                Ok(Outcome::Clean)
            }
            Verb::Test { inputs } => {
                let tested = app::rules_test(&ws, &inputs.parse()?)?;
                if global.json() {
                    print::json(&tested);
                } else {
                    print::out(&tested.to_text());
                }
                Ok(if tested.holds() { Outcome::Clean } else { Outcome::Findings })
            }
        }
    }
}
