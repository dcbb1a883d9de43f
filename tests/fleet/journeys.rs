//! Journeys of several days, each walked to its end: what a guide among the examples tells, with what
//! happens at Meta in between.

use std::fs;

use serde_json::Value;

use crate::{
    lane::{self, files, folders, guide, tested},
    sandbox::{DEFAULT_ACCOUNT, DEFAULT_TOKEN, PhoneNumber, Sandbox, Token},
    terraform::Terraform,
};

/// What somebody does who tries one after the other against `cargo run --example sandbox`.
#[test]
fn every_guides_own_test_passes_in_a_row_against_one_sandbox() {
    let api = Sandbox::start();
    let mut run = 0;
    for folder in folders("examples/guides") {
        if files(&folder, ".tftest.hcl").next().is_none() {
            continue;
        }
        let terraform = lane::newest(&api);
        lane::copy(&folder, &terraform);
        let finished = terraform.run(["test"]).expect_success();
        assert!(finished.stdout.contains(" passed, 0 failed"), "{}\n{finished}", folder.display());
        run += 1;
    }
    assert!(run > 9, "only {run} guides have a test");
}

#[test]
fn a_number_moves_to_another_account_and_is_left_off_meanwhile() {
    let (api, terraform) = guide("move-to-another-account");
    tested(&terraform, 3);
    let mut terraform = terraform.env("TF_VAR_phone_number_id", OLD).env("TF_VAR_pin", "483920");
    terraform.run(["apply", "-auto-approve"]).expect_success();
    api.forget_events();

    terraform.set_env("TF_VAR_keep_enabled", "false");
    let applied = terraform.run(["apply", "-auto-approve"]).expect_success();
    assert!(applied.stdout.contains("may_move = false"), "{applied}");
    api.switch_pin_off(OLD);
    say_that_it_was_set_long_ago(&terraform);
    let applied = terraform.run(["apply", "-auto-approve"]).expect_success();
    assert!(applied.stdout.contains("may_move = true"), "{applied}");
    assert_eq!(api.posts(), 0, "nothing turns it on again");

    api.remove_number(OLD);
    api.add_number(DEFAULT_ACCOUNT, PhoneNumber::new(NEW, "+1 555-010-0001"));
    terraform.unset_env("TF_VAR_keep_enabled");
    terraform.set_env("TF_VAR_phone_number_id", NEW);
    let refused = terraform.run(["plan", "-json"]).expect_failure().only_error();
    assert!(refused.detail.contains("WHATSAPP_MISSING_NUMBER"), "the old ID is gone: {refused:?}");
    terraform.set_env("WHATSAPP_MISSING_NUMBER", "warn");
    let applied = terraform.run(["apply", "-auto-approve"]).expect_success();
    assert_eq!(api.pin(NEW).as_deref(), Some("483920"), "{applied}");
    terraform.unset_env("WHATSAPP_MISSING_NUMBER");
    terraform.run(["plan", "-detailed-exitcode"]).expect_success();
}

