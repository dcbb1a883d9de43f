//! The walls of the house: which room may name what, and what a room may look like. That no room names
//! another is seen by the compiler, which makes a crate of each (tests/rooms); the rest is seen here.

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

/// The only files that touch the world around them, which `clippy.toml` forbids to all others, and in how
/// many functions.
const PLACES: [(&str, usize); 9] = [
    ("src/graph/clock.rs", 2),
    ("src/provider/fleet/mod.rs", 1),
    ("src/provider/mod.rs", 1),
    ("src/provider/two_step_verification/resource.rs", 1),
    ("src/tf_provider/plugin/accept.rs", 2),
    ("src/tf_provider/plugin/end.rs", 1),
    ("src/tf_provider/plugin/logging.rs", 1),
    ("src/tf_provider/plugin/mod.rs", 2),
    ("src/tf_provider/plugin/output.rs", 1),
];

/// What the root of each crate says.
const DENIALS: [&str; 2] = [
    "#![cfg_attr(not(test), deny(clippy::disallowed_methods))]",
    "#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr, clippy::dbg_macro))]",
];

/// What Clippy must be told nowhere: each would undo what the roots of the crates deny.
const EXCEPTIONS: [&str; 4] =
    ["clippy::style", "clippy::restriction", "clippy::print_", "clippy::dbg_macro"];

/// The files that include what was generated, over which Clippy is told to say nothing at all.
const GENERATED: [&str; 2] = ["src/tf_provider/plugin/serve.rs", "src/tf_provider/proto.rs"];

/// Files of tests only, which do as they need.
const TESTS: [&str; 3] = ["fuzz_seeds", "own_process", "test_server"];

/// What an author implements, and where it is declared.
const TRAITS: [(&str, &str); 5] = [
    ("src/tf_provider/resource.rs", "Resource"),
    ("src/tf_provider/data_source.rs", "DataSource"),
    ("src/tf_provider/ephemeral_resource.rs", "EphemeralResource"),
    ("src/tf_provider/list_resource.rs", "ListResource"),
    ("src/tf_provider/action.rs", "Action"),
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

/// Clippy sees who does; this sees who was let off.
#[test]
fn the_world_outside_is_touched_only_where_it_is_said_to_be() {
    let roots = ["src/lib.rs", "src/main.rs"].map(Path::new);
    for (root, denial) in roots.into_iter().flat_map(|root| DENIALS.map(|denial| (root, denial))) {
        assert!(read(root).contains(denial), "{} lacks {denial}", root.display());
    }
    for file in rust_files(Path::new("src")).iter().filter(|file| !roots.contains(&file.as_path()))
    {
        let text = read(file);
        let place = PLACES.iter().find(|(place, _)| file.ends_with(place));
        let found = text.matches("clippy::disallowed_methods").count();
        assert_eq!(found, place.map_or(0, |(_, count)| *count), "{}", file.display());
        let excused: Vec<_> = EXCEPTIONS.iter().filter(|word| text.contains(**word)).collect();
        assert!(excused.is_empty(), "{}: {excused:?}", file.display());
        let is_generated = GENERATED.iter().any(|generated| file.ends_with(generated));
        assert_eq!(text.contains("clippy::all"), is_generated, "{}", file.display());
    }
    let files = PLACES.iter().filter(|(place, _)| !Path::new(place).exists());
    assert_eq!(files.count(), 0, "a place has moved without telling this test");
}

/// A room that leaves takes its own group of dependencies along, and nobody misses one of them.
#[test]
fn every_crate_stands_in_the_group_of_the_rooms_that_name_it() {
    let groups = dependency_groups(&read(Path::new("Cargo.toml")));
    let mut misplaced = Vec::new();
    for (group, name) in &groups {
        let crate_name = name.replace('-', "_");
        let naming: Vec<_> = ["tf_provider", "graph", "provider"]
            .into_iter()
            .filter(|room| group != room && room_names(room, &crate_name))
            .collect();
        if group != "shared" && !naming.is_empty() {
            misplaced.push(format!("{name} stands in the group {group}; named by {naming:?}"));
        }
    }
    assert!(groups.len() > 20, "only {} found: has this test lost its subject?", groups.len());
    assert!(misplaced.is_empty(), "{}", misplaced.join("\n"));
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
        let is_target = manifest.contains(&with_slashes(file));
        assert!(declared || is_target, "{}: no `mod {stem};` names it", file.display());
    }
}

