//! The README's tables name what the built provider has, and nothing else.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::examples::terraform_with;
use crate::terraform::{Feature, Product, Terraform, cli};

/// Whoever copies it into a folder has a configuration that works as it stands.
#[test]
fn the_first_block_is_valid_and_formatted() {
    let readme = readme();
    let (_, block) = readme.split_once("```hcl\n").expect("the README begins with a block");
    let (block, _) = block.split_once("```").expect("the block has an end");
    let terraform = Terraform::new();
    terraform.write("main.tf", block);
    terraform.run(["fmt", "-check", "-diff"]).expect_success();
    let validated = terraform.run(["validate", "-json"]);
    if cli().has(Feature::WriteOnly) {
        assert!(validated.expect_success().diagnostics().is_empty());
    } else {
        validated.expect_failure();
    }
}

#[test]
fn the_provider_table_has_every_argument_with_its_variable() {
    let readme = readme();
    let rows = rows(&readme, "## Provider arguments");
    assert_eq!(names(&rows), attributes(&schema()["provider"]));
    for row in rows {
        let variable = format!("`WHATSAPP_{}`", row.name.to_uppercase());
        assert!(row.text.contains(&variable), "{variable} is missing in {}", row.text);
    }
}

#[test]
fn every_resource_has_a_table_with_all_its_attributes() {
    let (readme, schema) = (readme(), schema());
    let resources = schema["resource_schemas"].as_object().expect("there are resources");
    for (name, resource) in resources {
        let rows = rows(&readme, &format!("## Resource `{name}`"));
        assert_eq!(names(&rows), attributes(resource), "{name}");
    }
}

#[test]
fn whatever_the_provider_offers_is_named() {
    let (readme, schema) = (readme(), schema());
    for kind in KINDS {
        for name in schema[kind].as_object().into_iter().flat_map(|offers| offers.keys()) {
            assert!(readme.contains(&format!("`{name}`")), "{name} is not in README.md");
        }
    }
}

#[test]
fn the_versions_are_those_that_the_tests_go_by() {
    let expected: Vec<_> = Feature::ALL.into_iter().map(row_of).collect();
    for file in ["README.md", OPEN_TOFU] {
        let text = read(file);
        let lines = section(&text, "## Versions").lines();
        let table = lines.filter(|line| line.starts_with("| ")).skip(2);
        assert_eq!(table.collect::<Vec<_>>(), expected, "{file}");
    }
}

/// A feature's line in the tables of versions.
fn row_of(feature: Feature) -> String {
    let name = match feature {
        Feature::Provider => "the provider",
        Feature::ImportBlock => "`import` block with `id`",
        Feature::ImportForEach => "`import` block with `for_each`",
        Feature::WriteOnly => "`pin_wo`",
        Feature::Ephemeral => "`whatsapp_pin`",
        Feature::ImportByIdentity => "`import` block with `identity`",
        Feature::Query => "`terraform query`",
        Feature::Actions => "actions",
    };
    let since = |product| match feature.since(product) {
        Some((major, minor)) => format!("{major}.{minor}"),
        None => "–".to_owned(),
    };
    format!("| {name} | {} | {} |", since(Product::Terraform), since(Product::OpenTofu))
}

#[test]
fn every_guide_is_named_where_a_reader_begins() {
    for (page, folder) in [("README.md", "docs/guides/"), ("docs/index.md", "guides/")] {
        let text = read(page);
        for guide in fs::read_dir(format!("{ROOT}/docs/guides")).expect("there are guides") {
            let guide = guide.expect("readable").file_name().into_string().expect("in UTF-8");
            assert!(text.contains(&format!("]({folder}{guide})")), "{page} does not name {guide}");
        }
    }
}

#[test]
fn every_local_link_leads_somewhere() {
    let readme = readme();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local: Vec<_> = links.filter(|link| !link.contains("://")).collect();
    assert!(local.len() > 3, "{local:?}");
    for link in local {
        let path = link.split('#').next().unwrap_or_default();
        assert!(fs::exists(format!("{ROOT}/{path}")).is_ok_and(|there| there), "{link} is dead");
    }
}

/// One line of a table.
struct Row<'a> {
    name: &'a str,
    text: &'a str,
}

/// The rows below a heading whose first cell is a name in backquotes.
fn rows<'a>(readme: &'a str, heading: &str) -> Vec<Row<'a>> {
    let row = |text: &'a str| {
        let (name, _) = text.strip_prefix("| `")?.split_once('`')?;
        Some(Row { name, text })
    };
    section(readme, heading).lines().filter_map(row).collect()
}

/// What stands below a heading, to the next one.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let section = page.split_once(&format!("{heading}\n")).map(|(_, below)| below);
    let section = section.unwrap_or_else(|| panic!("no {heading}"));
    section.split("\n## ").next().unwrap_or_default()
}

fn names(rows: &[Row<'_>]) -> BTreeSet<String> {
    rows.iter().map(|row| row.name.to_owned()).collect()
}

fn attributes(schema: &Value) -> BTreeSet<String> {
    let attributes = schema["block"]["attributes"].as_object();
    attributes.expect("the schema has attributes").keys().cloned().collect()
}

/// What the built provider says of itself, as Terraform prints it.
fn schema() -> Value {
    let terraform = terraform_with(&["provider/provider.tf"]);
    let printed = terraform.run(["providers", "schema", "-json"]).expect_success();
    let providers = &printed.json()["provider_schemas"];
    let (_, schema) =
        providers.as_object().and_then(|all| all.iter().next()).expect("one provider");
    schema.clone()
}

fn readme() -> String {
    read("README.md")
}

fn read(file: &str) -> String {
    fs::read_to_string(format!("{ROOT}/{file}")).unwrap_or_else(|error| panic!("{file}: {error}"))
}

const OPEN_TOFU: &str = "docs/guides/opentofu.md";

const KINDS: [&str; 5] = [
    "resource_schemas",
    "data_source_schemas",
    "ephemeral_resource_schemas",
    "list_resource_schemas",
    "action_schemas",
];

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
