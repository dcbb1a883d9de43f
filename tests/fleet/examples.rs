//! Every example is formatted, and those that have a page of their own are valid and run.

use std::{collections::BTreeMap, ffi::OsStr, path::Path};

use crate::{
    lane::{self, folders, valid},
    sandbox::Sandbox,
    terraform::Terraform,
};

#[test]
fn every_example_is_formatted() {
    let (_api, terraform) = world();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let examples = examples.to_str().expect("a path in UTF-8");
    terraform.run(["fmt", "-check", "-recursive", examples]).expect_success();
}

#[test]
fn every_data_source_example_is_valid_and_reads_what_is_there() {
    let outputs = BTreeMap::from([
        ("whatsapp_access_token", "SYSTEM_USER"),
        ("whatsapp_phone_number", "106540352242922"),
        ("whatsapp_phone_numbers", "+1 555-010-0002"),
    ]);
    for folder in folders("examples/data-sources") {
        let name = folder.file_name().and_then(OsStr::to_str).expect("a name in UTF-8");
        let output = outputs.get(name).unwrap_or_else(|| panic!("what does {name} find?"));
        let (_api, terraform) = world();
        lane::copy(&folder, &terraform);
        terraform.write("versions.tf", VERSIONS);
        valid(&terraform, ["validate", "-json"]);
        let applied = terraform.run(["apply", "-auto-approve"]).expect_success();
        assert!(applied.stdout.contains(*output), "{applied}");
    }
}

#[test]
fn the_list_resource_example_is_valid_and_finds_numbers() {
    for version in lane::WITH_QUERY {
        let api = lane::two_accounts().start();
        api.edit_number("106540352242923", |number| *number = number.clone().with_pin("271828"));
        let terraform = lane::terraform(version, &api);
        lane::copy(Path::new("examples/list-resources/whatsapp_two_step_verification"), &terraform);
        terraform.write("versions.tf", VERSIONS);
        valid(&terraform, ["validate", "-query", "-json"]);
        let listed = terraform.run(["query"]).expect_success();
        assert!(listed.stdout.contains("106540352242923"), "{listed}");
    }
}

#[test]
fn the_examples_of_actions_are_valid() {
    for folder in folders("examples/actions") {
        let api = lane::two_accounts().start();
        let terraform = lane::newest_with_query(&api);
        lane::copy(&folder, &terraform);
        terraform.write("versions.tf", VERSIONS);
        valid(&terraform, ["validate", "-json"]);
    }
}

fn world() -> (Sandbox, Terraform) {
    let api = lane::two_accounts().start();
    let terraform = lane::newest(&api);
    (api, terraform)
}

const VERSIONS: &str = r#"
terraform {
  required_providers {
    whatsapp = {
      source = "waba/whatsapp"
    }
  }
}
"#;
