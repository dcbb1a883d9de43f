//! The examples in the registry's layout are valid, and of one mind. That all are formatted is tested
//! with the others, in `tests/fleet`.

use std::fs;
use std::path::Path;

use crate::terraform::{Feature, Terraform, cli};

#[test]
fn the_provider_block_is_valid() {
    assert_valid_with(&[Feature::Provider], &["provider/provider.tf"]);
}

#[test]
fn every_resource_is_valid_and_so_is_each_way_to_import_it() {
    for (name, needed) in RESOURCES {
        let file = |file: &str| format!("resources/{name}/{file}");
        let resource = file("resource.tf");
        assert_valid_with(&[needed], &["provider/provider.tf", &resource]);
        for (import, example) in [
            (Feature::ImportBlock, file("import-by-string-id.tf")),
            (Feature::ImportByIdentity, file("import-by-identity.tf")),
        ] {
            assert_valid_with(&[needed, import], &["provider/provider.tf", &resource, &example]);
        }
    }
}

#[test]
fn the_quickstart_for_old_versions_is_valid_on_every_version() {
    let files = ["quickstart/before-1.11/main.tf", "quickstart/before-1.11/sales.tf"];
    assert_valid_with(&[Feature::Provider], &files);
}

#[test]
fn every_resource_is_in_the_table_of_those_that_are_tested() {
    let folders = fs::read_dir(format!("{EXAMPLES}/resources")).expect("there are resources");
    for folder in folders {
        let name = folder.expect("readable").file_name().into_string().expect("in UTF-8");
        assert!(RESOURCES.iter().any(|(known, _)| *known == name), "{name} is not in RESOURCES");
    }
}

#[test]
fn all_ways_of_import_mean_the_same_number() {
    for (name, _) in RESOURCES {
        let address = format!("{name}.support");
        for file in ["import.sh", "import-by-string-id.tf", "import-by-identity.tf"] {
            let text = example(&format!("resources/{name}/{file}"));
            assert!(text.contains("106540352242922"), "{name}/{file}");
            assert!(text.contains(&address), "{name}/{file} imports to another address");
        }
        let resource = example(&format!("resources/{name}/resource.tf"));
        assert!(resource.contains("106540352242922"), "{name}/resource.tf");
    }
}

/// Valid on the CLI at hand if that has the feature, and else refused by it.
#[track_caller]
fn assert_valid_with(needed: &[Feature], examples: &[&str]) {
    let validated = terraform_with(examples).run(["validate", "-json"]);
    if needed.iter().all(|feature| cli().has(*feature)) {
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
    let path = Path::new(EXAMPLES).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");

/// Each resource, and what its example needs.
const RESOURCES: [(&str, Feature); 1] = [("whatsapp_two_step_verification", Feature::WriteOnly)];
