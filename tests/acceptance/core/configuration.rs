//! The provider block: where its values come from, and what happens as long as they do not.

use crate::{
    sandbox::{DEFAULT_NUMBER, DEFAULT_TOKEN, Sandbox, Token},
    stage::{Stage, support},
};

#[test]
fn the_token_of_the_configuration_wins_over_the_environments() {
    let mut stage = Stage::new();
    stage.terraform.set_env("WHATSAPP_ACCESS_TOKEN", "of-somebody-else");
    stage.configure(&with_token(&format!("\"{DEFAULT_TOKEN}\"")));
    stage.apply().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));

    // Null is the same as not there.
    stage.configure(&with_token("null"));
    let refused = stage.terraform.run(["plan", "-json"]).expect_failure();
    refused.expect_error("Access Token Not Accepted");
    let said = format!("{}{}", refused.stdout, refused.stderr);
    assert!(!said.contains("of-somebody-else"), "{said}");
    stage.terraform.set_env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN);
    stage.expect_nothing_to_do();
}

#[test]
fn a_token_is_needed_for_calls_alone() {
    let mut stage = Stage::new().without_token();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    assert!(stage.terraform.run(["validate", "-json"]).expect_success().diagnostics().is_empty());
    stage.plan(&["create whatsapp_two_step_verification.support"]).expect_silence();
    let error = stage.try_to_apply_saved().expect_failure().expect_error("Access Token Missing");
    for way_out in ["access_token", "WHATSAPP_ACCESS_TOKEN"] {
        assert!(error.detail.contains(way_out), "{error:?}");
    }
    assert!(stage.state().is_empty());

    stage.terraform.set_env("WHATSAPP_ACCESS_TOKEN", DEFAULT_TOKEN);
    stage.apply();
    stage.calls();
    stage.terraform.unset_env("WHATSAPP_ACCESS_TOKEN");
    stage.configure(&support(DEFAULT_NUMBER, "730164"));
    let plan = stage.plan_with(&["-refresh=false"]);
    assert_eq!(plan.changes(), ["update whatsapp_two_step_verification.support"]);
    assert!(stage.calls().is_empty());
}

#[test]
fn a_token_known_after_apply_lets_the_plan_render_and_the_apply_work() {
    let stage = Stage::new().without_token();
    stage.configure(&format!(
        "{}\nresource \"terraform_data\" \"token\" {{\n  input = \"{DEFAULT_TOKEN}\"\n}}\n",
        with_token("terraform_data.token.output")
    ));
    let changes = ["create terraform_data.token", "create whatsapp_two_step_verification.support"];
    stage.plan(&changes).expect_silence();
    stage.apply_saved().expect_silence();
    assert_eq!(stage.api.pin(DEFAULT_NUMBER).as_deref(), Some("058213"));
    stage.expect_nothing_to_do();
}

#[test]
fn a_call_that_needs_an_unknown_token_says_which_argument_is_unknown() {
    let stage = Stage::new();
    stage.configure(&support(DEFAULT_NUMBER, "058213"));
    stage.apply();
    stage.calls();
    // The environment's token must not stand in: it may belong to another account.
    stage.configure(&format!(
        "{}\nresource \"terraform_data\" \"token\" {{\n  input = \"{DEFAULT_TOKEN}\"\n}}\n",
        with_token("terraform_data.token.output")
    ));
    let refused = stage.terraform.run(["plan", "-json"]).expect_failure();
    let error = refused.expect_error("Provider Configuration Not Known Yet");
    assert!(error.detail.contains("access_token"), "{error:?}");
    assert!(stage.calls().is_empty());
}

#[test]
fn two_aliases_call_with_each_its_own_token() {
    let seeing = |name: &str, account: &str| Token::new(name).seeing_only([account]);
    let api = Sandbox::builder()
        .with_token(seeing("token-of-one", "1001"))
        .with_token(seeing("token-of-two", "1002"))
        .account("1001")
        .number("7001", "+1 555-010-0001")
        .account("1002")
        .number("7002", "+1 555-010-0002")
        .start();
    let stage = Stage::with(api).without_token();
    stage.configure(TWO_ALIASES);
    stage.apply().expect_silence();
    assert_eq!(stage.api.pin("7001").as_deref(), Some("058213"));
    assert_eq!(stage.api.pin("7002").as_deref(), Some("730164"));
    stage.expect_nothing_to_do();
}

fn with_token(expression: &str) -> String {
    let resource = support(DEFAULT_NUMBER, "058213");
    format!("\nprovider \"whatsapp\" {{\n  access_token = {expression}\n}}\n{resource}")
}

const TWO_ALIASES: &str = r#"
provider "whatsapp" {
  access_token = "token-of-one"
}

provider "whatsapp" {
  alias        = "two"
  access_token = "token-of-two"
}

resource "whatsapp_two_step_verification" "one" {
  phone_number_id = "7001"
  pin             = "058213"
}

resource "whatsapp_two_step_verification" "two" {
  provider        = whatsapp.two
  phone_number_id = "7002"
  pin             = "730164"
}
"#;
