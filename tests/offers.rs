//! Whatever the provider offers is offered wholly: with examples, with tests, with a line in the
//! changelog. Each failure says what is missing and in which file.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use terraform_provider_whatsapp::provider::WhatsApp;
use terraform_provider_whatsapp::tf_provider::Catalog;

#[test]
fn everything_has_its_folder_of_examples_and_every_folder_has_something_behind_it() {
    for kind in kinds() {
        let folder = root().join("examples").join(kind.folder);
        let found: BTreeSet<_> = names(&folder).collect();
        let offered: BTreeSet<_> = kind.offers.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(
            found, offered,
            "left: the folders in examples/{}, right: the types",
            kind.folder
        );
    }
}

#[test]
fn everything_stands_in_the_index_of_the_examples() {
    let index = text(&root().join("examples/README.md"));
    for kind in kinds() {
        for name in kind.offers {
            let link = format!("]({}/{name})", kind.folder);
            assert!(index.contains(&link), "examples/README.md has no row with {link}");
        }
    }
}

#[test]
fn everything_was_announced_in_the_changelog() {
    let changelog = text(&root().join("CHANGELOG.md"));
    for kind in kinds() {
        for name in kind.offers {
            let entry = format!("* **New {}:** `{name}` ", kind.title);
            assert!(changelog.contains(&entry), "CHANGELOG.md has no line that begins: {entry}");
        }
    }
}

#[test]
fn everything_is_tested_over_grpc_and_under_terraform() {
    let over_grpc = tests_in(&["tests/it"]);
    let under_terraform = tests_in(&["tests/acceptance", "tests/fleet", "tests/secrets"]);
    for kind in kinds() {
        for name in kind.offers {
            let tested = |tests: &[String]| tests.iter().any(|test| mentions(test, name));
            assert!(tested(&over_grpc), "no test of {name} in tests/it");
            assert!(tested(&under_terraform), "no test of {name} in tests/acceptance");
        }
    }
}

/// One kind of thing that a provider offers.
struct Kind {
    /// As in the changelog.
    title: &'static str,
    /// Below `examples/`, as the registry lays it out.
    folder: &'static str,
    /// The names of its types.
    offers: Vec<&'static str>,
}

/// What there is of each kind.
fn kinds() -> Vec<Kind> {
    let catalog = Catalog::of(&WhatsApp::default());
    let kinds = [
        ("Resource", "resources", catalog.resources),
        ("Data Source", "data-sources", catalog.data_sources),
        ("Ephemeral Resource", "ephemeral-resources", catalog.ephemeral_resources),
        ("List Resource", "list-resources", catalog.list_resources),
        ("Action", "actions", catalog.actions),
    ];
    let known = kinds.into_iter().map(|(title, folder, offers)| {
        assert!(!offers.is_empty(), "no {title}: has this test lost its subject?");
        let offers = offers.into_iter().map(|offer| offer.type_name).collect();
        Kind { title, folder, offers }
    });
    known.filter(|kind| !kind.offers.is_empty()).collect()
}

/// The texts of all files below these folders, but for the table of schemas, which names every
/// resource and tests none.
fn tests_in(folders: &[&str]) -> Vec<String> {
    let files = folders.iter().flat_map(|folder| files(&root().join(folder)));
    let files = files.filter(|file| !file.ends_with("schema_hygiene.rs"));
    files.map(|file| text(&file)).collect()
}

/// Whether the name stands in the text, and not as the beginning of a longer one.
fn mentions(text: &str, name: &str) -> bool {
    let goes_on = |rest: &str| rest.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    text.match_indices(name).any(|(at, found)| !goes_on(&text[at + found.len()..]))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = names(folder).map(|name| folder.join(name));
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn names(folder: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
    entries.map(|entry| {
        let name = entry.expect("a readable folder").file_name();
        name.into_string().expect("names are in UTF-8")
    })
}

fn text(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{file:?}: {error}"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
