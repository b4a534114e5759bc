//! Five years of a product in its ledger: 20 000 anomalies, 3 000 changes, 50 releases, 2 000 complaints, 200 corrective actions, four
//! sources of feedback that are evaluated every month, with every signature real.
//! `cargo run --release -p app --example long_history -- PRODUCT COMMITS`: a product that was just begun with a simulated clock,
//! and a file with its commits, the oldest first. Always the same history; for `cargo xtask bench lists`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a generator"
)]

use ledger::{Draft, Entry, LedgerStore as _};
use records::*;
use serde_json::{Map, Value};
use signing::SecretKey;
use std::collections::BTreeMap;
use std::path::Path;
use store::SqliteLedger;
use vocabulary::{Date, Digest, Instant, canonical};

const ANOMALIES: usize = 20_000;
const CHANGES: usize = 3_000;
const RELEASES: usize = 50;
const COMPLAINTS: usize = 2_000;
const CAPAS: usize = 200;
const SOURCES: [&str; 4] = ["hotline", "service-reports", "app-stores", "literature"];
const DAYS: usize = 1_826;
const DAY: i64 = 86_400_000;
const ROLES: [&str; 5] = ["software-lead", "qa-lead", "risk-owner", "prrc", "release-manager"];
const WORDS: [&str; 24] = [
    "the", "display", "shows", "an", "older", "value", "when", "sensor", "reports", "late", "and", "alarm",
    "queue", "is", "full", "after", "restart", "of", "service", "patient", "record", "was", "opened",
    "twice",
];

/// A small generator of numbers: the same on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n.max(1) as u64) as usize
    }

    fn text(&mut self, words: usize) -> String {
        (0..words).map(|_| WORDS[self.below(WORDS.len())]).collect::<Vec<_>>().join(" ")
    }
}

/// What happens on each day, in order.
type Days = Vec<Vec<Box<dyn Fn(&mut Ledger)>>>;

struct Ledger {
    store: SqliteLedger,
    origin: String,
    position: u64,
    now: Instant,
    drafts: Vec<Draft>,
}

fn map<R: Record>(body: &R) -> Map<String, Value> {
    serde_json::to_value(body).unwrap().as_object().unwrap().clone()
}

fn key(role: &str) -> SecretKey {
    let seed = ROLES.iter().position(|r| *r == role).unwrap() as u8 + 1;
    SecretKey::from_seed([seed; 32], role)
}

impl Ledger {
    fn process<R: Record>(&mut self, actor: &str, body: &R) {
        let (actor, via) = (actor.to_owned(), "cli generator".to_owned());
        self.drafts.push(Draft { actor, via, kind: R::KIND.into(), body: map(body), sig: None });
    }

    fn signed<R: Record>(&mut self, role: &str, body: &R) {
        self.signed_as(role, role, body);
    }

    fn signed_as<R: Record>(&mut self, person: &str, role: &str, body: &R) {
        let digest = body.covers().unwrap_or_else(|| Digest::of(&canonical::to_vec(&map(body)).unwrap()));
        let statement = Statement {
            format: statement::FORMAT.into(),
            origin: self.origin.clone(),
            kind: R::KIND.into(),
            subject: body.subject(),
            digest,
            role: role.into(),
            meaning: "I have done this and stand by it".into(),
            person: person.into(),
            at: self.now,
            after_position: self.position,
        };
        let fields = serde_json::to_value(&statement).unwrap().as_object().unwrap().clone();
        let sig = ledger::sign_statement(fields, &key(person)).unwrap();
        let (actor, via) = (person.to_owned(), "cli generator".to_owned());
        self.drafts.push(Draft { actor, via, kind: R::KIND.into(), body: map(body), sig: Some(sig) });
    }

    fn close_day(&mut self) {
        if !self.drafts.is_empty() {
            let done = self.store.append(&std::mem::take(&mut self.drafts), self.now, None).unwrap();
            self.position = done.position;
        }
    }
}

fn version(n: usize) -> String {
    format!("{}.{}.0", n / 10 + 1, n % 10)
}

/// The day on which a release is sealed.
fn seal_day(n: usize) -> usize {
    (n + 1) * (DAYS - 10) / RELEASES
}

