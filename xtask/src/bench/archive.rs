//! The archive: two releases of a realistic set beside restic and `tar | zstd`, and verification.

use super::measure::{Bound, Series, Timed};
use super::{Bench, installed, quoted};
use crate::steps::run as command;
use anyhow::{Context as _, Result};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Rounds; a round moves some ten gigabytes.
const ROUNDS: usize = 3;

/// The figures of the area.
pub(super) fn run(bench: &mut Bench) -> Result<()> {
    let set = bench.release_set()?;
    let bytes = bytes_below(&set.join("r1"))?;
    println!("set: {} bytes in {} files", bytes.0, bytes.1);
    let archive = bench.work.join("archive");
    let put = |bench: &Bench, release: &str| {
        let put = format!("{} archive put", quoted(&bench.dossier));
        format!("{put} {} {}", quoted(&archive), quoted(&set.join(release)))
    };
    let fresh = remove(&archive);
    let tarred = bench.work.join("r1.tar.zst");
    let tar =
        format!("tar -C {} -cf - . | zstd -q -3 -T0 -f -o {}", quoted(&set.join("r1")), quoted(&tarred));
    let put_r1 = put(bench, "r1");
    let [seal, tar] = bench.in_turns(
        ROUNDS,
        false,
        [Timed::new("archive put r1", put_r1).after(fresh), Timed::new("tar | zstd -3 -T0", tar)],
    )?;
    let _ = std::fs::remove_file(tarred);
    bench.sheet.hold("put r1 / tar | zstd -3 -T0", seal.times(&tar), Bound::AtMost(1.5));
    bench.sheet.hold("put r1, peak MB", vec![seal.peak() * 1.048_576], Bound::AtMost(200.0));
    let before = bytes_below(&archive)?.0;
    let put_r2 = put(bench, "r2");
    let _ = bench.in_turns(1, false, [Timed::new("archive put r2 (2 % changed)", put_r2)])?;
    let added = bytes_below(&archive)?.0 - before;
    println!("stored bytes: r1 {before}, added by r2 {added}");
    against_restic(bench, &set, &archive, &seal, added)?;
    let _ = std::process::Command::new("sh").args(["-c", &remove(&archive)]).status();
    Ok(())
}

fn against_restic(bench: &mut Bench, set: &Path, archive: &Path, seal: &Series, added: u64) -> Result<()> {
    if !installed("restic") {
        bench.sheet.skip("archive against restic: it is not on the path (apt-get install restic)");
        return Ok(());
    }
    let repo = bench.work.join("restic");
    let restic = format!(
        "RESTIC_PASSWORD=x RESTIC_CACHE_DIR={} restic -q -r {}",
        quoted(&bench.work.join("restic-cache")),
        quoted(&repo)
    );
    let fresh = format!("rm -rf {0} {0}-cache && {restic} init", quoted(&repo));
    let backup = |release: &str| format!("cd {} && {restic} backup .", quoted(&set.join(release)));
    let [first] =
        bench.in_turns(ROUNDS, false, [Timed::new("restic backup r1", backup("r1")).after(fresh)])?;
    let before = bytes_below(&repo)?.0;
    let _ = bench.in_turns(1, false, [Timed::new("restic backup r2 (2 % changed)", backup("r2"))])?;
    let restic_added = bytes_below(&repo)?.0 - before;
    println!("stored bytes: restic r1 {before}, added by r2 {restic_added}");
    let verifier = bench.dossier.with_file_name("dossier-verify");
    let verify = format!("{} {}", quoted(&verifier), quoted(archive));
    let [verify, check] = bench.in_turns(
        ROUNDS,
        false,
        [
            Timed::new("archive verify", verify),
            Timed::new("restic check --read-data", format!("{restic} check --read-data")),
        ],
    )?;
    let sheet = &mut bench.sheet;
    sheet.hold("restic backup r1 / put r1", first.times(seal), Bound::AtLeast(2.0));
    sheet.hold("bytes added by r2 / restic's", vec![added as f64 / restic_added as f64], Bound::AtMost(1.0));
    sheet.hold("archive verify / restic check --read-data", verify.times(&check), Bound::AtMost(1.0));
    for folder in [repo, bench.work.join("restic-cache")] {
        let _ = std::fs::remove_dir_all(folder);
    }
    Ok(())
}

/// Sealed blobs are read-only, and may be immutable where the file system can do that.
fn remove(folder: &Path) -> String {
    let folder = quoted(folder);
    format!(
        "if [ -e {folder} ]; then chattr -R -i {folder} 2>/dev/null; chmod -R u+w {folder}; rm -rf {folder}; fi"
    )
}

/// Bytes and number of the files below a folder.
fn bytes_below(folder: &Path) -> Result<(u64, u64)> {
    let (mut bytes, mut files) = (0, 0);
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("list {}", folder.display()))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                bytes += entry.metadata()?.len();
                files += 1;
            }
        }
    }
    Ok((bytes, files))
}

impl Bench {
    /// Two releases made of what this machine has: comparable within one run only.
    fn release_set(&self) -> Result<PathBuf> {
        let set = self.work.join("releases");
        if !set.join("r2").is_dir() {
            println!("making two releases of some 1.2 GB");
            command(Command::new("sh").arg(self.shared.join("make_release_set.sh")).arg(&set))?;
        }
        Ok(set)
    }
}
