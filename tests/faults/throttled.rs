//! Fifty creates at once against a rate limit.

use std::time::Duration;

use crate::sandbox::{Fault, RetryAfter, Rule, Throttle};
use crate::worlds::{PATIENT, World, Worlds};

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
