//! `pin_wo`: sent when its version says so, and kept nowhere. A CLI that would keep it is refused.

use serde_json::{Value, json};

use crate::{
    leftovers::{files_below, unpack_saved_plan},
    sandbox::{DEFAULT_NUMBER, PhoneNumber, Sandbox},
    stage::{Stage, support},
    terraform::{Feature, cli},
};

#[test]
fn pin_wo_from_an_ephemeral_variable_is_sent_with_each_version_and_kept_nowhere() {
    if is_refused_by_an_older_cli() {
        return;
    }
    let stage = Stage::new();
    stage.configure(&from_variable(1));
    let plan = stage.plan_with(&["-var=pin=058213"]);
    assert_eq!(plan.changes(), [format!("create {SUPPORT}")]);
    stage.try_to_apply_saved().expect_failure();
    assert_eq!(stage.api.calls(), 0, "the saved plan has no PIN, and nobody gave it again");
    stage.terraform.run(["apply", "-json", "-var=pin=058213", "saved"]).expect_success();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));
    let state = &stage.state()["support"];
    assert_eq!((&state["pin_wo"], &state["pin_wo_version"]), (&Value::Null, &json!("1")));

    let plan = stage.plan_with(&["-var=pin=730164"]);
    assert!(plan.changes().is_empty(), "the version is what counts: {plan}");

    stage.configure(&from_variable(2));
    let plan = stage.plan_with(&["-var=pin=730164"]);
    assert_eq!(plan.changes(), [format!("update {SUPPORT}")]);
    stage.terraform.run(["apply", "-json", "-var=pin=730164", "saved"]).expect_success();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("730164"));
    assert_eq!(stage.state()["support"]["pin_wo_version"], "2");

    unpack_saved_plan(&stage.terraform.folder());
    let files = files_below(&stage.terraform.folder());
    for needed in ["terraform.tfstate", "terraform.tfstate.backup", "unpacked/tfplan"] {
        assert!(files.iter().any(|(name, _)| name.ends_with(needed)), "there is no {needed}");
    }
    for (name, content) in files {
        for pin in ["058213", "730164"] {
            let found = content.windows(pin.len()).any(|window| window == pin.as_bytes());
            assert!(!found, "{} holds a PIN", name.display());
        }
    }
}

#[test]
fn moving_from_pin_to_pin_wo_and_back_updates_in_place_and_clears_the_stored_pin() {
    if is_refused_by_an_older_cli() {
        return;
    }
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();

    stage.configure(&literal(1));
    stage.plan(&[&format!("update {SUPPORT}")]).expect_silence();
    let warning = stage.apply_saved().expect_warning("Old Versions of the State Still Hold a PIN");
    assert!(warning.detail.contains("terraform.tfstate.backup"), "{warning:?}");
    let state = stage.state_file().to_string();
    assert!(!state.contains("058213") && !state.contains("730164"), "{state}");
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("730164"));
    stage.expect_nothing_to_do();

    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.plan(&[&format!("update {SUPPORT}")]).expect_silence();
    stage.apply_saved().expect_silence();
    let state = &stage.state()["support"];
    assert_eq!((&state["pin"], &state["pin_wo_version"]), (&json!("058213"), &Value::Null));
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));
    stage.expect_nothing_to_do();
}

#[test]
fn an_imported_number_gets_its_pin_wo_with_the_first_apply() {
    if is_refused_by_an_older_cli() {
        return;
    }
    let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").with_pin("111222");
    let stage = Stage::with(Sandbox::builder().with_number(number).start());
    let import = format!("import {{\n  to = {SUPPORT}\n  id = \"{DEFAULT_NUMBER}\"\n}}\n");
    stage.configure(&format!("{}{import}", literal(1)));
    stage.plan(&[&format!("update {SUPPORT}")]).expect_silence();
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("730164"));
    stage.expect_nothing_to_do();
}

#[test]
fn a_version_is_a_text_a_number_becomes_one_and_a_stored_number_is_read_as_one() {
    if is_refused_by_an_older_cli() {
        return;
    }
    let stage = Stage::new();
    stage.configure(&literal(3));
    stage.apply();
    stage.edit_state(|attributes| {
        attributes.insert("pin_wo_version".to_owned(), json!(3));
    });
    stage.terraform.run(["show", "-json"]).expect_success();
    stage.expect_nothing_to_do();
    let versioned = |text: &str| literal(3).replace("= 3", &format!("= \"{text}\""));
    stage.configure(&versioned("3"));
    stage.expect_nothing_to_do();
    for version in ["2026-Q4", "01JDXE9W-ключ", " "] {
        stage.configure(&versioned(version));
        stage.plan(&[&format!("update {SUPPORT}")]).expect_silence();
        stage.apply_saved().expect_silence();
        assert_eq!(stage.state()["support"]["pin_wo_version"], version);
    }
    assert_eq!(stage.api.posts(), 4);
}

/// A CLI without write-only arguments would store the PIN: it gets our own error from `validate` and
/// `plan`, and no call is made. True if that is what was tested.
#[track_caller]
fn is_refused_by_an_older_cli() -> bool {
    if cli().has(Feature::WriteOnly) {
        return false;
    }
    let stage = Stage::new();
    stage.configure(&literal(1));
    for command in ["validate", "plan"] {
        let refused = stage.terraform.run([command, "-json"]).expect_failure();
        let error = refused.expect_error("Write-Only Attribute Not Supported");
        assert!(error.code().starts_with("resource "), "not the line with the PIN: {error:?}");
        let needs = "Terraform 1.11 or later, or OpenTofu 1.11 or later";
        assert!(error.detail.contains(needs), "{error:?}");
    }
    assert_eq!(stage.api.calls(), 0);
    true
}

fn from_variable(version: u32) -> String {
    let variable = "variable \"pin\" {\n  type      = string\n  ephemeral = true\n}\n";
    format!("{variable}{}", literal(version).replace("\"730164\"", "var.pin"))
}

fn literal(version: u32) -> String {
    format!(
        r#"
resource "whatsapp_two_step_verification" "support" {{
  phone_number_id = "{DEFAULT_NUMBER}"
  pin_wo          = "730164"
  pin_wo_version  = {version}
}}
"#
    )
}

const SUPPORT: &str = "whatsapp_two_step_verification.support";
