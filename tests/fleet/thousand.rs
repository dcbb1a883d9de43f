//! A thousand numbers of one account: created and refreshed once, and stopped with hundreds on their
//! way.

use std::time::Duration;

use crate::{
    lane,
    sandbox::{DEFAULT_ACCOUNT, Event, Fault, Rule, Sandbox},
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

#[test]
fn after_ctrl_c_no_further_pin_is_sent_however_many_are_on_their_way() {
    let api = Sandbox::builder().account(DEFAULT_ACCOUNT).numbers(1_000).start();
    api.inject(Rule::new(Fault::Delay(Duration::from_secs(20))).on_posts());
    let terraform = lane::newest(&api).time_limit(Duration::from_secs(240));
    terraform.write("main.tf", A_THOUSAND);

    let apply = terraform.start(["apply", "-auto-approve", "-parallelism=600"]);
    let all = api.wait_for(Duration::from_secs(120), |events| {
        events.iter().filter(|event| event.is_post() && event.is_under_way()).count() == 600
    });
    assert!(all, "{} of 600 PINs are on their way", api.posts());
    apply.interrupt();
    apply.finish().expect_failure();
    assert_eq!(api.posts(), 600, "no PIN was sent after Ctrl-C");
    let state = terraform.run(["state", "list"]).expect_success();
    assert_eq!(state.stdout.lines().count(), 600, "and none that was set is forgotten");
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
