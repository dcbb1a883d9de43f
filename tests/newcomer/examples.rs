//! The examples in the registry's layout are valid, and of one mind. That all are formatted is tested
//! with the others, in `tests/fleet`.

use std::fs;
use std::path::Path;

use crate::cli::Feature;
use crate::terraform::{Terraform, cli};

#[test]
fn the_provider_block_is_valid() {
    assert_valid_with(Feature::Provider, &["provider/provider.tf"]);
}

#[test]
fn the_resource_is_valid() {
    assert_valid_with(Feature::WriteOnly, &["provider/provider.tf", RESOURCE]);
}

#[test]
fn the_import_by_id_is_valid() {
    assert_valid_with(Feature::WriteOnly, &["provider/provider.tf", RESOURCE, IMPORT_BY_ID]);
}

#[test]
fn the_import_by_identity_is_valid() {
    assert_valid_with(
        Feature::ImportByIdentity,
        &["provider/provider.tf", RESOURCE, IMPORT_BY_IDENTITY],
    );
}

#[test]
fn the_quickstart_for_old_versions_is_valid_on_every_version() {
    let files = ["quickstart/before-1.11/main.tf", "quickstart/before-1.11/sales.tf"];
    assert_valid_with(Feature::Provider, &files);
}

#[test]
fn all_ways_of_import_mean_the_same_number() {
    for file in [IMPORT_BY_COMMAND, IMPORT_BY_ID, IMPORT_BY_IDENTITY, RESOURCE] {
        let text = example(file);
        assert!(text.contains("106540352242922"), "{file}");
        let address = text.contains("whatsapp_two_step_verification.support");
        assert_eq!(address, file != RESOURCE, "{file}");
    }
}

/// Valid on the CLI at hand if that has the feature, and else refused by it.
#[track_caller]
fn assert_valid_with(feature: Feature, examples: &[&str]) {
    let validated = terraform_with(examples).run(["validate", "-json"]);
    if cli().has(feature) {
        assert!(validated.expect_success().diagnostics().is_empty());
    } else {
        validated.expect_failure();
    }
}

/// A working folder with these files, which lie below `examples/`.
pub(crate) fn terraform_with(examples: &[&str]) -> Terraform {
    let terraform = Terraform::new();
    for file in examples {
        let name = Path::new(file).file_name().expect("examples are files");
        terraform.write(name, &example(file));
    }
    terraform
}

fn example(file: &str) -> String {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

const RESOURCE: &str = "resources/whatsapp_two_step_verification/resource.tf";
const IMPORT_BY_COMMAND: &str = "resources/whatsapp_two_step_verification/import.sh";
const IMPORT_BY_ID: &str = "resources/whatsapp_two_step_verification/import-by-string-id.tf";
const IMPORT_BY_IDENTITY: &str = "resources/whatsapp_two_step_verification/import-by-identity.tf";
