//! The examples in the registry's layout are formatted, valid, and of one mind.

use std::fs;
use std::path::Path;

use crate::cli::{EXAMPLES, folder_with, terraform, version};

#[test]
fn all_are_formatted() {
    let unformatted = terraform(Path::new(EXAMPLES), &["fmt", "-check", "-recursive"]);
    assert_eq!(unformatted.expect_success().stdout, "");
}

#[test]
fn the_provider_block_is_valid() {
    assert_valid_since((1, 0), &["provider/provider.tf"]);
}

#[test]
fn the_resource_is_valid() {
    assert_valid_since((1, 11), &["provider/provider.tf", RESOURCE]);
}

#[test]
fn the_import_by_id_is_valid() {
    assert_valid_since((1, 11), &["provider/provider.tf", RESOURCE, IMPORT_BY_ID]);
}

#[test]
fn the_import_by_identity_is_valid() {
    assert_valid_since((1, 12), &["provider/provider.tf", RESOURCE, IMPORT_BY_IDENTITY]);
}

#[test]
fn the_quickstart_for_old_versions_is_valid_on_every_version() {
    let files = ["quickstart/before-1.11/main.tf", "quickstart/before-1.11/sales.tf"];
    assert_valid_since((1, 0), &files);
}

#[test]
fn all_ways_of_import_mean_the_same_number() {
    for file in [IMPORT_BY_COMMAND, IMPORT_BY_ID, IMPORT_BY_IDENTITY, RESOURCE] {
        let path = Path::new(EXAMPLES).join(file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        assert!(text.contains("106540352242922"), "{file}");
        let address = text.contains("whatsapp_two_step_verification.support");
        assert_eq!(address, file != RESOURCE, "{file}");
    }
}

/// Valid on the CLI at hand if it is of that version or newer, and else refused by it.
#[track_caller]
fn assert_valid_since(since: (u32, u32), examples: &[&str]) {
    let folder = folder_with(examples);
    let validated = terraform(folder.path(), &["validate", "-json"]);
    if version() >= since {
        assert!(validated.expect_success().diagnostics().is_empty());
    } else {
        validated.expect_failure();
    }
}

const RESOURCE: &str = "resources/whatsapp_two_step_verification/resource.tf";
const IMPORT_BY_COMMAND: &str = "resources/whatsapp_two_step_verification/import.sh";
const IMPORT_BY_ID: &str = "resources/whatsapp_two_step_verification/import-by-string-id.tf";
const IMPORT_BY_IDENTITY: &str = "resources/whatsapp_two_step_verification/import-by-identity.tf";
