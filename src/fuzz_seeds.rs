//! The bounded run of every fuzz target that belongs to `cargo test`.
//!
//! Each seed goes to the same function as in `fuzz/`, whole, cut at every place, and with each of
//! its bytes damaged in a few ways: tens of thousands of inputs, the same on every machine.

use std::{fs, path::Path};

use crate::{graph, provider, tf_provider};

#[test]
fn msgpack_holds_its_promises() {
    replay("msgpack", tf_provider::fuzzing::msgpack);
}

#[test]
fn state_upgrades_hold_their_promises() {
    replay("state_upgrade", provider::fuzzing::state_upgrade);
}

#[test]
fn answers_hold_their_promises() {
    replay("answer", graph::fuzzing::answer);
}

#[test]
fn usage_headers_hold_their_promises() {
    replay("usage", graph::fuzzing::usage);
}

#[test]
fn the_handshake_holds_its_promises() {
    replay("handshake", tf_provider::fuzzing::handshake);
}

#[test]
fn every_target_has_seeds_and_every_seed_has_a_target() {
    let names = |folder: &str| -> Vec<String> {
        let name = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        files(folder).iter().filter_map(|path| name(path)).collect()
    };
    let expected = ["answer", "handshake", "msgpack", "state_upgrade", "usage"];
    assert_eq!(names("fuzz_targets"), expected);
    assert_eq!(names("seeds"), expected);
}

fn replay(target: &str, entry: impl Fn(&[u8])) {
    let seeds = files(&format!("seeds/{target}"));
    assert!(seeds.len() >= FEWEST_SEEDS, "{target} has {} seeds", seeds.len());
    for path in seeds {
        let seed = fs::read(&path).expect("a seed can be read");
        assert!(seed.len() <= LARGEST_SEED, "{} is too large", path.display());
        let _named = NamedOnPanic(&path);
        entry(&seed);
        (0..seed.len()).for_each(|end| entry(&seed[..end]));
        let mut damaged = seed.clone();
        for (place, mask) in (0..seed.len()).flat_map(|place| MASKS.map(|mask| (place, mask))) {
            damaged[place] = seed[place] ^ mask;
            entry(&damaged);
            damaged[place] = seed[place];
        }
    }
}

/// What lies in a folder of `fuzz/`, in the order of the alphabet.
fn files(folder: &str) -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
    let entries = fs::read_dir(&folder).expect("the repository holds the folder");
    let mut paths: Vec<_> =
        entries.map(|entry| entry.expect("an entry of the folder").path()).collect();
    paths.sort();
    paths
}

/// Says which seed it was.
struct NamedOnPanic<'a>(&'a Path);

impl Drop for NamedOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("while replaying {}", self.0.display());
        }
    }
}

const FEWEST_SEEDS: usize = 20;
const LARGEST_SEED: usize = 2_048;
/// Another letter case, and every bit.
const MASKS: [u8; 2] = [0x20, 0xff];
