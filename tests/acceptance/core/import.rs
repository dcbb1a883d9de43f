//! Numbers that have a PIN already: each way of import ends with the configured PIN being sent.

use std::fs;

use serde_json::{Value, json};

use crate::{
    sandbox::{DEFAULT_ACCOUNT, DEFAULT_NUMBER, PhoneNumber, Sandbox},
    stage::{Stage, support},
    terraform::{Feature, cli},
};

#[test]
fn an_import_by_command_is_followed_by_an_apply_that_sends_the_pin() {
    let stage = with_a_pin_already();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.terraform.run(["import", SUPPORT, DEFAULT_NUMBER]).expect_success();
    let state = &stage.state()["support"];
    assert_eq!(state["phone_number_id"], DEFAULT_NUMBER);
    assert_eq!((&state["pin"], &state["last_set_at"]), (&Value::Null, &Value::Null));
    expect_that_an_apply_sends_the_pin(&stage);
}

#[test]
fn an_import_block_is_followed_by_an_apply_that_sends_the_pin() {
    let stage = with_a_pin_already();
    stage.configure(&format!(
        "{}\nimport {{\n  to = {SUPPORT}\n  id = \"{DEFAULT_NUMBER}\"\n}}\n",
        support(DEFAULT_NUMBER, "058213")
    ));
    expect_that_an_apply_sends_the_pin(&stage);
}

#[test]
fn an_import_by_identity_sends_the_pin_or_is_refused_by_an_older_cli() {
    let stage = with_a_pin_already();
    stage.configure(&format!(
        "{}\nimport {{\n  to = {SUPPORT}\n  identity = {{ phone_number_id = \"{DEFAULT_NUMBER}\" }}\n}}\n",
        support(DEFAULT_NUMBER, "058213")
    ));
    if !cli().has(Feature::ImportByIdentity) {
        let refused = stage.terraform.run(["plan", "-json"]).expect_failure().diagnostics();
        assert!(refused.iter().any(|error| error.code().starts_with("identity =")), "{refused:?}");
        assert_eq!(stage.api.calls(), 0);
        return;
    }
    expect_that_an_apply_sends_the_pin(&stage);
    let file = stage.state_file();
    let identity = &file["resources"][0]["instances"][0]["identity"];
    assert_eq!(*identity, json!({ "phone_number_id": DEFAULT_NUMBER }));
}

#[test]
fn an_import_of_something_else_than_a_number_id_says_why() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    let refused = stage.terraform.run(["import", SUPPORT, "+1 555-010-0001"]).expect_failure();
    assert!(refused.stderr.contains("Invalid Phone Number ID"), "{refused}");
    assert!(refused.stderr.contains("looks like a phone number"), "{refused}");
    assert_eq!(stage.api.calls(), 0);
}

#[test]
fn the_id_of_an_account_is_told_from_that_of_a_number() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_ACCOUNT, "058213"));
    let refused = stage.terraform.run(["import", SUPPORT, DEFAULT_ACCOUNT]).expect_failure();
    let said = refused.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("Account ID in the Place of a Phone Number ID"), "{refused}");
    assert!(said.contains("Write the ID of one of the account's phone numbers"), "{refused}");
}

#[test]
fn a_number_without_a_pin_is_imported_and_gets_its_pin_with_the_first_apply() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.terraform.run(["import", SUPPORT, DEFAULT_NUMBER]).expect_success();
    assert_eq!(stage.state()["support"]["is_pin_enabled"], false);
    let plan = stage.plan(&[&format!("update {SUPPORT}")]);
    let warning = plan.expect_warning("Two-Step Verification Is Off");
    assert!(warning.detail.contains("It was never on, or somebody"), "{warning:?}");
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));
    stage.expect_nothing_to_do();
}

#[test]
fn a_number_without_a_pin_is_imported_by_a_block_and_gets_its_pin_with_the_first_apply() {
    let stage = Stage::new();
    stage.configure(&format!(
        "{}\nimport {{\n  to = {SUPPORT}\n  id = \"{DEFAULT_NUMBER}\"\n}}\n",
        support(DEFAULT_NUMBER, "058213")
    ));
    expect_that_an_apply_sets_the_first_pin(&stage, &[SUPPORT]);
}

#[test]
fn a_number_without_a_pin_is_imported_by_its_identity_or_refused_by_an_older_cli() {
    let stage = Stage::new();
    stage.configure(&format!(
        "{}\nimport {{\n  to = {SUPPORT}\n  identity = {{ phone_number_id = \"{DEFAULT_NUMBER}\" }}\n}}\n",
        support(DEFAULT_NUMBER, "058213")
    ));
    match cli().has(Feature::ImportByIdentity) {
        true => expect_that_an_apply_sets_the_first_pin(&stage, &[SUPPORT]),
        false => expect_refused(&stage),
    }
}

