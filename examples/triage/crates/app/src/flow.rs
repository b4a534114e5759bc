//! The course of the program: one command from its arguments to its exit code.

use crate::{Args, Command, USAGE, about, parse, screen, version_line};
use std::io::{self, BufRead, Write};
use std::path::Path;
use triage_content::{Bundle, ContentError};
use triage_engine::{Age, Date, EMERGENCY_LINE, Questionnaire, Step, offered};
use triage_session::{Session, erase, load, resume, save};

/// How the program ends; the exit code of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// The user left, or the input ended, before a result.
    Left = 1,
    /// The command line is not understood.
    Usage = 2,
    /// The content must not be used.
    Content = 3,
    /// A saved assessment cannot be used or written.
    Session = 4,
}

/// The time of the call, from the caller.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    /// Seconds since 1970-01-01 UTC.
    pub now: u64,
}

/// Runs one command. `content` is the built-in content or the reason not to use it.
///
/// # Errors
/// Only when the output cannot be written.
pub fn run(
    args: &[String],
    content: Result<Bundle, ContentError>,
    clock: Clock,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> io::Result<Exit> {
    let args = match parse(args) {
        Ok(args) => args,
        Err(e) => {
            writeln!(out, "{e}")?;
            return Ok(Exit::Usage);
        }
    };
    match &args.command {
        Command::Version => return say(out, &[version_line()]),
        Command::Help => return write!(out, "{USAGE}").map(|()| Exit::Ok),
        Command::Erase(file) => return erased(file, out),
        _ => {}
    }
    let bundle = match content {
        Ok(bundle) => bundle,
        Err(e) => {
            let text = format!("The app cannot be used: {e}. Ask a doctor or a pharmacist. {EMERGENCY_LINE}");
            lines(out, &screen::wrap(&text, args.display.columns()))?;
            return Ok(Exit::Content);
        }
    };
    let today = args.today.or_else(|| Date::from_unix_days(clock.now / 86_400));
    let Some(today) = today else {
        writeln!(out, "The clock of this device is wrong. {EMERGENCY_LINE}")?;
        return Ok(Exit::Session);
    };
    let mut talk = Talk { args: &args, bundle: &bundle, clock, today, input, out };
    match &args.command {
        Command::ContentCheck => {
            say(talk.out, &[format!("{} pathways, content {}", bundle.pathways.len(), bundle.digest)])
        }
        Command::ContentExport => write!(talk.out, "{}", Bundle::export()).map(|()| Exit::Ok),
        Command::About => say(talk.out, &about(&bundle.digest)),
        Command::Pathways => talk.pathways(),
        Command::Resume(file) => talk.resume(file),
        _ => talk.assess(),
    }
}

fn say(out: &mut dyn Write, text: &[String]) -> io::Result<Exit> {
    lines(out, text).map(|()| Exit::Ok)
}

fn lines(out: &mut dyn Write, text: &[String]) -> io::Result<()> {
    text.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn erased(file: &Path, out: &mut dyn Write) -> io::Result<Exit> {
    match erase(file) {
        Ok(()) => say(out, &["The saved assessment is removed.".to_string()]),
        Err(e) => writeln!(out, "{e}").map(|()| Exit::Session),
    }
}

/// One conversation with the user.
struct Talk<'a> {
    args: &'a Args,
    bundle: &'a Bundle,
    clock: Clock,
    today: Date,
    input: &'a mut dyn BufRead,
    out: &'a mut dyn Write,
}

impl Talk<'_> {
    fn pathways(&mut self) -> io::Result<Exit> {
        let Some((_, age)) = self.age()? else { return Ok(Exit::Left) };
        match offered(self.bundle, age) {
            Ok(list) => {
                say(self.out, &list.iter().map(|p| format!("{}  {}", p.id, p.title)).collect::<Vec<_>>())
            }
            Err(refusal) => {
                say(self.out, &screen::refusal_screen(refusal, age, self.today, self.args.display))
            }
        }
    }

    fn assess(&mut self) -> io::Result<Exit> {
        lines(self.out, &screen::notice(self.args.display))?;
        let Some((birth, age)) = self.age()? else { return Ok(Exit::Left) };
        let list = match offered(self.bundle, age) {
            Ok(list) => list,
            Err(refusal) => {
                return say(self.out, &screen::refusal_screen(refusal, age, self.today, self.args.display));
            }
        };
        let chosen = match &self.args.pathway {
            Some(id) => list.iter().find(|p| &p.id == id).copied(),
            None => {
                for (i, p) in list.iter().enumerate() {
                    writeln!(self.out, "{}) {}", i + 1, p.title)?;
                }
                loop {
                    let Some(text) = self.read("Which symptom is the worst? ")? else {
                        return Ok(Exit::Left);
                    };
                    let number = text.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
                    match number.and_then(|n| list.get(n)) {
                        Some(p) => break Some(*p),
                        None => writeln!(self.out, "choose one of the symptoms by its number")?,
                    }
                }
            }
        };
        let Some(pathway) = chosen else {
            writeln!(self.out, "This symptom is not offered at the age of {age}.")?;
            return Ok(Exit::Usage);
        };
        let session = Session::start(birth, &pathway.id, self.bundle, self.clock.now);
        self.ask(Questionnaire::start(pathway, age), session)
    }

    fn resume(&mut self, file: &Path) -> io::Result<Exit> {
        let mut session = match load(file) {
            Ok(session) => session,
            Err(e) => return writeln!(self.out, "{e}").map(|()| Exit::Session),
        };
        match resume(&mut session, self.bundle, self.today, self.clock.now) {
            Ok(q) => self.ask(q, session),
            Err(e) => writeln!(self.out, "{e}").map(|()| Exit::Session),
        }
    }

    /// Asks until there is a result, the user leaves or the input ends.
    fn ask(&mut self, mut q: Questionnaire<'_>, mut session: Session) -> io::Result<Exit> {
        let now = self.clock.now;
        loop {
            let question = match q.step() {
                Step::Ask(question) => question,
                Step::Done(result) => {
                    session.shown(&result, now);
                    lines(self.out, &screen::result_screen(&q, &result, self.today, self.args.display))?;
                    return self.keep(&session);
                }
            };
            lines(self.out, &screen::question_screen(&q, question, self.args.display))?;
            let id = question.id.clone();
            let Some(text) = self.read("> ")? else {
                self.keep(&session)?;
                return Ok(Exit::Left);
            };
            let taken = match text.as_str() {
                "back" => self.correct(&mut q, &mut session)?,
                text => session.answer(&mut q, &id, text, now).map_err(|e| e.to_string()),
            };
            if let Err(e) = taken {
                writeln!(self.out, "{e}")?;
            } else if self.keep(&session)? != Exit::Ok {
                return Ok(Exit::Session);
            }
        }
    }

    /// Asks the last answered question again.
    fn correct(
        &mut self,
        q: &mut Questionnaire<'_>,
        session: &mut Session,
    ) -> io::Result<Result<(), String>> {
        let last = q.pathway().questions.iter().rfind(|p| q.answers().contains_key(&p.id));
        let Some(question) = last else { return Ok(Err("there is no answer to correct".into())) };
        writeln!(self.out, "{}", question.text)?;
        let Some(text) = self.read("> ")? else { return Ok(Err("nothing is corrected".into())) };
        Ok(session.revise(q, &question.id, &text, self.clock.now).map_err(|e| e.to_string()))
    }

    /// Saves the session where the user wants it kept.
    fn keep(&mut self, session: &Session) -> io::Result<Exit> {
        let Some(file) = self.args.session.as_deref().or(match &self.args.command {
            Command::Resume(file) => Some(file.as_path()),
            _ => None,
        }) else {
            return Ok(Exit::Ok);
        };
        match save(file, session) {
            Ok(()) => Ok(Exit::Ok),
            Err(e) => writeln!(self.out, "{e}").map(|()| Exit::Session),
        }
    }

    /// The date of birth from the command line or the user, until it gives an age. A wrong date on the command line
    /// is said and asked for again.
    fn age(&mut self) -> io::Result<Option<(Date, Age)>> {
        let mut given = self.args.birth;
        loop {
            let birth = match given.take() {
                Some(birth) => Ok(birth),
                None => match self.read("Date of birth of the patient (year-month-day): ")? {
                    Some(text) => text.parse::<Date>().map_err(|e| e.to_string()),
                    None => return Ok(None),
                },
            };
            match birth.and_then(|b| Age::at(b, self.today).map(|a| (b, a)).map_err(|e| e.to_string())) {
                Ok(found) => return Ok(Some(found)),
                Err(e) => writeln!(self.out, "{e}")?,
            }
        }
    }

    /// One line of the user without its end; `None` at the end of the input and for `quit`.
    fn read(&mut self, prompt: &str) -> io::Result<Option<String>> {
        write!(self.out, "{prompt}")?;
        self.out.flush()?;
        let mut line = String::new();
        let read = self.input.read_line(&mut line)?;
        writeln!(self.out)?;
        let text = line.trim().to_string();
        Ok((read > 0 && text != "quit").then_some(text))
    }
}