/// Who needs more has more than one idea in a file. Unit tests, below the code, do not count.
#[test]
fn every_file_is_short() {
    for folder in ["src", "tests", "examples", "benches", "fuzz/fuzz_targets"] {
        for file in rust_files(Path::new(folder)) {
            let lines = without_unit_tests(&read(&file)).lines().count();
            assert!(lines <= 400, "{} has {lines} lines: split it", file.display());
        }
    }
}

/// Who has read one resource finds every verb of the next at once.
#[test]
fn every_resource_has_its_verbs_in_the_order_of_the_trait() {
    let mut seen = 0;
    for (file, name) in TRAITS {
        let order = block(&read(Path::new(file)), &format!("pub trait {name}:")).map(verbs);
        let order = order.unwrap_or_else(|| panic!("{file} has no trait {name}"));
        for file in rust_files(Path::new("src/provider")) {
            let text = read(&file);
            let Some(found) = block(&text, &format!("impl {name} for ")).map(verbs) else {
                continue;
            };
            let ordered = order.iter().filter(|verb| found.contains(verb));
            assert!(ordered.eq(&found), "{}: {found:?}, the trait: {order:?}", file.display());
            seen += 1;
        }
    }
    assert!(seen >= TRAITS.len(), "only {seen} found: has this test lost its subject?");
}

/// The warning comes once in a process, with whatever call is the first: none may swallow it.
#[test]
fn whoever_asks_the_api_hands_on_its_warning_about_the_version() {
    let mut asking = 0;
    for file in rust_files(Path::new("src/provider")) {
        if read(&file).contains(".graph()?") {
            let folder = rust_files(file.parent().expect("in a folder"));
            let told = folder.iter().any(|file| read(file).contains(".version_warning()"));
            assert!(told, "{}: nobody beside it asks for version_warning()", file.display());
            asking += 1;
        }
    }
    assert!(asking > 2, "only {asking} files ask the API: has this test lost its subject?");
}

/// Every dependency of the program with the group that a comment before it names.
fn dependency_groups(manifest: &str) -> Vec<(String, String)> {
    let mut groups = Vec::new();
    let (mut is_ours, mut group) = (false, String::new());
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_ours = line.ends_with("dependencies]") && !line.contains('-');
        } else if let Some((name, _)) =
            line.strip_prefix("# ").and_then(|line| line.split_once(": "))
            && ["shared", "tf_provider", "graph"].contains(&name)
        {
            group = name.to_owned();
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| is_ours) {
            groups.push((group.clone(), name.to_owned()));
        }
    }
    groups
}

/// Whether the code of a room names a crate; its tests may name any.
fn room_names(room: &str, crate_name: &str) -> bool {
    let names = |line: &str| {
        let line = without_comment(line);
        line.match_indices(crate_name).any(|(at, _)| {
            let is_whole = !line[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
            is_whole && line[at + crate_name.len()..].starts_with("::")
        })
    };
    let is_code = |file: &&PathBuf| {
        let is_test = |part: &str| part.contains("tests") || TESTS.contains(&part);
        !file.with_extension("").iter().filter_map(OsStr::to_str).any(is_test)
    };
    rust_files(&Path::new("src").join(room))
        .iter()
        .filter(is_code)
        .any(|file| without_unit_tests(&read(file)).lines().any(names))
}

/// A block of top-level code, from its first words to the brace that closes it.
fn block(text: &str, begin: &str) -> Option<String> {
    let (_, rest) = text.split_once(begin)?;
    rest.split("\n}\n").next().map(str::to_owned)
}

/// The names of the methods in a block.
fn verbs(block: String) -> Vec<String> {
    let method = |line: &str| {
        let line = line.strip_prefix("    ")?;
        let (name, _) =
            line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")?.split_once('(')?;
        Some(name.to_owned())
    };
    block.lines().filter_map(method).collect()
}

/// Whether Cargo, or the folder that it stands for, names the file.
fn is_root(file: &Path) -> bool {
    ["main", "lib", "mod"].contains(&stem(file)) || file.parent() == Some(Path::new("tests"))
}

/// The path as Cargo.toml writes it, on Windows too.
fn with_slashes(file: &Path) -> String {
    let parts: Vec<_> = file.iter().map(|part| part.to_str().expect("a name in UTF-8")).collect();
    parts.join("/")
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

/// The file up to its unit tests, which stand at its end.
fn without_unit_tests(text: &str) -> &str {
    text.split("mod tests {\n").next().unwrap_or_default()
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
