//! The history between the last baseline and a commit: which change request covers each commit, and what each change
//! touched. A pure function of the commit and the ledger: branches that move do not count, what the ledger saw of them does.

use crate::analysis::{Analysis, globs, product_prefix};
use crate::error::{Doing as _, Result};
use crate::repository;
use crate::workspace::Workspace;
use git::{Commit, ObjectId, Repository};
use globset::GlobSet;
use model::history::{self, History, Tie, Touched};
use model::impact;
use model::{ItemIx, Kind};
use records::State;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use vocabulary::Digest;

/// The last sealed release before `version` (or of all) with its commit: the baseline that changes are counted from.
pub(crate) fn last_baseline(state: &State, version: Option<&str>) -> Option<(String, String)> {
    let until = version.and_then(|v| state.releases.get(v)?.opened.first()).map_or(u64::MAX, |o| o.meta.seq);
    let sealed = state.releases.iter().filter(|(v, _)| version != Some(v.as_str())).filter_map(|(v, r)| {
        let seal = r.sealed.as_ref().filter(|s| s.meta.seq < until)?;
        let commit = r.candidate()?.body.commits.first()?.commit.clone();
        Some((seal.meta.seq, v.clone(), commit))
    });
    sealed.max().map(|(_, v, c)| (v, c))
}

/// The history up to the commit of an analysis; none where nothing was sealed before it.
///
/// # Errors
/// When the repository cannot be read. A baseline that is not in it is said in [`History::missing`].
pub(crate) fn load(ws: &Workspace, analysis: &Analysis, version: Option<&str>) -> Result<Option<History>> {
    let Some((baseline, from)) = last_baseline(&analysis.state, version) else { return Ok(None) };
    let Some(head) = analysis.head() else { return Ok(None) };
    let repository = repository::open(ws)?;
    let mut out = History { baseline, from: from.clone(), to: head.to_string(), ..History::default() };
    let Ok(from) = repository.resolve(&from) else {
        out.missing = Some("its commit is not in this repository".into());
        return Ok(Some(out));
    };
    let reading = Reading {
        state: &analysis.state,
        repository: &repository,
        prefix: product_prefix(ws, &repository)?,
        left_out: globs(&analysis.config.changes.not_configuration_items, "")?,
        ids: analysis.state.changes.keys().map(|id| (id.to_lowercase(), id.clone())).collect(),
    };
    out.commits = reading.commits(from, head)?;
    out.touched = touched(ws, analysis, &out, from)?;
    Ok(Some(out))
}

/// The history from the commit of one release to that of another, with the change requests of `state`.
///
/// # Errors
/// As [`load`].
pub(crate) fn between(
    ws: &Workspace,
    state: &State,
    analysis: &Analysis,
    baseline: &str,
    from: &str,
) -> Result<History> {
    let to = analysis.commit_id().unwrap_or_default();
    let mut out = History {
        baseline: baseline.to_owned(),
        from: from.to_owned(),
        to: to.clone(),
        ..History::default()
    };
    let repository = repository::open(ws)?;
    let (Ok(start), Ok(end)) = (repository.resolve(from), repository.resolve(&to)) else {
        out.missing = Some("one of the commits is not in this repository".into());
        return Ok(out);
    };
    let reading = Reading {
        state,
        repository: &repository,
        prefix: product_prefix(ws, &repository)?,
        left_out: globs(&analysis.config.changes.not_configuration_items, "")?,
        ids: state.changes.keys().map(|id| (id.to_lowercase(), id.clone())).collect(),
    };
    out.commits = reading.commits(start, end)?;
    out.touched = touched(ws, analysis, &out, start)?;
    Ok(out)
}

/// By patch: the change requests that records tie to it, each with the commit that they name.
type Patches<'a> = HashMap<&'a str, Vec<(&'a str, &'a str)>>;

struct Reading<'a> {
    state: &'a State,
    repository: &'a Repository,
    prefix: String,
    left_out: GlobSet,
    /// Change requests by id in lower case.
    ids: HashMap<String, String>,
}

