//! The oldest Rust and the protocol, wherever they are named.

use std::process::Command;

use serde_json::{Value, json};

use crate::text;
use crate::workflows;

/// What stands before a version of Rust.
const BEFORE_A_RUST: [&str; 5] = ["Rust ", "rustup ", "toolchain install ", "cargo +", "rustc "];

#[test]
fn the_oldest_rust_is_the_same_wherever_it_is_named() {
    let cargo = text("Cargo.toml");
    let (_, oldest) = cargo.split_once("\nrust-version = \"").expect("Cargo.toml names it");
    let (oldest, _) = oldest.split_once('"').expect("the value has an end");
    for path in ["README.md", "CONTRIBUTING.md"] {
        let named = rusts(&text(path));
        assert!(!named.is_empty(), "{path} does not say which Rust it needs");
        assert!(named.iter().all(|version| version == oldest), "{path} names Rust {named:?}");
        assert!(text(path).contains(&format!("Rust {oldest} or newer")), "{path}");
    }
    for (path, workflow) in workflows::all() {
        let named = rusts(&workflow);
        assert!(named.iter().all(|version| version == oldest), "{path} names Rust {named:?}");
    }
}

#[test]
fn a_version_of_rust_is_recognised() {
    assert_eq!(rusts("needs Rust 1.95 or newer"), ["1.95"]);
    assert_eq!(rusts("rustup toolchain install 1.94.0 && cargo +1.93 test"), ["1.94.0", "1.93"]);
    assert_eq!(rusts("written in Rust. Terraform 1.8; cargo +nightly; rustup update"), [""; 0]);
}

#[test]
fn the_registry_manifest_names_the_protocol_that_the_provider_speaks() {
    let program = env!("CARGO_BIN_EXE_terraform-provider-whatsapp");
    let output = Command::new(program).arg("--version").output().expect("the provider starts");
    let answer = String::from_utf8(output.stdout).expect("the answer is text");
    let (_, protocol) = answer.split_once("plugin protocol ").expect("the answer names it");
    let (protocol, _) = protocol.split_once(',').expect("more follows");
    let manifest: Value =
        serde_json::from_str(&text("terraform-registry-manifest.json")).expect("it is strict JSON");
    let major = format!("{protocol}.0");
    assert_eq!(manifest, json!({ "version": 1, "metadata": { "protocol_versions": [major] } }));
}

/// The versions of Rust in a text, in its order.
fn rusts(text: &str) -> Vec<String> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for before in BEFORE_A_RUST {
        for (at, _) in text.match_indices(before) {
            let rest = &text[at + before.len()..];
            let end = rest.find(|c: char| c != '.' && !c.is_ascii_digit()).unwrap_or(rest.len());
            let version = rest[..end].trim_end_matches('.');
            if !version.is_empty() {
                found.push((at, version.to_owned()));
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, version)| version).collect()
}
