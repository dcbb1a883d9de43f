//! A number has one owner: who declares it twice is told, and whoever replaces, renames or moves what
//! declares it is not.

use serde_json::json;

use crate::{
    sandbox::{DEFAULT_NUMBER, PhoneNumber, Sandbox},
    stage::{Stage, support},
    terraform::{Feature, Finished, cli},
};

#[test]
fn two_new_resources_with_one_number_are_refused_in_the_plan() {
    let stage = Stage::new();
    stage.configure(&format!("{}{}", support(DEFAULT_NUMBER, "058213"), sales("730164")));
    let error =
        stage.terraform.run(["plan", "-json"]).expect_failure().expect_error(DECLARED_TWICE);
    assert!(error.detail.contains(DEFAULT_NUMBER), "{error:?}");
    assert!(error.code().starts_with("phone_number_id"), "{error:?}");
    assert!(!error.detail.contains("058213") && !error.detail.contains("730164"), "{error:?}");
    assert_eq!(stage.api.posts(), 0);
}

#[test]
fn a_number_that_is_twice_in_the_state_is_refused_until_one_of_the_two_goes() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();
    let both = format!("{}{}", support(DEFAULT_NUMBER, "058213"), sales("730164"));
    stage.configure(&both);
    stage.terraform.run(["import", SALES, DEFAULT_NUMBER]).expect_success();
    let error =
        stage.terraform.run(["plan", "-json"]).expect_failure().expect_error(DECLARED_TWICE);
    assert!(error.detail.contains("in the state"), "{error:?}");
    take_one_back(&stage);
}

#[test]
fn a_new_resource_for_a_number_that_another_one_keeps_is_refused_in_the_plan() {
    for kept in ["058213", "730164"] {
        let stage = applied();
        stage.configure(&format!("{}{}", support(DEFAULT_NUMBER, kept), sales("271828")));
        let refused = stage.terraform.run(["plan", "-json"]).expect_failure();
        let error = refused.expect_error(DECLARED_TWICE);
        assert!(error.detail.contains("new resource and one in the state"), "{error:?}");
        stage.configure(&support(DEFAULT_NUMBER, "058213"));
        settled(&stage, 1);
    }
}

#[test]
fn a_renaming_that_was_interrupted_and_taken_back_ends_in_the_declared_pin() {
    let stage = applied();
    stage.configure(&sales("271828"));
    // As an apply that was interrupted between the two: the new one is there, and the old one too.
    let target = format!("-target={SALES}");
    stage.terraform.run(["apply", "-auto-approve", &target]).expect_success();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("271828"));
    take_one_back(&stage);
}

#[test]
fn a_destroy_of_two_owners_goes_as_the_refusal_says() {
    let stage = applied();
    stage.configure(&sales("271828"));
    let target = format!("-target={SALES}");
    stage.terraform.run(["apply", "-auto-approve", &target]).expect_success();
    for declared in [support(DEFAULT_NUMBER, "058213"), sales("271828")] {
        stage.configure(&declared);
        let refused = stage.terraform.run(["destroy", "-json", "-auto-approve"]).expect_failure();
        let error = refused.expect_error("Phone Number Was Declared Twice");
        assert!(error.detail.contains("-refresh=false"), "{error:?}");
    }
    stage.terraform.run(["destroy", "-auto-approve", "-refresh=false"]).expect_success();
    assert!(stage.state().is_empty());
}

/// Follows the advice when a number is twice in the state, and one of the two goes.
#[track_caller]
fn take_one_back(stage: &Stage) {
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    let refused = stage.terraform.run(["plan", "-json"]).expect_failure();
    let error = refused.expect_error("Phone Number Was Declared Twice");
    assert!(error.detail.contains("Change pin_wo_version (or pin)"), "{error:?}");
    stage.configure(&support(DEFAULT_NUMBER, "730164"));
    stage.plan(&[&format!("delete {SALES}"), &format!("update {SUPPORT}")]);
    stage.apply_saved();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("730164"));
    stage.expect_nothing_to_do();
}

#[test]
fn a_second_pin_for_a_number_that_only_apply_knows_is_refused_before_it_is_sent() {
    let stage = Stage::new();
    stage.configure(&format!(
        r#"
resource "terraform_data" "id" {{
  input = "{DEFAULT_NUMBER}"
}}

resource "whatsapp_two_step_verification" "late" {{
  count           = 2
  phone_number_id = terraform_data.id.output
  pin             = "058213"
}}
"#
    ));
    stage.try_to_apply().expect_failure().expect_error(DECLARED_TWICE);
    assert_eq!(stage.api.posts(), 1);
}

#[test]
fn a_renamed_resource_is_no_second_owner() {
    let stage = applied();
    stage.configure(&sales("058213"));
    let create = format!("create {SALES}");
    stage.plan(&[&create, &format!("delete {SUPPORT}")]);
    stage.apply_saved();
    settled(&stage, 2);
}

