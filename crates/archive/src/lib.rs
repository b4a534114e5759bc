//! Blob store trait, packs, release manifest, seal, verify, BagIt export. No network code.
