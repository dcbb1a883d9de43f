//! What the state says of a number is what is known of it: on, off, silent, or not known.

use serde_json::{Value, json};

use crate::{
    sandbox::{DEFAULT_NUMBER, Fault, GraphError, Loss, Rule},
    stage::{Stage, support},
    terraform::Finished,
};

#[test]
fn off_is_drift_in_place_and_its_one_warning_is_true_in_every_command() {
    let stage = long_ago(&support(DEFAULT_NUMBER, OLD));
    stage.api.switch_pin_off(DEFAULT_NUMBER);

    expect_off(&stage.terraform.run(["plan", "-json", "-refresh-only"]).expect_success());
    expect_off(&stage.terraform.run(["apply", "-json", "-refresh-only", "-auto-approve"]));
    assert_eq!(stage.state()["support"]["is_pin_enabled"], false, "stored, and not mended");
    assert_eq!(stage.api.posts(), 0);

    let forced = stage.plan_with(&[&format!("-replace={SUPPORT}")]);
    assert_eq!(forced.changes(), [format!("replace {SUPPORT}")]);
    expect_off(&forced);

    stage.configure(&support(DEFAULT_NUMBER, OLD).replace("\"support\"", "\"help\""));
    let renamed = stage.plan_with(&[]);
    assert_eq!(renamed.changes().len(), 2, "{renamed}");
    expect_off(&renamed);
    stage.configure(&support(DEFAULT_NUMBER, OLD));
    // Terraform keeps to itself what the refresh before a destroy says.
    let destroy = stage.plan_with(&["-destroy"]);
    destroy.expect_warning("Two-Step Verification Stays Off");

    expect_off(&stage.plan(&[&format!("update {SUPPORT}")]));
    let change = &stage.terraform.run(["show", "-json", "saved"]).expect_success().json()["resource_changes"]
        [0]["change"];
    assert_eq!((&change["before"]["is_pin_enabled"], &change["after"]["is_pin_enabled"]), ON_AGAIN);
    assert_eq!(change["after_unknown"], json!({ "last_set_at": true }));
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some(OLD));
    stage.expect_nothing_to_do();
}

#[test]
fn keep_enabled_false_reports_that_it_is_off_and_leaves_it_off() {
    let leaving = support(DEFAULT_NUMBER, OLD).replace("\n}", "\n  keep_enabled    = false\n}");
    let stage = long_ago(&support(DEFAULT_NUMBER, OLD));
    stage.configure(&leaving);
    stage.plan(&[&format!("update {SUPPORT}")]).expect_silence();
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.posts(), 0, "a change of keep_enabled alone sends nothing");
    assert_eq!(stage.state()["support"]["last_set_at"], LONG_AGO);

    stage.api.switch_pin_off(DEFAULT_NUMBER);
    for _ in 0..2 {
        expect_off(&stage.plan(&[]));
        stage.terraform.run(["apply", "-auto-approve"]).expect_success();
    }
    assert_eq!(stage.api.pin(DEFAULT_NUMBER), None, "the number can move now");

    stage.configure(&support(DEFAULT_NUMBER, OLD));
    stage.plan(&[&format!("update {SUPPORT}")]);
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some(OLD));
}

#[test]
fn an_outcome_that_nobody_knows_is_stored_so_that_the_former_configuration_is_sent_again() {
    for fault in [
        Fault::Lost(Loss::Close),
        Fault::Error(GraphError::new(500, 1, "Unknown").transient(false)),
        Fault::EmptyBody,
    ] {
        let stage = long_ago(&support(DEFAULT_NUMBER, OLD));
        stage.configure(&support(DEFAULT_NUMBER, NEW));
        stage.api.inject(Rule::new(fault.clone()).on_posts());
        let error = stage.try_to_apply().expect_failure().only_error();
        assert!(error.detail.contains("may or may not have been set"), "{error:?}");
        assert!(error.detail.contains("the former one too"), "{error:?}");
        let state = &stage.state()["support"];
        for name in ["pin", "pin_wo_version", "last_set_at", "is_pin_enabled"] {
            assert_eq!(state[name], Value::Null, "{name} after {fault:?}");
        }
        stage.api.clear_faults();
        stage.configure(&support(DEFAULT_NUMBER, OLD));
        stage.plan(&[&format!("update {SUPPORT}")]);
        stage.apply_saved().expect_silence();
        assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some(OLD), "{fault:?}");
        stage.expect_nothing_to_do();
    }
}

