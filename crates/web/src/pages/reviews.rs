//! A review of existing documents: summary, one clause with its passages and decisions, other standards, files.

use crate::parts::{facts, or_dash, status_word, table};
use app::{
    DecisionKind, Review, ReviewClause as ClauseResult, ReviewConstraint as ConstraintResult,
    ReviewQuote as Quote, ReviewVerdict, STANDARDS, review_passage_digest as passage_digest, standard_column,
};
use maud::{Markup, html};
use views::Verdict as Status;

/// The menu of these pages.
pub(crate) const MENU: &[(&str, &str)] = &[
    ("/", "Review"),
    ("/changes", "Since the last"),
    ("/standards", "Other standards"),
    ("/files", "Files"),
];

/// Longest passage that is shown open.
const OPEN_MAX: usize = 400;

/// What of a review is shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    /// Only constraints of this verdict, in words.
    pub(crate) verdict: String,
    /// Only those on which nobody decided.
    pub(crate) undecided: bool,
}

/// The status that a verdict is shown as; its own word stands beside it.
fn shown(verdict: ReviewVerdict) -> Status {
    match verdict {
        ReviewVerdict::Met => Status::Pass,
        ReviewVerdict::Human => Status::Human,
        ReviewVerdict::Partly | ReviewVerdict::Outdated => Status::Advisory,
        ReviewVerdict::TemplateOnly | ReviewVerdict::NotFound | ReviewVerdict::Contradicted => {
            Status::Finding
        }
    }
}

fn verdict(verdict: ReviewVerdict) -> Markup {
    status_word(shown(verdict), verdict.words())
}

/// A page that says what went wrong.
pub(crate) fn trouble(title: &str, text: &str) -> Markup {
    html! { div.trouble { h1 { (title) } p.sub { (text) } p { a.btn.quiet href="/" { "To the review" } } } }
}

fn computed_from(review: &Review) -> Markup {
    html! {
        p.inputs aria-label="What this page is computed from" {
            span.lead { "Computed from" } " "
            span.chip { b { "documents" } (review.source) } " "
            span.chip title={ "sha256:" (review.library) } { b { "library" } (review.library.get(..12).unwrap_or("")) } " "
            span.chip { b { "as of" } (review.as_of) } " "
            @if let Some(version) = &review.version { span.chip { b { "version" } (version) } }
        }
    }
}

/// First the verdict, then gaps, then every constraint as a list.
pub(crate) fn summary(review: &Review, chosen: &Chosen) -> Markup {
    let counts = review.counts();
    let all: usize = counts.values().sum();
    let met = counts.get(&ReviewVerdict::Met).copied().unwrap_or(0);
    let decided = constraints(review).filter(|(_, k)| k.decision.is_some() && !k.ask_again).count();
    let fits = |k: &ConstraintResult| {
        (chosen.verdict.is_empty() || k.verdict.words() == chosen.verdict)
            && !(chosen.undecided && k.decision.is_some() && !k.ask_again)
    };
    let rows = constraints(review).filter(|(_, k)| fits(k)).map(|(c, k)| {
        vec![
            html! { a.id href=(address(k)) { (number(&c.clause)) } },
            html! { a.t href=(address(k)) { (k.text) } },
            verdict(k.verdict),
            decision_word(k),
        ]
    });
    html! {
        (computed_from(review))
        h1 { "Review of existing documents" }
        @if let Some(c) = &review.comparison {
            p.sub {
                "Since the review of " (c.before) ": " a href="/changes" { (c.closed.len()) " closed, " (c.opened.len()) " opened" }
                "; gaps: " (c.gaps_closed.len()) " closed, " (c.gaps_opened.len()) " opened."
            }
        }
        p.sub { "Passages show " (met) " of " (all) " things that the clauses ask for. People decided on " (decided) "." }
        nav.chips aria-label="Filter" {
            a.f href="/" aria-current=[(chosen.verdict.is_empty() && !chosen.undecided).then_some("true")] { "all " (all) }
            @for (v, n) in &counts {
                a.f href={ "/?verdict=" (v.words().replace(' ', "+")) } aria-current=[(chosen.verdict == v.words()).then_some("true")] { (v.words()) " " (n) }
            }
            a.f href="/?undecided=1" aria-current=[chosen.undecided.then_some("true")] { "undecided " (all.saturating_sub(decided)) }
        }
        @if chosen.verdict.is_empty() && !chosen.undecided { (gaps(review)) }
        h2 { "What the clauses ask for" }
        (table(&["Clause", "What is asked for", "Verdict", "Decision"], rows))
    }
}

