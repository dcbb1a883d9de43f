//! Fifty creates at once against a rate limit.

use std::time::Duration;

use crate::run::Run;
use crate::sandbox::{DEFAULT_ACCOUNT, DEFAULT_TOKEN, Fault, RetryAfter, Rule, Sandbox, Throttle};
use crate::terraform::Terraform;
use crate::worlds::{APPLY, PATIENT, World, Worlds};

#[test]
fn fifty_creates_all_finish_and_none_calls_while_the_api_has_said_to_wait() {
    for form in [RetryAfter::Seconds, RetryAfter::Date] {
        let limit = Throttle::new(20, Duration::from_secs(2)).retry_after(form);
        let worlds = Worlds::of(World::new("throttled", 50, 0).inject(Fault::Throttle(limit)));
        let run = worlds.apply_under_faults(PATIENT);
        assert_eq!(run.done.len(), 50, "{run}");
        let api = worlds.api();
        assert_eq!(api.calls_while_told_to_wait(), 0, "{:#?}", api.events());
        assert!(api.count(|event| event.code == Some(80_007)) > 0, "the limit was never reached");
        worlds.converge_after(&run);
    }
}

#[test]
fn a_wait_of_minutes_is_told_to_everybody_and_slept_by_nobody() {
    let limit = Throttle::new(20, Duration::from_secs(19 * 60)).minutes(19);
    let rule = Rule::new(Fault::Throttle(limit)).on_posts();
    let worlds = Worlds::of(World::new("blocked", 50, 0).inject(rule));
    let run = worlds.apply_under_faults(PATIENT);
    assert_eq!(run.done.len(), 20, "{run}");
    assert_eq!(worlds.api().calls_while_told_to_wait(), 0);
    let said = run.said();
    assert_eq!(said.matches("about 19 minutes").count(), 1, "explained once: {said}");
    assert_eq!(said.matches(": see there.").count(), 29, "{said}");
    worlds.converge_after(&run);
}

#[test]
fn an_account_that_is_blocked_for_minutes_holds_up_no_other() {
    let other = "900001";
    let api = Sandbox::builder()
        .account(DEFAULT_ACCOUNT)
        .numbers_from(0, 20, |number| number)
        .account(other)
        .numbers_from(20, 20, |number| number)
        .start();
    let limit = Fault::Throttle(Throttle::new(0, Duration::from_secs(19 * 60)).minutes(19));
    for index in 0..20 {
        api.inject(Rule::new(limit.clone()).on_object(Sandbox::number_id(index)));
    }
    let terraform = Terraform::new();
    let text = TWO_ACCOUNTS.replace("URL", api.base_url()).replace("TOKEN", DEFAULT_TOKEN);
    let text = text.replace("\"OTHER\"", &format!("{other:?}")).replace("ONE", DEFAULT_ACCOUNT);
    terraform.write("main.tf", &text);
    let run = Run::of(terraform.run(APPLY));
    assert_eq!(run.done.len(), 20, "the other account's numbers are set\n{run}");
    assert_eq!(run.said().matches("about 19 minutes").count(), 1, "explained once\n{run}");
    assert!(api.posts() <= 40, "no number of the blocked account is called twice");

    // From now on it is known where they are.
    api.forget_events();
    let limited = text.replace("\"271828\"", "\"314159\"");
    terraform.write("main.tf", &limited);
    let run = Run::of(terraform.run(APPLY));
    assert_eq!(run.done.len(), 20, "{run}");
}

const TWO_ACCOUNTS: &str = r#"
terraform {
  required_providers {
    whatsapp = {
      source = "waba/whatsapp"
    }
  }
}

provider "whatsapp" {
  access_token         = "TOKEN"
  base_url             = "URL"
  business_account_ids = ["ONE", "OTHER"]
}

resource "whatsapp_two_step_verification" "number" {
  count           = 40
  phone_number_id = tostring(200000000000001 + count.index)
  pin             = "271828"
}
"#;