#[test]
fn a_token_is_replaced_without_a_pin_being_sent() {
    let (api, terraform) = guide("replace-the-token");
    tested(&terraform, 3);
    let mut terraform = terraform
        .env("TF_VAR_business_account_id", DEFAULT_ACCOUNT)
        .env("TF_VAR_numbers", format!(r#"{{"support":"{OLD}"}}"#))
        .env("TF_VAR_pins", r#"{"support":"483920"}"#);
    terraform.run(["apply", "-auto-approve"]).expect_success();
    api.forget_events();

    let mut narrow = Token::new("next-token").seeing_only(["202290129340398"]);
    narrow.details.scopes = vec!["whatsapp_business_management".into()];
    api.set_tokens([Token::new(DEFAULT_TOKEN), narrow]);
    terraform.set_env("TF_VAR_next_token", "next-token");
    let planned = terraform.run(["plan", "-json"]).expect_success();
    let said = |text: &str| planned.diagnostics().iter().any(|it| it.detail.contains(text));
    assert!(said("The next token lacks a permission."), "{planned}");
    assert!(said("Check that it is the ID of the WhatsApp Business Account"), "{planned}");

    let good = Token::new("next-token").seeing_only([DEFAULT_ACCOUNT]);
    api.set_tokens([Token::new(DEFAULT_TOKEN), good.clone()]);
    terraform.run(["plan", "-json"]).expect_success().expect_silence();
    terraform.unset_env("WHATSAPP_ACCESS_TOKEN");
    terraform.set_env("WHATSAPP_ACCESS_TOKEN", "next-token");
    terraform.unset_env("TF_VAR_next_token");
    api.set_tokens([good]);
    let planned = terraform.run(["plan", "-json"]).expect_success().expect_silence();
    // The data of checks are read in each apply: Terraform does not call that "No changes".
    assert!(planned.stdout.contains("Plan: 0 to add, 0 to change, 0 to destroy."), "{planned}");
    assert_eq!(api.posts(), 0);
}

#[test]
fn a_lost_number_stops_the_run_until_it_is_tolerated_and_then_taken_out() {
    let (api, terraform) = guide("lost-number");
    tested(&terraform, 3);
    let mut terraform = terraform
        .env("TF_VAR_numbers", format!(r#"{{"support":"{OLD}","sales":"{LOST}"}}"#))
        .env("TF_VAR_pins", r#"{"support":"483920","sales":"016253"}"#);
    terraform.run(["apply", "-auto-approve"]).expect_success();

    api.remove_number(LOST);
    let refused = terraform.run(["plan", "-json"]).expect_failure().only_error();
    assert!(refused.detail.contains("missing_number"), "the way on: {refused:?}");
    terraform.set_env("TF_VAR_missing_number", "warn");
    terraform.run(["plan", "-detailed-exitcode"]).expect_success();

    terraform.set_env("TF_VAR_numbers", &format!(r#"{{"support":"{OLD}"}}"#));
    terraform.run(["apply", "-auto-approve"]).expect_success();
    terraform.unset_env("TF_VAR_missing_number");
    terraform.run(["plan", "-detailed-exitcode"]).expect_success();
    assert_eq!(api.pin(OLD).as_deref(), Some("483920"));
}

#[test]
fn a_number_leaves_terraform_and_keeps_its_pin() {
    let (api, terraform) = guide("leave-terraform");
    tested(&terraform, 1);
    let terraform = terraform.env("TF_VAR_pin", "483920");
    let after = fs::read_to_string(terraform.folder().join("main.tf")).expect("the guide's file");
    let (before, _) = after.split_once("# Until yesterday").expect("the guide tells of the past");
    let at = before.find("resource \"").expect("a number stays");
    let leaving = before[at..].replace("staying", "leaving").replace(OLD, LOST);
    terraform.write("main.tf", &format!("{before}{leaving}"));
    terraform.run(["apply", "-auto-approve"]).expect_success();
    api.forget_events();

    terraform.write("main.tf", &after);
    let applied = terraform.run(["apply", "-auto-approve", "-json"]).expect_success();
    let warned = applied.diagnostics().iter().any(|it| it.summary.contains("Stays On"));
    assert!(!warned, "nothing is destroyed, so nothing is warned of: {applied}");
    let left = terraform.run(["state", "list"]).expect_success().stdout;
    assert_eq!(left.trim(), "whatsapp_two_step_verification.staying");
    assert_eq!((api.posts(), api.pin(LOST).as_deref()), (0, Some("483920")));

    let forgotten = "whatsapp_two_step_verification.staying";
    terraform.run(["state", "rm", forgotten]).expect_success();
    assert_eq!((api.posts(), api.pin(OLD).as_deref()), (0, Some("483920")));
}

/// Within two minutes of an apply, nobody is believed who says that the PIN is off.
fn say_that_it_was_set_long_ago(terraform: &Terraform) {
    let file = terraform.folder().join("terraform.tfstate");
    let state = fs::read_to_string(&file).expect("there is a state");
    let mut state: Value = serde_json::from_str(&state).expect("a state is JSON");
    let attributes = &mut state["resources"][0]["instances"][0]["attributes"];
    attributes["last_set_at"] = "2026-01-01T00:00:00Z".into();
    terraform.write(file, &state.to_string());
}

const OLD: &str = "106540352242922";
const LOST: &str = "106540352242923";
const NEW: &str = "306540352242922";
