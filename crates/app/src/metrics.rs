//! Metrics: the ten figures now, on any past day, and their course over months.

use crate::analysis::{Analysis, Inputs};
use crate::checks;
use crate::error::{Error, Result};
use crate::shared_ledger::SharedLedger;
use crate::workspace::Workspace;
use monitoring::metrics::{Documents, IDS, Input, Metric, Past, Targets, measure, past};
use records::State;
use records::state::later;
use serde::Serialize;
use vocabulary::Date;

/// The most months that a course has: ten years.
const MONTHS_MAX: u32 = 120;

/// Which figures.
#[derive(Clone, Debug, Default)]
pub struct MetricsOf {
    /// The four inputs.
    pub inputs: Inputs,
    /// The figures as they were at the end of this day: the entries up to it, and the documents of the newest release that was
    /// open then (or of `inputs.at`).
    pub on: Option<Date>,
    /// How many month ends before the day are shown with it.
    pub months: u32,
}

/// The figures.
#[derive(Clone, Debug, Serialize)]
pub struct Metrics {
    /// Always `dossier/metrics/v1`.
    pub format: &'static str,
    /// The product.
    pub product: String,
    /// The last day that counts.
    pub as_of: Date,
    /// Days of the period that figures over time count.
    pub window_days: u32,
    /// How many entries were read.
    pub ledger: u64,
    /// The commit whose documents were read; none for the work tree, or where none was known.
    pub commit: Option<String>,
    /// The figures.
    pub metrics: Vec<Metric>,
    /// Their course, the oldest day first.
    pub history: Vec<Past>,
}

impl Metrics {
    /// The figures of a ledger without entries: each says that there is nothing to count.
    pub fn of_nothing(product: &str, as_of: Date) -> Metrics {
        let targets = Targets { window_days: 365, investigate_days: 30, ..Targets::default() };
        let input = Input { state: &State::default(), as_of, targets: &targets, documents: None };
        Metrics {
            format: "dossier/metrics/v1",
            product: product.to_owned(),
            as_of,
            window_days: targets.window_days,
            ledger: 0,
            commit: None,
            metrics: measure(&input),
            history: Vec::new(),
        }
    }

    /// For people.
    pub fn to_text(&self, details: bool) -> String {
        let head = format!(
            "{} · as of {} · period of {} days · ledger {}\n",
            self.product, self.as_of, self.window_days, self.ledger
        );
        head + &monitoring::metrics::to_text(&self.metrics, &self.history, details)
    }

    /// Small charts.
    pub fn to_svg(&self) -> String {
        monitoring::metrics::to_svg(&self.metrics, &self.history)
    }

    /// Whether a figure misses its target.
    pub fn misses(&self) -> bool {
        self.metrics.iter().any(|m| m.standing == monitoring::metrics::Standing::Missed)
    }
}

/// The figures of a product.
///
/// # Errors
/// When documents or ledger cannot be read, or the ledger is not sound.
pub fn metrics(ws: &Workspace, of: &MetricsOf) -> Result<Metrics> {
    let ledger = ws.ledger()?;
    let today = match of.inputs.as_of {
        Some(date) => date,
        None => ws.clock.today(&ws.config.product.timezone)?,
    };
    let as_of = of.on.unwrap_or(today);
    let until = match of.inputs.ledger_at {
        Some(position) => position,
        None => ledger.position()?,
    };
    let position = match of.on {
        None => until,
        Some(day) => ledger.position_on(day)?.min(until),
    };
    if position == 0 {
        return Err(Error::refused(format!("the ledger had no entry by {as_of}"))
            .hint("name a later day; `dossier ledger log` shows when the ledger began"));
    }
    let targets = targets(ws);
    let mut course = Course { ws, targets: &targets, kept: None, out: Vec::new() };
    let days = month_ends(as_of, of.months.min(MONTHS_MAX));
    let state = match days.as_slice() {
        [] => ledger.listed(ws, Some(position))?,
        days => course.follow(&ledger, position, days)?,
    };
    crate::releases::sound(&state)?;
    let history = course.out;
    let at = match (&of.inputs.at, of.on) {
        (Some(revision), _) => Some(Some(revision.clone())),
        (None, None) => Some(None),
        // The work tree of today is not that of the day that is asked for.
        (None, Some(_)) => baseline(&state).map(|(_, commit)| Some(commit)),
    };
    let ledger = state.position;
    let (metrics, commit) = match at {
        None => (measure(&Input { state: &state, as_of, targets: &targets, documents: None }), None),
        Some(at) => {
            let inputs = Inputs { at, ledger_at: Some(ledger), as_of: Some(as_of) };
            let mut analysis = Analysis::with_state(ws, &inputs, state)?;
            analysis.history = crate::histories::load(ws, &analysis, None)?;
            (of_analysis(&analysis, &targets, as_of), analysis.commit_id())
        }
    };
    Ok(Metrics {
        format: "dossier/metrics/v1",
        product: ws.config.product.name.clone(),
        as_of,
        window_days: targets.window_days,
        ledger,
        commit,
        metrics,
        history,
    })
}

/// The figures of an analysis, for pages that have read everything already.
pub(crate) fn of_analysis(analysis: &Analysis, targets: &Targets, as_of: Date) -> Vec<Metric> {
    let classes = checks::classes(analysis);
    let documents = Documents {
        model: &analysis.model,
        classes: &classes,
        results: &analysis.joined,
        software: analysis.software_digest(),
        components: &analysis.components,
        history: analysis.history.as_ref(),
    };
    measure(&Input { state: &analysis.state, as_of, targets, documents: Some(documents) })
}