fn gaps(review: &Review) -> Markup {
    let rows = review.gaps.iter().map(|g| {
        vec![
            html! { (g.severity) },
            html! { a.id href={ "/clauses/" (g.clause) } { (number(&g.clause)) } },
            html! { b { (g.title) } span.remark { (g.text) } },
            html! { (g.add) },
        ]
    });
    html! {
        h2 { "Gaps, worst first" }
        @if review.gaps.is_empty() { p.sub { "No gap was raised." } }
        @else { (table(&["Severity", "Clause", "What is wrong", "What to add"], rows)) }
        @if !review.cross_checks.is_empty() {
            h2 { "Documents against each other" }
            @for check in &review.cross_checks {
                div.card.pad {
                    p { b { (check.message) } }
                    @for said in &check.said { p.sub { code { (said.file) } " " (said.text) } }
                }
            }
        }
    }
}

fn constraints(review: &Review) -> impl Iterator<Item = (&ClauseResult, &ConstraintResult)> {
    review.clauses.iter().flat_map(|c| c.constraints.iter().map(move |k| (c, k)))
}

fn number(clause: &str) -> &str {
    clause.strip_prefix("62304:").unwrap_or(clause)
}

/// The part of a constraint's id behind its clause.
fn name(constraint: &ConstraintResult) -> &str {
    constraint.id.split_once('/').map_or(constraint.id.as_str(), |(_, n)| n)
}

fn address(constraint: &ConstraintResult) -> String {
    let (clause, name) = constraint.id.split_once('/').unwrap_or((&constraint.id, ""));
    format!("/clauses/{clause}#{name}")
}

fn decision_word(constraint: &ConstraintResult) -> Markup {
    html! {
        @match &constraint.decision {
            Some(_) if constraint.ask_again => span.s.advisory { "decide again" },
            Some(d) => { (word(d.decision)) span.remark { (d.by) ", " (d.on) } },
            None => span.faint { "–" },
        }
    }
}

fn word(kind: DecisionKind) -> &'static str {
    match kind {
        DecisionKind::Confirmed => "confirmed",
        DecisionKind::Rejected => "rejected",
        DecisionKind::Comment => "commented",
    }
}

/// One clause: every constraint with its passages and the form to decide.
pub(crate) fn clause(review: &Review, at: usize) -> Option<Markup> {
    let clause = review.clauses.get(at)?;
    let step = |to: Option<&ClauseResult>, rel: &'static str, mark: &str| {
        html! { @if let Some(c) = to { a.btn.quiet rel=(rel) href={ "/clauses/" (c.clause) } { (mark) " " (number(&c.clause)) } " " } }
    };
    let before = at.checked_sub(1).and_then(|i| review.clauses.get(i));
    let files: Vec<String> =
        clause.expected_files.iter().map(|(kind, file)| format!("{file} ({kind})")).collect();
    Some(html! {
        (computed_from(review))
        p.id { (clause.clause) " · " (verdict(clause.verdict)) }
        h1 { (clause.title) }
        p { (step(before, "prev", "←")) (step(review.clauses.get(at + 1), "next", "→")) }
        @for constraint in &clause.constraints { (of_constraint(constraint)) }
        h2 { "For the clause" }
        (facts(vec![
            ("due for", html! { "class " (clause.classes) }),
            ("files by name", or_dash(&files.join(", "))),
            ("to an auditor", or_dash(&clause.defence)),
            ("carries over", or_dash(&clause.carries_over)),
            ("new", or_dash(&clause.new)),
        ]))
    })
}

