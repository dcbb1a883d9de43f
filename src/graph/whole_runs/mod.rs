//! Whole runs of Terraform against an API that is played, on a clock that stands still: how long an
//! outage takes, and that nobody is lost in a crowd.

mod limits;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{join, join_all};
use proptest::prelude::*;
use serde_json::{Map, json};
use tokio_util::sync::CancellationToken;

use crate::graph::answer::Answer;
use crate::graph::attempt::Outcome;
use crate::graph::class::Class;
use crate::graph::client::Client;
use crate::graph::clock::Clock;
use crate::graph::dice::Dice;
use crate::graph::error::{Error, Kind};
use crate::graph::paused::PausedClock;
use crate::graph::repeat::Carrier;
use crate::graph::request::Request;
use crate::graph::scrub::Scrub;
use crate::graph::settings::Settings;
use crate::graph::usage::{RequestedWait, Usage};
use crate::graph::wire_tests::settings;

/// What the API does with an attempt.
#[derive(Clone, Debug)]
enum Does {
    Answers,
    Cuts,
    Garbage,
    Hangs,
    Is500,
    /// 503, with a `Retry-After` of so many seconds.
    IsBusy(u64),
    /// This code of a limit, without a word on how long it lasts.
    Limits(i64),
    ProxyIsDown,
    Refuses,
    RefusesToken,
    /// Code 80007 for the account with this ID, and the minutes that the header names.
    Throttles(&'static str, u64),
}

/// An API that is played: what it does may depend on the number, and on how many calls came before.
struct Played<F> {
    clock: PausedClock,
    calls: Mutex<usize>,
    does: F,
}

impl<F: Fn(&str, usize) -> Does + Send + Sync> Carrier for Played<F> {
    async fn carry(
        &self,
        request: &Request<'_>,
        _attempt: u32,
        cancel: &CancellationToken,
    ) -> Option<Outcome> {
        let calls = {
            let mut calls = self.calls.lock().expect("no panic while locked");
            *calls += 1;
            *calls
        };
        let does = (self.does)(request.object(), calls);
        let takes = if matches!(does, Does::Hangs) { TIMEOUT } else { Duration::from_millis(100) };
        tokio::select! {
            biased;
            () = cancel.cancelled() => None,
            () = self.clock.sleep(takes) => Some(does.outcome()),
        }
    }
}

impl Does {
    fn outcome(self) -> Outcome {
        let failed = |kind| Outcome {
            status: None,
            trace: None,
            usage: Usage::default(),
            object: Err(kind),
            stage: None,
        };
        match self {
            Self::Answers => answered(200, &json!({}), Usage::default()),
            Self::Cuts => failed(Kind::ConnectionLost { reason: "reset".into() }),
            Self::Garbage => failed(Kind::Unreadable { status: 200, found: "HTML" }),
            Self::Hangs => failed(Kind::Timeout),
            Self::Is500 => answered(500, &error(2), Usage::default()),
            Self::IsBusy(seconds) => {
                let retry_after = Some(Duration::from_secs(seconds));
                let requested = RequestedWait { retry_after, regain_access: None };
                answered(503, &error(2), Usage { requested, accounts: Vec::new() })
            }
            Self::Limits(code) => answered(400, &error(code), Usage::default()),
            Self::ProxyIsDown => failed(Kind::Connect { host: "h".into(), reason: "no".into() }),
            Self::Refuses => answered(400, &error(10), Usage::default()),
            Self::RefusesToken => answered(401, &error(190), Usage::default()),
            Self::Throttles(account, minutes) => {
                let regain_access = (minutes > 0).then(|| Duration::from_secs(60 * minutes));
                let requested = RequestedWait { retry_after: None, regain_access };
                let accounts = vec![(account.parse().expect("an ID"), regain_access)];
                answered(400, &error(80_007), Usage { requested, accounts })
            }
        }
    }
}

fn error(code: i64) -> serde_json::Value {
    json!({ "error": { "code": code } })
}

fn answered(status: u16, body: &serde_json::Value, usage: Usage) -> Outcome {
    let answer = Answer { status, body: body.to_string().into_bytes(), redirect_host: None };
    let object = answer.read(&Scrub::default()).map(|object| (status, object));
    Outcome { status: Some(status), trace: None, usage, object, stage: None }
}

/// What became of a run.
struct Ran {
    ends: Vec<Result<(), Error>>,
    calls: usize,
    took: Duration,
}

impl Ran {
    fn not_tried(&self) -> usize {
        let not_tried = |end: &&Result<(), Error>| {
            end.as_ref().is_err_and(|error| error.class() == Class::NotTried)
        };
        self.ends.iter().filter(not_tried).count()
    }

