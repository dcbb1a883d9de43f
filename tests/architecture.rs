//! The walls of the house: which room may name what, and what a room may look like. One package has
//! no compiler wall between its modules, so this test is the wall.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// Words that may not stand in the code of a room. Comments may say them.
const WALLS: [(&str, &[&str]); 4] = [
    ("src/tf_provider", &["crate::graph", "crate::provider", "reqwest", "whatsapp", "facebook"]),
    ("src/graph", &["crate::tf_provider", "crate::provider", "tonic", "prost", "terraform"]),
    ("src/provider", &["tonic", "prost", "reqwest", "tf_provider::proto"]),
    ("examples/sandbox", &["terraform_provider_whatsapp", "crate::graph", "crate::tf_provider"]),
];

/// A grouped import hides what it brings in from a search.
const GROUPED: &str = "use crate::{";

#[test]
fn no_room_names_what_it_may_not_know() {
    let mut trespasses = Vec::new();
    for (room, words) in WALLS {
        let files = rust_files(Path::new(room));
        assert!(files.len() > 2, "{room} is empty: was it moved without telling this test?");
        for file in files {
            trespasses.extend(trespasses_in(&file, words));
        }
    }
    assert!(trespasses.is_empty(), "{}", trespasses.join("\n"));
}

/// A file that no module names is not compiled, and its tests never fail.
#[test]
fn every_file_is_named_by_a_module() {
    let files = ["src", "tests"].map(|folder| rust_files(Path::new(folder))).concat();
    let texts: Vec<_> = files.iter().map(|file| (file, read(file))).collect();
    let manifest = read(Path::new("Cargo.toml"));
    for file in files.iter().filter(|file| !is_root(file)) {
        let (folder, stem) = (file.parent().expect("in a folder"), stem(file));
        let declared = texts.iter().any(|(other, text)| {
            let is_parent = other.parent() == Some(folder) || other.with_extension("") == folder;
            is_parent && text.contains(&format!("mod {stem};"))
        });
        let is_target = manifest.contains(&file.display().to_string());
        assert!(declared || is_target, "{}: no `mod {stem};` names it", file.display());
    }
}

/// Who needs more has more than one idea in a file. Unit tests, below the code, do not count.
#[test]
fn every_file_is_short() {
    for folder in ["src", "tests", "examples", "benches", "fuzz/fuzz_targets"] {
        for file in rust_files(Path::new(folder)) {
            let text = read(&file);
            let code = text.split("\nmod tests {").next().unwrap_or_default();
            let lines = code.lines().count();
            assert!(lines <= 400, "{} has {lines} lines: split it", file.display());
        }
    }
}

/// Whether Cargo, or the folder that it stands for, names the file.
fn is_root(file: &Path) -> bool {
    ["main", "lib", "mod"].contains(&stem(file)) || file.parent() == Some(Path::new("tests"))
}

fn stem(file: &Path) -> &str {
    file.file_stem().and_then(OsStr::to_str).expect("a name in UTF-8")
}

#[test]
fn the_wall_sees_code_and_overlooks_comments() {
    let words = ["reqwest"];
    let code = "//! reqwest in a doc\nuse reqwest::Client; // and here\nlet x = 1; // reqwest\n";
    assert_eq!(lines_with(code, &words), [(2, "reqwest".to_owned())]);
    assert_eq!(lines_with("use crate::{a, b};", &words), [(1, GROUPED.to_owned())]);
    assert_eq!(lines_with("let url = \"https://Reqwest\";", &words), [(1, "reqwest".to_owned())]);
}

fn trespasses_in(file: &Path, words: &[&str]) -> Vec<String> {
    let found = lines_with(&read(file), words);
    found.iter().map(|(line, word)| format!("{}:{line}: {word}", file.display())).collect()
}

fn lines_with(text: &str, words: &[&str]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = without_comment(line).to_lowercase();
        for word in words.iter().copied().chain([GROUPED]) {
            if code.contains(word) {
                found.push((number + 1, word.to_owned()));
            }
        }
    }
    found
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).expect("a source file is readable")
}

/// The line up to its comment; a `//` in a URL does not begin one.
fn without_comment(line: &str) -> &str {
    let comment = line.match_indices("//").find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the room exists") {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
