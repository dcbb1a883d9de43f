//! A message does not call the tool that runs the provider Terraform: it may be OpenTofu, or one that
//! has either inside, and nothing that the provider is told says which.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;

/// Where the name is meant.
const MEANT: [&str; 7] = [
    "Terraform plugin protocol",
    "is a name that Terraform keeps for itself",
    "written by Terraform 0.11",
    "Terraform/{number}",
    // OpenTofu has no actions.
    "Terraform invoked the action",
    "development builds of Terraform 1.17",
    "terraform apply -invoke",
];

#[test]
fn a_message_names_terraform_only_where_it_means_no_other_tool() {
    let mut used = Vec::new();
    for file in sources(&root().join("src")) {
        let text = fs::read_to_string(&file).expect("a source file is readable");
        let code = text.split("mod tests {\n").next().unwrap_or_default();
        for said in literals(code).iter().filter(|said| names_terraform_alone(said)) {
            let meant = MEANT.iter().find(|meant| said.contains(*meant));
            used.push(meant.unwrap_or_else(|| panic!("{}: {said}", file.display())));
        }
    }
    for meant in MEANT {
        assert!(used.contains(&&meant), "nothing says {meant:?} any more");
    }
}

#[test]
fn texts_are_told_from_comments_and_read_over_line_ends() {
    let code = "// \"no\"\nlet a = \"one \\\n   line\"; let q = '\"'; /// \"no\"\nlet b = \"a \\\"b\\\" //\";";
    assert_eq!(literals(code), ["one line", "a \"b\" //"]);
    assert!(names_terraform_alone("run terraform state rm") && names_terraform_alone("Terraform"));
    assert!(!names_terraform_alone("Terraform or OpenTofu 1.11"));
    assert!(!names_terraform_alone("terraform-provider-sample, registry.terraform.io"));
}

fn names_terraform_alone(said: &str) -> bool {
    (said.contains("Terraform") || said.contains("terraform ")) && !said.contains("OpenTofu")
}

/// The texts in code, as they are said.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let from = &rest[at..];
        rest = if from.starts_with("//") {
            from.split_once('\n').map_or("", |(_, below)| below)
        } else if let Some(said) = from.strip_prefix('"') {
            let (literal, below) = literal(said);
            found.push(literal);
            below
        } else {
            from.strip_prefix("'\"'").unwrap_or(&from[1..])
        };
    }
    found
}

/// A text up to the quote that ends it, and what comes after that.
fn literal(from: &str) -> (String, &str) {
    let mut said = String::new();
    let mut rest = from;
    while let Some(at) = rest.find(['"', '\\']) {
        said.push_str(&rest[..at]);
        if let Some(below) = rest[at..].strip_prefix('"') {
            return (said, below);
        }
        rest = &rest[at + 1..];
        if let Some(next_line) = rest.strip_prefix('\n') {
            rest = next_line.trim_start();
        } else if let Some(escaped) = rest.chars().next() {
            said.push(escaped);
            rest = &rest[escaped.len_utf8()..];
        }
    }
    (said, "")
}

/// All of the program, without the files that hold tests only.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder exists") {
        let path = entry.expect("a readable folder").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name in UTF-8");
        if stem.ends_with("tests") {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}
