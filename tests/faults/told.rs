//! What `TF_LOG_PROVIDER=info` tells of a run: why it is silent, and which PINs were set.

use std::time::Duration;

use crate::sandbox::{Fault, RetryAfter, Rule, Sandbox, Throttle};
use crate::terraform::Finished;
use crate::worlds::{APPLY, Limits, PATIENT, World, Worlds, pin_of};

/// The lines of the provider's log that say this.
fn lines<'a>(run: &'a Finished, saying: &str) -> Vec<&'a str> {
    run.stderr.lines().filter(|line| line.contains("[INFO]") && line.contains(saying)).collect()
}

fn apply(mut worlds: Worlds, limits: Limits) -> Finished {
    worlds.terraform.set_env("TF_LOG_PROVIDER", "info");
    worlds.limit(limits);
    worlds.terraform.run(APPLY)
}

#[test]
fn a_wait_at_a_limit_is_told_when_it_begins_and_again_after_thirty_seconds() {
    let limit = Throttle::new(0, Duration::from_secs(36)).retry_after(RetryAfter::Seconds);
    let rule = Rule::new(Fault::Throttle(limit)).times(1);
    let run = apply(Worlds::of(World::new("throttled", 5, 0).inject(rule)), PATIENT);
    let run = run.expect_success();
    let told = lines(&run, "Calls wait for a limit");
    assert_eq!(told.len(), 2, "once for all who wait, and once again\n{run}");
    assert!(told[0].contains("business account ID") && told[0].contains("seconds=36"), "{told:?}");
    assert!(told.iter().all(|line| line.contains("named_by_meta=true")), "{told:?}");
}

#[test]
fn a_wait_for_an_answer_is_told() {
    let limits = Limits { request_timeout: "7s", max_retries: 0 };
    let world = World::new("hangs", 1, 0).inject(Rule::new(Fault::Hang).on_posts());
    let run = apply(Worlds::of(world), limits).expect_failure();
    let told = lines(&run, "A call waits for its answer");
    let [line] = told[..] else { panic!("one line\n{run}") };
    assert!(line.contains("seconds=5") && line.contains(&Sandbox::number_id(0)), "{line}");
    let perhaps = lines(&run, "PIN perhaps set");
    assert_eq!(perhaps.len(), 1, "nobody knows whether it was set\n{run}");
}

#[test]
fn an_outage_is_told_when_calls_are_held_and_when_it_is_given_up() {
    let limits = Limits { request_timeout: "500ms", max_retries: 4 };
    let world = World::new("hangs", 30, 0).inject(Rule::new(Fault::Hang).on_posts());
    let run = apply(Worlds::of(world), limits).expect_failure();
    assert_eq!(lines(&run, "Calls are held until").len(), 1, "{run}");
    assert_eq!(lines(&run, "No more calls are tried in this run").len(), 1, "{run}");
}

#[test]
fn each_pin_that_was_set_is_one_line_with_number_trace_and_time_and_nothing_of_the_pin() {
    let worlds = Worlds::of(World::new("audit", 12, 6));
    let run = apply(worlds, PATIENT).expect_success();
    let told = lines(&run, "Two-step verification PIN set");
    assert_eq!(told.len(), 12, "{run}");
    for index in 0..12 {
        let number = Sandbox::number_id(index);
        let mut of_number = told.iter().filter(|line| line.contains(&number));
        let line = of_number.next().expect("each number has its line");
        assert!(line.contains("fbtrace_id=ASandboxTrace"), "{line}");
        assert!(line.contains("duration_ms=") && line.contains("attempts=1"), "{line}");
        assert_eq!(of_number.next(), None, "and only one");
        assert!(!run.stderr.contains(&pin_of(&number)), "nothing of a PIN");
    }
}

#[test]
fn a_run_that_does_not_wait_tells_of_no_wait() {
    let run = apply(Worlds::of(World::new("quick", 3, 0)), PATIENT).expect_success();
    for wait in ["wait", "held", "No more calls"] {
        assert_eq!(lines(&run, wait), Vec::<&str>::new(), "{run}");
    }
}