fn main() {
    let mut args = std::env::args().skip(1);
    let product = args.next().expect("the product's folder");
    let commits = std::fs::read_to_string(args.next().expect("the file of commits")).unwrap();
    let commits: Vec<String> = commits.lines().map(str::to_owned).collect();
    let store = SqliteLedger::open(&Path::new(&product).join(".dossier/ledger.db")).unwrap();
    let mut first = Vec::new();
    store.read(0..1, &mut |_, bytes| first = bytes.to_vec()).unwrap();
    let first = Entry::decode(&first).unwrap();
    let origin = ledger::Genesis::of(&first).unwrap().origin;
    let position = store.position().unwrap();
    let mut ledger = Ledger { store, origin, position, now: first.at, drafts: Vec::new() };
    people(&mut ledger);
    let mut days: Days = (0..=DAYS).map(|_| Vec::new()).collect();
    let mut dice = Dice(0x5eed_5eed_5eed_5eed);
    let open = anomalies(&mut dice, &mut days);
    changes(&mut dice, &mut days, &commits);
    field(&mut dice, &mut days, first.at.date_utc());
    releases(&mut dice, &mut days, &commits, &open);
    let start = first.at.millis();
    for (n, day) in days.into_iter().enumerate() {
        ledger.now = Instant::from_millis(start + (n as i64 + 1) * DAY);
        for event in day {
            event(&mut ledger);
        }
        ledger.close_day();
    }
    println!("{} entries", ledger.position);
}

fn people(ledger: &mut Ledger) {
    for role in ROLES {
        let (person, name) = (role.to_owned(), role.replace('-', " "));
        ledger.process("administrator", &PersonEnrol { person, name, identity_proof: "generated".into() });
        ledger.close_day();
        let public = key(role).public();
        let body =
            KeyEnrol { person: role.into(), public_key: public.to_openssh(""), key_id: public.fingerprint() };
        ledger.signed_as(role, "", &body);
        let (person, role) = (role.to_owned(), role.to_owned());
        ledger.process("administrator", &RoleGrant { person, role, until: None, reason: "generated".into() });
        ledger.close_day();
    }
}

/// Reports with everything that follows. Gives the day of each report and of its end, where it has one.
fn anomalies(dice: &mut Dice, days: &mut Days) -> Vec<(String, usize, Option<usize>)> {
    let mut open = Vec::with_capacity(ANOMALIES);
    for n in 0..ANOMALIES {
        // More reports as the product grows: the square root of an even number.
        let day = ((dice.below(DAYS * DAYS) as f64).sqrt() as usize).min(DAYS - 1);
        let id = format!("AN-{}", n + 1);
        let current = (0..RELEASES).rev().find(|r| seal_day(*r) < day).unwrap_or(0);
        let severity = ["cosmetic", "minor", "minor", "minor", "major", "major", "critical"][dice.below(7)];
        let report = AnomalyReport {
            anomaly: id.clone(),
            title: dice.text(8),
            description: dice.text(60),
            found: ["in use", "system test", "code review", "complaint"][dice.below(4)].into(),
            reproduction: dice.text(30),
            affects: vec![format!("ITM-{:02}", dice.below(40)).parse().unwrap()],
            function: dice.text(3),
            version: version(current),
            severity: severity.into(),
            performance: dice.text(6),
            safety: dice.text(6),
            security: "none".into(),
            ..AnomalyReport::default()
        };
        days[day].push(Box::new(move |l| l.process("developer", &report)));
        let investigated = day + 1 + dice.below(20);
        let change = (dice.below(3) == 0).then(|| format!("CR-{}", dice.below(CHANGES) + 1));
        let body = AnomalyInvestigate {
            anomaly: id.clone(),
            cause: dice.text(15),
            safety_relevant: severity == "critical",
            hazards: Vec::new(),
            outcome: dice.text(12),
            problem: true,
            security_relevant: dice.below(20) == 0,
            category: ["requirements", "design", "coding", "soup"][dice.below(4)].into(),
            introduced_in: None,
            change: change.clone(),
            no_change: if change.is_none() { dice.text(6) } else { String::new() },
        };
        if dice.below(100) >= 95 || investigated >= DAYS {
            open.push((id, day, None));
            continue;
        }
        days[investigated].push(Box::new(move |l| l.process("developer", &body)));
        let resolved = investigated + 5 + dice.below(90);
        if dice.below(100) >= 92 || resolved + 3 >= DAYS {
            open.push((id, day, None));
            continue;
        }
        let (disposition, duplicate_of) = match dice.below(10) {
            0 if n > 0 => (Disposition::Duplicate, Some(format!("AN-{}", dice.below(n) + 1))),
            1 => (Disposition::NotAnAnomaly, None),
            2 => (Disposition::WontFix, None),
            _ => (Disposition::Corrected, None),
        };
        let fixed = (0..RELEASES).find(|r| seal_day(*r) > resolved).map(version);
        let corrected = disposition == Disposition::Corrected;
        let body = AnomalyResolve {
            anomaly: id.clone(),
            disposition,
            fixed_in: fixed.filter(|_| corrected),
            change,
            duplicate_of,
            resolution: dice.text(12),
        };
        days[resolved].push(Box::new(move |l| l.process("developer", &body)));
        if corrected {
            let verify = AnomalyVerify { anomaly: id.clone(), evidence: dice.text(8) };
            days[resolved + 2].push(Box::new(move |l| l.signed("qa-lead", &verify)));
        }
        open.push((id, day, (disposition != Disposition::WontFix).then_some(resolved + 2)));
    }
    open
}

