//! The PIN of an action rests nowhere: neither triggered nor invoked, neither done nor refused. Nor
//! does the token whose details are read, which travels in an address.

use crate::sandbox::{
    DEFAULT_APP, DEFAULT_NUMBER, Fault, GraphError, PhoneNumber, Rule, Sandbox, Token,
};
use crate::search::Canary;
use crate::stage::Stage;

const PIN: &str = "073915";
const TOKEN: &str = "EAAG\"canary\\of%41%{the}<&>'tok\u{e9}";
const APP_SECRET: &str = "s3cr3t%25canary";

#[test]
fn nothing_of_an_actions_pin_or_of_an_inspected_token_is_left() {
    for version in ["1.14", "1.15"] {
        let number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").fresh();
        let token = Token::new(TOKEN).with_app_secret(APP_SECRET);
        let api = Sandbox::builder().with_number(number).with_token(token).start();
        let mut stage = Stage::new(&api)
            .env("TERRAFORM_VERSION", version)
            .env("WHATSAPP_ACCESS_TOKEN", TOKEN)
            .env("WHATSAPP_APP_ID", DEFAULT_APP)
            .env("WHATSAPP_APP_SECRET", APP_SECRET)
            .env("WHATSAPP_MAX_RETRIES", "0")
            .env("TF_VAR_pin", PIN);
        stage.configure(CONFIGURATION);
        let careless = || Fault::Error(GraphError::new(400, 133_005, "mismatch").echoing());
        api.inject(Rule { edge: Some("register".into()), ..Rule::new(careless()).times(1) });
        stage.run(&["plan", "-out=saved"]).expect_success();
        stage.run(&["show", "-json", "saved"]).expect_success();
        stage.run(&["apply", "saved"]).expect_failure();
        stage.run(&["apply", "-auto-approve", REGISTER]).expect_success();
        stage.run(&["plan", "-out=invoked", SET]).expect_success();
        stage.run(&["apply", "invoked"]).expect_success();
        api.inject(careless());
        stage.run(&["apply", "-json", "-auto-approve", SET]).expect_failure();
        stage.run(&["plan"]).expect_failure();
        assert_eq!((api.pin(DEFAULT_NUMBER).as_deref(), api.registrations()), (Some(PIN), 2));
        let canaries = [("pin", PIN), ("token", TOKEN), ("app secret", APP_SECRET)]
            .map(|(name, text)| Canary::new(name, text));
        let found = stage.search(&canaries);
        assert!(found.is_empty(), "Terraform {version}: {found:#?}");
    }
}

const REGISTER: &str = "-invoke=action.whatsapp_register_phone_number.this";
const SET: &str = "-invoke=action.whatsapp_set_two_step_verification_pin.this";

const CONFIGURATION: &str = r#"
variable "pin" {
  type      = string
  ephemeral = true
  sensitive = true
}

data "whatsapp_access_token" "this" {}

output "is_valid" {
  value = data.whatsapp_access_token.this.is_valid
}

resource "whatsapp_two_step_verification" "this" {
  phone_number_id = "106540352242922"
  pin_wo          = var.pin
  pin_wo_version  = "1"

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.whatsapp_register_phone_number.this]
    }
  }
}

action "whatsapp_register_phone_number" "this" {
  config {
    phone_number_id = "106540352242922"
    pin             = var.pin
  }
}

action "whatsapp_set_two_step_verification_pin" "this" {
  config {
    phone_number_id = "106540352242922"
    pin             = var.pin
  }
}
"#;
