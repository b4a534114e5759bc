#!/bin/sh
# The release build (DOC-SDP section 9): dist/triage and dist/content.txt, the same bytes on every machine.
#
# Needs the toolchain of rust-toolchain.toml and the crates of Cargo.lock (fetched before; the build uses no network
# when CARGO_NET_OFFLINE=true). TRIAGE_BUILD_ID is the build identifier, for example 2.3.0+b.8610.
set -eu
: "${TRIAGE_BUILD_ID:?the build identifier is not set}"
export TRIAGE_BUILD_ID
# Where the dependencies lie: DEPS in the sandbox of the release build, else cargo's own folder.
dependencies=${DEPS:-${CARGO_HOME:-$HOME/.cargo}}
# Paths of this machine never reach the program: neither the sources' nor the dependencies'.
export RUSTFLAGS="--remap-path-prefix=$PWD=/triage --remap-path-prefix=$dependencies=/dependencies"
export CARGO_INCREMENTAL=0
cargo build --release --locked -p triage
mkdir -p dist
cp "${CARGO_TARGET_DIR:-target}/release/triage" dist/triage
dist/triage content export > dist/content.txt
