//! Ctrl-C and SIGTERM at every stage of a call, and an API that never answers.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::processes::{PATIENCE, Who, signal};
use crate::run::Run;
use crate::sandbox::{Event, Fault, Loss, RetryAfter, Rule, Throttle};
use crate::terraform::Running;
use crate::worlds::{APPLY, Limits, PATIENT, World, Worlds};

#[test]
fn a_stop_ends_a_wait_at_once_and_says_that_the_pin_was_not_set() {
    for interrupt in INTERRUPTS {
        let limit = Throttle::new(0, PATIENCE).retry_after(RetryAfter::Seconds);
        let worlds = world(Rule::new(Fault::Throttle(limit)).on_posts());
        let (run, took) =
            stopped(&worlds, PATIENT, interrupt, (1, |event| event.status == Some(400)));
        assert!(took < Duration::from_secs(10), "{took:?}");
        // The other number was perhaps not begun.
        assert!(run.said().contains("The PIN was not set"), "{run}");
        worlds.converge_after(&run);
    }
}

#[test]
fn a_stop_after_a_lost_answer_says_that_the_pin_may_be_set() {
    let limits = Limits { request_timeout: "30s", max_retries: 100 };
    let rule = Rule::new(Fault::Lost(Loss::Html(502))).on_posts();
    let worlds = world(rule);
    let (run, took) =
        stopped(&worlds, limits, INTERRUPTS[0], (2, |event| event.status == Some(502)));
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert!(run.said().contains("may or may not"), "{run}");
    worlds.converge_after(&run);
}

#[test]
fn a_pin_on_its_way_is_awaited_and_kept_in_the_state() {
    for interrupt in INTERRUPTS {
        let worlds = world(Rule::new(Fault::Delay(Duration::from_secs(2))).on_posts());
        let (run, _) = stopped(&worlds, PATIENT, interrupt, (2, Event::is_under_way));
        assert_eq!(run.done.len(), 2, "{run}");
        worlds.converge_after(&run);
    }
}

#[test]
fn an_api_that_never_answers_costs_attempts_times_time_limit() {
    let worlds = world(Rule::new(Fault::Hang).on_posts());
    let started = Instant::now();
    let run = worlds.apply_under_faults(Limits { request_timeout: "1s", max_retries: 1 });
    // Twice a second, and half a second at most between the two.
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    assert!(run.said().contains("after 2 attempts"), "{run}");
    assert!(run.said().contains("may or may not"), "{run}");
    worlds.converge_after(&run);
}

#[test]
fn a_stop_before_an_api_that_never_answers_costs_one_time_limit() {
    let worlds = world(Rule::new(Fault::Hang).on_posts());
    let limits = Limits { request_timeout: "3s", max_retries: 100 };
    let (run, took) = stopped(&worlds, limits, INTERRUPTS[0], (2, |event| event.status.is_none()));
    assert!(took < Duration::from_secs(15), "{took:?}");
    assert!(run.said().contains("may or may not"), "{run}");
    worlds.converge_after(&run);
}

/// Two numbers, one of which has an older PIN.
fn world(rule: Rule) -> Worlds {
    Worlds::of(World::new("stopped", 2, 1).inject(rule))
}

/// Applies, and interrupts once so many POSTs, or more, satisfy the condition.
fn stopped(
    worlds: &Worlds,
    limits: Limits,
    interrupt: Interrupt,
    (posts, is_time): (usize, fn(&Event) -> bool),
) -> (Run, Duration) {
    worlds.limit(limits);
    let apply = worlds.terraform.start(APPLY);
    let seen = worlds.api().wait_for(PATIENCE, |events| {
        events.iter().filter(|event| event.is_post() && is_time(event)).count() >= posts
    });
    assert!(seen, "{:#?}", worlds.api().events());
    let stopped = Instant::now();
    interrupt(worlds, &apply);
    let run = Run::of(apply.finish());
    worlds.limit(PATIENT);
    worlds.check_claims(&run, true);
    (run, stopped.elapsed())
}

type Interrupt = fn(&Worlds, &Running);

/// At a terminal, and as a supervisor does.
const INTERRUPTS: [Interrupt; 2] = [
    |_, apply| apply.interrupt(),
    |worlds, _| {
        for who in [Who::Terraform, Who::Provider] {
            signal(&worlds.terraform.folder(), who, Signal::TERM);
        }
    },
];
