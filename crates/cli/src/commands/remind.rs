//! `dossier remind`.

use crate::context::{Global, Inputs};
use crate::print::{self, Outcome};
use app::{Reminding, Result};

/// `dossier remind`
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Run it once a day, from cron or a timer. The name and password for the mail server stand in DOSSIER_SMTP_USER and\nDOSSIER_SMTP_PASSWORD, the secret that the call is signed with (header X-Dossier-Signature-256) in DOSSIER_WEBHOOK_SECRET.\nExamples:\n  dossier remind --dry-run\n  dossier remind --smtp smtps://mail.example.org --from dossier@example.org --to qa@example.org\n  dossier remind --webhook https://chat.example.org/hook --overdue"
)]
pub(crate) struct Args {
    /// Days ahead; those of `[reminders] days` where absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=3650))]
    days: Option<u32>,
    /// Only what is overdue.
    #[arg(long)]
    overdue: bool,
    /// Send nothing; show what would be sent, and to whom.
    #[arg(long)]
    dry_run: bool,
    /// The mail server: smtps://HOST, or smtp://HOST for STARTTLS.
    #[arg(long, value_name = "URL")]
    smtp: Option<String>,
    /// From whom the mail comes.
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// To whom it goes.
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    to: Vec<String>,
    /// Where the digest is posted as JSON.
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    #[command(flatten)]
    inputs: Inputs,
}

impl Args {
    pub(crate) fn run(self, global: &Global) -> Result<Outcome> {
        let ws = global.workspace()?;
        let set = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        let how = Reminding {
            inputs: self.inputs.parse()?,
            days: self.days,
            overdue: self.overdue,
            dry_run: self.dry_run,
            smtp: self.smtp,
            from: self.from,
            to: self.to,
            webhook: self.webhook,
            login: set("DOSSIER_SMTP_USER").zip(set("DOSSIER_SMTP_PASSWORD")),
            secret: set("DOSSIER_WEBHOOK_SECRET"),
        };
        let told = app::remind(&ws, &how)?;
        if global.json() {
            print::json(&told);
        } else {
            print::out(&told.digest.to_text());
        }
        let to = told.sent.join(", ");
        match (told.dry_run, told.sent.is_empty()) {
            (_, true) if told.digest.due.is_empty() => eprintln!("nothing is due: nothing is sent"),
            (true, true) => eprintln!("dry run: nobody is named who is to be told"),
            (true, false) => eprintln!("dry run: would be sent to {to}"),
            (false, _) => eprintln!("sent to {to}"),
        }
        Ok(Outcome::Clean)
    }
}
