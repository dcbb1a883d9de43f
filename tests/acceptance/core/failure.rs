//! Nothing is lost and nothing is made up when the API refuses.

use crate::{
    sandbox::{DEFAULT_NUMBER, Fault, GraphError, Rule},
    stage::{Stage, support},
};

#[test]
fn a_failed_create_leaves_nothing_in_the_state() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.api.inject(Rule::new(refusal()).on_posts());
    let error = stage.try_to_apply().expect_failure().expect_error(REFUSED);
    assert!(error.code().starts_with("resource "), "the ID is not at fault: {error:?}");
    assert!(error.detail.contains(DEFAULT_NUMBER), "{error:?}");
    assert!(error.detail.contains("133010"), "{error:?}");
    assert!(stage.state().is_empty());
    assert_eq!(stage.calls(), [format!("POST {DEFAULT_NUMBER}")], "a refusal is not repeated");

    stage.api.clear_faults();
    stage.plan(&["create whatsapp_two_step_verification.support"]);
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));
}

#[test]
fn a_failed_update_keeps_the_old_state() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();
    let before = stage.state();
    stage.configure(&support(DEFAULT_NUMBER, "730164"));
    stage.api.inject(Rule::new(refusal()).on_posts());
    stage.try_to_apply().expect_failure().expect_error(REFUSED);
    assert_eq!(stage.state(), before);

    stage.api.clear_faults();
    stage.plan(&["update whatsapp_two_step_verification.support"]);
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("730164"));
}

#[test]
fn a_replacement_that_fails_halfway_is_finished_by_the_next_apply() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();
    stage.configure(&support("106540352242923", "058213"));
    stage.api.inject(Rule::new(refusal()).on_posts());
    stage.try_to_apply().expect_failure();
    assert!(stage.state().is_empty(), "the old number is forgotten, the new one is not set");

    stage.api.clear_faults();
    stage.plan(&["create whatsapp_two_step_verification.support"]);
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pins().len(), 2);
}

#[test]
fn a_number_that_cannot_be_read_stays_in_the_state() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();
    let before = stage.state();
    stage.api.remove_number(DEFAULT_NUMBER);
    let error =
        stage.try_to_apply().expect_failure().expect_error("Phone Number Not Found or Not Visible");
    assert_eq!(error.code(), format!("phone_number_id = \"{DEFAULT_NUMBER}\""));
    assert!(error.detail.contains("subcode 33"), "{error:?}");
    assert_eq!(stage.state(), before);
}

#[test]
fn a_dialled_number_in_the_place_of_an_id_is_said_to_look_like_one() {
    let stage = Stage::new();
    for (id, is_odd) in [("015550100001", true), ("15550100001", true), ("106540352242999", false)]
    {
        stage.configure(&support(id, "058213"));
        let refused = stage.try_to_apply().expect_failure();
        let error = refused.expect_error("Phone Number Not Found or Not Visible");
        assert_eq!(error.detail.contains("a number that people dial"), is_odd, "{error:?}");
        assert_eq!(error.code(), format!("phone_number_id = \"{id}\""));
    }
}

#[test]
fn a_lost_number_does_not_stop_the_others_and_is_removed_by_a_plain_apply() {
    let sales = support("106540352242923", "730164").replace("\"support\"", "\"sales\"");
    let mut stage = Stage::new();
    stage.configure(&format!("{}{sales}", support(DEFAULT_NUMBER, "058213")));
    stage.apply();
    stage.api.remove_number(DEFAULT_NUMBER);
    stage.configure(&sales.replace("730164", "918273"));
    let refused = stage.try_to_apply().expect_failure();
    let error = refused.expect_error("Phone Number Not Found or Not Visible");
    assert!(error.detail.contains("WHATSAPP_MISSING_NUMBER, to \"warn\""), "{error:?}");

    stage.terraform.set_env("WHATSAPP_MISSING_NUMBER", "warn");
    let applied = stage.apply();
    let missing = |it: &&crate::terraform::Diagnostic| it.summary == error.summary;
    let warnings = applied.diagnostics();
    let warning = warnings.iter().find(missing).expect("it is said");
    assert!(!warning.is_error() && warning.detail.contains("is kept"), "{warning:?}");
    assert_eq!(stage.state().into_keys().collect::<Vec<_>>(), ["sales"]);
    assert_eq!(stage.api.pin("106540352242923").as_deref(), Some("918273"));
    stage.expect_nothing_to_do();
}

#[test]
fn of_many_lost_numbers_each_is_explained_because_terraform_shows_one_of_them() {
    let sales = support("106540352242923", "730164").replace("\"support\"", "\"sales\"");
    let mut stage = Stage::new();
    stage.configure(&format!("{}{sales}", support(DEFAULT_NUMBER, "058213")));
    stage.apply();
    let before = stage.state();
    stage.api.remove_number(DEFAULT_NUMBER);
    stage.api.remove_number("106540352242923");
    stage.terraform.set_env("WHATSAPP_MISSING_NUMBER", "warn");
    let planned = stage.plan(&[]);
    planned.expect_warning("Phone Number Not Found or Not Visible");
    let warnings = planned.diagnostics();
    assert_eq!(warnings.len(), 2, "{planned}");
    for warning in warnings {
        let detail = warning.detail;
        assert!(detail.contains("subcode 33") && detail.contains("is kept"), "{detail}");
        assert!(!detail.contains("WHATSAPP_MISSING_NUMBER"), "it is set already: {detail}");
    }
    let shown = stage.terraform.run(["plan", "-no-color"]).expect_success().to_string();
    assert!(shown.contains("is kept"), "what a person sees says what happens: {shown}");
    assert_eq!(stage.state(), before);
}

fn refusal() -> Fault {
    Fault::Error(GraphError::not_registered())
}

const REFUSED: &str = "Phone Number or Account Not Ready";
