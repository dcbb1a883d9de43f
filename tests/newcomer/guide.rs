//! The guide to a registered number is for copying: its blocks are the example that is run.

use std::fs;

use crate::terraform::{Feature, Terraform, cli};

#[test]
fn the_blocks_of_the_guide_to_a_registered_number_are_the_example() {
    let guide = read("docs/guides/registering-a-number.md");
    let blocks: Vec<_> = blocks(&guide, "terraform").collect();
    let example = ["main.tf", "emergency.tf"].map(|file| read(&format!("{EXAMPLE}/{file}")));
    assert_eq!(blocks, example);
    let files = fs::read_dir(format!("{ROOT}/{EXAMPLE}")).expect("the example exists");
    assert_eq!(files.count(), example.len(), "the guide shows every file of {EXAMPLE}");
}

#[test]
fn the_blocks_of_the_guide_are_valid_where_there_are_actions() {
    let guide = read("docs/guides/registering-a-number.md");
    let terraform = Terraform::new();
    for (index, block) in blocks(&guide, "terraform").enumerate() {
        terraform.write(format!("{index}.tf"), block);
    }
    let validated = terraform.run(["validate", "-json"]);
    if cli().has(Feature::Actions) {
        assert!(validated.expect_success().diagnostics().is_empty());
    } else {
        validated.expect_failure();
    }
}

#[test]
fn what_the_guide_invokes_and_exports_is_declared_in_its_blocks() {
    let guide = read("docs/guides/registering-a-number.md");
    let declared: String = blocks(&guide, "terraform").collect();
    let typed: String = blocks(&guide, "shell").collect();
    let invoked: Vec<_> = typed.split("-invoke=action.").skip(1).collect();
    assert!(invoked.len() >= 2, "{typed}");
    for invoked in invoked {
        let address = invoked.split_whitespace().next().unwrap_or_default();
        let (kind, name) = address.split_once('.').expect("a type and a name");
        assert!(declared.contains(&format!("action \"{kind}\" \"{name}\"")), "{address}");
    }
    for exported in typed.split("export TF_VAR_").skip(1) {
        let name = exported.split('=').next().unwrap_or_default();
        assert!(declared.contains(&format!("variable \"{name}\"")), "{name}");
    }
}

/// The blocks of code in this language, without their fences.
fn blocks<'a>(page: &'a str, language: &str) -> impl Iterator<Item = &'a str> {
    let fence = format!("```{language}\n");
    let parts: Vec<_> = page.split(fence.as_str()).skip(1).collect();
    parts.into_iter().filter_map(|rest| Some(rest.split_once("```")?.0))
}

fn read(file: &str) -> String {
    fs::read_to_string(format!("{ROOT}/{file}")).unwrap_or_else(|error| panic!("{file}: {error}"))
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const EXAMPLE: &str = "examples/guides/register-a-number";
