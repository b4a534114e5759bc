//! Matching components against advisories: the Rust advisories with 1 425 packages, cargo-audit's verdict beside ours, and
//! 300 000 advisories with 10 000 components.

use super::measure::{Bound, Timed};
use super::sets::explain;
use super::{Bench, git, installed, quoted};
use crate::steps::run as command;
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Packages of a large workspace (omicron's lock file has as many).
const PACKAGES: usize = 1425;
const ADVISORIES: usize = 300_000;
const COMPONENTS: usize = 10_000;

/// Writes what is measured: `real ZIP FOLDER N` a lock file and an SBOM of N packages, half of them named in the advisories of
/// the zip; `base ZIP FOLDER` the advisories of the zip as rustsec/advisory-db keeps them, from which they were made; `many FOLDER ADVISORIES COMPONENTS` a zip of made-up advisories and an SBOM.
const GENERATOR: &str = r#"
import json, random, sys, zipfile
rnd = random.Random(62304)
def sbom(path, rows):
    json.dump({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [
        {"type": "library", "name": n, "version": v, "purl": f"pkg:{t}/{n}@{v}", "bom-ref": f"{n}@{v}"} for t, n, v in rows]}, open(path, "w"))
def version(): return f"{rnd.randrange(3)}.{rnd.randrange(40)}.{rnd.randrange(20)}"
if sys.argv[1] == "real":
    names = set()
    with zipfile.ZipFile(sys.argv[2]) as z:
        for f in z.namelist():
            if f.endswith(".json"):
                names |= {a["package"]["name"] for a in json.loads(z.read(f)).get("affected", []) if "package" in a}
    n = int(sys.argv[4]); names = sorted(names); rnd.shuffle(names); names = names[: n // 2]
    names += [f"made-up-{i}" for i in range(n - len(names))]
    rows = [("cargo", name, version()) for name in sorted(names)]
    sbom(sys.argv[3] + "/sbom.json", rows)
    with open(sys.argv[3] + "/Cargo.lock", "w") as out:
        out.write("version = 4\n")
        for _, name, v in rows:
            out.write(f'\n[[package]]\nname = "{name}"\nversion = "{v}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n'
                      f'checksum = "{"0" * 64}"\n')
elif sys.argv[1] == "base":
    import os
    with zipfile.ZipFile(sys.argv[2]) as z:
        for f in sorted(z.namelist()):
            if not f.endswith(".json"): continue
            a = json.loads(z.read(f)); of = a["affected"][0]; own = of.get("database_specific") or {}
            spans, last = [], None
            for r in of["ranges"]:
                for e in r["events"]:
                    if "introduced" in e: last = e["introduced"]
                    elif "fixed" in e: spans.append((last, e["fixed"])); last = None
            first = next(e["introduced"] for r in of["ranges"] for e in r["events"] if "introduced" in e)
            starts = [s for s, _ in spans[1:]] + [last]
            patched = [f">= {fixed}" + (f", < {start}" if start else "") for (_, fixed), start in zip(spans, starts)]
            unaffected = [] if first.startswith("0.0.0-0") else [f"< {first}"]
            rows = [("id", a["id"]), ("package", of["package"]["name"]), ("date", a["published"][:10]), ("aliases", a.get("aliases") or [])]
            if own.get("informational"): rows.append(("informational", own["informational"]))
            if a.get("withdrawn"): rows.append(("withdrawn", a["withdrawn"][:10]))
            folder = sys.argv[3] + "/crates/" + of["package"]["name"]; os.makedirs(folder, exist_ok=True)
            with open(f"{folder}/{a['id']}.md", "w") as out:
                out.write("```toml\n[advisory]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in rows))
                out.write(f"\n[versions]\npatched = {json.dumps(patched)}\nunaffected = {json.dumps(unaffected)}\n```\n\n# {a['summary']}\n\nno text\n")
else:
    n, m = int(sys.argv[3]), int(sys.argv[4])
    with zipfile.ZipFile(sys.argv[2] + "/all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for i in range(n):
            z.writestr(f"GHSA-{i:07}.json", json.dumps({"id": f"GHSA-{i:07}", "modified": "2026-03-01T00:00:00Z", "published": "2026-01-01T00:00:00Z",
                "aliases": [f"CVE-2026-{i:07}"], "summary": f"made-up advisory {i}", "details": "text " * 60,
                "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
                "affected": [{"package": {"ecosystem": "npm", "name": f"package-{rnd.randrange(100000)}"},
                    "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": version()}]}]}]}))
    sbom(sys.argv[2] + "/sbom.json", [("npm", f"package-{rnd.randrange(100000)}", version()) for _ in range(m)])