fn of_constraint(constraint: &ConstraintResult) -> Markup {
    html! {
        section.card.pad id=(name(constraint)) {
            p { (verdict(constraint.verdict)) @if !constraint.reason.is_empty() { span.remark { (constraint.reason) } } }
            h3 { (constraint.text) }
            @for quote in &constraint.quotes { (quoted(quote)) }
            @for facet in constraint.facets.iter().filter(|f| f.quotes.is_empty()) {
                p.sub {
                    "Missing: " (facet.must) "."
                    @if let Some(s) = &facet.searched { " Searched " (s.passages) " passages of " (s.files) " files, closely " (s.candidates) "." }
                }
            }
            @if let Some(d) = &constraint.decision {
                p { b { (word(d.decision)) } " by " (d.by) " on " (d.on) @if !d.comment.is_empty() { ": " (d.comment) } }
                @if constraint.ask_again { p { span.s.advisory { "The passages changed since: please decide again." } } }
            }
            (form(constraint))
        }
    }
}

fn form(constraint: &ConstraintResult) -> Markup {
    let decided = constraint.decision.is_some() && !constraint.ask_again;
    let id = name(constraint);
    html! {
        details open[!decided && !constraint.quotes.is_empty()] {
            summary { @if decided { "Decide anew" } @else { "Decide" } }
            form.decide method="post" action="/decide" {
                input type="hidden" name="constraint" value=(constraint.id);
                input type="hidden" name="passage" value=(passage_digest(constraint));
                fieldset {
                    legend { "The verdict is" }
                    @for (value, says) in [("confirmed", "right"), ("rejected", "wrong"), ("comment", "neither, only a comment")] {
                        label { input type="radio" name="decision" value=(value) required; " " (says) }
                    }
                }
                label for={ "by-" (id) } { "Your name or role" }
                input id={ "by-" (id) } name="by" required maxlength="200" autocomplete="name";
                label for={ "why-" (id) } { "Why (needed unless it is right)" }
                textarea id={ "why-" (id) } name="comment" rows="2" maxlength="4000" {}
                button.btn type="submit" { "Keep this decision" }
            }
        }
    }
}

fn quoted(quote: &Quote) -> Markup {
    let short: String = quote.text.chars().take(OPEN_MAX).collect();
    let long = short.len() < quote.text.len();
    html! {
        div.prose { blockquote { "“" (short) @if long { "…" } "”" } }
        p.sub {
            code { (quote.file) } @if let Some(page) = quote.page { ", page " (page) }
            @if !quote.heading.is_empty() { ", under “" (quote.heading) "”" }
        }
        @if long { details { summary { "The whole passage" } p { (quote.text) } } }
    }
}

