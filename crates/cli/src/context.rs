//! What every command gets: the product's folder, the four inputs, the person who acts, the form of output.

use app::{Actor, Clock, Error, Means, Result, Workspace};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Options of every command.
#[derive(Args, Clone, Debug)]
pub(crate) struct Global {
    // Its id is not `directory`, or an argument DIRECTORY of a command would be taken for it.
    /// The product's folder, or one inside it.
    #[arg(
        id = "product-directory",
        short = 'C',
        long = "directory",
        global = true,
        value_name = "DIR",
        default_value = "."
    )]
    pub directory: PathBuf,
    /// The form of the output.
    #[arg(long, global = true, value_enum)]
    pub format: Option<Format>,
    /// When to colour: only a terminal, always, or never.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto)]
    pub color: Colour,
    /// A time to act at, in ledgers whose clock is simulated.
    #[arg(long, global = true, value_name = "INSTANT", env = "DOSSIER_NOW", hide = true)]
    pub now: Option<String>,
    /// Who the command's own `--as` and `--key` name, who logs in to a server where there is no token.
    #[arg(skip)]
    pub login: Option<app::Login>,
}

/// The inputs that a reading command is computed from.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Inputs {
    /// Read the documents at this revision instead of the work tree.
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// Read the ledger at this position: the first N entries.
    #[arg(long, value_name = "N")]
    pub ledger_at: Option<u64>,
    /// Count ages and expiries to this date.
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
}

/// Forms of output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, with source lines.
    Full,
    /// For people, a line each.
    Concise,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub workflows.
    Github,
    /// JUnit XML.
    Junit,
    /// Comma-separated values.
    Csv,
    /// One HTML page.
    Html,
    /// Markdown.
    Md,
    /// PDF/A.
    Pdf,
    /// A Word file, for work; the record is the PDF/A.
    Docx,
    /// A library of CISO Assistant, YAML (`clauses export`).
    CisoAssistant,
    /// An OSCAL catalog, JSON (`clauses export`).
    Oscal,
    /// A spreadsheet.
    Xlsx,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// Only on a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Who acts in a personal act, and how they sign.
#[derive(Args, Clone, Debug)]
pub(crate) struct Signing {
    // Its id is not `person`, or an argument PERSON of a command would be taken for it.
    /// The person who acts.
    #[arg(id = "as", long = "as", value_name = "PERSON", env = "DOSSIER_PERSON")]
    pub person: Option<String>,
    /// The role acted in; where a person holds only one, it is that one.
    #[arg(long)]
    pub role: Option<String>,
    /// The person's private key; without it ssh-agent signs.
    #[arg(long, value_name = "FILE", env = "DOSSIER_KEY")]
    pub key: Option<PathBuf>,
    /// Write the statement to a file to be signed elsewhere with `ssh-keygen -Y sign -n dossier.v1`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "accept"])]
    pub request: Option<PathBuf>,
    /// Append a statement that was signed elsewhere: FILE with FILE.sig and FILE.draft beside it.
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    pub accept: Option<PathBuf>,
}

impl Global {
    /// Opens the product.
    pub(crate) fn workspace(&self) -> Result<Workspace> {
        let ws = Workspace::open(&self.directory, self.clock()?, "cli")?;
        Ok(ws.with_remote(client::connect).logging_in(self.login.clone()))
    }

    /// The machine's clock, or the simulated one that was asked for.
    pub(crate) fn clock(&self) -> Result<Clock> {
        match &self.now {
            None => Ok(Clock::System),
            Some(text) => {
                text.parse().map(Clock::Simulated).map_err(|e| Error::refused(format!("--now: {e}")))
            }
        }
    }

    /// Whether the output is for machines.
    pub(crate) fn json(&self) -> bool {
        self.format == Some(Format::Json)
    }

    /// Whether to colour what goes to stdout.
    pub(crate) fn colour(&self) -> bool {
        use std::io::IsTerminal as _;
        match self.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        }
    }
}

impl Inputs {
    /// The product with its ledger as far as these inputs go.
    pub(crate) fn of(&self, ws: Workspace) -> Result<Workspace> {
        // Parsed here too, so that a date that is none is refused by every command alike.
        Ok(ws.until(self.parse()?.ledger_at))
    }

    /// The inputs as use cases take them.
    pub(crate) fn parse(&self) -> Result<app::Inputs> {
        let as_of = match &self.as_of {
            None => None,
            Some(text) => Some(text.parse().map_err(|e| Error::refused(format!("--as-of: {e}")))?),
        };
        Ok(app::Inputs { at: self.at.clone(), ledger_at: self.ledger_at, as_of })
    }
}

impl Signing {
    /// The person and means; `fallback` is the role where neither the flag nor the person's only role says it.
    pub(crate) fn actor(&self, ws: &Workspace, fallback: Option<&str>) -> Result<Actor> {
        let person = self.person()?;
        let role = match (&self.role, fallback) {
            (Some(role), _) => role.clone(),
            (None, Some(role)) => role.to_owned(),
            (None, None) => app::only_role(ws, &person)?,
        };
        Ok(Actor { person, role, means: self.means() })
    }

    /// The person named by flag or environment.
    pub(crate) fn person(&self) -> Result<String> {
        self.person.clone().ok_or_else(|| {
            Error::refused("who acts?").hint("name the person with `--as PERSON`, or in DOSSIER_PERSON")
        })
    }

    /// How the statement is signed.
    pub(crate) fn means(&self) -> Means {
        means(self.request.as_ref(), self.accept.as_ref(), self.key.as_ref())
    }
}

/// Who administers persons and roles: a name while a ledger is set up, a person who signs once it is closed.
#[derive(Args, Clone, Debug)]
pub(crate) struct By {
    /// The name that the record gives, where nobody signs; taken until the administration is closed.
    #[arg(long, default_value = "administrator")]
    pub by: String,
    // The ids are not `person` and `role`, which are what the act is about.
    /// The person who signs.
    #[arg(id = "as", long = "as", value_name = "PERSON", env = "DOSSIER_PERSON")]
    pub signer: Option<String>,
    /// The role that the signer acts in.
    #[arg(id = "acting-as", long = "acting-as", value_name = "ROLE", default_value = "administrator")]
    pub acting_as: String,
    /// The signer's private key; without it ssh-agent signs.
    #[arg(long, value_name = "FILE", env = "DOSSIER_KEY")]
    pub key: Option<PathBuf>,
    /// Write the statement to a file to be signed elsewhere.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "accept"])]
    pub request: Option<PathBuf>,
    /// Append a statement that was signed elsewhere.
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    pub accept: Option<PathBuf>,
}

impl By {
    /// Signed where a person is named, else by name.
    pub(crate) fn administrator(&self) -> app::Administrator {
        let Some(person) = &self.signer else { return app::Administrator::Named(self.by.clone()) };
        let means = means(self.request.as_ref(), self.accept.as_ref(), self.key.as_ref());
        app::Administrator::Signed(Actor { person: person.clone(), role: self.acting_as.clone(), means })
    }
}

fn means(request: Option<&PathBuf>, accept: Option<&PathBuf>, key: Option<&PathBuf>) -> Means {
    match (request, accept, key) {
        (Some(file), _, _) => Means::Request(file.clone()),
        (_, Some(file), _) => Means::Accept(file.clone()),
        (_, _, Some(key)) => Means::KeyFile(key.clone()),
        _ => Means::Agent,
    }
}