fn changes(dice: &mut Dice, days: &mut Days, commits: &[String]) {
    for n in 0..CHANGES {
        let id = format!("CR-{}", n + 1);
        let day = n * (DAYS - 60) / CHANGES;
        let category = match n % 4 {
            0 => ChangeCategory::Corrective,
            1 => ChangeCategory::Adaptive,
            2 => ChangeCategory::Perfective,
            _ => ChangeCategory::Preventive,
        };
        let open = ChangeOpen {
            change: id.clone(),
            title: dice.text(8),
            reason: dice.text(20),
            affects: vec![format!("ITM-{:02}", dice.below(40)).parse().unwrap()],
            answers: vec![format!("AN-{}", dice.below(ANOMALIES) + 1)],
            safety_analysis: String::new(),
            category: Some(category),
        };
        let analyse = ChangeAnalyse {
            change: id.clone(),
            organisation: "none".into(),
            software: dice.text(10),
            interfaces: "none".into(),
            safety: dice.text(20),
            security_relevant: dice.below(10) == 0,
            security: dice.text(8),
            class_check: "the class holds".into(),
            repeats: vec!["5.5".into(), "5.7".into()],
            affects: Vec::new(),
        };
        let approve = ChangeApprove { change: id.clone(), reason: dice.text(8) };
        let commit = commits.get(n * commits.len() / CHANGES).cloned().into_iter().collect();
        let implement = ChangeImplement { change: id.clone(), commits: commit };
        let verify = ChangeVerify { change: id.clone(), evidence: dice.text(8) };
        let close = ChangeClose { change: id, done: true, reason: dice.text(6) };
        days[day].push(Box::new(move |l| l.process("developer", &open)));
        days[day + 2].push(Box::new(move |l| l.process("developer", &analyse)));
        days[day + 4].push(Box::new(move |l| l.signed("software-lead", &approve)));
        days[day + 10].push(Box::new(move |l| l.process("developer", &implement)));
        days[day + 15].push(Box::new(move |l| l.signed("qa-lead", &verify)));
        days[day + 16].push(Box::new(move |l| l.process("developer", &close)));
    }
}

/// What comes from the field: complaints with their investigations and decisions, corrective actions, evaluations of sources.
fn field(dice: &mut Dice, days: &mut Days, begun: Date) {
    for n in 0..COMPLAINTS {
        let id = format!("CMP-{}", n + 1);
        let day = n * (DAYS - 60) / COMPLAINTS;
        let received = begun.plus_days(day as i64);
        let receive = ComplaintReceive {
            complaint: id.clone(),
            device: format!("history {}", version(dice.below(RELEASES))),
            udi: String::new(),
            received,
            aware: received,
            nature: dice.text(20),
            external: String::new(),
            person: String::new(),
        };
        let anomaly = format!("AN-{}", dice.below(ANOMALIES / 100) + 1);
        let investigate = ComplaintInvestigate {
            complaint: id.clone(),
            result: dice.text(20),
            problem: n % 3 == 0,
            anomalies: if n % 3 == 0 { vec![anomaly] } else { Vec::new() },
            capas: Vec::new(),
            reply: dice.text(6),
        };
        let decide = ReportabilityDecide {
            subject: id.clone(),
            regulation: "mdr-87".into(),
            reportable: false,
            aware: received,
            deadline: None,
            reason: dice.text(12),
            reference: String::new(),
            reported: None,
        };
        let close = ComplaintClose { complaint: id, reason: dice.text(6) };
        days[day].push(Box::new(move |l| l.process("qa-lead", &receive)));
        days[day + 5].push(Box::new(move |l| l.process("qa-lead", &investigate)));
        days[day + 6].push(Box::new(move |l| l.signed("prrc", &decide)));
        if n % 20 != 0 {
            days[day + 30].push(Box::new(move |l| l.signed("qa-lead", &close)));
        }
    }
    for n in 0..CAPAS {
        let capa = format!("CAPA-{}", n + 1);
        let day = n * (DAYS - 100) / CAPAS;
        let open =
            CapaOpen { capa: capa.clone(), description: dice.text(20), source: format!("CMP-{}", n + 1) };
        days[day + 40].push(Box::new(move |l| l.process("qa-lead", &open)));
        for (after, stage) in [(45, CapaStage::RootCause), (60, CapaStage::Action)] {
            let text = dice.text(20);
            let (capa, links) = (capa.clone(), vec![format!("CR-{}", dice.below(CHANGES / 100) + 1)]);
            let due = Some(begun.plus_days((day + 90) as i64));
            let step = CapaStep { capa, stage, text, due, links, external: String::new() };
            days[day + after].push(Box::new(move |l| l.process("qa-lead", &step)));
        }
        let close = CapaClose { capa, effective: true, evidence: dice.text(10) };
        if n % 10 != 0 {
            days[day + 95].push(Box::new(move |l| l.signed("qa-lead", &close)));
        }
    }
    for source in SOURCES {
        let (owner, description) = ("qa-lead".to_owned(), dice.text(8));
        let begin =
            FeedbackSource { source: source.into(), description, every_days: 30, owner, active: true };
        days[0].push(Box::new(move |l| l.process("qa-lead", &begin)));
        for month in 1..DAYS / 30 {
            let evaluate = FeedbackEvaluate {
                source: source.into(),
                from: begun.plus_days((month as i64 - 1) * 30),
                to: begun.plus_days(month as i64 * 30 - 1),
                messages: dice.below(40) as u64,
                anomalies: Vec::new(),
                complaints: Vec::new(),
                conclusion: dice.text(10),
            };
            days[month * 30].push(Box::new(move |l| l.process("qa-lead", &evaluate)));
        }
    }
}