"#;

/// The figures of the area.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    rust(bench)?;
    many(bench)
}

fn rust(bench: &mut Bench) -> Result<()> {
    let zip = bench.shared.join("../data/advisories/Rust-all.zip");
    if !zip.is_file() {
        bench.sheet.skip(format!("the Rust advisories: {} is absent", zip.display()));
        return Ok(());
    }
    let product = fresh(bench, "advisories-rust")?;
    let inputs = bench.work.join("advisories-rust-inputs");
    std::fs::create_dir_all(&inputs)?;
    generate(&["real", &text(&zip), &text(&inputs), &PACKAGES.to_string()])?;
    bench.dossier(&product, &["vuln", "import", &text(&zip)])?;
    let scan =
        bench.shell(&product, &format!("vuln scan --no-record --sbom {}", quoted(&inputs.join("sbom.json"))));
    let cache = quoted(&product.join(".dossier/cache"));
    let [read, cold, warm] = bench.in_turns(
        9,
        true,
        [
            Timed::new("unzip -p of the data set", format!("unzip -p {} > /dev/null", quoted(&zip))),
            Timed::check(format!("vuln scan, {PACKAGES} packages, no index"), &scan)
                .after(format!("rm -rf {cache}")),
            Timed::check(format!("vuln scan, {PACKAGES} packages, pinned index"), &scan)
                .after(format!("{scan} > /dev/null; true")),
        ],
    )?;
    let sheet = &mut bench.sheet;
    sheet.hold("scan without index / reading the data set", cold.times(&read), Bound::AtMost(2.0));
    sheet.hold("scan from the pinned index, seconds", vec![warm.wall()], Bound::AtMost(0.02));
    audit(bench, &zip, &inputs, &scan)
}

/// The same lock file by cargo-audit, offline, against the same advisories in the form that it reads: a git repository.
fn audit(bench: &mut Bench, zip: &Path, inputs: &Path, scan: &str) -> Result<()> {
    if !installed("cargo-audit") {
        bench.sheet.skip("cargo-audit on the same lock file: cargo install --locked cargo-audit");
        return Ok(());
    }
    let base = inputs.join("advisory-db");
    let _ = std::fs::remove_dir_all(&base);
    std::fs::create_dir_all(&base)?;
    generate(&["base", &text(zip), &text(&base)])?;
    git(&base, &["init", "-q"])?;
    git(&base, &["add", "-A"])?;
    git(&base, &["commit", "-q", "-m", "advisories"])?;
    // Whether a version was withdrawn from the registry is another question, and takes its index.
    std::fs::create_dir_all(inputs.join(".cargo"))?;
    std::fs::write(inputs.join(".cargo/audit.toml"), "[yanked]\nenabled = false\n")?;
    let line = format!(
        "cd {} && cargo-audit audit --json --no-fetch --stale -d {} -f Cargo.lock",
        quoted(inputs),
        quoted(&base)
    );
    let [audit, ours] = bench.in_turns(
        5,
        true,
        [
            Timed::check("cargo-audit, offline", format!("{line} > /dev/null")),
            Timed::check("vuln scan", format!("{scan} > /dev/null")),
        ],
    )?;
    bench.sheet.hold("cargo-audit / scan", audit.times(&ours), Bound::AtLeast(1.0));
    // Of what is no vulnerability (unmaintained, unsound, notice) cargo-audit warns, in lists of their own.
    let told = |v: &serde_json::Value| {
        let warnings = v["warnings"].as_object().into_iter().flat_map(|w| w.values());
        let lists = v.pointer("/vulnerabilities/list").into_iter().chain(warnings);
        let rows = lists.flat_map(|l| l.as_array().into_iter().flatten());
        rows.cloned().collect::<Vec<_>>()
    };
    let theirs = ids(&line, told, "/advisory/id", "/package/name")?;
    // Advisories that name each other are one match with several ids; each of them counts as found.
    let found = |v: &serde_json::Value| {
        let all = v["matches"].as_array().into_iter().flatten();
        let of = |m: &serde_json::Value| {
            let others = m["aliases"].as_array().into_iter().flatten();
            let ids = std::iter::once(&m["id"]).chain(others).filter(|id| is_rustsec(id));
            ids.map(|id| serde_json::json!({"id": id, "name": m["name"]})).collect::<Vec<_>>()
        };
        all.flat_map(of).collect()
    };
    let ours = ids(&format!("{scan} --format json"), found, "/id", "/name")?;
    explain("advisories by package", &ours, ("cargo-audit", &theirs), |_| None)
}