#[test]
fn many_numbers_without_pins_are_imported_by_for_each_or_refused_by_an_older_cli() {
    let stage = Stage::new();
    stage.configure(
        r#"
locals {
  numbers = toset(["106540352242922", "106540352242923", "106540352242924"])
}

resource "whatsapp_two_step_verification" "fleet" {
  for_each        = local.numbers
  phone_number_id = each.key
  pin             = "058213"
}

import {
  for_each = local.numbers
  to       = whatsapp_two_step_verification.fleet[each.key]
  id       = each.key
}
"#,
    );
    let addresses = [2, 3, 4]
        .map(|last| format!("whatsapp_two_step_verification.fleet[\"10654035224292{last}\"]"));
    match cli().has(Feature::ImportForEach) {
        true => expect_that_an_apply_sets_the_first_pin(
            &stage,
            &addresses.each_ref().map(String::as_str),
        ),
        false => expect_refused(&stage),
    }
}

#[test]
fn a_generated_configuration_lacks_only_the_pin_which_the_first_apply_sends() {
    let stage = Stage::new();
    stage.configure(&format!("import {{\n  to = {SUPPORT}\n  id = \"{DEFAULT_NUMBER}\"\n}}\n"));
    let generate = ["plan", "-json", "-generate-config-out=generated.tf"];
    let refused = stage.terraform.run(generate).expect_failure();
    let error = refused.expect_error("PIN Missing");
    assert!(error.detail.contains("replace the lines pin and pin_wo"), "{error:?}");
    let file = stage.terraform.folder().join("generated.tf");
    let generated = fs::read_to_string(file).expect("Terraform has written the file");
    // Before 1.10 Terraform takes the digits for JSON, which comes to the same text.
    let forms = [format!("\"{DEFAULT_NUMBER}\""), format!("jsonencode({DEFAULT_NUMBER})")];
    assert!(forms.iter().any(|form| generated.contains(form)), "{generated}");
    let completed = generated.lines().map(|line| match line.split_whitespace().next() {
        Some("pin") => "  pin = \"058213\"\n".to_owned(),
        Some("pin_wo") => String::new(),
        _ => format!("{line}\n"),
    });
    stage.terraform.write("generated.tf", &completed.collect::<String>());
    expect_that_an_apply_sets_the_first_pin(&stage, &[SUPPORT]);
}

/// Numbers without a PIN are imported and get it in one apply, and then there is nothing left to do.
#[track_caller]
fn expect_that_an_apply_sets_the_first_pin(stage: &Stage, addresses: &[&str]) {
    let updates: Vec<_> = addresses.iter().map(|address| format!("update {address}")).collect();
    let updates: Vec<_> = updates.iter().map(String::as_str).collect();
    stage.plan(&updates).expect_warning("Two-Step Verification Is Off");
    assert_eq!((stage.api.posts(), stage.api.pins().len()), (0, 0), "a plan sends nothing");
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.posts(), addresses.len());
    let pins = stage.api.pins();
    assert!(pins.len() == addresses.len() && pins.values().all(|pin| pin == "058213"), "{pins:?}");
    stage.expect_nothing_to_do();
}

/// An older CLI does not know what an `import` block says here.
#[track_caller]
fn expect_refused(stage: &Stage) {
    stage.terraform.run(["plan", "-json"]).expect_failure();
    assert_eq!(stage.api.calls(), 0);
}

/// A plan shows that a PIN will be set, an apply sends it, and then there is nothing left to do.
#[track_caller]
fn expect_that_an_apply_sends_the_pin(stage: &Stage) {
    stage.plan(&[&format!("update {SUPPORT}")]).expect_silence();
    let plan = stage.terraform.run(["show", "-json", "saved"]).expect_success().json();
    let change = &plan["resource_changes"][0]["change"];
    assert_eq!(change["before"]["pin"], Value::Null);
    assert_eq!(change["after"]["pin"], "058213");
    assert_eq!(change["after_unknown"]["last_set_at"], true);
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("111222"), "not yet");

    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));
    assert_eq!(stage.api.posts(), 1);
    stage.expect_nothing_to_do();
}

fn with_a_pin_already() -> Stage {
    let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").with_pin("111222");
    Stage::with(Sandbox::builder().with_number(number).start())
}

const SUPPORT: &str = "whatsapp_two_step_verification.support";
