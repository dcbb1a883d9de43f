//! States of earlier days: raised from version to version, renamed, and not taken from strangers.

use serde_json::{Value, json};

use crate::stage::Stage;

const BED: &str = r#"
resource "garden_bed" "roses" {
  name   = "roses"
  plants = ["briar"]
}
"#;

/// A state file with one bed as it was stored by a schema of this version.
fn stored(version: u32, attributes: &Value) -> String {
    let instance = json!({ "schema_version": version, "attributes": attributes });
    let resource = json!({
        "mode": "managed",
        "type": "garden_bed",
        "name": "roses",
        "provider": "provider[\"registry.terraform.io/acme/garden\"]",
        "instances": [instance],
    });
    json!({
        "version": 4,
        "terraform_version": "1.0.0",
        "serial": 1,
        "lineage": "8a2a8b5c-6b0c-4c1e-9d1f-0d6f9b0c1a2b",
        "outputs": {},
        "resources": [resource],
    })
    .to_string()
}

#[test]
fn a_state_of_either_former_version_is_read_and_leaves_nothing_to_do() {
    for (version, attributes) in [
        (0, json!({ "title": "roses", "plant": "briar", "id": "roses", "revision": 4 })),
        (1, json!({ "name": "roses", "plant": "briar", "id": "roses", "revision": 4 })),
    ] {
        let stage = Stage::with(BED);
        stage.lay("roses", "4\nloam\nbriar");
        stage.terraform.write("terraform.tfstate", &stored(version, &attributes));
        stage.plan(&[]);
        stage.terraform.run(["apply", "-auto-approve"]).expect_success();
        assert_eq!(stage.state_of("garden_bed.roses")["plants"], json!(["briar"]));
    }
}

#[test]
fn a_state_that_no_version_wrote_is_an_error_that_says_what_is_missing() {
    let stage = Stage::with(BED);
    stage.terraform.write("terraform.tfstate", &stored(0, &json!({ "id": "roses" })));
    let refused = stage.terraform.run(["plan", "-json"]).expect_failure();
    assert!(refused.stdout.contains("it has no title"), "{refused}");
}

#[test]
fn a_bed_moves_to_another_address_as_it_is() {
    let stage = Stage::with(BED);
    stage.apply(&["create garden_bed.roses"]);
    let moved = "moved {\n  from = garden_bed.roses\n  to   = garden_bed.briars\n}\n";
    stage.configure(&format!("{}{moved}", BED.replace("\"roses\" {", "\"briars\" {")));
    let planned = stage.terraform.run(["plan", "-json", "-out=saved"]).expect_success();
    assert!(planned.stdout.contains(r#""previous_resource":{"addr":"garden_bed.roses""#));
    stage.terraform.run(["apply", "-json", "saved"]).expect_success();
    assert_eq!(stage.state_of("garden_bed.briars")["revision"], 1);
}

#[test]
fn what_was_another_type_does_not_become_a_bed() {
    let data = "resource \"terraform_data\" \"roses\" {\n  input = \"roses\"\n}\n";
    let stage = Stage::with(data);
    stage.terraform.run(["apply", "-auto-approve"]).expect_success();
    let moved = "moved {\n  from = terraform_data.roses\n  to   = garden_bed.roses\n}\n";
    stage.configure(&format!("{BED}{moved}"));
    let refused = stage.terraform.run(["plan", "-json"]).expect_failure();
    assert!(refused.only_error().detail.contains("terraform_data"), "{refused}");
}