impl Reading<'_> {
    fn commits(&self, from: ObjectId, to: ObjectId) -> Result<Vec<history::Commit>> {
        let log = self.repository.log(Some(from), to).doing("read the history since the last baseline")?;
        let merged = self.merged(&log)?;
        let (recorded, patches) = self.recorded();
        let mut out = Vec::with_capacity(log.len());
        for commit in &log {
            let id = commit.id.to_string();
            let mut one = history::Commit {
                touches: self.touches(commit)?,
                summary: commit.summary().to_owned(),
                id: id.clone(),
                changes: BTreeMap::new(),
                unknown: Vec::new(),
                observed: None,
                at_release: false,
            };
            for named in commit.trailer_values("Change") {
                match self.ids.get(&named.to_lowercase()) {
                    Some(known) => drop(one.changes.insert(known.clone(), Tie::Trailer)),
                    None => one.unknown.push(named.to_owned()),
                }
            }
            for change in recorded.get(id.as_str()).into_iter().flatten() {
                one.changes.entry((*change).to_owned()).or_insert(Tie::Record);
            }
            for (change, merge) in merged.get(&id).into_iter().flatten() {
                one.changes.entry(change.clone()).or_insert_with(|| Tie::Merge(merge.clone()));
            }
            self.observe(commit, &patches, &mut one)?;
            out.push(one);
        }
        Ok(out)
    }

    /// Which changes records name for a commit, and for a patch.
    fn recorded(&self) -> (HashMap<&str, Vec<&str>>, Patches<'_>) {
        let mut commits: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut patches = Patches::new();
        for (id, change) in &self.state.changes {
            for commit in change.implementations.iter().flat_map(|i| &i.body.commits) {
                commits.entry(commit).or_default().push(id);
                let patch = self.state.observed.get(commit).map(|o| o.patch.as_str());
                if let Some(patch) = patch.filter(|p| !p.is_empty()) {
                    patches.entry(patch).or_default().push((id, commit));
                }
            }
        }
        (commits, patches)
    }

    /// When the ledger first saw the commit or its patch, and what the branch it came through says.
    fn observe(&self, commit: &Commit, patches: &Patches<'_>, one: &mut history::Commit) -> Result<()> {
        let own = self.state.observed.get(&one.id);
        let mut seen: Vec<&records::state::Observation> = own.into_iter().collect();
        let patch = match own.map(|o| o.patch.clone()).filter(|p| !p.is_empty()) {
            Some(patch) => Some(patch),
            // Reading a patch costs a comparison of texts: only where a rebase could matter.
            None if commit.parents.len() == 1 && !self.state.patches.is_empty() => {
                self.repository.patch_id(commit.id).doing("take the id of a patch")?.map(|p| p.to_string())
            }
            None => None,
        };
        if let Some(patch) = &patch {
            let first = self.state.patches.get(patch).filter(|c| **c != one.id);
            seen.extend(first.and_then(|c| self.state.observed.get(c)));
            for (change, commit) in patches.get(patch.as_str()).into_iter().flatten() {
                one.changes.entry((*change).to_owned()).or_insert_with(|| Tie::Patch((*commit).to_owned()));
            }
        }
        for o in &seen {
            for change in self.named(&o.reference) {
                one.changes.entry(change).or_insert_with(|| Tie::Branch(o.reference.clone()));
            }
        }
        let first = seen.iter().min_by_key(|o| o.meta.seq);
        one.observed = first.map(|o| o.meta.seq);
        one.at_release = first.is_some_and(|o| o.at_release);
        Ok(())
    }

    /// The configuration items that a commit touches. A merge touches what is in none of its parents.
    fn touches(&self, commit: &Commit) -> Result<Vec<String>> {
        let mut paths: Option<BTreeSet<String>> = None;
        let text = |changes: Vec<git::PathChange>| -> BTreeSet<String> {
            changes.iter().map(|c| c.path.to_text().into_owned()).collect()
        };
        if commit.parents.len() < 2 {
            let changed =
                self.repository.changed_paths(commit.id).doing("compare a commit with its parent")?;
            paths = Some(text(changed));
        }
        for parent in commit.parents.iter().filter(|_| commit.parents.len() > 1) {
            let changed =
                self.repository.diff(*parent, commit.id).doing("compare a merge with its parents")?;
            let changed = text(changed);
            paths = Some(match paths {
                None => changed,
                Some(before) => before.intersection(&changed).cloned().collect(),
            });
        }
        let below = paths.unwrap_or_default();
        let own = below.iter().filter_map(|p| p.strip_prefix(&self.prefix));
        Ok(own.filter(|p| !self.left_out.is_match(p)).map(str::to_owned).collect())
    }

    /// Commits that a merge brought in whose message names a change: `Merge branch 'cr-7-late-line'`.
    fn merged(&self, log: &[Commit]) -> Result<HashMap<String, Vec<(String, String)>>> {
        let mut out: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for merge in log.iter().filter(|c| c.parents.len() > 1) {
            let changes = self.named(merge.summary());
            let (Some(main), false) = (merge.parents.first(), changes.is_empty()) else { continue };
            for side in merge.parents.iter().skip(1) {
                let brought = self.repository.log_ids(Some(*main), *side).doing("follow a merge")?;
                for id in brought {
                    let entry = out.entry(id.to_string()).or_default();
                    entry.extend(changes.iter().map(|c| (c.clone(), merge.id.to_string())));
                }
            }
        }
        Ok(out)
    }

    fn named(&self, text: &str) -> Vec<String> {
        let mut found: Vec<String> = named(text).filter_map(|w| self.ids.get(&w).cloned()).collect();
        found.sort();
        found.dedup();
        found
    }
}