/// What closed and what opened since the review before.
pub(crate) fn changes(review: &Review) -> Markup {
    let Some(comparison) = &review.comparison else {
        return html! {
            (computed_from(review))
            h1 { "Since the last review" }
            p.sub { "This review was not compared with an earlier one: " code { "dossier review DIR --compare EARLIER.json --format json" } "." }
        };
    };
    let rows = comparison.rows().into_iter().map(|r| {
        let (clause, name) = r.id.split_once('/').unwrap_or((&r.id, ""));
        vec![
            html! { (r.change.words()) },
            html! { a.id href={ "/clauses/" (clause) "#" (name) } { (number(clause)) } },
            html! { span.t { (r.text) } },
            verdict(r.before),
            verdict(r.now),
        ]
    });
    let gaps = comparison.gaps().into_iter().map(|(change, id, title)| {
        vec![html! { (change.words()) }, html! { code { (id) } span.t { (title) } }]
    });
    let files = comparison.files().map(|(name, files)| (name, or_dash(&files.join(", "))));
    html! {
        (computed_from(review))
        h1 { "Since the review of " (comparison.before) }
        @for note in &comparison.notes { p { span.s.advisory { "Note" } " " (note) "." } }
        h2 { "Verdicts" }
        @if comparison.rows().is_empty() { p.sub { "No verdict changed." } }
        @else { (table(&["Change", "Clause", "What is asked for", "Before", "Now"], rows)) }
        h2 { "Gaps" }
        @if comparison.gaps().is_empty() { p.sub { "No gap closed or opened." } } @else { (table(&["Change", "Gap"], gaps)) }
        h2 { "Files and questions" }
        (facts(files.into_iter().chain([
            ("asked for the first time", html! { (comparison.asked_new.len()) " constraints" }),
            ("no longer asked for", html! { (comparison.asked_no_more.len()) " constraints" }),
        ]).collect()))
    }
}

/// Every document and every clause of another standard through the crosswalk.
pub(crate) fn standards(review: &Review) -> Markup {
    let seen = app::crosswalked(review);
    let mut heads = vec!["File"];
    heads.extend(STANDARDS.iter().map(|(_, name)| *name));
    let documents = seen.documents.iter().map(|d| {
        let mut row = vec![html! { code { (d.file) } }];
        row.extend(STANDARDS.iter().map(|(id, _)| {
            let numbers: Vec<&str> =
                d.standards.get(*id).into_iter().flatten().map(|c| standard_column(c).1).collect();
            or_dash(&numbers.join(", "))
        }));
        row
    });
    let clauses = seen.clauses.iter().map(|c| {
        let from: Vec<&str> = c.through.iter().map(|t| number(&t.from)).collect();
        let link = c.through.iter().find(|t| t.follows).or(c.through.first());
        vec![
            html! { span.id { (c.clause) } span.t { (c.title) } },
            html! { (from.join(", ")) },
            html! { @if let Some(t) = link { code { (t.weakest) } span.remark { (t.note) @if !t.follows { " A person has to look: it does not follow from the links." } } } },
            html! { (verdict(c.verdict)) span.remark { a.id href={ "/clauses/" (c.weakest_evidence) } { (number(&c.weakest_evidence)) } } },
        ]
    });
    html! {
        (computed_from(review))
        h1 { "The documents seen from other standards" }
        p.sub { "QMSR is the regulation in force; QSR is its number before 2 February 2026, for old audits and templates only." }
        (table(&heads, documents))
        h2 { "Clauses of other standards" }
        (table(&["Clause", "Reached from", "Weakest link of the mapping", "Weakest evidence"], clauses))
    }
}

/// Files that were read, and those that were not with the reason.
pub(crate) fn files(review: &Review) -> Markup {
    let unread = review.unread.iter().map(|u| vec![html! { code { (u.file) } }, html! { (u.reason) }]);
    let read = review.files.iter().map(|f| {
        let mut notes = f.notes.clone();
        if f.template {
            notes.insert(0, "a blank form".to_owned());
        }
        vec![
            html! { code { (f.file) } },
            or_dash(&f.kinds.join(", ")),
            or_dash(&notes.join("; ")),
            html! { code title={ "sha256:" (f.digest) } { (f.digest.get(..12).unwrap_or("")) } },
        ]
    });
    html! {
        (computed_from(review))
        h1 { "Files" }
        p.sub { (review.files.len()) " were read, " (review.unread.len()) " were not." }
        h2 { "Not read" }
        @if review.unread.is_empty() { p.sub { "Every file was read." } } @else { (table(&["File", "Why"], unread)) }
        h2 { "Read" }
        (table(&["File", "Fits as", "Notes", "SHA-256"], read))
    }
}