fn releases(dice: &mut Dice, days: &mut Days, commits: &[String], open: &[(String, usize, Option<usize>)]) {
    for n in 0..RELEASES {
        let (version, day) = (version(n), seal_day(n));
        let commit = commits[((n + 1) * commits.len() / RELEASES - 1).min(commits.len() - 1)].clone();
        let manifest = Digest::of(version.as_bytes());
        let opening = ReleaseOpen {
            version: version.clone(),
            kind: ReleaseKind::Full,
            candidate: 1,
            build: format!("{version}+b.{n}"),
            commits: vec![BaselineCommit {
                repository: ".".into(),
                tree: Digest::of(commit.as_bytes()),
                commit,
            }],
            software: Digest::of(b"software"),
            rule_set: "generated".into(),
            previous: None,
            summary: dice.text(12),
        };
        days[day - 5].push(Box::new(move |l| l.process("release-manager", &opening)));
        let known: Vec<&String> = open
            .iter()
            .filter(|(_, from, to)| *from + 2 < day && to.is_none_or(|t| t > day))
            .map(|(id, ..)| id)
            .take(150)
            .collect();
        for id in known {
            let body = AnomalyEvaluate {
                anomaly: id.clone(),
                release: version.clone(),
                outcome: EvaluationOutcome::Acceptable,
                hazards: Vec::new(),
                controls: Vec::new(),
                rationale: dice.text(25),
                judged: Vec::new(),
                disclosed: String::new(),
                disclosure: None,
                use_effects: dice.text(8),
                not_corrected: dice.text(8),
                plan: String::new(),
            };
            days[day - 2].push(Box::new(move |l| l.signed("risk-owner", &body)));
        }
        let sections: BTreeMap<String, String> =
            (1..=8).map(|s| (format!("5.8.{s}"), "pass".into())).collect();
        let gate_version = version.clone();
        days[day].push(Box::new(move |l| {
            let (as_of, position) = (l.now.date_utc(), l.position);
            let gate = ReleaseGate {
                version: gate_version.clone(),
                candidate: 1,
                position,
                as_of,
                profile: "playbook".into(),
                verdict: "pass".into(),
                sections: sections.clone(),
                manifest,
            };
            l.process("release-manager", &gate);
            l.close_day();
            for role in ROLES {
                l.signed(role, &ReleaseSign { version: gate_version.clone(), role: role.into(), manifest });
            }
            l.process(
                "release-manager",
                &ReleaseSeal {
                    version: gate_version.clone(),
                    candidate: 1,
                    manifest,
                    archive: manifest,
                    release_manifest: manifest,
                    index: manifest,
                    day: as_of,
                    read_back_blobs: 1,
                    stored_bytes: 1,
                    retain_until: as_of.plus_years(15),
                    hold: false,
                    basis: "generated".into(),
                    retention: None,
                    tag: None,
                },
            );
        }));
    }
}
