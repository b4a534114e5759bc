//! Session and file system: nothing half written, nothing damaged used.

use crate::{NOON, at, fresh};
use std::fs;
use triage::Exit;
use triage_content::Bundle;
use triage_session::{Session, load, save};

fn session() -> Session {
    Session::start("1980-05-01".parse().unwrap(), "cough", &Bundle::builtin().unwrap(), NOON)
}

#[test]
fn saved_session_is_loaded() {
    let file = fresh("loaded");
    save(&file, &session()).unwrap();
    assert_eq!(load(&file).unwrap(), session());
}

#[test]
fn failed_save_keeps_the_old_file() {
    let file = fresh("kept");
    save(&file, &session()).unwrap();
    // A folder in the place of the new file makes its creation fail, as a full disk would.
    let obstacle = file.with_extension("new");
    fs::create_dir_all(&obstacle).unwrap();
    let mut changed = session();
    changed.answers.push(("breathless".into(), "no".into()));
    assert!(save(&file, &changed).is_err());
    fs::remove_dir(&obstacle).unwrap();
    assert_eq!(load(&file).unwrap(), session());
}

#[test]
fn damaged_file_is_refused_with_words() {
    let file = fresh("damaged");
    save(&file, &session()).unwrap();
    let mut bytes = fs::read(&file).unwrap();
    bytes[40] ^= 4;
    fs::write(&file, bytes).unwrap();
    let (exit, text) = at(NOON, &format!("resume {}", file.display()), "");
    assert_eq!(exit, Exit::Session);
    assert!(text.contains("damaged (checksum); please begin again"), "{text}");
}

#[test]
fn erased_file_is_gone() {
    let file = fresh("erased");
    save(&file, &session()).unwrap();
    assert_eq!(at(NOON, &format!("erase {}", file.display()), "").0, Exit::Ok);
    assert!(!file.exists());
    let (exit, text) = at(NOON, &format!("resume {}", file.display()), "");
    assert_eq!((exit, text.trim()), (Exit::Session, "there is no saved assessment"));
}
