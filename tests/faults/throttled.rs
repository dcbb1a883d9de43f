//! Many creates at once against a rate limit: of an account, of the app, of a busy service.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::run::Run;
use crate::sandbox::{
    CROSSING, DEFAULT_ACCOUNT, DEFAULT_TOKEN, Fault, GraphError, RetryAfter, Rule, Sandbox,
    Throttle,
};
use crate::terraform::Terraform;
use crate::worlds::{APPLY, Limits, PATIENT, World, Worlds};

#[test]
fn fifty_creates_all_finish_and_none_calls_while_the_api_has_said_to_wait() {
    for form in [RetryAfter::Seconds, RetryAfter::Date] {
        let limit = Throttle::new(20, Duration::from_secs(2)).retry_after(form);
        let worlds = Worlds::of(World::new("throttled", 50, 0).inject(Fault::Throttle(limit)));
        let run = worlds.apply_under_faults(PATIENT);
        assert_eq!(run.done.len(), 50, "{run}");
        let api = worlds.api();
        let early: Vec<_> =
            api.events().into_iter().filter(|event| event.while_told_to_wait).collect();
        assert!(early.is_empty(), "{form:?} {early:#?}");
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
    let (api, terraform, text) = two_accounts();
    let limit = Fault::Throttle(Throttle::new(0, Duration::from_secs(19 * 60)).minutes(19));
    for index in 0..20 {
        api.inject(Rule::new(limit.clone()).on_object(Sandbox::number_id(index)));
    }
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

#[test]
fn a_limit_of_the_app_holds_up_every_account_for_as_long_as_meta_said() {
    let (api, terraform, _) = two_accounts();
    let wait = Duration::from_secs(3);
    let limit = GraphError::new(400, 4, "(#4) Application request limit reached")
        .header("Retry-After", wait.as_secs().to_string());
    api.inject(Rule::new(Fault::Error(limit)).on_posts().times(1));
    // Slow enough that no account is done before the refusal has been read, on a busy machine too.
    api.inject(Rule::new(Fault::Delay(Duration::from_millis(300))).on_posts().skip(1));
    let run = Run::of(terraform.run(["apply", "-json", "-auto-approve", "-parallelism=10"]));
    assert_eq!(run.done.len(), 40, "{run}");

    let events = api.events();
    let posts = || events.iter().filter(|event| event.is_post());
    let refused = posts().find(|event| event.code == Some(4)).expect("the limit was reached");
    let told = refused.at + refused.took.expect("it was answered");
    // A call may have set out before the answer had come.
    let held = posts().filter(|event| event.at > told + CROSSING);
    let early = held.clone().filter(|event| event.at < told + wait);
    assert_eq!(early.count(), 0, "{events:#?}");
    let objects: BTreeSet<_> = held.filter_map(|event| event.object.clone()).collect();
    for index in [0, 20] {
        let of_account = (index..index + 20).map(Sandbox::number_id);
        assert!(of_account.filter(|id| objects.contains(id)).count() > 0, "both had to wait");
    }
}

#[test]
fn a_service_that_names_a_long_wait_is_not_waited_for_and_its_minutes_are_told() {
    let busy = GraphError::new(503, 2, "Service temporarily unavailable")
        .header("Retry-After", (20 * 60).to_string());
    let world = World::new("busy", 2, 0).inject(Rule::new(Fault::Error(busy)).on_posts());
    let worlds = Worlds::of(world);
    let run = worlds.apply_under_faults(PATIENT);
    assert_eq!(run.done.len(), 0, "{run}");
    assert!(run.said().contains("20 minutes"), "{run}");
    assert!(worlds.api().posts() <= 2, "nobody calls before the time that was named");
}

#[test]
fn a_limit_for_which_no_time_is_named_ends_a_refresh_after_a_few_calls() {
    let world = World::new("limited", 60, 60).already_done().inject(Fault::Error(endless_limit()));
    let worlds = Worlds::of(world);
    worlds.limit(ONE_RETRY);
    let plan = worlds.terraform.run(["plan", "-parallelism=1"]).expect_failure();
    let said = format!("{}{}", plan.stdout, plan.stderr);
    let api = worlds.api();
    assert!(api.calls() <= 3, "two attempts, and one of another number: {}", api.calls());
    assert_eq!(said.matches("Application request limit").count(), 1, "explained once\n{said}");
    assert!(said.contains(" was not tried (58 so far)"), "{said}");
    worlds.clear_faults();
    worlds.expect_nothing_to_do();
}

#[test]
fn an_apply_at_a_limit_whose_time_cannot_be_read_sends_a_few_pins_and_the_next_one_all() {
    let limit = endless_limit().header("Retry-After", "-5");
    let rule = Rule::new(Fault::Error(limit)).on_posts();
    let worlds = Worlds::of(World::new("limited", 60, 0).inject(rule));
    worlds.limit(ONE_RETRY);
    let run = Run::of(worlds.terraform.run(["apply", "-json", "-auto-approve", "-parallelism=10"]));
    worlds.limit(PATIENT);
    worlds.check_claims(&run, false);
    let posts = worlds.api().posts();
    assert!(posts <= 10 + 2, "one for each slot, and two to make sure: {posts}\n{run}");
    assert!(run.said().contains("was not tried (50 so far)"), "{run}");
    worlds.converge_after(&run);
}

/// A limit that never lifts, and of which nobody says how long it lasts.
fn endless_limit() -> GraphError {
    GraphError::new(429, 4, "(#4) Application request limit reached")
}

const ONE_RETRY: Limits = Limits { request_timeout: "30s", max_retries: 1 };

/// Twenty numbers in each of two accounts, without a PIN, and the configuration that sets one.
fn two_accounts() -> (Sandbox, Terraform, String) {
    let other = "900001";
    let api = Sandbox::builder()
        .account(DEFAULT_ACCOUNT)
        .numbers_from(0, 20, |number| number)
        .account(other)
        .numbers_from(20, 20, |number| number)
        .start();
    let text = TWO_ACCOUNTS.replace("URL", api.base_url()).replace("TOKEN", DEFAULT_TOKEN);
    let text = text.replace("\"OTHER\"", &format!("{other:?}")).replace("ONE", DEFAULT_ACCOUNT);
    let terraform = Terraform::new();
    terraform.write("main.tf", &text);
    (api, terraform, text)
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
