//! The registry's pages are those that the schema and the examples make.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "../examples/docs/pages/mod.rs"]
mod pages;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_page_is_what_the_schema_and_the_examples_say() {
    for (path, expected) in pages::all(root()).expect("every example is there") {
        let found = fs::read_to_string(root().join(&path)).unwrap_or_default();
        assert!(found == expected, "{} is outdated: cargo run --example docs", path.display());
    }
}

#[test]
fn there_is_no_page_without_something_behind_it() {
    let expected = pages::all(root()).expect("every example is there").into_iter();
    let expected: BTreeSet<PathBuf> = expected.map(|(path, _)| path).collect();
    for page in markdown(&root().join("docs")) {
        let path = page.strip_prefix(root()).expect("below the root").to_owned();
        let is_guide = path.starts_with("docs/guides");
        assert!(is_guide || expected.contains(&path), "{}: nothing behind it", path.display());
    }
}

#[test]
fn every_page_has_the_front_matter_that_the_registry_expects() {
    for page in markdown(&root().join("docs")) {
        let text = fs::read_to_string(&page).expect("readable");
        let front = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        let (front, _) = front.unwrap_or_else(|| panic!("{}: no front matter", page.display()));
        let has = |key: &str| front.lines().any(|line| line.starts_with(key));
        assert!(has("page_title: \"") && has("description: |-"), "{}", page.display());
        assert_eq!(has("subcategory: "), !page.ends_with("index.md"), "{}", page.display());
        assert!(text.len() < 500_000, "{}", page.display());
    }
}

#[test]
fn no_link_inside_the_repository_is_dead() {
    let furniture = ["README.md", "CONTRIBUTING.md", "DESIGN.md", "SECURITY.md", "CHANGELOG.md"];
    let furniture = furniture.map(|name| root().join(name)).into_iter();
    let mut checked = 0;
    for page in markdown(&root().join("docs")).into_iter().chain(furniture) {
        let text = fs::read_to_string(&page).expect("readable");
        for target in links(&text) {
            let folder = page.parent().expect("a file lies in a folder");
            assert!(folder.join(&target).exists(), "{}: {target} is dead", page.display());
            checked += 1;
        }
    }
    assert!(checked > 3, "only {checked} links were found");
}

/// The targets of links to files; those to other sites and to headings are left out.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let files = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    files.map(|target| target.split('#').next().unwrap_or_default().to_owned()).collect()
}

fn markdown(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            found.extend(markdown(&path));
        } else {
            assert!(path.extension().is_some_and(|ending| ending == "md"), "{}", path.display());
            found.push(path);
        }
    }
    found
}
