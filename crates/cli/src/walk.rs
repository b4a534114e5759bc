//! A person at a terminal walks through a protocol.

use app::records::CaseOutcome;
use app::{Error, ManualWalk, Result, StepAnswer};
use std::io::{BufRead as _, IsTerminal as _, Write as _};

/// Asks for each step until all are answered. Every answer is kept at once: Ctrl-C loses nothing.
pub(crate) fn at_terminal(walk: &mut ManualWalk) -> Result<()> {
    if !std::io::stdin().is_terminal() {
        return Err(Error::refused("there is no terminal to ask")
            .hint("give the answers in a file with `--answers FILE`"));
    }
    let mut last = None;
    while let Some((case, step)) = walk.next() {
        let Some((head, action, expected, steps)) = walk.cases().get(case).and_then(|c| {
            let s = c.steps.get(step)?;
            Some((format!("{} {}", c.case, c.title), s.action.clone(), s.expected.clone(), c.steps.len()))
        }) else {
            break;
        };
        if last != Some(case) {
            eprintln!("\n{head}");
            last = Some(case);
        }
        eprintln!("\n  step {} of {steps}: {action}", step + 1);
        eprintln!("  expected: {expected}");
        let outcome = outcome()?;
        let actual = match outcome {
            CaseOutcome::Pass => line("  actual result (Enter: as expected): ")?,
            _ => line("  actual result: ")?,
        };
        let actual =
            if actual.is_empty() && outcome == CaseOutcome::Pass { "as expected".to_owned() } else { actual };
        walk.answer(case, step, StepAnswer { outcome, actual, attachments: Vec::new() })?;
        if outcome == CaseOutcome::Fail {
            let anomaly = line("  anomaly (id of a reported one): ")?;
            walk.link_anomaly(case, &anomaly)?;
        }
    }
    Ok(())
}

fn outcome() -> Result<CaseOutcome> {
    loop {
        match line("  [p]ass, [f]ail, [b]locked: ")?.as_str() {
            "p" | "pass" => return Ok(CaseOutcome::Pass),
            "f" | "fail" => return Ok(CaseOutcome::Fail),
            "b" | "blocked" => return Ok(CaseOutcome::Blocked),
            _ => {}
        }
    }
}

fn line(prompt: &str) -> Result<String> {
    let failed =
        |e| Error::environment("could not read from the terminal; what was answered is kept").because(e);
    eprint!("{prompt}");
    std::io::stderr().flush().map_err(failed)?;
    let mut text = String::new();
    let read = std::io::stdin().lock().read_line(&mut text).map_err(failed)?;
    if read == 0 {
        return Err(Error::refused(
            "the input ended; what was answered is kept, give the same command again",
        ));
    }
    Ok(text.trim().to_owned())
}