    fn tried(&self) -> usize {
        let tried = |end: &&Result<(), Error>| end.as_ref().err().is_none_or(|e| e.attempts() > 0);
        self.ends.iter().filter(tried).count()
    }
}

/// A run over so many numbers, some at a time as Terraform does it, with what a user has who sets
/// nothing. It is told to stop after a while, if at all.
fn run(
    numbers: usize,
    at_once: usize,
    stop_after: Option<Duration>,
    does: impl Fn(&str, usize) -> Does + Send + Sync,
) -> Ran {
    run_knowing(numbers, at_once, stop_after, |_| None, does)
}

/// The same, where the accounts of numbers are known from runs before.
fn run_knowing(
    numbers: usize,
    at_once: usize,
    stop_after: Option<Duration>,
    home: impl Fn(&str) -> Option<&'static str>,
    does: impl Fn(&str, usize) -> Does + Send + Sync,
) -> Ran {
    let clock = PausedClock::new();
    let settings = Settings { request_timeout: TIMEOUT, max_retries: 4, ..settings(1) };
    let client = Client::with_clock(settings, Arc::new(clock.clone())).expect("good settings");
    client.expect_accounts(&["900".parse().expect("an ID"), "901".parse().expect("an ID")]);
    let api = Played { clock: clock.clone(), calls: Mutex::default(), does };
    let left: Mutex<VecDeque<_>> = Mutex::new((0..numbers).collect());
    let stop = CancellationToken::new();
    let lane = async || {
        let mut ends = Vec::new();
        let next = || left.lock().expect("no panic while locked").pop_front();
        while let Some(number) = next() {
            let id = (10_000 + number).to_string();
            if let Some(home) = home(&id) {
                let (number, home) = (id.parse().expect("an ID"), home.parse().expect("an ID"));
                client.suppose_account(&number, &home);
            }
            let request = Request::get([id.as_str()]);
            let read = |_, _: Map<String, serde_json::Value>| Ok(());
            ends.push(client.repeat(&api, &request, &stop, read).await);
        }
        ends
    };
    let over = CancellationToken::new();
    let stopping = async {
        let after = stop_after.unwrap_or(Duration::from_secs(100 * 3_600));
        tokio::select! {
            () = over.cancelled() => {}
            () = clock.sleep(after) => stop.cancel(),
        }
    };
    let working = async {
        let ends = join_all((0..at_once).map(|_| lane())).await;
        over.cancel();
        (ends.concat(), clock.passed())
    };
    let ((ends, took), ()) = clock.run(join(working, stopping));
    let calls = *api.calls.lock().expect("no panic while locked");
    Ran { ends, calls, took }
}

#[test]
fn an_outage_takes_less_than_four_minutes_and_a_few_calls_whatever_it_is() {
    for does in [Does::Hangs, Does::Is500, Does::Cuts, Does::Garbage, Does::ProxyIsDown] {
        for at_once in [1, 2, 3, 10, 64] {
            let ran = run(250, at_once, None, |_, _| does.clone());
            let name = format!("{does:?}, {at_once} at once: {} calls, {:?}", ran.calls, ran.took);
            assert!(ran.took < Duration::from_secs(4 * 60), "{name}");
            assert!(ran.calls <= 3 * 5 + at_once, "{name}");
            assert_eq!(ran.ends.len(), 250, "{name}");
            assert!(ran.not_tried() >= 250 - ran.calls, "{name}");
            assert!(ran.ends.iter().all(Result::is_err), "{name}");
        }
    }
}

#[test]
fn a_hanging_api_is_given_up_after_the_time_of_one_call_or_three_minutes_and_an_attempt() {
    // Five attempts of thirty seconds, and four pauses of 0.5, 1, 2 and 4 seconds.
    let one_call = Duration::from_millis(5 * 30_000 + 7_500);
    assert_eq!(run(250, 10, None, |_, _| Does::Hangs).took, one_call);
    let one_by_one = run(250, 1, None, |_, _| Does::Hangs).took;
    assert!((210..=220).contains(&one_by_one.as_secs()), "{one_by_one:?}");
}

#[test]
fn a_busy_service_that_names_a_time_is_waited_for_as_long_as_it_says_and_then_given_up() {
    let ran = run(250, 10, None, |_, _| Does::IsBusy(20));
    assert!(ran.took < Duration::from_secs(4 * 60), "{:?}", ran.took);
    assert!(ran.calls <= 3 * 5 + 10, "{}", ran.calls);
}

#[test]
fn a_refused_token_ends_a_run_with_the_calls_that_were_on_their_way() {
    for at_once in [1, 10, 64] {
        let ran = run(250, at_once, None, |_, _| Does::RefusesToken);
        assert_eq!((ran.calls, ran.not_tried()), (at_once, 250 - at_once));
    }
}

#[test]
fn numbers_that_are_refused_keep_nobody_from_being_tried() {
    let ran =
        run(250, 10, None, |_, calls| if calls % 3 == 0 { Does::Answers } else { Does::Refuses });
    assert_eq!((ran.calls, ran.not_tried()), (250, 0));
}

#[test]
fn an_outage_that_ends_costs_nobody_his_turn() {
    let ran = run(250, 10, None, |_, calls| if calls < 12 { Does::Is500 } else { Does::Answers });
    assert!(ran.ends.iter().all(Result::is_ok), "{} not tried", ran.not_tried());
}

#[test]
fn one_number_that_always_fails_ends_no_run() {
    for at_once in [1, 10] {
        let ran = run(100, at_once, None, |number, _| match number {
            "10003" => Does::Is500,
            _ => Does::Answers,
        });
        let failed = ran.ends.iter().filter(|end| end.is_err()).count();
        assert_eq!((failed, ran.not_tried()), (1, 0), "{at_once} at once");
    }
}

#[test]
fn an_account_that_waits_holds_up_no_other() {
    // Even numbers are in account 900, which has used up its calls for twenty minutes.
    let ran = run(100, 10, None, |number, _| match number.ends_with(['0', '2', '4', '6', '8']) {
        true => Does::Throttles("900", 20),
        false => Does::Answers,
    });
    let done = ran.ends.iter().filter(|end| end.is_ok()).count();
    assert_eq!((done, ran.not_tried()), (50, 0));
    assert!(ran.took < Duration::from_secs(30), "{:?}", ran.took);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    /// The clock finds whoever is lost: it has nobody left to wake.
    #[test]
    fn in_any_weather_every_call_of_a_crowd_ends_and_a_stop_ends_all_of_them_at_once(
        seed in any::<u64>(),
        numbers in 1usize..60,
        at_once in 1usize..40,
        stop_after in proptest::option::of(0u64..400),
    ) {
        let dice = Mutex::new(Dice::new(seed));
        let worst = dice.lock().expect("no panic while locked").below(10);
        let stop_after = stop_after.map(Duration::from_secs);
        let ran = run(numbers, at_once, stop_after, |_, _| {
            let mut dice = dice.lock().expect("no panic while locked");
            if dice.below(10) >= worst {
                return Does::Answers;
            }
            match dice.below(9) {
                0 => Does::Cuts,
                1 => Does::Garbage,
                2 => Does::Hangs,
                3 => Does::Is500,
                4 => Does::IsBusy(1 + dice.below(90)),
                5 => Does::Refuses,
                6 => Does::Throttles("900", dice.below(2)),
                7 => Does::Throttles("901", dice.below(3)),
                _ => Does::ProxyIsDown,
            }
        });
        prop_assert_eq!(ran.ends.len(), numbers);
        if let Some(stop_after) = stop_after {
            prop_assert!(ran.took <= stop_after, "{:?} after {:?}", ran.took, stop_after);
        }
    }
}

const TIMEOUT: Duration = Duration::from_secs(30);
