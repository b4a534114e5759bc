//! ndb, rpm's own data base (`lib/backend/ndb/rpmpkg.c` of rpm): slots that name blobs of 16-byte blocks.

use super::{PACKAGES_MAX, little};

const SLOT: usize = 16;
const PAGE: usize = 4096;
const CUT: &str = "it is cut off or damaged";

/// The headers, by package number.
pub(super) fn headers(file: &[u8]) -> Result<Vec<Vec<u8>>, String> {
    // Magic, version, generation, pages of slots, next package number.
    if little(file, 4) != Some(0) {
        return Err("its version is not read".to_owned());
    }
    let pages = little(file, 12).ok_or(CUT)?;
    let end = pages.checked_mul(PAGE).filter(|e| *e <= file.len()).ok_or(CUT)?;
    let mut slots: Vec<(usize, usize, usize)> = Vec::new();
    // The head takes the place of the first two slots.
    for slot in file.get(2 * SLOT..end).ok_or(CUT)?.chunks_exact(SLOT) {
        if !slot.starts_with(b"Slot") {
            return Err(CUT.to_owned());
        }
        let (package, block, blocks) = (little(slot, 4), little(slot, 8), little(slot, 12));
        let (Some(package), Some(block), Some(blocks)) = (package, block, blocks) else {
            return Err(CUT.to_owned());
        };
        // An empty slot names no block.
        if block != 0 {
            slots.push((package, block, blocks));
        }
    }
    if slots.len() > PACKAGES_MAX {
        return Err("it has more packages than a system".to_owned());
    }
    slots.sort_unstable();
    let blob = |(package, block, blocks): &(usize, usize, usize)| {
        let from = block.checked_mul(SLOT).ok_or(CUT)?;
        let to = blocks.checked_mul(SLOT).and_then(|n| n.checked_add(from)).ok_or(CUT)?;
        let blob = file.get(from..to).ok_or(CUT)?;
        // Magic, package number, generation, length; then the data, then a tail that repeats the length.
        let length = little(blob, 12).ok_or(CUT)?;
        if !blob.starts_with(b"BlbS") || little(blob, 4) != Some(*package) {
            return Err(CUT);
        }
        Ok(blob.get(SLOT..SLOT.saturating_add(length)).ok_or(CUT)?.to_vec())
    };
    slots.iter().map(blob).collect::<Result<_, _>>().map_err(str::to_owned)
}