/// Every part of a text that could be an id: from the beginning of a word to the end of one, in lower case. `cr-7-fix` gives
/// `cr`, `cr-7`, `cr-7-fix`, `7`, `7-fix` and `fix`; `cr-70` never gives `cr-7`.
fn named(text: &str) -> impl Iterator<Item = String> + '_ {
    let part = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    text.split(part).filter(|w| !w.is_empty() && w.len() <= 200).flat_map(|token| {
        let token = token.to_lowercase();
        let cuts: Vec<usize> =
            token.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(i, _)| i).collect();
        let starts: Vec<usize> = std::iter::once(0).chain(cuts.iter().map(|i| i + 1)).collect();
        let ends: Vec<usize> = cuts.iter().copied().chain([token.len()]).collect();
        let mut out = Vec::new();
        for s in &starts {
            for e in ends.iter().filter(|e| *e > s).take(8) {
                out.extend(token.get(*s..*e).map(str::to_owned));
            }
        }
        out
    })
}

/// What each change touched, from the paths of its commits.
fn touched(
    ws: &Workspace,
    analysis: &Analysis,
    history: &History,
    from: ObjectId,
) -> Result<BTreeMap<String, Touched>> {
    let mut paths: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for commit in &history.commits {
        for change in commit.changes.keys() {
            paths.entry(change.clone()).or_default().extend(commit.touches.iter().cloned());
        }
    }
    if paths.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ground = Ground::new(ws, analysis, from)?;
    Ok(paths.into_iter().map(|(id, paths)| (id, ground.touched(paths.into_iter().collect()))).collect())
}

/// What paths are translated by: the architecture's globs, and the texts and components of the baseline.
pub(crate) struct Ground<'a> {
    analysis: &'a Analysis,
    sources: Vec<(ItemIx, GlobSet)>,
    before: HashMap<String, Digest>,
    places: Vec<(String, String)>,
    soup: Vec<(String, String)>,
}