fn is_rustsec(id: &serde_json::Value) -> bool {
    id.as_str().is_some_and(|id| id.starts_with("RUSTSEC-"))
}

/// `id package` of each row of a JSON answer.
fn ids(
    line: &str,
    rows: impl Fn(&serde_json::Value) -> Vec<serde_json::Value>,
    id: &str,
    name: &str,
) -> Result<std::collections::BTreeSet<String>> {
    let out = Command::new("sh").args(["-c", line]).output().context("could not start sh")?;
    let value: serde_json::Value = serde_json::from_slice(&out.stdout).context("the answer is no JSON")?;
    let of = |row: &serde_json::Value| {
        let word = |path: &str| row.pointer(path).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        format!("{} {}", word(id), word(name))
    };
    Ok(rows(&value).iter().map(of).collect())
}

fn many(bench: &mut Bench) -> Result<()> {
    let product = fresh(bench, "advisories-many")?;
    let inputs = bench.work.join("advisories-many-inputs");
    if !inputs.join("sbom.json").is_file() {
        std::fs::create_dir_all(&inputs)?;
        generate(&["many", &text(&inputs), &ADVISORIES.to_string(), &COMPONENTS.to_string()])?;
    }
    bench.dossier(&product, &["vuln", "import", "--name", "many", &text(&inputs.join("all.zip"))])?;
    let scan = bench.shell(
        &product,
        &format!(
            "vuln scan --no-record --format json --sbom {} > /dev/null",
            quoted(&inputs.join("sbom.json"))
        ),
    );
    let cache = quoted(&product.join(".dossier/cache"));
    let [cold] = bench.in_turns(
        1,
        false,
        [Timed::check(format!("vuln scan, {ADVISORIES} advisories, index made"), &scan)
            .after(format!("rm -rf {cache}"))],
    )?;
    let [warm] = bench.in_turns(
        5,
        true,
        [Timed::check(format!("vuln scan, {ADVISORIES} x {COMPONENTS}, pinned index"), &scan)],
    )?;
    let sheet = &mut bench.sheet;
    sheet.hold(
        "index of 300 000 advisories made, and scanned, seconds",
        vec![cold.wall()],
        Bound::AtMost(60.0),
    );
    sheet.hold("300 000 advisories x 10 000 components, seconds", vec![warm.wall()], Bound::AtMost(1.0));
    sheet.hold("peak memory, MiB", vec![cold.peak().max(warm.peak())], Bound::AtMost(1024.0));
    Ok(())
}

/// An empty product with a ledger of its own, made anew.
fn fresh(bench: &Bench, name: &str) -> Result<PathBuf> {
    let product = bench.work.join(name);
    let _ = std::fs::remove_dir_all(&product);
    let _ = std::fs::remove_dir_all(bench.work.join("keys"));
    std::fs::create_dir_all(product.join("dossier"))?;
    std::fs::write(product.join("dossier.toml"), format!("[product]\nname = \"{name}\"\n"))?;
    command(Command::new("git").arg("-C").arg(&product).args(["init", "-q"]))?;
    bench.dossier(&product, &["init"])?;
    Ok(product)
}

fn generate(args: &[&str]) -> Result<()> {
    command(Command::new("python3").args(["-c", GENERATOR]).args(args))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