#[test]
fn a_create_whose_outcome_nobody_knows_says_what_it_means_to_take_it_back() {
    let stage = impatient();
    stage.configure(&support(DEFAULT_NUMBER, NEW));
    stage.api.inject(Rule::new(Fault::Lost(Loss::Close)).on_posts());
    let error = stage.try_to_apply().expect_failure().only_error();
    assert!(error.detail.contains("whoever takes the change back"), "{error:?}");
    assert!(stage.state().is_empty());
}

#[test]
fn where_meta_does_not_say_nothing_is_planned_and_one_warning_is_given() {
    let sales = support("106540352242923", NEW).replace("\"support\"", "\"sales\"");
    let configuration = format!("{}{sales}", support(DEFAULT_NUMBER, OLD));
    let stage = long_ago(&configuration);
    stage.api.inject(Fault::WithoutPinFlag);
    let title = "Meta Does Not Say Whether Two-Step Verification Is On";
    stage.plan(&[]).expect_warning(title);
    stage.apply().expect_warning(title);
    assert!(stage.state().values().all(|state| state["is_pin_enabled"].is_null()));
    assert_eq!(stage.api.posts(), 0);
}

#[test]
fn an_id_is_known_in_the_plan_and_a_replacement_does_not_spread_through_it() {
    let stage = impatient();
    stage.configure(&format!(
        r#"{}
resource "terraform_data" "user" {{
  for_each = toset([whatsapp_two_step_verification.support.id])
  input    = each.key
}}
"#,
        support(DEFAULT_NUMBER, OLD)
    ));
    let user = format!("terraform_data.user[\"{DEFAULT_NUMBER}\"]");
    stage.plan(&[&format!("create {user}"), &format!("create {SUPPORT}")]).expect_silence();
    stage.apply_saved().expect_silence();
    let replaced = stage.plan_with(&[&format!("-replace={SUPPORT}")]);
    assert_eq!(replaced.changes(), [format!("replace {SUPPORT}")]);
}

/// A number whose PIN was set long ago; the calls for that are forgotten.
fn long_ago(configuration: &str) -> Stage {
    let stage = impatient();
    stage.configure(configuration);
    stage.apply().expect_silence();
    stage.edit_state(|attributes| {
        attributes.insert("last_set_at".to_owned(), json!(LONG_AGO));
    });
    stage.api.forget_events();
    stage
}

/// Nothing is gained by trying again in these stories.
fn impatient() -> Stage {
    let mut stage = Stage::new();
    stage.terraform.set_env("WHATSAPP_MAX_RETRIES", "0");
    stage
}

#[track_caller]
fn expect_off(finished: &Finished) {
    let all = finished.diagnostics();
    let off: Vec<_> =
        all.iter().filter(|it| it.summary == "Two-Step Verification Is Off").collect();
    let [warning] = off[..] else { panic!("one warning, not {all:#?}") };
    assert!(warning.detail.contains("unless the apply only refreshes"), "{warning:?}");
    assert!(warning.detail.contains("Somebody has switched it off"), "{warning:?}");
}

const OLD: &str = "058213";
const NEW: &str = "730164";
const LONG_AGO: &str = "2026-01-01T00:00:00Z";
const ON_AGAIN: (&Value, &Value) = (&Value::Bool(false), &Value::Bool(true));
const SUPPORT: &str = "whatsapp_two_step_verification.support";
