//! The files of C2SP tlog-tiles (<https://c2sp.org/tlog-tiles>): where they lie and what is in them. A tile holds up to
//! 256 hashes of one height, a bundle the bytes of up to 256 entries.

use crate::entry::ENTRY_BYTES_MAX;
use vocabulary::Digest;

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u64 = 256;
/// How many levels of the tree one level of tiles spans.
pub const TILE_HEIGHT: u8 = 8;
/// Bytes of a hash in a tile.
const HASH_LEN: usize = 32;

/// A file of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    /// The level of tiles, from 0; `None` for a bundle of entries.
    pub level: Option<u8>,
    /// Its place on the level.
    pub index: u64,
    /// How many hashes or entries it holds, 1 to 256.
    pub width: u64,
}

impl TilePath {
    /// The files of a log with `size` entries, bundles first, then tiles by level.
    pub fn all(size: u64) -> Vec<TilePath> {
        let mut out = TilePath::row(None, size);
        let (mut level, mut hashes) = (0, size);
        while hashes > 0 {
            out.extend(TilePath::row(Some(level), hashes));
            hashes /= TILE_WIDTH;
            level += 1;
        }
        out
    }

    fn row(level: Option<u8>, count: u64) -> Vec<TilePath> {
        let full = (0..count / TILE_WIDTH).map(|index| TilePath { level, index, width: TILE_WIDTH });
        let rest = count % TILE_WIDTH;
        let partial = (rest > 0).then_some(TilePath { level, index: count / TILE_WIDTH, width: rest });
        full.chain(partial).collect()
    }

    /// The first hash or entry that the file holds.
    pub fn first(&self) -> u64 {
        self.index * TILE_WIDTH
    }
}

impl std::fmt::Display for TilePath {
    /// The path: `tile/entries/x001/234.p/17`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.level {
            Some(level) => write!(f, "tile/{level}/")?,
            None => f.write_str("tile/entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place == 0 { write!(f, "{group:03}")? } else { write!(f, "x{group:03}/")? }
        }
        if self.width < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// Why the bytes of a tile or bundle cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// A tile with another number of hashes than its path says.
    #[error("{found} bytes, where {width} hashes of 32 bytes were expected")]
    Tile {
        /// Bytes found.
        found: usize,
        /// Hashes that the path says.
        width: u64,
    },
    /// An entry of a bundle runs past the end.
    #[error("entry {entry} (byte {offset}) runs past the end")]
    Truncated {
        /// Which entry of the bundle, from 0.
        entry: u64,
        /// Where its length stands.
        offset: usize,
    },
    /// Bytes follow after the last entry.
    #[error("{0} bytes follow after the last entry")]
    Trailing(usize),
    /// An entry too large for its length field.
    #[error("entry {entry} has {len} bytes, a bundle holds at most {ENTRY_BYTES_MAX}")]
    TooLarge {
        /// Which entry of the bundle, from 0.
        entry: usize,
        /// Its bytes.
        len: usize,
    },
}

/// The bytes of a tile.
pub fn encode_tile(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|h| h.0).collect()
}

/// The hashes of a tile of this width.
pub fn decode_tile(bytes: &[u8], width: u64) -> Result<Vec<Digest>, TileError> {
    let (hashes, rest) = bytes.as_chunks::<HASH_LEN>();
    if !rest.is_empty() || hashes.len() as u64 != width {
        return Err(TileError::Tile { found: bytes.len(), width });
    }
    Ok(hashes.iter().copied().map(Digest).collect())
}

/// The bytes of a bundle: each entry after its length in 16 bits, big-endian.
pub fn encode_bundle<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, TileError> {
    let mut out = Vec::new();
    for (entry, bytes) in entries.into_iter().enumerate() {
        let len = u16::try_from(bytes.len()).map_err(|_| TileError::TooLarge { entry, len: bytes.len() })?;
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(bytes);
    }
    Ok(out)
}

/// The entries of a bundle of this width, as far as they can be told apart, and what is wrong with the rest.
pub fn decode_bundle(bytes: &[u8], width: u64) -> (Vec<&[u8]>, Option<TileError>) {
    let (mut rest, mut entries) = (bytes, Vec::new());
    for entry in 0..width {
        let truncated = TileError::Truncated { entry, offset: bytes.len() - rest.len() };
        let Some((len, after)) = rest.split_first_chunk::<2>() else { return (entries, Some(truncated)) };
        let len = usize::from(u16::from_be_bytes(*len));
        let Some((one, after)) = after.split_at_checked(len) else { return (entries, Some(truncated)) };
        entries.push(one);
        rest = after;
    }
    let trailing = (!rest.is_empty()).then_some(TileError::Trailing(rest.len()));
    (entries, trailing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        let path = |level, index, width| TilePath { level, index, width }.to_string();
        assert_eq!(path(Some(0), 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(path(None, 0, 5), "tile/entries/000.p/5");
        assert_eq!(path(Some(1), 273, 112), "tile/1/273.p/112");
        assert_eq!(path(Some(2), 1000, 256), "tile/2/x001/000");
    }

    #[test]
    fn a_log_of_70_000_entries_has_the_tiles_of_the_specification() {
        // The specification's own example: 256 + 17 full and partial tiles of level 0, one full and one partial of
        // level 1, one partial of level 2.
        let tiles: Vec<String> =
            TilePath::all(70_000).iter().filter(|p| p.level.is_some()).map(TilePath::to_string).collect();
        assert_eq!(tiles.len(), 274 + 2 + 1);
        for path in ["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"] {
            assert!(tiles.iter().any(|t| t == path), "{path}");
        }
        assert_eq!(TilePath::all(0), []);
    }

    proptest! {
        #[test]
        fn bundles_read_back_and_any_bytes_are_an_error_or_entries(
            entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..20), noise in prop::collection::vec(any::<u8>(), 0..60)
        ) {
            let bytes = encode_bundle(entries.iter().map(Vec::as_slice)).unwrap();
            let (read, wrong) = decode_bundle(&bytes, entries.len() as u64);
            prop_assert_eq!(read, entries.iter().map(Vec::as_slice).collect::<Vec<_>>());
            prop_assert_eq!(wrong, None);
            let _ = decode_bundle(&noise, 7);
            let _ = decode_tile(&noise, 1);
        }
    }
}
