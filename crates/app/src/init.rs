//! `dossier init`: a product's configuration, documents by class, and ledger.

use crate::clock::Clock;
use crate::error::{Doing as _, Error, Result};
use crate::keys;
use crate::workspace::{CONFIG_FILE, STATE_DIR, Workspace};
use ledger::{Genesis, LedgerStore as _};
use serde::Serialize;
use signing::note::VerifierKey;
use std::path::Path;
use vocabulary::SafetyClass;

/// What to make.
#[derive(Clone, Debug)]
pub struct InitOptions {
    /// The product's name; the folder's where absent.
    pub name: Option<String>,
    /// The class that the maker declares.
    pub class: Option<SafetyClass>,
    /// The ledger's name in the world.
    pub origin: Option<String>,
    /// Whether to begin a ledger.
    pub ledger: bool,
    /// Whether its time is given with each command.
    pub simulated_clock: bool,
}

/// What was made.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Made {
    /// Files, relative to the product's folder.
    pub files: Vec<String>,
    /// SOUP items that were pre-filled from lock files.
    pub soup_items: usize,
    /// Languages and lock files that were found.
    pub found: Vec<String>,
    /// The ledger's origin.
    pub origin: Option<String>,
    /// The ledger's verifier key.
    pub key: Option<String>,
    /// Where its private key lies.
    pub key_file: Option<String>,
}

impl Made {
    /// For people.
    pub fn lines(&self) -> Vec<String> {
        let mut out: Vec<String> = self.files.iter().map(|f| format!("wrote {f}")).collect();
        out.extend(self.found.iter().map(|f| format!("found {f}")));
        if self.soup_items > 0 {
            out.push(format!(
                "pre-filled {} SOUP items; each still needs its requirements and supplier",
                self.soup_items
            ));
        }
        if let (Some(origin), Some(file)) = (&self.origin, &self.key_file) {
            out.push(format!("began the ledger {origin}"));
            out.push(format!(
                "its private key is {file}: keep a copy where this machine's loss does not reach it"
            ));
        }
        if self.files.iter().any(|f| f.ends_with(".md")) {
            out.push(
                "each `TODO` is a finding until it is filled in: begin with qualification and class in dossier/risks/system.md; \
                 definition of done in dossier/plan/development-plan.md, security at release in dossier/releases/delivery.md"
                    .to_owned(),
            );
        }
        out.push("next: dossier check".to_owned());
        out
    }
}

/// Makes a product in `directory`, or begins the ledger of the one that is there. Nothing that exists is overwritten.
///
/// # Errors
/// When the product has a ledger already, or a file cannot be written.
pub fn init(directory: &Path, clock: Clock, options: &InitOptions) -> Result<Made> {
    let mut made = Made::default();
    if !directory.join(CONFIG_FILE).exists() {
        scaffold(directory, options, &mut made)?;
    }
    ignore_state(directory, &mut made)?;
    if options.ledger {
        begin_ledger(directory, clock, options, &mut made)?;
    }
    Ok(made)
}

fn scaffold(directory: &Path, options: &InitOptions, made: &mut Made) -> Result<()> {
    let folder = directory.file_name().map(|n| n.to_string_lossy().into_owned());
    let name = options.name.clone().or(folder).unwrap_or_else(|| "product".to_owned());
    let (components, lockfiles) = crate::components::of_folder(directory, &mut made.found)?;
    write_new(directory, CONFIG_FILE, &configuration(&name, options.class, &lockfiles), made)?;
    for file in documents::scaffold::documents(&name, options.class.unwrap_or(SafetyClass::C)) {
        write_new(directory, &file.path, &file.text, made)?;
    }
    let drafts = soup::draft::drafts(&components);
    if !drafts.is_empty() {
        made.soup_items = drafts.len();
        write_new(directory, "dossier/soup/lock-files.md", &soup::draft::markdown(&drafts), made)?;
    }
    Ok(())
}

/// The configuration of a new product: what is known, and nothing that a default says already.
fn configuration(name: &str, class: Option<SafetyClass>, lockfiles: &[String]) -> String {
    let quoted = |s: &str| toml::Value::String(s.to_owned()).to_string();
    let mut text = format!("[product]\nname = {}\n", quoted(name));
    match class {
        Some(class) => text.push_str(&format!("class = \"{class}\"\n")),
        None => text.push_str(
            "# class = \"B\"   # until it is stated here and in the risk file, duties of class C apply\n",
        ),
    }
    if !lockfiles.is_empty() {
        let list: Vec<String> = lockfiles.iter().map(|l| quoted(l)).collect();
        text.push_str(&format!("\n[build]\nlockfiles = [{}]\n", list.join(", ")));
    }
    text
}