impl<'a> Ground<'a> {
    pub(crate) fn new(ws: &Workspace, analysis: &'a Analysis, from: ObjectId) -> Result<Ground<'a>> {
        let old = Analysis::texts_at(ws, &from.to_string())?;
        let before = old.model.items().iter().map(|i| (i.id.to_string(), i.digest)).collect();
        let places = old.model.items().iter().map(|i| (i.id.to_string(), i.file.path.to_string())).collect();
        let soup = soup_changes(ws, &old, analysis)?;
        Ok(Ground { analysis, sources: sources(analysis)?, before, places, soup })
    }

    /// Items whose source lies at a path: units before software items.
    pub(crate) fn of_path(&self, path: &str) -> Vec<ItemIx> {
        let hits: Vec<ItemIx> =
            self.sources.iter().filter(|(_, g)| g.is_match(path)).map(|(ix, _)| *ix).collect();
        let unit = |ix: &ItemIx| self.analysis.model.item(*ix).kind == Kind::SoftwareUnit;
        if hits.iter().any(unit) { hits.into_iter().filter(|ix| unit(ix)).collect() } else { hits }
    }

    /// Items of a document whose text is another than at the baseline.
    pub(crate) fn of_document(&self, path: &str) -> Vec<ItemIx> {
        let here = self.analysis.model.enumerate().filter(|(_, i)| *i.file.path == *path);
        here.filter(|(_, i)| self.before.get(i.id.as_str()) != Some(&i.digest)).map(|(ix, _)| ix).collect()
    }

    /// Items of the baseline that stood in a document and are nowhere now.
    pub(crate) fn removed(&self, paths: &[String]) -> Vec<String> {
        let mut out: Vec<String> = self
            .places
            .iter()
            .filter(|(id, path)| paths.contains(path) && self.analysis.model.find(id).is_none())
            .map(|(id, _)| id.clone())
            .collect();
        out.sort();
        out
    }

    /// The SOUP that came, went or changed, in words, where a lock file is among the paths.
    pub(crate) fn soup(&self, paths: &[String]) -> Vec<(String, String)> {
        let lock = |p: &String| self.analysis.config.build.lockfiles.contains(p);
        if paths.iter().any(lock) { self.soup.clone() } else { Vec::new() }
    }

    pub(crate) fn reach(&self, paths: &[String]) -> impact::Reach {
        let sources: Vec<ItemIx> = paths.iter().flat_map(|p| self.of_path(p)).collect();
        let mut texts: Vec<ItemIx> = paths.iter().flat_map(|p| self.of_document(p)).collect();
        for (name, _) in self.soup(paths) {
            texts.extend(self.soup_item(&name));
        }
        impact::reach(&self.analysis.model, &sources, &texts)
    }

    /// The SOUP items that a component belongs to, by the name in their purl.
    fn soup_item(&self, component: &str) -> Vec<ItemIx> {
        let all = self.analysis.model.of_kind(Kind::Soup).iter().copied();
        all.filter(|ix| {
            let item = self.analysis.model.item(*ix);
            let purl = item.value("purl").unwrap_or_default();
            let name = purl.split(['@', '?']).next().unwrap_or_default().rsplit('/').next();
            name == Some(component)
        })
        .collect()
    }

    fn touched(&self, paths: Vec<String>) -> Touched {
        let reach = self.reach(&paths);
        let model = &self.analysis.model;
        let ids = |list: &mut dyn Iterator<Item = ItemIx>| {
            list.filter_map(|ix| model.get(ix)).map(|i| i.id.clone()).collect::<Vec<_>>()
        };
        let verified = reach.verified_controls(model);
        Touched {
            items: ids(&mut reach.changed.iter().copied()),
            controls: ids(&mut verified.into_iter()),
            tests: ids(&mut reach.tests.iter().copied()),
            class: reach.asks_for_class(model),
            soup: self.soup(&paths).into_iter().map(|(name, what)| format!("{name} {what}")).collect(),
            paths,
        }
    }
}

/// The globs of `paths` of units and software items.
fn sources(analysis: &Analysis) -> Result<Vec<(ItemIx, GlobSet)>> {
    let mut out = Vec::new();
    for kind in [Kind::SoftwareUnit, Kind::SoftwareItem] {
        for ix in analysis.model.of_kind(kind) {
            let patterns: Vec<String> =
                analysis.model.item(*ix).values("paths").iter().map(|p| p.trim().to_owned()).collect();
            if !patterns.is_empty() {
                // A glob that is none is a finding of the documents and selects nothing here.
                out.extend(globs(&patterns, "").ok().map(|g| (*ix, g)));
            }
        }
    }
    Ok(out)
}

/// Components whose version is another than at the baseline: name, and from what to what.
fn soup_changes(ws: &Workspace, old: &Analysis, new: &Analysis) -> Result<Vec<(String, String)>> {
    let versions = |a: &Analysis| -> Result<BTreeMap<String, BTreeSet<String>>> {
        let (graph, _) = crate::components::read(ws, &a.config, a.commit())?;
        let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for c in graph.components() {
            out.entry(c.name.clone()).or_default().insert(c.version.clone());
        }
        Ok(out)
    };
    let (before, after) = (versions(old)?, versions(new)?);
    let words = |v: &BTreeSet<String>| v.iter().cloned().collect::<Vec<_>>().join(", ");
    let mut out = Vec::new();
    for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        match (before.get(name), after.get(name)) {
            (Some(a), Some(b)) if a != b => out.push((name.clone(), format!("{} → {}", words(a), words(b)))),
            (Some(a), None) => out.push((name.clone(), format!("{} removed", words(a)))),
            (None, Some(b)) => out.push((name.clone(), format!("{} added", words(b)))),
            _ => {}
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn ids_are_found_as_words_in_the_names_of_branches() {
        let words = |t: &str| named(t).collect::<Vec<_>>();
        assert!(words("Merge branch 'feature/CR-7-late-line'").contains(&"cr-7".to_owned()));
        assert!(words("cr-7").contains(&"cr-7".to_owned()));
        assert!(!words("cr-70").contains(&"cr-7".to_owned()));
        assert!(!words("xcr-7").contains(&"cr-7".to_owned()));
        assert!(words("[CR-2026_003] fix").contains(&"cr-2026_003".to_owned()));
        assert!(words("").is_empty());
    }
}