#[test]
fn a_moved_resource_is_no_second_owner() {
    let stage = applied();
    let moved = format!("\nmoved {{\n  from = {SUPPORT}\n  to   = {SALES}\n}}\n");
    stage.configure(&format!("{}{moved}", sales("058213")));
    stage.apply();
    settled(&stage, 1);
}

#[test]
fn a_resource_that_is_replaced_on_request_is_no_second_owner() {
    let stage = applied();
    replace(&stage).expect_success();
    settled(&stage, 2);
}

#[test]
fn a_resource_that_is_created_before_it_is_destroyed_is_no_second_owner() {
    let stage = applied();
    let pin = "pin             = \"058213\"";
    let before = support(DEFAULT_NUMBER, "058213")
        .replace(pin, &format!("{pin}\n  lifecycle {{\n    create_before_destroy = true\n  }}"));
    stage.configure(&before);
    replace(&stage).expect_success();
    settled(&stage, 2);
}

#[test]
fn a_resource_that_another_change_replaces_is_no_second_owner() {
    let pin = "pin             = \"058213\"";
    let replaced = |trigger: &str| {
        let lifecycle = "lifecycle {\n    replace_triggered_by = [terraform_data.trigger]\n  }";
        let support =
            support(DEFAULT_NUMBER, "058213").replace(pin, &format!("{pin}\n  {lifecycle}"));
        format!(
            "{support}\nresource \"terraform_data\" \"trigger\" {{\n  input = \"{trigger}\"\n}}\n"
        )
    };
    let stage = Stage::new();
    stage.configure(&replaced("a"));
    stage.apply();
    stage.configure(&replaced("b"));
    stage.apply();
    assert_eq!(stage.api.posts(), 2);
    stage.expect_nothing_to_do();
}

#[test]
fn a_tainted_resource_is_no_second_owner() {
    let stage = applied();
    stage.terraform.run(["taint", SUPPORT]).expect_success();
    stage.apply();
    settled(&stage, 2);
}

#[test]
fn two_resources_that_swap_their_numbers_are_no_second_owners() {
    let stage = Stage::new();
    let both = |first, second| {
        format!("{}{}", support(first, "058213"), sales("058213").replace(DEFAULT_NUMBER, second))
    };
    stage.configure(&both(DEFAULT_NUMBER, OTHER_NUMBER));
    stage.apply();
    stage.configure(&both(OTHER_NUMBER, DEFAULT_NUMBER));
    stage.apply();
    settled(&stage, 4);
}

#[test]
fn an_import_block_is_no_second_owner() {
    if !cli().has(Feature::ImportBlock) {
        return;
    }
    let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").with_pin("271828");
    let stage = Stage::with(Sandbox::builder().with_number(number).start());
    let import = format!("\nimport {{\n  to = {SUPPORT}\n  id = \"{DEFAULT_NUMBER}\"\n}}\n");
    stage.configure(&format!("{}{import}", support(DEFAULT_NUMBER, "058213")));
    stage.apply();
    settled(&stage, 1);
}

#[test]
fn a_number_whose_first_apply_failed_is_no_second_owner_in_the_next() {
    let stage = Stage::new();
    stage.configure(&support("106540352242999", "058213"));
    stage.try_to_apply().expect_failure().expect_error("Phone Number Not Found or Not Visible");
    stage.api.add_number(
        crate::sandbox::DEFAULT_ACCOUNT,
        PhoneNumber::new("106540352242999", "+1 555-010-0099"),
    );
    stage.apply();
    settled(&stage, 2);
}

fn applied() -> Stage {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();
    stage
}

fn replace(stage: &Stage) -> Finished {
    let replace = format!("-replace={SUPPORT}");
    stage.terraform.run(["apply", "-json", "-auto-approve", &replace])
}

/// So many PINs have been sent, the last of them is in force, and there is nothing left to do.
#[track_caller]
fn settled(stage: &Stage, posts: usize) {
    assert_eq!(stage.api.posts(), posts);
    assert!(stage.api.pins().values().all(|pin| pin == "058213"), "{:?}", stage.api.pins());
    for state in stage.state().values() {
        assert_eq!(state["is_pin_enabled"], json!(true));
    }
    stage.expect_nothing_to_do();
}

/// A resource called `sales` for the same number.
fn sales(pin: &str) -> String {
    support(DEFAULT_NUMBER, pin).replace("\"support\"", "\"sales\"")
}

const DECLARED_TWICE: &str = "Phone Number Declared Twice";
const SUPPORT: &str = "whatsapp_two_step_verification.support";
const SALES: &str = "whatsapp_two_step_verification.sales";
const OTHER_NUMBER: &str = "106540352242923";