fn write_new(directory: &Path, path: &str, text: &str, made: &mut Made) -> Result<()> {
    let file = directory.join(path);
    if file.exists() {
        return Ok(());
    }
    if let Some(parent) = file.parent() {
        std::fs::create_dir_all(parent).doing(format_args!("make {}", parent.display()))?;
    }
    std::fs::write(&file, text).doing(format_args!("write {}", file.display()))?;
    made.files.push(path.to_owned());
    Ok(())
}

/// Ledger, archive and cache are this machine's; git does not take them along.
fn ignore_state(directory: &Path, made: &mut Made) -> Result<()> {
    let file = directory.join(".gitignore");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let line = format!("{STATE_DIR}/");
    if text.lines().any(|l| l.trim().trim_start_matches('/') == line) {
        return Ok(());
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    std::fs::write(&file, format!("{text}{gap}/{line}\n")).doing("write .gitignore")?;
    made.files.push(".gitignore".to_owned());
    Ok(())
}

fn begin_ledger(directory: &Path, clock: Clock, options: &InitOptions, made: &mut Made) -> Result<()> {
    let ws = Workspace::open(directory, clock, "init")?;
    ws.readable()?;
    if let (Some(origin), Some(_)) = (&ws.config.ledger.origin, &ws.config.ledger.key) {
        return Err(Error::refused(format!("this product has a ledger already: `{origin}`"))
            .hint("a second ledger for the same product is never begun; copy the team's here"));
    }
    let named = ws.config.ledger.origin.clone().or_else(|| options.origin.clone());
    let origin = named.unwrap_or_else(|| format!("dossier.invalid/{}", slug(&ws.config.product.name)));
    let key_file = keys::ledger_key_file(&origin)?;
    if key_file.starts_with(&ws.root) {
        return Err(Error::refused(format!("{} lies inside the product's tree", key_file.display()))
            .hint("the ledger's key stays outside: name another folder with DOSSIER_KEYS"));
    }
    let key = keys::generate(&origin)?;
    let verifier = VerifierKey::new(&origin, key.public())
        .map_err(|e| Error::refused(format!("`{origin}` cannot name a ledger")).because(e))?;
    let path = ws.state_dir().join("ledger.db");
    if path.exists() {
        return Err(Error::refused(format!("{} exists, and dossier.toml does not name it", path.display()))
            .hint("move it away, or write its origin and key under [ledger]"));
    }
    std::fs::create_dir_all(ws.state_dir()).doing("make the state folder")?;
    keys::write_private(&key_file, &key)?;
    let genesis = Genesis {
        origin: origin.clone(),
        product: ws.config.product.name.clone(),
        key: verifier.clone(),
        clock: if options.simulated_clock { ledger::Clock::Simulated } else { ledger::Clock::System },
    };
    let store = store::SqliteLedger::create(&path).doing("create the ledger")?;
    store.append(&[genesis.draft("init", "init")], clock.now(), Some(0)).doing("write entry 0")?;
    write_identity(&ws, &origin, &verifier.to_string())?;
    made.origin = Some(origin);
    made.key = Some(verifier.to_string());
    made.key_file = Some(key_file.display().to_string());
    Ok(())
}

/// Writes origin and key under `[ledger]`, leaving every other byte of the file as it is.
fn write_identity(ws: &Workspace, origin: &str, key: &str) -> Result<()> {
    let mut document: toml_edit::DocumentMut = ws.config_text.parse().doing("read dossier.toml")?;
    let table = document.entry("ledger").or_insert(toml_edit::Item::Table(toml_edit::Table::new()));
    if let Some(table) = table.as_table_like_mut() {
        table.insert("origin", toml_edit::value(origin));
        table.insert("key", toml_edit::value(key));
    }
    std::fs::write(ws.root.join(CONFIG_FILE), document.to_string()).doing("write dossier.toml")
}

fn slug(name: &str) -> String {
    let text: String =
        name.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    text.trim_matches('-').to_owned()
}