/// What the firm aims at, as `dossier.toml` says.
pub(crate) fn targets(ws: &Workspace) -> Targets {
    Targets {
        window_days: ws.config.metrics.window_days,
        investigate_days: ws.config.anomalies.investigate_days,
        own: ws.config.metrics.targets.clone(),
    }
}

/// The newest release with its frozen commit: of the sealed ones, else of those that are open.
fn baseline(state: &State) -> Option<(String, String)> {
    let of = |sealed: bool| {
        let all =
            state.releases.iter().filter(|(_, r)| r.sealed.is_some() == sealed && r.withdrawn.is_none());
        all.reduce(|a, b| if later(b.0, a.0) { b } else { a })
    };
    let (version, release) = of(true).or_else(|| of(false))?;
    let commit = release.candidate()?.body.commits.first()?.commit.clone();
    Some((version.clone(), commit))
}

/// The last days of the months before a day, and the day itself, the oldest first.
fn month_ends(day: Date, months: u32) -> Vec<Date> {
    let mut out = Vec::new();
    if months == 0 {
        return out;
    }
    out.push(day);
    let mut at = day;
    for _ in 0..months {
        let text = at.to_string();
        let first = text.get(..7).and_then(|m| format!("{m}-01").parse::<Date>().ok());
        let Some(first) = first else { break };
        at = first.plus_days(-1);
        out.push(at);
    }
    out.reverse();
    out
}

/// Figures along the ledger: it is folded once, and looked at where a day ends.
struct Course<'a> {
    ws: &'a Workspace,
    targets: &'a Targets,
    /// The documents of the release that was looked at last: none where its commit is not in this checkout.
    kept: Option<(String, Option<Box<Analysis>>)>,
    out: Vec<Past>,
}

impl Course<'_> {
    /// Folds the entries and notes the figures at the end of each day. Gives the state after all of them.
    fn follow(&mut self, ledger: &SharedLedger, position: u64, days: &[Date]) -> Result<State> {
        let mut state = State::default();
        let mut next = days.iter().copied().peekable();
        ledger.examine(0..position, |entry| {
            while let Some(day) = next.next_if(|d| *d < entry.at.date_utc()) {
                self.note(&state, day)?;
            }
            state.add(&entry);
            Ok(())
        })?;
        for day in next {
            self.note(&state, day)?;
        }
        Ok(state)
    }

    fn note(&mut self, state: &State, day: Date) -> Result<()> {
        // Before the first entry there was nothing to measure, and that is no figure.
        if state.position == 0 {
            return Ok(());
        }
        let release = baseline(state);
        let metrics = match &release {
            None => measure(&Input { state, as_of: day, targets: self.targets, documents: None }),
            Some((version, commit)) => {
                if self.kept.as_ref().is_none_or(|(v, _)| v != version) {
                    let inputs = Inputs { at: Some(commit.clone()), ledger_at: None, as_of: Some(day) };
                    let read = Analysis::with_state(self.ws, &inputs, state.evidence());
                    self.kept = Some((version.clone(), read.ok().map(Box::new)));
                }
                let analysis = self.kept.as_ref().and_then(|(_, a)| a.as_deref());
                match analysis {
                    None => measure(&Input { state, as_of: day, targets: self.targets, documents: None }),
                    Some(analysis) => self.with(analysis, state, day),
                }
            }
        };
        self.out.push(past(day, state.position, release.map(|(v, _)| v), &metrics));
        Ok(())
    }

    /// Figures of the documents of a release, and of the records of the day.
    fn with(&self, analysis: &Analysis, state: &State, day: Date) -> Vec<Metric> {
        let classes = checks::classes(analysis);
        let documents = Documents {
            model: &analysis.model,
            classes: &classes,
            results: &analysis.joined,
            software: analysis.software_digest(),
            components: &analysis.components,
            history: None,
        };
        measure(&Input { state, as_of: day, targets: self.targets, documents: Some(documents) })
    }
}

/// The catalogue of figures, for the generated page.
pub fn catalogue_of_metrics() -> String {
    let as_of = vocabulary::Instant::from_millis(0).date_utc();
    let all = Metrics::of_nothing("", as_of).metrics;
    let mut out = String::from(
        "# Metrics\n\nThe figures of `dossier metrics`. Targets are defaults of this product and no requirement of a standard; \
         `[metrics]` in `dossier.toml` sets a firm's own.\n\n| id | figure | what is counted | unit | default target | clauses |\n|---|---|---|---|---|---|\n",
    );
    for m in &all {
        out.push_str(&format!(
            "| `{}` | {} | {} | {} | {} | {} |\n",
            m.id,
            m.name,
            m.definition,
            m.unit,
            m.target.text,
            m.clauses.join(", ")
        ));
    }
    debug_assert_eq!(all.len(), IDS.len());
    out
}

#[cfg(test)]
mod tests {
    use super::month_ends;

    #[test]
    fn a_course_has_the_ends_of_months_and_the_day_itself() {
        let days: Vec<String> =
            month_ends("2026-03-15".parse().unwrap(), 3).iter().map(ToString::to_string).collect();
        assert_eq!(days, ["2025-12-31", "2026-01-31", "2026-02-28", "2026-03-15"]);
        assert!(month_ends("2026-03-15".parse().unwrap(), 0).is_empty());
    }
}
