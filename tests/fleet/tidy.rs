//! Examples are tidy: what linters of Terraform's language ask of a configuration, they have.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

#[test]
fn every_configuration_names_its_terraform_and_its_providers_with_versions() {
    for (folder, text) in configurations() {
        let place = folder.display();
        assert!(text.contains("  required_version = \""), "{place}: no required_version");
        let sources = text.matches("      source  = \"").count();
        let versions = text.matches("      version = \"").count();
        assert!(sources > 0, "{place}: no provider is required, or not in three aligned lines");
        assert_eq!(sources, versions, "{place}: a provider without a version");
    }
}

#[test]
fn every_variable_is_described_typed_and_used() {
    let mut seen = 0;
    for (folder, text) in modules() {
        for (name, body) in blocks(&text, "variable") {
            seen += 1;
            let place = format!("{}: variable {name}", folder.display());
            assert!(body.contains("\n  description = \""), "{place} has no description");
            assert!(body.lines().any(|line| line.starts_with("  type ")), "{place} has no type");
            assert!(refers_to(&text, &format!("var.{name}")), "{place} is not used");
        }
    }
    assert!(seen > 30, "only {seen} variables were found");
}

#[test]
fn every_output_of_a_configuration_is_described() {
    for (folder, text) in configurations() {
        for (name, body) in blocks(&text, "output") {
            let described = body.contains("\n  description = \"");
            assert!(described, "{}: output {name} has no description", folder.display());
        }
    }
}

#[test]
fn every_local_value_is_used() {
    for (folder, text) in modules() {
        for (_, body) in blocks(&text, "locals") {
            let lines = body.lines().filter_map(|line| line.strip_prefix("  "));
            let begins = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()));
            for name in begins.filter_map(|line| line.split(' ').next()) {
                let place = folder.display();
                assert!(refers_to(&text, &format!("local.{name}")), "{place}: {name} is not used");
            }
        }
    }
}

#[test]
fn what_a_line_is_about_stands_behind_a_hash() {
    for (folder, text) in modules() {
        let odd = text.lines().find(|line| line.trim_start().starts_with("//"));
        assert_eq!(odd, None, "{}", folder.display());
    }
}

/// Folders that are whole configurations: all but the fragments that stand on the registry's pages.
fn configurations() -> Vec<(PathBuf, String)> {
    let is_fragment = |folder: &Path| FRAGMENTS.iter().any(|of| folder.starts_with(of));
    let all: Vec<_> = modules().into_iter().filter(|(folder, _)| !is_fragment(folder)).collect();
    assert!(all.len() > 15, "only {} configurations were found", all.len());
    all
}

/// Every folder below `examples` with a `.tf` file, and the text of all these files in it.
fn modules() -> Vec<(PathBuf, String)> {
    let mut modules = BTreeMap::<PathBuf, String>::new();
    for file in tf_files(Path::new("examples")) {
        let folder = file.parent().expect("a file lies in a folder").to_owned();
        let text = fs::read_to_string(&file).expect("a configuration is a text");
        let module = modules.entry(folder).or_default();
        module.push('\n');
        module.push_str(&text);
    }
    modules.into_iter().collect()
}

fn tf_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder exists");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    paths
        .flat_map(|path| match path.is_dir() {
            true => tf_files(&path),
            false if path.extension().is_some_and(|ending| ending == "tf") => vec![path],
            false => Vec::new(),
        })
        .collect()
}

/// The label and the lines of each block of this type. `terraform fmt` puts its end into the first column.
fn blocks<'a>(text: &'a str, kind: &str) -> Vec<(&'a str, &'a str)> {
    let begin = format!("\n{kind} ");
    let starts = text.match_indices(&begin).map(|(at, found)| &text[at + found.len()..]);
    starts
        .map(|rest| {
            let (head, body) = rest.split_once('{').expect("a block has a body");
            let (body, _) = body.split_once("\n}").expect("a block has an end");
            (head.trim().trim_matches('"'), body)
        })
        .collect()
}

/// Whether the reference stands in code, and not as the beginning of a longer one.
fn refers_to(text: &str, reference: &str) -> bool {
    let code = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    code.flat_map(|line| line.split(reference).skip(1)).any(|rest| {
        !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '-')
    })
}

/// They are laid out as the registry expects, each file for itself.
const FRAGMENTS: [&str; 5] = [
    "examples/actions",
    "examples/data-sources",
    "examples/ephemeral-resources",
    "examples/list-resources",
    "examples/resources",
];
