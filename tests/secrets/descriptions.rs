//! What Meta says of a number may repeat a secret as an error may: in a status, a name, or the number
//! as people write it. It reaches messages, values, outputs and the state.

use crate::sandbox::{DEFAULT_NUMBER, PhoneNumber, Sandbox, Token};
use crate::search::Canary;
use crate::stage::Stage;

const PIN: &str = "073915";
const TOKEN: &str = "EAAG\"canary\\of%41%{the}<&>'tok\u{e9}";

#[test]
fn nothing_that_meta_says_of_a_number_shows_a_token_or_the_pin_of_its_registration() {
    for version in ["1.14", "1.15"] {
        let api = Sandbox::builder()
            .with_number(described(&format!("\u{202e}{TOKEN}\u{1b}[31m {PIN}")))
            .with_token(Token::new(TOKEN))
            .start();
        let mut stage = stage(&api, version);
        stage.configure(ACTION);
        let refused = stage.run(&["apply", "-no-color", "-auto-approve", REGISTER]);
        let told = refused.expect_failure();
        assert!(told.stdout.contains("Meta says [redacted][31m [redacted] of"), "{told}");
        assert!(!told.stdout.contains(['\u{202e}', '\u{1b}']), "{told}");
        stage.run(&["apply", "-json", "-auto-approve", REGISTER]).expect_failure();
        expect_nothing(&stage, &[("token", TOKEN), ("pin", PIN)]);
    }
}

#[test]
fn no_value_and_no_message_of_a_look_up_shows_a_token_that_meta_repeats() {
    let mut number = described(&format!("{TOKEN}\u{202e} VERIFIED"));
    number.display_phone_number = format!("+1 555 {TOKEN}");
    let api = Sandbox::builder().with_number(number).with_token(Token::new(TOKEN)).start();
    let mut stage = stage(&api, "1.15");
    stage.configure(LOOK_UP);
    stage.run(&["apply", "-auto-approve"]).expect_success();
    let shown = stage.run(&["output", "-json"]).expect_success().stdout;
    assert!(shown.contains("[redacted] VERIFIED"), "{shown}");
    stage.configure(&LOOK_UP.replace("+1 555", "+1 556"));
    let told = stage.run(&["plan", "-no-color"]).expect_failure();
    assert!(told.stderr.contains("+1 555 [redacted]: ID"), "{told}");
    stage.run(&["plan", "-json"]).expect_failure();
    expect_nothing(&stage, &[("token", TOKEN)]);
}

/// A number of which every text is this one.
fn described(text: &str) -> PhoneNumber {
    let mut number = PhoneNumber::new(DEFAULT_NUMBER, "+1 555-010-0001").fresh();
    let text = Some(text.to_owned());
    number.code_verification_status.clone_from(&text);
    number.name_status.clone_from(&text);
    number.platform_type.clone_from(&text);
    number.quality_rating.clone_from(&text);
    number.verified_name.clone_from(&text);
    number.status = text;
    number
}

fn stage(api: &Sandbox, version: &str) -> Stage {
    Stage::new(api)
        .env("TERRAFORM_VERSION", version)
        .env("WHATSAPP_ACCESS_TOKEN", TOKEN)
        .env("WHATSAPP_MAX_RETRIES", "0")
        .env("TF_VAR_pin", PIN)
}

fn expect_nothing(stage: &Stage, secrets: &[(&'static str, &str)]) {
    let canaries: Vec<_> = secrets.iter().map(|(name, text)| Canary::new(name, text)).collect();
    let found = stage.search(&canaries);
    assert!(found.is_empty(), "{found:#?}");
}

const REGISTER: &str = "-invoke=action.whatsapp_register_phone_number.this";

const ACTION: &str = r#"
variable "pin" {
  type      = string
  ephemeral = true
}

action "whatsapp_register_phone_number" "this" {
  config {
    phone_number_id = "106540352242922"
    pin             = var.pin
  }
}
"#;

const LOOK_UP: &str = r#"
data "whatsapp_phone_number" "by_id" {
  phone_number_id = "106540352242922"
}

data "whatsapp_phone_number" "by_number" {
  business_account_id  = "102290129340398"
  display_phone_number = "+1 555"
}

data "whatsapp_phone_numbers" "all" {
  business_account_id = "102290129340398"
}

output "all" {
  value = [
    data.whatsapp_phone_number.by_id,
    data.whatsapp_phone_number.by_number,
    data.whatsapp_phone_numbers.all,
  ]
}
"#;
