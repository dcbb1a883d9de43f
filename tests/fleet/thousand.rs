//! A thousand numbers of one account, created and refreshed once.

use std::time::Duration;

use crate::{
    lane,
    sandbox::{DEFAULT_ACCOUNT, Event, Sandbox},
};

#[test]
fn a_thousand_numbers_are_set_with_a_call_each_and_refreshed_with_ten() {
    let api = Sandbox::builder().account(DEFAULT_ACCOUNT).numbers(1_000).start();
    let terraform = lane::newest(&api)
        .env("WHATSAPP_BUSINESS_ACCOUNT_IDS", DEFAULT_ACCOUNT)
        .time_limit(Duration::from_secs(240));
    terraform.write("main.tf", A_THOUSAND);

    terraform.run(["apply", "-auto-approve", "-parallelism=50"]).expect_success();
    assert_eq!((api.posts(), api.calls()), (1_000, 1_000), "a create needs no other call");
    assert!(api.pins().len() == 1_000 && api.pins().values().all(|pin| pin == "016253"));

    api.forget_events();
    terraform.run(["plan", "-detailed-exitcode"]).expect_success();
    assert_eq!(api.calls(), 10);
    assert_eq!(api.count(|event: &Event| event.path.ends_with("/phone_numbers")), 10);
}

const A_THOUSAND: &str = r#"
terraform {
  required_providers {
    whatsapp = {
      source = "waba/whatsapp"
    }
  }
}

resource "whatsapp_two_step_verification" "fleet" {
  count           = 1000
  phone_number_id = tostring(200000000000001 + count.index)
  pin_wo          = "016253"
  pin_wo_version  = 1
}
"#;
