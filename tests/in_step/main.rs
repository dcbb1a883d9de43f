//! What is said in several places is the same everywhere: the version in the changelog and in a tag,
//! the oldest Rust, the protocol, and the scripts that the workflows call.

#![cfg(unix)] // Elsewhere files have no executable bit, and Python has another name.

mod clients;
mod releases;
mod statements;
mod tool_names;
mod workflows;

use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
